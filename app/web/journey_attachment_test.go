package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// withDocuments is the program file of a World that asks for documents, and refers
// whoever attaches no letter.
var withDocuments = strings.NewReplacer("  rubric:\n", `  documents:
    - {code: work_plan, label: {en: Work plan, zh-TW: 工作計畫書}, required: true, types: [pdf, docx], max_mb: 1}
    - {code: letter, label: {en: Letter of support, zh-TW: 支持信函}, types: [pdf, png, jpeg]}
    - {code: other_1, label: {en: Another document, zh-TW: 其他文件}}
  rubric:
`, "  rules:\n", `  rules:
    - code: letter_attached
      outcome: refer
      when: '"letter" in application.documents'
      label: {en: No letter of support is attached., zh-TW: 未附支持信函。}
`).Replace(enginetest.ProgramFile)

// papered is a house whose program asks for documents, and the AOR's browser on the
// page of the form for them.
func papered(t *testing.T) (*house, *browser, string) {
	t.Helper()
	h := ruled(t)
	h.applyFile(withDocuments)
	b, at := started(h)
	b.visit(at + "/edit")
	for _, section := range []string{firstSection, "project", "budget"} {
		b.send(at+"/edit/"+section, typedAnswers[section])
	}
	if want := at + "/edit/" + documentsSection; b.page.path != want {
		t.Fatalf("after the budget comes %s, not %s", b.page.path, want)
	}
	b.sound()
	return h, b, at
}

// applyFile has the administrator apply a program's file on its page.
func (h *house) applyFile(file string) {
	h.t.Helper()
	admin, at := h.as(workflow.Admin), pathOf(workflow.NounProgram, h.Program)
	admin.visit(at)
	admin.press(at+"/file", "/policies", "", map[string]string{"file": file, "note": "for a test"})
	if admin.page.status != http.StatusOK || !strings.HasPrefix(admin.page.path, "/policies/") {
		h.t.Fatalf("applying the file leads to %d %s: %q", admin.page.status, admin.page.path, admin.page.class("err"))
	}
}

// attach sends the form of documents with one file in it.
func (b *browser) attach(at, code, name, body string) *answer {
	b.h.t.Helper()
	page := at + "/edit/" + documentsSection
	b.visit(page)
	form := b.filled(page, nil)
	for field := range form {
		if strings.HasPrefix(field, documentsName+".") {
			form.Del(field) // a browser sends no text for a file
		}
	}
	b.page = b.follow(b.post(page, form, documentsName+"."+code, name, body))
	return b.page
}

