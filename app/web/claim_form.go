package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"tranche/app/input"
	"tranche/app/problem"
	"tranche/models"
	"tranche/workflow"
)

// The steps of a claim's form.
const (
	claimRequest = iota
	claimCheck
)

// newClaim shows the form that starts a claim on an award.
func (s *Server) newClaim(v *visit, award workflow.ID, again *attempt) error {
	a, tranches, err := s.claimable(v, award)
	if err != nil {
		return err
	}
	if len(tranches) == 0 && again == nil {
		return v.Redirect(http.StatusSeeOther, pathOf(workflow.NounAward, award))
	}
	chosen := v.QueryParam("tranche")
	first := tranches[max(0, slices.IndexFunc(tranches, func(t workflow.Tranche) bool { return t.ID.String() == chosen }))]
	known := offer{values: map[string]string{"tranche": first.ID.String(), "kind": "fixed_amount", "amount": first.Amount.String()},
		options: map[string][]Option{"tranche": v.trancheOptions(tranches)}}
	form := v.maker(workflow.NounClaim, award, again, known)
	view := v.claimView(a, workflow.Claim{}, claimRequest)
	view.Groups = []FieldGroup{{Title: v.T("claim.request"), Fields: form.Fields}}
	form.Name, form.URL, form.Fields, form.Hidden = "form", pathOf(workflow.NounAward, award)+"/claims/new", nil, nil
	view.Form, view.Failed = form, again != nil
	return v.show(view, again)
}

// claimable reads an award of the reader's organization with the tranches that a
// claim may name.
func (s *Server) claimable(v *visit, award workflow.ID) (*workflow.Award, []workflow.Tranche, error) {
	row, err := v.row(workflow.NounAward, award)
	if err != nil {
		return nil, nil, err
	}
	if !mine(row) {
		return nil, nil, models.ErrNotFound
	}
	a, err := record[workflow.Award](v, workflow.NounAward, award)
	if err != nil {
		return nil, nil, err
	}
	tranches, err := records[workflow.Tranche](v, workflow.NounTranche, models.Filter{
		Where: map[string]workflow.ID{"award_id": award}, States: []workflow.State{workflow.Active}, Limit: models.MaxLimit})
	slices.SortFunc(tranches, func(a, b workflow.Tranche) int { return int(a.Number - b.Number) })
	return a, tranches, err
}

func (v *visit) trancheOptions(tranches []workflow.Tranche) []Option {
	var out []Option
	for _, t := range tranches {
		out = append(out, Option{Value: t.ID.String(), Text: v.T("award.tranche", "n", t.Number, "milestone", t.Title) + " · " + t.Amount.Dollars()})
	}
	return out
}

// claimView is what stands round the steps of a claim's form.
func (v *visit) claimView(a *workflow.Award, c workflow.Claim, at int) ApplicationFormView {
	names := []string{v.T("claim.request"), v.T("section." + lastSection)}
	urls := []string{"", ""}
	number := v.Noun("claim")
	if c.ID != 0 {
		path := pathOf(workflow.NounClaim, c.ID)
		urls, number = []string{path + "/edit", path + "/check"}, c.Number
	}
	view := ApplicationFormView{
		Shell:  v.titled(names[at], Link{v.T("award.title", "number", a.Number), pathOf(workflow.NounAward, a.ID)}, Link{Text: number}),
		Number: number, Lead: v.T("claim.lead"), Due: v.Due(v.server.Now(), time.Time{}), Help: v.T("form.help_text"),
	}
	for i, name := range names {
		view.Steps = append(view.Steps, Step{Name: name, URL: urls[i], Current: i == at, Done: i < at})
	}
	if at == claimCheck {
		view.Back = Link{names[0], urls[0]}
	}
	if c.Version > 1 {
		view.Saved = v.T("form.saved", "clock", v.Clock(c.Changed).Text)
	}
	return view
}

// startClaim makes a claim from what was typed.
func (s *Server) startClaim(v *visit) error {
	award, err := v.id()
	if err != nil {
		return err
	}
	sent, err := readForm(v)
	if err != nil {
		return err
	}
	where, err := sent.button()
	if err != nil {
		return err
	}
	fields, _ := fieldsOf(workflow.NounClaim, workflow.ActStart)
	c := workflow.Command{Noun: workflow.NounClaim, Action: workflow.ActStart, Parent: award}
	answer, err := s.ask(v, c, fields, sent)
	if err != nil {
		return s.again(v, c, sent, err)
	}
	return s.claimSaved(v, answer.ID, where)
}

func (s *Server) claimSaved(v *visit, id workflow.ID, where string) error {
	at := pathOf(workflow.NounClaim, id)
	if where == goLater {
		return v.Redirect(http.StatusSeeOther, at+"?"+doneName+"=claim.save")
	}
	return v.Redirect(http.StatusSeeOther, at+"/check")
}

// draftClaim reads a claim of the reader's organization.
func (s *Server) draftClaim(v *visit, id workflow.ID) (*workflow.Claim, *workflow.Award, models.Row, error) {
	row, err := v.row(workflow.NounClaim, id)
	if err != nil {
		return nil, nil, row, err
	}
	if !mine(row) {
		return nil, nil, row, models.ErrNotFound
	}
	c, err := record[workflow.Claim](v, workflow.NounClaim, id)
	if err != nil {
		return nil, nil, row, err
	}
	a, err := record[workflow.Award](v, workflow.NounAward, c.Award)
	return c, a, row, err
}

