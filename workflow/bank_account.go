package workflow

import "time"

// A BankAccount is one version of where an organization is paid. The account
// number itself is sealed; only its last four digits can be read.
type BankAccount struct {
	Record
	Organization ID
	Routing      string // ABA routing number, nine digits
	Sealed       string // the account number, sealed and bound to this record, base64
	Last4        string
	Savings      bool
	Holder       string
	EnteredBy    ID
	Change       bool   // another account of the organization had been verified before
	VerifiedBy   ID     // stays when the account is suspended: it says that it was verified once
	Method       string // prenote or call_back
	ConfirmedBy  ID
	Replaces     ID // the account that this one took over from
	Note         string
}

// BankAccountFacts is everything that a decision about a bank account may look at.
type BankAccountFacts struct {
	BankAccount
	Standing
	Organization Organization
	Current      BankAccount // the organization's other account that is verified now; ID zero when none
	Earlier      bool        // another account of the organization was verified at some time; loaded for enter
	Unexported   []ID        // ready or batched payments to Current; loaded for confirm
	HoldDays     int64       // for how many days such payments wait after a change: the longest of their programs
}

var (
	bankRouting = Field{Name: "routing", Kind: Line, Max: 9}
	bankNumber  = Field{Name: "account", Kind: Secret, Max: 17}
	bankSavings = Field{Name: "savings", Kind: Check, Optional: true}
	bankHolder  = Field{Name: "holder", Kind: Line, Max: 200}
	bankMethod  = Field{Name: "method", Kind: Choice, Choices: []string{"prenote", "call_back"}}

	// Put in the place of bankNumber before the command is decided.
	bankSealed = Field{Name: "sealed", Kind: Line}
	bankLast4  = Field{Name: "last4", Kind: Line, Max: 4}
)

type bankAccountGuard = Guard[BankAccountFacts]

var (
	routingValid = bankAccountGuard{
		Reason: "routing_invalid",
		OK:     func(_ *BankAccountFacts, c *Command, _ time.Time) bool { return RoutingValid(c.Text(bankRouting)) },
		Field:  &bankRouting,
	}
	numberSealed = bankAccountGuard{
		Reason: "account_missing",
		Made:   true,
		OK: func(_ *BankAccountFacts, c *Command, _ time.Time) bool {
			return c.Text(bankSealed) != "" && c.Text(bankLast4) != ""
		},
		Field: &bankNumber,
	}
	notEnterer = bankAccountGuard{
		Reason: "you_entered_this",
		OK:     func(f *BankAccountFacts, c *Command, _ time.Time) bool { return !c.Counts(f.EnteredBy) },
		Duty:   true,
	}
	notAccountChecker = bankAccountGuard{
		Reason: "you_verified_this",
		OK:     func(f *BankAccountFacts, c *Command, _ time.Time) bool { return !c.Counts(f.VerifiedBy) },
		Duty:   true,
	}
)

// routingWeights are the factors of the check digit's sum.
// Source: ABA routing number, 3(d1+d4+d7) + 7(d2+d5+d8) + (d3+d6+d9) = 0 mod 10.
var routingWeights = [9]int{3, 7, 1, 3, 7, 1, 3, 7, 1}

// RoutingValid reports whether s is nine ASCII digits whose check digit is
// right. Nine zeros are no routing number.
func RoutingValid(s string) bool {
	if len(s) != len(routingWeights) || s == "000000000" {
		return false
	}
	sum := 0
	for i, weight := range routingWeights {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		sum += weight * int(s[i]-'0')
	}
	return sum%10 == 0
}

// isFirst reports whether no other account of the organization was verified
// before: then one person's verification is enough.
func (f *BankAccountFacts) isFirst(*Command) bool { return !f.Change && f.Current.ID == 0 }

func enterBankAccount(f *BankAccountFacts, c *Command, s *Step) {
	s.Enqueue(JobDuplicates, f.Organization.ID)
	f.BankAccount.Organization = f.Organization.ID
	f.Routing, f.Sealed, f.Last4 = c.Text(bankRouting), c.Text(bankSealed), c.Text(bankLast4)
	f.Savings, f.Holder = c.Checked(bankSavings), c.Text(bankHolder)
	f.EnteredBy, f.Change = c.Actor.Person, f.Earlier
}

func verifyBankAccount(f *BankAccountFacts, c *Command, s *Step) {
	c.setText(&f.Note, fieldNote)
	f.VerifiedBy, f.Method = c.Actor.Person, c.Text(bankMethod)
	f.Change = s.End == HalfVerified
}

// confirmBankAccount puts the account in the place of the current one. Payments
// that were to go there wait, and go to this one when they are released.
func confirmBankAccount(f *BankAccountFacts, c *Command, s *Step) {
	f.ConfirmedBy, f.Replaces = c.Actor.Person, f.Current.ID
	if f.Current.ID == 0 {
		return
	}
	s.Raise(Child{Noun: NounBankAccount, Action: ActSupersede, ID: f.Current.ID})
	until := DateOf(s.At).AddDays(int(f.HoldDays))
	for _, id := range f.Unexported {
		s.Raise(Child{Noun: NounPayment, Action: ActHold, ID: id,
			Inputs: []Input{fieldNote.text(HeldForAccountChange), paymentUntil.day(until)}})
	}
}

func noteOnBankAccount(f *BankAccountFacts, c *Command, _ *Step) { c.setText(&f.Note, fieldNote) }

// BankAccounts is the lifecycle of a bank account's version.
var BankAccounts = NewMachine(NounBankAccount,
	func(f *BankAccountFacts) *Record { return &f.Record },
	func(f *BankAccountFacts) *Standing { return &f.Standing },
	[]Rule[BankAccountFacts]{
		{Start: in(None), Action: ActEnter, By: by(AOR), End: Entered,
			Fields: []Field{bankRouting, bankNumber, bankSavings, bankHolder},
			Guards: []bankAccountGuard{routingValid, numberSealed}, Effect: enterBankAccount},
		{Start: in(Entered), Action: ActVerify, By: by(FinanceCertifier), End: Verified,
			Fields: []Field{bankMethod, fieldNote.Opt()},
			Guards: []bankAccountGuard{only(notEnterer, (*BankAccountFacts).isFirst)}, Effect: verifyBankAccount},
		{Start: in(Entered), Action: ActVerify, By: by(FinanceCertifier), End: HalfVerified,
			Fields: []Field{bankMethod, fieldNote.Opt()},
			Guards: []bankAccountGuard{notEnterer}, Effect: verifyBankAccount},
		{Start: in(HalfVerified), Action: ActConfirm, By: by(GrantsOfficer), End: Verified,
			Guards: []bankAccountGuard{notEnterer, notAccountChecker}, Effect: confirmBankAccount},
		{Start: in(Entered, HalfVerified), Action: ActReject, By: by(FinanceCertifier, GrantsOfficer), End: Rejected,
			Fields: []Field{fieldNote}, Effect: noteOnBankAccount, Always: true},
		{Start: in(Verified), Action: ActSupersede, By: by(System), End: Superseded,
			Effect: noteOnBankAccount, Always: true},
		{Start: in(Verified), Action: ActSuspend, By: by(System), End: Entered,
			Fields: []Field{fieldNote}, Effect: noteOnBankAccount, Always: true},
	}...)
