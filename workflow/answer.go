package workflow

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"slices"
	"strconv"
	"time"
)

// The formats of files with a bank's answers.
const (
	AnswersACH     = "ach"     // returns and notifications of change, NACHA
	AnswersPain002 = "pain002" // ISO 20022 pain.002.001.10 and .11
	AnswersCamt053 = "camt053" // ISO 20022 camt.053.001.08
	AnswersCamt054 = "camt054" // ISO 20022 camt.054.001.08
	AnswersCSV     = "csv"
)

// AnswerFormats are the formats that are read.
var AnswerFormats = []string{AnswersACH, AnswersPain002, AnswersCamt053, AnswersCamt054, AnswersCSV}

// What a bank says of a payment, or of the file of a batch.
const (
	AnswerSettled      = "settled"
	AnswerReturned     = "returned"
	AnswerChanged      = "changed"      // its bank details are wrong, though it arrived
	AnswerAcknowledged = "acknowledged" // the file of a batch was taken
	AnswerRejected     = "rejected"     // the file of a batch was refused whole
)

// AnswerKinds are the things that a bank may say.
var AnswerKinds = []string{AnswerSettled, AnswerReturned, AnswerChanged, AnswerAcknowledged, AnswerRejected}

// AboutBatch reports whether an answer of this kind is about a whole file.
func AboutBatch(kind string) bool { return kind == AnswerAcknowledged || kind == AnswerRejected }

// NeedsCode reports whether an answer of this kind says why.
func NeedsCode(kind string) bool {
	return kind == AnswerReturned || kind == AnswerChanged || kind == AnswerRejected
}

// What becomes of an answer.
const (
	AnswerDue     = "due"     // it will be booked when the file is applied
	AnswerBooked  = "booked"  // it did what it says
	AnswerAlready = "already" // what it says was so before
	AnswerParked  = "parked"  // a person has to look: AnswerLine.Reason says why
)

// AnswerResults are the things that can become of an answer.
var AnswerResults = []string{AnswerDue, AnswerBooked, AnswerAlready, AnswerParked}

// An AnswerFile is a file with a bank's answers to a program's payments. Its bytes are
// kept under their sum, its answers under the file's own ID.
type AnswerFile struct {
	Record
	Program    ID
	Name       string // of the file
	Format     string // one of AnswerFormats
	Sum        string // SHA-256 of its bytes, hex
	Bytes      int64
	Lines      int64  // how many answers it has
	Content    string // SHA-256 of its answers, hex
	ImportedBy ID
	AppliedBy  ID
	Round      int64 // how often it was applied
	Booked     int64 // answers that are booked, or were before, after the newest round
	Parked     int64 // the others
	Note       string
}

// An AnswerLine is one answer of a file, and what became of it.
type AnswerLine struct {
	Number      int64 // in the file, from 1
	Line        int64 // of the file
	Kind        string
	Trace       string // 15 digits; "" where the bank does not repeat it
	Payment     string // number of the payment, as the bank repeats it
	Batch       string // number of the batch, of an answer to a whole file
	Amount      Cents  // 0 where the bank does not say it
	Code        string
	Day         Date
	Information string
	Change      string // what has to be changed, without an account number

	// What became of it.
	Result string
	Reason Reason // why it is parked
	Record ID     // the payment or batch that it is about; zero when none was found
	Round  int64  // in which it was booked or parked; zero: before the first
}

// Mark sums what l says, without where it stands: the same answer in another file, or
// twice in one, has the same.
func (l *AnswerLine) Mark() string {
	return sumTexts(l.Kind, l.Trace, l.Payment, l.Batch, l.Amount.String(), l.Code, l.Change)
}

// Proof ties an answer, and what became of it, to its place in a file of a program, so that
// nobody moves or alters it.
func (l *AnswerLine) Proof(file, program ID) string {
	return sumTexts(file.String(), program.String(), l.sum(), l.Result, string(l.Reason), l.Record.String(), strconv.FormatInt(l.Round, 10))
}

func (l *AnswerLine) sum() string {
	var at []byte
	at = binary.BigEndian.AppendUint64(at, uint64(l.Number))
	at = binary.BigEndian.AppendUint64(at, uint64(l.Line))
	return sumTexts(string(at), l.Mark(), l.Day.String(), l.Information)
}

