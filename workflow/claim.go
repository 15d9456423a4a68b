package workflow

import (
	"fmt"
	"time"
)

// A Claim is the recipient's request to be paid for a tranche.
// Source of the fields: SF-270, Request for Advance or Reimbursement.
type Claim struct {
	Record
	Number       string // such as C-001044
	Award        ID
	Application  ID
	Organization ID
	Fund         ID
	Tranche      ID
	Kind         string // advance, reimbursement or fixed_amount
	Amount       Cents
	Narrative    string // what was delivered
	StartedBy    ID
	SubmittedBy  ID
	Question     string
	Reply        string
	VerifiedBy   ID
	ApprovedBy   ID
	Codes        string
	Note         string
	Payment      ID // the payment made at approval; once paid, the one that paid it
}

// ClaimFacts is everything that a decision about a claim may look at.
type ClaimFacts struct {
	Claim
	Standing
	Award          Award
	Tranche        Tranche
	BankAccount    BankAccount // the organization's verified account; ID zero when there is none
	OtherLive      int         // other claims for the tranche that are open or paid
	ReportsOverdue int         // reports of the award that should have been submitted
	Balances       Balances    // of the award
	Payment        Payment     // the one that the command names; loaded for pay, reopen and void
}

// ClaimRejectCodes are the reasons that a claim may be rejected for.
// Source: the reasons for withholding and disallowing, 2 CFR 200.339 and 200.403.
var ClaimRejectCodes = []string{
	"deliverable_missing", "deliverable_unacceptable", "documentation_missing", "not_allowable", "outside_period",
}

var (
	claimTranche   = Field{Name: "tranche", Kind: Ref, Of: NounTranche}
	claimKind      = Field{Name: "kind", Kind: Choice, Choices: []string{"advance", "reimbursement", "fixed_amount"}}
	claimNarrative = Field{Name: "narrative", Kind: Text, Max: 8000}
	claimAccepted  = Field{Name: "accepted", Kind: Check, Optional: true}
	claimPayment   = Field{Name: "payment", Kind: Ref, Of: NounPayment}

	claimFields = []Field{claimKind.Opt(), fieldAmount.Opt(), claimNarrative.Opt()}
)

type claimGuard = Guard[ClaimFacts]

