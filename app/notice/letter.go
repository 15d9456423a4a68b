package notice

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tranche/app/letter"
	"tranche/app/problem"
	"tranche/app/trial"
	"tranche/models"
	"tranche/templates"
	"tranche/workflow"
)

// A matter is a decision with everything that a letter says about it.
type matter struct {
	models.Decision
	application  *workflow.Application
	opportunity  *workflow.Opportunity // with the settings of terms
	terms        *workflow.Terms       // nil: no program file lays anything down
	organization *workflow.Organization
	program      *workflow.Program
	award        *workflow.Award // nil: the decision made none
	whys         []trial.Why     // what the verdict held against the application, where that decided
}

// A draft is a letter that is to be written.
type draft struct {
	name   string      // of its files
	reader workflow.ID // whose language it is in first
	paper  func(*templates.Language) *letter.Paper
}

// Prepare implements engine.Preparer for making a letter: it writes the letter about
// the event that the command names, in every language and form. What was
// decided comes from the event, and from the terms of the submission or the agreement that
// was signed; names and addresses are those of the day.
func (w *Writer) Prepare(ctx context.Context, c *workflow.Command) error {
	d, err := w.draft(ctx, c)
	if err != nil {
		return err
	}
	person, err := record[workflow.Person](ctx, w, workflow.NounPerson, d.reader)
	if err != nil {
		return err
	}
	c.Inputs = append(c.Inputs, workflow.Input{Name: "language", Text: person.Language})
	for _, l := range w.Words.Languages() {
		p := d.paper(l)
		for _, form := range workflow.LetterForms {
			set := letter.PDF
			if form.End == "html" {
				set = letter.HTML
			}
			body, err := set(p)
			if err != nil {
				return err
			}
			code := l.Tag + "." + form.End
			c.Inputs = append(c.Inputs, workflow.Input{Name: "documents." + code, Body: body, Text: d.name + "." + code})
		}
	}
	return nil
}

func (w *Writer) draft(ctx context.Context, c *workflow.Command) (*draft, error) {
	then, err := w.Reader.AwardThen(ctx, eventOf(c))
	if err == nil {
		return w.noticeOfAward(ctx, c, &then)
	}
	if !errors.Is(err, models.ErrNotFound) {
		return nil, err
	}
	m, err := w.matter(ctx, c)
	if err != nil {
		return nil, err
	}
	return &draft{fmt.Sprintf("%s-%s-%d", m.application.Number, m.Action, m.Event), m.Submission.SubmittedBy,
		func(l *templates.Language) *letter.Paper { return paper(in(l, m.opportunity), m) }}, nil
}

func (w *Writer) matter(ctx context.Context, c *workflow.Command) (*matter, error) {
	m := &matter{}
	var err error
	if m.Decision, err = w.Reader.Decision(ctx, eventOf(c)); err != nil {
		return nil, err
	}
	if m.Application != c.Parent {
		return nil, models.ErrNotFound
	}
	if err := w.about(ctx, m); err != nil {
		return nil, err
	}
	if m.Award != 0 {
		if m.award, err = record[workflow.Award](ctx, w, workflow.NounAward, m.Award); err != nil {
			return nil, err
		}
	}
	if m.Action == workflow.ActScreenFail {
		return m, w.judged(ctx, m)
	}
	return m, nil
}

// about reads what the letter is about, whatever was decided.
func (w *Writer) about(ctx context.Context, m *matter) (err error) {
	if m.application, err = record[workflow.Application](ctx, w, workflow.NounApplication, m.Application); err != nil {
		return err
	}
	if m.opportunity, err = record[workflow.Opportunity](ctx, w, workflow.NounOpportunity, m.application.Opportunity); err != nil {
		return err
	}
	if m.terms, err = w.Reader.Terms(ctx, m.Terms); err != nil {
		return err
	}
	if m.terms != nil {
		*m.opportunity = m.opportunity.Under(m.terms)
	}
	if m.organization, err = record[workflow.Organization](ctx, w, workflow.NounOrganization, m.application.Organization); err != nil {
		return err
	}
	if m.program, err = record[workflow.Program](ctx, w, workflow.NounProgram, m.application.Program); err != nil {
		return err
	}
	return nil
}

func eventOf(c *workflow.Command) int64 {
	for _, in := range c.Inputs {
		if in.Name == "event" {
			return in.Int
		}
	}
	return 0
}

// judged reads why the rules found against the application. What they would only have
// had somebody look at decided nothing.
func (w *Writer) judged(ctx context.Context, m *matter) error {
	all, err := w.Reader.Verdicts(ctx, system, m.Application)
	for i := range all {
		if all[i].Event == m.Event {
			m.whys = trial.Whys(failed(all[i].Verdict))
		}
	}
	return err
}

