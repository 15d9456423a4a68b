package web

import (
	"slices"
	"strconv"
	"strings"

	"tranche/models"
	"tranche/workflow"
)

// countHits says in the menu how many hits wait for the reader.
func (v *visit) countHits() error {
	n, err := v.server.Reader.OpenHits(v.ctx(), v.who())
	for i := range v.Nav {
		if v.Nav[i].URL == "/hits" && n > 0 {
			v.Nav[i].Count = strconv.Itoa(n)
		}
	}
	return err
}

// hits answers GET /hits: those that wait for a decision, unless the address asks for
// others.
func (s *Server) hits(v *visit) error {
	if !v.viewer.SeesHits() {
		return models.ErrNotFound
	}
	list, rows, err := waiting[workflow.Hit](v, workflow.NounHit, "hits", "organization", "list", "person")
	if err != nil {
		return err
	}
	view := HitsView{Shell: v.titled(v.T("hits.title")), List: list}
	if view.Rows, err = v.hitRows(rows); err != nil {
		return err
	}
	return v.show(view, nil)
}

// waiting reads the list of what somebody decides about: what is open, unless the
// address asks for another state, with a tab for each. The words and the path have one name.
func waiting[R any](v *visit, noun workflow.Noun, name string, of ...string) (List, []R, error) {
	t := v.readTable(noun, "/"+name, of...)
	open := len(t.filter.States) == 0
	if open {
		t.filter.States = []workflow.State{workflow.Open}
	}
	l, err := models.List[R](v.ctx(), v.server.Reader, v.viewer, noun, t.filter, t.search)
	if err != nil {
		return List{}, nil, err
	}
	shown := t
	shown.filter.States = nil // the tabs say which
	out := v.list(shown, name, len(l.Rows), l.Count, 0, l.ByState, l.Next)
	out.Filters.Fields = nil
	if !open {
		out.Filters.Keep = append(out.Filters.Keep, Hidden{"state", t.filter.States[0].String()})
	}
	for _, state := range workflow.StatesOf(noun) {
		url := t.url("state", state.String())
		if state == workflow.Open {
			url = t.url("state")
		}
		out.Tabs = append(out.Tabs, Tab{Text: v.State(noun.String(), state.String()), URL: url, Count: strconv.Itoa(l.ByState[state]), Current: slices.Contains(t.filter.States, state)})
	}
	return out, l.Rows, nil
}

func (v *visit) hitRows(hits []workflow.Hit) ([]HitRow, error) {
	organizations, err := v.server.Reader.OrganizationNames(v.ctx(), v.viewer, idsOf(hits, func(h *workflow.Hit) workflow.ID { return h.Organization })...)
	if err != nil {
		return nil, err
	}
	people, err := v.server.Reader.Names(v.ctx(), v.viewer, idsOf(hits, func(h *workflow.Hit) workflow.ID { return h.DecidedBy })...)
	var out []HitRow
	for i := range hits {
		h := &hits[i]
		row := HitRow{Subject: h.Subject, URL: pathOf(workflow.NounHit, h.ID), Entry: h.Entry, List: v.ChoiceName("kind", h.Kind), Key: h.Key,
			Organization: Link{organizations[h.Organization], pathOf(workflow.NounOrganization, h.Organization)},
			Likeness:     v.likeness(h), Tag: v.Mark("hit", h.State.String()), Found: v.Moment(h.Made)}
		if h.DecidedBy != 0 {
			row.By = v.personOr(people, h.DecidedBy)
		}
		out = append(out, row)
	}
	return out, err
}

// likeness says why h was found.
func (v *visit) likeness(h *workflow.Hit) string {
	if h.By == workflow.ByName {
		return v.T("hits.alike", "n", points(h.Score))
	}
	return v.T("hits.exact", "number", v.FieldName(h.By))
}

