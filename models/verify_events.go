package models

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"tranche/workflow"
)

// The places of an event's stored values, in the order of eventColumns.
const (
	atNoun = iota
	atRecord
	atVersion
	atApplication
	atAction
	atStart
	atEnd
	atActor
	atOnBehalf
	atVia
	atCause
	atAt
	atInputs
	atChanges
	atRow
	atPrev
	eventWidth
)

// A storedEvent is an event as it stands in the database, readable or not.
type storedEvent struct {
	id       int64
	hash     []byte
	values   []any
	postings [][]any // each as postingValues has it, in order
	seqs     []int64
}

func (e *storedEvent) text(at int) string {
	s, _ := e.values[at].(string)
	return s
}

func (e *storedEvent) number(at int) int64 {
	n, _ := e.values[at].(int64)
	return n
}

// sum is the hash that e must have.
func (e *storedEvent) sum() workflow.Hash {
	d := newDigest("tranche/event/1")
	for _, v := range e.values {
		d.add(v)
	}
	for _, p := range e.postings {
		for _, v := range p {
			d.add(v)
		}
	}
	return d.sum()
}

// A form is the columns of a noun's rows.
type form struct {
	shelf
	noun    workflow.Noun
	columns []column
	place   map[string]int
}

func newForm(noun workflow.Noun) *form {
	f := &form{shelf: shelves[noun], noun: noun, columns: shelves[noun].fresh().columns, place: map[string]int{}}
	for i, c := range f.columns {
		f.place[c.name] = i
	}
	return f
}

// blank returns the row of a record of which nothing is known, as the database
// stores it. A column that was added after an event was hollow then.
func (f *form) blank() []any { return values(f.shelf.fresh().columns) }

// value returns one column of a row of this form; nil where it has none.
func (f *form) value(row []any, name string) any {
	if i, ok := f.place[name]; ok && row != nil {
		return row[i]
	}
	return nil
}

// title returns what people call the record of a row.
func (f *form) title(row []any) string {
	for _, name := range []string{"number", "legal_name", "name", "symbol"} {
		if s, ok := f.value(row, name).(string); ok {
			return s
		}
	}
	return ""
}

// A past is what the events of one record have said so far.
type past struct {
	*form
	id      int64
	stored  []any // the row as it stands now; nil when there is none
	row     []any // the row as the events say it is
	event   int64
	version int64
	hash    []byte
	sealed  []byte // the newest event's sum of the row
	end     string
	deputed []deputing
}

func (p *past) problem(format string, args ...any) Problem {
	title := p.title(p.stored)
	if title == "" {
		title = p.title(p.row)
	}
	return Problem{p.noun.String(), fmt.Sprint(p.id), title, fmt.Sprintf(format, args...)}
}

// A recounting goes through all events, record by record.
type recounting struct {
	*verifier
	forms   map[string]*form
	lawful  map[lawfulStep]bool
	past    *past
	proof   *sql.Stmt // finds when a document was stored, and its length
	written Check
	linked  Check
	stepped Check
	stood   Check
	parted  Check
	kept    Check
}

// A lawfulStep is one row of a lifecycle, with one of its start states. An end
// that is "back" is whatever the record came from.
type lawfulStep struct{ noun, start, action, end string }

// events checks each event by itself, each record's chain of them, and each
// record's row against what its events add up to.
func (v *verifier) events() (err error) {
	r := &recounting{verifier: v, forms: map[string]*form{}, lawful: map[lawfulStep]bool{},
		written: Check{Name: "events are as they were written"},
		linked:  Check{Name: "events of a record follow each other"},
		stepped: Check{Name: "steps are rows of the lifecycles"},
		stood:   Check{Name: "records are what their events say"},
		parted:  Check{Name: "duties were done by different people"},
		kept:    Check{Name: "documents that events name are there"},
	}
	for _, l := range workflow.Lifecycles {
		r.forms[l.Noun().String()] = newForm(l.Noun())
		for _, row := range l.Rows() {
			for _, start := range row.Start {
				r.lawful[lawfulStep{row.Noun.String(), start.String(), row.Action.String(), row.End.String()}] = true
			}
		}
	}
	if r.proof, err = v.tx.PrepareContext(v.ctx, v.bind("SELECT made, length(body) FROM documents WHERE sum = ?")); err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	defer r.proof.Close()
	if err := r.run(); err != nil {
		return err
	}
	v.done(&r.written, &r.linked, &r.stepped, &r.stood, &r.parted, &r.kept)
	return nil
}

// pageOfEvents is how many events are in memory at once.
const pageOfEvents = 1000