// failed leaves in a verdict that fails what it fails for.
func failed(v workflow.Verdict) *workflow.Verdict {
	v.Findings = slices.DeleteFunc(slices.Clone(v.Findings), func(f workflow.Finding) bool { return f.Outcome != workflow.Fail })
	v.Reasons = slices.DeleteFunc(slices.Clone(v.Reasons), func(r workflow.Reason) bool { return r != workflow.ReasonRevenueAtOrOverCap })
	return &v
}

// paper sets out the letter.
func paper(a problem.Audience, m *matter) *letter.Paper {
	t := a.Language.T
	day := a.Day(m.At)
	p := &letter.Paper{
		Title: t("letter.title_" + m.Action.String()), Lead: m.program.Agency + "\n" + m.program.Name, Language: a.Language.Tag, Made: m.At,
		Foot: t("letter.foot", "number", m.application.Number, "n", m.Event),
	}
	add := func(s letter.Section) {
		if len(s.Text)+len(s.Facts) > 0 {
			p.Sections = append(p.Sections, s)
		}
	}
	add(letter.Section{Text: []string{address(m.organization)}})
	add(letter.Section{Title: t("letter.about"), Facts: about(a, m, day)})
	add(letter.Section{Title: t("letter.decision"), Text: []string{t("letter.decision_"+m.Action.String(), "day", day)}})
	add(letter.Section{Title: t("letter.reasons"), Text: reasons(a, m)})
	if text := m.Input("message").Text; text != "" {
		add(letter.Section{Title: t("letter.message"), Text: []string{text}})
	}
	add(next(a, m))
	if m.program.Contact != "" {
		add(letter.Section{Title: t("letter.contact"), Text: []string{m.program.Contact}})
	}
	add(letter.Section{Title: t("letter.proof"), Text: []string{t("letter.check")}, Facts: []letter.Fact{
		{Name: t("receipt.event"), Value: strconv.FormatInt(m.Event, 10)}, {Name: t("receipt.event_hash"), Value: hex.EncodeToString(m.Hash[:])}}})
	return p
}

// address is where the letter goes: the mailing address, or else the organization's own.
func address(o *workflow.Organization) string {
	lines := []string{o.LegalName}
	if o.Mailing != "" {
		return strings.Join(append(lines, o.Mailing), "\n")
	}
	for _, line := range []string{o.Street, joined(", ", o.City, joined(" ", o.Region, o.Zip)), o.Country} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// joined joins what is not empty.
func joined(sep string, parts ...string) string {
	var there []string
	for _, p := range parts {
		if p != "" {
			there = append(there, p)
		}
	}
	return strings.Join(there, sep)
}

func about(a problem.Audience, m *matter, day string) []letter.Fact {
	t := a.Language.T
	out := []letter.Fact{
		{Name: t("receipt.number"), Value: m.application.Number},
		{Name: t("letter.project"), Value: m.Submission.Title},
		{Name: t("noun.opportunity"), Value: m.opportunity.Number + " · " + m.opportunity.Title},
		{Name: t("letter.day"), Value: day},
		{Name: t("application.requested"), Value: m.Submission.Requested.Dollars()},
	}
	if m.award != nil {
		out = append(out, letter.Fact{Name: t("application.awarded"), Value: m.Input("amount").Cents.Dollars()},
			letter.Fact{Name: t("letter.award"), Value: m.award.Number})
	}
	return out
}

// reasons are the coded reasons as sentences; those that only the program knows, in
// the words of its file.
func reasons(a problem.Audience, m *matter) (out []string) {
	for code := range strings.SplitSeq(m.Input("codes").Text, ",") {
		if code == "" {
			continue
		}
		sentence, known := a.Language.Lookup("letter.code_"+code, nil)
		if !known {
			sentence = a.Code(m.terms, code)
		}
		out = append(out, sentence)
	}
	for _, w := range m.whys {
		out = append(out, a.Why(w.Label, w.Code, w.Words))
	}
	return out
}

// next says what the applicant can do now, and until when.
func next(a problem.Audience, m *matter) letter.Section {
	t := a.Language.T
	switch m.Action {
	case workflow.ActScreenFail, workflow.ActFindIneligible, workflow.ActDecline:
		if m.Appealed {
			return letter.Section{Title: t("letter.next"), Text: []string{t("letter.next_uphold")}}
		}
		ends := m.At.AddDate(0, 0, int(m.opportunity.AppealDays))
		return letter.Section{Title: t("letter.appeal"), Text: []string{t("letter.appeal_text", "moment", a.Moment(ends), "days", m.opportunity.AppealDays)}}
	case workflow.ActAward:
		return letter.Section{Title: t("letter.next"), Text: []string{t("letter.next_award", "moment", a.Moment(m.OfferEnds))}}
	case workflow.ActUphold:
		return letter.Section{Title: t("letter.next"), Text: []string{t("letter.next_uphold")}}
	}
	return letter.Section{Title: t("letter.next"), Text: []string{t("letter.next_review")}}
}
