package jobs

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"tranche/app/engine"
	"tranche/models"
	"tranche/workflow"
)

// Watch says how the service notices that it was down.
type Watch struct {
	Every    time.Duration // between two signs of life
	Shortest time.Duration // without one that is an outage: more than one sign late
	Rest     time.Duration // what a deadline that fell into an outage gets on top; whole seconds
}

// UsualWatch is what a server watches with, unless it is told otherwise. The times
// are explained in docs/decisions/0006.
var UsualWatch = Watch{Every: 2 * time.Second, Shortest: workflow.OutageShort, Rest: 30 * time.Minute}

// rise gives the first sign of life, and moves the deadlines near the outage that it ends.
func (w *clock) rise(ctx context.Context) error {
	if err := w.db.Rise(ctx, w.now()); err != nil {
		return err
	}
	return w.makeUp(ctx)
}

// beat gives a sign of life, and moves the deadlines near an outage that it ends.
// A process that takes no more requests gives none.
func (w *clock) beat(ctx context.Context) error {
	if w.ended.Load() {
		return nil
	}
	var owed time.Time
	now := w.now() // first: who presses after it is owed nothing yet
	if w.owed != nil {
		owed = w.owed()
	}
	if err := w.db.Beat(ctx, now, owed, w.watch.Shortest); err != nil {
		return err
	}
	return w.makeUp(ctx)
}

func (w *clock) makeUp(ctx context.Context) error {
	return MakeUp(ctx, w.db, w.do, w.now(), w.watch.Rest)
}

// live beats until ctx ends.
func (w *clock) live(ctx context.Context) {
	tick := time.NewTicker(w.watch.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			w.tell(w.beat(ctx))
		}
	}
}

func (w *clock) tell(err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		slog.Error("sign of life", "err", err)
	}
}

// MakeUp moves the deadlines near every outage that was not made up for yet. What
// the lifecycle refuses, an outage that was too long above all, is for the program
// lead: it is logged.
func MakeUp(ctx context.Context, db *models.DB, do Doer, now time.Time, rest time.Duration) error {
	outages, err := db.Outages(ctx)
	if err != nil {
		return err
	}
	for _, o := range outages {
		reached, err := db.ReachedBy(ctx, o)
		if err != nil {
			return err
		}
		slog.Warn("nobody could be served", "from", o.From, "until", o.Until, "deadlines", len(reached))
		for _, id := range reached {
			_, err := do.Do(ctx, engine.Request{Viewer: &models.Viewer{System: true}, Command: workflow.Command{
				Noun: workflow.NounOpportunity, ID: id, Action: workflow.ActMakeUp, Received: now, Inputs: workflow.OutageInputs(o, rest)}})
			if no := new(workflow.Refusal); errors.As(err, &no) { // another process may have done it
				slog.Warn("a deadline did not move for an outage", "opportunity", id, "reason", no.Reason)
			} else if err != nil {
				return err // asked again with the next sign of life
			}
		}
		if err := db.SettleOutage(ctx, o); err != nil {
			return err
		}
	}
	return nil
}
