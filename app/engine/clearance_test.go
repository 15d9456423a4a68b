package engine_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"tranche/app/engine/enginetest"
	"tranche/app/jobs"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// required makes a world whose opportunity requires these clearances.
func required(t *testing.T, db *models.DB) *enginetest.World {
	w := enginetest.New(t, db)
	w.Require(workflow.ClearanceTerm{Kind: workflow.ClearEligibility}, workflow.ClearanceTerm{Kind: workflow.ClearScreening, Days: 90},
		workflow.ClearanceTerm{Kind: workflow.ClearMerit}, workflow.ClearanceTerm{Kind: workflow.ClearSecurity, Days: 365})
	return w
}

// missing returns the kinds that a refusal for clearances names.
func missing(err error) workflow.Kinds {
	var no *workflow.Refusal
	if errors.As(err, &no) && no.Reason == "clearances_missing" {
		kinds, _ := no.Words["missing"].(workflow.Kinds)
		return kinds
	}
	return nil
}

var award = enginetest.Cents("amount", 100_000_00)

func TestNothingIsAwardedBeforeItIsCleared(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := required(t, db)
		c := w.Draft(100_000_00).Submit()
		official, security := w.As(workflow.SelectingOfficial), w.As(workflow.SecurityReviewer)
		merit := c.Clearance(workflow.ClearMerit).ID
		if _, err := w.Do(w.As(workflow.ProgramOfficer), workflow.NounClearance, merit, workflow.ActClear); refusedFor(err) != "reviews_missing" {
			t.Errorf("merit was cleared without a review: %v", err)
		}
		if _, err := w.Do(security, workflow.NounClearance, merit, workflow.ActClear); refusedFor(err) != "not_your_duty" {
			t.Errorf("merit was cleared by a security reviewer: %v", err)
		}
		c.Review().Recommend()
		for _, next := range []string{workflow.ClearScreening, workflow.ClearMerit, workflow.ClearSecurity} {
			_, err := w.Do(official, workflow.NounApplication, c.Application, workflow.ActAward, award)
			if kinds := missing(err); len(kinds) == 0 || kinds[0] != next {
				t.Errorf("before %s is cleared: %v", next, err)
			}
			c.Clear(next)
		}
		c.Awarded().Bank().Active()
		verify(t, w)
	})
}

func TestARefusedClearanceTakesTheCaseBack(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := required(t, db)
		c := w.Draft(100_000_00).Submit().Review().Clear(workflow.ClearScreening, workflow.ClearMerit).Recommend()
		security, officer := w.As(workflow.SecurityReviewer), w.As(workflow.ProgramOfficer)
		id := c.Clearance(workflow.ClearSecurity).ID
		w.Act(security, workflow.NounClearance, id, workflow.ActRefuse, enginetest.Text("note", "a part comes from an embargoed country"))
		a := record[workflow.Application](t, w, workflow.NounApplication, c.Application)
		if a.State != workflow.Screening || a.Committed != 0 || flagged(a) != "clearance_lost" {
			t.Errorf("the case is %s, %s committed, flag %q", a.State, a.Committed, a.Flag)
		}
		if b := balances(t, w, c.Application); b[workflow.Committed] != 0 {
			t.Errorf("%s stay committed", b[workflow.Committed])
		}
		w.Act(officer, workflow.NounApplication, c.Application, workflow.ActClear, enginetest.Text("codes", "seen"), enginetest.Text("note", "to be looked at"))
		c.Recommend()
		if _, err := w.Do(w.As(workflow.SelectingOfficial), workflow.NounApplication, c.Application, workflow.ActAward, award); !slices.Equal(missing(err), workflow.Kinds{workflow.ClearSecurity}) {
			t.Errorf("with a refused clearance: %v", err)
		}
		w.Act(security, workflow.NounClearance, id, workflow.ActReopen, enginetest.Text("note", "it was another part"))
		c.Clear(workflow.ClearSecurity).Awarded()
		verify(t, w)
	})
}

