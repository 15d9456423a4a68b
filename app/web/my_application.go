package web

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tranche/app/trial"
	"tranche/models"
	"tranche/workflow"
)

// myApplications lists the applications of the reader's organizations, each with
// the next thing to do.
func (s *Server) myApplications(v *visit) error {
	view := MyApplicationsView{Shell: v.titled(v.T("my_applications.title")), List: List{
		Lead: v.T("my_applications.lead"), Empty: Empty{Icon: "list", Title: v.T("my_applications.none"), Text: v.T("my_applications.none_text")},
	}}
	names, err := s.Reader.OrganizationNames(v.ctx(), v.viewer, v.organizations()...)
	if err != nil {
		return err
	}
	for _, organization := range v.organizations() {
		list, err := records[workflow.Application](v, workflow.NounApplication, models.Filter{
			Where: map[string]workflow.ID{"organization_id": organization}, Limit: models.MaxLimit})
		if err != nil {
			return err
		}
		for i := range list {
			c, err := s.myCase(v, &list[i])
			if err != nil {
				return err
			}
			view.Cards = append(view.Cards, c.card(names[organization]))
		}
	}
	if view.Calls, _, err = s.openCalls(v); err != nil {
		return err
	}
	return v.show(view, nil)
}

// A myCase is an application as its applicant sees it, with what it hangs on.
type myCase struct {
	*visit
	now         time.Time
	application *workflow.Application
	opportunity *workflow.Opportunity // with the settings of terms
	terms       *workflow.Terms       // that the application stands under
	missing     []string              // what the terms ask for and nobody has answered
	award       *workflow.Award       // nil: none
	account     workflow.State        // of the bank account that an award is to be paid to; None: there is none
}

func (s *Server) myCase(v *visit, a *workflow.Application) (*myCase, error) {
	c := &myCase{visit: v, now: s.Now(), application: a}
	var err error
	if c.opportunity, err = record[workflow.Opportunity](v, workflow.NounOpportunity, a.Opportunity); err != nil {
		return nil, err
	}
	under := a.TermsUnder(c.opportunity)
	if c.terms, err = v.terms(under); err != nil {
		return nil, err
	}
	c.missing = a.Missing(c.terms)
	if under != "" {
		*c.opportunity = c.opportunity.Under(c.terms)
	}
	if a.Award == 0 {
		return c, nil
	}
	if c.award, err = record[workflow.Award](v, workflow.NounAward, a.Award); err != nil {
		return nil, err
	}
	accounts, err := records[workflow.BankAccount](v, workflow.NounBankAccount, models.Filter{
		Where:  map[string]workflow.ID{"organization_id": a.Organization},
		States: []workflow.State{workflow.Entered, workflow.HalfVerified, workflow.Verified}})
	for _, one := range accounts {
		if c.account != workflow.Verified {
			c.account = one.State
		}
	}
	return c, err
}

// path returns where the application is to be seen.
func (c *myCase) path() string { return pathOf(workflow.NounApplication, c.application.ID) }

// unpayable reports whether an award waits for a bank account to be entered.
func (c *myCase) unpayable() bool {
	offered := c.award != nil && (c.award.State == workflow.Offered || c.award.State == workflow.ChangeRequested)
	return offered && c.account == workflow.None
}

// bank returns where a bank account is entered.
func (c *myCase) bank() string {
	return pathOf(workflow.NounOrganization, c.application.Organization) + "#actions"
}

// title returns the title, or the number while there is none.
func (c *myCase) title() string {
	if c.application.Title == "" {
		return c.application.Number
	}
	return c.application.Title
}

func (c *myCase) card(organization string) ApplicationCard {
	next, action := c.next()
	return ApplicationCard{
		Title: c.title(), URL: c.path(), Number: c.application.Number, Organization: organization, Tag: c.tag(),
		Stages: c.stages(), Requested: c.application.Requested, Due: c.due(), Next: next, Action: action,
	}
}

func (c *myCase) tag() Tag { return c.applicationTag(c.application.State) }

