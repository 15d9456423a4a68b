package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"tranche/app/trial"
	"tranche/models"
	"tranche/workflow"
)

// A dossier is a case as one of the staff sees it, read for its page.
type dossier struct {
	models.Case
	row    models.Row
	events []models.Event // newest first, what this reader may know
	flags  []workflow.Flag
	mere   bool // the reader is no more than a reviewer of the case
}

// casePage answers GET /applications/{id} for the staff.
func (s *Server) casePage(v *visit, id workflow.ID, again *attempt) error {
	d, err := v.dossier(id)
	if err != nil {
		return err
	}
	v.Zone = zoneOf(&d.Opportunity)
	acts, err := v.caseActs(d, again)
	if err != nil {
		return err
	}
	turns, err := v.server.Reader.Turns(v.ctx(), v.viewer, d.Application.ID, v.server.Now())
	if err != nil {
		return err
	}
	v.offerSkip(&acts, d.Application.ID, turns, again)
	view := ApplicationView{
		Shell: v.titled(titleOf(&d.Application), Link{v.T("nav.queue"), "/applications"}, Link{Text: d.Application.Number}),
		Record: Record{
			Number: d.Application.Number, Tag: v.Mark("application", d.Application.State.String()),
			Lead:   placeLine(d.Organization.LegalName, d.Organization.City, d.Organization.Region),
			Stages: v.caseStages(&d.Application, d.events), Facts: v.caseFacts(d), Actions: acts,
		},
		Organization: Link{Text: v.applicant(d.Organization.LegalName)},
	}
	if !d.mere {
		view.Organization.URL = pathOf(workflow.NounOrganization, d.Organization.ID)
	}
	if err := v.caseTab(&view, d, again); err != nil {
		return err
	}
	view.Notices = append(v.notices(again, view.forms()), v.caseNotices(d)...)
	if !d.mere {
		nobody, err := s.Reader.Unmanned(v.ctx(), d.Application.Program, workflow.NounApplication, id, d.Application.State, s.Now())
		if err != nil {
			return err
		}
		if nobody {
			view.Notices = append(view.Notices, Notice{Tone: "warning", Text: v.T("case.nobody")})
		}
		view.Notices = append(view.Notices, v.turnNotices(turns)...)
	}
	return v.show(view, again)
}

// dossier reads a case. A mere reviewer is told when it was submitted and what was
// asked and answered, and nothing of what the staff thinks of it.
func (v *visit) dossier(id workflow.ID) (*dossier, error) {
	d := &dossier{}
	var err error
	if d.Case, err = v.server.Reader.Case(v.ctx(), v.viewer, id); err != nil {
		return nil, err
	}
	if d.row, err = v.row(workflow.NounApplication, id); err != nil {
		return nil, err
	}
	if d.events, err = v.server.Reader.CaseEvents(v.ctx(), v.viewer, id); err != nil {
		return nil, err
	}
	if d.mere = models.MerelyReviews(d.Roles); !d.mere {
		d.flags, err = v.flagsOf(&d.Application)
	}
	return d, err
}

// flagsOf lists what a case is flagged for. Evidence may have moved without a job having
// noticed yet: the next step is refused for it, so the page says it as well.
func (v *visit) flagsOf(a *workflow.Application) ([]workflow.Flag, error) {
	list := a.Flags()
	if a.Verdict == "" || slices.ContainsFunc(list, func(f workflow.Flag) bool { return f.Code == string(workflow.ReasonEvidenceChanged) }) {
		return list, nil
	}
	now := v.server.Now()
	moved, err := v.server.Reader.Try(v.ctx(), &models.Viewer{System: true}, now,
		workflow.Command{Noun: workflow.NounApplication, ID: a.ID, Action: workflow.ActRescreen, Received: now})
	if err == nil && moved[0] == nil {
		list = append(list, workflow.Flag{Code: string(workflow.ReasonEvidenceChanged)})
	}
	return list, err
}

// applicant names who applies; to a reviewer who does not see that, in general words.
func (v *visit) applicant(name string) string { return cmp.Or(name, v.T("review.unnamed")) }

func placeLine(name, city, region string) string {
	return strings.Join(nonEmpty(name, placeName(city, region)), " · ")
}

