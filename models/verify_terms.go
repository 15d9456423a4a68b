package models

import (
	"database/sql"
	"fmt"

	"tranche/workflow"
)

// termsKept checks that each award in force was made under the cap of the terms
// that its application stands under.
func (v *verifier) termsKept() error {
	c := &Check{Name: "awards are made under the terms of their applications"}
	caps := map[string]workflow.Cents{}
	const query = `SELECT w.id, w.number, w.award_cap, a.terms, d.body FROM awards w JOIN applications a ON a.id = w.application_id
		LEFT JOIN documents d ON d.sum = a.terms WHERE a.terms <> '' AND w.state NOT IN ` + endedOffer + ` ORDER BY w.id`
	err := v.each(query, nil, func(rows *sql.Rows) error {
		var id, stated int64
		var number, sum string
		var body sql.RawBytes
		if err := rows.Scan(&id, &number, &stated, &sum, &body); err != nil {
			return err
		}
		c.Rows++
		if _, read := caps[sum]; !read {
			caps[sum] = -1
			if t, err := workflow.ReadTerms(body); err == nil {
				caps[sum] = min(t.AwardCap, workflow.AwardCap)
			}
		}
		if limit := caps[sum]; int64(limit) != stated {
			c.add(Problem{"award", fmt.Sprint(id), number, fmt.Sprintf("it was made under a cap of %d cents, its terms say %d", stated, limit)})
		}
		return nil
	})
	if err == nil {
		v.done(c)
	}
	return err
}
