package engine_test

import (
	"testing"
	"time"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// leveled is a world whose cases are to leave their review within 10 business days.
func leveled(t *testing.T, db *models.DB) *enginetest.World {
	w := enginetest.New(t, db)
	w.Apply("levels", w.Plan(func(p *workflow.Plan) {
		p.Opportunities[0].Terms.Sections[2].Questions = nil
		p.Opportunities[0].Terms.Rubric = workflow.Rubric
		p.Opportunities[0].Terms.Levels = []workflow.ServiceLevel{{State: workflow.InReview, Days: 10, Remind: 2}, {State: workflow.Recommended, Days: 5}}
	}))
	return w
}

func TestACaseIsToLeaveItsStateInTime(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := leveled(t, db) // it is Monday, June 1, 2026
		officer, another, lead := w.As(workflow.ProgramOfficer), w.As(workflow.GrantsOfficer), w.As(workflow.ProgramLead)
		wait := func(days int) { w.Advance(time.Duration(days) * 24 * time.Hour) }
		due := func(c *enginetest.Case, what, want string, paused bool) {
			t.Helper()
			got, err := db.ServiceDue(t.Context(), c.Application)
			if err != nil || got.Due.String() != want || got.Paused != paused {
				t.Errorf("%s: %s, %t, %v; want %s, %t", what, got.Due, got.Paused, err, want, paused)
			}
		}
		late := func() (out []workflow.ID) {
			t.Helper()
			p, err := db.Queue(t.Context(), officer, models.Queue{View: models.ViewLate, Sort: models.SortDue, Today: workflow.DateOf(w.Now())})
			if err != nil {
				t.Fatal(err)
			}
			for i := range p.Rows {
				out = append(out, p.Rows[i].Application.ID)
			}
			if p.Count != len(out) || p.Views[models.ViewLate] != len(out) {
				t.Errorf("%d rows, counted %d and %d", len(out), p.Count, p.Views[models.ViewLate])
			}
			return out
		}
		ask := func(c *enginetest.Case) {
			w.Act(officer, workflow.NounApplication, c.Application, workflow.ActRequestInformation, enginetest.Text("question", "?"), enginetest.Date("due", workflow.DateOf(w.Now()).AddDays(30)))
		}
		hold := func(noun workflow.Noun, id workflow.ID) workflow.ID {
			return w.Must(workflow.NounHold, workflow.ActPlace, w.Program, officer, enginetest.Text("subject", noun.String()), enginetest.Int("subject_id", int64(id)),
				enginetest.Text("reason", "?"), enginetest.Date("next_look", workflow.DateOf(w.Now()).AddDays(30))).ID
		}
		lift := func(id workflow.ID) {
			w.Act(another, workflow.NounHold, id, workflow.ActLift, enginetest.Text("note", "!"))
		}

		verified := func() {
			t.Helper()
			if ok, err := db.Verify(t.Context(), func(c models.Check) {
				for _, p := range c.Problems {
					t.Errorf("%s: %s", c.Name, p)
				}
			}); !ok || err != nil {
				t.Errorf("verified: %t, %v", ok, err)
			}
		}

		asked, held, done := w.NewCase("Asked, Inc.", 1_000_00).Submit(), w.NewCase("Held, Inc.", 1_000_00).Submit(), w.NewCase("Done, Inc.", 1_000_00).Submit()
		due(asked, "ten business days", "2026-06-15", false)
		done.Review().Recommend()
		due(done, "a new state", "2026-06-08", false)

		wait(2) // Wednesday
		ask(asked)
		due(asked, "asked", "2026-06-15", true)
		one := hold(workflow.NounApplication, held.Application)
		due(held, "held", "2026-06-15", true)
		wait(2) // Friday
		two := hold(workflow.NounOrganization, held.Company)
		w.Act(w.Viewer(asked.AOR), workflow.NounApplication, asked.Application, workflow.ActReply, enginetest.Replied("!"))
		due(asked, "answered", "2026-06-17", false)
		lift(one)
		due(held, "one of two lifted", "2026-06-17", true)
		wait(4) // Tuesday, June 9
		lift(two)
		due(held, "both lifted", "2026-06-22", false) // June 19 is a holiday
		if got := late(); len(got) != 1 || got[0] != done.Application {
			t.Errorf("late is %v", got)
		}

		wait(9) // Thursday, June 18
		if got := late(); len(got) != 2 || got[0] != done.Application || got[1] != asked.Application {
			t.Errorf("late are %v", got)
		}
		d, err := db.Desk(t.Context(), lead, w.Now(), workflow.Errand{Noun: workflow.NounApplication, State: workflow.InReview, Action: workflow.ActAssign, Late: true}, models.Mark{}, 10)
		if err != nil || len(d.Tasks) != 1 || d.Tasks[0].Record.ID != asked.Application || d.Tasks[0].Due.String() != "2026-06-17" {
			t.Errorf("for the lead waits %+v, %v", d.Tasks, err)
		}
		all := hold(workflow.NounProgram, w.Program)
		if got := late(); len(got) != 0 {
			t.Errorf("while the program stands still, late are %v", got)
		}
		wait(5) // Tuesday, June 23
		lift(all)
		due(held, "the program went on", "2026-06-24", false)
		due(asked, "it was late before", "2026-06-17", false)
		w.Act(w.Viewer(asked.AOR), workflow.NounApplication, asked.Application, workflow.ActWithdraw)
		due(asked, "withdrawn", "", false)
		verified()
		if _, err := db.Pool().Exec("UPDATE applications SET service_due = service_due + 1 WHERE service_due > 0"); err != nil {
			t.Fatal(err)
		}
		if ok, err := db.Verify(t.Context(), func(models.Check) {}); ok || err != nil {
			t.Errorf("a service day that nothing comes to: %t, %v", ok, err)
		}
		// From before there were any.
		if _, err := db.Pool().Exec("UPDATE applications SET service_due = -1, service_remind = 0"); err != nil {
			t.Fatal(err)
		}
		if err := db.CountService(t.Context()); err != nil {
			t.Fatal(err)
		}
		verified()
	})
}
