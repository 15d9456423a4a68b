package workflow

import (
	"fmt"
	"slices"
	"time"
)

// A Payment is one credit to one bank account.
type Payment struct {
	Record
	Number       string // such as P-001045; also the identification number in a bank file
	Claim        ID
	Award        ID
	Application  ID
	Organization ID
	Program      ID
	Fund         ID
	Tranche      ID
	Amount       Cents
	BankAccount  ID
	BankVersion  int64 // the version of the account that was approved
	Batch        ID    // zero while it is in none
	Trace        string
	ExportedAt   time.Time
	HeldBy       ID     // on whose account it is held; zero when nobody but the system wanted it
	HoldReason   string // what the holder wrote, or one of the codes HeldFor…
	HeldUntil    Date   // the first day on which it may be released; no date when any day will do
	ReturnCode   string // such as R03; the newest answer that was no
	Reissues     ID     // the returned or misdirected payment that this one replaces
	ReissuedBy   ID     // the payment that replaces this one
	Debt         ID     // the debt that it was offset against
	Presumed     bool   // settled without the bank's word
	Note         string // why it was recalled or cancelled
}

// PaymentFacts is everything that a decision about a payment may look at.
type PaymentFacts struct {
	Payment
	Standing
	Award          Award
	Claim          Claim
	Batch          Batch       // the batch it is in, or the one that the command names
	BankAccount    BankAccount // the organization's verified account; ID zero when there is none
	Origin         Payment     // the payment that is the Parent of one to be made; ID zero otherwise
	Exception      Exception   // an approved exception to misdirect it; ID zero when none
	Payee          Payee       // loaded for batch, export and release
	PayeeName      string      // legal name of the organization; loaded for batch and export
	Available      Cents       // of the fund; loaded for misdirect
	BatchUnsettled int         // zero when no other member of its batch is exported or recalled
	FundExpired    bool
	Symbol         string // of the fund
	PresumeDays    int64  // after how many weekdays the program presumes a payment settled; loaded for settle
}

// The reasons for which the system itself holds a payment.
const (
	// HeldForSuspension stands on payments of a suspended award: resuming it releases them.
	HeldForSuspension = "award_suspended"
	// HeldForReissue stands on a payment that replaces another.
	HeldForReissue = "reissue"
	// HeldForAccountChange stands on payments to an account that was replaced.
	HeldForAccountChange = "bank_account_changed"
	// HeldForScreening stands on payments to an organization that a hit stands against.
	HeldForScreening = "screening"
)

// AccountCodes are the return codes that put the account itself in doubt.
// Source: Nacha return reason codes for credits: closed, not found, invalid
// number, branch sold, bank not qualified, frozen, questionable, no transaction
// account, invalid check digit, sanctions. ISO 20022 ExternalStatusReason1Code and
// ExternalReturnReason1Code: incorrect, closed, blocked or missing account, wrong kind
// of account, transaction forbidden on it, bank identifier incorrect.
var AccountCodes = []string{
	"AC01", "AC02", "AC03", "AC04", "AC05", "AC06", "AC07", "AC13", "AC14", "AC15", "AG01", "RC01", "RC03", "RC04", "RC07", "RC08",
	"R02", "R03", "R04", "R12", "R13", "R16", "R17", "R20", "R28", "R90",
}

var (
	paymentBatch    = Field{Name: "batch", Kind: Ref, Of: NounBatch}
	paymentCode     = Field{Name: "code", Kind: Line, Max: 4}
	paymentAnswered = Field{Name: "answered", Kind: Day, Optional: true}
	paymentDebt     = Field{Name: "debt", Kind: Ref, Of: NounDebt}
	paymentTrace    = Field{Name: "trace", Kind: Line, Max: 15}

	// Carried by commands that other steps raise, never read from a form.
	paymentQuiet  = Field{Name: "quiet", Kind: Check} // whoever raises it sees to the batch's totals
	paymentHeldBy = Field{Name: "held_by", Kind: Ref, Of: NounPerson}
	paymentUntil  = Field{Name: "until", Kind: Day}
)

type paymentGuard = Guard[PaymentFacts]

