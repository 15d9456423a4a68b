package workflow

import (
	"slices"
	"strings"
	"testing"
)

// ownTerms are terms with a question of each kind.
var ownTerms = &Terms{
	Sections: []FormSection{{Name: "team", Questions: []Question{
		{Name: "people", Kind: QuestionNumber, Required: true, Max: 500},
		{Name: "stage", Kind: QuestionChoice, Choices: []CodeTerm{{Code: "seed"}, {Code: "growth"}}},
		{Name: "story", Kind: QuestionText, Max: 5}, {Name: "site", Kind: QuestionLine}, {Name: "open", Kind: QuestionYes, Required: true},
	}}},
	DeclineCodes: []CodeTerm{{Code: "no_fit"}}, ScreeningCodes: []CodeTerm{{Code: "seen"}},
	AwardCap: 1_000_000_00, RevenueCap: 5_000_000_00, Basis: AverageOf3, ReviewsNeeded: 1, AppealDays: 7, OfferDays: 9,
}

func TestAnswersFitTheirQuestions(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		fits       bool
	}{
		{"people", "0", true}, {"people", "500", true}, {"people", "501", false}, {"people", "-1", false}, {"people", "07", false},
		{"people", "７", false}, {"people", "1e2", false}, {"stage", "seed", true}, {"stage", "Seed", false}, {"story", "五個字可以", true},
		{"story", "123456", false}, {"site", strings.Repeat("x", 200), true}, {"site", strings.Repeat("x", 201), false},
		{"open", "true", true}, {"open", "false", false},
	} {
		q, found := ownTerms.Question(tt.name)
		if !found || q.Fits(tt.text) != tt.fits {
			t.Errorf("%q as the answer to %s: fits %v, want %v", tt.text, tt.name, q.Fits(tt.text), tt.fits)
		}
	}
}

func TestAnswersAreMerged(t *testing.T) {
	for _, tt := range []struct{ stored, came, want string }{
		{"", "", ""},
		{"", `{"a":"1"}`, `{"a":"1"}`},
		{`{"a":"1","b":"2"}`, `{"b":"3"}`, `{"a":"1","b":"3"}`},
		{`{"a":"1"}`, `{"a":""}`, ""},
		{"not JSON", `{"a":"1"}`, `{"a":"1"}`},
	} {
		if got := mergeAnswers(tt.stored, tt.came); got != tt.want {
			t.Errorf("%s with %s is %s, want %s", tt.stored, tt.came, got, tt.want)
		}
	}
}

func TestASubmissionLacksWhatItsProgramAsks(t *testing.T) {
	a := Application{Title: "T", Summary: "S", Approach: "A", Outcome: "O", Requested: 1, Months: 1}
	if got, want := a.Missing(ownTerms), []string{"answers.people", "answers.open"}; !slices.Equal(got, want) {
		t.Errorf("lacks %v, want %v", got, want)
	}
	a.Answers = `{"open":"true","people":"some"}`
	if got, want := a.Missing(ownTerms), []string{"answers.people"}; !slices.Equal(got, want) {
		t.Errorf("with an answer to an older question: lacks %v, want %v", got, want)
	}
	a.Answers = `{"open":"true","people":"4"}`
	if got := a.Missing(ownTerms); got != nil {
		t.Errorf("lacks %v, want nothing", got)
	}
}

func TestTermsSetAnOpportunityAndNothingElseOfIt(t *testing.T) {
	o := Opportunity{Number: "N", AwardCap: AwardCap, RevenueCap: RevenueCap, Basis: LastCompleted, ReviewsNeeded: 3, AppealDays: 30, OfferDays: 30, Terms: "x"}
	want := o
	want.AwardCap, want.RevenueCap, want.Basis, want.ReviewsNeeded, want.AppealDays, want.OfferDays = 1_000_000_00, 5_000_000_00, AverageOf3, 1, 7, 9
	if got := o.Under(ownTerms); got != want {
		t.Errorf("under terms: %+v, want %+v", got, want)
	}
	if got := o.Under(nil); got != o {
		t.Errorf("under none: %+v, want %+v", got, o)
	}
}

