package workflow

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// calendarYear is the statement of an entity for one calendar year.
func calendarYear(entity ID, year int, amount Cents) Statement {
	return Statement{ID: entity*10_000 + ID(year), Entity: entity, FiscalYear: year,
		Start: onDay(fmt.Sprintf("%d-01-01", year)), End: onDay(fmt.Sprintf("%d-12-31", year)),
		Amount: amount, Source: "audited", Document: "ab12", Version: 1}
}

// askOf asks about organization 1 with one affiliate for each further amount,
// all with a statement for 2025, on a submission of 2026-03-01.
func askOf(amounts ...Cents) RevenueQuestion {
	q := RevenueQuestion{Organization: 1, Basis: LastCompleted, SubmittedOn: onDay("2026-03-01"), AsOf: onDay("2026-03-01")}
	for i, amount := range amounts {
		id := ID(i + 1)
		q.Entities = append(q.Entities, Entity{ID: id, Name: fmt.Sprint("Company ", id)})
		q.Statements = append(q.Statements, calendarYear(id, 2025, amount))
		if i > 0 {
			q.Links = append(q.Links, Link{Owner: 1, Owned: id, Share: 100_00})
		}
	}
	return q
}

// attacked applies an attack to a question.
func attacked(q RevenueQuestion, attack func(*RevenueQuestion)) RevenueQuestion {
	attack(&q)
	return q
}

const (
	belowCap = RevenueCap - 1
	rMissing = ReasonRevenueEvidenceMissing
	rStale   = ReasonRevenueEvidenceStale
	rTwice   = ReasonRevenueEvidenceAmbiguous
	rOdd     = ReasonRevenuePeriodUnusual
	rOver    = ReasonRevenueAtOrOverCap
)

type revenueCase struct {
	name    string
	q       RevenueQuestion
	want    Outcome
	sum     Cents
	reasons []Reason
}

func because(reasons ...Reason) []Reason { return reasons }

// periodOf moves the statement at i to other days.
func periodOf(i int, start, end string) func(*RevenueQuestion) {
	return func(q *RevenueQuestion) { q.Statements[i].Start, q.Statements[i].End = onDay(start), onDay(end) }
}

func onlyLink(l Link) func(*RevenueQuestion) {
	return func(q *RevenueQuestion) { q.Links = []Link{l} }
}

func yearsOf(basis Basis, amounts ...Cents) RevenueQuestion {
	q := askOf(0)
	q.Basis, q.Statements = basis, nil
	for i, amount := range amounts {
		q.Statements = append(q.Statements, calendarYear(1, 2025-i, amount))
	}
	return q
}

