package web

import (
	"errors"
	"strings"
	"testing"

	"tranche/models"
	"tranche/workflow"
)

// The staff reads on the case who was told by mail, and what the mail server said; the
// applicant and who only scores the case do not.
func TestTheCaseShowsItsMail(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(148_500_00).Submit()
	events, err := h.DB.Events(t.Context(), &models.Viewer{System: true}, workflow.NounApplication, c.Application)
	if err != nil {
		t.Fatal(err)
	}
	m := models.Message{Event: events[0].ID, Application: c.Application, Person: c.AOR, Address: "a@example.org", Kind: "submission_received", Language: "en",
		Subject: "We received it", State: models.MessageKept, Made: h.Now()}
	if err := h.DB.Post(t.Context(), []models.Message{m, m}); err != nil { // the second is the same
		t.Fatal(err)
	}
	at := pathOf(workflow.NounApplication, c.Application)
	officer := h.as(workflow.ProgramOfficer)
	officer.visit(at)
	officer.sound()
	if text := officer.page.text("main"); strings.Count(text, "We received it Kept, not sent") != 1 || !strings.Contains(text, "No mail server is set up") {
		t.Errorf("the page says %q", text)
	}
	if _, err := h.DB.Pool().Exec("UPDATE messages SET state = 'failed', attempts = 10, error = 'mailbox full'"); err != nil {
		t.Fatal(err)
	}
	if text := officer.visit(at).text("main"); !strings.Contains(text, "We received it Not delivered") || !strings.Contains(text, "10 tries") || !strings.Contains(text, "mailbox full") {
		t.Errorf("of a failed mail the page says %q", text)
	}
	if text := h.as(workflow.AOR).visit(at).text("main"); strings.Contains(text, "Not delivered") {
		t.Errorf("the applicant reads the log: %q", text)
	}
	reviewer := h.Viewer(h.Reviewers[0])
	c.Invite(reviewer.Person)
	if _, err := h.DB.Messages(t.Context(), reviewer, c.Application); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("a reviewer reads the log: %v", err)
	}
}
