package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/workflow"
)

// everyPath lists one address of each page of the staff.
func everyPath(h *house, c *enginetest.Case, review, claim, payment, batch, hold workflow.ID) map[string]string {
	return map[string]string{
		"desk": "/desk", "queue": "/applications", "case": pathOf(workflow.NounApplication, c.Application), "answers": pathOf(workflow.NounApplication, c.Application) + "?tab=application",
		"history": pathOf(workflow.NounApplication, c.Application) + "?tab=history", "reviews": "/reviews", "review": pathOf(workflow.NounReview, review),
		"awards": "/awards", "award": pathOf(workflow.NounAward, c.Award), "claims": "/claims", "claim": pathOf(workflow.NounClaim, claim),
		"payments": "/payments", "payment": pathOf(workflow.NounPayment, payment), "batches": "/batches", "new batch": "/batches/new",
		"batch": pathOf(workflow.NounBatch, batch), "holds": "/holds", "hits": "/hits", "hold": pathOf(workflow.NounHold, hold), "people": "/people", "invite": "/people/new",
		"account": pathOf(workflow.NounBankAccount, c.Account), "fund": pathOf(workflow.NounFund, h.Fund), "person": pathOf(workflow.NounPerson, h.People[workflow.ProgramOfficer]),
	}
}

func TestEachRoleOpensThePagesOfItsDuty(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(900_00).Submit()
	review := c.ReviewBy(h.Reviewers[0])
	c.Recommend().Awarded().Bank().Active()
	claim, payment := c.Claim(0)
	batch := h.newBatch(payment)
	hold := h.hold(workflow.NounOrganization, h.Organization("Held Inc.", 1_00), "Bank details are being checked.", false)
	paths := everyPath(h, c, review, claim, payment, batch, hold)
	const most = "queue case answers history reviews awards award claims claim payments payment batches batch holds hits hold account fund"
	const all = "desk " + most
	for role, opens := range map[workflow.Role]string{
		workflow.ProgramOfficer: all + " review person", workflow.SelectingOfficial: all + " review", workflow.GrantsOfficer: all + " review",
		workflow.ProgramLead: all + " review", workflow.FinancePreparer: all + " review:batch new", workflow.FinanceCertifier: all + " review",
		workflow.FinanceReleaser: all + " review", workflow.Auditor: most + " review person people", workflow.Admin: most + " review person people invite",
		workflow.Reviewer: "desk queue case answers history reviews review awards award claims claim payments payment batches holds",
	} {
		opens = strings.ReplaceAll(opens, ":batch new", " new_batch")
		b := h.as(role)
		for name, path := range paths {
			want := http.StatusNotFound
			if slices.Contains(strings.Fields(opens), strings.ReplaceAll(name, " ", "_")) {
				want = http.StatusOK
			} else if name == "people" {
				want = http.StatusSeeOther // to one's own page
			}
			b.page = b.ask("GET", path, nil)
			if b.page.status != want {
				t.Errorf("%s: the page %s answers %d, want %d", role, path, b.page.status, want)
			} else if want == http.StatusOK {
				b.sound()
			}
		}
	}
	for name, path := range paths {
		if a := h.browser().ask("GET", path, nil); a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/sign-in?") {
			t.Errorf("nobody: the page %s answers %d", name, a.status)
		}
	}
}

// newBatch makes and submits a batch of payments.
func (h *house) newBatch(payments ...workflow.ID) workflow.ID {
	h.t.Helper()
	var list []string
	for _, p := range payments {
		list = append(list, p.String())
	}
	id := h.Must(workflow.NounBatch, workflow.ActCreate, h.Program, h.As(workflow.FinancePreparer),
		enginetest.Date("effective", workflow.DateOf(h.Now()).AddDays(2)), enginetest.Text("payments", strings.Join(list, ","))).ID
	h.Act(h.As(workflow.FinancePreparer), workflow.NounBatch, id, workflow.ActSubmit)
	return id
}

func (h *house) hold(noun workflow.Noun, id workflow.ID, reason string, restricted bool) workflow.ID {
	h.t.Helper()
	in := []workflow.Input{enginetest.Text("subject", noun.String()), enginetest.Int("subject_id", int64(id)), enginetest.Text("reason", reason),
		enginetest.Date("next_look", workflow.DateOf(h.Now()).AddDays(9))}
	if restricted {
		in = append(in, enginetest.Int("restricted", 1))
	}
	return h.Must(workflow.NounHold, workflow.ActPlace, 0, h.As(workflow.FinanceCertifier), in...).ID
}

var number = regexp.MustCompile(`\d+`)

