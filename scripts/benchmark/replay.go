package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A raw is a plain database/sql program on SQLite: the statements that were
// recorded, prepared, one transaction for each call, and nothing round them. It
// has one connection: with more, they would wait for each other's lock by
// sleeping, which is slower.
type raw struct {
	db    *sql.DB
	stmts map[string]*sql.Stmt
	trans map[*call]transaction
}

// openRaw opens file with the settings of the product.
func openRaw(ctx context.Context, file string, trans map[*call]transaction) (*raw, error) {
	db, err := sql.Open(plainDriver, "file:"+(&url.URL{Path: file}).EscapedPath()+
		"?_txlock=immediate&_journal_mode=WAL&_busy_timeout=10000&_foreign_keys=on&_synchronous=FULL&_cache_size=-16384")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	r := &raw{db: db, stmts: map[string]*sql.Stmt{}, trans: trans}
	if _, err := db.ExecContext(ctx, "PRAGMA wal_autocheckpoint=8192"); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	for _, t := range trans {
		for _, s := range t {
			if r.stmts[s.text] != nil {
				continue
			}
			if r.stmts[s.text], err = db.PrepareContext(ctx, s.text); err != nil {
				return nil, errors.Join(fmt.Errorf("prepare %.60q: %w", s.text, err), db.Close())
			}
		}
	}
	return r, nil
}

// run does the calls of p, as many at a time as HTTP has connections.
func (r *raw) run(ctx context.Context, p phase) (timing, error) {
	ctx = context.WithoutCancel(ctx) // the driver has a goroutine watch every statement that can be cancelled
	took := newTiming(p.count())
	var all sync.WaitGroup
	errs := make([]error, connections)
	before, start := ownCPU(), time.Now()
	for worker := range connections {
		all.Go(func() {
			for i := worker; i < len(p.calls) && errs[worker] == nil; i += connections {
				for _, c := range p.calls[i] {
					begin := time.Now()
					if err := r.commit(ctx, r.trans[c]); err != nil {
						errs[worker] = fmt.Errorf("%s application %s: %w", c.action, c.id, err)
						return
					}
					took.add(time.Since(begin))
				}
			}
		})
	}
	all.Wait()
	took.elapsed, took.cpu = time.Since(start), ownCPU()-before
	return took, errors.Join(errs...)
}

// commit does one transaction. The number of an event is the database's, so what
// names it takes the one given now.
func (r *raw) commit(ctx context.Context, t transaction) (err error) {
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	var event int64
	for _, s := range t {
		stmt := tx.StmtContext(ctx, r.stmts[s.text])
		switch {
		case strings.HasPrefix(s.text, "INSERT INTO events"):
			err = stmt.QueryRowContext(ctx, s.args...).Scan(&event)
		case strings.HasPrefix(s.text, "INSERT INTO postings"):
			_, err = stmt.ExecContext(ctx, append([]any{event}, s.args[1:]...)...)
		case strings.HasSuffix(s.text, "DO NOTHING"): // a document that is there already
			_, err = stmt.ExecContext(ctx, s.args...)
		case s.query:
			err = drain(stmt.QueryContext(ctx, s.args...))
		default:
			err = s.changed(stmt.ExecContext(ctx, s.args...))
		}
		if err != nil {
			return fmt.Errorf("%.60q: %w", s.text, err)
		}
	}
	return tx.Commit()
}

// drain reads all rows.
func drain(rows *sql.Rows, err error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	cells := make([]sql.RawBytes, len(names))
	dest := make([]any, len(names))
	for i := range cells {
		dest[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
	}
	return rows.Err()
}

// changed sees to it that a statement did what it did when it was recorded.
func (s *statement) changed(result sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err == nil && n != s.rows {
		err = fmt.Errorf("changed %d rows, not %d", n, s.rows)
	}
	return err
}

// ownCPU returns the CPU time of this process.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
