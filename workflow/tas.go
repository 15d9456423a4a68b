package workflow

import (
	"regexp"
	"strconv"
)

// A TAS is a Treasury account symbol in its components, "" where one is not set.
// Source: Treasury's component TAS, as in the CARS record of a Standard Payment
// Request.
type TAS struct {
	SubLevel string // two digits
	Transfer string // agency that the allocation was transferred to, three digits
	Agency   string // three digits
	Begins   string // first fiscal year of availability, four digits
	Ends     string // last one
	Type     string // X: no year; otherwise "" where Begins and Ends are set
	Main     string // account, four digits
	Sub      string // three digits
}

// symbolForms are 089-2026/2027-0222-000, 089-X-0222-000, and 089X0222 with an
// optional sub-account; an agency in front of the agency is a transfer.
var symbolForms = regexp.MustCompile(`^(?:(\d{3})-)?(\d{3})-?(?:(\d{4})/(\d{4})|(X))-?(\d{4})(?:[-.](\d{3}))?$`)

// ParseTAS reads a Treasury account symbol. Without a sub-account it is 000.
func ParseTAS(s string) (TAS, bool) {
	m := symbolForms.FindStringSubmatch(s)
	if m == nil || m[3] > m[4] {
		return TAS{}, false
	}
	t := TAS{Transfer: m[1], Agency: m[2], Begins: m[3], Ends: m[4], Type: m[5], Main: m[6], Sub: m[7]}
	if t.Sub == "" {
		t.Sub = "000"
	}
	return t, true
}

// Expires returns the first day on which nothing new may be obligated, no date for an
// account that is available without limit. Source: 31 U.S.C. 1502.
func (t TAS) Expires() Date {
	d, _ := ParseDate(t.Ends + "-10-01")
	return d
}

// Closes returns the day after the last on which anything may be paid from the
// account: the end of the fifth fiscal year after its availability. Zero: never.
// Source: 31 U.S.C. 1552(a).
func (t TAS) Closes() Date {
	year, err := strconv.Atoi(t.Ends)
	if err != nil {
		return 0
	}
	d, _ := ParseDate(strconv.Itoa(year+5) + "-10-01")
	return d
}