func TestAnApplicantAttachesWhatTheProgramAsksFor(t *testing.T) {
	h, b, at := papered(t)
	if _, err := h.DB.Pool().Exec("UPDATE opportunities SET zone = 'America/New_York'"); err != nil {
		t.Fatal(err)
	}
	b.visit(at + "/edit/certify")
	b.send(at+"/edit/certify", typedAnswers["certify"])
	b.sound()
	if text := b.page.text("main"); !strings.Contains(text, "Work plan") || strings.Contains(text, "Letter of support: ") || b.page.link("Work plan: This answer is required.") == "" && b.page.form(at+"/edit/"+lastSection) == nil {
		t.Errorf("the check page does not name what is missing: %s", text)
	}
	if button := b.page.button(at+"/edit/"+lastSection, at+"/edit/"+lastSection, "submit"); button {
		t.Error("a draft without its documents has a button to submit")
	}
	a := application(h, at)
	_, err := h.Do(h.As(workflow.AOR), workflow.NounApplication, a.ID, workflow.ActSubmit)
	if no := new(workflow.Refusal); !errors.As(err, &no) || no.Reason != "documents_missing" {
		t.Errorf("submitting without them: %v", err)
	}

	b.attach(at, "work_plan", `C:\plans\工作計畫.pdf`, aPDF)
	b.sound()
	b.attach(at, "letter", "letter.png", "\x89PNG\r\n\x1a\n...")
	b.visit(at + "/edit/" + documentsSection)
	b.sound()
	plan, _ := application(h, at).Documents.Of("work_plan")
	if plan.Name != "工作計畫.pdf" || plan.Type != "PDF" || plan.Size != int64(len(aPDF)) || !strings.Contains(b.page.body, plan.Sum) {
		t.Errorf("stored %+v", plan)
	}
	b.attach(at, "work_plan", "second.pdf", aPDF+"more")
	if again, _ := application(h, at).Documents.Of("work_plan"); again.Name != "second.pdf" || again.Sum == plan.Sum {
		t.Errorf("replaced by %+v", again)
	}
	b.attach(at, "other_1", "notes.txt", "Just a note.")
	b.visit(at + "/edit/" + documentsSection)
	b.send(at+"/edit/"+documentsSection, map[string]string{"documents.other_1": Checked})
	if _, there := application(h, at).Documents.Of("other_1"); there {
		t.Error("the note was not taken away")
	}

	b.visit(at + "/edit/" + lastSection)
	b.sound()
	b.send(at+"/edit/"+lastSection, nil)
	b.sound()
	a = application(h, at)
	if a.State != workflow.Submitted {
		t.Fatalf("it is %s: %q", a.State, b.page.class("err"))
	}
	plan, _ = a.Documents.Of("work_plan")
	letter, _ := a.Documents.Of("letter")
	receipt := b.page.text("main")
	for _, want := range []string{"second.pdf · PDF · 27 bytes · SHA-256 " + plan.Sum, "letter.png · PNG · 11 bytes · SHA-256 " + letter.Sum} {
		if !strings.Contains(receipt, want) {
			t.Errorf("the receipt does not say %q: %s", want, receipt)
		}
	}
	b.visit(at + "/receipt")
	b.sound()
	if text := b.page.text("main"); !strings.Contains(text, "second.pdf · PDF · 27 bytes · SHA-256 "+plan.Sum) {
		t.Errorf("the receipt's own page does not name the file: %s", text)
	}
	if text := b.page.text("main"); !strings.Contains(text, "Work plan") || strings.Contains(text, "work_plan") || !strings.Contains(text, "EDT") || strings.Contains(text, "UTC") || strings.Contains(text, "Deadline") {
		t.Errorf("the receipt's own page does not speak as the program does: %s", text)
	}
	h.Act(nil, workflow.NounApplication, a.ID, workflow.ActScreenPass)
	if b.visit(at+"/verdict").status != http.StatusOK || !strings.Contains(b.page.text("main"), "EDT") {
		t.Errorf("the verdict's times: %s", b.page.text("main"))
	}
	if kept := b.ask("GET", at+"/receipt.json", nil); !strings.Contains(kept.body, `"sha256": "`+plan.Sum+`"`) || !strings.Contains(kept.body, `"size": 27`) {
		t.Errorf("the receipt as JSON is %s", kept.body)
	}
	snapshot, err := h.DB.Reader.Document(t.Context(), a.Snapshot)
	var sent struct{ Documents []workflow.Attachment }
	if err != nil || json.Unmarshal(snapshot, &sent) != nil || len(sent.Documents) != 2 || sent.Documents[1] != plan {
		t.Errorf("the snapshot is %s (%v)", snapshot, err)
	}
	if again := b.ask("POST", at+"/edit/"+documentsSection, nil); again.status == http.StatusOK || again.status == http.StatusSeeOther {
		t.Errorf("a submitted application takes files: %d", again.status)
	}

	// A reopened draft changes its own files and not what was sent.
	h.Act(h.As(workflow.AOR), workflow.NounApplication, a.ID, workflow.ActReopen)
	b.attach(at, "work_plan", "third.pdf", aPDF+"third")
	if now := application(h, at); now.Snapshot != a.Snapshot || now.Documents == a.Documents {
		t.Errorf("reopened: %+v", now)
	}
	if text := b.visit(at).text("main"); !strings.Contains(text, plan.Sum) || !strings.Contains(text, "third.pdf") {
		t.Errorf("the page of a reopened draft: %s", text)
	}
	if kept, err := h.DB.Reader.Document(t.Context(), a.Snapshot); err != nil || string(kept) != string(snapshot) {
		t.Errorf("the snapshot is now %s (%v)", kept, err)
	}
	b.visit(at + "/edit/" + lastSection)
	b.send(at+"/edit/"+lastSection, nil)
	if b.visit(at); b.page.link("Eligibility verdict") != at+"/verdict" {
		t.Error("before the next screening nothing leads to the verdict on what was sent first")
	}
	h.Act(nil, workflow.NounApplication, a.ID, workflow.ActScreenPass)
	h.readers(at, "work_plan", aPDF+"third", "attachment; filename=third.pdf")
}

