package web

import (
	"net/http"
	"strings"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/workflow"
)

// An officer asks two things and gives more time; the applicant answers with a file and
// corrects the application; everybody sees what changed, and the submission stays.
func TestQuestionsAreNumberedAnsweredAndHeldAgainstTheSubmission(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(148_500_00).Submit()
	at := pathOf(workflow.NounApplication, c.Application)
	officer, aor := h.as(workflow.ProgramOfficer), h.as(workflow.AOR)
	day := func(days int) string { return workflow.DateOf(h.Now()).AddDays(days).String() }

	officer.visit(at)
	officer.send(at+"/actions/request_information", map[string]string{"question": "Who owns the data?\r\n\r\nWhich pumps are first?", "due": day(10)})
	officer.send(at+"/actions/extend_request", map[string]string{"due": day(10)})
	if officer.page.status != http.StatusUnprocessableEntity {
		t.Errorf("to the same day: %d", officer.page.status)
	}
	officer.send(at+"/actions/extend_request", map[string]string{"due": day(20)})
	if a := application(h, at); a.ReplyDue.String() != day(20) || a.State != workflow.NeedsInformation {
		t.Fatalf("due %s, %s", a.ReplyDue, a.State)
	}

	aor.visit(at)
	aor.sound()
	for _, want := range []string{"Question 1", "Who owns the data?", "Question 2", "Which pumps are first?", "2 questions wait"} {
		if !strings.Contains(aor.page.body, want) {
			t.Errorf("the applicant does not read %q", want)
		}
	}
	aor.send(at+"/actions/reply", map[string]string{"reply.q1": "The utilities do."})
	if aor.page.status != http.StatusUnprocessableEntity || !strings.Contains(aor.page.body, "This question is not answered yet.") || !strings.Contains(aor.page.body, "The utilities do.") {
		t.Errorf("half a reply: %d", aor.page.status)
	}
	aor.sound()
	form := aor.filled(at+"/actions/reply", map[string]string{"reply.q1": "The utilities do.", "reply.q2": "The eastern ones.", "summary": "Pumps of the east first."})
	aor.postFiles(at+"/actions/reply", form, sentFile{"files.q1", "contract.pdf", aPDF})
	a := application(h, at)
	if a.State != workflow.InReview || a.Summary != "Pumps of the east first." {
		t.Fatalf("after the reply: %s, %q; %q", a.State, a.Summary, aor.page.class("err"))
	}
	for _, b := range []*browser{officer, aor} {
		page := b.visit(at).text("main")
		b.sound()
		for _, want := range []string{"The eastern ones.", "contract.pdf", "Changed since the submission", "Pumps of the east first."} {
			if !strings.Contains(page, want) {
				t.Errorf("nobody reads %q: %s", want, page)
			}
		}
		if file := b.ask("GET", at+"/documents/reply_q1", nil); file.status != http.StatusOK || file.body != aPDF {
			t.Errorf("the file answers %d", file.status)
		}
	}

	// The next request goes on counting, and what nobody answers in time stays open to see.
	officer.visit(at)
	officer.send(at+"/actions/request_information", map[string]string{"question": "And who pays?", "due": day(3)})
	h.Act(h.As(workflow.ProgramOfficer), workflow.NounApplication, c.Application, workflow.ActExtendRequest, enginetest.Date("due", workflow.DateOf(h.Now()).AddDays(5)))
	if open := application(h, at).OpenInquiries(); len(open) != 1 || open[0].Name != "q3" {
		t.Errorf("open are %+v", open)
	}
	h.Act(h.As(workflow.ProgramOfficer), workflow.NounApplication, c.Application, workflow.ActCancelRequest)
	if page := aor.visit(at).text("main"); !strings.Contains(page, "And who pays?") || !strings.Contains(page, "Not answered.") {
		t.Errorf("after the questions were withdrawn: %s", page)
	}
}
