package web

import (
	"slices"
	"strings"

	"tranche/models"
	"tranche/workflow"
)

// duplicates answers GET /duplicates: pairs that wait for a decision, unless the
// address asks for others.
func (s *Server) duplicates(v *visit) error {
	if !v.viewer.SeesHits() {
		return models.ErrNotFound
	}
	list, rows, err := waiting[workflow.Duplicate](v, workflow.NounDuplicate, "duplicates", "a_id", "b_id")
	if err != nil {
		return err
	}
	view := DuplicatesView{Shell: v.titled(v.T("duplicates.title")), List: list}
	if view.Rows, err = v.duplicateRows(rows); err != nil {
		return err
	}
	return v.show(view, nil)
}

func (v *visit) duplicateRows(pairs []workflow.Duplicate) ([]DuplicateRow, error) {
	var ids, people []workflow.ID
	for i := range pairs {
		ids, people = append(ids, pairs[i].A, pairs[i].B), append(people, pairs[i].DecidedBy)
	}
	names, err := v.server.Reader.OrganizationNames(v.ctx(), v.viewer, ids...)
	if err != nil {
		return nil, err
	}
	deciders, err := v.server.Reader.Names(v.ctx(), v.viewer, people...)
	var out []DuplicateRow
	for i := range pairs {
		d := &pairs[i]
		row := DuplicateRow{A: names[d.A], B: names[d.B], URL: pathOf(workflow.NounDuplicate, d.ID), Likeness: v.T("duplicates.alike", "n", points(d.Score)),
			Tag: v.Mark("duplicate", d.State.String()), Found: v.Moment(d.Made)}
		var signs []string
		for _, sign := range d.Signs.List() {
			signs = append(signs, v.ChoiceName("sign", sign.By))
		}
		row.Signs = strings.Join(signs, v.T("format.comma"))
		if d.DecidedBy != 0 {
			row.By = v.personOr(deciders, d.DecidedBy)
		}
		out = append(out, row)
	}
	return out, err
}

// duplicatePage answers GET /duplicates/{id}: both organizations, side by side.
func (s *Server) duplicatePage(v *visit, id workflow.ID, again *attempt) error {
	row, err := v.row(workflow.NounDuplicate, id)
	if err != nil {
		return err
	}
	d, err := record[workflow.Duplicate](v, workflow.NounDuplicate, id)
	if err != nil {
		return err
	}
	a, err := record[workflow.Organization](v, workflow.NounOrganization, d.A)
	if err != nil {
		return err
	}
	b, err := record[workflow.Organization](v, workflow.NounOrganization, d.B)
	if err != nil {
		return err
	}
	events, err := s.Reader.Events(v.ctx(), v.viewer, workflow.NounDuplicate, id)
	if err != nil {
		return err
	}
	slices.Reverse(events)
	acts, err := v.offered(row, again, v.duplicateOffers(a, b))
	if err != nil {
		return err
	}
	view := DuplicateView{
		Shell: v.titled(a.LegalName+" · "+b.LegalName, Link{v.T("nav.duplicates"), "/duplicates"}, Link{Text: a.LegalName}),
		Record: Record{Tag: v.Mark("duplicate", d.State.String()), Lead: v.T("duplicates.likeness", "n", points(d.Score)), Actions: acts,
			History: v.timeline(v.tell(events), "")},
		Pairs: v.organizationPairs(a, b),
		Decisions: v.caseEvents(slices.DeleteFunc(slices.Clone(events), func(e models.Event) bool {
			return e.Action == workflow.ActCreate || e.Action == workflow.ActUpdate || e.Action == workflow.ActLapse
		})),
	}
	view.History.All = Link{}
	for i, o := range []*workflow.Organization{a, b} {
		if view.Sides[i], err = s.duplicateSide(v, o); err != nil {
			return err
		}
		view.Together += view.Sides[i].Awarded
	}
	shared := "duplicates.cap"
	if d.State == workflow.Linked || d.State == workflow.Merged {
		shared = "duplicates.cap_now"
	}
	view.Facts = []Fact{
		{Name: v.T("duplicates.awarded_to", "name", a.LegalName), Value: view.Sides[0].Awarded.Dollars(), Number: true},
		{Name: v.T("duplicates.awarded_to", "name", b.LegalName), Value: view.Sides[1].Awarded.Dollars(), Number: true},
		{Name: v.T("duplicates.together"), Value: view.Together.Dollars(), Number: true, Note: v.T(shared, "cap", workflow.AwardCap.Dollars())},
	}
	for _, sign := range d.Signs.List() {
		view.Signs = append(view.Signs, SignRow{Sign: v.ChoiceName("sign", sign.By), Weight: v.T("duplicates.alike", "n", points(sign.Score)), A: sign.A, B: sign.B})
	}
	view.Notices = v.notices(again, acts)
	return v.show(view, again)
}

