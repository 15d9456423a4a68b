package models

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"tranche/workflow"
)

// duplicates are the rows of workflow.Duplicate.
var duplicates = newTable(workflow.NounDuplicate, "duplicates",
	func(r *workflow.Duplicate) *workflow.Record { return &r.Record },
	func(r *workflow.Duplicate) []column {
		return []column{{"a_id", &r.A}, {"b_id", &r.B}, {"score", &r.Score}, {"signs", &r.Signs}, {"decided_by", &r.DecidedBy},
			{"note", &r.Note}, {"kept_id", &r.Kept}}
	})

func duplicateFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.DuplicateFacts)
	err := steps(
		func() error { return existing(t, duplicates, c, &f.Duplicate) },
		func() (err error) { f.ANow, err = t.known(refOr(c, "a", f.Duplicate.A)); return },
		func() (err error) { f.BNow, err = t.known(refOr(c, "b", f.Duplicate.B)); return },
		func() error { return t.duplicateExtras(f, c) },
	)
	if err != nil {
		return nil, err
	}
	return mount(duplicates, f, &f.Duplicate, Scope{Organization: f.ANow.ID, Other: f.BNow.ID, Internal: true}), nil
}

// duplicateExtras loads what only some actions look at.
func (t *Tx) duplicateExtras(f *workflow.DuplicateFacts, c *workflow.Command) (err error) {
	switch c.Action {
	case workflow.ActCreate, workflow.ActUpdate, workflow.ActLapse:
		if f.ANow.ID == f.BNow.ID {
			return nil // nobody is alike to oneself
		}
		f.Found, err = t.resemblance(&f.ANow, &f.BNow)
	case workflow.ActUndo:
		if err = t.lockGroups(&f.ANow, &f.BNow); err == nil {
			f.Cases, err = t.freed(&f.Duplicate, f.ANow.Group)
		}
	case workflow.ActLink, workflow.ActMerge:
		if err = t.lockGroups(&f.ANow, &f.BNow); err == nil {
			f.Cases, err = t.ids(`SELECT a.id FROM organization_groups g CROSS JOIN applications a WHERE a.organization_id = g.organization_id
				AND g.group_id IN (?, ?) AND a.state IN ('screening', 'needs_information', 'in_review', 'recommended',
				'decline_recommended', 'waitlisted', 'awarded', 'appealed') ORDER BY a.id`, int64(f.ANow.Group), int64(f.BNow.Group))
		}
	}
	return err
}

// freed lists the cases of a group that are flagged as duplicates and have no reason to
// be when one of its links is taken back: their organizations are in a part that no other
// link holds together.
func (t *Tx) freed(gone *workflow.Duplicate, group workflow.ID) ([]workflow.ID, error) {
	const members = "IN (SELECT organization_id FROM organization_groups WHERE group_id = ?)"
	kin, err := t.kin(group, false)
	if err != nil {
		return nil, err
	}
	links, err := duplicates.list(t, "WHERE state IN ('linked', 'merged') AND id <> ? AND a_id "+members, int64(gone.ID), int64(group))
	if err != nil {
		return nil, err
	}
	for _, l := range links {
		kin.merge(int64(l.A), int64(l.B))
	}
	held := map[int64]bool{}
	for _, l := range links {
		held[kin.groupOf(int64(l.A))] = true
	}
	var out []workflow.ID
	err = t.each("SELECT id, organization_id FROM applications WHERE organization_id "+members+` AND flag LIKE '%duplicate%'
		AND state IN ('draft', 'submitted', 'screening', 'needs_information', 'in_review', 'recommended', 'decline_recommended', 'waitlisted',
			'awarded', 'appealed', 'declined', 'ineligible', 'not_accepted') ORDER BY id`, []any{int64(group)}, func(rows *sql.Rows) error {
		var id, organization int64
		err := rows.Scan(&id, &organization)
		if !held[kin.groupOf(organization)] {
			out = append(out, workflow.ID(id))
		}
		return err
	})
	return out, err
}

