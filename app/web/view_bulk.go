package web

import "tranche/app/letter"

// BulkView is one act on several cases: its form, what would happen, or what happened.
type BulkView struct {
	Shell
	Notices []Notice
	Form    *Form // nil: there is nothing to send
	Rows    []BulkRow
	Done    bool // it happened
}

// Page implements View.
func (BulkView) Page() string { return "bulk" }

// BulkRow is one of the cases.
type BulkRow struct {
	Number, Title, URL string
	Organization       string
	Tag                Tag
	Told               string        // what is particular to it: an officer, an amount, reasons
	Refused            string        // why it is not acted on, or ""
	Able               bool          // it can be acted on, as the look found
	Letter             *letter.Paper // that would be sent; nil: none, or it is not known yet
	Mail               Link          // to what was sent; no Text: nothing
}
