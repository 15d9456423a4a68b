package engine_test

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// alone is a name that is like no other round's.
func alone(what string, round int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", what, round))
	return fmt.Sprintf("%x %x, Inc.", sum[:6], sum[6:12])
}

// raceList does something for a company at the same moment as a list comes in that
// names it, and returns how that ended. The first of each kind comes in as well.
func raceList(t *testing.T, w *enginetest.World, round int, name string, do func() (engine.Answer, error)) error {
	t.Helper()
	version := w.Kept(workflow.ScreenedKinds[round%len(workflow.ScreenedKinds)], enginetest.Listed("1", workflow.EntryEntity, name))
	errs := race(t, do, makes(w, w.As(workflow.Admin), workflow.NounList, workflow.ActCreate, 0, version...))
	if errs[1] != nil {
		t.Fatalf("round %d: the import was refused: %v", round, errs[1])
	}
	return errs[0]
}

// Either the list is in force first, and the award waits for a screening against it;
// or the award is first, and who signs it finds the hit. Never is an award made with a
// list in force that nobody was held against.
func TestAListComesInInTheInstantOfAnAward(t *testing.T) {
	w := enginetest.New(t, modelstest.Postgres(t))
	first := 0
	for round := range raceRounds(t) {
		name := alone("award", round)
		c := w.NewCase(name, 1_00).Submit().Review().Recommend()
		screen(w, c.Company)
		err := raceList(t, w, round, name, does(w, w.As(workflow.SelectingOfficial), workflow.NounApplication, c.Application, workflow.ActAward, enginetest.Cents("amount", 1_00)))
		awarded, listed := eventOf(t, w, "application", "award", "awarded"), eventOf(t, w, "list", "create", "entered")
		screened := screen(w, c.Company)
		a := application(t, w, c.Application)
		switch {
		case screened.Hits != 1:
			t.Errorf("round %d: the list names the company, and there are %d hits", round, screened.Hits)
		case err == nil:
			first++
			if listed < awarded {
				t.Errorf("round %d: awarded (event %d) with a list in force (event %d) that the company was not held against", round, awarded, listed)
			}
			_, err := w.Do(w.Viewer(c.AOR), workflow.NounAward, a.Award, workflow.ActAccept)
			if why := refusedFor(err); why != "screening_unresolved" {
				t.Errorf("round %d: awarded first, and it is accepted: %v", round, err)
			}
		case refusedFor(err) != "screening_stale":
			t.Errorf("round %d: the award was refused: %v", round, err)
		case a.State != workflow.Screening:
			t.Errorf("round %d: refused, the case is %s", round, a.State)
		}
	}
	t.Logf("%d of %d awards were first", first, raceRounds(t))
	verify(t, w)
}

// Either the list is in force first, and nothing leaves before the payee was held
// against it; or the file is first.
func TestAListComesInInTheInstantOfAnExport(t *testing.T) {
	w := enginetest.New(t, modelstest.Postgres(t))
	first := 0
	for round := range raceRounds(t) {
		name := alone("export", round)
		c := w.NewCase(name, 100_00).Submit()
		screen(w, c.Company)
		_, payment := c.Review().Recommend().Awarded().Bank().Active().Claim(0)
		batch := newBatch(t, w, payment)
		total := approvable(t, w, batch)
		w.Act(w.As(workflow.FinanceCertifier), workflow.NounBatch, batch, workflow.ActApprove, enginetest.Cents("total", total))
		err := raceList(t, w, round, name, does(w, w.As(workflow.FinanceReleaser), workflow.NounBatch, batch, workflow.ActExport, files(t, w, batch)...))
		exported, listed := eventOf(t, w, "batch", "export", "exported"), eventOf(t, w, "list", "create", "entered")
		screen(w, c.Company)
		p := record[workflow.Payment](t, w, workflow.NounPayment, payment)
		switch {
		case err == nil:
			first++
			if listed < exported {
				t.Errorf("round %d: exported (event %d) with a list in force (event %d) that the payee was not held against", round, exported, listed)
			}
			if p.State != workflow.Exported {
				t.Errorf("round %d: exported first, the payment is %s", round, p.State)
			}
		case refusedFor(err) != "screening_stale":
			t.Errorf("round %d: the export was refused: %v", round, err)
		case p.State != workflow.Held || p.HoldReason != workflow.HeldForScreening:
			t.Errorf("round %d: refused, the payment is %s for %q", round, p.State, p.HoldReason)
		}
	}
	t.Logf("%d of %d files were first", first, raceRounds(t))
	verify(t, w)
}
