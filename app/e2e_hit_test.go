package main

import (
	"fmt"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/workflow"
)

// A list comes in, a case is referred for a name on it, the security reviewer looks at
// both side by side and dismisses the hit, and the officer takes the case on.
func TestAnOfficerAdjudicatesAHitInABrowser(t *testing.T) {
	j, w := newJourney(t)
	company := w.Organization("Anglo Caribbean Optics LLC", 1_000_000_00)
	aor, security, officer := j.person(workflow.AOR, 0, company), j.person(workflow.SecurityReviewer, w.Program, 0), j.person(workflow.ProgramOfficer, w.Program, 0)
	w.Must(workflow.NounList, workflow.ActCreate, 0, w.As(workflow.Admin), enginetest.Text("kind", workflow.ListOFAC),
		enginetest.Date("dated", workflow.DateOf(w.Now())), enginetest.File("file", "sdn.csv", sdn), enginetest.File("aliases", "alt.csv", alt+"173,8,\"aka\",\"AVIA IMPORT\",-0- \n"))

	j.applies(w, aor, nil)
	app := newest[workflow.Application](j, workflow.NounApplication)
	j.until("the application is screened", func() bool {
		app = newest[workflow.Application](j, workflow.NounApplication)
		return app.State != workflow.Submitted
	})
	if app.State != workflow.Screening {
		t.Fatalf("with a hit the application is %s", app.State)
	}
	at := fmt.Sprintf("/applications/%d", app.ID)

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
