package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"tranche/app/engine"
	"tranche/app/identity"
	"tranche/app/web"
	"tranche/models"
	"tranche/workflow"
)

// An excuser gives a personal grace to whoever had a submission turned away by us:
// for too many requests, or because the database was busy or away. What it is told
// waits in memory until it can be written; it is bounded, so that a flood of
// requests cannot fill it with more than that.
type excuser struct {
	db     *models.DB
	engine *engine.Engine
	who    func(*http.Request) (*models.Viewer, error)
	now    func() time.Time

	owed    debts
	waiting chan owing
	stopped chan struct{}
	ended   sync.WaitGroup
	given   map[workflow.ID]time.Time // the newest grace of an application, so that it is not written again at once
}

const (
	mostWaiting  = 4096
	againAfter   = 10 * time.Minute // one grace lasts longer than that
	firstPause   = 100 * time.Millisecond
	longestPause = 5 * time.Second
)

// An owing is what somebody is to be given, and how to say that they were.
type owing struct {
	web.TurnedAway
	settled func()
}

// debts are since when people who pressed submit wait to be answered, or for what
// they are to be given. The sign of life keeps the oldest, for when this process dies.
type debts struct {
	mu    sync.Mutex
	last  int
	since map[int]time.Time
}

// add notes a debt; calling what it returns settles it.
func (d *debts) add(at time.Time) (settled func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last++
	n := d.last
	d.since[n] = at
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.since, n)
	}
}

// oldest returns since when the first of them waits; zero: nobody does.
func (d *debts) oldest() (at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, since := range d.since {
		if at.IsZero() || since.Before(at) {
			at = since
		}
	}
	return at
}

func newExcuser(h *house, who func(*http.Request) (*models.Viewer, error)) *excuser {
	e := &excuser{db: h.db, engine: h.engine, who: who, now: h.now, waiting: make(chan owing, mostWaiting),
		owed: debts{since: map[int]time.Time{}}, stopped: make(chan struct{}), given: map[workflow.ID]time.Time{}}
	e.ended.Go(e.run)
	return e
}

// turned notes a submission that was turned away. It never waits.
func (e *excuser) turned(t web.TurnedAway) {
	o := owing{t, e.owed.add(t.At)}
	select {
	case e.waiting <- o:
	default:
		o.settled() // or one flood would make each later outage long
		slog.Error("no room to note a submission that was turned away", "application", int64(t.Application), "status", t.Status)
	}
}

// stop writes what still waits, as far as the database lets it.
func (e *excuser) stop() {
	close(e.stopped)
	e.ended.Wait()
}

func (e *excuser) run() {
	for {
		select {
		case o := <-e.waiting:
			e.untilWritten(o)
		case <-e.stopped:
			for len(e.waiting) > 0 {
				e.untilWritten(<-e.waiting)
			}
			return
		}
	}
}

// untilWritten tries until o is written or refused, or until there is no more time.
func (e *excuser) untilWritten(o owing) {
	t := o.TurnedAway
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		err := e.excuse(t)
		if !again(err) {
			o.settled()
			if err != nil {
				slog.Info("no grace for a submission that was turned away", "application", int64(t.Application), "status", t.Status, "err", err)
			}
			return
		}
		select {
		case <-time.After(pause):
		case <-e.stopped:
			if err := e.excuse(t); again(err) {
				slog.Error("a submission that was turned away could not be noted", "application", int64(t.Application), "at", t.At, "status", t.Status, "err", err)
			}
			return
		}
	}
}

// again reports whether err may go away by itself.
func again(err error) bool {
	fault := new(models.Unavailable)
	return errors.Is(err, models.ErrBusy) || errors.As(err, &fault)
}

// errNotTheirs means that whoever was turned away could not have submitted it.
var errNotTheirs = errors.New("not theirs to submit")

// excuse finds out who asked, and gives them the grace if they could have submitted.
func (e *excuser) excuse(t web.TurnedAway) error {
	if e.now().Before(e.given[t.Application].Add(againAfter)) {
		return nil
	}
	ctx := context.Background()
	v, err := e.who(t.Request)
	if err != nil {
		return err
	}
	row, err := e.db.Row(ctx, v, workflow.NounApplication, t.Application)
	if err != nil {
		return err
	}
	if !row.Roles.Has(workflow.AOR) || v.Via != 0 && !identity.Scopes(v.Scopes).Has(identity.ScopeFor(workflow.NounApplication, workflow.ActSubmit)) {
		return errNotTheirs
	}
	_, err = e.engine.Do(ctx, engine.Request{Viewer: &models.Viewer{System: true}, Command: workflow.Command{
		Noun: workflow.NounApplication, Action: workflow.ActExcuse, ID: t.Application, Received: t.At, Inputs: []workflow.Input{
			{Name: "person", Int: int64(v.Person)}, {Name: "turned_away", Time: t.At.UTC().Truncate(time.Microsecond)}, {Name: "status", Int: int64(t.Status)}}}})
	if err == nil {
		e.given[t.Application] = e.now()
	}
	return err
}
