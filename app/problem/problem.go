// Package problem is the one place where an error becomes a status and words, for
// pages and the API alike. What people read is chosen by a reason from the word
// list and never by the text of an error.
package problem

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"tranche/app/identity"
	"tranche/app/input"
	"tranche/app/policy"
	"tranche/models"
	"tranche/workflow"
)

// A Problem is the answer no, as RFC 9457 writes it, with the members that are
// ours: the reason's code, and what is wrong with which field.
type Problem struct {
	Type      string          `json:"type"`
	Title     string          `json:"title"`
	Status    int             `json:"status"`
	Detail    string          `json:"detail"`
	Reason    workflow.Reason `json:"reason"`
	Errors    []FieldError    `json:"errors"`
	RequestID string          `json:"request_id"`

	Retry time.Duration `json:"-"` // goes into Retry-After
}

// A FieldError says what is wrong with one field, parameter or header.
type FieldError struct {
	Field   string          `json:"field"`
	Reason  workflow.Reason `json:"reason"`
	Message string          `json:"message"`

	// Where it stands, of a mistake in a program's file.
	Line   int    `json:"line,omitzero"`
	Column int    `json:"column,omitzero"`
	Path   string `json:"path,omitzero"`
}

// MediaType is that of a Problem as JSON.
// Source: RFC 9457, section 3.
const MediaType = "application/problem+json"

// StatusGone is logged for a request whose client did not wait for the answer;
// nobody receives it.
const StatusGone = 499

// whole is an answer before it has words.
type whole struct {
	status int
	reason workflow.Reason
	words  workflow.Words
	fields input.Errors
	retry  time.Duration
}

// Of says what err means to its reader. An error that nobody foresaw is a 500
// that tells nothing but its reference; the caller adds RequestID.
func Of(err error, a Audience) Problem {
	w := classify(err)
	number := strconv.Itoa(w.status)
	p := Problem{Type: "about:blank", Status: w.status, Reason: w.reason, Errors: []FieldError{}, Retry: w.retry,
		Title: a.Language.Say(nil, "problem."+number, "problem.500")}
	var file policy.Problems
	if errors.As(err, &file) {
		for i := range file {
			p.Errors = append(p.Errors, FieldError{"file", file[i].Reason, a.InFile(&file[i]), file[i].Line, file[i].Column, file[i].Path})
		}
		p.Detail = a.Language.Count("form.problems", len(file), nil)
		return p
	}
	for _, f := range w.fields {
		p.Errors = append(p.Errors, FieldError{Field: f.Field, Reason: f.Reason, Message: a.Sentence(f.Reason, f.Words)})
	}
	if w.reason == ReasonAnswers {
		p.Detail = a.Language.Count("form.problems", len(w.fields), nil)
		return p
	}
	if sentence, ok := a.Language.Lookup("reason."+string(w.reason), a.plain(w.words)); ok {
		p.Detail = sentence
		return p
	}
	general := "problem." + number + "_text"
	if w.status == http.StatusUnprocessableEntity || w.status == http.StatusConflict || w.status == http.StatusForbidden {
		general = "reason.unnamed"
	}
	p.Detail = a.Language.Say(nil, general, "problem.500_text")
	return p
}

// Code returns the status and the reason that Of gives err, for who tells of several.
func Code(err error) (int, workflow.Reason) {
	w := classify(err)
	return w.status, w.reason
}

