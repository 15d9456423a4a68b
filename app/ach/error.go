package ach

import (
	"errors"
	"strconv"
	"strings"
)

// Rule is the stable name of what a field failed to satisfy.
type Rule string

// The rules that an Error may name.
const (
	RuleLength     Rule = "length"      // too long for its field, or a record that is not 94 characters
	RuleCharset    Rule = "charset"     // outside printable ASCII, or outside the field's own alphabet
	RuleRequired   Rule = "required"    // blank or zero where a value must stand
	RuleDigits     Rule = "digits"      // something other than digits
	RuleCheckDigit Rule = "check_digit" // routing number whose check digit is wrong
	RuleRange      Rule = "range"       // number outside its limits
	RuleLimit      Rule = "limit"       // one more would not fit into the file
	RuleDate       Rule = "date"        // no such day or time, or an impossible order of days
	RuleUnknown    Rule = "unknown"     // code that the layout does not know
	RuleFixed      Rule = "fixed"       // position that must hold one given text
	RuleMismatch   Rule = "mismatch"    // contradicts another record or field
	RuleControl    Rule = "control"     // control total that does not equal the sum of the records
	RuleOrder      Rule = "order"       // record or number out of order
	RuleDuplicate  Rule = "duplicate"   // number used twice
	RulePadding    Rule = "padding"     // last block not filled with nines
	RuleEmpty      Rule = "empty"       // file or batch without entries
	RuleTruncated  Rule = "truncated"   // file that ends before its control record
)

// Error is the first thing wrong with a file or with a payment that should go
// into one. Line is the 1-based line of a file being read, Entry the 1-based
// number of the entry in its file; each is 0 where it does not apply. Want and
// Got are empty where they would say nothing, and Got always is for an account
// number, which must not reach a log.
type Error struct {
	Line  int
	Entry int
	Field string
	Rule  Rule
	Want  string
	Got   string
}

// Error names the place, the field and the rule, in that order.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("ach: ")
	if e.Line > 0 {
		b.WriteString("line " + strconv.Itoa(e.Line) + ", ")
	}
	if e.Entry > 0 {
		b.WriteString("entry " + strconv.Itoa(e.Entry) + ", ")
	}
	b.WriteString(e.Field + ": " + string(e.Rule))
	if e.Want != "" {
		b.WriteString(": want " + e.Want)
	}
	if e.Got != "" {
		b.WriteString(", got " + strconv.Quote(e.Got))
	}
	return b.String()
}

// ErrClosed is returned by Add and Close of a Writer that was closed before.
var ErrClosed = errors.New("ach: file is closed")