// counted reads the number at the beginning of the line above a list.
func (a *answer) counted(t *testing.T) int {
	t.Helper()
	lines := a.class("count")
	if len(lines) != 1 {
		t.Fatalf("%s has the counts %q", a.path, lines)
	}
	n, err := strconv.Atoi(number.FindString(lines[0]))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// rows counts the rows of the table.
func (d doc) rows() (n int) {
	for _, e := range d.nodes {
		if e.Data == "th" && e.attr("scope") == "row" {
			n++
		}
	}
	return n
}

// links returns the addresses and texts of the links whose address begins with prefix.
func (d doc) links(prefix string) map[string]string {
	out := map[string]string{}
	for _, e := range d.nodes {
		if e.Data == "a" && strings.HasPrefix(e.attr("href"), prefix) {
			out[e.attr("href")] = strings.Join(strings.Fields(e.text()), " ")
		}
	}
	return out
}

func TestTheQueuesTabsCountWhatTheyShow(t *testing.T) {
	h := newHouse(t, nil)
	for i := range 7 {
		c := h.NewCase(fmt.Sprintf("Company %d", i), workflow.Cents(i%3+1)*1_000_00).Submit()
		if i%2 == 0 {
			c.Review()
		}
		if i%4 == 0 {
			c.Recommend()
		}
	}
	h.NewCase("Not Yet LLC", 1_00)
	for _, role := range []workflow.Role{workflow.ProgramOfficer, workflow.SelectingOfficial, workflow.ProgramLead, workflow.Auditor, workflow.Reviewer} {
		b := h.as(role)
		tabs := b.visit("/applications").links("/applications?view=")
		seen := 0
		for at, text := range tabs {
			if b.ask("GET", at, nil).id("q") == nil {
				t.Fatalf("%s leads to no queue", at)
			}
			words := strings.Fields(text)
			want, err := strconv.Atoi(number.FindString(words[len(words)-1]))
			if err != nil || strings.Contains(at, "sort=") || strings.Contains(at, "dir=") {
				continue // the head of a column
			}
			seen++
			page := b.visit(at)
			if got := page.counted(t); got != want || page.rows() != want {
				t.Errorf("%s: the tab %q leads to %d cases and %d rows", role, text, got, page.rows())
			}
			b.sound()
		}
		if seen < 2 {
			t.Errorf("%s has %d tabs: %v", role, seen, tabs)
		}
	}
}

func TestTheAddressOfTheQueueIsItsFilter(t *testing.T) {
	h := newHouse(t, nil)
	for i, name := range []string{"Alpha Labs", "Beta Labs", "Gamma Works"} {
		h.NewCase(name, workflow.Cents(i+1)*1_000_00).Submit()
	}
	b := h.as(workflow.ProgramOfficer)
	page := b.visit("/applications?view=all&q=labs&sort=requested&dir=desc&state=in_review")
	if got, want := page.class("ttl"), 2; page.counted(t) != want || len(got) != want || !strings.Contains(page.class("count")[0], "$3,000.00") {
		t.Errorf("the filter finds %q, %q", got, page.class("count"))
	}
	if text := page.text("tbody"); strings.Index(text, "Beta") > strings.Index(text, "Alpha") {
		t.Error("the larger request does not come first")
	}
	if chips := page.class("chip"); len(chips) != 2 {
		t.Errorf("the filters in force are %q", chips)
	}
	page = b.visit("/applications?view=lost&q=labs&sort=color&state=in_review&state=asleep&track=pilot&dir=up&after=x")
	note := strings.Join(page.class("note"), " ")
	for _, left := range []string{"view=lost", "sort=color", "state=asleep", "track=pilot", "dir=up", "after=x"} {
		if !strings.Contains(note, "“"+left+"”") {
			t.Errorf("%s is not named: %q", left, note)
		}
	}
	if page.status != http.StatusOK || page.counted(t) != 2 {
		t.Errorf("what is known does not count any more: %d, %q", page.status, page.class("count"))
	}
	page = b.visit("/applications?view=all&q=" + url.QueryEscape(`<b>"nobody"`))
	if page.counted(t) != 0 || len(page.class("empty")) != 1 {
		t.Errorf("nothing is found, and told %q", page.class("empty"))
	}
	b.sound()
}

func TestPagesOfTheQueueFollowEachOther(t *testing.T) {
	h := newHouse(t, nil)
	for i := range 53 {
		h.NewCase(fmt.Sprintf("Company %02d", i), workflow.Cents(i%2+1)*1_000_00).Submit()
	}
	b := h.as(workflow.ProgramOfficer)
	page := b.visit("/applications?view=all&sort=requested")
	seen := map[string]bool{}
	for range 3 {
		for at := range page.links("/applications/") {
			if at != "/applications/next" && seen[at] {
				t.Errorf("%s stands on two pages", at)
			}
			seen[at] = true
		}
		next := ""
		for _, n := range page.nodes {
			if n.Data == "a" && n.attr("rel") == "next" {
				next = n.attr("href")
			}
		}
		if next == "" {
			break
		}
		page = b.visit(next)
	}
	delete(seen, "/applications/next")
	if len(seen) != 53 || page.counted(t) != 53 {
		t.Errorf("the pages show %d cases and say %q", len(seen), page.class("count"))
	}
}

func TestTheRevenueIsCheckedFirstWithEachNumberAndItsSource(t *testing.T) {
	h := newHouse(t, nil)
	c := h.NewCase("Child Robotics LLC", 2_000_00)
	parent := h.Organization("Parent Holdings Corp.", 60_000_000_00)
	h.Must(workflow.NounAffiliation, workflow.ActCreate, 0, nil, enginetest.Int("owner", int64(parent)), enginetest.Int("owned", int64(c.Company)),
		enginetest.Int("share", 80_00), enginetest.Date("since", workflow.DateOf(h.Now()).AddDays(-900)))
	c.Submit()
	b := h.as(workflow.ProgramOfficer)
	page := b.visit(pathOf(workflow.NounApplication, c.Application))
	card := page.class("rev")
	if len(card) != 1 {
		t.Fatalf("the page has %d cards for the revenue", len(card))
	}
	for _, want := range []string{"$61,000,000.00", "$100,000,000.00", "$39,000,000.00", "Child Robotics LLC", "Parent Holdings Corp.", "80%", "FY 2025",
		"Self-certified", "$60,000,000.00", "$1,000,000.00", "revenue/3", "Last completed fiscal year", "Applicant"} {
		if !strings.Contains(strings.ToLower(card[0]), strings.ToLower(want)) {
			t.Errorf("the card does not tell %q: %s", want, card[0])
		}
	}
	if cards := page.class("card"); slices.IndexFunc(cards, func(s string) bool { return strings.HasPrefix(s, "Revenue") }) > 1 {
		t.Errorf("the revenue is not the first card: %q", cards)
	}
	b.sound()
}

func TestAnOfficerAReviewerAndAnOfficialDecideOnTheirPages(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(148_500_00).Submit()
	at := pathOf(workflow.NounApplication, c.Application)
	officer := h.as(workflow.ProgramOfficer)
	page := officer.visit(at)
	if page.form(at+"/actions/recommend") != nil || !strings.Contains(strings.Join(page.class("barred"), ""), "0 of 1 reviews are in") {
		t.Errorf("without a review it can be recommended: %q", page.class("barred"))
	}
	officer.send("/reviews", map[string]string{"reviewer": h.Reviewers[1].String()})
	if got := officer.page.class("flash"); len(got) != 1 {
		t.Fatalf("the invitation gives %d %q", officer.page.status, officer.page.text("h1"))
	}
	reviewer := h.signedIn(h.Reviewers[1])
	reviewer.visit("/reviews")
	var review string
	for link := range reviewer.page.links("/reviews/") {
		review = link
	}
	reviewer.visit(review)
	if text := reviewer.page.text("main"); strings.Contains(text, "Sensors and a compact model") {
		t.Error("the application is open before conflicts are declared")
	}
	reviewer.send(review+"/actions/accept", map[string]string{"no_conflict": Checked})
	if text := reviewer.page.text("main"); !strings.Contains(text, "Sensors and a compact model") {
		t.Error("the application stays closed")
	}
	draft := reviewer.filled(review+"/actions/submit", map[string]string{"scores.technical_merit": "70"})
	reviewer.page = reviewer.follow(reviewer.ask("POST", review+"/actions/save", draft))
	if form := reviewer.filled(review+"/actions/submit", nil); form.Get("scores.technical_merit") != "70" || form.Get("scores.team") != "" {
		t.Errorf("the saved review comes back as %v", form)
	}
	reviewer.send(review+"/actions/submit", map[string]string{"scores.technical_merit": "170", "scores.impact": "80", "scores.team": "60", "scores.plan": "90", "comment": "Sound."})
	if reviewer.page.status != http.StatusUnprocessableEntity || len(reviewer.page.class("err")) != 1 {
		t.Errorf("170 points give %d and %q", reviewer.page.status, reviewer.page.class("err"))
	}
	reviewer.send(review+"/actions/submit", map[string]string{"scores.technical_merit": "70"})
	reviewer.sound()
	page = officer.visit(at)
	if mean := page.class("mean"); len(mean) != 1 || !strings.Contains(mean[0], "73.0") {
		t.Errorf("the mean is %q", mean)
	}
	if form := officer.filled(at+"/actions/recommend", nil); form.Get("amount") != "148500.00" {
		t.Errorf("the form begins with %q", form.Get("amount"))
	}
	officer.send(at+"/actions/recommend", map[string]string{"amount": "148,500.01"})
	if page := officer.page; page.status != http.StatusUnprocessableEntity || len(page.class("err")) != 1 || page.id("recommend-amount").attr("value") != "148,500.01" {
		t.Errorf("too much gives %d and %q", page.status, page.class("err"))
	}
	officer.send(at+"/actions/recommend", map[string]string{"amount": "$148,000.00", "note": "Ask for a data plan."})
	official := h.as(workflow.SelectingOfficial)
	official.visit("/applications/next")
	if official.page.path != at || !strings.Contains(official.page.text("main"), "Ask for a data plan.") {
		t.Errorf("the next case is %s", official.page.path)
	}
	official.sound()
	official.send(at+"/actions/award", nil)
	if got := stored[workflow.Application](h, workflow.NounApplication, c.Application); got.State != workflow.Awarded || got.Awarded != 148_000_00 {
		t.Errorf("the application is %s with %s", got.State, got.Awarded)
	}
}

func TestFourEyesGetTheReasonInPlaceOfTheButton(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(1_000_00).Submit().Review().Recommend()
	both := h.People[workflow.ProgramOfficer]
	h.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(both)), enginetest.Text("role", workflow.SelectingOfficial.String()),
		enginetest.Int("program", int64(h.Program)))
	at := pathOf(workflow.NounApplication, c.Application)
	b := h.signedIn(both)
	page := b.visit(at)
	if page.form(at+"/actions/award") != nil {
		t.Error("who recommended may award")
	}
	if got := strings.Join(page.class("barred"), " "); !strings.Contains(got, "Make the award") || !strings.Contains(got, "You recommended this") {
		t.Errorf("the reason is %q", got)
	}
	if other := h.as(workflow.SelectingOfficial).visit(at); other.form(at+"/actions/award") == nil {
		t.Error("somebody else may not award either")
	}
}

