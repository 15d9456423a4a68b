package models

import "tranche/workflow"

// exceptions are the rows of workflow.Exception.
var exceptions = newTable(workflow.NounException, "exceptions",
	func(r *workflow.Exception) *workflow.Record { return &r.Record },
	func(r *workflow.Exception) []column {
		return []column{
			{"program_id", &r.Program}, {"act", &r.Act}, {"subject", &r.Subject}, {"subject_id", &r.SubjectID},
			{"reason", &r.Reason}, {"requested_by", &r.RequestedBy}, {"decided_by", &r.DecidedBy}, {"ends", &r.Ends},
			{"note", &r.Note},
		}
	})
