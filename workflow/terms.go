package workflow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Terms are what a program's file lays down for one opportunity. They are
// compiled from the file once, stored as a document of canonical JSON under its
// SHA-256, and never change: an application keeps the terms that it was submitted
// under. The JSON names are a contract.
type Terms struct {
	Program     string `json:"program"`     // the program's prefix
	Version     int64  `json:"version"`     // of the program's file: 1, 2, 3 …
	File        string `json:"file"`        // SHA-256 of the file's text, hex
	Opportunity string `json:"opportunity"` // number of the opportunity

	AwardCap      Cents `json:"award_cap_cents"`   // at most the statutory AwardCap
	RevenueCap    Cents `json:"revenue_cap_cents"` // at most the statutory RevenueCap
	Basis         Basis `json:"basis"`
	ReviewsNeeded int64 `json:"reviews_needed"`
	AppealDays    int64 `json:"appeal_days"`
	OfferDays     int64 `json:"offer_days"`

	Sections       []FormSection   `json:"sections"`
	Documents      []DocumentTerm  `json:"documents,omitempty"`
	Clearances     []ClearanceTerm `json:"clearances,omitempty"`
	Rubric         []Criterion     `json:"rubric"`
	Blind          []string        `json:"blind,omitempty"` // what reviewers do not see: of BlindFields, questions and codes of documents
	Topic          string          `json:"topic,omitzero"`  // name of the choice question whose answer says what an application is about
	DeclineCodes   []CodeTerm      `json:"decline_codes"`
	ScreeningCodes []CodeTerm      `json:"screening_codes"`
	Levels         []ServiceLevel  `json:"service_levels,omitempty"`
	Rules          []RuleTerm      `json:"rules,omitempty"`
}

// A Label is a text in the languages of the word lists.
type Label struct {
	EN string `json:"en"`
	ZH string `json:"zh-TW"`
}

// In returns the text in a language of the word lists; English stands in for
// one that is not there.
func (l Label) In(language string) string {
	if language == "zh-TW" && l.ZH != "" {
		return l.ZH
	}
	return l.EN
}

// A FormSection is one page of the application form.
type FormSection struct {
	Name      string     `json:"name"` // part of the page's URL
	Label     Label      `json:"label"`
	Fields    []string   `json:"fields,omitempty"` // names of ApplicantFields
	Questions []Question `json:"questions,omitempty"`
}

// The kinds of questions.
const (
	QuestionLine   = "line"
	QuestionText   = "text"
	QuestionNumber = "number" // a whole number, not negative
	QuestionChoice = "choice"
	QuestionYes    = "yes" // a box that has to be ticked if it is required
)

// A Question is one that the program asks beyond the ApplicantFields. Its answer
// is stored under its name.
type Question struct {
	Name     string     `json:"name"`
	Kind     string     `json:"kind"` // QuestionLine to QuestionYes
	Label    Label      `json:"label"`
	Hint     Label      `json:"hint,omitzero"`
	Required bool       `json:"required,omitzero"`
	Max      int64      `json:"max,omitzero"` // the most characters of a text, the largest number
	Choices  []CodeTerm `json:"choices,omitempty"`
}

// A DocumentTerm is a file that an application comes with.
type DocumentTerm struct {
	Code     string   `json:"code"`
	Label    Label    `json:"label"`
	Required bool     `json:"required,omitzero"`
	Types    []string `json:"types,omitempty"` // codes of FileTypes; none: all of them
	MaxMB    int64    `json:"max_mb,omitzero"` // of its file, in MiB; zero: MaxFile
}

// A ClearanceTerm is a side check that must be cleared before an award.
type ClearanceTerm struct {
	Kind string `json:"kind"` // such as screening
	Days int64  `json:"days"` // for how long it stays cleared; zero: until something changes
}

// A CodeTerm is a code that people choose and reports count.
type CodeTerm struct {
	Code  string `json:"code"`
	Label Label  `json:"label"`
}

// A ServiceLevel is within how many business days a state is to be left, and how
// many before that somebody is reminded.
type ServiceLevel struct {
	State  State `json:"state"`
	Days   int64 `json:"days"`
	Remind int64 `json:"remind,omitzero"`
}

