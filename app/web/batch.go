package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"tranche/app/export"
	"tranche/models"
	"tranche/workflow"
)

// batches answers GET /batches.
func (s *Server) batches(v *visit) error {
	t := v.readTable(workflow.NounBatch, "/batches")
	l, err := models.List[workflow.Batch](v.ctx(), s.Reader, v.viewer, workflow.NounBatch, t.filter, t.search)
	if err != nil {
		return err
	}
	view := BatchesView{Shell: v.titled(v.T("batches.title")), List: v.list(t, "batches", len(l.Rows), l.Count, l.Sum, l.ByState, l.Next)}
	if v.is(workflow.FinancePreparer) {
		view.Buttons = []Button{{Text: v.T("batches.make"), URL: "/batches/new", Main: true}}
	}
	if view.Rows, err = v.batchRows(l.Rows); err != nil {
		return err
	}
	return v.show(view, nil)
}

func (v *visit) batchRows(batches []workflow.Batch) ([]BatchRow, error) {
	var people []workflow.ID
	for _, b := range batches {
		people = append(people, b.PreparedBy, b.CertifiedBy)
	}
	names, err := v.server.Reader.Names(v.ctx(), v.viewer, people...)
	if err != nil {
		return nil, err
	}
	sums, err := v.server.Reader.BatchSums(v.ctx(), v.viewer, idsOf(batches, func(b *workflow.Batch) workflow.ID { return b.ID })...)
	if err != nil {
		return nil, err
	}
	var out []BatchRow
	for i := range batches {
		b := &batches[i]
		row := BatchRow{Number: b.Number, URL: pathOf(workflow.NounBatch, b.ID), Tag: v.Mark("batch", b.State.String()), Payments: int(b.Count),
			Total: b.Total, Unsaid: v.mustType(b), Pays: v.Date(b.Effective), Preparer: PersonNamed(names[b.PreparedBy], ""), Certifier: PersonNamed(names[b.CertifiedBy], "")}
		if seen, has := sums[b.ID]; has && !seen.Whole || !has && len(v.organizations()) > 0 {
			row.Payments, row.Total = seen.Count, seen.Sum
		}
		out = append(out, row)
	}
	return out, nil
}

// mustType reports whether the reader may be asked to type the total of b: then
// no page about the batch may tell it.
func (v *visit) mustType(b *workflow.Batch) bool {
	if b.State != workflow.Open && b.State != workflow.Submitted {
		return false
	}
	return slices.ContainsFunc(v.viewer.Grants, func(g models.ViewerGrant) bool {
		return g.Role == workflow.FinanceCertifier && (g.Program == 0 || g.Program == b.Program)
	})
}

// newBatch answers GET /batches/new: the payments that wait, each in or out with
// the reason why.
func (s *Server) newBatch(v *visit) error { return s.batchMaker(v, 0, nil) }

// batchMaker shows the form for a new batch of a program; zero is the reader's.
func (s *Server) batchMaker(v *visit, program workflow.ID, again *attempt) error {
	if program == 0 {
		for _, g := range v.viewer.Grants {
			if g.Role == workflow.FinancePreparer {
				program = g.Program
				break
			}
		}
	}
	if !slices.ContainsFunc(v.viewer.Grants, func(g models.ViewerGrant) bool { return g.Role == workflow.FinancePreparer && g.Program == program }) {
		return models.ErrNotFound
	}
	due, more, err := s.Reader.DuePayments(v.ctx(), v.viewer, program, s.Now())
	if err != nil {
		return err
	}
	view := BatchNewView{Shell: v.titled(v.T("batch_new.title"), Link{v.T("nav.batches"), "/batches"}, Link{Text: v.T("batch_new.title")}),
		List: List{Lead: v.T("batch_new.lead"), Empty: Empty{Icon: "attach_money", Title: v.T("batch_new.none"), Text: v.T("batch_new.none_text")}}}
	view.Form = v.maker(workflow.NounBatch, program, again, offer{values: map[string]string{"effective": v.inDays(1), "format": workflow.FormatNACHA}})
	view.Form.Fields = slices.DeleteFunc(view.Form.Fields, func(f Field) bool {
		if f.Name == "payments" && f.Error != "" {
			view.Form.Refused = v.T("batch_new.choose")
		}
		return f.Name == "payments"
	})
	view.Form.Submit, view.Failed = v.T("batch_new.submit"), again != nil
	view.Rows, view.Out, err = v.dueRows(due, again)
	if err != nil {
		return err
	}
	for _, row := range view.Rows {
		view.Total += row.Amount
	}
	for _, row := range view.Out {
		view.OutSum += row.Amount
	}
	view.Count = v.N("payments.count", len(view.Rows), "sum", view.Total.Dollars())
	if more {
		view.Lead += " " + v.T("batch_new.more", "most", models.MaxDue)
	}
	return v.show(view, again)
}

