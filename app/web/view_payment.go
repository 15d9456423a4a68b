package web

import "tranche/workflow"

// PaymentsView lists payments.
type PaymentsView struct {
	Shell
	List
	Rows []PaymentRow
}

// Page implements View.
func (PaymentsView) Page() string { return "payments" }

// PaymentRow is one payment in a list. Of an account only the last four digits
// are ever shown.
type PaymentRow struct {
	Number, URL string
	Payee       string
	BankReads   string // the name as the bank reads it, where that is another; "" elsewhere
	Milestone   string
	LastFour    string
	Tag         Tag
	Note        string // why it is held or came back
	ToDate      workflow.Cents
	Amount      workflow.Cents
	Batch       Link
	Drop        *Form // takes it out of an open batch; nil: not offered
}

// PaymentView is one payment and the ones it is linked to.
type PaymentView struct {
	Shell
	Record
	Details []Answer
	Checks  []Check
	Linked  []PaymentRow // the payment it stands in for, and those that stand in for it
}

// Page implements View.
func (PaymentView) Page() string { return "payment" }

// BatchesView lists batches.
type BatchesView struct {
	Shell
	List
	Rows []BatchRow
}

// Page implements View.
func (BatchesView) Page() string { return "batches" }

// BatchRow is one batch in a list.
type BatchRow struct {
	Number, URL string
	Tag         Tag
	Payments    int
	Total       workflow.Cents
	Pays        Stamp
	Preparer    Person
	Certifier   Person
	Unsaid      bool // this reader may have to type the total: it is not shown
}

// BatchNewView offers the payments that are due for a new batch.
type BatchNewView struct {
	Shell
	List
	Form   Form
	Rows   []DueRow // can be in
	Total  workflow.Cents
	Out    []DueRow // cannot, and why
	OutSum workflow.Cents
}

// Page implements View.
func (BatchNewView) Page() string { return "batch_new" }

// DueRow is a payment that is ready, or held back with the reason why.
type DueRow struct {
	PaymentRow
	Value  string // of its box
	Chosen bool
	Why    string
}

// BatchView is one batch. A certifier has to type the total from the books: the
// page for a certifier leaves Sum nil, and no number on it adds up to a column.
type BatchView struct {
	Shell
	Record
	Totals []Fact
	Rows   []PaymentRow
	Pager  Pager
	Sum    *Total // nil: not for this reader
	Unsaid bool   // this reader types the total: nothing that may equal it is shown
	Alone  bool   // so is the amount of the only payment
	Hint   string // where else to read it, or ""
	Out    []DueRow
	Checks []Check
	Files  []Download
	Locked string // why there are no files yet, or ""
}

// Page implements View.
func (BatchView) Page() string { return "batch" }

// Total is the last row of a table of payments.
type Total struct {
	Text   string
	Amount workflow.Cents
}
