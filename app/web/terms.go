package web

import (
	"cmp"
	"strings"

	"tranche/workflow"
)

// An ask is one of the answers that a form asks for by the terms of a program.
type ask struct {
	field   workflow.Field // of the answer alone
	label   string
	hint    string
	options []Option // of a choice
}

// terms reads the terms stored under a SHA-256, and the usual ones for none.
func (v *visit) terms(sum string) (*workflow.Terms, error) {
	t, err := v.server.Reader.Terms(v.ctx(), sum)
	return t.Or(), err
}

// label returns what a program's file calls something in the reader's language,
// or the words that the word list has for it.
func (v *visit) label(own workflow.Label, word func() string) string {
	if text := own.In(v.Language.Tag); text != "" {
		return text
	}
	return word()
}

// criterionName returns what a criterion of the rubric is called.
func (v *visit) criterionName(c *workflow.Criterion) string {
	return v.label(c.Label, func() string { return v.FieldName(c.Name) })
}

// anchors writes what the points of a criterion mean, "" when nothing says so.
func (v *visit) anchors(c *workflow.Criterion) string {
	var out []string
	for _, a := range c.Anchors {
		out = append(out, v.T("scores.anchor", "points", a.Points, "text", a.Label.In(v.Language.Tag)))
	}
	return strings.Join(out, v.T("format.semicolon"))
}

// codeName returns what a coded reason is called under terms t.
func (v *visit) codeName(t *workflow.Terms, code string) string { return v.audience().Code(t, code) }

// codeNames writes a stored list of codes.
func (v *visit) codeNames(t *workflow.Terms, codes string) []string {
	var out []string
	for code := range strings.SplitSeq(codes, ",") {
		if code != "" {
			out = append(out, v.codeName(t, code))
		}
	}
	return out
}

// codeOptions are the codes that a form offers.
func (v *visit) codeOptions(t *workflow.Terms, codes []string) []Option {
	var out []Option
	for _, code := range codes {
		out = append(out, Option{Value: code, Text: v.codeName(t, code)})
	}
	return out
}

// scoring asks for the points of each criterion.
func (v *visit) scoring(t *workflow.Terms) (asks []ask) {
	for i := range t.Rubric {
		c := &t.Rubric[i]
		asks = append(asks, ask{
			field: workflow.Field{Name: c.Name, Kind: workflow.Count, Max: workflow.MaxScore},
			label: v.T("review.criterion", "criterion", v.criterionName(c), "weight", v.T("scores.weight", "n", c.Weight)),
			hint:  v.anchors(c),
		})
	}
	return asks
}

// questions asks what a section of the form asks beyond the usual fields.
func (v *visit) questions(list []workflow.Question) (asks []ask) {
	for i := range list {
		q := &list[i]
		one := ask{field: q.Field(), label: q.Label.In(v.Language.Tag), hint: q.Hint.In(v.Language.Tag)}
		for _, c := range q.Choices {
			one.options = append(one.options, Option{Value: c.Code, Text: c.Label.In(v.Language.Tag)})
		}
		asks = append(asks, one)
	}
	return asks
}

// asked makes the control for one answer of the field of that name.
func (v *visit) asked(field string, a ask, again *attempt, o offer) Field {
	a.field.Name = field + "." + a.field.Name
	value := o.values[a.field.Name]
	if again != nil {
		value = strings.Join(again.values[a.field.Name], ",")
	}
	in := v.control(a.field, value)
	in.Label, in.Hint = a.label, a.hint
	for _, option := range a.options {
		option.Chosen = option.Value == value
		in.Options = append(in.Options, option)
	}
	in.Narrow = a.field.Kind == workflow.Count
	if again != nil {
		in.Error = cmp.Or(again.wrong(a.field.Name), v.anew(again, a.field.Name))
	}
	return in
}

// answered returns stored answers under the names that their controls have.
func answered(field, stored string) map[string]string {
	out := map[string]string{}
	for name, text := range workflow.AnswersOf(stored) {
		out[field+"."+name] = text
	}
	return out
}

// answerTo writes the answer to a question.
func (v *visit) answerTo(q *workflow.Question, text string) Answer {
	out := Answer{Name: q.Label.In(v.Language.Tag), Value: text, Number: q.Kind == workflow.QuestionNumber}
	switch q.Kind {
	case workflow.QuestionChoice:
		for _, c := range q.Choices {
			if c.Code == text {
				out.Value = c.Label.In(v.Language.Tag)
			}
		}
	case workflow.QuestionYes:
		out.Value = v.yesNo(text == Checked)
	}
	return out
}
