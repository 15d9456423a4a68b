package export_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"

	"tranche/app/ach"
	"tranche/app/export"
	"tranche/workflow"
)

// unwritten are the records of the layout that a request of ours never has: checks,
// and addenda of CTX.
var unwritten = []string{"11", "12", "13", "04"}

// sprFields are what the golden file says, record by record, of the first payment
// and of the whole. Fields that are not named are blank.
var sprFields = map[string]map[string]string{
	"H": {"Record Code": "H", "InputSystem": "DOE-AIV", "Standard Payment Request Version Number": "502", "IsRequestedForSameDayACH": "0"},
	"01": {"Record Code": "01", "AgencyACHText": "AIV", "ScheduleNumber": "000000B-000042", "PaymentTypeCode": "Vendor", "StandardEntryClassCode": "CCD",
		"AgencyLocationCode": "89000001", "Federal Employer Identification Number": "234567892"},
	"02": {"Record Code": "02", "AgencyAccountIdentifier": "CK2CJ9GL5NQ4", "Amount": "0125000050", "IsTOP_Offset": "1", "PayeeName": "Startup Inc.",
		"PayeeAddressLine_1": "1 Main Street", "CityName": "Bend", "StateCodeText": "OR", "PostalCode": "97701", "PostalCodeExtension": "1234",
		"CountryCodeText": "US", "Routing Number": "031300012", "Account Number": "998877660", "ACH_TransactionCode": "22", "PaymentID": "P-000000001",
		"Reconcilement": "DE-AI0000001-T1", "TIN": "123456789", "Payment Recipient TIN indicator": "2", "PayerMechanism": "ACH"},
	"03": {"Record Code": "03", "PaymentID": "P-000000001", "Addenda Information": `RMR*IV*DE-AI0000001-T1**1250000.50\`},
	"G": {"Record Code": "G", "PaymentID": "P-000000001", "AgencyIdentifier": "089", "BeginningPeriodOfAvailability": "2026", "EndingPeriodOfAvailability": "2027",
		"MainAccountCode": "0222", "Sub-accountCode": "000", "BusinessEventTypeCode": "DISB", "AccountClassificationAmount": "0125000050", "IsCredit": "0"},
	"DD": {"Record Code": "DD", "Payment ID": "P-000000001", "DNP Detail": "UEI CK2CJ9GL5NQ4 AWARD DE-AI0000001"},
	"T":  {"Record Code": "T", "ScheduleCount": "00000003", "ScheduleAmount": "000000625000050"},
	"E":  {"Record Code": "E", "TotalCount_Records": "000000000000000016", "TotalCount_Payments": "000000000000000003", "TotalAmount_Payments": "000000000625000050"},
}

// Every field of Treasury's layout stands at its position, the blank ones too.
func TestEveryFieldOfTheLayoutIsAtItsPosition(t *testing.T) {
	file, _ := write(t, find(t, workflow.FormatSPR), batch(), payments())
	records := map[string]string{}
	for line := range strings.Lines(string(file)) {
		if len(line) != 851 {
			t.Fatalf("a record of %d characters", len(line))
		}
		if code := strings.TrimSpace(line[:2]); records[code] == "" {
			records[code] = line
		}
	}
	text, err := os.Open("testdata/spr/layout.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	rows, err := csv.NewReader(text).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen, last, named := 0, map[string]int{}, map[string]bool{}
	for _, row := range rows[1:] {
		code, name := strings.TrimSpace(row[1]), strings.TrimSpace(row[3])
		fields, written := sprFields[code]
		if !written {
			if !strings.Contains(strings.Join(unwritten, " "), code) {
				t.Errorf("nobody writes record %q", code)
			}
			continue
		}
		start, err1 := strconv.Atoi(row[7])
		end, err2 := strconv.Atoi(row[8])
		if err1 != nil || err2 != nil || start != last[code]+1 {
			t.Fatalf("%s %s is at %s to %s, after %d", code, name, row[7], row[8], last[code])
		}
		last[code] = end
		seen++
		if got := strings.TrimRight(records[code][start-1:end], " "); got != fields[name] {
			t.Errorf("%s %s (%d-%d) is %q, want %q", code, name, start, end, got, fields[name])
		}
		named[code+name] = true
	}
	if seen != 80 {
		t.Errorf("%d fields were compared, want 80", seen)
	}
	for code, fields := range sprFields {
		for name := range fields {
			if !named[code+name] {
				t.Errorf("the layout has no field %s %s", code, name)
			}
		}
		if last[code] != 850 {
			t.Errorf("record %s ends at %d", code, last[code])
		}
	}
}

func TestARequestIsInItsOrder(t *testing.T) {
	file, _ := write(t, find(t, workflow.FormatSPR), batch(), payments())
	var codes []string
	for line := range strings.Lines(string(file)) {
		codes = append(codes, strings.TrimSpace(line[:2]))
	}
	if got := strings.Join(codes, " "); got != "H 01 02 03 G DD 02 03 G DD 02 03 G DD T E" {
		t.Errorf("the records are %s", got)
	}
	b := batch()
	b.ACH.Effective = b.ACH.Created
	if today, _ := write(t, find(t, workflow.FormatSPR), b, payments()[1:2]); today[45] != '1' {
		t.Error("payments of the same day are not asked for as such")
	}
}

func TestARequestRefusesWhatPAMWould(t *testing.T) {
	f := find(t, workflow.FormatSPR)
	for _, tt := range []struct {
		name  string
		bend  func(*export.Batch, []export.Payment)
		entry int
		field string
		rule  ach.Rule
	}{
		{"no agency", func(b *export.Batch, _ []export.Payment) { b.Treasury.Input = "" }, 0, "agency identifier", ach.RuleRequired},
		{"a short location", func(b *export.Batch, _ []export.Payment) { b.Treasury.ALC = "8900001" }, 0, "agency location code", ach.RuleRequired},
		{"no type", func(b *export.Batch, _ []export.Payment) { b.Treasury.Payment = "" }, 0, "type of payment", ach.RuleRequired},
		{"a long text", func(b *export.Batch, _ []export.Payment) { b.Treasury.Text = "AIVOU" }, 0, "agency text", ach.RuleLength},
		{"an odd text", func(b *export.Batch, _ []export.Payment) { b.Treasury.Text = "Ä" }, 0, "agency text", ach.RuleCharset},
		{"an odd number", func(b *export.Batch, _ []export.Payment) { b.Number = "b/1" }, 0, "schedule number", ach.RuleRequired},
		{"no symbol", func(_ *export.Batch, p []export.Payment) { p[1].Symbol = "" }, 2, "Treasury account symbol", ach.RuleRequired},
		{"another order", func(_ *export.Batch, p []export.Payment) { p[0], p[1] = p[1], p[0] }, 2, "routing number", ach.RuleOrder},
		{"too much today", func(b *export.Batch, _ []export.Payment) { b.ACH.Effective = b.ACH.Created }, 1, "amount", ach.RuleRange},
		{"an account of zeros", func(_ *export.Batch, p []export.Payment) { p[2].Account = "000" }, 3, "account number", ach.RuleRequired},
	} {
		b, list := batch(), payments()
		tt.bend(&b, list)
		_, err := f.Write(io.Discard, b, stream(list))
		var typed *ach.Error
		if !errors.As(err, &typed) || typed.Entry != tt.entry || typed.Field != tt.field || typed.Rule != tt.rule {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if _, err := f.Write(io.Discard, batch(), stream(nil)); err == nil {
		t.Error("a request of nothing")
	}
}

func TestARequestThatDoesNotAddUpIsFound(t *testing.T) {
	f := find(t, workflow.FormatSPR)
	file, totals := write(t, f, batch(), payments())
	for was, is := range map[string]string{"0125000050 1": "0125000051 1", "000000625000050\n": "000000625000051\n", "2026": "2025", "DISB": "COLL"} {
		if bent := bytes.Replace(file, []byte(was), []byte(is), 1); !bytes.Equal(bent, file) {
			if err := f.Verify(bytes.NewReader(bent), batch(), stream(payments()), totals); !errors.Is(err, export.ErrDiffers) {
				t.Errorf("%s for %s: %v", is, was, err)
			}
		}
	}
}
