package web

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"tranche/app/input"
	"tranche/app/letter"
	"tranche/app/problem"
	"tranche/models"
	"tranche/workflow"
)

// EligibilityView is the check that everybody can make: no account, and nothing is
// stored.
type EligibilityView struct {
	Shell
	Setup  Filters // for which call, and how many affiliates
	Form   Form
	Groups []FieldGroup
	Result *letter.Paper // nil: nothing was asked yet
	Tag    Tag
	Say    string
	Start  Link
}

// Page implements View.
func (EligibilityView) Page() string { return "eligibility" }

// Problems lists what is wrong with the form that came back.
func (v EligibilityView) Problems() (all []Problem) {
	for _, g := range v.Groups {
		all = append(all, problemsOf(v.Form.Name, g.Fields)...)
	}
	return all
}

// mostAffiliates is how many affiliates the public check takes.
const mostAffiliates = 20

// A preview is a question to the eligibility rules that belongs to no record: who
// asks, in which words, and what they typed.
type preview struct {
	opportunity *workflow.Opportunity // nil: the statute alone
	affiliates  int
	today       workflow.Date
	years       int
	groups      [][]previewField // the fields of each company
}

// A previewField is a field under the name that it has for one company, and for one year
// of its revenue.
type previewField struct {
	workflow.Field
	base workflow.Field
	year int // counted back from the newest; −1: it is no revenue
}

// fields are those of all companies, in the order of the form.
func (p *preview) fields() (out []workflow.Field) {
	for _, g := range p.groups {
		for _, f := range g {
			out = append(out, f.Field)
		}
	}
	return out
}

// previewOf reads the address: which call, and how many affiliates. What it does
// not know it leaves out.
func (s *Server) previewOf(v *visit) (*preview, []workflow.Opportunity, error) {
	open, err := records[workflow.Opportunity](v, workflow.NounOpportunity, models.Filter{States: []workflow.State{workflow.Open}, Limit: models.MaxLimit})
	if err != nil {
		return nil, nil, err
	}
	p := &preview{today: workflow.DateOf(s.Now())}
	for i := range open {
		if chosen := v.QueryParam("opportunity"); chosen == open[i].ID.String() || chosen == "" && i == 0 {
			p.opportunity = &open[i]
		}
	}
	if n, err := strconv.Atoi(v.QueryParam("affiliates")); err == nil && n >= 0 {
		p.affiliates = min(n, mostAffiliates)
	}
	p.years = p.basis().Years()
	p.ask()
	return p, open, nil
}

func (p *preview) basis() workflow.Basis {
	if p.opportunity == nil || p.opportunity.Basis.Years() == 0 {
		return workflow.LastCompleted
	}
	return p.opportunity.Basis
}

// The fields of a preview beside those of each company.
var (
	previewName    = workflow.Field{Name: "legal_name", Kind: workflow.Line, Max: 200, Optional: true}
	previewFounded = workflow.Field{Name: "founded", Kind: workflow.Day, Optional: true}
	previewEnd     = workflow.Field{Name: "period_end", Kind: workflow.Day}
	previewShare   = workflow.Field{Name: "share", Kind: workflow.Count, Min: 0, Max: 100}
	previewControl = workflow.Field{Name: "control", Kind: workflow.Check, Optional: true}
	previewRevenue = workflow.Field{Name: "revenue", Kind: workflow.Money, Optional: true}
)

// of returns f as it is called for a company, and for a year of its revenue.
func of(f workflow.Field, numbers ...int) workflow.Field {
	for _, n := range numbers {
		f.Name += "_" + strconv.Itoa(n)
	}
	return f
}

// ask lists the fields: the company that asks first, then each affiliate.
func (p *preview) ask() {
	for company := range p.affiliates + 1 {
		var group []previewField
		if company == 0 {
			for _, f := range []workflow.Field{previewName, previewFounded, previewEnd} {
				group = append(group, previewField{f, f, -1})
			}
		} else {
			for _, f := range []workflow.Field{previewName, previewShare, previewControl} {
				group = append(group, previewField{of(f, company), f, -1})
			}
		}
		for year := range p.years {
			group = append(group, previewField{of(previewRevenue, company, year), previewRevenue, year})
		}
		p.groups = append(p.groups, group)
	}
}

