// Package api answers programs: JSON under /api/v1 for everything that the
// lifecycles can do. Every noun and every action has its route because it stands
// in a table; the same tables, fields and columns make the OpenAPI document.
package api

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"tranche/app/engine"
	"tranche/app/export"
	"tranche/app/trial"
	"tranche/models"
	"tranche/workflow"
)

// Base is the path below which Mount's routes stand.
const Base = "/api/v1"

// An Engine changes records: *engine.Engine does.
type Engine interface {
	Do(context.Context, engine.Request) (engine.Answer, error)
}

// Records reads records as a viewer may see them: models.Reader does.
type Records interface {
	Row(context.Context, *models.Viewer, workflow.Noun, workflow.ID) (models.Row, error)
	Rows(context.Context, *models.Viewer, workflow.Noun, models.Filter) ([]models.Row, workflow.ID, error)
	Events(context.Context, *models.Viewer, workflow.Noun, workflow.ID) ([]models.Event, error)
	Document(ctx context.Context, sum string) ([]byte, error)
	Verdicts(context.Context, *models.Viewer, workflow.ID) ([]models.StoredVerdict, error)
	Receipts(context.Context, *models.Viewer, workflow.ID) ([]models.Receipt, error)
	Inquiry(context.Context, *models.Viewer, workflow.ID) (models.Inquiry, error)
	Desk(ctx context.Context, v *models.Viewer, now time.Time, only workflow.Errand, after models.Mark, limit int) (models.Desk, error)
	Reconcile(ctx context.Context, v *models.Viewer) (models.Reconciliation, error)
	Books(ctx context.Context, v *models.Viewer, f models.BooksFilter) (models.Books, error)
	Letters(context.Context, *models.Viewer, workflow.ID) ([]models.StoredLetter, error)
	Messages(context.Context, *models.Viewer, workflow.ID) ([]models.Message, error)
	Try(ctx context.Context, v *models.Viewer, now time.Time, commands ...workflow.Command) ([]error, error)
	Queue(context.Context, *models.Viewer, models.Queue) (models.QueuePage, error)
	Queued(context.Context, *models.Viewer, ...workflow.ID) ([]models.QueuedCase, error)
	Draw(ctx context.Context, v *models.Viewer, noun workflow.Noun, seed int64, cases []models.QueuedCase) (map[workflow.ID]workflow.ID, error)
	ReviewerPool(context.Context, *models.Viewer) ([]models.PoolReviewer, error)
}

// A Server is what the API needs from the rest of the program. All members must
// be set.
type Server struct {
	Engine  Engine
	Records Records
	Trial   *trial.Trial     // tries program files
	Now     func() time.Time // UTC
	Version string           // of the program, for the document

	// Who finds out who asks; problem.ErrNobody when nobody is signed in.
	Who func(echo.Context) (*models.Viewer, error)
	// Allowed says whether the token in use, if any, was made for an action;
	// NoAction is reading. What the viewer's roles allow is not its matter.
	Allowed func(*models.Viewer, workflow.Noun, workflow.Action) error
	// BankFile imports what a bank sent to a program and books it at once. A file that
	// was imported before is not booked twice: its lines are told as they stand.
	BankFile func(ctx context.Context, v *models.Viewer, program workflow.ID, file io.Reader) ([]BankLine, error)
}

// A BankLine is what became of one answer in a bank's file.
type BankLine struct {
	Line   int             `json:"line"`
	Trace  string          `json:"trace"`
	Code   string          `json:"code"`
	Result string          `json:"result"` // one of BankResults
	Reason workflow.Reason `json:"reason"` // why it was parked, or ""
}

// BankResults are what can become of an answer in a bank's file.
var BankResults = []string{"returned", "settled", "changed", "acknowledged", "rejected", "parked", "already", "due"}

// BankPeople may hand in a bank's file.
var BankPeople = workflow.RolesOf(workflow.FinanceReleaser, workflow.FinanceCertifier)

// The sizes of bodies that are read.
const (
	maxBody     = 1 << 20
	maxBankFile = 64 << 20
	maxUpload   = maxBody + workflow.MaxFiles/3*4 // files in base64, and the rest
)

// An api is a Server with what is built once.
type api struct {
	Server
	document []byte
	tag      string // of the document
}