// caseTab fills what the tab that the address names shows.
func (v *visit) caseTab(view *ApplicationView, d *dossier, again *attempt) error {
	tab := v.QueryParam("tab")
	if tab != "application" && tab != "history" {
		tab = "review"
	}
	for _, name := range []string{"review", "application", "history"} {
		url := pathOf(workflow.NounApplication, d.Application.ID)
		if name != "review" {
			url += "?tab=" + name
		}
		view.Tabs = append(view.Tabs, Tab{Text: v.T("application.tab_" + name), URL: url, Current: name == tab})
	}
	all := v.caseEvents(d.events)
	view.Tabs[2].Count = strconv.Itoa(len(all))
	if tab != "history" {
		var err error
		if view.Inquiries, view.Changes, err = v.inquiries(&d.Application, d.Terms); err != nil {
			return err
		}
	}
	switch tab {
	case "application":
		view.Summary = v.caseAnswers(d, true)
		return nil
	case "history":
		view.Events = all
		return nil
	}
	view.History = v.timeline(all, pathOf(workflow.NounApplication, d.Application.ID)+"?tab=history")
	view.Summary = v.caseAnswers(d, false)
	if d.mere {
		return nil
	}
	view.Checks, view.CheckedAt = v.caseChecks(d), v.Date(workflow.DateOf(v.server.Now()))
	var err error
	if view.Scores, err = v.caseScores(d); err != nil {
		return err
	}
	view.Recommendation, view.Determination = v.opinions(d)
	if view.Letters, err = v.letters(d.Application.ID); err != nil {
		return err
	}
	if view.Mail, err = v.mailOf(d.Application.ID); err != nil {
		return err
	}
	if view.Clearances, err = v.clearances(d, again); err != nil {
		return err
	}
	view.InRows = view.Clearances.acts()
	if view.Screening, err = v.screening(d.Organization.ID); err != nil {
		return err
	}
	if view.Duplicates, err = v.pairsOf(d.Organization.ID); err != nil {
		return err
	}
	if view.Conflicts, err = v.conflictsOf(d.Application.ID); err != nil {
		return err
	}
	view.Revenue, err = v.revenue(d)
	return err
}

// stageStates are the states that a case reaches a stage with.
var stageStates = [stageCount][]workflow.State{
	stageDraft:          {workflow.Draft},
	stageSubmitted:      {workflow.Submitted},
	stageScreening:      {workflow.Screening, workflow.Ineligible},
	stageReview:         {workflow.InReview, workflow.Waitlisted},
	stageRecommendation: {workflow.Recommended, workflow.DeclineRecommended},
	stageAward:          {workflow.Awarded, workflow.Declined, workflow.NotAccepted},
}

// caseStages is the bar of a case, with the day on which each stage was reached.
func (v *visit) caseStages(a *workflow.Application, events []models.Event) []Stage {
	at, stopped := stageOf(a)
	out := make([]Stage, stageCount)
	for i, name := range stageNames {
		out[i] = Stage{Name: v.T("application.stage_" + name), Note: v.reached(stageStates[i], events),
			Done: i < at || a.State == workflow.Awarded, Current: i == at && !stopped && a.State != workflow.Awarded, Stopped: i == at && stopped}
		if i > at {
			out[i].Note = v.T("application.not_started")
		}
	}
	if at > stageScreening && out[stageScreening].Note == "" {
		out[stageScreening].Note = v.T("case.passed")
	}
	out[stageDraft].Note = v.Day(a.Made).Text
	if at >= stageSubmitted {
		out[stageSubmitted].Note = v.Day(a.SubmittedAt).Text
	}
	if stopped || a.State == workflow.NeedsInformation || a.State == workflow.Appealed {
		out[at].Note = v.State("application", a.State.String())
	}
	return out
}

// reached returns the day on which a case came to one of the states last.
func (v *visit) reached(states []workflow.State, events []models.Event) string {
	for _, e := range events {
		if e.Noun == workflow.NounApplication && e.Start != e.End && slices.Contains(states, e.End) {
			return v.Day(e.At).Text
		}
	}
	return ""
}

