package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"tranche/app/engine/enginetest"
	"tranche/workflow"
)

// TestWhoSeesWhichPage lists the pages with the statuses that readers get.
func TestWhoSeesWhichPage(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(148_500_00).Submit()
	other := h.NewCase("Other Corp.", 50_000_00)
	readers := map[string]*browser{"nobody": h.browser(), "aor": h.as(workflow.AOR), "officer": h.as(workflow.ProgramOfficer),
		"reviewer": h.as(workflow.Reviewer), "admin": h.as(workflow.Admin)}
	const yes, in, no, lost = 200, 303, 404, 405
	for _, test := range []struct {
		path                                  string
		nobody, aor, officer, reviewer, admin int
	}{
		{"/", yes, yes, yes, yes, yes},
		{"/sign-in", yes, yes, yes, yes, yes},
		{"/opportunities", yes, yes, yes, yes, yes},
		{pathOf(workflow.NounOpportunity, h.Opportunity), yes, yes, yes, yes, yes},
		{"/my-applications", in, yes, yes, yes, yes},
		{"/start", in, in, in, in, in},
		{pathOf(workflow.NounApplication, c.Application), in, yes, yes, no, yes},
		{pathOf(workflow.NounApplication, other.Application), in, no, yes, no, yes},
		{pathOf(workflow.NounApplication, c.Application) + "/edit/project", in, in, no, no, no},
		{pathOf(workflow.NounApplication, other.Application) + "/edit/project", in, no, no, no, no},
		{pathOf(workflow.NounOrganization, h.Company), in, yes, yes, no, yes},
		{pathOf(workflow.NounOrganization, other.Company), in, no, yes, no, yes},
		{pathOf(workflow.NounProgram, h.Program), in, yes, yes, yes, yes},
		{"/applications/999999", in, no, no, no, no},
		{"/applications/0", in, no, no, no, no},
		{"/applications/07", in, no, no, no, no},
		{"/applications/x", in, no, no, no, no},
		{pathOf(workflow.NounOpportunity, c.Application), no, no, no, no, no},
		{"/nothing", no, no, no, no, no},
		{"/applications/1/actions/submit", lost, lost, lost, lost, lost},
		{"/sign-out", lost, lost, lost, lost, lost},
	} {
		for name, want := range map[string]int{"nobody": test.nobody, "aor": test.aor, "officer": test.officer, "reviewer": test.reviewer, "admin": test.admin} {
			b := readers[name]
			b.page = b.ask("GET", test.path, nil)
			if b.page.status != want {
				t.Errorf("%s gets %d for %s, want %d", name, b.page.status, test.path, want)
				continue
			}
			if want != in {
				b.sound()
			}
			if head := b.ask("HEAD", test.path, nil); head.status != want || head.body != "" && want >= 400 {
				t.Errorf("HEAD %s gives %s %d, want %d", test.path, name, head.status, want)
			}
		}
	}
}

func TestSomebodyElsesRecordAndAMissingOneAreTheSame(t *testing.T) {
	h := newHouse(t, nil)
	other := h.NewCase("Other Corp.", 50_000_00)
	b := h.as(workflow.AOR)
	for _, suffix := range []string{"", "?tab=history", "/edit", "/edit/project", "?lang=zh-TW"} {
		theirs, missing := b.ask("GET", pathOf(workflow.NounApplication, other.Application)+suffix, nil), b.ask("GET", "/applications/999999"+suffix, nil)
		if theirs.status != http.StatusNotFound || theirs.status != missing.status || theirs.body != missing.body {
			t.Errorf("%q: %d and %d, or other words", suffix, theirs.status, missing.status)
		}
	}
	mine := h.Draft(1_000_00)
	b.visit(pathOf(workflow.NounApplication, mine.Application))
	form := b.filled(pathOf(workflow.NounApplication, mine.Application)+"/actions/withdraw", nil)
	theirs := b.ask("POST", pathOf(workflow.NounApplication, other.Application)+"/actions/withdraw", form)
	missing := b.ask("POST", "/applications/999999/actions/withdraw", form)
	if theirs.status != http.StatusNotFound || theirs.status != missing.status || theirs.body != missing.body {
		t.Errorf("an action: %d and %d, or other words", theirs.status, missing.status)
	}
}