// SetSums names who sums the number of a bank account with a key, so that equal
// numbers are found and none is told; "" where it cannot be opened. It is called once,
// before the first Write; without it, accounts are told apart by their last digits.
func (d *DB) SetSums(of func(*workflow.BankAccount) string) { d.sums.of = of }

type accountSums struct {
	of func(*workflow.BankAccount) string // nil: nobody can open a number
}

func (t *Tx) resemblance(a, b *workflow.Organization) (r workflow.Resemblance, err error) {
	one, err := t.likeness(a)
	if err != nil {
		return r, err
	}
	other, err := t.likeness(b)
	return workflow.Compare(&one, &other), err
}

// likeness reads what an organization is recognized by.
func (t *Tx) likeness(o *workflow.Organization) (l workflow.Likeness, err error) {
	l = workflow.Likeness{Organization: o.ID, Name: o.LegalName, EIN: o.EIN, Street: o.Street, Zip: o.Zip, Website: o.Website}
	if o.Email != "" {
		l.Emails = []string{o.Email}
	}
	id := []any{int64(o.ID)}
	err = steps(
		func() error {
			return t.each(`SELECT people.id, people.name, people.email, MAX(CASE WHEN grants.role = 'aor' THEN 1 ELSE 0 END)
				FROM grants JOIN people ON people.id = grants.person_id WHERE grants.organization_id = ? AND grants.state = 'active'
				AND people.state = 'active' GROUP BY people.id, people.name, people.email ORDER BY people.id`, id, func(rows *sql.Rows) error {
				var one workflow.Signer
				var signs int64
				err := rows.Scan(column{"id", &one.ID}, &one.Name, &one.Email, &signs)
				l.People, l.Emails = append(l.People, one.Name), append(l.Emails, one.Email)
				if signs == 1 {
					l.Signers = append(l.Signers, one)
				}
				return err
			})
		},
		func() error {
			list, err := bankAccounts.list(t, "WHERE organization_id = ? AND state <> 'rejected' ORDER BY id DESC", id...)
			for i := range list {
				one := workflow.AccountLikeness{Shown: list[i].Routing + " " + list[i].Last4}
				if of := t.db.sums.of; of != nil {
					one.Sum = of(&list[i])
				}
				l.Accounts = append(l.Accounts, one)
			}
			return err
		},
		func() error {
			return t.each(`SELECT documents.body FROM applications JOIN documents ON documents.sum = applications.snapshot
				WHERE applications.organization_id = ? AND applications.submissions > 0 ORDER BY applications.submitted_at DESC, applications.id DESC`, id, func(rows *sql.Rows) error {
				var snapshot []byte
				if err := rows.Scan(&snapshot); err != nil {
					return err
				}
				said, err := workflow.ProposalOf(snapshot)
				l.Proposals = append(l.Proposals, said)
				return err
			})
		},
	)
	return l, err
}

// keysMade is the key of every organization whose keys are there: it names the rules
// that they were made by, so that others have them made anew.
var keysMade = workflow.LikenessKey{Kind: "rules", Key: "2"}

// An indexing makes the keys of an organization anew.
type indexing workflow.ID

// Run implements Unit. Two at once would trip over each other: one waits.
func (i indexing) Run(t *Tx) error {
	id := workflow.ID(i)
	if err := t.lockIf(true, "organizations", id); err != nil {
		return err
	}
	o, err := t.known(id)
	if err != nil {
		return err
	}
	l, err := t.likeness(&o)
	if err != nil {
		return err
	}
	due := append(l.Keys(), keysMade)
	var known []workflow.LikenessKey
	err = t.each("SELECT kind, key FROM organization_keys WHERE organization_id = ?", []any{int64(id)}, func(rows *sql.Rows) error {
		var k workflow.LikenessKey
		err := rows.Scan(&k.Kind, &k.Key)
		known = append(known, k)
		return err
	})
	if err != nil {
		return err
	}
	if err := t.forKeys("DELETE FROM organization_keys WHERE organization_id = ? AND kind = ? AND key = ?", id, without(known, due)); err != nil {
		return err
	}
	return t.forKeys("INSERT INTO organization_keys (organization_id, kind, key) VALUES (?, ?, ?)", id, without(due, known))
}

