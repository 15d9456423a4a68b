package web

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"tranche/app/input"
	"tranche/workflow"
)

// The limits of a form with files.
const (
	maxParts  = 100
	maxUpload = workflow.MaxFiles + maxForm // of the whole body
	maxPassed = 4 * maxUpload               // that is read to answer with what was typed
)

// What is kept of a form that came in parts.
const (
	noParts = iota // it may not come in parts
	typedIn        // what was typed; files are passed over
	andFiles
)

// partsOf says what a form with these fields comes in: where one is a file, browsers
// send it in parts.
func partsOf(fields []workflow.Field) int {
	if slices.ContainsFunc(fields, func(f workflow.Field) bool { return f.Kind == workflow.File || f.Kind == workflow.Files }) {
		return andFiles
	}
	return noParts
}

// readSent reads a form that may come in parts, of which it keeps what parts says.
func readSent(c echo.Context, parts int) (*sentForm, error) {
	media, parameters, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err == nil && parts != noParts && media == echo.MIMEMultipartForm {
		return readParts(c, parameters["boundary"], parts == andFiles)
	}
	return readForm(c)
}

// readParts reads a form that files come with, as RFC 7578 has it. One file more
// than the largest that is taken is read on, so that it can be refused beside its
// field; nothing is kept on disk. What is typed is at most maxForm bytes. Files beyond
// maxUpload are passed over, and the form is refused with what was typed.
func readParts(c echo.Context, boundary string, files bool) (*sentForm, error) {
	f := &sentForm{values: url.Values{}, files: map[string]input.Uploaded{}}
	parts := multipart.NewReader(http.MaxBytesReader(c.Response(), c.Request().Body, maxPassed), boundary)
	left, room := int64(maxForm), int64(maxUpload)
	for n := 0; ; n++ {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			f.body = f.same()
			return f, nil
		}
		if err != nil {
			return nil, unreadableUnless(err)
		}
		if n == maxParts {
			return nil, &input.Unreadable{Reason: input.ReasonUnreadable}
		}
		if err := f.add(part, &left, &room, files); err != nil {
			return nil, err
		}
	}
}

// unreadableUnless says what is taken where the body is more than is even passed
// over, and else that nobody could have sent it.
func unreadableUnless(err error) error {
	if err == nil {
		return nil
	}
	if large := new(http.MaxBytesError); errors.As(err, &large) {
		return &http.MaxBytesError{Limit: workflow.MaxFiles}
	}
	return &input.Unreadable{Reason: input.ReasonUnreadable}
}

// add takes in one part of the body: of text no more than left, of files no more than
// room, and where they are not wanted their names alone.
func (f *sentForm) add(part *multipart.Part, left, room *int64, files bool) error {
	name := part.FormName()
	if part.FileName() == "" && part.Header.Get(echo.HeaderContentType) == "" {
		body, err := io.ReadAll(io.LimitReader(part, *left+1))
		if err != nil {
			return unreadableUnless(err)
		}
		if *left -= int64(len(body)); *left < 0 {
			return &http.MaxBytesError{Limit: maxForm}
		}
		f.values.Add(name, string(body))
		return nil
	}
	if !files {
		*room = -1
	}
	body, err := io.ReadAll(io.LimitReader(part, *room+1))
	if err != nil {
		return unreadableUnless(err)
	}
	if *room -= int64(len(body)); *room < 0 {
		body = nil
		if _, err := io.Copy(io.Discard, part); err != nil {
			return unreadableUnless(err)
		}
		f.large = files
	}
	if _, twice := f.files[name]; twice {
		return &input.Unreadable{Name: name, Reason: input.ReasonDuplicate}
	}
	f.files[name] = input.Uploaded{Name: part.FileName(), Body: body}
	return nil
}

// chosen returns the names of the files that came, by their fields.
func (f *sentForm) chosen() url.Values {
	out := url.Values{}
	for field, file := range f.files {
		if file.Name != "" {
			out.Set(field, file.Name)
		}
	}
	return out
}

// same writes what makes two requests one: what was typed, and which files came.
// The boundary between the parts is another one each time.
func (f *sentForm) same() []byte {
	out := []byte(f.values.Encode())
	for _, name := range slices.Sorted(maps.Keys(f.files)) {
		file := f.files[name]
		out = fmt.Appendf(out, "\n%q %q %x", name, file.Name, sha256.Sum256(file.Body))
	}
	return out
}
