package ach

import (
	"bytes"
	"crypto/sha256"
	"hash"
	"io"
	"strconv"
	"sync"

	"tranche/workflow"
)

// bufferSize is written at once. It holds whole lines, and whole pages of memory
// too: a file system takes twice as long over writes that end within a page.
const bufferSize = 4096 * lineSize

// blankLine is an empty record, remittanceLine a record 7 without what differs
// between entries.
var (
	blankLine      = append(bytes.Repeat([]byte{' '}, recordSize), '\n')
	remittanceLine = func() []byte {
		l := bytes.Clone(blankLine)
		put(l, 1, "705"+remittancePrefix)
		put(l, 84, "0001")
		return l
	}()
)

// remittancePrefix begins an X12 segment about an invoice.
const remittancePrefix = "RMR*IV*"

// Writer writes one file of credits: of class CCD, each with a remittance record
// where it has something to say (CCD+), or of class CTX. It holds two buffers and no payments, so its
// memory does not grow, and an entry costs no allocation. One buffer is hashed
// while the next is filled; the underlying writer is only called from Add and
// Close. It is not safe for use by several goroutines.
type Writer struct {
	out     io.Writer
	head    Header
	buf     []byte
	spare   []byte // the buffer before, while it is being hashed
	digest  hash.Hash
	hashing sync.WaitGroup
	scratch [22]byte
	name    []byte // folded, of the entry that was checked last

	sequence    int     // of the last trace
	digits      [7]byte // sequence, written
	firstTrace  Trace   // of the open batch, with a sequence of 0
	entryLine   []byte  // record 6 without what differs between entries of the open batch
	batchLimit  int     // records a batch may hold
	open        bool
	class, odfi string // of the open batch; eight digits of a routing number
	batch       sums
	file        sums
	totals      Totals
	err         error // sticky: the first write that failed, or ErrClosed
}

// NewWriter checks h and begins a file on out. An *Error names the field of h
// that does not fit; nothing is written then.
func NewWriter(out io.Writer, h Header) (*Writer, error) {
	if err := h.Check(); err != nil {
		return nil, err
	}
	if err := h.checkDays(); err != nil {
		return nil, err
	}
	return newWriter(out, h), nil
}

func newWriter(out io.Writer, h Header) *Writer {
	w := &Writer{
		out:        out,
		head:       h,
		buf:        make([]byte, 0, bufferSize),
		spare:      make([]byte, 0, bufferSize),
		digest:     sha256.New(),
		sequence:   max(h.FirstSequence, 1) - 1,
		batchLimit: maxBatchRecords,
	}
	w.putFileHeader()
	return w
}

// Add writes one payment and returns the trace number that it was given: the
// ODFI and the next sequence. An *Error names the field that does not fit; the
// file is then as it was before. Any other error is from the underlying writer
// and ends the file.
func (w *Writer) Add(c *Credit) (Trace, error) {
	if w.err != nil {
		return 0, w.err
	}
	if err := w.check(c); err != nil {
		return 0, err
	}
	addenda := 0
	if c.Remittance != "" {
		addenda = 1
	}
	if err := w.makeRoom(c, CCD, addenda); err != nil {
		return 0, err
	}
	trace := w.putEntry(c.code(), c, addenda)
	if addenda == 1 {
		w.putRemittance(c)
	}
	return trace, w.err
}

