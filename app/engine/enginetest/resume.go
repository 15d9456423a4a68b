package enginetest

import (
	"context"
	"testing"

	"tranche/app/engine"
	"tranche/models"
	"tranche/workflow"
)

// Resume finds the World that Live made in the database of e; models.ErrNotFound when it
// made none there.
func Resume(ctx context.Context, t testing.TB, e *engine.Engine) (*World, error) {
	t.Helper()
	w := &World{T: t, DB: e.DB, Engine: e, People: map[workflow.Role]workflow.ID{}, now: e.Now}
	programs, err := models.Records[workflow.Program](ctx, e.DB.Reader, system, workflow.NounProgram, models.Filter{Text: map[string]string{"prefix": "AIV"}})
	if err != nil || len(programs) == 0 {
		return nil, orNotFound(err)
	}
	w.Program = programs[0].ID
	of := models.Filter{Where: map[string]workflow.ID{"program_id": w.Program}, Limit: models.MaxLimit}
	funds, err := models.Records[workflow.Fund](ctx, e.DB.Reader, system, workflow.NounFund, of)
	if err != nil || len(funds) == 0 {
		return nil, orNotFound(err)
	}
	opportunities, err := models.Records[workflow.Opportunity](ctx, e.DB.Reader, system, workflow.NounOpportunity, of)
	if err != nil || len(opportunities) == 0 {
		return nil, orNotFound(err)
	}
	w.Fund, w.Opportunity = funds[0].ID, opportunities[0].ID
	grants, err := models.Records[workflow.Grant](ctx, e.DB.Reader, system, workflow.NounGrant, of)
	for i := range grants {
		g := &grants[i]
		w.People[g.Role] = g.Person
		if g.Role == workflow.Reviewer {
			w.Reviewers = append(w.Reviewers, g.Person)
		}
	}
	if err != nil {
		return nil, err
	}
	// Names go on behind all that were given.
	id, err := e.DB.NextID(ctx)
	w.accounts.Store(int64(id))
	return w, err
}

func orNotFound(err error) error {
	if err == nil {
		err = models.ErrNotFound
	}
	return err
}
