package demo

import (
	"bytes"
	"io"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tranche/app/intake"
	"tranche/workflow"
)

func load(t *testing.T, limit int) []Company {
	t.Helper()
	list, err := Companies(limit)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestAtLeastTwoHundredRealCompaniesAskForMoney(t *testing.T) {
	list := load(t, 0)
	if len(list) < 200 {
		t.Errorf("%d companies", len(list))
	}
	ueis, names := map[string]bool{}, map[string]bool{}
	for _, c := range list {
		if !workflow.UEIValid(c.UEI) {
			t.Errorf("%s: UEI %q has a wrong check character", c.LegalName, c.UEI)
		}
		if ueis[c.UEI] || names[c.LegalName] {
			t.Errorf("%s %s is there twice", c.UEI, c.LegalName)
		}
		ueis[c.UEI], names[c.LegalName] = true, true
		if c.LegalName == "" || c.City == "" || len(c.State) != 2 {
			t.Errorf("%s: name %q, city %q, state %q", c.UEI, c.LegalName, c.City, c.State)
		}
		if c.Requested <= 0 || c.Requested > workflow.AwardCap && c.Case != RequestOverCap {
			t.Errorf("%s asks for %s", c.UEI, c.Requested)
		}
	}
}

// What a company is an example of is checked by the rule itself.
func TestEachCaseIsWhatItsNameSays(t *testing.T) {
	list := load(t, 0)
	for want, check := range map[Case]func(*Company) bool{
		RevenueAtCap:    func(c *Company) bool { return outcome(c) == workflow.Fail && c.Revenue == 100_000_000_00 },
		RevenueBelowCap: func(c *Company) bool { return outcome(c) == workflow.Pass && c.Revenue == 99_999_999_99 },
		AffiliatesOver: func(c *Company) bool {
			a, b := c.Affiliates[0].Revenue, c.Affiliates[1].Revenue
			return outcome(c) == workflow.Fail && a < workflow.RevenueCap && b < workflow.RevenueCap && c.Revenue < workflow.RevenueCap && a+b >= workflow.RevenueCap
		},
		AffiliateSilent: func(c *Company) bool { return outcome(c) == workflow.Refer && c.Road == Referred },
		AffiliateAsked:  func(c *Company) bool { return outcome(c) == workflow.Refer && c.Road == Asked },
		RequestAtCap: func(c *Company) bool {
			return c.Requested == 5_000_000_00 && c.Recommended() == c.Requested && c.Road == Paid
		},
		RequestOverCap: func(c *Company) bool { return c.Requested == 5_000_000_01 && c.Road == TurnedAway },
		NameOnList: func(c *Company) bool {
			return outcome(c) == workflow.Pass && c.Road == Paid && slices.Equal(onLists(t, c), []string{"25647"})
		},
		ReviewerBelongs: func(c *Company) bool { return outcome(c) == workflow.Pass && c.Road == Paid },
		ReviewerRecuses: func(c *Company) bool { return outcome(c) == workflow.Pass && c.Road == Paid },
		PaymentReturned: func(c *Company) bool { return outcome(c) == workflow.Pass && c.Road == Paid },
	} {
		found := 0
		for i := range list {
			if list[i].Case == want {
				found++
				if !check(&list[i]) {
					t.Errorf("%s: %+v, on lists %v", want, list[i], onLists(t, &list[i]))
				}
			}
		}
		if found != 1 {
			t.Errorf("%s: %d companies", want, found)
		}
	}
}

// onLists returns the entries of the sample that a company or its representative may be.
func onLists(t *testing.T, c *Company) (keys []string) {
	t.Helper()
	return find(t, workflow.Subject{Name: c.LegalName, UEI: c.UEI}, workflow.Subject{Person: 1, Name: representative(c).name})
}

func find(t *testing.T, subjects ...workflow.Subject) (keys []string) {
	t.Helper()
	for _, x := range sampleIndexes(t) {
		for i := range subjects {
			for _, m := range x.Match(&subjects[i]) {
				keys = append(keys, m.Entry.Key)
			}
		}
	}
	return keys
}

// sampleIndexes reads the sample as an import does.
func sampleIndexes(t *testing.T) (out []*workflow.Index) {
	t.Helper()
	for _, l := range lists {
		format, known := intake.FindList(l.kind)
		if !known {
			t.Fatal(l.kind)
		}
		open := func(name string) io.Reader {
			text, err := sample.ReadFile("lists/" + name)
			if err != nil {
				t.Fatal(err)
			}
			return bytes.NewReader(text)
		}
		var aliases io.Reader
		if l.aliases != "" {
			aliases = open(l.aliases)
		}
		x := workflow.NewIndex(workflow.UsualThreshold)
		for e, err := range format.Read(open(l.file), aliases) {
			if err != nil {
				t.Fatal(err)
			}
			x.Add(&e)
		}
		out = append(out, x)
	}
	return out
}

// One company has a name like one on the sample, and nobody else who is screened.
func TestNobodyElseIsOnTheSampleOfLists(t *testing.T) {
	for _, c := range load(t, 0) {
		if keys := onLists(t, &c); c.Case != NameOnList && len(keys) > 0 {
			t.Errorf("%s may be %v", c.LegalName, keys)
		}
	}
	for _, p := range staff() {
		if keys := find(t, workflow.Subject{Person: 1, Name: p.name}); len(keys) > 0 {
			t.Errorf("%s may be %v", p.name, keys)
		}
	}
}

// outcome asks the revenue rule about a company as the seed states it.
func outcome(c *Company) workflow.Outcome {
	day, err := workflow.ParseDate("2026-11-23")
	if err != nil {
		panic(err)
	}
	first, last := fiscalYear(day.Time())
	q := workflow.RevenueQuestion{Organization: 1, Basis: workflow.LastCompleted, SubmittedOn: day, AsOf: day,
		Entities: []workflow.Entity{{ID: 1, Name: c.LegalName}}}
	state := func(id workflow.ID, amount workflow.Cents) {
		q.Statements = append(q.Statements, workflow.Statement{ID: 100 + id, Entity: id, FiscalYear: 2026, Start: first, End: last, Amount: amount, Source: "self_certified"})
	}
	state(1, c.Revenue)
	for i, a := range c.Affiliates {
		id := workflow.ID(i + 2)
		q.Entities = append(q.Entities, workflow.Entity{ID: id, Name: a.Name})
		q.Links = append(q.Links, workflow.Link{Owner: 1, Owned: id, Control: true})
		if !a.Silent {
			state(id, a.Revenue)
		}
	}
	return workflow.Revenue(q).Outcome
}

func TestAllOtherCompaniesAreEligible(t *testing.T) {
	for _, c := range load(t, 0) {
		if c.Case == "" && outcome(&c) != workflow.Pass {
			t.Errorf("%s: %s", c.UEI, outcome(&c))
		}
	}
}

func TestASmallerDemonstrationIsTheBeginningOfTheWholeAndHasEveryCase(t *testing.T) {
	all := load(t, 0)
	for limit, want := range map[int]int{1: len(cases), 24: 24, 100_000: len(all)} {
		if diff := cmp.Diff(all[:want], load(t, limit)); diff != "" {
			t.Errorf("limit %d (-want +got):\n%s", limit, diff)
		}
	}
}

func TestEveryRoadIsTaken(t *testing.T) {
	taken := map[Road]bool{}
	for _, c := range load(t, 0) {
		taken[c.Road] = true
	}
	for _, r := range []Road{TurnedAway, Ineligible, Referred, Asked, InReview, Withdrawn, Waitlisted, Recommended, DeclineRecommended,
		Declined, Appealed, Offered, NotAccepted, Claimed, Paid} {
		if !taken[r] {
			t.Errorf("nobody takes the road %s", r)
		}
	}
}

func TestInventedAccountsAreNobodys(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range load(t, 0) {
		for version := 1; version <= 2; version++ {
			routing, number := c.account(version)
			if !workflow.RoutingValid(routing) || routing[:2] != "15" {
				t.Errorf("%s: routing number %s", c.UEI, routing)
			}
			if len(number) != 10 || seen[number] {
				t.Errorf("%s: account %s", c.UEI, number)
			}
			seen[number] = true
		}
	}
}

func TestFiscalYearEndsWithTheLastQuarter(t *testing.T) {
	for on, want := range map[string]string{
		"2026-11-23": "2025-10-01 2026-09-30", "2026-12-31": "2025-10-01 2026-09-30", "2027-01-01": "2026-01-01 2026-12-31",
		"2028-03-31": "2027-01-01 2027-12-31", "2028-04-01": "2027-04-01 2028-03-31",
	} {
		day, err := workflow.ParseDate(on)
		if err != nil {
			t.Fatal(err)
		}
		first, last := fiscalYear(day.Time())
		if got := first.String() + " " + last.String(); got != want {
			t.Errorf("on %s: %s, want %s", on, got, want)
		}
	}
}

func TestScoresFollowTheRoad(t *testing.T) {
	for _, c := range load(t, 0) {
		for n := range 2 {
			mean := workflow.Mean(workflow.Rubric, c.scores(n))
			low := c.Road == Declined || c.Road == Appealed || c.Road == DeclineRecommended
			if low != (mean < 60_00) {
				t.Errorf("%s on the road %s: reviewer %d gives %d", c.UEI, c.Road, n, mean)
			}
		}
	}
}
