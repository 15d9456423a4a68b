package web

import (
	"strconv"
	"strings"

	"tranche/models"
	"tranche/workflow"
)

// PoolView lists the reviewers of programs with what they do there.
type PoolView struct {
	Shell
	Columns []string
	Rows    []PoolRow
	Empty   Empty
}

// Page implements View.
func (PoolView) Page() string { return "pool" }

// PoolRow is one reviewer in one program.
type PoolRow struct {
	Name, URL string
	Program   string
	Topics    string   // what they are an expert in, or ""
	Counts    []string // one for each column
}

// pool answers GET /reviewers, for those who may ask for reviews.
func (s *Server) pool(v *visit) error {
	if !v.viewer.MayRank() {
		return models.ErrNotFound
	}
	list, err := s.Reader.ReviewerPool(v.ctx(), v.viewer)
	if err != nil {
		return err
	}
	programs, err := v.programNames()
	if err != nil {
		return err
	}
	view := PoolView{Shell: v.titled(v.T("pool.title"), Link{v.T("nav.queue"), "/applications"}, Link{Text: v.T("pool.title")}),
		Empty: Empty{Icon: "people", Title: v.T("pool.none")}}
	for _, c := range poolColumns {
		view.Columns = append(view.Columns, v.T(c.words))
	}
	for i := range list {
		p := &list[i]
		topics, err := v.topicNames(&p.Grant)
		if err != nil {
			return err
		}
		row := PoolRow{Name: p.Name, URL: pathOf(workflow.NounGrant, p.Grant.ID), Program: programs[p.Grant.Program], Topics: topics}
		for _, c := range poolColumns {
			row.Counts = append(row.Counts, c.of(p))
		}
		view.Rows = append(view.Rows, row)
	}
	return v.show(view, nil)
}

// poolColumns are what the pool tells of each reviewer, with the words for it.
var poolColumns = []struct {
	words string
	of    func(*models.PoolReviewer) string
}{
	{"pool.open", func(p *models.PoolReviewer) string {
		if p.Grant.MaxReviews > 0 {
			return strconv.Itoa(p.Open) + " / " + strconv.FormatInt(p.Grant.MaxReviews, 10)
		}
		return strconv.Itoa(p.Open)
	}},
	{"pool.submitted", func(p *models.PoolReviewer) string { return strconv.Itoa(p.Submitted) }},
	{"pool.declined", func(p *models.PoolReviewer) string { return strconv.Itoa(p.Declined) }},
	{"pool.recused", func(p *models.PoolReviewer) string { return strconv.Itoa(p.Recused) }},
	{"pool.conflicts", func(p *models.PoolReviewer) string { return strconv.Itoa(p.Conflicts) }},
}

// topicNames writes what a reviewer is an expert in.
func (v *visit) topicNames(g *workflow.Grant) (string, error) {
	if g.Expertise == "" {
		return "", nil
	}
	topics, err := v.server.Reader.Topics(v.ctx(), g.Program)
	var names []string
	for code := range strings.SplitSeq(g.Expertise, ",") {
		name := code // of a version of the program's file that no opportunity follows any more
		for _, topic := range topics {
			if topic.Code == code {
				name = topic.Label.In(v.Language.Tag)
			}
		}
		names = append(names, name)
	}
	return strings.Join(names, v.T("format.comma")), err
}

// grantPage answers GET /grants/{id}: to the staff of a program one of its reviewers, else
// the page of who has the role.
func (s *Server) grantPage(v *visit, id workflow.ID, again *attempt) error {
	at, found, err := s.homeOf(v, workflow.NounGrant, id)
	if err != nil {
		return err
	}
	if at != workflow.NounGrant {
		return s.places[at].record(v, found, again)
	}
	row, err := v.row(workflow.NounGrant, id)
	if err != nil {
		return err
	}
	list, err := s.Reader.ReviewerPool(v.ctx(), v.viewer)
	if err != nil {
		return err
	}
	for i := range list {
		if list[i].Grant.ID == id {
			return s.reviewerPage(v, row, &list[i], again)
		}
	}
	return models.ErrNotFound
}

func (s *Server) reviewerPage(v *visit, row models.Row, p *models.PoolReviewer, again *attempt) error {
	topics, err := s.Reader.Topics(v.ctx(), p.Grant.Program)
	if err != nil {
		return err
	}
	o := offer{open: true, note: v.T("pool.note"), options: map[string][]Option{}}
	for _, topic := range topics {
		o.options["expertise"] = append(o.options["expertise"], Option{Value: topic.Code, Text: topic.Label.In(v.Language.Tag)})
	}
	acts, err := v.offered(row, again, offers{workflow.ActUpdate: o})
	if err != nil {
		return err
	}
	known, err := v.topicNames(&p.Grant)
	if err != nil {
		return err
	}
	view := RecordView{Shell: v.titled(p.Name, Link{v.T("pool.title"), "/reviewers"}, Link{Text: p.Name}),
		Record: Record{Tag: v.Mark("grant", p.Grant.State.String()), Lead: v.Role("reviewer"), Actions: acts, Notices: v.notices(again, acts)}}
	group := AnswerGroup{Title: v.T("pool.about"), Answers: []Answer{{Name: v.FieldName("expertise"), Value: known}}}
	for _, c := range poolColumns {
		group.Answers = append(group.Answers, Answer{Name: v.T(c.words), Value: c.of(p), Number: true})
	}
	view.Groups = []AnswerGroup{group}
	events, err := v.history(workflow.NounGrant, p.Grant.ID)
	if err != nil {
		return err
	}
	view.History = v.timeline(events, "")
	view.History.All = Link{}
	return v.show(view, again)
}
