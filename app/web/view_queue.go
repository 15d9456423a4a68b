package web

import "tranche/workflow"

// QueueView is the list of applications for those who work on them.
type QueueView struct {
	Shell
	List
	Saved   []Tab    // the reader's saved views
	Columns []Column // one for each cell of a row
	Rows    []QueueRow
	Bulk    []Option // what can be done to the chosen ones; none: nothing is to be chosen
}

// Page implements View.
func (QueueView) Page() string { return "queue" }

// QueueRow is one application in the queue.
type QueueRow struct {
	ID           workflow.ID
	Title, URL   string
	Number       string
	Organization string
	Flags        []string
	Tag          Tag
	Place        string
	Submitted    Stamp
	Requested    workflow.Cents
	Score        string // "" is not scored
	Due          Due
	Reviews      string // "2 of 3"
	Officer      Person // no Name: nobody yet
}