var (
	claimIsApproved = paymentGuard{
		Reason: "payment_unfounded",
		OK: func(f *PaymentFacts, c *Command, _ time.Time) bool {
			return f.Origin.ID == 0 && f.Claim.State == Approved && f.Claim.Payment == c.ID
		},
	}
	replacesOrigin = paymentGuard{
		Reason: "payment_unfounded",
		OK: func(f *PaymentFacts, c *Command, _ time.Time) bool {
			return f.Origin.ReissuedBy == c.ID && (f.Origin.State == Returned || f.Origin.State == Misdirected)
		},
	}
	batchOpen = paymentGuard{
		Reason: "batch_not_open",
		OK:     func(f *PaymentFacts, _ *Command, _ time.Time) bool { return f.Batch.State == Open },
		Field:  &paymentBatch,
	}
	batchOfProgram = paymentGuard{
		Reason: "batch_of_other_program",
		OK:     func(f *PaymentFacts, _ *Command, _ time.Time) bool { return f.Batch.Program == f.Program },
		Field:  &paymentBatch,
	}
	batchPreparer = paymentGuard{
		Reason: "batch_of_other_preparer",
		OK:     func(f *PaymentFacts, c *Command, _ time.Time) bool { return c.Counts(f.Batch.PreparedBy) },
		Duty:   true,
	}
	paymentAwardRuns = paymentGuard{
		Reason: "award_not_running",
		OK:     func(f *PaymentFacts, _ *Command, _ time.Time) bool { return f.Award.Running() },
		Words:  func(f *PaymentFacts, _ *Command) Words { return Words{"state": f.Award.State} },
	}
	accountVerified = paymentGuard{
		Reason: "bank_account_unverified",
		OK:     func(f *PaymentFacts, _ *Command, _ time.Time) bool { return f.BankAccount.State == Verified },
	}
	accountAsApproved = paymentGuard{
		Reason: "bank_account_changed",
		OK: func(f *PaymentFacts, _ *Command, _ time.Time) bool {
			return f.BankAccount.ID == f.Payment.BankAccount && f.BankAccount.Version == f.BankVersion
		},
		Words: func(f *PaymentFacts, _ *Command) Words {
			return Words{"approved": f.BankVersion, "version": f.BankAccount.Version}
		},
	}
	notAccountVerifier = paymentGuard{
		Reason: "you_verified_this_account",
		OK: func(f *PaymentFacts, c *Command, _ time.Time) bool {
			return !c.Counts(f.BankAccount.VerifiedBy) && !c.Counts(f.BankAccount.ConfirmedBy)
		},
		Duty: true,
	}
	payeeLegible = paymentGuard{
		Reason: "payee_illegible",
		OK:     func(f *PaymentFacts, _ *Command, _ time.Time) bool { return LegibleName(f.PayeeName) },
		Words:  func(f *PaymentFacts, _ *Command) Words { return Words{"payment": f.Number, "name": f.PayeeName} },
	}
	entryFits = paymentGuard{
		Reason: "over_entry_limit",
		OK:     func(f *PaymentFacts, _ *Command, _ time.Time) bool { return f.Amount <= MaxEntry },
		Words: func(f *PaymentFacts, _ *Command) Words {
			return Words{"payment": f.Number, "amount": f.Amount, "limit": MaxEntry}
		},
	}
	sameDayFits = paymentGuard{
		Reason: "over_same_day_limit",
		OK: func(f *PaymentFacts, _ *Command, now time.Time) bool {
			return f.Amount <= MaxSameDay || f.Batch.Effective == 0 || DateOf(now).Before(f.Batch.Effective)
		},
		Words: func(f *PaymentFacts, _ *Command) Words {
			return Words{"payment": f.Number, "amount": f.Amount, "limit": MaxSameDay}
		},
	}
	fundOpen = paymentGuard{
		Reason: "fund_closed",
		OK: func(f *PaymentFacts, _ *Command, now time.Time) bool {
			t, _ := ParseTAS(f.Symbol)
			closes := t.Closes()
			return closes == 0 || DateOf(now).Before(closes)
		},
		Words: func(f *PaymentFacts, _ *Command) Words {
			t, _ := ParseTAS(f.Symbol)
			return Words{"payment": f.Number, "symbol": f.Symbol, "closed": t.Closes().String()}
		},
	}
	symbolReadable = paymentGuard{
		Reason: "fund_symbol_unreadable",
		OK: func(f *PaymentFacts, _ *Command, _ time.Time) bool {
			_, ok := ParseTAS(f.Symbol)
			return ok || f.Batch.Format != FormatSPR
		},
		Words: func(f *PaymentFacts, _ *Command) Words { return Words{"payment": f.Number, "symbol": f.Symbol} },
	}
	paidScreened, paidUnlisted, paidRegistered = payeeGuards(func(f *PaymentFacts) *Payee { return &f.Payee })

	batchUnexported = paymentGuard{
		Reason: "batch_exported",
		OK:     func(f *PaymentFacts, _ *Command, _ time.Time) bool { return f.Batch.ExportedAt.IsZero() },
	}
	notHolder = paymentGuard{
		Reason: "you_held_this",
		OK:     func(f *PaymentFacts, c *Command, _ time.Time) bool { return !c.Counts(f.HeldBy) },
		Duty:   true,
	}
	reissueByGrantsOfficer = paymentGuard{
		Reason: "grants_officer_needed",
		OK: func(f *PaymentFacts, c *Command, _ time.Time) bool {
			return f.HoldReason != HeldForReissue || c.Roles.Has(GrantsOfficer)
		},
		Duty: true,
	}
	holdOver = paymentGuard{
		Reason: "hold_not_over",
		OK: func(f *PaymentFacts, _ *Command, now time.Time) bool {
			return !DateOf(now).Before(f.HeldUntil)
		},
		Words: func(f *PaymentFacts, _ *Command) Words { return Words{"until": f.HeldUntil.String()} },
	}
	awardNotSuspended = paymentGuard{
		Reason: "award_suspended",
		OK:     func(f *PaymentFacts, _ *Command, _ time.Time) bool { return f.Award.State != Suspended },
	}
	batchIsExported = paymentGuard{
		Reason: "batch_not_exported",
		OK:     func(f *PaymentFacts, _ *Command, _ time.Time) bool { return f.Batch.State == Exported },
	}
	batchIsRejected = paymentGuard{
		Reason: "batch_not_rejected",
		OK:     func(f *PaymentFacts, _ *Command, _ time.Time) bool { return f.Batch.State == Rejected },
	}
	traced = paymentGuard{
		Reason: "trace_missing",
		OK:     func(_ *PaymentFacts, c *Command, _ time.Time) bool { return c.Text(paymentTrace) != "" },
	}
	bankAnswered = paymentGuard{
		Reason: "bank_code_missing",
		OK:     func(_ *PaymentFacts, c *Command, _ time.Time) bool { return c.Text(paymentCode) != "" },
		Field:  &paymentCode,
	}
	sameAmount = paymentGuard{
		Reason: "amount_differs",
		OK: func(f *PaymentFacts, c *Command, _ time.Time) bool {
			return !c.Has(fieldAmount) || c.Cents(fieldAmount) == f.Amount
		},
		Words: func(f *PaymentFacts, c *Command) Words {
			return Words{"amount": c.Cents(fieldAmount), "paid": f.Amount}
		},
		Field: &fieldAmount,
	}
	settlementDue = paymentGuard{
		Reason: "settlement_not_due",
		OK: func(f *PaymentFacts, c *Command, now time.Time) bool {
			return c.Has(paymentAnswered) || !DateOf(now).Before(f.presumedOn())
		},
		Words: func(f *PaymentFacts, _ *Command) Words { return Words{"due": f.presumedOn().String()} },
	}
	awardUnclosed = paymentGuard{
		Reason: "award_closed",
		OK:     func(f *PaymentFacts, _ *Command, _ time.Time) bool { return f.Award.State != Closed },
	}
	misdirectApproved = paymentGuard{
		Reason: ReasonException,
		OK:     func(f *PaymentFacts, _ *Command, _ time.Time) bool { return f.Exception.ID != 0 },
	}
	paymentFundRuns = paymentGuard{
		Reason: reasonFundExpired,
		OK:     func(f *PaymentFacts, _ *Command, _ time.Time) bool { return !f.FundExpired },
	}
	replacementFunded = paymentGuard{
		Reason: ReasonFunds,
		OK:     func(f *PaymentFacts, _ *Command, _ time.Time) bool { return f.Amount <= f.Available },
		Words: func(f *PaymentFacts, _ *Command) Words {
			return Words{"amount": f.Amount, "available": f.Available}
		},
	}
)

