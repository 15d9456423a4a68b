package models

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"tranche/workflow"
)

// A Case is an application with what its page shows beside it, read at one moment.
type Case struct {
	Application  workflow.Application
	Organization workflow.Organization
	Opportunity  workflow.Opportunity // with the settings of Terms
	Terms        *workflow.Terms      // that the application stands under; never nil
	Available    workflow.Cents       // of the fund
	Reviews      []ReviewOf           // to who is no more than a reviewer: their own
	Service      Service              // until when it is to leave its state; zero for who is no more than a reviewer
	Holds        []workflow.Hold      // that stand in its way, the newest first
	Award        workflow.Award       // the one that lives; ID zero when there is none
	Claims       []workflow.Claim     // on that award
	Roles        workflow.Roles       // the viewer's
	Invitable    []Somebody           // who could be asked for a review
	Assignable   []Somebody           // who could own the case; none unless v may say who does
	Clearances   []ClearanceOf        // in the order that a case is worked on; none for who is no more than a reviewer
}

// A ReviewOf is a review with the reviewer's name.
type ReviewOf struct {
	workflow.Review
	Name string
}

// A ClearanceOf is a clearance with the name of who decided about it. Its note is
// empty where the viewer may not read it.
type ClearanceOf struct {
	workflow.Clearance
	By string
}

// Somebody is a person's ID and name.
type Somebody struct {
	ID   workflow.ID
	Name string
}

// Case reads an application as v may see it; ErrNotFound when there is none for v.
func (r Reader) Case(ctx context.Context, v *Viewer, id workflow.ID) (Case, error) {
	var c Case
	err := r.look(ctx, func(tx *Tx) (err error) {
		sight, args := v.sight(workflow.NounApplication)
		if c.Application, err = applications.only(tx, "WHERE id = ? AND ("+sight+")", append([]any{int64(id)}, args...)...); err != nil {
			return err
		}
		a := &c.Application
		c.Roles = v.rolesFor(a.Program, a.Organization)
		return steps(
			func() (err error) { c.Organization, err = organizations.one(tx, a.Organization); return },
			func() (err error) { c.Opportunity, err = opportunities.one(tx, a.Opportunity); return },
			func() (err error) { c.Terms, err = tx.termsOf(a, &c.Opportunity); return },
			func() error {
				c.Opportunity, c.Terms = c.Opportunity.Under(c.Terms), c.Terms.Or()
				return nil
			},
			func() (err error) { c.Available, err = tx.available(a.Fund); return },
			func() (err error) { c.Reviews, err = tx.reviewsOf(v, c.Roles, id); return },
			func() (err error) {
				c.Holds, err = tx.holdsOn(a.ID, a.Organization, a.Opportunity, a.Program)
				return
			},
			func() (err error) { c.Award, err = awards.maybe(tx, a.Award); return },
			func() (err error) {
				if v.System || !MerelyReviews(c.Roles) {
					c.Service, err = tx.serviceOf(id)
				}
				return
			},
			func() (err error) { c.Invitable, err = tx.invitable(a); return },
			func() (err error) {
				if c.Roles.Has(workflow.ProgramLead) {
					c.Assignable, err = tx.assignable(a)
				}
				return
			},
			func() (err error) { c.Clearances, err = tx.clearancesOf(v, c.Roles, id); return },
			func() error {
				if v.blinds(c.Roles) {
					c.Organization = a.Seen(c.Organization)
					a.ForReviewers()
				}
				return nil
			},
		)
	})
	return c, err
}

