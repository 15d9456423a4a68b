package models

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"tranche/workflow"
)

// letters are the rows of workflow.Letter.
var letters = newTable(workflow.NounLetter, "letters",
	func(r *workflow.Letter) *workflow.Record { return &r.Record },
	func(r *workflow.Letter) []column {
		return []column{
			{"application_id", &r.Application}, {"program_id", &r.Program}, {"organization_id", &r.Organization},
			{"award_id", &r.Award}, {"revision", &r.Revision}, {"event", &r.Event}, {"about", &r.About}, {"language", &r.Language}, {"documents", &r.Documents},
		}
	})

func letterFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.LetterFacts)
	a := &f.Application
	err := steps(
		func() error { return existing(t, letters, c, &f.Letter) },
		func() (err error) { *a, err = applications.one(t, parentOr(c, f.Letter.Application)); return },
		func() error {
			event := c.Int(workflow.Field{Name: "event"})
			n, err := t.count("SELECT COUNT(*) FROM letters WHERE event = ?", event)
			if f.Written = n > 0; err != nil {
				return err
			}
			err = t.row("SELECT action FROM events WHERE id = ? AND application_id = ? AND noun = 'award'", []any{event, int64(a.ID)}, column{"action", &f.Decision})
			if err == nil {
				var then AwardThen
				then, err = t.awardThen(event)
				f.Then = then.Award
				return err
			}
			if errors.Is(err, ErrNotFound) {
				err = t.row("SELECT action FROM events WHERE id = ? AND record_id = ? AND noun = 'application'", []any{event, int64(a.ID)}, column{"action", &f.Decision})
			}
			if errors.Is(err, ErrNotFound) {
				return nil // the lifecycle has the answer
			}
			return err
		},
	)
	if err != nil {
		return nil, err
	}
	return mount(letters, f, &f.Letter, Scope{Program: a.Program, Organization: a.Organization, Opportunity: a.Opportunity, Apart: true, Application: a.ID}), nil
}

// A StoredLetter is a letter with what became of it.
type StoredLetter struct {
	workflow.Letter
	Superseded bool // what it tells of was taken back since, or another notice took its place
}

// Letters lists the letters about an application, the newest first. ErrNotFound means
// that v may not know of the application, or scores it only.
func (r Reader) Letters(ctx context.Context, v *Viewer, application workflow.ID) ([]StoredLetter, error) {
	row, err := r.Row(ctx, v, workflow.NounApplication, application)
	if err != nil {
		return nil, err
	}
	if MerelyReviews(row.Roles) {
		return nil, ErrNotFound
	}
	list, err := Records[workflow.Letter](ctx, r, v, workflow.NounLetter, Filter{Where: map[string]workflow.ID{"application_id": application}, Limit: MaxLimit})
	if err != nil {
		return nil, err
	}
	query, args := "SELECT COALESCE(MAX(id), 0) FROM events WHERE record_id = ? AND noun = 'application' AND action IN ("+marks(len(workflow.TakenBack))+")", []any{int64(application)}
	for _, a := range workflow.TakenBack {
		args = append(args, a.String())
	}
	var back int64
	if err := r.sql.QueryRowContext(ctx, r.bind(query), args...).Scan(&back); err != nil {
		return nil, fmt.Errorf("list letters: %w", err)
	}
	out := make([]StoredLetter, len(list))
	for i := range list {
		out[i] = StoredLetter{list[i], list[i].Event < back || replaced(list, &list[i])}
	}
	return out, nil
}

// Notices lists the notices of an award that v may read, the newest first.
func (r Reader) Notices(ctx context.Context, v *Viewer, award workflow.ID) ([]StoredLetter, error) {
	list, err := Records[workflow.Letter](ctx, r, v, workflow.NounLetter, Filter{Where: map[string]workflow.ID{"award_id": award}, Limit: MaxLimit})
	out := make([]StoredLetter, len(list))
	for i := range list {
		out[i] = StoredLetter{list[i], replaced(list, &list[i])}
	}
	return out, err
}

// replaced reports whether list has a later notice of the same award.
func replaced(list []workflow.Letter, l *workflow.Letter) bool {
	return l.Award != 0 && slices.ContainsFunc(list, func(m workflow.Letter) bool { return m.Award == l.Award && m.Revision > l.Revision })
}

// An AwardThen is an award as an event left it.
type AwardThen struct {
	workflow.Award // its ID, Application, Organization, Revision, Signature and AcceptedBy
	Action         workflow.Action
	At             time.Time
	Hash           workflow.Hash // of the event
}

// AwardThen reads what an event made of an award, for the program's own use; ErrNotFound
// when it is no event of an award.
func (r Reader) AwardThen(ctx context.Context, event int64) (then AwardThen, err error) {
	err = r.look(ctx, func(tx *Tx) error {
		then, err = tx.awardThen(event)
		return err
	})
	return then, err
}