// readers checks who gets a file of an application, and how.
func (h *house) readers(at, code, body, disposition string) {
	t := h.t
	t.Helper()
	url := at + "/documents/" + code
	id := application(h, at).ID
	review := h.Must(workflow.NounReview, workflow.ActInvite, id, h.As(workflow.ProgramOfficer), enginetest.Int("reviewer", int64(h.Reviewers[0])),
		enginetest.Date("due", workflow.DateOf(h.Now()).AddDays(9))).ID
	for name, who := range map[string]*browser{"the applicant": h.as(workflow.AOR), "an officer": h.as(workflow.ProgramOfficer), "the auditor": h.as(workflow.Auditor),
		"a reviewer": h.signedIn(h.Reviewers[0])} {
		got := who.ask("GET", url, nil)
		if got.status != http.StatusOK || got.body != body || got.header.Get("Content-Disposition") != disposition || got.header.Get("Content-Type") != "application/pdf" ||
			got.header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(got.header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s gets %d, %v", name, got.status, got.header)
		}
		if who.visit(at + "?tab=application"); !strings.Contains(who.page.body, `href="`+url+`"`) {
			t.Errorf("%s sees no link to the file", name)
		}
		who.sound()
		if got := who.ask("GET", at+"/documents/other_1", nil); got.status != http.StatusNotFound {
			t.Errorf("%s gets %d for a file that is not there", name, got.status)
		}
	}
	h.Act(h.Viewer(h.Reviewers[0]), workflow.NounReview, review, workflow.ActRecuse, enginetest.Text("note", "I know them."))
	stranger := h.newcomer(h.Organization("Stranger, Inc.", 1), workflow.AOR)
	missing := stranger.ask("GET", "/applications/999999/documents/"+code, nil)
	for name, who := range map[string]*browser{"a stranger": stranger, "another reviewer": h.signedIn(h.Reviewers[1]), "who recused": h.signedIn(h.Reviewers[0])} {
		if got := who.ask("GET", url, nil); got.status != http.StatusNotFound || strings.ReplaceAll(got.text("main"), " ", "") != strings.ReplaceAll(missing.text("main"), " ", "") {
			t.Errorf("%s gets %d %s", name, got.status, got.text("main"))
		}
	}
	if got := h.browser().ask("GET", url, nil); got.status == http.StatusOK {
		t.Error("somebody who is not signed in gets the file")
	}
}

