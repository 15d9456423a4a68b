package enginetest

import (
	"fmt"
	"io"
	"strings"

	"tranche/models"
	"tranche/workflow"
)

// AnswerFile imports a file with these answers, numbered in their order, and returns it.
func (w *World) AnswerFile(answers ...workflow.AnswerLine) workflow.ID {
	w.T.Helper()
	id, err := w.DB.NextID(w.T.Context())
	if err != nil {
		w.T.Fatal(err)
	}
	text := fmt.Sprintf("the answers of file %d", id)
	bytes, err := models.SumAnswers(strings.NewReader(text), io.Discard)
	if err == nil {
		err = w.DB.KeepAnswerBytes(w.T.Context(), bytes, strings.NewReader(text))
	}
	if err != nil {
		w.T.Fatal(err)
	}
	facts, err := w.DB.AnswerFacts(w.T.Context(), w.Program, answers)
	if err != nil {
		w.T.Fatal(err)
	}
	var sum workflow.AnswerSum
	for i := range answers {
		l := &answers[i]
		l.Number, l.Line = int64(i+1), int64(i+1)
		step := facts[i].Match(l)
		l.Result, l.Reason, l.Record = step.Result, step.Reason, step.Record
		sum.Add(l)
	}
	if err := w.DB.KeepAnswers(w.T.Context(), id, w.Program, answers); err != nil {
		w.T.Fatal(err)
	}
	answer, err := w.do(w.As(workflow.FinanceReleaser), workflow.Command{Noun: workflow.NounAnswerFile, Action: workflow.ActCreate, ID: id, Parent: w.Program,
		Inputs: []workflow.Input{Text("name", "answers.csv"), Text("format", workflow.AnswersCSV), Text("sum", bytes.Sum), Int("bytes", bytes.Size),
			Int("lines", sum.Lines()), Text("content", sum.Content())}})
	if err != nil {
		w.T.Fatal(err)
	}
	return answer.ID
}
