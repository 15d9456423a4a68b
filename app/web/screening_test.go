package web

import (
	"net/http"
	"strings"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/app/jobs"
	"tranche/models"
	"tranche/workflow"
)

// screened holds an organization against the lists, as the jobs do, and returns its
// hits, the newest first.
func (h *house) screened(organization workflow.ID) []workflow.Hit {
	h.t.Helper()
	if err := jobs.ScreenOrganization(h.t.Context(), h.DB, h.Engine, h.Now(), organization); err != nil {
		h.t.Fatal(err)
	}
	out, err := models.Records[workflow.Hit](h.t.Context(), h.DB.Reader, h.As(workflow.System), workflow.NounHit,
		models.Filter{Where: map[string]workflow.ID{"organization_id": organization}})
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

// listed is an entry that the company's name is like.
func listed() workflow.ListEntry {
	e := enginetest.Listed("36", workflow.EntryEntity, "Cascadian Robotics LLC", "CR Trading")
	e.Country, e.Remarks = "Elbonia", "Founded 1998."
	return e
}

// waiting returns what the menu counts beside the hits.
func (b *browser) waiting() string {
	for _, n := range b.page.nodes {
		if n.Data == "a" && n.attr("href") == "/hits" && strings.HasPrefix(n.text(), "Hits") {
			return strings.TrimSpace(strings.TrimPrefix(n.text(), "Hits"))
		}
	}
	return "none"
}

func TestAHitIsLookedAtSideBySideAndDecidedWithAReason(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(148_500_00).Submit()
	h.List(workflow.ListOFAC, listed())
	hit := h.screened(h.Company)[0]
	at, dismiss := pathOf(workflow.NounHit, hit.ID), pathOf(workflow.NounHit, hit.ID)+"/actions/dismiss"

	officer := h.as(workflow.ProgramOfficer)
	card := officer.visit(pathOf(workflow.NounApplication, c.Application)).section("Screening against lists")
	for _, want := range []string{"1 hit stands", "Cascadian Robotics LLC", "Version of Jun 1, 2026", "SAM.gov exclusions", "no version was imported"} {
		if !strings.Contains(card, want) {
			t.Errorf("the case does not say %q: %q", want, card)
		}
	}
	officer.sound()
	if officer.waiting() != "none" || officer.visit(at).form(dismiss) != nil {
		t.Error("the program officer is offered the decision")
	}
	officer.sound()

	security := h.as(workflow.SecurityReviewer)
	security.visit("/hits")
	security.sound()
	if security.page.rows() != 1 || security.waiting() != "1" {
		t.Errorf("%d hits wait, the menu says %q", security.page.rows(), security.waiting())
	}
	security.visit(security.page.link(hit.Subject))
	security.sound()
	text := security.page.text("main")
	for _, want := range []string{"CR Trading", "Elbonia", "Founded 1998.", "CASCADIAN", "97.8% alike", "ROBOTICS", "Nobody has decided", strings.Repeat("0f", 32), "Looked at from 88.0%"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	security.send(dismiss, map[string]string{"note": ""})
	if security.page.status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", security.page.status)
	}
	security.toldOnce("Enter an answer.")
	security.send(dismiss, map[string]string{"note": "Another company: founded in Bend."})
	security.sound()
	if now := stored[workflow.Hit](h, workflow.NounHit, hit.ID); now.State != workflow.Dismissed || security.page.path != at+"?done=hit.dismiss" {
		t.Errorf("the hit is %s, the page %s", now.State, security.page.path)
	}
	if said := security.page.section("Decisions about this pair"); !strings.Contains(said, "Another company: founded in Bend.") || !strings.Contains(said, "security_reviewer") {
		t.Errorf("the decision is told as %q", said)
	}
	if security.waiting() != "" || security.visit("/hits").rows() != 0 || security.visit("/hits?state=dismissed&q=bend").rows() != 0 ||
		security.visit("/hits?state=dismissed&q=robotics").rows() != 1 {
		t.Error("the queue does not follow the decision")
	}
	security.sound()
	if card := officer.visit(pathOf(workflow.NounOrganization, h.Company)).section("Screening against lists"); !strings.Contains(card, "nothing stands") {
		t.Errorf("the organization's page says %q", card)
	}

	// An old form says what happened meanwhile.
	security.visit(at)
	form := security.filled(pathOf(workflow.NounHit, hit.ID)+"/actions/reopen", map[string]string{"note": "Look again."})
	h.Act(h.As(workflow.SecurityReviewer), workflow.NounHit, hit.ID, workflow.ActReopen, enginetest.Text("note", "first"))
	security.page = security.follow(security.ask("POST", pathOf(workflow.NounHit, hit.ID)+"/actions/reopen", form))
	if security.page.status != http.StatusConflict || security.page.form(dismiss) == nil {
		t.Errorf("an old form: %d", security.page.status)
	}
	security.sound()
}

// Whether there is a hit is for the staff only, whatever its state: to others it is
// not there, neither its page nor a word of it elsewhere.
func TestNobodyElseLearnsOfAHit(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(148_500_00).Submit()
	review := c.ReviewBy(h.Reviewers[0])
	h.List(workflow.ListOFAC, listed())
	hit := h.screened(h.Company)[0]
	at := pathOf(workflow.NounHit, hit.ID)
	staff := []workflow.Role{workflow.ProgramOfficer, workflow.ProgramLead, workflow.SelectingOfficial, workflow.GrantsOfficer,
		workflow.SecurityReviewer, workflow.FinancePreparer, workflow.FinanceCertifier, workflow.FinanceReleaser, workflow.Auditor, workflow.Admin}
	readers := map[*browser]int{h.as(workflow.AOR): http.StatusNotFound, h.as(workflow.Reviewer): http.StatusNotFound}
	for _, role := range staff {
		readers[h.as(role)] = http.StatusOK
	}
	reviewer := h.As(workflow.SecurityReviewer)
	for _, step := range []struct {
		state  workflow.State
		action workflow.Action
	}{{workflow.Open, workflow.NoAction}, {workflow.Dismissed, workflow.ActDismiss}, {workflow.Open, workflow.ActReopen}, {workflow.Confirmed, workflow.ActConfirm}} {
		if step.action != workflow.NoAction {
			h.Act(reviewer, workflow.NounHit, hit.ID, step.action, enginetest.Text("note", "for the record"))
		}
		if now := stored[workflow.Hit](h, workflow.NounHit, hit.ID); now.State != step.state {
			t.Fatalf("the hit is %s, not %s", now.State, step.state)
		}
		for b, want := range readers {
			if got := b.ask("GET", at, nil).status; got != want {
				t.Errorf("%s: %q gets %d, want %d", step.state, b.page.text("small"), got, want)
			}
			if got := b.ask("GET", "/hits", nil).status; got != want {
				t.Errorf("%s: the queue answers %d, want %d", step.state, got, want)
			}
			if want == http.StatusOK {
				continue
			}
			for _, path := range []string{pathOf(workflow.NounApplication, c.Application), pathOf(workflow.NounOrganization, h.Company), pathOf(workflow.NounReview, review)} {
				if body := b.ask("GET", path, nil).body; strings.Contains(body, "Cascadian") || strings.Contains(body, "/hits") || strings.Contains(body, "Screening against lists") {
					t.Errorf("%s: %s tells of the hit", step.state, path)
				}
			}
		}
	}
}

// A security reviewer holds an organization against the lists on its page.
func TestAnOrganizationIsScreenedOnItsPage(t *testing.T) {
	h := newHouse(t, nil)
	security, at := h.as(workflow.SecurityReviewer), pathOf(workflow.NounOrganization, h.Company)
	if card := security.visit(at).section("Screening against lists"); !strings.Contains(card, "No list was imported yet") {
		t.Errorf("without a list: %q", card)
	}
	security.send("/screenings", nil)
	security.sound()
	if security.page.status != http.StatusUnprocessableEntity || !strings.Contains(security.page.text("main"), "nobody can be screened") {
		t.Errorf("screening without a list: %d", security.page.status)
	}
	h.List(workflow.ListOFAC, listed())
	security.visit(at)
	security.send("/screenings", nil)
	security.sound()
	if card := security.page.section("Screening against lists"); !strings.HasPrefix(security.page.path, at) || !strings.Contains(card, "1 hit stands") || !strings.Contains(card, "3 names") {
		t.Errorf("screened: %s %q", security.page.path, card)
	}
	h.List(workflow.ListOFAC, enginetest.Listed("37", workflow.EntryEntity, "Nobody Trading"))
	security.visit(at)
	run := ""
	for _, action := range security.page.formActions() {
		if strings.HasPrefix(action, "/screenings/") {
			run = action
		}
	}
	security.send(run, nil)
	security.sound()
	if card := security.page.section("Screening against lists"); !strings.Contains(card, "nothing stands") || !strings.Contains(card, "Lapsed") {
		t.Errorf("against the next version: %q", card)
	}
}
