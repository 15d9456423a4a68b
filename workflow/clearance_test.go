package workflow

import (
	"slices"
	"testing"
	"time"
)

func TestEveryRowOfAClearance(t *testing.T) {
	type F = ClearanceFacts
	kind := func(k string) func(*F, *Command) { return func(f *F, _ *Command) { f.Kind = k } }
	at := func(s State) func(*F, *Command) { return func(f *F, _ *Command) { f.Application.State = s } }
	ready := func(s State, _ Action) (F, Command) {
		f := F{Application: Application{Record: Record{ID: 10, State: InReview}, Program: 1, Organization: 40}, Needed: 2, Reviews: 2,
			Terms: &Terms{Clearances: []ClearanceTerm{{ClearMerit, 0}, {ClearFinances, 30}, {ClearSecurity, 365}}}}
		c := Command{ID: 90, Received: noon, Inputs: []Input{fieldNote.text("n")}}
		if s == None {
			c.Inputs = []Input{clearanceKind.text(ClearMerit)}
			return f, c
		}
		f.Clearance = Clearance{Record: Record{ID: 90, State: s, Version: 1}, Kind: ClearMerit, Application: 10, Note: "before"}
		f.Exception = Exception{Record: Record{ID: 70, State: Approved}, Act: Waive, SubjectID: 90, Ends: noon.Add(time.Hour)}
		if s == Cleared {
			f.Ends, f.DecidedBy = noon, 5
		}
		return f, c
	}
	lost := func(t *testing.T, _ *F, s *Step) { wantChildren(t, s, "refer application 10") }
	flagged := func(t *testing.T, _ *F, s *Step) { wantChildren(t, s, "update application 10") }
	nothing := func(t *testing.T, _ *F, s *Step) { wantChildren(t, s) }
	decided := func(ends time.Time) func(*testing.T, *F, *Step) {
		return func(t *testing.T, f *F, s *Step) {
			if f.DecidedBy != 5 || !f.DecidedAt.Equal(noon) || f.Note != "n" || !f.Ends.Equal(ends) {
				t.Errorf("stored %+v", f.Clearance)
			}
			wantChildren(t, s)
		}
	}
	list := []scenario[F]{
		{name: "of a kind", start: in(None), action: ActRequire, by: System, end: Required, check: func(t *testing.T, f *F, _ *Step) {
			want := Clearance{Record: f.Record, Application: 10, Program: 1, Organization: 40, Kind: ClearMerit}
			if f.Clearance != want {
				t.Errorf("made %+v, want %+v", f.Clearance, want)
			}
		}},
		{name: "until something changes", start: in(Required), action: ActClear, by: ProgramOfficer, actor: 5, end: Cleared, check: decided(time.Time{})},
		{name: "for a while", start: in(Required), action: ActClear, by: GrantsOfficer, actor: 5, end: Cleared, change: kind(ClearFinances),
			check: decided(noon.AddDate(0, 0, 30))},
		{name: "as new terms have it", start: in(Required), action: ActClear, by: ProgramOfficer, actor: 5, end: Cleared, change: kind(ClearEthics),
			check: decided(time.Time{})},
		{name: "by another role", start: in(Required), action: ActClear, by: ProgramOfficer, reason: "not_your_duty", change: kind(ClearSecurity)},
		{name: "of a case that is over", start: in(Required), action: ActClear, by: ProgramOfficer, reason: "case_not_running", change: at(Withdrawn)},
		{name: "of a draft", start: in(Required), action: ActClear, by: ProgramOfficer, reason: "case_not_running", change: at(Draft)},
		{name: "before the reviews are in", start: in(Required), action: ActClear, by: ProgramOfficer, reason: "reviews_missing",
			change: func(f *F, _ *Command) { f.Reviews = 1 }},
		{name: "another one before the reviews are in", start: in(Required), action: ActClear, by: SecurityReviewer, actor: 5, end: Cleared,
			change: func(f *F, _ *Command) { f.Kind, f.Reviews = ClearSecurity, 0 }, check: decided(noon.AddDate(0, 0, 365))},
		{name: "by its role", start: in(Required), action: ActRefuse, by: GrantsOfficer, end: Refused, change: kind(ClearFinances), check: lost},
		{name: "while a hold stands", start: in(Required), action: ActRefuse, by: ProgramOfficer, end: Refused,
			change: func(f *F, _ *Command) { f.Holds = 1 }, check: lost},
		{name: "by another role", start: in(Required), action: ActRefuse, by: GrantsOfficer, reason: "not_your_duty"},
		{name: "of a case that is over", start: in(Required), action: ActRefuse, by: ProgramOfficer, reason: "case_not_running", change: at(Declined)},
		{name: "that nobody requires any more", start: in(Required), action: ActRefuse, by: ProgramOfficer, end: Refused, change: kind(ClearEthics), check: nothing},
		{name: "by its role", start: in(Refused), action: ActReopen, by: ProgramOfficer, actor: 5, end: Required, check: decided(time.Time{})},
		{name: "by another role", start: in(Refused), action: ActReopen, by: SecurityReviewer, reason: "not_your_duty"},
		{name: "of a case that is over", start: in(Refused), action: ActReopen, by: ProgramOfficer, reason: "case_not_running", change: at(NotAccepted)},
		{name: "its days are over", start: in(Cleared), action: ActExpire, by: System, end: Required, check: lost},
		{name: "its days are not over", start: in(Cleared), action: ActExpire, by: System, reason: "clearance_not_ended", change: func(f *F, _ *Command) { f.Ends = noon.Add(1) }},
		{name: "it has no end", start: in(Cleared), action: ActExpire, by: System, reason: "clearance_not_ended", change: func(f *F, _ *Command) { f.Ends = time.Time{} }},
		{name: "what it rested on is gone", start: in(Cleared), action: ActVoid, by: System, end: Required, check: func(t *testing.T, f *F, s *Step) {
			if f.Note != "n" || f.DecidedBy != 5 {
				t.Errorf("stored %+v", f.Clearance)
			}
			lost(t, f, s)
		}},
		{name: "without a word", start: in(Cleared), action: ActVoid, by: System, end: Required, change: func(f *F, c *Command) { c.Inputs = nil },
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Note != "before" {
					t.Errorf("the note is %q", f.Note)
				}
			}},
		{name: "of a case that was submitted only", start: in(Cleared), action: ActVoid, by: System, end: Required, change: at(Submitted), check: nothing},
		{name: "of a draft", start: in(Cleared), action: ActVoid, by: System, end: Required, change: at(Draft), check: nothing},
		{name: "of a case that is over", start: in(Cleared), action: ActVoid, by: System, end: Required, change: at(Declined), check: nothing},
		{name: "screened against an older list", start: in(Required), action: ActClear, by: SecurityReviewer, reason: "screening_stale",
			change: func(f *F, _ *Command) { f.Kind, f.Payee = ClearScreening, screenedBeforeLists }},
		{name: "though a hit stands", start: in(Required), action: ActClear, by: SecurityReviewer, reason: "screening_unresolved",
			change: func(f *F, _ *Command) { f.Kind, f.Payee = ClearScreening, listed }},
		{name: "by leave", start: in(Required), action: ActWaive, by: SelectingOfficial, end: Waived,
			check: func(t *testing.T, _ *F, s *Step) { wantChildren(t, s, "use exception 70") }},
		{name: "without leave", start: in(Required), action: ActWaive, by: SelectingOfficial, reason: ReasonException, change: func(f *F, _ *Command) { f.Exception = Exception{} }},
		{name: "by leave for another one", start: in(Required), action: ActWaive, by: SelectingOfficial, reason: ReasonException,
			change: func(f *F, _ *Command) { f.Exception.SubjectID = 91 }},
		{name: "of a case that is over", start: in(Required), action: ActWaive, by: SelectingOfficial, reason: "case_not_running", change: at(Withdrawn)},
	}
	for _, s := range []State{Screening, NeedsInformation, DeclineRecommended, Awarded, Appealed} {
		list = append(list, scenario[F]{name: "of a case that is " + s.String(), start: in(Cleared), action: ActVoid, by: System, end: Required, change: at(s), check: flagged})
	}
	for _, s := range []State{Recommended, Waitlisted} {
		list = append(list, scenario[F]{name: "of a case that is " + s.String(), start: in(Cleared), action: ActExpire, by: System, end: Required, change: at(s), check: lost})
	}
	runScenarios(t, Clearances, ready, list)
	for _, k := range ClearanceKinds {
		if !clearers.Has(ClearanceRole(k)) {
			t.Errorf("nobody clears %s", k)
		}
	}
}

