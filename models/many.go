package models

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tranche/workflow"
)

// largestChunk is how many rows one statement writes. A list is cut into chunks of
// that and of its halves, so that a handful of statements serves every length.
const largestChunk = 64

// chunks calls f with the parts of list.
func chunks[T any](list []T, f func([]T) error) error {
	for size := largestChunk; len(list) > 0; {
		if size > len(list) {
			size /= 2
			continue
		}
		if err := f(list[:size]); err != nil {
			return err
		}
		list = list[size:]
	}
	return nil
}

// TakesLists reports whether the facts for several commands of this action are
// read at once. Its decisions must not rest on what the others of the list do.
func TakesLists(noun workflow.Noun, action workflow.Action) bool {
	return noun == workflow.NounPayment && slices.Contains(paymentLists, action)
}

// FactsOfAll is Facts for several commands of one noun and action, which TakesLists.
func (t *Tx) FactsOfAll(list []workflow.Command, now time.Time) ([]*Loaded, error) {
	if len(list) == 0 || !TakesLists(list[0].Noun, list[0].Action) {
		return nil, fmt.Errorf("models: no facts for a list of %d commands", len(list))
	}
	return t.paymentFactsOfAll(list, now)
}

// ApplyAll is Apply for several steps on different records of one noun: the same
// rows, events and postings, in a few statements.
func (t *Tx) ApplyAll(loaded []*Loaded, commands []workflow.Command, steps []workflow.Step, cause int64) ([]Outcome, error) {
	events, after := make([]*event, len(loaded)), make([][]any, len(loaded))
	for i, l := range loaded {
		after[i] = values(l.columns)
		e, err := newEvent(l, &commands[i], &steps[i], cause, after[i])
		if err != nil {
			return nil, err
		}
		events[i], l.Record.Head = e, e.hash
		after[i][headColumn] = l.columns[headColumn].value()
	}
	if err := t.storeRows(loaded, after); err != nil {
		return nil, err
	}
	if err := t.storeEvents(events); err != nil {
		return nil, err
	}
	if err := t.storePostings(events, steps); err != nil {
		return nil, err
	}
	out := make([]Outcome, len(loaded))
	for i, l := range loaded {
		s := &steps[i]
		if err := t.storeRest(s, events[i].id); err != nil {
			return nil, err
		}
		out[i] = Outcome{events[i].id, s.Noun, l.Record.ID, l.Record.State, l.Record.Version}
	}
	return out, nil
}

// A change is the rows of a list in which the same columns change.
type change struct {
	columns []int
	rows    [][]any // id, version before, then the new values
}

