package web

import (
	"slices"
	"time"

	"tranche/models"
	"tranche/workflow"
)

// deputies adds to a person's page who stands in for them, and for whom they do, and on
// the reader's own page the form that names a deputy.
func (v *visit) deputies(view *RecordView, person workflow.ID, again *attempt) error {
	for _, side := range []struct{ column, other, title string }{
		{"person_id", "deputy_id", "people.deputies"}, {"deputy_id", "person_id", "people.deputy_of"},
	} {
		rows, _, err := v.server.Reader.Rows(v.ctx(), v.viewer, workflow.NounDelegation,
			models.Filter{Where: map[string]workflow.ID{side.column: person}, States: []workflow.State{workflow.Active}, Limit: models.MaxLimit})
		if err != nil {
			return err
		}
		names, err := v.server.Reader.Names(v.ctx(), v.viewer, idsOf(rows, func(r *models.Row) workflow.ID { return idIn(*r, side.other) })...)
		if err != nil {
			return err
		}
		group := AnswerGroup{Title: v.T(side.title)}
		for _, row := range rows {
			group.Answers = append(group.Answers, Answer{Name: names[idIn(row, side.other)], URL: pathOf(workflow.NounDelegation, row.Record.ID),
				Value: v.T("people.deputed", "role", v.roleIn(row), "period", v.during(row))})
		}
		if len(rows) > 0 {
			view.Groups = append(view.Groups, group)
		}
	}
	if person != v.viewer.Person {
		return nil
	}
	return v.deputyForm(view, again)
}

// during writes the period of a delegation.
func (v *visit) during(delegation models.Row) string {
	starts, _ := cellIn(delegation, "starts").(*time.Time)
	ends, _ := cellIn(delegation, "ends").(*time.Time)
	return v.T("format.span", "start", v.Moment(*starts).Text, "end", v.Moment(*ends).Text)
}

// deputyForm adds the form by which the reader names a deputy, where they hold a role that
// they may give.
func (v *visit) deputyForm(view *RecordView, again *attempt) error {
	o := offer{options: map[string][]Option{}, note: v.T("people.deputy_note"), labels: map[string]string{"until": v.T("people.deputy_until")},
		values: map[string]string{"until": v.server.Now().AddDate(0, 0, 14).Truncate(time.Hour).Format(time.RFC3339)}}
	var mine []workflow.ID
	for _, g := range v.viewer.Grants {
		if g.For != 0 || g.Program == 0 || !mayMake(workflow.NounDelegation, workflow.RolesOf(g.Role)) {
			continue
		}
		o.options["role"] = append(o.options["role"], Option{Value: g.Role.String(), Text: v.Role(g.Role.String())})
		if !slices.Contains(mine, g.Program) {
			mine = append(mine, g.Program)
		}
	}
	if len(mine) == 0 {
		return nil
	}
	for _, id := range mine {
		program, err := v.subject(workflow.NounProgram, id)
		if err != nil {
			return err
		}
		o.options["program"] = append(o.options["program"], Option{Value: id.String(), Text: program.Text})
	}
	able, err := v.server.Reader.Deputies(v.ctx(), v.viewer, mine...)
	if err != nil {
		return err
	}
	o.options["deputy"] = somebodies(able)
	view.Actions.make(v, workflow.NounDelegation, 0, again, o)
	last := &view.Actions.Offer[len(view.Actions.Offer)-1]
	last.Label, last.Submit = v.T("people.deputy_name"), v.T("people.deputy_name")
	if len(mine) == 1 {
		last.about(Hidden{"program", mine[0].String()})
	}
	return nil
}

// delegating shows the reader's own page, with the form that came back.
func (s *Server) delegating(v *visit, _ workflow.ID, again *attempt) error {
	return s.personPage(v, v.viewer.Person, again)
}
