package workflow

import "time"

// A Hold stops every forward action on what it is placed on.
type Hold struct {
	Record
	Program    ID
	Subject    Noun
	SubjectID  ID
	Reason     string
	NextLook   Date
	Restricted bool // everybody else reads "in progress"
	PlacedBy   ID
	LiftedBy   ID
	Note       string
	Routing    string // a hold on this routing number, wherever payments go there from; its subject is the program that wants it
}

// HoldFacts is everything that a decision about a hold may look at.
type HoldFacts struct {
	Hold
	Standing
	SubjectFound bool      // what it is placed on exists, in the placer's program
	Exception    Exception // an approved exception to lift a restricted hold
}

// holdDays is when a hold that the system places is looked at next.
const holdDays = 30

// holdSubjects are the kinds of records that a hold can be placed on.
var holdSubjects = []Noun{NounProgram, NounOpportunity, NounOrganization, NounApplication, NounAward, NounPayment}

var (
	fieldSubject    = Field{Name: "subject", Kind: Choice, Choices: texts(holdSubjects)}
	fieldSubjectID  = Field{Name: "subject_id", Kind: Ref} // of the noun that stands beside it
	fieldReason     = Field{Name: "reason", Kind: Text, Max: 2000}
	fieldNextLook   = Field{Name: "next_look", Kind: Day}
	holdRouting     = Field{Name: "routing", Kind: Line, Max: 9, Optional: true}
	fieldRestricted = Field{Name: "restricted", Kind: Check, Optional: true}
)

func texts(nouns []Noun) []string {
	var out []string
	for _, n := range nouns {
		out = append(out, n.String())
	}
	return out
}

type holdGuard = Guard[HoldFacts]

var (
	holdSubjectKnown = holdGuard{
		Reason: "subject_unknown",
		OK:     func(f *HoldFacts, _ *Command, _ time.Time) bool { return f.SubjectFound },
		Field:  &fieldSubjectID,
	}
	holdRoutingValid = holdGuard{
		Reason: "routing_invalid",
		OK: func(_ *HoldFacts, c *Command, _ time.Time) bool {
			return c.Text(holdRouting) == "" || RoutingValid(c.Text(holdRouting))
		},
		Field: &holdRouting,
	}
	routingOfProgram = holdGuard{
		Reason: "routing_hold_of_program",
		OK: func(_ *HoldFacts, c *Command, _ time.Time) bool {
			return c.Text(holdRouting) == "" || c.Text(fieldSubject) == NounProgram.String()
		},
		Field: &fieldSubject,
	}
	nextLookAhead = holdGuard{
		Reason: "next_look_in_the_past",
		OK: func(_ *HoldFacts, c *Command, now time.Time) bool {
			return c.Roles.Has(System) && !c.Has(fieldNextLook) || DateOf(now).Before(c.Date(fieldNextLook))
		},
		Field: &fieldNextLook,
	}
	placedByAnother = holdGuard{
		Reason: "you_placed_this",
		OK:     func(f *HoldFacts, c *Command, _ time.Time) bool { return !c.Counts(f.PlacedBy) },
		Duty:   true,
	}
	liftAllowed = holdGuard{
		Reason: ReasonException,
		OK: func(f *HoldFacts, _ *Command, now time.Time) bool {
			return !f.Hold.Restricted || f.Exception.Allows(LiftRestrictedHold, f.ID, now)
		},
	}
)

func placeHold(f *HoldFacts, c *Command, s *Step) {
	h := &f.Hold
	h.Program, h.PlacedBy = c.Parent, c.Actor.Person
	h.Subject, _ = ParseNoun(c.Text(fieldSubject)) // an unknown one was not found
	h.SubjectID, h.Reason, h.Restricted = c.Ref(fieldSubjectID), c.Text(fieldReason), c.Checked(fieldRestricted)
	if h.Routing = c.Text(holdRouting); h.Routing != "" {
		h.Program = 0 // it concerns all of them
	}
	h.NextLook = DateOf(s.At).AddDays(holdDays)
	c.setDate(&h.NextLook, fieldNextLook)
}

func liftHold(f *HoldFacts, c *Command, s *Step) {
	f.LiftedBy, f.Note = c.Actor.Person, c.Text(fieldNote)
	if f.Hold.Restricted {
		s.Raise(Child{Noun: NounException, Action: ActUse, ID: f.Exception.ID})
	}
}

// holders are who may place a hold, and lift one that another placed.
var holders = by(ProgramOfficer, GrantsOfficer, FinanceCertifier, SecurityReviewer, SelectingOfficial)

// Holds is the lifecycle of a hold. No hold stops another one.
var Holds = NewMachine(NounHold,
	func(f *HoldFacts) *Record { return &f.Record },
	func(f *HoldFacts) *Standing { return &f.Standing },
	[]Rule[HoldFacts]{
		{Start: in(None), Action: ActPlace, By: holders | by(System), End: Placed,
			Fields: []Field{fieldSubject, fieldSubjectID, fieldReason, fieldNextLook, fieldRestricted, holdRouting},
			Guards: []holdGuard{holdSubjectKnown, holdRoutingValid, routingOfProgram, nextLookAhead}, Effect: placeHold, Always: true},
		{Start: in(Placed), Action: ActLift, By: holders, End: Lifted,
			Fields: []Field{fieldNote}, Guards: []holdGuard{placedByAnother, liftAllowed}, Effect: liftHold, Always: true},
	}...)
