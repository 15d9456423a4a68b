package ach

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"tranche/workflow"
)

// Entry is one entry of a file that was read, with its addenda.
type Entry struct {
	Line       int // of record 6
	Number     int // 1-based in the file
	Batch      *Batch
	Code       TransactionCode
	Routing    string // nine digits, of the bank that receives the entry
	Account    string
	Amount     workflow.Cents
	ID         string
	Name       string
	Trace      Trace
	Remittance []string // of addenda 05, in order, without trailing blanks
	Return     *Return  // of an addenda 99; nil in an entry that is not a return
	Change     *Change  // of an addenda 98; nil in an entry that is not a notification of change
}

// Return is what an addenda 99 says.
type Return struct {
	Line        int
	Code        string // R and two digits, see Meaning
	Original    Trace  // of the entry that comes back
	RDFI        string // eight digits: the bank that had received it
	Information string
}

// Change is what an addenda 98 says.
type Change struct {
	Line      int
	Code      string // C and two digits, see Meaning
	Original  Trace  // of the entry that it is about
	RDFI      string // eight digits: the bank that had received it
	Corrected string // laid out according to Code, see Correction
}

// File is the header of a file that was read.
type File struct {
	Destination     string
	DestinationName string
	Origin          string
	OriginName      string
	Reference       string
	Created         time.Time // to the minute, in UTC for want of a zone in the layout
	Modifier        byte
}

// Batch is the header of a batch that was read.
type Batch struct {
	Line        int
	Class       int // 200 mixed, 220 credits, 225 debits
	CompanyName string
	CompanyID   string
	SEC         string // CCD, PPD, CTX or COR
	Description string
	Effective   time.Time // zero where a return or change leaves the day open
	ODFI        string    // eight digits
	Number      int
}

// Reader reads one file, entry by entry, and holds it to every rule of the
// layout. What an entry says can be trusted as soon as Next returns it; that the
// file is whole is known when Next returns io.EOF, and nothing should be acted
// upon before. It holds one entry with its addenda.
//
// Lines may end in LF, CR LF or CR, and the last one in nothing; a file may also have
// no line ends at all. What mail and editors do to blanks does no harm: those at the end
// of a line may be missing or too many, and empty lines may follow the last block.
type Reader struct {
	in     *bufio.Reader
	begun  bool
	whole  bool   // the records follow each other without line ends
	buffer []byte // of the line that is read
	line   int
	ahead  string // the next line, when peeked
	peeked bool

	head    *File
	batch   *Batch // nil between batches
	last    Trace  // of the batch
	entries int
	numbers int // the highest batch number so far
	batches int
	sums    sums // of the open batch
	file    sums
	err     error // sticky: io.EOF, or the first thing wrong
}

// NewReader reads a file from in.
func NewReader(in io.Reader) *Reader {
	return &Reader{in: bufio.NewReaderSize(in, 64<<10)}
}

// Next returns the next entry, io.EOF after a file that is whole and right, an
// *Error for the first thing wrong, or the error of the underlying reader. Once
// it has returned an error it returns the same again.
func (r *Reader) Next() (*Entry, error) {
	if r.err != nil {
		return nil, r.err
	}
	e, err := r.next()
	r.err = err
	return e, err
}

// File returns the file header, or nil before Next has read it.
func (r *Reader) File() *File { return r.head }

// Totals returns what the records read so far add up to. Bytes and SHA256 are
// not known to a reader and stay zero.
func (r *Reader) Totals() Totals {
	return Totals{
		Entries: r.entries,
		Records: r.file.records,
		Lines:   r.line,
		Batches: r.batches,
		Hash:    r.file.hash,
		Debits:  r.file.debits,
		Credits: r.file.credits,
	}
}

// next reads records up to the end of one entry or of the file.
func (r *Reader) next() (*Entry, error) {
	for {
		rec, err := r.record()
		if err != nil {
			return nil, err
		}
		switch kind := rec.raw[0]; {
		case r.head == nil && kind == '1':
			err = r.readFile(rec)
		case r.head == nil:
			rec.fail("record type", RuleOrder, "the file header 1", rec.at(1, 1))
		case r.batch == nil && kind == '5':
			err = r.readBatch(rec)
		case r.batch == nil && kind == '9':
			if err = r.readFileControl(rec); err == nil {
				return nil, r.readPadding()
			}
		case r.batch == nil:
			rec.fail("record type", RuleOrder, "a batch header 5 or the file control 9", rec.at(1, 1))
		case kind == '6':
			return r.readEntry(rec)
		case kind == '8':
			err = r.readBatchControl(rec)
		default:
			rec.fail("record type", RuleOrder, "an entry 6 or the batch control 8", rec.at(1, 1))
		}
		if err == nil {
			err = rec.problem()
		}
		if err != nil {
			return nil, err
		}
	}
}

