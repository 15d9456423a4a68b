package ach

import (
	"strconv"
	"strings"
	"time"
)

// record is one line being taken apart. Its methods name 1-based positions as
// the layout does and keep the first thing found wrong, so that a reader of
// this package can compare a function with the layout field by field.
type record struct {
	raw   string // 94 characters
	line  int
	entry int
	err   *Error
}

func (r *record) at(from, to int) string { return r.raw[from-1 : to] }

func (r *record) fail(field string, rule Rule, want, got string) {
	if r.err == nil {
		r.err = &Error{Line: r.line, Entry: r.entry, Field: field, Rule: rule, Want: want, Got: got}
	}
}

// problem returns the first thing wrong, or nil.
func (r *record) problem() error {
	if r.err == nil {
		return nil
	}
	return r.err
}

// is wants exactly the given text.
func (r *record) is(from, to int, field, want string) {
	if got := r.at(from, to); got != want {
		r.fail(field, RuleFixed, strconv.Quote(want), got)
	}
}

// blank wants nothing but spaces.
func (r *record) blank(from, to int, field string) {
	if r.text(from, to) != "" {
		r.fail(field, RuleFixed, "blank", "")
	}
}

// text returns what stands left-justified, which may be nothing.
func (r *record) text(from, to int) string { return strings.TrimRight(r.at(from, to), " ") }

// name returns one of the two names of a file header.
func (r *record) name(from int) string { return r.text(from, from+22) }

// present returns what stands left-justified and wants something to stand there.
func (r *record) present(from, to int, field string) string {
	s := r.text(from, to)
	if s == "" {
		r.fail(field, RuleRequired, "", "")
	}
	return s
}

// number wants digits only.
func (r *record) number(from, to int, field string) uint64 {
	s := r.at(from, to)
	if !allDigits(s) {
		r.fail(field, RuleDigits, "", s)
		return 0
	}
	return digits(s)
}

// date wants a day of the calendar as YYMMDD.
func (r *record) date(from, to int, field string) time.Time {
	t, err := time.Parse("060102", r.at(from, to))
	if err != nil {
		r.fail(field, RuleDate, "YYMMDD", r.at(from, to))
	}
	return t
}

// repeats wants the text that another record gave.
func (r *record) repeats(from, to int, field, want string) {
	if got := r.text(from, to); got != want {
		r.fail(field, RuleMismatch, strconv.Quote(want), got)
	}
}

// control wants a number that equals what the records add up to.
func (r *record) control(from, to int, field string, want uint64) {
	if got := r.number(from, to, field); got != want {
		r.fail(field, RuleControl, strconv.FormatUint(want, 10), r.at(from, to))
	}
}

// routing wants nine digits with a right check digit. The check digit is a
// field of its own in the layout, so its error names it.
func (r *record) routing(from int, field string) string {
	s := r.at(from, from+8)
	switch rule := checkRouting(s); rule {
	case "":
	case RuleCheckDigit:
		r.fail("check digit", rule, "", s)
	default:
		r.fail(field, rule, "", s)
	}
	return s
}
