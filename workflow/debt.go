package workflow

import (
	"fmt"
	"time"
)

// What a debt comes from.
const (
	// DebtMisdirected is a payment that went to the wrong account and was made again.
	DebtMisdirected = "misdirected"
	// DebtDisallowed is a cost that a finding disallowed.
	DebtDisallowed = "disallowed"
	// DebtRefund is cash that the last financial report shows to be unspent.
	DebtRefund = "refund"
)

// DebtKinds lists what debts come from.
var DebtKinds = []string{DebtMisdirected, DebtDisallowed, DebtRefund}

// A Debt is money that is to come back. Amount is at any time what is outstanding,
// recovered and written off, together.
// Source: 2 CFR 200.346, 31 CFR 900 to 904, 31 U.S.C. 3711.
type Debt struct {
	Record
	Number       string // such as D-001048
	Award        ID
	Application  ID
	Organization ID
	Program      ID
	Fund         ID
	Kind         string // one of DebtKinds
	Origin       ID     // the payment, finding or report that it comes from
	Amount       Cents
	Outstanding  Cents
	Recovered    Cents
	WrittenOff   Cents
	Debtor       string
	DemandedBy   ID
	DemandedOn   Date
	Due          Date   // by when the demand is to be paid
	Objection    string // of the dispute; a debt is disputed once
	Receipt      string // of the newest repayment
	Note         string
}

// DebtFacts is everything that a decision about a debt may look at.
type DebtFacts struct {
	Debt
	Standing
	Award       Award
	Payment     Payment   // that it is to be offset against; loaded for offset
	Exception   Exception // an approved exception to write it off; ID zero when none
	FundExpired bool
}

// How long the law gives a debtor.
const (
	// DemandDays is for how long at least a demand can be paid. Source: 31 CFR 901.2(b).
	DemandDays = 30
	// offsetDays is how long after the demand other payments may be withheld. Source: 2 CFR 200.346(a).
	offsetDays = 90
)

var (
	debtKind      = Field{Name: "kind", Kind: Choice, Choices: DebtKinds}
	debtOrigin    = Field{Name: "origin", Kind: Count, Min: 1, Max: 1 << 53}
	debtDebtor    = Field{Name: "debtor", Kind: Line, Max: 200}
	debtObjection = Field{Name: "objection", Kind: Text, Max: 8000}
	debtReceipt   = Field{Name: "receipt", Kind: Line, Max: 100}
	debtPayment   = Field{Name: "payment", Kind: Ref, Of: NounPayment}
)

// owe raises the debt of cents that comes from origin, under an award; none for zero cents.
func (s *Step) owe(award ID, kind string, origin ID, cents Cents) {
	if cents > 0 {
		s.Raise(Child{Noun: NounDebt, Action: ActMake, Parent: award,
			Inputs: []Input{debtKind.text(kind), debtOrigin.count(int64(origin)), fieldAmount.cents(cents)}})
	}
}

type debtGuard = Guard[DebtFacts]

