package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"tranche/app/engine/enginetest"
	"tranche/app/jobs"
	"tranche/workflow"
)

// waits is what the desk of somebody tells them to do, in order.
func (b *browser) waits() []string {
	b.h.t.Helper()
	b.visit("/desk")
	b.sound()
	return b.page.class("ttl")
}

// number returns the number of the application of c.
func (h *house) number(c *enginetest.Case) string {
	h.t.Helper()
	row, err := h.DB.Row(h.t.Context(), h.As(workflow.Auditor), workflow.NounApplication, c.Application)
	if err != nil {
		h.t.Fatal(err)
	}
	return textIn(row, "number")
}

// hrefs returns where the links of a class lead, in order.
func (d doc) hrefs(class string) (out []string) {
	for _, n := range d.nodes {
		if n.Data == "a" && slices.Contains(strings.Fields(n.attr("class")), class) {
			out = append(out, n.attr("href"))
		}
	}
	return out
}

// hrefsOf returns where the links of a relation lead, in order.
func (d doc) hrefsOf(rel string) (out []string) {
	for _, n := range d.nodes {
		if n.Data == "a" && n.attr("rel") == rel {
			out = append(out, n.attr("href"))
		}
	}
	return out
}

// A case comes to the desk of whose duty it is next, and to nobody else's.
func TestTheDeskFollowsACase(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(900_00).Submit()
	duties := []workflow.Role{workflow.ProgramOfficer, workflow.SelectingOfficial, workflow.GrantsOfficer, workflow.FinancePreparer, workflow.FinanceCertifier, workflow.FinanceReleaser}
	expect := func(when string, want map[workflow.Role]string) {
		t.Helper()
		for _, role := range duties {
			got := h.as(role).waits()
			if one := want[role]; one == "" && len(got) > 0 || one != "" && !slices.Contains(got, one) || len(got) > 1 {
				t.Errorf("%s, the %s has %q to do, want %q", when, role, got, one)
			}
		}
	}
	expect("in review", map[workflow.Role]string{workflow.ProgramOfficer: "Application: Recommend an award"})
	if text := h.as(workflow.ProgramOfficer).visit("/desk").text("main"); !strings.Contains(text, "review") || !strings.Contains(text, h.number(c)) {
		t.Errorf("the officer is not told of what case, or that reviews are missing: %s", text)
	}
	c.ReviewBy(h.Reviewers[0])
	c.Recommend()
	expect("recommended", map[workflow.Role]string{workflow.SelectingOfficial: "Application: Make the award"})
	c.Awarded().Bank().Active()
	_, payment := c.Claim(0)
	expect("claim approved", map[workflow.Role]string{workflow.FinancePreparer: "Payment: Put into a batch"})
	h.newBatch(payment)
	expect("batch submitted", map[workflow.Role]string{workflow.FinanceCertifier: "Batch: Approve the batch"})
}

// Whoever may not do it is told why, and whoever is of the company learns nothing.
func TestTheDeskSaysWhyAStepIsBarred(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(900_00).Submit()
	c.ReviewBy(h.Reviewers[0])
	c.Recommend()
	h.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(h.People[workflow.ProgramOfficer])),
		enginetest.Text("role", workflow.SelectingOfficial.String()), enginetest.Int("program", int64(h.Program)))
	officer := h.as(workflow.ProgramOfficer)
	officer.visit("/desk")
	officer.sound()
	text := officer.page.text("main")
	if !strings.Contains(text, "Not you:") || !strings.Contains(text, h.number(c)) {
		t.Errorf("who recommended reads: %s", text)
	}
	other := h.as(workflow.SelectingOfficial)
	if text := other.visit("/desk").text("main"); strings.Contains(text, "Not you:") || !strings.Contains(text, h.number(c)) {
		t.Errorf("the other official reads: %s", text)
	}
	h.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(h.People[workflow.SelectingOfficial])),
		enginetest.Text("role", workflow.Applicant.String()), enginetest.Int("organization", int64(c.Company)))
	if text := h.as(workflow.SelectingOfficial).visit("/desk").text("main"); strings.Contains(text, h.number(c)) {
		t.Errorf("who is of the company reads: %s", text)
	}
	if a := h.as(workflow.Auditor).ask("GET", "/desk", nil); a.status != http.StatusNotFound {
		t.Errorf("an auditor, who has nothing to do, gets %d", a.status)
	}
}

// Who belongs to one of two organizations that may be the same, or to one that may be
// on a list, is not told; another officer is.
func TestTheDeskTellsOfPairsToWhoHasNoPartInThem(t *testing.T) {
	h := newHouse(t, nil)
	twin := h.Organization("Cascadia Robotics LLC", 1_00)
	h.List(workflow.ListOFAC, enginetest.Listed("36", workflow.EntryEntity, "Cascadia Robotics Inc"))
	h.screened(h.Company)
	if err := jobs.CompareAll(t.Context(), h.DB, h.Engine, h.Now); err != nil {
		t.Fatal(err)
	}
	officer, security := h.as(workflow.ProgramOfficer), h.as(workflow.SecurityReviewer)
	if got := officer.waits(); !slices.Contains(got, "Possible duplicate: Decide whether they are the same") {
		t.Errorf("the officer has %q", got)
	}
	if got := security.waits(); !slices.Contains(got, "Hit: Decide whether they are the same") {
		t.Errorf("the security reviewer has %q", got)
	}
	for _, role := range []workflow.Role{workflow.ProgramOfficer, workflow.SecurityReviewer} {
		h.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(h.People[role])),
			enginetest.Text("role", workflow.Applicant.String()), enginetest.Int("organization", int64(twin)))
	}
	if got := officer.waits(); len(got) > 0 {
		t.Errorf("who belongs to one of the two has %q", got)
	}
	if got := security.waits(); len(got) == 0 {
		t.Error("who belongs to the other organization is told nothing of the hit of this one")
	}
}

// Of many, the ones that wait longest are shown first, the others on the next page,
// and the tabs count all.
func TestTheDeskShowsTheLongestWaitingFirst(t *testing.T) {
	h := newHouse(t, nil)
	const n = 60
	var first string
	for i := range n {
		c := h.NewCase(fmt.Sprintf("Waiting %d Inc.", i), 900_00).Submit()
		if i == 0 {
			first = "/applications/" + c.Application.String()
		}
		h.Advance(time.Minute)
	}
	officer := h.as(workflow.ProgramOfficer)
	got := officer.waits()
	if len(got) != 50 || officer.page.counted(t) != n {
		t.Errorf("%d rows of %d", len(got), officer.page.counted(t))
	}
	if at := officer.page.hrefs("ttl"); at[0] != first {
		t.Errorf("the first row leads to %s, want %s", at[0], first)
	}
	next := officer.page.hrefsOf("next")
	if len(next) != 1 {
		t.Fatalf("the next page is at %v", next)
	}
	officer.visit(next[0])
	officer.sound()
	if rest := officer.page.hrefs("ttl"); len(rest) != n-50 || slices.Contains(rest, first) || officer.page.counted(t) != n {
		t.Errorf("the next page has %d rows of %d", len(rest), officer.page.counted(t))
	}
	officer.visit("/desk?errand=application.in_review")
	if officer.page.counted(t) != n {
		t.Error("the tab shows something else")
	}
	if officer.visit("/desk?errand=nothing.at_all"); officer.page.status != http.StatusOK {
		t.Errorf("an unknown errand answers %d", officer.page.status)
	}
}
