package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/labstack/echo/v4"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/app/policy"
	"tranche/app/problem"
	"tranche/app/trial"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/templates"
	"tranche/workflow"
)

// A site is the API over a small programme. Whatever is asked of it is held
// against the OpenAPI document that it serves.
type site struct {
	*testing.T
	*enginetest.World
	echo     *echo.Echo
	trial    *trial.Trial
	router   routers.Router
	viewers  map[workflow.ID]*models.Viewer // by person; read once
	readOnly map[workflow.ID]bool           // people whose token may only read
}

func newSite(t *testing.T) *site {
	t.Helper()
	db := modelstest.SQLite(t)
	s := &site{T: t, World: enginetest.New(t, db), echo: echo.New(), viewers: map[workflow.ID]*models.Viewer{},
		readOnly: map[workflow.ID]bool{}}
	s.Engine.Prepare = map[engine.Act]engine.Preparer{
		{Noun: workflow.NounBankAccount, Action: workflow.ActEnter}: sealForTest,
		{Noun: workflow.NounBatch, Action: workflow.ActExport}:      s.render,
	}
	words, err := templates.NewWords(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.echo.HTTPErrorHandler = problem.Handler(slog.New(slog.DiscardHandler),
		func(c echo.Context) problem.Audience {
			return problem.Audience{Language: words.Match(c.Request().Header.Get("Accept-Language"))}
		}, problem.JSON)
	rules, err := policy.NewRules()
	if err != nil {
		t.Fatal(err)
	}
	db.SetRules(rules)
	s.trial = &trial.Trial{Compiler: policy.NewCompiler(rules), Reader: db.Reader, Now: s.Now}
	err = Mount(s.echo.Group(Base), Server{
		Engine: s.Engine, Records: db.Reader, Trial: s.trial, Now: s.Now, Version: "test", Who: s.who, Allowed: s.allowed,
		BankFile: s.bankFile,
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.router, err = routes(string(s.ask(0, "GET", "/openapi.json", "").body)); err != nil {
		t.Fatal(err)
	}
	return s
}

// routes returns the operations that an OpenAPI document describes. It is always
// the same document, and long to read.
var routes = func() func(document string) (routers.Router, error) {
	var lock sync.Mutex
	read := map[string]routers.Router{}
	return func(document string) (routers.Router, error) {
		lock.Lock()
		defer lock.Unlock()
		if r := read[document]; r != nil {
			return r, nil
		}
		doc, err := openapi3.NewLoader().LoadFromData([]byte(document))
		if err != nil {
			return nil, err
		}
		read[document], err = legacy.NewRouter(doc)
		return read[document], err
	}
}()

// who reads the header that the tests name a person in.
func (s *site) who(c echo.Context) (*models.Viewer, error) {
	person, ok := workflow.ParseID(c.Request().Header.Get("X-Person"))
	if !ok {
		return nil, problem.ErrNobody
	}
	if v := s.viewers[person]; v != nil {
		return v, nil
	}
	s.viewers[person] = s.Viewer(person)
	return s.viewers[person], nil
}

func (s *site) allowed(v *models.Viewer, _ workflow.Noun, action workflow.Action) error {
	if s.readOnly[v.Person] && action != workflow.NoAction {
		return problem.ErrScope
	}
	return nil
}

func (s *site) bankFile(_ context.Context, _ *models.Viewer, _ workflow.ID, file io.Reader) ([]BankLine, error) {
	body, err := io.ReadAll(file)
	return []BankLine{{Line: len(body), Trace: "1", Code: "R03", Result: "parked", Reason: "trace_unknown"}}, err
}

// sealForTest does what the real preparer does, without sealing anything.
func sealForTest(_ context.Context, c *workflow.Command) error {
	var kept []workflow.Input
	for _, in := range c.Inputs {
		if in.Name != "account" {
			kept = append(kept, in)
			continue
		}
		kept = append(kept, enginetest.Text("sealed", "c2VhbGVk"), enginetest.Text("last4", in.Text[max(0, len(in.Text)-4):]))
	}
	c.Inputs = kept
	return nil
}

// render does what the real preparer does: files, and the totals they were made from.
func (s *site) render(ctx context.Context, c *workflow.Command) error {
	system := &models.Viewer{System: true}
	batch, err := models.Record[workflow.Batch](ctx, s.DB.Reader, system, workflow.NounBatch, c.ID)
	if err != nil {
		return err
	}
	file, err := s.DB.StoreDocument(ctx, []byte("101 file"), s.Now())
	if err != nil {
		return err
	}
	register, err := s.DB.StoreDocument(ctx, []byte("number\n"), s.Now())
	if err != nil {
		return err
	}
	traces := make([]string, batch.Count)
	for i := range traces {
		traces[i] = fmt.Sprintf("02100002%07d", i+1)
	}
	c.Inputs = append(c.Inputs, enginetest.Text("file", file), enginetest.Text("register", register),
		enginetest.Text("members", batch.Members), enginetest.Text("entry_hash", batch.EntryHash),
		enginetest.Text("traces", strings.Join(traces, ",")))
	return nil
}

// An answered is what came back.
type answered struct {
	status int
	header http.Header
	body   []byte
}

// object returns the body, which must be a JSON object.
func (a answered) object(t *testing.T) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(a.body, &out); err != nil {
		t.Fatalf("%s: %v", a.body, err)
	}
	return out
}

func (a answered) reason(t *testing.T) string {
	t.Helper()
	reason, _ := a.object(t)["reason"].(string)
	return reason
}

// ask sends one request as person, with further headers as name, value, and
// holds request and answer against the document.
func (s *site) ask(person workflow.ID, method, path, body string, headers ...string) answered {
	s.T.Helper()
	r := httptest.NewRequest(method, Base+path, strings.NewReader(body))
	if method == "POST" || method == "PATCH" {
		r.Header.Set("Content-Type", "application/json")
	}
	if person != 0 {
		r.Header.Set("X-Person", person.String())
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.echo.ServeHTTP(w, r)
	got := answered{w.Code, w.Header(), w.Body.Bytes()}
	if s.router != nil {
		s.hold(method, path, body, r.Header, got)
	}
	return got
}

// hold fails when the document does not allow what was answered, or describes a
// request that was carried out as one that cannot be.
func (s *site) hold(method, path, body string, header http.Header, got answered) {
	s.T.Helper()
	r := httptest.NewRequest(method, Base+path, strings.NewReader(body))
	r.Header = header
	route, parameters, err := s.router.FindRoute(r)
	if err != nil {
		if got.status < 400 && method != "HEAD" && method != "OPTIONS" {
			s.T.Errorf("%s %s is not in the document and answers %d", method, path, got.status)
		}
		return
	}
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: parameters, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}}
	if got.status < 300 {
		if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
			s.T.Errorf("%s %s %s: taken, but against the document: %v", method, path, body, err)
		}
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: got.status, Header: got.header,
		Options: &openapi3filter.Options{IncludeResponseStatus: true}}
	if err := openapi3filter.ValidateResponse(context.Background(), out.SetBodyBytes(got.body)); err != nil {
		s.T.Errorf("%s %s: answered %d %s, against the document: %v", method, path, got.status, got.body, err)
	}
}

