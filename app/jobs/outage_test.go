package jobs_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"tranche/app/engine/enginetest"
	"tranche/app/jobs"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// A dated is a World with an opportunity that closes two hours after the World begins.
type dated struct {
	*enginetest.World
	closes time.Time
	owed   time.Time // what signs of life say
}

func newDated(t *testing.T, db *models.DB) *dated {
	t.Helper()
	w := &dated{World: enginetest.New(t, db)}
	w.closes = w.Now().Add(2 * time.Hour)
	lead := w.As(workflow.ProgramLead)
	w.Opportunity = w.Must(workflow.NounOpportunity, workflow.ActForecast, w.Program, lead, enginetest.Int("fund", int64(w.Fund)),
		enginetest.Text("number", "AIV-2026-R2"), enginetest.Text("title", "With a deadline"),
		enginetest.Time("opens", w.Now().Add(-time.Hour)), enginetest.Time("closes", w.closes)).ID
	w.Act(lead, workflow.NounOpportunity, w.Opportunity, workflow.ActPublish)
	return w
}

// until moves the clock to left before the deadline.
func (w *dated) until(left time.Duration) { w.Advance(w.closes.Add(-left).Sub(w.Now())) }

func (w *dated) call() *workflow.Opportunity {
	w.T.Helper()
	o, err := models.Record[workflow.Opportunity](context.Background(), w.DB.Reader, &models.Viewer{System: true}, workflow.NounOpportunity, w.Opportunity)
	if err != nil {
		w.T.Fatal(err)
	}
	return o
}

func (w *dated) beat() {
	w.T.Helper()
	if err := w.DB.Beat(context.Background(), w.Now(), w.owed, 5*time.Second); err != nil {
		w.T.Fatal(err)
	}
}

func (w *dated) outages() []workflow.Outage {
	w.T.Helper()
	list, err := w.DB.Outages(context.Background())
	if err != nil {
		w.T.Fatal(err)
	}
	return list
}

func (w *dated) makeUp(rest time.Duration) {
	w.T.Helper()
	if err := jobs.MakeUp(context.Background(), w.DB, w.Engine, w.Now(), rest); err != nil {
		w.T.Fatal(err)
	}
}

func TestNobodyBeatingIsAnOutage(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newDated(t, db)
		w.beat() // the first one ever ends no outage
		for range 3 {
			w.Advance(4_999_999 * time.Microsecond)
			w.beat()
		}
		if got := w.outages(); len(got) != 0 {
			t.Fatalf("with a sign of life every 5 seconds: %v", got)
		}
		from := w.Now()
		w.Advance(5 * time.Second)
		w.beat()
		w.beat() // of another process
		if got := w.outages(); len(got) != 1 || !got[0].From.Equal(from) || !got[0].Until.Equal(w.Now()) {
			t.Fatalf("outages %v, want one from %v to %v", got, from, w.Now())
		}
		w.makeUp(0)
		if got := w.outages(); len(got) != 0 {
			t.Errorf("still to be made up for: %v", got)
		}
		if o := w.call(); !o.Closes.Equal(w.closes) || o.Version != 2 {
			t.Errorf("an outage long before the deadline moved it to %v", o.Closes)
		}
	})
}

// The deadline passes while nobody answers: who meant to send then still can, and
// nothing was closed meanwhile.
func TestADeadlineInAnOutageMoves(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newDated(t, db)
		c := w.Draft(1_000_00)
		w.until(5 * time.Minute)
		w.beat()
		w.Advance(10 * time.Minute)
		w.beat()
		w.makeUp(30 * time.Minute)
		w.makeUp(30 * time.Minute)
		want := w.closes.Add(40 * time.Minute)
		o := w.call()
		if !o.Closes.Equal(want) || o.State != workflow.Open {
			t.Fatalf("%s, closes at %v; want %v", o.State, o.Closes, want)
		}
		if err := jobs.Due(t.Context(), db.Reader, w.Engine, w.Now()); err != nil {
			t.Fatal(err)
		}
		w.Advance(want.Sub(w.Now()) - time.Microsecond)
		w.Act(w.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSubmit)
		w.Act(w.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActReopen)
		w.Advance(time.Microsecond)
		_, err := w.Do(w.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSubmit)
		if no := new(workflow.Refusal); !errors.As(err, &no) || no.Reason != "deadline_passed" {
			t.Errorf("at the moved deadline: %v", err)
		}
		events, err := db.Events(t.Context(), w.As(workflow.ProgramLead), workflow.NounOpportunity, w.Opportunity)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, e := range events {
			if e.Action == workflow.ActMakeUp {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%d events say that the deadline moved, want 1", found)
		}
		if ok, err := db.Verify(t.Context(), func(c models.Check) {
			for _, p := range c.Problems {
				t.Error(p)
			}
		}); err != nil || !ok {
			t.Errorf("verify: %t, %v", ok, err)
		}
	})
}

