package web

import (
	"strings"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/workflow"
)

// Where nobody may take the next step, the page of the case says so, and the lead's desk.
func TestACaseWhoseStepNobodyMayTakeIsSaidSo(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(1_000_00).Submit().Review().Recommend()
	said := func(want bool, when string) {
		t.Helper()
		words := shellFor(newRenderer(t), "en").T("case.nobody")
		for path, role := range map[string]workflow.Role{pathOf(workflow.NounApplication, c.Application): workflow.GrantsOfficer, "/desk": workflow.ProgramLead} {
			got := strings.Contains(h.as(role).visit(path).text("main"), words)
			if got != want {
				t.Errorf("%s: %s says so: %v", when, path, got)
			}
		}
	}
	said(false, "with an official")
	// The official goes away and names who recommended.
	official := h.As(workflow.SelectingOfficial)
	id := h.Must(workflow.NounDelegation, workflow.ActCreate, 0, official, enginetest.Int("deputy", int64(h.People[workflow.ProgramOfficer])), enginetest.Text("role", "selecting_official"),
		enginetest.Int("program", int64(h.Program)), enginetest.Text("reason", "On leave."), enginetest.Time("until", h.Now().AddDate(0, 0, 7))).ID
	said(true, "with a deputy who recommended")
	h.Act(official, workflow.NounDelegation, id, workflow.ActRevoke)
	said(false, "with the official back")
}
