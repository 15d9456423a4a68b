package models

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"

	"tranche/workflow"
)

// controlOver is the share, in hundredths of a percent, above which an owner
// controls what it owns.
// Source: the revenue rule of package workflow, which keeps the figure to itself.
const controlOver = 50_00

// A merger is a moment when two organizations became affiliates.
type merger struct {
	a, b  int64
	event int64
}

// mergers lists, in their order, the moments when somebody came to control
// somebody else. It is derived from the affiliations and not from the groups.
func (v *verifier) mergers() (out []merger, err error) {
	const query = `SELECT a.owner_id, a.owned_id, a.share, a.control, made.id, COALESCE(ended.id, 0) FROM affiliations a
		JOIN events made ON made.record_id = a.id AND made.end_state = 'active' AND made.start_state <> 'active'
		LEFT JOIN events ended ON ended.record_id = a.id AND ended.action = 'close' ORDER BY made.id`
	type link struct{ share, ended int64 }
	type pair struct{ owner, owned int64 }
	links := map[pair][]link{}
	err = v.each(query, nil, func(rows *sql.Rows) error {
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

// groups compares the groups of organizations with what the affiliations imply.
func (v *verifier) groups() error {
	c := &Check{Name: "groups are what affiliations imply"}
	list, err := v.mergers()
	if err != nil {
		return err
	}
	kin := kinship{}
	for _, m := range list {
		kin.merge(m.a, m.b)
	}
	const query = `SELECT o.id, o.legal_name, g.organization_id, g.group_id
		FROM organizations o FULL JOIN organization_groups g ON g.organization_id = o.id`
	err = v.each(query, nil, func(rows *sql.Rows) error {
		c.Rows++
		row, err := raw(rows, 4)
		if err != nil {
			return err
		}
		name, _ := row[1].(string)
		p := Problem{Noun: "organization", ID: fmt.Sprint(row[0]), Number: name}
		id, exists := row[0].(int64)
		switch {
		case !exists:
			p.ID, p.What = fmt.Sprint(row[2]), "it is in a group, but it is not there"
		case row[2] == nil:
			p.What = "it is in no group"
		case row[3] != kin.groupOf(id):
			p.What = fmt.Sprintf("it is in group %v, its affiliations say %d", row[3], kin.groupOf(id))
		default:
			return nil
		}
		c.add(p)
		return nil
	})
	if err == nil {
		v.done(c)
	}
	return err
}

type capKey struct{ opportunity, group int64 }

// mergedCaps finds which sums had the sum of another group added to them.
func (v *verifier) mergedCaps() (map[capKey]bool, error) {
	list, err := v.mergers()
	if err != nil || len(list) == 0 {
		return nil, err
	}
	type counted struct{ opportunity, group, event int64 }
	var awards []counted
	const query = `SELECT w.opportunity_id, w.group_id, made.id FROM awards w
		JOIN events made ON made.record_id = w.id AND made.version = 1
		WHERE w.organization_id IN (SELECT owner_id FROM affiliations UNION SELECT owned_id FROM affiliations)`
	err = v.each(query, nil, func(rows *sql.Rows) error {
		var w counted
		err := rows.Scan(&w.opportunity, &w.group, &w.event)
		awards = append(awards, w)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(awards, func(a, b counted) int { return cmp.Compare(a.event, b.event) })
	kin, sums := kinship{}, map[capKey]bool{} // a sum is there, and has it been merged
	for _, m := range list {
		for len(awards) > 0 && awards[0].event < m.event {
			key := capKey{awards[0].opportunity, kin.groupOf(awards[0].group)}
			if _, there := sums[key]; !there {
				sums[key] = false
			}
			awards = awards[1:]
		}
		stays, goes := kin.merge(m.a, m.b)
		for key := range sums {
			if key.group == goes && goes != stays {
				sums[capKey{key.opportunity, stays}] = true
				delete(sums, key)
			}
		}
	}
	return sums, nil
}

// groupCaps compares what groups have been awarded with the awards that count.
func (v *verifier) groupCaps() error {
	c := &Check{Name: "groups are within the cap"}
	merged, err := v.mergedCaps()
	if err != nil {
		return err
	}
	const query = `SELECT w.opportunity_id, w.group_id, CAST(w.face AS BIGINT), g.opportunity_id, g.group_id, g.cents, g.merged, w.most
		FROM (SELECT awards.opportunity_id, now.group_id, SUM(CASE WHEN awards.state IN ` + endedOffer + ` THEN 0 ELSE face END) AS face,
			MAX(awards.award_cap) AS most
			FROM awards JOIN organization_groups now ON now.organization_id = awards.group_id GROUP BY awards.opportunity_id, now.group_id) w
		FULL JOIN group_caps g ON g.opportunity_id = w.opportunity_id AND g.group_id = w.group_id`
	err = v.each(query, nil, func(rows *sql.Rows) error {
		c.Rows++
		row, err := raw(rows, 8)
		if err != nil {
			return err
		}
		group, _ := row[4].(int64)
		opportunity, _ := row[3].(int64)
		cents, _ := row[5].(int64)
		limit, _ := row[7].(int64)
		was := int64(0)
		if merged[capKey{opportunity, group}] {
			was = 1
		}
		p := Problem{Noun: "group", ID: fmt.Sprint(group)}
		switch {
		case row[3] == nil:
			p.ID, p.What = fmt.Sprint(row[1]), fmt.Sprintf("awards of %v cents under opportunity %v are not counted", row[2], row[0])
		case row[0] == nil:
			p.What = fmt.Sprintf("%d cents are counted under opportunity %d, but there are no awards", cents, opportunity)
		case row[2] != row[5]:
			p.What = fmt.Sprintf("%d cents are counted under opportunity %d, its awards come to %v", cents, opportunity, row[2])
		case row[6] != was:
			p.What = fmt.Sprintf("merged is %v under opportunity %d, its affiliations say %d", row[6], opportunity, was)
		case was == 0 && cents > min(limit, int64(workflow.AwardCap)):
			p.What = fmt.Sprintf("awards of %d cents under opportunity %d are over the cap of %d", cents, opportunity, limit)
		default:
			return nil
		}
		c.add(p)
		return nil
	})
	if err == nil {
		v.done(c)
	}
	return err
}
