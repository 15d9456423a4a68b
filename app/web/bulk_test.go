package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/app/notice"
	"tranche/models"
	"tranche/templates"
	"tranche/workflow"
)

// chosen is the address to which the queue sends an act and the cases that were ticked.
func chosenCases(action workflow.Action, cases ...*enginetest.Case) string {
	values := url.Values{"action": {action.String()}}
	for _, c := range cases {
		values.Add("id", c.Application.String())
	}
	return "/applications/bulk?" + values.Encode()
}

// officerOf returns who owns a case.
func (h *house) officerOf(c *enginetest.Case) workflow.ID {
	h.t.Helper()
	return stored[workflow.Application](h, workflow.NounApplication, c.Application).Officer
}

// The lead ticks cases, sees what would happen, has it happen, and takes it back.
func TestALeadSharesCasesOutAndTakesItBack(t *testing.T) {
	h := newHouse(t, nil)
	second := h.Person(workflow.ProgramOfficer)
	first := h.People[workflow.ProgramOfficer]
	var cases []*enginetest.Case
	for _, name := range []string{"Alpha", "Beta", "Gamma", "Delta"} {
		cases = append(cases, h.NewCase(name, 1_000_00).Submit())
	}
	h.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(first)), enginetest.Text("role", workflow.AOR.String()),
		enginetest.Int("organization", int64(cases[0].Company)))
	h.Act(h.As(workflow.ProgramLead), workflow.NounApplication, cases[3].Application, workflow.ActAssign, enginetest.Int("officer", int64(second)))
	lead := h.as(workflow.ProgramLead)
	lead.visit("/applications?view=all")
	lead.sound()
	if page := lead.page; page.id("pick-"+cases[1].Application.String()) == nil || page.id("bulk-action") == nil {
		t.Fatal("the queue has nothing to tick")
	}
	lead.visit(chosenCases(workflow.ActAssign, cases[:3]...))
	lead.sound()
	lead.send("/applications/bulk", map[string]string{"officer": bulkEven})
	lead.sound()
	for _, c := range cases[:3] {
		if h.officerOf(c) != 0 {
			t.Fatal("a look has changed something")
		}
	}
	form := lead.filled("/applications/bulk", nil)
	done := lead.ask("POST", "/applications/bulk", form)
	got := map[workflow.ID]int{}
	for _, c := range cases {
		got[h.officerOf(c)]++
	}
	if got[first] != 2 || got[second] != 2 || h.officerOf(cases[0]) != second {
		t.Errorf("the officers have %v, who has a part in the first case is not %d", got, h.officerOf(cases[0]))
	}
	events, err := h.DB.Events(t.Context(), h.As(workflow.Auditor), workflow.NounApplication, cases[1].Application)
	if err != nil || !slices.ContainsFunc(events, func(e models.Event) bool {
		return e.Action == workflow.ActAssign && strings.Contains(e.Inputs, "drawn by")
	}) {
		t.Errorf("what was drawn is not recorded: %+v, %v", events, err)
	}
	if again := lead.ask("POST", "/applications/bulk", form); again.status != http.StatusOK || strings.Count(again.body, "Done") != strings.Count(done.body, "Done") {
		t.Errorf("sent twice, it answers %d and tells something else", again.status)
	}
	lead.page = done
	lead.sound()
	lead.send("/applications/bulk", nil)
	for _, c := range cases[:3] {
		if h.officerOf(c) != 0 {
			t.Errorf("taken back, %s is still with %d", c.Application, h.officerOf(c))
		}
	}
	if h.officerOf(cases[3]) != second {
		t.Error("what had an officer before has another one now")
	}
}

