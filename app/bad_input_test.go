package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tranche/app/engine/enginetest"
	"tranche/app/identity"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// A counter is a running server with an administrator at its pages and at its API.
type counter struct {
	t     *testing.T
	house *house
	world *enginetest.World
	base  string
	pages *http.Client
	token string
}

func newCounter(t *testing.T) *counter {
	t.Helper()
	h, w, base := serving(t)
	c := &counter{t: t, house: h, world: w, base: base}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	const email = "root@counter.example.gov"
	root, err := h.passwords.AddPerson(t.Context(), h.engine, identity.NewPerson{Name: "Root", Email: email, Password: everybodysPassword,
		Grants: []identity.NewGrant{{Role: workflow.Admin}}})
	if err != nil {
		t.Fatal(err)
	}
	var sum string
	c.token, sum = identity.NewToken()
	c.world.Must(workflow.NounToken, workflow.ActCreate, root, nil, enginetest.Text("name", "test"), enginetest.Text("sum", sum),
		enginetest.Text("scopes", "approve,read,write"), enginetest.Time("until", h.now().AddDate(0, 1, 0)))
	c.pages = &http.Client{Jar: jar}
	if status, page := c.send("/sign-in", url.Values{"email": {email}, "password": {everybodysPassword}}); status != http.StatusOK {
		t.Fatalf("sign-in: %d %s", status, page)
	}
	return c
}

// send sends a form and returns what comes back, as text without marks.
func (c *counter) send(path string, form url.Values) (int, string) {
	c.t.Helper()
	answer, err := c.pages.PostForm(c.base+path, form)
	return c.answer(answer, err)
}

var marks = regexp.MustCompile(`<[^>]*>`)

func (c *counter) answer(answer *http.Response, err error) (int, string) {
	c.t.Helper()
	body := c.body(answer, err)
	if strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
		body = html.UnescapeString(marks.ReplaceAllString(body, ""))
	}
	return answer.StatusCode, body
}

// body reads an answer to its end.
func (c *counter) body(answer *http.Response, err error) string {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(body)
}

// ask sends a body to the API. Each request is one of its own.
func (c *counter) ask(path, media string, body []byte) (int, string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.base+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Content-Type", media)
	r.Header.Set("Idempotency-Key", fmt.Sprintf("%x", sha256.Sum256(body)))
	return c.answer(http.DefaultClient.Do(r))
}

