package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"tranche/app/identity"
	"tranche/models"
	"tranche/templates"
	"tranche/workflow"
)

// A visit is one request for a page: who asks, in which language, and what stands
// round the answer.
type visit struct {
	echo.Context
	Shell
	server  *Server
	viewer  *models.Viewer // nil: nobody is signed in
	session identity.Session
	person  *workflow.Person // nil with viewer
}

// ctx returns the context of the request.
func (v *visit) ctx() context.Context { return v.Request().Context() }

// open finds out who asks and prepares what stands round every page. It is done
// once in a request.
func (s *Server) open(c echo.Context) (*visit, error) {
	if v, ok := c.Get(visitKey).(*visit); ok {
		return v, nil
	}
	v := &visit{Context: c, server: s}
	viewer, session, err := s.Gate.Resume(c.Request().Context(), s.Cookies.Token(c.Request()))
	switch {
	case errors.Is(err, identity.ErrSignedOut):
	case err != nil:
		return nil, err
	default:
		viewer.Scopes = uint8(identity.AllScopes)
		v.viewer, v.session = viewer, session
		if v.person, err = models.Record[workflow.Person](v.ctx(), s.Reader, viewer, workflow.NounPerson, viewer.Person); err != nil {
			return nil, err
		}
	}
	s.fillShell(v)
	if err := v.countHits(); err != nil {
		return nil, err
	}
	v.rememberLanguage(s.renderer.Words.Languages())
	c.Set(visitKey, v)
	return v, nil
}

const visitKey = "tranche.visit"

// anyone lets everybody in.
func (s *Server) anyone(then func(*visit) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		v, err := s.open(c)
		if err != nil {
			return err
		}
		return then(v)
	}
}

// member lets in who is signed in, and leads others to the sign-in and from there
// to where they wanted to go. What they typed goes with them.
func (s *Server) member(then func(*visit) error) echo.HandlerFunc {
	return s.anyone(func(v *visit) error {
		if v.viewer != nil {
			return then(v)
		}
		if v.Request().Method == http.MethodPost {
			sent, err := readSent(v, typedIn)
			if err != nil {
				return err
			}
			return s.signInFirst(v, http.StatusUnauthorized, sent)
		}
		return v.Redirect(http.StatusSeeOther, "/sign-in?next="+url.QueryEscape(v.Request().URL.RequestURI()))
	})
}

// one is member for the page of one record.
func (s *Server) one(show pageFunc) echo.HandlerFunc { return s.member(byID(show)) }

// byID shows the page of the record that the path names.
func byID(show pageFunc) func(*visit) error {
	return func(v *visit) error {
		id, err := v.id()
		if err != nil {
			return err
		}
		return show(v, id, nil)
	}
}

// id reads the ID in the path. What is no ID names no record.
func (v *visit) id() (workflow.ID, error) {
	id, ok := workflow.ParseID(v.Param("id"))
	if !ok {
		return 0, models.ErrNotFound
	}
	return id, nil
}

// who returns the viewer; somebody without any role when nobody is signed in.
func (v *visit) who() *models.Viewer {
	if v.viewer == nil {
		return &models.Viewer{}
	}
	return v.viewer
}

// row reads a record as the reader may see it.
func (v *visit) row(noun workflow.Noun, id workflow.ID) (models.Row, error) {
	return v.server.Reader.Row(v.ctx(), v.who(), noun, id)
}

// record reads a record into its own type. Pages for applicants must leave out
// what models.Reader.Row leaves out.
func record[R any](v *visit, noun workflow.Noun, id workflow.ID) (*R, error) {
	return models.Record[R](v.ctx(), v.server.Reader, v.who(), noun, id)
}

// records lists records, the newest first.
func records[R any](v *visit, noun workflow.Noun, f models.Filter) ([]R, error) {
	return models.Records[R](v.ctx(), v.server.Reader, v.who(), noun, f)
}

// is reports whether the reader holds r anywhere.
func (v *visit) is(r workflow.Role) bool { return v.viewer != nil && v.viewer.Holds(r) }

// staff reports whether the reader holds a role of a program.
func (v *visit) staff() bool {
	if v.viewer == nil {
		return false
	}
	for _, g := range v.viewer.Grants {
		if g.Organization == 0 {
			return true
		}
	}
	return false
}

// organizations are those that the reader belongs to, each once.
func (v *visit) organizations() []workflow.ID {
	var out []workflow.ID
	if v.viewer == nil {
		return nil
	}
	seen := map[workflow.ID]bool{}
	for _, g := range v.viewer.Grants {
		if g.Organization != 0 && !seen[g.Organization] {
			seen[g.Organization] = true
			out = append(out, g.Organization)
		}
	}
	return out
}

