package workflow

import "time"

// A Rate says what one unit of a currency was worth in US dollars on average over
// a period, the last day included; on one day when both ends are that day.
type Rate struct {
	Record
	Currency    string
	PeriodStart Date
	PeriodEnd   Date
	USDPerUnit  PerUnit
	Publisher   string // who published it and where
	Note        string
}

// RateFacts is everything that a decision about a rate may look at.
type RateFacts struct {
	Rate
	Standing
}

// JobRate is the kind of job that runs the revenue rule again over the cases that
// a rate concerns.
const JobRate = "rate_changed"

var (
	fieldCurrency     = Field{Name: "currency", Kind: Choice, Choices: Currencies}
	fieldUSDPerUnit   = Field{Name: "usd_per_unit", Kind: Line, Max: 16}
	fieldPublisher    = Field{Name: "publisher", Kind: Line, Max: 200}
	fieldForeignMoney = fieldCurrency.With(foreign()...)
)

func foreign() (out []string) {
	for _, code := range Currencies {
		if code != USD {
			out = append(out, code)
		}
	}
	return out
}

type rateGuard = Guard[RateFacts]

var (
	rateReadable = rateGuard{
		Reason: "rate_invalid",
		OK: func(_ *RateFacts, c *Command, _ time.Time) bool {
			_, err := ParsePerUnit(c.Text(fieldUSDPerUnit))
			return err == nil
		},
		Field: &fieldUSDPerUnit,
	}
	ratePeriodInOrder = rateGuard{
		Reason: "period_order",
		OK: func(_ *RateFacts, c *Command, _ time.Time) bool {
			return !c.Date(fieldPeriodEnd).Before(c.Date(fieldPeriodStart))
		},
		Field: &fieldPeriodEnd,
	}
	ratePeriodOver = rateGuard{
		Reason: "period_not_over",
		OK: func(_ *RateFacts, c *Command, now time.Time) bool {
			return c.Date(fieldPeriodEnd).Before(DateOf(now))
		},
		Field: &fieldPeriodEnd,
	}
)

func createRate(f *RateFacts, c *Command, s *Step) {
	f.Currency, f.PeriodStart, f.PeriodEnd = c.Text(fieldCurrency), c.Date(fieldPeriodStart), c.Date(fieldPeriodEnd)
	f.USDPerUnit, _ = ParsePerUnit(c.Text(fieldUSDPerUnit)) // rateReadable has read it
	f.Publisher, f.Note = c.Text(fieldPublisher), c.Text(fieldNote)
	s.Enqueue(JobRate, f.ID)
}

func withdrawRate(f *RateFacts, c *Command, s *Step) {
	f.Note = c.Text(fieldNote)
	s.Enqueue(JobRate, f.ID)
}

// Rates is the lifecycle of an exchange rate. A wrong one is withdrawn and
// entered anew, never changed.
var Rates = NewMachine(NounRate,
	func(f *RateFacts) *Record { return &f.Record },
	func(f *RateFacts) *Standing { return &f.Standing },
	[]Rule[RateFacts]{
		{Start: in(None), Action: ActCreate, By: by(Admin, System), End: Active,
			Fields: []Field{fieldForeignMoney, fieldPeriodStart, fieldPeriodEnd, fieldUSDPerUnit, fieldPublisher, fieldNote.Opt()},
			Guards: []rateGuard{ratePeriodInOrder, ratePeriodOver, rateReadable}, Effect: createRate},
		{Start: in(Active), Action: ActWithdraw, By: by(Admin), End: Withdrawn,
			Fields: []Field{fieldNote}, Effect: withdrawRate},
	}...)
