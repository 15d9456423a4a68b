package models

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"tranche/workflow"
)

// A Task is a record that waits for a viewer.
type Task struct {
	workflow.Errand
	Row
	Since    time.Time   // when it came into the state in which it waits
	OnBehalf workflow.ID // whose deputy the viewer is for it, or zero
	// Answer is what would come of it if the viewer did it now and said nothing more:
	// nil, or a *workflow.Refusal.
	Answer error
	Due    workflow.Date // until when a case is to leave its state; zero where nothing is laid down or the clock stands
}

// A Desk is one page of what waits for one viewer.
type Desk struct {
	Tasks []Task                  // of the errands that were asked for, what has waited longest first
	Next  Mark                    // zero: this is the last page
	Count map[workflow.Errand]int // of all errands that are the viewer's duty
}

// Desk lists at most limit of the records that wait for one of v's duties at now, of
// one errand or, where only is zero, of all, after what the page before ended with.
func (r Reader) Desk(ctx context.Context, v *Viewer, now time.Time, only workflow.Errand, after Mark, limit int) (d Desk, err error) {
	d.Count = map[workflow.Errand]int{}
	err = r.look(ctx, func(tx *Tx) error {
		for _, e := range workflow.Errands {
			where, args := v.errand(e, now)
			if where == "" {
				continue
			}
			if err := tx.tasks(&d, v, e, where, args, only == (workflow.Errand{}) || only == e, after, limit); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return d, err
	}
	slices.SortFunc(d.Tasks, func(a, b Task) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Record.ID, b.Record.ID)) })
	if len(d.Tasks) > limit {
		d.Tasks = d.Tasks[:limit]
		d.Next = Mark{d.Tasks[limit-1].Since.UnixMicro(), d.Tasks[limit-1].Record.ID}
	}
	commands := make([]workflow.Command, len(d.Tasks))
	for i, t := range d.Tasks {
		commands[i] = workflow.Command{Noun: t.Errand.Noun, Action: t.Action, ID: t.Record.ID, Received: now}
	}
	answers, err := r.Try(ctx, v, now, commands...)
	for i := range answers {
		d.Tasks[i].Answer, d.Tasks[i].OnBehalf = answers[i], commands[i].Actor.OnBehalf
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

// tasks adds what waits under one errand to d, one more than limit at most.
func (t *Tx) tasks(d *Desk, v *Viewer, e workflow.Errand, where string, args []any, listed bool, after Mark, limit int) error {
	s, since := shelves[e.Noun], waitedSince(e.Noun)
	n := 0
	err := t.ask("SELECT COUNT(*) FROM "+s.name+" WHERE "+where, args, func(rows *sql.Rows) error { return rows.Scan(&n) })
	if d.Count[e] = n; err != nil || n == 0 || !listed {
		return err
	}
	if after != (Mark{}) {
		where += " AND (" + since + ", " + s.name + ".id) > (?, ?)"
		args = append(args[:len(args):len(args)], after.Key, int64(after.ID))
	}
	due := "0"
	if e.Noun == workflow.NounApplication {
		due = "CASE WHEN " + paused + " THEN 0 ELSE applications.service_due END"
	}
	query := "SELECT " + since + ", " + due + ", " + strings.TrimPrefix(s.sel, "SELECT ") + "WHERE " + where + " ORDER BY 1, " + s.name + ".id LIMIT ?"
	return t.ask(query, append(args, limit+1), func(rows *sql.Rows) error {
		m, task := s.fresh(), Task{Errand: e}
		var day int64
		err := rows.Scan(append([]any{column{"entered", &task.Since}, &day}, scanners(m.columns)...)...)
		task.Row, task.Due = v.rowFor(e.Noun, m), workflow.Date(max(day, 0))
		d.Tasks = append(d.Tasks, task)
		return err
	})
}

// errand writes the condition of the records that wait under e for v, "" where it is
// not their duty.
func (v *Viewer) errand(e workflow.Errand, now time.Time) (string, []any) {
	company, application := places[e.Noun].barring()
	companies, special := companiesOf[e.Noun]
	if !special {
		companies = []string{company}
	}
	theirs, args := v.duty(e, companies, application)
	if theirs == "" {
		return "", nil
	}
	// A state that stands in the statement lets the indexes of some states be used.
	where := shelves[e.Noun].name + ".state = '" + e.State.String() + "' AND (" + theirs + ")"
	for _, company := range companies {
		barred, more := v.barredSight(company, application)
		where, args = where+barred, append(args, more...)
	}
	switch e.Noun {
	case workflow.NounAward:
		if e.Action == workflow.ActAcknowledge {
			where += " AND awards.over_cap > 0"
		}
	case workflow.NounApplication:
		if e.Late {
			where, args = where+" AND "+late, append(args, int64(workflow.DateOf(now)))
		}
		if e.By().Has(workflow.ProgramOfficer) {
			absent := v.absentIn(workflow.ProgramOfficer)
			where, args = where+" AND (applications.officer_id IS NULL OR applications.officer_id IN ("+marks(1+len(absent))+"))", append(append(args, int64(v.Person)), absent...)
		}
	case workflow.NounClearance:
		where += " AND EXISTS (SELECT 1 FROM applications a WHERE a.id = clearances.application_id AND a.state IN " + running + ")"
	}
	return where, args
}

// duty writes the condition of the records whose step under e is for one of v's roles:
// of a clearance, those of the kinds that are the role's own, where v holds it.
func (v *Viewer) duty(e workflow.Errand, companies []string, about string) (string, []any) {
	place := places[e.Noun]
	if e.Noun != workflow.NounClearance {
		return v.inRoles(e.By()).staffSight(place.program, place.application, companies, about)
	}
	var ways []string
	var args []any
	for _, kind := range workflow.ClearanceKinds {
		sight, more := v.inRoles(workflow.RolesOf(workflow.ClearanceRole(kind))).staffSight(place.program, place.application, companies, about)
		if sight != "" {
			ways, args = append(ways, "clearances.kind = '"+kind+"' AND ("+sight+")"), append(args, more...)
		}
	}
	return strings.Join(ways, " OR "), args
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
