package models

import "tranche/workflow"

// opportunities are the rows of workflow.Opportunity.
var opportunities = newTable(workflow.NounOpportunity, "opportunities",
	func(r *workflow.Opportunity) *workflow.Record { return &r.Record },
	func(r *workflow.Opportunity) []column {
		return []column{
			{"program_id", &r.Program}, {"fund_id", &r.Fund}, {"number", &r.Number}, {"prefix", &r.Prefix},
			{"title", &r.Title}, {"summary", &r.Summary}, {"opens", &r.Opens}, {"closes", &r.Closes}, {"zone", &r.Zone},
			{"grace_minutes", &r.GraceMinutes}, {"rolling", &r.Rolling}, {"award_cap", &r.AwardCap},
			{"revenue_cap", &r.RevenueCap}, {"basis", &r.Basis}, {"reviews_needed", &r.ReviewsNeeded},
			{"appeal_days", &r.AppealDays}, {"offer_days", &r.OfferDays}, {"paused_at", &r.PausedAt},
			{"moved", &r.Moved}, {"down_until", &r.DownUntil},
			{"policy_id", &r.Policy}, {"terms", &r.Terms},
		}
	})
