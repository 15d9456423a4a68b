package web

import (
	"strings"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/app/jobs"
	"tranche/workflow"
)

// The grants officer finds awards over the cap on their desk, and lets one go on with a
// reason; its company reads nothing of it.
func TestTheGrantsOfficerFindsAwardsOverTheCap(t *testing.T) {
	h := newHouse(t, nil)
	const each = 3_000_000_00
	c := h.Draft(each).Submit()
	c.ReviewBy(h.Reviewers[0])
	c.Recommend().Awarded().Bank().Active()
	other := h.NewCase("Harbor Foods, Inc.", each).To()
	grants := h.as(workflow.GrantsOfficer)
	if got := grants.waits(); len(got) != 0 {
		t.Errorf("apart, %q waits", got)
	}
	for _, one := range []workflow.ID{c.Company, other.Company} {
		h.Act(nil, workflow.NounOrganization, one, workflow.ActUpdate, enginetest.Text("ein", "91-1234567"))
	}
	pair := h.Must(workflow.NounDuplicate, workflow.ActCreate, 0, nil, enginetest.Int("a", int64(c.Company)), enginetest.Int("b", int64(other.Company))).ID
	h.Act(h.As(workflow.ProgramOfficer), workflow.NounDuplicate, pair, workflow.ActLink, enginetest.Text("note", "one founder"))
	if err := jobs.WeighAwards(t.Context(), h.DB, h.Engine, h.Now(), c.Company); err != nil {
		t.Fatal(err)
	}
	if got := grants.waits(); len(got) != 2 || got[0] != "Award: Decide, its group is over the cap" {
		t.Errorf("joined, %q waits", got)
	}
	at := pathOf(workflow.NounAward, c.Award)
	if text := grants.visit(at).text("main"); !strings.Contains(text, "$6,000,000.00") {
		t.Errorf("the award does not say what the group was awarded: %s", text)
	}
	grants.sound()
	if text := h.as(workflow.AOR).visit(at).text("main"); strings.Contains(text, "$6,000,000.00") || strings.Contains(text, "cap of its group") {
		t.Errorf("its company reads %s", text)
	}
	grants.send(at+"/actions/acknowledge", map[string]string{"note": "Two programs of work."})
	if text := grants.page.text("main"); strings.Contains(text, "$6,000,000.00") || !strings.Contains(text, "let go on") {
		t.Errorf("let go on, the award says %s", text)
	}
	grants.sound()
	if got := grants.waits(); len(got) != 1 {
		t.Errorf("one let go on, %q waits", got)
	}
}
