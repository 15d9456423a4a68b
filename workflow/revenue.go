package workflow

import (
	"cmp"
	"math"
	"slices"
)

// RevenueRule names this version of the rule. A stored verdict carries it, so
// that it can be explained after the rule has changed.
const RevenueRule = "revenue/3"

// revenueRules are the versions that stored verdicts may carry. Version 2 added
// currencies, eliminations and the bases of receipts; where none of them is asked
// about, both come to the same. Version 3 asks for the document of a statement
// that names one.
var revenueRules = []string{"revenue/1", "revenue/2", RevenueRule}

// The reasons that the revenue rule gives. Only ReasonRevenueAtOrOverCap fails;
// each of the others refers the case to a person.
const (
	// ReasonRevenueAtOrOverCap means that what is known of the group's revenue
	// reaches the cap, even if other evidence is still missing.
	ReasonRevenueAtOrOverCap Reason = "revenue_at_or_over_cap"
	// ReasonRevenueEvidenceMissing means that a member of the group has no
	// statement for a year of the basis.
	ReasonRevenueEvidenceMissing Reason = "revenue_evidence_missing"
	// ReasonRevenueEvidenceStale means that a member's newest statement is so
	// old that a later year must have ended before the submission.
	ReasonRevenueEvidenceStale Reason = "revenue_evidence_stale"
	// ReasonRevenueEvidenceAmbiguous means that two statements tell the same
	// year or overlap.
	ReasonRevenueEvidenceAmbiguous Reason = "revenue_evidence_ambiguous"
	// ReasonRevenuePeriodUnusual means that a statement's period is not about
	// a year long.
	ReasonRevenuePeriodUnusual Reason = "revenue_period_unusual"
	// ReasonRevenueAmountInvalid means that a statement's amount is negative.
	ReasonRevenueAmountInvalid Reason = "revenue_amount_invalid"
	// ReasonRevenueDocumentMissing means that a statement names evidence that
	// others made, such as an audit, and that its document is not there.
	ReasonRevenueDocumentMissing Reason = "revenue_document_missing"
	// ReasonRateMissing means that a statement is in another currency, and that no
	// average rate for its period is known.
	ReasonRateMissing Reason = "rate_missing"
	// ReasonEliminationInvalid means that what is to be taken off a statement is
	// negative or more than the statement; nothing is taken off then.
	ReasonEliminationInvalid Reason = "revenue_elimination_invalid"
	// ReasonAffiliateUnknown means that a link leads to an entity that is not
	// in the register.
	ReasonAffiliateUnknown Reason = "affiliate_unknown"
	// ReasonRevenueQuestionIncomplete means that the rule could not be asked:
	// no organization, no basis, no dates or a negative cap.
	ReasonRevenueQuestionIncomplete Reason = "revenue_question_incomplete"
)

const (
	// controlOver is the share, in hundredths of a percent, above which an
	// owner controls what it owns: more than half, as in the programme's own
	// rule. 13 CFR 121.103(c) starts at exactly half and at large blocks of
	// shares; such a link is recorded with Control.
	controlOver = 50_00
	wholeShare  = 100_00

	// A year's statement covers 350 to 380 days: calendar years, years of 52
	// and 53 weeks (364 and 371 days) and small moves of a year's end.
	shortestYear = 350
	longestYear  = 380

	// nextYearEnded is after how many days from the end of one fiscal year the
	// next one counts as ended as well: 52 weeks.
	nextYearEnded = 52 * 7
	// longestFiling is the largest allowance for late statements. With it, a
	// statement is stale after two years.
	longestFiling = 730 - nextYearEnded

	// nextQuarterEnded is the length of the shortest quarter: a trailing
	// period that ended so long ago is not the newest one.
	nextQuarterEnded = 90
)

// A Basis says which revenue of an entity is compared with the cap. Its text is
// stored and part of programme files. The zero value is no basis.
type Basis uint8

