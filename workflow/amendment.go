package workflow

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// The kinds of amendments.
// Source: the changes of an award that need prior approval, 2 CFR 200.308; for a
// successor and a change of name, 48 CFR 42.12.
const (
	AmendExtension  = "extension" // more time, no more money
	AmendBudget     = "budget"    // amounts, or days, move between milestones
	AmendScope      = "scope"
	AmendPeople     = "people"
	AmendSupplement = "supplement"
	AmendReduction  = "reduction"
	AmendName       = "name"     // the recipient's, as its registration has it
	AmendNovation   = "novation" // another organization takes the award over
)

// An Amendment is a signed change of an award in force. It makes the next revision of
// the agreement: what that will say is fixed when the amendment is approved.
type Amendment struct {
	Record
	Number       string // such as AM-001050
	Award        ID
	Application  ID
	Program      ID
	Organization ID // the recipient when it was requested
	Successor    ID // of a novation, the organization that takes the award over
	Fund         ID
	Kind         string
	Reason       string
	Amount       Cents  // of a supplement or a reduction
	Plan         string // the milestones that nobody has claimed yet, as Milestones writes them; "" leaves them
	Wording      string // what the terms say from now on
	Revision     int64  // of the award that it makes
	Base         string // SHA-256 of the agreement that it changes, hex
	Agreement    string // SHA-256 of the agreement that it makes, hex
	Face         Cents  // the award's face value after it
	PeriodEnd    Date   // after it: the first day after the period of performance
	Recipient    string // after it: the legal name in the agreement
	BankAccount  ID     // after it
	BankVersion  int64
	Counted      Cents     // what it takes of a group's cap while it is approved
	Ends         time.Time // an approved one lapses then
	RequestedBy  ID
	ApprovedBy   ID
	SignedBy     ID
	SignedAt     time.Time
	Codes        string
	Note         string
}

// AmendmentFacts is everything that a decision about an amendment may look at.
type AmendmentFacts struct {
	Amendment
	Standing
	Award         Award
	Tranches      []Tranche // in force, in order of number
	Claimed       []ID      // those of them that a live claim is for
	LastNumber    int64     // the highest number of a tranche of the award, cancelled ones included
	Organization  Organization
	Successor     Organization // ID zero when there is none
	BankAccount   BankAccount  // of who is paid after it, verified; ID zero when there is none
	Verdict       Verdict      // about who is paid after it; with Payee loaded for approve and sign
	Payee         Payee
	OtherApproved int // amendments of the award that are approved, and not signed yet
	ClaimsOpen    int // of the award: draft, submitted, queried, verified or approved
	PaymentsOpen  int // of the award: ready, held, batched, exported or recalled
	FundExpired   bool
	SignDays      int64 // how long an approved one may be signed
}

var (
	amendmentKind = Field{Name: "kind", Kind: Choice, Choices: []string{
		AmendExtension, AmendBudget, AmendScope, AmendPeople, AmendSupplement, AmendReduction, AmendName, AmendNovation}}
	amendmentLastDay   = Field{Name: "last_day", Kind: Day, Optional: true}
	amendmentPlan      = Field{Name: "open_milestones", Kind: Text, Max: 20_000, Optional: true}
	amendmentWording   = Field{Name: "wording", Kind: Text, Max: 8000, Optional: true}
	amendmentSuccessor = Field{Name: "successor_uei", Kind: Line, Max: 12, Optional: true}
)

// amendmentNeeds says what each kind cannot do without. Milestones and wording may change
// with any of them.
var amendmentNeeds = map[string][]Field{
	AmendExtension:  {amendmentLastDay},
	AmendBudget:     {amendmentPlan},
	AmendScope:      {amendmentWording},
	AmendPeople:     {amendmentWording},
	AmendSupplement: {fieldAmount, amendmentPlan},
	AmendReduction:  {fieldAmount, amendmentPlan},
	AmendNovation:   {amendmentSuccessor},
}

