package ach_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	moov "github.com/moov-io/ach"

	"tranche/app/ach"
)

// answers are returns and changes by three banks, not in order.
func answers() []ach.Returned {
	list := credits()
	return []ach.Returned{
		{Credit: list[0], Original: 121042880000001, Code: "R03"},
		{Credit: list[1], Original: 121042880000002, Code: "C03", Corrected: "091000019   0011223344"},
		{Credit: list[2], Original: 121042880000003, Code: "R16"},
		{Credit: list[0], Original: 121042880000009, Code: "R02"},
	}
}

func TestReturnsAreWrittenInBatchesOfTheirBanks(t *testing.T) {
	var out bytes.Buffer
	totals, err := ach.WriteReturns(&out, header(), answers())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "returns.ach", out.Bytes())
	if totals.Entries != 4 || totals.Batches != 3 || totals.Credits != 2*1_250_000_50+ach.MaxEntry {
		t.Errorf("totals %+v", totals)
	}

	entries, r, err := readAll(&out)
	if err != nil {
		t.Fatal(err)
	}
	if r.File().Destination != "121042882" || r.File().Origin != "121042882" {
		t.Errorf("header %+v", r.File())
	}
	type answer struct {
		Code     string
		Original ach.Trace
		RDFI     string
		Account  string
	}
	var got []answer
	for _, e := range entries {
		if e.Change != nil {
			got = append(got, answer{e.Change.Code, e.Change.Original, e.Change.RDFI, e.Account})
			continue
		}
		got = append(got, answer{e.Return.Code, e.Return.Original, e.Return.RDFI, e.Account})
	}
	want := []answer{
		{"R16", 121042880000003, "09100001", "ABC12345678901234"},
		{"R03", 121042880000001, "23138010", "998877660"},
		{"R02", 121042880000009, "23138010", "998877660"},
		{"C03", 121042880000002, "03130001", "12-3456"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

func TestIndependentReaderReadsReturns(t *testing.T) {
	var out bytes.Buffer
	if _, err := ach.WriteReturns(&out, header(), answers()); err != nil {
		t.Fatal(err)
	}
	file, err := moov.NewReader(&out).Read()
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Validate(); err != nil {
		t.Fatal(err)
	}
	if len(file.ReturnEntries) != 2 || len(file.NotificationOfChange) != 1 {
		t.Fatalf("%d batches of returns, %d of changes", len(file.ReturnEntries), len(file.NotificationOfChange))
	}
	a := file.ReturnEntries[1].GetEntries()[0].Addenda99
	if a.ReturnCode != "R03" || a.OriginalTrace != "121042880000001" || a.OriginalDFI != "23138010" {
		t.Errorf("addenda 99 %+v", a)
	}
	c := file.NotificationOfChange[0].GetEntries()[0].Addenda98.ParseCorrectedData()
	if c == nil || c.RoutingNumber != "091000019" || c.AccountNumber != "0011223344" {
		t.Errorf("corrected data %+v", c)
	}
}

func TestReturnsAreRefusedWithTheirField(t *testing.T) {
	for _, test := range []struct {
		name  string
		bend  func(*ach.Returned)
		field string
		rule  ach.Rule
	}{
		{"amount", func(r *ach.Returned) { r.Amount = 0 }, "amount", ach.RuleRange},
		{"no code", func(r *ach.Returned) { r.Code = "" }, "return code", ach.RuleUnknown},
		{"other letter", func(r *ach.Returned) { r.Code = "X03" }, "return code", ach.RuleUnknown},
		{"no digits", func(r *ach.Returned) { r.Code = "R0O" }, "return code", ach.RuleUnknown},
		{"no trace", func(r *ach.Returned) { r.Original = 0 }, "original trace number", ach.RuleRange},
		{"trace of 16 digits", func(r *ach.Returned) { r.Original = 1_000_000_000_000_000 }, "original trace number", ach.RuleRange},
		{"correction in a return", func(r *ach.Returned) { r.Corrected = "1" }, "corrected data", ach.RuleMismatch},
		{"change without correction", func(r *ach.Returned) { r.Code = "C01" }, "corrected data", ach.RuleRequired},
		{"correction of 30 characters", func(r *ach.Returned) { r.Code, r.Corrected = "C01", strings.Repeat("1", 30) }, "corrected data", ach.RuleLength},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := ach.Returned{Credit: credit(), Original: 121042880000001, Code: "R03"}
			test.bend(&r)
			_, err := ach.WriteReturns(io.Discard, header(), []ach.Returned{r})
			wantError(t, err, ach.Error{Entry: 1, Field: test.field, Rule: test.rule})
		})
	}
	_, err := ach.WriteReturns(io.Discard, header(), nil)
	wantError(t, err, ach.Error{Field: "file", Rule: ach.RuleEmpty})
	_, err = ach.WriteReturns(io.Discard, header(func(h *ach.Header) { h.ODFI = "" }), answers())
	wantError(t, err, ach.Error{Field: "ODFI", Rule: ach.RuleLength})
}

