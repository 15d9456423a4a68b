package workflow

import (
	"testing"
	"time"
)

type opportunityScenario = scenario[OpportunityFacts]

func opportunityIn(s State) OpportunityFacts {
	f := OpportunityFacts{
		Opportunity: Opportunity{Record: Record{ID: 4, State: s, Version: 2}, Program: 2, Fund: 3,
			Opens: noon.AddDate(0, -1, 0), Closes: noon.AddDate(0, 1, 0)},
		Program: Program{Record: Record{ID: 2, State: Active}, Prefix: "AIV"},
		Fund:    Fund{Record: Record{ID: 3, State: Active}, Program: 2},
	}
	switch s {
	case None:
		f.Opportunity = Opportunity{}
	case Paused:
		f.PausedAt = noon.AddDate(0, 0, -3)
	}
	return f
}

func readyOpportunity(s State, a Action) (OpportunityFacts, Command) {
	f, c := opportunityIn(s), Command{ID: 4, Parent: 2, Actor: Actor{Person: lea}, Received: noon}
	switch a {
	case ActForecast:
		c.Inputs = []Input{fieldFund.ref(3), fieldNumber.text("AIV-2026-R1"), fieldTitle.text("Round 1"),
			{Name: "opens", Time: noon}, {Name: "closes", Time: noon.AddDate(0, 2, 0)}}
	case ActClose:
		f.Closes = noon
	case ActAdopt:
		c.Inputs = []Input{opportunityPolicy.ref(9), opportunityTerms.text("sum"), fieldTitle.text("Adopted"), fieldAwardCap.cents(400_000_00),
			{Name: "opens", Time: noon}, {Name: "closes", Time: noon.AddDate(0, 2, 0)}}
	case ActAmend:
		c.Inputs = []Input{fieldTitle.text("Round one"), fieldNote.text("a typing error")}
	case ActMakeUp: // down for an hour, from ten minutes before the deadline
		f.Closes = noon.Add(-50 * time.Minute)
		c.Inputs = OutageInputs(Outage{noon.Add(-time.Hour), noon}, 30*time.Minute)
	case ActExtend:
		c.Inputs = []Input{{Name: "closes", Time: f.Closes.Add(1)}, fieldNote.text("storm")}
	}
	return f, c
}

