package workflow

import (
	"fmt"
	"slices"
	"time"
)

// An Opportunity is one call for applications under a program's phase (NOFO).
type Opportunity struct {
	Record
	Program       ID
	Fund          ID
	Number        string // such as AIV-2026-R1
	Prefix        string // of application numbers, such as AIV
	Title         string
	Summary       string
	Opens         time.Time
	Closes        time.Time // zero: no deadline, which only a rolling opportunity may have
	Zone          string    // IANA name of the time zone that dates are shown in
	GraceMinutes  int64     // how long after Closes a submission is still taken
	Rolling       bool      // applications are screened at once, not at the deadline
	AwardCap      Cents     // never counts above the statutory AwardCap
	RevenueCap    Cents     // never counts above the statutory RevenueCap
	Basis         Basis
	ReviewsNeeded int64
	AppealDays    int64
	OfferDays     int64 // how long an offered award may be accepted
	PausedAt      time.Time
	Moved         int64     // by how many microseconds pauses and outages have moved deadlines
	DownUntil     time.Time // the end of the newest outage that was made up for
	Policy        ID        // the version of the program's file in force here; zero: none
	Terms         string    // SHA-256 of what that lays down, hex
}

// Cap returns the most that an award, or all awards of one group, may be worth
// under o: the file's cap, and never more than the statutory AwardCap.
func (o *Opportunity) Cap() Cents { return min(o.AwardCap, AwardCap) }

// TakesAt reports whether o takes applications at t: the period includes its
// start and not its end.
func (o *Opportunity) TakesAt(t time.Time) bool {
	return !t.Before(o.Opens) && (o.Closes.IsZero() || t.Before(o.Closes))
}

func (o *Opportunity) nameApplication(a *Application) {
	a.Program, a.Fund, a.Opportunity = o.Program, o.Fund, o.ID
	a.Number = fmt.Sprintf("%s-%d-%06d", o.Prefix, a.Made.Year(), a.ID)
}

// OpportunityFacts is everything that a decision about an opportunity may look at.
type OpportunityFacts struct {
	Opportunity
	Standing
	Program   Program
	Fund      Fund      // the one that it is to spend
	Submitted int       // applications that were submitted at least once; loaded for amend
	Personal  time.Time // the first personal extension of a draft that an outage reaches; loaded for make_up
}

// Zones are the time zones that an opportunity may show its dates in.
var Zones = []string{"America/Anchorage", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/New_York",
	"Pacific/Honolulu", "UTC"}

var (
	fieldFund          = Field{Name: "fund", Kind: Ref, Of: NounFund}
	fieldNumber        = Field{Name: "number", Kind: Line, Max: 40}
	fieldTitle         = Field{Name: "title", Kind: Line, Max: 200}
	fieldSummary       = Field{Name: "summary", Kind: Text, Max: 8000, Optional: true}
	fieldOpens         = Field{Name: "opens", Kind: Instant}
	fieldCloses        = Field{Name: "closes", Kind: Instant}
	fieldZone          = Field{Name: "zone", Kind: Choice, Choices: Zones, Optional: true}
	fieldGraceMinutes  = Field{Name: "grace_minutes", Kind: Count, Min: 0, Max: 1440, Optional: true}
	fieldRolling       = Field{Name: "rolling", Kind: Check, Optional: true}
	fieldAwardCap      = Field{Name: "award_cap", Kind: Money, Optional: true}
	fieldRevenueCap    = Field{Name: "revenue_cap", Kind: Money, Optional: true}
	fieldBasis         = Field{Name: "basis", Kind: Choice, Choices: basisNames[1:], Optional: true}
	fieldReviewsNeeded = Field{Name: "reviews_needed", Kind: Count, Min: 0, Max: 20, Optional: true}
	fieldAppealDays    = Field{Name: "appeal_days", Kind: Count, Min: 1, Max: 365, Optional: true}
	fieldOfferDays     = Field{Name: "offer_days", Kind: Count, Min: 1, Max: 365, Optional: true}
)

// OpportunityFields are the settings of an opportunity; those that are left out
// get the usual value.
var OpportunityFields = []Field{fieldFund, fieldNumber, fieldPrefix.Opt(), fieldTitle, fieldSummary, fieldOpens,
	fieldCloses.Opt(), fieldZone, fieldGraceMinutes, fieldRolling, fieldAwardCap, fieldRevenueCap, fieldBasis,
	fieldReviewsNeeded, fieldAppealDays, fieldOfferDays}

type opportunityGuard = Guard[OpportunityFacts]

