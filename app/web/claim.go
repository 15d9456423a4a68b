package web

import (
	"slices"
	"time"

	"tranche/models"
	"tranche/workflow"
)

// claims answers GET /claims.
func (s *Server) claims(v *visit) error {
	t := v.readTable(workflow.NounClaim, "/claims", "award", "organization")
	l, err := models.List[workflow.Claim](v.ctx(), s.Reader, v.viewer, workflow.NounClaim, t.filter, t.search)
	if err != nil {
		return err
	}
	view := ClaimsView{Shell: v.titled(v.T("claims.title")), List: v.list(t, "claims", len(l.Rows), l.Count, l.Sum, l.ByState, l.Next)}
	if view.Rows, err = v.claimRows(l.Rows); err != nil {
		return err
	}
	return v.show(view, nil)
}

func (v *visit) claimRows(claims []workflow.Claim) ([]ClaimRow, error) {
	lines, err := v.server.Reader.ClaimLines(v.ctx(), v.viewer, idsOf(claims, func(c *workflow.Claim) workflow.ID { return c.ID })...)
	if err != nil {
		return nil, err
	}
	var out []ClaimRow
	for i := range claims {
		c := &claims[i]
		line := lines[c.ID]
		out = append(out, ClaimRow{
			Number: c.Number, URL: pathOf(workflow.NounClaim, c.ID), Organization: line.Organization, Award: line.Award,
			Milestone: v.T("award.tranche", "n", line.Tranche, "milestone", line.Milestone), Tag: v.Mark("claim", c.State.String()),
			Amount: c.Amount, Made: v.Day(c.Made), Due: v.claimDue(c, line.Due),
		})
	}
	return out, nil
}

// claimDue is when the milestone is due, while the claim is open.
func (v *visit) claimDue(c *workflow.Claim, due workflow.Date) Due {
	if slices.Contains([]workflow.State{workflow.Draft, workflow.Submitted, workflow.Queried, workflow.Verified}, c.State) {
		return v.DueDay(v.server.Now(), due)
	}
	return v.Due(v.server.Now(), time.Time{})
}

// claimPage answers GET /claims/{id}.
func (s *Server) claimPage(v *visit, id workflow.ID, again *attempt) error {
	row, err := v.row(workflow.NounClaim, id)
	if err != nil {
		return err
	}
	c, err := record[workflow.Claim](v, workflow.NounClaim, id)
	if err != nil {
		return err
	}
	lines, err := s.Reader.ClaimLines(v.ctx(), v.viewer, id)
	if err != nil {
		return err
	}
	line := lines[id]
	acts, err := v.offered(row, again, offers{
		workflow.ActVerify: {values: map[string]string{"amount": c.Amount.String()}, note: v.T("claim.verify_note")},
		workflow.ActSubmit: {hide: mine(row)}, workflow.ActReply: {open: true},
		workflow.ActApprove: {note: v.T("claim.approve_note", "amount", c.Amount.Dollars())},
	})
	if err != nil {
		return err
	}
	view := ClaimView{
		Shell: v.titled(v.T("claim.title", "number", c.Number), Link{v.T("nav.claims"), "/claims"}, Link{Text: c.Number}),
		Record: Record{Tag: v.Mark("claim", c.State.String()), Lead: line.Organization, Stages: v.claimStages(c), Actions: acts,
			Facts: v.claimFacts(c, line), Notices: append(v.notices(again, acts), v.claimNotices(c)...)},
		Award:   Link{line.Award, pathOf(workflow.NounAward, c.Award)},
		Request: v.claimRequest(c, line),
	}
	if c.State == workflow.Draft && mine(row) {
		view.Buttons = []Button{{Text: v.T("my_applications.continue"), URL: pathOf(workflow.NounClaim, id) + "/edit", Icon: "edit", Main: true}}
	}
	if c.Narrative != "" {
		view.Evidence = []Answer{{Name: v.FieldName("narrative"), Value: c.Narrative}}
	}
	if err := v.claimParts(&view, c, line); err != nil {
		return err
	}
	return v.show(view, again)
}

