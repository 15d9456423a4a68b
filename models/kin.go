package models

import (
	"context"
	"database/sql"
	"slices"

	"tranche/workflow"
)

// A Kinship is an affiliation with what v may know of both ends.
type Kinship struct {
	workflow.Affiliation
	OwnerName, OwnedName string
	OwnerUEI, OwnedUEI   string
	OwnerSeen, OwnedSeen bool // v may look at it
}

// mostKin is how many affiliations one page follows.
const mostKin = 500

// Kin lists the affiliations that lead, over however many steps, from an
// organization to others, in the order that they were told of; ErrNotFound when v
// may not know of the organization. Denied ones are not among them. Who is not of
// the staff follows them no further than one step from an organization of theirs.
func (r Reader) Kin(ctx context.Context, v *Viewer, organization workflow.ID) ([]Kinship, error) {
	row, err := r.Row(ctx, v, workflow.NounOrganization, organization)
	if err != nil {
		return nil, err
	}
	step, ends, args := "", "", []any{int64(organization)}
	if outside(row.Roles) && !v.System {
		orgs := v.organizations()
		in := " IN (" + marks(len(orgs)) + ")"
		step, ends = " AND kin.id"+in, " AND (affiliations.owner_id"+in+" OR affiliations.owned_id"+in+")"
		args = slices.Concat(args, orgs, orgs, orgs)
	}
	query := `WITH RECURSIVE kin (id) AS (SELECT CAST(? AS BIGINT) UNION
			SELECT CASE WHEN a.owner_id = kin.id THEN a.owned_id ELSE a.owner_id END FROM kin
			JOIN affiliations a ON (a.owner_id = kin.id OR a.owned_id = kin.id) AND a.state <> 'denied'` + step + `)
		` + affiliations.sel[:len(affiliations.sel)-len("FROM affiliations ")] + `, o.legal_name, p.legal_name, o.uei, p.uei
		FROM affiliations JOIN organizations o ON o.id = affiliations.owner_id JOIN organizations p ON p.id = affiliations.owned_id
		WHERE affiliations.state <> 'denied' AND affiliations.owner_id IN (SELECT id FROM kin) AND affiliations.owned_id IN (SELECT id FROM kin)` + ends + `
		ORDER BY affiliations.id LIMIT ?`
	var out []Kinship
	var ids []workflow.ID
	err = r.look(ctx, func(tx *Tx) error {
		return tx.ask(query, append(args, mostKin), func(rows *sql.Rows) error {
			var k Kinship
			err := rows.Scan(append(scanners(affiliations.columns(&k.Affiliation)), &k.OwnerName, &k.OwnedName, &k.OwnerUEI, &k.OwnedUEI)...)
			out, ids = append(out, k), append(ids, k.Owner, k.Owned)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	seen, err := r.OrganizationNames(ctx, v, ids...)
	for i := range out {
		_, out[i].OwnerSeen = seen[out[i].Owner]
		_, out[i].OwnedSeen = seen[out[i].Owned]
	}
	return out, err
}

// Named returns the legal name of an organization that a record of another one
// names, and whether v may look at it. Whoever may know of the first learns the
// name of the other, and no more.
func (r Reader) Named(ctx context.Context, v *Viewer, of, organization workflow.ID) (name string, seen bool, err error) {
	if _, err := r.Row(ctx, v, workflow.NounOrganization, of); err != nil {
		return "", false, err
	}
	names := map[workflow.ID]string{}
	err = r.look(ctx, func(tx *Tx) error {
		return tx.named(names, "SELECT id, legal_name FROM organizations WHERE id = ?", []any{int64(organization)})
	})
	if err != nil {
		return "", false, err
	}
	visible, err := r.OrganizationNames(ctx, v, organization)
	_, seen = visible[organization]
	return names[organization], seen, err
}
