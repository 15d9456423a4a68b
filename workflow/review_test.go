package workflow

import (
	"slices"
	"strconv"
	"testing"
	"time"
)

type reviewScenario = scenario[ReviewFacts]

var tie = []Sign{{By: TieDomain, A: "acme.example", B: "acme.example"}}

func reviewIn(s State) ReviewFacts {
	f := ReviewFacts{
		Review: Review{Record: Record{ID: 500, State: s, Version: 2}, Application: 100, Program: 2, Reviewer: rita, InvitedBy: olga,
			Due: DateOf(noon).AddDays(14)},
		Application: Application{Record: Record{ID: 100, State: InReview}, Program: 2},
		IsReviewer:  true,
	}
	switch s {
	case None:
		f.Review = Review{}
	case Submitted:
		f.Scores, f.Mean, f.SubmittedAt = `{"impact":"70","plan":"50","team":"60","technical_merit":"80"}`, 70_00, noon.AddDate(0, 0, -1)
	}
	return f
}

func readyReview(s State, a Action) (ReviewFacts, Command) {
	f, c := reviewIn(s), Command{ID: 500, Parent: 100, Actor: Actor{Person: rita}, Received: noon}
	switch a {
	case ActInvite:
		c.Actor.Person = olga
		c.Inputs = []Input{fieldReviewer.ref(rita), fieldDue.day(DateOf(noon).AddDays(14))}
	case ActAccept:
		c.Inputs = []Input{fieldNoConflict.check()}
	case ActSubmit, ActSave:
		c.Inputs = scored(80, 70, 60, 50)
	case ActLapse:
		f.Due = DateOf(noon).AddDays(-1)
	case ActReopen, ActDecline, ActRecuse, ActStrike, ActWithdraw, ActDeclare:
		c.Inputs = []Input{fieldNote.text("why")}
	}
	return f, c
}

func scored(points ...int64) []Input {
	inputs := []Input{fieldComment.text("sound"), fieldFeedback.text("well done")}
	given := map[string]string{}
	for i, p := range points {
		given[Rubric[i].Name] = strconv.FormatInt(p, 10)
	}
	return append(inputs, fieldScores.text(AnswersText(given)))
}

