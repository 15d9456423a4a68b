package problem

import (
	"strings"
	"time"

	"tranche/app/policy"
	"tranche/templates"
	"tranche/workflow"
)

// An Audience is who reads the words: their language, and the time zone that
// moments are written in (nil: UTC).
type Audience struct {
	Language *templates.Language
	Zone     *time.Location
}

// Sentence returns what a reason says, with its numbers filled in. A sentence
// that lacks one of its numbers is not given half: the reader gets the general one.
func (a Audience) Sentence(reason workflow.Reason, words workflow.Words) string {
	return a.Language.Say(a.plain(words), "reason."+string(reason), "reason.unnamed")
}

// InFile returns what is wrong at a place of a program's file, with the place.
func (a Audience) InFile(p *policy.Problem) string {
	return a.say("policy.at", map[string]any{"line": p.Line, "column": p.Column, "what": a.Sentence(p.Reason, p.Words)})
}

// Why says what a verdict holds against an application: in the words of the
// program's rule, or else in those of the reason. Without the numbers of one
// application it says what is the same for all.
func (a Audience) Why(label workflow.Label, reason workflow.Reason, words workflow.Words) string {
	switch {
	case label != workflow.Label{}:
		return label.In(a.Language.Tag)
	case words == nil:
		return a.Language.Say(nil, "why."+string(reason), "reason."+string(reason))
	}
	return a.Sentence(reason, words)
}

// Code returns what a coded reason is called under terms t, which may be nil.
func (a Audience) Code(t *workflow.Terms, code string) string {
	if text := t.Or().CodeLabel(code).In(a.Language.Tag); text != "" {
		return text
	}
	return a.Language.Say(nil, "choice.codes."+code, "choice.any."+code, "codes."+code)
}

// Day writes the date of t: "Nov 23, 2026".
func (a Audience) Day(t time.Time) string {
	if a.Zone != nil {
		t = t.In(a.Zone)
	}
	return a.Language.T("format.date", "year", t.Year(), "month", a.Language.T("format.month."+t.Format("01")), "day", t.Day())
}

// Moment writes t with its zone: "Nov 23, 2026, 10:18 a.m. EST", and the zero
// time as "".
func (a Audience) Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if a.Zone != nil {
		t = t.In(a.Zone)
	}
	half := "format.am"
	if t.Hour() >= 12 {
		half = "format.pm"
	}
	return a.say("format.moment", map[string]any{
		"date":  a.Day(t),
		"clock": a.say(half, map[string]any{"time": t.Format("3:04")}),
		"zone":  t.Format("MST"),
	})
}

func (a Audience) say(id string, values map[string]any) string { return a.Language.Say(values, id) }

// plain turns the values of a reason's sentence into text for people. Lists of
// text are names of fields.
func (a Audience) plain(words workflow.Words) map[string]any {
	out := make(map[string]any, len(words))
	for name, value := range words {
		out[name] = a.word(value)
	}
	return out
}

func (a Audience) word(value any) any {
	switch v := value.(type) {
	case workflow.Cents:
		return v.Dollars()
	case time.Time:
		return a.Moment(v)
	case workflow.State:
		return a.say("state.any."+v.String(), nil)
	case workflow.Role:
		return a.say("role."+v.String(), nil)
	case []workflow.Role:
		return join(a, v, func(r workflow.Role) string { return a.say("role."+r.String(), nil) })
	case workflow.Kinds:
		return join(a, v, func(kind string) string { return a.say("choice.any."+kind, nil) })
	case []workflow.Label:
		return join(a, v, func(l workflow.Label) string { return l.In(a.Language.Tag) })
	case []workflow.Asked:
		return join(a, v, func(one workflow.Asked) string {
			if own := one.Label.In(a.Language.Tag); own != "" {
				return own
			}
			return a.say("field."+one.Field, nil)
		})
	case []string:
		return join(a, v, func(field string) string { return a.say("field."+field, nil) })
	}
	return value
}

// join makes a list such as "title, summary".
func join[T any](a Audience, list []T, word func(T) string) string {
	words := make([]string, len(list))
	for i, one := range list {
		words[i] = word(one)
	}
	return strings.Join(words, a.say("format.comma", nil))
}
