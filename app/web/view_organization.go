package web

import "tranche/workflow"

// OrganizationView is a company: who it is, what it earned, whom it belongs to,
// and where it is paid.
type OrganizationView struct {
	Shell
	Record
	Identity   []Answer
	Statements []StatementRow
	Affiliates []AffiliateRow
	Accounts   []BankAccountRow
	Members    []Person
	Cases      []QueueRow
}

// Page implements View.
func (OrganizationView) Page() string { return "organization" }

// StatementRow is the revenue of one fiscal year.
type StatementRow struct {
	Year     string
	Amount   workflow.Cents
	Source   string
	Invented bool
	By       Person
	At       Stamp
}

// AffiliateRow is an organization that controls this one or is controlled by it.
type AffiliateRow struct {
	Name, URL string // no URL: not for this reader
	UEI       string
	Relation  string
	Since     Stamp
}

// BankAccountRow is one version of a bank account; only the last four digits
// are ever shown.
type BankAccountRow struct {
	URL      string
	LastFour string
	Bank     string
	Version  int
	Tag      Tag
	Entered  string // by whom and when
	Verified string
}

// HoldsView lists what stands in the way of cases, and the acts that need two
// people.
type HoldsView struct {
	Shell
	List
	Rows       []HoldRow
	Exceptions []ExceptionRow
}

// Page implements View.
func (HoldsView) Page() string { return "holds" }

// HoldRow is one hold.
type HoldRow struct {
	URL      string
	On       Link
	Reason   string
	Tag      Tag
	By       Person
	Placed   Stamp
	NextLook Due
}

// ExceptionRow is one act that needs two people.
type ExceptionRow struct {
	URL    string
	Act    string
	On     Link
	Tag    Tag
	By     Person
	Second Person // who approved or denied it
	At     Stamp
}

// PeopleView lists the people who may sign in, for the administrator.
type PeopleView struct {
	Shell
	List
	Rows []PersonRow
}

// Page implements View.
func (PeopleView) Page() string { return "people" }

// PersonRow is one person with all roles.
type PersonRow struct {
	Person
	URL   string
	Email string
	Roles []string
	Last  Stamp // the last sign-in; empty: never
	Tag   Tag
}

// RecordView is the page of a record that has no page of its own: holds,
// exceptions, bank accounts, funds.
type RecordView struct {
	Shell
	Record
	Groups []AnswerGroup
	Events []Event // the whole history, on its own tab
}

// Page implements View.
func (RecordView) Page() string { return "record" }
