package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"tranche/app/policy"
	"tranche/app/problem"
	"tranche/app/trial"
	"tranche/workflow"
)

// A program's file makes the form, the rubric and the reasons.
func TestAProgramFileIsWhatPeopleFillIn(t *testing.T) {
	h := newHouse(t, nil)
	h.Apply("version one", h.Plan(nil))
	b, at := started(h)
	b.visit(at + "/edit")
	for _, section := range []string{firstSection, "project", "budget"} {
		b.send(at+"/edit/"+section, typedAnswers[section])
	}
	b.sound()
	_, err := h.Do(h.As(workflow.AOR), workflow.NounApplication, application(h, at).ID, workflow.ActSubmit)
	for tag, want := range map[string]string{"en": "Answers are missing: How many people work on it?.", "zh-TW": "尚缺答案：有多少人參與？。"} {
		if got := problem.Of(err, shellFor(newRenderer(t), tag).audience()).Detail; got != want {
			t.Errorf("%s: submitting says %q, want %q", tag, got, want)
		}
	}
	if want := at + "/edit/team"; b.page.path != want || !strings.Contains(b.page.text("h1"), "Team") {
		t.Fatalf("after the budget comes %s: %s", b.page.path, b.page.text("h1"))
	}
	if text := b.page.text("main"); !strings.Contains(text, "How many people work on it?") || !strings.Contains(text, "Growth") {
		t.Errorf("the questions are not asked: %s", text)
	}
	b.send(at+"/edit/team", map[string]string{"answers.people": "many", "answers.stage": "seed", "answers.story": "In a shed."})
	if b.page.status != http.StatusUnprocessableEntity || len(b.page.class("err")) != 1 {
		t.Errorf("a wrong number gives %d and %q", b.page.status, b.page.class("err"))
	}
	b.sound()
	if form := b.filled(at+"/edit/team", nil); form.Get("answers.people") != "many" || form.Get("answers.story") != "In a shed." || form.Get("answers.stage") != "seed" {
		t.Errorf("what was typed comes back as %v", form)
	}
	b.send(at+"/edit/team", map[string]string{"answers.people": ""})
	b.send(at+"/edit/certify", typedAnswers["certify"])
	if text := b.page.text("main"); !strings.Contains(text, "How many people work on it?") || b.page.form(at+"/edit/"+lastSection) == nil {
		t.Errorf("the check page does not say what is missing: %s", text)
	}
	b.visit(at + "/edit/team")
	b.send(at+"/edit/team", map[string]string{"answers.people": "4", "answers.story": ""})
	if a := application(h, at); a.Answers != `{"people":"4","stage":"seed"}` {
		t.Errorf("stored %s", a.Answers)
	}
	b.visit(at + "/edit/" + lastSection)
	b.send(at+"/edit/"+lastSection, nil)
	b.sound()
	a := application(h, at)
	if a.State != workflow.Submitted || a.Terms == "" {
		t.Fatalf("it is %s under %q", a.State, a.Terms)
	}
	h.Act(nil, workflow.NounApplication, a.ID, workflow.ActScreenPass)

	// The next version asks for other things; this case keeps its own.
	h.Apply("version two", h.Plan(func(p *workflow.Plan) {
		terms := &p.Opportunities[0].Terms
		terms.Sections = slices.Delete(terms.Sections, 2, 3)
		terms.DeclineCodes = nil
	}))
	officer := h.as(workflow.ProgramOfficer)
	page := officer.visit(at + "?tab=application")
	for _, want := range []string{"How many people work on it?", "4", "Seed"} {
		if !strings.Contains(page.text("main"), want) {
			t.Errorf("the officer does not read %q", want)
		}
	}
	officer.visit(at)
	if text := officer.page.text("main"); !strings.Contains(text, "Does not fit the call") || strings.Contains(text, "Low merit") {
		t.Error("the reasons to decline are not those of the terms")
	}
	officer.send("/reviews", map[string]string{"reviewer": h.Reviewers[1].String()})
	reviewer := h.signedIn(h.Reviewers[1])
	reviewer.visit("/reviews")
	var review string
	for link := range reviewer.page.links("/reviews/") {
		review = link
	}
	reviewer.visit(review)
	reviewer.send(review+"/actions/accept", map[string]string{"no_conflict": Checked})
	if text := reviewer.page.text("main"); !strings.Contains(text, "Need") || !strings.Contains(text, "a national need") || strings.Contains(text, "Technical merit") {
		t.Errorf("the rubric is not that of the terms: %s", text)
	}
	reviewer.send(review+"/actions/submit", map[string]string{"scores.need": "90", "scores.reach": "40", "comment": "Sound."})
	reviewer.sound()
	if mean := officer.visit(at).class("mean"); len(mean) != 1 || !strings.Contains(mean[0], "70.0") {
		t.Errorf("the mean is %q", mean)
	}
	officer.send(at+"/actions/recommend_decline", map[string]string{"codes": "no_fit", "note": "Elsewhere."})
	officer.sound()
	if text := officer.page.text("main"); !strings.Contains(text, "Does not fit the call") {
		t.Errorf("the recommendation does not name its reason: %s", text)
	}
}

