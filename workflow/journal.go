package workflow

import (
	"fmt"
	"strings"
	"time"
)

// A Journal is what the ledger of a program recorded in some days, written down once for
// the agency's general ledger. The journals of a program follow each other without a gap:
// each posting stands in exactly one.
type Journal struct {
	Record
	Program   ID
	Number    string      // such as AIV-GL-0001
	Serial    int64       // of the program's journals, from one
	Since     time.Time   // the first moment that it covers; zero in the first one: from the beginning
	Until     time.Time   // the first moment that it does not cover
	Count     int64       // of the postings; each is two lines
	Total     Cents       // of the debits, and of the credits
	Documents Attachments // the same lines under each of JournalCodes
	MadeBy    ID          // zero: the system, every day
}

// JournalCodes are the codes of a journal's files, which are also the ends of their names.
var JournalCodes = []string{"csv", "xlsx"}

// JournalFacts is everything that a decision about a journal may look at.
type JournalFacts struct {
	Journal
	Standing
	Program Program
	Last    Journal // the program's newest; ID zero when there is none
	Count   int64   // of the postings from the end of Last to that of this one
	Total   Cents   // of them
}

// journalGrace is how long after a day a posting of that day may still be stored: far
// longer than any request takes.
const journalGrace = time.Hour

var (
	journalThrough = Field{Name: "through", Kind: Day}
	// What the writer of the files adds; nobody types it.
	journalFiles = Field{Name: "documents", Kind: Files}
	journalCount = Field{Name: "count", Kind: Count}
	journalTotal = Field{Name: "total", Kind: Money}
)

// JournalEnd returns the first moment that a journal asked for by c at now does not
// cover: the end of the day that c names, or of the last that is over.
func JournalEnd(c *Command, now time.Time) time.Time {
	through := DateOf(now.Add(-journalGrace)).AddDays(-1)
	c.setDate(&through, journalThrough)
	return through.AddDays(1).Time()
}

type journalGuard = Guard[JournalFacts]

var (
	journalDayOver = journalGuard{
		Reason: "day_not_over",
		OK: func(_ *JournalFacts, c *Command, now time.Time) bool {
			return !JournalEnd(c, now).Add(journalGrace).After(now)
		},
		Field: &journalThrough,
	}
	journalDayNew = journalGuard{
		Reason: "day_in_journal",
		OK: func(f *JournalFacts, c *Command, now time.Time) bool {
			return JournalEnd(c, now).After(f.Last.Until)
		},
		Words: func(f *JournalFacts, _ *Command) Words { return Words{"number": f.Last.Number} },
		Field: &journalThrough,
	}
	journalNotEmpty = journalGuard{
		Reason: "journal_empty",
		OK:     func(f *JournalFacts, _ *Command, _ time.Time) bool { return f.Count > 0 },
	}
	journalWhole = journalGuard{
		Reason: "journal_incomplete",
		OK: func(f *JournalFacts, c *Command, _ time.Time) bool {
			return len(filesOfJournal(c, new(Step))) == len(JournalCodes) && c.Int(journalCount) == f.Count && c.Cents(journalTotal) == f.Total
		},
		Made: true,
	}
)

// filesOfJournal stores what was written and returns what is there.
func filesOfJournal(c *Command, s *Step) (out []Attachment) {
	for _, code := range JournalCodes {
		if in := c.input(journalFiles.Name + "." + code); len(in.Body) > 0 {
			out = append(out, Attachment{Code: code, Name: in.Text, Type: strings.ToUpper(code), Size: int64(len(in.Body)), Sum: s.Store(in.Body)})
		}
	}
	return out
}

func createJournal(f *JournalFacts, c *Command, s *Step) {
	j := &f.Journal
	j.Program, j.Serial, j.MadeBy = c.Parent, f.Last.Serial+1, c.Actor.Person
	j.Number = JournalNumber(&f.Program, j.Serial)
	j.Since, j.Until = f.Last.Until, JournalEnd(c, s.At)
	j.Count, j.Total = f.Count, f.Total
	j.Documents = attachmentsOf(filesOfJournal(c, s))
}

// JournalNumber is the number of a program's n-th journal.
func JournalNumber(p *Program, n int64) string { return fmt.Sprintf("%s-GL-%04d", p.Prefix, n) }

// Journals is the lifecycle of a journal: it is made once, hold or no hold. What was wrong
// in the ledger is corrected there, and stands in a later journal.
var Journals = NewMachine(NounJournal,
	func(f *JournalFacts) *Record { return &f.Record },
	func(f *JournalFacts) *Standing { return &f.Standing },
	[]Rule[JournalFacts]{
		{Start: in(None), Action: ActCreate, By: by(FinanceCertifier, System), End: Issued, Fields: []Field{journalThrough.Opt()},
			Guards: []journalGuard{journalDayOver, journalDayNew, journalNotEmpty, journalWhole}, Effect: createJournal, Always: true},
	}...)
