package workflow

import "time"

// An Outage is a time in which nobody could be served. It includes its start and
// not its end.
type Outage struct{ From, Until time.Time }

// Lasted returns how long o was.
func (o Outage) Lasted() time.Duration { return o.Until.Sub(o.From) }

// The limits within which deadlines move by themselves for an outage. See
// docs/decisions/0006.
const (
	// OutageLongest is the longest outage that is made up for without a person.
	OutageLongest = 12 * time.Hour
	// OutageNear is how long after an outage a deadline moves too: who meant to send
	// during the outage would have to hurry.
	OutageNear = time.Hour
	// OutageShort is up to when an outage costs nobody time but those whom it turned
	// away: only deadlines at which they may not have tried again yet move.
	OutageShort = 5 * time.Second
	// OutageAgain is how long after an outage those whom it turned away may need until
	// they have tried again: a person who saw an error, or a program that waits.
	OutageAgain = 5 * time.Minute
)

// Reach returns the end of the time, beginning with o, in which deadlines move.
func (o Outage) Reach() time.Time {
	if o.Lasted() < OutageShort {
		return o.Until.Add(OutageAgain)
	}
	return o.Until.Add(OutageNear)
}

// reaches reports whether o took time from somebody whose deadline is at t.
func (o Outage) reaches(t time.Time) bool {
	return !t.IsZero() && !t.Before(o.From) && t.Before(o.Reach())
}

// moves returns by how much o moves a deadline at t: by how long it was. A deadline
// that fell into it or soon after gets rest on top, so that nobody has to be there
// when the service comes back, or to try again at once.
func (o Outage) moves(t time.Time, rest time.Duration) time.Duration {
	if t.Before(o.Until.Add(OutageAgain)) {
		return o.Lasted() + rest
	}
	return o.Lasted()
}

// Carried by the command that makes up for an outage.
var (
	outageFrom  = Field{Name: "down_from", Kind: Instant}
	outageUntil = Field{Name: "down_until", Kind: Instant}
	outageRest  = Field{Name: "rest_seconds", Kind: Count, Min: 0, Max: 86_400}
)

// OutageOf returns the outage that c is to make up for.
func OutageOf(c *Command) Outage { return Outage{c.Time(outageFrom), c.Time(outageUntil)} }

// OutageInputs are the inputs of ActMakeUp for o, with rest in whole seconds.
func OutageInputs(o Outage, rest time.Duration) []Input {
	return []Input{{Name: outageFrom.Name, Time: o.From}, {Name: outageUntil.Name, Time: o.Until}, outageRest.count(int64(rest / time.Second))}
}

var (
	outageIsNew = opportunityGuard{
		Reason: "outage_made_up",
		OK: func(f *OpportunityFacts, c *Command, _ time.Time) bool {
			return !c.Time(outageFrom).Before(f.DownUntil)
		},
	}
	outageShortEnough = opportunityGuard{
		Reason: "outage_too_long",
		OK:     func(_ *OpportunityFacts, c *Command, _ time.Time) bool { return OutageOf(c).Lasted() <= OutageLongest },
		Words: func(_ *OpportunityFacts, c *Command) Words {
			return Words{"hours": int(OutageOf(c).Lasted() / time.Hour), "limit": int(OutageLongest / time.Hour)}
		},
	}
	outageReachesDeadline = opportunityGuard{
		Reason: "outage_elsewhere",
		OK: func(f *OpportunityFacts, c *Command, _ time.Time) bool {
			return OutageOf(c).reaches(f.lastInstant())
		},
	}
	outageReachesAny = opportunityGuard{
		Reason: "outage_elsewhere",
		OK: func(f *OpportunityFacts, c *Command, _ time.Time) bool {
			o := OutageOf(c)
			return o.reaches(f.lastInstant()) || o.reaches(f.Personal)
		},
	}
)

// makeUp moves the deadline by the outage where it was near, and every personal
// extension with it.
func makeUp(f *OpportunityFacts, c *Command, _ *Step) {
	o, rest := OutageOf(c), time.Duration(c.Int(outageRest))*time.Second
	by := time.Duration(0)
	if last := f.lastInstant(); o.reaches(last) {
		by = o.moves(last, rest)
		f.Closes = f.Closes.Add(by)
	}
	if o.reaches(f.Personal) {
		by = max(by, o.moves(f.Personal, rest))
	}
	f.Moved += by.Microseconds()
	f.DownUntil = o.Until
}

// makeUpRows are the rows by which deadlines move for an outage.
func makeUpRows() []Rule[OpportunityFacts] {
	row := func(start, end State, hit opportunityGuard) Rule[OpportunityFacts] {
		return Rule[OpportunityFacts]{Start: in(start), Action: ActMakeUp, By: by(System), End: end,
			Fields: []Field{outageFrom, outageUntil, outageRest}, Guards: []opportunityGuard{outageIsNew, outageShortEnough, hit},
			Effect: makeUp, Hidden: true, Always: true}
	}
	return []Rule[OpportunityFacts]{
		row(Open, Open, outageReachesAny),
		row(Closed, Open, outageReachesDeadline),
		row(Closed, Closed, outageReachesAny), // somebody's personal extension alone
	}
}
