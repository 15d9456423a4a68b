package workflow

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"
)

// The people of the money lifecycles' tests, one per duty.
const (
	anAOR ID = 900 + iota
	anOfficer
	anOfficial
	aGrantsOfficer
	anotherGrantsOfficer
	aPreparer
	aCertifier
	anotherCertifier
	aReleaser
)

// The records of the money lifecycles' tests.
const (
	caseProgram      ID = 40
	caseFund         ID = 50
	caseOpportunity  ID = 60
	caseOrganization ID = 100
	caseGroup        ID = 101
	caseApplication  ID = 200
	caseAward        ID = 300
	caseTranche      ID = 310
	caseAccount      ID = 400
	caseClaim        ID = 500
	casePayment      ID = 600
	caseBatch        ID = 700
	caseException    ID = 800
	spareID          ID = 999
)

// payday is when every command of these tests arrives: a Monday.
var payday = time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC)

// A trial puts one command before a machine and says what must come of it.
type trial[F any] struct {
	name   string
	facts  *F
	c      Command
	end    State  // where it leads, when it is not refused
	why    Reason // why it is refused; "" when it is not
	posted []Posting
	raised []Child
	group  GroupDelta
	also   func(*F) error // what else must be true of the record
}

// tryAll runs trials, and then asks whether they took every row of m from every
// start state and gave every reason of every row.
func tryAll[F any](t *testing.T, m *Machine[F], trials []trial[F]) {
	t.Helper()
	taken, given := map[string]bool{}, map[string]bool{}
	for _, one := range trials {
		start := m.record(one.facts).State
		t.Run(fmt.Sprintf("%s from %s: %s", one.c.Action, start, one.name), func(t *testing.T) { one.run(t, m) })
		if one.why == "" {
			taken[fmt.Sprint(one.c.Action, start, one.end)] = true
		} else {
			given[fmt.Sprint(one.c.Action, one.why)] = true
		}
	}
	for _, r := range m.Rows() {
		for _, start := range r.Start {
			if !taken[fmt.Sprint(r.Action, start, r.End)] {
				t.Errorf("no trial takes the row %s: %s → %s", r.Action, start, r.End)
			}
		}
		for _, why := range r.Reasons {
			if !given[fmt.Sprint(r.Action, why)] {
				t.Errorf("no trial has %s refused because of %s", r.Action, why)
			}
		}
	}
}

func (one trial[F]) run(t *testing.T, m *Machine[F]) {
	if one.why != "" {
		one.refused(t, m, *one.facts, one.c, one.why)
		return
	}
	row := one.row(m)
	if row == nil {
		t.Fatalf("no such row")
	}
	f := *one.facts
	was := *m.record(&f)
	step, err := m.Decide(&f, &one.c, payday)
	if err != nil {
		t.Fatalf("got refusal %v, want %s", err, one.end)
	}
	rec := m.record(&f)
	if rec.State != one.end || step.End != one.end || step.Start != was.State || rec.Version != was.Version+1 {
		t.Errorf("got %s → %s, record %s at version %d; want %s", step.Start, step.End, rec.State, rec.Version, one.end)
	}
	if got := step.Postings(); !slices.Equal(got, one.posted) {
		t.Errorf("posted:\n got %v\nwant %v", got, one.posted)
	}
	if got := slices.Collect(step.Children()); !reflect.DeepEqual(got, one.raised) {
		t.Errorf("raised:\n got %v\nwant %v", got, one.raised)
	}
	if got := step.Group(); got != one.group {
		t.Errorf("group: got %v, want %v", got, one.group)
	}
	if one.also != nil {
		if err := one.also(&f); err != nil {
			t.Error(err)
		}
	}
	one.othersMayNot(t, m, row)
}

// othersMayNot asks the same of everybody else, and under a hold.
func (one trial[F]) othersMayNot(t *testing.T, m *Machine[F], row *Row) {
	t.Helper()
	others := one.c
	others.Roles = ^row.By
	one.refused(t, m, *one.facts, others, ReasonRole)

	held := *one.facts
	m.standing(&held).Holds = 1
	if !row.Always {
		one.refused(t, m, held, one.c, ReasonHeld)
	} else if _, err := m.Decide(&held, &one.c, payday); err != nil {
		t.Errorf("under a hold: got %v, want %s", err, one.end)
	}
}

func (one trial[F]) row(m *Machine[F]) *Row {
	for i, r := range m.Rows() {
		if r.Action == one.c.Action && r.End == one.end && contains(r.Start, m.record(one.facts).State) {
			return &m.Rows()[i]
		}
	}
	return nil
}

