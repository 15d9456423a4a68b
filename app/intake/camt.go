package intake

import (
	"errors"
	"io"
	"iter"
	"strconv"
	"strings"

	"tranche/app/ach"
	"tranche/workflow"
)

// A camt reads an ISO 20022 statement (camt.053) or notification (camt.054): debits that
// were booked are payments that settled, and credits that name why they came back are
// returns. Other credits, and what is not booked yet, are no answers to payments.
type camt struct {
	yield   func(Answer, error) bool
	booked  bool
	details int
	held    *Answer // of the first of the entry, which does not say its amount
	entry   Answer  // of the entry
	answer  Answer  // of the payment in it
	credit  bool    // of the entry
	own     string  // CdtDbtInd of the payment itself
	back    bool    // the payment came back
	turned  bool    // RvslInd of the entry
	entries int
	said    int // how many entries the bank says that there are; -1: it does not
	any     bool
}

// readCamt reads camt.053.001.08 and camt.054.001.08.
func readCamt(in io.Reader) iter.Seq2[Answer, error] {
	return func(yield func(Answer, error) bool) {
		c := &camt{yield: yield, said: -1}
		r := newISOReader(in)
		err := r.walk(c.start, c.end)
		if err == nil && !c.any {
			err = r.wrong("Stmt", ach.RuleRequired, "")
		}
		if err != nil && !errors.Is(err, errEnough) {
			yield(Answer{}, err)
		}
	}
}

// statement are what both messages call their parts.
var statement = strings.NewReplacer("BkToCstmrStmt/Stmt", "", "BkToCstmrDbtCdtNtfctn/Ntfctn", "")

func (c *camt) start(path string) {
	switch statement.Replace(path) {
	case "":
		c.entries, c.said = 0, -1
	case "/Ntry":
		c.entry, c.booked, c.details, c.credit, c.turned, c.held = Answer{}, false, 0, false, false, nil
		c.own, c.back = "", false
	case "/Ntry/NtryDtls/TxDtls":
		c.answer = Answer{Day: c.entry.Day}
		c.own, c.back = "", false
	}
}

func (c *camt) end(e *element) (err error) {
	path := statement.Replace(e.path)
	switch path {
	case "":
		if e.path == "" || !strings.Contains(e.path, "/") {
			return nil
		}
		if c.any = true; c.said >= 0 && c.said != c.entries {
			return e.wrong("NbOfNtries", ach.RuleControl, strconv.Itoa(c.entries), strconv.Itoa(c.said))
		}
	case "/TxsSummry/TtlNtries/NbOfNtries":
		if c.said, err = strconv.Atoi(e.text); err != nil {
			return e.wrong("NbOfNtries", ach.RuleDigits, "a number", e.text)
		}
	case "/Ntry/Amt":
		c.entry.Line = e.line
		c.entry.Amount, err = e.cents()
	case "/Ntry/CdtDbtInd":
		c.credit, err = e.isCredit()
	case "/Ntry/RvslInd":
		c.turned = e.text == "true" || e.text == "1"
	case "/Ntry/Sts/Cd":
		c.booked = e.text == "BOOK"
	case "/Ntry/BookgDt/Dt", "/Ntry/BookgDt/DtTm":
		c.entry.Day, err = e.day()
	case "/Ntry/NtryDtls/TxDtls":
		c.details++
		return c.one(c.answer)
	case "/Ntry":
		if c.entries++; c.details == 0 {
			return c.one(c.entry)
		}
		if c.held != nil && c.details == 1 { // all of the entry is its
			c.held.Amount = c.entry.Amount
		}
		return c.pass(nil)
	default:
		return c.detail(strings.TrimPrefix(path, "/Ntry/NtryDtls/TxDtls/"), e)
	}
	return err
}

// detail reads what is said of one payment.
func (c *camt) detail(path string, e *element) (err error) {
	a := &c.answer
	switch path {
	case "Refs/EndToEndId":
		a.Number = e.text
	case "Refs/InstrId":
		if t, err := ach.ParseTrace(e.text); err == nil {
			a.Trace = t
		}
	case "Amt":
		a.Line = e.line
		a.Amount, err = e.cents()
	case "CdtDbtInd":
		c.own = e.text
		_, err = e.isCredit()
	case "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry":
		a.Code, c.back = e.text, true
	case "RtrInf/AddtlInf":
		a.Information, c.back = e.text, true
	}
	return err
}

func (e *element) isCredit() (bool, error) {
	if e.text != "CRDT" && e.text != "DBIT" {
		return false, e.wrong("CdtDbtInd", ach.RuleUnknown, "CRDT or DBIT", e.text)
	}
	return e.text == "CRDT", nil
}

// one tells what became of a payment, when the entry that it is in is booked.
func (c *camt) one(a Answer) error {
	if a.Line == 0 {
		a.Line = c.entry.Line
	}
	credit := c.credit
	if c.own != "" {
		credit = c.own == "CRDT"
	}
	if a.Number == "NOTPROVIDED" { // ISO 20022 for nothing
		a.Number = ""
	}
	switch {
	case !c.booked:
		return nil
	case credit && (c.back || c.turned):
		if a.Kind = workflow.AnswerReturned; a.Code == "" {
			a.Code = "NARR"
		}
	case credit:
		return nil
	default:
		a.Kind = workflow.AnswerSettled
	}
	if a.Amount == 0 && c.details == 1 {
		c.held = &a
		return nil
	}
	return c.pass(&a)
}

// pass tells the answer that was held back, and a.
func (c *camt) pass(a *Answer) error {
	for _, one := range []*Answer{c.held, a} {
		if one != nil && !c.yield(*one, nil) {
			return errEnough
		}
	}
	c.held = nil
	return nil
}