func TestWhatIsMissingOfTheClearances(t *testing.T) {
	terms := &Terms{Clearances: []ClearanceTerm{{ClearMerit, 0}, {ClearEligibility, 0}, {ClearScreening, 90}}}
	held := []Clearance{{Record: Record{State: Cleared}, Kind: ClearScreening, Ends: noon},
		{Record: Record{State: Required}, Kind: ClearMerit}, {Record: Record{State: Refused}, Kind: ClearEthics}}
	if got, want := terms.Missing(held, noon), (Kinds{ClearScreening, ClearMerit}); !slices.Equal(got, want) {
		t.Errorf("missing %v, want %v", got, want)
	}
	if got := terms.Missing(held, noon.Add(-1)); !slices.Equal(got, Kinds{ClearMerit}) {
		t.Errorf("a moment before its end, missing %v", got)
	}
	held[1].State = Waived
	if got := terms.Missing(held, noon.Add(-1)); got != nil {
		t.Errorf("with a waived one, missing %v", got)
	}
	if got := terms.Missing(nil, noon); !slices.Equal(got, Kinds{ClearScreening, ClearMerit}) {
		t.Errorf("without a record, missing %v", got)
	}
	if got := (*Terms)(nil).Missing(held, noon); got != nil {
		t.Errorf("where nothing is required, missing %v", got)
	}
}

