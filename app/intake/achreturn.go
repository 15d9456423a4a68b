package intake

import (
	"errors"
	"io"
	"iter"

	"tranche/app/ach"
	"tranche/workflow"
)

// Answer is what a bank says about one payment: that it comes back, or that its
// bank details are to be changed. It belongs to the payment only if trace,
// number and amount all agree with what was sent; otherwise it is for people to
// look at. It never carries the account number that was paid.
type Answer struct {
	Line        int
	Trace       ach.Trace      // of the payment as it was sent
	Number      string         // of the payment, as the bank repeats it
	CompanyID   string         // on whose behalf it was sent, as the bank repeats it
	Amount      workflow.Cents // that comes back; 0 for a change
	Code        string         // R and two digits for a return, C and two digits for a change; see ach.Meaning
	RDFI        string         // eight digits: the bank that had received the payment
	Information string         // in the bank's words, may be empty

	// Correction is what a change asks for. It is never applied by itself: it
	// opens a change of bank details that two people decide. It is nil in a
	// return, for a change of nothing we keep, and when the bank's data do not
	// have the layout of their code.
	Correction *ach.Correction
}

// Returned reports whether the money comes back. A refused change (C61 to C69)
// and a change do not return it.
func (a *Answer) Returned() bool { return a.Code[0] == 'R' }

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
		a.Trace, a.Code, a.RDFI, a.Information = e.Return.Original, e.Return.Code, e.Return.RDFI, e.Return.Information
	case e.Change != nil:
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
