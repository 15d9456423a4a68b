package workflow

import (
	"slices"
	"time"
)

// A Review is one reviewer's scores and comments on one application.
type Review struct {
	Record
	Application ID
	Program     ID
	Reviewer    ID
	InvitedBy   ID
	Due         Date
	NoConflict  bool   // declared before the case was first opened
	Scores      string // points by criterion, as AnswersText writes them
	Mean        int64  // weighted mean in hundredths of a point
	Comment     string // for the staff
	Feedback    string // for the applicant
	Note        string
	SubmittedAt time.Time
}

// ReviewFacts is everything that a decision about a review may look at.
type ReviewFacts struct {
	Review
	Standing
	Application Application
	Terms       *Terms   // that the application stands under; nil: no program file lays anything down
	Conflicted  bool     // the reviewer belongs to the organization or an affiliate
	Conflict    Conflict // of the reviewer with the case; ID zero when there is none
	Ties        []Sign   // of the reviewer to the applicant now; loaded for invite, accept and submit
	OtherLive   bool     // the reviewer has another review of this application
	IsReviewer  bool     // holds the role in this program
	Live        int      // reviews of this program that the reviewer has not handed in; loaded for invite
	MaxReviews  int64    // how many of them they may have at most; zero: any number
	Merit       ID       // the case's clearance of merit, as long as it is cleared; loaded for reopen, recuse and strike
}

var (
	fieldReviewer   = Field{Name: "reviewer", Kind: Ref, Of: NounPerson}
	fieldNoConflict = Field{Name: "no_conflict", Kind: Check}
	fieldComment    = Field{Name: "comment", Kind: Text, Max: 8000}
	fieldFeedback   = Field{Name: "feedback", Kind: Text, Max: 8000}
	fieldScores     = Field{Name: "scores", Kind: Answers}
)

type reviewGuard = Guard[ReviewFacts]

// underReview are the states of an application in which a review still counts
// for something.
var underReview = in(Screening, NeedsInformation, InReview, Recommended, DeclineRecommended, Waitlisted)

var (
	caseUndetermined = reviewGuard{
		Reason: "application_not_under_review",
		OK: func(f *ReviewFacts, _ *Command, _ time.Time) bool {
			return contains(underReview, f.Application.State)
		},
		Words: func(f *ReviewFacts, _ *Command) Words { return Words{"state": f.Application.State} },
	}
	holdsRole = reviewGuard{
		Reason: "not_a_reviewer",
		OK:     func(f *ReviewFacts, _ *Command, _ time.Time) bool { return f.IsReviewer },
		Field:  &fieldReviewer,
	}
	hasRoom = reviewGuard{
		Reason: "reviewer_full",
		OK: func(f *ReviewFacts, _ *Command, _ time.Time) bool {
			return f.MaxReviews == 0 || int64(f.Live) < f.MaxReviews
		},
		Words: func(f *ReviewFacts, _ *Command) Words { return Words{"live": f.Live, "most": f.MaxReviews} },
		Field: &fieldReviewer,
	}
	unconflicted = reviewGuard{
		Reason: "reviewer_conflicted",
		OK:     func(f *ReviewFacts, _ *Command, _ time.Time) bool { return !f.Conflicted },
		Field:  &fieldReviewer,
	}
	// What was found or declared stands in the way until another person has waived it.
	untied = reviewGuard{
		Reason: "reviewer_tied",
		OK: func(f *ReviewFacts, _ *Command, _ time.Time) bool {
			return !f.Conflict.Bars() && (len(f.Ties) == 0 || f.Conflict.State == Waived && f.Conflict.covers(f.Ties))
		},
		Field: &fieldReviewer,
	}
	unassigned = reviewGuard{
		Reason: "reviewer_assigned",
		OK:     func(f *ReviewFacts, _ *Command, _ time.Time) bool { return !f.OtherLive },
		Field:  &fieldReviewer,
	}
	reviewDueAhead = reviewGuard{
		Reason: "due_in_the_past",
		OK:     func(_ *ReviewFacts, c *Command, now time.Time) bool { return DateOf(now).Before(c.Date(fieldDue)) },
		Field:  &fieldDue,
	}
	reviewOverdue = reviewGuard{
		Reason: "review_not_overdue",
		OK:     func(f *ReviewFacts, _ *Command, now time.Time) bool { return f.Due.Before(DateOf(now)) },
		Words:  func(f *ReviewFacts, _ *Command) Words { return Words{"due": f.Due.String()} },
	}
	// A judgment cannot be delegated: only the person counts, not whom they act for.
	yourReview = reviewGuard{
		Reason: "not_your_review",
		OK:     func(f *ReviewFacts, c *Command, _ time.Time) bool { return c.Actor.Person == f.Reviewer },
		Duty:   true,
	}
	conflictDeclared = reviewGuard{
		Reason: "conflict_undeclared",
		OK:     func(_ *ReviewFacts, c *Command, _ time.Time) bool { return c.Checked(fieldNoConflict) },
		Field:  &fieldNoConflict,
	}
	scoresComplete = reviewGuard{
		Reason: "scores_missing",
		OK:     func(f *ReviewFacts, c *Command, _ time.Time) bool { return f.unscored(c) == "" },
		Words: func(f *ReviewFacts, c *Command) Words {
			return Words{oneAnswer: f.unscored(c), "criteria": len(f.Terms.Or().Rubric)}
		},
		Field: &fieldScores,
	}
	scoresInRange = reviewGuard{
		Reason: "score_out_of_range",
		OK:     func(f *ReviewFacts, c *Command, _ time.Time) bool { return f.misscored(c) == "" },
		Words:  func(f *ReviewFacts, c *Command) Words { return Words{oneAnswer: f.misscored(c), "most": MaxScore} },
		Field:  &fieldScores,
	}
)