// The note of a clearance is for whose duty it is, who decides, and who audits.
func TestWhoReadsANote(t *testing.T) {
	for kind, want := range map[string][]Role{
		ClearSecurity: {SelectingOfficial, SecurityReviewer, Auditor, System}, ClearMerit: {ProgramOfficer, SelectingOfficial, Auditor, System},
		ClearFinances: {SelectingOfficial, GrantsOfficer, Auditor, System},
	} {
		for r := NoRole + 1; r < roles; r++ {
			if got := ReadsClearance(kind, RolesOf(r)); got != slices.Contains(want, r) {
				t.Errorf("%s reads the note of %s: %v", r, kind, got)
			}
		}
	}
}

// What a submission and newer terms require is made, and nothing twice.
func TestACaseGetsTheClearancesOfItsTerms(t *testing.T) {
	terms := &Terms{Clearances: []ClearanceTerm{{ClearEligibility, 0}, {ClearMerit, 0}, {ClearScreening, 90}}}
	var s Step
	terms.require(&s, 10, nil)
	(*Terms)(nil).require(&s, 10, nil)
	terms.require(&s, 10, []string{ClearScreening})
	var kinds []string
	for c := range s.Children() {
		if c.Noun != NounClearance || c.Action != ActRequire || c.Parent != 10 || c.ID != 0 {
			t.Errorf("raised %+v", c)
		}
		kinds = append(kinds, c.Inputs[0].Text)
	}
	if want := []string{ClearScreening, ClearMerit, ClearMerit}; !slices.Equal(kinds, want) {
		t.Errorf("required %v, want %v", kinds, want)
	}
}

func TestAClearanceIsRequiredAgainFromTheInstantAtWhichItEnds(t *testing.T) {
	for _, c := range []struct {
		clearance Clearance
		now       time.Time
		want      State
	}{
		{Clearance{Record: Record{State: Cleared}, Ends: noon}, noon.Add(-1), Cleared},
		{Clearance{Record: Record{State: Cleared}, Ends: noon}, noon, Required},
		{Clearance{Record: Record{State: Cleared}}, noon, Cleared},
		{Clearance{Record: Record{State: Waived}, Ends: noon}, noon, Waived},
		{Clearance{Record: Record{State: Refused}}, noon, Refused},
	} {
		if got := c.clearance.StateAt(c.now); got != c.want {
			t.Errorf("%s until %s is %s at %s, want %s", c.clearance.State, c.clearance.Ends, got, c.now, c.want)
		}
	}
}