// traces lists what a case must leave nowhere.
func (h *house) traces(c *enginetest.Case) []string {
	a := stored[workflow.Application](h, workflow.NounApplication, c.Application)
	o := stored[workflow.Organization](h, workflow.NounOrganization, c.Company)
	return []string{a.Number, o.LegalName, pathOf(workflow.NounApplication, a.ID), pathOf(workflow.NounOrganization, o.ID), a.Requested.Dollars()}
}

func TestWhoStoodAsideFindsNoTraceOnAnyPage(t *testing.T) {
	h := newHouse(t, nil)
	gone, kept := h.NewCase("Vanishing Robotics", 77_777_77).Submit(), h.NewCase("Visible Robotics", 11_111_11).Submit()
	person := h.Reviewers[1]
	review := gone.ReviewBy(person)
	other := kept.Invite(person)
	b := h.signedIn(person)
	if !strings.Contains(b.visit("/applications?view=all").body, "Vanishing Robotics") {
		t.Fatal("the case is not there to begin with")
	}
	b.visit(pathOf(workflow.NounReview, review))
	b.send(pathOf(workflow.NounReview, review)+"/actions/recuse", map[string]string{"note": "My cousin works there."})
	gone.Review()
	gone.Recommend().Awarded().Bank().Active()
	claim, payment := gone.Claim(0)
	for _, path := range []string{pathOf(workflow.NounApplication, gone.Application), pathOf(workflow.NounApplication, gone.Application) + "?tab=history",
		pathOf(workflow.NounReview, review), pathOf(workflow.NounAward, gone.Award), pathOf(workflow.NounClaim, claim), pathOf(workflow.NounPayment, payment)} {
		theirs, missing := b.ask("GET", path, nil), b.ask("GET", number.ReplaceAllString(path, "999999"), nil)
		if theirs.status != http.StatusNotFound || theirs.body != missing.body {
			t.Errorf("%s answers %d, or in other words than a missing page", path, theirs.status)
		}
	}
	pages := b.crawl("/", "/applications?view=all", "/applications?view=all&q=Vanishing", "/applications?view=all&sort=requested&dir=desc", "/reviews",
		"/awards", "/awards?q=Vanishing", "/claims", "/payments", "/payments?q=Vanishing", "/batches", "/holds", pathOf(workflow.NounReview, other))
	if len(pages) < 15 {
		t.Errorf("only %d pages were looked at", len(pages))
	}
	for path, page := range pages {
		for _, trace := range h.traces(gone) {
			// What was searched for comes back in the search box.
			if strings.Contains(strings.ReplaceAll(page.text("main"), "Vanishing ", ""), trace) || strings.Contains(page.body, `href="`+trace+`"`) {
				t.Errorf("%s tells %q", path, trace)
			}
		}
	}
	if q := b.visit("/applications?view=all"); q.counted(t) != 1 || q.rows() != 1 || !strings.Contains(q.class("count")[0], "$11,111.11") {
		t.Errorf("the queue counts %q", q.class("count"))
	}
}