var (
	fundOfProgram = opportunityGuard{
		Reason: "fund_unknown",
		OK: func(f *OpportunityFacts, _ *Command, _ time.Time) bool {
			return f.Fund.ID != 0 && f.Fund.Program == f.Program.ID
		},
		Field: &fieldFund,
	}
	fundInForce = opportunityGuard{
		Reason: reasonFundExpired,
		OK:     func(f *OpportunityFacts, _ *Command, _ time.Time) bool { return f.Fund.State == Active },
		Field:  &fieldFund,
	}
	awardCapLawful   = capLawful(&fieldAwardCap, AwardCap)
	revenueCapLawful = capLawful(&fieldRevenueCap, RevenueCap)
	applicationsCode = opportunityGuard{
		Reason: "prefix_invalid",
		OK: func(_ *OpportunityFacts, c *Command, _ time.Time) bool {
			return c.Text(fieldPrefix) == "" || isCode(c.Text(fieldPrefix), 2, 8)
		},
		Field: &fieldPrefix,
	}
	deadlineGiven = opportunityGuard{
		Reason: "deadline_missing",
		OK: func(_ *OpportunityFacts, c *Command, _ time.Time) bool {
			return c.Checked(fieldRolling) || !c.Time(fieldCloses).IsZero()
		},
		Field: &fieldCloses,
	}
	closesAfterOpening = opportunityGuard{
		Reason: "closes_before_opening",
		OK: func(_ *OpportunityFacts, c *Command, _ time.Time) bool {
			closes := c.Time(fieldCloses)
			return closes.IsZero() || closes.After(c.Time(fieldOpens))
		},
		Field: &fieldCloses,
	}
	notYetClosing = opportunityGuard{
		Reason: "deadline_passed",
		OK:     func(f *OpportunityFacts, _ *Command, now time.Time) bool { return !f.closedAt(now) },
		Words:  func(f *OpportunityFacts, _ *Command) Words { return Words{"closes": f.Closes} },
	}
	closingDue = opportunityGuard{
		Reason: "deadline_not_passed",
		OK:     func(f *OpportunityFacts, _ *Command, now time.Time) bool { return f.closedAt(now) },
		Words:  func(f *OpportunityFacts, _ *Command) Words { return Words{"closes": f.Closes} },
	}
	closesAhead = opportunityGuard{
		Reason: "until_in_the_past",
		OK:     func(_ *OpportunityFacts, c *Command, now time.Time) bool { return c.Time(fieldCloses).After(now) },
		Field:  &fieldCloses,
	}
	closesLater = opportunityGuard{
		Reason: "deadline_not_later",
		OK:     func(f *OpportunityFacts, c *Command, _ time.Time) bool { return c.Time(fieldCloses).After(f.Closes) },
		Words:  func(f *OpportunityFacts, _ *Command) Words { return Words{"closes": f.Closes} },
		Field:  &fieldCloses,
	}
)

// capLawful holds when the cap in field, if one came, lowers limit or leaves it.
func capLawful(field *Field, limit Cents) opportunityGuard {
	return opportunityGuard{
		Reason: "cap_raised",
		OK: func(_ *OpportunityFacts, c *Command, _ time.Time) bool {
			return !c.Has(*field) || 0 < c.Cents(*field) && c.Cents(*field) <= limit
		},
		Words: func(_ *OpportunityFacts, c *Command) Words { return Words{"amount": c.Cents(*field), "limit": limit} },
		Field: field,
	}
}

// lastInstant is the end of the deadline's grace; zero without a deadline.
func (o *Opportunity) lastInstant() time.Time {
	if o.Closes.IsZero() {
		return o.Closes
	}
	return o.Closes.Add(time.Duration(o.GraceMinutes) * time.Minute)
}

// movedAt returns how much o has moved personal extensions by t, in microseconds;
// while a pause lasts, its time so far counts.
func (o *Opportunity) movedAt(t time.Time) int64 {
	if o.PausedAt.IsZero() {
		return o.Moved
	}
	return o.Moved + t.Sub(o.PausedAt).Microseconds()
}

// closedAt reports whether the deadline has passed at t; without a deadline it never has.
func (o *Opportunity) closedAt(t time.Time) bool { return !o.Closes.IsZero() && !t.Before(o.Closes) }

func forecast(f *OpportunityFacts, c *Command, _ *Step) {
	o := &f.Opportunity
	o.Program, o.Fund = f.Program.ID, f.Fund.ID
	o.Prefix, o.Zone, o.Basis = f.Program.Prefix, "UTC", LastCompleted
	o.AwardCap, o.RevenueCap = AwardCap, RevenueCap
	o.ReviewsNeeded, o.AppealDays, o.OfferDays = 2, 30, 30
	c.setText(&o.Number, fieldNumber)
	c.setText(&o.Title, fieldTitle)
	c.setText(&o.Summary, fieldSummary)
	c.setTime(&o.Opens, fieldOpens)
	c.setTime(&o.Closes, fieldCloses)
	f.dates(c)
	f.settings(c)
	if c.Text(fieldPrefix) != "" {
		o.Prefix = c.Text(fieldPrefix)
	}
	o.Policy, o.Terms = c.Ref(opportunityPolicy), c.Text(opportunityTerms)
}

// Carried by the commands by which a program's file is rolled out.
var (
	opportunityPolicy = Field{Name: "policy", Kind: Ref, Of: NounPolicy}
	opportunityTerms  = Field{Name: "terms", Kind: Line, Max: 64}
)

