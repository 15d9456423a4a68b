package intake

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"tranche/workflow"
)

// A ListFormat is one way in for a list that organizations are held against. Its
// memory does not grow with the list, but for the aliases of OFAC.
type ListFormat struct {
	Kind string // one of workflow.ListKinds

	// Read yields the entries of a list in its order, and ends with the first error,
	// a *ListError where the file is at fault. aliases is a second file that only
	// OFAC has; nil: none. Nothing may be acted upon before the whole list has been
	// read without an error.
	Read func(file, aliases io.Reader) iter.Seq2[workflow.ListEntry, error]
}

// ListFormats returns all ways in for lists.
func ListFormats() []ListFormat {
	return []ListFormat{
		{workflow.ListOFAC, readOFAC},
		{workflow.ListExclusions, alone(readExclusions)},
		{workflow.ListEntities, alone(readEntities)},
	}
}

// alone makes the reader of a list that comes as one file: aliases beside it are a
// mistake, since nobody would look at them.
func alone(read func(io.Reader) iter.Seq2[workflow.ListEntry, error]) func(file, aliases io.Reader) iter.Seq2[workflow.ListEntry, error] {
	return func(file, aliases io.Reader) iter.Seq2[workflow.ListEntry, error] {
		if aliases != nil {
			return func(yield func(workflow.ListEntry, error) bool) {
				yield(workflow.ListEntry{}, &ListError{Aliases: true, Line: 1, Why: WhyAliases})
			}
		}
		return read(file)
	}
}

// FindList returns the format of a kind of list.
func FindList(kind string) (ListFormat, bool) {
	for _, f := range ListFormats() {
		if f.Kind == kind {
			return f, true
		}
	}
	return ListFormat{}, false
}

// A ListError says where a list is not what it has to be. Why is a reason that
// people can read.
type ListError struct {
	Aliases bool // it is in the file of aliases
	Line    int
	Field   string // the column, "" when it is the whole line
	Like    string // what was expected: values that the column can hold, or how many columns; "" where Why says it
	Why     workflow.Reason
}

// Error is for logs.
func (e *ListError) Error() string {
	where := "list"
	if e.Aliases {
		where = "aliases"
	}
	return fmt.Sprintf("%s, line %d, %s: %s", where, e.Line, e.Field, e.Why)
}

// Why a list cannot be read.
const (
	// WhyColumns means that a line has too few or too many columns.
	WhyColumns workflow.Reason = "list_columns_wrong"
	// WhyQuotes means that the quotes of a line do not match.
	WhyQuotes workflow.Reason = "list_quotes_wrong"
	// WhyColumnMissing means that the header does not name a column that is needed.
	WhyColumnMissing workflow.Reason = "list_column_missing"
	// WhyValue means that a value is not one that the column can hold.
	WhyValue workflow.Reason = "list_value_wrong"
	// WhyText means that a line is not UTF-8 text.
	WhyText workflow.Reason = "list_text_wrong"
	// WhyCut means that the file ends before its end is said.
	WhyCut workflow.Reason = "list_cut_short"
	// WhyEmpty means that there is no entry.
	WhyEmpty workflow.Reason = "list_empty"
	// WhyName means that the entry names nobody.
	WhyName workflow.Reason = "list_name_missing"
	// WhyAliases means that there are aliases beside a list that has none.
	WhyAliases workflow.Reason = "list_aliases_wrong"
)

// WhyUnreadable lists every Why.
var WhyUnreadable = []workflow.Reason{WhyColumns, WhyQuotes, WhyColumnMissing, WhyValue, WhyText, WhyCut, WhyEmpty, WhyName, WhyAliases}

// A table reads comma-separated rows one at a time.
type table struct {
	csv     *csv.Reader
	line    int // where the row that was read last begins
	aliases bool
}

func newTable(in io.Reader, columns int) *table {
	r := csv.NewReader(&untilEnd{in: unmarked(in)})
	r.ReuseRecord, r.FieldsPerRecord = true, columns
	return &table{csv: r}
}

// next returns the next row, io.EOF after the last. The row is only good until the
// next one.
func (t *table) next() ([]string, error) {
	row, err := t.csv.Read()
	var wrong *csv.ParseError
	switch {
	case errors.As(err, &wrong):
		t.line = wrong.StartLine
		if !errors.Is(err, csv.ErrFieldCount) {
			return nil, t.wrong("", WhyQuotes, "")
		}
		return nil, t.wrong("", WhyColumns, strconv.Itoa(t.csv.FieldsPerRecord))
	case err != nil:
		return nil, err
	}
	t.line, _ = t.csv.FieldPos(0)
	for _, cell := range row {
		if !utf8.ValidString(cell) {
			return nil, t.wrong("", WhyText, "")
		}
	}
	return row, nil
}

func (t *table) wrong(field string, why workflow.Reason, like string) error {
	return &ListError{t.aliases, t.line, field, like, why}
}

// unmarked passes over the byte order mark that some programs begin a file with.
func unmarked(in io.Reader) io.Reader {
	r := bufio.NewReader(in)
	if mark, err := r.Peek(3); err == nil && string(mark) == "\ufeff" {
		if _, err := r.Discard(len(mark)); err != nil {
			return r // the reader says so again
		}
	}
	return r
}

// untilEnd ends a file before the character that old systems close it with. What
// stands behind it is read and passed over: whoever sums the bytes sees all of them.
// Source: the last byte of OFAC's files is 0x1A.
type untilEnd struct {
	in    io.Reader
	ended bool
}

// Read implements io.Reader.
func (u *untilEnd) Read(p []byte) (int, error) {
	if u.ended {
		return 0, io.EOF
	}
	n, err := u.in.Read(p)
	if end := bytes.IndexByte(p[:n], 0x1A); end >= 0 {
		u.ended = true
		_, err = io.Copy(io.Discard, u.in)
		return end, err
	}
	return n, err
}

// entries yields what next reads until it says io.EOF. A list without entries is
// a mistake: it would clear everybody.
func entries(next func() (workflow.ListEntry, error)) iter.Seq2[workflow.ListEntry, error] {
	return func(yield func(workflow.ListEntry, error) bool) {
		for n := 0; ; n++ {
			e, err := next()
			if errors.Is(err, io.EOF) {
				if n > 0 {
					return
				}
				err = &ListError{Line: 1, Why: WhyEmpty}
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// tidy returns a name with single spaces.
func tidy(s string) string { return strings.Join(strings.Fields(s), " ") }
