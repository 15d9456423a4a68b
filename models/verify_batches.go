package models

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"hash"
	"strconv"
)

// A tally adds up the members of one batch. It goes its own way to the figures
// that package workflow takes from a list of all members, which may be too long
// to be held.
type tally struct {
	batch   []any // id, number, state, count, total, entry_hash, members
	count   int64
	cents   int64
	routing int64
	members hash.Hash
	moved   bool // a member left after the export: where it was sent to then is not on its row
}

const (
	batchColumns = "b.id, b.number, b.state, b.count, b.total, b.entry_hash, b.members"
	batchWidth   = 7
	// openMembers are the payments in batches that were not exported, as they are.
	openMembers = "SELECT " + batchColumns + `, p.id, p.version, p.amount, p.bank_account_id, p.bank_version, a.routing, 0
		FROM batches b LEFT JOIN payments p ON p.batch_id = b.id LEFT JOIN bank_accounts a ON a.id = p.bank_account_id
		WHERE b.state IN ('open', 'submitted', 'approved') ORDER BY b.id, p.id`
	// sentMembers are the payments that the export of a batch sent out, as they were just before it.
	sentMembers = "SELECT " + batchColumns + `, p.id, x.version - 1, p.amount, p.bank_account_id, p.bank_version, a.routing,
			CASE WHEN p.batch_id = b.id THEN 0 ELSE 1 END
		FROM batches b LEFT JOIN events e ON e.record_id = b.id AND e.action = 'export'
		LEFT JOIN events x ON x.cause_id = e.id AND x.noun = 'payment' AND x.action = 'export'
		LEFT JOIN payments p ON p.id = x.record_id LEFT JOIN bank_accounts a ON a.id = p.bank_account_id
		WHERE b.state IN ('exported', 'acknowledged', 'completed', 'rejected') ORDER BY b.id, p.id`
)

// batches recounts the members of every batch that stands.
func (v *verifier) batches() error {
	c := &Check{Name: "batches add up"}
	for _, query := range []string{openMembers, sentMembers} {
		var t *tally
		err := v.each(query, nil, func(rows *sql.Rows) error {
			row, err := raw(rows, batchWidth+7)
			if err != nil {
				return err
			}
			if t == nil || t.batch[0] != row[0] {
				t.finish(c)
				t = &tally{batch: row[:batchWidth], members: sha256.New()}
			}
			t.add(row[batchWidth:])
			return nil
		})
		if err != nil {
			return err
		}
		t.finish(c)
	}
	v.done(c)
	return nil
}

// add adds one member: id, version, amount, account, its version, routing number, moved.
func (t *tally) add(member []any) {
	if member[0] == nil {
		return // a batch without members
	}
	t.count++
	for _, value := range member[:5] {
		n, _ := value.(int64)
		t.members.Write(append(strconv.AppendInt(nil, n, 10), '\n'))
	}
	cents, _ := member[2].(int64)
	t.cents += cents
	if routing, _ := member[5].(string); len(routing) == 9 {
		bank, err := strconv.ParseInt(routing[:8], 10, 64)
		t.routing += bank
		t.moved = t.moved || err != nil
	}
	t.moved = t.moved || member[6] != int64(0)
}

// finish compares what was added up with what the batch says.
func (t *tally) finish(c *Check) {
	if t == nil {
		return
	}
	c.Rows++
	got := []any{t.count, t.cents, fmt.Sprintf("%010d", t.routing%10_000_000_000), hex.EncodeToString(t.members.Sum(nil))}
	for i, name := range []string{"count", "total", "entry_hash", "members"} {
		stored := t.batch[3+i]
		if t.moved && i > 1 || got[i] == stored {
			continue
		}
		number, _ := t.batch[1].(string)
		c.add(Problem{"batch", fmt.Sprint(t.batch[0]), number,
			fmt.Sprintf("%s is %s, its payments come to %s", name, shown(name, stored), shown(name, got[i]))})
	}
}
