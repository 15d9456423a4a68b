package trial_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/app/policy"
	"tranche/app/trial"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// world is a small programme whose engine compiles files and answers their rules.
func world(t *testing.T, db *models.DB) (*enginetest.World, *trial.Trial) {
	t.Helper()
	rules, err := policy.NewRules()
	if err != nil {
		t.Fatal(err)
	}
	db.SetRules(rules)
	w := enginetest.New(t, db)
	tr := &trial.Trial{Compiler: policy.NewCompiler(rules), Reader: db.Reader, Now: w.Now}
	w.Engine.Prepare = map[engine.Act]engine.Preparer{{Noun: workflow.NounPolicy, Action: workflow.ActApply}: tr.Prepare}
	return w, tr
}

func apply(w *enginetest.World, text string) workflow.ID {
	w.T.Helper()
	return w.Must(workflow.NounPolicy, workflow.ActApply, w.Program, w.As(workflow.Admin), enginetest.Text("file", text)).ID
}

func changed(t *testing.T, pairs ...string) string {
	t.Helper()
	text := enginetest.ProgramFile
	for i := 0; i < len(pairs); i += 2 {
		if strings.Count(text, pairs[i]) != 1 {
			t.Fatalf("%q stands %d times in the file", pairs[i], strings.Count(text, pairs[i]))
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

func compiled(t *testing.T, tr *trial.Trial, text string) *workflow.Plan {
	t.Helper()
	plan, err := tr.Compile(text)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func TestAFileIsAppliedAsItIsCompiledHere(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w, tr := world(t, db)
		admin := w.As(workflow.Admin)
		plan := compiled(t, tr, enginetest.ProgramFile)
		first, err := tr.Compare(t.Context(), admin, w.Program, plan)
		if err != nil || first.Against != nil || len(first.Changes) == 0 {
			t.Fatalf("against nothing: %+v, %v", first, err)
		}

		// What somebody sends along as the plan counts for nothing.
		made, err := w.Make(admin, workflow.NounPolicy, workflow.ActApply, w.Program, enginetest.Text("file", "tranche: 1\n"), w.Compiled(plan))
		var wrong policy.Problems
		if !errors.As(err, &wrong) || made.ID != 0 {
			t.Errorf("a file that does not compile was applied: %v, %v", made, err)
		}
		id := apply(w, enginetest.ProgramFile)
		same, err := tr.Compare(t.Context(), admin, w.Program, plan)
		if err != nil || same.Against == nil || same.Against.ID != id || len(same.Changes) > 0 {
			t.Fatalf("against itself: %+v, %v", same, err)
		}
		lower, err := tr.Compare(t.Context(), admin, w.Program, compiled(t, tr, changed(t, "reviews_needed: 1", "award_cap: 4000000.00\n  reviews_needed: 2")))
		want := []policy.Change{{Where: "AIV-2026-R1", Key: "award_cap", Before: "$5,000,000.00", After: "$4,000,000.00"},
			{Where: "AIV-2026-R1", Key: "reviews_needed", Before: "1", After: "2"}}
		if diff := cmp.Diff(want, lower.Changes); diff != "" || err != nil {
			t.Error(diff, err)
		}
		apply(w, changed(t, "  reviews_needed: 1\n", "  reviews_needed: 2\n"))
		o, err := models.Record[workflow.Opportunity](t.Context(), db.Reader, admin, workflow.NounOpportunity, w.Opportunity)
		if err != nil || o.ReviewsNeeded != 2 || o.Terms == "" {
			t.Errorf("the opportunity needs %d reviews under %q (%v)", o.ReviewsNeeded, o.Terms, err)
		}
	})
}

// What a page tries before it shows a form is decided under the rules as well.
func TestADecisionIsTriedUnderTheRules(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w, _ := world(t, db)
		apply(w, enginetest.ProgramFile)
		c := w.NewCase("Cedar, Inc.", 3_000_000_00)
		w.Act(w.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSubmit)
		pass := workflow.Command{Noun: workflow.NounApplication, ID: c.Application, Action: workflow.ActScreenPass}
		refer := pass
		refer.Action = workflow.ActScreenRefer
		answers, err := db.Try(t.Context(), &models.Viewer{System: true}, w.Now(), pass, refer)
		if err != nil {
			t.Fatal(err)
		}
		var no *workflow.Refusal
		if !errors.As(answers[0], &no) || answers[1] != nil {
			t.Errorf("passing gives %v, referring %v", answers[0], answers[1])
		}
	})
}

