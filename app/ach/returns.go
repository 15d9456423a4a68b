package ach

import (
	"io"
	"slices"
	"strings"
)

// Returned is a credit that its bank sends back, or about which it sends a
// notification of change.
type Returned struct {
	Credit           // as it was sent; Remittance is not used
	Original  Trace  // that the credit was sent with
	Code      string // R and two digits, or C and two digits for a change
	Corrected string // 1 to 29 printable characters; for a change only
}

// WriteReturns writes, in the banks' place, the answer to a file with header h:
// returns and notifications of change, in one batch for each bank and kind. It
// serves the demo and tests, and so that files of this kind can be made to try
// a bank's connection; a list is held in memory. An *Error names the first field
// that does not fit.
func WriteReturns(out io.Writer, h Header, list []Returned) (Totals, error) {
	if err := h.Check(); err != nil {
		return Totals{}, err
	}
	h.Destination, h.DestinationName, h.Origin, h.OriginName = h.ODFI, h.OriginName, h.Destination, h.DestinationName
	w := newWriter(out, h)
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Returned) int { return strings.Compare(a.batch(), b.batch()) })
	for i := range list {
		if err := w.addReturned(&list[i]); err != nil {
			return Totals{}, err
		}
	}
	return w.Close()
}

// batch is equal for what may stand in one batch.
func (r *Returned) batch() string { return r.class() + r.Routing }

func (r *Returned) class() string {
	if r.change() {
		return COR
	}
	return CCD
}

func (r *Returned) change() bool { return strings.HasPrefix(r.Code, "C") }

// addReturned writes one return or change. The entry goes to the bank from which
// the credit came, in a batch of the bank to which it went.
func (w *Writer) addReturned(r *Returned) error {
	r.Remittance = ""
	if err := w.check(&r.Credit); err != nil {
		return err
	}
	if err := w.checkReason(r); err != nil {
		return err
	}
	rdfi := r.Routing[:8]
	if w.open && (w.odfi != rdfi || w.class != r.class() || w.batch.records+2 > w.batchLimit) {
		w.endBatch()
	}
	if !w.open {
		w.beginBatch(r.class(), rdfi)
	}
	code := CheckingReturn
	if r.Savings {
		code = SavingsReturn
	}
	back := r.Credit
	back.Routing = w.head.ODFI
	if r.change() {
		back.Amount = 0
	}
	w.putReason(r, w.putEntry(code, &back, 1))
	return w.err
}

// checkReason returns what is wrong with why r comes back.
func (w *Writer) checkReason(r *Returned) error {
	switch {
	case len(r.Code) != 3 || r.Code[0] != 'R' && r.Code[0] != 'C' || !allDigits(r.Code[1:]):
		return w.refusal("return code", RuleUnknown, "R or C and two digits", r.Code)
	case r.Original == 0 || r.Original > 999_999_999_999_999:
		return w.refusal("original trace number", RuleRange, "15 digits", "")
	case !r.change() && r.Corrected != "":
		return w.refusal("corrected data", RuleMismatch, "none in a return", "")
	}
	if r.change() {
		if rule := checkText(r.Corrected, 29); rule != "" {
			return w.refusal("corrected data", rule, "", "")
		}
	}
	return nil
}

// putReason writes the addenda 98 or 99 of the entry with the given trace.
func (w *Writer) putReason(r *Returned, trace Trace) {
	l := w.record('7')
	put(l, 2, "99")
	if r.change() {
		put(l, 2, "98")
	}
	put(l, 4, r.Code)
	putNumber(l, 7, 21, uint64(r.Original))
	put(l, 28, r.Routing[:8])
	put(l, 36, r.Corrected)
	putNumber(l, 80, 94, uint64(trace))
}
