package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"tranche/models"
	"tranche/workflow"
)

// front is the page for everybody.
func (s *Server) front(v *visit) error {
	calls, next, err := s.openCalls(v)
	if err != nil {
		return err
	}
	public, err := s.Reader.Public(v.ctx())
	if err != nil {
		return err
	}
	view := HomeView{Shell: v.titled(v.T("home.title")), Calls: calls, Next: v.Day(next), Figures: []Fact{
		{Name: v.T("home.money_left"), Value: public.Available.Dollars(), Number: true},
		{Name: v.T("home.awards"), Value: strconv.Itoa(public.Awards), Number: true},
		{Name: v.T("home.paid"), Value: public.Disbursed.Dollars(), Number: true},
	}}
	if len(calls) > 0 {
		view.StartURL = calls[0].URL + "#start"
	}
	return v.show(view, nil)
}

// start leads to where the reader's work is: the first entry of their menu.
func (s *Server) start(v *visit) error {
	at := "/"
	if len(v.Nav) > 0 {
		at = v.Nav[0].URL
	}
	return v.Redirect(http.StatusSeeOther, at)
}

// openCalls returns the opportunities that take applications now, and when the
// next one opens: the zero time when that is not known.
func (s *Server) openCalls(v *visit) (calls []Call, next time.Time, err error) {
	list, err := records[workflow.Opportunity](v, workflow.NounOpportunity, models.Filter{
		States: []workflow.State{workflow.Open, workflow.Forecasted}, Limit: models.MaxLimit})
	now := s.Now()
	for i := range list {
		o := &list[i]
		switch {
		case o.State == workflow.Open && o.TakesAt(now):
			call, err := s.call(v, o)
			if err != nil {
				return nil, next, err
			}
			calls = append(calls, call)
		case o.Opens.After(now) && (next.IsZero() || o.Opens.Before(next)):
			next = o.Opens
		}
	}
	return calls, next, err
}

// call shows an opportunity on a card.
func (s *Server) call(v *visit, o *workflow.Opportunity) (Call, error) {
	money, err := s.Reader.FundBalances(v.ctx(), o.Fund)
	shell := v.Shell
	shell.Zone = zoneOf(o)
	return Call{
		Name: o.Title, URL: pathOf(workflow.NounOpportunity, o.ID), Number: o.Number, Tag: v.Mark("opportunity", o.State.String()),
		Summary: o.Summary, Opens: shell.Moment(o.Opens), Closes: shell.Moment(o.Closes), Due: shell.Due(s.Now(), o.Closes),
		Cap: o.Cap(), Left: money[workflow.Available],
	}, err
}

// zoneOf returns the zone that the dates of an opportunity are shown in; the
// lifecycle lets in known zones only.
func zoneOf(o *workflow.Opportunity) *time.Location {
	zone, err := time.LoadLocation(o.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// signInTo returns the address that leads through the sign-in to at.
func signInTo(at string) string { return "/sign-in?next=" + url.QueryEscape(at) }
