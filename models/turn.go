package models

import (
	"context"
	"database/sql"
	"time"

	"tranche/workflow"
)

// A Turn is somebody's look at a case, or their passing over it. Neither keeps anybody
// from anything: others are led to other cases, and are told.
type Turn struct {
	Person  workflow.ID
	Name    string
	Since   time.Time
	Ends    time.Time
	Skipped string // why they passed over it, "" while they look at it
}

// How long somebody is taken to look at a case that they were led to, and for how long
// they are not led to one again that they passed over.
const (
	lookTime = 30 * time.Minute
	skipTime = 20 * time.Hour
)

// NextCase returns the case that v is to look at next, what waits for them longest first,
// and notes that they do: none that somebody else is looking at, and none that they passed
// over a short time ago. ErrNotFound means that there is none.
func (d *DB) NextCase(ctx context.Context, v *Viewer, now time.Time) (next workflow.ID, err error) {
	err = d.Write(ctx, doing(func(tx *Tx) error {
		query, args := Queue{View: ViewMine}.free(v, now)
		for {
			found, err := tx.ids(query, args...)
			if err != nil {
				return err
			}
			if len(found) == 0 {
				return ErrNotFound
			}
			next = found[0]
			if err := tx.lockIf(true, "applications", next); err != nil {
				return err
			}
			others, err := tx.count("SELECT COUNT(*) FROM turns WHERE application_id = ? AND person_id <> ? AND ends > ? AND skipped = ''",
				int64(next), int64(v.Person), now.UnixMicro())
			if err != nil {
				return err
			}
			if others == 0 {
				return tx.turn(next, v.Person, now, lookTime, "")
			}
			// Somebody else took it while this one waited: they are led to the one after it.
		}
	}))
	return next, err
}

// free writes the question for the first case of q that v may be led to.
func (q Queue) free(v *Viewer, now time.Time) (string, []any) {
	from, args := q.of(v)
	at := now.UnixMicro()
	from += ` AND NOT EXISTS (SELECT 1 FROM turns t WHERE t.application_id = applications.id AND t.ends > ?
		AND (t.person_id <> ? AND t.skipped = '' OR t.person_id = ? AND t.skipped <> ''))`
	return "SELECT applications.id" + from + " ORDER BY applications.submitted_at, applications.id LIMIT 1",
		append(args, at, int64(v.Person), int64(v.Person))
}

// Skip notes why v passes over a case that they may see; ErrNotFound when they may not.
func (d *DB) Skip(ctx context.Context, v *Viewer, application workflow.ID, now time.Time, why string) error {
	return d.Write(ctx, doing(func(tx *Tx) error {
		sight, args := v.queueSight()
		n, err := tx.count("SELECT COUNT(*) FROM applications WHERE id = ? AND ("+sight+")", append([]any{int64(application)}, args...)...)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNotFound
		}
		return tx.turn(application, v.Person, now, skipTime, why)
	}))
}

func (t *Tx) turn(application, person workflow.ID, now time.Time, long time.Duration, skipped string) error {
	_, err := t.exec(`INSERT INTO turns (application_id, person_id, since, ends, skipped) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (application_id, person_id) DO UPDATE SET since = excluded.since, ends = excluded.ends, skipped = excluded.skipped`,
		int64(application), int64(person), now.UnixMicro(), now.Add(long).UnixMicro(), skipped)
	return err
}

// Turns lists who is looking at a case that v may see as one of the staff, or passed over
// it, at now, the newest first.
func (r Reader) Turns(ctx context.Context, v *Viewer, application workflow.ID, now time.Time) (out []Turn, err error) {
	sight, args := v.queueSight()
	err = r.look(ctx, func(tx *Tx) error {
		return tx.ask(`SELECT t.person_id, people.name, t.since, t.ends, t.skipped FROM turns t JOIN people ON people.id = t.person_id
			JOIN applications ON applications.id = t.application_id WHERE t.application_id = ? AND t.ends > ? AND (`+sight+`) ORDER BY t.since DESC`,
			append([]any{int64(application), now.UnixMicro()}, args...), func(rows *sql.Rows) error {
				var one Turn
				err := rows.Scan(column{"person_id", &one.Person}, &one.Name, column{"since", &one.Since}, column{"ends", &one.Ends}, &one.Skipped)
				out = append(out, one)
				return err
			})
	})
	return out, err
}
