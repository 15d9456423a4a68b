package workflow

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"testing"
)

const (
	traceOne = "091000010000001"
	traceTwo = "091000010000002"
)

// aPayer has what every format needs.
var aPayer = Program{BankRouting: "021000021", BankName: "JPMORGAN CHASE", CompanyName: "AI VOUCHERS", CompanyID: "1123456789", OriginAccount: "4000123456789",
	PAMAgency: "AIV", LocationCode: "89000001", PaymentType: "Vendor"}

// batchFacts are those of a batch of two payments, $400.00 and $0.01, whose
// control totals are right.
func batchFacts(s State, changes ...func(*BatchFacts)) *BatchFacts {
	f := BatchFacts{ReadyPayments: []ID{casePayment, casePayment + 1}, Payer: aPayer}
	if s == None {
		return with(f, changes...)
	}
	f.Batch = aBatch(s)
	member := Batched
	if s == Exported || s == Acknowledged {
		member = Exported
	}
	one, two := aPayment(member), aPayment(member)
	two.ID, two.Amount = casePayment+1, 1
	f.Payments, f.Accounts = []Payment{one, two}, []BankAccount{anAccount(Verified), anAccount(Verified)}
	f.Accounts[1].Routing = "061000052"
	f.recount()
	if s == Approved || s == Exported || s == Acknowledged {
		f.CertifiedBy = anotherCertifier
	}
	return with(f, changes...)
}

// rendered is the release of f's files as they are now.
func rendered(f *BatchFacts, changes ...Input) Command {
	c := asks(caseBatch, ActExport, FinanceReleaser, aReleaser, changes...)
	c.Inputs = append(c.Inputs, batchFile.text("f00d"), batchRegister.text("beef"), batchEntryHash.text(f.EntryHash),
		batchMembers.text(f.Members), batchTraces.text(traceOne+","+traceTwo))
	return c
}

