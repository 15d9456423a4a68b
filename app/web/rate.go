package web

import (
	"tranche/models"
	"tranche/workflow"
)

// rates answers GET /rates.
func (s *Server) rates(v *visit) error { return s.ratesPage(v, 0, nil) }

// ratesPage lists the exchange rates, with the form that adds one for an
// administrator.
func (s *Server) ratesPage(v *visit, _ workflow.ID, again *attempt) error {
	t := v.readTable(workflow.NounRate, "/rates")
	l, err := models.List[workflow.Rate](v.ctx(), s.Reader, v.viewer, workflow.NounRate, t.filter, t.search)
	if err != nil {
		return err
	}
	view := RatesView{Shell: v.titled(v.T("rates.title")), List: v.list(t, "rates", len(l.Rows), l.Count, 0, l.ByState, l.Next)}
	for i := range l.Rows {
		r := &l.Rows[i]
		view.Rows = append(view.Rows, RateRow{Currency: r.Currency, URL: pathOf(workflow.NounRate, r.ID), Period: v.span(r.PeriodStart, r.PeriodEnd),
			PerUnit: r.USDPerUnit.String(), Publisher: r.Publisher, Tag: v.Mark("rate", r.State.String())})
	}
	if v.is(workflow.Admin) {
		view.Actions.make(v, workflow.NounRate, 0, again, offer{note: v.T("rates.add_note")})
	}
	view.Notices = append(view.Notices, v.notices(again, view.Actions)...)
	return v.show(view, again)
}
