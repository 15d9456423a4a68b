package models

import "tranche/workflow"

// applications are the rows of workflow.Application.
var applications = newTable(workflow.NounApplication, "applications",
	func(r *workflow.Application) *workflow.Record { return &r.Record },
	func(r *workflow.Application) []column {
		return []column{
			{"number", &r.Number}, {"program_id", &r.Program}, {"opportunity_id", &r.Opportunity}, {"fund_id", &r.Fund},
			{"organization_id", &r.Organization}, {"started_by", &r.StartedBy}, {"title", &r.Title},
			{"summary", &r.Summary}, {"approach", &r.Approach}, {"outcome", &r.Outcome}, {"requested", &r.Requested},
			{"months", &r.Months}, {"certified", &r.Certified}, {"answers", &r.Answers}, {"terms", &r.Terms}, {"submissions", &r.Submissions},
			{"submitted_at", &r.SubmittedAt}, {"submitted_by", &r.SubmittedBy}, {"snapshot", &r.Snapshot},
			{"sent", &r.Sent}, {"aside", &r.Aside}, {"extended_until", &r.ExtendedUntil}, {"officer_id", &r.Officer},
			{"handled_by", &r.HandledBy}, {"verdict_outcome", &r.VerdictOutcome}, {"verdict", &r.Verdict},
			{"question", &r.Question}, {"reply", &r.Reply}, {"reply_due", &r.ReplyDue}, {"rank", &r.Rank},
			{"recommended", &r.Recommended}, {"committed", &r.Committed}, {"recommended_by", &r.RecommendedBy},
			{"determined_by", &r.DeterminedBy}, {"awarded", &r.Awarded}, {"award_id", &r.Award}, {"codes", &r.Codes},
			{"note", &r.Note}, {"flag", &r.Flag}, {"grounds", &r.Grounds}, {"appeal_spent", &r.AppealSpent},
			{"decided_at", &r.DecidedAt}, {"moved_before", &r.MovedBefore}, {"evidence_changed", &r.EvidenceChanged},
			{"documents", &r.Documents}, {"asked_before", &r.AskedBefore}, {"reply_files", &r.ReplyFiles}, {"blind", &r.Blind},
		}
	})
