// Package trial tries a program's file before it is applied: what it changes
// against the version in force, and whose verdict would change. It also completes
// the command that applies it. The verbs, the pages and the API share it.
package trial

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"tranche/app/policy"
	"tranche/models"
	"tranche/workflow"
)

// A Trial tries files.
type Trial struct {
	Compiler *policy.Compiler
	Reader   models.Reader
	Now      func() time.Time // UTC
}

// Keepers look after program files: they may try one, and read what it would do.
// Who may apply it stands in the table.
var Keepers = workflow.RolesOf(workflow.Admin, workflow.Auditor, workflow.ProgramLead)

// name is what problems call a file that came without one.
const name = "file"

// Compile reads the text of a file. The error is policy.Problems.
func (t *Trial) Compile(text string) (*workflow.Plan, error) {
	return t.Compiler.Compile(name, []byte(text))
}

// Prepare completes the command that applies a file: what it compiles to goes with
// it. Nobody else can say what that is. The error is policy.Problems.
func (t *Trial) Prepare(_ context.Context, c *workflow.Command) error {
	c.Inputs = slices.DeleteFunc(slices.Clone(c.Inputs), func(in workflow.Input) bool { return in.Name == "plan" })
	at := slices.IndexFunc(c.Inputs, func(in workflow.Input) bool { return in.Name == "file" })
	if at < 0 {
		return nil // the lifecycle has the answer
	}
	plan, err := t.Compile(c.Inputs[at].Text)
	if err != nil {
		return err
	}
	text, err := json.Marshal(plan)
	if err != nil {
		return fmt.Errorf("write plan: %w", err)
	}
	c.Inputs = append(c.Inputs, workflow.Input{Name: "plan", Text: string(text)})
	return nil
}

// A Comparison is what a file changes.
type Comparison struct {
	Against *workflow.Policy // the version in force; nil: there is none yet
	Changes []policy.Change
}

// Compare tells what a plan changes against the version in force of a program.
func (t *Trial) Compare(ctx context.Context, v *models.Viewer, program workflow.ID, plan *workflow.Plan) (Comparison, error) {
	now, err := t.Reader.InForce(ctx, v, program)
	if errors.Is(err, models.ErrNotFound) {
		return Comparison{Changes: policy.Compare(nil, plan)}, nil
	}
	if err != nil {
		return Comparison{}, err
	}
	before, err := t.Reader.Plan(ctx, now.Plan)
	return Comparison{now, policy.Compare(before, plan)}, err
}

// A Simulation is what a file would do to the applications there are.
type Simulation struct {
	Applications int // that were submitted, and that the viewer may know of
	Untouched    int // of them, those whose opportunity is not in the file
	Before       map[workflow.Outcome]int
	After        map[workflow.Outcome]int
	Changed      int       // whose outcome or reasons would be others
	Reasons      []Reason  // what would decide otherwise, and how often
	Cases        []Verdict // the first MaxCases of those that change, the newest first
}

// MaxCases is how many cases a simulation lists; it counts all of them.
const MaxCases = 500

// A Reason is why verdicts change: for how many applications it comes, and for how
// many it goes.
type Reason struct {
	Why
	Comes, Goes int
}

// A Why is one thing that a verdict holds against an application.
type Why struct {
	Code  workflow.Reason // of the program's rule, or of the revenue rule
	Label workflow.Label  // of a program's rule; empty: the word list has the sentence
	Words workflow.Words  // the numbers of this application for that sentence, or nil
}

// A Verdict is one application whose verdict would change.
type Verdict struct {
	*models.Simulated
	Comes, Goes []Why
}

// Simulate runs the rules of a plan over every submitted application of a program
// that v may know of, and those that each stands under as well. Nothing is written.
func (t *Trial) Simulate(ctx context.Context, v *models.Viewer, program workflow.ID, plan *workflow.Plan) (*Simulation, error) {
	terms := map[string]*workflow.Terms{}
	for i := range plan.Opportunities {
		terms[plan.Opportunities[i].Number] = &plan.Opportunities[i].Terms
	}
	s := &Simulation{Before: map[workflow.Outcome]int{}, After: map[workflow.Outcome]int{}}
	reasons := map[workflow.Reason]*Reason{}
	err := t.Reader.Simulate(ctx, v, program, terms, t.Now(), func(one *models.Simulated) error {
		s.Applications++
		s.Before[one.Before.Outcome]++
		s.After[one.After.Outcome]++
		if terms[one.Opportunity] == nil {
			s.Untouched++
			return nil
		}
		was, is := Whys(&one.Before), Whys(&one.After)
		c := Verdict{one, missing(is, was), missing(was, is)}
		if one.Before.Outcome == one.After.Outcome && len(c.Comes)+len(c.Goes) == 0 {
			return nil
		}
		s.Changed++
		count(reasons, c.Comes, func(r *Reason) { r.Comes++ })
		count(reasons, c.Goes, func(r *Reason) { r.Goes++ })
		if len(s.Cases) < MaxCases {
			s.Cases = append(s.Cases, c)
		}
		return nil
	})
	for _, code := range slices.Sorted(maps.Keys(reasons)) {
		s.Reasons = append(s.Reasons, *reasons[code])
	}
	return s, err
}

func count(reasons map[workflow.Reason]*Reason, list []Why, add func(*Reason)) {
	for _, w := range list {
		if reasons[w.Code] == nil {
			reasons[w.Code] = &Reason{Why: Why{Code: w.Code, Label: w.Label}}
		}
		add(reasons[w.Code])
	}
}

// Whys lists what a verdict holds against an application: the reasons of the revenue
// rule, then the program's own rules.
func Whys(v *workflow.Verdict) (out []Why) {
	for _, r := range v.Reasons {
		if r != workflow.ReasonRules {
			out = append(out, Why{Code: r, Words: workflow.Words{"sum": v.Sum, "cap": v.Cap}})
		}
	}
	for _, f := range v.Findings {
		if f.Outcome != workflow.Pass {
			out = append(out, Why{Code: f.Rule, Label: f.Label})
		}
	}
	return out
}

// missing returns what a has and b has not, by code.
func missing(a, b []Why) (out []Why) {
	for _, w := range a {
		if !slices.ContainsFunc(b, func(o Why) bool { return o.Code == w.Code }) {
			out = append(out, w)
		}
	}
	return out
}
