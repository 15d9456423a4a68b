package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tranche/app/ach"
	"tranche/app/api"
	"tranche/app/engine"
	"tranche/app/intake"
	"tranche/app/jobs"
	"tranche/models"
	"tranche/workflow"
)

// A teller takes in what banks send: it completes the command that imports a file, and
// books a file at once for whoever sends one to the API.
type teller struct {
	db     *models.DB
	engine *engine.Engine
	now    func() time.Time
}

// A bankSource is where a bank's file comes from. It is read twice: once to see that it is
// whole and right, once to keep it.
type bankSource struct {
	name string
	open func() (io.ReadCloser, error)
}

// upload completes an import whose file came with the command.
func (t *teller) upload(ctx context.Context, c *workflow.Command) error {
	for _, in := range c.Inputs {
		if in.Name == "file" && in.Body != nil {
			return t.complete(ctx, c, bankSource{in.Text, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(in.Body)), nil }})
		}
	}
	return t.complete(ctx, c, bankSource{})
}

// complete reads the file, keeps it with what it says and what would become of that, and
// names on the command what it came to. A file with a fault leaves nothing.
func (t *teller) complete(ctx context.Context, c *workflow.Command, src bankSource) error {
	c.Inputs = slices.DeleteFunc(slices.Clone(c.Inputs), func(in workflow.Input) bool {
		return slices.Contains([]string{"name", "format", "sum", "bytes", "lines", "content"}, in.Name)
	})
	if src.open == nil || c.Parent == 0 {
		return nil // the lifecycle has the answer
	}
	format, sum, err := checkAnswers(src)
	if err != nil {
		return refuseAnswers(c, err)
	}
	c.Inputs = append(c.Inputs, workflow.Input{Name: "name", Text: src.name}, workflow.Input{Name: "format", Text: format.Name},
		workflow.Input{Name: "sum", Text: sum.Sum}, workflow.Input{Name: "bytes", Int: sum.Size})
	if _, err := t.db.AnswerFileOf(ctx, c.Parent, sum.Sum); !errors.Is(err, models.ErrNotFound) {
		return err // it is there already: the lifecycle says so
	}
	file, err := src.open()
	if err != nil {
		return err
	}
	defer file.Close()
	if err := t.db.KeepAnswerBytes(ctx, sum, file); err != nil {
		return err
	}
	said, err := t.keep(ctx, c, format.Read(t.db.AnswerBytes(ctx, sum.Sum)))
	if err != nil {
		return err
	}
	c.Inputs = append(c.Inputs, workflow.Input{Name: "lines", Int: said.Lines()}, workflow.Input{Name: "content", Text: said.Content()})
	return nil
}

// errFormat means that a file has none of the formats.
var errFormat = errors.New("no format of a bank's answers")

// checkAnswers reads all of a file and sums it.
func checkAnswers(src bankSource) (format intake.Format, sum models.AnswerBytes, err error) {
	file, err := src.open()
	if err != nil {
		return format, sum, err
	}
	defer file.Close()
	said, bytesOf := io.Pipe()
	read := make(chan error, 1)
	go func() {
		var in io.Reader
		var known bool
		wrong := errFormat
		if format, in, known = intake.Recognize(said); known {
			wrong = allOf(format.Read(in))
		}
		said.CloseWithError(wrong) // nil: the rest is taken and thrown away
		read <- wrong
	}()
	sum, err = models.SumAnswers(file, whole{bytesOf})
	bytesOf.CloseWithError(err) // nil: its end
	if wrong := <-read; wrong != nil {
		return format, sum, wrong
	}
	return format, sum, err
}

// whole goes on when nobody reads any more: whoever does says by itself what was wrong.
type whole struct{ out *io.PipeWriter }

// Write implements io.Writer.
func (w whole) Write(b []byte) (int, error) {
	_, _ = w.out.Write(b) // the error is the reader's, who tells it
	return len(b), nil
}

// allOf returns the first error of a file, and one where it says nothing.
func allOf(answers func(func(intake.Answer, error) bool)) error {
	n := 0
	for _, err := range answers {
		if err != nil {
			return err
		}
		n++
	}
	if n == 0 {
		return &ach.Error{Line: 1, Field: "file", Rule: ach.RuleEmpty}
	}
	return nil
}

