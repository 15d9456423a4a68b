package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// traces numbers the entries of all bank files of a test.
var traces atomic.Int64

// newBatch makes a batch of payments, all that are ready when none are named.
func newBatch(t *testing.T, w *enginetest.World, payments ...workflow.ID) workflow.ID {
	t.Helper()
	in := []workflow.Input{enginetest.Date("effective", workflow.DateOf(w.Now()))}
	if len(payments) > 0 {
		var named []string
		for _, id := range payments {
			named = append(named, id.String())
		}
		in = append(in, enginetest.Text("payments", strings.Join(named, ",")))
	}
	return w.Must(workflow.NounBatch, workflow.ActCreate, w.Program, w.As(workflow.FinancePreparer), in...).ID
}

// approvable brings a batch to where a certifier can approve it, and returns its total.
func approvable(t *testing.T, w *enginetest.World, batch workflow.ID) workflow.Cents {
	t.Helper()
	w.Act(w.As(workflow.FinancePreparer), workflow.NounBatch, batch, workflow.ActSubmit)
	return record[workflow.Batch](t, w, workflow.NounBatch, batch).Total
}

// sent brings a batch of payments to the bank.
func sent(t *testing.T, w *enginetest.World, payments ...workflow.ID) workflow.ID {
	t.Helper()
	batch := newBatch(t, w, payments...)
	total := approvable(t, w, batch)
	w.Act(w.As(workflow.FinanceCertifier), workflow.NounBatch, batch, workflow.ActApprove, enginetest.Cents("total", total))
	w.Act(w.As(workflow.FinanceReleaser), workflow.NounBatch, batch, workflow.ActExport, files(t, w, batch)...)
	return batch
}

// files stores a file and a register for a batch and names them, as whoever
// renders files does.
func files(t testing.TB, w *enginetest.World, batch workflow.ID) []workflow.Input {
	t.Helper()
	ctx := context.Background()
	from, err := w.DB.Disbursing(ctx, batch)
	if err != nil {
		t.Fatal(err)
	}
	var numbers []string
	var payments []workflow.Payment
	var accounts []workflow.BankAccount
	for _, m := range from.Members {
		payments, accounts = append(payments, m.Payment), append(accounts, m.Account)
		numbers = append(numbers, fmt.Sprintf("02100002%07d", traces.Add(1)))
	}
	controls := workflow.ControlsOf(payments, accounts)
	in := []workflow.Input{enginetest.Text("members", controls.Members), enginetest.Text("entry_hash", controls.EntryHash),
		enginetest.Text("traces", strings.Join(numbers, ","))}
	for _, name := range []string{"file", "register"} {
		sum, err := w.DB.StoreDocument(ctx, []byte(name+" of "+from.Batch.Number), w.Now())
		if err != nil {
			t.Fatal(err)
		}
		in = append(in, enginetest.Text(name, sum))
	}
	return in
}

// settled says that the bank has paid a payment.
func settled(w *enginetest.World) workflow.Input {
	return enginetest.Date("answered", workflow.DateOf(w.Now()))
}

func record[R any](t testing.TB, w *enginetest.World, noun workflow.Noun, id workflow.ID) *R {
	t.Helper()
	r, err := models.Record[R](context.Background(), w.DB.Reader, &models.Viewer{System: true}, noun, id)
	if err != nil {
		t.Fatalf("%s %d: %v", noun, id, err)
	}
	return r
}

func stateOf(t testing.TB, w *enginetest.World, noun workflow.Noun, id workflow.ID) workflow.State {
	t.Helper()
	row, err := w.DB.Row(context.Background(), &models.Viewer{System: true}, noun, id)
	if err != nil {
		t.Fatalf("%s %d: %v", noun, id, err)
	}
	return row.Record.State
}

// balances reads what stands in the accounts of a case.
func balances(t testing.TB, w *enginetest.World, application workflow.ID) (b workflow.Balances) {
	t.Helper()
	dest := make([]any, len(b))
	var names []string
	for a := range workflow.Accounts {
		names, dest[a] = append(names, a.String()), (*int64)(&b[a])
	}
	query := fmt.Sprintf("SELECT %s FROM application_balances WHERE application_id = %d", strings.Join(names, ", "), application)
	if err := w.DB.Pool().QueryRow(query).Scan(dest...); err != nil {
		t.Fatal(err)
	}
	return b
}

// verify derives everything from the events again.
func verify(t testing.TB, w *enginetest.World) {
	t.Helper()
	ok, err := w.DB.Verify(context.Background(), func(c models.Check) {
		for _, p := range c.Problems {
			t.Errorf("%s: %s", c.Name, p)
		}
	})
	if err != nil || !ok {
		t.Errorf("the books do not hold: %v", err)
	}
}

