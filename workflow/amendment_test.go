package workflow

import (
	"strings"
	"testing"
)

const (
	anAmendment ID = 310
	aSuccessor  ID = 41
	successors  ID = 42 // group
)

// amendmentFacts are an award of $1,000.01 whose first tranche is claimed, and an
// amendment of it as somebody asked for it.
func amendmentFacts(s State, kind string, in ...Input) *AmendmentFacts {
	award := awardFacts(Active)
	award.Recipient, award.PeriodStart = "Old Name, Inc.", onDay("2026-11-02")
	award.Signature = signed(award)
	f := &AmendmentFacts{Award: award.Award, Tranches: award.Tranches, Claimed: []ID{caseTranche}, LastNumber: 3,
		Organization: award.Organization, BankAccount: award.BankAccount, Verdict: award.Verdict, SignDays: 30}
	for i := range f.Tranches {
		f.Tranches[i].Title, f.Tranches[i].Deliverable, f.Tranches[i].Application = "Stage", "Report", caseApplication
		f.Tranches[i].State = Active
	}
	award.Tranches = f.Tranches
	f.Award.Signature = signed(award)
	f.Organization.LegalName = "New Name, Inc."
	if kind == AmendNovation {
		f.Successor.ID, f.Successor.State, f.Successor.Group, f.Successor.LegalName = aSuccessor, Active, successors, "Successor, Inc."
	}
	if s == None {
		return f
	}
	c := wishes(kind, in...)
	var made Step
	f.Amendment.Record = Record{ID: anAmendment, State: None}
	requestAmendment(f, &c, &made)
	f.Amendment.Record = inState(s)
	f.Amendment.ID = anAmendment
	if s == Approved {
		approve := asks(anAmendment, ActApprove, GrantsOfficer, aGrantsOfficer)
		made = Step{At: payday}
		approveAmendment(f, &approve, &made)
	}
	return f
}

// wishes is a request for an amendment of a kind.
func wishes(kind string, in ...Input) Command {
	c := asks(anAmendment, ActRequest, AOR, anAOR, append([]Input{amendmentKind.text(kind), fieldReason.text("why")}, in...)...)
	c.Fresh = true
	return c
}

// planOf is the unclaimed part of the plan with other amounts: tranches 2 and 3 are of
// $400.00 and $200.01.
func planOf(amounts ...string) Input {
	var lines []string
	for i, amount := range amounts {
		number := []string{"2", "3", NewMilestone}[i]
		lines = append(lines, strings.Join([]string{number, amount, "2027-02-10", "Stage", "Report"}, " | "))
	}
	return amendmentPlan.text(strings.Join(lines, "\n"))
}

