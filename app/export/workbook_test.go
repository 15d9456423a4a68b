package export

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"tranche/app/sheet"
	"tranche/workflow"
)

// The queue as a workbook: texts are texts, whatever they begin with, the rest are numbers.
func TestASheetAsAWorkbookHasNumbersAndTexts(t *testing.T) {
	at := time.Date(2026, 6, 1, 15, 0, 0, 5, time.UTC)
	row := []any{"=1+1", "021000021", nil, 7, int64(-8), Points(8725), workflow.Cents(-1_50), workflow.Date(0), time.Time{}, at, workflow.DateOf(at)}
	want := []sheet.Cell{{Text: "=1+1"}, {Text: "021000021"}, {}, {Text: "7", Number: true}, {Text: "-8", Number: true}, {Text: "87.25", Number: true},
		{Text: "-1.50", Number: true}, {}, {}, {Text: "46174.625", Number: true}, {Text: "46174", Number: true}}
	for _, f := range SheetFormats() {
		if f.Extension != ".xlsx" {
			continue
		}
		var out bytes.Buffer
		s := f.New(&out)
		if err := errors.Join(s.Row("a", "b"), s.Row(row...), s.Close()); err != nil {
			t.Fatal(err)
		}
		n := 0
		for got, err := range sheet.Rows(bytes.NewReader(out.Bytes()), int64(out.Len())) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n == 1 {
				continue
			}
			for i := range want {
				if got[i] != want[i] {
					t.Errorf("%v comes out as %+v, want %+v", row[i], got[i], want[i])
				}
			}
		}
		if n != 2 {
			t.Errorf("%d rows", n)
		}
	}
}
