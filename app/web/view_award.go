package web

import "tranche/workflow"

// AwardsView lists awards.
type AwardsView struct {
	Shell
	List
	Rows []AwardRow
}

// Page implements View.
func (AwardsView) Page() string { return "awards" }

// AwardRow is one award in a list.
type AwardRow struct {
	Number, URL  string
	Organization string
	Place        string
	Tag          Tag
	Amount       workflow.Cents
	Paid         workflow.Cents
	Percent      int // paid, of the amount
	Due          Due // what the award waits for
}

// AwardView is the notice of award with everything that follows from it.
type AwardView struct {
	Shell
	Record
	Organization Link
	Terms        []Answer
	Conditions   []string
	Tranches     []TrancheRow
	Total        workflow.Cents
	Signatures   []Check
	Papers       []LetterCard // the notices of award, the one in force first
	Amendments   []AmendmentRow
	Claims       []ClaimRow
	Reports      []ReportRow
	Findings     []OwedRow
	Debts        []OwedRow
	Closeout     []Check // what it still takes to close it; nil: it is not closing
	Money        []Account
}

// Page implements View.
func (AwardView) Page() string { return "award" }

// TrancheRow is a milestone and the part of the award that it releases.
type TrancheRow struct {
	Number    int
	Milestone string
	Note      string
	Due       Stamp
	Tag       Tag
	Amount    workflow.Cents
	Action    Link // such as "Claim"; no Text: nothing to do
}

// AmendmentRow is one amendment of an award.
type AmendmentRow struct {
	Number, URL string
	Kind        string
	Tag         Tag
	Made        Stamp
	Face        workflow.Cents // of the award after it
}

// AmendmentView is a change of an award, with what it changes.
type AmendmentView struct {
	Shell
	Record
	Award      Link
	Request    []Answer
	Changes    *Comparison
	Signatures []Check
}

// Page implements View.
func (AmendmentView) Page() string { return "amendment" }

// ClaimsView lists claims.
type ClaimsView struct {
	Shell
	List
	Rows []ClaimRow
}

// Page implements View.
func (ClaimsView) Page() string { return "claims" }

// ClaimRow is one claim in a list.
type ClaimRow struct {
	Number, URL  string
	Organization string
	Award        string
	Milestone    string
	Tag          Tag
	Amount       workflow.Cents
	Made         Stamp
	Due          Due
}

// ClaimView is a request to be paid for a tranche.
type ClaimView struct {
	Shell
	Record
	Award    Link
	Request  []Answer
	Evidence []Answer // what was delivered, in the recipient's words
	Files    []Download
	Checks   []Check
	Payments []PaymentRow
}

// Page implements View.
func (ClaimView) Page() string { return "claim" }
