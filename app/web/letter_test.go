package web

import (
	"net/http"
	"strings"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/workflow"
)

// The applicant and the staff find the letters on the page of the case, each time with
// the same bytes; nobody else does.
func TestLettersStandOnTheCase(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(148_500_00).Submit()
	h.Act(h.As(workflow.ProgramOfficer), workflow.NounApplication, c.Application, workflow.ActRecommendDecline, enginetest.Text("codes", "low_merit"), enginetest.Text("note", "no"))
	event := h.Act(h.As(workflow.SelectingOfficial), workflow.NounApplication, c.Application, workflow.ActDecline, enginetest.Text("codes", "low_merit"), enginetest.Text("note", "no")).Event
	in := []workflow.Input{enginetest.Int("event", event), enginetest.Text("language", "en")}
	for _, code := range workflow.LetterCodes {
		in = append(in, enginetest.File("documents."+code, "notice-"+code, "Dear "+code))
	}
	letter := pathOf(workflow.NounLetter, h.Must(workflow.NounLetter, workflow.ActCreate, c.Application, nil, in...).ID)
	at := pathOf(workflow.NounApplication, c.Application)
	for _, role := range []workflow.Role{workflow.AOR, workflow.SelectingOfficial, workflow.Auditor} {
		b := h.as(role)
		b.visit(at)
		b.sound()
		if text := b.page.text("main"); !strings.Contains(text, "not selected Issued") {
			t.Errorf("to %s the page says %q", role, text)
		}
		for _, code := range workflow.LetterCodes {
			for range 2 {
				got := b.ask("GET", letter+"/documents/"+code, nil)
				if got.status != http.StatusOK || got.body != "Dear "+code || !strings.Contains(got.header.Get("Content-Disposition"), "attachment; filename=notice-"+code) {
					t.Errorf("%s to %s: %d %q %v", code, role, got.status, got.body, got.header)
				}
			}
		}
		if got := b.ask("GET", letter+"/documents/fr.pdf", nil); got.status != http.StatusNotFound {
			t.Errorf("a letter in French: %d", got.status)
		}
	}
	stranger := h.newcomer(h.Organization("Stranger, Inc.", 1_00), workflow.AOR)
	for name, b := range map[string]*browser{"stranger": stranger, "reviewer": h.as(workflow.Reviewer)} {
		if got := b.ask("GET", letter+"/documents/en.pdf", nil); got.status != http.StatusNotFound {
			t.Errorf("the %s gets the letter: %d", name, got.status)
		}
	}
	h.Act(h.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActAppeal, enginetest.Text("grounds", "x"))
	h.Act(h.As(workflow.AppealsOfficial), workflow.NounApplication, c.Application, workflow.ActReinstate, enginetest.Text("note", "y"))
	if text := h.as(workflow.AOR).visit(at).text("main"); !strings.Contains(text, "not selected Superseded") {
		t.Errorf("after it was taken back the page says %q", text)
	}
}