func (t *Tx) awardThen(event int64) (then AwardThen, err error) {
	err = t.row("SELECT record_id, application_id, action, at, hash FROM events WHERE id = ? AND noun = 'award'", []any{event}, column{"record_id", &then.ID},
		column{"application_id", &then.Application}, column{"action", &then.Action}, column{"at", &then.At}, column{"hash", &then.Hash})
	if err != nil {
		return then, err
	}
	var said struct { // each change in its order: the last one stands
		Organization workflow.ID `json:"organization_id"`
		Revision     int64
		Signature    string
		AcceptedBy   workflow.ID `json:"accepted_by"`
	}
	err = t.ask("SELECT changes FROM events WHERE record_id = ? AND noun = 'award' AND id <= ? ORDER BY id", []any{int64(then.ID), event}, func(rows *sql.Rows) error {
		var changes string
		if err := rows.Scan(&changes); err != nil {
			return err
		}
		return json.Unmarshal([]byte(changes), &said)
	})
	then.Organization, then.Revision, then.Signature, then.AcceptedBy = said.Organization, said.Revision, said.Signature, said.AcceptedBy
	return then, err
}

// A Decision is an event of an application as a letter tells of it.
type Decision struct {
	Event       int64
	Application workflow.ID
	Action      workflow.Action
	At          time.Time
	Hash        workflow.Hash
	Inputs      []workflow.Input    // what came with it
	Award       workflow.ID         // that it made; zero for none
	OfferEnds   time.Time           // of that award, as it was offered
	Appealed    bool                // the one appeal was spent before
	Terms       string              // that the application stood under then; "" for the opportunity's own settings
	Submission  workflow.Submission // what had been submitted then
}

// Input returns what came under a name, nothing when nothing did.
func (d *Decision) Input(name string) (in workflow.Input) {
	for _, one := range d.Inputs {
		if one.Name == name {
			return one
		}
	}
	return in
}

// Undecided returns what a decision about an application would rest on that is made now.
func (r Reader) Undecided(ctx context.Context, application workflow.ID) (Decision, error) {
	d := Decision{Event: math.MaxInt64, Application: application}
	err := r.asOf(ctx, &d)
	d.Event = 0
	return d, err
}

// asOf fills in what the records of d said at its event, which may say something else
// by now.
func (r Reader) asOf(ctx context.Context, d *Decision) error {
	var then struct{ Snapshot, Terms string } // each change in its order: the last one stands
	err := r.look(ctx, func(tx *Tx) error {
		return tx.ask("SELECT changes FROM events WHERE record_id = ? AND noun = 'application' AND id <= ? ORDER BY id", []any{int64(d.Application), d.Event},
			func(rows *sql.Rows) error {
				var changes string
				if err := rows.Scan(&changes); err != nil {
					return err
				}
				return json.Unmarshal([]byte(changes), &then)
			})
	})
	if err != nil {
		return err
	}
	if d.Terms = then.Terms; then.Snapshot != "" {
		body, err := r.Document(ctx, then.Snapshot)
		if err != nil {
			return err
		}
		if d.Submission, err = workflow.ReadSubmission(body); err != nil {
			return err
		}
	}
	if d.Award == 0 {
		return nil
	}
	var changes string
	var offer struct {
		Ends int64 `json:"offer_ends"`
	}
	err = r.sql.QueryRowContext(ctx, r.bind("SELECT changes FROM events WHERE record_id = ? AND noun = 'award' AND version = 1"), int64(d.Award)).Scan(&changes)
	if err = errors.Join(err, json.Unmarshal([]byte(changes), &offer)); err == nil {
		d.OfferEnds = time.UnixMicro(offer.Ends).UTC()
	}
	return err
}

// Decision reads an event of an application for the program's own use; ErrNotFound
// when there is none with this number.
func (r Reader) Decision(ctx context.Context, event int64) (d Decision, err error) {
	var inputs, changes string
	err = r.sql.QueryRowContext(ctx, r.bind("SELECT id, record_id, action, at, hash, inputs, changes FROM events WHERE id = ? AND noun = 'application'"), event).
		Scan(&d.Event, column{"record_id", &d.Application}, column{"action", &d.Action}, column{"at", &d.At}, column{"hash", &d.Hash}, &inputs, &changes)
	if err != nil {
		return d, notFound(err)
	}
	var set struct {
		Award workflow.ID `json:"award_id"`
	}
	if err := errors.Join(json.Unmarshal([]byte(inputs), &d.Inputs), json.Unmarshal([]byte(changes), &set)); err != nil {
		return d, fmt.Errorf("event %d: %w", event, err)
	}
	d.Award = set.Award
	if err := r.asOf(ctx, &d); err != nil {
		return d, fmt.Errorf("event %d: %w", event, err)
	}
	var last workflow.Action
	err = r.sql.QueryRowContext(ctx, r.bind(`SELECT action FROM events WHERE record_id = ? AND id < ? AND noun = 'application'
		AND action IN ('appeal', 'rectify') ORDER BY id DESC LIMIT 1`), int64(d.Application), event).Scan(column{"action", &last})
	if errors.Is(err, sql.ErrNoRows) {
		return d, nil
	}
	d.Appealed = last == workflow.ActAppeal
	return d, err
}
