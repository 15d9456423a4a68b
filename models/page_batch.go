package models

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"tranche/workflow"
)

// A PaymentLine is what a list shows of a payment beside the payment itself.
type PaymentLine struct {
	Organization string
	Last4        string // of the account
	Award        string // its number
	Milestone    string
	Tranche      int64 // number in the award
	Tranches     int64 // of the award
	Batch        string
	PaidToDate   workflow.Cents // on the award, in earlier payments
}

// PaymentLines returns the lines of payments that v may see.
func (r Reader) PaymentLines(ctx context.Context, v *Viewer, payments ...workflow.ID) (map[workflow.ID]PaymentLine, error) {
	ids := distinct(payments)
	out := map[workflow.ID]PaymentLine{}
	if len(ids) == 0 {
		return out, nil
	}
	sight, args := v.sight(workflow.NounPayment)
	query := `SELECT payments.id, organizations.legal_name, COALESCE(bank_accounts.last4, ''), awards.number, tranches.title, tranches.number,
		(SELECT COUNT(*) FROM tranches all_of WHERE all_of.award_id = payments.award_id AND all_of.state = 'active'),
		COALESCE(batches.number, ''),
		(SELECT CAST(COALESCE(SUM(earlier.amount), 0) AS BIGINT) FROM payments earlier
			WHERE earlier.award_id = payments.award_id AND earlier.state IN ('settled', 'offset') AND earlier.id <> payments.id)
		FROM payments JOIN organizations ON organizations.id = payments.organization_id JOIN awards ON awards.id = payments.award_id
		JOIN tranches ON tranches.id = payments.tranche_id LEFT JOIN bank_accounts ON bank_accounts.id = payments.bank_account_id
		LEFT JOIN batches ON batches.id = payments.batch_id
		WHERE (` + sight + ") AND payments.id IN (" + marks(len(ids)) + ")"
	err := r.look(ctx, func(tx *Tx) error {
		return tx.ask(query, append(args, ids...), func(rows *sql.Rows) error {
			var id workflow.ID
			var l PaymentLine
			err := rows.Scan(column{"id", &id}, &l.Organization, &l.Last4, &l.Award, &l.Milestone, &l.Tranche, &l.Tranches, &l.Batch,
				column{"paid", &l.PaidToDate})
			out[id] = l
			return err
		})
	})
	return out, err
}

// A BatchPage is a batch with a page of its members.
type BatchPage struct {
	Batch   workflow.Batch
	Members []workflow.Payment // in order of ID, as many as the page holds
	Next    workflow.ID        // members after this one follow; zero: none
	Count   int                // of all members that v may see
	Sum     workflow.Cents     // of the same
	Whole   bool               // v may see every member; otherwise the stored totals are not v's to know
	Health  BatchHealth
	Roles   workflow.Roles
}

// A BatchHealth counts what would stop a batch.
type BatchHealth struct {
	Agrees   bool // the control totals are those of the members
	Accounts int  // members whose account is not verified, or not as it was approved
	Awards   int  // members whose award is not running
	Holds    int  // members that a hold stands on
}

// BatchPage reads a batch and the members after one of them.
func (r Reader) BatchPage(ctx context.Context, v *Viewer, id, after workflow.ID, limit int) (BatchPage, error) {
	var p BatchPage
	err := r.look(ctx, func(tx *Tx) (err error) {
		sight, args := v.sight(workflow.NounBatch)
		if p.Batch, err = batches.only(tx, "WHERE id = ? AND ("+sight+")", append([]any{int64(id)}, args...)...); err != nil {
			return err
		}
		p.Roles = v.staff(Scope{Program: p.Batch.Program})
		return steps(
			func() error { return tx.batchMembersSeen(v, &p, after, limit) },
			func() error { return tx.batchSums(v, &p) },
			func() (err error) { p.Health, err = tx.batchHealth(&p.Batch); return },
		)
	})
	return p, err
}

func (t *Tx) batchMembersSeen(v *Viewer, p *BatchPage, after workflow.ID, limit int) (err error) {
	sight, args := v.sight(workflow.NounPayment)
	args = append(args, int64(p.Batch.ID), int64(after), limit+1)
	if p.Members, err = payments.list(t, "WHERE ("+sight+") AND batch_id = ? AND id > ? ORDER BY id LIMIT ?", args...); err != nil {
		return err
	}
	if len(p.Members) > limit {
		p.Members = p.Members[:limit]
		p.Next = p.Members[limit-1].ID
	}
	return nil
}

func (t *Tx) batchSums(v *Viewer, p *BatchPage) error {
	sight, args := v.sight(workflow.NounPayment)
	query := `SELECT COUNT(CASE WHEN ` + sight + ` THEN 1 END), CAST(COALESCE(SUM(CASE WHEN ` + sight + ` THEN amount ELSE 0 END), 0) AS BIGINT), COUNT(*)
		FROM payments WHERE batch_id = ?`
	var seen, all int64
	err := t.row(query, append(append(args[:len(args):len(args)], args...), int64(p.Batch.ID)), &seen, column{"sum", &p.Sum}, &all)
	p.Count, p.Whole = int(seen), seen == all
	return err
}