func (t *Tx) forKeys(query string, organization workflow.ID, keys []workflow.LikenessKey) error {
	for _, k := range keys {
		if _, err := t.exec(query, int64(organization), k.Kind, k.Key); err != nil {
			return err
		}
	}
	return nil
}

// without returns the keys of list that are not in out.
func without(list, out []workflow.LikenessKey) []workflow.LikenessKey {
	return slices.DeleteFunc(slices.Clone(list), func(k workflow.LikenessKey) bool { return slices.Contains(out, k) })
}

// ToCompare lists the organizations whose keys were never made, or by other rules. At
// most dueLimit, beginning after one.
func (r Reader) ToCompare(ctx context.Context, after workflow.ID) ([]workflow.ID, error) {
	return r.idList(ctx, `organizations x WHERE x.id > ? AND NOT EXISTS (SELECT 1 FROM organization_keys k
		WHERE k.organization_id = x.id AND k.kind = ? AND k.key = ?)`, []any{int64(after), keysMade.Kind, keysMade.Key})
}

// DuplicatesDue makes the keys of an organization anew, compares it with those that
// share one, and with those that it was taken for before, and returns what follows for
// each pair: commands of the system without a moment.
func (d *DB) DuplicatesDue(ctx context.Context, organization workflow.ID) (out []workflow.Command, err error) {
	if err := d.Write(ctx, indexing(organization)); err != nil {
		return nil, fmt.Errorf("keys of organization %s: %w", organization, err)
	}
	// Of two organizations whose keys are made at once, whoever is later finds the other.
	err = d.look(ctx, func(t *Tx) error {
		o, err := t.organization(organization)
		if err != nil {
			return err
		}
		known, err := duplicates.list(t, "WHERE a_id = ? OR b_id = ?", int64(o.ID), int64(o.ID))
		if err != nil {
			return err
		}
		others, err := t.sharing(o.ID)
		for i := range known {
			others = append(others, known[i].A, known[i].B)
		}
		for _, other := range idsOf(others, func(id *workflow.ID) workflow.ID { return *id }) {
			if other == o.ID || err != nil {
				continue
			}
			var c workflow.Command
			if c, err = t.duplicateDue(&o, other, known); c.Action != workflow.NoAction {
				out = append(out, c)
			}
		}
		return err
	})
	return out, err
}

// sharing lists the organizations that share a key with one, itself not among them.
func (t *Tx) sharing(organization workflow.ID) ([]workflow.ID, error) {
	return t.ids(`SELECT DISTINCT theirs.organization_id FROM organization_keys mine
		JOIN organization_keys theirs ON theirs.kind = mine.kind AND theirs.key = mine.key AND theirs.organization_id <> mine.organization_id
		WHERE mine.organization_id = ? AND mine.kind <> ?`, int64(organization), keysMade.Kind)
}

// duplicateDue returns what follows from comparing two organizations, no action for
// nothing.
func (t *Tx) duplicateDue(o *workflow.Organization, other workflow.ID, known []workflow.Duplicate) (c workflow.Command, err error) {
	pair := workflow.Duplicate{A: min(o.ID, other), B: max(o.ID, other)}
	if at := slices.IndexFunc(known, func(d workflow.Duplicate) bool { return d.A == pair.A && d.B == pair.B }); at >= 0 {
		pair = known[at]
	}
	two, err := t.organization(other)
	if err != nil {
		return c, err
	}
	a, b := o, &two
	if pair.A == other {
		a, b = b, a
	}
	found, err := t.resemblance(a, b)
	if err != nil {
		return c, err
	}
	c = workflow.Command{Noun: workflow.NounDuplicate, ID: pair.ID, Action: pair.Due(found)}
	if c.Action == workflow.ActCreate {
		c.Inputs = []workflow.Input{{Name: "a", Int: int64(pair.A)}, {Name: "b", Int: int64(pair.B)}}
	}
	return c, nil
}