// only narrows g to one of two rows that share a state and an action: where
// mine does not hold, the other row decides and gives its own reason.
func only[F any](g Guard[F], mine func(*F, *Command) bool) Guard[F] {
	ok := g.OK
	g.OK = func(f *F, c *Command, now time.Time) bool { return ok(f, c, now) && mine(f, c) }
	return g
}

func (f *PaymentFacts) awardIsUnclosed(*Command) bool { return f.Award.State != Closed }

// presumedOn returns the day from which on the payment counts as settled
// without the bank's word.
func (f *PaymentFacts) presumedOn() Date {
	return addWeekdays(max(f.Batch.Effective, DateOf(f.Payment.ExportedAt)), f.PresumeDays)
}

// addWeekdays returns the n-th day after d that is neither Saturday nor Sunday.
func addWeekdays(d Date, n int64) Date {
	for n > 0 {
		d = d.AddDays(1)
		if day := d.Time().Weekday(); day != time.Saturday && day != time.Sunday {
			n--
		}
	}
	return d
}

func (f *PaymentFacts) move(s *Step, debit, credit Account) {
	s.Post(Posting{Fund: f.Fund, Application: f.Application, Debit: debit, Credit: credit, Cents: f.Amount})
}

// stood returns the account that the payment's money stands in while it is in
// state s of exported, recalled or settled.
func stood(s State) Account {
	if s == Settled {
		return Disbursed
	}
	return InFlight
}

