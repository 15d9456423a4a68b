package policy_test

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tranche/app/policy"
	"tranche/templates"
	"tranche/workflow"
)

// startup is the evidence that the rules of these tests look at.
func startup() *workflow.Evidence {
	return &workflow.Evidence{
		Today: date(2026, 11, 23), SubmittedOn: date(2026, 11, 20), Opportunity: "AIV-2026-R1",
		Application: workflow.ApplicationFigure{Title: "Pumps", Requested: 1_000_000_00, Months: 12,
			Answers: map[string]string{"use_of_ai": "product", "employees": "12"}, Documents: []string{"work_plan"}},
		Organization: workflow.EntityFigure{Name: "Cascadia Robotics, Inc.", UEI: "ABC", Country: "USA", Founded: date(2016, 11, 23)},
		Affiliates: []workflow.EntityFigure{{Name: "Holding", Country: "USA", Owns: 60_00, Control: true},
			{Name: "Sister", Country: "CAN"}},
		Revenue: workflow.RevenueFigure{Outcome: workflow.Pass, Sum: 12_000_000_00, Cap: workflow.RevenueCap, Members: 3},
	}
}

func date(y, m, d int) workflow.Date {
	t, err := workflow.ParseDate(fmt.Sprintf("%04d-%02d-%02d", y, m, d))
	if err != nil {
		panic(err)
	}
	return t
}

func terms(whens ...string) *workflow.Terms {
	t := &workflow.Terms{}
	for i, when := range whens {
		t.Rules = append(t.Rules, workflow.RuleTerm{Code: workflow.Reason(fmt.Sprintf("rule_%d", i)), Outcome: workflow.Fail, When: when,
			Label: workflow.Label{EN: "Not met.", ZH: "未符合。"}})
	}
	return t
}

func TestARuleLooksAtTheEvidence(t *testing.T) {
	for _, tt := range []struct {
		when string
		want workflow.Outcome
		says string // part of the error
	}{
		{`organization.country == "USA"`, workflow.Pass, ""},
		{`organization.country == "CAN"`, workflow.Fail, ""},
		{`revenue.sum_cents < revenue.cap_cents && revenue.outcome == "pass" && revenue.members == 3`, workflow.Pass, ""},
		{`application.requested_cents <= 1000000 * 100`, workflow.Pass, ""},
		{`application.requested_cents < 1000000 * 100`, workflow.Fail, ""},
		{`application.answers["use_of_ai"] == "product" && int(application.answers["employees"]) < 50`, workflow.Pass, ""},
		{`application.answers.all(name, application.answers[name] != "")`, workflow.Pass, ""},
		{`"work_plan" in application.documents && application.title.startsWith("P")`, workflow.Pass, ""},
		{`affiliates.all(a, a.owns <= 5000)`, workflow.Fail, ""},
		{`affiliates.exists(a, a.control && a.name == "Holding")`, workflow.Pass, ""},
		{`opportunity.matches("^AIV-20[0-9]{2}-R[0-9]+$")`, workflow.Pass, ""},

		{`years_between(organization.founded, today) == 10`, workflow.Pass, ""},
		{`years_between(organization.founded, submitted_on) == 9`, workflow.Pass, ""},
		{`years_between(today, organization.founded) == -10`, workflow.Pass, ""},
		{`years_between(date("2020-02-29"), date("2021-02-28")) == 0`, workflow.Pass, ""},
		{`years_between(date("2020-02-29"), date("2021-03-01")) == 1`, workflow.Pass, ""},
		{`days_between(submitted_on, today) == 3 && days_between(today, submitted_on) == -3`, workflow.Pass, ""},
		{`today >= date("2026-11-23") && today < date("2026-11-24")`, workflow.Pass, ""},
		{`today - submitted_on == duration("72h")`, workflow.Pass, ""},

		// What is not known refers, unless the rule asks first.
		{`organization.ein != ""`, workflow.Refer, "organization.ein is not known"},
		{`organization.registration_ends > today`, workflow.Refer, "organization.registration_ends is not known"},
		{`!has(organization.ein) || organization.ein != ""`, workflow.Pass, ""},
		{`has(organization.founded) && has(organization.country) && !has(organization.cage)`, workflow.Pass, ""},
		{`affiliates.all(a, a.founded < today)`, workflow.Refer, "affiliates[0].founded is not known"},
		{`affiliates.exists(a, a.founded < today || a.country == "CAN")`, workflow.Pass, ""},
		{`application.answers["shoe_size"] == "9"`, workflow.Refer, "no such key: shoe_size"},
		{`affiliates[7].name == ""`, workflow.Refer, "index out of bounds"},

		// What has no result refers.
		{`1 / (revenue.members - 3) > 0`, workflow.Refer, "division by zero"},
		{`application.requested_cents * 9223372036854775807 > 0`, workflow.Refer, "overflow"},
		{`int(application.title) > 0`, workflow.Refer, ""},
		{`date(application.title) < today`, workflow.Refer, `"Pumps" is not a date such as 2026-09-30`},
		{`dyn(organization.name)`, workflow.Refer, "not true or false"},

		// Terms that this program no longer compiles refer as well.
		{`organization.horoscope == "lion"`, workflow.Refer, "undefined field 'horoscope'"},
		{`today >`, workflow.Refer, "Syntax error"},
		{`now() > today`, workflow.Refer, "undeclared reference to 'now'"},
	} {
		found, err := rules(t).Judge(terms(tt.when), startup())
		if err != nil || len(found) != 1 {
			t.Fatalf("%s: %d findings, %v", tt.when, len(found), err)
		}
		f := found[0]
		if f.Outcome != tt.want || !strings.Contains(f.Error, tt.says) || (f.Error != "") != (tt.want == workflow.Refer) {
			t.Errorf("%s: got %s %q, want %s %q", tt.when, f.Outcome, f.Error, tt.want, tt.says)
		}
		if (f.Label == workflow.Label{}) != (tt.want == workflow.Pass) || f.Rule != "rule_0" {
			t.Errorf("%s: the finding is %+v", tt.when, f)
		}
	}
}

