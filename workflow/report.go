package workflow

import (
	"fmt"
	"time"
)

// The kinds of reports that a recipient owes.
const (
	// ReportPerformance tells what was done. The program officer reads it.
	ReportPerformance = "performance"
	// ReportFinancial tells what was received and spent. The grants officer reads it.
	ReportFinancial = "financial"
)

// ReportKinds lists the kinds of reports.
var ReportKinds = []string{ReportPerformance, ReportFinancial}

// A Report is what the recipient tells of one period of an award.
// Source of the amounts: SF-425, Federal Financial Report, lines 10a to 10o.
type Report struct {
	Record
	Number       string // such as R-001046
	Award        ID
	Application  ID
	Organization ID
	Program      ID
	Kind         string // one of ReportKinds
	PeriodStart  Date
	PeriodEnd    Date // the first day after the period
	Due          Date
	Final        bool // the last of its kind: it covers the award to the end of its closeout
	Narrative    string
	Remarks      string // line 12
	Receipts     Cents  // line 10a, federal cash received
	Paid         Cents  // line 10b, federal cash paid out
	Spent        Cents  // line 10e, federal share of expenditures
	Unliquidated Cents  // line 10f, federal share of obligations not yet paid
	ShareDue     Cents  // line 10i, the recipient's share required
	ShareSpent   Cents  // line 10j, the recipient's share of expenditures
	Income       Cents  // line 10l, program income earned
	Deducted     Cents  // line 10m, program income spent under the deduction alternative
	Added        Cents  // line 10n, program income spent under the addition alternative
	SavedBy      ID
	SubmittedBy  ID        // who certified it
	AsOf         time.Time // the moment that Received is of
	Authorized   Cents     // line 10d, the award's face value at submission
	Received     Cents     // what the ledger said had been paid at AsOf
	DecidedBy    ID
	Note         string // why it was returned
}

// ReportFacts is everything that a decision about a report may look at.
type ReportFacts struct {
	Report
	Standing
	Award    Award
	AsOf     time.Time // see Report.AsOf; loaded for submit
	Received Cents     // what the ledger says was paid before AsOf; loaded for submit
}

// Overdue reports whether r should have been submitted before today.
func (r *Report) Overdue(today Date) bool {
	return (r.State == Due || r.State == Returned) && r.Due.Before(today)
}

// CashOnHand is line 10c of SF-425; it is below zero where the recipient pays first.
func (r *Report) CashOnHand() Cents { return r.Receipts - r.Paid }

// Unobligated is line 10h of SF-425: what is authorized less 10g, what is spent or owed.
func (r *Report) Unobligated() Cents { return r.Authorized - r.Spent - r.Unliquidated }

// A Discrepancy is an amount that a report and the ledger give differently.
type Discrepancy struct {
	Name     string // of the report's amount
	Reported Cents
	Ledger   Cents
}

// Discrepancies lists where a financial report is not what the ledger says: cash received, expenditures,
// and what of the award is neither spent nor owed. A performance report has none.
func (r *Report) Discrepancies() (out []Discrepancy) {
	if r.Kind != ReportFinancial {
		return nil
	}
	for _, d := range []Discrepancy{
		{reportReceipts.Name, r.Receipts, r.Received},
		{reportSpent.Name, r.Spent, r.Received},
		{"unobligated", r.Unobligated(), r.Authorized - r.Received},
	} {
		if d.Reported != d.Ledger {
			out = append(out, d)
		}
	}
	return out
}

// unspent is the cash that the last financial report shows to be left.
func (r *Report) unspent() Cents {
	if !r.Final || r.Kind != ReportFinancial {
		return 0
	}
	return max(0, r.Received-r.Spent)
}

// Until returns the moment before which payments count for r when it is submitted at
// now: the end of its period, and for the last one now, as the last tranche is paid
// after the work.
func (r *Report) Until(now time.Time) time.Time {
	if r.Final {
		return now
	}
	return r.PeriodEnd.Time()
}

