package models_test

import (
	"fmt"
	"strings"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
)

// crowd makes some cases, and many like them behind the program's back.
func crowd(t *testing.T, db *models.DB) {
	t.Helper()
	w := enginetest.New(t, db)
	for i := range 12 {
		c := w.NewCase(fmt.Sprintf("智慧 %04d, Inc.", i), 1_000_00).Submit()
		if i%3 > 0 {
			c.Review()
		}
		if i%3 == 1 {
			c.Recommend()
		}
	}
	tx, err := db.Pool().Begin()
	if err != nil {
		t.Fatal(err)
	}
	do := func(what string) {
		t.Helper()
		if _, err := tx.Exec(what); err != nil {
			t.Fatalf("%.80s: %v", what, err)
		}
	}
	const copies, apart = 800, 10_000_000
	like := func(table string, change map[string]string) {
		t.Helper()
		var names, values []string
		rows, err := tx.Query("SELECT * FROM " + table + " WHERE 1 = 0")
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		rows.Close()
		for _, name := range columns {
			value := name
			if to, changes := change[name]; changes {
				value = to
			}
			names, values = append(names, name), append(values, value)
		}
		series := "WITH RECURSIVE copies (n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM copies WHERE n < %d) INSERT INTO %s (%s) SELECT %s FROM %s, copies"
		do(fmt.Sprintf(series, copies, table, strings.Join(names, ", "), strings.Join(values, ", "), table))
	}
	id := func(name string) string { return fmt.Sprintf("%s + n * %d", name, apart) }
	like("organizations", map[string]string{"id": id("id"), "uei": "''"})
	like("applications", map[string]string{"id": id("id"), "number": "number || '-' || n", "organization_id": id("organization_id"),
		"summary": "'" + strings.Repeat("As long as people write. ", 60) + "'"})
	term := map[models.Dialect]string{models.SQLite: "CAST(CAST(term AS TEXT) || n AS BLOB)", models.Postgres: "term || convert_to(CAST(n AS TEXT), 'UTF8')"}[db.Dialect()]
	like("search_terms", map[string]string{"record_id": id("record_id"), "term": term})
	like("reviews", map[string]string{"id": id("id"), "application_id": id("application_id")})
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Pool().Exec("ANALYZE"); err != nil {
		t.Fatal(err)
	}
	if db.Dialect() == models.Postgres {
		// So few rows are read as fast from the beginning to the end: it may, where no index helps.
		db.Pool().SetMaxOpenConns(1)
		if _, err := db.Pool().Exec("SET enable_seqscan = off"); err != nil {
			t.Fatal(err)
		}
	}
}

// No list, count, sum or search of the queue and of the desk goes through the table of
// applications, whoever asks, and whether the database knows what is in it or not.
func TestNoPageOfTheQueueGoesThroughAllApplications(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		look := func(t *testing.T) {
			models.EachViewer(func(who string, v *models.Viewer) {
				for _, p := range models.QueuePlans(v, 1, 2) {
					for _, step := range p.Explain(t, db) {
						if goesThrough(db.Dialect(), step) {
							t.Errorf("%s, %s: %s", who, p.Name, step)
						}
					}
				}
			})
		}
		if db.Dialect() == models.SQLite { // PostgreSQL reads an empty table whole, and is right
			t.Run("unknown", look)
		}
		crowd(t, db)
		t.Run("known", look)
	})
}

// goesThrough reports whether a step of a plan reads a table from its beginning to its end.
// What is read from what was found is not a table, and few panels are open.
func goesThrough(d models.Dialect, step string) bool {
	if d == models.Postgres {
		return strings.Contains(step, "Seq Scan on applications") || strings.Contains(step, "Seq Scan on search_terms") || strings.Contains(step, "Seq Scan on organizations")
	}
	name, scans := strings.CutPrefix(step, "SCAN ")
	if name == "p USING INDEX panels_open" {
		return false
	}
	name, _, _ = strings.Cut(name, " ")
	switch name {
	case "lane", "lanes", "found", "matches", "CONSTANT":
		return false
	}
	return scans && !strings.HasPrefix(name, "(")
}
