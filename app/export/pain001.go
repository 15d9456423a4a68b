package export

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"time"

	"tranche/app/ach"
	"tranche/workflow"
)

// pain001 is one version of ISO 20022's CustomerCreditTransferInitiation, as
// banks in the United States take it for ACH credits: routing numbers instead of
// BICs, account numbers instead of IBANs.
// Source: the schema of each version, testdata/xsd; the external code lists of
// ISO 20022 for USABA, NURG, SDVA, CACC and SVGS.
type pain001 struct {
	namespace string
	day       func(text string) painDay
}

var (
	pain00109 = pain001{"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09", func(text string) painDay { return painDay{Date: text} }}
	pain00103 = pain001{"urn:iso:std:iso:20022:tech:xsd:pain.001.001.03", func(text string) painDay { return painDay{Text: text} }}
)

// The message in the order of its schema. The same types write and read it. The
// transactions are the last field, so that both are done with everything before
// when the first payment comes.
type (
	painDocument struct {
		XMLName xml.Name
		Header  painHeader `xml:"CstmrCdtTrfInitn>GrpHdr"`
		Info    painInfo   `xml:"CstmrCdtTrfInitn>PmtInf"`
	}
	painHeader struct {
		Message string    `xml:"MsgId"`
		Created string    `xml:"CreDtTm"`
		Count   string    `xml:"NbOfTxs"`
		Sum     string    `xml:"CtrlSum"`
		Sender  painParty `xml:"InitgPty"`
	}
	painInfo struct {
		ID         string           `xml:"PmtInfId"`
		Method     string           `xml:"PmtMtd"`
		Booking    string           `xml:"BtchBookg"`
		Count      string           `xml:"NbOfTxs"`
		Sum        string           `xml:"CtrlSum"`
		Service    string           `xml:"PmtTpInf>SvcLvl>Cd"`
		Instrument string           `xml:"PmtTpInf>LclInstrm>Cd"`
		Day        painDay          `xml:"ReqdExctnDt"`
		Debtor     painParty        `xml:"Dbtr"`
		Account    painOwnAccount   `xml:"DbtrAcct"`
		Agent      painAgent        `xml:"DbtrAgt"`
		Charges    string           `xml:"ChrgBr"`
		Transfers  painTransactions `xml:"CdtTrfTxInf"`
	}
	painParty struct {
		Name string `xml:"Nm"`
		ID   string `xml:"Id>OrgId>Othr>Id"`
	}
	painOwnAccount struct {
		Number   string `xml:"Id>Othr>Id"`
		Currency string `xml:"Ccy"`
	}
	painAccount struct {
		Number string `xml:"Id>Othr>Id"`
		Kind   string `xml:"Tp>Cd"`
	}
	painAgent struct {
		System string `xml:"FinInstnId>ClrSysMmbId>ClrSysId>Cd"`
		Member string `xml:"FinInstnId>ClrSysMmbId>MmbId"`
		Name   string `xml:"FinInstnId>Nm,omitempty"`
	}
	// painDay is a date by itself in version 03, and within an element in 09.
	painDay struct {
		Date string `xml:"Dt,omitempty"`
		Text string `xml:",chardata"`
	}
	painAmount struct {
		Currency string `xml:"Ccy,attr"`
		Value    string `xml:",chardata"`
	}
	painTransaction struct {
		Instruction string      `xml:"PmtId>InstrId"`
		EndToEnd    string      `xml:"PmtId>EndToEndId"`
		Amount      painAmount  `xml:"Amt>InstdAmt"`
		Agent       painAgent   `xml:"CdtrAgt"`
		Creditor    string      `xml:"Cdtr>Nm"`
		Account     painAccount `xml:"CdtrAcct"`
		Remittance  string      `xml:"RmtInf>Ustrd"`
	}
)

// painTransactions are written as they are ranged over, and read one by one.
type painTransactions struct {
	all  iter.Seq2[painTransaction, error]
	each func(*painTransaction) error
}

// newline goes before what begins a line.
var newline = xml.CharData("\n")

