package workflow

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// An Award is the notice of award and the agreement made from it. Its face value
// counts against the award cap, whatever its redemptions are.
type Award struct {
	Record
	Number          string // FAIN, such as AIV26-001043
	Application     ID
	Program         ID
	Opportunity     ID
	Organization    ID
	Group           ID // the group whose cap it counted against when it was offered
	Fund            ID
	Face            Cents // face value in force, signed supplements included
	Cap             Cents // the award cap of the terms that it was offered under
	Revision        int64 // 1 when offered; grows with every version of the terms
	Terms           string
	Recipient       string // the organization's legal name in the agreement; "" in those from before it was kept
	OfferedBy       ID     // the selecting official
	OfferEnds       time.Time
	PeriodStart     Date
	PeriodEnd       Date // the first day after the period of performance
	AcceptedBy      ID
	AcceptedAt      time.Time
	BankAccount     ID
	BankVersion     int64
	Signature       string // SHA-256 over amount, milestones, terms and bank version, hex
	CountersignedBy ID
	CountersignedAt time.Time
	SuspendedBy     ID
	ChangeAsked     string
	ClosingSince    time.Time
	Note            string
	// OverCap is what its group had been awarded when it was flagged for being over the
	// cap, by a link or an affiliation that came later; zero: it is not flagged. CapSeen
	// is the most that a grants officer has looked at and let stand.
	OverCap Cents
	CapSeen Cents
}

// Running reports whether claims on a may be approved and paid.
func (a *Award) Running() bool { return a.State == Active || a.State == Closing }

// CloseoutDue returns the day by which the recipient's reports must be in and
// obligations liquidated, and no date while the award is not closing.
// Source: 2 CFR 200.344, 120 days after the end of the period of performance.
func (a *Award) CloseoutDue() Date {
	if a.ClosingSince.IsZero() {
		return 0
	}
	return min(a.PeriodEnd, DateOf(a.ClosingSince).AddDays(1)).AddDays(closeoutDays)
}

const closeoutDays = 120

// AwardFacts is everything that a decision about an award may look at.
type AwardFacts struct {
	Award
	Standing
	Application        Application
	Opportunity        Opportunity
	Organization       Organization
	Tranches           []Tranche   // in force, in order of number
	BankAccount        BankAccount // the organization's verified account; ID zero when there is none
	Verdict            Verdict
	Payee              Payee
	Clearances         int       // required clearances that are not cleared or have expired
	UnexportedPayments []ID      // ready or batched; loaded for suspend
	SuspendedPayments  []ID      // held because the award was suspended; loaded for resume
	Amendment          Amendment // that the command names; loaded for amend
	AmendmentsOpen     []ID      // requested or approved; loaded for finish and terminate
	ClaimsOpen         int       // draft, submitted, queried, verified or approved
	PaymentsOpen       int       // ready, held, batched, exported or recalled
	TranchesUnpaid     int       // in force and without a paid claim
	ReportsOpen        int
	ReportsDue         []Report // not submitted yet; loaded for finish and terminate, and for amend those not accepted yet
	ReportMonths       int64    // after how many months of the period the program wants reports; loaded for countersign
	ReportDays         int64    // how many days after each of those periods; loaded for countersign
	FindingsOpen       int
	OpenClaims         []ID     // draft, submitted, queried or verified; loaded for close_unilaterally
	OpenReports        []ID     // due, submitted or returned; loaded for close_unilaterally
	DebtsOpen          int      // neither paid, referred, written off nor cancelled
	Balances           Balances // of the award
	FundExpired        bool
	GroupAwarded       Cents // what the group has been awarded in the opportunity; loaded for accept, countersign and update
	GroupCap           Cents // the highest cap of those awards
}

// standardTerms are the terms that an award is first offered under.
const standardTerms = `AI Innovation Voucher, standard terms 2026-1.
1. The voucher pays for the work described in the application and for nothing else.
2. Each tranche is paid after its deliverable has been accepted.
3. The recipient keeps records for three years after the final report and lets the program see them.
4. Money that is not claimed within the closeout period returns to the program.
5. A material change, of control, of key people or of revenue evidence, is reported within thirty days.`

