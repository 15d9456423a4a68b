package export

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"

	"tranche/app/sheet"
	"tranche/workflow"
)

// workbookColumns are those of the register, with the day on which a payment is
// asked for.
var workbookColumns = []sheet.Column{
	{Title: "record"}, {Title: "batch", Width: 11}, {Title: "payment", Width: 12}, {Title: "award", Width: 20}, {Title: "organization", Width: 42},
	{Title: "uei", Width: 15}, {Title: "tranche"}, {Title: "amount", Width: 18}, {Title: "pays", Width: 12}, {Title: "routing", Width: 11},
	{Title: "account"}, {Title: "kind", Width: 10}, {Title: "trace", Width: 17},
}

// writeWorkbook writes the register as a workbook: amounts are numbers, days are
// dates, identifiers are text. Its last row has number and total.
func writeWorkbook(out io.Writer, b Batch, payments Payments) (total Totals, err error) {
	if err := b.ACH.Check(); err != nil {
		return total, err
	}
	meter := newMeter()
	buffer := bufio.NewWriterSize(io.MultiWriter(out, meter), 64<<10)
	w, err := sheet.New(buffer, "Register", workbookColumns)
	if err != nil {
		return total, err
	}
	for line, err := range lines(&b, payments, &total) {
		if err == nil {
			err = w.Row(line...)
		}
		if err != nil {
			return Totals{}, err
		}
	}
	if err := w.Close(); err != nil {
		return Totals{}, err
	}
	if err := buffer.Flush(); err != nil {
		return Totals{}, err
	}
	total.Bytes, total.SHA256 = meter.bytes, meter.sum()
	return total, nil
}

// lines yields the values of each payment and of the total, and leaves number,
// amount and lines in total; the titles are one of these. A line is overwritten
// by the next.
func lines(b *Batch, payments Payments, total *Totals) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		total.Lines = 1
		pays := workflow.DateOf(b.ACH.Effective)
		line := make([]any, 0, len(workbookColumns))
		for p, err := range payments {
			if err == nil {
				err = total.add(p.Amount)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			line = append(line[:0], "payment", b.Number, p.Number, p.Award, p.Organization, p.UEI, p.Tranche, p.Amount, pays, p.Routing,
				tail(p.Account), p.kind(), b.Trace(total.Payments-1).String())
			if !yield(line, nil) {
				return
			}
		}
		total.Lines++
		yield([]any{"total", b.Number, total.Payments, nil, nil, nil, nil, total.Amount}, nil)
	}
}

// verifyWorkbook compares a workbook cell by cell with the payments of its batch.
// Its list of contents is at its end, so it is held in memory, packed as it is.
func verifyWorkbook(in io.Reader, b Batch, payments Payments, want Totals) error {
	if err := b.ACH.Check(); err != nil {
		return err
	}
	meter := newMeter()
	file := bytes.NewBuffer(make([]byte, 0, want.Bytes+bytes.MinRead)) // as large as it should be, and not twice
	if _, err := file.ReadFrom(io.TeeReader(in, meter)); err != nil {
		return err
	}
	var total Totals
	if total.Bytes, total.SHA256 = meter.bytes, meter.sum(); total.Bytes != want.Bytes || total.SHA256 != want.SHA256 {
		return differs("bytes")
	}
	if err := compareLines(sheet.Rows(bytes.NewReader(file.Bytes()), meter.bytes), lines(&b, payments, &total)); err != nil {
		return err
	}
	if total != want {
		return differs("totals")
	}
	return nil
}

// compareLines wants the titles and exactly the given lines.
func compareLines(rows iter.Seq2[[]sheet.Cell, error], want iter.Seq2[[]any, error]) error {
	next, stop := iter.Pull2(rows)
	defer stop()
	titles, err, _ := next()
	if err != nil || len(titles) != len(workbookColumns) {
		return errors.Join(differs("titles"), err)
	}
	for i, c := range workbookColumns {
		if titles[i].Number || titles[i].Text != c.Title {
			return differs("title %s", c.Title)
		}
	}
	n := 1
	for line, err := range want {
		if err != nil {
			return err
		}
		n++
		row, err, more := next()
		if err != nil || !more || len(row) != len(line) {
			return errors.Join(differs("row %d", n), err)
		}
		for i, v := range line {
			if !says(row[i], v) {
				return differs("row %d, column %s", n, workbookColumns[i].Title)
			}
		}
	}
	if _, _, more := next(); more {
		return differs("rows after the total")
	}
	return nil
}

// says reports whether a cell holds a value, as what it is.
func says(c sheet.Cell, value any) bool {
	var got any
	ok := true
	switch value.(type) {
	case nil:
		return c == sheet.Cell{}
	case int:
		got, ok = c.Int()
	case workflow.Cents:
		got, ok = c.Cents()
	case workflow.Date:
		got, ok = c.Date()
	default:
		got, ok = c.Text, !c.Number
	}
	return ok && got == value
}

// A sheetXLSX is a Sheet as a workbook.
type sheetXLSX struct {
	w   *sheet.Writer
	err error // of the beginning
}

func newSheetXLSX(out io.Writer) Sheet {
	w, err := sheet.New(out, "Tranche", nil)
	return &sheetXLSX{w, err}
}

// Row implements Sheet.
func (s *sheetXLSX) Row(cells ...any) error {
	if s.err != nil {
		return s.err
	}
	for i, c := range cells {
		if points, are := c.(Points); are {
			cells[i] = workflow.Cents(points)
		}
	}
	return s.w.Row(cells...)
}

// Close implements Sheet.
func (s *sheetXLSX) Close() error {
	if s.err != nil {
		return s.err
	}
	return s.w.Close()
}
