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

// The fonts: one for the letters of Europe, the other for those of East Asia, which
// no single one of a bearable size has. Their licenses are in NOTICE.
var (
	//go:embed DejaVuSansCondensed.ttf
	latin []byte
	//go:embed DroidSansFallbackFull.ttf
	asian []byte

	fonts = map[string][]byte{"latin": latin, "asian": asian}
)

// The page, in points: US letter with margins of three quarters of an inch.
const (
	margin   = 54
	body     = 9.0
	small    = 8.0
	tiny     = 7.5
	headline = 17.0
	heading  = 11.5
	spacing  = 1.35 // from line to line, in sizes
	pad      = 2.0  // inside a cell
)

// firstAsian is the first character that the font for East Asia sets.
const firstAsian = 0x2e80

// A desk is a paper being set.
type desk struct {
	*fpdf.Fpdf
	width  float64 // between the margins
	bottom float64 // where the text of a page ends
	has    map[string]bool
}

func newDesk() *desk {
	return &desk{Fpdf: fpdf.New("P", "pt", "Letter", ""), has: map[string]bool{}}
}

// use sets what follows in a font. Only one that the paper needs is read, which takes
// longer than setting a page; and a paper holds each change of the font.
func (d *desk) use(font string, size float64) {
	if !d.has[font] {
		d.AddUTF8FontFromBytes(font, "", fonts[font])
		d.has[font] = true
	}
	if now, _ := d.GetFontSize(); now != size || d.GetFontFamily() != font {
		d.SetFont(font, "", size)
	}
}

// PDF sets p. The error is a fault: any text can be set, and characters that no
// font has stand as an empty box.
func PDF(p *Paper) ([]byte, error) {
	d := newDesk()
	d.SetCatalogSort(true)
	d.SetCreationDate(p.Made.UTC())
	d.SetModificationDate(p.Made.UTC())
	d.SetProducer("Tranche", true)
	d.SetTitle(settable(p.Title), true)
	d.SetLang(p.Language)
	d.SetMargins(margin, margin, margin)
	d.SetAutoPageBreak(false, 0)
	d.AliasNbPages("{nb}")
	w, tall := d.GetPageSize()
	d.width, d.bottom = w-2*margin, tall-margin-2*body
	d.SetFooterFunc(func() { d.foot(p.Foot) })
	d.AddPage()
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

// write sets a paragraph.
func (d *desk) write(size float64, text string) {
	if text == "" {
		return
	}
	for _, line := range d.wrap(size, settable(text), d.width) {
		d.keep(size * spacing)
		d.line(margin, d.GetY(), d.width, size, line, false)
		d.SetY(d.GetY() + size*spacing)
	}
	d.SetY(d.GetY() + 3)
}

// runs splits text where another font has to set it.
func runs(text string, each func(font, run string)) {
	start, asianNow := 0, false
	for i, r := range text {
		if is := r >= firstAsian; is != asianNow {
			if i > start {
				each(fontOf(asianNow), text[start:i])
			}
			start, asianNow = i, is
		}
	}
	if start < len(text) {
		each(fontOf(asianNow), text[start:])
	}
}

func fontOf(asian bool) string {
	if asian {
		return "asian"
	}
	return "latin"
}

// wide returns how wide text is.
func (d *desk) wide(size float64, text string) (w float64) {
	runs(text, func(font, run string) {
		d.use(font, size)
		w += d.GetStringWidth(run)
	})
	return w
}

// line sets one line into a box that begins at x, y.
func (d *desk) line(x, y, width, size float64, text string, right bool) {
	if right {
		x += width - d.wide(size, text)
	}
	runs(text, func(font, run string) {
		d.use(font, size)
		d.Text(x, y+size, run)
		x += d.GetStringWidth(run)
	})
}

func (d *desk) foot(text string) {
	d.SetTextColor(90, 90, 90)
	y := d.bottom + 2*body
	d.line(margin, y, d.width, tiny, settable(text), false)
	d.use("latin", tiny)
	d.SetXY(margin+d.width-60, y)
	d.CellFormat(60, tiny, fmt.Sprintf("%d / {nb}", d.PageNo()), "", 0, "R", false, 0, "")
	d.SetTextColor(0, 0, 0)
}

func (d *desk) section(s *Section) {
	d.SetY(d.GetY() + 8)
	d.keep(6 * body)
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
	if d.GetY()+height > d.bottom && d.GetY() > margin {
		d.AddPage()
		d.SetY(margin)
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
	d.SetY(d.GetY() + 3)
}

// row sets cells beside each other, each in as many lines as it needs, with a rule
// above the row. A row stays on one page unless it is longer than a page.
func (d *desk) row(widths []float64, cells []string, right []bool, head bool) {
	lines := make([][]string, len(cells))
	most := 1
	for i, cell := range cells {
		lines[i] = d.wrap(small, settable(cell), widths[i]-2*pad)
		most = max(most, len(lines[i]))
	}
	d.keep(min(float64(most)*small*spacing, d.bottom-margin) + 2*pad)
	d.SetDrawColor(170, 170, 170)
	d.Line(margin, d.GetY(), margin+d.width, d.GetY())
	d.SetY(d.GetY() + pad)
	for n := range most {
		d.keep(small * spacing)
		if head {
			d.SetTextColor(90, 90, 90)
		}
		x := float64(margin)
		for i, width := range widths {
			if n < len(lines[i]) {
				d.line(x+pad, d.GetY(), width-2*pad, small, lines[i][n], right[i])
			}
			x += width
		}
		d.SetTextColor(0, 0, 0)
		d.SetY(d.GetY() + small*spacing)
	}
	d.SetY(d.GetY() + pad)
}

// wrap breaks text into lines that fit: at a blank, and where there is none, as
// in Chinese or in a sum of 64 digits, between any two characters.
func (d *desk) wrap(size float64, text string, width float64) []string {
	var out []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		var line, rest = "", []rune(paragraph)
		for len(rest) > 0 {
			word := next(rest)
			switch {
			case d.wide(size, line+strings.TrimRight(word, " ")) <= width:
				line += word
				rest = rest[len([]rune(word)):]
			case line != "":
				out, line = append(out, strings.TrimRight(line, " ")), ""
			default: // one word is wider than a line
				n := 1
				for n < len([]rune(word)) && d.wide(size, string(rest[:n+1])) <= width {
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
		case r >= firstAsian && i == 0:
			return string(text[:1])
		case r >= firstAsian:
			return string(text[:i])
		}
	}
	return string(text)
}
