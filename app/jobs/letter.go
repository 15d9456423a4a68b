package jobs

import (
	"context"
	"errors"
	"time"

	"tranche/app/engine"
	"tranche/models"
	"tranche/workflow"
)

// letters is the queue of letterArgs: setting a letter takes longer than screening.
const letters = "letters"

// letterArgs asks for the letter about an event of an application.
type letterArgs struct {
	Application workflow.ID `json:"application"`
	Event       int64       `json:"event"`
}

// Kind implements river.JobArgs.
func (letterArgs) Kind() string { return workflow.JobLetter }

// write has the letter written; one that is there stays as it is.
func write(ctx context.Context, do Doer, now time.Time, a letterArgs) error {
	_, err := do.Do(ctx, engine.Request{Viewer: &models.Viewer{System: true}, Command: workflow.Command{
		Noun: workflow.NounLetter, Action: workflow.ActCreate, Parent: a.Application, Received: now,
		Inputs: []workflow.Input{{Name: "event", Int: a.Event}}}})
	if no := new(workflow.Refusal); errors.As(err, &no) && no.Reason == workflow.ReasonTaken {
		return nil
	}
	return err
}
