package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"time"

	"tranche/workflow"
)

// A Sheet is a table for people and spreadsheets that is written row by row.
type Sheet interface {
	// Row writes one row. A cell is nil or a string, int, int64, Points, workflow.Cents,
	// workflow.Date or time.Time; a zero date or moment is empty.
	Row(cells ...any) error
	// Close ends the table. Without it, what was written is not whole.
	Close() error
}

// Points are hundredths of a point of a score.
type Points int64

// String returns the points with two decimals.
func (p Points) String() string { return workflow.Cents(p).String() }

// A SheetFormat is one way to write a Sheet.
type SheetFormat struct {
	Extension string // of file names, with the dot
	MediaType string
	New       func(io.Writer) Sheet
}

// SheetFormats returns all ways to write a Sheet.
func SheetFormats() []SheetFormat {
	return []SheetFormat{{".csv", "text/csv; charset=utf-8", newSheetCSV},
		{".xlsx", mediaXLSX, newSheetXLSX}}
}

// SheetMedia returns the media type of a sheet by the end of its name, such as "csv"; "" where
// there is no such sheet.
func SheetMedia(end string) string {
	for _, f := range SheetFormats() {
		if f.Extension == "."+end {
			return f.MediaType
		}
	}
	return ""
}

// A sheetCSV writes RFC 4180 with CR LF. Texts are made safe as in the list of a batch.
type sheetCSV struct {
	w    *csv.Writer
	text []string
	err  error // of the byte order mark
}

func newSheetCSV(out io.Writer) Sheet {
	s := &sheetCSV{w: csv.NewWriter(out)}
	s.w.UseCRLF = true
	_, s.err = io.WriteString(out, byteOrderMark)
	return s
}

// Row implements Sheet.
func (s *sheetCSV) Row(cells ...any) error {
	if s.err != nil {
		return s.err
	}
	s.text = s.text[:0]
	for _, c := range cells {
		s.text = append(s.text, plain(c))
	}
	return s.w.Write(s.text)
}

// Close implements Sheet.
func (s *sheetCSV) Close() error {
	s.w.Flush()
	return s.w.Error()
}

// plain writes a cell as text. Only what people typed can be dangerous.
func plain(c any) string {
	switch c := c.(type) {
	case nil:
		return ""
	case string:
		return cell(c)
	case int:
		return strconv.Itoa(c)
	case int64:
		return strconv.FormatInt(c, 10)
	case Points:
		return c.String()
	case workflow.Cents:
		return c.String()
	case workflow.Date:
		if c == 0 {
			return ""
		}
		return c.String()
	case time.Time:
		if c.IsZero() {
			return ""
		}
		return c.UTC().Format(time.RFC3339)
	}
	panic(fmt.Sprintf("export: no cell of type %T", c))
}