var (
	awardChange = Field{Name: "change", Kind: Text, Max: 4000}
	awardTerms  = Field{Name: "terms", Kind: Text, Max: 20_000}

	awardAmendment = Field{Name: "amendment", Kind: Ref, Of: NounAmendment}
)

type awardGuard = Guard[AwardFacts]

var (
	applicationAwarded = awardGuard{
		Reason: "application_not_awarded",
		OK: func(f *AwardFacts, c *Command, _ time.Time) bool {
			return f.Application.State == Awarded && f.Application.Award == c.ID && f.Application.Awarded > 0
		},
	}
	signedInFresh = awardGuard{
		Reason: "sign_in_again",
		OK:     func(_ *AwardFacts, c *Command, _ time.Time) bool { return c.Fresh },
	}
	offerStands = awardGuard{
		Reason: "offer_over",
		OK:     func(f *AwardFacts, c *Command, _ time.Time) bool { return c.Received.Before(f.OfferEnds) },
		Words:  func(f *AwardFacts, _ *Command) Words { return Words{"ended": f.OfferEnds} },
	}
	offerOver = awardGuard{
		Reason: "offer_not_over",
		OK:     func(f *AwardFacts, _ *Command, now time.Time) bool { return !now.Before(f.OfferEnds) },
		Words:  func(f *AwardFacts, _ *Command) Words { return Words{"ends": f.OfferEnds} },
	}
	awardVerdictPass = awardGuard{
		Reason: "verdict_not_pass",
		OK:     func(f *AwardFacts, _ *Command, _ time.Time) bool { return f.Verdict.Outcome == Pass },
		Words:  func(f *AwardFacts, _ *Command) Words { return f.Verdict.words() },
	}
	awardEvidenceSeen = awardGuard{
		Reason: ReasonEvidenceChanged,
		OK: func(f *AwardFacts, _ *Command, _ time.Time) bool {
			stored := f.Application.Verdict
			return !f.Application.EvidenceChanged && (stored == "" || !f.Verdict.differs(stored))
		},
		Words: func(f *AwardFacts, _ *Command) Words {
			return Words{"sum": f.Verdict.Sum, "was": readVerdict(f.Application.Verdict).Sum, "outcome": f.Verdict.Outcome.String()}
		},
	}
	awardClearancesFresh = awardGuard{
		Reason: "clearances_missing",
		OK:     func(f *AwardFacts, _ *Command, _ time.Time) bool { return f.Clearances == 0 },
		Words:  func(f *AwardFacts, _ *Command) Words { return Words{"missing": f.Clearances} },
	}
	payeeScreened, payeeUnlisted, payeeRegistered = payeeGuards(func(f *AwardFacts) *Payee { return &f.Payee })

	bankAccountThere = awardGuard{
		Reason: "bank_account_missing",
		OK:     func(f *AwardFacts, _ *Command, _ time.Time) bool { return f.BankAccount.State == Verified },
	}
	tranchesMakeFace = awardGuard{
		Reason: "tranches_differ",
		OK:     func(f *AwardFacts, _ *Command, _ time.Time) bool { return f.planned() == f.Face },
		Words: func(f *AwardFacts, _ *Command) Words {
			return Words{"amount": f.planned(), "face": f.Face}
		},
	}
	signatureHolds = awardGuard{
		Reason: "signature_differs",
		OK: func(f *AwardFacts, _ *Command, _ time.Time) bool {
			sum := sha256.Sum256(f.agreement())
			return f.Signature == hex.EncodeToString(sum[:])
		},
	}
	awardFundRuns = awardGuard{
		Reason: reasonFundExpired,
		OK:     func(f *AwardFacts, _ *Command, _ time.Time) bool { return !f.FundExpired },
	}
	// The recipient is told that something is being looked at, and not of whom it is
	// counted as one with.
	capLetsAccept = awardGuard{
		Reason: "cap_being_checked",
		OK:     func(f *AwardFacts, _ *Command, _ time.Time) bool { return !f.overCap() },
		Words:  func(f *AwardFacts, _ *Command) Words { return Words{"limit": f.GroupCap} },
	}
	capLetsCountersign = awardGuard{
		Reason: "group_over_cap",
		OK:     func(f *AwardFacts, _ *Command, _ time.Time) bool { return !f.overCap() },
		Words: func(f *AwardFacts, _ *Command) Words {
			return Words{"awarded": f.GroupAwarded, "limit": f.GroupCap}
		},
	}
	capSaysNew = awardGuard{
		Reason: "cap_unchanged",
		OK: func(f *AwardFacts, _ *Command, _ time.Time) bool {
			over, seen := f.capSays()
			return over != f.OverCap || seen != f.CapSeen
		},
	}
	flaggedForCap = awardGuard{
		Reason: "award_not_flagged",
		OK:     func(f *AwardFacts, _ *Command, _ time.Time) bool { return f.OverCap != 0 },
	}
	notSelectingOfficial = awardGuard{
		Reason: "you_made_this_award",
		OK:     func(f *AwardFacts, c *Command, _ time.Time) bool { return !c.Counts(f.OfferedBy) },
		Duty:   true,
	}
	notSuspender = awardGuard{
		Reason: "you_suspended_this",
		OK:     func(f *AwardFacts, c *Command, _ time.Time) bool { return !c.Counts(f.SuspendedBy) },
		Duty:   true,
	}
	workOver = awardGuard{
		Reason: "award_not_over",
		OK: func(f *AwardFacts, _ *Command, now time.Time) bool {
			return f.TranchesUnpaid == 0 || !DateOf(now).Before(f.PeriodEnd)
		},
		Words: func(f *AwardFacts, _ *Command) Words {
			return Words{"unpaid": f.TranchesUnpaid, "ends": f.PeriodEnd.String()}
		},
	}
	amendmentSigned = awardGuard{
		Reason: "amendment_not_signed",
		OK: func(f *AwardFacts, _ *Command, _ time.Time) bool {
			m := &f.Amendment
			return m.State == Signed && m.Award == f.ID && m.Revision == f.Revision+1 && m.Base == f.Signature
		},
	}
	closeoutLate = awardGuard{
		Reason: "closeout_running",
		OK:     func(f *AwardFacts, _ *Command, now time.Time) bool { return f.CloseoutDue().Before(DateOf(now)) },
		Words:  func(f *AwardFacts, _ *Command) Words { return Words{"due": f.CloseoutDue().String()} },
	}
	reportsIn  = noneOpen("reports_open", func(f *AwardFacts) int { return f.ReportsOpen })
	claimsDone = noneOpen("claims_open", func(f *AwardFacts) int { return f.ClaimsOpen })
	paymentsIn = noneOpen("payments_open", func(f *AwardFacts) int { return f.PaymentsOpen })
	debtsPaid  = noneOpen("debts_open", func(f *AwardFacts) int { return f.DebtsOpen })
	findingsIn = noneOpen("findings_open", func(f *AwardFacts) int { return f.FindingsOpen })
)