// must asks and fails unless the status is want; it returns the answer's object.
func (s *site) must(want int, person workflow.ID, method, path, body string, headers ...string) map[string]any {
	s.T.Helper()
	got := s.ask(person, method, path, body, headers...)
	if got.status != want {
		s.T.Fatalf("%s %s %s: got %d %s, want %d", method, path, body, got.status, got.body, want)
	}
	return got.object(s.T)
}

// made makes a record and returns its ID.
func (s *site) made(person workflow.ID, path, body string) workflow.ID {
	s.T.Helper()
	return idOf(s.must(201, person, "POST", path, body))
}

// act performs an action on the newest version of a record.
func (s *site) act(person workflow.ID, noun workflow.Noun, id workflow.ID, action, body string) map[string]any {
	s.T.Helper()
	return s.must(200, person, "POST", pathOf(noun, id)+"/actions/"+action, body, "If-Match", s.tag(noun, id))
}

func pathOf(noun workflow.Noun, id workflow.ID) string {
	return fmt.Sprintf("/%s/%d", noun.Plural(), id)
}

func idOf(object map[string]any) workflow.ID { return workflow.ID(object["id"].(float64)) }

// tag returns the newest version of a record as If-Match wants it.
func (s *site) tag(noun workflow.Noun, id workflow.ID) string {
	s.T.Helper()
	row, err := s.DB.Row(context.Background(), &models.Viewer{System: true}, noun, id)
	if err != nil {
		s.T.Fatal(err)
	}
	return fmt.Sprintf("%q", fmt.Sprint(row.Record.Version))
}

const content = `"title":"Pumps","summary":"They fail unseen.","approach":"Sensors.","outcome":"Less downtime.",
	"requested":{"amount":"1000000.00","currency":"USD"},"months":12,"certified":true`

