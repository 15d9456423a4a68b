package web

import (
	"net/http"
	"strings"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/app/jobs"
	"tranche/models"
	"tranche/workflow"
)

// twins registers a second organization like the world's own, has them compared, and
// returns it with the pair.
func (h *house) twins() (twin workflow.ID, pair workflow.Duplicate) {
	h.t.Helper()
	for id, name := range map[workflow.ID]string{h.Company: "Cascadia Robotics, Inc.", h.Organization("Cascadia Robotics LLC", 1_00): ""} {
		if name == "" {
			twin = id
		}
		h.Act(h.As(workflow.Admin), workflow.NounOrganization, id, workflow.ActUpdate, enginetest.Text("website", "https://www.cascadia.example"))
	}
	if err := jobs.CompareAll(h.t.Context(), h.DB, h.Engine, h.Now); err != nil {
		h.t.Fatal(err)
	}
	found, err := models.Records[workflow.Duplicate](h.t.Context(), h.DB.Reader, h.As(workflow.Auditor), workflow.NounDuplicate, models.Filter{})
	if err != nil || len(found) != 1 {
		h.t.Fatalf("%d pairs, %v", len(found), err)
	}
	return twin, found[0]
}

// An officer finds a pair, links it with a reason, and sees what both were awarded;
// another one takes that back.
func TestAnOfficerDecidesAboutAPair(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(900_00).Submit()
	c.ReviewBy(h.Reviewers[0])
	c.Recommend().Awarded()
	twin, pair := h.twins()
	at := pathOf(workflow.NounDuplicate, pair.ID)
	officer := h.as(workflow.ProgramOfficer)
	row := officer.visit("/duplicates").row(at)
	officer.sound()
	for _, want := range []string{"Cascadia Robotics, Inc.", "Cascadia Robotics LLC", "Names equal but for form", "The same website", "%", "Open"} {
		if !strings.Contains(row, want) {
			t.Errorf("the queue does not say %q: %s", want, row)
		}
	}
	text := officer.visit(at).text("main")
	officer.sound()
	for _, want := range []string{"$900.00", "$5,000,000.00", "The same website", "https://www.cascadia.example", "Nobody has decided", "Which one stays"} {
		if !strings.Contains(text, want) {
			t.Errorf("the pair does not say %q: %s", want, text)
		}
	}
	if a := officer.send(at+"/actions/link", map[string]string{"note": ""}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a link without a reason answers %d", a.status)
	}
	officer.visit(at)
	officer.send(at+"/actions/link", map[string]string{"note": "One founder, one website."})
	officer.sound()
	if text := officer.page.text("main"); !strings.Contains(text, "Linked") || !strings.Contains(text, "One founder, one website.") || !strings.Contains(text, "somebody else has to take it back") {
		t.Errorf("after the link: %s", text)
	}
	for _, path := range []string{pathOf(workflow.NounApplication, c.Application), pathOf(workflow.NounOrganization, twin)} {
		if text := officer.visit(path).text("main"); !strings.Contains(text, "May be the same as another organization") {
			t.Errorf("%s says nothing of the pair", path)
		}
		officer.sound()
	}
	h.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(h.People[workflow.ProgramLead])),
		enginetest.Text("role", workflow.ProgramOfficer.String()), enginetest.Int("program", int64(h.Program)))
	other := h.as(workflow.ProgramLead)
	other.visit(at)
	other.send(at+"/actions/undo", map[string]string{"note": "Two founders."})
	other.sound()
	if now := stored[workflow.Duplicate](h, workflow.NounDuplicate, pair.ID); now.State != workflow.Open {
		t.Errorf("the pair is %s", now.State)
	}
	other.send(at+"/actions/merge", map[string]string{"kept": h.Company.String(), "note": "The same after all."})
	if text := other.visit(pathOf(workflow.NounOrganization, twin)).text("main"); !strings.Contains(text, "Taken for, and goes on as") || other.page.link("Cascadia Robotics, Inc.") == "" {
		t.Errorf("the merged one does not say which goes on: %s", text)
	}
	other.sound()
}

// Nobody of either side, no mere reviewer and no applicant finds a trace of a pair.
func TestAPairIsForTheStaffWithoutAPartInIt(t *testing.T) {
	h := newHouse(t, nil)
	twin, pair := h.twins()
	at := pathOf(workflow.NounDuplicate, pair.ID)
	h.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(h.People[workflow.ProgramOfficer])),
		enginetest.Text("role", workflow.Applicant.String()), enginetest.Int("organization", int64(twin)))
	officer := h.as(workflow.ProgramOfficer)
	if a := officer.visit("/duplicates"); a.rows() != 0 || strings.Contains(a.text("main"), "Cascadia") {
		t.Errorf("who belongs to one of them reads %s", a.text("main"))
	}
	for _, b := range []*browser{officer, h.as(workflow.AOR), h.as(workflow.Reviewer)} {
		if a := b.ask("GET", at, nil); a.status != http.StatusNotFound {
			t.Errorf("the pair answers %d", a.status)
		}
	}
	for _, role := range []workflow.Role{workflow.AOR, workflow.Reviewer} {
		if a := h.as(role).ask("GET", "/duplicates", nil); a.status != http.StatusNotFound {
			t.Errorf("the %s gets %d for the queue", role, a.status)
		}
	}
	if text := h.as(workflow.AOR).visit(pathOf(workflow.NounOrganization, h.Company)).text("main"); strings.Contains(text, "May be the same") {
		t.Error("its own people are told")
	}
}

// The people of the one that goes are not told which one stays.
func TestWhoWasTakenForAnotherIsNotToldForWhom(t *testing.T) {
	h := newHouse(t, nil)
	twin, pair := h.twins()
	h.Act(h.As(workflow.ProgramOfficer), workflow.NounDuplicate, pair.ID, workflow.ActMerge, enginetest.Int("kept", int64(twin)), enginetest.Text("note", "one founder"))
	at := pathOf(workflow.NounOrganization, h.Company)
	if text := h.as(workflow.ProgramOfficer).visit(at).text("main"); !strings.Contains(text, "Cascadia Robotics LLC") {
		t.Errorf("the staff is not told: %s", text)
	}
	if text := h.as(workflow.AOR).visit(at).text("main"); strings.Contains(text, "Cascadia Robotics LLC") || strings.Contains(text, "Taken for, and") {
		t.Errorf("its people read %s", text)
	}
}