// A RuleTerm is one eligibility rule beside the revenue rule: an expression that
// is true where the rule is met.
type RuleTerm struct {
	Code    Reason  `json:"code"`
	Outcome Outcome `json:"outcome"` // Fail or Refer, when it is not met
	When    string  `json:"when"`    // the expression
	Label   Label   `json:"label"`   // why it was not met
}

// A Ruler answers the rules of terms from evidence. It must not keep, change or
// look at anything else, so that the same terms and evidence always give the same
// findings.
type Ruler interface {
	Judge(*Terms, *Evidence) ([]Finding, error)
}

// A Finding is what one rule came to.
type Finding struct {
	Rule    Reason  `json:"rule"`
	Outcome Outcome `json:"outcome"`
	Label   Label   `json:"label,omitzero"` // why it was not met
	Error   string  `json:"error,omitzero"` // why it could not be answered, which refers
}

// ReasonRules is what a verdict gives when a rule of the program is not met; the
// finding has the rule's own words.
const ReasonRules Reason = "program_rule_not_met"

// Evidence is everything that the rules of a program may look at. It is stored
// with the verdict: its JSON names are a contract, and what rules call it.
type Evidence struct {
	Today        Date              `json:"today"`
	SubmittedOn  Date              `json:"submitted_on"`
	Opportunity  string            `json:"opportunity"`
	Application  ApplicationFigure `json:"application"`
	Organization EntityFigure      `json:"organization"`
	Affiliates   []EntityFigure    `json:"affiliates,omitempty"`
	Revenue      RevenueFigure     `json:"revenue"`
}

// An ApplicationFigure is an application as rules see it.
type ApplicationFigure struct {
	Title     string            `json:"title"`
	Requested Cents             `json:"requested_cents"`
	Months    int64             `json:"months"`
	Answers   map[string]string `json:"answers,omitempty"`
	Documents []string          `json:"documents,omitempty"` // codes
}

// An EntityFigure is an organization or one of its affiliates as rules see it.
type EntityFigure struct {
	Name    string `json:"name"`
	UEI     string `json:"uei,omitzero"`
	EIN     string `json:"ein,omitzero"`
	CAGE    string `json:"cage,omitzero"`
	NAICS   string `json:"naics,omitzero"`
	City    string `json:"city,omitzero"`
	Region  string `json:"region,omitzero"`
	Country string `json:"country,omitzero"`
	Website string `json:"website,omitzero"`
	Founded Date   `json:"founded,omitzero"`
	// Registration is active, expired or unknown.
	Registration     string `json:"registration,omitzero"`
	RegistrationEnds Date   `json:"registration_ends,omitzero"`
	// Of an affiliate: what it holds of the organization, or the organization of
	// it, in hundredths of a percent; both zero where it is joined through others.
	Owns    int  `json:"owns,omitzero"`
	Owned   int  `json:"owned,omitzero"`
	Control bool `json:"control,omitzero"`
}

// A RevenueFigure is the verdict of the revenue rule as other rules see it.
type RevenueFigure struct {
	Outcome Outcome `json:"outcome"`
	Sum     Cents   `json:"sum_cents"`
	Cap     Cents   `json:"cap_cents"`
	Members int     `json:"members"` // of the group, the organization included
}

// ReadTerms reads the JSON of terms, as it is stored.
func ReadTerms(text []byte) (*Terms, error) {
	t := new(Terms)
	if err := json.Unmarshal(text, t); err != nil {
		return nil, fmt.Errorf("workflow: terms cannot be read: %w", err)
	}
	return t, nil
}

// JSON writes t as it is stored.
func (t *Terms) JSON() []byte { return mustJSON(t) }

// TermsUnder returns the SHA-256 of the terms that a stands under in o: those that
// it was submitted under, or before that those of o; "" for none.
func (a *Application) TermsUnder(o *Opportunity) string {
	if a.State == None || a.State == Draft || a.State == Expired && a.Submissions == 0 {
		return o.Terms
	}
	return a.Terms
}

// terms writes down the settings of an opportunity that no program file lays
// anything down for, so that an application keeps those it was submitted under.
func (o *Opportunity) terms() *Terms {
	t := *usualTerms
	t.Opportunity, t.AwardCap, t.RevenueCap, t.Basis = o.Number, o.Cap(), min(o.RevenueCap, RevenueCap), o.Basis
	t.ReviewsNeeded, t.AppealDays, t.OfferDays = o.ReviewsNeeded, o.AppealDays, o.OfferDays
	return &t
}

