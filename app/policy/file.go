package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"tranche/workflow"
)

// format is the version of the language that files are written in; a file begins
// by naming it.
const format = "1"

// A Compiler turns files into plans.
type Compiler struct{ rules *Rules }

// NewCompiler makes a compiler whose files' rules are checked by rules.
func NewCompiler(rules *Rules) *Compiler { return &Compiler{rules} }

// Compile reads the text of a file; name is what problems call it. The error is
// Problems: every mistake that was found, in the order of the file.
func (c *Compiler) Compile(name string, text []byte) (*workflow.Plan, error) {
	r := &reader{file: name, rules: c.rules, said: map[string]saying{}, unasked: map[string]bool{}}
	plan := new(workflow.Plan)
	if root := r.read(text); root != nil {
		r.program(place{root, ""}, plan)
	}
	if len(r.problems) > 0 {
		r.problems.sort()
		return nil, r.problems
	}
	return plan, nil
}

// BeforeApplying returns terms with those rules alone that ask nothing of an
// application: what can be answered before there is one.
func (c *Compiler) BeforeApplying(t *workflow.Terms) *workflow.Terms {
	about := *t
	about.Rules = slices.DeleteFunc(slices.Clone(t.Rules), func(r workflow.RuleTerm) bool { return c.rules.Asks(r.When, "application") })
	return &about
}

// program reads the whole file.
func (r *reader) program(p place, plan *workflow.Plan) {
	usual := settings{
		terms: workflow.Terms{AwardCap: workflow.AwardCap, RevenueCap: workflow.RevenueCap, Basis: workflow.LastCompleted,
			ReviewsNeeded: 2, AppealDays: 30, OfferDays: 30},
		zone: "UTC", clock: time.UTC,
	}
	r.object(p,
		must("tranche", r.formatOf),
		must("program", r.programOf(&plan.Program)),
		must("phases", r.phases(&plan.Phases)),
		may("defaults", func(p place) { r.object(p, r.settings(&usual)...) }),
		must("opportunities", func(p place) { r.opportunities(p, plan, usual) }),
	)
}

func (r *reader) formatOf(p place) {
	if s, ok := r.scalar(p); ok && s != format {
		r.wrong(p, reasonLanguage, quoting(p, "expected", format))
	}
}

func (r *reader) programOf(to *workflow.ProgramPlan) how {
	return func(p place) {
		to.BankHoldDays, to.PresumeDays = 10, 5 // as a program starts without a file
		r.object(p,
			must("prefix", r.matching(&to.Prefix, codePattern, reasonNotCode)),
			must("name", r.line(&to.Name, 200)),
			must("agency", r.line(&to.Agency, 200)),
			may("second_certifier_over", r.money(&to.SecondOver, 0, workflow.MaxCents)),
			may("bank_hold_days", r.count(&to.BankHoldDays, 0, 90)),
			may("presume_settled_days", r.count(&to.PresumeDays, 1, 60)),
		)
	}
}

// phases reads the budget phases: no two at a time, each with a fund of its own.
func (r *reader) phases(to *[]workflow.PhasePlan) how {
	return func(p place) {
		codes, symbols := unique{}, unique{}
		var at []place
		r.list(p, func(p place) {
			var phase workflow.PhasePlan
			r.object(p,
				must("code", r.matching(&phase.Code, codePattern, reasonNotCode)),
				must("name", r.line(&phase.Name, 200)),
				must("starts", r.date(&phase.Starts)),
				must("ends", r.date(&phase.Ends)),
				must("symbol", r.line(&phase.Symbol, 40)),
				must("fiscal_year", r.count(&phase.FiscalYear, 1990, 2200)),
				must("budget", r.money(&phase.Budget, 1, workflow.MaxCents)),
			)
			if phase.Starts > 0 && phase.Ends > 0 && phase.Ends <= phase.Starts {
				r.wrong(p, reasonNotAfter, workflow.Words{"later": "ends", "earlier": "starts"})
			}
			codes.take(r, p, phase.Code)
			if phase.Symbol != "" && phase.FiscalYear > 0 {
				symbols.take(r, p, fmt.Sprintf("%s %d", phase.Symbol, phase.FiscalYear))
			}
			*to, at = append(*to, phase), append(at, p)
		})
		for i := range at {
			for j := range i {
				a, b := (*to)[j], (*to)[i]
				if a.Starts > 0 && b.Starts > 0 && a.Starts < b.Ends && b.Starts < a.Ends {
					r.wrong(at[i], reasonOverlap, workflow.Words{"other": a.Code, "line": at[j].node.Line})
				}
			}
		}
		if len(at) == 0 {
			r.wrong(p, reasonMissing, workflow.Words{"key": "phases[0]"})
		}
	}
}

