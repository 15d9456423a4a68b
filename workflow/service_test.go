package workflow

import (
	"testing"
	"time"
)

// everyDay is a calendar without weekends.
type everyDay struct{}

func (everyDay) After(d Date, n int) Date { return d.AddDays(n) }
func (everyDay) Between(d, e Date) int    { return e.DaysSince(d) }

func TestALevelEndsAfterItsDaysWithoutThoseOfRest(t *testing.T) {
	day := func(n int) time.Time { return noon.AddDate(0, 0, n) }
	for _, tt := range []struct {
		name  string
		still []Span
		want  int
	}{
		{"nothing between", nil, 10},
		{"one rest", []Span{{day(2), day(5)}}, 13},
		{"a rest within a day", []Span{{day(2), day(2).Add(time.Hour)}}, 10},
		{"two that overlap count once", []Span{{day(4), day(8)}, {day(2), day(5)}}, 16},
		{"one inside another", []Span{{day(2), day(9)}, {day(3), day(4)}}, 17},
		{"one that began before", []Span{{day(-9), day(3)}}, 13},
		{"one that was over before", []Span{{day(-9), day(-3)}}, 10},
		{"one that came too late", []Span{{day(11), day(20)}}, 10},
		{"one that only the one before makes timely", []Span{{day(2), day(5)}, {day(12), day(14)}}, 15},
	} {
		if got, want := (ServiceLevel{Days: 10}).Due(noon, tt.still, everyDay{}), DateOf(day(tt.want)); got != want {
			t.Errorf("%s: %s, want %s", tt.name, got, want)
		}
	}
}

func TestAQuestionIsNoNewBeginning(t *testing.T) {
	day := func(n int) time.Time { return noon.AddDate(0, 0, n) }
	moves := []Move{{None, Draft, day(0)}, {Draft, Submitted, day(1)}, {Submitted, InReview, day(2)},
		{InReview, NeedsInformation, day(4)}, {NeedsInformation, InReview, day(7)}, {InReview, NeedsInformation, day(8)}}
	if since, waits := Visit(moves); since != day(2) || len(waits) != 1 || waits[0] != (Span{day(4), day(7)}) {
		t.Errorf("since %v, waits %v", since, waits)
	}
	moves = append(moves, Move{NeedsInformation, InReview, day(9)}, Move{InReview, Recommended, day(10)})
	if since, waits := Visit(moves); since != day(10) || waits != nil {
		t.Errorf("since %v, waits %v", since, waits)
	}
}