// AmendmentRejectCodes are the reasons that an amendment may be rejected for.
// Source: what prior approval is asked for, 2 CFR 200.308, and 200.403 on costs.
var AmendmentRejectCodes = []string{"not_justified", "not_allowable", "outside_scope", "no_funds", "too_late"}

type amendmentGuard = Guard[AmendmentFacts]

var (
	amendedSameRecipient = amendmentGuard{
		Reason: "recipient_changed",
		OK: func(f *AmendmentFacts, _ *Command, _ time.Time) bool {
			return f.Amendment.Organization == f.Award.Organization
		},
	}
	amendedAwardActive = amendmentGuard{
		Reason: "award_not_active",
		OK:     func(f *AmendmentFacts, _ *Command, _ time.Time) bool { return f.Award.State == Active },
		Words:  func(f *AmendmentFacts, _ *Command) Words { return Words{"state": f.Award.State} },
	}
	amendmentWhole = amendmentGuard{
		Reason: "incomplete",
		OK:     func(_ *AmendmentFacts, c *Command, _ time.Time) bool { return len(missingOf(c)) == 0 },
		Words:  func(_ *AmendmentFacts, c *Command) Words { return Words{"missing": missingOf(c)} },
	}
	amendmentFits = amendmentGuard{
		Reason: "not_of_kind",
		OK:     func(_ *AmendmentFacts, c *Command, _ time.Time) bool { return len(strangeTo(c)) == 0 },
		Words:  func(_ *AmendmentFacts, c *Command) Words { return Words{"fields": strangeTo(c)} },
		Field:  &amendmentKind,
	}
	planReadable = amendmentGuard{
		Reason: "milestones_unreadable",
		OK: func(f *AmendmentFacts, c *Command, _ time.Time) bool {
			_, bad := ParseMilestones(f.drafted(c).Plan)
			return bad == 0
		},
		Words: func(f *AmendmentFacts, c *Command) Words {
			_, bad := ParseMilestones(f.drafted(c).Plan)
			return Words{"line": bad}
		},
		Field: &amendmentPlan,
	}
	planOfOpen = amendmentGuard{
		Reason: "milestone_not_open",
		OK:     func(f *AmendmentFacts, c *Command, _ time.Time) bool { return f.drafted(c).stranger() == 0 },
		Words:  func(f *AmendmentFacts, c *Command) Words { return Words{"number": int(f.drafted(c).stranger())} },
		Field:  &amendmentPlan,
	}
	planInPeriod = amendmentGuard{
		Reason: "milestone_outside_period",
		OK: func(f *AmendmentFacts, c *Command, _ time.Time) bool {
			g := f.drafted(c)
			for _, t := range g.open() {
				if t.Due.Before(g.Award.PeriodStart) || !t.Due.Before(g.PeriodEnd) {
					return false
				}
			}
			return true
		},
		Words: func(f *AmendmentFacts, c *Command) Words {
			g := f.drafted(c)
			return Words{"starts": g.Award.PeriodStart.String(), "ends": g.PeriodEnd.AddDays(-1).String()}
		},
		Field: &amendmentPlan,
	}
	planMakesFace = amendmentGuard{
		Reason: "tranches_differ",
		OK: func(f *AmendmentFacts, c *Command, _ time.Time) bool {
			g := f.drafted(c)
			return g.next().planned() == g.Face
		},
		Words: func(f *AmendmentFacts, c *Command) Words {
			g := f.drafted(c)
			return Words{"amount": g.next().planned(), "face": g.Face}
		},
		Field: &amendmentPlan,
	}
	periodLater = when(amendmentGuard{
		Reason: "period_not_later",
		OK: func(f *AmendmentFacts, c *Command, _ time.Time) bool {
			return f.Award.PeriodEnd.Before(f.drafted(c).PeriodEnd)
		},
		Words: func(f *AmendmentFacts, _ *Command) Words {
			return Words{"ends": f.Award.PeriodEnd.AddDays(-1).String()}
		},
		Field: &amendmentLastDay,
	}, ofKind(AmendExtension))
	amendedAboveZero = when(amendmentGuard{
		Reason: "amount_zero",
		OK:     func(f *AmendmentFacts, c *Command, _ time.Time) bool { return f.drafted(c).Amount > 0 },
		Field:  &fieldAmount,
	}, ofKind(AmendSupplement, AmendReduction))
	withinAwardCap = when(amendmentGuard{
		Reason: "over_award_cap",
		OK:     func(f *AmendmentFacts, c *Command, _ time.Time) bool { return f.drafted(c).Face <= f.Award.Cap },
		Words: func(f *AmendmentFacts, c *Command) Words {
			return Words{"amount": f.drafted(c).Face, "limit": f.Award.Cap}
		},
		Field: &fieldAmount,
	}, ofKind(AmendSupplement))
	// What a claim stands for is the recipient's to be paid, and never taken back here.
	withinUnclaimed = when(amendmentGuard{
		Reason: "over_unclaimed",
		OK: func(f *AmendmentFacts, c *Command, _ time.Time) bool {
			return f.drafted(c).Amount <= f.unclaimed() && f.drafted(c).Face > 0
		},
		Words: func(f *AmendmentFacts, c *Command) Words {
			return Words{"amount": f.drafted(c).Amount, "limit": min(f.unclaimed(), f.Award.Face-1)}
		},
		Field: &fieldAmount,
	}, ofKind(AmendReduction))
	nameChanged = when(amendmentGuard{
		Reason: "name_unchanged",
		OK: func(f *AmendmentFacts, _ *Command, _ time.Time) bool {
			return f.Organization.LegalName != f.Award.Recipient
		},
		Words: func(f *AmendmentFacts, _ *Command) Words { return Words{"name": f.Award.Recipient} },
	}, ofKind(AmendName))
	successorKnown = when(amendmentGuard{
		Reason: "successor_unknown",
		OK: func(f *AmendmentFacts, _ *Command, _ time.Time) bool {
			return f.Successor.ID != 0 && f.Successor.State == Active && f.Successor.ID != f.Organization.ID
		},
		Field: &amendmentSuccessor,
	}, ofKind(AmendNovation))
	// Who gives an award away says so with their own name.
	givenByRecipient = when(amendmentGuard{
		Reason: "novation_not_asked",
		OK:     func(_ *AmendmentFacts, c *Command, _ time.Time) bool { return c.Roles.Has(AOR) },
		Duty:   true,
	}, ofKind(AmendNovation))
	oneApproved = amendmentGuard{
		Reason: "other_amendment_approved",
		OK:     func(f *AmendmentFacts, _ *Command, _ time.Time) bool { return f.OtherApproved == 0 },
	}
	amendmentFundRuns = when(amendmentGuard{
		Reason: reasonFundExpired,
		OK:     func(f *AmendmentFacts, _ *Command, _ time.Time) bool { return !f.FundExpired },
	}, ofKind(AmendSupplement))
	amendmentVerdictPass = when(amendmentGuard{
		Reason: "verdict_not_pass",
		OK:     func(f *AmendmentFacts, _ *Command, _ time.Time) bool { return f.Verdict.Outcome == Pass },
		Words:  func(f *AmendmentFacts, _ *Command) Words { return f.Verdict.words() },
	}, newlyPaid)
	successorAccount = when(amendmentGuard{
		Reason: "bank_account_missing",
		OK:     func(f *AmendmentFacts, _ *Command, _ time.Time) bool { return f.BankAccount.State == Verified },
	}, ofKind(AmendNovation))
	novationClaims = when(amendmentGuard{
		Reason: "claims_open",
		OK:     func(f *AmendmentFacts, _ *Command, _ time.Time) bool { return f.ClaimsOpen == 0 },
		Words:  func(f *AmendmentFacts, _ *Command) Words { return Words{"open": f.ClaimsOpen} },
	}, ofKind(AmendNovation))
	novationPayments = when(amendmentGuard{
		Reason: "payments_open",
		OK:     func(f *AmendmentFacts, _ *Command, _ time.Time) bool { return f.PaymentsOpen == 0 },
		Words:  func(f *AmendmentFacts, _ *Command) Words { return Words{"open": f.PaymentsOpen} },
	}, ofKind(AmendNovation))
	notAmendmentRequester = amendmentGuard{
		Reason: "you_requested_this",
		OK:     func(f *AmendmentFacts, c *Command, _ time.Time) bool { return !c.Counts(f.RequestedBy) },
		Duty:   true,
	}
	notItsSelectingOfficial = amendmentGuard{
		Reason: "you_made_this_award",
		OK:     func(f *AmendmentFacts, c *Command, _ time.Time) bool { return !c.Counts(f.Award.OfferedBy) },
		Duty:   true,
	}
	notAmendmentApprover = amendmentGuard{
		Reason: "you_approved_this",
		OK:     func(f *AmendmentFacts, c *Command, _ time.Time) bool { return !c.Counts(f.ApprovedBy) },
		Duty:   true,
	}
	amendmentSignedFresh = amendmentGuard{
		Reason: "sign_in_again",
		OK:     func(_ *AmendmentFacts, c *Command, _ time.Time) bool { return c.Fresh },
	}
	amendmentStands = amendmentGuard{
		Reason: "offer_over",
		OK:     func(f *AmendmentFacts, c *Command, _ time.Time) bool { return c.Received.Before(f.Ends) },
		Words:  func(f *AmendmentFacts, _ *Command) Words { return Words{"ended": f.Ends} },
	}
	// Whatever is not as it was approved makes another agreement.
	agreementHolds = amendmentGuard{
		Reason: "award_changed",
		OK: func(f *AmendmentFacts, c *Command, _ time.Time) bool {
			sum := sha256.Sum256(f.drafted(c).next().agreement())
			return f.Base == f.Award.Signature && f.Agreement == hex.EncodeToString(sum[:])
		},
	}
	// The cap counted both as one when it was approved, and does not any more.
	capCounted = when(amendmentGuard{
		Reason: "group_changed",
		OK: func(f *AmendmentFacts, _ *Command, _ time.Time) bool {
			return f.Counted > 0 || f.Successor.Group == f.Organization.Group
		},
	}, ofKind(AmendNovation))
	amendmentOver = amendmentGuard{
		Reason: "offer_not_over",
		OK: func(f *AmendmentFacts, _ *Command, now time.Time) bool {
			return f.Award.State != Active && f.Award.State != Suspended || f.Amendment.State == Approved && !now.Before(f.Ends)
		},
		Words: func(f *AmendmentFacts, _ *Command) Words { return Words{"ends": f.Ends} },
	}
	amendmentScreened, amendmentUnlisted, amendmentRegistered = payeeGuards(func(f *AmendmentFacts) *Payee { return &f.Payee })

	// amendmentSound are asked whenever an amendment goes a step on: what it changes may
	// have changed meanwhile.
	amendmentSound = []amendmentGuard{amendedAwardActive, planReadable, planOfOpen, periodLater, planInPeriod, amendedAboveZero, withinAwardCap,
		withinUnclaimed, planMakesFace, nameChanged, successorKnown}
	// amendmentBinds are asked when it is approved and when it is signed.
	amendmentBinds = []amendmentGuard{amendedSameRecipient, amendmentFundRuns, amendmentVerdictPass, when(amendmentScreened, newlyPaid), when(amendmentUnlisted, newlyPaid),
		when(amendmentRegistered, newlyPaid), successorAccount, novationClaims, novationPayments}
)

