package models

import "tranche/workflow"

// tokens are the rows of workflow.Token.
var tokens = newTable(workflow.NounToken, "tokens",
	func(r *workflow.Token) *workflow.Record { return &r.Record },
	func(r *workflow.Token) []column {
		return []column{
			{"person_id", &r.Person}, {"name", &r.Name}, {"sum", &r.Sum}, {"scopes", &r.Scopes}, {"ends", &r.Ends},
		}
	})
