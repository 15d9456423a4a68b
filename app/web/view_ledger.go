package web

import "tranche/workflow"

// LedgerView is a trial balance and the postings behind it.
type LedgerView struct {
	Shell
	List
	From, To string // the days of the period, as the fields have them
	Funds    []Option
	Keep     []Hidden // what else narrows the ledger
	Trial    []TrialRow
	Rows     []EntryRow
}

// Page implements View.
func (LedgerView) Page() string { return "ledger" }

// TrialRow is one account of a trial balance.
type TrialRow struct {
	Name, USSGL               string
	Opening, In, Out, Closing workflow.Cents
}

// EntryRow is one posting.
type EntryRow struct {
	At       Stamp
	Event    int64
	What     string // the action
	Record   Link
	Company  string
	From, To string // the accounts
	Fund     string
	Amount   workflow.Cents
}
