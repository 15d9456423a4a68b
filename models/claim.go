package models

import "tranche/workflow"

// claims are the rows of workflow.Claim.
var claims = newTable(workflow.NounClaim, "claims",
	func(r *workflow.Claim) *workflow.Record { return &r.Record },
	func(r *workflow.Claim) []column {
		return []column{
			{"number", &r.Number}, {"award_id", &r.Award}, {"application_id", &r.Application},
			{"organization_id", &r.Organization}, {"fund_id", &r.Fund}, {"tranche_id", &r.Tranche}, {"kind", &r.Kind},
			{"amount", &r.Amount}, {"narrative", &r.Narrative}, {"started_by", &r.StartedBy},
			{"submitted_by", &r.SubmittedBy}, {"question", &r.Question}, {"reply", &r.Reply},
			{"verified_by", &r.VerifiedBy}, {"approved_by", &r.ApprovedBy}, {"codes", &r.Codes}, {"note", &r.Note},
			{"payment_id", &r.Payment},
		}
	})
