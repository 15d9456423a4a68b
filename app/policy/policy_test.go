package policy_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tranche/app/policy"
	"tranche/app/problem"
	"tranche/templates"
	"tranche/workflow"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func rules(t testing.TB) *policy.Rules {
	t.Helper()
	r, err := policy.NewRules()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func compiler(t testing.TB) *policy.Compiler { return policy.NewCompiler(rules(t)) }

func small(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("testdata/small.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// edited is the small file with each pair of old and new text exchanged; an old
// text that is not there once fails the test.
func edited(t testing.TB, pairs ...string) string {
	t.Helper()
	text := small(t)
	for i := 0; i < len(pairs); i += 2 {
		if strings.Count(text, pairs[i]) != 1 {
			t.Fatalf("%q stands %d times in the file", pairs[i], strings.Count(text, pairs[i]))
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

func english(t testing.TB) problem.Audience {
	t.Helper()
	w, err := templates.NewWords(func(tag, id string) { t.Errorf("%s has no word %q", tag, id) })
	if err != nil {
		t.Fatal(err)
	}
	return problem.Audience{Language: w.Languages()[0]}
}

func TestTheShippedFileHasTheNumbersOfTheMission(t *testing.T) {
	plan, err := compiler(t).Compile("ai-voucher.yaml", templates.Program)
	if err != nil {
		t.Fatal(err)
	}
	var sum workflow.Cents
	for _, p := range plan.Phases {
		sum += p.Budget
	}
	if sum != 1_000_000_000_00 {
		t.Errorf("the phases have %s", sum.Dollars())
	}
	rolling, dated := 0, 0
	for _, o := range plan.Opportunities {
		if o.Terms.RevenueCap != workflow.RevenueCap || o.Terms.AwardCap > workflow.AwardCap {
			t.Errorf("%s has the caps %s and %s", o.Number, o.Terms.RevenueCap, o.Terms.AwardCap)
		}
		if o.Rolling {
			rolling++
		} else {
			dated++
		}
	}
	if rolling != 1 || dated != 1 || plan.Opportunities[0].Terms.AwardCap != workflow.AwardCap {
		t.Errorf("%d rolling and %d dated opportunities, the first with a cap of %s", rolling, dated, plan.Opportunities[0].Terms.AwardCap)
	}
}

func TestAFileBecomesAPlan(t *testing.T) {
	plan, err := compiler(t).Compile("small.yaml", []byte(small(t)))
	if err != nil {
		t.Fatal(err)
	}
	label := func(en, zh string) workflow.Label { return workflow.Label{EN: en, ZH: zh} }
	day := func(s string) workflow.Date {
		d, err := workflow.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	want := &workflow.Plan{
		Program: workflow.ProgramPlan{Prefix: "AIV", Name: "Small", Agency: "Office", BankHoldDays: 10, PresumeDays: 5},
		Phases: []workflow.PhasePlan{
			{Code: "P1", Name: "One", Starts: day("2026-01-01"), Ends: day("2027-01-01"), Symbol: "089X0222", FiscalYear: 2026, Budget: 1_000_000_00},
			{Code: "P2", Name: "Two", Starts: day("2027-01-01"), Ends: day("2028-01-01"), Symbol: "089X0223", FiscalYear: 2027, Budget: 1_000_000_00}},
		Opportunities: []workflow.OpportunityPlan{{Number: "AIV-R1", Phase: "P1", Title: "Call", Zone: "America/New_York",
			Opens:  time.Date(2026, 3, 1, 14, 0, 0, 0, time.UTC), // 9:00 EST
			Closes: time.Date(2026, 6, 1, 21, 0, 0, 0, time.UTC), // 17:00 EDT
			Terms: workflow.Terms{Program: "AIV", Opportunity: "AIV-R1", AwardCap: workflow.AwardCap, RevenueCap: workflow.RevenueCap,
				Basis: workflow.LastCompleted, ReviewsNeeded: 2, AppealDays: 30, OfferDays: 30,
				Sections: []workflow.FormSection{{Name: "all", Label: label("All", "全部"),
					Fields: []string{"title", "summary", "approach", "outcome", "requested", "months", "certified"}}},
				Rubric: []workflow.Criterion{
					{Name: "need", Weight: 60, Label: label("Need", "需求"), Anchors: []workflow.Anchor{{Points: 0, Label: label("None", "無")}, {Points: 100, Label: label("Great", "大")}}},
					{Name: "reach", Weight: 40, Label: label("Reach", "範圍")}},
				DeclineCodes:   []workflow.CodeTerm{{Code: "no_fit", Label: label("Does not fit", "不符")}},
				ScreeningCodes: []workflow.CodeTerm{{Code: "seen", Label: label("Seen", "已看")}},
				Levels:         []workflow.ServiceLevel{{State: workflow.InReview, Days: 30, Remind: 5}},
				Rules: []workflow.RuleTerm{{Code: "young", Outcome: workflow.Refer, Label: label("Too old.", "太舊。"),
					When: "has(organization.founded) &&\nyears_between(organization.founded, today) < 10"}},
			}}},
	}
	if diff := cmp.Diff(want, plan); diff != "" {
		t.Error(diff)
	}
}

func TestAnOpportunityChangesWhatItSaysAndNothingElse(t *testing.T) {
	plan, err := compiler(t).Compile("small.yaml", []byte(edited(t, "    title: Call\n", "    title: Call\n    award_cap: 4000000.00\n    rules: []\n    revenue_basis: average_of_3\n",
		"opportunities:\n", "opportunities:\n  - {number: AIV-R0, phase: P1, title: Other, opens: 2026-03-01 09:00, rolling: true}\n")))
	if err != nil {
		t.Fatal(err)
	}
	usual, own := plan.Opportunities[0].Terms, plan.Opportunities[1].Terms
	if own.AwardCap != 4_000_000_00 || len(own.Rules) != 0 || own.Basis != workflow.AverageOf3 {
		t.Errorf("its own settings are %s, %s and %d rules", own.AwardCap, own.Basis, len(own.Rules))
	}
	own.AwardCap, own.Rules, own.Basis, own.Opportunity = usual.AwardCap, usual.Rules, usual.Basis, usual.Opportunity
	if diff := cmp.Diff(usual, own); diff != "" {
		t.Error(diff)
	}
}

// The bases are those that a person may choose for an opportunity without a file.
func TestAFileMayNameEveryBasisThatThereIs(t *testing.T) {
	forecast := workflow.Opportunities.Rows()[0]
	at := slices.IndexFunc(forecast.Fields, func(f workflow.Field) bool { return f.Name == "basis" })
	for _, name := range forecast.Fields[at].Choices {
		plan, err := compiler(t).Compile("small.yaml", []byte(edited(t, "    title: Call\n", "    title: Call\n    revenue_basis: "+name+"\n")))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := plan.Opportunities[0].Terms.Basis.String(); got != name {
			t.Errorf("%s became %s", name, got)
		}
	}
}

// mistakes are the small file with something wrong in it.
func mistakes(t *testing.T) []struct{ name, text string } {
	e := func(pairs ...string) string { return edited(t, pairs...) }
	opens := func(moment string) string { return e("opens: 2026-03-01 09:00", "opens: "+moment) }
	when := func(rule string) string {
		return e("|\n        has(organization.founded) &&\n        years_between(organization.founded, today) < 10", rule)
	}
	return []struct{ name, text string }{
		{"nothing", ""},
		{"only a comment", "# later\n"},
		{"a list", "- 1\n"},
		{"broken YAML", e("phases:\n", "phases: [\n")},
		{"a quote that does not end", e("title: Call", `title: "Call`)},
		{"a tab", e("    phase: P1\n", "\tphase: P1\n")},
		{"a file's types and size", e("  rules:\n", "  documents: [{code: plan, label: {en: Plan, zh-TW: 規劃}, types: [pdf, exe, pdf], max_mb: 11}]\n  rules:\n")},
		{"two documents", e("opportunities:\n", "---\nopportunities:\n")},
		{"nested too deep", "tranche: " + strings.Repeat("[", 40) + strings.Repeat("]", 40)},
		{"a byte that is not UTF-8", e("title: Call", "title: Ca\xffll")},
		{"text that turns around", e("title: Call", "title: 徵\u202ecall")},
		{"an anchor and its alias", e("{en: All, zh-TW: 全部}", "&l {en: All, zh-TW: 全部}", "{en: Need, zh-TW: 需求}", "*l")},
		{"a tag", e("title: Call", "title: !!str Call")},
		{"a merge key", e("    phase: P1\n", "    <<: {phase: P1}\n")},
		{"neither yes nor no", e("    title: Call\n", "    title: Call\n    rolling: yes\n")},
		{"another format", e("tranche: 1", "tranche: 2")},
		{"unknown keys", e("agency: Office", "agency: Office, routing: 021000021", "    phase: P1\n", "    phase: P1\n    clsoes: 2026-06-01\n")},
		{"a key twice", e("    title: Call\n", "    title: Call\n    title: Other\n")},
		{"keys that are missing", e("name: Small, ", "", "    title: Call\n", "", "    closes: 2026-06-01 17:00\n", "")},
		{"a key without a value", e("    title: Call\n", "    title:\n")},
		{"wrong types", e("{prefix: AIV, name: Small, agency: Office}", "[AIV]", "zone: America/New_York", "zone: {is: here}",
			"service_levels: [{state: in_review, days: 30, remind: 5}]", "service_levels: soon", "    title: Call\n", "    title: [Call]\n")},
		{"numbers", e("weight: 60", "weight: 060", "days: 30", "days: -1", "fiscal_year: 2026", "fiscal_year: MMXXVI")},
		{"numbers in other alphabets", e("weight: 60", "weight: ６０", "days: 30", "days: ٣٠", "symbol: 089X0222, fiscal_year: 2026, budget: 1000000.00",
			"symbol: 089X0222, fiscal_year: 2026, budget: １０００")},
		{"money", e("symbol: 089X0222, fiscal_year: 2026, budget: 1000000.00", "symbol: 089X0222, fiscal_year: 2026, budget: '1,000,000.00'",
			"symbol: 089X0223, fiscal_year: 2027, budget: 1000000.00", "symbol: 089X0223, fiscal_year: 2027, budget: 1e6")},
		{"fractions of a cent", e("symbol: 089X0222, fiscal_year: 2026, budget: 1000000.00", "symbol: 089X0222, fiscal_year: 2026, budget: 0.001")},
		{"caps raised", e("  zone: America/New_York", "  zone: America/New_York\n  award_cap: 5000000.01", "    title: Call\n", "    title: Call\n    revenue_cap: 100000000.01\n")},
		{"a cap of nothing", e("    title: Call\n", "    title: Call\n    award_cap: 0\n")},
		{"days that are not there", e("starts: 2026-01-01", "starts: 2026-02-30", "ends: 2028-01-01", "ends: 1/1/2028")},
		{"a phase that ends before it begins", e("ends: 2028-01-01", "ends: 2027-01-01")},
		{"phases that overlap", e("starts: 2027-01-01", "starts: 2026-12-31")},
		{"phases with one code and fund", e("code: P2", "code: P1", "symbol: 089X0223, fiscal_year: 2027", "symbol: 089X0222, fiscal_year: 2026")},
		{"a phase that is not there", e("    phase: P1\n", "    phase: P9\n")},
		{"a moment without a time", opens("2026-03-01")},
		{"a moment that no calendar has", opens("2026-02-29 09:00")},
		{"a moment that clocks skip", opens("2026-03-08 02:30")},
		{"a moment that comes twice", e("closes: 2026-06-01 17:00", "closes: 2026-11-01 01:30")},
		{"a moment with the offset of another season", opens("2026-03-01 09:00 -04:00")},
		{"a zone that is not there", e("zone: America/New_York", "zone: New York")},
		{"closing before opening", e("closes: 2026-06-01 17:00", "closes: 2026-03-01 09:00")},
		{"dates outside the phase", e("    phase: P1\n", "    phase: P2\n")},
		{"weights", e("weight: 40", "weight: 39")},
		{"an eligibility with an end", e("  rules:\n", "  clearances: [{kind: merit}, {kind: eligibility, days: 30}]\n  rules:\n")},
		{"anchors", e("{points: 0, label", "{points: 100, label")},
		{"codes twice", e("name: reach", "name: need", "[{state: in_review, days: 30, remind: 5}]", "[{state: in_review, days: 30}, {state: in_review, days: 3}]")},
		{"names and codes", e("code: no_fit", "code: No Fit", "prefix: AIV", "prefix: aiv", "number: AIV-R1", "number: one")},
		{"a language missing", e("{en: Does not fit, zh-TW: 不符}", "{en: Does not fit}", "{en: Seen, zh-TW: 已看}", "Seen")},
		{"a field that nobody asks for", e("outcome, requested", "outcome, requested, shoe_size", ", certified", "", "[title,", "[title, title,")},
		{"a state that is not there", e("state: in_review", "state: limbo")},
		{"a reminder before the beginning", e("remind: 5", "remind: 30")},
		{"a choice without choices", e("    - {name: all,", "    - {name: more, label: {en: More, zh-TW: 更多}, questions: [{name: q, kind: choice, label: {en: Q, zh-TW: 問}}]}\n    - {name: all,")},
		{"a topic that is no choice", e("    title: Call\n", "    title: Call\n    topic: stars\n")},
		{"what reviewers cannot be kept from", e("    title: Call\n", "    title: Call\n    blind: [organization, title]\n")},
		{"a title on two lines", e("title: Call", `title: "Call\nback"`)},
		{"a title that is too long", e("title: Call", "title: "+strings.Repeat("x", 201))},
		{"no opportunity", small(t)[:strings.Index(small(t), "  - number:")] + "  []\n"},
		{"lists that are missing", e("  screening_codes: [{code: seen, label: {en: Seen, zh-TW: 已看}}]\n", "", "  decline_codes: [{code: no_fit, label: {en: Does not fit, zh-TW: 不符}}]\n", "  decline_codes: []\n")},
		{"a rule of a name that is not there", when("organization.age < 10")},
		{"a rule on the second line", e("organization.founded, today) < 10", "organization.founded, 7) < 10")},
		{"a rule in folded lines", when(">\n        has(organization.founded) &&\n        organization.nonsense == 1")},
		{"a rule in quotes", when(`'organization.country == "USA" && organization.nonsense'`)},
		{"a rule in quotes with escapes", when(`"organization.country == \"USA\" && organization.nonsense"`)},
		{"a rule that is no expression", when("organization.founded <")},
		{"a rule that is not true or false", when("organization.city")},
		{"a rule with a date that is not there", when(`submitted_on < date("2026-02-30")`)},
		{"a rule with a pattern that does not compile", when(`organization.city.matches("(")`)},
		{"a rule with loops in loops", when("affiliates.all(a, affiliates.all(b, affiliates.all(c, a.name != b.name)))")},
		{"a rule that costs too much", when("affiliates.all(a, affiliates.exists_one(b, a.name == b.name))")},
		{"a rule that makes records", when("organization == tranche.EntityFigure{}")},
		{"rules about answers that nobody gives", when(`application.answers["size"] == "1" || application.answers.stage == "x" || "plan" in application.documents`)},
		{"a rule about a question of another opportunity", e("  rules:\n", "  rules:\n    - {code: q, outcome: fail, when: '\"q\" in application.answers', label: {en: Q, zh-TW: 問}}\n", "    title: Call\n",
			"    title: Call\n    sections: [{name: all, label: {en: All, zh-TW: 全部}, fields: [title, summary, approach, outcome, requested, months, certified], questions: [{name: p, kind: line, label: {en: P, zh-TW: 問}}]}]\n")},
		{"a rule that asks for the time", when("now() > today")},
	}
}

// Every mistake is told with its place and with what was expected.
func TestMistakesAreToldWithTheirPlaces(t *testing.T) {
	c, reader := compiler(t), english(t)
	var got strings.Builder
	seen := map[workflow.Reason]bool{}
	for _, m := range mistakes(t) {
		fmt.Fprintf(&got, "%s\n", m.name)
		plan, err := c.Compile("file.yaml", []byte(m.text))
		var problems policy.Problems
		if !errors.As(err, &problems) || len(problems) == 0 || plan != nil {
			t.Errorf("%s: got %v and the plan %v", m.name, err, plan)
		}
		for _, p := range problems {
			seen[p.Reason] = true
			fmt.Fprintf(&got, "  %s: %s: %s\n", p.Place(), p.Path, reader.Sentence(p.Reason, p.Words))
		}
	}
	golden(t, "mistakes.golden", got.String())

	many := strings.Replace(small(t), "program:", "x:\n"+strings.Repeat("y:\n", 300)+"program:", 1)
	large := "# " + strings.Repeat("x", policy.MaxFile)
	for name, text := range map[string]string{"many": many, "large": large} {
		_, err := c.Compile("file.yaml", []byte(text))
		var problems policy.Problems
		if !errors.As(err, &problems) || len(problems) > 201 {
			t.Errorf("%s: %d problems", name, len(problems))
		}
		for _, p := range problems {
			seen[p.Reason] = true
		}
	}
	for _, reason := range policy.Reasons {
		if !seen[reason] {
			t.Errorf("no mistake gives %s", reason)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

// What is longest to read: as many rules as a file holds, for several opportunities,
// all sound or all wrong.
func BenchmarkCompile(b *testing.B) {
	const rule = "    - {code: r%d, outcome: fail, when: '%s', label: {en: Q, zh-TW: 問}}\n"
	for name, when := range map[string]string{"sound": `organization.name != "%d" && organization.city.matches("x+")`, "wrong": `organization.name != %d && organisation`} {
		b.Run(name, func(b *testing.B) {
			var rules, calls strings.Builder
			for i := range 4_000 {
				fmt.Fprintf(&rules, rule, i, fmt.Sprintf(when, i))
			}
			for i := range 20 {
				fmt.Fprintf(&calls, "  - {number: AIV-X%d, phase: P1, title: Other, opens: 2026-03-01 09:00, rolling: true}\n", i)
			}
			text := []byte(edited(b, "  rules:\n", "  rules:\n"+rules.String(), "opportunities:\n", "opportunities:\n"+calls.String()))
			c := compiler(b)
			for b.Loop() {
				if _, err := c.Compile("file.yaml", text); (err == nil) != (name == "sound") {
					b.Fatal(err)
				}
			}
		})
	}
}
