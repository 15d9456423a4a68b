package enginetest

import "tranche/workflow"

// A Group is a company with its affiliates, what they have stated, and what the revenue
// rule says of it. The first is who applies.
type Group struct {
	Name    string
	Basis   workflow.Basis
	Members int
	Stated  []Stated
	Links   []Linked
	Want    workflow.Outcome
}

// Stated is what a member of a group says of one fiscal year.
type Stated struct {
	Member     int
	Year       int
	Start, End string
	Amount     workflow.Cents
	Currency   string
}

// Linked is how much one member of a group holds of another, in hundredths of a percent.
type Linked struct{ Owner, Owned, Share int }

// RateOfEuros is how many dollars a euro is where groups are entered; there is no rate of
// any other currency.
const RateOfEuros = "2"

// NoAmounts are texts that nobody's revenue is.
var NoAmounts = []string{
	"-1", "-0.01", "−5", "+1", "1e9", "1e400", "NaN", "Infinity", "0x10", "１００", "١٢٣", "९९", "99.999.999,99", "99,999,999.995", "1.2.3", "$", ".",
	"10000000000000.00", "92233720368547758.07", "92233720368547758.08", "100000000000000000000",
}

// Boundary are groups of every shape at the revenue cap.
func Boundary() []Group {
	const below, limit = workflow.RevenueCap - 1, workflow.RevenueCap
	year := func(member, year int, amount workflow.Cents) Stated {
		text := string([]byte{'2', '0', byte('0' + year/10%10), byte('0' + year%10)})
		return Stated{member, year, text + "-01-01", text + "-12-31", amount, workflow.USD}
	}
	of := func(name string, want workflow.Outcome, amounts ...workflow.Cents) Group {
		g := Group{Name: name, Basis: workflow.LastCompleted, Members: len(amounts), Want: want}
		for i, amount := range amounts {
			g.Stated = append(g.Stated, year(i, 2025, amount))
		}
		return g
	}
	star := func(g Group) Group {
		for i := 1; i < g.Members; i++ {
			g.Links = append(g.Links, Linked{0, i, 100_00})
		}
		return g
	}
	ring := func(g Group) Group {
		for i := range g.Members {
			g.Links = append(g.Links, Linked{i, (i + 1) % g.Members, 60_00})
		}
		return g
	}
	diamond := func(g Group) Group {
		g.Links = []Linked{{0, 1, 100_00}, {0, 2, 100_00}, {1, 3, 50_01}, {2, 3, 49_99}}
		return g
	}
	silent := func(g Group) Group { // one more, that has stated nothing
		g.Members++
		return star(g)
	}
	in := func(currency string, g Group) Group {
		g.Stated[len(g.Stated)-1].Currency = currency
		return g
	}
	period := func(start, end string, g Group) Group {
		g.Stated[0].Start, g.Stated[0].End = start, end
		return g
	}
	years := func(name string, want workflow.Outcome, basis workflow.Basis, amounts ...workflow.Cents) Group {
		g := Group{Name: name, Basis: basis, Members: 1, Want: want}
		for i, amount := range amounts {
			if amount >= 0 {
				g.Stated = append(g.Stated, year(0, 2025-i, amount))
			}
		}
		return g
	}
	const pass, fail, refer = workflow.Pass, workflow.Fail, workflow.Refer
	return []Group{
		of("99,999,999.99 alone", pass, below),
		of("100,000,000.00 alone", fail, limit),
		of("100,000,000.01 alone", fail, limit+1),
		of("nothing", pass, 0),
		of("the largest amount", fail, workflow.MaxCents),
		star(of("the largest amount twice", fail, workflow.MaxCents, workflow.MaxCents)),
		star(of("over 2 one cent under", pass, below.Split(2)...)),
		star(of("over 2 at the cap", fail, limit.Split(2)...)),
		star(of("over 2 one cent over", fail, (limit + 1).Split(2)...)),
		star(of("over 3 one cent under", pass, below.Split(3)...)),
		star(of("over 3 at the cap", fail, limit.Split(3)...)),
		star(of("over 3 one cent over", fail, (limit + 1).Split(3)...)),
		star(of("over 17 one cent under", pass, below.Split(17)...)),
		star(of("over 17 at the cap", fail, limit.Split(17)...)),
		star(of("over 17 one cent over", fail, (limit + 1).Split(17)...)),
		ring(of("a ring of two one cent under", pass, below.Split(2)...)),
		ring(of("a ring of three one cent under", pass, below.Split(3)...)),
		ring(of("a ring of three at the cap", fail, limit.Split(3)...)),
		diamond(of("a diamond one cent under", pass, below.Split(4)...)),
		diamond(of("a diamond at the cap", fail, limit.Split(4)...)),

		in("EUR", of("half of the cap in euros", fail, limit/2)),
		in("EUR", of("half of the cap in euros, less a cent", pass, limit/2-1)),
		in("EUR", star(of("dollars and euros one cent under", pass, limit-3, 1))),
		in("EUR", star(of("dollars and euros at the cap", fail, limit-2, 1))),
		in("JPY", of("a currency without a rate", refer, 1)),
		in("JPY", star(of("dollars at the cap, and a currency without a rate", fail, limit, 1))),

		period("2025-01-02", "2025-12-31", of("52 weeks one cent under", pass, below)),
		period("2024-12-26", "2025-12-31", of("53 weeks at the cap", fail, limit)),
		period("2025-07-01", "2025-12-31", of("a short year", refer, 1)),
		period("2025-07-01", "2025-12-31", of("a short year that reaches the cap by itself", fail, limit)),
		period("2024-07-01", "2025-12-31", of("18 months", refer, 1)),

		silent(Group{Name: "no statement at all", Basis: workflow.LastCompleted, Want: refer}),
		silent(of("an affiliate without a statement", refer, 1)),
		silent(of("an affiliate without a statement, and what is known is at the cap", fail, limit)),
		years("the last year missing", refer, workflow.LastCompleted, -1, 1),
		years("three years one cent under", pass, workflow.AverageOf3, limit, limit, below),
		years("three years at the cap", fail, workflow.AverageOf3, limit, limit, limit),
		years("two years of three", refer, workflow.AverageOf3, 1, 1),
		years("a gap in three years", refer, workflow.AverageOf3, 1, -1, 1),
		years("two years of three reach the cap", fail, workflow.AverageOf3, 2*limit, limit),
		years("five years one cent under", pass, workflow.AverageOf5, limit, limit, limit, limit, below),
		years("five years at the cap", fail, workflow.AverageOf5, limit, limit, limit, limit, limit),
		years("four years of five", refer, workflow.AverageOf5, 1, 1, 1, 1),
	}
}

// OpportunityFor opens an opportunity under a basis of the revenue.
func (w *World) OpportunityFor(basis workflow.Basis) workflow.ID {
	w.T.Helper()
	return w.NewOpportunity("AIV-2026-"+basis.String(), Text("basis", basis.String()))
}

// Decided submits an application of a company, has the rules look at it, and returns it.
func (w *World) Decided(company, aor workflow.ID) workflow.ID {
	w.T.Helper()
	c := w.DraftOf(company, aor, 1_000_00)
	c.do(aor, workflow.ActSubmit)
	for _, action := range []workflow.Action{workflow.ActScreenPass, workflow.ActScreenRefer, workflow.ActScreenFail} {
		if _, err := w.Do(nil, workflow.NounApplication, c.Application, action); err == nil {
			return c.Application
		}
	}
	w.T.Fatal("no rule has an answer")
	return 0
}
