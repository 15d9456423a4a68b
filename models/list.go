package models

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"tranche/workflow"
)

// lists are the rows of workflow.List.
var lists = newTable(workflow.NounList, "lists",
	func(r *workflow.List) *workflow.Record { return &r.Record },
	func(r *workflow.List) []column {
		return []column{
			{"kind", &r.Kind}, {"dated", &r.Dated}, {"name", &r.Name}, {"file", &r.File}, {"content", &r.Content},
			{"entries", &r.Entries}, {"threshold", &r.Threshold}, {"before_id", &r.Before}, {"imported_by", &r.ImportedBy}, {"note", &r.Note},
		}
	})

// listsLock is the number of the lock on which lists are in force; any number that no
// other lock has.
const listsLock = 7_262_002

// lockLists keeps the lists in force as they are until the transaction ends, for who
// rests something on them; to change them, it waits until nobody does any more. A lock
// on their rows would not keep out the first of a kind. SQLite has one writer and needs
// none.
func (t *Tx) lockLists(change bool) error {
	if t.db.dialect == SQLite {
		return nil
	}
	lock := "SELECT pg_advisory_xact_lock_shared(?)"
	if change {
		lock = "SELECT pg_advisory_xact_lock(?)"
	}
	_, err := t.exec(lock, listsLock)
	return err
}

// listsSteady is lockLists for who does not wait: false while somebody is changing them.
func (t *Tx) listsSteady() (steady bool, err error) {
	if t.db.dialect == SQLite {
		return true, nil
	}
	err = t.row("SELECT pg_try_advisory_xact_lock_shared(?)", []any{listsLock}, &steady)
	return steady, err
}

// inForce reads the lists in force, which stay so until the transaction ends.
func (t *Tx) inForce(where string, args ...any) ([]workflow.List, error) {
	if err := t.lockLists(false); err != nil {
		return nil, err
	}
	return lists.list(t, "WHERE state = 'active' "+where+"ORDER BY id", args...)
}

func listFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.ListFacts)
	content := c.Text(workflow.Field{Name: "content"})
	err := steps(
		func() error {
			if content == "" { // to be asked whether one may import waits for nobody
				return nil
			}
			return t.lockLists(true)
		},
		func() error { return existing(t, lists, c, &f.List) },
		func() (err error) {
			kind := f.List.Kind
			if f.List.ID == 0 {
				kind = c.Text(workflow.Field{Name: "kind"})
			}
			if f.Current, err = lists.first(t, "WHERE kind = ? AND state = 'active'", kind); err != nil {
				return err
			}
			n, err := t.count("SELECT COALESCE(MAX(id), 0) FROM lists WHERE kind = ?", kind)
			f.Newest = workflow.ID(n)
			return err
		},
		func() error {
			n, err := t.count("SELECT COUNT(*) FROM list_entries WHERE content = ?", content)
			f.Kept = int64(n)
			return err
		},
	)
	if err != nil {
		return nil, err
	}
	return mount(lists, f, &f.List, Scope{Internal: true}), nil
}

// entryColumns are the columns of a list's entry, but for those that say where it is.
func entryColumns(e *workflow.ListEntry, aliases *string) []column {
	return []column{{"key", &e.Key}, {"type", &e.Type}, {"name", &e.Name}, {"aliases", aliases}, {"uei", &e.UEI}, {"cage", &e.CAGE},
		{"ein", &e.EIN}, {"program", &e.Program}, {"country", &e.Country}, {"remarks", &e.Remarks}, {"status", &e.Status}, {"ends", &e.Ends}}
}

const entryNames = "key, type, name, aliases, uei, cage, ein, program, country, remarks, status, ends"

// scanEntry reads the columns of entryNames, after what comes before them.
func scanEntry(rows *sql.Rows, before ...any) (e workflow.ListEntry, err error) {
	var aliases string
	columns := entryColumns(&e, &aliases)
	err = rows.Scan(append(before, scanners(columns)...)...)
	e.SetAliases(aliases)
	return e, err
}

// entryProof ties an entry to its place in a list, so that nobody moves it to another.
func entryProof(content string, number int64, sum string) string {
	proof := sha256.Sum256(fmt.Appendf(nil, "%s %d %s", content, number, sum))
	return hex.EncodeToString(proof[:])
}

