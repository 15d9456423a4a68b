package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"tranche/app/input"
	"tranche/models"
	"tranche/workflow"
)

// A lateCase is an application that should have left its state by now.
type lateCase struct {
	ID      workflow.ID    `json:"id"`
	Number  string         `json:"number"`
	State   workflow.State `json:"state"`
	Due     workflow.Date  `json:"due"`
	Officer *workflow.ID   `json:"officer"` // null: it is nobody's
	Since   time.Time      `json:"submitted_at"`
}

// overdue lists the cases that should have left their state by now, the longest overdue first.
func overdue(a *api, c echo.Context, v *models.Viewer) error {
	query, err := queryOf(c)
	if err != nil {
		return err
	}
	asked := struct {
		Limit int64  `form:"limit" validate:"min=1,max=200"`
		After string `form:"after"`
	}{Limit: usualLimit}
	if err := input.Struct(query, &asked); err != nil {
		return err
	}
	q := models.Queue{View: models.ViewLate, Sort: models.SortDue, Limit: int(asked.Limit), Today: workflow.DateOf(a.Now())}
	if q.After, err = readMark(asked.After); err != nil {
		return err
	}
	p, err := a.Records.Queue(c.Request().Context(), v, q)
	if err != nil {
		return err
	}
	out := struct {
		Items []lateCase `json:"items"`
		Count int        `json:"count"`
		Next  string     `json:"next,omitempty"`
	}{Items: []lateCase{}, Count: p.Count, Next: nextOf(p.Next)}
	for i := range p.Rows {
		one := &p.Rows[i]
		out.Items = append(out.Items, lateCase{one.Application.ID, one.Application.Number, one.Application.State, one.Service.Due, reference(one.Application.Officer), one.Application.SubmittedAt})
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, out)
}
