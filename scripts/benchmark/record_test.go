package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
)

// What is replayed must be what the product does for a transition, all of it.
func TestARecordingHasEveryStatementOfATransition(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	st, err := seed(ctx, dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	all := st.phases(0, 1)
	trans, err := st.record(ctx, filepath.Join(dir, "record.db"), []phase{all[0], all[1], st.screening(0, 1), all[2]})
	if err != nil {
		t.Fatal(err)
	}
	for i, begins := range [][]string{
		{"SELECT body_sum", "SELECT applications", "UPDATE applications", "INSERT INTO events", "INSERT INTO postings",
			"UPDATE application_balances", "UPDATE fund_balances", "INSERT INTO idempotency_keys"},
		{"SELECT body_sum", "UPDATE applications", "INSERT INTO events", "INSERT INTO documents", "INSERT INTO idempotency_keys", "-- name: JobInsert"},
		{"SELECT body_sum", "UPDATE applications", "INSERT INTO events", "INSERT INTO idempotency_keys"},
	} {
		for _, begin := range begins {
			if !has(trans[all[i].calls[0][0]], begin) {
				t.Errorf("%s: no statement begins with %q", all[i].name, begin)
			}
		}
	}
	replayed(t, st, trans, filepath.Join(dir, "raw.db"), all)
}

func has(list transaction, begin string) bool {
	for _, s := range list {
		if strings.HasPrefix(s.text, begin) {
			return true
		}
	}
	return false
}

// replayed does the calls again by plain database/sql and counts their events.
func replayed(t *testing.T, st *stage, trans map[*call]transaction, file string, all []phase) {
	t.Helper()
	ctx := context.Background()
	if err := copyFile(file, st.file); err != nil {
		t.Fatal(err)
	}
	r, err := openRaw(ctx, file, trans)
	if err != nil {
		t.Fatal(err)
	}
	defer r.db.Close()
	count := func() (n int) {
		if err := r.db.QueryRow("SELECT COUNT(*) FROM events").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := count()
	if _, err := r.run(ctx, all[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := r.run(ctx, all[1]); err != nil {
		t.Fatal(err)
	}
	if got := count() - before; got != 3 {
		t.Errorf("recommend, return and submit made %d events, want 3", got)
	}
}
