package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"tranche/models"
	"tranche/workflow"
)

// An inquiry is one question that an applicant was asked, as JSON has it.
type inquiry struct {
	Number int                   `json:"number"`
	Name   string                `json:"name"` // of its answer and its file in a reply
	Text   string                `json:"text"`
	Answer string                `json:"answer"`
	Files  []workflow.Attachment `json:"files"`
	Open   bool                  `json:"open"`
}

// inquiries answers with what the applicant was asked and said, and with what the
// application says otherwise than its newest submission.
func inquiries(a *api, c echo.Context, v *models.Viewer) error {
	id, err := recordID(c)
	if err != nil {
		return err
	}
	if err := noQuery(c); err != nil {
		return err
	}
	read, err := a.Records.Inquiry(c.Request().Context(), v, id)
	if err != nil {
		return err
	}
	items := []inquiry{}
	for _, q := range read.Items {
		items = append(items, inquiry{q.Number, q.Name, q.Text, q.Answer, append([]workflow.Attachment{}, q.Files...), q.Open})
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, struct {
		Items   []inquiry             `json:"items"`
		Changes []workflow.Difference `json:"changes"`
	}{items, append([]workflow.Difference{}, read.Changes...)})
}
