package intake

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"tranche/app/ach"
	"tranche/workflow"
)

// isoNamespace begins the namespace of every ISO 20022 message.
const isoNamespace = "urn:iso:std:iso:20022:tech:xsd:"

// The limits of a message. No element of ours is deeper or longer; what is beyond was
// made to fill our memory.
// Source: the schemas camt.053.001.08, camt.054.001.08 and pain.002.001.10 and .11, whose
// longest text has 500 characters.
const (
	deepest     = 40
	longestText = 2000
	longestGap  = 64 << 10 // bytes between two tokens
)

// errTooLong means that something goes on without an end.
var errTooLong = errors.New("intake: it goes on without an end")

// A gauge bounds how much is read at a stretch.
type gauge struct {
	in   io.Reader
	read int
}

// Read implements io.Reader.
func (g *gauge) Read(b []byte) (int, error) {
	if g.read > longestGap {
		return 0, errTooLong
	}
	n, err := g.in.Read(b[:min(len(b), 4096)])
	g.read += n
	return n, err
}

// An isoReader walks through a message, one element after the other. It follows no
// reference, knows no entities but those of XML itself, and keeps only the way from the
// root to where it stands.
type isoReader struct {
	decoder *xml.Decoder
	gauge   *gauge
	path    []string
	text    strings.Builder
	money   string // Ccy of the element
	root    string // namespace
}

func newISOReader(in io.Reader) *isoReader {
	g := &gauge{in: in}
	return &isoReader{decoder: xml.NewDecoder(g), gauge: g}
}

// An element that has ended: where it stands, and its text where it has one.
type element struct {
	line     int
	path     string // below Document, joined by slashes
	text     string
	currency string
}

// walk calls start and end for every element, until one of them returns an error.
func (r *isoReader) walk(start func(path string), end func(e *element) error) error {
	for {
		r.gauge.read = 0
		token, err := r.decoder.Token()
		if errors.Is(err, io.EOF) && len(r.path) == 0 && r.root != "" {
			return nil
		}
		if err != nil {
			return r.broken(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if err := r.enter(&t); err != nil {
				return err
			}
			start(r.where())
		case xml.EndElement:
			e := &element{r.line(), r.where(), strings.TrimSpace(r.text.String()), r.money}
			r.text.Reset()
			r.money = ""
			if err := end(e); err != nil {
				return err
			}
			r.path = r.path[:len(r.path)-1]
		case xml.CharData:
			if r.text.Len()+len(t) > longestText {
				return r.wrong(r.where(), ach.RuleLength, "")
			}
			r.text.Write(t)
		case xml.Directive: // a document type, where entities would be declared
			return r.wrong("DOCTYPE", ach.RuleFixed, "none")
		case xml.ProcInst:
			if t.Target != "xml" {
				return r.wrong("processing instruction", ach.RuleFixed, "none")
			}
		}
	}
}

func (r *isoReader) enter(t *xml.StartElement) error {
	if len(r.path) == 0 {
		if r.root != "" || t.Name.Local != "Document" || !strings.HasPrefix(t.Name.Space, isoNamespace) {
			return r.wrong("Document", ach.RuleUnknown, "one message of ISO 20022")
		}
		r.root = t.Name.Space
	}
	if t.Name.Space != r.root && !strings.Contains(r.where(), "SplmtryData") {
		return r.wrong(t.Name.Local, ach.RuleUnknown, "elements of "+r.root)
	}
	if r.path = append(r.path, t.Name.Local); len(r.path) > deepest {
		return r.wrong("depth", ach.RuleLimit, fmt.Sprintf("at most %d elements within each other", deepest))
	}
	r.text.Reset()
	r.money = ""
	for _, a := range t.Attr {
		if a.Name.Local == "Ccy" {
			r.money = a.Value
		}
	}
	return nil
}

// where is the path below Document.
func (r *isoReader) where() string {
	if len(r.path) < 2 {
		return ""
	}
	return strings.Join(r.path[1:], "/")
}

func (r *isoReader) line() int {
	line, _ := r.decoder.InputPos()
	return line
}

func (r *isoReader) wrong(field string, rule ach.Rule, want string) error {
	return &ach.Error{Line: r.line(), Field: field, Rule: rule, Want: want}
}

// broken turns what the decoder says into an answer.
func (r *isoReader) broken(err error) error {
	var syntax *xml.SyntaxError
	field := r.where()
	if field == "" {
		field = "Document"
	}
	switch {
	case errors.Is(err, errTooLong):
		return r.wrong(field, ach.RuleLength, "")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &syntax) && syntax.Msg == "unexpected EOF":
		return r.wrong(field, ach.RuleTruncated, "")
	case errors.As(err, &syntax):
		return r.wrong(field, ach.RuleCharset, "XML")
	case strings.Contains(err.Error(), "xml:"): // an encoding that is not UTF-8
		return r.wrong("encoding", ach.RuleUnknown, "UTF-8")
	}
	return err
}

// cents reads an amount of a message. It may have more decimals than cents have, as long
// as they are zeros.
func (e *element) cents() (workflow.Cents, error) {
	if e.currency != "" && e.currency != "USD" {
		return 0, e.wrong("Ccy", ach.RuleMismatch, "USD", e.currency)
	}
	whole, part, point := strings.Cut(e.text, ".")
	if point {
		if part = strings.TrimRight(part, "0"); len(part) < 2 {
			part += strings.Repeat("0", 2-len(part))
		}
		whole += "." + part
	}
	c, err := workflow.ParseCents(whole)
	if err != nil {
		return 0, e.wrong(e.name(), ach.RuleDigits, "an amount in cents", e.text)
	}
	return c, nil
}

// day reads a date, or the date of a moment.
func (e *element) day() (workflow.Date, error) {
	d, err := workflow.ParseDate(e.text[:min(len(e.text), len("2006-01-02"))])
	if err != nil {
		return d, e.wrong(e.name(), ach.RuleDate, "a day", e.text)
	}
	return d, nil
}

func (e *element) name() string { return e.path[strings.LastIndexByte(e.path, '/')+1:] }

func (e *element) wrong(field string, rule ach.Rule, want, got string) error {
	return &ach.Error{Line: e.line, Field: field, Rule: rule, Want: want, Got: got}
}
