package api

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"

	"github.com/labstack/echo/v4"

	"tranche/app/export"
	"tranche/models"
	"tranche/workflow"
)

// file answers with a file of a batch, byte by byte as it was stored.
func file(a *api, c echo.Context, v *models.Viewer) error {
	id, err := recordID(c)
	if err != nil {
		return err
	}
	if err := noQuery(c); err != nil {
		return err
	}
	row, err := a.Records.Row(c.Request().Context(), v, workflow.NounBatch, id)
	if err != nil {
		return err
	}
	batch := workflow.Batch{Format: textOf(row, "format"), File: textOf(row, "file"), Register: textOf(row, "register"), Copies: textOf(row, "copies")}
	for _, f := range batch.Files() {
		if f.Format != c.Param("file") {
			continue
		}
		if err := a.mayHave(v, row, f); err != nil {
			return err
		}
		return a.tagged(c, fmt.Sprintf("%q", f.Sum), func() error { return a.send(c, f, textOf(row, "number")) })
	}
	return models.ErrNotFound
}

// mayHave refuses a bank's file, which has the account numbers in plain, to
// everybody who does not hand it to the bank, and to a token without the scope
// for that.
func (a *api) mayHave(v *models.Viewer, row models.Row, f workflow.BatchFile) error {
	if !f.Bank {
		return a.Allowed(v, workflow.NounBatch, workflow.NoAction)
	}
	if !row.Roles.Has(workflow.FinanceReleaser) {
		return &workflow.Refusal{Noun: row.Noun, ID: row.Record.ID, Action: workflow.ActExport, State: row.Record.State, Kind: workflow.NotYours,
			Reason: workflow.ReasonRole, Words: workflow.Words{"roles": []workflow.Role{workflow.FinanceReleaser}}}
	}
	return a.Allowed(v, workflow.NounBatch, workflow.ActExport)
}

func (a *api) send(c echo.Context, f workflow.BatchFile, number string) error {
	body, err := a.Records.Document(c.Request().Context(), f.Sum)
	if err != nil {
		return err
	}
	format, _ := export.Find(f.Format)
	return attach(c, format.MediaType, number+format.Extension, body)
}

// attach answers with a file that is saved and never shown.
func attach(c echo.Context, media, name string, body []byte) error {
	h := c.Response().Header()
	h.Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set(echo.HeaderXContentTypeOptions, "nosniff")
	h.Set(echo.HeaderContentSecurityPolicy, "sandbox; default-src 'none'")
	return c.Blob(http.StatusOK, media, body)
}

// textOf returns a column's text, "" when the row does not show it.
func textOf(row models.Row, column string) string {
	for _, cell := range row.Cells {
		if s, isText := cell.Value.(*string); isText && cell.Name == column {
			return *s
		}
	}
	return ""
}

// bankFileMedia are the types that a bank's file may be sent as.
var bankFileMedia = []string{echo.MIMETextPlain, echo.MIMEOctetStream, echo.MIMEApplicationXML, echo.MIMETextXML, "text/csv"}

// bankFile takes what a bank sent to a program.
func (a *api) bankFile(c echo.Context) error {
	v, err := a.admit(c, workflow.NounAnswerFile, workflow.ActCreate)
	if err != nil {
		return err
	}
	program, err := recordID(c)
	if err != nil {
		return err
	}
	if err := noQuery(c); err != nil {
		return err
	}
	body, err := readBody(c, maxBankFile, bankFileMedia...)
	if err != nil {
		return err
	}
	lines, err := a.BankFile(c.Request().Context(), v, program, bytes.NewReader(body))
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, struct {
		Lines []BankLine `json:"lines"`
	}{append([]BankLine{}, lines...)})
}