const (
	// LastCompleted is the last fiscal year that ended on or before the day of
	// submission.
	LastCompleted Basis = iota + 1
	// AverageOf3 is the average of the last three completed fiscal years.
	AverageOf3
	// AverageOf5 is the average of the last five completed fiscal years.
	AverageOf5
	// Trailing12 is the newest period of about a year, be it a fiscal year or
	// not; it must have ended less than a quarter before the submission.
	Trailing12
	// Receipts3 is AverageOf3, but an entity that is younger, or that had a short
	// year among them, counts with what it took in for each 52 weeks of its periods.
	// Source: 13 CFR 121.104(c).
	Receipts3
	// Receipts5 is the same over five years.
	Receipts5
	bases
)

var (
	basisNames  = [bases]string{"", "last_completed", "average_of_3", "average_of_5", "trailing_12", "receipts_3", "receipts_5"}
	basisYears  = [bases]int{0, 1, 3, 5, 1, 3, 5}
	basisByName = index[Basis](basisNames[:])
)

// ParseBasis reads the stored text of a basis.
func ParseBasis(s string) (Basis, error) { return parse(basisByName, "basis", s) }

// String returns the stored text, such as "last_completed".
func (b Basis) String() string { return basisNames[b.known()] }

// Years returns how many statements of each entity the basis asks for.
func (b Basis) Years() int { return basisYears[b.known()] }

// byWeeks reports whether an entity counts by the weeks of its periods where they
// do not make up the years of the basis.
func (b Basis) byWeeks() bool { return b == Receipts3 || b == Receipts5 }

func (b Basis) known() Basis {
	if b >= bases {
		return 0
	}
	return b
}

// MarshalText writes the stored text.
func (b Basis) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText reads what MarshalText wrote; empty text is no basis.
func (b *Basis) UnmarshalText(text []byte) (err error) {
	*b = 0
	if len(text) > 0 {
		*b, err = ParseBasis(string(text))
	}
	return err
}

// An Outcome is what an eligibility rule answers. The zero value means that no
// rule has answered: it is never a pass.
type Outcome uint8

const (
	// Pass means that the rule is met, on complete evidence.
	Pass Outcome = iota + 1
	// Fail means that the rule cannot be met.
	Fail
	// Refer means that a person must look.
	Refer
	outcomes
)

var (
	outcomeNames  = [outcomes]string{"", "pass", "fail", "refer"}
	outcomeByName = index[Outcome](outcomeNames[:])
)

// ParseOutcome reads the stored text of an outcome.
func ParseOutcome(s string) (Outcome, error) { return parse(outcomeByName, "outcome", s) }

// String returns the stored text, such as "pass".
func (o Outcome) String() string { return outcomeNames[o] }

// MarshalText writes the stored text.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads what MarshalText wrote; empty text is no outcome.
func (o *Outcome) UnmarshalText(text []byte) (err error) {
	*o = 0
	if len(text) > 0 {
		*o, err = ParseOutcome(string(text))
	}
	return err
}

// An Entity is an organization as the revenue rule sees it: the applicant or
// anybody whom a link may join to it.
type Entity struct {
	ID      ID     `json:"id"`
	Name    string `json:"name"`
	Founded Date   `json:"founded,omitzero"` // zero: not known
}

// A Link says that one entity owns or controls another. It is in force from
// Since to the day before Until; zero leaves that side open. Entities are
// affiliated where Control is set or the owner's shares in force add up to more
// than 50 %, so that two holdings of 30 % are one of 60 %.
type Link struct {
	Owner   ID   `json:"owner"`
	Owned   ID   `json:"owned"`
	Share   int  `json:"share"` // hundredths of a percent, 0 to 10,000
	Control bool `json:"control,omitzero"`
	Since   Date `json:"since,omitzero"`
	Until   Date `json:"until,omitzero"`
}

func (l Link) inForce(on Date) bool {
	return l.Owner != l.Owned && l.Since <= on && (l.Until == 0 || on < l.Until)
}