// leaveBatch takes the payment out of its batch, whose totals and approvals no
// longer hold then.
func (f *PaymentFacts) leaveBatch(c *Command, s *Step) {
	if f.Payment.Batch != 0 && !c.Checked(paymentQuiet) {
		s.Raise(Child{Noun: NounBatch, Action: ActResize, ID: f.Payment.Batch})
	}
	f.Payment.Batch = 0
}

// answered completes the batch when this was the last member that the bank owed
// an answer for.
func (f *PaymentFacts) answered(s *Step) {
	waiting := f.Batch.State == Exported || f.Batch.State == Acknowledged
	if waiting && f.BatchUnsettled == 0 {
		s.Raise(Child{Noun: NounBatch, Action: ActComplete, ID: f.Batch.ID})
	}
}

// tell raises action on the payment's claim, and names the payment.
func (f *PaymentFacts) tell(s *Step, action Action) {
	s.Raise(Child{Noun: NounClaim, Action: action, ID: f.Claim.ID, Inputs: []Input{claimPayment.ref(f.ID)}})
}

// replace raises the one payment that takes the place of this one.
func (f *PaymentFacts) replace(c *Command, s *Step) {
	f.ReissuedBy = c.Spare
	s.Raise(Child{Noun: NounPayment, Action: ActMake, ID: c.Spare, Parent: f.ID})
}

func makePayment(f *PaymentFacts, _ *Command, _ *Step) {
	claim := &f.Claim
	f.Number = fmt.Sprintf("P-%06d", f.ID)
	f.Payment.Claim, f.Payment.Award, f.Application = claim.ID, claim.Award, claim.Application
	f.Organization, f.Fund, f.Tranche, f.Amount = claim.Organization, claim.Fund, claim.Tranche, claim.Amount
	f.Program = f.Award.Program
	f.Payment.BankAccount, f.BankVersion = f.BankAccount.ID, f.BankAccount.Version
}

func makeReplacement(f *PaymentFacts, _ *Command, _ *Step) {
	was := &f.Origin
	f.Payment = Payment{
		Record: f.Record, Number: fmt.Sprintf("P-%06d", f.ID), Claim: was.Claim, Award: was.Award,
		Application: was.Application, Organization: was.Organization, Program: was.Program, Fund: was.Fund,
		Tranche: was.Tranche, Amount: was.Amount, BankAccount: was.BankAccount, BankVersion: was.BankVersion,
		HoldReason: HeldForReissue, Reissues: was.ID,
	}
}

func batchPayment(f *PaymentFacts, c *Command, s *Step) {
	f.Payment.Batch = f.Batch.ID
	if !c.Checked(paymentQuiet) {
		s.Raise(Child{Noun: NounBatch, Action: ActResize, ID: f.Batch.ID})
	}
}

func dropPayment(f *PaymentFacts, c *Command, s *Step) { f.leaveBatch(c, s) }

