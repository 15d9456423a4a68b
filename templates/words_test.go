package templates

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// messages reads a word file without the library that serves it: key → text of
// the form "other".
func messages(t *testing.T, tag string) map[string]string {
	t.Helper()
	var tree map[string]any
	if _, err := toml.DecodeFS(words, "words/"+tag+".toml", &tree); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	flatten(all, "", tree)
	return all
}

func flatten(all map[string]string, key string, node map[string]any) {
	if text, ok := node["other"].(string); ok {
		all[key] = text
		return
	}
	for name, child := range node {
		id := strings.TrimPrefix(key+"."+name, ".")
		switch child := child.(type) {
		case string:
			all[id] = child
		case map[string]any:
			flatten(all, id, child)
		}
	}
}

func TestAllLanguagesHaveTheSameWords(t *testing.T) {
	first := messages(t, spoken[0].tag)
	if len(first) < 800 {
		t.Fatalf("only %d words were read", len(first))
	}
	value := regexp.MustCompile(`\{\{\.\w+\}\}`)
	for _, s := range spoken[1:] {
		other := messages(t, s.tag)
		for _, id := range slices.Sorted(maps.Keys(first)) {
			text, ok := other[id]
			if !ok {
				t.Errorf("%s has no %q", s.tag, id)
				continue
			}
			want, got := value.FindAllString(first[id], -1), value.FindAllString(text, -1)
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(slices.Compact(got), slices.Compact(want)) {
				t.Errorf("%s %q has the values %q, want %q", s.tag, id, got, want)
			}
		}
		for id := range other {
			if _, ok := first[id]; !ok {
				t.Errorf("only %s has %q", s.tag, id)
			}
		}
	}
}

func TestEveryWordIsFoundUnderItsKey(t *testing.T) {
	w, err := NewWords(func(tag, id string) { t.Errorf("%s has no %q", tag, id) })
	if err != nil {
		t.Fatal(err)
	}
	value := regexp.MustCompile(`\{\{\.(\w+)\}\}`)
	for _, l := range w.Languages() {
		for id, text := range messages(t, l.Tag) {
			values := map[string]any{}
			for _, name := range value.FindAllStringSubmatch(text, -1) {
				values[name[1]] = 7
			}
			if strings.Contains(text, "{{.Count}}") {
				l.Count(id, 7, values)
			} else if got := l.Say(values, id); got == "" {
				t.Errorf("%s %q is empty", l.Tag, id)
			}
		}
	}
}

func TestMissingWordsAreReportedAndNeverShownAsAKey(t *testing.T) {
	var missed []string
	w, err := NewWords(func(tag, id string) { missed = append(missed, tag+" "+id) })
	if err != nil {
		t.Fatal(err)
	}
	l := w.Languages()[1]
	if got, want := l.Say(nil, "state.claim.half_done", "state.any.half_done"), "Half done"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := l.Count("queue.nothing_here", 2, nil), "Nothing here"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if want := []string{"zh-TW state.claim.half_done", "zh-TW queue.nothing_here"}; !slices.Equal(missed, want) {
		t.Errorf("reported %q, want %q", missed, want)
	}
}

func TestASentenceWithoutItsNumberIsMissing(t *testing.T) {
	w, err := NewWords(nil)
	if err != nil {
		t.Fatal(err)
	}
	l := w.Languages()[0]
	if got, ok := l.Lookup("reason.over_award_cap", map[string]any{"amount": "$1.00"}); ok {
		t.Errorf("got %q", got)
	}
	if got, want := l.Say(map[string]any{"amount": "$1.00"}, "reason.over_award_cap", "reason.unnamed"), "This is not possible now. Nothing was changed."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPluralsFollowTheLanguage(t *testing.T) {
	w, err := NewWords(nil)
	if err != nil {
		t.Fatal(err)
	}
	en, zh := w.Languages()[0], w.Languages()[1]
	tests := []struct {
		l    *Language
		n    int
		want string
	}{{en, 0, "0 days left"}, {en, 1, "1 day left"}, {en, 2, "2 days left"}, {zh, 1, "剩 1 天"}, {zh, 2, "剩 2 天"}}
	for _, test := range tests {
		if got := test.l.Count("due.left_days", test.n, nil); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestTheFirstWishThatSaysSomethingChoosesTheLanguage(t *testing.T) {
	w, err := NewWords(nil)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		wishes []string
		want   string
	}{
		{nil, "en"},
		{[]string{"", "zh-TW"}, "zh-TW"},
		{[]string{"zh-TW", "en"}, "zh-TW"},
		{[]string{"zh-Hant-HK"}, "zh-TW"},
		{[]string{"en-US-u-rg-uszzzz"}, "en"},
		{[]string{"fr;q=0.9, zh-TW;q=0.8"}, "zh-TW"},
		{[]string{"fr", "zh-TW"}, "zh-TW"},
		{[]string{"\xff", "zh-TW"}, "zh-TW"},
		{[]string{"de"}, "en"},
	}
	for _, test := range tests {
		if got := w.Match(test.wishes...).Tag; got != test.want {
			t.Errorf("%q chooses %s, want %s", test.wishes, got, test.want)
		}
	}
	if got := w.Other(w.Languages()[0]); len(got) != 1 || got[0].Tag != "zh-TW" {
		t.Errorf("the others of English are %v", got)
	}
}