// weight returns the share that l counts for: all of it where there is control.
func (l Link) weight() int { return min(max(l.Share, l.control()), wholeShare) }

func (l Link) control() int {
	if l.Control {
		return wholeShare
	}
	return 0
}

// A Statement is the revenue of one entity in one period, with its evidence.
// Only statements that stand may be put before the rule: an amended one takes
// the place of the version before it.
type Statement struct {
	ID         ID
	Entity     ID
	FiscalYear int    // the year's name, such as 2026; zero when the period is no fiscal year
	Start, End Date   // the first and the last day of the period
	Amount     Cents  // gross revenue, in hundredths of Currency; not negative
	Currency   string // "" is USD
	Source     string // one of StatementSources
	Document   string // SHA-256 of the evidence, hex
	Version    int
}

// An EliminatedPart is revenue of a statement that another entity paid. It is taken
// off where both are members of the group; others are left out.
type EliminatedPart struct {
	ID        ID     `json:"id"`
	Statement ID     `json:"statement"`
	With      ID     `json:"with"`
	Amount    Cents  `json:"amount_cents"` // in hundredths of the statement's currency
	Document  string `json:"document,omitzero"`
}

// A RateFigure is what a currency was worth on average from Start to End, both
// included.
type RateFigure struct {
	ID        ID      `json:"id"`
	Currency  string  `json:"currency"`
	Start     Date    `json:"start"`
	End       Date    `json:"end"`
	PerUnit   PerUnit `json:"usd_per_unit_billionths"`
	Publisher string  `json:"publisher"`
}

// nearRate is how many days either end of a rate's period may lie from that of a
// statement: years of 52 and 53 weeks end within a week of a calendar month.
const nearRate = 7

// distance returns how far the period of r is from that of s, and false when it is
// too far.
func (r RateFigure) distance(s Statement) (days int, near bool) {
	start, end := apart(r.Start, s.Start), apart(r.End, s.End)
	return start + end, start <= nearRate && end <= nearRate
}

func apart(a, b Date) int { return max(a.DaysSince(b), b.DaysSince(a)) }

func (s Statement) days() int { return s.End.DaysSince(s.Start) + 1 }

func (s Statement) overlaps(t Statement) bool { return s.Start <= t.End && t.Start <= s.End }

// newestFirst orders statements from the latest end to the earliest. It leaves
// nothing undecided, so that the order in which they came does not matter.
func newestFirst(s, t Statement) int {
	return cmp.Or(
		cmp.Compare(t.End, s.End), cmp.Compare(t.Start, s.Start), cmp.Compare(s.ID, t.ID),
		cmp.Compare(s.Version, t.Version), cmp.Compare(s.FiscalYear, t.FiscalYear), cmp.Compare(s.Amount, t.Amount),
		cmp.Compare(s.Source, t.Source), cmp.Compare(s.Document, t.Document), cmp.Compare(s.Currency, t.Currency))
}

// RevenueQuestion is everything that the revenue rule looks at. Entities, links
// and statements may come in any order and may concern others than the group;
// one that is given twice counts once.
type RevenueQuestion struct {
	Organization ID
	Entities     []Entity
	Links        []Link
	Statements   []Statement
	Eliminations []EliminatedPart
	Rates        []RateFigure
	Rule         string // the version that is asked, "" for RevenueRule
	Basis        Basis
	SubmittedOn  Date  // fixes the years of the basis, also for later runs
	AsOf         Date  // the day whose links count
	Cap          Cents // lowers RevenueCap; zero leaves it, a larger one counts as RevenueCap
	// FilingDays is for how long after a fiscal year has ended its statement
	// may be outstanding, so that the year before stands in for it: 0 to 366,
	// other values count as the nearest. Zero, the strict reading, accepts the
	// last completed year only; otherwise a year over the cap can be held back
	// for so long. It does not apply to Trailing12.
	FilingDays int
}

