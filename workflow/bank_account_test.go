package workflow

import (
	"errors"
	"fmt"
	"testing"
)

func bankAccountFacts(s State, changes ...func(*BankAccountFacts)) *BankAccountFacts {
	var f BankAccountFacts
	f.Organization.ID = caseOrganization
	if s != None {
		f.BankAccount = anAccount(s)
	}
	if s == HalfVerified {
		f.Change, f.VerifiedBy = true, aCertifier
	}
	return with(f, changes...)
}

func TestEveryRowOfABankAccount(t *testing.T) {
	note := fieldNote.text("why")
	enter := func(inputs ...Input) Command {
		return asks(caseAccount, ActEnter, AOR, anAOR, append(inputs, bankRouting.text("091000019"),
			bankSealed.text("c2VhbGVk"), bankLast4.text("6789"), bankSavings.check(), bankHolder.text("Acme"))...)
	}
	verify := asks(caseAccount, ActVerify, FinanceCertifier, aCertifier, bankMethod.text("call_back"))
	verifyBy := func(person ID) Command { return asks(caseAccount, ActVerify, FinanceCertifier, person) }
	confirm := func(person ID) Command { return asks(caseAccount, ActConfirm, GrantsOfficer, person) }
	reject := asks(caseAccount, ActReject, FinanceCertifier, aCertifier, note)
	change := func(f *BankAccountFacts) { f.Change = true }
	replaces := func(f *BankAccountFacts) {
		f.Current, f.Unexported = anAccount(Verified), []ID{casePayment}
		f.HoldDays = 10
		f.Current.ID = 399
	}
	verified := func(f *BankAccountFacts) error {
		return errors.Join(same("verified by", f.VerifiedBy, aCertifier), same("method", f.Method, "call_back"))
	}
	noted := func(f *BankAccountFacts) error { return same("note", f.Note, "why") }

	tryAll(t, BankAccounts, []trial[BankAccountFacts]{
		{name: "the first one", facts: bankAccountFacts(None), c: enter(), end: Entered,
			also: func(f *BankAccountFacts) error {
				want := anAccount(Entered)
				want.Version, want.Made, want.Changed, want.Savings, want.Holder = 1, payday, payday, true, "Acme"
				return same("account", f.BankAccount, want)
			}},
		{name: "after an earlier one", facts: bankAccountFacts(None, func(f *BankAccountFacts) { f.Earlier = true }), c: enter(), end: Entered,
			also: func(f *BankAccountFacts) error { return same("change", f.Change, true) }},
		{name: "wrong check digit", facts: bankAccountFacts(None), c: enter(bankRouting.text("091000018")), why: "routing_invalid"},
		{name: "number not sealed", facts: bankAccountFacts(None), c: enter(bankSealed.text("")), why: "account_missing"},
		{name: "no last digits", facts: bankAccountFacts(None), c: enter(bankLast4.text("")), why: "account_missing"},

		{name: "the first one", facts: bankAccountFacts(Entered), c: verify, end: Verified, also: verified},
		{name: "a change", facts: bankAccountFacts(Entered, change), c: verify, end: HalfVerified, also: verified},
		{name: "another was verified meanwhile", facts: bankAccountFacts(Entered, replaces), c: verify, end: HalfVerified,
			also: func(f *BankAccountFacts) error { return same("change", f.Change, true) }},
		{name: "by who entered it", facts: bankAccountFacts(Entered), c: verifyBy(anAOR), why: "you_entered_this"},
		{name: "a change by who entered it", facts: bankAccountFacts(Entered, change), c: verifyBy(anAOR), why: "you_entered_this"},

		{name: "in place of another", facts: bankAccountFacts(HalfVerified, replaces), c: confirm(aGrantsOfficer), end: Verified,
			raised: []Child{raises(NounBankAccount, ActSupersede, 399, 0),
				raises(NounPayment, ActHold, casePayment, 0, fieldNote.text(HeldForAccountChange), paymentUntil.day(onDay("2026-11-12")))},
			also: func(f *BankAccountFacts) error {
				return errors.Join(same("confirmed by", f.ConfirmedBy, aGrantsOfficer), same("replaces", f.Replaces, ID(399)))
			}},
		{name: "the other was doubted before", facts: bankAccountFacts(HalfVerified), c: confirm(aGrantsOfficer), end: Verified},
		{name: "by who entered it", facts: bankAccountFacts(HalfVerified), c: confirm(anAOR), why: "you_entered_this"},
		{name: "by who verified it", facts: bankAccountFacts(HalfVerified), c: confirm(aCertifier), why: "you_verified_this"},

		{name: "with a reason", facts: bankAccountFacts(Entered), c: reject, end: Rejected, also: noted},
		{name: "with a reason", facts: bankAccountFacts(HalfVerified), c: reject, end: Rejected, also: noted},
		{name: "by another account", facts: bankAccountFacts(Verified), c: asks(caseAccount, ActSupersede, System, 0), end: Superseded},
		{name: "a return", facts: bankAccountFacts(Verified), c: asks(caseAccount, ActSuspend, System, 0, fieldNote.text("R03")), end: Entered,
			also: func(f *BankAccountFacts) error {
				return errors.Join(same("note", f.Note, "R03"), same("verified by", f.VerifiedBy, aCertifier))
			}},
	})
}

func TestRoutingNumbersHaveNineDigitsAndACheckDigit(t *testing.T) {
	for routing, want := range map[string]bool{
		"091000019": true, "061000052": true, "021000021": true, "011401533": true,
		"000000000": false, "": false, "09100001": false, "0910000190": false, "091000018": false,
		"901000019": false, "09100001 ": false, "09100001٩": false, "-91000019": false,
	} {
		if got := RoutingValid(routing); got != want {
			t.Errorf("%q: got %v, want %v", routing, got, want)
		}
	}
}

func TestACheckDigitFindsEveryWrongDigit(t *testing.T) {
	const right = "091000019"
	for i := range right {
		for d := range 10 {
			other := right[:i] + fmt.Sprint(d) + right[i+1:]
			if got, want := RoutingValid(other), other == right; got != want {
				t.Errorf("%s: got %v, want %v", other, got, want)
			}
		}
	}
}