// duplicateOffers says what follows from each decision.
func (v *visit) duplicateOffers(a, b *workflow.Organization) offers {
	reason := map[string]string{"note": v.T("duplicates.reason"), "kept": v.T("duplicates.kept")}
	which := map[string][]Option{"kept": {{Value: a.ID.String(), Text: a.LegalName}, {Value: b.ID.String(), Text: b.LegalName}}}
	out := offers{}
	for _, action := range []workflow.Action{workflow.ActDismiss, workflow.ActLink, workflow.ActMerge, workflow.ActUndo, workflow.ActReopen} {
		out[action] = offer{note: v.T("duplicates." + action.String() + "_note"), labels: reason, options: which}
	}
	return out
}

// duplicateSide tells of one organization what the cap and the cases say.
func (s *Server) duplicateSide(v *visit, o *workflow.Organization) (DuplicateSide, error) {
	side := DuplicateSide{Name: o.LegalName, URL: pathOf(workflow.NounOrganization, o.ID), Tag: v.Mark("organization", o.State.String())}
	awards, err := models.List[workflow.Award](v.ctx(), s.Reader, v.viewer, workflow.NounAward, models.Filter{Where: map[string]workflow.ID{"organization_id": o.ID},
		States: []workflow.State{workflow.Offered, workflow.ChangeRequested, workflow.Accepted, workflow.Active, workflow.Suspended, workflow.Closing, workflow.Closed}}, "")
	if err != nil {
		return side, err
	}
	side.Awarded = awards.Sum
	side.Cases, err = s.casesOf(v, o.ID)
	return side, err
}

// organizationPairs are the fields of two organizations that either says anything in.
func (v *visit) organizationPairs(a, b *workflow.Organization) []HitPair {
	pair := func(name, x, y string) HitPair {
		p := HitPair{Name: name, Ours: x, Listed: y}
		if x != "" && y != "" {
			p.Same = strings.EqualFold(x, y)
			p.Finding = v.T(map[bool]string{true: "hits.same", false: "hits.different"}[p.Same])
		}
		return p
	}
	field := func(name, x, y string) HitPair { return pair(v.FieldName(name), x, y) }
	place := func(o *workflow.Organization) string {
		return strings.Join(nonEmpty(o.Street, townOf(o), o.Zip, o.Country), ", ")
	}
	all := []HitPair{field("legal_name", a.LegalName, b.LegalName), field("uei", a.UEI, b.UEI), field("ein", a.EIN, b.EIN), field("cage", a.CAGE, b.CAGE),
		pair(v.T("hits.place"), place(a), place(b)), field("website", a.Website, b.Website), field("email", a.Email, b.Email),
		field("naics", a.NAICS, b.NAICS), field("founded", unlessZero(a.Founded, v.Date(a.Founded).Text), unlessZero(b.Founded, v.Date(b.Founded).Text)),
		pair(v.T("duplicates.registered"), v.Day(a.Made).Text, v.Day(b.Made).Text)}
	return slices.DeleteFunc(all, func(p HitPair) bool { return p.Ours == "" && p.Listed == "" })
}

// pairsOf lists the pairs that an organization is of, but for those that are not
// alike any more; nil where the reader may not know.
func (v *visit) pairsOf(organization workflow.ID) ([]DuplicateRow, error) {
	if !v.who().SeesHits() {
		return nil, nil
	}
	var all []workflow.Duplicate
	for _, side := range []string{"a_id", "b_id"} {
		found, err := records[workflow.Duplicate](v, workflow.NounDuplicate, models.Filter{Where: map[string]workflow.ID{side: organization},
			States: []workflow.State{workflow.Open, workflow.Linked, workflow.Merged, workflow.Dismissed}, Limit: models.MaxLimit})
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return v.duplicateRows(all)
}
