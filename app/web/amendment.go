package web

import (
	"slices"
	"strconv"

	"tranche/app/policy"
	"tranche/models"
	"tranche/workflow"
)

// amendOffer adds the form that asks for an amendment, with the milestones that may
// still change.
func (v *visit) amendOffer(acts *Actions, a *workflow.Award, row models.Row, again *attempt) error {
	if a.State != workflow.Active || !mayMake(workflow.NounAmendment, row.Roles) {
		return nil
	}
	of := models.Filter{Where: map[string]workflow.ID{"award_id": a.ID}, Limit: models.MaxLimit}
	claims, err := records[workflow.Claim](v, workflow.NounClaim, of)
	if err != nil {
		return err
	}
	of.States = []workflow.State{workflow.Active}
	tranches, err := records[workflow.Tranche](v, workflow.NounTranche, of)
	if err != nil {
		return err
	}
	var claimed []workflow.ID
	for _, c := range claims {
		if c.State != workflow.Rejected && c.State != workflow.Cancelled {
			claimed = append(claimed, c.Tranche)
		}
	}
	open := workflow.Unclaimed(tranches, claimed)
	slices.SortFunc(open, func(a, b workflow.Tranche) int { return int(a.Number - b.Number) })
	acts.make(v, workflow.NounAmendment, a.ID, again, offer{note: v.T("amendment.new_note"), values: map[string]string{"open_milestones": workflow.Milestones(open)}})
	return nil
}

// amendmentRows lists the amendments of an award, the newest first.
func (v *visit) amendmentRows(award workflow.ID) (out []AmendmentRow, err error) {
	list, err := records[workflow.Amendment](v, workflow.NounAmendment, models.Filter{Where: map[string]workflow.ID{"award_id": award}, Limit: models.MaxLimit})
	for i := range list {
		m := &list[i]
		out = append(out, AmendmentRow{Number: m.Number, URL: pathOf(workflow.NounAmendment, m.ID), Kind: v.ChoiceName("kind", m.Kind),
			Tag: v.Mark("amendment", m.State.String()), Made: v.Moment(m.Made), Face: m.Face})
	}
	return out, err
}

// amendmentPage answers GET /amendments/{id}.
func (s *Server) amendmentPage(v *visit, id workflow.ID, again *attempt) error {
	row, err := v.row(workflow.NounAmendment, id)
	if err != nil {
		return err
	}
	m, err := record[workflow.Amendment](v, workflow.NounAmendment, id)
	if err != nil {
		return err
	}
	signer := m.Organization
	if m.Successor != 0 {
		signer = m.Successor
	}
	names, err := s.Reader.OrganizationNames(v.ctx(), v.viewer, m.Organization, m.Successor)
	if err != nil {
		return err
	}
	acts, err := v.offered(row, again, offers{
		workflow.ActApprove: {note: v.T("amendment.approve_note")},
		workflow.ActSign: {open: true, note: v.T("amendment.sign_note", "n", m.Revision, "name", m.Recipient),
			hide: !slices.Contains(v.organizations(), signer)},
	})
	if err != nil {
		return err
	}
	view := AmendmentView{
		Shell: v.titled(v.T("amendment.title", "number", m.Number), Link{v.T("nav.awards"), "/awards"}, Link{Text: m.Number}),
		Record: Record{Tag: v.Mark("amendment", m.State.String()), Lead: v.ChoiceName("kind", m.Kind), Actions: acts,
			Notices: v.notices(again, acts), Facts: v.amendmentFacts(m)},
		Request: v.amendmentRequest(m, names),
	}
	if m.Codes != "" {
		view.Notices = append(view.Notices, Notice{Tone: "error", Head: v.codes(m.Codes), Text: m.Note})
	}
	if view.Award, err = v.subject(workflow.NounAward, m.Award); err != nil {
		return err
	}
	if view.Changes, err = v.amended(m); err != nil {
		return err
	}
	if view.Signatures, err = v.amendmentSignatures(m); err != nil {
		return err
	}
	list, err := s.Reader.Events(v.ctx(), v.viewer, workflow.NounAmendment, id)
	if err != nil {
		return err
	}
	slices.Reverse(list)
	view.History = v.timeline(v.caseEvents(list), pathOf(workflow.NounApplication, m.Application)+"?tab=history")
	return v.show(view, again)
}

func (v *visit) amendmentFacts(m *workflow.Amendment) []Fact {
	out := []Fact{{Name: v.T("award.face"), Value: m.Face.Dollars(), Number: true}, {Name: v.T("award.revision"), Value: strconv.FormatInt(m.Revision, 10)}}
	if m.State == workflow.Approved {
		due := v.Due(v.server.Now(), m.Ends)
		out = append(out, Fact{Name: v.T("list.due"), Due: &due, Note: due.At.Text})
	}
	return out
}

func (v *visit) amendmentRequest(m *workflow.Amendment, names map[workflow.ID]string) []Answer {
	out := []Answer{{Name: v.T("amendment.why"), Value: m.Reason}, {Name: v.T("amendment.recipient"), Value: names[m.Organization]}}
	if m.Successor != 0 {
		out = append(out, Answer{Name: v.ChoiceName("kind", m.Kind), Value: m.Recipient})
	}
	if m.Amount != 0 {
		out = append(out, Answer{Name: v.FieldName("amount"), Value: m.Amount.Dollars(), Number: true})
	}
	return append(out, Answer{Name: v.T("amendment.sum"), Value: m.Agreement})
}

// amended is what the agreement that m makes says differently from the one that it changes.
func (v *visit) amended(m *workflow.Amendment) (*Comparison, error) {
	before, err := v.server.Reader.Agreement(v.ctx(), m.Base)
	if err != nil {
		return nil, err
	}
	after, err := v.server.Reader.Agreement(v.ctx(), m.Agreement)
	if err != nil {
		return nil, err
	}
	var list []policy.Change
	for _, c := range before.Changes(&after) {
		what := v.T("amendment.agreed_"+c.What, "n", c.Number)
		list = append(list, policy.Change{Key: what, Before: c.Before, After: c.After})
	}
	found := v.changes(list)
	found.Title, found.Head = v.T("amendment.change"), v.T("amendment.what")
	if len(list) == 0 {
		found.Lead = v.T("amendment.nothing")
	}
	return found, nil
}

func (v *visit) amendmentSignatures(m *workflow.Amendment) ([]Check, error) {
	names, err := v.server.Reader.Names(v.ctx(), v.viewer, m.RequestedBy, m.ApprovedBy, m.SignedBy)
	if err != nil {
		return nil, err
	}
	var out []Check
	for _, one := range []struct {
		by   workflow.ID
		what string
	}{{m.RequestedBy, "requested"}, {m.ApprovedBy, "approved"}, {m.SignedBy, "signed"}} {
		check := Check{Tone: "open", Text: v.T("amendment." + one.what + "_open")}
		if one.by != 0 {
			check = Check{Tone: "ok", Text: v.T("amendment."+one.what+"_by", "name", v.personOr(names, one.by).Name)}
		}
		out = append(out, check)
	}
	return out, nil
}
