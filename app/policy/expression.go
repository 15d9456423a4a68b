package policy

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"

	"tranche/workflow"
)

// A saying is where an expression stands and what it asks for by name.
type saying struct {
	at       place
	mentions []mention
}

// expression reads a CEL expression and has it compiled. What is wrong with it is
// told at its own line and column of the file.
func (r *reader) expression(to *string) how {
	return func(p place) {
		r.text(to, maxExpression, true)(p)
		if *to == "" {
			return
		}
		// The untrimmed value is compiled, whose places are those of the file.
		faults, asks := r.rules.check(p.node.Value)
		for _, f := range faults {
			line, column := r.within(p.node, f.line, f.column)
			r.wrongAt(line, column, p.path, f.reason, f.words)
		}
		r.said[*to] = saying{p, asks}
	}
}

// mentioned sees to it that the rules of an opportunity ask for answers and documents
// that its applications have.
func (r *reader) mentioned(t *workflow.Terms) {
	names := map[string][]string{}
	for _, s := range t.Sections {
		for i := range s.Questions {
			names["answers"] = append(names["answers"], s.Questions[i].Name)
		}
	}
	for _, d := range t.Documents {
		names["documents"] = append(names["documents"], d.Code)
	}
	for _, rule := range t.Rules {
		said := r.said[rule.When]
		for _, m := range said.mentions {
			once := rule.When + "\x00" + m.of + "\x00" + m.name
			if slices.Contains(names[m.of], m.name) || r.unasked[once] {
				continue
			}
			r.unasked[once] = true
			r.wrong(said.at, reasonUnasked, workflow.Words{"found": m.name, "expected": cmp.Or(strings.Join(names[m.of], ", "), "–")})
		}
	}
}

// within returns where in the file the character stands that is the column-th,
// counted from zero, of the line-th line, counted from one, of the value of n.
//
// Whatever the style of the value, its characters other than blanks stand in the
// file in their order. Where that does not hold, because a quoted value has
// escapes, the beginning of the value is named.
func (r *reader) within(n *yaml.Node, line, column int) (int, int) {
	left := 0
	value := []rune(n.Value)
	for ; line > 1 && left < len(value); left++ {
		if value[left] == '\n' {
			line--
		}
	}
	left = min(left+column, len(value))

	at := cursor{source: r.source, line: 1, column: 1}
	for at.more() && (at.line < n.Line || at.line == n.Line && at.column < n.Column) {
		at.step()
	}
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		for at.more() && at.now() != '\n' {
			at.step()
		}
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 && at.more():
		at.step()
	}
	for i := range left {
		if unicode.IsSpace(value[i]) {
			continue
		}
		at.blanks()
		if !at.more() || at.now() != value[i] {
			return n.Line, n.Column
		}
		at.step()
	}
	if left < len(value) && !unicode.IsSpace(value[left]) {
		at.blanks()
	}
	return at.line, at.column
}

// A cursor stands at a character of the file.
type cursor struct {
	source       []rune
	line, column int
}

func (c *cursor) more() bool { return len(c.source) > 0 }

func (c *cursor) now() rune { return c.source[0] }

func (c *cursor) step() {
	c.column++
	if c.source[0] == '\n' {
		c.line, c.column = c.line+1, 1
	}
	c.source = c.source[1:]
}

func (c *cursor) blanks() {
	for c.more() && unicode.IsSpace(c.now()) {
		c.step()
	}
}