// keptEntries is how many entries of a list are stored in one transaction, so that
// nobody waits for the whole of it.
const keptEntries = 512

// KeepEntries stores the entries of a list under the sum of its content, a few at a
// time. What is there already stays as it is; what no list comes to name does no harm.
func (d *DB) KeepEntries(ctx context.Context, content string, entries iter.Seq2[workflow.ListEntry, error]) error {
	var part []workflow.ListEntry
	first := int64(1)
	flush := func() error {
		err := d.Write(ctx, &keeping{content, first, part})
		first, part = first+int64(len(part)), part[:0]
		return err
	}
	for e, err := range entries {
		if err != nil {
			return err
		}
		if part = append(part, e); len(part) == keptEntries {
			if err := flush(); err != nil {
				return fmt.Errorf("keep entries of a list: %w", err)
			}
		}
	}
	return flush()
}

// keeping stores some entries of a list.
type keeping struct {
	content string
	first   int64 // number of the first
	entries []workflow.ListEntry
}

// Run implements Unit.
func (k *keeping) Run(tx *Tx) error {
	var rows [][]any
	for i := range k.entries {
		e := &k.entries[i]
		aliases, number, sum := e.AliasText(), k.first+int64(i), e.Sum()
		row := []any{k.content, number, sum, entryProof(k.content, number, sum)}
		rows = append(rows, append(row, values(entryColumns(e, &aliases))...))
	}
	return chunks(rows, func(rows [][]any) error {
		one := "(" + marks(len(rows[0])) + ")"
		_, err := tx.exec("INSERT INTO list_entries (content, number, sum, proof, "+entryNames+") VALUES "+one+strings.Repeat(", "+one, len(rows)-1)+
			" ON CONFLICT (content, number) DO NOTHING", slices.Concat(rows...)...)
		return err
	})
}

// listEntries checks that each list has the entries that were imported.
func (v *verifier) listEntries() error {
	c := &Check{Name: "lists have the entries that were imported"}
	type list struct {
		id, entries int64
		content     string
	}
	var all []list
	err := v.each("SELECT id, entries, content FROM lists ORDER BY id", nil, func(rows *sql.Rows) error {
		var l list
		err := rows.Scan(&l.id, &l.entries, &l.content)
		all = append(all, l)
		return err
	})
	if err != nil {
		return err
	}
	for _, l := range all {
		if err := v.entriesOf(c, l.id, l.entries, l.content); err != nil {
			return err
		}
	}
	v.done(c)
	return v.entryProofs()
}

func (v *verifier) entriesOf(c *Check, id, entries int64, content string) error {
	var sum workflow.ListSum
	wrong := func(what string, args ...any) {
		c.add(Problem{"list", fmt.Sprint(id), "", fmt.Sprintf(what, args...)})
	}
	err := v.each("SELECT "+entryNames+" FROM list_entries WHERE content = ? ORDER BY number", []any{content}, func(rows *sql.Rows) error {
		e, err := scanEntry(rows)
		if err != nil {
			wrong("an entry cannot be read: %v", err)
			return nil
		}
		c.Rows++
		sum.Add(&e)
		return nil
	})
	switch {
	case err != nil:
		return err
	case sum.Entries() != entries:
		wrong("it has %d entries, %d were imported", sum.Entries(), entries)
	case sum.Content() != content:
		wrong("its entries are not those that were imported")
	}
	return nil
}

// entryProofs checks that each entry is in its place, whether a list names it or not.
func (v *verifier) entryProofs() error {
	c := &Check{Name: "entries of lists are in their places"}
	err := v.each("SELECT content, number, sum, proof, "+entryNames+" FROM list_entries", nil, func(rows *sql.Rows) error {
		var content, sum, proof string
		var number int64
		e, err := scanEntry(rows, &content, &number, &sum, &proof)
		c.Rows++
		if err != nil || e.Sum() != sum || entryProof(content, number, sum) != proof {
			c.add(Problem{"list entry", fmt.Sprintf("%s/%d", content, number), "", "it is not the entry that was stored there"})
		}
		return nil
	})
	if err == nil {
		v.done(c)
	}
	return err
}
