package problem

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"tranche/app/identity"
	"tranche/app/input"
	"tranche/app/policy"
	"tranche/models"
	"tranche/templates"
	"tranche/workflow"
)

func reader(t *testing.T, tag string) Audience {
	t.Helper()
	words, err := templates.NewWords(nil)
	if err != nil {
		t.Fatal(err)
	}
	return Audience{Language: words.Match(tag)}
}

var overCap = &workflow.Refusal{Kind: workflow.NotMet, Reason: "over_award_cap", Field: "amount",
	Words: workflow.Words{"amount": workflow.AwardCap + 1, "limit": workflow.AwardCap}}

func TestEveryErrorHasItsStatusAndReason(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		status int
		reason workflow.Reason
	}{
		"no row":           {&workflow.Refusal{Kind: workflow.NotNow, Reason: workflow.ReasonNoRow}, 409, workflow.ReasonNoRow},
		"role":             {&workflow.Refusal{Kind: workflow.NotYours, Reason: workflow.ReasonRole}, 403, workflow.ReasonRole},
		"guard":            {overCap, 422, "over_award_cap"},
		"wrapped":          {fmt.Errorf("award: %w", overCap), 422, "over_award_cap"},
		"beside its cause": {errors.Join(overCap, &models.Constraint{Kind: "check", Err: errors.New("x")}), 422, "over_award_cap"},
		"one answer":       {input.Errors{{Field: "due", Reason: input.ReasonNotDay}}, 422, input.ReasonNotDay},
		"two answers":      {input.Errors{{Field: "due", Reason: input.ReasonNotDay}, {Field: "note", Reason: input.ReasonRequired}}, 422, ReasonAnswers},
		"a program's file": {policy.Problems{{Reason: "policy_missing", Words: workflow.Words{"key": "program"}}}, 422, ReasonAnswers},
		"unreadable":       {&input.Unreadable{Name: "state", Reason: input.ReasonUnknown}, 400, input.ReasonUnknown},
		"no version":       {input.ErrVersionMissing, 428, ReasonVersion},
		"nobody":           {ErrNobody, 401, ReasonNobody},
		"signed out":       {identity.ErrSignedOut, 401, ReasonNobody},
		"no such token":    {identity.ErrToken, 401, ReasonNobody},
		"wrong password":   {identity.ErrWrong, 422, ReasonWrong},
		"cooling down":     {&identity.CoolDown{Wait: time.Minute}, 429, ReasonTries},
		"a bad password":   {&identity.PasswordError{Reason: identity.ReasonPasswordCommon}, 422, identity.ReasonPasswordCommon},
		"scope":            {ErrScope, 403, ReasonScope},
		"media":            {ErrMedia, 415, ReasonMedia},
		"altered":          {fmt.Errorf("document: %w", models.ErrAltered), 500, ReasonAltered},
		"missing":          {models.ErrNotFound, 404, ReasonNotFound},
		"stale":            {models.ErrStale, 409, ReasonStale},
		"key reused":       {models.ErrKeyReused, 409, ReasonKeyReused},
		"too large":        {&http.MaxBytesError{Limit: 10}, 413, ReasonBody},
		"busy":             {models.ErrBusy, 503, ReasonBusy},
		"closed":           {models.ErrClosed, 503, ReasonBusy},
		"unavailable":      {&models.Unavailable{Err: errors.New("disk full")}, 503, ReasonBusy},
		"too late":         {context.DeadlineExceeded, 503, ReasonBusy},
		"gone":             {context.Canceled, StatusGone, ReasonGone},
		"no such page":     {echo.ErrNotFound, 404, ReasonNotFound},
		"method":           {echo.ErrMethodNotAllowed, 405, ReasonMethod},
		"rate":             {echo.ErrTooManyRequests, 429, ReasonTooMany},
		"teapot":           {echo.NewHTTPError(418, "secret"), 418, ReasonRefused},
		"a fault of echo":  {echo.NewHTTPError(502, "secret"), 500, ReasonFault},
		"unforeseen":       {errors.New("secret"), 500, ReasonFault},
		"our constraint":   {&models.Constraint{Kind: "check", Err: errors.New("secret")}, 500, ReasonFault},
	} {
		t.Run(name, func(t *testing.T) {
			for _, tag := range []string{"en", "zh-TW"} {
				p := Of(c.err, reader(t, tag))
				if p.Status != c.status || p.Reason != c.reason {
					t.Errorf("got %d %s, want %d %s", p.Status, p.Reason, c.status, c.reason)
				}
				if p.Title == "" || p.Detail == "" {
					t.Errorf("no words: title %q, detail %q", p.Title, p.Detail)
				}
				if strings.Contains(p.Detail+p.Title, "secret") || strings.Contains(p.Detail, "<no value>") {
					t.Errorf("tells too much: %q %q", p.Title, p.Detail)
				}
				if retry := c.status == 503 || c.status == 429; retry != (p.Retry > 0) {
					t.Errorf("status %d has Retry %v", c.status, p.Retry)
				}
			}
		})
	}
}