func sumTexts(texts ...string) string {
	var said []byte
	for _, text := range texts {
		said = binary.BigEndian.AppendUint64(said, uint64(len(text)))
		said = append(said, text...)
	}
	sum := sha256.Sum256(said)
	return hex.EncodeToString(sum[:])
}

// An AnswerSum sums the answers of a file, one after the other.
type AnswerSum struct {
	lines  int64
	digest hash.Hash
}

// Add takes in one more answer.
func (s *AnswerSum) Add(l *AnswerLine) {
	if s.digest == nil {
		s.digest = sha256.New()
	}
	s.digest.Write([]byte(l.sum()))
	s.lines++
}

// Lines returns how many answers were added.
func (s *AnswerSum) Lines() int64 { return s.lines }

// Content returns the SHA-256 of the answers in their order, hex; "" for none.
func (s *AnswerSum) Content() string {
	if s.digest == nil {
		return ""
	}
	return hex.EncodeToString(s.digest.Sum(nil))
}

// AnswerFacts is what is known of whom an answer is about. A payment belongs to it only if
// trace, number and amount agree with what was sent, as far as the bank says them.
type AnswerFacts struct {
	Payment Payment     // by trace, or by number where there is none; ID zero when there is none
	Account BankAccount // of the payment
	Batch   Batch       // by number; ID zero when there is none
	Before  bool        // the same answer was booked before, from whichever file
}

// An AnswerStep is what an answer asks for, or why it asks for nothing.
type AnswerStep struct {
	Result string // AnswerDue, AnswerAlready or AnswerParked
	Reason Reason
	Record ID // the payment or batch
	Child  Child
}

// Why an answer is parked.
const (
	WhyTraceUnknown   Reason = "trace_unknown"
	WhyBatchUnknown   Reason = "batch_unknown"
	WhyDiffers        Reason = "payment_differs"
	WhyAmount         Reason = "answer_amount_differs"
	WhyNotOut         Reason = "payment_not_out"
	WhyOtherAnswer    Reason = "answered_otherwise"
	WhyDispute        Reason = "return_disputed"
	WhyNoReference    Reason = "reference_missing"
	WhyChangeByPeople Reason = "bank_change_needs_people"
	WhyBatchNotOut    Reason = "batch_not_out"
	WhyBatchTaken     Reason = "batch_answered"
)

// WhyParked lists the reasons for which an answer is parked.
var WhyParked = []Reason{WhyTraceUnknown, WhyBatchUnknown, WhyDiffers, WhyAmount, WhyNotOut, WhyOtherAnswer, WhyDispute, WhyNoReference,
	WhyChangeByPeople, WhyBatchNotOut, WhyBatchTaken}

// accountChanges are the notifications of change that put the account in doubt; the
// others are about names and addenda.
// Source: Nacha change codes: account, routing number, kind of account.
var accountChanges = []string{"C01", "C02", "C03", "C05", "C06", "C07"}

// disputed reports whether a code is about a return and not about a payment.
// Source: Nacha return reason codes R61 to R69, dishonored, and R70 to R77, contested.
func disputed(code string) bool {
	return len(code) == 3 && code >= "R61" && code <= "R77"
}

// Match says what an answer asks for. It decides by what is said and known alone, so that
// the same file twice, or its lines in another order, come to the same.
func (f *AnswerFacts) Match(l *AnswerLine) AnswerStep {
	if AboutBatch(l.Kind) {
		return f.matchBatch(l)
	}
	p := &f.Payment
	switch {
	case l.Trace == "" && l.Payment == "":
		return AnswerStep{Result: AnswerParked, Reason: WhyNoReference}
	case p.ID == 0:
		return AnswerStep{Result: AnswerParked, Reason: WhyTraceUnknown}
	case l.Payment != "" && l.Payment != p.Number, l.Trace != "" && l.Trace != p.Trace:
		return AnswerStep{Result: AnswerParked, Reason: WhyDiffers, Record: p.ID}
	case l.Amount != 0 && l.Amount != p.Amount, l.Amount == 0 && l.Kind == AnswerReturned && l.Code[0] == 'R': // Nacha's returns say it
		return AnswerStep{Result: AnswerParked, Reason: WhyAmount, Record: p.ID}
	case f.Before:
		return AnswerStep{Result: AnswerAlready, Record: p.ID}
	}
	return f.matchPayment(l)
}

