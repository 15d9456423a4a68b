package enginetest

import (
	_ "embed"
	"encoding/json"

	"tranche/workflow"
)

// ProgramFile is the program of a World as a file, with two rules: one that refers
// requests above $2,000,000.00, and one that fails.
//
//go:embed program.yaml
var ProgramFile string

// Plan is what a small program file for the world compiles to: its opportunity
// with terms of their own, and whatever change adds.
func (w *World) Plan(change func(*workflow.Plan)) *workflow.Plan {
	p := &workflow.Plan{
		Program: workflow.ProgramPlan{Prefix: "AIV", Name: "AI Innovation Voucher", Agency: "Office of Innovation Programs", BankHoldDays: 10, PresumeDays: 5},
		Phases: []workflow.PhasePlan{{Code: "first", Name: "Innovation", Starts: workflow.DateOf(Start), Ends: workflow.DateOf(Start).AddDays(365),
			Symbol: "089X0222", FiscalYear: 2026, Budget: Appropriation}},
		Opportunities: []workflow.OpportunityPlan{{Number: "AIV-2026-R1", Phase: "first", Title: "AI innovation vouchers", Opens: Start.AddDate(0, -1, 0),
			Zone: "America/New_York", Rolling: true, Terms: workflow.Terms{
				AwardCap: 4_000_000_00, RevenueCap: workflow.RevenueCap, Basis: workflow.LastCompleted, ReviewsNeeded: 1, AppealDays: 30, OfferDays: 30,
				Sections: []workflow.FormSection{
					{Name: "project", Fields: []string{"title", "summary", "approach", "outcome"}},
					{Name: "budget", Fields: []string{"requested", "months"}},
					{Name: "team", Label: workflow.Label{EN: "Team", ZH: "團隊"}, Questions: []workflow.Question{
						{Name: "people", Kind: workflow.QuestionNumber, Label: workflow.Label{EN: "How many people work on it?", ZH: "有多少人參與？"}, Required: true, Max: 500},
						{Name: "stage", Kind: workflow.QuestionChoice, Label: workflow.Label{EN: "At what stage are you?", ZH: "目前階段？"}, Choices: []workflow.CodeTerm{
							{Code: "seed", Label: workflow.Label{EN: "Seed", ZH: "種子"}}, {Code: "growth", Label: workflow.Label{EN: "Growth", ZH: "成長"}}}},
						{Name: "story", Kind: workflow.QuestionText, Label: workflow.Label{EN: "How did it begin?", ZH: "如何開始？"}},
					}},
					{Name: "certify", Fields: []string{"certified"}},
				},
				Rubric: []workflow.Criterion{
					{Name: "need", Weight: 60, Label: workflow.Label{EN: "Need", ZH: "需求"}, Anchors: []workflow.Anchor{
						{Points: 0, Label: workflow.Label{EN: "nobody asks for it", ZH: "無人需要"}}, {Points: 100, Label: workflow.Label{EN: "a national need", ZH: "國家所需"}}}},
					{Name: "reach", Weight: 40, Label: workflow.Label{EN: "Reach", ZH: "影響範圍"}},
				},
				DeclineCodes:   []workflow.CodeTerm{{Code: "no_fit", Label: workflow.Label{EN: "Does not fit the call", ZH: "與公告不符"}}},
				ScreeningCodes: []workflow.CodeTerm{{Code: "seen", Label: workflow.Label{EN: "Evidence seen", ZH: "已查看證明"}}},
			}}},
	}
	if change != nil {
		change(p)
	}
	return p
}

// Apply applies a file with this text that compiled to p, and returns the policy.
func (w *World) Apply(text string, p *workflow.Plan) workflow.ID {
	w.T.Helper()
	return w.Must(workflow.NounPolicy, workflow.ActApply, w.Program, w.As(workflow.Admin), Text("file", text), w.Compiled(p),
		Text("note", "for a test")).ID
}

// Compiled is the input that the compiler of program files adds.
func (w *World) Compiled(p *workflow.Plan) workflow.Input {
	plan, err := json.Marshal(p)
	if err != nil {
		w.T.Error(err)
	}
	return Text("plan", string(plan))
}
