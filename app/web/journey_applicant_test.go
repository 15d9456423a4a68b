package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/workflow"
)

// typedAnswers is a whole application as somebody types it.
var typedAnswers = map[string]map[string]string{
	"project": {"title": "Leak detection for small water utilities", "summary": "Sensors find leaks.", "approach": "First listen,\r\nthen dig.", "outcome": "Half the water lost."},
	"budget":  {"requested": "$148,500.00", "months": "9"},
	"certify": {"certified": Checked},
}

// started is the browser of the AOR on the first section of a new draft, and the
// address of the application.
func started(h *house) (*browser, string) {
	h.t.Helper()
	b := h.as(workflow.AOR)
	opportunity := fmt.Sprintf("/opportunities/%s", h.Opportunity)
	b.visit(opportunity)
	b.send("/applications", map[string]string{"organization": h.Company.String()})
	if b.page.status != http.StatusOK || !strings.HasPrefix(b.page.path, "/applications/") {
		h.t.Fatalf("starting leads to %d %s: %s", b.page.status, b.page.path, b.page.class("usa-alert__text"))
	}
	at, _, _ := strings.Cut(b.page.path, "?")
	return b, at
}

// filledIn fills in and saves all sections.
func filledIn(h *house) (*browser, string) {
	h.t.Helper()
	b, at := started(h)
	b.visit(at + "/edit")
	for _, section := range []string{firstSection, "project", "budget", "certify"} {
		b.send(at+"/edit/"+section, typedAnswers[section])
		if b.page.status != http.StatusOK {
			h.t.Fatalf("saving %s: %d %q", section, b.page.status, b.page.class("err"))
		}
	}
	return b, at
}

func TestAnApplicantGoesFromTheFirstPageToTheReceipt(t *testing.T) {
	h := newHouse(t, nil)
	b, at := started(h)
	b.sound()
	b.visit(at + "/edit")
	if want := at + "/edit/" + firstSection; b.page.path != want {
		t.Fatalf("a new draft opens at %s, want %s", b.page.path, want)
	}
	for _, section := range []string{firstSection, "project", "budget", "certify"} {
		b.sound()
		b.send(at+"/edit/"+section, typedAnswers[section])
	}
	b.sound()
	if want := at + "/edit/" + lastSection; b.page.path != want {
		t.Fatalf("the last section leads to %s, want %s", b.page.path, want)
	}
	for _, want := range []string{"Leak detection for small water utilities", "$148,500.00", "First listen,\nthen dig."} {
		if !strings.Contains(b.page.body, want) {
			t.Errorf("the check page does not show %q", want)
		}
	}
	b.send(at+"/edit/"+lastSection, nil)
	b.sound()
	if got, want := b.page.class("flash"), "Done: Submit the application."; len(got) != 1 || got[0] != want {
		t.Errorf("got %q, want %q", got, want)
	}
	a := application(h, at)
	if a.State != workflow.Submitted || a.Requested != 148_500_00 || a.Approach != "First listen,\nthen dig." {
		t.Errorf("stored %+v", a)
	}
	for _, want := range []string{a.Number, a.Snapshot, "Jun 1, 2026, 3:00 p.m. UTC"} {
		if !strings.Contains(b.page.body, want) {
			t.Errorf("the receipt does not show %q", want)
		}
	}
}

func application(h *house, at string) *workflow.Application {
	h.t.Helper()
	id, ok := workflow.ParseID(strings.TrimPrefix(at, "/applications/"))
	if !ok {
		h.t.Fatalf("%q names no application", at)
	}
	return stored[workflow.Application](h, workflow.NounApplication, id)
}

