package web

import (
	"errors"
	"slices"
	"strings"

	"tranche/models"
	"tranche/workflow"
)

// payments answers GET /payments.
func (s *Server) payments(v *visit) error {
	t := v.readTable(workflow.NounPayment, "/payments", "batch", "award", "claim", "organization")
	l, err := models.List[workflow.Payment](v.ctx(), s.Reader, v.viewer, workflow.NounPayment, t.filter, t.search)
	if err != nil {
		return err
	}
	view := PaymentsView{Shell: v.titled(v.T("payments.title")), List: v.list(t, "payments", len(l.Rows), l.Count, l.Sum, l.ByState, l.Next)}
	if view.Rows, err = v.paymentRows(l.Rows); err != nil {
		return err
	}
	return v.show(view, nil)
}

func (v *visit) paymentRows(payments []workflow.Payment) ([]PaymentRow, error) {
	lines, err := v.server.Reader.PaymentLines(v.ctx(), v.viewer, idsOf(payments, func(p *workflow.Payment) workflow.ID { return p.ID })...)
	if err != nil {
		return nil, err
	}
	var out []PaymentRow
	for i := range payments {
		p := &payments[i]
		line := lines[p.ID]
		row := PaymentRow{
			Number: p.Number, URL: pathOf(workflow.NounPayment, p.ID), Payee: line.Organization, LastFour: line.Last4,
			Milestone: v.T("payment.of_tranches", "n", line.Tranche, "all", line.Tranches),
			Tag:       v.Mark("payment", p.State.String()), Note: v.paymentNote(p), ToDate: line.PaidToDate, Amount: p.Amount,
		}
		if p.Batch != 0 {
			row.Batch = Link{line.Batch, pathOf(workflow.NounBatch, p.Batch)}
		}
		out = append(out, row)
	}
	return out, nil
}

// paymentNote is why a payment is held or came back.
func (v *visit) paymentNote(p *workflow.Payment) string {
	switch {
	case p.State == workflow.Held && p.HeldUntil != 0:
		return v.T("payment.held_until", "reason", v.holdCode(p.HoldReason), "day", v.Date(p.HeldUntil).Text)
	case p.State == workflow.Held:
		return v.holdCode(p.HoldReason)
	case p.State == workflow.Returned || p.State == workflow.Ready && p.ReturnCode != "":
		return p.ReturnCode
	case p.State == workflow.Settled && p.Presumed:
		return v.T("payment.presumed")
	}
	return ""
}

// holdCode writes the reason of a hold: a sentence where the system gave a code,
// and what the holder wrote otherwise.
func (v *visit) holdCode(reason string) string {
	switch reason {
	case workflow.HeldForSuspension, workflow.HeldForReissue, workflow.HeldForAccountChange, workflow.HeldForScreening:
		return v.T("payment.held_" + reason)
	}
	return reason
}

// codes writes a list of coded reasons.
func (v *visit) codes(list string) string {
	var out []string
	for code := range strings.SplitSeq(list, ",") {
		out = append(out, v.ChoiceName("codes", code))
	}
	return strings.Join(out, v.T("format.comma"))
}

// paymentPage answers GET /payments/{id}.
func (s *Server) paymentPage(v *visit, id workflow.ID, again *attempt) error {
	row, err := v.row(workflow.NounPayment, id)
	if err != nil {
		return err
	}
	p, err := record[workflow.Payment](v, workflow.NounPayment, id)
	if err != nil {
		return err
	}
	rows, err := v.paymentRows([]workflow.Payment{*p})
	if err != nil {
		return err
	}
	known, err := v.openBatches(p, row)
	if err != nil {
		return err
	}
	acts, err := v.offered(row, again, known)
	if err != nil {
		return err
	}
	if err := v.exceptionOffers(&acts, row, again); err != nil {
		return err
	}
	view := PaymentView{
		Shell: v.titled(v.T("payment.title", "number", p.Number), Link{v.T("nav.payments"), "/payments"}, Link{Text: p.Number}),
		Record: Record{Number: p.Number, Tag: v.Mark("payment", p.State.String()), Lead: rows[0].Payee, Stages: v.paymentStages(p),
			Facts: v.paymentFacts(p, rows[0]), Actions: acts, Notices: append(v.notices(again, acts), v.paymentNotices(p)...)},
	}
	if mine(row) {
		view.Crumbs = nil
	}
	if err := v.paymentParts(&view, p, rows[0]); err != nil {
		return err
	}
	return v.show(view, again)
}

// openBatches says which batches of the reader the payment could join; without
// one, the form that would ask for it is not shown.
func (v *visit) openBatches(p *workflow.Payment, row models.Row) (offers, error) {
	if !row.Roles.Has(workflow.FinancePreparer) || p.State != workflow.Ready {
		return offers{workflow.ActBatch: {hide: true}}, nil
	}
	list, err := records[workflow.Batch](v, workflow.NounBatch, models.Filter{Where: map[string]workflow.ID{"program_id": p.Program}, States: []workflow.State{workflow.Open}})
	if err != nil {
		return nil, err
	}
	o := offer{options: map[string][]Option{}}
	for _, b := range list {
		if b.PreparedBy == v.viewer.Person {
			o.options["batch"] = append(o.options["batch"], Option{Value: b.ID.String(), Text: b.Number})
		}
	}
	o.hide = len(o.options) == 0
	return offers{workflow.ActBatch: o}, nil
}

