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
	suits := func(person, application ID) int {
		if barred(person, application) {
			return -1
		}
		return 0
	}
	got := Share(7, loads, cases, suits)
	if !maps.Equal(got, Share(7, loads, cases, suits)) {
		t.Error("the same seed shares them out otherwise")
	}
	if maps.Equal(got, Share(8, loads, cases, suits)) {
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

// Who suits a case best gets it, also with more to do, until they are full; what nobody has
// room for is left out.
func TestWhoSuitsACaseBestGetsIt(t *testing.T) {
	loads := []Load{{Person: 1}, {Person: 2, Cases: 3, Most: 5}, {Person: 3, Cases: 1, Most: 1}}
	expert := func(person, application ID) int {
		switch person {
		case 1:
			return int(application%2) - 1 // of odd ones only
		case 2:
			return 1
		}
		return 9
	}
	got := Share(7, loads, []ID{10, 12, 14, 15}, expert)
	of := map[ID]int{}
	for _, person := range got {
		of[person]++
	}
	if of[2] != 2 || of[3] != 0 || of[1] > 1 || len(got) > 3 {
		t.Errorf("the shares are %v of %v", of, got)
	}
	if _, given := got[15]; !given {
		t.Errorf("the one case that two may have is given to nobody: %v", got)
	}
}
