package models

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"tranche/workflow"
)

// interests are the rows of workflow.Interest.
var interests = newTable(workflow.NounInterest, "interests",
	func(r *workflow.Interest) *workflow.Record { return &r.Record },
	func(r *workflow.Interest) []column {
		return []column{{"person_id", &r.Person}, {"kind", &r.Kind}, {"name", &r.Name}, {"note", &r.Note}}
	})

// conflicts are the rows of workflow.Conflict.
var conflicts = newTable(workflow.NounConflict, "conflicts",
	func(r *workflow.Conflict) *workflow.Record { return &r.Record },
	func(r *workflow.Conflict) []column {
		return []column{{"program_id", &r.Program}, {"application_id", &r.Application}, {"person_id", &r.Person}, {"ties", &r.Ties},
			{"decided_by", &r.DecidedBy}, {"note", &r.Note}, {"plan", &r.Plan}}
	})

func interestFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.InterestFacts)
	if err := existing(t, interests, c, &f.Interest); err != nil {
		return nil, err
	}
	person := f.Interest.Person
	if f.Interest.ID == 0 {
		person = c.Actor.Person
	}
	return mount(interests, f, &f.Interest, Scope{Person: person}), nil
}

func conflictFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.ConflictFacts)
	err := steps(
		func() error { return existing(t, conflicts, c, &f.Conflict) },
		func() (err error) {
			f.Application, err = applications.one(t, parentOr(c, f.Conflict.Application))
			return
		},
		func() (err error) {
			f.Review, err = reviews.first(t, "WHERE application_id = ? AND reviewer_id = ? AND state IN "+liveReviews,
				int64(f.Application.ID), int64(refOr(c, "person", f.Conflict.Person)))
			return
		},
		func() error {
			if c.Action != workflow.ActCreate && c.Action != workflow.ActUpdate {
				return nil
			}
			return t.ties(&f.Found, refOr(c, "person", f.Conflict.Person), f.Application.Organization)
		},
	)
	if err != nil {
		return nil, err
	}
	return mount(conflicts, f, &f.Conflict, Scope{Program: f.Application.Program, Organization: f.Application.Organization,
		Opportunity: f.Application.Opportunity, Apart: true, Application: f.Application.ID, Internal: true}), nil
}

// liveReviews are the states of reviews that count for something.
const liveReviews = "('invited', 'accepted', 'submitted')"

// conflictOf reads the conflict of a person with a case, ID zero when there is none.
func (t *Tx) conflictOf(person, application workflow.ID) (workflow.Conflict, error) {
	return conflicts.first(t, "WHERE application_id = ? AND person_id = ?", int64(application), int64(person))
}

// ties finds what ties a person to an organization and its affiliates.
func (t *Tx) ties(out *[]workflow.Sign, person, organization workflow.ID) error {
	p, err := t.tied(person)
	if err != nil {
		return err
	}
	g, err := t.applicantGroup(organization)
	*out = p.TiesTo(&g)
	return err
}

// tied reads what of a person may tie them to applicants.
func (t *Tx) tied(person workflow.ID) (p workflow.Tied, err error) {
	err = steps(
		func() error { return t.row("SELECT email FROM people WHERE id = ?", []any{int64(person)}, &p.Email) },
		func() (err error) {
			p.Interests, err = interests.list(t, "WHERE person_id = ? AND state = 'active' ORDER BY id", int64(person))
			return
		},
		func() (err error) {
			p.Former, err = t.ids("SELECT DISTINCT organization_id FROM grants WHERE person_id = ? AND organization_id IS NOT NULL AND state = 'revoked' ORDER BY organization_id", int64(person))
			return
		},
	)
	return p, err
}

// applicantGroup reads what an organization and its affiliates are known by.
func (t *Tx) applicantGroup(organization workflow.ID) (g workflow.ApplicantGroup, err error) {
	const members = "(SELECT theirs.organization_id FROM organization_groups mine JOIN organization_groups theirs ON theirs.group_id = mine.group_id WHERE mine.organization_id = ?)"
	id := []any{int64(organization)}
	err = steps(
		func() error {
			return t.each("SELECT id, legal_name, email FROM organizations WHERE id IN "+members+" ORDER BY id", id, func(rows *sql.Rows) error {
				var member workflow.ID
				var name, email string
				err := rows.Scan(column{"id", &member}, &name, &email)
				g.Members, g.Names, g.Emails = append(g.Members, member), append(g.Names, name), append(g.Emails, email)
				return err
			})
		},
		func() error {
			// Of who is of the staff too, the address is the staff's.
			return t.each(`SELECT DISTINCT people.id, people.name, CASE WHEN EXISTS (SELECT 1 FROM grants g WHERE g.person_id = people.id AND g.program_id IS NOT NULL
				AND g.state = 'active') THEN '' ELSE people.email END FROM grants JOIN people ON people.id = grants.person_id
				WHERE grants.state = 'active' AND people.state = 'active' AND grants.organization_id IN `+members+" ORDER BY people.id", id, func(rows *sql.Rows) error {
				var person int64
				var name, email string
				err := rows.Scan(&person, &name, &email)
				g.People, g.Emails = append(g.People, name), append(g.Emails, email)
				return err
			})
		},
		func() (err error) {
			g.Awarded, err = t.ids("SELECT DISTINCT organization_id FROM awards WHERE organization_id IN "+members+" ORDER BY organization_id", id...)
			return
		},
	)
	return g, err
}

