package models

import "tranche/workflow"

// payments are the rows of workflow.Payment.
var payments = newTable(workflow.NounPayment, "payments",
	func(r *workflow.Payment) *workflow.Record { return &r.Record },
	func(r *workflow.Payment) []column {
		return []column{
			{"number", &r.Number}, {"claim_id", &r.Claim}, {"award_id", &r.Award}, {"application_id", &r.Application},
			{"organization_id", &r.Organization}, {"program_id", &r.Program}, {"fund_id", &r.Fund},
			{"tranche_id", &r.Tranche}, {"amount", &r.Amount}, {"bank_account_id", &r.BankAccount},
			{"bank_version", &r.BankVersion}, {"batch_id", &r.Batch}, {"trace", &r.Trace},
			{"exported_at", &r.ExportedAt}, {"held_by", &r.HeldBy}, {"hold_reason", &r.HoldReason},
			{"held_until", &r.HeldUntil}, {"return_code", &r.ReturnCode}, {"reissues_id", &r.Reissues},
			{"reissued_by", &r.ReissuedBy}, {"debt_id", &r.Debt}, {"presumed", &r.Presumed}, {"note", &r.Note},
		}
	})
