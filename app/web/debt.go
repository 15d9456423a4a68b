package web

import (
	"tranche/models"
	"tranche/workflow"
)

// debts answers GET /debts.
func (s *Server) debts(v *visit) error {
	t := v.readTable(workflow.NounDebt, "/debts", "award", "organization")
	l, err := models.List[workflow.Debt](v.ctx(), s.Reader, v.viewer, workflow.NounDebt, t.filter, t.search)
	if err != nil {
		return err
	}
	return v.show(DebtsView{Shell: v.titled(v.T("debts.title")), List: v.list(t, "debts", len(l.Rows), l.Count, l.Sum, l.ByState, l.Next),
		Rows: v.debtRows(l.Rows)}, nil)
}

func (v *visit) debtRows(debts []workflow.Debt) (out []OwedRow) {
	for i := range debts {
		d := &debts[i]
		out = append(out, OwedRow{Number: d.Number, URL: pathOf(workflow.NounDebt, d.ID), What: v.ChoiceName("kind", d.Kind), Tag: v.Mark("debt", d.State.String()),
			Due: v.DueDay(v.server.Now(), d.Due), Amount: d.Outstanding})
	}
	return out
}

// afterPayment fills what came after an award was paid: its findings and its debts.
func (v *visit) afterPayment(view *AwardView, a *workflow.Award) error {
	of := models.Filter{Where: map[string]workflow.ID{"award_id": a.ID}, Limit: models.MaxLimit}
	findings, err := records[workflow.AwardFinding](v, workflow.NounFinding, of)
	if err != nil {
		return err
	}
	for i := range findings {
		f := &findings[i]
		view.Findings = append(view.Findings, OwedRow{Number: f.Number, URL: pathOf(workflow.NounFinding, f.ID), What: f.Title, Tag: v.Mark("finding", f.State.String()),
			Due: v.DueDay(v.server.Now(), f.Due), Amount: f.Questioned})
	}
	debts, err := records[workflow.Debt](v, workflow.NounDebt, of)
	view.Debts = v.debtRows(debts)
	if err != nil || a.State != workflow.Closing {
		return err
	}
	view.Closeout, err = v.closeout(a)
	return err
}

// closeout says what it still takes to close an award, and by when.
func (v *visit) closeout(a *workflow.Award) ([]Check, error) {
	open, err := v.server.Reader.Unclosed(v.ctx(), v.viewer, a.ID)
	if err != nil {
		return nil, err
	}
	var out []Check
	for _, one := range []struct {
		words string
		n     int
	}{
		{"award.closeout_reports", open.Reports}, {"award.closeout_claims", open.Claims}, {"award.closeout_payments", open.Payments},
		{"award.closeout_findings", open.Findings}, {"award.closeout_debts", open.Debts},
	} {
		if one.n == 0 {
			out = append(out, Check{Tone: "ok", Text: v.T(one.words)})
		} else {
			out = append(out, Check{Tone: "open", Text: v.T(one.words+"_not", "n", one.n)})
		}
	}
	words, tone := "award.closeout_clock", "open"
	if a.CloseoutDue().Before(workflow.DateOf(v.server.Now())) {
		words, tone = words+"_not", "bad"
	}
	return append(out, Check{Tone: tone, Text: v.T(words, "day", v.Date(a.CloseoutDue()).Text)}), nil
}

// knownOf is what the page of a record knows about its forms.
func (v *visit) knownOf(row models.Row) (offers, error) {
	if row.Noun != workflow.NounDebt {
		return nil, nil
	}
	ready, err := records[workflow.Payment](v, workflow.NounPayment, models.Filter{Where: map[string]workflow.ID{"organization_id": idIn(row, "organization_id")},
		States: []workflow.State{workflow.Ready}, Limit: models.MaxLimit})
	payments := make([]Option, len(ready))
	for i := range ready {
		payments[i] = Option{Value: ready[i].ID.String(), Text: ready[i].Number + " · " + ready[i].Amount.Dollars()}
	}
	return offers{
		workflow.ActDemand:   {note: v.T("debt.demand_note", "days", workflow.DemandDays)},
		workflow.ActOffset:   {note: v.T("debt.offset_note"), options: map[string][]Option{"payment": payments}},
		workflow.ActWriteOff: {note: v.T("debt.write_off_note")},
	}, err
}