// Closed a moment before the outage was noticed: it opens again.
func TestADeadlineThatWasKeptDuringAnOutageOpensAgain(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newDated(t, db)
		w.until(time.Minute)
		w.beat()
		w.Advance(2 * time.Minute)
		w.Act(nil, workflow.NounOpportunity, w.Opportunity, workflow.ActClose)
		w.beat()
		w.makeUp(time.Minute)
		if o, want := w.call(), w.closes.Add(3*time.Minute); o.State != workflow.Open || !o.Closes.Equal(want) {
			t.Errorf("%s, closes at %v; want open, %v", o.State, o.Closes, want)
		}
	})
}

// What is too long is left to a person, and is asked about once.
func TestAnOutageOfADayIsForAPerson(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newDated(t, db)
		w.beat()
		w.Advance(24 * time.Hour)
		w.beat()
		w.makeUp(time.Minute)
		if o := w.call(); !o.Closes.Equal(w.closes) {
			t.Errorf("closes at %v, want %v", o.Closes, w.closes)
		}
		if got := w.outages(); len(got) != 0 {
			t.Errorf("still asked about: %v", got)
		}
	})
}

// A personal deadline moves with an outage and with a pause, and a draft expires at
// the moved one only.
func TestAPersonalDeadlineMovesWithOutagesAndPauses(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newDated(t, db)
		c, lead := w.Draft(1_000_00), w.As(workflow.ProgramLead)
		until := w.closes.Add(24 * time.Hour)
		w.Act(lead, workflow.NounApplication, c.Application, workflow.ActExtend, enginetest.Time("until", until), enginetest.Text("note", "ill"))
		w.Act(lead, workflow.NounOpportunity, w.Opportunity, workflow.ActPause, enginetest.Text("note", "a lawsuit"))
		w.Advance(30 * time.Minute)
		w.Act(lead, workflow.NounOpportunity, w.Opportunity, workflow.ActResume)
		until = until.Add(30 * time.Minute)
		w.Advance(until.Sub(w.Now()) - time.Minute)
		due := func() {
			t.Helper()
			if err := jobs.Due(t.Context(), db.Reader, w.Engine, w.Now()); err != nil {
				t.Fatal(err)
			}
		}
		due()
		if o := w.call(); o.State != workflow.Closed {
			t.Fatalf("the opportunity is %s a day after its deadline", o.State)
		}
		w.beat()
		w.Advance(2 * time.Minute)
		w.beat()
		w.makeUp(10 * time.Minute)
		if o := w.call(); o.State != workflow.Closed || o.Moved != (42*time.Minute).Microseconds() {
			t.Fatalf("%s, moved by %d", o.State, o.Moved)
		}
		until = until.Add(12 * time.Minute)
		state := func() workflow.State {
			row, err := db.Row(t.Context(), lead, workflow.NounApplication, c.Application)
			if err != nil {
				t.Fatal(err)
			}
			return row.Record.State
		}
		w.Advance(until.Sub(w.Now()) - time.Microsecond)
		due()
		if got := state(); got != workflow.Draft {
			t.Errorf("a moment before the moved deadline the draft is %s", got)
		}
		w.Advance(time.Microsecond)
		due()
		if got := state(); got != workflow.Expired {
			t.Errorf("at the moved deadline the draft is %s", got)
		}
	})
}

