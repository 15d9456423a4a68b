package models

import (
	"context"
	"database/sql"
	"time"

	"tranche/workflow"
)

// assignee finds out whether person may own the case.
func (t *Tx) assignee(person workflow.ID, a *workflow.Application) (out workflow.Assignee, err error) {
	if person == 0 {
		return out, nil
	}
	roles, err := t.count("SELECT COUNT(*) FROM grants WHERE person_id = ? AND role = 'program_officer' AND program_id = ? AND state = 'active'",
		int64(person), int64(a.Program))
	if err != nil {
		return out, err
	}
	conflicts, err := t.count("SELECT COUNT(*) FROM ("+partsIn("?")+") parts WHERE parts.person_id = ?", int64(a.ID), int64(a.ID), int64(person))
	return workflow.Assignee{Officer: roles > 0, Conflicted: conflicts > 0}, err
}

// partsIn selects the people who have no business in some cases, with the case: those of
// the organization or an affiliate, who recused, and whose tie to the applicant nobody has waived. What it gets lists the cases, and
// comes twice.
func partsIn(list string) string {
	return `SELECT g.person_id, a.id AS application_id FROM applications a
			JOIN organization_groups theirs ON theirs.organization_id = a.organization_id
			JOIN organization_groups mine ON mine.group_id = theirs.group_id
			JOIN grants g ON g.organization_id = mine.organization_id AND g.state = 'active' WHERE a.id IN (` + list + `)
		UNION SELECT x.person_id, x.application_id FROM (SELECT r.reviewer_id AS person_id, r.application_id FROM reviews r WHERE r.state = 'recused'
			UNION ALL SELECT k.person_id, k.application_id FROM conflicts k WHERE k.state IN ('open', 'confirmed')) x WHERE x.application_id IN (` + list + ")"
}

// assignable lists the program's officers who may own the case.
func (t *Tx) assignable(a *workflow.Application) (out []Somebody, err error) {
	query := `SELECT people.id, people.name FROM people JOIN grants ON grants.person_id = people.id
		WHERE grants.role = 'program_officer' AND grants.state = 'active' AND grants.program_id = ? AND people.state = 'active'
		AND people.id NOT IN (SELECT parts.person_id FROM (` + partsIn("?") + `) parts) ORDER BY people.name, people.id LIMIT 200`
	err = t.each(query, []any{int64(a.Program), int64(a.ID), int64(a.ID)}, func(rows *sql.Rows) error {
		var one Somebody
		err := rows.Scan(column{"id", &one.ID}, &one.Name)
		out = append(out, one)
		return err
	})
	return out, err
}

// A Worker is somebody of the staff with the cases that they own.
type Worker struct {
	ID      workflow.ID
	Name    string
	Program workflow.ID
	Open    map[workflow.State]int // how many cases, by state; of the states in which there is work to do
	Oldest  time.Time              // since when the case waits that has been in its state longest; zero for none
}

// Cases returns how many cases w owns.
func (w *Worker) Cases() (n int) {
	for _, of := range w.Open {
		n += of
	}
	return n
}

// openStates are the states of cases that somebody works on.
const openStates = "('submitted', 'screening', 'needs_information', 'in_review', 'recommended', 'decline_recommended', 'waitlisted', 'appealed')"

// Officers lists the officers of the programs that v is of the staff of, by name. Mere
// reviewers and applicants are told nothing.
func (r Reader) Officers(ctx context.Context, v *Viewer) (out []Somebody, err error) {
	seen, args := v.programSight("grants.program_id")
	err = r.look(ctx, func(tx *Tx) error {
		return tx.ask(`SELECT DISTINCT people.id, people.name FROM people JOIN grants ON grants.person_id = people.id
			WHERE grants.role = 'program_officer' AND grants.state = 'active' AND people.state = 'active' AND `+seen+` ORDER BY people.name, people.id`, args,
			func(rows *sql.Rows) error {
				var one Somebody
				err := rows.Scan(column{"id", &one.ID}, &one.Name)
				out = append(out, one)
				return err
			})
	})
	return out, err
}

// Workload lists the officers of the programs that v is of the staff of, by program and
// name, with the cases that v may know of. Mere reviewers and applicants are told nothing.
func (r Reader) Workload(ctx context.Context, v *Viewer) (out []Worker, err error) {
	err = r.look(ctx, func(tx *Tx) (err error) {
		out, err = tx.workload(v)
		return err
	})
	return out, err
}

func (t *Tx) workload(v *Viewer) (out []Worker, err error) {
	seen, args := v.programSight("grants.program_id")
	place := map[[2]workflow.ID]int{}
	err = t.ask(`SELECT people.id, people.name, grants.program_id FROM people JOIN grants ON grants.person_id = people.id
		WHERE grants.role = 'program_officer' AND grants.state = 'active' AND grants.program_id IS NOT NULL AND people.state = 'active' AND `+seen+`
		ORDER BY grants.program_id, people.name, people.id`, args, func(rows *sql.Rows) error {
		w := Worker{Open: map[workflow.State]int{}}
		err := rows.Scan(column{"id", &w.ID}, &w.Name, column{"program_id", &w.Program})
		place[[2]workflow.ID{w.ID, w.Program}] = len(out)
		out = append(out, w)
		return err
	})
	if err != nil || len(out) == 0 {
		return out, err
	}
	sight, args := v.queueSight()
	return out, t.ask(`SELECT applications.officer_id, applications.program_id, applications.state, COUNT(*), MIN(applications.entered) FROM applications
		WHERE applications.officer_id IS NOT NULL AND applications.state IN `+openStates+` AND (`+sight+`)
		GROUP BY applications.officer_id, applications.program_id, applications.state`, args, func(rows *sql.Rows) error {
		var officer, program workflow.ID
		var state workflow.State
		var n int
		var since time.Time
		err := rows.Scan(column{"officer_id", &officer}, column{"program_id", &program}, column{"state", &state}, &n, column{"entered", &since})
		at, known := place[[2]workflow.ID{officer, program}]
		if err != nil || !known {
			return err
		}
		w := &out[at]
		w.Open[state] = n
		if w.Oldest.IsZero() || since.Before(w.Oldest) {
			w.Oldest = since
		}
		return nil
	})
}

// programSight is the condition that a row is of a program that v is of the staff of, as
// more than a reviewer.
func (v *Viewer) programSight(program string) (string, []any) {
	if !v.MayRank() {
		return "1 = 0", nil
	}
	return v.rankedIn(program)
}

// Parts tells who has no business in which of some cases.
func (r Reader) Parts(ctx context.Context, cases ...workflow.ID) (map[[2]workflow.ID]bool, error) {
	out := map[[2]workflow.ID]bool{}
	if len(cases) == 0 {
		return out, nil
	}
	list := distinct(cases)
	err := r.look(ctx, func(tx *Tx) error {
		return tx.ask(partsIn(marks(len(list))), append(list[:len(list):len(list)], list...), func(rows *sql.Rows) error {
			var person, application workflow.ID
			err := rows.Scan(column{"person_id", &person}, column{"application_id", &application})
			out[[2]workflow.ID{person, application}] = true
			return err
		})
	})
	return out, err
}
