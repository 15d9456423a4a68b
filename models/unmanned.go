package models

import (
	"context"
	"errors"
	"time"

	"tranche/workflow"
)

// Unmanned reports whether nobody may take the step that a record of a program waits for in
// a state at now: each holder of the role is barred, or is away and their deputy is barred.
// It is false for a state in which nothing waits.
func (r Reader) Unmanned(ctx context.Context, program workflow.ID, noun workflow.Noun, id workflow.ID, state workflow.State, now time.Time) (bool, error) {
	waits := false
	for _, e := range workflow.Errands {
		if e.Noun != noun || e.State != state || e.Late || noun == workflow.NounReview {
			continue
		}
		waits = true
		people, err := r.present(ctx, program, e.By(), now)
		if err != nil {
			return false, err
		}
		for _, person := range people {
			v, err := r.ViewerAt(person, now)
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if err != nil {
				return false, err
			}
			answers, err := r.Try(ctx, v, now, workflow.Command{Noun: noun, Action: e.Action, ID: id, Received: now})
			if err != nil {
				return false, err
			}
			if !forOthers(answers[0]) && !errors.Is(answers[0], ErrNotFound) {
				return false, nil
			}
		}
	}
	return waits, nil
}

// present lists who could take a step of one of roles in a program at now: its holders but
// for those who are away, and the deputies of these.
func (r Reader) present(ctx context.Context, program workflow.ID, roles workflow.Roles, now time.Time) (out []workflow.ID, err error) {
	var names []any
	for _, role := range roles.List() {
		names = append(names, role.String())
	}
	if len(names) == 0 {
		return nil, nil
	}
	at := now.UnixMicro()
	away := "d.state = 'active' AND d.starts <= ? AND d.ends > ? AND d.program_id = ? AND d.role IN (" + marks(len(names)) + ")"
	gone := append([]any{at, at, int64(program)}, names...)
	query := `SELECT g.person_id FROM grants g WHERE g.state = 'active' AND g.program_id = ? AND g.role IN (` + marks(len(names)) + `)
		AND NOT EXISTS (SELECT 1 FROM delegations d WHERE d.person_id = g.person_id AND d.role = g.role AND ` + away + `)
		UNION SELECT d.deputy_id FROM delegations d WHERE ` + away + " ORDER BY 1"
	args := append([]any{int64(program)}, names...)
	args = append(append(args, gone...), gone...)
	err = r.look(ctx, func(tx *Tx) error {
		out, err = tx.ids(query, args...)
		return err
	})
	return out, err
}

// unmannedLooked is how many of the newest cases are looked at.
const unmannedLooked = 50

// A Stuck is a case whose step nobody may take.
type Stuck struct {
	ID     workflow.ID
	Number string
	State  workflow.State
}

// Stuck lists the cases of the programs that v leads whose step nobody may take, of the
// newest that wait for one.
func (r Reader) Stuck(ctx context.Context, v *Viewer, now time.Time) ([]Stuck, error) {
	lead := v.inRoles(workflow.RolesOf(workflow.ProgramLead))
	if len(lead.Grants) == 0 {
		return nil, nil
	}
	var states []workflow.State
	for _, e := range workflow.Errands {
		if e.Noun == workflow.NounApplication {
			states = append(states, e.State)
		}
	}
	waiting, err := Records[workflow.Application](ctx, r, lead, workflow.NounApplication, Filter{States: states, Limit: unmannedLooked})
	if err != nil {
		return nil, err
	}
	var out []Stuck
	for i := range waiting {
		a := &waiting[i]
		nobody, err := r.Unmanned(ctx, a.Program, workflow.NounApplication, a.ID, a.State, now)
		if err != nil {
			return nil, err
		}
		if nobody {
			out = append(out, Stuck{a.ID, a.Number, a.State})
		}
	}
	return out, nil
}
