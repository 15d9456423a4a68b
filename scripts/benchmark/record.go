package main

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"

	"tranche/app/engine"
	"tranche/app/jobs"
	"tranche/models"
	"tranche/workflow"
)

// A statement is one that the product ran, with the values that it gave.
type statement struct {
	text  string
	args  []any
	query bool  // it was asked for rows
	rows  int64 // that it changed, when it was asked for none
}

// A transaction is what one call took, between BEGIN and COMMIT.
type transaction []statement

// The product opens SQLite by the driver's usual name and gets one that can keep
// what it runs. scripts/bench has the real one go by another name.
const (
	recordingDriver = "sqlite3"
	plainDriver     = "sqlite3-plain"
)

func init() { sql.Register(recordingDriver, listening{new(sqlite3.SQLiteDriver)}) }

// heard is told what every transaction runs while record is at work, which is
// one goroutine at a time; otherwise it is nil.
var heard *transaction

// note keeps one statement. Savepoints belong to the sharing of a COMMIT, which
// one transaction for each call does not need.
func note(text string, args []driver.NamedValue, query bool) {
	if heard == nil || strings.HasPrefix(text, "SAVEPOINT") || strings.HasPrefix(text, "RELEASE") {
		return
	}
	s := statement{text: text, query: query}
	for _, a := range args {
		if b, ok := a.Value.([]byte); ok {
			a.Value = bytes.Clone(b)
		}
		s.args = append(s.args, a.Value)
	}
	*heard = append(*heard, s)
}

// did keeps what the statement that was noted last has changed.
func did(result driver.Result, err error) (driver.Result, error) {
	if err == nil && heard != nil && len(*heard) > 0 {
		if n, err := result.RowsAffected(); err == nil {
			(*heard)[len(*heard)-1].rows = n
		}
	}
	return result, err
}

// listening, listener and listened are the driver, its connections and their
// statements, with note called for what runs inside a transaction.
type (
	listening struct{ driver.Driver }
	listener  struct {
		*sqlite3.SQLiteConn
		open *bool // a transaction is
	}
	listened struct {
		*sqlite3.SQLiteStmt
		text string
		open *bool
	}
	closing struct {
		driver.Tx
		open *bool
	}
)

// Open implements driver.Driver.
func (l listening) Open(name string) (driver.Conn, error) {
	c, err := l.Driver.Open(name)
	if err != nil {
		return nil, err
	}
	return listener{c.(*sqlite3.SQLiteConn), new(bool)}, nil
}

// BeginTx implements driver.ConnBeginTx.
func (l listener) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	tx, err := l.SQLiteConn.BeginTx(ctx, o)
	*l.open = err == nil
	return closing{tx, l.open}, err
}

// Commit implements driver.Tx.
func (c closing) Commit() error { *c.open = false; return c.Tx.Commit() }

// Rollback implements driver.Tx.
func (c closing) Rollback() error { *c.open = false; return c.Tx.Rollback() }

// ExecContext implements driver.ExecerContext.
func (l listener) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	if *l.open {
		note(text, args, false)
	}
	return did(l.SQLiteConn.ExecContext(ctx, text, args))
}

// QueryContext implements driver.QueryerContext.
func (l listener) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	if *l.open {
		note(text, args, true)
	}
	return l.SQLiteConn.QueryContext(ctx, text, args)
}

// PrepareContext implements driver.ConnPrepareContext.
func (l listener) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	s, err := l.SQLiteConn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return listened{s.(*sqlite3.SQLiteStmt), text, l.open}, nil
}

// ExecContext implements driver.StmtExecContext.
func (l listened) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if *l.open {
		note(l.text, args, false)
	}
	return did(l.SQLiteStmt.ExecContext(ctx, args))
}

// QueryContext implements driver.StmtQueryContext.
func (l listened) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if *l.open {
		note(l.text, args, true)
	}
	return l.SQLiteStmt.QueryContext(ctx, args)
}

// record carries out the calls of all phases in process, one at a time, on a
// copy of the stage, and returns what statements each takes.
func (st *stage) record(ctx context.Context, file string, all []phase) (map[*call]transaction, error) {
	if err := copyFile(file, st.file); err != nil {
		return nil, err
	}
	db, e, err := open(ctx, file)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if _, err := jobs.New(db, e, e.Now); err != nil { // takes the jobs of steps, and does none
		return nil, err
	}
	defer func() { heard = nil }()
	out := map[*call]transaction{}
	for _, p := range all {
		for _, list := range p.calls {
			for _, c := range list {
				heard = new(transaction)
				if err := c.do(ctx, e); err != nil {
					return nil, fmt.Errorf("%s application %s: %w", c.action, c.id, err)
				}
				if len(*heard) == 0 {
					return nil, errors.New("no statement was heard")
				}
				out[c] = *heard
			}
		}
	}
	return out, nil
}

// do carries c out in process.
func (c *call) do(ctx context.Context, e *engine.Engine) error {
	var key *models.Key
	if c.key != "" {
		key = keyOf(c.seat.viewer, c)
	}
	_, err := e.Do(ctx, engine.Request{Viewer: c.seat.viewer, Key: key, Command: workflow.Command{Noun: workflow.NounApplication,
		Action: c.action, ID: c.id, Version: c.version, Inputs: c.inputs, Received: time.Now().UTC()}})
	return err
}
