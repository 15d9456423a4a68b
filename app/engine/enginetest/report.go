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