func holdPayment(f *PaymentFacts, c *Command, s *Step) {
	f.leaveBatch(c, s)
	f.HoldReason, f.HeldUntil = c.Text(fieldNote), c.Date(paymentUntil)
	f.HeldBy = c.Actor.Person
	if c.Roles.Has(System) {
		f.HeldBy = c.Ref(paymentHeldBy)
	}
}

// releasePayment sends the payment to the account that is verified now, which
// is another one or another version where the hold was about the account. The
// batch's certifier approves it anew.
func releasePayment(f *PaymentFacts, _ *Command, _ *Step) {
	f.HeldBy, f.HoldReason, f.HeldUntil = 0, "", 0
	f.Payment.BankAccount, f.BankVersion = f.BankAccount.ID, f.BankAccount.Version
}

func exportPayment(f *PaymentFacts, c *Command, s *Step) {
	f.Trace, f.Payment.ExportedAt = c.Text(paymentTrace), s.At
	f.move(s, Payable, InFlight)
}

func rejectPayment(f *PaymentFacts, c *Command, s *Step) {
	f.ReturnCode, f.Trace, f.Payment.ExportedAt = c.Text(paymentCode), "", time.Time{}
	f.Payment.Batch = 0
	f.move(s, InFlight, Payable)
}

// rejectRecalled keeps back what somebody had asked the bank not to pay.
func rejectRecalled(f *PaymentFacts, c *Command, s *Step) {
	f.HoldReason = f.Note
	rejectPayment(f, c, s)
}

func settlePayment(f *PaymentFacts, c *Command, s *Step) {
	f.Presumed = !c.Has(paymentAnswered)
	f.move(s, InFlight, Disbursed)
	if f.Claim.State == Approved {
		f.tell(s, ActPay)
	}
	f.answered(s)
}

func returnPayment(f *PaymentFacts, c *Command, s *Step) {
	f.ReturnCode = c.Text(paymentCode)
	f.move(s, stood(s.Start), Payable)
	if f.Claim.State == Paid {
		f.tell(s, ActReopen)
	}
	f.doubtAccount(s)
	f.replace(c, s)
	f.answered(s)
}

func returnAfterClose(f *PaymentFacts, c *Command, s *Step) {
	f.ReturnCode = c.Text(paymentCode)
	f.move(s, stood(s.Start), unspent(f.FundExpired))
	f.tell(s, ActVoid)
	f.doubtAccount(s)
	f.answered(s)
}

// doubtAccount takes the verification from the account that a return code
// speaks against, unless it is no longer the verified one anyway.
func (f *PaymentFacts) doubtAccount(s *Step) {
	if f.BankAccount.ID != f.Payment.BankAccount || !slices.Contains(AccountCodes, f.ReturnCode) {
		return
	}
	s.Raise(Child{Noun: NounBankAccount, Action: ActSuspend, ID: f.BankAccount.ID, Inputs: []Input{fieldNote.text(f.ReturnCode)}})
}

// misdirectPayment opens a debt for what went to the wrong account, and pays
// once more, to the right one.
func misdirectPayment(f *PaymentFacts, c *Command, s *Step) {
	s.owe(f.Award.ID, DebtMisdirected, f.ID, f.Amount)
	f.move(s, Available, Payable)
	s.Raise(Child{Noun: NounException, Action: ActUse, ID: f.Exception.ID})
	f.replace(c, s)
}

// offsetPayment keeps what the recipient would get for what it owes: the claim is paid.
func offsetPayment(f *PaymentFacts, c *Command, s *Step) {
	f.Debt = c.Ref(paymentDebt)
	f.move(s, Payable, Disbursed)
	f.tell(s, ActPay)
}

// recallPayment also keeps who asked: should the file be rejected, somebody else releases it.
func recallPayment(f *PaymentFacts, c *Command, _ *Step) {
	f.Note, f.HeldBy = c.Text(fieldNote), c.Actor.Person
}

func cancelPayment(f *PaymentFacts, c *Command, s *Step) {
	f.Note = c.Text(fieldNote)
	f.move(s, Payable, Obligated)
	f.tell(s, ActVoid)
}

