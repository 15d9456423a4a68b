package workflow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An Inquiry is one question that the applicant was asked, with what they said to it.
type Inquiry struct {
	Number int    // from 1, over all requests of a case
	Name   string // of its answer and of its file in a reply: "q1"
	Text   string
	Answer string       // "" while there is none
	Files  []Attachment // that came with the answer, one at most
	Open   bool         // the newest request asks it, and waits
}

// mostQuestions is how many questions one request may ask.
const mostQuestions = 20

// replyPrefix stands before the name of a question in the code of its file.
const replyPrefix = "reply_"

var (
	fieldReplies    = Field{Name: "reply", Kind: Answers} // by the names of the open questions
	fieldReplyFiles = Field{Name: "files", Kind: Files, Optional: true}
)

// amendable are the fields of an application that a reply may change as well. What was
// requested and certified stays as it was submitted.
var amendable = slices.DeleteFunc(slices.Clone(ApplicantFields), func(f Field) bool { return f.Name == "requested" || f.Name == "certified" })

// Inquiries lists the questions that the applicant was asked, in the order of their
// numbers.
func (a *Application) Inquiries() []Inquiry {
	answers, files := AnswersOf(a.Reply), a.ReplyFiles.List()
	var out []Inquiry
	for i, text := range questionLines(a.Question) {
		q := Inquiry{Number: i + 1, Name: "q" + strconv.Itoa(i+1), Text: text}
		q.Answer = answers[q.Name]
		for _, one := range files {
			if one.Code == replyPrefix+q.Name {
				q.Files = append(q.Files, one)
			}
		}
		q.Open = a.State == NeedsInformation && int64(i) >= a.AskedBefore
		out = append(out, q)
	}
	return out
}

// OpenInquiries lists the questions that wait for an answer.
func (a *Application) OpenInquiries() []Inquiry {
	return slices.DeleteFunc(a.Inquiries(), func(q Inquiry) bool { return !q.Open })
}

