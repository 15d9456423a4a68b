package engine_test

import (
	"testing"
	"time"

	"tranche/app/engine/enginetest"
	"tranche/app/jobs"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// screen holds an organization against the lists, as the jobs do, and returns what
// came of it.
func screen(w *enginetest.World, organization workflow.ID) workflow.OrganizationScreening {
	w.T.Helper()
	if err := jobs.ScreenOrganization(w.T.Context(), w.DB, w.Engine, w.Now(), organization); err != nil {
		w.T.Fatal(err)
	}
	s, err := w.DB.ScreeningOf(w.T.Context(), organization)
	if err != nil {
		w.T.Fatal(err)
	}
	return s
}

// hitsOf lists the hits of an organization, the newest first.
func hitsOf(w *enginetest.World, organization workflow.ID) []workflow.Hit {
	w.T.Helper()
	out, err := models.Records[workflow.Hit](w.T.Context(), w.DB.Reader, w.As(workflow.SecurityReviewer), workflow.NounHit,
		models.Filter{Where: map[string]workflow.ID{"organization_id": organization}})
	if err != nil {
		w.T.Fatal(err)
	}
	return out
}

func TestAHitIsAdjudicatedAndStaysSo(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		reviewer := w.As(workflow.SecurityReviewer)
		note := enginetest.Text("note", "another company: founded in Bend, Oregon")
		want := func(s workflow.OrganizationScreening, hits int64) {
			t.Helper()
			if s.Hits != hits || s.At != w.Now() || s.State != workflow.Completed {
				t.Errorf("screening %+v, want %d hits", s, hits)
			}
		}
		if s := screen(w, w.Company); s.ID != 0 {
			t.Errorf("screened without a list: %+v", s)
		}
		entry := enginetest.Listed("36", workflow.EntryEntity, "Cascadian Robotics LLC")
		w.List(workflow.ListOFAC, entry, enginetest.Listed("38", workflow.EntryEntity, "Nobody Trading"))
		want(screen(w, w.Company), 1)
		want(screen(w, w.Company), 1) // found again: the same hit
		all := hitsOf(w, w.Company)
		if len(all) != 1 || all[0].Key != "36" || all[0].By != workflow.ByName || all[0].Score < workflow.UsualThreshold || all[0].State != workflow.Open {
			t.Fatalf("hits %+v", all)
		}
		hit := all[0].ID
		if _, err := w.Do(w.As(workflow.ProgramOfficer), workflow.NounHit, hit, workflow.ActDismiss, note); err == nil {
			t.Error("a program officer dismissed a hit")
		}
		w.Act(reviewer, workflow.NounHit, hit, workflow.ActDismiss, note)
		now, err := db.ScreeningOf(t.Context(), w.Company)
		if err != nil {
			t.Fatal(err)
		}
		want(now, 0)

		// The list says something else elsewhere: it stays dismissed.
		w.Advance(time.Hour)
		w.List(workflow.ListOFAC, entry, enginetest.Listed("39", workflow.EntryEntity, "Another Trading"))
		want(screen(w, w.Company), 0)
		// The entry says something else: it is to be looked at again.
		w.Advance(time.Hour)
		entry.Program = "SDGT"
		w.List(workflow.ListOFAC, entry)
		want(screen(w, w.Company), 1)
		w.Act(reviewer, workflow.NounHit, hit, workflow.ActDismiss, note)
		// The organization says something else: the same, and in the same step what was screened counts no more.
		w.Act(nil, workflow.NounOrganization, w.Company, workflow.ActUpdate, enginetest.Text("ein", "12-3456789"))
		if now, err = db.ScreeningOf(t.Context(), w.Company); err != nil || now.State != workflow.Required {
			t.Errorf("after a change of the organization: %+v, %v", now, err)
		}
		want(screen(w, w.Company), 1)
		w.Act(reviewer, workflow.NounHit, hit, workflow.ActConfirm, note)
		// Another name does not get rid of a confirmed hit, nor does the list.
		w.Act(nil, workflow.NounOrganization, w.Company, workflow.ActUpdate, enginetest.Text("legal_name", "Blue Heron, Inc."))
		w.List(workflow.ListOFAC, enginetest.Listed("40", workflow.EntryEntity, "Else Trading"))
		want(screen(w, w.Company), 1)
		w.Act(reviewer, workflow.NounHit, hit, workflow.ActReopen, note)
		want(screen(w, w.Company), 0)
		if all := hitsOf(w, w.Company); len(all) != 1 || all[0].State != workflow.Lapsed {
			t.Errorf("hits %+v", all)
		}
	})
}

