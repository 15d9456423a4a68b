package api

import (
	"testing"

	"tranche/models"
	"tranche/workflow"
)

// Who is told what is for the staff of the case, as on its page.
func TestTheMailLogIsForTheStaffOfTheCase(t *testing.T) {
	s := newSite(t)
	c := s.Draft(1_000_00).Submit()
	if err := s.DB.Post(t.Context(), []models.Message{{Event: 1, Application: c.Application, Person: c.AOR, Address: "a@example.com", Kind: "offer_made", Language: "en",
		Subject: "An offer", Body: "Dear you", Made: s.Now(), State: models.MessageKept}}); err != nil {
		t.Fatal(err)
	}
	path := pathOf(workflow.NounApplication, c.Application) + "/mails"
	items := s.must(200, s.People[workflow.ProgramOfficer], "GET", path, "")["items"].([]any)
	if len(items) != 1 {
		t.Fatalf("listed: %v", items)
	}
	if one := items[0].(map[string]any); one["kind"] != "offer_made" || one["state"] != "kept" || one["sent"] != nil || one["body"] != nil || one["address"] != nil {
		t.Errorf("listed as %v", one)
	}
	c.Invite(s.People[workflow.Reviewer])
	for name, who := range map[string]workflow.ID{"applicant": c.AOR, "reviewer": s.People[workflow.Reviewer], "stranger": s.NewCase("Stranger, Inc.", 1_00).AOR} {
		if got := s.ask(who, "GET", path, ""); got.status != 404 {
			t.Errorf("the %s: %d %s", name, got.status, got.body)
		}
	}
}
