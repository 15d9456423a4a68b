package engine_test

import (
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/app/jobs"
	"tranche/workflow"
)

// A year of an award with a moved clock: reports fall due, an overdue one stops claims, the
// period ends, the fund expires, and a hundred and twenty days later the award is closed
// without the recipient. What an expired fund gets back is never available again.
func TestAnAwardGoesThroughItsYear(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *enginetest.World) {
		w.Fund = w.Must(workflow.NounFund, workflow.ActCreate, w.Program, nil, enginetest.Text("symbol", "089-2026/2027-0222-000"), enginetest.Text("name", "Two years"),
			enginetest.Int("fiscal_year", 2026)).ID
		w.Act(nil, workflow.NounFund, w.Fund, workflow.ActAppropriate, enginetest.Cents("amount", 200_000_00))
		w.Opportunity = w.NewOpportunity("AIV-2026-YEAR")
		day := func(d workflow.Date) {
			t.Helper()
			at(w, d)
			if err := jobs.Due(t.Context(), w.DB.Reader, w.Engine, w.Now()); err != nil {
				t.Fatal(err)
			}
		}
		c := w.Draft(100_000_00).To()
		paid(t, w, c, 0)
		award := func() *workflow.Award { return record[workflow.Award](t, w, workflow.NounAward, c.Award) }
		owed, middle := c.Reports(), c.Tranches()[1]

		day(owed[0].Due.AddDays(1))
		claim := w.Must(workflow.NounClaim, workflow.ActStart, c.Award, w.Viewer(c.AOR), enginetest.Int("tranche", int64(middle.ID)),
			enginetest.Text("kind", "fixed_amount"), enginetest.Cents("amount", middle.Amount), enginetest.Text("narrative", "Delivered.")).ID
		if _, err := w.Do(w.Viewer(c.AOR), workflow.NounClaim, claim, workflow.ActSubmit); refusedFor(err) != "reports_overdue" {
			t.Errorf("a claim with reports overdue: %v", err)
		}
		c.Reported()
		w.Act(w.Viewer(c.AOR), workflow.NounClaim, claim, workflow.ActSubmit) // and nobody looks at it

		end := award().PeriodEnd
		day(end.AddDays(-1))
		if s := award().State; s != workflow.Active {
			t.Errorf("on its last day the award is %s", s)
		}
		day(end)
		if a := award(); a.State != workflow.Closing || a.CloseoutDue() != end.AddDays(120) {
			t.Errorf("on the day after, it is %s until %s", a.State, a.CloseoutDue())
		}
		debt := c.Disallow(5_000_00)
		closes := func() error {
			_, err := w.Do(w.As(workflow.GrantsOfficer), workflow.NounAward, c.Award, workflow.ActCloseUnilaterally, enginetest.Text("note", "Nobody answers."))
			return err
		}
		day(end.AddDays(120))
		if err := closes(); refusedFor(err) != "closeout_running" {
			t.Errorf("on the closeout's last day: %v", err)
		}
		day(end.AddDays(121))
		if err := closes(); refusedFor(err) != "findings_open" {
			t.Errorf("with a finding open: %v", err)
		}
		w.Act(w.As(workflow.GrantsOfficer), workflow.NounFinding, c.Debts()[0].Origin, workflow.ActClose, enginetest.Text("note", "Seen."))
		w.Demand(debt)
		fiscal, err := workflow.ParseDate("2027-10-01")
		if err != nil {
			t.Fatal(err)
		}
		day(fiscal.AddDays(-1))
		if s := stateOf(t, w, workflow.NounFund, w.Fund); s != workflow.Active {
			t.Errorf("on the last day of the fiscal year the fund is %s", s)
		}
		day(fiscal)
		if s := stateOf(t, w, workflow.NounFund, w.Fund); s != workflow.Expired {
			t.Errorf("in the next one it is %s", s)
		}
		day(end.AddDays(160))
		w.Act(w.As(workflow.GrantsOfficer), workflow.NounDebt, debt, workflow.ActRefer, enginetest.Text("note", "31 U.S.C. 3711(g)"))
		if err := closes(); err != nil {
			t.Fatal(err)
		}
		if s := stateOf(t, w, workflow.NounClaim, claim); s != workflow.Cancelled {
			t.Errorf("the claim that nobody looked at is %s", s)
		}
		for _, r := range c.Reports() {
			if want := map[bool]workflow.State{true: workflow.Lapsed, false: workflow.Accepted}[r.Final]; r.State != want {
				t.Errorf("the %s report to %s is %s, want %s", r.Kind, r.PeriodEnd, r.State, want)
			}
		}
		accountsAre(t, w, c, workflow.Balances{workflow.Disbursed: 35_000_00, workflow.Receivable: 5_000_00, workflow.Recovered: 60_000_00})
		if err := repays(w, debt, 5_000_00); err != nil {
			t.Fatal(err)
		}
		accountsAre(t, w, c, workflow.Balances{workflow.Disbursed: 35_000_00, workflow.Recovered: 65_000_00})
		b, err := w.DB.FundBalances(t.Context(), w.Fund)
		if err != nil || b[workflow.Available] != 100_000_00 {
			t.Errorf("available are %s, %v; nothing comes back into it", b[workflow.Available], err)
		}
		verify(t, w)
	})
}
