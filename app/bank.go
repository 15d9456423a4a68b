package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"tranche/app/ach"
	"tranche/app/api"
	"tranche/app/engine"
	"tranche/app/intake"
	"tranche/models"
	"tranche/workflow"
)

// A teller books what banks send.
type teller struct {
	db     *models.DB
	engine *engine.Engine
	now    func() time.Time
}

// file books a file of returns for a program. The whole file is read before the
// first line is booked: a file with a fault books nothing. Each line is booked
// once, whichever file it comes in.
func (t *teller) file(ctx context.Context, v *models.Viewer, program workflow.ID, file io.Reader) ([]api.BankLine, error) {
	row, err := t.db.Row(ctx, v, workflow.NounProgram, program)
	if err != nil {
		return nil, err
	}
	if row.Roles&api.BankPeople == 0 {
		return nil, &workflow.Refusal{Noun: workflow.NounPayment, Action: workflow.ActReturn, Kind: workflow.NotYours,
			Reason: workflow.ReasonRole, Words: workflow.Words{"roles": api.BankPeople.List()}}
	}
	format, _ := intake.Find("achreturn")
	answers, err := format.ReadAll(file)
	var fault *ach.Error
	if errors.As(err, &fault) {
		return nil, &workflow.Refusal{Noun: workflow.NounPayment, Action: workflow.ActReturn, Kind: workflow.NotMet, Reason: "file_unreadable",
			Words: workflow.Words{"line": fault.Line, "field": fault.Field, "rule": string(fault.Rule)}}
	}
	if err != nil {
		return nil, err
	}
	lines := make([]api.BankLine, len(answers))
	for i := range answers {
		if lines[i], err = t.book(ctx, v, program, &answers[i]); err != nil {
			return nil, fmt.Errorf("line %d: %w", answers[i].Line, err)
		}
	}
	return lines, nil
}

// book books one answer, or parks it for a person with the reason.
func (t *teller) book(ctx context.Context, v *models.Viewer, program workflow.ID, a *intake.Answer) (api.BankLine, error) {
	line := api.BankLine{Line: a.Line, Trace: a.Trace.String(), Code: a.Code, Result: "parked"}
	if !a.Returned() {
		line.Reason = "bank_change_needs_people"
		return line, nil
	}
	p, err := t.db.PaymentTraced(ctx, program, line.Trace)
	switch {
	case errors.Is(err, models.ErrNotFound):
		line.Reason = "trace_unknown"
		return line, nil
	case err != nil:
		return line, err
	case p.Number != a.Number:
		line.Reason = "payment_differs"
		return line, nil
	}
	answer, err := t.engine.Do(ctx, t.returned(v, &p, a))
	var no *workflow.Refusal
	switch {
	case errors.As(err, &no) && p.State == workflow.Returned && p.ReturnCode == a.Code:
		line.Result = "already"
	case errors.As(err, &no):
		line.Reason = no.Reason
	case errors.Is(err, models.ErrKeyReused):
		line.Reason = "answered_otherwise"
	case err != nil:
		return line, err
	case answer.Replayed:
		line.Result = "already"
	default:
		line.Result = "returned"
	}
	return line, nil
}

// returned is the command of one line: the system's, on the word of the bank,
// with the person who handed in the file as its actor.
func (t *teller) returned(v *models.Viewer, p *workflow.Payment, a *intake.Answer) engine.Request {
	body := fmt.Sprintf("%s %s %d", a.Trace, a.Code, a.Amount)
	return engine.Request{
		Viewer: &models.Viewer{System: true},
		Key:    &models.Key{Principal: v.Person, Route: "bank/return", Text: a.Trace.String(), Body: sha256.Sum256([]byte(body))},
		Command: workflow.Command{Noun: workflow.NounPayment, ID: p.ID, Action: workflow.ActReturn, Actor: v.Actor(), Received: t.now(),
			Inputs: []workflow.Input{{Name: "code", Text: a.Code}, {Name: "amount", Cents: a.Amount}}},
	}
}