func TestEveryRowOfABatch(t *testing.T) {
	create := func(inputs ...Input) Command {
		c := asks(caseBatch, ActCreate, FinancePreparer, aPreparer, append(inputs, batchEffective.day(onDay("2026-11-03")))...)
		c.Parent = caseProgram
		return c
	}
	resize := asks(caseBatch, ActResize, System, 0)
	submit := asks(caseBatch, ActSubmit, FinancePreparer, aPreparer)
	approve := func(person ID, total Cents) Command {
		return asks(caseBatch, ActApprove, FinanceCertifier, person, batchTotal.cents(total))
	}
	returns := asks(caseBatch, ActReturn, FinanceCertifier, aCertifier, fieldNote.text("why"))
	export := rendered(batchFacts(Approved))
	exportBy := func(person ID) Command {
		c := rendered(batchFacts(Approved))
		c.Actor.Person = person
		return c
	}
	without := func(f Field) Command { return rendered(batchFacts(Approved), f.text("")) }
	acknowledge := asks(caseBatch, ActAcknowledge, FinanceReleaser, aReleaser, batchReference.text("FED-1"))
	reject := asks(caseBatch, ActReject, System, 0, paymentCode.text("R17"))
	complete := asks(caseBatch, ActComplete, System, 0)
	cancel := asks(caseBatch, ActCancel, FinancePreparer, aPreparer, fieldNote.text("why"))

	onBoth := func(a Action, inputs ...Input) []Child {
		return []Child{raises(NounPayment, a, casePayment, 0, inputs...), raises(NounPayment, a, casePayment+1, 0, inputs...)}
	}
	batched := func(id ID) Child {
		c := raises(NounPayment, ActBatch, id, 0, paymentBatch.ref(caseBatch), paymentQuiet.check())
		c.By = FinancePreparer
		return c
	}
	noOrigin := func(f *BatchFacts) { f.Payer.OriginAccount = "" }
	noBank := func(f *BatchFacts) { f.Payer.BankRouting = "" }
	today := func(f *BatchFacts) { f.Effective = DateOf(payday) }
	large := func(f *BatchFacts) { f.Payments[1].Amount = MaxSameDay + 1; f.recount() }
	needsSecond := func(f *BatchFacts) { f.SecondOver = 400_00 }
	certified := func(f *BatchFacts) { f.CertifiedBy = anotherCertifier }
	twice := func(f *BatchFacts) { f.CertifiedBy, f.SecondBy = aCertifier, anotherCertifier }
	paysTheActor := func(f *BatchFacts) { f.OwnMembers = 1 }
	memberChanged := func(f *BatchFacts) { f.Payments[1].Version++ }
	voided := func(f *BatchFacts) error {
		return errors.Join(same("first", f.CertifiedBy, ID(0)), same("second", f.SecondBy, ID(0)), same("totals", f.controls(), f.stored()))
	}
	approvedBy := func(first, second ID) func(*BatchFacts) error {
		return func(f *BatchFacts) error {
			return errors.Join(same("first", f.CertifiedBy, first), same("second", f.SecondBy, second))
		}
	}

	tryAll(t, Batches, []trial[BatchFacts]{
		{name: "of all that is ready", facts: batchFacts(None), c: create(), end: Open,
			raised: []Child{batched(casePayment), batched(casePayment + 1), resized},
			also: func(f *BatchFacts) error {
				want := aBatch(Open)
				want.Version, want.Made, want.Changed, want.Format = 1, payday, payday, FormatNACHA
				return same("batch", f.Batch, want)
			}},
		{name: "of named ones", facts: batchFacts(None), c: create(batchPayments.text("601")), end: Open, raised: []Child{batched(casePayment + 1), resized}},
		{name: "of nothing", facts: batchFacts(None, func(f *BatchFacts) { f.ReadyPayments = nil }), c: create(), end: Open, raised: []Child{resized}},
		{name: "by ISO 20022", facts: batchFacts(None), c: create(batchFormat.text(FormatPain001)), end: Open,
			raised: []Child{batched(casePayment), batched(casePayment + 1), resized},
			also:   func(f *BatchFacts) error { return same("format", f.Format, FormatPain001) }},
		{name: "by Treasury without a location", facts: batchFacts(None, func(f *BatchFacts) { f.Payer.LocationCode = "" }), c: create(batchFormat.text(FormatSPR)), why: "payer_incomplete"},
		{name: "by ISO 20022 from no account", facts: batchFacts(None, noOrigin), c: create(batchFormat.text(FormatPain001)), why: "payer_incomplete"},
		{name: "from no account", facts: batchFacts(None, noOrigin), c: create(batchPayments.text("601")), end: Open, raised: []Child{batched(casePayment + 1), resized}},
		{name: "from no bank", facts: batchFacts(None, noBank), c: create(), why: "payer_incomplete"},
		{name: "for yesterday", facts: batchFacts(None), c: create(batchEffective.day(onDay("2026-11-01"))), why: "effective_in_the_past"},
		{name: "for a day far off", facts: batchFacts(None), c: create(batchEffective.day(DateOf(payday).AddDays(91))), why: "effective_too_late"},
		{name: "one named twice", facts: batchFacts(None), c: create(batchPayments.text("600,600")), why: "payments_unreadable"},
		{name: "not numbers", facts: batchFacts(None), c: create(batchPayments.text("600, 601")), why: "payments_unreadable"},

		{name: "a member changed", facts: batchFacts(Open, memberChanged), c: resize, end: Open, also: voided},
		{name: "a member changed", facts: batchFacts(Submitted, certified, memberChanged), c: resize, end: Open, also: voided},
		{name: "the members left", facts: batchFacts(Approved, func(f *BatchFacts) { f.Payments, f.Accounts = nil, nil }), c: resize, end: Open,
			also: func(f *BatchFacts) error {
				return errors.Join(voided(f), same("count", f.Count, int64(0)), same("total", f.Total, Cents(0)))
			}},

		{name: "in order", facts: batchFacts(Open, func(f *BatchFacts) { f.Total, f.Members = 0, "" }), c: submit, end: Submitted,
			also: func(f *BatchFacts) error {
				return errors.Join(same("count", f.Count, int64(2)), same("total", f.Total, Cents(400_01)), same("entry hash", f.EntryHash, "0015200006"),
					same("totals", f.controls(), f.stored()))
			}},
		{name: "by another preparer", facts: batchFacts(Open), c: asks(caseBatch, ActSubmit, FinancePreparer, aCertifier), why: "batch_of_other_preparer"},
		{name: "by somebody it pays", facts: batchFacts(Open, paysTheActor), c: submit, why: "you_are_paid_by_this"},
		{name: "from no bank", facts: batchFacts(Open, noBank), c: submit, why: "payer_incomplete"},
		{name: "a million and a cent tomorrow", facts: batchFacts(Open, large), c: submit, end: Submitted},
		{name: "a million and a cent today", facts: batchFacts(Open, large, today), c: submit, why: "over_same_day_limit"},
		{name: "a million today", facts: batchFacts(Open, today, func(f *BatchFacts) { f.Payments[0].Amount = MaxSameDay }), c: submit, end: Submitted},
		{name: "empty", facts: batchFacts(Open, func(f *BatchFacts) { f.Payments, f.Accounts = nil, nil }), c: submit, why: "batch_empty"},

		{name: "no second needed", facts: batchFacts(Submitted), c: approve(aCertifier, 400_01), end: Approved, also: approvedBy(aCertifier, 0)},
		{name: "total at the threshold", facts: batchFacts(Submitted, func(f *BatchFacts) { f.SecondOver = 400_01 }), c: approve(aCertifier, 400_01), end: Approved, also: approvedBy(aCertifier, 0)},
		{name: "first of two", facts: batchFacts(Submitted, needsSecond), c: approve(aCertifier, 400_01), end: Submitted, also: approvedBy(aCertifier, 0)},
		{name: "second of two", facts: batchFacts(Submitted, needsSecond, certified), c: approve(aCertifier, 400_01), end: Approved, also: approvedBy(anotherCertifier, aCertifier)},
		{name: "both by one", facts: batchFacts(Submitted, needsSecond, certified), c: approve(anotherCertifier, 400_01), why: "you_certified_this"},
		{name: "by the preparer", facts: batchFacts(Submitted), c: approve(aPreparer, 400_01), why: "you_prepared_this"},
		{name: "by somebody it pays", facts: batchFacts(Submitted, paysTheActor), c: approve(aCertifier, 400_01), why: "you_are_paid_by_this"},
		{name: "a cent off", facts: batchFacts(Submitted), c: approve(aCertifier, 400_00), why: "total_differs"},
		{name: "no total", facts: batchFacts(Submitted), c: asks(caseBatch, ActApprove, FinanceCertifier, aCertifier), why: "total_differs"},
		{name: "a member changed", facts: batchFacts(Submitted, memberChanged), c: approve(aCertifier, 400_01), why: "batch_changed"},

		{name: "with a note", facts: batchFacts(Submitted, certified), c: returns, end: Open, also: voided},
		{name: "with a note", facts: batchFacts(Approved), c: returns, end: Open,
			also: func(f *BatchFacts) error { return errors.Join(voided(f), same("note", f.Note, "why")) }},

		{name: "in order", facts: batchFacts(Approved), c: export, end: Exported,
			raised: []Child{raises(NounPayment, ActExport, casePayment, 0, paymentTrace.text(traceOne)),
				raises(NounPayment, ActExport, casePayment+1, 0, paymentTrace.text(traceTwo))},
			also: func(f *BatchFacts) error {
				return errors.Join(same("file", f.File, "f00d"), same("register", f.Register, "beef"), same("format", f.Format, FormatNACHA),
					same("released by", f.ReleasedBy, aReleaser), same("exported at", f.ExportedAt, payday))
			}},
		{name: "with a copy", facts: batchFacts(Approved), c: rendered(batchFacts(Approved), batchCopies.text(FormatPain001), batchOthers.text("pain001:cafe")), end: Exported,
			raised: []Child{raises(NounPayment, ActExport, casePayment, 0, paymentTrace.text(traceOne)),
				raises(NounPayment, ActExport, casePayment+1, 0, paymentTrace.text(traceTwo))},
			also: func(f *BatchFacts) error {
				want := []BatchFile{{Format: FormatNACHA, Sum: "f00d", Bank: true}, {Format: FormatRegister, Sum: "beef"},
					{Format: FormatPain001, Sum: "cafe", Bank: true, Copy: true}}
				return same("files", fmt.Sprint(f.Files()), fmt.Sprint(want))
			}},
		{name: "with a copy that was not made", facts: batchFacts(Approved), c: rendered(batchFacts(Approved), batchCopies.text(FormatPain001)), why: "file_missing"},
		{name: "from no bank", facts: batchFacts(Approved, noBank), c: export, why: "payer_incomplete"},
		{name: "with a copy that needs an account", facts: batchFacts(Approved, noOrigin), c: rendered(batchFacts(Approved), batchCopies.text(FormatPain001)), why: "payer_incomplete"},
		{name: "a million and a cent, on the day itself", facts: batchFacts(Approved, large, today), c: export, why: "over_same_day_limit"},
		{name: "by the preparer", facts: batchFacts(Approved), c: exportBy(aPreparer), why: "you_prepared_this"},
		{name: "by somebody it pays", facts: batchFacts(Approved, paysTheActor), c: exportBy(aReleaser), why: "you_are_paid_by_this"},
		{name: "by the certifier", facts: batchFacts(Approved), c: exportBy(anotherCertifier), why: "you_certified_this"},
		{name: "by the first certifier", facts: batchFacts(Approved, twice), c: exportBy(aCertifier), why: "you_certified_this"},
		{name: "by the second certifier", facts: batchFacts(Approved, twice), c: exportBy(anotherCertifier), why: "you_certified_this"},
		{name: "by who verified an account", facts: batchFacts(Approved, func(f *BatchFacts) { f.Accounts[1].VerifiedBy = aReleaser }), c: export, why: "you_verified_an_account"},
		{name: "by who confirmed an account", facts: batchFacts(Approved, func(f *BatchFacts) { f.Accounts[0].ConfirmedBy = aReleaser }), c: export, why: "you_verified_an_account"},
		{name: "a member changed", facts: batchFacts(Approved, memberChanged), c: export, why: "batch_changed"},
		{name: "the file has other members", facts: batchFacts(Approved), c: without(batchMembers), why: "batch_changed"},
		{name: "the file has another hash", facts: batchFacts(Approved), c: without(batchEntryHash), why: "batch_changed"},
		{name: "no file", facts: batchFacts(Approved), c: without(batchFile), why: "file_missing"},
		{name: "no register", facts: batchFacts(Approved), c: without(batchRegister), why: "file_missing"},
		{name: "a trace short", facts: batchFacts(Approved), c: rendered(batchFacts(Approved), batchTraces.text(traceOne)), why: "file_missing"},

		{name: "by the releaser", facts: batchFacts(Exported), c: acknowledge, end: Acknowledged,
			also: func(f *BatchFacts) error { return same("reference", f.Reference, "FED-1") }},
		{name: "the whole file", facts: batchFacts(Exported), c: reject, end: Rejected, raised: onBoth(ActReject, paymentCode.text("R17"))},
		{name: "the whole file", facts: batchFacts(Acknowledged), c: reject, end: Rejected, raised: onBoth(ActReject, paymentCode.text("R17"))},
		{name: "the whole file, one recalled", facts: batchFacts(Exported, func(f *BatchFacts) { f.Payments[1].State = Recalled }), c: reject, end: Rejected,
			raised: onBoth(ActReject, paymentCode.text("R17"))},
		{name: "without the bank's word", facts: batchFacts(Exported), c: asks(caseBatch, ActReject, System, 0), why: "bank_code_missing"},
		{name: "a member has settled", facts: batchFacts(Exported, func(f *BatchFacts) { f.Payments[1].State = Settled }), c: reject, why: "members_answered"},
		{name: "all answered", facts: batchFacts(Exported), c: complete, end: Completed},
		{name: "all answered", facts: batchFacts(Acknowledged), c: complete, end: Completed},
		{name: "one on its way", facts: batchFacts(Exported, func(f *BatchFacts) { f.MembersUnsettled = 1 }), c: complete, why: "members_unsettled"},

		{name: "by the preparer", facts: batchFacts(Open), c: cancel, end: Cancelled, raised: onBoth(ActDrop, paymentQuiet.check()),
			also: func(f *BatchFacts) error { return same("note", f.Note, "why") }},
		{name: "by the preparer", facts: batchFacts(Submitted, certified), c: cancel, end: Cancelled, raised: onBoth(ActDrop, paymentQuiet.check()), also: approvedBy(0, 0)},
		{name: "by a certifier", facts: batchFacts(Approved), c: asks(caseBatch, ActCancel, FinanceCertifier, aCertifier), end: Cancelled, raised: onBoth(ActDrop, paymentQuiet.check()), also: approvedBy(0, 0)},
	})
}

