package models

import (
	"database/sql"
	"slices"
	"time"

	"tranche/workflow"
)

// over lists the states of an application that leave room for another one.
const over = "('withdrawn', 'expired', 'declined', 'ineligible', 'not_accepted')"

func applicationFacts(t *Tx, c *workflow.Command, now time.Time) (*Loaded, error) {
	f := new(workflow.ApplicationFacts)
	a := &f.Application
	err := steps(
		func() error { return existing(t, applications, c, a) },
		func() (err error) { f.Opportunity, err = opportunities.one(t, parentOr(c, a.Opportunity)); return },
		func() (err error) { f.Terms, err = t.termsOf(a, &f.Opportunity); return },
		func() error { f.Opportunity = f.Opportunity.Under(f.Terms); return nil },
		func() (err error) {
			f.Organization, err = t.organization(refOr(c, "organization", a.Organization))
			return
		},
		func() (err error) {
			f.Standing, err = t.standing(a.ID, f.Organization.ID, f.Opportunity.ID, f.Opportunity.Program)
			return
		},
		func() error { return t.applicationExtras(f, c, now) },
	)
	if err != nil {
		return nil, err
	}
	l := mount(applications, f, a, Scope{Program: f.Opportunity.Program, Organization: f.Organization.ID,
		Opportunity: f.Opportunity.ID, Application: a.ID})
	l.after = func(t *Tx) error {
		if l.before != nil {
			return nil
		}
		return t.openBalances(balanceOf{fund: a.Fund, application: a.ID})
	}
	return l, nil
}

// applicationExtras loads what only some actions look at.
func (t *Tx) applicationExtras(f *workflow.ApplicationFacts, c *workflow.Command, now time.Time) error {
	return steps(
		func() error { return t.filingExtras(f, c, now) },
		func() error { return t.screeningExtras(f, c, now) },
		func() error { return t.decidingExtras(f, c, now) },
	)
}

// filingExtras is for what brings an application in, in time and once.
func (t *Tx) filingExtras(f *workflow.ApplicationFacts, c *workflow.Command, now time.Time) (err error) {
	switch c.Action {
	case workflow.ActStart:
		return steps(
			func() (err error) { f.Entrusted, err = t.entrusted(f.Organization); return },
			func() error { return t.otherLive(f) },
		)
	case workflow.ActSubmit:
		return steps(
			func() error { return t.otherLive(f) },
			func() (err error) { f.Has, err = t.clearanceKinds(f.Terms, f.Application.ID); return },
			func() (err error) { f.Payee, err = t.payeeAtOnce(f.Organization.ID, now); return },
		)
	case workflow.ActExcuse:
		return t.otherLive(f)
	case workflow.ActExtend:
		f.Exception, err = t.exception(workflow.LateExtension, f.Application.ID, now)
		return err
	case workflow.ActReopen:
		return steps(
			func() (err error) { f.Reviews, f.ReviewsOpen, err = t.reviewCounts(f.Application.ID); return },
			func() (err error) {
				f.Decided, err = t.count("SELECT COUNT(*) FROM clearances WHERE application_id = ? AND decided_by IS NOT NULL", int64(f.Application.ID))
				return
			},
		)
	}
	return nil
}

// screeningExtras is for what runs the rules, and what an officer says to that.
func (t *Tx) screeningExtras(f *workflow.ApplicationFacts, c *workflow.Command, now time.Time) (err error) {
	switch c.Action {
	case workflow.ActAdopt:
		return steps(
			func() (err error) { f.Newest, err = t.terms(f.Opportunity.Terms); return },
			func() (err error) { f.Has, err = t.clearanceKinds(f.Newest, f.Application.ID); return },
		)
	case workflow.ActRefer:
		return steps(
			func() (err error) {
				f.Verdict, err = t.verdict(&f.Application, &f.Opportunity, f.Organization, f.Terms, now)
				return
			},
			func() (err error) { f.Lost, err = clearances.maybe(t, refOr(c, "clearance", 0)); return },
			func() (err error) { f.Payee, err = t.payee(f.Organization.ID, now); return },
		)
	case workflow.ActClear:
		f.Payee, err = t.payee(f.Organization.ID, now)
		return err
	case workflow.ActScreenPass, workflow.ActScreenRefer, workflow.ActScreenFail, workflow.ActRescreen, workflow.ActAcknowledge,
		workflow.ActRecommendDecline, workflow.ActWaitlist, workflow.ActDecline:
		if f.Payee, err = t.payee(f.Organization.ID, now); err != nil {
			return err
		}
		f.Verdict, err = t.verdict(&f.Application, &f.Opportunity, f.Organization, f.Terms, now)
		return err
	}
	return nil
}

