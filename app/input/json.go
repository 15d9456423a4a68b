package input

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"tranche/workflow"
)

// maxDepth is how deep the values of a body may be nested; money, the deepest
// that is asked for, needs two.
const maxDepth = 8

// Currency is the one currency that money is in.
const Currency = "USD"

// JSON reads a JSON object whose members are the fields. Names match exactly and
// come once; the body is UTF-8 without a mark at its start, is one value and
// nothing more, and holds no NUL and no half of a surrogate pair. An empty body
// is an empty object, and null is an empty answer. The error is *Unreadable,
// Errors, or what r returned. How much is read is for r to limit.
func (s Set) JSON(r io.Reader) ([]workflow.Input, error) {
	body, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	object, err := parseObject(body)
	if err != nil {
		return nil, err
	}
	var out reading
	for _, m := range object {
		if !slices.ContainsFunc(s.Fields, func(f workflow.Field) bool { return f.Name == m.name }) {
			return nil, &Unreadable{m.name, ReasonUnknown}
		}
	}
	for _, f := range s.Fields {
		if err := s.jsonField(&out, f, object.at(f.Name)); err != nil {
			return nil, err
		}
	}
	return out.result()
}

// jsonField reads one member. A name that did not come changes nothing; null and
// blank text are an empty answer.
func (s Set) jsonField(r *reading, f workflow.Field, v any) error {
	if text, isText := v.(string); isText && written(f.Kind) && tidy(f.Kind, text) == "" {
		v = nil
	}
	switch v.(type) {
	case missing:
		in, _, wrong := s.empty(f)
		r.addEmpty(in, false, wrong)
		return nil
	case nil:
		r.addEmpty(s.empty(f))
		return nil
	}
	switch f.Kind {
	case workflow.Money:
		in, wrong, err := readMoneyObject(f, v)
		if err != nil {
			return err
		}
		r.add(in, wrong)
	case workflow.File:
		in, wrong, err := readFileObject(f, v)
		if err != nil {
			return err
		}
		r.add(in, wrong)
	case workflow.Files:
		return r.jsonFiles(f, v)
	case workflow.Codes:
		s.jsonCodes(r, f, v)
	case workflow.Answers:
		r.addAnswers(f, jsonAnswers(v))
	default:
		r.add(readScalar(f, v))
	}
	return nil
}

// written reports whether values of kind are JSON strings.
func written(kind workflow.Kind) bool {
	switch kind {
	case workflow.Money, workflow.Count, workflow.Check, workflow.Codes, workflow.Ref, workflow.Answers, workflow.File, workflow.Files:
		return false
	}
	return true
}

// jsonAnswers reads an object of texts, whole numbers and ticks by name; null
// takes an answer away. It is nil for what is no such object.
func jsonAnswers(v any) map[string]string {
	o, isObject := v.(object)
	if !isObject {
		return nil
	}
	out := make(map[string]string, len(o))
	for _, m := range o {
		switch v := m.value.(type) {
		case nil:
			out[m.name] = ""
		case string:
			out[m.name] = v
		case json.Number:
			out[m.name] = v.String()
		case bool:
			out[m.name] = map[bool]string{true: Ticked}[v]
		default:
			return nil
		}
	}
	return out
}

func (s Set) jsonCodes(r *reading, f workflow.Field, v any) {
	list, isList := v.([]any)
	if !isList {
		r.add(workflow.Input{}, no(f, ReasonNotChoice))
		return
	}
	if len(list) == 0 {
		r.addEmpty(s.empty(f))
		return
	}
	codes := make([]string, len(list))
	for i := range list {
		codes[i], _ = list[i].(string) // what is no text is no choice
	}
	r.add(readCodes(f, codes))
}

// readScalar reads a value that is a string, a number or a boolean.
func readScalar(f workflow.Field, v any) (workflow.Input, *Error) {
	switch f.Kind {
	case workflow.Check:
		ticked, isBool := v.(bool)
		if !isBool {
			return workflow.Input{}, no(f, ReasonNotBoolean)
		}
		return readCheck(f, ticked), nil
	case workflow.Count, workflow.Ref:
		n, isNumber := v.(json.Number)
		if !isNumber {
			n = "" // is neither
		}
		return readOne(f, n.String())
	}
	text, isText := v.(string)
	if !isText {
		return workflow.Input{}, no(f, ReasonNotText)
	}
	return readOne(f, text)
}

