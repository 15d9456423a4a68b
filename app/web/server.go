package web

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"tranche/app/engine"
	"tranche/app/identity"
	"tranche/models"
	"tranche/templates"
	"tranche/workflow"
)

// An Engine changes records: *engine.Engine does.
type Engine interface {
	Do(context.Context, engine.Request) (engine.Answer, error)
}

// A Server is what the site needs from the rest of the program. Members without
// "or" in their comment must be set.
type Server struct {
	Engine  Engine
	Reader  models.Reader
	Gate    *identity.Gate
	Cookies identity.Cookies
	Now     func() time.Time // UTC
	Version string
	Demo    bool // people and amounts are invented: every page says so

	API     func(*echo.Group) error     // mounts the API on its group; or nil
	Ready   func(context.Context) error // says why the server cannot work, if it cannot; or nil: it can
	Log     *slog.Logger                // or nil: the default one
	Secure  bool                        // people reach the site by https only
	Trusted []*net.IPNet                // proxies whose word on the client's address counts; or nil: none
	Rate    float64                     // requests a second of one session or token, ten times as many of one address; or zero: no limit
	Metrics bool                        // /metrics answers

	renderer *Renderer
	places   map[workflow.Noun]place
	meter    *meter
}

// Handler returns the whole site. The error is a mistake in what is embedded.
func (s *Server) Handler() (http.Handler, error) {
	if s.Log == nil {
		s.Log = slog.Default()
	}
	var err error
	if s.renderer, err = NewRenderer(s.missing); err != nil {
		return nil, err
	}
	e := echo.New()
	e.HideBanner, e.HidePort, e.Renderer = true, true, s.renderer
	s.guard(e)
	return e, s.route(e)
}

// missing logs a word that the list lacks. The page shows a plain one instead.
func (s *Server) missing(language, id string) {
	s.Log.Error("word missing", "language", language, "id", id)
}

// route is the whole site on one screen.
func (s *Server) route(e *echo.Echo) error {
	get := func(path string, h echo.HandlerFunc) {
		e.GET(path, h)
		e.HEAD(path, h)
	}
	get("/", s.anyone(s.front))
	get("/start", s.member(s.start))
	get("/opportunities", s.anyone(s.opportunities))
	get("/opportunities/:id", s.anyone(s.opportunity))
	get("/sign-in", s.anyone(s.signInPage))
	e.POST("/sign-in", s.anyone(s.signIn))
	e.POST("/sign-out", s.anyone(s.signOut))

	get("/my-applications", s.member(s.myApplications))
	get("/applications/:id", s.one(s.applicationPage))
	get("/applications/:id/edit", s.one(s.resumeDraft))
	get("/applications/:id/edit/:section", s.one(s.sectionPage))
	e.POST("/applications/:id/edit/:section", s.member(s.saveSection))
	get("/claims/:id/edit", s.one(s.claimForm))
	e.POST("/claims/:id/edit", s.member(s.saveClaim))
	get("/claims/:id/check", s.one(s.claimCheckPage))
	e.POST("/claims/:id/check", s.member(s.submitClaim))
	get("/awards/:id/claims/new", s.one(s.newClaim))
	e.POST("/awards/:id/claims/new", s.member(s.startClaim))
	get("/organizations/:id", s.one(s.organizationPage))

	s.places = map[workflow.Noun]place{
		workflow.NounApplication:  {record: s.applicationPage, maker: s.opportunityPage},
		workflow.NounOpportunity:  {record: s.opportunityPage},
		workflow.NounOrganization: {record: s.organizationPage},
		workflow.NounStatement:    {record: s.atHome(workflow.NounStatement), maker: s.organizationPage},
		workflow.NounAffiliation:  {record: s.atHome(workflow.NounAffiliation), maker: s.organizationPage},
		workflow.NounBankAccount:  {record: s.recordPage(workflow.NounBankAccount), maker: s.organizationPage},
		workflow.NounClaim:        {record: s.recordPage(workflow.NounClaim), maker: s.newClaim},
		workflow.NounAward:        {record: s.recordPage(workflow.NounAward)},
	}
	for _, l := range workflow.Lifecycles {
		noun := l.Noun()
		if makes(noun) != workflow.NoAction {
			e.POST("/"+noun.Plural(), s.member(s.doMake(noun)))
		}
		e.POST("/"+noun.Plural()+"/:id/actions/:action", s.member(s.doAction(noun)))
	}

	get(templates.AssetRoot+"*", s.renderer.ServeAssets())
	get("/healthz", s.alive)
	get("/readyz", s.ready)
	if s.Metrics {
		get("/metrics", s.meter.handler())
	}
	if s.API == nil {
		return nil
	}
	return s.API(e.Group("/api/v1"))
}

// alive answers that the process runs.
func (s *Server) alive(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// ready answers whether the server can work.
func (s *Server) ready(c echo.Context) error {
	if s.Ready != nil {
		if err := s.Ready(c.Request().Context()); err != nil {
			s.Log.Error("not ready", "err", err)
			return c.String(http.StatusServiceUnavailable, "not ready\n")
		}
	}
	return c.String(http.StatusOK, "ready\n")
}