var (
	reportKind  = Field{Name: "kind", Kind: Choice, Choices: ReportKinds}
	reportStart = Field{Name: "period_start", Kind: Day}
	reportEnd   = Field{Name: "period_end", Kind: Day}
	reportFinal = Field{Name: "final", Kind: Check, Optional: true}

	reportNarrative    = Field{Name: "narrative", Kind: Text, Max: 20_000, Optional: true}
	reportReceipts     = Field{Name: "receipts", Kind: Money, Optional: true}
	reportPaid         = Field{Name: "paid", Kind: Money, Optional: true}
	reportSpent        = Field{Name: "spent", Kind: Money, Optional: true}
	reportUnliquidated = Field{Name: "unliquidated", Kind: Money, Optional: true}
	reportShareDue     = Field{Name: "share_due", Kind: Money, Optional: true}
	reportShareSpent   = Field{Name: "share_spent", Kind: Money, Optional: true}
	reportIncome       = Field{Name: "income", Kind: Money, Optional: true}
	reportDeducted     = Field{Name: "deducted", Kind: Money, Optional: true}
	reportAdded        = Field{Name: "added", Kind: Money, Optional: true}
	reportRemarks      = Field{Name: "remarks", Kind: Text, Max: 4000, Optional: true}
	reportCertified    = Field{Name: "certified", Kind: Check, Optional: true}

	financialFields = []Field{reportReceipts, reportPaid, reportSpent, reportUnliquidated, reportShareDue, reportShareSpent,
		reportIncome, reportDeducted, reportAdded}
	reportFields = append(append([]Field{reportNarrative}, financialFields...), reportRemarks)
)

// Unasked lists the fields that a report of this kind leaves empty.
func (r *Report) Unasked() []Field {
	if r.Kind == ReportFinancial {
		return []Field{reportNarrative}
	}
	return financialFields
}

type reportGuard = Guard[ReportFacts]

var (
	reportPeriodOver = reportGuard{
		Reason: "report_period_running",
		OK:     func(f *ReportFacts, c *Command, _ time.Time) bool { return !DateOf(c.Received).Before(f.PeriodEnd) },
		Words:  func(f *ReportFacts, _ *Command) Words { return Words{"ends": f.PeriodEnd.String()} },
	}
	reportTold = reportGuard{
		Reason: "report_empty",
		OK: func(f *ReportFacts, c *Command, _ time.Time) bool {
			return f.Kind != ReportPerformance || f.written(c).Narrative != ""
		},
		Field: &reportNarrative,
	}
	reportWithinAward = reportGuard{
		Reason: "report_over_authorized",
		OK:     func(f *ReportFacts, c *Command, _ time.Time) bool { r := f.submitted(c); return r.Unobligated() >= 0 },
		Words: func(f *ReportFacts, c *Command) Words {
			r := f.submitted(c)
			return Words{"amount": r.Spent + r.Unliquidated, "limit": r.Authorized}
		},
		Field: &reportSpent,
	}
	incomeWithinEarned = reportGuard{
		Reason: "report_income_unearned",
		OK: func(f *ReportFacts, c *Command, _ time.Time) bool {
			r := f.written(c)
			return r.Deducted+r.Added <= r.Income
		},
		Words: func(f *ReportFacts, c *Command) Words {
			r := f.written(c)
			return Words{"amount": r.Deducted + r.Added, "limit": r.Income}
		},
		Field: &reportIncome,
	}
	reportExplained = reportGuard{
		Reason: "report_differs",
		OK: func(f *ReportFacts, c *Command, _ time.Time) bool {
			r := f.submitted(c)
			return r.Remarks != "" || len(r.Discrepancies()) == 0
		},
		Words: func(f *ReportFacts, c *Command) Words {
			r := f.submitted(c)
			first := r.Discrepancies()[0]
			return Words{"line": []string{first.Name}, "reported": first.Reported, "ledger": first.Ledger}
		},
		Field: &reportRemarks,
	}
	reportCertifiedTrue = reportGuard{
		Reason: "report_not_certified",
		OK:     func(_ *ReportFacts, c *Command, _ time.Time) bool { return c.Checked(reportCertified) },
		Field:  &reportCertified,
	}
	reportReader = reportGuard{
		Reason: "not_your_duty",
		OK:     func(f *ReportFacts, c *Command, _ time.Time) bool { return c.Roles.Has(f.reader()) },
		Words:  func(f *ReportFacts, _ *Command) Words { return Words{"roles": []Role{f.reader()}} },
		Duty:   true,
	}
	reportDueAhead = reportGuard{
		Reason: reasonDueAhead,
		OK:     func(_ *ReportFacts, c *Command, now time.Time) bool { return DateOf(now).Before(c.Date(fieldDue)) },
		Field:  &fieldDue,
	}
)