// reviewsOf lists the reviews of an application that roles let v see.
func (t *Tx) reviewsOf(v *Viewer, roles workflow.Roles, application workflow.ID) ([]ReviewOf, error) {
	if outside(roles) && !v.System {
		return nil, nil
	}
	where, args := "WHERE application_id = ?", []any{int64(application)}
	if MerelyReviews(roles) {
		where, args = where+" AND reviewer_id = ?", append(args, int64(v.Person))
	}
	list, err := reviews.list(t, where+" ORDER BY id", args...)
	if err != nil {
		return nil, err
	}
	out := make([]ReviewOf, len(list))
	for i, review := range list {
		out[i].Review = review
		if err := t.row("SELECT name FROM people WHERE id = ?", []any{int64(review.Reviewer)}, &out[i].Name); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// clearancesOf lists the clearances of an application that roles let v see.
func (t *Tx) clearancesOf(v *Viewer, roles workflow.Roles, application workflow.ID) ([]ClearanceOf, error) {
	if (outside(roles) || MerelyReviews(roles)) && !v.System {
		return nil, nil
	}
	list, err := clearances.list(t, "WHERE application_id = ?", int64(application))
	if err != nil {
		return nil, err
	}
	out := make([]ClearanceOf, len(list))
	for i, c := range list {
		if out[i].Clearance = c; !v.System && !workflow.ReadsClearance(c.Kind, roles) {
			out[i].Note = ""
		}
		if c.DecidedBy != 0 {
			if err := t.row("SELECT name FROM people WHERE id = ?", []any{int64(c.DecidedBy)}, &out[i].By); err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(out, func(a, b ClearanceOf) int {
		return slices.Index(workflow.ClearanceKinds, a.Kind) - slices.Index(workflow.ClearanceKinds, b.Kind)
	})
	return out, nil
}

// holdsOn lists the holds that stand on any of the records, the newest first.
func (t *Tx) holdsOn(ids ...workflow.ID) ([]workflow.Hold, error) {
	places := distinct(ids)
	if len(places) == 0 {
		return nil, nil
	}
	return holds.list(t, "WHERE state = 'placed' AND routing = '' AND subject_id IN ("+marks(len(places))+") ORDER BY id DESC", places...)
}

// invitable lists the program's reviewers who have no part in the applicant's
// group and no review of the application that lives or that they stood aside from.
func (t *Tx) invitable(a *workflow.Application) ([]Somebody, error) {
	const query = `SELECT people.id, people.name FROM people JOIN grants ON grants.person_id = people.id
		WHERE grants.role = 'reviewer' AND grants.state = 'active' AND grants.program_id = ? AND people.state = 'active'
		AND people.id NOT IN (SELECT r.reviewer_id FROM reviews r WHERE r.application_id = ?
			AND r.state IN ('invited', 'accepted', 'submitted', 'recused'))
		AND people.id NOT IN (SELECT g.person_id FROM grants g
			JOIN organization_groups mine ON mine.organization_id = g.organization_id
			JOIN organization_groups theirs ON theirs.group_id = mine.group_id
			WHERE g.state = 'active' AND theirs.organization_id = ?)
		AND people.id NOT IN (SELECT k.person_id FROM conflicts k WHERE k.application_id = ? AND k.state IN ('open', 'confirmed'))
		ORDER BY people.name, people.id LIMIT 200`
	var out []Somebody
	err := t.each(query, []any{int64(a.Program), int64(a.ID), int64(a.Organization), int64(a.ID)}, func(rows *sql.Rows) error {
		var id int64
		var one Somebody
		err := rows.Scan(&id, &one.Name)
		one.ID = workflow.ID(id)
		out = append(out, one)
		return err
	})
	return out, err
}

// An AssignedReview is a review that a person was asked for, with the case.
type AssignedReview struct {
	Review       workflow.Review
	Number       string
	Title        string
	Organization string // "" where v does not see who applies
}

// MyReviews lists what v was asked to review, open ones first by due date. A case
// that v stood aside from is not among them.
func (r Reader) MyReviews(ctx context.Context, v *Viewer) ([]AssignedReview, error) {
	sight, args := v.sight(workflow.NounReview)
	query := reviews.sel[:len(reviews.sel)-len("FROM reviews ")] + `, applications.number, applications.title, organizations.legal_name, applications.blind
		FROM reviews JOIN applications ON applications.id = reviews.application_id
		JOIN organizations ON organizations.id = applications.organization_id
		WHERE (` + sight + `) AND reviews.reviewer_id = ? AND reviews.state <> 'recused'
		ORDER BY CASE WHEN reviews.state IN ('invited', 'accepted') THEN 0 ELSE 1 END, reviews.due, reviews.id DESC LIMIT 200`
	var out []AssignedReview
	err := r.look(ctx, func(tx *Tx) error {
		return tx.ask(query, append(args, int64(v.Person)), func(rows *sql.Rows) error {
			var one AssignedReview
			var a workflow.Application
			err := rows.Scan(append(scanners(reviews.columns(&one.Review)), &one.Number, &one.Title, &one.Organization, &a.Blind)...)
			if a.Blinds(workflow.BlindOrganization) && v.blinds(v.rolesFor(one.Review.Program, 0)) {
				one.Organization = ""
			}
			out = append(out, one)
			return err
		})
	})
	return out, err
}

// LastSignIns returns when people signed in last, as far as sessions tell; only
// who may see all people learns it.
func (r Reader) LastSignIns(ctx context.Context, v *Viewer, people ...workflow.ID) (map[workflow.ID]time.Time, error) {
	ids := distinct(people)
	if len(ids) == 0 || !v.Holds(workflow.Admin) && !v.Holds(workflow.Auditor) {
		return nil, nil
	}
	out := map[workflow.ID]time.Time{}
	err := r.look(ctx, func(tx *Tx) error {
		query := "SELECT person_id, MAX(signed_in) FROM sessions WHERE person_id IN (" + marks(len(ids)) + ") GROUP BY person_id"
		return tx.ask(query, ids, func(rows *sql.Rows) error {
			var id workflow.ID
			var at time.Time
			err := rows.Scan(column{"person_id", &id}, column{"signed_in", &at})
			out[id] = at
			return err
		})
	})
	return out, err
}
