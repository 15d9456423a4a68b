package jobs

import (
	"context"
	"errors"
	"time"

	"tranche/models"
	"tranche/workflow"
)

// evidenceArgs asks for the revenue rule to be run again over the cases of an
// organization's group.
type evidenceArgs struct {
	Organization workflow.ID `json:"organization"`
}

// Kind implements river.JobArgs.
func (evidenceArgs) Kind() string { return workflow.JobEvidence }

// rateArgs asks for the same over the cases that a rate concerns.
type rateArgs struct {
	Rate workflow.ID `json:"rate"`
}

// Kind implements river.JobArgs.
func (rateArgs) Kind() string { return workflow.JobRate }

// Rescreen runs the revenue rule again over the cases that next lists, page by
// page, each beginning after a case. Where the verdict is another one than before,
// the case says so until an officer has looked; where it does not pass any more,
// the case goes back to screening.
func Rescreen(ctx context.Context, do Doer, now time.Time, next func(after workflow.ID) ([]workflow.ID, error)) error {
	var errs []error
	after := workflow.ID(0)
	for {
		page, err := next(after)
		if err != nil || len(page) == 0 {
			return errors.Join(append(errs, err)...)
		}
		for _, id := range page {
			errs = append(errs, rescreen(ctx, do, now, id))
		}
		after = page[len(page)-1]
	}
}

// RescreenAll is Rescreen for the running cases whose verdict another version of the
// rule came to. It does so once for each version.
func RescreenAll(ctx context.Context, db *models.DB, do Doer, now func() time.Time) error {
	taken, err := db.RuleTaken(ctx)
	if err != nil || taken == workflow.RevenueRule {
		return err
	}
	err = Rescreen(ctx, do, now(), func(after workflow.ID) ([]workflow.ID, error) { return db.CasesOfOtherRule(ctx, after) })
	if err != nil {
		return err
	}
	return db.TakeRule(ctx)
}

func rescreen(ctx context.Context, do Doer, now time.Time, id workflow.ID) error {
	err := act(ctx, do, now, workflow.NounApplication, id, workflow.ActRescreen)
	if no := new(workflow.Refusal); errors.As(err, &no) {
		return nil // nothing moved, or the case is over by now
	}
	return err
}