func TestARuleHasItsOwnOutcomeAndWords(t *testing.T) {
	set := terms(`false`, `true`, `false`)
	set.Rules[2].Outcome = workflow.Refer
	got, err := rules(t).Judge(set, startup())
	if err != nil {
		t.Fatal(err)
	}
	no := workflow.Label{EN: "Not met.", ZH: "未符合。"}
	want := []workflow.Finding{{Rule: "rule_0", Outcome: workflow.Fail, Label: no}, {Rule: "rule_1", Outcome: workflow.Pass},
		{Rule: "rule_2", Outcome: workflow.Refer, Label: no}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if none, err := rules(t).Judge(&workflow.Terms{}, startup()); err != nil || none != nil {
		t.Errorf("without rules: %v, %v", none, err)
	}
}

// A rule whose cost depends on the evidence is stopped, whatever was foretold.
func TestARuleThatRunsTooLongRefers(t *testing.T) {
	r := rules(t)
	when := `affiliates.all(a, affiliates.exists(b, a.name == b.name))`
	e := startup()
	for range 3 {
		if f := judge(t, r, e, when); f.Outcome != workflow.Pass {
			t.Errorf("%d affiliates: %s %s", len(e.Affiliates), f.Outcome, f.Error)
		}
		e.Affiliates = append(e.Affiliates, workflow.EntityFigure{Name: fmt.Sprint("Sister ", len(e.Affiliates))})
	}
	for i := range 1000 {
		e.Affiliates = append(e.Affiliates, workflow.EntityFigure{Name: fmt.Sprint("Sibling ", i)})
	}
	if f := judge(t, r, e, when); f.Outcome != workflow.Refer || !strings.Contains(f.Error, "cost limit") {
		t.Errorf("%d affiliates: %s %q", len(e.Affiliates), f.Outcome, f.Error)
	}
	long := startup()
	long.Application.Answers["use_of_ai"] = strings.Repeat("a", 1<<20)
	if f := judge(t, r, long, `application.answers["use_of_ai"].matches("(a+)+(a+)+b")`); f.Outcome != workflow.Refer || !strings.Contains(f.Error, "cost limit") {
		t.Errorf("a long answer: %s %q", f.Outcome, f.Error)
	}
}

func judge(t testing.TB, r *policy.Rules, e *workflow.Evidence, when string) workflow.Finding {
	t.Helper()
	found, err := r.Judge(terms(when), e)
	if err != nil {
		t.Fatal(err)
	}
	return found[0]
}

// The same terms and evidence give the same findings, in a ruler that has judged
// before and in a new one, and the evidence stays as it is.
func TestTheSameEvidenceGivesTheSameFindings(t *testing.T) {
	whens := []string{
		`organization.name.size() < 12`, `organization.founded < today`, `affiliates.all(a, a.owns <= 5000 || a.country == "USA")`,
		`application.answers.exists(k, application.answers[k].contains("x"))`,
		`application.answers.map(k, application.answers[k])[0] == "x"`, // depends on the order of a map
		`application.answers.all(k, int(application.answers[k]) > 1)`,  // stops at the first that is no number
		`application.documents.exists_one(d, d == "x")`, `revenue.sum_cents * 100 < revenue.cap_cents`,
	}
	old := rules(t)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("xy9 中")), 0, 20, -1)
		entity := rapid.Custom(func(t *rapid.T) workflow.EntityFigure {
			return workflow.EntityFigure{Name: text.Draw(t, "name"), Country: text.Draw(t, "country"), Owns: rapid.IntRange(0, 10_000).Draw(t, "owns"),
				Founded: workflow.Date(rapid.Int32Range(0, 800_000).Draw(t, "founded"))}
		})
		e := &workflow.Evidence{Today: 739_000, SubmittedOn: 739_000, Organization: entity.Draw(t, "organization"),
			Affiliates: rapid.SliceOfN(entity, 0, 30).Draw(t, "affiliates"),
			Application: workflow.ApplicationFigure{Answers: rapid.MapOfN(text, text, 0, 12).Draw(t, "answers"),
				Documents: rapid.SliceOfN(text, 0, 5).Draw(t, "documents")},
			Revenue: workflow.RevenueFigure{Sum: workflow.Cents(rapid.Int64().Draw(t, "sum"))}}
		set := terms(rapid.SliceOfN(rapid.SampledFrom(whens), 1, 5).Draw(t, "rules")...)
		before := fmt.Sprintf("%+v", e)
		first, err := old.Judge(set, e)
		if err != nil {
			t.Fatal(err)
		}
		fresh, err := policy.NewRules()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range []*policy.Rules{old, fresh} {
			again, err := r.Judge(set, e)
			if err != nil || !reflect.DeepEqual(first, again) {
				t.Fatalf("first %+v, then %+v (%v)", first, again, err)
			}
		}
		if after := fmt.Sprintf("%+v", e); after != before {
			t.Fatalf("the evidence was %s and is %s", before, after)
		}
	})
}

