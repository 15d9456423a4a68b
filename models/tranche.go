package models

import "tranche/workflow"

// tranches are the rows of workflow.Tranche.
var tranches = newTable(workflow.NounTranche, "tranches",
	func(r *workflow.Tranche) *workflow.Record { return &r.Record },
	func(r *workflow.Tranche) []column {
		return []column{
			{"award_id", &r.Award}, {"application_id", &r.Application}, {"kind", &r.Kind}, {"number", &r.Number},
			{"title", &r.Title}, {"deliverable", &r.Deliverable}, {"amount", &r.Amount}, {"due", &r.Due},
		}
	})
