package web

import (
	"net/http"
	"strings"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/workflow"
)

// section returns the text of the card whose heading is head.
func (p *answer) section(head string) string {
	for _, card := range p.class("card") {
		if strings.HasPrefix(card, head) {
			return card
		}
	}
	return ""
}

func TestTheCaseShowsWhatIsMissingAndEachClearsTheirOwn(t *testing.T) {
	h := newHouse(t, nil)
	h.Require(workflow.ClearanceTerm{Kind: workflow.ClearEligibility}, workflow.ClearanceTerm{Kind: workflow.ClearMerit},
		workflow.ClearanceTerm{Kind: workflow.ClearSecurity, Days: 365})
	c := h.Draft(148_500_00).Submit()
	at := pathOf(workflow.NounApplication, c.Application)
	clear := func(kind string) string {
		return pathOf(workflow.NounClearance, c.Clearance(kind).ID) + "/actions/clear"
	}

	security := h.as(workflow.SecurityReviewer)
	if rows := security.visit("/applications?view=mine").rows(); rows != 1 {
		t.Errorf("%d cases wait for the security reviewer, want 1", rows)
	}
	page := security.visit(at)
	if card := page.section("Clearances"); !strings.Contains(card, "Missing before an award: Merit, National security.") || strings.Contains(card, "Until") {
		t.Errorf("the card says %q", card)
	}
	if page.form(clear(workflow.ClearSecurity)) == nil || page.form(clear(workflow.ClearMerit)) != nil {
		t.Error("the security reviewer is not offered their own clearance, and no other")
	}
	security.send(clear(workflow.ClearSecurity), map[string]string{"note": "asked the bureau"})
	if security.page.status != http.StatusOK || len(security.page.class("flash")) != 1 {
		t.Fatalf("clearing gives %d %q", security.page.status, security.page.text("h1"))
	}
	card := security.page.section("Clearances")
	for _, want := range []string{"Missing before an award: Merit.", "Until Jun 1, 2027", "asked the bureau", "security_reviewer"} {
		if !strings.Contains(card, want) {
			t.Errorf("the card does not say %q: %q", want, card)
		}
	}
	if rows := security.visit("/applications?view=mine").rows(); rows != 0 {
		t.Errorf("%d cases wait for the security reviewer still", rows)
	}

	officer := h.as(workflow.ProgramOfficer)
	page = officer.visit(at)
	if card := page.section("Clearances"); card == "" || strings.Contains(card, "asked the bureau") {
		t.Errorf("the officer reads %q", card)
	}
	if page.form(clear(workflow.ClearMerit)) != nil {
		t.Error("merit can be cleared without a review")
	}
	if card := page.section("Clearances"); !strings.Contains(card, "0 of 1 reviews are in.") {
		t.Errorf("the card does not say why merit cannot be cleared: %q", card)
	}
	if rows := officer.visit("/applications?view=clearance").rows(); rows != 1 {
		t.Errorf("%d cases are not cleared, want 1", rows)
	}
	c.Review()
	officer.visit(at)
	officer.send(clear(workflow.ClearMerit), nil)
	if card := officer.page.section("Clearances"); !strings.Contains(card, "Everything that an award needs is cleared.") {
		t.Errorf("the card says %q", card)
	}
	if rows := officer.visit("/applications?view=clearance").rows(); rows != 0 {
		t.Errorf("%d cases are not cleared still", rows)
	}

	// Nobody else learns of it.
	for _, b := range []*browser{h.as(workflow.AOR), h.as(workflow.Reviewer)} {
		if text := b.visit(at).text("main"); strings.Contains(text, "National security") || strings.Contains(text, "bureau") || strings.Contains(text, "side check") {
			t.Errorf("the page of others tells %q", text)
		}
		b.page = b.ask("GET", pathOf(workflow.NounClearance, c.Clearance(workflow.ClearSecurity).ID), nil)
		if b.page.status != http.StatusNotFound {
			t.Errorf("others get %d for the clearance", b.page.status)
		}
		b.sound()
	}
	for _, b := range []*browser{security, officer} {
		b.sound()
	}
}

// toldOnce fails unless the page says above its forms, in one place, what is wrong.
func (b *browser) toldOnce(says string) {
	b.h.t.Helper()
	if told := b.page.class("usa-alert--error"); len(told) != 1 || !strings.Contains(told[0], says) || b.page.id("errors") == nil {
		b.h.t.Errorf("the page tells %q, want %q once", told, says)
	}
}

// What cannot be done comes back on the case's page, with its reason.
func TestARefusedFormOfAClearanceComesBack(t *testing.T) {
	h := newHouse(t, nil)
	h.Require(workflow.ClearanceTerm{Kind: workflow.ClearSecurity})
	c := h.Draft(148_500_00).Submit().Review().Recommend()
	security := h.as(workflow.SecurityReviewer)
	security.visit(pathOf(workflow.NounApplication, c.Application))
	refuse := pathOf(workflow.NounClearance, c.Clearance(workflow.ClearSecurity).ID) + "/actions/refuse"
	security.send(refuse, map[string]string{"note": ""})
	if security.page.status != http.StatusUnprocessableEntity || security.page.section("Clearances") == "" || len(security.page.class("err")) != 1 {
		t.Errorf("without a reason: %d, %q", security.page.status, security.page.class("err"))
	}
	security.toldOnce("Enter an answer.")
	h.Act(h.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActWithdraw, enginetest.Text("note", "no"))
	security.send(refuse, map[string]string{"note": "a doubt"})
	if security.page.status != http.StatusUnprocessableEntity || !strings.Contains(security.page.text("main"), "there is nothing to clear") {
		t.Errorf("of a withdrawn case: %d, %q", security.page.status, security.page.text("main"))
	}
	security.toldOnce("there is nothing to clear")
	security.sound()
}
