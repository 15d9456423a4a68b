package jobs

import (
	"context"
	"errors"
	"time"

	"tranche/app/engine"
	"tranche/models"
	"tranche/workflow"
)

// screening is the queue of screenArgs.
const screening = "screening"

// screenArgs asks for the eligibility rules to be run over an application.
type screenArgs struct {
	Application workflow.ID `json:"application"`
}

// Kind implements river.JobArgs.
func (screenArgs) Kind() string { return workflow.JobScreen }

// screen asks for each outcome in turn: the lifecycle takes the one that the
// verdict comes to, so that verdict and step rest on the same evidence. A case
// that is past its screening stays where it is: what an officer cleared is not
// referred for the same verdict again, and a new verdict comes with its own job.
func screen(ctx context.Context, do Doer, now time.Time, id workflow.ID) error {
	for _, action := range []workflow.Action{workflow.ActScreenPass, workflow.ActScreenRefer, workflow.ActScreenFail} {
		err := act(ctx, do, now, workflow.NounApplication, id, action)
		var no *workflow.Refusal
		if err == nil || !errors.As(err, &no) {
			return err
		}
		if no.Reason == workflow.ReasonHeld || no.Reason == "screening_not_due" {
			return nil // the clock asks again
		}
	}
	return nil // nothing to screen
}

// act carries out an action of the system.
func act(ctx context.Context, do Doer, now time.Time, noun workflow.Noun, id workflow.ID, action workflow.Action) error {
	_, err := do.Do(ctx, engine.Request{
		Command: workflow.Command{Noun: noun, ID: id, Action: action, Received: now},
		Viewer:  &models.Viewer{System: true},
	})
	return err
}