// caseFacts is the strip under the bar.
func (v *visit) caseFacts(d *dossier) []Fact {
	a := &d.Application
	out := []Fact{
		{Name: v.T("application.requested"), Value: a.Requested.Dollars(), Number: true, Note: v.T("case.at_most", "cap", d.Opportunity.Cap().Dollars())},
		{Name: v.T("application.organization"), Value: d.Organization.LegalName, Note: placeName(d.Organization.City, d.Organization.Region)},
		{Name: v.Noun("opportunity"), Value: d.Opportunity.Number, Note: d.Opportunity.Title, URL: pathOf(workflow.NounOpportunity, d.Opportunity.ID)},
	}
	if due, name := v.caseDue(d); due != nil {
		out = append(out, Fact{Name: name, Due: due, Note: due.At.Text})
	}
	if d.mere {
		return out
	}
	if d.Service.Due > 0 {
		due := v.stageDue(d.Service)
		out = append(out, Fact{Name: v.T("service.due"), Due: &due, Note: v.Date(d.Service.Due).Text})
	}
	out[1].URL = pathOf(workflow.NounOrganization, d.Organization.ID)
	if mean, n := meanOf(d.Reviews); n > 0 {
		need := int(d.Opportunity.ReviewsNeeded)
		out = append(out, Fact{Name: v.T("application.score"), Value: points(mean), Number: true, Note: v.T("scores.of", "have", n, "need", need), Checked: n >= need})
	}
	if d.Award.ID != 0 {
		out = append(out, Fact{Name: v.T("application.awarded"), Value: a.Awarded.Dollars(), Number: true, Note: d.Award.Number, URL: pathOf(workflow.NounAward, d.Award.ID)})
	}
	return out
}

// caseDue is until when somebody has to act, and what it is.
func (v *visit) caseDue(d *dossier) (*Due, string) {
	now := v.server.Now()
	if d.Application.State == workflow.NeedsInformation {
		due := v.DueDay(now, d.Application.ReplyDue)
		return &due, v.T("case.reply_due")
	}
	var next workflow.Date
	for _, r := range d.Reviews {
		if (r.State == workflow.Invited || r.State == workflow.Accepted) && (next == 0 || r.Due.Before(next)) {
			next = r.Due
		}
	}
	if next == 0 {
		return nil, ""
	}
	due := v.DueDay(now, next)
	return &due, v.T("case.review_due")
}

// stageDue tells until when a case is to leave its stage.
func (v *visit) stageDue(s models.Service) Due {
	if s.Paused {
		return Due{Tone: "none", Text: v.T("service.paused")}
	}
	return v.DueDay(v.server.Now(), s.Due)
}

// caseNotices is what everybody should know before they read on.
func (v *visit) caseNotices(d *dossier) []Notice {
	out := v.holdNotices(d.Holds)
	a := &d.Application
	for _, flag := range d.flags {
		out = append(out, Notice{Tone: "warning", Head: v.Moment(flag.At).Text, Text: v.T("flag." + flag.Code)})
	}
	if a.State == workflow.Appealed {
		out = append(out, Notice{Tone: "warning", Head: v.FieldName("grounds"), Text: a.Grounds})
	}
	return out
}

// caseAnswers is the application as it was filled in: all of it, or the summary.
func (v *visit) caseAnswers(d *dossier, all bool) []AnswerGroup {
	a := &d.Application
	text := func(name, value string) Answer { return Answer{Name: v.FieldName(name), Value: value} }
	if !all {
		project := AnswerGroup{Title: v.T("section.project"), Texts: []Answer{text("summary", a.Summary), text("outcome", a.Outcome)}}
		return append([]AnswerGroup{project}, v.attached(a, d.Terms.Or())...)
	}
	o := &d.Organization
	company := AnswerGroup{Title: v.T("section." + firstSection), Answers: []Answer{
		text("legal_name", o.LegalName), {Name: v.T("organization.uei"), Value: o.UEI, Number: true},
		{Name: v.T("organization.address"), Value: strings.Join(nonEmpty(o.Street, placeName(o.City, o.Region), o.Zip), ", ")}, text("website", o.Website),
	}}
	company.Answers = slices.DeleteFunc(company.Answers, func(a Answer) bool { return a.Value == "" })
	if len(company.Answers) == 0 {
		return slices.Concat(v.filledIn(a, d.Terms), v.attached(a, d.Terms.Or()))
	}
	return slices.Concat([]AnswerGroup{company}, v.filledIn(a, d.Terms), v.attached(a, d.Terms.Or()))
}

func nonEmpty(texts ...string) []string {
	return slices.DeleteFunc(texts, func(s string) bool { return s == "" })
}

