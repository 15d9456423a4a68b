package models

import (
	"cmp"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"tranche/workflow"
)

func programFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.ProgramFacts)
	if err := existing(t, programs, c, &f.Program); err != nil {
		return nil, err
	}
	return mount(programs, f, &f.Program, Scope{Program: f.Program.ID, Public: f.Program.ID != 0}), nil
}

func policyLoaded(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f, err := policyFacts(t, c)
	if err != nil {
		return nil, err
	}
	return mount(policies, f, &f.Policy, Scope{Program: f.Program.ID}), nil
}

func fundFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.FundFacts)
	err := steps(
		func() error { return existing(t, funds, c, &f.Fund) },
		func() (err error) { f.Program, err = programs.one(t, parentOr(c, f.Fund.Program)); return },
		func() (err error) { f.Standing, err = t.standing(f.Fund.ID, f.Program.ID); return },
	)
	if err != nil {
		return nil, err
	}
	l := mount(funds, f, &f.Fund, Scope{Program: f.Program.ID})
	l.after = func(t *Tx) error {
		if l.before != nil {
			return nil
		}
		return t.openBalances(balanceOf{fund: f.Fund.ID})
	}
	return l, nil
}

// parentOr returns where a record belongs: what the command says for a new one,
// what is stored for an old one.
func parentOr(c *workflow.Command, stored workflow.ID) workflow.ID {
	if stored != 0 {
		return stored
	}
	return c.Parent
}

func personFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.PersonFacts)
	if err := existing(t, people, c, &f.Person); err != nil {
		return nil, err
	}
	if c.Action == workflow.ActUpdate {
		var err error
		if f.Screenings, err = t.standingScreenings(`organization_id IN (SELECT g.organization_id FROM grants g
			WHERE g.person_id = ? AND g.state = 'active')`, f.Person.ID); err != nil {
			return nil, err
		}
	}
	if c.Action == workflow.ActUpdate || c.Action == workflow.ActRevoke {
		var err error
		if f.Acts, err = t.ids(`SELECT DISTINCT organization_id FROM grants WHERE person_id = ? AND state = 'active'
			AND organization_id IS NOT NULL ORDER BY organization_id`, int64(f.Person.ID)); err != nil {
			return nil, err
		}
	}
	return mount(people, f, &f.Person, Scope{Person: f.Person.ID}), nil
}

func grantFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.GrantFacts)
	err := steps(
		func() error { return existing(t, grants, c, &f.Grant) },
		func() error { return t.lockIf(f.Grant.ID == 0, "people", c.Ref(workflow.Field{Name: "person"})) }, // two roles may exclude each other
		func() (err error) { f.Person, err = people.maybe(t, refOr(c, "person", f.Grant.Person)); return },
		func() (err error) { f.Program, err = programs.maybe(t, refOr(c, "program", f.Grant.Program)); return },
		func() (err error) {
			f.Organization, err = t.organization(refOr(c, "organization", f.Grant.Organization))
			return
		},
		func() (err error) { f.Held, err = t.rolesHeld(f.Person.ID); return },
		func() (err error) {
			f.Screenings, err = t.standingScreenings("organization_id = ?", f.Organization.ID)
			return
		},
		func() error {
			if c.Action == workflow.ActUpdate {
				topics, err := t.topics(f.Program.ID)
				for _, topic := range topics {
					f.Topics = append(f.Topics, topic.Code)
				}
				return err
			}
			return nil
		},
	)
	if err != nil {
		return nil, err
	}
	return mount(grants, f, &f.Grant, Scope{Program: f.Program.ID, Organization: f.Organization.ID, Person: f.Person.ID}), nil
}

// refOr returns the record that an input names, or for an old record what is stored.
func refOr(c *workflow.Command, name string, stored workflow.ID) workflow.ID {
	if stored != 0 {
		return stored
	}
	return c.Ref(workflow.Field{Name: name})
}

// rolesHeld are the roles that a person holds, and those in which they are, or will be, a deputy.
func (t *Tx) rolesHeld(person workflow.ID) ([]workflow.Role, error) {
	return t.roleList(`SELECT role FROM grants WHERE person_id = ? AND state = 'active'
		UNION SELECT role FROM delegations WHERE deputy_id = ? AND state = 'active' ORDER BY 1`, int64(person), int64(person))
}