// What a program calls a section takes no page of ours away.
func TestASectionCanBeCalledAsAPageOfOurs(t *testing.T) {
	h := newHouse(t, nil)
	h.Apply("sections of other names", h.Plan(func(p *workflow.Plan) {
		terms := &p.Opportunities[0].Terms
		for _, name := range []string{"check", "company", "documents"} {
			question := workflow.Question{Name: "of_" + name, Kind: workflow.QuestionLine, Label: workflow.Label{EN: "Say " + name, ZH: "請填"}, Required: true}
			terms.Sections = slices.Insert(terms.Sections, 0, workflow.FormSection{Name: name, Label: workflow.Label{EN: "Own " + name, ZH: "自訂"},
				Questions: []workflow.Question{question}})
		}
	}))
	b, at := started(h)
	b.visit(at + "/edit")
	for range 12 {
		_, section, _ := strings.Cut(b.page.path, "/edit/")
		typed := map[string]string{}
		for name, value := range typedAnswers[section] {
			typed[name] = value
		}
		if own := "of_" + section; strings.Contains(b.page.body, `name="answers.`+own+`"`) {
			typed["answers."+own] = "Words"
			if text := b.page.text("main"); !strings.HasSuffix(b.page.text("h1"), " Own "+section) || !strings.Contains(text, "The program asks for this.") {
				t.Errorf("the section %s is headed %q", section, text)
			}
		}
		if strings.HasPrefix(section, "team") {
			typed["answers.people"] = "4"
		}
		before := b.page.path
		if b.send(b.page.path, typed); b.page.status != http.StatusOK || b.page.path == before {
			t.Fatalf("%s leads to %d %s: %q", before, b.page.status, b.page.path, b.page.class("err"))
		}
		if !strings.Contains(b.page.path, "/edit/") {
			break
		}
		b.sound()
	}
	if a := application(h, at); a.State != workflow.Submitted || !strings.Contains(a.Answers, `"of_check":"Words","of_company":"Words","of_documents":"Words"`) {
		t.Errorf("it is %s with %s", a.State, a.Answers)
	}
}

// The check that everybody can make answers the program's own rules too, as far as
// they are about the company.
func TestThePublicCheckAnswersTheProgramsRules(t *testing.T) {
	rules, err := policy.NewRules()
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, func(s *Server) { s.Trial = &trial.Trial{Compiler: policy.NewCompiler(rules)} })
	h.DB.SetRules(rules)
	h.Apply("with rules", h.Plan(func(p *workflow.Plan) {
		p.Opportunities[0].Terms.Rules = []workflow.RuleTerm{
			{Code: "young", Outcome: workflow.Refer, When: "years_between(organization.founded, submitted_on) < 15", Label: workflow.Label{EN: "It is too old for a startup.", ZH: "公司成立過久。"}},
			{Code: "mail", Outcome: workflow.Fail, When: `organization.name != "An application, Inc."`, Label: workflow.Label{EN: "That is no name.", ZH: "這不是名稱。"}},
			{Code: "long", Outcome: workflow.Fail, When: "application.months >= 6", Label: workflow.Label{EN: "It is too short.", ZH: "期間過短。"}},
		}
	}))
	b := h.browser()
	for founded, want := range map[string]string{"1980-05-01": "It is too old for a startup.", "2020-05-01": "That is no name."} {
		b.visit("/eligibility")
		for _, action := range b.page.formActions() {
			if strings.HasPrefix(action, "/eligibility?") {
				b.page = b.ask("POST", action, b.filled(action, map[string]string{"legal_name": "An application, Inc.", "founded": founded, "revenue_0_0": "1000000.00"}))
			}
		}
		if text := b.page.text("main"); b.page.status != http.StatusOK || !strings.Contains(text, want) || strings.Contains(text, "too short") {
			t.Errorf("founded %s: %d, want %q in: %s", founded, b.page.status, want, text)
		}
		b.sound()
	}
}
