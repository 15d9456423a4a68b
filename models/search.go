package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"

	"tranche/workflow"
)

// indexed names the columns whose words the records of a table are found by.
var indexed = map[string][]string{
	applications.name:  {"number", "title"},
	organizations.name: {"legal_name", "city"},
}

// index stores what a record is found by from now on.
func (t *Tx) index(l *Loaded, after []any) error {
	was, is := indexedTexts(l, l.before), indexedTexts(l, after)
	if slices.Equal(was, is) {
		return nil
	}
	old, terms := workflow.SearchTerms(was...), workflow.SearchTerms(is...)
	for _, term := range old {
		if _, stays := slices.BinarySearch(terms, term); !stays {
			if _, err := t.exec("DELETE FROM search_terms WHERE term = ? AND record_id = ?", []byte(term), int64(l.Record.ID)); err != nil {
				return err
			}
		}
	}
	terms = slices.DeleteFunc(terms, func(term string) bool { _, was := slices.BinarySearch(old, term); return was })
	return storeTerms(l.Record.ID, terms, func(query string, args ...any) error {
		_, err := t.exec(query, args...)
		return err
	})
}

// indexedTexts returns what a row says in the columns that its table is searched by.
func indexedTexts(l *Loaded, row []any) (out []string) {
	for i := range row {
		if slices.Contains(indexed[l.table], l.columns[i].name) {
			out = append(out, row[i].(string))
		}
	}
	return out
}

// storeTerms has exec store terms of a record that are not there yet.
func storeTerms(id workflow.ID, terms []string, exec func(query string, args ...any) error) error {
	return chunks(terms, func(terms []string) error {
		var args []any
		for _, term := range terms {
			args = append(args, []byte(term), int64(id))
		}
		return exec("INSERT INTO search_terms (term, record_id) VALUES (?, ?)"+strings.Repeat(", (?, ?)", len(terms)-1), args...)
	})
}

// foundBy writes the question for the applications that every one of words finds, each once;
// ids of their organizations may be among them. Where v does not see who applies, that finds
// nothing.
func foundBy(v *Viewer, words []string) (string, []any) {
	named, knows := v.named("a")
	var queries []string
	var args []any
	for _, word := range words {
		// What begins with a word is between it and itself with a byte that no text has.
		first, beyond := []byte(word), append([]byte(word), 0xFF)
		queries = append(queries, `SELECT s.record_id AS id FROM search_terms s WHERE s.term >= ? AND s.term < ?
			UNION SELECT a.id FROM search_terms s CROSS JOIN applications a WHERE a.organization_id = s.record_id AND s.term >= ? AND s.term < ? AND `+named)
		args = append(append(args, first, beyond, first, beyond), knows...)
	}
	if len(queries) == 1 {
		return queries[0], args
	}
	return "SELECT matches.id FROM (" + queries[0] + ") AS matches WHERE matches.id IN (" + strings.Join(queries[1:], ") AND matches.id IN (") + ")", args
}

// indexing is the migration that stores what the records are found by that are there already.
func (d *DB) indexing() *goose.Migration {
	return goose.NewGoMigration(51, &goose.GoFunc{RunTx: d.indexAll}, nil)
}

func (d *DB) indexAll(ctx context.Context, tx *sql.Tx) error {
	for table, columns := range indexed {
		for after, more := workflow.ID(0), true; more; {
			last, err := d.indexMore(ctx, tx, table, columns, after)
			if err != nil {
				return fmt.Errorf("index %s: %w", table, err)
			}
			after, more = last, last > 0
		}
	}
	return nil
}

// indexMore stores what some records after one are found by, and returns the last of them;
// zero: there are no more.
func (d *DB) indexMore(ctx context.Context, tx *sql.Tx, table string, columns []string, after workflow.ID) (last workflow.ID, err error) {
	terms := map[workflow.ID][]string{}
	rows, err := tx.QueryContext(ctx, d.bind("SELECT id, "+strings.Join(columns, ", ")+" FROM "+table+" WHERE id > ? ORDER BY id LIMIT 500"), int64(after))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var one, other string
		if err := rows.Scan(column{"id", &last}, &one, &other); err != nil {
			return 0, err
		}
		terms[last] = workflow.SearchTerms(one, other)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return 0, err
	}
	for id, list := range terms {
		err := storeTerms(id, list, func(query string, args ...any) error {
			_, err := tx.ExecContext(ctx, d.bind(query), args...)
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	return last, nil
}

// searches checks that what records are found by is what they say.
func (v *verifier) searches() error {
	c := &Check{Name: "the search finds what records say"}
	type record struct {
		id                       int64
		noun, number, one, other string
		terms                    []string
	}
	var last record
	compare := func() {
		want := workflow.SearchTerms(last.one, last.other)
		if c.Rows++; !slices.Equal(want, last.terms) {
			c.add(Problem{last.noun, fmt.Sprint(last.id), last.number, fmt.Sprintf("it is found by %q, not by %q", last.terms, want)})
		}
	}
	err := v.each(`SELECT r.id, r.noun, r.number, r.one, r.other, s.term FROM (
			SELECT id, 'application' AS noun, number, number AS one, title AS other FROM applications
			UNION ALL SELECT id, 'organization', '', legal_name, city FROM organizations) r
		LEFT JOIN search_terms s ON s.record_id = r.id ORDER BY r.id, s.term`, nil, func(rows *sql.Rows) error {
		var r record
		var term []byte
		err := rows.Scan(&r.id, &r.noun, &r.number, &r.one, &r.other, &term)
		if r.id != last.id {
			if last.id != 0 {
				compare()
			}
			last = r
		}
		if term != nil {
			last.terms = append(last.terms, string(term))
		}
		return err
	})
	if last.id != 0 {
		compare()
	}
	if err == nil {
		err = v.each(`SELECT DISTINCT s.record_id FROM search_terms s WHERE NOT EXISTS (SELECT 1 FROM applications a WHERE a.id = s.record_id)
			AND NOT EXISTS (SELECT 1 FROM organizations o WHERE o.id = s.record_id)`, nil, func(rows *sql.Rows) error {
			var id int64
			err := rows.Scan(&id)
			c.add(Problem{"search term", fmt.Sprint(id), "", "it finds no record"})
			return err
		})
	}
	v.done(c)
	return err
}
