package models

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"tranche/workflow"
)

// A Task is a record that waits for a viewer.
type Task struct {
	workflow.Errand
	Row
	// Answer is what would come of it if the viewer did it now and said nothing more:
	// nil, or a *workflow.Refusal.
	Answer error
}

// A Desk is what waits for one viewer.
type Desk struct {
	Tasks []Task                  // of the errands that were asked for, what was touched longest ago first
	Count map[workflow.Errand]int // of all errands that are the viewer's duty
}

// Desk lists at most limit of the records that wait for one of v's duties at now, of
// one errand or, where only is zero, of all.
func (r Reader) Desk(ctx context.Context, v *Viewer, now time.Time, only workflow.Errand, limit int) (d Desk, err error) {
	d.Count = map[workflow.Errand]int{}
	err = r.look(ctx, func(tx *Tx) error {
		for _, e := range workflow.Errands {
			where, args := v.errand(e)
			if where == "" {
				continue
			}
			if err := tx.tasks(&d, v, e, where, args, only == (workflow.Errand{}) || only == e, limit); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return d, err
	}
	slices.SortStableFunc(d.Tasks, func(a, b Task) int { return a.Record.Changed.Compare(b.Record.Changed) })
	d.Tasks = d.Tasks[:min(limit, len(d.Tasks))]
	commands := make([]workflow.Command, len(d.Tasks))
	for i, t := range d.Tasks {
		commands[i] = workflow.Command{Noun: t.Errand.Noun, Action: t.Action, ID: t.Record.ID, Received: now}
	}
	answers, err := r.Try(ctx, v, now, commands...)
	for i := range answers {
		d.Tasks[i].Answer = answers[i]
	}
	d.Tasks = slices.DeleteFunc(d.Tasks, func(t Task) bool { return notTheirs(t.Answer) })
	return d, err
}

// notTheirs reports whether an answer says that the record is not the viewer's to act on:
// another program's, or one that they may not know of.
func notTheirs(answer error) bool {
	var no *workflow.Refusal
	return errors.Is(answer, ErrNotFound) || errors.As(answer, &no) && no.Reason == workflow.ReasonRole
}

// tasks adds what waits under one errand to d.
func (t *Tx) tasks(d *Desk, v *Viewer, e workflow.Errand, where string, args []any, listed bool, limit int) error {
	s := shelves[e.Noun]
	n := 0
	err := t.ask("SELECT COUNT(*) FROM "+s.name+" WHERE "+where, args, func(rows *sql.Rows) error { return rows.Scan(&n) })
	if d.Count[e] = n; err != nil || n == 0 || !listed {
		return err
	}
	return t.ask(s.sel+"WHERE "+where+" ORDER BY "+s.name+".changed, "+s.name+".id LIMIT ?", append(args, limit), func(rows *sql.Rows) error {
		m := s.fresh()
		err := rows.Scan(scanners(m.columns)...)
		d.Tasks = append(d.Tasks, Task{Errand: e, Row: v.rowFor(e.Noun, m)})
		return err
	})
}

// errand writes the condition of the records that wait under e for v, "" where it is
// not their duty.
func (v *Viewer) errand(e workflow.Errand) (string, []any) {
	duty := v.inRoles(e.By())
	sight, args := duty.staffSight(places[e.Noun].program, places[e.Noun].application)
	if sight == "" {
		return "", nil
	}
	name := shelves[e.Noun].name
	where := name + ".state = ? AND (" + sight + ")"
	args = slices.Concat([]any{e.State.String()}, args)
	company, application := places[e.Noun].barring()
	companies, special := companiesOf[e.Noun]
	if !special {
		companies = []string{company}
	}
	for _, company := range companies {
		barred, more := v.barredSight(company, application)
		where, args = where+barred, append(args, more...)
	}
	switch e.Noun {
	case workflow.NounApplication:
		if e.By().Has(workflow.ProgramOfficer) {
			where, args = where+" AND (applications.officer_id IS NULL OR applications.officer_id = ?)", append(args, int64(v.Person))
		}
	case workflow.NounClearance:
		var kinds []any
		for _, kind := range workflow.ClearanceKinds {
			if duty.Holds(workflow.ClearanceRole(kind)) {
				kinds = append(kinds, kind)
			}
		}
		where += " AND clearances.kind IN (" + marks(len(kinds)) + ") AND clearances.application_id IN (SELECT a.id FROM applications a WHERE a.state IN " + running + ")"
		args = append(args, kinds...)
	}
	return where, args
}

// companiesOf names the organizations of what sight has rules of its own for.
var companiesOf = map[workflow.Noun][]string{
	workflow.NounHit:         {"hits.organization_id"},
	workflow.NounDuplicate:   {"duplicates.a_id", "duplicates.b_id"},
	workflow.NounAffiliation: {"affiliations.owner_id", "affiliations.owned_id"},
}

// inRoles returns v in some of their roles of programs only.
func (v *Viewer) inRoles(roles workflow.Roles) *Viewer {
	out := *v
	out.Grants = slices.DeleteFunc(slices.Clone(v.Grants), func(g ViewerGrant) bool { return g.Organization != 0 || !roles.Has(g.Role) })
	return &out
}

// Errands reports whether any record may come to wait for v.
func (v *Viewer) Errands() bool {
	return slices.ContainsFunc(workflow.Errands, func(e workflow.Errand) bool { return len(v.inRoles(e.By()).Grants) > 0 })
}
