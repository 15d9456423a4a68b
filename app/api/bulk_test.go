package api

import (
	"fmt"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/workflow"
)

// Each application gets its own answer; a look changes nothing, and the same keys give the
// same answers.
func TestOneActionIsDoneToManyApplications(t *testing.T) {
	s := newSite(t)
	one, two := s.NewCase("One", 900_00).Submit(), s.NewCase("Two", 900_00).Submit()
	officer, lead := s.People[workflow.ProgramOfficer], s.People[workflow.ProgramLead]
	s.Act(s.As(workflow.ProgramLead), workflow.NounApplication, two.Application, workflow.ActAssign, enginetest.Int("officer", int64(officer)))
	order := func(dry bool) string {
		return fmt.Sprintf(`{"action": "assign", "dry_run": %t, "inputs": {"officer": %d}, "items": [{"id": %d, "version": 3, "key": "a"},
			{"id": %d, "version": 4, "key": "b"}, {"id": %d, "version": 9, "key": "c"}, {"id": 999999, "version": 1, "key": "d"},
			{"id": %d, "version": 3, "key": "e", "inputs": {"officer": %d}}]}`, dry, officer, one.Application, two.Application, one.Application, one.Application, s.Reviewers[0])
	}
	results := func(dry bool, want ...string) {
		t.Helper()
		items := s.must(200, lead, "POST", "/applications/bulk", order(dry))["items"].([]any)
		for i, item := range items {
			m := item.(map[string]any)
			if got := fmt.Sprint(m["status"], " ", m["reason"], " ", m["replayed"]); i >= len(want) || got != want[i] {
				t.Errorf("dry %t: item %d is %q, want %q", dry, i, got, want[min(i, len(want)-1)])
			}
		}
	}
	results(true, "200  false", "422 officer_unchanged false", "409 stale false", "404 not_found false", "422 not_an_officer false")
	if row := s.must(200, lead, "GET", fmt.Sprintf("/applications/%d", one.Application), ""); row["version"] != 3.0 {
		t.Errorf("a look has changed %v", row)
	}
	results(false, "200  false", "422 officer_unchanged false", "409 stale false", "404 not_found false", "409 stale false")
	results(false, "200  true", "422 officer_unchanged false", "409 stale false", "404 not_found false", "409 stale false")
	for body, status := range map[string]int{`{}`: 422, `{"action": "assign", "items": []}`: 422, `{"action": "fly", "items": [{"id": 1, "version": 1}]}`: 422,
		`[]`: 400, `{"action": "assign", "all": true}`: 400} {
		if a := s.ask(lead, "POST", "/applications/bulk", body); a.status != status {
			t.Errorf("%s answers %d %s", body, a.status, a.body)
		}
	}
	for _, who := range []workflow.ID{s.People[workflow.AOR], officer} {
		for _, item := range s.must(200, who, "POST", "/applications/bulk", order(false))["items"].([]any) {
			if item.(map[string]any)["status"] == 200.0 {
				t.Errorf("person %d assigns: %v", who, item)
			}
		}
	}
}

// Who was drawn once is not drawn anew when the same order comes again, and the seed is noted.
func TestADrawThatComesAgainIsAnsweredAsBefore(t *testing.T) {
	s := newSite(t)
	c := s.Draft(900_00).Submit().Review()
	officer := s.People[workflow.ProgramOfficer]
	order := fmt.Sprintf(`{"action": "invite", "seed": 7, "inputs": {"due": "%s"}, "items": [{"id": %d, "version": 1, "key": "a", "inputs": {"reviewer": null}}]}`,
		workflow.DateOf(s.Now()).AddDays(9), c.Application)
	ask := func(replayed bool) (id any) {
		t.Helper()
		one := s.must(200, officer, "POST", "/applications/bulk", order)["items"].([]any)[0].(map[string]any)
		if one["status"] != 200.0 || one["replayed"] != replayed {
			t.Fatalf("answered %v", one)
		}
		return one["event"]
	}
	if first := ask(false); ask(true) != first {
		t.Error("the same order came to something else")
	}
}
