package api

import (
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"tranche/app/input"
	"tranche/models"
	"tranche/workflow"
)

// A task is one record that waits for the viewer.
type task struct {
	Noun    workflow.Noun   `json:"noun"`
	ID      workflow.ID     `json:"id"`
	State   workflow.State  `json:"state"`
	Version int64           `json:"version"`
	Since   time.Time       `json:"since"`
	Due     *workflow.Date  `json:"due"` // until when a case is to leave its state; null: nothing is laid down, or the clock stands
	Action  workflow.Action `json:"action"`
	Reason  workflow.Reason `json:"reason"` // why not yet, "" when nothing stands in the way but what the action asks for
	Barred  bool            `json:"barred"` // by who the viewer is
	For     *workflow.ID    `json:"for"`    // whose deputy the viewer is for it, or null
}

// errandCount says how much waits under one errand.
type errandCount struct {
	Noun   workflow.Noun   `json:"noun"`
	State  workflow.State  `json:"state"`
	Action workflow.Action `json:"action"`
	Count  int             `json:"count"`
}

// desk lists what waits for the viewer's duties, what has waited longest first.
func desk(a *api, c echo.Context, v *models.Viewer) error {
	query, err := queryOf(c)
	if err != nil {
		return err
	}
	asked := struct {
		Limit  int64  `form:"limit" validate:"min=1,max=200"`
		Errand string `form:"errand"`
		After  string `form:"after"`
	}{Limit: usualLimit}
	if err := input.Struct(query, &asked); err != nil {
		return err
	}
	only, known := workflow.ParseErrand(asked.Errand)
	if !known && asked.Errand != "" {
		return input.Errors{{Field: "errand", Reason: input.ReasonNotChoice}}
	}
	after, err := readMark(asked.After)
	if err != nil {
		return err
	}
	d, err := a.Records.Desk(c.Request().Context(), v, a.Now(), only, after, int(asked.Limit))
	if err != nil {
		return err
	}
	out := struct {
		Items  []task        `json:"items"`
		Counts []errandCount `json:"counts"`
		Next   string        `json:"next,omitempty"`
	}{Items: []task{}, Counts: []errandCount{}, Next: nextOf(d.Next)}
	for i := range d.Tasks {
		t := &d.Tasks[i]
		one := task{Noun: t.Errand.Noun, ID: t.Record.ID, State: t.Record.State, Version: t.Record.Version, Since: t.Since, Action: t.Action, For: reference(t.OnBehalf)}
		if t.Due > 0 {
			one.Due = &t.Due
		}
		var no *workflow.Refusal
		if errors.As(t.Answer, &no) && no.Field == "" && !no.Made {
			one.Reason, one.Barred = no.Reason, no.Kind == workflow.NotYours
		}
		out.Items = append(out.Items, one)
	}
	for _, e := range workflow.Errands {
		if n := d.Count[e]; n > 0 {
			out.Counts = append(out.Counts, errandCount{e.Noun, e.State, e.Action, n})
		}
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, out)
}

// errands are the names of the errands, as the query has them.
func errands() (out []string) {
	for _, e := range workflow.Errands {
		out = append(out, e.String())
	}
	return out
}