// roleList returns the roles that query selects.
func (t *Tx) roleList(query string, args ...any) (out []workflow.Role, err error) {
	err = t.each(query, args,
		func(rows *sql.Rows) error {
			var r workflow.Role
			if err := rows.Scan(column{"role", &r}); err != nil {
				return err
			}
			out = append(out, r)
			return nil
		})
	return out, err
}

func tokenFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.TokenFacts)
	err := steps(
		func() error { return existing(t, tokens, c, &f.Token) },
		func() (err error) { f.Person, err = people.maybe(t, parentOr(c, f.Token.Person)); return },
	)
	if err != nil {
		return nil, err
	}
	return mount(tokens, f, &f.Token, Scope{Person: f.Person.ID}), nil
}

func organizationFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.OrganizationFacts)
	err := steps(
		func() error { return existing(t, organizations, c, &f.Organization) },
		func() (err error) {
			if f.Organization.ID != 0 {
				f.Organization, err = t.organization(f.Organization.ID)
			}
			return
		},
		func() (err error) { f.Standing, err = t.standing(f.Organization.ID); return },
		func() (err error) {
			if c.Action == workflow.ActUpdate {
				f.Screenings, err = t.standingScreenings("organization_id = ?", f.Organization.ID)
			}
			return
		},
	)
	if err != nil {
		return nil, err
	}
	scope := Scope{Organization: f.Organization.ID}
	if f.Organization.ID == 0 {
		scope.Person = c.Actor.Person // anybody may register an organization
	}
	if c.Action == workflow.ActDeclare {
		uei := strings.ToUpper(c.Text(workflow.Field{Name: "uei"}))
		if f.Found, err = organizations.first(t, "WHERE uei = ? AND uei <> '' LIMIT 1", uei); err != nil {
			return nil, err
		}
	}
	l := mount(organizations, f, &f.Organization, scope)
	l.after = func(t *Tx) error {
		if l.before != nil {
			return nil
		}
		return t.openGroup(f.Organization.ID)
	}
	return l, nil
}

func affiliationFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.AffiliationFacts)
	err := steps(
		func() error { return existing(t, affiliations, c, &f.Affiliation) },
		func() (err error) { f.OwnerNow, err = t.known(refOr(c, "owner", f.Affiliation.Owner)); return },
		func() (err error) { f.OwnedNow, err = t.known(refOr(c, "owned", f.Affiliation.Owned)); return },
		func() error { return t.lockGroups(&f.OwnerNow, &f.OwnedNow) },
		func() (err error) {
			held, err := t.count(`SELECT COALESCE(SUM(share), 0) FROM affiliations
				WHERE state = 'active' AND owner_id = ? AND owned_id = ? AND id <> ?`,
				int64(f.OwnerNow.ID), int64(f.OwnedNow.ID), int64(f.Affiliation.ID))
			f.Held = int64(held)
			return err
		},
	)
	if err != nil {
		return nil, err
	}
	own, other := &f.OwnerNow, &f.OwnedNow
	if c.Parent != 0 && c.Parent == f.OwnedNow.ID {
		own, other = other, own
	}
	if f.Affiliation.ID == 0 {
		if f.Stranger, err = t.stranger(c, other); err != nil {
			return nil, err
		}
	}
	return mount(affiliations, f, &f.Affiliation, Scope{Organization: own.ID}), nil
}

