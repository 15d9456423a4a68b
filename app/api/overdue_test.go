package api

import (
	"testing"
	"time"

	"tranche/workflow"
)

// What is late is listed for the staff, and for nobody who only applies or scores.
func TestWhatIsOverdueIsListed(t *testing.T) {
	s := newSite(t)
	s.Apply("levels", s.Plan(func(p *workflow.Plan) {
		terms := &p.Opportunities[0].Terms
		terms.Sections[2].Questions = nil
		terms.Levels = []workflow.ServiceLevel{{State: workflow.InReview, Days: 10}}
	}))
	c := s.NewCase("Tern Analytics LLC", 1_000_00).Submit()
	count := func(who workflow.ID) int { return len(s.must(200, who, "GET", "/overdue", "")["items"].([]any)) }
	if n := count(s.People[workflow.ProgramOfficer]); n != 0 {
		t.Errorf("on the first day %d are late", n)
	}
	s.Advance(15 * 24 * time.Hour)
	for _, role := range []workflow.Role{workflow.ProgramOfficer, workflow.ProgramLead} {
		late := s.must(200, s.People[role], "GET", "/overdue?limit=5", "")["items"].([]any)
		if len(late) != 1 || late[0].(map[string]any)["due"] != "2026-06-15" {
			t.Errorf("to the %s late is %v", role, late)
		}
	}
	c.Invite(s.Reviewers[0])
	if a, r := count(c.AOR), count(s.Reviewers[0]); a+r != 0 {
		t.Errorf("an applicant reads %d, a reviewer %d", a, r)
	}
}
