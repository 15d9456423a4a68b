package jobs

import (
	"context"
	"errors"
	"time"

	"tranche/app/engine"
	"tranche/models"
	"tranche/workflow"
)

// listArgs asks for everybody who may be paid to be held against a new version of a
// list.
type listArgs struct {
	List workflow.ID `json:"list"`
}

// Kind implements river.JobArgs.
func (listArgs) Kind() string { return workflow.JobList }

// organizationArgs asks for one organization to be held against the lists.
type organizationArgs struct {
	Organization workflow.ID `json:"organization"`
}

// Kind implements river.JobArgs.
func (organizationArgs) Kind() string { return workflow.JobScreening }

// ScreenAll holds every organization that was screened before, or has an application
// that is not over, against the lists in force.
func ScreenAll(ctx context.Context, db *models.DB, do Doer, now func() time.Time) error {
	return eachOf(ctx, db.ToScreen, func(id workflow.ID) error { return ScreenOrganization(ctx, db, do, now(), id) })
}

// eachOf does for every record of a list that comes page by page, whatever becomes of
// the others.
func eachOf(ctx context.Context, page func(context.Context, workflow.ID) ([]workflow.ID, error), do func(workflow.ID) error) error {
	var errs []error
	after := workflow.ID(0)
	for {
		ids, err := page(ctx, after)
		if err != nil || len(ids) == 0 {
			return errors.Join(append(errs, err)...)
		}
		for _, id := range ids {
			errs = append(errs, do(id))
		}
		after = ids[len(ids)-1]
	}
}

// ScreenOrganization holds an organization and its people against the lists in
// force. Where no list was imported yet, or it was done already, nothing happens: a
// job may run twice.
func ScreenOrganization(ctx context.Context, db *models.DB, do Doer, now time.Time, organization workflow.ID) error {
	if err := db.ReadyLists(ctx); err != nil {
		return err
	}
	for {
		err := screenStale(ctx, db, do, now, organization)
		if !errors.Is(err, models.ErrStale) {
			return err
		}
	}
}

// screenStale does it unless it was done. ErrStale means that somebody else was as
// fast, perhaps against other versions of the lists.
func screenStale(ctx context.Context, db *models.DB, do Doer, now time.Time, organization workflow.ID) error {
	payee, err := db.PayeeOf(ctx, organization, now)
	if err != nil || !payee.Stale() {
		return err
	}
	known := payee.Screening
	c := workflow.Command{Noun: workflow.NounScreening, Action: workflow.ActScreen, ID: known.ID, Version: known.Version, Received: now}
	if known.ID == 0 {
		c.Action, c.Parent = workflow.ActCreate, organization
	}
	_, err = do.Do(ctx, engine.Request{Command: c, Viewer: &models.Viewer{System: true}})
	if no := new(workflow.Refusal); errors.As(err, &no) {
		return nil // there are no lists, or somebody else was as fast
	}
	return err
}