// Merit was cleared by what a reviewer said: without it, it is to be cleared anew.
func TestMeritIsLostWithTheReviewThatItRestedOn(t *testing.T) {
	for action, flags := range map[workflow.Action]string{workflow.ActStrike: "review_struck clearance_lost", workflow.ActReopen: "clearance_lost"} {
		t.Run(action.String(), func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, db *models.DB) {
				w := required(t, db)
				c := w.Draft(100_000_00).Submit()
				review := c.ReviewBy(w.Reviewers[0])
				c.Clear(workflow.ClearScreening, workflow.ClearMerit, workflow.ClearSecurity).Recommend()
				w.Act(w.As(workflow.ProgramOfficer), workflow.NounReview, review, action, enginetest.Text("note", "they work together"))
				if s := c.Clearance(workflow.ClearMerit).State; s != workflow.Required {
					t.Errorf("merit is %s", s)
				}
				a := record[workflow.Application](t, w, workflow.NounApplication, c.Application)
				if a.State != workflow.Screening || a.Committed != 0 || flagged(a) != flags {
					t.Errorf("the case is %s, %s committed, flag %q", a.State, a.Committed, a.Flag)
				}
				verify(t, w)
			})
		})
	}
}

// The clock counts, and not the job that notes it.
func TestAClearanceEnds(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := required(t, db)
		c := w.Draft(100_000_00).Submit().Review().Clear(workflow.ClearScreening, workflow.ClearMerit, workflow.ClearSecurity).Recommend()
		ends := c.Clearance(workflow.ClearScreening).Ends
		if want := w.Now().AddDate(0, 0, 90); !ends.Equal(want) {
			t.Fatalf("it ends at %v, want %v", ends, want)
		}
		w.Advance(ends.Sub(w.Now()) - time.Second)
		if err := jobs.Due(t.Context(), w.DB.Reader, w.Engine, w.Now()); err != nil {
			t.Fatal(err)
		}
		if s := stateOf(t, w, workflow.NounApplication, c.Application); s != workflow.Recommended {
			t.Errorf("a second before the end the case is %s", s)
		}
		w.Advance(time.Second)
		if _, err := w.Do(w.As(workflow.SelectingOfficial), workflow.NounApplication, c.Application, workflow.ActAward, award); !slices.Equal(missing(err), workflow.Kinds{workflow.ClearScreening}) {
			t.Errorf("awarded at the end: %v", err)
		}
		if err := jobs.Due(t.Context(), w.DB.Reader, w.Engine, w.Now()); err != nil {
			t.Fatal(err)
		}
		if s := stateOf(t, w, workflow.NounApplication, c.Application); s != workflow.Screening {
			t.Errorf("after the end the case is %s", s)
		}
		if got := c.Clearance(workflow.ClearScreening); got.State != workflow.Required {
			t.Errorf("the clearance is %s", got.State)
		}
		verify(t, w)
	})
}

// Accepting and countersigning look again.
func TestAClearanceLostAfterTheAwardStopsTheSignatures(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := required(t, db)
		c := w.Draft(100_000_00).Submit().Review().Clear(workflow.ClearScreening, workflow.ClearMerit, workflow.ClearSecurity).Recommend().Awarded().Bank()
		void := func() {
			w.Act(nil, workflow.NounClearance, c.Clearance(workflow.ClearScreening).ID, workflow.ActVoid, enginetest.Text("note", "a hit"))
			if a := record[workflow.Application](t, w, workflow.NounApplication, c.Application); a.State != workflow.Awarded || flagged(a) != "clearance_lost" {
				t.Errorf("the case is %s, flag %q", a.State, a.Flag)
			}
		}
		void()
		if _, err := w.Do(w.Viewer(c.AOR), workflow.NounAward, c.Award, workflow.ActAccept); refusedFor(err) != "clearances_missing" {
			t.Errorf("accepted: %v", err)
		}
		c.Clear(workflow.ClearScreening)
		w.Act(w.Viewer(c.AOR), workflow.NounAward, c.Award, workflow.ActAccept)
		void()
		if _, err := w.Do(w.As(workflow.GrantsOfficer), workflow.NounAward, c.Award, workflow.ActCountersign); refusedFor(err) != "clearances_missing" {
			t.Errorf("countersigned: %v", err)
		}
		c.Clear(workflow.ClearScreening)
		w.Act(w.As(workflow.GrantsOfficer), workflow.NounAward, c.Award, workflow.ActCountersign)
		verify(t, w)
	})
}