func (q RevenueQuestion) complete() bool {
	return q.Organization > 0 && q.Basis.Years() > 0 && q.SubmittedOn > 0 && q.AsOf > 0 && q.Cap >= 0 &&
		(q.Rule == "" || slices.Contains(revenueRules, q.Rule))
}

// A VerdictLine is one statement that a verdict looked at, or one that it
// missed: then Statement is zero.
type VerdictLine struct {
	Entity     ID     `json:"entity"`
	Name       string `json:"name"`
	Via        ID     `json:"via,omitzero"` // the neighbor one link nearer to the organization; zero for the organization
	FiscalYear int    `json:"fiscal_year,omitzero"`
	Start      Date   `json:"start,omitzero"`
	End        Date   `json:"end,omitzero"`
	Amount     Cents  `json:"amount_cents"`              // as stated, in hundredths of Currency
	Currency   string `json:"currency,omitzero"`         // "" is USD
	Eliminated Cents  `json:"eliminated_cents,omitzero"` // taken off Amount: paid by other members
	Rate       ID     `json:"rate,omitzero"`             // by which the rest was converted; one of Verdict.Rates
	Counted    Cents  `json:"counted_cents"`             // what is in the total, in US dollars
	Statement  ID     `json:"statement,omitzero"`
	Version    int    `json:"version,omitzero"`
	Source     string `json:"source,omitzero"`
	Document   string `json:"document,omitzero"`
	Reason     Reason `json:"reason,omitzero"`  // why it needs a person; "" when nothing is wrong
	Founded    Date   `json:"founded,omitzero"` // of the entity, where the basis looks at it
	// Weighed is set on a line that is no statement: how many days the statements
	// of its entity cover together. Counted is what these lack to 52 weeks of
	// each year of the basis.
	Weighed int `json:"weighed_days,omitzero"`
}

func (l VerdictLine) statement() Statement {
	return Statement{ID: l.Statement, Entity: l.Entity, FiscalYear: l.FiscalYear, Start: l.Start, End: l.End,
		Amount: l.Amount, Currency: l.Currency, Source: l.Source, Document: l.Document, Version: l.Version}
}

func (l VerdictLine) with(s Statement, why Reason) VerdictLine {
	l.FiscalYear, l.Start, l.End, l.Amount = s.FiscalYear, s.Start, s.End, s.Amount
	l.Statement, l.Version, l.Source, l.Document, l.Reason = s.ID, s.Version, s.Source, s.Document, why
	l.Currency = s.Currency
	return l
}

// A Verdict is the answer of the revenue rule with everything that it rests on.
// It is stored as JSON; its fields are a contract. Equal questions give equal
// bytes.
type Verdict struct {
	Rule         string   `json:"rule"`
	Organization ID       `json:"organization"`
	Basis        Basis    `json:"basis"`
	SubmittedOn  Date     `json:"submitted_on"`
	AsOf         Date     `json:"as_of"`
	FilingDays   int      `json:"filing_days,omitzero"`
	Outcome      Outcome  `json:"outcome"`
	Reasons      []Reason `json:"reasons,omitempty"` // the cap first, the others by their code
	// Total is what the lines count together, over Years years; it stops at the
	// largest int64. Sum is Total/Years with the fraction of a cent dropped,
	// which is below Cap exactly when Total is below Years times Cap.
	Total Cents         `json:"total_cents"`
	Years int           `json:"years"`
	Sum   Cents         `json:"sum_cents"`
	Cap   Cents         `json:"cap_cents"`
	Lines []VerdictLine `json:"lines,omitempty"` // the organization first, then by entity; newest year first
	Links []Link        `json:"links,omitempty"` // those that join the group, by owner and owned

	// What the program's rules came to; all empty where there are none.
	Terms        string           `json:"terms,omitzero"` // SHA-256 of the terms that have the rules, hex
	Evidence     *Evidence        `json:"evidence,omitzero"`
	Findings     []Finding        `json:"findings,omitempty"`
	Eliminations []EliminatedPart `json:"eliminations,omitempty"` // those of the lines, by statement
	Rates        []RateFigure     `json:"rates,omitempty"`        // those that were used, by ID

	// Withheld are the members whose figures a reader is not told; see For. A
	// stored verdict has none.
	Withheld []ID `json:"withheld,omitempty"`
}

