package web

// OrganizationView is a company: who it is, what it earned, whom it belongs to,
// and where it is paid.
type OrganizationView struct {
	Shell
	Record
	Identity   []Answer
	Statements []StatementRow
	Kin        []KinNode
	Warning    string         // what is unusual about its numbers, or ""
	Screening  *ScreeningCard // nil: not for this reader
	Duplicates []DuplicateRow
	Accounts   []BankAccountRow
	Members    []MemberRow
	Cases      []QueueRow
}

// Page implements View.
func (OrganizationView) Page() string { return "organization" }

// MemberRow is somebody who acts for an organization, with what the reader can do about it.
type MemberRow struct {
	Person
	Acts Actions
}

// StatementRow is the revenue of one period.
type StatementRow struct {
	Year     string
	URL      string
	Period   string
	Amount   string // with its currency
	Source   string
	Document bool // there is a file
	Invented bool
	By       Person
	At       Stamp
}

// A KinNode is an organization that a link leads to from the one above it.
type KinNode struct {
	Name, URL string // no URL: not for this reader
	UEI       string
	Relation  string // what it is to the one above
	Period    string // since when, and until when
	Tag       Tag    // of the affiliation
	Link      string // to the affiliation; "" is not for this reader
	Again     bool   // it stands further up already: the links go round
	Below     []KinNode
}

// StatementView is one revenue statement with its evidence and what is taken off it.
type StatementView struct {
	Shell
	Record
	Stated       []Answer
	Document     []Download
	Eliminations []EliminationRow
}

// Page implements View.
func (StatementView) Page() string { return "statement" }

// EliminationRow is revenue that another organization paid.
type EliminationRow struct {
	Name, URL string // of the organization that paid
	Amount    string
	Tag       Tag
	Document  []Download
	Acts      Actions
}

// RatesView lists exchange rates, with the form that adds one.
type RatesView struct {
	Shell
	List
	Rows    []RateRow
	Actions Actions
}

// Page implements View.
func (RatesView) Page() string { return "rates" }

// RateRow is one exchange rate.
type RateRow struct {
	Currency, URL string
	Period        string
	PerUnit       string
	Publisher     string
	Tag           Tag
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
	Place      *Form // that places a hold on a routing number; nil for who may not
}

// Page implements View.
func (HoldsView) Page() string { return "holds" }

// Problems lists what is wrong with the form that came back.
func (v HoldsView) Problems() []Problem {
	if v.Place == nil {
		return nil
	}
	return v.Place.Problems()
}

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
