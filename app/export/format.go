// Package export writes approved batches of payments for the outside: files for
// the bank and lists for people. A format is one file of this package and one
// line in Formats. Every file is a stream in and out, and is read back and
// compared with its payments before it may be released.
package export

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"strconv"
	"time"

	"tranche/app/ach"
	"tranche/workflow"
)

// ErrDiffers is returned when a file that is read back does not say what its
// batch says. Such a file must not be released.
var ErrDiffers = errors.New("export: file differs from its batch")

// ErrTotal is returned when the payments of a batch add up to more than an
// amount can hold.
var ErrTotal = errors.New("export: batch total is too large")

// Batch is what is the same for all payments of a file.
type Batch struct {
	Number   string     // ours
	ACH      ach.Header // between whom and when; its FirstSequence numbers the payments
	Account  string     // that the money comes from, where a format names it
	Treasury Treasury   // of a request to Treasury
}

// sameDay reports whether the money is to arrive on the day of the file.
func (b *Batch) sameDay() bool {
	return b.ACH.Effective.Format(time.DateOnly) == b.ACH.Created.Format(time.DateOnly)
}

// checkDay refuses the n-th payment, counted from 1, on a day that has passed or
// that its amount is too large for.
func (b *Batch) checkDay(n int, p *Payment) error {
	day, made := b.ACH.Effective.Format(time.DateOnly), b.ACH.Created.Format(time.DateOnly)
	switch {
	case day < made:
		return &ach.Error{Field: "effective date", Rule: ach.RuleDate, Want: "not before " + made, Got: day}
	case day == made && p.Amount > ach.MaxSameDay:
		return &ach.Error{Entry: n, Field: "amount", Rule: ach.RuleRange, Want: "at most " + ach.MaxSameDay.String() + " on the same day", Got: p.Amount.String()}
	}
	return nil
}

// Trace returns the trace number of the i-th payment, counted from 0, in every
// format. It trusts the header to have passed its Check.
func (b *Batch) Trace(i int) ach.Trace {
	return ach.NewTrace(b.ACH.ODFI, max(b.ACH.FirstSequence, 1)+i)
}

// Payment is one payment of a batch.
type Payment struct {
	Number       string // ours, 1 to 15 printable ASCII characters
	Award        string // award number
	Organization string // legal name of the receiver, as it is written
	UEI          string
	EIN          string // NN-NNNNNNN, or ""
	Street, City string
	Region       string // a state's code, or another region's name
	Zip          string
	Country      string // ISO 3166 alpha-3
	Symbol       string // Treasury account symbol of the fund
	Tranche      int    // number of the tranche in its award
	Amount       workflow.Cents
	Routing      string // nine digits
	Account      string // in full: it goes into bank files only
	Savings      bool
}

// Reference names what is paid, for the receiver's books: award and tranche.
func (p *Payment) Reference() string { return p.Award + "-T" + strconv.Itoa(p.Tranche) }

// kind names the kind of account, for people.
func (p *Payment) kind() string {
	if p.Savings {
		return "savings"
	}
	return "checking"
}

// Payments yields the payments of a batch in the order of the file, or an error
// that ends it. A payment may be overwritten when the next is asked for. What is
// written twice, or written and verified, is ranged over twice.
type Payments = iter.Seq2[*Payment, error]

// Totals is what a finished file adds up to.
type Totals struct {
	Payments  int
	Amount    workflow.Cents
	EntryHash uint64 // of a bank file: the last ten digits of the sum of routing numbers; 0 in a list for people
	Lines     int
	Bytes     int64
	SHA256    [32]byte
}

// Format is one way out.
type Format struct {
	Name      string // as people choose it, also in URLs; a bank's is one of workflow.BankFormats
	Extension string // of its file names, with the dot
	MediaType string

	ByRouting bool // the payments have to come in the order of their routing numbers

	// Payee returns the name of a receiver as the bank reads it; nil in a list for
	// people, which has it as it is written.
	Payee func(name string) string

	// Write writes the file of a batch. A payment that does not fit is an
	// *ach.Error, or an error of this package, that names it; what was written
	// until then is to be thrown away. An error of the Payments is passed on.
	Write func(w io.Writer, b Batch, payments Payments) (Totals, error)

	// Verify reads a file back and returns nil only if it is well formed, says
	// for each payment what the payment says, and has the totals that Write
	// returned. ErrDiffers tells a wrong file from a failed read.
	Verify func(r io.Reader, b Batch, payments Payments, want Totals) error
}

const mediaXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// Formats returns all ways out, the bank's file first.
func Formats() []Format {
	return []Format{
		{workflow.FormatNACHA, ".ach", "text/plain; charset=us-ascii", false, nachaCCD.payee, nachaCCD.write, nachaCCD.verify},
		{workflow.FormatCTX, ".ctx.ach", "text/plain; charset=us-ascii", false, nachaCTX.payee, nachaCTX.write, nachaCTX.verify},
		{workflow.FormatPain001, ".xml", "application/xml", false, payeePain001, pain00109.write, pain00109.verify},
		{workflow.FormatPain00103, ".03.xml", "application/xml", false, payeePain001, pain00103.write, pain00103.verify},
		{workflow.FormatSPR, ".spr", "text/plain; charset=us-ascii", true, payeeSPR, writeSPR, verifySPR},
		{workflow.FormatWorkbook, ".xlsx", mediaXLSX, false, nil, writeWorkbook, verifyWorkbook},
		{workflow.FormatRegister, ".csv", "text/csv; charset=utf-8", false, nil, writeCSV, verifyCSV},
	}
}

// Find returns the format of the given name.
func Find(name string) (Format, bool) {
	for _, f := range Formats() {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// differs is an ErrDiffers that names a place.
func differs(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrDiffers}, args...)...)
}

// meter counts and hashes what passes through it.
type meter struct {
	bytes  int64
	lines  int
	digest hash.Hash
}

func newMeter() *meter { return &meter{digest: sha256.New()} }

// Write never fails.
func (m *meter) Write(b []byte) (int, error) {
	m.bytes += int64(len(b))
	m.lines += bytes.Count(b, []byte{'\n'})
	return m.digest.Write(b)
}

// sum returns the SHA-256 of all bytes.
func (m *meter) sum() (sum [32]byte) {
	m.digest.Sum(sum[:0])
	return sum
}
