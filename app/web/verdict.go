package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"tranche/app/letter"
	"tranche/models"
	"tranche/workflow"
)

// VerdictView is a verdict as a document: every number with its source.
type VerdictView struct {
	Shell
	Tag      Tag
	Paper    *letter.Paper
	Case     Link
	Files    []Button
	Versions []VersionRow // every verdict of the case, the newest first
}

// Page implements View.
func (VerdictView) Page() string { return "verdict" }

// VersionRow is one verdict of a case.
type VersionRow struct {
	Text, URL string
	At        Stamp
	Tag       Tag
	Current   bool
}

// A verdictFile is a form in which a verdict can be had.
type verdictFile struct {
	suffix, media string
	write         func(*visit, *docket) ([]byte, error)
}

// verdictFiles are the forms beside the page. The JSON is, to the staff, the bytes
// as they were stored.
var verdictFiles = []verdictFile{
	{".json", echo.MIMEApplicationJSON, func(_ *visit, d *docket) ([]byte, error) { return []byte(d.one.Text), nil }},
	{".pdf", "application/pdf", func(v *visit, d *docket) ([]byte, error) { return letter.PDF(v.verdictPaper(d)) }},
}

// A docket is a verdict with the case that it belongs to.
type docket struct {
	at     string // where the case is
	number string
	title  string
	all    []models.StoredVerdict
	one    models.StoredVerdict
}

// docket reads the verdict of the case in the path that the query names by the number
// of its event, and the newest one where it names none.
func (v *visit) docket() (*docket, error) {
	id, err := v.id()
	if err != nil {
		return nil, err
	}
	a, err := record[workflow.Application](v, workflow.NounApplication, id)
	if err != nil {
		return nil, err
	}
	if _, err := v.opportunityOf(a); err != nil {
		return nil, err
	}
	d := &docket{at: pathOf(workflow.NounApplication, id), number: a.Number, title: titleOf(a)}
	if d.all, err = v.server.Reader.Verdicts(v.ctx(), v.viewer, id); err != nil {
		return nil, err
	}
	named := v.QueryParam("event")
	at := slices.IndexFunc(d.all, func(s models.StoredVerdict) bool {
		return named == "" || strconv.FormatInt(s.Event, 10) == named
	})
	if at < 0 {
		return nil, models.ErrNotFound
	}
	d.one = d.all[at]
	return d, nil
}

// verdictPage answers GET /applications/{id}/verdict.
func (s *Server) verdictPage(v *visit) error {
	d, err := v.docket()
	if err != nil {
		return err
	}
	at := d.at
	view := VerdictView{Shell: v.titled(v.T("verdict.title"), Link{d.number, at}, Link{Text: v.T("verdict.title")}),
		Paper: v.verdictPaper(d), Case: Link{d.title, at}}
	view.Tag, _ = v.finding(d.one.Verdict)
	for _, f := range verdictFiles {
		name := strings.ToUpper(f.suffix[1:])
		view.Files = append(view.Files, Button{Text: v.T("verdict.as", "format", name), Icon: "file_download",
			URL: fmt.Sprintf("%s/verdict%s?event=%d", at, f.suffix, d.one.Event)})
	}
	for i := range d.all {
		one := &d.all[i]
		tag, _ := v.finding(one.Verdict)
		view.Versions = append(view.Versions, VersionRow{Text: v.T("verdict.event", "n", one.Event, "did", v.Did("application", one.Action.String())),
			URL: fmt.Sprintf("%s/verdict?event=%d", at, one.Event), At: v.Moment(one.At), Tag: tag, Current: one.Event == d.one.Event})
	}
	return v.show(view, nil)
}

// verdictDocument answers GET /applications/{id}/verdict.json and .pdf.
func (s *Server) verdictDocument(f verdictFile) func(*visit) error {
	return func(v *visit) error {
		d, err := v.docket()
		if err != nil {
			return err
		}
		body, err := f.write(v, d)
		if err != nil {
			return err
		}
		return v.attach(fmt.Sprintf("%s-verdict-%d%s", d.number, d.one.Event, f.suffix), f.media, body)
	}
}

// verdictPaper sets out a stored verdict of a case.
func (v *visit) verdictPaper(d *docket) *letter.Paper {
	p := v.paperOf(d.one.Verdict)
	p.Title, p.Lead, p.Made = v.T("verdict.title"), v.T("verdict.lead", "number", d.number, "title", d.title), d.one.At
	p.Foot = v.T("verdict.foot", "number", d.number, "n", d.one.Event, "moment", v.Moment(d.one.At).Text)
	return p
}

