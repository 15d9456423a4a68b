package models

import (
	"time"

	"tranche/workflow"
)

// clearances are the rows of workflow.Clearance.
var clearances = newTable(workflow.NounClearance, "clearances",
	func(r *workflow.Clearance) *workflow.Record { return &r.Record },
	func(r *workflow.Clearance) []column {
		return []column{
			{"application_id", &r.Application}, {"program_id", &r.Program}, {"organization_id", &r.Organization}, {"kind", &r.Kind},
			{"ends", &r.Ends}, {"decided_by", &r.DecidedBy}, {"decided_at", &r.DecidedAt}, {"note", &r.Note},
		}
	})

// missing returns which of the clearances that terms require do not stand at now.
// Whoever decides by them holds the lock on the organization's group: losing one
// takes it as well, so that nothing is decided by a clearance that is being lost.
func (t *Tx) missing(terms *workflow.Terms, application workflow.ID, now time.Time) (workflow.Kinds, error) {
	if terms == nil || len(terms.Clearances) == 0 {
		return nil, nil
	}
	held, err := clearances.list(t, "WHERE application_id = ? ORDER BY id", int64(application))
	return terms.Missing(held, now), err
}

// clearanceKinds returns of which kinds an application has a clearance. Where terms
// require none, nobody asks.
func (t *Tx) clearanceKinds(terms *workflow.Terms, application workflow.ID) (kinds []string, err error) {
	if terms == nil || len(terms.Clearances) == 0 {
		return nil, nil
	}
	held, err := clearances.list(t, "WHERE application_id = ? ORDER BY id", int64(application))
	for i := range held {
		kinds = append(kinds, held[i].Kind)
	}
	return kinds, err
}

func clearanceFacts(t *Tx, c *workflow.Command, now time.Time) (*Loaded, error) {
	f := new(workflow.ClearanceFacts)
	a := &f.Application
	var org workflow.Organization
	var o workflow.Opportunity
	read := func() (err error) { *a, err = applications.one(t, parentOr(c, f.Clearance.Application)); return }
	err := steps(
		func() error { return existing(t, clearances, c, &f.Clearance) },
		read,
		func() (err error) { org, err = t.organization(a.Organization); return },
		func() error {
			if c.Action == workflow.ActRequire {
				return nil
			}
			return t.lockGroups(&org)
		},
		read, // once more: it may have been decided while the lock was waited for
		func() (err error) { o, err = opportunities.one(t, a.Opportunity); return },
		func() (err error) { f.Terms, err = t.termsOf(a, &o); return },
		func() (err error) { f.Standing, err = t.standing(a.ID, org.ID, o.ID, a.Program); return },
		func() (err error) {
			switch c.Action {
			case workflow.ActClear:
				f.Needed = o.Under(f.Terms).ReviewsNeeded
				if f.Reviews, _, err = t.reviewCounts(a.ID); err == nil && f.Kind == workflow.ClearScreening {
					f.Payee, err = t.payee(org.ID, now)
				}
			case workflow.ActWaive:
				f.Exception, err = t.exception(workflow.Waive, f.ID, now)
			}
			return
		},
	)
	if err != nil {
		return nil, err
	}
	return mount(clearances, f, &f.Clearance, Scope{Program: a.Program, Organization: a.Organization, Opportunity: o.ID,
		Apart: true, Application: a.ID, Internal: true}), nil
}
