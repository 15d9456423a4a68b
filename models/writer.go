package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// A Unit is one command's part of a transaction. Run sees the transaction of its
// unit only: when it returns an error, nothing that it did is kept.
type Unit interface{ Run(*Tx) error }

// Unavailable wraps a fault of the database: nothing was changed, and the caller
// may try again.
type Unavailable struct{ Err error }

// Error is for logs.
func (u *Unavailable) Error() string { return "database unavailable: " + u.Err.Error() }

// Unwrap returns the fault.
func (u *Unavailable) Unwrap() error { return u.Err }

const (
	queueLength = 1024 // waiting commands; more are turned away at once
	groupSize   = 64   // commands that share one COMMIT; past it the gain is small, the wait is not
	maxTries    = 10   // of a PostgreSQL transaction that lost a race
)

// Write runs u in a transaction and returns when it is committed, or when it is
// certain that it never will be. The caller's context ends the wait for a place
// in the queue, never the transaction itself.
func (d *DB) Write(ctx context.Context, u Unit) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d.writer != nil {
		return d.writer.do(u)
	}
	select {
	case d.places <- struct{}{}:
		defer func() { <-d.places }()
		return d.writePostgres(context.WithoutCancel(ctx), u)
	default:
		return ErrBusy
	}
}

// Waiting returns how many commands wait for SQLite's one writer, or for one of
// the connections to PostgreSQL; at most queueLength.
func (d *DB) Waiting() int {
	if d.writer == nil {
		return max(0, len(d.places)-connections)
	}
	return len(d.writer.queue)
}

// A writer is the one goroutine that writes to SQLite. It drains its queue:
// commands that wait together share one COMMIT, and a lone command does not wait
// for company. Where one of them has to be taken back, all are done anew, each in
// its own savepoint; see commit.
type writer struct {
	db    *DB
	queue chan *waiting
	ended chan struct{}
	mu    sync.RWMutex // held for reading while sending, so that stop can close the queue
	over  bool
}

type waiting struct {
	unit Unit
	err  error
	done chan struct{}
}

func startWriter(d *DB) *writer {
	w := &writer{db: d, queue: make(chan *waiting, queueLength), ended: make(chan struct{})}
	go w.loop()
	return w
}

func (w *writer) do(u Unit) error {
	one := &waiting{unit: u, done: make(chan struct{})}
	if err := w.send(one); err != nil {
		return err
	}
	<-one.done
	return one.err
}

func (w *writer) send(one *waiting) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.over {
		return ErrClosed
	}
	select {
	case w.queue <- one:
		return nil
	default:
		return ErrBusy
	}
}

func (w *writer) stop() {
	w.mu.Lock()
	if !w.over {
		w.over = true
		close(w.queue)
	}
	w.mu.Unlock()
	<-w.ended
}

func (w *writer) loop() {
	defer close(w.ended)
	for first := range w.queue {
		group := w.drain(first)
		err := w.commit(group, (*writer).runPlain)
		if errors.Is(err, errTakeBack) {
			err = w.commit(group, (*writer).runApart)
		}
		if err != nil {
			for _, one := range group {
				one.err = &Unavailable{err}
			}
		}
		for _, one := range group {
			close(one.done)
		}
	}
}

// prepare does what needs a connection outside a transaction: it keeps the
// statements that earlier ones saw first, and IDs at hand.
func (d *DB) prepare(ctx context.Context) error {
	var errs []error
	d.unseen.Range(func(query, _ any) bool {
		_, err := d.stmt(ctx, query.(string))
		errs = append(errs, err)
		d.unseen.Delete(query)
		return true
	})
	return errors.Join(append(errs, d.ids.ensure(ctx))...)
}

func (w *writer) drain(first *waiting) []*waiting {
	group := []*waiting{first}
	for len(group) < groupSize {
		select {
		case one, open := <-w.queue:
			if !open {
				return group
			}
			group = append(group, one)
		default:
			return group
		}
	}
	return group
}

// errTakeBack means that a command of a group failed after it had written something.
var errTakeBack = errors.New("models: what a command wrote is to be taken back")

// commit runs the group in one transaction. An error means that nothing of the
// group was kept: SQLite ends a transaction by itself when the disk is full, and
// whatever came after would be committed on its own.
//
// It is tried with runPlain first. A savepoint for each command has SQLite keep a
// copy of every page that the command changes, and past 64 KiB write them to a file;
// but a command that is refused has nearly always written nothing, as rules look
// before they write.
func (w *writer) commit(group []*waiting, run func(*writer, *Tx, *waiting) error) (err error) {
	ctx := context.Background()
	if err := w.db.prepare(ctx); err != nil {
		slog.Error("prepare for writing", "err", err)
	}
	q, err := w.db.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreDone(q.Rollback()))
		}
	}()
	all := &Tx{q: q, db: w.db, ctx: ctx}
	for _, one := range group {
		if err := run(w, all, one); err != nil {
			return err
		}
	}
	if err := all.insertJobs(); err != nil {
		return err
	}
	return q.Commit()
}

// runPlain runs one unit. What it returns is a fault that ends the group, or
// errTakeBack; the unit's own answer is left in one.err.
func (w *writer) runPlain(all *Tx, one *waiting) error {
	tx := &Tx{q: all.q, db: w.db, ctx: all.ctx}
	one.err = guarded(tx, one.unit)
	fault := new(Unavailable)
	switch {
	case one.err == nil:
		all.jobs = append(all.jobs, tx.jobs...)
	case errors.As(one.err, &fault):
		return fault.Err
	case tx.wrote:
		return errTakeBack
	}
	return nil
}

// runApart is runPlain in a savepoint: what a failed unit wrote is taken back.
func (w *writer) runApart(all *Tx, one *waiting) error {
	if _, err := all.exec("SAVEPOINT command"); err != nil {
		return err
	}
	err := w.runPlain(all, one)
	if errors.Is(err, errTakeBack) {
		_, err = all.exec("ROLLBACK TO command")
	}
	if err != nil {
		return err
	}
	_, err = all.exec("RELEASE command")
	return err
}

// guarded runs u and turns a panic into an error, so that one bad command takes
// neither the writer nor its neighbors with it.
func guarded(tx *Tx, u Unit) (err error) {
	defer func() {
		if p := recover(); p != nil {
			slog.Error("command panicked", "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("models: command panicked: %v", p)
		}
	}()
	return u.Run(tx)
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// writePostgres runs u in a transaction of its own, again when it lost a race
// that another try can win.
func (d *DB) writePostgres(ctx context.Context, u Unit) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := d.prepare(ctx); err != nil {
		return &Unavailable{err}
	}
	var err error
	for range maxTries {
		err = d.tryPostgres(ctx, u)
		if !isRetryable(err) {
			return err
		}
	}
	return &Unavailable{fmt.Errorf("gave up after %d tries: %w", maxTries, err)}
}

func (d *DB) tryPostgres(ctx context.Context, u Unit) (err error) {
	q, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return &Unavailable{err}
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreDone(q.Rollback()))
		}
	}()
	tx := &Tx{q: q, db: d, ctx: ctx}
	if err := guarded(tx, u); err != nil {
		return err
	}
	if err := tx.insertJobs(); err != nil {
		return err
	}
	if err := q.Commit(); err != nil {
		return &Unavailable{err}
	}
	return nil
}
