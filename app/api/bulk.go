package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"tranche/app/engine"
	"tranche/app/input"
	"tranche/app/problem"
	"tranche/models"
	"tranche/workflow"
)

// A bulkOrder asks for one action on several applications.
type bulkOrder struct {
	Action string                     `json:"action"`
	DryRun bool                       `json:"dry_run"` // say what would become of each, and change nothing
	Seed   *int64                     `json:"seed"`    // draws who is to get each item that names nobody; null: nothing is drawn
	Inputs map[string]json.RawMessage `json:"inputs"`  // of all of them
	Items  []bulkItem                 `json:"items"`
}

// A bulkItem is one of the applications. Its inputs go before those of all.
type bulkItem struct {
	ID      workflow.ID                `json:"id"`
	Version int64                      `json:"version"`
	Key     string                     `json:"key"`
	Inputs  map[string]json.RawMessage `json:"inputs"`

	sent workflow.Hash // of what was asked for it, before anybody was drawn: the same request again may draw another
}

// A bulkResult is what became of one application, or would become of it.
type bulkResult struct {
	ID       workflow.ID     `json:"id"`
	Status   int             `json:"status"` // as the action alone would have answered
	Reason   workflow.Reason `json:"reason"` // why not, or ""
	State    workflow.State  `json:"state"`  // after it; none when it was not done
	Version  int64           `json:"version"`
	Event    int64           `json:"event"`
	Replayed bool            `json:"replayed"` // it was done before, under the same key
}

// bulk does one action to several applications, each by itself, under its own key and
// from the version that it names.
func (a *api) bulk(c echo.Context) error {
	v, err := a.admit(c, workflow.NounApplication, workflow.NoAction)
	if err != nil {
		return err
	}
	if err := noQuery(c); err != nil {
		return err
	}
	body, err := readBody(c, maxBody, echo.MIMEApplicationJSON)
	if err != nil {
		return err
	}
	var order bulkOrder
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&order); err != nil || decoder.More() {
		return &input.Unreadable{Reason: input.ReasonUnreadable}
	}
	o, err := bulkOperation(order.Action)
	if err != nil {
		return err
	}
	if err := a.Allowed(v, o.noun, o.action); err != nil {
		return err
	}
	switch n := len(order.Items); {
	case n == 0:
		return input.Errors{{Field: "items", Reason: input.ReasonRequired}}
	case n > models.MaxLimit:
		return input.Errors{{Field: "items", Reason: input.ReasonTooMany, Words: workflow.Words{"limit": models.MaxLimit}}}
	}
	out := struct {
		Items []bulkResult `json:"items"`
	}{[]bulkResult{}}
	for i := range order.Items {
		text, _ := json.Marshal([]any{order.Action, order.Seed, order.Inputs, order.Items[i]}) // of what was JSON
		order.Items[i].sent = sha256.Sum256(text)
	}
	if err := a.draw(c, o, &order, v); err != nil {
		return err
	}
	requests, wrong := o.requests(&order, a, v)
	results, err := a.carryOut(c, &order, requests, wrong)
	if err != nil {
		return err
	}
	for i, r := range results {
		one := bulkResult{ID: order.Items[i].ID, Status: http.StatusOK, State: r.Answer.State, Version: r.Answer.Version, Event: r.Answer.Event, Replayed: r.Answer.Replayed}
		if r.Err != nil {
			one.Status, one.Reason = problem.Code(r.Err)
		}
		out.Items = append(out.Items, one)
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, out)
}

// bulkOperations are the actions that can be done to several applications: those on one,
// and asking for a review of each.
func bulkOperations() []operation {
	return append(slices.Clone(kindNamed(workflow.NounApplication).actions), kindNamed(workflow.NounReview).makes)
}

// bulkOperation finds one of bulkOperations by its name.
func bulkOperation(name string) (*operation, error) {
	all := bulkOperations()
	at := slices.IndexFunc(all, func(o operation) bool { return o.name() == name })
	if at < 0 {
		return nil, input.Errors{{Field: "action", Reason: input.ReasonNotChoice}}
	}
	return &all[at], nil
}

// bulkActions are the names of bulkOperations.
func bulkActions() (out []string) {
	for _, o := range bulkOperations() {
		out = append(out, o.name())
	}
	return out
}

// drawn are the fields that name who is to get an application.
var drawn = map[workflow.Action]string{workflow.ActAssign: "officer", workflow.ActInvite: "reviewer"}

