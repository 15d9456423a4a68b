package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tranche/workflow"
)

// What somebody gave a name stands at the head of the queue of those it is shared with, as
// a link; a query that is none is told at its field.
func TestASavedViewIsALinkAtTheHeadOfTheQueue(t *testing.T) {
	h := newHouse(t, nil)
	officer := h.as(workflow.ProgramOfficer)
	leads := func(a *answer, prefix string) (out []string) {
		for _, n := range a.nodes {
			if at := n.attr("href"); strings.HasPrefix(at, prefix) {
				out = append(out, at)
			}
		}
		return out
	}
	save := leads(officer.visit("/applications?view=review&q=water"), "/saved-views?query=")
	if len(save) != 1 {
		t.Fatalf("the queue leads to %q to be saved", save)
	}
	officer.visit(save[0])
	named := map[string]string{"name": "Water", "program": h.Program.String()}
	if got := officer.filled("/saved-views", named).Get("query"); got != "q=water&view=review" {
		t.Errorf("the form has the query %q", got)
	}
	if refused := officer.send("/saved-views", map[string]string{"name": "Water", "query": "after=1.2"}); refused.status != http.StatusUnprocessableEntity {
		t.Errorf("a query that is none: %d", refused.status)
	}
	officer.visit(save[0])
	if saved := officer.send("/saved-views", named); saved.status != http.StatusOK || saved.text("h1") != "Water" {
		t.Fatalf("saved: %d %q", saved.status, saved.text("h1"))
	}
	at := "/applications?" + url.Values{"q": {"water"}, "view": {"review"}}.Encode()
	for _, role := range []workflow.Role{workflow.ProgramOfficer, workflow.ProgramLead} {
		page := h.as(role).visit("/applications")
		if there := page.hrefs("chip"); !slices.Contains(there, at) {
			t.Errorf("%s has no link to %s, but %q", role, at, there)
		}
	}
}