var revenueCases = []revenueCase{
	// The boundary, alone and over groups.
	{"nothing", askOf(0), Pass, 0, nil},
	{"one cent under", askOf(belowCap), Pass, belowCap, nil},
	{"exactly the cap", askOf(RevenueCap), Fail, RevenueCap, because(rOver)},
	{"one cent over", askOf(RevenueCap + 1), Fail, RevenueCap + 1, because(rOver)},
	{"two together one cent under", askOf(belowCap.Split(2)...), Pass, belowCap, nil},
	{"two together at the cap", askOf(RevenueCap.Split(2)...), Fail, RevenueCap, because(rOver)},
	{"two under, together over", askOf(belowCap, belowCap), Fail, 2 * belowCap, because(rOver)},
	{"three together one cent under", askOf(belowCap.Split(3)...), Pass, belowCap, nil},
	{"three together at the cap", askOf(RevenueCap.Split(3)...), Fail, RevenueCap, because(rOver)},
	{"17 together one cent under", askOf(belowCap.Split(17)...), Pass, belowCap, nil},
	{"17 together at the cap", askOf(RevenueCap.Split(17)...), Fail, RevenueCap, because(rOver)},
	{"50 together one cent under", askOf(belowCap.Split(50)...), Pass, belowCap, nil},
	{"50 together at the cap", askOf(RevenueCap.Split(50)...), Fail, RevenueCap, because(rOver)},
	{"cents sent as dollars", askOf(1_000_000_00 * 100), Fail, RevenueCap, because(rOver)},

	// The cap as data.
	{"a lower cap, one cent under", attacked(askOf(99), func(q *RevenueQuestion) { q.Cap = 100 }), Pass, 99, nil},
	{"a lower cap, reached", attacked(askOf(100), func(q *RevenueQuestion) { q.Cap = 100 }), Fail, 100, because(rOver)},
	{"a higher cap is not believed", attacked(askOf(RevenueCap), func(q *RevenueQuestion) { q.Cap = math.MaxInt64 }), Fail, RevenueCap, because(rOver)},

	// Amounts that are none.
	{"negative", askOf(-1), Refer, 0, because(ReasonRevenueAmountInvalid)},
	{"the most negative", askOf(math.MinInt64), Refer, 0, because(ReasonRevenueAmountInvalid)},
	{"a negative affiliate lowers nothing", askOf(RevenueCap, math.MinInt64), Fail, RevenueCap, because(rOver, ReasonRevenueAmountInvalid)},
	{"the largest", askOf(math.MaxInt64), Fail, math.MaxInt64, because(rOver)},
	{"sums do not wrap", askOf(math.MaxInt64, math.MaxInt64, 2), Fail, math.MaxInt64, because(rOver)},

	// Missing evidence is never zero.
	{"no statement", attacked(askOf(0), func(q *RevenueQuestion) { q.Statements = nil }), Refer, 0, because(rMissing)},
	{"an affiliate's statement missing", attacked(askOf(1, 1), func(q *RevenueQuestion) { q.Statements = q.Statements[:1] }), Refer, 1, because(rMissing)},
	{"known sum at the cap, another missing", attacked(askOf(RevenueCap, 1), func(q *RevenueQuestion) { q.Statements = q.Statements[:1] }), Fail, RevenueCap, because(rOver, rMissing)},
	{"known sum one cent under, another missing", attacked(askOf(belowCap, 1), func(q *RevenueQuestion) { q.Statements = q.Statements[:1] }), Refer, belowCap, because(rMissing)},
	{"affiliate deleted, its link left", attacked(askOf(1, 1), func(q *RevenueQuestion) { q.Entities = q.Entities[:1] }), Refer, 1, because(ReasonAffiliateUnknown)},
	{"organization not registered", attacked(askOf(1), func(q *RevenueQuestion) { q.Entities = nil }), Refer, 0, because(ReasonAffiliateUnknown)},
	{"link to no record", attacked(askOf(1), onlyLink(Link{Owner: 0, Owned: 1, Control: true})), Refer, 1, because(ReasonAffiliateUnknown)},
	{"link to no record joins nobody else", attacked(askOf(1, RevenueCap), func(q *RevenueQuestion) {
		q.Links = []Link{{Owner: 0, Owned: 1, Control: true}, {Owner: 0, Owned: 2, Control: true}}
	}), Refer, 1, because(ReasonAffiliateUnknown)},
	{"reasons stand in one order, each once", attacked(askOf(1, -1, 1, -1), func(q *RevenueQuestion) {
		q.Statements = slices.DeleteFunc(q.Statements, func(s Statement) bool { return s.Amount > 0 })
	}), Refer, 0, because(ReasonRevenueAmountInvalid, rMissing)},
	{"statement of somebody else", attacked(askOf(1), func(q *RevenueQuestion) { q.Statements[0].Entity = 2 }), Refer, 0, because(rMissing)},

	// Which year.
	{"year ended on the day of submission", attacked(askOf(1), func(q *RevenueQuestion) { q.SubmittedOn = onDay("2025-12-31") }), Pass, 1, nil},
	{"year ended yesterday", attacked(askOf(1), func(q *RevenueQuestion) { q.SubmittedOn = onDay("2026-01-01") }), Pass, 1, nil},
	{"year ends tomorrow", attacked(askOf(1), func(q *RevenueQuestion) { q.SubmittedOn = onDay("2025-12-30") }), Refer, 0, because(rMissing)},
	{"future years are ignored", attacked(askOf(1), func(q *RevenueQuestion) {
		q.Statements = append(q.Statements, calendarYear(1, 2026, RevenueCap))
	}), Pass, 1, nil},
	{"an older year does not hide the last", attacked(askOf(RevenueCap), func(q *RevenueQuestion) {
		q.Statements = append(q.Statements, calendarYear(1, 2024, 1))
	}), Fail, RevenueCap, because(rOver)},
	{"an older year over the cap does not matter", attacked(askOf(1), func(q *RevenueQuestion) {
		q.Statements = append(q.Statements, calendarYear(1, 2024, RevenueCap))
	}), Pass, 1, nil},
	{"last year's statement held back", attacked(askOf(1), func(q *RevenueQuestion) { q.Statements[0] = calendarYear(1, 2024, 1) }), Refer, 0, because(rStale)},
	{"363 days old", attacked(askOf(1), func(q *RevenueQuestion) { q.SubmittedOn = onDay("2025-12-31").AddDays(363) }), Pass, 1, nil},
	{"364 days old", attacked(askOf(1), func(q *RevenueQuestion) { q.SubmittedOn = onDay("2025-12-31").AddDays(364) }), Refer, 0, because(rStale)},
	{"ten years old and over the cap", attacked(askOf(RevenueCap), func(q *RevenueQuestion) { q.SubmittedOn = onDay("2036-03-01") }), Refer, 0, because(rStale)},
	{"729 days old with the longest filing time", attacked(askOf(1), func(q *RevenueQuestion) {
		q.SubmittedOn, q.FilingDays = onDay("2025-12-31").AddDays(729), 366
	}), Pass, 1, nil},
	{"730 days old with the longest filing time", attacked(askOf(1), func(q *RevenueQuestion) {
		q.SubmittedOn, q.FilingDays = onDay("2025-12-31").AddDays(730), 366
	}), Refer, 0, because(rStale)},
	{"a filing time beyond two years is not believed", attacked(askOf(1), func(q *RevenueQuestion) {
		q.SubmittedOn, q.FilingDays = onDay("2025-12-31").AddDays(730), math.MaxInt
	}), Refer, 0, because(rStale)},
	{"a negative filing time is none", attacked(askOf(1), func(q *RevenueQuestion) { q.FilingDays = math.MinInt }), Pass, 1, nil},
	{"statement without a fiscal year", attacked(askOf(1), func(q *RevenueQuestion) { q.Statements[0].FiscalYear = 0 }), Refer, 0, because(rMissing)},

	// Periods.
	{"52 weeks", attacked(askOf(1), periodOf(0, "2025-01-02", "2025-12-31")), Pass, 1, nil},
	{"53 weeks", attacked(askOf(1), periodOf(0, "2024-12-26", "2025-12-31")), Pass, 1, nil},
	{"350 days", attacked(askOf(1), periodOf(0, "2025-01-16", "2025-12-31")), Pass, 1, nil},
	{"349 days", attacked(askOf(1), periodOf(0, "2025-01-17", "2025-12-31")), Refer, 1, because(rOdd)},
	{"380 days", attacked(askOf(1), periodOf(0, "2024-12-17", "2025-12-31")), Pass, 1, nil},
	{"381 days", attacked(askOf(1), periodOf(0, "2024-12-16", "2025-12-31")), Refer, 0, because(rOdd)},
	{"short year over the cap by itself", attacked(askOf(RevenueCap), periodOf(0, "2025-12-31", "2025-12-31")), Fail, RevenueCap, because(rOver, rOdd)},
	{"18 months over the cap", attacked(askOf(RevenueCap), periodOf(0, "2024-07-01", "2025-12-31")), Refer, 0, because(rOdd)},
	{"ends before it starts", attacked(askOf(RevenueCap), periodOf(0, "2026-01-31", "2025-12-31")), Refer, 0, because(rOdd)},
	{"no start", attacked(askOf(1), func(q *RevenueQuestion) { q.Statements[0].Start = 0 }), Refer, 0, because(rOdd)},
	{"no end", attacked(askOf(1), func(q *RevenueQuestion) { q.Statements[0].End = 0 }), Refer, 0, because(rStale)},

	// One year told twice.
	{"two statements for a year", attacked(askOf(1), func(q *RevenueQuestion) {
		s := calendarYear(1, 2025, 2)
		s.ID++
		q.Statements = append(q.Statements, s)
	}), Refer, 0, because(rTwice)},
	{"two versions of a statement", attacked(askOf(1), func(q *RevenueQuestion) {
		s := q.Statements[0]
		s.Version, s.Amount = 2, RevenueCap
		q.Statements = append(q.Statements, s)
	}), Refer, 0, because(rTwice)},
	{"back-dated year end overlaps the year before", attacked(askOf(1), func(q *RevenueQuestion) {
		early := calendarYear(1, 2026, 1)
		early.Start, early.End = onDay("2025-02-01"), onDay("2026-01-31")
		q.Statements = append(q.Statements, early)
	}), Refer, 0, because(rTwice)},
	{"two years under one name", attacked(askOf(1), func(q *RevenueQuestion) {
		old := calendarYear(1, 2019, 1)
		old.FiscalYear = 2025
		q.Statements = append(q.Statements, old)
	}), Refer, 0, because(rTwice)},
	{"the same statement given twice", attacked(askOf(1), func(q *RevenueQuestion) {
		q.Statements = append(q.Statements, q.Statements[0])
	}), Pass, 1, nil},

	// Who counts.
	{"51 % up to the owner", attacked(askOf(belowCap, 1), onlyLink(Link{Owner: 2, Owned: 1, Share: 51_00})), Fail, RevenueCap, because(rOver)},
	{"half is not control", attacked(askOf(belowCap, 1), onlyLink(Link{Owner: 1, Owned: 2, Share: 50_00})), Pass, belowCap, nil},
	{"half and a hundredth of a percent is", attacked(askOf(belowCap, 1), onlyLink(Link{Owner: 1, Owned: 2, Share: 50_01})), Fail, RevenueCap, because(rOver)},
	{"control without a share", attacked(askOf(belowCap, 1), onlyLink(Link{Owner: 1, Owned: 2, Control: true})), Fail, RevenueCap, because(rOver)},
	{"a majority split into two holdings", attacked(askOf(belowCap, 1), func(q *RevenueQuestion) {
		q.Links = []Link{{Owner: 1, Owned: 2, Share: 30_00}, {Owner: 1, Owned: 2, Share: 30_00, Since: onDay("2020-01-01")}}
	}), Fail, RevenueCap, because(rOver)},
	{"a minority holding given twice", attacked(askOf(belowCap, 1), func(q *RevenueQuestion) {
		q.Links = []Link{{Owner: 1, Owned: 2, Share: 30_00}, {Owner: 1, Owned: 2, Share: 30_00}}
	}), Pass, belowCap, nil},
	{"minorities of two owners do not add up", attacked(askOf(belowCap, 1, 1), func(q *RevenueQuestion) {
		q.Links = []Link{{Owner: 1, Owned: 2, Share: 40_00}, {Owner: 3, Owned: 2, Share: 40_00}}
	}), Pass, belowCap, nil},
	{"an absurd share is still control", attacked(askOf(belowCap, 1), onlyLink(Link{Owner: 1, Owned: 2, Share: math.MaxInt})), Fail, RevenueCap, because(rOver)},
	{"a negative holding takes nothing away", attacked(askOf(belowCap, 1), func(q *RevenueQuestion) {
		q.Links = []Link{{Owner: 1, Owned: 2, Share: 60_00}, {Owner: 1, Owned: 2, Share: math.MinInt}}
	}), Fail, RevenueCap, because(rOver)},
	{"owner of itself", attacked(askOf(belowCap), onlyLink(Link{Owner: 1, Owned: 1, Control: true})), Pass, belowCap, nil},
	{"affiliate of an affiliate", attacked(askOf(belowCap, 0, 1), func(q *RevenueQuestion) {
		q.Links = []Link{{Owner: 1, Owned: 2, Share: 60_00}, {Owner: 2, Owned: 3, Share: 60_00}}
	}), Fail, RevenueCap, because(rOver)},
	{"sister under one parent", attacked(askOf(belowCap, 0, 1), func(q *RevenueQuestion) {
		q.Links = []Link{{Owner: 2, Owned: 1, Share: 60_00}, {Owner: 2, Owned: 3, Share: 60_00}}
	}), Fail, RevenueCap, because(rOver)},
	{"a cycle of two", attacked(askOf(belowCap.Split(2)...), func(q *RevenueQuestion) {
		q.Links = append(q.Links, Link{Owner: 2, Owned: 1, Share: 100_00})
	}), Pass, belowCap, nil},
	{"a cycle of three", attacked(askOf(belowCap.Split(3)...), func(q *RevenueQuestion) {
		q.Links = []Link{{Owner: 1, Owned: 2, Control: true}, {Owner: 2, Owned: 3, Control: true}, {Owner: 3, Owned: 1, Control: true}}
	}), Pass, belowCap, nil},
	{"a cycle at the cap", attacked(askOf(RevenueCap.Split(3)...), func(q *RevenueQuestion) {
		q.Links = []Link{{Owner: 1, Owned: 2, Control: true}, {Owner: 2, Owned: 3, Control: true}, {Owner: 3, Owned: 1, Control: true}}
	}), Fail, RevenueCap, because(rOver)},
	{"a diamond counts its foot once", attacked(askOf(belowCap.Split(4)...), func(q *RevenueQuestion) {
		q.Links = []Link{{Owner: 1, Owned: 2, Control: true}, {Owner: 1, Owned: 3, Control: true},
			{Owner: 2, Owned: 4, Share: 51_00}, {Owner: 3, Owned: 4, Control: true}}
	}), Pass, belowCap, nil},
	{"somebody else's group", attacked(askOf(belowCap, RevenueCap, RevenueCap), onlyLink(Link{Owner: 2, Owned: 3, Control: true})), Pass, belowCap, nil},
	{"no name is no way out", attacked(askOf(belowCap, 1), func(q *RevenueQuestion) { q.Entities[1].Name = "" }), Fail, RevenueCap, because(rOver)},

	// When a link counts.
	{"link begins on the day", attacked(askOf(belowCap, 1), onlyLink(Link{Owner: 1, Owned: 2, Control: true, Since: onDay("2026-03-01")})), Fail, RevenueCap, because(rOver)},
	{"link begins on the next day", attacked(askOf(belowCap, 1), onlyLink(Link{Owner: 1, Owned: 2, Control: true, Since: onDay("2026-03-02")})), Pass, belowCap, nil},
	{"link ends after the day", attacked(askOf(belowCap, 1), onlyLink(Link{Owner: 1, Owned: 2, Control: true, Until: onDay("2026-03-02")})), Fail, RevenueCap, because(rOver)},
	{"link has ended on the day", attacked(askOf(belowCap, 1), onlyLink(Link{Owner: 1, Owned: 2, Control: true, Until: onDay("2026-03-01")})), Pass, belowCap, nil},
	{"affiliate bought after submission", attacked(askOf(belowCap, 1), func(q *RevenueQuestion) {
		q.Links[0].Since, q.AsOf = onDay("2026-05-01"), onDay("2026-06-01")
	}), Fail, RevenueCap, because(rOver)},
	{"the years stay those of the submission", attacked(askOf(belowCap, 0), func(q *RevenueQuestion) {
		q.Statements = append(q.Statements, calendarYear(1, 2026, RevenueCap), calendarYear(2, 2026, RevenueCap))
		q.AsOf = onDay("2027-06-01")
	}), Pass, belowCap, nil},

	// Averages: exact, without rounding the parts.
	{"three years one cent under", yearsOf(AverageOf3, RevenueCap, RevenueCap, belowCap), Pass, belowCap, nil},
	{"three years at the cap", yearsOf(AverageOf3, RevenueCap+1, RevenueCap, belowCap), Fail, RevenueCap, because(rOver)},
	{"three years, one far over", yearsOf(AverageOf3, 3*RevenueCap-1, 0, 0), Pass, belowCap, nil},
	{"thirds of a cent of two companies add up", attacked(askOf(0, 0), func(q *RevenueQuestion) {
		q.Basis, q.Statements = AverageOf3, nil
		for id := ID(1); id <= 2; id++ { // each averages half the cap less a third of a cent
			q.Statements = append(q.Statements, calendarYear(id, 2025, RevenueCap/2),
				calendarYear(id, 2024, RevenueCap/2), calendarYear(id, 2023, RevenueCap/2-1))
		}
	}), Pass, belowCap, nil},
	{"five years one cent under", yearsOf(AverageOf5, RevenueCap, RevenueCap, RevenueCap, RevenueCap, belowCap), Pass, belowCap, nil},
	{"five years at the cap", yearsOf(AverageOf5, RevenueCap, RevenueCap, RevenueCap, RevenueCap, RevenueCap), Fail, RevenueCap, because(rOver)},
	{"a sixth year does not count", yearsOf(AverageOf5, 1, 1, 1, 1, 1, math.MaxInt64), Pass, 1, nil},
	{"two years of three", yearsOf(AverageOf3, 3, 3), Refer, 2, because(rMissing)},
	{"two years of three reach the cap", yearsOf(AverageOf3, 2*RevenueCap, RevenueCap), Fail, RevenueCap, because(rOver, rMissing)},
	{"a gap in the middle", attacked(yearsOf(AverageOf3, 3, 3, 3, 3), func(q *RevenueQuestion) {
		q.Statements = slices.Delete(q.Statements, 1, 2)
	}), Refer, 1, because(rMissing)},
	{"a short year in the middle", attacked(yearsOf(AverageOf3, 3, 3, 3), func(q *RevenueQuestion) {
		periodOf(1, "2024-07-01", "2024-12-31")(q)
		periodOf(2, "2023-07-01", "2024-06-30")(q)
	}), Refer, 3, because(rOdd)},
	{"an older year told twice", attacked(yearsOf(AverageOf3, 3, 3, 3), func(q *RevenueQuestion) {
		s := calendarYear(1, 2024, 1)
		s.ID++
		q.Statements = append(q.Statements, s)
	}), Refer, 1, because(rTwice)},
	{"five of the largest", yearsOf(AverageOf5, math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64),
		Fail, math.MaxInt64 / 5, because(rOver)},

	// Trailing twelve months.
	{"an audit without its document", attacked(askOf(1), func(q *RevenueQuestion) { q.Statements[0].Document = "" }), Refer, 1, because(ReasonRevenueDocumentMissing)},
	{"an audit without its document, at the cap", attacked(askOf(RevenueCap), func(q *RevenueQuestion) { q.Statements[0].Document = "" }), Fail, RevenueCap, because(rOver, ReasonRevenueDocumentMissing)},
	{"no more than their word", attacked(askOf(belowCap), func(q *RevenueQuestion) { q.Statements[0].Document, q.Statements[0].Source = "", selfCertified }), Pass, belowCap, nil},
	{"an audit without its document, under the rule before", attacked(askOf(1), func(q *RevenueQuestion) { q.Statements[0].Document, q.Rule = "", "revenue/2" }), Pass, 1, nil},
	{"twelve months to the last quarter's end", attacked(askOf(1), func(q *RevenueQuestion) {
		q.Basis = Trailing12
		q.Statements = append(q.Statements, Statement{ID: 7, Entity: 1, Start: onDay("2025-02-01"), End: onDay("2026-01-31"), Amount: belowCap, Source: selfCertified})
	}), Pass, belowCap, nil},
	{"a fiscal year that ended just now is twelve months", attacked(askOf(1), func(q *RevenueQuestion) { q.Basis = Trailing12 }), Pass, 1, nil},
	{"twelve months, 89 days old", attacked(askOf(1), func(q *RevenueQuestion) {
		q.Basis, q.SubmittedOn = Trailing12, onDay("2025-12-31").AddDays(89)
	}), Pass, 1, nil},
	{"twelve months, 90 days old", attacked(askOf(1), func(q *RevenueQuestion) {
		q.Basis, q.SubmittedOn, q.FilingDays = Trailing12, onDay("2025-12-31").AddDays(90), 366
	}), Refer, 0, because(rStale)},
	{"twelve months told twice", attacked(askOf(1), func(q *RevenueQuestion) {
		q.Basis = Trailing12
		q.Statements = append(q.Statements, Statement{ID: 7, Entity: 1, Start: onDay("2025-01-01"), End: onDay("2025-12-31"), Amount: 2})
	}), Refer, 0, because(rTwice)},

	// Questions that are none.
	{"no organization", attacked(askOf(1), func(q *RevenueQuestion) { q.Organization = 0 }), Refer, 0, because(ReasonRevenueQuestionIncomplete)},
	{"no basis", attacked(askOf(1), func(q *RevenueQuestion) { q.Basis = 0 }), Refer, 0, because(ReasonRevenueQuestionIncomplete)},
	{"a basis that is none", attacked(askOf(1), func(q *RevenueQuestion) { q.Basis = 200 }), Refer, 0, because(ReasonRevenueQuestionIncomplete)},
	{"no day of submission", attacked(askOf(1), func(q *RevenueQuestion) { q.SubmittedOn = 0 }), Refer, 0, because(ReasonRevenueQuestionIncomplete)},
	{"no day for the links", attacked(askOf(1), func(q *RevenueQuestion) { q.AsOf = 0 }), Refer, 0, because(ReasonRevenueQuestionIncomplete)},
	{"a negative cap", attacked(askOf(1), func(q *RevenueQuestion) { q.Cap = -1 }), Refer, 0, because(ReasonRevenueQuestionIncomplete)},
	{"nothing at all", RevenueQuestion{}, Refer, 0, because(ReasonRevenueQuestionIncomplete)},
}

