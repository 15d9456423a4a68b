package models

import "tranche/workflow"

// holds are the rows of workflow.Hold.
var holds = newTable(workflow.NounHold, "holds",
	func(r *workflow.Hold) *workflow.Record { return &r.Record },
	func(r *workflow.Hold) []column {
		return []column{
			{"program_id", &r.Program}, {"subject", &r.Subject}, {"subject_id", &r.SubjectID}, {"reason", &r.Reason},
			{"next_look", &r.NextLook}, {"restricted", &r.Restricted}, {"placed_by", &r.PlacedBy},
			{"lifted_by", &r.LiftedBy}, {"note", &r.Note}, {"routing", &r.Routing},
		}
	})
