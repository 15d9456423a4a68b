package engine_test

import (
	"testing"
	"time"

	"tranche/app/engine/enginetest"
	"tranche/workflow"
)

// at moves the clock to the noon of a day.
func at(w *enginetest.World, day workflow.Date) {
	w.Advance(day.Time().Add(12 * time.Hour).Sub(w.Now()))
}

func TestOverdueReportStopsClaimsUntilItIsSubmitted(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *enginetest.World) {
		c := w.Draft(100_000_00).To()
		_, payment := c.Claim(0)
		sent(t, w, payment)
		w.Act(nil, workflow.NounPayment, payment, workflow.ActSettle, settled(w))
		owed := c.Reports()
		if len(owed) != 4 || owed[0].Kind != workflow.ReportPerformance || owed[1].Kind != workflow.ReportFinancial || !owed[3].Final {
			t.Fatalf("owed are %+v", owed)
		}
		middle := c.Tranches()[1]
		at(w, owed[0].Due)
		claim := w.Must(workflow.NounClaim, workflow.ActStart, c.Award, w.Viewer(c.AOR), enginetest.Int("tranche", int64(middle.ID)),
			enginetest.Text("kind", "fixed_amount"), enginetest.Cents("amount", middle.Amount), enginetest.Text("narrative", "Delivered.")).ID
		w.Act(w.Viewer(c.AOR), workflow.NounClaim, claim, workflow.ActSubmit) // on the day itself nothing is overdue
		at(w, owed[0].Due.AddDays(1))
		check := func() error {
			_, err := w.Do(w.As(workflow.ProgramOfficer), workflow.NounClaim, claim, workflow.ActVerify, enginetest.Int("accepted", 1))
			return err
		}
		if err := check(); refusedFor(err) != "reports_overdue" {
			t.Errorf("with two reports overdue: %v", err)
		}
		c.File(owed[0])
		if err := check(); refusedFor(err) != "reports_overdue" {
			t.Errorf("with one: %v", err)
		}
		in := []workflow.Input{enginetest.Cents("receipts", 39_999_99), enginetest.Cents("spent", 40_000_00), enginetest.Int("certified", 1)}
		if _, err := w.Do(w.Viewer(c.AOR), workflow.NounReport, owed[1].ID, workflow.ActSubmit, in...); refusedFor(err) != "report_differs" {
			t.Errorf("a cent less than was paid: %v", err)
		}
		in[0] = enginetest.Cents("receipts", 40_000_00)
		w.Act(w.Viewer(c.AOR), workflow.NounReport, owed[1].ID, workflow.ActSubmit, in...)
		if got := record[workflow.Report](t, w, workflow.NounReport, owed[1].ID); got.Received != 40_000_00 || got.Authorized != 100_000_00 || len(got.Discrepancies()) != 0 {
			t.Errorf("beside the ledger: %+v", got)
		}
		if err := check(); err != nil {
			t.Errorf("with all of them in: %v", err)
		}
		w.Act(w.As(workflow.GrantsOfficer), workflow.NounReport, owed[1].ID, workflow.ActReturn, enginetest.Text("note", "Which pumps?"),
			enginetest.Date("due", workflow.DateOf(w.Now()).AddDays(10)))
		approve := func() error {
			_, err := w.Do(w.As(workflow.GrantsOfficer), workflow.NounClaim, claim, workflow.ActApprove)
			return err
		}
		at(w, workflow.DateOf(w.Now()).AddDays(11))
		if err := approve(); refusedFor(err) != "reports_overdue" {
			t.Errorf("with one that was returned and not submitted again: %v", err)
		}
		w.Act(w.Viewer(c.AOR), workflow.NounReport, owed[1].ID, workflow.ActSubmit, enginetest.Text("remarks", "Those in the north."), enginetest.Int("certified", 1))
		if err := approve(); err != nil {
			t.Errorf("submitted again: %v", err)
		}
		verify(t, w)
	})
}

func TestAwardThatEndsSoonerOwesOneMoreReportOfEachKind(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *enginetest.World) {
		c := w.Draft(100_000_00).To()
		owed := c.Reports()
		at(w, owed[0].Due) // the first period is over, the second runs
		w.Act(w.As(workflow.GrantsOfficer), workflow.NounAward, c.Award, workflow.ActTerminate, enginetest.Text("note", "The pumps are gone."))
		end := workflow.DateOf(w.Now()).AddDays(1)
		for _, r := range c.Reports() {
			if last := r.PeriodStart == owed[0].PeriodEnd; r.Final != last || last && (r.PeriodEnd != end || r.Due != end.AddDays(120)) {
				t.Errorf("%s from %s to %s is due on %s, final %v", r.Kind, r.PeriodStart, r.PeriodEnd, r.Due, r.Final)
			}
		}
		closes := func() error {
			_, err := w.Do(w.As(workflow.GrantsOfficer), workflow.NounAward, c.Award, workflow.ActClose)
			return err
		}
		if err := closes(); refusedFor(err) != "reports_open" {
			t.Errorf("closed with reports open: %v", err)
		}
		at(w, end)
		c.Reported()
		if err := closes(); err != nil {
			t.Errorf("closed: %v", err)
		}
		verify(t, w)
	})
}