// batchHealth looks at all members, whoever may see them.
func (t *Tx) batchHealth(b *workflow.Batch) (h BatchHealth, err error) {
	f := &workflow.BatchFacts{Batch: *b}
	if err := t.batchMembers(f, &workflow.Command{ID: b.ID}, time.Time{}); err != nil {
		return h, err
	}
	c := workflow.ControlsOf(f.Payments, f.Accounts)
	if !b.ExportedAt.IsZero() {
		c.Members = b.Members // the export itself is the members' newest version
	}
	h.Agrees = c == workflow.Controls{Count: b.Count, Total: b.Total, EntryHash: b.EntryHash, Members: b.Members}
	const stopped = `SELECT COUNT(CASE WHEN a.state IS NULL OR a.state <> 'verified' OR a.version <> payments.bank_version THEN 1 END),
		COUNT(CASE WHEN awards.state NOT IN ('active', 'closing') THEN 1 END),
		COUNT(CASE WHEN EXISTS (SELECT 1 FROM holds WHERE holds.state = 'placed' AND (holds.routing = a.routing OR holds.routing = '' AND
			holds.subject_id IN (payments.id, awards.id, awards.application_id, awards.organization_id, awards.opportunity_id, awards.program_id))) THEN 1 END)
		FROM payments JOIN awards ON awards.id = payments.award_id LEFT JOIN bank_accounts a ON a.id = payments.bank_account_id
		WHERE payments.batch_id = ?`
	var accounts, awardsOver, held int64
	err = t.row(stopped, []any{int64(b.ID)}, &accounts, &awardsOver, &held)
	h.Accounts, h.Awards, h.Holds = int(accounts), int(awardsOver), int(held)
	return h, err
}

// A DuePayment is one that waits to be paid: Why is nil when v could put it into
// a batch of their own now.
type DuePayment struct {
	Payment workflow.Payment
	Why     *workflow.Refusal
}

// MaxDue is the most payments that are offered for a batch at once.
const MaxDue = 200

// DuePayments lists the payments of a program that are ready or held, the oldest
// first, each decided by the payments' own table as if v had an open batch. The
// second result says whether there are more.
func (r Reader) DuePayments(ctx context.Context, v *Viewer, program workflow.ID, now time.Time) ([]DuePayment, bool, error) {
	var out []DuePayment
	err := r.inside(ctx, nil, func(tx *Tx) error {
		sight, args := v.sight(workflow.NounPayment)
		list, err := payments.list(tx, "WHERE ("+sight+") AND program_id = ? AND state IN ('ready', 'held') ORDER BY id LIMIT ?",
			append(args, int64(program), MaxDue+1)...)
		if err != nil {
			return err
		}
		for _, p := range list {
			why, err := tx.unbatchable(v, p.ID, now)
			if err != nil {
				return err
			}
			out = append(out, DuePayment{p, why})
		}
		return nil
	})
	return out[:min(len(out), MaxDue)], len(out) > MaxDue, err
}

// unbatchable returns why v could not put a payment into a batch of their own,
// nil when they could.
func (t *Tx) unbatchable(v *Viewer, payment workflow.ID, now time.Time) (*workflow.Refusal, error) {
	c := &workflow.Command{Noun: workflow.NounPayment, Action: workflow.ActBatch, ID: payment, Actor: v.Actor()}
	l, err := t.Facts(c, now)
	if err != nil {
		return nil, err
	}
	if c.Roles, err = t.RolesIn(v, l.Scope); err != nil {
		return nil, err
	}
	f := l.Facts.(*workflow.PaymentFacts)
	f.Batch = workflow.Batch{Record: workflow.Record{State: workflow.Open}, Program: f.Program, PreparedBy: v.Person}
	_, err = workflow.Payments.Decide(f, c, now)
	var no *workflow.Refusal
	if errors.As(err, &no) {
		return no, nil
	}
	return nil, err
}

// BatchSums returns how many members of batches v may see and what they come to.
func (r Reader) BatchSums(ctx context.Context, v *Viewer, batches ...workflow.ID) (map[workflow.ID]BatchSum, error) {
	ids := distinct(batches)
	out := map[workflow.ID]BatchSum{}
	if len(ids) == 0 {
		return out, nil
	}
	sight, args := v.sight(workflow.NounPayment)
	query := `SELECT batch_id, COUNT(CASE WHEN ` + sight + ` THEN 1 END),
		CAST(COALESCE(SUM(CASE WHEN ` + sight + ` THEN amount ELSE 0 END), 0) AS BIGINT), COUNT(*)
		FROM payments WHERE batch_id IN (` + marks(len(ids)) + ") GROUP BY batch_id"
	all := append(append(args[:len(args):len(args)], args...), ids...)
	err := r.look(ctx, func(tx *Tx) error {
		return tx.ask(query, all, func(rows *sql.Rows) error {
			var id workflow.ID
			var s BatchSum
			var seen, members int64
			err := rows.Scan(column{"batch_id", &id}, &seen, column{"sum", &s.Sum}, &members)
			s.Count, s.Whole = int(seen), seen == members
			out[id] = s
			return err
		})
	})
	return out, err
}

// A BatchSum is what a viewer may know of a batch's members. Whole says that it
// is all of them.
type BatchSum struct {
	Count int
	Sum   workflow.Cents
	Whole bool
}