func (v *visit) paymentFacts(p *workflow.Payment, row PaymentRow) []Fact {
	out := []Fact{{Name: v.T("money.amount"), Value: p.Amount.Dollars(), Number: true}, {Name: v.T("money.account"), Value: Masked(row.LastFour)}}
	if row.Batch.Text != "" {
		out = append(out, Fact{Name: v.Noun("batch"), Value: row.Batch.Text, URL: row.Batch.URL})
	}
	if !p.ExportedAt.IsZero() {
		out = append(out, Fact{Name: v.T("payment.stage_exported"), Value: v.Day(p.ExportedAt).Text, Note: v.Clock(p.ExportedAt).Text})
	}
	return out
}

func (v *visit) paymentNotices(p *workflow.Payment) []Notice {
	note := v.paymentNote(p)
	if note == "" {
		return nil
	}
	return []Notice{{Tone: "warning", Head: v.State("payment", p.State.String()), Text: note}}
}

// paymentParts fills the details, the checks, and what the payment is linked to.
func (v *visit) paymentParts(view *PaymentView, p *workflow.Payment, row PaymentRow) error {
	view.Details = []Answer{{Name: v.T("money.milestone"), Value: row.Milestone}}
	claim, err := v.subject(workflow.NounClaim, p.Claim)
	if err != nil {
		return err
	}
	award, err := v.subject(workflow.NounAward, p.Award)
	if err != nil {
		return err
	}
	view.Details = append(view.Details, Answer{Name: v.Noun("claim"), Value: claim.Text, URL: claim.URL}, Answer{Name: v.Noun("award"), Value: award.Text, URL: award.URL})
	for _, more := range []Answer{{Name: v.T("payment.trace"), Value: p.Trace, Number: true}, {Name: v.FieldName("code"), Value: p.ReturnCode, Number: true}, {Name: v.FieldName("note"), Value: p.Note}} {
		if more.Value != "" {
			view.Details = append(view.Details, more)
		}
	}
	if err := v.paymentChecks(view, p); err != nil {
		return err
	}
	var linked []workflow.Payment
	for _, id := range []workflow.ID{p.Reissues, p.ReissuedBy} {
		if id == 0 {
			continue
		}
		other, err := record[workflow.Payment](v, workflow.NounPayment, id)
		if err != nil {
			return err
		}
		linked = append(linked, *other)
	}
	if view.Linked, err = v.paymentRows(linked); err != nil {
		return err
	}
	list, err := v.server.Reader.Events(v.ctx(), v.viewer, workflow.NounPayment, p.ID)
	slices.Reverse(list)
	view.History = v.timeline(v.caseEvents(list), pathOf(workflow.NounApplication, p.Application)+"?tab=history")
	return err
}

// paymentChecks are what must hold before a payment leaves; nil once it left.
func (v *visit) paymentChecks(view *PaymentView, p *workflow.Payment) error {
	if !p.ExportedAt.IsZero() || p.State == workflow.Cancelled {
		return nil
	}
	a, err := record[workflow.Award](v, workflow.NounAward, p.Award)
	if err != nil {
		return err
	}
	account, err := record[workflow.BankAccount](v, workflow.NounBankAccount, p.BankAccount)
	if errors.Is(err, models.ErrNotFound) {
		return nil // this reader has no part in the money
	}
	if err != nil {
		return err
	}
	view.Checks = []Check{
		v.held(a.Running(), "claim.check_award", v.State("award", a.State.String())),
		v.held(account.State == workflow.Verified, "claim.check_account", v.State("bank_account", account.State.String())),
		v.held(account.Version == p.BankVersion, "payment.check_version", v.T("organization.version", "n", account.Version)),
	}
	return nil
}

func (v *visit) paymentStages(p *workflow.Payment) []Stage {
	at := map[workflow.State]int{workflow.Ready: 0, workflow.Held: 0, workflow.Cancelled: 0, workflow.Batched: 1,
		workflow.Exported: 2, workflow.Recalled: 2, workflow.Returned: 2, workflow.Misdirected: 3, workflow.Settled: 3}[p.State]
	over := p.State == workflow.Cancelled || p.State == workflow.Returned || p.State == workflow.Misdirected
	out := make([]Stage, 4)
	for i, words := range []string{"payment.stage_ready", "payment.stage_batched", "payment.stage_exported", "payment.stage_settled"} {
		out[i] = Stage{Name: v.T(words), Done: i < at || p.State == workflow.Settled, Current: i == at && !over && p.State != workflow.Settled, Stopped: i == at && over}
	}
	out[at].noted(v.State("payment", p.State.String()))
	return out
}
