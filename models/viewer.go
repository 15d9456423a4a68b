package models

import (
	"database/sql"
	"slices"

	"tranche/workflow"
)

// A Viewer is who asks: a person with the roles that they hold now, or the
// system. Every read that returns somebody's data takes one.
type Viewer struct {
	Person workflow.ID
	Via    workflow.ID // the API token in use, or zero
	Fresh  bool        // signed in just now
	Scopes uint8       // what the token in use was made for; package identity knows the bits
	System bool        // jobs, and steps that other steps raise
	Grants []ViewerGrant
}

// A ViewerGrant is one role that a viewer holds: in a program, in an
// organization, or, where both are zero, everywhere.
type ViewerGrant struct {
	Role         workflow.Role
	Program      workflow.ID
	Organization workflow.ID
	For          workflow.ID // the absent person whose deputy the viewer is in it, or zero
}

// Holds reports whether v holds r anywhere.
func (v *Viewer) Holds(r workflow.Role) bool {
	return v.roles(func(ViewerGrant) bool { return true }).Has(r)
}

// Staff returns the roles of programs that v holds anywhere.
func (v *Viewer) Staff() workflow.Roles {
	return v.roles(func(g ViewerGrant) bool { return g.Organization == 0 })
}

// MayHaveInterests reports whether v has a part in cases, so that what ties them to
// applicants matters.
func (v *Viewer) MayHaveInterests() bool {
	return v.roles(func(ViewerGrant) bool { return true })&workflow.RowOf(workflow.NounInterest, workflow.ActCreate, workflow.None, 0).By != 0
}

// Actor returns v as the actor of a command, in their own right.
func (v *Viewer) Actor() workflow.Actor {
	return workflow.Actor{Person: v.Person, Via: v.Via}
}

func (v *Viewer) roles(where func(ViewerGrant) bool) (set workflow.Roles) {
	for _, g := range v.Grants {
		if where(g) {
			set |= workflow.RolesOf(g.Role)
		}
	}
	return set
}

// ofOneself returns the roles that v has in what is about v.
func (v *Viewer) ofOneself() workflow.Roles {
	return v.roles(func(g ViewerGrant) bool { return g.For == 0 }) | workflow.RolesOf(workflow.Applicant)
}

// own returns the roles that v holds in organizations themselves.
func (v *Viewer) own(organizations ...workflow.ID) workflow.Roles {
	return v.roles(func(g ViewerGrant) bool { return g.Organization != 0 && slices.Contains(organizations, g.Organization) })
}

// staff returns the roles that v holds in the program of s, or in any program
// where s names none.
func (v *Viewer) staff(s Scope) workflow.Roles {
	return v.in(s, func(ViewerGrant) bool { return true })
}

// in is staff for some of what v holds.
func (v *Viewer) in(s Scope, some func(ViewerGrant) bool) workflow.Roles {
	return v.roles(func(g ViewerGrant) bool {
		return g.Organization == 0 && (g.Program == 0 || s.Program == 0 || g.Program == s.Program) && some(g)
	})
}

// RolesIn returns the roles that v may use on a record of scope s, their own and those in
// which they are a deputy. None at all means that v must not learn that the record exists.
func (t *Tx) RolesIn(v *Viewer, s Scope) (set workflow.Roles, err error) {
	stands, err := t.stands(v, s)
	for _, one := range stands {
		set |= one.roles
	}
	return set, err
}

// ownRolesIn returns the roles that v has in their own right.
//
// Who belongs to the organization, or to an affiliate of it, is nobody's officer
// or reviewer in its cases; who recused from a case has no part in it; and a
// reviewer sees the cases that they were asked to review.
func (t *Tx) ownRolesIn(v *Viewer, s Scope) (workflow.Roles, error) {
	if v.System {
		return workflow.RolesOf(workflow.System), nil
	}
	if s.Person != 0 && s.Person == v.Person {
		return v.ofOneself(), nil
	}
	if own := v.own(s.Organization, s.Other); own != 0 && !s.Internal {
		return own, nil
	}
	staff := v.in(s, func(g ViewerGrant) bool { return g.For == 0 })
	if staff == 0 {
		return 0, nil
	}
	barred, err := t.conflicted(v, s)
	if err != nil || barred {
		return 0, err
	}
	return t.reviewing(v, s, staff)
}

// conflicted reports whether v has a part in the organization's group, or in that of
// the other, or no part in the case.
func (t *Tx) conflicted(v *Viewer, s Scope) (bool, error) {
	if s.Organization != 0 && v.member() {
		if acts, err := t.actsForGroup(v.Person, s); err != nil || acts {
			return acts, err
		}
	}
	if s.Application == 0 {
		return false, nil
	}
	n, err := t.count("SELECT COUNT(*) FROM ("+barredCases+") barred WHERE barred.application_id = ?", int64(v.Person), int64(v.Person), int64(s.Application))
	return n > 0, err
}

func (v *Viewer) member() bool {
	return v.roles(func(g ViewerGrant) bool { return g.Organization != 0 }) != 0
}

// reviewing takes the reviewer's role away where v was not asked to review.
func (t *Tx) reviewing(v *Viewer, s Scope, staff workflow.Roles) (workflow.Roles, error) {
	reviewer := workflow.RolesOf(workflow.Reviewer)
	if staff&reviewer == 0 {
		return staff, nil
	}
	if slices.Contains(s.Seats, v.Person) {
		return staff, nil
	}
	if s.Application == 0 || s.Apart {
		return staff &^ reviewer, nil // a reviewer knows of cases, and of nothing else
	}
	if s.Reviewer != 0 && s.Reviewer != v.Person {
		return staff &^ reviewer, nil
	}
	seat := v.seat()
	if s.Reviewer != 0 {
		seat = "" // of a review that is over, who sits on a panel knows no more than others
	}
	n, err := t.count(`SELECT COUNT(*) FROM (SELECT r.application_id FROM reviews r WHERE r.reviewer_id = ? AND r.state IN ('invited', 'accepted', 'submitted')
		UNION ALL `+seatedCases+") theirs WHERE theirs.application_id = ?", int64(v.Person), seat, int64(s.Application))
	if err != nil || n > 0 {
		return staff, err
	}
	return staff &^ reviewer, nil
}

// ViewerOf loads who person is now: their roles in force. ErrNotFound means that
// there is no such person, or that they were shut out.
func (r Reader) ViewerOf(person workflow.ID) (*Viewer, error) {
	var held string
	err := r.sql.QueryRow(r.bind("SELECT "+grantList+" FROM people WHERE id = ? AND state = 'active'"), int64(person)).Scan(&held)
	if err != nil {
		return nil, notFound(err)
	}
	v := &Viewer{Person: person}
	v.Grants, err = parseGrants(held)
	return v, err
}

func notFound(err error) error {
	if err == sql.ErrNoRows {
		return ErrNotFound
	}
	return err
}
