package export_test

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	moov "github.com/moov-io/ach"

	"tranche/workflow"
)

// TestIndependentReaderReadsTheRemittanceAdvice joins the addenda of a CTX file that
// another reader accepts and takes the X12 820 apart by its separators.
func TestIndependentReaderReadsTheRemittanceAdvice(t *testing.T) {
	list := payments()
	list[2].Organization = `Star*Stripes: 100% \ ~Co`
	file, totals := write(t, find(t, workflow.FormatCTX), batch(), list)
	got, err := moov.NewReader(bytes.NewReader(file)).Read()
	if err != nil {
		t.Fatal(err)
	}
	if err := got.Validate(); err != nil {
		t.Fatal(err)
	}
	if got.Control.TotalCreditEntryDollarAmountInFile != int(totals.Amount) || got.Control.EntryHash != int(totals.EntryHash) || totals.Payments != 3 {
		t.Errorf("control %+v, totals %+v", got.Control, totals)
	}
	entries := got.Batches[0].GetEntries()
	if len(entries) != 3 || got.Batches[0].GetHeader().StandardEntryClassCode != "CTX" {
		t.Fatalf("%d entries of class %s", len(entries), got.Batches[0].GetHeader().StandardEntryClassCode)
	}
	for i, e := range entries {
		if n, err := strconv.Atoi(e.CATXAddendaRecordsField()); err != nil || n != len(e.Addenda05) || n < 5 {
			t.Errorf("entry %d has %d addenda, and says %s", i, len(e.Addenda05), e.CATXAddendaRecordsField())
		}
		if name := strings.TrimSpace(e.CATXReceivingCompanyField()); name != find(t, workflow.FormatCTX).Payee(list[i].Organization) {
			t.Errorf("entry %d pays %q", i, name)
		}
		var text strings.Builder
		// By position: that reader takes off blanks at both ends.
		for line := range strings.Lines(string(file)) {
			if strings.HasPrefix(line, "705") && line[87:94] == e.TraceNumber[8:] {
				text.WriteString(line[3:83])
			}
		}
		advice := strings.TrimRight(text.String(), " ")
		if len(advice) < 106 || advice[3] != '*' || advice[105] != '\\' {
			t.Fatalf("the interchange begins with %.106q", advice)
		}
		names, said := "", map[string][]string{}
		segments := strings.Split(strings.TrimSuffix(advice, `\`), `\`)
		for _, s := range segments {
			elements := strings.Split(s, "*")
			names += elements[0] + " "
			said[elements[0]] = elements
		}
		if names != "ISA GS ST BPR TRN N1 N1 ENT RMR SE GE IEA " {
			t.Errorf("the segments are %s", names)
		}
		amount := list[i].Amount.String()
		for _, want := range []struct {
			segment string
			element int
			value   string
		}{
			{"ISA", 12, "00401"}, {"GS", 1, "RA"}, {"GS", 8, "004010"}, {"ST", 1, "820"},
			{"BPR", 2, amount}, {"BPR", 5, "CTX"}, {"BPR", 7, "121042882"}, {"BPR", 9, "4000123456789"}, {"BPR", 10, "1234567892"}, {"BPR", 13, list[i].Routing},
			{"BPR", 15, list[i].Account}, {"BPR", 16, "20261005"}, {"TRN", 2, list[i].Number}, {"RMR", 2, list[i].Reference()}, {"RMR", 4, amount},
			{"SE", 1, "8"}, {"SE", 2, said["ST"][2]}, {"GE", 2, said["GS"][6]}, {"IEA", 2, said["ISA"][13]},
		} {
			if got := said[want.segment][want.element]; got != want.value {
				t.Errorf("entry %d: %s%02d is %q, want %q", i, want.segment, want.element, got, want.value)
			}
		}
		if control := e.TraceNumber[8:]; said["ISA"][13] != "00"+control {
			t.Errorf("entry %d: the control number %s is not that of the trace %s", i, said["ISA"][13], e.TraceNumber)
		}
	}
}