// settings are what stands under defaults, and again in an opportunity that
// differs.
type settings struct {
	terms   workflow.Terms
	zone    string
	clock   *time.Location
	grace   int64
	rolling bool
}

// settings returns the keys that defaults and opportunities share.
func (r *reader) settings(s *settings) []key {
	t := &s.terms
	return []key{
		may("zone", r.zone(s)),
		may("grace_minutes", r.count(&s.grace, 0, 1440)),
		may("rolling", r.yes(&s.rolling)),
		may("award_cap", r.limit(&t.AwardCap, workflow.AwardCap)),
		may("revenue_cap", r.limit(&t.RevenueCap, workflow.RevenueCap)),
		may("revenue_basis", r.basis(&t.Basis)),
		may("reviews_needed", r.count(&t.ReviewsNeeded, 0, 20)),
		may("appeal_days", r.count(&t.AppealDays, 1, 365)),
		may("offer_days", r.count(&t.OfferDays, 1, 365)),
		may("sections", r.sections(&t.Sections)),
		may("topic", r.name(&t.Topic)),
		may("blind", each(r, &t.Blind, func(p place, name *string) string {
			r.name(name)(p)
			return *name
		})),
		may("documents", r.documents(&t.Documents)),
		may("clearances", r.clearances(&t.Clearances)),
		may("rubric", r.rubric(&t.Rubric)),
		may("decline_codes", r.codes(&t.DeclineCodes)),
		may("screening_codes", r.codes(&t.ScreeningCodes)),
		may("service_levels", r.levels(&t.Levels)),
		may("rules", r.eligibility(&t.Rules)),
	}
}

func (r *reader) zone(s *settings) how {
	return func(p place) {
		s.clock = nil // moments in a zone that is not known are not read
		s.zone = ""
		if r.oneOf(&s.zone, workflow.Zones...)(p); s.zone == "" {
			return
		}
		zone, err := time.LoadLocation(s.zone)
		if err != nil {
			r.wrong(p, reasonNotOneOf, quoting(p, "expected", "UTC")) // a machine without time zones
			return
		}
		s.clock = zone
	}
}

func (r *reader) basis(to *workflow.Basis) how {
	return func(p place) {
		var name string
		var names []string
		for b := workflow.LastCompleted; b.String() != ""; b++ {
			names = append(names, b.String())
		}
		if r.oneOf(&name, names...)(p); name != "" {
			*to, _ = workflow.ParseBasis(name)
		}
	}
}

// opportunities reads the calls. What an opportunity does not say is as usual.
func (r *reader) opportunities(p place, plan *workflow.Plan, usual settings) {
	numbers := unique{}
	r.list(p, func(p place) {
		s := usual
		var o workflow.OpportunityPlan
		first := []key{
			must("number", r.matching(&o.Number, numberPattern, reasonNotCode)),
			must("phase", r.phaseOf(&o.Phase, plan)),
			must("title", r.line(&o.Title, 200)),
			may("summary", r.text(&o.Summary, 8000, true)),
		}
		last := []key{must("opens", r.moment(&o.Opens, &s.clock)), may("closes", r.moment(&o.Closes, &s.clock))}
		r.object(p, slices.Concat(first, r.settings(&s), last)...)
		o.Zone, o.GraceMinutes, o.Rolling, o.Terms = s.zone, s.grace, s.rolling, s.terms
		o.Terms.Program, o.Terms.Opportunity = plan.Program.Prefix, o.Number
		numbers.take(r, p, o.Number)
		r.whole(p, &o)
		r.mentioned(&o.Terms)
		r.topic(p, &o.Terms)
		r.blind(p, &o.Terms)
		r.dates(p, &o, plan, s.clock)
		plan.Opportunities = append(plan.Opportunities, o)
	})
	if len(plan.Opportunities) == 0 {
		r.wrong(p, reasonMissing, workflow.Words{"key": "opportunities[0]"})
	}
}

// topic sees to it that what an application is about is asked for, with choices.
func (r *reader) topic(p place, t *workflow.Terms) {
	if t.Topic == "" || len(t.Topics()) > 0 || r.told(p.key("sections"), "defaults.sections", p.key("topic"), "defaults.topic") {
		return
	}
	var choices []string
	for _, s := range t.Sections {
		for i := range s.Questions {
			if s.Questions[i].Kind == workflow.QuestionChoice {
				choices = append(choices, s.Questions[i].Name)
			}
		}
	}
	r.wrong(p, reasonTopic, workflow.Words{"found": t.Topic, "expected": cmp.Or(strings.Join(choices, ", "), "–")})
}