// caseChecks are the conditions beside the revenue that a decision rests on.
func (v *visit) caseChecks(d *dossier) []Check {
	a, o := &d.Application, &d.Organization
	check := func(ok bool, words, note string) Check {
		if ok {
			return Check{Tone: "ok", Text: v.T(words), Note: note}
		}
		return Check{Tone: "bad", Text: v.T(words + "_not"), Note: note}
	}
	out := []Check{
		check(o.State == workflow.Active, "case.check_active", strings.Join(nonEmpty(o.UEI, v.State("organization", o.State.String())), " · ")),
		check(a.Certified, "case.check_certified", v.Moment(a.SubmittedAt).Text),
		check(a.Requested <= d.Opportunity.Cap(), "case.check_cap", v.T("case.requested_of", "requested", a.Requested.Dollars(), "cap", d.Opportunity.Cap().Dollars())),
	}
	if a.State != workflow.Awarded {
		out = append(out, check(a.Requested <= d.Available+a.Committed, "case.check_fund", v.T("case.available", "available", d.Available.Dollars())))
	}
	_, n := meanOf(d.Reviews)
	reviews := Check{Tone: "open", Text: v.T("case.check_reviews_not"), Note: v.T("scores.of", "have", n, "need", d.Opportunity.ReviewsNeeded)}
	if int64(n) >= d.Opportunity.ReviewsNeeded {
		reviews.Tone, reviews.Text = "ok", v.T("case.check_reviews")
	}
	out = append(out, reviews)
	for _, r := range d.Reviews {
		if r.State == workflow.Recused {
			out = append(out, Check{Tone: "warning", Text: v.T("case.check_recused", "name", r.Name), Note: v.T("case.check_recused_note")})
		}
	}
	return out
}

// meanOf returns the mean of the submitted reviews in hundredths of a point, half
// of one rounded up, and how many there are.
func meanOf(reviews []models.ReviewOf) (mean int64, n int) {
	var sum int64
	for _, r := range reviews {
		if r.State == workflow.Submitted {
			sum, n = sum+r.Mean, n+1
		}
	}
	if n == 0 {
		return 0, 0
	}
	return (2*sum + int64(n)) / (2 * int64(n)), n
}

// lowScore is below what a criterion is marked; wideSpread is by how many points
// reviewers differ when a reader is warned.
const (
	lowScore   = 60
	wideSpread = 20
)

// caseScores adds up what the reviewers gave.
func (v *visit) caseScores(d *dossier) (*Scores, error) {
	if len(d.Reviews) == 0 {
		return nil, nil
	}
	out := &Scores{Note: v.T("scores.none")}
	mean, n := meanOf(d.Reviews)
	if n > 0 {
		out.Mean, out.Note = points(mean), v.N("scores.note", n)
		widest := int64(wideSpread - 1)
		for i := range d.Terms.Rubric {
			score, spread := v.criterion(&d.Terms.Rubric[i], d.Reviews)
			out.Criteria = append(out.Criteria, score)
			if spread > widest {
				widest = spread
				out.Spread = v.T("scores.spread", "points", spread, "criterion", score.Name)
			}
		}
	}
	var means []int64
	for _, r := range d.Reviews {
		if r.State == workflow.Submitted {
			means = append(means, r.Mean)
		}
	}
	if n > 1 {
		out.Note = v.T("scores.note_spread", "note", out.Note, "spread", points(workflow.Spread(means)))
	}
	held, err := v.server.Reader.Calibrations(v.ctx(), v.viewer, d.Application.Program, idsOf(d.Reviews, func(r *models.ReviewOf) workflow.ID { return r.Reviewer })...)
	apart := workflow.Outliers(means)
	for _, r := range d.Reviews {
		card := v.reviewCard(r)
		if r.State == workflow.Submitted {
			if apart[0] {
				card.Apart = v.T("scores.apart")
			}
			apart = apart[1:]
		}
		if c := held[r.Reviewer]; c.Told() {
			card.Calibration = v.calibration(&c)
		}
		out.Reviews = append(out.Reviews, card)
	}
	return out, err
}

// calibration says how a reviewer's scores compare with those of others.
func (v *visit) calibration(c *workflow.Calibration) string {
	higher := c.Higher()
	if higher < 0 {
		return v.T("scores.lower", "points", points(-higher), "cases", c.Cases)
	}
	return v.T("scores.higher", "points", points(higher), "cases", c.Cases)
}