func TestEveryRowOfAnAmendment(t *testing.T) {
	officer := aGrantsOfficer
	approve := asks(anAmendment, ActApprove, GrantsOfficer, officer)
	reject := asks(anAmendment, ActReject, GrantsOfficer, officer, fieldCodes.text("no_funds"), fieldNote.text("why"))
	sign := fresh(asks(anAmendment, ActSign, AOR, anAOR))
	withdraw := asks(anAmendment, ActWithdraw, AOR, anAOR)
	lapse := asks(anAmendment, ActLapse, System, 0)
	counts := func(organization ID, cents Cents) GroupDelta {
		return GroupDelta{Opportunity: caseOpportunity, Organization: organization, Cents: cents, Cap: AwardCap}
	}
	amends := raises(NounAward, ActAmend, caseAward, 0, awardAmendment.ref(anAmendment))
	added := Tranche{Number: 4, Kind: TrancheCash, Title: "Stage", Deliverable: "Report", Amount: 50_00, Due: onDay("2027-02-10")}
	changed := func(cents Cents) []Input {
		one := added
		one.Amount = cents
		return one.inputs()[2:]
	}

	kinds := map[string][]Input{
		AmendExtension: {amendmentLastDay.day(onDay("2028-01-31"))}, AmendBudget: {planOf("100.00", "500.01")},
		AmendScope: {amendmentWording.text("also chips")}, AmendPeople: {amendmentWording.text("Dr. Lee leads")},
		AmendSupplement: {fieldAmount.cents(50_00), planOf("400.00", "200.01", "50.00")},
		AmendReduction:  {fieldAmount.cents(200_01), planOf("400.00")}, AmendName: nil,
		AmendNovation: {amendmentSuccessor.text("SOME00000000")},
	}
	var trials []trial[AmendmentFacts]
	for kind, in := range kinds {
		trials = append(trials, trial[AmendmentFacts]{name: kind, facts: amendmentFacts(None, kind), c: wishes(kind, in...), end: Requested})
	}
	facts := func(s State, kind string, changes ...func(*AmendmentFacts)) *AmendmentFacts {
		f := amendmentFacts(s, kind, kinds[kind]...)
		return with(*f, changes...)
	}

	// What stops an amendment at each of its steps.
	for _, wrong := range []struct {
		why  Reason
		kind string
		in   []Input
		also func(*AmendmentFacts)
	}{
		{"award_not_active", AmendScope, nil, func(f *AmendmentFacts) { f.Award.State = Suspended }},
		{"milestones_unreadable", AmendBudget, []Input{amendmentPlan.text("2 | 1.00 | today | a | b")}, nil},
		{"milestone_not_open", AmendBudget, []Input{amendmentPlan.text("1 | 600.01 | 2027-02-10 | of a claim | b")}, nil},
		{"milestone_not_open", AmendBudget, []Input{amendmentPlan.text("2 | 300.01 | 2027-02-10 | a | b\n2 | 300.00 | 2027-02-10 | twice | b")}, nil},
		{"period_not_later", AmendExtension, []Input{amendmentLastDay.day(onDay("2027-11-01"))}, nil},
		{"milestone_outside_period", AmendBudget, []Input{amendmentPlan.text("2 | 600.01 | 2027-11-02 | a | b")}, nil},
		{"milestone_outside_period", AmendBudget, []Input{amendmentPlan.text("2 | 600.01 | 2026-11-01 | a | b")}, nil},
		{"amount_zero", AmendSupplement, []Input{fieldAmount.cents(0), planOf("600.01")}, nil},
		{"over_award_cap", AmendSupplement, []Input{fieldAmount.cents(AwardCap - 1_000_00), planOf("600.01")}, nil},
		{"over_unclaimed", AmendReduction, []Input{fieldAmount.cents(600_02), planOf()}, nil},
		{"over_unclaimed", AmendReduction, []Input{fieldAmount.cents(1_000_01), planOf()}, func(f *AmendmentFacts) { f.Claimed = nil }},
		{"tranches_differ", AmendBudget, []Input{planOf("100.00", "500.02")}, nil},
		{"tranches_differ", AmendReduction, []Input{fieldAmount.cents(200_00), planOf("400.00")}, nil},
		{"name_unchanged", AmendName, nil, func(f *AmendmentFacts) { f.Organization.LegalName = f.Award.Recipient }},
		{"successor_unknown", AmendNovation, nil, func(f *AmendmentFacts) { f.Successor = Organization{} }},
		{"successor_unknown", AmendNovation, nil, func(f *AmendmentFacts) { f.Successor.ID = f.Organization.ID }},
		{"successor_unknown", AmendNovation, nil, func(f *AmendmentFacts) { f.Successor.State = Merged }},
	} {
		in := wrong.in
		if in == nil {
			in = kinds[wrong.kind]
		}
		for s, c := range map[State]Command{None: wishes(wrong.kind, in...), Requested: approve, Approved: sign} {
			f := amendmentFacts(s, wrong.kind, in...)
			if wrong.also != nil {
				wrong.also(f)
			}
			trials = append(trials, trial[AmendmentFacts]{name: wrong.kind, facts: f, c: c, why: wrong.why})
		}
	}
	for _, wrong := range []struct {
		why  Reason
		kind string
		also func(*AmendmentFacts)
	}{
		{"recipient_changed", AmendScope, func(f *AmendmentFacts) { f.Award.Organization++ }},
		{"recipient_changed", AmendSupplement, func(f *AmendmentFacts) { f.Award.Organization++ }},
		{reasonFundExpired, AmendSupplement, func(f *AmendmentFacts) { f.FundExpired = true }},
		{"verdict_not_pass", AmendSupplement, func(f *AmendmentFacts) { f.Verdict.Outcome = Refer }},
		{"verdict_not_pass", AmendNovation, func(f *AmendmentFacts) { f.Verdict.Outcome = Fail }},
		{"screening_stale", AmendNovation, func(f *AmendmentFacts) { f.Payee.Lists = "9" }},
		{"screening_unresolved", AmendNovation, func(f *AmendmentFacts) { f.Payee.Screening.Hits = 1 }},
		{"registration_expired", AmendSupplement, func(f *AmendmentFacts) { f.Payee.Expired = true }},
		{"bank_account_missing", AmendNovation, func(f *AmendmentFacts) { f.BankAccount.State = Entered }},
		{"claims_open", AmendNovation, func(f *AmendmentFacts) { f.ClaimsOpen = 1 }},
		{"payments_open", AmendNovation, func(f *AmendmentFacts) { f.PaymentsOpen = 1 }},
	} {
		trials = append(trials, trial[AmendmentFacts]{name: wrong.kind, facts: facts(Requested, wrong.kind, wrong.also), c: approve, why: wrong.why},
			trial[AmendmentFacts]{name: wrong.kind, facts: facts(Approved, wrong.kind, wrong.also), c: sign, why: wrong.why})
	}

	stale := wishes(AmendNovation, kinds[AmendNovation]...)
	stale.Fresh = false
	byOfficer := fresh(asks(anAmendment, ActRequest, ProgramOfficer, anOfficer, stale.Inputs...))
	oneGroup := func(f *AmendmentFacts) { f.Successor.Group = f.Organization.Group }
	over := func(f *AmendmentFacts) { f.Ends = payday }
	free := func(f *AmendmentFacts) error { return same("counted", f.Counted, Cents(0)) }
	trials = append(trials, []trial[AmendmentFacts]{
		{name: "without what it is about", facts: amendmentFacts(None, AmendPeople), c: wishes(AmendPeople), why: "incomplete"},
		{name: "with what is of no matter", facts: amendmentFacts(None, AmendName), c: wishes(AmendName, fieldAmount.cents(1)), why: "not_of_kind"},
		{name: "of the staff, for somebody else", facts: amendmentFacts(None, AmendNovation), c: byOfficer, why: "novation_not_asked"},
		{name: "given away after long", facts: amendmentFacts(None, AmendNovation), c: stale, why: "sign_in_again"},

		{name: "more money", facts: facts(Requested, AmendSupplement), c: approve, end: Approved,
			posted: []Posting{moved(Available, Committed, 50_00)}, group: counts(caseOrganization, 50_00)},
		{name: "less money", facts: facts(Requested, AmendReduction), c: approve, end: Approved},
		{name: "a successor of another group", facts: facts(Requested, AmendNovation), c: approve, end: Approved, group: counts(aSuccessor, 1_000_01)},
		{name: "a successor of the same group", facts: facts(Requested, AmendNovation, oneGroup), c: approve, end: Approved, also: free},
		{name: "one's own", facts: facts(Requested, AmendScope, func(f *AmendmentFacts) { f.RequestedBy = officer }), c: approve, why: "you_requested_this"},
		{name: "of one's own award", facts: facts(Requested, AmendScope, func(f *AmendmentFacts) { f.Award.OfferedBy = officer }), c: approve, why: "you_made_this_award"},
		{name: "beside another", facts: facts(Requested, AmendScope, func(f *AmendmentFacts) { f.OtherApproved = 1 }), c: approve, why: "other_amendment_approved"},

		{name: "more money", facts: facts(Approved, AmendSupplement), c: sign, end: Signed,
			posted: []Posting{moved(Committed, Obligated, 50_00)}, also: free,
			raised: []Child{amends, raises(NounTranche, ActAmend, caseTranche+2, 0, changed(200_01)...), raises(NounTranche, ActMake, 0, caseAward, added.inputs()...)}},
		{name: "less money", facts: facts(Approved, AmendReduction), c: sign, end: Signed,
			posted: []Posting{moved(Obligated, Available, 200_01)}, group: counts(caseOrganization, -200_01),
			raised: []Child{amends, raises(NounTranche, ActDrop, caseTranche+2, 0)}},
		{name: "less money of an expired fund", facts: facts(Approved, AmendReduction, func(f *AmendmentFacts) { f.FundExpired = true }), c: sign, end: Signed,
			posted: []Posting{moved(Obligated, Recovered, 200_01)}, group: counts(caseOrganization, -200_01),
			raised: []Child{amends, raises(NounTranche, ActDrop, caseTranche+2, 0)}},
		{name: "a successor", facts: facts(Approved, AmendNovation), c: sign, end: Signed, group: counts(caseOrganization, -1_000_01), raised: []Child{amends}, also: free},
		{name: "more time", facts: facts(Approved, AmendExtension), c: sign, end: Signed, raised: []Child{amends}},
		{name: "after long", facts: facts(Approved, AmendScope), c: asks(anAmendment, ActSign, AOR, anAOR), why: "sign_in_again"},
		{name: "what one approved", facts: facts(Approved, AmendScope), c: fresh(asks(anAmendment, ActSign, AOR, officer)), why: "you_approved_this"},
		{name: "too late", facts: facts(Approved, AmendScope, over), c: sign, why: "offer_over"},
		{name: "groups that parted", facts: facts(Approved, AmendNovation, func(f *AmendmentFacts) { f.Counted = 0 }), c: sign, why: "group_changed"},
		{name: "a tranche was split", facts: facts(Approved, AmendScope, func(f *AmendmentFacts) { f.Tranches[2].Amount--; f.Tranches[1].Amount++ }), c: sign, why: "award_changed"},
		{name: "another was signed", facts: facts(Approved, AmendScope, func(f *AmendmentFacts) { f.Award.Signature = "another" }), c: sign, why: "award_changed"},
		{name: "the account is another one", facts: facts(Approved, AmendNovation, func(f *AmendmentFacts) { f.BankAccount.Version++ }), c: sign, why: "award_changed"},

		{name: "no money", facts: facts(Requested, AmendSupplement), c: reject, end: Rejected},
		{name: "after all", facts: facts(Approved, AmendSupplement), c: reject, end: Rejected, also: free,
			posted: []Posting{moved(Committed, Available, 50_00)}, group: counts(caseOrganization, -50_00)},
		{name: "not any more", facts: facts(Requested, AmendNovation), c: withdraw, end: Withdrawn},
		{name: "by who would get it", facts: facts(Approved, AmendNovation), c: withdraw, end: Withdrawn, group: counts(aSuccessor, -1_000_01), also: free},
		{name: "unsigned", facts: facts(Approved, AmendSupplement, over), c: lapse, end: Lapsed, also: free,
			posted: []Posting{moved(Committed, Available, 50_00)}, group: counts(caseOrganization, -50_00)},
		{name: "of an award that ended", facts: facts(Requested, AmendScope, func(f *AmendmentFacts) { f.Award.State = Closing }), c: lapse, end: Lapsed},
		{name: "in time", facts: facts(Approved, AmendScope), c: lapse, why: "offer_not_over"},
		{name: "of a suspended award", facts: facts(Requested, AmendScope, func(f *AmendmentFacts) { f.Award.State = Suspended }), c: lapse, why: "offer_not_over"},
	}...)
	tryAll(t, Amendments, trials)
}

