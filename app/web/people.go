package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"tranche/models"
	"tranche/workflow"
)

// people answers GET /people for who may see all of them; everybody else is led to
// their own page.
func (s *Server) people(v *visit) error {
	if !v.is(workflow.Admin) && !v.is(workflow.Auditor) {
		return v.Redirect(http.StatusSeeOther, pathOf(workflow.NounPerson, v.viewer.Person))
	}
	t := v.readTable(workflow.NounPerson, "/people")
	l, err := models.List[workflow.Person](v.ctx(), s.Reader, v.viewer, workflow.NounPerson, t.filter, t.search)
	if err != nil {
		return err
	}
	ids := idsOf(l.Rows, func(p *workflow.Person) workflow.ID { return p.ID })
	last, err := s.Reader.LastSignIns(v.ctx(), v.viewer, ids...)
	if err != nil {
		return err
	}
	view := PeopleView{Shell: v.titled(v.T("people.title")), List: v.list(t, "people", len(l.Rows), l.Count, 0, l.ByState, l.Next)}
	if v.is(workflow.Admin) {
		view.Buttons = []Button{{Text: v.T("people.invite"), URL: "/people/new", Main: true}}
	}
	for _, p := range l.Rows {
		row := PersonRow{Person: PersonNamed(p.Name, ""), URL: pathOf(workflow.NounPerson, p.ID), Email: p.Email, Last: v.Moment(last[p.ID]), Tag: v.Mark("person", p.State.String())}
		grants, err := v.grantsOf(p.ID)
		if err != nil {
			return err
		}
		for _, g := range grants {
			if role := v.Role(g.Role.String()); !slices.Contains(row.Roles, role) {
				row.Roles = append(row.Roles, role)
			}
		}
		view.Rows = append(view.Rows, row)
	}
	return v.show(view, nil)
}

func (v *visit) grantsOf(person workflow.ID) ([]workflow.Grant, error) {
	return records[workflow.Grant](v, workflow.NounGrant, heldBy(person))
}

// heldBy selects the roles that somebody has.
func heldBy(person workflow.ID) models.Filter {
	return models.Filter{Where: map[string]workflow.ID{"person_id": person}, States: []workflow.State{workflow.Active}, Limit: models.MaxLimit}
}

// newPerson answers GET /people/new.
func (s *Server) newPerson(v *visit) error { return s.personMaker(v, 0, nil) }

// personMaker shows the form that invites somebody, to an administrator.
func (s *Server) personMaker(v *visit, _ workflow.ID, again *attempt) error {
	if !v.is(workflow.Admin) {
		return models.ErrNotFound
	}
	view := RecordView{Shell: v.titled(v.T("people.invite"), Link{v.T("nav.people"), "/people"}, Link{Text: v.T("people.invite")}),
		Record: Record{Tag: Tag{"neutral", "edit", v.State("person", "draft")}}}
	view.Actions.Title = v.T("people.invite")
	view.Actions.make(v, workflow.NounPerson, 0, again, offer{open: true, values: map[string]string{"language": v.Language.Tag}, note: v.T("people.invite_note")})
	view.Actions.Offer[0].Label, view.Actions.Offer[0].Submit = v.T("people.who"), v.T("people.invite")
	view.Notices = v.notices(again, view.Actions)
	return v.show(view, again)
}

// personPage answers GET /people/{id}: who somebody is, what they may do, and for
// an administrator the forms that change it.
func (s *Server) personPage(v *visit, id workflow.ID, again *attempt) error {
	row, err := v.row(workflow.NounPerson, id)
	if err != nil {
		return err
	}
	p, err := record[workflow.Person](v, workflow.NounPerson, id)
	if err != nil {
		return err
	}
	acts, err := v.offered(row, again, nil)
	if err != nil {
		return err
	}
	grants, err := v.grantsOf(id)
	if err != nil {
		return err
	}
	if v.is(workflow.Admin) && p.State == workflow.Active {
		if err := v.grantForms(&acts, id, again); err != nil {
			return err
		}
	}
	interests, err := v.interestsOf(&acts, id, again)
	if err != nil {
		return err
	}
	view := RecordView{Shell: v.titled(p.Name), Record: Record{Tag: v.Mark("person", p.State.String()), Lead: p.Email, Actions: acts}}
	if v.is(workflow.Admin) || v.is(workflow.Auditor) {
		view.Crumbs = []Link{{v.T("nav.people"), "/people"}, {Text: p.Name}}
	}
	roles := AnswerGroup{Title: v.T("people.roles")}
	for _, g := range grants {
		where, err := v.where(&g)
		if err != nil {
			return err
		}
		roles.Answers = append(roles.Answers, Answer{Name: v.Role(g.Role.String()), Value: where.Text, URL: where.URL})
	}
	view.Groups = append([]AnswerGroup{roles}, interests...)
	if err := v.deputies(&view, id, again); err != nil {
		return err
	}
	if err := v.tokens(&view, id, again); err != nil {
		return err
	}
	view.Notices = v.notices(again, view.Actions)
	events, err := v.history(workflow.NounPerson, id)
	view.History = Timeline{Events: events[:min(len(events), recent)]}
	if err != nil {
		return err
	}
	return v.show(view, again)
}

