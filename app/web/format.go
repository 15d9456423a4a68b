package web

import (
	"strings"
	"time"

	"tranche/workflow"
)

// Stamp is a moment as people read it and as machines do.
type Stamp struct {
	ISO  string // for the datetime attribute
	Text string
}

// Due is how far away a deadline is. Tone is "ok", "soon", "late" or "none"; the
// text says the same, so that no color has to.
type Due struct {
	Tone string
	Text string
	At   Stamp
}

// soon is how long before a deadline a case is marked.
const soon = 72 * time.Hour

// Moment writes t with its zone: "Nov 23, 2026, 10:18 a.m. EST". The zero time is
// an empty Stamp.
func (s Shell) Moment(t time.Time) Stamp {
	if t.IsZero() {
		return Stamp{}
	}
	t = t.In(s.zone())
	return Stamp{ISO: t.Format(time.RFC3339), Text: s.T("format.moment", "date", s.date(t), "clock", s.clock(t), "zone", t.Format("MST"))}
}

// Day writes the date of t in the program's zone: "Nov 23, 2026". The zero time
// is an empty Stamp.
func (s Shell) Day(t time.Time) Stamp {
	if t.IsZero() {
		return Stamp{}
	}
	t = t.In(s.zone())
	return Stamp{ISO: t.Format(time.DateOnly), Text: s.date(t)}
}

// Clock writes the time of day of t in the program's zone: "2:41 p.m.".
func (s Shell) Clock(t time.Time) Stamp {
	t = t.In(s.zone())
	return Stamp{ISO: t.Format(time.RFC3339), Text: s.clock(t)}
}

func (s Shell) date(t time.Time) string {
	return s.T("format.date", "year", t.Year(), "month", s.T("format.month."+t.Format("01")), "day", t.Day())
}

func (s Shell) clock(t time.Time) string {
	half := "format.am"
	if t.Hour() >= 12 {
		half = "format.pm"
	}
	return s.T(half, "time", t.Format("3:04"))
}

func (s Shell) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

// Due says how much of the time until at is left at now. A case at its deadline
// is late: the deadline does not belong to the period. The zero time is "no
// deadline".
func (s Shell) Due(now, at time.Time) Due {
	if at.IsZero() {
		return Due{Tone: "none", Text: s.T("due.none")}
	}
	left := at.Sub(now)
	d := Due{Tone: "ok", At: s.Moment(at)}
	switch {
	case left <= 0:
		d.Tone = "late"
		d.Text = s.span("due.late", -left)
	case left <= soon:
		d.Tone = "soon"
		d.Text = s.span("due.left", left)
	default:
		d.Text = s.span("due.left", left)
	}
	return d
}

// span counts whole days, or hours below two days, or minutes below two hours.
// A part of a unit counts as one, so that nothing is ever "0 minutes left".
func (s Shell) span(id string, d time.Duration) string {
	unit, name := 24*time.Hour, "days"
	switch {
	case d < 2*time.Hour:
		unit, name = time.Minute, "minutes"
	case d < 48*time.Hour:
		unit, name = time.Hour, "hours"
	}
	n := int(d / unit)
	return s.N(id+"_"+name, max(n, 1))
}

// moneyIn writes an amount with its currency: "$1,234.50", "1,234.50 EUR".
func moneyIn(a workflow.Amount, currency string) string {
	if currency == "" || currency == workflow.USD {
		return workflow.Cents(a).Dollars()
	}
	return grouped(a) + "\u00a0" + currency
}

// grouped writes an amount without its currency: "1,234.50".
func grouped(a workflow.Amount) string {
	return strings.Replace(workflow.Cents(a).Dollars(), "$", "", 1)
}
