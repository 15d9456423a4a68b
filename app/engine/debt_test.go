package engine_test

import (
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/workflow"
)

// paid brings a case to where its first tranche is paid.
func paid(t *testing.T, w *enginetest.World, c *enginetest.Case, n int) workflow.ID {
	t.Helper()
	_, payment := c.Claim(n)
	sent(t, w, payment)
	w.Act(nil, workflow.NounPayment, payment, workflow.ActSettle, settled(w))
	return payment
}

// accountsAre compares what stands in the accounts of a case, but for what came out of the fund.
func accountsAre(t *testing.T, w *enginetest.World, c *enginetest.Case, want workflow.Balances) {
	t.Helper()
	got := balances(t, w, c.Application)
	if got[workflow.Available] = 0; got != want {
		t.Errorf("balances are %v, want %v", got, want)
	}
}

func repays(w *enginetest.World, debt workflow.ID, cents workflow.Cents) error {
	_, err := w.Do(w.As(workflow.FinanceCertifier), workflow.NounDebt, debt, workflow.ActRepay, enginetest.Cents("amount", cents), enginetest.Text("receipt", "FEDWIRE 7"))
	return err
}

// A cost is disallowed; the recipient disputes that in vain, pays a part, has another
// payment withheld, and the rest is given up by two people.
func TestADisallowedCostIsRecoveredOrGivenUp(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *enginetest.World) {
		c := w.Draft(100_000_00).To()
		paid(t, w, c, 0)
		debt := c.Disallow(40_000_00)
		accountsAre(t, w, c, workflow.Balances{workflow.Obligated: 60_000_00, workflow.Receivable: 40_000_00})
		w.Demand(debt)
		w.Act(w.Viewer(c.AOR), workflow.NounDebt, debt, workflow.ActDispute, enginetest.Text("objection", "We have proof."))
		other := w.Viewer(w.Person(workflow.GrantsOfficer))
		upheld := []workflow.Input{enginetest.Text("note", "It proves nothing."), enginetest.Date("due", workflow.DateOf(w.Now()).AddDays(30))}
		if _, err := w.Do(w.As(workflow.GrantsOfficer), workflow.NounDebt, debt, workflow.ActUphold, upheld...); refusedFor(err) != "you_demanded_this" {
			t.Errorf("who demanded it decides: %v", err)
		}
		w.Act(other, workflow.NounDebt, debt, workflow.ActUphold, upheld...)
		if err := repays(w, debt, 1_000_00); err != nil {
			t.Fatal(err)
		}
		if err := repays(w, debt, 39_000_01); refusedFor(err) != "over_debt" {
			t.Errorf("a cent more than is owed: %v", err)
		}
		tranche := c.Tranches()[1]
		at(w, tranche.Due)
		claim := w.Must(workflow.NounClaim, workflow.ActStart, c.Award, w.Viewer(c.AOR), enginetest.Int("tranche", int64(tranche.ID)),
			enginetest.Text("kind", "fixed_amount"), enginetest.Cents("amount", 8_000_00), enginetest.Text("narrative", "Delivered.")).ID
		c.Reported()
		w.Act(w.Viewer(c.AOR), workflow.NounClaim, claim, workflow.ActSubmit)
		w.Act(w.As(workflow.ProgramOfficer), workflow.NounClaim, claim, workflow.ActVerify, enginetest.Int("accepted", 1))
		w.Act(w.As(workflow.GrantsOfficer), workflow.NounClaim, claim, workflow.ActApprove)
		payment := record[workflow.Claim](t, w, workflow.NounClaim, claim).Payment
		w.Act(w.As(workflow.GrantsOfficer), workflow.NounDebt, debt, workflow.ActOffset, enginetest.Int("payment", int64(payment)))
		if p, s := record[workflow.Payment](t, w, workflow.NounPayment, payment), stateOf(t, w, workflow.NounClaim, claim); p.State != workflow.Offset || p.Debt != debt || s != workflow.Paid {
			t.Errorf("the payment is %s against %d, its claim %s", p.State, p.Debt, s)
		}
		accountsAre(t, w, c, workflow.Balances{workflow.Obligated: 52_000_00, workflow.Disbursed: 8_000_00, workflow.Receivable: 31_000_00})
		writeOff := func() error {
			_, err := w.Do(w.As(workflow.GrantsOfficer), workflow.NounDebt, debt, workflow.ActWriteOff, enginetest.Text("note", "Nothing is left."))
			return err
		}
		if err := writeOff(); refusedFor(err) != workflow.ReasonException {
			t.Errorf("one person alone gives it up: %v", err)
		}
		w.Leave(workflow.WriteOff, debt)
		if err := writeOff(); err != nil {
			t.Fatal(err)
		}
		accountsAre(t, w, c, workflow.Balances{workflow.Obligated: 52_000_00, workflow.Disbursed: 8_000_00, workflow.WrittenOffDebt: 31_000_00})
		verify(t, w)
		if err := repays(w, debt, 31_000_00); err != nil {
			t.Errorf("after it was given up: %v", err)
		}
		accountsAre(t, w, c, workflow.Balances{workflow.Obligated: 52_000_00, workflow.Disbursed: 8_000_00})
		verify(t, w)
	})
}

