package workflow

import (
	"errors"
	"testing"
)

const caseDebt ID = 720

func debtFacts(s State, changes ...func(*DebtFacts)) *DebtFacts {
	f := DebtFacts{Award: anAward(Closed)}
	if s != None {
		f.Debt = Debt{Record: inState(s), Number: "D-000720", Award: caseAward, Application: caseApplication, Organization: caseOrganization, Program: caseProgram,
			Fund: caseFund, Kind: DebtDisallowed, Origin: caseFinding, Amount: 300_00, Outstanding: 200_00, Recovered: 100_00}
		f.Debt.ID = caseDebt
		if s != Identified {
			f.DemandedBy, f.DemandedOn, f.Due = aGrantsOfficer, onDay("2026-08-04"), onDay("2026-11-02")
		}
		if s == WrittenOff {
			f.Outstanding, f.Debt.WrittenOff = 0, 200_00
		}
	}
	f.Payment = Payment{Record: inState(Ready), Number: "P-000600", Organization: caseOrganization, Fund: caseFund, Amount: 50_00}
	f.Payment.ID = casePayment
	return with(f, changes...)
}

func TestEveryRowOfADebt(t *testing.T) {
	note := fieldNote.text("why")
	soon := DateOf(payday).AddDays(DemandDays)
	asked := func(a Action, person ID, in ...Input) Command { return asks(caseDebt, a, GrantsOfficer, person, in...) }
	demand := func(due Date) Command {
		return asked(ActDemand, aGrantsOfficer, debtDebtor.text("Cascadia"), fieldDue.day(due), note)
	}
	dispute := asks(caseDebt, ActDispute, AOR, anAOR, debtObjection.text("It was allowable."))
	uphold := asked(ActUphold, anotherGrantsOfficer, fieldDue.day(soon), note)
	cancel := asked(ActCancel, anotherGrantsOfficer, note)
	refer, writeOff := asked(ActRefer, aGrantsOfficer, note), asked(ActWriteOff, aGrantsOfficer, note)
	offset := asked(ActOffset, aGrantsOfficer, debtPayment.ref(casePayment))
	repay := func(cents Cents) Command {
		return asks(caseDebt, ActRepay, FinanceCertifier, aCertifier, fieldAmount.cents(cents), debtReceipt.text("FEDWIRE 1"))
	}
	made := asks(caseDebt, ActMake, System, 0, debtKind.text(DebtRefund), debtOrigin.count(int64(caseReport)), fieldAmount.cents(300_00))
	misdirected := func(f *DebtFacts) { f.Kind = DebtMisdirected }
	expired := func(f *DebtFacts) { f.FundExpired = true }
	late := func(f *DebtFacts) { f.Due = DateOf(payday).AddDays(-1) }
	excepted := func(f *DebtFacts) { f.Exception.ID = caseException }
	sums := func(outstanding, recovered, given Cents) func(*DebtFacts) error {
		return func(f *DebtFacts) error {
			return errors.Join(same("outstanding", f.Outstanding, outstanding), same("recovered", f.Recovered, recovered), same("written off", f.Debt.WrittenOff, given),
				same("amount", f.Amount, outstanding+recovered+given))
		}
	}
	used := []Child{raises(NounException, ActUse, caseException, 0)}
	kept := []Child{raises(NounPayment, ActOffset, casePayment, 0, paymentDebt.ref(caseDebt))}
	owes := func(cents Cents) func(*DebtFacts) { return func(f *DebtFacts) { f.Payment.Amount = cents } }

	trials := []trial[DebtFacts]{
		{name: "by what it comes from", facts: debtFacts(None), c: made, end: Identified, posted: []Posting{moved(Disbursed, Receivable, 300_00)},
			also: func(f *DebtFacts) error {
				return errors.Join(sums(300_00, 0, 0)(f), same("number", f.Number, "D-000720"), same("origin", f.Origin, caseReport), same("fund", f.Fund, caseFund))
			}},
		{name: "of nothing", facts: debtFacts(None), c: asks(caseDebt, ActMake, System, 0), why: "amount_zero"},
		{name: "with thirty days to pay", facts: debtFacts(Identified), c: demand(soon), end: Demanded,
			also: func(f *DebtFacts) error {
				return errors.Join(same("debtor", f.Debtor, "Cascadia"), same("due", f.Due, soon), same("demanded", f.DemandedOn, DateOf(payday)), same("by", f.DemandedBy, aGrantsOfficer))
			}},
		{name: "with a day less", facts: debtFacts(Identified), c: demand(soon.AddDays(-1)), why: "demand_too_short"},
		{name: "on the last day", facts: debtFacts(Demanded), c: dispute, end: Disputed, also: func(f *DebtFacts) error { return same("grounds", f.Objection, "It was allowable.") }},
		{name: "when a part is repaid", facts: debtFacts(Repaying), c: dispute, end: Disputed},
		{name: "a second time", facts: debtFacts(Demanded, func(f *DebtFacts) { f.Objection = "before" }), c: dispute, why: "debt_disputed_before"},
		{name: "a day late", facts: debtFacts(Demanded, late), c: dispute, why: "dispute_late"},
		{name: "by who demanded it", facts: debtFacts(Disputed), c: asked(ActUphold, aGrantsOfficer, fieldDue.day(soon)), why: "you_demanded_this"},
		{name: "with a day too few", facts: debtFacts(Disputed), c: asked(ActUphold, anotherGrantsOfficer, fieldDue.day(soon.AddDays(-1))), why: "demand_too_short"},
		{name: "it stands", facts: debtFacts(Disputed), c: uphold, end: Demanded, also: func(f *DebtFacts) error { return same("due", f.Due, soon) }},
		{name: "an error", facts: debtFacts(Identified), c: cancel, end: Cancelled, posted: []Posting{moved(Receivable, Disbursed, 200_00)}, also: sums(0, 100_00, 0)},
		{name: "the recipient is right", facts: debtFacts(Disputed), c: cancel, end: Cancelled, posted: []Posting{moved(Receivable, Disbursed, 200_00)}, also: sums(0, 100_00, 0)},
		{name: "by who demanded it", facts: debtFacts(Disputed), c: asked(ActCancel, aGrantsOfficer), why: "you_demanded_this"},
		{name: "of what was paid again", facts: debtFacts(Disputed, misdirected), c: cancel, why: "debt_paid_twice"},
		{name: "before it is late", facts: debtFacts(Demanded), c: refer, why: "debt_not_delinquent"},
		{name: "without leave", facts: debtFacts(Demanded), c: writeOff, why: ReasonException},
		{name: "a payment that is held", facts: debtFacts(Demanded, func(f *DebtFacts) { f.Payment.State = Held }), c: offset, why: "payment_not_offsettable"},
		{name: "a payment of another fund", facts: debtFacts(Demanded, func(f *DebtFacts) { f.Payment.Fund++ }), c: offset, why: "payment_not_offsettable"},
		{name: "a payment to somebody else", facts: debtFacts(Demanded, func(f *DebtFacts) { f.Payment.Organization++ }), c: offset, why: "payment_not_offsettable"},
		{name: "eighty-nine days after the demand", facts: debtFacts(Demanded, func(f *DebtFacts) { f.DemandedOn++ }), c: offset, why: "offset_early"},
		{name: "a cent more than it owes", facts: debtFacts(Demanded, owes(200_01)), c: offset, why: "over_debt"},
		{name: "of nothing", facts: debtFacts(Demanded), c: repay(0), why: "amount_zero"},
		{name: "a cent more than it owes", facts: debtFacts(Demanded), c: repay(200_01), why: "over_debt"},
		{name: "into an expired fund", facts: debtFacts(Demanded, expired), c: repay(200_00), end: Paid, posted: []Posting{moved(Receivable, Recovered, 200_00)}},
	}
	for _, s := range in(Demanded, Repaying, Offset) {
		trials = append(trials, trial[DebtFacts]{name: "late", facts: debtFacts(s, late), c: refer, end: Referred},
			trial[DebtFacts]{name: "a part of it", facts: debtFacts(s), c: offset, end: Offset, posted: []Posting{moved(Receivable, Available, 50_00)}, raised: kept, also: sums(150_00, 150_00, 0)},
			trial[DebtFacts]{name: "all of it", facts: debtFacts(s, owes(200_00)), c: offset, end: Paid, posted: []Posting{moved(Receivable, Available, 200_00)}, raised: kept, also: sums(0, 300_00, 0)})
	}
	for _, s := range in(Demanded, Repaying, Offset, Referred) {
		trials = append(trials, trial[DebtFacts]{name: "with leave", facts: debtFacts(s, excepted), c: writeOff, end: WrittenOff,
			posted: []Posting{moved(Receivable, WrittenOffDebt, 200_00)}, raised: used, also: sums(0, 100_00, 200_00)})
	}
	for s, end := range map[State]State{Identified: Identified, Demanded: Repaying, Repaying: Repaying, Offset: Repaying, Disputed: Disputed, Referred: Referred} {
		trials = append(trials, trial[DebtFacts]{name: "all but a cent", facts: debtFacts(s), c: repay(199_99), end: end, posted: []Posting{moved(Receivable, Available, 199_99)}, also: sums(1, 299_99, 0)},
			trial[DebtFacts]{name: "all of it", facts: debtFacts(s), c: repay(200_00), end: Paid, posted: []Posting{moved(Receivable, Available, 200_00)}, also: sums(0, 300_00, 0)})
	}
	trials = append(trials, trial[DebtFacts]{name: "a part of what was given up", facts: debtFacts(WrittenOff), c: repay(1), end: WrittenOff, posted: []Posting{moved(WrittenOffDebt, Available, 1)}, also: sums(0, 100_01, 199_99)},
		trial[DebtFacts]{name: "what was given up", facts: debtFacts(WrittenOff), c: repay(200_00), end: Paid, posted: []Posting{moved(WrittenOffDebt, Available, 200_00)}, also: sums(0, 300_00, 0)})
	tryAll(t, Debts, trials)
}