// Payments is the lifecycle of a payment. What the bank says is booked whatever
// holds stand.
var Payments = NewMachine(NounPayment,
	func(f *PaymentFacts) *Record { return &f.Record },
	func(f *PaymentFacts) *Standing { return &f.Standing },
	[]Rule[PaymentFacts]{
		{Start: in(None), Action: ActMake, By: by(System), End: Held,
			Guards: []paymentGuard{replacesOrigin}, Effect: makeReplacement, Always: true},
		{Start: in(None), Action: ActMake, By: by(System), End: Ready,
			Guards: []paymentGuard{claimIsApproved}, Effect: makePayment},
		{Start: in(Ready), Action: ActBatch, By: by(FinancePreparer), End: Batched,
			Fields: []Field{paymentBatch},
			Guards: []paymentGuard{batchOpen, batchOfProgram, batchPreparer, notAccountVerifier, paymentAwardRuns,
				accountVerified, accountAsApproved, paidScreened, paidUnlisted, paidRegistered, payeeLegible,
				entryFits, sameDayFits, fundOpen, symbolReadable},
			Effect: batchPayment},
		{Start: in(Batched), Action: ActDrop, By: by(FinancePreparer, System), End: Ready,
			Guards: []paymentGuard{batchUnexported}, Effect: dropPayment, Always: true},
		{Start: in(Ready, Batched), Action: ActHold, By: by(System, ProgramOfficer, GrantsOfficer, FinanceCertifier), End: Held,
			Fields: []Field{fieldNote}, Guards: []paymentGuard{batchUnexported}, Effect: holdPayment, Always: true},
		{Start: in(Held), Action: ActRelease, By: by(GrantsOfficer, FinanceCertifier, System), End: Ready,
			Guards: []paymentGuard{notHolder, reissueByGrantsOfficer, holdOver, awardNotSuspended, accountVerified, paidUnlisted},
			Effect: releasePayment},
		{Start: in(Batched), Action: ActExport, By: by(System), End: Exported,
			Fields: []Field{paymentTrace},
			Guards: []paymentGuard{batchIsExported, traced, paymentAwardRuns, accountVerified, accountAsApproved, paidScreened, paidUnlisted, paidRegistered, payeeLegible, fundOpen},
			Effect: exportPayment},
		{Start: in(Exported), Action: ActReject, By: by(System), End: Ready,
			Fields: []Field{paymentCode}, Guards: []paymentGuard{bankAnswered, batchIsRejected}, Effect: rejectPayment, Always: true},
		{Start: in(Recalled), Action: ActReject, By: by(System), End: Held,
			Fields: []Field{paymentCode}, Guards: []paymentGuard{bankAnswered, batchIsRejected}, Effect: rejectRecalled, Always: true},
		{Start: in(Exported), Action: ActRecall, By: by(FinanceCertifier), End: Recalled,
			Fields: []Field{fieldNote}, Effect: recallPayment, Always: true},
		{Start: in(Exported, Recalled), Action: ActSettle, By: by(System), End: Settled,
			Fields: []Field{paymentAnswered}, Guards: []paymentGuard{settlementDue}, Effect: settlePayment, Always: true},
		{Start: in(Exported, Recalled, Settled), Action: ActReturn, By: by(System), End: Returned,
			Fields: []Field{paymentCode, fieldAmount.Opt()},
			Guards: []paymentGuard{bankAnswered, only(sameAmount, (*PaymentFacts).awardIsUnclosed)},
			Effect: returnPayment, Always: true},
		{Start: in(Exported, Recalled, Settled), Action: ActReturn, By: by(System), End: Returned,
			Fields: []Field{paymentCode, fieldAmount.Opt()},
			Guards: []paymentGuard{bankAnswered, sameAmount}, Effect: returnAfterClose, Always: true},
		{Start: in(Settled), Action: ActMisdirect, By: by(GrantsOfficer), End: Misdirected,
			Guards: []paymentGuard{misdirectApproved, awardUnclosed, paymentFundRuns, replacementFunded}, Effect: misdirectPayment},
		{Start: in(Ready), Action: ActOffset, By: by(System), End: Offset,
			Fields: []Field{paymentDebt}, Effect: offsetPayment},
		{Start: in(Ready, Held), Action: ActCancel, By: by(GrantsOfficer), End: Cancelled,
			Fields: []Field{fieldNote}, Effect: cancelPayment, Always: true},
	}...)
