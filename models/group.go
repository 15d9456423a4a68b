package models

import (
	"context"
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

// lockGroups keeps everybody else from changing the affiliates and statements of the
// groups of organizations until the transaction ends, the smaller ID first. SQLite
// has one writer and needs no lock. Where a group was merged or parted, or an
// organization changed, before the lock was there, what was read is out of date: the
// transaction has to begin anew.
func (t *Tx) lockGroups(list ...*workflow.Organization) error {
	if t.reads || t.db.dialect == SQLite {
		return nil
	}
	groups := idsOf(list, func(o **workflow.Organization) workflow.ID { return (*o).Group })
	for _, group := range groups {
		var locked int64
		if err := t.row("SELECT group_id FROM organization_groups WHERE organization_id = ? FOR UPDATE", []any{int64(group)}, &locked); err != nil {
			return err
		}
	}
	for _, o := range list {
		var group, version int64
		err := t.row(`SELECT g.group_id, o.version FROM organizations o JOIN organization_groups g ON g.organization_id = o.id
			WHERE o.id = ?`, []any{int64(o.ID)}, &group, &version)
		switch {
		case errors.Is(err, ErrNotFound): // there is none
		case err != nil:
			return err
		case group != int64(o.Group) || version != o.Version:
			return errChildMoved
		}
	}
	return nil
}

// mergeGroups joins the groups of two organizations under the older one's name,
// with what each has been awarded. The sum may pass the cap: the awards are then
// for the grants officer to look at, and no new one can be made. Whoever asks has
// locked both groups.
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

// partGroup lets the group of an organization fall into what is still held together,
// each part under its oldest member's name with what that part has been awarded.
// Whoever asks has locked the group.
func (t *Tx) partGroup(organization workflow.ID) error {
	group, err := t.groupOf(organization)
	if err != nil {
		return err
	}
	// Whatever is being counted for a member comes to its end first.
	query := "SELECT organization_id FROM organization_groups WHERE group_id = ? ORDER BY organization_id"
	if t.db.dialect != SQLite {
		query += " FOR UPDATE"
	}
	members, err := t.ids(query, int64(group))
	if err != nil {
		return err
	}
	kin, err := t.kin(group, true)
	if err != nil {
		return err
	}
	parted := false
	for _, id := range members {
		part := kin.groupOf(int64(id))
		if part == int64(group) {
			continue
		}
		parted = true
		if _, err := t.exec("UPDATE organization_groups SET group_id = ? WHERE organization_id = ?", part, int64(id)); err != nil {
			return err
		}
	}
	if !parted {
		return nil
	}
	return t.partCaps(group, members)
}

// counted is what the cap of a group counts, by organization: awards, what approved
// amendments are about to add, and with no cents whoever has been counted before.
const counted = `(SELECT opportunity_id, organization_id, CASE WHEN state IN ` + endedOffer + ` THEN 0 ELSE face END AS cents, award_cap FROM awards
	UNION ALL SELECT w.opportunity_id, COALESCE(m.successor_id, m.organization_id), m.counted, w.award_cap
		FROM amendments m JOIN awards w ON w.id = m.award_id WHERE m.approved_by IS NOT NULL
	UNION ALL SELECT w.opportunity_id, m.organization_id, 0, w.award_cap
		FROM amendments m JOIN awards w ON w.id = m.award_id WHERE m.state = 'signed')`

// partCaps counts anew what the parts of a group have been awarded. Of a sum that was
// within the cap each part is; and what one organization was awarded always is.
func (t *Tx) partCaps(group workflow.ID, members []workflow.ID) error {
	merged := map[int64]bool{}
	err := t.each("SELECT opportunity_id, merged FROM group_caps WHERE group_id = ?", []any{int64(group)}, func(rows *sql.Rows) error {
		var opportunity, was int64
		err := rows.Scan(&opportunity, &was)
		merged[opportunity] = was == 1
		return err
	})
	if err != nil {
		return err
	}
	if _, err := t.exec("DELETE FROM group_caps WHERE group_id = ?", int64(group)); err != nil {
		return err
	}
	type part struct{ opportunity, group, cents, awarded int64 }
	var parts []part
	where, arg := t.idsIn("c.organization_id", members)
	err = t.each(`SELECT c.opportunity_id, now.group_id, CAST(SUM(c.cents) AS BIGINT), COUNT(DISTINCT c.organization_id)
		FROM `+counted+` c JOIN organization_groups now ON now.organization_id = c.organization_id
		WHERE `+where+" GROUP BY c.opportunity_id, now.group_id", []any{arg}, func(rows *sql.Rows) error {
		var p part
		err := rows.Scan(&p.opportunity, &p.group, &p.cents, &p.awarded)
		parts = append(parts, p)
		return err
	})
	if err != nil {
		return err
	}
	for _, p := range parts {
		was := merged[p.opportunity] && p.awarded > 1
		if _, err := t.exec("INSERT INTO group_caps (opportunity_id, group_id, cents, merged) VALUES (?, ?, ?, ?)",
			p.opportunity, p.group, p.cents, column{"merged", &was}.value()); err != nil {
			return err
		}
	}
	return nil
}

// kin finds out who of a group belongs together: by affiliations, and by links too
// where they are asked for.
func (t *Tx) kin(group workflow.ID, links bool) (kinship, error) {
	const members = "IN (SELECT organization_id FROM organization_groups WHERE group_id = ?)"
	list, err := mergers(t.each, "WHERE a.owner_id "+members, int64(group))
	if err != nil {
		return nil, err
	}
	kin := kinship{}
	for _, m := range list {
		kin.merge(m.a, m.b)
	}
	if !links {
		return kin, nil
	}
	return kin, t.each("SELECT a_id, b_id FROM duplicates WHERE state IN ('linked', 'merged') AND a_id "+members, []any{int64(group)}, func(rows *sql.Rows) error {
		var a, b int64
		err := rows.Scan(&a, &b)
		kin.merge(a, b)
		return err
	})
}

// linkedOnly lists who is in the group of an organization by links alone.
func (t *Tx) linkedOnly(o *workflow.Organization) ([]workflow.ID, error) {
	links, err := t.count(`SELECT COUNT(*) FROM duplicates WHERE state IN ('linked', 'merged')
		AND a_id IN (SELECT organization_id FROM organization_groups WHERE group_id = ?)`, int64(o.Group))
	if err != nil || links == 0 {
		return nil, err
	}
	kin, err := t.kin(o.Group, false)
	if err != nil {
		return nil, err
	}
	members, err := t.ids("SELECT organization_id FROM organization_groups WHERE group_id = ?", int64(o.Group))
	return slices.DeleteFunc(members, func(id workflow.ID) bool { return kin.groupOf(int64(id)) == kin.groupOf(int64(o.ID)) }), err
}

// kinship says who belongs together: each group under the smallest ID in it. An
// organization that is not in it is a group of its own.
type kinship map[int64]int64

func (k kinship) groupOf(id int64) int64 {
	for up, known := k[id]; known && up != id; up, known = k[id] {
		id = up
	}
	return id
}

// merge joins two groups and returns the one that stays and the one that goes;
// they are the same when a and b belonged together already.
func (k kinship) merge(a, b int64) (stays, goes int64) {
	stays, goes = k.groupOf(a), k.groupOf(b)
	if goes < stays {
		stays, goes = goes, stays
	}
	k[goes] = stays
	return stays, goes
}

// controlOver is the share, in hundredths of a percent, above which an owner
// controls what it owns.
// Source: the revenue rule of package workflow, which keeps the figure to itself.
const controlOver = 50_00

// A merger is a moment when two organizations became affiliates.
type merger struct {
	a, b  int64
	event int64
}

// mergers lists, in their order, the moments when somebody came to control somebody
// else, of the affiliations that where selects. It is derived from the affiliations
// and not from the groups.
func mergers(each func(string, []any, func(*sql.Rows) error) error, where string, args ...any) (out []merger, err error) {
	query := `SELECT a.owner_id, a.owned_id, a.share, a.control, made.id, COALESCE(ended.id, 0) FROM affiliations a
		JOIN events made ON made.record_id = a.id AND made.end_state = 'active' AND made.start_state <> 'active'
		LEFT JOIN events ended ON ended.record_id = a.id AND ended.action = 'close' ` + where + " ORDER BY made.id"
	type link struct{ share, ended int64 }
	type pair struct{ owner, owned int64 }
	links := map[pair][]link{}
	err = each(query, args, func(rows *sql.Rows) error {
		var p pair
		var share, control, made, ended int64
		if err := rows.Scan(&p.owner, &p.owned, &share, &control, &made, &ended); err != nil {
			return err
		}
		held := share
		for _, l := range links[p] {
			if l.ended == 0 || l.ended > made {
				held += l.share
			}
		}
		links[p] = append(links[p], link{share, ended})
		if control == 1 || held > controlOver {
			out = append(out, merger{p.owner, p.owned, made})
		}
		return nil
	})
	return out, err
}

// weighed are the states of an award that is flagged when its group is over the cap.
const weighed = "('offered', 'change_requested', 'accepted', 'active', 'suspended')"

// AwardsOfGroup lists the awards of an organization's group that may be flagged,
// oldest first, at most dueLimit beginning after one.
func (r Reader) AwardsOfGroup(ctx context.Context, organization, after workflow.ID) ([]workflow.ID, error) {
	return r.idList(ctx, `awards x JOIN organization_groups g ON g.organization_id = x.organization_id
		WHERE g.group_id = (SELECT mine.group_id FROM organization_groups mine WHERE mine.organization_id = ?) AND x.id > ?
		AND x.state IN `+weighed, []any{int64(organization), int64(after)})
}

// AwardsJoined is AwardsOfGroup for all groups whose sums were added up when they were
// joined: no others can be over the cap.
func (r Reader) AwardsJoined(ctx context.Context, after workflow.ID) ([]workflow.ID, error) {
	return r.idList(ctx, `awards x JOIN organization_groups g ON g.organization_id = x.organization_id
		JOIN group_caps c ON c.group_id = g.group_id AND c.opportunity_id = x.opportunity_id AND c.merged = 1
		WHERE x.id > ? AND x.state IN `+weighed, []any{int64(after)})
}