// A job may run twice: the second time leaves nothing behind.
func TestAFreshScreeningIsNotRunAgain(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		w.List(workflow.ListOFAC, enginetest.Listed("36", workflow.EntryEntity, "Cascadian Robotics LLC"))
		first := screen(w, w.Company)
		w.Advance(time.Hour)
		if again := screen(w, w.Company); again != first {
			t.Errorf("screened again: %+v, after %+v", again, first)
		}
		w.List(workflow.ListOFAC, enginetest.Listed("37", workflow.EntryEntity, "Cascadian Robotics LLC"))
		if again := screen(w, w.Company); again.At != w.Now() || again.Lists == first.Lists {
			t.Errorf("not screened against a new list: %+v", again)
		}
	})
}

// The people of an organization are held against the lists as well, and a new one
// voids what was screened.
func TestPeopleAreScreenedWithTheirOrganization(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		w.List(workflow.ListOFAC, enginetest.Listed("36", workflow.EntryIndividual, "Jane DOE"), enginetest.Listed("37", workflow.EntryEntity, "Jane Doe"))
		if s := screen(w, w.Company); s.Hits != 0 || s.Subjects != 3 {
			t.Errorf("screening %+v", s)
		}
		jane := w.Must(workflow.NounPerson, workflow.ActCreate, 0, nil, enginetest.Text("name", "Susan Moe-Lee"), enginetest.Text("email", "jane@example.com")).ID
		w.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(jane)), enginetest.Text("role", "applicant"),
			enginetest.Int("organization", int64(w.Company)))
		for _, change := range []struct {
			name string
			hits int64
		}{{"", 0}, {"Jane Doe", 1}} {
			if change.name != "" {
				w.Act(nil, workflow.NounPerson, jane, workflow.ActUpdate, enginetest.Text("name", change.name))
			}
			s, err := db.ScreeningOf(t.Context(), w.Company)
			if err != nil || s.State != workflow.Required {
				t.Errorf("after a change of the people: %+v, %v", s, err)
			}
			if s := screen(w, w.Company); s.Hits != change.hits || s.Subjects != 4 {
				t.Errorf("screening %+v", s)
			}
		}
		if all := hitsOf(w, w.Company); len(all) != 1 || all[0].Person != jane || all[0].Key != "36" {
			t.Errorf("hits %+v", all)
		}
	})
}

// Whatever money rests on asks for a screening against the lists in force that
// nothing stands against; a case with a hit goes back to screening, and what was not
// sent yet is held.
func TestNothingIsAwardedOrPaidWhileAHitStands(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		reviewer, officer := w.As(workflow.SecurityReviewer), w.As(workflow.ProgramOfficer)
		note := enginetest.Text("note", "another company: founded in Bend, Oregon")
		refused := func(why workflow.Reason, v *models.Viewer, noun workflow.Noun, id workflow.ID, action workflow.Action, in ...workflow.Input) {
			t.Helper()
			if _, err := w.Do(v, noun, id, action, in...); refusedFor(err) != why {
				t.Errorf("%s %s: %v, want %s", action, noun, err, why)
			}
		}
		c := w.NewCase("Cascadian Robotics, Inc.", 10_000_00).Submit().Review().Recommend()
		w.List(workflow.ListOFAC, enginetest.Listed("36", workflow.EntryEntity, "Nobody Trading"))
		award := func(why workflow.Reason) {
			t.Helper()
			refused(why, w.As(workflow.SelectingOfficial), workflow.NounApplication, c.Application, workflow.ActAward, enginetest.Cents("amount", 10_000_00))
		}
		award("screening_stale")
		screen(w, c.Company)
		w.List(workflow.ListOFAC, enginetest.Listed("37", workflow.EntryEntity, "Cascadian Robotics LLC"))
		award("screening_stale")
		if err := jobs.ScreenAll(t.Context(), db, w.Engine, w.Now); err != nil { // what the import left to be done
			t.Fatal(err)
		}
		a := application(t, w, c.Application)
		if a.State != workflow.Screening || a.Committed != 0 || flagged(a) != "screening_hit" {
			t.Errorf("the case is %s, flag %q, committed %s", a.State, a.Flag, a.Committed)
		}
		refused("screening_unresolved", officer, workflow.NounApplication, c.Application, workflow.ActClear, enginetest.Text("codes", "evidence_accepted"), note)
		hit := hitsOf(w, c.Company)[0].ID
		w.Act(reviewer, workflow.NounHit, hit, workflow.ActDismiss, note)
		w.Act(officer, workflow.NounApplication, c.Application, workflow.ActClear, enginetest.Text("codes", "evidence_accepted"), note)
		_, id := c.Recommend().Awarded().Bank().Active().Claim(0)
		payment := func() *workflow.Payment { return record[workflow.Payment](t, w, workflow.NounPayment, id) }
		batch := func() error {
			_, err := w.Make(w.As(workflow.FinancePreparer), workflow.NounBatch, workflow.ActCreate, w.Program, enginetest.Date("effective", workflow.DateOf(w.Now())))
			return err
		}
		w.Act(reviewer, workflow.NounHit, hit, workflow.ActReopen, note)
		if p := payment(); p.State != workflow.Held || p.HoldReason != workflow.HeldForScreening {
			t.Errorf("the payment is %s for %q", p.State, p.HoldReason)
		}
		refused("screening_unresolved", w.As(workflow.GrantsOfficer), workflow.NounPayment, id, workflow.ActRelease)
		w.Act(reviewer, workflow.NounHit, hit, workflow.ActDismiss, note)
		w.Act(w.As(workflow.GrantsOfficer), workflow.NounPayment, id, workflow.ActRelease)
		w.List(workflow.ListOFAC, enginetest.Listed("38", workflow.EntryEntity, "Somebody Trading"))
		if why := refusedFor(batch()); why != "screening_stale" {
			t.Errorf("a batch before the screening: %s", why)
		}
		if err := jobs.ScreenAll(t.Context(), db, w.Engine, w.Now); err != nil {
			t.Fatal(err)
		}
		if err := batch(); err != nil {
			t.Errorf("a batch after the screening: %v", err)
		}
		verify(t, w)
	})
}

