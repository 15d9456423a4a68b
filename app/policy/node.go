package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"tranche/workflow"
)

const (
	// MaxFile is the most bytes of a file.
	MaxFile = 1 << 20

	maxNesting  = 20  // lists and maps inside one another
	maxProblems = 200 // told at once; more say nothing more
	maxFound    = 60  // characters of the text that a problem quotes
)

// A reader goes through one file and writes down every mistake.
type reader struct {
	file     string
	source   []rune
	rules    *Rules
	problems Problems
	deep     bool              // lists and maps stand too deep in one another
	said     map[string]saying // the expressions
	unasked  map[string]bool   // what expressions ask for in vain, told once
}

// A place is a value in the file.
type place struct {
	node *yaml.Node
	path string
}

func (p place) key(name string) string { return strings.TrimPrefix(p.path+"."+name, ".") }

func (p place) item(i int) string { return p.path + "[" + strconv.Itoa(i) + "]" }

// read parses text and returns its one value, nil when there is none to look into.
func (r *reader) read(text []byte) *yaml.Node {
	whole := place{&yaml.Node{Line: 1, Column: 1}, ""}
	if len(text) > MaxFile {
		r.wrong(whole, reasonTooLarge, workflow.Words{"most": MaxFile})
		return nil
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if at, line, column := odd(text); at >= 0 {
		whole.node.Line, whole.node.Column = line, column
		bad := fmt.Sprintf("byte 0x%02X", text[at])
		if c, n := utf8.DecodeRune(text[at:]); n > 1 || c != utf8.RuneError {
			bad = fmt.Sprintf("U+%04X", c)
		}
		r.wrong(whole, reasonEncoding, workflow.Words{"found": bad})
		return nil
	}
	r.source = []rune(string(text))
	loader, err := yaml.NewLoader(bytes.NewReader(text), yaml.WithPlugin((*limits)(r)))
	if err != nil {
		r.syntax(whole, err)
		return nil
	}
	var document, second yaml.Node
	if err := loader.Load(&document); errors.Is(err, io.EOF) {
		r.wrong(whole, reasonMissing, workflow.Words{"key": "tranche"})
		return nil
	} else if err != nil {
		r.syntax(whole, err)
		return nil
	}
	if err := loader.Load(&second); err == nil {
		r.wrong(place{&second, ""}, reasonDocuments, nil)
		return nil
	} else if !errors.Is(err, io.EOF) {
		r.syntax(whole, err)
		return nil
	}
	return document.Content[0]
}

// limits stops the YAML library where lists and maps stand too deep in one
// another, and at the first aliases that would multiply.
type limits reader

var errDeep = errors.New("policy: too deep")

// CheckDepth implements yaml.LoaderLimitsPlugin.
func (l *limits) CheckDepth(depth int, _ *yaml.DepthContext) error {
	if depth > maxNesting {
		l.deep = true
		return errDeep
	}
	return nil
}

// CheckAlias implements yaml.LoaderLimitsPlugin: aliases are refused where they
// stand, and never followed.
func (l *limits) CheckAlias(int, int) error { return nil }

// odd finds the first thing that has no place in a text file: a byte that is not
// UTF-8, a control character, or one that makes text read differently from how it
// is stored (Unicode TR 36). It returns -1 when there is none.
func odd(text []byte) (at, line, column int) {
	line, column = 1, 1
	for i := 0; i < len(text); {
		c, n := utf8.DecodeRune(text[i:])
		switch {
		case c == '\n':
			line, column = line+1, 0
		case c == utf8.RuneError && n == 1, unicode.IsControl(c) && c != '\t' && c != '\r', c == '\u2028', c == '\u2029', c == '\ufeff',
			'\u202a' <= c && c <= '\u202e', '\u2066' <= c && c <= '\u2069':
			return i, line, column
		}
		i += n
		column++
	}
	return -1, 0, 0
}

// syntax writes down what the YAML library could not read.
func (r *reader) syntax(whole place, err error) {
	detail := err.Error()
	var load *yaml.LoadError
	if errors.As(err, &load) {
		detail = load.Message
		if load.Mark.Line > 0 {
			whole.node.Line, whole.node.Column = load.Mark.Line, max(load.Mark.Column, 1)
		}
		if load.ContextMsg != "" {
			detail += fmt.Sprintf(" (%s, which begins on line %d)", load.ContextMsg, load.ContextMark.Line)
		}
	}
	if r.deep {
		r.wrong(whole, reasonDepth, workflow.Words{"most": maxNesting})
		return
	}
	r.wrong(whole, reasonSyntax, workflow.Words{"detail": cut(detail, maxTold)})
}

// wrong writes down a problem at p.
func (r *reader) wrong(p place, why workflow.Reason, words workflow.Words) {
	r.wrongAt(p.node.Line, p.node.Column, p.path, why, words)
}

func (r *reader) wrongAt(line, column int, path string, why workflow.Reason, words workflow.Words) {
	switch {
	case r.full():
		return
	case len(r.problems) == maxProblems:
		why, words = reasonTooMany, workflow.Words{"most": maxProblems}
	}
	r.problems = append(r.problems, Problem{r.file, line, column, path, why, words})
}

// full reports whether no more is told, so that nothing more has to be read.
func (r *reader) full() bool { return len(r.problems) > maxProblems }

// found is the text of a value as a problem quotes it.
func found(p place) string {
	switch p.node.Kind {
	case yaml.MappingNode:
		return "{…}"
	case yaml.SequenceNode:
		return "[…]"
	}
	return cut(strings.Join(strings.Fields(p.node.Value), " "), maxFound)
}

func quoting(p place, more ...any) workflow.Words {
	words := workflow.Words{"found": found(p)}
	for i := 0; i < len(more); i += 2 {
		words[more[i].(string)] = more[i+1]
	}
	return words
}

// plain refuses what would make a value other than it looks: anchors, aliases and
// tags.
func (r *reader) plain(p place) bool {
	n := p.node
	if n.Kind == yaml.AliasNode || n.Anchor != "" || n.Style&yaml.TaggedStyle != 0 {
		r.wrong(p, reasonAlias, nil)
		return false
	}
	return true
}

// A how reads one value.
type how func(place)

// A key is one that a map may have.
type key struct {
	name string
	must bool
	read how
}

func must(name string, read how) key { return key{name, true, read} }

func may(name string, read how) key { return key{name, false, read} }

// object reads a map. Keys are read in the order of the table, whatever their
// order in the file; one that is left empty counts as missing.
func (r *reader) object(p place, keys ...key) {
	if !r.plain(p) {
		return
	}
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.name
	}
	if p.node.Kind != yaml.MappingNode {
		r.wrong(p, reasonNotMap, quoting(p, "expected", strings.Join(names, ", ")))
		return
	}
	values := map[string]place{}
	for i := 0; i+1 < len(p.node.Content); i += 2 {
		name := place{p.node.Content[i], p.path}
		text := name.node.Value
		first, twice := values[text]
		switch {
		case !r.plain(name):
		case name.node.Kind != yaml.ScalarNode || !slices.Contains(names, text):
			r.wrong(name, reasonUnknown, quoting(name, "expected", strings.Join(names, ", ")))
		case twice:
			r.wrong(name, reasonTwice, quoting(name, "line", first.node.Line))
		default:
			values[text] = place{p.node.Content[i+1], p.key(text)}
		}
	}
	for _, k := range keys {
		v, there := values[k.name]
		switch {
		case r.full():
			return
		case there && !empty(v.node):
			k.read(v)
		case k.must && there:
			r.wrong(v, reasonMissing, workflow.Words{"key": k.name})
		case k.must:
			r.wrong(p, reasonMissing, workflow.Words{"key": k.name})
		}
	}
}

