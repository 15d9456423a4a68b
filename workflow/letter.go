package workflow

import (
	"strings"
	"time"
)

// A Letter tells an applicant for good what was decided about their application, or what
// an award is by an agreement: that is a notice of award, one for each revision. Its
// files were written once and never change.
type Letter struct {
	Record
	Application  ID
	Program      ID
	Organization ID
	Award        ID          // of a notice of award; zero for a letter about the application
	Revision     int64       // of the agreement that the notice is of
	Event        int64       // number of the event that it is about
	About        string      // the action of that event
	Language     string      // of who submitted; it is there in every one of Languages
	Documents    Attachments // a file for each language and form, under codes such as "en.pdf"
}

// LetterForms are the forms that a letter is written in, by the ends of the codes of
// its files, with their media types.
var LetterForms = []struct{ End, Media string }{
	{"pdf", "application/pdf"}, {"html", "text/html; charset=utf-8"},
}

// LetterCodes are the codes of the files of a letter.
var LetterCodes = func() (out []string) {
	for _, language := range Languages {
		for _, form := range LetterForms {
			out = append(out, language+"."+form.End)
		}
	}
	return out
}()

// LetterMedia returns the media type of a file of a letter by its code.
func LetterMedia(code string) string {
	_, end, _ := strings.Cut(code, ".")
	for _, form := range LetterForms {
		if form.End == end {
			return form.Media
		}
	}
	return ""
}

// LetterFacts is everything that a decision about a letter may look at.
type LetterFacts struct {
	Letter
	Standing
	Application Application
	Decision    Action // what the event that the command names did; NoAction: there is no such event
	Then        Award  // the award that it did it to, as that was then, its ID, Revision and Organization; ID zero: it was about the application
	Written     bool   // there is a letter about that event
}

// JobLetter is the kind of job that writes the letter about an event.
const JobLetter = "letter"

// lettered are the actions on an application that its applicant gets a letter about, and those
// on an award that bring an agreement into force: they are about a notice of award.
var lettered = func() (out []Action) {
	for i := range Applications.rules {
		if r := &Applications.rules[i]; r.Letter && !contains(out, r.Action) {
			out = append(out, r.Action)
		}
	}
	return append(out, ActCountersign, ActAmend)
}()

// TakenBack are the actions on an application that take back what was decided before.
var TakenBack = []Action{ActReopen, ActReinstate, ActRectify}

var (
	letterEvent    = Field{Name: "event", Kind: Count, Min: 1, Max: 1<<62 - 1}
	letterLanguage = Field{Name: "language", Kind: Choice, Choices: Languages}
	letterFiles    = Field{Name: "documents", Kind: Files}
)

type letterGuard = Guard[LetterFacts]

var (
	letterDue = letterGuard{
		Reason: "no_letter_due",
		OK:     func(f *LetterFacts, _ *Command, _ time.Time) bool { return contains(lettered, f.Decision) },
	}
	letterOnce = letterGuard{
		Reason: ReasonTaken,
		OK:     func(f *LetterFacts, _ *Command, _ time.Time) bool { return !f.Written },
	}
	letterWhole = letterGuard{
		Reason: "letter_incomplete",
		OK: func(_ *LetterFacts, c *Command, _ time.Time) bool {
			return len(filesOfLetter(c, new(Step))) == len(LetterCodes)
		},
		Made: true,
	}
)

// filesOfLetter stores what was written and returns what is there.
func filesOfLetter(c *Command, s *Step) (out []Attachment) {
	for _, code := range LetterCodes {
		if in := c.input(letterFiles.Name + "." + code); len(in.Body) > 0 {
			_, end, _ := strings.Cut(code, ".")
			out = append(out, Attachment{Code: code, Name: in.Text, Type: strings.ToUpper(end), Size: int64(len(in.Body)), Sum: s.Store(in.Body)})
		}
	}
	return out
}

func createLetter(f *LetterFacts, c *Command, s *Step) {
	a, l := &f.Application, &f.Letter
	l.Application, l.Program, l.Organization = a.ID, a.Program, a.Organization
	if then := &f.Then; then.ID != 0 {
		l.Award, l.Revision, l.Organization = then.ID, then.Revision, then.Organization
	}
	l.Event, l.About, l.Language = c.Int(letterEvent), f.Decision.String(), c.Text(letterLanguage)
	l.Documents = attachmentsOf(filesOfLetter(c, s))
}

// Letters is the lifecycle of a letter: it is written once, hold or no hold.
var Letters = NewMachine(NounLetter,
	func(f *LetterFacts) *Record { return &f.Record },
	func(f *LetterFacts) *Standing { return &f.Standing },
	[]Rule[LetterFacts]{
		{Start: in(None), Action: ActCreate, By: by(System), End: Issued, Fields: []Field{letterEvent, letterLanguage, letterFiles},
			Guards: []letterGuard{letterDue, letterOnce, letterWhole}, Effect: createLetter, Always: true},
	}...)
