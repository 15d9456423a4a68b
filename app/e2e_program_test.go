package main

import (
	"fmt"
	"strings"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/workflow"
)

// paste puts a long text into a field at once.
func (j *journey) paste(field, text string) {
	j.t.Helper()
	j.value(fmt.Sprintf("document.querySelector(%q).value = %q", field, text))
}

// An administrator checks a program's file, compares and simulates it, and applies it.
func TestAnAdministratorAppliesAProgramVersionInABrowser(t *testing.T) {
	j, w := newJourney(t)
	j.as(j.person(workflow.Admin, 0, 0))
	page := fmt.Sprintf("/programs/%d", w.Program)
	j.open("/programs")
	j.open(page)
	j.sound()
	try := func(button, text string) {
		t.Helper()
		j.paste("#file", text)
		j.leave(button)
		j.sound()
	}
	check, compare, simulate, apply := `button[value="check"]`, `button[value="compare"]`, `button[value="simulate"]`, `button[formaction="/policies"]`

	try(check, strings.NewReplacer("weight: 60", "weight: 61", "opens: 2026-05-01 09:00", "opens: 2026-02-30 09:00").Replace(enginetest.ProgramFile))
	j.shows("The file has 2 mistakes.", "Line 14, column 5: The weights add up to 101; expected 100.", "Line 28, column 91: Expected a moment")
	try(apply, strings.Replace(enginetest.ProgramFile, "weight: 60", "weight: 61", 1))
	j.shows("The file has a mistake.")
	try(check, enginetest.ProgramFile)
	j.shows("The file is sound.")
	try(compare, enginetest.ProgramFile)
	j.shows("The first version: everything is new", "small_request")
	try(apply, enginetest.ProgramFile)
	j.shows("Version 1")
	if first := newest[workflow.Policy](j, workflow.NounPolicy); first.State != workflow.Active {
		t.Fatalf("the first version is %s", first.State)
	}

	c := w.NewCase("Large, Inc.", 3_000_000_00)
	w.Act(w.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSubmit)
	j.until("the application is referred", func() bool {
		return newest[workflow.Application](j, workflow.NounApplication).State == workflow.Screening
	})
	events := j.events()
	next := strings.Replace(enginetest.ProgramFile, "<= 2000000 * 100", "<= 4000000 * 100", 1)
	j.open(page)
	try(compare, next)
	j.shows("Changes against version 1", "<= 4000000 * 100")
	try(simulate, next)
	j.shows("One verdict of 1 submitted applications would change", "Large, Inc.", "Referred → Eligible", "− The request is large.")
	if now := j.events(); now != events {
		t.Errorf("trying left %d events", now-events)
	}
	try(apply, next)
	j.shows("Version 2", "Changes against version 1")
	if second := newest[workflow.Policy](j, workflow.NounPolicy); second.State != workflow.Active || second.Number != 2 {
		t.Errorf("the second version is %s", second.State)
	}
	j.open(page)
	j.shows("Version 2", "Superseded")
	try(apply, next)
	j.shows("The file is the same as version 2")
}

func (j *journey) events() int {
	j.t.Helper()
	n, err := j.house.db.CountEvents(j.t.Context())
	if err != nil {
		j.t.Fatal(err)
	}
	return n
}
