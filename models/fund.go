package models

import "tranche/workflow"

// funds are the rows of workflow.Fund.
var funds = newTable(workflow.NounFund, "funds",
	func(r *workflow.Fund) *workflow.Record { return &r.Record },
	func(r *workflow.Fund) []column {
		return []column{
			{"program_id", &r.Program}, {"symbol", &r.Symbol}, {"name", &r.Name}, {"fiscal_year", &r.FiscalYear},
			{"expired", &r.Expired}, {"appropriated", &r.Appropriated},
		}
	})
