package models

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"tranche/workflow"
)

// A Disbursement is one member of a batch with what a payment file says about it.
type Disbursement struct {
	Payment      workflow.Payment
	Account      workflow.BankAccount
	Organization workflow.Organization
	AwardNumber  string
	Tranche      int64  // number of the tranche in its award
	Symbol       string // Treasury account symbol of the fund
}

// A Disbursing is a batch as a payment file is made from it, read at one moment.
type Disbursing struct {
	Batch   workflow.Batch
	Program workflow.Program
	Members []Disbursement // in order of ID
}

// Disbursing reads what the payment file of a batch is made from. That it is still
// so when the file is released is for the lifecycle to see.
func (r Reader) Disbursing(ctx context.Context, batch workflow.ID) (out Disbursing, err error) {
	err = r.look(ctx, func(tx *Tx) error {
		return steps(
			func() (err error) { out.Batch, err = batches.one(tx, batch); return },
			func() (err error) { out.Program, err = programs.one(tx, out.Batch.Program); return },
			func() (err error) { out.Members, err = tx.disbursements(batch); return },
		)
	})
	return out, err
}

// ErrNumbers means that the traces of a bank are used up.
var ErrNumbers = errors.New("models: no trace numbers are left")

// BankNumbers are what a bank file takes for itself.
type BankNumbers struct {
	First int // sequence of its first trace
	File  int // which file of the day it is, from zero
}

// lastTrace is the largest sequence of a trace number: it has seven digits.
const lastTrace = 9_999_999

// TakeBankNumbers hands out n trace sequences in a row, and a file of the day, of
// the bank whose routing number begins with odfi. Files that are made at once get
// different ones; what is not used leaves a gap. A sequence never comes twice, so
// that a return names one payment for good: after the last, ErrNumbers.
func (d *DB) TakeBankNumbers(ctx context.Context, odfi string, n int, today workflow.Date) (BankNumbers, error) {
	u := &takeNumbers{odfi: odfi, n: n, day: today.String()}
	err := d.Write(ctx, u)
	return u.out, err
}

type takeNumbers struct {
	odfi, day string
	n         int
	out       BankNumbers
}

// Run implements Unit.
func (u *takeNumbers) Run(tx *Tx) error {
	// The first time, what was exported before there was this table counts.
	const begin = `INSERT INTO bank_numbers (odfi, last, day, files)
		SELECT CAST(? AS TEXT), COALESCE(CAST(SUBSTR(MAX(trace), 9) AS BIGINT), 0), CAST(? AS TEXT), 0 FROM payments WHERE trace >= ? AND trace <= ?
		ON CONFLICT (odfi) DO NOTHING`
	if _, err := tx.exec(begin, u.odfi, u.day, u.odfi, u.odfi+strconv.Itoa(lastTrace)); err != nil {
		return err
	}
	const take = `UPDATE bank_numbers SET last = last + ?, files = CASE WHEN day = ? THEN files + 1 ELSE 1 END, day = ?
		WHERE odfi = ? AND last <= ? RETURNING last, files`
	var last, files int64
	err := tx.row(take, []any{int64(u.n), u.day, u.day, u.odfi, int64(lastTrace - u.n)}, &last, &files)
	if errors.Is(err, ErrNotFound) {
		return ErrNumbers
	}
	u.out = BankNumbers{First: int(last) - u.n + 1, File: int(files) - 1}
	return err
}

func (t *Tx) disbursements(batch workflow.ID) ([]Disbursement, error) {
	id := int64(batch)
	members, err := payments.list(t, "WHERE batch_id = ? ORDER BY id", id)
	if err != nil {
		return nil, err
	}
	out := make([]Disbursement, len(members))
	place := make(map[int64]int, len(members))
	for i, p := range members {
		out[i].Payment, place[int64(p.ID)] = p, i
	}
	accounts, err := bankAccounts.list(t, "WHERE id IN (SELECT bank_account_id FROM payments WHERE batch_id = ?)", id)
	if err != nil {
		return nil, err
	}
	receivers, err := organizations.list(t, "WHERE id IN (SELECT organization_id FROM payments WHERE batch_id = ?)", id)
	if err != nil {
		return nil, err
	}
	account, receiver := map[workflow.ID]workflow.BankAccount{}, map[workflow.ID]workflow.Organization{}
	for _, a := range accounts {
		account[a.ID] = a
	}
	for _, o := range receivers {
		receiver[o.ID] = o
	}
	for i := range out {
		out[i].Account, out[i].Organization = account[out[i].Payment.BankAccount], receiver[out[i].Payment.Organization]
	}
	const names = `SELECT payments.id, awards.number, tranches.number, funds.symbol FROM payments
		JOIN funds ON funds.id = payments.fund_id JOIN tranches ON tranches.id = payments.tranche_id
		JOIN awards ON awards.id = tranches.award_id WHERE payments.batch_id = ?`
	err = t.each(names, []any{id}, func(rows *sql.Rows) error {
		var payment, tranche int64
		var award, symbol string
		if err := rows.Scan(&payment, &award, &tranche, &symbol); err != nil {
			return err
		}
		d := &out[place[payment]]
		d.AwardNumber, d.Tranche, d.Symbol = award, tranche, symbol
		return nil
	})
	return out, err
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
