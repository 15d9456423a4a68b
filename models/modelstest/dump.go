package modelstest

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tranche/models"
)

// Dump returns every row of every table of ours as text, one line a row, in an
// order that does not depend on how they are stored: two equal dumps are two
// equal databases. Left out are the tables named in but, and id_blocks: a
// process takes IDs ahead of need.
func Dump(t testing.TB, db *models.DB, but ...string) string {
	t.Helper()
	tables := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	if db.Dialect() == models.Postgres {
		tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
	}
	var out []string
	for _, name := range rowsOf(t, db, tables) {
		if name == "id_blocks" || slices.Contains(but, name) {
			continue
		}
		for _, row := range rowsOf(t, db, "SELECT * FROM "+name) {
			out = append(out, name+": "+row)
		}
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// rowsOf returns the rows that query selects, each as the text of its values.
func rowsOf(t testing.TB, db *models.DB, query string) (out []string) {
	t.Helper()
	rows, err := db.Pool().Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, dest := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			dest[i] = &values[i]
		}
		if err := rows.Scan(dest...); err != nil {
			t.Fatal(err)
		}
		texts := make([]string, len(values))
		for i, v := range values {
			if texts[i] = v.String; len(columns) > 1 {
				texts[i] = fmt.Sprintf("%s=%q", columns[i], v.String)
			}
		}
		out = append(out, strings.Join(texts, " "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
