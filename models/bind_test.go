package models

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/mattn/go-sqlite3"

	"tranche/workflow"
)

// empty opens a database with all tables and nothing in them.
func empty(t *testing.T) *DB {
	t.Helper()
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "plan.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

// Each request asks findBearing; planning it took five times as long as running it.
func TestAStatementIsPlannedOnce(t *testing.T) {
	db := empty(t)
	conn, err := db.sql.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	looks := 0 // SQLite asks while it plans, never while it runs
	if err := conn.Raw(func(c any) error {
		c.(*sqlite3.SQLiteConn).RegisterAuthorizer(func(int, string, string, string) int { looks++; return sqlite3.SQLITE_OK })
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	s, err := conn.PrepareContext(t.Context(), db.bind(findBearing))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	planned := looks
	for range 3 {
		rows, err := s.QueryContext(t.Context(), 0, 0, "a sum")
		if err != nil {
			t.Fatal(err)
		}
		if rows.Next() || rows.Close() != nil {
			t.Fatal("there is no such token")
		}
	}
	if planned == 0 || looks > planned {
		t.Errorf("SQLite looked at %d names to plan the statement, and at %d more to run it", planned, looks-planned)
	}
}

// What each request asks does not go through a table.
func TestEachRequestsQuestionsFindByIndex(t *testing.T) {
	db := empty(t)
	for _, query := range []string{findSession, findBearing} {
		db.scansNothing(t, query, 0, 0, "a sum")
	}
}

// Who looks for the cases that are flagged does not go through all the others.
func TestFlaggedCasesAreFoundByIndex(t *testing.T) {
	db := empty(t)
	officer := &Viewer{Person: 1, Grants: []ViewerGrant{{Role: workflow.ProgramOfficer, Program: 2}}}
	for _, v := range []*Viewer{officer, {System: true}} {
		query, args := Queue{View: ViewAll, Flags: []string{"review_struck", "terms_moved"}}.page(v, nil)
		if plan := db.scansNothing(t, query, args...); !strings.Contains(plan, "INDEX applications_flagged") {
			t.Errorf("the index of flags is not used:\n%s", plan)
		}
	}
}

// scansNothing returns how SQLite goes about a query: never through a whole table.
func (db *DB) scansNothing(t *testing.T, query string, args ...any) string {
	t.Helper()
	rows, err := db.sql.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+db.bind(query), args...)
	if err != nil {
		t.Fatal(err)
	}
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		if steps = append(steps, step); strings.HasPrefix(step, "SCAN") {
			t.Errorf("%.60s: %s", query, step)
		}
	}
	if err := rows.Close(); err != nil || len(steps) == 0 {
		t.Errorf("%.60s: %d steps, %v", query, len(steps), err)
	}
	return strings.Join(steps, "\n")
}
