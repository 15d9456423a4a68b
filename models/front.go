package models

import (
	"context"
	"database/sql"

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

// An Affiliate is an organization at the other end of an affiliation in force.
type Affiliate struct {
	ID        workflow.ID
	LegalName string
	UEI       string
	Owns      bool  // it owns the one that was asked about; otherwise it is owned
	Share     int64 // hundredths of a percent
	Since     workflow.Date
	Seen      bool // the viewer may look at it
}

const affiliateList = `SELECT o.id, o.legal_name, COALESCE(o.uei, ''), CASE WHEN f.owner_id = o.id THEN 1 ELSE 0 END, f.share, f.since
	FROM affiliations f JOIN organizations o ON o.id <> ? AND (o.id = f.owner_id OR o.id = f.owned_id)
	WHERE f.state = 'active' AND (f.owner_id = ? OR f.owned_id = ?) ORDER BY f.id`

// Affiliates lists what an organization's affiliations lead to, in the order that
// they were told of; ErrNotFound when v may not know of the organization. Whoever
// may know of it also learns the names at the other ends, and no more.
func (r Reader) Affiliates(ctx context.Context, v *Viewer, organization workflow.ID) ([]Affiliate, error) {
	if _, err := r.Row(ctx, v, workflow.NounOrganization, organization); err != nil {
		return nil, err
	}
	id, out, ids := int64(organization), []Affiliate(nil), []workflow.ID(nil)
	err := r.look(ctx, func(tx *Tx) error {
		return tx.ask(affiliateList, []any{id, id, id}, func(rows *sql.Rows) error {
			var a Affiliate
			var owns int64
			err := rows.Scan(column{"id", &a.ID}, &a.LegalName, &a.UEI, &owns, &a.Share, column{"since", &a.Since})
			a.Owns = owns == 1
			out, ids = append(out, a), append(ids, a.ID)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	seen, err := r.OrganizationNames(ctx, v, ids...)
	for i := range out {
		_, out[i].Seen = seen[out[i].ID]
	}
	return out, err
}
