package main

import (
	"fmt"
	"testing"

	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// Whatever the bank answers, exported is settled, returned, refused whole and in flight, by
// batch, by day and by fund.
func TestWhatWasExportedIsReconciledToTheCent(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		c := newTill(t, db, 4)
		cents := c.payments[0].Amount
		look := func(settled, returned, flight, refused workflow.Cents) {
			t.Helper()
			r, err := db.Reconcile(t.Context(), c.As(workflow.Auditor))
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Batches) != 1 || len(r.Days) != 1 || len(r.Funds) != 1 || !r.Whole {
				t.Fatalf("got %+v", r)
			}
			want := models.Reconciled{Exported: 4 * cents, Settled: settled * cents, Returned: returned * cents, InFlight: flight * cents, Refused: refused * cents}
			for _, got := range []models.Reconciled{r.Sum, r.Batches[0], r.Days[0], r.Funds[0]} {
				if got.ID, got.Name, got.Day, got.State = 0, "", 0, workflow.None; got != want || got.Difference() != 0 {
					t.Errorf("got %+v, want %+v", got, want)
				}
			}
			c.sound()
		}
		settle := func(i int) {
			c.take(fmt.Sprintf("answer,trace,amount,date\nsettled,%s,%s,2026-03-02\n", c.payments[i].Trace, c.payments[i].Amount))
		}
		look(0, 0, 4, 0)
		settle(0)
		settle(1)
		look(2, 0, 2, 0)
		c.take(c.answers("1 R03", "2 R23"))
		look(1, 2, 1, 0)
		settle(3)
		look(2, 2, 0, 0)
	})
}

func TestABatchThatIsRefusedWholeIsReconciled(t *testing.T) {
	c := newTill(t, modelstest.SQLite(t), 2)
	c.take("answer,batch,code\nrejected," + c.batch.Number + ",FF01\n")
	r, err := c.DB.Reconcile(t.Context(), c.As(workflow.Auditor))
	if err != nil || r.Sum.Refused != 2*c.payments[0].Amount || r.Sum.Difference() != 0 || r.Funds[0].Refused != r.Sum.Refused || r.Funds[0].Difference() != 0 {
		t.Errorf("got %+v, %v", r, err)
	}
	c.sound()
}

// An applicant reads nothing of it.
func TestReconcilingTellsNothingToApplicants(t *testing.T) {
	c := newTill(t, modelstest.SQLite(t), 2)
	r, err := c.DB.Reconcile(t.Context(), c.As(workflow.AOR))
	if err != nil || len(r.Batches)+len(r.Days)+len(r.Funds) > 0 || r.Sum != (models.Reconciled{}) {
		t.Fatalf("got %+v, %v", r, err)
	}
}
