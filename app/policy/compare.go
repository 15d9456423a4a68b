package policy

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"tranche/workflow"
)

// A Change is one difference between two versions of a file.
type Change struct {
	Where  string // number of the opportunity, code of the phase; "" for the program itself
	Key    string // as the file calls it, such as award_cap
	Item   string // the code or name in a list, or ""
	Before string // as the file writes it; "" when it was added
	After  string // "" when it was removed
}

// Added reports whether the newer version has what the older one lacks.
func (c *Change) Added() bool { return c.Before == "" }

// Removed reports whether the newer version lacks what the older one has. An
// opportunity or phase that a file no longer names stays as it is.
func (c *Change) Removed() bool { return c.After == "" }

// Compare returns what b changes against a, in the order of b, what only a has at
// the end; nil is a plan with nothing in it. Where the order of a list counts and
// nothing else differs, its names in their order are the change. Equal plans have
// no changes, and plans with no changes lead to equal programs.
func Compare(a, b *workflow.Plan) (changes []Change) {
	before, after := linesOf(a), linesOf(b)
	was, is := map[spot]line{}, map[spot]line{}
	for _, l := range before {
		was[l.spot] = l
	}
	for _, l := range after {
		is[l.spot] = l
		if old, there := was[l.spot]; !there || old.exact != l.exact {
			changes = append(changes, Change{l.where, l.key, l.item, old.text, l.text})
		}
	}
	for _, l := range before {
		if _, there := is[l.spot]; !there {
			changes = append(changes, Change{l.where, l.key, l.item, l.text, ""})
		}
	}
	return append(changes, moved(before, after)...)
}

// A spot is where one value of a plan stands.
type spot struct{ where, key, item string }

// A line is one value: as people read it, and exactly.
type line struct {
	spot
	text, exact string
}

// moved returns the lists that have the same items in another order.
func moved(before, after []line) (changes []Change) {
	was, is := orders(before), orders(after)
	for _, l := range after {
		group := spot{l.where, l.key, ""}
		x, y := was[group], is[group]
		delete(is, group)
		if y == nil || slices.Equal(x, y) {
			continue
		}
		p, q := slices.Sorted(slices.Values(x)), slices.Sorted(slices.Values(y))
		if slices.Equal(p, q) {
			changes = append(changes, Change{l.where, l.key, "", strings.Join(x, ", "), strings.Join(y, ", ")})
		}
	}
	return changes
}

// orders returns the items of each list in their order.
func orders(lines []line) map[spot][]string {
	out := map[spot][]string{}
	for _, l := range lines {
		if l.item != "" {
			group := spot{l.where, l.key, ""}
			out[group] = append(out[group], l.item)
		}
	}
	return out
}

// A sheet collects the values of a plan, one a line.
type sheet struct {
	where string
	lines []line
}

func (s *sheet) put(key, text string) {
	if text != "" {
		s.lines = append(s.lines, line{spot{s.where, key, ""}, text, text})
	}
}

// item puts one of a list, whose exact value is v. The text is never empty.
func (s *sheet) item(key, item, text string, v any) {
	exact, err := json.Marshal(v)
	if err != nil {
		panic(err) // plans hold nothing but text, numbers and lists of them
	}
	s.lines = append(s.lines, line{spot{s.where, key, item}, text, string(exact)})
}

func (s *sheet) count(key string, n int64) { s.put(key, strconv.FormatInt(n, 10)) }

// linesOf writes a plan as lines that do not depend on each other.
func linesOf(p *workflow.Plan) []line {
	if p == nil {
		return nil
	}
	s := &sheet{}
	s.put("prefix", p.Program.Prefix)
	s.put("name", p.Program.Name)
	s.put("agency", p.Program.Agency)
	s.put("second_certifier_over", p.Program.SecondOver.Dollars())
	s.count("bank_hold_days", p.Program.BankHoldDays)
	s.count("presume_settled_days", p.Program.PresumeDays)
	for i := range p.Phases {
		s.phase(&p.Phases[i])
	}
	for i := range p.Opportunities {
		s.opportunity(&p.Opportunities[i])
	}
	return s.lines
}

