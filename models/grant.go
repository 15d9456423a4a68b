package models

import "tranche/workflow"

// grants are the rows of workflow.Grant.
var grants = newTable(workflow.NounGrant, "grants",
	func(r *workflow.Grant) *workflow.Record { return &r.Record },
	func(r *workflow.Grant) []column {
		return []column{
			{"person_id", &r.Person}, {"role", &r.Role}, {"program_id", &r.Program},
			{"organization_id", &r.Organization}, {"expertise", &r.Expertise}, {"max_reviews", &r.MaxReviews},
		}
	})
