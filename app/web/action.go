package web

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"tranche/app/engine"
	"tranche/app/input"
	"tranche/app/problem"
	"tranche/models"
	"tranche/workflow"
)

// A pageFunc answers with the page of what stands at id. again is the form of that page which
// could not be carried out; nil on a plain visit.
type pageFunc func(v *visit, id workflow.ID, again *attempt) error

// A place says where the forms of a noun stand, so that they can be shown again.
type place struct {
	record pageFunc // with the actions on one record; gets its ID
	maker  pageFunc // with the form that makes one; gets the ID that it belongs to, zero when that is nothing
	public bool     // everybody may look at a record
}

// parents says what a new record belongs to; the form carries its ID under the
// parent's noun. Nouns that are missing here belong to nothing, or to what their
// fields name.
var parents = map[workflow.Noun]workflow.Noun{
	workflow.NounFund:        workflow.NounProgram,
	workflow.NounOpportunity: workflow.NounProgram,
	workflow.NounPolicy:      workflow.NounProgram,
	workflow.NounBatch:       workflow.NounProgram,
	workflow.NounAnswerFile:  workflow.NounProgram,
	workflow.NounPanel:       workflow.NounOpportunity,
	workflow.NounJournal:     workflow.NounProgram,
	workflow.NounStatement:   workflow.NounOrganization,
	workflow.NounElimination: workflow.NounStatement,
	workflow.NounBankAccount: workflow.NounOrganization,
	workflow.NounApplication: workflow.NounOpportunity,
	workflow.NounReview:      workflow.NounApplication,
	workflow.NounAmendment:   workflow.NounAward,
	workflow.NounClaim:       workflow.NounAward,
	workflow.NounFinding:     workflow.NounAward,
	workflow.NounToken:       workflow.NounPerson,
	workflow.NounScreening:   workflow.NounOrganization,
}

// boxed are the fields that hold a list in one line, and that a form asks for with
// a box for each.
var boxed = []string{"payments"}

// noBox comes with every form of boxes, before them: no box ticked is not the same
// as no answer.
const noBox = "0"

// sectioned are the nouns whose drafts are saved by forms of their own, each with a
// part of the fields.
var sectioned = []workflow.Noun{workflow.NounApplication, workflow.NounClaim}

// doAction carries out POST /{nouns}/{id}/actions/{action}.
func (s *Server) doAction(noun workflow.Noun) func(*visit) error {
	return func(v *visit) error {
		id, err := v.id()
		if err != nil {
			return err
		}
		action, err := workflow.ParseAction(v.Param("action"))
		fields, known := fieldsOf(noun, action)
		if err != nil || !known || workflow.Makes(noun, action) || action == workflow.ActSave && slices.Contains(sectioned, noun) {
			return models.ErrNotFound
		}
		sent, err := readSent(v, partsOf(fields))
		if err != nil {
			return err
		}
		c := workflow.Command{Noun: noun, Action: action, ID: id}
		if c.Version, err = input.FormVersion(sent.values); err != nil {
			return err
		}
		return s.carryOut(v, c, fields, sent)
	}
}

// doMake carries out POST /{nouns}: it makes a record.
func (s *Server) doMake(noun workflow.Noun) func(*visit) error {
	return func(v *visit) error {
		action := makes(noun)
		fields, _ := fieldsOf(noun, action)
		sent, err := readSent(v, partsOf(fields))
		if err != nil {
			return err
		}
		c := workflow.Command{Noun: noun, Action: action}
		if c.Parent, err = sent.parent(noun); err != nil {
			return err
		}
		return s.carryOut(v, c, fields, sent)
	}
}

// carryOut asks the engine for c, and answers with where the record is to be
// seen. What cannot be done is told on the page that the form stands on.
func (s *Server) carryOut(v *visit, c workflow.Command, fields []workflow.Field, sent *sentForm) error {
	answer, err := s.ask(v, c, fields, sent)
	if err == nil {
		return v.done(answer, c)
	}
	return s.again(v, c, sent, err)
}

// ask turns what was sent into a command and has the engine decide.
func (s *Server) ask(v *visit, c workflow.Command, fields []workflow.Field, sent *sentForm) (engine.Answer, error) {
	if sent.large {
		return engine.Answer{}, &http.MaxBytesError{Limit: workflow.MaxFiles}
	}
	key, err := sent.keyOf(v, fields)
	if err != nil {
		return engine.Answer{}, err
	}
	set := input.Set{Action: c.Action, Fields: fields}
	if c.Inputs, err = set.Upload(sent.values, sent.files, beside(c.Noun)...); err != nil {
		return engine.Answer{}, err
	}
	c.Received = s.Now()
	if c.Noun == workflow.NounAffiliation && c.ID == 0 {
		c.Parent = ownSide(c.Inputs, v.viewer)
	}
	return s.Engine.Do(v.Request().Context(), engine.Request{Command: c, Viewer: v.viewer, Key: key})
}

// beside are the names that forms of a noun carry besides their fields.
func beside(noun workflow.Noun) []string {
	names := []string{input.VersionName, input.KeyName}
	if parent, belongs := parents[noun]; belongs {
		names = append(names, parent.String())
	}
	return names
}

