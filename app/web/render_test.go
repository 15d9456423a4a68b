package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template/parse"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/net/html"

	"tranche/app/input"
	"tranche/app/intake"
	"tranche/app/policy"
	"tranche/templates"
	"tranche/workflow"
)

// newRenderer reads the templates and fails t for each word that is missing.
func newRenderer(t *testing.T) *Renderer {
	t.Helper()
	r, err := NewRenderer(func(language, id string) { t.Errorf("%s has no words for %q", language, id) })
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// page renders a fixture and reads it with an HTML parser.
func page(t *testing.T, r *Renderer, f fixture, tag string) (*html.Node, string) {
	t.Helper()
	view := f.make(shellFor(r, tag))
	if got, want := view.Page(), f.name[:strings.IndexByte(f.name, '/')]; got != want {
		t.Fatalf("the view of %s belongs to page %q", f.name, got)
	}
	var out bytes.Buffer
	if err := r.Render(&out, view.Page(), view, nil); err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "<footer"); n != 1 {
		t.Errorf("%s has %d footers", f.name, n)
	}
	return doc, out.String()
}

// Of two templates with one name the second would silently stand for both.
func TestNoTemplateIsDefinedTwice(t *testing.T) {
	defined := map[string]string{}
	for _, pattern := range []string{"*.html", "parts/*.html", "pages/*.html"} {
		files, err := fs.Glob(templates.Pages, pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, file := range files {
			text, err := fs.ReadFile(templates.Pages, file)
			if err != nil {
				t.Fatal(err)
			}
			for _, match := range regexp.MustCompile(`{{-? *define "([^"]+)"`).FindAllStringSubmatch(string(text), -1) {
				if first, twice := defined[match[1]]; twice {
					t.Errorf("%s is defined in %s and in %s", match[1], first, file)
				}
				defined[match[1]] = file
			}
		}
	}
}

func TestEveryPageRendersInEveryLanguage(t *testing.T) {
	r := newRenderer(t)
	for _, l := range r.Words.Languages() {
		for _, f := range fixtures {
			t.Run(l.Tag+"/"+f.name, func(t *testing.T) {
				doc, source := page(t, r, f, l.Tag)
				p := read(doc)
				if got := p.one(t, "html").attr("lang"); got != l.Tag {
					t.Errorf("lang = %q, want %q", got, l.Tag)
				}
				if title := p.one(t, "title").text(); strings.HasPrefix(title, " ") {
					t.Errorf("the title is empty: %q", title)
				}
				for _, sign := range []string{"<no value>", "ZgotmplZ", "%!"} {
					if strings.Contains(source, sign) {
						t.Errorf("the page contains %q", sign)
					}
				}
				p.headings(t)
				p.labels(t)
				p.references(t)
				p.policy(t)
				p.tables(t)
				p.forms(t)
				p.assets(t, r.Assets)
			})
		}
	}
}

func TestEveryTemplateHasAFixture(t *testing.T) {
	r := newRenderer(t)
	shown := map[string]bool{}
	for _, f := range fixtures {
		name, _, _ := strings.Cut(f.name, "/")
		shown[name] = true
	}
	files, err := fs.Glob(templates.Pages, "pages/*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d pages: %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if !shown[name] {
			t.Errorf("no fixture shows %s", file)
		}
		if r.pages.Lookup("page/"+name) == nil {
			t.Errorf("%s does not define page/%s", file, name)
		}
		delete(shown, name)
	}
	for name := range shown {
		t.Errorf("fixtures show %q, which is no page", name)
	}
}

