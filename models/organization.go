package models

import "tranche/workflow"

// organizations are the rows of workflow.Organization.
var organizations = newTable(workflow.NounOrganization, "organizations",
	func(r *workflow.Organization) *workflow.Record { return &r.Record },
	func(r *workflow.Organization) []column {
		return []column{
			{"legal_name", &r.LegalName}, {"uei", &r.UEI}, {"ein", &r.EIN}, {"street", &r.Street}, {"city", &r.City},
			{"region", &r.Region}, {"zip", &r.Zip}, {"country", &r.Country}, {"website", &r.Website},
			{"invented", &r.Invented}, {"note", &r.Note}, {"cage", &r.CAGE}, {"naics", &r.NAICS}, {"email", &r.Email},
			{"mailing", &r.Mailing}, {"founded", &r.Founded}, {"registered_for_id", &r.RegisteredFor},
			{"merged_into_id", &r.MergedInto},
		}
	})