// titled returns what stands round a page with this title.
func (v *visit) titled(title string, crumbs ...Link) Shell {
	s := v.Shell
	s.Title, s.Crumbs = title, crumbs
	return s
}

// show answers with a page. again is the form that came back with it, or nil.
func (v *visit) show(view View, again *attempt) error { return Show(v, again.status(), view) }

// pathOf returns where a record is to be seen.
func pathOf(noun workflow.Noun, id workflow.ID) string {
	return "/" + noun.Plural() + "/" + id.String()
}

// homes name the column of the record on whose page the records of a noun stand
// that have no page of their own.
var homes = map[workflow.Noun]struct {
	noun   workflow.Noun
	column string
}{
	workflow.NounStatement:   {workflow.NounOrganization, "organization_id"},
	workflow.NounAffiliation: {workflow.NounOrganization, "owner_id"},
	workflow.NounElimination: {workflow.NounStatement, "statement_id"},
	workflow.NounTranche:     {workflow.NounAward, "award_id"},
	workflow.NounClearance:   {workflow.NounApplication, "application_id"},
	workflow.NounLetter:      {workflow.NounApplication, "application_id"},
	workflow.NounScreening:   {workflow.NounOrganization, "organization_id"},
	workflow.NounGrant:       {workflow.NounPerson, "person_id"},
	workflow.NounToken:       {workflow.NounPerson, "person_id"},
}

// home returns where the record can be seen.
func (s *Server) home(v *visit, noun workflow.Noun, id workflow.ID) (string, error) {
	at, found, err := s.homeOf(v, noun, id)
	if errors.Is(err, models.ErrNotFound) {
		return "/", nil // what was done took the record out of the reader's sight
	}
	return pathOf(at, found), err
}

func (s *Server) homeOf(v *visit, noun workflow.Noun, id workflow.ID) (workflow.Noun, workflow.ID, error) {
	row, err := v.row(noun, id)
	if err != nil {
		return noun, id, err
	}
	home, elsewhere := homes[noun]
	if !elsewhere {
		return noun, id, nil
	}
	at := idIn(row, home.column)
	if noun == workflow.NounGrant && at != v.who().Person && !v.is(workflow.Admin) && !v.is(workflow.Auditor) {
		if role, ok := cellIn(row, "role").(*workflow.Role); ok && *role == workflow.Reviewer {
			return noun, id, nil // of the pool
		}
		return workflow.NounOrganization, idIn(row, "organization_id"), nil // of a colleague
	}
	if noun == workflow.NounAffiliation {
		for _, mine := range v.organizations() {
			if mine == idIn(row, "owned_id") {
				at = mine
			}
		}
	}
	return home.noun, at, nil
}

// atHome shows the page that the record of noun stands on.
func (s *Server) atHome(noun workflow.Noun) pageFunc {
	return func(v *visit, id workflow.ID, again *attempt) error {
		at, found, err := s.homeOf(v, noun, id)
		if err != nil {
			return err
		}
		return s.places[at].record(v, found, again)
	}
}

// idIn returns the ID in a column, zero when the row does not show it.
func idIn(row models.Row, column string) workflow.ID {
	for _, cell := range row.Cells {
		if id, isID := cell.Value.(*workflow.ID); isID && cell.Name == column {
			return *id
		}
	}
	return 0
}

// textIn returns the text in a column, "" when the row does not show it.
func textIn(row models.Row, column string) string {
	for _, cell := range row.Cells {
		if text, is := cell.Value.(*string); is && cell.Name == column {
			return *text
		}
	}
	return ""
}

// fillShell fills what stands round the page.
func (s *Server) fillShell(v *visit) {
	words, r := s.renderer.Words, v.Request()
	v.Language = words.Match(v.wishes()...)
	v.Shell.Demo, v.Shell.Version = s.Demo, s.Version
	v.Others = LanguageLinks(words, v.Language, r.URL)
	if v.viewer == nil {
		v.SignInURL = "/sign-in"
		v.nav("home", "/", "opportunities", "/opportunities")
		return
	}
	v.Shell.Reader = &Reader{Name: v.person.Name, Initials: Initials(v.person.Name), Role: v.roleNames(), AccountURL: pathOf(workflow.NounPerson, v.person.ID), SignOutURL: "/sign-out"}
	v.nav(v.menu()...)
	v.Flash = v.flash()
}

// languageCookie names the cookie that remembers the language which was chosen on
// this browser. Over https no other host can plant it.
func (s *Server) languageCookie() string {
	if s.Secure {
		return "__Host-lang"
	}
	return "lang"
}

