package api

import (
	"mime"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"tranche/app/export"
	"tranche/models"
	"tranche/workflow"
)

// A letterAbout is a letter as a list of them shows it.
type letterAbout struct {
	ID         workflow.ID          `json:"id"`
	Event      int64                `json:"event"`
	About      string               `json:"about"` // the action of the event
	Made       time.Time            `json:"made"`
	Language   string               `json:"language"`
	Documents  workflow.Attachments `json:"documents"`
	Award      *workflow.ID         `json:"award"`      // of a notice of award
	Revision   int64                `json:"revision"`   // of the agreement that the notice is of
	Superseded bool                 `json:"superseded"` // what it tells of was taken back since
}

// letters lists the letters about an application, the newest first.
func letters(a *api, c echo.Context, v *models.Viewer) error {
	id, err := recordID(c)
	if err != nil {
		return err
	}
	if err := noQuery(c); err != nil {
		return err
	}
	all, err := a.Records.Letters(c.Request().Context(), v, id)
	if err != nil {
		return err
	}
	out := struct {
		Items []letterAbout `json:"items"`
	}{[]letterAbout{}}
	for i := range all {
		l := &all[i]
		one := letterAbout{l.ID, l.Event, l.About, l.Made, l.Language, l.Documents, nil, l.Revision, l.Superseded}
		if l.Award != 0 {
			one.Award = &l.Award
		}
		out.Items = append(out.Items, one)
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, out)
}

// written sends a file that was made once, as it was made.
func written(media func(code string) string) func(*api, echo.Context, workflow.Attachment) error {
	return func(a *api, c echo.Context, f workflow.Attachment) error {
		body, err := a.Records.Document(c.Request().Context(), f.Sum)
		if err != nil {
			return err
		}
		return attach(c, media(f.Code), f.Name, body)
	}
}

// letterMedia lists the media types of letters.
func letterMedia() (out []string) {
	for _, form := range workflow.LetterForms {
		media, _, _ := mime.ParseMediaType(form.Media) // they are constants
		out = append(out, media)
	}
	return out
}

// sheetMedia lists the media types of sheets.
func sheetMedia() (out []string) {
	for _, f := range export.SheetFormats() {
		media, _, _ := mime.ParseMediaType(f.MediaType) // they are constants
		out = append(out, media)
	}
	return out
}
