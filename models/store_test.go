package models_test

import (
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// together runs f n times at the same moment and returns when all are done.
func together(n int, f func(i int)) {
	var start, done sync.WaitGroup
	start.Add(1)
	for i := range n {
		done.Go(func() {
			start.Wait()
			f(i)
		})
	}
	start.Done()
	done.Wait()
}

// number returns the one number that query selects.
func number(t testing.TB, db *models.DB, query string) (n int64) {
	t.Helper()
	if err := db.Pool().QueryRow(query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

const events = "SELECT COUNT(*) FROM events"

func save(w *enginetest.World, c *enginetest.Case, version int64, title string, key *models.Key) (engine.Answer, error) {
	return w.Engine.Do(w.T.Context(), engine.Request{Viewer: w.Viewer(c.AOR), Key: key, Command: workflow.Command{
		Noun: workflow.NounApplication, Action: workflow.ActSave, ID: c.Application, Version: version, Received: w.Now(),
		Inputs: []workflow.Input{enginetest.Text("title", title)}}})
}

func TestAStaleVersionIsRefusedAndNothingChanges(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		c := w.Draft(1_000_00)
		if _, err := save(w, c, 1, "First", nil); err != nil {
			t.Fatal(err)
		}
		before := number(t, db, events)
		if _, err := save(w, c, 1, "Second", nil); !errors.Is(err, models.ErrStale) {
			t.Errorf("got %v, want ErrStale", err)
		}
		if got := number(t, db, events); got != before {
			t.Errorf("%d events were added", got-before)
		}
		app, err := models.Record[workflow.Application](t.Context(), db.Reader, w.Viewer(c.AOR), workflow.NounApplication, c.Application)
		if err != nil {
			t.Fatal(err)
		}
		if app.Title != "First" || app.Version != 2 {
			t.Errorf("title %q, version %d", app.Title, app.Version)
		}
	})
}

func TestOfManyWhoActOnOneVersionOneWins(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		c := w.Draft(1_000_00)
		errs := make([]error, 16)
		together(len(errs), func(i int) { _, errs[i] = save(w, c, 1, strings.Repeat("x", i+1), nil) })
		won := 0
		for _, err := range errs {
			switch {
			case err == nil:
				won++
			case !errors.Is(err, models.ErrStale):
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d won", won)
		}
		sound(t, db)
	})
}

// A copy is a row that somebody inserts behind the program's back: the newest of
// a table under another ID, with some columns changed.
type copied struct {
	table string
	with  map[string]string // column → SQL
}

// A rule that the database holds takes good, and refuses evil, which differs
// from it in nothing but what the rule is about.
type rule struct {
	name       string
	good, evil copied
}

func (c copied) insert(t *testing.T, db *models.DB) error {
	t.Helper()
	rows, err := db.Pool().Query("SELECT * FROM " + c.table + " WHERE 1 = 0")
	if err != nil {
		t.Fatal(err)
	}
	columns, err := rows.Columns()
	if err := errors.Join(err, rows.Close()); err != nil {
		t.Fatal(err)
	}
	values := slices.Clone(columns)
	for i, column := range columns {
		if sql, changed := c.with[column]; changed {
			values[i] = sql
		} else if column == "id" {
			values[i] = "id + 1000000"
		}
	}
	tx, err := db.Pool().Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := tx.Rollback(); err != nil {
			t.Error(err)
		}
	}()
	_, err = tx.Exec("INSERT INTO " + c.table + " (" + strings.Join(columns, ", ") + ") SELECT " + strings.Join(values, ", ") +
		" FROM " + c.table + " ORDER BY 1 DESC LIMIT 1")
	return err
}

