package workflow

import (
	"slices"
	"time"
)

// A Clearance is a side check of a case that must be cleared before its award.
// The eligibility is none: it is the verdict, which each step runs anew.
type Clearance struct {
	Record
	Application  ID
	Program      ID
	Organization ID
	Kind         string    // one of ClearanceKinds
	Ends         time.Time // until when it is cleared; zero: until something changes
	DecidedBy    ID        // who cleared, refused or waived it last; zero: nobody has yet
	DecidedAt    time.Time
	Note         string // for the role of its kind, the selecting official and the auditor; see ReadsClearance
}

// The kinds of clearances.
const (
	// ClearEligibility is what the verdict decides. Terms may name it; no record is made of it.
	ClearEligibility = "eligibility"
	ClearScreening   = "screening"
	ClearMerit       = "merit"
	ClearFinances    = "financial_viability"
	ClearSecurity    = "national_security"
	ClearEthics      = "ethics" // with human subjects
)

// ClearanceKinds are the kinds that a record is made of, in the order that a case is worked on.
var ClearanceKinds = []string{ClearScreening, ClearMerit, ClearFinances, ClearSecurity, ClearEthics}

// ClearanceRole returns whose duty a kind of clearance is.
func ClearanceRole(kind string) Role {
	switch kind {
	case ClearScreening, ClearSecurity:
		return SecurityReviewer
	case ClearFinances:
		return GrantsOfficer
	}
	return ProgramOfficer
}

// ReadsClearance reports whether somebody with these roles may read the note of a
// clearance of a kind.
func ReadsClearance(kind string, roles Roles) bool {
	return roles.Has(ClearanceRole(kind)) || roles&by(SelectingOfficial, Auditor, System) != 0
}

// Stands reports whether c is in force at now, so that nothing waits for it.
func (c *Clearance) Stands(now time.Time) bool {
	return c.State == Waived || c.State == Cleared && (c.Ends.IsZero() || now.Before(c.Ends))
}

// StateAt returns the state that c is in at now: the clock counts, and not the job that
// notes that a clearance has ended.
func (c *Clearance) StateAt(now time.Time) State {
	if c.State == Cleared && !c.Stands(now) {
		return Required
	}
	return c.State
}

// Kinds are kinds of clearances, as the words of a refusal name them.
type Kinds []string

// Clearance returns what t says about a kind; false where it is not required. It
// works on nil terms.
func (t *Terms) Clearance(kind string) (ClearanceTerm, bool) {
	if t != nil {
		for _, c := range t.Clearances {
			if c.Kind == kind {
				return c, true
			}
		}
	}
	return ClearanceTerm{}, false
}

// Missing returns which of the clearances that t requires do not hold at now, in
// the order of ClearanceKinds. It works on nil terms.
func (t *Terms) Missing(held []Clearance, now time.Time) (out Kinds) {
	for _, kind := range ClearanceKinds {
		_, required := t.Clearance(kind)
		if required && !slices.ContainsFunc(held, func(c Clearance) bool { return c.Kind == kind && c.Stands(now) }) {
			out = append(out, kind)
		}
	}
	return out
}

// require has a clearance made of each kind that t requires and that is not among
// those that the case has.
func (t *Terms) require(s *Step, application ID, has []string) {
	for _, kind := range ClearanceKinds {
		if _, required := t.Clearance(kind); required && !slices.Contains(has, kind) {
			s.Raise(Child{Noun: NounClearance, Action: ActRequire, Parent: application, Inputs: []Input{clearanceKind.text(kind)}})
		}
	}
}

// ClearanceFacts is everything that a decision about a clearance may look at.
type ClearanceFacts struct {
	Clearance
	Standing
	Application Application
	Terms       *Terms    // that the application stands under
	Exception   Exception // an approved exception to waive it; ID zero when none
	Payee       Payee     // loaded to clear the screening
	Reviews     int       // of the application, submitted, that count
	Needed      int64     // how many reviews the opportunity asks for
}

var (
	clearanceKind = Field{Name: "kind", Kind: Choice, Choices: ClearanceKinds}
	// Names, to a case, the clearance that it has lost.
	fieldLost = Field{Name: "clearance", Kind: Ref, Of: NounClearance}
)

type clearanceGuard = Guard[ClearanceFacts]

// clearable are the states of a case in which its clearances are worked on.
var clearable = in(Submitted, Screening, NeedsInformation, InReview, Recommended, DeclineRecommended, Waitlisted, Awarded, Appealed)

