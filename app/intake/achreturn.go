package intake

import (
	"errors"
	"io"
	"iter"

	"tranche/app/ach"
	"tranche/workflow"
)

// readACHReturns reads a NACHA file of returns (addenda 99) and notifications of
// change (addenda 98). An entry that is neither is an error: it would be money
// that somebody sends us or takes from us.
func readACHReturns(in io.Reader) iter.Seq2[Answer, error] {
	return func(yield func(Answer, error) bool) {
		r := ach.NewReader(in)
		for {
			e, err := r.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			a := Answer{}
			if err == nil {
				a, err = answer(e)
			}
			if !yield(a, err) || err != nil {
				return
			}
		}
	}
}

// answer turns an entry into an Answer.
func answer(e *ach.Entry) (Answer, error) {
	a := Answer{Line: e.Line, Number: e.ID, CompanyID: e.Batch.CompanyID, Amount: e.Amount}
	switch {
	case e.Return != nil:
		a.Kind = workflow.AnswerReturned
		a.Trace, a.Code, a.RDFI, a.Information = e.Return.Original, e.Return.Code, e.Return.RDFI, e.Return.Information
	case e.Change != nil:
		a.Kind = workflow.AnswerChanged
		a.Trace, a.Code, a.RDFI = e.Change.Original, e.Change.Code, e.Change.RDFI
		if c, ok := e.Change.Correction(); ok {
			a.Correction = &c
		}
	default:
		return Answer{}, &ach.Error{
			Line: e.Line, Entry: e.Number, Field: "entry", Rule: ach.RuleMismatch,
			Want: "a return or a notification of change", Got: e.Trace.String(),
		}
	}
	return a, nil
}