// classify is the whole error policy.
func classify(err error) whole {
	var (
		refusal     *workflow.Refusal
		wrong       input.Errors
		unreadable  *input.Unreadable
		own         *Error
		tooLarge    *http.MaxBytesError
		unavailable *models.Unavailable
		cool        *identity.CoolDown
		file        policy.Problems
		password    *identity.PasswordError
		plain       *echo.HTTPError
	)
	switch {
	case errors.As(err, &refusal):
		return ofRefusal(refusal)
	case errors.As(err, &wrong):
		return ofErrors(wrong)
	case errors.As(err, &file):
		return whole{status: http.StatusUnprocessableEntity, reason: ReasonAnswers}
	case errors.As(err, &unreadable):
		return ofUnreadable(unreadable)
	case errors.As(err, &own):
		return whole{status: own.Status, reason: own.Reason, words: own.Words, retry: own.Retry}
	case errors.Is(err, input.ErrVersionMissing):
		return whole{status: http.StatusPreconditionRequired, reason: ReasonVersion}
	case errors.Is(err, ErrNobody), errors.Is(err, identity.ErrSignedOut), errors.Is(err, identity.ErrToken):
		return whole{status: http.StatusUnauthorized, reason: ReasonNobody}
	case errors.Is(err, identity.ErrWrong):
		return whole{status: http.StatusUnprocessableEntity, reason: ReasonWrong}
	case errors.As(err, &cool):
		return whole{status: http.StatusTooManyRequests, reason: ReasonTries, retry: cool.Wait}
	case errors.As(err, &password):
		return ofErrors(input.Errors{{Field: "password", Reason: password.Reason, Words: password.Words}})
	case errors.Is(err, models.ErrNotFound):
		return whole{status: http.StatusNotFound, reason: ReasonNotFound}
	case errors.Is(err, models.ErrAltered):
		return whole{status: http.StatusInternalServerError, reason: ReasonAltered}
	case errors.Is(err, models.ErrStale):
		return whole{status: http.StatusConflict, reason: ReasonStale}
	case errors.Is(err, models.ErrKeyReused):
		return whole{status: http.StatusConflict, reason: ReasonKeyReused}
	case errors.As(err, &tooLarge):
		return whole{status: http.StatusRequestEntityTooLarge, reason: ReasonBody, words: workflow.Words{"limit": tooLarge.Limit >> 20}}
	case errors.Is(err, models.ErrBusy):
		return whole{status: http.StatusServiceUnavailable, reason: ReasonBusy, retry: time.Second}
	case errors.As(err, &unavailable), errors.Is(err, models.ErrClosed), errors.Is(err, context.DeadlineExceeded):
		return whole{status: http.StatusServiceUnavailable, reason: ReasonBusy, retry: 5 * time.Second}
	case errors.Is(err, context.Canceled):
		return whole{status: StatusGone, reason: ReasonGone}
	case errors.As(err, &plain):
		return ofEcho(plain)
	}
	return whole{status: http.StatusInternalServerError, reason: ReasonFault}
}

func ofRefusal(r *workflow.Refusal) whole {
	w := whole{status: http.StatusUnprocessableEntity, reason: r.Reason, words: r.Words}
	switch r.Kind {
	case workflow.NotNow:
		w.status = http.StatusConflict
	case workflow.NotYours:
		w.status = http.StatusForbidden
	}
	if r.Field != "" {
		w.fields = input.Errors{{Field: r.Field, Reason: r.Reason, Words: r.Words}}
	}
	return w
}

func ofErrors(wrong input.Errors) whole {
	w := whole{status: http.StatusUnprocessableEntity, reason: ReasonAnswers, fields: wrong}
	if len(wrong) == 1 {
		w.reason, w.words = wrong[0].Reason, wrong[0].Words
	}
	return w
}

func ofUnreadable(u *input.Unreadable) whole {
	w := whole{status: http.StatusBadRequest, reason: u.Reason}
	if u.Name != "" {
		w.fields = input.Errors{{Field: u.Name, Reason: u.Reason}}
	}
	return w
}

// echoReasons are the statuses that the router and the middleware give.
var echoReasons = map[int]workflow.Reason{
	http.StatusBadRequest:            input.ReasonUnreadable,
	http.StatusUnauthorized:          ReasonNobody,
	http.StatusNotFound:              ReasonNotFound,
	http.StatusMethodNotAllowed:      ReasonMethod,
	http.StatusRequestEntityTooLarge: ReasonBody,
	http.StatusUnsupportedMediaType:  ReasonMedia,
	http.StatusTooManyRequests:       ReasonTooMany,
	http.StatusServiceUnavailable:    ReasonBusy,
}

// ofEcho takes over the status only: the message may be anything. What is neither
// a 4xx nor a 503 is a fault of ours.
func ofEcho(e *echo.HTTPError) whole {
	reason, known := echoReasons[e.Code]
	switch {
	case known:
	case e.Code >= 400 && e.Code < 500:
		reason = ReasonRefused
	default:
		return whole{status: http.StatusInternalServerError, reason: ReasonFault}
	}
	w := whole{status: e.Code, reason: reason}
	if e.Code == http.StatusTooManyRequests || e.Code == http.StatusServiceUnavailable {
		w.retry = time.Minute
	}
	return w
}
