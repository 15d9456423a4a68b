package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tranche/app/input"
	"tranche/models"
	"tranche/workflow"
)

// show answers with one record.
func (k *kind) show(a *api, c echo.Context, v *models.Viewer) error {
	id, err := recordID(c)
	if err != nil {
		return err
	}
	if err := noQuery(c); err != nil {
		return err
	}
	row, err := a.Records.Row(c.Request().Context(), v, k.noun, id)
	if err != nil {
		return err
	}
	return a.tagged(c, input.Tag(row.Record.Version), func() error { return c.JSON(http.StatusOK, k.record(row)) })
}

// A page says which part of a list is asked for.
type page struct {
	Limit  int64  `form:"limit" validate:"min=1,max=200"`
	Cursor string `form:"cursor" validate:"max=18"`
	State  string `form:"state"`
}

const usualLimit = 50

// readMark reads where the page before ended; "" is the first page.
func readMark(after string) (models.Mark, error) {
	if after == "" {
		return models.Mark{}, nil
	}
	m, err := models.ParseMark(after)
	if err != nil {
		return m, input.Errors{{Field: "after", Reason: input.ReasonNotChoice}}
	}
	return m, nil
}

// nextOf is the opposite of readMark.
func nextOf(m models.Mark) string {
	if m == (models.Mark{}) {
		return ""
	}
	return m.String()
}

// A listing is one page of a list.
type listing struct {
	Items []json.RawMessage `json:"items"`
	Next  string            `json:"next,omitempty"`
}

// list answers with the records that the viewer may know of, newest first.
func (k *kind) list(a *api, c echo.Context, v *models.Viewer) error {
	filter, err := k.filter(c)
	if err != nil {
		return err
	}
	rows, next, err := a.Records.Rows(c.Request().Context(), v, k.noun, filter)
	if err != nil {
		return err
	}
	out := listing{Items: []json.RawMessage{}}
	for _, row := range rows {
		item, err := json.Marshal(k.record(row))
		if err != nil {
			return err
		}
		out.Items = append(out.Items, item)
	}
	if next != 0 {
		out.Next = next.String()
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, out)
}

// filter reads the query of a list.
func (k *kind) filter(c echo.Context) (models.Filter, error) {
	columns := models.Filters(k.noun)
	query, err := queryOf(c)
	if err != nil {
		return models.Filter{}, err
	}
	p := page{Limit: usualLimit}
	if err := input.Struct(query, &p, columns...); err != nil {
		return models.Filter{}, err
	}
	f := models.Filter{Limit: int(p.Limit), Where: map[string]workflow.ID{}, Text: map[string]string{}}
	var wrong input.Errors
	if p.Cursor != "" {
		id, ok := workflow.ParseID(p.Cursor)
		if f.Before = id; !ok {
			wrong = append(wrong, input.Error{Field: "cursor", Reason: input.ReasonNotRecord})
		}
	}
	f.States, wrong = k.parseStates(p.State, wrong)
	for _, column := range columns {
		if !query.Has(column) {
			continue
		}
		if !k.refers(column) {
			f.Text[column] = query.Get(column)
			continue
		}
		id, ok := workflow.ParseID(query.Get(column))
		if f.Where[column] = id; !ok {
			wrong = append(wrong, input.Error{Field: column, Reason: input.ReasonNotRecord})
		}
	}
	if len(wrong) > 0 {
		return models.Filter{}, wrong
	}
	return f, nil
}

// parseStates reads states of the lifecycle, joined by commas.
func (k *kind) parseStates(text string, wrong input.Errors) ([]workflow.State, input.Errors) {
	if text == "" {
		return nil, wrong
	}
	var out []workflow.State
	for one := range strings.SplitSeq(text, ",") {
		s, err := workflow.ParseState(one)
		if err != nil || !slices.Contains(k.states, one) {
			return nil, append(wrong, input.Error{Field: "state", Reason: input.ReasonNotChoice})
		}
		out = append(out, s)
	}
	return out, wrong
}

// refers reports whether a column names another record.
func (k *kind) refers(column string) bool {
	return slices.ContainsFunc(models.Columns(k.noun), func(c models.Cell) bool {
		_, isID := c.Value.(*workflow.ID)
		return isID && c.Name == column
	})
}

// An event is one entry of a record's audit trail.
type event struct {
	ID      int64           `json:"id"`
	Version int64           `json:"version"` // of the record after it
	Action  workflow.Action `json:"action"`
	Start   workflow.State  `json:"start"`
	End     workflow.State  `json:"end"`
	At      time.Time       `json:"at"`
	Actor   *workflow.ID    `json:"actor"` // null: the system, or somebody whom the viewer may not know of
	// OnBehalf is whose deputy the actor was, or null.
	OnBehalf *workflow.ID `json:"on_behalf"`
}

// events answers with the audit trail of one record, oldest first.
func (k *kind) events(a *api, c echo.Context, v *models.Viewer) error {
	id, err := recordID(c)
	if err != nil {
		return err
	}
	if err := noQuery(c); err != nil {
		return err
	}
	trail, err := a.Records.Events(c.Request().Context(), v, k.noun, id)
	if err != nil {
		return err
	}
	items := make([]event, len(trail))
	for i, e := range trail {
		items[i] = event{e.ID, e.Version, e.Action, e.Start, e.End, e.At, reference(e.Actor), reference(e.OnBehalf)}
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, struct {
		Items []event `json:"items"`
	}{items})
}

// A role is one that the asker holds.
type role struct {
	Role         workflow.Role `json:"role"`
	Program      *workflow.ID  `json:"program"`
	Organization *workflow.ID  `json:"organization"`
	For          *workflow.ID  `json:"for"` // the absent person whose deputy the asker is in it, or null
}

// me answers with who asks.
func me(a *api, c echo.Context, v *models.Viewer) error {
	if err := noQuery(c); err != nil {
		return err
	}
	row, err := a.Records.Row(c.Request().Context(), v, workflow.NounPerson, v.Person)
	if err != nil {
		return err
	}
	roles := []role{}
	for _, g := range v.Grants {
		roles = append(roles, role{g.Role, reference(g.Program), reference(g.Organization), reference(g.For)})
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, struct {
		Person record `json:"person"`
		Roles  []role `json:"roles"`
	}{kindNamed(workflow.NounPerson).record(row), roles})
}

func reference(id workflow.ID) *workflow.ID {
	if id == 0 {
		return nil
	}
	return &id
}

func kindNamed(noun workflow.Noun) *kind {
	return kinds[slices.IndexFunc(kinds, func(k *kind) bool { return k.noun == noun })]
}

// queryOf reads the query, of which nothing is dropped in silence.
func queryOf(c echo.Context) (url.Values, error) {
	query, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return nil, &input.Unreadable{Reason: input.ReasonUnreadable}
	}
	return query, nil
}

// noQuery refuses a query where none counts: nothing may look as if it did.
func noQuery(c echo.Context) error {
	query, err := queryOf(c)
	if err != nil {
		return err
	}
	return input.Struct(query, &struct{}{})
}

// has reports whether a list of entity tags names tag, as If-None-Match compares
// them: weakly.
func has(lists []string, tag string) bool {
	for _, list := range lists {
		for one := range strings.SplitSeq(list, ",") {
			one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
			if one == tag || one == "*" {
				return true
			}
		}
	}
	return false
}
