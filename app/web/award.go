package web

import (
	"slices"
	"strings"
	"time"

	"tranche/models"
	"tranche/workflow"
)

// awards answers GET /awards.
func (s *Server) awards(v *visit) error {
	t := v.readTable(workflow.NounAward, "/awards", "application", "organization", "opportunity")
	l, err := models.List[workflow.Award](v.ctx(), s.Reader, v.viewer, workflow.NounAward, t.filter, t.search)
	if err != nil {
		return err
	}
	lines, err := s.Reader.AwardLines(v.ctx(), v.viewer, idsOf(l.Rows, func(a *workflow.Award) workflow.ID { return a.ID })...)
	if err != nil {
		return err
	}
	view := AwardsView{Shell: v.titled(v.T("awards.title")), List: v.list(t, "awards", len(l.Rows), l.Count, l.Sum, l.ByState, l.Next)}
	for i := range l.Rows {
		a := &l.Rows[i]
		line := lines[a.ID]
		view.Rows = append(view.Rows, AwardRow{
			Number: a.Number, URL: pathOf(workflow.NounAward, a.ID), Organization: line.Organization, Place: placeName(line.City, line.Region),
			Tag: v.Mark("award", a.State.String()), Amount: a.Face, Paid: line.Paid, Percent: Percent(line.Paid, a.Face), Due: v.awardDue(a, line.Next),
		})
	}
	return v.show(view, nil)
}

// idsOf lists the IDs of rows.
func idsOf[R any](rows []R, id func(*R) workflow.ID) []workflow.ID {
	out := make([]workflow.ID, len(rows))
	for i := range rows {
		out[i] = id(&rows[i])
	}
	return out
}

// awardDue is what the award waits for: the signature, the next milestone, the
// closeout.
func (v *visit) awardDue(a *workflow.Award, next workflow.Date) Due {
	now := v.server.Now()
	switch a.State {
	case workflow.Offered, workflow.ChangeRequested, workflow.Accepted:
		return v.Due(now, a.OfferEnds)
	case workflow.Active, workflow.Suspended:
		return v.DueDay(now, next)
	case workflow.Closing:
		return v.DueDay(now, a.CloseoutDue())
	}
	return v.Due(now, time.Time{})
}

// awardPage answers GET /awards/{id}.
func (s *Server) awardPage(v *visit, id workflow.ID, again *attempt) error {
	row, err := v.row(workflow.NounAward, id)
	if err != nil {
		return err
	}
	a, err := record[workflow.Award](v, workflow.NounAward, id)
	if err != nil {
		return err
	}
	acts, err := v.offered(row, again, offers{
		workflow.ActAccept: {open: true, note: v.T("award.accept_note")}, workflow.ActRevise: {values: map[string]string{"terms": a.Terms}},
		workflow.ActAcknowledge:       {note: v.T("award.acknowledge_note"), hide: a.OverCap == 0},
		workflow.ActCloseUnilaterally: {note: v.T("award.closeout_note")},
		workflow.ActCountersign:       {note: v.T("award.countersign_note", "amount", a.Face.Dollars())},
	})
	if err != nil {
		return err
	}
	if !mine(row) && awardLives(a.State) {
		v.holdOffer(&acts, row, again)
	}
	if err := v.amendOffer(&acts, a, row, again); err != nil {
		return err
	}
	if mayMake(workflow.NounFinding, row.Roles) && slices.Contains([]workflow.State{workflow.Active, workflow.Suspended, workflow.Closing, workflow.Closed}, a.State) {
		acts.make(v, workflow.NounFinding, id, again, offer{})
	}
	view := AwardView{Shell: v.titled(v.T("award.title", "number", a.Number), Link{v.T("nav.awards"), "/awards"}, Link{Text: a.Number}),
		Record: Record{Tag: v.Mark("award", a.State.String()), Stages: v.awardStages(a), Actions: acts, Notices: v.notices(again, acts), Buttons: v.ledgerOf(workflow.NounApplication, a.Application)}}
	if !mine(row) && a.OverCap != 0 {
		view.Notices = append(view.Notices, Notice{Tone: "warning", Text: v.T("award.over_cap", "sum", a.OverCap.Dollars())})
	}
	if err := v.awardParts(&view, a, row); err != nil {
		return err
	}
	return v.show(view, again)
}