var (
	clearanceDuty = clearanceGuard{
		Reason: "not_your_duty",
		OK:     func(f *ClearanceFacts, c *Command, _ time.Time) bool { return c.Roles.Has(ClearanceRole(f.Kind)) },
		Words:  func(f *ClearanceFacts, _ *Command) Words { return Words{"roles": []Role{ClearanceRole(f.Kind)}} },
		Duty:   true,
	}
	caseRuns = clearanceGuard{
		Reason: "case_not_running",
		OK:     func(f *ClearanceFacts, _ *Command, _ time.Time) bool { return contains(clearable, f.Application.State) },
		Words:  func(f *ClearanceFacts, _ *Command) Words { return Words{"state": f.Application.State} },
	}
	meritReviewed = clearanceGuard{
		Reason: "reviews_missing",
		OK: func(f *ClearanceFacts, _ *Command, _ time.Time) bool {
			return f.Kind != ClearMerit || int64(f.Reviews) >= f.Needed
		},
		Words: func(f *ClearanceFacts, _ *Command) Words { return Words{"submitted": f.Reviews, "needed": f.Needed} },
	}
	clearScreened, clearUnlisted, _ = payeeGuards(func(f *ClearanceFacts) *Payee { return &f.Payee })

	clearanceOver = clearanceGuard{
		Reason: "clearance_not_ended",
		OK: func(f *ClearanceFacts, _ *Command, now time.Time) bool {
			return !f.Ends.IsZero() && !now.Before(f.Ends)
		},
		Words: func(f *ClearanceFacts, _ *Command) Words { return Words{"ends": f.Ends} },
	}
	waiveAllowed = clearanceGuard{
		Reason: ReasonException,
		OK: func(f *ClearanceFacts, _ *Command, now time.Time) bool {
			return f.Exception.Allows(Waive, f.ID, now)
		},
	}
)

func requireClearance(f *ClearanceFacts, c *Command, _ *Step) {
	a := &f.Application
	f.Clearance.Application, f.Program, f.Clearance.Organization = a.ID, a.Program, a.Organization
	f.Kind = c.Text(clearanceKind)
}

// decide notes who decided, when, and why. What was written before is no reason
// for this.
func (f *ClearanceFacts) decide(c *Command, s *Step) {
	f.DecidedBy, f.DecidedAt, f.Ends, f.Clearance.Note = c.Actor.Person, s.At, time.Time{}, c.Text(fieldNote)
}

func grantClearance(f *ClearanceFacts, c *Command, s *Step) {
	f.decide(c, s)
	if term, _ := f.Terms.Clearance(f.Kind); term.Days > 0 {
		f.Ends = s.At.AddDate(0, 0, int(term.Days))
	}
}

func refuseClearance(f *ClearanceFacts, c *Command, s *Step) {
	f.decide(c, s)
	f.lose(s)
}

func waiveClearance(f *ClearanceFacts, c *Command, s *Step) {
	f.decide(c, s)
	s.Raise(Child{Noun: NounException, Action: ActUse, ID: f.Exception.ID})
}

func loseClearance(f *ClearanceFacts, c *Command, s *Step) {
	c.setText(&f.Clearance.Note, fieldNote)
	f.lose(s)
}

func reopenClearance(f *ClearanceFacts, c *Command, s *Step) { f.decide(c, s) }

// lose takes a case that is being decided back to screening, and has every other
// one looked at. A requirement that its terms have dropped moves nothing.
func (f *ClearanceFacts) lose(s *Step) {
	if _, required := f.Terms.Clearance(f.Kind); !required {
		return
	}
	child := Child{Noun: NounApplication, Action: ActUpdate, ID: f.Application.ID, Inputs: []Input{fieldFlag.text(flagLost)}}
	switch {
	case contains(referable, f.Application.State):
		child.Action, child.Inputs = ActRefer, []Input{fieldLost.ref(f.ID)}
	case f.Application.State == Submitted || !contains(clearable, f.Application.State):
		return
	}
	s.Raise(child)
}

// clearers are who clears one kind of clearance or another.
var clearers = by(ProgramOfficer, GrantsOfficer, SecurityReviewer)

// Clearances is the lifecycle of a clearance. Refusing one, and losing one, is
// possible while a hold stands.
var Clearances = NewMachine(NounClearance,
	func(f *ClearanceFacts) *Record { return &f.Record },
	func(f *ClearanceFacts) *Standing { return &f.Standing },
	[]Rule[ClearanceFacts]{
		{Start: in(None), Action: ActRequire, By: by(System), End: Required, Fields: []Field{clearanceKind}, Effect: requireClearance, Always: true},
		{Start: in(Required), Action: ActClear, By: clearers, End: Cleared,
			Fields: []Field{fieldNote.Opt()}, Guards: []clearanceGuard{clearanceDuty, caseRuns, meritReviewed, clearScreened, clearUnlisted}, Effect: grantClearance},
		{Start: in(Required), Action: ActRefuse, By: clearers, End: Refused,
			Fields: []Field{fieldNote}, Guards: []clearanceGuard{clearanceDuty, caseRuns}, Effect: refuseClearance, Always: true},
		{Start: in(Refused), Action: ActReopen, By: clearers, End: Required,
			Fields: []Field{fieldNote}, Guards: []clearanceGuard{clearanceDuty, caseRuns}, Effect: reopenClearance},
		{Start: in(Cleared), Action: ActExpire, By: by(System), End: Required, Guards: []clearanceGuard{clearanceOver}, Effect: loseClearance, Always: true},
		{Start: in(Cleared), Action: ActVoid, By: by(System), End: Required, Fields: []Field{fieldNote.Opt()}, Effect: loseClearance, Always: true},
		{Start: in(Required), Action: ActWaive, By: by(SelectingOfficial), End: Waived,
			Fields: []Field{fieldNote}, Guards: []clearanceGuard{caseRuns, waiveAllowed}, Effect: waiveClearance},
	}...)