// crawl visits the addresses and every page of ours that they lead to.
func (b *browser) crawl(from ...string) map[string]*answer {
	pages := map[string]*answer{}
	for len(from) > 0 {
		at, _, _ := strings.Cut(from[0], "#")
		from = from[1:]
		if pages[at] != nil || strings.HasPrefix(at, "/static/") || strings.Contains(at, "lang=") || !strings.HasPrefix(at, "/") {
			continue
		}
		page := b.follow(b.ask("GET", at, nil))
		pages[at] = page
		from = append(from, slices.Sorted(maps.Keys(page.links("/")))...)
	}
	return pages
}

func TestAReviewerReadsTheProposalAndNothingOfTheStaff(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(5_000_00).Submit()
	c.ReviewBy(h.Reviewers[0])
	own := c.Invite(h.Reviewers[1])
	h.Act(h.Viewer(h.Reviewers[1]), workflow.NounReview, own, workflow.ActAccept, enginetest.Int("no_conflict", 1))
	h.Act(h.As(workflow.ProgramOfficer), workflow.NounApplication, c.Application, workflow.ActRecommend, enginetest.Cents("amount", 4_321_00), enginetest.Text("note", "Between us."))
	b := h.signedIn(h.Reviewers[1])
	for _, tab := range []string{"", "?tab=application", "?tab=history"} {
		page := b.visit(pathOf(workflow.NounApplication, c.Application) + tab)
		if page.status != http.StatusOK {
			t.Fatalf("%s answers %d", tab, page.status)
		}
		for _, secret := range []string{"Between us", "4,321", "80.0", "Sound.", "program_officer", "$100,000,000.00", "Recommended for award"} {
			if strings.Contains(page.text("main"), secret) {
				t.Errorf("the page %q tells a reviewer %q", tab, secret)
			}
		}
		b.sound()
	}
	q := b.visit("/applications?sort=score")
	if strings.Contains(q.text("tbody"), "80.0") || len(q.class("note")) != 1 {
		t.Errorf("the queue is sorted by what others gave: %q", q.class("note"))
	}
}

