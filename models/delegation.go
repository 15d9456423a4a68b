package models

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"tranche/workflow"
)

// delegations are the rows of workflow.Delegation.
var delegations = newTable(workflow.NounDelegation, "delegations",
	func(r *workflow.Delegation) *workflow.Record { return &r.Record },
	func(r *workflow.Delegation) []column {
		return []column{
			{"person_id", &r.Person}, {"deputy_id", &r.Deputy}, {"role", &r.Role}, {"program_id", &r.Program},
			{"starts", &r.Starts}, {"ends", &r.Ends}, {"reason", &r.Reason}, {"note", &r.Note},
		}
	})

// stoodList selects whom people.id stands in for at a moment, which it asks for twice,
// and in what, in one text: "program_officer:3:17".
const stoodList = `(SELECT COALESCE(string_agg(d.role || ':' || d.program_id || ':' || d.person_id, ' ' ORDER BY d.id), '')
	FROM delegations d WHERE d.deputy_id = people.id AND d.state = 'active' AND d.starts <= ? AND d.ends > ? AND ` + stillHeld + ")"

// stillHeld is the condition under which what d gives is the absent person's to give.
const stillHeld = `EXISTS (SELECT 1 FROM grants g JOIN people p ON p.id = g.person_id WHERE g.person_id = d.person_id
	AND g.role = d.role AND g.program_id = d.program_id AND g.state = 'active' AND p.state = 'active')`

func delegationFacts(t *Tx, c *workflow.Command, now time.Time) (*Loaded, error) {
	f := new(workflow.DelegationFacts)
	err := steps(
		func() error { return existing(t, delegations, c, &f.Delegation) },
		func() error { return t.lockIf(f.Delegation.ID == 0, "people", c.Ref(workflow.Field{Name: "deputy"})) },
		func() (err error) {
			f.DeputyNow, err = people.first(t, "WHERE id = ?", int64(refOr(c, "deputy", f.Delegation.Deputy)))
			return
		},
		func() (err error) {
			f.Program, err = programs.first(t, "WHERE id = ?", int64(refOr(c, "program", f.Delegation.Program)))
			return
		},
		func() (err error) {
			if f.Delegation.ID == 0 {
				err = t.delegating(f, c, now)
			}
			return err
		},
	)
	if err != nil {
		return nil, err
	}
	return mount(delegations, f, &f.Delegation, Scope{Program: f.Program.ID}), nil
}

// delegating loads what the naming of a deputy rests on.
func (t *Tx) delegating(f *workflow.DelegationFacts, c *workflow.Command, now time.Time) (err error) {
	const given = "SELECT DISTINCT role FROM grants WHERE person_id = ? AND state = 'active' AND (program_id = ? OR role = 'admin') ORDER BY role"
	starts, ends := workflow.DelegationPeriod(c, now)
	return steps(
		func() (err error) {
			f.Held, err = t.roleList(given, int64(c.Actor.Person), int64(f.Program.ID))
			return
		},
		func() (err error) {
			f.Theirs, err = t.roleList(given, int64(f.DeputyNow.ID), int64(f.Program.ID))
			return
		},
		func() error {
			n, err := t.count(`SELECT COUNT(*) FROM delegations WHERE deputy_id = ? AND state = 'active' AND program_id = ? AND role = ?
				AND starts < ? AND ends > ?`, int64(f.DeputyNow.ID), int64(f.Program.ID), c.Text(workflow.Field{Name: "role"}), ends.UnixMicro(), starts.UnixMicro())
			f.Taken = n > 0
			return err
		},
	)
}

// A stand is how a viewer stands before a record: with their own roles, or with those in
// which they are the deputy of somebody.
type stand struct {
	roles    workflow.Roles
	onBehalf workflow.ID
}

// stands returns how v may stand before a record of scope s, in their own right first.
// Who has no part in a case gives none to a deputy.
func (t *Tx) stands(v *Viewer, s Scope) ([]stand, error) {
	own, err := t.ownRolesIn(v, s)
	if err != nil {
		return nil, err
	}
	out := []stand{{roles: own}}
	absent := v.absent(s)
	if len(absent) == 0 || s.Person == v.Person && s.Person != 0 || v.own(s.Organization, s.Other) != 0 && !s.Internal {
		return out, nil
	}
	if barred, err := t.conflicted(v, s); err != nil || barred {
		return out, err
	}
	for _, one := range absent {
		barred, err := t.apart(one.onBehalf, s)
		if err != nil {
			return nil, err
		}
		if !barred {
			out = append(out, one)
		}
	}
	return out, nil
}

// absent lists whom v stands in for in the program of s, or in any where s names none.
func (v *Viewer) absent(s Scope) (out []stand) {
	for _, g := range v.Grants {
		if g.For == 0 || s.Program != 0 && g.Program != s.Program {
			continue
		}
		at := len(out)
		for i := range out {
			if out[i].onBehalf == g.For {
				at = i
			}
		}
		if at == len(out) {
			out = append(out, stand{onBehalf: g.For})
		}
		out[at].roles |= workflow.RolesOf(g.Role)
	}
	return out
}