func TestAWrongFileIsNamedAndNothingIsStored(t *testing.T) {
	h, b, at := papered(t)
	before := modelstest.Stored(t, h.DB)
	for _, c := range []struct{ name, code, file, body, says string }{
		{"a program", "work_plan", "plan.pdf", "MZ\x90\x00", "plan.pdf is not taken. Upload one of: PDF, DOCX;"},
		{"a PDF called a program", "work_plan", "plan.exe", aPDF, "plan.exe is not taken."},
		{"text where a PDF is wanted", "work_plan", "plan.txt", "text", "plan.txt is not taken."},
		{"a picture of another kind", "letter", "l.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>", "l.svg is not taken. Upload one of: PDF, PNG, JPEG;"},
		{"a page called text", "other_1", "a.txt", "<html><script>", "a.txt is not taken."},
		{"more than the terms allow", "work_plan", "plan.pdf", aPDF + strings.Repeat(" ", 1<<20), "The file is larger than 1 MB."},
		{"more than anybody may", "other_1", "plan.pdf", aPDF + strings.Repeat(" ", workflow.MaxFile), "The file is larger than 10 MB."},
		{"an empty file", "work_plan", "plan.pdf", "", "Choose a file."},
		{"a name of 201 characters", "work_plan", strings.Repeat("x", 197) + ".pdf", aPDF, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.attach(at, c.code, c.file, c.body)
			if b.page.status != http.StatusUnprocessableEntity {
				t.Fatalf("answered %d at %s", b.page.status, b.page.path)
			}
			b.sound()
			wrong := b.page.id("form-documents." + c.code + "-error")
			if wrong == nil || !strings.Contains(wrong.text(), c.says) {
				t.Errorf("beside the field: %v, want %q; errors are %q", wrong, c.says, b.page.class("err"))
			}
		})
	}
	page := at + "/edit/" + documentsSection
	form := b.filled(page, nil)
	for field := range form {
		if strings.HasPrefix(field, documentsName+".") {
			form.Del(field)
		}
	}
	if got := b.post(page, form, "documents.passport", "p.pdf", aPDF); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "The program asks for no such document.") {
		t.Errorf("a document that nobody asked for: %d", got.status)
	}
	for _, field := range []string{"documents", "document.work_plan", "title"} {
		if got := b.post(page, form, field, "p.pdf", aPDF); got.status != http.StatusBadRequest {
			t.Errorf("a file for %q: %d", field, got.status)
		}
	}
	if now := modelstest.Stored(t, h.DB); now != before {
		t.Errorf("%d documents and events, before %d", now, before)
	}
}

// One bad file takes nothing else away: ticks stay, and what has to be chosen again is
// named.
func TestWhatCameWithABadFileIsNotForgotten(t *testing.T) {
	h, b, at := papered(t)
	b.attach(at, "other_1", "notes.txt", "Just a note.")
	page := at + "/edit/" + documentsSection
	b.visit(page)
	for _, want := range []string{"Work plan: choose a file", "Another document: choose another file", "Another document: take the file away"} {
		if !strings.Contains(b.page.text("main"), want) {
			t.Errorf("no field is called %q", want)
		}
	}
	form := b.filled(page, map[string]string{"documents.other_1": Checked})
	b.page = b.postFiles(page, form, sentFile{"documents.work_plan", "plan.exe", "MZ"}, sentFile{"documents.letter", "letter.pdf", aPDF})
	if b.page.status != http.StatusUnprocessableEntity {
		t.Fatalf("answered %d", b.page.status)
	}
	b.sound()
	if wrong := b.page.id("form-documents.letter-error"); wrong == nil || !strings.Contains(wrong.text(), "letter.pdf") {
		t.Errorf("beside the good file: %q", b.page.class("err"))
	}
	if got := b.filled(page, nil)["documents.other_1"]; !slices.Contains(got, Checked) {
		t.Error("the tick is gone")
	}
	if _, there := application(h, at).Documents.Of("letter"); there {
		t.Error("half of the form was stored")
	}
}

func TestARuleOfTheProgramSeesWhichDocumentsAreThere(t *testing.T) {
	for code, want := range map[string]workflow.State{"letter": workflow.InReview, "other_1": workflow.Screening} {
		h, b, at := papered(t)
		b.attach(at, "work_plan", "plan.pdf", aPDF)
		b.attach(at, code, "file.pdf", aPDF)
		b.visit(at + "/edit/certify")
		b.send(at+"/edit/certify", typedAnswers["certify"])
		b.send(at+"/edit/"+lastSection, nil)
		a := application(h, at)
		action := map[workflow.State]workflow.Action{workflow.InReview: workflow.ActScreenPass, workflow.Screening: workflow.ActScreenRefer}[want]
		h.Act(nil, workflow.NounApplication, a.ID, action)
		a = application(h, at)
		if a.State != want || !strings.Contains(a.Verdict, fmt.Sprintf(`"documents":["%s","work_plan"]`, code)) {
			t.Errorf("with %s it is %s by %s", code, a.State, a.Verdict)
		}
	}
}