// The official sees the letter of each decision, decides what can be decided, and is told
// why not of the rest, which stays as it is.
func TestDecisionsAreMadeForManyAfterALookAtEachLetter(t *testing.T) {
	words, err := templates.NewWords(nil)
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, func(s *Server) { s.Preview = (&notice.Writer{Reader: s.Reader, Words: words}).Preview })
	officer := h.People[workflow.ProgramOfficer]
	declined := func(name string) *enginetest.Case {
		c := h.NewCase(name, 1_000_00).Submit()
		h.Act(h.Viewer(officer), workflow.NounApplication, c.Application, workflow.ActRecommendDecline, enginetest.Text("codes", "low_merit"), enginetest.Text("note", "weak"))
		return c
	}
	one, two, other := declined("Alpha"), declined("Beta"), h.NewCase("Gamma", 1_000_00).Submit()
	official := h.as(workflow.SelectingOfficial)
	official.visit(chosenCases(workflow.ActDecline, one, two, other))
	official.send("/applications/bulk", map[string]string{"note": "", "message": "Do come back."})
	if official.page.status != http.StatusUnprocessableEntity {
		t.Errorf("without a note, it answers %d", official.page.status)
	}
	official.sound()
	official.send("/applications/bulk", map[string]string{"note": "As recommended."})
	official.sound()
	if n := strings.Count(official.page.body, "Do come back."); n != 3 { // and the form has it
		t.Errorf("%d letters are shown", n-1)
	}
	h.Act(h.Viewer(h.People[workflow.SelectingOfficial]), workflow.NounApplication, two.Application, workflow.ActReturn, enginetest.Text("note", "not yet"))
	official.send("/applications/bulk", nil)
	official.sound()
	for c, want := range map[*enginetest.Case]workflow.State{one: workflow.Declined, two: workflow.InReview, other: workflow.InReview} {
		if got := stored[workflow.Application](h, workflow.NounApplication, c.Application).State; got != want {
			t.Errorf("%s is %s, want %s", c.Application, got, want)
		}
	}
	if text := official.page.text("main"); !strings.Contains(text, "Done for 1 of 2") {
		t.Errorf("it says %s", text)
	}
}

// Nobody does to many what they may not do to one.
func TestNobodyDoesToManyWhatTheyMayNotDoToOne(t *testing.T) {
	h := newHouse(t, nil)
	c := h.NewCase("Alpha", 1_000_00).Submit()
	for _, role := range []workflow.Role{workflow.ProgramOfficer, workflow.Reviewer, workflow.Auditor, workflow.AOR} {
		if a := h.as(role).ask("GET", chosenCases(workflow.ActAssign, c), nil); a.status != http.StatusNotFound {
			t.Errorf("%s gets %d", role, a.status)
		}
	}
	lead := h.as(workflow.ProgramLead)
	if page := lead.visit("/applications/bulk?action=assign&id=999999"); page.status != http.StatusOK || strings.Contains(page.text("main"), "999999") {
		t.Errorf("a case that is not there answers %d", page.status)
	}
	for _, bad := range []string{"/applications/bulk", "/applications/bulk?action=award&id=1", "/applications/bulk?action=fly"} {
		if a := lead.ask("GET", bad, nil); a.status != http.StatusNotFound {
			t.Errorf("%s answers %d", bad, a.status)
		}
	}
}

// A case that nobody may have stays with whom it is: sharing out takes it from nobody.
func TestWhatNobodyMayHaveIsNotSharedOut(t *testing.T) {
	h := newHouse(t, nil)
	c := h.NewCase("Alpha", 1_000_00).Submit()
	officer := h.People[workflow.ProgramOfficer]
	h.Act(h.As(workflow.ProgramLead), workflow.NounApplication, c.Application, workflow.ActAssign, enginetest.Int("officer", int64(officer)))
	h.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(officer)), enginetest.Text("role", workflow.AOR.String()),
		enginetest.Int("organization", int64(c.Company)))
	lead := h.as(workflow.ProgramLead)
	lead.visit(chosenCases(workflow.ActAssign, c))
	lead.send("/applications/bulk", map[string]string{"officer": bulkEven})
	lead.sound()
	if text := lead.page.text("main"); lead.page.id("f-assign") != nil || !strings.Contains(text, "0 of 1") {
		t.Errorf("the look says %s", text)
	}
	if h.officerOf(c) != officer {
		t.Error("it was taken from its officer")
	}
}

