package web

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tranche/app/identity"
	"tranche/app/input"
	"tranche/app/problem"
	"tranche/workflow"
)

// The names that the sign-in form carries besides its fields.
const (
	nextName = "next" // where to go afterwards
	heldName = "held" // the form that waits for the sign-in, as it was sent
	lostName = "lost" // the files that came with it and do not wait
)

// signInPage asks who is there.
func (s *Server) signInPage(v *visit) error {
	form := v.SignInForm("/sign-in", safe(v.QueryParam(nextName)), "", "")
	return v.show(s.signInView(v, form), nil)
}

func (s *Server) signInView(v *visit, form Form) SignInView {
	view := SignInView{Shell: v.titled(v.T("sign_in.title")), Form: form}
	if s.Demo {
		view.Notice = &Notice{Tone: "info", Text: v.T("sign_in.demo")}
	}
	return view
}

// A signInForm is what the sign-in form sends.
type signInForm struct {
	Email    string `form:"email" validate:"required"`
	Password string `form:"password,raw" validate:"required"`
	Next     string `form:"next"`
}

// signIn starts a session. The answer to a wrong pair says neither which of the
// two is wrong nor whether there is such an account.
func (s *Server) signIn(v *visit) error {
	sent, err := readForm(v)
	if err != nil {
		return err
	}
	var in signInForm
	if err := input.Struct(sent.values, &in, heldName, lostName); err != nil {
		return s.signInAgain(v, sent.values, err)
	}
	token, err := s.Gate.SignIn(v.ctx(), in.Email, in.Password, v.RealIP())
	if err != nil {
		return s.signInAgain(v, sent.values, err)
	}
	if err := s.Gate.SignOut(v.ctx(), s.Cookies.Token(v.Request())); err != nil {
		return err
	}
	v.SetCookie(s.Cookies.Set(token))
	if held := sent.values.Get(heldName); held != "" {
		return s.goOn(v, safe(in.Next), held, sent.values.Get(lostName))
	}
	next := safe(in.Next)
	if next == "" {
		next = "/start"
	}
	return v.Redirect(http.StatusSeeOther, next)
}

// signInAgain shows the form with what went wrong; the password is typed anew.
func (s *Server) signInAgain(v *visit, values url.Values, err error) error {
	var empty input.Errors
	if errors.As(err, &empty) {
		err = identity.ErrWrong
	}
	p := problem.Of(err, v.audience())
	if p.Reason != problem.ReasonWrong && p.Reason != problem.ReasonTries {
		return err
	}
	form := v.SignInForm("/sign-in", safe(values.Get(nextName)), values.Get("email"), p.Detail)
	for _, name := range []string{heldName, lostName} {
		if held := values.Get(name); held != "" {
			form.Hidden = append(form.Hidden, Hidden{name, held})
		}
	}
	view := s.signInView(v, form)
	view.Failed = true
	if p.Retry > 0 {
		seconds := (p.Retry + time.Second - 1) / time.Second
		v.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(int(seconds)))
	}
	return Show(v, p.Status, view)
}

// signInFirst asks for the password before a form counts: the session is over, or
// the act asks for somebody who signed in just now. What was typed waits in the
// page, except secrets; of files it has the names.
func (s *Server) signInFirst(v *visit, status int, sent *sentForm) error {
	email, why := "", v.T("sign_in.over")
	if v.person != nil {
		email, why = v.person.Email, v.T("sign_in.fresh")
	}
	form := v.SignInForm("/sign-in", safe(v.Request().URL.Path), email, "")
	form.Hidden = append(form.Hidden, Hidden{heldName, without(sent.values, secrets).Encode()})
	if lost := sent.chosen(); len(lost) > 0 {
		form.Hidden = append(form.Hidden, Hidden{lostName, lost.Encode()})
	}
	view := s.signInView(v, form)
	view.Notice = &Notice{Tone: "info", Text: why}
	return Show(v, status, view)
}

// secrets are the names of inputs that never stand in a page.
var secrets = func() []string {
	var out []string
	for _, l := range workflow.Lifecycles {
		for _, row := range l.Rows() {
			for _, f := range row.Fields {
				if f.Kind == workflow.Secret && !slices.Contains(out, f.Name) {
					out = append(out, f.Name)
				}
			}
		}
	}
	return out
}()

func without(values url.Values, names []string) url.Values {
	out := url.Values{}
	for name, v := range values {
		if !slices.Contains(names, name) {
			out[name] = v
		}
	}
	return out
}

// goOn shows the form that waited, for one more click: it was sent before it was
// known who is there. lost names the files that did not wait, which can be chosen again.
func (s *Server) goOn(v *visit, to, held, lost string) error {
	values, err := url.ParseQuery(held)
	files, bad := url.ParseQuery(lost)
	if err != nil || bad != nil || to == "" {
		return &input.Unreadable{Name: heldName, Reason: input.ReasonUnreadable}
	}
	form := Form{Name: "resume", URL: to, Submit: v.T("resume.submit")}
	if action, err := workflow.ParseAction(to[strings.LastIndexByte(to, '/')+1:]); err == nil {
		noun, err := workflow.ParsePlural(strings.Split(to, "/")[1])
		if err == nil {
			form.Submit = v.Action(noun.String(), action.String())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[name] {
			form.Hidden = append(form.Hidden, Hidden{name, value})
		}
	}
	shell := v.titled(v.T("resume.title"))
	shell.SignInURL, shell.Nav = "", nil
	view := ResumeView{Shell: shell, Form: form}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		view.Notice = &Notice{Tone: "warning", Text: v.T("resume.lost")}
		view.Form.Fields = append(view.Form.Fields, Field{Name: name, Kind: FileField, Label: v.T("resume.choose", "file", files.Get(name))})
	}
	return Show(v, http.StatusOK, view)
}

// signOut ends the session.
func (s *Server) signOut(v *visit) error {
	if err := s.Gate.SignOut(v.ctx(), s.Cookies.Token(v.Request())); err != nil {
		return err
	}
	v.SetCookie(s.Cookies.Clear())
	v.Response().Header().Set("Clear-Site-Data", `"cache"`)
	return v.Redirect(http.StatusSeeOther, "/")
}

// safe returns next when it is a place on this site, and "" otherwise.
func safe(next string) string {
	u, err := url.Parse(next)
	switch {
	case err != nil, u.Scheme != "", u.Host != "", u.User != nil, u.Opaque != "":
		return ""
	case !strings.HasPrefix(u.Path, "/"), strings.Contains(u.Path, "//"), strings.Contains(u.Path, `\`):
		return ""
	case strings.ContainsFunc(u.Path, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return ""
	}
	return u.RequestURI()
}
