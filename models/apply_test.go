package models_test

import (
	"errors"
	"fmt"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

func TestARecordKeepsTheHashOfItsNewestEvent(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		w.Draft(90_000_00).To().Claim(0)
		for noun, table := range models.Tables() {
			query := "SELECT COUNT(*) FROM " + table + " r JOIN events e ON e.record_id = r.id AND e.version = r.version WHERE e.hash <> r.head"
			if n := number(t, db, query); n != 0 {
				t.Errorf("%d %s do not", n, noun)
			}
		}
	})
}

func TestEventsTellNoSecret(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		w.Draft(90_000_00).To()
		w.Act(nil, workflow.NounPerson, w.People[workflow.AOR], workflow.ActUpdate, enginetest.Text("password", "argon2id-of-a-password"))
		for _, secret := range []string{"argon2id-of-a-password", "c2VhbGVkIGZvciBhIHRlc3Q="} {
			if n := number(t, db, fmt.Sprintf("SELECT COUNT(*) FROM events WHERE inputs LIKE '%%%[1]s%%' OR changes LIKE '%%%[1]s%%'", secret)); n != 0 {
				t.Errorf("%d events tell %q", n, secret)
			}
		}
		if n := number(t, db, "SELECT COUNT(*) FROM events WHERE changes LIKE '%\"password\":\"sha256:%'"); n != 1 {
			t.Errorf("%d events say that the password changed", n)
		}
		sound(t, db)
	})
}

// A batch is made, and only then is one of its payments refused: nothing of it
// may stay, not even the number of its event.
func TestWhatARefusedChildHasBegunIsForgotten(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		_, payment := w.Draft(90_000_00).To().Claim(0)
		w.Act(w.As(workflow.GrantsOfficer), workflow.NounPayment, payment, workflow.ActHold, enginetest.Text("note", "A question."))
		before := number(t, db, events)
		_, err := w.Make(w.As(workflow.FinancePreparer), workflow.NounBatch, workflow.ActCreate, w.Program,
			enginetest.Date("effective", workflow.DateOf(w.Now()).AddDays(1)), enginetest.Text("payments", payment.String()))
		var no *workflow.Refusal
		if !errors.As(err, &no) || no.Noun != workflow.NounPayment {
			t.Fatalf("got %v, want a refusal of the payment", err)
		}
		if got := number(t, db, events); got != before {
			t.Errorf("%d events stayed", got-before)
		}
		if n := number(t, db, "SELECT COUNT(*) FROM batches"); n != 0 {
			t.Errorf("%d batches stayed", n)
		}
		w.NewCase("The next, Inc.", 1_000_00) // takes the numbers that were given back
		sound(t, db)
	})
}

func TestAnEventSaysWhoActedForWhomAndByWhichToken(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		grow(t, db)
		query := "SELECT COUNT(*) FROM events WHERE actor_id IS NOT NULL AND on_behalf_id IS NOT NULL AND via_id IS NOT NULL"
		if n := number(t, db, query); n != 2 {
			t.Errorf("%d events say so, want the hold and the exception", n)
		}
	})
}
