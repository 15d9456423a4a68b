package workflow

import (
	"math"
	"slices"
	"testing"
)

func TestJaroWinkler(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want float64
	}{
		{"MARTHA", "MARHTA", 0.9611}, {"DWAYNE", "DUANE", 0.84}, {"DIXON", "DICKSONX", 0.8133}, // W. E. Winkler's own examples
		{"A", "A", 1}, {"A", "B", 0}, {"", "", 0}, {"A", "", 0}, {"AB", "BA", 0}, {"SAME", "SAME", 1},
	} {
		got, back := jaroWinkler([]rune(tt.a), []rune(tt.b)), jaroWinkler([]rune(tt.b), []rune(tt.a))
		if math.Abs(got-tt.want) > 0.00005 || got != back {
			t.Errorf("%q and %q: got %.4f and %.4f, want %.4f", tt.a, tt.b, got, back, tt.want)
		}
	}
}

func TestNamesAreAlikeWhateverTheirDress(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		hit  bool
	}{
		{"Anglo-Caribbean Co., Ltd.", "ANGLO CARIBBEAN", true},
		{"Caribbean Anglo", "ANGLO-CARIBBEAN CO., LTD.", true},
		{"Anglo Caribbean Holdings", "ANGLO-CARIBBEAN CO., LTD.", true},
		{"ANGLO CARRIBEAN", "ANGLO-CARIBBEAN CO., LTD.", true},
		{"Müller & Söhne GmbH", "MULLER AND SOHNE", true},
		{"АСМЕ", "ACME Inc", true},                // Cyrillic letters that look Latin
		{"AC\u200dME", "ACME S.A.R.L.", true},     // a joiner that nobody sees
		{"Cafe\u0301 Noir", "CAFÉ NOIR SA", true}, // an accent of its own
		{"The Acme Company", "ACME", true},
		{"Acme", "ACME SHIPPING LINES CARGO", false},
		{"Cascadia Robotics", "CASCADIA MARINE", false},
		{"Inc.", "CO LTD", false},
		{"LLC", "LLC", true}, // nothing else is left of it
		{"", "", false}, {"", "ACME", false}, {"...", "ACME", false},
	} {
		for _, names := range [][2]string{{tt.a, tt.b}, {tt.b, tt.a}} {
			x := NewIndex(UsualThreshold)
			x.Add(&ListEntry{Key: "1", Type: EntryEntity, Name: names[1]})
			got := x.Match(&Subject{Name: names[0]})
			if (len(got) == 1) != tt.hit {
				t.Errorf("%q against %q: %+v", names[0], names[1], got)
			}
		}
	}
}

func TestMatchesAreExactNumbersFirst(t *testing.T) {
	list := []ListEntry{
		{Key: "1", Type: EntryEntity, Name: "Cascadia Robotics"}, {Key: "2", Type: EntryEntity, Name: "Other", UEI: "KQ4WJ9TBMN57"},
		{Key: "3", Type: EntryEntity, Name: "Third", CAGE: "1ABC2"}, {Key: "4", Type: EntryUnknown, Name: "X", Aliases: []string{"Cascadia Robotic"}, EIN: "12-3456789"},
		{Key: "5", Type: EntryIndividual, Name: "Cascadia Robotics"}, {Key: "6", Type: EntryVessel, Name: "Cascadia Robotics"},
	}
	x := NewIndex(UsualThreshold)
	for i := range list {
		x.Add(&list[i])
	}
	type found struct {
		key, by, name string
		score         int64
	}
	read := func(s Subject) (out []found) {
		for _, m := range x.Match(&s) {
			out = append(out, found{m.Entry.Key, m.By, m.Name, m.Score})
		}
		return out
	}
	same := func(got, want []found) {
		t.Helper()
		if len(got) != len(want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("got %+v, want %+v", got[i], want[i])
			}
		}
	}
	same(read(Subject{Name: "CASCADIA ROBOTICS LLC", UEI: "kq4wj9tbmn57", CAGE: "1ABC2", EIN: "123456789"}), []found{
		{"2", ByUEI, "Other", 10_000}, {"3", ByCAGE, "Third", 10_000}, {"4", ByEIN, "X", 10_000}, {"1", ByName, "Cascadia Robotics", 10_000}})
	same(read(Subject{Name: "Cascadia Robotics LLC"}), []found{{"1", ByName, "Cascadia Robotics", 10_000}, {"4", ByName, "Cascadia Robotic", 9883}})
	same(read(Subject{Person: 7, Name: "Robotics Cascadia"}), []found{{"5", ByName, "Cascadia Robotics", 10_000}, {"4", ByName, "Cascadia Robotic", 9883}})
}