// Revenue decides whether the organization and its affiliates together stay
// strictly below the cap.
//
// The group is everybody whom links in force join to the organization, in
// whichever direction and over however many steps; each entity counts once.
// Each is asked for the years of the basis. The verdict is Fail when what is
// known reaches the cap, whatever else is missing; otherwise Refer when anything
// is missing or doubtful; otherwise Pass.
//
// A year shorter than 350 days refers, and counts as it stands: it is never
// stretched to twelve months. A period longer than 380 days refers and counts
// nothing, because it says too much. Stale, ambiguous and negative statements
// count nothing. An entity that is younger than the basis refers. Under the bases
// of receipts a short year and a young entity count by the week instead.
//
// What other members of the group paid is taken off a statement; the rest is
// converted to US dollars at the average rate of the statement's period, rounded
// up. Without a rate it counts nothing and refers. A statement that names an audit,
// a review or a tax return without the document counts and refers.
func Revenue(q RevenueQuestion) Verdict {
	v := Verdict{Rule: cmp.Or(q.Rule, RevenueRule), Organization: q.Organization, Basis: q.Basis.known(), SubmittedOn: q.SubmittedOn,
		AsOf: q.AsOf, FilingDays: min(max(q.FilingDays, 0), longestFiling), Years: q.Basis.Years(), Cap: q.Cap}
	if !q.complete() {
		v.Outcome, v.Reasons = Refer, []Reason{ReasonRevenueQuestionIncomplete}
		return v
	}
	if v.Cap == 0 || v.Cap > RevenueCap {
		v.Cap = RevenueCap
	}
	members, links := affiliatesOf(q.Organization, q.Links, q.AsOf)
	if len(links) > 0 {
		v.Links = links
	}
	names, books, h := q.names(), q.books(members), q.hearing(&v, members)
	for _, m := range members {
		entity, known := names[m.Entity]
		if !known {
			m.Reason = ReasonAffiliateUnknown
			v.Lines = append(v.Lines, m)
			continue
		}
		m.Name = entity.Name
		if v.Basis.byWeeks() {
			m.Founded = entity.Founded
		}
		v.Lines = append(v.Lines, h.documented(h.evidence(m, books[m.Entity]))...)
	}
	h.cite()
	v.conclude()
	return v
}

// affiliatesOf returns the connected component of org under the links in force,
// org first and then by ID, each member as an empty line that says through whom
// it was reached; and the links that make it.
func affiliatesOf(org ID, links []Link, on Date) ([]VerdictLine, []Link) {
	links = controlling(links, on) // sorted, so that the walk takes one way
	neighbors := make(map[ID][]ID)
	for _, l := range links {
		neighbors[l.Owner] = append(neighbors[l.Owner], l.Owned)
		neighbors[l.Owned] = append(neighbors[l.Owned], l.Owner)
	}
	delete(neighbors, 0) // a link to no record joins nobody else

	members := []VerdictLine{{Entity: org}}
	reached := map[ID]bool{org: true}
	for i := 0; i < len(members); i++ { // members grows while it is walked
		at := members[i].Entity
		for _, id := range neighbors[at] {
			if !reached[id] {
				reached[id] = true
				members = append(members, VerdictLine{Entity: id, Via: at})
			}
		}
	}
	slices.SortFunc(members[1:], func(a, b VerdictLine) int { return cmp.Compare(a.Entity, b.Entity) })
	outside := func(l Link) bool { return !reached[l.Owner] || !reached[l.Owned] }
	return members, slices.DeleteFunc(links, outside)
}

