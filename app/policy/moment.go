package policy

import (
	"regexp"
	"time"

	"tranche/workflow"
)

// momentPattern is a day and a time of day, with the offset from UTC where that is
// needed to tell two moments apart.
var momentPattern = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2} \d{2}:\d{2})( [+-]\d{2}:\d{2})?$`)

// moment reads a moment such as "2026-12-15 17:00", as clocks in zone show it. A
// moment that a change of clocks leaves out is refused; one that comes twice needs
// its offset: "2026-11-01 01:30 -04:00".
func (r *reader) moment(to *time.Time, zone **time.Location) how {
	return func(p place) {
		s, ok := r.scalar(p)
		if !ok || *zone == nil {
			return
		}
		parts := momentPattern.FindStringSubmatch(s)
		if parts == nil {
			r.wrong(p, reasonNotMoment, quoting(p))
			return
		}
		clock, err := time.Parse("2006-01-02 15:04", parts[1])
		if err != nil || workflow.DateOf(clock) == 0 {
			r.wrong(p, reasonNotMoment, quoting(p))
			return
		}
		var offset *int
		if parts[2] != "" {
			t, err := time.Parse(" -07:00", parts[2])
			if err != nil {
				r.wrong(p, reasonNotMoment, quoting(p))
				return
			}
			_, seconds := t.Zone()
			offset = &seconds
		}
		r.instant(to, p, clock, *zone, offset)
	}
}

// instant turns what clocks in zone show into the instant, if there is exactly one.
func (r *reader) instant(to *time.Time, p place, clock time.Time, zone *time.Location, offset *int) {
	all := instants(clock, zone)
	words := quoting(p, "zone", zone.String())
	switch {
	case len(all) == 0:
		r.wrong(p, reasonSkipped, words)
	case offset == nil && len(all) > 1:
		words["first"], words["second"] = all[0].In(zone).Format("-07:00"), all[1].In(zone).Format("-07:00")
		r.wrong(p, reasonTwoMoments, words)
	case offset == nil:
		*to = all[0]
	default:
		for _, t := range all {
			if _, seconds := t.In(zone).Zone(); seconds == *offset {
				*to = t
				return
			}
		}
		words["expected"] = all[0].In(zone).Format("-07:00")
		r.wrong(p, reasonOffset, words)
	}
}

// instants returns every instant, in order, at which clocks in zone show what
// clock shows in UTC. The offsets in force a day before and after are the only
// ones that there can be.
func instants(clock time.Time, zone *time.Location) (out []time.Time) {
	const day = 24 * time.Hour
	for _, near := range []time.Time{clock.Add(-day), clock.Add(day)} {
		_, seconds := near.In(zone).Zone()
		t := clock.Add(-time.Duration(seconds) * time.Second)
		if t.In(zone).Format(time.DateTime) == clock.Format(time.DateTime) && (len(out) == 0 || !out[0].Equal(t)) {
			out = append(out, t)
		}
	}
	return out
}
