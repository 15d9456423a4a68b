package engine_test

import (
	"slices"
	"testing"
	"time"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// pages reads the whole desk of v, a few records at a time.
func pages(t *testing.T, w *enginetest.World, v *models.Viewer, limit int) (out []models.Task) {
	t.Helper()
	var after models.Mark
	for {
		d, err := w.DB.Desk(t.Context(), v, w.Now(), workflow.Errand{}, after, limit)
		if err != nil || len(d.Tasks) > limit {
			t.Fatalf("%d tasks on a page of %d: %v", len(d.Tasks), limit, err)
		}
		out = append(out, d.Tasks...)
		if after = d.Next; after == (models.Mark{}) {
			return out
		}
	}
}

// Who has one role here and another there is asked for the clearances of each role
// where they hold it, and for no others; so says the count.
func TestTheDeskAsksEachRoleWhereItIsHeld(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := required(t, db)
		w.Draft(900_00).Submit()
		elsewhere := w.Must(workflow.NounProgram, workflow.ActCreate, 0, nil, enginetest.Text("name", "Another"), enginetest.Text("prefix", "ANO"),
			enginetest.Text("agency", "Office of Innovation Programs"), enginetest.Text("bank_routing", "021000021"),
			enginetest.Text("bank_name", "JPMORGAN CHASE"), enginetest.Text("company_name", "ANOTHER"), enginetest.Text("company_id", "1123456780")).ID
		errand := workflow.Errand{Noun: workflow.NounClearance, State: workflow.Required, Action: workflow.ActClear}
		kinds := func(grants ...models.ViewerGrant) []string {
			t.Helper()
			v := &models.Viewer{Person: w.Person(workflow.SecurityReviewer), Grants: grants}
			d, err := w.DB.Desk(t.Context(), v, w.Now(), errand, models.Mark{}, 50)
			if err != nil || d.Count[errand] != len(d.Tasks) {
				t.Fatalf("%d are counted, %d shown: %v", d.Count[errand], len(d.Tasks), err)
			}
			var out []string
			for _, task := range d.Tasks {
				for _, cell := range task.Cells {
					if cell.Name == "kind" {
						out = append(out, *cell.Value.(*string))
					}
				}
			}
			slices.Sort(out)
			return out
		}
		security := kinds(models.ViewerGrant{Role: workflow.SecurityReviewer, Program: w.Program})
		if len(security) == 0 {
			t.Fatal("nothing waits for the security reviewer")
		}
		both := kinds(models.ViewerGrant{Role: workflow.SecurityReviewer, Program: w.Program}, models.ViewerGrant{Role: workflow.GrantsOfficer, Program: elsewhere},
			models.ViewerGrant{Role: workflow.ProgramOfficer, Program: elsewhere})
		if !slices.Equal(both, security) {
			t.Errorf("roles in another program bring %v, not %v", both, security)
		}
		if all := kinds(models.ViewerGrant{Role: workflow.SecurityReviewer, Program: w.Program}, models.ViewerGrant{Role: workflow.ProgramOfficer, Program: w.Program}); len(all) <= len(security) {
			t.Errorf("a second role here brings %v", all)
		}
	})
}

// What has waited longest comes first, whatever was written into it meanwhile, and
// every record stands on one page.
func TestTheDeskIsOrderedByHowLongSomethingWaits(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		reviewer := w.Viewer(w.Reviewers[0])
		var reviews []workflow.ID
		for range 3 {
			c := w.NewCase("Waiting Inc.", 900_00).Submit()
			w.Advance(time.Minute)
			id := c.Invite(w.Reviewers[0])
			w.Act(reviewer, workflow.NounReview, id, workflow.ActAccept, enginetest.Int("no_conflict", 1))
			reviews = append(reviews, id)
			w.Advance(time.Minute)
		}
		w.Act(reviewer, workflow.NounReview, reviews[0], workflow.ActSave, enginetest.Text("comment", "so far so good"))
		both := &models.Viewer{Person: reviewer.Person, Grants: append(slices.Clone(reviewer.Grants), models.ViewerGrant{Role: workflow.ProgramOfficer, Program: w.Program})}
		whole := pages(t, w, both, 50)
		if len(whole) != 6 {
			t.Fatalf("%d records wait, want 3 applications and 3 reviews", len(whole))
		}
		var got []workflow.ID
		for i, task := range whole {
			if i > 0 && task.Since.Before(whole[i-1].Since) {
				t.Errorf("the %d. waits longer than the one before", i+1)
			}
			if task.Errand.Noun == workflow.NounReview {
				got = append(got, task.Record.ID)
			}
		}
		if !slices.Equal(got, reviews) {
			t.Errorf("reviews wait in the order %v, want %v", got, reviews)
		}
		for limit := 1; limit < 4; limit++ {
			few := pages(t, w, both, limit)
			if !slices.EqualFunc(few, whole, func(a, b models.Task) bool { return a.Record.ID == b.Record.ID }) {
				t.Errorf("pages of %d show %d records, or others", limit, len(few))
			}
		}
		report := func(c models.Check) {
			for _, p := range c.Problems {
				t.Errorf("%s: %s", c.Name, p)
			}
		}
		if _, err := db.Verify(t.Context(), report); err != nil {
			t.Error(err)
		}
	})
}
