package web

import (
	"cmp"
	"errors"
	"net/url"
	"strconv"

	"tranche/models"
	"tranche/workflow"
)

// desk answers GET /desk: what waits for the reader's duties, what has waited longest
// first.
func (s *Server) desk(v *visit) error {
	if !v.viewer.Errands() {
		return models.ErrNotFound
	}
	only, _ := workflow.ParseErrand(v.QueryParam("errand"))
	after, _ := readMark(v.QueryParam("after")) // no place: the first page
	d, err := s.Reader.Desk(v.ctx(), v.viewer, s.Now(), only, after, models.MaxLimit/4)
	if err != nil {
		return err
	}
	view := DeskView{Shell: v.titled(v.T("desk.title")), List: List{Lead: v.T("desk.lead"),
		Empty: Empty{Icon: "check_circle", Title: v.T("desk.none"), Text: v.T("desk.none_text")}}}
	view.Tabs = v.errandTabs(d.Count, only)
	if after == (models.Mark{}) {
		stuck, err := s.Reader.Stuck(v.ctx(), v.viewer, s.Now())
		if err != nil {
			return err
		}
		for _, one := range stuck {
			view.Notices = append(view.Notices, Notice{Tone: "warning", Head: one.Number, Text: v.T("case.nobody")})
		}
	}
	total := 0
	for e, n := range d.Count {
		if only == (workflow.Errand{}) || e == only {
			total += n
		}
	}
	if view.Rows, err = v.deskRows(d.Tasks); err != nil {
		return err
	}
	if total > 0 {
		view.Count = v.N("desk.count", total)
		view.Pager.Shown = v.T("desk.shown", "n", len(view.Rows), "of", total)
	}
	if after != (models.Mark{}) {
		view.Pager.FirstURL = deskPage(only, models.Mark{})
	}
	if d.Next != (models.Mark{}) {
		view.Pager.NextURL = deskPage(only, d.Next)
	}
	return v.show(view, nil)
}

// deskPage returns the address of a page of the desk: of one errand, or of all.
func deskPage(only workflow.Errand, after models.Mark) string {
	values := url.Values{}
	if only != (workflow.Errand{}) {
		values.Set("errand", only.String())
	}
	if after != (models.Mark{}) {
		values.Set("after", after.String())
	}
	if len(values) == 0 {
		return "/desk"
	}
	return "/desk?" + values.Encode()
}

// errandTabs leads to the errands under which something waits, and to all of them.
func (v *visit) errandTabs(counts map[workflow.Errand]int, only workflow.Errand) []Tab {
	total := 0
	for _, n := range counts {
		total += n
	}
	out := []Tab{{Text: v.T("desk.all"), URL: deskPage(workflow.Errand{}, models.Mark{}), Count: strconv.Itoa(total), Current: only == workflow.Errand{}}}
	for _, e := range workflow.Errands {
		if n := counts[e]; n > 0 || e == only {
			out = append(out, Tab{Text: v.errand(e), URL: deskPage(e, models.Mark{}), Count: strconv.Itoa(n), Current: e == only})
		}
	}
	return out
}

// errand says what is to be done, such as "Claim: verify".
func (v *visit) errand(e workflow.Errand) string {
	switch {
	case e.Late:
		return v.T("desk.late", "noun", v.Noun(e.Noun.String()), "state", v.State(e.Noun.String(), e.State.String()))
	case e.Noun == workflow.NounAward && e.Action == workflow.ActAcknowledge: // or suspend, or terminate
		return v.T("desk.errand", "noun", v.Noun(e.Noun.String()), "action", v.T("desk.over_cap"))
	case e.Action == workflow.ActDismiss: // or the opposite
		return v.T("desk.errand", "noun", v.Noun(e.Noun.String()), "action", v.T("desk.decide"))
	}
	return v.T("desk.errand", "noun", v.Noun(e.Noun.String()), "action", v.Action(e.Noun.String(), e.Action.String()))
}

func (v *visit) deskRows(tasks []models.Task) ([]DeskRow, error) {
	cases, err := v.casesOf(tasks)
	if err != nil {
		return nil, err
	}
	company := func(t *models.Task) workflow.ID { return companyOf(t, cases) }
	names, err := v.server.Reader.OrganizationNames(v.ctx(), v.viewer, idsOf(tasks, company)...)
	if err != nil {
		return nil, err
	}
	people, err := v.server.Reader.Names(v.ctx(), v.viewer, idsOf(tasks, func(t *models.Task) workflow.ID { return t.OnBehalf })...)
	if err != nil {
		return nil, err
	}
	var out []DeskRow
	for i := range tasks {
		t := &tasks[i]
		row := DeskRow{Task: v.errand(t.Errand), URL: deskURL(t), Company: names[company(t)],
			About: cmp.Or(textIn(t.Row, "number"), textIn(t.Row, "name")), Tag: v.Mark(t.Errand.Noun.String(), t.Record.State.String()), Since: v.Moment(t.Since)}
		if row.About == "" {
			row.About = textIn(cases[idIn(t.Row, "application_id")], "number")
		}
		if t.Due > 0 {
			row.Due = v.DueDay(v.server.Now(), t.Due)
		}
		if kind := textIn(t.Row, "kind"); t.Errand.Noun == workflow.NounClearance {
			row.Task = v.T("desk.errand", "noun", v.ChoiceName("kind", kind), "action", v.Action(t.Errand.Noun.String(), t.Action.String()))
		}
		if t.OnBehalf != 0 {
			row.For = v.T("desk.for", "person", people[t.OnBehalf])
		}
		var no *workflow.Refusal
		switch {
		case !errors.As(t.Answer, &no) || no.Field != "" || no.Reason == reasonFresh || no.Made:
			// What the form asks for.
		case no.Kind == workflow.NotYours:
			row.Barred = v.Refusal(no)
		default:
			row.Note = v.Refusal(no)
		}
		out = append(out, row)
	}
	return out, nil
}

// casesOf returns the applications that the tasks about parts of one belong to.
func (v *visit) casesOf(tasks []models.Task) (map[workflow.ID]models.Row, error) {
	out := map[workflow.ID]models.Row{}
	for i := range tasks {
		id := idIn(tasks[i].Row, "application_id")
		if _, known := out[id]; known || id == 0 || textIn(tasks[i].Row, "number") != "" {
			continue
		}
		row, err := v.server.Reader.Row(v.ctx(), v.viewer, workflow.NounApplication, id)
		if err != nil && !errors.Is(err, models.ErrNotFound) {
			return nil, err
		}
		out[id] = row
	}
	return out, nil
}

// companyOf returns the organization that a task is about, zero where it names none.
func companyOf(t *models.Task, cases map[workflow.ID]models.Row) workflow.ID {
	return cmp.Or(idIn(t.Row, "organization_id"), idIn(t.Row, "owner_id"), idIn(cases[idIn(t.Row, "application_id")], "organization_id"))
}

// deskURL is where the task can be done.
func deskURL(t *models.Task) string {
	if home, elsewhere := homes[t.Errand.Noun]; elsewhere {
		return pathOf(home.noun, idIn(t.Row, home.column))
	}
	return pathOf(t.Errand.Noun, t.Record.ID)
}