// decidingExtras is for the award, and what becomes of the decision.
func (t *Tx) decidingExtras(f *workflow.ApplicationFacts, c *workflow.Command, now time.Time) (err error) {
	switch c.Action {
	case workflow.ActRecommend:
		return steps(
			func() (err error) { f.Reviews, f.ReviewsOpen, err = t.reviewCounts(f.Application.ID); return },
			func() (err error) { f.Available, err = t.available(f.Application.Fund); return },
			func() (err error) { f.FundExpired, err = t.expired(f.Application.Fund); return },
			func() (err error) { f.Has, err = t.clearanceKinds(f.Terms, f.Application.ID); return },
			func() (err error) {
				f.Verdict, err = t.verdict(&f.Application, &f.Opportunity, f.Organization, f.Terms, now)
				return
			},
		)
	case workflow.ActAward:
		return steps(
			func() (err error) {
				f.Verdict, err = t.verdict(&f.Application, &f.Opportunity, f.Organization, f.Terms, now)
				return
			},
			func() (err error) {
				f.GroupAwarded, err = t.groupAwarded(f.Opportunity.ID, f.Organization.Group)
				return
			},
			func() (err error) { f.Uncleared, err = t.missing(f.Terms, f.Application.ID, now); return },
			func() (err error) { f.Payee, err = t.payee(f.Organization.ID, now); return },
		)
	case workflow.ActRectify:
		return steps(
			func() (err error) { f.LiveAward, err = awards.maybe(t, f.Application.Award); return },
			func() (err error) { f.Exception, err = t.exception("rectify", f.Application.ID, now); return },
		)
	case workflow.ActLapseAward:
		return steps(
			func() (err error) { f.LiveAward, err = awards.maybe(t, f.Application.Award); return },
			func() (err error) { f.Waitlisted, err = t.nextWaitlisted(f.Opportunity.ID); return },
		)
	case workflow.ActAssign:
		f.Assignee, err = t.assignee(c.Ref(workflow.Field{Name: "officer"}), &f.Application)
		return err
	case workflow.ActUphold, workflow.ActReinstate:
		f.Acted, err = t.ids(`SELECT actor_id FROM events WHERE application_id = ? AND actor_id IS NOT NULL
			UNION SELECT on_behalf_id FROM events WHERE application_id = ? AND on_behalf_id IS NOT NULL ORDER BY 1`, int64(f.Application.ID), int64(f.Application.ID))
		return err
	}
	return nil
}

// entrusted reports whether an organization is known as somebody's affiliate only,
// and never had people of its own.
func (t *Tx) entrusted(o workflow.Organization) (bool, error) {
	if o.RegisteredFor == 0 {
		return false, nil
	}
	n, err := t.count("SELECT COUNT(*) FROM grants WHERE organization_id = ? AND state IN ('active', 'revoked')", int64(o.ID))
	return n == 0, err
}

func (t *Tx) otherLive(f *workflow.ApplicationFacts) (err error) {
	if err := t.lockGroups(&f.Organization); err != nil {
		return err
	}
	// Who may be one with it by a link is not told: its people would learn of the link.
	linked, err := t.linkedOnly(&f.Organization)
	if err != nil {
		return err
	}
	where, arg := t.idsIn("a.organization_id", linked)
	// CROSS JOIN keeps SQLite from going through all applications of the opportunity.
	f.OtherLive, err = t.count(`SELECT COUNT(*) FROM organization_groups g CROSS JOIN applications a
		WHERE a.organization_id = g.organization_id AND g.group_id = ? AND a.opportunity_id = ? AND a.id <> ? AND NOT (`+where+`) AND a.state NOT IN `+over,
		int64(f.Organization.Group), int64(f.Opportunity.ID), int64(f.Application.ID), arg)
	return err
}

func (t *Tx) reviewCounts(application workflow.ID) (submitted, open int, err error) {
	var s, o int64
	err = t.row(`SELECT COUNT(CASE WHEN state = 'submitted' THEN 1 END), COUNT(CASE WHEN state IN ('invited', 'accepted') THEN 1 END)
		FROM reviews WHERE application_id = ? AND state IN ('invited', 'accepted', 'submitted')`, []any{int64(application)}, &s, &o)
	return int(s), int(o), err
}

func (t *Tx) available(fund workflow.ID) (workflow.Cents, error) {
	n, err := t.count("SELECT available FROM fund_balances WHERE fund_id = ?", int64(fund))
	return workflow.Cents(n), err
}

func (t *Tx) groupAwarded(opportunity, group workflow.ID) (workflow.Cents, error) {
	n, err := t.count("SELECT COALESCE(SUM(cents), 0) FROM group_caps WHERE opportunity_id = ? AND group_id = ?", int64(opportunity), int64(group))
	return workflow.Cents(n), err
}

