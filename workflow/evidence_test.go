package workflow

import (
	"fmt"
	"math"
	"math/rand"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// euros puts the statement at i into euros.
func euros(i int) func(*RevenueQuestion) {
	return func(q *RevenueQuestion) { q.Statements[i].Currency = "EUR" }
}

// rateOf2025 is the average rate of a currency over 2025.
func rateOf2025(id ID, currency string, rate PerUnit) RateFigure {
	return RateFigure{ID: id, Currency: currency, Start: onDay("2025-01-01"), End: onDay("2025-12-31"), PerUnit: rate, Publisher: "IRS"}
}

// paidBy takes part of organization 1's revenue off as paid by another one.
func paidBy(with ID, amount Cents) EliminatedPart {
	return EliminatedPart{ID: 900 + with, Statement: 1*10_000 + 2025, With: with, Amount: amount, Document: "cd34"}
}

func changed(q RevenueQuestion, changes ...func(*RevenueQuestion)) RevenueQuestion {
	for _, change := range changes {
		change(&q)
	}
	return q
}

func rated(rates ...RateFigure) func(*RevenueQuestion) {
	return func(q *RevenueQuestion) { q.Rates = append(q.Rates, rates...) }
}

func eliminated(parts ...EliminatedPart) func(*RevenueQuestion) {
	return func(q *RevenueQuestion) { q.Eliminations = append(q.Eliminations, parts...) }
}

// receipts asks about organization 1 by the week: a year for each amount, founded
// when the oldest begins.
func receipts(basis Basis, amounts ...Cents) RevenueQuestion {
	q := yearsOf(basis, amounts...)
	q.Entities[0].Founded = onDay(fmt.Sprintf("%d-01-01", 2026-len(amounts)))
	return q
}

const twoUSD = 2 * PerUnit(perDollar)

var evidenceCases = []revenueCase{
	// Currencies.
	{"euros one cent under", changed(askOf(belowCap-1), euros(0), rated(rateOf2025(801, "EUR", perDollar))), Pass, belowCap - 1, nil},
	{"half of the cap at two dollars is the cap", changed(askOf(RevenueCap/2), euros(0), rated(rateOf2025(801, "EUR", twoUSD))), Fail, RevenueCap, because(rOver)},
	{"a fraction of a cent below the cap is rounded up to it", changed(askOf(1_000_000_001), euros(0), rated(rateOf2025(801, "EUR", 9_999_999_990))), Fail, RevenueCap, because(rOver)},
	{"a cheap currency", changed(askOf(1_000_000_00), func(q *RevenueQuestion) { q.Statements[0].Currency = "VND" }, rated(rateOf2025(801, "VND", 39_300))), Pass, 39_30, nil},
	{"the largest amount at the largest rate", changed(askOf(math.MaxInt64), euros(0), rated(rateOf2025(801, "EUR", MaxPerUnit))), Fail, math.MaxInt64, because(rOver)},
	{"no rate", changed(askOf(1), euros(0)), Refer, 0, because(ReasonRateMissing)},
	{"a rate of another currency", changed(askOf(1), euros(0), rated(rateOf2025(801, "GBP", perDollar))), Refer, 0, because(ReasonRateMissing)},
	{"a rate of nothing", changed(askOf(1), euros(0), rated(rateOf2025(801, "EUR", 0))), Refer, 0, because(ReasonRateMissing)},
	{"a rate of the year before", changed(askOf(1), euros(0), rated(RateFigure{ID: 801, Currency: "EUR", Start: onDay("2024-01-01"), End: onDay("2024-12-31"), PerUnit: perDollar})),
		Refer, 0, because(ReasonRateMissing)},
	{"a rate of one day", changed(askOf(1), euros(0), rated(RateFigure{ID: 801, Currency: "EUR", Start: onDay("2025-12-31"), End: onDay("2025-12-31"), PerUnit: perDollar})),
		Refer, 0, because(ReasonRateMissing)},
	{"a year of 52 weeks at the calendar year's rate", changed(askOf(100), periodOf(0, "2024-12-29", "2025-12-27"), euros(0), rated(rateOf2025(801, "EUR", twoUSD))), Pass, 200, nil},
	{"a year of 53 weeks at the calendar year's rate", changed(askOf(100), periodOf(0, "2024-12-29", "2026-01-03"), euros(0), rated(rateOf2025(801, "EUR", twoUSD))), Pass, 200, nil},
	{"eight days beside the rate's period", changed(askOf(100), periodOf(0, "2025-01-09", "2025-12-31"), euros(0), rated(rateOf2025(801, "EUR", twoUSD))), Refer, 0, because(ReasonRateMissing)},
	{"of two rates the nearer", changed(askOf(100), euros(0), rated(rateOf2025(801, "EUR", twoUSD),
		RateFigure{ID: 802, Currency: "EUR", Start: onDay("2025-01-03"), End: onDay("2025-12-31"), PerUnit: 3 * perDollar})), Pass, 200, nil},
	{"of two as near the higher", changed(askOf(100), euros(0), rated(rateOf2025(801, "EUR", perDollar), rateOf2025(802, "EUR", twoUSD))), Pass, 200, nil},
	{"dollars that say so need no rate", changed(askOf(100), func(q *RevenueQuestion) { q.Statements[0].Currency = USD }), Pass, 100, nil},
	{"a missing rate hides nothing that is known", changed(askOf(RevenueCap, 1), euros(1)), Fail, RevenueCap, because(rOver, ReasonRateMissing)},
	{"17 in two currencies one cent under", func() RevenueQuestion {
		q := askOf(belowCap.Split(17)...)
		for i := 0; i < len(q.Statements); i += 2 {
			q.Statements[i].Currency = "EUR"
		}
		return changed(q, rated(rateOf2025(801, "EUR", perDollar)))
	}(), Pass, belowCap, nil},
	{"negative euros", changed(askOf(-1), euros(0), rated(rateOf2025(801, "EUR", perDollar))), Refer, 0, because(ReasonRevenueAmountInvalid)},

	// Eliminations.
	{"what a member paid is taken off", changed(askOf(RevenueCap, 0), eliminated(paidBy(2, 1))), Pass, belowCap, nil},
	{"what is paid by two members", changed(askOf(100, 0, 0), eliminated(paidBy(2, 30), paidBy(3, 40))), Pass, 30, nil},
	{"what a stranger paid stays", changed(askOf(RevenueCap, 0), eliminated(paidBy(7, 1))), Fail, RevenueCap, because(rOver)},
	{"what an affiliate of yesterday paid stays", changed(askOf(RevenueCap, 0), func(q *RevenueQuestion) { q.Links[0].Until = q.AsOf }, eliminated(paidBy(2, 1))),
		Fail, RevenueCap, because(rOver)},
	{"all of it", changed(askOf(100, 0), eliminated(paidBy(2, 100))), Pass, 0, nil},
	{"more than all of it takes nothing off", changed(askOf(100, 0), eliminated(paidBy(2, 101))), Refer, 100, because(ReasonEliminationInvalid)},
	{"two that are too much together", changed(askOf(100, 0, 0), eliminated(paidBy(2, 60), paidBy(3, 60))), Refer, 100, because(ReasonEliminationInvalid)},
	{"less than nothing", changed(askOf(100, 0), eliminated(paidBy(2, -1))), Refer, 100, because(ReasonEliminationInvalid)},
	{"told twice, taken off once", changed(askOf(100, 0), eliminated(paidBy(2, 30), paidBy(2, 30))), Pass, 70, nil},
	{"one number, two amounts: the smaller", changed(askOf(100, 0), eliminated(paidBy(2, 30), paidBy(2, 20))), Pass, 80, nil},
	{"of no statement", changed(askOf(100, 0), eliminated(EliminatedPart{ID: 1, Statement: 5, With: 2, Amount: 30})), Pass, 100, nil},
	{"in euros, before they are converted", changed(askOf(100, 0), euros(0), rated(rateOf2025(801, "EUR", twoUSD)), eliminated(paidBy(2, 30))), Pass, 140, nil},
	{"what members paid each other in a cycle", changed(askOf(60, 50), func(q *RevenueQuestion) { q.Links = append(q.Links, Link{Owner: 2, Owned: 1, Share: 60_00}) },
		eliminated(paidBy(2, 10), EliminatedPart{ID: 950, Statement: 2*10_000 + 2025, With: 1, Amount: 20})), Pass, 80, nil},

	// Receipts by the week.
	{"five whole years are an average", receipts(Receipts5, 100, 100, 100, 100, 100), Pass, 100, nil},
	{"of six years the newest five", receipts(Receipts5, 100, 100, 100, 100, 100, 7777), Pass, 100, nil},
	{"a company of two years", receipts(Receipts5, 731, 731), Pass, 728, nil},                       // 1462 over 731 days, for 364 of them
	{"a company of one year at the cap", receipts(Receipts3, RevenueCap), Pass, 99_726_027_40, nil}, // 365 days of it, for 364
	{"a company of one year over it", receipts(Receipts3, RevenueCap+30_000_000), Fail, 100_025_205_48, because(rOver)},
	{"a short first year counts by its weeks", changed(receipts(Receipts3, 364_00), periodOf(0, "2025-07-02", "2025-12-31"), func(q *RevenueQuestion) {
		q.Entities[0].Founded = onDay("2025-07-02")
	}), Pass, 724_02, nil}, // 183 days
	{"a short year among whole ones", changed(receipts(Receipts3, 365_00, 183_00, 365_00), periodOf(1, "2024-07-02", "2024-12-31"), func(q *RevenueQuestion) {
		q.Statements[2].Start, q.Statements[2].End = onDay("2023-07-02"), onDay("2024-07-01")
	}), Pass, 363_60, nil}, // 913.00 over 914 days
	{"younger than its founding day says", changed(receipts(Receipts3, 100), func(q *RevenueQuestion) { q.Entities[0].Founded = onDay("2024-12-31") }), Refer, 33, because(rMissing)},
	{"founded nobody knows when", changed(receipts(Receipts3, 100), func(q *RevenueQuestion) { q.Entities[0].Founded = 0 }), Refer, 33, because(rMissing)},
	{"young, under a basis of years", changed(receipts(AverageOf3, 100), func(q *RevenueQuestion) {}), Refer, 33, because(rMissing)},
	{"young and without a statement", changed(receipts(Receipts3, 100), func(q *RevenueQuestion) { q.Statements = nil }), Refer, 0, because(rMissing)},
	{"young and negative", receipts(Receipts3, -1), Refer, 0, because(ReasonRevenueAmountInvalid)},

	// Which version is asked.
	{"version 1", changed(askOf(RevenueCap), func(q *RevenueQuestion) { q.Rule = "revenue/1" }), Fail, RevenueCap, because(rOver)},
	{"a version that never was", changed(askOf(1), func(q *RevenueQuestion) { q.Rule = "revenue/0" }), Refer, 0, because(ReasonRevenueQuestionIncomplete)},
}

func TestEvidenceOfRevenue(t *testing.T) {
	for _, c := range evidenceCases {
		t.Run(c.name, func(t *testing.T) {
			got := Revenue(c.q)
			if got.Outcome != c.want || got.Sum != c.sum || !slices.Equal(got.Reasons, c.reasons) {
				t.Errorf("got %s with %s for %q, want %s with %s for %q", got.Outcome, got.Sum, got.Reasons, c.want, c.sum, c.reasons)
			}
			var total Cents
			for _, l := range got.Lines {
				total = upTo(total.Plus(l.Counted))
			}
			if total != got.Total {
				t.Errorf("the lines come to %s, the verdict says %s", total, got.Total)
			}
			again, err := ReadVerdict(got.JSON())
			if err != nil {
				t.Fatal(err)
			}
			if twice := again.Again().JSON(); twice != got.JSON() {
				t.Errorf("decided anew from what was stored:\n%s\nwas\n%s", twice, got.JSON())
			}
		})
	}
}

// drawn is a group of up to six with whatever evidence.
func drawn(t *rapid.T) RevenueQuestion {
	n := rapid.IntRange(1, 6).Draw(t, "members")
	q := RevenueQuestion{Organization: 1, Basis: Basis(rapid.IntRange(1, int(bases)-1).Draw(t, "basis")), SubmittedOn: onDay("2026-03-01"), AsOf: onDay("2026-03-01")}
	amounts := rapid.OneOf(rapid.Int64Range(0, int64(RevenueCap)), rapid.Int64Min(0), rapid.SampledFrom([]int64{0, int64(belowCap), int64(RevenueCap), math.MaxInt64, -1, math.MinInt64}))
	for i := range n {
		id := ID(i + 1)
		q.Entities = append(q.Entities, Entity{ID: id, Name: fmt.Sprint(id), Founded: onDay(fmt.Sprintf("%d-01-01", rapid.IntRange(2020, 2025).Draw(t, "founded")))})
		if i > 0 {
			q.Links = append(q.Links, Link{Owner: ID(rapid.IntRange(1, n).Draw(t, "owner")), Owned: id, Share: rapid.IntRange(0, 100_00).Draw(t, "share")})
		}
		for year := 2025; year > 2020; year-- {
			if !rapid.Bool().Draw(t, "stated") {
				continue
			}
			s := calendarYear(id, year, Cents(amounts.Draw(t, "amount")))
			s.Currency = rapid.SampledFrom([]string{"", "USD", "EUR", "JPY"}).Draw(t, "currency")
			s.End = s.End.AddDays(rapid.SampledFrom([]int{0, 0, 0, -3, -200, 40}).Draw(t, "end"))
			q.Statements = append(q.Statements, s)
			if rapid.Bool().Draw(t, "eliminated") {
				q.Eliminations = append(q.Eliminations, EliminatedPart{ID: s.ID + 500_000, Statement: s.ID, With: ID(rapid.IntRange(1, n+1).Draw(t, "with")),
					Amount: Cents(amounts.Draw(t, "part"))})
			}
		}
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "rates") {
		r := rateOf2025(ID(800+i), rapid.SampledFrom([]string{"EUR", "JPY"}).Draw(t, "money"), PerUnit(rapid.Int64Range(0, int64(MaxPerUnit)).Draw(t, "rate")))
		q.Rates = append(q.Rates, r)
	}
	return q
}

func TestEveryStoredVerdictIsDecidedTheSameAnew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		got := Revenue(drawn(t))
		stored, err := ReadVerdict(got.JSON())
		if err != nil {
			t.Fatal(err)
		}
		if again := Revenue(stored.Question()); again.JSON() != got.JSON() {
			t.Fatalf("anew:\n%s\nwas\n%s", again.JSON(), got.JSON())
		}
		if got.Outcome == Pass && (got.Sum >= RevenueCap || len(got.Reasons) > 0) || got.Sum < 0 || got.Total < 0 {
			t.Fatalf("%s", got.JSON())
		}
	})
}