// readMoneyObject reads {"amount":"1234.50","currency":"USD"}.
func readMoneyObject(f workflow.Field, v any) (workflow.Input, *Error, error) {
	o, isObject := v.(object)
	if !isObject {
		return workflow.Input{}, no(f, ReasonNotMoney), nil
	}
	for _, m := range o {
		if m.name != "amount" && m.name != "currency" {
			return workflow.Input{}, nil, &Unreadable{f.Name + "." + m.name, ReasonUnknown}
		}
	}
	if o.at("currency") != Currency {
		return workflow.Input{}, no(f, ReasonNotDollars), nil
	}
	amount, isText := o.at("amount").(string)
	if !isText {
		return workflow.Input{}, no(f, ReasonNotMoney), nil
	}
	in, wrong := readMoney(f, amount)
	return in, wrong, nil
}

// An object is a JSON object in its order, each name once.
type object []member

type member struct {
	name  string
	value any // nil, bool, json.Number, string, []any or object
}

// missing is the value of a name that an object does not have.
type missing struct{}

func (o object) at(name string) any {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return missing{}
}

// parseObject reads body, whose top must be an object.
func parseObject(body []byte) (object, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, nil
	}
	// Valid also refuses what comes after the value, and a mark at the start.
	if !utf8.Valid(body) || !json.Valid(body) || !clean(body) {
		return nil, &Unreadable{"", ReasonUnreadable}
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	v, err := parseValue(d, "")
	if err != nil {
		return nil, err
	}
	o, isObject := v.(object)
	if !isObject {
		return nil, &Unreadable{"", ReasonUnreadable}
	}
	return o, nil
}

// parseValue reads the next value; the body is known to be valid JSON of bounded
// depth. path names the value for errors.
func parseValue(d *json.Decoder, path string) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, &Unreadable{path, ReasonUnreadable}
	}
	switch token {
	case json.Delim('{'):
		return parseMembers(d, path)
	case json.Delim('['):
		return parseItems(d, path)
	}
	return token, nil
}

func parseMembers(d *json.Decoder, path string) (any, error) {
	o := object{}
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		name, isName := token.(string)
		if err != nil || !isName {
			return nil, &Unreadable{path, ReasonUnreadable}
		}
		at := name
		if path != "" {
			at = path + "." + name
		}
		if seen[name] {
			return nil, &Unreadable{at, ReasonDuplicate}
		}
		seen[name] = true
		v, err := parseValue(d, at)
		if err != nil {
			return nil, err
		}
		o = append(o, member{name, v})
	}
	_, err := d.Token()
	return o, err
}

func parseItems(d *json.Decoder, path string) (any, error) {
	list := []any{}
	for d.More() {
		v, err := parseValue(d, path)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.Token()
	return list, err
}

// mostValues is how many values a body may have: with files it may be long, and
// what is asked for is far fewer.
const mostValues = 10_000

// clean reports whether valid JSON stays within maxDepth and mostValues, and escapes neither NUL
// nor half of a surrogate pair, which the standard decoder would replace by
// another character without a word.
func clean(body []byte) bool {
	depth, quoted, values := 0, false, 1
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quoted && c == '\\':
			length := escape(body[i:])
			if length == 0 {
				return false
			}
			i += length - 1
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ',':
			if values++; values > mostValues {
				return false
			}
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return false
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return true
}

// escape returns the length of the escape sequence that s starts with, zero for
// one that stands for no character.
func escape(s []byte) int {
	r := unit(s)
	switch {
	case r < 0:
		return 2
	case r == 0:
		return 0
	case utf16.IsSurrogate(r):
		if utf16.DecodeRune(r, unit(s[6:])) == utf8.RuneError {
			return 0
		}
		return 12
	}
	return 6
}

// unit returns the number in a \uXXXX that s starts with, and −1 for anything else.
func unit(s []byte) rune {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return -1
	}
	n, err := strconv.ParseUint(string(s[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(n)
}
