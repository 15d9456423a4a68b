package models

import (
	"context"
	"fmt"

	"tranche/workflow"
)

// A Disbursement is one member of a batch with what a payment file says about it.
type Disbursement struct {
	Payment      workflow.Payment
	Account      workflow.BankAccount
	Organization workflow.Organization
	AwardNumber  string
	Tranche      int64 // number of the tranche in its award
}

// A Disbursing is a batch as a payment file is made from it, read at one moment.
type Disbursing struct {
	Batch   workflow.Batch
	Program workflow.Program
	Members []Disbursement // in order of ID
	// LastTrace is the highest trace number that was used with the program's
	// bank, "" when none was.
	LastTrace string
	// FilesToday is how many batches of the program were exported since midnight UTC.
	FilesToday int
}

// disbursingUnit reads in a transaction of the writer, so that it sees one moment.
type disbursingUnit struct {
	batch    workflow.ID
	midnight int64
	out      Disbursing
}

// Disbursing reads what the payment file of a batch is made from.
func (d *DB) Disbursing(ctx context.Context, batch workflow.ID, today workflow.Date) (Disbursing, error) {
	u := &disbursingUnit{batch: batch, midnight: today.Time().UnixMicro()}
	err := d.Write(ctx, u)
	return u.out, err
}

// Run implements Unit.
func (u *disbursingUnit) Run(tx *Tx) (err error) {
	out := Disbursing{}
	return steps(
		func() (err error) { out.Batch, err = batches.one(tx, u.batch); return },
		func() (err error) { out.Program, err = programs.one(tx, out.Batch.Program); return },
		func() (err error) { out.Members, err = tx.disbursements(u.batch); return },
		func() (err error) {
			prefix := out.Program.BankRouting
			if len(prefix) > 8 {
				prefix = prefix[:8]
			}
			return tx.row("SELECT COALESCE(MAX(trace), '') FROM payments WHERE trace >= ? AND trace < ?", []any{prefix, prefix + ":"}, &out.LastTrace)
		},
		func() (err error) {
			out.FilesToday, err = tx.count("SELECT COUNT(*) FROM batches WHERE program_id = ? AND exported_at >= ?", int64(out.Program.ID), u.midnight)
			return
		},
		func() error { u.out = out; return nil },
	)
}

func (t *Tx) disbursements(batch workflow.ID) ([]Disbursement, error) {
	members, err := payments.list(t, "WHERE batch_id = ? ORDER BY id", int64(batch))
	if err != nil {
		return nil, err
	}
	out := make([]Disbursement, len(members))
	for i, p := range members {
		d := Disbursement{Payment: p}
		err := steps(
			func() (err error) { d.Account, err = bankAccounts.one(t, p.BankAccount); return },
			func() (err error) { d.Organization, err = organizations.one(t, p.Organization); return },
			func() error {
				return t.row(`SELECT awards.number, tranches.number FROM awards JOIN tranches ON tranches.award_id = awards.id
					WHERE tranches.id = ?`, []any{int64(p.Tranche)}, &d.AwardNumber, &d.Tranche)
			},
		)
		if err != nil {
			return nil, fmt.Errorf("payment %s: %w", p.Number, err)
		}
		out[i] = d
	}
	return out, nil
}

// PaymentTraced finds the payment that was exported with a trace number; ErrNotFound
// when the program has none.
func (r Reader) PaymentTraced(ctx context.Context, program workflow.ID, trace string) (workflow.Payment, error) {
	list, err := Records[workflow.Payment](ctx, r, &Viewer{System: true}, workflow.NounPayment,
		Filter{Where: map[string]workflow.ID{"program_id": program}, Text: map[string]string{"trace": trace}, Limit: 1})
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return workflow.Payment{}, err
	}
	return list[0], nil
}
