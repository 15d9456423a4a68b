package workflow

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strconv"
	"time"
)

// An Assignee is the person whom an assignment names.
type Assignee struct {
	Officer    bool // they hold the officer's role in the program now
	Conflicted bool // they belong to the organization or an affiliate, or recused from the case
}

var fieldOfficer = Field{Name: "officer", Kind: Ref, Of: NounPerson, Optional: true} // none: nobody owns it any more

var (
	assignsAnother = applicationGuard{
		Reason: "officer_unchanged",
		OK:     func(f *ApplicationFacts, c *Command, _ time.Time) bool { return c.Ref(fieldOfficer) != f.Officer },
		Field:  &fieldOfficer,
	}
	assigneeIsOfficer = applicationGuard{
		Reason: "not_an_officer",
		OK: func(f *ApplicationFacts, c *Command, _ time.Time) bool {
			return c.Ref(fieldOfficer) == 0 || f.Assignee.Officer
		},
		Field: &fieldOfficer,
	}
	assigneeUnconflicted = applicationGuard{
		Reason: "officer_conflicted",
		OK: func(f *ApplicationFacts, c *Command, _ time.Time) bool {
			return c.Ref(fieldOfficer) == 0 || !f.Assignee.Conflicted
		},
		Field: &fieldOfficer,
	}
)

// assignRows are the rows by which a case is given to an officer, or to nobody; the state
// stays. Who owned it before stands in the events.
func assignRows() (rows []Rule[ApplicationFacts]) {
	for _, s := range append(in(Appealed), undecided...) {
		rows = append(rows, Rule[ApplicationFacts]{Start: in(s), Action: ActAssign, By: by(ProgramLead), End: s,
			Fields: []Field{fieldOfficer, fieldNote.Opt()}, Guards: []applicationGuard{assignsAnother, assigneeIsOfficer, assigneeUnconflicted},
			Effect: assignApplication, Always: true})
	}
	return rows
}

// assignApplication leaves alone who acted on the case: to assign it is no part of the
// case work.
func assignApplication(f *ApplicationFacts, c *Command, _ *Step) { f.Officer = c.Ref(fieldOfficer) }

// A Load is how many cases somebody has.
type Load struct {
	Person ID
	Cases  int
	Most   int // that they may have; zero: any number
}

// full reports whether the person can have no more.
func (l *Load) full() bool { return l.Most > 0 && l.Cases >= l.Most }

// Share gives each case to one of the people who may have it, so that their loads come
// out as even as they can: those that the fewest may have go first, in an order drawn from
// seed, to who suits it best, among them to who has the least, and among equals to who was
// drawn first. Whom suits gives less than zero may not have the case. The same seed, loads
// and cases give the same. A case that nobody may have, or has room for, is left out.
func Share(seed int64, loads []Load, cases []ID, suits func(person, application ID) int) map[ID]ID {
	drawn := func(id ID) uint64 {
		h := fnv.New64a()
		h.Write([]byte(strconv.FormatInt(seed, 10) + " " + id.String()))
		return h.Sum64()
	}
	people := slices.Clone(loads)
	able := map[ID]int{}
	for _, application := range cases {
		for _, p := range people {
			if suits(p.Person, application) >= 0 {
				able[application]++
			}
		}
	}
	order := slices.SortedFunc(slices.Values(cases), func(a, b ID) int {
		return cmp.Or(cmp.Compare(able[a], able[b]), cmp.Compare(drawn(a), drawn(b)), cmp.Compare(a, b))
	})
	out := map[ID]ID{}
	for _, application := range order {
		slices.SortFunc(people, func(a, b Load) int {
			return cmp.Or(cmp.Compare(suits(b.Person, application), suits(a.Person, application)), cmp.Compare(a.Cases, b.Cases), cmp.Compare(drawn(a.Person), drawn(b.Person)), cmp.Compare(a.Person, b.Person))
		})
		for i := range people {
			if p := &people[i]; suits(p.Person, application) >= 0 && !p.full() {
				out[application] = p.Person
				p.Cases++
				break
			}
		}
	}
	return out
}
