package models

import "tranche/workflow"

// bankAccounts are the rows of workflow.BankAccount.
var bankAccounts = newTable(workflow.NounBankAccount, "bank_accounts",
	func(r *workflow.BankAccount) *workflow.Record { return &r.Record },
	func(r *workflow.BankAccount) []column {
		return []column{
			{"organization_id", &r.Organization}, {"routing", &r.Routing}, {"sealed", &r.Sealed}, {"last4", &r.Last4},
			{"savings", &r.Savings}, {"holder", &r.Holder}, {"entered_by", &r.EnteredBy}, {"change", &r.Change},
			{"verified_by", &r.VerifiedBy}, {"method", &r.Method}, {"confirmed_by", &r.ConfirmedBy},
			{"replaces_id", &r.Replaces}, {"note", &r.Note},
		}
	})