// dueRows parts the payments that can be in a batch from those that cannot. All
// that can are chosen at first.
func (v *visit) dueRows(due []models.DuePayment, again *attempt) (in, out []DueRow, err error) {
	payments := make([]workflow.Payment, len(due))
	for i := range due {
		payments[i] = due[i].Payment
	}
	rows, err := v.paymentRows(payments)
	if err != nil {
		return nil, nil, err
	}
	for i, row := range rows {
		d := DueRow{PaymentRow: row, Value: payments[i].ID.String(), Chosen: true}
		if again != nil {
			d.Chosen = slices.Contains(strings.Split(again.values.Get("payments"), ","), d.Value)
		}
		if why := due[i].Why; why != nil {
			if d.Why = row.Note; d.Why == "" || payments[i].State != workflow.Held {
				d.Why = v.Refusal(why)
			}
			out = append(out, d)
			continue
		}
		in = append(in, d)
	}
	return in, out, nil
}

// batchRowsOnPage is how many payments of a batch one page shows.
const batchRowsOnPage = 50

// batchPage answers GET /batches/{id}.
func (s *Server) batchPage(v *visit, id workflow.ID, again *attempt) error {
	row, err := v.row(workflow.NounBatch, id)
	if err != nil {
		return err
	}
	after, _ := workflow.ParseID(v.QueryParam("after")) // what is none is the first page
	p, err := s.Reader.BatchPage(v.ctx(), v.viewer, id, after, batchRowsOnPage)
	if err != nil {
		return err
	}
	b := &p.Batch
	acts, err := v.offered(row, again, offers{
		workflow.ActApprove: {open: true, labels: map[string]string{"total": v.T("batch.type_total")}, note: v.T("batch.approve_note")},
		workflow.ActExport:  {note: v.T("batch.export_note")}, workflow.ActSubmit: {note: v.T("batch.submit_note")},
	})
	if err != nil {
		return err
	}
	names, err := s.Reader.Names(v.ctx(), v.viewer, b.PreparedBy, b.CertifiedBy, b.SecondBy, b.ReleasedBy)
	if err != nil {
		return err
	}
	view := BatchView{
		Shell: v.titled(v.T("batch.title", "number", b.Number), Link{v.T("nav.batches"), "/batches"}, Link{Text: b.Number}),
		Record: Record{Tag: v.Mark("batch", b.State.String()), Lead: v.batchLead(b, names), Stages: v.batchStages(b), Actions: acts,
			Notices: v.notices(again, acts)},
		Checks: v.batchChecks(&p),
	}
	view.Buttons = []Button{{Text: v.T("batch.register"), URL: "/payments?batch=" + b.ID.String(), Icon: "list"}}
	if !p.Whole {
		view.Notices = append(view.Notices, Notice{Tone: "warning", Text: v.T("batch.partly")})
	}
	if err := v.batchTable(&view, &p); err != nil {
		return err
	}
	v.batchFiles(&view, &p)
	list, err := s.Reader.Events(v.ctx(), v.viewer, workflow.NounBatch, id)
	if err != nil {
		return err
	}
	slices.Reverse(list)
	view.History = Timeline{Events: v.batchEvents(list, v.mustType(b))}
	return v.show(view, again)
}

// batchEvents tells what happened. Who has to type the total reads no notes: one
// of them could tell it.
func (v *visit) batchEvents(list []models.Event, mustType bool) []Event {
	events := v.caseEvents(list)
	for i := range events {
		if mustType {
			events[i].Quote, events[i].Note = "", ""
		}
	}
	return events
}

