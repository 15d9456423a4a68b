package ach

import (
	"errors"
	"io"
	"strconv"

	"tranche/workflow"
)

// readEntry reads record 6 and the records 7 that follow it.
func (r *Reader) readEntry(rec *record) (*Entry, error) {
	r.entries++
	rec.entry = r.entries
	e := &Entry{
		Line:    rec.line,
		Number:  r.entries,
		Batch:   r.batch,
		Code:    TransactionCode(rec.number(2, 3, "transaction code")),
		Routing: rec.routing(4, "routing number"),
		Account: rec.account(),
		Amount:  workflow.Cents(rec.number(30, 39, "amount")),
		ID:      rec.text(40, 54),
		Trace:   Trace(rec.number(80, 94, "trace number")),
	}
	addenda := -1 // as many as follow
	if r.batch.SEC == CTX {
		addenda = int(rec.number(55, 58, "number of addenda"))
		e.Name = rec.text(59, 74)
	} else {
		e.Name = rec.text(55, 76)
	}
	r.checkCode(rec, e)
	r.checkTrace(rec, e)
	if err := rec.problem(); err != nil {
		return nil, err
	}
	n, err := r.readAddenda(e)
	if err != nil {
		return nil, err
	}
	if addenda >= 0 && n != addenda {
		rec.fail("number of addenda", RuleMismatch, strconv.Itoa(n), rec.at(55, 58))
	}
	rec.checkAddenda(e, n)
	rec.checkAmount(e)
	r.sums.add(e.Code, e.Routing, e.Amount, n)
	if r.sums.records > maxBatchRecords {
		rec.fail("batch entry/addenda count", RuleLimit, "at most "+strconv.Itoa(maxBatchRecords), "")
	}
	return e, rec.problem()
}

// account wants something left-justified, and never repeats it in an error.
func (r *record) account() string {
	s := r.text(13, 29)
	if s == "" {
		r.fail("account number", RuleRequired, "", "")
	} else if s[0] == ' ' {
		r.fail("account number", RuleFixed, "left-justified", "")
	}
	return s
}

func (r *Reader) checkCode(rec *record, e *Entry) {
	class := r.batch.Class
	switch {
	case !e.Code.Known():
		rec.fail("transaction code", RuleUnknown, "", rec.at(2, 3))
	case class == classCredits && !e.Code.Credit(), class == classDebits && e.Code.Credit():
		rec.fail("transaction code", RuleMismatch, "one of service class "+strconv.Itoa(class), rec.at(2, 3))
	}
}

// checkTrace wants a trace of the batch's bank, above that of the entry before.
func (r *Reader) checkTrace(rec *record, e *Entry) {
	got := rec.at(80, 94)
	switch {
	case got[:8] != r.batch.ODFI:
		rec.fail("trace number", RuleMismatch, "one of ODFI "+r.batch.ODFI, got)
	case e.Trace == r.last:
		rec.fail("trace number", RuleDuplicate, "", got)
	case e.Trace < r.last:
		rec.fail("trace number", RuleOrder, "more than "+r.last.String(), got)
	}
	r.last = e.Trace
}

// checkAddenda compares n addenda records with the entry's indicator and kind.
func (r *record) checkAddenda(e *Entry, n int) {
	indicator := r.at(79, 79)
	special := e.Return != nil || e.Change != nil
	switch {
	case indicator != "0" && indicator != "1":
		r.fail("addenda indicator", RuleUnknown, "0 or 1", indicator)
	case (indicator == "1") != (n > 0):
		r.fail("addenda indicator", RuleMismatch, strconv.Itoa(min(n, 1)), indicator)
	case n > 1 && (special || e.Batch.SEC != CTX):
		r.fail("addenda", RuleLimit, "at most one", strconv.Itoa(n))
	case e.Code.Return() != special:
		r.fail("transaction code", RuleMismatch, "a return code exactly where an addenda 98 or 99 follows", r.at(2, 3))
	case (e.Batch.SEC == COR) != (e.Change != nil):
		r.fail("standard entry class", RuleMismatch, "COR exactly where an addenda 98 follows", e.Batch.SEC)
	case e.Batch.Effective.IsZero() && !special:
		r.fail("effective date", RuleRequired, "a day, in the batch header on line "+strconv.Itoa(e.Batch.Line), "")
	}
}

