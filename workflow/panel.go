package workflow

import (
	"slices"
	"strings"
	"time"
)

// A Panel is people who consider all cases of an opportunity that are in review, and come to
// one score for each.
type Panel struct {
	Record
	Program     ID
	Opportunity ID
	Name        string
	Chair       ID
	Quorum      int64  // of members that take part in a case
	Members     string // IDs between commas, ",12,15,"; the chair is one of them
	Note        string
}

// Seats returns who the members are, in order.
func (p *Panel) Seats() []ID { return seats(p.Members) }

// seats reads IDs between commas.
func seats(text string) (out []ID) {
	for one := range strings.SplitSeq(text, ",") {
		if id, ok := ParseID(one); ok {
			out = append(out, id)
		}
	}
	return out
}

// seatsText is the opposite of seats: sorted, each once.
func seatsText(list []ID) string {
	list = slices.Clone(list)
	slices.Sort(list)
	out := ","
	for _, id := range slices.Compact(list) {
		out += id.String() + ","
	}
	return out
}

// PanelFacts is everything that a decision about a panel may look at.
type PanelFacts struct {
	Panel
	Standing
	Opportunity Opportunity
	Able        bool // the person that the command names has a role in the program that knows cases
	Cases       []ID // of the opportunity that are in review; loaded for start
	Open        int  // cases that have no score yet; loaded for close
}

var (
	fieldChair  = Field{Name: "chair", Kind: Ref, Of: NounPerson}
	fieldQuorum = Field{Name: "quorum", Kind: Count, Min: 1, Max: 50}
	panelName   = Field{Name: "name", Kind: Line, Max: 200}
)

type panelGuard = Guard[PanelFacts]

var (
	ofTheProgram = func(field *Field) panelGuard {
		return panelGuard{
			Reason: "not_of_the_program",
			OK:     func(f *PanelFacts, _ *Command, _ time.Time) bool { return f.Able },
			Field:  field,
		}
	}
	notSeated = panelGuard{
		Reason: "member_already",
		OK:     func(f *PanelFacts, c *Command, _ time.Time) bool { return !contains(f.Seats(), c.Ref(fieldPerson)) },
		Field:  &fieldPerson,
	}
	seated = panelGuard{
		Reason: "not_a_member",
		OK:     func(f *PanelFacts, c *Command, _ time.Time) bool { return contains(f.Seats(), c.Ref(fieldPerson)) },
		Field:  &fieldPerson,
	}
	notTheChair = panelGuard{
		Reason: "that_is_the_chair",
		OK:     func(f *PanelFacts, c *Command, _ time.Time) bool { return c.Ref(fieldPerson) != f.Chair },
		Field:  &fieldPerson,
	}
	enoughSeats = panelGuard{
		Reason: "quorum_missing",
		OK:     func(f *PanelFacts, _ *Command, _ time.Time) bool { return int64(len(f.Seats())) >= f.Quorum },
		Words:  func(f *PanelFacts, _ *Command) Words { return Words{"have": len(f.Seats()), "quorum": f.Quorum} },
	}
	hasCases = panelGuard{
		Reason: "panel_has_no_cases",
		OK:     func(f *PanelFacts, _ *Command, _ time.Time) bool { return len(f.Cases) > 0 },
	}
	allScored = panelGuard{
		Reason: "panel_cases_open",
		OK:     func(f *PanelFacts, _ *Command, _ time.Time) bool { return f.Open == 0 },
		Words:  func(f *PanelFacts, _ *Command) Words { return Words{"open": f.Open} },
	}
)

func createPanel(f *PanelFacts, c *Command, _ *Step) {
	f.Program, f.Panel.Opportunity = f.Opportunity.Program, f.Opportunity.ID
	f.Name, f.Quorum, f.Chair = c.Text(panelName), c.Int(fieldQuorum), c.Ref(fieldChair)
	f.Members = seatsText([]ID{f.Chair})
}

func updatePanel(f *PanelFacts, c *Command, _ *Step) {
	c.setText(&f.Name, panelName)
	c.setInt(&f.Quorum, fieldQuorum)
}

func seat(f *PanelFacts, c *Command, _ *Step) {
	f.Members = seatsText(append(f.Seats(), c.Ref(fieldPerson)))
}

func unseat(f *PanelFacts, c *Command, _ *Step) {
	f.Members = seatsText(slices.DeleteFunc(f.Seats(), func(id ID) bool { return id == c.Ref(fieldPerson) }))
}

