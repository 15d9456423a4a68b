package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tranche/models"
	"tranche/workflow"
)

const (
	newestLists = 5  // versions of a kind that the page of all kinds shows
	listsAtOnce = 50 // versions, or changed entries, on a page
)

// lists answers GET /lists: the versions of each kind, or all of the one that the
// address names.
func (s *Server) lists(v *visit) error { return s.listsPage(v, 0, nil) }

func (s *Server) listsPage(v *visit, _ workflow.ID, again *attempt) error {
	if !v.viewer.SeesHits() {
		return models.ErrNotFound
	}
	view := ListsView{Shell: v.titled(v.T("lists.title")), List: List{Lead: v.T("lists.lead")}}
	kinds, f := workflow.ListKinds, models.Filter{Limit: newestLists}
	if kind := v.QueryParam("kind"); slices.Contains(kinds, kind) {
		f.Before, _ = workflow.ParseID(v.QueryParam("after")) // no ID: the newest
		kinds, f.Limit = []string{kind}, listsAtOnce
		view.Shell = v.titled(v.ChoiceName("kind", kind), Link{v.T("nav.lists"), "/lists"}, Link{Text: v.ChoiceName("kind", kind)})
	}
	for _, kind := range kinds {
		one, err := v.listKind(kind, f)
		if err != nil {
			return err
		}
		view.Kinds = append(view.Kinds, one)
	}
	if v.imports() {
		view.Actions.make(v, workflow.NounList, 0, again, offer{values: map[string]string{"kind": v.QueryParam("kind"), "dated": v.inDays(0)},
			labels: map[string]string{"file": v.T("lists.file")}, note: v.T("lists.import_note", "limit", workflow.MaxFile>>20)})
		for i := range view.Actions.Offer[0].Fields {
			view.Actions.Offer[0].Fields[i].listFile(v)
		}
	}
	view.Notices = v.notices(again, view.Actions)
	return v.show(view, again)
}

// imports reports whether the table lets the reader import a list.
func (v *visit) imports() bool {
	return slices.ContainsFunc(v.viewer.Grants, func(g models.ViewerGrant) bool {
		return g.Organization == 0 && mayMake(workflow.NounList, workflow.RolesOf(g.Role))
	})
}

// listFile has the browser offer what publishers call their files, and says which ones
// belong there.
func (f *Field) listFile(v *visit) {
	if f.Kind == FileField {
		f.Endings, f.Hint = []string{".csv", ".txt", ".dat"}, v.T("lists."+f.Name+"_hint")
	}
}

// listKind is a page of the versions of one kind.
func (v *visit) listKind(kind string, f models.Filter) (ListKind, error) {
	out := ListKind{Name: v.ChoiceName("kind", kind)}
	at := url.Values{"kind": {kind}}
	f.Text = map[string]string{"kind": kind}
	f.Limit++
	all, err := records[workflow.List](v, workflow.NounList, f)
	if err != nil {
		return out, err
	}
	more := len(all) == f.Limit
	if more {
		all = all[:f.Limit-1]
	}
	if out.Versions, err = v.listVersions(all); err != nil {
		return out, err
	}
	switch single := f.Limit > listsAtOnce; {
	case len(all) == 0:
		out.None = v.T("lists.none_" + kind)
	case !single && more:
		out.All = Link{v.T("lists.all"), "/lists?" + at.Encode()}
	case single:
		out.Pager.Shown = v.N("list.shown", len(all))
		if f.Before != 0 {
			out.Pager.FirstURL = "/lists?" + at.Encode()
		}
		if more {
			at.Set("after", all[len(all)-1].ID.String())
			out.Pager.NextURL = "/lists?" + at.Encode()
		}
	}
	return out, nil
}

