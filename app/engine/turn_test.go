package engine_test

import (
	"errors"
	"testing"
	"time"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// Two officers are never led to the same case at once, nor anybody to one again that they
// passed over; when the time of a look is over, the case is free.
func TestEachIsLedToACaseOfTheirOwn(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		first, second := w.As(workflow.ProgramOfficer), w.Viewer(w.Person(workflow.ProgramOfficer))
		var cases []workflow.ID
		for range 2 {
			cases = append(cases, w.NewCase("Waiting Inc.", 900_00).Submit().Application)
			w.Advance(time.Minute)
		}
		next := func(v *models.Viewer, want workflow.ID) {
			t.Helper()
			got, err := db.NextCase(t.Context(), v, w.Now())
			if got != want || want == 0 && !errors.Is(err, models.ErrNotFound) || want != 0 && err != nil {
				t.Errorf("%d is led to %d, want %d: %v", v.Person, got, want, err)
			}
		}
		results := make(chan workflow.ID, 2)
		for _, v := range []*models.Viewer{first, second} {
			go func() {
				id, _ := db.NextCase(t.Context(), v, w.Now())
				results <- id
			}()
		}
		if a, b := <-results, <-results; a == b || a == 0 || b == 0 {
			t.Errorf("at once, they are led to %d and %d", a, b)
		}
		w.Advance(31 * time.Minute)
		next(first, cases[0])
		next(first, cases[0])
		next(second, cases[1])
		third := w.Viewer(w.Person(workflow.ProgramOfficer))
		next(third, 0)
		if err := db.Skip(t.Context(), first, cases[0], w.Now(), "waiting for a call"); err != nil {
			t.Fatal(err)
		}
		next(third, cases[0])
		turns, err := db.Turns(t.Context(), w.As(workflow.ProgramLead), cases[0], w.Now())
		if err != nil || len(turns) != 2 || turns[0].Skipped == turns[1].Skipped {
			t.Errorf("the turns are %+v: %v", turns, err)
		}
		if turns, err := db.Turns(t.Context(), w.As(workflow.AOR), cases[0], w.Now()); err != nil || len(turns) > 0 {
			t.Errorf("an applicant is told %+v: %v", turns, err)
		}
		w.Advance(40 * time.Minute)
		next(first, cases[1])
		if err := db.Skip(t.Context(), w.As(workflow.AOR), cases[0], w.Now(), "no"); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("an applicant passes over a case: %v", err)
		}
		w.Advance(20 * time.Hour)
		next(first, cases[0])
	})
}
