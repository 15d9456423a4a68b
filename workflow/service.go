package workflow

import (
	"slices"
	"time"
)

// A Calendar knows business days.
type Calendar interface {
	// After returns the n-th business day after d, before it where n is negative; d itself for zero.
	After(d Date, n int) Date
	// Between counts the business days after d, up to and including e.
	Between(d, e Date) int
}

// A Move is one change of an application's state.
type Move struct {
	Start, End State
	At         time.Time
}

// A Span is a time in which a clock stands still.
type Span struct{ From, Until time.Time }

// Visit returns since when an application is in the state that moves led to, and the
// spans in which it waited for its applicant meanwhile: a request for information is no
// new beginning. moves are in their order.
func Visit(moves []Move) (since time.Time, waits []Span) {
	var asked Move
	for _, m := range moves {
		switch {
		case m.End == NeedsInformation:
			asked = m
		case m.Start == NeedsInformation && m.End == asked.Start:
			waits = append(waits, Span{asked.At, m.At})
		default:
			since, waits = m.At, nil
		}
	}
	return since, waits
}

// Due returns the last day of a level that began at since: its business days, without
// those on which the clock stood still. Spans may overlap.
func (l ServiceLevel) Due(since time.Time, still []Span, in Calendar) Date {
	at := DateOf(since)
	due := in.After(at, int(l.Days))
	still = slices.SortedFunc(slices.Values(still), func(a, b Span) int { return a.From.Compare(b.From) })
	for _, s := range still {
		from, until := max(at, DateOf(s.From)), DateOf(s.Until)
		if until <= from {
			continue
		}
		if from > due {
			break
		}
		due, at = in.After(due, in.Between(from, until)), until
	}
	return due
}

// Serviced returns the level of a state under t, and false where there is none. What waits
// for its applicant has none, whatever a file says.
func (t *Terms) Serviced(s State) (ServiceLevel, bool) {
	l := t.Or().Level(s)
	return l, l.Days > 0 && s != NeedsInformation
}

// Reminded returns from which day on somebody is reminded of a level that ends on due.
func (l ServiceLevel) Reminded(due Date, in Calendar) Date {
	return in.After(due, -int(l.Remind))
}
