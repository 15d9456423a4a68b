package problem

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// A Show writes p as the answer to a request: a page, or JSON.
type Show func(c echo.Context, p Problem) error

// Handler turns every error that a handler returns into its one answer, and logs
// it once. Requests below the path /api get JSON, all others what page shows.
// audience says who reads.
func Handler(log *slog.Logger, audience func(echo.Context) Audience, page Show) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		p := Of(err, audience(c))
		p.RequestID = c.Response().Header().Get(echo.HeaderXRequestID)
		record(log, c, p, err)
		if c.Response().Committed {
			return
		}
		headers(c, p)
		show := page
		if isAPI(c.Request().URL.Path) {
			show = JSON
		}
		if c.Request().Method == http.MethodHead {
			show = func(c echo.Context, p Problem) error { return c.NoContent(p.Status) }
		}
		if err := show(c, p); err != nil {
			log.Error("problem not shown", "request_id", p.RequestID, "err", err)
		}
	}
}

func isAPI(path string) bool { return path == "/api" || strings.HasPrefix(path, "/api/") }

// record logs an answer no at the level that it deserves: our own faults as
// errors, everything else as what people did.
func record(log *slog.Logger, c echo.Context, p Problem, err error) {
	level := slog.LevelInfo
	if p.Status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	r := c.Request()
	log.Log(r.Context(), level, "request refused", "request_id", p.RequestID, "method", r.Method, "route", c.Path(),
		"status", p.Status, "reason", string(p.Reason), "err", err)
}

func headers(c echo.Context, p Problem) {
	h := c.Response().Header()
	h.Set(echo.HeaderCacheControl, "no-store")
	if p.Retry > 0 {
		seconds := int64((p.Retry + time.Second - 1) / time.Second)
		h.Set(echo.HeaderRetryAfter, strconv.FormatInt(seconds, 10))
	}
	if p.Status == http.StatusUnauthorized && isAPI(c.Request().URL.Path) {
		h.Set(echo.HeaderWWWAuthenticate, `Bearer realm="tranche"`)
	}
}

// JSON writes p as application/problem+json.
func JSON(c echo.Context, p Problem) error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return c.Blob(p.Status, MediaType, append(body, '\n'))
}
