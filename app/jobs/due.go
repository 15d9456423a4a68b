package jobs

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"

	"tranche/models"
	"tranche/workflow"
)

// dueArgs asks for everything to be done whose time has come.
type dueArgs struct{}

// Kind implements river.JobArgs.
func (dueArgs) Kind() string { return "due" }

func everyMinute() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(time.Minute), func() (river.JobArgs, *river.InsertOpts) {
		return dueArgs{}, &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByPeriod: time.Minute}, MaxAttempts: 1}
	}, &river.PeriodicJobOpts{RunOnStart: true})
}

// A clock does what is due.
type clock struct {
	db     *models.DB
	do     Doer
	now    func() time.Time
	watch  Watch
	owed   func() time.Time // since when somebody waits; zero: nobody does
	ended  atomic.Bool      // no more signs of life
	chores []Chore
}

// round does everything that is due, and the chores. Deadlines that an outage moves
// are moved before anything is closed at them: a process that takes no more requests
// leaves that to the next.
func (w *clock) round(ctx context.Context) error {
	if w.ended.Load() {
		return nil
	}
	err := w.beat(ctx)
	if err == nil {
		err = Due(ctx, w.db.Reader, w.do, w.now())
	}
	for _, chore := range w.chores {
		err = errors.Join(err, chore(ctx))
	}
	return err
}

// Due carries out every action of the system whose time has come at now: it
// closes opportunities, restores or expires drafts, screens what waited for the
// deadline, and lets offers, requests, reviews and exceptions lapse. What the
// lifecycle refuses stays as it is.
func Due(ctx context.Context, db models.Reader, do Doer, now time.Time) error {
	var errs []error
	due, err := db.Due(ctx, now)
	if err != nil {
		return err
	}
	for _, d := range due {
		if d.Action == workflow.ActScreenPass {
			err = screen(ctx, do, now, d.ID)
		} else {
			err = act(ctx, do, now, d.Noun, d.ID, d.Action)
		}
		var no *workflow.Refusal
		if err != nil && !errors.As(err, &no) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
