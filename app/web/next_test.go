package web

import (
	"net/http"
	"strings"
	"testing"

	"tranche/workflow"
)

// Who starts the next case is on it, others are told, and whoever passes over it says why.
func TestAnOfficerPassesOverACase(t *testing.T) {
	h := newHouse(t, nil)
	one, two := h.NewCase("Alpha", 1_000_00).Submit(), h.NewCase("Beta", 1_000_00).Submit()
	at, after := pathOf(workflow.NounApplication, one.Application), pathOf(workflow.NounApplication, two.Application)
	officer, lead := h.as(workflow.ProgramOfficer), h.as(workflow.ProgramLead)
	if officer.visit(at).form(at+"/skip") != nil {
		t.Error("a case that nobody was led to can be passed over")
	}
	officer.visit("/applications/next")
	officer.sound()
	if officer.page.path != at {
		t.Fatalf("the officer is led to %s", officer.page.path)
	}
	if text := lead.visit(at).text("main"); !strings.Contains(text, "has been looking at this case") {
		t.Error("nobody is told that somebody is looking at it")
	}
	officer.send(at+"/skip", map[string]string{"skipped": ""})
	if officer.page.status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason, it answers %d", officer.page.status)
	}
	officer.sound()
	officer.send(at+"/skip", map[string]string{"skipped": "The company calls tomorrow"})
	if officer.page.path != after {
		t.Errorf("passing over leads to %s", officer.page.path)
	}
	lead.visit(at)
	lead.sound()
	if text := lead.page.text("main"); !strings.Contains(text, "The company calls tomorrow") {
		t.Error("the reason is not told")
	}
	officer.send(after+"/skip", map[string]string{"skipped": "Too late today"})
	if officer.page.path != "/applications" {
		t.Errorf("with nothing left, it leads to %s", officer.page.path)
	}
}