// formats writes an amount in every way that people write it.
func formats(c workflow.Cents) []string {
	plain, grouped := c.String(), strings.TrimPrefix(c.Dollars(), "$")
	whole, _, _ := strings.Cut(plain, ".")
	groups, _, _ := strings.Cut(grouped, ".")
	return []string{plain, grouped, whole, groups, strings.ReplaceAll(groups, ",", " "), strings.ReplaceAll(grouped, ",", "."), strconv.FormatInt(int64(c), 10)}
}

func TestTheTotalStandsNowhereOnThePageOfWhoTypesIt(t *testing.T) {
	h := newHouse(t, nil)
	_, one := h.NewCase("Payee One", 33_333_33*3).To().Claim(0)
	_, two := h.NewCase("Payee Two", 44_444_44*3).To().Claim(0)
	_, alone := h.NewCase("Payee Alone", 77_123_45*3).To().Claim(0)
	for name, id := range map[string]workflow.ID{"two payments": h.newBatch(one, two), "one payment": h.newBatch(alone)} {
		batch := stored[workflow.Batch](h, workflow.NounBatch, id)
		at := pathOf(workflow.NounBatch, id)
		// Somebody tells the total in a note.
		h.Act(h.As(workflow.FinanceReleaser), workflow.NounBatch, id, workflow.ActReturn, enginetest.Text("note", "The total is "+batch.Total.Dollars()))
		h.Act(h.As(workflow.FinancePreparer), workflow.NounBatch, id, workflow.ActSubmit)
		certifier, preparer := h.as(workflow.FinanceCertifier), h.as(workflow.FinancePreparer)
		for _, path := range []string{at, at + "?lang=zh-TW", at + "?after=1", "/batches"} {
			page := certifier.visit(path)
			certifier.sound()
			for _, text := range formats(batch.Total) {
				if strings.Contains(page.body, text) {
					t.Errorf("%s: %s tells the total as %q", name, path, text)
				}
			}
		}
		if !strings.Contains(preparer.visit(at).text("main"), batch.Total.Dollars()) {
			t.Errorf("%s: the preparer does not read the total %s", name, batch.Total.Dollars())
		}
		certifier.visit(at)
		certifier.send(at+"/actions/approve", map[string]string{"total": "1.00"})
		if certifier.page.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: another total gives %d", name, certifier.page.status)
		}
		for _, text := range formats(batch.Total) {
			if strings.Contains(certifier.page.body, text) {
				t.Errorf("%s: the answer to another total tells it as %q", name, text)
			}
		}
		register := certifier.visit("/payments?batch=" + id.String())
		if !strings.Contains(register.class("count")[0], batch.Total.Dollars()) {
			t.Errorf("%s: the register says %q", name, register.class("count"))
		}
		certifier.visit(at)
		certifier.send(at+"/actions/approve", map[string]string{"total": batch.Total.String()})
		if got := stored[workflow.Batch](h, workflow.NounBatch, id); got.State != workflow.Approved {
			t.Errorf("%s: the right total leads to %s", name, got.State)
		}
		if !strings.Contains(certifier.page.text("main"), batch.Total.Dollars()) {
			t.Errorf("%s: after the approval the total is still not told", name)
		}
	}
}

