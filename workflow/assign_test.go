package workflow

import (
	"maps"
	"testing"
)

// Cases are shared out evenly, to nobody who may not have them, and the same way again.
func TestCasesAreSharedOutEvenly(t *testing.T) {
	loads := []Load{{Person: 1, Cases: 4}, {Person: 2}, {Person: 3, Cases: 1}, {Person: 4}}
	var cases []ID
	for id := range ID(23) {
		cases = append(cases, 100+id)
	}
	barred := func(person, application ID) bool { return person == 4 && application%2 == 0 || application == 122 }
	got := Share(7, loads, cases, barred)
	if !maps.Equal(got, Share(7, loads, cases, barred)) {
		t.Error("the same seed shares them out otherwise")
	}
	if maps.Equal(got, Share(8, loads, cases, barred)) {
		t.Error("another seed shares them out the same way")
	}
	if _, given := got[122]; given || len(got) != len(cases)-1 {
		t.Errorf("%d cases are given to somebody, one that nobody may have: %v", len(got), given)
	}
	ends := map[ID]int{}
	for _, l := range loads {
		ends[l.Person] = l.Cases
	}
	for application, person := range got {
		if barred(person, application) {
			t.Errorf("%d has %d", person, application)
		}
		ends[person]++
	}
	for person, n := range ends {
		if n < 6 || n > 7+1 {
			t.Errorf("%d comes to %d cases: %v", person, n, ends)
		}
	}
}
