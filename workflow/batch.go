package workflow

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Batch is a set of payments that are prepared, approved, exported and settled
// together. It has one preparer, who alone adds to it.
type Batch struct {
	Record
	Number      string // such as B-001046
	Program     ID
	PreparedBy  ID
	Effective   Date // the day on which the bank is to pay
	Count       int64
	Total       Cents
	EntryHash   string // sum of the routing numbers' first eight digits, last ten digits
	Members     string // SHA-256 over the members' ids, versions, amounts and accounts; what an approval saw
	CertifiedBy ID
	SecondBy    ID // a second certifier, where the total asks for one
	ReleasedBy  ID
	Format      string // of the bank file, one of BankFormats; "" is FormatNACHA, from before there were others
	File        string // SHA-256 of the bank file, hex
	Register    string // SHA-256 of the CSV register, hex
	Copies      string // what else was made of it at the export, as Copies writes it
	ExportedAt  time.Time
	Reference   string // the bank's or Treasury's
	Note        string
}

// BatchFacts is everything that a decision about a batch may look at.
type BatchFacts struct {
	Batch
	Standing
	Payments         []Payment     // the members, in order of ID
	Accounts         []BankAccount // of the members, by the same index
	Payer            Program       // that pays
	SecondOver       Cents         // a total above this needs a second certifier; zero: never
	MembersUnsettled int           // exported or recalled
	OwnMembers       int           // that pay an organization, or an affiliate of one, to which the actor belongs
	ReadyPayments    []ID          // what can be batched now, by ID: ready, not held, award running, account as approved; loaded for create
}

var (
	batchEffective = Field{Name: "effective", Kind: Day}
	batchPayments  = Field{Name: "payments", Kind: Line, Max: 20_000, Optional: true} // ids, joined by commas
	batchFormat    = Field{Name: "format", Kind: Choice, Choices: BankFormats, Optional: true}
	batchCopies    = Field{Name: "formats", Kind: Codes, Choices: BankFormats, Optional: true}
	batchTotal     = Field{Name: "total", Kind: Money}
	batchReference = Field{Name: "reference", Kind: Line, Max: 100}

	// Added to the command by whoever rendered the file, never read from a form.
	batchFile      = Field{Name: "file", Kind: Line}
	batchRegister  = Field{Name: "register", Kind: Line}
	batchOthers    = Field{Name: "others", Kind: Line} // Copies
	batchEntryHash = Field{Name: "entry_hash", Kind: Line}
	batchMembers   = Field{Name: "members", Kind: Line}
	batchTraces    = Field{Name: "traces", Kind: Line} // in the order of the members, joined by commas
)

type batchGuard = Guard[BatchFacts]

// furthestPayday is how many days ahead a batch may be paid at most.
const furthestPayday = 90

