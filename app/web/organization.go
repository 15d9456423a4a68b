package web

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"tranche/models"
	"tranche/workflow"
)

// organizationPage is a company: to its own people with the forms for statements,
// affiliates and bank accounts, to the staff for reading.
func (s *Server) organizationPage(v *visit, id workflow.ID, again *attempt) error {
	row, err := v.row(workflow.NounOrganization, id)
	if err != nil {
		return err
	}
	o, err := record[workflow.Organization](v, workflow.NounOrganization, id)
	if err != nil {
		return err
	}
	view := OrganizationView{
		Shell:    v.titled(o.LegalName),
		Record:   Record{Tag: v.Mark("organization", o.State.String()), Lead: townOf(o), Number: o.UEI, Buttons: v.ledgerOf(workflow.NounOrganization, o.ID)},
		Identity: identityOf(v, o),
	}
	if o.MergedInto != 0 && !mine(row) { // its own people are not told who
		stays := Answer{Name: v.T("duplicates.stays")}
		var seen bool
		if stays.Value, seen, err = s.Reader.Named(v.ctx(), v.viewer, id, o.MergedInto); err != nil {
			return err
		}
		if seen {
			stays.URL = pathOf(workflow.NounOrganization, o.MergedInto)
		}
		view.Identity = append([]Answer{stays}, view.Identity...)
	}
	if !workflow.EINUsual(o.EIN) {
		view.Warning = v.T("organization.ein_unusual")
	}
	if view.Statements, err = s.statements(v, id); err != nil {
		return err
	}
	if view.Kin, err = s.kin(v, id); err != nil {
		return err
	}
	if view.Accounts, err = s.accounts(v, id); err != nil {
		return err
	}
	if view.Cases, err = s.casesOf(v, id); err != nil {
		return err
	}
	if view.Actions, err = s.organizationActions(v, row, again); err != nil {
		return err
	}
	if view.Members, err = v.members(id, again); err != nil {
		return err
	}
	for i := range view.Members {
		view.InRows = append(view.InRows, view.Members[i].Acts.Offer...)
	}
	if !mine(row) {
		if err := s.screenings(v, &view, row, again); err != nil {
			return err
		}
		if view.Duplicates, err = v.pairsOf(id); err != nil {
			return err
		}
	}
	events, err := v.history(workflow.NounOrganization, id)
	if err != nil {
		return err
	}
	view.History = Timeline{Events: events[:min(len(events), recent)]}
	view.Notices = v.notices(again, view.forms())
	return v.show(view, again)
}

// townOf writes where an organization is: "Bend, OR".
func townOf(o *workflow.Organization) string {
	return strings.Trim(o.City+", "+o.Region, ", ")
}

// identityOf is who an organization is.
func identityOf(v *visit, o *workflow.Organization) []Answer {
	address := strings.Join(strings.Fields(strings.Join([]string{o.Street, townOf(o), o.Zip, o.Country}, " ")), " ")
	all := []Answer{
		{Name: v.T("organization.legal_name"), Value: o.LegalName}, {Name: v.T("organization.uei"), Value: o.UEI, Number: true},
		{Name: v.T("organization.ein"), Value: o.EIN, Number: true}, {Name: v.T("organization.address"), Value: address},
	}
	industry := o.NAICS
	if title, known := workflow.Industry(o.NAICS); known {
		industry += " " + title
	}
	all = append(all, Answer{Name: v.FieldName("mailing"), Value: o.Mailing}, Answer{Name: v.FieldName("cage"), Value: o.CAGE, Number: true},
		Answer{Name: v.FieldName("naics"), Value: industry}, Answer{Name: v.FieldName("founded"), Value: v.Date(o.Founded).Text},
		Answer{Name: v.FieldName("website"), Value: o.Website}, Answer{Name: v.FieldName("email"), Value: o.Email})
	var out []Answer
	for _, a := range all {
		if a.Value != "" {
			out = append(out, a)
		}
	}
	return out
}

// statements are an organization's revenue statements that stand, the newest
// period first.
func (s *Server) statements(v *visit, organization workflow.ID) ([]StatementRow, error) {
	list, err := records[workflow.RevenueStatement](v, workflow.NounStatement, models.Filter{
		Where: map[string]workflow.ID{"organization_id": organization}, States: []workflow.State{workflow.Active}, Limit: models.MaxLimit})
	slices.SortStableFunc(list, func(a, b workflow.RevenueStatement) int { return cmp.Compare(b.PeriodEnd, a.PeriodEnd) })
	var out []StatementRow
	for i := range list {
		one := &list[i]
		out = append(out, StatementRow{
			Year: v.periodName(one), URL: pathOf(workflow.NounStatement, one.ID), Period: v.span(one.PeriodStart, one.PeriodEnd),
			Amount: moneyIn(one.Amount, one.Currency), Source: v.ChoiceName("source", one.Source), Document: one.Document != "", At: v.Day(one.Made),
		})
	}
	return out, err
}

