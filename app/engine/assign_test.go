package engine_test

import (
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// A case goes to an officer of the program, comes to wait for them alone, and counts in
// their load; who has a part in it cannot get it.
func TestACaseIsAssignedToAnOfficer(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		c := w.Draft(900_00).Submit()
		lead, first, second := w.As(workflow.ProgramLead), w.People[workflow.ProgramOfficer], w.Person(workflow.ProgramOfficer)
		assign := func(to workflow.ID) error {
			_, err := w.Do(lead, workflow.NounApplication, c.Application, workflow.ActAssign, enginetest.Int("officer", int64(to)))
			return err
		}
		waits := func(person workflow.ID) int {
			d, err := db.Desk(t.Context(), w.Viewer(person), w.Now(), workflow.Errand{}, models.Mark{}, 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(d.Tasks)
		}
		load := func(person workflow.ID) int {
			all, err := db.Workload(t.Context(), lead)
			if err != nil {
				t.Fatal(err)
			}
			for i := range all {
				if all[i].ID == person {
					if got := all[i].Cases(); got > 0 && all[i].Oldest.IsZero() {
						t.Error("a case waits since never")
					}
					return all[i].Cases()
				}
			}
			return -1
		}
		if waits(first) != 1 || waits(second) != 1 {
			t.Error("a case that nobody owns does not wait for both")
		}
		if err := assign(second); err != nil {
			t.Fatal(err)
		}
		if waits(first) != 0 || waits(second) != 1 || load(first) != 0 || load(second) != 1 {
			t.Errorf("assigned, %d and %d wait, the loads are %d and %d", waits(first), waits(second), load(first), load(second))
		}
		if got := refusedFor(assign(second)); got != "officer_unchanged" {
			t.Errorf("again: %q", got)
		}
		if got := refusedFor(assign(w.Reviewers[0])); got != "not_an_officer" {
			t.Errorf("to a reviewer: %q", got)
		}
		w.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(first)), enginetest.Text("role", workflow.AOR.String()),
			enginetest.Int("organization", int64(c.Company)))
		if got := refusedFor(assign(first)); got != "officer_conflicted" {
			t.Errorf("to who is of the company: %q", got)
		}
		of, err := db.Case(t.Context(), lead, c.Application)
		if err != nil || len(of.Assignable) != 1 || of.Assignable[0].ID != second {
			t.Errorf("the page offers %v: %v", of.Assignable, err)
		}
		parts, err := db.Parts(t.Context(), c.Application)
		if err != nil || !parts[[2]workflow.ID{first, c.Application}] || parts[[2]workflow.ID{second, c.Application}] {
			t.Errorf("parts in the case are %v: %v", parts, err)
		}
		if err := assign(0); err != nil || waits(second) != 1 || load(second) != 0 {
			t.Errorf("given to nobody: %v", err)
		}
		// The applicant is not told.
		events, err := db.Events(t.Context(), w.Viewer(c.AOR), workflow.NounApplication, c.Application)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			if e.Action == workflow.ActAssign {
				t.Error("the applicant reads of the assignment")
			}
		}
	})
}
