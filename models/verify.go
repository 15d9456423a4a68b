package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// A Check is one thing that Verify looked at, and what it found.
type Check struct {
	Name     string
	Rows     int64     // how many rows were looked at
	Found    int64     // how many problems there are
	Problems []Problem // the first of them, at most mostProblems
}

// mostProblems is how many problems of one check are listed; the others are counted.
const mostProblems = 50

// A Problem names a row that is not what it has to be.
type Problem struct {
	Noun   string // the kind of record, such as "award", or the table of a row that is none
	ID     string // the record's ID, or the key of another row
	Number string // what people call it, such as AIV26-001043; "" when it has no such name
	What   string
}

// String returns "award 1043 (AIV26-001043): face is 5, its events say 4".
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.Noun)
	if p.ID != "" {
		b.WriteString(" " + p.ID)
	}
	if p.Number != "" {
		b.WriteString(" (" + p.Number + ")")
	}
	return b.String() + ": " + p.What
}

func (c *Check) add(p Problem) {
	c.Found++
	if len(c.Problems) < mostProblems {
		c.Problems = append(c.Problems, p)
	}
}

// Verify derives everything that is stored from the events, their postings and
// the stored bytes once more, and compares. It reads one snapshot, changes
// nothing, and reports each check when it is done; ok means that no check found
// a problem. Its memory does not grow with the number of records and events,
// but for the affiliations and the largest document. An error means that the
// database could not be read.
//
// Who can write to the database can also write it anew from the beginning, with
// every hash right: only a copy of a newer head, kept elsewhere, shows that.
func (r Reader) Verify(ctx context.Context, report func(Check)) (ok bool, err error) {
	options := &sql.TxOptions{ReadOnly: true}
	if r.dialect == Postgres {
		options.Isolation = sql.LevelRepeatableRead // SQLite reads one snapshot anyway
	}
	tx, err := r.sql.BeginTx(ctx, options)
	if err != nil {
		return false, fmt.Errorf("verify: %w", err)
	}
	defer func() {
		if end := ignoreDone(tx.Rollback()); end != nil {
			err = errors.Join(err, fmt.Errorf("verify: %w", end))
		}
	}()
	v := &verifier{Reader: r, ctx: ctx, tx: tx, report: report}
	err = steps(v.events, v.deputies, v.strangers, v.eventNumbers, v.ask, v.fundBalances, v.applicationBalances, v.groups, v.groupCaps, v.termsKept,
		v.batches, v.documents, v.services, v.searches, v.listEntries, v.answers, v.keys, v.idBlocks)
	return err == nil && v.found == 0, err
}

// A verifier is one run of Verify.
type verifier struct {
	Reader
	ctx    context.Context
	tx     *sql.Tx
	report func(Check)
	found  int64
}

// done reports finished checks.
func (v *verifier) done(checks ...*Check) {
	for _, c := range checks {
		v.found += c.Found
		v.report(*c)
	}
}

// each reads every row that query selects, calling scan once for each.
func (v *verifier) each(query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := v.tx.QueryContext(v.ctx, v.bind(query), args...)
	if err != nil {
		return fmt.Errorf("verify: %.80q: %w", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("verify: %.80q: %w", query, err)
		}
	}
	return rows.Err()
}

// count returns the one number that query selects.
func (v *verifier) count(query string, args ...any) (n int64, err error) {
	err = v.each(query, args, func(rows *sql.Rows) error { return rows.Scan(&n) })
	return n, err
}

// raw reads the n columns of a row as the driver gives them: nil, int64, string
// or []byte. What was altered may not be readable as what it was.
func raw(rows *sql.Rows, n int) ([]any, error) {
	values, dest := make([]any, n), make([]any, n)
	for i := range values {
		dest[i] = &values[i]
	}
	return values, rows.Scan(dest...)
}

// shown returns a stored value as a problem may show it.
func shown(name string, value any) string {
	switch v := veil(name, value).(type) {
	case nil:
		return "nothing"
	case string:
		if len(v) > 60 {
			v = strings.ToValidUTF8(v[:60], "") + "…"
		}
		return fmt.Sprintf("%q", v)
	case []byte:
		return fmt.Sprintf("%x", v)
	default:
		return fmt.Sprint(v)
	}
}
