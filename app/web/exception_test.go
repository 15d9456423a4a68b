package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tranche/workflow"
)

// Waiving a clearance needs leave: it is asked for on the case, given by another person,
// and used on the case.
func TestAnExceptionIsAskedForWhereItIsNeeded(t *testing.T) {
	h := newHouse(t, nil)
	h.Require(workflow.ClearanceTerm{Kind: workflow.ClearMerit}, workflow.ClearanceTerm{Kind: workflow.ClearSecurity})
	c := h.Draft(148_500_00).Submit()
	at, clearance := pathOf(workflow.NounApplication, c.Application), c.Clearance(workflow.ClearSecurity).ID
	ask := func(b *browser, reason string) {
		t.Helper()
		b.visit(at)
		b.sound()
		form := url.Values{}
		for n := range b.page.nodes {
			if f := b.page.nodes[n]; f.Data == "form" && f.attr("action") == "/exceptions" {
				if sent, _ := sentBy(&b.page.nodes[n]); sent.Get("subject_id") == clearance.String() {
					form = sent
				}
			}
		}
		form.Set("reason", reason)
		b.page = b.follow(b.ask("POST", "/exceptions", form))
		b.sound()
	}
	official, appeals := h.as(workflow.SelectingOfficial), h.as(workflow.AppealsOfficial)
	ask(official, "")
	if card := official.page.section("Clearances"); official.page.status != http.StatusUnprocessableEntity || strings.Count(card, "Enter an answer.") != 1 {
		t.Errorf("without a reason: %d %s", official.page.status, card)
	}
	ask(official, "The bureau has closed.")
	exception := newest(h, workflow.NounException)
	page := pathOf(workflow.NounException, exception)
	if got := stored[workflow.Exception](h, workflow.NounException, exception); got.Act != workflow.Waive || got.SubjectID != clearance || !strings.HasPrefix(official.page.path, page) {
		t.Fatalf("asked for %+v at %s", got, official.page.path)
	}
	if text := official.page.text("main"); !strings.Contains(text, "National security") || official.page.form(page+"/actions/approve") != nil {
		t.Errorf("the request says %s", text)
	}
	if card := official.visit(at).section("Clearances"); !strings.Contains(card, "another person has not decided yet (Selecting official, Appeals official)") || official.page.links(page)[page] == "" {
		t.Errorf("the case does not lead to the request: %s", card)
	}
	appeals.visit(page)
	appeals.send(page+"/actions/approve", nil)
	appeals.sound()
	waive := pathOf(workflow.NounClearance, clearance) + "/actions/waive"
	if card := official.visit(at).section("Clearances"); !strings.Contains(card, "has agreed; it can be done once, until Jul 1, 2026") {
		t.Errorf("the case does not say that it was agreed to: %s", card)
	}
	official.send(waive, map[string]string{"note": "Closed for good."})
	official.sound()
	if got := c.Clearance(workflow.ClearSecurity); got.State != workflow.Waived {
		t.Errorf("the clearance is %s: %q", got.State, official.page.class("err"))
	}
	auditor := h.as(workflow.Auditor)
	if auditor.visit(at); auditor.page.form("/exceptions") != nil {
		t.Error("an auditor asks for exceptions")
	}
	for _, values := range []url.Values{{"act": {"fly"}, "subject_id": {clearance.String()}}, {"act": {workflow.Waive}, "subject_id": {"x"}}} {
		values.Set("reason", "-")
		values.Set("key", "key-"+values.Get("act")+values.Get("subject_id"))
		if got := official.ask("POST", "/exceptions", values).status; got != http.StatusNotFound {
			t.Errorf("%v answers %d", values, got)
		}
	}
}