// batchTable fills the control totals and the payments.
func (v *visit) batchTable(view *BatchView, p *models.BatchPage) error {
	b, secret := &p.Batch, v.mustType(&p.Batch)
	rows, err := v.paymentRows(p.Members)
	if err != nil {
		return err
	}
	view.Rows = rows
	format, _ := export.Find(b.Pays())
	for i := range rows {
		if name := format.Payee(rows[i].Payee); name != rows[i].Payee {
			rows[i].BankReads = v.T("batch.bank_reads", "name", name)
		}
		rows[i].Tag = unlessBatched(rows[i].Tag, p.Members[i].State)
		if secret {
			rows[i].ToDate = 0
		}
		if b.State == workflow.Open && b.PreparedBy == v.viewer.Person && p.Members[i].State == workflow.Batched {
			m := &p.Members[i]
			rows[i].Drop = &Form{Name: "drop-" + m.ID.String(), URL: pathOf(workflow.NounPayment, m.ID) + "/actions/drop",
				Version: strconv.FormatInt(m.Version, 10), Key: newKey(), Submit: v.T("batch.drop")}
		}
	}
	// A single payment is the total: its amount is left out with it.
	view.Unsaid, view.Alone = secret, secret && p.Count == 1
	if view.Alone {
		view.Hint = v.T("batch.read_elsewhere")
	}
	view.Totals = v.controlTotals(p, secret)
	if !secret && p.Count > 0 {
		view.Sum = &Total{v.N("batch.sum", p.Count), p.Sum}
	}
	view.Pager = Pager{Shown: v.T("list.shown_of", "shown", len(rows), "all", p.Count)}
	if v.QueryParam("after") != "" {
		view.Pager.FirstURL = pathOf(workflow.NounBatch, b.ID)
	}
	if p.Next != 0 {
		view.Pager.NextURL = pathOf(workflow.NounBatch, b.ID) + "?after=" + p.Next.String()
	}
	return nil
}

// unlessBatched leaves out the mark that all members of a batch have.
func unlessBatched(t Tag, state workflow.State) Tag {
	if state == workflow.Batched || state == workflow.Exported {
		return Tag{}
	}
	return t
}

// controlTotals are the batch's own figures beside what they were compared with.
// Who may not see all members reads only what those they see come to.
func (v *visit) controlTotals(p *models.BatchPage, secret bool) []Fact {
	b := &p.Batch
	agrees := func(words string) (string, bool) {
		if p.Health.Agrees {
			return v.T(words), true
		}
		return v.T("batch.differs"), false
	}
	out := []Fact{{Name: v.T("batch.payments"), Value: strconv.Itoa(p.Count)}}
	if p.Whole && p.Count > 0 {
		out[0].Note, out[0].Checked = agrees("batch.matches")
	}
	if !secret {
		sum := Fact{Name: v.T("batch.total"), Value: p.Sum.Dollars()}
		if p.Count == 0 && b.Count > 0 { // cancelled or rejected: its members have left
			sum.Value, out[0].Value = b.Total.Dollars(), strconv.FormatInt(b.Count, 10)
		} else if p.Whole && p.Count > 0 {
			sum.Note, sum.Checked = agrees("batch.add_up")
		}
		out = append(out, sum)
	}
	if p.Whole && b.EntryHash != "" {
		hash := Fact{Name: v.T("batch.entry_hash"), Value: b.EntryHash}
		if p.Count > 0 {
			hash.Note, hash.Checked = agrees("batch.computed")
		}
		out = append(out, hash)
	}
	return append(out, Fact{Name: v.T("batch.pays"), Value: v.Date(b.Effective).Text})
}

// batchChecks are what must hold before the files are made; nil once they are.
func (v *visit) batchChecks(p *models.BatchPage) []Check {
	if !p.Batch.ExportedAt.IsZero() || p.Batch.State == workflow.Cancelled || p.Count == 0 {
		return nil
	}
	count := func(n int, words string) Check {
		if n == 0 {
			return Check{Tone: "ok", Text: v.T(words)}
		}
		return Check{Tone: "bad", Text: v.N(words+"_not", n)}
	}
	return []Check{
		{Tone: "ok", Text: v.T("batch.check_once")},
		v.held(p.Health.Agrees, "batch.check_agrees", ""),
		count(p.Health.Accounts, "batch.check_accounts"), count(p.Health.Awards, "batch.check_awards"), count(p.Health.Holds, "batch.check_holds"),
	}
}

