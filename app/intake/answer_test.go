package intake_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tranche/app/ach"
	"tranche/app/intake"
	"tranche/workflow"
)

// sample reads a file of testdata.
func sample(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func day(t testing.TB, text string) workflow.Date {
	t.Helper()
	d, err := workflow.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestAnswersOfISO20022AreRead(t *testing.T) {
	oct5 := day(t, "2026-10-05")
	for name, want := range map[string][]intake.Answer{
		"pain002.xml": {
			{Kind: "acknowledged", Line: 5, Batch: "B-000042"},
			{Kind: "settled", Line: 7, Trace: 121042880000001, Number: "P-000000001"},
			{Kind: "returned", Line: 8, Trace: 121042880000002, Number: "P-000000002", Amount: 1, Code: "AC04", Information: "R02 account closed"},
		},
		"pain002-rejected.xml": {{Kind: "rejected", Line: 5, Batch: "B-000042", Code: "FF01", Information: "Not a file of ours"}},
		"camt053.xml": {
			{Kind: "settled", Line: 8, Trace: 121042880000001, Number: "P-000000001", Amount: 1_250_000_50, Day: oct5},
			{Kind: "settled", Line: 12, Number: "P-000000002", Amount: 1, Day: oct5},
			{Kind: "settled", Line: 13, Number: "P-000000003", Amount: 2_00, Day: oct5},
			{Kind: "settled", Line: 15, Amount: 15_00, Day: oct5},
			{Kind: "returned", Line: 17, Number: "P-000000004", Amount: 9_999_999_999, Code: "AC04", Information: "closed", Day: oct5},
		},
		"camt054.xml": {{Kind: "returned", Line: 6, Number: "P-000000001", Amount: 1_250_000_50, Code: "AC01", Day: oct5}},
		"answers.csv": {
			{Kind: "settled", Line: 2, Number: "P-000000001", Amount: 1_250_000_50, Day: oct5},
			{Kind: "returned", Line: 3, Trace: 121042880000002, Amount: 1, Code: "R03", Information: "no account, they say"},
			{Kind: "acknowledged", Line: 4, Batch: "B-000042", Information: "REF-1"},
		},
	} {
		for ends, text := range map[string]string{"LF": sample(t, name), "CR LF": strings.ReplaceAll(sample(t, name), "\n", "\r\n")} {
			got, err := readAll(strings.NewReader(text))
			if err != nil {
				t.Errorf("%s with %s: %v", name, ends, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s with %s (-want +got):\n%s", name, ends, diff)
			}
		}
	}
}

func TestBadAnswersNameLineAndField(t *testing.T) {
	for _, tt := range []struct {
		file, old, new string
		line           int
		field          string
		rule           ach.Rule
	}{
		{"camt053.xml", ">1250000.50<", ">1250000.505<", 8, "Amt", ach.RuleDigits},
		{"camt053.xml", ">1250000.50<", ">-1250000.50<", 8, "Amt", ach.RuleDigits},
		{"camt053.xml", ">1250000.50<", ">1e6<", 8, "Amt", ach.RuleDigits},
		{"camt053.xml", `Ccy="USD">1250000.50`, `Ccy="EUR">1250000.50`, 8, "Ccy", ach.RuleMismatch},
		{"camt053.xml", "<CdtDbtInd>DBIT", "<CdtDbtInd>BOTH", 8, "CdtDbtInd", ach.RuleUnknown},
		{"camt053.xml", "<NbOfNtries>6<", "<NbOfNtries>7<", 20, "NbOfNtries", ach.RuleControl},
		{"camt053.xml", "<BookgDt><Dt>2026-10-05", "<BookgDt><Dt>2026-13-05", 8, "Dt", ach.RuleDate},
		{"camt053.xml", "</Stmt>", "</Stnt>", 20, "BkToCstmrStmt/Stmt", ach.RuleCharset},
		{"camt053.xml", "\n</Document>", "", 22, "Document", ach.RuleTruncated},
		{"camt053.xml", "<Document", "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><Document", 2, "DOCTYPE", ach.RuleFixed},
		{"camt053.xml", "<Id>S-1<", "<Id>&a;<", 5, "BkToCstmrStmt/Stmt/Id", ach.RuleCharset},
		{"camt053.xml", "<Id>S-1<", "<Id>" + strings.Repeat("x", 5000) + "<", 5, "BkToCstmrStmt/Stmt/Id", ach.RuleLength},
		{"camt053.xml", "<Id>S-1<", "<Id>" + strings.Repeat("x", 1<<20) + "<", 5, "BkToCstmrStmt/Stmt/Id", ach.RuleLength},
		{"camt053.xml", "<Id>S-1<", strings.Repeat("<a>", 50) + "<", 5, "depth", ach.RuleLimit},
		{"camt053.xml", "<Id>S-1</Id>", `<Id xmlns="urn:x">S-1</Id>`, 5, "Id", ach.RuleUnknown},
		{"camt053.xml", `encoding="UTF-8"`, `encoding="UTF-7"`, 1, "encoding", ach.RuleUnknown},
		{"pain002.xml", "<TxSts>ACSC<", "<TxSts>FINE<", 7, "TxSts", ach.RuleUnknown},
		{"pain002.xml", "<GrpSts>PART<", "<GrpSts>FINE<", 5, "GrpSts", ach.RuleUnknown},
		{"pain002.xml", "<OrgnlMsgId>B-000042</OrgnlMsgId>", "", 5, "OrgnlMsgId", ach.RuleRequired},
		{"answers.csv", "1250000.50", "1,250,000.50", 2, "columns", ach.RuleMismatch},
		{"answers.csv", "1250000.50", "1250000.5", 2, "amount", ach.RuleDigits},
		{"answers.csv", "settled", "paid", 2, "answer", ach.RuleUnknown},
		{"answers.csv", "2026-10-05", "10/05/2026", 2, "date", ach.RuleDate},
		{"answers.csv", "P-000000001", "", 2, "payment", ach.RuleRequired},
		{"answers.csv", "R03", "", 3, "code", ach.RuleRequired},
		{"answers.csv", "121042880000002", "1210428800O0002", 3, "trace", ach.RuleDigits},
		{"answers.csv", ",information", ",sum", 1, "columns", ach.RuleUnknown},
		{"answers.csv", ",information", ",code", 1, "columns", ach.RuleUnknown},
		{"answers.csv", "\"no account", "no \"account", 3, "quotes", ach.RuleCharset},
	} {
		t.Run(fmt.Sprintf("%s %.40s", tt.file, tt.new), func(t *testing.T) {
			text := sample(t, tt.file)
			bent := strings.Replace(text, tt.old, tt.new, 1)
			if bent == text {
				t.Fatalf("%q does not occur", tt.old)
			}
			got, err := readAll(strings.NewReader(bent))
			wantError(t, err, tt.line, tt.field, tt.rule)
			if got != nil {
				t.Errorf("answers %+v", got)
			}
		})
	}
}

func TestAMessageThatIsCutOffGivesNoAnswer(t *testing.T) {
	for _, name := range []string{"pain002.xml", "camt053.xml", "camt054.xml"} {
		text := strings.TrimRight(sample(t, name), "\n")
		for n := 200; n < len(text); n++ {
			if got, err := readAll(strings.NewReader(text[:n])); err == nil {
				t.Fatalf("%s: the first %d bytes give %d answers", name, n, len(got))
			}
		}
	}
}

func FuzzAnswers(f *testing.F) {
	for _, name := range []string{"pain002.xml", "pain002-rejected.xml", "camt053.xml", "camt054.xml", "answers.csv"} {
		f.Add(sample(f, name))
	}
	f.Fuzz(func(t *testing.T, file string) {
		format, in, known := intake.Recognize(strings.NewReader(file))
		if !known || format.Name == workflow.AnswersACH {
			return
		}
		for a, err := range format.Read(in) {
			var typed *ach.Error
			if err != nil && (!errors.As(err, &typed) || typed.Line < 1 || typed.Field == "" || typed.Rule == "") {
				t.Fatalf("error %#v", err)
			}
			if err == nil && (a.Line < 1 || a.Amount < 0 || workflow.NeedsCode(a.Kind) && a.Code == "") {
				t.Fatalf("answer %+v", a)
			}
		}
	})
}

// What only part of a file says otherwise: of several payments in one entry none takes the
// amount of all, and a part that is refused says why at its end.
func TestAnswersThatSayLessAreRead(t *testing.T) {
	oct5 := day(t, "2026-10-05")
	for name, tt := range map[string]struct {
		file string
		old  []string // each replaced by the next
		want intake.Answer
		at   int
	}{
		"two payments without amounts": {"camt053.xml", []string{`<Amt Ccy="USD">0.01</Amt>`, "", `<Amt Ccy="USD">2.00000</Amt>`, ""},
			intake.Answer{Kind: "settled", Line: 10, Number: "P-000000002", Day: oct5}, 1},
		"the first of them does not say it": {"camt053.xml", []string{`<Amt Ccy="USD">0.01</Amt>`, ""},
			intake.Answer{Kind: "settled", Line: 13, Number: "P-000000003", Amount: 2_00, Day: oct5}, 2},
		"a part is refused": {"pain002-rejected.xml", []string{`<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn><AddtlInf>Not a file of ours</AddtlInf></StsRsnInf>`, "",
			`<PmtInfSts>RJCT</PmtInfSts>`, `<PmtInfSts>RJCT</PmtInfSts><StsRsnInf><Rsn><Cd>AC01</Cd></Rsn><AddtlInf>no such payer</AddtlInf></StsRsnInf>`},
			intake.Answer{Kind: "rejected", Line: 6, Batch: "B-000042", Code: "AC01", Information: "no such payer"}, 0},
	} {
		got, err := readAll(strings.NewReader(strings.NewReplacer(tt.old...).Replace(sample(t, tt.file))))
		if err != nil || len(got) <= tt.at {
			t.Errorf("%s: %v, %v", name, got, err)
			continue
		}
		if diff := cmp.Diff(tt.want, got[tt.at]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if tt.at == 0 && len(got) != 1 {
			t.Errorf("%s: %v", name, got)
		}
	}
	older := strings.ReplaceAll(sample(t, "camt053.xml"), "camt.053.001.08", "camt.053.001.02")
	if _, _, known := intake.Recognize(strings.NewReader(older)); known {
		t.Error("a version is taken that is not read")
	}
}