func TestASimulationTellsWhoseVerdictWouldChange(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w, tr := world(t, db)
		w.NewCase("Early, Inc.", 1_000_000_00).Submit() // before there is a file
		apply(w, enginetest.ProgramFile)
		small, large := w.NewCase("Small, Inc.", 500_000_00), w.NewCase("Large, Inc.", 3_000_000_00)
		for _, c := range []*enginetest.Case{small, large} {
			w.Act(w.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSubmit)
		}
		w.NewCase("Draft, Inc.", 4_000_000_00) // was not submitted: there is no verdict
		before := modelstest.Dump(t, db)

		// The same file changes nothing but for what was submitted without one.
		same := simulate(t, w, tr, enginetest.ProgramFile)
		if same.Applications != 3 || same.Changed != 0 || same.Before[workflow.Pass] != 2 || same.Before[workflow.Refer] != 1 {
			t.Errorf("under the same file: %+v", same)
		}

		got := simulate(t, w, tr, changed(t, "<= 2000000 * 100", "<= 700000 * 100", `organization.city != "Nowhere"`, `organization.name != "Small, Inc."`))
		var lines []string
		for _, c := range got.Cases {
			lines = append(lines, fmt.Sprint(c.Organization, " ", c.Before.Outcome, " ", c.After.Outcome, " ", codes(c.Comes), " ", codes(c.Goes)))
		}
		if diff := cmp.Diff([]string{"Small, Inc. pass fail [has_city] []", "Early, Inc. pass refer [small_request] []"}, lines); diff != "" {
			t.Error(diff)
		}
		if got.Changed != 2 || got.After[workflow.Fail] != 1 || got.After[workflow.Refer] != 2 || got.After[workflow.Pass] != 0 {
			t.Errorf("counted %+v", got)
		}
		want := []trial.Reason{{Why: trial.Why{Code: "has_city", Label: workflow.Label{EN: "There is no such city.", ZH: "沒有這個城市。"}}, Comes: 1},
			{Why: trial.Why{Code: "small_request", Label: workflow.Label{EN: "The request is large.", ZH: "申請金額偏高。"}}, Comes: 1}}
		if diff := cmp.Diff(want, got.Reasons); diff != "" {
			t.Error(diff)
		}

		// A lower revenue cap is a rule as well.
		lower := simulate(t, w, tr, changed(t, "  reviews_needed: 1\n", "  revenue_cap: 1.00\n"))
		if lower.After[workflow.Fail] != 3 || lower.Reasons[0].Code != workflow.ReasonRevenueAtOrOverCap || lower.Reasons[0].Comes != 3 {
			t.Errorf("under a cap of a dollar: %+v", lower)
		}
		if w := lower.Cases[0].Comes[0]; w.Words["sum"] != workflow.Cents(1_000_000_00) || w.Words["cap"] != workflow.Cents(1_00) || lower.Reasons[0].Words != nil {
			t.Errorf("the numbers are %v of one case and %v of all", w.Words, lower.Reasons[0].Words)
		}
		// What the file does not name is not touched.
		gone := simulate(t, w, tr, changed(t, "number: AIV-2026-R1", "number: AIV-2026-R9"))
		if gone.Untouched != 3 || gone.Changed != 0 {
			t.Errorf("without the opportunity: %+v", gone)
		}
		if after := modelstest.Dump(t, db); after != before {
			t.Error("the simulations wrote something")
		}
	})
}

func simulate(t *testing.T, w *enginetest.World, tr *trial.Trial, text string) *trial.Simulation {
	t.Helper()
	s, err := tr.Simulate(t.Context(), w.As(workflow.Admin), w.Program, compiled(t, tr, text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func codes(list []trial.Why) (out []string) {
	for _, w := range list {
		out = append(out, string(w.Code))
	}
	return out
}

// Who may not know of a case finds nothing of it in a simulation either.
func TestASimulationShowsNobodyMoreThanTheyMaySee(t *testing.T) {
	w, tr := world(t, modelstest.SQLite(t))
	w.NewCase("Small, Inc.", 500_000_00).Submit()
	plan := compiled(t, tr, enginetest.ProgramFile)
	for who, want := range map[workflow.ID]int{w.People[workflow.Auditor]: 1, w.People[workflow.Reviewer]: 0, w.People[workflow.AOR]: 0} {
		s, err := tr.Simulate(t.Context(), w.Viewer(who), w.Program, plan)
		if err != nil || s.Applications != want {
			t.Errorf("%s sees %d applications, want %d (%v)", who, s.Applications, want, err)
		}
	}
}

// A simulation holds nothing that a decision waits for: between two cases no
// transaction of it is open.
func TestACaseIsAwardedWhileASimulationRuns(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w, tr := world(t, db)
		c := w.NewCase("Awarded Meanwhile, Inc.", 10_000_00).Submit().Review().Recommend()
		plan := compiled(t, tr, enginetest.ProgramFile)
		terms := map[string]*workflow.Terms{}
		for i := range plan.Opportunities {
			terms[plan.Opportunities[i].Number] = &plan.Opportunities[i].Terms
		}
		seen := 0
		err := w.DB.Simulate(t.Context(), w.As(workflow.Admin), w.Program, terms, w.Now(), func(*models.Simulated) error {
			seen++
			awarded := make(chan error, 1)
			go func() {
				_, err := w.Do(w.As(workflow.SelectingOfficial), workflow.NounApplication, c.Application, workflow.ActAward, enginetest.Cents("amount", 10_000_00))
				awarded <- err
			}()
			select {
			case err := <-awarded:
				return err
			case <-time.After(20 * time.Second):
				return errors.New("the award waits for the simulation")
			}
		})
		if err != nil || seen != 1 {
			t.Errorf("%d cases: %v", seen, err)
		}
	})
}