func TestTheWholeLifeOfAVoucherThroughTheAPI(t *testing.T) {
	s := newSite(t)
	p := s.People
	id := s.made(p[workflow.AOR], "/applications", fmt.Sprintf(`{"opportunity":%d,"organization":%d}`, s.Opportunity, s.Company))
	s.must(200, p[workflow.Applicant], "PATCH", pathOf(workflow.NounApplication, id), "{"+content+"}", "If-Match", `"1"`)
	s.act(p[workflow.AOR], workflow.NounApplication, id, "submit", "")
	s.Act(nil, workflow.NounApplication, id, workflow.ActScreenPass)

	review := s.made(p[workflow.ProgramOfficer], "/reviews", fmt.Sprintf(`{"application":%d,"reviewer":%d,"due":"2026-07-01"}`, id, p[workflow.Reviewer]))
	s.act(p[workflow.Reviewer], workflow.NounReview, review, "accept", `{"no_conflict":true}`)
	s.must(200, p[workflow.Reviewer], "PATCH", pathOf(workflow.NounReview, review), `{"scores":{"impact":70},"comment":null}`, "If-Match", s.tag(workflow.NounReview, review))
	s.act(p[workflow.Reviewer], workflow.NounReview, review, "submit", `{"scores":{"technical_merit":80,"impact":0,"team":"100","plan":60},"comment":"Sound.","feedback":null}`)

	const million = `{"amount":{"amount":"1000000.00","currency":"USD"}}`
	s.act(p[workflow.ProgramOfficer], workflow.NounApplication, id, "recommend", million)
	s.act(p[workflow.SelectingOfficial], workflow.NounApplication, id, "award", million)
	application := s.must(200, p[workflow.AOR], "GET", pathOf(workflow.NounApplication, id), "")
	award := workflow.ID(application["award_id"].(float64))
	if got := application["awarded"].(map[string]any)["amount"]; got != "1000000.00" {
		t.Errorf("awarded %v", got)
	}

	account := s.made(p[workflow.AOR], "/bank-accounts", fmt.Sprintf(`{"organization":%d,"routing":"021000021","account":"00123456789","holder":"Cascadia Robotics, Inc."}`, s.Company))
	s.act(p[workflow.FinanceCertifier], workflow.NounBankAccount, account, "verify", `{"method":"call_back"}`)
	s.act(p[workflow.AOR], workflow.NounAward, award, "accept", `{}`)
	s.act(p[workflow.GrantsOfficer], workflow.NounAward, award, "countersign", `{}`)

	tranches := s.must(200, p[workflow.AOR], "GET", fmt.Sprintf("/tranches?award_id=%d", award), "")["items"].([]any)
	first := tranches[len(tranches)-1].(map[string]any)
	claim := s.made(p[workflow.AOR], "/claims", fmt.Sprintf(`{"award":%d,"tranche":%d,"kind":"fixed_amount","amount":{"amount":"400000.00","currency":"USD"},"narrative":"Done."}`, award, idOf(first)))
	s.act(p[workflow.AOR], workflow.NounClaim, claim, "submit", `{}`)
	s.act(p[workflow.ProgramOfficer], workflow.NounClaim, claim, "verify", `{"accepted":true}`)
	s.act(p[workflow.GrantsOfficer], workflow.NounClaim, claim, "approve", `{}`)

	releaser := s.Person(workflow.FinanceReleaser)
	certifier := s.Person(workflow.FinanceCertifier)
	batch := s.made(p[workflow.FinancePreparer], "/batches", fmt.Sprintf(`{"program":%d,"effective":"2026-06-02"}`, s.Program))
	s.act(p[workflow.FinancePreparer], workflow.NounBatch, batch, "submit", `{}`)
	s.act(certifier, workflow.NounBatch, batch, "approve", `{"total":{"amount":"400000.00","currency":"USD"}}`)
	if got := s.ask(releaser, "GET", pathOf(workflow.NounBatch, batch)+"/files/nacha", ""); got.status != 404 {
		t.Errorf("the file before the export: got %d", got.status)
	}
	exported := s.act(releaser, workflow.NounBatch, batch, "export", `{}`)
	if exported["state"] != "exported" {
		t.Errorf("got %v", exported)
	}
	s.download(batch, releaser, certifier)

	trail := s.must(200, p[workflow.AOR], "GET", pathOf(workflow.NounApplication, id)+"/events", "")["items"].([]any)
	if got := trail[len(trail)-1].(map[string]any); len(trail) != 5 || got["action"] != "award" || got["end"] != "awarded" {
		t.Errorf("got %d events, the last %v", len(trail), got)
	}
	for _, one := range trail { // the recommendation was the staff's matter
		if e := one.(map[string]any); e["action"] == "recommend" || e["start"] == "recommended" || e["end"] == "recommended" {
			t.Errorf("the applicant reads %v", e)
		}
	}
}

