package workflow

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// A Policy is one version of a program's file, from when it was applied. The text
// and what it compiled to are documents, so that every version stays readable.
type Policy struct {
	Record
	Program   ID
	Number    int64  // 1, 2, 3 … in a program
	File      string // SHA-256 of the file's text, hex
	Plan      string // SHA-256 of the plan as JSON, hex
	AppliedBy ID
	Note      string
}

// PolicyFacts is everything that a decision about a policy may look at.
type PolicyFacts struct {
	Policy
	Standing
	Program       Program
	Current       Policy        // the one in force; ID zero when there is none
	Newest        int64         // the highest number of the program's versions; zero when there is none
	Funds         []Fund        // of the program
	Opportunities []Opportunity // of the program
	Stored        string        // the plan as JSON; loaded for roll_out
}

var (
	policyFile = Field{Name: "file", Kind: Text, Max: 1 << 20}
	policyPlan = Field{Name: "plan", Kind: Text, Max: 8 << 20} // brought by the compiler, never typed
)

type policyGuard = Guard[PolicyFacts]

var (
	planCompiled = policyGuard{
		Reason: "policy_not_compiled",
		Made:   true,
		OK: func(_ *PolicyFacts, c *Command, _ time.Time) bool {
			_, err := ReadPlan(c.Text(policyPlan))
			return err == nil
		},
		Field: &policyFile,
	}
	planOfProgram = policyGuard{
		Reason: "policy_of_other_program",
		OK: func(f *PolicyFacts, c *Command, _ time.Time) bool {
			p, _ := ReadPlan(c.Text(policyPlan))
			return p != nil && p.Program.Prefix == f.Program.Prefix
		},
		Words: func(f *PolicyFacts, _ *Command) Words { return Words{"prefix": f.Program.Prefix} },
		Field: &policyFile,
	}
	policyChanges = policyGuard{
		Reason: "policy_unchanged",
		OK: func(f *PolicyFacts, c *Command, _ time.Time) bool {
			return f.Current.ID == 0 || f.Current.File != sumOf(c.Text(policyFile))
		},
		Words: func(f *PolicyFacts, _ *Command) Words { return Words{"version": f.Current.Number} },
		Field: &policyFile,
	}
	capsKept = policyGuard{
		Reason: "cap_raised",
		OK: func(_ *PolicyFacts, c *Command, _ time.Time) bool {
			p, _ := ReadPlan(c.Text(policyPlan))
			return p != nil && p.raised() == 0
		},
		Words: func(_ *PolicyFacts, c *Command) Words {
			p, _ := ReadPlan(c.Text(policyPlan))
			return Words{"amount": p.raised(), "limit": AwardCap}
		},
		Field: &policyFile,
	}
	budgetsKept = policyGuard{
		Reason: "budget_below_appropriation",
		OK: func(f *PolicyFacts, c *Command, _ time.Time) bool {
			p, _ := ReadPlan(c.Text(policyPlan))
			return p != nil && f.shrunk(p) == 0
		},
		Words: func(f *PolicyFacts, c *Command) Words {
			p, _ := ReadPlan(c.Text(policyPlan))
			return Words{"appropriated": f.shrunk(p)}
		},
		Field: &policyFile,
	}
	planKept = policyGuard{
		Reason: "policy_not_compiled",
		OK: func(f *PolicyFacts, _ *Command, _ time.Time) bool {
			_, err := ReadPlan(f.Stored)
			return err == nil
		},
	}
	policySuperseded = policyGuard{
		Reason: "policy_in_force",
		OK: func(f *PolicyFacts, _ *Command, _ time.Time) bool {
			return f.Newest > f.Number
		},
	}
)

// ReadPlan reads the JSON of a plan, as it is stored.
func ReadPlan(text string) (*Plan, error) {
	p := new(Plan)
	if err := json.Unmarshal([]byte(text), p); err != nil {
		return nil, fmt.Errorf("workflow: plan cannot be read: %w", err)
	}
	return p, nil
}

func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// raised returns the first cap that is not within the statutory one, zero when
// all are.
func (p *Plan) raised() Cents {
	for i := range p.Opportunities {
		switch t := &p.Opportunities[i].Terms; {
		case t.AwardCap <= 0 || t.AwardCap > AwardCap:
			return max(t.AwardCap, 1)
		case t.RevenueCap <= 0 || t.RevenueCap > RevenueCap:
			return max(t.RevenueCap, 1)
		}
	}
	return 0
}

// fund returns the program's fund with a phase's symbol and year, nil when there
// is none yet.
func (f *PolicyFacts) fund(phase *PhasePlan) *Fund {
	for i := range f.Funds {
		if f.Funds[i].Symbol == phase.Symbol && f.Funds[i].FiscalYear == phase.FiscalYear {
			return &f.Funds[i]
		}
	}
	return nil
}

// shrunk returns what is appropriated for the first phase whose budget is below
// that, zero when there is no such phase: a file does not take money back.
func (f *PolicyFacts) shrunk(p *Plan) Cents {
	for i := range p.Phases {
		if fund := f.fund(&p.Phases[i]); fund != nil && p.Phases[i].Budget < fund.Appropriated {
			return fund.Appropriated
		}
	}
	return 0
}