func TestWhatARuleLooksAt(t *testing.T) {
	r := rules(t)
	for when, want := range map[string]bool{
		`application.months >= 6`:                                     true,
		`organization.city == "x" || "plan" in application.documents`: true,
		`has(application.title)`:                                      true,
		`affiliates.all(a, a.name != application.title)`:              true,
		`organization.name != "An application, Inc."`:                 false,
		`affiliates.all(application, application.owns < 5000)`:        false,
		`today > date("2026-01-01") // of an application`:             false,
		`no expression (`:                                             false,
	} {
		if got := r.Asks(when, "application"); got != want {
			t.Errorf("%s: %v", when, got)
		}
	}
}

// Everything in the evidence can be looked at, and the document lists it all.
func TestTheVariablesAreThoseOfTheEvidence(t *testing.T) {
	r := rules(t)
	doc, err := os.ReadFile("../../docs/programs.md")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, v := range policy.Variables() {
		n++
		name := strings.ReplaceAll(v.Name, "[…]", "[0]")
		when := fmt.Sprintf("type(%s) == type(%s)", name, name)
		full := startup()
		fill(reflect.ValueOf(full).Elem())
		if f := judge(t, r, full, when); f.Outcome != workflow.Pass {
			t.Errorf("%s: %s %s", when, f.Outcome, f.Error)
		}
		row := fmt.Sprintf("| `%s` | %s | %s |", strings.ReplaceAll(v.Name, "[…]", "[i]"), plainType(v.Type), map[bool]string{true: "yes", false: "no"}[v.Known])
		if !strings.Contains(string(doc), row) {
			t.Errorf("docs/programs.md has no row %s", row)
		}
	}
	if n != countOf(reflect.TypeFor[workflow.Evidence]()) {
		t.Errorf("%d variables, and the evidence has %d", n, countOf(reflect.TypeFor[workflow.Evidence]()))
	}
}

// plainType is a CEL type as the document calls it.
func plainType(typ string) string {
	return strings.NewReplacer("google.protobuf.Timestamp", "date", "string", "text", "int", "whole number", "bool", "true or false",
		"map(string, string)", "texts by name", "list(string)", "list of texts", "list(tranche.EntityFigure)", "list",
		"tranche.ApplicationFigure", "record", "tranche.EntityFigure", "record", "tranche.RevenueFigure", "record").Replace(typ)
}

// countOf counts the members of a struct and of those inside it.
func countOf(t reflect.Type) (n int) {
	for i := range t.NumField() {
		n++
		f := t.Field(i).Type
		if f.Kind() == reflect.Slice {
			f = f.Elem()
		}
		if f.Kind() == reflect.Struct {
			n += countOf(f)
		}
	}
	return n
}

