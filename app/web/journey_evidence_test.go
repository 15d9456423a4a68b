package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// link returns where the first link with this text leads.
func (d doc) link(text string) string {
	for _, n := range d.nodes {
		if n.Data == "a" && n.text() == text {
			return n.attr("href")
		}
	}
	return ""
}

// upload sends a form as a browser does that has a file in it.
func (b *browser) upload(action string, values map[string]string, field, name, body string) *answer {
	b.h.t.Helper()
	b.page = b.follow(b.post(action, b.filled(action, values), field, name, body))
	return b.page
}

func (b *browser) post(action string, form url.Values, field, name, body string) *answer {
	b.h.t.Helper()
	return b.postFiles(action, form, sentFile{field, name, body})
}

// A sentFile is a file that comes with a form.
type sentFile struct{ field, name, body string }

func (b *browser) postFiles(action string, form url.Values, files ...sentFile) *answer {
	b.h.t.Helper()
	var sent bytes.Buffer
	form = maps.Clone(form)
	w := multipart.NewWriter(&sent)
	for _, f := range files {
		form.Del(f.field)
	}
	for key, all := range form {
		for _, value := range all {
			if err := w.WriteField(key, value); err != nil {
				b.h.t.Fatal(err)
			}
		}
	}
	for _, f := range files {
		head := textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf("form-data; name=%q; filename=%q", f.field, f.name)}, "Content-Type": {"application/octet-stream"}}
		part, err := w.CreatePart(head)
		if err == nil {
			_, err = part.Write([]byte(f.body))
		}
		if err != nil {
			b.h.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.h.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, action, &sent)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(r, action)
}

// A file does not outlive the session, and neither do files that are too large: what was
// typed does, and the page names the file.
func TestAFileThatDidNotComeThroughIsNamed(t *testing.T) {
	h := newHouse(t, nil)
	b := h.as(workflow.AOR)
	b.visit(pathOf(workflow.NounOrganization, h.Company))
	form := b.filled("/statements", stating("2024", nil))
	b.page = b.post("/statements", form, "document", "all.pdf", aPDF+strings.Repeat(" ", maxUpload))
	if b.page.status != http.StatusRequestEntityTooLarge || b.filled("/statements", nil).Get("amount") != "1,234,567.89" {
		t.Fatalf("too large: %d %q", b.page.status, b.page.text("h1"))
	}
	b.toldOnce("at most 20 MB")
	b.sound()
	wrong := b.filled("/statements", map[string]string{"amount": "much"})
	b.page = b.post("/statements", wrong, "document", "books.pdf", aPDF)
	if beside := strings.Join(b.page.class("err"), " "); b.page.status != http.StatusUnprocessableEntity || !strings.Contains(beside, "books.pdf") {
		t.Errorf("beside a wrong amount: %d %q", b.page.status, beside)
	}
	b.sound()

	h.Advance(time.Hour)
	b.page = b.post("/statements", form, "document", "books.pdf", aPDF)
	if b.page.status != http.StatusUnauthorized {
		t.Fatalf("after an hour: %d", b.page.status)
	}
	for _, password := range []string{"wrong password, twice", good} {
		b.send("/sign-in", map[string]string{"email": h.email(h.People[workflow.AOR]), "password": password})
	}
	b.sound()
	if text := b.page.text("main"); !strings.Contains(text, "books.pdf") {
		t.Errorf("after the sign-in the page says %q", text)
	}
	b.upload("/statements", nil, "document", "books.pdf", aPDF)
	b.visit(b.page.link("FY 2024"))
	if text := b.page.text("main"); !strings.Contains(text, "books.pdf") || !strings.Contains(text, "$1,234,567.89") {
		t.Errorf("stored is %q", text)
	}
}

const aPDF = "%PDF-1.7\n1 0 obj\n%%EOF\n"

// stating is a statement as somebody types it.
func stating(year string, change map[string]string) map[string]string {
	values := map[string]string{"fiscal_year": year, "period_start": year + "-01-01", "period_end": year + "-12-31", "amount": "1,234,567.89", "source": "tax_return"}
	for name, value := range change {
		values[name] = value
	}
	return values
}