func TestARefusalIsToldWithItsNumbersInTheReadersLanguage(t *testing.T) {
	p := Of(overCap, reader(t, "en"))
	if want := "$5,000,000.01 is more than the cap of $5,000,000.00."; p.Detail != want {
		t.Errorf("got %q, want %q", p.Detail, want)
	}
	if len(p.Errors) != 1 || p.Errors[0] != (FieldError{Field: "amount", Reason: "over_award_cap", Message: p.Detail}) {
		t.Errorf("got errors %+v", p.Errors)
	}
	if zh := Of(overCap, reader(t, "zh-TW")); zh.Detail == p.Detail || !strings.Contains(zh.Detail, "$5,000,000.01") {
		t.Errorf("got %q in Chinese", zh.Detail)
	}
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	a := reader(t, "en")
	a.Zone = zone
	late := &workflow.Refusal{Reason: "deadline_passed", Kind: workflow.NotMet,
		Words: workflow.Words{"closes": time.Date(2026, 11, 23, 15, 18, 0, 0, time.UTC)}}
	if got, want := Of(late, a).Detail, "The deadline has passed: Nov 23, 2026, 10:18 a.m. EST."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	role := &workflow.Refusal{Reason: workflow.ReasonRole, Kind: workflow.NotYours,
		Words: workflow.Words{"roles": []workflow.Role{workflow.ProgramOfficer, workflow.GrantsOfficer}}}
	if got, want := Of(role, a).Detail, "This is the duty of: Program officer, Grants officer."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestASentenceWithoutItsNumbersIsTheGeneralOne(t *testing.T) {
	a := reader(t, "en")
	if got, want := a.Sentence("over_award_cap", nil), a.say("reason.unnamed", nil); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	half := &workflow.Refusal{Kind: workflow.NotMet, Reason: "over_award_cap"}
	if got, want := Of(half, a).Detail, a.say("reason.unnamed", nil); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// answer sends one request through echo with the handler, and returns what came
// back with what was logged.
func answer(t *testing.T, method, path string, err error) (*httptest.ResponseRecorder, string) {
	t.Helper()
	var logged bytes.Buffer
	e := echo.New()
	a := reader(t, "en")
	e.HTTPErrorHandler = Handler(slog.New(slog.NewJSONHandler(&logged, nil)), func(echo.Context) Audience { return a },
		func(c echo.Context, p Problem) error { return c.String(p.Status, "page: "+p.Detail) })
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			c.Response().Header().Set(echo.HeaderXRequestID, "r-1")
			return next(c)
		}
	})
	e.Any(path, func(echo.Context) error { return err })
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w, logged.String()
}

