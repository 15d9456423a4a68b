package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/app/policy"
	"tranche/app/trial"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// ruled is a house whose engine compiles program files and answers their rules.
func ruled(t *testing.T) *house {
	t.Helper()
	rules, err := policy.NewRules()
	if err != nil {
		t.Fatal(err)
	}
	tr := &trial.Trial{Compiler: policy.NewCompiler(rules)}
	h := newHouse(t, func(s *Server) {
		tr.Reader, tr.Now = s.Reader, s.Now
		s.Trial = tr
	})
	h.DB.SetRules(rules)
	h.Engine.Prepare = map[engine.Act]engine.Preparer{{Noun: workflow.NounPolicy, Action: workflow.ActApply}: tr.Prepare}
	return h
}

// An administrator checks, compares, simulates and applies a version, and loses
// nothing that they typed on the way.
func TestAnAdministratorTriesAndAppliesAProgramFile(t *testing.T) {
	h := ruled(t)
	admin := h.as(workflow.Admin)
	admin.visit("/programs")
	at := pathOf(workflow.NounProgram, h.Program)
	if admin.page.path != at {
		t.Fatalf("the only program is at %s, not %s", admin.page.path, at)
	}
	if text := admin.filled(at+"/file", nil).Get("file"); !strings.Contains(text, "tranche program check FILE") {
		t.Errorf("the form does not begin with the example: %.80s", text)
	}
	admin.sound()

	step := func(step, file string) string {
		t.Helper()
		admin.press(at+"/file", at+"/file", step, map[string]string{"file": file, "note": "a try"})
		admin.sound()
		if form := admin.filled(at+"/file", nil); form.Get("file") != strings.TrimSpace(file) || form.Get("note") != "a try" {
			t.Errorf("%s: what was typed came back as %q with the note %q", step, form.Get("file"), form.Get("note"))
		}
		return admin.page.text("main")
	}
	// Mistakes stand beside their lines.
	bad := strings.NewReplacer("weight: 60", "weight: 61", "opens: 2026-05-01 09:00", "opens: 2026-02-30 09:00").Replace(enginetest.ProgramFile)
	text := step("check", bad)
	if admin.page.status != http.StatusUnprocessableEntity {
		t.Errorf("a file with mistakes gives %d", admin.page.status)
	}
	for _, want := range []string{"The file has 2 mistakes.", "Line 14, column 5: The weights add up to 101; expected 100.", "Line 28, column 91: Expected a moment", "{name: technical_merit, weight: 61"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not told: %s", want, text)
		}
	}
	if text := step("check", enginetest.ProgramFile); admin.page.status != 200 || !strings.Contains(text, "The file is sound.") {
		t.Errorf("a sound file gives %d %s", admin.page.status, text)
	}
	if text := step("compare", enginetest.ProgramFile); !strings.Contains(text, "The first version: everything is new") || !strings.Contains(text, "small_request") {
		t.Errorf("compared with nothing: %s", text)
	}
	// A file that is chosen takes the place of the text.
	for name, c := range map[string]struct{ body, says, text string }{
		"good.yaml":   {enginetest.ProgramFile, "The file is sound.", strings.TrimSpace(enginetest.ProgramFile)},
		"latin.yaml":  {"tranche: 1\n# caf\xe9\n", "Line 2, column 6: Expected plain UTF-8 text; found byte 0xE9", "tranche: 1\n# caf\ufffd"},
		"a photo.jpg": {"\xff\xd8\xff\xe0", "The file has a mistake.", "\ufffd"},
		"large.yaml":  {strings.Repeat("#", policy.MaxFile+1), "The file is larger than", ""},
	} {
		admin.page = admin.post(at+"/file", url.Values{"step": {"check"}}, "upload", name, c.body)
		admin.sound()
		if text := admin.page.text("main"); !strings.Contains(text, c.says) || admin.filled(at+"/file", nil).Get("file") != c.text {
			t.Errorf("%s: %.300s", name, text)
		}
	}
	// Applying what does not compile shows the same mistakes, and stores nothing.
	before := modelstest.Dump(t, h.DB, "sessions")
	admin.press(at+"/file", "/policies", "", map[string]string{"file": bad, "note": "a try"})
	admin.sound()
	if form := admin.filled(at+"/file", nil); admin.page.status != http.StatusUnprocessableEntity || form.Get("file") != strings.TrimSpace(bad) {
		t.Errorf("applying gives %d and the text %q", admin.page.status, form.Get("file"))
	}
	if !strings.Contains(admin.page.text("main"), "The file has 2 mistakes.") {
		t.Errorf("the mistakes are not told: %s", admin.page.text("main"))
	}
	if modelstest.Dump(t, h.DB, "sessions") != before {
		t.Error("trying wrote something")
	}

	admin.visit(at)
	admin.press(at+"/file", "/policies", "", map[string]string{"file": enginetest.ProgramFile, "note": "the first"})
	admin.sound()
	if admin.page.status != 200 || !strings.Contains(admin.page.text("h1"), "Version 1") || !strings.Contains(admin.page.text("pre"), "code: small_request") {
		t.Fatalf("applied: %d %s", admin.page.status, admin.page.text("main"))
	}
	c := h.NewCase("Large, Inc.", 3_000_000_00)
	h.Act(h.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSubmit)
	h.Act(nil, workflow.NounApplication, c.Application, workflow.ActScreenRefer)

	// The second version is told apart, simulated and applied.
	admin.visit(at)
	next := strings.Replace(enginetest.ProgramFile, "<= 2000000 * 100", "<= 4000000 * 100", 1)
	if text := step("compare", next); !strings.Contains(text, "Changes against version 1") || !strings.Contains(text, "<= 4000000 * 100") {
		t.Errorf("compared: %s", text)
	}
	before = modelstest.Dump(t, h.DB, "sessions")
	text = step("simulate", next)
	for _, want := range []string{"One verdict of 1 submitted applications would change", "Large, Inc.", "Referred → Eligible", "− The request is large."} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not told: %s", want, text)
		}
	}
	if modelstest.Dump(t, h.DB, "sessions") != before {
		t.Error("simulating wrote something")
	}
	admin.press(at+"/file", "/policies", "", map[string]string{"file": next, "note": "larger requests"})
	admin.sound()
	second, _, _ := strings.Cut(admin.page.path, "?")
	if !strings.Contains(admin.page.text("h1"), "Version 2") || !strings.Contains(admin.page.text("main"), "Changes against version 1") {
		t.Errorf("applied: %s", admin.page.text("main"))
	}
	if got := admin.visit(second + "/file"); got.body != strings.TrimSpace(next) || got.header.Get("Content-Disposition") != "attachment; filename=AIV-2.yaml" {
		t.Errorf("downloaded %q as %s", got.body, got.header.Get("Content-Disposition"))
	}
	admin.visit(at)
	if text := admin.page.text("main"); !strings.Contains(text, "Version 2") || !strings.Contains(text, "larger requests") || !strings.Contains(text, "Superseded") {
		t.Errorf("the versions are not listed: %s", text)
	}
	admin.press(at+"/file", "/policies", "", map[string]string{"file": next})
	if text := admin.page.text("main"); !strings.Contains(text, "The file is the same as version 2") {
		t.Errorf("the same file again: %d %s", admin.page.status, text)
	}
}

