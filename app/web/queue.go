package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tranche/models"
	"tranche/workflow"
)

// A queueAddress is the address of the queue, read. Everything that narrows or
// orders the list stands in it, so that every view is a link.
type queueAddress struct {
	models.Queue
	left []string // what was left out because nobody knows it
}

// unowned stands in an address for the cases that nobody owns.
const unowned = "none"

// queueTabs are the tabs of the queue and their words.
var queueTabs = []struct {
	view  models.View
	words string
}{
	{models.ViewMine, "queue.mine"}, {models.ViewScreening, "application.stage_screening"}, {models.ViewReview, "application.stage_review"},
	{models.ViewClearance, "queue.clearance"}, {models.ViewDecision, "queue.decision"}, {models.ViewWaiting, "queue.waiting"}, {models.ViewLate, "queue.late"}, {models.ViewAll, "queue.all"}, {models.ViewDrafts, "queue.drafts"},
}

// tabs are the views that this reader has: their own duties, the stages, and for
// who may extend a deadline the drafts.
func (v *visit) queueTabs() []models.View {
	var out []models.View
	for _, t := range queueTabs {
		switch {
		case t.view == models.ViewMine && !v.viewer.HasDuties():
		case t.view == models.ViewDrafts && !v.is(workflow.ProgramLead):
		case t.view != models.ViewMine && t.view != models.ViewAll && !v.viewer.MayRank():
		default:
			out = append(out, t.view)
		}
	}
	return out
}

// readQueue reads the address of the queue. A value that nobody knows is left out
// and named.
func (v *visit) readQueue() queueAddress {
	a := queueAddress{Queue: models.Queue{View: v.queueTabs()[0], Sort: models.SortSubmitted, Today: workflow.DateOf(v.server.Now())}}
	for name, values := range v.QueryParams() {
		value, ok := values[0], true
		switch name {
		case "lang", doneName:
		case "q":
			a.Search = legible(value)
		case "view":
			if ok = slices.Contains(v.queueTabs(), models.View(value)); ok {
				a.View = models.View(value)
			}
		case "state":
			var unknown []string
			a.States, unknown = states(workflow.NounApplication, values)
			for _, s := range unknown {
				a.left = append(a.left, name+"="+s)
			}
		case "flag":
			for _, code := range values {
				if v.viewer.MayRank() && slices.Contains(workflow.FlagCodes, code) {
					a.Flags = append(a.Flags, code)
				} else if code != "" {
					a.left = append(a.left, "flag="+code)
				}
			}
		case "officer":
			if id, is := workflow.ParseID(value); v.viewer.MayRank() && (is || value == unowned) {
				a.Officer, a.Unowned = id, value == unowned
			} else {
				ok = false
			}
		case "sort":
			if ok = slices.Contains(v.sorts(), models.Sort(value)); ok {
				a.Sort = models.Sort(value)
			}
		case "dir":
			ok = value == "desc" || value == "asc"
			a.Descending = value == "desc"
		case "after":
			a.After, ok = readMark(value)
		default:
			ok = false
		}
		if !ok && value != "" {
			a.left = append(a.left, name+"="+value)
		}
	}
	slices.Sort(a.left)
	return a
}

// sorts are the orders that this reader may ask for.
func (v *visit) sorts() []models.Sort {
	if v.viewer.MayRank() {
		return []models.Sort{models.SortSubmitted, models.SortRequested, models.SortScore, models.SortDue}
	}
	return []models.Sort{models.SortSubmitted, models.SortRequested}
}

// readMark reads a place in an order, as Mark.String writes it.
func readMark(s string) (models.Mark, bool) {
	m, err := models.ParseMark(s)
	return m, err == nil
}

// url returns the address of the queue that q describes; its first page unless q
// has a mark.
func queueURL(q models.Queue) string {
	values := url.Values{"view": {string(q.View)}}
	for _, s := range q.States {
		values.Add("state", s.String())
	}
	for _, code := range q.Flags {
		values.Add("flag", code)
	}
	if q.Search != "" {
		values.Set("q", q.Search)
	}
	if q.Unowned {
		values.Set("officer", unowned)
	} else if q.Officer != 0 {
		values.Set("officer", q.Officer.String())
	}
	if q.Sort != models.SortSubmitted {
		values.Set("sort", string(q.Sort))
	}
	if q.Descending {
		values.Set("dir", "desc")
	}
	if q.After != (models.Mark{}) {
		values.Set("after", q.After.String())
	}
	return "/applications?" + values.Encode()
}