// noneOpen holds when there is nothing left of what count counts.
func noneOpen(reason Reason, count func(*AwardFacts) int) awardGuard {
	return awardGuard{
		Reason: reason,
		OK:     func(f *AwardFacts, _ *Command, _ time.Time) bool { return count(f) == 0 },
		Words:  func(f *AwardFacts, _ *Command) Words { return Words{"open": count(f)} },
	}
}

// planned returns what the tranches in force come to.
func (f *AwardFacts) planned() Cents {
	var sum Cents
	for i := range f.Tranches {
		sum += f.Tranches[i].Amount
	}
	return sum
}

// overCap reports whether the group has been awarded more than its cap. No award can
// do that; groups that were joined afterwards can.
func (f *AwardFacts) overCap() bool { return f.GroupAwarded > f.GroupCap }

// capSays returns what OverCap and CapSeen have to be as the group stands now.
func (f *AwardFacts) capSays() (over, seen Cents) {
	switch {
	case !f.overCap():
		return 0, 0
	case f.GroupAwarded > f.CapSeen:
		return f.GroupAwarded, f.CapSeen
	}
	return 0, f.CapSeen
}

// move posts cents of this award from one account to another.
func (f *AwardFacts) move(s *Step, debit, credit Account, cents Cents) {
	s.Post(Posting{Fund: f.Fund, Application: f.Award.Application, Debit: debit, Credit: credit, Cents: cents})
}