// What was signed is the agreement that was approved, and the award is what it says.
func TestAnAmendmentMakesTheAwardThatWasApproved(t *testing.T) {
	f := amendmentFacts(Approved, AmendSupplement, fieldAmount.cents(50_00), planOf("400.00", "200.01", "50.00"), amendmentWording.text("for chips"))
	next := f.next()
	award := awardFacts(Active)
	award.Award, award.Amendment = f.Award, f.Amendment
	award.Amendment.State = Signed
	c := asks(caseAward, ActAmend, System, 0, awardAmendment.ref(anAmendment))
	if _, err := Awards.Decide(award, &c, payday); err != nil {
		t.Fatal(err)
	}
	if award.Face != 1_050_01 || award.Revision != 2 || !strings.HasSuffix(award.Terms, f.Number+" (supplement): for chips") {
		t.Errorf("the award is %+v", award.Award)
	}
	award.Tranches = next.Tranches
	if award.Signature != f.Agreement || award.Signature != signed(award) {
		t.Error("the signature is over something else")
	}
}

func FuzzMilestones(f *testing.F) {
	f.Add("1 | 400.00 | 2026-11-02 | Start | Work plan\nnew | 0.01 | 2027-01-01 | More | Report")
	f.Fuzz(func(t *testing.T, text string) {
		list, bad := ParseMilestones(text)
		if bad != 0 {
			if list != nil || bad < 0 {
				t.Fatalf("line %d and %v", bad, list)
			}
			return
		}
		for i := range list {
			list[i].Number = max(list[i].Number, 1)
		}
		again, bad := ParseMilestones(Milestones(list))
		if bad != 0 || len(again) != len(list) {
			t.Fatalf("%q is read as %v, and that, written, not at line %d", text, list, bad)
		}
	})
}