func TestReview(t *testing.T) {
	type F = ReviewFacts
	list := []reviewScenario{
		{name: "a reviewer", start: in(None), action: ActInvite, by: ProgramOfficer, end: Invited,
			check: func(t *testing.T, f *F, _ *Step) {
				want := Review{Record: f.Record, Application: 100, Program: 2, Reviewer: rita, InvitedBy: olga, Due: DateOf(noon).AddDays(14)}
				if f.Review != want {
					t.Errorf("invited %+v, want %+v", f.Review, want)
				}
			}},
		{name: "to a draft", start: in(None), action: ActInvite, by: ProgramOfficer, reason: "application_not_under_review",
			change: facts(func(f *F) { f.Application.State = Draft })},
		{name: "to an awarded case", start: in(None), action: ActInvite, by: ProgramOfficer, reason: "application_not_under_review",
			change: facts(func(f *F) { f.Application.State = Awarded })},
		{name: "somebody else", start: in(None), action: ActInvite, by: ProgramOfficer, reason: "not_a_reviewer",
			change: facts(func(f *F) { f.IsReviewer = false })},
		{name: "a member of the organization", start: in(None), action: ActInvite, by: ProgramOfficer, reason: "reviewer_conflicted",
			change: facts(func(f *F) { f.Conflicted = true })},
		{name: "twice", start: in(None), action: ActInvite, by: ProgramOfficer, reason: "reviewer_assigned",
			change: facts(func(f *F) { f.OtherLive = true })},
		{name: "with as many as they take", start: in(None), action: ActInvite, by: ProgramOfficer, reason: "reviewer_full",
			change: facts(func(f *F) { f.Live, f.MaxReviews = 3, 3 })},
		{name: "due today", start: in(None), action: ActInvite, by: ProgramOfficer, reason: "due_in_the_past",
			change: asking[F](fieldDue.day(DateOf(noon)))},

		{name: "after declaring no conflict", start: in(Invited), action: ActAccept, by: Reviewer, end: Accepted,
			check: func(t *testing.T, f *F, _ *Step) {
				if !f.NoConflict {
					t.Error("the declaration is not kept")
				}
			}},
		{name: "without declaring", start: in(Invited), action: ActAccept, by: Reviewer, reason: "conflict_undeclared",
			change: asking[F](Input{Name: "no_conflict", Int: 0})},
		{name: "with a conflict found since", start: in(Invited), action: ActAccept, by: Reviewer, reason: "reviewer_conflicted",
			change: facts(func(f *F) { f.Conflicted = true })},
		{name: "of a withdrawn case", start: in(Invited), action: ActAccept, by: Reviewer, reason: "application_not_under_review",
			change: facts(func(f *F) { f.Application.State = Withdrawn })},

		{name: "who is tied to the applicant", start: in(None), action: ActInvite, by: ProgramOfficer, reason: "reviewer_tied",
			change: facts(func(f *F) { f.Ties = tie })},
		{name: "whose tie was waived", start: in(None), action: ActInvite, by: ProgramOfficer, end: Invited,
			change: facts(func(f *F) {
				f.Ties, f.Conflict = tie, Conflict{Record: Record{ID: 9, State: Waived}, Ties: Signs(mustJSON(tie))}
			})},
		{name: "though there is an open conflict", start: in(Invited), action: ActAccept, by: Reviewer, reason: "reviewer_tied",
			change: facts(func(f *F) { f.Conflict = Conflict{Record: Record{ID: 9, State: Open}} })},
		{name: "with a tie that was not there when one was waived", start: in(Accepted), action: ActSubmit, by: Reviewer, reason: "reviewer_tied",
			change: facts(func(f *F) { f.Ties, f.Conflict = tie, Conflict{Record: Record{ID: 9, State: Waived}} })},
		{name: "before the case is opened", start: in(Invited), action: ActDeclare, by: Reviewer, end: Invited,
			check: func(t *testing.T, _ *F, s *Step) { wantChildren(t, s, "create conflict 0") }},
		{name: "while writing, after one that was waived", start: in(Accepted), action: ActDeclare, by: Reviewer, end: Accepted,
			change: facts(func(f *F) { f.Conflict = Conflict{Record: Record{ID: 9, State: Waived}} }),
			check: func(t *testing.T, f *F, s *Step) {
				if wantChildren(t, s, "update conflict 9"); f.Scores != "" || f.Note != "" {
					t.Errorf("declared %+v", f.Review)
				}
			}},

		{name: "with all scores", start: in(Accepted), action: ActSubmit, by: Reviewer, end: Submitted,
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Scores != `{"impact":"70","plan":"50","team":"60","technical_merit":"80"}` || f.Mean != 70_00 || !f.SubmittedAt.Equal(noon) ||
					f.Comment != "sound" || f.Feedback != "well done" {
					t.Errorf("submitted %+v", f.Review)
				}
			}},
		{name: "with the extremes", start: in(Accepted), action: ActSubmit, by: Reviewer, end: Submitted,
			change: func(_ *F, c *Command) { c.Inputs = scored(0, 100, 0, 100) },
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Mean != 40_00 {
					t.Errorf("mean is %d, want 4000", f.Mean)
				}
			}},
		{name: "without a score", start: in(Accepted), action: ActSubmit, by: Reviewer, reason: "scores_missing",
			change: func(_ *F, c *Command) { c.Inputs = scored(80, 70, 60) }},
		{name: "with 101 points", start: in(Accepted), action: ActSubmit, by: Reviewer, reason: "score_out_of_range",
			change: func(_ *F, c *Command) { c.Inputs = scored(80, 101, 60, 50) }},
		{name: "with -1 points", start: in(Accepted), action: ActSubmit, by: Reviewer, reason: "score_out_of_range",
			change: func(_ *F, c *Command) { c.Inputs = scored(80, 70, 60, -1) }},
		{name: "with a conflict found since", start: in(Accepted), action: ActSubmit, by: Reviewer, reason: "reviewer_conflicted",
			change: facts(func(f *F) { f.Conflicted = true })},
		{name: "of a decided case", start: in(Accepted), action: ActSubmit, by: Reviewer, reason: "application_not_under_review",
			change: facts(func(f *F) { f.Application.State = Declined })},

		{name: "some of it, though a hold stands", start: in(Accepted), action: ActSave, by: Reviewer, end: Accepted,
			change: func(f *F, c *Command) { f.Holds, c.Inputs = 1, scored(80) },
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Scores != `{"technical_merit":"80"}` || f.Mean != 0 || f.Comment != "sound" {
					t.Errorf("saved %+v", f.Review)
				}
			}},
		{name: "101 points", start: in(Accepted), action: ActSave, by: Reviewer, reason: "score_out_of_range",
			change: func(_ *F, c *Command) { c.Inputs = scored(101) }},
		{name: "points for no criterion", start: in(Accepted), action: ActSave, by: Reviewer, reason: "score_out_of_range",
			change: asking[F](fieldScores.text(`{"charm":"50"}`))},
		{name: "by the rubric of the program's file", start: in(Accepted), action: ActSubmit, by: Reviewer, end: Submitted,
			change: func(f *F, c *Command) {
				f.Terms = &Terms{Rubric: []Criterion{{Name: "need", Weight: 75}, {Name: "reach", Weight: 25}}}
				c.Inputs = []Input{fieldComment.text("sound"), fieldScores.text(`{"need":"80","reach":"40"}`)}
			},
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Scores != `{"need":"80","reach":"40"}` || f.Mean != 70_00 {
					t.Errorf("submitted %+v", f.Review)
				}
			}},
		{name: "by another rubric than the file's", start: in(Accepted), action: ActSubmit, by: Reviewer, reason: "score_out_of_range",
			change: facts(func(f *F) { f.Terms = &Terms{Rubric: []Criterion{{Name: "need", Weight: 100}}} })},

		{name: "with a reason", start: in(Submitted), action: ActReopen, by: ProgramOfficer, actor: olga, end: Accepted,
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Scores == "" || f.Mean != 0 || !f.SubmittedAt.IsZero() || f.Note != "why" {
					t.Errorf("reopened %+v", f.Review)
				}
			}},
		{name: "of a decided case", start: in(Submitted), action: ActReopen, by: ProgramOfficer, reason: "application_not_under_review",
			change: facts(func(f *F) { f.Application.State = Awarded })},

		{name: "with a reason", start: in(Invited), action: ActDecline, by: Reviewer, end: Declined},
		{name: "before a score", start: in(Invited, Accepted), action: ActRecuse, by: Reviewer, end: Recused,
			check: func(t *testing.T, _ *F, s *Step) { wantChildren(t, s) }},
		{name: "and the case is flagged", start: in(Submitted), action: ActRecuse, by: Reviewer, end: Recused,
			change: facts(func(f *F) { f.Holds, f.Application.State = 1, Awarded }), check: takenOut},
		{name: "by an officer before a score", start: in(Invited, Accepted), action: ActStrike, by: ProgramOfficer, actor: olga, end: Recused,
			check: func(t *testing.T, _ *F, s *Step) { wantChildren(t, s) }},
		{name: "by the system, and the case is flagged", start: in(Submitted), action: ActStrike, by: System, actor: stranger, end: Recused,
			check: takenOut},
		{name: "and merit is no longer cleared", start: in(Submitted), action: ActStrike, by: ProgramOfficer, actor: olga, end: Recused,
			change: facts(func(f *F) { f.Application.State, f.Merit = Screening, 70 }),
			check: func(t *testing.T, _ *F, s *Step) {
				wantChildren(t, s, "update application 100", "void clearance 70")
			}},
		{name: "from a case that is over", start: in(Submitted), action: ActStrike, by: ProgramOfficer, end: Recused,
			change: facts(func(f *F) { f.Application.State = Withdrawn }),
			check:  func(t *testing.T, _ *F, s *Step) { wantChildren(t, s) }},
		{name: "an invitation", start: in(Invited, Accepted), action: ActWithdraw, by: ProgramOfficer, actor: olga, end: Withdrawn},
		{name: "after its date", start: in(Invited, Accepted), action: ActLapse, by: System, end: Lapsed},
		{name: "on its date", start: in(Accepted), action: ActLapse, by: System, reason: "review_not_overdue",
			change: facts(func(f *F) { f.Due = DateOf(noon) })},
	}
	for _, mine := range []struct {
		start  State
		action Action
	}{{Invited, ActAccept}, {Accepted, ActSubmit}, {Accepted, ActSave}, {Invited, ActDecline}, {Submitted, ActRecuse}, {Invited, ActDeclare}, {Accepted, ActDeclare}} {
		list = append(list,
			reviewScenario{name: "another's", start: in(mine.start), action: mine.action, by: Reviewer, actor: stranger, reason: "not_your_review"},
			reviewScenario{name: "on behalf of the reviewer", start: in(mine.start), action: mine.action, by: Reviewer, reason: "not_your_review",
				change: func(_ *F, c *Command) { c.Actor = Actor{Person: stranger, OnBehalf: rita} }})
	}
	runScenarios(t, Reviews, readyReview, list)
}

func takenOut(t *testing.T, f *ReviewFacts, s *Step) {
	t.Helper()
	if f.Scores != "" || f.Mean != 0 || f.Note != "why" {
		t.Errorf("taken out %+v", f.Review)
	}
	wantChildren(t, s, "update application 100")
}

// Whatever state the application is in, taking a review out must not fail on the
// flag that it raises.
func TestTakingAReviewOutNeverRaisesWhatTheApplicationRefuses(t *testing.T) {
	for s := None + 1; s < states; s++ {
		f, c := readyReview(Submitted, ActRecuse)
		c.Action, c.Roles, f.Application.State = ActRecuse, by(Reviewer), s
		step, err := Reviews.Decide(&f, &c, noon)
		if err != nil {
			t.Fatal(err)
		}
		for _, child := range slices.Collect(step.Children()) {
			app := applicationIn(s)
			order := Command{ID: child.ID, Action: child.Action, Roles: by(child.By), Inputs: child.Inputs}
			if _, err := Applications.Decide(&app, &order, noon.Add(time.Second)); err != nil {
				t.Errorf("an application in %s refuses: %v", s, err)
			}
		}
	}
}
