package web

import (
	"net/url"
	"strconv"

	"tranche/models"
	"tranche/workflow"
)

// PanelView is a panel with its cases ranked.
type PanelView struct {
	Shell
	Record
	Groups []AnswerGroup
	Rows   []RankedRow
	Budget workflow.Cents
	Links  []Link // to what can be done for all that is within the budget
}

// Page implements View.
func (PanelView) Page() string { return "panel" }

// RankedRow is one case in the order of the panel.
type RankedRow struct {
	Rank, Title, URL string
	Number, Company  string
	Tag              Tag
	Agreed           string // points, or ""
	Mean             string // of the reviews, or ""
	Asked, Sum       workflow.Cents
	Over             bool // the money does not suffice down to here
	Line             bool // it is the first of which that is so
}

// panelPage answers GET /panels/{id}.
func (s *Server) panelPage(v *visit, id workflow.ID, again *attempt) error {
	row, err := v.row(workflow.NounPanel, id)
	if err != nil {
		return err
	}
	p, err := record[workflow.Panel](v, workflow.NounPanel, id)
	if err != nil {
		return err
	}
	o, err := record[workflow.Opportunity](v, workflow.NounOpportunity, p.Opportunity)
	if err != nil {
		return err
	}
	names, err := s.Reader.Names(v.ctx(), v.viewer, p.Seats()...)
	if err != nil {
		return err
	}
	able, err := s.Reader.Judges(v.ctx(), v.viewer, p.Program)
	if err != nil {
		return err
	}
	var members []models.Somebody
	seats := AnswerGroup{Title: v.T("panels.members")}
	for _, member := range p.Seats() {
		members = append(members, models.Somebody{ID: member, Name: v.personOr(names, member).Name})
		role := v.T("panels.member")
		if member == p.Chair {
			role = v.T("panels.chair")
		}
		seats.Answers = append(seats.Answers, Answer{Name: v.personOr(names, member).Name, Value: role})
	}
	acts, err := v.offered(row, again, offers{
		workflow.ActInvite: {options: map[string][]Option{"person": somebodies(able)}},
		workflow.ActStrike: {options: map[string][]Option{"person": somebodies(members)}},
		workflow.ActStart:  {note: v.T("panels.start_note")},
	})
	if err != nil {
		return err
	}
	view := PanelView{
		Shell: v.titled(p.Name, Link{v.T("nav.opportunities"), "/opportunities"}, Link{o.Number, pathOf(workflow.NounOpportunity, o.ID)}, Link{Text: p.Name}),
		Record: Record{Number: o.Number, Tag: v.Mark("panel", p.State.String()), Lead: v.Noun("panel"), Actions: acts, Notices: v.notices(again, acts),
			Facts: []Fact{{Name: v.FieldName("quorum"), Value: strconv.FormatInt(p.Quorum, 10), Number: true}}},
		Groups: []AnswerGroup{seats},
	}
	ranking, err := s.Reader.Ranking(v.ctx(), v.viewer, id)
	if err != nil {
		return err
	}
	v.rank(&view, &ranking)
	events, err := v.history(workflow.NounPanel, id)
	if err != nil {
		return err
	}
	view.History = v.timeline(events, "")
	view.History.All = Link{}
	return v.show(view, again)
}

// rank adds the cases in order, with the line below which the money does not suffice, and
// what can be done for those above it.
func (v *visit) rank(view *PanelView, r *models.Ranking) {
	view.Budget = r.Budget
	slates := map[workflow.Action]url.Values{}
	line := false
	for i := range r.Cases {
		c := &r.Cases[i]
		row := RankedRow{Rank: strconv.Itoa(i + 1), Title: titleOf(&workflow.Application{Title: c.Title, Number: c.Number}), URL: pathOf(workflow.NounDeliberation, c.Deliberation.ID),
			Number: c.Number, Company: v.applicant(c.Organization), Tag: v.Mark("application", c.State.String()), Asked: c.Asked, Sum: c.Sum, Over: !c.Within, Line: !c.Within && !line}
		line = line || row.Line
		if c.Deliberation.State == workflow.Confirmed {
			row.Agreed = strconv.FormatInt(c.Deliberation.Score, 10)
		}
		if c.Scored {
			row.Mean = points(c.Mean)
		}
		view.Rows = append(view.Rows, row)
		if action := slateOf[c.State]; action != workflow.NoAction && c.Within && row.Agreed != "" {
			if slates[action] == nil {
				slates[action] = url.Values{bulkAction: {action.String()}}
			}
			slates[action].Add(bulkCase, c.Deliberation.Application.String())
		}
	}
	for _, a := range v.bulkOffered() {
		if slates[a.action] != nil {
			view.Links = append(view.Links, Link{v.T("panels.slate_" + a.action.String()), "/applications/bulk?" + slates[a.action].Encode()})
		}
	}
}

