package models

import (
	"time"

	"tranche/workflow"
)

// findings are the rows of workflow.AwardFinding.
var findings = newTable(workflow.NounFinding, "findings",
	func(r *workflow.AwardFinding) *workflow.Record { return &r.Record },
	func(r *workflow.AwardFinding) []column {
		return []column{
			{"number", &r.Number}, {"award_id", &r.Award}, {"application_id", &r.Application}, {"organization_id", &r.Organization},
			{"program_id", &r.Program}, {"raised_in", &r.RaisedIn}, {"title", &r.Title}, {"text", &r.Text}, {"questioned", &r.Questioned},
			{"due", &r.Due}, {"reply", &r.Reply}, {"raised_by", &r.RaisedBy}, {"decided_by", &r.DecidedBy},
			{"disallowed", &r.Disallowed}, {"note", &r.Note},
		}
	})

// openFinding are the states of a finding that something is still to be done about.
const openFinding = "('open', 'answered', 'sustained')"

func findingFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.FindingFacts)
	err := steps(
		func() error { return existing(t, findings, c, &f.AwardFinding) },
		func() error { return t.lockIf(f.AwardFinding.ID == 0, "awards", c.Parent) }, // it must not close meanwhile
		func() (err error) { f.Award, err = awards.one(t, parentOr(c, f.AwardFinding.Award)); return },
		func() (err error) { f.Standing, err = t.standing(awardPlaces(&f.Award)...); return },
		func() (err error) { f.Balances, err = t.balances(balanceOf{f.Award.Fund, f.Award.Application}); return },
	)
	if err != nil {
		return nil, err
	}
	return mount(findings, f, &f.AwardFinding, awardScope(&f.Award)), nil
}
