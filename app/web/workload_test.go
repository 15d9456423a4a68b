package web

import (
	"net/http"
	"strings"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/workflow"
)

// The workload counts what each officer owns and leads to just that; so does the filter.
func TestTheWorkloadLeadsToTheCasesThatItCounts(t *testing.T) {
	h := newHouse(t, nil)
	officer, lead := h.People[workflow.ProgramOfficer], h.as(workflow.ProgramLead)
	for i, name := range []string{"Alpha", "Beta", "Gamma"} {
		c := h.NewCase(name, 1_000_00).Submit()
		if i < 2 {
			h.Act(h.As(workflow.ProgramLead), workflow.NounApplication, c.Application, workflow.ActAssign, enginetest.Int("officer", int64(officer)))
		}
	}
	page := lead.visit("/workload")
	lead.sound()
	links := page.links("/applications?")
	if len(links) != 1 {
		t.Fatalf("the workload leads to %v", links)
	}
	for at := range links {
		if got := lead.visit(at); got.counted(t) != 2 || len(got.class("chip")) != 1 {
			t.Errorf("%s has %d cases and filters %q", at, got.counted(t), got.class("chip"))
		}
		lead.sound()
	}
	if got := lead.visit("/applications?view=all&officer=none"); got.counted(t) != 1 || !strings.Contains(got.text("tbody"), "Gamma") {
		t.Errorf("nobody owns %d cases", got.counted(t))
	}
	reviewer := h.signedIn(h.Reviewers[0])
	if a := reviewer.ask("GET", "/workload", nil); a.status != http.StatusNotFound {
		t.Errorf("a reviewer gets %d", a.status)
	}
	if page := reviewer.visit("/applications?view=all&officer=none"); !strings.Contains(page.text("main"), "officer=none") {
		t.Error("a reviewer narrows by who owns a case")
	}
}
