package export

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
	"strconv"
	"strings"

	"tranche/app/ach"
	"tranche/workflow"
)

// Treasury is what a payment request says of the agency, beside a bank's header.
type Treasury struct {
	Input   string // the agency's identifier in its PAM profile, at most 40 characters
	ALC     string // agency location code, eight digits
	Payment string // type of payment that the agency agreed on, such as Vendor
	Text    string // at most four characters, which the receiver reads before the agency's name
}

// sprBETC is the business event of a payment out of a fund.
// Source: Treasury's list of business event type codes: DISB, gross disbursement.
const sprBETC = "DISB"

// writeSPR writes a Standard Payment Request of one schedule of CCD payments, each
// with an addendum, its Treasury account and what Do Not Pay is told. The payments
// come in the order of their routing numbers.
func writeSPR(out io.Writer, b Batch, payments Payments) (Totals, error) {
	meter := newMeter()
	buffer := bufio.NewWriterSize(io.MultiWriter(out, meter), 64<<10)
	var total Totals
	for record, err := range sprRecords(&b, payments, &total) {
		if err != nil {
			return Totals{}, err
		}
		if _, err := buffer.Write(record); err != nil {
			return Totals{}, err
		}
	}
	if err := buffer.Flush(); err != nil {
		return Totals{}, err
	}
	total.Lines, total.Bytes, total.SHA256 = meter.lines, meter.bytes, meter.sum()
	return total, nil
}

// verifySPR reads a request record by record, compares each with what the payments
// of the batch make of it, and counts records, payments and amounts anew.
func verifySPR(in io.Reader, b Batch, payments Payments, want Totals) error {
	meter := newMeter()
	text := bufio.NewReaderSize(io.TeeReader(in, meter), 64<<10)
	var total Totals
	var amount workflow.Cents
	found, records := 0, 0
	got := make([]byte, sprSize+1)
	for record, err := range sprRecords(&b, payments, &total) {
		if err != nil {
			return unreadable(err)
		}
		switch _, err := io.ReadFull(text, got); {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return differs("record %d is missing", records+1)
		case err != nil:
			return err
		}
		records++
		if !bytes.Equal(got, record) {
			return differs("record %d, %s", records, sprDifference(got, record))
		}
		if string(got[:2]) == "02" {
			cents, err := strconv.ParseInt(string(got[18:28]), 10, 64)
			if err != nil {
				return differs("record %d, Amount", records)
			}
			found++
			amount += workflow.Cents(cents)
		}
	}
	if _, err := text.ReadByte(); !errors.Is(err, io.EOF) {
		if err != nil {
			return err
		}
		return differs("records after the trailer")
	}
	trailer := string(got)
	total.Lines, total.Bytes, total.SHA256 = meter.lines, meter.bytes, meter.sum()
	switch {
	case trailer[2:20] != digits(18, int64(records)), trailer[20:38] != digits(18, int64(found)), trailer[38:56] != digits(18, int64(amount)):
		return differs("totals of the trailer")
	case total != want, found != want.Payments, amount != want.Amount:
		return differs("totals or bytes")
	}
	return nil
}

// sprDifference names the first field in which two records differ.
func sprDifference(got, want []byte) string {
	for _, f := range sprLayout[strings.TrimSpace(string(want[:2]))] {
		if !bytes.Equal(got[f.start-1:f.end], want[f.start-1:f.end]) {
			return f.name
		}
	}
	return "end of line"
}

// sprRecords yields the records of a request, each with a line break, and leaves
// number and amount of the payments in total. A record is overwritten by the next.
func sprRecords(b *Batch, payments Payments, total *Totals) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		s := &sprWriter{line: make([]byte, 0, sprSize+1), yield: yield}
		if s.err = b.checkSPR(); s.err == nil {
			s.head(b)
		}
		last := ""
		for p, err := range payments {
			if s.err != nil || s.done {
				break
			}
			if err == nil {
				err = b.checkSPRPayment(total.Payments+1, p, last)
			}
			if err == nil {
				err = total.add(p.Amount)
			}
			if err != nil {
				s.err = err
				break
			}
			last = p.Routing
			s.payment(p)
		}
		if s.err == nil && total.Payments == 0 {
			s.err = &ach.Error{Field: "file", Rule: ach.RuleEmpty}
		}
		s.put("T", "ScheduleCount", strconv.Itoa(total.Payments), "ScheduleAmount", cents(total.Amount))
		s.put("E", "TotalCount_Records", strconv.Itoa(s.records+1), "TotalCount_Payments", strconv.Itoa(total.Payments),
			"TotalAmount_Payments", cents(total.Amount))
		if s.err != nil && !s.done {
			yield(nil, s.err)
		}
	}
}