func (f *AnswerFacts) matchPayment(l *AnswerLine) AnswerStep {
	p := &f.Payment
	out := p.State == Exported || p.State == Recalled
	park := func(why Reason) AnswerStep { return AnswerStep{Result: AnswerParked, Reason: why, Record: p.ID} }
	already := AnswerStep{Result: AnswerAlready, Record: p.ID}
	due := func(c Child) AnswerStep { return AnswerStep{Result: AnswerDue, Record: p.ID, Child: c} }
	switch {
	case l.Kind == AnswerSettled && out:
		day := l.Day
		if day == 0 {
			day = DateOf(p.ExportedAt)
		}
		return due(Child{Noun: NounPayment, Action: ActSettle, ID: p.ID, Inputs: []Input{paymentAnswered.day(day)}})
	case l.Kind == AnswerSettled && (p.State == Settled || p.State == Returned || p.State == Misdirected):
		return already // it had settled before it came back
	case l.Kind == AnswerReturned && disputed(l.Code):
		return park(WhyDispute)
	case l.Kind == AnswerReturned && (out || p.State == Settled):
		return due(Child{Noun: NounPayment, Action: ActReturn, ID: p.ID, Inputs: []Input{paymentCode.text(l.Code), fieldAmount.cents(p.Amount)}})
	case l.Kind == AnswerReturned && p.State == Returned && p.ReturnCode == l.Code:
		return already
	case l.Kind == AnswerReturned && p.State == Returned:
		return park(WhyOtherAnswer)
	case l.Kind != AnswerChanged:
		return park(WhyNotOut)
	case !slices.Contains(accountChanges, l.Code):
		return park(WhyChangeByPeople)
	case f.Account.State != Verified:
		return already
	}
	return due(Child{Noun: NounBankAccount, Action: ActSuspend, ID: f.Account.ID, Inputs: []Input{fieldNote.text(l.Code)}})
}

func (f *AnswerFacts) matchBatch(l *AnswerLine) AnswerStep {
	b := &f.Batch
	park := func(why Reason) AnswerStep { return AnswerStep{Result: AnswerParked, Reason: why, Record: b.ID} }
	already := AnswerStep{Result: AnswerAlready, Record: b.ID}
	out := b.State == Exported || b.State == Acknowledged
	switch {
	case b.ID == 0:
		return park(WhyBatchUnknown)
	case f.Before:
		return already
	case l.Kind == AnswerAcknowledged && b.State == Exported:
		reference := l.Information
		if reference == "" {
			reference = l.Batch
		}
		return AnswerStep{Result: AnswerDue, Record: b.ID,
			Child: Child{Noun: NounBatch, Action: ActAcknowledge, ID: b.ID, Inputs: []Input{batchReference.text(cut(reference, int(batchReference.Max)))}}}
	case l.Kind == AnswerAcknowledged && (b.State == Acknowledged || b.State == Completed):
		return already
	case l.Kind == AnswerRejected && b.State == Rejected:
		return already
	case l.Kind == AnswerRejected && out:
		return AnswerStep{Result: AnswerDue, Record: b.ID,
			Child: Child{Noun: NounBatch, Action: ActReject, ID: b.ID, Inputs: []Input{paymentCode.text(l.Code), fieldNote.text(l.Information)}}}
	case l.Kind == AnswerRejected && b.State == Completed:
		return park(WhyBatchTaken)
	}
	return park(WhyBatchNotOut)
}

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// AnswerFileFacts is everything that a decision about such a file may look at.
type AnswerFileFacts struct {
	AnswerFile
	Standing
	Kept    int64 // how many of its answers are stored
	Stored  int64 // how many of its bytes are stored
	Same    ID    // a file of the program with the same bytes; zero when there is none
	Due     int64 // answers that are not booked, parked or known in this round
	Done    int64 // answers that are booked, or were before
	Waiting int64 // answers that are parked
}

// JobAnswers is the kind of job that books the answers of a file.
const JobAnswers = "book_answers"

