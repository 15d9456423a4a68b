package main

import (
	"fmt"
	"strings"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/workflow"
)

// A case is under way when the security reviewer imports a new version of a list: the
// page tells what it changes, the case is referred for a name on it, the reviewer looks
// at both side by side and dismisses the hit, and the officer takes the case on.
func TestAnOfficerAdjudicatesAHitInABrowser(t *testing.T) {
	j, w := newJourney(t)
	company := w.Organization("Anglo Caribbean Optics LLC", 1_000_000_00)
	aor, security, officer := j.person(workflow.AOR, 0, company), j.person(workflow.SecurityReviewer, w.Program, 0), j.person(workflow.ProgramOfficer, w.Program, 0)
	first, _, _ := strings.Cut(sdn, "\n")
	w.Must(workflow.NounList, workflow.ActCreate, 0, w.As(workflow.Admin), enginetest.Text("kind", workflow.ListOFAC),
		enginetest.Date("dated", workflow.DateOf(w.Now())), enginetest.File("file", "sdn.csv", first+"\n"))
	j.applies(w, aor, nil)
	app := newest[workflow.Application](j, workflow.NounApplication)
	becomes := func(s workflow.State) {
		t.Helper()
		j.until("the application is "+s.String(), func() bool {
			app = newest[workflow.Application](j, workflow.NounApplication)
			return app.State == s
		})
	}
	becomes(workflow.InReview)
	at := fmt.Sprintf("/applications/%d", app.ID)

	j.as(security)
	j.open("/lists")
	j.sound()
	const form = `form[action="/lists"]`
	j.value(fmt.Sprintf(`(document.querySelector('%s input[name=kind][value=ofac]').click(), '')`, form))
	j.choose(form+" input[name=file]", "sdn.csv", sdn)
	j.choose(form+" input[name=aliases]", "alt.csv", alt+"x,8,\"aka\",\"AVIA IMPORT\",-0- \n")
	j.refused(form+" button[type=submit]", "Choose sdn.csv again", "alt.csv, line 3: “ent_num” cannot hold this value; expected something like 36")
	j.choose(form+" input[name=file]", "sdn.csv", sdn)
	j.choose(form+" input[name=aliases]", "alt.csv", alt+"173,8,\"aka\",\"AVIA IMPORT\",-0- \n")
	j.press(form + " button[type=submit]")
	j.sound()
	j.shows("In force", "2 added, 1 changed, 0 removed", "173 ANGLO-CARIBBEAN CO., LTD.", "AVIA IMPORT", "AERO-CARIBBEAN")
	becomes(workflow.Screening)

	j.as(officer)
	j.open(at)
	j.sound()
	j.shows("1 hit stands", "ANGLO-CARIBBEAN CO., LTD.")

	j.as(security)
	j.open("/hits")
	j.sound()
	hit := newest[workflow.Hit](j, workflow.NounHit)
	page := fmt.Sprintf("/hits/%d", hit.ID)
	j.press(fmt.Sprintf("main a[href=%q]", page))
	j.sound()
	j.shows("Side by side", "AVIA IMPORT", "ANGLO", "CARIBBEAN", "OPTICS")
	dismiss := fmt.Sprintf(`form[action="%s/actions/dismiss"]`, page)
	j.refused(j.opened(dismiss)+" button[type=submit]", "Enter an answer")
	j.fill(j.opened(dismiss), map[string]string{"note": "Optics in Oregon; the one on the list ships from Havana."})
	j.press(dismiss + " button[type=submit]")
	j.sound()
	j.shows("Optics in Oregon", "Dismissed")

	j.as(officer)
	j.act(at, "clear", map[string]string{"codes": "evidence_accepted", "note": "The hit is another company."})
	j.sound()
	if app = newest[workflow.Application](j, workflow.NounApplication); app.State != workflow.InReview {
		t.Errorf("after the hit was dismissed the case is %s", app.State)
	}
}
