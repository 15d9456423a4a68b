package policy_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tranche/app/policy"
	"tranche/workflow"
)

// A moment of the file becomes the instant at which clocks of the zone show it; in
// the hour that clocks repeat it needs the offset, and in the hour that they skip
// there is none.
func TestMomentsAreReadAsTheClocksOfTheZoneShowThem(t *testing.T) {
	c := compiler(t)
	rapid.Check(t, func(r *rapid.T) {
		name := rapid.SampledFrom(workflow.Zones).Draw(r, "zone")
		zone, err := time.LoadLocation(name)
		if err != nil {
			r.Fatal(err)
		}
		// Any minute of the phase, and more often one near the changes of clocks.
		at := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 360*24*60).Draw(r, "minute")) * time.Minute)
		if rapid.Bool().Draw(r, "near") {
			at = rapid.SampledFrom([]time.Time{time.Date(2026, 3, 8, 7, 0, 0, 0, time.UTC), time.Date(2026, 11, 1, 6, 0, 0, 0, time.UTC)}).Draw(r, "change").
				Add(time.Duration(rapid.IntRange(-600, 600).Draw(r, "minutes")) * time.Minute)
		}
		shown := at.In(zone)
		compile := func(moment string) (time.Time, error) {
			text := edited(t, "zone: America/New_York", "rolling: true\n  zone: "+name, "    closes: 2026-06-01 17:00\n", "", "opens: 2026-03-01 09:00", "opens: "+moment)
			p, err := c.Compile("file.yaml", []byte(text))
			if err != nil {
				return time.Time{}, err
			}
			return p.Opportunities[0].Opens, nil
		}
		got, err := compile(shown.Format("2006-01-02 15:04 -07:00"))
		if err != nil || !got.Equal(at) {
			r.Fatalf("%s with its offset is %s, want %s (%v)", shown, got, at, err)
		}
		twice := at.Add(time.Hour).In(zone).Format(time.DateTime) == shown.Format(time.DateTime) ||
			at.Add(-time.Hour).In(zone).Format(time.DateTime) == shown.Format(time.DateTime)
		got, err = compile(shown.Format("2006-01-02 15:04"))
		if twice != (err != nil) || err == nil && !got.Equal(at) {
			r.Fatalf("%s without its offset is %s, want %s (%v)", shown, got, at, err)
		}
	})
	for _, zone := range []string{"America/New_York", "America/Los_Angeles", "America/Anchorage"} {
		for minute := range 60 {
			text := edited(t, "zone: America/New_York", "zone: "+zone, "opens: 2026-03-01 09:00", fmt.Sprintf("opens: 2026-03-08 02:%02d", minute))
			_, err := c.Compile("file.yaml", []byte(text))
			var problems policy.Problems
			if !errors.As(err, &problems) || problems[0].Reason != "policy_moment_skipped" {
				t.Fatalf("2:%02d in %s: %v", minute, zone, err)
			}
		}
	}
}
