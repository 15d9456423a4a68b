package jobs

import (
	"context"
	"errors"
	"time"

	"tranche/app/engine"
	"tranche/models"
	"tranche/workflow"
)

// comparing is the queue of duplicateArgs: nobody who waits to be screened waits for it.
const comparing = "comparing"

// duplicateArgs asks for an organization to be compared with those that it shares
// something with.
type duplicateArgs struct {
	Organization workflow.ID `json:"organization"`
}

// Kind implements river.JobArgs.
func (duplicateArgs) Kind() string { return workflow.JobDuplicates }

// CompareAll compares every organization that was never compared, or by other rules.
func CompareAll(ctx context.Context, db *models.DB, do Doer, now func() time.Time) error {
	return eachOf(ctx, db.ToCompare, func(id workflow.ID) error { return CompareOrganization(ctx, db, do, now(), id) })
}

// CompareOrganization compares one organization with those that it shares something
// with. A pair is decided on what both say at that moment, so that a job may run late,
// or twice.
func CompareOrganization(ctx context.Context, db *models.DB, do Doer, now time.Time, organization workflow.ID) error {
	due, err := db.DuplicatesDue(ctx, organization)
	return carryOut(ctx, do, now, due, err)
}

// carryOut has the system do what was found to be due, and adds to what went wrong before.
func carryOut(ctx context.Context, do Doer, now time.Time, due []workflow.Command, before error) error {
	errs := []error{before}
	for _, c := range due {
		c.Received = now
		_, err := do.Do(ctx, engine.Request{Command: c, Viewer: &models.Viewer{System: true}})
		if no := new(workflow.Refusal); !errors.As(err, &no) { // else somebody else was as fast
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