// question puts what was typed before the revenue rule. The company is 1, its
// affiliates follow; what was left empty is missing, and not zero.
func (p *preview) question(in []workflow.Input, say func(id string, values ...any) string) workflow.RevenueQuestion {
	c := workflow.Command{Inputs: in}
	q := workflow.RevenueQuestion{Organization: 1, Basis: p.basis(), SubmittedOn: p.today, AsOf: p.today}
	if p.opportunity != nil {
		q.Cap = p.opportunity.RevenueCap
	}
	for company := range p.affiliates + 1 {
		id := workflow.ID(company + 1)
		entity := workflow.Entity{ID: id}
		if company == 0 {
			entity.Name, entity.Founded = cmp.Or(c.Text(previewName), say("eligibility.company")), c.Date(previewFounded)
		} else {
			entity.Name = cmp.Or(c.Text(of(previewName, company)), say("eligibility.affiliate", "n", company))
			q.Links = append(q.Links, workflow.Link{Owner: 1, Owned: id, Share: int(c.Int(of(previewShare, company))) * 100, Control: c.Checked(of(previewControl, company))})
		}
		q.Entities = append(q.Entities, entity)
		for year := range p.years {
			revenue := of(previewRevenue, company, year)
			if !c.Has(revenue) {
				continue
			}
			start, end := yearBack(c.Date(previewEnd), year)
			q.Statements = append(q.Statements, workflow.Statement{ID: id*100 + workflow.ID(year), Entity: id, FiscalYear: end.Time().Year(),
				Start: start, End: end, Amount: c.Cents(revenue), Source: "self_certified"})
		}
	}
	return q
}

// yearBack returns the year that ended n years before end.
func yearBack(end workflow.Date, n int) (first, last workflow.Date) {
	back := func(n int) workflow.Date {
		t := end.AddDays(1).Time()
		return workflow.DateOf(time.Date(t.Year()-n, t.Month(), t.Day(), 0, 0, 0, 0, time.UTC))
	}
	return back(n + 1), back(n).AddDays(-1)
}

// eligibility answers GET /eligibility.
func (s *Server) eligibility(v *visit) error {
	p, open, err := s.previewOf(v)
	if err != nil {
		return err
	}
	end := workflow.DateOf(time.Date(s.Now().Year(), 1, 1, 0, 0, 0, 0, time.UTC)).AddDays(-1)
	view := v.eligibilityView(p, open, url.Values{previewEnd.Name: {end.String()}}, problem.Problem{})
	return Show(v, http.StatusOK, view)
}

// checkEligibility answers POST /eligibility: the same rule as for an application,
// over what was typed.
func (s *Server) checkEligibility(v *visit) error {
	sent, err := readForm(v)
	if err != nil {
		return err
	}
	p, open, err := s.previewOf(v)
	if err != nil {
		return err
	}
	in, err := input.Set{Action: workflow.ActCreate, Fields: p.fields()}.Form(sent.values)
	if err == nil {
		err = p.wrong(in)
	}
	if err != nil {
		told := problem.Of(err, v.audience())
		if told.Status != http.StatusUnprocessableEntity {
			return err
		}
		return Show(v, told.Status, v.eligibilityView(p, open, sent.values, told))
	}
	view := v.eligibilityView(p, open, sent.values, problem.Problem{})
	verdict, err := v.judged(p, p.question(in, v.T))
	if err != nil {
		return err
	}
	view.Result = v.paperOf(verdict)
	view.Tag, view.Say = v.finding(verdict)
	if verdict.Outcome != workflow.Fail {
		view.Start = Link{v.T("home.start"), "/start"}
	}
	return Show(v, http.StatusOK, view)
}