// Figure returns a as rules see it.
func (a *Application) Figure() ApplicationFigure {
	f := ApplicationFigure{Title: a.Title, Requested: a.Requested, Months: a.Months, Answers: AnswersOf(a.Answers)}
	for _, one := range a.Documents.List() {
		f.Documents = append(f.Documents, one.Code)
	}
	return f
}

// Figure returns o as rules see it.
func (o *Organization) Figure() EntityFigure {
	return EntityFigure{Name: o.LegalName, UEI: o.UEI, EIN: o.EIN, City: o.City, Region: o.Region, Country: o.Country, Website: o.Website,
		CAGE: o.CAGE, NAICS: o.NAICS, Founded: o.Founded}
}

// Figure returns v as other rules see it.
func (v *Verdict) Figure() RevenueFigure {
	return RevenueFigure{Outcome: v.Outcome, Sum: v.Sum, Cap: v.Cap, Members: len(v.Members())}
}

// Between returns what a member of the group holds of the organization, what the
// organization holds of it, in hundredths of a percent, and whether either
// controls the other by more than shares.
func (v *Verdict) Between(member ID) (owns, owned int, control bool) {
	for _, l := range v.Links {
		switch {
		case l.Owner == member && l.Owned == v.Organization:
			owns += l.Share
			control = control || l.Control
		case l.Owner == v.Organization && l.Owned == member:
			owned += l.Share
			control = control || l.Control
		}
	}
	return owns, owned, control
}

// With returns v with what the rules of a program came to: the worst answer
// counts, and a rule that is not met adds to the reasons.
func (v Verdict) With(terms string, e *Evidence, findings []Finding) Verdict {
	v.Terms, v.Evidence, v.Findings = terms, e, findings
	unmet := false
	for _, one := range findings {
		unmet = unmet || one.Outcome != Pass
		if one.Outcome == Fail || one.Outcome == Refer && v.Outcome == Pass {
			v.Outcome = one.Outcome
		}
	}
	if unmet {
		v.Reasons = append(slices.Clone(v.Reasons), ReasonRules)
	}
	return v
}

// onto sets what t lays down in o, which becomes the opportunity as an
// application was submitted under it.
func (t *Terms) onto(o *Opportunity) {
	o.AwardCap, o.RevenueCap, o.Basis = t.AwardCap, t.RevenueCap, t.Basis
	o.ReviewsNeeded, o.AppealDays, o.OfferDays = t.ReviewsNeeded, t.AppealDays, t.OfferDays
}

// Under returns o as it stands under terms; nil terms leave it as it is.
func (o Opportunity) Under(t *Terms) Opportunity {
	if t != nil {
		t.onto(&o)
	}
	return o
}

// usualTerms are those of an opportunity that no program file lays anything down for.
var usualTerms = &Terms{
	Sections: []FormSection{
		{Name: "project", Label: Label{"Project", "計畫"}, Fields: []string{"title", "summary", "approach", "outcome"}},
		{Name: "budget", Label: Label{"Budget", "預算"}, Fields: []string{"requested", "months"}},
		{Name: "certify", Label: Label{"Certify", "聲明"}, Fields: []string{"certified"}},
	},
	Rubric: Rubric,
}

// Or returns t, and the usual terms where there are none.
func (t *Terms) Or() *Terms {
	if t == nil {
		return usualTerms
	}
	return t
}

// CodeLabel returns what t itself calls a coded reason, nothing when it does not say.
func (t *Terms) CodeLabel(code string) Label {
	for _, one := range slices.Concat(t.DeclineCodes, t.ScreeningCodes) {
		if one.Code == code {
			return one.Label
		}
	}
	return Label{}
}

// Decline returns the codes that a decision against an application may name. It
// works on nil terms.
func (t *Terms) Decline() []string {
	if t == nil || len(t.DeclineCodes) == 0 {
		return DeclineCodes
	}
	return codesOf(t.DeclineCodes)
}

// Screening returns the codes that the end of a screening may name. It works on
// nil terms.
func (t *Terms) Screening() []string {
	if t == nil || len(t.ScreeningCodes) == 0 {
		return ScreeningCodes
	}
	return codesOf(t.ScreeningCodes)
}

func codesOf(list []CodeTerm) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].Code
	}
	return out
}

