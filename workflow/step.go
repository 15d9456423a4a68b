package workflow

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"time"
)

// A Posting moves money from one account to another inside a fund: Debit gives,
// Credit gets. It balances by construction.
type Posting struct {
	Fund        ID
	Application ID // whose award the money belongs to; zero for the fund's own money
	Debit       Account
	Credit      Account
	Cents       Cents // above zero
}

// A Child is a command that a step raises on another record. It is decided by
// that record's own table in the same transaction.
type Child struct {
	Noun   Noun
	Action Action
	ID     ID // zero: a record to be made
	Parent ID
	By     Role // System, unless the parent's actor does this part of the work too
	Inputs []Input
}

// A Step is what a command does, as data: the record as it will be stands in the
// facts, everything else here. All of it is stored, or none.
type Step struct {
	Noun       Noun
	ID         ID
	Action     Action
	Start, End State
	At         time.Time

	postings [3]Posting
	posted   int
	more     *extras // nil: none
}

// extras are what few steps bring. They stand apart so that a step is small: it
// is cleared and copied for every decision.
type extras struct {
	children []Child
	group    GroupDelta
	merge    GroupMerge
	part     GroupMerge
	jobs     []Job
	stored   []Document
}

// extra returns the extras to be written on.
func (s *Step) extra() *extras {
	if s.more == nil {
		s.more = new(extras)
	}
	return s.more
}

// extras returns what there is to read.
func (s *Step) extras() (e extras) {
	if s.more != nil {
		e = *s.more
	}
	return e
}

// A Document is a body of bytes that is kept for good under its SHA-256: a
// submission as it was sent, a file as it was exported.
type Document struct {
	Sum  string // SHA-256, hex
	Body []byte
}

// JobScreen is the kind of job that runs the eligibility rules over an application.
const JobScreen = "screen"

// A GroupDelta changes what the group of an organization has been awarded in an
// opportunity. The store refuses it when the sum would pass Cap.
type GroupDelta struct {
	Opportunity  ID
	Organization ID
	Cents        Cents // may be negative
	Cap          Cents
}

// A Job is work to be done after the step is stored: at least once.
type Job struct {
	Kind   string // such as "screen"
	Record ID
	Event  int64 // that made it necessary; the store knows it
}

// Post adds a movement of money; nothing is added for zero cents.
func (s *Step) Post(p Posting) {
	if p.Cents == 0 {
		return
	}
	s.postings[s.posted] = p
	s.posted++
}

// Raise adds a child command.
func (s *Step) Raise(c Child) {
	if c.By == NoRole {
		c.By = System
	}
	e := s.extra()
	e.children = append(e.children, c)
}

// Count changes what a group has been awarded in an opportunity.
func (s *Step) Count(d GroupDelta) { s.extra().group = d }

// Enqueue adds a job.
func (s *Step) Enqueue(kind string, record ID) {
	e := s.extra()
	e.jobs = append(e.jobs, Job{Kind: kind, Record: record})
}

// Store keeps body for good and returns its SHA-256 in hex.
func (s *Step) Store(body []byte) string {
	sum := sha256.Sum256(body)
	d, e := Document{hex.EncodeToString(sum[:]), body}, s.extra()
	e.stored = append(e.stored, d)
	return d.Sum
}

// Documents returns what Store was given.
func (s *Step) Documents() []Document { return s.extras().stored }

// Postings returns the movements of money in order.
func (s *Step) Postings() []Posting { return s.postings[:s.posted] }

// Children yields the child commands in order.
func (s *Step) Children() iter.Seq[Child] {
	return func(yield func(Child) bool) {
		for _, c := range s.extras().children {
			if !yield(c) {
				return
			}
		}
	}
}

// Group returns the change of the group's sum; its Cents are zero when there is none.
func (s *Step) Group() GroupDelta { return s.extras().group }

// Jobs returns the jobs to be enqueued with the step.
func (s *Step) Jobs() []Job { return s.extras().jobs }

// mustJSON writes v, which must be one of the package's own types.
func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("workflow: %T cannot be written as JSON: %v", v, err))
	}
	return b
}
