// Package letter sets documents that people keep: headings, facts and tables, the
// same content as on a page, as PDF. Equal papers give equal bytes.
package letter

import (
	"bytes"
	_ "embed" // the font
	"fmt"
	"strings"
	"time"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
)

// A Paper is one document.
type Paper struct {
	Title    string
	Lead     string // under the title
	Language string // BCP 47, for readers and screen readers
	Made     time.Time
	Sections []Section
	Foot     string // at the end of each page, before its number
}

// A Section is a part of a paper under a heading. What is empty is left out.
type Section struct {
	Title string
	Text  []string // paragraphs
	Facts []Fact
	Table *Table
}

// A Fact is a name and what it is.
type Fact struct{ Name, Value string }

// A Table has as many cells in each row as it has columns.
type Table struct {
	Columns []Column
	Rows    [][]string
}

// A Column is the head of a column.
type Column struct {
	Name  string
	Wide  float64 // its part of the width, beside those of the others
	Right bool    // numbers
}

// font has the Latin letters and those of East Asia in one weight. Its license is
// in NOTICE.
//
//go:embed DroidSansFallbackFull.ttf
var font []byte

// The page, in points: US letter with margins of three quarters of an inch.
const (
	margin   = 54
	family   = "droid"
	body     = 9.0
	leading  = 12.5
	headline = 17.0
	heading  = 11.5
)

// A desk is a paper being set.
type desk struct {
	*fpdf.Fpdf
	width float64 // between the margins
}

// PDF sets p. The error is a fault: any text can be set, and characters that the
// font does not have stand as a blank box.
func PDF(p *Paper) ([]byte, error) {
	d := &desk{Fpdf: fpdf.New("P", "pt", "Letter", "")}
	d.AddUTF8FontFromBytes(family, "", font)
	d.SetCatalogSort(true)
	d.SetCreationDate(p.Made.UTC())
	d.SetModificationDate(p.Made.UTC())
	d.SetProducer("Tranche", true)
	d.SetTitle(settable(p.Title), true)
	d.SetLang(p.Language)
	d.SetMargins(margin, margin, margin)
	d.SetAutoPageBreak(true, margin+leading)
	d.AliasNbPages("")
	d.SetFooterFunc(func() { d.foot(p.Foot) })
	d.AddPage()
	w, _ := d.GetPageSize()
	d.width = w - 2*margin
	d.write(headline, p.Title)
	d.write(body, p.Lead)
	for i := range p.Sections {
		d.section(&p.Sections[i])
	}
	var out bytes.Buffer
	if err := d.Output(&out); err != nil {
		return nil, fmt.Errorf("letter: set %q: %w", p.Title, err)
	}
	return out.Bytes(), nil
}

// settable returns s with what the font's format cannot number, which is beyond
// 16 bits, as the mark that East Asian printers put for a missing sign, and
// without control characters.
func settable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r > 0xffff:
			return '〓'
		case r == '\n':
			return r
		case unicode.IsControl(r), r == '\ufeff':
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "〓"))
}

func (d *desk) write(size float64, text string) {
	if text == "" {
		return
	}
	d.SetFont(family, "", size)
	d.MultiCell(d.width, size*1.35, settable(text), "", "L", false)
	d.Ln(3)
}

func (d *desk) foot(text string) {
	d.SetY(-margin)
	d.SetFont(family, "", 7.5)
	d.SetTextColor(90, 90, 90)
	d.CellFormat(d.width-60, leading, settable(text), "", 0, "L", false, 0, "")
	d.CellFormat(60, leading, fmt.Sprintf("%d / {nb}", d.PageNo()), "", 0, "R", false, 0, "")
	d.SetTextColor(0, 0, 0)
}

func (d *desk) section(s *Section) {
	d.Ln(6)
	d.keep(4 * leading)
	d.write(heading, s.Title)
	for _, t := range s.Text {
		d.write(body, t)
	}
	for _, f := range s.Facts {
		d.row([]float64{0.3 * d.width, 0.7 * d.width}, []string{f.Name, f.Value}, []bool{false, false}, false)
	}
	if s.Table != nil {
		d.table(s.Table)
	}
}

// keep begins a new page when less than height is left of this one.
func (d *desk) keep(height float64) {
	_, tall := d.GetPageSize()
	if d.GetY()+height > tall-margin-leading {
		d.AddPage()
	}
}

func (d *desk) table(t *Table) {
	var whole float64
	for _, c := range t.Columns {
		whole += c.Wide
	}
	var widths []float64
	var names []string
	var right []bool
	for _, c := range t.Columns {
		widths, names, right = append(widths, c.Wide/whole*d.width), append(names, c.Name), append(right, c.Right)
	}
	d.row(widths, names, right, true)
	for _, r := range t.Rows {
		d.row(widths, r, right, false)
	}
	d.Ln(3)
}

// row sets cells beside each other, each in as many lines as it needs, with a rule
// above the row. A row stays on one page unless it is longer than a page.
func (d *desk) row(widths []float64, cells []string, right []bool, head bool) {
	const size, pad = 8.0, 2.0
	d.SetFont(family, "", size)
	lines := make([][]string, len(cells))
	most := 1
	for i, cell := range cells {
		lines[i] = d.wrap(settable(cell), widths[i]-2*pad)
		most = max(most, len(lines[i]))
	}
	d.keep(float64(most)*size*1.3 + 2*pad)
	x, y := d.GetX(), d.GetY()
	d.SetDrawColor(170, 170, 170)
	d.Line(x, y, x+d.width, y)
	if head {
		d.SetTextColor(90, 90, 90)
	}
	for i := range cells {
		at := y + pad
		for _, line := range lines[i] {
			d.SetXY(x+pad, at)
			align := "L"
			if right[i] {
				align = "R"
			}
			d.CellFormat(widths[i]-2*pad, size*1.3, line, "", 0, align, false, 0, "")
			at += size * 1.3
		}
		x += widths[i]
	}
	d.SetTextColor(0, 0, 0)
	d.SetXY(margin, y+float64(most)*size*1.3+2*pad)
}

// wrap breaks text into lines that fit: at a blank, and where there is none, as
// in Chinese or in a sum of 64 digits, between any two characters.
func (d *desk) wrap(text string, width float64) []string {
	var out []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		var line, rest = "", []rune(paragraph)
		for len(rest) > 0 {
			word := next(rest)
			switch {
			case d.GetStringWidth(line+strings.TrimRight(word, " ")) <= width:
				line += word
				rest = rest[len([]rune(word)):]
			case line != "":
				out, line = append(out, strings.TrimRight(line, " ")), ""
			default: // one word is wider than a line
				n := 1
				for n < len([]rune(word)) && d.GetStringWidth(string(rest[:n+1])) <= width {
					n++
				}
				out, rest = append(out, string(rest[:n])), rest[n:]
			}
		}
		out = append(out, strings.TrimRight(line, " "))
	}
	return out
}

// next returns the first piece of text that is not broken: a word with the blank
// behind it, or one East Asian character.
func next(text []rune) string {
	for i, r := range text {
		switch {
		case r == ' ':
			return string(text[:i+1])
		case r >= 0x2e80 && i == 0:
			return string(text[:1])
		case r >= 0x2e80:
			return string(text[:i])
		}
	}
	return string(text)
}
