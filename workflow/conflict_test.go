package workflow

import (
	"slices"
	"testing"
)

func TestConflict(t *testing.T) {
	type F = ConflictFacts
	ready := func(s State, a Action) (F, Command) {
		f, c := F{Application: Application{Record: Record{ID: 100, State: InReview}, Program: 2}, Found: tie}, Command{ID: 9, Parent: 100, Actor: Actor{Person: stranger}, Received: noon}
		if s != None {
			f.Conflict = Conflict{Record: Record{ID: 9, State: s, Version: 1}, Application: 100, Program: 2, Person: rita}
		}
		switch a {
		case ActCreate:
			c.Inputs = []Input{fieldPerson.ref(rita)}
		case ActConfirm:
			c.Inputs = []Input{fieldNote.text("a cousin")}
		case ActWaive:
			c.Inputs = []Input{fieldPlan.text("scores the others only")}
		}
		return f, c
	}
	runScenarios(t, Conflicts, ready, []scenario[F]{
		{name: "found", start: in(None), action: ActCreate, by: System, end: Open,
			check: func(t *testing.T, f *F, s *Step) {
				if wantChildren(t, s); f.Person != rita || f.Conflict.Application != 100 || f.Program != 2 || !slices.Equal(f.Ties.List(), tie) {
					t.Errorf("found %+v", f.Conflict)
				}
			}},
		{name: "declared, with nothing found", start: in(None), action: ActCreate, by: System, end: Open,
			change: func(f *F, c *Command) { f.Found, c.Inputs = nil, append(c.Inputs, fieldDeclared.text("my sister")) },
			check: func(t *testing.T, f *F, _ *Step) {
				if got := f.Ties.List(); len(got) != 1 || got[0].By != TieDeclared || got[0].A != "my sister" {
					t.Errorf("declared %+v", f.Conflict)
				}
			}},
		{name: "without a tie", start: in(None), action: ActCreate, by: System, reason: "ties_unchanged", change: facts(func(f *F) { f.Found = nil })},
		{name: "with another tie", start: in(Open, Waived), action: ActUpdate, by: System, end: Open,
			change: facts(func(f *F) { f.Ties = Signs(mustJSON([]Sign{{By: TieFormer}})) }),
			check: func(t *testing.T, f *F, _ *Step) {
				if got := f.Ties.List(); !slices.Equal(got, append(slices.Clone(tie), Sign{By: TieFormer})) {
					t.Errorf("ties are %v", got)
				}
			}},
		{name: "with what is known", start: in(Waived), action: ActUpdate, by: System, reason: "ties_unchanged",
			change: facts(func(f *F) { f.Ties = Signs(mustJSON(tie)) })},
		{name: "and the review goes", start: in(Open, Waived), action: ActConfirm, by: ProgramLead, end: Confirmed,
			change: facts(func(f *F) { f.Review.ID = 500 }),
			check:  func(t *testing.T, _ *F, s *Step) { wantChildren(t, s, "strike review 500") }},
		{name: "without a review", start: in(Open), action: ActConfirm, by: SelectingOfficial, end: Confirmed,
			check: func(t *testing.T, f *F, s *Step) {
				if wantChildren(t, s); f.DecidedBy != stranger || f.Note != "a cousin" {
					t.Errorf("confirmed %+v", f.Conflict)
				}
			}},
		{name: "with a plan", start: in(Open), action: ActWaive, by: ProgramLead, end: Waived,
			check: func(t *testing.T, f *F, s *Step) {
				if wantChildren(t, s); f.DecidedBy != stranger || f.Plan != "scores the others only" || f.Bars() {
					t.Errorf("waived %+v", f.Conflict)
				}
			}},
		{name: "by whom it is about", start: in(Open), action: ActWaive, by: ProgramLead, actor: rita, reason: "that_is_you"},
		{name: "by whom it is about", start: in(Open, Waived), action: ActConfirm, by: ProgramLead, actor: rita, reason: "that_is_you"},
		{name: "by who invited them", start: in(Open), action: ActWaive, by: ProgramLead, actor: olga, reason: "you_invited_them",
			change: facts(func(f *F) { f.Review.InvitedBy = olga })},
		{name: "by whose deputy invited them", start: in(Open), action: ActWaive, by: ProgramLead, actor: olga, reason: "you_invited_them",
			change: func(f *F, c *Command) { f.Review.InvitedBy, c.Stood = rita, []ID{rita} }},
	})
}

