package intake

import (
	"strings"
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

// companies returns 10,000 names of companies, each another one.
func companies() []workflow.Subject {
	stems := strings.Fields(`Cascadia Blue Alder Summit Harbor Prairie Granite Juniper Lakeside Redwood Copper Northern Pioneer Liberty Keystone
		Bright Silver Canyon Meridian Orchard Atlas Beacon Coastal Delta Evergreen Falcon Golden Heron Iron Jade Kestrel Lumen Maple Nova Ocean
		Pacific Quartz River Sierra Tidal Union Valley Willow Xenon Yellowstone Zenith Arctic Boreal Cedar Dakota`)
	middles := strings.Fields(`Quantum Neural Applied Data Cloud Photon Signal Vision Thermal Molecular Digital Adaptive Precision Open Deep Smart Global
		United Advanced Integrated`)
	trades := strings.Fields("Robotics Systems Energy Materials Therapeutics Analytics Dynamics Software Instruments Sciences")
	var out []workflow.Subject
	for _, stem := range stems {
		for _, middle := range middles {
			for _, trade := range trades {
				out = append(out, workflow.Subject{Name: stem + " " + middle + " " + trade + ", Inc."})
			}
		}
	}
	return out
}

// Most pairs of names share no word that is alike, and are never compared.
func TestTenThousandNamesAreNotComparedWithAll(t *testing.T) {
	x, _ := indexed(t)
	names := companies()
	if len(names) != 10_000 {
		t.Fatalf("%d names", len(names))
	}
	if testing.Short() {
		names = names[:1_000]
	}
	some, all := 0, 0
	for i := range names {
		compared, pairs := x.Compared(&names[i])
		some, all = some+compared, all+pairs
	}
	t.Logf("%d names: %d pairs compared of %d, one of %.0f", len(names), some, all, float64(all)/float64(some))
	if some == 0 || some*200 > all {
		t.Errorf("%d pairs of %d are compared", some, all)
	}
}

// BenchmarkMatch is a name against the list, by the index and by comparing with all.
func BenchmarkMatch(b *testing.B) {
	x, _ := indexed(b)
	names := companies()
	for _, way := range []struct {
		name  string
		match func(*workflow.Subject) []workflow.Match
	}{{"index", x.Match}, {"all", x.MatchAll}} {
		b.Run(way.name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				way.match(&names[i*3_989%len(names)])
			}
		})
	}
}
