package models

import "tranche/workflow"

// people are the rows of workflow.Person.
var people = newTable(workflow.NounPerson, "people",
	func(r *workflow.Person) *workflow.Record { return &r.Record },
	func(r *workflow.Person) []column {
		return []column{
			{"name", &r.Name}, {"email", &r.Email}, {"language", &r.Language}, {"password", &r.Password},
		}
	})