func TestInterest(t *testing.T) {
	type F = InterestFacts
	ready := func(s State, a Action) (F, Command) {
		f, c := F{}, Command{ID: 9, Actor: Actor{Person: rita}, Received: noon}
		if s != None {
			f.Interest = Interest{Record: Record{ID: 9, State: s, Version: 1}, Person: rita, Kind: InterestEmployer, Name: "Acme"}
		}
		if a == ActCreate {
			c.Inputs = []Input{fieldInterestKind.text(InterestPerson), fieldName.text("Ada Byron")}
		}
		return f, c
	}
	runScenarios(t, Interests, ready, []scenario[F]{
		{name: "one's own", start: in(None), action: ActCreate, by: Reviewer, end: Active,
			check: func(t *testing.T, f *F, s *Step) {
				if f.Person != rita || f.Kind != InterestPerson || f.Name != "Ada Byron" {
					t.Errorf("told %+v", f.Interest)
				}
				wantJobs(t, s, Job{Kind: JobTies, Record: rita})
			}},
		{name: "one's own", start: in(Active), action: ActRevoke, by: Reviewer, end: Revoked},
		{name: "another's", start: in(Active), action: ActRevoke, by: ProgramOfficer, actor: stranger, reason: "not_your_interest"},
	})
}

func TestWhatTiesAPersonToAnApplicant(t *testing.T) {
	acme := ApplicantGroup{Names: []string{"Acme Robotics, Inc.", "Acme Holdings LLC"}, Emails: []string{"info@acme.example", "ceo@labs.acme.example"},
		People: []string{"Ada Byron"}, Members: []ID{5, 6}, Awarded: []ID{6}}
	for name, c := range map[string]struct {
		p    Tied
		want []string
	}{
		"nothing":                  {Tied{Email: "rita@doe.example"}, nil},
		"a mail domain":            {Tied{Email: "Rita@ACME.example"}, []string{TieDomain}},
		"a part of its domain":     {Tied{Email: "rita@mail.acme.example."}, []string{TieDomain}},
		"the end of its name":      {Tied{Email: "rita@notacme.example"}, nil},
		"an employer":              {Tied{Interests: []Interest{{Kind: InterestEmployer, Name: "ACME ROBOTICS"}}}, []string{TieEmployer}},
		"an affiliate":             {Tied{Interests: []Interest{{Kind: InterestEmployer, Name: "Acme Holding LLC"}}}, []string{TieEmployer}},
		"somebody there":           {Tied{Interests: []Interest{{Kind: InterestPerson, Name: "Byron, Ada"}}}, []string{TieRelation}},
		"a person called like it":  {Tied{Interests: []Interest{{Kind: InterestPerson, Name: "Acme Robotics"}}}, nil},
		"a company called like it": {Tied{Interests: []Interest{{Kind: InterestEmployer, Name: "Ada Byron"}}}, nil},
		"who was there":            {Tied{Former: []ID{5}}, []string{TieFormer}},
		"who was there, awarded":   {Tied{Former: []ID{6, 7}}, []string{TieAward}},
	} {
		var got []string
		for _, one := range c.p.TiesTo(&acme) {
			got = append(got, one.By)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	public := ApplicantGroup{Emails: []string{"acme@gmail.com"}}
	if got := (&Tied{Email: "rita@GMail.com"}).TiesTo(&public); len(got) > 0 {
		t.Errorf("a public provider: %v", got)
	}
}
