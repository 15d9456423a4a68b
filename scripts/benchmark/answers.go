package main

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// measureAnswers books a bank's answers to the payments of one batch with the program's own
// verb, and reads how much memory that took.
func measureAnswers(ctx context.Context, o *options) ([]figure, error) {
	n := 100_000
	if o.short {
		n = 1_000
	}
	dir := filepath.Join(o.dir, "answers")
	demo := exec.CommandContext(ctx, o.program, "demo", "--dir", dir, "--addr", "127.0.0.1:0", "--exit", "--companies", "12")
	if out, err := demo.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("run the demonstration: %w: %.2000s", err, out)
	}
	database, file := filepath.Join(dir, "tranche.db"), filepath.Join(dir, "answers.csv")
	if err := errors.Join(multiply(ctx, database, n), writeAnswers(file, n)); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, o.program, "answers", "import", "--database", database, "--program", "AIV", "--by", "finance-releaser@demo.example", "--apply", file)
	start := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("book the answers: %w: %s", err, out[max(0, len(out)-500):])
	}
	seconds := time.Since(start).Seconds()
	if booked, err := settled(ctx, database); err != nil || booked != n {
		return nil, errors.Join(fmt.Errorf("%d of %d payments are settled", booked, n), err)
	}
	peak := float64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024 // it is in KiB
	return []figure{
		{Name: fmt.Sprintf("%d answers of a bank to one batch, read, kept and booked", n), Value: float64(n) / seconds, Unit: "/s"},
		figure{Name: "  peak memory", Value: peak, Unit: "MiB"}.atMost(64),
	}, nil
}

// first is the first ID of what multiply makes, far above what the demonstration used.
const first = 100_000_000

// multiply stores n exported payments of a cent beside one that the demonstration exported.
// They have no events: what is measured are their answers.
func multiply(ctx context.Context, database string, n int) (err error) {
	db, err := sql.Open(plainDriver, "file:"+database+"?_foreign_keys=on")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // an error after the commit is that it was committed
	var payment, tranche, claim, application, fund int64
	err = tx.QueryRowContext(ctx, `SELECT id, tranche_id, claim_id, application_id, fund_id FROM payments WHERE state = 'exported' ORDER BY id LIMIT 1`).
		Scan(&payment, &tranche, &claim, &application, &fund)
	if err != nil {
		return fmt.Errorf("find an exported payment: %w", err)
	}
	copies := []struct {
		table string
		of    int64
		set   map[string]string
	}{
		{"tranches", tranche, map[string]string{"id": "id.tranche", "number": "1000 + k", "amount": "1"}},
		{"claims", claim, map[string]string{"id": "id.claim", "tranche_id": "id.tranche", "number": "'C-' || id.claim", "amount": "1", "payment_id": "id.payment"}},
		{"payments", payment, map[string]string{"id": "id.payment", "tranche_id": "id.tranche", "claim_id": "id.claim", "number": "'P-' || id.payment",
			"trace": "printf('%015d', id.payment)", "amount": "1"}},
	}
	for _, c := range copies {
		columns, values, err := columnsOf(ctx, tx, c.table, c.set)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `WITH RECURSIVE k (k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM k WHERE k < ? - 1),
			id AS (SELECT k, ? + 3 * k AS tranche, ? + 3 * k + 1 AS claim, ? + 3 * k + 2 AS payment FROM k)
			INSERT INTO `+c.table+" ("+columns+") SELECT "+values+" FROM "+c.table+" was, id WHERE was.id = ?", n, first, first, first, c.of)
		if err != nil {
			return fmt.Errorf("multiply %s: %w", c.table, err)
		}
	}
	for table, of := range map[string]int64{"application_balances": application, "fund_balances": fund} {
		key := map[string]string{"application_balances": "application_id", "fund_balances": "fund_id"}[table]
		if _, err := tx.ExecContext(ctx, "UPDATE "+table+" SET obligated = obligated - ?, in_flight = in_flight + ? WHERE "+key+" = ?", n, n, of); err != nil {
			return fmt.Errorf("multiply %s: %w", table, err)
		}
	}
	return tx.Commit()
}

// columnsOf lists the columns of a table, and what each is in a copy: what set says, or what it was.
func columnsOf(ctx context.Context, tx *sql.Tx, table string, set map[string]string) (columns, values string, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT name FROM pragma_table_info(?)", table)
	if err != nil {
		return "", "", err
	}
	defer rows.Close()
	between := ""
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return "", "", err
		}
		value, changed := set[name]
		if !changed {
			value = "was." + name
		}
		columns, values, between = columns+between+name, values+between+value, ", "
	}
	return columns, values, rows.Err()
}

// writeAnswers writes that each of n payments settled.
func writeAnswers(path string, n int) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "answer,trace,amount,date")
	for k := range n {
		fmt.Fprintf(w, "settled,%015d,0.01,2026-10-05\n", first+3*k+2)
	}
	return w.Flush()
}

// settled counts the payments that multiply made and that are settled now.
func settled(ctx context.Context, database string) (n int, err error) {
	db, err := sql.Open(plainDriver, "file:"+database)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	err = db.QueryRowContext(ctx, "SELECT COUNT(*) FROM payments WHERE id >= ? AND state = 'settled'", first).Scan(&n)
	return n, err
}