func TestARevenueStatementComesWithItsEvidence(t *testing.T) {
	h := newHouse(t, nil)
	b := h.as(workflow.AOR)
	at := pathOf(workflow.NounOrganization, h.Company)
	b.visit(at)
	b.upload("/statements", stating("2024", map[string]string{"currency": "EUR", "standard": "ifrs"}), "document", `C:\Users\ana\Jahresabschluß 2024.pdf`, aPDF)
	b.sound()
	if b.page.status != http.StatusOK || !strings.Contains(b.page.body, "1,234,567.89\u00a0EUR") || !strings.Contains(b.page.body, "with a file") {
		t.Fatalf("a statement: %d at %s: %q", b.page.status, b.page.path, b.page.class("err"))
	}
	b.visit(b.page.link("FY 2024"))
	b.sound()
	statement := b.page.path
	file := b.ask("GET", statement+"/document", nil)
	for name, want := range map[string]string{"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'",
		"Content-Disposition": "attachment; filename*=utf-8''Jahresabschlu%C3%9F%202024.pdf"} {
		if got := file.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if file.status != http.StatusOK || file.body != aPDF {
		t.Errorf("the file is %d %q", file.status, file.body)
	}
	stranger := h.newcomer(h.Organization("Stranger, Inc.", 1), workflow.AOR)
	if got := stranger.ask("GET", statement+"/document", nil); got.status != http.StatusNotFound {
		t.Errorf("a stranger gets %d for the file", got.status)
	}
	b.send(statement+"/actions/amend", stating("2024", map[string]string{"amount": "1,000.00", "currency": "USD", "note": "Dollars, not euros."}))
	b.sound()
	if !strings.Contains(b.page.body, "$1,000.00") || strings.Contains(b.page.body, "EUR</td>") {
		t.Error("the amended statement is not shown")
	}
	if now := b.ask("GET", b.page.link("FY 2024")+"/document", nil); now.body != aPDF {
		t.Errorf("the evidence of the statement before did not stay: %d", now.status)
	}
	b.visit(statement)
	b.sound()
	if tag := b.page.class("tag"); len(tag) == 0 || tag[0] != "Withdrawn" {
		t.Errorf("the statement before is %q", tag)
	}
}

// What is wrong with a statement is told beside its field, and nothing of it is kept.
func TestWrongEvidenceIsRefusedByName(t *testing.T) {
	h := newHouse(t, nil)
	b := h.as(workflow.AOR)
	at := pathOf(workflow.NounOrganization, h.Company)
	before := modelstest.Stored(t, h.DB)
	for _, c := range []struct {
		name   string
		values map[string]string
		file   string
		body   string
		field  string
		says   string
	}{
		{"a program", nil, "report.pdf", "MZ\x90\x00", "document", "report.pdf is not taken."},
		{"a page called a table", nil, "report.csv", "<html>,<script>", "document", "report.csv is not taken."},
		{"a drawing", nil, "logo.svg", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "document", "logo.svg is not taken."},
		{"a PDF called a program", nil, "report.exe", aPDF, "document", "report.exe is not taken."},
		{"an empty file", nil, "report.pdf", "", "document", "Choose a file."},
		{"too large a file", nil, "report.pdf", aPDF + strings.Repeat("x", workflow.MaxFile), "document", "The file is larger than 10 MB."},
		{"the 30th of February", map[string]string{"period_end": "2024-02-30"}, "report.pdf", aPDF, "period_end", "Enter a date, such as 2026-11-30."},
		{"a day in other digits", map[string]string{"period_start": "２０２４-01-01"}, "report.pdf", aPDF, "period_start", "Enter a date, such as 2026-11-30."},
		{"an amount in other digits", map[string]string{"amount": "١٢٣"}, "report.pdf", aPDF, "amount", "Enter an amount in dollars, such as 148500.00."},
		{"an amount with an exponent", map[string]string{"amount": "1e9"}, "report.pdf", aPDF, "amount", "Enter an amount in dollars, such as 148500.00."},
		{"less than nothing", map[string]string{"amount": "-1"}, "report.pdf", aPDF, "amount", "Enter an amount in dollars, such as 148500.00."},
		{"no number", map[string]string{"amount": "NaN"}, "report.pdf", aPDF, "amount", "Enter an amount in dollars, such as 148500.00."},
		{"a period of ten years", map[string]string{"period_start": "2015-01-01"}, "report.pdf", aPDF, "period_end", "A statement covers at most two years."},
		{"a period that is not over", map[string]string{"fiscal_year": "2026", "period_start": "2025-07-01", "period_end": "2026-06-30"}, "report.pdf", aPDF, "period_end", ""},
		{"a year that the period does not touch", map[string]string{"fiscal_year": "2020"}, "report.pdf", aPDF, "fiscal_year", "The fiscal year must be one that the period touches: 2024 to 2024."},
		{"a currency that is none", map[string]string{"currency": "XXX"}, "report.pdf", aPDF, "currency", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.visit(at)
			b.upload("/statements", stating("2024", c.values), "document", c.file, c.body)
			if b.page.status != http.StatusUnprocessableEntity {
				t.Fatalf("answered %d at %s", b.page.status, b.page.path)
			}
			b.sound()
			wrong := b.page.id("new-statement-" + c.field + "-error")
			if wrong == nil || !strings.Contains(wrong.text(), c.says) {
				t.Errorf("beside the field: %v, want %q; errors are %q", wrong, c.says, b.page.class("err"))
			}
			if got := b.filled("/statements", nil).Get("source"); got != "tax_return" {
				t.Errorf("what was typed is lost: source is %q", got)
			}
		})
	}
	if now := modelstest.Stored(t, h.DB); now != before {
		t.Errorf("%d documents and events, before %d", now, before)
	}
}

