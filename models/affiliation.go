package models

import "tranche/workflow"

// affiliations are the rows of workflow.Affiliation.
var affiliations = newTable(workflow.NounAffiliation, "affiliations",
	func(r *workflow.Affiliation) *workflow.Record { return &r.Record },
	func(r *workflow.Affiliation) []column {
		return []column{
			{"owner_id", &r.Owner}, {"owned_id", &r.Owned}, {"share", &r.Share}, {"control", &r.Control},
			{"since", &r.Since}, {"until", &r.Until}, {"note", &r.Note},
		}
	})
