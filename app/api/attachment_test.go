package api

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"

	"tranche/models/modelstest"
	"tranche/workflow"
)

// papers is a body of an application's documents: code, name and bytes of each.
func papers(files ...[3]string) string {
	out := `{"documents":{`
	for i, f := range files {
		if i > 0 {
			out += ","
		}
		out += fmt.Sprintf(`%q:{"name":%q,"content":%q}`, f[0], f[1], base64.StdEncoding.EncodeToString([]byte(f[2])))
	}
	return out + "}}"
}

// paperedSite is a site whose program asks for documents, with a draft.
func paperedSite(t *testing.T) (s *site, aor workflow.ID, path string) {
	t.Helper()
	openapi3filter.RegisterBodyDecoder("application/pdf", openapi3filter.FileBodyDecoder)
	s = newSite(t)
	s.Apply("documents", s.Plan(func(p *workflow.Plan) {
		terms := &p.Opportunities[0].Terms
		terms.Sections[2].Questions = nil
		terms.Documents = []workflow.DocumentTerm{
			{Code: "work_plan", Label: workflow.Label{EN: "Work plan", ZH: "工作計畫書"}, Required: true, Types: []string{"pdf"}, MaxMB: 1},
			{Code: "letter", Label: workflow.Label{EN: "Letter", ZH: "信函"}, Required: true},
			{Code: "other_1", Label: workflow.Label{EN: "Other", ZH: "其他"}},
		}
	}))
	c := s.Draft(1_000_000_00)
	return s, c.AOR, pathOf(workflow.NounApplication, c.Application)
}

func TestFilesOfAnApplicationComeThroughTheAPI(t *testing.T) {
	s, aor, path := paperedSite(t)
	id := idOf(s.must(200, aor, "GET", path, ""))
	patch := func(body string) map[string]any {
		t.Helper()
		return s.must(200, aor, "PATCH", path, body, "If-Match", s.tag(workflow.NounApplication, id))
	}
	files := func() (out []string) {
		t.Helper()
		for _, one := range s.must(200, aor, "GET", path, "")["documents"].([]any) {
			f := one.(map[string]any)
			out = append(out, fmt.Sprintf("%s %s %s %v %d", f["code"], f["name"], f["type"], f["size"], len(f["sha256"].(string))))
		}
		return out
	}
	patch(papers([3]string{"work_plan", "plan.pdf", aPDF}, [3]string{"other_1", "../../etc/notes.txt", "Notes."}))
	if got := fmt.Sprint(files()); got != "[other_1 notes.txt TXT 6 64 work_plan plan.pdf PDF 15 64]" {
		t.Errorf("stored %s", got)
	}
	refused := s.ask(aor, "POST", path+"/actions/submit", "", "If-Match", `"2"`)
	if problem := refused.object(t); refused.status != 422 || problem["reason"] != "documents_missing" || problem["detail"] != "Documents are missing: Letter." {
		t.Errorf("submitting without a letter: %d %s", refused.status, refused.body)
	}
	patch(`{"title":"Another title"}`)
	before := modelstest.Stored(t, s.DB)
	if stale := s.ask(aor, "PATCH", path, papers([3]string{"letter", "l.pdf", aPDF}), "If-Match", `"1"`); stale.status != 409 || stale.reason(t) != "stale" || modelstest.Stored(t, s.DB) != before {
		t.Errorf("a file for a version that is past: %d %s", stale.status, stale.body)
	}
	patch(`{"documents":{"other_1":null,"letter":{"name":"l.pdf","content":"` + base64.StdEncoding.EncodeToString([]byte(aPDF)) + `"}}}`)
	if got := fmt.Sprint(files()); got != "[letter l.pdf PDF 15 64 work_plan plan.pdf PDF 15 64]" {
		t.Errorf("stored %s", got)
	}
	file := s.ask(aor, "GET", path+"/documents/work_plan", "")
	if file.status != 200 || string(file.body) != aPDF || file.header.Get("Content-Type") != "application/pdf" || file.header.Get("Content-Disposition") != "attachment; filename=plan.pdf" ||
		file.header.Get("X-Content-Type-Options") != "nosniff" || file.header.Get("Content-Security-Policy") != "sandbox; default-src 'none'" {
		t.Errorf("the file is %d %q, %v", file.status, file.body, file.header)
	}
	if again := s.ask(aor, "GET", path+"/documents/work_plan", "", "If-None-Match", file.header.Get("ETag")); again.status != 304 {
		t.Errorf("a file that did not change: %d", again.status)
	}
	stranger := s.Member(s.Organization("Stranger, Inc.", 1), workflow.AOR)
	for _, c := range []struct {
		who  workflow.ID
		path string
	}{{aor, path + "/documents/other_1"}, {stranger, path + "/documents/work_plan"}, {s.People[workflow.Reviewer], path + "/documents/work_plan"},
		{aor, "/applications/999999/documents/work_plan"}} {
		if got := s.ask(c.who, "GET", c.path, ""); got.status != 404 || got.reason(t) != "not_found" {
			t.Errorf("%d at %s: %d %s", c.who, c.path, got.status, got.body)
		}
	}
	s.act(aor, workflow.NounApplication, id, "submit", "")
	if got := s.ask(aor, "PATCH", path, papers([3]string{"work_plan", "late.pdf", aPDF}), "If-Match", s.tag(workflow.NounApplication, id)); got.status != 409 {
		t.Errorf("a file for a submitted application: %d %s", got.status, got.body)
	}
	for _, role := range []workflow.Role{workflow.ProgramOfficer, workflow.Auditor} {
		if got := s.ask(s.People[role], "GET", path+"/documents/letter", ""); got.status != 200 || string(got.body) != aPDF {
			t.Errorf("%s gets %d", role, got.status)
		}
	}
}

