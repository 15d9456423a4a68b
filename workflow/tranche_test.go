package workflow

import (
	"errors"
	"testing"
)

func aTranche(s State) Tranche {
	t := Tranche{Record: inState(s), Award: caseAward, Application: caseApplication, Kind: TrancheCash, Number: 1,
		Title: "Start", Deliverable: "Work plan", Amount: 400_00, Due: onDay("2026-11-02")}
	t.ID = caseTranche
	return t
}

func TestEveryRowOfATranche(t *testing.T) {
	facts := func(s State, award State) *TrancheFacts {
		f := TrancheFacts{Award: anAward(award), Others: 600_01, LastNumber: 3}
		if s != None {
			f.Tranche = aTranche(s)
		}
		return &f
	}
	made := func(cents Cents) Command {
		one := aTranche(None)
		one.Amount = cents
		return asks(caseTranche, ActMake, System, 0, one.inputs()...)
	}
	split := func(cents Cents) Command {
		return asks(caseTranche, ActSplit, System, 0, fieldAmount.cents(cents))
	}
	cancel := asks(caseTranche, ActCancel, System, 0)
	drop := asks(caseTranche, ActDrop, System, 0)
	amend := func(cents Cents) Command {
		one := aTranche(None)
		one.Amount = cents
		return asks(caseTranche, ActAmend, System, 0, one.inputs()[2:]...)
	}
	claimed := facts(Active, Active)
	claimed.LiveClaims = 1
	rest := aTranche(None)
	rest.Number, rest.Amount = 4, 1

	tryAll(t, Tranches, []trial[TrancheFacts]{
		{name: "all that is left of the award", facts: facts(None, Offered), c: made(400_00), end: Active,
			also: func(f *TrancheFacts) error {
				want := aTranche(Active)
				want.Version, want.Made, want.Changed = 1, payday, payday
				return same("tranche", f.Tranche, want)
			}},
		{name: "a cent over the award", facts: facts(None, Offered), c: made(400_01), why: "over_face_value"},
		{name: "of nothing", facts: facts(None, Offered), c: made(0), why: "amount_zero"},
		{name: "negative", facts: facts(None, Offered), c: made(-1), why: "amount_zero"},

		{name: "a cent is left", facts: facts(Active, Active), c: split(399_99), end: Active,
			raised: []Child{raises(NounTranche, ActMake, 0, caseAward, rest.inputs()...)},
			also: func(f *TrancheFacts) error {
				return errors.Join(same("amount", f.Amount, Cents(399_99)), same("number", f.Number, int64(1)))
			}},
		{name: "nothing is left", facts: facts(Active, Active), c: split(400_00), why: "amount_not_smaller"},
		{name: "of nothing", facts: facts(Active, Active), c: split(0), why: "amount_zero"},

		{name: "as agreed", facts: facts(Active, Active), c: amend(500_00), end: Active,
			also: func(f *TrancheFacts) error { return same("amount", f.Amount, Cents(500_00)) }},
		{name: "of nothing", facts: facts(Active, Active), c: amend(0), why: "amount_zero"},
		{name: "a claim is for it", facts: claimed, c: amend(500_00), why: "tranche_claimed"},
		{name: "as agreed", facts: facts(Active, Active), c: drop, end: Cancelled},
		{name: "a claim is for it", facts: claimed, c: drop, why: "tranche_claimed"},

		{name: "award refused", facts: facts(Active, Refused), c: cancel, end: Cancelled},
		{name: "award lapsed", facts: facts(Active, Lapsed), c: cancel, end: Cancelled},
		{name: "award rescinded", facts: facts(Active, Rescinded), c: cancel, end: Cancelled},
		{name: "award active", facts: facts(Active, Active), c: cancel, why: "award_lives"},
	})
}
