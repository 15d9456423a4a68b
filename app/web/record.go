package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tranche/models"
	"tranche/workflow"
)

// recordPage makes the page of a kind of record that has none of its own: what is
// stored, as the reader may know it, and what they can do with it.
func (s *Server) recordPage(noun workflow.Noun) pageFunc {
	return func(v *visit, id workflow.ID, again *attempt) error {
		row, err := v.row(noun, id)
		if err != nil {
			return err
		}
		events, err := v.history(noun, id)
		if err != nil {
			return err
		}
		crumbs, err := s.owner(v, row)
		if err != nil {
			return err
		}
		view := RecordView{
			Shell:  v.titled(nameIn(row), crumbs...),
			Record: Record{Tag: v.Mark(noun.String(), row.Record.State.String()), Lead: v.Noun(noun.String())},
			Groups: []AnswerGroup{{Title: v.T("record.facts"), Answers: v.stored(veiled(row))}},
		}
		if noun == workflow.NounFund {
			view.Buttons = v.ledgerOf(noun, id)
		}
		ends, err := s.ends(v, row)
		if err != nil {
			return err
		}
		view.Groups[0].Answers = append(ends, view.Groups[0].Answers...)
		known, err := v.knownOf(row)
		if err != nil {
			return err
		}
		if view.Actions, err = v.actions(row, again, known); err != nil {
			return err
		}
		if err := v.exceptionOffers(&view.Actions, row, again); err != nil {
			return err
		}
		view.Notices = v.notices(again, view.Actions)
		if v.QueryParam("tab") == "history" {
			view.Events = events
		} else {
			view.History = v.timeline(events, "?tab=history")
		}
		return v.show(view, again)
	}
}

// owner leads from a record to the organization that it belongs to, if it does.
func (s *Server) owner(v *visit, row models.Row) ([]Link, error) {
	id := idIn(row, "organization_id")
	names, err := s.Reader.OrganizationNames(v.ctx(), v.viewer, id)
	if names[id] == "" {
		return nil, err
	}
	return []Link{{names[id], pathOf(workflow.NounOrganization, id)}, {Text: nameIn(row)}}, nil
}

// ends are the two organizations that a record joins, or the record that it is about, if
// there are any.
func (s *Server) ends(v *visit, row models.Row) ([]Answer, error) {
	var out []Answer
	for _, column := range []string{"owner_id", "owned_id"} {
		id := idIn(row, column)
		if id == 0 {
			continue
		}
		names, err := s.Reader.OrganizationNames(v.ctx(), v.viewer, id)
		if err != nil {
			return nil, err
		}
		if names[id] != "" {
			out = append(out, Answer{Name: v.FieldName(strings.TrimSuffix(column, "_id")), Value: names[id], URL: pathOf(workflow.NounOrganization, id)})
		}
	}
	if id := idIn(row, "award_id"); id != 0 {
		a, err := record[workflow.Award](v, workflow.NounAward, id)
		if err != nil {
			return nil, err
		}
		out = append(out, Answer{Name: v.Noun("award"), Value: a.Number, URL: pathOf(workflow.NounAward, id)})
	}
	if row.Noun == workflow.NounDelegation {
		sides := []string{"person_id", "deputy_id"}
		names, err := s.Reader.Names(v.ctx(), v.viewer, idIn(row, sides[0]), idIn(row, sides[1]))
		if err != nil {
			return nil, err
		}
		for _, column := range sides {
			out = append(out, Answer{Name: v.columnName(column), Value: names[idIn(row, column)]})
		}
	}
	if noun, has := cellIn(row, "subject").(*workflow.Noun); has {
		on, err := v.subject(*noun, idIn(row, "subject_id"))
		return append(out, Answer{Name: v.T("holds.on"), Value: on.Text, URL: on.URL}), err
	}
	return out, nil
}

// nameIn is what people call a record: its number, its name, or its ID.
func nameIn(row models.Row) string {
	if digits, ok := cellIn(row, "last4").(*string); ok {
		return Masked(*digits)
	}
	for _, column := range []string{"number", "name", "legal_name"} {
		if text, ok := cellIn(row, column).(*string); ok && *text != "" {
			return *text
		}
	}
	return row.Record.ID.String()
}

// unsaid are the columns that say nothing to people, or that stand elsewhere on
// the page.
var unsaid = []string{"id", "state", "back", "version", "made", "changed", "last4"}

// stored writes the columns of a record that hold something.
func (v *visit) stored(row models.Row) []Answer {
	var out []Answer
	for _, cell := range row.Cells {
		text, number := v.written(cell)
		if text == "" || slices.Contains(unsaid, cell.Name) {
			continue
		}
		name := strings.TrimSuffix(cell.Name, "_id")
		out = append(out, Answer{Name: v.columnName(name), Value: text, Number: number})
	}
	return out
}

// columnName returns the words for a column: those of the input of the same name,
// or of the noun that it refers to.
func (v *visit) columnName(name string) string {
	for _, id := range []string{"column." + name, "field." + name, "noun." + name} {
		if words, ok := v.Language.Lookup(id, nil); ok {
			return words
		}
	}
	return strings.ToUpper(name[:1]) + strings.ReplaceAll(name[1:], "_", " ")
}

// written writes a stored value for reading, and says whether it is a number.
func (v *visit) written(cell models.Cell) (text string, number bool) {
	switch p := cell.Value.(type) {
	case *string:
		return *p, cell.Name == "number" || cell.Name == "routing" || cell.Name == "uei"
	case *workflow.Cents:
		return unlessZero(*p, p.Dollars()), true
	case *workflow.Amount:
		return grouped(*p), true
	case *workflow.PerUnit:
		return p.String(), true
	case *int64:
		return unlessZero(*p, strconv.FormatInt(*p, 10)), true
	case *bool:
		if *p {
			return v.T("form.yes"), false
		}
	case *workflow.Date:
		if *p != 0 {
			return v.Date(*p).Text, false
		}
	case *time.Time:
		return v.Moment(*p).Text, false
	case *workflow.Role:
		return unlessZero(*p, v.Role(p.String())), false
	case *workflow.Basis:
		return v.ChoiceName("basis", p.String()), false
	}
	return "", false // a reference, which has a place of its own, or nothing
}