// when returns g for some amendments: it holds for the others.
func when(g amendmentGuard, asked func(*AmendmentFacts, *Command) bool) amendmentGuard {
	ok := g.OK
	g.OK = func(f *AmendmentFacts, c *Command, now time.Time) bool { return !asked(f, c) || ok(f, c, now) }
	return g
}

// newlyPaid are the kinds by which somebody is to get money that was not theirs.
var newlyPaid = ofKind(AmendSupplement, AmendNovation)

// ofKind reports whether an amendment is of one of some kinds.
func ofKind(kinds ...string) func(*AmendmentFacts, *Command) bool {
	return func(f *AmendmentFacts, c *Command) bool { return contains(kinds, f.drafted(c).Kind) }
}

// missingOf lists what the kind of amendment that c asks for still needs.
func missingOf(c *Command) (names []string) {
	for _, f := range amendmentNeeds[c.Text(amendmentKind)] {
		if !c.Has(f) {
			names = append(names, f.Name)
		}
	}
	return names
}

// strangeTo lists what came with c and changes nothing in its kind of amendment.
func strangeTo(c *Command) (names []string) {
	for _, f := range []Field{fieldAmount, amendmentLastDay, amendmentSuccessor} {
		needs := func(g Field) bool { return g.Name == f.Name }
		if c.Has(f) && !slices.ContainsFunc(amendmentNeeds[c.Text(amendmentKind)], needs) {
			names = append(names, f.Name)
		}
	}
	return names
}

