package models

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tranche/workflow"
)

// An Event is one entry of the audit log as a viewer may read it.
type Event struct {
	ID          int64
	Noun        workflow.Noun
	Record      workflow.ID
	Version     int64 // of the record after it
	Application workflow.ID
	Action      workflow.Action
	Start, End  workflow.State
	At          time.Time
	Actor       workflow.ID // zero: the system, or somebody whom the viewer may not know of
	ActorName   string      // "" where Actor is zero
	OnBehalf    workflow.ID // whose deputy the actor was, as Actor
	BehalfName  string
	Inputs      string // JSON, for the staff only
}

const eventList = `SELECT e.id, e.noun, e.record_id, e.version, e.application_id, e.action, e.start_state, e.end_state, e.at,
	e.actor_id, COALESCE(p.name, ''), e.on_behalf_id, COALESCE(b.name, ''), e.inputs, COALESCE(c.kind, '')
	FROM events e LEFT JOIN people p ON p.id = e.actor_id LEFT JOIN people b ON b.id = e.on_behalf_id
	LEFT JOIN clearances c ON c.id = e.record_id `

// Events lists what happened to a record, oldest first, at most MaxEvents
// entries; ErrNotFound when v may not know of the record. An applicant learns
// what happened and when, and of their own people also who; a mere reviewer what
// the applicant sent and was asked, and what became of the review itself.
func (r Reader) Events(ctx context.Context, v *Viewer, noun workflow.Noun, id workflow.ID) ([]Event, error) {
	row, err := r.Row(ctx, v, noun, id)
	if err != nil {
		return nil, err
	}
	out, err := r.events(ctx, v, row.Roles, eventList+"WHERE e.record_id = ? AND e.noun = ? ORDER BY e.id LIMIT ?", int64(id), noun.String(), MaxEvents)
	for i := range out {
		if row.Withheld {
			out[i].Inputs = ""
		}
	}
	v.blindEvents(&row, out)
	return out, err
}

// CaseEvents lists what happened in a case, to the application and everything
// that came of it, newest first, at most MaxEvents entries; ErrNotFound when v
// may not know of the application. An applicant is not told of reviews and
// clearances, and a mere reviewer of nothing but what the applicant sent and was asked.
func (r Reader) CaseEvents(ctx context.Context, v *Viewer, application workflow.ID) ([]Event, error) {
	row, err := r.Row(ctx, v, workflow.NounApplication, application)
	if err != nil {
		return nil, err
	}
	where := "WHERE e.application_id = ? "
	if outside(row.Roles) || MerelyReviews(row.Roles) {
		where += "AND e.noun NOT IN ('review', 'clearance', 'conflict', 'deliberation') "
	}
	out, err := r.events(ctx, v, row.Roles, eventList+where+"ORDER BY e.id DESC LIMIT ?", int64(application), MaxEvents)
	v.blindEvents(&row, out)
	return out, err
}

// MaxEvents is the most events that one list returns.
const MaxEvents = 500

// outside reports whether roles are an applicant's only.
func outside(roles workflow.Roles) bool {
	return roles&^workflow.RolesOf(workflow.Applicant, workflow.AOR) == 0
}

func (r Reader) events(ctx context.Context, v *Viewer, roles workflow.Roles, query string, args ...any) ([]Event, error) {
	mine, err := r.colleagues(ctx, v, roles) // before the rows hold a connection
	if err != nil {
		return nil, err
	}
	rows, err := r.query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	defer rows.Close()
	var out []Event
	for rows.Next() {
		var e Event
		var cleared string // the kind of a clearance
		err := rows.Scan(&e.ID, column{"noun", &e.Noun}, column{"record_id", &e.Record}, &e.Version, column{"application_id", &e.Application},
			column{"action", &e.Action}, column{"start_state", &e.Start}, column{"end_state", &e.End}, column{"at", &e.At},
			column{"actor_id", &e.Actor}, &e.ActorName, column{"on_behalf_id", &e.OnBehalf}, &e.BehalfName, &e.Inputs, &cleared)
		if err != nil {
			return nil, fmt.Errorf("list events: %w", err)
		}
		if !v.System && MerelyReviews(roles) && !reviewed(&e) {
			continue
		}
		if mine != nil {
			if deliberates(&e) {
				continue
			}
			e.Inputs, e.Start, e.End = "", asTold(e.Start), asTold(e.End)
			if !mine[e.Actor] {
				e.Actor, e.ActorName = 0, ""
			}
			e.OnBehalf, e.BehalfName = 0, "" // of the staff
		}
		if cleared != "" && !v.System && !workflow.ReadsClearance(cleared, roles) {
			e.Inputs = ""
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// reviewed reports whether e is of what a mere reviewer judges: nothing of what the
// staff thinks of the case, or of what came of it.
func reviewed(e *Event) bool {
	switch e.Noun {
	case workflow.NounReview:
		return true
	case workflow.NounApplication:
		return slices.Contains(toldReviewers, e.Action)
	}
	return false
}

var toldReviewers = []workflow.Action{workflow.ActSubmit, workflow.ActRequestInformation, workflow.ActReply}

// deliberates reports whether e is something that an applicant is not told of: a step on
// the way to a decision, or what the staff looks at in an award.
func deliberates(e *Event) bool {
	if e.Noun == workflow.NounAward { // for what others were awarded
		return e.Action == workflow.ActUpdate || e.Action == workflow.ActAcknowledge
	}
	if e.Noun != workflow.NounApplication {
		return false
	}
	switch e.Action {
	case workflow.ActRecommend, workflow.ActRecommendDecline, workflow.ActWaitlist, workflow.ActDefer, workflow.ActReturn, workflow.ActUpdate, workflow.ActAssign:
		return true
	}
	return false
}

// colleagues returns the people of v's organizations when roles are those of an
// applicant, and nil for the staff, who may know of everybody.
func (r Reader) colleagues(ctx context.Context, v *Viewer, roles workflow.Roles) (map[workflow.ID]bool, error) {
	if v.System || !outside(roles) {
		return nil, nil
	}
	found := map[workflow.ID]bool{v.Person: true}
	orgs := v.organizations()
	if len(orgs) == 0 {
		return found, nil
	}
	rows, err := r.query(ctx, "SELECT DISTINCT person_id FROM grants WHERE organization_id IN ("+marks(len(orgs))+")", orgs...)
	if err != nil {
		return nil, fmt.Errorf("list colleagues: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id workflow.ID
		if err := rows.Scan(column{"person_id", &id}); err != nil {
			return nil, err
		}
		found[id] = true
	}
	return found, rows.Err()
}

// CountEvents returns how many events there are.
func (r Reader) CountEvents(ctx context.Context) (n int, err error) {
	err = r.sql.QueryRowContext(ctx, "SELECT COUNT(*) FROM events").Scan(&n)
	return n, err
}
