package enginetest

import (
	"context"
	"time"

	"tranche/models"
	"tranche/workflow"
)

// Journal lets a day pass and makes a journal of the program's ledger, with files that only
// stand for some.
func (w *World) Journal() workflow.ID {
	w.T.Helper()
	w.Advance(25 * time.Hour)
	ctx, c := context.Background(), workflow.Command{Noun: workflow.NounJournal, Action: workflow.ActCreate, Parent: w.Program, Received: w.Now()}
	last, err := w.DB.LastJournal(ctx, w.Program)
	if err != nil {
		w.T.Fatal(err)
	}
	books, err := w.DB.Books(ctx, system, models.BooksFilter{Program: w.Program, From: last.Until, Until: workflow.JournalEnd(&c, w.Now())})
	if err != nil {
		w.T.Fatal(err)
	}
	var sum workflow.Cents
	for i := range books.Trial {
		sum += books.Trial[i].In
	}
	c.Inputs = []workflow.Input{Int("count", int64(books.Count)), Cents("total", sum)}
	for _, code := range workflow.JournalCodes {
		c.Inputs = append(c.Inputs, File("documents."+code, "journal."+code, "the lines as "+code+" after "+last.Number))
	}
	answer, err := w.do(system, c)
	if err != nil {
		w.T.Fatal(err)
	}
	return answer.ID
}
