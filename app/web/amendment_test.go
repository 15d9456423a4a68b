package web

import (
	"strings"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/workflow"
)

// The recipient asks on the award's page, the grants officer reads what changes and
// approves, the recipient signs.
func TestAnAmendmentIsAskedForApprovedAndSignedOnPages(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(1_000_00).To()
	aor, grants := h.as(workflow.AOR), h.as(workflow.GrantsOfficer)
	award := pathOf(workflow.NounAward, c.Award)

	aor.visit(award)
	form := aor.page.form("/amendments")
	if form == nil {
		t.Fatal("nobody can ask for an amendment")
	}
	lines := aor.filled("/amendments", nil).Get("open_milestones")
	if got, bad := workflow.ParseMilestones(lines); bad != 0 || len(got) != 3 {
		t.Errorf("the form begins with %q", lines)
	}
	wrong := map[string]string{"kind": workflow.AmendSupplement, "reason": "More pumps.", "amount": "50.00", "open_milestones": lines}
	if text := aor.send("/amendments", wrong).text("main"); !strings.Contains(text, "The tranches add up to $1,000.00, the face value is $1,050.00.") {
		t.Errorf("a plan that does not add up is answered with %s", text)
	}
	aor.sound()
	wrong["open_milestones"] = lines + "\nnew | 50.00 | 2027-01-15 | More pumps | Report"
	aor.send("/amendments", wrong)
	aor.sound()
	changes := []string{"$1,000.00", "$1,050.00", "Milestone 4", "$50.00 · 2027-01-15 · More pumps · Report"}
	reads := func(b *browser) {
		t.Helper()
		b.sound()
		text := b.page.text("main")
		for _, want := range changes {
			if !strings.Contains(text, want) {
				t.Errorf("the amendment does not say %q: %s", want, text)
			}
		}
	}
	reads(aor)
	if got := grants.waits(); len(got) != 1 || got[0] != "Amendment: Approve the amendment" {
		t.Errorf("%q waits for the grants officer", got)
	}
	id := newest(h, workflow.NounAmendment)
	at := pathOf(workflow.NounAmendment, id)
	grants.visit(at)
	reads(grants)
	grants.send(at+"/actions/approve", nil)
	aor.visit(at)
	aor.send(at+"/actions/sign", nil)
	reads(aor)
	if text := aor.visit(award).text("main"); !strings.Contains(text, "AM-") || !strings.Contains(text, "$1,050.00") {
		t.Errorf("the award says %s", text)
	}
	aor.sound()
}

// Who takes an award over reads and signs on their own pages.
func TestASuccessorSignsOnItsOwnPage(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(1_000_00).To()
	heir := *c
	heir.Company = h.Organization("Heir, Inc.", 1_00)
	heir.AOR = h.Member(heir.Company, workflow.AOR)
	heir.Bank()
	id := c.Approved(workflow.AmendNovation, enginetest.Text("successor_uei", stored[workflow.Organization](h, workflow.NounOrganization, heir.Company).UEI))
	at := pathOf(workflow.NounAmendment, id)
	if h.as(workflow.AOR).visit(at).form(at+"/actions/sign") != nil {
		t.Error("who gives it away is asked to sign")
	}
	h.Act(nil, workflow.NounPerson, heir.AOR, workflow.ActUpdate, enginetest.Text("password", h.hash))
	b := h.signedIn(heir.AOR)
	b.visit(at)
	b.sound()
	b.send(at+"/actions/sign", nil)
	if text := b.visit(pathOf(workflow.NounAward, c.Award)).text("main"); !strings.Contains(text, "Heir, Inc.") {
		t.Errorf("the award says %s", text)
	}
	b.sound()
}