func offerAward(f *AwardFacts, c *Command, s *Step) {
	app := &f.Application
	f.Award.Application, f.Program, f.Fund = app.ID, app.Program, app.Fund
	f.Award.Opportunity, f.Award.Organization, f.Group = f.Opportunity.ID, f.Organization.ID, f.Organization.Group
	f.Number = fmt.Sprintf("%s%02d-%06d", f.Opportunity.Prefix, s.At.Year()%100, c.ID)
	f.Face, f.Cap, f.Revision, f.Terms, f.OfferedBy = app.Awarded, f.Opportunity.Cap(), 1, standardTerms, app.DeterminedBy
	f.Recipient = f.Organization.LegalName
	f.OfferEnds = f.offerUntil(s.At)
	f.PeriodStart = DateOf(s.At)
	f.PeriodEnd = DateOf(f.PeriodStart.Time().AddDate(0, int(app.Months), 0))
	for _, t := range f.plan() {
		s.Raise(Child{Noun: NounTranche, Action: ActMake, Parent: f.ID, Inputs: t.inputs()})
	}
}

func (f *AwardFacts) offerUntil(now time.Time) time.Time {
	return now.AddDate(0, 0, int(f.Opportunity.OfferDays))
}

// plan divides the face value into the tranches that an award starts with:
// 40 percent at the start, 40 in the middle, the rest with its residual cents
// on the last day. What is too small to divide stays one tranche.
func (f *AwardFacts) plan() []Tranche {
	last := f.PeriodEnd.AddDays(-1)
	part := f.Face * 40 / 100
	if part == 0 {
		return []Tranche{{Kind: TrancheCash, Number: 1, Title: "Completion", Deliverable: "Final report", Amount: f.Face, Due: last}}
	}
	middle := f.PeriodStart.AddDays(last.DaysSince(f.PeriodStart) / 2)
	return []Tranche{
		{Kind: TrancheCash, Number: 1, Title: "Start", Deliverable: "Work plan", Amount: part, Due: f.PeriodStart},
		{Kind: TrancheCash, Number: 2, Title: "Midpoint", Deliverable: "Prototype and progress report", Amount: part, Due: middle},
		{Kind: TrancheCash, Number: 3, Title: "Completion", Deliverable: "Final report", Amount: f.Face - 2*part, Due: last},
	}
}

func acceptAward(f *AwardFacts, c *Command, s *Step) {
	f.AcceptedBy, f.AcceptedAt = c.Actor.Person, c.Received
	f.Award.BankAccount, f.BankVersion = f.BankAccount.ID, f.BankAccount.Version
	f.Signature = s.Store(f.agreement())
}

func askForChange(f *AwardFacts, c *Command, _ *Step) { f.ChangeAsked = c.Text(awardChange) }

func reviseAward(f *AwardFacts, c *Command, s *Step) {
	c.setText(&f.Note, fieldNote)
	f.Terms = c.Text(awardTerms)
	f.Revision++
	f.OfferEnds = f.offerUntil(s.At)
}

// endOffer gives an award's reserved money back and takes its tranches with it.
// The application follows only while it still counts on this award: after a
// rectification it is in review again.
func endOffer(f *AwardFacts, c *Command, s *Step) {
	c.setText(&f.Note, fieldNote)
	f.move(s, Committed, Available, f.Face)
	s.Count(GroupDelta{Opportunity: f.Award.Opportunity, Organization: f.Award.Organization, Cents: -f.Face, Cap: f.Opportunity.Cap()})
	for i := range f.Tranches {
		s.Raise(Child{Noun: NounTranche, Action: ActCancel, ID: f.Tranches[i].ID})
	}
	if f.Application.State == Awarded && f.Application.Award == f.ID {
		s.Raise(Child{Noun: NounApplication, Action: ActLapseAward, ID: f.Application.ID})
	}
	if f.OverCap != 0 || f.CapSeen != 0 { // so are the others of its group, and need not be any more
		s.Enqueue(JobCap, f.Organization.ID)
	}
}

// JobCap is the kind of job that holds the awards of an organization's group against
// the cap.
const JobCap = "weigh_awards"

// weighAward flags the award for what its group has been awarded, or takes that back.
func weighAward(f *AwardFacts, _ *Command, _ *Step) {
	f.OverCap, f.CapSeen = f.capSays()
}