// AddCTX writes one payment of class CTX, whose remittance is a text of printable
// ASCII, such as an X12 820, in as many addenda as it takes. It is otherwise as Add.
func (w *Writer) AddCTX(c *Credit, remittance string) (Trace, error) {
	if w.err != nil {
		return 0, w.err
	}
	if err := w.check(c); err != nil {
		return 0, err
	}
	addenda := (len(remittance) + addendaSize - 1) / addendaSize
	switch {
	case addenda == 0:
		return 0, w.refusal("remittance", RuleRequired, "", "")
	case addenda > maxAddenda:
		return 0, w.refusal("remittance", RuleLength, "at most 9999 addenda", "")
	case !printable(remittance, ' '):
		return 0, w.refusal("remittance", RuleCharset, "", "")
	}
	if err := w.makeRoom(c, CTX, addenda); err != nil {
		return 0, err
	}
	w.name = w.name[:min(len(w.name), ctxName)]
	trace := w.putEntry(c.code(), c, addenda)
	for n := 1; n <= addenda; n++ {
		l := w.record('7')
		put(l, 2, "05")
		put(l, 4, remittance[:min(len(remittance), addendaSize)])
		remittance = remittance[min(len(remittance), addendaSize):]
		putNumber(l, 84, 87, uint64(n))
		copy(l[88-1:], w.digits[:])
	}
	return trace, w.err
}

// makeRoom sees to an open batch of the given class with room for c, or refuses c.
func (w *Writer) makeRoom(c *Credit, class string, addenda int) error {
	if c.Amount > MaxSameDay && w.head.sameDay() {
		return w.refusal("amount", RuleRange, "at most "+MaxSameDay.String()+" on the same day", c.Amount.String())
	}
	if w.totals.Lines+addenda+5 > maxLines {
		return w.refusal("block count", RuleLimit, "at most "+strconv.Itoa(maxLines/blocking), "")
	}
	if w.open && (w.class != class || w.batch.records+1+addenda > w.batchLimit) {
		w.endBatch()
	}
	if !w.open {
		w.beginBatch(class, w.head.ODFI[:8])
	}
	return nil
}

func (c *Credit) code() TransactionCode {
	if c.Savings {
		return SavingsCredit
	}
	return CheckingCredit
}

// Close ends the file with its controls and padding and returns its totals.
// Without a payment it returns an *Error with RuleEmpty and the file is not
// complete. The underlying writer is not closed.
func (w *Writer) Close() (Totals, error) {
	if w.err != nil {
		return Totals{}, w.err
	}
	if w.totals.Entries == 0 {
		w.err = &Error{Field: "file", Rule: RuleEmpty}
		return Totals{}, w.err
	}
	if w.open {
		w.endBatch()
	}
	w.putFileControl()
	w.flush()
	w.hashing.Wait()
	if w.err != nil {
		return Totals{}, w.err
	}
	w.err = ErrClosed
	t := w.totals
	t.Records, t.Hash, t.Debits, t.Credits = w.file.records, w.file.hash, w.file.debits, w.file.credits
	t.Bytes = int64(t.Lines) * lineSize
	w.digest.Sum(t.SHA256[:0])
	return t, nil
}

// refusal is about the entry that would be next.
func (w *Writer) refusal(field string, rule Rule, want, got string) error {
	return &Error{Entry: w.totals.Entries + 1, Field: field, Rule: rule, Want: want, Got: got}
}

// Check returns an *Error for the first reason for which c can be in no file, as
// its entry of the given number, counted from 1. A file may refuse it for others.
func (c *Credit) Check(entry int) error {
	return (&Writer{totals: Totals{Entries: entry - 1}}).check(c)
}

// check returns the first reason for which c cannot go into this file.
func (w *Writer) check(c *Credit) error {
	if rule := checkRouting(c.Routing); rule != "" {
		return w.refusal("routing number", rule, "", c.Routing)
	}
	if rule := checkAccount(c.Account); rule != "" {
		return w.refusal("account number", rule, "", "")
	}
	if c.Amount < 1 || c.Amount > MaxEntry {
		return w.refusal("amount", RuleRange, "0.01 to "+MaxEntry.String(), c.Amount.String())
	}
	if rule := checkText(c.ID, 15); rule != "" {
		return w.refusal("payment number", rule, "", c.ID)
	}
	if w.name = appendFolded(w.scratch[:0], c.Name, len(w.scratch)); len(w.name) == 0 {
		return w.refusal("receiver name", RuleRequired, "", "")
	}
	if rule := checkRemittance(c.Remittance); rule != "" {
		return w.refusal("remittance", rule, "", c.Remittance)
	}
	return w.checkRoom(c)
}

