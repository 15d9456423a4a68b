package workflow

import (
	"strings"
	"testing"
)

func TestList(t *testing.T) {
	type F = ListFacts
	content := strings.Repeat("ab", 32)
	ready := func(s State, a Action) (F, Command) {
		f, c := F{Kept: 2, Newest: 91}, Command{ID: 90, Received: noon}
		if s != None {
			f.List = List{Record: Record{ID: 90, State: s, Version: 1}, Kind: ListOFAC}
			return f, c
		}
		c.Inputs = []Input{listKind.text(ListOFAC), listDated.day(DateOf(noon)), listName.text("sdn.csv"), listSum.text(content), listContent.text(content),
			listEntries.count(2), fieldNote.text("n")}
		return f, c
	}
	current := func(f *F, _ *Command) {
		f.Current = List{Record: Record{ID: 80, State: Active, Version: 2}, Kind: ListOFAC, Dated: DateOf(noon) - 7, Content: strings.Repeat("cd", 32), Threshold: 9000}
	}
	runScenarios(t, Lists, ready, []scenario[F]{
		{name: "the first", start: in(None), action: ActCreate, by: Admin, actor: 7, end: Entered, check: func(t *testing.T, f *F, s *Step) {
			want := List{Record: f.Record, Kind: ListOFAC, Dated: DateOf(noon), Name: "sdn.csv", File: content, Content: content, Entries: 2,
				Threshold: UsualThreshold, ImportedBy: 7, Note: "n"}
			if f.List != want {
				t.Errorf("made %+v, want %+v", f.List, want)
			}
			wantChildren(t, s, "roll_out list 90")
		}},
		{name: "the next", start: in(None), action: ActCreate, by: SecurityReviewer, end: Entered, change: current, check: func(t *testing.T, f *F, s *Step) {
			if f.Threshold != 9000 || f.Before != 80 {
				t.Errorf("made %+v", f.List)
			}
			wantChildren(t, s, "supersede list 80", "roll_out list 90")
		}},
		{name: "with another threshold", start: in(None), action: ActCreate, by: System, end: Entered,
			change: func(f *F, c *Command) {
				current(f, c)
				f.Current.Content = content
				c.Inputs = append(c.Inputs, listThreshold.count(9500))
			},
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Threshold != 9500 {
					t.Errorf("the threshold is %d", f.Threshold)
				}
			}},
		{name: "that says the same", start: in(None), action: ActCreate, by: Admin, reason: "list_unchanged",
			change: func(f *F, c *Command) { current(f, c); f.Current.Content = content }},
		{name: "of which one entry was not kept", start: in(None), action: ActCreate, by: Admin, reason: "list_not_read", change: func(f *F, _ *Command) { f.Kept = 1 }},
		{name: "that nobody read", start: in(None), action: ActCreate, by: Admin, reason: "list_not_read", change: asking[F](listEntries.count(0))},
		{name: "of a content that is none", start: in(None), action: ActCreate, by: Admin, reason: "list_not_read", change: asking[F](listContent.text("x"))},
		{name: "older than the one in force", start: in(None), action: ActCreate, by: Admin, reason: "list_older",
			change: func(f *F, c *Command) { current(f, c); asking[F](listDated.day(DateOf(noon)-8))(f, c) }},
		{name: "of the day after tomorrow", start: in(None), action: ActCreate, by: Admin, reason: "list_in_the_future", change: asking[F](listDated.day(DateOf(noon) + 2))},
		{name: "comes into force", start: in(Entered), action: ActRollOut, by: System, end: Active},
		{name: "makes way", start: in(Active), action: ActSupersede, by: System, end: Superseded},
		{name: "is the newest", start: in(Active), action: ActSupersede, by: System, reason: "list_in_force", change: func(f *F, _ *Command) { f.Newest = 90 }},
	})
}

// The sum of a list depends on every word of every entry, and on their order.
func TestListSum(t *testing.T) {
	day := DateOf(noon)
	base := []ListEntry{{Key: "1", Type: EntryEntity, Name: "A", Aliases: []string{"B", "C"}, UEI: "U", CAGE: "G", EIN: "E", Program: "P", Country: "L", Remarks: "R",
		Status: RegistrationActive, Ends: day}, {Key: "2", Name: "D"}}
	sum := func(list ...ListEntry) string {
		var s ListSum
		for i := range list {
			s.Add(&list[i])
		}
		return s.Content()
	}
	want := sum(base...)
	if new(ListSum).Content() != "" || sum(base[1], base[0]) == want || sum(base[0]) == want {
		t.Error("the sum does not depend on what is in the list")
	}
	for name, change := range map[string]func(*ListEntry){
		"key": func(e *ListEntry) { e.Key = "3" }, "type": func(e *ListEntry) { e.Type = EntryVessel }, "name": func(e *ListEntry) { e.Name = "AA" },
		"aliases": func(e *ListEntry) { e.Aliases = []string{"B"} }, "uei": func(e *ListEntry) { e.UEI = "" }, "cage": func(e *ListEntry) { e.CAGE = "" },
		"ein": func(e *ListEntry) { e.EIN = "" }, "program": func(e *ListEntry) { e.Program = "" }, "country": func(e *ListEntry) { e.Country = "" },
		"remarks": func(e *ListEntry) { e.Remarks = "" }, "status": func(e *ListEntry) { e.Status = "" }, "ends": func(e *ListEntry) { e.Ends++ },
	} {
		changed := base[0]
		change(&changed)
		if sum(changed, base[1]) == want {
			t.Errorf("the sum does not depend on %s", name)
		}
	}
}
