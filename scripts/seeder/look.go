package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/workflow"
)

const (
	looks = 100                   // how often each page is read
	goal  = 50 * time.Millisecond // for the 99th of 100
)

// A sight is one page of the queue as one role reads it.
type sight struct {
	role workflow.Role
	models.Queue
}

// sights are the first pages of the default views of who works on cases, of all cases in
// two other orders, and of searches that find one case and many.
func sights() (out []sight) {
	for _, role := range []workflow.Role{workflow.ProgramOfficer, workflow.ProgramLead, workflow.SelectingOfficial, workflow.Auditor} {
		for _, view := range []models.View{models.ViewMine, models.ViewScreening, models.ViewReview, models.ViewClearance, models.ViewDecision, models.ViewWaiting, models.ViewLate, models.ViewAll, models.ViewDrafts} {
			out = append(out, sight{role, models.Queue{View: view}})
		}
	}
	all := models.Queue{View: models.ViewAll}
	for _, change := range []func(*models.Queue){
		func(q *models.Queue) { q.Descending = true }, func(q *models.Queue) { q.Sort, q.Descending = models.SortRequested, true },
		func(q *models.Queue) { q.Search = "1234" }, func(q *models.Queue) { q.Search = "雲端" },
	} {
		q := all
		change(&q)
		out = append(out, sight{workflow.ProgramOfficer, q})
	}
	return append(out, sight{workflow.Reviewer, models.Queue{View: models.ViewMine}}, sight{workflow.Reviewer, all})
}

// look measures how long the pages of the queue take, and says on out which miss the goal.
func look(ctx context.Context, database string, out io.Writer) (err error) {
	db, err := models.Open(ctx, database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.CheckSchema(ctx); err != nil {
		return err
	}
	w, err := enginetest.Resume(ctx, strict{}, &engine.Engine{DB: db, Now: func() time.Time { return time.Now().UTC() }})
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "    cases   p50 ms   p99 ms")
	missed := 0
	for _, s := range sights() {
		v := w.Viewer(w.People[s.role])
		s.Today = workflow.DateOf(time.Now())
		var took []time.Duration
		var p models.QueuePage
		for range looks {
			begun := time.Now()
			if p, err = db.Queue(ctx, v, s.Queue); err != nil {
				return err
			}
			took = append(took, time.Since(begun))
		}
		slices.Sort(took)
		p99, said := took[looks*99/100-1], ""
		if p99 >= goal {
			missed, said = missed+1, "MISSED"
		}
		fmt.Fprintf(out, "%9d %8.1f %8.1f  %-6s  %s\n", p.Count, millis(took[looks/2-1]), millis(p99), said, s)
	}
	if missed > 0 {
		return fmt.Errorf("%d pages take %v or more", missed, goal)
	}
	return nil
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// String returns "program_officer: all by requested, the last first".
func (s sight) String() string {
	out := s.role.String() + ": " + string(s.View)
	if s.Sort != "" {
		out += " by " + string(s.Sort)
	}
	if s.Descending {
		out += ", the last first"
	}
	if s.Search != "" {
		out += ", " + s.Search
	}
	return out
}
