package workflow

import "time"

// An Elimination is the part of a stated revenue that another organization paid.
// Where both are members of one group, a dollar that goes round in it would count
// twice; the eliminated part is taken off the sum.
// Source: 13 CFR 121.104(a) leaves out proceeds from transactions between a concern and its affiliates.
type Elimination struct {
	Record
	Statement    ID
	Organization ID     // the one that states, and sold
	Counterparty ID     // the one that bought
	Amount       Amount // in the statement's currency
	Document     string // SHA-256 of the evidence, hex
	DocumentName string
	DecidedBy    ID // who confirmed or denied it
	Note         string
}

// EliminationFacts is everything that a decision about an elimination may look at.
type EliminationFacts struct {
	Elimination
	Standing
	Statement    RevenueStatement // as it stands; ID zero when there is none
	Counterparty Organization     // ID zero when there is none
	Stranger     bool             // whoever asks for it may not know of the counterparty
	Claimed      Amount           // what other eliminations that were not denied take off the statement
	Used         bool             // a stored verdict of the group may rest on the statement
}

var fieldCounterparty = Field{Name: "counterparty", Kind: Ref, Of: NounOrganization}

type eliminationGuard = Guard[EliminationFacts]

var (
	statementStands = eliminationGuard{
		Reason: "statement_withdrawn",
		OK:     func(f *EliminationFacts, _ *Command, _ time.Time) bool { return f.Statement.State == Active },
	}
	// A stranger's organization is unknown in the same words as one that is not there.
	counterpartyKnown = eliminationGuard{
		Reason: "organization_unknown",
		OK: func(f *EliminationFacts, c *Command, _ time.Time) bool {
			return f.Counterparty.ID != 0 && (!f.Stranger || c.Roles&by(Admin, System) != 0)
		},
		Field: &fieldCounterparty,
	}
	counterpartyIsOther = eliminationGuard{
		Reason: "counterparty_is_itself",
		OK: func(f *EliminationFacts, _ *Command, _ time.Time) bool {
			return f.Counterparty.ID != f.Statement.Organization
		},
		Field: &fieldCounterparty,
	}
	eliminatesSomething = eliminationGuard{
		Reason: "amount_zero",
		OK:     func(_ *EliminationFacts, c *Command, _ time.Time) bool { return c.Cents(fieldStated) > 0 },
		Field:  &fieldStated,
	}
	withinRevenue = eliminationGuard{
		Reason: "over_stated_revenue",
		OK: func(f *EliminationFacts, c *Command, _ time.Time) bool {
			return f.asked(c) <= f.Statement.Amount-f.Claimed
		},
		Words: func(f *EliminationFacts, c *Command) Words {
			return Words{"amount": f.asked(c).String(), "limit": (f.Statement.Amount - f.Claimed).String()}
		},
		Field: &fieldStated,
	}
	evidenceCame = eliminationGuard{
		Reason: "evidence_missing",
		OK: func(_ *EliminationFacts, c *Command, _ time.Time) bool {
			_, body := c.File(fieldDocument)
			return body != nil
		},
		Field: &fieldDocument,
	}
	eliminationTaken = takesFile[EliminationFacts](&fieldDocument)
)

// asked returns the amount in question: what comes with c, or what is stored.
func (f *EliminationFacts) asked(c *Command) Amount {
	if f.ID != 0 {
		return f.Amount
	}
	return Amount(c.Cents(fieldStated))
}

func createElimination(f *EliminationFacts, c *Command, s *Step) {
	f.Elimination.Statement, f.Organization, f.Elimination.Counterparty = f.Statement.ID, f.Statement.Organization, f.Counterparty.ID
	f.Amount, f.Note = Amount(c.Cents(fieldStated)), c.Text(fieldNote)
	keepFile(c, fieldDocument, s, &f.Document, &f.DocumentName)
}

func decideElimination(f *EliminationFacts, c *Command, s *Step) {
	f.DecidedBy = c.Actor.Person
	c.setText(&f.Note, fieldNote)
	if s.End == Active {
		f.runAgain(s)
	}
}

func withdrawElimination(f *EliminationFacts, c *Command, s *Step) {
	c.setText(&f.Note, fieldNote)
	if s.Start == Active {
		f.runAgain(s)
	}
}

func (f *EliminationFacts) runAgain(s *Step) {
	if f.Used {
		s.Enqueue(JobEvidence, f.Organization)
	}
}

// Eliminations is the lifecycle of an elimination. It lowers a sum that must stay
// under the cap, so it counts for nothing until an officer has seen its evidence.
var Eliminations = NewMachine(NounElimination,
	func(f *EliminationFacts) *Record { return &f.Record },
	func(f *EliminationFacts) *Standing { return &f.Standing },
	[]Rule[EliminationFacts]{
		{Start: in(None), Action: ActCreate, By: by(AOR, Admin, System), End: Requested,
			Fields: []Field{fieldCounterparty, fieldStated, fieldDocument, fieldNote.Opt()},
			Guards: []eliminationGuard{statementStands, counterpartyKnown, counterpartyIsOther, eliminatesSomething, withinRevenue, evidenceCame, eliminationTaken},
			Effect: createElimination, Always: true},
		{Start: in(Requested), Action: ActConfirm, By: by(ProgramOfficer, Admin), End: Active,
			Fields: []Field{fieldNote.Opt()}, Guards: []eliminationGuard{statementStands, withinRevenue}, Effect: decideElimination, Always: true},
		{Start: in(Requested), Action: ActDeny, By: by(ProgramOfficer, Admin), End: Denied,
			Fields: []Field{fieldNote}, Effect: decideElimination, Always: true},
		{Start: in(Requested, Active), Action: ActWithdraw, By: by(AOR), End: Withdrawn,
			Fields: []Field{fieldNote.Opt()}, Effect: withdrawElimination, Always: true},
	}...)
