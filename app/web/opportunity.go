package web

import (
	"slices"
	"strconv"

	"tranche/models"
	"tranche/workflow"
)

// opportunities lists all calls that the reader may know of.
func (s *Server) opportunities(v *visit) error {
	filter := models.Filter{Limit: models.MaxLimit}
	if before, ok := workflow.ParseID(v.QueryParam("after")); ok {
		filter.Before = before
	}
	list, err := records[workflow.Opportunity](v, workflow.NounOpportunity, filter)
	if err != nil {
		return err
	}
	view := OpportunitiesView{Shell: v.titled(v.T("opportunities.title")), List: List{
		Lead: v.T("opportunities.lead"), Count: v.N("opportunities.count", len(list)), Pager: Pager{Shown: v.N("list.shown", len(list))},
		Empty: Empty{Icon: "event", Title: v.T("opportunities.none"), Text: v.T("opportunities.none_text")},
	}}
	for i := range list {
		call, err := s.call(v, &list[i])
		if err != nil {
			return err
		}
		view.Rows = append(view.Rows, call)
	}
	if len(list) == models.MaxLimit {
		view.Pager.FirstURL, view.Pager.NextURL = "/opportunities", "/opportunities?after="+list[len(list)-1].ID.String()
	}
	return v.show(view, nil)
}

// opportunityPage is one call, for everybody; nobody has to be signed in.
func (s *Server) opportunityPage(v *visit, id workflow.ID, again *attempt) error {
	row, err := v.row(workflow.NounOpportunity, id)
	if err != nil {
		return err
	}
	o, err := record[workflow.Opportunity](v, workflow.NounOpportunity, id)
	if err != nil {
		return err
	}
	v.Zone = zoneOf(o)
	view := OpportunityView{
		Shell:   v.titled(o.Title, Link{v.T("nav.opportunities"), "/opportunities"}, Link{Text: o.Number}),
		Record:  Record{Number: o.Number, Tag: v.Mark("opportunity", o.State.String()), Facts: s.opportunityFacts(v, o)},
		Summary: o.Summary, Terms: opportunityTerms(v, o), Rules: opportunityRules(v, o),
	}
	terms, err := v.terms(o.Terms)
	if err != nil {
		return err
	}
	for i := range terms.Rubric {
		c := &terms.Rubric[i]
		view.Criteria = append(view.Criteria, Criterion{Name: v.criterionName(c), Weight: c.Weight, Note: v.anchors(c)})
	}
	for _, one := range terms.Documents {
		view.Documents = append(view.Documents, one.Label.In(v.Language.Tag))
	}
	if v.viewer != nil {
		if view.Actions, err = v.actions(row, again, nil); err != nil {
			return err
		}
	}
	if err := s.startForm(v, &view, o, again); err != nil {
		return err
	}
	if v.staff() {
		if view.Panels, err = v.panelsOf(&view.Actions, row, o, again); err != nil {
			return err
		}
		if view.Money, err = s.fundMoney(v, o.Fund); err != nil {
			return err
		}
	}
	if view.Start == nil || again == nil || again.noun != workflow.NounApplication {
		view.Notices = v.notices(again, view.Actions)
	}
	return v.show(view, again)
}

func (s *Server) opportunityFacts(v *visit, o *workflow.Opportunity) []Fact {
	due := v.Due(s.Now(), o.Closes)
	return []Fact{
		{Name: v.T("call.closes"), Due: &due, Note: due.At.Text},
		{Name: v.T("call.cap"), Value: o.Cap().Dollars(), Number: true},
	}
}

func opportunityTerms(v *visit, o *workflow.Opportunity) []Answer {
	out := []Answer{{Name: v.FieldName("number"), Value: o.Number, Number: true}, {Name: v.T("call.opens"), Value: v.Moment(o.Opens).Text}}
	if !o.Closes.IsZero() {
		out = append(out, Answer{Name: v.T("call.closes"), Value: v.Moment(o.Closes).Text})
	}
	return append(out,
		Answer{Name: v.T("call.cap"), Value: o.Cap().Dollars(), Number: true},
		Answer{Name: v.FieldName("basis"), Value: v.ChoiceName("basis", o.Basis.String())},
		Answer{Name: v.FieldName("reviews_needed"), Value: strconv.FormatInt(o.ReviewsNeeded, 10)},
		Answer{Name: v.FieldName("offer_days"), Value: strconv.FormatInt(o.OfferDays, 10)},
		Answer{Name: v.FieldName("appeal_days"), Value: strconv.FormatInt(o.AppealDays, 10)})
}

func opportunityRules(v *visit, o *workflow.Opportunity) []string {
	out := []string{v.T("home.rule")}
	if o.RevenueCap < workflow.RevenueCap {
		out = append(out, v.T("revenue.cap", "cap", o.RevenueCap.Dollars()))
	}
	if o.Rolling {
		out = append(out, v.T("opportunity.rolling"))
	}
	return append(out, v.T("opportunity.one_application"))
}

// startForm adds the form that starts an application, or why there is none.
func (s *Server) startForm(v *visit, view *OpportunityView, o *workflow.Opportunity, again *attempt) error {
	at := pathOf(workflow.NounOpportunity, o.ID)
	switch {
	case o.State != workflow.Open || !o.TakesAt(s.Now()):
		view.Why = v.T("opportunity.start_closed")
		return nil
	case v.viewer == nil:
		view.Why = v.T("opportunity.start_sign_in")
		view.Buttons = []Button{{Text: v.T("sign_in.submit"), URL: signInTo(at), Main: true}}
		return nil
	case len(v.organizations()) == 0:
		view.Why = v.T("opportunity.start_role")
		return nil
	}
	options, err := s.organizationOptions(v)
	if err != nil {
		return err
	}
	form := v.maker(workflow.NounApplication, o.ID, again, offer{options: map[string][]Option{"organization": options}})
	form.Submit = v.T("opportunity.start_submit")
	form.Fields = slices.DeleteFunc(form.Fields, func(f Field) bool { return f.Name != "organization" })
	view.Start = &form
	return nil
}

// organizationOptions are the reader's organizations, to choose one from.
func (s *Server) organizationOptions(v *visit) ([]Option, error) {
	names, err := s.Reader.OrganizationNames(v.ctx(), v.viewer, v.organizations()...)
	var out []Option
	for _, id := range v.organizations() {
		out = append(out, Option{Value: id.String(), Text: names[id]})
	}
	return out, err
}

// fundMoney is what stands in each account of a fund, for the staff.
func (s *Server) fundMoney(v *visit, fund workflow.ID) ([]Account, error) {
	balances, err := s.Reader.FundBalances(v.ctx(), fund)
	whole := -balances[workflow.Authority]
	var out []Account
	for a := workflow.Available; a < workflow.Accounts; a++ {
		out = append(out, Account{Name: v.T("money." + a.String()), Amount: balances[a], Percent: Percent(balances[a], whole)})
	}
	return out, err
}
