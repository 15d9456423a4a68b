package models

import (
	"context"
	"strings"
	"time"

	"tranche/workflow"
)

// savedViews are the rows of workflow.SavedView.
var savedViews = newTable(workflow.NounSavedView, "saved_views",
	func(r *workflow.SavedView) *workflow.Record { return &r.Record },
	func(r *workflow.SavedView) []column {
		return []column{{"person_id", &r.Person}, {"name", &r.Name}, {"query", &r.Query}, {"program_id", &r.Program}, {"role", &r.Role}}
	})

func savedViewFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.SavedViewFacts)
	err := steps(
		func() error { return existing(t, savedViews, c, &f.SavedView) },
		func() (err error) {
			f.Held, err = t.roleList("SELECT DISTINCT role FROM grants WHERE person_id = ? AND program_id = ? AND state = 'active' ORDER BY role",
				int64(c.Actor.Person), int64(c.Ref(workflow.Field{Name: "program"})))
			return
		},
	)
	if err != nil {
		return nil, err
	}
	person := f.Person
	if f.SavedView.ID == 0 {
		person = c.Actor.Person
	}
	return mount(savedViews, f, &f.SavedView, Scope{Person: person}), nil
}

// viewSight lets v see their own saved views, and those that are shared with a role that
// they hold.
func (v *Viewer) viewSight() (string, []any) {
	ways, args := []string{"saved_views.person_id = ?"}, []any{int64(v.Person)}
	for _, g := range v.Grants {
		if g.Organization == 0 && g.Program != 0 {
			ways = append(ways, "saved_views.state = 'active' AND saved_views.program_id = ? AND saved_views.role IN ('', ?)")
			args = append(args, int64(g.Program), g.Role.String())
		}
	}
	return strings.Join(ways, " OR "), args
}

// SavedViews lists the saved views that v has, their own and the shared ones, by name.
func (r Reader) SavedViews(ctx context.Context, v *Viewer) (out []workflow.SavedView, err error) {
	sight, args := v.viewSight()
	err = r.look(ctx, func(tx *Tx) (err error) {
		out, err = savedViews.list(tx, "WHERE state = 'active' AND ("+sight+") ORDER BY name, id LIMIT ?", append(args, MaxLimit)...)
		return err
	})
	return out, err
}