// checkRoom refuses what would overflow a total of the file. Beside its own two
// records an entry may need a batch control, a batch header, and at the end a
// batch control and the file control.
func (w *Writer) checkRoom(c *Credit) error {
	switch {
	case w.file.credits+w.batch.credits+c.Amount > MaxTotal:
		return w.refusal("file total", RuleLimit, "at most "+MaxTotal.String(), "")
	case w.totals.Lines+6 > maxLines:
		return w.refusal("block count", RuleLimit, "at most "+strconv.Itoa(maxLines/blocking), "")
	case w.sequence == maxSequence:
		return w.refusal("trace number", RuleLimit, "a sequence of at most 9999999", "")
	}
	return nil
}

// checkAccount returns the rule that s breaks as an account number.
func checkAccount(s string) Rule {
	if s == "" {
		return RuleRequired
	}
	if len(s) > 17 {
		return RuleLength
	}
	if !printable(s, '!') {
		return RuleCharset
	}
	for i := range len(s) {
		if s[i] != '0' {
			return ""
		}
	}
	return RuleRequired
}

// checkRemittance returns the rule that s breaks as the reference of an X12
// segment, in which '*', '\' and '~' would begin something else.
func checkRemittance(s string) Rule {
	if len(s) > remittanceID {
		return RuleLength
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
		case c == '-', c == '.', c == '/', c == ' ' && i > 0 && i < len(s)-1:
		default:
			return RuleCharset
		}
	}
	return ""
}

func (w *Writer) putFileHeader() {
	h := &w.head
	l := w.record('1')
	put(l, 2, "01")
	put(l, 5, h.Destination)
	put(l, 24-len(h.Origin), h.Origin)
	put(l, 24, h.Created.Format("0601021504"))
	l[34-1] = h.Modifier
	put(l, 35, "094101")
	put(l, 41, h.DestinationName)
	put(l, 64, h.OriginName)
	put(l, 87, h.Reference)
}

// beginBatch opens a batch of credits of the given class for the originator
// whose bank has the routing number odfi, eight digits.
func (w *Writer) beginBatch(class, odfi string) {
	w.open, w.batch, w.class, w.odfi = true, sums{}, class, odfi
	w.firstTrace = NewTrace(odfi, 0)
	w.entryLine = bytes.Clone(blankLine)
	w.entryLine[0] = '6'
	put(w.entryLine, 80, odfi)
	w.totals.Batches++
	h := &w.head
	l := w.record('5')
	putNumber(l, 2, 4, classCredits)
	put(l, 5, h.CompanyName)
	put(l, 41, h.CompanyID)
	put(l, 51, class)
	put(l, 54, h.Description)
	put(l, 70, h.Effective.Format("060102"))
	l[79-1] = '1' // a bank bound by the Nacha rules
	put(l, 80, odfi)
	putNumber(l, 88, 94, uint64(w.totals.Batches))
}

// putEntry writes record 6, for the name that check has folded.
func (w *Writer) putEntry(code TransactionCode, c *Credit, addenda int) Trace {
	w.sequence++
	w.totals.Entries++
	w.batch.add(code, c.Routing, c.Amount, addenda)
	putNumber(w.digits[:], 1, 7, uint64(w.sequence))
	l := w.line(w.entryLine)
	putNumber(l, 2, 3, uint64(code))
	put(l, 4, c.Routing)
	put(l, 13, c.Account)
	putNumber(l, 30, 39, uint64(c.Amount))
	put(l, 40, c.ID)
	if w.class == CTX {
		putNumber(l, 55, 58, uint64(addenda))
		copy(l[59-1:], w.name)
	} else {
		copy(l[55-1:], w.name)
	}
	l[79-1] = '0' + byte(min(addenda, 1))
	copy(l[88-1:], w.digits[:])
	return w.firstTrace + Trace(w.sequence)
}