// drafted returns f as it will be: for a request with what came with c, and always with
// what the award will say after it.
func (f *AmendmentFacts) drafted(c *Command) *AmendmentFacts {
	g := *f
	if c.Action == ActRequest {
		g.ask(c)
	}
	g.settle()
	return &g
}

// ask takes over what came with a request.
func (f *AmendmentFacts) ask(c *Command) {
	m := &f.Amendment
	m.Kind, m.Reason, m.Amount = c.Text(amendmentKind), c.Text(fieldReason), c.Cents(fieldAmount)
	m.Plan, m.Wording = c.Text(amendmentPlan), c.Text(amendmentWording)
	m.Successor = f.Successor.ID
	if c.Has(amendmentLastDay) {
		m.PeriodEnd = c.Date(amendmentLastDay).AddDays(1)
	}
}

// settle says what the award will be after f, as the award stands now.
func (f *AmendmentFacts) settle() {
	m, a := &f.Amendment, &f.Award
	m.Revision, m.Base, m.Face, m.Recipient = a.Revision+1, a.Signature, a.Face, a.Recipient
	m.BankAccount, m.BankVersion = a.BankAccount, a.BankVersion
	if m.Kind != AmendExtension {
		m.PeriodEnd = a.PeriodEnd
	}
	switch m.Kind {
	case AmendSupplement:
		m.Face += m.Amount
	case AmendReduction:
		m.Face -= m.Amount
	case AmendName:
		m.Recipient = f.Organization.LegalName
	case AmendNovation:
		m.Recipient, m.BankAccount, m.BankVersion = f.Successor.LegalName, f.BankAccount.ID, f.BankAccount.Version
	}
}

