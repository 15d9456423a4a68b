package intake

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tranche/workflow"
)

func indexed(t testing.TB) (*workflow.Index, []workflow.ListEntry) {
	t.Helper()
	list := ofac(t)
	x := workflow.NewIndex(workflow.UsualThreshold)
	for i := range list {
		x.Add(&list[i])
	}
	return x, list
}

// Whatever comparing with every name finds, the index finds: the names of the list
// itself, with a letter more, less or another, with their words turned round.
func TestTheIndexFindsWhatComparingWithAllFinds(t *testing.T) {
	x, list := indexed(t)
	const step = 453
	hits := 0
	for i := 0; i < len(list); i += step {
		e := &list[i]
		for _, name := range []string{e.Name, without(e.Name, i), doubled(e.Name, i), turned(e.Name)} {
			s := workflow.Subject{Name: name}
			if e.Type == workflow.EntryIndividual {
				s.Person = 1
			}
			got, want := x.Match(&s), x.MatchAll(&s)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%q: %s", name, diff)
			}
			hits += len(got)
		}
	}
	if hits < len(list)/step {
		t.Errorf("only %d hits", hits)
	}
}

func without(s string, at int) string { at %= len(s); return s[:at] + s[at+1:] }

func doubled(s string, at int) string { at %= len(s); return s[:at] + s[at:at+1] + s[at:] }

// Who is on the list is found under its own name.
func TestWhoIsListedIsFound(t *testing.T) {
	x, list := indexed(t)
	for i := 0; i < len(list); i += 53 {
		e := &list[i]
		if e.Type != workflow.EntryEntity && e.Type != workflow.EntryIndividual {
			continue
		}
		s := workflow.Subject{Name: e.Name}
		if e.Type == workflow.EntryIndividual {
			s.Person = 1
		}
		found := false
		for _, m := range x.Match(&s) {
			found = found || m.Entry == e && m.Score == 10_000
		}
		if !found {
			t.Errorf("%q is not found: %+v", e.Name, x.Match(&s))
		}
	}
}
