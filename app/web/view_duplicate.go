package web

import "tranche/workflow"

// DuplicatesView lists the pairs of organizations that may be one.
type DuplicatesView struct {
	Shell
	List
	Rows []DuplicateRow
}

// Page implements View.
func (DuplicatesView) Page() string { return "duplicates" }

// DuplicateRow is one pair.
type DuplicateRow struct {
	A, B     string // their names
	URL      string
	Likeness string
	Signs    string // what they have in common, in words
	Tag      Tag
	Found    Stamp
	By       Person // who decided about it; no Name: nobody yet
}

// DuplicateView is one pair, side by side.
type DuplicateView struct {
	Shell
	Record
	Sides     [2]DuplicateSide
	Signs     []SignRow
	Pairs     []HitPair
	Together  workflow.Cents // awarded to both, in force
	Decisions []Event        // the newest first
}

// Page implements View.
func (DuplicateView) Page() string { return "duplicate" }

// DuplicateSide is one of two organizations.
type DuplicateSide struct {
	Name, URL string
	Tag       Tag
	Awarded   workflow.Cents // in force
	Cases     []QueueRow
}

// SignRow is one thing that both have in common, as each says it. "" is too long to
// be repeated.
type SignRow struct {
	Sign, Weight string
	A, B         string
}