// zeros has no end.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

func TestAFormWithAFileThatNobodyCouldHaveSentIsRefused(t *testing.T) {
	h := newHouse(t, nil)
	b := h.as(workflow.AOR)
	b.visit(pathOf(workflow.NounOrganization, h.Company))
	form := b.filled("/statements", stating("2024", nil))
	if got := b.post("/statements", form, "evidence", "a.pdf", aPDF); got.status != http.StatusBadRequest {
		t.Errorf("a file for no field: %d", got.status)
	}
	if got := b.post("/statements", form, "source", "a.pdf", aPDF); got.status != http.StatusBadRequest {
		t.Errorf("a file for a field of text: %d", got.status)
	}
	r := httptest.NewRequest(http.MethodPost, "/statements", strings.NewReader("--x\r\nnonsense"))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	if got := b.do(r, "/statements"); got.status != http.StatusBadRequest {
		t.Errorf("no form at all: %d", got.status)
	}
	r = httptest.NewRequest(http.MethodPost, "/statements", strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n"+strings.Repeat("x", maxForm+1)))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	if got := b.do(r, "/statements"); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: %d", got.status)
	}
	r = httptest.NewRequest(http.MethodPost, "/statements", io.MultiReader(strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"document\"; filename=\"a.pdf\"\r\n\r\n"), io.LimitReader(zeros{}, maxPassed)))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	got := b.do(r, "/statements")
	if text := got.text("main"); got.status != http.StatusRequestEntityTooLarge || !strings.Contains(text, "at most 20 MB") || !strings.Contains(text, "what was saved before is still there") {
		t.Errorf("more than is passed over: %d %q", got.status, text)
	}
	for n, want := range map[int]int{maxParts: http.StatusUnauthorized, maxParts + 1: http.StatusBadRequest} {
		var sent bytes.Buffer
		w := multipart.NewWriter(&sent)
		for range n {
			if err := w.WriteField("n", "x"); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/statements", &sent)
		r.Header.Set("Content-Type", w.FormDataContentType())
		if got := h.browser().do(r, "/statements"); got.status != want { // nobody is signed in: what was typed is kept for after
			t.Errorf("%d parts: %d, want %d", n, got.status, want)
		}
	}
	first := b.post("/statements", form, "document", "a.pdf", aPDF)
	second := b.post("/statements", form, "document", "a.pdf", aPDF)
	if first.status != http.StatusSeeOther || second.status != first.status || second.header.Get("Location") != first.header.Get("Location") {
		t.Errorf("a double click: %d and %d, to %s and %s", first.status, second.status, first.header.Get("Location"), second.header.Get("Location"))
	}
	if other := b.post("/statements", form, "document", "a.pdf", aPDF+"x"); other.status != http.StatusConflict {
		t.Errorf("the same key with another file: %d", other.status)
	}
}