var (
	claimAwardRuns = claimGuard{
		Reason: "award_not_running",
		OK:     func(f *ClaimFacts, _ *Command, _ time.Time) bool { return f.Award.Running() },
		Words:  func(f *ClaimFacts, _ *Command) Words { return Words{"state": f.Award.State} },
	}
	trancheFits = claimGuard{
		Reason: "tranche_not_claimable",
		OK: func(f *ClaimFacts, _ *Command, _ time.Time) bool {
			t := &f.Tranche
			return t.State == Active && t.Award == f.Award.ID && t.Kind == TrancheCash
		},
		Field: &claimTranche,
	}
	oneLiveClaim = claimGuard{
		Reason: "other_claim_live",
		OK:     func(f *ClaimFacts, _ *Command, _ time.Time) bool { return f.OtherLive == 0 },
		Words:  func(f *ClaimFacts, _ *Command) Words { return Words{"others": f.OtherLive} },
	}
	claimComplete = claimGuard{
		Reason: "incomplete",
		OK:     func(f *ClaimFacts, _ *Command, _ time.Time) bool { return len(f.Missing()) == 0 },
		Words:  func(f *ClaimFacts, _ *Command) Words { return Words{"missing": f.Missing()} },
	}
	milestoneDue = claimGuard{
		Reason: "milestone_not_due",
		OK: func(f *ClaimFacts, c *Command, _ time.Time) bool {
			return !DateOf(c.Received).Before(f.Tranche.Due)
		},
		Words: func(f *ClaimFacts, _ *Command) Words { return Words{"due": f.Tranche.Due.String()} },
	}
	noReportOverdue = claimGuard{
		Reason: "reports_overdue",
		OK:     func(f *ClaimFacts, _ *Command, _ time.Time) bool { return f.ReportsOverdue == 0 },
		Words:  func(f *ClaimFacts, _ *Command) Words { return Words{"overdue": f.ReportsOverdue} },
	}
	withinTranche = claimGuard{
		Reason: "over_tranche",
		OK:     func(f *ClaimFacts, _ *Command, _ time.Time) bool { return f.Amount <= f.Tranche.Amount },
		Words: func(f *ClaimFacts, _ *Command) Words {
			return Words{"amount": f.Amount, "limit": f.Tranche.Amount}
		},
		Field: &fieldAmount,
	}
	deliverableAccepted = claimGuard{
		Reason: "deliverable_not_accepted",
		OK:     func(_ *ClaimFacts, c *Command, _ time.Time) bool { return c.Checked(claimAccepted) },
		Field:  &claimAccepted,
	}
	verifiedAboveZero = claimGuard{
		Reason: "amount_zero",
		OK:     func(f *ClaimFacts, c *Command, _ time.Time) bool { return f.verified(c) > 0 },
		Field:  &fieldAmount,
	}
	withinClaim = claimGuard{
		Reason: "over_claimed",
		OK:     func(f *ClaimFacts, c *Command, _ time.Time) bool { return f.verified(c) <= f.Amount },
		Words: func(f *ClaimFacts, c *Command) Words {
			return Words{"amount": f.verified(c), "limit": f.Amount}
		},
		Field: &fieldAmount,
	}
	notVerifier = claimGuard{
		Reason: "you_verified_this",
		OK:     func(f *ClaimFacts, c *Command, _ time.Time) bool { return !c.Counts(f.VerifiedBy) },
		Duty:   true,
	}
	claimAccountVerified = claimGuard{
		Reason: "bank_account_unverified",
		OK:     func(f *ClaimFacts, _ *Command, _ time.Time) bool { return f.BankAccount.State == Verified },
	}
	withinObligation = claimGuard{
		Reason: "over_obligated",
		OK:     func(f *ClaimFacts, _ *Command, _ time.Time) bool { return f.Amount <= f.Balances[Obligated] },
		Words: func(f *ClaimFacts, _ *Command) Words {
			return Words{"amount": f.Amount, "limit": f.Balances[Obligated]}
		},
	}
	paymentSettled = claimGuard{
		Reason: "payment_not_settled",
		OK:     func(f *ClaimFacts, _ *Command, _ time.Time) bool { return f.paymentIs(Settled) || f.paymentIs(Offset) },
	}
	paymentReturned = claimGuard{
		Reason: "payment_not_returned",
		OK:     func(f *ClaimFacts, _ *Command, _ time.Time) bool { return f.paymentIs(Returned) },
	}
	paymentOver = claimGuard{
		Reason: "payment_lives",
		OK: func(f *ClaimFacts, _ *Command, _ time.Time) bool {
			return f.paymentIs(Cancelled) || f.paymentIs(Returned) && f.Payment.ReissuedBy == 0
		},
	}
)

// Missing lists the names of the fields that a submission still lacks.
func (c *Claim) Missing() []string {
	var out []string
	if c.Kind == "" {
		out = append(out, claimKind.Name)
	}
	if c.Amount <= 0 {
		out = append(out, fieldAmount.Name)
	}
	if c.Narrative == "" {
		out = append(out, claimNarrative.Name)
	}
	return out
}

// verified returns what the officer accepts: all of the claim when no amount came.
func (f *ClaimFacts) verified(c *Command) Cents {
	if c.Has(fieldAmount) {
		return c.Cents(fieldAmount)
	}
	return f.Amount
}

func (f *ClaimFacts) paymentIs(s State) bool { return f.Payment.Claim == f.ID && f.Payment.State == s }

// write takes over the recipient's fields that came with c, and only those.
func (f *ClaimFacts) write(c *Command) {
	c.setText(&f.Kind, claimKind)
	c.setCents(&f.Amount, fieldAmount)
	c.setText(&f.Narrative, claimNarrative)
}

func startClaim(f *ClaimFacts, c *Command, _ *Step) {
	a := &f.Award
	f.Claim.Award, f.Application, f.Organization, f.Fund = a.ID, a.Application, a.Organization, a.Fund
	f.Claim.Tranche = f.Tranche.ID
	f.Number = fmt.Sprintf("C-%06d", f.ID)
	f.StartedBy = c.Actor.Person
	f.write(c)
}

func saveClaim(f *ClaimFacts, c *Command, _ *Step) { f.write(c) }

func submitClaim(f *ClaimFacts, c *Command, _ *Step) { f.SubmittedBy = c.Actor.Person }

func queryClaim(f *ClaimFacts, c *Command, _ *Step) { f.Question, f.Reply = c.Text(fieldQuestion), "" }

func replyClaim(f *ClaimFacts, c *Command, _ *Step) { f.Reply = c.Text(fieldReply) }