// lookAtCap notes that a grants officer has looked at what the award is flagged for.
func (f *AwardFacts) lookAtCap() { f.CapSeen, f.OverCap = max(f.CapSeen, f.OverCap), 0 }

func continueAward(f *AwardFacts, c *Command, _ *Step) {
	c.setText(&f.Note, fieldNote)
	f.lookAtCap()
}

func countersignAward(f *AwardFacts, c *Command, s *Step) {
	f.CountersignedBy, f.CountersignedAt = c.Actor.Person, c.Received
	s.Enqueue(JobLetter, f.Award.Application)
	f.move(s, Committed, Obligated, f.Face)
	oweReports(f, s)
}

func suspendAward(f *AwardFacts, c *Command, s *Step) {
	c.setText(&f.Note, fieldNote)
	f.SuspendedBy = c.Actor.Person
	f.lookAtCap()
	for _, id := range f.UnexportedPayments {
		s.Raise(Child{Noun: NounPayment, Action: ActHold, ID: id,
			Inputs: []Input{fieldNote.text(HeldForSuspension), paymentHeldBy.ref(f.SuspendedBy)}})
	}
}

func resumeAward(f *AwardFacts, c *Command, s *Step) {
	c.setText(&f.Note, fieldNote)
	f.SuspendedBy = 0
	for _, id := range f.SuspendedPayments {
		s.Raise(Child{Noun: NounPayment, Action: ActRelease, ID: id})
	}
}

// amendAward has the award say what was signed. The last report covers what is longer now,
// and whoever takes the award over owes what is still to be reported.
func amendAward(f *AwardFacts, _ *Command, s *Step) {
	was := f.Award
	f.Amendment.amend(&f.Award)
	s.Enqueue(JobLetter, f.Award.Application)
	for _, r := range f.ReportsDue {
		if r.State == Due && r.Final && f.PeriodEnd != was.PeriodEnd {
			s.Raise(Child{Noun: NounReport, Action: ActAmend, ID: r.ID, Inputs: r.lastUntil(f.PeriodEnd)})
		}
		if f.Award.Organization != was.Organization {
			s.Raise(Child{Noun: NounReport, Action: ActUpdate, ID: r.ID})
		}
	}
}

// startClosing begins the closeout; what was not agreed by then is not any more.
func startClosing(f *AwardFacts, c *Command, s *Step) {
	c.setText(&f.Note, fieldNote)
	f.ClosingSince = s.At
	endReports(f, s)
	for _, id := range f.AmendmentsOpen {
		s.Raise(Child{Noun: NounAmendment, Action: ActLapse, ID: id})
	}
}

func terminateAward(f *AwardFacts, c *Command, s *Step) {
	f.lookAtCap()
	startClosing(f, c, s)
}

func closeAward(f *AwardFacts, c *Command, s *Step) {
	c.setText(&f.Note, fieldNote)
	f.move(s, Obligated, unspent(f.FundExpired), f.Balances[Obligated])
}

// closeWithout closes the award without what the recipient should have brought: its reports
// never came, and what it claims is not looked at any more. Source: 2 CFR 200.344(i).
func closeWithout(f *AwardFacts, c *Command, s *Step) {
	for _, id := range f.OpenClaims {
		s.Raise(Child{Noun: NounClaim, Action: ActCancel, ID: id})
	}
	for _, id := range f.OpenReports {
		s.Raise(Child{Noun: NounReport, Action: ActLapse, ID: id})
	}
	closeAward(f, c, s)
}

// unspent returns where money goes that an award no longer needs: an expired
// fund may not spend it again.
func unspent(fundExpired bool) Account {
	if fundExpired {
		return Recovered
	}
	return Available
}

