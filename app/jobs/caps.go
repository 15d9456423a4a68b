package jobs

import (
	"context"
	"errors"
	"time"

	"tranche/models"
	"tranche/workflow"
)

// capArgs asks for the awards of an organization's group to be held against the cap.
type capArgs struct {
	Organization workflow.ID `json:"organization"`
}

// Kind implements river.JobArgs.
func (capArgs) Kind() string { return workflow.JobCap }

// WeighAll holds the awards of all groups that were joined against the cap.
func WeighAll(ctx context.Context, db *models.DB, do Doer, now func() time.Time) error {
	return eachOf(ctx, db.AwardsJoined, func(id workflow.ID) error { return weigh(ctx, do, now(), id) })
}

// WeighAwards holds the awards of an organization's group against the cap, and flags
// those that are over it together, or takes that back. Each is decided on what holds
// at that moment, so that a job may run late, or twice.
func WeighAwards(ctx context.Context, db *models.DB, do Doer, now time.Time, organization workflow.ID) error {
	page := func(ctx context.Context, after workflow.ID) ([]workflow.ID, error) {
		return db.AwardsOfGroup(ctx, organization, after)
	}
	return eachOf(ctx, page, func(id workflow.ID) error { return weigh(ctx, do, now, id) })
}

func weigh(ctx context.Context, do Doer, now time.Time, award workflow.ID) error {
	err := act(ctx, do, now, workflow.NounAward, award, workflow.ActUpdate)
	if no := new(workflow.Refusal); errors.As(err, &no) {
		return nil // nothing new, or the award is over by now
	}
	return err
}
