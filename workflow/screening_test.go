package workflow

import "testing"

// found is a potential match of the organization, or of person, with the entry called key.
func found(person ID, key, name string) Potential {
	return Potential{Subject: Subject{Person: person, Name: "Cascadia"}, List: List{Record: Record{ID: 50}, Kind: ListOFAC},
		Entry: ListEntry{Key: key, Name: name}, By: ByName, Name: name, Score: 9100}
}

// as is the hit that p was found as before.
func (p Potential) as(id ID, s State) Hit {
	return Hit{Record: Record{ID: id, State: s, Version: 2}, Organization: 40, Person: p.Subject.Person, Kind: p.List.Kind, Key: p.Entry.Key,
		Sum: p.Entry.Sum(), Identity: p.Subject.Identity()}
}

func TestScreening(t *testing.T) {
	type F = ScreeningFacts
	ready := func(s State, a Action) (F, Command) {
		f, c := F{Organization: Organization{Record: Record{ID: 40}}, Inforce: "50,51", Subjects: make([]Subject, 3)}, Command{ID: 90, Received: noon}
		if s != None {
			f.OrganizationScreening = OrganizationScreening{Record: Record{ID: 90, State: s, Version: 1}, Organization: 40}
		}
		return f, c
	}
	one, other := found(0, "36", "CASCADIAN"), found(7, "37", "CASCADIO")
	known := func(listed bool, hits ...Hit) func(*F, *Command) {
		return func(f *F, _ *Command) {
			f.Found = []Potential{one}
			f.Known = hits
			for range hits {
				f.Listed = append(f.Listed, listed)
			}
		}
	}
	again := in(Required, Completed)
	changed := one.as(60, Dismissed)
	changed.Identity = "another"
	entry := one.as(60, Dismissed)
	entry.Sum = "another"
	run := func(name string, hits int64, change func(*F, *Command), raised ...string) scenario[F] {
		return scenario[F]{name: name, start: again, action: ActScreen, by: System, end: Completed, change: change, check: func(t *testing.T, f *F, s *Step) {
			if f.At != noon || f.Lists != "50,51" || f.OrganizationScreening.Subjects != 3 || f.Hits != hits {
				t.Errorf("stored %+v", f.OrganizationScreening)
			}
			wantChildren(t, s, raised...)
		}}
	}
	runScenarios(t, Screenings, ready, []scenario[F]{
		{name: "the first", start: in(None), action: ActCreate, by: System, end: Required, check: func(t *testing.T, f *F, s *Step) {
			if f.OrganizationScreening.Organization != 40 {
				t.Errorf("it is of organization %d", f.OrganizationScreening.Organization)
			}
			wantChildren(t, s, "screen screening 90")
		}},
		{name: "of nobody", start: in(None), action: ActCreate, by: System, reason: "organization_unknown", change: func(f *F, _ *Command) { f.Organization = Organization{} }},
		{name: "without lists", start: in(None), action: ActCreate, by: System, reason: "lists_missing", change: func(f *F, _ *Command) { f.Inforce = "" }},
		{name: "without lists", start: again, action: ActScreen, by: System, reason: "lists_missing", change: func(f *F, _ *Command) { f.Inforce = "" }},
		run("finds nobody", 0, nil),
		run("finds two", 2, func(f *F, _ *Command) { f.Found = []Potential{one, other} }, "create hit 0", "create hit 0"),
		run("takes the cases back", 1, func(f *F, _ *Command) {
			f.Found, f.Cases = []Potential{one}, []ScreenedCase{{Application: 70, Cleared: 71}, {Application: 72}}
			f.Payments = []ID{73}
		}, "create hit 0", "void clearance 71", "refer application 72", "hold payment 73"),
		run("takes no case back for nothing", 0, func(f *F, _ *Command) { f.Cases, f.Payments = []ScreenedCase{{Application: 70, Cleared: 71}}, []ID{73} }),
		run("finds what is open", 1, known(true, one.as(60, Open))),
		run("finds what was dismissed", 0, known(true, one.as(60, Dismissed))),
		run("finds what was dismissed for another name", 1, known(true, changed), "update hit 60"),
		run("finds what was dismissed when the entry said something else", 1, known(true, entry), "update hit 60"),
		run("finds what had lapsed", 1, known(true, one.as(60, Lapsed)), "update hit 60"),
		run("finds what was confirmed", 1, known(true, one.as(60, Confirmed))),
		run("does not find an open hit any more: the organization changed its name", 2, known(true, other.as(61, Open)), "create hit 0"),
		run("does not find what was confirmed any more", 1, func(f *F, c *Command) {
			known(false, other.as(61, Confirmed))(f, c)
			f.Found = nil
		}),
		run("does not find entries any more: they were taken off the list", 0, func(f *F, c *Command) {
			known(false, other.as(61, Open), one.as(62, Dismissed), found(0, "99", "X").as(63, Lapsed))(f, c)
			f.Found = nil
		}, "lapse hit 61", "lapse hit 62"),
		{name: "is voided", start: in(Completed), action: ActVoid, by: System, end: Required},
	})
}