var (
	effectiveAhead = batchGuard{
		Reason: "effective_in_the_past",
		OK: func(_ *BatchFacts, c *Command, now time.Time) bool {
			return !c.Date(batchEffective).Before(DateOf(now))
		},
		Field: &batchEffective,
	}
	effectiveSoon = batchGuard{
		Reason: "effective_too_late",
		OK: func(_ *BatchFacts, c *Command, now time.Time) bool {
			return !DateOf(now).AddDays(furthestPayday).Before(c.Date(batchEffective))
		},
		Words: func(_ *BatchFacts, _ *Command) Words { return Words{"days": int64(furthestPayday)} },
		Field: &batchEffective,
	}
	paymentsReadable = batchGuard{
		Reason: "payments_unreadable",
		OK: func(_ *BatchFacts, c *Command, _ time.Time) bool {
			_, ok := parseIDs(c.Text(batchPayments))
			return ok
		},
		Field: &batchPayments,
	}
	// payerComplete asks for what the files say of who pays, at the first step and
	// at each later one: an administrator may change it.
	payerComplete = batchGuard{
		Reason: "payer_incomplete",
		OK: func(f *BatchFacts, c *Command, _ time.Time) bool {
			_, missing := f.missing(c)
			return len(missing) == 0
		},
		Words: func(f *BatchFacts, c *Command) Words {
			format, missing := f.missing(c)
			return Words{"format": Kinds{format}, "missing": missing}
		},
		Field: &batchFormat,
	}
	notTooMuchToday = batchGuard{
		Reason: "over_same_day_limit",
		OK: func(f *BatchFacts, _ *Command, now time.Time) bool {
			return DateOf(now).Before(f.Effective) || f.overSameDay() < 0
		},
		Words: func(f *BatchFacts, _ *Command) Words {
			p := &f.Payments[f.overSameDay()]
			return Words{"payment": p.Number, "amount": p.Amount, "limit": MaxSameDay}
		},
	}
	notEmpty = batchGuard{
		Reason: "batch_empty",
		OK:     func(f *BatchFacts, _ *Command, _ time.Time) bool { return len(f.Payments) > 0 },
	}
	ownBatch = batchGuard{
		Reason: "batch_of_other_preparer",
		OK:     func(f *BatchFacts, c *Command, _ time.Time) bool { return c.Counts(f.PreparedBy) },
		Duty:   true,
	}
	notOwnPayee = batchGuard{
		Reason: "you_are_paid_by_this",
		OK:     func(f *BatchFacts, _ *Command, _ time.Time) bool { return f.OwnMembers == 0 },
		Words:  func(f *BatchFacts, _ *Command) Words { return Words{"payments": f.OwnMembers} },
		Duty:   true,
	}
	notPreparer = batchGuard{
		Reason: "you_prepared_this",
		OK:     func(f *BatchFacts, c *Command, _ time.Time) bool { return !c.Counts(f.PreparedBy) },
		Duty:   true,
	}
	notCertifier = batchGuard{
		Reason: "you_certified_this",
		OK: func(f *BatchFacts, c *Command, _ time.Time) bool {
			return !c.Counts(f.CertifiedBy) && !c.Counts(f.SecondBy)
		},
		Duty: true,
	}
	verifiedNoAccount = batchGuard{
		Reason: "you_verified_an_account",
		OK: func(f *BatchFacts, c *Command, _ time.Time) bool {
			for i := range f.Accounts {
				if c.Counts(f.Accounts[i].VerifiedBy) || c.Counts(f.Accounts[i].ConfirmedBy) {
					return false
				}
			}
			return true
		},
		Duty: true,
	}
	// totalTyped gives no numbers: a certifier who has to type the total must
	// have it from the payments, not from the answer.
	totalTyped = batchGuard{
		Reason: "total_differs",
		OK:     func(f *BatchFacts, c *Command, _ time.Time) bool { return c.Cents(batchTotal) == f.Total },
		Field:  &batchTotal,
	}
	unchanged = batchGuard{
		Reason: "batch_changed",
		OK:     func(f *BatchFacts, _ *Command, _ time.Time) bool { return f.controls() == f.stored() },
	}
	fileRendered = batchGuard{
		Reason: "file_missing",
		Made:   true,
		OK: func(f *BatchFacts, c *Command, _ time.Time) bool {
			return c.Text(batchFile) != "" && c.Text(batchRegister) != "" && f.copied(c) &&
				strings.Count(c.Text(batchTraces), ",")+1 == len(f.Payments)
		},
	}
	fileOfThese = batchGuard{
		Reason: "batch_changed",
		OK: func(f *BatchFacts, c *Command, _ time.Time) bool {
			return c.Text(batchMembers) == f.Members && c.Text(batchEntryHash) == f.EntryHash
		},
	}
	batchAnswered = batchGuard{
		Reason: "bank_code_missing",
		OK:     func(_ *BatchFacts, c *Command, _ time.Time) bool { return c.Text(paymentCode) != "" },
		Field:  &paymentCode,
	}
	noneAnswered = batchGuard{
		Reason: "members_answered",
		OK: func(f *BatchFacts, _ *Command, _ time.Time) bool {
			for i := range f.Payments {
				if st := f.Payments[i].State; st != Exported && st != Recalled {
					return false
				}
			}
			return true
		},
	}
	allAnswered = batchGuard{
		Reason: "members_unsettled",
		OK:     func(f *BatchFacts, _ *Command, _ time.Time) bool { return f.MembersUnsettled == 0 },
		Words:  func(f *BatchFacts, _ *Command) Words { return Words{"open": f.MembersUnsettled} },
	}
)

// Writable reports whether the files that the export c asks for can be made. Where
// not, the lifecycle refuses c and says why.
func (f *BatchFacts) Writable(c *Command, now time.Time) bool {
	return payerComplete.OK(f, c, now) && notTooMuchToday.OK(f, c, now)
}

// missing returns the first format asked for whose file the payer's details do not
// suffice for, and the names of what is missing.
func (f *BatchFacts) missing(c *Command) (format string, fields []string) {
	format = f.Batch.Pays()
	if asked := c.Text(batchFormat); f.ID == 0 && asked != "" {
		format = asked
	}
	for _, one := range append([]string{format}, split(c.Text(batchCopies))...) {
		if fields = f.Payer.unsaid(one); len(fields) > 0 {
			return one, fields
		}
	}
	return "", nil
}