func (s *site) download(batch, releaser, certifier workflow.ID) {
	s.T.Helper()
	path := pathOf(workflow.NounBatch, batch) + "/files/"
	file := s.ask(releaser, "GET", path+"nacha", "")
	if file.status != 200 || string(file.body) != "101 file" || !strings.HasPrefix(file.header.Get("Content-Disposition"), `attachment; filename=B-`) ||
		file.header.Get("X-Content-Type-Options") != "nosniff" {
		s.T.Errorf("got %d %q %v", file.status, file.body, file.header)
	}
	if got := s.ask(releaser, "GET", path+"nacha", "", "If-None-Match", file.header.Get("ETag")); got.status != 304 {
		s.T.Errorf("the same file again: got %d", got.status)
	}
	for _, c := range []struct {
		person workflow.ID
		file   string
		want   int
	}{{certifier, "nacha", 403}, {certifier, "register", 200}, {releaser, "pain001", 404}, {s.People[workflow.AOR], "nacha", 404}} {
		if got := s.ask(c.person, "GET", path+c.file, ""); got.status != c.want {
			s.T.Errorf("%s as %d: got %d %s, want %d", c.file, c.person, got.status, got.body, c.want)
		}
	}
}

func TestWhoMayNotKnowOfARecordGetsWhatAMissingOneGets(t *testing.T) {
	s := newSite(t)
	mine := s.Draft(1_000_00).Application
	other := s.Member(s.Organization("Other, Inc.", 1), workflow.AOR)
	const missing = workflow.ID(999_999_999)
	for _, c := range []struct{ method, path, body string }{
		{"GET", "/applications/%d", ""},
		{"HEAD", "/applications/%d", ""},
		{"GET", "/applications/%d/events", ""},
		{"PATCH", "/applications/%d", "{}"},
		{"POST", "/applications/%d/actions/submit", "{}"},
		{"POST", "/applications/%d/actions/recommend", `{"amount":{"amount":"1.00","currency":"USD"}}`},
		{"GET", "/organizations/%d", ""},
		{"POST", "/organizations/%d/actions/update", `{"city":"Elsewhere"}`},
	} {
		of := mine
		if strings.HasPrefix(c.path, "/organizations") {
			of = s.Company
		}
		theirs := s.ask(other, c.method, fmt.Sprintf(c.path, of), c.body, "If-Match", `"1"`)
		none := s.ask(other, c.method, fmt.Sprintf(c.path, missing), c.body, "If-Match", `"1"`)
		if theirs.status != 404 || none.status != 404 || !bytes.Equal(theirs.body, none.body) {
			t.Errorf("%s %s: got %d %s for theirs, %d %s for none", c.method, c.path, theirs.status, theirs.body, none.status, none.body)
		}
	}
	// Naming somebody else's record in a body tells no more.
	body := `{"opportunity":%d,"organization":%d}`
	theirs := s.ask(other, "POST", "/applications", fmt.Sprintf(body, s.Opportunity, s.Company))
	none := s.ask(other, "POST", "/applications", fmt.Sprintf(body, s.Opportunity, missing))
	if theirs.status != 404 || !bytes.Equal(theirs.body, none.body) {
		t.Errorf("start for another organization: got %d %s, for none %d %s", theirs.status, theirs.body, none.status, none.body)
	}
	for _, id := range []string{"0", "-1", "01", "abc", "1e3", "9999999999999999999", "%31%30%2f1"} {
		if got := s.ask(other, "GET", "/applications/"+id, ""); got.status != 404 {
			t.Errorf("ID %s: got %d", id, got.status)
		}
	}
	if items := s.must(200, other, "GET", "/applications", "")["items"].([]any); len(items) != 0 {
		t.Errorf("the list of another organization has %v", items)
	}
}

