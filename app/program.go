package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"tranche/app/engine"
	"tranche/app/policy"
	"tranche/app/problem"
	"tranche/app/trial"
	"tranche/models"
	"tranche/templates"
	"tranche/workflow"
)

// programFile is a program's file on the command line.
type programFile struct {
	File string `arg:"" help:"The program's file; - reads it from standard input." placeholder:"FILE"`
}

// read reads and compiles the file. What is wrong with it is printed, a line each.
func (f *programFile) read(s streams) (string, *workflow.Plan, error) {
	rules, err := policy.NewRules()
	if err != nil {
		return "", nil, err
	}
	in, name := io.ReadCloser(os.Stdin), "standard input"
	if f.File != "-" {
		file, err := os.Open(f.File)
		if err != nil {
			return "", nil, err
		}
		defer file.Close()
		in, name = file, f.File
	}
	text, err := io.ReadAll(io.LimitReader(in, policy.MaxFile+1))
	if err != nil {
		return "", nil, fmt.Errorf("read %s: %w", name, err)
	}
	plan, err := policy.NewCompiler(rules).Compile(name, text)
	var wrong policy.Problems
	if errors.As(err, &wrong) {
		return "", nil, printProblems(wrong, s)
	}
	return string(text), plan, err
}

// english is who reads what the verbs print.
func english() (problem.Audience, error) {
	words, err := templates.NewWords(nil)
	if err != nil {
		return problem.Audience{}, err
	}
	return problem.Audience{Language: words.Languages()[0]}, nil
}

// A saying is a refusal in words: "There is one already. (already_there)".
type saying struct {
	*workflow.Refusal
	text string
}

// Error implements error.
func (s *saying) Error() string { return s.text }

// Unwrap returns the refusal.
func (s *saying) Unwrap() error { return s.Refusal }

// refused puts a refusal into words. Any other error stays as it is.
func refused(err error) error {
	var no *workflow.Refusal
	if !errors.As(err, &no) {
		return err
	}
	reader, words := english()
	if words != nil {
		return words
	}
	return &saying{no, fmt.Sprintf("%s (%s)", reader.Sentence(no.Reason, no.Words), no.Reason)}
}

func printProblems(wrong policy.Problems, s streams) error {
	reader, err := english()
	if err != nil {
		return err
	}
	for i := range wrong {
		p := &wrong[i]
		path := p.Path
		if path != "" {
			path += ": "
		}
		fmt.Fprintf(s.out, "%s: %s%s\n", p.Place(), path, reader.Sentence(p.Reason, p.Words))
	}
	return fmt.Errorf("%d mistakes: %w", len(wrong), errSaid)
}

type programCheckCommand struct{ programFile }

// Run prints every mistake in the file, and fails when there is one.
func (c *programCheckCommand) Run(s streams) error {
	_, plan, err := c.read(s)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s is sound: program %s, %d phases, %d opportunities.\n", c.File, plan.Program.Prefix, len(plan.Phases), len(plan.Opportunities))
	return err
}

// programOn is a file that is held against a database.
type programOn struct {
	programFile
	database
}

// on reads the file, opens the database and finds the program that the file is
// about, zero when there is none yet. The caller closes the house.
func (c *programOn) on(ctx context.Context, s streams) (h *house, text string, plan *workflow.Plan, program workflow.ID, err error) {
	if text, plan, err = c.read(s); err != nil {
		return nil, "", nil, 0, err
	}
	if h, err = c.open(ctx, false); err != nil {
		return nil, "", nil, 0, err
	}
	defer func() {
		if err != nil {
			h.close()
		}
	}()
	same, err := models.Records[workflow.Program](ctx, h.db.Reader, &models.Viewer{System: true}, workflow.NounProgram,
		models.Filter{Text: map[string]string{"prefix": plan.Program.Prefix}})
	if len(same) > 0 {
		program = same[0].ID
	}
	return h, text, plan, program, err
}

type programDiffCommand struct{ programOn }

// Run prints what the file changes against the version in force.
func (c *programDiffCommand) Run(ctx context.Context, s streams) error {
	h, _, plan, program, err := c.on(ctx, s)
	if err != nil {
		return err
	}
	defer h.close()
	found, err := h.trial.Compare(ctx, &models.Viewer{System: true}, program, plan)
	if err != nil {
		return err
	}
	if found.Against == nil {
		fmt.Fprintf(s.out, "No file is in force for %s yet: everything is new.\n", plan.Program.Prefix)
	} else {
		noun := "changes"
		if len(found.Changes) == 1 {
			noun = "change"
		}
		fmt.Fprintf(s.out, "Against version %d of %s: %d %s.\n", found.Against.Number, plan.Program.Prefix, len(found.Changes), noun)
	}
	for _, change := range found.Changes {
		fmt.Fprintln(s.out, " ", changeLine(&change))
	}
	return nil
}