// overSameDay returns the place of the first member that is too large to be paid
// on the day of its file, -1 when there is none.
func (f *BatchFacts) overSameDay() int {
	return slices.IndexFunc(f.Payments, func(p Payment) bool { return p.Amount > MaxSameDay })
}

// copied reports whether every copy that is asked for was made.
func (f *BatchFacts) copied(c *Command) bool {
	made := Copies(c.Text(batchOthers)).List()
	for _, format := range split(c.Text(batchCopies)) {
		if format != f.Batch.Pays() && !slices.ContainsFunc(made, func(m BatchFile) bool { return m.Format == format }) {
			return false
		}
	}
	return true
}

// lastApproval reports whether c completes the approval: the total needs no
// second certifier, or this is the second.
func (f *BatchFacts) lastApproval(*Command) bool {
	return f.SecondOver == 0 || f.Total <= f.SecondOver || f.CertifiedBy != 0
}

// Controls are the control totals of a batch.
type Controls struct {
	Count     int64
	Total     Cents
	EntryHash string
	Members   string
}

// ControlsOf adds up payments, and accounts by the same index. The order counts
// for Members: it is that of the payments' IDs.
func ControlsOf(payments []Payment, accounts []BankAccount) Controls {
	sum := sha256.New()
	line := make([]byte, 0, 96)
	var total Cents
	var routing int64
	for i := range payments {
		p := &payments[i]
		total += p.Amount
		routing += routingPrefix(accounts[i].Routing)
		line = line[:0]
		for _, n := range [...]int64{int64(p.ID), p.Version, int64(p.Amount), int64(p.BankAccount), p.BankVersion} {
			line = append(strconv.AppendInt(line, n, 10), '\n')
		}
		sum.Write(line)
	}
	return Controls{
		Count: int64(len(payments)), Total: total,
		EntryHash: fmt.Sprintf("%010d", routing%10_000_000_000),
		Members:   hex.EncodeToString(sum.Sum(nil)),
	}
}