// From an affiliate that the applicant tells of, over the officer who confirms it,
// to the verdict as page, JSON and PDF.
func TestAVerdictIsReadAsPageJSONAndPDF(t *testing.T) {
	h := newHouse(t, nil)
	b, officer := h.as(workflow.AOR), h.as(workflow.ProgramOfficer)
	at := pathOf(workflow.NounOrganization, h.Company)
	b.visit(at)
	b.send(at+"/actions/declare", map[string]string{"relation": "is_ours", "legal_name": "聯發創新科技股份有限公司", "share": "8000", "since": "2020-01-01"})
	b.sound()
	if !strings.Contains(b.page.body, "聯發創新科技股份有限公司") {
		t.Fatalf("the affiliate is not shown: %d %q", b.page.status, b.page.class("err"))
	}
	b.visit(b.page.link("聯發創新科技股份有限公司")) // who told of it speaks for it
	b.upload("/statements", stating("2025", map[string]string{"amount": "30,000,000.00", "currency": "TWD"}), "document", "財報.pdf", aPDF)
	if b.page.status != http.StatusOK {
		t.Fatalf("the affiliate's statement: %d %q", b.page.status, b.page.class("err"))
	}
	officer.visit(at)
	officer.sound()
	officer.visit(officer.page.link("Requested"))
	officer.sound()
	officer.send(officer.page.path+"/actions/confirm", nil)
	admin := h.as(workflow.Admin)
	admin.visit("/rates")
	admin.sound()
	admin.send("/rates", map[string]string{"currency": "TWD", "period_start": "2025-01-01", "period_end": "2025-12-31", "usd_per_unit": "0.0312", "publisher": "IRS, yearly averages"})
	admin.sound()
	if !strings.Contains(admin.page.body, "0.0312") {
		t.Errorf("the rate is not shown: %d %q", admin.page.status, admin.page.class("err"))
	}

	c := h.Draft(148_500_00).Submit()
	verdict := pathOf(workflow.NounApplication, c.Application) + "/verdict"
	officer.visit(pathOf(workflow.NounApplication, c.Application))
	if officer.page.link("Verdict with all evidence") != verdict {
		t.Error("the case does not lead to the verdict")
	}
	officer.visit(verdict)
	officer.sound()
	page := officer.page.body
	for _, want := range []string{"聯發創新科技股份有限公司", "30,000,000.00\u00a0TWD", "0.0312", "$936,000.00", "$5,136,000.00", "$100,000,000.00", "revenue/3", "IRS, yearly averages", "80%",
		"Self-certified", "sha256 ", "Jan 1, 2025 to Dec 31, 2025"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	all, err := h.DB.Verdicts(t.Context(), h.As(workflow.ProgramOfficer), c.Application)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d verdicts: %v", len(all), err)
	}
	stored := officer.ask("GET", verdict+".json", nil)
	if stored.body != all[0].Text || stored.header.Get("Content-Type") != "application/json" {
		t.Errorf("the JSON is not what is stored: %s", stored.body)
	}
	first, second := officer.ask("GET", verdict+".pdf", nil), officer.ask("GET", fmt.Sprintf("%s.pdf?event=%d", verdict, all[0].Event), nil)
	if first.body != second.body || !strings.HasPrefix(first.body, "%PDF-") || first.header.Get("Content-Type") != "application/pdf" {
		t.Errorf("the PDF is %d bytes and %d bytes", len(first.body), len(second.body))
	}
	if chinese := officer.ask("GET", verdict+".pdf?lang=zh-TW", nil); chinese.status != http.StatusOK || chinese.body == first.body {
		t.Errorf("in Chinese: %d", chinese.status)
	}

	b.visit(pathOf(workflow.NounApplication, c.Application))
	if b.page.link("Eligibility verdict") != verdict {
		t.Error("the applicant's page does not lead to the verdict")
	}
	b.visit(verdict) // whoever speaks for both companies reads the figures of both
	b.sound()
	if !strings.Contains(b.page.body, "$936,000.00") {
		t.Error("the applicant does not see figures of their own")
	}
	h.Member(record1(t, h, "聯發創新科技股份有限公司"), workflow.AOR) // it has people of its own now
	b.visit(verdict)
	b.sound()
	told := b.ask("GET", verdict+".json", nil).body + b.page.body + b.ask("GET", verdict+".pdf", nil).body
	for _, secret := range []string{"936,000", "93600000", "30,000,000", "3000000000", "5,136,000", "513600000"} {
		if strings.Contains(told, secret) {
			t.Errorf("an applicant is told %q of another organization", secret)
		}
	}
	if !strings.Contains(told, "Figures of organizations other than yours are not shown.") || !strings.Contains(told, "$4,200,000.00") {
		t.Error("the applicant is not told what is theirs, or that something is left out")
	}
	reviewer := h.as(workflow.Reviewer)
	c.Invite(h.Reviewers[0])
	for name, other := range map[string]*browser{"a reviewer": reviewer, "a stranger": h.newcomer(h.Organization("Stranger, Inc.", 1), workflow.AOR)} {
		for _, form := range []string{"", ".json", ".pdf"} {
			if got := other.ask("GET", verdict+form, nil); got.status != http.StatusNotFound {
				t.Errorf("%s gets %d for the verdict%s", name, got.status, form)
			}
		}
	}
	for _, missing := range []string{"?event=1", "?event=x", "?event=-1"} {
		if got := officer.ask("GET", verdict+missing, nil); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", missing, got.status)
		}
	}
}

