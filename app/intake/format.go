// Package intake reads what others send us: a bank's answers to payments, lists that
// organizations are held against, and exchange rates. A format of the first two is
// one file of this package and one line in Formats or ListFormats. Reading changes
// nothing: what an answer does to a payment, or a list to a case, is decided in workflow.
package intake

import (
	"bufio"
	"bytes"
	"io"
	"iter"
	"slices"

	"tranche/app/ach"
	"tranche/workflow"
)

// Answer is what a bank says about one payment or one batch. It never carries the
// account number that was paid.
type Answer struct {
	Kind        string // one of workflow.AnswerKinds
	Line        int
	Trace       ach.Trace      // of the payment as it was sent; zero where the bank does not repeat it
	Number      string         // of the payment, as the bank repeats it
	Batch       string         // number of the batch, of an answer to a whole file
	CompanyID   string         // on whose behalf it was sent, as the bank repeats it
	Amount      workflow.Cents // that was paid or comes back; 0 where the bank does not say it
	Code        string         // why: a code of Nacha, see ach.Meaning, or of ISO 20022; "" where nothing is wrong
	Day         workflow.Date  // on which the bank booked it; zero where it does not say
	RDFI        string         // eight digits: the bank that had received the payment
	Information string         // in the bank's words, may be empty

	// Correction is what a change asks for. It is never applied by itself: it
	// opens a change of bank details that two people decide. It is nil in a
	// return, for a change of nothing we keep, and when the bank's data do not
	// have the layout of their code.
	Correction *ach.Correction
}

// Format is one way in for a bank's answers to payments.
type Format struct {
	Name string // stored, also in the API
	is   func(head []byte) bool

	// Read yields the answers of a file in its order, and ends with the first
	// error. An *ach.Error names line and field. Nothing may be acted upon before
	// the whole file has been read without an error.
	Read func(io.Reader) iter.Seq2[Answer, error]
}

// Formats returns all ways in.
func Formats() []Format {
	return []Format{
		{workflow.AnswersACH, isACH, readACHReturns},
		{workflow.AnswersPain002, isISO("pain.002.001.10", "pain.002.001.11"), readPain002},
		{workflow.AnswersCamt053, isISO("camt.053.001.08"), readCamt},
		{workflow.AnswersCamt054, isISO("camt.054.001.08"), readCamt},
		{workflow.AnswersCSV, isCSV, readCSV},
	}
}

// headSize is how much of a file says which format it has.
const headSize = 4096

// Recognize says which format a file has, by its first bytes, and returns a reader of
// all of it. False: it has none of them.
func Recognize(in io.Reader) (Format, io.Reader, bool) {
	r := bufio.NewReaderSize(in, headSize)
	head, _ := r.Peek(headSize) // an error comes again when the file is read
	for _, f := range Formats() {
		if f.is(head) {
			return f, r, true
		}
	}
	return Format{}, r, false
}

// isACH knows a file header by its first characters: record type and priority code.
func isACH(head []byte) bool { return bytes.HasPrefix(head, []byte("101")) }

func isISO(messages ...string) func([]byte) bool {
	return func(head []byte) bool {
		return slices.ContainsFunc(messages, func(m string) bool { return bytes.Contains(head, []byte(isoNamespace+m)) })
	}
}

func isCSV(head []byte) bool {
	line, _, _ := bytes.Cut(bytes.TrimPrefix(head, []byte("\ufeff")), []byte("\n"))
	return bytes.Contains(line, []byte(csvColumns[0])) && bytes.Contains(line, []byte(","))
}
