package export

import (
	"context"
	"slices"
	"strings"

	"tranche/models"
	"tranche/workflow"
)

// The columns of the queue, without the criteria, which stand between them. As in the
// list of a batch, the first tells what a row is, so that a filter takes cases without
// reviews, and a list that was cut off shows it by having no total.
var (
	caseColumns = []string{"record", "number", "title", "state", "organization", "city", "region", "submitted", "requested",
		"recommended", "awarded", "officer", "reviews_submitted", "reviews_open", "reviews_needed", "flags", "codes", "note"}
	reviewColumns  = []string{"reviewer", "review_state", "score"}
	commentColumns = []string{"comment", "feedback"}
)

// Queue writes every case of q, as v may see it, and under each its reviews with the
// points for every criterion and the comments.
func Queue(ctx context.Context, r models.Reader, v *models.Viewer, q models.Queue, s Sheet) error {
	var criteria []string
	var cases int
	var sum workflow.Cents
	head := func(names []string) error {
		criteria = names
		var row []any
		for _, name := range slices.Concat(caseColumns, reviewColumns, names, commentColumns) {
			row = append(row, name)
		}
		return s.Row(row...)
	}
	err := r.ExportQueue(ctx, v, q, head, func(c *models.ExportedCase) error {
		cases++
		sum += c.Application.Requested
		if err := s.Row(caseRow(c, len(criteria))...); err != nil {
			return err
		}
		for i := range c.Reviews {
			if err := s.Row(reviewRow(c, &c.Reviews[i], criteria)...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	total := make([]any, len(caseColumns)+len(reviewColumns)+len(criteria)+len(commentColumns))
	total[0], total[1], total[8] = "total", cases, sum
	if err := s.Row(total...); err != nil {
		return err
	}
	return s.Close()
}

func caseRow(c *models.ExportedCase, criteria int) []any {
	a := &c.Application
	var flags []string
	for _, f := range a.Flags() {
		flags = append(flags, f.Code)
	}
	row := []any{"application", a.Number, a.Title, a.State.String(), c.Organization, c.City, c.Region, a.SubmittedAt, a.Requested,
		unlessNone(a.Recommended), unlessNone(a.Awarded), c.Officer, c.ReviewsIn, c.ReviewsOpen, c.ReviewsNeed, strings.Join(flags, " "), a.Codes, a.Note,
		nil, nil, nil}
	if models.MerelyReviews(c.Roles) {
		row[12], row[13], row[14] = nil, nil, nil
	}
	if c.Scored {
		row[20] = Points(c.Score)
	}
	return append(row, make([]any, criteria+len(commentColumns))...)
}

func reviewRow(c *models.ExportedCase, r *models.QueuedReview, criteria []string) []any {
	row := make([]any, len(caseColumns))
	row[0], row[1], row[2], row[7] = "review", c.Application.Number, c.Application.Title, r.SubmittedAt
	row = append(row, r.Reviewer, r.State.String(), nil)
	if r.State == workflow.Submitted {
		row[20] = Points(r.Mean)
	}
	for _, name := range criteria {
		if points, given := workflow.ScoreOf(r.Scores, name); given {
			row = append(row, points)
		} else {
			row = append(row, nil)
		}
	}
	return append(row, r.Comment, r.Feedback)
}

func unlessNone(c workflow.Cents) any {
	if c == 0 {
		return nil
	}
	return c
}
