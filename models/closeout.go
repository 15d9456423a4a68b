package models

import (
	"context"

	"tranche/workflow"
)

// Unclosed counts what keeps an award from being closed.
type Unclosed struct {
	Reports  int // nobody has accepted
	Claims   int // draft, submitted, queried, verified or approved
	Payments int // ready, held, batched, exported or recalled
	Findings int
	Debts    int // neither paid, referred, written off nor cancelled
}

// Unclosed counts what keeps an award that v may see from being closed.
func (r Reader) Unclosed(ctx context.Context, v *Viewer, award workflow.ID) (u Unclosed, err error) {
	if _, err := r.Row(ctx, v, workflow.NounAward, award); err != nil {
		return u, err
	}
	err = r.look(ctx, func(tx *Tx) error { u, err = tx.unclosed(award); return err })
	return u, err
}

func (t *Tx) unclosed(award workflow.ID) (u Unclosed, err error) {
	if u.Claims, u.Payments, err = t.openUnder(award); err != nil {
		return u, err
	}
	for _, one := range []struct {
		n     *int
		where string
	}{
		{&u.Reports, "reports WHERE award_id = ? AND state IN " + openReport},
		{&u.Findings, "findings WHERE award_id = ? AND state IN " + openFinding},
		{&u.Debts, "debts WHERE award_id = ? AND state IN " + openDebt},
	} {
		if *one.n, err = t.count("SELECT COUNT(*) FROM "+one.where, int64(award)); err != nil {
			return u, err
		}
	}
	return u, nil
}