// criterion is the mean for one criterion, and by how much reviewers differ on it.
func (v *visit) criterion(c *workflow.Criterion, reviews []models.ReviewOf) (Score, int64) {
	var sum, n, low, high int64
	for _, r := range reviews {
		p, given := workflow.ScoreOf(r.Scores, c.Name)
		if r.State != workflow.Submitted || !given {
			continue
		}
		if n == 0 {
			low, high = p, p
		}
		sum, n, low, high = sum+p, n+1, min(low, p), max(high, p)
	}
	s := Score{Name: v.criterionName(c), Weight: c.Weight}
	if n > 0 {
		hundredths := (2*100*sum + n) / (2 * n)
		s.Value, s.Percent, s.Low = points(hundredths), int(hundredths/100), hundredths < lowScore*100
	}
	return s, high - low
}

func (v *visit) reviewCard(r models.ReviewOf) ReviewCard {
	c := ReviewCard{Reviewer: PersonNamed(r.Name, ""), Tag: v.Mark("review", r.State.String()), URL: pathOf(workflow.NounReview, r.ID)}
	if r.State == workflow.Submitted {
		c.Score, c.Comment, c.At = points(r.Mean), r.Comment, v.Moment(r.SubmittedAt)
	}
	return c
}

// caseActs is the card with what this reader can do.
func (v *visit) caseActs(d *dossier, again *attempt) (Actions, error) {
	a := &d.Application
	due := v.inDays(14)
	declines := map[string][]Option{"codes": v.codeOptions(d.Terms, d.Terms.Decline())}
	screenings := map[string][]Option{"codes": v.codeOptions(d.Terms, d.Terms.Screening())}
	var flags []Option
	for _, flag := range d.flags {
		flags = append(flags, Option{Value: flag.Code, Text: v.T("flag." + flag.Code), Note: v.Moment(flag.At).Text})
	}
	acts, err := v.offered(d.row, again, offers{
		workflow.ActRecommend:          {values: map[string]string{"amount": unlessZero(a.Requested, a.Requested.String())}, note: v.T("case.recommend_note", "available", d.Available.Dollars())},
		workflow.ActAward:              {values: map[string]string{"amount": unlessZero(a.Recommended, a.Recommended.String())}, note: v.T("case.award_note", "recommended", a.Recommended.Dollars())},
		workflow.ActRequestInformation: {values: map[string]string{"due": due}, labels: map[string]string{"question": v.T("inquiry.questions")}, note: v.T("case.ask_note")},
		workflow.ActExtendRequest:      {values: map[string]string{"due": unlessZero(a.ReplyDue, a.ReplyDue.AddDays(7).String())}, note: v.T("case.extend_note")},
		workflow.ActRecommendDecline:   {options: declines, note: v.T("case.decline_note")},
		workflow.ActDecline:            {values: map[string]string{"codes": a.Codes}, options: declines, note: v.T("case.decided_note")},
		workflow.ActClear:              {options: screenings},
		workflow.ActFindIneligible:     {options: screenings},
		workflow.ActWaitlist:           {values: map[string]string{"rank": "1"}},
		workflow.ActReturn:             {note: v.T("case.return_note")},
		workflow.ActDefer:              {note: v.T("case.defer_note")},
		workflow.ActAssign:             {values: map[string]string{"officer": unlessZero(a.Officer, a.Officer.String())}, options: map[string][]Option{"officer": somebodies(d.Assignable)}, note: v.T("case.assign_note")},
		workflow.ActAcknowledge:        {options: map[string][]Option{"flag": flags}, note: v.T("case.acknowledge_note"), hide: len(flags) == 0},
	})
	if err != nil || d.mere {
		return acts, err
	}
	if v.asksReviewers(d) {
		acts.make(v, workflow.NounReview, a.ID, again, offer{options: map[string][]Option{"reviewer": somebodies(d.Invitable)}, values: map[string]string{"due": due}, note: v.T("case.invite_note")})
		acts.Offer[len(acts.Offer)-1].Label = v.T("case.invite")
		acts.Offer[len(acts.Offer)-1].Submit = v.T("case.invite")
	}
	if _, stopped := stageOf(a); !stopped {
		v.holdOffer(&acts, d.row, again)
	}
	if err := v.exceptionOffers(&acts, d.row, again); err != nil {
		return acts, err
	}
	acts.arrange()
	return acts, nil
}

// somebodies offers people to choose from.
func somebodies(people []models.Somebody) (out []Option) {
	for _, p := range people {
		out = append(out, Option{Value: p.ID.String(), Text: p.Name})
	}
	return out
}

