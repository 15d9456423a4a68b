package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"tranche/models"
	"tranche/workflow"
)

// A mail is one message of the log of a case.
type mail struct {
	ID       workflow.ID `json:"id"`
	Event    int64       `json:"event"` // that it tells of
	Kind     string      `json:"kind"`
	Person   workflow.ID `json:"person"`
	Language string      `json:"language"`
	Subject  string      `json:"subject"`
	State    string      `json:"state"`
	Attempts int64       `json:"attempts"`
	Error    string      `json:"error"` // of the newest attempt that failed, "" for none
	Made     time.Time   `json:"made"`
	Sent     *time.Time  `json:"sent"` // null: not yet, or never
}

// mails lists the mails about an application, the newest first, for who reads them on its
// page.
func mails(a *api, c echo.Context, v *models.Viewer) error {
	id, err := recordID(c)
	if err != nil {
		return err
	}
	if err := noQuery(c); err != nil {
		return err
	}
	all, err := a.Records.Messages(c.Request().Context(), v, id)
	if err != nil {
		return err
	}
	out := struct {
		Items []mail `json:"items"`
	}{[]mail{}}
	for i := range all {
		m := &all[i]
		one := mail{m.ID, m.Event, m.Kind, m.Person, m.Language, m.Subject, m.State, m.Attempts, m.Error, m.Made, nil}
		if !m.Sent.IsZero() {
			one.Sent = &m.Sent
		}
		out.Items = append(out.Items, one)
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, out)
}
