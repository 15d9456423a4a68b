package workflow

import (
	"errors"
	"testing"
)

const caseFinding ID = 710

func findingFacts(s State, changes ...func(*FindingFacts)) *FindingFacts {
	f := FindingFacts{Award: anAward(Active)}
	if s != None {
		f.AwardFinding = AwardFinding{Record: inState(s), Number: "N-000710", Award: caseAward, Application: caseApplication, Organization: caseOrganization,
			Program: caseProgram, RaisedIn: "monitoring", Title: "No invoices", Text: "None were kept.", Questioned: 300_00, Due: onDay("2026-11-20"), RaisedBy: anOfficer}
		f.AwardFinding.ID = caseFinding
	}
	f.Balances[Disbursed] = 400_00
	return with(f, changes...)
}

func TestEveryRowOfAFinding(t *testing.T) {
	note := fieldNote.text("why")
	raise := func(questioned Cents, due string) Command {
		return asks(caseFinding, ActCreate, ProgramOfficer, anOfficer, findingSource.text("monitoring"), fieldTitle.text("No invoices"), findingText.text("None were kept."),
			findingQuestioned.cents(questioned), fieldDue.day(onDay(due)))
	}
	sustain := func(disallowed Cents) Command {
		return asks(caseFinding, ActSustain, GrantsOfficer, aGrantsOfficer, findingDisallowed.cents(disallowed), note)
	}
	dismiss := asks(caseFinding, ActDismiss, GrantsOfficer, aGrantsOfficer, note)
	own := func(f *FindingFacts) { f.RaisedBy = aGrantsOfficer }
	late := func(f *FindingFacts) { f.Due = DateOf(payday).AddDays(-1) }
	decided := func(f *FindingFacts) error {
		return errors.Join(same("decided by", f.DecidedBy, aGrantsOfficer), same("note", f.Note, "why"))
	}
	owed := func(cents Cents) []Child {
		return []Child{raises(NounDebt, ActMake, 0, caseAward, debtKind.text(DebtDisallowed), debtOrigin.count(int64(caseFinding)), fieldAmount.cents(cents))}
	}

	tryAll(t, Findings, []trial[FindingFacts]{
		{name: "about all that was paid", facts: findingFacts(None), c: raise(400_00, "2026-11-20"), end: Open,
			also: func(f *FindingFacts) error {
				return errors.Join(same("number", f.Number, "N-000710"), same("award", f.AwardFinding.Award, caseAward), same("questioned", f.Questioned, Cents(400_00)),
					same("raised by", f.RaisedBy, anOfficer), same("due", f.Due, onDay("2026-11-20")))
			}},
		{name: "a cent more than was paid", facts: findingFacts(None), c: raise(400_01, "2026-11-20"), why: "over_paid"},
		{name: "to be answered today", facts: findingFacts(None), c: raise(0, "2026-11-02"), why: "due_in_the_past"},
		{name: "award not signed", facts: findingFacts(None, func(f *FindingFacts) { f.Award.State = Accepted }), c: raise(0, "2026-11-20"), why: "award_not_bound"},
		{name: "in words", facts: findingFacts(Open), c: asks(caseFinding, ActReply, AOR, anAOR, fieldReply.text("Here they are.")), end: Answered,
			also: func(f *FindingFacts) error { return same("reply", f.Reply, "Here they are.") }},
		{name: "an error", facts: findingFacts(Open), c: dismiss, end: Dismissed, also: decided},
		{name: "a good answer", facts: findingFacts(Answered), c: dismiss, end: Dismissed, also: decided},
		{name: "by who raised it", facts: findingFacts(Answered, own), c: dismiss, why: "you_raised_this"},
		{name: "a part of the cost", facts: findingFacts(Answered), c: sustain(299_99), end: Sustained, raised: owed(299_99), also: decided},
		{name: "unanswered", facts: findingFacts(Open, late), c: sustain(300_00), end: Sustained, raised: owed(300_00)},
		{name: "without a cost", facts: findingFacts(Answered), c: sustain(0), end: Sustained},
		{name: "while an answer may come", facts: findingFacts(Open), c: sustain(0), why: "finding_unanswered"},
		{name: "by who raised it", facts: findingFacts(Answered, own), c: sustain(0), why: "you_raised_this"},
		{name: "a cent more than questioned", facts: findingFacts(Answered), c: sustain(300_01), why: "over_questioned"},
		{name: "a cent more than was paid since", facts: findingFacts(Answered, func(f *FindingFacts) { f.Balances[Disbursed] = 299_99 }), c: sustain(300_00), why: "over_paid"},
		{name: "put right", facts: findingFacts(Sustained), c: asks(caseFinding, ActClose, GrantsOfficer, aGrantsOfficer, note), end: Closed,
			also: func(f *FindingFacts) error { return same("note", f.Note, "why") }},
	})
}
