package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tranche/workflow"
)

// Beat notes that the service can write at now, and since when it owes somebody who
// pressed submit an answer or a note that they were turned away; zero: nobody. When
// nobody could write for shortest or longer before, that time is an outage and is
// kept. Any number of processes may call it: the service is down only while none does.
func (d *DB) Beat(ctx context.Context, now, owed time.Time, shortest time.Duration) error {
	b := beat{now: now.UnixMicro(), shortest: shortest.Microseconds()}
	if !owed.IsZero() {
		b.owed = owed.UnixMicro()
	}
	return d.Write(ctx, b)
}

// Rise is the first sign of life of a process. Nobody knows whom the one before it
// turned away when it ended, so the time since its last sign of life is an outage,
// however short; and what it still owed somebody then was never given.
func (d *DB) Rise(ctx context.Context, now time.Time) error {
	return d.Write(ctx, beat{now: now.UnixMicro(), first: true})
}

type beat struct {
	now, owed, shortest int64
	first               bool
}

// Run implements Unit.
func (b beat) Run(tx *Tx) error {
	n, err := tx.exec("INSERT INTO heartbeat (one, beat, owed) VALUES (1, ?, ?) ON CONFLICT (one) DO NOTHING", b.now, b.owed)
	if err != nil || n == 1 {
		return err
	}
	var last, owed int64
	// An update that changes nothing makes other processes wait, on both databases.
	if err := tx.row("UPDATE heartbeat SET beat = beat WHERE one = 1 RETURNING beat, owed", nil, &last, &owed); err != nil {
		return err
	}
	if b.now <= last {
		return nil // another process was faster, or the clock was set back
	}
	from := last
	if b.first && owed != 0 {
		from = min(last, owed)
	}
	if b.now-last >= b.shortest {
		if _, err := tx.exec("INSERT INTO outages (began, ended) VALUES (?, ?) ON CONFLICT (began) DO NOTHING", from, b.now); err != nil {
			return err
		}
	}
	_, err = tx.exec("UPDATE heartbeat SET beat = ?, owed = ? WHERE one = 1", b.now, b.owed)
	return err
}

// Outages lists those whose deadlines have not been moved yet, oldest first.
func (r Reader) Outages(ctx context.Context) (out []workflow.Outage, err error) {
	err = r.look(ctx, func(tx *Tx) error {
		return tx.each("SELECT began, ended FROM outages WHERE settled = 0 ORDER BY began", nil, func(rows *sql.Rows) error {
			var o workflow.Outage
			if err := rows.Scan(column{"began", &o.From}, column{"ended", &o.Until}); err != nil {
				return err
			}
			out = append(out, o)
			return nil
		})
	})
	return out, err
}

// SettleOutage notes that every deadline near o has been moved.
func (d *DB) SettleOutage(ctx context.Context, o workflow.Outage) error {
	return d.Write(ctx, settledOutage{o.From.UnixMicro()})
}

type settledOutage struct{ began int64 }

// Run implements Unit.
func (s settledOutage) Run(tx *Tx) error {
	_, err := tx.exec("UPDATE outages SET settled = 1 WHERE began = ?", s.began)
	return err
}

// Drafts whose personal deadline an outage reaches.
const (
	personalDeadline = "x.extended_until + o.moved - x.moved_before"
	personalReached  = `FROM applications x JOIN opportunities o ON o.id = x.opportunity_id
		WHERE x.state = 'draft' AND ` + personalDeadline + ` >= ? AND ` + personalDeadline + ` < ?`
)

func reachedArgs(o workflow.Outage) []any {
	return []any{o.From.UnixMicro(), o.Reach().UnixMicro()}
}

// ReachedBy lists the opportunities that have a deadline near o, in order of ID:
// their own, or that of somebody's personal extension.
func (r Reader) ReachedBy(ctx context.Context, o workflow.Outage) (out []workflow.ID, err error) {
	err = r.look(ctx, func(tx *Tx) error {
		at := reachedArgs(o)
		out, err = tx.ids(`SELECT id FROM opportunities WHERE state IN ('open', 'closed') AND (down_until IS NULL OR down_until <= ?)
			AND (closes + grace_minutes * 60000000 >= ? AND closes + grace_minutes * 60000000 < ? OR id IN (SELECT o.id `+personalReached+`))
			ORDER BY id`, append([]any{o.From.UnixMicro()}, append(at, at...)...)...)
		return err
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("deadlines near the outage of %s", o.From.Format(time.RFC3339)), err)
	}
	return out, nil
}
