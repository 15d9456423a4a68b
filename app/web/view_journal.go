package web

import "tranche/workflow"

// JournalsView lists the journals of the ledger, with the form that makes one for whose duty
// it is.
type JournalsView struct {
	Shell
	List
	Rows    []JournalRow
	Actions Actions
}

// Page implements View.
func (JournalsView) Page() string { return "journals" }

// JournalRow is one journal.
type JournalRow struct {
	Number, URL string
	Days        string
	Count       string // of the postings, in words
	Total       workflow.Cents
	Files       []Download
	By          Person
	At          Stamp
}
