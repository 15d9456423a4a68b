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
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: table has %v, rows have %v", noun, got, want)
		}
	}
}

// The two migrations say the same in the two dialects.
func TestBothSchemasSayTheSame(t *testing.T) {
	read := func(name string) string {
		b, err := migrations.ReadFile("migrations/" + name + "/00001_init.sql")
		if err != nil {
			t.Fatal(err)
		}
		tables, _, _ := strings.Cut(string(b), "-- +goose StatementBegin")
		return tables
	}
	want := strings.NewReplacer("INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
		"INTEGER", "BIGINT", "BLOB", "BYTEA", ") STRICT;", ");").Replace(read("sqlite"))
	if got := read("postgres"); strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Error("migrations/postgres/00001_init.sql differs from migrations/sqlite/00001_init.sql in more than its dialect")
	}
}

func TestOldSQLiteIsRefused(t *testing.T) {
	for version, ok := range map[string]bool{"3.51.2": false, "3.45.1": false, "3.51.3": true, "3.54.1": true, "4.0.0": true, "x": false, "": false} {
		if err := checkSQLiteVersion(version); (err == nil) != ok {
			t.Errorf("SQLite %q: %v", version, err)
		}
	}
}