var (
	answerFile = Field{Name: "file", Kind: File}
	// What the reader of the file adds; nobody types it.
	answerName    = Field{Name: "name", Kind: Line}
	answerFormat  = Field{Name: "format", Kind: Line}
	answerSum     = Field{Name: "sum", Kind: Line}
	answerBytes   = Field{Name: "bytes", Kind: Count}
	answerLines   = Field{Name: "lines", Kind: Count}
	answerContent = Field{Name: "content", Kind: Line}
)

type answerGuard = Guard[AnswerFileFacts]

var (
	answersRead = answerGuard{
		Reason: "file_not_read",
		Made:   true,
		OK: func(f *AnswerFileFacts, c *Command, _ time.Time) bool {
			return c.Int(answerLines) > 0 && f.Kept == c.Int(answerLines) && isSum(c.Text(answerSum)) && isSum(c.Text(answerContent)) &&
				c.Int(answerBytes) > 0 && f.Stored == c.Int(answerBytes)
		},
		Field: &answerFile,
	}
	answersNew = answerGuard{
		Reason: "file_known",
		OK:     func(f *AnswerFileFacts, _ *Command, _ time.Time) bool { return f.Same == 0 },
		Words:  func(f *AnswerFileFacts, _ *Command) Words { return Words{"file": f.Same.String()} },
		Field:  &answerFile,
	}
	answersGone = answerGuard{
		Reason: "answers_due",
		OK:     func(f *AnswerFileFacts, _ *Command, _ time.Time) bool { return f.Due == 0 },
		Words:  func(f *AnswerFileFacts, _ *Command) Words { return Words{"count": f.Due} },
	}
)

func (f *AnswerFileFacts) nothingWaits(*Command) bool { return f.Waiting == 0 }

func importAnswers(f *AnswerFileFacts, c *Command, _ *Step) {
	a := &f.AnswerFile
	a.Program, a.ImportedBy = c.Parent, c.Actor.Person
	a.Name, a.Format, a.Sum, a.Content = c.Text(answerName), c.Text(answerFormat), c.Text(answerSum), c.Text(answerContent)
	a.Bytes, a.Lines = c.Int(answerBytes), c.Int(answerLines)
}

func applyAnswers(f *AnswerFileFacts, c *Command, s *Step) {
	f.AppliedBy = c.Actor.Person
	f.Round++
	s.Enqueue(JobAnswers, f.ID)
}

func finishAnswers(f *AnswerFileFacts, _ *Command, _ *Step) {
	f.AnswerFile.Booked, f.AnswerFile.Parked = f.Done, f.Waiting
}

func closeAnswers(f *AnswerFileFacts, c *Command, _ *Step) { c.setText(&f.Note, fieldNote) }

// AnswerFiles is the lifecycle of a file with a bank's answers: read and shown first, then
// applied. What is parked then waits for people: they apply the file again when its
// reason is gone, or close it and say what they did.
var AnswerFiles = NewMachine(NounAnswerFile,
	func(f *AnswerFileFacts) *Record { return &f.Record },
	func(f *AnswerFileFacts) *Standing { return &f.Standing },
	[]Rule[AnswerFileFacts]{
		{Start: in(None), Action: ActCreate, By: by(FinanceCertifier, FinanceReleaser), End: Entered,
			Fields: []Field{answerFile}, Guards: []answerGuard{answersNew, answersRead}, Effect: importAnswers, Always: true},
		{Start: in(Entered, Parked), Action: ActApply, By: by(FinanceCertifier, FinanceReleaser), End: Applying,
			Effect: applyAnswers, Always: true},
		{Start: in(Entered), Action: ActCancel, By: by(FinanceCertifier, FinanceReleaser), End: Cancelled,
			Fields: []Field{fieldNote}, Effect: closeAnswers, Always: true},
		{Start: in(Applying), Action: ActFinish, By: by(System), End: Completed,
			Guards: []answerGuard{only(answersGone, (*AnswerFileFacts).nothingWaits)}, Effect: finishAnswers, Always: true},
		{Start: in(Applying), Action: ActFinish, By: by(System), End: Parked,
			Guards: []answerGuard{answersGone}, Effect: finishAnswers, Always: true},
		{Start: in(Parked), Action: ActClose, By: by(FinanceCertifier), End: Completed,
			Fields: []Field{fieldNote}, Effect: closeAnswers, Always: true},
	}...)