func TestAFormThatNobodyCouldHaveSentIsRefused(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(148_500_00)
	at := pathOf(workflow.NounApplication, c.Application)
	b := h.as(workflow.AOR)
	b.visit(at)
	action := at + "/actions/withdraw"
	good := func() url.Values { return b.filled(action, map[string]string{"note": "Because."}) }
	for _, test := range []struct {
		name   string
		change func(url.Values)
		action string
		want   int
	}{
		{"an unknown field", func(f url.Values) { f.Set("state", "awarded") }, "", 400},
		{"a field twice", func(f url.Values) { f.Add("note", "And.") }, "", 400},
		{"a field in other letters", func(f url.Values) { f.Set("Note", "x") }, "", 400},
		{"no version", func(f url.Values) { f.Del("version") }, "", 428},
		{"a version that is none", func(f url.Values) { f.Set("version", "1.0") }, "", 400},
		{"two versions", func(f url.Values) { f.Add("version", "1") }, "", 400},
		{"no key", func(f url.Values) { f.Del("key") }, "", 400},
		{"a key that is none", func(f url.Values) { f.Set("key", "a b") }, "", 400},
		{"no UTF-8", func(f url.Values) { f.Set("note", "\xff") }, "", 400},
		{"too long a note", func(f url.Values) { f.Set("note", strings.Repeat("x", 4001)) }, "", 422},
		{"an action that is none", nil, at + "/actions/steal", 404},
		{"an action of the system", nil, at + "/actions/screen_pass", 404},
		{"an action of another kind of record", nil, at + "/actions/countersign", 404},
		{"an action that makes", nil, at + "/actions/start", 404},
		{"saving a part of a draft", nil, at + "/actions/save", 404},
		{"an action from another state", nil, at + "/actions/reply", 400},
		{"an action of somebody else", func(f url.Values) { f.Del("note") }, at + "/actions/cancel_request", 409},
		{"somebody else's version", func(f url.Values) { f.Set("version", "99") }, "", 409},
	} {
		t.Run(test.name, func(t *testing.T) {
			form, to := good(), action
			if test.change != nil {
				test.change(form)
			}
			if test.action != "" {
				to = test.action
			}
			before := application(h, at)
			got := b.ask("POST", to, form)
			if got.status != test.want {
				t.Errorf("answered %d, want %d: %s", got.status, test.want, got.text("h1"))
			}
			if after := application(h, at); after.Version != before.Version {
				t.Error("something was changed")
			}
		})
	}
}

func TestAnOldFormSaysWhatHappenedMeanwhile(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(148_500_00).Submit()
	at := pathOf(workflow.NounApplication, c.Application)
	b := h.as(workflow.AOR)
	b.visit(at)
	form := b.filled(at+"/actions/withdraw", map[string]string{"note": "We moved."})
	h.Act(h.As(workflow.ProgramOfficer), workflow.NounApplication, c.Application, workflow.ActRequestInformation,
		enginetest.Text("question", "Why?"), enginetest.Date("due", workflow.DateOf(h.Now()).AddDays(10)))
	b.page = b.ask("POST", at+"/actions/withdraw", form)
	if b.page.status != http.StatusConflict {
		t.Fatalf("answered %d", b.page.status)
	}
	b.sound()
	if got := strings.Join(b.page.class("usa-alert__body"), "\n"); !strings.Contains(got, "Information asked for: Somebody of the program, Jun 1, 2026") {
		t.Errorf("the page says %q", got)
	}
	if got := b.filled(at+"/actions/withdraw", nil).Get("note"); got != "We moved." {
		t.Errorf("the form holds %q", got)
	}
	b.send(at+"/actions/withdraw", nil)
	if got := application(h, at).State; got != workflow.Withdrawn {
		t.Errorf("having looked again: %s", got)
	}
}

func TestOtherSitesCanDoNothing(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(148_500_00)
	at := pathOf(workflow.NounApplication, c.Application)
	b := h.as(workflow.AOR)
	b.visit(at)
	form := b.filled(at+"/actions/withdraw", nil)
	for _, test := range []struct {
		name    string
		headers map[string]string
		want    int
	}{
		{"cross-site", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"same site, another host", map[string]string{"Sec-Fetch-Site": "same-site"}, 403},
		{"an old browser on another site", map[string]string{"Origin": "https://evil.example"}, 403},
		{"no origin at all", map[string]string{"Origin": "null"}, 403},
		{"our own page", map[string]string{"Sec-Fetch-Site": "same-origin"}, 303},
	} {
		b.headers = test.headers
		if got := b.ask("POST", at+"/actions/withdraw", form); got.status != test.want {
			t.Errorf("%s: %d, want %d", test.name, got.status, test.want)
		}
	}
	b.headers = map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}
	if got := b.ask("GET", at, nil); got.status != http.StatusForbidden {
		t.Errorf("a page as another site's script: %d", got.status)
	}
	b.headers = map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
	if got := b.ask("GET", at, nil); got.status != http.StatusOK {
		t.Errorf("a link on another site: %d", got.status)
	}
}

