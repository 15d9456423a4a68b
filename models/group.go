package models

import (
	"database/sql"
	"errors"
	"slices"

	"tranche/workflow"
)

// groupOf returns the group that an organization belongs to.
func (t *Tx) groupOf(organization workflow.ID) (workflow.ID, error) {
	var group int64
	err := t.row("SELECT group_id FROM organization_groups WHERE organization_id = ?", []any{int64(organization)}, &group)
	return workflow.ID(group), err
}

// openGroup makes an organization a group of its own.
func (t *Tx) openGroup(organization workflow.ID) error {
	_, err := t.exec("INSERT INTO organization_groups (organization_id, group_id) VALUES (?, ?)", int64(organization), int64(organization))
	return err
}

// heldGroup is groupOf that stays true until the transaction ends.
func (t *Tx) heldGroup(organization workflow.ID) (workflow.ID, error) {
	if t.db.dialect == SQLite {
		return t.groupOf(organization)
	}
	var group int64
	err := t.row("SELECT group_id FROM organization_groups WHERE organization_id = ? FOR SHARE", []any{int64(organization)}, &group)
	return workflow.ID(group), err
}

// lockGroups keeps everybody else from changing the affiliates and statements of
// groups until the transaction ends, the smaller ID first. SQLite has one writer
// and needs no lock. A group that was merged into another meanwhile is none any
// more: the transaction has to begin anew.
func (t *Tx) lockGroups(groups ...workflow.ID) error {
	if t.db.dialect == SQLite {
		return nil
	}
	slices.Sort(groups)
	for _, group := range slices.Compact(groups) {
		var locked int64
		err := t.row("SELECT group_id FROM organization_groups WHERE organization_id = ? FOR UPDATE", []any{int64(group)}, &locked)
		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return err
		case locked != int64(group):
			return errChildMoved
		}
	}
	return nil
}

// mergeGroups joins the groups of two organizations under the older one's name,
// with what each has been awarded. The sum may pass the cap: the awards are then
// for the grants officer to look at, and no new one can be made.
func (t *Tx) mergeGroups(a, b workflow.ID) error {
	into, err := t.groupOf(a)
	if err != nil {
		return err
	}
	gone, err := t.groupOf(b)
	if err != nil || into == gone {
		return err
	}
	if gone < into {
		into, gone = gone, into
	}
	if err := t.lockGroups(into, gone); err != nil {
		return err
	}
	// The members come first: what is counted for one of them from now on waits,
	// and then finds the group that it belongs to.
	if _, err := t.exec("UPDATE organization_groups SET group_id = ? WHERE group_id = ?", int64(into), int64(gone)); err != nil {
		return err
	}
	return t.mergeCaps(into, gone)
}

func (t *Tx) mergeCaps(into, gone workflow.ID) error {
	sums := map[int64]int64{}
	err := t.each("SELECT opportunity_id, cents FROM group_caps WHERE group_id = ?", []any{int64(gone)}, func(rows *sql.Rows) error {
		var opportunity, cents int64
		if err := rows.Scan(&opportunity, &cents); err != nil {
			return err
		}
		sums[opportunity] = cents
		return nil
	})
	if err != nil {
		return err
	}
	for opportunity, cents := range sums {
		const query = `INSERT INTO group_caps (opportunity_id, group_id, cents, merged) VALUES (?, ?, ?, 1)
			ON CONFLICT (opportunity_id, group_id) DO UPDATE SET cents = group_caps.cents + excluded.cents, merged = 1`
		if _, err := t.exec(query, opportunity, int64(into), cents); err != nil {
			return err
		}
	}
	_, err = t.exec("DELETE FROM group_caps WHERE group_id = ?", int64(gone))
	return err
}
