package workflow

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// shares reports whether two organizations would be compared at all.
func shares(a, b *Likeness) bool {
	other := b.Keys()
	return slices.ContainsFunc(a.Keys(), func(k LikenessKey) bool { return slices.Contains(other, k) })
}

func TestNamesThatLookEqualAreOneName(t *testing.T) {
	for _, other := range []string{
		"cascadia robotics", "CASCADIA ROBOTICS LLC", "Cascadia-Robotics, Inc.", "CascadiaRobotics Corp", "Cascadia  Robotics",
		"The Cascadia Robotics Company", "Robotics Cascadia", "Cascadіa Rоbotics", // Cyrillic і and о
		"Cas\u200bcadia Ro\u00adbotics", "Cascadia\u3164 Robotics", "Ｃａｓｃａｄｉａ Robotics", "𝐂ascadia 𝖱obotics", "Cascadia R0botics",
		"Cascadla Robotics", "Cascádia Robotics", "Casca\u0301dia Robotics", "Cascaԁia Robotics", "Ⓒascadia Robotics", "Cascαdia Robotics",
	} {
		a, b := Likeness{Name: "Cascadia Robotics, Inc."}, Likeness{Name: other}
		want := Resemblance{70_00, []Sign{{SignName, 70_00, a.Name, b.Name}}}
		if diff := cmp.Diff(want, Compare(&a, &b)); diff != "" {
			t.Errorf("%q: %s", other, diff)
		}
		if !shares(&a, &b) {
			t.Errorf("%q is not found by any key", other)
		}
	}
	for _, other := range []string{"", "Inc.", "Cascade Robotics", "Robotics", "Cascadia", "Cascadia Therapeutics", "Cedar Robotics, Inc."} {
		a, b := Likeness{Name: "Cascadia Robotics, Inc."}, Likeness{Name: other}
		if r := Compare(&a, &b); r.Score >= Suspicious {
			t.Errorf("%q is taken for it: %v", other, r.Signs)
		}
	}
}

// everything that one organization may share with another.
func wholeLikeness(change func(*Likeness)) *Likeness {
	l := &Likeness{Name: "Cascadia Robotics, Inc.", EIN: "91-1234567", Street: "12 North Pine Street, Suite 4", Zip: "98101-2233",
		Website: "https://www.cascadia.example/about", Emails: []string{"ana@cascadia.example"}, People: []string{"Ana Ruiz"},
		Accounts: []AccountLikeness{{"021000021 4471", "a sum"}}, Signers: []Signer{{7, "Ana Ruiz", "ana@cascadia.example"}}, Proposals: proposals(words(1, 120))}
	change(l)
	return l
}

// proposals numbers texts.
func proposals(texts ...string) (out []Proposal) {
	for i, text := range texts {
		out = append(out, Proposal{fmt.Sprintf("AIV-%d", i), text})
	}
	return out
}

// words is a text of n words that nobody else wrote.
func words(seed uint64, n int) string {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("w%dx", r.IntN(5000))
	}
	return strings.Join(out, " ")
}

func TestWhatTwoOrganizationsShare(t *testing.T) {
	for _, c := range []struct {
		name  string
		other Likeness
		score int64
		by    string
	}{
		{"nothing", Likeness{Name: "Bluegrass Photonics"}, 0, ""},
		{"nothing that is said", Likeness{}, 0, ""},
		{"the EIN", Likeness{EIN: "91-1234567"}, 90_00, "ein"},
		{"the address, shortened", Likeness{Street: "12 N. Pine St Ste 4", Zip: "98101"}, 40_00, "address"},
		{"the street in another town", Likeness{Street: "12 North Pine Street, Suite 4", Zip: "98102"}, 0, ""},
		{"the website", Likeness{Website: "http://CASCADIA.example:8080"}, 45_00, "website"},
		{"address and website", Likeness{Street: "12 North Pine Street Suite 4", Zip: "98101", Website: "cascadia.example"}, 67_00, "website address"},
		{"the mail and the name of somebody", Likeness{Emails: []string{"x@y.example", "Ana@Cascadia.example"}, People: []string{"RUIZ, Ana"}}, 55_00, "email person"},
		{"the account", Likeness{Accounts: []AccountLikeness{{"021000021 1", "another"}, {"021000021 4471", "a sum"}}}, 80_00, "account_number"},
		{"the last digits of an account that cannot be opened", Likeness{Accounts: []AccountLikeness{{"021000021 4471", ""}}}, 50_00, "account"},
		{"the last digits of an account with another number", Likeness{Accounts: []AccountLikeness{{"021000021 4471", "another"}}}, 0, ""},
		{"the number of an account at another bank", Likeness{Accounts: []AccountLikeness{{"091000019 4471", "a sum"}}}, 0, ""},
		{"who signs", Likeness{Emails: []string{"ana@cascadia.example"}, People: []string{"Ana Ruiz"}, Signers: []Signer{{9, "", ""}, {7, "Ana Ruiz", "ana@cascadia.example"}}}, 60_00, "signer"},
		{"somebody of the name of who signs", Likeness{People: []string{"Ana Ruiz"}, Signers: []Signer{{8, "Ana Ruiz", "ana@other.example"}}}, 25_00, "person"},
		{"a name with a letter more", Likeness{Name: "Cascadiaa Robotics"}, 45_00, "near_name"},
		{"a near name and the account", Likeness{Name: "Cascadiaa Robotics", Accounts: []AccountLikeness{{"021000021 4471", ""}}}, 72_50, "account near_name"},
		{"the proposal with some words changed", Likeness{Proposals: proposals(words(2, 90), strings.Replace(words(1, 120), " ", " really ", 1))}, 70_00, "proposal"},
		{"half of the proposal", Likeness{Proposals: proposals(words(1, 60) + words(3, 60))}, 0, ""},
		{"a proposal too short to say anything", Likeness{Proposals: proposals(words(1, 22))}, 0, ""},
	} {
		one := wholeLikeness(func(*Likeness) {})
		for _, way := range []string{"", ", the other way round"} {
			a, b := one, &c.other
			if way != "" {
				a, b = b, a
			}
			r := Compare(a, b)
			var by []string
			for _, s := range r.Signs {
				by = append(by, s.By)
			}
			if got := strings.Join(by, " "); got != c.by || r.Score != c.score {
				t.Errorf("%s%s: %d by %q, want %d by %q", c.name, way, r.Score, got, c.score, c.by)
			}
		}
		if c.by != SignNear && c.by != "" && !shares(one, &c.other) {
			t.Errorf("%s: it is not found by any key", c.name)
		}
	}
}