// refused checks the reason, whose matter it is, and that nothing was changed.
func (one trial[F]) refused(t *testing.T, m *Machine[F], f F, c Command, why Reason) {
	t.Helper()
	was := f
	_, err := m.Decide(&f, &c, payday)
	var no *Refusal
	if !errors.As(err, &no) {
		t.Fatalf("got %v, want the refusal %s", err, why)
	}
	if no.Reason != why || no.Kind != one.kind(m, why) {
		t.Errorf("got %s of kind %d, want %s of kind %d", no.Reason, no.Kind, why, one.kind(m, why))
	}
	if !reflect.DeepEqual(f, was) {
		t.Errorf("the refusal changed the facts:\n got %+v\nwant %+v", f, was)
	}
}

// duties are the reasons that speak of the person and not of the case.
var duties = []Reason{
	ReasonRole, "you_made_this_award", "you_suspended_this", "you_verified_this", "batch_of_other_preparer",
	"you_verified_this_account", "you_held_this", "grants_officer_needed", "you_prepared_this", "you_certified_this", "you_are_paid_by_this",
	"you_verified_an_account", "you_entered_this", "not_your_duty", "you_requested_this", "you_approved_this", "novation_not_asked", "you_raised_this", "you_demanded_this",
}

func (one trial[F]) kind(m *Machine[F], why Reason) RefusalKind {
	switch {
	case why == ReasonNoRow:
		return NotNow
	case slices.Contains(duties, why):
		return NotYours
	}
	return NotMet
}

// asks is a command for the record id that arrives at payday.
func asks(id ID, action Action, role Role, person ID, inputs ...Input) Command {
	return Command{Action: action, ID: id, Spare: spareID, Actor: Actor{Person: person}, Roles: RolesOf(role),
		Received: payday, Inputs: inputs}
}

// with is facts after the changes.
func with[F any](facts F, changes ...func(*F)) *F {
	for _, change := range changes {
		change(&facts)
	}
	return &facts
}

func moved(debit, credit Account, cents Cents) Posting {
	return Posting{Fund: caseFund, Application: caseApplication, Debit: debit, Credit: credit, Cents: cents}
}

func raises(noun Noun, action Action, id, parent ID, inputs ...Input) Child {
	return Child{Noun: noun, Action: action, ID: id, Parent: parent, By: System, Inputs: inputs}
}

// same is an error unless got is want.
func same(what string, got, want any) error {
	if !reflect.DeepEqual(got, want) {
		return fmt.Errorf("%s: got %v, want %v", what, got, want)
	}
	return nil
}

func inState(s State) Record { return Record{State: s, Version: 3} }

// anAward is an award of $1,000.01 in three tranches, accepted with an account at
// version 2.
func anAward(s State) Award {
	a := Award{
		Record: inState(s), Number: "AIV26-000300", Application: caseApplication, Program: caseProgram,
		Opportunity: caseOpportunity, Organization: caseOrganization, Group: caseGroup, Fund: caseFund,
		Face: 1_000_01, Cap: AwardCap, Revision: 1, Terms: standardTerms, OfferedBy: anOfficial, OfferEnds: payday.Add(time.Hour),
		PeriodStart: onDay("2026-11-02"), PeriodEnd: onDay("2027-11-02"), BankAccount: caseAccount, BankVersion: 2,
	}
	a.ID = caseAward
	return a
}

func anAccount(s State) BankAccount {
	b := BankAccount{Record: inState(s), Organization: caseOrganization, Routing: "091000019",
		Sealed: "c2VhbGVk", Last4: "6789", EnteredBy: anAOR}
	b.ID, b.Version = caseAccount, 2
	if s == Verified {
		b.VerifiedBy = aCertifier
	}
	return b
}

func awardFacts(s State, changes ...func(*AwardFacts)) *AwardFacts {
	f := AwardFacts{
		Award:        anAward(s),
		Application:  Application{Program: caseProgram, Fund: caseFund, Award: caseAward, Awarded: 1_000_01, Months: 12, DeterminedBy: anOfficial},
		Opportunity:  Opportunity{Prefix: "AIV", AwardCap: AwardCap, OfferDays: 30},
		Organization: Organization{Group: caseGroup},
		BankAccount:  anAccount(Verified),
		Verdict:      Verdict{Outcome: Pass},
	}
	f.Application.ID, f.Application.State = caseApplication, Awarded
	f.Opportunity.ID, f.Organization.ID = caseOpportunity, caseOrganization
	for i, cents := range []Cents{400_00, 400_00, 200_01} {
		one := Tranche{Award: caseAward, Kind: TrancheCash, Number: int64(i + 1), Amount: cents, Due: onDay("2026-11-02").AddDays(i * 100)}
		one.ID = caseTranche + ID(i)
		f.Tranches = append(f.Tranches, one)
	}
	f.Signature = signed(&f)
	return with(f, changes...)
}

