package models

import (
	"context"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tranche/workflow"
)

// Every member of every record is stored in a column, and the columns are those
// of the migration.
func TestEveryMemberHasAColumn(t *testing.T) {
	for noun, s := range shelves {
		m := s.fresh()
		stored := map[uintptr]string{}
		for _, c := range m.columns {
			stored[reflect.ValueOf(c.at).Pointer()] = c.name
		}
		walk(reflect.ValueOf(m.value).Elem(), func(name string, at uintptr) {
			derived := noun == workflow.NounOrganization && name == "Group"
			if stored[at] == "" && !derived {
				t.Errorf("%s.%s has no column", noun, name)
			}
		})
	}
}

// What a duty waits for is found by how long it waits.
func TestWhatWaitsSaysSinceWhen(t *testing.T) {
	for _, e := range workflow.Errands {
		if name := shelves[e.Noun].name; !hasEntered(name) {
			t.Errorf("%s waits under %s, and its table does not say since when", name, e)
		}
	}
}

func walk(v reflect.Value, each func(name string, at uintptr)) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Anonymous {
			walk(v.Field(i), each)
			continue
		}
		each(f.Name, v.Field(i).Addr().Pointer())
	}
}

func TestColumnsAreThoseOfTheSchema(t *testing.T) {
	ctx := context.Background()
	db, err := Open(ctx, filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	for noun, s := range shelves {
		rows, err := db.sql.Query("SELECT name FROM pragma_table_info(?)", s.name)
		if err != nil {
			t.Fatal(err)
		}
		var got, want []string
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				t.Fatal(err)
			}
			got = append(got, name)
		}
		for _, c := range s.fresh().columns {
			want = append(want, c.name)
		}
		if hasEntered(s.name) {
			want = append(want, "entered")
		}
		if noun == workflow.NounApplication {
			want = append(want, "service_due", "service_remind")
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: table has %v, rows have %v", noun, got, want)
		}
	}
}

// Each migration says the same in the two dialects.
func TestBothSchemasSayTheSame(t *testing.T) {
	names := func(dialect string) (out []string) {
		files, err := migrations.ReadDir("migrations/" + dialect)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			out = append(out, f.Name())
		}
		return out
	}
	read := func(dialect, name string) string {
		b, err := migrations.ReadFile("migrations/" + dialect + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		tables, _, _ := strings.Cut(string(b), "-- +goose StatementBegin")
		return strings.TrimSpace(tables)
	}
	if lite, pg := names("sqlite"), names("postgres"); !slices.Equal(lite, pg) {
		t.Fatalf("SQLite has the migrations %v, PostgreSQL %v", lite, pg)
	}
	dialect := strings.NewReplacer("INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
		"INTEGER", "BIGINT", "BLOB", "BYTEA", ") STRICT;", ");")
	for _, name := range names("sqlite") {
		if read("postgres", name) != strings.TrimSpace(dialect.Replace(read("sqlite", name))) {
			t.Errorf("migrations/postgres/%s differs from migrations/sqlite/%s in more than its dialect", name, name)
		}
	}
}

// A migration may add columns to a table of records: a row from before it keeps
// its sum, as long as the new column says nothing.
func TestColumnThatSaysNothingIsNotSummed(t *testing.T) {
	none, zero, empty, noun := workflow.ID(0), int64(0), "", workflow.NounFund
	before := []column{{"id", new(workflow.ID)}}
	after := append(slices.Clone(before), column{"owner_id", &none}, column{"count", &zero}, column{"note", &empty})
	if rowHash(noun, before, values(before)) != rowHash(noun, after, values(after)) {
		t.Error("the sum of a row changes with columns that say nothing")
	}
	empty = "something"
	if rowHash(noun, before, values(before)) == rowHash(noun, after, values(after)) {
		t.Error("the sum of a row does not cover its last column")
	}
}

func TestOldSQLiteIsRefused(t *testing.T) {
	for version, ok := range map[string]bool{"3.51.2": false, "3.45.1": false, "3.51.3": true, "3.54.1": true, "4.0.0": true, "x": false, "": false} {
		if err := checkSQLiteVersion(version); (err == nil) != ok {
			t.Errorf("SQLite %q: %v", version, err)
		}
	}
}