func TestReturnsMayComeAfterTheEffectiveDate(t *testing.T) {
	late := header(func(h *ach.Header) { h.Created = h.Effective.AddDate(0, 0, 3) })
	if _, err := ach.WriteReturns(io.Discard, late, answers()); err != nil {
		t.Error(err)
	}
}

// returnFaults are single-field mutations of the golden file of returns.
var returnFaults = []struct {
	name     string
	line     int
	from     int
	old, new string
	want     ach.Error
}{
	{"code of a change in a return", 4, 4, "R16", "C16", ach.Error{Line: 4, Entry: 1, Field: "return code", Rule: ach.RuleUnknown}},
	{"code without digits", 4, 4, "R16", "R1X", ach.Error{Line: 4, Entry: 1, Field: "return code", Rule: ach.RuleUnknown}},
	{"no original trace", 4, 7, "121042880000003", "000000000000000", ach.Error{Line: 4, Entry: 1, Field: "original trace number", Rule: ach.RuleRequired}},
	{"letters for the original trace", 4, 7, "1", "A", ach.Error{Line: 4, Entry: 1, Field: "original trace number", Rule: ach.RuleDigits}},
	{"date of death", 4, 22, "      ", "261301", ach.Error{Line: 4, Entry: 1, Field: "date of death", Rule: ach.RuleDate}},
	{"original RDFI", 4, 28, "0", " ", ach.Error{Line: 4, Entry: 1, Field: "original RDFI", Rule: ach.RuleDigits}},
	{"trace of the addenda", 4, 94, "1", " ", ach.Error{Line: 4, Entry: 1, Field: "addenda trace number", Rule: ach.RuleDigits}},
	{"forward code with a reason", 3, 2, "21", "22", ach.Error{Line: 3, Entry: 1, Field: "transaction code", Rule: ach.RuleMismatch}},
	{"money in a change", 13, 39, "0", "1", ach.Error{Line: 13, Entry: 4, Field: "amount", Rule: ach.RuleMismatch}},
	{"nothing corrected", 14, 36, "091000019   0011223344", "                      ", ach.Error{Line: 14, Entry: 4, Field: "corrected data", Rule: ach.RuleRequired}},
	{"reserved of a change", 14, 65, " ", "X", ach.Error{Line: 14, Entry: 4, Field: "reserved", Rule: ach.RuleFixed}},
	{"change outside COR", 12, 51, "COR", "CCD", ach.Error{Line: 13, Entry: 4, Field: "standard entry class", Rule: ach.RuleMismatch}},
	{"return inside COR", 2, 51, "CCD", "COR", ach.Error{Line: 3, Entry: 1, Field: "standard entry class", Rule: ach.RuleMismatch}},
}

func TestReaderCatchesEveryFaultOfAReturn(t *testing.T) {
	var out bytes.Buffer
	if _, err := ach.WriteReturns(&out, header(), answers()); err != nil {
		t.Fatal(err)
	}
	for _, fault := range returnFaults {
		t.Run(fault.name, func(t *testing.T) {
			l := lines(out.Bytes())
			text, at := l[fault.line-1], fault.from-1
			if got := text[at : at+len(fault.old)]; got != fault.old {
				t.Fatalf("line %d, position %d holds %q, not %q", fault.line, fault.from, got, fault.old)
			}
			l[fault.line-1] = text[:at] + fault.new + text[at+len(fault.old):]
			_, _, err := readAll(strings.NewReader(strings.Join(l, "\n")))
			wantError(t, err, fault.want)
		})
	}
}

