package models

import (
	"context"
	"database/sql"

	"tranche/workflow"
)

// An AwardLine is what a list shows of an award beside the award itself.
type AwardLine struct {
	Organization string
	City, Region string
	Paid         workflow.Cents
	Next         workflow.Date // when the next milestone without a claim is due
}

// AwardLines returns the lines of awards that v may see.
func (r Reader) AwardLines(ctx context.Context, v *Viewer, of ...workflow.ID) (map[workflow.ID]AwardLine, error) {
	out := map[workflow.ID]AwardLine{}
	ids := distinct(of)
	if len(ids) == 0 {
		return out, nil
	}
	sight, args := v.sight(workflow.NounAward)
	query := `SELECT awards.id, organizations.legal_name, organizations.city, organizations.region,
		(SELECT CAST(COALESCE(SUM(p.amount), 0) AS BIGINT) FROM payments p WHERE p.award_id = awards.id AND p.state IN ('settled', 'offset')),
		(SELECT MIN(t.due) FROM tranches t WHERE t.award_id = awards.id AND t.state = 'active' AND NOT EXISTS (SELECT 1 FROM claims c
			WHERE c.tranche_id = t.id AND c.state IN ('draft', 'submitted', 'queried', 'verified', 'approved', 'paid')))
		FROM awards JOIN organizations ON organizations.id = awards.organization_id
		WHERE (` + sight + ") AND awards.id IN (" + marks(len(ids)) + ")"
	err := r.look(ctx, func(tx *Tx) error {
		return tx.ask(query, append(args, ids...), func(rows *sql.Rows) error {
			var id workflow.ID
			var l AwardLine
			err := rows.Scan(column{"id", &id}, &l.Organization, &l.City, &l.Region, column{"paid", &l.Paid}, column{"due", &l.Next})
			out[id] = l
			return err
		})
	})
	return out, err
}

// AwardMoney returns where the money of an award stands; ErrNotFound when v may
// not know of the award.
func (r Reader) AwardMoney(ctx context.Context, v *Viewer, award workflow.ID) (workflow.Balances, error) {
	var b workflow.Balances
	sight, args := v.sight(workflow.NounAward)
	err := r.look(ctx, func(tx *Tx) error {
		a, err := awards.only(tx, "WHERE id = ? AND ("+sight+")", append([]any{int64(award)}, args...)...)
		if err != nil {
			return err
		}
		b, err = tx.balances(balanceOf{a.Fund, a.Application})
		return err
	})
	return b, err
}

// FundMoney returns where the money of a fund stands; ErrNotFound when v may not
// know of the fund.
func (r Reader) FundMoney(ctx context.Context, v *Viewer, fund workflow.ID) (workflow.Balances, error) {
	var b workflow.Balances
	sight, args := v.sight(workflow.NounFund)
	err := r.look(ctx, func(tx *Tx) error {
		f, err := funds.only(tx, "WHERE id = ? AND ("+sight+")", append([]any{int64(fund)}, args...)...)
		if err != nil {
			return err
		}
		b, err = tx.balances(balanceOf{fund: f.ID})
		return err
	})
	return b, err
}

// A ClaimLine is what a list shows of a claim beside the claim itself.
type ClaimLine struct {
	Organization string
	Award        string // its number
	Tranche      int64  // number in the award
	Milestone    string
	Deliverable  string
	Due          workflow.Date
	Limit        workflow.Cents // of the tranche
}

// ClaimLines returns the lines of claims that v may see.
func (r Reader) ClaimLines(ctx context.Context, v *Viewer, claims ...workflow.ID) (map[workflow.ID]ClaimLine, error) {
	out := map[workflow.ID]ClaimLine{}
	ids := distinct(claims)
	if len(ids) == 0 {
		return out, nil
	}
	sight, args := v.sight(workflow.NounClaim)
	query := `SELECT claims.id, organizations.legal_name, awards.number, tranches.number, tranches.title, tranches.deliverable, tranches.due, tranches.amount
		FROM claims JOIN organizations ON organizations.id = claims.organization_id JOIN awards ON awards.id = claims.award_id
		JOIN tranches ON tranches.id = claims.tranche_id WHERE (` + sight + ") AND claims.id IN (" + marks(len(ids)) + ")"
	err := r.look(ctx, func(tx *Tx) error {
		return tx.ask(query, append(args, ids...), func(rows *sql.Rows) error {
			var id workflow.ID
			var l ClaimLine
			err := rows.Scan(column{"id", &id}, &l.Organization, &l.Award, &l.Tranche, &l.Milestone, &l.Deliverable, column{"due", &l.Due}, column{"amount", &l.Limit})
			out[id] = l
			return err
		})
	})
	return out, err
}
