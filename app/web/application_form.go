package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"tranche/app/input"
	"tranche/app/problem"
	"tranche/models"
	"tranche/workflow"
)

// A section is one part of the application form. All may be opened at any time:
// a draft demands nothing.
type section struct {
	name, title, lead string
	fields            []workflow.Field // of workflow.ApplicantFields
	questions         []workflow.Question
	documents         bool // what the terms ask for stands here
}

// The first section of the form shows what is on record, the last is for reading
// and submitting. Those between follow from the terms. No section of a program can
// have a name with a dash.
const (
	firstSection     = "your-company"
	documentsSection = "attached-documents"
	lastSection      = "check-and-submit"
)

// sections are those of the form, in their order.
func (c *myCase) sections() []section {
	out := []section{{name: firstSection, title: c.T("section." + firstSection), lead: c.T("section." + firstSection + "_lead")}}
	for i := range c.terms.Sections {
		s := &c.terms.Sections[i]
		one := section{name: s.Name, title: c.sectionTitle(s), lead: c.sectionLead(s), questions: s.Questions}
		for _, f := range workflow.ApplicantFields {
			if slices.Contains(s.Fields, f.Name) {
				one.fields = append(one.fields, f)
			}
		}
		if slices.Contains(s.Fields, "certified") {
			out = append(out, c.documentsSection()...)
		}
		out = append(out, one)
	}
	return append(out, section{name: lastSection, title: c.T("section." + lastSection), lead: c.T("section." + lastSection + "_lead")})
}

// documentsSection is the section for files, which stands before what is certified;
// none where nothing is asked for and nothing is there.
func (c *myCase) documentsSection() []section {
	if len(c.terms.Documents) == 0 && c.application.Documents == "" {
		return nil
	}
	return []section{{name: documentsSection, title: c.T("section." + documentsSection), lead: c.T("section."+documentsSection+"_lead", "limit", workflow.MaxFiles>>20), documents: true}}
}

func (v *visit) sectionTitle(s *workflow.FormSection) string {
	return v.label(s.Label, func() string { return v.T("section." + s.Name) })
}

// sectionLead is the sentence under a section's title; a program's own section
// has a general one.
func (c *myCase) sectionLead(s *workflow.FormSection) string {
	if own, ok := c.Language.Lookup("section."+s.Name+"_lead", map[string]any{"cap": c.opportunity.Cap().Dollars()}); ok {
		return own
	}
	return c.T("section.any_lead")
}

// The buttons of the form: what the field goName says.
const (
	goName  = "go"
	goNext  = "next"
	goLater = "later"
)

// sectionNamed returns the sections and the place of the one called name.
func (c *myCase) sectionNamed(name string) ([]section, int, error) {
	list := c.sections()
	at := slices.IndexFunc(list, func(s section) bool { return s.name == name })
	if at < 0 {
		return nil, 0, models.ErrNotFound
	}
	return list, at, nil
}

// set is what the section's form may send.
func (s section) set() input.Set {
	set := input.Set{Action: workflow.ActSave, Fields: s.fields}
	if len(s.questions) > 0 {
		set.Fields = append(slices.Clone(s.fields), workflow.Field{Name: answersName, Kind: workflow.Answers, Optional: true})
	}
	if s.documents {
		set.Fields = []workflow.Field{{Name: documentsName, Kind: workflow.Files, Optional: true}}
	}
	return set
}

// answersName is the field that holds the answers to a program's own questions.
const answersName = "answers"

// typed reports whether anything is typed in the section.
func (s section) typed() bool { return len(s.fields)+len(s.questions) > 0 || s.documents }

// resumeDraft leads to the first section that lacks something.
func (s *Server) resumeDraft(v *visit, id workflow.ID, _ *attempt) error {
	c, _, err := s.draft(v, id)
	if err != nil {
		return err
	}
	at := lastSection
	for _, one := range c.sections() {
		if one.typed() && !c.complete(one) {
			at = one.name
			break
		}
	}
	if c.application.Version == 1 {
		at = firstSection
	}
	return v.Redirect(http.StatusSeeOther, c.path()+"/edit/"+at)
}

// draft reads an application of the reader's organization. The staff have no form.
func (s *Server) draft(v *visit, id workflow.ID) (*myCase, models.Row, error) {
	row, err := v.row(workflow.NounApplication, id)
	if err != nil {
		return nil, row, err
	}
	if !mine(row) {
		return nil, row, models.ErrNotFound
	}
	a, err := record[workflow.Application](v, workflow.NounApplication, id)
	if err != nil {
		return nil, row, err
	}
	c, err := s.myCase(v, a)
	if err == nil {
		v.Zone = zoneOf(c.opportunity)
	}
	return c, row, err
}

