package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// row returns the text of the row of a table that a link stands in.
func (d doc) row(href string) string {
	for _, n := range d.nodes {
		if n.Data != "tr" {
			continue
		}
		for inner := range n.Descendants() {
			if inner.Data == "a" && (element{inner}).attr("href") == href {
				return strings.Join(strings.Fields(n.text()), " ")
			}
		}
	}
	return ""
}

func TestTheVersionsOfAListAreShownWithWhatEachChanges(t *testing.T) {
	h := newHouse(t, nil)
	security := h.as(workflow.SecurityReviewer)
	if text := security.visit("/lists").text("main"); strings.Count(text, "No version was imported") != 3 {
		t.Errorf("without any list: %s", text)
	}
	security.sound()

	entry := func(key, name string) workflow.ListEntry { return enginetest.Listed(key, workflow.EntryEntity, name) }
	first := h.List(workflow.ListOFAC, listed(), entry("37", "Gone Trading"), entry("38", "Same Trading"))
	changed := listed()
	changed.Country, changed.Remarks = "Freedonia", ""
	second := h.List(workflow.ListOFAC, changed, entry("38", "Same Trading"), entry("9", "New Trading"))
	h.screened(h.Company)

	security.visit("/lists")
	security.sound()
	for id, wants := range map[workflow.ID][]string{
		first:  {"Superseded", "3 entries", "The first version: everything is new", strings.Repeat("0f", 32), "test.csv", "admin"},
		second: {"In force", "3 entries", "1 added, 1 changed, 1 removed"},
	} {
		row := security.page.row(pathOf(workflow.NounList, id))
		for _, want := range wants {
			if !strings.Contains(row, want) {
				t.Errorf("the row of %s does not say %q: %s", id, want, row)
			}
		}
	}
	security.visit(pathOf(workflow.NounList, second))
	security.sound()
	text := strings.Join(strings.Fields(security.page.text("main")), " ")
	for _, want := range []string{"In force", "1 added, 1 changed, 1 removed", "9 New Trading", "Added", "37 Gone Trading", "Removed", "36 Cascadian Robotics LLC", "Changed",
		"Address or country: Elbonia", "Address or country: Freedonia", "Remarks: Founded 1998.", "88.0% alike", "Hits found in it last1", strings.Repeat("0f", 32), "admin", "3 of 3 shown"} {
		if !strings.Contains(text, want) {
			t.Errorf("the version does not say %q: %s", want, text)
		}
	}
	if strings.Contains(text, "Same Trading") || strings.Contains(text, "CR Trading") {
		t.Errorf("what stayed the same is told: %s", text)
	}
	security.visit(security.page.link("1"))
	if security.page.path != "/hits?list="+second.String() || security.page.rows() != 1 {
		t.Errorf("the hits are at %s: %d", security.page.path, security.page.rows())
	}
	security.visit(pathOf(workflow.NounList, first))
	security.sound()
	if text := security.page.text("main"); !strings.Contains(text, "everything is new") || !strings.Contains(text, "Gone Trading") || !strings.Contains(text, "Superseded") {
		t.Errorf("the first version says %s", text)
	}
	for i := range newestLists {
		h.List(workflow.ListOFAC, entry("1", fmt.Sprint("Trader ", i)))
	}
	security.visit("/lists")
	if got := len(security.page.links("/lists/")); got != newestLists {
		t.Errorf("%d versions are shown of each kind", got)
	}
	security.visit(security.page.link("All versions OFAC list of specially designated nationals"))
	security.sound()
	if got := len(security.page.links("/lists/")); got != newestLists+2 || security.page.path != "/lists?kind=ofac" {
		t.Errorf("%d versions at %s", got, security.page.path)
	}
}