// absentIn lists whom v stands in for in a role.
func (v *Viewer) absentIn(role workflow.Role) (out []any) {
	for _, g := range v.Grants {
		if g.For != 0 && g.Role == role {
			out = append(out, int64(g.For))
		}
	}
	return out
}

// apart reports whether a person has no part in the case of s: they recused from it,
// are tied to the applicant and nobody has waived that, or act for the organization or an affiliate of it.
func (t *Tx) apart(person workflow.ID, s Scope) (bool, error) {
	n, err := t.count("SELECT COUNT(*) FROM ("+barredCases+") barred WHERE barred.application_id = ?", int64(person), int64(person), int64(s.Application))
	if err != nil || n > 0 {
		return n > 0, err
	}
	return t.actsForGroup(person, s)
}

// actsForGroup reports whether a person acts for an organization of s or an affiliate of it.
func (t *Tx) actsForGroup(person workflow.ID, s Scope) (bool, error) {
	n, err := t.count(`SELECT COUNT(*) FROM grants
		JOIN organization_groups mine ON mine.organization_id = grants.organization_id
		JOIN organization_groups theirs ON theirs.group_id = mine.group_id
		WHERE grants.person_id = ? AND grants.state = 'active' AND theirs.organization_id IN (?, ?)`, int64(person), int64(s.Organization), int64(s.Other))
	return n > 0, err
}

// apartSight writes the condition under which a row is of no case that a person has no
// part in.
func apartSight(person workflow.ID, organizations []string, application string) (out string, args []any) {
	if application != "" {
		out += " AND " + application + " NOT IN (" + barredCases + ")"
		args = append(args, int64(person), int64(person))
	}
	for _, organization := range organizations {
		if organization == "" && application != "" {
			organization = "(SELECT x.organization_id FROM applications x WHERE x.id = " + application + ")"
		}
		if organization == "" {
			continue
		}
		out += ` AND COALESCE(` + organization + `, 0) NOT IN (SELECT theirs.organization_id FROM grants g
			JOIN organization_groups mine ON mine.organization_id = g.organization_id
			JOIN organization_groups theirs ON theirs.group_id = mine.group_id WHERE g.person_id = ? AND g.state = 'active')`
		args = append(args, int64(person))
	}
	return out, args
}

// Decide decides c for v on the facts of now, and on success returns what Apply needs.
// In their own right v comes first; where a row is for others, or their own past bars
// them, they are asked as the deputy that they are, and the command says whose. The error is
// a *workflow.Refusal, ErrNotFound where v may not know of the record, or ErrStale.
func (t *Tx) Decide(v *Viewer, c *workflow.Command, now time.Time) (*Loaded, workflow.Step, error) {
	l, err := t.Facts(c, now)
	if err != nil {
		return nil, workflow.Step{}, err
	}
	stands, err := t.stands(v, l.Scope)
	if err != nil {
		return nil, workflow.Step{}, err
	}
	if !l.Scope.Public && !known(stands) {
		return nil, workflow.Step{}, ErrNotFound
	}
	if c.Version != 0 && c.Version != l.Record.Version {
		return nil, workflow.Step{}, ErrStale
	}
	behalf := workflow.ID(0)
	step, no := t.decideAs(l, c, stands[0], now)
	for _, one := range stands[1:] {
		if !forOthers(no) {
			break
		}
		if err := t.stillStands(v, one, l.Scope, now); errors.Is(err, ErrNotFound) {
			continue
		} else if err != nil {
			return nil, workflow.Step{}, err
		}
		c.Actor.OnBehalf = one.onBehalf
		if l, err = t.Facts(c, now); err != nil {
			return nil, workflow.Step{}, err
		}
		var why error
		if step, why = t.decideAs(l, c, one, now); why == nil || said(no) == workflow.ReasonRole {
			no, behalf = why, one.onBehalf
		}
	}
	c.Actor.OnBehalf = behalf
	return l, step, no
}

// decideAs decides c in the roles of s.
func (t *Tx) decideAs(l *Loaded, c *workflow.Command, s stand, now time.Time) (step workflow.Step, err error) {
	c.Roles, c.Stood = s.roles, nil
	if c.Actor.Person != 0 && onDuty[act{c.Noun, c.Action}] {
		if c.Stood, err = t.stood(l, c); err != nil {
			return step, err
		}
	}
	return workflow.Of(c.Noun).DecideAny(l.Facts, c, now)
}

type act struct {
	noun   workflow.Noun
	action workflow.Action
}

// onDuty are the actions of which a guard looks at who asks.
var onDuty = func() map[act]bool {
	out := map[act]bool{}
	for _, l := range workflow.Lifecycles {
		for _, row := range l.Rows() {
			out[act{row.Noun, row.Action}] = out[act{row.Noun, row.Action}] || row.Duty
		}
	}
	return out
}()