func TestADraftDemandsNothingAndLosesNothing(t *testing.T) {
	h := newHouse(t, nil)
	b, at := started(h)
	b.visit(at + "/edit/project")
	form := b.filled(at+"/edit/project", map[string]string{"title": "Only a title"})
	form.Set("go", "later")
	b.page = b.follow(b.ask("POST", at+"/edit/project", form))
	if got := b.page.path; got != "/my-applications?done=application.save" {
		t.Errorf("finishing later leads to %s", got)
	}
	b.sound()
	if a := application(h, at); a.Title != "Only a title" || a.State != workflow.Draft {
		t.Errorf("stored %q, %s", a.Title, a.State)
	}
	b.visit(at + "/edit")
	if want := at + "/edit/project"; b.page.path != want {
		t.Errorf("coming back opens %s, want %s", b.page.path, want)
	}
	if got := b.filled(at+"/edit/project", nil).Get("title"); got != "Only a title" {
		t.Errorf("the form holds %q", got)
	}
}

func TestWrongAnswersComeBackAsTheyWereTyped(t *testing.T) {
	h := newHouse(t, nil)
	b, at := started(h)
	for _, test := range []struct{ section, field, typed, reason string }{
		{"budget", "requested", "6.000.000", "Enter an amount in dollars, such as 148500.00."},
		{"budget", "requested", "-5", "Enter an amount in dollars, such as 148500.00."},
		{"budget", "requested", "1.005", "Enter an amount in dollars, such as 148500.00."},
		{"budget", "requested", "١٢٣", "Enter an amount in dollars, such as 148500.00."},
		{"budget", "months", "90", "Enter 60 or less."},
		{"budget", "months", "six", "Enter a whole number."},
		{"project", "title", strings.Repeat("x", 201), "Enter at most 200 characters."},
		{"project", "summary", "a\x00b", "There is a character here that cannot be kept. Please type it anew."},
	} {
		t.Run(test.field+"/"+test.typed[:min(9, len(test.typed))], func(t *testing.T) {
			action := at + "/edit/" + test.section
			b.visit(action)
			b.send(action, map[string]string{test.field: test.typed})
			if b.page.status != http.StatusUnprocessableEntity {
				t.Fatalf("answered %d", b.page.status)
			}
			if got := b.filled(action, nil).Get(test.field); got != test.typed && !strings.Contains(test.typed, "\x00") {
				t.Errorf("the field holds %q", got)
			}
			if got := b.page.id("form-" + test.field + "-error"); got == nil || got.text() != test.reason {
				t.Errorf("beside the field: %v, want %q", got, test.reason)
			}
			if got := b.page.id("errors"); got == nil || !strings.Contains(got.text(), test.reason) {
				t.Errorf("the summary does not say %q", test.reason)
			}
			if title := b.page.text("title"); !strings.HasPrefix(title, "Error: ") {
				t.Errorf("the title is %q", title)
			}
			if !strings.Contains(test.typed, "\x00") {
				b.sound()
			}
		})
	}
	if a := application(h, at); a.Version != 1 {
		t.Errorf("something was stored: version %d", a.Version)
	}
}

func TestTwoPeopleWhoSaveTheSameSectionSeeBoth(t *testing.T) {
	h := newHouse(t, nil)
	b, at := started(h)
	action := at + "/edit/project"
	b.visit(action)
	mate := h.as(workflow.Applicant)
	mate.visit(action)
	mate.send(action, map[string]string{"title": "The mate's title"})
	b.send(action, map[string]string{"title": "My own title"})
	if b.page.status != http.StatusConflict {
		t.Fatalf("answered %d", b.page.status)
	}
	b.sound()
	if got := b.filled(action, nil).Get("title"); got != "My own title" {
		t.Errorf("the field holds %q", got)
	}
	if got := b.page.id("form-title-error"); got == nil || !strings.Contains(got.text(), "The mate's title") {
		t.Error("what the mate saved is not shown")
	}
	if got := application(h, at).Title; got != "The mate's title" {
		t.Errorf("stored %q", got)
	}
	b.send(action, nil) // having seen both
	if got := application(h, at).Title; got != "My own title" {
		t.Errorf("stored %q", got)
	}
}