// where names what a role belongs to.
func (v *visit) where(g *workflow.Grant) (Link, error) {
	switch {
	case g.Program != 0:
		return v.subject(workflow.NounProgram, g.Program)
	case g.Organization != 0:
		return v.subject(workflow.NounOrganization, g.Organization)
	}
	return Link{Text: v.T("people.everywhere")}, nil
}

// grantForms adds the form that gives a role, and one for each role that takes it
// away.
func (v *visit) grantForms(a *Actions, person workflow.ID, again *attempt) error {
	programs, err := records[workflow.Program](v, workflow.NounProgram, models.Filter{Limit: models.MaxLimit})
	if err != nil {
		return err
	}
	organizations, err := records[workflow.Organization](v, workflow.NounOrganization, models.Filter{Limit: models.MaxLimit})
	if err != nil {
		return err
	}
	o := offer{options: map[string][]Option{}, note: v.T("people.grant_note")}
	for _, p := range programs {
		o.options["program"] = append(o.options["program"], Option{Value: p.ID.String(), Text: p.Name})
	}
	for _, org := range organizations {
		o.options["organization"] = append(o.options["organization"], Option{Value: org.ID.String(), Text: org.LegalName})
	}
	a.make(v, workflow.NounGrant, 0, again, o)
	last := &a.Offer[len(a.Offer)-1]
	last.about(Hidden{"person", person.String()})
	last.Label, last.Submit = v.T("people.grant"), v.T("people.grant")
	rows, _, err := v.server.Reader.Rows(v.ctx(), v.viewer, workflow.NounGrant, heldBy(person))
	if err != nil {
		return err
	}
	acts, err := v.revocable(rows, again)
	for i := range acts {
		a.Offer = append(a.Offer, acts[i].Offer...)
	}
	return err
}

// revocable are the forms that take roles away, each with the role as its label. What a
// reviewer is an expert in has a page of its own.
func (v *visit) revocable(rows []models.Row, again *attempt) ([]Actions, error) {
	acts, err := v.inRows(rows, again, offers{workflow.ActUpdate: {hide: true}})
	for i, row := range rows {
		for j := range acts[i].Offer {
			acts[i].Offer[j].Label = v.T("people.revoke", "role", v.roleIn(row))
		}
	}
	return acts, err
}

// roleIn returns the role of a grant in words.
func (v *visit) roleIn(grant models.Row) string {
	role, _ := cellIn(grant, "role").(*workflow.Role)
	return v.Role(role.String())
}

// tokens adds to a person's page the API tokens that stand for them, with the forms that
// take them back.
func (v *visit) tokens(view *RecordView, person workflow.ID, again *attempt) error {
	rows, _, err := v.server.Reader.Rows(v.ctx(), v.viewer, workflow.NounToken, heldBy(person))
	if err != nil || len(rows) == 0 {
		return err
	}
	acts, err := v.inRows(rows, again, nil)
	group := AnswerGroup{Title: v.T("people.tokens")}
	for i, row := range rows {
		var may []string
		for scope := range strings.SplitSeq(textIn(row, "scopes"), ",") {
			may = append(may, v.ChoiceName("scopes", scope))
		}
		ends, _ := cellIn(row, "ends").(*time.Time)
		group.Answers = append(group.Answers, Answer{Name: textIn(row, "name"),
			Value: v.T("people.token", "scopes", strings.Join(may, v.T("format.comma")), "moment", v.Moment(*ends).Text)})
		for _, x := range acts[i].Offer {
			x.Label = v.T("people.token_revoke", "name", textIn(row, "name"))
			view.Actions.Offer = append(view.Actions.Offer, x)
		}
		view.Actions.Barred = append(view.Actions.Barred, acts[i].Barred...)
	}
	view.Groups = append(view.Groups, group)
	return err
}

// granted shows the page of the person who was to get a role, with the form that
// came back.
func (s *Server) granted(v *visit, _ workflow.ID, again *attempt) error {
	id, ok := workflow.ParseID(again.values.Get("person"))
	if !ok {
		return models.ErrNotFound
	}
	return s.personPage(v, id, again)
}