// Each branch of each template gets a counter, so that a field that a view does
// not have cannot hide in a branch that no fixture reaches.
func TestEveryBranchOfEveryTemplateIsShown(t *testing.T) {
	r := newRenderer(t)
	reached, places := map[string]bool{}, map[string]bool{}
	c := counter{places: places, probe: probe(t)}
	r.pages.Funcs(template.FuncMap{"reach": func(place string) bool { reached[place] = true; return false }})
	for _, tmpl := range r.pages.Templates() {
		if tmpl.Tree != nil {
			c.tree = tmpl.Tree
			c.list(tmpl.Tree.Root)
		}
	}
	for _, f := range fixtures {
		page(t, r, f, "en")
	}
	var missed []string
	for place := range places {
		if !reached[place] {
			missed = append(missed, place)
		}
	}
	slices.Sort(missed)
	for _, place := range missed {
		t.Errorf("no fixture reaches the branch at %s", place)
	}
	if len(places) < 200 {
		t.Errorf("only %d branches were counted", len(places))
	}
}

// counter puts a node that reports its place at the start of each branch.
type counter struct {
	tree   *parse.Tree
	places map[string]bool
	probe  func(place string) parse.Node
}

func (c counter) list(l *parse.ListNode) {
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.IfNode:
			c.branch(n.List, n.ElseList)
		case *parse.WithNode:
			c.branch(n.List, n.ElseList)
		case *parse.RangeNode:
			c.branch(n.List, n.ElseList)
		}
	}
}

func (c counter) branch(then, otherwise *parse.ListNode) {
	for _, l := range []*parse.ListNode{then, otherwise} {
		if l == nil || len(l.Nodes) == 0 {
			continue
		}
		c.list(l)
		place, _ := c.tree.ErrorContext(l.Nodes[0])
		c.places[place] = true
		l.Nodes = append([]parse.Node{c.probe(place)}, l.Nodes...)
	}
}

// probe returns a maker of {{if reach "place"}}{{end}}: an if writes nothing, so
// it may stand inside a tag.
func probe(t *testing.T) func(string) parse.Node {
	return func(place string) parse.Node {
		trees, err := parse.Parse("probe", fmt.Sprintf("{{if reach %q}}{{end}}", place), "", "", map[string]any{"reach": true})
		if err != nil {
			t.Fatal(err)
		}
		return trees["probe"].Root.Nodes[0]
	}
}

func TestTheTotalStandsNowhereOnTheCertifiersPage(t *testing.T) {
	r := newRenderer(t)
	total := 611_240 * dollars
	for _, f := range fixtures {
		if f.name != "batch/certifier" && f.name != "batch/exported" {
			continue
		}
		_, source := page(t, r, f, "en")
		shown := false
		for _, form := range []string{total.String(), total.Dollars(), strings.TrimSuffix(total.String(), ".00")} {
			shown = shown || strings.Contains(source, form)
		}
		if want := f.name == "batch/exported"; shown != want {
			t.Errorf("%s shows the total: %v, want %v", f.name, shown, want)
		}
	}
}

func TestOnlyLastFourDigitsOfAnAccountHaveAPlaceInAView(t *testing.T) {
	r := newRenderer(t)
	for _, f := range fixtures {
		if f.name != "organization/full" {
			continue
		}
		doc, _ := page(t, r, f, "en")
		var masked []string
		for _, n := range read(doc).nodes {
			if n.Data == "a" && strings.HasPrefix(n.attr("href"), "/bank-accounts/") {
				masked = append(masked, n.text())
			}
		}
		if want := []string{"•••• 4471", "•••• 9120"}; !slices.Equal(masked, want) {
			t.Errorf("accounts = %q, want %q", masked, want)
		}
	}
}

func TestShowAnswersWithThePageAndKeepsItOutOfCaches(t *testing.T) {
	e := echo.New()
	r := newRenderer(t)
	e.Renderer = r
	rec := httptest.NewRecorder()
	c := e.NewContext(httptest.NewRequest(http.MethodGet, "/", nil), rec)
	if err := Show(c, http.StatusNotFound, fixtures[0].make(shellFor(r, "en"))); err != nil {
		t.Fatal(err)
	}
	if rec.Code != http.StatusNotFound || rec.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("status %d, Cache-Control %q", rec.Code, rec.Header().Get("Cache-Control"))
	}
}