func (r *recounting) run() error {
	record, version := int64(math.MinInt64), int64(math.MinInt64)
	for {
		page, err := r.page(record, version)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			r.finish()
			return nil
		}
		last := page[len(page)-1]
		if err := r.read(page, record, version); err != nil {
			return err
		}
		record, version = last.number(atRecord), last.number(atVersion)
	}
}

// page reads the events that come after one in the order of records and versions.
func (r *recounting) page(record, version int64) (page []*storedEvent, err error) {
	const query = "SELECT id, hash, " + eventColumns + ` FROM events WHERE (record_id, version) > (?, ?)
		ORDER BY record_id, version LIMIT ?`
	err = r.each(query, []any{record, version, int64(pageOfEvents)}, func(rows *sql.Rows) error {
		values, err := raw(rows, 2+eventWidth)
		if err != nil {
			return err
		}
		e := &storedEvent{values: values[2:]}
		e.id, _ = values[0].(int64)
		e.hash, _ = values[1].([]byte)
		page = append(page, e)
		return nil
	})
	return page, err
}

// read goes through a page that begins after (record, version).
func (r *recounting) read(page []*storedEvent, record, version int64) error {
	if err := r.postings(page, record, version); err != nil {
		return err
	}
	rows, err := r.rows(page)
	if err != nil {
		return err
	}
	for _, e := range page {
		r.written.Rows++
		f := r.forms[e.text(atNoun)]
		if f == nil {
			r.written.add(Problem{"event", fmt.Sprint(e.id), "", fmt.Sprintf("no record is called %s", shown("noun", e.values[atNoun]))})
			continue
		}
		id := e.number(atRecord)
		if r.past == nil || r.past.id != id || r.past.noun != f.noun {
			r.finish()
			r.past = &past{form: f, id: id, stored: rows[rowKey{f.noun, id}], row: f.blank(),
				hash: make([]byte, len(workflow.Hash{})), end: workflow.None.String()}
		}
		if err := r.event(e); err != nil {
			return err
		}
	}
	return nil
}

// postings adds to the events of a page what they posted.
func (r *recounting) postings(page []*storedEvent, record, version int64) error {
	// CROSS JOIN keeps SQLite from beginning with all postings there are.
	const query = `SELECT p.event_id, p.seq, p.fund_id, p.application_id, p.debit, p.credit, p.cents
		FROM events e CROSS JOIN postings p WHERE p.event_id = e.id
		AND (e.record_id, e.version) > (?, ?) AND (e.record_id, e.version) <= (?, ?) ORDER BY p.event_id, p.seq`
	byID := make(map[int64]*storedEvent, len(page))
	for _, e := range page {
		byID[e.id] = e
	}
	last := page[len(page)-1]
	return r.each(query, []any{record, version, last.number(atRecord), last.number(atVersion)}, func(rows *sql.Rows) error {
		values, err := raw(rows, 7)
		if err != nil {
			return err
		}
		id, _ := values[0].(int64)
		seq, _ := values[1].(int64)
		e := byID[id]
		e.seqs, e.postings = append(e.seqs, seq), append(e.postings, values[2:])
		return nil
	})
}

type rowKey struct {
	noun workflow.Noun
	id   int64
}