// A hit against one company keeps the others' payments out of no batch.
func TestABatchLeavesOutWhoMayNotBePaid(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		suspect := w.NewCase("Cascadian Robotics, Inc.", 10_000_00).Submit().Review().Recommend().Awarded().Bank().Active()
		other := w.NewCase("Blue Heron, Inc.", 10_000_00).Submit().Review().Recommend().Awarded().Bank().Active()
		w.List(workflow.ListOFAC, enginetest.Listed("37", workflow.EntryEntity, "Cascadian Robotics LLC"))
		if screen(w, suspect.Company).Hits != 1 || screen(w, other.Company).Hits != 0 {
			t.Fatal("the list was to name one of the two")
		}
		_, unpaid := suspect.Claim(0)
		_, paid := other.Claim(0)
		batch, err := w.Make(w.As(workflow.FinancePreparer), workflow.NounBatch, workflow.ActCreate, w.Program, enginetest.Date("effective", workflow.DateOf(w.Now())))
		if err != nil {
			t.Fatal(err)
		}
		if p := record[workflow.Payment](t, w, workflow.NounPayment, paid); p.Batch != batch.ID {
			t.Errorf("the payment of the other is %s, batch %s", p.State, p.Batch)
		}
		if p := record[workflow.Payment](t, w, workflow.NounPayment, unpaid); p.State != workflow.Ready || p.Batch != 0 {
			t.Errorf("the payment of the suspect is %s, batch %s", p.State, p.Batch)
		}
		verify(t, w)
	})
}

// The queue of hits: found by either name, the key or the organization, and counted for
// who decides.
func TestHitsAreSearchedAndCounted(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		w.List(workflow.ListOFAC, enginetest.Listed("4711", workflow.EntryEntity, "Cascadian Robotics LLC"))
		screen(w, w.Organization("Cascadia Robotics, Inc.", 1_000_000_00))
		reviewer := w.As(workflow.SecurityReviewer)
		for _, tt := range []struct {
			search string
			want   int
		}{{"cascadia robotics", 1}, {"CASCADIAN", 1}, {"4711", 1}, {"nobody", 0}} {
			l, err := models.List[workflow.Hit](t.Context(), db.Reader, reviewer, workflow.NounHit, models.Filter{}, tt.search)
			if err != nil || len(l.Rows) != tt.want || l.Count != tt.want {
				t.Errorf("%q finds %d of %d, %v", tt.search, len(l.Rows), l.Count, err)
			}
		}
		for role, want := range map[workflow.Role]int{workflow.SecurityReviewer: 1, workflow.ProgramOfficer: 0, workflow.Auditor: 0} {
			if n, err := db.OpenHits(t.Context(), w.As(role)); n != want || err != nil {
				t.Errorf("%s is told of %d hits, %v", role, n, err)
			}
		}
	})
}
