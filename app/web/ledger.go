package web

import (
	"net/url"
	"slices"

	"tranche/app/export"
	"tranche/models"
	"tranche/workflow"
)

// A ledgerAddress is the address of the ledger, read.
type ledgerAddress struct {
	models.BooksFilter
	query    url.Values // with known names and values only, without the page
	from, to workflow.Date
	left     []string // what was left out because nobody knows it
}

// readLedger reads the address of the ledger. Days are in UTC, the last one counts.
func (v *visit) readLedger() ledgerAddress {
	a := ledgerAddress{query: url.Values{}}
	for name, values := range v.QueryParams() {
		value := values[0]
		if value == "" || name == "lang" || name == doneName {
			continue
		}
		ok := true
		switch name {
		case "fund":
			a.Fund, ok = workflow.ParseID(value)
		case "application":
			a.Application, ok = workflow.ParseID(value)
		case "organization":
			a.Organization, ok = workflow.ParseID(value)
		case "from":
			a.from, ok = readDay(value)
		case "to":
			a.to, ok = readDay(value)
		case "after":
			a.After, ok = readMark(value)
		default:
			ok = false
		}
		switch {
		case !ok:
			a.left = append(a.left, name+"="+value)
		case name != "after":
			a.query.Set(name, value)
		}
	}
	slices.Sort(a.left)
	if a.from != 0 {
		a.From = a.from.Time()
	}
	if a.to != 0 {
		a.Until = a.to.AddDays(1).Time()
	}
	return a
}

// readDay reads a day as date fields send it.
func readDay(s string) (workflow.Date, bool) {
	d, err := workflow.ParseDate(s)
	return d, err == nil
}

// ledgerURL is where the postings that query describes are to be seen.
func ledgerURL(query url.Values) string {
	if len(query) == 0 {
		return "/ledger"
	}
	return "/ledger?" + query.Encode()
}

// ledgerOf is the ledger narrowed to one record, for who may read it.
func (v *visit) ledgerOf(noun workflow.Noun, id workflow.ID) []Button {
	if !v.viewer.SeesBooks() {
		return nil
	}
	return []Button{{Text: v.T("ledger.of"), URL: ledgerURL(url.Values{noun.String(): {id.String()}}), Icon: "account_balance"}}
}

// ledgerPage is how many postings a page shows.
const ledgerPage = 50

// ledger answers GET /ledger.
func (s *Server) ledger(v *visit) error {
	if !v.viewer.SeesBooks() {
		return models.ErrNotFound
	}
	a := v.readLedger()
	a.Limit = ledgerPage
	b, err := s.Reader.Books(v.ctx(), v.viewer, a.BooksFilter)
	if err != nil {
		return err
	}
	view := LedgerView{Shell: v.titled(v.T("ledger.title")), List: v.ledgerList(a, &b), From: dayField(a.from), To: dayField(a.to)}
	view.Notices = v.leftOut(a.left)
	if view.Funds, err = v.fundOptions(a.Fund); err != nil {
		return err
	}
	for _, name := range []string{workflow.NounApplication.String(), workflow.NounOrganization.String()} {
		if value := a.query.Get(name); value != "" {
			view.Keep = append(view.Keep, Hidden{name, value})
		}
	}
	for account := range b.Trial {
		line := &b.Trial[account]
		if *line != (models.TrialLine{}) {
			view.Trial = append(view.Trial, TrialRow{v.account(workflow.Account(account)), workflow.Account(account).USSGL(), line.Opening, line.In, line.Out, line.Closing()})
		}
	}
	for i := range b.Entries {
		view.Rows = append(view.Rows, v.entryRow(&b.Entries[i]))
	}
	return v.show(view, nil)
}

// account names an account.
func (v *visit) account(a workflow.Account) string { return v.T("money." + a.String()) }

func dayField(d workflow.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// ledgerList is what stands round the postings.
func (v *visit) ledgerList(a ledgerAddress, b *models.Books) List {
	var sum workflow.Cents
	for i := range b.Trial {
		sum += b.Trial[i].In
	}
	l := List{Lead: v.T("ledger.lead"), Count: v.N("ledger.count", b.Count, "sum", sum.Dollars()), Buttons: v.sheets("/ledger", a.query.Encode()),
		Pager: Pager{Shown: v.N("list.shown", len(b.Entries))}, Empty: Empty{Icon: "account_balance", Title: v.T("ledger.none"), Text: v.T("ledger.none_text")}}
	without := func(name string) string {
		query := url.Values{}
		for other, values := range a.query {
			if other != name {
				query[other] = values
			}
		}
		return ledgerURL(query)
	}
	f := &Filters{Clear: "/ledger"}
	for _, noun := range []workflow.Noun{workflow.NounApplication, workflow.NounOrganization} {
		if a.query.Has(noun.String()) {
			f.Chips = append(f.Chips, Link{v.Noun(noun.String()), without(noun.String())})
		}
	}
	l.Filters = f
	if a.After != (models.Mark{}) {
		l.Pager.FirstURL = ledgerURL(a.query)
	}
	if b.Next != (models.Mark{}) {
		next := url.Values{"after": {b.Next.String()}}
		for name, values := range a.query {
			next[name] = values
		}
		l.Pager.NextURL = ledgerURL(next)
	}
	return l
}

// fundOptions are the funds that the reader may choose.
func (v *visit) fundOptions(chosen workflow.ID) ([]Option, error) {
	funds, err := records[workflow.Fund](v, workflow.NounFund, models.Filter{Limit: models.MaxLimit})
	var out []Option
	for i := range funds {
		out = append(out, Option{Value: funds[i].ID.String(), Text: funds[i].Symbol + " · " + funds[i].Name, Chosen: funds[i].ID == chosen})
	}
	return out, err
}

func (v *visit) entryRow(e *models.Entry) EntryRow {
	row := EntryRow{At: v.Moment(e.At), Event: e.Event, What: v.Action(e.Noun.String(), e.Action.String()), Company: e.Organization, From: v.account(e.Debit), To: v.account(e.Credit),
		Fund: e.Symbol, Amount: e.Cents, Record: Link{v.Noun(e.Noun.String()), pathOf(e.Noun, e.Record)}}
	if e.Number != "" {
		row.Record.Text += " · " + e.Number
	}
	return row
}

// exportLedger answers GET /ledger.csv and the like: the postings of the same address as
// a file, all of its pages.
func (s *Server) exportLedger(f export.SheetFormat) func(*visit) error {
	return func(v *visit) error {
		if !v.viewer.SeesBooks() {
			return models.ErrNotFound
		}
		filter := v.readLedger().BooksFilter
		filter.After = models.Mark{}
		return s.stream(v, f, "ledger", func(sheet export.Sheet) error { return export.Books(v.ctx(), s.Reader, v.viewer, filter, sheet) })
	}
}
