package sheet_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"tranche/app/sheet"
	"tranche/workflow"
)

var day = workflow.DateOf(time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC))

// texts are written as they are, and never run.
var texts = []string{
	"_x0041_x0042_", "_x005F_x0041_", "_x0041\x07", "_x0041", "_x_x0041_",
	"=1+1", "+1", "-1", "@SUM(A1)", `=HYPERLINK("http://evil.example";"click")`, "021000021", "1E5", "TRUE", "2026-10-05", " leading and trailing ",
	"two\nlines", "Müller & Søn <b>", "台灣人工智慧", "_x0041_", "a_x000D_b", "\t=1", "'quoted", "a\x00\x1bb", "a\r\nb", "]]>&amp;",
}

func write(t *testing.T, rows [][]any) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := sheet.New(&out, "Register", []sheet.Column{{Title: "text", Width: 30}, {Title: "n"}, {Title: "amount"}, {Title: "day"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func rowsOf() (rows [][]any) {
	for i, text := range texts {
		rows = append(rows, []any{text, i, workflow.Cents(i*1_000_000_000_01 + i), day})
	}
	return append(rows, []any{nil, -3, sheet.MaxMoney, workflow.Date(0)}, []any{"end", nil, -sheet.MaxMoney})
}

func TestEveryCellIsReadBackAsItWas(t *testing.T) {
	file := write(t, rowsOf())
	if !bytes.Equal(file, write(t, rowsOf())) {
		t.Error("the same rows give other bytes")
	}
	n := 0
	for row, err := range sheet.Rows(bytes.NewReader(file), int64(len(file))) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 1 {
			continue // titles
		}
		for i, want := range rowsOf()[n-2] {
			var got any
			var ok bool
			switch want.(type) {
			case nil:
				got, ok = nil, i >= len(row) || row[i] == sheet.Cell{}
			case string:
				got, ok = row[i].Text, !row[i].Number
			case int:
				got, ok = row[i].Int()
			case workflow.Cents:
				got, ok = row[i].Cents()
			case workflow.Date:
				if got, ok = workflow.Date(0), i >= len(row); !ok {
					got, ok = row[i].Date()
				}
			}
			if !ok || got != want {
				t.Errorf("row %d, column %d: %v (%v), want %v", n, i, got, ok, want)
			}
		}
	}
	if n != len(rowsOf())+1 {
		t.Errorf("%d rows", n)
	}
}

func TestAnotherReaderSeesNumbersDatesAndTexts(t *testing.T) {
	file := write(t, rowsOf())
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	shown, err := f.GetRows("Register")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"text", "n", "amount", "day"}, shown[0]); diff != "" {
		t.Error(diff)
	}
	for i, text := range texts {
		if got := shown[i+1][0]; got != text {
			t.Errorf("%q is read as %q", text, got)
		}
		cell, _ := excelize.CoordinatesToCellName(1, i+2)
		if formula, err := f.GetCellFormula("Register", cell); err != nil || formula != "" {
			t.Errorf("%q is the formula %q (%v)", text, formula, err)
		}
		if kind, err := f.GetCellType("Register", cell); err != nil || kind != excelize.CellTypeInlineString {
			t.Errorf("%q is of type %v (%v)", text, kind, err)
		}
	}
	if got := shown[2][1:]; !cmp.Equal(got, []string{"1", "1,000,000,000.02", "2026-10-05"}) {
		t.Errorf("numbers and days are shown as %q", got)
	}
	raw, err := f.GetRows("Register", excelize.Options{RawCellValue: true})
	if err != nil || !cmp.Equal(raw[2][1:], []string{"1", "1000000000.02", "46300"}) {
		t.Errorf("numbers and days are stored as %q (%v)", raw[2][1:], err)
	}
}

func TestWhatNoCellHoldsIsRefused(t *testing.T) {
	w, err := sheet.New(io.Discard, "Register", []sheet.Column{{Title: "x"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []any{strings.Repeat("x", sheet.MaxText+1), "\xff", sheet.MaxMoney + 1, -sheet.MaxMoney - 1, 1.5, []string{}, workflow.DateOf(time.Date(1900, 2, 28, 0, 0, 0, 0, time.UTC))} {
		if err := w.Row(value); !errors.Is(err, sheet.ErrCell) {
			t.Errorf("%T: %v", value, err)
		}
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if err := w.Row("late"); !errors.Is(err, sheet.ErrClosed) {
		t.Errorf("a row after the end: %v", err)
	}
	for _, name := range []string{"", "a/b", strings.Repeat("x", 32)} {
		if _, err := sheet.New(io.Discard, name, nil); !errors.Is(err, sheet.ErrName) {
			t.Errorf("the name %q: %v", name, err)
		}
	}
}

func TestWhatIsNoWorkbookIsNotRead(t *testing.T) {
	file := write(t, rowsOf())
	for i := range file {
		refused := false
		for _, err := range sheet.Rows(bytes.NewReader(file[:i]), int64(i)) {
			if err != nil && !errors.Is(err, sheet.ErrFormat) {
				t.Fatalf("first %d bytes: %v", i, err)
			}
			refused = refused || err != nil
		}
		if !refused {
			t.Fatalf("first %d bytes are taken for a workbook", i)
		}
	}
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetCellFormula("Sheet1", "A1", "1+1"); err != nil {
		t.Fatal(err)
	}
	var formula bytes.Buffer
	if err := f.Write(&formula); err != nil {
		t.Fatal(err)
	}
	for _, err := range sheet.Rows(bytes.NewReader(formula.Bytes()), int64(formula.Len())) {
		if !errors.Is(err, sheet.ErrFormat) {
			t.Errorf("a formula: %v", err)
		}
	}
}

// full has no room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestAFullDiskIsNoticed(t *testing.T) {
	w, err := sheet.New(full{}, "Register", []sheet.Column{{Title: "x"}})
	if err == nil {
		err = w.Close()
	}
	if !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("got %v", err)
	}
}