// asksReviewers reports whether the form that asks somebody for a review is shown.
func (v *visit) asksReviewers(d *dossier) bool {
	at, stopped := stageOf(&d.Application)
	open := !stopped && (at == stageScreening || at == stageReview)
	return open && mayMake(workflow.NounReview, d.row.Roles) && len(d.Invitable) > 0
}

// caseEvents tells what happened, with the amounts, questions and notes that came
// with it.
func (v *visit) caseEvents(list []models.Event) []Event {
	var out []Event
	for i, e := range list {
		if i > 0 && e.Action == workflow.ActSave && list[i-1].Action == workflow.ActSave && e.Record == list[i-1].Record {
			continue
		}
		event := v.Event(e.Noun.String(), e.Action.String(), e.End.String(), v.actor(e), v.Moment(e.At))
		in := inputsOf(e)
		if amount := in["amount"].Cents; amount > 0 {
			event.Note = amount.Dollars()
		}
		for _, name := range []string{"question", "reply", "grounds", "note", "reason"} {
			// Why a hold stands is told by its notice, to whom it may be told.
			text := in[name].Text
			if name == "reply" && e.Noun == workflow.NounApplication {
				text = replyText(text)
			}
			if text != "" && event.Quote == "" && e.Noun != workflow.NounHold {
				event.Quote = text
			}
		}
		out = append(out, event)
	}
	return out
}

// inputsOf returns what came with an event, by name; nothing when the reader may
// not know it.
func inputsOf(e models.Event) map[string]workflow.Input {
	var list []workflow.Input
	if json.Unmarshal([]byte(e.Inputs), &list) != nil {
		return nil
	}
	out := map[string]workflow.Input{}
	for _, in := range list {
		out[in.Name] = in
	}
	return out
}

// opinions are the recommendation and the determination in force.
func (v *visit) opinions(d *dossier) (recommendation, determination *Opinion) {
	a := &d.Application
	at, _ := stageOf(a)
	if a.RecommendedBy != 0 && (at >= stageRecommendation || a.State == workflow.Waitlisted) {
		recommendation = v.opinion(d, workflow.ActRecommend, workflow.ActRecommendDecline)
	}
	if a.DeterminedBy != 0 && (at == stageAward || a.State == workflow.Ineligible || a.State == workflow.Appealed) {
		determination = v.opinion(d, workflow.ActAward, workflow.ActDecline, workflow.ActFindIneligible)
	}
	return recommendation, determination
}

// opinion tells the newest of the acts.
func (v *visit) opinion(d *dossier, acts ...workflow.Action) *Opinion {
	for _, e := range d.events {
		if e.Noun != workflow.NounApplication || !slices.Contains(acts, e.Action) {
			continue
		}
		in := inputsOf(e)
		o := &Opinion{Tag: v.Mark("application", e.End.String()), By: PersonNamed(v.actor(e), ""), At: v.Moment(e.At), Amount: in["amount"].Cents, Note: in["note"].Text}
		o.Reasons = v.codeNames(d.Terms, in["codes"].Text)
		return o
	}
	return nil
}

// revenue is the first thing that is checked: the stored verdict with every
// number that it rests on. It is nil before the rule was run.
func (v *visit) revenue(d *dossier) (*RevenueCheck, error) {
	if d.Application.Verdict == "" {
		return nil, nil
	}
	var verdict workflow.Verdict
	if err := json.Unmarshal([]byte(d.Application.Verdict), &verdict); err != nil {
		return nil, err
	}
	invented, err := v.invented(verdict)
	if err != nil {
		return nil, err
	}
	r := &RevenueCheck{
		Basis: v.T("revenue.basis_" + verdict.Basis.String()), Sum: verdict.Sum, Cap: verdict.Cap, Percent: Percent(verdict.Sum, verdict.Cap),
		Over: verdict.Outcome == workflow.Fail, At: v.Date(verdict.AsOf), Rule: verdict.Rule,
		Document: pathOf(workflow.NounApplication, d.Application.ID) + "/verdict",
	}
	for _, line := range verdict.Lines {
		row := v.revenueRow(verdict, line)
		row.Invented = invented[line.Entity] && !row.Missing
		r.Partial = r.Partial || row.Missing
		r.Rows = append(r.Rows, row)
	}
	r.Verdict, r.Finding = v.finding(verdict)
	return r, nil
}