// storeRows changes rows of one table, each naming the version that it expects.
func (t *Tx) storeRows(loaded []*Loaded, after [][]any) error {
	var changes []*change
	byColumns := map[string]*change{}
	for i, l := range loaded {
		var columns []int
		for j := range l.columns {
			if !same(l.before[j], after[i][j]) {
				columns = append(columns, j)
			}
		}
		if entersState(l.before, after[i]) && !slices.Contains(columns, changedColumn) {
			columns = append(columns, changedColumn) // two steps within one microsecond
		}
		name := fmt.Sprint(columns)
		c := byColumns[name]
		if c == nil {
			c = &change{columns: columns}
			byColumns[name], changes = c, append(changes, c)
		}
		row := []any{int64(l.Record.ID), l.Record.Version - 1}
		for _, j := range columns {
			row = append(row, after[i][j])
		}
		c.rows = append(c.rows, row)
	}
	for _, c := range changes {
		if err := t.storeChange(loaded[0], c); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) storeChange(l *Loaded, c *change) error {
	types := []string{"BIGINT", "BIGINT"}
	var set []string
	for i, j := range c.columns {
		types = append(types, t.typeOf(l.columns[j]))
		set = append(set, l.columns[j].name+" = v.column"+strconv.Itoa(i+3))
		if j == changedColumn && hasEntered(l.table) && slices.Contains(c.columns, stateColumn) {
			set = append(set, "entered = v.column"+strconv.Itoa(i+3))
		}
	}
	return chunks(c.rows, func(rows [][]any) error {
		query := "UPDATE " + l.table + " SET " + strings.Join(set, ", ") + " FROM (VALUES " + valuesSQL(types, len(rows)) + ") AS v WHERE " +
			l.table + ".id = v.column1 AND " + l.table + ".version = v.column2"
		n, err := t.exec(query, slices.Concat(rows...)...)
		if err == nil && int(n) != len(rows) {
			err = errChildMoved
		}
		return err
	})
}

// valuesSQL writes n rows of parameters. The first says what type each is, which
// PostgreSQL cannot know.
func valuesSQL(types []string, n int) string {
	first := "(CAST(? AS " + strings.Join(types, "), CAST(? AS ") + "))"
	return first + strings.Repeat(", ("+marks(len(types))+")", n-1)
}

// typeOf returns the database's type of a column.
func (t *Tx) typeOf(c column) string {
	switch c.at.(type) {
	case *int64, *bool, *workflow.Cents, *workflow.ID, *time.Time:
		return "BIGINT"
	case *workflow.Hash:
		if t.db.dialect == SQLite {
			return "BLOB"
		}
		return "BYTEA"
	}
	return "TEXT"
}

func (t *Tx) storeEvents(list []*event) error {
	type key struct{ record, version int64 }
	byKey := make(map[key]*event, len(list))
	for _, e := range list {
		byKey[key{int64(e.record), e.version}] = e
	}
	row := "(" + marks(eventWidth+1) + ")"
	return chunks(list, func(events []*event) error {
		var args []any
		for _, e := range events {
			args = append(append(args, e.values()...), e.hash[:])
		}
		query := "INSERT INTO events (" + eventColumns + ", hash) VALUES " + row + strings.Repeat(", "+row, len(events)-1) +
			" RETURNING id, record_id, version"
		return t.each(query, args, func(rows *sql.Rows) error {
			var id int64
			var k key
			if err := rows.Scan(&id, &k.record, &k.version); err != nil {
				return err
			}
			byKey[k].id = id
			return nil
		})
	})
}

func (t *Tx) storePostings(events []*event, steps []workflow.Step) error {
	var rows [][]any
	for i, e := range events {
		for seq, p := range steps[i].Postings() {
			rows = append(rows, append([]any{e.id, int64(seq)}, postingValues(p)...))
		}
	}
	return chunks(rows, func(rows [][]any) error {
		row := "(" + marks(len(rows[0])) + ")"
		_, err := t.exec(insertPosting+row+strings.Repeat(", "+row, len(rows)-1), slices.Concat(rows...)...)
		return err
	})
}

// idsIn writes the condition that column is one of ids, and its argument.
func (t *Tx) idsIn(column string, ids []workflow.ID) (string, any) {
	var list strings.Builder
	list.WriteByte('[')
	for i, id := range ids {
		if i > 0 {
			list.WriteByte(',')
		}
		list.WriteString(id.String())
	}
	list.WriteByte(']')
	if t.db.dialect == SQLite {
		return column + " IN (SELECT value FROM json_each(?))", list.String()
	}
	return column + " IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST(? AS JSON)))", list.String()
}

// among reads the records with these ids, by ID.
func among[R any](t *Tx, tab *table[R], ids []workflow.ID) (map[workflow.ID]R, error) {
	where, arg := t.idsIn(tab.name+".id", ids)
	list, err := tab.list(t, "WHERE "+where, arg)
	if err != nil {
		return nil, err
	}
	out := make(map[workflow.ID]R, len(list))
	for i := range list {
		out[tab.record(&list[i]).ID] = list[i]
	}
	return out, nil
}

// idsOf returns the ids that of finds in list, each once and without zero.
func idsOf[T any](list []T, of func(*T) workflow.ID) []workflow.ID {
	out := make([]workflow.ID, 0, len(list))
	for i := range list {
		if id := of(&list[i]); id != 0 {
			out = append(out, id)
		}
	}
	slices.SortFunc(out, func(a, b workflow.ID) int { return cmp.Compare(a, b) })
	return slices.Compact(out)
}