// Two people waive, one clearance at a time.
func TestAClearanceIsWaivedByTwo(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := required(t, db)
		c := w.Draft(100_000_00).Submit().Review().Clear(workflow.ClearScreening, workflow.ClearMerit).Recommend()
		official := w.As(workflow.SelectingOfficial)
		security := c.Clearance(workflow.ClearSecurity).ID
		waive := func() error {
			_, err := w.Do(official, workflow.NounClearance, security, workflow.ActWaive, enginetest.Text("note", "the agency has cleared it"))
			return err
		}
		leave := func(id workflow.ID) {
			e := w.Must(workflow.NounException, workflow.ActRequest, w.Program, official, enginetest.Text("act", workflow.Waive),
				enginetest.Int("subject_id", int64(id)), enginetest.Text("reason", "cleared elsewhere")).ID
			if _, err := w.Do(official, workflow.NounException, e, workflow.ActApprove); refusedFor(err) != "you_requested_this" {
				t.Errorf("one person gave leave to themselves: %v", err)
			}
			w.Act(w.As(workflow.AppealsOfficial), workflow.NounException, e, workflow.ActApprove)
		}
		if err := waive(); refusedFor(err) != workflow.ReasonException {
			t.Errorf("waived without leave: %v", err)
		}
		leave(c.Clearance(workflow.ClearMerit).ID)
		if err := waive(); refusedFor(err) != workflow.ReasonException {
			t.Errorf("waived by leave for another one: %v", err)
		}
		leave(security)
		if err := waive(); err != nil {
			t.Error(err)
		}
		c.Awarded().Bank().Active()
		verify(t, w)
	})
}

// What somebody has decided about a case keeps it from being taken back and changed.
func TestAClearedCaseIsNotReopened(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := required(t, db)
		first, second := w.Draft(100_000_00).Submit(), w.NewCase("Second, Inc.", 100_000_00).Submit()
		first.Clear(workflow.ClearScreening)
		if _, err := w.Do(w.Viewer(first.AOR), workflow.NounApplication, first.Application, workflow.ActReopen); refusedFor(err) != "already_handled" {
			t.Errorf("reopened: %v", err)
		}
		w.Act(w.Viewer(second.AOR), workflow.NounApplication, second.Application, workflow.ActReopen)
		if _, err := w.Do(w.As(workflow.SecurityReviewer), workflow.NounClearance, second.Clearance(workflow.ClearScreening).ID, workflow.ActClear); refusedFor(err) != "case_not_running" {
			t.Errorf("a draft was cleared: %v", err)
		}
		second.Submit().Clear(workflow.ClearScreening)
		verify(t, w)
	})
}

// New terms reach a case when it is moved to them: what they require is made, and
// what they no longer require stands in nobody's way.
func TestNewTermsBringTheirClearances(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := required(t, db)
		c := w.Draft(100_000_00).Submit().Review().Clear(workflow.ClearScreening).Recommend()
		w.Require(workflow.ClearanceTerm{Kind: workflow.ClearScreening, Days: 30}, workflow.ClearanceTerm{Kind: workflow.ClearFinances})
		w.Act(w.As(workflow.ProgramLead), workflow.NounApplication, c.Application, workflow.ActAdopt, enginetest.Text("note", "new terms"))
		_, err := w.Do(w.As(workflow.SelectingOfficial), workflow.NounApplication, c.Application, workflow.ActAward, award)
		if !slices.Equal(missing(err), workflow.Kinds{workflow.ClearFinances}) {
			t.Errorf("under the new terms: %v", err)
		}
		w.Act(w.As(workflow.SecurityReviewer), workflow.NounClearance, c.Clearance(workflow.ClearSecurity).ID, workflow.ActRefuse, enginetest.Text("note", "nobody asks"))
		c.Clear(workflow.ClearFinances).Awarded()
		verify(t, w)
	})
}

