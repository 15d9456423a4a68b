package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tranche/app/ach"
	"tranche/app/engine/enginetest"
	"tranche/app/identity"
	"tranche/models"
	"tranche/workflow"
)

// A journey is one browser that different people use, one after the other, on a
// real server.
type journey struct {
	t     *testing.T
	ctx   context.Context
	house *house
	base  string
	names map[string]workflow.ID // who has which address
}

const everybodysPassword = "violet kettle under 9 bridges"

// newJourney starts the server on a small programme, and a browser.
func newJourney(t *testing.T) (*journey, *enginetest.World) {
	t.Helper()
	h, w, base := serving(t)
	return &journey{t: t, ctx: startBrowser(t), house: h, base: base, names: map[string]workflow.ID{}}, w
}

// serving starts the server on a small programme, and returns its address.
func serving(t *testing.T) (*house, *enginetest.World, string) {
	t.Helper()
	slog.SetDefault(logger(true))
	h, err := (&database{Database: filepath.Join(t.TempDir(), "a.db")}).open(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.close)
	w := enginetest.Live(t, h.engine)
	srv, err := (&listening{Addr: "127.0.0.1:0"}).start(t.Context(), h, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.stop(h); err != nil {
			t.Error(err)
		}
	})
	return h, w, srv.url
}

// startBrowser starts Chromium with an empty profile. A machine without it fails
// the test.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	chromium := os.Getenv("CHROME_BIN")
	if chromium == "" {
		t.Fatal("CHROME_BIN is not set: run the tests with scripts/test")
	}
	profile, err := os.MkdirTemp("", "tranche-browser")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(context.Background(), 4*time.Minute)
	all, end := chromedp.NewExecAllocator(ctx, chromedp.ExecPath(chromium), chromedp.UserDataDir(profile), chromedp.Headless,
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	browser, quit := chromedp.NewContext(all)
	t.Cleanup(func() {
		quit()
		end()
		stop()
		for range 50 { // Chromium still writes for a moment
			if err = os.RemoveAll(profile); err == nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Error(err)
	})
	// The first action starts the browser, which ends with the context that it was
	// started in.
	if err := chromedp.Do(browser, chromedp.EmulateViewport(1280, 900)); err != nil {
		t.Fatal(err)
	}
	return browser
}

// person makes somebody who can sign in, with one role.
func (j *journey) person(role workflow.Role, program, organization workflow.ID) string {
	j.t.Helper()
	domain := "journey.example.gov"
	if organization != 0 { // who shares a domain with an applicant has no part in its case
		domain = "companies.example"
	}
	email := strings.ReplaceAll(role.String(), "_", ".") + fmt.Sprintf("%d@%s", len(j.names), domain)
	id, err := j.house.passwords.AddPerson(j.t.Context(), j.house.engine, identity.NewPerson{Name: "The " + role.String(), Email: email,
		Password: everybodysPassword, Grants: []identity.NewGrant{{Role: role, Program: program, Organization: organization}}})
	if err != nil {
		j.t.Fatal(err)
	}
	j.names[email] = id
	return email
}

// do carries out browser actions.
func (j *journey) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	j.t.Helper()
	ctx, cancel := context.WithTimeout(j.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		j.t.Fatalf("%s at %s: %v\n%s", what, j.path(), err, j.text("main"))
	}
}

// value evaluates JavaScript that gives a text, again while the page is changing.
func (j *journey) value(script string) string {
	j.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; {
		ctx, cancel := context.WithTimeout(j.ctx, 10*time.Second)
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
		cancel()
		if err == nil {
			return got
		}
		if time.Now().After(deadline) {
			j.t.Fatalf("%s: %v", script, err)
		}
	}
}

func (j *journey) path() string { return j.value("location.pathname") }

func (j *journey) text(selector string) string {
	return j.value(fmt.Sprintf("(document.querySelector(%q) || {innerText: ''}).innerText", selector))
}

// open goes to a page, which must be shown.
func (j *journey) open(path string) {
	j.t.Helper()
	j.do("open "+path, chromedp.Navigate(j.base+path))
	if title := j.value("document.title"); strings.Contains(title, "There is no such page") {
		j.t.Fatalf("%s: %s", path, title)
	}
}

// press clicks, waits for the next page, and wants it to say nothing against it.
func (j *journey) press(selector string) {
	j.t.Helper()
	j.leave(selector)
	if errors := j.text(".usa-alert--error"); errors != "" {
		j.t.Fatalf("%s after %s: %s", j.path(), selector, errors)
	}
}