// newAward are the facts of an award that is to be offered.
func newAward(changes ...func(*AwardFacts)) *AwardFacts {
	f := awardFacts(None)
	f.Award, f.Tranches = Award{}, nil
	return with(*f, changes...)
}

// signed is the signature over f's agreement as Store gives it.
func signed(f *AwardFacts) string {
	var s Step
	return s.Store(f.agreement())
}

// owes is what has an award owe its last report of a kind.
func owes(kind, end string) Child {
	r := Report{Kind: kind, PeriodStart: onDay("2026-11-02"), PeriodEnd: onDay(end), Due: onDay(end).AddDays(120), Final: true}
	return raises(NounReport, ActMake, 0, caseAward, r.inputs()...)
}

func fresh(c Command) Command {
	c.Fresh = true
	return c
}

func offerEnded(f *AwardFacts) { f.OfferEnds = payday }

func TestEveryRowOfAnAward(t *testing.T) {
	unseen := func(f *AwardFacts) { f.Application.EvidenceChanged = true }
	justNow := func(f *AwardFacts) {
		f.Verdict, f.Application.Verdict = verdictOf(Pass, 2), verdictOf(Pass, 1).JSON()
	}
	note := fieldNote.text("why")
	accept := fresh(asks(caseAward, ActAccept, AOR, anAOR))
	offer := asks(caseAward, ActOffer, System, 0)
	lapse := asks(caseAward, ActLapse, System, 0)
	rescind := asks(caseAward, ActRescind, SelectingOfficial, anOfficial, note)
	countersign := asks(caseAward, ActCountersign, GrantsOfficer, aGrantsOfficer)
	suspend := asks(caseAward, ActSuspend, GrantsOfficer, aGrantsOfficer, note)
	resume := asks(caseAward, ActResume, GrantsOfficer, anotherGrantsOfficer)
	finish := asks(caseAward, ActFinish, System, 0)
	terminate := asks(caseAward, ActTerminate, GrantsOfficer, aGrantsOfficer, note)
	closes := asks(caseAward, ActClose, GrantsOfficer, aGrantsOfficer)
	alone := asks(caseAward, ActCloseUnilaterally, GrantsOfficer, aGrantsOfficer, note)
	overdue := func(f *AwardFacts) { f.ClosingSince, f.PeriodEnd = payday, DateOf(payday).AddDays(-closeoutDays-1) }
	nothingUnpaid := func(f *AwardFacts) { f.TranchesUnpaid = 0 }
	oneUnpaid := func(f *AwardFacts) { f.TranchesUnpaid = 1 }
	suspended := func(f *AwardFacts) { f.SuspendedBy = aGrantsOfficer }
	weigh := asks(caseAward, ActUpdate, System, 0)
	goesOn := asks(caseAward, ActAcknowledge, GrantsOfficer, aGrantsOfficer, note)
	over := func(f *AwardFacts) { f.GroupAwarded, f.GroupCap = AwardCap+1, AwardCap }
	flagged := func(f *AwardFacts) { f.OverCap = AwardCap + 1 }
	seen := func(f *AwardFacts) { f.CapSeen = AwardCap + 1 }
	amend := asks(caseAward, ActAmend, System, 0, awardAmendment.ref(anAmendment))
	amended := func(f *AwardFacts) {
		f.Amendment = Amendment{Record: inState(Signed), Award: caseAward, Revision: 2, Base: f.Signature, Face: f.Face, PeriodEnd: onDay("2028-02-01")}
	}
	marked := func(over, seen Cents) func(*AwardFacts) error {
		return func(f *AwardFacts) error {
			return errors.Join(same("over the cap", f.OverCap, over), same("seen", f.CapSeen, seen))
		}
	}
	looked := marked(0, AwardCap+1)

	released := []Posting{moved(Committed, Available, 1_000_01)}
	uncounted := GroupDelta{Opportunity: caseOpportunity, Organization: caseOrganization, Cents: -1_000_01, Cap: AwardCap}
	cancelled := []Child{
		raises(NounTranche, ActCancel, caseTranche, 0), raises(NounTranche, ActCancel, caseTranche+1, 0),
		raises(NounTranche, ActCancel, caseTranche+2, 0),
	}
	ended := append(slices.Clone(cancelled), raises(NounApplication, ActLapseAward, caseApplication, 0))
	start := func(f *AwardFacts) error { return same("closing since", f.ClosingSince, payday) }

	owed := func(id ID, start, end string) Report {
		r := Report{Record: inState(Due), Kind: ReportPerformance, PeriodStart: onDay(start), PeriodEnd: onDay(end)}
		r.ID = id
		return r
	}
	reporting := func(f *AwardFacts) {
		f.ReportsDue = []Report{owed(701, "2026-05-02", "2026-11-02"), owed(702, "2026-11-02", "2027-05-02"), owed(703, "2027-05-02", "2027-11-02")}
	}
	shortened := []Child{raises(NounReport, ActAmend, 702, 0, reportEnd.day(onDay("2026-11-03")), fieldDue.day(onDay("2027-03-03"))),
		raises(NounReport, ActCancel, 703, 0)}

	tryAll(t, Awards, []trial[AwardFacts]{
		{name: "while reports are owed", facts: awardFacts(Active, reporting), c: terminate, end: Closing, raised: shortened, also: start},
		{name: "while reports are owed", facts: awardFacts(Active, nothingUnpaid, reporting), c: finish, end: Closing, raised: shortened, also: start},
		{name: "by the award of the application", facts: newAward(), c: offer, end: Offered,
			raised: []Child{
				raises(NounTranche, ActMake, 0, caseAward, (&Tranche{Number: 1, Kind: TrancheCash, Title: "Start",
					Deliverable: "Work plan", Amount: 400_00, Due: onDay("2026-11-02")}).inputs()...),
				raises(NounTranche, ActMake, 0, caseAward, (&Tranche{Number: 2, Kind: TrancheCash, Title: "Midpoint",
					Deliverable: "Prototype and progress report", Amount: 400_00, Due: onDay("2027-05-03")}).inputs()...),
				raises(NounTranche, ActMake, 0, caseAward, (&Tranche{Number: 3, Kind: TrancheCash, Title: "Completion",
					Deliverable: "Final report", Amount: 200_01, Due: onDay("2027-11-01")}).inputs()...),
			},
			also: func(f *AwardFacts) error {
				want := anAward(Offered)
				want.Version, want.Made, want.Changed = 1, payday, payday
				want.OfferEnds, want.BankAccount, want.BankVersion = payday.AddDate(0, 0, 30), 0, 0
				return same("award", f.Award, want)
			}},
		{name: "too small to divide", facts: newAward(func(f *AwardFacts) { f.Application.Awarded = 2 }), c: offer, end: Offered,
			raised: []Child{raises(NounTranche, ActMake, 0, caseAward, (&Tranche{Number: 1, Kind: TrancheCash, Title: "Completion",
				Deliverable: "Final report", Amount: 2, Due: onDay("2027-11-01")}).inputs()...)}},
		{name: "application in review", facts: newAward(func(f *AwardFacts) { f.Application.State = InReview }), c: offer, why: "application_not_awarded"},
		{name: "another award", facts: newAward(func(f *AwardFacts) { f.Application.Award = caseAward + 1 }), c: offer, why: "application_not_awarded"},
		{name: "nothing awarded", facts: newAward(func(f *AwardFacts) { f.Application.Awarded = 0 }), c: offer, why: "application_not_awarded"},

		{name: "in order", facts: awardFacts(Offered, func(f *AwardFacts) { f.Award.BankAccount, f.BankVersion, f.Signature = 0, 0, "" }), c: accept, end: Accepted,
			also: func(f *AwardFacts) error {
				return errors.Join(same("accepted by", f.AcceptedBy, anAOR), same("account", f.Award.BankAccount, caseAccount),
					same("account version", f.BankVersion, int64(2)), same("signature", f.Signature, signed(f)))
			}},
		{name: "signed in long ago", facts: awardFacts(Offered), c: asks(caseAward, ActAccept, AOR, anAOR), why: "sign_in_again"},
		{name: "when the offer ends", facts: awardFacts(Offered, offerEnded), c: accept, why: "offer_over"},
		{name: "revenue to be looked at", facts: awardFacts(Offered, func(f *AwardFacts) { f.Verdict.Outcome = Refer }), c: accept, why: "verdict_not_pass"},
		{name: "no verdict", facts: awardFacts(Offered, func(f *AwardFacts) { f.Verdict = Verdict{} }), c: accept, why: "verdict_not_pass"},
		{name: "evidence that nobody has looked at", facts: awardFacts(Offered, unseen), c: accept, why: "evidence_changed"},
		{name: "evidence that changed just now", facts: awardFacts(Offered, justNow), c: accept, why: "evidence_changed"},
		{name: "a clearance expired", facts: awardFacts(Offered, func(f *AwardFacts) { f.Clearances = 1 }), c: accept, why: "clearances_missing"},
		{name: "screened against an older list", facts: awardFacts(Offered, func(f *AwardFacts) { f.Payee = screenedBeforeLists }), c: accept, why: "screening_stale"},
		{name: "a hit stands", facts: awardFacts(Offered, func(f *AwardFacts) { f.Payee = listed }), c: accept, why: "screening_unresolved"},
		{name: "registration over", facts: awardFacts(Offered, func(f *AwardFacts) { f.Payee = notRegistered }), c: accept, why: "registration_expired"},
		{name: "over the cap with its group", facts: awardFacts(Offered, over), c: accept, why: "cap_being_checked"},
		{name: "no account", facts: awardFacts(Offered, func(f *AwardFacts) { f.BankAccount = BankAccount{} }), c: accept, why: "bank_account_missing"},
		{name: "account not verified", facts: awardFacts(Offered, func(f *AwardFacts) { f.BankAccount.State = Entered }), c: accept, why: "bank_account_missing"},
		{name: "a cent is in no tranche", facts: awardFacts(Offered, func(f *AwardFacts) { f.Face++ }), c: accept, why: "tranches_differ"},

		{name: "in time", facts: awardFacts(Offered), c: asks(caseAward, ActRequestChange, AOR, anAOR, awardChange.text("later")), end: ChangeRequested,
			also: func(f *AwardFacts) error { return same("change", f.ChangeAsked, "later") }},
		{name: "late", facts: awardFacts(Offered, offerEnded), c: asks(caseAward, ActRequestChange, AOR, anAOR), why: "offer_over"},
		{name: "new terms", facts: awardFacts(ChangeRequested), c: asks(caseAward, ActRevise, GrantsOfficer, aGrantsOfficer, awardTerms.text("new")), end: Offered,
			also: func(f *AwardFacts) error {
				return errors.Join(same("terms", f.Terms, "new"), same("revision", f.Revision, int64(2)),
					same("offer ends", f.OfferEnds, payday.AddDate(0, 0, 30)))
			}},

		{name: "by the recipient", facts: awardFacts(Offered), c: asks(caseAward, ActRefuse, AOR, anAOR), end: Refused,
			posted: released, group: uncounted, raised: ended},
		{name: "offer over", facts: awardFacts(Offered, offerEnded), c: lapse, end: Lapsed, posted: released, group: uncounted, raised: ended},
		{name: "offer over", facts: awardFacts(ChangeRequested, offerEnded), c: lapse, end: Lapsed, posted: released, group: uncounted, raised: ended},
		{name: "offer over", facts: awardFacts(Accepted, offerEnded), c: lapse, end: Lapsed, posted: released, group: uncounted, raised: ended},
		{name: "an hour early", facts: awardFacts(Offered), c: lapse, why: "offer_not_over"},
		{name: "by the official", facts: awardFacts(Offered), c: rescind, end: Rescinded, posted: released, group: uncounted, raised: ended},
		{name: "by the official", facts: awardFacts(ChangeRequested), c: rescind, end: Rescinded, posted: released, group: uncounted, raised: ended},
		{name: "by the official", facts: awardFacts(Accepted), c: rescind, end: Rescinded, posted: released, group: uncounted, raised: ended},
		{name: "application rectified", c: rescind, end: Rescinded, posted: released, group: uncounted, raised: cancelled,
			facts: awardFacts(Offered, func(f *AwardFacts) { f.Application.State, f.Application.Award = InReview, 0 })},
		{name: "application awarded again", c: rescind, end: Rescinded, posted: released, group: uncounted, raised: cancelled,
			facts: awardFacts(Offered, func(f *AwardFacts) { f.Application.Award = caseAward + 1 })},

		{name: "in order", facts: awardFacts(Accepted), c: countersign, end: Active, posted: []Posting{moved(Committed, Obligated, 1_000_01)},
			raised: []Child{owes(ReportPerformance, "2027-11-02"), owes(ReportFinancial, "2027-11-02")},
			also:   func(f *AwardFacts) error { return same("countersigned by", f.CountersignedBy, aGrantsOfficer) }},
		{name: "by the selecting official", facts: awardFacts(Accepted), c: asks(caseAward, ActCountersign, GrantsOfficer, anOfficial), why: "you_made_this_award"},
		{name: "out of an expired fund", facts: awardFacts(Accepted, func(f *AwardFacts) { f.FundExpired = true }), c: countersign, why: "fund_expired"},
		{name: "revenue over the cap", facts: awardFacts(Accepted, func(f *AwardFacts) { f.Verdict.Outcome = Fail }), c: countersign, why: "verdict_not_pass"},
		{name: "evidence that nobody has looked at", facts: awardFacts(Accepted, unseen), c: countersign, why: "evidence_changed"},
		{name: "evidence that changed just now", facts: awardFacts(Accepted, justNow), c: countersign, why: "evidence_changed"},
		{name: "a clearance expired", facts: awardFacts(Accepted, func(f *AwardFacts) { f.Clearances = 1 }), c: countersign, why: "clearances_missing"},
		{name: "screened against an older list", facts: awardFacts(Accepted, func(f *AwardFacts) { f.Payee = screenedBeforeLists }), c: countersign, why: "screening_stale"},
		{name: "a hit stands", facts: awardFacts(Accepted, func(f *AwardFacts) { f.Payee = listed }), c: countersign, why: "screening_unresolved"},
		{name: "registration over", facts: awardFacts(Accepted, func(f *AwardFacts) { f.Payee = notRegistered }), c: countersign, why: "registration_expired"},
		{name: "over the cap with its group", facts: awardFacts(Accepted, over, seen), c: countersign, why: "group_over_cap"},
		{name: "a tranche is gone", facts: awardFacts(Accepted, func(f *AwardFacts) { f.Tranches = f.Tranches[:2] }), c: countersign, why: "tranches_differ"},
		{name: "other terms", facts: awardFacts(Accepted, func(f *AwardFacts) { f.Terms += "!" }), c: countersign, why: "signature_differs"},
		{name: "other account version", facts: awardFacts(Accepted, func(f *AwardFacts) { f.BankVersion++ }), c: countersign, why: "signature_differs"},

		{name: "over the cap with its group", facts: awardFacts(Offered, over), c: weigh, end: Offered, also: marked(AwardCap+1, 0)},
		{name: "over the cap with its group", facts: awardFacts(ChangeRequested, over), c: weigh, end: ChangeRequested, also: marked(AwardCap+1, 0)},
		{name: "over the cap with its group", facts: awardFacts(Accepted, over), c: weigh, end: Accepted, also: marked(AwardCap+1, 0)},
		{name: "over the cap with its group", facts: awardFacts(Active, over), c: weigh, end: Active, also: marked(AwardCap+1, 0)},
		{name: "over the cap with its group", facts: awardFacts(Suspended, over), c: weigh, end: Suspended, also: marked(AwardCap+1, 0)},
		{name: "further over it", facts: awardFacts(Active, over, flagged, func(f *AwardFacts) { f.GroupAwarded++ }), c: weigh, end: Active, also: marked(AwardCap+2, 0)},
		{name: "further over it than was let go on", facts: awardFacts(Active, over, seen, func(f *AwardFacts) { f.GroupAwarded++ }), c: weigh, end: Active, also: marked(AwardCap+2, AwardCap+1)},
		{name: "no further over it than was let go on", facts: awardFacts(Active, over, seen, flagged), c: weigh, end: Active, also: marked(0, AwardCap+1)},
		{name: "within it again", facts: awardFacts(Active, flagged), c: weigh, end: Active, also: marked(0, 0)},
		{name: "within it again, and let go on before", facts: awardFacts(Active, seen), c: weigh, end: Active, also: marked(0, 0)},
		{name: "as it was flagged", facts: awardFacts(Active, over, flagged), c: weigh, why: "cap_unchanged"},
		{name: "as it was let go on", facts: awardFacts(Active, over, seen), c: weigh, why: "cap_unchanged"},
		{name: "within the cap", facts: awardFacts(Active), c: weigh, why: "cap_unchanged"},
		{name: "over the cap", facts: awardFacts(Offered, flagged), c: goesOn, end: Offered, also: looked},
		{name: "over the cap", facts: awardFacts(ChangeRequested, flagged), c: goesOn, end: ChangeRequested, also: looked},
		{name: "over the cap", facts: awardFacts(Accepted, flagged), c: goesOn, end: Accepted, also: looked},
		{name: "over the cap", facts: awardFacts(Active, flagged), c: goesOn, end: Active, also: looked},
		{name: "over the cap", facts: awardFacts(Suspended, flagged), c: goesOn, end: Suspended, also: looked},
		{name: "as it was signed", facts: awardFacts(Active, amended), c: amend, end: Active,
			also: func(f *AwardFacts) error {
				return errors.Join(same("revision", f.Revision, int64(2)), same("period", f.PeriodEnd, onDay("2028-02-01")))
			}},
		{name: "for longer, and to somebody else", facts: awardFacts(Active, amended, func(f *AwardFacts) {
			f.Amendment.Successor = aSuccessor
			f.ReportsDue = []Report{{Record: Record{ID: 701, State: Due}, Final: true}, {Record: Record{ID: 702, State: Submitted}}}
		}), c: amend, end: Active, raised: []Child{
			raises(NounReport, ActAmend, 701, 0, reportEnd.day(onDay("2028-02-01")), fieldDue.day(onDay("2028-05-31"))),
			raises(NounReport, ActUpdate, 701, 0), raises(NounReport, ActUpdate, 702, 0)}},
		{name: "that is not signed", facts: awardFacts(Active, amended, func(f *AwardFacts) { f.Amendment.State = Approved }), c: amend, why: "amendment_not_signed"},
		{name: "of another award", facts: awardFacts(Active, amended, func(f *AwardFacts) { f.Amendment.Award++ }), c: amend, why: "amendment_not_signed"},
		{name: "of what is not in force any more", facts: awardFacts(Active, amended, func(f *AwardFacts) { f.Amendment.Base = "" }), c: amend, why: "amendment_not_signed"},
		{name: "not flagged", facts: awardFacts(Active), c: goesOn, why: "award_not_flagged"},
		{name: "over the cap", facts: awardFacts(Active, flagged), c: suspend, end: Suspended, also: looked},
		{name: "over the cap", facts: awardFacts(Active, flagged), c: terminate, end: Closing, also: looked},

		{name: "with payments under way", c: suspend, end: Suspended,
			facts: awardFacts(Active, func(f *AwardFacts) { f.UnexportedPayments = []ID{casePayment} }),
			raised: []Child{raises(NounPayment, ActHold, casePayment, 0, fieldNote.text("award_suspended"),
				paymentHeldBy.ref(aGrantsOfficer))},
			also: func(f *AwardFacts) error { return same("suspended by", f.SuspendedBy, aGrantsOfficer) }},
		{name: "by somebody else", c: resume, end: Active,
			facts:  awardFacts(Suspended, suspended, func(f *AwardFacts) { f.SuspendedPayments = []ID{casePayment} }),
			raised: []Child{raises(NounPayment, ActRelease, casePayment, 0)},
			also:   func(f *AwardFacts) error { return same("suspended by", f.SuspendedBy, ID(0)) }},
		{name: "by who suspended", facts: awardFacts(Suspended, suspended), c: asks(caseAward, ActResume, GrantsOfficer, aGrantsOfficer), why: "you_suspended_this"},

		{name: "all paid", facts: awardFacts(Active, nothingUnpaid), c: finish, end: Closing, also: start},
		{name: "all paid", facts: awardFacts(Suspended, nothingUnpaid), c: finish, end: Closing, also: start},
		{name: "period over", facts: awardFacts(Active, oneUnpaid, func(f *AwardFacts) { f.PeriodEnd = onDay("2026-11-02") }), c: finish, end: Closing, also: start},
		{name: "last day of the period", facts: awardFacts(Active, oneUnpaid, func(f *AwardFacts) { f.PeriodEnd = onDay("2026-11-03") }), c: finish, why: "award_not_over"},
		{name: "with a reason", facts: awardFacts(Active, oneUnpaid), c: terminate, end: Closing, also: start},
		{name: "with a reason", facts: awardFacts(Suspended, oneUnpaid), c: terminate, end: Closing, also: start},

		{name: "in a living fund", facts: awardFacts(Closing, func(f *AwardFacts) { f.Balances[Obligated] = 3_00 }), c: closes, end: Closed,
			posted: []Posting{moved(Obligated, Available, 3_00)}},
		{name: "in an expired fund", c: closes, end: Closed, posted: []Posting{moved(Obligated, Recovered, 3_00)},
			facts: awardFacts(Closing, func(f *AwardFacts) { f.Balances[Obligated], f.FundExpired = 3_00, true })},
		{name: "all spent", facts: awardFacts(Closing), c: closes, end: Closed},
		{name: "a report missing", facts: awardFacts(Closing, func(f *AwardFacts) { f.ReportsOpen = 1 }), c: closes, why: "reports_open"},
		{name: "a claim open", facts: awardFacts(Closing, func(f *AwardFacts) { f.ClaimsOpen = 1 }), c: closes, why: "claims_open"},
		{name: "a payment open", facts: awardFacts(Closing, func(f *AwardFacts) { f.PaymentsOpen = 1 }), c: closes, why: "payments_open"},
		{name: "after the closeout's last day", c: alone, end: Closed, raised: []Child{raises(NounClaim, ActCancel, caseClaim, 0), raises(NounReport, ActLapse, caseReport, 0)},
			posted: []Posting{moved(Obligated, Available, 200_01)}, facts: awardFacts(Closing, overdue, func(f *AwardFacts) {
				f.OpenClaims, f.OpenReports, f.ClaimsOpen, f.ReportsOpen, f.Balances[Obligated] = []ID{caseClaim}, []ID{caseReport}, 1, 1, 200_01
			}), also: func(f *AwardFacts) error { return same("note", f.Note, "why") }},
		{name: "on the closeout's last day", facts: awardFacts(Closing, overdue, func(f *AwardFacts) { f.PeriodEnd++ }), c: alone, why: "closeout_running"},
		{name: "a payment open", facts: awardFacts(Closing, overdue, func(f *AwardFacts) { f.PaymentsOpen = 1 }), c: alone, why: "payments_open"},
		{name: "a finding open", facts: awardFacts(Closing, overdue, func(f *AwardFacts) { f.FindingsOpen = 1 }), c: alone, why: "findings_open"},
		{name: "a debt open", facts: awardFacts(Closing, overdue, func(f *AwardFacts) { f.DebtsOpen = 1 }), c: alone, why: "debts_open"},
		{name: "a finding open", facts: awardFacts(Closing, func(f *AwardFacts) { f.FindingsOpen = 1 }), c: closes, why: "findings_open"},
		{name: "a debt open", facts: awardFacts(Closing, func(f *AwardFacts) { f.DebtsOpen = 1 }), c: closes, why: "debts_open"},
	})
}