func TestARequestIsCheckedBeforeItReachesTheRules(t *testing.T) {
	s := newSite(t)
	id := s.Draft(1_000_00).Application
	aor, officer := s.People[workflow.AOR], s.People[workflow.ProgramOfficer]
	path := pathOf(workflow.NounApplication, id)
	s.readOnly[s.People[workflow.Auditor]] = true
	for name, c := range map[string]struct {
		person             workflow.ID
		method, path, body string
		headers            []string
		status             int
		reason             string
	}{
		"nobody":                  {0, "GET", path, "", nil, 401, "not_signed_in"},
		"nobody writes":           {0, "POST", path + "/actions/submit", "{}", nil, 401, "not_signed_in"},
		"token that only reads":   {s.People[workflow.Auditor], "POST", path + "/actions/submit", "{}", nil, 403, "scope_missing"},
		"no version":              {aor, "POST", path + "/actions/submit", "{}", nil, 428, "version_missing"},
		"no version for PATCH":    {aor, "PATCH", path, "{}", nil, 428, "version_missing"},
		"a weak version":          {aor, "PATCH", path, "{}", []string{"If-Match", `W/"1"`}, 400, "version_invalid"},
		"any version":             {aor, "PATCH", path, "{}", []string{"If-Match", `*`}, 400, "version_invalid"},
		"a stale version":         {aor, "PATCH", path, "{}", []string{"If-Match", `"9"`}, 409, "stale"},
		"another kind of body":    {aor, "PATCH", path, "{}", []string{"If-Match", `"1"`, "Content-Type", "text/plain"}, 415, "media_type"},
		"no kind of body":         {aor, "PATCH", path, "{}", []string{"If-Match", `"1"`, "Content-Type", ""}, 415, "media_type"},
		"a form":                  {aor, "PATCH", path, "title=x", []string{"If-Match", `"1"`, "Content-Type", "application/x-www-form-urlencoded"}, 415, "media_type"},
		"UTF-16":                  {aor, "PATCH", path, "{}", []string{"If-Match", `"1"`, "Content-Type", "application/json; charset=utf-16"}, 415, "media_type"},
		"too large":               {aor, "POST", path + "/actions/withdraw", `{"note":"` + strings.Repeat("x", maxBody) + `"}`, []string{"If-Match", `"1"`}, 413, "body_too_large"},
		"too large with files":    {aor, "PATCH", path, `{"title":"` + strings.Repeat("x", maxUpload) + `"}`, []string{"If-Match", `"1"`}, 413, "body_too_large"},
		"too many values":         {aor, "PATCH", path, `{"title":[` + strings.Repeat("1,", 10_000) + `1]}`, []string{"If-Match", `"1"`}, 400, "unreadable"},
		"not JSON":                {aor, "PATCH", path, "{", []string{"If-Match", `"1"`}, 400, "unreadable"},
		"an unknown field":        {aor, "PATCH", path, `{"state":"paid"}`, []string{"If-Match", `"1"`}, 400, "unknown_field"},
		"a field twice":           {aor, "PATCH", path, `{"title":"a","title":"b"}`, []string{"If-Match", `"1"`}, 400, "duplicate_field"},
		"a bad value":             {aor, "PATCH", path, `{"months":61}`, []string{"If-Match", `"1"`}, 422, "too_large"},
		"two bad values":          {aor, "PATCH", path, `{"months":61,"title":7}`, []string{"If-Match", `"1"`}, 422, "answers_wrong"},
		"a missing parent":        {aor, "POST", "/applications", fmt.Sprintf(`{"organization":%d}`, s.Company), nil, 422, "required"},
		"an impossible key":       {aor, "PATCH", path, "{}", []string{"If-Match", `"1"`, "Idempotency-Key", "a b"}, 400, "key_invalid"},
		"another's duty":          {officer, "POST", path + "/actions/submit", "{}", []string{"If-Match", `"1"`}, 403, "role_may_not"},
		"no row from this state":  {officer, "POST", path + "/actions/recommend", `{"amount":{"amount":"1.00","currency":"USD"}}`, []string{"If-Match", `"1"`}, 409, "not_from_this_state"},
		"an unknown noun":         {aor, "GET", "/invoices", "", nil, 404, "not_found"},
		"an unknown action":       {aor, "POST", path + "/actions/approve_all", "{}", []string{"If-Match", `"1"`}, 404, "not_found"},
		"another noun's action":   {aor, "POST", path + "/actions/countersign", "{}", []string{"If-Match", `"1"`}, 404, "not_found"},
		"a query where none is":   {aor, "GET", path + "?state=draft", "", nil, 400, "unknown_field"},
		"a query beside a body":   {aor, "PATCH", path + "?months=9", "{}", []string{"If-Match", `"1"`}, 400, "unknown_field"},
		"a query that is none":    {aor, "GET", "/applications?state=%zz", "", nil, 400, "unreadable"},
		"a semicolon":             {aor, "GET", "/applications?limit=1;limit=2", "", nil, 400, "unreadable"},
		"an unknown filter":       {aor, "GET", "/applications?officer=1", "", nil, 400, "unknown_field"},
		"a filter twice":          {aor, "GET", "/applications?state=draft&state=submitted", "", nil, 400, "duplicate_field"},
		"a state of another noun": {aor, "GET", "/applications?state=settled", "", nil, 422, "not_a_choice"},
		"a limit of zero":         {aor, "GET", "/applications?limit=0", "", nil, 422, "too_small"},
		"a limit below zero":      {aor, "GET", "/applications?limit=-1", "", nil, 422, "too_small"},
		"a limit too large":       {aor, "GET", "/applications?limit=201", "", nil, 422, "too_large"},
		"a cursor that is none":   {aor, "GET", "/applications?cursor=' OR 1=1", "", nil, 422, "not_a_record"},
		"a record that is none":   {aor, "GET", "/applications?program_id=x", "", nil, 422, "not_a_record"},
	} {
		t.Run(name, func(t *testing.T) {
			before := s.tag(workflow.NounApplication, id)
			got := s.ask(c.person, c.method, strings.ReplaceAll(c.path, " ", "%20"), c.body, c.headers...)
			if got.status != c.status || got.reason(t) != c.reason {
				t.Errorf("got %d %s, want %d %s", got.status, got.body, c.status, c.reason)
			}
			if got.header.Get("Content-Type") != problem.MediaType {
				t.Errorf("got Content-Type %q", got.header.Get("Content-Type"))
			}
			if after := s.tag(workflow.NounApplication, id); after != before {
				t.Errorf("the record went from version %s to %s", before, after)
			}
		})
	}
}

