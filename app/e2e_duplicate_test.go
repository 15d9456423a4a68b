package main

import (
	"fmt"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/workflow"
)

// A company registers a second time under another form of its name. The job finds the
// pair; an officer opens it from their desk and links the two with a reason; another
// officer takes that back.
func TestOfficersDecideAboutADuplicateInABrowser(t *testing.T) {
	j, w := newJourney(t)
	first, second := w.Organization("Klamath Vision, Inc.", 1_000_000_00), w.Organization("KLAMATH VISION LLC", 2_000_000_00)
	for _, company := range []workflow.ID{first, second} {
		w.Act(w.As(workflow.Admin), workflow.NounOrganization, company, workflow.ActUpdate, enginetest.Text("website", "https://klamath.example"))
	}
	officer, other := j.person(workflow.ProgramOfficer, w.Program, 0), j.person(workflow.ProgramOfficer, w.Program, 0)
	j.until("the pair is found", func() bool {
		found, err := models.Records[workflow.Duplicate](t.Context(), j.house.db.Reader, &models.Viewer{System: true}, workflow.NounDuplicate, models.Filter{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		return len(found) == 1
	})
	pair := newest[workflow.Duplicate](j, workflow.NounDuplicate)
	page := fmt.Sprintf("/duplicates/%d", pair.ID)

	j.as(officer)
	j.open("/desk")
	j.sound()
	j.press(fmt.Sprintf("main a[href=%q]", page))
	j.sound()
	j.shows("Klamath Vision, Inc.", "KLAMATH VISION LLC", "The same website", "Names equal but for form")
	link := fmt.Sprintf(`form[action="%s/actions/link"]`, page)
	j.refused(j.opened(link)+" button[type=submit]", "Enter an answer")
	j.fill(j.opened(link), map[string]string{"note": "One founder, two registrations."})
	j.press(link + " button[type=submit]")
	j.sound()
	j.shows("Linked", "One founder, two registrations.", "somebody else has to take it back")

	j.as(other)
	j.open("/duplicates?state=linked")
	j.sound()
	j.press(fmt.Sprintf("main a[href=%q]", page))
	undo := fmt.Sprintf(`form[action="%s/actions/undo"]`, page)
	j.fill(j.opened(undo), map[string]string{"note": "The LLC was sold in May."})
	j.press(undo + " button[type=submit]")
	j.sound()
	if pair = newest[workflow.Duplicate](j, workflow.NounDuplicate); pair.State != workflow.Open {
		t.Errorf("the pair is %s", pair.State)
	}
}
