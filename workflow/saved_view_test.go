package workflow

import "testing"

func TestSavedView(t *testing.T) {
	type F = SavedViewFacts
	sent := func(c *Command, query, role string, program ID) {
		c.Inputs = []Input{fieldViewName.text("Water"), fieldViewQuery.text(query), fieldSharedIn.text(role), fieldShared.ref(program)}
	}
	ready := func(s State, a Action) (F, Command) {
		f, c := F{Held: []Role{ProgramOfficer}}, Command{ID: 9, Actor: Actor{Person: rita}, Received: noon}
		if s != None {
			f.SavedView = SavedView{Record: Record{ID: 9, State: s, Version: 1}, Person: rita, Name: "Late", Query: "view=late"}
		}
		if a != ActRevoke {
			sent(&c, "q=water&view=all", "reviewer", 3)
		}
		return f, c
	}
	with := func(query, role string, program ID) func(*F, *Command) {
		return func(_ *F, c *Command) { sent(c, query, role, program) }
	}
	runScenarios(t, SavedViews, ready, []scenario[F]{
		{name: "shared with a role", start: in(None), action: ActCreate, by: ProgramOfficer, end: Active,
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Person != rita || f.Name != "Water" || f.Query != "q=water&view=all" || f.SavedView.Program != 3 || f.Role != Reviewer {
					t.Errorf("saved %+v", f.SavedView)
				}
			}},
		{name: "one's own", start: in(None), action: ActCreate, by: Reviewer, end: Active, change: with("", "", 0)},
		{name: "changed", start: in(Active), action: ActUpdate, by: ProgramOfficer, end: Active, change: with("view=mine", "", 0),
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Query != "view=mine" || f.SavedView.Program != 0 || f.Role != NoRole {
					t.Errorf("saved %+v", f.SavedView)
				}
			}},
		{name: "taken back", start: in(Active), action: ActRevoke, by: Reviewer, end: Revoked},
		{name: "a place in the list", start: in(None), action: ActCreate, by: ProgramOfficer, reason: "query_unknown", change: with("view=all&after=5.7", "", 0)},
		{name: "no query", start: in(Active), action: ActUpdate, by: ProgramOfficer, reason: "query_unknown", change: with("view=%zz", "", 0)},
		{name: "a role of no program", start: in(None), action: ActCreate, by: ProgramOfficer, reason: "role_without_program", change: with("view=all", "reviewer", 0)},
		{name: "a role of no program", start: in(Active), action: ActUpdate, by: ProgramOfficer, reason: "role_without_program", change: with("view=all", "reviewer", 0)},
		{name: "a program of others", start: in(Active), action: ActUpdate, by: ProgramOfficer, reason: "program_not_yours", change: func(f *F, _ *Command) { f.Held = nil }},
		{name: "a program of others", start: in(None), action: ActCreate, by: ProgramOfficer, reason: "program_not_yours", change: func(f *F, _ *Command) { f.Held = nil }},
		{name: "another's", start: in(Active), action: ActUpdate, by: ProgramOfficer, actor: stranger, reason: "not_your_view"},
		{name: "another's", start: in(Active), action: ActRevoke, by: ProgramLead, actor: stranger, reason: "not_your_view"},
	})
}
