package intake

import (
	"errors"
	"io"
	"iter"

	"tranche/app/ach"
	"tranche/workflow"
)

// errEnough means that nobody wants the rest.
var errEnough = errors.New("intake: enough")

// A pain002 reads an ISO 20022 CustomerPaymentStatusReport: what became of a file that
// was sent, and of its payments. Statuses that decide nothing yet are passed over.
type pain002 struct {
	yield  func(Answer, error) bool
	answer Answer // of the transaction that is read
	status string
	group  Answer
	said   string // GrpSts or PmtInfSts
	sent   string // OrgnlMsgId
	whole  bool   // the whole file was refused: its payments say so again
	news   bool

	refused bool // the part is, and it is to be told at its end
}

// readPain002 reads pain.002.001.10 and .11.
func readPain002(in io.Reader) iter.Seq2[Answer, error] {
	return func(yield func(Answer, error) bool) {
		p := &pain002{yield: yield}
		r := newISOReader(in)
		err := r.walk(p.start, p.end)
		if err == nil && !p.news {
			err = r.wrong("CstmrPmtStsRpt/OrgnlGrpInfAndSts", ach.RuleRequired, "")
		}
		if err != nil && !errors.Is(err, errEnough) {
			yield(Answer{}, err)
		}
	}
}

const (
	painGroup = "CstmrPmtStsRpt/OrgnlGrpInfAndSts"
	painPart  = "CstmrPmtStsRpt/OrgnlPmtInfAndSts"
	painOne   = painPart + "/TxInfAndSts"
)

func (p *pain002) start(path string) {
	switch path {
	case painGroup:
		p.group, p.said = Answer{}, ""
	case painPart:
		p.group, p.said = Answer{}, ""
	case painOne:
		p.answer, p.status = Answer{}, ""
	}
}

func (p *pain002) end(e *element) (err error) {
	switch e.path {
	case painGroup + "/OrgnlMsgId":
		p.sent = e.text
	case painGroup + "/GrpSts":
		p.said, p.group.Line = e.text, e.line
	case painPart + "/PmtInfSts":
		p.said, p.group.Line = e.text, e.line
		if p.said != "RJCT" {
			return p.about(e)
		}
		p.refused, p.whole, p.news = !p.whole, true, true // its payments come before its end
	case painGroup + "/StsRsnInf/Rsn/Cd", painGroup + "/StsRsnInf/Rsn/Prtry", painPart + "/StsRsnInf/Rsn/Cd", painPart + "/StsRsnInf/Rsn/Prtry":
		p.group.Code = e.text
	case painGroup + "/StsRsnInf/AddtlInf", painPart + "/StsRsnInf/AddtlInf":
		p.group.Information = e.text
	case painGroup:
		return p.about(e)
	case painPart:
		if p.refused {
			p.refused, p.whole = false, false
			return p.about(e)
		}
	case painOne + "/OrgnlInstrId":
		if t, err := ach.ParseTrace(e.text); err == nil {
			p.answer.Trace = t
		}
	case painOne + "/OrgnlEndToEndId":
		p.answer.Number = e.text
	case painOne + "/TxSts":
		p.status, p.answer.Line = e.text, e.line
	case painOne + "/StsRsnInf/Rsn/Cd", painOne + "/StsRsnInf/Rsn/Prtry":
		p.answer.Code = e.text
	case painOne + "/StsRsnInf/AddtlInf":
		p.answer.Information = e.text
	case painOne + "/AccptncDtTm":
		p.answer.Day, err = e.day()
	case painOne + "/OrgnlTxRef/Amt/InstdAmt":
		p.answer.Amount, err = e.cents()
	case painOne:
		return p.one(e)
	}
	return err
}

// about tells what became of the file, or of the part of it that is all of it.
func (p *pain002) about(e *element) error {
	p.news = true
	a := p.group
	a.Batch = p.sent
	if a.Line == 0 {
		a.Line = e.line
	}
	switch p.said {
	case "": // its payments say it
		return nil
	case "RJCT":
		if p.whole {
			return nil
		}
		a.Kind, p.whole = workflow.AnswerRejected, true
		if a.Code == "" {
			a.Code = "NARR" // the reason stands in words: ISO 20022, ExternalStatusReason1Code
		}
	case "ACCP", "ACTC", "ACSP", "ACSC", "ACWC", "ACWP", "ACCC", "RCVD", "PART":
		if e.path != painGroup {
			return nil
		}
		a.Kind = workflow.AnswerAcknowledged
	case "PDNG", "PATC":
		return nil
	default:
		return e.wrong("GrpSts", ach.RuleUnknown, "a status of ISO 20022", p.said)
	}
	if a.Batch == "" {
		return e.wrong("OrgnlMsgId", ach.RuleRequired, "", "")
	}
	return p.pass(a)
}

// one tells what became of a payment.
func (p *pain002) one(e *element) error {
	p.news = true
	a := p.answer
	switch p.status {
	case "ACSC", "ACCC":
		a.Kind = workflow.AnswerSettled
	case "RJCT":
		if p.whole {
			return nil
		}
		if a.Kind = workflow.AnswerReturned; a.Code == "" {
			a.Code = "NARR"
		}
	case "ACCP", "ACTC", "ACSP", "ACWC", "ACWP", "RCVD", "PDNG", "PATC", "":
		return nil
	default:
		return e.wrong("TxSts", ach.RuleUnknown, "a status of ISO 20022", p.status)
	}
	return p.pass(a)
}

func (p *pain002) pass(a Answer) error {
	if !p.yield(a, nil) {
		return errEnough
	}
	return nil
}