func TestTermsAreReadAsTheyAreStored(t *testing.T) {
	got, err := ReadTerms(ownTerms.JSON())
	if err != nil {
		t.Fatal(err)
	}
	if string(got.JSON()) != string(ownTerms.JSON()) {
		t.Errorf("read %s, stored %s", got.JSON(), ownTerms.JSON())
	}
	if _, err := ReadTerms([]byte("{")); err == nil {
		t.Error("half a document is read")
	}
}

func TestTheWorstFindingCounts(t *testing.T) {
	met, doubtful, unmet := Finding{Rule: "a", Outcome: Pass}, Finding{Rule: "b", Outcome: Refer}, Finding{Rule: "c", Outcome: Fail}
	for _, tt := range []struct {
		revenue  Outcome
		findings []Finding
		want     Outcome
		reasons  int
	}{
		{Pass, nil, Pass, 0}, {Pass, []Finding{met}, Pass, 0}, {Pass, []Finding{met, doubtful}, Refer, 1}, {Pass, []Finding{unmet, doubtful}, Fail, 1},
		{Refer, []Finding{met}, Refer, 0}, {Refer, []Finding{unmet}, Fail, 1}, {Fail, []Finding{doubtful}, Fail, 1}, {Fail, []Finding{met}, Fail, 0},
	} {
		v := Verdict{Outcome: tt.revenue}.With("sum", &Evidence{}, tt.findings)
		if v.Outcome != tt.want || len(v.Reasons) != tt.reasons {
			t.Errorf("%s with %v: %s for %v, want %s", tt.revenue, tt.findings, v.Outcome, v.Reasons, tt.want)
		}
	}
}

// plan is a small file, compiled.
func planFor(change func(*Plan)) string {
	p := &Plan{
		Program: ProgramPlan{Prefix: "AIV", Name: "Vouchers", Agency: "Office", SecondOver: 1_000_000_00, BankHoldDays: 10, PresumeDays: 5},
		Phases:  []PhasePlan{{Code: "p1", Name: "First phase", Symbol: "089X0222", FiscalYear: 2026, Budget: 900_00}},
		Opportunities: []OpportunityPlan{{Number: "AIV-1", Phase: "p1", Title: "One", Opens: noon, Closes: noon.AddDate(0, 1, 0), Zone: "UTC",
			Terms: Terms{AwardCap: AwardCap, RevenueCap: RevenueCap, Basis: LastCompleted}}},
	}
	if change != nil {
		change(p)
	}
	return string(mustJSON(p))
}

func readyPolicy(s State, a Action) (PolicyFacts, Command) {
	f := PolicyFacts{Program: Program{Record: Record{ID: 2, State: Active}, Prefix: "AIV"},
		Funds:  []Fund{{Record: Record{ID: 3}, Symbol: "089X0222", FiscalYear: 2026, Appropriated: 500_00}},
		Stored: planFor(nil)}
	c := Command{ID: 700, Parent: 2, Actor: Actor{Person: olga}, Received: noon}
	if s != None {
		f.Policy = Policy{Record: Record{ID: 700, State: s, Version: 1}, Program: 2, Number: 4}
		f.Current = f.Policy
	}
	switch a {
	case ActApply:
		f.Current, f.Newest = Policy{Record: Record{ID: 600, State: Active}, Number: 3, File: sumOf("old text")}, 3
		c.Inputs = []Input{policyFile.text("new text"), policyPlan.text(planFor(nil)), fieldNote.text("more money")}
	case ActSupersede:
		f.Newest = 5
	}
	return f, c
}