func (t *Tx) nextWaitlisted(opportunity workflow.ID) (workflow.ID, error) {
	list, err := t.ids("SELECT id FROM applications WHERE opportunity_id = ? AND state = 'waitlisted' ORDER BY rank, id LIMIT 1", int64(opportunity))
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0], nil
}

// verdict runs the revenue rule over the organization's group as it stands now,
// for the years that the submission fixed. Nobody can change the group's
// affiliates or statements before the transaction ends.
func (t *Tx) verdict(a *workflow.Application, o *workflow.Opportunity, org workflow.Organization, terms *workflow.Terms, now time.Time) (workflow.Verdict, error) {
	if err := t.lockGroups(&org); err != nil {
		return workflow.Verdict{}, err
	}
	q, err := t.revenueQuestion(org)
	if err != nil {
		return workflow.Verdict{}, err
	}
	q.Basis, q.Cap, q.AsOf, q.SubmittedOn = o.Basis, o.RevenueCap, workflow.DateOf(now), workflow.DateOf(a.SubmittedAt)
	if a.SubmittedAt.IsZero() {
		q.SubmittedOn = q.AsOf
	}
	v := workflow.Revenue(q)
	if terms == nil {
		return v, nil
	}
	e, err := t.evidence(a, o, &org, &v, &q)
	if err != nil {
		return v, err
	}
	findings, err := t.db.Findings(terms, &e)
	if err != nil {
		return v, err
	}
	return v.With(a.TermsUnder(o), &e, findings), nil
}

// evidence is what the rules of a program may look at beside the revenue.
func (t *Tx) evidence(a *workflow.Application, o *workflow.Opportunity, org *workflow.Organization, v *workflow.Verdict, q *workflow.RevenueQuestion) (workflow.Evidence, error) {
	e := workflow.Evidence{Today: q.AsOf, SubmittedOn: q.SubmittedOn, Opportunity: o.Number, Application: a.Figure(),
		Organization: org.Figure(), Revenue: v.Figure()}
	for _, id := range v.Members()[min(1, len(v.Members())):] {
		other, err := t.known(id)
		if err != nil {
			return e, err
		}
		figure := other.Figure()
		figure.Owns, figure.Owned, figure.Control = v.Between(id)
		e.Affiliates = append(e.Affiliates, figure)
	}
	return e, nil
}

const ofGroup = "JOIN organization_groups g ON g.organization_id = "

// revenueQuestion puts together what is known of a group's revenue.
func (t *Tx) revenueQuestion(org workflow.Organization) (q workflow.RevenueQuestion, err error) {
	q.Organization = org.ID
	group := int64(org.Group)
	err = steps(
		func() error { return t.members(&q, group) },
		func() error {
			if len(q.Entities) == 1 {
				return nil
			}
			return t.bonds(&q, group)
		},
		func() error { return t.stated(&q, group) },
	)
	return q, err
}

func (t *Tx) members(q *workflow.RevenueQuestion, group int64) error {
	const query = "SELECT organizations.id, organizations.legal_name, organizations.founded FROM organizations " + ofGroup +
		"organizations.id WHERE g.group_id = ? ORDER BY organizations.id"
	return t.each(query, []any{group}, func(rows *sql.Rows) error {
		var e workflow.Entity
		if err := rows.Scan(column{"id", &e.ID}, &e.Name, column{"founded", &e.Founded}); err != nil {
			return err
		}
		q.Entities = append(q.Entities, e)
		return nil
	})
}

func (t *Tx) bonds(q *workflow.RevenueQuestion, group int64) error {
	links, err := affiliations.list(t, ofGroup+"affiliations.owner_id WHERE g.group_id = ? AND affiliations.state IN ('active', 'closed') ORDER BY affiliations.id", group)
	if err != nil {
		return err
	}
	for _, l := range links {
		q.Links = append(q.Links, workflow.Link{Owner: l.Owner, Owned: l.Owned, Share: int(l.Share), Control: l.Control, Since: l.Since, Until: l.Until})
	}
	parts, err := eliminations.list(t, ofGroup+"eliminations.organization_id WHERE g.group_id = ? AND eliminations.state = 'active' ORDER BY eliminations.id", group)
	for _, p := range parts {
		q.Eliminations = append(q.Eliminations, workflow.EliminatedPart{ID: p.ID, Statement: p.Statement, With: p.Counterparty,
			Amount: workflow.Cents(p.Amount), Document: p.Document})
	}
	return err
}