func TestEveryAnswerCarriesTheHeaders(t *testing.T) {
	h := newHouse(t, func(s *Server) { s.Secure = true })
	b := h.browser()
	for _, path := range []string{"/", "/nothing", "/healthz", "/static/none.css", "/my-applications"} {
		got := b.ask("GET", path, nil).header
		for name, want := range map[string]string{
			"Content-Security-Policy": contentPolicy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			"Strict-Transport-Security": "max-age=63072000; includeSubDomains",
		} {
			if got.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, got.Get(name))
			}
		}
		if got.Get("X-Request-Id") == "" || len(got.Values("Access-Control-Allow-Origin")) != 0 {
			t.Errorf("%s: %v", path, got)
		}
	}
	if got := b.ask("GET", "/", nil).header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("pages may be kept: %q", got)
	}
}

func TestSignInLeadsBackAndNowhereElse(t *testing.T) {
	h := newHouse(t, nil)
	for _, test := range []struct{ next, want string }{
		{"/my-applications", "/my-applications"},
		{"/applications?view=mine", "/applications?view=mine"},
		{"", "/start"},
		{"//evil.example", "/start"},
		{"///evil.example", "/start"},
		{`/\evil.example`, "/start"},
		{"/%09/evil.example", "/start"},
		{"/%2f/evil.example", "/start"},
		{"/%5cevil.example", "/start"},
		{"https://evil.example/", "/start"},
		{"https:evil.example", "/start"},
		{"javascript:alert(1)", "/start"},
		{"//user@evil.example/", "/start"},
		{"my-applications", "/start"},
	} {
		b := h.browser()
		b.visit("/sign-in?next=" + url.QueryEscape(test.next))
		form := b.filled("/sign-in", map[string]string{"email": h.email(h.People[workflow.AOR]), "password": good})
		if test.want == "/start" && form.Get("next") != "" {
			t.Errorf("%q stands in the form as %q", test.next, form.Get("next"))
		}
		form.Set("next", test.next)
		if got := b.ask("POST", "/sign-in", form); got.status != http.StatusSeeOther || got.header.Get("Location") != test.want {
			t.Errorf("%q leads to %d %q, want %q", test.next, got.status, got.header.Get("Location"), test.want)
		}
	}
}

func TestAWrongPairTellsNothing(t *testing.T) {
	h := newHouse(t, nil)
	email := h.email(h.People[workflow.AOR])
	b := h.browser()
	var bodies []string
	for _, test := range []struct{ email, password string }{
		{email, "not my password at all"}, {"nobody@example.gov", "not my password at all"}, {email, ""}, {"", good},
	} {
		b.visit("/sign-in")
		b.send("/sign-in", map[string]string{"email": test.email, "password": test.password})
		if b.page.status != http.StatusUnprocessableEntity || b.cookies["tranche"] != "" {
			t.Errorf("%q: %d", test.email, b.page.status)
		}
		b.sound()
		if strings.Contains(b.page.body, "not my password") {
			t.Error("the password is on the page")
		}
		if test.email != "" {
			bodies = append(bodies, strings.ReplaceAll(b.page.body, test.email, "EMAIL"))
		}
	}
	if bodies[0] != bodies[1] || bodies[1] != bodies[2] {
		t.Error("the pages differ")
	}
	for range 8 {
		b.visit("/sign-in")
		b.send("/sign-in", map[string]string{"email": email, "password": "not my password at all"})
	}
	if b.page.status != http.StatusTooManyRequests || b.page.header.Get("Retry-After") == "" {
		t.Errorf("after many tries: %d", b.page.status)
	}
	b.sound()
	if log := h.log.String(); strings.Contains(log, "not my password") || strings.Contains(log, email) {
		t.Error("the log has what was typed")
	}
}

func TestSigningOutEndsTheSessionEverywhere(t *testing.T) {
	h := newHouse(t, nil)
	b := h.as(workflow.AOR)
	token := b.cookies["tranche"]
	b.send("/sign-out", nil)
	if b.cookies["tranche"] != "" || b.page.status != http.StatusOK {
		t.Errorf("signed out: %d", b.page.status)
	}
	b.cookies["tranche"] = token
	if got := b.ask("GET", "/my-applications", nil); got.status != http.StatusSeeOther {
		t.Errorf("the old cookie still works: %d", got.status)
	}
}