// refuseAnswers turns a fault of a file into an answer.
func refuseAnswers(c *workflow.Command, err error) error {
	no := &workflow.Refusal{Noun: c.Noun, ID: c.ID, Action: c.Action, Kind: workflow.NotMet, Field: "file"}
	var fault *ach.Error
	switch {
	case errors.As(err, &fault):
		no.Reason = "file_unreadable"
		no.Words = workflow.Words{"line": fault.Line, "field": fault.Field, "rule": string(fault.Rule), "want": fault.Want, "got": fault.Got}
	case errors.Is(err, errFormat):
		no.Reason = "file_format_unknown"
	default:
		return err
	}
	return no
}

// keep stores the answers of a file with what would become of each.
func (t *teller) keep(ctx context.Context, c *workflow.Command, answers func(func(intake.Answer, error) bool)) (said workflow.AnswerSum, err error) {
	part := make([]workflow.AnswerLine, 0, models.AnswersAtOnce)
	flush := func() error {
		facts, err := t.db.AnswerFacts(ctx, c.Parent, part)
		if err != nil {
			return err
		}
		for i := range part {
			step := facts[i].Match(&part[i])
			part[i].Result, part[i].Reason, part[i].Record = step.Result, step.Reason, step.Record
		}
		err = t.db.KeepAnswers(ctx, c.ID, c.Parent, part)
		part = part[:0]
		return err
	}
	for a, err := range answers {
		if err != nil {
			return said, err
		}
		l := answerLine(said.Lines()+1, &a)
		said.Add(&l)
		if part = append(part, l); len(part) == cap(part) {
			if err := flush(); err != nil {
				return said, err
			}
		}
	}
	return said, flush()
}

// answerLine is an answer as it is stored: without an account number.
func answerLine(number int64, a *intake.Answer) workflow.AnswerLine {
	l := workflow.AnswerLine{Number: number, Line: int64(a.Line), Kind: a.Kind, Payment: a.Number, Batch: a.Batch, Amount: a.Amount, Code: a.Code,
		Day: a.Day, Information: a.Information}
	if a.Trace != 0 {
		l.Trace = a.Trace.String()
	}
	if c := a.Correction; c != nil {
		l.Change = changeOf(c)
	}
	return l
}

// changeOf says what is to be changed. Of an account number, its last four digits.
func changeOf(c *ach.Correction) string {
	var out []string
	if c.Routing != "" {
		out = append(out, "routing "+c.Routing)
	}
	if n := len(c.Account); n > 0 {
		out = append(out, "account ..."+c.Account[max(n-4, n/2):])
	}
	if c.Name != "" {
		out = append(out, "name "+c.Name)
	}
	if c.ID != "" {
		out = append(out, "number "+c.ID)
	}
	if c.Code != 0 {
		kind := "checking"
		if c.Code.Savings() {
			kind = "savings"
		}
		out = append(out, fmt.Sprintf("%s (%d)", kind, int(c.Code)))
	}
	return strings.Join(out, ", ")
}

