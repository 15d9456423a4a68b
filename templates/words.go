package templates

import (
	"embed"
	"fmt"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"
)

//go:embed words/*.toml
var words embed.FS

// spoken lists the languages of the word list; the first is the default. The
// tag is also the file name, the value of lang and the value of ?lang=.
var spoken = []struct{ tag, name string }{
	{"en", "English"},
	{"zh-TW", "繁體中文"},
}

// Words is the word list in all languages. It is safe for use by many
// goroutines.
type Words struct {
	languages []*Language
	matcher   language.Matcher
}

// Language is the word list in one language.
type Language struct {
	Tag  string // for the lang attribute
	Name string // in the language itself

	bundle    *i18n.Localizer
	onMissing func(tag, id string)
}

// NewWords reads the word files. onMissing is told of each word that a page
// asked for and that the list does not have, or has with a number that the page
// did not give; nil tells nobody.
func NewWords(onMissing func(tag, id string)) (*Words, error) {
	if onMissing == nil {
		onMissing = func(string, string) {}
	}
	bundle, err := bundled()
	if err != nil {
		return nil, err
	}
	w := &Words{}
	var tags []language.Tag
	for _, s := range spoken {
		tags = append(tags, language.MustParse(s.tag))
		w.languages = append(w.languages, &Language{
			Tag: s.tag, Name: s.name, bundle: i18n.NewLocalizer(bundle, s.tag), onMissing: onMissing,
		})
	}
	w.matcher = language.NewMatcher(tags)
	return w, nil
}

// bundled reads the words of all languages, once: they are megabytes when they are read.
var bundled = sync.OnceValues(func() (*i18n.Bundle, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	for _, s := range spoken {
		if _, err := bundle.LoadMessageFileFS(words, "words/"+s.tag+".toml"); err != nil {
			return nil, fmt.Errorf("templates: read words of %s: %w", s.tag, err)
		}
	}
	return bundle, nil
})

// Languages returns all languages, the default first.
func (w *Words) Languages() []*Language { return w.languages }

// Match returns the language that fits the wishes best. A wish is a language tag
// or the text of an Accept-Language header; the first wish that says anything
// decides, and without one it is the default language.
func (w *Words) Match(wishes ...string) *Language {
	for _, wish := range wishes {
		tags, _, err := language.ParseAcceptLanguage(wish)
		if err != nil || len(tags) == 0 {
			continue
		}
		// The matcher's tag carries extensions; its index does not.
		if _, i, confidence := w.matcher.Match(tags...); confidence != language.No {
			return w.languages[i]
		}
	}
	return w.languages[0]
}

// Other returns the languages except l.
func (w *Words) Other(l *Language) []*Language {
	var out []*Language
	for _, other := range w.languages {
		if other != l {
			out = append(out, other)
		}
	}
	return out
}

// strict makes a sentence whose number is missing an error instead of "<no value>".
var strict = &template.TextParser{Option: "missingkey=error"}

// Has reports whether the list has id, whatever values its words ask for.
func (l *Language) Has(id string) bool {
	_, tag, err := l.bundle.LocalizeWithTag(&i18n.LocalizeConfig{MessageID: id, TemplateParser: verbatim})
	return err == nil && tag.String() == l.Tag
}

// verbatim leaves words as they stand in the file.
var verbatim = template.IdentityParser{}

// Lookup returns the words for id with values filled in, and false when the
// list does not have them or they ask for a value that is not given.
func (l *Language) Lookup(id string, values map[string]any) (string, bool) {
	return l.find(&i18n.LocalizeConfig{MessageID: id, TemplateData: values, TemplateParser: strict})
}

// Count returns the words for id in the form that n asks for; the words find n
// under "Count".
func (l *Language) Count(id string, n int, values map[string]any) string {
	filled := map[string]any{"Count": n}
	for name, v := range values {
		filled[name] = v
	}
	s, ok := l.find(&i18n.LocalizeConfig{MessageID: id, TemplateData: filled, PluralCount: n, TemplateParser: strict})
	if !ok {
		return l.missing(id)
	}
	return s
}

// find answers from l's own file only: words that only the default language has
// are missing.
func (l *Language) find(c *i18n.LocalizeConfig) (string, bool) {
	s, tag, err := l.bundle.LocalizeWithTag(c)
	if err != nil || tag.String() != l.Tag {
		return "", false
	}
	return s, true
}

// Say returns the words of the first of ids that the list has. When it has none,
// the reader gets the last part of the first id as plain words: never a raw key,
// and never an empty page.
func (l *Language) Say(values map[string]any, ids ...string) string {
	for _, id := range ids {
		if s, ok := l.Lookup(id, values); ok {
			return s
		}
	}
	return l.missing(ids[0])
}

// T is Say for one word whose values come as name, value, name, value.
func (l *Language) T(id string, values ...any) string { return l.Say(Values(values), id) }

// Values turns name, value, name, value into a map. A name that is no string is
// a mistake in a template and ends the page.
func Values(values []any) map[string]any {
	m := make(map[string]any, len(values)/2)
	for i := 0; i+1 < len(values); i += 2 {
		m[values[i].(string)] = values[i+1]
	}
	return m
}

func (l *Language) missing(id string) string {
	l.onMissing(l.Tag, id)
	last := strings.ReplaceAll(id[strings.LastIndexByte(id, '.')+1:], "_", " ")
	return strings.ToUpper(last[:1]) + last[1:]
}
