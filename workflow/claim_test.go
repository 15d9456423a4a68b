package workflow

import (
	"errors"
	"slices"
	"testing"
)

func aClaim(s State) Claim {
	c := Claim{Record: inState(s), Number: "C-000500", Award: caseAward, Application: caseApplication,
		Organization: caseOrganization, Fund: caseFund, Tranche: caseTranche, Kind: "fixed_amount", Amount: 400_00,
		Narrative: "delivered", StartedBy: anAOR, SubmittedBy: anAOR}
	c.ID = caseClaim
	switch s {
	case Verified:
		c.VerifiedBy = anOfficer
	case Approved, Paid:
		c.VerifiedBy, c.ApprovedBy, c.Payment = anOfficer, aGrantsOfficer, casePayment
	}
	return c
}

func claimFacts(s State, changes ...func(*ClaimFacts)) *ClaimFacts {
	f := ClaimFacts{Award: anAward(Active), Tranche: aTranche(Active), BankAccount: anAccount(Verified)}
	if s != None {
		f.Claim = aClaim(s)
	}
	f.Balances[Obligated] = 400_00
	return with(f, changes...)
}

// claimPaymentIn says where the payment of the claim stands.
func claimPaymentIn(s State) func(*ClaimFacts) {
	return func(f *ClaimFacts) {
		f.Payment = Payment{Record: inState(s), Claim: caseClaim}
		f.Payment.ID = casePayment
	}
}