func TestReturnsMayLeaveTheEffectiveDateOpen(t *testing.T) {
	var out bytes.Buffer
	if _, err := ach.WriteReturns(&out, header(), answers()); err != nil {
		t.Fatal(err)
	}
	entries, _, err := readAll(strings.NewReader(strings.ReplaceAll(out.String(), "VOUCHER         261005", "VOUCHER         000000")))
	if err != nil {
		t.Fatal(err)
	}
	if !entries[0].Batch.Effective.IsZero() {
		t.Errorf("effective %v, want none", entries[0].Batch.Effective)
	}
}

func TestCorrections(t *testing.T) {
	for _, test := range []struct {
		code, data string
		want       ach.Correction
		ok         bool
	}{
		{"C01", "0011223344", ach.Correction{Account: "0011223344"}, true},
		{"C02", "091000019", ach.Correction{Routing: "091000019"}, true},
		{"C02", "091000018", ach.Correction{Routing: "091000018"}, false},
		{"C03", "091000019   0011223344", ach.Correction{Routing: "091000019", Account: "0011223344"}, true},
		{"C03", "091000019", ach.Correction{Routing: "091000019"}, false},
		{"C04", "New Name LLC", ach.Correction{Name: "New Name LLC"}, true},
		{"C05", "32", ach.Correction{Code: ach.SavingsCredit}, true},
		{"C05", "99", ach.Correction{Code: 99}, false},
		{"C06", "0011223344          32", ach.Correction{Account: "0011223344", Code: ach.SavingsCredit}, true},
		{"C06", "0011223344                 32", ach.Correction{Account: "0011223344", Code: ach.SavingsCredit}, true},
		{"C06", "0011223344", ach.Correction{Account: "0011223344"}, false},
		{"C07", "0910000190011223344       32", ach.Correction{Routing: "091000019", Account: "0011223344", Code: ach.SavingsCredit}, true},
		{"C07", "0910000190011223344", ach.Correction{Routing: "091000019", Account: "0011223344"}, false},
		{"C09", "P-000000001", ach.Correction{ID: "P-000000001"}, true},
		{"C13", "RMR", ach.Correction{}, false},
		{"C99", "what", ach.Correction{}, false},
	} {
		change := ach.Change{Code: test.code, Corrected: test.data}
		if got, ok := change.Correction(); got != test.want || ok != test.ok {
			t.Errorf("%s %q: %+v, %t, want %+v, %t", test.code, test.data, got, ok, test.want, test.ok)
		}
	}
}

// The codes that the contract with banks names.
// Source: Nacha Operating Rules, Appendices Four and Five.
func TestEveryNamedCodeHasAMeaning(t *testing.T) {
	for _, code := range strings.Fields(`R01 R02 R03 R04 R05 R06 R07 R08 R09 R10 R11 R12 R13 R14 R15 R16 R17 R20 R23 R24 R25 R26 R27 R28 R29 R31 R34
		R61 R67 R68 R69 R70 R71 R72 R73 R74 R75 R76 R77 R80 R81 R82 R83 R84 R85 R90
		C01 C02 C03 C04 C05 C06 C07 C08 C09 C13 C14 C61 C62 C63 C64 C65 C66 C67 C68 C69`) {
		if _, ok := ach.Meaning(code); !ok {
			t.Errorf("%s means nothing", code)
		}
	}
}

func TestEveryCodeHasOneMeaning(t *testing.T) {
	last := ""
	for i, r := range ach.Reasons() {
		if got, ok := ach.Meaning(r.Code); !ok || got != r {
			t.Errorf("Meaning(%s) = %+v, %t", r.Code, got, ok)
		}
		if len(r.Code) != 3 || !strings.HasSuffix(r.Sentence, ".") {
			t.Errorf("row %d: %+v", i, r)
		}
		if strings.HasPrefix(last, r.Code[:1]) && last >= r.Code {
			t.Errorf("%s stands behind %s", r.Code, last)
		}
		last = r.Code
		known := r.Code == "R90" || // newer than their table
			moov.LookupReturnCode(r.Code) != nil || moov.LookupChangeCode(r.Code) != nil
		if !known {
			t.Errorf("%s is not known to others", r.Code)
		}
	}
	if _, ok := ach.Meaning("R99"); ok {
		t.Error("R99 means something")
	}
}