// amend makes of a what m says.
func (m *Amendment) amend(a *Award) {
	a.Revision, a.Face, a.PeriodEnd, a.Recipient = m.Revision, m.Face, m.PeriodEnd, m.Recipient
	a.BankAccount, a.BankVersion, a.Signature = m.BankAccount, m.BankVersion, m.Agreement
	if m.Wording != "" {
		a.Terms += fmt.Sprintf("\n%s (%s): %s", m.Number, m.Kind, m.Wording)
	}
	if m.Successor != 0 {
		a.Organization = m.Successor
	}
}

// next is the award as f makes it, with its milestones.
func (f *AmendmentFacts) next() *AwardFacts {
	next := &AwardFacts{Award: f.Award}
	f.amend(&next.Award)
	open := f.open()
	for _, t := range f.Tranches {
		if contains(f.Claimed, t.ID) {
			next.Tranches = append(next.Tranches, t)
		}
	}
	next.Tranches = append(next.Tranches, open...)
	slices.SortFunc(next.Tranches, func(a, b Tranche) int { return int(a.Number - b.Number) })
	return next
}

// unclaimed returns what the milestones come to that nobody has claimed yet.
func (f *AmendmentFacts) unclaimed() (sum Cents) {
	for _, t := range Unclaimed(f.Tranches, f.Claimed) {
		sum += t.Amount
	}
	return sum
}

