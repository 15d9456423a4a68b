package models

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tranche/workflow"
)

// A Scope says to whom a record belongs; roles and sight follow from it. Zero
// where it does not apply.
type Scope struct {
	Program      workflow.ID
	Organization workflow.ID
	Opportunity  workflow.ID
	Application  workflow.ID   // the case
	Reviewer     workflow.ID   // whose review it is
	Seats        []workflow.ID // who sits on the panel, once it has begun
	Person       workflow.ID   // who the record is about: a person's own grants and tokens
	Public       bool          // everybody may know of it
	Other        workflow.ID   // a second organization that it is about: who belongs to that one is as close to it
	Apart        bool          // its reviewers may not know of it: they judge by the application alone
	Internal     bool          // a matter of the staff: whoever belongs to the organization may not know of it
}

// Loaded is the facts about one record, and what Apply needs to store the step
// that is decided on them.
type Loaded struct {
	Facts  any // pointer to the facts that the noun's lifecycle looks at
	Scope  Scope
	Record *workflow.Record // inside Facts

	table   string
	columns []column
	before  []any           // nil for a record to be made
	after   func(*Tx) error // what else a new row needs, or nil
}

// mount says that the record at r, inside facts, is what a step will change.
func mount[R any](t *table[R], facts any, r *R, scope Scope) *Loaded {
	l := &Loaded{Facts: facts, Scope: scope, Record: t.record(r), table: t.name, columns: t.columns(r)}
	if l.Record.ID != 0 {
		l.before = values(l.columns)
	}
	return l
}

// headColumn is the place of the event chain's head among the columns: it is the
// one column that the hash of a row leaves out, because the event holds the hash.
const headColumn = 4

// An Outcome is what a command led to on its own record.
type Outcome struct {
	Event   int64 // number of the event
	Noun    workflow.Noun
	ID      workflow.ID
	State   workflow.State
	Version int64
}

// Apply stores s, which was decided for c on the facts in l: the row, its event,
// postings, documents, sums and jobs. cause is the event of the command that
// raised this one, zero for none. ErrStale means that the record moved meanwhile.
func (t *Tx) Apply(l *Loaded, c *workflow.Command, s *workflow.Step, cause int64) (Outcome, error) {
	after := values(l.columns)
	e, err := newEvent(l, c, s, cause, after)
	if err != nil {
		return Outcome{}, err
	}
	l.Record.Head = e.hash
	after[headColumn] = l.columns[headColumn].value()
	if err := t.storeRow(l, c, after); err != nil {
		return Outcome{}, err
	}
	if err := t.index(l, after); err != nil {
		return Outcome{}, err
	}
	if f, is := l.Facts.(*workflow.HoldFacts); is && f.Hold.State == workflow.Lifted {
		if err := t.liftedService(&f.Hold); err != nil {
			return Outcome{}, err
		}
	}
	if l.after != nil {
		if err := l.after(t); err != nil {
			return Outcome{}, err
		}
	}
	if err := t.storeEvent(e); err != nil {
		return Outcome{}, err
	}
	for i, p := range s.Postings() {
		if err := t.storePosting(e, i, p); err != nil {
			return Outcome{}, err
		}
	}
	if err := t.storeRest(s, e.id); err != nil {
		return Outcome{}, err
	}
	return Outcome{e.id, s.Noun, l.Record.ID, l.Record.State, l.Record.Version}, nil
}

func (t *Tx) storeRow(l *Loaded, c *workflow.Command, after []any) error {
	if l.before == nil {
		query, args := insertSQL(l, after)
		_, err := t.exec(query, args...)
		return err
	}
	var set []string
	var args []any
	for i, col := range l.columns {
		if !same(l.before[i], after[i]) {
			set, args = append(set, col.name+" = ?"), append(args, after[i])
		}
	}
	if hasEntered(l.table) && entersState(l.before, after) {
		set, args = append(set, "entered = ?"), append(args, after[changedColumn])
	}
	service, days, err := t.serviceSet(l, after)
	if err != nil {
		return err
	}
	set, args = append(set, service...), append(args, days...)
	query := "UPDATE " + l.table + " SET " + strings.Join(set, ", ") + " WHERE id = ? AND version = ?"
	n, err := t.exec(query, append(args, int64(l.Record.ID), l.Record.Version-1)...)
	switch {
	case err != nil:
		return err
	case n == 1:
		return nil
	case c.Version == 0:
		return errChildMoved
	}
	return ErrStale
}

func insertSQL(l *Loaded, after []any) (string, []any) {
	names := make([]string, len(l.columns))
	for i, c := range l.columns {
		names[i] = c.name
	}
	if hasEntered(l.table) {
		names, after = append(names, "entered"), append(after[:len(after):len(after)], after[changedColumn])
	}
	if l.table == applications.name {
		names, after = append(names, "service_due"), append(after, 0)
	}
	return "INSERT INTO " + l.table + " (" + strings.Join(names, ", ") + ") VALUES (" + marks(len(names)) + ")", after
}

func same(a, b any) bool {
	if x, ok := a.([]byte); ok {
		y, ok := b.([]byte)
		return ok && string(x) == string(y)
	}
	return a == b
}

