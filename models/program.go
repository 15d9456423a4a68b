package models

import "tranche/workflow"

// programs are the rows of workflow.Program.
var programs = newTable(workflow.NounProgram, "programs",
	func(r *workflow.Program) *workflow.Record { return &r.Record },
	func(r *workflow.Program) []column {
		return []column{
			{"name", &r.Name}, {"prefix", &r.Prefix}, {"agency", &r.Agency}, {"second_over", &r.SecondOver},
			{"bank_hold_days", &r.BankHoldDays}, {"presume_days", &r.PresumeDays}, {"report_months", &r.ReportMonths}, {"report_days", &r.ReportDays}, {"bank_routing", &r.BankRouting},
			{"bank_name", &r.BankName}, {"company_name", &r.CompanyName}, {"company_id", &r.CompanyID}, {"contact", &r.Contact},
			{"origin_account", &r.OriginAccount}, {"pam_agency", &r.PAMAgency}, {"location_code", &r.LocationCode}, {"payment_type", &r.PaymentType},
		}
	})