// checkSPR refuses what the header of a request cannot say.
func (b *Batch) checkSPR() error {
	if err := b.ACH.Check(); err != nil {
		return err
	}
	t := &b.Treasury
	for _, f := range []struct {
		name, value string
		longest     int
		fits        bool
	}{
		{"agency identifier", t.Input, 40, t.Input != ""},
		{"agency location code", t.ALC, 8, len(t.ALC) == 8 && strings.Trim(t.ALC, "0123456789") == ""},
		{"type of payment", t.Payment, 25, t.Payment != ""},
		{"agency text", t.Text, 4, true},
		{"schedule number", b.Number, 14, b.Number != "" && strings.Trim(b.Number, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == ""},
	} {
		switch {
		case len(f.value) > f.longest:
			return &ach.Error{Field: f.name, Rule: ach.RuleLength, Got: f.value}
		case !f.fits:
			return &ach.Error{Field: f.name, Rule: ach.RuleRequired, Got: f.value}
		case ach.Fold(f.value, f.longest) != f.value:
			return &ach.Error{Field: f.name, Rule: ach.RuleCharset, Got: f.value}
		}
	}
	return nil
}

// checkSPRPayment refuses the n-th payment where PAM would mark it as invalid, or
// reject the schedule for it.
func (b *Batch) checkSPRPayment(n int, p *Payment, last string) error {
	if err := credit(p).Check(n); err != nil {
		return err
	}
	if err := b.checkDay(n, p); err != nil {
		return err
	}
	if _, ok := workflow.ParseTAS(p.Symbol); !ok {
		return &ach.Error{Entry: n, Field: "Treasury account symbol", Rule: ach.RuleRequired, Got: p.Symbol}
	}
	if p.Routing < last {
		return &ach.Error{Entry: n, Field: "routing number", Rule: ach.RuleOrder, Want: "not below " + last, Got: p.Routing}
	}
	return nil
}

// An sprWriter fills records and yields them.
type sprWriter struct {
	line    []byte
	yield   func([]byte, error) bool
	records int
	done    bool // nobody wants more
	err     error
}

// put yields a record of the given code with values for some of its fields; the
// others are blank. A value is folded and cut to its field.
func (s *sprWriter) put(code string, values ...string) {
	if s.done || s.err != nil {
		return
	}
	s.line = append(s.line[:0], blankSPR...)
	copy(s.line, code)
	for _, f := range sprLayout[code] {
		for i := 0; i < len(values); i += 2 {
			if values[i] == f.name {
				s.fill(f, values[i+1])
			}
		}
	}
	s.records++
	s.done = !s.yield(s.line, nil)
}

var blankSPR = append(bytes.Repeat([]byte{' '}, sprSize), '\n')

func (s *sprWriter) fill(f sprField, value string) {
	width := f.end - f.start + 1
	if f.number {
		value = strings.Repeat("0", max(0, width-len(value))) + value
	}
	copy(s.line[f.start-1:f.end], ach.Fold(value, width))
}

func cents(c workflow.Cents) string { return strconv.FormatInt(int64(c), 10) }

func digits(width int, n int64) string {
	s := strconv.FormatInt(n, 10)
	return strings.Repeat("0", max(0, width-len(s))) + s
}

// head writes the header of the file and of its schedule.
func (s *sprWriter) head(b *Batch) {
	today := "0"
	if b.sameDay() {
		today = "1"
	}
	s.put("H", "InputSystem", b.Treasury.Input, "Standard Payment Request Version Number", "502", "IsRequestedForSameDayACH", today)
	s.put("01", "AgencyACHText", b.Treasury.Text, "ScheduleNumber", strings.Repeat("0", 14-len(b.Number))+b.Number,
		"PaymentTypeCode", b.Treasury.Payment, "StandardEntryClassCode", ach.CCD, "AgencyLocationCode", b.Treasury.ALC,
		"Federal Employer Identification Number", employer(b.ACH.CompanyID))
}

// employer returns the employer identification number in a company's number at its
// bank, which is a 1 and that number; "" where it is not.
func employer(companyID string) string {
	if len(companyID) != 10 || companyID[0] != '1' || strings.Trim(companyID, "0123456789") != "" {
		return ""
	}
	return companyID[1:]
}

// payment writes the four records of a payment.
func (s *sprWriter) payment(p *Payment) {
	tin := strings.ReplaceAll(p.EIN, "-", "")
	kind := ""
	if len(tin) == 9 {
		kind = "2" // an EIN
	} else {
		tin = ""
	}
	zip, extension, _ := strings.Cut(p.Zip, "-")
	s.put("02", "AgencyAccountIdentifier", p.UEI, "Amount", cents(p.Amount), "IsTOP_Offset", "1", "PayeeName", p.Organization,
		"PayeeAddressLine_1", p.Street, "CityName", p.City, "StateCodeText", stateCode(p.Region), "PostalCode", zip, "PostalCodeExtension", extension,
		"CountryCodeText", countryCode(p.Country), "Routing Number", p.Routing, "Account Number", p.Account,
		"ACH_TransactionCode", strconv.Itoa(int(code(p))), "PaymentID", p.Number, "Reconcilement", p.Reference(),
		"TIN", tin, "Payment Recipient TIN indicator", kind, "PayerMechanism", "ACH")
	s.put("03", "PaymentID", p.Number, "Addenda Information", ach.Remittance(p.Reference(), p.Amount))
	t, _ := workflow.ParseTAS(p.Symbol) // checked before
	s.put("G", "PaymentID", p.Number, "Sub-levelPrefixCode", t.SubLevel, "AllocationTransferAgencyIdentifier", t.Transfer, "AgencyIdentifier", t.Agency,
		"BeginningPeriodOfAvailability", t.Begins, "EndingPeriodOfAvailability", t.Ends, "AvailabilityTypeCode", t.Type,
		"MainAccountCode", t.Main, "Sub-accountCode", t.Sub, "BusinessEventTypeCode", sprBETC,
		"AccountClassificationAmount", cents(p.Amount), "IsCredit", "0")
	s.put("DD", "Payment ID", p.Number, "DNP Detail", strings.TrimSpace("UEI "+p.UEI+" AWARD "+p.Award))
}

// stateCode returns a state's code; "" for a region by name, which would be cut.
func stateCode(region string) string {
	if len(region) == 2 {
		return strings.ToUpper(region)
	}
	return ""
}

// countryCode returns the two letters of the only country that payments go to;
// others are left out, for the field is optional in the United States.
func countryCode(alpha3 string) string {
	if alpha3 == "USA" {
		return "US"
	}
	return ""
}

// payeeSPR is a receiver's name as Treasury passes it on in an entry of class CCD.
func payeeSPR(name string) string { return ach.Fold(name, 22) }
