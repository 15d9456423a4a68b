package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"tranche/app/input"
	"tranche/app/problem"
	"tranche/models"
	"tranche/workflow"
)

// Turns lead each of the staff to a case that nobody else is looking at: *models.DB does.
type Turns interface {
	NextCase(ctx context.Context, v *models.Viewer, now time.Time) (workflow.ID, error)
	Skip(ctx context.Context, v *models.Viewer, application workflow.ID, now time.Time, why string) error
}

// skipReason is what who passes over a case is asked.
var skipReason = workflow.Field{Name: "skipped", Kind: workflow.Line, Max: 200}

// nextCase answers GET /applications/next: it leads to the case that waits longest for the
// reader and that nobody else is looking at.
func (s *Server) nextCase(v *visit) error {
	if !v.staff() {
		return models.ErrNotFound
	}
	next, err := s.Turns.NextCase(v.ctx(), v.viewer, s.Now())
	if errors.Is(err, models.ErrNotFound) {
		return v.Redirect(http.StatusSeeOther, "/applications")
	}
	if err != nil {
		return err
	}
	return v.Redirect(http.StatusSeeOther, pathOf(workflow.NounApplication, next))
}

// skipCase answers POST /applications/{id}/skip: it notes why the reader passes over the
// case, and leads to the next.
func (s *Server) skipCase(v *visit) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	sent, err := readForm(v)
	if err != nil {
		return err
	}
	in, err := input.Set{Fields: []workflow.Field{skipReason}}.Form(sent.values, input.KeyName, input.VersionName)
	var wrong input.Errors
	if errors.As(err, &wrong) {
		return s.applicationPage(v, id, &attempt{noun: workflow.NounApplication, id: id, values: sent.values, problem: problem.Of(err, v.audience())})
	}
	if err != nil {
		return err
	}
	if err := s.Turns.Skip(v.ctx(), v.viewer, id, s.Now(), in[0].Text); err != nil {
		return err
	}
	return v.Redirect(http.StatusSeeOther, "/applications/next")
}

// turnNotices tell who else is looking at the case, and who passed over it and why.
func (v *visit) turnNotices(turns []models.Turn) (out []Notice) {
	for _, t := range turns {
		switch {
		case t.Skipped != "":
			out = append(out, Notice{Tone: "info", Text: v.T("next.skipped", "name", t.Name, "at", v.Moment(t.Since).Text, "why", t.Skipped)})
		case t.Person != v.viewer.Person:
			out = append(out, Notice{Tone: "info", Text: v.T("next.looking", "name", t.Name, "at", v.Moment(t.Since).Text)})
		}
	}
	return out
}

// offerSkip lets who was led to the case pass over it.
func (v *visit) offerSkip(acts *Actions, id workflow.ID, turns []models.Turn, again *attempt) {
	if !slices.ContainsFunc(turns, func(t models.Turn) bool { return t.Person == v.viewer.Person && t.Skipped == "" }) {
		return
	}
	f := Form{Name: "skip", URL: pathOf(workflow.NounApplication, id) + "/skip", Key: newKey(), Submit: v.T("next.skip")}
	if !again.of(workflow.NounApplication, workflow.NoAction, id) {
		again = nil
	}
	v.fill(&f, []workflow.Field{skipReason}, again, offer{})
	acts.Offer = append(acts.Offer, Action{Form: f, Label: v.T("next.skip"), Note: v.T("next.skip_note"), Open: again != nil})
}
