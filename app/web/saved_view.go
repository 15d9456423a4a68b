package web

import (
	"net/http"
	"strings"

	"tranche/models"
	"tranche/workflow"
)

// savedViews answers GET /saved-views: those that the reader has, and the form that gives
// a view of the queue a name. Its query comes from the queue.
func (s *Server) savedViews(v *visit) error { return s.savedViewsPage(v, 0, nil) }

func (s *Server) savedViewsPage(v *visit, _ workflow.ID, again *attempt) error {
	if !v.staff() {
		return v.Redirect(http.StatusSeeOther, "/my-applications")
	}
	list, err := s.Reader.SavedViews(v.ctx(), v.viewer)
	if err != nil {
		return err
	}
	options, err := v.sharing()
	if err != nil {
		return err
	}
	view := RecordView{Shell: v.titled(v.T("saved_views.title"), Link{v.T("nav.queue"), "/applications"}, Link{Text: v.T("saved_views.title")}),
		Record: Record{Tag: Tag{"neutral", "star", v.N("saved_views.count", len(list))}, Lead: v.T("saved_views.lead")}}
	if mayMake(workflow.NounSavedView, v.viewer.Staff()) {
		view.Actions.make(v, workflow.NounSavedView, 0, again,
			offer{options: options, values: map[string]string{"query": v.QueryParam("query")}, note: v.T("saved_views.note"), open: true})
	}
	view.Notices = v.notices(again, view.Actions)
	for _, one := range []struct {
		title string
		mine  bool
	}{{"saved_views.mine", true}, {"saved_views.shared", false}} {
		group := AnswerGroup{Title: v.T(one.title)}
		for i := range list {
			if (list[i].Person == v.viewer.Person) == one.mine {
				group.Answers = append(group.Answers, Answer{Name: list[i].Name, Value: v.sharedWith(&list[i]), URL: pathOf(workflow.NounSavedView, list[i].ID)})
			}
		}
		if len(group.Answers) > 0 {
			view.Groups = append(view.Groups, group)
		}
	}
	return v.show(view, again)
}

// savedViewPage answers GET /saved-views/{id}.
func (s *Server) savedViewPage(v *visit, id workflow.ID, again *attempt) error {
	row, err := v.row(workflow.NounSavedView, id)
	if err != nil {
		return err
	}
	saved, err := record[workflow.SavedView](v, workflow.NounSavedView, id)
	if err != nil {
		return err
	}
	options, err := v.sharing()
	if err != nil {
		return err
	}
	values := map[string]string{"name": saved.Name, "query": saved.Query, "role": saved.Role.String()}
	if saved.Program != 0 {
		values["program"] = saved.Program.String()
	}
	acts, err := v.offered(row, again, offers{workflow.ActUpdate: {options: options, values: values}})
	if err != nil {
		return err
	}
	events, err := v.history(workflow.NounSavedView, id)
	if err != nil {
		return err
	}
	names, err := s.Reader.Names(v.ctx(), v.viewer, saved.Person)
	if err != nil {
		return err
	}
	view := RecordView{
		Shell: v.titled(saved.Name, Link{v.T("saved_views.title"), "/saved-views"}, Link{Text: saved.Name}),
		Record: Record{Tag: v.Mark("saved_view", saved.State.String()), Lead: v.T("saved_views.of", "name", v.personOr(names, saved.Person).Name), Actions: acts,
			Notices: v.notices(again, acts), Buttons: []Button{{Text: v.T("saved_views.open"), URL: "/applications?" + saved.Query, Main: true}}},
		Groups: []AnswerGroup{{Title: v.T("record.facts"), Answers: []Answer{
			{Name: v.FieldName("query"), Value: saved.Query}, {Name: v.T("saved_views.with"), Value: v.sharedWith(saved)}}}},
	}
	view.History = v.timeline(events, "")
	view.History.All = Link{}
	return v.show(view, again)
}

// sharing offers with whom a view may be shared: the programs in which the reader holds a
// role, and the roles of their staff.
func (v *visit) sharing() (map[string][]Option, error) {
	out := map[string][]Option{}
	for _, role := range workflow.RowOf(workflow.NounSavedView, workflow.ActCreate, workflow.None, 0).By.List() {
		out["role"] = append(out["role"], Option{Value: role.String(), Text: v.Role(role.String())})
	}
	names, err := v.programNames()
	if err != nil {
		return nil, err
	}
	seen := map[workflow.ID]bool{}
	for _, g := range v.viewer.Grants {
		if g.Program == 0 || g.For != 0 || seen[g.Program] {
			continue
		}
		seen[g.Program] = true
		out["program"] = append(out["program"], Option{Value: g.Program.String(), Text: names[g.Program]})
	}
	return out, nil
}

// sharedWith says who else has a saved view.
func (v *visit) sharedWith(saved *workflow.SavedView) string {
	switch {
	case saved.Program == 0:
		return v.T("saved_views.private")
	case saved.Role == workflow.NoRole:
		return v.T("saved_views.staff")
	}
	return v.Role(saved.Role.String())
}

// savedLinks are the reader's saved views at the head of the queue.
func (v *visit) savedLinks(q models.Queue) ([]Tab, error) {
	list, err := v.server.Reader.SavedViews(v.ctx(), v.viewer)
	q.After = models.Mark{}
	_, now, _ := strings.Cut(queueURL(q), "?")
	var out []Tab
	for i := range list {
		out = append(out, Tab{Text: list[i].Name, URL: "/applications?" + list[i].Query, Current: list[i].Query == now})
	}
	return out, err
}