// claimParts fills the checks, what was paid, and what happened.
func (v *visit) claimParts(view *ClaimView, c *workflow.Claim, line models.ClaimLine) error {
	a, err := record[workflow.Award](v, workflow.NounAward, c.Award)
	if err != nil {
		return err
	}
	accounts, err := records[workflow.BankAccount](v, workflow.NounBankAccount, models.Filter{
		Where: map[string]workflow.ID{"organization_id": c.Organization}, States: []workflow.State{workflow.Verified}})
	if err != nil {
		return err
	}
	view.Checks = []Check{
		v.held(a.Running(), "claim.check_award", v.State("award", a.State.String())),
		v.held(c.Amount <= line.Limit, "claim.check_amount", line.Limit.Dollars()),
		v.held(!workflow.DateOf(v.server.Now()).Before(line.Due), "claim.check_due", v.Date(line.Due).Text),
		v.held(len(accounts) > 0, "claim.check_account", ""),
	}
	payments, err := records[workflow.Payment](v, workflow.NounPayment, models.Filter{Where: map[string]workflow.ID{"claim_id": c.ID}})
	if err != nil {
		return err
	}
	if view.Payments, err = v.paymentRows(payments); err != nil {
		return err
	}
	list, err := v.server.Reader.Events(v.ctx(), v.viewer, workflow.NounClaim, c.ID)
	slices.Reverse(list)
	view.History = v.timeline(v.caseEvents(list), pathOf(workflow.NounApplication, c.Application)+"?tab=history")
	return err
}

// held is a condition that holds or does not. The words of the second have "_not".
func (v *visit) held(ok bool, words, note string) Check {
	if ok {
		return Check{Tone: "ok", Text: v.T(words), Note: note}
	}
	return Check{Tone: "bad", Text: v.T(words + "_not"), Note: note}
}

func (v *visit) claimFacts(c *workflow.Claim, line models.ClaimLine) []Fact {
	out := []Fact{{Name: v.FieldName("amount"), Value: c.Amount.Dollars(), Number: true, Note: v.T("claim.of_tranche", "limit", line.Limit.Dollars())},
		{Name: v.T("money.milestone"), Value: v.T("award.tranche", "n", line.Tranche, "milestone", line.Milestone)}}
	if due := v.claimDue(c, line.Due); due.Tone != "none" {
		out = append(out, Fact{Name: v.T("list.due"), Due: &due, Note: due.At.Text})
	}
	return out
}

func (v *visit) claimRequest(c *workflow.Claim, line models.ClaimLine) []Answer {
	out := []Answer{
		{Name: v.FieldName("amount"), Value: c.Amount.Dollars(), Number: true},
		{Name: v.FieldName("tranche"), Value: v.T("award.tranche", "n", line.Tranche, "milestone", line.Milestone)},
		{Name: v.FieldName("deliverable"), Value: line.Deliverable},
	}
	if c.Kind != "" {
		out = append(out, Answer{Name: v.FieldName("kind"), Value: v.ChoiceName("kind", c.Kind)})
	}
	return slices.DeleteFunc(out, func(a Answer) bool { return a.Value == "" })
}

// claimNotices are the question that is open, its answer, and the reasons of a no.
func (v *visit) claimNotices(c *workflow.Claim) []Notice {
	switch {
	case c.State == workflow.Queried:
		return []Notice{{Tone: "warning", Head: v.FieldName("question"), Text: c.Question}}
	case c.State == workflow.Rejected && c.Codes != "":
		return []Notice{{Tone: "error", Text: v.codes(c.Codes)}}
	case c.Reply != "":
		return []Notice{{Tone: "info", Head: v.FieldName("reply"), Text: c.Reply}}
	}
	return nil
}

var claimPath = []struct {
	words  string
	states []workflow.State
}{
	{"claim.stage_draft", []workflow.State{workflow.Draft}}, {"claim.stage_submitted", []workflow.State{workflow.Submitted, workflow.Queried, workflow.Rejected}},
	{"claim.stage_verified", []workflow.State{workflow.Verified}}, {"claim.stage_approved", []workflow.State{workflow.Approved}},
	{"claim.stage_paid", []workflow.State{workflow.Paid}},
}

func (v *visit) claimStages(c *workflow.Claim) []Stage {
	out := make([]Stage, len(claimPath))
	at := 0
	for i, stage := range claimPath {
		out[i].Name = v.T(stage.words)
		if slices.Contains(stage.states, c.State) {
			at = i
		}
	}
	over := c.State == workflow.Rejected || c.State == workflow.Cancelled
	for i := range out {
		out[i].Done, out[i].Current, out[i].Stopped = i < at || c.State == workflow.Paid, i == at && !over && c.State != workflow.Paid, i == at && over
	}
	out[at].noted(v.State("claim", c.State.String()))
	return out
}
