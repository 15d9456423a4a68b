package models

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"tranche/workflow"
)

// ListsLock is the number of the lock on which lists are in force, for tests.
const ListsLock = listsLock

// IndexAll is the migration by which records are found that were there before it, for tests.
func IndexAll(ctx context.Context, d *DB) error {
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := d.indexAll(ctx, tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// Tables lists the tables of records by their noun, for tests.
func Tables() map[workflow.Noun]string {
	out := map[workflow.Noun]string{}
	for noun, s := range shelves {
		out[noun] = s.name
	}
	return out
}

// Reseal makes every hash of a record right again, after somebody wrote its
// events anew and knows how sums are made. The row becomes what its events say.
func Reseal(ctx context.Context, db *sql.DB, noun workflow.Noun, id workflow.ID) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	r := &recounting{verifier: &verifier{ctx: ctx, tx: tx}, forms: map[string]*form{noun.String(): newForm(noun)}}
	page, err := r.page(int64(id), 0)
	if err != nil {
		return err
	}
	page = slices.DeleteFunc(page, func(e *storedEvent) bool { return e.number(atRecord) != int64(id) })
	if err := r.postings(page, int64(id), 0); err != nil {
		return err
	}
	f := r.forms[noun.String()]
	rows, err := r.rows(page)
	if err != nil {
		return err
	}
	stored, row, head := rows[rowKey{noun, int64(id)}], f.blank(), make([]byte, 32)
	for _, e := range page {
		changes, err := readChanges(e.text(atChanges))
		if err != nil {
			return err
		}
		for name, value := range changes {
			i := f.place[name]
			if row[i] = value; veil(name, f.value(stored, name)) == value {
				row[i] = f.value(stored, name)
			}
		}
		sum := rowHash(noun, f.columns, row)
		e.values[atRow], e.values[atPrev] = sum[:], head
		hash := e.sum()
		head = hash[:]
		if _, err := tx.Exec("UPDATE events SET row_hash = ?, prev_hash = ?, hash = ? WHERE id = ?", sum[:], e.values[atPrev], head, e.id); err != nil {
			return err
		}
	}
	row[headColumn] = head
	for i, c := range f.columns {
		if _, err := tx.Exec("UPDATE "+f.shelf.name+" SET "+c.name+" = ? WHERE id = ?", row[i], int64(id)); err != nil {
			return err
		}
	}
	return tx.Commit()
}