// Less evidence never lets anybody pass who failed, nor anybody fail who passed.
func TestMissingEvidenceNeverHelps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := drawn(t)
		before := Revenue(q)
		if i := rapid.IntRange(-1, len(q.Statements)-1).Draw(t, "statement"); i >= 0 {
			q.Statements = slices.Delete(slices.Clone(q.Statements), i, i+1)
		}
		if i := rapid.IntRange(-1, len(q.Rates)-1).Draw(t, "rate"); i >= 0 {
			q.Rates = slices.Delete(slices.Clone(q.Rates), i, i+1)
		}
		if i := rapid.IntRange(-1, len(q.Eliminations)-1).Draw(t, "elimination"); i >= 0 {
			q.Eliminations = slices.Delete(slices.Clone(q.Eliminations), i, i+1)
		}
		if after := Revenue(q); before.Outcome == Fail && after.Outcome == Pass {
			t.Fatalf("failed:\n%s\npasses on less evidence:\n%s", before.JSON(), after.JSON())
		}
	})
}

// The order in which evidence came does not matter.
func TestEvidenceInAnyOrderGivesTheSameBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := drawn(t)
		want := Revenue(q).JSON()
		q.Statements = rapid.Permutation(q.Statements).Draw(t, "statements")
		q.Links = rapid.Permutation(q.Links).Draw(t, "links")
		q.Rates = rapid.Permutation(q.Rates).Draw(t, "rates")
		q.Eliminations = rapid.Permutation(append(q.Eliminations, q.Eliminations...)).Draw(t, "eliminations")
		q.Entities = rapid.Permutation(q.Entities).Draw(t, "entities")
		if got := Revenue(q).JSON(); got != want {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	})
}

