package input

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tranche/workflow"
)

// Ticked is the value that a ticked box of a form sends; an empty box sends
// nothing.
const Ticked = "true"

// Names that a form carries beside its fields.
const (
	VersionName = "version" // of the record that the form was drawn from
	KeyName     = "key"     // makes the form's request repeatable
)

// Form reads a submitted form. Every name must be that of a field or one of
// beside, and comes once; only Codes may come several times. People may write
// money as "$148,500.00". A box that did not come is not ticked. An answer comes
// under the name of its field, a dot and its own name. The error is
// *Unreadable or Errors.
func (s Set) Form(values url.Values, beside ...string) ([]workflow.Input, error) {
	return s.Upload(values, nil, beside...)
}

// Upload is Form of a form that files came with, by the name of their field.
func (s Set) Upload(values url.Values, files map[string]Uploaded, beside ...string) ([]workflow.Input, error) {
	if err := s.wellFormed(values, beside); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !slices.ContainsFunc(s.Fields, func(f workflow.Field) bool {
			return f.Kind == workflow.File && f.Name == name || f.Kind == workflow.Files && within(f, name) != ""
		}) {
			return nil, &Unreadable{name, ReasonUnknown}
		}
	}
	var r reading
	for _, f := range s.Fields {
		switch {
		case f.Kind == workflow.File && strings.Join(values[f.Name], "") != "":
			r.add(workflow.Input{}, no(f, ReasonNotFile)) // text where a file belongs
		case f.Kind == workflow.File:
			s.fileField(&r, f, files[f.Name])
		case f.Kind == workflow.Files:
			r.addFiles(f, formFiles(f, values, files))
		case f.Kind != workflow.Answers:
			s.formField(&r, f, values[f.Name])
		default:
			if answers := formAnswers(f, values); len(answers) > 0 {
				r.addAnswers(f, answers)
			} else {
				r.addEmpty(s.empty(f))
			}
		}
	}
	return r.result()
}

// wellFormed checks the names, so that no value can be smuggled past the one
// that counts.
func (s Set) wellFormed(values url.Values, beside []string) error {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		at := slices.IndexFunc(s.Fields, func(f workflow.Field) bool {
			return f.Name == name && !several(f) || within(f, name) != ""
		})
		if at < 0 && !among(beside, name) {
			return &Unreadable{name, ReasonUnknown}
		}
		many := at >= 0 && s.Fields[at].Kind == workflow.Codes
		if len(values[name]) > 1 && !many {
			return &Unreadable{name, ReasonDuplicate}
		}
		for _, v := range values[name] {
			if !utf8.ValidString(v) {
				return &Unreadable{name, ReasonUnreadable}
			}
		}
	}
	return nil
}

// several reports whether f takes values by name, each under a name of its own.
func several(f workflow.Field) bool { return f.Kind == workflow.Answers || f.Kind == workflow.Files }

// within returns which of f's answers or files a name of a form is, "" when it is none.
func within(f workflow.Field, name string) string {
	one, is := strings.CutPrefix(name, f.Name+".")
	if !several(f) || !is {
		return ""
	}
	return one
}

// formFiles collects the files of f. Where nothing was chosen, nothing came; a ticked
// box says that a file is to go, unless another one was chosen to take its place.
func formFiles(f workflow.Field, values url.Values, files map[string]Uploaded) map[string]Uploaded {
	out := map[string]Uploaded{}
	for name, came := range values {
		if one := within(f, name); one != "" && came[0] != "" {
			out[one] = Uploaded{Name: came[0]}
			if came[0] == Ticked {
				out[one] = Uploaded{}
			}
		}
	}
	for name, came := range files {
		if one := within(f, name); one != "" && (came.Name != "" || len(came.Body) > 0) {
			out[one] = came
		}
	}
	return out
}

// formAnswers collects the answers of f.
func formAnswers(f workflow.Field, values url.Values) map[string]string {
	out := map[string]string{}
	for name, came := range values {
		if answer := within(f, name); answer != "" {
			out[answer] = came[0]
		}
	}
	return out
}

func (s Set) formField(r *reading, f workflow.Field, came []string) {
	if f.Kind == workflow.Codes {
		if codes := slices.DeleteFunc(slices.Clone(came), func(s string) bool { return s == "" }); len(codes) > 0 {
			r.add(readCodes(f, codes))
		} else {
			r.addEmpty(s.empty(f))
		}
		return
	}
	text := ""
	if len(came) > 0 {
		text = tidy(f.Kind, came[0])
	}
	switch {
	case f.Kind == workflow.Check && text != "" && text != Ticked:
		r.add(workflow.Input{}, no(f, ReasonNotBoolean))
	case f.Kind == workflow.Check:
		r.add(readCheck(f, text == Ticked), nil)
	case text == "":
		r.addEmpty(s.empty(f))
	case f.Kind == workflow.Money, f.Kind == workflow.Stated:
		r.add(readMoney(f, plainMoney(text)))
	default:
		r.add(readOne(f, text))
	}
}

// readOne reads a value of any kind that is written as one text, other than money.
func readOne(f workflow.Field, text string) (workflow.Input, *Error) {
	switch f.Kind {
	case workflow.Count:
		return readCount(f, text)
	case workflow.Ref:
		return readRef(f, text)
	case workflow.Choice:
		return readChoice(f, text)
	case workflow.Day:
		return readDay(f, text)
	case workflow.Instant:
		return readInstant(f, text)
	case workflow.Stated:
		return readMoney(f, text)
	}
	return readText(f, text)
}

// FormVersion reads the version that a form was drawn from.
func FormVersion(values url.Values) (int64, error) {
	switch came := values[VersionName]; len(came) {
	case 0:
		return 0, ErrVersionMissing
	case 1:
		return parseVersion(VersionName, came[0])
	}
	return 0, &Unreadable{VersionName, ReasonDuplicate}
}

// FormKey reads the key of a form; "" when it has none.
func FormKey(values url.Values) (string, error) { return oneKey(KeyName, values[KeyName]) }

func parseVersion(name, s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != s {
		return 0, &Unreadable{name, ReasonVersion}
	}
	return n, nil
}