// MarshalXML implements xml.Marshaler. Each transaction is a line.
func (t painTransactions) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	for one, err := range t.all {
		if err != nil {
			return err
		}
		if err := errors.Join(e.EncodeToken(newline), e.EncodeElement(one, start)); err != nil {
			return err
		}
	}
	return e.EncodeToken(newline)
}

// UnmarshalXML implements xml.Unmarshaler. It is called for each transaction.
func (t *painTransactions) UnmarshalXML(d *xml.Decoder, start xml.StartElement) error {
	var one painTransaction
	if err := d.DecodeElement(&one, &start); err != nil {
		return err
	}
	return t.each(&one)
}

// write writes the message. The payments are ranged over twice: their number and
// sum come before them.
func (v *pain001) write(out io.Writer, b Batch, payments Payments) (Totals, error) {
	total, err := v.add(&b, payments)
	if err != nil {
		return Totals{}, err
	}
	meter := newMeter()
	buffer := bufio.NewWriterSize(io.MultiWriter(out, meter), 64<<10)
	d := v.message(&b, total)
	d.Info.Transfers.all = v.transactions(&b, payments)
	if _, err := buffer.WriteString(xml.Header); err != nil {
		return Totals{}, err
	}
	if err := xml.NewEncoder(buffer).Encode(d); err != nil {
		return Totals{}, err
	}
	if err := buffer.WriteByte('\n'); err != nil {
		return Totals{}, err
	}
	if err := buffer.Flush(); err != nil {
		return Totals{}, err
	}
	total.Lines, total.Bytes, total.SHA256 = meter.lines, meter.bytes, meter.sum()
	return total, nil
}

// add checks the payments and adds them up.
func (v *pain001) add(b *Batch, payments Payments) (total Totals, err error) {
	if err := b.ACH.Check(); err != nil {
		return total, err
	}
	if err := checkOriginator(b.Account); err != nil {
		return total, err
	}
	for p, err := range payments {
		if err == nil {
			err = credit(p).Check(total.Payments + 1)
		}
		if err == nil {
			err = b.checkDay(total.Payments+1, p)
		}
		if err == nil {
			err = total.add(p.Amount)
		}
		if err != nil {
			return total, err
		}
	}
	if total.Payments == 0 {
		return total, &ach.Error{Field: "file", Rule: ach.RuleEmpty}
	}
	return total, nil
}

// checkOriginator refuses an account that the money cannot come from.
// Source: pain.001, GenericAccountIdentification1, at most 34 characters.
func checkOriginator(account string) error {
	switch {
	case account == "":
		return &ach.Error{Field: "originator account", Rule: ach.RuleRequired}
	case len(account) > 34:
		return &ach.Error{Field: "originator account", Rule: ach.RuleLength}
	case swift(account, len(account)) != account:
		return &ach.Error{Field: "originator account", Rule: ach.RuleCharset}
	}
	return nil
}

// message is everything but the transactions.
func (v *pain001) message(b *Batch, total Totals) painDocument {
	h := &b.ACH
	count, sum := strconv.Itoa(total.Payments), total.Amount.String()
	service := "NURG"
	if b.sameDay() {
		service = "SDVA"
	}
	return painDocument{
		XMLName: xml.Name{Space: v.namespace, Local: "Document"},
		Header: painHeader{Message: b.Number, Created: h.Created.UTC().Format(time.RFC3339), Count: count, Sum: sum,
			Sender: painParty{swift(h.OriginName, longestName), h.CompanyID}},
		Info: painInfo{ID: b.Number + "-1", Method: "TRF", Booking: "false", Count: count, Sum: sum, Service: service, Instrument: ach.CCD,
			Day: v.day(h.Effective.Format(time.DateOnly)), Debtor: painParty{swift(h.CompanyName, longestName), h.CompanyID},
			Account: painOwnAccount{b.Account, dollars}, Agent: painAgent{usaba, h.ODFI, swift(h.DestinationName, longestName)},
			Charges: "SHAR"},
	}
}

const (
	dollars = "USD"
	usaba   = "USABA" // routing numbers of the American Bankers Association
)

