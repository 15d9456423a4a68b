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

// nearing finds by kind what has a deadline soon and was not reminded of: the events x
// that set it, at least a day ago. A draft that was submitted before stands without help,
// and one with a personal extension was just spoken about.
var nearing = map[string]string{
	"reply_reminder": `JOIN applications a ON a.id = x.record_id WHERE a.state = 'needs_information' AND a.reply_due <= ?
		AND x.id = (SELECT MAX(y.id) FROM events y WHERE y.record_id = a.id AND y.noun = 'application' AND y.action IN ('request_information', 'extend_request'))`,
	"offer_reminder": `JOIN awards a ON a.id = x.record_id WHERE a.state = 'offered' AND a.offer_ends <= ?
		AND x.id = (SELECT MAX(y.id) FROM events y WHERE y.record_id = a.id AND y.noun = 'award' AND y.action IN ('offer', 'revise'))`,
	"draft_reminder": `JOIN applications a ON a.id = x.record_id JOIN opportunities o ON o.id = a.opportunity_id
		WHERE a.state = 'draft' AND a.submissions = 0 AND a.extended_until IS NULL AND o.state = 'open' AND o.closes <= ?`,
}

// Reminders lists whom nobody has reminded yet of a deadline that is near at now.
func (r Reader) Reminders(ctx context.Context, now time.Time) (out []Reminder, err error) {
	until := now.Add(workflow.RemindBefore)
	for _, n := range workflow.Reminders {
		end := any(until.UnixMicro())
		if n.Kind == "reply_reminder" {
			end = workflow.DateOf(until).String()
		}
		from := "events x " + nearing[n.Kind] + ` AND x.noun = ? AND x.action = ? AND x.at <= ?
			AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.event = x.id AND m.kind = ?)`
		ids, err := r.idList(ctx, from, []any{end, n.Noun.String(), n.Action.String(), now.AddDate(0, 0, -1).UnixMicro(), n.Kind})
		if err != nil {
			return nil, fmt.Errorf("what to remind of: %w", err)
		}
		for _, id := range ids {
			out = append(out, Reminder{n, int64(id)})
		}
	}
	return out, nil
}
