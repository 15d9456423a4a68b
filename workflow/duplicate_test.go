package workflow

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What two organizations have in common, in these tests.
var (
	equalNames = Sign{SignName, 70_00, "Blue Heron, Inc.", "BlueHeron LLC"}
	oneSite    = Sign{SignWebsite, 45_00, "heron.example", "www.heron.example"}
	otherSite  = Sign{SignWebsite, 45_00, "blueheron.example", "blueheron.example"}
	little     = Resemblance{45_00, []Sign{oneSite}}
	enough     = Resemblance{83_50, []Sign{equalNames, oneSite}}
	elsewise   = Resemblance{83_50, []Sign{equalNames, otherSite}}
	less       = Resemblance{70_00, []Sign{equalNames}}
)

func TestADuplicateIsLookedAtAgainWhenASignAppearsOrChanges(t *testing.T) {
	for _, tt := range []struct {
		name string
		was  State
		now  Resemblance
		want Action
	}{
		{"nothing much in common", None, little, NoAction},
		{"enough in common", None, enough, ActCreate},
		{"open, the same", Open, enough, NoAction},
		{"open, and a sign says something else", Open, elsewise, ActUpdate},
		{"open, and a sign is gone", Open, less, ActUpdate},
		{"open, and nothing much is left", Open, little, ActLapse},
		{"lapsed", Lapsed, little, NoAction},
		{"lapsed, and there again", Lapsed, enough, ActUpdate},
		{"dismissed, the same", Dismissed, enough, NoAction},
		{"dismissed, and a sign is gone", Dismissed, less, NoAction},
		{"dismissed, and nothing much is left", Dismissed, little, NoAction},
		{"dismissed, and a sign says something else", Dismissed, elsewise, ActUpdate},
		{"linked", Linked, elsewise, NoAction},
		{"merged", Merged, little, NoAction},
	} {
		d := Duplicate{Record: Record{State: tt.was}, Signs: Signs(mustJSON(enough.Signs))}
		if got := d.Due(tt.now); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestDuplicate(t *testing.T) {
	type F = DuplicateFacts
	ready := func(s State, a Action) (F, Command) {
		f := F{ANow: Organization{Record: Record{ID: 41, State: Active}}, BNow: Organization{Record: Record{ID: 40, State: Active}}, Found: enough,
			Cases: []ID{70, 71}}
		c := Command{ID: 90, Received: noon, Inputs: []Input{fieldNote.text("one and the same"), duplicateKept.ref(41)}}
		if s != None {
			f.Duplicate = Duplicate{Record: Record{ID: 90, State: s, Version: 1}, A: 40, B: 41, Score: 70_00, DecidedBy: 3, Note: "before"}
		}
		if s == Merged {
			f.Kept = 40
		}
		if a == ActLapse {
			f.Found = little
		}
		return f, c
	}
	taken := func(note string) func(*testing.T, *F, *Step) {
		return func(t *testing.T, f *F, _ *Step) {
			want := Duplicate{Record: f.Record, A: 40, B: 41, Score: 83_50, Signs: Signs(mustJSON(enough.Signs)), Note: note}
			if diff := cmp.Diff(want, f.Duplicate); diff != "" {
				t.Error(diff)
			}
		}
	}
	decided := func(raised ...string) func(*testing.T, *F, *Step) {
		return func(t *testing.T, f *F, s *Step) {
			if f.DecidedBy != 5 || f.Note != "one and the same" {
				t.Errorf("stored %+v", f.Duplicate)
			}
			wantChildren(t, s, raised...)
		}
	}
	joined := func(kept ID, raised ...string) func(*testing.T, *F, *Step) {
		return func(t *testing.T, f *F, s *Step) {
			decided(raised...)(t, f, s)
			wantJobs(t, s, Job{Kind: JobCap, Record: 40})
			if m, joins := s.Merged(); !joins || m != (GroupMerge{40, 41}) || f.Kept != kept {
				t.Errorf("joins %v, keeps %d", m, f.Kept)
			}
			if c := (Command{Inputs: slices.Collect(s.Children())[0].Inputs}); c.Text(fieldFlag) != flagDuplicate {
				t.Errorf("flags with %q", c.Text(fieldFlag))
			}
		}
	}
	undone := func(raised ...string) func(*testing.T, *F, *Step) {
		return func(t *testing.T, f *F, s *Step) {
			decided(raised...)(t, f, s)
			wantJobs(t, s, Job{Kind: JobDuplicates, Record: 40}, Job{Kind: JobCap, Record: 40}, Job{Kind: JobCap, Record: 41})
			all := slices.Collect(s.Children())
			if c := (Command{Inputs: all[len(all)-1].Inputs}); c.Text(fieldFlag) != flagDuplicate || !c.Checked(fieldUnflag) {
				t.Errorf("takes back %q", c.Text(fieldFlag))
			}
			if p, parts := s.Parted(); !parts || p != (GroupMerge{40, 41}) || f.Kept != 0 {
				t.Errorf("parts %v, keeps %d", p, f.Kept)
			}
		}
	}
	unchanged := facts(func(f *F) { f.Signs = Signs(mustJSON(f.Found.Signs)) })
	runScenarios(t, Duplicates, ready, []scenario[F]{
		{name: "found", start: in(None), action: ActCreate, by: System, end: Open, check: taken("")},
		{name: "with nothing much in common", start: in(None), action: ActCreate, by: System, reason: "signs_unchanged", change: facts(func(f *F) { f.Found = little })},
		{name: "with nobody", start: in(None), action: ActCreate, by: System, reason: "organization_unknown", change: facts(func(f *F) { f.BNow = Organization{} })},
		{name: "found again", start: in(Open, Dismissed, Lapsed), action: ActUpdate, by: System, end: Open, check: taken("before")},
		{name: "as before", start: in(Open, Dismissed), action: ActUpdate, by: System, reason: "signs_unchanged", change: unchanged},
		{name: "not alike any more", start: in(Open), action: ActLapse, by: System, end: Lapsed},
		{name: "as before", start: in(Open), action: ActLapse, by: System, reason: "signs_unchanged", change: facts(func(f *F) { f.Found = enough })},
		{name: "two companies", start: in(Open), action: ActDismiss, by: ProgramOfficer, actor: 5, end: Dismissed, check: decided()},
		{name: "to be looked at again", start: in(Dismissed), action: ActReopen, by: ProgramOfficer, actor: 5, end: Open, check: decided()},
		{name: "one company", start: in(Open), action: ActLink, by: ProgramOfficer, actor: 5, end: Linked, check: joined(0, "update application 70", "update application 71")},
		{name: "one company, and one goes", start: in(Open), action: ActMerge, by: ProgramOfficer, actor: 5, end: Merged,
			check: joined(41, "update application 70", "update application 71", "merge organization 40")},
		{name: "and a third stays", start: in(Open), action: ActMerge, by: ProgramOfficer, reason: "kept_neither", change: asking[F](duplicateKept.ref(42))},
		{name: "with one that went already", start: in(Open), action: ActMerge, by: ProgramOfficer, reason: "organization_merged",
			change: facts(func(f *F) { f.BNow.State = Merged })},
		{name: "taken back", start: in(Linked), action: ActUndo, by: ProgramOfficer, actor: 5, end: Open, check: undone("update application 70", "update application 71")},
		{name: "taken back", start: in(Merged), action: ActUndo, by: ProgramOfficer, actor: 5, end: Open,
			check: undone("undo organization 41", "update application 70", "update application 71")},
		{name: "taken back by who did it", start: in(Linked, Merged), action: ActUndo, by: ProgramOfficer, actor: 3, reason: "you_joined_these"},
	})
}

func TestSignsAreAListInJSON(t *testing.T) {
	for stored, want := range map[Signs]string{
		"":                               "[]",
		"torn":                           "[]",
		Signs(mustJSON([]Sign{oneSite})): `[{"by":"website","score":4500,"a":"heron.example","b":"www.heron.example"}]`,
	} {
		if got, err := json.Marshal(stored); err != nil || string(got) != want {
			t.Errorf("%q is written as %s, %v", stored, got, err)
		}
	}
}

func TestAProposalIsWhatWasSubmittedInWords(t *testing.T) {
	f := ApplicationFacts{Application: Application{Number: "AIV-2026-000001", Title: "Sorting", Summary: "by touch", Approach: "a glove", Outcome: "fewer", Answers: `{"b":"two","a":"one"}`}}
	got, err := ProposalOf(f.snapshot())
	if want := (Proposal{"AIV-2026-000001", "Sorting\nby touch\na glove\nfewer\none\ntwo"}); err != nil || got != want {
		t.Errorf("read %+v, %v", got, err)
	}
	if _, err := ProposalOf([]byte("torn")); err == nil {
		t.Error("what is no snapshot was read")
	}
}