// convene takes up every case of the opportunity that is in review.
func convene(f *PanelFacts, _ *Command, s *Step) {
	for _, id := range f.Cases {
		s.Raise(Child{Noun: NounDeliberation, Action: ActCreate, Parent: f.ID, Inputs: []Input{fieldCase.ref(id)}})
	}
}

// Panels is the lifecycle of a panel. Its members see the cases that it considers for as long as it is open.
var Panels = NewMachine(NounPanel,
	func(f *PanelFacts) *Record { return &f.Record },
	func(f *PanelFacts) *Standing { return &f.Standing },
	[]Rule[PanelFacts]{
		{Start: in(None), Action: ActCreate, By: by(ProgramOfficer, ProgramLead), End: Draft, Fields: []Field{panelName, fieldChair, fieldQuorum},
			Guards: []panelGuard{ofTheProgram(&fieldChair)}, Effect: createPanel},
		{Start: in(Draft), Action: ActUpdate, By: by(ProgramOfficer, ProgramLead), End: Draft, Fields: []Field{panelName.Opt(), fieldQuorum.Opt()}, Effect: updatePanel},
		{Start: in(Draft), Action: ActInvite, By: by(ProgramOfficer, ProgramLead), End: Draft, Fields: []Field{fieldPerson},
			Guards: []panelGuard{ofTheProgram(&fieldPerson), notSeated}, Effect: seat},
		{Start: in(Draft), Action: ActStrike, By: by(ProgramOfficer, ProgramLead), End: Draft, Fields: []Field{fieldPerson},
			Guards: []panelGuard{seated, notTheChair}, Effect: unseat, Always: true},
		{Start: in(Draft), Action: ActStart, By: by(ProgramOfficer, ProgramLead), End: Open, Guards: []panelGuard{enoughSeats, hasCases}, Effect: convene},
		{Start: in(Open), Action: ActClose, By: by(ProgramOfficer, ProgramLead), End: Closed, Guards: []panelGuard{allScored}},
		{Start: in(Draft, Open), Action: ActCancel, By: by(ProgramOfficer, ProgramLead), End: Cancelled, Fields: []Field{fieldNote},
			Effect: func(f *PanelFacts, c *Command, _ *Step) { f.Note = c.Text(fieldNote) }, Always: true},
	}...)

// A Deliberation is one case before one panel.
type Deliberation struct {
	Record
	Program     ID
	Panel       ID
	Application ID
	Out         string // members who stepped out of it, as Panel.Members
	Score       int64  // that the panel agreed on, in points
	Present     int64  // members who took part
	Minutes     string
	ConfirmedBy ID
	Note        string
}

// SteppedOut reports whether a member takes no part in the case.
func (d *Deliberation) SteppedOut(member ID) bool { return contains(seats(d.Out), member) }

// DeliberationFacts is everything that a decision about a deliberation may look at.
type DeliberationFacts struct {
	Deliberation
	Standing
	Panel       Panel
	Application Application
	Barred      []ID     // members who have no part in the case; loaded for create
	Conflict    Conflict // of who asks with the case; ID zero when there is none
}

// in returns the members who take part in the case.
func (f *DeliberationFacts) in() []ID {
	return slices.DeleteFunc(f.Panel.Seats(), f.SteppedOut)
}

// presides reports whether it is for person to write down what the panel agreed on: the
// chair, or where the chair stepped out another member.
func (f *DeliberationFacts) presides(person ID) bool {
	all := f.in()
	if contains(all, f.Panel.Chair) {
		return person == f.Panel.Chair
	}
	return contains(all, person)
}

var (
	fieldCase    = Field{Name: "application", Kind: Ref, Of: NounApplication}
	fieldPoints  = Field{Name: "points", Kind: Count, Max: MaxScore}
	fieldPresent = Field{Name: "present", Kind: Count, Min: 1, Max: 50}
	fieldMinutes = Field{Name: "minutes", Kind: Text, Max: 8000}
)

type deliberationGuard = Guard[DeliberationFacts]