// applicationTag is the state of an application as the reader is told it: to
// applicants, what was recommended is nothing yet.
func (v *visit) applicationTag(state workflow.State) Tag {
	if !v.staff() && (state == workflow.Recommended || state == workflow.DeclineRecommended) {
		state = workflow.InReview
	}
	return v.Mark("application", state.String())
}

// next says what the applicant can do next, and where.
func (c *myCase) next() (string, Link) {
	switch c.application.State {
	case workflow.Draft:
		return c.T("my_applications.next_draft"), Link{c.T("my_applications.continue"), c.path() + "/edit"}
	case workflow.NeedsInformation:
		return c.T("my_applications.next_answer"), Link{c.T("my_applications.answer"), c.path() + "#actions"}
	case workflow.Awarded:
		return c.nextOfAward()
	case workflow.Declined, workflow.Ineligible:
		if !c.application.AppealSpent && c.now.Before(c.appealEnds()) {
			return c.T("my_applications.next_appeal"), Link{c.T("my_applications.look"), c.path()}
		}
		return c.T("my_applications.next_over"), Link{}
	case workflow.Withdrawn, workflow.Expired, workflow.NotAccepted:
		return c.T("my_applications.next_over"), Link{}
	}
	return c.T("my_applications.next_wait"), Link{}
}

func (c *myCase) nextOfAward() (string, Link) {
	if c.award == nil {
		return c.T("my_applications.next_wait"), Link{}
	}
	at := pathOf(workflow.NounAward, c.award.ID)
	switch {
	case c.unpayable():
		return c.T("my_applications.next_account"), Link{c.T("my_applications.account"), c.bank()}
	case c.award.State == workflow.Offered && c.account != workflow.Verified:
		return c.T("my_applications.next_verify"), Link{c.T("my_applications.look"), at}
	}
	switch c.award.State {
	case workflow.Offered:
		return c.T("my_applications.next_sign"), Link{c.T("my_applications.sign"), at}
	case workflow.Active, workflow.Closing:
		return c.T("my_applications.next_claim"), Link{c.T("my_applications.look"), at}
	}
	return c.T("my_applications.next_wait"), Link{}
}

// due is the deadline that the applicant has to keep now, if there is one.
func (c *myCase) due() Due {
	var at time.Time
	switch a := c.application; {
	case a.State == workflow.NeedsInformation:
		return c.DueDay(c.now, a.ReplyDue)
	case a.State == workflow.Draft:
		at = c.closes()
	case a.State == workflow.Awarded && c.award != nil && c.award.State == workflow.Offered:
		at = c.award.OfferEnds
	case (a.State == workflow.Declined || a.State == workflow.Ineligible) && !a.AppealSpent:
		at = c.appealEnds()
	}
	return c.Due(c.now, at)
}

// closes returns when a submission has to be in; the grace is nobody's plan.
func (c *myCase) closes() time.Time {
	if own := c.application.PersonalDeadline(c.opportunity); own.After(c.opportunity.Closes) {
		return own
	}
	return c.opportunity.Closes
}

func (c *myCase) appealEnds() time.Time {
	return c.application.DecidedAt.AddDate(0, 0, int(c.opportunity.AppealDays))
}

// The stages of the bar, in their order.
const (
	stageDraft = iota
	stageSubmitted
	stageScreening
	stageReview
	stageRecommendation
	stageAward
	stageCount
)

var stageNames = [stageCount]string{"draft", "submitted", "screening", "review", "recommendation", "award"}

// stageOf says how far an application in a state has come, and whether it ended
// there.
func stageOf(a *workflow.Application) (at int, stopped bool) {
	switch a.State {
	case workflow.Draft:
		return stageDraft, false
	case workflow.Expired:
		return stageDraft, true
	case workflow.Submitted:
		return stageSubmitted, false
	case workflow.Screening:
		return stageScreening, false
	case workflow.Ineligible:
		return stageScreening, true
	case workflow.NeedsInformation, workflow.Appealed:
		back := *a
		back.State = a.Back
		at, _ = stageOf(&back)
		return at, false
	case workflow.Recommended, workflow.DeclineRecommended:
		return stageRecommendation, false
	case workflow.Awarded:
		return stageAward, false
	case workflow.Declined, workflow.NotAccepted:
		return stageAward, true
	case workflow.Withdrawn:
		return min(int(a.Submissions), stageSubmitted), true
	}
	return stageReview, false
}