func TestEverySignHasAWeightBelowCertainty(t *testing.T) {
	r := Compare(wholeLikeness(func(*Likeness) {}), wholeLikeness(func(l *Likeness) { l.Name = "CASCADIA ROBOTICS" }))
	if len(r.Signs) != len(SignWeights)-4 || r.Score <= 90_00 || r.Score > 100_00 { // a name is the same or near, an account by its number or its digits, and a signer has a name and mail
		t.Errorf("everything in common comes to %d by %v", r.Score, r.Signs)
	}
	for _, by := range []string{SignNumber, SignSigner} {
		if SignWeights[by] < Suspicious {
			t.Errorf("nobody looks at a pair for %s alone", by)
		}
	}
	if SignWeights[SignNear] >= Suspicious {
		t.Error("a near-equal name is suspicious alone, and no key finds it")
	}
	for by, w := range SignWeights {
		if w <= 0 || w >= 100_00 {
			t.Errorf("%s weighs %d", by, w)
		}
	}
}

// An address may hold bytes that are no text, which no database takes for a key.
func TestAHostThatIsNoTextIsNoKey(t *testing.T) {
	for website, want := range map[string]string{
		"https://granite%ff.example": "", "https://%e2%82.example": "", "https://gr%C3%A4nit.example/x": "gränit.example", "https://WWW.granite.example.": "granite.example",
	} {
		if got := host(website); got != want {
			t.Errorf("the host of %q is %q, want %q", website, got, want)
		}
	}
}

// thousands makes n companies with names and hosts as they occur, and addresses that
// some of them share.
func thousands(n int) []Likeness {
	r := rand.New(rand.NewPCG(7, 11))
	first := strings.Fields("Acme Blue Cascadia Delta Ember Falcon Granite Harbor Iris Juniper Kestrel Lumen Maple Nimbus Orchid Pioneer Quartz River Summit Tidal Umber Vertex Willow Xenon Yarrow Zephyr")
	second := strings.Fields("Analytics Bio Compute Data Energy Foundry Genomics Health Imaging Labs Materials Networks Optics Photonics Quantum Robotics Sensors Therapeutics Vision Works")
	out := make([]Likeness, n)
	for i := range out {
		middle := make([]byte, 5)
		for j := range middle {
			middle[j] = byte('a' + r.IntN(26))
		}
		name := first[r.IntN(len(first))] + " " + string(middle) + " " + second[r.IntN(len(second))]
		out[i] = Likeness{Organization: ID(i + 1), Name: name + ", Inc.", EIN: fmt.Sprintf("%02d-%07d", i%90+10, i),
			Street: fmt.Sprintf("%d Main Street", r.IntN(4000)), Zip: fmt.Sprintf("%05d", 10_000+r.IntN(50)), Website: string(middle) + fmt.Sprint(i) + ".example"}
	}
	return out
}

// sharing lists the pairs that share a key: those that are compared.
func sharing(all []Likeness) (pairs [][2]int) {
	held := map[LikenessKey][]int{}
	for i := range all {
		others := map[int]bool{}
		for _, k := range all[i].Keys() {
			for _, j := range held[k] {
				others[j] = true
			}
			held[k] = append(held[k], i)
		}
		for j := range others {
			pairs = append(pairs, [2]int{j, i})
		}
	}
	return pairs
}

// Ten thousand organizations are 49,995,000 pairs.
const tenThousand, allPairs = 10_000, 10_000 * 9_999 / 2

func TestTenThousandOrganizationsAreNotComparedWithAllOthers(t *testing.T) {
	pairs := len(sharing(thousands(tenThousand)))
	t.Logf("%d of %d pairs are compared: one in %d", pairs, allPairs, allPairs/max(1, pairs))
	if pairs == 0 || pairs > allPairs/500 {
		t.Errorf("%d of %d pairs are compared, want some, and at most one in 500", pairs, allPairs)
	}
}

// Keys and comparisons of those that share one, against the loop over all pairs, of which
// a sample is measured: it would take minutes.
func BenchmarkTenThousandOrganizations(b *testing.B) {
	all := thousands(tenThousand)
	var pairs [][2]int
	for b.Loop() {
		pairs = sharing(all)
		for _, p := range pairs {
			Compare(&all[p[0]], &all[p[1]])
		}
	}
	ours := b.Elapsed() / time.Duration(b.N)
	const sample = 20_000
	r := rand.New(rand.NewPCG(5, 3))
	start := time.Now()
	for range sample {
		Compare(&all[r.IntN(tenThousand)], &all[r.IntN(tenThousand)])
	}
	naive := time.Since(start) / sample * allPairs
	b.ReportMetric(float64(len(pairs)), "pairs")
	b.ReportMetric(naive.Seconds(), "s-naive")
	b.ReportMetric(float64(naive)/float64(ours), "x-faster-than-naive")
}
