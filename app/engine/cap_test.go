package engine_test

import (
	"context"
	"errors"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/app/jobs"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// weighs holds the awards of the groups of organizations against the cap, as the jobs do.
func weighs(w *enginetest.World, organizations ...workflow.ID) {
	w.T.Helper()
	for _, id := range organizations {
		if err := jobs.WeighAwards(context.Background(), w.DB, w.Engine, w.Now(), id); err != nil {
			w.T.Fatal(err)
		}
	}
}

func awardOf(w *enginetest.World, id workflow.ID) *workflow.Award {
	t, _ := w.T.(*testing.T)
	return record[workflow.Award](t, w, workflow.NounAward, id)
}

// flaggedAwards counts what waits for the grants officer because of the cap.
func flaggedAwards(w *enginetest.World) (n int) {
	w.T.Helper()
	d, err := w.DB.Desk(context.Background(), w.As(workflow.GrantsOfficer), w.Now(), workflow.Errand{}, models.Mark{}, 50)
	if err != nil {
		w.T.Fatal(err)
	}
	for e, count := range d.Count {
		if e.Noun == workflow.NounAward && e.Action == workflow.ActAcknowledge {
			n += count
		}
	}
	return n
}

func refusalOf(err error) *workflow.Refusal {
	no := new(workflow.Refusal)
	errors.As(err, &no)
	return no
}

// joins are the ways in which two organizations come to share a cap.
var joins = map[string]func(w *enginetest.World, a, b workflow.ID){
	"an affiliation": func(w *enginetest.World, a, b workflow.ID) {
		w.Must(workflow.NounAffiliation, workflow.ActCreate, a, nil, controls(w, a, b)...)
	},
	"a link": func(w *enginetest.World, a, b workflow.ID) {
		w.Act(w.As(workflow.ProgramOfficer), workflow.NounDuplicate, joinable(w, a, b), workflow.ActLink, because)
	},
	"a merger": func(w *enginetest.World, a, b workflow.ID) {
		w.Act(w.As(workflow.ProgramOfficer), workflow.NounDuplicate, joinable(w, a, b), workflow.ActMerge, because, enginetest.Int("kept", int64(a)))
	},
}

// Two awards from before their organizations were joined are not signed while they are
// over the cap together, and the grants officer is told.
func TestNoAwardIsSignedWhileItsGroupIsOverTheCap(t *testing.T) {
	const each = 3_000_000_00
	for name, join := range joins {
		t.Run(name, func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, db *models.DB) {
				w := enginetest.New(t, db)
				signed := w.NewCase("Granite Optics, Inc.", each).Submit().Review().Recommend().Awarded().Bank()
				offered := w.NewCase("Harbor Foods, Inc.", each).Submit().Review().Recommend().Awarded().Bank()
				w.Act(w.Viewer(signed.AOR), workflow.NounAward, signed.Award, workflow.ActAccept)
				join(w, signed.Company, offered.Company)
				for _, c := range []*enginetest.Case{signed, offered} {
					_, err := w.Do(w.As(workflow.ProgramOfficer), workflow.NounApplication, c.Application, workflow.ActAcknowledge, enginetest.Text("flag", "evidence_changed"), because)
					if why := refusedFor(err); why != "" && why != "not_flagged" { // a link changes no evidence
						t.Fatal(err)
					}
				}
				_, err := w.Do(w.Viewer(offered.AOR), workflow.NounAward, offered.Award, workflow.ActAccept)
				if no := refusalOf(err); no.Reason != "cap_being_checked" || len(no.Words) != 1 || no.Words["limit"] != workflow.AwardCap {
					t.Errorf("accepted over the cap: %v %v", err, no.Words)
				}
				_, err = w.Do(w.As(workflow.GrantsOfficer), workflow.NounAward, signed.Award, workflow.ActCountersign)
				if no := refusalOf(err); no.Reason != "group_over_cap" || no.Words["awarded"] != workflow.Cents(2*each) || no.Words["limit"] != workflow.AwardCap {
					t.Errorf("countersigned over the cap: %v %v", err, no.Words)
				}
				weighs(w, offered.Company)
				weighs(w, signed.Company) // a job may run twice
				for _, c := range []*enginetest.Case{signed, offered} {
					if a := awardOf(w, c.Award); a.OverCap != 2*each {
						t.Errorf("%s is flagged for %s", a.Number, a.OverCap)
					}
					row, err := db.Row(t.Context(), w.Viewer(c.AOR), workflow.NounAward, c.Award)
					for _, cell := range row.Cells {
						if cell.Name == "over_cap" || cell.Name == "cap_seen" || err != nil {
							t.Errorf("its company reads %s, %v", cell.Name, err)
						}
					}
					events, err := db.Events(t.Context(), w.Viewer(c.AOR), workflow.NounAward, c.Award)
					for _, e := range events {
						if e.Action == workflow.ActUpdate || err != nil {
							t.Errorf("its company reads of %s, %v", e.Action, err)
						}
					}
				}
				if n := flaggedAwards(w); n != 1 { // the other one is to be countersigned
					t.Errorf("%d awards wait for the grants officer", n)
				}
				w.Act(w.As(workflow.SelectingOfficial), workflow.NounAward, offered.Award, workflow.ActRescind, because)
				weighs(w, offered.Company)
				if a := awardOf(w, signed.Award); a.OverCap != 0 {
					t.Errorf("within the cap again, and flagged for %s", a.OverCap)
				}
				w.Act(w.As(workflow.GrantsOfficer), workflow.NounAward, signed.Award, workflow.ActCountersign)
				verify(t, w)
			})
		})
	}
}

