package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tranche/app/engine"
	"tranche/app/intake"
	"tranche/models"
	"tranche/workflow"
)

// A lister completes the command that imports a list: it reads the files and keeps
// their entries before the import is queued.
type lister struct{ db *models.DB }

// A listSource is where the files of a list come from. They are read twice: once to
// see that they are whole and right, once to keep what they say.
type listSource struct {
	name          string // of both files
	file, aliases listPart
}

// A listPart is one file of a list.
type listPart struct {
	name string
	open func() (io.ReadCloser, error) // nil: there is none
}

// upload completes an import whose files came with the command.
func (l *lister) upload(ctx context.Context, c *workflow.Command) error {
	var src listSource
	var names []string
	for _, in := range c.Inputs {
		open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(in.Body)), nil }
		switch {
		case in.Name == "file" && in.Body != nil:
			src.file, names = listPart{in.Text, open}, append(names, in.Text)
		case in.Name == "aliases" && in.Body != nil:
			src.aliases, names = listPart{in.Text, open}, append(names, in.Text)
		}
	}
	src.name = strings.Join(names, ", ")
	return l.complete(ctx, c, &src)
}

// complete reads the files and names on the command what they came to.
func (l *lister) complete(ctx context.Context, c *workflow.Command, src *listSource) error {
	c.Inputs = slices.DeleteFunc(slices.Clone(c.Inputs), func(in workflow.Input) bool {
		return in.Name == "name" || in.Name == "sum" || in.Name == "content" || in.Name == "entries"
	})
	kind := slices.IndexFunc(c.Inputs, func(in workflow.Input) bool { return in.Name == "kind" })
	if kind < 0 || src.file.open == nil {
		return nil // the lifecycle has the answer
	}
	format, known := intake.FindList(c.Inputs[kind].Text)
	if !known {
		return nil
	}
	digest := sha256.New()
	var sum workflow.ListSum
	var sums []string // after each part
	for e, err := range src.read(format, digest) {
		if err != nil {
			return src.refused(c, err)
		}
		if sum.Add(&e); sum.Entries()%part == 0 {
			sums = append(sums, sum.Content())
		}
	}
	sums = append(sums, sum.Content())
	if err := l.db.KeepEntries(ctx, sum.Content(), same(src.read(format, sha256.New()), sums)); err != nil {
		return err
	}
	c.Inputs = append(c.Inputs, workflow.Input{Name: "name", Text: src.name}, workflow.Input{Name: "sum", Text: hex.EncodeToString(digest.Sum(nil))},
		workflow.Input{Name: "content", Text: sum.Content()}, workflow.Input{Name: "entries", Int: sum.Entries()})
	return nil
}

// part is how many entries are compared with the first reading at a time.
const part = 1000

var errChanged = errors.New("it changed while it was read; nothing was imported")

// same yields the entries of a second reading, a part at a time once it has the sum
// that the first reading came to: what is kept under a sum stays there for good.
func same(again iter.Seq2[workflow.ListEntry, error], sums []string) iter.Seq2[workflow.ListEntry, error] {
	return func(yield func(workflow.ListEntry, error) bool) {
		var sum workflow.ListSum
		var held []workflow.ListEntry
		pass := func() bool {
			if len(sums) == 0 || sum.Content() != sums[0] {
				yield(workflow.ListEntry{}, errChanged)
				return false
			}
			for i := range held {
				if !yield(held[i], nil) {
					return false
				}
			}
			sums, held = sums[1:], held[:0]
			return true
		}
		for e, err := range again {
			if err != nil {
				yield(e, err)
				return
			}
			sum.Add(&e)
			if held = append(held, e); len(held) == part && !pass() {
				return
			}
		}
		pass()
	}
}

// read yields the entries of the files, whose bytes go through digest.
func (s *listSource) read(format intake.ListFormat, digest hash.Hash) iter.Seq2[workflow.ListEntry, error] {
	return func(yield func(workflow.ListEntry, error) bool) {
		file, err := s.file.open()
		if err != nil {
			yield(workflow.ListEntry{}, err)
			return
		}
		defer file.Close()
		var aliases io.Reader
		if s.aliases.open != nil {
			f, err := s.aliases.open()
			if err != nil {
				yield(workflow.ListEntry{}, err)
				return
			}
			defer f.Close()
			aliases = io.TeeReader(f, digest)
		}
		for e, err := range format.Read(io.TeeReader(file, digest), aliases) {
			if !yield(e, err) {
				return
			}
		}
	}
}

// refused turns a fault of a file into an answer.
func (s *listSource) refused(c *workflow.Command, err error) error {
	var wrong *intake.ListError
	if !errors.As(err, &wrong) {
		return err
	}
	field, file := "file", s.file.name
	if wrong.Aliases {
		field, file = "aliases", s.aliases.name
	}
	return &workflow.Refusal{Noun: c.Noun, ID: c.ID, Action: c.Action, Kind: workflow.NotMet, Reason: wrong.Why, Field: field,
		Words: workflow.Words{"file": file, "line": wrong.Line, "column": wrong.Field, "like": wrong.Like}}
}

type listsImportCommand struct {
	database
	signature
	Kind      string   `help:"What the files are; without it, their first lines say so." enum:"ofac,sam-exclusions,sam-entities," default:"" placeholder:"ofac|sam-exclusions|sam-entities"`
	Date      string   `help:"The day that the publisher gave the list; without it, today." placeholder:"2026-11-26"`
	Threshold int64    `help:"How alike names have to be for a person to look, in ten thousandths; without it, as before, or 8800." placeholder:"8800"`
	Note      string   `help:"Why, for the record." placeholder:"TEXT"`
	Files     []string `arg:"" type:"existingfile" help:"sdn.csv and alt.csv of OFAC, a SAM exclusions extract, or a SAM entity extract." placeholder:"FILE"`
}