func TestRevenueOfAGroupStaysStrictlyBelowTheCap(t *testing.T) {
	for _, c := range revenueCases {
		t.Run(c.name, func(t *testing.T) {
			v := Revenue(c.q)
			if v.Outcome != c.want || v.Sum != c.sum {
				t.Errorf("%s at %s, want %s at %s", v.Outcome, v.Sum.Dollars(), c.want, c.sum.Dollars())
			}
			if diff := cmp.Diff(c.reasons, v.Reasons); diff != "" {
				t.Errorf("reasons (-want +got):\n%s", diff)
			}
			soundVerdict(t, v)
		})
	}
}

func TestEveryRevenueReasonIsGivenToSomebody(t *testing.T) {
	given := map[Reason]bool{}
	for _, c := range revenueCases {
		for _, r := range Revenue(c.q).Reasons {
			given[r] = true
		}
	}
	for _, r := range []Reason{rOver, rMissing, rStale, rTwice, rOdd, ReasonRevenueAmountInvalid, ReasonAffiliateUnknown, ReasonRevenueQuestionIncomplete, ReasonRevenueDocumentMissing} {
		if !given[r] {
			t.Errorf("no case gives %s", r)
		}
		delete(given, r)
	}
	if len(given) > 0 {
		t.Errorf("reasons that are not listed: %v", given)
	}
}