// shown are the fields that errors of a section can stand beside.
func (c *myCase) shown(s section) []workflow.Field {
	if !s.documents {
		return s.set().Fields
	}
	var out []workflow.Field
	for _, d := range c.terms.Documents {
		out = append(out, workflow.Field{Name: documentsName + "." + d.Code})
	}
	return out
}

// complete reports whether nothing is missing in a section.
func (c *myCase) complete(s section) bool {
	if s.documents {
		return len(c.application.MissingDocuments(c.terms)) == 0
	}
	return !slices.ContainsFunc(s.fields, func(f workflow.Field) bool {
		return slices.Contains(c.missing, f.Name) || f.Name == "certified" && !c.application.Certified
	}) && !slices.ContainsFunc(s.questions, func(q workflow.Question) bool { return slices.Contains(c.missing, answersName+"."+q.Name) })
}

// sectionPage shows one section. What is no draft has its page instead.
func (s *Server) sectionPage(v *visit, id workflow.ID, again *attempt) error {
	c, row, err := s.draft(v, id)
	if err != nil {
		return err
	}
	list, at, err := c.sectionNamed(v.Param("section"))
	if err != nil {
		return err
	}
	if c.application.State != workflow.Draft && again == nil {
		return v.Redirect(http.StatusSeeOther, c.path())
	}
	view := c.formView(list, at)
	switch list[at].name {
	case firstSection:
		view.Known, err = s.company(v, c.application.Organization)
	case lastSection:
		view.Check = c.check(list, row)
	case documentsSection:
		view.Groups = c.documentGroups(again)
	default:
		view.Groups = []FieldGroup{{Title: list[at].title, Fields: c.fields(list[at], row, again)}}
	}
	if again != nil {
		view.Failed = true
		view.Form.Refused = again.refused(c.shown(list[at]))
	}
	if err != nil {
		return err
	}
	return v.show(view, again)
}

// formView is what stands round every section.
func (c *myCase) formView(list []section, at int) ApplicationFormView {
	a, here := c.application, list[at]
	view := ApplicationFormView{
		Shell:  c.titled(here.title, Link{c.T("nav.my_applications"), "/my-applications"}, Link{a.Number, c.path()}, Link{Text: here.title}),
		Number: a.Number, Lead: here.lead, Due: c.Due(c.now, c.closes()), Help: c.T("form.help_text"),
		Form: Form{Name: "form", URL: c.path() + "/edit/" + here.name, Version: strconv.FormatInt(a.Version, 10), Key: newKey(), Submit: c.T("section.submit")},
	}
	for i, one := range list {
		step := Step{Name: one.title, URL: c.path() + "/edit/" + one.name, Current: i == at}
		step.Done = !step.Current && (one.typed() && c.complete(one) || one.name == firstSection && a.Version > 1)
		view.Steps = append(view.Steps, step)
	}
	if at > 0 {
		view.Back = Link{list[at-1].title, c.path() + "/edit/" + list[at-1].name}
	}
	if a.Version > 1 {
		view.Saved = c.T("form.saved", "clock", c.Clock(a.Changed).Text)
	}
	return view
}

// fields are the controls of a section with what is stored, or with what was
// typed and, where that differs, what somebody else has stored meanwhile.
func (c *myCase) fields(s section, row models.Row, again *attempt) []Field {
	stored := withCells(nil, row.Cells)
	if c.application.Months == 0 {
		stored["months"] = ""
	}
	var out []Field
	for _, field := range s.fields {
		in := c.field(field, again, offer{values: stored})
		in.Required = true // for the submission; saving demands nothing
		if now := stored[field.Name]; again != nil && again.problem.Reason == problem.ReasonStale && now != in.Value {
			in.Error = c.T("form.stored_now", "value", c.storedText(field, now))
		}
		out = append(out, in)
	}
	kept := answered(answersName, c.application.Answers)
	for _, a := range c.questions(s.questions) {
		in := c.asked(answersName, a, again, offer{values: kept})
		if now := kept[in.Name]; again != nil && again.problem.Reason == problem.ReasonStale && now != in.Value {
			in.Error = c.T("form.stored_now", "value", c.storedText(a.field, now))
		}
		out = append(out, in)
	}
	return out
}

// storedText writes what is stored as a sentence can quote it.
func (v *visit) storedText(field workflow.Field, text string) string {
	switch {
	case field.Kind == workflow.Check:
		return v.yesNo(text == Checked)
	case text == "":
		return v.T("form.not_answered")
	}
	return text
}

