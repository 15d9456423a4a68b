package api

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"

	"github.com/labstack/echo/v4"

	"tranche/models"
	"tranche/workflow"
)

// A batchFile is one of the files that a batch keeps from its export.
type batchFile struct {
	name      string // in the path
	column    string // that holds its SHA-256
	media     string
	extension string
	action    workflow.Action // a token needs the scope for this
	roles     workflow.Roles  // who may have it; zero: everybody who may see the batch
}

// batchFiles are the files. The bank's has the account numbers in plain, so only
// who hands it to the bank gets it.
var batchFiles = []batchFile{
	{workflow.FormatNACHA, "file", "text/plain; charset=us-ascii", ".ach", workflow.ActExport, workflow.RolesOf(workflow.FinanceReleaser)},
	{"register", "register", "text/csv; charset=utf-8", ".csv", workflow.NoAction, 0},
}

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
	for _, f := range batchFiles {
		if f.name != c.Param("file") {
			continue
		}
		if err := a.mayHave(v, row, f); err != nil {
			return err
		}
		sum := textOf(row, f.column)
		if sum == "" {
			return models.ErrNotFound
		}
		return a.tagged(c, fmt.Sprintf("%q", sum), func() error { return a.send(c, f, sum, textOf(row, "number")) })
	}
	return models.ErrNotFound
}

func (a *api) mayHave(v *models.Viewer, row models.Row, f batchFile) error {
	if f.roles != 0 && row.Roles&f.roles == 0 {
		return &workflow.Refusal{Noun: row.Noun, ID: row.Record.ID, Action: f.action, State: row.Record.State, Kind: workflow.NotYours,
			Reason: workflow.ReasonRole, Words: workflow.Words{"roles": f.roles.List()}}
	}
	return a.Allowed(v, workflow.NounBatch, f.action)
}

func (a *api) send(c echo.Context, f batchFile, sum, number string) error {
	body, err := a.Records.Document(c.Request().Context(), sum)
	if err != nil {
		return err
	}
	return attach(c, f.media, number+f.extension, body)
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
var bankFileMedia = []string{echo.MIMETextPlain, echo.MIMEOctetStream}

// bankFile takes what a bank sent to a program.
func (a *api) bankFile(c echo.Context) error {
	v, err := a.admit(c, workflow.NounPayment, workflow.ActReturn)
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