// adoptPolicyRows are the rows by which an opportunity takes over what a new
// version of the program's file lays down; the state stays. The dates are the
// file's until the opportunity is published: from then on they only move in ways
// that applicants are told of. The zone is always the file's: it says which clocks
// show an instant, and moves none.
func adoptPolicyRows() []Rule[OpportunityFacts] {
	var rows []Rule[OpportunityFacts]
	for _, s := range in(Forecasted, Open, Paused, Closed) {
		rows = append(rows, Rule[OpportunityFacts]{Start: in(s), Action: ActAdopt, By: by(System), End: s,
			Fields: append([]Field{opportunityPolicy, opportunityTerms}, OpportunityFields...),
			Guards: []opportunityGuard{fundOfProgram, awardCapLawful, revenueCapLawful}, Effect: adoptPolicy, Hidden: true, Always: true})
	}
	return rows
}

func adoptPolicy(f *OpportunityFacts, c *Command, s *Step) {
	o := &f.Opportunity
	o.Policy, o.Terms = c.Ref(opportunityPolicy), c.Text(opportunityTerms)
	c.setText(&o.Title, fieldTitle)
	c.setText(&o.Summary, fieldSummary)
	f.settings(c)
	f.showIn(c)
	if s.Start == Forecasted {
		c.setTime(&o.Opens, fieldOpens)
		o.Closes = c.Time(fieldCloses)
		f.dates(c)
	}
}

// settings takes over what decides about applications.
func (f *OpportunityFacts) settings(c *Command) {
	o := &f.Opportunity
	c.setCents(&o.AwardCap, fieldAwardCap)
	c.setCents(&o.RevenueCap, fieldRevenueCap)
	c.setInt(&o.ReviewsNeeded, fieldReviewsNeeded)
	c.setInt(&o.AppealDays, fieldAppealDays)
	c.setInt(&o.OfferDays, fieldOfferDays)
	if basis, err := ParseBasis(c.Text(fieldBasis)); err == nil {
		o.Basis = basis
	}
}

// dates takes over how dates are kept.
func (f *OpportunityFacts) dates(c *Command) {
	o := &f.Opportunity
	c.setInt(&o.GraceMinutes, fieldGraceMinutes)
	c.setBool(&o.Rolling, fieldRolling)
	f.showIn(c)
}

// showIn takes over by which clocks instants are shown.
func (f *OpportunityFacts) showIn(c *Command) {
	if zone := c.Text(fieldZone); zone != "" {
		f.Zone = zone
	}
}

func extendOpportunity(f *OpportunityFacts, c *Command, _ *Step) { f.Closes = c.Time(fieldCloses) }

func pauseOpportunity(f *OpportunityFacts, _ *Command, s *Step) { f.PausedAt = s.At }

// resumeOpportunity moves the deadline and every personal one by the pause.
func resumeOpportunity(f *OpportunityFacts, _ *Command, s *Step) {
	f.Moved = f.movedAt(s.At)
	if !f.Closes.IsZero() {
		f.Closes = f.Closes.Add(s.At.Sub(f.PausedAt))
	}
	f.PausedAt = time.Time{}
}

// Opportunities is the lifecycle of an opportunity.
var Opportunities = NewMachine(NounOpportunity,
	func(f *OpportunityFacts) *Record { return &f.Record },
	func(f *OpportunityFacts) *Standing { return &f.Standing },
	append([]Rule[OpportunityFacts]{
		{Start: in(None), Action: ActForecast, By: by(ProgramLead, System), End: Forecasted, Fields: OpportunityFields,
			Guards: []opportunityGuard{fundOfProgram, fundInForce, awardCapLawful, revenueCapLawful, applicationsCode,
				deadlineGiven, closesAfterOpening},
			Effect: forecast},
		{Start: in(Forecasted), Action: ActPublish, By: by(ProgramLead), End: Open,
			Guards: []opportunityGuard{notYetClosing, fundInForce}},
		{Start: in(Open), Action: ActClose, By: by(System), End: Closed, Guards: []opportunityGuard{closingDue}},
		{Start: in(Closed), Action: ActArchive, By: by(ProgramLead), End: Archived},
		{Start: in(Open, Closed), Action: ActExtend, By: by(ProgramLead), End: Open,
			Fields: []Field{fieldCloses, fieldNote}, Guards: []opportunityGuard{closesAhead, closesLater}, Effect: extendOpportunity},
		{Start: in(Open), Action: ActPause, By: by(ProgramLead), End: Paused,
			Fields: []Field{fieldNote}, Effect: pauseOpportunity, Always: true},
		{Start: in(Paused), Action: ActResume, By: by(ProgramLead), End: Open,
			Fields: []Field{fieldNote.Opt()}, Effect: resumeOpportunity},
		{Start: in(Forecasted, Open, Paused, Closed), Action: ActCancel, By: by(ProgramLead), End: Cancelled,
			Fields: []Field{fieldNote}, Always: true},
	}, slices.Concat(amendRows(), makeUpRows(), adoptPolicyRows())...)...)
