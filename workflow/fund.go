package workflow

import "time"

// A Fund is the money that a law gives a program for one fiscal year. What it
// has appropriated, less everything in its other accounts, is available.
type Fund struct {
	Record
	Program      ID
	Symbol       string // Treasury account symbol, such as 089-2026/2027-0222-000
	Name         string
	FiscalYear   int64
	Expired      bool // its money can no longer be committed; what comes back is recovered
	Appropriated Cents
}

// FundFacts is everything that a decision about a fund may look at.
type FundFacts struct {
	Fund
	Standing
	Program Program // the one that the fund is made for
}

var (
	fieldSymbol     = Field{Name: "symbol", Kind: Line, Max: 40}
	fieldFiscalYear = Field{Name: "fiscal_year", Kind: Count, Min: 1990, Max: 2200}
)

// reasonFundExpired is why no new money comes out of a fund: what it has may only
// be paid on what was obligated before.
// Source: the availability of expired accounts, 31 U.S.C. 1552 and 1553.
const reasonFundExpired Reason = "fund_expired"

type fundGuard = Guard[FundFacts]

var (
	programActive = fundGuard{
		Reason: "program_unknown",
		OK:     func(f *FundFacts, _ *Command, _ time.Time) bool { return f.Program.State == Active },
	}
	appropriationAboveZero = fundGuard{
		Reason: "amount_zero",
		OK:     func(_ *FundFacts, c *Command, _ time.Time) bool { return c.Cents(fieldAmount) > 0 },
		Field:  &fieldAmount,
	}
	appropriationFits = fundGuard{
		Reason: "over_largest_amount",
		OK: func(f *FundFacts, c *Command, _ time.Time) bool {
			sum, fits := f.Appropriated.Plus(c.Cents(fieldAmount))
			return fits && sum <= MaxCents
		},
		Words: func(f *FundFacts, c *Command) Words {
			return Words{"amount": c.Cents(fieldAmount), "limit": MaxCents - f.Appropriated}
		},
		Field: &fieldAmount,
	}
)

// createFund also appropriates an amount that came with it, which only a
// program's file brings.
func createFund(f *FundFacts, c *Command, s *Step) {
	f.Fund.Program = f.Program.ID
	f.Symbol, f.Name, f.FiscalYear = c.Text(fieldSymbol), c.Text(fieldName), c.Int(fieldFiscalYear)
	if amount := c.Cents(fieldAmount); amount > 0 {
		s.Raise(Child{Noun: NounFund, Action: ActAppropriate, ID: f.ID, Inputs: []Input{fieldAmount.cents(amount)}})
	}
}

func appropriate(f *FundFacts, c *Command, s *Step) {
	amount := c.Cents(fieldAmount)
	f.Appropriated += amount
	s.Post(Posting{Fund: f.ID, Debit: Authority, Credit: Available, Cents: amount})
}

func expireFund(f *FundFacts, _ *Command, _ *Step) { f.Fund.Expired = true }

// Funds is the lifecycle of a fund.
var Funds = NewMachine(NounFund,
	func(f *FundFacts) *Record { return &f.Record },
	func(f *FundFacts) *Standing { return &f.Standing },
	[]Rule[FundFacts]{
		{Start: in(None), Action: ActCreate, By: by(Admin, System), End: Active,
			Fields: []Field{fieldSymbol, fieldName, fieldFiscalYear}, Guards: []fundGuard{programActive}, Effect: createFund},
		{Start: in(Active), Action: ActAppropriate, By: by(Admin, System), End: Active,
			Fields: []Field{fieldAmount, fieldNote.Opt()},
			Guards: []fundGuard{appropriationAboveZero, appropriationFits}, Effect: appropriate},
		{Start: in(Active), Action: ActExpire, By: by(System), End: Expired, Effect: expireFund, Always: true},
	}...)