// stored is everything in the database but what the server writes whoever asks.
func stored(t *testing.T, h *house) string {
	t.Helper()
	var kept []string
	for line := range strings.Lines(modelstest.Dump(t, h.db, "heartbeat", "sessions")) {
		if !strings.HasPrefix(line, "river_") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// A wrong is one mistake, as the API tells it.
type wrong struct {
	Field   string `json:"field"`
	Path    string `json:"path"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// wrongs reads the mistakes of a problem document.
func wrongs(t *testing.T, body string) []wrong {
	t.Helper()
	var problem struct {
		Errors []wrong `json:"errors"`
	}
	if err := json.Unmarshal([]byte(body), &problem); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return problem.Errors
}

// placed finds what a page says of the lines of a file.
var placed = regexp.MustCompile(`Line \d+[^\n]*`)

var hiddenKey = regexp.MustCompile(`name="key" value="([^"]*)"`)

// key reads from a page the key that its forms carry.
func (c *counter) key(path string) string {
	c.t.Helper()
	answer, err := c.pages.Get(c.base + path)
	key := hiddenKey.FindStringSubmatch(c.body(answer, err))
	if key == nil {
		c.t.Fatalf("%s has no form: %d", path, answer.StatusCode)
	}
	return key[1]
}

// A program's file with a mistake is told with line, column and what was expected:
// tried and applied, on the page and by the API. Nothing of it is stored.
func TestABadProgramFileIsToldWithItsPlaceEverywhere(t *testing.T) {
	c := newCounter(t)
	at := fmt.Sprintf("/programs/%d", c.world.Program)
	rule := func(when string) []string { return []string{"application.requested_cents <= 2000000 * 100", when} }
	for _, tt := range []struct {
		name    string
		edit    []string
		reason  string
		message string
	}{
		{"broken YAML", []string{"phases:\n", "phases: [\n"}, "policy_syntax", "Line 5, column 3: This is not YAML: did not find expected node content"},
		{"a tab", []string{"  zone:", "\tzone:"}, "policy_syntax", "This is not YAML: "},
		{"a quote that does not end", []string{"title: AI", `title: "AI`}, "policy_syntax", "This is not YAML: "},
		{"a rule that is no expression", rule("application.requested_cents <"), "policy_rule", "Line 21, column 42: The rule does not compile: Syntax error"},
		{"a rule about nothing", rule("application.nonsense"), "policy_rule", "Line 21, column 24: The rule does not compile: undefined field"},
		{"a rule that gives no answer", rule("application.title"), "policy_rule_not_bool", "Line 21, column 13: Expected an expression that is true or false"},
		{"a rule that runs too long", rule("affiliates.all(a, affiliates.exists_one(b, a.name == b.name))"), "policy_rule_costly", "Line 21, column 13: The rule may take 360602 steps; expected at most 4000."},
		{"a rule with loops in loops", rule("affiliates.all(a, affiliates.all(b, affiliates.all(c, a.name != b.name)))"), "policy_rule", "comprehension exceeds nesting limit"},
		{"a number in another alphabet", []string{"weight: 60", "weight: ６０"}, "policy_not_number", "Line 14, column 39: Expected a whole number from 1 to 100; found “６０”."},
		{"a day that there is not", []string{"starts: 2026-01-01", "starts: 2026-02-30"}, "policy_not_date", "Line 5, column 42: Expected a date such as 2026-09-30; found “2026-02-30”."},
		{"a cap that was raised", []string{"  zone: America", "  award_cap: 5000000.01\n  zone: America"}, "policy_cap_raised", "Line 7, column 14: $5,000,000.01 is more than"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := strings.NewReplacer(tt.edit...).Replace(enginetest.ProgramFile)
			if file == enginetest.ProgramFile {
				t.Fatal("the file is sound")
			}
			before := stored(t, c.house)
			form := url.Values{"program": {c.world.Program.String()}, "key": {c.key(at)}, "file": {file}, "note": {"a try"}}
			apply, err := json.Marshal(map[string]any{"program": c.world.Program, "file": file})
			if err != nil {
				t.Fatal(err)
			}
			for _, step := range []string{"check", "compare", "simulate", "apply"} {
				path := "/policies"
				if form.Del("step"); step != "apply" {
					path = at + "/file"
					form.Set("step", step)
				}
				if status, page := c.send(path, form); status != http.StatusUnprocessableEntity || !strings.Contains(page, tt.message) {
					t.Errorf("the page, to %s: %d without %q: %q", step, status, tt.message, placed.FindAllString(page, 3))
				}
			}
			for step, sent := range map[string][]byte{"check": []byte(file), "diff": []byte(file), "simulate": []byte(file), "apply": apply} {
				path, media := at+"/policy/"+step, "text/plain"
				if step == "apply" {
					path, media = "/policies", "application/json"
				}
				status, body := c.ask(path, media, sent)
				all := wrongs(t, body)
				if status != http.StatusUnprocessableEntity || len(all) != 1 || all[0].Line == 0 || all[0].Column == 0 || all[0].Reason != tt.reason ||
					!strings.Contains(all[0].Message, tt.message) || !strings.HasPrefix(all[0].Message, fmt.Sprintf("Line %d, column %d: ", all[0].Line, all[0].Column)) {
					t.Errorf("the API, to %s: %d %s", step, status, body)
				}
			}
			if diff := cmp.Diff(before, stored(t, c.house)); diff != "" {
				t.Errorf("something was stored: %s", diff)
			}
		})
	}
}

// A sentList is a list as somebody sends it. aliases may be "": there is no such file.
type sentList struct{ kind, dated, text, aliases string }

func (l sentList) members() map[string]string {
	return map[string]string{"kind": l.kind, "dated": l.dated}
}

