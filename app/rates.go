package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"tranche/app/engine"
	"tranche/app/intake"
	"tranche/models"
	"tranche/workflow"
)

type ratesImportCommand struct {
	database
	File string `arg:"" type:"existingfile" help:"CSV with the columns currency, period_start, period_end, usd_per_unit, publisher."`
}

// Run enters the rates of a file. The whole file is read before the first one is
// entered; what is there already is not entered twice.
func (c *ratesImportCommand) Run(ctx context.Context, s streams) error {
	file, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	lines, err := intake.ReadRates(file)
	if err != nil {
		return fmt.Errorf("%s:\n%w", c.File, err)
	}
	h, err := c.open(ctx, false)
	if err != nil {
		return err
	}
	defer h.close()
	return enterRates(ctx, h.db.Reader, h.engine, h.now(), lines, s.out)
}

// enterRates enters what is not there yet. Another rate for the same period has to
// be withdrawn by somebody first.
func enterRates(ctx context.Context, db models.Reader, e *engine.Engine, now time.Time, lines []intake.RateLine, out io.Writer) error {
	system := &models.Viewer{System: true}
	entered, there := 0, 0
	var errs []error
	for _, l := range lines {
		stands, err := models.Records[workflow.Rate](ctx, db, system, workflow.NounRate, models.Filter{States: []workflow.State{workflow.Active},
			Text: map[string]string{"currency": l.Currency, "period_start": l.Start.String(), "period_end": l.End.String()}})
		if err != nil {
			return err
		}
		if len(stands) > 0 && stands[0].USDPerUnit == l.PerUnit {
			there++
			continue
		}
		_, err = e.Do(ctx, engine.Request{Viewer: system, Command: workflow.Command{Noun: workflow.NounRate, Action: workflow.ActCreate, Received: now, Inputs: []workflow.Input{
			{Name: "currency", Text: l.Currency}, {Name: "period_start", Date: l.Start}, {Name: "period_end", Date: l.End},
			{Name: "usd_per_unit", Text: l.PerUnit.String()}, {Name: "publisher", Text: l.Publisher}}}})
		switch no := new(workflow.Refusal); {
		case errors.As(err, &no):
			errs = append(errs, fmt.Errorf("line %d: %s from %s to %s: %w", l.Line, l.Currency, l.Start, l.End, refused(err)))
		case err != nil:
			return err
		default:
			entered++
		}
	}
	if _, err := fmt.Fprintf(out, "%d rates entered, %d were there already.\n", entered, there); err != nil {
		return err
	}
	return errors.Join(errs...)
}