// fill gives every member of a struct a value.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint8:
		v.SetUint(uint64(workflow.Pass))
	}
}

// The dearest rules that check lets pass, over evidence as large as it assumes,
// and what is stopped.
func BenchmarkCostliestRule(b *testing.B) {
	e := startup()
	e.Affiliates = nil
	for i := range 100 {
		e.Affiliates = append(e.Affiliates, workflow.EntityFigure{Name: fmt.Sprintf("%300d", i), Country: "USA", Founded: date(2016, 1, 1)})
	}
	for i := range 100 {
		e.Application.Answers[fmt.Sprint("q", i)] = strings.Repeat("a", 8_000)
	}
	for _, c := range []struct{ name, when string }{
		{"startup", `!has(organization.founded) || years_between(organization.founded, submitted_on) < 15`},
		{"affiliates", `affiliates.all(a, a.owns <= 5000 && a.country == "USA" && years_between(a.founded, today) < 100)`},
		{"stopped loop", `affiliates.all(a, affiliates.exists_one(b, a.name == b.name))`},
		{"stopped pattern", `application.answers.all(k, !application.answers[k].matches("(a+)+(a+)+b"))`},
		{"stopped concatenation", `application.answers.all(k, (application.answers[k] + application.answers[k]).size() > 0)`},
		{"stopped list", `affiliates.map(a, affiliates.map(b, a)).size() > 0`},
	} {
		b.Run(c.name, func(b *testing.B) {
			r, set := rules(b), terms(c.when)
			for b.Loop() {
				if found, err := r.Judge(set, e); err != nil || len(found) != 1 {
					b.Fatal(found, err)
				}
			}
		})
	}
}

// The two rules of the shipped file that say what a startup is: how old, and whose.
func TestTheShippedFileSaysWhatAStartupIs(t *testing.T) {
	plan, err := compiler(t).Compile("ai-voucher.yaml", templates.Program)
	if err != nil {
		t.Fatal(err)
	}
	shipped := plan.Opportunities[0].Terms
	for _, tt := range []struct {
		name string
		e    func(*workflow.Evidence)
		want map[workflow.Reason]workflow.Outcome // of the rules that are not met
	}{
		{"14 years, nobody's", func(*workflow.Evidence) {}, nil},
		{"15 years on the day of the submission", func(e *workflow.Evidence) { e.Organization.Founded = date(2011, 11, 20) },
			map[workflow.Reason]workflow.Outcome{"startup_age": workflow.Refer}},
		{"15 years a day after the submission", func(e *workflow.Evidence) { e.Organization.Founded = date(2011, 11, 21) }, nil},
		{"nobody knows how old", func(e *workflow.Evidence) { e.Organization.Founded = 0 }, nil},
		{"held by half", func(e *workflow.Evidence) {
			e.Affiliates = []workflow.EntityFigure{{Name: "Holding", Owns: 50_00, Control: true}}
		}, nil},
		{"held by more than half", func(e *workflow.Evidence) { e.Affiliates = []workflow.EntityFigure{{Name: "Holding", Owns: 50_01}} },
			map[workflow.Reason]workflow.Outcome{"startup_independence": workflow.Refer}},
		{"holding another one", func(e *workflow.Evidence) { e.Affiliates = []workflow.EntityFigure{{Name: "Daughter", Owned: 100_00}} }, nil},
		{"old, and held", func(e *workflow.Evidence) {
			e.Organization.Founded, e.Affiliates = date(1990, 1, 1), []workflow.EntityFigure{{Name: "Small"}, {Name: "Large", Owns: 100_00}}
		}, map[workflow.Reason]workflow.Outcome{"startup_age": workflow.Refer, "startup_independence": workflow.Refer}},
	} {
		e := startup()
		e.SubmittedOn, e.Organization.Founded, e.Affiliates = date(2026, 11, 20), date(2012, 1, 1), nil
		tt.e(e)
		found, err := rules(t).Judge(&shipped, e)
		if err != nil {
			t.Fatal(err)
		}
		asked := 0
		for _, f := range found {
			if f.Rule != "startup_age" && f.Rule != "startup_independence" {
				continue
			}
			asked++
			want, unmet := tt.want[f.Rule]
			if !unmet {
				want = workflow.Pass
			}
			if f.Outcome != want || f.Error != "" {
				t.Errorf("%s: %s gives %s %q, want %s", tt.name, f.Rule, f.Outcome, f.Error, want)
			}
		}
		if asked != 2 {
			t.Errorf("%s: %d of 2 rules were asked", tt.name, asked)
		}
	}
}
