package input

import (
	"slices"

	"tranche/workflow"
)

// A Set is what may come with one request: the fields of a row of a lifecycle, or
// those of them that a page shows.
type Set struct {
	Action workflow.Action
	Fields []workflow.Field
}

// Of returns the set of row's fields.
func Of(row *workflow.Row) Set { return Set{row.Action, row.Fields} }

// With returns s with more fields before its own, such as the record that a new
// one belongs to.
func (s Set) With(fields ...workflow.Field) Set {
	return Set{s.Action, append(slices.Clone(fields), s.Fields...)}
}

// empty says what an answer that came empty means. In a draft, and in a text that
// is updated, it takes away what is stored; a number that may be zero, a secret,
// and every answer to another action were then simply not given.
func (s Set) empty(f workflow.Field) (in workflow.Input, given bool, wrong *Error) {
	in.Name = f.Name
	if !f.Optional {
		return in, false, no(f, ReasonRequired)
	}
	switch f.Kind {
	case workflow.Secret, workflow.Answers, workflow.File, workflow.Files: // an answer is taken away by its own name
		return in, false, nil
	case workflow.Line, workflow.Text:
		return in, s.Action == workflow.ActSave || s.Action == workflow.ActUpdate, nil
	case workflow.Count:
		return in, s.Action == workflow.ActSave && f.Min > 0, nil
	}
	return in, s.Action == workflow.ActSave, nil
}

// A reading collects the values and the errors of one request.
type reading struct {
	inputs []workflow.Input
	errors Errors
}

func (r *reading) add(in workflow.Input, wrong *Error) {
	if wrong != nil {
		r.errors = append(r.errors, *wrong)
		return
	}
	r.inputs = append(r.inputs, in)
}

func (r *reading) addEmpty(in workflow.Input, given bool, wrong *Error) {
	if given || wrong != nil {
		r.add(in, wrong)
	}
}

func (r *reading) result() ([]workflow.Input, error) {
	if len(r.errors) > 0 {
		return nil, r.errors
	}
	return r.inputs, nil
}

func among(list []string, s string) bool { return slices.Contains(list, s) }

func insert(sorted []string, s string) []string {
	at, _ := slices.BinarySearch(sorted, s)
	return slices.Insert(sorted, at, s)
}
