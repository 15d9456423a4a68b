package intake_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tranche/app/ach"
	"tranche/app/intake"
)

func header() ach.Header {
	return ach.Header{
		Destination: "121042882", DestinationName: "WELLS FARGO BANK", Origin: "1234567892", OriginName: "DOE AI VOUCHER PROGRAM",
		Created: time.Date(2026, 10, 7, 22, 15, 0, 0, time.UTC), Modifier: 'A',
		CompanyName: "DOE AI VOUCHER", CompanyID: "1234567892", Description: "VOUCHER",
		Effective: time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC), ODFI: "121042882",
	}
}

func credit() ach.Credit {
	return ach.Credit{Routing: "231380104", Account: "998877660", Amount: 1_250_000_50, ID: "P-000000001", Name: "Startup Inc."}
}

// returns writes a file in the bank's place.
func returns(t testing.TB, list ...ach.Returned) string {
	t.Helper()
	var out bytes.Buffer
	if _, err := ach.WriteReturns(&out, header(), list); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// readAll returns what the answers of a file are, or the first error and no answer.
func readAll(in io.Reader) ([]intake.Answer, error) {
	format, in, known := intake.Recognize(in)
	if !known {
		return nil, errors.New("no format")
	}
	var all []intake.Answer
	for a, err := range format.Read(in) {
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

func TestReturnsAndChangesAreRead(t *testing.T) {
	file := returns(t,
		ach.Returned{Credit: credit(), Original: 121042880000001, Code: "R03"},
		ach.Returned{Credit: credit(), Original: 121042880000002, Code: "C01", Corrected: "0011223344"},
		ach.Returned{Credit: credit(), Original: 121042880000003, Code: "C13", Corrected: "RMR"},
	)
	want := []intake.Answer{
		{Kind: "returned", Line: 3, Trace: 121042880000001, Number: "P-000000001", CompanyID: "1234567892", Amount: 1_250_000_50, Code: "R03", RDFI: "23138010"},
		{Kind: "changed", Line: 7, Trace: 121042880000002, Number: "P-000000001", CompanyID: "1234567892", Code: "C01", RDFI: "23138010",
			Correction: &ach.Correction{Account: "0011223344"}},
		{Kind: "changed", Line: 9, Trace: 121042880000003, Number: "P-000000001", CompanyID: "1234567892", Code: "C13", RDFI: "23138010"},
	}
	for name, text := range map[string]string{
		"as written":         file,
		"with CR LF":         strings.ReplaceAll(file, "\n", "\r\n"),
		"without a last end": strings.TrimSuffix(file, "\n"),
	} {
		got, err := readAll(strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAFileOfOthersIsRead(t *testing.T) {
	file, err := os.ReadFile(filepath.Join("testdata", "moov-cor.ach"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAll(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	want := []intake.Answer{{
		Kind: "changed", Line: 3, Trace: 121042880000001, Number: "location #23", CompanyID: "121042882", Code: "C01", RDFI: "12104288",
		Correction: &ach.Correction{Account: "1918171614"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAPaymentIsNoAnswer(t *testing.T) {
	var out bytes.Buffer
	h := header()
	h.Created = h.Effective
	w, err := ach.NewWriter(&out, h)
	if err != nil {
		t.Fatal(err)
	}
	c := credit()
	c.Amount = ach.MaxSameDay
	if _, err := w.Add(&c); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = readAll(&out)
	wantError(t, err, 3, "entry", ach.RuleMismatch)
}

func TestABadFileGivesNoAnswerAtAll(t *testing.T) {
	file := returns(t,
		ach.Returned{Credit: credit(), Original: 121042880000001, Code: "R03"},
		ach.Returned{Credit: credit(), Original: 121042880000002, Code: "R02"},
	)
	for _, test := range []struct {
		name     string
		old, new string
		line     int
		field    string
		rule     ach.Rule
	}{
		{"code without digits", "799R02", "799RXX", 6, "return code", ach.RuleUnknown},
		{"amount", "00250000100", "00250000101", 7, "batch credits", ach.RuleControl},
		{"cut off", "\n9000001", "\n", 8, "record", ach.RuleLength},
		{"no original trace", "R02121042880000002", "R02000000000000000", 6, "original trace number", ach.RuleRequired},
	} {
		t.Run(test.name, func(t *testing.T) {
			bent := strings.Replace(file, test.old, test.new, 1)
			if bent == file {
				t.Fatalf("%q does not occur", test.old)
			}
			got, err := readAll(strings.NewReader(bent))
			wantError(t, err, test.line, test.field, test.rule)
			if got != nil {
				t.Errorf("answers %+v", got)
			}
		})
	}
}

func TestReadingMayStopEarly(t *testing.T) {
	file := returns(t,
		ach.Returned{Credit: credit(), Original: 121042880000001, Code: "R03"},
		ach.Returned{Credit: credit(), Original: 121042880000002, Code: "R02"},
	)
	format, _, _ := intake.Recognize(strings.NewReader(file))
	n := 0
	for a, err := range format.Read(strings.NewReader(file)) {
		if err != nil || a.Code != "R03" {
			t.Errorf("first answer %+v, %v", a, err)
		}
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d answers", n)
	}
}

func TestFormatsAreKnownByTheirBeginning(t *testing.T) {
	for text, want := range map[string]string{
		"101 121042882 ": "ach", "answer,payment\n": "csv", "\ufeffpayment,answer\n": "csv", "fax": "", "": "", "answers": "",
		`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">`: "camt053",
		`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">`: "",
	} {
		f, in, known := intake.Recognize(strings.NewReader(text))
		if f.Name != want || known != (want != "") {
			t.Errorf("%q is %q", text, f.Name)
		}
		if all, err := io.ReadAll(in); err != nil || string(all) != text {
			t.Errorf("%q is read as %q, %v", text, all, err)
		}
	}
}

func FuzzACHReturns(f *testing.F) {
	f.Add(returns(f, ach.Returned{Credit: credit(), Original: 121042880000001, Code: "R03"}))
	f.Add(returns(f, ach.Returned{Credit: credit(), Original: 121042880000001, Code: "C07", Corrected: "0910000190011223344       32"}))
	f.Fuzz(func(t *testing.T, file string) {
		if !strings.HasPrefix(file, "101") {
			return
		}
		answers, err := readAll(strings.NewReader(file))
		var typed *ach.Error
		if err != nil && (!errors.As(err, &typed) || typed.Line < 1 || answers != nil) {
			t.Fatalf("error %#v with %d answers", err, len(answers))
		}
		for _, a := range answers {
			if a.Trace == 0 || len(a.Code) != 3 || a.Kind == "returned" && a.Correction != nil || a.Kind == "changed" && a.Amount != 0 {
				t.Fatalf("answer %+v", a)
			}
		}
	})
}

func wantError(t *testing.T, err error, line int, field string, rule ach.Rule) {
	t.Helper()
	var got *ach.Error
	if !errors.As(err, &got) || got.Line != line || got.Field != field || got.Rule != rule {
		t.Fatalf("error %v, want line %d, %s: %s", err, line, field, rule)
	}
}
