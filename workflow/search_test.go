package workflow

import (
	"slices"
	"strings"
	"testing"
)

func TestSearchFindsWordsOfAnyLanguage(t *testing.T) {
	for _, one := range []struct {
		text, search string
		found        bool
	}{
		{"AIV26-001043", "aiv26-001043", true},
		{"AIV26-001043", "1043", true},
		{"AIV26-001043", "043", false},
		{"Predictive maintenance", "PREDICT main", true},
		{"Predictive maintenance", "tenance", false},
		{"智慧製造股份有限公司", "製造", true},
		{"智慧製造股份有限公司", "造", true},
		{"智慧製造股份有限公司", "製股", false},
		{"智慧製造股份有限公司", "慧製造股份有限公司", true},
		{"ＡＩ智慧Robot平台", "ai智慧", true},
		{"AI智慧Robot平台", "robot", true},
		{"AI智慧Robot平台", "bot", false},
		{"Øresund Analytics", "oresund", true},
		{"Zu\u0308rich", "zürich", true},
		{"Zürich", "ZURICH", true},
		{"カタカナのデータ", "データ", true},
		{"한국전력공사", "전력", true},
		{"ศูนย์ข้อมูล", "ข้อมูล", true},
		{"Общество Ромашка", "ромаш", true},
		{"R & D", "r&d", true},
		{"S.A. de C.V.", "sa cv", true},
		{strings.Repeat("x", 40), strings.Repeat("x", 30), true},
		{strings.Repeat("x", 40), strings.Repeat("x", 10) + "y", false},
	} {
		terms := SearchTerms(one.text)
		found := true
		for _, word := range SearchWords(one.search) {
			found = found && slices.ContainsFunc(terms, func(term string) bool { return strings.HasPrefix(term, word) })
		}
		if found != one.found {
			t.Errorf("%q in %q: found %v, want %v (terms %q)", one.search, one.text, found, one.found, terms)
		}
	}
}

func TestSearchTermsAreSortedAndEachOnce(t *testing.T) {
	got := SearchTerms("007 bond", "Bond 000 !?")
	if want := []string{"000", "007", "7", "BOND"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
