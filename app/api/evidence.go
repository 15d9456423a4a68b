package api

import (
	"encoding/json"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"tranche/models"
	"tranche/workflow"
)

// evidenced are the nouns whose records keep an uploaded file.
var evidenced = []workflow.Noun{workflow.NounStatement, workflow.NounElimination}

// evidence answers with the file of a record of noun, as it was uploaded.
func evidence(noun workflow.Noun) reading {
	return func(a *api, c echo.Context, v *models.Viewer) error {
		id, err := recordID(c)
		if err != nil {
			return err
		}
		if err := noQuery(c); err != nil {
			return err
		}
		row, err := a.Records.Row(c.Request().Context(), v, noun, id)
		if err != nil {
			return err
		}
		sum := textOf(row, "document")
		if sum == "" {
			return models.ErrNotFound
		}
		return a.tagged(c, strconv.Quote(sum), func() error { return a.sendDocument(c, sum, textOf(row, "document_name")) })
	}
}

func (a *api) sendDocument(c echo.Context, sum, name string) error {
	body, err := a.Records.Document(c.Request().Context(), sum)
	if err != nil {
		return err
	}
	media := echo.MIMEOctetStream
	if t, known := workflow.FileTypeOf(name, body); known {
		media = t.Media
	}
	return attach(c, media, name, body)
}

// attachment answers with a file that a record of noun names, under its code.
func attachment(noun workflow.Noun, send func(*api, echo.Context, workflow.Attachment) error) reading {
	return func(a *api, c echo.Context, v *models.Viewer) error {
		id, err := recordID(c)
		if err != nil {
			return err
		}
		if err := noQuery(c); err != nil {
			return err
		}
		row, err := a.Records.Row(c.Request().Context(), v, noun, id)
		if err != nil {
			return err
		}
		one, there := row.Attachment(c.Param("code"))
		if !there {
			return models.ErrNotFound
		}
		return a.tagged(c, strconv.Quote(one.Sum), func() error { return send(a, c, one) })
	}
}

// uploaded sends a file as it was uploaded.
func uploaded(a *api, c echo.Context, f workflow.Attachment) error {
	return a.sendDocument(c, f.Sum, f.Name)
}

// A verdictAt is what the eligibility rules came to at one event.
type verdictAt struct {
	Event   int64           `json:"event"`
	Action  string          `json:"action"`
	At      time.Time       `json:"at"`
	Verdict json.RawMessage `json:"verdict"`
}

// verdicts lists what the rules came to for an application, the newest first.
func verdicts(a *api, c echo.Context, v *models.Viewer) error {
	id, err := recordID(c)
	if err != nil {
		return err
	}
	if err := noQuery(c); err != nil {
		return err
	}
	all, err := a.Records.Verdicts(c.Request().Context(), v, id)
	if err != nil {
		return err
	}
	out := struct {
		Items []verdictAt `json:"items"`
	}{[]verdictAt{}}
	for i := range all {
		out.Items = append(out.Items, verdictAt{all[i].Event, all[i].Action.String(), all[i].At, json.RawMessage(all[i].Text)})
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, out)
}

// mediaOf lists the media types of uploaded files.
func mediaOf() []string {
	out := []string{echo.MIMEOctetStream}
	for _, t := range workflow.FileTypes {
		media, _, _ := mime.ParseMediaType(t.Media) // they are constants
		out = append(out, media)
	}
	return out
}
