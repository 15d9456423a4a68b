package letter

import (
	"bytes"
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
