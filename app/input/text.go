package input

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"tranche/workflow"
)

// longestSecret is the most characters of a Secret whose field names no limit.
const longestSecret = 1000

// longestLine is the most characters of a Line or Text whose field names no limit.
const longestLine = 1000

// no is what the readers of single values return for a value that is wrong.
func no(f workflow.Field, why workflow.Reason) *Error { return &Error{Field: f.Name, Reason: why} }

func noLimit(f workflow.Field, why workflow.Reason, limit int64) *Error {
	return &Error{Field: f.Name, Reason: why, Words: workflow.Words{"limit": limit}}
}

// tidy returns s in the one form that is stored: composed (NFC), so that equal
// words are equal bytes; line ends as \n; no blanks around it.
func tidy(kind workflow.Kind, s string) string {
	if kind == workflow.Secret {
		return s
	}
	if kind == workflow.Text {
		s = strings.ReplaceAll(s, "\r\n", "\n")
	}
	return strings.TrimSpace(norm.NFC.String(s))
}

// readText reads the value of a Line, Text or Secret field.
func readText(f workflow.Field, s string) (workflow.Input, *Error) {
	s = tidy(f.Kind, s)
	if strings.ContainsFunc(s, func(r rune) bool { return unwanted(r, f.Kind) }) {
		return workflow.Input{}, no(f, ReasonCharacter)
	}
	limit := f.Max
	switch {
	case limit > 0:
	case f.Kind == workflow.Secret:
		limit = longestSecret
	default:
		limit = longestLine
	}
	if int64(utf8.RuneCountInString(s)) > limit {
		return workflow.Input{}, noLimit(f, ReasonTooLong, limit)
	}
	return workflow.Input{Name: f.Name, Text: s}, nil
}

// unwanted reports whether r has no place in what people write: control
// characters, line separators inside a line, and the characters that make text
// read differently from how it is stored.
// Source of the last: Unicode TR 36, bidirectional text spoofing.
func unwanted(r rune, kind workflow.Kind) bool {
	switch {
	case r == '\n' || r == '\t':
		return kind != workflow.Text
	case unicode.IsControl(r), r == '\u2028', r == '\u2029', r == '\ufeff', r == utf8.RuneError:
		return true
	}
	return '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069'
}

func readMoney(f workflow.Field, s string) (workflow.Input, *Error) {
	cents, err := workflow.ParseCents(s)
	if err != nil {
		return workflow.Input{}, no(f, ReasonNotMoney)
	}
	return workflow.Input{Name: f.Name, Cents: cents}, nil
}

// plainMoney takes one dollar sign and well-formed thousands separators out of
// what a person typed; anything else stays as it is, for ParseCents to refuse.
func plainMoney(s string) string {
	s = strings.TrimPrefix(strings.TrimSpace(s), "$")
	whole, part, hasPart := strings.Cut(s, ".")
	groups := strings.Split(whole, ",")
	for i, g := range groups {
		if i > 0 && len(g) != 3 || i == 0 && len(groups) > 1 && (len(g) == 0 || len(g) > 3) {
			return s
		}
	}
	plain := strings.Join(groups, "")
	if hasPart {
		plain += "." + part
	}
	return plain
}

// readCount reads a whole number of ASCII digits, without sign (but "-" of a
// negative one), exponent, decimals or leading zeros.
func readCount(f workflow.Field, s string) (workflow.Input, *Error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != s {
		return workflow.Input{}, no(f, ReasonNotNumber)
	}
	switch {
	case n < f.Min:
		return workflow.Input{}, noLimit(f, ReasonTooSmall, f.Min)
	case n > f.Max:
		return workflow.Input{}, noLimit(f, ReasonTooLarge, f.Max)
	}
	return workflow.Input{Name: f.Name, Int: n}, nil
}

func readRef(f workflow.Field, s string) (workflow.Input, *Error) {
	id, ok := workflow.ParseID(s)
	if !ok {
		return workflow.Input{}, no(f, ReasonNotRecord)
	}
	return workflow.Input{Name: f.Name, Int: int64(id)}, nil
}

func readDay(f workflow.Field, s string) (workflow.Input, *Error) {
	d, err := workflow.ParseDate(s)
	if err != nil {
		return workflow.Input{}, no(f, ReasonNotDay)
	}
	return workflow.Input{Name: f.Name, Date: d}, nil
}

// readInstant reads RFC 3339, which UnmarshalText checks more strictly than
// time.Parse does but for a comma before the fraction, and keeps whole
// microseconds in UTC.
func readInstant(f workflow.Field, s string) (workflow.Input, *Error) {
	var t time.Time
	if err := t.UnmarshalText([]byte(s)); err != nil || strings.Contains(s, ",") || workflow.DateOf(t) == 0 {
		return workflow.Input{}, no(f, ReasonNotInstant)
	}
	return workflow.Input{Name: f.Name, Time: t.UTC().Truncate(time.Microsecond)}, nil
}

func readChoice(f workflow.Field, s string) (workflow.Input, *Error) {
	if !among(f.Choices, s) {
		return workflow.Input{}, no(f, ReasonNotChoice)
	}
	return workflow.Input{Name: f.Name, Text: s}, nil
}

// MaxCodes is how many codes one answer holds at most.
const MaxCodes = 200

// readCodes reads some of the choices, in any order, and stores them in one.
func readCodes(f workflow.Field, codes []string) (workflow.Input, *Error) {
	if len(codes) > MaxCodes {
		return workflow.Input{}, noLimit(f, ReasonTooMany, MaxCodes)
	}
	var sorted []string
	for _, code := range codes {
		switch {
		case !among(f.Choices, code) && !(f.Open && isName(code)):
			return workflow.Input{}, no(f, ReasonNotChoice)
		case among(sorted, code):
			return workflow.Input{}, no(f, ReasonChosenTwice)
		}
		sorted = insert(sorted, code)
	}
	return workflow.Input{Name: f.Name, Text: strings.Join(sorted, ",")}, nil
}

// The bounds of answers, whatever asks for them: their lifecycle knows closer ones.
const (
	mostAnswers   = 200
	longestAnswer = 8000 // characters
)

// NamePattern is what the name of an answer, or a code, looks like.
const NamePattern = `^[a-z][a-z0-9_]{0,39}$`

var isName = regexp.MustCompile(NamePattern).MatchString

// addAnswers reads answers by name; nil is what was none.
func (r *reading) addAnswers(f workflow.Field, answers map[string]string) {
	if answers == nil || len(answers) > mostAnswers {
		r.add(workflow.Input{}, no(f, ReasonNotAnswers))
		return
	}
	for _, name := range slices.Sorted(maps.Keys(answers)) {
		one := workflow.Field{Name: f.Name + "." + name, Kind: workflow.Text, Max: longestAnswer}
		if !isName(name) {
			r.add(workflow.Input{}, no(f, ReasonNotAnswers))
			return
		}
		in, wrong := readText(one, answers[name])
		if wrong != nil {
			r.errors = append(r.errors, *wrong)
			continue
		}
		answers[name] = in.Text
	}
	r.inputs = append(r.inputs, workflow.Input{Name: f.Name, Text: workflow.AnswersText(answers)})
}

func readCheck(f workflow.Field, ticked bool) workflow.Input {
	in := workflow.Input{Name: f.Name}
	if ticked {
		in.Int = 1
	}
	return in
}
