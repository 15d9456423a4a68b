package models

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"tranche/workflow"
)

// policies are the rows of workflow.Policy.
var policies = newTable(workflow.NounPolicy, "policies",
	func(r *workflow.Policy) *workflow.Record { return &r.Record },
	func(r *workflow.Policy) []column {
		return []column{
			{"program_id", &r.Program}, {"number", &r.Number}, {"file", &r.File}, {"plan", &r.Plan}, {"applied_by", &r.AppliedBy},
			{"note", &r.Note},
		}
	})

// A termsCache keeps terms that were read once, with who answers their rules. They
// stand under their SHA-256 and never change, so that nothing in it is ever out of
// date.
type termsCache struct {
	bySum sync.Map
	rules workflow.Ruler // nil: nobody
}

// read returns the terms with this sum; document fetches their text when they are
// not at hand.
func (c *termsCache) read(sum string, document func() ([]byte, error)) (*workflow.Terms, error) {
	if t, ok := c.bySum.Load(sum); ok {
		return t.(*workflow.Terms), nil
	}
	text, err := document()
	if err != nil {
		return nil, fmt.Errorf("terms %s: %w", sum, err)
	}
	t, err := workflow.ReadTerms(text)
	if err != nil {
		return nil, err
	}
	c.bySum.Store(sum, t)
	return t, nil
}

// Terms returns the terms stored under a SHA-256, which callers only read. The
// terms of no sum are nil: no program file lays anything down.
func (r Reader) Terms(ctx context.Context, sum string) (t *workflow.Terms, err error) {
	if sum == "" {
		return t, nil
	}
	return r.terms.read(sum, func() ([]byte, error) { return r.Document(ctx, sum) })
}

// terms is Reader.Terms inside a transaction, which sees what it stored itself.
func (t *Tx) terms(sum string) (found *workflow.Terms, err error) {
	if sum == "" {
		return found, nil
	}
	return t.db.terms.read(sum, func() (body []byte, err error) {
		err = t.row("SELECT body FROM documents WHERE sum = ?", []any{sum}, &body)
		return body, err
	})
}

// termsOf returns what an application stands under: what it was submitted under,
// or for a draft what its opportunity lays down now.
func (t *Tx) termsOf(a *workflow.Application, o *workflow.Opportunity) (*workflow.Terms, error) {
	return t.terms(a.TermsUnder(o))
}

// InForce returns the version of a program's file that is in force, as v may know of
// it; ErrNotFound when there is none for v. Plan reads what it compiled to.
func (r Reader) InForce(ctx context.Context, v *Viewer, program workflow.ID) (*workflow.Policy, error) {
	found, err := Records[workflow.Policy](ctx, r, v, workflow.NounPolicy, Filter{States: []workflow.State{workflow.Active},
		Where: map[string]workflow.ID{"program_id": program}, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, ErrNotFound
	}
	return &found[0], nil
}

// Plan returns the plan stored under a SHA-256.
func (r Reader) Plan(ctx context.Context, sum string) (*workflow.Plan, error) {
	text, err := r.Document(ctx, sum)
	if err != nil {
		return nil, fmt.Errorf("plan %s: %w", sum, err)
	}
	return workflow.ReadPlan(string(text))
}

// SetRules names who answers the rules of programs. It is called once, before the
// first Write; without it, an application whose terms have rules cannot be decided.
func (d *DB) SetRules(r workflow.Ruler) { d.terms.rules = r }

// Findings answers the rules of terms, if they have any, from evidence that need
// not be stored anywhere.
func (r Reader) Findings(terms *workflow.Terms, e *workflow.Evidence) ([]workflow.Finding, error) {
	if terms == nil || len(terms.Rules) == 0 {
		return nil, nil
	}
	if r.terms.rules == nil {
		return nil, errors.New("models: terms have rules and nobody answers them")
	}
	return r.terms.rules.Judge(terms, e)
}

func policyFacts(t *Tx, c *workflow.Command) (*workflow.PolicyFacts, error) {
	f := new(workflow.PolicyFacts)
	return f, steps(
		func() error { return existing(t, policies, c, &f.Policy) },
		func() error { return t.lockIf(true, "programs", parentOr(c, f.Policy.Program)) }, // one version after the other
		func() (err error) { f.Program, err = programs.one(t, parentOr(c, f.Policy.Program)); return },
		func() (err error) { f.Standing, err = t.standing(f.Program.ID); return },
		func() (err error) {
			f.Current, err = policies.first(t, "WHERE program_id = ? AND state = 'active'", int64(f.Program.ID))
			return
		},
		func() error {
			n, err := t.count("SELECT COALESCE(MAX(number), 0) FROM policies WHERE program_id = ?", int64(f.Program.ID))
			f.Newest = int64(n)
			return err
		},
		func() (err error) {
			f.Funds, err = funds.list(t, "WHERE program_id = ? ORDER BY id", int64(f.Program.ID))
			return
		},
		func() (err error) {
			f.Opportunities, err = opportunities.list(t, "WHERE program_id = ? ORDER BY id", int64(f.Program.ID))
			return
		},
		func() error {
			if c.Action != workflow.ActRollOut {
				return nil
			}
			var body []byte
			err := t.row("SELECT body FROM documents WHERE sum = ?", []any{f.Plan}, &body)
			f.Stored = string(body)
			return err
		},
	)
}