func (s *sheet) phase(p *workflow.PhasePlan) {
	s.where = p.Code
	s.put("name", p.Name)
	s.put("starts", p.Starts.String())
	s.put("ends", p.Ends.String())
	s.put("symbol", p.Symbol)
	s.count("fiscal_year", p.FiscalYear)
	s.put("budget", p.Budget.Dollars())
}

func (s *sheet) opportunity(o *workflow.OpportunityPlan) {
	s.where = o.Number
	s.put("phase", o.Phase)
	s.put("title", o.Title)
	s.put("summary", o.Summary)
	s.put("opens", clock(o.Opens, o.Zone))
	s.put("closes", clock(o.Closes, o.Zone))
	s.put("zone", o.Zone)
	s.count("grace_minutes", o.GraceMinutes)
	s.put("rolling", strconv.FormatBool(o.Rolling))
	t := &o.Terms
	s.put("award_cap", t.AwardCap.Dollars())
	s.put("revenue_cap", t.RevenueCap.Dollars())
	s.put("revenue_basis", t.Basis.String())
	s.count("reviews_needed", t.ReviewsNeeded)
	s.count("appeal_days", t.AppealDays)
	s.count("offer_days", t.OfferDays)
	for _, section := range t.Sections {
		s.item("sections", section.Name, words(both(section.Label), strings.Join(section.Fields, ", ")), [2]any{section.Label, section.Fields})
		for i := range section.Questions {
			s.item("questions", section.Questions[i].Name, words("["+section.Name+"]", question(&section.Questions[i])), [2]any{section.Name, section.Questions[i]})
		}
	}
	s.put("topic", t.Topic)
	s.put("blind", strings.Join(t.Blind, ", "))
	for _, d := range t.Documents {
		s.item("documents", d.Code, words(both(d.Label), flag(d.Required, "required"), strings.Join(d.Types, ", "), megabytes(d.MaxMB)), d)
	}
	for _, c := range t.Clearances {
		s.item("clearances", c.Kind, strconv.FormatInt(c.Days, 10), c)
	}
	for _, c := range t.Rubric {
		text := words(strconv.Itoa(c.Weight), both(c.Label))
		for _, a := range c.Anchors {
			text = words(text, strconv.FormatInt(a.Points, 10)+": "+both(a.Label))
		}
		s.item("rubric", c.Name, text, c)
	}
	s.codes("decline_codes", t.DeclineCodes)
	s.codes("screening_codes", t.ScreeningCodes)
	for _, l := range t.Levels {
		s.item("service_levels", l.State.String(), strconv.FormatInt(l.Days, 10)+" / "+strconv.FormatInt(l.Remind, 10), l)
	}
	for _, r := range t.Rules {
		s.item("rules", string(r.Code), words(r.Outcome.String(), r.When, both(r.Label)), r)
	}
}

func (s *sheet) codes(key string, codes []workflow.CodeTerm) {
	for _, c := range codes {
		s.item(key, c.Code, both(c.Label), c)
	}
}

// question writes everything that a question says but its name.
func question(q *workflow.Question) string {
	text := words(q.Kind, both(q.Label), both(q.Hint), flag(q.Required, "required"))
	if q.Max > 0 {
		text = words(text, "max "+strconv.FormatInt(q.Max, 10))
	}
	for _, c := range q.Choices {
		text = words(text, c.Code+": "+both(c.Label))
	}
	return text
}

// clock writes a moment as the file does.
func clock(t time.Time, zone string) string {
	if t.IsZero() {
		return ""
	}
	at, err := time.LoadLocation(zone)
	if err != nil {
		at = time.UTC
	}
	return t.In(at).Format("2006-01-02 15:04 -07:00")
}

func both(l workflow.Label) string {
	if l == (workflow.Label{}) {
		return ""
	}
	return l.EN + " / " + l.ZH
}

func flag(set bool, name string) string {
	if set {
		return name
	}
	return ""
}

// megabytes writes the most that a file may have, "" for the usual limit.
func megabytes(n int64) string {
	if n == 0 {
		return ""
	}
	return "max " + strconv.FormatInt(n, 10) + " MB"
}

// words joins the parts that say something.
func words(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}