func TestTheSessionIsNewWithEverySignIn(t *testing.T) {
	h := newHouse(t, nil)
	b := h.browser()
	b.cookies["tranche"] = strings.Repeat("A", 43)
	b.visit("/sign-in")
	b.send("/sign-in", map[string]string{"email": h.email(h.People[workflow.AOR]), "password": good})
	first := b.cookies["tranche"]
	b.visit("/sign-in")
	b.send("/sign-in", map[string]string{"email": h.email(h.People[workflow.AOR]), "password": good})
	if first == strings.Repeat("A", 43) || b.cookies["tranche"] == first {
		t.Error("a secret that was known before is in use")
	}
	b.cookies["tranche"] = first
	if got := b.ask("GET", "/my-applications", nil); got.status != http.StatusSeeOther {
		t.Errorf("the session before lives on: %d", got.status)
	}
}

func TestTheLanguageIsTheReaders(t *testing.T) {
	h := newHouse(t, nil)
	b := h.browser()
	lang := func(at string) string {
		b.visit(at)
		return b.page.one(t, "html").attr("lang")
	}
	b.headers["Accept-Language"] = "zh-TW,zh;q=0.9"
	for _, test := range []struct{ at, want string }{
		{"/", "zh-TW"}, {"/?lang=en", "en"}, {"/opportunities", "en"}, {"/opportunities?lang=zh-TW", "zh-TW"}, {"/", "zh-TW"}, {"/?lang=xx", "zh-TW"}, {"/nothing", "zh-TW"},
	} {
		if got := lang(test.at); got != test.want {
			t.Errorf("%s is in %s, want %s", test.at, got, test.want)
		}
	}
	for _, cookie := range []string{"nonsense", "<script>", "de"} {
		b.cookies["lang"] = cookie
		if got := lang("/"); got != "zh-TW" {
			t.Errorf("with the cookie %q: %s", cookie, got)
		}
	}
	delete(b.cookies, "lang")
	h.Act(nil, workflow.NounPerson, h.People[workflow.AOR], workflow.ActUpdate, enginetest.Text("language", "zh-TW"))
	h.Advance(time.Second)
	own := h.as(workflow.AOR)
	own.visit("/my-applications")
	if got := own.page.one(t, "html").attr("lang"); got != "zh-TW" {
		t.Errorf("with a profile: %s", got)
	}
	own.sound()
}

func TestBodiesAreForms(t *testing.T) {
	h := newHouse(t, nil)
	post := func(kind, body string) int {
		r := httptest.NewRequest("POST", "/sign-in", strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, r)
		return w.Code
	}
	const form = "application/x-www-form-urlencoded"
	for _, test := range []struct {
		kind, body string
		want       int
	}{
		{form, "email=a&password=b", 422},
		{form + "; charset=UTF-8", "email=a&password=b", 422},
		{form + "; charset=utf-16", "email=a&password=b", 415},
		{"application/json", `{"email":"a"}`, 415},
		{"text/plain", "email=a", 415},
		{"multipart/form-data; boundary=x", "--x--", 415},
		{"", "email=a", 415},
		{form, "email=%zz", 400},
		{form, "email=a;password=b", 400},
		{form, "email=a&email=b", 400},
		{form, "email=a&role=admin", 400},
		{form, "email=" + strings.Repeat("x", maxForm), 413},
	} {
		if got := post(test.kind, test.body); got != test.want {
			t.Errorf("%s %.30q: %d, want %d", test.kind, test.body, got, test.want)
		}
	}
}

func TestOneReaderCannotTakeAllTheTime(t *testing.T) {
	h := newHouse(t, func(s *Server) { s.Rate = 1 })
	from := func(address string, session string) int {
		r := httptest.NewRequest("GET", "/healthz", nil)
		r.RemoteAddr = address
		r.Header.Set("X-Forwarded-For", fmt.Sprint("198.51.100.", len(session)))
		if session != "" {
			r.AddCookie(&http.Cookie{Name: "tranche", Value: session})
		}
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, r)
		if w.Code == http.StatusTooManyRequests && w.Header().Get("Retry-After") == "" {
			t.Error("a refusal does not say when to come back")
		}
		return w.Code
	}
	last := 0
	for range 11 {
		last = from("192.0.2.1:1000", "session")
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("a session's eleventh request: %d", last)
	}
	if got := from("192.0.2.1:1000", "another"); got != http.StatusOK {
		t.Errorf("another session: %d", got)
	}
	for i := range 101 {
		last = from(fmt.Sprintf("[2001:db8::%x]:1000", i), "")
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("an IPv6 network's request 101: %d", last)
	}
	if got := from("[2001:db8:0:1::1]:1000", ""); got != http.StatusOK {
		t.Errorf("the next network: %d", got)
	}
}

