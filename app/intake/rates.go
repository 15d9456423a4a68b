package intake

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"tranche/workflow"
)

// A RateLine is one exchange rate as a file has it.
type RateLine struct {
	Line       int // where it stands, from 1
	Currency   string
	Start, End workflow.Date // of the period, both included
	PerUnit    workflow.PerUnit
	Publisher  string
}

// rateColumns are the columns of a file of rates, in any order, by the names in
// its first line.
var rateColumns = []string{"currency", "period_start", "period_end", "usd_per_unit", "publisher"}

// mostRates is how many lines one file may have.
const mostRates = 100_000

// ReadRates reads a CSV file of exchange rates. The error names every line that
// cannot be read, with what was expected; nothing is returned then.
func ReadRates(r io.Reader) ([]RateLine, error) {
	file := csv.NewReader(unmarked(r))
	head, err := file.Read()
	if err != nil {
		return nil, fmt.Errorf("line 1: expected the columns %s: %w", strings.Join(rateColumns, ", "), err)
	}
	at := make([]int, len(rateColumns))
	for i, name := range rateColumns {
		if at[i] = slices.Index(head, name); at[i] < 0 || len(head) != len(rateColumns) {
			return nil, fmt.Errorf("line 1: expected the columns %s, found %q", strings.Join(rateColumns, ", "), head)
		}
	}
	var out []RateLine
	var wrong []error
	for {
		row, err := file.Read()
		if errors.Is(err, io.EOF) {
			return checked(out, wrong)
		}
		if err != nil {
			return nil, errors.Join(append(wrong, err)...) // the reader names the line
		}
		line, _ := file.FieldPos(0)
		one := RateLine{Line: line, Currency: row[at[0]], Publisher: row[at[4]]}
		wrong = append(wrong, one.read(row[at[1]], row[at[2]], row[at[3]])...)
		if out = append(out, one); len(out) > mostRates {
			return nil, fmt.Errorf("line %d: more than %d rates in one file", line, mostRates)
		}
	}
}

// read takes in what is no text, and returns what is wrong with the line.
func (l *RateLine) read(start, end, rate string) (wrong []error) {
	var err error
	no := func(column, found, expected string) {
		wrong = append(wrong, fmt.Errorf("line %d, %s: expected %s, found %q", l.Line, column, expected, found))
	}
	if !slices.Contains(workflow.Currencies, l.Currency) || l.Currency == workflow.USD {
		no("currency", l.Currency, "a currency other than USD, such as EUR")
	}
	if l.Start, err = workflow.ParseDate(start); err != nil {
		no("period_start", start, "a date such as 2025-01-01")
	}
	if l.End, err = workflow.ParseDate(end); err != nil || l.End.Before(l.Start) {
		no("period_end", end, "a date such as 2025-12-31, not before the start")
	}
	if l.PerUnit, err = workflow.ParsePerUnit(rate); err != nil {
		no("usd_per_unit", rate, "US dollars for one unit, such as 1.0835")
	}
	if l.Publisher == "" || len(l.Publisher) > 200 {
		no("publisher", l.Publisher, "who published it, at most 200 bytes")
	}
	return wrong
}

// checked returns lines where nothing is wrong and no two tell of one period.
func checked(lines []RateLine, wrong []error) ([]RateLine, error) {
	type period struct {
		currency   string
		start, end workflow.Date
	}
	seen := map[period]int{}
	for _, l := range lines {
		p := period{l.Currency, l.Start, l.End}
		if first, twice := seen[p]; twice {
			wrong = append(wrong, fmt.Errorf("line %d: the rate of line %d once more", l.Line, first))
		}
		seen[p] = l.Line
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	return lines, nil
}
