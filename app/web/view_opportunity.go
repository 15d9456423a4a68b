package web

import "tranche/workflow"

// OpportunitiesView lists the opportunities.
type OpportunitiesView struct {
	Shell
	List
	Rows []Call
}

// Page implements View.
func (OpportunitiesView) Page() string { return "opportunities" }

// OpportunityView is one opportunity: dates, caps, rules, rubric, and the way in.
type OpportunityView struct {
	Shell
	Record
	Summary   string
	Terms     []Answer
	Rules     []string // who may apply, in plain words
	Criteria  []Criterion
	Documents []string
	Money     []Account // nil for the public
	Panels    []Answer  // that this reader may know of
	Start     *Form     // nil: this reader cannot start an application
	Why       string    // why not, when Start is nil
}

// Page implements View.
func (OpportunityView) Page() string { return "opportunity" }

// Criterion is one line of a rubric. Weight is a whole percentage.
type Criterion struct {
	Name, Note string
	Weight     int
}

// Account is one account of a fund or an award.
type Account struct {
	Name    string
	Amount  workflow.Cents
	Percent int // of the whole, for the bar
}
