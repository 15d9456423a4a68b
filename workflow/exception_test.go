package workflow

import (
	"slices"
	"testing"
	"time"
)

type exceptionScenario = scenario[ExceptionFacts]

func readyException(s State, a Action) (ExceptionFacts, Command) {
	f := ExceptionFacts{
		Exception: Exception{Record: Record{ID: 300, State: s, Version: 1}, Program: 2, Act: Rectify, Subject: NounApplication,
			SubjectID: 100, RequestedBy: olga},
		Standing:     Standing{Holds: 1},
		SubjectFound: true,
	}
	c := Command{ID: 300, Parent: 2, Actor: Actor{Person: sam}, Received: noon}
	switch a {
	case ActRequest:
		f.Exception = Exception{}
		c.Actor.Person = olga
		c.Inputs = []Input{fieldAct.text(Rectify), fieldSubjectID.ref(100), fieldReason.text("wrong file")}
	case ActApprove, ActDeny:
		c.Inputs = []Input{fieldNote.text("seen")}
	case ActUse:
		f.Ends = noon.Add(1)
	case ActLapse:
		f.Ends = noon
	}
	return f, c
}

// What an exception can be asked for is what a table does with one.
func TestAnExceptionIsForWhatATableDoes(t *testing.T) {
	actions := map[string]Action{LateExtension: ActExtend, LiftRestrictedHold: ActLift, Misdirect: ActMisdirect, Rectify: ActRectify, Waive: ActWaive, WriteOff: ActWriteOff}
	for _, act := range ExceptionActs {
		terms, action := exceptionTerms[act], actions[act]
		if (action == NoAction) != (len(terms.states) == 0) || ApproversOf(act) == 0 {
			t.Errorf("%s: from %v, by %v", act, terms.states, ApproversOf(act).List())
		}
		for _, s := range terms.states {
			row := RowOf(terms.subject, action, s, 0)
			if row == nil || !slices.Contains(row.Reasons, ReasonException) || !slices.Contains(ExceptionsFor(terms.subject, s), act) {
				t.Errorf("%s from %s asks for no exception", act, s)
			}
		}
	}
	if acts := ExceptionsFor(NounApplication, InReview); len(acts) > 0 {
		t.Errorf("a case in review needs leave for %q", acts)
	}
}

func TestException(t *testing.T) {
	type F = ExceptionFacts
	list := []exceptionScenario{
		{name: "of an act that needs none", start: in(None), action: ActRequest, by: ProgramOfficer, reason: "act_unknown",
			change: asking[F](fieldAct.text("award"))},
		{name: "for nothing", start: in(None), action: ActRequest, by: ProgramOfficer, reason: "subject_unknown",
			change: facts(func(f *F) { f.SubjectFound = false })},
		{name: "by who requested it", start: in(Requested), action: ActApprove, by: SelectingOfficial, actor: olga, reason: "you_requested_this"},
		{name: "by who requested it", start: in(Requested), action: ActDeny, by: SelectingOfficial, actor: olga, reason: "you_requested_this"},
		{name: "by another duty", start: in(Requested), action: ActApprove, by: GrantsOfficer, reason: "not_your_duty"},
		{name: "by another duty", start: in(Requested), action: ActDeny, by: ProgramLead, reason: "not_your_duty"},
		{name: "by the official", start: in(Requested), action: ActDeny, by: SelectingOfficial, end: Denied,
			check: func(t *testing.T, f *F, _ *Step) {
				if f.DecidedBy != sam || f.Note != "seen" || !f.Ends.IsZero() {
					t.Errorf("denied %+v", f.Exception)
				}
			}},
		{name: "in time", start: in(Approved), action: ActUse, by: System, end: Used},
		{name: "at its end", start: in(Approved), action: ActUse, by: System, reason: "exception_ended",
			change: facts(func(f *F) { f.Ends = noon })},
		{name: "at its end", start: in(Approved), action: ActLapse, by: System, end: Lapsed},
		{name: "a moment early", start: in(Approved), action: ActLapse, by: System, reason: "exception_not_ended",
			change: facts(func(f *F) { f.Ends = noon.Add(1) })},
	}
	for _, act := range []struct {
		name      string
		subject   Noun
		duty, top Role
	}{
		{LateExtension, NounApplication, ProgramLead, SelectingOfficial},
		{LiftRestrictedHold, NounHold, SecurityReviewer, SelectingOfficial},
		{Misdirect, NounPayment, GrantsOfficer, SelectingOfficial},
		{Rectify, NounApplication, SelectingOfficial, AppealsOfficial},
		{Waive, NounClearance, SelectingOfficial, AppealsOfficial},
	} {
		list = append(list, exceptionScenario{name: act.name, start: in(None), action: ActRequest, by: act.duty, end: Requested,
			change: asking[F](fieldAct.text(act.name)),
			check: func(t *testing.T, f *F, _ *Step) {
				want := Exception{Record: f.Record, Program: 2, Act: act.name, Subject: act.subject, SubjectID: 100,
					Reason: "wrong file", RequestedBy: olga}
				if f.Exception != want {
					t.Errorf("requested %+v, want %+v", f.Exception, want)
				}
			}})
		for _, who := range []Role{act.duty, act.top} {
			list = append(list, exceptionScenario{name: act.name, start: in(Requested), action: ActApprove, by: who, end: Approved,
				change: facts(func(f *F) { f.Act = act.name }),
				check: func(t *testing.T, f *F, _ *Step) {
					if f.DecidedBy != sam || f.Note != "seen" || !f.Ends.Equal(noon.AddDate(0, 0, 30)) {
						t.Errorf("approved %+v", f.Exception)
					}
				}})
		}
	}
	runScenarios(t, Exceptions, readyException, list)
}

func TestEveryActHasTerms(t *testing.T) {
	if !slices.IsSorted(ExceptionActs) || len(ExceptionActs) != len(exceptionTerms) {
		t.Errorf("%q are not the %d acts, sorted", ExceptionActs, len(exceptionTerms))
	}
	for _, act := range ExceptionActs {
		if SubjectOf(act) == NoNoun || exceptionTerms[act].approvers&^exceptionApprovers != 0 {
			t.Errorf("%s is done to %s, by leave of %v", act, SubjectOf(act), exceptionTerms[act].approvers.List())
		}
	}
}

func TestAnExceptionAllowsOneActOnOneRecordForAWhile(t *testing.T) {
	sound := Exception{Record: Record{State: Approved}, Act: Rectify, SubjectID: 100, Ends: noon}
	if !sound.Allows(Rectify, 100, noon.Add(-1)) {
		t.Error("an approved exception must allow its act")
	}
	for name, change := range map[string]func(*Exception){
		"another act":    func(e *Exception) { e.Act = Waive },
		"another record": func(e *Exception) { e.SubjectID = 101 },
		"used":           func(e *Exception) { e.State = Used },
		"ended":          func(e *Exception) { e.Ends = e.Ends.Add(-time.Second) },
	} {
		e := sound
		change(&e)
		if e.Allows(Rectify, 100, noon.Add(-time.Second)) {
			t.Errorf("%s: allowed", name)
		}
	}
}
