package models

import "tranche/workflow"

// rates are the rows of workflow.Rate.
var rates = newTable(workflow.NounRate, "rates",
	func(r *workflow.Rate) *workflow.Record { return &r.Record },
	func(r *workflow.Rate) []column {
		return []column{
			{"currency", &r.Currency}, {"period_start", &r.PeriodStart}, {"period_end", &r.PeriodEnd},
			{"usd_per_unit", &r.USDPerUnit}, {"publisher", &r.Publisher}, {"note", &r.Note},
		}
	})
