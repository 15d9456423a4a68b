package workflow

import (
	"testing"
)

func TestPanel(t *testing.T) {
	type F = PanelFacts
	ready := func(s State, a Action) (F, Command) {
		f := F{Opportunity: Opportunity{Record: Record{ID: 3, State: Closed}, Program: 2}, Able: true, Cases: []ID{100, 101}}
		c := Command{ID: 60, Actor: Actor{Person: stranger}, Received: noon}
		if s != None {
			f.Panel = Panel{Record: Record{ID: 60, State: s, Version: 1}, Program: 2, Opportunity: 3, Name: "Spring", Chair: 12, Quorum: 2, Members: ",12,15,"}
		}
		switch a {
		case ActCreate:
			c.Inputs = []Input{panelName.text("Spring"), fieldChair.ref(12), {Name: fieldQuorum.Name, Int: 2}}
		case ActUpdate:
			c.Inputs = []Input{{Name: fieldQuorum.Name, Int: 3}}
		case ActInvite:
			c.Inputs = []Input{fieldPerson.ref(14)}
		case ActStrike:
			c.Inputs = []Input{fieldPerson.ref(15)}
		case ActCancel:
			c.Inputs = []Input{fieldNote.text("no money")}
		}
		return f, c
	}
	members := func(want string) func(*testing.T, *F, *Step) {
		return func(t *testing.T, f *F, _ *Step) {
			if f.Members != want {
				t.Errorf("the members are %q, want %q", f.Members, want)
			}
		}
	}
	runScenarios(t, Panels, ready, []scenario[F]{
		{name: "with its chair as a member", start: in(None), action: ActCreate, by: ProgramOfficer, end: Draft,
			check: func(t *testing.T, f *F, _ *Step) {
				want := Panel{Record: f.Record, Program: 2, Opportunity: 3, Name: "Spring", Chair: 12, Quorum: 2, Members: ",12,"}
				if f.Panel != want {
					t.Errorf("made %+v", f.Panel)
				}
			}},
		{name: "a chair from elsewhere", start: in(None), action: ActCreate, by: ProgramLead, reason: "not_of_the_program", change: facts(func(f *F) { f.Able = false })},
		{name: "a larger quorum", start: in(Draft), action: ActUpdate, by: ProgramLead, end: Draft,
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Quorum != 3 || f.Name != "Spring" {
					t.Errorf("changed to %+v", f.Panel)
				}
			}},
		{name: "one more member", start: in(Draft), action: ActInvite, by: ProgramLead, end: Draft, check: members(",12,14,15,")},
		{name: "a member twice", start: in(Draft), action: ActInvite, by: ProgramLead, reason: "member_already", change: asking[F](fieldPerson.ref(15))},
		{name: "a member from elsewhere", start: in(Draft), action: ActInvite, by: ProgramLead, reason: "not_of_the_program", change: facts(func(f *F) { f.Able = false })},
		{name: "one member less", start: in(Draft), action: ActStrike, by: ProgramOfficer, end: Draft, check: members(",12,")},
		{name: "somebody who is none", start: in(Draft), action: ActStrike, by: ProgramOfficer, reason: "not_a_member", change: asking[F](fieldPerson.ref(1))},
		{name: "the chair", start: in(Draft), action: ActStrike, by: ProgramOfficer, reason: "that_is_the_chair", change: asking[F](fieldPerson.ref(12))},
		{name: "with all cases", start: in(Draft), action: ActStart, by: ProgramOfficer, end: Open,
			check: func(t *testing.T, _ *F, s *Step) {
				wantChildren(t, s, "create deliberation 0", "create deliberation 0")
			}},
		{name: "with too few", start: in(Draft), action: ActStart, by: ProgramOfficer, reason: "quorum_missing", change: facts(func(f *F) { f.Quorum = 3 })},
		{name: "without cases", start: in(Draft), action: ActStart, by: ProgramOfficer, reason: "panel_has_no_cases", change: facts(func(f *F) { f.Cases = nil })},
		{name: "when all is agreed on", start: in(Open), action: ActClose, by: ProgramLead, end: Closed},
		{name: "with a case open", start: in(Open), action: ActClose, by: ProgramLead, reason: "panel_cases_open", change: facts(func(f *F) { f.Panel.Quorum, f.Open = 1, 1 })},
		{name: "at any time", start: in(Draft, Open), action: ActCancel, by: ProgramLead, end: Cancelled},
	})
}