// leave clicks and waits for the next page.
func (j *journey) leave(selector string) {
	j.t.Helper()
	j.value("window.pressed = 'yes'")
	j.do("press "+selector, chromedp.Click(chromedp.CSS(selector)))
	deadline := time.Now().Add(20 * time.Second)
	for j.value("document.readyState === 'complete' ? String(window.pressed) : 'loading'") != "undefined" {
		if time.Now().After(deadline) {
			j.t.Fatalf("%s: nothing happens after %s", j.path(), selector)
		}
	}
}

// fill types into the fields of a form, or chooses what is to be chosen.
func (j *journey) fill(form string, values map[string]string) {
	j.t.Helper()
	for name, value := range values {
		field := fmt.Sprintf("%s [name=%q]", form, name)
		kind := j.value(fmt.Sprintf("(f => f ? (f.type || f.tagName) : 'none')(document.querySelector(%q))", field))
		switch kind {
		case "none":
			j.t.Fatalf("%s has no field %s in %s\n%s", j.path(), name, form, j.text("main"))
		case "checkbox":
			j.value(fmt.Sprintf("(f => { if (!f.checked) f.click(); return '' })(document.querySelector(%q))", field))
		case "radio":
			j.value(fmt.Sprintf("(f => { if (!f.checked) f.click(); return '' })(document.querySelector(%q))", field+fmt.Sprintf("[value=%q]", value)))
		case "select-one", "date":
			j.do("select "+name, chromedp.SetValue(chromedp.CSS(field), value))
		default:
			j.value(fmt.Sprintf("document.querySelector(%q).value = ''", field))
			j.do("type "+name, chromedp.SendKeys(chromedp.CSS(field), value))
		}
	}
}

// as signs somebody in, in place of whoever was.
func (j *journey) as(email string) {
	j.t.Helper()
	j.open("/sign-in")
	if j.value("String(document.querySelector('form[action=\"/sign-out\"] button') !== null)") == "true" {
		j.press(`form[action="/sign-out"] button`)
		j.open("/sign-in")
	}
	form := `form[action="/sign-in"]`
	j.fill(form, map[string]string{"email": email, "password": everybodysPassword})
	j.press(form + " button[type=submit]")
}

// act does one action on the record whose page is at path, with its form there.
func (j *journey) act(path, action string, values map[string]string) {
	j.t.Helper()
	j.open(path)
	form := fmt.Sprintf(`form[action$="/actions/%s"]`, action)
	j.value(fmt.Sprintf("(f => { const d = f && f.closest('details'); if (d) d.open = true; return '' })(document.querySelector(%q))", form))
	j.fill(form, values)
	j.press(form + " button[type=submit]")
}

// make makes a record with the form on the page at path.
func (j *journey) make(path, plural string, values map[string]string) {
	j.t.Helper()
	j.open(path)
	form := fmt.Sprintf(`form[action="/%s"], form[action^="/%s?"]`, plural, plural)
	j.value(fmt.Sprintf("(f => { const d = f && f.closest('details'); if (d) d.open = true; return '' })(document.querySelector(%q))", form))
	j.fill(fmt.Sprintf(`form[action^="/%s"]`, plural), values)
	j.press(fmt.Sprintf(`form[action^="/%s"] button[type=submit]`, plural))
}

// newest returns the newest record of noun.
func newest[R any](j *journey, noun workflow.Noun) R {
	j.t.Helper()
	list, err := models.Records[R](j.t.Context(), j.house.db.Reader, &models.Viewer{System: true}, noun, models.Filter{Limit: 1})
	if err != nil || len(list) == 0 {
		j.t.Fatalf("no %s: %v", noun, err)
	}
	return list[0]
}

// until waits for the server's own work.
func (j *journey) until(what string, done func() bool) {
	j.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !done() {
		if time.Now().After(deadline) {
			j.t.Fatalf("it does not come to this: %s", what)
		}
		time.Sleep(10 * time.Millisecond) // between two looks
	}
}