func TestTheRefusedTotalSaysNothingAboutTheRightOne(t *testing.T) {
	c := asks(caseBatch, ActApprove, FinanceCertifier, aCertifier, batchTotal.cents(1))
	_, err := Batches.Decide(batchFacts(Submitted), &c, payday)
	var no *Refusal
	if !errors.As(err, &no) || no.Reason != "total_differs" {
		t.Fatalf("got %v, want total_differs", err)
	}
	if no.Words != nil || no.Field != "total" {
		t.Errorf("got words %v and field %q, want no words and the field total", no.Words, no.Field)
	}
}

func TestMembersTellEveryChangeOfAPayment(t *testing.T) {
	was := batchFacts(Open).controls()
	for name, change := range map[string]func(*BatchFacts){
		"payment":         func(f *BatchFacts) { f.Payments[1].ID++ },
		"version":         func(f *BatchFacts) { f.Payments[1].Version++ },
		"amount":          func(f *BatchFacts) { f.Payments[1].Amount++ },
		"account":         func(f *BatchFacts) { f.Payments[1].BankAccount++ },
		"account version": func(f *BatchFacts) { f.Payments[1].BankVersion++ },
		"order":           func(f *BatchFacts) { slices.Reverse(f.Payments) },
		"number":          func(f *BatchFacts) { f.Payments, f.Accounts = f.Payments[:1], f.Accounts[:1] },
	} {
		if got := batchFacts(Open, change).controls(); got.Members == was.Members {
			t.Errorf("another %s has the same members", name)
		}
	}
}