// paperOf sets out a verdict: what was asked, what the rules came to, the sum with
// every number and its source, the group, and the rates.
func (v *visit) paperOf(verdict workflow.Verdict) *letter.Paper {
	p := &letter.Paper{Language: v.Language.Tag}
	p.Sections = append(p.Sections, v.rulesOf(verdict), v.sumOf(verdict))
	for _, more := range []letter.Section{v.groupOf(verdict), v.takenOff(verdict), v.ratesOf(verdict)} {
		if more.Table != nil {
			p.Sections = append(p.Sections, more)
		}
	}
	return p
}

// rulesOf lists each rule with what it came to.
func (v *visit) rulesOf(verdict workflow.Verdict) letter.Section {
	_, finding := v.finding(verdict)
	var why []string
	for _, reason := range verdict.Reasons {
		if reason == workflow.ReasonRules {
			continue // each of them has a row
		}
		why = append(why, v.Reason(reason, workflow.Words{"sum": verdict.Sum, "cap": verdict.Cap}))
	}
	if len(why) == 0 {
		why = []string{finding}
	}
	t := &letter.Table{Columns: []letter.Column{{Name: v.T("verdict.rule"), Wide: 3}, {Name: v.T("verdict.outcome"), Wide: 2}, {Name: v.T("verdict.why"), Wide: 5}}}
	t.Rows = append(t.Rows, []string{v.T("revenue.title") + " (" + verdict.Rule + ")", v.revenueTag(verdict).Word, strings.Join(why, "\n")})
	for _, one := range verdict.Findings {
		t.Rows = append(t.Rows, []string{string(one.Rule), v.ChoiceName("outcome", one.Outcome.String()), cmp.Or(v.label(one.Label, func() string { return "" }), one.Error)})
	}
	s := letter.Section{Title: v.T("verdict.rules"), Table: t, Facts: []letter.Fact{
		{Name: v.FieldName("basis"), Value: v.ChoiceName("basis", verdict.Basis.String())},
		{Name: v.T("verdict.submitted_on"), Value: v.Date(verdict.SubmittedOn).Text}, {Name: v.T("verdict.as_of"), Value: v.Date(verdict.AsOf).Text},
	}}
	if len(verdict.Withheld) > 0 {
		s.Text = []string{v.T("verdict.withheld")}
	}
	return s
}

// revenueTag is what the revenue rule alone came to.
func (v *visit) revenueTag(verdict workflow.Verdict) Tag {
	alone := verdict
	alone.Reasons = slices.DeleteFunc(slices.Clone(verdict.Reasons), func(r workflow.Reason) bool { return r == workflow.ReasonRules })
	switch {
	case verdict.AtOrOver():
		alone.Outcome = workflow.Fail
	case len(alone.Reasons) > 0:
		alone.Outcome = workflow.Refer
	default:
		alone.Outcome = workflow.Pass
	}
	tag, _ := v.finding(alone)
	return tag
}

// sumOf lists every number of the sum.
func (v *visit) sumOf(verdict workflow.Verdict) letter.Section {
	t := &letter.Table{Columns: []letter.Column{
		{Name: v.Noun("organization"), Wide: 3}, {Name: v.T("statement.period"), Wide: 2.2}, {Name: v.T("revenue.source"), Wide: 2.4},
		{Name: v.T("verdict.stated"), Wide: 2, Right: true}, {Name: v.T("verdict.taken_off"), Wide: 1.7, Right: true}, {Name: v.T("verdict.counted"), Wide: 2, Right: true}}}
	for _, l := range verdict.Lines {
		t.Rows = append(t.Rows, v.verdictRow(verdict, l))
	}
	s := letter.Section{Title: v.T("verdict.sum"), Table: t}
	if len(verdict.Withheld) == 0 || verdict.AtOrOver() {
		if verdict.Years > 1 {
			s.Facts = append(s.Facts, letter.Fact{Name: v.N("verdict.total", verdict.Years), Value: verdict.Total.Dollars()})
		}
		s.Facts = append(s.Facts, letter.Fact{Name: v.T("revenue.sum"), Value: verdict.Sum.Dollars()})
	}
	s.Facts = append(s.Facts, letter.Fact{Name: v.T("verdict.cap"), Value: verdict.Cap.Dollars()})
	return s
}

