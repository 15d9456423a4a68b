package ach

import (
	"time"

	"tranche/workflow"
)

// Header says between whom a file passes, when, and on whose behalf. Its texts
// come from configuration, so they are refused rather than folded or cut.
type Header struct {
	Destination     string    // routing number of the bank that receives the file, nine digits
	DestinationName string    // at most 23 characters
	Origin          string    // who sends the file: nine digits, or ten characters given by the bank, such as '1' and the EIN
	OriginName      string    // at most 23 characters
	Reference       string    // our own, at most 8 characters, may be empty
	Created         time.Time // written as it stands in its own location, to the minute
	Modifier        byte      // A to Z or 0 to 9; another one for every file of a day

	CompanyName string    // as receivers see it, at most 16 characters
	CompanyID   string    // at most 10 characters, given by the bank
	Description string    // what the payment is, as receivers see it, at most 10 characters
	Effective   time.Time // the day on which receivers should have the money; not before the day of Created

	ODFI          string // routing number of the originating bank, nine digits; traces begin with eight of them
	FirstSequence int    // sequence of the first trace, 1 to 9,999,999; 0 counts as 1. It keeps traces of different files apart.
}

// Credit is one payment into one account.
type Credit struct {
	Routing    string         // routing number of the receiver's bank, nine digits with a right check digit
	Account    string         // 1 to 17 characters from '!' to '~', not all zeros
	Savings    bool           // a savings account; otherwise checking
	Amount     workflow.Cents // 1 to MaxEntry
	ID         string         // our number of the payment, 1 to 15 printable characters; returns carry it back
	Name       string         // the receiver's; made safe by Fold, and must not fold to nothing
	Remittance string         // what is paid, 1 to 50 letters, digits, '-', '.', '/' or spaces; empty writes no addenda record
}

// Check returns an *Error for the first field of h that does not fit the layout.
func (h *Header) Check() error {
	for _, f := range []struct {
		name, value string
		rule        Rule
	}{
		{"destination", h.Destination, checkRouting(h.Destination)},
		{"destination name", h.DestinationName, checkText(h.DestinationName, 23)},
		{"origin", h.Origin, checkOrigin(h.Origin)},
		{"origin name", h.OriginName, checkText(h.OriginName, 23)},
		{"reference", h.Reference, checkOptional(h.Reference, 8)},
		{"file ID modifier", string(h.Modifier), checkModifier(h.Modifier)},
		{"company name", h.CompanyName, checkText(h.CompanyName, 16)},
		{"company ID", h.CompanyID, checkText(h.CompanyID, 10)},
		{"entry description", h.Description, checkText(h.Description, 10)},
		{"ODFI", h.ODFI, checkRouting(h.ODFI)},
	} {
		if f.rule != "" {
			return &Error{Field: f.name, Rule: f.rule, Got: f.value}
		}
	}
	switch {
	case h.Created.IsZero():
		return &Error{Field: "creation date", Rule: RuleRequired}
	case h.Effective.IsZero():
		return &Error{Field: "effective date", Rule: RuleRequired}
	case h.FirstSequence < 0 || h.FirstSequence > maxSequence:
		return &Error{Field: "first sequence", Rule: RuleRange, Want: "1 to 9999999"}
	}
	return nil
}

// checkDays refuses to ask for money on a day that has passed.
func (h *Header) checkDays() error {
	if day(h.Effective) < day(h.Created) {
		return &Error{Field: "effective date", Rule: RuleDate,
			Want: "not before " + h.Created.Format(time.DateOnly), Got: h.Effective.Format(time.DateOnly)}
	}
	return nil
}

// sameDay reports whether the file asks for settlement on the day it is made.
func (h *Header) sameDay() bool { return day(h.Effective) == day(h.Created) }

// day orders dates as they stand in their own locations.
func day(t time.Time) int { return t.Year()*1000 + t.YearDay() }

// checkText returns the rule that s breaks as a text that must not be blank.
func checkText(s string, width int) Rule {
	if s == "" {
		return RuleRequired
	}
	return checkOptional(s, width)
}

// checkOptional wants printable ASCII without a space at either end.
func checkOptional(s string, width int) Rule {
	switch {
	case len(s) > width:
		return RuleLength
	case s == "":
		return ""
	case !printable(s, ' ') || s[0] == ' ' || s[len(s)-1] == ' ':
		return RuleCharset
	}
	return ""
}

// checkOrigin accepts a routing number, or ten characters that are the bank's to choose.
func checkOrigin(s string) Rule {
	switch len(s) {
	case 9:
		return checkRouting(s)
	case 10:
		return checkText(s, 10)
	}
	return RuleLength
}

func checkModifier(c byte) Rule {
	if c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
		return ""
	}
	return RuleCharset
}
