package web

import (
	"strings"
	"time"

	"tranche/models"
	"tranche/workflow"
)

// journals answers GET /journals.
func (s *Server) journals(v *visit) error { return s.journalsPage(v, 0, nil) }

// journalsPage lists the journals of the ledger, with the form for another one of a program;
// zero is the reader's.
func (s *Server) journalsPage(v *visit, program workflow.ID, again *attempt) error {
	if !v.viewer.SeesPayments() {
		return models.ErrNotFound
	}
	t := v.readTable(workflow.NounJournal, "/journals")
	l, err := models.List[workflow.Journal](v.ctx(), s.Reader, v.viewer, workflow.NounJournal, t.filter, t.search)
	if err != nil {
		return err
	}
	view := JournalsView{Shell: v.titled(v.T("journals.title")), List: v.list(t, "journals", len(l.Rows), l.Count, 0, l.ByState, l.Next)}
	view.Buttons = []Button{{Text: v.T("nav.ledger"), URL: "/ledger", Icon: "account_balance"}}
	names, err := s.Reader.Names(v.ctx(), v.viewer, idsOf(l.Rows, func(j *workflow.Journal) workflow.ID { return j.MadeBy })...)
	if err != nil {
		return err
	}
	for i := range l.Rows {
		view.Rows = append(view.Rows, v.journalRow(&l.Rows[i], names))
	}
	if program = v.programFor(workflow.NounJournal, program); program != 0 {
		view.Actions.make(v, workflow.NounJournal, program, again, offer{note: v.T("journals.make_note")})
	}
	view.Notices = append(view.Notices, v.notices(again, view.Actions)...)
	return v.show(view, again)
}

func (v *visit) journalRow(j *workflow.Journal, names map[workflow.ID]string) JournalRow {
	row := JournalRow{Number: j.Number, URL: pathOf(workflow.NounJournal, j.ID), Days: v.T("journals.until", "last", v.Date(lastDay(j.Until)).Text),
		Count: v.N("journals.postings", int(j.Count)), Total: j.Total, By: v.personOr(names, j.MadeBy), At: v.Moment(j.Made)}
	if !j.Since.IsZero() {
		row.Days = v.span(workflow.DateOf(j.Since), lastDay(j.Until))
	}
	for _, f := range j.Documents.List() {
		row.Files = append(row.Files, Download{Name: strings.ToUpper(f.Code), SHA256: f.Sum, URL: row.URL + "/documents/" + f.Code})
	}
	return row
}

// lastDay is the day before a midnight.
func lastDay(midnight time.Time) workflow.Date { return workflow.DateOf(midnight).AddDays(-1) }