// unscored returns the first criterion that c gives no points, "" when there is none.
func (f *ReviewFacts) unscored(c *Command) string {
	given := AnswersOf(c.Text(fieldScores))
	for _, criterion := range f.Terms.Or().Rubric {
		if given[criterion.Name] == "" {
			return criterion.Name
		}
	}
	return ""
}

// misscored returns the first of c's scores that is no criterion's or no whole
// number from 0 to MaxScore, "" when there is none.
func (f *ReviewFacts) misscored(c *Command) string {
	given := AnswersOf(c.Text(fieldScores))
	for _, name := range names(given) {
		points := Question{Kind: QuestionNumber, Max: MaxScore}
		asked := slices.ContainsFunc(f.Terms.Or().Rubric, func(c Criterion) bool { return c.Name == name })
		if !asked || given[name] != "" && !points.Fits(given[name]) {
			return name
		}
	}
	return ""
}

func inviteReviewer(f *ReviewFacts, c *Command, _ *Step) {
	f.Review.Application, f.Program = f.Application.ID, f.Application.Program
	f.Reviewer, f.InvitedBy, f.Due = c.Ref(fieldReviewer), c.Actor.Person, c.Date(fieldDue)
	c.setText(&f.Note, fieldNote)
}

func acceptReview(f *ReviewFacts, _ *Command, _ *Step) { f.NoConflict = true }

// declareConflict has another person decide whether the reviewer may go on. Until then
// they see nothing of the case, and what they have written is kept.
func declareConflict(f *ReviewFacts, c *Command, s *Step) {
	s.Raise(declared(f.Conflict, f.Application.ID, f.Reviewer, c.Text(fieldNote)))
}

// saveReview keeps what has been written so far; a criterion that was left empty
// loses its score.
func saveReview(f *ReviewFacts, c *Command, _ *Step) {
	f.Scores, f.Mean = mergeAnswers("", c.Text(fieldScores)), 0
	c.setText(&f.Comment, fieldComment)
	c.setText(&f.Feedback, fieldFeedback)
}

func submitReview(f *ReviewFacts, c *Command, s *Step) {
	saveReview(f, c, s)
	rubric := f.Terms.Or().Rubric
	points := make([]int64, len(rubric))
	for i := range rubric {
		points[i], _ = ScoreOf(f.Scores, rubric[i].Name)
	}
	f.Mean, f.SubmittedAt = Mean(rubric, points), s.At
}

func reopenReview(f *ReviewFacts, c *Command, s *Step) {
	f.Mean, f.SubmittedAt = 0, time.Time{}
	c.setText(&f.Note, fieldNote)
	f.voidMerit(s)
}

