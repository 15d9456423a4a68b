package models_test

import (
	"slices"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// A saved view is its owner's, and of those it is shared with; what they find there is
// what they may see.
func TestASavedViewIsSharedWithARoleOrAProgram(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w, _ := queueWorld(t, db, 2)
		officer := w.As(workflow.ProgramOfficer)
		save := func(name string, in ...workflow.Input) workflow.ID {
			return w.Must(workflow.NounSavedView, workflow.ActCreate, 0, officer,
				append(in, enginetest.Text("name", name), enginetest.Text("query", "view=all"))...).ID
		}
		program := enginetest.Int("program", int64(w.Program))
		mine, staff, leads := save("mine"), save("staff", program), save("leads", program, enginetest.Text("role", "program_lead"))
		w.Act(officer, workflow.NounSavedView, save("gone", program), workflow.ActRevoke)
		for who, one := range map[string]struct {
			viewer *models.Viewer
			want   []workflow.ID
		}{
			"the owner": {officer, []workflow.ID{leads, mine, staff}}, "a lead": {w.As(workflow.ProgramLead), []workflow.ID{leads, staff}},
			"a reviewer": {w.Viewer(w.Reviewers[0]), []workflow.ID{staff}}, "an applicant": {w.As(workflow.AOR), nil},
		} {
			list, err := db.SavedViews(t.Context(), one.viewer)
			if err != nil {
				t.Fatal(err)
			}
			var got []workflow.ID
			for _, saved := range list {
				got = append(got, saved.ID)
				if _, err := db.Row(t.Context(), one.viewer, workflow.NounSavedView, saved.ID); err != nil {
					t.Errorf("%s has %q and cannot read it: %v", who, saved.Name, err)
				}
			}
			if !slices.Equal(got, one.want) {
				t.Errorf("%s has the saved views %v, want %v", who, got, one.want)
			}
		}
		if p, err := db.Queue(t.Context(), w.Viewer(w.Reviewers[0]), models.Queue{View: models.ViewAll}); err != nil || p.Count != 1 {
			t.Errorf("a reviewer who has the view finds %d cases in it, and may see one (%v)", p.Count, err)
		}
	})
}