// shownChanges is how many differences the verb prints.
const shownChanges = 20

// Run imports a list and prints what it changes against the version before.
func (c *listsImportCommand) Run(ctx context.Context, s streams) error {
	kind, src, err := c.source()
	if err != nil {
		return err
	}
	h, err := c.open(ctx, false)
	if err != nil {
		return err
	}
	defer h.close()
	in, err := c.inputs(kind, workflow.DateOf(h.now()))
	if err != nil {
		return err
	}
	h.engine.Prepare[engine.Act{Noun: workflow.NounList, Action: workflow.ActCreate}] = func(ctx context.Context, cmd *workflow.Command) error {
		return (&lister{h.db}).complete(ctx, cmd, src)
	}
	made, err := c.do(ctx, h, src.name, workflow.Command{Noun: workflow.NounList, Action: workflow.ActCreate, Inputs: in})
	if no := new(saying); errors.As(err, &no) && no.Reason == "list_unchanged" {
		_, err := fmt.Fprintln(s.out, no)
		return err
	}
	if err != nil {
		return err
	}
	return printList(ctx, h.db.Reader, made.ID, s)
}

func (c *listsImportCommand) inputs(kind string, today workflow.Date) ([]workflow.Input, error) {
	in := []workflow.Input{{Name: "kind", Text: kind}}
	if c.Date != "" {
		day, err := workflow.ParseDate(c.Date)
		if err != nil {
			return nil, fmt.Errorf("--date: %w", err)
		}
		today = day
	}
	in = append(in, workflow.Input{Name: "dated", Date: today})
	if c.Threshold != 0 {
		if c.Threshold < 8000 || c.Threshold > 10_000 {
			return nil, fmt.Errorf("--threshold: %d is not from 8000 to 10000", c.Threshold)
		}
		in = append(in, workflow.Input{Name: "threshold", Int: c.Threshold})
	}
	if c.Note != "" {
		in = append(in, workflow.Input{Name: "note", Text: c.Note})
	}
	return in, nil
}

// aliasFile is what a file is that only comes beside another one.
const aliasFile = "aliases"

// source finds out what the files are.
func (c *listsImportCommand) source() (kind string, src *listSource, err error) {
	asked := strings.ReplaceAll(c.Kind, "-", "_")
	src = &listSource{}
	var names []string
	for i, name := range c.Files {
		is := asked
		if is == "" {
			if is, err = guessed(name); err != nil {
				return "", nil, err
			}
		} else if i > 0 {
			is = aliasFile
		}
		open := func() (io.ReadCloser, error) { return os.Open(name) }
		switch {
		case is == aliasFile && src.aliases.open == nil:
			src.aliases = listPart{filepath.Base(name), open}
		case is != aliasFile && src.file.open == nil:
			src.file, kind = listPart{filepath.Base(name), open}, is
		default:
			return "", nil, fmt.Errorf("%s: one list at a time; only OFAC's has a second file, alt.csv", name)
		}
		names = append(names, filepath.Base(name))
	}
	src.name = strings.Join(names, ", ")
	if src.file.open == nil || src.aliases.open != nil && kind != workflow.ListOFAC {
		return "", nil, fmt.Errorf("%s: aliases need sdn.csv beside them", src.name)
	}
	return kind, src, nil
}

// guessed tells what a file is by its first line.
func guessed(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	line, err := bufio.NewReader(io.LimitReader(f, 1<<16)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	switch first, _, _ := strings.Cut(line, ","); {
	case strings.HasPrefix(line, "BOF "):
		return workflow.ListEntities, nil
	case strings.Contains(line, "Classification"):
		return workflow.ListExclusions, nil
	case first != "" && strings.Trim(first, "0123456789") == "" && strings.Count(line, ",") >= 11:
		return workflow.ListOFAC, nil
	case first != "" && strings.Trim(first, "0123456789") == "":
		return aliasFile, nil
	}
	return "", fmt.Errorf("%s: its first line does not say what it is; --kind does", name)
}

func printList(ctx context.Context, r models.Reader, id workflow.ID, s streams) error {
	all := &models.Viewer{System: true}
	l, err := models.Record[workflow.List](ctx, r, all, workflow.NounList, id)
	if err != nil {
		return err
	}
	changes, err := r.ListChanges(ctx, all, id, "", shownChanges)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s of %s is in force: %d entries; %d added, %d removed, %d changed.\n", l.Kind, l.Dated, l.Entries, changes.Added, changes.Removed, changes.Changed)
	for _, one := range changes.Rows {
		fmt.Fprintln(s.out, " ", entryLine(&one))
	}
	if left := changes.All() - len(changes.Rows); left > 0 {
		fmt.Fprintf(s.out, "  … and %d more\n", left)
	}
	return nil
}

// entryLine writes a difference on one line: "+ 36 AEROCARIBBEAN AIRLINES".
func entryLine(c *models.ListChange) string {
	switch {
	case c.Before == nil:
		return fmt.Sprintf("+ %s %s", c.After.Key, c.After.Name)
	case c.After == nil:
		return fmt.Sprintf("- %s %s", c.Before.Key, c.Before.Name)
	case c.Before.Name != c.After.Name:
		return fmt.Sprintf("~ %s %s → %s", c.After.Key, c.Before.Name, c.After.Name)
	}
	return fmt.Sprintf("~ %s %s", c.After.Key, c.After.Name)
}
