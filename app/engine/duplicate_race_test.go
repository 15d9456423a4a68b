package engine_test

import (
	"fmt"
	"testing"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// couples are pairs of companies whose awards together are over the cap, and two
// officers.
type couples struct {
	*enginetest.World
	officer, other *models.Viewer
}

// coupleCents is what each of two companies asks for.
const coupleCents workflow.Cents = 3_000_000_00

func newCouples(t *testing.T) couples {
	w := enginetest.New(t, modelstest.Postgres(t))
	w.Fund = w.Must(workflow.NounFund, workflow.ActCreate, w.Program, nil, enginetest.Text("symbol", "089X0557"), enginetest.Text("name", "Couples"), enginetest.Int("fiscal_year", 2026)).ID
	w.Act(nil, workflow.NounFund, w.Fund, workflow.ActAppropriate, enginetest.Cents("amount", 2*200*coupleCents))
	w.Opportunity = w.NewOpportunity("AIV-2026-JOIN")
	return couples{w, w.As(workflow.ProgramOfficer), w.Viewer(w.Person(workflow.ProgramOfficer))}
}

// couple makes two companies that are recommended, and the pair of them.
func (w couples) couple(round int) (cases [2]*enginetest.Case, pair workflow.ID) {
	for i, form := range []string{"Inc.", "LLC"} {
		cases[i] = w.NewCase(fmt.Sprintf("Couple %d %s", round, form), coupleCents).Submit().Review().Recommend()
	}
	if round%2 == 1 { // the older one is not always the first
		cases[0], cases[1] = cases[1], cases[0]
	}
	return cases, w.Must(workflow.NounDuplicate, workflow.ActCreate, 0, nil, enginetest.Int("a", int64(cases[0].Company)), enginetest.Int("b", int64(cases[1].Company))).ID
}

func (w couples) award(c *enginetest.Case) func() (engine.Answer, error) {
	return does(w.World, w.As(workflow.SelectingOfficial), workflow.NounApplication, c.Application, workflow.ActAward, enginetest.Cents("amount", coupleCents))
}

// Two companies are linked or merged in the instant in which both are awarded. Above
// the cap they come only by awards from before that.
func TestTwoAreJoinedInTheInstantInWhichBothAreAwarded(t *testing.T) {
	w := newCouples(t)
	before := map[int]int{} // rounds by how many awards were made before
	for round := range raceRounds(t) {
		cases, pair := w.couple(round)
		way, in := workflow.ActLink, []workflow.Input{because}
		if round%4 > 1 {
			way, in = workflow.ActMerge, append(in, enginetest.Int("kept", int64(cases[0].Company)))
		}
		errs := race(t, w.award(cases[0]), w.award(cases[1]), does(w.World, w.officer, workflow.NounDuplicate, pair, way, in...))
		if errs[2] != nil {
			t.Fatalf("round %d: %s was refused: %v", round, way, errs[2])
		}
		joined, awarded := eventOf(t, w.World, "duplicate", way.String(), map[workflow.Action]string{workflow.ActLink: "linked", workflow.ActMerge: "merged"}[way]), eventOf(t, w.World, "application", "award", "awarded")
		made := won(errs[:2])
		before[made]++
		if made == 2 && awarded > joined {
			t.Errorf("round %d: over the cap by an award (event %d) after %s (event %d)", round, awarded, way, joined)
		}
		for i, c := range cases {
			if errs[i] == nil {
				continue
			}
			if why := refusedFor(errs[i]); why != workflow.ReasonGroupCap {
				t.Errorf("round %d: an award was refused: %v", round, errs[i])
			}
			if _, err := w.award(c)(); err == nil && made > 0 {
				t.Errorf("round %d: over the cap by an award after %s", round, way)
			}
		}
	}
	t.Logf("rounds by awards: %v", before)
	verify(t, w.World)
}

// Either the link is taken back first, and the award is within the cap of its own; or
// the award comes first, and is over the cap of the two.
func TestALinkIsTakenBackInTheInstantOfAnAward(t *testing.T) {
	w := newCouples(t)
	first := 0
	for round := range raceRounds(t) {
		cases, pair := w.couple(round)
		w.Act(w.officer, workflow.NounDuplicate, pair, workflow.ActLink, because)
		cases[0].Awarded()
		errs := race(t, w.award(cases[1]), does(w.World, w.other, workflow.NounDuplicate, pair, workflow.ActUndo, because))
		undone, awarded := eventOf(t, w.World, "duplicate", "undo", "open"), eventOf(t, w.World, "application", "award", "awarded")
		switch {
		case errs[1] != nil:
			t.Fatalf("round %d: the link was not taken back: %v", round, errs[1])
		case errs[0] == nil && awarded < undone:
			t.Errorf("round %d: over the cap of the two by an award (event %d) before they were parted (event %d)", round, awarded, undone)
		case errs[0] != nil:
			first++
			if refusedFor(errs[0]) != workflow.ReasonGroupCap {
				t.Errorf("round %d: the award was refused: %v", round, errs[0])
			}
			if _, err := w.award(cases[1])(); err != nil {
				t.Errorf("round %d: apart, and the award is refused: %v", round, err)
			}
		}
	}
	t.Logf("%d of %d awards came first", first, raceRounds(t))
	verify(t, w.World)
}

// What is given back in the instant in which a group is parted is counted once, in the
// part that it belongs to.
func TestAGroupIsPartedInTheInstantInWhichAnAwardIsRefused(t *testing.T) {
	w := newCouples(t)
	for round := range raceRounds(t) {
		cases, pair := w.couple(round)
		for _, c := range cases {
			c.Awarded()
		}
		w.Act(w.officer, workflow.NounDuplicate, pair, workflow.ActLink, because)
		for i, err := range race(t, does(w.World, w.Viewer(cases[0].AOR), workflow.NounAward, cases[0].Award, workflow.ActRefuse),
			does(w.World, w.other, workflow.NounDuplicate, pair, workflow.ActUndo, because),
			does(w.World, w.Viewer(cases[1].AOR), workflow.NounAward, cases[1].Award, workflow.ActRefuse)) {
			if err != nil {
				t.Errorf("round %d: racer %d: %v", round, i, err)
			}
		}
	}
	verify(t, w.World)
}

// Either an award is signed first, or the link is, and then it is signed no more.
func TestTwoAreJoinedInTheInstantInWhichTheirAwardsAreSigned(t *testing.T) {
	w := newCouples(t)
	before := map[int]int{} // rounds by how many were signed before
	for round := range raceRounds(t) {
		cases, pair := w.couple(round)
		var at [3]int64 // the events
		noting := func(i int, do func() (engine.Answer, error)) func() (engine.Answer, error) {
			return func() (engine.Answer, error) {
				a, err := do()
				at[i] = a.Event
				return a, err
			}
		}
		signs := [2]func() (engine.Answer, error){}
		for i, c := range cases {
			c.Awarded().Bank()
			signs[i] = does(w.World, w.Viewer(c.AOR), workflow.NounAward, c.Award, workflow.ActAccept)
			if round%2 == 0 {
				w.Act(w.Viewer(c.AOR), workflow.NounAward, c.Award, workflow.ActAccept)
				signs[i] = does(w.World, w.As(workflow.GrantsOfficer), workflow.NounAward, c.Award, workflow.ActCountersign)
			}
		}
		errs := race(t, noting(0, signs[0]), noting(1, signs[1]), noting(2, does(w.World, w.officer, workflow.NounDuplicate, pair, workflow.ActLink, because)))
		if errs[2] != nil {
			t.Fatalf("round %d: the link was refused: %v", round, errs[2])
		}
		before[won(errs[:2])]++
		for i, err := range errs[:2] {
			if err == nil && at[i] > at[2] {
				t.Errorf("round %d: signed (event %d) after the link (event %d)", round, at[i], at[2])
			}
			if why := refusedFor(err); err != nil && why != "cap_being_checked" && why != "group_over_cap" {
				t.Errorf("round %d: refused: %v", round, err)
			}
		}
	}
	t.Logf("rounds by how many were signed first: %v", before)
	verify(t, w.World)
}
