package models

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"

	"tranche/workflow"
)

// A turn is a moment when groups changed: two organizations became affiliates, or were
// linked or merged as one, or that was undone.
type turn struct {
	merger
	link, undone bool
}

// turns lists them in their order. They are derived from the affiliations and from
// what was decided about duplicates, and not from the groups.
func (v *verifier) turns() (out []turn, err error) {
	list, err := mergers(v.each, "")
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		out = append(out, turn{merger: m})
	}
	err = v.each(`SELECT d.a_id, d.b_id, e.id, e.action FROM events e JOIN duplicates d ON d.id = e.record_id
		WHERE e.noun = 'duplicate' AND e.action IN ('link', 'merge', 'undo')`, nil, func(rows *sql.Rows) error {
		u := turn{link: true}
		var action string
		err := rows.Scan(&u.a, &u.b, &u.event, &action)
		u.undone = action == workflow.ActUndo.String()
		out = append(out, u)
		return err
	})
	slices.SortFunc(out, func(x, y turn) int { return cmp.Compare(x.event, y.event) })
	return out, err
}

// families are the groups as they come about turn by turn.
type families struct {
	kinship
	lasting []merger
	links   map[[2]int64]bool // in force
}

func newFamilies() *families { return &families{kinship{}, nil, map[[2]int64]bool{}} }

// take lets u happen. It returns the group that stays and the one that goes, as merge
// does; where a link is undone, the one that may have fallen apart, twice.
func (f *families) take(u turn) (stays, goes int64) {
	if u.undone {
		delete(f.links, [2]int64{u.a, u.b})
		was := f.groupOf(u.a)
		f.kinship = kinship{}
		for _, m := range f.lasting {
			f.merge(m.a, m.b)
		}
		for pair := range f.links {
			f.merge(pair[0], pair[1])
		}
		return was, was
	}
	if u.link {
		f.links[[2]int64{u.a, u.b}] = true
	} else {
		f.lasting = append(f.lasting, u.merger)
	}
	return f.merge(u.a, u.b)
}

// groups compares the groups of organizations with what affiliations and links imply.
func (v *verifier) groups() error {
	c := &Check{Name: "groups are what affiliations and links imply"}
	list, err := v.turns()
	if err != nil {
		return err
	}
	kin := newFamilies()
	for _, u := range list {
		kin.take(u)
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
			p.What = fmt.Sprintf("it is in group %v, its affiliations and links say %d", row[3], kin.groupOf(id))
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

// mergedCaps finds which sums are made of what was added up before, and may be over
// the cap for that. Of a sum that falls apart, a part is only while it is of several.
func (v *verifier) mergedCaps() (map[capKey]bool, error) {
	list, err := v.turns()
	if err != nil || len(list) == 0 {
		return nil, err
	}
	type counted struct{ opportunity, organization, event int64 }
	var awards []counted
	const joined = ` IN (SELECT owner_id FROM affiliations UNION SELECT owned_id FROM affiliations
			UNION SELECT a_id FROM duplicates UNION SELECT b_id FROM duplicates)`
	const query = `SELECT w.opportunity_id, a.organization_id, made.id FROM awards w JOIN applications a ON a.id = w.application_id
		JOIN events made ON made.record_id = w.id AND made.version = 1 WHERE a.organization_id` + joined + `
		UNION ALL SELECT w.opportunity_id, m.successor_id, e.id FROM amendments m JOIN awards w ON w.id = m.award_id
		JOIN events e ON e.record_id = m.id AND e.action = 'approve' WHERE m.successor_id` + joined
	err = v.each(query, nil, func(rows *sql.Rows) error {
		var w counted
		err := rows.Scan(&w.opportunity, &w.organization, &w.event)
		awards = append(awards, w)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(awards, func(a, b counted) int { return cmp.Compare(a.event, b.event) })
	sums := map[capKey]bool{}             // a sum is there, and has it been merged
	awarded := map[int64]map[int64]bool{} // opportunity → organizations
	f := newFamilies()
	for _, u := range list {
		for len(awards) > 0 && awards[0].event < u.event {
			w := awards[0]
			key := capKey{w.opportunity, f.groupOf(w.organization)}
			if _, there := sums[key]; !there {
				sums[key] = false
			}
			if awarded[w.opportunity] == nil {
				awarded[w.opportunity] = map[int64]bool{}
			}
			awarded[w.opportunity][w.organization] = true
			awards = awards[1:]
		}
		before := f.kinship // another one after an undoing
		stays, goes := f.take(u)
		if u.undone {
			part(sums, awarded, stays, before, f.kinship)
			continue
		}
		for key := range sums {
			if key.group == goes && goes != stays {
				sums[capKey{key.opportunity, stays}] = true
				delete(sums, key)
			}
		}
	}
	return sums, nil
}

// part lets the sums of a group fall apart as its members did, unless all of them
// still belong together.
func part(sums map[capKey]bool, awarded map[int64]map[int64]bool, group int64, before, after kinship) {
	whole := true
	for id := range before {
		whole = whole && (before.groupOf(id) != group || after.groupOf(id) == group)
	}
	if whole {
		return
	}
	for opportunity, organizations := range awarded {
		was := sums[capKey{opportunity, group}]
		delete(sums, capKey{opportunity, group})
		several := map[int64]int{}
		for o := range organizations {
			if before.groupOf(o) == group {
				several[after.groupOf(o)]++
				sums[capKey{opportunity, after.groupOf(o)}] = was && several[after.groupOf(o)] > 1
			}
		}
	}
}

// groupCaps compares what groups have been awarded with the awards that count.
func (v *verifier) groupCaps() error {
	c := &Check{Name: "groups are within the cap"}
	merged, err := v.mergedCaps()
	if err != nil {
		return err
	}
	const query = `SELECT w.opportunity_id, w.group_id, CAST(w.face AS BIGINT), g.opportunity_id, g.group_id, g.cents, g.merged, w.most
		FROM (SELECT c.opportunity_id, now.group_id, SUM(c.cents) AS face, MAX(c.award_cap) AS most
			FROM ` + counted + ` c JOIN organization_groups now ON now.organization_id = c.organization_id GROUP BY c.opportunity_id, now.group_id) w
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
			p.What = fmt.Sprintf("merged is %v under opportunity %d, its affiliations and links say %d", row[6], opportunity, was)
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