var (
	panelSits = deliberationGuard{
		Reason: "panel_not_open",
		OK:     func(f *DeliberationFacts, _ *Command, _ time.Time) bool { return f.Panel.State == Open },
		Words:  func(f *DeliberationFacts, _ *Command) Words { return Words{"state": f.Panel.State} },
	}
	youPreside = deliberationGuard{
		Reason: "not_the_chair",
		OK:     func(f *DeliberationFacts, c *Command, _ time.Time) bool { return f.presides(c.Actor.Person) },
		Duty:   true,
	}
	youSit = deliberationGuard{
		Reason: "you_are_no_member",
		OK:     func(f *DeliberationFacts, c *Command, _ time.Time) bool { return contains(f.in(), c.Actor.Person) },
		Duty:   true,
	}
	quorate = deliberationGuard{
		Reason: "quorum_missing",
		OK: func(f *DeliberationFacts, c *Command, _ time.Time) bool {
			return c.Int(fieldPresent) >= f.Panel.Quorum
		},
		Words: func(f *DeliberationFacts, c *Command) Words {
			return Words{"have": c.Int(fieldPresent), "quorum": f.Panel.Quorum}
		},
		Field: &fieldPresent,
	}
	noMoreThanIn = deliberationGuard{
		Reason: "too_many_present",
		OK: func(f *DeliberationFacts, c *Command, _ time.Time) bool {
			return c.Int(fieldPresent) <= int64(len(f.in()))
		},
		Words: func(f *DeliberationFacts, _ *Command) Words { return Words{"in": len(f.in())} },
		Field: &fieldPresent,
	}
	stillReviewed = deliberationGuard{
		Reason: "application_not_under_review",
		OK: func(f *DeliberationFacts, _ *Command, _ time.Time) bool {
			return contains(underReview, f.Application.State)
		},
		Words: func(f *DeliberationFacts, _ *Command) Words { return Words{"state": f.Application.State} },
	}
)

// deliberate begins with those out who have no part in the case.
func deliberate(f *DeliberationFacts, _ *Command, _ *Step) {
	f.Program, f.Deliberation.Panel, f.Deliberation.Application = f.Panel.Program, f.Panel.ID, f.Application.ID
	f.Out = seatsText(f.Barred)
}

func conclude(f *DeliberationFacts, c *Command, _ *Step) {
	f.Score, f.Present, f.Minutes, f.ConfirmedBy = c.Int(fieldPoints), c.Int(fieldPresent), c.Text(fieldMinutes), c.Actor.Person
}

func resumeCase(f *DeliberationFacts, c *Command, _ *Step) {
	f.Score, f.Present, f.ConfirmedBy, f.Note = 0, 0, 0, c.Text(fieldNote)
}

// stepOut bars the member from the case by a declared conflict of interest: they see
// nothing of it from then on.
func stepOut(f *DeliberationFacts, c *Command, s *Step) {
	f.Out = seatsText(append(seats(f.Out), c.Actor.Person))
	s.Raise(declared(f.Conflict, f.Application.ID, c.Actor.Person, c.Text(fieldNote)))
}

// Deliberations is the lifecycle of a deliberation. Who presides writes down what the panel
// agreed on; who steps out is barred from the case.
var Deliberations = NewMachine(NounDeliberation,
	func(f *DeliberationFacts) *Record { return &f.Record },
	func(f *DeliberationFacts) *Standing { return &f.Standing },
	[]Rule[DeliberationFacts]{
		{Start: in(None), Action: ActCreate, By: by(System), End: Open, Fields: []Field{fieldCase}, Effect: deliberate},
		{Start: in(Open), Action: ActConfirm, By: by(Reviewer, ProgramOfficer, ProgramLead), End: Confirmed, Fields: []Field{fieldPoints, fieldPresent, fieldMinutes},
			Guards: []deliberationGuard{panelSits, youPreside, stillReviewed, quorate, noMoreThanIn}, Effect: conclude},
		{Start: in(Confirmed), Action: ActReopen, By: by(Reviewer, ProgramOfficer, ProgramLead), End: Open, Fields: []Field{fieldNote},
			Guards: []deliberationGuard{panelSits, youPreside, stillReviewed}, Effect: resumeCase},
		{Start: in(Open), Action: ActRecuse, By: by(Reviewer, ProgramOfficer, ProgramLead), End: Open, Fields: []Field{fieldNote},
			Guards: []deliberationGuard{panelSits, youSit}, Effect: stepOut, Always: true},
		{Start: in(Open), Action: ActWithdraw, By: by(ProgramOfficer, ProgramLead), End: Withdrawn, Fields: []Field{fieldNote},
			Effect: func(f *DeliberationFacts, c *Command, _ *Step) { f.Note = c.Text(fieldNote) }, Always: true},
	}...)
