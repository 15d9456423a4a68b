package notice

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"tranche/app/letter"
	"tranche/app/problem"
	"tranche/models"
	"tranche/templates"
	"tranche/workflow"
)

// An agreed is an award by one revision of its agreement, with everything that the notice
// of award says about it.
type agreed struct {
	matter
	workflow.Agreement
	then      *models.AwardThen
	event     int64
	signer    string              // the representative who signed it
	amendment *workflow.Amendment // that made it; nil: it is the first that was countersigned
	changes   []workflow.Change   // of that amendment
}

// noticeOfAward drafts the notice of the agreement that an event brought into force.
func (w *Writer) noticeOfAward(ctx context.Context, c *workflow.Command, then *models.AwardThen) (*draft, error) {
	if then.Application != c.Parent {
		return nil, models.ErrNotFound
	}
	n := &agreed{then: then, event: eventOf(c), matter: matter{Decision: models.Decision{Application: then.Application}}}
	if err := w.about(ctx, &n.matter); err != nil {
		return nil, err
	}
	var err error
	if n.organization, err = record[workflow.Organization](ctx, w, workflow.NounOrganization, then.Organization); err != nil {
		return nil, err
	}
	if n.Agreement, err = w.Reader.Agreement(ctx, then.Signature); err != nil {
		return nil, err
	}
	reader := then.AcceptedBy
	if then.Action == workflow.ActAmend {
		if err := w.amendedBy(ctx, n); err != nil {
			return nil, err
		}
		reader = n.amendment.SignedBy
	}
	person, err := record[workflow.Person](ctx, w, workflow.NounPerson, reader)
	if err != nil {
		return nil, err
	}
	n.signer = person.Name
	return &draft{fmt.Sprintf("%s-%d", n.Number, n.Revision), reader,
		func(l *templates.Language) *letter.Paper { return noticePaper(in(l, n.opportunity), n) }}, nil
}

// amendedBy reads the amendment that made the agreement, and what it changed.
func (w *Writer) amendedBy(ctx context.Context, n *agreed) error {
	list, err := models.Records[workflow.Amendment](ctx, w.Reader, system, workflow.NounAmendment,
		models.Filter{Where: map[string]workflow.ID{"award_id": n.then.ID}, States: []workflow.State{workflow.Signed}, Limit: models.MaxLimit})
	if err != nil {
		return err
	}
	for i := range list {
		if list[i].Revision == n.Revision {
			n.amendment = &list[i]
		}
	}
	if n.amendment == nil {
		return models.ErrNotFound
	}
	before, err := w.Reader.Agreement(ctx, n.amendment.Base)
	n.changes = before.Changes(&n.Agreement)
	return err
}

// noticePaper sets out a notice of award.
// Source of what it says: the information in a federal award, 2 CFR 200.211.
func noticePaper(a problem.Audience, n *agreed) *letter.Paper {
	t := a.Language.T
	p := &letter.Paper{
		Title: t("notice.title", "number", n.Number, "n", n.Revision), Lead: n.program.Agency + "\n" + n.program.Name, Language: a.Language.Tag, Made: n.then.At,
		Foot:     t("letter.foot", "number", n.Number, "n", n.event),
		Sections: []letter.Section{{Text: []string{address(n.organization)}}, {Title: t("notice.award"), Facts: noticeFacts(a, n)}},
	}
	if len(n.changes) > 0 {
		p.Sections = append(p.Sections, letter.Section{Title: t("amendment.change"), Table: changesTable(a, n)})
	}
	p.Sections = append(p.Sections,
		letter.Section{Title: t("award.tranches"), Table: milestonesTable(a, n)},
		letter.Section{Title: t("notice.conditions"), Text: conditions(n.Terms)},
		letter.Section{Title: t("award.signatures"), Facts: signatures(a, n)})
	if n.program.Contact != "" {
		p.Sections = append(p.Sections, letter.Section{Title: t("letter.contact"), Text: []string{n.program.Contact}})
	}
	p.Sections = append(p.Sections, letter.Section{Title: t("letter.proof"), Text: []string{t("notice.check")}, Facts: []letter.Fact{
		{Name: t("amendment.sum"), Value: n.then.Signature}, {Name: t("receipt.event"), Value: strconv.FormatInt(n.event, 10)},
		{Name: t("receipt.event_hash"), Value: hex.EncodeToString(n.then.Hash[:])}}})
	return p
}

func noticeFacts(a problem.Audience, n *agreed) []letter.Fact {
	t := a.Language.T
	what := t("notice.new")
	if n.amendment != nil {
		what = a.Language.Say(nil, "choice.kind."+n.amendment.Kind, "choice.any."+n.amendment.Kind) + " · " + n.amendment.Number
	}
	period := t("format.span", "start", a.Day(n.PeriodStart.Time()), "end", a.Day(n.PeriodEnd.AddDays(-1).Time()))
	return []letter.Fact{
		{Name: t("notice.number"), Value: n.Number},
		{Name: t("award.revision"), Value: strconv.FormatInt(n.Revision, 10)},
		{Name: t("notice.what"), Value: what},
		{Name: t("notice.day"), Value: a.Day(n.then.At)},
		{Name: t("amendment.recipient"), Value: cmp.Or(n.Recipient, n.organization.LegalName)},
		{Name: t("field.uei"), Value: n.organization.UEI},
		{Name: t("letter.project"), Value: n.application.Title},
		{Name: t("noun.opportunity"), Value: n.opportunity.Number + " · " + n.opportunity.Title},
		{Name: t("award.face"), Value: n.Face.Dollars()},
		{Name: t("notice.period"), Value: period},
	}
}

func changesTable(a problem.Audience, n *agreed) *letter.Table {
	t := a.Language.T
	out := &letter.Table{Columns: []letter.Column{{Name: t("amendment.what"), Wide: 2}, {Name: t("programs.before"), Wide: 3}, {Name: t("programs.after"), Wide: 3}}}
	for _, c := range n.changes {
		out.Rows = append(out.Rows, []string{t("amendment.agreed_"+c.What, "n", c.Number), c.Before, c.After})
	}
	return out
}

func milestonesTable(a problem.Audience, n *agreed) *letter.Table {
	t := a.Language.T
	out := &letter.Table{Columns: []letter.Column{{Name: t("money.milestone"), Wide: 3}, {Name: t("field.deliverable"), Wide: 4}, {Name: t("money.due"), Wide: 2},
		{Name: t("money.amount"), Wide: 2, Right: true}}}
	for _, m := range n.Tranches {
		out.Rows = append(out.Rows, []string{t("award.tranche", "n", m.Number, "milestone", m.Title), m.Deliverable, a.Day(m.Due.Time()), m.Amount.Dollars()})
	}
	out.Rows = append(out.Rows, []string{t("award.face"), "", "", n.Face.Dollars()})
	return out
}

// conditions are the paragraphs of the terms, those of amendments at their end.
func conditions(terms string) (out []string) {
	for line := range strings.Lines(terms) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// signatures name who signed for the recipient. The program signs by its office.
func signatures(a problem.Audience, n *agreed) []letter.Fact {
	t := a.Language.T
	return []letter.Fact{{Name: t("role.aor"), Value: n.signer}, {Name: t("role.grants_officer"), Value: a.Moment(n.then.At)}}
}