// empty reports whether nothing is written where a value could be.
func empty(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.Anchor == "" && n.Style&yaml.TaggedStyle == 0
}

// list reads each item of a list.
func (r *reader) list(p place, item how) {
	if !r.plain(p) {
		return
	}
	if p.node.Kind != yaml.SequenceNode {
		r.wrong(p, reasonNotList, quoting(p))
		return
	}
	for i, n := range p.node.Content {
		if r.full() {
			return
		}
		item(place{n, p.item(i)})
	}
}

// each reads a list that takes the place of what to held before. read reads one item
// into its own memory and returns what no other item may be called.
func each[T any](r *reader, to *[]T, read func(place, *T) string) how {
	return func(p place) {
		*to = nil
		seen := unique{}
		r.list(p, func(p place) {
			var one T
			seen.take(r, p, read(p, &one))
			*to = append(*to, one)
		})
	}
}

// scalar returns the text of a value that is neither list nor map.
func (r *reader) scalar(p place) (string, bool) {
	if !r.plain(p) {
		return "", false
	}
	if p.node.Kind != yaml.ScalarNode || empty(p.node) {
		r.wrong(p, reasonNotText, quoting(p))
		return "", false
	}
	return p.node.Value, true
}

// text reads text of at most most characters; without lines, it has to stand on one.
func (r *reader) text(to *string, most int, lines bool) how {
	return func(p place) {
		s, ok := r.scalar(p)
		s = strings.TrimSpace(s)
		switch {
		case !ok:
		case s == "", !lines && strings.Contains(s, "\n"):
			r.wrong(p, reasonNotText, quoting(p))
		case utf8.RuneCountInString(s) > most:
			r.wrong(p, reasonTooLong, workflow.Words{"most": most})
		default:
			*to = s
		}
	}
}