var (
	demandLongEnough = debtGuard{
		Reason: "demand_too_short",
		OK: func(_ *DebtFacts, c *Command, now time.Time) bool {
			return !c.Date(fieldDue).Before(DateOf(now).AddDays(DemandDays))
		},
		Words: func(_ *DebtFacts, _ *Command) Words { return Words{"days": DemandDays} },
		Field: &fieldDue,
	}
	disputedOnce = debtGuard{
		Reason: "debt_disputed_before",
		OK:     func(f *DebtFacts, _ *Command, _ time.Time) bool { return f.Objection == "" },
	}
	disputedInTime = debtGuard{
		Reason: "dispute_late",
		OK:     func(f *DebtFacts, c *Command, _ time.Time) bool { return !f.Due.Before(DateOf(c.Received)) },
		Words:  func(f *DebtFacts, _ *Command) Words { return Words{"due": f.Due.String()} },
	}
	notDemander = debtGuard{
		Reason: "you_demanded_this",
		OK:     func(f *DebtFacts, c *Command, _ time.Time) bool { return !c.Counts(f.DemandedBy) },
		Duty:   true,
	}
	wasPaidRightly = debtGuard{
		Reason: "debt_paid_twice",
		OK:     func(f *DebtFacts, _ *Command, _ time.Time) bool { return f.Kind != DebtMisdirected },
	}
	repaidAboveZero = debtGuard{
		Reason: "amount_zero",
		OK:     func(_ *DebtFacts, c *Command, _ time.Time) bool { return c.Cents(fieldAmount) > 0 },
		Field:  &fieldAmount,
	}
	repaysWhole = debtGuard{
		Reason: "over_debt",
		OK:     func(f *DebtFacts, c *Command, _ time.Time) bool { return c.Cents(fieldAmount) == f.owed() },
		Words:  func(f *DebtFacts, c *Command) Words { return Words{"amount": c.Cents(fieldAmount), "limit": f.owed()} },
		Field:  &fieldAmount,
	}
	repaysPart = debtGuard{
		Reason: "over_debt",
		OK:     func(f *DebtFacts, c *Command, _ time.Time) bool { return c.Cents(fieldAmount) < f.owed() },
		Words:  repaysWhole.Words,
		Field:  &fieldAmount,
	}
	offsetRipe = debtGuard{
		Reason: "offset_early",
		OK: func(f *DebtFacts, _ *Command, now time.Time) bool {
			return !DateOf(now).Before(f.DemandedOn.AddDays(offsetDays))
		},
		Words: func(f *DebtFacts, _ *Command) Words { return Words{"from": f.DemandedOn.AddDays(offsetDays).String()} },
	}
	offsetPayable = debtGuard{
		Reason: "payment_not_offsettable",
		OK: func(f *DebtFacts, _ *Command, _ time.Time) bool {
			return f.Payment.State == Ready && f.Payment.Organization == f.Organization && f.Payment.Fund == f.Fund
		},
		Field: &debtPayment,
	}
	offsetsWhole = debtGuard{
		Reason: "over_debt",
		OK:     func(f *DebtFacts, _ *Command, _ time.Time) bool { return f.Payment.Amount == f.Outstanding },
		Words:  func(f *DebtFacts, _ *Command) Words { return Words{"amount": f.Payment.Amount, "limit": f.Outstanding} },
		Field:  &debtPayment,
	}
	offsetsPart = debtGuard{
		Reason: "over_debt",
		OK:     func(f *DebtFacts, _ *Command, _ time.Time) bool { return f.Payment.Amount < f.Outstanding },
		Words:  offsetsWhole.Words,
		Field:  &debtPayment,
	}
	debtDelinquent = debtGuard{
		Reason: "debt_not_delinquent",
		OK:     func(f *DebtFacts, _ *Command, now time.Time) bool { return f.Due.Before(DateOf(now)) },
		Words:  func(f *DebtFacts, _ *Command) Words { return Words{"due": f.Due.String()} },
	}
	writeOffApproved = debtGuard{
		Reason: ReasonException,
		OK:     func(f *DebtFacts, _ *Command, _ time.Time) bool { return f.Exception.ID != 0 },
	}
)

// owed is what can still be paid: what is outstanding, or was given up.
func (f *DebtFacts) owed() Cents {
	if f.State == WrittenOff {
		return f.Debt.WrittenOff
	}
	return f.Outstanding
}

func (f *DebtFacts) move(s *Step, debit, credit Account, cents Cents) {
	s.Post(Posting{Fund: f.Fund, Application: f.Application, Debit: debit, Credit: credit, Cents: cents})
}

func makeDebt(f *DebtFacts, c *Command, s *Step) {
	a := &f.Award
	f.Debt.Award, f.Application, f.Organization, f.Program, f.Fund = a.ID, a.Application, a.Organization, a.Program, a.Fund
	f.Number = fmt.Sprintf("D-%06d", f.ID)
	f.Kind, f.Origin, f.Amount = c.Text(debtKind), ID(c.Int(debtOrigin)), c.Cents(fieldAmount)
	f.Outstanding = f.Amount
	f.move(s, Disbursed, Receivable, f.Amount)
}

func demandDebt(f *DebtFacts, c *Command, s *Step) {
	f.Note, f.Debtor, f.Due = c.Text(fieldNote), c.Text(debtDebtor), c.Date(fieldDue)
	f.DemandedBy, f.DemandedOn = c.Actor.Person, DateOf(s.At)
}

func disputeDebt(f *DebtFacts, c *Command, _ *Step) { f.Objection = c.Text(debtObjection) }

func upholdDebt(f *DebtFacts, c *Command, _ *Step) {
	f.Note, f.Due = c.Text(fieldNote), c.Date(fieldDue)
}

// cancelDebt finds that what is outstanding was rightly paid.
func cancelDebt(f *DebtFacts, c *Command, s *Step) {
	f.Note = c.Text(fieldNote)
	f.move(s, Receivable, Disbursed, f.Outstanding)
	f.Amount, f.Outstanding = f.Amount-f.Outstanding, 0
}

// recover books what came back: for use again, unless the fund has expired.
func (f *DebtFacts) recover(s *Step, cents Cents) {
	account, left := Receivable, &f.Outstanding
	if s.Start == WrittenOff {
		account, left = WrittenOffDebt, &f.Debt.WrittenOff
	}
	f.move(s, account, unspent(f.FundExpired), cents)
	*left, f.Recovered = *left-cents, f.Recovered+cents
}

func repayDebt(f *DebtFacts, c *Command, s *Step) {
	f.Receipt = c.Text(debtReceipt)
	f.recover(s, c.Cents(fieldAmount))
}

