package workflow

import "time"

// The kinds of redemption. Whatever the kind, a tranche counts against the face
// value of its award.
const (
	// TrancheCash is paid to a bank account.
	TrancheCash = "cash"
	// TrancheNodeHours is redeemed at a lab.
	TrancheNodeHours = "node_hours"
)

// A Tranche is a milestone and the part of the award that it releases.
type Tranche struct {
	Record
	Award       ID
	Application ID
	Kind        string // TrancheCash or TrancheNodeHours
	Number      int64  // 1, 2, 3 … in an award
	Title       string
	Deliverable string
	Amount      Cents
	Due         Date
}

// TrancheFacts is everything that a decision about a tranche may look at.
type TrancheFacts struct {
	Tranche
	Standing
	Award      Award
	Others     Cents // what the award's other tranches in force come to
	LastNumber int64 // the highest number of a tranche of the award, cancelled ones included; loaded for split
	LiveClaims int   // draft, submitted, queried, verified, approved or paid
}

var (
	trancheNumber      = Field{Name: "number", Kind: Count, Min: 1, Max: 1000}
	trancheKind        = Field{Name: "kind", Kind: Choice, Choices: []string{TrancheCash, TrancheNodeHours}}
	trancheTitle       = Field{Name: "title", Kind: Line, Max: 200}
	trancheDeliverable = Field{Name: "deliverable", Kind: Text, Max: 2000}
)

type trancheGuard = Guard[TrancheFacts]

var (
	trancheAboveZero = trancheGuard{
		Reason: "amount_zero",
		OK:     func(_ *TrancheFacts, c *Command, _ time.Time) bool { return c.Cents(fieldAmount) > 0 },
		Field:  &fieldAmount,
	}
	withinFace = trancheGuard{
		Reason: "over_face_value",
		OK: func(f *TrancheFacts, c *Command, _ time.Time) bool {
			return c.Cents(fieldAmount) <= f.Award.Face-f.Others
		},
		Words: func(f *TrancheFacts, c *Command) Words {
			return Words{"amount": c.Cents(fieldAmount), "limit": f.Award.Face - f.Others}
		},
		Field: &fieldAmount,
	}
	splitSmaller = trancheGuard{
		Reason: "amount_not_smaller",
		OK:     func(f *TrancheFacts, c *Command, _ time.Time) bool { return c.Cents(fieldAmount) < f.Amount },
		Words: func(f *TrancheFacts, c *Command) Words {
			return Words{"amount": c.Cents(fieldAmount), "limit": f.Amount}
		},
		Field: &fieldAmount,
	}
	trancheUnclaimed = trancheGuard{
		Reason: "tranche_claimed",
		OK:     func(f *TrancheFacts, _ *Command, _ time.Time) bool { return f.LiveClaims == 0 },
	}
	trancheAwardOver = trancheGuard{
		Reason: "award_lives",
		OK: func(f *TrancheFacts, _ *Command, _ time.Time) bool {
			return f.Award.State == Refused || f.Award.State == Lapsed || f.Award.State == Rescinded
		},
	}
)

// inputs are what the command that makes t carries.
func (t *Tranche) inputs() []Input {
	return []Input{
		trancheNumber.count(t.Number), trancheKind.text(t.Kind), trancheTitle.text(t.Title),
		trancheDeliverable.text(t.Deliverable), fieldAmount.cents(t.Amount), fieldDue.day(t.Due),
	}
}

func makeTranche(f *TrancheFacts, c *Command, s *Step) {
	f.Tranche.Award, f.Application = f.Award.ID, f.Award.Application
	f.Number, f.Kind = c.Int(trancheNumber), c.Text(trancheKind)
	amendTranche(f, c, s)
}

func amendTranche(f *TrancheFacts, c *Command, _ *Step) {
	f.Title, f.Deliverable = c.Text(trancheTitle), c.Text(trancheDeliverable)
	f.Amount, f.Due = c.Cents(fieldAmount), c.Date(fieldDue)
}

// splitTranche leaves amount in f and makes another tranche of the rest, due on
// the same day.
func splitTranche(f *TrancheFacts, c *Command, s *Step) {
	rest := f.Tranche
	rest.Number, rest.Amount = f.LastNumber+1, f.Amount-c.Cents(fieldAmount)
	f.Amount = c.Cents(fieldAmount)
	s.Raise(Child{Noun: NounTranche, Action: ActMake, Parent: f.Tranche.Award, Inputs: rest.inputs()})
}

// Tranches is the lifecycle of a tranche.
var Tranches = NewMachine(NounTranche,
	func(f *TrancheFacts) *Record { return &f.Record },
	func(f *TrancheFacts) *Standing { return &f.Standing },
	[]Rule[TrancheFacts]{
		{Start: in(None), Action: ActMake, By: by(System), End: Active,
			Fields: []Field{trancheNumber, trancheKind, trancheTitle, trancheDeliverable, fieldAmount, fieldDue},
			Guards: []trancheGuard{trancheAboveZero, withinFace}, Effect: makeTranche},
		{Start: in(Active), Action: ActSplit, By: by(System), End: Active,
			Fields: []Field{fieldAmount}, Guards: []trancheGuard{trancheAboveZero, splitSmaller}, Effect: splitTranche},
		// The amendment that raises these two makes sure of the sum.
		{Start: in(Active), Action: ActAmend, By: by(System), End: Active,
			Fields: []Field{trancheTitle, trancheDeliverable, fieldAmount, fieldDue},
			Guards: []trancheGuard{trancheAboveZero, trancheUnclaimed}, Effect: amendTranche},
		{Start: in(Active), Action: ActDrop, By: by(System), End: Cancelled, Guards: []trancheGuard{trancheUnclaimed}},
		{Start: in(Active), Action: ActCancel, By: by(System), End: Cancelled,
			Guards: []trancheGuard{trancheAwardOver}, Always: true},
	}...)

func (f Field) text(s string) Input { return Input{Name: f.Name, Text: s} }

func (f Field) cents(c Cents) Input { return Input{Name: f.Name, Cents: c} }

func (f Field) count(n int64) Input { return Input{Name: f.Name, Int: n} }

func (f Field) check() Input { return Input{Name: f.Name, Int: 1} }

func (f Field) day(d Date) Input { return Input{Name: f.Name, Date: d} }

func (f Field) ref(id ID) Input { return Input{Name: f.Name, Int: int64(id)} }