// stages is the bar of an application.
func (c *myCase) stages() []Stage {
	at, stopped := stageOf(c.application)
	out := make([]Stage, stageCount)
	for i, name := range stageNames {
		out[i] = Stage{Name: c.T("application.stage_" + name), Done: i < at, Current: i == at && !stopped, Stopped: i == at && stopped}
	}
	out[stageDraft].Note = c.Day(c.application.Made).Text
	if at >= stageSubmitted {
		out[stageSubmitted].Note = c.Day(c.application.SubmittedAt).Text
	}
	if out[at].Note == "" {
		out[at].Note = c.tag().Word
	}
	return out
}

// applicationPage is the page of one application: its applicant's own, or the
// staff's.
func (s *Server) applicationPage(v *visit, id workflow.ID, again *attempt) error {
	row, err := v.row(workflow.NounApplication, id)
	if err != nil {
		return err
	}
	if !mine(row) {
		return s.casePage(v, id, again)
	}
	return s.myApplication(v, row, again)
}

// mine reports whether the reader sees a record as one of its organization.
func mine(row models.Row) bool {
	return row.Roles != 0 && row.Roles&^workflow.RolesOf(workflow.Applicant, workflow.AOR) == 0
}

func (s *Server) myApplication(v *visit, row models.Row, again *attempt) error {
	a, err := record[workflow.Application](v, workflow.NounApplication, row.Record.ID)
	if err != nil {
		return err
	}
	c, err := s.myCase(v, a)
	if err != nil {
		return err
	}
	v.Zone = zoneOf(c.opportunity)
	organization, err := record[workflow.Organization](v, workflow.NounOrganization, a.Organization)
	if err != nil {
		return err
	}
	events, err := v.caseHistory(a.ID)
	if err != nil {
		return err
	}
	history := v.QueryParam("tab") == "history"
	view := ApplicationView{
		Shell:        v.titled(c.title(), Link{v.T("nav.my_applications"), "/my-applications"}, Link{Text: a.Number}),
		Organization: Link{organization.LegalName, pathOf(workflow.NounOrganization, organization.ID)},
		Record: Record{
			Number: a.Number, Tag: c.tag(), Lead: organization.LegalName, Stages: c.stages(), Facts: c.facts(),
			Tabs: []Tab{
				{Text: v.T("application.tab_application"), URL: c.path(), Current: !history},
				{Text: v.T("application.tab_history"), URL: c.path() + "?tab=history", Current: history, Count: strconv.Itoa(len(events))},
			},
		},
	}
	if view.Actions, err = v.actions(row, again, c.offers(row)); err != nil {
		return err
	}
	view.Buttons = c.buttons()
	if a.Submissions > 0 {
		view.Buttons = append([]Button{{Text: v.T("receipt.title"), URL: c.path() + "/receipt", Icon: "verified"}}, view.Buttons...)
	}
	judged, err := c.judged()
	if err != nil {
		return err
	}
	if judged {
		view.Buttons = append([]Button{{Text: v.T("verdict.title"), URL: c.path() + "/verdict", Icon: "verified"}}, view.Buttons...)
	}
	view.Notices = append(v.notices(again, view.Actions), c.news()...)
	if history {
		view.Events = events
		return v.show(view, again)
	}
	view.History = v.timeline(events, c.path()+"?tab=history")
	sent, err := c.receipt()
	if err != nil {
		return err
	}
	view.Summary = append(sent, c.answers(false)...)
	if view.Inquiries, view.Changes, err = v.inquiries(a, c.terms); err != nil {
		return err
	}
	view.Determination = c.determination()
	if view.Letters, err = v.letters(a.ID); err != nil {
		return err
	}
	return v.show(view, again)
}

// judged reports whether the application came to a verdict. Between a second
// submission and its screening that of the first is the newest.
func (c *myCase) judged() (bool, error) {
	if a := c.application; a.Verdict != "" || a.Submissions < 2 {
		return a.Verdict != "", nil
	}
	all, err := c.server.Reader.Verdicts(c.ctx(), c.viewer, c.application.ID)
	return len(all) > 0, err
}

