package web

import (
	"tranche/models"
	"tranche/workflow"
)

// myReviews answers GET /reviews: what the reader was asked to review.
func (s *Server) myReviews(v *visit) error {
	list, err := s.Reader.MyReviews(v.ctx(), v.viewer)
	if err != nil {
		return err
	}
	view := MyReviewsView{Shell: v.titled(v.T("my_reviews.title")), List: List{
		Lead: v.T("my_reviews.lead"), Count: v.N("my_reviews.count", len(list)), Pager: Pager{Shown: v.N("list.shown", len(list))},
		Empty: Empty{Icon: "check_circle", Title: v.T("my_reviews.none"), Text: v.T("my_reviews.none_text")},
	}}
	for _, r := range list {
		row := ReviewRow{Title: r.Title, URL: pathOf(workflow.NounReview, r.Review.ID), Number: r.Number, Organization: v.applicant(r.Organization),
			Tag: v.Mark("review", r.Review.State.String()), Due: Due{Tone: "none", Text: v.T("due.none")}}
		if r.Review.State == workflow.Submitted {
			row.Score = points(r.Review.Mean)
		} else {
			row.Due = v.DueDay(s.Now(), r.Review.Due)
		}
		view.Rows = append(view.Rows, row)
	}
	return v.show(view, nil)
}

// reviewPage answers GET /reviews/{id}: the application on one side, the rubric on
// the other. Before conflicts are declared, no more of the application is shown
// than it takes to see one.
func (s *Server) reviewPage(v *visit, id workflow.ID, again *attempt) error {
	row, err := v.row(workflow.NounReview, id)
	if err != nil {
		return err
	}
	r, err := record[workflow.Review](v, workflow.NounReview, id)
	if err != nil {
		return err
	}
	d, err := v.dossier(r.Application)
	if err != nil {
		return err
	}
	v.Zone = zoneOf(&d.Opportunity)
	acts, err := v.offered(row, again, offers{
		workflow.ActAccept:  {note: v.T("review.accept_note")},
		workflow.ActDeclare: {note: v.T("review.declare_note"), labels: map[string]string{"note": v.T("review.declare_what")}},
		workflow.ActSubmit:  {values: draftOf(r), open: true, asks: map[string][]ask{"scores": v.scoring(d.Terms)}},
	})
	if err != nil {
		return err
	}
	v.keepDraft(&acts, row, d.Terms, again)
	view := ReviewView{
		Shell: v.titled(titleOf(&d.Application), v.reviewCrumb(r), Link{Text: d.Application.Number}),
		Record: Record{
			Number: d.Application.Number, Tag: v.Mark("review", r.State.String()), Lead: placeLine(d.Organization.LegalName, d.Organization.City, d.Organization.Region),
			Facts: v.reviewFacts(r, d), Actions: acts, Notices: append(v.notices(again, acts), v.holdNotices(d.Holds)...),
		},
		Application: Link{v.T("review.application"), pathOf(workflow.NounApplication, r.Application)},
		Answers:     v.caseAnswers(d, true),
	}
	if r.State == workflow.Invited && r.Reviewer == v.viewer.Person {
		view.Answers, view.Application = v.caseAnswers(d, false)[:0], Link{}
		view.Notices = append(view.Notices, Notice{Tone: "info", Text: v.T("review.declare_first")})
	}
	if r.Reviewer == v.viewer.Person {
		plan, err := s.Reader.WaivedPlan(v.ctx(), v.viewer, r.Application)
		if err != nil {
			return err
		}
		if plan != "" {
			view.Notices = append(view.Notices, Notice{Tone: "info", Text: v.T("conflicts.waived", "plan", plan)})
		}
	}
	if d.mere && d.Application.Blind != "" {
		view.Notices = append(view.Notices, Notice{Tone: "info", Text: v.T("review.blind")})
	}
	if r.State == workflow.Submitted {
		view.Criteria, view.Comment = v.given(d.Terms, r), r.Comment
	}
	events, err := v.history(workflow.NounReview, id)
	view.History = v.timeline(events, "")
	view.History.All = Link{}
	if err != nil {
		return err
	}
	return v.show(view, again)
}

// reviewCrumb leads back to where the reader came from.
func (v *visit) reviewCrumb(r *workflow.Review) Link {
	if r.Reviewer == v.viewer.Person {
		return Link{v.T("nav.my_reviews"), "/reviews"}
	}
	return Link{v.T("nav.queue"), "/applications"}
}

func (v *visit) reviewFacts(r *workflow.Review, d *dossier) []Fact {
	out := []Fact{{Name: v.T("application.requested"), Value: d.Application.Requested.Dollars(), Number: true, Note: v.N("case.months", int(d.Application.Months))}}
	for _, other := range d.Reviews {
		if other.ID == r.ID {
			out = append(out, Fact{Name: v.Role("reviewer"), Value: other.Name})
		}
	}
	if r.State == workflow.Submitted {
		return append(out, Fact{Name: v.T("scores.mean"), Value: points(r.Mean), Number: true, Note: v.Moment(r.SubmittedAt).Text})
	}
	due := v.DueDay(v.server.Now(), r.Due)
	return append(out, Fact{Name: v.T("list.due"), Due: &due, Note: due.At.Text})
}

// draftOf returns what was saved of a review, as it is typed.
func draftOf(r *workflow.Review) map[string]string {
	out := answered("scores", r.Scores)
	out["comment"], out["feedback"] = r.Comment, r.Feedback
	return out
}

// given are the scores of a review.
func (v *visit) given(t *workflow.Terms, r *workflow.Review) []Score {
	var out []Score
	for i := range t.Rubric {
		s, _ := v.criterion(&t.Rubric[i], []models.ReviewOf{{Review: *r}})
		out = append(out, s)
	}
	return out
}

// keepDraft gives the form of a review a second button, which saves what was
// written so far.
func (v *visit) keepDraft(a *Actions, row models.Row, t *workflow.Terms, again *attempt) {
	for i := range a.Offer {
		f := &a.Offer[i].Form
		if f.Name != workflow.ActSubmit.String() {
			continue
		}
		if again.of(workflow.NounReview, workflow.ActSave, row.Record.ID) {
			fields, _ := fieldsOf(workflow.NounReview, workflow.ActSubmit)
			f.Fields = nil
			v.fill(f, fields, again, offer{asks: map[string][]ask{"scores": v.scoring(t)}})
			a.Offer[i].Open = true
		}
		f.Second = Link{v.T("review.save"), pathOf(workflow.NounReview, row.Record.ID) + "/actions/save"}
	}
}
