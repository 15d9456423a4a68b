package web

import (
	"tranche/models"
	"tranche/workflow"
)

// reconciledAtOnce is how many batches and days the page shows.
const reconciledAtOnce = 100

// ReconcileView explains every cent that was exported.
type ReconcileView struct {
	Shell
	List
	Sections []ReconcileSection
}

// Page implements View.
func (ReconcileView) Page() string { return "reconciliation" }

// ReconcileSection is one way to explain it.
type ReconcileSection struct {
	Title string
	Head  string // of the first column
	Rows  []ReconcileRow
}

// ReconcileRow is what became of a batch, of a day's batches or of a fund's money.
type ReconcileRow struct {
	Name                                                    Link
	Tag                                                     Tag
	Exported, Settled, Returned, InFlight, Refused, Differs workflow.Cents
}

// reconciliation answers GET /reconciliation.
func (s *Server) reconciliation(v *visit) error {
	if !v.viewer.SeesPayments() {
		return models.ErrNotFound
	}
	found, err := s.Reader.Reconcile(v.ctx(), v.viewer)
	if err != nil {
		return err
	}
	view := ReconcileView{Shell: v.titled(v.T("reconciliation.title")),
		List: List{Lead: v.T("reconciliation.lead"), Empty: Empty{Icon: "account_balance", Title: v.T("reconciliation.none"), Text: v.T("reconciliation.none_text")}}}
	differs := found.Sum.Difference()
	batches := ReconcileSection{Title: v.T("reconciliation.batch"), Head: v.Noun("batch")}
	for i := range found.Batches[:min(len(found.Batches), reconciledAtOnce)] {
		b := &found.Batches[i]
		row := reconcileRow(b, Link{b.Name, pathOf(workflow.NounBatch, b.ID)})
		row.Tag = v.Mark("batch", b.State.String())
		batches.Rows = append(batches.Rows, row)
	}
	days := ReconcileSection{Title: v.T("reconciliation.day"), Head: v.T("reconciliation.on")}
	for i := range found.Days[:min(len(found.Days), reconciledAtOnce)] {
		days.Rows = append(days.Rows, reconcileRow(&found.Days[i], Link{Text: v.Date(found.Days[i].Day).Text}))
	}
	funds := ReconcileSection{Title: v.T("reconciliation.fund"), Head: v.Noun("fund")}
	for i := range found.Funds {
		f := &found.Funds[i]
		funds.Rows = append(funds.Rows, reconcileRow(f, Link{f.Name, pathOf(workflow.NounFund, f.ID)}))
		if differs == 0 {
			differs = f.Difference()
		}
	}
	for _, one := range []ReconcileSection{batches, days, funds} {
		if len(one.Rows) > 0 {
			view.Sections = append(view.Sections, one)
		}
	}
	if len(view.Sections) > 0 {
		total := v.T("reconciliation.total")
		view.Sections = append(view.Sections, ReconcileSection{Title: total, Head: total, Rows: []ReconcileRow{reconcileRow(&found.Sum, Link{Text: total})}})
	}
	switch {
	case differs != 0:
		view.Notices = append(view.Notices, Notice{Tone: "error", Text: v.T("reconciliation.differs", "sum", differs.Dollars())})
	case len(found.Batches) > 0:
		view.Notices = append(view.Notices, Notice{Tone: "success", Text: v.T("reconciliation.agrees")})
	}
	if !found.Whole {
		view.Notices = append(view.Notices, Notice{Tone: "info", Text: v.T("reconciliation.partly")})
	}
	return v.show(view, nil)
}

func reconcileRow(r *models.Reconciled, name Link) ReconcileRow {
	return ReconcileRow{Name: name, Exported: r.Exported, Settled: r.Settled, Returned: r.Returned, InFlight: r.InFlight, Refused: r.Refused, Differs: r.Difference()}
}