// stranger reports whether who asks, as one of an organization's people, may not
// know of other. They may when they speak for it, when an affiliation that was not
// denied binds it to one that they speak for, when nobody else does, or when they
// know its UEI.
func (t *Tx) stranger(c *workflow.Command, other *workflow.Organization) (bool, error) {
	if uei := c.Text(workflow.Field{Name: "uei"}); uei != "" && strings.EqualFold(uei, other.UEI) {
		return false, nil
	}
	if other.RegisteredFor != 0 && other.RegisteredFor == c.Parent {
		if alone, err := t.entrusted(*other); alone || err != nil {
			return false, err
		}
	}
	v, err := t.viewer(c.Actor.Person)
	if err != nil || slices.Contains(v.organizations(), any(int64(other.ID))) {
		return false, err
	}
	orgs := v.organizations()
	if len(orgs) == 0 {
		return true, nil
	}
	in := " IN (" + marks(len(orgs)) + ")"
	n, err := t.count("SELECT COUNT(*) FROM affiliations WHERE state <> 'denied' AND (owner_id = ? AND owned_id"+in+" OR owned_id = ? AND owner_id"+in+")",
		slices.Concat([]any{int64(other.ID)}, orgs, []any{int64(other.ID)}, orgs)...)
	return n == 0, err
}

// viewer loads the roles that a person holds now; none where there is no such person.
func (t *Tx) viewer(person workflow.ID) (*Viewer, error) {
	v := &Viewer{Person: person}
	var held string
	err := t.row("SELECT "+grantList+" FROM people WHERE id = ? AND state = 'active'", []any{int64(person)}, &held)
	if errors.Is(err, ErrNotFound) {
		return v, nil
	}
	if err == nil {
		v.Grants, err = parseGrants(held)
	}
	return v, err
}

// known reads an organization, and the zero one when there is none.
func (t *Tx) known(id workflow.ID) (workflow.Organization, error) {
	o, err := t.organization(id)
	if errors.Is(err, ErrNotFound) {
		return workflow.Organization{}, nil
	}
	return o, err
}

func statementFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.StatementFacts)
	err := steps(
		func() error { return existing(t, statements, c, &f.RevenueStatement) },
		func() (err error) {
			f.Organization, err = t.known(parentOr(c, f.RevenueStatement.Organization))
			return
		},
		func() error { return t.lockGroups(&f.Organization) },
		func() (err error) {
			f.Used, err = t.judged(&f.Organization)
			return err
		},
		func() (err error) {
			if id := c.Ref(workflow.Field{Name: "replaces"}); id != 0 {
				f.Before, err = statements.first(t, "WHERE id = ?", int64(id))
			}
			return
		},
	)
	if err != nil {
		return nil, err
	}
	return mount(statements, f, &f.RevenueStatement, Scope{Organization: f.Organization.ID}), nil
}

// judged reports whether a verdict is stored that the statements of an organization may
// have led to: its own, or one of its affiliates. A link joins no revenue.
func (t *Tx) judged(o *workflow.Organization) (bool, error) {
	linked, err := t.linkedOnly(o)
	if err != nil {
		return false, err
	}
	where, arg := t.idsIn("a.organization_id", linked)
	n, err := t.count(`SELECT COUNT(*) FROM applications a JOIN organization_groups g ON g.organization_id = a.organization_id
		WHERE g.group_id = ? AND a.verdict_outcome <> '' AND NOT (`+where+")", int64(o.Group), arg)
	return n > 0, err
}

func eliminationFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.EliminationFacts)
	var seller workflow.Organization
	err := steps(
		func() error { return existing(t, eliminations, c, &f.Elimination) },
		func() (err error) {
			f.Statement, err = statements.first(t, "WHERE id = ?", int64(parentOr(c, f.Elimination.Statement)))
			return
		},
		func() (err error) { seller, err = t.known(f.Statement.Organization); return },
		func() error { return t.lockGroups(&seller) },
		func() (err error) { // once more: it may have been withdrawn while the lock was waited for
			f.Statement, err = statements.first(t, "WHERE id = ?", int64(f.Statement.ID))
			return
		},
		func() (err error) {
			f.Counterparty, err = t.known(refOr(c, "counterparty", f.Elimination.Counterparty))
			return
		},
		func() (err error) {
			if f.Elimination.ID == 0 {
				f.Stranger, err = t.stranger(c, &f.Counterparty)
			}
			return
		},
		func() error {
			claimed, err := t.count(`SELECT COALESCE(SUM(amount), 0) FROM eliminations
				WHERE statement_id = ? AND state IN ('requested', 'active') AND id <> ?`, int64(f.Statement.ID), int64(f.Elimination.ID))
			f.Claimed = workflow.Amount(claimed)
			return err
		},
		func() (err error) { f.Used, err = t.judged(&seller); return },
	)
	if err != nil {
		return nil, err
	}
	return mount(eliminations, f, &f.Elimination, Scope{Organization: f.Statement.Organization}), nil
}

func rateFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.RateFacts)
	if err := existing(t, rates, c, &f.Rate); err != nil {
		return nil, err
	}
	return mount(rates, f, &f.Rate, Scope{}), nil
}

func opportunityFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.OpportunityFacts)
	err := steps(
		func() error { return existing(t, opportunities, c, &f.Opportunity) },
		func() (err error) { f.Program, err = programs.one(t, parentOr(c, f.Opportunity.Program)); return },
		func() (err error) { f.Fund, err = funds.maybe(t, refOr(c, "fund", f.Opportunity.Fund)); return },
		func() (err error) { f.Standing, err = t.standing(f.Opportunity.ID, f.Program.ID); return },
		func() error { return t.opportunityExtras(f, c) },
	)
	if err != nil {
		return nil, err
	}
	return mount(opportunities, f, &f.Opportunity, Scope{Program: f.Program.ID, Opportunity: f.Opportunity.ID, Public: f.Opportunity.ID != 0}), nil
}

// opportunityExtras loads what only some actions look at.
func (t *Tx) opportunityExtras(f *workflow.OpportunityFacts, c *workflow.Command) (err error) {
	o := &f.Opportunity
	switch c.Action {
	case workflow.ActAmend:
		f.Submitted, err = t.count("SELECT COUNT(*) FROM applications WHERE opportunity_id = ? AND submissions > 0", int64(o.ID))
	case workflow.ActMakeUp:
		var at sql.NullInt64
		err = t.row("SELECT MIN("+personalDeadline+") "+personalReached+" AND o.id = ?",
			append(reachedArgs(workflow.OutageOf(c)), int64(o.ID)), &at)
		if at.Valid {
			f.Personal = time.UnixMicro(at.Int64).UTC()
		}
	}
	return err
}

func holdFacts(t *Tx, c *workflow.Command, now time.Time) (*Loaded, error) {
	f := new(workflow.HoldFacts)
	if err := existing(t, holds, c, &f.Hold); err != nil {
		return nil, err
	}
	scope, err := t.ScopeOf(subject(c, f.Hold.Subject, f.Hold.SubjectID))
	if f.SubjectFound = err == nil; err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	if f.Hold.ID != 0 {
		if f.Exception, err = t.exception("lift_restricted_hold", f.Hold.ID, now); err != nil {
			return nil, err
		}
	}
	scope.Internal = true
	c.Parent = cmp.Or(c.Parent, scope.Program) // a new one belongs to the program of what it is about
	if f.Hold.Routing != "" {
		scope.Program = 0 // it concerns all of them
	}
	return mount(holds, f, &f.Hold, scope), nil
}

func exceptionFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.ExceptionFacts)
	if err := existing(t, exceptions, c, &f.Exception); err != nil {
		return nil, err
	}
	scope, err := t.ScopeOf(excepted(c, &f.Exception))
	if f.SubjectFound = err == nil; err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	scope.Internal = true
	c.Parent = cmp.Or(c.Parent, scope.Program) // a new one belongs to the program of what it is about
	return mount(exceptions, f, &f.Exception, scope), nil
}

// excepted returns the record that an exception is about: its kind follows from the act.
func excepted(c *workflow.Command, e *workflow.Exception) (workflow.Noun, workflow.ID) {
	if e.ID != 0 {
		return e.Subject, e.SubjectID
	}
	return workflow.SubjectOf(c.Text(workflow.Field{Name: "act"})), c.Ref(workflow.Field{Name: "subject_id"})
}

// subject returns the record that a hold is about.
func subject(c *workflow.Command, noun workflow.Noun, id workflow.ID) (workflow.Noun, workflow.ID) {
	if id != 0 {
		return noun, id
	}
	named, err := workflow.ParseNoun(c.Text(workflow.Field{Name: "subject"}))
	if err != nil {
		return workflow.NoNoun, 0
	}
	return named, c.Ref(workflow.Field{Name: "subject_id"})
}