// Only who looks after files tries them. Officers read the versions that were applied;
// applicants and reviewers do not.
func TestProgramFilesAreForThoseWhoLookAfterThem(t *testing.T) {
	h := ruled(t)
	at := pathOf(workflow.NounProgram, h.Program)
	version := pathOf(workflow.NounPolicy, h.Must(workflow.NounPolicy, workflow.ActApply, h.Program, nil, enginetest.Text("file", enginetest.ProgramFile)).ID)
	for role, keeps := range map[workflow.Role]bool{workflow.Auditor: true, workflow.ProgramLead: true, workflow.Reviewer: false, workflow.AOR: false, workflow.ProgramOfficer: false} {
		b := h.as(role)
		if got := b.visit("/programs").status == 200; got != keeps {
			t.Errorf("%s sees the programs: %v", role, got)
		}
		reads := keeps || role == workflow.ProgramOfficer
		for _, path := range []string{version, version + "/file"} {
			if got := b.visit(path).status == http.StatusOK; got != reads {
				t.Errorf("%s reads %s: %v", role, path, got)
			}
		}
		for _, path := range []string{at, version} {
			if link := b.visit(path).links("/programs")["/programs"]; (link != "") != keeps {
				t.Errorf("%s at %s is led to the list of programs: %v", role, path, !keeps)
			}
		}
		if form := b.visit(at).form(at + "/file"); (form != nil) != keeps {
			t.Errorf("%s has the form: %v", role, form != nil)
		}
		if b.page.button(at+"/file", "/policies", "") {
			t.Errorf("%s may apply", role)
		}
		b.page = b.ask("POST", at+"/file", url.Values{"step": {"check"}, "file": {"x"}})
		if want := map[bool]int{true: http.StatusUnprocessableEntity, false: http.StatusNotFound}[keeps]; b.page.status != want {
			t.Errorf("%s tries a file: %d, want %d", role, b.page.status, want)
		}
	}
	lead := h.as(workflow.ProgramLead)
	lead.visit(at)
	lead.page = lead.ask("POST", at+"/file", url.Values{"step": {"fly"}, "file": {"x"}})
	if lead.page.status != http.StatusBadRequest {
		t.Errorf("an unknown step gives %d", lead.page.status)
	}
	h.Must(workflow.NounProgram, workflow.ActCreate, 0, nil, enginetest.Text("name", "Second"), enginetest.Text("prefix", "SEC"), enginetest.Text("agency", "Office"))
	admin := h.as(workflow.Admin)
	if text := admin.visit("/programs").text("main"); !strings.Contains(text, "Second") || !strings.Contains(text, "No file is in force") {
		t.Errorf("the list says %s", text)
	}
	admin.sound()
}

// press sends a form by the button that leads to an address and says step.
func (b *browser) press(form, action, step string, values map[string]string) {
	b.h.t.Helper()
	sent := b.filled(form, values)
	if !b.page.button(form, action, step) {
		b.h.t.Fatalf("%s has no button for %s %q", form, action, step)
	}
	if sent.Del("step"); step != "" {
		sent.Set("step", step)
	}
	b.page = b.follow(b.ask("POST", action, sent))
}

// button reports whether the form has a button that leads to an address and says step.
func (d doc) button(form, action, step string) bool {
	f := d.form(form)
	if f == nil {
		return false
	}
	for n := range f.Descendants() {
		e := element{n}
		if n.Data == "button" && (e.attr("formaction") == action || e.attr("formaction") == "" && action == form) && e.attr("value") == step {
			return true
		}
	}
	return false
}
