package engine_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

func refusedAt(t *testing.T, err error, reason workflow.Reason, field string) {
	t.Helper()
	var no *workflow.Refusal
	if !errors.As(err, &no) || no.Reason != reason || no.Field != field {
		t.Errorf("got %v, want %s at %q", err, reason, field)
	}
}

func TestAnApplicationKeepsTheTermsItWasSubmittedUnder(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		early := w.NewCase("Early, Inc.", 1_000_000_00).Submit() // before there is a file

		first := w.Apply("version one", w.Plan(nil))
		c := w.NewCase("Cedar, Inc.", 3_000_000_00)
		aor := w.Viewer(c.AOR)
		_, err := w.Do(aor, workflow.NounApplication, c.Application, workflow.ActSubmit)
		refusedAt(t, err, "incomplete", "")
		_, err = w.Do(aor, workflow.NounApplication, c.Application, workflow.ActSave, enginetest.Text("answers", `{"people":"many"}`))
		refusedAt(t, err, "answer_invalid", "answers.people")
		w.Act(aor, workflow.NounApplication, c.Application, workflow.ActSave, enginetest.Text("answers", `{"people":"4","stage":"seed"}`))
		c.Submit()
		under := record[workflow.Application](t, w, workflow.NounApplication, c.Application).Terms

		second := w.Apply("version two", w.Plan(func(p *workflow.Plan) {
			p.Phases[0].Budget += 1_000_00
			p.Opportunities[0].Terms.AwardCap = 2_000_000_00
			p.Opportunities[0].Terms.Rubric = []workflow.Criterion{{Name: "need", Weight: 100}}
			another := p.Opportunities[0]
			another.Number, another.Rolling, another.Closes = "AIV-2026-R2", false, another.Opens.AddDate(0, 3, 0)
			p.Opportunities = append(p.Opportunities, another)
		}))
		if got := record[workflow.Policy](t, w, workflow.NounPolicy, first); got.State != workflow.Superseded || got.Number != 1 {
			t.Errorf("the first version is %s, number %d", got.State, got.Number)
		}
		o := record[workflow.Opportunity](t, w, workflow.NounOpportunity, w.Opportunity)
		if o.Policy != second || o.AwardCap != 2_000_000_00 || o.State != workflow.Open {
			t.Errorf("the opportunity stands at %s under %d, cap %s", o.State, o.Policy, o.AwardCap)
		}
		if f := record[workflow.Fund](t, w, workflow.NounFund, w.Fund); f.Appropriated != enginetest.Appropriation+1_000_00 {
			t.Errorf("the fund has %s", f.Appropriated)
		}
		next, err := models.Records[workflow.Opportunity](t.Context(), w.DB.Reader, &models.Viewer{System: true}, workflow.NounOpportunity,
			models.Filter{States: []workflow.State{workflow.Forecasted}})
		if err != nil || len(next) != 1 || next[0].Number != "AIV-2026-R2" || next[0].Fund != w.Fund || next[0].Closes.IsZero() || next[0].Policy != second {
			t.Fatalf("forecast %+v (%v)", next, err)
		}

		// What runs keeps its rubric, its cap and its codes.
		officer := w.As(workflow.ProgramOfficer)
		review := c.Invite(w.Reviewers[0])
		w.Act(w.Viewer(w.Reviewers[0]), workflow.NounReview, review, workflow.ActAccept, enginetest.Int("no_conflict", 1))
		_, err = w.Do(w.Viewer(w.Reviewers[0]), workflow.NounReview, review, workflow.ActSubmit, enginetest.Text("comment", "x"), enginetest.Text("scores", `{"need":"90"}`))
		refusedAt(t, err, "scores_missing", "scores.reach")
		w.Act(w.Viewer(w.Reviewers[0]), workflow.NounReview, review, workflow.ActSubmit, enginetest.Text("comment", "x"), enginetest.Text("scores", `{"need":"90","reach":"40"}`))
		if r := record[workflow.Review](t, w, workflow.NounReview, review); r.Mean != 70_00 {
			t.Errorf("the mean is %d, want 7000", r.Mean)
		}
		_, err = w.Do(officer, workflow.NounApplication, c.Application, workflow.ActRecommendDecline, enginetest.Text("codes", "low_merit"), enginetest.Text("note", "no"))
		refusedAt(t, err, "code_unknown", "codes")
		w.Act(officer, workflow.NounApplication, c.Application, workflow.ActRecommend, enginetest.Cents("amount", 3_000_000_00))
		if got := record[workflow.Application](t, w, workflow.NounApplication, c.Application); got.Terms != under {
			t.Error("the application was moved by itself")
		}

		// A person moves it, with a reason; one that was submitted before there was a file, too.
		lead := w.As(workflow.ProgramLead)
		for _, id := range []workflow.ID{c.Application, early.Application} {
			w.Act(lead, workflow.NounApplication, id, workflow.ActAdopt, enginetest.Text("note", "the file was wrong"))
			if got := record[workflow.Application](t, w, workflow.NounApplication, id); got.Terms != o.Terms || flagged(got) != "terms_moved" {
				t.Errorf("%s stands under %s with flag %q", got.Number, got.Terms, got.Flag)
			}
		}
		_, err = w.Do(lead, workflow.NounApplication, c.Application, workflow.ActAdopt, enginetest.Text("note", "again"))
		refusedAt(t, err, "terms_unchanged", "")
		_, err = w.Do(w.As(workflow.SelectingOfficial), workflow.NounApplication, c.Application, workflow.ActAward, enginetest.Cents("amount", 3_000_000_00))
		refusedAt(t, err, workflow.ReasonGroupCap, "amount")
		verify(t, w)
	})
}

