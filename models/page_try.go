package models

import (
	"context"
	"errors"
	"time"

	"tranche/workflow"
)

// Try says for each command what would come of it if v asked for it at now: nil
// when it would be carried out, a *workflow.Refusal when not, ErrNotFound when v
// may not know of the record, ErrStale when it has moved since the version that
// the command names. Nothing is changed; by the time that somebody does
// ask, the answer may be another. The second result is a fault.
func (r Reader) Try(ctx context.Context, v *Viewer, now time.Time, commands ...workflow.Command) ([]error, error) {
	answers := make([]error, len(commands))
	// At the isolation of a command. Nothing is locked: nobody waits for a page.
	err := r.inside(ctx, nil, func(tx *Tx) error {
		for i := range commands {
			answer, fault := tx.try(v, commands[i], now)
			if fault != nil {
				return fault
			}
			answers[i] = answer
		}
		return nil
	})
	return answers, err
}

// try decides c and stores nothing.
func (t *Tx) try(v *Viewer, c workflow.Command, now time.Time) (answer, fault error) {
	l, err := t.Facts(&c, now)
	if errors.Is(err, ErrNotFound) {
		return ErrNotFound, nil
	}
	if err != nil {
		return nil, err
	}
	if c.Roles, err = t.RolesIn(v, l.Scope); err != nil {
		return nil, err
	}
	if c.Roles == 0 && !l.Scope.Public {
		return ErrNotFound, nil
	}
	if c.Version != 0 && c.Version != l.Record.Version {
		return ErrStale, nil
	}
	c.Actor, c.Fresh = v.Actor(), v.Fresh
	_, err = workflow.Of(c.Noun).DecideAny(l.Facts, &c, now)
	return err, nil
}
