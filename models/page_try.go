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
			answer, fault := tx.try(v, &commands[i], now)
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
func (t *Tx) try(v *Viewer, c *workflow.Command, now time.Time) (answer, fault error) {
	c.Actor, c.Fresh = v.Actor(), v.Fresh
	_, _, err := t.Decide(v, c, now)
	var no *workflow.Refusal
	if err == nil || errors.As(err, &no) || errors.Is(err, ErrNotFound) || errors.Is(err, ErrStale) {
		return err, nil
	}
	return nil, err
}
