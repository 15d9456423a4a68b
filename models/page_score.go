package models

import (
	"context"
	"database/sql"

	"tranche/workflow"
)

// calibratedBy is how many of somebody's newest reviews are held against those of others.
const calibratedBy = 200

// Calibrations holds the newest scores that reviewers gave in a program against those that
// others gave to the same cases. Cases that v may not know of are not among them, and who
// reviews only learns nothing.
func (r Reader) Calibrations(ctx context.Context, v *Viewer, program workflow.ID, reviewers ...workflow.ID) (map[workflow.ID]workflow.Calibration, error) {
	roles := v.staff(Scope{Program: program})
	if !v.System && (roles == 0 || MerelyReviews(roles)) {
		return nil, nil
	}
	sight, args := v.sight(workflow.NounReview)
	query := `SELECT own.mean, CAST(SUM(o.mean) AS BIGINT), COUNT(*) FROM (SELECT reviews.id, reviews.application_id, reviews.mean FROM reviews
			WHERE reviews.reviewer_id = ? AND reviews.state = 'submitted' AND reviews.program_id = ? AND (` + sight + `) ORDER BY reviews.id DESC LIMIT ?) own
		JOIN reviews o ON o.application_id = own.application_id AND o.id <> own.id AND o.state IN ` + liveReviews + ` AND o.state = 'submitted'
		GROUP BY own.id, own.mean`
	out := map[workflow.ID]workflow.Calibration{}
	err := r.look(ctx, func(tx *Tx) error {
		for _, id := range idsOf(reviewers, func(id *workflow.ID) workflow.ID { return *id }) {
			var c workflow.Calibration
			err := tx.ask(query, append(append([]any{int64(id), int64(program)}, args...), calibratedBy), func(rows *sql.Rows) error {
				var own, sum, n int64
				err := rows.Scan(&own, &sum, &n)
				c.Count(own, sum, n)
				return err
			})
			if err != nil {
				return err
			}
			out[id] = c
		}
		return nil
	})
	return out, err
}
