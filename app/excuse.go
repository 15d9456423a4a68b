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

	waiting chan web.TurnedAway
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

func newExcuser(h *house, who func(*http.Request) (*models.Viewer, error)) *excuser {
	e := &excuser{db: h.db, engine: h.engine, who: who, now: h.now, waiting: make(chan web.TurnedAway, mostWaiting),
		stopped: make(chan struct{}), given: map[workflow.ID]time.Time{}}
	e.ended.Go(e.run)
	return e
}

// turned notes a submission that was turned away. It never waits.
func (e *excuser) turned(t web.TurnedAway) {
	select {
	case e.waiting <- t:
	default:
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
		case t := <-e.waiting:
			e.untilWritten(t)
		case <-e.stopped:
			for len(e.waiting) > 0 {
				e.untilWritten(<-e.waiting)
			}
			return
		}
	}
}

// untilWritten tries until t is written or refused, or until there is no more time.
func (e *excuser) untilWritten(t web.TurnedAway) {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		err := e.excuse(t)
		if !again(err) {
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