// byPair orders links by owner and owned and leaves nothing undecided.
func byPair(a, b Link) int {
	return cmp.Or(
		cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Owned, b.Owned), cmp.Compare(a.Since, b.Since),
		cmp.Compare(a.Until, b.Until), cmp.Compare(a.Share, b.Share), cmp.Compare(a.control(), b.control()))
}

// controlling returns, in one order and each once, the links in force of the
// pairs whose owner controls the owned.
func controlling(links []Link, on Date) []Link {
	var in []Link
	for _, l := range links {
		if l.inForce(on) {
			in = append(in, l)
		}
	}
	slices.SortFunc(in, byPair)
	in = slices.Compact(in)

	type pair struct{ owner, owned ID }
	held := make(map[pair]int, len(in))
	for _, l := range in {
		held[pair{l.Owner, l.Owned}] += l.weight()
	}
	return slices.DeleteFunc(in, func(l Link) bool { return held[pair{l.Owner, l.Owned}] <= controlOver })
}

// names returns each entity; of two under one ID the first in alphabetical order.
func (q RevenueQuestion) names() map[ID]Entity {
	names := make(map[ID]Entity, len(q.Entities))
	for _, e := range q.Entities {
		if was, twice := names[e.ID]; !twice || e.Name < was.Name || e.Name == was.Name && e.Founded < was.Founded {
			names[e.ID] = e
		}
	}
	return names
}

// books returns the statements of each member that the basis can use, newest
// first: those that ended on or before the submission, and for a basis of
// fiscal years only those of a fiscal year.
func (q RevenueQuestion) books(members []VerdictLine) map[ID][]Statement {
	books := make(map[ID][]Statement, len(members))
	for _, m := range members {
		books[m.Entity] = nil
	}
	for _, s := range q.Statements {
		_, member := books[s.Entity]
		if member && s.End <= q.SubmittedOn && (q.Basis == Trailing12 || s.FiscalYear != 0) {
			books[s.Entity] = append(books[s.Entity], s)
		}
	}
	for id, book := range books {
		slices.SortFunc(book, newestFirst)
		books[id] = slices.Compact(book)
	}
	return books
}

// A hearing is a verdict on its way, with what its statements are judged by.
type hearing struct {
	*Verdict
	parts map[ID][]EliminatedPart // by statement, those with members of the group
	rates []RateFigure            // by ID
	used  map[ID]bool             // rates, by ID
}

// hearing sorts what statements are judged by. Of a thing that is given twice one
// counts.
func (q RevenueQuestion) hearing(v *Verdict, members []VerdictLine) *hearing {
	h := &hearing{Verdict: v, parts: map[ID][]EliminatedPart{}, rates: slices.Clone(q.Rates), used: map[ID]bool{}}
	slices.SortFunc(h.rates, func(a, b RateFigure) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(b.PerUnit, a.PerUnit), cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End),
			cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Publisher, b.Publisher))
	})
	h.rates = slices.CompactFunc(h.rates, func(a, b RateFigure) bool { return a.ID == b.ID })
	inside := func(id ID) bool {
		return slices.ContainsFunc(members, func(m VerdictLine) bool { return m.Entity == id })
	}
	all := slices.Clone(q.Eliminations)
	slices.SortFunc(all, func(a, b EliminatedPart) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Amount, b.Amount), cmp.Compare(a.Statement, b.Statement), cmp.Compare(a.With, b.With),
			cmp.Compare(a.Document, b.Document))
	})
	for _, p := range slices.CompactFunc(all, func(a, b EliminatedPart) bool { return a.ID == b.ID }) {
		if inside(p.With) {
			h.parts[p.Statement] = append(h.parts[p.Statement], p)
		}
	}
	return h
}

