package workflow

import (
	"errors"
	"testing"
	"time"
)

func aPayment(s State) Payment {
	p := Payment{Record: inState(s), Number: "P-000600", Claim: caseClaim, Award: caseAward, Application: caseApplication,
		Organization: caseOrganization, Program: caseProgram, Fund: caseFund, Tranche: caseTranche, Amount: 400_00,
		BankAccount: caseAccount, BankVersion: 2}
	p.ID = casePayment
	switch s {
	case Batched:
		p.Batch = caseBatch
	case Held:
		p.HeldBy, p.HoldReason = anOfficer, "a doubt"
	case Exported, Recalled, Settled:
		p.Batch, p.Trace, p.ExportedAt = caseBatch, "091000010000001", payday
	}
	return p
}

func aBatch(s State) Batch {
	b := Batch{Record: inState(s), Number: "B-000700", Program: caseProgram, PreparedBy: aPreparer, Effective: onDay("2026-11-03")}
	b.ID = caseBatch
	if s == Exported || s == Acknowledged || s == Completed {
		b.ExportedAt = payday
	}
	return b
}

// paymentFacts are those of a payment among others in a batch that stands where
// the payment's state says.
func paymentFacts(s State, changes ...func(*PaymentFacts)) *PaymentFacts {
	f := PaymentFacts{Award: anAward(Active), Claim: aClaim(Approved), BankAccount: anAccount(Verified), BatchUnsettled: 1, PresumeDays: 5, PayeeName: "Müller & Søn"}
	if s != None {
		f.Payment = aPayment(s)
	}
	switch s {
	case Ready, Batched:
		f.Batch = aBatch(Open)
	case Exported, Recalled:
		f.Batch = aBatch(Exported)
	case Settled:
		f.Batch, f.Claim = aBatch(Exported), aClaim(Paid)
	}
	return with(f, changes...)
}

// comesBack makes f the facts of a payment that is to replace another.
func comesBack(s State) func(*PaymentFacts) {
	return func(f *PaymentFacts) {
		f.Origin = aPayment(Settled)
		f.Origin.State, f.Origin.ID, f.Origin.ReissuedBy = s, 599, casePayment
	}
}

func batchIn(s State) func(*PaymentFacts) { return func(f *PaymentFacts) { f.Batch = aBatch(s) } }

func paymentAwardIn(s State) func(*PaymentFacts) { return func(f *PaymentFacts) { f.Award.State = s } }

func noAccount(f *PaymentFacts) { f.BankAccount = BankAccount{} }

func otherVersion(f *PaymentFacts) { f.BankAccount.Version++ }

func screenedBefore(f *PaymentFacts) { f.Payee = screenedBeforeLists }

func listedPayee(f *PaymentFacts) { f.Payee = listed }

func unregistered(f *PaymentFacts) { f.Payee = notRegistered }

func lastMember(f *PaymentFacts) { f.BatchUnsettled = 0 }

var (
	resized   = raises(NounBatch, ActResize, caseBatch, 0)
	completed = raises(NounBatch, ActComplete, caseBatch, 0)
	replaced  = raises(NounPayment, ActMake, spareID, casePayment)
)

func claimTold(a Action) Child {
	return raises(NounClaim, a, caseClaim, 0, claimPayment.ref(casePayment))
}