// slateOf is what is done next for all cases of a panel that are in a state.
var slateOf = map[workflow.State]workflow.Action{
	workflow.InReview: workflow.ActRecommend, workflow.Waitlisted: workflow.ActRecommend, workflow.Recommended: workflow.ActAward,
}

// deliberationPage answers GET /deliberations/{id}: one case before a panel.
func (s *Server) deliberationPage(v *visit, id workflow.ID, again *attempt) error {
	row, err := v.row(workflow.NounDeliberation, id)
	if err != nil {
		return err
	}
	d, err := record[workflow.Deliberation](v, workflow.NounDeliberation, id)
	if err != nil {
		return err
	}
	p, err := record[workflow.Panel](v, workflow.NounPanel, d.Panel)
	if err != nil {
		return err
	}
	of, err := v.dossier(d.Application)
	if err != nil {
		return err
	}
	names, err := s.Reader.Names(v.ctx(), v.viewer, append(p.Seats(), d.ConfirmedBy)...)
	if err != nil {
		return err
	}
	acts, err := v.offered(row, again, offers{
		workflow.ActConfirm: {open: true, note: v.T("panels.confirm_note")},
		workflow.ActRecuse:  {note: v.T("panels.recuse_note")},
	})
	if err != nil {
		return err
	}
	a := &of.Application
	view := RecordView{
		Shell: v.titled(titleOf(a), Link{p.Name, pathOf(workflow.NounPanel, p.ID)}, Link{Text: a.Number}),
		Record: Record{Number: a.Number, Tag: v.Mark("deliberation", d.State.String()), Lead: placeLine(of.Organization.LegalName, of.Organization.City, of.Organization.Region),
			Actions: acts, Notices: v.notices(again, acts)},
	}
	seats := AnswerGroup{Title: v.T("panels.members")}
	for _, member := range p.Seats() {
		part := v.T("panels.takes_part")
		if d.SteppedOut(member) {
			part = v.T("panels.stepped_out")
		}
		seats.Answers = append(seats.Answers, Answer{Name: v.personOr(names, member).Name, Value: part})
	}
	if d.State == workflow.Confirmed {
		view.Groups = append(view.Groups, AnswerGroup{Title: v.T("panels.agreed"), Answers: []Answer{
			{Name: v.FieldName("points"), Value: strconv.FormatInt(d.Score, 10), Number: true},
			{Name: v.FieldName("present"), Value: strconv.FormatInt(d.Present, 10), Number: true},
			{Name: v.T("panels.by"), Value: v.personOr(names, d.ConfirmedBy).Name},
		}, Texts: []Answer{{Name: v.FieldName("minutes"), Value: d.Minutes}}})
	}
	view.Groups = append(append(view.Groups, seats), v.caseAnswers(of, true)...)
	events, err := v.history(workflow.NounDeliberation, id)
	if err != nil {
		return err
	}
	view.History = v.timeline(events, "")
	view.History.All = Link{}
	return v.show(view, again)
}

// panelsOf lists the panels of an opportunity that the reader may know of, and adds the form
// that makes one.
func (v *visit) panelsOf(acts *Actions, row models.Row, o *workflow.Opportunity, again *attempt) ([]Answer, error) {
	list, err := records[workflow.Panel](v, workflow.NounPanel, models.Filter{Where: map[string]workflow.ID{"opportunity_id": o.ID}, Limit: models.MaxLimit})
	if err != nil {
		return nil, err
	}
	if mayMake(workflow.NounPanel, row.Roles) {
		able, err := v.server.Reader.Judges(v.ctx(), v.viewer, o.Program)
		if err != nil {
			return nil, err
		}
		acts.make(v, workflow.NounPanel, o.ID, again, offer{options: map[string][]Option{"chair": somebodies(able)}, note: v.T("panels.new_note")})
	}
	var out []Answer
	for i := range list {
		out = append(out, Answer{Name: list[i].Name, Value: v.State("panel", list[i].State.String()), URL: pathOf(workflow.NounPanel, list[i].ID)})
	}
	return out, nil
}