// A misdirected payment opens a debt for as much; it is made once more, and that comes back
// into the fund.
func TestAMisdirectedPaymentIsOwedAndMadeAgain(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *enginetest.World) {
		c := w.Draft(100_000_00).To()
		payment := paid(t, w, c, 0)
		w.Leave(workflow.Misdirect, payment)
		w.Act(w.As(workflow.GrantsOfficer), workflow.NounPayment, payment, workflow.ActMisdirect)
		accountsAre(t, w, c, workflow.Balances{workflow.Obligated: 60_000_00, workflow.Payable: 40_000_00, workflow.Receivable: 40_000_00})
		owed := c.Debts()
		if len(owed) != 1 || owed[0].Kind != workflow.DebtMisdirected || owed[0].Origin != payment || owed[0].Outstanding != 40_000_00 {
			t.Fatalf("owed are %+v", owed)
		}
		w.Demand(owed[0].ID)
		w.Act(w.As(workflow.GrantsOfficer), workflow.NounDebt, owed[0].ID, workflow.ActDispute, enginetest.Text("objection", "It was not me."))
		if _, err := w.Do(w.Viewer(w.Person(workflow.GrantsOfficer)), workflow.NounDebt, owed[0].ID, workflow.ActCancel, enginetest.Text("note", "-")); refusedFor(err) != "debt_paid_twice" {
			t.Errorf("it is found not to be owed: %v", err)
		}
		if err := repays(w, owed[0].ID, 40_000_00); err != nil {
			t.Fatal(err)
		}
		accountsAre(t, w, c, workflow.Balances{workflow.Obligated: 60_000_00, workflow.Payable: 40_000_00})
		verify(t, w)
	})
}

// What is found after the closeout is owed too. Of two repayments at once no more than the
// debt is booked.
func TestADebtIsRecoveredAfterTheCloseout(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *enginetest.World) {
		c := w.Draft(100_000_00).To()
		paid(t, w, c, 0)
		w.Act(w.As(workflow.GrantsOfficer), workflow.NounAward, c.Award, workflow.ActTerminate, enginetest.Text("note", "It ends."))
		at(w, workflow.DateOf(w.Now()).AddDays(1))
		c.Reported()
		finding := c.Finding(10_000_00)
		closes := func() error {
			_, err := w.Do(w.As(workflow.GrantsOfficer), workflow.NounAward, c.Award, workflow.ActClose)
			return err
		}
		if err := closes(); refusedFor(err) != "findings_open" {
			t.Errorf("with a finding open: %v", err)
		}
		w.Act(w.As(workflow.GrantsOfficer), workflow.NounFinding, finding, workflow.ActDismiss, enginetest.Text("note", "Proof came."))
		if err := closes(); err != nil {
			t.Fatal(err)
		}
		w.Act(nil, workflow.NounFund, w.Fund, workflow.ActExpire)
		debt := c.Disallow(10_000_00)
		accountsAre(t, w, c, workflow.Balances{workflow.Disbursed: 30_000_00, workflow.Receivable: 10_000_00})
		race(t, does(w, w.As(workflow.FinanceCertifier), workflow.NounDebt, debt, workflow.ActRepay, enginetest.Cents("amount", 6_000_00), enginetest.Text("receipt", "1")),
			does(w, w.As(workflow.FinanceCertifier), workflow.NounDebt, debt, workflow.ActRepay, enginetest.Cents("amount", 6_000_00), enginetest.Text("receipt", "2")))
		accountsAre(t, w, c, workflow.Balances{workflow.Disbursed: 30_000_00, workflow.Receivable: 4_000_00, workflow.Recovered: 6_000_00})
		if err := repays(w, debt, 4_000_00); err != nil {
			t.Fatal(err)
		}
		if s := stateOf(t, w, workflow.NounDebt, debt); s != workflow.Paid {
			t.Errorf("the debt is %s", s)
		}
		verify(t, w)
	})
}