// queue answers GET /applications.
func (s *Server) queue(v *visit) error {
	if !v.staff() {
		return v.Redirect(http.StatusSeeOther, "/my-applications")
	}
	a := v.readQueue()
	p, err := s.Reader.Queue(v.ctx(), v.viewer, a.Queue)
	if err != nil {
		return err
	}
	people, err := s.Reader.Officers(v.ctx(), v.viewer)
	if err != nil {
		return err
	}
	saved, err := v.savedLinks(a.Queue)
	if err != nil {
		return err
	}
	view := QueueView{Saved: saved, Shell: v.titled(v.T("queue.title")), List: v.queueList(a, p, people), Columns: v.queueColumns(a.Queue)}
	for i := range p.Rows {
		view.Rows = append(view.Rows, v.queueRow(&p.Rows[i]))
	}
	for _, a := range v.bulkOffered() {
		view.Bulk = append(view.Bulk, Option{Value: a.action.String(), Text: v.Action(a.noun.String(), a.action.String())})
	}
	return v.show(view, nil)
}

func (v *visit) queueList(a queueAddress, p models.QueuePage, people []models.Somebody) List {
	l := List{
		Lead: v.T("queue.lead"), Tabs: v.queueLinks(a.Queue, p), Filters: v.queueFilters(a.Queue, people), Notices: v.leftOut(a.left),
		Count: v.N("queue.count", p.Count, "sum", p.Requested.Dollars()), Pager: Pager{Shown: v.N("list.shown", len(p.Rows))},
		Empty: Empty{Icon: "check_circle", Title: v.T("list.all_done"), Text: v.T("list.all_done_text")},
	}
	if v.viewer.HasDuties() && p.Views[models.ViewMine] > 0 {
		l.Buttons = []Button{{Text: v.T("queue.next"), URL: "/applications/next", Main: true}}
	}
	if v.is(workflow.ProgramLead) {
		l.Buttons = append(l.Buttons, Button{Text: v.T("workload.title"), URL: "/workload", Icon: "groups"})
	}
	if v.is(workflow.ProgramLead) || v.is(workflow.ProgramOfficer) {
		l.Buttons = append(l.Buttons, Button{Text: v.T("pool.title"), URL: "/reviewers", Icon: "people"})
	}
	first := a.Queue
	first.After = models.Mark{}
	_, query, _ := strings.Cut(queueURL(first), "?")
	l.Buttons = append(append(l.Buttons, v.downloads(a.Queue)...), Button{Text: v.T("saved_views.save"), URL: "/saved-views?" + url.Values{"query": {query}}.Encode(), Icon: "star"})
	if len(l.Filters.Chips) > 0 {
		l.Empty = Empty{"search", v.T("queue.none"), v.T("list.none_match_text"), Link{v.T("list.clear_filters"), l.Filters.Clear}}
	}
	if a.After != first.After {
		l.Pager.FirstURL = queueURL(first)
	}
	if p.Next != first.After {
		first.After = p.Next
		l.Pager.NextURL = queueURL(first)
	}
	return l
}

// queueLinks are the tabs. Each shows all of its view, as its count says.
func (v *visit) queueLinks(q models.Queue, p models.QueuePage) []Tab {
	var out []Tab
	mine := v.queueTabs()
	for _, t := range queueTabs {
		if slices.Contains(mine, t.view) {
			out = append(out, Tab{Text: v.T(t.words), URL: queueURL(models.Queue{View: t.view, Sort: q.Sort, Descending: q.Descending}),
				Current: t.view == q.View, Count: strconv.Itoa(p.Views[t.view])})
		}
	}
	return out
}

func (v *visit) queueFilters(q models.Queue, people []models.Somebody) *Filters {
	q.After = models.Mark{}
	none := q
	none.States, none.Flags, none.Search, none.Officer, none.Unowned = nil, nil, "", 0, false
	f := &Filters{URL: "/applications", Search: q.Search, Clear: queueURL(none), Keep: []Hidden{{"view", string(q.View)}}}
	if q.Sort != models.SortSubmitted {
		f.Keep = append(f.Keep, Hidden{"sort", string(q.Sort)})
	}
	if q.Descending {
		f.Keep = append(f.Keep, Hidden{"dir", "desc"})
	}
	state := Field{Name: "state", Label: v.T("list.state"), Hint: v.T("list.all_states")}
	for _, s := range workflow.StatesOf(workflow.NounApplication) {
		state.Options = append(state.Options, Option{Value: s.String(), Text: v.State("application", s.String()), Chosen: slices.Contains(q.States, s)})
	}
	f.Fields = []Field{state}
	if v.viewer.MayRank() {
		f.Fields = append(f.Fields, v.flagFilter(q))
		officers, name := v.officerFilter(q, people)
		f.Fields = append(f.Fields, officers)
		if name != "" {
			less := q
			less.Officer, less.Unowned = 0, false
			f.Chips = append(f.Chips, Link{name, queueURL(less)})
		}
	}
	if q.Search != "" {
		less := q
		less.Search = ""
		f.Chips = append(f.Chips, Link{"“" + q.Search + "”", queueURL(less)})
	}
	for _, s := range q.States {
		less := q
		less.States = slices.DeleteFunc(slices.Clone(q.States), func(other workflow.State) bool { return other == s })
		f.Chips = append(f.Chips, Link{v.State("application", s.String()), queueURL(less)})
	}
	for _, code := range q.Flags {
		less := q
		less.Flags = slices.DeleteFunc(slices.Clone(q.Flags), func(other string) bool { return other == code })
		f.Chips = append(f.Chips, Link{v.T("flag." + code), queueURL(less)})
	}
	return f
}

