package web

import "tranche/workflow"

// DebtsView lists debts.
type DebtsView struct {
	Shell
	List
	Rows []OwedRow
}

// Page implements View.
func (DebtsView) Page() string { return "debts" }

// OwedRow is a finding or a debt in a list.
type OwedRow struct {
	Number, URL string
	What        string
	Tag         Tag
	Due         Due
	Amount      workflow.Cents // questioned, or outstanding
}