// storeRest stores what else a step brings: documents, group sums, jobs, and what
// it owes the balances.
func (t *Tx) storeRest(s *workflow.Step, event int64) error {
	for _, j := range s.Jobs() {
		j.Event = event
		t.jobs = append(t.jobs, j)
	}
	if _, told := workflow.NoticeOf(s.Noun, s.Action); told {
		t.jobs = append(t.jobs, workflow.Job{Kind: workflow.JobTell, Record: s.ID, Event: event})
	}
	t.owed = append(t.owed, s.Postings()...)
	for _, d := range s.Documents() {
		if err := t.storeDocument(d, s.At); err != nil {
			return err
		}
	}
	if m, ok := s.Merged(); ok {
		if err := t.mergeGroups(m.A, m.B); err != nil {
			return err
		}
	}
	if p, ok := s.Parted(); ok {
		if err := t.partGroup(p.A); err != nil {
			return err
		}
	}
	if g := s.Group(); g.Cents != 0 {
		return t.countForGroup(g)
	}
	return nil
}

func (t *Tx) storeDocument(d workflow.Document, at time.Time) error {
	_, err := t.exec("INSERT INTO documents (sum, body, made) VALUES (?, ?, ?) ON CONFLICT (sum) DO NOTHING",
		d.Sum, d.Body, at.UnixMicro())
	return err
}

// An event is one row of the audit log.
type event struct {
	id         int64
	noun       workflow.Noun
	record     workflow.ID
	version    int64
	scope      Scope
	action     workflow.Action
	start, end workflow.State
	actor      workflow.Actor
	cause      int64
	at         time.Time
	inputs     string
	changes    string
	postings   []workflow.Posting
	row        workflow.Hash
	prev       workflow.Hash
	hash       workflow.Hash
}

// newEvent writes down what s does to the record, whose columns hold after from
// now on, but for the head, which is the event's own hash.
func newEvent(l *Loaded, c *workflow.Command, s *workflow.Step, cause int64, after []any) (*event, error) {
	inputs, err := json.Marshal(veiled(c.Inputs))
	if err != nil {
		return nil, fmt.Errorf("write inputs of %s: %w", c.Action, err)
	}
	changes, err := json.Marshal(changed(l, after))
	if err != nil {
		return nil, fmt.Errorf("write changes of %s: %w", c.Action, err)
	}
	e := &event{noun: s.Noun, record: l.Record.ID, version: l.Record.Version, scope: l.Scope, action: s.Action,
		start: s.Start, end: s.End, actor: c.Actor, cause: cause, at: s.At, inputs: string(inputs),
		changes: string(changes), postings: s.Postings(), row: rowHash(s.Noun, l.columns, after), prev: l.Record.Head}
	e.hash = e.sum()
	return e, nil
}

// changed returns the columns that a step changed, with their new values; for a
// record that was made, every column that holds something. Folding the changes
// of all events of a record gives its row.
func changed(l *Loaded, after []any) map[string]any {
	out := map[string]any{}
	for i, c := range l.columns {
		if i == headColumn {
			continue
		}
		if l.before == nil && !hollow(after[i]) || l.before != nil && !same(l.before[i], after[i]) {
			out[c.name] = veil(c.name, after[i])
		}
	}
	return out
}

// hollow reports whether a stored value says nothing: no reference, no moment,
// zero, false or no text.
func hollow(v any) bool { return v == nil || v == int64(0) || v == "" }

// veil returns what an event may tell of a value: of a sealed account number and
// of a password's hash no more than a sum that shows whether it is the same.
func veil(name string, value any) any {
	text, ok := value.(string)
	if !ok || text == "" || name != "sealed" && name != "password" {
		return value
	}
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// longestTold is how many bytes of an input an event holds at most; of a longer
// one, a whole file, it holds the sum. What people write stays below it.
const longestTold = 32 << 10

func veiled(inputs []workflow.Input) []workflow.Input {
	out := slices.Clone(inputs)
	for i := range out {
		out[i].Text = veil(out[i].Name, out[i].Text).(string)
		if len(out[i].Text) > longestTold {
			out[i].Text = veil("sealed", out[i].Text).(string)
		}
	}
	return out
}

// rowHash sums a row without its head. A column that says nothing is left out, so
// that a migration may add columns and the rows before it keep their sums.
func rowHash(noun workflow.Noun, columns []column, row []any) workflow.Hash {
	d := newDigest("tranche/row/1")
	d.add(noun.String())
	for i, c := range columns {
		if i != headColumn && !hollow(row[i]) {
			d.add(c.name)
			d.add(row[i])
		}
	}
	return d.sum()
}

// values returns what the database stores of e, without the number that it gives
// the event and without the hash itself.
func (e *event) values() []any {
	return []any{e.noun.String(), int64(e.record), e.version, null(e.scope.Application), e.action.String(), e.start.String(),
		e.end.String(), null(e.actor.Person), null(e.actor.OnBehalf), null(e.actor.Via), nullNumber(e.cause), e.at.UnixMicro(),
		e.inputs, e.changes, e.row[:], e.prev[:]}
}

const eventColumns = "noun, record_id, version, application_id, action, start_state, end_state, actor_id, on_behalf_id, via_id, cause_id, at, inputs, changes, row_hash, prev_hash"

// sum is the hash of e: everything that is stored of it, its postings included.
func (e *event) sum() workflow.Hash {
	d := newDigest("tranche/event/1")
	for _, v := range e.values() {
		d.add(v)
	}
	for _, p := range e.postings {
		for _, v := range postingValues(p) {
			d.add(v)
		}
	}
	return d.sum()
}

func (t *Tx) storeEvent(e *event) error {
	const query = "INSERT INTO events (" + eventColumns + ", hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"
	err := t.row(query, append(e.values(), e.hash[:]), &e.id)
	if errors.Is(err, ErrNotFound) {
		return &Unavailable{err}
	}
	return err
}

func null(id workflow.ID) any { return nullNumber(int64(id)) }

func nullNumber(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}
