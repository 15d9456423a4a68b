package main

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/labstack/echo/v4"

	"tranche/app/api"
	"tranche/app/identity"
	"tranche/app/problem"
	"tranche/models"
	"tranche/templates"
	"tranche/workflow"
)

// A site is everything that answers HTTP.
type site struct {
	handler  http.Handler
	draining atomic.Bool
}

// drain makes the site say that it is not ready, so that nobody sends more.
func (s *site) drain() { s.draining.Store(true) }

func newSite(ctx context.Context, h *house, l *listening, base string, demo bool) (*site, error) {
	gate, err := identity.New(ctx, h.db, h.now, h.passwords, identity.Limits{})
	if err != nil {
		return nil, err
	}
	words, err := templates.NewWords(nil)
	if err != nil {
		return nil, err
	}
	e := echo.New()
	e.HTTPErrorHandler = problem.Handler(slog.Default(), func(echo.Context) problem.Audience {
		return problem.Audience{Language: words.Match("", "", "", "")}
	}, problem.JSON)
	err = api.Mount(e.Group(api.Base), api.Server{Engine: h.engine, Records: h.db, Now: h.now, Version: version,
		Who: func(c echo.Context) (*models.Viewer, error) {
			v, scopes, err := gate.Bearer(c.Request().Context(), c.Request().Header.Get("Authorization")[7:])
			if err != nil {
				return nil, problem.ErrNobody
			}
			v.Scopes = uint8(scopes)
			return v, nil
		},
		Allowed:  func(*models.Viewer, workflow.Noun, workflow.Action) error { return nil },
		BankFile: h.teller.file,
	})
	return &site{handler: e}, err
}
