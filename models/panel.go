package models

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"tranche/workflow"
)

// panels are the rows of workflow.Panel.
var panels = newTable(workflow.NounPanel, "panels",
	func(r *workflow.Panel) *workflow.Record { return &r.Record },
	func(r *workflow.Panel) []column {
		return []column{{"program_id", &r.Program}, {"opportunity_id", &r.Opportunity}, {"name", &r.Name}, {"chair_id", &r.Chair},
			{"quorum", &r.Quorum}, {"members", &r.Members}, {"note", &r.Note}}
	})

// deliberations are the rows of workflow.Deliberation.
var deliberations = newTable(workflow.NounDeliberation, "deliberations",
	func(r *workflow.Deliberation) *workflow.Record { return &r.Record },
	func(r *workflow.Deliberation) []column {
		return []column{{"program_id", &r.Program}, {"panel_id", &r.Panel}, {"application_id", &r.Application}, {"out", &r.Out}, {"score", &r.Score},
			{"present", &r.Present}, {"minutes", &r.Minutes}, {"confirmed_by", &r.ConfirmedBy}, {"note", &r.Note}}
	})

func panelFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.PanelFacts)
	err := steps(
		func() error { return existing(t, panels, c, &f.Panel) },
		func() (err error) {
			f.Opportunity, err = opportunities.one(t, parentOr(c, f.Panel.Opportunity))
			return
		},
		func() (err error) { f.Standing, err = t.standing(f.Opportunity.ID, f.Opportunity.Program); return },
		func() (err error) {
			switch c.Action {
			case workflow.ActCreate:
				f.Able, err = t.judges(refOr(c, "chair", 0), f.Opportunity.Program)
			case workflow.ActInvite:
				f.Able, err = t.judges(refOr(c, "person", 0), f.Opportunity.Program)
			case workflow.ActStart:
				f.Cases, err = t.ids("SELECT id FROM applications WHERE opportunity_id = ? AND state = 'in_review' ORDER BY id", int64(f.Opportunity.ID))
			case workflow.ActClose:
				f.Open, err = t.count("SELECT COUNT(*) FROM deliberations WHERE panel_id = ? AND state = 'open'", int64(f.Panel.ID))
			}
			return err
		},
	)
	if err != nil {
		return nil, err
	}
	s := Scope{Program: f.Opportunity.Program, Opportunity: f.Opportunity.ID, Internal: true}
	if f.Panel.State != workflow.Draft {
		s.Seats = f.Panel.Seats()
	}
	return mount(panels, f, &f.Panel, s), nil
}

// judges reports whether a person has a role in which cases are judged.
func (t *Tx) judges(person, program workflow.ID) (bool, error) {
	n, err := t.count(`SELECT COUNT(*) FROM grants JOIN people ON people.id = grants.person_id WHERE grants.person_id = ? AND grants.program_id = ?
		AND grants.role IN ('reviewer', 'program_officer', 'program_lead') AND grants.state = 'active' AND people.state = 'active'`, int64(person), int64(program))
	return n > 0, err
}

func deliberationFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.DeliberationFacts)
	err := steps(
		func() error { return existing(t, deliberations, c, &f.Deliberation) },
		func() (err error) { f.Panel, err = panels.one(t, parentOr(c, f.Deliberation.Panel)); return },
		func() (err error) {
			f.Application, err = applications.one(t, refOr(c, "application", f.Deliberation.Application))
			return
		},
		func() (err error) {
			f.Standing, err = t.standing(f.Application.ID, f.Application.Organization, f.Application.Opportunity, f.Application.Program)
			return
		},
		func() (err error) {
			switch c.Action {
			case workflow.ActCreate:
				f.Barred, err = t.ids("SELECT parts.person_id FROM ("+partsIn("?")+") parts ORDER BY parts.person_id", int64(f.Application.ID), int64(f.Application.ID))
				f.Barred = slices.DeleteFunc(f.Barred, func(id workflow.ID) bool { return !slices.Contains(f.Panel.Seats(), id) })
			case workflow.ActRecuse:
				f.Conflict, err = t.conflictOf(c.Actor.Person, f.Application.ID)
			}
			return err
		},
	)
	if err != nil {
		return nil, err
	}
	return mount(deliberations, f, &f.Deliberation, Scope{Program: f.Application.Program, Organization: f.Application.Organization,
		Opportunity: f.Application.Opportunity, Application: f.Application.ID, Internal: true}), nil
}

// seatedCases selects the cases before the open panels in which somebody sits. The question
// mark is their seat.
const seatedCases = `SELECT d.application_id FROM panels p JOIN deliberations d ON d.panel_id = p.id
	WHERE p.state = 'open' AND d.state IN ('open', 'confirmed') AND p.members LIKE ?`

// seat is what Panel.Members has of v.
func (v *Viewer) seat() string { return "%," + v.Person.String() + ",%" }