func TestABatchIsMadeOfTheBoxesThatAreTicked(t *testing.T) {
	h := newHouse(t, nil)
	_, in := h.NewCase("Taken Corp.", 3_000_00).To().Claim(0)
	_, left := h.NewCase("Left Corp.", 6_000_00).To().Claim(0)
	_, held := h.NewCase("Waiting Corp.", 9_000_00).To().Claim(0)
	h.Act(h.As(workflow.FinanceCertifier), workflow.NounPayment, held, workflow.ActHold, enginetest.Text("note", "The call-back is open."))
	b := h.as(workflow.FinancePreparer)
	b.visit("/batches/new")
	b.sound()
	if text := strings.Join(b.page.class("checks"), " "); !strings.Contains(text, "Waiting Corp.") || !strings.Contains(text, "The call-back is open.") {
		t.Errorf("held back: %q", text)
	}
	form := b.filled("/batches", nil)
	if got := form["payments"]; !slices.Equal(got, []string{noBox, in.String(), left.String()}) {
		t.Fatalf("ticked at first: %q", got)
	}
	form["payments"] = []string{noBox}
	b.page = b.follow(b.ask("POST", "/batches", form))
	if b.page.status != http.StatusUnprocessableEntity || !strings.Contains(b.page.id("errors").text(), "Choose at least one payment") {
		t.Fatalf("no box gives %d", b.page.status)
	}
	b.sound()
	form = b.filled("/batches", nil)
	if got := form["payments"]; !slices.Equal(got, []string{noBox}) {
		t.Errorf("boxes that nobody ticked come back ticked: %q", got)
	}
	form["payments"] = []string{noBox, in.String()}
	b.page = b.follow(b.ask("POST", "/batches", form))
	if b.page.status != http.StatusOK || !strings.Contains(b.page.text("tbody"), "Taken Corp.") || strings.Contains(b.page.text("tbody"), "Left Corp.") {
		t.Fatalf("the batch page %s answers %d", b.page.path, b.page.status)
	}
	b.sound()
	b.send(pathOf(workflow.NounPayment, in)+"/actions/drop", nil)
	if got := stored[workflow.Payment](h, workflow.NounPayment, in); got.State != workflow.Ready {
		t.Errorf("taken out, the payment is %s", got.State)
	}
}

// exporting gives the house an engine whose exports have files.
func exporting(h *house, files map[string][]byte) {
	h.Engine.Prepare = map[engine.Act]engine.Preparer{{Noun: workflow.NounBatch, Action: workflow.ActExport}: func(ctx context.Context, c *workflow.Command) error {
		from, err := h.DB.Disbursing(ctx, c.ID)
		if err != nil {
			return err
		}
		var traces []string
		for i := range from.Members {
			traces = append(traces, fmt.Sprintf("02100002%07d", i+1))
		}
		c.Inputs = append(c.Inputs, enginetest.Text("members", from.Batch.Members), enginetest.Text("entry_hash", from.Batch.EntryHash), enginetest.Text("traces", strings.Join(traces, ",")))
		for name, body := range files {
			sum, err := h.DB.StoreDocument(ctx, body, h.Now())
			if err != nil {
				return err
			}
			c.Inputs = append(c.Inputs, enginetest.Text(name, sum))
		}
		return nil
	}}
}

