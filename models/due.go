package models

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tranche/workflow"
)

// A DueAction is an action of the system whose time has come.
type DueAction struct {
	Noun   workflow.Noun
	ID     workflow.ID
	Action workflow.Action
}

// dueLimit is how many records of a kind one round takes; the next takes more.
const dueLimit = 1000

// Due lists what the system has to do by now, oldest first within each kind. A
// draft comes twice, for restore and for expire: its lifecycle takes one.
func (r Reader) Due(ctx context.Context, now time.Time) ([]DueAction, error) {
	at, today := now.UnixMicro(), workflow.DateOf(now).String()
	var out []DueAction
	for _, q := range []struct {
		noun    workflow.Noun
		actions []workflow.Action
		where   string
		args    []any
	}{
		{workflow.NounOpportunity, []workflow.Action{workflow.ActClose}, "opportunities x WHERE state = 'open' AND closes <= ?", []any{at}},
		{workflow.NounApplication, []workflow.Action{workflow.ActRestore, workflow.ActExpire}, afterDeadline + "x.state = 'draft'", []any{at, at}},
		{workflow.NounApplication, []workflow.Action{workflow.ActScreenPass}, `applications x JOIN opportunities o ON o.id = x.opportunity_id
			WHERE x.state = 'submitted' AND (o.rolling = 1 OR o.closes <= ?)`, []any{at}},
		{workflow.NounApplication, []workflow.Action{workflow.ActLapse}, "applications x WHERE x.state = 'needs_information' AND x.reply_due < ?", []any{today}},
		{workflow.NounReview, []workflow.Action{workflow.ActLapse}, "reviews x WHERE state IN ('invited', 'accepted') AND due < ?", []any{today}},
		{workflow.NounAward, []workflow.Action{workflow.ActLapse}, "awards x WHERE state IN ('offered', 'change_requested', 'accepted') AND offer_ends <= ?", []any{at}},
		{workflow.NounAward, []workflow.Action{workflow.ActFinish}, "awards x WHERE state IN ('active', 'suspended') AND period_end <= ?", []any{today}},
		{workflow.NounAmendment, []workflow.Action{workflow.ActLapse}, "amendments x WHERE state = 'approved' AND ends <= ?", []any{at}},
		{workflow.NounPayment, []workflow.Action{workflow.ActSettle}, `payments x JOIN batches b ON b.id = x.batch_id
			JOIN programs p ON p.id = x.program_id WHERE x.state IN ('exported', 'recalled')
			AND b.effective <= ? AND x.exported_at + p.presume_days * 86400000000 <= ?`, []any{today, at}},
		{workflow.NounClearance, []workflow.Action{workflow.ActExpire}, "clearances x WHERE state = 'cleared' AND ends <= ?", []any{at}},
		{workflow.NounDelegation, []workflow.Action{workflow.ActExpire}, "delegations x WHERE state = 'active' AND ends <= ?", []any{at}},
		{workflow.NounException, []workflow.Action{workflow.ActLapse}, "exceptions x WHERE state = 'approved' AND ends <= ?", []any{at}},
	} {
		ids, err := r.idList(ctx, q.where, q.args)
		if err != nil {
			return nil, fmt.Errorf("what is due of %s: %w", q.noun, err)
		}
		for _, id := range ids {
			for _, action := range q.actions {
				out = append(out, DueAction{q.noun, id, action})
			}
		}
	}
	over, err := r.expiring(ctx, workflow.DateOf(now))
	return append(out, over...), err
}

// expiring lists the funds whose account symbol says that their time is over.
func (r Reader) expiring(ctx context.Context, today workflow.Date) (out []DueAction, err error) {
	rows, err := r.query(ctx, "SELECT id, symbol FROM funds WHERE state = 'active' ORDER BY id")
	if err != nil {
		return nil, fmt.Errorf("which funds expire: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var symbol string
		if err := rows.Scan(&id, &symbol); err != nil {
			return nil, fmt.Errorf("which funds expire: %w", err)
		}
		t, _ := workflow.ParseTAS(symbol)
		if end := t.Expires(); end != 0 && !today.Before(end) {
			out = append(out, DueAction{workflow.NounFund, workflow.ID(id), workflow.ActExpire})
		}
	}
	return out, rows.Err()
}

const afterDeadline = `applications x JOIN opportunities o ON o.id = x.opportunity_id
	WHERE o.closes + o.grace_minutes * 60000000 <= ? AND (x.extended_until IS NULL OR x.extended_until + o.moved - x.moved_before <= ?) AND `

// idList reads the ids of the rows that from names as x, oldest first.
func (r Reader) idList(ctx context.Context, from string, args []any) (out []workflow.ID, err error) {
	rows, err := r.query(ctx, "SELECT x.id FROM "+from+" ORDER BY x.id LIMIT ?", append(slices.Clone(args), dueLimit)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, workflow.ID(id))
	}
	return out, rows.Err()
}