// applyPolicy keeps the file, makes and fills the funds, and has the rest done in
// the next wave, when the funds are there.
func applyPolicy(f *PolicyFacts, c *Command, s *Step) {
	text := c.Text(policyFile)
	plan, _ := ReadPlan(c.Text(policyPlan))
	p := &f.Policy
	p.Program, p.Number, p.AppliedBy, p.Note = f.Program.ID, f.Newest+1, c.Actor.Person, c.Text(fieldNote)
	p.File = s.Store([]byte(text))
	for i := range plan.Opportunities {
		t := &plan.Opportunities[i].Terms
		t.Program, t.Version, t.File, t.Opportunity = plan.Program.Prefix, p.Number, p.File, plan.Opportunities[i].Number
	}
	p.Plan = s.Store(mustJSON(plan))
	for i := range plan.Phases {
		f.raiseFund(s, &plan.Phases[i])
	}
	if f.Current.ID != 0 {
		s.Raise(Child{Noun: NounPolicy, Action: ActSupersede, ID: f.Current.ID})
	}
	s.Raise(Child{Noun: NounPolicy, Action: ActRollOut, ID: f.ID})
}

// raiseFund makes the fund of a phase, or adds to it what the budget grew by.
func (f *PolicyFacts) raiseFund(s *Step, phase *PhasePlan) {
	fund := f.fund(phase)
	if fund == nil {
		s.Raise(Child{Noun: NounFund, Action: ActCreate, Parent: f.Program.ID, Inputs: []Input{
			fieldSymbol.text(phase.Symbol), fieldName.text(phase.Name), fieldFiscalYear.count(phase.FiscalYear), fieldAmount.cents(phase.Budget)}})
		return
	}
	if more := phase.Budget - fund.Appropriated; more > 0 {
		s.Raise(Child{Noun: NounFund, Action: ActAppropriate, ID: fund.ID, Inputs: []Input{fieldAmount.cents(more)}})
	}
}

// rollOut brings the program and its opportunities to what the plan says.
func rollOut(f *PolicyFacts, _ *Command, s *Step) {
	plan, _ := ReadPlan(f.Stored)
	s.Raise(Child{Noun: NounProgram, Action: ActUpdate, ID: f.Program.ID, Inputs: []Input{
		fieldName.text(plan.Program.Name), fieldAgency.text(plan.Program.Agency), fieldSecondOver.cents(plan.Program.SecondOver),
		fieldBankHoldDays.count(plan.Program.BankHoldDays), fieldPresumeDays.count(plan.Program.PresumeDays)}})
	for i := range plan.Opportunities {
		f.raiseOpportunity(s, plan, &plan.Opportunities[i])
	}
}

// raiseOpportunity makes an opportunity, or has it take over its new terms.
func (f *PolicyFacts) raiseOpportunity(s *Step, plan *Plan, o *OpportunityPlan) {
	t := &o.Terms
	inputs := []Input{
		opportunityPolicy.ref(f.ID), opportunityTerms.text(s.Store(t.JSON())), fieldTitle.text(o.Title), fieldSummary.text(o.Summary),
		fieldAwardCap.cents(t.AwardCap), fieldRevenueCap.cents(t.RevenueCap), fieldBasis.text(t.Basis.String()),
		fieldReviewsNeeded.count(t.ReviewsNeeded), fieldAppealDays.count(t.AppealDays), fieldOfferDays.count(t.OfferDays),
		fieldGraceMinutes.count(o.GraceMinutes), {Name: fieldRolling.Name, Int: tick(o.Rolling)}, fieldZone.text(o.Zone),
		{Name: fieldOpens.Name, Time: o.Opens},
	}
	if !o.Closes.IsZero() {
		inputs = append(inputs, Input{Name: fieldCloses.Name, Time: o.Closes})
	}
	for i := range f.Opportunities {
		if f.Opportunities[i].Number == o.Number {
			if slices.Contains(in(Cancelled, Archived), f.Opportunities[i].State) { // it is over, and the file may go on
				return
			}
			s.Raise(Child{Noun: NounOpportunity, Action: ActAdopt, ID: f.Opportunities[i].ID, Inputs: inputs})
			return
		}
	}
	inputs = append(inputs, fieldNumber.text(o.Number), fieldFund.ref(f.fundOf(plan, o)))
	s.Raise(Child{Noun: NounOpportunity, Action: ActForecast, Parent: f.Program.ID, Inputs: inputs})
}

// fundOf returns the fund that pays for o; zero, which is refused, when there is none.
func (f *PolicyFacts) fundOf(plan *Plan, o *OpportunityPlan) ID {
	for i := range plan.Phases {
		if fund := f.fund(&plan.Phases[i]); fund != nil && plan.Phases[i].Code == o.Phase {
			return fund.ID
		}
	}
	return 0
}

func tick(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// Policies is the lifecycle of a version of a program's file. It comes into force
// within the step that applies it, after the one before it went out of force.
var Policies = NewMachine(NounPolicy,
	func(f *PolicyFacts) *Record { return &f.Record },
	func(f *PolicyFacts) *Standing { return &f.Standing },
	[]Rule[PolicyFacts]{
		{Start: in(None), Action: ActApply, By: by(Admin, System), End: Entered, Fields: []Field{policyFile, fieldNote.Opt()},
			Guards: []policyGuard{planCompiled, planOfProgram, policyChanges, capsKept, budgetsKept}, Effect: applyPolicy},
		{Start: in(Entered), Action: ActRollOut, By: by(System), End: Active,
			Guards: []policyGuard{planKept}, Effect: rollOut, Hidden: true, Always: true},
		{Start: in(Active), Action: ActSupersede, By: by(System), End: Superseded, Guards: []policyGuard{policySuperseded}, Always: true},
	}...)
