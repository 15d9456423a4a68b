package models

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"tranche/workflow"
)

// judgedCases selects the applications that rest on a stored verdict and are not over.
const judgedCases = " AND x.verdict_outcome <> '' AND x.state NOT IN " + over

// CasesOfGroup lists the applications of an organization's group that rest on a
// verdict, oldest first, at most dueLimit beginning after one.
func (r Reader) CasesOfGroup(ctx context.Context, organization, after workflow.ID) ([]workflow.ID, error) {
	return r.idList(ctx, `applications x JOIN organization_groups g ON g.organization_id = x.organization_id
		WHERE g.group_id = (SELECT mine.group_id FROM organization_groups mine WHERE mine.organization_id = ?) AND x.id > ?`+judgedCases,
		[]any{int64(organization), int64(after)})
}

// CasesOfRate is CasesOfGroup for the groups that have a statement in the currency
// of a rate.
func (r Reader) CasesOfRate(ctx context.Context, rate, after workflow.ID) ([]workflow.ID, error) {
	return r.idList(ctx, `applications x WHERE x.id > ? AND EXISTS (SELECT 1 FROM organization_groups mine
		JOIN organization_groups theirs ON theirs.group_id = mine.group_id
		JOIN statements s ON s.organization_id = theirs.organization_id AND s.state = 'active'
		JOIN rates r ON r.currency = s.currency
		WHERE mine.organization_id = x.organization_id AND r.id = ?)`+judgedCases, []any{int64(after), int64(rate)})
}

// CasesOfOtherRule lists the running cases whose verdict another version of the revenue
// rule came to, oldest first, at most dueLimit beginning after one.
func (r Reader) CasesOfOtherRule(ctx context.Context, after workflow.ID) ([]workflow.ID, error) {
	return r.idList(ctx, "applications x WHERE x.id > ? AND x.verdict NOT LIKE ?"+judgedCases,
		[]any{int64(after), `{"rule":"` + workflow.RevenueRule + `",%`})
}

// RuleTaken returns the version of the revenue rule that all running cases were last
// held against; "" for none.
func (r Reader) RuleTaken(ctx context.Context) (rule string, err error) {
	err = r.look(ctx, func(tx *Tx) error { return tx.row("SELECT rule FROM heartbeat WHERE one = 1", nil, &rule) })
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return rule, err
}

// TakeRule notes that all running cases were held against this version of the rule.
func (d *DB) TakeRule(ctx context.Context) error { return d.Write(ctx, ruleTaken{}) }

type ruleTaken struct{}

// Run implements Unit. Without a sign of life there is nowhere to note it, and it is
// done again.
func (ruleTaken) Run(t *Tx) error {
	_, err := t.exec("UPDATE heartbeat SET rule = ? WHERE one = 1", workflow.RevenueRule)
	return err
}

// A StoredVerdict is what the revenue rule came to at one event of a case.
type StoredVerdict struct {
	Event   int64
	Action  workflow.Action
	At      time.Time
	Text    string // as it is stored, or as v may read it
	Verdict workflow.Verdict
}

// toldActions are the steps whose verdicts an applicant reads. Others would tell
// when the staff recommended or looked.
var toldActions = []workflow.Action{workflow.ActScreenPass, workflow.ActScreenRefer, workflow.ActScreenFail, workflow.ActRefer, workflow.ActAward}

// Verdicts lists every verdict that a case came to, the newest first, as v may
// read it: the staff as it was stored, an applicant as workflow.Verdict.For tells
// it. ErrNotFound means that there is no such case for v; a mere reviewer scores a
// plan and is not told of money.
func (r Reader) Verdicts(ctx context.Context, v *Viewer, application workflow.ID) ([]StoredVerdict, error) {
	row, err := r.Row(ctx, v, workflow.NounApplication, application)
	if err != nil {
		return nil, err
	}
	if MerelyReviews(row.Roles) {
		return nil, ErrNotFound
	}
	var out []StoredVerdict
	err = r.look(ctx, func(tx *Tx) error {
		return tx.ask("SELECT id, action, at, changes FROM events WHERE record_id = ? AND noun = 'application' ORDER BY id DESC", []any{int64(application)},
			func(rows *sql.Rows) error {
				var one StoredVerdict
				var action, changes string
				if err := rows.Scan(&one.Event, &action, column{"at", &one.At}, &changes); err != nil {
					return err
				}
				var set struct{ Verdict string }
				if err := json.Unmarshal([]byte(changes), &set); err != nil || set.Verdict == "" {
					return err
				}
				var err error
				if one.Action, err = workflow.ParseAction(action); err != nil {
					return err
				}
				one.Text = set.Verdict
				if one.Verdict, err = workflow.ReadVerdict(set.Verdict); err == nil {
					out = append(out, one)
				}
				return err
			})
	})
	if err != nil || v.System || !outside(row.Roles) {
		return out, err
	}
	return v.told(out), nil
}

// told returns what an applicant may read of verdicts.
func (v *Viewer) told(all []StoredVerdict) []StoredVerdict {
	var own []workflow.ID
	for _, g := range v.Grants {
		if g.Organization != 0 {
			own = append(own, g.Organization)
		}
	}
	all = slices.DeleteFunc(all, func(one StoredVerdict) bool { return !slices.Contains(toldActions, one.Action) })
	for i := range all {
		all[i].Verdict = all[i].Verdict.For(own)
		all[i].Text = all[i].Verdict.JSON()
	}
	return all
}