func (r *reader) line(to *string, most int) how { return r.text(to, most, false) }

// matching reads text that fits pattern.
func (r *reader) matching(to *string, pattern *regexp.Regexp, why workflow.Reason) how {
	return func(p place) {
		s, ok := r.scalar(p)
		switch {
		case !ok:
		case !pattern.MatchString(s):
			r.wrong(p, why, quoting(p))
		default:
			*to = s
		}
	}
}

// What codes and names look like: codes stand in numbers that people type, names
// in addresses, exports and expressions.
var (
	codePattern   = regexp.MustCompile(`^[A-Z0-9]{2,8}$`)
	namePattern   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	numberPattern = regexp.MustCompile(`^[A-Z0-9]{1,8}(-[A-Z0-9]{1,8}){1,3}$`)
)

func (r *reader) name(to *string) how { return r.matching(to, namePattern, reasonNotName) }

// oneOf reads one of choices.
func (r *reader) oneOf(to *string, choices ...string) how {
	return func(p place) {
		s, ok := r.scalar(p)
		switch {
		case !ok:
		case !slices.Contains(choices, s):
			r.wrong(p, reasonNotOneOf, quoting(p, "expected", strings.Join(choices, ", ")))
		default:
			*to = s
		}
	}
}

// count reads a whole number from least to most: ASCII digits without a leading zero.
func (r *reader) count(to *int64, least, most int64) how {
	return func(p place) {
		s, ok := r.scalar(p)
		n, err := strconv.ParseInt(s, 10, 64)
		switch {
		case !ok:
		case err != nil || strconv.FormatInt(n, 10) != s || n < least || n > most:
			r.wrong(p, reasonNotNumber, quoting(p, "least", least, "most", most))
		default:
			*to = n
		}
	}
}

// money reads an amount from least to most.
func (r *reader) money(to *workflow.Cents, least, most workflow.Cents) how {
	return func(p place) {
		s, ok := r.scalar(p)
		c, err := workflow.ParseCents(s)
		switch {
		case !ok:
		case err != nil || c < least || c > most:
			r.wrong(p, reasonNotMoney, quoting(p, "least", least, "most", most))
		default:
			*to = c
		}
	}
}

// limit reads an amount that lowers a statutory cap or leaves it.
func (r *reader) limit(to *workflow.Cents, statutory workflow.Cents) how {
	return func(p place) {
		var c workflow.Cents
		r.money(&c, 1, workflow.MaxCents)(p)
		if c > statutory {
			r.wrong(p, reasonCapRaised, workflow.Words{"amount": c, "limit": statutory})
		} else if c > 0 {
			*to = c
		}
	}
}

// yes reads true or false.
func (r *reader) yes(to *bool) how {
	return func(p place) {
		s, ok := r.scalar(p)
		switch {
		case !ok:
		case s != "true" && s != "false":
			r.wrong(p, reasonNotYes, quoting(p))
		default:
			*to = s == "true"
		}
	}
}

// date reads a day such as 2026-09-30.
func (r *reader) date(to *workflow.Date) how {
	return func(p place) {
		s, ok := r.scalar(p)
		d, err := workflow.ParseDate(s)
		switch {
		case !ok:
		case err != nil:
			r.wrong(p, reasonNotDate, quoting(p))
		default:
			*to = d
		}
	}
}

// label reads a text in both languages.
func (r *reader) label(to *workflow.Label) how {
	return func(p place) {
		r.object(p, must("en", r.line(&to.EN, 300)), must("zh-TW", r.line(&to.ZH, 300)))
	}
}

// unique remembers where values stood, and refuses one that stands there again.
type unique map[string]int

func (u unique) take(r *reader, p place, value string) {
	if value == "" {
		return // wrong for another reason, and told
	}
	if line, twice := u[value]; twice {
		r.wrong(p, reasonTwice, workflow.Words{"found": value, "line": line})
		return
	}
	u[value] = p.node.Line
}
