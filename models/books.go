package models

import (
	"context"
	"database/sql"
	"time"

	"tranche/workflow"
)

// A BooksFilter says which postings of the ledger are looked at: all that the viewer
// may know of, where nothing is set.
type BooksFilter struct {
	Program      workflow.ID
	Fund         workflow.ID
	Application  workflow.ID // the case whose award the money belongs to
	Organization workflow.ID
	From         time.Time // what came before is the opening balance; zero: nothing did
	Until        time.Time // what came at or after it does not count; zero: everything counts
	After        Mark      // where the page before ended: an event, and how many of its postings were read
	Limit        int       // of entries; zero: none
}

// An Entry is one posting, with the event that made it.
type Entry struct {
	workflow.Posting
	Event        int64
	Seq          int64 // of the postings of the event, from zero
	At           time.Time
	Noun         workflow.Noun // of the record that the event is about
	Record       workflow.ID
	Action       workflow.Action
	Symbol       string // of the fund
	Number       string // of the application, "" where the money is the fund's own
	Organization string
}

// A TrialLine is one account of a trial balance. Money comes into an account and goes
// out of it; only workflow.Authority falls below zero.
type TrialLine struct {
	Opening workflow.Cents
	In, Out workflow.Cents // in the period
}

// Closing is what the account holds at the end of the period.
func (l *TrialLine) Closing() workflow.Cents { return l.Opening + l.In - l.Out }

// A Trial is a trial balance: what each account held, got and gave. The opening and the
// closing balances of all accounts come to nothing, and what came in is what went out.
type Trial [workflow.Accounts]TrialLine

// Books are a part of the ledger.
type Books struct {
	Trial   Trial
	Count   int // of the postings in the period
	Entries []Entry
	Next    Mark // zero: this is the last page
}

// SeesBooks reports whether v may read the ledger: staff who do more than review.
func (v *Viewer) SeesBooks() bool { return v.System || v.staffOf(workflow.Reviewer) }

// Books reads a trial balance and one page of the postings behind it, the oldest first.
// Balances and postings come from one condition at one moment. Postings of cases that v
// has no part in are missing from both.
func (r Reader) Books(ctx context.Context, v *Viewer, f BooksFilter) (b Books, err error) {
	err = r.look(ctx, func(tx *Tx) error {
		return steps(
			func() error { return tx.trial(v, f, &b) },
			func() error { return tx.booksPage(v, f, &b) },
		)
	})
	return b, err
}

// booksFrom joins what the postings are narrowed by.
const booksFrom = ` FROM postings JOIN events ON events.id = postings.event_id JOIN funds ON funds.id = postings.fund_id
	LEFT JOIN applications ON applications.id = postings.application_id
	LEFT JOIN organizations ON organizations.id = applications.organization_id WHERE `

// where writes the condition of f, but for its beginning and its page, as v may see it.
func (f *BooksFilter) where(v *Viewer) (string, []any) {
	if !v.SeesBooks() {
		return "1 = 0", nil
	}
	const company, application = "applications.organization_id", "COALESCE(applications.id, 0)"
	where, args := "1 = 1", []any(nil)
	if !v.System {
		if where, args = v.staffSight("funds.program_id", "", []string{company}, application); where == "" {
			return "1 = 0", nil
		}
	}
	barred, more := v.barredSight(company, application)
	where, args = "("+where+")"+barred, append(args, more...)
	// A posting is of the case of its event: events have an index by it.
	for _, narrowed := range []struct {
		by string
		to workflow.ID
	}{{"funds.program_id = ?", f.Program}, {"postings.fund_id = ?", f.Fund}, {"events.application_id = ?", f.Application},
		{"events.application_id IN (SELECT a.id FROM applications a WHERE a.organization_id = ?)", f.Organization}} {
		if narrowed.to != 0 {
			where, args = where+" AND "+narrowed.by, append(args, int64(narrowed.to))
		}
	}
	if !f.Until.IsZero() {
		where, args = where+" AND events.at < ?", append(args, f.Until.UnixMicro())
	}
	return where, args
}