// The note is for whose duty it is, who decides and who audits. Others of the staff
// see that there is a clearance; applicants and reviewers do not.
func TestWhoSeesAClearance(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := required(t, db)
		c := w.Draft(100_000_00).Submit().Review().Clear(workflow.ClearSecurity)
		id := c.Clearance(workflow.ClearSecurity).ID
		for role, want := range map[workflow.Role]string{workflow.SecurityReviewer: "note", workflow.SelectingOfficial: "note", workflow.Auditor: "note",
			workflow.ProgramOfficer: "row", workflow.GrantsOfficer: "row", workflow.Reviewer: "", workflow.AOR: "", workflow.Applicant: ""} {
			v := w.As(role)
			got := ""
			if row, err := w.DB.Row(t.Context(), v, workflow.NounClearance, id); err == nil {
				got = "row"
				if note, ok := cell[*string](row, "note"); ok && *note != "" {
					got = "note"
				}
			} else if !errors.Is(err, models.ErrNotFound) {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("%s sees %q, want %q", role, got, want)
			}
			events, err := w.DB.CaseEvents(t.Context(), v, c.Application)
			if err != nil {
				t.Fatal(err)
			}
			told := ""
			for _, e := range events {
				if e.Noun == workflow.NounClearance && e.Record == id {
					if told == "" {
						told = "row"
					}
					if e.Action == workflow.ActClear && e.Inputs != "" {
						told = "note"
					}
				}
			}
			if told != want {
				t.Errorf("the history tells %s %q, want %q", role, told, want)
			}
		}
	})
}

// Whoever is first wins: an award is never made without the clearance, and one that
// was made is looked at.
func TestAClearanceIsLostBeforeTheAwardOrAfterIt(t *testing.T) {
	w := required(t, modelstest.Postgres(t))
	firsts := map[bool]int{}
	for round := range 20 {
		c := w.NewCase(fmt.Sprintf("Hit %d, Inc.", round), 100_000_00).Submit().Review().Clear(workflow.ClearScreening, workflow.ClearMerit, workflow.ClearSecurity).Recommend()
		id := c.Clearance(workflow.ClearScreening).ID
		errs := race(t,
			does(w, w.As(workflow.SelectingOfficial), workflow.NounApplication, c.Application, workflow.ActAward, award),
			does(w, nil, workflow.NounClearance, id, workflow.ActVoid, enginetest.Text("note", "a hit")))
		if errs[1] != nil {
			t.Errorf("round %d: the clearance stands: %v", round, errs[1])
		}
		a := record[workflow.Application](t, w, workflow.NounApplication, c.Application)
		awarded, lost := eventOf(t, w, "application", "award", "awarded"), eventOf(t, w, "clearance", "void", "required")
		switch {
		case errs[0] == nil && (lost < awarded || a.State != workflow.Awarded || flagged(a) != "clearance_lost"):
			t.Errorf("round %d: awarded by event %d, lost by event %d; the case is %s, flag %q", round, awarded, lost, a.State, a.Flag)
		case errs[0] != nil && (a.State != workflow.Screening || a.Committed != 0):
			t.Errorf("round %d: not awarded (%v), and the case is %s with %s committed", round, errs[0], a.State, a.Committed)
		}
		firsts[errs[0] == nil]++
	}
	t.Logf("awarded first and lost first: %v", firsts)
	verify(t, w)
}

// The same for the two signatures.
func TestAClearanceIsLostBeforeTheSignatureOrAfterIt(t *testing.T) {
	w := required(t, modelstest.Postgres(t))
	for round := range 12 {
		c := w.NewCase(fmt.Sprintf("Signs %d, Inc.", round), 100_000_00).Submit().Review().Clear(workflow.ClearScreening, workflow.ClearMerit, workflow.ClearSecurity).
			Recommend().Awarded().Bank()
		sign, v, end := workflow.ActAccept, w.Viewer(c.AOR), "accepted"
		if round%2 == 1 {
			w.Act(v, workflow.NounAward, c.Award, workflow.ActAccept)
			sign, v, end = workflow.ActCountersign, w.As(workflow.GrantsOfficer), "active"
		}
		errs := race(t, does(w, v, workflow.NounAward, c.Award, sign),
			does(w, nil, workflow.NounClearance, c.Clearance(workflow.ClearScreening).ID, workflow.ActVoid))
		if errs[1] != nil {
			t.Errorf("round %d: the clearance stands: %v", round, errs[1])
		}
		signed, lost := eventOf(t, w, "award", sign.String(), end), eventOf(t, w, "clearance", "void", "required")
		if errs[0] == nil && lost < signed {
			t.Errorf("round %d: signed (event %d) after the clearance was lost (event %d)", round, signed, lost)
		}
		if errs[0] != nil && refusedFor(errs[0]) != "clearances_missing" {
			t.Errorf("round %d: the signature was refused: %v", round, errs[0])
		}
	}
	verify(t, w)
}
