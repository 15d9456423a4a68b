package jobs_test

import (
	"context"
	"testing"
	"time"

	"tranche/app/engine/enginetest"
	"tranche/app/jobs"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

func running(t *testing.T, db *models.DB) (*enginetest.World, *jobs.Runner) {
	t.Helper()
	w := enginetest.New(t, db)
	return w, started(t, w)
}

// started has the jobs of w carried out.
func started(t *testing.T, w *enginetest.World) *jobs.Runner {
	t.Helper()
	if _, err := w.DB.Migrate(t.Context(), jobs.Tables(w.DB)); err != nil {
		t.Fatal(err)
	}
	r, err := jobs.New(w.DB, w.Engine, w.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := r.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return r
}

// eventually polls until the application is in state want.
func eventually(t *testing.T, w *enginetest.World, id workflow.ID, want workflow.State) {
	t.Helper()
	await(t, want, func() workflow.State {
		row, err := w.DB.Row(t.Context(), w.As(workflow.ProgramOfficer), workflow.NounApplication, id)
		if err != nil {
			t.Fatal(err)
		}
		return row.Record.State
	})
}

// await polls until the state is want.
func await(t *testing.T, want workflow.State, state func() workflow.State) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; {
		got := state()
		if got == want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("it is %s, not %s", got, want)
		}
		time.Sleep(5 * time.Millisecond) // between two looks, not in place of one
	}
}

// The job of a submission may have died with the process that carried it out: what
// rests on the screening does not wait until the job library notices.
func TestTheStartHoldsAgainstTheListsWhoWasNot(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		w.List(workflow.ListOFAC, enginetest.Listed("36", workflow.EntryEntity, "Nobody Trading"))
		c := w.NewCase("Cascadian Robotics, Inc.", 10_000_00).Submit()
		screening := func() workflow.State {
			s, err := db.ScreeningOf(t.Context(), c.Company)
			if err != nil {
				t.Fatal(err)
			}
			return s.State
		}
		if got := screening(); got != workflow.None {
			t.Fatalf("nobody was to do it, and it is %s", got)
		}
		started(t, w)
		await(t, workflow.Completed, screening)
	})
}

func TestWhatIsSubmittedIsScreened(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w, _ := running(t, db)
		rich := w.Organization("Exactly One Hundred Million, Inc.", workflow.RevenueCap)
		silent := w.Must(workflow.NounOrganization, workflow.ActCreate, 0, nil, enginetest.Text("legal_name", "No Books LLC")).ID
		for _, tt := range []struct {
			company workflow.ID
			want    workflow.State
		}{{w.Company, workflow.InReview}, {rich, workflow.Ineligible}, {silent, workflow.Screening}} {
			c := w.DraftOf(tt.company, w.Member(tt.company, workflow.AOR), 1_000_00)
			w.Act(w.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSubmit)
			eventually(t, w, c.Application, tt.want)
		}
	})
}

// A deadline closes the opportunity; a draft that was submitted before is
// restored, another one expires.
func TestTheClockClosesAndSettlesDrafts(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		lead := w.As(workflow.ProgramLead)
		closes := w.Now().Add(24 * time.Hour)
		w.Opportunity = w.Must(workflow.NounOpportunity, workflow.ActForecast, w.Program, lead, enginetest.Int("fund", int64(w.Fund)),
			enginetest.Text("number", "AIV-2026-R2"), enginetest.Text("title", "With a deadline"),
			enginetest.Time("opens", w.Now().Add(-time.Hour)), enginetest.Time("closes", closes)).ID
		w.Act(lead, workflow.NounOpportunity, w.Opportunity, workflow.ActPublish)
		kept := w.Draft(1_000_00)
		w.Act(w.Viewer(kept.AOR), workflow.NounApplication, kept.Application, workflow.ActSubmit)
		w.Act(w.Viewer(kept.AOR), workflow.NounApplication, kept.Application, workflow.ActReopen)
		lost := w.NewCase("Never Sent LLC", 1_000_00)
		if err := jobs.Due(t.Context(), db.Reader, w.Engine, w.Now()); err != nil {
			t.Fatal(err)
		}
		state := func(noun workflow.Noun, id workflow.ID) workflow.State {
			row, err := db.Row(t.Context(), lead, noun, id)
			if err != nil {
				t.Fatal(err)
			}
			return row.Record.State
		}
		if got := state(workflow.NounApplication, lost.Application); got != workflow.Draft {
			t.Errorf("before the deadline a draft is %s", got)
		}
		w.Advance(24 * time.Hour)
		for range 2 { // the second round screens what the first restored, and repeats nothing
			if err := jobs.Due(t.Context(), db.Reader, w.Engine, w.Now()); err != nil {
				t.Fatal(err)
			}
		}
		if got := state(workflow.NounOpportunity, w.Opportunity); got != workflow.Closed {
			t.Errorf("opportunity is %s", got)
		}
		if got := state(workflow.NounApplication, kept.Application); got != workflow.InReview {
			t.Errorf("the draft with a submission is %s", got)
		}
		if got := state(workflow.NounApplication, lost.Application); got != workflow.Expired {
			t.Errorf("the draft without one is %s", got)
		}
	})
}

// The lists are ready when the first command comes: it does not read their entries in
// the transaction that all others wait for.
func TestTheListsAreReadyBeforeTheFirstCommand(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		w.List(workflow.ListOFAC, enginetest.Listed("36", workflow.EntryEntity, "Aerocaribbean Airlines"))
		airline := w.Organization("Aerocaribbean Airline", 1_00)
		started(t, w)
		modelstest.Unlist(t, db)
		s := w.Must(workflow.NounScreening, workflow.ActCreate, airline, nil).ID
		w.Act(nil, workflow.NounScreening, s, workflow.ActScreen)
		found, err := models.Records[workflow.Hit](t.Context(), db.Reader, w.As(workflow.SecurityReviewer), workflow.NounHit, models.Filter{})
		if err != nil || len(found) != 1 {
			t.Errorf("%d hits, %v: the entries were read by the command", len(found), err)
		}
	})
}
