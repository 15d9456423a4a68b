package intake

import (
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"

	"tranche/app/ach"
	"tranche/workflow"
)

// csvColumns are the columns of a table of answers, in any order, by the names in its
// first line. All but the first may be missing, and empty.
var csvColumns = []string{"answer", "payment", "trace", "batch", "amount", "date", "code", "information"}

// longestCell is the most bytes of one cell.
const longestCell = 1000

// readCSV reads a table of answers.
func readCSV(in io.Reader) iter.Seq2[Answer, error] {
	return func(yield func(Answer, error) bool) {
		measured := &gauge{in: unmarked(in)}
		table := csv.NewReader(measured)
		table.ReuseRecord = true
		var at []int
		lines := 0
		for {
			measured.read = 0
			row, err := table.Read()
			if errors.Is(err, io.EOF) {
				if lines == 0 {
					yield(Answer{}, &ach.Error{Line: 1, Field: "file", Rule: ach.RuleEmpty})
				}
				return
			}
			if err != nil {
				yield(Answer{}, csvError(err))
				return
			}
			line, _ := table.FieldPos(0)
			if at == nil {
				if at, err = columnsOf(row); err != nil {
					yield(Answer{}, err)
					return
				}
				continue
			}
			lines++
			a, err := csvAnswer(row, at, line)
			if !yield(a, err) || err != nil {
				return
			}
		}
	}
}

// csvError says in which line a table is none.
func csvError(err error) error {
	var wrong *csv.ParseError
	switch {
	case !errors.As(err, &wrong):
		return err
	case errors.Is(err, csv.ErrFieldCount):
		return &ach.Error{Line: wrong.StartLine, Field: "columns", Rule: ach.RuleMismatch, Want: "as many as in line 1"}
	}
	return &ach.Error{Line: wrong.StartLine, Field: "quotes", Rule: ach.RuleCharset}
}

// columnsOf finds each of csvColumns in the first line; -1: it is not there.
func columnsOf(head []string) ([]int, error) {
	for i, name := range head {
		if !slices.Contains(csvColumns, name) || slices.Index(head, name) != i {
			return nil, &ach.Error{Line: 1, Field: "columns", Rule: ach.RuleUnknown, Want: strings.Join(csvColumns, ", "), Got: name}
		}
	}
	at := make([]int, len(csvColumns))
	for i, name := range csvColumns {
		at[i] = slices.Index(head, name)
	}
	if at[0] < 0 {
		return nil, &ach.Error{Line: 1, Field: csvColumns[0], Rule: ach.RuleRequired}
	}
	return at, nil
}

func csvAnswer(row []string, at []int, line int) (Answer, error) {
	text := make([]string, len(at))
	for i, j := range at {
		if j < 0 {
			continue
		}
		text[i] = strings.TrimSpace(row[j])
		if len(text[i]) > longestCell || strings.ContainsFunc(text[i], isControl) {
			return Answer{}, &ach.Error{Line: line, Field: csvColumns[i], Rule: ach.RuleCharset}
		}
	}
	a := Answer{Kind: text[0], Line: line, Number: text[1], Batch: text[3], Code: text[6], Information: text[7]}
	wrong := func(column int, rule ach.Rule, want string) (Answer, error) {
		return Answer{}, &ach.Error{Line: line, Field: csvColumns[column], Rule: rule, Want: want, Got: text[column]}
	}
	if !slices.Contains(workflow.AnswerKinds, a.Kind) {
		return wrong(0, ach.RuleUnknown, strings.Join(workflow.AnswerKinds, ", "))
	}
	var err error
	if text[2] != "" {
		if a.Trace, err = ach.ParseTrace(text[2]); err != nil {
			return wrong(2, ach.RuleDigits, "15 digits")
		}
	}
	if text[4] != "" {
		if a.Amount, err = workflow.ParseCents(text[4]); err != nil {
			return wrong(4, ach.RuleDigits, "such as 1250000.50")
		}
	}
	if text[5] != "" {
		if a.Day, err = workflow.ParseDate(text[5]); err != nil {
			return wrong(5, ach.RuleDate, "such as 2026-10-05")
		}
	}
	about := 1
	if workflow.AboutBatch(a.Kind) {
		about = 3
	}
	switch {
	case text[about] == "" && (about == 3 || a.Trace == 0):
		return wrong(about, ach.RuleRequired, "")
	case a.Code == "" && workflow.NeedsCode(a.Kind):
		return wrong(6, ach.RuleRequired, "")
	}
	return a, nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f || r == '\ufffd' }