// Mount adds all routes to g, which must be the group of Base. The error is a
// mistake in the tables.
func Mount(g *echo.Group, s Server) error {
	a, err := newAPI(s)
	if err != nil {
		return err
	}
	get := func(path string, h echo.HandlerFunc) {
		g.GET(path, h)
		g.HEAD(path, h)
	}
	get("/openapi.json", a.openAPI)
	get("/me", a.read(workflow.NounPerson, me))
	get("/desk", a.read(workflow.NounApplication, desk))
	get("/overdue", a.read(workflow.NounApplication, overdue))
	get("/reviewers", a.read(workflow.NounReview, reviewers))
	get("/reconciliation", a.read(workflow.NounBatch, reconcile))
	get("/ledger", a.read(workflow.NounFund, ledger))
	for _, n := range kinds {
		list, one := "/"+n.noun.Plural(), "/"+n.noun.Plural()+"/:id"
		get(list, a.read(n.noun, n.list))
		g.POST(list, a.write(n.makes))
		get(one, a.read(n.noun, n.show))
		if n.edit != nil {
			g.PATCH(one, a.write(*n.edit))
		}
		get(one+"/events", a.read(n.noun, n.events))
		for _, action := range n.actions {
			g.POST(one+"/actions/"+action.name(), a.write(action))
		}
	}
	for _, noun := range evidenced {
		get("/"+noun.Plural()+"/:id/document", a.read(noun, evidence(noun)))
	}
	get("/applications/:id/documents/:code", a.read(workflow.NounApplication, attachment(workflow.NounApplication, uploaded)))
	get("/applications/:id/verdicts", a.read(workflow.NounApplication, verdicts))
	get("/applications/:id/receipts", a.read(workflow.NounApplication, receipts))
	get("/applications/:id/inquiries", a.read(workflow.NounApplication, inquiries))
	get("/applications/:id/letters", a.read(workflow.NounApplication, letters))
	get("/applications/:id/mails", a.read(workflow.NounApplication, mails))
	get("/letters/:id/documents/:code", a.read(workflow.NounLetter, attachment(workflow.NounLetter, written(workflow.LetterMedia))))
	get("/journals/:id/documents/:code", a.read(workflow.NounJournal, attachment(workflow.NounJournal, written(export.SheetMedia))))
	get("/batches/:id/files/:file", a.read(workflow.NounBatch, file))
	g.POST("/programs/:id/bank-files", a.bankFile)
	g.POST("/applications/bulk", a.bulk)
	get("/policies/:id/file", a.read(workflow.NounPolicy, policyFile))
	for _, s := range steps {
		g.POST("/programs/:id/policy/"+s.name, a.try(s))
	}
	return nil
}

func newAPI(s Server) (*api, error) {
	a := &api{Server: s}
	var err error
	a.document, a.tag, err = marshalDocument(s.Version)
	return a, err
}

// A reading answers one request of a viewer who is known.
type reading func(a *api, c echo.Context, v *models.Viewer) error

// read lets in who is signed in and, by token, may read nouns.
func (a *api) read(noun workflow.Noun, then reading) echo.HandlerFunc {
	return func(c echo.Context) error {
		v, err := a.admit(c, noun, workflow.NoAction)
		if err != nil {
			return err
		}
		return then(a, c, v)
	}
}

func (a *api) admit(c echo.Context, noun workflow.Noun, action workflow.Action) (*models.Viewer, error) {
	v, err := a.Who(c)
	if err != nil {
		return nil, err
	}
	return v, a.Allowed(v, noun, action)
}

// recordID reads the ID in the path. What is no ID names no record.
func recordID(c echo.Context) (workflow.ID, error) {
	id, ok := workflow.ParseID(c.Param("id"))
	if !ok {
		return 0, models.ErrNotFound
	}
	return id, nil
}

func (a *api) openAPI(c echo.Context) error {
	return a.tagged(c, a.tag, func() error { return c.JSONBlob(http.StatusOK, a.document) })
}

// tagged answers 304 when the client has what tag names, and shows it otherwise.
func (a *api) tagged(c echo.Context, tag string, show func() error) error {
	h := c.Response().Header()
	h.Set("ETag", tag)
	h.Set(echo.HeaderCacheControl, "private, no-cache")
	if has(c.Request().Header.Values("If-None-Match"), tag) {
		return c.NoContent(http.StatusNotModified)
	}
	return show()
}
