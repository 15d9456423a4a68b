package workflow

import "testing"

type holdScenario = scenario[HoldFacts]

func readyHold(s State, a Action) (HoldFacts, Command) {
	f := HoldFacts{
		Hold: Hold{Record: Record{ID: 600, State: s, Version: 1}, Program: 2, Subject: NounApplication, SubjectID: 100,
			Reason: "tip", PlacedBy: olga},
		Standing:     Standing{Holds: 2, Reason: "other"},
		SubjectFound: true,
	}
	c := Command{ID: 600, Parent: 2, Actor: Actor{Person: olga}, Received: noon}
	switch a {
	case ActPlace:
		f.Hold = Hold{}
		c.Inputs = []Input{fieldSubject.text("application"), fieldSubjectID.ref(100), fieldReason.text("tip"),
			fieldNextLook.day(DateOf(noon).AddDays(7)), fieldRestricted.check()}
	case ActLift:
		c.Actor.Person = sam
		c.Inputs = []Input{fieldNote.text("cleared")}
	}
	return f, c
}

func TestHold(t *testing.T) {
	type F = HoldFacts
	restricted := func(f *F) {
		f.Hold.Restricted = true
		f.Exception = Exception{Record: Record{ID: 300, State: Approved}, Act: LiftRestrictedHold, SubjectID: 600, Ends: noon.Add(1)}
	}
	list := []holdScenario{
		{name: "by the system, which looks again in a month", start: in(None), action: ActPlace, by: System, end: Placed,
			change: func(_ *F, c *Command) { c.Actor, c.Inputs = Actor{}, c.Inputs[:3] },
			check: func(t *testing.T, f *F, _ *Step) {
				if f.PlacedBy != 0 || f.Hold.NextLook != DateOf(noon).AddDays(30) || f.Hold.Restricted {
					t.Errorf("placed %+v", f.Hold)
				}
			}},
		{name: "on nothing", start: in(None), action: ActPlace, by: ProgramOfficer, reason: "subject_unknown",
			change: facts(func(f *F) { f.SubjectFound = false })},
		{name: "on a routing number", start: in(None), action: ActPlace, by: SecurityReviewer, end: Placed,
			change: func(_ *F, c *Command) {
				c.Inputs = []Input{fieldSubject.text("program"), fieldSubjectID.ref(2), fieldReason.text("tip"), fieldNextLook.day(DateOf(noon).AddDays(7)), holdRouting.text("021000021")}
			},
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Routing != "021000021" || f.Hold.Program != 0 || f.SubjectID != 2 {
					t.Errorf("placed %+v", f.Hold)
				}
			}},
		{name: "on a routing number with a wrong check digit", start: in(None), action: ActPlace, by: SecurityReviewer, reason: "routing_invalid",
			change: asking[F](holdRouting.text("021000022"))},
		{name: "on a routing number and a case", start: in(None), action: ActPlace, by: SecurityReviewer, reason: "routing_hold_of_program",
			change: asking[F](holdRouting.text("021000021"))},
		{name: "looking today", start: in(None), action: ActPlace, by: ProgramOfficer, reason: "next_look_in_the_past",
			change: asking[F](fieldNextLook.day(DateOf(noon)))},
		{name: "never looking again", start: in(None), action: ActPlace, by: ProgramOfficer, reason: "next_look_in_the_past",
			change: func(_ *F, c *Command) { c.Inputs = c.Inputs[:3] }},

		{name: "by who placed it", start: in(Placed), action: ActLift, by: ProgramOfficer, actor: olga, reason: "you_placed_this"},
		{name: "what the system placed", start: in(Placed), action: ActLift, by: ProgramOfficer, actor: olga, end: Lifted,
			change: facts(func(f *F) { f.PlacedBy = 0 })},
		{name: "a restricted one", start: in(Placed), action: ActLift, by: SecurityReviewer, end: Lifted, change: facts(restricted),
			check: func(t *testing.T, _ *F, s *Step) { wantChildren(t, s, "use exception 300") }},
		{name: "a restricted one without an exception", start: in(Placed), action: ActLift, by: SecurityReviewer, reason: "exception_missing",
			change: facts(func(f *F) { restricted(f); f.Exception = Exception{} })},
		{name: "a restricted one with another's exception", start: in(Placed), action: ActLift, by: SecurityReviewer, reason: "exception_missing",
			change: facts(func(f *F) { restricted(f); f.Exception.SubjectID = 601 })},
	}
	for _, who := range []Role{ProgramOfficer, GrantsOfficer, FinanceCertifier, SecurityReviewer, SelectingOfficial} {
		list = append(list,
			holdScenario{name: "though others stand", start: in(None), action: ActPlace, by: who, end: Placed,
				check: func(t *testing.T, f *F, _ *Step) {
					want := Hold{Record: f.Record, Program: 2, Subject: NounApplication, SubjectID: 100, Reason: "tip",
						NextLook: DateOf(noon).AddDays(7), Restricted: true, PlacedBy: olga}
					if f.Hold != want {
						t.Errorf("placed %+v, want %+v", f.Hold, want)
					}
				}},
			holdScenario{name: "by another person", start: in(Placed), action: ActLift, by: who, end: Lifted,
				check: func(t *testing.T, f *F, s *Step) {
					if f.LiftedBy != sam || f.Note != "cleared" {
						t.Errorf("lifted %+v", f.Hold)
					}
					wantChildren(t, s)
				}})
	}
	runScenarios(t, Holds, readyHold, list)
}
