package workflow

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// onDay reads a date that the test itself wrote.
func onDay(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(s)
	}
	return d
}

func TestParseDateReadsOnlyDaysOfTheCalendar(t *testing.T) {
	for _, s := range []string{"0001-01-01", "1970-01-01", "2000-02-29", "2024-02-29", "2026-09-30", "9999-12-31"} {
		d, err := ParseDate(s)
		if err != nil || d.String() != s {
			t.Errorf("ParseDate(%q) = %v, %v", s, d, err)
		}
	}
	for _, s := range []string{
		"", "2026", "2026-9-30", "26-09-30", "2026-09-3", "2026-09-031", "2026/09/30", "20260930", "30-09-2026", "2026-02-29",
		"1900-02-29", "2026-00-10", "2026-13-01", "2026-04-31", "2026-01-00", "0000-12-31", "-001-01-01", "+2026-01-01",
		" 2026-09-30", "2026-09-30 ", "2026-09-30\n", "2026-09-30T00:00:00Z", "10000-01-01", "2026-09-3０", "２０２６-09-30",
		"2026‑09‑30", "٢٠٢٦-09-30", "0x7-01-01", "2026-Jan-01", "2026-09-30\x00",
	} {
		if d, err := ParseDate(s); err != ErrDate || d != 0 {
			t.Errorf("ParseDate(%q) = %v, %v; want ErrDate", s, d, err)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-09-30", "2024-02-29", "2023-02-29", "0001-01-01", "9999-12-31", "0000-01-01", "2026-9-30", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err != nil {
			if d != 0 {
				t.Errorf("ParseDate(%q) refuses and still returns %v", s, d)
			}
			return
		}
		if d.String() != s {
			t.Errorf("ParseDate(%q) writes back %q", s, d.String())
		}
		if d < 1 || d > finalDay {
			t.Errorf("ParseDate(%q) = day %d, outside the calendar", s, int(d))
		}
	})
}

func TestDateOfIsTheDayInUTC(t *testing.T) {
	newYork := time.FixedZone("", -5*60*60)
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{time.Date(2026, 9, 30, 0, 0, 0, 0, time.UTC), "2026-09-30"},
		{time.Date(2026, 9, 30, 23, 59, 59, 999_999_999, time.UTC), "2026-09-30"},
		{time.Date(2026, 9, 30, 20, 0, 0, 0, newYork), "2026-10-01"},
		{time.Date(1969, 12, 31, 23, 59, 59, 999_999_999, time.UTC), "1969-12-31"},
		{time.Unix(0, 0), "1970-01-01"},
		{time.Time{}, "0001-01-01"},
		{time.Time{}.Add(-1), ""},
		{time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), "9999-12-31"},
		{time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), ""},
		{time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC), ""},
	} {
		if got := DateOf(c.at).String(); got != c.want {
			t.Errorf("DateOf(%s) = %q, want %q", c.at, got, c.want)
		}
	}
	if !Date(0).Time().IsZero() {
		t.Error("no date has a time")
	}
}

func TestDatesCountTheDaysThatTheCalendarCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Date(rapid.Int32Range(1, int32(finalDay)).Draw(t, "d"))
		n := rapid.IntRange(-800, 800).Draw(t, "n")
		e := d.AddDays(n)
		if DateOf(d.Time()) != d {
			t.Fatalf("%v is another day after Time and back", d)
		}
		want := DateOf(d.Time().AddDate(0, 0, n))
		if want == 0 {
			want = map[bool]Date{true: 1, false: finalDay}[n < 0]
		}
		if e != want {
			t.Fatalf("%v plus %d days = %v, want %v", d, n, e, want)
		}
		if got := e.DaysSince(d); e > 1 && e < finalDay && got != n {
			t.Fatalf("%v lies %d days after %v, want %d", e, got, d, n)
		}
		if d.Before(e) != d.Time().Before(e.Time()) {
			t.Fatalf("%v before %v = %v", d, e, d.Before(e))
		}
	})
}

func TestAddDaysStaysInTheCalendar(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2024-02-28", 1, "2024-02-29"},
		{"2023-12-31", 1, "2024-01-01"},
		{"2024-03-01", -1, "2024-02-29"},
		{"0001-01-01", -1, "0001-01-01"},
		{"9999-12-31", 1, "9999-12-31"},
		{"2026-09-30", math.MaxInt, "9999-12-31"},
		{"2026-09-30", math.MinInt, "0001-01-01"},
	} {
		if got := onDay(c.from).AddDays(c.n).String(); got != c.want {
			t.Errorf("%s plus %d days = %s, want %s", c.from, c.n, got, c.want)
		}
	}
	if Date(0).AddDays(5) != 0 {
		t.Error("no date became a date by counting")
	}
}

func TestDateAsJSON(t *testing.T) {
	type row struct {
		On    Date `json:"on"`
		Until Date `json:"until,omitzero"`
	}
	b, err := json.Marshal(row{On: onDay("2026-09-30")})
	if err != nil || string(b) != `{"on":"2026-09-30"}` {
		t.Fatalf("Marshal = %s, %v", b, err)
	}
	var got row
	if err := json.Unmarshal([]byte(`{"on":"2026-09-30","until":""}`), &got); err != nil || got != (row{On: onDay("2026-09-30")}) {
		t.Errorf("Unmarshal = %+v, %v", got, err)
	}
	for _, bad := range []string{`{"on":"2026-02-30"}`, `{"on":20260930}`, `{"on":" "}`} {
		got := row{On: 1}
		if err := json.Unmarshal([]byte(bad), &got); err == nil {
			t.Errorf("Unmarshal(%s) = %+v, want an error", bad, got)
		}
	}
}
