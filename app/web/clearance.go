package web

import (
	"slices"
	"strings"

	"tranche/models"
	"tranche/workflow"
)

// clearances is the card with what the case has to be cleared of, and the forms by
// which whose duty it is does so; nil where nothing is required.
func (v *visit) clearances(d *dossier, again *attempt) (*ClearanceCard, error) {
	if len(d.Terms.Clearances) == 0 && len(d.Clearances) == 0 {
		return nil, nil
	}
	held := make([]workflow.Clearance, len(d.Clearances))
	for i := range held {
		held[i] = d.Clearances[i].Clearance
	}
	missing := d.Terms.Missing(held, v.server.Now())
	card := &ClearanceCard{Rows: []ClearanceRow{v.eligibility(&d.Application)}}
	if !eligible(&d.Application) {
		missing = slices.Insert(missing, 0, workflow.ClearEligibility)
	}
	switch _, over := stageOf(&d.Application); {
	case over:
		card.Done, card.Finding = true, v.T("clearances.over")
	case len(missing) == 0:
		card.Done, card.Finding = true, v.T("clearances.none_missing")
	default:
		card.Finding = v.T("clearances.missing", "kinds", v.kinds(missing))
	}
	stored, _, err := v.server.Reader.Rows(v.ctx(), v.viewer, workflow.NounClearance, models.Filter{
		Where: map[string]workflow.ID{"application_id": d.Application.ID}, Limit: models.MaxLimit})
	if err != nil {
		return nil, err
	}
	acts, err := v.inRows(stored, again, nil)
	for i := range acts {
		if err == nil {
			err = v.exceptionOffers(&acts[i], stored[i], again)
		}
	}
	for i := range d.Clearances {
		row := v.clearanceRow(d, &d.Clearances[i])
		if at := slices.IndexFunc(stored, func(r models.Row) bool { return r.Record.ID == d.Clearances[i].ID }); at >= 0 {
			row.Acts = acts[at]
		}
		card.Rows = append(card.Rows, row)
	}
	return card, err
}

// acts are those of all rows; nil has none.
func (c *ClearanceCard) acts() (out []Action) {
	if c == nil {
		return nil
	}
	for _, row := range c.Rows {
		out = append(out, row.Acts.Offer...)
	}
	return out
}

// eligible reports whether a verdict that passes, an officer or an appeal has found
// the case eligible. Each step on the way runs the verdict anew.
func eligible(a *workflow.Application) bool {
	at, _ := stageOf(a)
	return at >= stageReview || a.VerdictOutcome == workflow.Pass.String()
}

// eligibility is the first line, which no record stands for.
func (v *visit) eligibility(a *workflow.Application) ClearanceRow {
	state := workflow.Required
	switch {
	case a.State == workflow.Ineligible:
		state = workflow.Refused
	case eligible(a):
		state = workflow.Cleared
	}
	return ClearanceRow{Name: v.ChoiceName("kind", workflow.ClearEligibility), Tag: v.Mark("clearance", state.String()), Duty: v.T("clearances.by_verdict")}
}

func (v *visit) kinds(list workflow.Kinds) string {
	names := make([]string, len(list))
	for i, kind := range list {
		names[i] = v.ChoiceName("kind", kind)
	}
	return strings.Join(names, v.T("format.comma"))
}

func (v *visit) clearanceRow(d *dossier, c *models.ClearanceOf) ClearanceRow {
	state := c.StateAt(v.server.Now())
	row := ClearanceRow{Name: v.ChoiceName("kind", c.Kind), Tag: v.Mark("clearance", state.String()), Note: c.Note,
		Duty: v.T("clearances.duty", "role", v.Role(workflow.ClearanceRole(c.Kind).String()))}
	if c.By != "" {
		row.By, row.At = PersonNamed(c.By, ""), v.Moment(c.DecidedAt)
	}
	_, required := d.Terms.Clearance(c.Kind)
	switch {
	case !required:
		row.Until = v.T("clearances.unrequired")
	case !c.Ends.IsZero() && state == workflow.Cleared:
		row.Until = v.T("clearances.until", "until", v.Moment(c.Ends).Text)
	case state == workflow.Cleared || state == workflow.Waived:
		row.Until = v.T("clearances.no_end")
	}
	return row
}