// unanswered lists the required questions that answers, as they are stored, leave
// open, as "answers.NAME".
func (t *Terms) unanswered(answers string) []string {
	var out []string
	var given map[string]string
	for i := range t.Sections {
		for _, q := range t.Sections[i].Questions {
			if given == nil {
				given = AnswersOf(answers)
			}
			if answer := given[q.Name]; q.Required && answer == "" || answer != "" && !q.Fits(answer) {
				out = append(out, fieldAnswers.Name+"."+q.Name)
			}
		}
	}
	return out
}

// An Asked is something that a form asks for: a field, or a question in the words of
// its program.
type Asked struct {
	Field string
	Label Label // empty for a field, which the word list names
}

// asked says what is asked by the names that Missing gives.
func (t *Terms) asked(names []string) []Asked {
	out := make([]Asked, len(names))
	for i, name := range names {
		out[i].Field = name
		if own, is := strings.CutPrefix(name, fieldAnswers.Name+"."); is {
			q, _ := t.Question(own)
			out[i].Label = q.Label
		}
	}
	return out
}

// unasked returns the first of answers that no question asks for, and "" when
// there is none.
func (t *Terms) unasked(answers string) string {
	for _, name := range names(AnswersOf(answers)) {
		if _, asked := t.Question(name); !asked {
			return name
		}
	}
	return ""
}

// misfit returns the first of answers that its question cannot take, and "" when
// there is none.
func (t *Terms) misfit(answers string) string {
	given := AnswersOf(answers)
	for _, name := range names(given) {
		if q, _ := t.Question(name); given[name] != "" && !q.Fits(given[name]) {
			return name
		}
	}
	return ""
}

// Question returns the question called name, and false when t asks none so called.
func (t *Terms) Question(name string) (Question, bool) {
	for i := range t.Sections {
		for _, q := range t.Sections[i].Questions {
			if q.Name == name {
				return q, true
			}
		}
	}
	return Question{}, false
}

// Topics are what applications can be about, and what reviewers are experts in. It works
// on nil terms.
func (t *Terms) Topics() []CodeTerm {
	if t == nil {
		return nil
	}
	q, _ := t.Question(t.Topic)
	return q.Choices
}

// TopicOf returns the code of what an application is about, "" when it does not say.
func (t *Terms) TopicOf(a *Application) string {
	if t == nil || t.Topic == "" {
		return ""
	}
	return AnswersOf(a.Answers)[t.Topic]
}

// Level returns the service level of a state; Days is zero where there is none.
func (t *Terms) Level(s State) ServiceLevel {
	i := slices.IndexFunc(t.Levels, func(l ServiceLevel) bool { return l.State == s })
	if i < 0 {
		return ServiceLevel{State: s}
	}
	return t.Levels[i]
}

// A Plan is a program's file, compiled: what applying it makes and changes.
type Plan struct {
	Program       ProgramPlan       `json:"program"`
	Phases        []PhasePlan       `json:"phases"`
	Opportunities []OpportunityPlan `json:"opportunities"`
}

// A ProgramPlan is the program itself and the settings of its money side.
type ProgramPlan struct {
	Prefix       string `json:"prefix"`
	Name         string `json:"name"`
	Agency       string `json:"agency"`
	SecondOver   Cents  `json:"second_over_cents"`
	BankHoldDays int64  `json:"bank_hold_days"`
	PresumeDays  int64  `json:"presume_days"`
}

// A PhasePlan is a budget phase, and the fund that pays for it.
type PhasePlan struct {
	Code       string `json:"code"`
	Name       string `json:"name"`
	Starts     Date   `json:"starts"`
	Ends       Date   `json:"ends"` // the first day after it
	Symbol     string `json:"symbol"`
	FiscalYear int64  `json:"fiscal_year"`
	Budget     Cents  `json:"budget_cents"`
}

// An OpportunityPlan is one call with its dates, and the terms for its applications.
type OpportunityPlan struct {
	Number       string    `json:"number"`
	Phase        string    `json:"phase"` // code of the phase
	Title        string    `json:"title"`
	Summary      string    `json:"summary"`
	Opens        time.Time `json:"opens"` // UTC
	Closes       time.Time `json:"closes,omitzero"`
	Zone         string    `json:"zone"`
	GraceMinutes int64     `json:"grace_minutes"`
	Rolling      bool      `json:"rolling"`
	Terms        Terms     `json:"terms"` // Version and File are filled in when it is applied
}
