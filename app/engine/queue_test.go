package engine_test

import (
	"slices"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// An export has the rows of the queue in its order, with the reviews that may be read.
func TestAnExportHasTheRowsOfTheQueue(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		for i := range 4 {
			c := w.NewCase("Some Inc.", workflow.Cents(i+1)*1_000_00).Submit()
			if i > 1 {
				c.ReviewBy(w.Reviewers[i-1])
			}
		}
		for _, sort := range []models.Sort{models.SortSubmitted, models.SortRequested, models.SortScore} {
			for _, v := range []*models.Viewer{w.As(workflow.ProgramOfficer), w.Viewer(w.Reviewers[1]), w.As(workflow.Auditor)} {
				q := models.Queue{View: models.ViewAll, Sort: sort, Descending: sort == models.SortRequested}
				page, err := db.Queue(t.Context(), v, q)
				if err != nil {
					t.Fatal(err)
				}
				var want, got []workflow.ID
				reviews := 0
				for _, row := range page.Rows {
					want = append(want, row.Application.ID)
				}
				var criteria []string
				err = db.ExportQueue(t.Context(), v, q, func(names []string) error { criteria = names; return nil }, func(c *models.ExportedCase) error {
					got, reviews = append(got, c.Application.ID), reviews+len(c.Reviews)
					return nil
				})
				if err != nil || !slices.Equal(got, want) || len(criteria) != len(workflow.Rubric) {
					t.Errorf("by %s, the export has %v and criteria %v, the page %v: %v", sort, got, criteria, want, err)
				}
				if most := len(want) - 2; v.Person == w.Reviewers[1] && reviews != 1 || v.Person != w.Reviewers[1] && reviews != most {
					t.Errorf("by %s, there are %d reviews", sort, reviews)
				}
			}
		}
	})
}
