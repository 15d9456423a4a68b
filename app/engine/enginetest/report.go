package enginetest

import (
	"cmp"
	"context"
	"slices"

	"tranche/models"
	"tranche/workflow"
)

// Reports lists what the recipient has to report of the award, the first due first.
func (c *Case) Reports(states ...workflow.State) []workflow.Report {
	w := c.W
	w.T.Helper()
	list, err := models.Records[workflow.Report](context.Background(), w.DB.Reader, system, workflow.NounReport,
		models.Filter{Where: map[string]workflow.ID{"award_id": c.Award}, States: states, Limit: models.MaxLimit})
	if err != nil {
		w.T.Fatal(err)
	}
	slices.SortFunc(list, func(a, b workflow.Report) int { return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.ID, b.ID)) })
	return list
}

// File submits a report that says what has been paid by now, and has it accepted.
func (c *Case) File(r workflow.Report) {
	w := c.W
	w.T.Helper()
	money, err := w.DB.AwardMoney(context.Background(), system, c.Award)
	if err != nil {
		w.T.Fatal(err)
	}
	paid := money[workflow.Disbursed]
	in, reader := []workflow.Input{Text("narrative", "42 pumps are watched."), Text("remarks", "As of today."), Int("certified", 1)}, workflow.ProgramOfficer
	if r.Kind == workflow.ReportFinancial {
		in, reader = append(in, Cents("receipts", paid), Cents("paid", paid), Cents("spent", paid)), workflow.GrantsOfficer
	}
	w.Act(w.Viewer(c.AOR), workflow.NounReport, r.ID, workflow.ActSubmit, in...)
	w.Act(w.As(reader), workflow.NounReport, r.ID, workflow.ActAccept)
}

// Finding raises a finding about all that the award has been paid, has it answered, and
// returns it.
func (c *Case) Finding(questioned workflow.Cents) workflow.ID {
	w := c.W
	w.T.Helper()
	id := w.Must(workflow.NounFinding, workflow.ActCreate, c.Award, w.As(workflow.ProgramOfficer), Text("raised_in", "monitoring"), Text("title", "No invoices"),
		Text("text", "None were kept."), Cents("questioned", questioned), Date("due", workflow.DateOf(w.Now()).AddDays(30))).ID
	w.Act(w.Viewer(c.AOR), workflow.NounFinding, id, workflow.ActReply, Text("reply", "They were lost."))
	return id
}

// Disallow opens a debt by a finding, and returns it.
func (c *Case) Disallow(cents workflow.Cents) workflow.ID {
	w := c.W
	w.T.Helper()
	w.Act(w.As(workflow.GrantsOfficer), workflow.NounFinding, c.Finding(cents), workflow.ActSustain, Cents("disallowed", cents), Text("note", "No proof."))
	return c.Debts()[0].ID
}

// Debts lists the debts of the award, the newest first.
func (c *Case) Debts() []workflow.Debt {
	w := c.W
	w.T.Helper()
	list, err := models.Records[workflow.Debt](context.Background(), w.DB.Reader, system, workflow.NounDebt, models.Filter{Where: map[string]workflow.ID{"award_id": c.Award}})
	if err != nil {
		w.T.Fatal(err)
	}
	return list
}

// Demand demands a debt.
func (w *World) Demand(debt workflow.ID) {
	w.T.Helper()
	w.Act(w.As(workflow.GrantsOfficer), workflow.NounDebt, debt, workflow.ActDemand, Text("debtor", "Cascadia Robotics, Inc."), Text("note", "2 CFR 200.346"),
		Date("due", workflow.DateOf(w.Now()).AddDays(30)))
}

// Leave requests an exception for an act and has another person approve it.
func (w *World) Leave(act string, subject workflow.ID) {
	w.T.Helper()
	id := w.Must(workflow.NounException, workflow.ActRequest, 0, w.As(workflow.GrantsOfficer), Text("act", act), Int("subject_id", int64(subject)), Text("reason", "It has to be.")).ID
	w.Act(w.As(workflow.SelectingOfficial), workflow.NounException, id, workflow.ActApprove)
}

// Reported files every report whose period is over.
func (c *Case) Reported() *Case {
	c.W.T.Helper()
	for _, r := range c.Reports(workflow.Due) {
		if !workflow.DateOf(c.W.Now()).Before(r.PeriodEnd) {
			c.File(r)
		}
	}
	return c
}
