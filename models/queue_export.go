package models

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"reflect"
	"slices"

	"tranche/workflow"
)

// A QueuedReview is a review of a queued case with the reviewer's name. What was
// not submitted yet has no scores and no comments.
type QueuedReview struct {
	workflow.Review
	Reviewer string
}

// An ExportedCase is one case of an export of the queue, with the reviews that the
// viewer may read.
type ExportedCase struct {
	QueuedCase
	Reviews []QueuedReview
}

// exportedAtOnce is how many cases of an export are in memory.
const exportedAtOnce = 200

// ExportQueue calls each with every case of q, on whatever page, as v may see it, in
// order, after head with the names of the criteria that were scored in any of them.
// All of it is of one moment. It ends with the first error.
func (r Reader) ExportQueue(ctx context.Context, v *Viewer, q Queue, head func(criteria []string) error, each func(*ExportedCase) error) error {
	return r.look(ctx, func(tx *Tx) error {
		query, args := q.places(v)
		list, err := tx.marks(query+q.order(), args)
		if err != nil {
			return err
		}
		criteria, err := tx.queueCriteria(v, q)
		if err != nil {
			return err
		}
		if err := head(criteria); err != nil {
			return err
		}
		for part := range slices.Chunk(list, exportedAtOnce) {
			cases, err := tx.exported(v, part)
			if err != nil {
				return err
			}
			for i := range cases {
				if err := each(&cases[i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// scored is the condition of the reviews whose scores and comments an export tells.
const scored = "reviews.state = 'submitted'"

// queueCriteria names what was scored in the cases of q: the headings of the usual
// rubric first, others by name.
func (t *Tx) queueCriteria(v *Viewer, q Queue) ([]string, error) {
	from, args := q.of(v)
	sight, more := v.sight(workflow.NounReview)
	found := map[string]bool{}
	query := "SELECT DISTINCT reviews.scores FROM reviews WHERE " + scored + " AND (" + sight + ") AND reviews.application_id IN (SELECT applications.id" + from + ")"
	err := t.ask(query, slices.Concat(more, args), func(rows *sql.Rows) error {
		var scores string
		err := rows.Scan(&scores)
		for name := range workflow.AnswersOf(scores) {
			found[name] = true
		}
		return err
	})
	var out []string
	for _, c := range workflow.Rubric {
		if found[c.Name] {
			out = append(out, c.Name)
			delete(found, c.Name)
		}
	}
	return append(out, slices.Sorted(maps.Keys(found))...), err
}

// exported reads the cases at marks, which v may see, in their order.
func (t *Tx) exported(v *Viewer, at []Mark) ([]ExportedCase, error) {
	list, err := t.queueCases(v, at)
	if err != nil {
		return nil, err
	}
	if err := t.queueReviews(v, list); err != nil {
		return nil, err
	}
	place, ids := map[workflow.ID]int{}, make([]any, len(at))
	out := make([]ExportedCase, len(at))
	for i := range list {
		c := &list[i]
		if MerelyReviews(c.Roles) && !v.System {
			hideDeliberation(&c.Application)
		}
		out[i].QueuedCase, ids[i], place[c.Application.ID] = *c, int64(c.Application.ID), i
	}
	sight, args := v.sight(workflow.NounReview)
	query := "SELECT people.name, " + reviews.sel[len("SELECT "):len(reviews.sel)-len("FROM reviews ")] +
		"FROM reviews JOIN people ON people.id = reviews.reviewer_id WHERE reviews.state IN ('invited', 'accepted', 'submitted') AND (" + sight +
		") AND reviews.application_id IN (" + marks(len(ids)) + ") ORDER BY reviews.id"
	err = t.ask(query, append(args, ids...), func(rows *sql.Rows) error {
		var one QueuedReview
		err := rows.Scan(append([]any{&one.Reviewer}, scanners(reviews.columns(&one.Review))...)...)
		if one.State != workflow.Submitted {
			one.Scores, one.Mean, one.Comment, one.Feedback = "", 0, "", ""
		}
		c := &out[place[one.Application]]
		c.Reviews = append(c.Reviews, one)
		return err
	})
	return out, err
}

// hideDeliberation takes out of a what the staff decides by: a reviewer judges by the
// application alone.
func hideDeliberation(a *workflow.Application) {
	for _, c := range applications.columns(a) {
		if slices.Contains(internal[workflow.NounApplication], c.name) {
			reflect.ValueOf(c.at).Elem().SetZero()
		}
	}
}

// Queued reads the cases with these ids that v has in the queue, in the order of ids;
// what they may not know of, or does not exist, is left out.
func (r Reader) Queued(ctx context.Context, v *Viewer, ids ...workflow.ID) (out []QueuedCase, err error) {
	list := distinct(ids)
	if len(list) == 0 {
		return nil, nil
	}
	sight, args := v.queueSight()
	err = r.look(ctx, func(tx *Tx) error {
		found, err := tx.marks("SELECT 0, applications.id FROM applications WHERE ("+sight+") AND applications.id IN ("+marks(len(list))+")", append(args, list...))
		if err != nil {
			return err
		}
		slices.SortFunc(found, func(a, b Mark) int { return cmp.Compare(slices.Index(ids, a.ID), slices.Index(ids, b.ID)) })
		out, err = tx.queueCases(v, found)
		return err
	})
	return out, err
}
