package ach_test

import (
	"strings"
	"testing"
	"unicode"

	"tranche/app/ach"
	"tranche/workflow"
)

// hostileNames would break a file, or mislead who reads it, if they were copied.
var hostileNames = []string{
	"Evil\r\n9000001000001000000020026268011",
	"Evil\n822000000400262680110000000000000002500001011234567890",
	"9000001000001000000040026268011000000000000000250000101",
	strings.Repeat("9", 94),
	"Tab\tNul\x00Bell\x07Escape\x1b[2JDelete\x7f",
	"\u202egnp.exe\u202c Ltd",
	"Zero\u200bWidth\ufeffJoiner\u2060",
	"Line\u2028Paragraph\u2029Next\u0085",
	"invalid \xff\xfe UTF-8 \xc3",
	"人工智慧股份有限公司",
	"😀 Robotics",
	"＝ｃｍｄ｜calc",
	strings.Repeat("very long name ", 1000),
	strings.Repeat("ß", 60),
	"e" + strings.Repeat("\u0301", 500),
}

func TestFoldMakesNamesSafe(t *testing.T) {
	for _, test := range []struct{ name, want string }{
		{"Startup Inc.", "Startup Inc."},
		{"lower and UPPER", "lower and UPPER"},
		{"", ""},
		{" \t\r\n ", ""},
		{"  two   spaces  ", "two spaces"},
		{"Évolution Françoise", "Evolution Francoise"},
		{"E\u0301volution", "Evolution"},
		{"Müller & Søn, Ærospace", "Muller & Son, AErospace"[:22]},
		{"Straße", "Strasse"},
		{"Łódź", "Lodz"},
		{"O’Brien – “Labs”", `O'Brien - "Labs"`},
		{"Evil\r\n9000001", "Evil 9000001"},
		{"Nul\x00byte", "Nul byte"},
		{"\u202egnp.exe", "gnp.exe"},
		{"Zero\u200bWidth", "ZeroWidth"},
		{"Full＝width", "Full=width"},
		{"ﬁne ½", "fine 12"},
		{"人工", "??"},
		{"A\xffB", "A?B"},
		{"123456789012345678901234", "1234567890123456789012"},
		{"123456789012345678901 4", "123456789012345678901"},
		{"123456789012345678901ß", "123456789012345678901s"},
	} {
		if got := ach.Fold(test.name, 22); got != test.want {
			t.Errorf("Fold(%q) = %q, want %q", test.name, got, test.want)
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, name := range hostileNames {
		f.Add(name, 22)
	}
	f.Add("Müller", 3)
	f.Add("x", 0)
	f.Fuzz(func(t *testing.T, name string, width int) {
		if width < 0 || width > 200 {
			return
		}
		got := ach.Fold(name, width)
		if len(got) > width {
			t.Errorf("%q is longer than %d", got, width)
		}
		if strings.TrimSpace(got) != got {
			t.Errorf("%q has a space at an end", got)
		}
		for i := range len(got) {
			if got[i] < ' ' || got[i] > '~' {
				t.Errorf("%q holds %#x", got, got[i])
			}
		}
		if again := ach.Fold(got, width); again != got {
			t.Errorf("%q folds again to %q", got, again)
		}
	})
}

// A name that the lifecycle takes for legible never becomes question marks.
func TestEveryLegibleLetterIsSpelledOut(t *testing.T) {
	for r := range unicode.MaxRune {
		if s := string(r); workflow.LegibleName(s) && strings.ContainsAny(ach.Fold(s, 9), "?") {
			t.Errorf("%q (%U) has no ASCII form", s, r)
		}
	}
}
