package input

import (
	"errors"
	"fmt"
	"strings"

	"tranche/workflow"
)

// The reasons that reading itself gives. A form or client that is made from the
// same fields never causes the first group.
const (
	ReasonUnreadable workflow.Reason = "unreadable"      // not JSON, not UTF-8, or of another shape
	ReasonUnknown    workflow.Reason = "unknown_field"   // a name that is not asked for
	ReasonDuplicate  workflow.Reason = "duplicate_field" // a name that came twice
	ReasonVersion    workflow.Reason = "version_invalid" // not a version such as "7"
	ReasonKey        workflow.Reason = "key_invalid"     // not 1 to 200 visible ASCII characters

	ReasonRequired    workflow.Reason = "required"
	ReasonNotText     workflow.Reason = "not_text"
	ReasonTooLong     workflow.Reason = "too_long"
	ReasonCharacter   workflow.Reason = "bad_character" // a control character, or one that turns the direction of text
	ReasonNotMoney    workflow.Reason = "not_money"
	ReasonNotDollars  workflow.Reason = "not_dollars"
	ReasonNotNumber   workflow.Reason = "not_a_number"
	ReasonTooSmall    workflow.Reason = "too_small"
	ReasonTooLarge    workflow.Reason = "too_large"
	ReasonNotBoolean  workflow.Reason = "not_yes_or_no"
	ReasonNotChoice   workflow.Reason = "not_a_choice"
	ReasonChosenTwice workflow.Reason = "chosen_twice"
	ReasonTooMany     workflow.Reason = "too_many_chosen"
	ReasonNotDay      workflow.Reason = "not_a_date"
	ReasonNotInstant  workflow.Reason = "not_a_moment"
	ReasonNotRecord   workflow.Reason = "not_a_record"
	ReasonNotAnswers  workflow.Reason = "not_answers"
	ReasonNotEmail    workflow.Reason = "not_an_email"
	ReasonNotFile     workflow.Reason = "not_a_file"
	ReasonFileSize    workflow.Reason = "file_too_large"
)

// Reasons lists every reason that this package gives, for the word lists.
var Reasons = []workflow.Reason{
	ReasonUnreadable, ReasonUnknown, ReasonDuplicate, ReasonVersion, ReasonKey, ReasonRequired, ReasonNotText,
	ReasonTooLong, ReasonCharacter, ReasonNotMoney, ReasonNotDollars, ReasonNotNumber, ReasonTooSmall, ReasonTooLarge,
	ReasonNotBoolean, ReasonNotChoice, ReasonChosenTwice, ReasonTooMany, ReasonNotDay, ReasonNotInstant, ReasonNotRecord, ReasonNotAnswers, ReasonNotEmail,
	ReasonNotFile, ReasonFileSize,
}

// An Unreadable request is one that nobody could have sent from a form or
// document of ours: the answer is 400.
type Unreadable struct {
	Name   string // the field, parameter or header, or "" for the whole body
	Reason workflow.Reason
}

// Error is for logs. It holds nothing of what was sent but the name.
func (u *Unreadable) Error() string { return fmt.Sprintf("input: %q: %s", u.Name, u.Reason) }

// An Error is one answer that has to be corrected.
type Error struct {
	Field  string
	Reason workflow.Reason
	Words  workflow.Words // the numbers that the sentence needs, or nil
}

// Errors are the answers of one request that have to be corrected, in the order
// of the fields: the answer is 422.
type Errors []Error

// Error is for logs. It holds nothing of what was sent.
func (e Errors) Error() string {
	var b strings.Builder
	b.WriteString("input:")
	for _, one := range e {
		fmt.Fprintf(&b, " %s: %s;", one.Field, one.Reason)
	}
	return b.String()
}

// Of returns the error of a field, and false when the field has none.
func (e Errors) Of(field string) (Error, bool) {
	for _, one := range e {
		if one.Field == field {
			return one, true
		}
	}
	return Error{}, false
}

// ErrVersionMissing means that a request that changes a record does not say which
// version of it was seen: the answer is 428.
var ErrVersionMissing = errors.New("input: no version was named")
