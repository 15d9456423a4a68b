package models

import "tranche/workflow"

// reviews are the rows of workflow.Review.
var reviews = newTable(workflow.NounReview, "reviews",
	func(r *workflow.Review) *workflow.Record { return &r.Record },
	func(r *workflow.Review) []column {
		return []column{
			{"application_id", &r.Application}, {"program_id", &r.Program}, {"reviewer_id", &r.Reviewer},
			{"invited_by", &r.InvitedBy}, {"due", &r.Due}, {"no_conflict", &r.NoConflict}, {"scores", &r.Scores},
			{"mean", &r.Mean}, {"comment", &r.Comment}, {"feedback", &r.Feedback}, {"note", &r.Note},
			{"submitted_at", &r.SubmittedAt},
		}
	})