// periodName is what people call the period of a statement.
func (v *visit) periodName(s *workflow.RevenueStatement) string {
	if s.FiscalYear == 0 {
		return v.T("revenue.period")
	}
	return v.T("revenue.fiscal", "year", s.FiscalYear)
}

// span writes a period: "Jan 1, 2025 to Dec 31, 2025".
func (v *visit) span(start, end workflow.Date) string {
	return v.T("format.span", "start", v.Date(start).Text, "end", v.Date(end).Text)
}

// kin is the tree of affiliates below an organization, whichever way the links
// go. Where they go round, or meet again, the second mention says so and ends.
func (s *Server) kin(v *visit, organization workflow.ID) ([]KinNode, error) {
	links, err := s.Reader.Kin(v.ctx(), v.viewer, organization)
	if err != nil {
		return nil, err
	}
	return v.branches(links, organization, map[workflow.ID]bool{organization: true}, map[workflow.ID]bool{}), nil
}

// branches lists what links lead to from an organization. told are the
// organizations that stand on the page, used the links that do.
func (v *visit) branches(links []models.Kinship, at workflow.ID, told, used map[workflow.ID]bool) []KinNode {
	var out []KinNode
	var next []workflow.ID
	for i := range links {
		l := &links[i]
		if used[l.ID] || l.Owner != at && l.Owned != at {
			continue
		}
		used[l.ID] = true
		node, id := v.kinNode(l, at)
		node.Again, told[id] = told[id], true
		out, next = append(out, node), append(next, id)
	}
	for i, id := range next {
		if !out[i].Again {
			out[i].Below = v.branches(links, id, told, used)
		}
	}
	return out
}

// kinNode is the end of a link that is not at.
func (v *visit) kinNode(l *models.Kinship, at workflow.ID) (KinNode, workflow.ID) {
	id, node, seen := l.Owned, KinNode{Name: l.OwnedName, UEI: l.OwnedUEI, Relation: v.T("organization.child")}, l.OwnedSeen
	if l.Owned == at {
		id, seen = l.Owner, l.OwnerSeen
		node = KinNode{Name: l.OwnerName, UEI: l.OwnerUEI, Relation: v.T("organization.parent")}
	}
	if l.Share > 0 {
		node.Relation += v.T("format.comma") + v.T("format.percent", "n", percentText(int(l.Share)))
	}
	if l.Control {
		node.Relation += v.T("format.comma") + v.T("organization.controls")
	}
	if seen {
		node.URL = pathOf(workflow.NounOrganization, id)
	}
	if l.OwnerSeen { // the affiliation belongs to its owner
		node.Link = pathOf(workflow.NounAffiliation, l.ID)
	}
	node.Tag = v.Mark("affiliation", l.State.String())
	node.Period = v.T("organization.since_day", "day", v.Date(l.Since).Text)
	if l.Until != 0 {
		node.Period = v.T("organization.until_day", "since", v.Date(l.Since).Text, "until", v.Date(l.Until).Text)
	}
	return node, id
}

// cellIn returns the value of a column, nil when the row does not show it.
func cellIn(row models.Row, column string) any {
	for _, cell := range row.Cells {
		if cell.Name == column {
			return cell.Value
		}
	}
	return nil
}

// accounts are the versions of an organization's bank account, the newest first.
func (s *Server) accounts(v *visit, organization workflow.ID) ([]BankAccountRow, error) {
	list, err := records[workflow.BankAccount](v, workflow.NounBankAccount, models.Filter{
		Where: map[string]workflow.ID{"organization_id": organization}, Limit: models.MaxLimit})
	if err != nil {
		return nil, err
	}
	var people []workflow.ID
	for _, one := range list {
		people = append(people, one.EnteredBy, one.VerifiedBy)
	}
	names, err := s.Reader.Names(v.ctx(), v.viewer, people...)
	var out []BankAccountRow
	for i, one := range list {
		account := BankAccountRow{
			URL: pathOf(workflow.NounBankAccount, one.ID), LastFour: one.Last4, Bank: v.FieldName("routing") + " " + one.Routing, Version: len(list) - i,
			Tag: v.Mark("bank_account", one.State.String()), Entered: byAt(names[one.EnteredBy], v.Day(one.Made)),
		}
		if one.VerifiedBy != 0 {
			account.Verified = byAt(names[one.VerifiedBy], Stamp{})
			if account.Verified == "" {
				account.Verified = v.T("form.yes")
			}
		}
		out = append(out, account)
	}
	return out, err
}

// byAt writes who did something, if the reader may know, and when.
func byAt(name string, at Stamp) string { return strings.Trim(name+" · "+at.Text, " ·") }