// awardLives reports whether an award in a state may still move.
func awardLives(s workflow.State) bool {
	return !slices.Contains([]workflow.State{workflow.Closed, workflow.Refused, workflow.Lapsed, workflow.Rescinded}, s)
}

// awardParts fills what follows from the award.
func (v *visit) awardParts(view *AwardView, a *workflow.Award, row models.Row) error {
	s := v.server
	lines, err := s.Reader.AwardLines(v.ctx(), v.viewer, a.ID)
	if err != nil {
		return err
	}
	line := lines[a.ID]
	view.Lead = placeLine(line.Organization, line.City, line.Region)
	view.Organization = Link{line.Organization, pathOf(workflow.NounOrganization, a.Organization)}
	view.Facts = v.awardFacts(a, line)
	view.Terms, view.Conditions = v.awardTerms(a), conditionsOf(a.Terms)
	of := map[string]workflow.ID{"award_id": a.ID}
	claims, err := records[workflow.Claim](v, workflow.NounClaim, models.Filter{Where: of, Limit: models.MaxLimit})
	if err != nil {
		return err
	}
	if view.Claims, err = v.claimRows(claims); err != nil {
		return err
	}
	tranches, err := records[workflow.Tranche](v, workflow.NounTranche, models.Filter{Where: of, Limit: models.MaxLimit, States: []workflow.State{workflow.Active}})
	if err != nil {
		return err
	}
	slices.SortFunc(tranches, func(a, b workflow.Tranche) int { return int(a.Number - b.Number) })
	for i := range tranches {
		view.Tranches, view.Total = append(view.Tranches, v.trancheRow(a, &tranches[i], claims, mine(row))), view.Total+tranches[i].Amount
	}
	if view.Reports, err = v.reportRows(a.ID); err != nil {
		return err
	}
	if err := v.afterPayment(view, a); err != nil {
		return err
	}
	if view.Signatures, err = v.signatures(a, row); err != nil {
		return err
	}
	if view.Amendments, err = v.amendmentRows(a.ID); err != nil {
		return err
	}
	notices, err := s.Reader.Notices(v.ctx(), v.viewer, a.ID)
	if err != nil {
		return err
	}
	view.Papers = v.letterCards(notices)
	money, err := s.Reader.AwardMoney(v.ctx(), v.viewer, a.ID)
	if err != nil {
		return err
	}
	view.Money = v.accounts(money, a.Face, workflow.Committed, workflow.Obligated, workflow.Payable, workflow.InFlight, workflow.Disbursed, workflow.Receivable, workflow.Recovered, workflow.WrittenOffDebt)
	events, err := v.awardEvents(a, row)
	view.History = v.timeline(events, pathOf(workflow.NounApplication, a.Application)+"?tab=history")
	return err
}

// awardEvents is what happened to the award itself.
func (v *visit) awardEvents(a *workflow.Award, row models.Row) ([]Event, error) {
	list, err := v.server.Reader.Events(v.ctx(), v.viewer, workflow.NounAward, a.ID)
	slices.Reverse(list)
	return v.caseEvents(list), err
}

func (v *visit) awardFacts(a *workflow.Award, line models.AwardLine) []Fact {
	out := []Fact{
		{Name: v.T("award.face"), Value: a.Face.Dollars(), Number: true},
		{Name: v.T("money.paid"), Value: line.Paid.Dollars(), Number: true, Note: v.T("format.percent", "n", Percent(line.Paid, a.Face))},
		{Name: v.Noun("application"), Value: v.T("case.open"), URL: pathOf(workflow.NounApplication, a.Application)},
	}
	if due := v.awardDue(a, line.Next); due.Tone != "none" {
		out = append(out, Fact{Name: v.T("list.due"), Due: &due, Note: due.At.Text})
	}
	return out
}

