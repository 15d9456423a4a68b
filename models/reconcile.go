package models

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"tranche/workflow"
)

// A Reconciled is what became of money that was exported.
type Reconciled struct {
	ID       workflow.ID    // of the batch or fund; zero for a day and for the sum
	Name     string         // number of the batch, symbol of the fund
	Day      workflow.Date  // of the export; zero for a fund and for the sum
	State    workflow.State // of the batch
	Exported workflow.Cents
	Settled  workflow.Cents
	Returned workflow.Cents
	InFlight workflow.Cents
	Refused  workflow.Cents // with the whole file
}

// Difference is what is not explained: zero, or the books are wrong.
func (r *Reconciled) Difference() workflow.Cents {
	return r.Exported - r.Settled - r.Returned - r.InFlight - r.Refused
}

func (r *Reconciled) add(o *Reconciled) {
	r.Exported += o.Exported
	r.Settled += o.Settled
	r.Returned += o.Returned
	r.InFlight += o.InFlight
	r.Refused += o.Refused
}

// A Reconciliation explains every cent that was exported, in three ways.
type Reconciliation struct {
	Batches []Reconciled // what their files carried against what their payments are now; the newest first
	Days    []Reconciled // the same by day of export, UTC; the newest first
	Funds   []Reconciled // what the ledger says against what the payments are now; empty when not Whole
	Sum     Reconciled   // of the batches
	Whole   bool         // v may see every payment; otherwise what v may not see is left out
}

// Reconcile explains what was exported, as far as v may see it.
func (r Reader) Reconcile(ctx context.Context, v *Viewer) (out Reconciliation, err error) {
	out.Whole = true
	err = r.look(ctx, func(tx *Tx) error {
		return steps(
			func() error { return tx.reconcileBatches(v, &out) },
			func() error {
				if !out.Whole {
					return nil
				}
				return tx.reconcileFunds(v, &out)
			},
		)
	})
	return out, err
}

// SeesPayments reports whether v may read what banks said of a program's payments.
func (v *Viewer) SeesPayments() bool {
	for _, role := range []workflow.Role{workflow.FinancePreparer, workflow.FinanceCertifier, workflow.FinanceReleaser, workflow.GrantsOfficer, workflow.Auditor} {
		if v.Holds(role) {
			return true
		}
	}
	return v.System
}

func (t *Tx) reconcileBatches(v *Viewer, out *Reconciliation) error {
	sight, seen := v.sight(workflow.NounPayment)
	own, owned := v.sight(workflow.NounBatch)
	query := `SELECT batches.id, batches.number, batches.state, batches.exported_at, batches.total, COUNT(payments.id), COUNT(CASE WHEN ` + sight + ` THEN 1 END)`
	var args []any
	args = append(args, seen...)
	for _, states := range []string{"('exported', 'recalled', 'settled', 'misdirected', 'returned')", "('settled', 'misdirected')", "('returned')", "('exported', 'recalled')"} {
		query += `, CAST(COALESCE(SUM(CASE WHEN payments.state IN ` + states + ` AND (` + sight + `) THEN payments.amount ELSE 0 END), 0) AS BIGINT)`
		args = append(args, seen...)
	}
	query += ` FROM batches LEFT JOIN payments ON payments.batch_id = batches.id WHERE batches.exported_at IS NOT NULL AND (` + own + `)
		GROUP BY batches.id, batches.number, batches.state, batches.exported_at, batches.total ORDER BY batches.id DESC`
	return t.ask(query, append(args, owned...), func(rows *sql.Rows) error {
		var b Reconciled
		var at time.Time
		var total, members workflow.Cents
		var all, visible int64
		err := rows.Scan(column{"id", &b.ID}, &b.Name, column{"state", &b.State}, column{"exported_at", &at}, column{"total", &total}, &all, &visible,
			column{"members", &members}, column{"settled", &b.Settled}, column{"returned", &b.Returned}, column{"in_flight", &b.InFlight})
		b.Day, b.Exported = workflow.DateOf(at), total
		if all != visible {
			b.Exported, out.Whole = members, false
		}
		if b.State == workflow.Rejected {
			b.Refused = b.Exported
		}
		out.Batches = append(out.Batches, b)
		out.Sum.add(&b)
		out.day(&b)
		return err
	})
}