func TestWhatIsTypedWhileAMateSubmitsIsStillThere(t *testing.T) {
	h := newHouse(t, nil)
	b, at := filledIn(h)
	mate := h.as(workflow.Applicant)
	mate.visit(at + "/edit/project")
	b.visit(at + "/edit/" + lastSection)
	b.send(at+"/edit/"+lastSection, nil)
	mate.send(at+"/edit/project", map[string]string{"summary": "An hour of work."})
	if got := mate.filled(at+"/edit/project", nil).Get("summary"); mate.page.status != http.StatusConflict || got != "An hour of work." {
		t.Errorf("answered %d with %q", mate.page.status, got)
	}
	mate.sound()
}

func TestTheLastSectionListsWhatIsMissing(t *testing.T) {
	h := newHouse(t, nil)
	b, at := started(h)
	b.visit(at + "/edit/project")
	b.send(at+"/edit/project", map[string]string{"title": "A title", "summary": "A summary"})
	b.visit(at + "/edit/" + lastSection)
	b.sound()
	for _, field := range []string{"project#form-approach", "project#form-outcome", "budget#form-requested", "budget#form-months", "certify#form-certified"} {
		if !strings.Contains(b.page.body, `href="`+at+"/edit/"+field+`"`) {
			t.Errorf("no link to %s", field)
		}
	}
	if strings.Contains(b.page.body, "form-title") || strings.Contains(b.page.body, `value="submit"`) {
		t.Error("what is there counts as missing, or it may be submitted")
	}
	form := b.filled(at+"/edit/"+lastSection, nil)
	b.page = b.ask("POST", at+"/edit/"+lastSection, form)
	if b.page.status != http.StatusUnprocessableEntity || application(h, at).State != workflow.Draft {
		t.Errorf("submitting all the same: %d", b.page.status)
	}
	b.sound()
}

func TestOnlyTheRepresentativeSubmits(t *testing.T) {
	h := newHouse(t, nil)
	_, at := filledIn(h)
	mate := h.as(workflow.Applicant)
	mate.visit(at + "/edit/" + lastSection)
	if strings.Contains(mate.page.body, `value="submit"`) {
		t.Error("the button is there")
	}
	mate.page = mate.ask("POST", at+"/edit/"+lastSection, mate.filled(at+"/edit/"+lastSection, nil))
	if mate.page.status != http.StatusForbidden || application(h, at).State != workflow.Draft {
		t.Errorf("answered %d", mate.page.status)
	}
}

