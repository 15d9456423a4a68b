package web

import (
	"bytes"
	"context"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"tranche/app/engine/enginetest"
	"tranche/app/identity"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// A house is the whole site before a small programme, with a clock that stands
// still.
type house struct {
	*enginetest.World
	t       *testing.T
	handler http.Handler
	log     bytes.Buffer
	hash    string // of everybody's password
}

// good is everybody's password.
const good = "violet kettle under 9 bridges"

// newHouse opens a site; change, unless nil, sets options.
func newHouse(t *testing.T, change func(*Server)) *house {
	t.Helper()
	db := modelstest.SQLite(t)
	h := &house{World: enginetest.New(t, db), t: t}
	passwords := identity.NewPasswords(2)
	gate, err := identity.New(context.Background(), db, h.Now, passwords, identity.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	cookies, err := identity.CookiesFor("http://localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Engine: h.Engine, Reader: db.Reader, Turns: db, Gate: gate, Cookies: cookies, Now: h.Now, Version: "test", Demo: true,
		Log: slog.New(slog.NewJSONHandler(&h.log, nil))}
	if change != nil {
		change(s)
	}
	if h.handler, err = s.Handler(); err != nil {
		t.Fatal(err)
	}
	hash, err := passwords.Hash(context.Background(), "", good)
	if err != nil {
		t.Fatal(err)
	}
	h.hash = hash
	for _, person := range h.everybody() {
		h.Act(nil, workflow.NounPerson, person, workflow.ActUpdate, enginetest.Text("password", hash))
	}
	h.Advance(1) // sessions that are older than a password count for nothing
	return h
}

func (h *house) everybody() []workflow.ID {
	all := append(slices.Collect(maps.Values(h.People)), h.Reviewers[1:]...)
	slices.Sort(all)
	return slices.Compact(all)
}

// email returns the address of a person.
func (h *house) email(person workflow.ID) string {
	h.t.Helper()
	row, err := h.DB.Row(context.Background(), h.As(workflow.System), workflow.NounPerson, person)
	if err != nil {
		h.t.Fatal(err)
	}
	return *cellIn(row, "email").(*string)
}

// A browser is somebody's browser without JavaScript: it keeps cookies, follows
// where it is sent, and sends forms as they stand on the page.
type browser struct {
	h       *house
	cookies map[string]string
	headers map[string]string
	page    *answer
}

// An answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
	path   string // where it came from, after redirects
	doc
}

func (h *house) browser() *browser {
	return &browser{h: h, cookies: map[string]string{}, headers: map[string]string{}}
}

// as returns the browser of somebody who signed in through the page.
func (h *house) as(role workflow.Role) *browser { return h.signedIn(h.People[role]) }

func (h *house) signedIn(person workflow.ID) *browser {
	h.t.Helper()
	b := h.browser()
	b.visit("/sign-in")
	b.send("/sign-in", map[string]string{"email": h.email(person), "password": good})
	if b.page.status != http.StatusOK || b.cookies["tranche"] == "" {
		h.t.Fatalf("sign-in: %d %s", b.page.status, b.page.text("h1"))
	}
	return b
}

// newcomer returns the browser of a new member of an organization.
func (h *house) newcomer(organization workflow.ID, role workflow.Role) *browser {
	h.t.Helper()
	person := h.Member(organization, role)
	h.Act(nil, workflow.NounPerson, person, workflow.ActUpdate, enginetest.Text("password", h.hash))
	h.Advance(1)
	return h.signedIn(person)
}

// ask sends one request and follows no redirect.
func (b *browser) ask(method, at string, form url.Values) *answer {
	b.h.t.Helper()
	var body *strings.Reader
	r := httptest.NewRequest(method, at, nil)
	if form != nil {
		body = strings.NewReader(form.Encode())
		r = httptest.NewRequest(method, at, body)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return b.do(r, at)
}

// do sends a request with what the browser keeps.
func (b *browser) do(r *http.Request, at string) *answer {
	b.h.t.Helper()
	r.Host = "localhost:8080"
	for name, value := range b.headers {
		r.Header.Set(name, value)
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.h.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if b.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	a := &answer{status: w.Code, header: w.Header(), body: w.Body.String(), path: at}
	if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		root, err := html.Parse(strings.NewReader(a.body))
		if err != nil {
			b.h.t.Fatal(err)
		}
		a.doc = read(root)
	}
	return a
}

// visit opens a page and follows where it leads.
func (b *browser) visit(at string) *answer {
	b.h.t.Helper()
	b.page = b.follow(b.ask("GET", at, nil))
	return b.page
}

func (b *browser) follow(a *answer) *answer {
	b.h.t.Helper()
	for range 5 {
		if a.status != http.StatusSeeOther {
			return a
		}
		a = b.ask("GET", a.header.Get("Location"), nil)
	}
	b.h.t.Fatalf("sent round and round: %s", a.path)
	return nil
}

// filled returns what the form with this address would send, with other values in
// some of its fields. A field that is not there fails the test: nobody could have
// typed into it.
func (b *browser) filled(action string, values map[string]string) url.Values {
	b.h.t.Helper()
	form := b.page.form(action)
	if form == nil {
		b.h.t.Fatalf("%s (%d %q) has no form for %s; it has %q", b.page.path, b.page.status, b.page.text("h1"), action, b.page.formActions())
	}
	out, names := sentBy(form)
	for name, value := range values {
		if !names[name] {
			b.h.t.Fatalf("the form for %s has no field %q", action, name)
		}
		if out.Del(name); value != "" || !boxes(form, name) {
			out.Set(name, value)
		}
	}
	return out
}

// send sends the form with this address and follows where it leads.
func (b *browser) send(action string, values map[string]string) *answer {
	b.h.t.Helper()
	b.page = b.follow(b.ask("POST", action, b.filled(action, values)))
	return b.page
}

func (d doc) form(action string) *element {
	for _, n := range d.nodes {
		if n.Data == "form" && n.attr("method") == "post" && n.attr("action") == action {
			return &n
		}
	}
	return nil
}

func (d doc) formActions() (out []string) {
	for _, n := range d.nodes {
		if n.Data == "form" && n.attr("method") == "post" {
			out = append(out, n.attr("action"))
		}
	}
	return out
}

// sentBy returns what a browser sends of a form, and the names that it asks for.
func sentBy(form *element) (url.Values, map[string]bool) {
	out, names := url.Values{}, map[string]bool{}
	for n := range form.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		e := element{n}
		name := e.attr("name")
		if name == "" {
			continue
		}
		names[name] = true
		switch n.Data {
		case "input":
			_, checked := e.lookup("checked")
			if kind := e.attr("type"); kind != "checkbox" && kind != "radio" || checked {
				out.Add(name, e.attr("value"))
			}
		case "textarea":
			out.Add(name, strings.TrimPrefix(e.text(), "\n"))
		case "select":
			out.Add(name, selected(e))
		}
	}
	return out, names
}

func selected(e element) string {
	for n := range e.Descendants() {
		if o := (element{n}); n.Type == html.ElementNode && n.Data == "option" {
			if _, is := o.lookup("selected"); is {
				return o.attr("value")
			}
		}
	}
	return ""
}

// boxes reports whether a field is a box or a choice, which sends nothing when it
// is empty.
func boxes(form *element, name string) bool {
	for n := range form.Descendants() {
		if e := (element{n}); n.Type == html.ElementNode && e.attr("name") == name && (e.attr("type") == "checkbox" || e.attr("type") == "radio") {
			return true
		}
	}
	return false
}

// text returns the text of the first element of a name, "" when there is none.
func (d doc) text(name string) string {
	for _, n := range d.nodes {
		if n.Data == name {
			return n.text()
		}
	}
	return ""
}

// class returns the texts of the elements that have a class.
func (d doc) class(name string) (out []string) {
	for _, n := range d.nodes {
		if slices.Contains(strings.Fields(n.attr("class")), name) {
			out = append(out, strings.Join(strings.Fields(n.text()), " "))
		}
	}
	return out
}

// id returns the element with an id.
func (d doc) id(name string) *element {
	for _, n := range d.nodes {
		if n.attr("id") == name {
			return &n
		}
	}
	return nil
}

// summary checks that whatever is wrong on a form is also told on top, where the
// keyboard is, with a link to its field.
func (d doc) summary(t *testing.T) {
	t.Helper()
	linked := map[string]bool{}
	if top := d.id("errors"); top != nil {
		for n := range top.Descendants() {
			if e := (element{n}); n.Data == "a" {
				linked[e.attr("href")] = true
			}
		}
	}
	for _, n := range d.nodes {
		field, wrong := strings.CutSuffix(n.attr("id"), "-error")
		if wrong && !linked["#"+field] {
			t.Errorf("what is wrong with %s is not in the summary: %s", field, n.text())
		}
	}
}

// sound checks what every page owes its reader.
func (b *browser) sound() {
	t := b.h.t
	t.Helper()
	b.page.headings(t)
	b.page.labels(t)
	b.page.references(t)
	b.page.policy(t)
	b.page.tables(t)
	b.page.forms(t)
	b.page.summary(t)
	for line := range strings.Lines(b.h.log.String()) {
		if strings.Contains(line, "word missing") {
			t.Errorf("%s or a page before lacks words: %s", b.page.path, line)
		}
	}
}

// stored reads a record as it is.
func stored[R any](h *house, noun workflow.Noun, id workflow.ID) *R {
	h.t.Helper()
	r, err := models.Record[R](context.Background(), h.DB.Reader, h.As(workflow.System), noun, id)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}