func TestControlTotalsByHand(t *testing.T) {
	account := func(routing string) BankAccount { return BankAccount{Routing: routing} }
	none := sha256.Sum256(nil)
	for _, one := range []struct {
		name     string
		payments []Payment
		accounts []BankAccount
		count    int64
		total    Cents
		hash     string
	}{
		{"empty", nil, nil, 0, 0, "0000000000"},
		{"one", []Payment{{Amount: 5}}, []BankAccount{account("091000019")}, 1, 5, "0009100001"},
		{"the sum keeps ten digits", make([]Payment, 101), slices.Repeat([]BankAccount{account("999999992")}, 101), 101, 0, "0099999899"},
		{"no routing number counts nothing", []Payment{{Amount: 1}, {Amount: 2}}, []BankAccount{account("12"), account("abcdefghi")}, 2, 3, "0000000000"},
	} {
		got := ControlsOf(one.payments, one.accounts)
		if got.Count != one.count || got.Total != one.total || got.EntryHash != one.hash {
			t.Errorf("%s: got %d, %s, %s; want %d, %s, %s", one.name, got.Count, got.Total, got.EntryHash, one.count, one.total, one.hash)
		}
		if one.count == 0 && got.Members != hex.EncodeToString(none[:]) {
			t.Errorf("%s: got members %s, want the sum of nothing", one.name, got.Members)
		}
	}
}