// judge is a Ruler that asks for nothing but a number of people.
type judge struct{}

func (judge) Judge(t *workflow.Terms, e *workflow.Evidence) (out []workflow.Finding, _ error) {
	for _, r := range t.Rules {
		f := workflow.Finding{Rule: r.Code, Outcome: workflow.Pass}
		if e.Application.Answers["people"] != r.When {
			f.Outcome, f.Label = r.Outcome, r.Label
		}
		out = append(out, f)
	}
	return out, nil
}

func TestAProgramsRulesAreInTheVerdict(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		db.SetRules(judge{})
		w := enginetest.New(t, db)
		for _, tt := range []struct {
			people  string
			outcome workflow.Outcome
			state   workflow.State
		}{{"4", workflow.Refer, workflow.InReview}, {"5", workflow.Refer, workflow.Screening}, {"5", workflow.Fail, workflow.Ineligible}} {
			w.Apply("people "+tt.people+tt.outcome.String(), w.Plan(func(p *workflow.Plan) {
				p.Opportunities[0].Terms.Rules = []workflow.RuleTerm{{Code: "four_people", Outcome: tt.outcome, When: "4", Label: workflow.Label{EN: "Four are needed.", ZH: "需要四人。"}}}
			}))
			c := w.NewCase("Firm for "+tt.people+tt.outcome.String(), 100_000_00)
			w.Act(w.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSave, enginetest.Text("answers", `{"people":"`+tt.people+`"}`))
			w.Act(w.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSubmit)
			if _, err := db.Try(t.Context(), w.Viewer(0), w.Now(), workflow.Command{Noun: workflow.NounApplication, ID: c.Application, Action: workflow.ActScreenPass}); err != nil {
				t.Errorf("a page could not ask: %v", err)
			}
			for _, action := range []workflow.Action{workflow.ActScreenPass, workflow.ActScreenRefer, workflow.ActScreenFail} {
				if _, err := w.Do(nil, workflow.NounApplication, c.Application, action); err == nil {
					break
				}
			}
			got := record[workflow.Application](t, w, workflow.NounApplication, c.Application)
			if got.State != tt.state {
				t.Errorf("with %s people and a rule that would %s: %s, want %s", tt.people, tt.outcome, got.State, tt.state)
			}
			for _, part := range []string{`"rule":"four_people"`, `"answers":{"people":"` + tt.people + `"}`, got.Terms} {
				if !strings.Contains(got.Verdict, part) {
					t.Errorf("the verdict lacks %s: %s", part, got.Verdict)
				}
			}
		}
		verify(t, w)
	})
}