// offers is what the page knows about the forms beyond the table. A draft is
// submitted on a page of its own.
func (c *myCase) offers(row models.Row) offers {
	return offers{
		workflow.ActSubmit: {hide: true},
		workflow.ActReply:  c.replyOffer(replyValues(c.application, withCells(nil, row.Cells))),
	}
}

// buttons lead to what has a page of its own.
func (c *myCase) buttons() []Button {
	switch {
	case c.application.State == workflow.Draft:
		return []Button{
			{Text: c.T("my_applications.continue"), URL: c.path() + "/edit", Icon: "edit"},
			{Text: c.T("section." + lastSection), URL: c.path() + "/edit/" + lastSection, Main: true},
		}
	case c.award != nil:
		award := Button{Text: c.T("award.title", "number", c.award.Number), URL: pathOf(workflow.NounAward, c.award.ID), Main: true}
		if !c.unpayable() {
			return []Button{award}
		}
		return []Button{{Text: c.T("my_applications.account"), URL: c.bank(), Icon: "account_balance"}, award}
	}
	return nil
}

// news is what the applicant has to know first.
func (c *myCase) news() []Notice {
	a := c.application
	switch {
	case a.State == workflow.NeedsInformation:
		due := c.due()
		return []Notice{{Tone: "warning", Head: c.T("my_applications.asked", "day", due.At.Text, "left", due.Text), Text: c.N("inquiry.count", len(a.OpenInquiries()))}}
	case a.State == workflow.Draft && a.Submissions > 0:
		return []Notice{{Tone: "info", Text: c.T("my_applications.reopened")}}
	case a.Aside != "":
		return []Notice{{Tone: "info", Text: c.T("my_applications.aside")}}
	case a.State == workflow.Awarded && c.award != nil && c.award.State == workflow.Offered:
		next, _ := c.nextOfAward()
		return []Notice{{Tone: "success", Head: c.T("my_applications.offered", "amount", c.award.Face.Dollars()),
			Text: next + " " + c.T("my_applications.offered_text", "moment", c.Moment(c.award.OfferEnds).Text)}}
	case a.State == workflow.Declined, a.State == workflow.Ineligible:
		return []Notice{{Tone: "error", Head: c.tag().Word, Text: strings.Join(c.determination().Reasons, " ") + c.appeal()}}
	}
	return nil
}

// appeal says until when the applicant may appeal; "" when that is over or spent.
func (c *myCase) appeal() string {
	if c.application.AppealSpent || !c.now.Before(c.appealEnds()) {
		return ""
	}
	return " " + c.T("my_applications.may_appeal", "moment", c.Moment(c.appealEnds()).Text)
}

func (c *myCase) facts() []Fact {
	a := c.application
	out := []Fact{{Name: c.T("application.requested"), Value: a.Requested.Dollars(), Number: true}}
	switch {
	case a.Awarded > 0:
		out = append(out, Fact{Name: c.T("application.awarded"), Value: a.Awarded.Dollars(), Number: true})
	case !a.SubmittedAt.IsZero():
		out = append(out, Fact{Name: c.T("application.submitted"), Value: c.Day(a.SubmittedAt).Text, Note: c.Clock(a.SubmittedAt).Text})
	}
	if due := c.due(); due.Tone != "none" {
		out = append(out, Fact{Name: c.T("list.due"), Due: &due, Note: due.At.Text})
	}
	return append(out, Fact{Name: c.Noun("opportunity"), Value: c.opportunity.Number, URL: pathOf(workflow.NounOpportunity, c.opportunity.ID)})
}

// receipt is the proof of the newest submission; nil when there is none.
func (c *myCase) receipt() ([]AnswerGroup, error) {
	a := c.application
	if a.Submissions == 0 {
		return nil, nil
	}
	files, err := c.sentFiles()
	return []AnswerGroup{{Title: c.T("receipt.title"), Answers: append([]Answer{
		{Name: c.T("receipt.number"), Value: a.Number, Number: true},
		{Name: c.T("receipt.received"), Value: c.Moment(a.SubmittedAt).Text},
		{Name: c.T("receipt.submission"), Value: strconv.FormatInt(a.Submissions, 10), Number: true},
		{Name: c.T("receipt.sum"), Value: a.Snapshot},
	}, files...)}}, err
}