// claimForm shows the form of a draft.
func (s *Server) claimForm(v *visit, id workflow.ID, again *attempt) error {
	c, a, row, err := s.draftClaim(v, id)
	if err != nil {
		return err
	}
	if c.State != workflow.Draft && again == nil {
		return v.Redirect(http.StatusSeeOther, pathOf(workflow.NounClaim, id))
	}
	view := v.claimView(a, *c, claimRequest)
	view.Form = Form{Name: "form", URL: pathOf(workflow.NounClaim, id) + "/edit", Version: strconv.FormatInt(c.Version, 10), Key: newKey()}
	fields, _ := fieldsOf(workflow.NounClaim, workflow.ActSave)
	stored := withCells(nil, row.Cells)
	group := FieldGroup{Title: v.T("claim.request")}
	for _, f := range fields {
		in := v.field(f, again, offer{values: stored})
		in.Required = true // for the submission; saving demands nothing
		if now := stored[f.Name]; again != nil && again.problem.Reason == problem.ReasonStale && now != in.Value {
			in.Error = v.T("form.stored_now", "value", v.storedText(f, now))
		}
		group.Fields = append(group.Fields, in)
	}
	view.Groups = []FieldGroup{group}
	if again != nil {
		view.Failed, view.Form.Refused = true, again.refused(fields)
	}
	return v.show(view, again)
}

// saveClaim stores what was typed.
func (s *Server) saveClaim(v *visit) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	sent, err := readForm(v)
	if err != nil {
		return err
	}
	where, err := sent.button()
	if err != nil {
		return err
	}
	c := workflow.Command{Noun: workflow.NounClaim, Action: workflow.ActSave, ID: id}
	if c.Version, err = input.FormVersion(sent.values); err != nil {
		return err
	}
	fields, _ := fieldsOf(workflow.NounClaim, workflow.ActSave)
	if _, err := s.ask(v, c, fields, sent); err != nil {
		return s.formAgain(v, c, sent, err, s.claimForm)
	}
	return s.claimSaved(v, id, where)
}

// claimCheckPage is what is read before the claim is submitted.
func (s *Server) claimCheckPage(v *visit, id workflow.ID, again *attempt) error {
	c, a, row, err := s.draftClaim(v, id)
	if err != nil {
		return err
	}
	if c.State != workflow.Draft {
		return v.Redirect(http.StatusSeeOther, pathOf(workflow.NounClaim, id))
	}
	view := v.claimView(a, *c, claimCheck)
	view.Form = Form{Name: "form", URL: pathOf(workflow.NounClaim, id) + "/check", Version: strconv.FormatInt(c.Version, 10), Key: newKey(),
		Submit: v.T("claim.submit")}
	tranche, err := record[workflow.Tranche](v, workflow.NounTranche, c.Tranche)
	if err != nil {
		return err
	}
	edit := pathOf(workflow.NounClaim, id) + "/edit"
	kind := ""
	if c.Kind != "" {
		kind = v.ChoiceName("kind", c.Kind)
	}
	group := AnswerGroup{Title: v.T("claim.request"), ChangeURL: edit, Answers: []Answer{
		{Name: v.Noun("tranche"), Value: v.T("award.tranche", "n", tranche.Number, "milestone", tranche.Title)},
		{Name: v.FieldName("kind"), Value: kind},
		{Name: v.FieldName("amount"), Value: unlessZero(c.Amount, c.Amount.Dollars()), Number: true},
	}, Texts: []Answer{{Name: v.FieldName("narrative"), Value: c.Narrative}}}
	v.fillGaps(group.Answers)
	v.fillGaps(group.Texts)
	view.Check = &CheckStep{Groups: []AnswerGroup{group}, May: row.Roles.Has(workflow.AOR) && len(c.Missing()) == 0, Why: v.T("claim.only_aor")}
	for _, name := range c.Missing() {
		view.Check.Missing = append(view.Check.Missing, Problem{Label: v.FieldName(name), Text: v.Reason(input.ReasonRequired, nil), URL: edit + "#form-" + name})
	}
	if row.Roles.Has(workflow.AOR) {
		view.Check.Why = v.T("section.incomplete")
	}
	if again != nil {
		view.Failed, view.Form.Refused = true, again.refused(nil)
	}
	return v.show(view, again)
}

// submitClaim submits the claim as it stands.
func (s *Server) submitClaim(v *visit) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	sent, err := readForm(v)
	if err != nil {
		return err
	}
	if _, err = sent.button(); err != nil {
		return err
	}
	c := workflow.Command{Noun: workflow.NounClaim, Action: workflow.ActSubmit, ID: id}
	if c.Version, err = input.FormVersion(sent.values); err != nil {
		return err
	}
	answer, err := s.ask(v, c, nil, sent)
	if err != nil {
		return s.formAgain(v, c, sent, err, s.claimCheckPage)
	}
	return v.done(answer, c)
}
