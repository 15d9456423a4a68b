package models

import (
	"context"
	"fmt"
	"time"

	"tranche/workflow"
)

// A Reminder is due: its notice, about the event that set the deadline.
type Reminder struct {
	workflow.Notice
	Event int64
}

// nearing finds by kind what has a deadline before an end and was not reminded of: the
// events x that set it, at least a day ago. A draft that was submitted before stands
// without help, and one with a personal extension was just spoken about.
var nearing = map[string]struct {
	end   func(now time.Time) any
	where string
}{
	"reply_reminder": {daysAhead(workflow.RemindBefore), `JOIN applications a ON a.id = x.record_id WHERE a.state = 'needs_information' AND a.reply_due <= ?
		AND x.id = (SELECT MAX(y.id) FROM events y WHERE y.record_id = a.id AND y.noun = 'application' AND y.action IN ('request_information', 'extend_request'))`},
	"offer_reminder": {soon, `JOIN awards a ON a.id = x.record_id WHERE a.state = 'offered' AND a.offer_ends <= ?
		AND x.id = (SELECT MAX(y.id) FROM events y WHERE y.record_id = a.id AND y.noun = 'award' AND y.action IN ('offer', 'revise'))`},
	"draft_reminder": {soon, `JOIN applications a ON a.id = x.record_id JOIN opportunities o ON o.id = a.opportunity_id
		WHERE a.state = 'draft' AND a.submissions = 0 AND a.extended_until IS NULL AND o.state = 'open' AND o.closes <= ?`},
	"closeout_reminder": {closingFor(90), closeoutNearing},
	"closeout_overdue":  {closingFor(121), closeoutNearing},
	"report_reminder":   {daysAhead(workflow.RemindReport), reportNearing},
	"report_overdue":    {daysAhead(-24 * time.Hour), reportNearing},
}

// reportNearing finds the events that set when a report is due.
const reportNearing = `JOIN reports a ON a.id = x.record_id WHERE a.state IN ` + owedReport + ` AND a.due <= ?
	AND x.id = (SELECT MAX(y.id) FROM events y WHERE y.record_id = a.id AND y.noun = 'report' AND y.action IN ('make', 'return', 'amend'))`

// closeoutNearing finds the events that began a closeout.
const closeoutNearing = `JOIN awards a ON a.id = x.record_id WHERE a.state = 'closing' AND a.closing_since <= ?
	AND x.id = (SELECT MAX(y.id) FROM events y WHERE y.record_id = a.id AND y.noun = 'award' AND y.action IN ('finish', 'terminate'))`

// closingFor gives the moment so many days ago.
func closingFor(days int) func(time.Time) any {
	return func(now time.Time) any { return now.AddDate(0, 0, -days).UnixMicro() }
}

// soon is the end of what nears, as a moment.
func soon(now time.Time) any { return now.Add(workflow.RemindBefore).UnixMicro() }

// daysAhead gives it as a day.
func daysAhead(d time.Duration) func(time.Time) any {
	return func(now time.Time) any { return workflow.DateOf(now.Add(d)).String() }
}

// Reminders lists whom nobody has reminded yet of a deadline that is near at now.
func (r Reader) Reminders(ctx context.Context, now time.Time) (out []Reminder, err error) {
	for _, n := range workflow.Reminders {
		near := nearing[n.Kind]
		from := "events x " + near.where + ` AND x.noun = ? AND x.action = ? AND x.at <= ?
			AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.event = x.id AND m.kind = ?)`
		ids, err := r.idList(ctx, from, []any{near.end(now), n.Noun.String(), n.Action.String(), now.AddDate(0, 0, -1).UnixMicro(), n.Kind})
		if err != nil {
			return nil, fmt.Errorf("what to remind of: %w", err)
		}
		for _, id := range ids {
			out = append(out, Reminder{n, int64(id)})
		}
	}
	more, err := r.serviceReminders(ctx, workflow.DateOf(now))
	return append(out, more...), err
}

// overdue finds by kind the applications whose service level is near its end, or over, and
// somebody who could be told.
var overdue = map[string]string{
	"service_reminder": "applications.service_remind > 0 AND applications.service_remind <= ? AND applications.service_remind < applications.service_due AND applications.officer_id IS NOT NULL AND NOT " + paused,
	"service_over": late + ` AND (applications.officer_id IS NOT NULL OR EXISTS (SELECT 1 FROM grants g
		WHERE g.program_id = applications.program_id AND g.role = 'program_lead' AND g.state = 'active'))`,
}

// serviceReminders lists whom nobody has told yet that a service level is near its end, or over.
func (r Reader) serviceReminders(ctx context.Context, today workflow.Date) (out []Reminder, err error) {
	for _, n := range workflow.ServiceReminders {
		ids, err := r.idList(ctx, "events x JOIN applications ON applications.id = x.record_id WHERE "+overdue[n.Kind]+`
			AND x.id = (SELECT MAX(y.id) FROM events y WHERE y.record_id = applications.id AND y.noun = 'application' AND y.start_state <> y.end_state)
			AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.event = x.id AND m.kind = ?)`, []any{int64(today), n.Kind})
		if err != nil {
			return nil, fmt.Errorf("which cases are late: %w", err)
		}
		for _, id := range ids {
			out = append(out, Reminder{n, int64(id)})
		}
	}
	return out, nil
}