// answers are the sections as they are filled in, with links to change them.
func (c *myCase) answers(change bool) []AnswerGroup {
	groups := c.filledIn(c.application, c.terms)
	for i := range groups {
		c.fillGaps(groups[i].Answers)
		c.fillGaps(groups[i].Texts)
		if change {
			groups[i].ChangeURL = c.path() + "/edit/" + c.terms.Sections[i].Name
		}
	}
	files := c.attached(c.application, c.terms)
	for i := range files {
		if change {
			files[i].ChangeURL = c.path() + "/edit/" + documentsSection
		}
	}
	return append(groups, files...)
}

// filledIn is an application as it was filled in, section by section of its form.
func (v *visit) filledIn(a *workflow.Application, t *workflow.Terms) []AnswerGroup {
	given := workflow.AnswersOf(a.Answers)
	groups := make([]AnswerGroup, len(t.Sections))
	for i := range t.Sections {
		s, g := &t.Sections[i], &groups[i]
		g.Title = v.sectionTitle(s)
		for _, name := range s.Fields {
			if answer, long := v.filled(a, name); long {
				g.Texts = append(g.Texts, answer)
			} else {
				g.Answers = append(g.Answers, answer)
			}
		}
		for j := range s.Questions {
			q := &s.Questions[j]
			if answer := v.answerTo(q, given[q.Name]); q.Kind == workflow.QuestionText {
				g.Texts = append(g.Texts, answer)
			} else {
				g.Answers = append(g.Answers, answer)
			}
		}
	}
	return groups
}

// filled is what a says in one of workflow.ApplicantFields, and whether that is
// text of several lines.
func (v *visit) filled(a *workflow.Application, name string) (answer Answer, long bool) {
	answer.Name = v.FieldName(name)
	switch name {
	case "title":
		answer.Value = a.Title
	case "summary":
		answer.Value, long = a.Summary, true
	case "approach":
		answer.Value, long = a.Approach, true
	case "outcome":
		answer.Value, long = a.Outcome, true
	case "requested":
		answer.Value, answer.Number = unlessZero(a.Requested, a.Requested.Dollars()), true
	case "months":
		answer.Value, answer.Number = unlessZero(a.Months, strconv.FormatInt(a.Months, 10)), true
	case "certified":
		answer.Name, answer.Value = v.T("section.certified"), v.yesNo(a.Certified)
	}
	return answer, long
}

// fillGaps writes words where nothing was answered.
func (v *visit) fillGaps(answers []Answer) {
	for i := range answers {
		if answers[i].Value == "" {
			answers[i].Value, answers[i].Number = v.T("form.not_answered"), false
		}
	}
}

func (v *visit) yesNo(yes bool) string {
	if yes {
		return v.T("form.yes")
	}
	return v.T("form.no")
}

// determination says how the case ended badly, with the reasons and without the
// people and notes of the staff; nil when it did not.
func (c *myCase) determination() *Opinion {
	a := c.application
	if a.State != workflow.Declined && a.State != workflow.Ineligible {
		return nil
	}
	o := &Opinion{Tag: c.tag(), At: c.Moment(a.DecidedAt)}
	if a.Codes != "" {
		o.Reasons = c.codeNames(c.terms, a.Codes)
		return o
	}
	o.Reasons = c.verdictReasons()
	return o
}

// verdictReasons are the sentences of the newest verdict. Of affiliates it tells
// nothing but the sum.
func (c *myCase) verdictReasons() []string {
	var verdict workflow.Verdict
	if err := json.Unmarshal([]byte(c.application.Verdict), &verdict); err != nil {
		c.Logger().Error(fmt.Errorf("verdict of application %s: %w", c.application.ID, err))
		return nil
	}
	return c.whys(trial.Whys(&verdict))
}
