package ach

import (
	"strconv"

	"tranche/workflow"
)

const (
	recordSize = 94
	lineSize   = recordSize + 1
	blocking   = 10

	// maxBatchRecords fits the six digits of a batch's entry/addenda count.
	maxBatchRecords = 999_999
	// maxLines fits the six digits of the file's block count.
	maxLines = 999_999 * blocking
	// maxSequence fits the seven digits that a trace number leaves to the originator.
	maxSequence = 9_999_999
	// hashModulus keeps the rightmost ten digits of an entry hash.
	hashModulus = 10_000_000_000

	addendaSize = 80   // characters of payment-related information in an addenda record
	maxAddenda  = 9999 // of one entry of class CTX
	ctxName     = 16   // characters of a receiver's name in an entry of class CTX

	remittanceID = 50 // longest reference in an RMR segment: X12 data element 127
)

const (
	// MaxEntry is the largest single credit.
	MaxEntry = workflow.MaxEntry
	// MaxTotal is the most that one file can carry, in cents: twelve digits.
	MaxTotal workflow.Cents = 9_999_999_999_99
	// MaxSameDay is the largest entry that may settle on the day on which its
	// file is made.
	MaxSameDay = workflow.MaxSameDay
)

// Service class codes of a batch.
const (
	classMixed   = 200
	classCredits = 220
	classDebits  = 225
)

// Standard entry class codes that the reader knows.
const (
	CCD = "CCD" // corporate credit or debit, at most one addenda record
	PPD = "PPD" // prearranged payment or deposit, at most one addenda record
	CTX = "CTX" // corporate trade exchange, up to 9,999 addenda records
	COR = "COR" // notification of change, exactly one addenda record 98
)

// TransactionCode says what an entry does to which kind of account. The tens
// are the account (2 checking, 3 savings, 4 general ledger, 5 loan), the units
// the direction and purpose.
type TransactionCode int

// The transaction codes that the writers use.
const (
	CheckingReturn TransactionCode = 21 // return or change of a checking credit
	CheckingCredit TransactionCode = 22
	SavingsReturn  TransactionCode = 31 // return or change of a savings credit
	SavingsCredit  TransactionCode = 32
)

// Known reports whether c is in Nacha's list.
func (c TransactionCode) Known() bool {
	unit := c % 10
	switch c / 10 {
	case 2, 3, 4:
		return unit >= 1 && unit != 5
	case 5: // of the debits, loans know only the reversal 55 and its return 56
		return unit >= 1 && unit <= 6
	}
	return false
}

// Credit reports whether the entry pays money to the account that it names.
func (c TransactionCode) Credit() bool { return c%10 <= 4 }

// Return reports whether the entry is a return or a notification of change.
func (c TransactionCode) Return() bool { return c%10 == 1 || c%10 == 6 }

// Savings reports whether the account is a savings account.
func (c TransactionCode) Savings() bool { return c/10 == 3 }

// moneyless reports whether the entry is a prenote or carries remittance only.
func (c TransactionCode) moneyless() bool {
	switch c % 10 {
	case 3, 4, 8, 9:
		return true
	}
	return false
}

// Trace is the 15-digit number of an entry: eight digits of the originating
// bank's routing number and seven of sequence. Zero is no trace.
type Trace uint64

// NewTrace joins a bank's nine-digit routing number and a sequence of 1 to
// 9,999,999. It trusts both.
func NewTrace(routing string, sequence int) Trace {
	return Trace(digits(routing[:8])*(maxSequence+1) + uint64(sequence))
}

// Sequence returns the last seven digits.
func (t Trace) Sequence() int { return int(t % (maxSequence + 1)) }

// String writes all 15 digits, with leading zeros.
func (t Trace) String() string {
	s := strconv.FormatUint(uint64(t), 10)
	return "000000000000000"[:max(0, 15-len(s))] + s
}

// ParseTrace reads exactly 15 digits that are not all zero.
func ParseTrace(s string) (Trace, error) {
	switch {
	case len(s) != 15:
		return 0, &Error{Field: "trace number", Rule: RuleLength, Want: "15 digits", Got: s}
	case !allDigits(s):
		return 0, &Error{Field: "trace number", Rule: RuleDigits, Got: s}
	case digits(s) == 0:
		return 0, &Error{Field: "trace number", Rule: RuleRequired}
	}
	return Trace(digits(s)), nil
}

// ValidRouting reports whether s is nine digits whose last is the ABA check
// digit of the first eight, and not all zero.
func ValidRouting(s string) bool { return checkRouting(s) == "" }

// checkRouting returns the rule that s breaks as a routing number, or "".
func checkRouting(s string) Rule {
	switch {
	case len(s) != 9:
		return RuleLength
	case !allDigits(s):
		return RuleDigits
	case s == "000000000":
		return RuleRequired
	}
	const zero = '0'
	sum := 3*(int(s[0])+int(s[3])+int(s[6])-3*zero) +
		7*(int(s[1])+int(s[4])+int(s[7])-3*zero) +
		int(s[2]) + int(s[5]) + int(s[8]) - 3*zero
	if sum%10 != 0 {
		return RuleCheckDigit
	}
	return ""
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return s != ""
}

// digits reads s, which must be at most 19 digits.
func digits(s string) uint64 {
	var n uint64
	for i := range len(s) {
		n = n*10 + uint64(s[i]-'0')
	}
	return n
}

// sums are the running totals of a batch or a file.
type sums struct {
	records         int // entries and addenda
	hash            uint64
	debits, credits workflow.Cents
}

// add counts one entry for the bank with the given routing number.
func (s *sums) add(code TransactionCode, routing string, amount workflow.Cents, addenda int) {
	s.records += 1 + addenda
	s.hash = (s.hash + digits(routing[:8])) % hashModulus
	if code.Credit() {
		s.credits += amount
	} else {
		s.debits += amount
	}
}

// Totals is what a finished file adds up to.
type Totals struct {
	Entries int
	Records int // entries and addenda
	Lines   int // with headers, controls and padding
	Batches int
	Hash    uint64 // entry hash of the file control: the last ten digits of the sum of routing numbers
	Debits  workflow.Cents
	Credits workflow.Cents
	Bytes   int64
	SHA256  [32]byte // of all bytes
}
