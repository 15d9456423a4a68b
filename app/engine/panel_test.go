package engine_test

import (
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/workflow"
)

// before returns the deliberation of a case before a panel, as v may see it.
func before(t *testing.T, w *enginetest.World, v *models.Viewer, panel workflow.ID, c *enginetest.Case) workflow.Deliberation {
	t.Helper()
	list, err := models.Records[workflow.Deliberation](t.Context(), w.DB.Reader, v, workflow.NounDeliberation,
		models.Filter{Where: map[string]workflow.ID{"panel_id": panel, "application_id": c.Application}})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		return workflow.Deliberation{}
	}
	return list[0]
}

// A panel considers every case in review; its members see them while it sits, who has a part
// in a case or steps out finds nothing of it, and its ranking says how far the money goes.
func TestAPanelAgreesOnEachCase(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *enginetest.World) {
		officer, lead := w.As(workflow.ProgramOfficer), w.As(workflow.ProgramLead)
		chair, second, third := w.Reviewers[0], w.Reviewers[1], w.Reviewers[2]
		var cases []*enginetest.Case
		for _, name := range []string{"One", "Two", "Three"} {
			cases = append(cases, w.NewCase(name, 5_000_000_00).Submit())
		}
		w.Must(workflow.NounConflict, workflow.ActCreate, cases[2].Application, nil, enginetest.Int("person", int64(third)), enginetest.Text("declared", "a cousin"))
		panel := w.Must(workflow.NounPanel, workflow.ActCreate, w.Opportunity, lead, enginetest.Text("name", "Spring"), enginetest.Int("chair", int64(chair)),
			enginetest.Int("quorum", 2)).ID
		if _, err := w.Do(lead, workflow.NounPanel, panel, workflow.ActInvite, enginetest.Int("person", int64(w.People[workflow.GrantsOfficer]))); refusedFor(err) != "not_of_the_program" {
			t.Errorf("somebody who judges no cases: %v", err)
		}
		for _, one := range []workflow.ID{second, third} {
			w.Act(lead, workflow.NounPanel, panel, workflow.ActInvite, enginetest.Int("person", int64(one)))
		}
		sees := func(person workflow.ID, c *enginetest.Case) bool {
			_, err := w.DB.Row(t.Context(), w.Viewer(person), workflow.NounApplication, c.Application)
			q, qerr := w.DB.Queue(t.Context(), w.Viewer(person), models.Queue{})
			if qerr != nil {
				t.Fatal(qerr)
			}
			listed := false
			for i := range q.Rows {
				listed = listed || q.Rows[i].Application.ID == c.Application
			}
			if listed != (err == nil) || len(q.Rows) != q.Count {
				t.Errorf("%d: listed %v, read %v, counted %d of %d", person, listed, err, q.Count, len(q.Rows))
			}
			return listed
		}
		if sees(chair, cases[0]) {
			t.Error("a member sees a case before the panel begins")
		}
		w.Act(officer, workflow.NounPanel, panel, workflow.ActStart)
		if !sees(chair, cases[0]) || !sees(third, cases[0]) || sees(third, cases[2]) || sees(w.Person(workflow.Reviewer), cases[0]) {
			t.Error("not the members alone see the cases, or one sees a case that they are tied to")
		}
		if d := before(t, w, officer, panel, cases[2]); !d.SteppedOut(third) || d.SteppedOut(second) {
			t.Errorf("out of the third case are %q", d.Out)
		}
		confirm := func(who workflow.ID, c *enginetest.Case, points, present int64) error {
			_, err := w.Do(w.Viewer(who), workflow.NounDeliberation, before(t, w, officer, panel, c).ID, workflow.ActConfirm,
				enginetest.Int("points", points), enginetest.Int("present", present), enginetest.Text("minutes", "All agreed."))
			return err
		}
		if got := refusedFor(confirm(second, cases[0], 70, 3)); got != "not_the_chair" {
			t.Errorf("by another member: %q", got)
		}
		if got := refusedFor(confirm(chair, cases[2], 70, 3)); got != "too_many_present" {
			t.Errorf("with one who is out: %q", got)
		}
		for i, points := range []int64{70, 91, 80} {
			if err := confirm(chair, cases[i], points, 2); err != nil {
				t.Fatal(err)
			}
		}
		// The chair opens one again, and steps out of it: another member concludes.
		again := before(t, w, officer, panel, cases[0]).ID
		w.Act(w.Viewer(chair), workflow.NounDeliberation, again, workflow.ActReopen, enginetest.Text("note", "A second look."))
		if _, err := w.Do(lead, workflow.NounPanel, panel, workflow.ActClose); refusedFor(err) != "panel_cases_open" {
			t.Errorf("closed with a case open: %v", err)
		}
		w.Act(w.Viewer(chair), workflow.NounDeliberation, again, workflow.ActRecuse, enginetest.Text("note", "My sister works there."))
		if sees(chair, cases[0]) || before(t, w, w.Viewer(chair), panel, cases[0]).ID != 0 || !sees(chair, cases[1]) {
			t.Error("who stepped out of a case still sees it, or sees the others no more")
		}
		if r, err := w.DB.Ranking(t.Context(), w.Viewer(chair), panel); err != nil || len(r.Cases) != 2 {
			t.Errorf("the chair ranks %d cases: %v", len(r.Cases), err)
		}
		if err := confirm(second, cases[0], 95, 2); err != nil {
			t.Fatal(err)
		}
		r, err := w.DB.Ranking(t.Context(), officer, panel)
		if err != nil || len(r.Cases) != 3 || r.Cases[0].Number == r.Cases[1].Number || r.Budget != enginetest.Appropriation {
			t.Fatalf("the ranking is %+v: %v", r, err)
		}
		for i, points := range []int64{95, 91, 80} {
			c := r.Cases[i]
			if c.Deliberation.Score != points || c.Sum != workflow.Cents(i+1)*5_000_000_00 || !c.Within {
				t.Errorf("rank %d is %+v", i+1, c)
			}
		}
		w.Act(lead, workflow.NounPanel, panel, workflow.ActClose)
		if sees(second, cases[0]) {
			t.Error("a member sees a case after the panel has ended")
		}
		verify(t, w)
	})
}