// A RankedCase is one case before a panel, in the order of what it was found to be worth.
type RankedCase struct {
	Deliberation workflow.Deliberation
	Number       string
	Title        string
	Organization string // "" where v does not see who applies
	State        workflow.State
	Asked        workflow.Cents // recommended; requested while it can be recommended, maybe not for the first time
	Mean         int64          // of the reviews, in hundredths of a point
	Scored       bool           // there is a review
	Sum          workflow.Cents // what it and all before it ask for
	Within       bool           // the money suffices down to here
}

// A Ranking is all cases before a panel that v may know of, the best first.
type Ranking struct {
	Cases  []RankedCase
	Budget workflow.Cents // of the phase: available, and committed to these cases
}

// Ranking ranks the cases before a panel by what was agreed on, then by the mean of their
// reviews. Where the money runs out, the cases below are not within it.
func (r Reader) Ranking(ctx context.Context, v *Viewer, panel workflow.ID) (out Ranking, err error) {
	p, err := Record[workflow.Panel](ctx, r, v, workflow.NounPanel, panel)
	if err != nil {
		return out, err
	}
	sight, args := v.sight(workflow.NounDeliberation)
	query := deliberations.sel[:len(deliberations.sel)-len(" FROM deliberations ")] + `, applications.number, applications.title, organizations.legal_name, applications.blind,
		applications.program_id, applications.organization_id, applications.state, applications.requested, applications.recommended, applications.committed, ` + meanSQL + `
		FROM deliberations JOIN applications ON applications.id = deliberations.application_id JOIN organizations ON organizations.id = applications.organization_id
		WHERE deliberations.panel_id = ? AND deliberations.state <> 'withdrawn' AND (` + sight + ")"
	err = r.look(ctx, func(tx *Tx) error {
		err := tx.ask(query, append([]any{int64(panel)}, args...), func(rows *sql.Rows) error {
			var one RankedCase
			var a workflow.Application
			var mean sql.NullInt64
			err := rows.Scan(append(scanners(deliberations.columns(&one.Deliberation)), &one.Number, &one.Title, &one.Organization, &a.Blind,
				column{"program_id", &a.Program}, column{"organization_id", &a.Organization}, column{"state", &one.State}, column{"requested", &a.Requested},
				column{"recommended", &a.Recommended}, column{"committed", &a.Committed}, &mean)...)
			if a.Blinds(workflow.BlindOrganization) && v.blinds(v.rolesFor(a.Program, a.Organization)) {
				one.Organization = ""
			}
			one.Mean, one.Scored, one.Asked = mean.Int64, mean.Valid, a.Requested
			if one.State != workflow.InReview && one.State != workflow.Waitlisted {
				one.Asked = cmp.Or(a.Recommended, a.Requested)
			}
			out.Budget += a.Committed
			out.Cases = append(out.Cases, one)
			return err
		})
		if err != nil {
			return err
		}
		o, err := opportunities.one(tx, p.Opportunity)
		if err != nil {
			return err
		}
		available, err := tx.available(o.Fund)
		out.Budget += available
		return err
	})
	out.order()
	return out, err
}

// order puts the best first, and says how far the money goes.
func (r *Ranking) order() {
	slices.SortFunc(r.Cases, func(a, b RankedCase) int {
		agreed := func(c *RankedCase) int64 {
			if c.Deliberation.State == workflow.Confirmed {
				return c.Deliberation.Score
			}
			return -1
		}
		return cmp.Or(cmp.Compare(agreed(&b), agreed(&a)), cmp.Compare(b.Mean, a.Mean), cmp.Compare(a.Deliberation.Application, b.Deliberation.Application))
	})
	var sum workflow.Cents
	for i := range r.Cases {
		c := &r.Cases[i]
		if slices.Contains([]workflow.State{workflow.InReview, workflow.Waitlisted, workflow.Recommended}, c.State) {
			sum += c.Asked
		}
		c.Sum, c.Within = sum, sum <= r.Budget
	}
}

// Judges lists who can be a member of a panel of a program, to its staff.
func (r Reader) Judges(ctx context.Context, v *Viewer, program workflow.ID) (out []Somebody, err error) {
	seen, args := v.programSight("grants.program_id")
	err = r.look(ctx, func(tx *Tx) error {
		return tx.ask(`SELECT DISTINCT people.id, people.name FROM people JOIN grants ON grants.person_id = people.id
			WHERE grants.program_id = ? AND grants.role IN ('reviewer', 'program_officer', 'program_lead') AND grants.state = 'active' AND people.state = 'active'
			AND `+seen+" ORDER BY people.name, people.id", append([]any{int64(program)}, args...), func(rows *sql.Rows) error {
			var one Somebody
			err := rows.Scan(column{"id", &one.ID}, &one.Name)
			out = append(out, one)
			return err
		})
	})
	return out, err
}