func TestAVerdictTellsAnApplicantNoFigureOfOthers(t *testing.T) {
	q := changed(askOf(4_200_000_00, 7_777_777_77), euros(1), rated(rateOf2025(801, "EUR", twoUSD)), eliminated(paidBy(2, 1_00),
		EliminatedPart{ID: 990, Statement: 2*10_000 + 2025, With: 1, Amount: 3_33, Document: "ef56"}))
	whole := Revenue(q)
	told := whole.For([]ID{1})
	if text := told.JSON(); strings.Contains(text, "77777") || strings.Contains(text, "ef56") || strings.Contains(text, "publisher") || told.Sum != 0 || told.Total != 0 {
		t.Errorf("told %s", text)
	}
	if !slices.Equal(told.Withheld, []ID{2}) || told.Lines[0].Amount != 4_200_000_00 || len(told.Eliminations) != 1 || told.Lines[1].Statement == 0 {
		t.Errorf("told %s", told.JSON())
	}
	if diff := cmp.Diff(whole, whole.For([]ID{1, 2})); diff != "" {
		t.Errorf("their own figures are withheld: %s", diff)
	}
	if whole.Lines[1].Amount != 7_777_777_77 {
		t.Error("telling changed the verdict")
	}
	over := Revenue(askOf(RevenueCap, 5)).For([]ID{1})
	if over.Sum != RevenueCap+5 || over.Lines[1].Amount != 0 {
		t.Errorf("of a failure is told %s", over.JSON())
	}
}