// check is what is read before submitting.
func (c *myCase) check(list []section, row models.Row) *CheckStep {
	step := &CheckStep{Groups: c.answers(true)}
	for _, one := range list {
		if one.documents {
			step.Missing = append(step.Missing, c.missingDocuments()...)
		}
		at := c.path() + "/edit/" + one.name + "#form-"
		for i := range one.questions {
			if q := &one.questions[i]; slices.Contains(c.missing, answersName+"."+q.Name) {
				step.Missing = append(step.Missing, Problem{Label: q.Label.In(c.Language.Tag), Text: c.Reason(input.ReasonRequired, nil),
					URL: at + answersName + "." + q.Name})
			}
		}
		for _, f := range one.fields {
			name, at := f.Name, at+f.Name
			switch {
			case slices.Contains(c.missing, name):
				step.Missing = append(step.Missing, Problem{Label: c.FieldName(name), Text: c.Reason(input.ReasonRequired, nil), URL: at})
			case name == "certified" && !c.application.Certified:
				step.Missing = append(step.Missing, Problem{Text: c.Reason("not_certified", nil), URL: at})
			}
		}
	}
	switch {
	case !row.Roles.Has(workflow.AOR):
		step.Why = c.T("section.only_aor")
	case len(step.Missing) > 0:
		step.Why = c.T("section.incomplete")
	default:
		step.May = true
	}
	return step
}

// saveSection stores what was typed, or submits.
func (s *Server) saveSection(v *visit) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	if v.Param("section") == lastSection {
		return s.submitDraft(v, id)
	}
	draft, _, err := s.draft(v, id)
	if err != nil {
		return err
	}
	list, at, err := draft.sectionNamed(v.Param("section"))
	if err != nil {
		return err
	}
	sent, err := readSent(v, partsOf(list[at].set().Fields))
	if err != nil {
		return err
	}
	where, err := sent.button()
	if err != nil {
		return err
	}
	c := workflow.Command{Noun: workflow.NounApplication, Action: workflow.ActSave, ID: id}
	if list[at].name != firstSection { // where nothing is typed
		if c.Version, err = input.FormVersion(sent.values); err != nil {
			return err
		}
		if _, err := s.ask(v, c, list[at].set().Fields, sent); err != nil {
			return s.formAgain(v, c, sent, err, s.sectionPage)
		}
	}
	if where == goLater {
		return v.Redirect(http.StatusSeeOther, "/my-applications?"+doneName+"=application.save")
	}
	return v.Redirect(http.StatusSeeOther, pathOf(c.Noun, c.ID)+"/edit/"+list[at+1].name)
}

// submitDraft submits what is stored. Just before a deadline many do: nothing is read
// here that the engine reads anyway.
func (s *Server) submitDraft(v *visit, id workflow.ID) error {
	sent, err := readForm(v)
	if err != nil {
		return err
	}
	if _, err := sent.button(); err != nil {
		return err
	}
	c := workflow.Command{Noun: workflow.NounApplication, Action: workflow.ActSubmit, ID: id}
	if c.Version, err = input.FormVersion(sent.values); err != nil {
		return err
	}
	answer, err := s.ask(v, c, nil, sent)
	if err != nil {
		return s.formAgain(v, c, sent, err, s.sectionPage)
	}
	return v.done(answer, c)
}

// button takes out which button was pressed.
func (f *sentForm) button() (string, error) {
	came := f.values[goName]
	delete(f.values, goName)
	if len(came) > 1 {
		return "", &input.Unreadable{Name: goName, Reason: input.ReasonDuplicate}
	}
	if len(came) == 0 {
		return goNext, nil
	}
	return came[0], nil
}

// formAgain shows a form that has a page of its own with what was typed: a draft is
// never lost, not even when somebody else saved or submitted it meanwhile.
func (s *Server) formAgain(v *visit, c workflow.Command, sent *sentForm, err error, show pageFunc) error {
	if errors.Is(err, models.ErrKeyReused) {
		err = models.ErrStale // the browser's Back button: the form was sent before with other words
	}
	p := problem.Of(err, v.audience())
	switch p.Status {
	case http.StatusForbidden, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge:
	default:
		return err
	}
	return show(v, c.ID, &attempt{noun: c.Noun, action: c.Action, id: c.ID, values: sent.values, files: sent.files, problem: p})
}

// company is what is on record about an organization, for reading.
func (s *Server) company(v *visit, id workflow.ID) ([]AnswerGroup, error) {
	o, err := record[workflow.Organization](v, workflow.NounOrganization, id)
	if err != nil {
		return nil, err
	}
	statements, err := s.statements(v, id)
	if err != nil {
		return nil, err
	}
	at := pathOf(workflow.NounOrganization, id)
	groups := []AnswerGroup{{Title: v.T("organization.identity"), ChangeURL: at, Answers: identityOf(v, o)}}
	revenue := AnswerGroup{Title: v.T("organization.statements"), ChangeURL: at + "#actions"}
	for _, one := range statements {
		revenue.Answers = append(revenue.Answers, Answer{Name: one.Year, Value: one.Amount, Number: true})
	}
	if len(statements) == 0 {
		revenue.Answers = []Answer{{Name: v.T("revenue.amount"), Value: v.T("revenue.missing")}}
	}
	return append(groups, revenue), nil
}