// from is the beginning of the period as events have it.
func (f *BooksFilter) from() int64 { return microOrZero(f.From) }

// trial adds up the postings.
func (t *Tx) trial(v *Viewer, f BooksFilter, b *Books) error {
	where, args := f.where(v)
	query := `SELECT postings.debit, postings.credit, CAST(SUM(CASE WHEN events.at < ? THEN postings.cents ELSE 0 END) AS BIGINT),
		CAST(SUM(CASE WHEN events.at >= ? THEN postings.cents ELSE 0 END) AS BIGINT), COUNT(CASE WHEN events.at >= ? THEN 1 END)` +
		booksFrom + where + " GROUP BY postings.debit, postings.credit"
	args = append([]any{f.from(), f.from(), f.from()}, args...)
	return t.ask(query, args, func(rows *sql.Rows) error {
		var p workflow.Posting
		var before, during workflow.Cents
		var n int
		err := rows.Scan(column{"debit", &p.Debit}, column{"credit", &p.Credit}, column{"before", &before}, column{"during", &during}, &n)
		b.Trial[p.Debit].Opening -= before
		b.Trial[p.Credit].Opening += before
		b.Trial[p.Debit].Out += during
		b.Trial[p.Credit].In += during
		b.Count += n
		return err
	})
}

// booksPage reads one page of the postings in the period.
func (t *Tx) booksPage(v *Viewer, f BooksFilter, b *Books) error {
	if f.Limit == 0 {
		return nil
	}
	err := t.eachEntry(v, f, f.Limit+1, func(e *Entry) error {
		b.Entries = append(b.Entries, *e)
		return nil
	})
	if len(b.Entries) > f.Limit {
		b.Entries = b.Entries[:f.Limit]
		last := &b.Entries[f.Limit-1]
		b.Next = Mark{last.Event, workflow.ID(last.Seq + 1)}
	}
	return err
}

// EachEntry calls each for every posting that f describes, the oldest first, at one
// moment and in constant memory. The Entry is only good until each returns.
func (r Reader) EachEntry(ctx context.Context, v *Viewer, f BooksFilter, each func(*Entry) error) error {
	return r.look(ctx, func(tx *Tx) error { return tx.eachEntry(v, f, -1, each) })
}

// eachEntry reads at most limit entries, or all where it is below zero.
func (t *Tx) eachEntry(v *Viewer, f BooksFilter, limit int, each func(*Entry) error) error {
	where, args := f.where(v)
	query := `SELECT postings.event_id, postings.seq, postings.fund_id, postings.application_id, postings.debit, postings.credit, postings.cents,
		events.at, events.noun, events.record_id, events.action, funds.symbol, COALESCE(applications.number, ''), COALESCE(organizations.legal_name, '')` +
		booksFrom + where + " AND events.at >= ?"
	args = append(args, f.from())
	if f.After != (Mark{}) {
		query += " AND postings.event_id >= ? AND (postings.event_id > ? OR postings.seq >= ?)"
		args = append(args, f.After.Key, f.After.Key, int64(f.After.ID))
	}
	query += " ORDER BY postings.event_id, postings.seq"
	if limit >= 0 {
		query, args = query+" LIMIT ?", append(args, limit)
	}
	var e Entry
	columns := scanners([]column{
		{"event_id", &e.Event}, {"seq", &e.Seq}, {"fund_id", &e.Fund}, {"application_id", &e.Application}, {"debit", &e.Debit}, {"credit", &e.Credit}, {"cents", &e.Cents},
		{"at", &e.At}, {"noun", &e.Noun}, {"record_id", &e.Record}, {"action", &e.Action}, {"symbol", &e.Symbol}, {"number", &e.Number}, {"legal_name", &e.Organization},
	})
	return t.ask(query, args, func(rows *sql.Rows) error {
		e = Entry{}
		if err := rows.Scan(columns...); err != nil {
			return err
		}
		return each(&e)
	})
}
