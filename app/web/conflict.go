package web

import (
	"strings"

	"tranche/models"
	"tranche/workflow"
)

// conflictPage answers GET /conflicts/{id}: what ties somebody to an applicant, and what
// was decided about it.
func (s *Server) conflictPage(v *visit, id workflow.ID, again *attempt) error {
	row, err := v.row(workflow.NounConflict, id)
	if err != nil {
		return err
	}
	k, err := record[workflow.Conflict](v, workflow.NounConflict, id)
	if err != nil {
		return err
	}
	a, err := record[workflow.Application](v, workflow.NounApplication, k.Application)
	if err != nil {
		return err
	}
	names, err := s.Reader.Names(v.ctx(), v.viewer, k.Person, k.DecidedBy)
	if err != nil {
		return err
	}
	acts, err := v.offered(row, again, offers{
		workflow.ActWaive:   {note: v.T("conflicts.waive_note"), labels: map[string]string{"plan": v.T("conflicts.plan")}},
		workflow.ActConfirm: {note: v.T("conflicts.confirm_note")},
	})
	if err != nil {
		return err
	}
	events, err := v.history(workflow.NounConflict, id)
	if err != nil {
		return err
	}
	name := v.personOr(names, k.Person).Name
	view := RecordView{
		Shell:  v.titled(name, Link{v.T("nav.queue"), "/applications"}, Link{a.Number, pathOf(workflow.NounApplication, a.ID)}, Link{Text: v.Noun("conflict")}),
		Record: Record{Number: a.Number, Tag: v.Mark("conflict", k.State.String()), Lead: v.T("conflicts.lead"), Actions: acts, Notices: v.notices(again, acts)},
	}
	ties := AnswerGroup{Title: v.T("conflicts.ties")}
	for _, tie := range k.Ties.List() {
		ties.Answers = append(ties.Answers, Answer{Name: v.ChoiceName("tie", tie.By), Value: v.tieText(tie)})
	}
	view.Groups = []AnswerGroup{ties}
	if k.DecidedBy != 0 {
		decision := AnswerGroup{Title: v.T("conflicts.decision"), Answers: []Answer{{Name: v.T("conflicts.by"), Value: v.personOr(names, k.DecidedBy).Name}}}
		for _, one := range []Answer{{Name: v.T("conflicts.plan"), Value: k.Plan}, {Name: v.FieldName("note"), Value: k.Note}} {
			if one.Value != "" {
				decision.Texts = append(decision.Texts, one)
			}
		}
		view.Groups = append(view.Groups, decision)
	}
	view.History = v.timeline(events, "")
	view.History.All = Link{}
	return v.show(view, again)
}

// tieText says what was found on either side.
func (v *visit) tieText(tie workflow.Sign) string {
	if tie.By == workflow.TieFormer || tie.By == workflow.TieAward {
		return "" // IDs
	}
	return strings.Join(nonEmpty(tie.A, unlessSame(tie.B, tie.A)), " · ")
}

func unlessSame(s, as string) string {
	if s == as {
		return ""
	}
	return s
}

// conflictsOf lists who is tied to the applicant of a case, as far as the reader may know.
func (v *visit) conflictsOf(application workflow.ID) ([]AnswerGroup, error) {
	list, err := records[workflow.Conflict](v, workflow.NounConflict, models.Filter{Where: map[string]workflow.ID{"application_id": application}, Limit: models.MaxLimit})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	names, err := v.server.Reader.Names(v.ctx(), v.viewer, idsOf(list, func(k *workflow.Conflict) workflow.ID { return k.Person })...)
	group := AnswerGroup{Title: v.T("conflicts.title")}
	for i := range list {
		k := &list[i]
		what := []string{v.State("conflict", k.State.String())}
		for _, tie := range k.Ties.List() {
			what = append(what, v.ChoiceName("tie", tie.By))
		}
		group.Answers = append(group.Answers, Answer{Name: v.personOr(names, k.Person).Name, Value: strings.Join(what, " · "), URL: pathOf(workflow.NounConflict, k.ID)})
	}
	return []AnswerGroup{group}, err
}

// interested shows the reader's own page, with the form of an interest that came back.
func (s *Server) interested(v *visit, _ workflow.ID, again *attempt) error {
	return s.personPage(v, v.viewer.Person, again)
}

// interestsOf lists what somebody said that ties them to others, and adds to their own
// page the form that says more.
func (v *visit) interestsOf(acts *Actions, person workflow.ID, again *attempt) ([]AnswerGroup, error) {
	list, err := records[workflow.Interest](v, workflow.NounInterest, models.Filter{Where: map[string]workflow.ID{"person_id": person},
		States: []workflow.State{workflow.Active}, Limit: models.MaxLimit})
	if err != nil {
		return nil, err
	}
	if person == v.viewer.Person && v.viewer.MayHaveInterests() {
		acts.make(v, workflow.NounInterest, 0, again, offer{note: v.T("conflicts.interest_note")})
		last := &acts.Offer[len(acts.Offer)-1]
		last.Label, last.Submit = v.T("conflicts.interest"), v.T("conflicts.interest")
	}
	if len(list) == 0 {
		return nil, nil
	}
	group := AnswerGroup{Title: v.T("conflicts.interests")}
	for i := range list {
		group.Answers = append(group.Answers, Answer{Name: v.ChoiceName("kind", list[i].Kind), Value: list[i].Name, URL: pathOf(workflow.NounInterest, list[i].ID)})
	}
	return []AnswerGroup{group}, nil
}