func (v *visit) awardTerms(a *workflow.Award) []Answer {
	out := []Answer{{Name: v.T("award.face"), Value: a.Face.Dollars(), Number: true}}
	if a.PeriodStart != 0 {
		out = append(out, Answer{Name: v.T("award.period"), Value: v.T("format.span", "start", v.Date(a.PeriodStart).Text, "end", v.Date(a.PeriodEnd.AddDays(-1)).Text)})
	}
	if !a.OfferEnds.IsZero() && a.AcceptedAt.IsZero() {
		out = append(out, Answer{Name: v.T("award.expires"), Value: v.Moment(a.OfferEnds).Text})
	}
	if a.ChangeAsked != "" {
		out = append(out, Answer{Name: v.FieldName("change"), Value: a.ChangeAsked})
	}
	return append(out, Answer{Name: v.T("award.revision"), Value: v.T("organization.version", "n", a.Revision)})
}

// conditionsOf splits the terms into their paragraphs.
func conditionsOf(terms string) []string {
	var out []string
	for line := range strings.Lines(terms) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// trancheRow is a milestone with how far its claim has come.
func (v *visit) trancheRow(a *workflow.Award, t *workflow.Tranche, claims []workflow.Claim, member bool) TrancheRow {
	row := TrancheRow{Number: int(t.Number), Milestone: t.Title, Note: t.Deliverable, Due: v.Date(t.Due), Tag: v.Mark("tranche", "open"), Amount: t.Amount}
	for _, c := range claims {
		if c.Tranche == t.ID && c.State != workflow.Rejected && c.State != workflow.Cancelled {
			row.Tag, row.Action = v.Mark("claim", c.State.String()), Link{c.Number, pathOf(workflow.NounClaim, c.ID)}
			return row
		}
	}
	if member && a.Running() {
		row.Action = Link{v.T("award.claim"), pathOf(workflow.NounAward, a.ID) + "/claims/new?tranche=" + t.ID.String()}
	}
	return row
}

// signatures says who signed, and who still has to.
func (v *visit) signatures(a *workflow.Award, row models.Row) ([]Check, error) {
	names, err := v.server.Reader.Names(v.ctx(), v.viewer, a.AcceptedBy, a.CountersignedBy)
	if err != nil {
		return nil, err
	}
	signed := func(by workflow.ID, at time.Time, done, open string) Check {
		if at.IsZero() {
			return Check{Tone: "open", Text: v.T(open)}
		}
		name := names[by]
		if name == "" {
			name = v.T("record.somebody")
		}
		return Check{Tone: "ok", Text: v.T(done, "name", name), Note: v.Moment(at).Text}
	}
	return []Check{
		signed(a.AcceptedBy, a.AcceptedAt, "award.accepted_by", "award.accept_open"),
		signed(a.CountersignedBy, a.CountersignedAt, "award.countersigned_by", "award.countersign_open"),
	}, nil
}

// accounts are those of an award or a fund that hold something.
func (v *visit) accounts(b workflow.Balances, whole workflow.Cents, list ...workflow.Account) []Account {
	var out []Account
	for _, a := range list {
		if b[a] > 0 {
			out = append(out, Account{v.T("money." + a.String()), b[a], Percent(b[a], whole)})
		}
	}
	return out
}

var awardPath = []struct {
	words  string
	states []workflow.State
}{
	{"award.stage_offered", []workflow.State{workflow.Offered, workflow.ChangeRequested, workflow.Refused, workflow.Lapsed, workflow.Rescinded}},
	{"award.stage_accepted", []workflow.State{workflow.Accepted}},
	{"award.stage_active", []workflow.State{workflow.Active, workflow.Suspended}},
	{"award.stage_closing", []workflow.State{workflow.Closing}},
	{"award.stage_closed", []workflow.State{workflow.Closed}},
}

func (v *visit) awardStages(a *workflow.Award) []Stage {
	out := make([]Stage, len(awardPath))
	at := 0
	for i, stage := range awardPath {
		out[i].Name = v.T(stage.words)
		if slices.Contains(stage.states, a.State) {
			at = i
		}
	}
	over := a.State == workflow.Refused || a.State == workflow.Lapsed || a.State == workflow.Rescinded
	for i := range out {
		out[i].Done, out[i].Current, out[i].Stopped = i < at || a.State == workflow.Closed, i == at && !over && a.State != workflow.Closed, i == at && over
	}
	out[at].noted(v.State("award", a.State.String()))
	return out
}