// evidence returns the lines of one entity: the years of the basis, newest
// first, up to one that is missing or told twice.
func (h *hearing) evidence(e VerdictLine, book []Statement) []VerdictLine {
	var lines []VerdictLine
	for i := range h.Years {
		if i == len(book) || i > 0 && book[i].End.AddDays(1) != book[i-1].Start {
			if i > 0 && e.Founded != 0 && book[i-1].Start <= e.Founded {
				break // there was no earlier year
			}
			e.Reason = ReasonRevenueEvidenceMissing
			return append(lines, e)
		}
		if twice := h.rivals(book, i); len(twice) > 1 {
			for _, s := range twice {
				lines = append(lines, e.with(s, ReasonRevenueEvidenceAmbiguous))
			}
			return lines
		}
		lines = append(lines, h.line(e, book[i], i == 0))
	}
	if h.Basis.byWeeks() {
		return h.weigh(e, lines)
	}
	return lines
}

// documented marks the lines whose document is missing. They count as they stand.
func (h *hearing) documented(lines []VerdictLine) []VerdictLine {
	for i := range lines {
		l := &lines[i]
		if h.Rule != "revenue/1" && h.Rule != "revenue/2" && l.Statement != 0 && l.Reason == "" && l.Document == "" && l.Source != selfCertified {
			l.Reason = ReasonRevenueDocumentMissing
		}
	}
	return lines
}

// week52 is how many days a year has where receipts are counted by the week.
const week52 = 52 * 7

// weigh adds what the lines of an entity lack to whole years, when they are too
// few or one of them is short: as much for each missing day as for each day that
// they cover. Doubtful lines are left as they are.
func (h *hearing) weigh(e VerdictLine, lines []VerdictLine) []VerdictLine {
	days, short, sum := 0, len(lines) < h.Years, Cents(0)
	for _, l := range lines {
		if l.Reason != "" {
			return lines
		}
		covered := l.statement().days()
		days, short = days+covered, short || covered < shortestYear
		sum = upTo(sum.Plus(l.Counted))
	}
	if whole := week52 * h.Years; short && days < whole {
		e.Weighed, e.Counted = days, scaled(uint64(sum), uint64(whole), uint64(days))-sum
		lines = append(lines, e)
	}
	return lines
}

// upTo returns a sum, and the largest int64 where it did not fit.
func upTo(sum Cents, fits bool) Cents {
	if !fits {
		return math.MaxInt64
	}
	return sum
}

// rivals returns the i-th statement and those that cannot be true beside it:
// of the same fiscal year or an overlapping period. Trailing periods overlap by
// nature, so there only two that end on one day are rivals.
func (v *Verdict) rivals(book []Statement, i int) []Statement {
	var found []Statement
	for j, s := range book {
		clash := s.FiscalYear == book[i].FiscalYear || s.overlaps(book[i])
		if v.Basis == Trailing12 {
			clash = s.End == book[i].End
		}
		if j == i || clash {
			found = append(found, s)
		}
	}
	return found
}

// line judges one statement by itself; last says that it is the entity's newest.
func (h *hearing) line(e VerdictLine, s Statement, last bool) VerdictLine {
	days := s.days()
	switch {
	case s.Amount < 0:
		return e.with(s, ReasonRevenueAmountInvalid)
	case last && h.SubmittedOn.DaysSince(s.End) >= h.staleAfter():
		return e.with(s, ReasonRevenueEvidenceStale)
	case days < 1 || days > longestYear:
		return e.with(s, ReasonRevenuePeriodUnusual)
	case days < shortestYear && !h.Basis.byWeeks():
		return h.counted(e.with(s, ReasonRevenuePeriodUnusual), s)
	default:
		return h.counted(e.with(s, ""), s)
	}
}