// stood lists who did something to the record of l, in its case, or to what its guards
// look at besides, as the deputy of who asks, or of whom they stand in for.
func (t *Tx) stood(l *Loaded, c *workflow.Command) ([]workflow.ID, error) {
	query := "SELECT DISTINCT actor_id FROM events WHERE on_behalf_id IN (?, ?) AND (record_id = ? OR application_id = ?"
	args := []any{int64(c.Actor.Person), int64(c.Actor.OnBehalf), int64(l.Record.ID), int64(l.Scope.Application)}
	switch c.Noun {
	case workflow.NounBatch:
		query += " OR record_id IN (SELECT p.bank_account_id FROM payments p WHERE p.batch_id = ?)"
		args = append(args, int64(l.Record.ID))
	case workflow.NounPayment:
		query += " OR record_id IN (SELECT p.bank_account_id FROM payments p WHERE p.id = ? UNION SELECT p.batch_id FROM payments p WHERE p.id = ?)"
		args = append(args, int64(l.Record.ID), int64(l.Record.ID))
	}
	return t.ids(query+")", args...)
}

// stillStands finds the delegation by which v stands in, and keeps it from being revoked
// until the transaction ends; ErrNotFound when it is in force no more.
func (t *Tx) stillStands(v *Viewer, s stand, scope Scope, now time.Time) error {
	program := ""
	args := []any{int64(v.Person), int64(s.onBehalf), now.UnixMicro(), now.UnixMicro()}
	if scope.Program != 0 {
		program, args = " AND d.program_id = ?", append(args, int64(scope.Program))
	}
	ids, err := t.ids(`SELECT d.id FROM delegations d WHERE d.deputy_id = ? AND d.person_id = ? AND d.state = 'active'
		AND d.starts <= ? AND d.ends > ?`+program+" AND "+stillHeld+" ORDER BY d.id", args...)
	if err == nil && len(ids) == 0 {
		err = ErrNotFound
	}
	for _, id := range ids {
		err = errors.Join(err, t.lockIf(true, "delegations", id))
	}
	return err
}

func known(stands []stand) bool {
	for _, s := range stands {
		if s.roles != 0 {
			return true
		}
	}
	return false
}

// forOthers reports whether err refuses the person, and not the act.
func forOthers(err error) bool {
	var no *workflow.Refusal
	return errors.As(err, &no) && no.Kind == workflow.NotYours
}

// said returns the reason of a refusal, "" for none.
func said(err error) workflow.Reason {
	var no *workflow.Refusal
	if errors.As(err, &no) {
		return no.Reason
	}
	return ""
}

// ViewerAt is ViewerOf with those whom person stands in for at now.
func (r Reader) ViewerAt(person workflow.ID, now time.Time) (*Viewer, error) {
	var held, stood string
	at := now.UnixMicro()
	err := r.sql.QueryRow(r.bind("SELECT "+grantList+", "+stoodList+" FROM people WHERE id = ? AND state = 'active'"), at, at, int64(person)).Scan(&held, &stood)
	if err != nil {
		return nil, notFound(err)
	}
	v := &Viewer{Person: person}
	v.Grants, err = parseAll(held, stood)
	return v, err
}

// parseAll reads the roles that somebody holds, and those in which they are a deputy.
func parseAll(held, stood string) ([]ViewerGrant, error) {
	grants, err := parseGrants(held)
	if err != nil || stood == "" {
		return grants, err
	}
	deputed, err := parseGrants(stood)
	for _, g := range deputed { // in the place of the organization stands the person
		grants = append(grants, ViewerGrant{Role: g.Role, Program: g.Program, For: g.Organization})
	}
	return grants, err
}

// Deputies lists the staff of programs who could stand in for v, by name. What they hold
// already, or stand in for, the lifecycle asks when one is named.
func (r Reader) Deputies(ctx context.Context, v *Viewer, programs ...workflow.ID) (out []Somebody, err error) {
	of := distinct(programs)
	if len(of) == 0 {
		return nil, nil
	}
	err = r.look(ctx, func(tx *Tx) error {
		return tx.ask(`SELECT p.id, p.name FROM people p WHERE p.state = 'active' AND p.id <> ?
			AND EXISTS (SELECT 1 FROM grants g WHERE g.person_id = p.id AND g.state = 'active' AND g.role <> 'reviewer' AND g.program_id IN (`+marks(len(of))+`))
			AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.person_id = p.id AND g.state = 'active' AND g.role IN ('admin', 'auditor')) ORDER BY p.name, p.id`,
			append([]any{int64(v.Person)}, of...), func(rows *sql.Rows) error {
				var one Somebody
				err := rows.Scan(column{"id", &one.ID}, &one.Name)
				out = append(out, one)
				return err
			})
	})
	return out, err
}