func TestFilesAreGivenOutAsTheyWereStoredAndNeverAltered(t *testing.T) {
	h := newHouse(t, nil)
	files := map[string][]byte{"file": []byte("101 021000021\n"), "register": []byte("\xef\xbb\xbfpayment\r\n")}
	exporting(h, files)
	_, payment := h.NewCase("Payee Corp.", 3_000_00).To().Claim(0)
	id := h.newBatch(payment)
	batch := stored[workflow.Batch](h, workflow.NounBatch, id)
	h.Act(h.As(workflow.FinanceCertifier), workflow.NounBatch, id, workflow.ActApprove, enginetest.Cents("total", batch.Total))
	at := pathOf(workflow.NounBatch, id)
	b := h.as(workflow.FinanceReleaser)
	b.visit(at)
	if len(b.page.links(at+"/files/")) != 0 || b.ask("GET", at+"/files/nacha", nil).status != http.StatusNotFound {
		t.Error("there are files before the export")
	}
	b.send(at+"/actions/export", nil)
	if links := b.page.links(at + "/files/"); len(links) != 2 {
		t.Fatalf("after the export the page %d offers %v", b.page.status, links)
	}
	b.sound()
	for name, want := range map[string][]byte{"nacha": files["file"], "register": files["register"]} {
		for range 2 {
			a := b.ask("GET", at+"/files/"+name, nil)
			if a.status != http.StatusOK || a.body != string(want) || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment; filename="+batch.Number) ||
				!strings.Contains(a.header.Get("Content-Security-Policy"), "sandbox") || a.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %d %v %q", name, a.status, a.header, a.body)
			}
		}
		sum := sha256.Sum256(want)
		if !strings.Contains(b.page.body, hex.EncodeToString(sum[:])) {
			t.Errorf("the page does not tell the sum of %s", name)
		}
	}
	if n := strings.Count(h.log.String(), `"msg":"file downloaded"`); n != 4 {
		t.Errorf("%d downloads are logged, want 4", n)
	}
	certifier := h.as(workflow.FinanceCertifier)
	if a := certifier.ask("GET", at+"/files/nacha", nil); a.status != http.StatusForbidden {
		t.Errorf("a certifier gets %d for the bank's file", a.status)
	}
	if a := certifier.ask("GET", at+"/files/register", nil); a.status != http.StatusOK {
		t.Errorf("a certifier gets %d for the register", a.status)
	}
	for _, name := range []string{"lost", "..%2fnacha"} {
		if a := b.ask("GET", at+"/files/"+name, nil); a.status != http.StatusNotFound {
			t.Errorf("the file %s answers %d", name, a.status)
		}
	}
	h.alter(stored[workflow.Batch](h, workflow.NounBatch, id).File)
	a := b.ask("GET", at+"/files/nacha", nil)
	if a.status != http.StatusInternalServerError || !strings.Contains(a.text("main"), "SHA-256 sum differs") || strings.Contains(a.body, "101 021") {
		t.Errorf("altered bytes give %d %q", a.status, a.text("main"))
	}
	if !strings.Contains(h.log.String(), `"msg":"file not released"`) {
		t.Error("nobody logs that the file was altered")
	}
}

// alter changes a stored document as somebody with the database in hand could.
func (h *house) alter(sum string) {
	h.t.Helper()
	for _, statement := range []string{"DROP TRIGGER IF EXISTS documents_fixed_update", "UPDATE documents SET body = CAST(body || 'x' AS BLOB) WHERE sum = '" + sum + "'"} {
		if _, err := h.DB.Pool().Exec(statement); err != nil {
			h.t.Fatal(err)
		}
	}
}

func TestARestrictedHoldIsInProgressToOthers(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(1_000_00).Submit()
	hold := h.hold(workflow.NounApplication, c.Application, "The founder is under investigation.", true)
	at := pathOf(workflow.NounApplication, c.Application)
	for role, knows := range map[workflow.Role]bool{workflow.ProgramOfficer: false, workflow.SelectingOfficial: false, workflow.FinanceCertifier: true, workflow.SecurityReviewer: true} {
		b := h.as(role)
		for _, path := range []string{at, "/holds"} {
			if text := b.visit(path).text("main"); strings.Contains(text, "investigation") != knows || !knows && !strings.Contains(text, "In progress") {
				t.Errorf("%s at %s, knows the reason %t: %q", role, path, !knows, b.page.class("note"))
			}
		}
		if text := b.visit(pathOf(workflow.NounHold, hold)).text("main"); strings.Contains(text, "investigation") != knows {
			t.Errorf("the page of the hold tells %s: %q", role, text)
		}
	}
}

