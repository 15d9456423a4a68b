package workflow

import "time"

// amendFields are what may be changed of an opportunity that is announced. What is
// left out, or an empty date, stays as it is.
var amendFields = []Field{fieldTitle, fieldSummary, fieldOpens.Opt(), fieldCloses.Opt(), fieldZone, fieldGraceMinutes, fieldAwardCap,
	fieldRevenueCap, fieldBasis, fieldReviewsNeeded, fieldAppealDays, fieldOfferDays, fieldNote}

var (
	datesKept = opportunityGuard{
		Reason: "dates_published",
		OK: func(f *OpportunityFacts, c *Command, _ time.Time) bool {
			return f.State == Forecasted || kept(c, fieldOpens, f.Opens) && kept(c, fieldCloses, f.Closes)
		},
		Words: func(f *OpportunityFacts, _ *Command) Words { return Words{"closes": f.Closes} },
	}
	orderKept = opportunityGuard{
		Reason: "closes_before_opening",
		OK: func(f *OpportunityFacts, c *Command, _ time.Time) bool {
			o := f.Opportunity
			o.moveDates(c)
			return o.Closes.IsZero() || o.Closes.After(o.Opens)
		},
		Field: &fieldCloses,
	}
	graceKept = opportunityGuard{
		Reason: "grace_shortened",
		OK: func(f *OpportunityFacts, c *Command, _ time.Time) bool {
			return f.State == Forecasted || !c.Has(fieldGraceMinutes) || c.Int(fieldGraceMinutes) >= f.GraceMinutes
		},
		Words: func(f *OpportunityFacts, _ *Command) Words { return Words{"minutes": int(f.GraceMinutes)} },
		Field: &fieldGraceMinutes,
	}
	// A file's next version would take back what is set here.
	settingsHere = opportunityGuard{
		Reason: "settings_in_file",
		OK: func(f *OpportunityFacts, c *Command, _ time.Time) bool {
			return f.Terms == "" || f.sameSettings(c)
		},
	}
	// Everybody in one call is measured alike.
	settingsKept = opportunityGuard{
		Reason: "applications_submitted",
		OK: func(f *OpportunityFacts, c *Command, _ time.Time) bool {
			return f.Submitted == 0 || f.sameSettings(c)
		},
		Words: func(f *OpportunityFacts, _ *Command) Words { return Words{"submitted": f.Submitted} },
	}
)

// kept reports whether c leaves a moment as it is.
func kept(c *Command, f Field, was time.Time) bool {
	return c.Time(f).IsZero() || c.Time(f).Equal(was)
}

// sameSettings reports whether c changes nothing that decides about applications.
func (f *OpportunityFacts) sameSettings(c *Command) bool {
	after := *f
	after.settings(c)
	return after.Opportunity == f.Opportunity
}

func (o *Opportunity) moveDates(c *Command) {
	if t := c.Time(fieldOpens); !t.IsZero() {
		o.Opens = t
	}
	if t := c.Time(fieldCloses); !t.IsZero() {
		o.Closes = t
	}
}

func amendOpportunity(f *OpportunityFacts, c *Command, _ *Step) {
	c.setText(&f.Title, fieldTitle)
	c.setText(&f.Summary, fieldSummary)
	f.moveDates(c)
	f.dates(c)
	f.settings(c)
}

// amendRows are the rows by which a call that is announced is changed; the state
// stays.
func amendRows() []Rule[OpportunityFacts] {
	var rows []Rule[OpportunityFacts]
	for _, s := range in(Forecasted, Open, Paused) {
		rows = append(rows, Rule[OpportunityFacts]{Start: in(s), Action: ActAmend, By: by(ProgramLead), End: s, Fields: amendFields,
			Guards: []opportunityGuard{awardCapLawful, revenueCapLawful, datesKept, orderKept, graceKept, settingsHere, settingsKept},
			Effect: amendOpportunity})
	}
	return rows
}
