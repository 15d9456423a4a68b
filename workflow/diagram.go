package workflow

import (
	"fmt"
	"slices"
	"strings"
)

// Diagram draws the table of l as a Mermaid state diagram. Actions that lead
// from one state to the same other one share an arrow; rows that leave the state
// as it is and have no button of their own are left out.
func Diagram(l Lifecycle) string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	for _, a := range arrows(l.Rows()) {
		fmt.Fprintf(&b, "    %s --> %s: %s\n", a.start, a.end, strings.Join(a.labels, ", "))
	}
	for _, s := range finals(l.Rows()) {
		fmt.Fprintf(&b, "    %s --> [*]\n", s)
	}
	return b.String()
}

// An arrow is everything that leads from one state to another.
type arrow struct {
	start, end string
	labels     []string
}

func arrows(rows []Row) []arrow {
	var list []arrow
	for _, r := range rows {
		for _, s := range r.Start {
			for _, end := range ends(rows, r, s) {
				if s != end || !r.Hidden {
					list = addArrow(list, dot(s), dot(end), r.Action.String())
				}
			}
		}
	}
	return list
}

func addArrow(list []arrow, start, end, label string) []arrow {
	at := slices.IndexFunc(list, func(a arrow) bool { return a.start == start && a.end == end })
	if at < 0 {
		return append(list, arrow{start, end, []string{label}})
	}
	if !slices.Contains(list[at].labels, label) {
		list[at].labels = append(list[at].labels, label)
	}
	return list
}

// dot writes a state for Mermaid, whose start and end is [*].
func dot(s State) string {
	if s == None {
		return "[*]"
	}
	return s.String()
}

// ends returns the states that r can lead to from start: for a row that leads
// back, all those from which start can be entered.
func ends(rows []Row, r Row, start State) []State {
	if r.End != Back {
		return []State{r.End}
	}
	var list []State
	for _, way := range rows {
		if way.End == start && !contains(way.Start, start) {
			list = append(list, way.Start...)
		}
	}
	return list
}

// finals returns the states that nothing leads out of, in the order of the table.
func finals(rows []Row) []State {
	var list []State
	for _, r := range rows {
		if r.End != Back && !contains(list, r.End) && !leads(rows, r.End) {
			list = append(list, r.End)
		}
	}
	return list
}

func leads(rows []Row, s State) bool {
	return slices.ContainsFunc(rows, func(r Row) bool { return contains(r.Start, s) && r.End != s })
}

// Markdown writes docs/lifecycles.md: every lifecycle as a diagram and as its table.
func Markdown() []byte {
	var b strings.Builder
	b.WriteString("# Lifecycles\n\n" +
		"Written by `go test ./workflow -update` from the tables in `workflow/`; a test keeps it current.\n\n" +
		"A row applies to a record in one of the *start* states (– is a record to be made). *Back* is the state\n" +
		"that the record came from. An action is refused, and nothing changes, for the reason that is named\n" +
		"first among those that hold; besides, every row is refused to other roles (`role_may_not`), from other\n" +
		"states (`not_from_this_state`), and while a hold stands (`on_hold`) unless it is marked *passes holds*.\n" +
		"Inputs in parentheses are optional. Rows marked *no button* belong to the system or to a form of their own.\n")
	for _, l := range Lifecycles {
		fmt.Fprintf(&b, "\n## %s\n\n```mermaid\n%s```\n\n", title(l.Noun()), Diagram(l))
		b.WriteString("| start | action | by | end | refused for | inputs | |\n|---|---|---|---|---|---|---|\n")
		for _, r := range l.Rows() {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", startsText(r.Start), r.Action, rolesText(r.By), r.End,
				reasonsText(r.Reasons), inputsText(r.Fields), marksText(r))
		}
	}
	return []byte(b.String())
}

func title(n Noun) string { return strings.ReplaceAll(n.String(), "_", " ") }

func startsText(list []State) string {
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = s.String()
		if s == None {
			names[i] = "–"
		}
	}
	return strings.Join(names, ", ")
}

func rolesText(set Roles) string {
	if set == anyone {
		return "anyone"
	}
	var names []string
	for _, r := range set.List() {
		names = append(names, r.String())
	}
	return strings.Join(names, ", ")
}

func reasonsText(list []Reason) string {
	var names []string
	for _, r := range list {
		if name := "`" + string(r) + "`"; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

func inputsText(list []Field) string {
	var names []string
	for _, f := range list {
		if f.Optional {
			names = append(names, "("+f.Name+")")
		} else {
			names = append(names, f.Name)
		}
	}
	return strings.Join(names, ", ")
}

func marksText(r Row) string {
	var marks []string
	if r.Always {
		marks = append(marks, "passes holds")
	}
	if r.Hidden {
		marks = append(marks, "no button")
	}
	return strings.Join(marks, ", ")
}