// reader is the role that accepts or returns the report.
func (r *Report) reader() Role {
	if r.Kind == ReportFinancial {
		return GrantsOfficer
	}
	return ProgramOfficer
}

// written returns the report with what came in c.
func (f *ReportFacts) written(c *Command) Report {
	r := f.Report
	c.setText(&r.Narrative, reportNarrative)
	c.setText(&r.Remarks, reportRemarks)
	c.setCents(&r.Receipts, reportReceipts)
	c.setCents(&r.Paid, reportPaid)
	c.setCents(&r.Spent, reportSpent)
	c.setCents(&r.Unliquidated, reportUnliquidated)
	c.setCents(&r.ShareDue, reportShareDue)
	c.setCents(&r.ShareSpent, reportShareSpent)
	c.setCents(&r.Income, reportIncome)
	c.setCents(&r.Deducted, reportDeducted)
	c.setCents(&r.Added, reportAdded)
	return r
}

// submitted returns the report with what came in c, beside what the ledger says.
func (f *ReportFacts) submitted(c *Command) Report {
	r := f.written(c)
	r.AsOf, r.Authorized, r.Received = f.AsOf, f.Award.Face, f.Received
	return r
}

func makeReport(f *ReportFacts, c *Command, _ *Step) {
	a := &f.Award
	f.Report.Award, f.Application, f.Organization, f.Program = a.ID, a.Application, a.Organization, a.Program
	f.Number = fmt.Sprintf("R-%06d", f.ID)
	f.Kind, f.PeriodStart, f.PeriodEnd = c.Text(reportKind), c.Date(reportStart), c.Date(reportEnd)
	f.Due, f.Final = c.Date(fieldDue), c.Checked(reportFinal)
}

func saveReport(f *ReportFacts, c *Command, _ *Step) {
	f.Report, f.SavedBy = f.written(c), c.Actor.Person
}

func submitReport(f *ReportFacts, c *Command, _ *Step) {
	f.Report, f.SubmittedBy, f.Note = f.submitted(c), c.Actor.Person, ""
}

// acceptReport takes the report as it is. What the last one shows to be unspent is to be
// refunded. Source: 2 CFR 200.344(d).
func acceptReport(f *ReportFacts, c *Command, s *Step) {
	c.setText(&f.Note, fieldNote)
	f.DecidedBy = c.Actor.Person
	s.owe(f.Award.ID, DebtRefund, f.ID, f.unspent())
}

func returnReport(f *ReportFacts, c *Command, _ *Step) {
	f.Note, f.Due, f.DecidedBy = c.Text(fieldNote), c.Date(fieldDue), c.Actor.Person
}

// endReport makes the report the last of its kind: the award ends on another day than it did.
func endReport(f *ReportFacts, c *Command, _ *Step) {
	f.PeriodEnd, f.Due, f.Final = c.Date(reportEnd), c.Date(fieldDue), true
}

// lastUntil are the inputs by which r becomes the last report, of a period that ends with end.
func (r *Report) lastUntil(end Date) []Input {
	return []Input{reportEnd.day(end), fieldDue.day(end.AddDays(closeoutDays))}
}

// followAward gives what is to be reported to who the award is of.
func followAward(f *ReportFacts, _ *Command, _ *Step) { f.Organization = f.Award.Organization }

