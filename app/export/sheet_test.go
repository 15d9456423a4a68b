package export

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"tranche/workflow"
)

// Every cell comes out as it was given, numbers as numbers, and no text as a formula.
func TestASheetIsSafeForSpreadsheets(t *testing.T) {
	row := []any{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", " =1", "a\r\nb", "plain, \"quoted\"", nil, 7, int64(-8), Points(8725),
		workflow.Cents(-1_50), workflow.Date(0), time.Time{}, time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC)}
	want := []string{"'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\t=1", "'＝1", "' =1", "a\nb", "plain, \"quoted\"", "", "7", "-8", "87.25",
		"-1.50", "", "", "2026-06-01T15:00:00Z"}
	for _, f := range SheetFormats() {
		if f.Extension != ".csv" {
			continue
		}
		var out bytes.Buffer
		s := f.New(&out)
		if err := s.Row(row...); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		text, marked := strings.CutPrefix(out.String(), byteOrderMark)
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil || !marked || len(rows) != 1 || !strings.HasSuffix(text, "\r\n") {
			t.Fatalf("%q is no sheet: %v", out.String(), err)
		}
		for i := range want {
			if rows[0][i] != want[i] {
				t.Errorf("%q comes out as %q, want %q", row[i], rows[0][i], want[i])
			}
		}
	}
}