// hitPage answers GET /hits/{id}: both sides, field by field.
func (s *Server) hitPage(v *visit, id workflow.ID, again *attempt) error {
	row, err := v.row(workflow.NounHit, id)
	if err != nil {
		return err
	}
	h, list, entry, err := s.Reader.HitEntry(v.ctx(), v.who(), id)
	if err != nil {
		return err
	}
	o, err := record[workflow.Organization](v, workflow.NounOrganization, h.Organization)
	if err != nil {
		return err
	}
	events, err := s.Reader.Events(v.ctx(), v.viewer, workflow.NounHit, id)
	if err != nil {
		return err
	}
	slices.Reverse(events)
	reason := map[string]string{"note": v.T("hits.reason")}
	acts, err := v.offered(row, again, offers{
		workflow.ActDismiss: {note: v.T("hits.dismiss_note"), labels: reason},
		workflow.ActConfirm: {note: v.T("hits.confirm_note"), labels: reason},
		workflow.ActReopen:  {note: v.T("hits.reopen_note"), labels: reason},
	})
	if err != nil {
		return err
	}
	view := HitView{
		Shell: v.titled(h.Subject+" · "+h.Entry, Link{v.T("nav.hits"), "/hits"}, Link{Text: h.Subject}),
		Record: Record{Tag: v.Mark("hit", h.State.String()), Lead: v.ChoiceName("kind", h.Kind), Number: h.Key, Actions: acts,
			Facts: []Fact{
				{Name: v.T("hits.likeness"), Value: v.likeness(h), Note: v.T("hits.threshold", "n", points(list.Threshold))},
				{Name: v.Noun("organization"), Value: o.LegalName, URL: pathOf(workflow.NounOrganization, o.ID)},
				{Name: v.T("hits.found"), Value: v.Day(h.Made).Text, Note: v.Clock(h.Made).Text},
			},
			History: v.timeline(v.tell(events), "")},
		Pairs: v.hitPairs(h, o, &entry), Source: v.listVersion(list),
		Decisions: v.caseEvents(slices.DeleteFunc(slices.Clone(events), func(e models.Event) bool { return !slices.Contains(decidingHits, e.Action) })),
	}
	view.History.All = Link{}
	for _, w := range h.Words() {
		pair := WordPair{Ours: w.Ours, Listed: w.Listed}
		if w.Ours != "" && w.Listed != "" {
			pair.Likeness = v.T("hits.alike", "n", points(w.Score))
		}
		view.Words = append(view.Words, pair)
	}
	if view.Cases, err = s.casesOf(v, o.ID); err != nil {
		return err
	}
	view.Notices = v.notices(again, acts)
	return v.show(view, again)
}

// decidingHits are the acts by which somebody decides about a hit.
var decidingHits = []workflow.Action{workflow.ActDismiss, workflow.ActConfirm, workflow.ActReopen}

// hitPairs are the fields of both sides that say anything.
func (v *visit) hitPairs(h *workflow.Hit, o *workflow.Organization, e *workflow.ListEntry) []HitPair {
	kind, ours := workflow.EntryEntity, *o
	if h.Person != 0 {
		kind, ours = workflow.EntryIndividual, workflow.Organization{}
	}
	pair := func(words, ours, listed string) HitPair {
		return HitPair{Name: v.T("hits." + words), Ours: ours, Listed: listed}
	}
	number := func(field, ours, listed string) HitPair {
		p := HitPair{Name: v.FieldName(field), Ours: ours, Listed: listed, Number: true}
		if ours != "" && listed != "" {
			plain := func(s string) string { return strings.ToUpper(strings.ReplaceAll(s, "-", "")) }
			p.Same = plain(ours) == plain(listed)
			p.Finding = v.T(map[bool]string{true: "hits.same", false: "hits.different"}[p.Same])
		}
		return p
	}
	all := []HitPair{pair("name", h.Subject, e.Name)}
	if h.Entry != e.Name {
		all = append(all, pair("alike_name", h.Subject, h.Entry))
	}
	if h.Person == 0 && o.LegalName != h.Subject {
		all = append(all, pair("now", o.LegalName, ""))
	}
	if h.Person != 0 {
		acts := pair("acts_for", o.LegalName, "")
		acts.URL = pathOf(workflow.NounOrganization, o.ID)
		all = append(all, acts)
	}
	all = append(all, pair("aliases", "", strings.Join(e.Aliases, "; ")),
		number("uei", ours.UEI, e.UEI), number("cage", ours.CAGE, e.CAGE), number("ein", ours.EIN, e.EIN),
		pair("type", v.T("hits."+kind), v.T("hits."+e.Type)),
		pair("place", strings.Join(nonEmpty(ours.Street, townOf(&ours), ours.Zip, ours.Country), ", "), e.Country),
		pair("program", "", e.Program), pair("remarks", "", e.Remarks),
		pair("status", "", strings.Join(nonEmpty(e.Status, unlessZero(e.Ends, v.Date(e.Ends).Text)), ", ")))
	return slices.DeleteFunc(all, func(p HitPair) bool { return p.Ours == "" && p.Listed == "" })
}