// officerFilter offers whose cases may be looked at, and names whose are.
func (v *visit) officerFilter(q models.Queue, people []models.Somebody) (Field, string) {
	out := Field{Name: "officer", Label: v.Role("program_officer"), Hint: v.T("queue.any")}
	out.Options = append([]Option{{Value: unowned, Text: v.T("queue.nobody")}}, somebodies(people)...)
	chosen := ""
	for i := range out.Options {
		o := &out.Options[i]
		if o.Chosen = o.Value == unowned && q.Unowned || o.Value == q.Officer.String() && q.Officer != 0; o.Chosen {
			chosen = o.Text
		}
	}
	if chosen == "" && q.Officer != 0 {
		chosen = q.Officer.String() // who is no officer any more
	}
	return out, chosen
}

// flagFilter offers what a case may be flagged for.
func (v *visit) flagFilter(q models.Queue) Field {
	out := Field{Name: "flag", Label: v.T("list.flag"), Hint: v.T("list.all_flags")}
	for _, code := range workflow.FlagCodes {
		out.Options = append(out.Options, Option{Value: code, Text: v.T("flag." + code), Chosen: slices.Contains(q.Flags, code)})
	}
	return out
}

// queueColumns are the heads of the columns. A click on the one in force turns
// the order round.
func (v *visit) queueColumns(q models.Queue) []Column {
	sorted := func(text string, by models.Sort, class string) Column {
		c := Column{Text: text, Class: class}
		if !slices.Contains(v.sorts(), by) {
			return c
		}
		turned := q
		turned.After, turned.Sort, turned.Descending = models.Mark{}, by, by != models.SortSubmitted && by != models.SortDue
		if q.Sort == by {
			turned.Descending = !q.Descending
			c.Order = "ascending"
			if q.Descending {
				c.Order = "descending"
			}
		}
		c.URL = queueURL(turned)
		return c
	}
	return []Column{
		{Text: v.T("queue.project")}, {Text: v.T("list.state")}, sorted(v.T("application.submitted"), models.SortSubmitted, "low"),
		sorted(v.T("application.requested"), models.SortRequested, "r"), sorted(v.T("scores.score"), models.SortScore, "r"),
		sorted(v.T("list.due"), models.SortDue, ""), {Text: v.T("scores.reviews"), Class: "low"}, {Text: v.T("role.program_officer"), Class: "low"},
	}
}

func (v *visit) queueRow(c *models.QueuedCase) QueueRow {
	a := &c.Application
	row := QueueRow{
		ID: a.ID, Title: titleOf(a), URL: pathOf(workflow.NounApplication, a.ID), Number: a.Number, Organization: v.applicant(c.Organization),
		Tag: v.Mark("application", a.State.String()), Place: placeName(c.City, c.Region), Submitted: v.Day(a.SubmittedAt),
		Requested: a.Requested, Reviews: v.T("scores.of", "have", c.ReviewsIn, "need", c.ReviewsNeed),
	}
	row.Due = Due{Tone: "none", Text: v.T("due.none")}
	if at, any := c.Deadline(); any {
		row.Due = v.Due(v.server.Now(), at)
	}
	if models.MerelyReviews(c.Roles) {
		row.Reviews = ""
		return row
	}
	if c.Scored {
		row.Score = points(c.Score)
	}
	if c.Officer != "" {
		row.Officer = PersonNamed(c.Officer, "")
	}
	for _, flag := range a.Flags() {
		row.Flags = append(row.Flags, strings.TrimSpace(v.T("flag."+flag.Code)+" "+v.Day(flag.At).Text))
	}
	return row
}

// titleOf returns what an application is called: a draft may have no title yet.
func titleOf(a *workflow.Application) string {
	if a.Title != "" {
		return a.Title
	}
	return a.Number
}

// placeName writes a city and its state.
func placeName(city, region string) string {
	if city == "" || region == "" {
		return city + region
	}
	return city + ", " + region
}

// points writes hundredths of a point with one decimal, half of it rounded up.
func points(hundredths int64) string {
	tenths := (hundredths + 5) / 10
	return strconv.FormatInt(tenths/10, 10) + "." + strconv.FormatInt(tenths%10, 10)
}
