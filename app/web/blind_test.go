package web

import (
	"net/http"
	"strings"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/workflow"
)

// No page, list, search or file tells a reviewer who applies where that is blind; the officer
// reads it on the same pages.
func TestNoPageTellsAReviewerWhoApplies(t *testing.T) {
	h := newHouse(t, nil)
	h.Apply("blind", h.Plan(func(p *workflow.Plan) {
		terms := &p.Opportunities[0].Terms
		terms.Sections[2].Questions = nil
		terms.Blind = []string{workflow.BlindOrganization, workflow.BlindPlace}
	}))
	c := h.NewCase("Zanzibar Robotics", 1_000_00).Submit()
	review := c.Invite(h.Reviewers[0])
	h.Act(h.Viewer(h.Reviewers[0]), workflow.NounReview, review, workflow.ActAccept, enginetest.Int("no_conflict", 1))
	reviewer, officer := h.as(workflow.Reviewer), h.as(workflow.ProgramOfficer)
	at := pathOf(workflow.NounApplication, c.Application)
	for _, path := range []string{"/desk", "/reviews", "/applications", "/applications?q=zanzibar", "/applications.csv", at, at + "?tab=application", at + "?tab=history",
		pathOf(workflow.NounReview, review), at + "/verdict", at + "/receipt"} {
		a := reviewer.visit(path)
		if a.status == http.StatusOK {
			for _, secret := range []string{"Zanzibar", "Bend"} {
				if strings.Contains(strings.ReplaceAll(a.body, `value="zanzibar"`, ""), secret) {
					t.Errorf("%s tells the reviewer %q", path, secret)
				}
			}
			if !strings.HasSuffix(path, ".csv") {
				reviewer.sound()
			}
		}
	}
	if a := reviewer.visit(pathOf(workflow.NounReview, review)); !strings.Contains(a.text("main"), "keeps some of the application from reviewers") {
		t.Error("the reviewer is not told that something is kept from them")
	}
	if a := officer.visit(pathOf(workflow.NounReview, review)); !strings.Contains(a.body, "Zanzibar") {
		t.Error("the officer is not told who applies")
	}
}