func TestPolicy(t *testing.T) {
	type F = PolicyFacts
	plan := func(change func(*Plan)) func(*F, *Command) { return asking[F](policyPlan.text(planFor(change))) }
	runScenarios(t, Policies, readyPolicy, []scenario[F]{
		{name: "a new version", start: in(None), action: ActApply, by: Admin, end: Entered,
			check: func(t *testing.T, f *F, s *Step) {
				wantChildren(t, s, "appropriate fund 3", "supersede policy 600", "roll_out policy 700")
				if p := f.Policy; p.Number != 4 || p.Program != 2 || p.AppliedBy != olga || p.Note != "more money" || p.File != sumOf("new text") {
					t.Errorf("applied %+v", p)
				}
				docs := s.Documents()
				if len(docs) != 2 || string(docs[0].Body) != "new text" || !strings.Contains(string(docs[1].Body), `"version":4,"file":"`+f.File) {
					t.Errorf("stored %q", docs)
				}
			}},
		{name: "the first version, with a new fund", start: in(None), action: ActApply, by: System, end: Entered,
			change: facts(func(f *F) { f.Current, f.Newest, f.Funds = Policy{}, 0, nil }),
			check: func(t *testing.T, f *F, s *Step) {
				wantChildren(t, s, "create fund 0", "roll_out policy 700")
				if f.Number != 1 {
					t.Errorf("it has the number %d", f.Number)
				}
			}},
		{name: "what was not compiled", start: in(None), action: ActApply, by: Admin, reason: "policy_not_compiled", change: asking[F](policyPlan.text(""))},
		{name: "another program's", start: in(None), action: ActApply, by: Admin, reason: "policy_of_other_program",
			change: plan(func(p *Plan) { p.Program.Prefix = "XYZ" })},
		{name: "the same again", start: in(None), action: ActApply, by: Admin, reason: "policy_unchanged", change: asking[F](policyFile.text("old text"))},
		{name: "a higher award cap", start: in(None), action: ActApply, by: Admin, reason: "cap_raised",
			change: plan(func(p *Plan) { p.Opportunities[0].Terms.AwardCap++ })},
		{name: "a higher revenue cap", start: in(None), action: ActApply, by: Admin, reason: "cap_raised",
			change: plan(func(p *Plan) { p.Opportunities[0].Terms.RevenueCap++ })},
		{name: "no cap", start: in(None), action: ActApply, by: Admin, reason: "cap_raised",
			change: plan(func(p *Plan) { p.Opportunities[0].Terms.AwardCap = 0 })},
		{name: "less money", start: in(None), action: ActApply, by: Admin, reason: "budget_below_appropriation",
			change: plan(func(p *Plan) { p.Phases[0].Budget = 499_99 })},
		{name: "and a new opportunity", start: in(Entered), action: ActRollOut, by: System, end: Active,
			check: func(t *testing.T, _ *F, s *Step) { wantChildren(t, s, "update program 2", "forecast opportunity 0") }},
		{name: "to an opportunity that is there", start: in(Entered), action: ActRollOut, by: System, end: Active,
			change: facts(func(f *F) { f.Opportunities = []Opportunity{{Record: Record{ID: 4}, Number: "AIV-1"}} }),
			check:  func(t *testing.T, _ *F, s *Step) { wantChildren(t, s, "update program 2", "adopt opportunity 4") }},
		{name: "to an opportunity that is over", start: in(Entered), action: ActRollOut, by: System, end: Active,
			change: facts(func(f *F) {
				f.Opportunities = []Opportunity{{Record: Record{ID: 4, State: Archived}, Number: "AIV-1"}}
			}),
			check: func(t *testing.T, _ *F, s *Step) { wantChildren(t, s, "update program 2") }},
		{name: "what is not there", start: in(Entered), action: ActRollOut, by: System, reason: "policy_not_compiled",
			change: facts(func(f *F) { f.Stored = "" })},
		{name: "by the next", start: in(Active), action: ActSupersede, by: System, end: Superseded},
		{name: "though it is the newest", start: in(Active), action: ActSupersede, by: System, reason: "policy_in_force",
			change: facts(func(f *F) { f.Newest = f.Number })},
	})
}

func TestAFilesDatesCountUntilPublication(t *testing.T) {
	later := noon.AddDate(0, 2, 0)
	for _, s := range in(Forecasted, Open, Paused, Closed) {
		f, c := readyOpportunity(s, ActAdopt)
		c.Action, c.Roles = ActAdopt, by(System)
		was := f.Closes
		if _, err := Opportunities.Decide(&f, &c, noon); err != nil {
			t.Fatalf("from %s: %v", s, err)
		}
		want := was
		if s == Forecasted {
			want = later
		}
		if !f.Closes.Equal(want) {
			t.Errorf("in %s the deadline becomes %v, want %v", s, f.Closes, want)
		}
		if f.Title != "Adopted" || f.AwardCap != 400_000_00 || f.Policy != 9 || f.Opportunity.Terms != "sum" {
			t.Errorf("in %s it adopts %+v", s, f.Opportunity)
		}
	}
}