// soundVerdict checks what holds of every verdict: its lines add up, it says why,
// it survives storage, and it can be decided again from what it stores.
func soundVerdict(t interface{ Errorf(string, ...any) }, v Verdict) {
	total := new(big.Int)
	for _, l := range v.Lines {
		if l.Counted < 0 || l.Counted > max(l.Amount, 0) {
			t.Errorf("line counts %d of %d", l.Counted, l.Amount)
		}
		total.Add(total, big.NewInt(int64(l.Counted)))
	}
	if !total.IsInt64() {
		total.SetInt64(math.MaxInt64)
	}
	if total.Int64() != int64(v.Total) {
		t.Errorf("lines add up to %v, total says %d", total, v.Total)
	}
	if !slices.Contains(revenueRules, v.Rule) || v.Outcome == 0 || (v.Outcome == Pass) != (len(v.Reasons) == 0) {
		t.Errorf("%s by %q for %v", v.Outcome, v.Rule, v.Reasons)
	}
	if v.Cap > RevenueCap || v.Outcome == Pass && v.Sum >= v.Cap {
		t.Errorf("%s with %d against %d", v.Outcome, v.Sum, v.Cap)
	}
	for _, id := range v.Members() {
		checkPath(t, v, id)
	}
	for _, l := range v.Links {
		if l.Owner == l.Owned || v.Path(l.Owner) == nil || v.Path(l.Owned) == nil {
			t.Errorf("%+v joins nobody of the group", l)
		}
	}
	stored, err := json.Marshal(v)
	if err != nil {
		t.Errorf("Marshal: %v", err)
	}
	var read Verdict
	if err := json.Unmarshal(stored, &read); err != nil {
		t.Errorf("Unmarshal: %v", err)
	}
	if diff := cmp.Diff(v, read); diff != "" {
		t.Errorf("stored and read (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(v, Revenue(read.Question())); diff != "" {
		t.Errorf("decided again from what it stores (-want +got):\n%s", diff)
	}
}

// checkPath follows a member back to the organization over links of the verdict.
func checkPath(t interface{ Errorf(string, ...any) }, v Verdict, id ID) {
	path := v.Path(id)
	if len(path) == 0 || path[0] != v.Organization || path[len(path)-1] != id {
		t.Errorf("path to %d is %v", id, path)
		return
	}
	for i, to := range path[1:] {
		from := path[i]
		if !slices.ContainsFunc(v.Links, func(l Link) bool {
			return l.Owner == from && l.Owned == to || l.Owner == to && l.Owned == from
		}) {
			t.Errorf("path to %d steps from %d to %d over no link", id, from, to)
		}
	}
}

func TestAVerdictShowsItsEvidenceInOneOrder(t *testing.T) {
	q := askOf(10, 20, 30)
	q.Organization, q.Basis = 2, AverageOf3
	q.Links = []Link{{Owner: 3, Owned: 1, Control: true}, {Owner: 3, Owned: 2, Share: 60_00}}
	q.Statements = append(q.Statements, calendarYear(2, 2023, 22), calendarYear(2, 2024, 21))
	got := Revenue(q)
	line := func(id, via ID, year int, amount Cents) VerdictLine {
		s := calendarYear(id, year, amount)
		return VerdictLine{Entity: id, Name: fmt.Sprint("Company ", id), Via: via, FiscalYear: year, Start: s.Start, End: s.End,
			Amount: amount, Counted: amount, Statement: s.ID, Version: 1, Source: "audited", Document: "ab12"}
	}
	missing := func(id, via ID) VerdictLine {
		return VerdictLine{Entity: id, Name: fmt.Sprint("Company ", id), Via: via, Reason: rMissing}
	}
	want := Verdict{Rule: "revenue/3", Organization: 2, Basis: AverageOf3, SubmittedOn: q.SubmittedOn, AsOf: q.AsOf, Outcome: Refer,
		Reasons: because(rMissing), Total: 103, Years: 3, Sum: 34, Cap: RevenueCap, Links: q.Links, Lines: []VerdictLine{
			line(2, 0, 2025, 20), line(2, 0, 2024, 21), line(2, 0, 2023, 22),
			line(1, 3, 2025, 10), missing(1, 3),
			line(3, 2, 2025, 30), missing(3, 2),
		}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("verdict (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]ID{2, 3, 1}, got.Path(1)); diff != "" {
		t.Errorf("path (-want +got):\n%s", diff)
	}
	if got.Path(4) != nil {
		t.Error("a stranger has a path")
	}
}

// The stored form is a contract: a change here needs a new RevenueRule.
func TestTheStoredFormOfAVerdict(t *testing.T) {
	q := askOf(100, 1)
	q.Entities, q.Statements = q.Entities[:1], q.Statements[:1]
	b, err := json.Marshal(Revenue(q))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"rule":"revenue/3","organization":1,"basis":"last_completed","submitted_on":"2026-03-01","as_of":"2026-03-01",` +
		`"outcome":"refer","reasons":["affiliate_unknown"],"total_cents":100,"years":1,"sum_cents":100,"cap_cents":10000000000,` +
		`"lines":[{"entity":1,"name":"Company 1","fiscal_year":2025,"start":"2025-01-01","end":"2025-12-31","amount_cents":100,` +
		`"counted_cents":100,"statement":12025,"version":1,"source":"audited","document":"ab12"},` +
		`{"entity":2,"name":"","via":1,"amount_cents":0,"counted_cents":0,"reason":"affiliate_unknown"}],` +
		`"links":[{"owner":1,"owned":2,"share":10000}]}`
	if diff := cmp.Diff(want, string(b)); diff != "" {
		t.Errorf("stored form (-want +got):\n%s", diff)
	}
}

func TestBasisAndOutcomeAreStoredByName(t *testing.T) {
	for b := LastCompleted; b < bases; b++ {
		if got, err := ParseBasis(b.String()); err != nil || got != b || b.Years() < 1 {
			t.Errorf("basis %d is %q and read as %d, %v", b, b, got, err)
		}
	}
	for o := Pass; o < outcomes; o++ {
		if got, err := ParseOutcome(o.String()); err != nil || got != o {
			t.Errorf("outcome %d is %q and read as %d, %v", o, o, got, err)
		}
	}
	for _, bad := range []string{`{"basis":"Last_Completed"}`, `{"basis":"average_of_4"}`, `{"basis":1}`, `{"outcome":"passed"}`, `{"outcome":1}`} {
		var v Verdict
		if err := json.Unmarshal([]byte(bad), &v); err == nil {
			t.Errorf("Unmarshal(%s) = %+v, want an error", bad, v)
		}
	}
	if (Verdict{}).Outcome == Pass {
		t.Error("a verdict that was never decided passes")
	}
}

// anyGroup draws a question about up to seven companies with arbitrary links and
// books, many of them near the cap, some of them broken.
func anyGroup(t *rapid.T) RevenueQuestion {
	amounts := rapid.OneOf(
		rapid.SampledFrom([]Cents{0, 1, belowCap, RevenueCap, RevenueCap + 1, RevenueCap / 3, RevenueCap / 7, math.MaxInt64, math.MaxInt64 - 1, -1}),
		rapid.Custom(func(t *rapid.T) Cents { return Cents(rapid.Int64Range(0, int64(RevenueCap)/2).Draw(t, "cents")) }))
	dates := rapid.SampledFrom([]Date{0, onDay("2020-01-01"), onDay("2026-02-28"), onDay("2026-03-01"), onDay("2026-03-02"), onDay("2030-01-01")})
	n := rapid.IntRange(1, 7).Draw(t, "companies")
	someone := rapid.Custom(func(t *rapid.T) ID { return ID(rapid.IntRange(1, n).Draw(t, "id")) })
	q := RevenueQuestion{Organization: 1, SubmittedOn: onDay("2026-03-01"), AsOf: onDay("2026-03-01"),
		Basis: rapid.SampledFrom([]Basis{LastCompleted, LastCompleted, AverageOf3, AverageOf5}).Draw(t, "basis"),
		Cap:   rapid.SampledFrom([]Cents{0, 0, RevenueCap / 2, math.MaxInt64}).Draw(t, "cap")}
	for range rapid.IntRange(0, 10).Draw(t, "links") {
		q.Links = append(q.Links, Link{Owner: someone.Draw(t, "owner"), Owned: someone.Draw(t, "owned"),
			Share:   rapid.SampledFrom([]int{-1, 0, 20_00, 30_00, 50_00, 50_01, 100_00, math.MaxInt}).Draw(t, "share"),
			Control: rapid.IntRange(0, 3).Draw(t, "control") == 0,
			Since:   dates.Draw(t, "since"), Until: dates.Draw(t, "until")})
	}
	for id := ID(1); id <= ID(n); id++ {
		if rapid.IntRange(0, 15).Draw(t, "registered") > 0 {
			q.Entities = append(q.Entities, Entity{ID: id, Name: fmt.Sprint("Company ", id)})
		}
		end := onDay("2025-12-31").AddDays(rapid.SampledFrom([]int{0, 0, 0, -90, 30, 90}).Draw(t, "year's end"))
		for i := range rapid.IntRange(0, 7).Draw(t, "years") {
			days := rapid.SampledFrom([]int{365, 365, 365, 364, 371, 366, 380}).Draw(t, "days")
			s := Statement{ID: id*100 + ID(i), Entity: id, FiscalYear: 2025 - i, Start: end.AddDays(1 - days), End: end,
				Amount: amounts.Draw(t, "amount"), Source: "audited", Version: 1}
			end = s.Start.AddDays(-1)
			switch rapid.IntRange(0, 11).Draw(t, "accident") {
			case 0:
				continue // lost
			case 1:
				again := s
				again.ID, again.Amount = s.ID+50, amounts.Draw(t, "again")
				q.Statements = append(q.Statements, again)
			}
			q.Statements = append(q.Statements, s)
		}
	}
	return q
}

func TestEveryVerdictIsSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { soundVerdict(t, Revenue(anyGroup(t))) })
}

func TestTheOrderOfTheEvidenceDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := anyGroup(t)
		mixed := q
		// Some of it given twice, all of it in another order.
		mixed.Entities = rapid.Permutation(append(q.Entities, q.Entities...)).Draw(t, "entities")
		mixed.Links = rapid.Permutation(append(q.Links, q.Links...)).Draw(t, "links")
		mixed.Statements = rapid.Permutation(append(q.Statements, q.Statements...)).Draw(t, "statements")
		want, err := json.Marshal(Revenue(q))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(Revenue(mixed)); err != nil || string(got) != string(want) {
			t.Fatalf("in another order:\n%s\nwant\n%s", got, want)
		}
	})
}

// Records that differ in one field only must not depend on the order either.
func TestTheOrderOfNearlyEqualRecordsDoesNotMatter(t *testing.T) {
	q := askOf(1, 1)
	l, s := q.Links[0], q.Statements[0]
	with := func(edit func(*Link, *Statement, *Entity)) RevenueQuestion {
		l, s, e := l, s, q.Entities[0]
		edit(&l, &s, &e)
		return RevenueQuestion{Entities: []Entity{e}, Links: []Link{l}, Statements: []Statement{s}}
	}
	for name, other := range map[string]RevenueQuestion{
		"share":       with(func(l *Link, _ *Statement, _ *Entity) { l.Share = 60_00 }),
		"control":     with(func(l *Link, _ *Statement, _ *Entity) { l.Control = true }),
		"since":       with(func(l *Link, _ *Statement, _ *Entity) { l.Since = onDay("2020-01-01") }),
		"until":       with(func(l *Link, _ *Statement, _ *Entity) { l.Until = onDay("2030-01-01") }),
		"direction":   with(func(l *Link, _ *Statement, _ *Entity) { l.Owner, l.Owned = l.Owned, l.Owner }),
		"statement":   with(func(_ *Link, s *Statement, _ *Entity) { s.ID++ }),
		"version":     with(func(_ *Link, s *Statement, _ *Entity) { s.Version++ }),
		"fiscal year": with(func(_ *Link, s *Statement, _ *Entity) { s.FiscalYear++ }),
		"start":       with(func(_ *Link, s *Statement, _ *Entity) { s.Start++ }),
		"end":         with(func(_ *Link, s *Statement, _ *Entity) { s.End-- }),
		"amount":      with(func(_ *Link, s *Statement, _ *Entity) { s.Amount++ }),
		"source":      with(func(_ *Link, s *Statement, _ *Entity) { s.Source = "tax return" }),
		"document":    with(func(_ *Link, s *Statement, _ *Entity) { s.Document = "cd34" }),
		"name":        with(func(_ *Link, _ *Statement, e *Entity) { e.Name = "Another" }),
	} {
		first, last := q, q
		first.Entities, last.Entities = slices.Concat(other.Entities, q.Entities), slices.Concat(q.Entities, other.Entities)
		first.Links, last.Links = slices.Concat(other.Links, q.Links), slices.Concat(q.Links, other.Links)
		first.Statements, last.Statements = slices.Concat(other.Statements, q.Statements), slices.Concat(q.Statements, other.Statements)
		if diff := cmp.Diff(Revenue(first), Revenue(last)); diff != "" {
			t.Errorf("with another %s in front and behind:\n%s", name, diff)
		}
	}
}

func TestPathEndsOnAVerdictThatIsNone(t *testing.T) {
	v := Verdict{Organization: 1, Lines: []VerdictLine{{Entity: 1}, {Entity: 2, Via: 3}, {Entity: 3, Via: 2}}}
	if path := v.Path(2); len(path) > 4 {
		t.Errorf("path around a circle has %d steps", len(path))
	}
}

func TestAnotherAffiliateNeverHelps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := anyGroup(t)
		before := Revenue(q)
		at := rapid.SampledFrom(before.Members()).Draw(t, "affiliate of")
		l := Link{Owner: 99, Owned: at, Control: true}
		if rapid.Bool().Draw(t, "downwards") {
			l.Owner, l.Owned = l.Owned, l.Owner
		}
		q.Links = append(q.Links, l)
		q.Entities = append(q.Entities, Entity{ID: 99, Name: "Company 99"})
		for year := 2025; year > 2025-before.Years; year-- {
			q.Statements = append(q.Statements, calendarYear(99, year, Cents(rapid.Int64Min(0).Draw(t, "amount"))))
		}
		after := Revenue(q)
		if after.Sum < before.Sum || before.Outcome == Fail && after.Outcome != Fail || before.Outcome == Refer && after.Outcome == Pass {
			t.Fatalf("%s at %d became %s at %d", before.Outcome, before.Sum, after.Outcome, after.Sum)
		}
	})
}

func TestTakingEvidenceAwayNeverPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := anyGroup(t)
		var counted []ID
		for _, l := range Revenue(q).Lines {
			if l.Statement != 0 && l.Reason == "" {
				counted = append(counted, l.Statement)
			}
		}
		if len(counted) == 0 {
			return
		}
		lost := rapid.SampledFrom(counted).Draw(t, "lost")
		less := q
		less.Statements = slices.DeleteFunc(slices.Clone(q.Statements), func(s Statement) bool { return s.ID == lost })
		if v := Revenue(less); v.Outcome == Pass {
			t.Fatalf("passes without statement %d", lost)
		}
		less = q
		less.Entities = slices.DeleteFunc(slices.Clone(q.Entities), func(e Entity) bool { return e.ID == lost/100 })
		if v := Revenue(less); v.Outcome == Pass {
			t.Fatalf("passes without entity %d", lost/100)
		}
	})
}

// On complete books the rule is one sentence, told here another way: the closure
// of control by brute force and sums without bounds.
func TestOnCompleteBooksTheRuleIsTheSumOfTheComponent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := anyGroup(t)
		q.Entities, q.Statements = nil, nil
		const n = 7
		yearly := [n + 1]Cents{}
		for id := ID(1); id <= n; id++ {
			yearly[id] = Cents(rapid.Int64Range(0, int64(RevenueCap)/3).Draw(t, "yearly"))
			q.Entities = append(q.Entities, Entity{ID: id})
			for year := 2025; year > 2020; year-- {
				q.Statements = append(q.Statements, calendarYear(id, year, yearly[id]))
			}
		}
		var held [n + 1][n + 1]int
		seen := map[Link]bool{}
		for _, l := range q.Links {
			on := l.Since <= q.AsOf && (l.Until == 0 || q.AsOf < l.Until)
			if !on || seen[l] {
				continue
			}
			seen[l] = true
			if l.Control {
				held[l.Owner][l.Owned] += 100_00
			}
			held[l.Owner][l.Owned] += min(max(l.Share, 0), 100_00)
		}
		var joined [n + 1][n + 1]bool
		for i := range held {
			joined[i][i] = true
			for j := range held {
				joined[i][j] = joined[i][j] || held[i][j] > 50_00 || held[j][i] > 50_00
			}
		}
		for k := range joined {
			for i := range joined {
				for j := range joined {
					joined[i][j] = joined[i][j] || joined[i][k] && joined[k][j]
				}
			}
		}
		var sum Cents
		for id := 1; id <= n; id++ {
			if joined[1][id] {
				sum += yearly[id]
			}
		}
		want := Pass
		if sum >= Revenue(q).Cap {
			want = Fail
		}
		if v := Revenue(q); v.Outcome != want || v.Sum != sum {
			t.Fatalf("%s at %d, want %s at %d", v.Outcome, v.Sum, want, sum)
		}
	})
}

func TestTheQuestionIsLeftAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := anyGroup(t)
		before := q
		before.Entities, before.Links, before.Statements = slices.Clone(q.Entities), slices.Clone(q.Links), slices.Clone(q.Statements)
		Revenue(q)
		if diff := cmp.Diff(before, q); diff != "" {
			t.Fatalf("the question changed:\n%s", diff)
		}
	})
}

// A chain is the deepest walk, a star the widest, a mesh the one with most ways.
var largeGroups = map[string]func(id ID) []Link{
	"chain": func(id ID) []Link { return []Link{{Owner: id - 1, Owned: id, Share: 60_00}} },
	"star":  func(id ID) []Link { return []Link{{Owner: 1, Owned: id, Share: 60_00}} },
	"mesh": func(id ID) []Link {
		var links []Link
		for step := ID(1); step < id; step *= 2 {
			links = append(links, Link{Owner: id - step, Owned: id, Share: 60_00})
		}
		return links
	},
}

func largeGroup(n int, links func(ID) []Link) RevenueQuestion {
	q := askOf(belowCap.Split(n)...)
	q.Links = nil
	for id := ID(2); id <= ID(n); id++ {
		q.Links = append(q.Links, links(id)...)
	}
	return q
}

func TestAThousandCompaniesCountOnceEach(t *testing.T) {
	for name, links := range largeGroups {
		t.Run(name, func(t *testing.T) {
			q := largeGroup(1_000, links)
			v := Revenue(q)
			if v.Outcome != Pass || v.Sum != belowCap || len(v.Lines) != 1_000 {
				t.Errorf("%s at %s over %d lines", v.Outcome, v.Sum.Dollars(), len(v.Lines))
			}
			q.Statements[999].Amount++
			if v := Revenue(q); v.Outcome != Fail || v.Sum != RevenueCap {
				t.Errorf("with one cent more: %s at %s", v.Outcome, v.Sum.Dollars())
			}
			if name == "chain" && len(v.Path(1_000)) != 1_000 {
				t.Errorf("the path down the chain has %d steps", len(v.Path(1_000)))
			}
		})
	}
}

func BenchmarkRevenue(b *testing.B) {
	for _, n := range []int{1, 10, 1_000, 10_000} {
		for _, name := range []string{"chain", "star", "mesh"} {
			q := largeGroup(n, largeGroups[name])
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					Revenue(q)
				}
			})
		}
	}
}