func TestEveryOtherMethodIs405WithWhatIsAllowed(t *testing.T) {
	s := newSite(t)
	id := s.Draft(1_000_00).Application
	for path, allow := range map[string]string{
		"/applications":                                          "GET HEAD POST",
		pathOf(workflow.NounApplication, id):                     "GET HEAD PATCH",
		pathOf(workflow.NounAward, 1):                            "GET HEAD",
		pathOf(workflow.NounApplication, id) + "/actions/submit": "POST",
		"/me": "GET HEAD",
	} {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "FOO"} {
			if strings.Contains(" "+allow+" ", " "+method+" ") {
				continue
			}
			got := s.ask(s.People[workflow.AOR], method, path, "")
			if got.status != 405 {
				t.Errorf("%s %s: got %d", method, path, got.status)
			}
			for want := range strings.SplitSeq(allow, " ") {
				if !strings.Contains(got.header.Get("Allow"), want) {
					t.Errorf("%s %s: Allow is %q, without %s", method, path, got.header.Get("Allow"), want)
				}
			}
		}
	}
	if got := s.ask(s.People[workflow.AOR], "HEAD", pathOf(workflow.NounApplication, id), ""); got.status != 200 || got.header.Get("ETag") != `"1"` {
		t.Errorf("HEAD: got %d, ETag %q", got.status, got.header.Get("ETag"))
	}
}

func TestAKeyGivesTheSameAnswerAgain(t *testing.T) {
	s := newSite(t)
	aor := s.People[workflow.AOR]
	body := fmt.Sprintf(`{"opportunity":%d,"organization":%d}`, s.Opportunity, s.Company)
	first := s.ask(aor, "POST", "/applications", body, "Idempotency-Key", "start/1")
	again := s.ask(aor, "POST", "/applications", body, "Idempotency-Key", "start/1")
	if first.status != 201 || again.status != 201 || !bytes.Equal(first.body, again.body) ||
		first.header.Get("Location") != again.header.Get("Location") || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("got %d %s, then %d %s", first.status, first.body, again.status, again.body)
	}
	if want := Base + pathOf(workflow.NounApplication, idOf(first.object(t))); first.header.Get("Location") != want || first.header.Get("ETag") != `"1"` {
		t.Errorf("got Location %q and ETag %q, want %q", first.header.Get("Location"), first.header.Get("ETag"), want)
	}
	other := s.ask(aor, "POST", "/applications", strings.Replace(body, "}", `,"title":"x"}`, 1), "Idempotency-Key", "start/1")
	if other.status != 409 || other.reason(t) != "key_reused" {
		t.Errorf("another body: got %d %s", other.status, other.body)
	}
	path := pathOf(workflow.NounApplication, idOf(first.object(t)))
	for range 2 {
		got := s.ask(aor, "PATCH", path, `{"title":"Pumps"}`, "If-Match", `"1"`, "Idempotency-Key", "start/1")
		if got.status != 200 || got.header.Get("ETag") != `"2"` {
			t.Errorf("the same key on another path: got %d %s", got.status, got.body)
		}
	}
}