// Awards in force over the cap wait for the grants officer, who lets them go on,
// suspends or terminates them; what comes on top asks again.
func TestTheGrantsOfficerIsAskedAboutAwardsOverTheCap(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		officer, other, grants := w.As(workflow.ProgramOfficer), w.Viewer(w.Person(workflow.ProgramOfficer)), w.As(workflow.GrantsOfficer)
		active := func(name string, amount workflow.Cents) *enginetest.Case { return w.NewCase(name, amount).To() }
		one, two, three := active("Granite Optics, Inc.", 3_000_000_00), active("Harbor Foods, Inc.", 3_000_000_00), active("Basalt Lenses, Inc.", 1_000_000_00)
		waits := func(when string, want int) {
			t.Helper()
			weighs(w, one.Company, two.Company, three.Company)
			if n := flaggedAwards(w); n != want {
				t.Errorf("%s: %d awards wait, want %d", when, n, want)
			}
		}
		waits("apart", 0)
		pair := joinable(w, one.Company, two.Company)
		w.Act(officer, workflow.NounDuplicate, pair, workflow.ActLink, because)
		waits("joined", 2)
		if _, err := w.Do(officer, workflow.NounAward, one.Award, workflow.ActAcknowledge, because); refusedFor(err) != workflow.ReasonRole {
			t.Errorf("let go on by a program officer: %v", err)
		}
		w.Act(grants, workflow.NounAward, one.Award, workflow.ActAcknowledge, because)
		if _, err := w.Do(grants, workflow.NounAward, one.Award, workflow.ActAcknowledge, because); refusedFor(err) != "award_not_flagged" {
			t.Errorf("let go on twice: %v", err)
		}
		w.Act(grants, workflow.NounAward, two.Award, workflow.ActSuspend, because)
		waits("looked at", 0)
		verify(t, w)
		third := joinable(w, two.Company, three.Company)
		w.Act(officer, workflow.NounDuplicate, third, workflow.ActLink, because)
		waits("a third", 3)
		w.Act(other, workflow.NounDuplicate, third, workflow.ActUndo, because)
		waits("the third parted: the sum is known", 0)
		w.Act(other, workflow.NounDuplicate, pair, workflow.ActUndo, because)
		waits("all parted", 0)
		if a := awardOf(w, one.Award); a.OverCap != 0 || a.CapSeen != 0 {
			t.Errorf("apart, and over by %s, %s", a.OverCap, a.CapSeen)
		}
		w.Act(officer, workflow.NounDuplicate, pair, workflow.ActLink, because)
		if err := jobs.WeighAll(t.Context(), db, w.Engine, w.Now); err != nil { // as at the start
			t.Fatal(err)
		}
		waits("joined again", 2)
		w.Act(grants, workflow.NounAward, two.Award, workflow.ActTerminate, because)
		waits("one terminated", 1)
		verify(t, w)
	})
}

// A link may put the cases of everybody in both groups over the cap.
func TestALinkFlagsTheCasesOfBothGroups(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		mother, daughter, double := w.NewCase("Mother, Inc.", 1_000_00), w.NewCase("Daughter, Inc.", 1_000_00), w.NewCase("Double, Inc.", 1_000_00)
		for _, c := range []*enginetest.Case{mother, daughter, double} {
			c.Submit()
		}
		w.Must(workflow.NounAffiliation, workflow.ActCreate, mother.Company, nil, controls(w, mother.Company, daughter.Company)...)
		w.Act(w.As(workflow.ProgramOfficer), workflow.NounDuplicate, joinable(w, daughter.Company, double.Company), workflow.ActLink, because)
		for _, c := range []*enginetest.Case{mother, daughter, double} {
			if flags := application(t, w, c.Application).Flags(); len(flags) != 1 || flags[0].Code != "duplicate" {
				t.Errorf("the case of organization %s is flagged for %v", c.Company, flags)
			}
		}
	})
}
