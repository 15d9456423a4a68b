package models

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"tranche/workflow"
)

// documentColumns are the columns that name a stored document. Where it says
// true, the step that names a document is the one that stored it; the others
// were rendered a moment before, or belong to others too.
var documentColumns = map[workflow.Noun]map[string]bool{
	workflow.NounPolicy:      {"file": true, "plan": true},
	workflow.NounOpportunity: {"terms": false},
	workflow.NounApplication: {"snapshot": true, "terms": false},
	workflow.NounAward:       {"signature": false}, // an amendment's was stored when that was approved
	workflow.NounAmendment:   {"base": false, "agreement": false},
	workflow.NounBatch:       {"file": false, "register": false},
	workflow.NounStatement:   {"document": false}, // the same file may prove two things
	workflow.NounElimination: {"document": false},
}

// keeps checks that the documents that e names are there, and were when it happened.
func (r *recounting) keeps(e *storedEvent, changes map[string]any, name string) error {
	for column, own := range documentColumns[r.past.noun] {
		sum, _ := changes[column].(string)
		if sum == "" {
			continue
		}
		if _, err := r.keepsOne(e, column, sum, own, name); err != nil {
			return err
		}
	}
	if copies, _ := changes["copies"].(string); r.past.noun == workflow.NounBatch {
		for _, one := range workflow.Copies(copies).List() {
			if _, err := r.keepsOne(e, one.Format, one.Sum, false, name); err != nil {
				return err
			}
		}
	}
	var files []workflow.Attachment
	for _, column := range []string{"documents", "reply_files"} {
		text, _ := changes[column].(string)
		files = append(files, workflow.Attachments(text).List()...)
	}
	for _, one := range files {
		// The same file may come twice, and stays when another one takes its place.
		size, err := r.keepsOne(e, "document "+one.Code, one.Sum, false, name)
		if err != nil {
			return err
		}
		if size >= 0 && size != one.Size {
			r.kept.add(r.past.problem("%s: its document %s has %d bytes, not %d", name, one.Code, size, one.Size))
		}
	}
	return nil
}

// keepsOne checks one document and returns its size, -1 when it is not there.
func (r *recounting) keepsOne(e *storedEvent, what, sum string, own bool, name string) (size int64, err error) {
	r.kept.Rows++
	var made int64
	err = r.proof.QueryRowContext(r.ctx, sum).Scan(&made, &size)
	switch at := e.number(atAt); {
	case errors.Is(err, sql.ErrNoRows):
		r.kept.add(r.past.problem("%s: its %s %s is not there", name, what, sum))
		return -1, nil
	case err != nil:
		return 0, fmt.Errorf("verify: %w", err)
	case made > at || own && made < at:
		r.kept.add(r.past.problem("%s: its %s %s was stored at another time", name, what, sum))
	}
	return size, nil
}

// documents compares each document's bytes with its name.
func (v *verifier) documents() error {
	c := &Check{Name: "documents have the bytes they were stored with"}
	err := v.each("SELECT sum, body FROM documents", nil, func(rows *sql.Rows) error {
		var name string
		var body sql.RawBytes
		if err := rows.Scan(&name, &body); err != nil {
			return err
		}
		c.Rows++
		if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != name {
			c.add(Problem{Noun: "document", ID: name, What: fmt.Sprintf("its bytes have the sum %x", sum)})
		}
		return nil
	})
	if err == nil {
		v.done(c)
	}
	return err
}

// eventNumbers checks, where the database numbers events without a gap, that
// none is missing at the end or between. PostgreSQL leaves gaps by itself.
func (v *verifier) eventNumbers() error {
	c := &Check{Name: "no event is missing"}
	var err error
	if c.Rows, err = v.count("SELECT COUNT(*) FROM events"); err != nil {
		return err
	}
	last := "(SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = 'events')"
	if v.dialect == Postgres {
		last = "COALESCE(pg_sequence_last_value(pg_get_serial_sequence('events', 'id')::regclass), 0)"
	} else {
		// The first number of each gap. Number 0 stands before the first event.
		gaps := `SELECT n.id + 1 FROM (SELECT 0 AS id UNION ALL SELECT id FROM events) n
			WHERE n.id < ` + last + ` AND NOT EXISTS (SELECT 1 FROM events e WHERE e.id = n.id + 1) ORDER BY n.id`
		err = v.each(gaps, nil, func(rows *sql.Rows) error {
			var p Problem
			err := rows.Scan(&p.ID)
			p.Noun, p.What = "event", "it is missing"
			c.add(p)
			return err
		})
		if err != nil {
			return err
		}
	}
	const number = "': event ' || id || ' has a number that was not given out yet'"
	beyond := "SELECT noun, record_id, '', action || " + number + " FROM events WHERE id > " + last + " OR id < 1 ORDER BY id"
	err = v.each(beyond, nil, func(rows *sql.Rows) error {
		var p Problem
		err := rows.Scan(&p.Noun, &p.ID, &p.Number, &p.What)
		c.add(p)
		return err
	})
	if err == nil {
		v.done(c)
	}
	return err
}