// A server that starts again after its deadlines passed moves them before it closes
// anything.
func TestAStartMovesDeadlinesBeforeItClosesThem(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		if _, err := db.Migrate(t.Context(), jobs.Tables(db)); err != nil {
			t.Fatal(err)
		}
		w := newDated(t, db)
		c := w.Draft(1_000_00)
		w.until(time.Minute)
		w.beat()
		w.Advance(2 * time.Minute)
		r, err := jobs.New(db, w.Engine, w.Now)
		if err != nil {
			t.Fatal(err)
		}
		r.Watch(jobs.Watch{Every: time.Millisecond, Shortest: 5 * time.Second, Rest: time.Minute})
		if err := r.Start(context.Background()); err != nil {
			t.Fatal(err)
		}
		w.Act(w.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSubmit)
		if o, want := w.call(), w.closes.Add(3*time.Minute); o.State != workflow.Open || !o.Closes.Equal(want) {
			t.Errorf("%s, closes at %v; want open, %v", o.State, o.Closes, want)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := r.Stop(ctx); err != nil {
			t.Error(err)
		}
		w.Advance(4 * time.Second) // since the last sign of life, which Stop gave
		w.beat()
		if got := w.outages(); len(got) != 0 {
			t.Errorf("a sign of life that is a little late is an outage: %v", got)
		}
	})
}

// However short a restart was, somebody may have met a closed door in it: a deadline
// that fell into it or soon after moves. So it does when somebody who pressed long
// before the process died was not answered yet.
func TestARestartMovesTheDeadlinesOfThoseWhomItMayHaveTurnedAway(t *testing.T) {
	for _, tt := range []struct {
		name       string
		left, owed time.Duration // before the deadline: the last sign of life, and since when somebody waits
		down       time.Duration
		want       time.Duration // by which it moves
	}{
		{"the deadline fell into it", 200 * time.Millisecond, 0, time.Second, time.Minute + time.Second},
		{"the deadline came soon after", time.Minute, 0, time.Second, time.Minute + time.Second},
		{"the deadline came long after", 10 * time.Minute, 0, time.Second, 0},
		{"the deadline had passed", -time.Millisecond, 0, time.Second, 0},
		{"somebody had pressed before the deadline and was not answered", -time.Second, 2 * time.Second, time.Second, time.Minute + 4*time.Second},
		{"somebody had pressed after the deadline", -3 * time.Second, -time.Second, time.Second, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, db *models.DB) {
				if _, err := db.Migrate(t.Context(), jobs.Tables(db)); err != nil {
					t.Fatal(err)
				}
				w := newDated(t, db)
				w.until(tt.left)
				if tt.owed != 0 {
					w.owed = w.closes.Add(-tt.owed)
				}
				w.beat()
				w.Advance(tt.down)
				for range 2 { // the second process finds nothing left to make up for
					r, err := jobs.New(db, w.Engine, w.Now)
					if err != nil {
						t.Fatal(err)
					}
					r.Watch(jobs.Watch{Every: time.Hour, Shortest: 5 * time.Second, Rest: time.Minute})
					if err := r.Start(context.Background()); err != nil {
						t.Fatal(err)
					}
					if got := w.call().Closes.Sub(w.closes); got != tt.want {
						t.Errorf("the deadline moved by %v, want %v", got, tt.want)
					}
					ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
					defer cancel()
					if err := r.Stop(ctx); err != nil {
						t.Error(err)
					}
				}
			})
		})
	}
}

// Nobody is served by a process that is about to stop: what comes to an end then is
// left to the next one, which counts from the last sign of life.
func TestAProcessThatTakesNoMoreRequestsGivesNoSignOfLife(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		if _, err := db.Migrate(t.Context(), jobs.Tables(db)); err != nil {
			t.Fatal(err)
		}
		w := newDated(t, db)
		w.until(time.Minute)
		r, err := jobs.New(db, w.Engine, w.Now)
		if err != nil {
			t.Fatal(err)
		}
		r.Watch(jobs.Watch{Every: time.Millisecond, Shortest: 5 * time.Second, Rest: time.Minute})
		if err := r.Start(context.Background()); err != nil {
			t.Fatal(err)
		}
		r.Quiet(t.Context())
		quiet := w.Now()
		w.Advance(2 * time.Minute)
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := r.Stop(ctx); err != nil {
			t.Error(err)
		}
		if err := db.Rise(t.Context(), w.Now()); err != nil {
			t.Fatal(err)
		}
		if got := w.outages(); len(got) != 1 || !got[0].From.Equal(quiet) || !got[0].Until.Equal(w.Now()) {
			t.Errorf("outages %v, want one from %v to %v", got, quiet, w.Now())
		}
	})
}