// wishes are what says which language the reader wants, the strongest first. What
// was chosen on this browser counts above the profile: it is the newer choice.
func (v *visit) wishes() []string {
	wishes := []string{v.QueryParam("lang")}
	if cookie, err := v.Cookie(v.server.languageCookie()); err == nil {
		wishes = append(wishes, cookie.Value)
	}
	if v.person != nil {
		wishes = append(wishes, v.person.Language)
	}
	return append(wishes, v.Request().Header.Get("Accept-Language"))
}

// rememberLanguage keeps a choice made by ?lang= for the pages that follow.
func (v *visit) rememberLanguage(all []*templates.Language) {
	for _, l := range all {
		if l.Tag == v.QueryParam("lang") {
			cookie := v.server.Cookies.Set(l.Tag)
			cookie.Name, cookie.MaxAge = v.server.languageCookie(), 365*24*60*60
			v.SetCookie(cookie)
		}
	}
}

// roleNames are the reader's roles in words, each once.
func (v *visit) roleNames() string {
	var names []string
	seen := map[workflow.Role]bool{}
	for _, g := range v.viewer.Grants {
		if !seen[g.Role] {
			seen[g.Role] = true
			names = append(names, v.Role(g.Role.String()))
		}
	}
	return strings.Join(names, v.T("format.comma"))
}

// menu lists names and addresses of the main menu by what the reader's roles have
// to do.
func (v *visit) menu() []string {
	var out []string
	if v.viewer.Errands() {
		out = append(out, "desk", "/desk")
	}
	add := func(name, url string, roles ...workflow.Role) {
		for _, r := range roles {
			if v.is(r) {
				out = append(out, name, url)
				return
			}
		}
	}
	const (
		officer, lead, official = workflow.ProgramOfficer, workflow.ProgramLead, workflow.SelectingOfficial
		grants, auditor         = workflow.GrantsOfficer, workflow.Auditor
		preparer, certifier     = workflow.FinancePreparer, workflow.FinanceCertifier
		releaser                = workflow.FinanceReleaser
	)
	if len(v.organizations()) > 0 {
		out = append(out, "my_applications", "/my-applications")
	}
	add("my_reviews", "/reviews", workflow.Reviewer)
	add("queue", "/applications", officer, lead, official, grants, workflow.AppealsOfficial, workflow.SecurityReviewer, auditor)
	if len(v.organizations()) > 0 || v.is(official) || v.is(grants) || v.is(officer) || v.is(auditor) {
		out = append(out, "awards", "/awards")
	}
	if len(v.organizations()) > 0 || v.is(officer) || v.is(grants) || v.is(auditor) {
		out = append(out, "claims", "/claims")
	}
	add("payments", "/payments", grants, preparer, certifier, releaser, auditor)
	add("batches", "/batches", preparer, certifier, releaser, auditor)
	add("ledger", "/ledger", grants, preparer, certifier, releaser, lead, auditor)
	add("journals", "/journals", grants, preparer, certifier, releaser, auditor)
	add("answer_files", "/answer-files", grants, preparer, certifier, releaser, auditor)
	add("reconciliation", "/reconciliation", grants, preparer, certifier, releaser, auditor)
	add("debts", "/debts", grants, certifier, auditor)
	add("hits", "/hits", workflow.SecurityReviewer, auditor)
	add("duplicates", "/duplicates", officer, auditor)
	add("holds", "/holds", officer, lead, grants, certifier, workflow.SecurityReviewer, auditor)
	for _, organization := range v.organizations()[:min(1, len(v.organizations()))] {
		out = append(out, "organization", pathOf(workflow.NounOrganization, organization))
	}
	out = append(out, "opportunities", "/opportunities")
	add("programs", "/programs", workflow.Admin, lead, auditor)
	if v.viewer.SeesHits() {
		out = append(out, "lists", "/lists")
	}
	add("rates", "/rates", workflow.Admin, auditor)
	add("people", "/people", workflow.Admin, auditor)
	return out
}

// nav makes the main menu; the entry whose address begins the reader's is current.
func (v *visit) nav(entries ...string) {
	path := v.Request().URL.Path
	for i := 0; i+1 < len(entries); i += 2 {
		at := entries[i+1]
		v.Nav = append(v.Nav, NavItem{Text: v.T("nav." + entries[i]), URL: at, Current: path == at || at != "/" && strings.HasPrefix(path, at+"/")})
	}
}

// flash says what the request before this one did. The address names an action of
// the table, so that nothing can be put into a reader's page from outside.
func (v *visit) flash() *Notice {
	noun, action, ok := strings.Cut(v.QueryParam(doneName), ".")
	if !ok {
		return nil
	}
	n, err := workflow.ParseNoun(noun)
	if err != nil {
		return nil
	}
	a, err := workflow.ParseAction(action)
	if _, known := fieldsOf(n, a); err != nil || !known {
		return nil
	}
	return &Notice{Tone: "success", Text: v.T("actions.done", "action", v.Action(noun, action))}
}