func TestAHoldIsPlacedOnTheCaseAndStopsIt(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(1_000_00).Submit().Review()
	at := pathOf(workflow.NounApplication, c.Application)
	b := h.as(workflow.ProgramOfficer)
	b.visit(at)
	b.send("/holds", map[string]string{"next_look": "2020-01-01", "reason": "Check the address."})
	if b.page.status != http.StatusUnprocessableEntity || b.page.text("h1") == "" || b.page.form(at+"/actions/recommend") == nil {
		t.Fatalf("a day in the past gives %d %q", b.page.status, b.page.text("h1"))
	}
	b.send("/holds", map[string]string{"next_look": "2026-12-01", "reason": "Check the address."})
	if b.page.status != http.StatusOK {
		t.Fatalf("the hold gives %d %q", b.page.status, b.page.text("main"))
	}
	page := b.visit(at)
	if page.form(at+"/actions/recommend") != nil || !strings.Contains(strings.Join(page.class("barred"), ""), "Check the address.") {
		t.Errorf("the hold stops nothing: %q", page.class("barred"))
	}
}

func TestAnAdministratorInvitesAndGivesRoles(t *testing.T) {
	h := newHouse(t, nil)
	b := h.as(workflow.Admin)
	b.visit("/people/new")
	b.send("/people", map[string]string{"name": "New Colleague", "email": "new.colleague@example.gov"})
	if b.page.status != http.StatusOK || b.page.text("h1") != "New Colleague" {
		t.Fatalf("the invitation gives %d %q", b.page.status, b.page.text("h1"))
	}
	at := b.page.path
	b.send("/grants", map[string]string{"role": "reviewer", "program": "", "organization": ""})
	if b.page.status != http.StatusUnprocessableEntity {
		t.Errorf("a reviewer of nothing gives %d", b.page.status)
	}
	b.visit(at)
	b.send("/grants", map[string]string{"role": "reviewer", "program": h.Program.String()})
	if b.page.status != http.StatusOK || !strings.Contains(strings.Join(b.page.class("dl"), " "), "Reviewer") {
		t.Errorf("the role gives %d %q", b.page.status, b.page.class("dl"))
	}
	b.sound()
	if page := b.visit("/people?q=colleague"); page.counted(t) != 1 || page.rows() != 1 {
		t.Errorf("the search finds %q", page.class("count"))
	}
}

// What is wrong with a field that the page fills in unseen stands above the form.
func TestAnErrorOfAnUnseenFieldIsTold(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(148_500_00).Submit()
	at := pathOf(workflow.NounApplication, c.Application)
	b := h.as(workflow.ProgramOfficer)
	b.visit(at)
	form := b.filled("/holds", map[string]string{"reason": "Check the address."})
	form.Set("routing", "123456789") // the sum of its digits is wrong
	b.page = b.ask("POST", "/holds", form)
	if b.page.status != http.StatusUnprocessableEntity {
		t.Fatalf("answered %d", b.page.status)
	}
	b.toldOnce("Enter the nine digits of a routing number.")
	b.sound()
}

func TestARoutingNumberIsHeldOnThePageOfHolds(t *testing.T) {
	h := newHouse(t, nil)
	officer := h.as(workflow.SecurityReviewer)
	officer.visit("/holds")
	officer.send("/holds", map[string]string{"routing": "021000022", "reason": "Sanctioned."})
	if officer.page.status != http.StatusUnprocessableEntity || len(officer.page.class("err")) != 1 {
		t.Errorf("a wrong check digit gives %d and %q", officer.page.status, officer.page.class("err"))
	}
	officer.sound()
	if form := officer.filled("/holds", nil); form.Get("routing") != "021000022" || form.Get("reason") != "Sanctioned." {
		t.Errorf("what was typed comes back as %v", form)
	}
	officer.send("/holds", map[string]string{"routing": "021000021"})
	officer.visit("/holds")
	officer.sound()
	if text := officer.page.text("main"); !strings.Contains(text, "Routing number 021000021") || !strings.Contains(text, "Sanctioned.") {
		t.Errorf("the hold is not listed: %s", text)
	}
	if page := h.as(workflow.Reviewer).visit("/holds"); page.form("/holds") != nil {
		t.Error("a reviewer is offered the form")
	}
	form := officer.filled("/holds", map[string]string{"routing": "021000021", "reason": "Me too."})
	auditor := h.as(workflow.Auditor)
	auditor.page = auditor.ask("POST", "/holds", form)
	if told := strings.Join(auditor.page.class("note"), " "); auditor.page.status != http.StatusForbidden || !strings.Contains(told, "the duty of") {
		t.Errorf("an auditor who sends it is told %d %q", auditor.page.status, told)
	}
	auditor.sound()
}