// checkAmount wants money exactly where the entry is to move some. The return
// of a prenote has none.
func (r *record) checkAmount(e *Entry) {
	switch {
	case e.Amount != 0 && (e.Code.moneyless() || e.Change != nil):
		r.fail("amount", RuleMismatch, "0 for a prenote, remittance or change", r.at(30, 39))
	case e.Amount == 0 && !e.Code.moneyless() && e.Change == nil && e.Return == nil:
		r.fail("amount", RuleRequired, "", "")
	}
}

// readAddenda reads the records 7 that follow e and returns their number.
func (r *Reader) readAddenda(e *Entry) (int, error) {
	for n := 0; ; n++ {
		text, err := r.peek()
		if errors.Is(err, io.EOF) || err == nil && text[0] != '7' {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		r.peeked = false
		r.line++
		rec := &record{raw: text, line: r.line, entry: e.Number}
		switch kind := rec.at(2, 3); kind {
		case "05":
			rec.remittance(e, n+1)
		case "98":
			rec.change(e)
		case "99":
			rec.returned(e)
		default:
			rec.fail("addenda type", RuleUnknown, "05, 98 or 99", kind)
		}
		if err := rec.problem(); err != nil {
			return n, err
		}
	}
}

// remittance reads the n-th addenda 05 of e.
func (r *record) remittance(e *Entry, n int) {
	if n > 9999 {
		r.fail("addenda sequence", RuleLimit, "at most 9999", "")
	}
	r.control(84, 87, "addenda sequence", uint64(n))
	if got := r.number(88, 94, "addenda entry sequence"); got != uint64(e.Trace.Sequence()) {
		r.fail("addenda entry sequence", RuleMismatch, strconv.Itoa(e.Trace.Sequence()), r.at(88, 94))
	}
	e.Remittance = append(e.Remittance, r.text(4, 83))
}

// returned reads an addenda 99. Its trace, 80-94, is only held to be digits:
// banks put their own there as well as the entry's.
func (r *record) returned(e *Entry) {
	if e.Return != nil {
		r.fail("addenda", RuleDuplicate, "one addenda 99", "")
	}
	e.Return = &Return{
		Line:        r.line,
		Code:        r.code('R', "return code"),
		Original:    r.original(),
		RDFI:        r.at(28, 35),
		Information: r.text(36, 79),
	}
	r.number(28, 35, "original RDFI")
	r.number(80, 94, "addenda trace number")
	if r.at(22, 27) != "      " && r.at(22, 27) != "000000" {
		r.date(22, 27, "date of death")
	}
}

// change reads an addenda 98.
func (r *record) change(e *Entry) {
	if e.Change != nil {
		r.fail("addenda", RuleDuplicate, "one addenda 98", "")
	}
	e.Change = &Change{
		Line:      r.line,
		Code:      r.code('C', "change code"),
		Original:  r.original(),
		RDFI:      r.at(28, 35),
		Corrected: r.present(36, 64, "corrected data"),
	}
	r.number(28, 35, "original RDFI")
	r.number(80, 94, "addenda trace number")
	r.blank(22, 27, "reserved")
	r.blank(65, 79, "reserved")
}

// code reads the reason of a return or change: a letter and two digits. Codes
// that Meaning does not know are accepted, for Nacha adds some.
func (r *record) code(letter byte, field string) string {
	s := r.at(4, 6)
	if s[0] != letter || !allDigits(s[1:]) {
		r.fail(field, RuleUnknown, string(letter)+" and two digits", s)
	}
	return s
}

// original reads the trace number of the entry that an addenda 98 or 99 is about.
func (r *record) original() Trace {
	t := Trace(r.number(7, 21, "original trace number"))
	if t == 0 {
		r.fail("original trace number", RuleRequired, "", "")
	}
	return t
}
