package models

import "tranche/workflow"

// eliminations are the rows of workflow.Elimination.
var eliminations = newTable(workflow.NounElimination, "eliminations",
	func(r *workflow.Elimination) *workflow.Record { return &r.Record },
	func(r *workflow.Elimination) []column {
		return []column{
			{"statement_id", &r.Statement}, {"organization_id", &r.Organization}, {"counterparty_id", &r.Counterparty},
			{"amount", &r.Amount}, {"document", &r.Document}, {"document_name", &r.DocumentName},
			{"decided_by", &r.DecidedBy}, {"note", &r.Note},
		}
	})