// A name that is far too long is compared by its first words.
func TestALongNameIsNoTrap(t *testing.T) {
	x := NewIndex(UsualThreshold)
	long := ""
	for range 100 {
		long += "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ "
	}
	x.Add(&ListEntry{Key: "1", Type: EntryEntity, Name: long})
	if got := x.Match(&Subject{Name: long + "X"}); len(got) != 1 || got[0].Score != 10_000 {
		t.Errorf("found %+v", got)
	}
}

// However two names are spelt, the index finds what comparing with all finds, and
// a name is as alike to another as that to it.
func FuzzMatch(f *testing.F) {
	f.Add("Anglo-Caribbean Co., Ltd.", "ANGLO CARIBEAN", "AERO")
	f.Add("A B C", "C B A", "АСМЕ")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		x := NewIndex(UsualThreshold)
		list := []ListEntry{{Key: "1", Type: EntryEntity, Name: b}, {Key: "2", Type: EntryUnknown, Name: c, Aliases: []string{a}}}
		for i := range list {
			x.Add(&list[i])
		}
		for _, s := range []Subject{{Name: a}, {Name: a, Person: 1}} {
			got, want := x.Match(&s), x.MatchAll(&s)
			if len(got) != len(want) {
				t.Fatalf("%q: the index finds %+v, comparing with all finds %+v", a, got, want)
			}
			for i := range got {
				if got[i] != want[i] || got[i].Score < UsualThreshold || got[i].Score > 10_000 {
					t.Fatalf("%q: the index finds %+v, comparing with all finds %+v", a, got[i], want[i])
				}
			}
		}
		one, other := readName(a, entities), readName(b, entities)
		if there, back := alike(&one, &other), alike(&other, &one); there < 0 || there > 1 || math.Abs(there-back) > 1e-9 {
			t.Fatalf("%q and %q: %v there, %v back", a, b, there, back)
		}
	})
}

// The words beside a hit are those that its score was made of, whichever name is longer.
func TestAHitTellsTheWordsThatMadeItsScore(t *testing.T) {
	short, long := "Cascadia Robotics, Inc.", "THE ROBOTICS TRADING Cascadian LLC"
	for _, tt := range []struct {
		hit  Hit
		want []WordPair
	}{
		{Hit{By: ByName, Subject: short, Entry: long}, []WordPair{{"ROBOTICS", "ROBOTICS", 10_000}, {"CASCADIA", "CASCADIAN", 9_778}, {"", "TRADING", 0}}},
		{Hit{By: ByName, Subject: long, Entry: short}, []WordPair{{"ROBOTICS", "ROBOTICS", 10_000}, {"CASCADIAN", "CASCADIA", 9_778}, {"TRADING", "", 0}}},
		{Hit{By: ByName, Person: 7, Subject: "Jane DOE", Entry: "DOE, Jane"}, []WordPair{{"DOE", "DOE", 10_000}, {"JANE", "JANE", 10_000}}},
		{Hit{By: ByUEI, Subject: short, Entry: long}, nil},
	} {
		if got := tt.hit.Words(); !slices.Equal(got, tt.want) {
			t.Errorf("%s and %s are compared as %v, want %v", tt.hit.Subject, tt.hit.Entry, got, tt.want)
		}
	}
}