// casesOf are an organization's applications.
func (s *Server) casesOf(v *visit, organization workflow.ID) ([]QueueRow, error) {
	list, err := records[workflow.Application](v, workflow.NounApplication, models.Filter{
		Where: map[string]workflow.ID{"organization_id": organization}, Limit: models.MaxLimit})
	var out []QueueRow
	for _, a := range list {
		row := QueueRow{Title: a.Title, URL: pathOf(workflow.NounApplication, a.ID), Number: a.Number, Requested: a.Requested,
			Tag: v.applicationTag(a.State)}
		if row.Title == "" {
			row.Title = a.Number
		}
		out = append(out, row)
	}
	return out, err
}

// members are who acts for an organization, as far as the reader may know them, with the
// forms that take their roles away.
func (v *visit) members(organization workflow.ID, again *attempt) ([]MemberRow, error) {
	rows, _, err := v.server.Reader.Rows(v.ctx(), v.viewer, workflow.NounGrant, models.Filter{
		Where: map[string]workflow.ID{"organization_id": organization}, States: []workflow.State{workflow.Active}, Limit: models.MaxLimit})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	names, err := v.server.Reader.Names(v.ctx(), v.viewer, idsOf(rows, func(r *models.Row) workflow.ID { return idIn(*r, "person_id") })...)
	if err != nil {
		return nil, err
	}
	acts, err := v.revocable(rows, again)
	out := make([]MemberRow, len(rows))
	for i, row := range rows {
		out[i] = MemberRow{PersonNamed(names[idIn(row, "person_id")], v.roleIn(row)), acts[i]}
	}
	return out, err
}

// belongings are what an organization's people may add to it, in the order of the
// forms.
var belongings = []workflow.Noun{workflow.NounStatement, workflow.NounBankAccount, workflow.NounAffiliation}

// organizationActions are the forms of the organization itself, those that add to
// it, and those that take a statement back.
func (s *Server) organizationActions(v *visit, row models.Row, again *attempt) (Actions, error) {
	out, err := v.actions(row, again, nil)
	if err != nil {
		return out, err
	}
	if mine(row) {
		out.keepIdentity(row)
	}
	var added []Action
	for _, noun := range belongings {
		action := makes(noun)
		if workflow.RowOf(noun, action, workflow.None, row.Roles) == nil || !mine(row) {
			continue
		}
		known, err := s.belonging(v, noun, row.Record.ID)
		if err != nil {
			return out, err
		}
		if noun == workflow.NounAffiliation && len(known.options["owner"]) < 2 {
			continue
		}
		added = append(added, Action{Form: v.maker(noun, row.Record.ID, again, known), Label: v.T("organization.add_" + noun.String()),
			Note: v.T("organization.add_" + noun.String() + "_note"), Open: again.of(noun, action, 0)})
	}
	out.Offer = append(added, out.Offer...)
	return out, nil
}

// keepIdentity has the form that changes contact data carry along unseen what its
// people cannot change.
func (a *Actions) keepIdentity(row models.Row) {
	for i := range a.Offer {
		if a.Offer[i].Name != workflow.ActUpdate.String() {
			continue
		}
		for _, column := range []string{"legal_name", "uei", "ein", "cage", "founded", "invented", "note"} {
			if value, _ := typed(cellIn(row, column)); column != "cage" && column != "founded" || value != "" {
				a.Offer[i].about(Hidden{column, value})
			}
		}
	}
}

// belonging is what the forms hold at first: the last fiscal year, the legal name.
func (s *Server) belonging(v *visit, noun workflow.Noun, organization workflow.ID) (offer, error) {
	switch noun {
	case workflow.NounStatement:
		year := s.Now().Year() - 1
		first := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
		return offer{values: map[string]string{
			"fiscal_year": fmt.Sprint(year), "period_start": workflow.DateOf(first).String(),
			"period_end": workflow.DateOf(first.AddDate(1, 0, -1)).String(), "currency": workflow.USD,
		}}, nil
	case workflow.NounBankAccount:
		o, err := record[workflow.Organization](v, workflow.NounOrganization, organization)
		if err != nil {
			return offer{}, err
		}
		return offer{values: map[string]string{"holder": o.LegalName}}, nil
	}
	options, err := s.organizationOptions(v)
	return offer{options: map[string][]Option{"owner": options, "owned": options}}, err
}

// affiliated shows the page of the reader's organization that told of an affiliate,
// with the form that came back.
func (s *Server) affiliated(v *visit, _ workflow.ID, again *attempt) error {
	for _, side := range []string{"owner", "owned"} {
		for _, mine := range v.organizations() {
			if again.values.Get(side) == mine.String() {
				return s.organizationPage(v, mine, again)
			}
		}
	}
	return models.ErrNotFound
}