// offsetDebt takes a payment of the same organization for what it owes.
func offsetDebt(f *DebtFacts, c *Command, s *Step) {
	f.Receipt = f.Payment.Number
	s.Raise(Child{Noun: NounPayment, Action: ActOffset, ID: f.Payment.ID, Inputs: []Input{paymentDebt.ref(f.ID)}})
	f.recover(s, f.Payment.Amount)
}

func noteOnDebt(f *DebtFacts, c *Command, _ *Step) { f.Note = c.Text(fieldNote) }

func writeOffDebt(f *DebtFacts, c *Command, s *Step) {
	f.Note = c.Text(fieldNote)
	f.move(s, Receivable, WrittenOffDebt, f.Outstanding)
	f.Debt.WrittenOff, f.Outstanding = f.Outstanding, 0
	s.Raise(Child{Noun: NounException, Action: ActUse, ID: f.Exception.ID})
}

// Debts is the lifecycle of a debt. It goes on when the award is closed, and whatever
// holds stand, money that comes back is booked.
var Debts = NewMachine(NounDebt,
	func(f *DebtFacts) *Record { return &f.Record },
	func(f *DebtFacts) *Standing { return &f.Standing },
	append([]Rule[DebtFacts]{
		{Start: in(None), Action: ActMake, By: by(System), End: Identified,
			Fields: []Field{debtKind, debtOrigin, fieldAmount}, Guards: []debtGuard{repaidAboveZero}, Effect: makeDebt, Always: true},
		{Start: in(Identified), Action: ActDemand, By: by(GrantsOfficer), End: Demanded,
			Fields: []Field{debtDebtor, fieldDue, fieldNote}, Guards: []debtGuard{demandLongEnough}, Effect: demandDebt},
		{Start: in(Demanded, Repaying), Action: ActDispute, By: by(AOR, GrantsOfficer), End: Disputed,
			Fields: []Field{debtObjection}, Guards: []debtGuard{disputedOnce, disputedInTime}, Effect: disputeDebt, Always: true},
		{Start: in(Disputed), Action: ActUphold, By: by(GrantsOfficer), End: Demanded,
			Fields: []Field{fieldDue, fieldNote}, Guards: []debtGuard{notDemander, demandLongEnough}, Effect: upholdDebt},
		{Start: in(Identified, Disputed), Action: ActCancel, By: by(GrantsOfficer), End: Cancelled,
			Fields: []Field{fieldNote}, Guards: []debtGuard{wasPaidRightly, notDemander}, Effect: cancelDebt},
		{Start: in(Demanded, Repaying, Offset), Action: ActRefer, By: by(GrantsOfficer), End: Referred,
			Fields: []Field{fieldNote}, Guards: []debtGuard{debtDelinquent}, Effect: noteOnDebt},
		{Start: in(Demanded, Repaying, Offset, Referred), Action: ActWriteOff, By: by(GrantsOfficer), End: WrittenOff,
			Fields: []Field{fieldNote}, Guards: []debtGuard{writeOffApproved}, Effect: writeOffDebt},
		{Start: in(Demanded, Repaying, Offset), Action: ActOffset, By: by(GrantsOfficer), End: Paid,
			Fields: []Field{debtPayment}, Guards: []debtGuard{offsetPayable, offsetRipe, offsetsWhole}, Effect: offsetDebt},
		{Start: in(Demanded, Repaying, Offset), Action: ActOffset, By: by(GrantsOfficer), End: Offset,
			Fields: []Field{debtPayment}, Guards: []debtGuard{offsetPayable, offsetRipe, offsetsPart}, Effect: offsetDebt},
	}, repayRows()...)...)

var repaid = []Field{fieldAmount, debtReceipt}

// repayRows are the rows by which all of a debt, or a part, comes back. With a part, one
// that is not demanded yet, or is disputed, referred or written off, stays that.
func repayRows() (rows []Rule[DebtFacts]) {
	for _, row := range []struct {
		start []State
		end   State
	}{
		{in(Identified), Identified}, {in(Demanded, Repaying, Offset), Repaying}, {in(Disputed), Disputed}, {in(Referred), Referred}, {in(WrittenOff), WrittenOff},
	} {
		rows = append(rows, Rule[DebtFacts]{Start: row.start, Action: ActRepay, By: by(FinanceCertifier), End: Paid,
			Fields: repaid, Guards: []debtGuard{repaidAboveZero, repaysWhole}, Effect: repayDebt, Always: true},
			Rule[DebtFacts]{Start: row.start, Action: ActRepay, By: by(FinanceCertifier), End: row.end,
				Fields: repaid, Guards: []debtGuard{repaidAboveZero, repaysPart}, Effect: repayDebt, Always: true})
	}
	return rows
}