// verdictRow writes one line of the sum.
func (v *visit) verdictRow(verdict workflow.Verdict, l workflow.VerdictLine) []string {
	who := cmp.Or(l.Name, l.Entity.String()) + "\n" + v.relation(verdict, l)
	if slices.Contains(verdict.Withheld, l.Entity) {
		state := v.T("verdict.there")
		if lacks(l) {
			state = v.T("revenue.missing")
		}
		return []string{who, v.yearOf(l), state, "", "", ""}
	}
	switch {
	case l.Weighed > 0:
		return []string{who, "", v.T("verdict.weighed", "days", l.Weighed), "", "", l.Counted.Dollars()}
	case l.Statement == 0:
		return []string{who, "", v.Reason(l.Reason, nil), "", "", ""}
	}
	source := []string{v.ChoiceName("source", l.Source), v.T("verdict.statement", "id", l.Statement, "version", l.Version)}
	if l.Document != "" {
		source = append(source, "sha256 "+l.Document)
	}
	if l.Reason != "" {
		source = append(source, v.Reason(l.Reason, nil))
	}
	off := ""
	if l.Eliminated > 0 {
		off = moneyIn(workflow.Amount(l.Eliminated), l.Currency)
	}
	counted := l.Counted.Dollars()
	for _, r := range verdict.Rates {
		if r.ID == l.Rate {
			counted += "\n" + v.T("verdict.at_rate", "rate", r.PerUnit.String())
		}
	}
	return []string{who, v.yearOf(l), strings.Join(source, "\n"), moneyIn(workflow.Amount(l.Amount), l.Currency), off, counted}
}

// lacks reports whether l stands for a statement that is missing. A line without a
// statement that has no reason is what is added by the week; how many days it rests on
// may be withheld.
func lacks(l workflow.VerdictLine) bool { return l.Statement == 0 && l.Reason != "" }

func (v *visit) yearOf(l workflow.VerdictLine) string {
	if l.Statement == 0 {
		return ""
	}
	span := v.span(l.Start, l.End)
	if l.FiscalYear == 0 {
		return span
	}
	return v.T("revenue.fiscal", "year", l.FiscalYear) + "\n" + span
}

// groupOf lists the links that join the group.
func (v *visit) groupOf(verdict workflow.Verdict) letter.Section {
	s := letter.Section{Title: v.T("verdict.group"), Text: []string{v.T("verdict.group_text")}}
	names := namesIn(verdict)
	for _, l := range verdict.Links {
		if s.Table == nil {
			s.Table = &letter.Table{Columns: []letter.Column{{Name: v.T("verdict.owner"), Wide: 3}, {Name: v.T("verdict.owned"), Wide: 3},
				{Name: v.T("verdict.share"), Wide: 1, Right: true}, {Name: v.T("verdict.control"), Wide: 1}, {Name: v.T("organization.since"), Wide: 2}}}
		}
		control := v.T("form.no")
		if l.Control {
			control = v.T("form.yes")
		}
		since := v.Date(l.Since).Text
		if l.Until != 0 {
			since = v.span(l.Since, l.Until)
		}
		s.Table.Rows = append(s.Table.Rows, []string{names[l.Owner], names[l.Owned], v.T("format.percent", "n", percentText(l.Share)), control, since})
	}
	return s
}

// namesIn returns what the members of a verdict are called.
func namesIn(verdict workflow.Verdict) map[workflow.ID]string {
	names := map[workflow.ID]string{}
	for _, l := range verdict.Lines {
		names[l.Entity] = cmp.Or(l.Name, l.Entity.String())
	}
	return names
}

// takenOff lists what members of the group paid each other.
func (v *visit) takenOff(verdict workflow.Verdict) letter.Section {
	s := letter.Section{Title: v.T("statement.eliminations")}
	names := namesIn(verdict)
	for _, p := range verdict.Eliminations {
		if s.Table == nil {
			s.Table = &letter.Table{Columns: []letter.Column{{Name: v.T("verdict.seller"), Wide: 3}, {Name: v.FieldName("counterparty"), Wide: 3},
				{Name: v.T("revenue.source"), Wide: 3}, {Name: v.T("verdict.taken_off"), Wide: 2, Right: true}}}
		}
		at := slices.IndexFunc(verdict.Lines, func(l workflow.VerdictLine) bool { return l.Statement == p.Statement })
		l := verdict.Lines[at] // what is taken off is taken off a line
		s.Table.Rows = append(s.Table.Rows, []string{names[l.Entity], names[p.With], "sha256 " + p.Document, moneyIn(workflow.Amount(p.Amount), l.Currency)})
	}
	return s
}

// ratesOf lists the exchange rates that were used.
func (v *visit) ratesOf(verdict workflow.Verdict) letter.Section {
	s := letter.Section{Title: v.T("rates.title"), Text: []string{v.T("verdict.rates_text")}}
	for _, r := range verdict.Rates {
		if s.Table == nil {
			s.Table = &letter.Table{Columns: []letter.Column{{Name: v.FieldName("currency"), Wide: 1}, {Name: v.T("statement.period"), Wide: 3},
				{Name: v.FieldName("publisher"), Wide: 4}, {Name: v.FieldName("usd_per_unit"), Wide: 2, Right: true}}}
		}
		s.Table.Rows = append(s.Table.Rows, []string{r.Currency, v.span(r.Start, r.End), r.Publisher, r.PerUnit.String()})
	}
	return s
}