func TestEveryRowOfAPayment(t *testing.T) {
	note := fieldNote.text("why")
	system := func(a Action, inputs ...Input) Command { return asks(casePayment, a, System, 0, inputs...) }
	makes := system(ActMake)
	batch := asks(casePayment, ActBatch, FinancePreparer, aPreparer, paymentBatch.ref(caseBatch))
	quietly := asks(casePayment, ActBatch, FinancePreparer, aPreparer, paymentBatch.ref(caseBatch), paymentQuiet.check())
	drop := asks(casePayment, ActDrop, FinancePreparer, aPreparer)
	hold := asks(casePayment, ActHold, ProgramOfficer, anOfficer, note)
	release := asks(casePayment, ActRelease, GrantsOfficer, aGrantsOfficer)
	releaseBy := func(role Role, person ID) Command { return asks(casePayment, ActRelease, role, person) }
	export := system(ActExport, paymentTrace.text("091000010000001"))
	reject := system(ActReject, paymentCode.text("R17"))
	settle := system(ActSettle, paymentAnswered.day(onDay("2026-11-02")))
	presume := system(ActSettle)
	returns := func(code string, inputs ...Input) Command {
		return system(ActReturn, append(inputs, paymentCode.text(code))...)
	}
	misdirect := asks(casePayment, ActMisdirect, GrantsOfficer, aGrantsOfficer)
	cancel := asks(casePayment, ActCancel, GrantsOfficer, aGrantsOfficer, note)

	newlyClaimed := func(f *PaymentFacts) { f.Claim.Payment = casePayment }
	reissue := func(f *PaymentFacts) { f.HoldReason, f.HeldBy, f.Reissues = HeldForReissue, 0, 599 }
	fundExpired := func(f *PaymentFacts) { f.FundExpired = true }
	otherAccount := func(f *PaymentFacts) { f.BankAccount.ID++ }
	symbol := func(s string) func(*PaymentFacts) { return func(f *PaymentFacts) { f.Symbol = s } }
	illegible := func(f *PaymentFacts) { f.PayeeName = "台灣 AI" }
	amounts := func(amount Cents) func(*PaymentFacts) { return func(f *PaymentFacts) { f.Amount = amount } }
	paidToday := func(f *PaymentFacts) { f.Batch.Effective = DateOf(payday) }
	excepted := func(f *PaymentFacts) { f.Exception.ID, f.Available = caseException, 400_00 }
	longAgo := func(f *PaymentFacts) {
		f.Payment.ExportedAt, f.Batch.Effective = payday.AddDate(0, 0, -10), onDay("2026-10-26")
	}
	backInFlight := moved(InFlight, Payable, 400_00)
	backDisbursed := moved(Disbursed, Payable, 400_00)
	suspendsAccount := raises(NounBankAccount, ActSuspend, caseAccount, 0, fieldNote.text("R03"))

	out := func(f *PaymentFacts) error { return same("batch", f.Payment.Batch, ID(0)) }
	releasedTo := func(version int64) func(*PaymentFacts) error {
		return func(f *PaymentFacts) error {
			return errors.Join(same("held by", f.HeldBy, ID(0)), same("reason", f.HoldReason, ""), same("until", f.HeldUntil, Date(0)),
				same("account", f.Payment.BankAccount, f.BankAccount.ID), same("version", f.BankVersion, version))
		}
	}

	tryAll(t, Payments, []trial[PaymentFacts]{
		{name: "for an approved claim", facts: paymentFacts(None, newlyClaimed), c: makes, end: Ready,
			also: func(f *PaymentFacts) error {
				want := aPayment(Ready)
				want.Version, want.Made, want.Changed = 1, payday, payday
				return same("payment", f.Payment, want)
			}},
		{name: "claim not approved", facts: paymentFacts(None, newlyClaimed, func(f *PaymentFacts) { f.Claim.State = Verified }), c: makes, why: "payment_unfounded"},
		{name: "claim has another payment", facts: paymentFacts(None, func(f *PaymentFacts) { f.Claim.Payment = 601 }), c: makes, why: "payment_unfounded"},
		{name: "in place of a returned one", facts: paymentFacts(None, comesBack(Returned)), c: makes, end: Held,
			also: func(f *PaymentFacts) error {
				want := aPayment(Ready)
				want.Record = Record{ID: casePayment, State: Held, Version: 1, Made: payday, Changed: payday}
				want.HoldReason, want.Reissues = HeldForReissue, 599
				return same("payment", f.Payment, want)
			}},
		{name: "in place of a misdirected one", facts: paymentFacts(None, comesBack(Misdirected)), c: makes, end: Held},
		{name: "in place of a settled one", facts: paymentFacts(None, newlyClaimed, comesBack(Settled)), c: makes, why: "payment_unfounded"},
		{name: "in place of one replaced by another", c: makes, why: "payment_unfounded",
			facts: paymentFacts(None, newlyClaimed, comesBack(Returned), func(f *PaymentFacts) { f.Origin.ReissuedBy++ })},

		{name: "in order", facts: paymentFacts(Ready), c: batch, end: Batched, raised: []Child{resized},
			also: func(f *PaymentFacts) error { return same("batch", f.Payment.Batch, caseBatch) }},
		{name: "with many others", facts: paymentFacts(Ready), c: quietly, end: Batched},
		{name: "award closing", facts: paymentFacts(Ready, paymentAwardIn(Closing)), c: batch, end: Batched, raised: []Child{resized}},
		{name: "batch submitted", facts: paymentFacts(Ready, batchIn(Submitted)), c: batch, why: "batch_not_open"},
		{name: "batch of another program", facts: paymentFacts(Ready, func(f *PaymentFacts) { f.Batch.Program++ }), c: batch, why: "batch_of_other_program"},
		{name: "somebody else's batch", facts: paymentFacts(Ready, func(f *PaymentFacts) { f.Batch.PreparedBy++ }), c: batch, why: "batch_of_other_preparer"},
		{name: "by who verified the account", facts: paymentFacts(Ready, func(f *PaymentFacts) { f.BankAccount.VerifiedBy = aPreparer }), c: batch, why: "you_verified_this_account"},
		{name: "by who confirmed the account", facts: paymentFacts(Ready, func(f *PaymentFacts) { f.BankAccount.ConfirmedBy = aPreparer }), c: batch, why: "you_verified_this_account"},
		{name: "award suspended", facts: paymentFacts(Ready, paymentAwardIn(Suspended)), c: batch, why: "award_not_running"},
		{name: "no verified account", facts: paymentFacts(Ready, noAccount), c: batch, why: "bank_account_unverified"},
		{name: "account verified anew", facts: paymentFacts(Ready, otherVersion), c: batch, why: "bank_account_changed"},
		{name: "another account", facts: paymentFacts(Ready, otherAccount), c: batch, why: "bank_account_changed"},
		{name: "screened against an older list", facts: paymentFacts(Ready, screenedBefore), c: batch, why: "screening_stale"},
		{name: "a hit stands", facts: paymentFacts(Ready, listedPayee), c: batch, why: "screening_unresolved"},
		{name: "registration over", facts: paymentFacts(Ready, unregistered), c: batch, why: "registration_expired"},
		{name: "a name that no bank reads", facts: paymentFacts(Ready, illegible), c: batch, why: "payee_illegible"},
		{name: "all that one entry holds", facts: paymentFacts(Ready, amounts(MaxEntry)), c: quietly, end: Batched},
		{name: "more than one entry holds", facts: paymentFacts(Ready, amounts(MaxEntry+1)), c: batch, why: "over_entry_limit"},
		{name: "a million today", facts: paymentFacts(Ready, amounts(MaxSameDay), paidToday), c: quietly, end: Batched},
		{name: "a fund in its last year", facts: paymentFacts(Ready, symbol("089-2021/2022-0222-000"), func(f *PaymentFacts) { f.Batch.Format = FormatSPR }), c: quietly, end: Batched},
		{name: "a fund that has closed", facts: paymentFacts(Ready, symbol("089-2020/2021-0222-000")), c: batch, why: "fund_closed"},
		{name: "a symbol that Treasury cannot read", facts: paymentFacts(Ready, symbol("none"), func(f *PaymentFacts) { f.Batch.Format = FormatSPR }), c: batch, why: "fund_symbol_unreadable"},
		{name: "the same for a bank", facts: paymentFacts(Ready, symbol("none")), c: quietly, end: Batched},
		{name: "more than that today", facts: paymentFacts(Ready, amounts(MaxSameDay+1), paidToday), c: batch, why: "over_same_day_limit"},

		{name: "by the preparer", facts: paymentFacts(Batched), c: drop, end: Ready, raised: []Child{resized}, also: out},
		{name: "with the whole batch", facts: paymentFacts(Batched, batchIn(Cancelled)), c: system(ActDrop, paymentQuiet.check()), end: Ready, also: out},
		{name: "batch exported", facts: paymentFacts(Batched, batchIn(Exported)), c: drop, why: "batch_exported"},

		{name: "by an officer", facts: paymentFacts(Ready), c: hold, end: Held,
			also: func(f *PaymentFacts) error {
				return errors.Join(same("held by", f.HeldBy, anOfficer), same("reason", f.HoldReason, "why"))
			}},
		{name: "out of an approved batch", facts: paymentFacts(Batched, batchIn(Approved)), c: hold, end: Held, raised: []Child{resized}, also: out},
		{name: "for a suspension", facts: paymentFacts(Ready), end: Held,
			c: system(ActHold, fieldNote.text(HeldForSuspension), paymentHeldBy.ref(aGrantsOfficer)),
			also: func(f *PaymentFacts) error {
				return errors.Join(same("held by", f.HeldBy, aGrantsOfficer), same("reason", f.HoldReason, HeldForSuspension))
			}},
		{name: "for another account", facts: paymentFacts(Ready), end: Held,
			c:    system(ActHold, fieldNote.text(HeldForAccountChange), paymentUntil.day(onDay("2026-11-12"))),
			also: func(f *PaymentFacts) error { return same("until", f.HeldUntil, onDay("2026-11-12")) }},
		{name: "not in somebody else's name", facts: paymentFacts(Ready), end: Held,
			c:    asks(casePayment, ActHold, FinanceCertifier, aCertifier, note, paymentHeldBy.ref(anOfficer)),
			also: func(f *PaymentFacts) error { return same("held by", f.HeldBy, aCertifier) }},
		{name: "batch exported", facts: paymentFacts(Batched, batchIn(Exported)), c: hold, why: "batch_exported"},

		{name: "by somebody else", facts: paymentFacts(Held), c: release, end: Ready, also: releasedTo(2)},
		{name: "account verified anew", facts: paymentFacts(Held, reissue, otherVersion), c: release, end: Ready, also: releasedTo(3)},
		{name: "another account", facts: paymentFacts(Held, otherAccount), c: releaseBy(FinanceCertifier, aCertifier), end: Ready, also: releasedTo(2)},
		{name: "with the award", facts: paymentFacts(Held), c: releaseBy(System, 0), end: Ready, also: releasedTo(2)},
		{name: "by who holds it", facts: paymentFacts(Held), c: releaseBy(GrantsOfficer, anOfficer), why: "you_held_this"},
		{name: "reissue by a certifier", facts: paymentFacts(Held, reissue), c: releaseBy(FinanceCertifier, aCertifier), why: "grants_officer_needed"},
		{name: "reissue by the system", facts: paymentFacts(Held, reissue), c: releaseBy(System, 0), why: "grants_officer_needed"},
		{name: "on the last day", facts: paymentFacts(Held, func(f *PaymentFacts) { f.HeldUntil = onDay("2026-11-02") }), c: release, end: Ready, also: releasedTo(2)},
		{name: "a day early", facts: paymentFacts(Held, func(f *PaymentFacts) { f.HeldUntil = onDay("2026-11-03") }), c: release, why: "hold_not_over"},
		{name: "award suspended", facts: paymentFacts(Held, paymentAwardIn(Suspended)), c: release, why: "award_suspended"},
		{name: "no verified account", facts: paymentFacts(Held, reissue, noAccount), c: release, why: "bank_account_unverified"},
		{name: "a hit stands", facts: paymentFacts(Held, listedPayee), c: release, why: "screening_unresolved"},

		{name: "with the batch", facts: paymentFacts(Batched, batchIn(Exported)), c: export, end: Exported,
			posted: []Posting{moved(Payable, InFlight, 400_00)},
			also: func(f *PaymentFacts) error {
				return errors.Join(same("trace", f.Trace, "091000010000001"), same("exported at", f.Payment.ExportedAt, payday))
			}},
		{name: "batch only approved", facts: paymentFacts(Batched, batchIn(Approved)), c: export, why: "batch_not_exported"},
		{name: "no trace", facts: paymentFacts(Batched, batchIn(Exported)), c: system(ActExport), why: "trace_missing"},
		{name: "award suspended", facts: paymentFacts(Batched, batchIn(Exported), paymentAwardIn(Suspended)), c: export, why: "award_not_running"},
		{name: "account doubted", facts: paymentFacts(Batched, batchIn(Exported), noAccount), c: export, why: "bank_account_unverified"},
		{name: "account changed and back", facts: paymentFacts(Batched, batchIn(Exported), otherVersion), c: export, why: "bank_account_changed"},
		{name: "screened against an older list", facts: paymentFacts(Batched, batchIn(Exported), screenedBefore), c: export, why: "screening_stale"},
		{name: "a fund that has closed", facts: paymentFacts(Batched, batchIn(Exported), symbol("089-2020/2021-0222-000")), c: export, why: "fund_closed"},
		{name: "a name that no bank reads", facts: paymentFacts(Batched, batchIn(Exported), illegible), c: export, why: "payee_illegible"},
		{name: "a hit stands", facts: paymentFacts(Batched, batchIn(Exported), listedPayee), c: export, why: "screening_unresolved"},
		{name: "registration over", facts: paymentFacts(Batched, batchIn(Exported), unregistered), c: export, why: "registration_expired"},

		{name: "with the file", facts: paymentFacts(Exported, lastMember, batchIn(Rejected)), c: reject, end: Ready, posted: []Posting{backInFlight},
			also: func(f *PaymentFacts) error {
				return errors.Join(out(f), same("trace", f.Trace, ""), same("exported at", f.Payment.ExportedAt, time.Time{}), same("code", f.ReturnCode, "R17"))
			}},
		{name: "with the file, though recalled", facts: paymentFacts(Recalled, batchIn(Rejected), func(f *PaymentFacts) { f.Note = "to the wrong one" }), c: reject, end: Held,
			posted: []Posting{backInFlight}, also: func(f *PaymentFacts) error {
				return errors.Join(out(f), same("hold reason", f.HoldReason, "to the wrong one"))
			}},
		{name: "without its file", facts: paymentFacts(Exported), c: reject, why: "batch_not_rejected"},
		{name: "without its file", facts: paymentFacts(Recalled), c: reject, why: "batch_not_rejected"},
		{name: "without the bank's word", facts: paymentFacts(Exported), c: system(ActReject), why: "bank_code_missing"},
		{name: "by a certifier", facts: paymentFacts(Exported), c: asks(casePayment, ActRecall, FinanceCertifier, aCertifier, note), end: Recalled,
			also: func(f *PaymentFacts) error {
				return errors.Join(same("note", f.Note, "why"), same("held by", f.HeldBy, aCertifier))
			}},

		{name: "on the statement", facts: paymentFacts(Exported), c: settle, end: Settled,
			posted: []Posting{moved(InFlight, Disbursed, 400_00)}, raised: []Child{claimTold(ActPay)},
			also: func(f *PaymentFacts) error { return same("presumed", f.Presumed, false) }},
		{name: "the last one, claim paid before", facts: paymentFacts(Recalled, lastMember, func(f *PaymentFacts) { f.Claim.State = Paid }), c: settle, end: Settled,
			posted: []Posting{moved(InFlight, Disbursed, 400_00)}, raised: []Child{completed}},
		{name: "presumed", facts: paymentFacts(Exported, longAgo), c: presume, end: Settled,
			posted: []Posting{moved(InFlight, Disbursed, 400_00)}, raised: []Child{claimTold(ActPay)},
			also: func(f *PaymentFacts) error { return same("presumed", f.Presumed, true) }},
		{name: "exported later than it was due", c: presume, why: "settlement_not_due",
			facts: paymentFacts(Exported, longAgo, func(f *PaymentFacts) { f.Payment.ExportedAt = payday.AddDate(0, 0, -6) })},
		{name: "presumed a banking day early", facts: paymentFacts(Exported, longAgo, func(f *PaymentFacts) { f.Batch.Effective++ }), c: presume, why: "settlement_not_due"},

		{name: "before it settled", facts: paymentFacts(Exported), c: returns("R17"), end: Returned, posted: []Posting{backInFlight},
			raised: []Child{raises(NounBankAccount, ActSuspend, caseAccount, 0, fieldNote.text("R17")), replaced},
			also: func(f *PaymentFacts) error {
				return errors.Join(same("code", f.ReturnCode, "R17"), same("reissued by", f.ReissuedBy, spareID))
			}},
		{name: "the last one, refused by the receiver", facts: paymentFacts(Recalled, lastMember), c: returns("R23"), end: Returned, posted: []Posting{backInFlight},
			raised: []Child{replaced, completed}},
		{name: "no such account", facts: paymentFacts(Settled), c: returns("R03", fieldAmount.cents(400_00)), end: Returned, posted: []Posting{backDisbursed},
			raised: []Child{claimTold(ActReopen), suspendsAccount, replaced}},
		{name: "no such account, doubted before", facts: paymentFacts(Settled, noAccount), c: returns("R03"), end: Returned, posted: []Posting{backDisbursed},
			raised: []Child{claimTold(ActReopen), replaced}},
		{name: "no such account, another one by now", facts: paymentFacts(Settled, otherAccount), c: returns("R03"), end: Returned, posted: []Posting{backDisbursed},
			raised: []Child{claimTold(ActReopen), replaced}},
		{name: "after the award closed", facts: paymentFacts(Settled, paymentAwardIn(Closed)), c: returns("R03"), end: Returned,
			posted: []Posting{moved(Disbursed, Available, 400_00)}, raised: []Child{claimTold(ActVoid), suspendsAccount}},
		{name: "after the fund expired too", facts: paymentFacts(Settled, paymentAwardIn(Closed), fundExpired), c: returns("R23"), end: Returned,
			posted: []Posting{moved(Disbursed, Recovered, 400_00)}, raised: []Child{claimTold(ActVoid)}},
		{name: "fund expired, award running", facts: paymentFacts(Settled, fundExpired), c: returns("R23"), end: Returned,
			posted: []Posting{backDisbursed}, raised: []Child{claimTold(ActReopen), replaced}},
		{name: "no code", facts: paymentFacts(Settled), c: system(ActReturn), why: "bank_code_missing"},
		{name: "another amount", facts: paymentFacts(Settled), c: returns("R03", fieldAmount.cents(399_99)), why: "amount_differs"},
		{name: "another amount, award closed", facts: paymentFacts(Settled, paymentAwardIn(Closed)), c: returns("R03", fieldAmount.cents(399_99)), why: "amount_differs"},

		{name: "with leave", facts: paymentFacts(Settled, excepted), c: misdirect, end: Misdirected,
			posted: []Posting{moved(Available, Payable, 400_00)},
			raised: []Child{raises(NounDebt, ActMake, 0, caseAward, debtKind.text(DebtMisdirected), debtOrigin.count(int64(casePayment)), fieldAmount.cents(400_00)),
				raises(NounException, ActUse, caseException, 0), replaced},
			also: func(f *PaymentFacts) error { return same("reissued by", f.ReissuedBy, spareID) }},
		{name: "without leave", facts: paymentFacts(Settled), c: misdirect, why: ReasonException},
		{name: "award closed", facts: paymentFacts(Settled, excepted, paymentAwardIn(Closed)), c: misdirect, why: "award_closed"},
		{name: "the fund has expired", facts: paymentFacts(Settled, excepted, func(f *PaymentFacts) { f.FundExpired = true }), c: misdirect, why: "fund_expired"},
		{name: "the fund is a cent short", facts: paymentFacts(Settled, excepted, func(f *PaymentFacts) { f.Available-- }), c: misdirect, why: ReasonFunds},

		{name: "against a debt", facts: paymentFacts(Ready), c: asks(casePayment, ActOffset, System, 0, paymentDebt.ref(caseDebt)), end: Offset,
			posted: []Posting{moved(Payable, Disbursed, 400_00)}, raised: []Child{claimTold(ActPay)},
			also: func(f *PaymentFacts) error { return same("debt", f.Debt, caseDebt) }},
		{name: "with a reason", facts: paymentFacts(Ready), c: cancel, end: Cancelled,
			posted: []Posting{moved(Payable, Obligated, 400_00)}, raised: []Child{claimTold(ActVoid)},
			also: func(f *PaymentFacts) error { return same("note", f.Note, "why") }},
		{name: "with a reason", facts: paymentFacts(Held), c: cancel, end: Cancelled,
			posted: []Posting{moved(Payable, Obligated, 400_00)}, raised: []Child{claimTold(ActVoid)}},
	})
}

func TestWeekendsAreNoBankingDays(t *testing.T) {
	for _, one := range []struct {
		from string
		days int64
		want string
	}{
		{"2026-11-02", 0, "2026-11-02"},
		{"2026-11-02", 4, "2026-11-06"},
		{"2026-11-02", 5, "2026-11-09"},
		{"2026-11-06", 1, "2026-11-09"},
		{"2026-11-07", 1, "2026-11-09"},
		{"2026-11-08", 5, "2026-11-13"},
	} {
		if got := addWeekdays(onDay(one.from), one.days); got != onDay(one.want) {
			t.Errorf("%s and %d weekdays: got %s, want %s", one.from, one.days, got, one.want)
		}
	}
}

func TestEveryAccountCodeDoubtsTheAccount(t *testing.T) {
	for _, code := range AccountCodes {
		f := paymentFacts(Exported)
		c := asks(casePayment, ActReturn, System, 0, paymentCode.text(code))
		s, err := Payments.Decide(f, &c, payday)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for child := range s.Children() {
			found = found || child.Noun == NounBankAccount && child.Action == ActSuspend && child.ID == caseAccount
		}
		if !found {
			t.Errorf("%s leaves the account verified", code)
		}
	}
}
