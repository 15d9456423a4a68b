package web

import (
	"slices"

	"tranche/workflow"
)

// MyApplicationsView is the applicant's own page.
type MyApplicationsView struct {
	Shell
	List
	Cards []ApplicationCard
	Calls []Call // open opportunities to start from
}

// Page implements View.
func (MyApplicationsView) Page() string { return "my_applications" }

// ApplicationCard is one of the applicant's applications and the next thing to
// do with it.
type ApplicationCard struct {
	Title, URL   string
	Number       string
	Organization string
	Tag          Tag
	Stages       []Stage
	Requested    workflow.Cents
	Due          Due
	Next         string // a sentence
	Action       Link   // no Text: nothing to do
}

// ApplicationFormView is one section of the application form.
type ApplicationFormView struct {
	Shell
	Number string
	Steps  []Step
	Lead   string
	Form   Form          // its Fields are in Groups
	Known  []AnswerGroup // what is on record already, with links to where it is changed
	Groups []FieldGroup
	Check  *CheckStep // the last section; Groups is nil then
	Back   Link       // the section before; no URL on the first
	Saved  string     // "Draft saved 2:41 p.m.", or ""
	Due    Due
	Team   []Answer
	Tips   []string
	Help   string
}

// Page implements View.
func (ApplicationFormView) Page() string { return "application_form" }

// Problems lists what is wrong with the section that came back.
func (v ApplicationFormView) Problems() []Problem {
	all := v.Form.Problems()
	for _, g := range v.Groups {
		all = append(all, problemsOf(v.Form.Name, g.Fields)...)
	}
	return all
}

// Uploads reports whether files can come with the section.
func (v ApplicationFormView) Uploads() bool {
	return slices.ContainsFunc(v.Groups, func(g FieldGroup) bool { return Form{Fields: g.Fields}.Uploads() })
}

// Current returns the number of the section, from 1, for "3 of 5".
func (v ApplicationFormView) Current() int {
	for i, s := range v.Steps {
		if s.Current {
			return i + 1
		}
	}
	return 0
}

// Step is one section of the form. A finished one is a link.
type Step struct {
	Name, URL     string
	Done, Current bool
}

// FieldGroup is some inputs under a heading.
type FieldGroup struct {
	Title, Note string
	Files       []Download // that are there already
	Fields      []Field
}

// CheckStep is what the applicant reads before submitting.
type CheckStep struct {
	Groups  []AnswerGroup
	Missing []Problem // links to the fields that are not filled in
	May     bool      // this reader may submit
	Why     string    // why not
}

// AnswerGroup is one section as it was filled in.
type AnswerGroup struct {
	Title     string
	ChangeURL string // "" cannot be changed
	Answers   []Answer
	Texts     []Answer // long answers, shown as paragraphs
	Files     []Download
}

// ApplicationView is the page of one application. The members that are nil or
// empty belong to another tab or are not for this reader.
type ApplicationView struct {
	Shell
	Record
	Organization   Link
	Revenue        *RevenueCheck
	Checks         []Check // other conditions that a decision rests on
	CheckedAt      Stamp
	Clearances     *ClearanceCard
	Screening      *ScreeningCard
	Duplicates     []DuplicateRow
	Conflicts      []AnswerGroup // who is tied to the applicant
	Summary        []AnswerGroup
	Inquiries      *InquiryCard
	Changes        *ChangesCard
	Scores         *Scores
	Recommendation *Opinion
	Determination  *Opinion
	Letters        []LetterCard
	Mail           *MailCard
	Events         []Event // the whole history, on its own tab
}

// Page implements View.
func (ApplicationView) Page() string { return "application" }

// LetterCard is a letter to the applicant, in all its languages and forms.
type LetterCard struct {
	Name  string
	Tag   Tag
	At    Stamp
	Files []Download
}

// MailCard is what people were told of a case by mail.
type MailCard struct {
	Note string // that none is sent, or ""
	Rows []MailRow
}

// MailRow is one mail.
type MailRow struct {
	Subject string
	To      string
	Tag     Tag
	At      Stamp
	Tries   string // how often it was tried, or ""
	Error   string // what the mail server said last, or ""
}

// ClearanceCard is what a case has to be cleared of before its award.
type ClearanceCard struct {
	Finding string // what is missing, as a sentence
	Done    bool   // nothing is
	Rows    []ClearanceRow
}

// ClearanceRow is one side check.
type ClearanceRow struct {
	Name  string
	Tag   Tag
	Duty  string // whose it is
	By    Person // who decided; no Name: nobody has
	At    Stamp
	Until string // until when it is cleared, or that nothing ends it; "" where it is not
	Note  string
	Acts  Actions
}

// RevenueCheck is the sum that decides whether a company may apply: revenue of
// the organization and its affiliates against the cap.
type RevenueCheck struct {
	Verdict Tag
	Finding string // the result as a sentence
	Basis   string // which years count
	Rows    []RevenueRow
	Sum     workflow.Cents
	Partial bool // evidence is missing: the sum is of what is known
	Cap     workflow.Cents
	Percent int // of the cap, for the bar
	Over    bool
	At      Stamp
	Rule    string // name and version of the rule

	Document string // where the verdict stands with everything that it rests on
}

// RevenueRow is one number of the sum and where it comes from.
type RevenueRow struct {
	Name, URL string
	Relation  string // "Applicant", "Parent, 80%"
	Year      string
	Amount    workflow.Cents
	Missing   bool // there is no evidence for this one
	Invented  bool // demonstration data
	Source    string
}

// Scores are the reviewers' scores and what they add up to.
type Scores struct {
	Note     string // "Mean of 3 reviewers"
	Mean     string
	Criteria []Score
	Spread   string // a warning that reviewers differ, or ""
	Reviews  []ReviewCard
}

// Score is the mean for one criterion. Percent is the length of its bar.
type Score struct {
	Name, Value string
	Weight      int
	Percent     int
	Low         bool // below the line
}

// ReviewCard is one reviewer's review.
type ReviewCard struct {
	Reviewer Person
	Tag      Tag
	Score    string // "" not yet
	Comment  string
	At       Stamp
	URL      string
	// Apart marks a score that is far from the others; "" when it is not.
	Apart string
	// Calibration says how the reviewer's scores compare with those of others; "" when
	// there are too few.
	Calibration string
}

// Opinion is a recommendation or a determination on record.
type Opinion struct {
	Tag     Tag
	By      Person
	At      Stamp
	Amount  workflow.Cents // zero: none
	Reasons []string
	Note    string
}