// batchLead names who had which duty.
func (v *visit) batchLead(b *workflow.Batch, names map[workflow.ID]string) string {
	var parts []string
	for _, duty := range []struct {
		by    workflow.ID
		words string
	}{{b.PreparedBy, "batch.prepared_by"}, {b.CertifiedBy, "batch.certified_by"}, {b.SecondBy, "batch.certified_by"}, {b.ReleasedBy, "batch.released_by"}} {
		if name := names[duty.by]; name != "" {
			parts = append(parts, v.T(duty.words, "name", name))
		}
	}
	return strings.Join(parts, " · ")
}

func (v *visit) batchStages(b *workflow.Batch) []Stage {
	at := map[workflow.State]int{workflow.Open: 0, workflow.Submitted: 1, workflow.Approved: 2, workflow.Exported: 3, workflow.Acknowledged: 3,
		workflow.Rejected: 3, workflow.Completed: 4}[b.State]
	over := b.State == workflow.Rejected || b.State == workflow.Cancelled
	out := make([]Stage, 5)
	for i, words := range []string{"batch.stage_open", "batch.stage_submitted", "batch.stage_approved", "batch.stage_exported", "batch.stage_completed"} {
		out[i] = Stage{Name: v.T(words), Done: i < at || b.State == workflow.Completed, Current: i == at && !over && b.State != workflow.Completed, Stopped: i == at && over}
	}
	out[at].noted(v.State("batch", b.State.String()))
	return out
}

// batchFiles fills the card with the files. Before the export it tells which file
// the bank will have.
func (v *visit) batchFiles(view *BatchView, p *models.BatchPage) {
	b := &p.Batch
	files := b.Files()
	if b.File == "" {
		files, view.Locked = []workflow.BatchFile{{Format: b.Pays(), Bank: true}, {Format: workflow.FormatRegister}}, v.T("batch.locked")
	}
	for _, f := range files {
		format, _ := export.Find(f.Format)
		d := Download{Name: b.Number + format.Extension, Note: v.T("batch.file_" + f.Format), SHA256: f.Sum}
		if f.Copy {
			d.Note = v.T("batch.file_copy", "format", d.Note)
		}
		switch {
		case f.Sum == "":
		case mayHave(f, p):
			d.URL = pathOf(workflow.NounBatch, b.ID) + "/files/" + f.Format
		default:
			d.Note = v.T("batch.file_role", "role", v.Role("finance_releaser"))
		}
		view.Files = append(view.Files, d)
	}
}

// mayHave reports whether the reader of p may have a file. A bank's has account
// numbers in plain: only who hands it to the bank gets it.
func mayHave(f workflow.BatchFile, p *models.BatchPage) bool {
	return p.Whole && (!f.Bank || p.Roles.Has(workflow.FinanceReleaser))
}

// batchFile answers GET /batches/{id}/files/{file} with the bytes as they were
// stored, after comparing them with their sum. Every download is logged.
func (s *Server) batchFile(v *visit) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	p, err := s.Reader.BatchPage(v.ctx(), v.viewer, id, 0, 1)
	if err != nil {
		return err
	}
	files := p.Batch.Files()
	at := slices.IndexFunc(files, func(f workflow.BatchFile) bool { return f.Format == v.Param("file") })
	if at < 0 || !p.Whole {
		return models.ErrNotFound
	}
	if !mayHave(files[at], &p) {
		return &workflow.Refusal{Noun: workflow.NounBatch, ID: id, Action: workflow.ActExport, State: p.Batch.State, Kind: workflow.NotYours,
			Reason: workflow.ReasonRole, Words: workflow.Words{"roles": []workflow.Role{workflow.FinanceReleaser}}}
	}
	return s.sendFile(v, files[at], &p.Batch)
}

func (s *Server) sendFile(v *visit, f workflow.BatchFile, b *workflow.Batch) error {
	body, err := s.Reader.Document(v.ctx(), f.Sum)
	if err != nil {
		s.Log.Error("file not released", "batch", b.Number, "file", f.Format, "sha256", f.Sum, "person", int64(v.viewer.Person), "err", err)
		return err
	}
	s.Log.Info("file downloaded", "batch", b.Number, "file", f.Format, "sha256", f.Sum, "bytes", len(body), "person", int64(v.viewer.Person),
		"request_id", v.Response().Header().Get(echo.HeaderXRequestID))
	format, _ := export.Find(f.Format)
	return v.attach(b.Number+format.Extension, format.MediaType, body)
}