// staffOfPrograms are the people with a role in a program.
const staffOfPrograms = "SELECT DISTINCT person_id FROM grants WHERE state = 'active' AND program_id = ? ORDER BY person_id"

// TiesOfOrganization finds what ties the staff to an organization and its affiliates, and
// returns what follows for each of their cases: commands of the system without a moment.
func (r Reader) TiesOfOrganization(ctx context.Context, organization workflow.ID) (out []workflow.Command, err error) {
	err = r.look(ctx, func(t *Tx) error {
		cases, err := applications.list(t, `WHERE submissions > 0 AND organization_id IN (SELECT theirs.organization_id FROM organization_groups mine
			JOIN organization_groups theirs ON theirs.group_id = mine.group_id WHERE mine.organization_id = ?) ORDER BY id`, int64(organization))
		if err != nil || len(cases) == 0 {
			return err
		}
		g, err := t.applicantGroup(organization)
		if err != nil {
			return err
		}
		known := map[workflow.ID][]workflow.Sign{}
		for i := range cases {
			staff, err := t.ids(staffOfPrograms, int64(cases[i].Program))
			if err != nil {
				return err
			}
			for _, person := range staff {
				ties, looked := known[person]
				if !looked {
					p, err := t.tied(person)
					if err != nil {
						return err
					}
					ties = p.TiesTo(&g)
					known[person] = ties
				}
				if out, err = t.tieDue(out, person, cases[i].ID, ties); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return out, err
}

// TiesOfPerson finds what ties a person of the staff to the applicants of their programs,
// and returns what follows: commands of the system without a moment.
func (r Reader) TiesOfPerson(ctx context.Context, person workflow.ID) (out []workflow.Command, err error) {
	err = r.look(ctx, func(t *Tx) error {
		p, err := t.tied(person)
		if err != nil {
			return err
		}
		near, err := t.near(&p)
		if err != nil {
			return err
		}
		for _, organization := range near {
			cases, err := t.ids(`SELECT a.id FROM applications a WHERE a.submissions > 0
				AND a.program_id IN (SELECT g.program_id FROM grants g WHERE g.person_id = ? AND g.state = 'active' AND g.program_id IS NOT NULL)
				AND a.organization_id IN (SELECT theirs.organization_id FROM organization_groups mine
				JOIN organization_groups theirs ON theirs.group_id = mine.group_id WHERE mine.organization_id = ?) ORDER BY a.id`, int64(person), int64(organization))
			if err != nil || len(cases) == 0 {
				if err != nil {
					return err
				}
				continue
			}
			g, err := t.applicantGroup(organization)
			if err != nil {
				return err
			}
			for _, id := range cases {
				if out, err = t.tieDue(out, person, id, p.TiesTo(&g)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return out, err
}

// near lists the organizations that p may be tied to, by what can be searched for: names
// that are almost the same are found when the applicant's own record is looked at.
func (t *Tx) near(p *workflow.Tied) ([]workflow.ID, error) {
	found := slices.Clone(p.Former)
	for _, one := range p.Interests {
		like := workflow.Likeness{Name: one.Name}
		if one.Kind == workflow.InterestPerson {
			like = workflow.Likeness{People: []string{one.Name}}
		}
		for _, key := range like.Keys() {
			ids, err := t.ids("SELECT organization_id FROM organization_keys WHERE kind = ? AND key = ? ORDER BY organization_id", key.Kind, key.Key)
			if err != nil {
				return nil, err
			}
			found = append(found, ids...)
		}
	}
	if domain := workflow.MailDomain(p.Email); domain != "" {
		ways := []any{"%@" + likeEscapes.Replace(domain), "%@%." + likeEscapes.Replace(domain)}
		for _, above, more := strings.Cut(domain, "."); more && strings.Contains(above, "."); _, above, more = strings.Cut(above, ".") {
			ways = append(ways, "%@"+likeEscapes.Replace(above))
		}
		ids, err := t.ids("SELECT DISTINCT k.organization_id FROM organization_keys k WHERE k.kind = 'email' AND (k.key LIKE ? ESCAPE '\\'"+
			strings.Repeat(" OR k.key LIKE ? ESCAPE '\\'", len(ways)-1)+") ORDER BY k.organization_id", ways...)
		if err != nil {
			return nil, err
		}
		found = append(found, ids...)
	}
	return idsOf(found, func(id *workflow.ID) workflow.ID { return *id }), nil
}

// tieDue adds what follows from the ties of a person to a case. Who belongs to the
// applicant is barred without a record.
func (t *Tx) tieDue(out []workflow.Command, person, application workflow.ID, ties []workflow.Sign) ([]workflow.Command, error) {
	if len(ties) == 0 {
		return out, nil
	}
	known, err := t.conflictOf(person, application)
	if err != nil {
		return out, err
	}
	c := workflow.Command{Noun: workflow.NounConflict, ID: known.ID, Action: known.Due(ties)}
	switch c.Action {
	case workflow.NoAction:
		return out, nil
	case workflow.ActCreate:
		c.Parent, c.Inputs = application, []workflow.Input{{Name: "person", Int: int64(person)}}
	}
	return append(out, c), nil
}

// WaivedPlan returns under which plan v may take part in a case though something ties them to
// the applicant; "" where nothing does.
func (r Reader) WaivedPlan(ctx context.Context, v *Viewer, application workflow.ID) (plan string, err error) {
	err = r.look(ctx, func(t *Tx) error {
		k, err := t.conflictOf(v.Person, application)
		if k.State == workflow.Waived {
			plan = k.Plan
		}
		return err
	})
	return plan, err
}