func TestManyVersionsAndManyChangesHavePages(t *testing.T) {
	h := newHouse(t, nil)
	many := func(n int, suffix string) (out []workflow.ListEntry) {
		for i := range n {
			out = append(out, enginetest.Listed(fmt.Sprint(i+1), workflow.EntryEntity, fmt.Sprintf("Company %d%s", i+1, suffix)))
		}
		return out
	}
	h.List(workflow.ListExclusions, many(listsAtOnce+3, "")...)
	id := h.List(workflow.ListExclusions, many(listsAtOnce+3, " Ltd")...)
	b := h.as(workflow.ProgramOfficer)
	at := pathOf(workflow.NounList, id)
	walked := func(from string) (pages []int) {
		t.Helper()
		for next := from; next != ""; {
			b.visit(next)
			b.sound()
			pages, next = append(pages, b.page.rows()), ""
			for _, n := range b.page.nodes {
				if n.Data == "a" && n.attr("rel") == "next" {
					next = n.attr("href")
				}
			}
		}
		return pages
	}
	if got := walked(at); !slices.Equal(got, []int{listsAtOnce, 3}) {
		t.Errorf("the changes have the pages %v", got)
	}
	if text := b.page.text("main"); b.page.links(at)[at] == "" || !strings.Contains(text, "3 of 53 shown") || !strings.Contains(text, "Company 53 Ltd") {
		t.Errorf("the last page: %s", text)
	}
	for i := range listsAtOnce {
		h.List(workflow.ListExclusions, many(1, fmt.Sprint(" ", i))...)
	}
	if got := walked("/lists?kind=sam_exclusions"); !slices.Equal(got, []int{listsAtOnce, 2}) {
		t.Errorf("the versions have the pages %v", got)
	}
	if b.visit("/lists?kind=nothing&after=x").status != http.StatusOK || len(b.page.class("card")) < 3 {
		t.Error("an address that nobody knows shows no lists")
	}
}

// The staff sees the lists; those whose duty it is import them; to everybody else there
// are none.
func TestListsAreForTheStaff(t *testing.T) {
	h := newHouse(t, nil)
	id := h.List(workflow.ListOFAC, listed())
	at := pathOf(workflow.NounList, id)
	for role, may := range map[workflow.Role]struct{ see, bring bool }{
		workflow.AOR: {}, workflow.Reviewer: {}, workflow.ProgramOfficer: {see: true}, workflow.ProgramLead: {see: true}, workflow.SelectingOfficial: {see: true},
		workflow.GrantsOfficer: {see: true}, workflow.FinancePreparer: {see: true}, workflow.Auditor: {see: true}, workflow.SecurityReviewer: {true, true}, workflow.Admin: {true, true},
	} {
		b := h.as(role)
		if shown := b.visit("/").links("/lists")["/lists"] != ""; shown != may.see {
			t.Errorf("%s has the lists in the menu: %v", role, shown)
		}
		for _, path := range []string{"/lists", at, "/lists?kind=ofac"} {
			a := b.ask("GET", path, nil)
			want := map[bool]int{true: http.StatusOK, false: http.StatusNotFound}[may.see]
			if a.status != want || !may.see && strings.Contains(a.body, "OFAC") {
				t.Errorf("%s: %s answers %d, want %d", role, path, a.status, want)
			}
		}
		if b.visit("/lists"); (b.page.form("/lists") != nil) != may.bring {
			t.Errorf("%s has the form: %v", role, !may.bring)
		}
		sent := url.Values{"kind": {workflow.ListOFAC}, "dated": {workflow.DateOf(h.Now()).String()}, "key": {"a-key-of-" + role.String()}}
		before := modelstest.Dump(t, h.DB, "sessions")
		want := map[bool]int{true: http.StatusForbidden, false: http.StatusNotFound}[may.see]
		if may.bring {
			want = http.StatusUnprocessableEntity // what a page needs to read it is elsewhere
		}
		b.page = b.post("/lists", sent, "file", "sdn.csv", "36,x\n")
		if b.page.status != want || modelstest.Dump(t, h.DB, "sessions") != before {
			t.Errorf("%s imports a list: %d, want %d", role, b.page.status, want)
		}
		if may.see {
			b.sound()
		}
	}
	if a := h.browser().ask("GET", at, nil); a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/sign-in?") {
		t.Errorf("nobody: %d", a.status)
	}
}