// Unclaimed leaves out the tranches that a live claim is for.
func Unclaimed(all []Tranche, claimed []ID) []Tranche {
	return slices.DeleteFunc(slices.Clone(all), func(t Tranche) bool { return contains(claimed, t.ID) })
}

// stranger returns the first number in the plan that is no milestone open for change, or
// stands there twice; 0 when there is none.
func (f *AmendmentFacts) stranger() int64 {
	lines, _ := ParseMilestones(f.Plan)
	open := Unclaimed(f.Tranches, f.Claimed)
	for _, l := range lines {
		if l.Number == 0 {
			continue
		}
		at := slices.IndexFunc(open, func(t Tranche) bool { return t.Number == l.Number })
		if at < 0 {
			return l.Number
		}
		open = slices.Delete(open, at, at+1)
	}
	return 0
}

// open are the milestones, as they will be, that nobody has claimed: a new one gets the
// next number.
func (f *AmendmentFacts) open() []Tranche {
	was := Unclaimed(f.Tranches, f.Claimed)
	if f.Plan == "" {
		return was
	}
	lines, _ := ParseMilestones(f.Plan)
	last := f.LastNumber
	for i := range lines {
		l := &lines[i]
		if at := slices.IndexFunc(was, func(t Tranche) bool { return t.Number == l.Number }); at >= 0 {
			t := was[at]
			t.Title, t.Deliverable, t.Amount, t.Due = l.Title, l.Deliverable, l.Amount, l.Due
			*l = t
		} else {
			last++
			l.Number, l.Kind = last, TrancheCash
		}
	}
	return lines
}

func requestAmendment(f *AmendmentFacts, c *Command, s *Step) {
	m, a := &f.Amendment, &f.Award
	m.Number = fmt.Sprintf("AM-%06d", m.ID)
	m.Award, m.Application, m.Program, m.Organization, m.Fund = a.ID, a.Application, a.Program, a.Organization, a.Fund
	m.RequestedBy = c.Actor.Person
	f.ask(c)
	f.settle()
	m.Agreement = s.Store(f.next().agreement())
}

// approveAmendment fixes what is going to be signed, and reserves what it takes: of the
// fund, and of the cap.
func approveAmendment(f *AmendmentFacts, c *Command, s *Step) {
	m := &f.Amendment
	c.setText(&m.Note, fieldNote)
	f.settle()
	m.ApprovedBy, m.Ends = c.Actor.Person, s.At.AddDate(0, 0, int(f.SignDays))
	m.Agreement = s.Store(f.next().agreement())
	switch m.Kind {
	case AmendSupplement:
		f.move(s, Available, Committed, m.Amount)
		m.Counted = m.Amount
		f.count(s, m.Organization, m.Counted)
	case AmendNovation:
		if f.Successor.Group != f.Organization.Group {
			m.Counted = m.Face
			f.count(s, m.Successor, m.Counted)
		}
	}
}

func signAmendment(f *AmendmentFacts, c *Command, s *Step) {
	m := &f.Amendment
	m.SignedBy, m.SignedAt = c.Actor.Person, c.Received
	switch m.Kind {
	case AmendSupplement:
		f.move(s, Committed, Obligated, m.Amount)
	case AmendReduction:
		f.move(s, Obligated, unspent(f.FundExpired), m.Amount)
		f.count(s, m.Organization, -m.Amount)
	case AmendNovation:
		f.count(s, m.Organization, -m.Counted)
	}
	m.Counted = 0
	s.Raise(Child{Noun: NounAward, Action: ActAmend, ID: m.Award, Inputs: []Input{awardAmendment.ref(m.ID)}})
	f.raise(s)
}