func TestAPageThatFailsSendsNothing(t *testing.T) {
	e := echo.New()
	r := newRenderer(t)
	e.Renderer = r
	rec := httptest.NewRecorder()
	c := e.NewContext(httptest.NewRequest(http.MethodGet, "/", nil), rec)
	if err := c.Render(http.StatusOK, "home", SignInView{Shell: shellFor(r, "en")}); err == nil {
		t.Error("a view of another page was shown")
	}
	if err := c.Render(http.StatusOK, "nowhere", HomeView{}); err == nil {
		t.Error("a page that does not exist was shown")
	}
	if rec.Body.Len() != 0 {
		t.Errorf("%d bytes were sent", rec.Body.Len())
	}
}

func TestWhatPeopleTypeIsNeverMarkup(t *testing.T) {
	r := newRenderer(t)
	const hostile = `"><script>alert(1)</script>`
	s := shellFor(r, "en")
	s.Title = hostile
	v := RecordView{Shell: s, Record: Record{Tag: s.Mark("hold", "placed"), Actions: Actions{Offer: []Action{
		act(s, "hold", "lift", s.Input(workflow.Field{Name: "note", Kind: workflow.Text}, "</textarea>"+hostile), Field{Name: "title", Label: "x", Value: hostile}),
	}}}, Groups: []AnswerGroup{{Title: hostile, Answers: []Answer{{Name: "x", Value: hostile, URL: "javascript:alert(1)"}}}}}
	doc, _ := page(t, r, fixture{"record/hostile", func(Shell) View { return v }}, "en")
	p := read(doc)
	scripts := 0
	for _, n := range p.nodes {
		if n.Data == "script" {
			scripts++
		}
		if n.Data == "a" && strings.HasPrefix(n.attr("href"), "javascript:") {
			t.Error("a link runs a script")
		}
		if n.Data == "input" && n.attr("name") == "title" && n.attr("value") != hostile {
			t.Errorf("the typed value came back as %q", n.attr("value"))
		}
	}
	if scripts != 1 {
		t.Errorf("%d scripts on the page, want the one of the layout", scripts)
	}
}

// Words that the workflow's names ask for.
func TestEveryStateActionRoleAndNounHasWords(t *testing.T) {
	r := newRenderer(t)
	for _, l := range r.Words.Languages() {
		s := shellFor(r, l.Tag)
		for _, state := range named(func(i uint8) string { return workflow.State(i).String() })[2:] {
			s.State("", state)
			if _, ok := looks[state]; !ok {
				t.Errorf("state %q has no look", state)
			}
		}
		for _, action := range named(func(i uint8) string { return workflow.Action(i).String() })[1:] {
			s.Action("", action)
			s.Did("", action)
		}
		for _, role := range named(func(i uint8) string { return workflow.Role(i).String() })[1:] {
			s.Role(role)
		}
		for _, noun := range named(func(i uint8) string { return workflow.Noun(i).String() })[1:] {
			s.Noun(noun)
		}
	}
}

func TestEveryInputChoiceAndReasonHasWords(t *testing.T) {
	r := newRenderer(t)
	for _, l := range r.Words.Languages() {
		s := shellFor(r, l.Tag)
		for _, reason := range slices.Concat(input.Reasons, policy.Reasons, intake.WhyUnreadable) {
			if !l.Has("reason." + string(reason)) {
				t.Errorf("%s: no sentence for %q", l.Tag, reason)
			}
		}
		for _, lifecycle := range workflow.Lifecycles {
			for _, row := range lifecycle.Rows() {
				for _, field := range row.Fields {
					s.Input(field, "")
				}
				for _, reason := range row.Reasons {
					if !l.Has("reason." + string(reason)) {
						t.Errorf("%s: no sentence for %q of %s %s", l.Tag, reason, row.Action, row.Noun)
					}
				}
			}
		}
	}
}

// named lists the texts of an enumeration, from zero to where it ends.
func named(text func(uint8) string) (names []string) {
	defer func() { _ = recover() }()
	for i := range uint8(255) {
		names = append(names, text(i))
	}
	return names
}