// transactions yields what is written of each payment.
func (v *pain001) transactions(b *Batch, payments Payments) iter.Seq2[painTransaction, error] {
	return func(yield func(painTransaction, error) bool) {
		n := 0
		for p, err := range payments {
			if err != nil {
				yield(painTransaction{}, err)
				return
			}
			if !yield(transaction(b, n, p), nil) {
				return
			}
			n++
		}
	}
}

// payeePain001 is a receiver's name in a message.
func payeePain001(name string) string { return swift(name, longestName) }

// transaction is the n-th payment.
func transaction(b *Batch, n int, p *Payment) painTransaction {
	kind := "CACC"
	if p.Savings {
		kind = "SVGS"
	}
	return painTransaction{Instruction: b.Trace(n).String(), EndToEnd: p.Number, Amount: painAmount{dollars, p.Amount.String()},
		Agent: painAgent{System: usaba, Member: p.Routing}, Creditor: payeePain001(p.Organization),
		Account: painAccount{p.Account, kind}, Remittance: p.Reference()}
}

// verify reads a message back and compares it, element by element, with the
// payments of its batch. Number and sum are counted anew.
func (v *pain001) verify(in io.Reader, b Batch, payments Payments, want Totals) error {
	meter, source := newMeter(), &source{in: in}
	text := io.TeeReader(source, meter)
	next, stop := iter.Pull2(payments)
	defer stop()
	var got Totals
	var failed error // of the payments
	compare := func(one *painTransaction) error {
		p, err, more := next()
		switch {
		case err != nil:
			failed = err
			return err
		case !more:
			return differs("transaction %s is one too many", one.EndToEnd)
		case *one != transaction(&b, got.Payments, p):
			return differs("transaction %d is not payment %s", got.Payments+1, p.Number)
		}
		amount, err := workflow.ParseCents(one.Amount.Value)
		if err != nil || amount.String() != one.Amount.Value {
			return differs("transaction %d: the amount %q is not in cents", got.Payments+1, one.Amount.Value)
		}
		return got.add(amount)
	}
	d := painDocument{Info: painInfo{Transfers: painTransactions{each: compare}}}
	err := xml.NewDecoder(text).Decode(&d)
	if err == nil {
		_, err = io.Copy(io.Discard, text)
	}
	switch {
	case source.err != nil:
		return source.err
	case failed != nil:
		return failed
	case errors.Is(err, ErrDiffers), errors.Is(err, ErrTotal):
		return err
	case err != nil:
		return fmt.Errorf("%w: %w", ErrDiffers, err)
	}
	if p, err, more := next(); err != nil || more {
		if err != nil {
			return err
		}
		return differs("payment %s is missing", p.Number)
	}
	return v.verifyTotals(&d, &b, meter, got, want)
}

// verifyTotals compares what only the whole message can tell.
func (v *pain001) verifyTotals(d *painDocument, b *Batch, m *meter, got, want Totals) error {
	expected := v.message(b, got)
	got.Lines, got.Bytes, got.SHA256 = m.lines, m.bytes, m.sum()
	switch {
	case d.XMLName != expected.XMLName:
		return differs("name of the message")
	case d.Header != expected.Header:
		return differs("header of the message, or its number or sum of transactions")
	case !d.Info.same(&expected.Info):
		return differs("originator, day, number or sum of the payments")
	case got != want:
		return differs("totals or bytes")
	}
	return nil
}

// same compares everything but the transactions.
func (i *painInfo) same(o *painInfo) bool {
	return i.ID == o.ID && i.Method == o.Method && i.Booking == o.Booking && i.Count == o.Count && i.Sum == o.Sum &&
		i.Service == o.Service && i.Instrument == o.Instrument && i.Day == o.Day && i.Debtor == o.Debtor &&
		i.Account == o.Account && i.Agent == o.Agent && i.Charges == o.Charges
}

// source remembers what went wrong with a reader, other than its end, so that it
// can be told from what is wrong with the text.
type source struct {
	in  io.Reader
	err error
}

// Read implements io.Reader.
func (s *source) Read(b []byte) (int, error) {
	n, err := s.in.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}
