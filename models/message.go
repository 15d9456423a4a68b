package models

import (
	"context"
	"fmt"
	"time"

	"tranche/workflow"
)

// The states of a message.
const (
	MessageQueued = "queued" // to be sent
	MessageSent   = "sent"   // the mail server took it
	MessageFailed = "failed" // given up
	MessageKept   = "kept"   // never to be sent: there was no mail server
)

// A Message is a mail to one person about one event, as it is sent. There is at most one
// of a kind for an event and a person.
type Message struct {
	ID          workflow.ID
	Event       int64
	Application workflow.ID // the case; zero where it belongs to none
	Person      workflow.ID
	Name        string // of the person
	Address     string
	Kind        string // of the notice
	Language    string
	Subject     string
	Body        string
	State       string
	Attempts    int64
	Error       string // of the newest attempt that failed
	Made        time.Time
	Sent        time.Time
}

const messageList = `SELECT m.id, m.event, m.application_id, m.person_id, p.name, m.address, m.kind, m.language, m.subject, m.body, m.state, m.attempts,
	m.error, m.made, m.sent FROM messages m JOIN people p ON p.id = m.person_id `

func (m *Message) scan(row interface{ Scan(...any) error }) error {
	return row.Scan(column{"id", &m.ID}, &m.Event, column{"application_id", &m.Application}, column{"person_id", &m.Person}, &m.Name, &m.Address, &m.Kind,
		&m.Language, &m.Subject, &m.Body, &m.State, &m.Attempts, &m.Error, column{"made", &m.Made}, column{"sent", &m.Sent})
}

// Post stores messages, and leaves a job for each that is queued. One that is there
// already stays as it is.
func (d *DB) Post(ctx context.Context, list []Message) error {
	return d.Write(ctx, doing(func(tx *Tx) error {
		for i := range list {
			m := &list[i]
			id, err := tx.NextID()
			if err != nil {
				return err
			}
			n, err := tx.exec(`INSERT INTO messages (id, event, application_id, person_id, address, kind, language, subject, body, state, attempts, error, made)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', ?) ON CONFLICT (event, person_id, kind) DO NOTHING`,
				int64(id), m.Event, null(m.Application), int64(m.Person), m.Address, m.Kind, m.Language, m.Subject, m.Body, m.State, m.Made.UnixMicro())
			if err != nil {
				return err
			}
			if n == 1 && m.State == MessageQueued {
				tx.jobs = append(tx.jobs, workflow.Job{Kind: workflow.JobMail, Record: id})
			}
		}
		return nil
	}))
}

// Attempted stores what became of a try to send a message that was queued.
func (d *DB) Attempted(ctx context.Context, m *Message) error {
	return d.Write(ctx, doing(func(tx *Tx) error {
		_, err := tx.exec("UPDATE messages SET state = ?, attempts = ?, error = ?, sent = ? WHERE id = ? AND state = 'queued'",
			m.State, m.Attempts, m.Error, column{"sent", &m.Sent}.value(), int64(m.ID))
		return err
	}))
}

// Message reads one message for the program's own use.
func (r Reader) Message(ctx context.Context, id workflow.ID) (m Message, err error) {
	err = m.scan(r.sql.QueryRowContext(ctx, r.bind(messageList+"WHERE m.id = ?"), int64(id)))
	return m, notFound(err)
}

// Messages lists the mails about a case, the newest first, at most MaxEvents, for its
// staff. ErrNotFound means that v may not know of the case, or does not handle it.
func (r Reader) Messages(ctx context.Context, v *Viewer, application workflow.ID) (out []Message, err error) {
	row, err := r.Row(ctx, v, workflow.NounApplication, application)
	if err != nil {
		return nil, err
	}
	if !v.System && (outside(row.Roles) || MerelyReviews(row.Roles)) {
		return nil, ErrNotFound
	}
	rows, err := r.query(ctx, messageList+"WHERE m.application_id = ? ORDER BY m.id DESC LIMIT ?", int64(application), MaxEvents)
	if err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var m Message
		if err := m.scan(rows); err != nil {
			return nil, fmt.Errorf("list messages: %w", err)
		}
		out = append(out, m)
	}
	return out, rows.Err()
}

// A Happening is an event as people are told of it.
type Happening struct {
	Event       int64
	Noun        workflow.Noun
	Record      workflow.ID
	Application workflow.ID
	Action      workflow.Action
	At          time.Time
}

// Happening reads an event for the program's own use; ErrNotFound when there is none.
func (r Reader) Happening(ctx context.Context, event int64) (h Happening, err error) {
	err = r.sql.QueryRowContext(ctx, r.bind("SELECT id, noun, record_id, application_id, action, at FROM events WHERE id = ?"), event).
		Scan(&h.Event, column{"noun", &h.Noun}, column{"record_id", &h.Record}, column{"application_id", &h.Application}, column{"action", &h.Action}, column{"at", &h.At})
	return h, notFound(err)
}

// Representatives returns the active people who may sign for an organization now, or
// might at the moment since, whether or not they were shut out after it.
// For the zero time it is those of now alone.
func (r Reader) Representatives(ctx context.Context, organization workflow.ID, since time.Time) (out []workflow.Person, err error) {
	before := since.UnixMicro()
	if since.IsZero() {
		before = 0
	}
	err = r.look(ctx, func(tx *Tx) error {
		out, err = people.list(tx, `WHERE state = 'active' AND id IN (SELECT person_id FROM grants
			WHERE organization_id = ? AND role = 'aor' AND (state = 'active' OR made <= ? AND changed >= ?)) ORDER BY id`, int64(organization), before, before)
		return err
	})
	return out, err
}

// Leads returns the active people who lead a program.
func (r Reader) Leads(ctx context.Context, program workflow.ID) (out []workflow.Person, err error) {
	err = r.look(ctx, func(tx *Tx) error {
		out, err = people.list(tx, `WHERE state = 'active' AND id IN (SELECT person_id FROM grants
			WHERE program_id = ? AND role = 'program_lead' AND state = 'active') ORDER BY id`, int64(program))
		return err
	})
	return out, err
}