func TestAReasonWithoutItsNumbersIsTheGeneralSentence(t *testing.T) {
	r, err := NewRenderer(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := shellFor(r, "en")
	if got, want := s.Reason("over_award_cap", nil), s.T("reason.unnamed"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	got := s.Reason("over_award_cap", workflow.Words{"amount": workflow.AwardCap + 1, "limit": workflow.AwardCap})
	if want := "$5,000,000.01 is more than the cap of $5,000,000.00."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	got = s.Reason("role_may_not", workflow.Words{"roles": []workflow.Role{workflow.AOR, workflow.Auditor}})
	if want := "This is the duty of: Authorized representative, Auditor."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	got = s.Reason("clearances_missing", workflow.Words{"missing": workflow.Kinds{workflow.ClearSecurity, workflow.ClearMerit}})
	if want := "Clearances that are missing or not fresh: National security, Merit."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	got = s.Refusal(&workflow.Refusal{Reason: "incomplete", Words: workflow.Words{"missing": []string{"title", "summary"}}})
	if want := "Answers are missing: Title of the project, Summary."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDatesAreWrittenInTheProgramsZone(t *testing.T) {
	r := newRenderer(t)
	tests := []struct {
		tag, moment, day, clock string
	}{
		{"en", "Nov 23, 2026, 2:41 p.m. EST", "Nov 23, 2026", "2:41 p.m."},
		{"zh-TW", "2026 年 11 月 23 日 下午 2:41 EST", "2026 年 11 月 23 日", "下午 2:41"},
	}
	for _, test := range tests {
		s := shellFor(r, test.tag)
		got := []string{s.Moment(instant).Text, s.Day(instant).Text, s.Clock(instant).Text}
		if want := []string{test.moment, test.day, test.clock}; !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", test.tag, got, want)
		}
	}
	s := shellFor(r, "en")
	if got, want := s.Moment(instant).ISO, "2026-11-23T14:41:00-05:00"; got != want {
		t.Errorf("ISO = %q, want %q", got, want)
	}
	if got := s.Moment(time.Time{}); got != (Stamp{}) {
		t.Errorf("the zero time is %+v", got)
	}
	s.Zone = nil
	if got, want := s.Clock(instant).Text, "7:41 p.m."; got != want {
		t.Errorf("without a zone: %q, want %q", got, want)
	}
	if got, want := s.Clock(instant.Add(-9*time.Hour)).Text, "10:41 a.m."; got != want {
		t.Errorf("in the morning: %q, want %q", got, want)
	}
}

func TestADeadlineSaysHowFarItIs(t *testing.T) {
	s := shellFor(newRenderer(t), "en")
	tests := []struct {
		left time.Duration
		tone string
		text string
	}{
		{53 * 24 * time.Hour, "ok", "53 days left"},
		{72*time.Hour + time.Second, "ok", "3 days left"},
		{72 * time.Hour, "soon", "3 days left"},
		{47 * time.Hour, "soon", "47 hours left"},
		{119 * time.Minute, "soon", "119 minutes left"},
		{time.Second, "soon", "1 minute left"},
		{0, "late", "1 minute overdue"},
		{-3 * time.Hour, "late", "3 hours overdue"},
		{-50 * time.Hour, "late", "2 days overdue"},
	}
	for _, test := range tests {
		if got := s.Due(instant, instant.Add(test.left)); got.Tone != test.tone || got.Text != test.text {
			t.Errorf("%v left: %q %q, want %q %q", test.left, got.Tone, got.Text, test.tone, test.text)
		}
	}
	if got := s.Due(instant, time.Time{}); got != (Due{Tone: "none", Text: "No deadline"}) {
		t.Errorf("no deadline: %+v", got)
	}
	if got, want := shellFor(newRenderer(t), "zh-TW").Due(instant, instant.Add(-50*time.Hour)).Text, "逾期 2 天"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPercentNeverLeavesTheBar(t *testing.T) {
	tests := []struct {
		part, whole workflow.Cents
		want        int
	}{
		{0, 0, 0}, {1, 0, 0}, {-1, 100, 0}, {0, 100, 0}, {99, 100, 99}, {100, 100, 100}, {101, 100, 100},
		{workflow.RevenueCap - 1, workflow.RevenueCap, 99}, {1<<62 - 1, 1 << 62, 99}, {1, 3, 33},
	}
	for _, test := range tests {
		if got := Percent(test.part, test.whole); got != test.want {
			t.Errorf("Percent(%d, %d) = %d, want %d", test.part, test.whole, got, test.want)
		}
	}
}

func TestInitialsAreOfTheFirstAndTheLastName(t *testing.T) {
	for name, want := range map[string]string{"Dana Whitfield": "DW", "Ana Maria de la Cruz": "AC", "Cher": "C", "王 小明": "王小", "": ""} {
		if got := Initials(name); got != want {
			t.Errorf("Initials(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestInputsAreShownAsTheirKind(t *testing.T) {
	s := shellFor(newRenderer(t), "en")
	choices := []string{"low_merit", "out_of_scope", "risk_too_high", "funds_exhausted", "team_insufficient", "budget_unreasonable", "evidence_insufficient"}
	tests := []struct {
		field workflow.Field
		want  Kind
	}{
		{workflow.Field{Name: "title", Kind: workflow.Line}, TextField},
		{workflow.Field{Name: "note", Kind: workflow.Text}, LongField},
		{workflow.Field{Name: "amount", Kind: workflow.Money}, MoneyField},
		{workflow.Field{Name: "months", Kind: workflow.Count}, IntegerField},
		{workflow.Field{Name: "certified", Kind: workflow.Check}, CheckField},
		{workflow.Field{Name: "codes", Kind: workflow.Choice, Choices: choices[:3]}, ChoiceField},
		{workflow.Field{Name: "codes", Kind: workflow.Choice, Choices: choices}, SelectField},
		{workflow.Field{Name: "codes", Kind: workflow.Codes, Choices: choices}, CodesField},
		{workflow.Field{Name: "due", Kind: workflow.Day}, DateField},
		{workflow.Field{Name: "until", Kind: workflow.Instant}, MomentField},
		{workflow.Field{Name: "organization", Kind: workflow.Ref}, SelectField},
		{workflow.Field{Name: "account", Kind: workflow.Secret}, SecretField},
	}
	for _, test := range tests {
		if got := s.Input(test.field, "").Kind; got != test.want {
			t.Errorf("%s is shown as %q, want %q", test.field.Name, got, test.want)
		}
	}
	got := s.Input(tests[7].field, "low_merit,risk_too_high")
	if !got.Options[0].Chosen || got.Options[1].Chosen || !got.Options[2].Chosen {
		t.Errorf("the typed codes came back as %+v", got.Options)
	}
}

// doc is a parsed page with all its elements in order.
type doc struct {
	nodes []element
}

type element struct{ *html.Node }

func read(root *html.Node) doc {
	var d doc
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			d.nodes = append(d.nodes, element{n})
		}
	}
	return d
}

func (e element) attr(name string) string {
	v, _ := e.lookup(name)
	return v
}

func (e element) lookup(name string) (string, bool) {
	for _, a := range e.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func (e element) text() string {
	var b strings.Builder
	for n := range e.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

func (d doc) one(t *testing.T, name string) element {
	t.Helper()
	var found []element
	for _, n := range d.nodes {
		if n.Data == name && n.Namespace == "" {
			found = append(found, n)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d <%s> on the page, want 1", len(found), name)
	}
	return found[0]
}

// headings checks that there is one h1 and that no level is left out.
func (d doc) headings(t *testing.T) {
	last, ones := 0, 0
	for _, n := range d.nodes {
		if len(n.Data) != 2 || n.Data[0] != 'h' || n.Data[1] < '1' || n.Data[1] > '6' {
			continue
		}
		level := int(n.Data[1] - '0')
		if level == 1 {
			ones++
		}
		// The summary of errors stands above the h1 of a short page.
		if level > last+1 && n.attr("id") != "errors-title" {
			t.Errorf("h%d %q follows h%d", level, n.text(), last)
		}
		if n.text() == "" {
			t.Errorf("h%d is empty", level)
		}
		last = level
	}
	if ones != 1 {
		t.Errorf("%d h1, want 1", ones)
	}
}

// labels checks that everything that can be used has a name.
func (d doc) labels(t *testing.T) {
	labeled := map[string]bool{}
	for _, n := range d.nodes {
		if n.Data == "label" && n.text() != "" {
			labeled[n.attr("for")] = true
		}
	}
	for _, n := range d.nodes {
		switch n.Data {
		case "input", "select", "textarea":
			if n.attr("type") != "hidden" && !labeled[n.attr("id")] && n.attr("aria-label") == "" {
				t.Errorf("<%s name=%q> has no label", n.Data, n.attr("name"))
			}
		case "a", "button", "summary":
			if n.text() == "" && n.attr("aria-label") == "" {
				t.Errorf("<%s %v> has no text", n.Data, n.Attr)
			}
		case "meter", "nav":
			if n.attr("aria-label") == "" {
				t.Errorf("<%s> has no name", n.Data)
			}
		}
	}
}

// references checks that ids are unique and that what points to an id finds it.
func (d doc) references(t *testing.T) {
	ids := map[string]bool{}
	for _, n := range d.nodes {
		if id, ok := n.lookup("id"); ok {
			if id == "" || ids[id] {
				t.Errorf("id %q is empty or not unique", id)
			}
			ids[id] = true
		}
	}
	for _, n := range d.nodes {
		wanted := strings.Fields(n.attr("aria-describedby") + " " + n.attr("aria-labelledby") + " " + n.attr("for"))
		if href := n.attr("href"); strings.HasPrefix(href, "#") {
			wanted = append(wanted, href[1:])
		}
		for _, id := range wanted {
			if !ids[id] {
				t.Errorf("<%s> points to %q, which is not on the page", n.Data, id)
			}
		}
	}
}

// policy checks what the content security policy would forbid.
func (d doc) policy(t *testing.T) {
	for _, n := range d.nodes {
		if n.Data == "style" || n.Data == "script" && (n.attr("src") == "" || n.FirstChild != nil) {
			t.Errorf("<%s> inline", n.Data)
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("<%s> has the attribute %s", n.Data, a.Key)
			}
		}
	}
}

// tables checks that a table has a caption and that its heads say of what.
func (d doc) tables(t *testing.T) {
	for _, n := range d.nodes {
		if n.Data == "th" && n.attr("scope") == "" {
			t.Errorf("<th> %q has no scope", n.text())
		}
		if n.Data == "table" && (n.FirstChild == nil || n.FirstChild.Data != "caption") {
			t.Error("a table has no caption")
		}
	}
}

// forms checks that each form that changes something carries a key, except
// signing in and out, which may be done twice, and the check that stores nothing.
func (d doc) forms(t *testing.T) {
	for _, form := range d.nodes {
		if form.Data != "form" || form.attr("method") != "post" || strings.HasPrefix(form.attr("action"), "/sign-") ||
			strings.HasPrefix(form.attr("action"), "/eligibility?") {
			continue
		}
		key := false
		for n := range form.Descendants() {
			key = key || n.Data == "input" && element{n}.attr("name") == "key" && element{n}.attr("value") != ""
		}
		if !key {
			t.Errorf("the form to %s has no key", form.attr("action"))
		}
	}
}

// assets checks that what the page asks for is served.
func (d doc) assets(t *testing.T, a *templates.Assets) {
	for _, n := range d.nodes {
		for _, name := range []string{"src", "href"} {
			url := n.attr(name)
			if !strings.HasPrefix(url, templates.AssetRoot) {
				continue
			}
			rec := httptest.NewRecorder()
			a.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, url, nil))
			if rec.Code != http.StatusOK {
				t.Errorf("%s answers %d", url, rec.Code)
			}
		}
	}
}