func TestDeliberation(t *testing.T) {
	type F = DeliberationFacts
	ready := func(s State, a Action) (F, Command) {
		f := F{Panel: Panel{Record: Record{ID: 60, State: Open}, Program: 2, Chair: 12, Quorum: 2, Members: ",12,14,15,"},
			Application: Application{Record: Record{ID: 100, State: InReview}, Program: 2}}
		c := Command{ID: 70, Actor: Actor{Person: 12}, Received: noon}
		if s != None {
			f.Deliberation = Deliberation{Record: Record{ID: 70, State: s, Version: 1}, Program: 2, Panel: 60, Application: 100, Out: ","}
		}
		switch a {
		case ActCreate:
			f.Barred = []ID{15}
			c.Inputs = []Input{fieldCase.ref(100)}
		case ActConfirm:
			c.Inputs = []Input{{Name: fieldPoints.Name, Int: 84}, {Name: fieldPresent.Name, Int: 3}, fieldMinutes.text("Sound.")}
		case ActReopen, ActRecuse, ActWithdraw:
			c.Inputs = []Input{fieldNote.text("my sister works there")}
		}
		return f, c
	}
	present := func(n int64) func(*F, *Command) { return asking[F](Input{Name: fieldPresent.Name, Int: n}) }
	runScenarios(t, Deliberations, ready, []scenario[F]{
		{name: "without who has no part in it", start: in(None), action: ActCreate, by: System, end: Open,
			check: func(t *testing.T, f *F, _ *Step) {
				if !f.SteppedOut(15) || f.SteppedOut(14) || f.Deliberation.Application != 100 || f.Program != 2 {
					t.Errorf("made %+v", f.Deliberation)
				}
			}},
		{name: "by the chair", start: in(Open), action: ActConfirm, by: Reviewer, actor: 12, end: Confirmed,
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Score != 84 || f.Present != 3 || f.Minutes != "Sound." || f.ConfirmedBy != 12 {
					t.Errorf("agreed on %+v", f.Deliberation)
				}
			}},
		{name: "by a member, the chair being out", start: in(Open), action: ActConfirm, by: ProgramOfficer, actor: 14, end: Confirmed,
			change: func(f *F, c *Command) { f.Out = ",12,"; present(2)(f, c) }},
		{name: "by the chair who is out", start: in(Open), action: ActConfirm, by: Reviewer, actor: 12, reason: "not_the_chair", change: facts(func(f *F) { f.Out = ",12," })},
		{name: "by another member", start: in(Open), action: ActConfirm, by: Reviewer, actor: 14, reason: "not_the_chair"},
		{name: "by too few", start: in(Open), action: ActConfirm, by: Reviewer, actor: 12, reason: "quorum_missing", change: present(1)},
		{name: "by more than take part", start: in(Open), action: ActConfirm, by: Reviewer, actor: 12, reason: "too_many_present", change: facts(func(f *F) { f.Out = ",15," })},
		{name: "when it is over", start: in(Open), action: ActConfirm, by: Reviewer, actor: 12, reason: "panel_not_open", change: facts(func(f *F) { f.Panel.State = Closed })},
		{name: "when it is decided", start: in(Open), action: ActConfirm, by: Reviewer, actor: 12, reason: "application_not_under_review",
			change: facts(func(f *F) { f.Application.State = Declined })},
		{name: "when it is decided", start: in(Confirmed), action: ActReopen, by: Reviewer, actor: 12, reason: "application_not_under_review",
			change: facts(func(f *F) { f.Application.State = Declined })},
		{name: "by the chair", start: in(Confirmed), action: ActReopen, by: Reviewer, actor: 12, end: Open,
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Score != 0 || f.ConfirmedBy != 0 || f.Note == "" {
					t.Errorf("opened %+v", f.Deliberation)
				}
			}},
		{name: "by another member", start: in(Confirmed), action: ActReopen, by: Reviewer, actor: 14, reason: "not_the_chair"},
		{name: "when it is over", start: in(Confirmed), action: ActReopen, by: Reviewer, actor: 12, reason: "panel_not_open", change: facts(func(f *F) { f.Panel.State = Cancelled })},
		{name: "by a member", start: in(Open), action: ActRecuse, by: Reviewer, actor: 14, end: Open,
			check: func(t *testing.T, f *F, s *Step) {
				if wantChildren(t, s, "create conflict 0"); !f.SteppedOut(14) {
					t.Errorf("out are %q", f.Out)
				}
			}},
		{name: "by a member who is tied already", start: in(Open), action: ActRecuse, by: Reviewer, actor: 14, end: Open,
			change: facts(func(f *F) { f.Conflict = Conflict{Record: Record{ID: 90, State: Waived}} }),
			check:  func(t *testing.T, _ *F, s *Step) { wantChildren(t, s, "update conflict 90") }},
		{name: "by somebody else", start: in(Open), action: ActRecuse, by: ProgramOfficer, actor: 99, reason: "you_are_no_member"},
		{name: "when it is over", start: in(Open), action: ActRecuse, by: Reviewer, actor: 14, reason: "panel_not_open", change: facts(func(f *F) { f.Panel.State = Closed })},
		{name: "by the officer", start: in(Open), action: ActWithdraw, by: ProgramOfficer, end: Withdrawn},
	})
}