// Two administrators apply at once: each version is whole, and one is in force.
func TestTwoFilesAtOnceAreTwoVersions(t *testing.T) {
	db := modelstest.Postgres(t)
	w := enginetest.New(t, db)
	const n = 8
	errs := make(chan error, n)
	for i := range n {
		go func() {
			_, err := w.Make(w.As(workflow.Admin), workflow.NounPolicy, workflow.ActApply, w.Program,
				enginetest.Text("file", strings.Repeat("x", i+1)), w.Compiled(w.Plan(func(p *workflow.Plan) {
					p.Opportunities[0].Terms.AwardCap = workflow.Cents(i+1) * 100_00
				})))
			errs <- err
		}()
	}
	for range n {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	list, err := models.Records[workflow.Policy](t.Context(), db.Reader, &models.Viewer{System: true}, workflow.NounPolicy, models.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	var numbers []int64
	for _, p := range list {
		numbers = append(numbers, p.Number)
		if (p.State == workflow.Active) != (p.Number == n) {
			t.Errorf("version %d is %s", p.Number, p.State)
		}
		if o := record[workflow.Opportunity](t, w, workflow.NounOpportunity, w.Opportunity); p.State == workflow.Active && o.Policy != p.ID {
			t.Errorf("the opportunity stands under %d, in force is %d", o.Policy, p.ID)
		}
	}
	slices.Sort(numbers)
	if !slices.Equal(numbers, []int64{1, 2, 3, 4, 5, 6, 7, 8}) {
		t.Errorf("the versions are %v", numbers)
	}
	verify(t, w)
}

// A draft stands under no terms: what was in force when it expired binds nobody who
// applies again.
func TestWhoAppliesAgainAfterAnExpiredDraftStandsUnderTheTermsInForce(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		closing := func(limit workflow.Cents) func(*workflow.Plan) {
			return func(p *workflow.Plan) {
				call := p.Opportunities[0]
				call.Number, call.Rolling, call.Closes, call.Terms.AwardCap = "AIV-2026-R2", false, call.Opens.AddDate(0, 3, 0), limit
				p.Opportunities = append(p.Opportunities, call)
			}
		}
		w.Apply("version one", w.Plan(closing(workflow.AwardCap)))
		next, err := models.Records[workflow.Opportunity](t.Context(), w.DB.Reader, &models.Viewer{System: true}, workflow.NounOpportunity,
			models.Filter{States: []workflow.State{workflow.Forecasted}})
		if err != nil || len(next) != 1 {
			t.Fatalf("%d calls to come, %v", len(next), err)
		}
		w.Opportunity = next[0].ID
		w.Act(w.As(workflow.ProgramLead), workflow.NounOpportunity, w.Opportunity, workflow.ActPublish)
		c := w.NewCase("Late, Inc.", 3_000_000_00)
		o := record[workflow.Opportunity](t, w, workflow.NounOpportunity, w.Opportunity)
		w.Advance(o.Closes.Sub(w.Now()) + time.Hour)
		w.Act(nil, workflow.NounApplication, c.Application, workflow.ActExpire)
		w.Apply("version two", w.Plan(closing(2_000_000_00)))
		w.Act(nil, workflow.NounOpportunity, w.Opportunity, workflow.ActClose)
		w.Act(w.As(workflow.ProgramLead), workflow.NounOpportunity, w.Opportunity, workflow.ActExtend,
			enginetest.Time("closes", w.Now().AddDate(0, 1, 0)), enginetest.Text("note", "a storm"))

		aor := w.Viewer(c.AOR)
		if _, err := w.Do(aor, workflow.NounApplication, c.Application, workflow.ActSubmit); err == nil {
			t.Error("an expired draft was submitted")
		}
		again := w.DraftOf(c.Company, c.AOR, 3_000_000_00)
		w.Act(aor, workflow.NounApplication, again.Application, workflow.ActSave, enginetest.Text("answers", `{"people":"4","stage":"seed"}`))
		_, err = w.Do(aor, workflow.NounApplication, again.Application, workflow.ActSubmit)
		refusedAt(t, err, "over_award_cap", "requested")
		w.Act(aor, workflow.NounApplication, again.Application, workflow.ActSave, enginetest.Cents("requested", 2_000_000_00))
		w.Act(aor, workflow.NounApplication, again.Application, workflow.ActSubmit)
		o = record[workflow.Opportunity](t, w, workflow.NounOpportunity, w.Opportunity)
		if got := record[workflow.Application](t, w, workflow.NounApplication, again.Application); got.Terms == "" || got.Terms != o.Terms {
			t.Errorf("it stands under %q, in force is %q", got.Terms, o.Terms)
		}
		if got := record[workflow.Application](t, w, workflow.NounApplication, c.Application); got.State != workflow.Expired || got.Terms != "" {
			t.Errorf("the draft is %s under %q", got.State, got.Terms)
		}
	})
}