func TestOpportunity(t *testing.T) {
	type F = OpportunityFacts
	inChicago := func(_ *F, c *Command) {
		c.Inputs = append(c.Inputs, fieldZone.text("America/Chicago"), fieldGraceMinutes.count(15))
	}
	sameInstant := func(t *testing.T, f *F, _ *Step) {
		if f.Zone != "America/Chicago" || !f.Closes.Equal(noon.AddDate(0, 1, 0)) || f.GraceMinutes != 0 {
			t.Errorf("closes %v as shown in %s, with %d minutes of grace", f.Closes, f.Zone, f.GraceMinutes)
		}
	}
	runScenarios(t, Opportunities, readyOpportunity, []opportunityScenario{
		{name: "with the usual settings", start: in(None), action: ActForecast, by: ProgramLead, end: Forecasted,
			check: func(t *testing.T, f *F, _ *Step) {
				want := Opportunity{Record: f.Record, Program: 2, Fund: 3, Number: "AIV-2026-R1", Prefix: "AIV", Title: "Round 1",
					Opens: noon, Closes: noon.AddDate(0, 2, 0), Zone: "UTC", AwardCap: AwardCap, RevenueCap: RevenueCap,
					Basis: LastCompleted, ReviewsNeeded: 2, AppealDays: 30, OfferDays: 30}
				if f.Opportunity != want {
					t.Errorf("forecast %+v\nwant %+v", f.Opportunity, want)
				}
			}},
		{name: "with its own settings", start: in(None), action: ActForecast, by: ProgramLead, end: Forecasted,
			change: func(_ *F, c *Command) {
				c.Inputs = append(c.Inputs[:4:4], fieldPrefix.text("AI2"), fieldSummary.text("S"), fieldZone.text("America/Denver"),
					fieldGraceMinutes.count(15), fieldRolling.check(), fieldAwardCap.cents(AwardCap-1), fieldRevenueCap.cents(RevenueCap),
					fieldBasis.text("average_of_3"), fieldReviewsNeeded.count(3), fieldAppealDays.count(20), fieldOfferDays.count(10))
			},
			check: func(t *testing.T, f *F, _ *Step) {
				want := Opportunity{Record: f.Record, Program: 2, Fund: 3, Number: "AIV-2026-R1", Prefix: "AI2", Title: "Round 1",
					Summary: "S", Opens: noon, Zone: "America/Denver", GraceMinutes: 15, Rolling: true, AwardCap: AwardCap - 1,
					RevenueCap: RevenueCap, Basis: AverageOf3, ReviewsNeeded: 3, AppealDays: 20, OfferDays: 10}
				if f.Opportunity != want {
					t.Errorf("forecast %+v\nwant %+v", f.Opportunity, want)
				}
			}},
		{name: "what its program's file lays down", start: in(Forecasted), action: ActAdopt, by: System, end: Forecasted,
			change: facts(func(f *F) { f.Holds = 1 })},
		{name: "what its program's file lays down", start: in(Open), action: ActAdopt, by: System, end: Open,
			change: facts(func(f *F) { f.Holds = 1 })},
		{name: "what its program's file lays down", start: in(Paused), action: ActAdopt, by: System, end: Paused,
			change: facts(func(f *F) { f.Holds = 1 })},
		{name: "what its program's file lays down", start: in(Closed), action: ActAdopt, by: System, end: Closed,
			change: facts(func(f *F) { f.Holds = 1 })},
		{name: "other clocks", start: in(Open), action: ActAdopt, by: System, end: Open, change: inChicago, check: sameInstant},
		{name: "other clocks", start: in(Paused), action: ActAdopt, by: System, end: Paused, change: inChicago, check: sameInstant},
		{name: "other clocks", start: in(Closed), action: ActAdopt, by: System, end: Closed, change: inChicago, check: sameInstant},
		{name: "with a fund of another program", start: in(Open), action: ActAdopt, by: System, reason: "fund_unknown",
			change: facts(func(f *F) { f.Fund.Program = 9 })},
		{name: "a higher cap", start: in(Open), action: ActAdopt, by: System, reason: "cap_raised",
			change: asking[F](fieldAwardCap.cents(AwardCap + 1))},
		{name: "a higher revenue cap", start: in(Open), action: ActAdopt, by: System, reason: "cap_raised",
			change: asking[F](fieldRevenueCap.cents(RevenueCap + 1))},
		{name: "with another program's fund", start: in(None), action: ActForecast, by: ProgramLead, reason: "fund_unknown",
			change: facts(func(f *F) { f.Fund.Program = 9 })},
		{name: "without a fund", start: in(None), action: ActForecast, by: ProgramLead, reason: "fund_unknown",
			change: facts(func(f *F) { f.Fund = Fund{} })},
		{name: "with an expired fund", start: in(None), action: ActForecast, by: ProgramLead, reason: "fund_expired",
			change: facts(func(f *F) { f.Fund.State = Expired })},
		{name: "raising the award cap by a cent", start: in(None), action: ActForecast, by: ProgramLead, reason: "cap_raised",
			change: asking[F](fieldAwardCap.cents(AwardCap + 1))},
		{name: "with an award cap of nothing", start: in(None), action: ActForecast, by: ProgramLead, reason: "cap_raised",
			change: asking[F](fieldAwardCap.cents(0))},
		{name: "raising the revenue cap by a cent", start: in(None), action: ActForecast, by: ProgramLead, reason: "cap_raised",
			change: asking[F](fieldRevenueCap.cents(RevenueCap + 1))},
		{name: "with a prefix of small letters", start: in(None), action: ActForecast, by: ProgramLead, reason: "prefix_invalid",
			change: asking[F](fieldPrefix.text("aiv"))},
		{name: "without a deadline, though not rolling", start: in(None), action: ActForecast, by: ProgramLead, reason: "deadline_missing",
			change: asking[F](Input{Name: "closes"})},
		{name: "closing as it opens", start: in(None), action: ActForecast, by: ProgramLead, reason: "closes_before_opening",
			change: asking[F](Input{Name: "closes", Time: noon})},

		{name: "before it opens", start: in(Forecasted), action: ActPublish, by: ProgramLead, end: Open,
			change: facts(func(f *F) { f.Opens = noon.AddDate(0, 0, 1) })},
		{name: "at its deadline", start: in(Forecasted), action: ActPublish, by: ProgramLead, reason: "deadline_passed",
			change: facts(func(f *F) { f.Closes = noon })},
		{name: "after its fund expired", start: in(Forecasted), action: ActPublish, by: ProgramLead, reason: "fund_expired",
			change: facts(func(f *F) { f.Fund.State = Expired })},

		{name: "at the deadline", start: in(Open), action: ActClose, by: System, end: Closed},
		{name: "a moment early", start: in(Open), action: ActClose, by: System, reason: "deadline_not_passed",
			change: facts(func(f *F) { f.Closes = noon.Add(1) })},
		{name: "without a deadline", start: in(Open), action: ActClose, by: System, reason: "deadline_not_passed",
			change: facts(func(f *F) { f.Closes, f.Rolling = time.Time{}, true })},
		{name: "when all is done", start: in(Closed), action: ActArchive, by: ProgramLead, end: Archived},

		{name: "to a later instant", start: in(Open, Closed), action: ActExtend, by: ProgramLead, end: Open,
			check: func(t *testing.T, f *F, _ *Step) {
				if want := noon.AddDate(0, 1, 0).Add(1); !f.Closes.Equal(want) {
					t.Errorf("closes at %v, want %v", f.Closes, want)
				}
			}},
		{name: "into the past", start: in(Closed), action: ActExtend, by: ProgramLead, reason: "until_in_the_past",
			change: asking[F](Input{Name: "closes", Time: noon})},
		{name: "to the same instant", start: in(Open), action: ActExtend, by: ProgramLead, reason: "deadline_not_later",
			change: asking[F](Input{Name: "closes", Time: noon.AddDate(0, 1, 0)})},

		{name: "though a hold stands", start: in(Open), action: ActPause, by: ProgramLead, end: Paused,
			change: facts(func(f *F) { f.Holds = 1 }),
			check: func(t *testing.T, f *F, _ *Step) {
				if !f.PausedAt.Equal(noon) {
					t.Errorf("paused at %v", f.PausedAt)
				}
			}},
		{name: "and the deadline moves by the pause", start: in(Paused), action: ActResume, by: ProgramLead, end: Open,
			check: func(t *testing.T, f *F, _ *Step) {
				if want := noon.AddDate(0, 1, 3); !f.Closes.Equal(want) || !f.PausedAt.IsZero() {
					t.Errorf("closes at %v, want %v; paused at %v", f.Closes, want, f.PausedAt)
				}
			}},
		{name: "and no deadline stays none", start: in(Paused), action: ActResume, by: ProgramLead, end: Open,
			change: facts(func(f *F) { f.Closes = time.Time{} }),
			check: func(t *testing.T, f *F, _ *Step) {
				if !f.Closes.IsZero() {
					t.Errorf("closes at %v", f.Closes)
				}
			}},
		{name: "and personal deadlines with it", start: in(Paused), action: ActResume, by: ProgramLead, end: Open,
			change: facts(func(f *F) { f.Moved = time.Hour.Microseconds() }),
			check: func(t *testing.T, f *F, _ *Step) {
				given := Application{ExtendedUntil: noon}
				if got, want := given.PersonalDeadline(&f.Opportunity), noon.AddDate(0, 0, 3).Add(time.Hour); !got.Equal(want) {
					t.Errorf("a personal deadline of noon is %v, want %v", got, want)
				}
			}},

		{name: "what was written wrong", start: in(Forecasted), action: ActAmend, by: ProgramLead, end: Forecasted},
		{name: "though applications are in", start: in(Open), action: ActAmend, by: ProgramLead, end: Open,
			change: func(f *F, c *Command) {
				f.Submitted, f.AwardCap, f.GraceMinutes = 3, 500_00, 5
				c.Inputs = append(c.Inputs, fieldAwardCap.cents(500_00), fieldGraceMinutes.count(10), fieldSummary.text("S"), fieldZone.text("America/Denver"))
			},
			check: func(t *testing.T, f *F, _ *Step) {
				want, _ := readyOpportunity(Open, ActAmend)
				o := want.Opportunity
				o.Record, o.Title, o.Summary, o.Zone, o.AwardCap, o.GraceMinutes = f.Record, "Round one", "S", "America/Denver", 500_00, 10
				if f.Opportunity != o {
					t.Errorf("amended to %+v\nwant %+v", f.Opportunity, o)
				}
			}},
		{name: "while it is paused", start: in(Paused), action: ActAmend, by: ProgramLead, end: Paused},
		{name: "its settings before anybody submitted", start: in(Open), action: ActAmend, by: ProgramLead, end: Open,
			change: asking[F](fieldBasis.text("average_of_3")),
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Basis != AverageOf3 {
					t.Errorf("basis is %v", f.Basis)
				}
			}},
		{name: "its dates before it is published", start: in(Forecasted), action: ActAmend, by: ProgramLead, end: Forecasted,
			change: func(_ *F, c *Command) {
				c.Inputs = append(c.Inputs, Input{Name: "opens", Time: noon}, Input{Name: "closes", Time: noon.Add(time.Hour)})
			},
			check: func(t *testing.T, f *F, _ *Step) {
				if !f.Opens.Equal(noon) || !f.Closes.Equal(noon.Add(time.Hour)) {
					t.Errorf("from %v to %v", f.Opens, f.Closes)
				}
			}},
		{name: "leaving dates empty", start: in(Open), action: ActAmend, by: ProgramLead, end: Open,
			change: asking[F](Input{Name: "closes"}),
			check: func(t *testing.T, f *F, _ *Step) {
				if want := noon.AddDate(0, 1, 0); !f.Closes.Equal(want) {
					t.Errorf("closes at %v, want %v", f.Closes, want)
				}
			}},
		{name: "a higher cap", start: in(Open), action: ActAmend, by: ProgramLead, reason: "cap_raised",
			change: asking[F](fieldAwardCap.cents(AwardCap + 1))},
		{name: "a higher revenue cap", start: in(Open), action: ActAmend, by: ProgramLead, reason: "cap_raised",
			change: asking[F](fieldRevenueCap.cents(RevenueCap + 1))},
		{name: "its dates after it was published", start: in(Open), action: ActAmend, by: ProgramLead, reason: "dates_published",
			change: asking[F](Input{Name: "closes", Time: noon.AddDate(1, 0, 0)})},
		{name: "its opening after it was published", start: in(Paused), action: ActAmend, by: ProgramLead, reason: "dates_published",
			change: asking[F](Input{Name: "opens", Time: noon})},
		{name: "to close before it opens", start: in(Forecasted), action: ActAmend, by: ProgramLead, reason: "closes_before_opening",
			change: asking[F](Input{Name: "opens", Time: noon.AddDate(0, 1, 0)})},
		{name: "with less grace than was promised", start: in(Open), action: ActAmend, by: ProgramLead, reason: "grace_shortened",
			change: func(f *F, c *Command) {
				f.GraceMinutes, c.Inputs = 10, append(c.Inputs, fieldGraceMinutes.count(9))
			}},
		{name: "what its program's file lays down", start: in(Open), action: ActAmend, by: ProgramLead, reason: "settings_in_file",
			change: func(f *F, c *Command) {
				f.Terms, c.Inputs = "sum", append(c.Inputs, fieldReviewsNeeded.count(3))
			}},
		{name: "its cap, after somebody submitted", start: in(Open), action: ActAmend, by: ProgramLead, reason: "applications_submitted",
			change: func(f *F, c *Command) {
				f.Submitted, c.Inputs = 1, append(c.Inputs, fieldAwardCap.cents(AwardCap-1))
			}},

		{name: "for a deadline in it", start: in(Open, Closed), action: ActMakeUp, by: System, end: Open,
			change: facts(func(f *F) { f.Holds = 1 }),
			check: func(t *testing.T, f *F, _ *Step) {
				if want := noon.Add(40 * time.Minute); !f.Closes.Equal(want) || !f.DownUntil.Equal(noon) || f.Moved != 90*time.Minute.Microseconds() {
					t.Errorf("closes at %v, want %v; moved by %d until %v", f.Closes, want, f.Moved, f.DownUntil)
				}
			}},
		{name: "for a deadline soon after", start: in(Open), action: ActMakeUp, by: System, end: Open,
			change: facts(func(f *F) { f.Closes = noon.Add(time.Hour - 1) }),
			check: func(t *testing.T, f *F, _ *Step) {
				if want := noon.Add(2*time.Hour - 1); !f.Closes.Equal(want) {
					t.Errorf("closes at %v, want %v", f.Closes, want)
				}
			}},
		{name: "for a deadline at which those it turned away may not have tried again", start: in(Open), action: ActMakeUp, by: System, end: Open,
			change: facts(func(f *F) { f.Closes = noon.Add(OutageAgain - 1) }),
			check: func(t *testing.T, f *F, _ *Step) {
				if want := noon.Add(OutageAgain - 1 + 90*time.Minute); !f.Closes.Equal(want) {
					t.Errorf("closes at %v, want %v", f.Closes, want)
				}
			}},
		{name: "a short one, for a deadline soon after", start: in(Open), action: ActMakeUp, by: System, end: Open,
			change: func(f *F, c *Command) {
				f.Closes, c.Inputs = noon.Add(OutageAgain-1), OutageInputs(Outage{noon.Add(1 - OutageShort), noon}, time.Minute)
			},
			check: func(t *testing.T, f *F, _ *Step) {
				if want := noon.Add(OutageAgain + OutageShort - 2 + time.Minute); !f.Closes.Equal(want) {
					t.Errorf("closes at %v, want %v", f.Closes, want)
				}
			}},
		{name: "a short one, for a deadline later", start: in(Open), action: ActMakeUp, by: System, reason: "outage_elsewhere",
			change: func(f *F, c *Command) {
				f.Closes, c.Inputs = noon.Add(OutageAgain), OutageInputs(Outage{noon.Add(1 - OutageShort), noon}, time.Minute)
			}},
		{name: "for a grace that reached into it", start: in(Closed), action: ActMakeUp, by: System, end: Open,
			change: facts(func(f *F) { f.Closes, f.GraceMinutes = noon.Add(-time.Hour-time.Minute), 1 })},
		{name: "for a personal deadline alone", start: in(Closed), action: ActMakeUp, by: System, end: Closed,
			change: facts(func(f *F) { f.Closes, f.Personal = noon.AddDate(0, 0, -9), noon.Add(-time.Minute) }),
			check: func(t *testing.T, f *F, _ *Step) {
				if want := noon.AddDate(0, 0, -9); !f.Closes.Equal(want) || f.Moved != 90*time.Minute.Microseconds() {
					t.Errorf("closes at %v, want %v; moved by %d", f.Closes, want, f.Moved)
				}
			}},
		{name: "as long as is made up for", start: in(Open), action: ActMakeUp, by: System, end: Open,
			change: func(f *F, c *Command) {
				c.Inputs = OutageInputs(Outage{noon.Add(-OutageLongest), noon}, 0)
			}},
		{name: "a moment longer", start: in(Open), action: ActMakeUp, by: System, reason: "outage_too_long",
			change: func(f *F, c *Command) {
				c.Inputs = OutageInputs(Outage{noon.Add(-OutageLongest - 1), noon}, 0)
			}},
		{name: "a second time", start: in(Open), action: ActMakeUp, by: System, reason: "outage_made_up",
			change: facts(func(f *F) { f.DownUntil = noon })},
		{name: "for a deadline an hour after", start: in(Open), action: ActMakeUp, by: System, reason: "outage_elsewhere",
			change: facts(func(f *F) { f.Closes = noon.Add(time.Hour) })},
		{name: "for a deadline before it", start: in(Closed), action: ActMakeUp, by: System, reason: "outage_elsewhere",
			change: facts(func(f *F) { f.Closes = noon.Add(-time.Hour - 1) })},
		{name: "without a deadline", start: in(Open), action: ActMakeUp, by: System, reason: "outage_elsewhere",
			change: facts(func(f *F) { f.Closes = time.Time{} })},
		{name: "for good", start: in(Forecasted, Open, Paused, Closed), action: ActCancel, by: ProgramLead, end: Cancelled},
	})
}

func TestAnOpportunityTakesApplicationsFromItsStartToBeforeItsEnd(t *testing.T) {
	o := Opportunity{Opens: noon, Closes: noon.Add(time.Hour)}
	for _, tt := range []struct {
		at   time.Time
		want bool
	}{
		{noon.Add(-1), false}, {noon, true}, {noon.Add(time.Hour - 1), true}, {noon.Add(time.Hour), false},
	} {
		if got := o.TakesAt(tt.at); got != tt.want {
			t.Errorf("TakesAt(%v) = %t, want %t", tt.at, got, tt.want)
		}
	}
}

func TestAFileCanLowerTheAwardCapOnly(t *testing.T) {
	for _, tt := range []struct{ file, want Cents }{{AwardCap - 1, AwardCap - 1}, {AwardCap, AwardCap}, {AwardCap + 1, AwardCap}} {
		o := Opportunity{AwardCap: tt.file}
		if got := o.Cap(); got != tt.want {
			t.Errorf("a file's %s makes a cap of %s, want %s", tt.file, got, tt.want)
		}
	}
}
