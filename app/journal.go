package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tranche/app/engine"
	"tranche/app/export"
	"tranche/models"
	"tranche/workflow"
)

// A bookkeeper writes down what the ledger recorded: it completes the command that makes
// a journal, and asks for one of each program when a day is over.
type bookkeeper struct {
	db     *models.DB
	engine *engine.Engine
	now    func() time.Time
	asked  workflow.Date // the last day for which daily asked
}

// complete writes the files of a journal. The lifecycle guards that the ledger is still
// what they say.
func (b *bookkeeper) complete(ctx context.Context, c *workflow.Command) error {
	end := workflow.JournalEnd(c, b.now())
	program, err := models.Record[workflow.Program](ctx, b.db.Reader, &models.Viewer{System: true}, workflow.NounProgram, c.Parent)
	if err != nil {
		return err
	}
	last, err := b.db.LastJournal(ctx, program.ID)
	if err != nil {
		return err
	}
	number := workflow.JournalNumber(program, last.Serial+1)
	c.Inputs = slices.DeleteFunc(slices.Clone(c.Inputs), func(in workflow.Input) bool { return in.Name != "through" })
	var n int64
	var sum workflow.Cents
	for _, f := range export.SheetFormats() {
		code := strings.TrimPrefix(f.Extension, ".")
		if !slices.Contains(workflow.JournalCodes, code) {
			continue
		}
		var file bytes.Buffer
		n, sum, err = export.Journal(ctx, b.db.Reader, number, models.BooksFilter{Program: program.ID, From: last.Until, Until: end}, f.New(&file))
		if err != nil {
			return err
		}
		c.Inputs = append(c.Inputs, workflow.Input{Name: "documents." + code, Text: number + f.Extension, Body: file.Bytes()})
	}
	c.Inputs = append(c.Inputs, workflow.Input{Name: "count", Int: n}, workflow.Input{Name: "total", Cents: sum})
	return nil
}

// daily asks, once a day and process, for a journal of each program; the lifecycle refuses
// one of nothing, and one that somebody else has asked for. What did not come about for
// another reason is asked for again.
func (b *bookkeeper) daily(ctx context.Context) error {
	end := workflow.DateOf(workflow.JournalEnd(new(workflow.Command), b.now()))
	if end == b.asked {
		return nil
	}
	system := &models.Viewer{System: true}
	all, err := models.Records[workflow.Program](ctx, b.db.Reader, system, workflow.NounProgram, models.Filter{Limit: models.MaxLimit})
	if err != nil {
		return err
	}
	var errs []error
	for i := range all {
		_, err := b.engine.Do(ctx, engine.Request{Viewer: system,
			Command: workflow.Command{Noun: workflow.NounJournal, Action: workflow.ActCreate, Parent: all[i].ID, Received: b.now()}})
		var no *workflow.Refusal
		if err != nil && (!errors.As(err, &no) || no.Made) {
			errs = append(errs, fmt.Errorf("journal of program %s: %w", all[i].Prefix, err))
		}
	}
	if len(errs) == 0 {
		b.asked = end
	}
	return errors.Join(errs...)
}
