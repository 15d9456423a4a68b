// Package sheet writes and reads workbooks with one sheet (XLSX). Money is a
// number with two decimals, a day is a date, and whatever identifies something is
// text, so that no spreadsheet takes off its leading zeros or runs it as a
// formula. Rows are streamed: memory does not grow with them, a temporary file
// may.
package sheet

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"tranche/workflow"
)

// A Column is one column of a sheet.
type Column struct {
	Title string
	Width float64 // in characters; zero is the usual width
}

const (
	// MaxRows is the most rows of a sheet, its titles among them.
	// Source: ECMA-376, and the limits of Microsoft Excel.
	MaxRows = 1_048_576
	// MaxText is the most characters of a cell.
	MaxText = 32_767
	// MaxMoney is the largest amount whose cents a spreadsheet keeps: a number has
	// 15 digits in it.
	MaxMoney workflow.Cents = 999_999_999_999_999
)

var (
	// ErrCell is returned for a value that a cell cannot hold.
	ErrCell = errors.New("sheet: a cell cannot hold the value")
	// ErrRows is returned for a row after the last that a sheet has room for.
	ErrRows = errors.New("sheet: no more rows fit")
)

// A Writer writes one workbook. It is not safe for use by several goroutines.
type Writer struct {
	file               *excelize.File
	stream             *excelize.StreamWriter
	rows               int
	text, number, sums int // styles
	day, moment        int
	cells              []any // of the row before, used again
}

// New begins a workbook whose only sheet has a name, of at most 31 characters,
// and a row of titles that stays in sight; where columns is nil, that is the first
// that Row adds. Whoever begins one ends it with Close.
func New(name string, columns []Column) (*Writer, error) {
	w := &Writer{file: excelize.NewFile()}
	if err := w.begin(name, columns); err != nil {
		return nil, errors.Join(fmt.Errorf("begin a workbook: %w", err), w.file.Close())
	}
	return w, nil
}

func (w *Writer) begin(name string, columns []Column) (err error) {
	if err := w.file.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	if w.stream, err = w.file.NewStreamWriter(name); err != nil {
		return err
	}
	iso, isoMoment := "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
	var title int
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{
		{&w.text, excelize.Style{NumFmt: 49}},  // "@": text
		{&w.number, excelize.Style{NumFmt: 1}}, // "0"
		{&w.sums, excelize.Style{NumFmt: 4}},   // "#,##0.00"
		{&w.day, excelize.Style{CustomNumFmt: &iso}},
		{&w.moment, excelize.Style{CustomNumFmt: &isoMoment}},
		{&title, excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true}}},
	} {
		if *s.id, err = w.file.NewStyle(&s.style); err != nil {
			return err
		}
	}
	for i, c := range columns {
		if c.Width == 0 {
			continue
		}
		if err := w.stream.SetColWidth(i+1, i+1, c.Width); err != nil {
			return err
		}
	}
	if err := w.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if columns == nil {
		return nil
	}
	for _, c := range columns {
		w.cells = append(w.cells, excelize.Cell{StyleID: title, Value: c.Title})
	}
	return w.put()
}

// Row adds a row of strings, ints, int64s, workflow.Cents, workflow.Dates,
// time.Times, shown in UTC to the second, and nil, which leaves a cell empty. A zero
// date or time does too.
func (w *Writer) Row(values ...any) error {
	w.cells = w.cells[:0]
	for _, v := range values {
		c, err := w.cell(v)
		if err != nil {
			return err
		}
		w.cells = append(w.cells, c)
	}
	return w.put()
}

func (w *Writer) put() error {
	if w.rows == MaxRows {
		return ErrRows
	}
	w.rows++
	return w.stream.SetRow("A"+strconv.Itoa(w.rows), w.cells)
}

func (w *Writer) cell(value any) (any, error) {
	switch v := value.(type) {
	case nil:
		return nil, nil
	case string:
		if !utf8.ValidString(v) || utf8.RuneCountInString(v) > MaxText {
			return nil, fmt.Errorf("%w: a text of %d bytes", ErrCell, len(v))
		}
		return excelize.Cell{StyleID: w.text, Value: v}, nil
	case int:
		return excelize.Cell{StyleID: w.number, Value: v}, nil
	case int64:
		return excelize.Cell{StyleID: w.number, Value: v}, nil
	case time.Time:
		if v.IsZero() {
			return nil, nil
		}
		return excelize.Cell{StyleID: w.moment, Value: v.UTC().Truncate(time.Second)}, nil
	case workflow.Cents:
		if v > MaxMoney || v < -MaxMoney {
			return nil, fmt.Errorf("%w: %s", ErrCell, v)
		}
		// The file has the shortest decimal that gives this number, which is v's own.
		return excelize.Cell{StyleID: w.sums, Value: float64(v) / 100}, nil
	case workflow.Date:
		if v == 0 {
			return nil, nil
		}
		return excelize.Cell{StyleID: w.day, Value: v.Time()}, nil
	}
	return nil, fmt.Errorf("%w: %T", ErrCell, value)
}

// Close writes the workbook to out, or throws it away when out is nil, and
// removes what it kept meanwhile. The same rows give the same bytes.
func (w *Writer) Close(out io.Writer) (err error) {
	defer func() { err = errors.Join(err, w.file.Close()) }()
	if out == nil {
		return nil
	}
	if err := w.stream.Flush(); err != nil {
		return fmt.Errorf("end a workbook: %w", err)
	}
	if _, err := w.file.WriteTo(out); err != nil {
		return fmt.Errorf("write a workbook: %w", err)
	}
	return nil
}

// epoch is the day before the first of a spreadsheet's calendar, less the leap
// day that this has in 1900.
var epoch = time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)

// cents reads the decimal of a cell.
func cents(s string) (workflow.Cents, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.Abs(f*100) > float64(MaxMoney) {
		return 0, false
	}
	c := workflow.Cents(math.Round(f * 100))
	return c, strconv.FormatFloat(float64(c)/100, 'f', -1, 64) == s
}