func TestThePlanOfAnAwardGivesOutEveryCent(t *testing.T) {
	for _, face := range []Cents{1, 2, 3, 4, 99, 1_00, 1_01, 333_33, AwardCap - 1, AwardCap} {
		f := newAward(func(f *AwardFacts) { f.Application.Awarded = face })
		c := asks(caseAward, ActOffer, System, 0)
		s, err := Awards.Decide(f, &c, payday)
		if err != nil {
			t.Fatalf("%s: %v", face, err)
		}
		var sum Cents
		for child := range s.Children() {
			part := Command{Inputs: child.Inputs}
			if part.Cents(fieldAmount) <= 0 {
				t.Errorf("%s: a tranche of %s", face, part.Cents(fieldAmount))
			}
			sum += part.Cents(fieldAmount)
		}
		if sum != face {
			t.Errorf("%s: the tranches come to %s", face, sum)
		}
	}
}

func TestTheSignatureCoversWhatWasAgreed(t *testing.T) {
	want := awardFacts(Accepted).Signature
	for name, change := range map[string]func(*AwardFacts){
		"number":       func(f *AwardFacts) { f.Number += "x" },
		"revision":     func(f *AwardFacts) { f.Revision++ },
		"face value":   func(f *AwardFacts) { f.Face++ },
		"period start": func(f *AwardFacts) { f.PeriodStart++ },
		"period end":   func(f *AwardFacts) { f.PeriodEnd++ },
		"terms":        func(f *AwardFacts) { f.Terms += " " },
		"account":      func(f *AwardFacts) { f.Award.BankAccount++ },
		"version":      func(f *AwardFacts) { f.BankVersion++ },
		"amount":       func(f *AwardFacts) { f.Tranches[0].Amount++ },
		"due date":     func(f *AwardFacts) { f.Tranches[0].Due++ },
		"kind":         func(f *AwardFacts) { f.Tranches[0].Kind = TrancheNodeHours },
		"title":        func(f *AwardFacts) { f.Tranches[0].Title = "x" },
		"deliverable":  func(f *AwardFacts) { f.Tranches[0].Deliverable = "x" },
		"tranches":     func(f *AwardFacts) { f.Tranches = f.Tranches[1:] },
	} {
		if got := signed(awardFacts(Accepted, change)); got == want {
			t.Errorf("another %s has the same signature", name)
		}
	}
}

func TestCloseoutIsDue120DaysAfterTheAwardStartedClosing(t *testing.T) {
	a := anAward(Closing)
	if got := a.CloseoutDue(); got != 0 {
		t.Errorf("not closing: got %s, want no date", got)
	}
	a.ClosingSince = payday
	if got, want := a.CloseoutDue(), onDay("2027-03-03"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
