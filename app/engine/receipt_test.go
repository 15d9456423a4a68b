package engine_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// Whoever holds a receipt can have it compared with the audit log, whatever became of
// the application since; a receipt that says something else is found out.
func TestAReceiptHoldsForGood(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		c := w.Draft(1_000_00).Submit()
		aor := w.Viewer(c.AOR)
		first, err := db.Receipts(t.Context(), aor, c.Application)
		if err != nil || len(first) != 1 {
			t.Fatalf("%d receipts, %v", len(first), err)
		}
		bytes, err := db.Document(t.Context(), first[0].SHA256)
		if err != nil {
			t.Fatal(err)
		}
		w.Act(aor, workflow.NounApplication, c.Application, workflow.ActReopen)
		w.Act(aor, workflow.NounApplication, c.Application, workflow.ActSave, enginetest.Text("title", "Something else"))
		w.Advance(time.Minute)
		w.Act(aor, workflow.NounApplication, c.Application, workflow.ActSubmit)
		all, err := db.Receipts(t.Context(), aor, c.Application)
		if err != nil || len(all) != 2 || all[0].SHA256 == all[1].SHA256 {
			t.Fatalf("%d receipts, %v", len(all), err)
		}
		if again, err := db.Document(t.Context(), all[1].SHA256); err != nil || string(again) != string(bytes) {
			t.Errorf("what was submitted first has become %q, %v", again, err)
		}
		if got := wrongReceipts(t, db, append(all, first...)...); got != "" {
			t.Errorf("receipts as they were given: %s", got)
		}
		other := w.NewCase("Stranger, Inc.", 1_000_00)
		if _, err := db.Receipts(t.Context(), w.Viewer(other.AOR), c.Application); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("a stranger is told %v", err)
		}
		if _, err := db.Receipts(t.Context(), w.Viewer(other.AOR), 999_999); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("of an application that is not there: %v", err)
		}
		sometime := w.Now()
		for field, change := range map[string]func(*models.Receipt){
			"no such submission": func(r *models.Receipt) { r.Application = other.Application },
			"no such":            func(r *models.Receipt) { r.Event-- },
			"number":             func(r *models.Receipt) { r.Number += "0" },
			"organization":       func(r *models.Receipt) { r.Organization = "Stranger, Inc." },
			"submission":         func(r *models.Receipt) { r.Submission++ },
			"received_at":        func(r *models.Receipt) { r.Received = r.Received.Add(-time.Microsecond) },
			"deadline":           func(r *models.Receipt) { r.Deadline = &sometime },
			"sha256":             func(r *models.Receipt) { r.SHA256 = all[0].SHA256 },
			"documents":          func(r *models.Receipt) { r.Documents = `[{"code":"letter"}]` },
			"event_hash":         func(r *models.Receipt) { r.EventHash = r.PreviousHash },
			"previous_hash":      func(r *models.Receipt) { r.PreviousHash = r.EventHash },
		} {
			forged := first[0]
			change(&forged)
			if got := wrongReceipts(t, db, forged); !strings.Contains(got, field) {
				t.Errorf("with another %s: %q", field, got)
			}
		}
	})
}

func wrongReceipts(t *testing.T, db *models.DB, held ...models.Receipt) (out string) {
	t.Helper()
	c, err := db.VerifyReceipts(t.Context(), held)
	if err != nil || c.Rows != int64(len(held)) {
		t.Fatalf("%+v, %v", c, err)
	}
	for _, p := range c.Problems {
		out += p.String() + "\n"
	}
	return out
}