// verifyClaim fixes the amount. What the claim does not take of its tranche
// becomes a tranche of its own, so that it stays due.
func verifyClaim(f *ClaimFacts, c *Command, s *Step) {
	c.setText(&f.Note, fieldNote)
	f.Amount, f.VerifiedBy = f.verified(c), c.Actor.Person
	if f.Amount < f.Tranche.Amount {
		s.Raise(Child{Noun: NounTranche, Action: ActSplit, ID: f.Tranche.ID, Inputs: []Input{fieldAmount.cents(f.Amount)}})
	}
}

func approveClaim(f *ClaimFacts, c *Command, s *Step) {
	f.ApprovedBy, f.Claim.Payment = c.Actor.Person, c.Spare
	s.Post(Posting{Fund: f.Fund, Application: f.Application, Debit: Obligated, Credit: Payable, Cents: f.Amount})
	s.Raise(Child{Noun: NounPayment, Action: ActMake, ID: c.Spare, Parent: f.ID})
}

func sendBackClaim(f *ClaimFacts, c *Command, _ *Step) {
	c.setText(&f.Note, fieldNote)
	f.VerifiedBy = 0
}

func rejectClaim(f *ClaimFacts, c *Command, _ *Step) {
	c.setText(&f.Note, fieldNote)
	f.Codes = c.Text(fieldCodes)
}

func noteOnClaim(f *ClaimFacts, c *Command, _ *Step) { c.setText(&f.Note, fieldNote) }

func payClaim(f *ClaimFacts, _ *Command, _ *Step) { f.Claim.Payment = f.Payment.ID }

// Claims is the lifecycle of a claim.
var Claims = NewMachine(NounClaim,
	func(f *ClaimFacts) *Record { return &f.Record },
	func(f *ClaimFacts) *Standing { return &f.Standing },
	[]Rule[ClaimFacts]{
		{Start: in(None), Action: ActStart, By: by(Applicant, AOR), End: Draft,
			Fields: append([]Field{claimTranche}, claimFields...),
			Guards: []claimGuard{claimAwardRuns, trancheFits, oneLiveClaim}, Effect: startClaim},
		{Start: in(Draft), Action: ActSave, By: by(Applicant, AOR), End: Draft,
			Fields: claimFields, Effect: saveClaim, Hidden: true, Always: true},
		{Start: in(Draft), Action: ActSubmit, By: by(AOR), End: Submitted,
			Guards: []claimGuard{claimAwardRuns, trancheFits, oneLiveClaim, milestoneDue, noReportOverdue, claimComplete, withinTranche},
			Effect: submitClaim},
		{Start: in(Submitted), Action: ActQuery, By: by(ProgramOfficer), End: Queried,
			Fields: []Field{fieldQuestion}, Effect: queryClaim},
		{Start: in(Queried), Action: ActReply, By: by(AOR), End: Submitted,
			Fields: []Field{fieldReply}, Effect: replyClaim, Always: true},
		{Start: in(Submitted), Action: ActVerify, By: by(ProgramOfficer), End: Verified,
			Fields: []Field{claimAccepted, fieldAmount.Opt(), fieldNote.Opt()},
			Guards: []claimGuard{noReportOverdue, deliverableAccepted, verifiedAboveZero, withinClaim}, Effect: verifyClaim},
		{Start: in(Verified), Action: ActApprove, By: by(GrantsOfficer), End: Approved,
			Guards: []claimGuard{notVerifier, claimAwardRuns, noReportOverdue, claimAccountVerified, withinTranche, withinObligation},
			Effect: approveClaim},
		{Start: in(Verified), Action: ActSendBack, By: by(GrantsOfficer), End: Submitted,
			Fields: []Field{fieldNote}, Effect: sendBackClaim},
		{Start: in(Submitted, Verified), Action: ActReject, By: by(GrantsOfficer), End: Rejected,
			Fields: []Field{fieldCodes.With(ClaimRejectCodes...), fieldNote}, Effect: rejectClaim},
		{Start: in(Draft, Submitted, Queried, Verified), Action: ActCancel, By: by(AOR, System), End: Cancelled,
			Fields: []Field{fieldNote.Opt()}, Effect: noteOnClaim, Always: true},
		{Start: in(Approved), Action: ActPay, By: by(System), End: Paid,
			Fields: []Field{claimPayment}, Guards: []claimGuard{paymentSettled}, Effect: payClaim, Always: true},
		{Start: in(Paid), Action: ActReopen, By: by(System), End: Approved,
			Fields: []Field{claimPayment}, Guards: []claimGuard{paymentReturned}, Always: true},
		{Start: in(Approved, Paid), Action: ActVoid, By: by(System), End: Cancelled,
			Fields: []Field{claimPayment}, Guards: []claimGuard{paymentOver}, Always: true},
	}...)