// The whole way of a voucher, in a browser, each step by the person whose duty it is.
func TestAVoucherFromDraftToBankFileInABrowser(t *testing.T) {
	j, w := newJourney(t)
	company := w.Organization("Halcyon Pumpworks AI", 12_000_000_00)
	aor := j.person(workflow.AOR, 0, company)
	staff := map[workflow.Role]string{}
	for _, role := range []workflow.Role{workflow.Reviewer, workflow.ProgramOfficer, workflow.SelectingOfficial, workflow.GrantsOfficer,
		workflow.FinancePreparer, workflow.FinanceReleaser} {
		staff[role] = j.person(role, w.Program, 0)
	}
	checker, certifier := j.person(workflow.FinanceCertifier, w.Program, 0), j.person(workflow.FinanceCertifier, w.Program, 0)

	j.applies(w, aor, nil)
	app := newest[workflow.Application](j, workflow.NounApplication)
	page := fmt.Sprintf("/applications/%d", app.ID)
	j.until("the application is screened", func() bool {
		return newest[workflow.Application](j, workflow.NounApplication).State == workflow.InReview
	})

	j.as(staff[workflow.ProgramOfficer])
	j.open("/applications")
	if !strings.Contains(j.text("main"), app.Number) {
		t.Errorf("the queue does not show %s:\n%s", app.Number, j.text("main"))
	}
	j.make(page, "reviews", map[string]string{"reviewer": j.names[staff[workflow.Reviewer]].String(),
		"due": workflow.DateOf(w.Now().AddDate(0, 0, 14)).String()})
	j.as(staff[workflow.Reviewer])
	review := fmt.Sprintf("/reviews/%d", newest[workflow.Review](j, workflow.NounReview).ID)
	j.act(review, "accept", map[string]string{"no_conflict": "1"})
	scores := map[string]string{"comment": "Strong deployment partners."}
	for _, c := range workflow.Rubric {
		scores["scores."+c.Name] = "88"
	}
	// What was written is saved without a click, and stands there after signing out.
	j.open(review)
	j.fill(`form[action$="/actions/submit"]`, map[string]string{"comment": "Half a thought.", "scores." + workflow.Rubric[0].Name: "77"})
	j.until("the review is saved", func() bool { return newest[workflow.Review](j, workflow.NounReview).Comment == "Half a thought." })
	j.as(staff[workflow.Reviewer])
	j.open(review)
	for _, name := range []string{"comment", "scores." + workflow.Rubric[0].Name} {
		if got := j.value(fmt.Sprintf("document.querySelector('form[action$=\"/actions/submit\"] [name=%q]').value", name)); got != "Half a thought." && got != "77" {
			t.Errorf("after signing out, %s is %q", name, got)
		}
	}
	j.act(review, "submit", scores)

	j.as(staff[workflow.ProgramOfficer])
	j.act(page, "recommend", map[string]string{"amount": "148500.00"})
	j.as(staff[workflow.SelectingOfficial])
	j.act(page, "award", map[string]string{"amount": "148500.00"})
	award := newest[workflow.Award](j, workflow.NounAward)
	awardPage := fmt.Sprintf("/awards/%d", award.ID)

	j.as(aor)
	j.make(fmt.Sprintf("/organizations/%d", company), "bank-accounts", map[string]string{"routing": "021000021", "account": "000123456789",
		"holder": "Halcyon Pumpworks AI"})
	account := newest[workflow.BankAccount](j, workflow.NounBankAccount)
	j.as(checker)
	j.act(fmt.Sprintf("/bank-accounts/%d", account.ID), "verify", map[string]string{"method": "call_back"})
	j.as(aor)
	j.act(awardPage, "accept", nil)
	j.as(staff[workflow.GrantsOfficer])
	j.act(awardPage, "countersign", nil)

	claim := j.claims(w, aor, staff, &award)
	j.pays(staff, certifier)

	if got := newest[workflow.Claim](j, workflow.NounClaim); got.ID != claim || got.State != workflow.Approved {
		t.Errorf("the claim is %s", got.State)
	}
	if ok, err := j.house.db.Verify(t.Context(), func(c models.Check) {
		for _, p := range c.Problems {
			t.Errorf("%s: %s", c.Name, p)
		}
	}); !ok || err != nil {
		t.Errorf("audit log: %v, %v", ok, err)
	}
}

// applies drafts in sections, comes back, and submits; start is what the form asks
// for to begin.
func (j *journey) applies(w *enginetest.World, aor string, start map[string]string) {
	j.t.Helper()
	j.as(aor)
	j.make(fmt.Sprintf("/opportunities/%d", w.Opportunity), "applications", start)
	app := newest[workflow.Application](j, workflow.NounApplication)
	edit := fmt.Sprintf("/applications/%d/edit", app.ID)
	for _, section := range j.sections(edit) {
		j.open(edit + "/" + section)
		form := fmt.Sprintf(`form[action="%s/%s"]`, edit, section)
		values := map[string]string{}
		for name, value := range map[string]string{"title": "Predictive maintenance", "summary": "Pumps fail unseen.", "approach": "Sensors.",
			"outcome": "Less downtime.", "requested": "$148,500.00", "months": "12", "certified": "1"} {
			if j.value(fmt.Sprintf("String(document.querySelector(%q) !== null)", fmt.Sprintf("%s [name=%q]", form, name))) == "true" {
				values[name] = value
			}
		}
		j.fill(form, values)
		if button := form + ` button[value="next"]`; j.value(fmt.Sprintf("String(document.querySelector(%q) !== null)", button)) == "true" {
			j.press(button)
		}
	}
	j.press(`form[action^="/applications/"] button[value="submit"], form[action$="/actions/submit"] button[type=submit]`)
	if got := newest[workflow.Application](j, workflow.NounApplication); got.SubmittedAt.IsZero() {
		j.t.Fatalf("not submitted, it is %s:\n%s", got.State, j.text("main"))
	}
}

