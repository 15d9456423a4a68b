package models

import (
	"fmt"
	"time"

	"tranche/workflow"
)

// reports are the rows of workflow.Report.
var reports = newTable(workflow.NounReport, "reports",
	func(r *workflow.Report) *workflow.Record { return &r.Record },
	func(r *workflow.Report) []column {
		return []column{
			{"number", &r.Number}, {"award_id", &r.Award}, {"application_id", &r.Application}, {"organization_id", &r.Organization},
			{"program_id", &r.Program}, {"kind", &r.Kind}, {"period_start", &r.PeriodStart}, {"period_end", &r.PeriodEnd},
			{"due", &r.Due}, {"final", &r.Final}, {"narrative", &r.Narrative}, {"remarks", &r.Remarks}, {"receipts", &r.Receipts},
			{"paid", &r.Paid}, {"spent", &r.Spent}, {"unliquidated", &r.Unliquidated}, {"share_due", &r.ShareDue},
			{"share_spent", &r.ShareSpent}, {"income", &r.Income}, {"deducted", &r.Deducted}, {"added", &r.Added},
			{"saved_by", &r.SavedBy}, {"submitted_by", &r.SubmittedBy}, {"as_of", &r.AsOf}, {"authorized", &r.Authorized},
			{"received", &r.Received}, {"decided_by", &r.DecidedBy}, {"note", &r.Note},
		}
	})

func reportFacts(t *Tx, c *workflow.Command, now time.Time) (*Loaded, error) {
	f := new(workflow.ReportFacts)
	err := steps(
		func() error { return existing(t, reports, c, &f.Report) },
		func() (err error) { f.Award, err = awards.one(t, parentOr(c, f.Report.Award)); return },
		func() (err error) { f.Standing, err = t.standing(awardPlaces(&f.Award)...); return },
		func() (err error) {
			if c.Action != workflow.ActSubmit {
				return nil
			}
			f.AsOf = f.Until(now)
			f.Received, err = t.paidBefore(f.Award.Application, f.AsOf)
			return err
		},
	)
	if err != nil {
		return nil, err
	}
	return mount(reports, f, &f.Report, awardScope(&f.Award)), nil
}

// paidBefore selects what a case had been paid before a moment, less what came back.
const paidBefore = `SELECT COALESCE(SUM(CASE WHEN p.credit = 'disbursed' THEN p.cents WHEN p.debit = 'disbursed' THEN -p.cents END), 0)
	FROM postings p JOIN events e ON e.id = p.event_id WHERE p.application_id = %s AND e.at < %s`

func (t *Tx) paidBefore(application workflow.ID, at time.Time) (workflow.Cents, error) {
	cents, err := t.count(fmt.Sprintf(paidBefore, "?", "?"), int64(application), at.UnixMicro())
	return workflow.Cents(cents), err
}

// reportsDue lists the reports of an award that are not submitted yet.
func (t *Tx) reportsDue(award workflow.ID) ([]workflow.Report, error) {
	return reports.list(t, "WHERE award_id = ? AND state = 'due' ORDER BY id", int64(award))
}

// reportTerms loads how often the program of an award wants reports.
func (t *Tx) reportTerms(f *workflow.AwardFacts) error {
	p, err := programs.one(t, f.Award.Program)
	f.ReportMonths, f.ReportDays = p.ReportMonths, p.ReportDays
	return err
}

// openReport are the states of a report that nobody has accepted, and owedReport those
// in which it is the recipient's to submit.
const (
	openReport = "('due', 'submitted', 'returned')"
	owedReport = "('due', 'returned')"
)

// reportQuestions ask whether reports are what their awards and the ledger say.
var reportQuestions = []question{
	{name: "reports are of their awards", rows: "reports",
		wrong: `SELECT 'report', r.id, r.number, 'it is of another case than award ' || r.award_id
			FROM reports r LEFT JOIN awards w ON w.id = r.award_id
			WHERE w.id IS NULL OR w.application_id <> r.application_id OR w.program_id <> r.program_id
			OR w.organization_id <> r.organization_id AND (r.state IN ` + openReport + ` OR NOT EXISTS (SELECT 1 FROM amendments m
				WHERE m.award_id = w.id AND m.state = 'signed' AND m.organization_id = r.organization_id)) ORDER BY r.id`},
	{name: "reports stand beside what the ledger said", rows: "reports",
		wrong: `SELECT 'report', r.id, r.number, 'the ledger is said to have paid ' || r.received || ' cents by then, it had paid ' || (` +
			fmt.Sprintf(paidBefore, "r.application_id", "r.as_of") + `)
			FROM reports r WHERE r.as_of IS NOT NULL AND r.received <> (` + fmt.Sprintf(paidBefore, "r.application_id", "r.as_of") + `) ORDER BY r.id`},
}