func TestAWrongFileOfAnApplicationIsNamedByTheAPI(t *testing.T) {
	s, aor, path := paperedSite(t)
	before := modelstest.Stored(t, s.DB)
	for _, c := range []struct {
		name, body, field, reason string
		status                    int
	}{
		{"a program, beside a good file", papers([3]string{"letter", "l.txt", "fine"}, [3]string{"work_plan", "a.pdf", "MZ"}), "documents.work_plan", "file_type_refused", 422},
		{"a table where a PDF is wanted", papers([3]string{"work_plan", "a.csv", "a,b\n"}), "documents.work_plan", "file_type_refused", 422},
		{"a document that nobody asked for", papers([3]string{"passport", "a.pdf", aPDF}), "documents.passport", "document_unknown", 422},
		{"to take away what nobody asked for", `{"documents":{"passport":null}}`, "documents.passport", "document_unknown", 422},
		{"more than the terms allow", papers([3]string{"work_plan", "a.pdf", aPDF + strings.Repeat(" ", 1<<20)}), "documents.work_plan", "file_too_large", 422},
		{"more than anybody may", papers([3]string{"letter", "a.pdf", aPDF + strings.Repeat(" ", workflow.MaxFile)}), "documents.letter", "file_too_large", 422},
		{"a name that turns round", papers([3]string{"letter", "a\u202efdp.pdf", aPDF}), "documents.letter", "bad_character", 422},
		{"a name with a control character", `{"documents":{"letter":{"name":"a\u0007.pdf","content":"JVBERi0="}}}`, "documents.letter", "bad_character", 422},
		{"a name of nothing but folders", papers([3]string{"letter", "../", aPDF}), "documents.letter", "not_a_file", 422},
		{"an empty file", papers([3]string{"letter", "a.pdf", ""}), "documents.letter", "not_a_file", 422},
		{"no base64", `{"documents":{"letter":{"name":"a.pdf","content":"!"}}}`, "documents.letter", "not_a_file", 422},
		{"no file", `{"documents":{"letter":"a.pdf"}}`, "documents.letter", "not_a_file", 422},
		{"no files", `{"documents":[]}`, "documents", "not_a_file", 422},
		{"a code that is none", papers([3]string{"Work-Plan", "a.pdf", aPDF}), "documents", "not_a_file", 422},
		{"a file with more", `{"documents":{"letter":{"name":"a.pdf","content":"","path":"/etc"}}}`, "documents.letter.path", "unknown_field", 400},
		{"a file twice", `{"documents":{"letter":null,"letter":null}}`, "documents.letter", "duplicate_field", 400},
	} {
		got := s.ask(aor, "PATCH", path, c.body, "If-Match", `"1"`)
		errs, _ := got.object(t)["errors"].([]any)
		if got.status != c.status || len(errs) != 1 || errs[0].(map[string]any)["field"] != c.field || errs[0].(map[string]any)["reason"] != c.reason {
			t.Errorf("%s: %d %.300s, want %d", c.name, got.status, got.body, c.status)
		}
	}
	if now := modelstest.Stored(t, s.DB); now != before {
		t.Errorf("%d documents and events, before %d", now, before)
	}
}

// A reply answers by the names of the questions, brings files and changes the application;
// what was asked, said and changed is read in one place.
func TestQuestionsAreAnsweredThroughTheAPI(t *testing.T) {
	s := newSite(t)
	c := s.NewCase("Tern Analytics LLC", 1_000_00).Submit()
	path := pathOf(workflow.NounApplication, c.Application)
	act := func(status int, who workflow.ID, action, body string) answered {
		t.Helper()
		got := s.ask(who, "POST", path+"/actions/"+action, body, "If-Match", s.tag(workflow.NounApplication, c.Application))
		if got.status != status {
			t.Fatalf("%s: %d %s", action, got.status, got.body)
		}
		return got
	}
	officer := s.People[workflow.ProgramOfficer]
	act(200, officer, "request_information", `{"question":"Which pumps?\nWhose data?","due":"2026-06-20"}`)
	act(200, officer, "extend_request", `{"due":"2026-06-27"}`)
	if why := act(422, c.AOR, "reply", `{"reply":{"q1":"Ours."}}`).object(t); why["reason"] != "question_unanswered" {
		t.Errorf("half a reply: %v", why)
	}
	file := base64.StdEncoding.EncodeToString([]byte(aPDF))
	act(200, c.AOR, "reply", `{"reply":{"q1":"Ours.","q2":"Theirs."},"files":{"q2":{"name":"deed.pdf","content":"`+file+`"}},"summary":"Pumps."}`)
	for _, who := range []workflow.ID{officer, c.AOR} {
		read := s.must(200, who, "GET", path+"/inquiries", "")
		second := read["items"].([]any)[1].(map[string]any)
		change := read["changes"].([]any)[0].(map[string]any)
		if second["name"] != "q2" || second["answer"] != "Theirs." || second["open"] != false || len(second["files"].([]any)) != 1 || change["name"] != "summary" || change["is"] != "Pumps." {
			t.Errorf("read %v", read)
		}
	}
	if other := s.ask(s.People[workflow.AOR], "GET", path+"/inquiries", ""); other.status != 404 {
		t.Errorf("another applicant reads %d", other.status)
	}
}
