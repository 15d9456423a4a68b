package jobs

import (
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// A job may run late, or twice. What an officer cleared meanwhile stays cleared: the
// verdict is the one that the officer looked at.
func TestAClearedCaseIsNotScreenedAgain(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		silent := w.Must(workflow.NounOrganization, workflow.ActCreate, 0, nil, enginetest.Text("legal_name", "No Books LLC")).ID
		c := w.DraftOf(silent, w.Member(silent, workflow.AOR), 1_000_00)
		w.Act(w.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSubmit)
		officer := w.As(workflow.ProgramOfficer)
		again := func() {
			t.Helper()
			if err := screen(t.Context(), w.Engine, w.Now(), c.Application); err != nil {
				t.Fatal(err)
			}
		}
		again()
		w.Act(officer, workflow.NounApplication, c.Application, workflow.ActClear,
			enginetest.Text("codes", "evidence_accepted"), enginetest.Text("note", "seen their books"))
		again()
		row, err := db.Row(t.Context(), officer, workflow.NounApplication, c.Application)
		if err != nil {
			t.Fatal(err)
		}
		if row.Record.State != workflow.InReview {
			t.Errorf("a case that was cleared is %s after another screening", row.Record.State)
		}
	})
}