// Reports is the lifecycle of a report. A hold stops nobody from reporting.
var Reports = NewMachine(NounReport,
	func(f *ReportFacts) *Record { return &f.Record },
	func(f *ReportFacts) *Standing { return &f.Standing },
	append([]Rule[ReportFacts]{
		{Start: in(None), Action: ActMake, By: by(System), End: Due,
			Fields: []Field{reportKind, reportStart, reportEnd, fieldDue, reportFinal}, Effect: makeReport, Always: true},
		{Start: in(Due), Action: ActSave, By: by(Applicant, AOR), End: Due,
			Fields: reportFields, Effect: saveReport, Always: true},
		{Start: in(Returned), Action: ActSave, By: by(Applicant, AOR), End: Returned,
			Fields: reportFields, Effect: saveReport, Always: true},
		{Start: in(Due, Returned), Action: ActSubmit, By: by(AOR), End: Submitted,
			Fields: append(reportFields[:len(reportFields):len(reportFields)], reportCertified),
			Guards: []reportGuard{reportPeriodOver, reportTold, reportWithinAward, incomeWithinEarned, reportExplained, reportCertifiedTrue},
			Effect: submitReport, Always: true},
		{Start: in(Submitted), Action: ActAccept, By: by(ProgramOfficer, GrantsOfficer), End: Accepted,
			Fields: []Field{fieldNote.Opt()}, Guards: []reportGuard{reportReader}, Effect: acceptReport},
		{Start: in(Submitted), Action: ActReturn, By: by(ProgramOfficer, GrantsOfficer), End: Returned,
			Fields: []Field{fieldNote, fieldDue}, Guards: []reportGuard{reportReader, reportDueAhead}, Effect: returnReport, Always: true},
		{Start: in(Due), Action: ActAmend, By: by(System), End: Due,
			Fields: []Field{reportEnd, fieldDue}, Effect: endReport, Always: true},
		{Start: in(Due), Action: ActCancel, By: by(System), End: Cancelled, Always: true},
		{Start: in(Due, Submitted, Returned), Action: ActLapse, By: by(System), End: Lapsed, Always: true},
	}, followRows()...)...)

// followRows are the rows by which an open report goes to a successor; the state stays.
func followRows() (rows []Rule[ReportFacts]) {
	for _, s := range in(Due, Submitted, Returned) {
		rows = append(rows, Rule[ReportFacts]{Start: in(s), Action: ActUpdate, By: by(System), End: s, Effect: followAward, Always: true, Hidden: true})
	}
	return rows
}

// inputs are what the command that makes r carries.
func (r *Report) inputs() []Input {
	in := []Input{reportKind.text(r.Kind), reportStart.day(r.PeriodStart), reportEnd.day(r.PeriodEnd), fieldDue.day(r.Due)}
	if r.Final {
		in = append(in, reportFinal.check())
	}
	return in
}

// reportPlan lists the reports of one kind that an award owes: one for every months of
// its period, due days after each, and a last one at its end, due with the closeout.
// No months: the last one alone.
func reportPlan(kind string, start, end Date, months, days int64) (out []Report) {
	for months > 0 {
		next := DateOf(start.Time().AddDate(0, int(months), 0))
		if !next.Before(end) {
			break
		}
		out = append(out, Report{Kind: kind, PeriodStart: start, PeriodEnd: next, Due: next.AddDays(int(days))})
		start = next
	}
	return append(out, Report{Kind: kind, PeriodStart: start, PeriodEnd: end, Due: end.AddDays(closeoutDays), Final: true})
}

// oweReports raises every report of an award that begins.
func oweReports(f *AwardFacts, s *Step) {
	for _, kind := range ReportKinds {
		for _, r := range reportPlan(kind, f.PeriodStart, f.PeriodEnd, f.ReportMonths, f.ReportDays) {
			s.Raise(Child{Noun: NounReport, Action: ActMake, Parent: f.ID, Inputs: r.inputs()})
		}
	}
}

// endReports brings what is not yet reported to an end with the award: the period that
// runs becomes the last, later ones fall away.
func endReports(f *AwardFacts, s *Step) {
	end := DateOf(s.At).AddDays(1)
	for _, r := range f.ReportsDue {
		switch {
		case r.PeriodEnd.Before(end), r.Final && r.PeriodEnd == end:
		case r.PeriodStart.Before(end):
			s.Raise(Child{Noun: NounReport, Action: ActAmend, ID: r.ID, Inputs: r.lastUntil(end)})
		default:
			s.Raise(Child{Noun: NounReport, Action: ActCancel, ID: r.ID})
		}
	}
}