// questionLines returns the questions in a text that has one on each line.
func questionLines(text string) (out []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// asksFor reports whether an open question has that name.
func (a *Application) asksFor(name string) bool {
	return slices.ContainsFunc(a.OpenInquiries(), func(q Inquiry) bool { return q.Name == name })
}

// unansweredIn names the first open question that a reply leaves out, "" when it answers all.
func (a *Application) unansweredIn(reply string) string {
	given := AnswersOf(reply)
	for _, q := range a.OpenInquiries() {
		if given[q.Name] == "" {
			return q.Name
		}
	}
	return ""
}

// unaskedIn names the first answer of a reply that nobody asked for, "" for none.
func (a *Application) unaskedIn(reply string) string {
	for _, name := range names(AnswersOf(reply)) {
		if !a.asksFor(name) {
			return name
		}
	}
	return ""
}

// replyFile finds the first file of a reply that cannot be taken: nobody asked the
// question that it belongs to, or it is of no type that is known.
func (f *ApplicationFacts) replyFile(c *Command, wrong func(name, file string, body []byte) bool) (words Words) {
	c.files(fieldReplyFiles, func(name, file string, body []byte) {
		if words == nil && wrong(name, file, body) {
			words = Words{oneAnswer: name, "name": file, "types": fileNames(nil)}
		}
	})
	return words
}

func replyFilesGuard(why Reason, wrong func(f *ApplicationFacts, name, file string, body []byte) bool) applicationGuard {
	find := func(f *ApplicationFacts, c *Command) Words {
		return f.replyFile(c, func(name, file string, body []byte) bool { return wrong(f, name, file, body) })
	}
	return applicationGuard{
		Reason: why,
		OK:     func(f *ApplicationFacts, c *Command, _ time.Time) bool { return find(f, c) == nil },
		Words:  find,
		Field:  &fieldReplyFiles,
	}
}

var (
	questionsFew = applicationGuard{
		Reason: "questions_too_many",
		OK: func(_ *ApplicationFacts, c *Command, _ time.Time) bool {
			return len(questionLines(c.Text(fieldQuestion))) <= mostQuestions
		},
		Words: func(_ *ApplicationFacts, _ *Command) Words { return Words{"limit": mostQuestions} },
		Field: &fieldQuestion,
	}
	dueLater = applicationGuard{
		Reason: "due_not_later",
		OK:     func(f *ApplicationFacts, c *Command, _ time.Time) bool { return f.ReplyDue.Before(c.Date(fieldDue)) },
		Words:  func(f *ApplicationFacts, _ *Command) Words { return Words{"due": f.ReplyDue.String()} },
		Field:  &fieldDue,
	}
	everyQuestionAnswered = applicationGuard{
		Reason: "question_unanswered",
		OK: func(f *ApplicationFacts, c *Command, _ time.Time) bool {
			return f.unansweredIn(c.Text(fieldReplies)) == ""
		},
		Words: func(f *ApplicationFacts, c *Command) Words {
			return Words{oneAnswer: f.unansweredIn(c.Text(fieldReplies))}
		},
		Field: &fieldReplies,
	}
	onlyQuestionsAnswered = applicationGuard{
		Reason: "question_unknown",
		OK: func(f *ApplicationFacts, c *Command, _ time.Time) bool {
			return f.unaskedIn(c.Text(fieldReplies)) == ""
		},
		Words: func(f *ApplicationFacts, c *Command) Words {
			return Words{oneAnswer: f.unaskedIn(c.Text(fieldReplies))}
		},
		Field: &fieldReplies,
	}
	replyFileAsked = replyFilesGuard("question_unknown", func(f *ApplicationFacts, name, _ string, _ []byte) bool { return !f.asksFor(name) })
	replyFileType  = replyFilesGuard(reasonFileType, func(_ *ApplicationFacts, _, file string, body []byte) bool {
		_, known := FileTypeOf(file, body)
		return !known && len(body) > 0
	})
)

// askApplicant adds the questions to those of earlier requests, so that a number means
// one question of a case for good.
func askApplicant(f *ApplicationFacts, c *Command, _ *Step) {
	f.handled(c)
	asked := questionLines(f.Question)
	f.AskedBefore = int64(len(asked))
	f.Question = strings.Join(append(asked, questionLines(c.Text(fieldQuestion))...), "\n")
	f.ReplyDue = c.Date(fieldDue)
}

// extendRequest gives the applicant until a later day.
func extendRequest(f *ApplicationFacts, c *Command, _ *Step) {
	f.handled(c)
	f.ReplyDue = c.Date(fieldDue)
}

// replyApplication takes the answers and what changed in the application, and has the
// rules run again: the reply may have come with other evidence.
func replyApplication(f *ApplicationFacts, c *Command, s *Step) {
	f.Reply = mergeAnswers(f.Reply, c.Text(fieldReplies))
	files := f.ReplyFiles.List()
	c.files(fieldReplyFiles, func(name, file string, body []byte) {
		if len(body) > 0 {
			t, _ := FileTypeOf(file, body)
			files = append(files, Attachment{Code: replyPrefix + name, Name: file, Type: t.Name, Size: int64(len(body)), Sum: s.Store(body)})
		}
	})
	f.ReplyFiles = attachmentsOf(files)
	saveApplication(f, c, s)
	f.raise("reply_received", s)
	s.Enqueue(JobScreen, f.ID)
}

func lapseRequest(f *ApplicationFacts, _ *Command, s *Step) { f.raise("request_unanswered", s) }

// A Difference is one thing that an application says otherwise than its newest submission.
type Difference struct {
	Name string `json:"name"` // of one of ApplicantFields, "answers.NAME" or "documents.CODE"
	Was  string `json:"was"`  // "" where the submission has nothing
	Is   string `json:"is"`   // "" where the application has nothing now
}

// Differences lists what a says otherwise than snapshot, which is the document of its
// newest submission. Of a file it names the SHA-256 too: another one may have the same name.
func (a *Application) Differences(snapshot []byte) ([]Difference, error) {
	var sent content
	if err := json.Unmarshal(snapshot, &sent); err != nil {
		return nil, fmt.Errorf("workflow: application %s: its submission cannot be read: %w", a.ID, err)
	}
	was, is := sent.lines(), a.content().lines()
	var out []Difference
	for _, one := range slices.Concat(was, is) {
		listed := slices.ContainsFunc(out, func(d Difference) bool { return d.Name == one.name })
		if d := (Difference{one.name, textOf(was, one.name), textOf(is, one.name)}); d.Was != d.Is && !listed {
			out = append(out, d)
		}
	}
	return out, nil
}

// A line is one thing that an application says.
type line struct{ name, text string }

// lines are all that c says, in the order of ApplicantFields.
func (c content) lines() []line {
	out := []line{{"title", c.Title}, {"summary", c.Summary}, {"approach", c.Approach}, {"outcome", c.Outcome},
		{"requested", c.Requested.String()}, {"months", strconv.FormatInt(c.Months, 10)}, {"certified", strconv.FormatBool(c.Certified)}}
	given := AnswersOf(c.Answers)
	for _, name := range names(given) {
		out = append(out, line{fieldAnswers.Name + "." + name, given[name]})
	}
	for _, one := range c.Documents.List() {
		out = append(out, line{fieldDocuments.Name + "." + one.Code, one.Name + " · SHA-256 " + one.Sum})
	}
	return out
}

// textOf returns what the line of that name says, "" where there is none.
func textOf(all []line, name string) string {
	for _, one := range all {
		if one.name == name {
			return one.text
		}
	}
	return ""
}
