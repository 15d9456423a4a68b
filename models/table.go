package models

import (
	"database/sql"
	"fmt"
	"strings"

	"tranche/workflow"
)

// A table says where the records of one noun stand and how their members map to
// columns. R is the record's type.
type table[R any] struct {
	noun    workflow.Noun
	name    string
	record  func(*R) *workflow.Record
	members func(*R) []column // without those of workflow.Record
	sel     string            // SELECT every column FROM name, without a condition
}

// newTable builds the mapping of one noun.
func newTable[R any](noun workflow.Noun, name string, record func(*R) *workflow.Record, members func(*R) []column) *table[R] {
	t := &table[R]{noun: noun, name: name, record: record, members: members}
	var names []string
	for _, c := range t.columns(new(R)) {
		names = append(names, name+"."+c.name)
	}
	t.sel = "SELECT " + strings.Join(names, ", ") + " FROM " + name + " "
	return t
}

// recordColumns is how many columns of a table are those of workflow.Record.
const recordColumns = 7

func (t *table[R]) columns(r *R) []column {
	rec := t.record(r)
	own := t.members(r)
	out := make([]column, 0, recordColumns+len(own))
	out = append(out,
		column{"id", &rec.ID}, column{"state", &rec.State}, column{"back", &rec.Back}, column{"version", &rec.Version},
		column{"head", &rec.Head}, column{"made", &rec.Made}, column{"changed", &rec.Changed})
	return append(out, own...)
}

// one reads the record with this id; ErrNotFound when there is none.
func (t *table[R]) one(tx *Tx, id workflow.ID) (R, error) {
	return t.only(tx, "WHERE id = ?", int64(id))
}

// maybe reads the record with this id, and the zero record for id zero.
func (t *table[R]) maybe(tx *Tx, id workflow.ID) (r R, err error) {
	if id == 0 {
		return r, nil
	}
	return t.one(tx, id)
}

// only reads the one record that where selects; ErrNotFound when there is none.
func (t *table[R]) only(tx *Tx, where string, args ...any) (r R, err error) {
	if err = tx.row(t.sel+where, args, scanners(t.columns(&r))...); err != nil {
		return r, fmt.Errorf("%s: %w", t.name, err)
	}
	return r, nil
}

// first reads the first record that where selects, and the zero record when there is none.
func (t *table[R]) first(tx *Tx, where string, args ...any) (R, error) {
	list, err := t.list(tx, where, args...)
	if err != nil || len(list) == 0 {
		return *new(R), err
	}
	return list[0], nil
}

// list reads every record that where selects.
func (t *table[R]) list(tx *Tx, where string, args ...any) ([]R, error) {
	var out []R
	err := tx.each(t.sel+where, args, func(rows *sql.Rows) error {
		var r R
		if err := rows.Scan(scanners(t.columns(&r))...); err != nil {
			return err
		}
		out = append(out, r)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.name, err)
	}
	return out, nil
}