// How organizations stand on the lists that nothing may be paid to.
var (
	screenedBeforeLists = Payee{Lists: "50,52", Screening: OrganizationScreening{Record: Record{ID: 90, State: Completed}, Lists: "50,51"}}
	listed              = Payee{Lists: "50", Screening: OrganizationScreening{Record: Record{ID: 90, State: Completed}, Lists: "50", Hits: 1}}
	notRegistered       = Payee{Expired: true, Ended: DateOf(noon)}
)

func TestAScreeningIsAgainstTheListsInForce(t *testing.T) {
	s := OrganizationScreening{Record: Record{ID: 90, State: Completed}, Lists: "50,51"}
	void := s
	void.State = Required
	for _, tt := range []struct {
		name  string
		payee Payee
		stale bool
	}{
		{"against these", Payee{Lists: "50,51", Screening: s}, false},
		{"against an older list", Payee{Lists: "50,52", Screening: s}, true},
		{"voided", Payee{Lists: "50,51", Screening: void}, true},
		{"never", Payee{Lists: "50,51"}, true},
		{"no list was imported", Payee{}, false},
	} {
		if got := tt.payee.Stale(); got != tt.stale {
			t.Errorf("%s: stale is %t", tt.name, got)
		}
	}
	if got := ScreenedLists([]List{{Record: Record{ID: 3}, Kind: ListExclusions}, {Record: Record{ID: 4}, Kind: ListEntities}, {Record: Record{ID: 5}, Kind: ListOFAC}}); got != "5,3" {
		t.Errorf("lists are %q", got)
	}
}

func TestHit(t *testing.T) {
	type F = HitFacts
	p := found(7, "36", "CASCADIAN")
	ready := func(s State, a Action) (F, Command) {
		f := F{Screening: OrganizationScreening{Record: Record{ID: 80, State: Completed}, Organization: 40}}
		c := Command{ID: 90, Received: noon, Inputs: []Input{fieldNote.text("not the same")}}
		if s != None {
			f.Hit = Hit{Record: Record{ID: 90, State: s, Version: 1}, Organization: 40, DecidedBy: 3, Note: "before"}
		}
		if a == ActCreate || a == ActUpdate {
			c.Inputs = p.inputs()
		}
		return f, c
	}
	taken := func(t *testing.T, f *F, _ *Step) {
		want := p.as(90, Open)
		want.Record, want.List, want.Subject, want.Entry, want.By, want.Score, want.Note = f.Record, 50, "Cascadia", "CASCADIAN", ByName, 9100, f.Note
		if f.Hit != want {
			t.Errorf("stored %+v, want %+v", f.Hit, want)
		}
	}
	decided := func(t *testing.T, f *F, s *Step) {
		if f.DecidedBy != 5 || f.Note != "not the same" {
			t.Errorf("stored %+v", f.Hit)
		}
		wantChildren(t, s, "screen screening 80")
	}
	runScenarios(t, Hits, ready, []scenario[F]{
		{name: "found", start: in(None), action: ActCreate, by: System, end: Open, check: taken},
		{name: "found again", start: in(Open, Dismissed, Lapsed), action: ActUpdate, by: System, end: Open, check: taken},
		{name: "somebody else", start: in(Open), action: ActDismiss, by: SecurityReviewer, actor: 5, end: Dismissed, check: decided},
		{name: "the same", start: in(Open), action: ActConfirm, by: SecurityReviewer, actor: 5, end: Confirmed, check: decided},
		{name: "to be looked at again", start: in(Confirmed, Dismissed), action: ActReopen, by: SecurityReviewer, actor: 5, end: Open, check: decided},
		{name: "taken off the list", start: in(Open, Dismissed), action: ActLapse, by: System, end: Lapsed},
	})
}