// The life of a tranche's money when all goes well, and when a payment comes back
// and is sent again.
func TestAPaymentSettlesOrComesBackAndIsSentAgain(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *enginetest.World) {
		c := w.Draft(100_000_00).To()
		claim, first := c.Claim(0)
		batch := sent(t, w, first)
		w.Act(nil, workflow.NounPayment, first, workflow.ActReturn, enginetest.Text("code", "R01"))
		again := record[workflow.Payment](t, w, workflow.NounPayment, first).ReissuedBy
		if s := stateOf(t, w, workflow.NounBatch, batch); s != workflow.Completed {
			t.Errorf("the first batch is %s", s)
		}
		w.Act(w.As(workflow.GrantsOfficer), workflow.NounPayment, again, workflow.ActRelease)
		sent(t, w, again)
		w.Act(nil, workflow.NounPayment, again, workflow.ActSettle, settled(w))
		if s := stateOf(t, w, workflow.NounClaim, claim); s != workflow.Paid {
			t.Errorf("the claim is %s", s)
		}
		paid := record[workflow.Payment](t, w, workflow.NounPayment, again).Amount
		want := workflow.Balances{}
		want[workflow.Available], want[workflow.Obligated], want[workflow.Disbursed] = -100_000_00, 100_000_00-paid, paid
		if got := balances(t, w, c.Application); got != want {
			t.Errorf("balances are %v, want %v", got, want)
		}
		verify(t, w)
	})
}

// An applicant may take a submission back only while nobody has begun to work on it.
func TestAnApplicationThatIsBeingReviewedCannotBeReopened(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *enginetest.World) {
		c := w.Draft(100_000_00).Submit()
		c.Invite(w.Reviewers[0])
		if _, err := w.Do(w.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActReopen); refusedFor(err) != "already_handled" {
			t.Errorf("with a reviewer invited: %v", err)
		}
	})
}

// eachWorld runs f with a World on each database.
func eachWorld(t *testing.T, f func(t *testing.T, w *enginetest.World)) {
	t.Helper()
	modelstest.Each(t, func(t *testing.T, db *models.DB) { f(t, enginetest.New(t, db)) })
}

// A hold on a routing number stops what goes to that bank, in a batch already or not.
func TestAHoldOnARoutingNumberStopsWhatGoesThere(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *enginetest.World) {
		_, first := w.Draft(100_000_00).To().Claim(0)
		_, second := w.NewCase("Second, Inc.", 90_000_00).To().Claim(0)
		batch := newBatch(t, w, first)
		total := approvable(t, w, batch)
		w.Act(w.As(workflow.FinanceCertifier), workflow.NounBatch, batch, workflow.ActApprove, enginetest.Cents("total", total))

		hold := w.Must(workflow.NounHold, workflow.ActPlace, 0, w.As(workflow.SecurityReviewer), enginetest.Text("subject", "program"),
			enginetest.Int("subject_id", int64(w.Program)), enginetest.Text("routing", "021000021"), enginetest.Text("reason", "The bank is sanctioned."),
			enginetest.Date("next_look", workflow.DateOf(w.Now()).AddDays(3))).ID
		for name, ask := range map[string]func() error{
			"export": func() error {
				_, err := w.Do(w.As(workflow.FinanceReleaser), workflow.NounBatch, batch, workflow.ActExport, files(t, w, batch)...)
				return err
			},
			"batch": func() error {
				open := newBatch(t, w)
				if b := record[workflow.Batch](t, w, workflow.NounBatch, open); b.Count != 0 {
					t.Errorf("a new batch took %d payments by itself", b.Count)
				}
				_, err := w.Do(w.As(workflow.FinancePreparer), workflow.NounPayment, second, workflow.ActBatch, enginetest.Int("batch", int64(open)))
				return err
			},
			"verify": func() error {
				c := w.NewCase("Third, Inc.", 80_000_00)
				account := w.Must(workflow.NounBankAccount, workflow.ActEnter, c.Company, w.Viewer(c.AOR), enginetest.Text("routing", "021000021"),
					enginetest.Text("sealed", "c2VhbGVk"), enginetest.Text("last4", "4471"), enginetest.Text("holder", "Third, Inc.")).ID
				_, err := w.Do(w.As(workflow.FinanceCertifier), workflow.NounBankAccount, account, workflow.ActVerify, enginetest.Text("method", "call_back"))
				return err
			},
		} {
			var no *workflow.Refusal
			if err := ask(); !errors.As(err, &no) || no.Reason != workflow.ReasonHeld || no.Words["reason"] != "The bank is sanctioned." {
				t.Errorf("%s: got %v, want that it is on hold and why", name, err)
			}
		}
		other := w.NewCase("Elsewhere, Inc.", 80_000_00).Submit()
		other.Review() // what has nothing to do with the bank goes on

		w.Act(w.As(workflow.GrantsOfficer), workflow.NounHold, hold, workflow.ActLift, enginetest.Text("note", "It is not."))
		w.Act(w.As(workflow.FinanceReleaser), workflow.NounBatch, batch, workflow.ActExport, files(t, w, batch)...)
		verify(t, w)
	})
}
