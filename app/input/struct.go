package input

import (
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"

	"tranche/workflow"
)

// rules checks structs by their validate tags. It is safe for use by many
// goroutines and caches what it learns of a type.
var rules = newRules()

func newRules() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string { return f.Tag.Get("form") })
	return v
}

// Struct reads values, a small form or a query string, into the struct that into
// points to. A member takes part by its tag form:"name"; it is a string or an
// int64, and its validate tag says what it may be. As with Form, other names than
// those and beside are refused, and each comes once. Passwords are not trimmed: a
// member whose tag is form:"name,raw" keeps its text as it came.
func Struct(values url.Values, into any, beside ...string) error {
	members := membersOf(reflect.ValueOf(into).Elem())
	for _, name := range slices.Sorted(maps.Keys(values)) {
		_, known := members[name]
		switch came := values[name]; {
		case !known && !among(beside, name):
			return &Unreadable{name, ReasonUnknown}
		case len(came) > 1:
			return &Unreadable{name, ReasonDuplicate}
		case !utf8.ValidString(came[0]):
			return &Unreadable{name, ReasonUnreadable}
		}
	}
	var wrong Errors
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if e := members[name].set(name, values.Get(name)); e != nil {
			wrong = append(wrong, *e)
		}
	}
	if len(wrong) > 0 {
		return wrong
	}
	return Check(into)
}

type structMember struct {
	value reflect.Value
	raw   bool
}

func membersOf(v reflect.Value) map[string]structMember {
	out := map[string]structMember{}
	for i := range v.NumField() {
		name, option, _ := strings.Cut(v.Type().Field(i).Tag.Get("form"), ",")
		if name != "" {
			out[name] = structMember{v.Field(i), option == "raw"}
		}
	}
	return out
}

// set writes text; no text leaves the member as it is, so that the caller's value
// is what it is by default.
func (m structMember) set(name, text string) *Error {
	f := workflow.Field{Name: name, Kind: workflow.Line}
	if m.raw {
		f.Kind = workflow.Secret
	}
	text = tidy(f.Kind, text)
	if text == "" {
		return nil
	}
	if m.value.Kind() == reflect.Int64 {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || strconv.FormatInt(n, 10) != text {
			return no(f, ReasonNotNumber)
		}
		m.value.SetInt(n)
		return nil
	}
	in, wrong := readText(f, text)
	m.value.SetString(in.Text)
	return wrong
}

// Check checks the struct that into points to by its validate tags and returns
// Errors, or nil.
func Check(into any) error {
	err := rules.Struct(into)
	if err == nil {
		return nil
	}
	failed, isFailed := err.(validator.ValidationErrors)
	if !isFailed {
		return err // not a struct: a mistake of ours
	}
	wrong := make(Errors, len(failed))
	for i, f := range failed {
		wrong[i] = broken(f)
	}
	return wrong
}

// broken turns a rule that does not hold into the reason that people read.
func broken(f validator.FieldError) Error {
	name, _, _ := strings.Cut(f.Field(), ",")
	e := Error{Field: name, Reason: ReasonUnreadable}
	limit, err := strconv.ParseInt(f.Param(), 10, 64)
	if err == nil {
		e.Words = workflow.Words{"limit": limit}
	}
	switch f.Tag() {
	case "required":
		e.Reason = ReasonRequired
	case "email":
		e.Reason = ReasonNotEmail
	case "oneof":
		e.Reason = ReasonNotChoice
	case "min":
		e.Reason = ReasonTooSmall
	case "max":
		e.Reason = ReasonTooLarge
		if f.Kind() == reflect.String {
			e.Reason = ReasonTooLong
		}
	}
	return e
}
