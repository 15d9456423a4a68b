package policy_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tranche/app/policy"
	"tranche/workflow"
)

func plan(t testing.TB, text string) *workflow.Plan {
	t.Helper()
	p, err := compiler(t).Compile("file.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestADifferenceIsToldInTheWordsOfTheFile(t *testing.T) {
	before := plan(t, small(t))
	after := plan(t, edited(t,
		"agency: Office", "agency: Bureau, second_certifier_over: 1000.00",
		"fiscal_year: 2026, budget: 1000000.00", "fiscal_year: 2026, budget: 2000000.00",
		"    title: Call\n", "    title: Call\n    award_cap: 4000000.00\n",
		"closes: 2026-06-01 17:00", "closes: 2026-06-02 17:00",
		"weight: 60", "weight: 55", "weight: 40", "weight: 45",
		"today) < 10", "today) < 12",
		"code: seen", "code: looked",
		"  rules:\n", "  rules:\n    - {code: here, outcome: fail, when: organization.country == \"USA\", label: {en: Abroad., zh-TW: 境外。}}\n",
	))
	var got []string
	for _, c := range policy.Compare(before, after) {
		got = append(got, fmt.Sprintf("%s %s %s: %q → %q", c.Where, c.Key, c.Item, c.Before, c.After))
	}
	want := []string{
		` agency : "Office" → "Bureau"`,
		` second_certifier_over : "$0.00" → "$1,000.00"`,
		`P1 budget : "$1,000,000.00" → "$2,000,000.00"`,
		`AIV-R1 closes : "2026-06-01 17:00 -04:00" → "2026-06-02 17:00 -04:00"`,
		`AIV-R1 award_cap : "$5,000,000.00" → "$4,000,000.00"`,
		`AIV-R1 rubric need: "60 · Need / 需求 · 0: None / 無 · 100: Great / 大" → "55 · Need / 需求 · 0: None / 無 · 100: Great / 大"`,
		`AIV-R1 rubric reach: "40 · Reach / 範圍" → "45 · Reach / 範圍"`,
		`AIV-R1 screening_codes looked: "" → "Seen / 已看"`,
		`AIV-R1 rules here: "" → "fail · organization.country == \"USA\" · Abroad. / 境外。"`,
		`AIV-R1 rules young: "refer · has(organization.founded) &&\nyears_between(organization.founded, today) < 10 · Too old. / 太舊。" → "refer · has(organization.founded) &&\nyears_between(organization.founded, today) < 12 · Too old. / 太舊。"`,
		`AIV-R1 screening_codes seen: "Seen / 已看" → ""`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheFirstFileAddsEverything(t *testing.T) {
	p := plan(t, small(t))
	changes := policy.Compare(nil, p)
	for _, c := range changes {
		if !c.Added() || c.Removed() {
			t.Errorf("%+v is not an addition", c)
		}
	}
	for _, c := range policy.Compare(p, nil) {
		if c.Added() || !c.Removed() {
			t.Errorf("%+v is not a removal", c)
		}
	}
	if len(changes) < 35 {
		t.Errorf("only %d changes", len(changes))
	}
}

func TestTheOrderOfAListIsAChange(t *testing.T) {
	a := plan(t, small(t))
	b := plan(t, small(t))
	r := b.Opportunities[0].Terms.Rubric
	r[0], r[1] = r[1], r[0]
	want := []policy.Change{{Where: "AIV-R1", Key: "rubric", Before: "need, reach", After: "reach, need"}}
	if diff := cmp.Diff(want, policy.Compare(a, b)); diff != "" {
		t.Error(diff)
	}
}

// Nothing that a plan holds can change without being told.
func TestEveryValueOfAPlanIsCompared(t *testing.T) {
	full := func() *workflow.Plan {
		p := plan(t, edited(t, "fields: [title", "questions: [{name: q, kind: choice, label: {en: Q, zh-TW: 問}, hint: {en: H, zh-TW: 註}, max: 9, choices: [{code: a, label: {en: A, zh-TW: 甲}}]}], fields: [title",
			"  rules:\n", "  documents: [{code: plan, label: {en: Plan, zh-TW: 規劃}, types: [pdf, docx], max_mb: 5}]\n  clearances: [{kind: merit, days: 9}]\n  rules:\n"))
		return p
	}
	names := 0
	var walk func(v reflect.Value, path string, in *workflow.Plan)
	walk = func(v reflect.Value, path string, in *workflow.Plan) {
		switch v.Kind() {
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i), fmt.Sprintf("%s[%d]", path, i), in)
			}
			return
		case reflect.Struct:
			if v.Type().PkgPath() == "time" {
				break
			}
			for i := range v.NumField() {
				walk(v.Field(i), path+"."+v.Type().Field(i).Name, in)
			}
			return
		}
		// These are filled in when the file is applied, or repeat what stands elsewhere.
		for _, own := range []string{".Terms.Program", ".Terms.Version", ".Terms.File", ".Terms.Opportunity"} {
			if strings.HasSuffix(path, own) {
				return
			}
		}
		was := reflect.New(v.Type()).Elem()
		was.Set(v)
		change(v)
		names++
		if len(policy.Compare(full(), in)) == 0 {
			t.Errorf("%s changed from %v to %v, and no difference is told", path, was, v)
		}
		v.Set(was)
	}
	p := full()
	walk(reflect.ValueOf(p).Elem(), "", p)
	if names < 80 {
		t.Errorf("only %d values were changed", names)
	}
	was, err := json.Marshal(full())
	if err != nil {
		t.Fatal(err)
	}
	if is, err := json.Marshal(p); err != nil || string(is) != string(was) {
		t.Errorf("the walk left the plan changed: %v", err)
	}
}

// change gives v another value.
func change(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Uint8:
		v.SetUint(v.Uint()%3 + 1)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Struct:
		moved := v.MethodByName("AddDate").Call([]reflect.Value{reflect.ValueOf(0), reflect.ValueOf(0), reflect.ValueOf(1)})
		v.Set(moved[0])
	}
}