// rows reads the records that the events of a page are about.
func (r *recounting) rows(page []*storedEvent) (map[rowKey][]any, error) {
	type span struct{ first, last int64 }
	spans := map[*form]span{}
	for _, e := range page {
		f := r.forms[e.text(atNoun)]
		if f == nil {
			continue
		}
		s, known := spans[f]
		if s.last = e.number(atRecord); !known { // the page is in order of records
			s.first = s.last
		}
		spans[f] = s
	}
	out := map[rowKey][]any{}
	for f, s := range spans {
		err := r.each(f.sel+"WHERE id BETWEEN ? AND ?", []any{s.first, s.last}, func(rows *sql.Rows) error {
			row, err := raw(rows, len(f.columns))
			if err != nil {
				return err
			}
			id, _ := row[0].(int64)
			out[rowKey{f.noun, id}] = row
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// event checks e and adds it to the record's past.
func (r *recounting) event(e *storedEvent) error {
	p := r.past
	name := fmt.Sprintf("event %d (%s, version %d)", e.id, e.text(atAction), e.number(atVersion))
	r.asWritten(e, name)
	r.follows(e, name)
	before := slices.Clone(p.row)
	p.event, p.version, p.hash = e.id, e.number(atVersion), e.hash
	changes, err := readChanges(e.text(atChanges))
	if err != nil {
		r.written.add(p.problem("%s: its changes cannot be read", name))
		changes = nil
	}
	for column, value := range changes {
		i, known := p.place[column]
		if !known {
			r.written.add(p.problem("%s: it changes %q, which is no column", name, column))
			continue
		}
		p.row[i] = value
	}
	r.lawfully(e, before, name)
	r.apart(e, before, name)
	if e.values[atOnBehalf] != nil {
		p.deputed = append(p.deputed, deputing{e.values[atActor], e.values[atOnBehalf]})
	}
	r.sealed(e, name)
	p.end = e.text(atEnd)
	return r.keeps(e, changes, name)
}

// asWritten checks that e's hash is that of its values and postings.
func (r *recounting) asWritten(e *storedEvent, name string) {
	if sum := e.sum(); !bytes.Equal(sum[:], e.hash) {
		r.written.add(r.past.problem("%s: its hash is not that of what it says and posts", name))
	}
	for i, seq := range e.seqs {
		if seq != int64(i) {
			r.written.add(r.past.problem("%s: its postings are not numbered from 0", name))
			return
		}
	}
}

// follows checks that e comes right after the record's last event.
func (r *recounting) follows(e *storedEvent, name string) {
	p := r.past
	r.linked.Rows++
	if version := e.number(atVersion); version != p.version+1 {
		r.linked.add(p.problem("%s: version %d is missing before it", name, p.version+1))
	}
	if prev, _ := e.values[atPrev].([]byte); !bytes.Equal(prev, p.hash) {
		r.linked.add(p.problem("%s: the event before it is another", name))
	}
	if p.event != 0 && e.id <= p.event {
		r.linked.add(p.problem("%s: it is numbered before event %d, which it follows", name, p.event))
	}
}

// lawfully checks that e is a row of its lifecycle, from the state where the
// last event led to.
func (r *recounting) lawfully(e *storedEvent, before []any, name string) {
	p := r.past
	r.stepped.Rows++
	start, end := e.text(atStart), e.text(atEnd)
	if start != p.end {
		r.stepped.add(p.problem("%s: it starts from %s, but the record was %s", name, start, p.end))
	}
	step := lawfulStep{p.noun.String(), start, e.text(atAction), end}
	back := step
	back.end = workflow.Back.String()
	if !r.lawful[step] && !(r.lawful[back] && p.value(before, "back") == end) {
		r.stepped.add(p.problem("%s: no row leads from %s to %s", name, start, end))
	}
	for column, want := range map[string]any{"state": end, "version": p.version, "changed": e.values[atAt]} {
		if got := p.value(p.row, column); got != want {
			r.stepped.add(p.problem("%s: it leaves %s at %s, not %s", name, column, shown(column, got), shown(column, want)))
		}
	}
}

// sealed checks the sum of the row after e. A secret is in no event: where it was
// replaced later, the row as it was then cannot be summed again.
func (r *recounting) sealed(e *storedEvent, name string) {
	p := r.past
	p.sealed, _ = e.values[atRow].([]byte)
	row := slices.Clone(p.row)
	for i, c := range p.columns {
		said, _ := row[i].(string)
		if !strings.HasPrefix(said, "sha256:") {
			continue
		}
		now := p.value(p.stored, c.name)
		if veil(c.name, now) != row[i] {
			return
		}
		row[i] = now
	}
	if sum := rowHash(p.noun, p.columns, row); !bytes.Equal(sum[:], p.sealed) {
		r.stood.add(p.problem("%s: the row after it was another than its events say", name))
	}
}

// finish compares the record's row with what its events have said.
func (r *recounting) finish() {
	p := r.past
	if p == nil {
		return
	}
	r.stood.Rows++
	if p.stored == nil {
		r.stood.add(p.problem("it has %d events and no row in %s", p.version, p.name))
		return
	}
	same := true
	for i, c := range p.columns {
		said := p.row[i]
		if i == headColumn {
			said = p.hash
		}
		if !equal(veil(c.name, p.stored[i]), said) {
			same = false
			r.stood.add(p.problem("%s is %s, its events say %s", c.name, shown(c.name, p.stored[i]), shown(c.name, said)))
		}
	}
	if sum := rowHash(p.noun, p.columns, p.stored); same && !bytes.Equal(sum[:], p.sealed) {
		r.stood.add(p.problem("its row is not the one that event %d left", p.event))
	}
}

func equal(a, b any) bool {
	x, isBytes := a.([]byte)
	y, areBytes := b.([]byte)
	if isBytes || areBytes {
		return isBytes && areBytes && bytes.Equal(x, y)
	}
	return a == b
}

// readChanges reads the columns that an event changed, as the database stores them.
func readChanges(text string) (map[string]any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var out map[string]any
	if err := d.Decode(&out); err != nil {
		return nil, err
	}
	for name, value := range out {
		n, ok := value.(json.Number)
		if !ok {
			continue
		}
		whole, err := n.Int64()
		if err != nil {
			return nil, err
		}
		out[name] = whole
	}
	return out, nil
}
