package workflow

import (
	"errors"
	"slices"
	"testing"
)

const caseReport ID = 700

func aReport(s State, kind string) Report {
	r := Report{Record: inState(s), Number: "R-000700", Award: caseAward, Application: caseApplication, Organization: caseOrganization,
		Program: caseProgram, Kind: kind, PeriodStart: onDay("2026-05-02"), PeriodEnd: onDay("2026-11-02"), Due: onDay("2026-12-02")}
	r.ID = caseReport
	return r
}

func reportFacts(s State, kind string, changes ...func(*ReportFacts)) *ReportFacts {
	f := ReportFacts{Award: anAward(Active), AsOf: onDay("2026-11-02").Time(), Received: 400_00}
	if s != None {
		f.Report = aReport(s, kind)
	}
	return with(f, changes...)
}

func TestEveryRowOfAReport(t *testing.T) {
	const told, counted = ReportPerformance, ReportFinancial
	tells := []Input{reportNarrative.text("42 pumps watched"), reportCertified.check()}
	agrees := []Input{reportReceipts.cents(400_00), reportSpent.cents(400_00), reportCertified.check()}
	submits := func(in ...Input) Command { return asks(caseReport, ActSubmit, AOR, anAOR, in...) }
	saves := asks(caseReport, ActSave, Applicant, anAOR, reportNarrative.text("begun"), reportReceipts.cents(5))
	kept := func(f *ReportFacts) error {
		return errors.Join(same("narrative", f.Narrative, "begun"), same("receipts", f.Receipts, Cents(5)), same("saved by", f.SavedBy, anAOR))
	}
	accepts := func(role Role, person ID) Command { return asks(caseReport, ActAccept, role, person) }
	returns := func(role Role, person ID, due Date) Command {
		return asks(caseReport, ActReturn, role, person, fieldNote.text("which pumps?"), fieldDue.day(due))
	}
	tomorrow := DateOf(payday).AddDays(1)
	follow := asks(caseReport, ActUpdate, System, 0)
	given := func(f *ReportFacts) { f.Award.Organization = aSuccessor }
	theirs := func(f *ReportFacts) error { return same("organization", f.Organization, aSuccessor) }
	shorten := asks(caseReport, ActAmend, System, 0, reportEnd.day(onDay("2026-10-01")), fieldDue.day(onDay("2027-01-29")))
	made := aReport(None, told)
	made.Final = true

	tryAll(t, Reports, []trial[ReportFacts]{
		{name: "by the countersignature", facts: reportFacts(None, ""), c: asks(caseReport, ActMake, System, 0, made.inputs()...), end: Due,
			also: func(f *ReportFacts) error {
				want := aReport(Due, told)
				want.Version, want.Made, want.Changed, want.Final = 1, payday, payday, true
				return same("report", f.Report, want)
			}},
		{name: "a part of it", facts: reportFacts(Due, told), c: saves, end: Due, also: kept},
		{name: "a part of it", facts: reportFacts(Returned, told), c: saves, end: Returned, also: kept},

		{name: "what was done", facts: reportFacts(Due, told), c: submits(tells...), end: Submitted,
			also: func(f *ReportFacts) error {
				return errors.Join(same("submitted by", f.SubmittedBy, anAOR), same("authorized", f.Authorized, Cents(1_000_01)))
			}},
		{name: "what was saved", facts: reportFacts(Returned, told, func(f *ReportFacts) { f.Narrative, f.Note = "saved", "why" }), c: submits(reportCertified.check()), end: Submitted,
			also: func(f *ReportFacts) error { return same("note", f.Note, "") }},
		{name: "as the ledger says", facts: reportFacts(Due, counted), c: submits(agrees...), end: Submitted,
			also: func(f *ReportFacts) error {
				return errors.Join(same("received", f.Received, Cents(400_00)), same("as of", f.Report.AsOf, onDay("2026-11-02").Time()),
					same("unobligated", f.Unobligated(), Cents(600_01)), same("discrepancies", len(f.Discrepancies()), 0))
			}},
		{name: "otherwise, with the reason", facts: reportFacts(Due, counted), c: submits(reportReceipts.cents(300_00), reportSpent.cents(200_00), reportUnliquidated.cents(100_00),
			reportCertified.check(), reportRemarks.text("the last came late")), end: Submitted,
			also: func(f *ReportFacts) error {
				want := []Discrepancy{{"receipts", 300_00, 400_00}, {"spent", 200_00, 400_00}, {"unobligated", 700_01, 600_01}}
				if got := f.Discrepancies(); !slices.Equal(got, want) {
					return errors.New("discrepancies differ")
				}
				return same("cash on hand", f.CashOnHand(), Cents(300_00))
			}},
		{name: "otherwise, without one", facts: reportFacts(Due, counted), c: submits(reportReceipts.cents(300_00), reportSpent.cents(400_00), reportCertified.check()), why: "report_differs"},
		{name: "a day before the period is over", facts: reportFacts(Due, told, func(f *ReportFacts) { f.PeriodEnd++ }), c: submits(tells...), why: "report_period_running"},
		{name: "nothing done", facts: reportFacts(Due, told), c: submits(reportCertified.check()), why: "report_empty"},
		{name: "a cent more than authorized", facts: reportFacts(Due, counted), c: submits(reportSpent.cents(1_000_00), reportUnliquidated.cents(2), reportCertified.check()), why: "report_over_authorized"},
		{name: "income that was not earned", facts: reportFacts(Due, counted), c: submits(append(agrees[:2:2], reportIncome.cents(5), reportDeducted.cents(3), reportAdded.cents(3), reportCertified.check())...),
			why: "report_income_unearned"},
		{name: "not certified", facts: reportFacts(Due, told), c: submits(tells[0]), why: "report_not_certified"},

		{name: "by the program officer", facts: reportFacts(Submitted, told), c: accepts(ProgramOfficer, anOfficer), end: Accepted,
			also: func(f *ReportFacts) error { return same("decided by", f.DecidedBy, anOfficer) }},
		{name: "by the grants officer", facts: reportFacts(Submitted, counted), c: accepts(GrantsOfficer, aGrantsOfficer), end: Accepted},
		{name: "with cash left at the end", facts: reportFacts(Submitted, counted, func(f *ReportFacts) { f.Final, f.Report.Received, f.Spent = true, 400_00, 399_99 }),
			c: accepts(GrantsOfficer, aGrantsOfficer), end: Accepted,
			raised: []Child{raises(NounDebt, ActMake, 0, caseAward, debtKind.text(DebtRefund), debtOrigin.count(int64(caseReport)), fieldAmount.cents(1))}},
		{name: "amounts by the program officer", facts: reportFacts(Submitted, counted), c: accepts(ProgramOfficer, anOfficer), why: "not_your_duty"},
		{name: "work by the grants officer", facts: reportFacts(Submitted, told), c: returns(GrantsOfficer, aGrantsOfficer, tomorrow), why: "not_your_duty"},
		{name: "with a reason", facts: reportFacts(Submitted, told), c: returns(ProgramOfficer, anOfficer, tomorrow), end: Returned,
			also: func(f *ReportFacts) error {
				return errors.Join(same("note", f.Note, "which pumps?"), same("due", f.Due, tomorrow))
			}},
		{name: "by today", facts: reportFacts(Submitted, told), c: returns(ProgramOfficer, anOfficer, tomorrow.AddDays(-1)), why: "due_in_the_past"},

		{name: "of a successor", facts: reportFacts(Due, told, given), c: follow, end: Due, also: theirs},
		{name: "of a successor", facts: reportFacts(Submitted, told, given), c: follow, end: Submitted, also: theirs},
		{name: "of a successor", facts: reportFacts(Returned, told, given), c: follow, end: Returned, also: theirs},
		{name: "the award ends sooner", facts: reportFacts(Due, told), c: shorten, end: Due,
			also: func(f *ReportFacts) error {
				return errors.Join(same("ends", f.PeriodEnd, onDay("2026-10-01")), same("due", f.Due, onDay("2027-01-29")), same("final", f.Final, true))
			}},
		{name: "the award was closed without it", facts: reportFacts(Due, told), c: asks(caseReport, ActLapse, System, 0), end: Lapsed},
		{name: "the award was closed without it", facts: reportFacts(Submitted, told), c: asks(caseReport, ActLapse, System, 0), end: Lapsed},
		{name: "the award was closed without it", facts: reportFacts(Returned, told), c: asks(caseReport, ActLapse, System, 0), end: Lapsed},
		{name: "the award ended before", facts: reportFacts(Due, told), c: asks(caseReport, ActCancel, System, 0), end: Cancelled},
	})
}