// json writes the list for the API.
func (l sentList) json(t *testing.T) []byte {
	t.Helper()
	body := map[string]any{}
	for name, value := range l.members() {
		body[name] = value
	}
	file := func(name, text string) map[string]string {
		return map[string]string{"name": name, "content": base64.StdEncoding.EncodeToString([]byte(text))}
	}
	if body["file"] = file("list.csv", l.text); l.aliases != "" {
		body["aliases"] = file("alt.csv", l.aliases)
	}
	out, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// upload sends the form of the page, as a browser does.
func (c *counter) upload(l sentList) (int, string) {
	c.t.Helper()
	var sent bytes.Buffer
	w := multipart.NewWriter(&sent)
	file := func(field, name, text string) error {
		part, err := w.CreateFormFile(field, name)
		if err == nil {
			_, err = io.WriteString(part, text)
		}
		return err
	}
	err := errors.Join(w.WriteField("key", c.key("/lists")), file("file", "list.csv", l.text))
	if l.aliases != "" {
		err = errors.Join(err, file("aliases", "alt.csv", l.aliases))
	}
	for name, value := range l.members() {
		err = errors.Join(err, w.WriteField(name, value))
	}
	if err := errors.Join(err, w.Close()); err != nil {
		c.t.Fatal(err)
	}
	return c.answer(c.pages.Post(c.base+"/lists", w.FormDataContentType(), &sent))
}

// A list with a fault is told with its file, line and column and what was expected, on
// the page and by the API, and none of its entries is kept, however many were right.
func TestABadListIsToldWithItsPlaceEverywhere(t *testing.T) {
	c := newCounter(t)
	right := sdn[:len(sdn)-1]
	const header = "Classification,Name,SAM Number,Termination Date\n"
	const day = "2026-10-01"
	list := func(kind, text string) sentList { return sentList{kind, day, text, ""} }
	ofac := func(text string) sentList { return list(workflow.ListOFAC, text) }
	dated := func(day, text string) sentList { return sentList{workflow.ListOFAC, day, text, ""} }
	empty := stored(t, c.house)
	if status, body := c.ask("/lists", "application/json", ofac(right).json(t)); status != http.StatusCreated {
		t.Fatalf("a list without a fault: %d %s", status, body)
	}
	before := stored(t, c.house)
	if before == empty {
		t.Fatal("a list without a fault was not kept")
	}
	for _, tt := range []struct {
		name          string
		list          sentList
		field, reason string
		says          string
	}{
		{"a column too few", ofac(right + "307,x\n"), "file", "list_columns_wrong", "list.csv, line 4: expected 12 columns"},
		{"after 1,500 lines", ofac(strings.Repeat(right, 500) + "307,x\n"), "file", "list_columns_wrong", "line 1501"},
		{"a number in another alphabet", ofac(right + strings.Replace(right, "36,", "３６,", 1)), "file", "list_value_wrong", "line 4: “ent_num” cannot hold this value; expected something like 36"},
		{"not text", ofac(strings.Replace(right, "BANCO", "\xff\xfe", 1)), "file", "list_text_wrong", "line 3"},
		{"a picture", ofac("\x89PNG\r\n\x1a\n"), "file", "list_columns_wrong", "line 1"},
		{"nothing", ofac(""), "file", "not_a_file", ""},
		{"nobody", ofac("\x1a"), "file", "list_empty", ""},
		{"an alias with a letter for a number", sentList{workflow.ListOFAC, day, right, "3b,1,\"aka\",\"X\",-0- \n"}, "aliases", "list_value_wrong", "alt.csv, line 1: “ent_num”"},
		{"no column of names", list("sam_exclusions", "Classification,SAM Number,Termination Date\nFirm,S1,\n"), "file", "list_column_missing", "“Name”"},
		{"a day that there is not", list("sam_exclusions", header+"Firm,ACME,S1,02/30/2026\n"), "file", "list_value_wrong", "line 2: “Termination Date”"},
		{"a day in another alphabet", list("sam_exclusions", header+"Firm,ACME,S1,٠٢/٢٠/٢٠٢٦\n"), "file", "list_value_wrong", "line 2: “Termination Date”"},
		{"registrations cut short", list("sam_entities", "BOF PUBLIC V2\n"), "file", "list_cut_short", "line 1"},
		{"one list under another's name", list("sam_exclusions", right), "file", "list_column_missing", "line 1"},
		{"the day of the list in another alphabet", dated("２０２６-10-01", right+right), "dated", "not_a_date", "2026-11-30"},
		{"a list of a day that there is not", dated("2026-02-30", right+right), "dated", "not_a_date", "2026-11-30"},
		{"a list from the future", dated("2999-01-01", right+right), "dated", "list_in_the_future", ""},
		{"an older list", dated("2026-09-30", right+right), "dated", "list_older", "2026"},
		{"more than a file may have", ofac(strings.Repeat(right, workflow.MaxFile/len(right)+1)), "file", "file_too_large", "10 MB"},
		{"the same list", dated("2026-10-02", right), "file", "list_unchanged", "2026"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, body := c.ask("/lists", "application/json", tt.list.json(t))
			all := wrongs(t, body)
			if status != http.StatusUnprocessableEntity || len(all) != 1 || all[0].Field != tt.field || all[0].Reason != tt.reason || !strings.Contains(all[0].Message, tt.says) {
				t.Fatalf("%d %s", status, body)
			}
			if status, page := c.upload(tt.list); status != http.StatusUnprocessableEntity || !strings.Contains(page, all[0].Message) {
				t.Errorf("the page: %d without %q: %s", status, all[0].Message, page)
			}
			if diff := cmp.Diff(before, stored(t, c.house)); diff != "" {
				t.Errorf("something was stored: %s", diff)
			}
		})
	}
	large := strings.Repeat(" ", workflow.MaxFiles)
	if status, page := c.upload(sentList{workflow.ListOFAC, day, large, large}); status != http.StatusRequestEntityTooLarge || !strings.Contains(page, "20 MB") || !strings.Contains(page, "Choose list.csv again") {
		t.Errorf("more than may come at once: %d %s", status, page)
	}
	if diff := cmp.Diff(before, stored(t, c.house)); diff != "" {
		t.Errorf("something was stored: %s", diff)
	}
	if status, page := c.upload(sentList{workflow.ListOFAC, "2026-10-02", right, alt}); status != http.StatusOK || !strings.Contains(page, "0 added, 2 changed, 0 removed") {
		t.Errorf("a list without a fault on the page: %d %s", status, page)
	}
	if after := stored(t, c.house); after == before {
		t.Error("a list without a fault was not kept")
	}
}