func TestAnAccountNumberIsNotLeftInTheKeysSum(t *testing.T) {
	s := newSite(t)
	body := fmt.Sprintf(`{"organization":%d,"routing":"021000021","account":"00123456789","holder":"Cascadia"}`, s.Company)
	aor := s.People[workflow.AOR]
	for range 2 {
		if got := s.ask(aor, "POST", "/bank-accounts", body, "Idempotency-Key", "enter"); got.status != 201 {
			t.Fatalf("got %d %s", got.status, got.body)
		}
	}
	if got := s.ask(aor, "POST", "/bank-accounts", strings.Replace(body, "6789", "6780", 1), "Idempotency-Key", "enter"); got.status != 409 {
		t.Errorf("another number under the same key: got %d %s", got.status, got.body)
	}
	e := echo.New()
	context := e.NewContext(httptest.NewRequest("POST", "/x", nil), httptest.NewRecorder())
	context.Request().Header.Set("Idempotency-Key", "enter")
	secret := kindNamed(workflow.NounBankAccount).makes
	plain := kindNamed(workflow.NounApplication).makes
	slow, err := secret.key(context, s.Viewer(aor), []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	quick, err := plain.key(context, s.Viewer(aor), []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	if slow.Body == quick.Body {
		t.Error("a body with an account number is summed like any other")
	}
}

func TestARecordIsTaggedWithItsVersion(t *testing.T) {
	s := newSite(t)
	c := s.Draft(1_000_00)
	path := pathOf(workflow.NounApplication, c.Application)
	got := s.ask(c.AOR, "GET", path, "")
	if got.status != 200 || got.header.Get("ETag") != `"1"` {
		t.Fatalf("got %d, ETag %q", got.status, got.header.Get("ETag"))
	}
	for tag, want := range map[string]int{`"1"`: 304, `W/"1"`: 304, `"7", "1"`: 304, `*`: 304, `"2"`: 200, `1`: 200} {
		if got := s.ask(c.AOR, "GET", path, "", "If-None-Match", tag); got.status != want || want == 304 && len(got.body) > 0 {
			t.Errorf("If-None-Match %s: got %d with %d bytes, want %d", tag, got.status, len(got.body), want)
		}
	}
	record := got.object(t)
	if actions := fmt.Sprint(record["actions"]); actions != "[submit withdraw]" {
		t.Errorf("offered %s", actions)
	}
	if requested := fmt.Sprint(record["requested"]); requested != "map[amount:1000.00 currency:USD]" {
		t.Errorf("requested %s", requested)
	}
	if record["award_id"] != nil || record["made"] != "2026-06-01T15:00:00Z" || record["state"] != "draft" {
		t.Errorf("got %v", record)
	}
}

func TestAListIsReadPageByPage(t *testing.T) {
	s := newSite(t)
	var want []workflow.ID
	for i := range 5 {
		want = append([]workflow.ID{s.NewCase(fmt.Sprintf("Company %d", i), 1_000_00).Application}, want...)
	}
	officer := s.People[workflow.ProgramOfficer]
	var got []workflow.ID
	path := "/applications?limit=2"
	for pages := 0; path != ""; pages++ {
		if pages > 3 {
			t.Fatal("the list does not end")
		}
		page := s.must(200, officer, "GET", path, "")
		for _, item := range page["items"].([]any) {
			got = append(got, idOf(item.(map[string]any)))
		}
		next, more := page["next"]
		if path = ""; more {
			path = fmt.Sprintf("/applications?limit=2&cursor=%s", next)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for query, want := range map[string]int{
		"state=draft": 5, "state=draft,submitted": 5, "state=submitted": 0, "": 5, "limit=3": 3,
		fmt.Sprintf("program_id=%d", s.Program): 5, "program_id=1234567": 0, "number=nothing": 0,
	} {
		if items := s.must(200, officer, "GET", "/applications?"+query, "")["items"].([]any); len(items) != want {
			t.Errorf("?%s lists %d, want %d", query, len(items), want)
		}
	}
}

func TestAnApplicantNeverReadsWhatIsForTheStaff(t *testing.T) {
	s := newSite(t)
	c := s.Draft(1_000_000_00).Submit().Review().Recommend()
	path := pathOf(workflow.NounApplication, c.Application)
	staff, outside := s.must(200, s.People[workflow.ProgramOfficer], "GET", path, ""), s.must(200, c.AOR, "GET", path, "")
	for _, column := range []string{"officer_id", "recommended", "recommended_by", "committed", "note", "rank"} {
		if _, there := staff[column]; !there {
			t.Errorf("the officer does not read %s", column)
		}
		if value, there := outside[column]; there {
			t.Errorf("the applicant reads %s: %v", column, value)
		}
	}
	for _, object := range []map[string]any{staff, outside} {
		for _, column := range []string{"head", "sealed", "password", "sum"} {
			if _, there := object[column]; there {
				t.Errorf("%s is shown", column)
			}
		}
	}
}

func TestNoColumnCanBeWrittenThroughABody(t *testing.T) {
	s := newSite(t)
	c := s.Draft(1_000_00)
	path := pathOf(workflow.NounApplication, c.Application)
	own := map[string]bool{}
	for _, f := range workflow.ApplicantFields {
		own[f.Name] = true
	}
	for _, cell := range models.Columns(workflow.NounApplication) {
		for _, name := range []string{cell.Name, strings.ToUpper(cell.Name), camel(cell.Name)} {
			if own[name] {
				continue
			}
			if got := s.ask(c.AOR, "PATCH", path, fmt.Sprintf(`{%q:1}`, name), "If-Match", `"1"`); got.status != 400 {
				t.Errorf("%s: got %d %s", name, got.status, got.body)
			}
		}
	}
	if got := s.tag(workflow.NounApplication, c.Application); got != `"1"` {
		t.Errorf("the record is at version %s", got)
	}
}

func TestMeIsWhoAsks(t *testing.T) {
	s := newSite(t)
	me := s.must(200, s.People[workflow.AOR], "GET", "/me", "")
	roles := me["roles"].([]any)
	if id := idOf(me["person"].(map[string]any)); id != s.People[workflow.AOR] || len(roles) != 1 {
		t.Fatalf("got %v", me)
	}
	if got := roles[0].(map[string]any); got["role"] != "aor" || got["program"] != nil || workflow.ID(got["organization"].(float64)) != s.Company {
		t.Errorf("got %v", got)
	}
}

func TestABanksFileIsTakenAsItIs(t *testing.T) {
	s := newSite(t)
	path := fmt.Sprintf("/programs/%d/bank-files", s.Program)
	got := s.must(200, s.People[workflow.FinanceReleaser], "POST", path, "101 returns", "Content-Type", "text/plain")
	if line := got["lines"].([]any)[0].(map[string]any); line["line"] != 11.0 || line["result"] != "parked" {
		t.Errorf("got %v", line)
	}
	if got := s.ask(s.People[workflow.FinanceReleaser], "POST", path, "{}"); got.status != 415 {
		t.Errorf("JSON: got %d", got.status)
	}
	s.readOnly[s.People[workflow.FinanceReleaser]] = true
	if got := s.ask(s.People[workflow.FinanceReleaser], "POST", path, "101", "Content-Type", "text/plain"); got.status != 403 {
		t.Errorf("a token that only reads: got %d", got.status)
	}
}

func TestTheOwnedMayTellOfItsOwner(t *testing.T) {
	s := newSite(t)
	owner := s.Organization("Holding, Inc.", 1)
	of := func(owner workflow.ID) string {
		return fmt.Sprintf(`{"owner":%d,"owned":%d,"share":5100,"since":"2020-01-01"}`, owner, s.Company)
	}
	aor, body := s.People[workflow.AOR], of(owner)
	unknown, missing := s.ask(aor, "POST", "/affiliations", body), s.ask(aor, "POST", "/affiliations", of(987_654_321))
	if unknown.status != 422 || reasonOf(t, unknown) != "organization_unknown" || string(unknown.body) != string(missing.body) {
		t.Errorf("an owner that they know the ID of: got %d %s; of none there is: %s", unknown.status, unknown.body, missing.body)
	}
	uei := s.must(200, s.People[workflow.Admin], "GET", pathOf(workflow.NounOrganization, owner), "")["uei"]
	s.act(aor, workflow.NounOrganization, s.Company, "declare",
		fmt.Sprintf(`{"relation":"owns_us","uei":%q,"legal_name":"Holding","share":1000,"since":"2020-01-01"}`, uei))
	s.made(aor, "/affiliations", body)
	stranger := s.Member(s.Organization("Other, Inc.", 1), workflow.AOR)
	if got := s.ask(stranger, "POST", "/affiliations", body); got.status != 404 {
		t.Errorf("a stranger: got %d %s", got.status, got.body)
	}
}

func TestWhoPlacesAHoldOrAsksForAnExceptionCanReadIt(t *testing.T) {
	s := newSite(t)
	application := s.Draft(1_000_00).Application
	officer := s.People[workflow.GrantsOfficer]
	hold := s.made(officer, "/holds", fmt.Sprintf(`{"subject":"application","subject_id":%d,"reason":"x","next_look":"2026-07-01"}`, application))
	exception := s.made(officer, "/exceptions", fmt.Sprintf(`{"act":"rectify","subject_id":%d,"reason":"x"}`, application))
	s.must(200, officer, "GET", pathOf(workflow.NounHold, hold), "")
	s.must(200, officer, "GET", pathOf(workflow.NounException, exception), "")
}

func TestWhoeverIsSignedInMayRegisterAnOrganization(t *testing.T) {
	s := newSite(t)
	founder := s.Must(workflow.NounPerson, workflow.ActCreate, 0, nil, enginetest.Text("name", "New"), enginetest.Text("email", "new@example.com")).ID
	id := s.made(founder, "/organizations", `{"legal_name":"New, Inc."}`)
	delete(s.viewers, founder)
	s.must(200, founder, "GET", pathOf(workflow.NounOrganization, id), "")
	if got := s.ask(s.People[workflow.AOR], "POST", "/organizations", `{"legal_name":"Second, Inc."}`); got.status != 201 {
		t.Errorf("got %d %s", got.status, got.body)
	}
}