// raise changes the milestones: what goes makes room before what comes.
func (f *AmendmentFacts) raise(s *Step) {
	was, open := Unclaimed(f.Tranches, f.Claimed), f.open()
	of := func(list []Tranche, id ID) int {
		return slices.IndexFunc(list, func(t Tranche) bool { return t.ID == id })
	}
	for _, t := range was {
		if of(open, t.ID) < 0 {
			s.Raise(Child{Noun: NounTranche, Action: ActDrop, ID: t.ID})
		}
	}
	for _, t := range open {
		if at := of(was, t.ID); t.ID != 0 && t != was[at] {
			s.Raise(Child{Noun: NounTranche, Action: ActAmend, ID: t.ID, Inputs: t.inputs()[2:]})
		}
	}
	for _, t := range open {
		if t.ID == 0 {
			s.Raise(Child{Noun: NounTranche, Action: ActMake, Parent: f.Award.ID, Inputs: t.inputs()})
		}
	}
}

// endAmendment gives back what an approved one had reserved.
func endAmendment(f *AmendmentFacts, c *Command, s *Step) {
	m := &f.Amendment
	c.setText(&m.Note, fieldNote)
	c.setText(&m.Codes, fieldCodes)
	if s.Start != Approved {
		return
	}
	if m.Kind == AmendSupplement {
		f.move(s, Committed, Available, m.Amount)
	}
	party := m.Organization
	if m.Successor != 0 {
		party = m.Successor
	}
	f.count(s, party, -m.Counted)
	m.Counted = 0
}

// move posts cents of the award from one account to another.
func (f *AmendmentFacts) move(s *Step, debit, credit Account, cents Cents) {
	s.Post(Posting{Fund: f.Fund, Application: f.Application, Debit: debit, Credit: credit, Cents: cents})
}

// count changes what the group of an organization has been awarded.
func (f *AmendmentFacts) count(s *Step, organization ID, cents Cents) {
	s.Count(GroupDelta{Opportunity: f.Award.Opportunity, Organization: organization, Cents: cents, Cap: f.Award.Cap})
}

// Amendments is the lifecycle of an amendment.
var Amendments = NewMachine(NounAmendment,
	func(f *AmendmentFacts) *Record { return &f.Amendment.Record },
	func(f *AmendmentFacts) *Standing { return &f.Standing },
	[]Rule[AmendmentFacts]{
		{Start: in(None), Action: ActRequest, By: by(AOR, ProgramOfficer, GrantsOfficer), End: Requested,
			Fields: []Field{amendmentKind, fieldReason, fieldAmount.Opt(), amendmentLastDay, amendmentPlan, amendmentWording, amendmentSuccessor},
			Guards: slices.Concat([]amendmentGuard{amendmentWhole, amendmentFits, givenByRecipient, when(amendmentSignedFresh, ofKind(AmendNovation))}, amendmentSound), Effect: requestAmendment},
		{Start: in(Requested), Action: ActApprove, By: by(GrantsOfficer), End: Approved, Fields: []Field{fieldNote.Opt()},
			Guards: slices.Concat([]amendmentGuard{notAmendmentRequester, notItsSelectingOfficial, oneApproved}, amendmentSound, amendmentBinds),
			Effect: approveAmendment},
		{Start: in(Requested, Approved), Action: ActReject, By: by(GrantsOfficer), End: Rejected,
			Fields: []Field{fieldCodes.With(AmendmentRejectCodes...), fieldNote}, Effect: endAmendment, Always: true},
		{Start: in(Approved), Action: ActSign, By: by(AOR), End: Signed,
			Guards: slices.Concat([]amendmentGuard{amendmentSignedFresh, notAmendmentApprover, amendmentStands}, amendmentSound, amendmentBinds,
				[]amendmentGuard{capCounted, agreementHolds}), Effect: signAmendment},
		{Start: in(Requested, Approved), Action: ActWithdraw, By: by(AOR), End: Withdrawn,
			Fields: []Field{fieldNote.Opt()}, Effect: endAmendment, Always: true},
		{Start: in(Requested, Approved), Action: ActLapse, By: by(System), End: Lapsed,
			Guards: []amendmentGuard{amendmentOver}, Effect: endAmendment, Always: true},
	}...)