func (v *visit) listVersions(all []workflow.List) ([]ListVersion, error) {
	names, err := v.server.Reader.Names(v.ctx(), v.viewer, idsOf(all, func(l *workflow.List) workflow.ID { return l.ImportedBy })...)
	if err != nil {
		return nil, err
	}
	var out []ListVersion
	for i := range all {
		l := &all[i]
		d, err := v.server.Reader.ListDifference(v.ctx(), v.viewer, l)
		if err != nil {
			return nil, err
		}
		out = append(out, ListVersion{Dated: v.Date(l.Dated).Text, URL: pathOf(workflow.NounList, l.ID), Tag: v.Mark("list", l.State.String()),
			By: v.importer(names, l), At: v.Moment(l.Made), Entries: v.N("lists.entries", int(l.Entries)), Files: l.Name, Sum: l.File, Changes: v.differs(l, d)})
	}
	return out, nil
}

// importer names who imported a version; what nobody signed came by the command line.
func (v *visit) importer(names map[workflow.ID]string, l *workflow.List) Person {
	if l.ImportedBy == 0 {
		return PersonNamed(v.T("lists.command_line"), "")
	}
	return v.personOr(names, l.ImportedBy)
}

// differs says how many entries a version changed.
func (v *visit) differs(l *workflow.List, d models.ListDifference) string {
	switch {
	case l.Before == 0:
		return v.T("lists.first")
	case d.All() == 0:
		return v.T("lists.same")
	}
	return v.T("lists.differs", "added", d.Added, "changed", d.Changed, "removed", d.Removed)
}

// listPage answers GET /lists/{id}: one version, where it came from, and what it
// changed against the one before it.
func (s *Server) listPage(v *visit, id workflow.ID, again *attempt) error {
	row, err := v.row(workflow.NounList, id)
	if err != nil {
		return err
	}
	l, err := record[workflow.List](v, workflow.NounList, id)
	if err != nil {
		return err
	}
	changes, err := s.Reader.ListChanges(v.ctx(), v.viewer, id, v.QueryParam("after"), listsAtOnce)
	if err != nil {
		return err
	}
	hits, err := models.List[workflow.Hit](v.ctx(), s.Reader, v.viewer, workflow.NounHit, models.Filter{Where: map[string]workflow.ID{"list_id": id}, Limit: 1}, "")
	if err != nil {
		return err
	}
	events, err := v.history(workflow.NounList, id)
	if err != nil {
		return err
	}
	kind := v.ChoiceName("kind", l.Kind)
	view := ListView{
		Shell: v.titled(kind+" · "+v.Date(l.Dated).Text, Link{v.T("nav.lists"), "/lists"}, Link{kind, "/lists?" + url.Values{"kind": {l.Kind}}.Encode()}, Link{Text: v.Date(l.Dated).Text}),
		Record: Record{Tag: v.Mark("list", l.State.String()), Lead: v.Noun("list"), History: Timeline{Events: events}, Facts: []Fact{
			{Name: v.T("hits.dated"), Value: v.Date(l.Dated).Text},
			{Name: v.FieldName("entries"), Value: strconv.FormatInt(l.Entries, 10), Number: true},
		}},
		Counts: v.differs(l, changes.ListDifference),
	}
	if workflow.IsScreened(l.Kind) {
		view.Facts = append(view.Facts,
			Fact{Name: v.T("lists.threshold"), Value: v.T("lists.points", "n", points(l.Threshold)), Number: true},
			Fact{Name: v.T("lists.hits"), Value: strconv.Itoa(hits.Count), Number: true, URL: "/hits?" + url.Values{"list": {id.String()}}.Encode()})
	}
	if view.Source, err = v.listSource(l); err != nil {
		return err
	}
	view.Changes = v.listChanges(l, changes.Rows)
	view.Pager = v.changesPager(id, &changes)
	if view.Actions, err = v.actions(row, again, nil); err != nil {
		return err
	}
	view.Notices = v.notices(again, view.Actions)
	return v.show(view, again)
}

