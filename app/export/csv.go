package export

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"tranche/workflow"
)

// byteOrderMark tells spreadsheets that the text is UTF-8.
const byteOrderMark = "\ufeff"

// columns of the batch list. The first tells payments from the total, so that a
// filter or an import takes one without the other, and a list that was cut off
// shows it by having no total.
var columns = []string{
	"record", "batch", "payment", "award", "organization", "uei", "tranche",
	"amount", "routing", "account", "kind", "trace",
}

// writeCSV writes the list of a batch for people and spreadsheets: RFC 4180 with
// CR LF, one row for each payment, and a row with number and total at the end.
// Account numbers show at most their last four characters.
func writeCSV(out io.Writer, b Batch, payments Payments) (Totals, error) {
	if err := b.ACH.Check(); err != nil {
		return Totals{}, err
	}
	meter := newMeter()
	buffer := bufio.NewWriterSize(io.MultiWriter(out, meter), 64<<10)
	if _, err := buffer.WriteString(byteOrderMark); err != nil {
		return Totals{}, err
	}
	w := csv.NewWriter(buffer)
	w.UseCRLF = true
	var total Totals
	for row, err := range rows(b, payments, &total) {
		if err != nil {
			return Totals{}, err
		}
		if err := w.Write(row); err != nil {
			return Totals{}, err
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return Totals{}, err
	}
	if err := buffer.Flush(); err != nil {
		return Totals{}, err
	}
	total.Bytes, total.SHA256 = meter.bytes, meter.sum()
	return total, nil
}

// verifyCSV compares a list cell by cell with the payments of its batch.
func verifyCSV(in io.Reader, b Batch, payments Payments, want Totals) error {
	if err := b.ACH.Check(); err != nil {
		return err
	}
	meter := newMeter()
	text := bufio.NewReader(io.TeeReader(in, meter))
	mark := make([]byte, len(byteOrderMark))
	if _, err := io.ReadFull(text, mark); err != nil || string(mark) != byteOrderMark {
		return differs("byte order mark")
	}
	var total Totals
	if err := compareRows(csv.NewReader(text), rows(b, payments, &total)); err != nil {
		return err
	}
	if total.Bytes, total.SHA256 = meter.bytes, meter.sum(); total != want {
		return differs("totals or bytes")
	}
	return nil
}

// compareRows wants exactly the given rows.
func compareRows(r *csv.Reader, rows iter.Seq2[[]string, error]) error {
	for want, err := range rows {
		if err != nil {
			return err
		}
		got, err := r.Read()
		if wrong := new(csv.ParseError); errors.Is(err, io.EOF) || errors.As(err, &wrong) {
			return errors.Join(ErrDiffers, err)
		}
		if err != nil {
			return err
		}
		if line, _ := r.FieldPos(0); !slices.Equal(got, want) {
			return differs("row on line %d", line)
		}
	}
	if _, err := r.Read(); !errors.Is(err, io.EOF) {
		return differs("rows after the total")
	}
	return nil
}

// rows yields the heading, the payments and the total, and leaves number,
// amount and lines in total. A row is overwritten by the next.
func rows(b Batch, payments Payments, total *Totals) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		total.Lines = 1
		if !yield(columns, nil) {
			return
		}
		row := make([]string, len(columns))
		for p, err := range payments {
			if err == nil {
				err = total.add(p.Amount)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			fill(row, &b, total.Payments-1, p)
			if !yield(row, nil) {
				return
			}
		}
		clear(row)
		row[0], row[1], row[2], row[7] = "total", cell(b.Number), strconv.Itoa(total.Payments), total.Amount.String()
		total.Lines++
		yield(row, nil)
	}
}

// add counts one payment.
func (t *Totals) add(amount workflow.Cents) error {
	sum, ok := t.Amount.Plus(amount)
	if !ok {
		return ErrTotal
	}
	t.Amount = sum
	t.Payments++
	t.Lines++
	return nil
}

// fill sets the row of the n-th payment. The texts are cells that somebody
// typed; the numbers are ours and stay numbers.
func fill(row []string, b *Batch, n int, p *Payment) {
	copy(row, []string{
		"payment", cell(b.Number), cell(p.Number), cell(p.Award), cell(p.Organization), cell(p.UEI), strconv.Itoa(p.Tranche),
		p.Amount.String(), cell(p.Routing), cell(tail(p.Account)), p.kind(), b.Trace(n).String(),
	})
}

// dangerous characters at the beginning of a cell make a spreadsheet run it as a
// formula, or hide that it would.
const dangerous = "=+-@\t\r\n\x00＝＋－＠"

// unseen characters do not stop a spreadsheet from seeing a formula behind them.
const unseen = " \u00a0\u3000\u200b\u200e\u200f\u202e\u2060\ufeff"

// cell makes a text safe for spreadsheets: one that begins like a formula, with
// or without something unseen in front, gets an apostrophe. Line breaks are all
// written the same way.
func cell(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	if rest := strings.TrimLeft(s, unseen); rest != "" && strings.ContainsRune(dangerous, firstRune(rest)) {
		return "'" + s
	}
	return s
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

// tail returns what may be shown of an account number: at most its last four
// characters, and never more than half of it.
func tail(account string) string {
	return account[len(account)-min(4, len(account)/2):]
}