// day adds a batch to the day of its export. Batches come with the newest first, and nearly in
// the order of their days.
func (r *Reconciliation) day(b *Reconciled) {
	i := len(r.Days)
	for i > 0 && r.Days[i-1].Day < b.Day {
		i--
	}
	if i == 0 || r.Days[i-1].Day != b.Day {
		r.Days = slices.Insert(r.Days, i, Reconciled{Day: b.Day})
		i++
	}
	r.Days[i-1].add(b)
}

// exportedByFund selects of each fund, from the ledger, what was exported, settled, came back and
// was refused whole, and from the payments what is in flight.
const exportedByFund = `SELECT funds.id, funds.symbol,
	(SELECT CAST(COALESCE(SUM(p.cents), 0) AS BIGINT) FROM postings p WHERE p.fund_id = funds.id AND p.debit = 'payable' AND p.credit = 'in_flight') AS exported,
	(SELECT CAST(COALESCE(SUM(CASE WHEN e.action = 'settle' THEN p.cents ELSE -p.cents END), 0) AS BIGINT) FROM postings p JOIN events e ON e.id = p.event_id
		WHERE p.fund_id = funds.id AND (e.action = 'settle' OR e.action = 'return' AND p.debit = 'disbursed')) AS settled,
	(SELECT CAST(COALESCE(SUM(p.cents), 0) AS BIGINT) FROM postings p JOIN events e ON e.id = p.event_id
		WHERE p.fund_id = funds.id AND e.action = 'return' AND p.debit IN ('in_flight', 'disbursed')) AS returned,
	(SELECT CAST(COALESCE(SUM(y.amount), 0) AS BIGINT) FROM payments y WHERE y.fund_id = funds.id AND y.state IN ('exported', 'recalled')) AS in_flight,
	(SELECT CAST(COALESCE(SUM(p.cents), 0) AS BIGINT) FROM postings p JOIN events e ON e.id = p.event_id
		WHERE p.fund_id = funds.id AND e.action = 'reject' AND p.debit = 'in_flight') AS refused
	FROM funds`

func (t *Tx) reconcileFunds(v *Viewer, out *Reconciliation) error {
	sight, args := v.sight(workflow.NounFund)
	return t.ask(exportedByFund+" WHERE ("+sight+") ORDER BY funds.id", args, func(rows *sql.Rows) error {
		var f Reconciled
		err := rows.Scan(column{"id", &f.ID}, &f.Name, column{"exported", &f.Exported}, column{"settled", &f.Settled}, column{"returned", &f.Returned},
			column{"in_flight", &f.InFlight}, column{"refused", &f.Refused})
		if f.Exported != 0 || f.Difference() != 0 {
			out.Funds = append(out.Funds, f)
		}
		return err
	})
}

// reconcileQuestions ask whether every cent that was exported is explained.
var reconcileQuestions = []question{
	{name: "what batches exported settled, came back or is in flight", rows: "batches WHERE exported_at IS NOT NULL",
		wrong: `SELECT 'batch', b.id, b.number, 'its payments do not come to what its file carried' FROM batches b
			WHERE b.exported_at IS NOT NULL AND b.state <> 'rejected' AND b.total <> (SELECT COALESCE(SUM(p.amount), 0) FROM payments p
				WHERE p.batch_id = b.id AND p.state IN ('exported', 'recalled', 'settled', 'misdirected', 'returned'))`},
	{name: "what funds exported settled, came back, was refused or is in flight", rows: "funds",
		wrong: `SELECT 'fund', x.id, '', 'its payments do not come to what the ledger exported' FROM (` + exportedByFund + `) x
			WHERE x.exported <> x.settled + x.returned + x.in_flight + x.refused`},
}