// voidMerit takes back the clearance that rested on a submitted review.
func (f *ReviewFacts) voidMerit(s *Step) {
	if s.Start == Submitted && f.Merit != 0 {
		s.Raise(Child{Noun: NounClearance, Action: ActVoid, ID: f.Merit})
	}
}

func noteReview(f *ReviewFacts, c *Command, _ *Step) { c.setText(&f.Note, fieldNote) }

// takeOut takes the score out, flags the application when it may have been counted
// already, and voids the clearance of merit that rested on it. What the reviewer had
// written stands in the events.
func takeOut(f *ReviewFacts, c *Command, s *Step) {
	f.Scores, f.Mean = "", 0
	c.setText(&f.Note, fieldNote)
	if s.Start == Submitted && contains(reviewUsed, f.Application.State) {
		s.Raise(Child{Noun: NounApplication, Action: ActUpdate, ID: f.Application.ID,
			Inputs: []Input{fieldFlag.text("review_struck")}})
	}
	f.voidMerit(s)
}

// Reviews is the lifecycle of a review. Decisions count submitted reviews only,
// so that one that is recused, struck or reopened no longer counts.
var Reviews = NewMachine(NounReview,
	func(f *ReviewFacts) *Record { return &f.Record },
	func(f *ReviewFacts) *Standing { return &f.Standing },
	[]Rule[ReviewFacts]{
		{Start: in(None), Action: ActInvite, By: by(ProgramOfficer), End: Invited,
			Fields: []Field{fieldReviewer, fieldDue, fieldNote.Opt()},
			Guards: []reviewGuard{caseUndetermined, holdsRole, unconflicted, untied, unassigned, hasRoom, reviewDueAhead}, Effect: inviteReviewer},
		{Start: in(Invited), Action: ActAccept, By: by(Reviewer), End: Accepted,
			Fields: []Field{fieldNoConflict}, Guards: []reviewGuard{yourReview, conflictDeclared, unconflicted, untied, caseUndetermined},
			Effect: acceptReview},
		{Start: in(Invited), Action: ActDeclare, By: by(Reviewer), End: Invited,
			Fields: []Field{fieldNote}, Guards: []reviewGuard{yourReview}, Effect: declareConflict, Always: true},
		{Start: in(Accepted), Action: ActDeclare, By: by(Reviewer), End: Accepted,
			Fields: []Field{fieldNote}, Guards: []reviewGuard{yourReview}, Effect: declareConflict, Always: true},
		{Start: in(Accepted), Action: ActSubmit, By: by(Reviewer), End: Submitted,
			Fields: []Field{fieldScores, fieldComment, fieldFeedback.Opt()},
			Guards: []reviewGuard{yourReview, unconflicted, untied, scoresInRange, scoresComplete, caseUndetermined}, Effect: submitReview},
		{Start: in(Accepted), Action: ActSave, By: by(Reviewer), End: Accepted,
			Fields: []Field{fieldScores.Opt(), fieldComment.Opt(), fieldFeedback.Opt()},
			Guards: []reviewGuard{yourReview, scoresInRange}, Effect: saveReview, Hidden: true, Always: true},
		{Start: in(Submitted), Action: ActReopen, By: by(ProgramOfficer), End: Accepted,
			Fields: []Field{fieldNote}, Guards: []reviewGuard{caseUndetermined}, Effect: reopenReview},
		{Start: in(Invited), Action: ActDecline, By: by(Reviewer), End: Declined,
			Fields: []Field{fieldNote}, Guards: []reviewGuard{yourReview}, Effect: noteReview, Always: true},
		{Start: in(Invited, Accepted, Submitted), Action: ActRecuse, By: by(Reviewer), End: Recused,
			Fields: []Field{fieldNote}, Guards: []reviewGuard{yourReview}, Effect: takeOut, Always: true},
		{Start: in(Invited, Accepted, Submitted), Action: ActStrike, By: by(ProgramOfficer, System), End: Recused,
			Fields: []Field{fieldNote}, Effect: takeOut, Always: true},
		{Start: in(Invited, Accepted), Action: ActWithdraw, By: by(ProgramOfficer), End: Withdrawn,
			Fields: []Field{fieldNote.Opt()}, Effect: noteReview, Always: true},
		{Start: in(Invited, Accepted), Action: ActLapse, By: by(System), End: Lapsed, Guards: []reviewGuard{reviewOverdue}},
	}...)
