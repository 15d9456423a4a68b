package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"

	"tranche/workflow"
)

// A Tx is one command's view of the open transaction. It is handed out by Write
// only and must not be kept.
type Tx struct {
	q     *sql.Tx
	db    *DB
	ctx   context.Context
	jobs  []workflow.Job
	owed  []workflow.Posting // balances to be changed when the command is done, the fund rows last
	wrote bool               // it ran a statement that may have changed something
	reads bool               // whatever it does is taken back: it locks nothing
}

// A JobInserter enqueues jobs inside the transaction that makes them due.
type JobInserter interface {
	InsertJobs(ctx context.Context, tx *sql.Tx, jobs []workflow.Job) error
}

// SetJobs names who enqueues the jobs of steps. It is called once, before the
// first Write; without it, a step that has jobs fails.
func (d *DB) SetJobs(jobs JobInserter) { d.jobs = jobs }

func (t *Tx) insertJobs() error {
	if len(t.jobs) == 0 {
		return nil
	}
	if t.db.jobs == nil {
		return errors.New("models: a step has jobs and nobody takes them")
	}
	if err := t.db.jobs.InsertJobs(t.ctx, t.q, t.jobs); err != nil {
		return &Unavailable{fmt.Errorf("insert %d jobs: %w", len(t.jobs), err)}
	}
	return nil
}

// exec runs a statement that changes rows and returns how many it changed.
func (t *Tx) exec(query string, args ...any) (int64, error) {
	s, err := t.stmt(query)
	if err != nil {
		return 0, err
	}
	result, err := s.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, fault(query, err)
	}
	n, err := result.RowsAffected()
	return n, fault(query, err)
}

// row reads one row into dest; ErrNotFound when there is none.
func (t *Tx) row(query string, args []any, dest ...any) error {
	s, err := t.stmt(query)
	if err != nil {
		return err
	}
	err = s.QueryRowContext(t.ctx, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return fault(query, err)
}

// each reads every row, calling scan once for each.
func (t *Tx) each(query string, args []any, scan func(*sql.Rows) error) error {
	s, err := t.stmt(query)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(t.ctx, args...)
	if err != nil {
		return fault(query, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fault(query, err)
		}
	}
	return fault(query, rows.Err())
}

// stmt returns query prepared. A transaction must not ask for a second
// connection: enough of them would wait for each other. So a statement that is
// new is prepared on the transaction's own, and before the next one for good.
func (t *Tx) stmt(query string) (*sql.Stmt, error) {
	t.wrote = t.wrote || !strings.HasPrefix(query, "SELECT ")
	if s, ok := t.db.stmts.Load(query); ok {
		return t.q.StmtContext(t.ctx, s.(*sql.Stmt)), nil
	}
	t.db.unseen.Store(query, true)
	s, err := t.q.PrepareContext(t.ctx, t.db.bind(query))
	return s, fault(query, err)
}

// lockIf keeps, if needed, everybody else from changing a row until the
// transaction ends. It is for a decision about one record that rests on others:
// two such decisions at once, each right by what it sees, can be wrong together.
// (Of the record itself, the version says enough.) Locks are taken in the order
// groups, person, award, batch, and before the rows that the command changes.
// SQLite has one writer and needs none.
func (t *Tx) lockIf(needed bool, name string, id workflow.ID) error {
	if !needed || t.reads || t.db.dialect == SQLite {
		return nil
	}
	_, err := t.exec("SELECT id FROM "+name+" WHERE id = ? FOR NO KEY UPDATE", int64(id))
	return err
}

// A Constraint is the database's own refusal: a rule that holds whoever writes.
type Constraint struct {
	Kind string // unique, check, foreign_key, not_null or other
	Name string // what the database calls it
	Err  error
}

// Error is for logs.
func (c *Constraint) Error() string {
	return fmt.Sprintf("%s constraint %s: %v", c.Kind, c.Name, c.Err)
}

// Unwrap returns the driver's error.
func (c *Constraint) Unwrap() error { return c.Err }

// fault tells what went wrong: a constraint is an answer, everything else makes
// the database unavailable for this transaction.
func fault(query string, err error) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("%.80q: %w", query, err)
	var lite sqlite3.Error
	if errors.As(err, &lite) && lite.Code == sqlite3.ErrConstraint {
		return &Constraint{liteKind(lite.ExtendedCode), lite.Error(), err}
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) && len(pg.Code) == 5 && pg.Code[:2] == "23" {
		return &Constraint{pgKind(pg.Code), pg.ConstraintName, err}
	}
	return &Unavailable{err}
}

func liteKind(code sqlite3.ErrNoExtended) string {
	switch code {
	case sqlite3.ErrConstraintUnique, sqlite3.ErrConstraintPrimaryKey, sqlite3.ErrConstraintRowID:
		return "unique"
	case sqlite3.ErrConstraintCheck:
		return "check"
	case sqlite3.ErrConstraintForeignKey:
		return "foreign_key"
	case sqlite3.ErrConstraintNotNull:
		return "not_null"
	}
	return "other"
}

func pgKind(code string) string {
	switch code {
	case "23505":
		return "unique"
	case "23514":
		return "check"
	case "23503":
		return "foreign_key"
	case "23502":
		return "not_null"
	}
	return "other"
}

// isRetryable reports whether another try of the same transaction may succeed: it
// lost a race for a lock, or a record that only its own children touch moved.
func isRetryable(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "40001" || pg.Code == "40P01"
	}
	return errors.Is(err, errChildMoved)
}

// errChildMoved means that a record changed between the reading of its facts and
// the writing of a step that nobody gave a version for.
var errChildMoved = errors.New("models: record moved under a command without a version")
