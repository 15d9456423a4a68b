package web

import (
	"slices"
	"time"

	"tranche/models"
	"tranche/workflow"
)

// reportPage answers GET /reports/{id}.
func (s *Server) reportPage(v *visit, id workflow.ID, again *attempt) error {
	row, err := v.row(workflow.NounReport, id)
	if err != nil {
		return err
	}
	r, err := record[workflow.Report](v, workflow.NounReport, id)
	if err != nil {
		return err
	}
	a, err := record[workflow.Award](v, workflow.NounAward, r.Award)
	if err != nil {
		return err
	}
	form := offer{values: withCells(nil, row.Cells), labels: map[string]string{"narrative": v.T("report.told")}, less: r.Unasked()}
	submit := form
	submit.note = v.T("report.submit_note")
	acts, err := v.offered(row, again, offers{workflow.ActSave: form, workflow.ActSubmit: submit})
	if err != nil {
		return err
	}
	view := ReportView{
		Shell: v.titled(v.T("report.title", "number", r.Number), Link{v.T("nav.awards"), "/awards"}, Link{a.Number, pathOf(workflow.NounAward, a.ID)}, Link{Text: r.Number}),
		Record: Record{Tag: v.Mark("report", r.State.String()), Lead: v.ChoiceName("kind", r.Kind), Actions: acts, Facts: v.reportFacts(r),
			Notices: append(v.notices(again, acts), v.reportNotices(r)...)},
		Award: Link{a.Number, pathOf(workflow.NounAward, a.ID)}, Told: r.Narrative, Remarks: r.Remarks,
	}
	v.reportAmounts(&view, r)
	events, err := v.history(workflow.NounReport, id)
	view.History = v.timeline(events, pathOf(workflow.NounApplication, r.Application)+"?tab=history")
	if err != nil {
		return err
	}
	return v.show(view, again)
}

func (v *visit) reportFacts(r *workflow.Report) []Fact {
	out := []Fact{{Name: v.T("report.period"), Value: v.span(r.PeriodStart, r.PeriodEnd.AddDays(-1))}}
	if r.Final {
		out = append(out, Fact{Name: v.T("report.final"), Value: v.T("form.yes")})
	}
	if due := v.reportDue(r); due.Tone != "none" {
		out = append(out, Fact{Name: v.T("report.due"), Due: &due, Note: due.At.Text})
	}
	return out
}

// reportDue is when the report is due, while the recipient has to submit it.
func (v *visit) reportDue(r *workflow.Report) Due {
	if r.State == workflow.Due || r.State == workflow.Returned {
		return v.DueDay(v.server.Now(), r.Due)
	}
	return v.Due(v.server.Now(), time.Time{})
}

func (v *visit) reportNotices(r *workflow.Report) (out []Notice) {
	if r.Overdue(workflow.DateOf(v.server.Now())) {
		out = append(out, Notice{Tone: "error", Text: v.T("report.overdue")})
	}
	if r.State == workflow.Returned {
		out = append(out, Notice{Tone: "warning", Head: v.T("report.returned"), Text: r.Note})
	}
	return out
}

// reportAmounts fills the lines of SF-425 in their order, and where they differ from
// the ledger. Before the report is submitted there is nothing to hold them against.
func (v *visit) reportAmounts(view *ReportView, r *workflow.Report) {
	if r.Kind != workflow.ReportFinancial {
		return
	}
	for _, line := range []struct {
		field string
		cents workflow.Cents
	}{
		{"receipts", r.Receipts}, {"paid", r.Paid}, {"cash_on_hand", r.CashOnHand()}, {"authorized", r.Authorized}, {"spent", r.Spent},
		{"unliquidated", r.Unliquidated}, {"unobligated", r.Unobligated()}, {"share_due", r.ShareDue}, {"share_spent", r.ShareSpent},
		{"income", r.Income}, {"deducted", r.Deducted}, {"added", r.Added}, {"received", r.Received},
	} {
		computed := slices.Contains([]string{"authorized", "unobligated", "received"}, line.field)
		if r.AsOf.IsZero() && computed {
			continue
		}
		view.Amounts = append(view.Amounts, Answer{Name: v.FieldName(line.field), Value: line.cents.Dollars(), Number: true})
	}
	if r.AsOf.IsZero() {
		return
	}
	for _, d := range r.Discrepancies() {
		view.Compared = append(view.Compared, ComparedRow{v.FieldName(d.Name), d.Reported, d.Ledger, d.Reported - d.Ledger})
	}
	if len(view.Compared) == 0 {
		view.Notices = append(view.Notices, Notice{Tone: "success", Text: v.T("report.agrees")})
	}
}

// reportRows are the reports of an award, the next that is due first.
func (v *visit) reportRows(award workflow.ID) ([]ReportRow, error) {
	list, err := records[workflow.Report](v, workflow.NounReport, models.Filter{Where: map[string]workflow.ID{"award_id": award}, Limit: models.MaxLimit})
	slices.SortFunc(list, func(a, b workflow.Report) int {
		if a.Due != b.Due {
			return a.Due.DaysSince(b.Due)
		}
		return int(a.ID - b.ID)
	})
	var out []ReportRow
	for i := range list {
		r := &list[i]
		out = append(out, ReportRow{Number: r.Number, URL: pathOf(workflow.NounReport, r.ID), Kind: v.ChoiceName("kind", r.Kind), Period: v.span(r.PeriodStart, r.PeriodEnd.AddDays(-1)),
			Tag: v.Mark("report", r.State.String()), Due: v.reportDue(r)})
	}
	return out, err
}