// done leads to the record, whose page then says what was done. A form that is
// sent twice with the same key leads there twice.
func (v *visit) done(answer engine.Answer, c workflow.Command) error {
	home, err := v.server.home(v, answer.Noun, answer.ID)
	if err != nil {
		return err
	}
	return v.Redirect(http.StatusSeeOther, home+"?"+doneName+"="+c.Noun.String()+"."+c.Action.String())
}

// doneName is the parameter of the address that names what was just done.
const doneName = "done"

// again shows the page that the form stands on, with what was typed and what is
// wrong. Faults, forms that nobody could have sent and records that are not there
// are no matter of the form and are returned.
func (s *Server) again(v *visit, c workflow.Command, sent *sentForm, err error) error {
	var refusal *workflow.Refusal
	if errors.As(err, &refusal) && refusal.Reason == reasonFresh {
		return s.signInFirst(v, http.StatusForbidden, sent)
	}
	p := problem.Of(err, v.audience())
	switch p.Status {
	case http.StatusForbidden, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge:
	default:
		return err
	}
	show, id := s.placeOf(c)
	if show == nil {
		return err
	}
	a := &attempt{noun: c.Noun, action: c.Action, id: c.ID, values: sent.values, files: sent.files, problem: p}
	if c.ID != 0 && p.Status == http.StatusConflict {
		if a.news, err = v.since(c.Noun, c.ID, c.Version); err != nil {
			return err
		}
	}
	return show(v, id, a)
}

// reasonFresh is the reason of acts that only somebody who signed in just now may
// do.
const reasonFresh workflow.Reason = "sign_in_again"

func (s *Server) placeOf(c workflow.Command) (pageFunc, workflow.ID) {
	if c.ID != 0 {
		return s.places[c.Noun].record, c.ID
	}
	return s.places[c.Noun].maker, c.Parent
}

// fieldsOf returns what an action asks for, and false when the lifecycle has no
// such action for people. Rows of one action ask for the same fields.
func fieldsOf(noun workflow.Noun, action workflow.Action) ([]workflow.Field, bool) {
	for _, row := range workflow.Of(noun).Rows() {
		if row.Action == action && row.By != workflow.RolesOf(workflow.System) {
			return row.Fields, true
		}
	}
	return nil, false
}

// makes returns the action that makes a record of noun, NoAction when only the
// system makes them.
func makes(noun workflow.Noun) workflow.Action {
	for _, row := range workflow.Of(noun).Rows() {
		if slices.Contains(row.Start, workflow.None) && row.By != workflow.RolesOf(workflow.System) {
			return row.Action
		}
	}
	return workflow.NoAction
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

// A sentForm is the body of a POST.
type sentForm struct {
	values url.Values
	files  map[string]input.Uploaded // by the name of their field; nil: the form has none
	body   []byte                    // what makes the request the same as another one
	large  bool                      // the files were more than are taken
}

// maxForm is the most bytes of a form.
const maxForm = 1 << 20

// readForm reads the body to its end. The query of the address is no part of it.
func readForm(c echo.Context) (*sentForm, error) {
	r := c.Request()
	media, parameters, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	charset, named := parameters["charset"]
	if err != nil || media != echo.MIMEApplicationForm || named && !strings.EqualFold(charset, "utf-8") {
		return nil, problem.ErrMedia
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), r.Body, maxForm))
	if err != nil {
		return nil, err
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, &input.Unreadable{Reason: input.ReasonUnreadable}
	}
	for _, name := range boxed {
		if sent := values[name]; len(sent) > 1 {
			values[name] = []string{strings.TrimPrefix(strings.Join(sent, ","), noBox+",")}
		}
	}
	return &sentForm{values: values, body: body}, nil
}

// parent reads the record that a new one belongs to.
func (f *sentForm) parent(noun workflow.Noun) (workflow.ID, error) {
	of, belongs := parents[noun]
	if !belongs {
		return 0, nil
	}
	id, ok := workflow.ParseID(f.values.Get(of.String()))
	if !ok || len(f.values[of.String()]) != 1 {
		return 0, &input.Unreadable{Name: of.String(), Reason: input.ReasonNotRecord}
	}
	return id, nil
}

// secretRounds makes guessing an account number from the stored sum of its form
// as slow as guessing a password.
const secretRounds = 100_000

// keyOf returns the key that makes the request repeatable. A form without one is
// not ours.
func (f *sentForm) keyOf(v *visit, fields []workflow.Field) (*models.Key, error) {
	text, err := input.FormKey(f.values)
	if err != nil {
		return nil, err
	}
	if text == "" {
		return nil, &input.Unreadable{Name: input.KeyName, Reason: input.ReasonKey}
	}
	r := v.Request()
	k := &models.Key{Principal: v.viewer.Person, Route: r.Method + " " + r.URL.Path, Text: text, Body: sha256.Sum256(f.body)}
	if slices.ContainsFunc(fields, func(f workflow.Field) bool { return f.Kind == workflow.Secret }) {
		slow, err := pbkdf2.Key(sha256.New, string(f.body), []byte(k.Route+"\n"+text), secretRounds, sha256.Size)
		if err != nil {
			return nil, err
		}
		k.Body = workflow.Hash(slow)
	}
	return k, nil
}