// file imports a bank's file for a program and books it at once. A file with a fault books
// nothing; one that was imported before is told as it stands.
func (t *teller) file(ctx context.Context, v *models.Viewer, program workflow.ID, body io.Reader) ([]api.BankLine, error) {
	row, err := t.db.Row(ctx, v, workflow.NounProgram, program)
	if err != nil {
		return nil, err
	}
	if row.Roles&api.BankPeople == 0 {
		return nil, &workflow.Refusal{Noun: workflow.NounAnswerFile, Action: workflow.ActCreate, Kind: workflow.NotYours,
			Reason: workflow.ReasonRole, Words: workflow.Words{"roles": api.BankPeople.List()}}
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	id, err := t.take(ctx, v, program, text)
	if err != nil {
		return nil, err
	}
	if err := jobs.BookAnswers(ctx, t.db, t.engine, t.now, id, nil); err != nil {
		return nil, err
	}
	var lines []api.BankLine
	for l, err := range t.db.AllAnswers(ctx, id) {
		if err != nil {
			return nil, err
		}
		result := l.Result
		if result == workflow.AnswerBooked {
			result = l.Kind
		}
		lines = append(lines, api.BankLine{Line: int(l.Line), Trace: l.Trace, Code: l.Code, Result: result, Reason: l.Reason})
	}
	return lines, nil
}

// take imports a file and has it applied; one that is there already is left as it is.
func (t *teller) take(ctx context.Context, v *models.Viewer, program workflow.ID, text []byte) (workflow.ID, error) {
	made, err := t.engine.Do(ctx, engine.Request{Viewer: v, Command: workflow.Command{Noun: workflow.NounAnswerFile, Action: workflow.ActCreate,
		Parent: program, Received: t.now(), Inputs: []workflow.Input{{Name: "file", Text: "file", Body: text}}}})
	var no *workflow.Refusal
	if errors.As(err, &no) && no.Reason == "file_known" {
		id, _ := workflow.ParseID(fmt.Sprint(no.Words["file"]))
		return id, nil
	}
	if err != nil {
		return 0, err
	}
	_, err = t.engine.Do(ctx, engine.Request{Viewer: v, Command: workflow.Command{Noun: workflow.NounAnswerFile, Action: workflow.ActApply, ID: made.ID, Received: t.now()}})
	return made.ID, err
}

type answersImportCommand struct {
	database
	signature
	Program string `required:"" help:"The prefix of the program that the bank answers." placeholder:"AIV"`
	Apply   bool   `help:"Book what it says at once; without it, the file is kept and shown only."`
	File    string `arg:"" type:"existingfile" help:"Returns and changes (NACHA), pain.002, camt.053, camt.054 or CSV." placeholder:"FILE"`
}

// Run imports a bank's file, and prints what would become of it or, with --apply, what did.
func (c *answersImportCommand) Run(ctx context.Context, s streams) error {
	h, err := c.open(ctx, false)
	if err != nil {
		return err
	}
	defer h.close()
	program, err := programBy(ctx, h, c.Program)
	if err != nil {
		return err
	}
	giveBack() // what starting needed
	src := bankSource{filepath.Base(c.File), func() (io.ReadCloser, error) { return os.Open(c.File) }}
	h.engine.Prepare[engine.Act{Noun: workflow.NounAnswerFile, Action: workflow.ActCreate}] = func(ctx context.Context, cmd *workflow.Command) error {
		return h.teller.complete(ctx, cmd, src)
	}
	made, err := c.do(ctx, h, src.name, workflow.Command{Noun: workflow.NounAnswerFile, Action: workflow.ActCreate, Parent: program})
	if err != nil {
		return err
	}
	if c.Apply {
		if _, err := c.do(ctx, h, src.name, workflow.Command{Noun: workflow.NounAnswerFile, Action: workflow.ActApply, ID: made.ID}); err != nil {
			return err
		}
		err := jobs.BookAnswers(ctx, h.db, h.engine, h.now, made.ID, func(done, all int) {
			fmt.Fprintf(s.err, "\r%d of %d answers", done, all)
		})
		fmt.Fprintln(s.err)
		if err != nil {
			return err
		}
	}
	return c.print(ctx, h, made.ID, s)
}

func (c *answersImportCommand) print(ctx context.Context, h *house, id workflow.ID, s streams) error {
	all := &models.Viewer{System: true}
	f, err := models.Record[workflow.AnswerFile](ctx, h.db.Reader, all, workflow.NounAnswerFile, id)
	if err != nil {
		return err
	}
	page, err := h.db.AnswerPage(ctx, all, id, "", 0, 0)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "File %s (%s, %d answers, SHA-256 %s) is %s.\n", f.ID, f.Format, f.Lines, f.Sum, f.State)
	for _, n := range page.Counts {
		fmt.Fprintf(s.out, "%8d %-12s %-7s %s\n", n.Count, n.Kind, n.Result, n.Sum)
	}
	return nil
}

// programBy finds a program by its prefix.
func programBy(ctx context.Context, h *house, prefix string) (workflow.ID, error) {
	all, err := models.Records[workflow.Program](ctx, h.db.Reader, &models.Viewer{System: true}, workflow.NounProgram, models.Filter{})
	if err != nil {
		return 0, err
	}
	for i := range all {
		if strings.EqualFold(all[i].Prefix, prefix) {
			return all[i].ID, nil
		}
	}
	return 0, fmt.Errorf("--program: there is no program %q", prefix)
}