// finding is the verdict as a mark and a sentence.
func (v *visit) finding(verdict workflow.Verdict) (Tag, string) {
	switch {
	case verdict.Outcome == workflow.Pass && len(verdict.Withheld) > 0:
		return Tag{"good", "check_circle", v.T("revenue.pass")}, v.T("revenue.pass")
	case verdict.Outcome == workflow.Pass:
		return Tag{"good", "check_circle", v.T("revenue.pass")}, v.T("revenue.below", "room", (verdict.Cap - verdict.Sum).Dollars())
	case verdict.AtOrOver() && verdict.Sum == verdict.Cap:
		return Tag{"bad", "do_not_disturb", v.T("revenue.fail")}, v.T("revenue.exactly")
	case verdict.AtOrOver():
		return Tag{"bad", "do_not_disturb", v.T("revenue.fail")}, v.T("revenue.over", "over", (verdict.Sum - verdict.Cap).Dollars())
	}
	why, word := strings.Join(v.whys(trial.Whys(&verdict)), " "), v.T("verdict.referred")
	if slices.ContainsFunc(verdict.Reasons, func(r workflow.Reason) bool { return r != workflow.ReasonRules }) {
		word = v.T("revenue.refer")
	}
	if verdict.Outcome == workflow.Fail {
		return Tag{"bad", "do_not_disturb", v.T("verdict.failed")}, why
	}
	return Tag{"warn", "warning", word}, why
}

func (v *visit) revenueRow(verdict workflow.Verdict, line workflow.VerdictLine) RevenueRow {
	row := RevenueRow{Name: line.Name, URL: pathOf(workflow.NounOrganization, line.Entity), Relation: v.relation(verdict, line),
		Year: v.T("revenue.fiscal", "year", line.FiscalYear), Amount: line.Amount, Missing: lacks(line)}
	if line.Currency != "" || line.Eliminated > 0 || line.Weighed > 0 {
		row.Amount = line.Counted
	}
	if line.FiscalYear == 0 {
		row.Year = ""
	}
	if row.Name == "" {
		row.Name = line.Entity.String()
	}
	if row.Missing {
		return row
	}
	if line.Weighed > 0 {
		row.Source = v.T("verdict.weighed", "days", line.Weighed)
		return row
	}
	row.Source = v.T("revenue.evidence", "source", v.ChoiceName("source", line.Source), "start", v.Date(line.Start).Text, "end", v.Date(line.End).Text)
	if line.Currency != "" || line.Eliminated > 0 {
		row.Source += " " + v.T("revenue.stated", "amount", moneyIn(workflow.Amount(line.Amount), line.Currency))
	}
	if line.Reason != "" {
		row.Source += " " + v.Reason(line.Reason, nil)
	}
	return row
}

// relation says through which link an organization is in the sum.
func (v *visit) relation(verdict workflow.Verdict, line workflow.VerdictLine) string {
	if line.Via == 0 {
		return v.T("revenue.applicant")
	}
	via := ""
	for _, other := range verdict.Lines {
		if other.Entity == line.Via {
			via = other.Name
		}
	}
	words, share, control := "revenue.child", 0, false
	for _, l := range verdict.Links {
		owns, owned := l.Owner == line.Entity && l.Owned == line.Via, l.Owner == line.Via && l.Owned == line.Entity
		if owns {
			words = "revenue.parent"
		}
		if owns || owned {
			share, control = share+l.Share, control || l.Control
		}
	}
	if control && share <= 50_00 {
		words += "_control"
	}
	return v.T(words, "name", via, "share", v.T("format.percent", "n", percentText(share)))
}

// percentText writes hundredths of a percent: "51", "50.01".
func percentText(share int) string {
	if share%100 == 0 {
		return strconv.Itoa(share / 100)
	}
	return workflow.Cents(share).String()
}

// invented says whose figures were made up for a demonstration.
func (v *visit) invented(verdict workflow.Verdict) (map[workflow.ID]bool, error) {
	out := map[workflow.ID]bool{}
	for _, line := range verdict.Lines {
		if _, asked := out[line.Entity]; asked {
			continue
		}
		o, err := record[workflow.Organization](v, workflow.NounOrganization, line.Entity)
		if errors.Is(err, models.ErrNotFound) {
			out[line.Entity] = false
			continue
		}
		if err != nil {
			return nil, err
		}
		out[line.Entity] = o.Invented
	}
	return out, nil
}