// Source of testdata/ueis.txt: the distinct UEIs of FPDS.gov small-business innovation contract actions, by way of
// github.com/USCTIE/SBIR-STTR-data.
func TestUEIsOfRealCompaniesAreTakenAndSlipsAreCaught(t *testing.T) {
	text, err := os.ReadFile("testdata/ueis.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Fields(string(text))
	if len(all) != 531 {
		t.Fatalf("%d UEIs, not 531", len(all))
	}
	const alphabet = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	random := rand.New(rand.NewSource(1))
	var typed, caught, swapped, found int
	for _, uei := range all {
		if !UEIValid(uei) {
			t.Errorf("%s is refused", uei)
		}
		for at := range uei {
			for range 20 {
				slip := []byte(uei)
				if slip[at] = alphabet[random.Intn(len(alphabet))]; string(slip) == uei {
					continue
				}
				if typed++; !UEIValid(string(slip)) {
					caught++
				}
			}
			if at > 0 && uei[at] != uei[at-1] {
				slip := []byte(uei)
				slip[at], slip[at-1] = slip[at-1], slip[at]
				if swapped++; !UEIValid(string(slip)) {
					found++
				}
			}
		}
	}
	// The check character alone catches 69 % of substitutions and 84 % of swaps; the
	// rules of shape catch some of the rest.
	t.Logf("%d of %d slips and %d of %d swaps are caught", caught, typed, found, swapped)
	if rate := 100 * caught / typed; rate < 66 || rate > 80 {
		t.Errorf("%d %% of slips are caught", rate)
	}
	if rate := 100 * found / swapped; rate < 80 || rate > 90 {
		t.Errorf("%d %% of swaps are caught", rate)
	}
}

func TestIndustriesAreThoseOfTheList(t *testing.T) {
	if n := len(industries()); n != 1271 || strings.Count(naicsCodes, "\n") != 1360 {
		t.Errorf("%d industries in %d rows", n, strings.Count(naicsCodes, "\n"))
	}
	if title, known := Industry("541715"); !known || !strings.Contains(title, "Research and Development") {
		t.Errorf("541715 is %q", title)
	}
	for code := range industries() {
		if len(code) != 6 || strings.Trim(code, "0123456789") != "" {
			t.Errorf("%q is no code", code)
		}
	}
	for ein, usual := range map[string]bool{"12-3456789": true, "00-0000001": false, "07-1234567": false, "99-1234567": true, "": true} {
		if EINUsual(ein) != usual {
			t.Errorf("EIN %q is usual: %t", ein, !usual)
		}
	}
}