// A storedKey is an idempotency key as it stands in the database.
type storedKey struct {
	principal  int64
	route, key string
	body       []byte
	answer     string
	made       int64
	sum        []byte
}

func (k *storedKey) problem(what string) Problem {
	return Problem{Noun: "idempotency key", ID: fmt.Sprintf("%q of person %d for %s", k.key, k.principal, k.route), What: what}
}

// pageOfKeys is how many idempotency keys are in memory at once.
const pageOfKeys = 1000

// keys checks that each stored answer is that of an event which the key's owner caused.
func (v *verifier) keys() error {
	c := &Check{Name: "stored answers are those of events"}
	// A command may come back to its own record through what it raised: the answer
	// tells the version that the record had in the end.
	caused, err := v.tx.PrepareContext(v.ctx, v.bind(`SELECT e.noun, e.record_id, f.version, f.end_state, COALESCE(e.actor_id, 0), e.at
		FROM events e JOIN events f ON f.record_id = e.record_id AND (f.id = e.id OR f.cause_id = e.id)
		WHERE e.id = ? ORDER BY f.version DESC LIMIT 1`))
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	defer caused.Close()
	last := storedKey{principal: -1}
	for {
		page, err := v.keysAfter(&last)
		if err != nil {
			return err
		}
		for i := range page {
			if err := page[i].check(v, c, caused); err != nil {
				return err
			}
		}
		if len(page) < pageOfKeys {
			v.done(c)
			return nil
		}
		last = page[len(page)-1]
	}
}

func (v *verifier) keysAfter(last *storedKey) (page []storedKey, err error) {
	const query = `SELECT principal_id, route, key, body_sum, answer, made, sum FROM idempotency_keys
		WHERE (principal_id, route, key) > (?, ?, ?) ORDER BY principal_id, route, key LIMIT ?`
	err = v.each(query, []any{last.principal, last.route, last.key, int64(pageOfKeys)}, func(rows *sql.Rows) error {
		var k storedKey
		err := rows.Scan(&k.principal, &k.route, &k.key, &k.body, &k.answer, &k.made, &k.sum)
		page = append(page, k)
		return err
	})
	return page, err
}

func (k *storedKey) check(v *verifier, c *Check, caused *sql.Stmt) error {
	c.Rows++
	if sum := keySum(k.principal, k.route, k.key, k.body, k.answer, k.made); !bytes.Equal(sum[:], k.sum) {
		c.add(k.problem("it is not as it was stored"))
	}
	var told, was struct {
		Noun, State        string
		ID, Version, Event int64
	}
	if err := json.Unmarshal([]byte(k.answer), &told); err != nil {
		c.add(k.problem("its answer cannot be read"))
		return nil
	}
	var actor, at int64
	was.Event = told.Event
	err := caused.QueryRowContext(v.ctx, told.Event).Scan(&was.Noun, &was.ID, &was.Version, &was.State, &actor, &at)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		c.add(k.problem(fmt.Sprintf("there is no event %d", told.Event)))
	case err != nil:
		return fmt.Errorf("verify: %w", err)
	case told != was || actor != k.principal || at != k.made:
		c.add(k.problem(fmt.Sprintf("event %d is of %s %d, version %d, by person %d, and not what it answers", was.Event, was.Noun, was.ID, was.Version, actor)))
	}
	return nil
}

// idBlocks checks that no record has an ID that was not given out yet.
func (v *verifier) idBlocks() error {
	c := &Check{Name: "ids were given out"}
	var err error
	if c.Rows, err = v.count("SELECT COUNT(*) FROM id_blocks"); err != nil {
		return err
	}
	taken, err := v.count("SELECT COALESCE(MAX(taken), -1) FROM id_blocks WHERE one = 1")
	if err != nil {
		return err
	}
	if c.Rows != 1 {
		c.add(Problem{Noun: "id_blocks", ID: "1", What: fmt.Sprintf("%d rows count ids, not one", c.Rows)})
	}
	if taken < 0 || taken%idBlock != 0 {
		c.add(Problem{Noun: "id_blocks", ID: "1", What: fmt.Sprintf("taken is %d, which no whole number of blocks comes to", taken)})
	}
	for _, l := range workflow.Lifecycles {
		name := shelves[l.Noun()].name
		last, err := v.count("SELECT COALESCE(MAX(id), 0) FROM " + name)
		if err != nil {
			return err
		}
		if last > taken {
			c.add(Problem{Noun: "id_blocks", ID: "1", What: fmt.Sprintf("taken is %d, but %s %d is there", taken, l.Noun(), last)})
		}
	}
	v.done(c)
	return nil
}
