package workflow

import (
	"errors"
	"time"
)

// A Date is a day of the calendar, without a time zone. Days are counted from
// 0001-01-01, which is 1, so dates compare with == and <. The zero value is no
// date.
type Date int32

// ErrDate is returned for text that is not a day such as "2026-09-30".
var ErrDate = errors.New("workflow: not a date such as 2026-09-30")

const (
	unixDay  Date = 719_163   // 1970-01-01
	finalDay Date = 3_652_059 // 9999-12-31, the last day with four digits of year
)

const secondsPerDay = 24 * 60 * 60

// ParseDate reads a day written as "2026-09-30": four, two and two ASCII digits,
// years 0001 to 9999. A day that the calendar does not have, a shorter form, a
// space or any other character returns ErrDate.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, ErrDate
	}
	d := DateOf(t)
	if d == 0 {
		return 0, ErrDate
	}
	return d, nil
}

// DateOf returns the day that it is in UTC at t, whatever zone t carries. An
// instant outside the years 0001 to 9999 returns zero.
func DateOf(t time.Time) Date {
	seconds := t.Unix() + int64(unixDay)*secondsPerDay
	if seconds < 0 || seconds >= int64(finalDay+1)*secondsPerDay {
		return 0
	}
	return Date(seconds / secondsPerDay)
}

// Time returns the instant at which d begins in UTC, and the zero time for no
// date.
func (d Date) Time() time.Time {
	if d == 0 {
		return time.Time{}
	}
	return time.Unix(int64(d-unixDay)*secondsPerDay, 0).UTC()
}

// Before reports whether d is an earlier day than e. No date is before every
// other.
func (d Date) Before(e Date) bool { return d < e }

// AddDays returns the day n days after d, or before it when n is negative. It
// stops at 0001-01-01 and 9999-12-31: a date never becomes no date by counting,
// and no date stays none.
func (d Date) AddDays(n int) Date {
	if d == 0 {
		return 0
	}
	n = min(max(n, -int(finalDay)), int(finalDay))
	return min(max(d+Date(n), 1), finalDay)
}

// DaysSince returns how many days d lies after e, negative when it lies before.
func (d Date) DaysSince(e Date) int { return int(d) - int(e) }

// String writes d as "2026-09-30", and "" for no date.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return d.Time().Format(time.DateOnly)
}

// MarshalText writes what String returns.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote; empty text is no date. Anything
// else that ParseDate does not read returns ErrDate.
func (d *Date) UnmarshalText(text []byte) (err error) {
	*d = 0
	if len(text) > 0 {
		*d, err = ParseDate(string(text))
	}
	return err
}