// record returns the next line as a record of 94 printable characters.
func (r *Reader) record() (*record, error) {
	text, err := r.take()
	if errors.Is(err, io.EOF) {
		return nil, &Error{Line: r.line + 1, Field: "file control", Rule: RuleTruncated}
	}
	if err != nil {
		return nil, err
	}
	return &record{raw: text, line: r.line}, nil
}

// take returns the next line and moves past it.
func (r *Reader) take() (string, error) {
	text, err := r.peek()
	if err == nil {
		r.peeked = false
		r.line++
	}
	return text, err
}

// peek returns the next line without its ending, or io.EOF.
func (r *Reader) peek() (string, error) {
	if r.peeked {
		return r.ahead, nil
	}
	b, err := r.readLine()
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return "", &Error{Line: r.line + 1, Field: "record", Rule: RuleLength, Want: "94 characters", Got: "no end of line"}
	case err != nil && !errors.Is(err, io.EOF):
		return "", err
	case len(b) == 0 && (err != nil || r.whole):
		return "", io.EOF
	}
	text := fit(string(b))
	if len(text) != recordSize {
		return "", &Error{Line: r.line + 1, Field: "record", Rule: RuleLength, Want: "94 characters", Got: strconv.Itoa(len(text))}
	}
	if !printable(text, ' ') {
		return "", &Error{Line: r.line + 1, Field: "record", Rule: RuleCharset, Want: "printable ASCII"}
	}
	r.ahead, r.peeked = text, true
	return text, nil
}

// longestLine is far beyond a record with any blanks behind it.
const longestLine = 4096

// readLine returns the next line without its end. Io.EOF comes with the last one, which
// is empty where the one before it had an end.
func (r *Reader) readLine() ([]byte, error) {
	if !r.begun {
		first, err := r.in.Peek(lineSize)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		r.begun, r.whole = true, len(first) == lineSize && first[0] == '1' && first[recordSize] == '5'
	}
	line := r.buffer[:0]
	defer func() { r.buffer = line }()
	for {
		if r.whole && len(line) == recordSize {
			return line, nil
		}
		c, err := r.in.ReadByte()
		switch {
		case err != nil:
			return line, err
		case c == '\n':
			return line, nil
		case c == '\r':
			if next, _ := r.in.Peek(1); len(next) == 1 && next[0] == '\n' {
				_, err = r.in.ReadByte()
			}
			return line, err
		case len(line) == longestLine:
			return nil, bufio.ErrBufferFull
		}
		line = append(line, c)
	}
}

// fit gives a line the blanks that its end lost, in a record that may end in blanks, and
// takes those that it has too many.
func fit(line string) string {
	if len(line) > recordSize {
		return line[:recordSize] + strings.TrimRight(line[recordSize:], " ")
	}
	if line != "" && (line[0] == '1' || line[0] == '9' && line != nines[:len(line)]) {
		return line + strings.Repeat(" ", recordSize-len(line))
	}
	return line
}

// end returns io.EOF where nothing but empty lines follows.
func (r *Reader) end() error {
	for {
		switch b, err := r.readLine(); {
		case len(b) > 0 || errors.Is(err, bufio.ErrBufferFull):
			return &Error{Line: r.line + 1, Field: "file", Rule: RuleOrder, Want: "nothing after the last block"}
		case err != nil:
			return err
		}
	}
}

func (r *Reader) readFile(rec *record) error {
	rec.is(2, 3, "priority code", "01")
	if c := rec.raw[4-1]; c != ' ' && c != '0' {
		rec.fail("destination", RuleFixed, "a blank or 0 and a routing number", rec.at(4, 13))
	}
	r.head = &File{
		Destination:     rec.routing(5, "destination"),
		DestinationName: rec.name(41),
		Origin:          strings.TrimSpace(rec.present(14, 23, "origin")),
		OriginName:      rec.name(64),
		Reference:       rec.text(87, 94),
		Created:         rec.created(),
		Modifier:        rec.raw[34-1],
	}
	if rule := checkModifier(r.head.Modifier); rule != "" {
		rec.fail("file ID modifier", rule, "A to Z or 0 to 9", rec.at(34, 34))
	}
	rec.is(35, 37, "record size", "094")
	rec.is(38, 39, "blocking factor", "10")
	rec.is(40, 40, "format code", "1")
	return rec.problem()
}