func TestTheAPIGetsJSONAndAPageWords(t *testing.T) {
	w, logged := answer(t, "POST", "/api/v1/awards", overCap)
	if got := w.Header().Get("Content-Type"); got != MediaType {
		t.Errorf("got Content-Type %q", got)
	}
	var p Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	if w.Code != 422 || p.Status != 422 || p.RequestID != "r-1" || p.Type != "about:blank" {
		t.Errorf("got %d %+v", w.Code, p)
	}
	if n := strings.Count(logged, "\n"); n != 1 || !strings.Contains(logged, `"reason":"over_award_cap"`) {
		t.Errorf("logged %d lines: %s", n, logged)
	}
	w, _ = answer(t, "POST", "/awards", overCap)
	if got := w.Body.String(); !strings.HasPrefix(got, "page: $5,000,000.01") {
		t.Errorf("got page %q", got)
	}
	w, _ = answer(t, "HEAD", "/api/v1/awards", models.ErrNotFound)
	if w.Code != 404 || w.Body.Len() != 0 {
		t.Errorf("HEAD: got %d with %d bytes", w.Code, w.Body.Len())
	}
}

func TestAFaultTellsItsReferenceAndIsLoggedAsAnError(t *testing.T) {
	w, logged := answer(t, "GET", "/api/v1/awards", errors.New("no such column: passwort"))
	if w.Code != 500 || strings.Contains(w.Body.String(), "passwort") || !strings.Contains(w.Body.String(), `"request_id":"r-1"`) {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if !strings.Contains(logged, `"level":"ERROR"`) || !strings.Contains(logged, "passwort") {
		t.Errorf("logged %s", logged)
	}
	_, logged = answer(t, "GET", "/x", context.Canceled)
	if !strings.Contains(logged, `"level":"INFO"`) || !strings.Contains(logged, `"status":499`) {
		t.Errorf("logged %s", logged)
	}
}

func TestHeadersSayWhenToTryAgainAndHowToSignIn(t *testing.T) {
	w, _ := answer(t, "POST", "/api/v1/awards", &models.Unavailable{Err: errors.New("disk full")})
	if got := w.Header().Get("Retry-After"); w.Code != 503 || got != "5" {
		t.Errorf("got %d, Retry-After %q", w.Code, got)
	}
	w, _ = answer(t, "POST", "/x", &Error{Status: 429, Reason: "too_many_attempts", Retry: 1500 * time.Millisecond})
	if got := w.Header().Get("Retry-After"); w.Code != 429 || got != "2" {
		t.Errorf("got %d, Retry-After %q", w.Code, got)
	}
	w, _ = answer(t, "GET", "/api/v1/me", ErrNobody)
	if got := w.Header().Get("WWW-Authenticate"); w.Code != 401 || !strings.HasPrefix(got, "Bearer") {
		t.Errorf("got %d, WWW-Authenticate %q", w.Code, got)
	}
	w, _ = answer(t, "GET", "/me", ErrNobody)
	if got := w.Header().Get("WWW-Authenticate"); got != "" {
		t.Errorf("a page asks for %q", got)
	}
	if got := w.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("got Cache-Control %q", got)
	}
}

func TestAVerdictIsHeldAgainstACaseInTheReadersWords(t *testing.T) {
	label, over := workflow.Label{EN: "Too old.", ZH: "太舊。"}, workflow.ReasonRevenueAtOrOverCap
	numbers := workflow.Words{"sum": workflow.RevenueCap, "cap": workflow.RevenueCap}
	for _, tt := range []struct {
		tag, got, want string
	}{
		{"the rule's own words", reader(t, "zh-TW").Why(label, "startup_age", nil), "太舊。"},
		{"with the numbers of one case", reader(t, "en").Why(workflow.Label{}, over, numbers), "Revenue with affiliates is $100,000,000.00; it must be below $100,000,000.00."},
		{"for all cases", reader(t, "en").Why(workflow.Label{}, over, nil), "Revenue with affiliates is not below the cap."},
		{"a sentence without numbers", reader(t, "en").Why(workflow.Label{}, workflow.ReasonRevenueEvidenceMissing, nil), "A revenue statement is missing."},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.tag, tt.got, tt.want)
		}
	}
}
