package letter

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"time"
)

func paper(name string) *Paper {
	return &Paper{Title: "Eligibility verdict " + name, Lead: "Application AIV26-000042", Language: "en", Made: time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC),
		Foot: "revenue/2", Sections: []Section{
			{Title: "What was asked", Facts: []Fact{{"Organization", name}, {"SHA-256", strings.Repeat("ab", 32)}}},
			{Title: "The sum", Text: []string{"Below the cap."}, Table: &Table{
				Columns: []Column{{"Organization", 3, false}, {"Counted", 1, true}}, Rows: [][]string{{name, "$4,200,000.00"}, {"Sum", "$4,200,000.00"}}}},
		}}
}

func TestAnyTextCanBeSetAndGivesTheSameBytesTwice(t *testing.T) {
	for _, name := range []string{"Cascadia Robotics, Inc.", "聯發創新科技股份有限公司", "Société Générale d'Énergie", "𠮷野家 😀", "a\x00b\u202ec\xff", "",
		strings.Repeat("長", 500), strings.Repeat("x", 500), strings.Repeat("word ", 3000), "שלום", "\n\n"} {
		first, err := PDF(paper(name))
		if err != nil {
			t.Fatalf("%.20q: %v", name, err)
		}
		second, err := PDF(paper(name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Errorf("%.20q: two settings differ", name)
		}
		if !bytes.HasPrefix(first, []byte("%PDF-")) || !bytes.Contains(first, []byte("%%EOF")) {
			t.Errorf("%.20q: not a whole PDF", name)
		}
	}
}

func TestALongTableGoesOnOnTheNextPage(t *testing.T) {
	p := paper("x")
	for range 200 {
		p.Sections[1].Table.Rows = append(p.Sections[1].Table.Rows, []string{"Affiliate", "$1.00"})
	}
	long, err := PDF(p)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(long, []byte("/Type /Page\n")); n < 4 {
		t.Errorf("200 rows stand on %d pages", n)
	}
}

// has reports whether a font has a glyph for r, by its table of 16-bit characters.
// Source: OpenType 1.9, cmap, format 4.
func has(font []byte, r rune) bool {
	u16 := func(at int) int { return int(binary.BigEndian.Uint16(font[at:])) }
	u32 := func(at int) int { return int(binary.BigEndian.Uint32(font[at:])) }
	for i := range u16(4) {
		entry := 12 + 16*i
		if string(font[entry:entry+4]) != "cmap" {
			continue
		}
		cmap := u32(entry + 8)
		for j := range u16(cmap + 2) {
			sub := cmap + u32(cmap+4+8*j+4)
			if u16(sub) != 4 {
				continue
			}
			double := u16(sub + 6) // twice the number of segments
			for at := sub + 14; at < sub+14+double; at += 2 {
				first, delta, offset := at+2+double, at+2+2*double, at+2+3*double
				if int(r) > u16(at) {
					continue
				}
				if int(r) < u16(first) {
					return false
				}
				if u16(offset) == 0 {
					return (int(r)+u16(delta))&0xffff != 0
				}
				return u16(offset+u16(offset)+2*(int(r)-u16(first))) != 0
			}
		}
	}
	return false
}

func TestLettersAreSetByAFontThatHasThem(t *testing.T) {
	runs("Eligibility verdict of Société Générale, Łódź & İzmir: $1,234.50 (80%) — 2026 · “ok” Ελλάδα Київ 資格判定書，聯發創新科技股份有限公司。（股）", func(font, run string) {
		for _, r := range run {
			if !has(fonts[font], r) {
				t.Errorf("the %s font has no %c", font, r)
			}
		}
	})
	if has(asian, 'e') || has(latin, '資') {
		t.Error("one font has everything: the other is not needed")
	}
}

func TestTextIsWrappedInsideItsColumn(t *testing.T) {
	d := newDesk()
	for _, text := range []string{strings.Repeat("ab", 64), "Cascadia Robotics, Inc. 聯發創新科技股份有限公司 and others", "長" + strings.Repeat("x", 100), "a\nb", " ", ""} {
		lines := d.wrap(8, text, 60)
		for _, line := range lines {
			if d.wide(8, line) > 60 {
				t.Errorf("%q is wider than its column", line)
			}
		}
		bare := strings.NewReplacer(" ", "", "\n", "")
		if got := bare.Replace(strings.Join(lines, "")); got != bare.Replace(text) {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// A verdict of a company with twenty affiliates, in letters of Europe and of East Asia.
func BenchmarkPDF(b *testing.B) {
	for _, name := range []string{"Cascadia Robotics, Inc.", "聯發創新科技股份有限公司"} {
		b.Run(name[:3], func(b *testing.B) {
			p := paper(name)
			for range 20 {
				p.Sections[1].Table.Rows = append(p.Sections[1].Table.Rows, []string{name, "$1,234,567.89"})
			}
			b.ReportAllocs()
			var size int
			for b.Loop() {
				pdf, err := PDF(p)
				if err != nil {
					b.Fatal(err)
				}
				size = len(pdf)
			}
			b.ReportMetric(float64(size), "bytes")
		})
	}
}