func (r *Reader) readBatch(rec *record) error {
	if kind := rec.kind(); !slices.Contains(kinds, kind) {
		rec.fail("standard entry class", RuleUnknown, "CCD, PPD, CTX or COR", kind)
		return rec.problem()
	}
	b := &Batch{
		Line:        rec.line,
		Class:       int(rec.number(2, 4, "service class")),
		CompanyName: rec.present(5, 20, "company name"),
		CompanyID:   rec.present(41, 50, "company ID"),
		SEC:         rec.at(51, 53),
		Description: rec.present(54, 63, "entry description"),
		ODFI:        rec.at(80, 87),
		Number:      int(rec.number(88, 94, "batch number")),
	}
	rec.number(80, 87, "ODFI")
	switch b.Class {
	case classMixed, classCredits, classDebits:
	default:
		rec.fail("service class", RuleUnknown, "200, 220 or 225", rec.at(2, 4))
	}
	if s := rec.at(70, 75); s != "000000" && s != "      " {
		b.Effective = rec.date(70, 75, "effective date")
	}
	if s := rec.at(76, 78); s != "   " {
		if day := rec.number(76, 78, "settlement date"); day > 366 {
			rec.fail("settlement date", RuleDate, "a day of the year", s)
		}
	}
	if c := rec.raw[79-1]; c < '0' || c > '2' {
		rec.fail("originator status", RuleUnknown, "0, 1 or 2", rec.at(79, 79))
	}
	if b.Number <= r.numbers {
		rec.fail("batch number", RuleOrder, "more than "+strconv.Itoa(r.numbers), rec.at(88, 94))
	}
	r.batch, r.sums, r.last, r.numbers = b, sums{}, 0, b.Number
	r.batches++
	return rec.problem()
}

// kinds are the standard entry classes that are read.
var kinds = []string{CCD, PPD, CTX, COR}

// kind returns the standard entry class of a batch. A change of an international entry
// says COR as any other, and IATCOR where others have the company's name.
func (r *record) kind() string {
	if r.at(5, 10) == "IATCOR" {
		return "IAT"
	}
	return r.at(51, 53)
}

func (r *Reader) readBatchControl(rec *record) error {
	b := r.batch
	if r.sums.records == 0 {
		rec.fail("batch", RuleEmpty, "an entry", "")
	}
	rec.repeats(2, 4, "service class", strconv.Itoa(b.Class))
	rec.control(5, 10, "batch entry/addenda count", uint64(r.sums.records))
	rec.control(11, 20, "batch entry hash", r.sums.hash)
	rec.control(21, 32, "batch debits", uint64(r.sums.debits))
	rec.control(33, 44, "batch credits", uint64(r.sums.credits))
	rec.repeats(45, 54, "company ID", b.CompanyID)
	rec.blank(74, 79, "reserved")
	rec.repeats(80, 87, "ODFI", b.ODFI)
	if rec.number(88, 94, "batch number") != uint64(b.Number) {
		rec.fail("batch number", RuleMismatch, strconv.Itoa(b.Number), rec.at(88, 94))
	}
	r.file.records += r.sums.records
	r.file.hash = (r.file.hash + r.sums.hash) % hashModulus
	r.file.debits += r.sums.debits
	r.file.credits += r.sums.credits
	r.batch = nil
	return rec.problem()
}

// readFileControl checks all controls but the block count, for which
// readPadding has to count the lines.
func (r *Reader) readFileControl(rec *record) error {
	if r.batches == 0 {
		rec.fail("file", RuleEmpty, "a batch", "")
	}
	lines := (uint64(rec.line) + blocking - 1) / blocking
	rec.control(2, 7, "batch count", uint64(r.batches))
	rec.control(8, 13, "block count", lines)
	rec.control(14, 21, "file entry/addenda count", uint64(r.file.records))
	rec.control(22, 31, "file entry hash", r.file.hash)
	rec.control(32, 43, "file debits", uint64(r.file.debits))
	rec.control(44, 55, "file credits", uint64(r.file.credits))
	rec.blank(56, 94, "reserved")
	return rec.problem()
}

// nines is a line of padding.
var nines = strings.Repeat("9", recordSize)

// readPadding wants nines up to the end of the block and nothing behind them.
func (r *Reader) readPadding() error {
	for {
		if r.line%blocking == 0 {
			return r.end()
		}
		text, err := r.peek()
		switch {
		case errors.Is(err, io.EOF):
			return &Error{Line: r.line + 1, Field: "padding", Rule: RulePadding, Want: "lines of nines up to a multiple of 10"}
		case err != nil:
			return err
		case text != nines:
			return &Error{Line: r.line + 1, Field: "padding", Rule: RulePadding, Want: "a line of nines"}
		}
		r.peeked = false
		r.line++
	}
}

// created reads the day and, where it is given, the time of a file header.
func (r *record) created() time.Time {
	t := r.date(24, 29, "creation date")
	if r.at(30, 33) == "    " {
		return t
	}
	clock, err := time.Parse("1504", r.at(30, 33))
	if err != nil {
		r.fail("creation time", RuleDate, "HHMM", r.at(30, 33))
	}
	return t.Add(time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute)
}
