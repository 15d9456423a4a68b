package models

import (
	"context"
	"time"

	"tranche/workflow"
)

// A Simulated is what one application comes to now under the terms that it stands
// under, and what it would come to under others. Nothing of it is stored.
type Simulated struct {
	Application  workflow.ID
	Number       string
	State        workflow.State
	Opportunity  string // number
	Organization string
	Before       workflow.Verdict
	After        workflow.Verdict // as Before where the others say nothing about its opportunity
}

// simulatedAtOnce is how many applications are listed at once.
const simulatedAtOnce = 100

// Simulate runs the rules over every application of a program that was submitted
// and that v may know of, once under the terms that it stands under and once under
// those that terms has for the number of its opportunity, and hands each to then,
// the newest first. It ends with the first error. Nothing is changed.
func (r Reader) Simulate(ctx context.Context, v *Viewer, program workflow.ID, terms map[string]*workflow.Terms, now time.Time, then func(*Simulated) error) error {
	f := Filter{Where: map[string]workflow.ID{"program_id": program}, Limit: simulatedAtOnce}
	for {
		rows, next, err := r.rows(ctx, v, workflow.NounApplication, f, "submissions > 0")
		if err != nil {
			return err
		}
		found := make([]Simulated, len(rows))
		for i := range rows {
			// Not a read-only transaction: on PostgreSQL the revenue rule locks the
			// group. One for each application gives it back at once.
			err := r.inside(ctx, nil, func(tx *Tx) error { return tx.simulate(&found[i], rows[i].Record.ID, terms, now) })
			if err != nil {
				return err
			}
		}
		for i := range found {
			if err := then(&found[i]); err != nil {
				return err
			}
		}
		if f.Before = next; next == 0 {
			return nil
		}
	}
}

func (t *Tx) simulate(s *Simulated, application workflow.ID, terms map[string]*workflow.Terms, now time.Time) error {
	a, err := applications.one(t, application)
	if err != nil {
		return err
	}
	o, err := opportunities.one(t, a.Opportunity)
	if err != nil {
		return err
	}
	org, err := t.organization(a.Organization)
	if err != nil {
		return err
	}
	under, err := t.termsOf(&a, &o)
	if err != nil {
		return err
	}
	*s = Simulated{Application: a.ID, Number: a.Number, State: a.State, Opportunity: o.Number, Organization: org.LegalName}
	before := o.Under(under)
	if s.Before, err = t.verdict(&a, &before, org, under, now); err != nil {
		return err
	}
	other := terms[o.Number]
	if s.After = s.Before; other == nil {
		return nil
	}
	after := o.Under(other)
	s.After, err = t.verdict(&a, &after, org, other, now)
	return err
}