func TestTheDatabaseItselfHoldsTheRules(t *testing.T) {
	with := func(more ...string) map[string]string {
		out := map[string]string{"number": "'X'"}
		for i := 0; i < len(more); i += 2 {
			out[more[i]] = more[i+1]
		}
		return out
	}
	rules := []rule{
		{"an award is at most 5,000,000.00", copied{table: "awards", with: with("state", "'refused'", "face", "500000000")},
			copied{table: "awards", with: with("state", "'refused'", "face", "500000001")}},
		{"an award is of something", copied{table: "awards", with: with("state", "'refused'", "face", "1")},
			copied{table: "awards", with: with("state", "'refused'", "face", "0")}},
		{"an application has one live award", copied{table: "awards", with: with("state", "'refused'")},
			copied{table: "awards", with: with()}},
		{"an award has a number of its own", copied{table: "awards", with: with("state", "'refused'")},
			copied{table: "awards", with: map[string]string{"state": "'refused'"}}},
		{"a claim is of something", copied{table: "claims", with: with("state", "'cancelled'", "amount", "1")},
			copied{table: "claims", with: with("state", "'cancelled'", "amount", "0")}},
		{"a tranche has one live claim", copied{table: "claims", with: with("state", "'rejected'")}, copied{table: "claims", with: with()}},
		{"a payment is of something", copied{table: "payments", with: with("state", "'cancelled'", "amount", "1")},
			copied{table: "payments", with: with("state", "'cancelled'", "amount", "0")}},
		{"a tranche has one live payment", copied{table: "payments", with: with("state", "'returned'")}, copied{table: "payments", with: with()}},
		{"a payment's claim is there", copied{table: "payments", with: with("state", "'returned'")},
			copied{table: "payments", with: with("state", "'returned'", "claim_id", "1")}},
		{"a tranche is of something", copied{table: "tranches", with: with("number", "99", "amount", "1")},
			copied{table: "tranches", with: with("number", "99", "amount", "0")}},
		{"a UEI is one organization's", copied{table: "organizations", with: map[string]string{"uei": "''"}}, copied{table: "organizations"}},
		{"an organization is in one group", copied{table: "organizations", with: map[string]string{"uei": "'TESTTESTTEST'"}},
			copied{table: "organization_groups"}},
		{"who verifies a bank account did not enter it", copied{table: "bank_accounts", with: map[string]string{"state": "'entered'"}},
			copied{table: "bank_accounts", with: map[string]string{"state": "'entered'", "verified_by": "entered_by"}}},
		{"an organization has one verified bank account", copied{table: "bank_accounts", with: map[string]string{"state": "'superseded'"}},
			copied{table: "bank_accounts"}},
		{"a record has one event of a version", copied{table: "events", with: map[string]string{"version": "version + 1"}}, copied{table: "events"}},
		{"a version is above zero", copied{table: "statements", with: map[string]string{"state": "'withdrawn'"}},
			copied{table: "statements", with: map[string]string{"state": "'withdrawn'", "version": "0"}}},
	}
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		enginetest.New(t, db).Draft(90_000_00).To().Claim(0)
		rules := rules
		if db.Dialect() == models.Postgres { // numbers of events are the database's to give
			rules = slices.DeleteFunc(slices.Clone(rules), func(r rule) bool { return r.good.table == "events" })
		}
		for _, r := range rules {
			if err := r.good.insert(t, db); err != nil {
				t.Errorf("%s: what keeps to it is refused: %v", r.name, err)
			}
			if err := r.evil.insert(t, db); err == nil {
				t.Errorf("%s: what breaks it is taken", r.name)
			}
		}
	})
}

func TestTheDatabaseRefusesChangesBehindTheBooks(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		enginetest.New(t, db).Draft(90_000_00).Submit().Review().Recommend().Awarded()
		for _, change := range []string{
			"UPDATE events SET inputs = ''",
			"DELETE FROM events",
			"UPDATE postings SET cents = cents + 1",
			"DELETE FROM postings",
			"UPDATE documents SET made = made + 1",
			"UPDATE fund_balances SET available = available - 1",
			"UPDATE fund_balances SET committed = -1, available = available + committed + 1",
			"UPDATE application_balances SET committed = committed + 1",
			"UPDATE application_balances SET committed = 500000001, available = -500000001",
			"UPDATE group_caps SET cents = 500000001",
			"UPDATE group_caps SET cents = -1",
			"INSERT INTO id_blocks (one, taken) VALUES (2, 0)",
			"UPDATE applications SET recommended = 500000001",
			"UPDATE opportunities SET award_cap = 500000001",
		} {
			if _, err := db.Pool().Exec(change); err == nil {
				t.Errorf("taken: %s", change)
			}
		}
		sound(t, db)
	})
}

func TestTwinRequestsWithOneKeyHaveOneEffect(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		c := w.Draft(1_000_00)
		before := number(t, db, events)
		key := func(body string) *models.Key {
			return &models.Key{Principal: c.AOR, Route: "PATCH /applications", Text: "key-1", Body: sha256.Sum256([]byte(body))}
		}
		answers, errs := make([]engine.Answer, 16), make([]error, 16)
		together(len(errs), func(i int) { answers[i], errs[i] = save(w, c, 1, "Once", key("a")) })
		first := 0
		for i, a := range answers {
			if errs[i] != nil {
				t.Fatal(errs[i])
			}
			if !a.Replayed {
				first++
			}
			a.Replayed, answers[0].Replayed = false, false
			if a != answers[0] {
				t.Errorf("answers differ: %+v and %+v", a, answers[0])
			}
		}
		if got := number(t, db, events) - before; got != 1 || first != 1 {
			t.Errorf("%d events, %d answers that were new; want one of each", got, first)
		}
		if _, err := save(w, c, 2, "Twice", key("b")); !errors.Is(err, models.ErrKeyReused) {
			t.Errorf("got %v, want ErrKeyReused", err)
		}
		other := key("b")
		other.Principal++
		if _, err := save(w, c, 2, "Another's", other); err != nil {
			t.Errorf("the key of somebody else: %v", err)
		}
	})
}