// listVersion says which version of a list an entry stands in.
func (v *visit) listVersion(l *workflow.List) []Answer {
	return []Answer{
		{Name: v.Noun("list"), Value: v.ChoiceName("kind", l.Kind), URL: pathOf(workflow.NounList, l.ID)},
		{Name: v.T("hits.dated"), Value: v.Date(l.Dated).Text}, {Name: v.T("hits.files"), Value: l.Name},
		{Name: v.T("hits.file"), Value: l.File}, {Name: v.FieldName("entries"), Value: strconv.FormatInt(l.Entries, 10), Number: true},
	}
}

// screening is the card that says how an organization stands on the lists; nil where
// the reader may not know.
func (v *visit) screening(organization workflow.ID) (*ScreeningCard, error) {
	if !v.who().SeesHits() {
		return nil, nil
	}
	of := models.Filter{Where: map[string]workflow.ID{"organization_id": organization}, Limit: models.MaxLimit}
	inForce, err := records[workflow.List](v, workflow.NounList, models.Filter{States: []workflow.State{workflow.Active}})
	if err != nil {
		return nil, err
	}
	found, err := records[workflow.OrganizationScreening](v, workflow.NounScreening, of)
	if err != nil {
		return nil, err
	}
	hits, err := records[workflow.Hit](v, workflow.NounHit, of)
	if err != nil {
		return nil, err
	}
	payee := workflow.Payee{Lists: workflow.ScreenedLists(inForce)}
	if len(found) > 0 {
		payee.Screening = found[0]
	}
	run := &payee.Screening
	card := &ScreeningCard{}
	switch {
	case payee.Lists == "":
		card.Done, card.Finding = true, v.T("screening.no_lists")
	case run.At.IsZero():
		card.Finding = v.T("screening.never")
	case run.Hits > 0:
		card.Finding = v.N("screening.standing", int(run.Hits))
	case payee.Stale():
		card.Finding = v.T("screening.stale")
	default:
		card.Done, card.Finding = true, v.T("screening.clear")
	}
	if !run.At.IsZero() {
		card.At, card.Names = v.Moment(run.At), v.N("screening.names", int(run.Subjects))
	}
	if card.Lists, err = v.heldAgainst(run, inForce); err != nil {
		return nil, err
	}
	card.Hits, err = v.hitRows(hits)
	return card, err
}

// heldAgainst names for each list the version that a screening was against, or what is
// missing.
func (v *visit) heldAgainst(run *workflow.OrganizationScreening, inForce []workflow.List) ([]Answer, error) {
	against := map[string]*workflow.List{}
	for text := range strings.SplitSeq(run.Lists, ",") {
		if id, ok := workflow.ParseID(text); ok {
			l, err := record[workflow.List](v, workflow.NounList, id)
			if err != nil {
				return nil, err
			}
			against[l.Kind] = l
		}
	}
	var out []Answer
	for _, kind := range workflow.ScreenedKinds {
		one := Answer{Name: v.ChoiceName("kind", kind), Value: v.T("screening.missing")}
		if slices.ContainsFunc(inForce, func(l workflow.List) bool { return l.Kind == kind }) {
			one.Value = v.T("screening.missing_yet")
		}
		if l := against[kind]; l != nil {
			words := "screening.version"
			if l.State != workflow.Active {
				words = "screening.version_old"
			}
			one.Value, one.URL = v.T(words, "day", v.Date(l.Dated).Text), pathOf(workflow.NounList, l.ID)
		}
		out = append(out, one)
	}
	return out, nil
}

// screenings adds the card to the page of an organization, with the form that runs a
// screening for whose duty it is.
func (s *Server) screenings(v *visit, view *OrganizationView, row models.Row, again *attempt) error {
	id := row.Record.ID
	card, err := v.screening(id)
	if err != nil || card == nil {
		return err
	}
	stored, _, err := s.Reader.Rows(v.ctx(), v.viewer, workflow.NounScreening, models.Filter{Where: map[string]workflow.ID{"organization_id": id}})
	if err != nil {
		return err
	}
	if len(stored) > 0 {
		acts, err := v.inRows(stored[:1], again, nil)
		if err != nil {
			return err
		}
		card.Acts = acts[0]
	} else if mayMake(workflow.NounScreening, row.Roles) && len(card.Lists) > 0 {
		card.Acts.make(v, workflow.NounScreening, id, again, offer{})
	}
	view.Screening, view.InRows = card, append(view.InRows, card.Acts.Offer...)
	return nil
}
