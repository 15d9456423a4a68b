package models

import "tranche/workflow"

// awards are the rows of workflow.Award.
var awards = newTable(workflow.NounAward, "awards",
	func(r *workflow.Award) *workflow.Record { return &r.Record },
	func(r *workflow.Award) []column {
		return []column{
			{"number", &r.Number}, {"application_id", &r.Application}, {"program_id", &r.Program},
			{"opportunity_id", &r.Opportunity}, {"organization_id", &r.Organization}, {"group_id", &r.Group},
			{"fund_id", &r.Fund}, {"face", &r.Face}, {"award_cap", &r.Cap}, {"revision", &r.Revision}, {"terms", &r.Terms}, {"recipient", &r.Recipient},
			{"offered_by", &r.OfferedBy}, {"offer_ends", &r.OfferEnds}, {"period_start", &r.PeriodStart},
			{"period_end", &r.PeriodEnd}, {"accepted_by", &r.AcceptedBy}, {"accepted_at", &r.AcceptedAt},
			{"bank_account_id", &r.BankAccount}, {"bank_version", &r.BankVersion}, {"signature", &r.Signature},
			{"countersigned_by", &r.CountersignedBy}, {"countersigned_at", &r.CountersignedAt},
			{"suspended_by", &r.SuspendedBy}, {"change_asked", &r.ChangeAsked}, {"closing_since", &r.ClosingSince},
			{"note", &r.Note}, {"over_cap", &r.OverCap}, {"cap_seen", &r.CapSeen},
		}
	})