func TestOnlyTrustedProxiesNameTheClient(t *testing.T) {
	_, trusted, err := net.ParseCIDR("192.0.2.0/24")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		peer, header, want string
		trusted            []*net.IPNet
	}{
		{"192.0.2.1:9", "203.0.113.9", "192.0.2.1", nil},
		{"192.0.2.1:9", "203.0.113.9", "203.0.113.9", []*net.IPNet{trusted}},
		{"127.0.0.1:9", "203.0.113.9", "127.0.0.1", []*net.IPNet{trusted}},
		{"192.0.2.1:9", "10.0.0.1, 203.0.113.9", "203.0.113.9", []*net.IPNet{trusted}},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = test.peer
		r.Header.Set("X-Forwarded-For", test.header)
		r.Header.Set("X-Real-IP", "203.0.113.77")
		if got := (&Server{Trusted: test.trusted}).address()(r); got != test.want {
			t.Errorf("%s says %s: %s, want %s", test.peer, test.header, got, test.want)
		}
	}
}

func TestMachinesAreAnswered(t *testing.T) {
	broken := errors.New("the database is on fire")
	var ready error
	h := newHouse(t, func(s *Server) {
		s.Metrics, s.Ready = true, func(context.Context) error { return ready }
		s.Waiting = func() int { return 0 }
		s.API = func(g *echo.Group) error {
			g.GET("/panic", func(echo.Context) error { panic("a secret of ours") })
			return nil
		}
	})
	b := h.browser()
	if got := b.ask("GET", "/readyz", nil); got.status != http.StatusOK {
		t.Errorf("ready: %d", got.status)
	}
	ready = broken
	if got := b.ask("GET", "/readyz", nil); got.status != http.StatusServiceUnavailable || strings.Contains(got.body, "fire") {
		t.Errorf("not ready: %d %s", got.status, got.body)
	}
	if got := b.ask("GET", "/healthz", nil); got.status != http.StatusOK {
		t.Errorf("alive: %d", got.status)
	}
	got := b.ask("GET", "/api/v1/panic", nil)
	if got.status != http.StatusInternalServerError || strings.Contains(got.body, "secret") || !strings.Contains(got.body, `"request_id":"`) {
		t.Errorf("a panic: %d %s", got.status, got.body)
	}
	if !strings.Contains(h.log.String(), "a secret of ours") {
		t.Error("the panic is not in the log")
	}
	b.ask("GET", "/applications/123456", nil)
	metrics := b.ask("GET", "/metrics", nil).body
	for _, want := range []string{`tranche_http_requests_total{method="GET",route="/readyz",status="503"} 1`, `route="/applications/:id"`, "go_goroutines", "tranche_commands_waiting 0"} {
		if !strings.Contains(metrics, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(metrics, "123456") {
		t.Error("an address is a label")
	}
}

func TestTheLogHasNoQueries(t *testing.T) {
	h := newHouse(t, nil)
	h.browser().visit("/opportunities?q=a-person-i-look-for")
	if log := h.log.String(); strings.Contains(log, "a-person") || !strings.Contains(log, `"path":"/opportunities"`) {
		t.Error(log)
	}
}

func TestMethodsThatARouteDoesNotTakeAreNamed(t *testing.T) {
	h := newHouse(t, nil)
	for _, method := range []string{"PUT", "DELETE", "PATCH", "TRACE", "FOO"} {
		got := h.browser().ask(method, "/sign-in", nil)
		if got.status != http.StatusMethodNotAllowed || !strings.Contains(got.header.Get("Allow"), "POST") {
			t.Errorf("%s: %d, Allow %q", method, got.status, got.header.Get("Allow"))
		}
	}
}

func TestADatabaseThatDoesNotAnswerIsOurFault(t *testing.T) {
	h := newHouse(t, nil)
	b := h.as(workflow.AOR)
	if err := h.DB.Close(); err != nil {
		t.Fatal(err)
	}
	b.page = b.ask("GET", "/my-applications", nil)
	if b.page.status < 500 || b.page.text("h1") == "" || strings.Contains(b.page.body, "sql") {
		t.Errorf("answered %d %q", b.page.status, b.page.text("h1"))
	}
}
