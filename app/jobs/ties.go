package jobs

import (
	"context"
	"time"

	"tranche/models"
	"tranche/workflow"
)

// tiesArgs asks for what ties a person of the staff to applicants.
type tiesArgs struct {
	Person workflow.ID `json:"person"`
}

// Kind implements river.JobArgs.
func (tiesArgs) Kind() string { return workflow.JobTies }

// TiesOfPerson bars a person of the staff from the cases of applicants that they are tied
// to, until somebody has looked. What is found is decided on what holds at that moment,
// so that a job may run late, or twice.
func TiesOfPerson(ctx context.Context, db *models.DB, do Doer, now time.Time, person workflow.ID) error {
	due, err := db.TiesOfPerson(ctx, person)
	return carryOut(ctx, do, now, due, err)
}

// TiesOfOrganization bars the staff who are tied to an organization or its affiliates from
// their cases, until somebody has looked.
func TiesOfOrganization(ctx context.Context, db *models.DB, do Doer, now time.Time, organization workflow.ID) error {
	due, err := db.TiesOfOrganization(ctx, organization)
	return carryOut(ctx, do, now, due, err)
}
