package api

import (
	"bytes"
	"crypto/pbkdf2"
	"crypto/sha256"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"tranche/app/engine"
	"tranche/app/input"
	"tranche/app/problem"
	"tranche/models"
	"tranche/workflow"
)

// write answers a request for one action: it reads, asks the engine, and answers.
func (a *api) write(o operation) echo.HandlerFunc {
	return func(c echo.Context) error {
		v, err := a.admit(c, o.noun, o.action)
		if err != nil {
			return err
		}
		if err := noQuery(c); err != nil {
			return err
		}
		body, err := readBody(c, o.limit(), echo.MIMEApplicationJSON)
		if err != nil {
			return err
		}
		r := engine.Request{Viewer: v, Command: workflow.Command{Noun: o.noun, Action: o.action, Received: a.Now()}}
		if err := o.fill(&r, c, body); err != nil {
			return err
		}
		answer, err := a.Engine.Do(c.Request().Context(), r)
		if err != nil {
			return err
		}
		return o.answer(c, answer)
	}
}

// limit is the most bytes of a body.
func (o *operation) limit() int64 {
	if slices.ContainsFunc(o.fields, func(f workflow.Field) bool { return f.Kind == workflow.File || f.Kind == workflow.Files }) {
		return maxUpload
	}
	return maxBody
}

// fill completes the command from path, headers and body.
func (o *operation) fill(r *engine.Request, c echo.Context, body []byte) (err error) {
	command, header := &r.Command, c.Request().Header
	if !o.makes {
		if command.ID, err = recordID(c); err != nil {
			return err
		}
		if command.Version, err = input.Version(header); err != nil {
			return err
		}
	}
	if command.Inputs, err = o.set().JSON(bytes.NewReader(body)); err != nil {
		return err
	}
	command.Parent, command.Inputs = o.takeParent(command.Inputs, r.Viewer)
	r.Key, err = o.key(c, r.Viewer, body)
	return err
}

// takeParent takes the record that the new one belongs to out of the inputs.
func (o *operation) takeParent(inputs []workflow.Input, v *models.Viewer) (workflow.ID, []workflow.Input) {
	if o.noun == workflow.NounAffiliation && o.makes {
		return ownSide(inputs, v), inputs
	}
	if o.parent == nil {
		return 0, inputs
	}
	at := slices.IndexFunc(inputs, func(in workflow.Input) bool { return in.Name == o.parent.Name })
	parent := workflow.ID(inputs[at].Int) // it is required, so it came
	return parent, slices.Delete(inputs, at, at+1)
}

// ownSide returns the organization of an affiliation that v speaks for: the owned
// one may tell of its owner as well as the other way round.
func ownSide(inputs []workflow.Input, v *models.Viewer) workflow.ID {
	for _, in := range inputs {
		mine := func(g models.ViewerGrant) bool { return g.Organization != 0 && g.Organization == workflow.ID(in.Int) }
		if (in.Name == "owner" || in.Name == "owned") && slices.ContainsFunc(v.Grants, mine) {
			return workflow.ID(in.Int)
		}
	}
	return 0
}

// secretRounds makes guessing an account number from a stored sum of its request
// as slow as guessing a password.
const secretRounds = 100_000

// key reads the Idempotency-Key. The body counts with it by its SHA-256, and by a
// slow sum where it holds a secret that is short enough to be guessed.
func (o *operation) key(c echo.Context, v *models.Viewer, body []byte) (*models.Key, error) {
	r := c.Request()
	text, err := input.Key(r.Header)
	if err != nil || text == "" {
		return nil, err
	}
	k := &models.Key{Principal: v.Person, Route: r.Method + " " + r.URL.Path, Text: text, Body: sha256.Sum256(body)}
	if slices.ContainsFunc(o.fields, func(f workflow.Field) bool { return f.Kind == workflow.Secret }) {
		slow, err := pbkdf2.Key(sha256.New, string(body), []byte(k.Route+"\n"+text), secretRounds, sha256.Size)
		if err != nil {
			return nil, err
		}
		k.Body = workflow.Hash(slow)
	}
	return k, nil
}

// answer writes what became of the record.
func (o *operation) answer(c echo.Context, answer engine.Answer) error {
	h := c.Response().Header()
	h.Set("ETag", input.Tag(answer.Version))
	h.Set(echo.HeaderCacheControl, "no-store")
	if answer.Replayed {
		h.Set("Idempotency-Replayed", "true")
	}
	if o.makes {
		h.Set(echo.HeaderLocation, Base+"/"+answer.Noun.Plural()+"/"+answer.ID.String())
		return c.JSON(http.StatusCreated, answer)
	}
	return c.JSON(http.StatusOK, answer)
}

// readBody reads a body of one of the media types to its end, at most limit bytes.
func readBody(c echo.Context, limit int64, types ...string) ([]byte, error) {
	r := c.Request()
	media, parameters, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	charset, named := parameters["charset"]
	if err != nil || !slices.Contains(types, media) || named && !strings.EqualFold(charset, "utf-8") {
		return nil, problem.ErrMedia
	}
	return io.ReadAll(http.MaxBytesReader(c.Response(), r.Body, limit))
}
