package models

import (
	"path/filepath"
	"testing"

	"github.com/mattn/go-sqlite3"
)

// Each request asks findBearing; planning it took five times as long as running it.
func TestAStatementIsPlannedOnce(t *testing.T) {
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "plan.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
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
		rows, err := s.QueryContext(t.Context(), "a sum")
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
