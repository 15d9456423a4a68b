package models

import "tranche/workflow"

// statements are the rows of workflow.RevenueStatement.
var statements = newTable(workflow.NounStatement, "statements",
	func(r *workflow.RevenueStatement) *workflow.Record { return &r.Record },
	func(r *workflow.RevenueStatement) []column {
		return []column{
			{"organization_id", &r.Organization}, {"fiscal_year", &r.FiscalYear}, {"period_start", &r.PeriodStart},
			{"period_end", &r.PeriodEnd}, {"amount", &r.Amount}, {"source", &r.Source}, {"document", &r.Document},
			{"note", &r.Note}, {"currency", &r.Currency}, {"standard", &r.Standard}, {"document_name", &r.DocumentName},
			{"replaces_id", &r.Replaces},
		}
	})