func TestEveryRowOfAClaim(t *testing.T) {
	note := fieldNote.text("why")
	start := asks(caseClaim, ActStart, Applicant, anAOR, claimTranche.ref(caseTranche), claimKind.text("advance"),
		fieldAmount.cents(5_00), claimNarrative.text("all done"))
	submit := asks(caseClaim, ActSubmit, AOR, anAOR)
	verify := func(inputs ...Input) Command { return asks(caseClaim, ActVerify, ProgramOfficer, anOfficer, inputs...) }
	approve := asks(caseClaim, ActApprove, GrantsOfficer, aGrantsOfficer)
	reject := asks(caseClaim, ActReject, GrantsOfficer, aGrantsOfficer, fieldCodes.text("not_allowable"), note)
	cancel := asks(caseClaim, ActCancel, AOR, anAOR, note)
	system := func(a Action) Command { return asks(caseClaim, a, System, 0, claimPayment.ref(casePayment)) }
	awardIn := func(s State) func(*ClaimFacts) { return func(f *ClaimFacts) { f.Award.State = s } }
	rejected := func(f *ClaimFacts) error {
		return errors.Join(same("codes", f.Codes, "not_allowable"), same("note", f.Note, "why"))
	}

	tryAll(t, Claims, []trial[ClaimFacts]{
		{name: "of a tranche", facts: claimFacts(None), c: start, end: Draft,
			also: func(f *ClaimFacts) error {
				want := aClaim(Draft)
				want.Version, want.Made, want.Changed = 1, payday, payday
				want.Kind, want.Amount, want.Narrative, want.SubmittedBy = "advance", 5_00, "all done", 0
				return same("claim", f.Claim, want)
			}},
		{name: "award suspended", facts: claimFacts(None, awardIn(Suspended)), c: start, why: "award_not_running"},
		{name: "tranche of another award", facts: claimFacts(None, func(f *ClaimFacts) { f.Tranche.Award++ }), c: start, why: "tranche_not_claimable"},
		{name: "node-hours", facts: claimFacts(None, func(f *ClaimFacts) { f.Tranche.Kind = TrancheNodeHours }), c: start, why: "tranche_not_claimable"},
		{name: "another claim is open", facts: claimFacts(None, func(f *ClaimFacts) { f.OtherLive = 1 }), c: start, why: "other_claim_live"},

		{name: "only what came", facts: claimFacts(Draft), c: asks(caseClaim, ActSave, Applicant, anAOR, fieldAmount.cents(7)), end: Draft,
			also: func(f *ClaimFacts) error {
				return errors.Join(same("amount", f.Amount, Cents(7)), same("kind", f.Kind, "fixed_amount"), same("narrative", f.Narrative, "delivered"))
			}},

		{name: "on the day that it is due", facts: claimFacts(Draft), c: submit, end: Submitted,
			also: func(f *ClaimFacts) error { return same("submitted by", f.SubmittedBy, anAOR) }},
		{name: "award closing", facts: claimFacts(Draft, awardIn(Closing)), c: submit, end: Submitted},
		{name: "award closed", facts: claimFacts(Draft, awardIn(Closed)), c: submit, why: "award_not_running"},
		{name: "tranche cancelled", facts: claimFacts(Draft, func(f *ClaimFacts) { f.Tranche.State = Cancelled }), c: submit, why: "tranche_not_claimable"},
		{name: "another claim is open", facts: claimFacts(Draft, func(f *ClaimFacts) { f.OtherLive = 1 }), c: submit, why: "other_claim_live"},
		{name: "a day early", facts: claimFacts(Draft, func(f *ClaimFacts) { f.Tranche.Due++ }), c: submit, why: "milestone_not_due"},
		{name: "a report is overdue", facts: claimFacts(Draft, func(f *ClaimFacts) { f.ReportsOverdue = 1 }), c: submit, why: "reports_overdue"},
		{name: "no kind", facts: claimFacts(Draft, func(f *ClaimFacts) { f.Kind = "" }), c: submit, why: "incomplete"},
		{name: "no amount", facts: claimFacts(Draft, func(f *ClaimFacts) { f.Amount = 0 }), c: submit, why: "incomplete"},
		{name: "no narrative", facts: claimFacts(Draft, func(f *ClaimFacts) { f.Narrative = "" }), c: submit, why: "incomplete"},
		{name: "a cent over the tranche", facts: claimFacts(Draft, func(f *ClaimFacts) { f.Amount++ }), c: submit, why: "over_tranche"},

		{name: "a question", facts: claimFacts(Submitted, func(f *ClaimFacts) { f.Reply = "old" }), end: Queried,
			c: asks(caseClaim, ActQuery, ProgramOfficer, anOfficer, fieldQuestion.text("when?")),
			also: func(f *ClaimFacts) error {
				return errors.Join(same("question", f.Question, "when?"), same("reply", f.Reply, ""))
			}},
		{name: "an answer", facts: claimFacts(Queried), c: asks(caseClaim, ActReply, AOR, anAOR, fieldReply.text("today")), end: Submitted,
			also: func(f *ClaimFacts) error { return same("reply", f.Reply, "today") }},

		{name: "all of it", facts: claimFacts(Submitted), c: verify(claimAccepted.check()), end: Verified,
			also: func(f *ClaimFacts) error {
				return errors.Join(same("amount", f.Amount, Cents(400_00)), same("verified by", f.VerifiedBy, anOfficer))
			}},
		{name: "a cent less", facts: claimFacts(Submitted), c: verify(claimAccepted.check(), fieldAmount.cents(399_99)), end: Verified,
			raised: []Child{raises(NounTranche, ActSplit, caseTranche, 0, fieldAmount.cents(399_99))},
			also:   func(f *ClaimFacts) error { return same("amount", f.Amount, Cents(399_99)) }},
		{name: "the claim took less", facts: claimFacts(Submitted, func(f *ClaimFacts) { f.Amount = 1 }), c: verify(claimAccepted.check()), end: Verified,
			raised: []Child{raises(NounTranche, ActSplit, caseTranche, 0, fieldAmount.cents(1))}},
		{name: "a report is overdue", facts: claimFacts(Submitted, func(f *ClaimFacts) { f.ReportsOverdue = 1 }), c: verify(claimAccepted.check()), why: "reports_overdue"},
		{name: "deliverable not ticked", facts: claimFacts(Submitted), c: verify(), why: "deliverable_not_accepted"},
		{name: "of nothing", facts: claimFacts(Submitted), c: verify(claimAccepted.check(), fieldAmount.cents(0)), why: "amount_zero"},
		{name: "more than claimed", facts: claimFacts(Submitted, func(f *ClaimFacts) { f.Amount = 5 }), c: verify(claimAccepted.check(), fieldAmount.cents(6)), why: "over_claimed"},

		{name: "in order", facts: claimFacts(Verified), c: approve, end: Approved,
			posted: []Posting{moved(Obligated, Payable, 400_00)},
			raised: []Child{raises(NounPayment, ActMake, spareID, caseClaim)},
			also: func(f *ClaimFacts) error {
				return errors.Join(same("payment", f.Claim.Payment, spareID), same("approved by", f.ApprovedBy, aGrantsOfficer))
			}},
		{name: "a report is overdue", facts: claimFacts(Verified, func(f *ClaimFacts) { f.ReportsOverdue = 1 }), c: approve, why: "reports_overdue"},
		{name: "by the verifier", facts: claimFacts(Verified), c: asks(caseClaim, ActApprove, GrantsOfficer, anOfficer), why: "you_verified_this"},
		{name: "award suspended", facts: claimFacts(Verified, awardIn(Suspended)), c: approve, why: "award_not_running"},
		{name: "account doubted", facts: claimFacts(Verified, func(f *ClaimFacts) { f.BankAccount = BankAccount{} }), c: approve, why: "bank_account_unverified"},
		{name: "tranche is smaller now", facts: claimFacts(Verified, func(f *ClaimFacts) { f.Tranche.Amount-- }), c: approve, why: "over_tranche"},
		{name: "a cent over what is obligated", facts: claimFacts(Verified, func(f *ClaimFacts) { f.Balances[Obligated]-- }), c: approve, why: "over_obligated"},

		{name: "to be verified again", facts: claimFacts(Verified), c: asks(caseClaim, ActSendBack, GrantsOfficer, aGrantsOfficer, note), end: Submitted,
			also: func(f *ClaimFacts) error { return same("verified by", f.VerifiedBy, ID(0)) }},
		{name: "with codes", facts: claimFacts(Submitted), c: reject, end: Rejected, also: rejected},
		{name: "with codes", facts: claimFacts(Verified), c: reject, end: Rejected, also: rejected},
		{name: "by the recipient", facts: claimFacts(Draft), c: cancel, end: Cancelled, also: func(f *ClaimFacts) error { return same("note", f.Note, "why") }},
		{name: "by the recipient", facts: claimFacts(Submitted), c: cancel, end: Cancelled},
		{name: "by the recipient", facts: claimFacts(Queried), c: cancel, end: Cancelled},
		{name: "by the system", facts: claimFacts(Verified), c: asks(caseClaim, ActCancel, System, 0), end: Cancelled},

		{name: "by its replacement", facts: claimFacts(Approved, claimPaymentIn(Settled), func(f *ClaimFacts) { f.Payment.ID = 601 }), c: system(ActPay), end: Paid,
			also: func(f *ClaimFacts) error { return same("payment", f.Claim.Payment, ID(601)) }},
		{name: "payment on its way", facts: claimFacts(Approved, claimPaymentIn(Exported)), c: system(ActPay), why: "payment_not_settled"},
		{name: "payment of another claim", c: system(ActPay), why: "payment_not_settled",
			facts: claimFacts(Approved, claimPaymentIn(Settled), func(f *ClaimFacts) { f.Payment.Claim++ })},
		{name: "payment came back", facts: claimFacts(Paid, claimPaymentIn(Returned)), c: system(ActReopen), end: Approved},
		{name: "payment settled", facts: claimFacts(Paid, claimPaymentIn(Settled)), c: system(ActReopen), why: "payment_not_returned"},
		{name: "payment cancelled", facts: claimFacts(Approved, claimPaymentIn(Cancelled)), c: system(ActVoid), end: Cancelled},
		{name: "payment came back after the end", facts: claimFacts(Paid, claimPaymentIn(Returned)), c: system(ActVoid), end: Cancelled},
		{name: "payment replaced", c: system(ActVoid), why: "payment_lives",
			facts: claimFacts(Approved, claimPaymentIn(Returned), func(f *ClaimFacts) { f.Payment.ReissuedBy = 601 })},
		{name: "payment settled", facts: claimFacts(Paid, claimPaymentIn(Settled)), c: system(ActVoid), why: "payment_lives"},
	})
}

func TestMissingNamesWhatAClaimLacks(t *testing.T) {
	got, want := (&Claim{}).Missing(), []string{"kind", "amount", "narrative"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	whole := aClaim(Draft)
	if got := whole.Missing(); got != nil {
		t.Errorf("got %v, want nothing", got)
	}
}