// routingPrefix returns the first eight digits of a routing number, which name
// the bank; zero for anything that is not one.
func routingPrefix(routing string) int64 {
	if len(routing) != 9 {
		return 0
	}
	n, err := strconv.ParseInt(routing[:8], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (f *BatchFacts) controls() Controls { return ControlsOf(f.Payments, f.Accounts) }

func (f *BatchFacts) stored() Controls { return Controls{f.Count, f.Total, f.EntryHash, f.Members} }

// recount takes the control totals from the members.
func (f *BatchFacts) recount() {
	c := f.controls()
	f.Count, f.Total, f.EntryHash, f.Members = c.Count, c.Total, c.EntryHash, c.Members
}

// parseIDs reads different IDs joined by commas; no text is no IDs.
func parseIDs(s string) ([]ID, bool) {
	if s == "" {
		return nil, true
	}
	texts := strings.Split(s, ",")
	ids := make([]ID, len(texts))
	seen := make(map[ID]bool, len(texts))
	for i, text := range texts {
		id, ok := ParseID(text)
		if !ok || seen[id] {
			return nil, false
		}
		ids[i], seen[id] = id, true
	}
	return ids, true
}

// createBatch puts the named payments, or all that are ready, into the batch and
// counts once at the end.
func createBatch(f *BatchFacts, c *Command, s *Step) {
	f.Number = fmt.Sprintf("B-%06d", f.ID)
	f.Format = FormatNACHA
	c.setText(&f.Format, batchFormat)
	f.Program, f.PreparedBy, f.Effective = c.Parent, c.Actor.Person, c.Date(batchEffective)
	ids, _ := parseIDs(c.Text(batchPayments))
	if len(ids) == 0 {
		ids = f.ReadyPayments
	}
	for _, id := range ids {
		s.Raise(Child{Noun: NounPayment, Action: ActBatch, ID: id, By: FinancePreparer,
			Inputs: []Input{paymentBatch.ref(f.ID), paymentQuiet.check()}})
	}
	s.Raise(Child{Noun: NounBatch, Action: ActResize, ID: f.ID})
}

func submitBatch(f *BatchFacts, _ *Command, _ *Step) { f.recount() }

func approveBatch(f *BatchFacts, c *Command, _ *Step) {
	if f.CertifiedBy == 0 {
		f.CertifiedBy = c.Actor.Person
	} else {
		f.SecondBy = c.Actor.Person
	}
}

// reopenBatch voids the approvals: they were given to what the batch was before.
func reopenBatch(f *BatchFacts, c *Command, _ *Step) {
	c.setText(&f.Note, fieldNote)
	f.CertifiedBy, f.SecondBy = 0, 0
	f.recount()
}

func exportBatch(f *BatchFacts, c *Command, s *Step) {
	f.ReleasedBy, f.ExportedAt, f.Format = c.Actor.Person, s.At, f.Pays()
	f.File, f.Register, f.Copies = c.Text(batchFile), c.Text(batchRegister), c.Text(batchOthers)
	traces := strings.Split(c.Text(batchTraces), ",")
	for i := range f.Payments {
		s.Raise(Child{Noun: NounPayment, Action: ActExport, ID: f.Payments[i].ID, Inputs: []Input{paymentTrace.text(traces[i])}})
	}
}

func acknowledgeBatch(f *BatchFacts, c *Command, _ *Step) { f.Reference = c.Text(batchReference) }

func rejectBatch(f *BatchFacts, c *Command, s *Step) {
	c.setText(&f.Note, fieldNote)
	f.raiseOnMembers(s, ActReject, paymentCode.text(c.Text(paymentCode)))
}

func cancelBatch(f *BatchFacts, c *Command, s *Step) {
	c.setText(&f.Note, fieldNote)
	f.CertifiedBy, f.SecondBy = 0, 0
	f.raiseOnMembers(s, ActDrop, paymentQuiet.check())
}

func (f *BatchFacts) raiseOnMembers(s *Step, action Action, in Input) {
	for i := range f.Payments {
		s.Raise(Child{Noun: NounPayment, Action: action, ID: f.Payments[i].ID, Inputs: []Input{in}})
	}
}

// Batches is the lifecycle of a batch. The resize row follows every change to a
// member: it counts anew and voids the approvals.
var Batches = NewMachine(NounBatch,
	func(f *BatchFacts) *Record { return &f.Record },
	func(f *BatchFacts) *Standing { return &f.Standing },
	[]Rule[BatchFacts]{
		{Start: in(None), Action: ActCreate, By: by(FinancePreparer), End: Open,
			Fields: []Field{batchEffective, batchFormat, batchPayments},
			Guards: []batchGuard{effectiveAhead, effectiveSoon, paymentsReadable, payerComplete}, Effect: createBatch},
		{Start: in(Open, Submitted, Approved), Action: ActResize, By: by(System), End: Open,
			Effect: reopenBatch, Hidden: true, Always: true},
		{Start: in(Open), Action: ActSubmit, By: by(FinancePreparer), End: Submitted,
			Guards: []batchGuard{ownBatch, notEmpty, notOwnPayee, payerComplete, notTooMuchToday}, Effect: submitBatch},
		{Start: in(Submitted), Action: ActApprove, By: by(FinanceCertifier), End: Approved,
			Fields: []Field{batchTotal},
			Guards: []batchGuard{notPreparer, notCertifier, notOwnPayee, unchanged, only(totalTyped, (*BatchFacts).lastApproval)},
			Effect: approveBatch},
		{Start: in(Submitted), Action: ActApprove, By: by(FinanceCertifier), End: Submitted,
			Fields: []Field{batchTotal},
			Guards: []batchGuard{notPreparer, notCertifier, notOwnPayee, unchanged, totalTyped}, Effect: approveBatch},
		{Start: in(Submitted, Approved), Action: ActReturn, By: by(FinanceCertifier, FinanceReleaser, System), End: Open,
			Fields: []Field{fieldNote.Opt()}, Effect: reopenBatch, Always: true},
		{Start: in(Approved), Action: ActExport, By: by(FinanceReleaser), End: Exported,
			Fields: []Field{batchCopies},
			Guards: []batchGuard{notPreparer, notCertifier, notOwnPayee, verifiedNoAccount, unchanged, payerComplete, notTooMuchToday, fileRendered, fileOfThese},
			Effect: exportBatch},
		{Start: in(Exported), Action: ActAcknowledge, By: by(FinanceReleaser, System), End: Acknowledged,
			Fields: []Field{batchReference}, Effect: acknowledgeBatch, Always: true},
		{Start: in(Exported, Acknowledged), Action: ActReject, By: by(System), End: Rejected,
			Fields: []Field{paymentCode, fieldNote.Opt()},
			Guards: []batchGuard{batchAnswered, noneAnswered}, Effect: rejectBatch, Always: true},
		{Start: in(Exported, Acknowledged), Action: ActComplete, By: by(System), End: Completed,
			Guards: []batchGuard{allAnswered}, Always: true},
		{Start: in(Open, Submitted, Approved), Action: ActCancel, By: by(FinancePreparer, FinanceCertifier), End: Cancelled,
			Fields: []Field{fieldNote.Opt()}, Effect: cancelBatch, Always: true},
	}...)