// sections reads from the form which parts it has; the last is where it is submitted.
func (j *journey) sections(edit string) (out []string) {
	j.t.Helper()
	j.open(edit)
	list := j.value(fmt.Sprintf(`JSON.stringify([...new Set([location.pathname, ...[...document.querySelectorAll('a[href^="%s/"]')].map(a => a.pathname)])])`, edit))
	var paths []string
	if err := json.Unmarshal([]byte(list), &paths); err != nil {
		j.t.Fatal(err)
	}
	for _, p := range paths {
		if rest, ok := strings.CutPrefix(p, edit+"/"); ok {
			out = append(out, rest)
		}
	}
	return out
}

// claims claims the first tranche, has it verified and approved, and returns the claim.
func (j *journey) claims(w *enginetest.World, aor string, staff map[workflow.Role]string, award *workflow.Award) workflow.ID {
	j.t.Helper()
	list, err := models.Records[workflow.Tranche](j.t.Context(), j.house.db.Reader, &models.Viewer{System: true}, workflow.NounTranche,
		models.Filter{Where: map[string]workflow.ID{"award_id": award.ID}})
	if err != nil {
		j.t.Fatal(err)
	}
	first := list[len(list)-1]
	j.as(aor)
	start := fmt.Sprintf("/awards/%d/claims/new", award.ID)
	j.open(start)
	form := fmt.Sprintf(`form[action^=%q]`, start)
	j.fill(form, map[string]string{"tranche": first.ID.String(), "kind": "fixed_amount", "amount": first.Amount.String(), "narrative": "Delivered."})
	j.press(form + ` button[type=submit]`)
	claim := newest[workflow.Claim](j, workflow.NounClaim)
	j.open(fmt.Sprintf("/claims/%d/check", claim.ID))
	j.press(`form[action*="/claims/"] button[value="submit"], form[action$="/check"] button[type=submit]`)
	page := fmt.Sprintf("/claims/%d", claim.ID)
	j.as(staff[workflow.ProgramOfficer])
	j.act(page, "verify", map[string]string{"accepted": "1"})
	j.as(staff[workflow.GrantsOfficer])
	j.act(page, "approve", nil)
	return claim.ID
}

// pays takes the payment through a batch to the bank file, which is downloaded
// and read.
func (j *journey) pays(staff map[workflow.Role]string, certifier string) {
	j.t.Helper()
	payment := newest[workflow.Payment](j, workflow.NounPayment)
	j.as(staff[workflow.FinancePreparer])
	j.open("/batches/new")
	form := `form[action^="/batches"]`
	j.fill(form, map[string]string{"effective": workflow.DateOf(j.house.now().AddDate(0, 0, 7)).String()})
	j.press(form + " button[type=submit]")
	batch := newest[workflow.Batch](j, workflow.NounBatch)
	page := fmt.Sprintf("/batches/%d", batch.ID)
	j.act(page, "submit", nil)

	j.as(certifier)
	j.open(page)
	if text := j.text("main"); strings.Contains(text, payment.Amount.Dollars()) {
		j.t.Errorf("the total to be typed stands on the certifier's page:\n%s", text)
	}
	j.act(page, "approve", map[string]string{"total": payment.Amount.String()})
	j.as(staff[workflow.FinanceReleaser])
	j.act(page, "export", nil)

	batch = newest[workflow.Batch](j, workflow.NounBatch)
	if batch.State != workflow.Exported || batch.Total != payment.Amount || batch.Count != 1 {
		j.t.Errorf("batch %+v", batch)
	}
	file := j.value(fmt.Sprintf(`(async () => (await (await fetch("/api/v1/batches/%d/files/nacha")).text()))()`, batch.ID))
	r := ach.NewReader(strings.NewReader(file))
	entry, err := r.Next()
	if err != nil {
		j.t.Fatalf("bank file: %v\n%s", err, file)
	}
	if entry.Amount != payment.Amount || entry.Account != "000123456789" {
		j.t.Errorf("the bank file pays %+v", entry)
	}
	if status := status(j.t, j.base+fmt.Sprintf("/api/v1/batches/%d/files/nacha", batch.ID)); status != http.StatusUnauthorized {
		j.t.Errorf("somebody who is not signed in gets the file: %d", status)
	}
}
