package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/labstack/echo/v4"

	"tranche/app/api"
	"tranche/app/identity"
	"tranche/app/problem"
	"tranche/app/web"
	"tranche/models"
	"tranche/workflow"
)

// A site is everything that answers HTTP.
type site struct {
	handler  http.Handler
	draining atomic.Bool
	excuser  *excuser
}

// drain makes the site say that it is not ready, so that nobody sends more.
func (s *site) drain() { s.draining.Store(true) }

// requestsASecond is what one session or token may ask of a server that serves
// the public; a demonstration is driven as fast as it can.
const requestsASecond = 50

var errDraining = errors.New("stopping")

func newSite(h *house, l *listening, base string, demo bool) (*site, error) {
	cookies, err := identity.CookiesFor(base)
	if err != nil {
		return nil, fmt.Errorf("--url (TRANCHE_URL): %w", err)
	}
	proxies, err := l.proxies()
	if err != nil {
		return nil, err
	}
	s := &site{}
	asked := &doorkeeper{h.gate, cookies}
	s.excuser = newExcuser(h, asked.asking)
	pages := &web.Server{
		Engine: h.engine, Reader: h.db.Reader, Trial: h.trial, Turns: h.db, Gate: h.gate, Cookies: cookies, Now: h.now, Version: version, Demo: demo,
		Preview: h.post.Preview, Waiting: h.db.Waiting, Pressed: s.excuser.owed.add, Turned: s.excuser.turned, Secure: strings.HasPrefix(base, "https://"), Trusted: proxies, Metrics: l.Metrics,
		API: func(g *echo.Group) error {
			return api.Mount(g, api.Server{Engine: h.engine, Records: h.db.Reader, Trial: h.trial, Now: h.now, Version: version,
				Who: asked.who, Allowed: allowed, BankFile: h.teller.file})
		},
		Ready: func(ctx context.Context) error {
			if s.draining.Load() {
				return errDraining
			}
			return errors.Join(h.db.Ping(ctx), h.db.CheckSchema(ctx))
		},
	}
	if !demo {
		pages.Rate = requestsASecond
	}
	s.handler, err = pages.Handler()
	return s, err
}

// proxies reads the networks whose word on the client's address counts.
func (l *listening) proxies() ([]*net.IPNet, error) {
	var out []*net.IPNet
	for _, text := range l.Proxies {
		_, network, err := net.ParseCIDR(text)
		if err != nil {
			return nil, fmt.Errorf("--proxies (TRANCHE_PROXIES): %w", err)
		}
		out = append(out, network)
	}
	return out, nil
}

// A doorkeeper finds out who asks the API: by a token, or by the session of the
// pages.
type doorkeeper struct {
	gate    *identity.Gate
	cookies identity.Cookies
}

func (d *doorkeeper) who(c echo.Context) (*models.Viewer, error) { return d.asking(c.Request()) }

func (d *doorkeeper) asking(r *http.Request) (*models.Viewer, error) {
	if header := r.Header.Get(echo.HeaderAuthorization); header != "" {
		secret, bearer := strings.CutPrefix(header, "Bearer ")
		if !bearer {
			return nil, problem.ErrNobody
		}
		v, scopes, err := d.gate.Bearer(r.Context(), secret)
		if err != nil {
			return nil, err
		}
		v.Scopes = uint8(scopes)
		return v, nil
	}
	token := d.cookies.Token(r)
	if token == "" {
		return nil, problem.ErrNobody
	}
	v, _, err := d.gate.Resume(r.Context(), token)
	return v, err
}

// allowed refuses what the token in use was not made for. A session may do what
// its person may do.
func allowed(v *models.Viewer, noun workflow.Noun, action workflow.Action) error {
	needed := identity.Read
	if action != workflow.NoAction {
		needed = identity.ScopeFor(noun, action)
	}
	if v.Via != 0 && !identity.Scopes(v.Scopes).Has(needed) {
		return problem.ErrScope
	}
	return nil
}
