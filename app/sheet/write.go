// Package sheet writes and reads workbooks with one sheet (XLSX). Money is a
// number with two decimals, a day is a date, and whatever identifies something is
// text, so that no spreadsheet takes off its leading zeros or runs it as a
// formula. Rows are streamed both ways: memory does not grow with them.
package sheet

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tranche/workflow"
)

// A Column is one column of a sheet.
type Column struct {
	Title string
	Width float64 // in characters; zero is the usual width
}

const (
	// MaxRows is the most rows of a sheet, its titles among them.
	// Source: ECMA-376, and the limits of Microsoft Excel, for this and the next two.
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
	// ErrName is returned for a name that no sheet can have.
	ErrName = errors.New("sheet: no name of a sheet")
)

// The styles of cells, by their places in the list of styleSheet.
const (
	_ = iota
	styleText
	styleNumber
	styleMoney
	styleDay
	styleMoment
	styleTitle
)

// The parts of a workbook beside its sheet.
// Source: ECMA-376 part 1, the least that a spreadsheet opens; numFmtId 49 is text,
// 1 whole numbers, 4 numbers with separators and two decimals.
const (
	contentTypes = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`
	packageRels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	workbookRels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`
	workbook = `<workbook ` + mainNamespace + ` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
		`<sheets><sheet name="%s" sheetId="1" r:id="rId1"/></sheets></workbook>`
	styleSheet = `<styleSheet ` + mainNamespace + `>` +
		`<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/><numFmt numFmtId="165" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/></numFmts>` +
		`<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		`<cellXfs count="7"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
		`<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="1" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>` +
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
	sheetHead = `<worksheet ` + mainNamespace + `><sheetViews><sheetView workbookViewId="0">` +
		`<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`
	mainNamespace = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
)

// A Writer writes one workbook. It is not safe for use by several goroutines.
type Writer struct {
	zip  *zip.Writer
	out  *bufio.Writer // the sheet
	rows int
	row  []byte // that is being made
	err  error  // sticky: of the underlying writer
}

// New begins a workbook on out whose only sheet has a name, of at most 31
// characters, and a row of titles that stays in sight; where columns is nil, that is
// the first that Row adds. The same rows give the same bytes.
func New(out io.Writer, name string, columns []Column) (*Writer, error) {
	if name == "" || utf8.RuneCountInString(name) > 31 || strings.ContainsAny(name, `[]:*?/\`) {
		return nil, fmt.Errorf("%w: %q", ErrName, name)
	}
	w := &Writer{zip: zip.NewWriter(out)}
	for _, p := range []struct{ name, text string }{{"[Content_Types].xml", contentTypes}, {"_rels/.rels", packageRels},
		{"xl/workbook.xml", fmt.Sprintf(workbook, escape(nil, name))}, {"xl/_rels/workbook.xml.rels", workbookRels}, {"xl/styles.xml", styleSheet}} {
		if err := w.begin(p.name, p.text); err != nil {
			return nil, err
		}
		if err := w.out.Flush(); err != nil {
			return nil, err
		}
	}
	if err := w.begin(part, sheetHead); err != nil {
		return nil, err
	}
	w.widths(columns)
	w.write("<sheetData>")
	for i, c := range columns {
		w.put(i, styleTitle, ` t="inlineStr"`, "<is><t>"+string(escape(nil, c.Title))+"</t></is>")
	}
	if columns != nil {
		w.end()
	}
	return w, w.err
}

// begin begins a part.
func (w *Writer) begin(name, text string) error {
	f, err := w.zip.Create(name)
	if err != nil {
		return err
	}
	w.out = bufio.NewWriterSize(f, 32<<10)
	w.write(xml.Header + text)
	return w.err
}

func (w *Writer) write(s string) {
	if w.err == nil {
		_, w.err = w.out.WriteString(s)
	}
}

func (w *Writer) widths(columns []Column) {
	text := ""
	for i, c := range columns {
		if c.Width > 0 {
			text += fmt.Sprintf(`<col min="%d" max="%d" width="%g" customWidth="1"/>`, i+1, i+1, c.Width)
		}
	}
	if text != "" {
		w.write("<cols>" + text + "</cols>")
	}
}

// Row adds a row of strings, ints, int64s, workflow.Cents, workflow.Dates,
// time.Times, shown in UTC to the second, and nil, which leaves a cell empty. A zero
// date or time does too. After an ErrCell nothing of the row was written.
func (w *Writer) Row(values ...any) error {
	if w.err != nil {
		return w.err
	}
	if w.rows == MaxRows {
		return ErrRows
	}
	w.row = w.row[:0]
	for i, v := range values {
		if err := w.cell(i, v); err != nil {
			return err
		}
	}
	w.end()
	return w.err
}

// end writes the row.
func (w *Writer) end() {
	w.rows++
	w.write(`<row r="`)
	w.write(strconv.Itoa(w.rows))
	w.write(`">`)
	if w.err == nil {
		_, w.err = w.out.Write(w.row)
	}
	w.write("</row>")
}