// An officer asks reviewers for reviews of many cases, drawn by a seed that is recorded; a
// case that nobody can be asked about is told, and nothing is made of it.
func TestAnOfficerDrawsReviewersForMany(t *testing.T) {
	h := newHouse(t, nil)
	one, two := h.NewCase("Alpha", 1_000_00).Submit(), h.NewCase("Beta", 1_000_00).Submit()
	for _, who := range h.Reviewers {
		two.Invite(who)
	}
	officer := h.as(workflow.ProgramOfficer)
	officer.visit(chosenCases(workflow.ActInvite, one, two))
	officer.sound()
	officer.send("/applications/bulk", map[string]string{"reviewer": bulkEven})
	if officer.page.status != http.StatusUnprocessableEntity {
		t.Errorf("without a day, it answers %d", officer.page.status)
	}
	officer.sound()
	officer.send("/applications/bulk", map[string]string{"reviewer": bulkEven, "due": workflow.DateOf(h.Now()).AddDays(14).String()})
	officer.sound()
	if text := officer.page.text("main"); !strings.Contains(text, "1 of 2") || !strings.Contains(text, "Nobody can be asked") {
		t.Errorf("the look says %s", text)
	}
	reviews := func(c *enginetest.Case) []workflow.Review {
		list, err := models.Records[workflow.Review](t.Context(), h.DB.Reader, h.As(workflow.Auditor), workflow.NounReview,
			models.Filter{Where: map[string]workflow.ID{"application_id": c.Application}, States: []workflow.State{workflow.Invited}})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if len(reviews(one)) != 0 {
		t.Fatal("a look has asked somebody")
	}
	form := officer.filled("/applications/bulk", nil)
	officer.page = officer.ask("POST", "/applications/bulk", form)
	officer.sound()
	got := reviews(one)
	if len(got) != 1 || !strings.Contains(got[0].Note, "drawn by") || len(reviews(two)) != len(h.Reviewers) {
		t.Fatalf("the reviews are %+v and %d", got, len(reviews(two)))
	}
	if officer.ask("POST", "/applications/bulk", form); len(reviews(one)) != 1 {
		t.Error("sent twice, it asks twice")
	}
}

// The pool shows what each reviewer does, and leads to where their expertise is changed; who
// is no staff finds none of it.
func TestThePoolShowsWhatReviewersDo(t *testing.T) {
	h := newHouse(t, nil)
	who := h.Reviewers[0]
	h.NewCase("Alpha", 1_000_00).Submit().Invite(who)
	pool, err := h.DB.ReviewerPool(t.Context(), h.As(workflow.ProgramLead))
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(pool, func(p models.PoolReviewer) bool { return p.Grant.Person == who })
	path := pathOf(workflow.NounGrant, pool[at].Grant.ID)
	lead := h.as(workflow.ProgramLead)
	lead.visit("/reviewers")
	lead.sound()
	if !strings.Contains(lead.page.body, `href="`+path+`"`) {
		t.Fatal("the pool leads to no reviewer")
	}
	lead.visit(path)
	lead.sound()
	lead.send(path+"/actions/update", map[string]string{"max_reviews": "3"})
	lead.sound()
	if lead.visit("/reviewers"); !strings.Contains(lead.page.text("main"), "1 / 3") {
		t.Errorf("the pool says %s", lead.page.text("main"))
	}
	for _, role := range []workflow.Role{workflow.Reviewer, workflow.AOR} {
		if a := h.as(role).ask("GET", "/reviewers", nil); a.status != http.StatusNotFound {
			t.Errorf("the %s gets %d", role, a.status)
		}
	}
}
