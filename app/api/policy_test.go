package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/models/modelstest"
	"tranche/workflow"
)

func TestAProgramFileIsTriedAndApplied(t *testing.T) {
	openapi3filter.RegisterBodyDecoder("application/yaml", openapi3filter.FileBodyDecoder) // the document says bytes
	s := newSite(t)
	s.Engine.Prepare[engine.Act{Noun: workflow.NounPolicy, Action: workflow.ActApply}] = s.trial.Prepare
	admin, yaml := s.People[workflow.Admin], []string{"Content-Type", "text/plain"}
	at := fmt.Sprintf("/programs/%d/policy/", s.Program)
	before := modelstest.Dump(t, s.DB)
	if got := s.must(200, admin, "POST", at+"check", enginetest.ProgramFile, yaml...); got["prefix"] != "AIV" || got["phases"] != 1.0 || got["opportunities"] != 1.0 {
		t.Errorf("checked: %v", got)
	}
	if got := s.must(200, admin, "POST", at+"check", enginetest.ProgramFile, "Content-Type", "application/yaml"); got["prefix"] != "AIV" {
		t.Errorf("checked as YAML: %v", got)
	}
	bad := strings.Replace(enginetest.ProgramFile, "weight: 60", "weight: 61", 1)
	for _, step := range []string{"check", "diff", "simulate"} {
		got := s.must(422, admin, "POST", at+step, bad, yaml...)
		wrong := got["errors"].([]any)[0].(map[string]any)
		if wrong["line"] != 14.0 || wrong["column"] != 5.0 || wrong["path"] != "defaults.rubric" || wrong["reason"] != "policy_weights" ||
			wrong["message"] != "Line 14, column 5: The weights add up to 101; expected 100." {
			t.Errorf("%s: %v", step, got)
		}
	}
	if got := s.must(200, admin, "POST", at+"diff", enginetest.ProgramFile, yaml...); got["against"] != nil || len(got["changes"].([]any)) < 20 {
		t.Errorf("against nothing: %v", got)
	}
	if modelstest.Dump(t, s.DB) != before {
		t.Error("trying wrote something")
	}
	apply := func(file string) workflow.ID {
		return s.made(admin, "/policies", fmt.Sprintf(`{"program":%d,"file":%q,"note":"x"}`, s.Program, file))
	}
	if got := s.must(422, admin, "POST", "/policies", fmt.Sprintf(`{"program":%d,"file":%q}`, s.Program, bad)); got["errors"].([]any)[0].(map[string]any)["path"] != "defaults.rubric" {
		t.Errorf("applied a file with mistakes: %v", got)
	}
	version := apply(enginetest.ProgramFile)
	if got := s.ask(admin, "GET", pathOf(workflow.NounPolicy, version)+"/file", ""); got.status != 200 || string(got.body) != strings.TrimSpace(enginetest.ProgramFile) {
		t.Errorf("downloaded %d %s", got.status, got.body)
	}
	c := s.NewCase("Large, Inc.", 3_000_000_00)
	s.Act(s.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSubmit)
	next := strings.Replace(enginetest.ProgramFile, "<= 2000000", "<= 4000000", 1)
	diff := s.must(200, admin, "POST", at+"diff", next, yaml...)
	if change := diff["changes"].([]any)[0].(map[string]any); diff["against"] != 1.0 || change["item"] != "small_request" || change["where"] != "AIV-2026-R1" {
		t.Errorf("compared: %v", diff)
	}
	found := s.must(200, s.People[workflow.ProgramLead], "POST", at+"simulate", next, yaml...)
	one := found["cases"].([]any)[0].(map[string]any)
	if found["changed"] != 1.0 || found["before"].(map[string]any)["refer"] != 1.0 || one["before"] != "refer" || one["after"] != "pass" || one["goes"].([]any)[0] != "small_request" {
		t.Errorf("simulated: %v", found)
	}
	for _, who := range []workflow.ID{s.People[workflow.ProgramOfficer], s.People[workflow.AOR]} {
		if got := s.ask(who, "POST", at+"simulate", next, yaml...); got.status != 403 {
			t.Errorf("%s simulates: %d %s", who, got.status, got.body)
		}
	}
	if got := s.ask(admin, "POST", at+"check", `{"file":"x"}`); got.status != 415 {
		t.Errorf("JSON: %d", got.status)
	}
	if got := s.ask(s.People[workflow.AOR], "GET", pathOf(workflow.NounPolicy, version)+"/file", ""); got.status != 404 {
		t.Errorf("an applicant reads the file: %d", got.status)
	}
}
