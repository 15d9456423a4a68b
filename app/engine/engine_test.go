package engine_test

import (
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// The main job, step by step through the engine: from a draft to a payment that
// can be batched.
func TestFromDraftToPayment(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		c := w.Draft(148_500_00).To()
		_, payment := c.Claim(0)
		row, err := db.Row(t.Context(), w.As(workflow.FinancePreparer), workflow.NounPayment, payment)
		if err != nil {
			t.Fatal(err)
		}
		if row.Record.State != workflow.Ready {
			t.Errorf("payment is %s", row.Record.State)
		}
	})
}
