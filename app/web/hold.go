package web

import (
	"cmp"
	"errors"
	"slices"

	"tranche/models"
	"tranche/workflow"
)

// holds answers GET /holds: what stands in the way of cases, and the acts that
// need two people.
func (s *Server) holds(v *visit) error { return s.holdsPage(v, nil) }

func (s *Server) holdsPage(v *visit, again *attempt) error {
	t := v.readTable(workflow.NounHold, "/holds")
	if len(t.filter.States) == 0 {
		t.filter.States = []workflow.State{workflow.Placed}
	}
	l, err := models.List[workflow.Hold](v.ctx(), s.Reader, v.viewer, workflow.NounHold, t.filter, "")
	if err != nil {
		return err
	}
	exceptions, err := records[workflow.Exception](v, workflow.NounException, models.Filter{})
	if err != nil {
		return err
	}
	view := HoldsView{Shell: v.titled(v.T("holds.title")), List: v.list(t, "holds", len(l.Rows), l.Count, 0, l.ByState, l.Next)}
	view.Filters = nil
	if view.Rows, err = v.holdRows(l.Rows); err != nil {
		return err
	}
	if view.Exceptions, err = v.exceptionRows(exceptions); err != nil {
		return err
	}
	view.Place = v.routingHold(again)
	var shown Actions
	if view.Place != nil {
		shown.Offer = []Action{{Form: *view.Place}}
	}
	view.Notices = append(view.Notices, v.notices(again, shown)...)
	return v.show(view, again)
}

func (v *visit) holdRows(holds []workflow.Hold) ([]HoldRow, error) {
	names, err := v.server.Reader.Names(v.ctx(), v.viewer, idsOf(holds, func(h *workflow.Hold) workflow.ID { return h.PlacedBy })...)
	if err != nil {
		return nil, err
	}
	var out []HoldRow
	for _, h := range holds {
		on, err := v.subject(h.Subject, h.SubjectID)
		if err != nil {
			return nil, err
		}
		if h.Routing != "" {
			on = Link{Text: v.T("holds.routing", "routing", h.Routing)}
		}
		out = append(out, HoldRow{URL: pathOf(workflow.NounHold, h.ID), On: on, Reason: v.holdReason(h), Tag: v.Mark("hold", h.State.String()),
			By: v.personOr(names, h.PlacedBy), Placed: v.Moment(h.Made), NextLook: v.DueDay(v.server.Now(), h.NextLook)})
	}
	return out, nil
}

func (v *visit) exceptionRows(exceptions []workflow.Exception) ([]ExceptionRow, error) {
	var people []workflow.ID
	for _, e := range exceptions {
		people = append(people, e.RequestedBy, e.DecidedBy)
	}
	names, err := v.server.Reader.Names(v.ctx(), v.viewer, people...)
	if err != nil {
		return nil, err
	}
	var out []ExceptionRow
	for _, e := range exceptions {
		on, err := v.subject(e.Subject, e.SubjectID)
		if err != nil {
			return nil, err
		}
		out = append(out, ExceptionRow{URL: pathOf(workflow.NounException, e.ID), Act: v.ChoiceName("act", e.Act), On: on,
			Tag: v.Mark("exception", e.State.String()), By: PersonNamed(names[e.RequestedBy], ""), Second: PersonNamed(names[e.DecidedBy], ""), At: v.Moment(e.Made)})
	}
	return out, nil
}

// veiled leaves out what this reader may not know of a record.
func veiled(row models.Row) models.Row {
	if !row.Withheld {
		return row
	}
	row.Cells = slices.DeleteFunc(slices.Clone(row.Cells), func(c models.Cell) bool { return c.Name == "reason" || c.Name == "note" })
	return row
}

// personOr names a person, or the system where there is none.
func (v *visit) personOr(names map[workflow.ID]string, id workflow.ID) Person {
	if id == 0 {
		return PersonNamed(v.Role("system"), "")
	}
	return PersonNamed(cmp.Or(names[id], v.T("record.somebody")), "")
}

// subject names a record and leads to it; what the reader may not see is named by
// its kind only.
func (v *visit) subject(noun workflow.Noun, id workflow.ID) (Link, error) {
	row, err := v.row(noun, id)
	if errors.Is(err, models.ErrNotFound) {
		return Link{Text: v.Noun(noun.String())}, nil
	}
	if err != nil {
		return Link{}, err
	}
	name := nameIn(row)
	if kind, ok := cellIn(row, "kind").(*string); ok && noun == workflow.NounClearance {
		name = v.ChoiceName("kind", *kind)
	}
	return Link{v.Noun(noun.String()) + " " + name, pathOf(noun, id)}, nil
}

// whereHeld shows the page of the record that a hold was to be placed on, with the
// form that came back.
func (s *Server) whereHeld(v *visit, _ workflow.ID, again *attempt) error {
	if again.values.Has("routing") && again.values.Get("subject") == workflow.NounProgram.String() {
		return s.holdsPage(v, again)
	}
	noun, err := workflow.ParseNoun(again.values.Get("subject"))
	id, ok := workflow.ParseID(again.values.Get("subject_id"))
	if err != nil || !ok || s.places[noun].record == nil {
		return models.ErrNotFound
	}
	return s.places[noun].record(v, id, again)
}