func TestReportsCoverThePeriodWithoutAGap(t *testing.T) {
	start := onDay("2026-01-31")
	for _, tt := range []struct {
		end    string
		months int64
		want   []string // ends and days on which they are due
	}{
		{"2027-01-31", 6, []string{"2026-07-31", "2026-08-30", "2027-01-31", "2027-05-31"}},
		{"2026-08-01", 6, []string{"2026-07-31", "2026-08-30", "2026-08-01", "2026-11-29"}},
		{"2026-07-31", 6, []string{"2026-07-31", "2026-11-28"}},
		{"2028-01-31", 0, []string{"2028-01-31", "2028-05-30"}},
	} {
		var got []string
		at := start
		for i, r := range reportPlan(ReportFinancial, start, onDay(tt.end), tt.months, 30) {
			if r.PeriodStart != at || r.Final != (i == len(tt.want)/2-1) {
				t.Errorf("to %s: report %d begins on %s, final %v", tt.end, i, r.PeriodStart, r.Final)
			}
			at = r.PeriodEnd
			got = append(got, r.PeriodEnd.String(), r.Due.String())
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("to %s every %d months: got %v, want %v", tt.end, tt.months, got, tt.want)
		}
	}
}

func TestReportIsOverdueTheDayAfter(t *testing.T) {
	r := aReport(Due, ReportPerformance)
	for state, want := range map[State]bool{Due: true, Returned: true, Submitted: false, Accepted: false} {
		if r.State = state; r.Overdue(r.Due.AddDays(1)) != want || r.Overdue(r.Due) {
			t.Errorf("%s: overdue %v on the day, %v after it", state, r.Overdue(r.Due), r.Overdue(r.Due.AddDays(1)))
		}
	}
}
