package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strconv"
	"strings"

	"tranche/workflow"
)

// A Cell is what a sheet says in one place.
type Cell struct {
	Text   string // as it is written; of a number, its decimal
	Number bool
}

// Cents returns the amount of a number with two decimals.
func (c Cell) Cents() (workflow.Cents, bool) {
	digits, negative := strings.CutPrefix(c.Text, "-")
	amount, err := workflow.ParseCents(digits)
	if negative {
		amount = -amount
	}
	return amount, c.Number && err == nil && amount.String() == c.Text
}

// Date returns the day of a number.
func (c Cell) Date() (workflow.Date, bool) {
	n, err := strconv.Atoi(c.Text)
	if err != nil || !c.Number || n < 1 {
		return 0, false
	}
	return workflow.DateOf(epoch.AddDate(0, 0, n)), true
}

// Int returns a whole number.
func (c Cell) Int() (int, bool) {
	n, err := strconv.Atoi(c.Text)
	return n, err == nil && c.Number
}

// ErrFormat is returned for what is no workbook that a Writer could have written.
var ErrFormat = errors.New("sheet: not such a workbook")

// part is the sheet within a workbook.
const part = "xl/worksheets/sheet1.xml"

// Rows reads the rows of the only sheet, titles included. A row is overwritten by
// the next; cells that nothing stands in are empty. Formulas and shared texts are
// an ErrFormat.
func Rows(in io.ReaderAt, size int64) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		z, err := zip.NewReader(in, size)
		if err != nil {
			yield(nil, fmt.Errorf("%w: %w", ErrFormat, err))
			return
		}
		f, err := z.Open(part)
		if err != nil {
			yield(nil, fmt.Errorf("%w: %w", ErrFormat, err))
			return
		}
		defer f.Close() // it was only read
		rows(xml.NewDecoder(f), yield)
	}
}

func rows(d *xml.Decoder, yield func([]Cell, error) bool) {
	var row []Cell
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		start, begins := token.(xml.StartElement)
		switch {
		case err != nil:
		case !begins || start.Name.Local != "row":
			continue
		default:
			row, err = readRow(d, start, row[:0])
		}
		if err != nil {
			yield(nil, fmt.Errorf("%w: %w", ErrFormat, err))
			return
		}
		if !yield(row, nil) {
			return
		}
	}
}

// rowOf is the element of a row.
type rowOf struct {
	Cells []struct {
		Place   string  `xml:"r,attr"`
		Kind    string  `xml:"t,attr"`
		Formula *string `xml:"f"`
		Value   string  `xml:"v"`
		Inline  *string `xml:"is>t"`
	} `xml:"c"`
}

func readRow(d *xml.Decoder, start xml.StartElement, out []Cell) ([]Cell, error) {
	var r rowOf
	if err := d.DecodeElement(&r, &start); err != nil {
		return nil, err
	}
	for _, c := range r.Cells {
		at, err := column(c.Place)
		if err != nil || at < len(out) {
			return nil, fmt.Errorf("a cell in the place %q", c.Place)
		}
		for len(out) < at {
			out = append(out, Cell{})
		}
		switch {
		case c.Formula != nil:
			return nil, fmt.Errorf("a formula in %s", c.Place)
		case c.Kind == "inlineStr" && c.Inline != nil:
			out = append(out, Cell{Text: unescape(*c.Inline)})
		case c.Kind == "" || c.Kind == "n":
			out = append(out, Cell{Text: c.Value, Number: true})
		default:
			return nil, fmt.Errorf("a cell of kind %q in %s", c.Kind, c.Place)
		}
	}
	return out, nil
}

// escaped is a character that a workbook writes by its number: one that XML has
// no place for, or an underline before what would look like one.
// Source: ECMA-376 part 1, section 22.9.2.19, ST_Xstring.
var escaped = regexp.MustCompile("_x[0-9A-Fa-f]{4}_")

func unescape(s string) string {
	return escaped.ReplaceAllStringFunc(s, func(e string) string {
		n, err := strconv.ParseUint(e[2:6], 16, 32)
		if err != nil {
			return e
		}
		return string(rune(n))
	})
}

// column reads the letters of a place such as AB12, counted from 0.
func column(place string) (int, error) {
	n := 0
	for i := range len(place) {
		c := place[i]
		if c < 'A' || c > 'Z' {
			break
		}
		if n = n*26 + int(c-'A') + 1; n > 1<<14 {
			break
		}
	}
	if n == 0 || n > 1<<14 {
		return 0, fmt.Errorf("a cell in the place %q", place)
	}
	return n - 1, nil
}