// listSource says where a version came from.
func (v *visit) listSource(l *workflow.List) ([]Answer, error) {
	names, err := v.server.Reader.Names(v.ctx(), v.viewer, l.ImportedBy)
	if err != nil {
		return nil, err
	}
	out := []Answer{
		{Name: v.T("hits.files"), Value: l.Name}, {Name: v.T("hits.file"), Value: l.File},
		{Name: v.T("lists.imported"), Value: v.importer(names, l).Name + v.T("format.comma") + v.Moment(l.Made).Text},
	}
	if l.Note != "" {
		out = append(out, Answer{Name: v.FieldName("note"), Value: l.Note})
	}
	if l.Before == 0 {
		return out, nil
	}
	before, err := record[workflow.List](v, workflow.NounList, l.Before)
	if err != nil {
		return nil, err
	}
	return append(out, Answer{Name: v.T("lists.before"), Value: v.Date(before.Dated).Text, URL: pathOf(workflow.NounList, before.ID)}), nil
}

// changesPager walks the changed entries.
func (v *visit) changesPager(id workflow.ID, c *models.ListChanges) Pager {
	at := pathOf(workflow.NounList, id)
	p := Pager{}
	if len(c.Rows) > 0 {
		p.Shown = v.T("lists.shown", "n", len(c.Rows), "all", c.All())
	}
	if v.QueryParam("after") != "" {
		p.FirstURL = at
	}
	if c.Next != "" {
		p.NextURL = at + "?" + url.Values{"after": {c.Next}}.Encode()
	}
	return p
}

// listChanges tells of each entry what was added, removed, or said otherwise.
func (v *visit) listChanges(l *workflow.List, rows []models.ListChange) *Comparison {
	c := &Comparison{Title: v.T("lists.changes"), Head: v.T("lists.entry")}
	if l.Before == 0 {
		c.Title = v.T("lists.content")
	}
	for _, one := range rows {
		c.Rows = append(c.Rows, v.listChange(one))
	}
	return c
}

func (v *visit) listChange(c models.ListChange) ChangeRow {
	switch {
	case c.Before == nil:
		return ChangeRow{Key: c.After.Key, Item: c.After.Name, Tag: Tag{"good", "check", v.T("programs.added")}, After: v.entry(c.After, nil)}
	case c.After == nil:
		return ChangeRow{Key: c.Before.Key, Item: c.Before.Name, Tag: Tag{"warn", "close", v.T("programs.removed")}, Before: v.entry(c.Before, nil)}
	}
	return ChangeRow{Key: c.After.Key, Item: c.After.Name, Tag: Tag{"info", "edit", v.T("programs.changed")},
		Before: v.entry(c.Before, c.After), After: v.entry(c.After, c.Before)}
}

// entry writes what an entry says, a line each; beside another one, what that says
// otherwise.
func (v *visit) entry(e, other *workflow.ListEntry) string {
	var lines []string
	theirs := map[string]string{}
	if other != nil {
		for _, a := range v.entryFields(other) {
			theirs[a.Name] = a.Value
		}
	}
	for _, a := range v.entryFields(e) {
		if a.Value != "" && a.Value != theirs[a.Name] {
			lines = append(lines, v.T("lists.said", "field", a.Name, "value", a.Value))
		}
	}
	return strings.Join(lines, "\n")
}

// entryFields are the fields of an entry in words.
func (v *visit) entryFields(e *workflow.ListEntry) []Answer {
	return []Answer{
		{Name: v.T("hits.name"), Value: e.Name}, {Name: v.T("hits.aliases"), Value: strings.Join(e.Aliases, "; ")},
		{Name: v.T("hits.type"), Value: v.T("hits." + e.Type)}, {Name: v.FieldName("uei"), Value: e.UEI}, {Name: v.FieldName("cage"), Value: e.CAGE},
		{Name: v.FieldName("ein"), Value: e.EIN}, {Name: v.T("hits.program"), Value: e.Program}, {Name: v.T("hits.place"), Value: e.Country},
		{Name: v.T("hits.remarks"), Value: e.Remarks}, {Name: v.T("hits.status"), Value: strings.Join(nonEmpty(e.Status, unlessZero(e.Ends, v.Date(e.Ends).Text)), ", ")},
	}
}