// changeLine writes a change on one line: "AIV-2026-R1 award_cap: $5.00 → $4.00".
func changeLine(c *policy.Change) string {
	where := strings.Join(strings.Fields(strings.Join([]string{c.Where, c.Key, c.Item}, " ")), " ")
	one := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	switch {
	case c.Added():
		return fmt.Sprintf("+ %s: %s", where, one(c.After))
	case c.Removed():
		return fmt.Sprintf("- %s: %s", where, one(c.Before))
	}
	return fmt.Sprintf("~ %s: %s → %s", where, one(c.Before), one(c.After))
}

type programSimulateCommand struct{ programOn }

// Run prints whose verdict would change under the file, and why. Nothing is written.
func (c *programSimulateCommand) Run(ctx context.Context, s streams) error {
	h, _, plan, program, err := c.on(ctx, s)
	if err != nil {
		return err
	}
	defer h.close()
	found, err := h.trial.Simulate(ctx, &models.Viewer{System: true}, program, plan)
	if err != nil {
		return err
	}
	return printSimulation(found, s)
}

func printSimulation(found *trial.Simulation, s streams) error {
	reader, err := english()
	if err != nil {
		return err
	}
	say := func(w trial.Why) string { return reader.Why(w.Label, w.Code, w.Words) }
	fmt.Fprintf(s.out, "%d submitted applications, %d of opportunities that are not in the file; %d verdicts would change. Nothing was written.\n",
		found.Applications, found.Untouched, found.Changed)
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "outcome\tnow\tunder the file")
	for _, o := range []workflow.Outcome{workflow.Pass, workflow.Refer, workflow.Fail} {
		fmt.Fprintf(t, "%s\t%d\t%d\n", o, found.Before[o], found.After[o])
	}
	for _, r := range found.Reasons {
		fmt.Fprintf(t, "%s\t%d fewer\t%d more\t%s\n", r.Code, r.Goes, r.Comes, say(r.Why))
	}
	for _, one := range found.Cases {
		var why []string
		for _, w := range one.Comes {
			why = append(why, "now: "+say(w))
		}
		for _, w := range one.Goes {
			why = append(why, "no longer: "+say(w))
		}
		fmt.Fprintf(t, "%s\t%s → %s\t%s\t%s\n", one.Number, one.Before.Outcome, one.After.Outcome, one.Organization, strings.Join(why, " "))
	}
	if left := found.Changed - len(found.Cases); left > 0 {
		fmt.Fprintf(t, "… and %d more\n", left)
	}
	return t.Flush()
}

type programApplyCommand struct {
	programOn
	signature
	Note string `help:"Why, for the record." placeholder:"TEXT"`
}

// Run makes the file the version in force. A program that is not there yet is made.
func (c *programApplyCommand) Run(ctx context.Context, s streams) error {
	h, text, plan, program, err := c.on(ctx, s)
	if err != nil {
		return err
	}
	defer h.close()
	if program == 0 {
		p := &plan.Program
		made, err := c.do(ctx, h, c.File, workflow.Command{Noun: workflow.NounProgram, Action: workflow.ActCreate, Inputs: []workflow.Input{
			{Name: "name", Text: p.Name}, {Name: "prefix", Text: p.Prefix}, {Name: "agency", Text: p.Agency}}})
		if err != nil {
			return err
		}
		program = made.ID
	}
	inputs := []workflow.Input{{Name: "file", Text: text}}
	if c.Note != "" {
		inputs = append(inputs, workflow.Input{Name: "note", Text: c.Note})
	}
	made, err := c.do(ctx, h, c.File, workflow.Command{Noun: workflow.NounPolicy, Action: workflow.ActApply, Parent: program, Inputs: inputs})
	if err != nil {
		return err
	}
	applied, err := models.Record[workflow.Policy](ctx, h.db.Reader, &models.Viewer{System: true}, workflow.NounPolicy, made.ID)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "Version %d of %s is in force.\n", applied.Number, plan.Program.Prefix)
	return err
}

// signature names who does what a verb does.
type signature struct {
	By string `help:"The address of whoever does it; without it, the event names nobody." placeholder:"EMAIL"`
}

// do carries out a command in the name of whoever signs; about is what a refusal is
// about. Whether they may do it stands in the table.
func (c *signature) do(ctx context.Context, h *house, about string, cmd workflow.Command) (engine.Answer, error) {
	by, err := c.viewer(ctx, h)
	if err != nil {
		return engine.Answer{}, fmt.Errorf("--by: %w", err)
	}
	cmd.Received = h.now()
	answer, err := h.engine.Do(ctx, engine.Request{Command: cmd, Viewer: by})
	switch {
	case err == nil:
		return answer, nil
	case c.By != "" && errors.Is(err, models.ErrNotFound):
		return answer, fmt.Errorf("--by: %s has no role that may do this: %w", c.By, err)
	}
	return answer, fmt.Errorf("%s: %w", about, refused(err))
}

func (c *signature) viewer(ctx context.Context, h *house) (*models.Viewer, error) {
	if c.By == "" {
		return &models.Viewer{System: true}, nil
	}
	person, err := h.person(ctx, c.By)
	if err != nil {
		return nil, err
	}
	return h.db.ViewerOf(person)
}
