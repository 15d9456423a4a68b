package intake

import (
	"bufio"
	"errors"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tranche/workflow"
)

// The fields of SAM.gov's entity extract that are read, counted from 0.
// Source: GSA, SAM entity management public V2 extract layout: 142 fields between
// pipes, the last of which is !end.
const (
	enFields = 142
	enUEI    = 0
	enCAGE   = 3
	enCode   = 5
	enEnds   = 8
	enName   = 11
	enNAICS  = 32
	enEnd    = enFields - 1
)

// registrations says what the extract codes are to us.
var registrations = map[string]string{"A": workflow.RegistrationActive, "E": workflow.RegistrationExpired}

// longestEntity is how long a line of the extract may be, far above the longest there is.
const longestEntity = 1 << 20

// An entityReader reads the extract line by line.
type entityReader struct {
	lines *bufio.Scanner
	line  int
	ended bool
}

// readEntities reads SAM.gov's extract of who is registered: a line that begins
// with BOF, entities, and one that begins with EOF.
func readEntities(file io.Reader) iter.Seq2[workflow.ListEntry, error] {
	r := &entityReader{lines: bufio.NewScanner(&untilEnd{in: file})}
	r.lines.Buffer(nil, longestEntity)
	return entries(r.next)
}

func (r *entityReader) next() (workflow.ListEntry, error) {
	text, err := r.text()
	if err != nil {
		return workflow.ListEntry{}, err
	}
	switch {
	case r.line == 1:
		if !strings.HasPrefix(text, "BOF ") {
			return workflow.ListEntry{}, r.wrong("BOF", WhyValue, "BOF PUBLIC V2")
		}
		return r.next()
	case strings.HasPrefix(text, "EOF "):
		r.ended = true
		return r.next()
	case r.ended:
		return workflow.ListEntry{}, r.wrong("EOF", WhyValue, "EOF PUBLIC V2")
	}
	return r.entry(strings.Split(text, "|"))
}

// text returns the next line; a file without its last line was cut short.
func (r *entityReader) text() (string, error) {
	for r.lines.Scan() {
		r.line++
		text := strings.TrimSuffix(r.lines.Text(), "\r")
		switch {
		case !utf8.ValidString(text):
			return "", r.wrong("", WhyText, "")
		case text != "":
			return text, nil
		}
	}
	switch err := r.lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		r.line++
		return "", r.wrong("", WhyColumns, strconv.Itoa(enFields))
	case err != nil:
		return "", err
	case !r.ended && r.line > 0:
		return "", r.wrong("EOF", WhyCut, "EOF PUBLIC V2")
	}
	return "", io.EOF
}

func (r *entityReader) wrong(field string, why workflow.Reason, like string) error {
	return &ListError{Line: r.line, Field: field, Like: like, Why: why}
}

func (r *entityReader) entry(fields []string) (workflow.ListEntry, error) {
	if len(fields) != enFields || fields[enEnd] != "!end" {
		return workflow.ListEntry{}, r.wrong("!end", WhyColumns, strconv.Itoa(enFields))
	}
	status, known := registrations[fields[enCode]]
	ends, err := time.Parse("20060102", fields[enEnds])
	e := workflow.ListEntry{Key: strings.ToUpper(fields[enUEI]), Type: workflow.EntryEntity, Name: tidy(fields[enName]),
		CAGE: strings.ToUpper(fields[enCAGE]), Program: fields[enNAICS], Status: status, Ends: workflow.DateOf(ends)}
	e.UEI = e.Key
	switch {
	case len(e.UEI) != 12:
		return e, r.wrong("UNIQUE ENTITY ID", WhyValue, "ZQGGHJH74DW7")
	case !known:
		return e, r.wrong("SAM EXTRACT CODE", WhyValue, "A, E")
	case err != nil:
		return e, r.wrong("REGISTRATION EXPIRATION DATE", WhyValue, "20260930")
	case e.Name == "":
		return e, r.wrong("LEGAL BUSINESS NAME", WhyName, "")
	}
	return e, nil
}
