package workflow

import (
	"fmt"
	"time"
)

// An AwardFinding is what somebody found wrong with an award: in its monitoring, or in an
// audit. It may question a cost; sustaining it may disallow that.
// Source: 2 CFR 200.339, 200.410 and 200.521.
type AwardFinding struct {
	Record
	Number       string // such as N-001047
	Award        ID
	Application  ID
	Organization ID
	Program      ID
	RaisedIn     string // one of FindingSources
	Title        string
	Text         string
	Questioned   Cents // the cost in question; zero: none
	Due          Date  // by when the recipient is to answer
	Reply        string
	RaisedBy     ID
	DecidedBy    ID
	Disallowed   Cents // of what was questioned; a debt is opened for it
	Note         string
}

// FindingFacts is everything that a decision about a finding may look at.
type FindingFacts struct {
	AwardFinding
	Standing
	Award    Award
	Balances Balances // of the award
}

// FindingSources are where findings come from.
var FindingSources = []string{"monitoring", "single_audit", "inspector_general"}

var (
	findingSource     = Field{Name: "raised_in", Kind: Choice, Choices: FindingSources}
	findingText       = Field{Name: "text", Kind: Text, Max: 8000}
	findingQuestioned = Field{Name: "questioned", Kind: Money, Optional: true}
	findingDisallowed = Field{Name: "disallowed", Kind: Money, Optional: true}
)

type findingGuard = Guard[FindingFacts]

var (
	findingAwardBound = findingGuard{
		Reason: "award_not_bound",
		OK: func(f *FindingFacts, _ *Command, _ time.Time) bool {
			return contains(in(Active, Suspended, Closing, Closed), f.Award.State)
		},
		Words: func(f *FindingFacts, _ *Command) Words { return Words{"state": f.Award.State} },
	}
	questionedPaid = findingGuard{
		Reason: "over_paid",
		OK: func(f *FindingFacts, c *Command, _ time.Time) bool {
			return c.Cents(findingQuestioned) <= f.Balances[Disbursed]
		},
		Words: func(f *FindingFacts, c *Command) Words {
			return Words{"amount": c.Cents(findingQuestioned), "limit": f.Balances[Disbursed]}
		},
		Field: &findingQuestioned,
	}
	findingDueAhead = findingGuard{
		Reason: reasonDueAhead,
		OK:     func(_ *FindingFacts, c *Command, now time.Time) bool { return DateOf(now).Before(c.Date(fieldDue)) },
		Field:  &fieldDue,
	}
	findingHeard = findingGuard{
		Reason: "finding_unanswered",
		OK: func(f *FindingFacts, _ *Command, now time.Time) bool {
			return f.State == Answered || f.Due.Before(DateOf(now))
		},
		Words: func(f *FindingFacts, _ *Command) Words { return Words{"due": f.Due.String()} },
	}
	notRaiser = findingGuard{
		Reason: "you_raised_this",
		OK:     func(f *FindingFacts, c *Command, _ time.Time) bool { return !c.Counts(f.RaisedBy) },
		Duty:   true,
	}
	withinQuestioned = findingGuard{
		Reason: "over_questioned",
		OK: func(f *FindingFacts, c *Command, _ time.Time) bool {
			return c.Cents(findingDisallowed) <= f.Questioned
		},
		Words: func(f *FindingFacts, c *Command) Words {
			return Words{"amount": c.Cents(findingDisallowed), "limit": f.Questioned}
		},
		Field: &findingDisallowed,
	}
	disallowedPaid = findingGuard{
		Reason: "over_paid",
		OK: func(f *FindingFacts, c *Command, _ time.Time) bool {
			return c.Cents(findingDisallowed) <= f.Balances[Disbursed]
		},
		Words: func(f *FindingFacts, c *Command) Words {
			return Words{"amount": c.Cents(findingDisallowed), "limit": f.Balances[Disbursed]}
		},
		Field: &findingDisallowed,
	}
)

func raiseFinding(f *FindingFacts, c *Command, _ *Step) {
	a := &f.Award
	f.AwardFinding.Award, f.Application, f.Organization, f.Program = a.ID, a.Application, a.Organization, a.Program
	f.Number = fmt.Sprintf("N-%06d", f.ID)
	f.RaisedIn, f.Title, f.Text = c.Text(findingSource), c.Text(fieldTitle), c.Text(findingText)
	f.Questioned, f.Due, f.RaisedBy = c.Cents(findingQuestioned), c.Date(fieldDue), c.Actor.Person
}

func answerFinding(f *FindingFacts, c *Command, _ *Step) { f.Reply = c.Text(fieldReply) }

func decideFinding(f *FindingFacts, c *Command, _ *Step) {
	f.Note, f.DecidedBy = c.Text(fieldNote), c.Actor.Person
}

// sustainFinding takes what is disallowed out of what the award has been paid for.
func sustainFinding(f *FindingFacts, c *Command, s *Step) {
	decideFinding(f, c, s)
	f.Disallowed = c.Cents(findingDisallowed)
	s.owe(f.Award.ID, DebtDisallowed, f.ID, f.Disallowed)
}

func closeFinding(f *FindingFacts, c *Command, _ *Step) { f.Note = c.Text(fieldNote) }

// Findings is the lifecycle of a finding. Findings come after the award is closed too.
var Findings = NewMachine(NounFinding,
	func(f *FindingFacts) *Record { return &f.Record },
	func(f *FindingFacts) *Standing { return &f.Standing },
	[]Rule[FindingFacts]{
		{Start: in(None), Action: ActCreate, By: by(ProgramOfficer, GrantsOfficer), End: Open,
			Fields: []Field{findingSource, fieldTitle, findingText, findingQuestioned, fieldDue},
			Guards: []findingGuard{findingAwardBound, questionedPaid, findingDueAhead}, Effect: raiseFinding, Always: true},
		{Start: in(Open), Action: ActReply, By: by(AOR), End: Answered,
			Fields: []Field{fieldReply}, Effect: answerFinding, Always: true},
		{Start: in(Open, Answered), Action: ActDismiss, By: by(GrantsOfficer), End: Dismissed,
			Fields: []Field{fieldNote}, Guards: []findingGuard{notRaiser}, Effect: decideFinding},
		{Start: in(Open, Answered), Action: ActSustain, By: by(GrantsOfficer), End: Sustained,
			Fields: []Field{findingDisallowed, fieldNote},
			Guards: []findingGuard{findingHeard, notRaiser, withinQuestioned, disallowedPaid}, Effect: sustainFinding},
		{Start: in(Sustained), Action: ActClose, By: by(GrantsOfficer), End: Closed,
			Fields: []Field{fieldNote}, Effect: closeFinding},
	}...)