// counted brings what s states into l: less what other members paid, in US
// dollars.
func (h *hearing) counted(l VerdictLine, s Statement) VerdictLine {
	rest, valid := s.Amount, true
	for _, p := range h.parts[s.ID] {
		if p.With == s.Entity {
			continue // nobody pays themselves
		}
		h.Eliminations = append(h.Eliminations, p)
		if valid = valid && 0 <= p.Amount && p.Amount <= rest; valid {
			rest -= p.Amount
		}
	}
	if !valid {
		l.Reason, rest = ReasonEliminationInvalid, s.Amount
	}
	l.Eliminated = s.Amount - rest
	if s.Currency == "" || s.Currency == USD {
		l.Counted = rest
		return l
	}
	rate, known := h.rateFor(s)
	if !known {
		l.Reason = ReasonRateMissing
		return l
	}
	if !h.used[rate.ID] {
		h.used[rate.ID] = true
		h.Rates = append(h.Rates, rate)
	}
	l.Rate, l.Counted = rate.ID, rate.PerUnit.Dollars(Amount(rest))
	return l
}

// rateFor returns the average rate for the period of s: the nearest one, and of
// two as near the higher one.
func (h *hearing) rateFor(s Statement) (found RateFigure, known bool) {
	best := 0
	for _, r := range h.rates {
		days, near := r.distance(s)
		if r.Currency != s.Currency || !near || r.PerUnit <= 0 {
			continue
		}
		if !known || days < best || days == best && r.PerUnit > found.PerUnit {
			found, known, best = r, true, days
		}
	}
	return found, known
}

// cite puts what was used into one order.
func (h *hearing) cite() {
	slices.SortFunc(h.Eliminations, func(a, b EliminatedPart) int {
		return cmp.Or(cmp.Compare(a.Statement, b.Statement), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(h.Rates, func(a, b RateFigure) int { return cmp.Compare(a.ID, b.ID) })
}

func (v *Verdict) staleAfter() int {
	if v.Basis == Trailing12 {
		return nextQuarterEnded
	}
	return nextYearEnded + v.FilingDays
}

// conclude adds the lines up and compares.
func (v *Verdict) conclude() {
	for _, l := range v.Lines {
		v.Total = upTo(v.Total.Plus(l.Counted))
		if l.Reason != "" {
			v.Reasons = append(v.Reasons, l.Reason)
		}
	}
	slices.Sort(v.Reasons)
	v.Reasons = slices.Compact(v.Reasons)
	v.Sum = v.Total / Cents(v.Years)
	switch {
	case v.Sum >= v.Cap:
		v.Outcome, v.Reasons = Fail, slices.Insert(v.Reasons, 0, ReasonRevenueAtOrOverCap)
	case len(v.Reasons) > 0:
		v.Outcome = Refer
	default:
		v.Outcome = Pass
	}
}

// Members returns the entities of the group, the organization first.
func (v Verdict) Members() []ID {
	var ids []ID
	for _, l := range v.Lines {
		if len(ids) == 0 || ids[len(ids)-1] != l.Entity {
			ids = append(ids, l.Entity)
		}
	}
	return ids
}

// Path returns why an entity counts: the entities from the organization to it,
// each linked to the one before. It is nil for an entity outside the group.
func (v Verdict) Path(entity ID) []ID {
	via := make(map[ID]ID, len(v.Lines))
	for _, l := range v.Lines {
		via[l.Entity] = l.Via
	}
	if _, member := via[entity]; !member {
		return nil
	}
	path := []ID{entity}
	for at := entity; at != v.Organization && len(path) <= len(via); at = via[at] {
		path = append(path, via[at])
	}
	slices.Reverse(path)
	return path
}

// Question returns what v was decided from, as far as it mattered: Revenue gives
// the same verdict again.
func (v Verdict) Question() RevenueQuestion {
	q := RevenueQuestion{Organization: v.Organization, Rule: v.Rule, Links: v.Links, Eliminations: v.Eliminations, Rates: v.Rates, Basis: v.Basis, SubmittedOn: v.SubmittedOn,
		AsOf: v.AsOf, Cap: v.Cap, FilingDays: v.FilingDays}
	for _, l := range v.Lines {
		if l.Reason != ReasonAffiliateUnknown {
			q.Entities = append(q.Entities, Entity{l.Entity, l.Name, l.Founded})
		}
		if l.Statement != 0 {
			q.Statements = append(q.Statements, l.statement())
		}
	}
	return q
}
