package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"golang.org/x/time/rate"

	"tranche/app/problem"
	"tranche/workflow"
)

// guard puts what every request passes round the routes, and makes e answer errors
// in the one way that there is.
func (s *Server) guard(e *echo.Echo) {
	e.HTTPErrorHandler = problem.Handler(s.Log, s.audience, s.problemPage)
	e.IPExtractor = s.address()
	if s.Metrics {
		s.meter = newMeter(s.Waiting)
	}
	e.Use(
		s.headers,
		s.account,
		s.excusable,
		s.recover,
		s.sameSite,
		s.limit(10*s.Rate, func(c echo.Context) string { return network(c.RealIP()) }),
		s.limit(s.Rate, s.holder),
	)
}

// contentPolicy is what pages may load and do: nothing but our own files and forms.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"

// headers sets what every answer carries, errors included. The request's ID is
// always ours: what a client sends would stand in our log.
func (s *Server) headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set(echo.HeaderXRequestID, newKey())
		h.Set(echo.HeaderContentSecurityPolicy, contentPolicy)
		h.Set(echo.HeaderXContentTypeOptions, "nosniff")
		h.Set(echo.HeaderReferrerPolicy, "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if s.Secure {
			h.Set(echo.HeaderStrictTransportSecurity, "max-age=63072000; includeSubDomains")
		}
		return next(c)
	}
}

// account writes one line for every request, and counts it. The query is left
// out: it may hold what people look for. An error is answered here, so that its
// status is in the line.
func (s *Server) account(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := s.Now()
		if err := next(c); err != nil {
			c.Error(err)
		}
		took := s.Now().Sub(start)
		r, status := c.Request(), c.Response().Status
		s.Log.Info("request", "request_id", c.Response().Header().Get(echo.HeaderXRequestID), "method", r.Method, "path", r.URL.Path,
			"route", c.Path(), "status", status, "bytes", c.Response().Size, "took", took, "address", c.RealIP())
		if s.meter != nil {
			s.meter.count(r.Method, c.Path(), status, took)
		}
		return nil
	}
}

// A TurnedAway is a submission of an application that we answered with 429 or 503.
type TurnedAway struct {
	Application workflow.ID
	Request     *http.Request // for finding out who asked; without its body
	At          time.Time     // when it had come
	Status      int
}

// excusable tells of submissions that we turn away by our own fault: whoever came
// in time gets another chance.
func (s *Server) excusable(next echo.HandlerFunc) echo.HandlerFunc {
	if s.Turned == nil {
		return next
	}
	return func(c echo.Context) error {
		submits := c.Request().Method == http.MethodPost && (c.Path() == "/applications/:id/edit/:section" && c.Param("section") == lastSection ||
			c.Path() == "/api/v1/applications/:id/actions/submit")
		if !submits {
			return next(c)
		}
		at := s.Now()
		defer s.Pressed(at)()
		if err := next(c); err != nil {
			c.Error(err) // so that its status is known
		}
		status := c.Response().Status
		id, ok := workflow.ParseID(c.Param("id"))
		if ok && (status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable) {
			r := c.Request().Clone(context.WithoutCancel(c.Request().Context()))
			r.Body = http.NoBody
			s.Turned(TurnedAway{id, r, at, status})
		}
		return nil
	}
}

// recover turns a panic into a fault.
func (s *Server) recover(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			r := recover()
			if r == nil {
				return
			}
			if r == http.ErrAbortHandler {
				panic(r)
			}
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}()
		return next(c)
	}
}

// crossOrigin refuses requests that a browser sends for somebody else's page.
var crossOrigin = http.NewCrossOriginProtection()

// sameSite refuses what another site makes a browser send: changes, and loading
// our answers as its images or scripts.
func (s *Server) sameSite(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		embedded := r.Header.Get("Sec-Fetch-Site") == "cross-site" && r.Header.Get("Sec-Fetch-Mode") == "no-cors"
		if embedded || crossOrigin.Check(r) != nil {
			return &problem.Error{Status: http.StatusForbidden, Reason: reasonOtherSite}
		}
		return next(c)
	}
}

// reasonOtherSite is the reason for refusing what another site made a browser send.
const reasonOtherSite workflow.Reason = "other_site"

// address returns how the client's address is found: that of the connection, and
// what trusted proxies say only where there are any.
func (s *Server) address() echo.IPExtractor {
	if len(s.Trusted) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, proxy := range s.Trusted {
		options = append(options, echo.TrustIPRange(proxy))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}

// network returns what counts as one address: for IPv6 the network of one
// customer, who has all addresses in it.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || !ip.Is6() || ip.Is4In6() {
		return address
	}
	prefix, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return prefix.String()
}

// holder names the session or token in use by its sum, "" when there is none.
func (s *Server) holder(c echo.Context) string {
	secret := c.Request().Header.Get(echo.HeaderAuthorization)
	if secret == "" {
		secret = s.Cookies.Token(c.Request())
	}
	if secret == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:16])
}

// limit answers 429 to who asks for more than perSecond, after a burst of ten
// seconds' worth. Whom name calls "" is not counted, nor are the small files of
// the pages.
func (s *Server) limit(perSecond float64, name func(echo.Context) string) echo.MiddlewareFunc {
	if perSecond == 0 {
		return func(next echo.HandlerFunc) echo.HandlerFunc { return next }
	}
	store := middleware.NewRateLimiterMemoryStoreWithConfig(middleware.RateLimiterMemoryStoreConfig{
		Rate: rate.Limit(perSecond), Burst: max(1, int(10*perSecond)), ExpiresIn: time.Minute,
	})
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			who := name(c)
			if who == "" || strings.HasPrefix(c.Path(), "/static/") {
				return next(c)
			}
			allowed, err := store.Allow(who)
			if err != nil {
				return err
			}
			if !allowed {
				return &problem.Error{Status: http.StatusTooManyRequests, Reason: problem.ReasonTooMany, Retry: time.Second}
			}
			return next(c)
		}
	}
}
