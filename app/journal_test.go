package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"testing"
	"time"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// Every day's postings are written down once, in two files that say the same and come to
// what the ledger has; what comes back later stands in a later journal.
func TestEveryPostingStandsInOneJournal(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		c := newTill(t, db, 2)
		books := &bookkeeper{db: db, engine: c.Engine, now: c.Now}
		c.Engine.Prepare[engine.Act{Noun: workflow.NounJournal, Action: workflow.ActCreate}] = books.complete
		daily := func(want int) []workflow.Journal {
			t.Helper()
			if err := books.daily(t.Context()); err != nil {
				t.Fatal(err)
			}
			list, err := models.Records[workflow.Journal](t.Context(), db.Reader, c.As(workflow.FinanceCertifier), workflow.NounJournal, models.Filter{})
			if err != nil || len(list) != want {
				t.Fatalf("%d journals, want %d (%v)", len(list), want, err)
			}
			return list
		}
		daily(0)
		refused := func(want workflow.Reason, through workflow.Date) {
			t.Helper()
			_, err := c.Make(c.As(workflow.FinanceCertifier), workflow.NounJournal, workflow.ActCreate, c.Program, enginetest.Date("through", through))
			var no *workflow.Refusal
			if !errors.As(err, &no) || no.Reason != want {
				t.Errorf("through %s: got %v, want %s", through, err, want)
			}
		}
		refused("day_not_over", workflow.DateOf(c.Now()))
		c.Advance(25 * time.Hour)
		first := daily(1)[0]
		daily(1)
		refused("day_in_journal", workflow.DateOf(first.Until).AddDays(-1))
		c.Advance(24 * time.Hour)
		refused("journal_empty", workflow.DateOf(first.Until))
		c.Act(nil, workflow.NounPayment, c.payments[0].ID, workflow.ActSettle, enginetest.Date("answered", workflow.DateOf(c.Now())))
		c.Act(nil, workflow.NounPayment, c.payments[1].ID, workflow.ActReturn, enginetest.Text("code", "R03"))
		c.Advance(25 * time.Hour)
		second := daily(2)[0]
		if first.Number == second.Number || second.Serial != 2 || !second.Since.Equal(first.Until) {
			t.Errorf("after %s comes %s from %s", first.Number, second.Number, second.Since)
		}
		all, err := db.Books(t.Context(), c.As(workflow.Auditor), models.BooksFilter{Program: c.Program})
		if err != nil || int64(all.Count) != first.Count+second.Count {
			t.Errorf("the ledger has %d postings, the journals %d and %d (%v)", all.Count, first.Count, second.Count, err)
		}
		var sum [workflow.Accounts]workflow.Cents
		for _, j := range []workflow.Journal{first, second} {
			journaled(t, db, &j, &sum)
		}
		for account := range sum {
			if got := all.Trial[account].Closing(); got != sum[account] {
				t.Errorf("%s: the journals come to %s, the ledger to %s", workflow.Account(account), sum[account], got)
			}
		}
		c.sound()
	})
}

// journaled reads the table of a journal into the sums of its accounts, and checks it against
// its record, its number in the United States Standard General Ledger and its own last row.
func journaled(t *testing.T, db *models.DB, j *workflow.Journal, sum *[workflow.Accounts]workflow.Cents) {
	t.Helper()
	file, there := j.Documents.Of("csv")
	if workbook, also := j.Documents.Of("xlsx"); !there || !also || file.Name != j.Number+".csv" || workbook.Size == 0 {
		t.Fatalf("%s has %v", j.Number, j.Documents.List())
	}
	body, err := db.Document(t.Context(), file.Sum)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	cents := func(row []string, column string) workflow.Cents {
		if row[at[column]] == "" {
			return 0
		}
		amount, err := workflow.ParseCents(row[at[column]])
		if err != nil {
			t.Fatal(err)
		}
		return amount
	}
	var debits, credits workflow.Cents
	betc := map[string]int{}
	for _, row := range rows[1 : len(rows)-1] {
		account, err := workflow.ParseAccount(row[at["account"]])
		if err != nil || row[at["ussgl"]] != account.USSGL() || row[at["ussgl"]] == "" || row[at["journal"]] != j.Number || row[at["tas"]] == "" {
			t.Errorf("line %v (%v)", row, err)
		}
		sum[account] += cents(row, "credit") - cents(row, "debit")
		debits, credits = debits+cents(row, "debit"), credits+cents(row, "credit")
		betc[row[at["betc"]]]++
	}
	last := rows[len(rows)-1]
	if debits != credits || debits != j.Total || cents(last, "debit") != j.Total || cents(last, "credit") != j.Total || int64(len(rows)-2) != 2*j.Count {
		t.Errorf("%s of %d postings, %s: %d lines, %s and %s, last %v", j.Number, j.Count, j.Total, len(rows)-2, debits, credits, last)
	}
	if settled := j.Serial == 2; (betc["DISB"] == 2) != settled {
		t.Errorf("%s moves money so: %v", j.Number, betc)
	}
}