// blind sees to it that what reviewers do not see is there.
func (r *reader) blind(p place, t *workflow.Terms) {
	known := slices.Clone(workflow.BlindFields)
	for _, s := range t.Sections {
		for i := range s.Questions {
			known = append(known, s.Questions[i].Name)
		}
	}
	for _, d := range t.Documents {
		known = append(known, d.Code)
	}
	for _, name := range t.Blind {
		if !slices.Contains(known, name) && !r.told(p.key("blind"), "defaults.blind") {
			r.wrong(p, reasonBlind, workflow.Words{"found": name, "expected": strings.Join(known, ", ")})
		}
	}
}

func (r *reader) phaseOf(to *string, plan *workflow.Plan) how {
	return func(p place) {
		var codes []string
		for i := range plan.Phases {
			codes = append(codes, plan.Phases[i].Code)
		}
		r.oneOf(to, codes...)(p)
	}
}

// whole sees to it that the terms have what every application needs.
func (r *reader) whole(p place, o *workflow.OpportunityPlan) {
	t := &o.Terms
	for _, need := range []struct {
		key  string
		have int
	}{
		{"sections", len(t.Sections)}, {"rubric", len(t.Rubric)},
		{"decline_codes", len(t.DeclineCodes)}, {"screening_codes", len(t.ScreeningCodes)},
	} {
		if need.have == 0 && !r.told("defaults."+need.key, p.key(need.key)) {
			r.wrong(p, reasonMissing, workflow.Words{"key": need.key})
		}
	}
}

// told reports whether something wrong at one of paths, or inside, was written
// down already.
func (r *reader) told(paths ...string) bool {
	return slices.ContainsFunc(r.problems, func(p Problem) bool {
		return slices.ContainsFunc(paths, func(path string) bool { return strings.HasPrefix(p.Path, path) })
	})
}

// dates sees to it that an opportunity opens, closes after that, and does both
// inside its phase.
func (r *reader) dates(p place, o *workflow.OpportunityPlan, plan *workflow.Plan, zone *time.Location) {
	if zone == nil || o.Opens.IsZero() || r.told(p.key("closes")) {
		return
	}
	switch {
	case o.Closes.IsZero() && !o.Rolling:
		r.wrong(p, reasonMissing, workflow.Words{"key": "closes"})
	case !o.Closes.IsZero() && !o.Opens.Before(o.Closes):
		r.wrong(p, reasonNotAfter, workflow.Words{"later": "closes", "earlier": "opens"})
	}
	i := slices.IndexFunc(plan.Phases, func(phase workflow.PhasePlan) bool { return phase.Code == o.Phase })
	if i < 0 || plan.Phases[i].Starts == 0 || plan.Phases[i].Ends == 0 {
		return
	}
	starts, ends := midnight(plan.Phases[i].Starts, zone), midnight(plan.Phases[i].Ends, zone)
	if o.Opens.Before(starts) || !o.Opens.Before(ends) || o.Closes.After(ends) {
		r.wrong(p, reasonOutside, workflow.Words{"phase": o.Phase, "starts": plan.Phases[i].Starts.String(), "ends": plan.Phases[i].Ends.String()})
	}
}

// midnight is when a day begins in zone.
func midnight(d workflow.Date, zone *time.Location) time.Time {
	t := d.Time()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
}

// levels reads within how many business days each state is to be left.
func (r *reader) levels(to *[]workflow.ServiceLevel) how {
	return each(r, to, func(p place, l *workflow.ServiceLevel) string {
		var state string
		r.object(p,
			must("state", r.oneOf(&state, awaited...)),
			must("days", r.count(&l.Days, 1, 365)),
			may("remind", r.count(&l.Remind, 1, 364)),
		)
		if l.Days > 0 && l.Remind >= l.Days {
			r.wrong(p, reasonRemind, workflow.Words{"days": l.Days, "remind": l.Remind})
		}
		if state != "" {
			l.State, _ = workflow.ParseState(state)
		}
		return state
	})
}

// awaited are the states in which an application waits for somebody, so that a
// service level says something.
var awaited = func() []string {
	var names []string
	for _, s := range []workflow.State{workflow.Submitted, workflow.Screening, workflow.NeedsInformation, workflow.InReview,
		workflow.Recommended, workflow.DeclineRecommended, workflow.Waitlisted, workflow.Appealed} {
		names = append(names, s.String())
	}
	return names
}()