// judged runs the revenue rule and the rules of the opportunity's terms, but for
// those about an application: there is none.
func (v *visit) judged(p *preview, q workflow.RevenueQuestion) (workflow.Verdict, error) {
	verdict := workflow.Revenue(q)
	if p.opportunity == nil || p.opportunity.Terms == "" {
		return verdict, nil
	}
	terms, err := v.terms(p.opportunity.Terms)
	if err != nil {
		return verdict, err
	}
	e := workflow.Evidence{Today: q.AsOf, SubmittedOn: q.SubmittedOn, Opportunity: p.opportunity.Number, Revenue: verdict.Figure()}
	for i, one := range q.Entities {
		figure := workflow.EntityFigure{Name: one.Name, Founded: one.Founded}
		if i == 0 {
			e.Organization = figure
			continue
		}
		figure.Owns, figure.Owned, figure.Control = verdict.Between(one.ID)
		e.Affiliates = append(e.Affiliates, figure)
	}
	findings, err := v.server.Reader.Findings(v.server.Trial.Compiler.BeforeApplying(terms), &e)
	if err != nil {
		return verdict, err
	}
	return verdict.With(p.opportunity.Terms, &e, findings), nil
}

// wrong names a day that no fiscal year of this company can have ended on.
func (p *preview) wrong(in []workflow.Input) error {
	c := workflow.Command{Inputs: in}
	switch {
	case !c.Date(previewEnd).Before(p.today):
		return input.Errors{{Field: previewEnd.Name, Reason: "period_not_over"}}
	case c.Date(previewEnd).Time().Year() < 1990:
		return input.Errors{{Field: previewEnd.Name, Reason: input.ReasonNotDay}}
	case p.today.Before(c.Date(previewFounded)):
		return input.Errors{{Field: previewFounded.Name, Reason: "founded_in_the_future"}}
	}
	return nil
}

func (v *visit) eligibilityView(p *preview, open []workflow.Opportunity, typed url.Values, told problem.Problem) EligibilityView {
	view := EligibilityView{Shell: v.titled(v.T("eligibility.title")), Form: Form{Name: "eligibility", Submit: v.T("eligibility.submit"), URL: "/eligibility?" + p.address().Encode()}}
	view.Failed = len(told.Errors) > 0
	view.Setup = Filters{URL: "/eligibility", Fields: []Field{{Name: "affiliates", Label: v.T("eligibility.affiliates")}}}
	for n := range mostAffiliates + 1 {
		view.Setup.Fields[0].Options = append(view.Setup.Fields[0].Options, Option{Value: strconv.Itoa(n), Text: strconv.Itoa(n), Chosen: n == p.affiliates})
	}
	if len(open) > 0 {
		calls := Field{Name: "opportunity", Label: v.Noun("opportunity")}
		for i := range open {
			calls.Options = append(calls.Options, Option{Value: open[i].ID.String(), Text: open[i].Number + " " + open[i].Title, Chosen: &open[i] == p.opportunity})
		}
		view.Setup.Fields = append([]Field{calls}, view.Setup.Fields...)
	}
	for company, g := range p.groups {
		group := FieldGroup{Title: v.T("eligibility.company")}
		if company > 0 {
			group.Title = v.T("eligibility.affiliate", "n", company)
		}
		for _, f := range g {
			group.Fields = append(group.Fields, v.previewField(f, typed, told))
		}
		view.Groups = append(view.Groups, group)
	}
	return view
}

func (p *preview) address() url.Values {
	q := url.Values{"affiliates": {strconv.Itoa(p.affiliates)}}
	if p.opportunity != nil {
		q.Set("opportunity", p.opportunity.ID.String())
	}
	return q
}

// previewField is one control with what was typed.
func (v *visit) previewField(f previewField, typed url.Values, told problem.Problem) Field {
	in := v.Input(f.base, typed.Get(f.Name))
	in.Name, in.Narrow = f.Name, f.Kind != workflow.Line
	switch {
	case f.base.Name == previewEnd.Name:
		in.Label = v.T("eligibility.year_end")
	case f.base.Name == previewShare.Name:
		in.Label, in.Hint = v.T("eligibility.share"), ""
	case f.year == 0:
		in.Label, in.Hint = v.T("eligibility.revenue"), v.T("eligibility.revenue_hint")
	case f.year > 0:
		in.Label, in.Hint = v.N("eligibility.revenue_before", f.year), ""
	}
	for _, e := range told.Errors {
		if e.Field == f.Name {
			in.Error = e.Message
		}
	}
	return in
}
