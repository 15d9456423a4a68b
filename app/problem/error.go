package problem

import (
	"errors"
	"fmt"
	"time"

	"tranche/workflow"
)

// An Error is an answer that has a status and a reason of its own: what web, API
// and identity return when neither the rules nor the store said no.
type Error struct {
	Status int
	Reason workflow.Reason
	Words  workflow.Words // the numbers that the sentence needs, or nil
	Retry  time.Duration  // for 429 and 503: when to try again; zero says nothing
}

// Error is for logs.
func (e *Error) Error() string { return fmt.Sprintf("problem: %d %s", e.Status, e.Reason) }

// The reasons that have no other home.
const (
	ReasonNobody    workflow.Reason = "not_signed_in"
	ReasonWrong     workflow.Reason = "wrong_password"
	ReasonTries     workflow.Reason = "too_many_attempts"
	ReasonNotFound  workflow.Reason = "not_found"
	ReasonMethod    workflow.Reason = "method_not_allowed"
	ReasonStale     workflow.Reason = "stale"
	ReasonKeyReused workflow.Reason = "key_reused"
	ReasonBody      workflow.Reason = "body_too_large"
	ReasonMedia     workflow.Reason = "media_type"
	ReasonAnswers   workflow.Reason = "answers_wrong" // several fields at once
	ReasonVersion   workflow.Reason = "version_missing"
	ReasonTooMany   workflow.Reason = "too_many_requests"
	ReasonBusy      workflow.Reason = "busy"
	ReasonGone      workflow.Reason = "client_gone"
	ReasonFault     workflow.Reason = "fault"
	ReasonRefused   workflow.Reason = "refused" // an error of echo or a middleware that says no more
	ReasonScope     workflow.Reason = "scope_missing"
	ReasonAltered   workflow.Reason = "file_altered"
)

// Reasons lists every reason that this package gives, for the word lists.
var Reasons = []workflow.Reason{
	ReasonNobody, ReasonWrong, ReasonTries, ReasonNotFound, ReasonMethod, ReasonStale, ReasonKeyReused, ReasonBody, ReasonMedia, ReasonAnswers,
	ReasonVersion, ReasonTooMany, ReasonBusy, ReasonGone, ReasonFault, ReasonRefused, ReasonScope, ReasonAltered,
}

// Answers that callers return as they are.
var (
	// ErrNobody means that nobody is signed in: the answer is 401.
	ErrNobody = errors.New("problem: nobody is signed in")
	// ErrMedia means that the body is of a kind that is not read: the answer is 415.
	ErrMedia = &Error{Status: 415, Reason: ReasonMedia}
	// ErrScope means that the token in use was not made for this: the answer is 403.
	ErrScope = &Error{Status: 403, Reason: ReasonScope}
)