// stated adds the statements of a group, and the rates of the currencies that they
// are in.
func (t *Tx) stated(q *workflow.RevenueQuestion, group int64) error {
	list, err := statements.list(t, ofGroup+"statements.organization_id WHERE g.group_id = ? AND statements.state = 'active' ORDER BY statements.id", group)
	if err != nil {
		return err
	}
	var foreign []any
	for _, s := range list {
		q.Statements = append(q.Statements, workflow.Statement{ID: s.ID, Entity: s.Organization, FiscalYear: int(s.FiscalYear),
			Start: s.PeriodStart, End: s.PeriodEnd, Amount: workflow.Cents(s.Amount), Currency: inRule(s.Currency), Source: s.Source,
			Document: s.Document, Version: int(s.Version)})
		if inRule(s.Currency) != "" && !slices.Contains(foreign, any(s.Currency)) {
			foreign = append(foreign, s.Currency)
		}
	}
	if len(foreign) == 0 {
		return nil
	}
	known, err := rates.list(t, "WHERE state = 'active' AND currency IN ("+marks(len(foreign))+") ORDER BY id", foreign...)
	for _, r := range known {
		q.Rates = append(q.Rates, workflow.RateFigure{ID: r.ID, Currency: r.Currency, Start: r.PeriodStart, End: r.PeriodEnd,
			PerUnit: r.USDPerUnit, Publisher: r.Publisher})
	}
	return err
}

// inRule returns a currency as the revenue rule has it, which leaves US dollars
// unsaid.
func inRule(currency string) string {
	if currency == workflow.USD {
		return ""
	}
	return currency
}

func reviewFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.ReviewFacts)
	err := steps(
		func() error { return existing(t, reviews, c, &f.Review) },
		func() (err error) {
			f.Application, err = applications.one(t, parentOr(c, f.Review.Application))
			return
		},
		func() error { return t.reviewTerms(f) },
		func() (err error) {
			f.Standing, err = t.standing(f.Application.ID, f.Application.Organization, f.Application.Opportunity, f.Application.Program)
			return
		},
		func() error { return t.reviewerFacts(f, refOr(c, "reviewer", f.Review.Reviewer)) },
		func() error {
			if c.Action == workflow.ActInvite {
				return t.roomOf(f, c.Ref(workflow.Field{Name: "reviewer"}))
			}
			return nil
		},
		func() error {
			switch c.Action {
			case workflow.ActInvite, workflow.ActAccept, workflow.ActSubmit:
				return t.ties(&f.Ties, refOr(c, "reviewer", f.Review.Reviewer), f.Application.Organization)
			case workflow.ActReopen, workflow.ActRecuse, workflow.ActStrike:
				if f.Review.State == workflow.Submitted {
					return t.meritOf(f)
				}
			}
			return nil
		},
	)
	if err != nil {
		return nil, err
	}
	return mount(reviews, f, &f.Review, Scope{Program: f.Application.Program, Organization: f.Application.Organization,
		Opportunity: f.Application.Opportunity, Application: f.Application.ID, Reviewer: f.Review.Reviewer, Internal: true}), nil
}

// meritOf finds the clearance that a submitted review may have led to. Whoever clears
// holds the same lock, so that no review is taken out meanwhile.
func (t *Tx) meritOf(f *workflow.ReviewFacts) error {
	org, err := t.organization(f.Application.Organization)
	if err != nil {
		return err
	}
	if err := t.lockGroups(&org); err != nil {
		return err
	}
	list, err := t.ids("SELECT id FROM clearances WHERE application_id = ? AND kind = ? AND state = 'cleared'", int64(f.Application.ID), workflow.ClearMerit)
	if err == nil && len(list) > 0 {
		f.Merit = list[0]
	}
	return err
}

func (t *Tx) reviewTerms(f *workflow.ReviewFacts) error {
	o, err := opportunities.one(t, f.Application.Opportunity)
	if err != nil {
		return err
	}
	f.Terms, err = t.termsOf(&f.Application, &o)
	return err
}

// reviewerFacts finds out whether person may review the application at all.
func (t *Tx) reviewerFacts(f *workflow.ReviewFacts, person workflow.ID) error {
	conflicts, err := t.count(`SELECT COUNT(*) FROM grants r
		JOIN organization_groups g ON g.organization_id = r.organization_id
		JOIN organization_groups mine ON mine.group_id = g.group_id
		WHERE r.person_id = ? AND r.state = 'active' AND mine.organization_id = ?`, int64(person), int64(f.Application.Organization))
	if err != nil {
		return err
	}
	others, err := t.count(`SELECT COUNT(*) FROM reviews WHERE application_id = ? AND reviewer_id = ? AND id <> ?
		AND state IN ('invited', 'accepted', 'submitted', 'recused')`, int64(f.Application.ID), int64(person), int64(f.Review.ID))
	if err != nil {
		return err
	}
	roles, err := t.count("SELECT COUNT(*) FROM grants WHERE person_id = ? AND role = 'reviewer' AND program_id = ? AND state = 'active'",
		int64(person), int64(f.Application.Program))
	f.Conflicted, f.OtherLive, f.IsReviewer = conflicts > 0, others > 0, roles > 0
	if err != nil {
		return err
	}
	f.Conflict, err = t.conflictOf(person, f.Application.ID)
	return err
}