// putRemittance writes record 7 of the entry before.
func (w *Writer) putRemittance(c *Credit) {
	l := w.line(remittanceLine)
	appendPaid(l[:4-1+len(remittancePrefix)], c.Remittance, c.Amount)
	copy(l[88-1:], w.digits[:])
}

// Remittance returns the X12 segment that the Writer puts behind a credit:
// invoice (IV), reference, amount paid.
func Remittance(reference string, amount workflow.Cents) string {
	return string(appendPaid([]byte(remittancePrefix), reference, amount))
}

// appendPaid ends the segment, in place where l has the room of a record.
func appendPaid(l []byte, reference string, amount workflow.Cents) []byte {
	l = append(l, reference...)
	l = append(l, "**"...)
	l = strconv.AppendUint(l, uint64(amount)/100, 10)
	cents := byte(amount % 100)
	return append(l, '.', '0'+cents/10, '0'+cents%10, '\\')
}

func (w *Writer) endBatch() {
	l := w.record('8')
	putNumber(l, 2, 4, classCredits)
	putNumber(l, 5, 10, uint64(w.batch.records))
	putNumber(l, 11, 20, w.batch.hash)
	putNumber(l, 21, 32, uint64(w.batch.debits))
	putNumber(l, 33, 44, uint64(w.batch.credits))
	put(l, 45, w.head.CompanyID)
	put(l, 80, w.odfi)
	putNumber(l, 88, 94, uint64(w.totals.Batches))

	w.file.records += w.batch.records
	w.file.hash = (w.file.hash + w.batch.hash) % hashModulus
	w.file.debits += w.batch.debits
	w.file.credits += w.batch.credits
	w.open, w.batch = false, sums{}
}

func (w *Writer) putFileControl() {
	l := w.record('9')
	blocks := (w.totals.Lines + blocking - 1) / blocking
	putNumber(l, 2, 7, uint64(w.totals.Batches))
	putNumber(l, 8, 13, uint64(blocks))
	putNumber(l, 14, 21, uint64(w.file.records))
	putNumber(l, 22, 31, w.file.hash)
	putNumber(l, 32, 43, uint64(w.file.debits))
	putNumber(l, 44, 55, uint64(w.file.credits))
	for w.totals.Lines%blocking != 0 {
		l := w.record('9')
		for i := range l {
			l[i] = '9'
		}
	}
}

// record begins a record of the given type and returns its 94 characters, blank
// but for the first, to be filled in before the next line.
func (w *Writer) record(kind byte) []byte {
	l := w.line(blankLine)
	l[0] = kind
	return l
}

// line appends a copy of a line and returns its 94 characters.
func (w *Writer) line(model []byte) []byte {
	if len(w.buf) == bufferSize {
		w.flush()
	}
	n := len(w.buf)
	w.buf = append(w.buf, model...)
	w.totals.Lines++
	return w.buf[n : n+recordSize : n+recordSize]
}

// flush hands the buffer on and goes to the other one. After a failed write it
// only empties the buffer.
func (w *Writer) flush() {
	w.hashing.Wait()
	full := w.buf
	w.buf, w.spare = w.spare[:0], full
	if w.err != nil {
		return
	}
	w.hashing.Go(func() { w.digest.Write(full) })
	_, w.err = w.out.Write(full)
}

// put copies s, which the caller knows to fit, to the 1-based position from.
func put(l []byte, from int, s string) { copy(l[from-1:], s) }

// putNumber right-justifies n between two 1-based positions and fills with
// zeros. The caller knows that n fits.
func putNumber(l []byte, from, to int, n uint64) {
	i := to - 1
	for ; i >= from; i -= 2 {
		two := byte(n % 100)
		n /= 100
		l[i-1], l[i] = '0'+two/10, '0'+two%10
	}
	if i == from-1 {
		l[i] = '0' + byte(n%10)
	}
}
