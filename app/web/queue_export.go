package web

import (
	"bufio"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"tranche/app/export"
	"tranche/models"
)

// exportBuffer is how much of an export is held before the answer begins: what fails
// until then is answered with a page.
const exportBuffer = 64 << 10

// stream answers with a table that write writes, as a file that is called name. A table
// that could not be written to its end is cut off so that nobody takes it for whole.
func (s *Server) stream(v *visit, f export.SheetFormat, name string, write func(export.Sheet) error) error {
	h := v.Response().Header()
	h.Set(echo.HeaderContentType, f.MediaType)
	h.Set(echo.HeaderContentDisposition, `attachment; filename="`+name+f.Extension+`"`)
	h.Set(echo.HeaderContentSecurityPolicy, "sandbox; default-src 'none'")
	h.Set(echo.HeaderCacheControl, "no-store")
	out := bufio.NewWriterSize(v.Response(), exportBuffer)
	err := write(f.New(out))
	if err == nil {
		err = out.Flush()
	}
	switch {
	case err != nil && v.Response().Committed:
		s.Log.Error("export cut off", "file", name, "person", int64(v.viewer.Person), "err", err)
		panic(http.ErrAbortHandler)
	case err != nil:
		for _, name := range []string{echo.HeaderContentType, echo.HeaderContentDisposition} {
			h.Del(name)
		}
		return err
	}
	s.Log.Info("exported", "file", name, "person", int64(v.viewer.Person), "query", v.QueryString(), "request_id", h.Get(echo.HeaderXRequestID))
	return nil
}

// exportQueue answers GET /applications.csv and the like: the queue of the same address
// as a file, all of its pages.
func (s *Server) exportQueue(f export.SheetFormat) func(*visit) error {
	return func(v *visit) error {
		if !v.staff() {
			return models.ErrNotFound
		}
		q := v.readQueue().Queue
		q.After = models.Mark{}
		return s.stream(v, f, "applications", func(sheet export.Sheet) error { return export.Queue(v.ctx(), s.Reader, v.viewer, q, sheet) })
	}
}

// downloads offers the queue of q as files.
func (v *visit) downloads(q models.Queue) []Button {
	q.After = models.Mark{}
	_, query, _ := strings.Cut(queueURL(q), "?")
	return v.sheets("/applications", query)
}

// sheets offers the table at path as files, one of each format.
func (v *visit) sheets(path, query string) (out []Button) {
	for _, f := range export.SheetFormats() {
		at := url.URL{Path: path + f.Extension, RawQuery: query}
		out = append(out, Button{Text: v.T("queue.download", "type", strings.ToUpper(f.Extension[1:])), URL: at.String(), Icon: "file_download"})
	}
	return out
}
