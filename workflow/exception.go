package workflow

import "time"

// An Exception is leave for an act that needs two people.
type Exception struct {
	Record
	Program     ID
	Act         string // one of ExceptionActs
	Subject     Noun
	SubjectID   ID
	Reason      string
	RequestedBy ID
	DecidedBy   ID
	Ends        time.Time // an approved one lapses then
	Note        string
}

// ExceptionFacts is everything that a decision about an exception may look at.
type ExceptionFacts struct {
	Exception
	Standing
	SubjectFound bool
}

// The acts that need an exception.
const (
	Rectify            = "rectify"
	Waive              = "waive"
	LateExtension      = "late_extension"
	Misdirect          = "misdirect"
	LiftRestrictedHold = "lift_restricted_hold"
	WriteOff           = "write_off"
)

// ExceptionActs lists the acts that need an exception.
var ExceptionActs = []string{LateExtension, LiftRestrictedHold, Misdirect, Rectify, Waive, WriteOff}

// exceptionLife is for how long an approved exception may be used.
const exceptionLife = 30 * 24 * time.Hour

// exceptionTerms say what an act is done to, who may give leave: the duty concerned,
// and the one above it; and from which states it is done with leave alone.
var exceptionTerms = map[string]struct {
	subject   Noun
	approvers Roles
	states    []State
}{
	LateExtension:      {NounApplication, by(ProgramLead, SelectingOfficial), in(Expired)},
	LiftRestrictedHold: {NounHold, by(SecurityReviewer, SelectingOfficial), in(Placed)},
	Misdirect:          {NounPayment, by(GrantsOfficer, SelectingOfficial), in(Settled)},
	Rectify:            {NounApplication, by(SelectingOfficial, AppealsOfficial), in(Declined, Ineligible, Awarded)},
	Waive:              {NounClearance, by(SelectingOfficial, AppealsOfficial), in(Required)},
	WriteOff:           {NounDebt, by(GrantsOfficer, SelectingOfficial), in(Demanded, Repaying, Offset, Referred)},
}

// ExceptionsFor lists the acts that a record of noun in a state needs an exception for.
func ExceptionsFor(noun Noun, s State) (acts []string) {
	for _, act := range ExceptionActs {
		if terms := exceptionTerms[act]; terms.subject == noun && contains(terms.states, s) {
			acts = append(acts, act)
		}
	}
	return acts
}

// ApproversOf returns who may give leave for an act.
func ApproversOf(act string) Roles { return exceptionTerms[act].approvers }

// SubjectOf returns the kind of record that an act is done to, and NoNoun for an
// act that needs no exception.
func SubjectOf(act string) Noun { return exceptionTerms[act].subject }

var fieldAct = Field{Name: "act", Kind: Choice, Choices: ExceptionActs}

// Allows reports whether e is leave, at now, for act on the record subject.
func (e *Exception) Allows(act string, subject ID, now time.Time) bool {
	return e.State == Approved && e.Act == act && e.SubjectID == subject && now.Before(e.Ends)
}

type exceptionGuard = Guard[ExceptionFacts]

var (
	actKnown = exceptionGuard{
		Reason: "act_unknown",
		OK:     func(_ *ExceptionFacts, c *Command, _ time.Time) bool { return SubjectOf(c.Text(fieldAct)) != NoNoun },
		Field:  &fieldAct,
	}
	exceptionSubjectKnown = exceptionGuard{
		Reason: "subject_unknown",
		OK:     func(f *ExceptionFacts, _ *Command, _ time.Time) bool { return f.SubjectFound },
		Field:  &fieldSubjectID,
	}
	requestedByAnother = exceptionGuard{
		Reason: "you_requested_this",
		OK:     func(f *ExceptionFacts, c *Command, _ time.Time) bool { return !c.Counts(f.RequestedBy) },
		Duty:   true,
	}
	dutyConcerned = exceptionGuard{
		Reason: "not_your_duty",
		OK: func(f *ExceptionFacts, c *Command, _ time.Time) bool {
			return c.Roles&exceptionTerms[f.Act].approvers != 0
		},
		Words: func(f *ExceptionFacts, _ *Command) Words {
			return Words{"roles": exceptionTerms[f.Act].approvers.List()}
		},
		Duty: true,
	}
	exceptionRuns = exceptionGuard{
		Reason: "exception_ended",
		OK:     func(f *ExceptionFacts, _ *Command, now time.Time) bool { return now.Before(f.Ends) },
		Words:  func(f *ExceptionFacts, _ *Command) Words { return Words{"ended": f.Ends} },
	}
	exceptionOver = exceptionGuard{
		Reason: "exception_not_ended",
		OK:     func(f *ExceptionFacts, _ *Command, now time.Time) bool { return !now.Before(f.Ends) },
		Words:  func(f *ExceptionFacts, _ *Command) Words { return Words{"ends": f.Ends} },
	}
)

func requestException(f *ExceptionFacts, c *Command, _ *Step) {
	e := &f.Exception
	e.Program, e.RequestedBy = c.Parent, c.Actor.Person
	e.Act, e.SubjectID, e.Reason = c.Text(fieldAct), c.Ref(fieldSubjectID), c.Text(fieldReason)
	e.Subject = SubjectOf(e.Act)
}

func decideException(f *ExceptionFacts, c *Command, s *Step) {
	f.DecidedBy, f.Note = c.Actor.Person, c.Text(fieldNote)
	if s.End == Approved {
		f.Ends = s.At.Add(exceptionLife)
	}
}

var (
	exceptionApprovers  = by(ProgramLead, SelectingOfficial, GrantsOfficer, AppealsOfficial, SecurityReviewer)
	exceptionRequesters = exceptionApprovers | by(ProgramOfficer, FinanceCertifier)
)

// Exceptions is the lifecycle of an exception. A hold does not stop it: one of
// the acts is to lift a hold.
var Exceptions = NewMachine(NounException,
	func(f *ExceptionFacts) *Record { return &f.Record },
	func(f *ExceptionFacts) *Standing { return &f.Standing },
	[]Rule[ExceptionFacts]{
		{Start: in(None), Action: ActRequest, By: exceptionRequesters, End: Requested,
			Fields: []Field{fieldAct, fieldSubjectID, fieldReason},
			Guards: []exceptionGuard{actKnown, exceptionSubjectKnown}, Effect: requestException, Always: true},
		{Start: in(Requested), Action: ActApprove, By: exceptionApprovers, End: Approved,
			Fields: []Field{fieldNote.Opt()}, Guards: []exceptionGuard{dutyConcerned, requestedByAnother}, Effect: decideException, Always: true},
		{Start: in(Requested), Action: ActDeny, By: exceptionApprovers, End: Denied,
			Fields: []Field{fieldNote}, Guards: []exceptionGuard{dutyConcerned, requestedByAnother}, Effect: decideException, Always: true},
		{Start: in(Approved), Action: ActUse, By: by(System), End: Used,
			Guards: []exceptionGuard{exceptionRuns}, Always: true},
		{Start: in(Approved), Action: ActLapse, By: by(System), End: Lapsed,
			Guards: []exceptionGuard{exceptionOver}, Always: true},
	}...)