// Awards is the lifecycle of an award.
var Awards = NewMachine(NounAward,
	func(f *AwardFacts) *Record { return &f.Record },
	func(f *AwardFacts) *Standing { return &f.Standing },
	append([]Rule[AwardFacts]{
		{Start: in(None), Action: ActOffer, By: by(System), End: Offered,
			Guards: []awardGuard{applicationAwarded}, Effect: offerAward},
		{Start: in(Offered), Action: ActAccept, By: by(AOR), End: Accepted,
			Guards: []awardGuard{signedInFresh, offerStands, awardVerdictPass, awardEvidenceSeen, payeeScreened, payeeUnlisted, payeeRegistered, awardClearancesFresh, capLetsAccept, bankAccountThere, tranchesMakeFace},
			Effect: acceptAward},
		{Start: in(Offered), Action: ActRequestChange, By: by(AOR), End: ChangeRequested,
			Fields: []Field{awardChange}, Guards: []awardGuard{offerStands}, Effect: askForChange},
		{Start: in(ChangeRequested), Action: ActRevise, By: by(GrantsOfficer), End: Offered,
			Fields: []Field{awardTerms, fieldNote.Opt()}, Effect: reviseAward},
		{Start: in(Offered), Action: ActRefuse, By: by(AOR), End: Refused,
			Fields: []Field{fieldNote.Opt()}, Effect: endOffer, Always: true},
		{Start: in(Offered, ChangeRequested, Accepted), Action: ActLapse, By: by(System), End: Lapsed,
			Guards: []awardGuard{offerOver}, Effect: endOffer},
		{Start: in(Offered, ChangeRequested, Accepted), Action: ActRescind, By: by(SelectingOfficial), End: Rescinded,
			Fields: []Field{fieldNote}, Effect: endOffer, Always: true},
		{Start: in(Accepted), Action: ActCountersign, By: by(GrantsOfficer), End: Active,
			Guards: []awardGuard{notSelectingOfficial, awardFundRuns, awardVerdictPass, awardEvidenceSeen, payeeScreened, payeeUnlisted, payeeRegistered, awardClearancesFresh, capLetsCountersign, tranchesMakeFace, signatureHolds},
			Effect: countersignAward},
		{Start: in(Active), Action: ActAmend, By: by(System), End: Active,
			Fields: []Field{awardAmendment}, Guards: []awardGuard{amendmentSigned}, Effect: amendAward},
		{Start: in(Active), Action: ActSuspend, By: by(GrantsOfficer), End: Suspended,
			Fields: []Field{fieldNote}, Effect: suspendAward, Always: true},
		{Start: in(Suspended), Action: ActResume, By: by(GrantsOfficer), End: Active,
			Fields: []Field{fieldNote.Opt()}, Guards: []awardGuard{notSuspender}, Effect: resumeAward},
		{Start: in(Active, Suspended), Action: ActFinish, By: by(System, GrantsOfficer), End: Closing,
			Fields: []Field{fieldNote.Opt()}, Guards: []awardGuard{workOver}, Effect: startClosing},
		{Start: in(Active, Suspended), Action: ActTerminate, By: by(GrantsOfficer), End: Closing,
			Fields: []Field{fieldNote}, Effect: terminateAward, Always: true},
		{Start: in(Closing), Action: ActClose, By: by(GrantsOfficer), End: Closed,
			Fields: []Field{fieldNote.Opt()}, Guards: []awardGuard{reportsIn, claimsDone, paymentsIn, findingsIn, debtsPaid}, Effect: closeAward},
		{Start: in(Closing), Action: ActCloseUnilaterally, By: by(GrantsOfficer), End: Closed,
			Fields: []Field{fieldNote}, Guards: []awardGuard{closeoutLate, paymentsIn, findingsIn, debtsPaid}, Effect: closeWithout},
	}, capRows()...)...)

// capRows are the rows by which an award is flagged when its group turns out to be
// over the cap, and by which a grants officer lets it go on; the state stays. What
// is unsigned stays so while the group is over the cap.
func capRows() (rows []Rule[AwardFacts]) {
	for _, s := range in(Offered, ChangeRequested, Accepted, Active, Suspended) {
		rows = append(rows,
			Rule[AwardFacts]{Start: in(s), Action: ActUpdate, By: by(System), End: s, Guards: []awardGuard{capSaysNew}, Effect: weighAward, Always: true, Hidden: true},
			Rule[AwardFacts]{Start: in(s), Action: ActAcknowledge, By: by(GrantsOfficer), End: s, Fields: []Field{fieldNote},
				Guards: []awardGuard{flaggedForCap}, Effect: continueAward, Always: true})
	}
	return rows
}
