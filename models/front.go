package models

import (
	"context"

	"tranche/workflow"
)

// Public is what everybody may know of the money and what became of it.
type Public struct {
	Available workflow.Cents // in funds that have not expired
	Disbursed workflow.Cents
	Awards    int // that were countersigned
}

// Public sums up all programs. It names nobody, so that it takes no Viewer.
func (r Reader) Public(ctx context.Context) (Public, error) {
	var p Public
	err := r.look(ctx, func(tx *Tx) error {
		err := tx.row(`SELECT CAST(COALESCE(SUM(CASE WHEN funds.expired <> 0 THEN 0 ELSE fund_balances.available END), 0) AS BIGINT),
			CAST(COALESCE(SUM(fund_balances.disbursed), 0) AS BIGINT)
			FROM fund_balances JOIN funds ON funds.id = fund_balances.fund_id`, nil, &p.Available, &p.Disbursed)
		if err != nil {
			return err
		}
		p.Awards, err = tx.count("SELECT COUNT(*) FROM awards WHERE countersigned_at IS NOT NULL")
		return err
	})
	return p, err
}

// FundBalances returns what stands in each account of a fund. The appropriation
// of a program and what is left of it are public; ErrNotFound means that there
// is no such fund.
func (r Reader) FundBalances(ctx context.Context, fund workflow.ID) (b workflow.Balances, err error) {
	err = r.look(ctx, func(tx *Tx) error {
		b, err = tx.balances(balanceOf{fund: fund})
		return err
	})
	return b, err
}