func TestTooMuchIsRefusedAtTheEndWithTheNumbers(t *testing.T) {
	h := newHouse(t, nil)
	b, at := filledIn(h)
	b.visit(at + "/edit/budget")
	b.send(at+"/edit/budget", map[string]string{"requested": "5000000.01"})
	b.visit(at + "/edit/" + lastSection)
	b.send(at+"/edit/"+lastSection, nil)
	if b.page.status != http.StatusUnprocessableEntity {
		t.Fatalf("answered %d", b.page.status)
	}
	if got, want := b.page.id("errors").text(), "$5,000,000.01 is more than the cap of $5,000,000.00."; !strings.Contains(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	b.visit(at + "/edit/budget")
	b.send(at+"/edit/budget", map[string]string{"requested": "5000000.00"})
	b.visit(at + "/edit/" + lastSection)
	b.send(at+"/edit/"+lastSection, nil)
	if got := application(h, at).State; got != workflow.Submitted {
		t.Errorf("exactly the cap: %s", got)
	}
}

func TestADoubleClickSubmitsOnce(t *testing.T) {
	h := newHouse(t, nil)
	b, at := filledIn(h)
	b.visit(at + "/edit/" + lastSection)
	form := b.filled(at+"/edit/"+lastSection, nil)
	first, second := b.ask("POST", at+"/edit/"+lastSection, form), b.ask("POST", at+"/edit/"+lastSection, form)
	if first.status != http.StatusSeeOther || second.status != http.StatusSeeOther || first.header.Get("Location") != second.header.Get("Location") {
		t.Errorf("got %d %s and %d %s", first.status, first.header.Get("Location"), second.status, second.header.Get("Location"))
	}
	if got := application(h, at).Submissions; got != 1 {
		t.Errorf("%d submissions", got)
	}
}

func TestQuestionsAreAnsweredOnTheApplicantsPage(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(148_500_00).Submit()
	at := pathOf(workflow.NounApplication, c.Application)
	h.Act(h.As(workflow.ProgramOfficer), workflow.NounApplication, c.Application, workflow.ActRequestInformation,
		enginetest.Text("question", "Who owns the data?"), enginetest.Date("due", workflow.DateOf(h.Now()).AddDays(10)))
	b := h.as(workflow.AOR)
	b.visit(at)
	b.sound()
	if !strings.Contains(b.page.body, "Who owns the data?") {
		t.Error("the question is not shown")
	}
	b.send(at+"/actions/reply", map[string]string{"reply.q1": ""})
	if b.page.status != http.StatusUnprocessableEntity {
		t.Errorf("an empty reply: %d", b.page.status)
	}
	b.sound()
	b.send(at+"/actions/reply", map[string]string{"reply.q1": "The utilities do."})
	if a := application(h, at); a.Reply != `{"q1":"The utilities do."}` || a.State != workflow.InReview {
		t.Errorf("stored %q, %s", a.Reply, a.State)
	}
}

func TestAnApplicantLearnsNothingOfTheStaff(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(148_500_00).Submit().Review()
	h.Act(h.As(workflow.ProgramOfficer), workflow.NounApplication, c.Application, workflow.ActRecommend,
		enginetest.Cents("amount", 100_000_00), enginetest.Text("note", "An internal note."))
	at := pathOf(workflow.NounApplication, c.Application)
	b := h.as(workflow.AOR)
	for _, page := range []string{at, at + "?tab=history", "/my-applications", pathOf(workflow.NounOrganization, h.Company)} {
		b.visit(page)
		b.sound()
		if b.page.status != http.StatusOK {
			t.Fatalf("%s answers %d", page, b.page.status)
		}
		for _, secret := range []string{"internal note", "100,000", "reviewer ", "program_officer ", "Sound.", "/reviews/", "ecommended"} {
			if strings.Contains(b.page.body, secret) {
				t.Errorf("%s shows %q", page, secret)
			}
		}
	}
}

func TestAnAwardIsAcceptedWithAFreshSignIn(t *testing.T) {
	h := newHouse(t, nil)
	b := h.as(workflow.AOR)
	c := h.Draft(148_500_00).Submit().Review().Recommend().Awarded().Bank()
	h.Advance(10 * 60 * 1e9)
	award := pathOf(workflow.NounAward, c.Award)
	b.visit(pathOf(workflow.NounApplication, c.Application))
	b.sound()
	if !strings.Contains(b.page.body, `href="`+award+`"`) {
		t.Error("the application does not lead to its award")
	}
	b.visit(award)
	b.send(award+"/actions/accept", nil)
	if b.page.status != http.StatusForbidden || stored[workflow.Award](h, workflow.NounAward, c.Award).State != workflow.Offered {
		t.Fatalf("an old sign-in: %d", b.page.status)
	}
	b.sound()
	if got := b.filled("/sign-in", nil).Get("email"); got != h.email(h.People[workflow.AOR]) {
		t.Errorf("the form is for %q", got)
	}
	b.send("/sign-in", map[string]string{"password": "not my password at all"})
	if b.page.status != http.StatusUnprocessableEntity {
		t.Fatalf("a wrong password: %d", b.page.status)
	}
	b.send("/sign-in", map[string]string{"password": good})
	b.sound()
	b.send(award+"/actions/accept", nil)
	a := stored[workflow.Award](h, workflow.NounAward, c.Award)
	if a.State != workflow.Accepted || a.AcceptedBy != h.People[workflow.AOR] {
		t.Errorf("stored %s by %s; answered %d", a.State, a.AcceptedBy, b.page.status)
	}
}

func TestAnOfferSaysWhatHasToComeFirst(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(148_500_00).Submit().Review().Recommend().Awarded()
	b := h.as(workflow.AOR)
	next := func(want string) {
		t.Helper()
		b.visit("/my-applications")
		b.sound()
		if !strings.Contains(b.page.body, want) {
			t.Errorf("the card does not say %q", want)
		}
	}
	next("Enter the bank account that the award is paid to.")
	account := h.Must(workflow.NounBankAccount, workflow.ActEnter, h.Company, h.As(workflow.AOR), enginetest.Text("routing", "021000021"),
		enginetest.Text("sealed", "c2VhbGVk"), enginetest.Text("last4", "4471"), enginetest.Text("holder", "Cascadia Robotics, Inc.")).ID
	next("The program is verifying your bank account; after that you can accept.")
	b.visit(pathOf(workflow.NounBankAccount, account))
	b.sound()
	if strings.Contains(b.page.body, "c2VhbGVk") || !strings.Contains(b.page.body, `href="`+pathOf(workflow.NounOrganization, h.Company)+`"`) {
		t.Error("the account's page shows the sealed number, or does not lead back")
	}
	h.Act(h.As(workflow.FinanceCertifier), workflow.NounBankAccount, account, workflow.ActVerify, enginetest.Text("method", "call_back"))
	next("Read the award and accept it.")
	b.visit(pathOf(workflow.NounAward, c.Award))
	b.send(pathOf(workflow.NounAward, c.Award)+"/actions/refuse", nil)
	if got := application(h, pathOf(workflow.NounApplication, c.Application)).State; got != workflow.NotAccepted {
		t.Errorf("refused: %s", got)
	}
	next("This case is closed.")
}

func TestADecisionAgainstComesWithItsReasonsAndAnAppeal(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(148_500_00).Submit().Review()
	at := pathOf(workflow.NounApplication, c.Application)
	h.Act(h.As(workflow.ProgramOfficer), workflow.NounApplication, c.Application, workflow.ActRecommendDecline,
		enginetest.Text("codes", "low_merit"), enginetest.Text("note", "An internal note."))
	h.Act(h.As(workflow.SelectingOfficial), workflow.NounApplication, c.Application, workflow.ActDecline,
		enginetest.Text("codes", "low_merit,risk_too_high"), enginetest.Text("note", "Another internal note."))
	b := h.as(workflow.AOR)
	b.visit(at)
	b.sound()
	for _, want := range []string{"Merit is below the line", "Risk is too high", "You may appeal once, before Jul 1, 2026, 3:00 p.m. UTC."} {
		if !strings.Contains(b.page.body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(b.page.body, "internal note") {
		t.Error("the page shows a note of the staff")
	}
	b.send(at+"/actions/appeal", map[string]string{"grounds": "The scores were mixed up."})
	if a := application(h, at); a.State != workflow.Appealed || a.Grounds != "The scores were mixed up." {
		t.Errorf("stored %s, %q", a.State, a.Grounds)
	}
	b.sound()
}

func TestWhatIsTypedOutlivesTheSession(t *testing.T) {
	h := newHouse(t, nil)
	b, at := started(h)
	b.visit(at + "/edit/project")
	form := b.filled(at+"/edit/project", map[string]string{"title": "Typed during lunch"})
	h.Advance(3600 * 1e9)
	b.page = b.follow(b.ask("POST", at+"/edit/project", form))
	if b.page.status != http.StatusUnauthorized {
		t.Fatalf("answered %d", b.page.status)
	}
	b.sound()
	b.send("/sign-in", map[string]string{"email": h.email(h.People[workflow.AOR]), "password": good})
	b.send(at+"/edit/project", nil)
	if got := application(h, at).Title; got != "Typed during lunch" {
		t.Errorf("stored %q; answered %d", got, b.page.status)
	}
}

func TestATrancheIsClaimed(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(148_500_00).To()
	award := pathOf(workflow.NounAward, c.Award)
	tranche := c.Tranches()[0]
	b := h.as(workflow.AOR)
	b.visit(award + "/claims/new?tranche=" + tranche.ID.String())
	b.sound()
	b.send(award+"/claims/new", map[string]string{"narrative": "The work plan is done.", "amount": "x"})
	if got := b.filled(award+"/claims/new", nil).Get("narrative"); b.page.status != http.StatusUnprocessableEntity || got != "The work plan is done." {
		t.Fatalf("a wrong amount: %d with %q", b.page.status, got)
	}
	b.sound()
	b.send(award+"/claims/new", map[string]string{"amount": "59400.00"})
	b.sound()
	check := b.page.path
	if !strings.HasSuffix(check, "/check") {
		t.Fatalf("saving leads to %s", check)
	}
	b.visit(strings.TrimSuffix(check, "check") + "edit")
	b.sound()
	b.send(b.page.path, map[string]string{"amount": "59000.00"})
	b.send(check, nil)
	b.sound()
	id, ok := workflow.ParseID(strings.TrimSuffix(strings.TrimPrefix(check, "/claims/"), "/check"))
	claim := stored[workflow.Claim](h, workflow.NounClaim, id)
	if !ok || claim.State != workflow.Submitted || claim.Amount != 59_000_00 || claim.Tranche != tranche.ID {
		t.Errorf("stored %+v", claim)
	}
}

func TestAnOrganizationAddsWhatBelongsToIt(t *testing.T) {
	h := newHouse(t, nil)
	b := h.as(workflow.AOR)
	at := pathOf(workflow.NounOrganization, h.Company)
	b.visit(at)
	b.sound()
	b.send("/statements", map[string]string{"fiscal_year": "2024", "period_start": "2024-01-01", "period_end": "2024-12-31", "amount": "$1,234,567.89", "source": "tax_return"})
	if b.page.status != http.StatusUnprocessableEntity || b.page.id("new-statement-document-error") == nil {
		t.Errorf("a tax return that is not there: %d, %q", b.page.status, b.page.class("err"))
	}
	b.sound()
	b.send("/statements", map[string]string{"fiscal_year": "2024", "period_start": "2024-01-01", "period_end": "2024-12-31", "amount": "$1,234,567.89", "source": "self_certified"})
	b.sound()
	if b.page.status != http.StatusOK || !strings.Contains(b.page.body, "$1,234,567.89") {
		t.Errorf("a statement: %d at %s", b.page.status, b.page.path)
	}
	b.send("/statements", map[string]string{"fiscal_year": "2023", "period_start": "2023-12-31", "period_end": "2023-01-01", "amount": "1.00", "source": "audited"})
	if b.page.status != http.StatusUnprocessableEntity || b.filled("/statements", nil).Get("fiscal_year") != "2023" {
		t.Errorf("a period that ends before it starts: %d", b.page.status)
	}
	b.sound()
	b.visit(b.page.link("FY 2024"))
	b.sound()
	b.send(b.page.path+"/actions/withdraw", nil)
	if strings.Contains(b.page.body, "$1,234,567.89") {
		t.Error("the statement was not withdrawn")
	}
	b.send(at+"/actions/update", map[string]string{"city": "Eugene"})
	b.sound()
	if o := stored[workflow.Organization](h, workflow.NounOrganization, h.Company); o.City != "Eugene" || o.LegalName != "Cascadia Robotics, Inc." || o.UEI == "" {
		t.Errorf("stored %+v", o)
	}
	mate := h.as(workflow.Applicant)
	mate.visit(at)
	if got := mate.page.form("/bank-accounts"); got != nil {
		t.Error("a mere member may enter a bank account")
	}
}