// record1 returns the organization that is called name.
func record1(t *testing.T, h *house, name string) workflow.ID {
	t.Helper()
	list, err := models.Records[workflow.Organization](t.Context(), h.DB.Reader, h.As(workflow.Auditor), workflow.NounOrganization, models.Filter{Limit: models.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range list {
		if o.LegalName == name {
			return o.ID
		}
	}
	t.Fatalf("there is no %s", name)
	return 0
}

func TestAnOfficerConfirmsWhatAnAffiliatePaid(t *testing.T) {
	h := newHouse(t, nil)
	sub := h.Organization("Cascadia Marine LLC", 1_000_000_00)
	h.Must(workflow.NounAffiliation, workflow.ActCreate, 0, nil, enginetest.Int("owner", int64(h.Company)), enginetest.Int("owned", int64(sub)),
		enginetest.Int("share", 100_00), enginetest.Date("since", workflow.DateOf(h.Now()).AddDays(-1000)))
	b, officer := h.as(workflow.AOR), h.as(workflow.ProgramOfficer)
	b.visit(pathOf(workflow.NounOrganization, h.Company))
	statement := b.page.link("FY 2025")
	b.visit(statement)
	b.upload("/eliminations", map[string]string{"counterparty": sub.String(), "amount": "4,200,000.01"}, "document", "ledger.csv", "a,b\n")
	if b.page.status != http.StatusUnprocessableEntity || !strings.Contains(b.page.body, "more than is left of the stated revenue") {
		t.Errorf("more than was stated: %d %q", b.page.status, b.page.class("err"))
	}
	b.sound()
	b.visit(statement)
	b.send("/eliminations", map[string]string{"counterparty": sub.String(), "amount": "200,000.00"})
	if b.page.status != http.StatusUnprocessableEntity {
		t.Errorf("without evidence: %d", b.page.status)
	}
	b.visit(statement)
	b.upload("/eliminations", map[string]string{"counterparty": sub.String(), "amount": "200,000.00"}, "document", "ledger.csv", "a,b\n")
	b.sound()
	if b.page.path[:len(statement)] != statement || !strings.Contains(b.page.body, "$200,000.00") {
		t.Errorf("it leads to %s", b.page.path)
	}
	file := b.page.nodesWith("a", "href", "/document")
	if len(file) == 0 || officer.ask("GET", file[len(file)-1], nil).body != "a,b\n" {
		t.Errorf("the evidence is not there: %q", file)
	}
	officer.visit(statement)
	officer.sound()
	late := h.as(workflow.ProgramOfficer)
	late.visit(statement)
	for _, form := range officer.page.formActions() {
		if at, is := strings.CutSuffix(form, "/actions/confirm"); is {
			late.send(at+"/actions/deny", map[string]string{"note": ""})
			late.toldOnce("Enter an answer.")
			officer.send(form, nil)
			late.send(at+"/actions/deny", map[string]string{"note": "No."})
			break
		}
	}
	officer.sound()
	late.sound()
	if told := strings.Join(late.page.class("note"), " "); late.page.status != http.StatusConflict || !strings.Contains(told, "changed") {
		t.Errorf("who came late is told %d %q", late.page.status, told)
	}
	c := h.Draft(148_500_00).Submit()
	if a := application(h, pathOf(workflow.NounApplication, c.Application)); !strings.Contains(a.Verdict, `"sum_cents":500000000`) {
		t.Errorf("the verdict is %s", a.Verdict)
	}
}

// nodesWith returns an attribute of the elements whose attribute ends so.
func (d doc) nodesWith(element, attribute, end string) (out []string) {
	for _, n := range d.nodes {
		if n.Data == element && strings.HasSuffix(n.attr(attribute), end) {
			out = append(out, n.attr(attribute))
		}
	}
	return out
}

func TestACaseOfChangedEvidenceIsLookedAt(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(148_500_00).Submit().Review()
	review := c.ReviewBy(h.Person(workflow.Reviewer))
	at := pathOf(workflow.NounApplication, c.Application)
	officer := h.as(workflow.ProgramOfficer)
	officer.visit(at)
	if officer.page.form(at+"/actions/acknowledge") != nil {
		t.Error("there is something to look at before anything changed")
	}
	sub := h.Organization("Cascadia Marine LLC", 1_000_000_00)
	h.Must(workflow.NounAffiliation, workflow.ActCreate, 0, nil, enginetest.Int("owner", int64(h.Company)), enginetest.Int("owned", int64(sub)),
		enginetest.Int("share", 100_00), enginetest.Date("since", workflow.DateOf(h.Now()).AddDays(-1000)))
	h.Act(nil, workflow.NounApplication, c.Application, workflow.ActRescreen)
	h.Act(nil, workflow.NounReview, review, workflow.ActStrike, enginetest.Text("note", "a cousin"))
	officer.visit(at)
	officer.sound()
	if !strings.Contains(officer.page.body, "The evidence has changed.") {
		t.Error("the case does not say that its evidence changed")
	}
	if officer.page.form(at+"/actions/recommend") != nil {
		t.Error("the case can be recommended before anybody has looked")
	}
	officer.send(at+"/actions/acknowledge", map[string]string{"flag": "evidence_changed", "note": "A small subsidiary."})
	officer.sound()
	if officer.page.form(at+"/actions/recommend") == nil {
		t.Error("the case cannot be recommended after it was looked at")
	}
	if body := officer.page.body; strings.Contains(body, "The evidence has changed.") || !strings.Contains(body, "A review that counted was taken out") {
		t.Error("looking at one of two flags took back the other, or not itself")
	}
	for flag, listed := range map[string]bool{"review_struck": true, "evidence_changed": false} {
		officer.visit("/applications?view=all&flag=" + flag)
		officer.sound()
		if (officer.page.link(titleOf(application(h, at))) == at) != listed {
			t.Errorf("the queue of what is flagged %s lists the case: want %t", flag, listed)
		}
	}
}

// The public check runs the rule of applications and stores nothing.
func TestEverybodyCanCheckWhetherTheyMayApply(t *testing.T) {
	h := newHouse(t, nil)
	b := h.browser()
	b.visit("/")
	if b.page.link("Check whether you may apply") != "/eligibility" {
		t.Error("the front page does not lead to the check")
	}
	rows := func() (n int) {
		if err := h.DB.Pool().QueryRow("SELECT (SELECT COUNT(*) FROM events) + (SELECT COUNT(*) FROM documents) + (SELECT COUNT(*) FROM organizations)").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := rows()
	answered := func(affiliates int, values map[string]string) *answer {
		b.visit(fmt.Sprintf("/eligibility?affiliates=%d", affiliates))
		b.sound()
		for _, action := range b.page.formActions() {
			if strings.HasPrefix(action, "/eligibility?") {
				form := b.filled(action, values)
				b.page = b.ask("POST", action, form)
			}
		}
		if b.page.status < 500 {
			b.sound()
		}
		return b.page
	}
	group := func(amounts ...string) map[string]string {
		values := map[string]string{"revenue_0_0": amounts[0]}
		for i, amount := range amounts[1:] {
			values[fmt.Sprintf("share_%d", i+1)], values[fmt.Sprintf("revenue_%d_0", i+1)] = "100", amount
		}
		return values
	}
	split := func(total workflow.Cents, n int) (out []string) {
		for _, part := range total.Split(n) {
			out = append(out, part.String())
		}
		return out
	}
	for _, c := range []struct {
		name   string
		values map[string]string
		want   string
	}{
		{"one cent under", group("99,999,999.99"), "Below the cap"},
		{"exactly the cap", group("$100,000,000.00"), "At or over the cap"},
		{"one cent over", group("100000000.01"), "At or over the cap"},
		{"two one cent under", group(split(workflow.RevenueCap-1, 2)...), "Below the cap"},
		{"two at the cap", group(split(workflow.RevenueCap, 2)...), "At or over the cap"},
		{"three at the cap", group(split(workflow.RevenueCap, 3)...), "At or over the cap"},
		{"17 one cent under", group(split(workflow.RevenueCap-1, 17)...), "Below the cap"},
		{"17 at the cap", group(split(workflow.RevenueCap, 17)...), "At or over the cap"},
		{"an affiliate's revenue not known", group("1.00", ""), "Evidence missing"},
		{"the known is over", group("100,000,000.00", ""), "At or over the cap"},
		{"a year that is long over", map[string]string{"revenue_0_0": "1.00", "period_end": "2022-12-31"}, "Evidence missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			affiliates := 0
			for name := range c.values {
				if strings.HasPrefix(name, "share_") {
					affiliates++
				}
			}
			page := answered(affiliates, c.values)
			if tag := page.class("tag"); page.status != http.StatusOK || len(tag) == 0 || tag[0] != c.want {
				t.Errorf("answered %d %q, want %q: %q", page.status, tag, c.want, page.class("err"))
			}
			if started := page.link("Start an application") == "/start"; started != (c.want != "At or over the cap") {
				t.Errorf("it leads on: %t", started)
			}
		})
	}
	minority := group("60,000,000.00", "60,000,000.00")
	minority["share_1"] = "50"
	if tag := answered(1, minority).class("tag"); tag[0] != "Below the cap" {
		t.Errorf("half of an affiliate counts: %q", tag)
	}
	minority["control_1"] = Checked
	if tag := answered(1, minority).class("tag"); tag[0] != "At or over the cap" {
		t.Errorf("half of it with control does not count: %q", tag)
	}
	for _, c := range []struct{ field, typed, says string }{
		{"revenue_0_0", "１００", "Enter an amount in dollars"}, {"revenue_0_0", "-5", "Enter an amount in dollars"}, {"revenue_0_0", "1e400", "Enter an amount in dollars"},
		{"revenue_0_0", "99.999.999,99", "Enter an amount in dollars"}, {"revenue_0_0", "99,999,999.995", "Enter an amount in dollars"},
		{"period_end", "2025-13-01", "Enter a date"}, {"period_end", "2030-12-31", ""}, {"period_end", "0001-01-01", "Enter a date"}, {"period_end", "", ""},
		{"founded", "2030-01-01", "This day has not come yet"},
	} {
		values := group("1.00")
		values[c.field] = c.typed
		page := answered(0, values)
		if wrong := page.id("eligibility-" + c.field + "-error"); page.status != http.StatusUnprocessableEntity || wrong == nil || !strings.Contains(wrong.text(), c.says) {
			t.Errorf("%s %q: answered %d, beside it %v", c.field, c.typed, page.status, wrong)
		}
	}
	if got := b.ask("POST", "/eligibility?affiliates=0", url.Values{"period_end": {"2025-12-31"}, "state": {"pass"}}); got.status != http.StatusBadRequest {
		t.Errorf("a field that is not asked for: %d", got.status)
	}
	if got := b.ask("GET", "/eligibility?affiliates=99999999999999999999&opportunity=x", nil); got.status != http.StatusOK {
		t.Errorf("an absurd address: %d", got.status)
	}
	if now := rows(); now != before {
		t.Errorf("%d rows, before %d", now, before)
	}
}

// The verdict's JSON can be decided anew by whoever has it.
func TestAVerdictsJSONIsEnoughToDecideAnew(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(148_500_00).Submit()
	body := h.as(workflow.Auditor).ask("GET", pathOf(workflow.NounApplication, c.Application)+"/verdict.json", nil).body
	var v workflow.Verdict
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatal(err)
	}
	if again := v.Again().JSON(); again != body {
		t.Errorf("anew:\n%s\nwas\n%s", again, body)
	}
}

// What a young affiliate lacks to whole years is no statement, and none is missing.
func TestEvidenceThatIsThereIsNotToldToBeMissing(t *testing.T) {
	day := func(text string) workflow.Date {
		d, err := workflow.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	year := func(id, entity workflow.ID, year string) workflow.Statement {
		return workflow.Statement{ID: id, Entity: entity, FiscalYear: 2025, Start: day(year + "-01-01"), End: day(year + "-12-31"), Amount: 100_00, Source: "tax_return"}
	}
	q := workflow.RevenueQuestion{Organization: 1, Basis: workflow.Receipts3, SubmittedOn: day("2026-03-01"), AsOf: day("2026-03-01"),
		Links: []workflow.Link{{Owner: 1, Owned: 2, Share: 100_00}, {Owner: 1, Owned: 3, Share: 100_00}},
		Entities: []workflow.Entity{{ID: 1, Name: "Own", Founded: day("2025-01-01")}, {ID: 2, Name: "Young", Founded: day("2025-01-01")},
			{ID: 3, Name: "Silent", Founded: day("2025-01-01")}},
		Statements: []workflow.Statement{year(10, 1, "2025"), year(20, 2, "2025")}}
	r := newRenderer(t)
	v := &visit{Shell: shellFor(r, "en")}
	missing := map[string]int{}
	for _, row := range v.sumOf(workflow.Revenue(q).For([]workflow.ID{1})).Table.Rows {
		name, _, _ := strings.Cut(row[0], "\n")
		if slices.Contains(row, v.T("revenue.missing")) {
			missing[name]++
		}
	}
	if diff := cmp.Diff(map[string]int{"Silent": 1}, missing); diff != "" {
		t.Error(diff)
	}
}

// Evidence that moved without a job having noticed stops the case all the same, so its
// page says so and lets an officer look.
func TestEvidenceThatNoJobHasNoticedCanBeLookedAt(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(148_500_00).Submit().Review()
	at := pathOf(workflow.NounApplication, c.Application)
	h.Must(workflow.NounAffiliation, workflow.ActCreate, 0, nil, enginetest.Int("owner", int64(h.Company)), enginetest.Int("owned", int64(h.Organization("Cascadia Marine LLC", 1_000_000_00))),
		enginetest.Int("share", 100_00), enginetest.Date("since", workflow.DateOf(h.Now()).AddDays(-1000)))
	officer := h.as(workflow.ProgramOfficer)
	if text := officer.visit(at).text("main"); !strings.Contains(text, "The evidence has changed.") || officer.page.form(at+"/actions/recommend") != nil {
		t.Errorf("the case does not say that its evidence changed: %s", text)
	}
	officer.sound()
	officer.send(at+"/actions/acknowledge", map[string]string{"flag": "evidence_changed", "note": "A small subsidiary."})
	if officer.sound(); officer.page.form(at+"/actions/recommend") == nil {
		t.Error("the case cannot be recommended after it was looked at")
	}
}