// names reports whether inputs say something for a field.
func names(inputs map[string]json.RawMessage, field string) bool {
	return inputs[field] != nil && string(inputs[field]) != "null"
}

// draw writes down who is to get each item that names nobody, where the order has a seed,
// and notes the seed.
func (a *api) draw(c echo.Context, o *operation, order *bulkOrder, v *models.Viewer) error {
	if order.Seed == nil {
		return nil
	}
	who := drawn[o.action]
	if who == "" {
		return input.Errors{{Field: "seed", Reason: input.ReasonUnknown}}
	}
	if names(order.Inputs, who) {
		return input.Errors{{Field: who, Reason: input.ReasonDuplicate}}
	}
	var ids []workflow.ID
	for i := range order.Items {
		if !names(order.Items[i].Inputs, who) {
			ids = append(ids, order.Items[i].ID)
		}
	}
	ctx := c.Request().Context()
	cases, err := a.Records.Queued(ctx, v, ids...)
	if err != nil {
		return err
	}
	got, err := a.Records.Draw(ctx, v, o.noun, *order.Seed, cases)
	if err != nil {
		return err
	}
	for i := range order.Items {
		item := &order.Items[i]
		if person := got[item.ID]; person != 0 && !names(item.Inputs, who) {
			item.Inputs = maps.Clone(item.Inputs)
			if item.Inputs == nil {
				item.Inputs = map[string]json.RawMessage{}
			}
			item.Inputs[who] = json.RawMessage(person.String())
			note := order.Inputs["note"]
			if own := item.Inputs["note"]; own != nil {
				note = own
			}
			var text string
			if note == nil || json.Unmarshal(note, &text) == nil { // what is no text is refused as it is
				item.Inputs["note"], _ = json.Marshal(strings.TrimSpace(text + "\nseed " + strconv.FormatInt(*order.Seed, 10)))
			}
		}
	}
	return nil
}

// requests makes a request of each item. What is wrong with one is at its place of the
// second result.
func (o *operation) requests(order *bulkOrder, a *api, v *models.Viewer) ([]engine.Request, []error) {
	requests, wrong := make([]engine.Request, len(order.Items)), make([]error, len(order.Items))
	for i, item := range order.Items {
		inputs := map[string]json.RawMessage{}
		for _, from := range []map[string]json.RawMessage{order.Inputs, item.Inputs} {
			for name, value := range from {
				inputs[name] = value
			}
		}
		text, _ := json.Marshal(inputs) // of what was JSON
		r := engine.Request{Viewer: v, Command: workflow.Command{Noun: o.noun, Action: o.action, ID: item.ID, Version: item.Version, Received: a.Now()}}
		if o.makes {
			r.Command.ID, r.Command.Parent, r.Command.Version = 0, item.ID, 0
		}
		r.Command.Inputs, wrong[i] = input.Set{Action: o.action, Fields: o.fields}.JSON(bytes.NewReader(text))
		switch {
		case wrong[i] != nil:
		case item.Version <= 0 && !o.makes:
			wrong[i] = input.Errors{{Field: "version", Reason: input.ReasonVersion}}
		case item.Key == "" && !order.DryRun || len(item.Key) > maxBulkKey:
			wrong[i] = input.Errors{{Field: "key", Reason: input.ReasonKey}}
		default:
			r.Key = &models.Key{Principal: v.Person, Route: "POST " + Base + "/applications/bulk", Text: item.Key, Body: item.sent}
		}
		requests[i] = r
	}
	return requests, wrong
}

// maxBulkKey is the most bytes of a key.
const maxBulkKey = 200

// carryOut asks for each request that nothing is wrong with, or only what would come of it.
func (a *api) carryOut(c echo.Context, order *bulkOrder, requests []engine.Request, wrong []error) ([]engine.Result, error) {
	ctx, results := c.Request().Context(), make([]engine.Result, len(requests))
	for i, r := range requests {
		switch {
		case wrong[i] != nil:
			results[i].Err = wrong[i]
		case order.DryRun:
			answers, err := a.Records.Try(ctx, r.Viewer, a.Now(), r.Command)
			if err != nil {
				return nil, err
			}
			results[i].Err = answers[0]
		default:
			results[i] = engine.Each(ctx, a.Engine, []engine.Request{r})[0]
		}
	}
	return results, nil
}