// put adds a cell to the row, in the i-th column from 0.
func (w *Writer) put(i, style int, kind, content string) {
	w.row = append(w.row, `<c r="`...)
	w.row = appendColumn(w.row, i)
	w.row = strconv.AppendInt(w.row, int64(w.rows+1), 10)
	w.row = append(w.row, `" s="`...)
	w.row = strconv.AppendInt(w.row, int64(style), 10)
	w.row = append(append(append(append(append(w.row, '"'), kind...), '>'), content...), "</c>"...)
}

func (w *Writer) number(i, style int, decimal string) { w.put(i, style, "", "<v>"+decimal+"</v>") }

func (w *Writer) cell(i int, value any) error {
	switch v := value.(type) {
	case nil:
	case string:
		if !utf8.ValidString(v) || utf8.RuneCountInString(v) > MaxText {
			return fmt.Errorf("%w: a text of %d bytes", ErrCell, len(v))
		}
		w.put(i, styleText, ` t="inlineStr"`, `<is><t xml:space="preserve">`+string(escape(nil, v))+"</t></is>")
	case int:
		w.number(i, styleNumber, strconv.Itoa(v))
	case int64:
		w.number(i, styleNumber, strconv.FormatInt(v, 10))
	case workflow.Cents:
		if v > MaxMoney || v < -MaxMoney {
			return fmt.Errorf("%w: %s", ErrCell, v)
		}
		w.number(i, styleMoney, v.String())
	case workflow.Date:
		if v == 0 {
			return nil
		}
		return w.moment(i, styleDay, v.Time())
	case time.Time:
		if v.IsZero() {
			return nil
		}
		return w.moment(i, styleMoment, v.UTC().Truncate(time.Second))
	default:
		return fmt.Errorf("%w: %T", ErrCell, value)
	}
	return nil
}

// epoch is the day before the first of a spreadsheet's calendar, less the leap day
// that this has in 1900; before March of that year its numbers are others.
var epoch = time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)

const firstDay = 61 // 1 March 1900

func (w *Writer) moment(i, style int, t time.Time) error {
	seconds := t.Unix() - epoch.Unix()
	if seconds < firstDay*86400 {
		return fmt.Errorf("%w: %s", ErrCell, t.Format(time.DateOnly))
	}
	w.number(i, style, strconv.FormatFloat(float64(seconds)/86400, 'f', -1, 64))
	return nil
}

// Close ends the workbook. Without it, what was written is none. The underlying
// writer is not closed.
func (w *Writer) Close() error {
	w.write("</sheetData></worksheet>")
	if w.err == nil {
		w.err = w.out.Flush()
	}
	if w.err == nil {
		w.err = w.zip.Close()
	}
	err := w.err
	if err == nil {
		w.err = ErrClosed
	}
	return err
}

// ErrClosed is returned by Row and Close of a Writer that was closed before.
var ErrClosed = errors.New("sheet: the workbook is closed")

// opened is what may become such a number with what follows, be it the next one's
// beginning.
var opened = regexp.MustCompile("_x[0-9A-Fa-f]{4}")

// escape appends s as XML. What has no place in XML is written by its number, and so
// is an underline before what would be taken for such a number.
// Source: ECMA-376 part 1, section 22.9.2.19, ST_Xstring.
func escape(dst []byte, s string) []byte {
	s = opened.ReplaceAllStringFunc(s, func(e string) string { return "_x005F" + e })
	for _, r := range s {
		switch {
		case r == '&':
			dst = append(dst, "&amp;"...)
		case r == '<':
			dst = append(dst, "&lt;"...)
		case r == '>':
			dst = append(dst, "&gt;"...)
		case r == '"':
			dst = append(dst, "&quot;"...)
		case r == '\t' || r == '\n':
			dst = append(dst, byte(r))
		case r < ' ', r == 0xFFFE, r == 0xFFFF:
			dst = fmt.Appendf(dst, "_x%04X_", r)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

// appendColumn appends the letters of a column, counted from 0: A, B, …, Z, AA.
func appendColumn(dst []byte, i int) []byte {
	if i >= 26 {
		dst = appendColumn(dst, i/26-1)
	}
	return append(dst, 'A'+byte(i%26))
}
