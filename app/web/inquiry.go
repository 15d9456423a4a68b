package web

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tranche/workflow"
)

// InquiryCard is what an applicant was asked and what they said to it.
type InquiryCard struct {
	Lead string // until when an answer is due, or ""
	Rows []InquiryRow
}

// InquiryRow is one question.
type InquiryRow struct {
	Name   string // "Question 2"
	Text   string
	Answer string
	State  string // that there is no answer, or ""
	Files  []Download
}

// ChangesCard is what an application says otherwise than its newest submission.
type ChangesCard struct {
	Lead string
	Rows []ChangedRow
}

// ChangedRow is one thing that changed.
type ChangedRow struct {
	Name, Was, Is string
}

// Fields of a reply beside the answers of the application.
const (
	replyName = "reply"
	repliesTo = "files"
)

// inquiries is what the applicant of a was asked, and what a says otherwise than its
// newest submission; each nil when it was nothing.
func (v *visit) inquiries(a *workflow.Application, t *workflow.Terms) (*InquiryCard, *ChangesCard, error) {
	if a.Question == "" {
		return nil, nil, nil
	}
	read, err := v.server.Reader.Inquiry(v.ctx(), v.viewer, a.ID)
	if err != nil {
		return nil, nil, err
	}
	card := &InquiryCard{}
	if a.State == workflow.NeedsInformation {
		due := v.DueDay(v.server.Now(), a.ReplyDue)
		card.Lead = v.T("inquiry.due", "day", due.At.Text, "left", due.Text)
	}
	for _, q := range read.Items {
		row := InquiryRow{Name: v.T("inquiry.question", "n", q.Number), Text: q.Text, Answer: q.Answer}
		switch {
		case q.Open:
			row.State = v.T("inquiry.waits")
		case q.Answer == "":
			row.State = v.T("inquiry.unanswered")
		}
		for _, one := range q.Files {
			row.Files = append(row.Files, Download{Name: one.Name, Note: v.fileFacts(one), SHA256: one.Sum,
				URL: pathOf(workflow.NounApplication, a.ID) + "/documents/" + one.Code})
		}
		card.Rows = append(card.Rows, row)
	}
	if len(read.Changes) == 0 {
		return card, nil, nil
	}
	changes := &ChangesCard{Lead: v.T("inquiry.changes_lead", "moment", v.Moment(a.SubmittedAt).Text)}
	for _, d := range read.Changes {
		changes.Rows = append(changes.Rows, ChangedRow{Name: v.partName(t, d.Name), Was: v.partText(t, d.Name, d.Was), Is: v.partText(t, d.Name, d.Is)})
	}
	return card, changes, nil
}

// partName returns what a part of an application is called that workflow.Difference names.
func (v *visit) partName(t *workflow.Terms, name string) string {
	if code, is := strings.CutPrefix(name, documentsName+"."); is {
		return v.documentLabel(t, code)
	}
	question, is := strings.CutPrefix(name, answersName+".")
	if !is {
		return v.FieldName(name)
	}
	if q := questionOf(t, question); q != nil {
		return q.Label.In(v.Language.Tag)
	}
	return question
}

// partText writes what such a part says: an answer as its question has it.
func (v *visit) partText(t *workflow.Terms, name, text string) string {
	question, is := strings.CutPrefix(name, answersName+".")
	if q := questionOf(t, question); is && q != nil && text != "" {
		return v.answerTo(q, text).Value
	}
	return text
}

// questionOf finds a question of t by its name; nil when there is none.
func questionOf(t *workflow.Terms, name string) *workflow.Question {
	for _, s := range t.Sections {
		for i := range s.Questions {
			if s.Questions[i].Name == name {
				return &s.Questions[i]
			}
		}
	}
	return nil
}

// replyOffer is the form by which the open questions are answered: each with a place for
// a file, and folded away what the application says, to be changed with it.
func (c *myCase) replyOffer(cells map[string]string) offer {
	o := offer{open: true, values: cells, asks: map[string][]ask{}, more: c.T("inquiry.more")}
	for _, q := range c.application.OpenInquiries() {
		name := c.T("inquiry.question", "n", q.Number)
		o.asks[replyName] = append(o.asks[replyName], ask{field: workflow.Field{Name: q.Name, Kind: workflow.Text, Max: longestReply},
			label: c.T("inquiry.asked", "name", name, "text", q.Text)})
		o.asks[repliesTo] = append(o.asks[repliesTo], ask{field: workflow.Field{Name: q.Name, Kind: workflow.File, Optional: true},
			label: c.T("inquiry.file", "name", name), hint: c.T("section.document_hint", "types", fileTypeNames(nil), "limit", workflow.MaxFile>>20)})
	}
	for i := range c.terms.Sections {
		for _, a := range c.questions(c.terms.Sections[i].Questions) {
			a.field.Optional = true
			o.asks[answersName] = append(o.asks[answersName], a)
		}
	}
	for _, d := range c.terms.Documents {
		title := d.Label.In(c.Language.Tag)
		o.asks[documentsName] = append(o.asks[documentsName], ask{field: workflow.Field{Name: d.Code, Kind: workflow.File, Choices: d.Types, Optional: true},
			label: c.T("section.replace_file", "document", title), hint: c.T("section.document_hint", "types", fileTypeNames(d.Types), "limit", d.Limit()>>20)})
	}
	return o
}

// longestReply is the most characters of one answer, as app/input has it.
const longestReply = 8000

// fileTypeNames lists what a file may be of.
func fileTypeNames(codes []string) string {
	var names []string
	for _, t := range workflow.FileTypesOf(codes...) {
		names = append(names, t.Name)
	}
	return strings.Join(names, ", ")
}

// arrangeReply puts each question's file behind its answer, and folds away the rest.
func arrangeReply(f *Form, more string) {
	var asked, rest []Field
	for _, field := range f.Fields {
		switch {
		case strings.HasPrefix(field.Name, replyName+"."):
			asked = append(asked, field)
			at := slices.IndexFunc(f.Fields, func(other Field) bool { return other.Name == repliesTo+strings.TrimPrefix(field.Name, replyName) })
			if at >= 0 {
				asked = append(asked, f.Fields[at])
			}
		case strings.HasPrefix(field.Name, repliesTo+"."):
		default:
			rest = append(rest, field)
		}
	}
	f.Fields, f.More, f.Rest = asked, more, rest
}

// replyValues is what the form of a reply begins with: what the application says now.
func replyValues(a *workflow.Application, cells map[string]string) map[string]string {
	out := answered(answersName, a.Answers)
	for _, f := range workflow.ApplicantFields {
		if text, there := cells[f.Name]; there && f.Kind != workflow.Answers && f.Kind != workflow.Files {
			out[f.Name] = text
		}
	}
	out["months"] = unlessZero(a.Months, strconv.FormatInt(a.Months, 10))
	return out
}

// replyText writes the answers of a reply under each other.
func replyText(reply string) string {
	given := workflow.AnswersOf(reply)
	var out []string
	for _, name := range slices.SortedFunc(maps.Keys(given), byNumber) {
		out = append(out, strings.TrimPrefix(name, "q")+". "+given[name])
	}
	return strings.Join(out, "\n")
}

// byNumber orders the names of questions: "q2" before "q10".
func byNumber(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }
