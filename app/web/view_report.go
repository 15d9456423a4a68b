package web

import "tranche/workflow"

// ReportView is a report that a recipient owes, or has submitted.
type ReportView struct {
	Shell
	Record
	Award    Link
	Told     string // what was done
	Amounts  []Answer
	Compared []ComparedRow // nil: it is not submitted, or has no amounts
	Remarks  string
}

// Page implements View.
func (ReportView) Page() string { return "report" }

// ComparedRow is an amount that the report and the ledger give differently.
type ComparedRow struct {
	Line                         string
	Reported, Ledger, Difference workflow.Cents
}

// ReportRow is one report in a list.
type ReportRow struct {
	Number, URL string
	Kind        string
	Period      string
	Tag         Tag
	Due         Due
}
