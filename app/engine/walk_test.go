package engine_test

import (
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/app/jobs"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// Some people at the cases of three companies, at random and for months: the
// books hold after each step, and in the end everything can be brought to rest.
//
// -rapid.checks=N takes more walks.
func TestWalksOfManyPeopleKeepTheBooks(t *testing.T) {
	unlessGiven(t, "rapid.checks", "8")
	taken := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		w := newWalk(t, rt, taken)
		for range 300 {
			w.step()
		}
		w.verify()
		w.comeToRest()
		w.verify()
	})
	// A walk that gets nowhere proves nothing; -short takes one, which sees less than many.
	want := 40
	if testing.Short() {
		want = 20
	}
	if t.Logf("%v", taken); len(taken) < want {
		t.Errorf("no more than this was done: %v", taken)
	}
}

// unlessGiven sets a flag of the test for as long as it runs, unless whoever
// started the test did.
func unlessGiven(t *testing.T, name, value string) {
	t.Helper()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	if given {
		return
	}
	was := flag.Lookup(name).Value.String()
	if err := flag.Set(name, value); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := flag.Set(name, was); err != nil {
			t.Error(err)
		}
	})
}

// A walk is one world and what happens in it.
type walk struct {
	*enginetest.World
	t       *rapid.T
	members map[workflow.ID]map[workflow.Role]workflow.ID // organization → role → person
	staff   map[workflow.Role][]workflow.ID
	taken   map[string]int // how often what was done, over all walks
	trail   []string       // what was done in this one
	last    *engine.Request
	told    engine.Answer
}

// purse is what the fund of a walk holds: not enough for everybody.
const purse workflow.Cents = 9_000_000_00

func newWalk(t *testing.T, rt *rapid.T, taken map[string]int) *walk {
	db, err := models.Open(t.Context(), filepath.Join(t.TempDir(), "walk.db"))
	if err != nil {
		t.Fatal(err)
	}
	rt.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	db.SetJobs(&modelstest.Jobs{})
	w := &walk{World: enginetest.New(t, db), t: rt, taken: taken, staff: map[workflow.Role][]workflow.ID{}, members: map[workflow.ID]map[workflow.Role]workflow.ID{}}
	w.Fund = w.Must(workflow.NounFund, workflow.ActCreate, w.Program, nil, enginetest.Text("symbol", "089X0444"), enginetest.Text("name", "Purse"),
		enginetest.Int("fiscal_year", 2026)).ID
	w.Act(nil, workflow.NounFund, w.Fund, workflow.ActAppropriate, enginetest.Cents("amount", purse))
	w.Opportunity = w.NewOpportunity("AIV-2026-WALK")
	for role, person := range w.People {
		if role >= workflow.Reviewer && role != workflow.Admin {
			w.staff[role] = []workflow.ID{person}
		}
	}
	w.staff[workflow.Reviewer] = w.Reviewers
	for _, role := range []workflow.Role{workflow.GrantsOfficer, workflow.FinanceCertifier, workflow.ProgramOfficer} {
		w.staff[role] = append(w.staff[role], w.Person(role))
	}
	// Whoever has two roles is still one person.
	both := w.staff[workflow.ProgramOfficer][1]
	w.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(both)), enginetest.Text("role", "selecting_official"),
		enginetest.Int("program", int64(w.Program)))
	w.staff[workflow.SelectingOfficial] = append(w.staff[workflow.SelectingOfficial], both)
	companies := []workflow.ID{w.Company, w.Organization("Second, Inc.", 50_000_000_00), w.Organization("Third, Inc.", 60_000_000_00)}
	for i, company := range companies {
		w.members[company] = map[workflow.Role]workflow.ID{workflow.AOR: w.Member(company, workflow.AOR), workflow.Applicant: w.Member(company, workflow.Applicant)}
		w.begin(t, company, w.below(3, "begun")+3*i)
		for _, other := range companies[:i] {
			joinable(w.World, other, company)
		}
	}
	return w
}

// begin gives a company a case and brings it some way: alone, walks would seldom
// come far.
func (w *walk) begin(t *testing.T, company workflow.ID, far int) {
	var payment workflow.ID
	c := w.DraftOf(company, w.members[company][workflow.AOR], 1_500_000_00)
	for _, next := range []func(){
		func() { c.Submit() }, func() { c.Review() }, func() { c.Recommend() }, func() { c.Awarded() }, func() { c.Bank() }, func() { c.Active() },
		func() { _, payment = c.Claim(0) }, func() { sent(t, w.World, payment) },
	}[:far] {
		next()
	}
}

// An option is something that somebody could do next.
type option struct {
	row    *workflow.Row
	on     models.Row  // the record; for one to be made, its parent
	parent workflow.ID // zero: on is the record itself
	weight int
}

// parents says below which kind of record new ones are made in a walk.
var parents = map[workflow.Noun]workflow.Noun{
	workflow.NounApplication: workflow.NounOpportunity, workflow.NounReview: workflow.NounApplication, workflow.NounClaim: workflow.NounAward,
	workflow.NounAmendment: workflow.NounAward, workflow.NounFinding: workflow.NounAward,
	workflow.NounBankAccount: workflow.NounOrganization, workflow.NounStatement: workflow.NounOrganization, workflow.NounAffiliation: workflow.NounOrganization,
	workflow.NounElimination: workflow.NounStatement,
	workflow.NounBatch:       workflow.NounProgram, workflow.NounHold: workflow.NounProgram, workflow.NounException: workflow.NounProgram,
}

// walked are the kinds of records that a walk acts on, and how often.
var walked = func() (list []workflow.Noun) {
	for _, often := range []struct {
		times int
		noun  workflow.Noun
	}{
		{14, workflow.NounApplication}, {12, workflow.NounReview}, {10, workflow.NounAward}, {12, workflow.NounClaim}, {12, workflow.NounPayment}, {8, workflow.NounAmendment},
		{20, workflow.NounBatch}, {4, workflow.NounBankAccount}, {1, workflow.NounHold}, {1, workflow.NounException}, {1, workflow.NounOpportunity},
		{1, workflow.NounStatement}, {1, workflow.NounAffiliation}, {1, workflow.NounElimination}, {3, workflow.NounDuplicate}, {6, workflow.NounReport},
		{2, workflow.NounFinding}, {5, workflow.NounDebt},
	} {
		list = append(list, slices.Repeat([]workflow.Noun{often.noun}, often.times)...)
	}
	return list
}()

// onward are the actions that lead towards a payment: walks prefer them.
var onward = []workflow.Action{workflow.ActStart, workflow.ActSubmit, workflow.ActScreenPass, workflow.ActInvite, workflow.ActAccept, workflow.ActRecommend,
	workflow.ActAward, workflow.ActEnter, workflow.ActVerify, workflow.ActConfirm, workflow.ActCountersign, workflow.ActApprove, workflow.ActExport,
	workflow.ActSettle, workflow.ActRelease, workflow.ActResume, workflow.ActLift, workflow.ActReply, workflow.ActSign}

// final are the actions that end a case or take somebody out of it: seldom, or
// no walk would come far.
var final = []workflow.Action{workflow.ActWithdraw, workflow.ActRescind, workflow.ActRefuse, workflow.ActTerminate, workflow.ActStrike, workflow.ActRecuse,
	workflow.ActRecommendDecline, workflow.ActFindIneligible, workflow.ActCancel, workflow.ActDecline}

// outside are the actions by which the system starts something of its own; the
// others are only ever raised by a step.
var outside = []workflow.Action{workflow.ActScreenPass, workflow.ActScreenRefer, workflow.ActScreenFail, workflow.ActRefer, workflow.ActRescreen, workflow.ActLapse, workflow.ActFinish,
	workflow.ActSettle, workflow.ActReturn, workflow.ActReject, workflow.ActAcknowledge, workflow.ActPlace}

// options lists what could be done to the records of a kind, or to have one more.
func (w *walk) options(noun workflow.Noun) (list []option) {
	l := workflow.Of(noun)
	for _, on := range w.rows(noun) {
		for _, row := range l.Offered(on.Record.State, ^workflow.Roles(0)) {
			list = append(list, option{row: row, on: on, weight: weightOf(row)})
		}
	}
	if parent, makes := parents[noun]; makes && (noun != workflow.NounBatch || w.hasReady()) {
		for _, on := range w.rows(parent) {
			if parent == workflow.NounOpportunity && on.Record.ID != w.Opportunity {
				continue
			}
			for _, row := range l.Offered(workflow.None, ^workflow.Roles(0)) {
				list = append(list, option{row: row, on: on, parent: on.Record.ID, weight: weightOf(row)})
			}
		}
	}
	return slices.DeleteFunc(list, func(o option) bool { return o.weight == 0 })
}

// hasReady reports whether there is anything to be batched: a batch of nothing
// gets nobody further.
func (w *walk) hasReady() bool {
	return slices.ContainsFunc(w.rows(workflow.NounPayment), func(p models.Row) bool { return p.Record.State == workflow.Ready })
}

func weightOf(row *workflow.Row) int {
	system := row.By == workflow.RolesOf(workflow.System)
	switch {
	case system && !slices.Contains(outside, row.Action):
		return 0
	case row.Noun == workflow.NounOpportunity && (row.Action == workflow.ActCancel || row.Action == workflow.ActArchive):
		return 0 // the walk would be over
	case slices.Contains(onward, row.Action):
		return 12
	case slices.Contains(final, row.Action):
		return 1
	}
	return 2
}

func (w *walk) rows(noun workflow.Noun) []models.Row {
	list, _, err := w.DB.Rows(w.T.Context(), w.Viewer(0), noun, models.Filter{Limit: 40})
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

func (w *walk) step() {
	switch w.below(25, "what") {
	case 0:
		w.wait()
	case 1:
		w.repeat()
	default:
		w.act(w.choose())
	}
	w.wantBooks()
}

// below draws a number from 0 to n-1, each as likely as the others: rapid by
// itself prefers small ones.
func (w *walk) below(n int, label string) int {
	x := rapid.Uint64().Draw(w.t, label) + uint64(len(w.trail))*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return int((x ^ x>>31) % uint64(n))
}

// pick draws one of list.
func pick[E any](w *walk, list []E, label string) E { return list[w.below(len(list), label)] }

// wait lets time pass and the system do what becomes due.
func (w *walk) wait() {
	days := pick(w, []int{0, 0, 1, 1, 5, 31}, "days")
	w.Advance(time.Duration(days)*24*time.Hour + time.Hour)
	w.trail = append(w.trail, fmt.Sprintf("%d days pass", days))
	if err := jobs.Due(w.T.Context(), w.DB.Reader, w.Engine, w.Now()); err != nil {
		w.t.Fatalf("what became due: %v\n%s", err, w.tail())
	}
}

// repeat sends the last request that succeeded once more.
func (w *walk) repeat() {
	if w.last == nil {
		return
	}
	before := countAll(w)
	again, err := w.Engine.Do(w.T.Context(), *w.last)
	if w.told.Replayed = true; err != nil || again != w.told || countAll(w) != before {
		w.t.Fatalf("sent again: %+v, %v; was %+v\n%s", again, err, w.told, w.tail())
	}
}

// choose draws a kind of record and what to do to one of them; where nothing but
// unlikely things can be done, mostly another kind.
func (w *walk) choose() option {
	for {
		list := w.options(pick(w, walked, "noun"))
		sum := 12
		for _, o := range list {
			sum += o.weight
		}
		n := w.below(sum, "option")
		for _, o := range list {
			if n -= o.weight; n < 0 {
				return o
			}
		}
	}
}

// act has somebody take an option. A refusal must leave no trace.
func (w *walk) act(o option) {
	r := engine.Request{Viewer: w.Viewer(w.somebody(o)), Command: workflow.Command{Noun: o.row.Noun, Action: o.row.Action, Parent: o.parent,
		Received: w.Now(), Inputs: w.inputs(o)}}
	if o.parent == 0 {
		r.Command.ID = o.on.Record.ID
		if rapid.Bool().Draw(w.t, "versioned") {
			r.Command.Version = o.on.Record.Version
		}
	}
	r.Key = &models.Key{Principal: r.Viewer.Person, Route: "POST /walk", Text: fmt.Sprint(len(w.trail)), Body: workflow.Hash{9}}
	before := countAll(w)
	answer, err := w.Engine.Do(w.T.Context(), r)
	w.trail = append(w.trail, fmt.Sprintf("%s %s %d below %d by %d: %+v, %v", o.row.Action, o.row.Noun, r.Command.ID, o.parent, r.Viewer.Person, answer, err))
	switch {
	case err == nil:
		w.taken[o.row.Noun.String()+" "+o.row.Action.String()]++
		w.last, w.told = &r, answer
	case refusedFor(err) == "" && !errors.Is(err, models.ErrNotFound):
		w.t.Fatalf("%s: %v\n%s", o.row.Action, err, w.tail())
	case countAll(w) != before:
		w.t.Fatalf("a refusal left a trace\n%s", w.tail())
	}
}

// tail is the end of what was done, for whoever has to find out why.
func (w *walk) tail() string { return strings.Join(w.trail[max(0, len(w.trail)-25):], "\n") }

// countAll counts events, postings and keys.
func countAll(w *walk) (n int) {
	const query = "SELECT (SELECT COUNT(*) FROM events) + (SELECT COUNT(*) FROM postings) + (SELECT COUNT(*) FROM idempotency_keys)"
	if err := w.DB.Pool().QueryRow(query).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// somebody draws who takes an option: mostly one whose duty it is.
func (w *walk) somebody(o option) workflow.ID {
	var able []workflow.ID
	for _, role := range o.row.By.List() {
		switch {
		case role == workflow.System:
			able = append(able, 0)
		case role == workflow.Applicant || role == workflow.AOR:
			able = append(able, w.members[w.company(o)][role])
		default:
			able = append(able, w.staff[role]...)
		}
	}
	if able = slices.DeleteFunc(able, func(p workflow.ID) bool { return p == 0 && !o.row.By.Has(workflow.System) }); len(able) == 0 || w.below(25, "anybody") == 0 {
		able = nil
		for _, role := range []workflow.Role{workflow.ProgramOfficer, workflow.GrantsOfficer, workflow.FinancePreparer, workflow.FinanceReleaser, workflow.Auditor} {
			able = append(able, w.staff[role]...)
		}
		able = append(able, w.members[w.Company][workflow.AOR])
	}
	if reviewer, ok := cell[*workflow.ID](o.on, "reviewer_id"); ok && o.parent == 0 && slices.Contains(able, *reviewer) {
		return *reviewer
	}
	return pick(w, able, "who")
}

// company is the organization that an option is about; for an application to be
// started, any.
func (w *walk) company(o option) workflow.ID {
	if o.on.Noun == workflow.NounOrganization {
		return o.on.Record.ID
	}
	if id, ok := cell[*workflow.ID](o.on, "successor_id"); ok && *id != 0 && o.row != nil && o.row.Action == workflow.ActSign {
		return *id
	}
	if id, ok := cell[*workflow.ID](o.on, "organization_id"); ok {
		return *id
	}
	return w.starter()
}

// starter turns from company to company as the walk goes on.
func (w *walk) starter() workflow.ID {
	var all []workflow.ID
	for id := range w.members {
		all = append(all, id)
	}
	slices.Sort(all)
	return all[len(w.trail)%len(all)]
}

func cell[V any](r models.Row, name string) (value V, ok bool) {
	for _, c := range r.Cells {
		if c.Name == name {
			value, ok = c.Value.(V)
			return value, ok
		}
	}
	return value, false
}

// inputs draws what is typed in: mostly what the form wants.
func (w *walk) inputs(o option) []workflow.Input {
	switch {
	case o.row.Noun == workflow.NounApplication && o.row.Action == workflow.ActStart:
		return []workflow.Input{enginetest.Int("organization", int64(w.starter())), enginetest.Text("title", "A walk"), enginetest.Text("summary", "s"),
			enginetest.Text("approach", "a"), enginetest.Text("outcome", "o"), enginetest.Int("months", 6), enginetest.Int("certified", 1),
			enginetest.Cents("requested", pick(w, []workflow.Cents{1, 2, 99_99, 1_000_000_00, 2_000_000_00, 3_500_000_00, 5_000_000_00, 5_000_000_01}, "requested"))}
	case o.row.Noun == workflow.NounApplication && o.row.Action == workflow.ActSave:
		return nil
	case o.row.Noun == workflow.NounBankAccount && o.row.Action == workflow.ActEnter:
		return []workflow.Input{enginetest.Text("routing", "021000021"), enginetest.Text("sealed", "c2VhbGVk"), enginetest.Text("last4", "4471"), enginetest.Text("holder", "Payee")}
	case o.row.Noun == workflow.NounBatch && o.row.Action == workflow.ActExport:
		return files(w.T, w.World, o.on.Record.ID)
	case o.row.Noun == workflow.NounClaim && o.row.Action == workflow.ActStart:
		return w.claim(o)
	case o.row.Noun == workflow.NounAmendment && o.row.Action == workflow.ActRequest:
		return w.amendment(o)
	case o.row.Noun == workflow.NounHold && o.row.Action == workflow.ActPlace:
		return w.about(enginetest.Text("reason", "a doubt"), enginetest.Date("next_look", workflow.DateOf(w.Now()).AddDays(9)))
	case o.row.Noun == workflow.NounException && o.row.Action == workflow.ActRequest:
		act := pick(w, []string{workflow.Rectify, workflow.Misdirect, workflow.WriteOff}, "act")
		return []workflow.Input{enginetest.Text("act", act), enginetest.Text("reason", "an error"), enginetest.Int("subject_id", int64(w.any(workflow.SubjectOf(act))))}
	case o.row.Noun == workflow.NounReport && o.row.Action == workflow.ActSubmit:
		in := slices.Clone(reported)
		in[len(in)-1] = enginetest.Cents("spent", w.near(100_00))
		return in
	case o.row.Noun == workflow.NounAffiliation && o.row.Action == workflow.ActCreate:
		return controls(w.World, o.on.Record.ID, w.starter())
	}
	var in []workflow.Input
	for _, f := range o.row.Fields {
		if !f.Optional || w.below(4, "given") == 0 || f.Name == "accepted" || f.Name == "answered" {
			in = append(in, w.input(o, f))
		}
	}
	return in
}

// claim is a claim for one of the award's tranches, mostly for all of it.
func (w *walk) claim(o option) []workflow.Input {
	list, err := models.Records[workflow.Tranche](w.T.Context(), w.DB.Reader, w.Viewer(0), workflow.NounTranche,
		models.Filter{Where: map[string]workflow.ID{"award_id": o.on.Record.ID}})
	if err != nil || len(list) == 0 {
		w.t.Fatalf("tranches of award %d: %d, %v", o.on.Record.ID, len(list), err)
	}
	tr := pick(w, list, "tranche")
	return []workflow.Input{enginetest.Int("tranche", int64(tr.ID)), enginetest.Text("kind", "fixed_amount"), enginetest.Text("narrative", "Delivered."),
		enginetest.Cents("amount", w.near(tr.Amount))}
}

// amendment asks for some change of an award: money in or out of its last milestone, or
// back and forth between that and the one before.
func (w *walk) amendment(o option) []workflow.Input {
	kind := pick(w, o.row.Fields[0].Choices, "kind")
	in := enginetest.AsksFor(kind)
	list, err := models.Records[workflow.Tranche](w.T.Context(), w.DB.Reader, w.Viewer(0), workflow.NounTranche,
		models.Filter{Where: map[string]workflow.ID{"award_id": o.on.Record.ID}, States: []workflow.State{workflow.Active}})
	if err != nil {
		w.t.Fatal(err)
	}
	list = slices.DeleteFunc(list, func(t workflow.Tranche) bool { // the newest first
		return slices.ContainsFunc(w.rows(workflow.NounClaim), func(c models.Row) bool {
			of, _ := cell[*workflow.ID](c, "tranche_id")
			return *of == t.ID && c.Record.State != workflow.Cancelled && c.Record.State != workflow.Rejected
		})
	})
	amount := pick(w, []workflow.Cents{1, 33, 500_000_00, 1_500_000_00}, "moves")
	switch kind {
	case workflow.AmendSupplement, workflow.AmendReduction:
		in = append(in, enginetest.Cents("amount", amount))
		if kind == workflow.AmendReduction {
			amount = -amount
		}
		if len(list) > 0 {
			list[0].Amount += amount
		}
	case workflow.AmendBudget:
		if len(list) > 1 {
			list[0].Amount, list[1].Amount = list[0].Amount+amount, list[1].Amount-amount
		}
	case workflow.AmendExtension:
		in = append(in, enginetest.Date("last_day", workflow.DateOf(w.Now()).AddDays(pick(w, []int{100, 400, 800}, "days"))))
	case workflow.AmendScope, workflow.AmendPeople:
		in = append(in, enginetest.Text("wording", "x"))
	case workflow.AmendNovation:
		return append(in, enginetest.Text("successor_uei", w.uei(w.starter())))
	}
	list = slices.DeleteFunc(list, func(t workflow.Tranche) bool { return t.Amount == 0 })
	return append(in, enginetest.Text("open_milestones", workflow.Milestones(list)))
}

func (w *walk) uei(organization workflow.ID) string {
	o, err := models.Record[workflow.Organization](w.T.Context(), w.DB.Reader, w.Viewer(0), workflow.NounOrganization, organization)
	if err != nil {
		w.t.Fatal(err)
	}
	return o.UEI
}

// near draws an amount at the edge of a right one.
func (w *walk) near(right workflow.Cents) workflow.Cents {
	return pick(w, []workflow.Cents{right, right, right, right, right, right, right, max(1, right-1), right + 1, max(1, right/3)}, "cents")
}

// about names any record that a hold can be placed on.
func (w *walk) about(in ...workflow.Input) []workflow.Input {
	noun := pick(w, []workflow.Noun{workflow.NounApplication, workflow.NounAward, workflow.NounPayment, workflow.NounOrganization}, "subject")
	return append(in, enginetest.Text("subject", noun.String()), enginetest.Int("subject_id", int64(w.any(noun))))
}

// any draws a record of a kind, zero when there is none.
func (w *walk) any(noun workflow.Noun) workflow.ID {
	list := w.rows(noun)
	if len(list) == 0 {
		return 0
	}
	return pick(w, list, noun.String()).Record.ID
}

func (w *walk) input(o option, f workflow.Field) workflow.Input {
	today := workflow.DateOf(w.Now())
	switch f.Kind {
	case workflow.Stated:
		return enginetest.Cents(f.Name, pick(w, []workflow.Cents{1, 100, 30_000_000_00, 99_999_999_99}, f.Name))
	case workflow.File:
		return enginetest.File(f.Name, "evidence.csv", "a,b\n")
	case workflow.Money:
		return enginetest.Cents(f.Name, w.near(w.asked(o)))
	case workflow.Count:
		return enginetest.Int(f.Name, rapid.Int64Range(f.Min, min(f.Max, f.Min+100)).Draw(w.t, f.Name))
	case workflow.Check:
		return enginetest.Int(f.Name, 1)
	case workflow.Day:
		days := 7
		if f.Name == "effective" || f.Name == "answered" {
			days = 0
		}
		switch f.Name {
		case "period_start":
			days = -900
		case "period_end":
			days = -536
		}
		return enginetest.Date(f.Name, today.AddDays(days))
	case workflow.Instant:
		return enginetest.Time(f.Name, w.Now().AddDate(0, 1, 0))
	case workflow.Choice, workflow.Codes:
		return enginetest.Text(f.Name, pick(w, f.Choices, f.Name))
	case workflow.Ref:
		if f.Name == "reviewer" {
			return enginetest.Int(f.Name, int64(pick(w, w.Reviewers, "reviewer")))
		}
		return enginetest.Int(f.Name, int64(w.any(f.Of)))
	}
	if f.Name == "code" {
		return enginetest.Text(f.Name, pick(w, []string{"R01", "R03"}, "code"))
	}
	return enginetest.Text(f.Name, pick(w, []string{"x", "why not"}, f.Name))
}

// asked is the amount that an option is about.
func (w *walk) asked(o option) workflow.Cents {
	for _, name := range []string{"total", "outstanding", "questioned", "amount", "recommended", "requested"} {
		if name == "recommended" && o.row.Action == workflow.ActRecommend {
			continue
		}
		if cents, ok := cell[*workflow.Cents](o.on, name); ok && *cents > 0 {
			return *cents
		}
	}
	return 100_00
}

const (
	live  = "('ready', 'held', 'batched', 'exported', 'recalled', 'settled', 'offset')"
	moved = "committed + obligated + payable + in_flight + disbursed + receivable + recovered + written_off"
)

// laws are what must hold after every step; each counts what breaks it.
var laws = map[string]string{
	"a fund's accounts add up and none is below zero": `SELECT COUNT(*) FROM fund_balances b JOIN funds f ON f.id = b.fund_id
		WHERE f.appropriated <> available + ` + moved + ` OR authority <> -f.appropriated
		OR MIN(available, committed, obligated, payable, in_flight, disbursed, receivable, recovered, written_off) < 0`,
	"a case's accounts add up and none is below zero": `SELECT COUNT(*) FROM application_balances WHERE available + ` + moved + ` <> 0
		OR MIN(committed, obligated, payable, in_flight, disbursed, receivable, recovered, written_off) < 0`,
	"a fund holds for its cases what they hold": `SELECT COUNT(*) FROM fund_balances f WHERE EXISTS (SELECT a.fund_id FROM application_balances a
		WHERE a.fund_id = f.fund_id GROUP BY a.fund_id HAVING SUM(a.committed) <> f.committed OR SUM(a.obligated) <> f.obligated OR SUM(a.payable) <> f.payable OR SUM(a.in_flight) <> f.in_flight
		OR SUM(a.disbursed) <> f.disbursed OR SUM(a.receivable) <> f.receivable OR SUM(a.recovered) <> f.recovered OR SUM(a.written_off) <> f.written_off)`,
	"what is committed is reserved by an application or an offer": `SELECT COUNT(*) FROM applications a JOIN application_balances b ON b.application_id = a.id
		WHERE b.committed <> a.committed + COALESCE((SELECT SUM(face) FROM awards WHERE application_id = a.id AND state IN ('offered', 'change_requested', 'accepted')), 0)
			+ COALESCE((SELECT SUM(amount) FROM amendments WHERE application_id = a.id AND state = 'approved' AND kind = 'supplement'), 0)`,
	"an award in force is bound for its face value": `SELECT COUNT(*) FROM awards w JOIN application_balances b ON b.application_id = w.application_id
		WHERE w.state IN ('active', 'suspended', 'closing') AND b.obligated + b.payable + b.in_flight + b.disbursed + COALESCE((SELECT SUM(amount) FROM debts d
		WHERE d.award_id = w.id AND d.kind <> 'misdirected'), 0) <> w.face`,
	"what is receivable is owed": `SELECT COUNT(*) FROM application_balances b WHERE receivable <> COALESCE((SELECT SUM(outstanding) FROM debts d
		WHERE d.application_id = b.application_id), 0) OR written_off <> COALESCE((SELECT SUM(written_off) FROM debts d WHERE d.application_id = b.application_id), 0)`,
	"nothing stays in a closed award": `SELECT COUNT(*) FROM awards w JOIN application_balances b ON b.application_id = w.application_id
		WHERE w.state = 'closed' AND b.committed + b.obligated + b.payable + b.in_flight <> 0`,
	"an award keeps to the cap": "SELECT COUNT(*) FROM awards WHERE face NOT BETWEEN 1 AND 500000000",
	"a group keeps to the cap":  "SELECT COUNT(*) FROM group_caps WHERE merged = 0 AND cents > 500000000",
	"what one organization is awarded keeps to the cap": `SELECT COUNT(*) FROM (SELECT 1 FROM awards WHERE state NOT IN ('refused', 'lapsed', 'rescinded')
		GROUP BY organization_id, opportunity_id HAVING SUM(face) > 500000000)`,
	"a group's sum is what its members were awarded, or are about to be": `SELECT COUNT(*) FROM group_caps c WHERE cents <> (SELECT COALESCE(SUM(CASE WHEN w.state IN ('refused', 'lapsed', 'rescinded')
		THEN 0 ELSE w.face END), 0) FROM awards w JOIN organization_groups g ON g.organization_id = w.organization_id
		WHERE g.group_id = c.group_id AND w.opportunity_id = c.opportunity_id)
		+ (SELECT COALESCE(SUM(m.counted), 0) FROM amendments m JOIN awards w ON w.id = m.award_id
			JOIN organization_groups g ON g.organization_id = COALESCE(m.successor_id, m.organization_id)
			WHERE g.group_id = c.group_id AND w.opportunity_id = c.opportunity_id)`,
	"who approves an amendment neither asks for it nor signs it": "SELECT COUNT(*) FROM amendments WHERE approved_by IN (requested_by, signed_by)",
	"an award says what was signed last":                         `SELECT COUNT(*) FROM awards w WHERE face <> (SELECT face FROM amendments WHERE award_id = w.id AND state = 'signed' ORDER BY revision DESC LIMIT 1)`,
	"the tranches make the face value":                           "SELECT COUNT(*) FROM awards w WHERE (SELECT SUM(amount) FROM tranches WHERE award_id = w.id AND state = 'active') <> w.face",
	"a tranche is paid once":                                     "SELECT COUNT(*) FROM (SELECT 1 FROM payments WHERE state IN " + live + " GROUP BY tranche_id HAVING COUNT(*) > 1)",
	"a tranche is paid no more than it is worth": "SELECT COUNT(*) FROM tranches t WHERE (SELECT SUM(amount) FROM payments WHERE tranche_id = t.id AND state IN " + live +
		") > t.amount",
	"what a claim does not ask for is a tranche of its own": `SELECT COUNT(*) FROM claims c JOIN tranches t ON t.id = c.tranche_id
		WHERE c.state IN ('verified', 'approved', 'paid') AND c.amount <> t.amount`,
	"what is payable is a payment's": `SELECT COUNT(*) FROM application_balances b WHERE payable <> COALESCE((SELECT SUM(amount) FROM payments p
		WHERE p.application_id = b.application_id AND p.state IN ('ready', 'held', 'batched')), 0)`,
	"what is in flight is a payment's": `SELECT COUNT(*) FROM application_balances b WHERE in_flight <> COALESCE((SELECT SUM(amount) FROM payments p
		WHERE p.application_id = b.application_id AND p.state IN ('exported', 'recalled')), 0)`,
	"who recommends does not award":      "SELECT COUNT(*) FROM applications WHERE state = 'awarded' AND recommended_by = determined_by",
	"who verifies does not approve":      "SELECT COUNT(*) FROM claims WHERE state IN ('approved', 'paid') AND verified_by = approved_by",
	"a record's newest event is its own": `SELECT COUNT(*) FROM payments p WHERE (SELECT COUNT(*) FROM events e WHERE e.record_id = p.id) <> p.version`,
}

func (w *walk) wantBooks() {
	for law, query := range laws {
		var broken int
		if err := w.DB.Pool().QueryRow(query).Scan(&broken); err != nil {
			w.t.Fatalf("%s: %v", law, err)
		}
		if broken != 0 {
			w.t.Fatalf("not so: %s (%d)\n%s", law, broken, w.tail())
		}
	}
}

func (w *walk) verify() {
	ok, err := w.DB.Verify(w.T.Context(), func(c models.Check) {
		for _, p := range c.Problems {
			w.t.Errorf("%s: %s", c.Name, p)
		}
	})
	if err != nil || !ok {
		w.t.Fatalf("the books do not hold: %v\n%s", err, w.tail())
	}
}

// A way is one action that leads a record towards its rest.
type way struct {
	noun   workflow.Noun
	action workflow.Action
	role   workflow.Role
	in     []workflow.Input
}

// home are the ways to rest, the first that is open is taken.
var home = []way{
	{workflow.NounHold, workflow.ActLift, workflow.GrantsOfficer, note}, {workflow.NounHold, workflow.ActLift, workflow.FinanceCertifier, note},
	{workflow.NounOpportunity, workflow.ActResume, workflow.ProgramLead, nil},
	{workflow.NounApplication, workflow.ActWithdraw, workflow.AOR, nil},
	{workflow.NounAmendment, workflow.ActWithdraw, workflow.AOR, nil},
	{workflow.NounAward, workflow.ActRefuse, workflow.AOR, nil},
	{workflow.NounAward, workflow.ActRescind, workflow.SelectingOfficial, note},
	{workflow.NounAward, workflow.ActTerminate, workflow.GrantsOfficer, note},
	{workflow.NounClaim, workflow.ActCancel, workflow.AOR, nil},
	{workflow.NounBatch, workflow.ActCancel, workflow.FinanceCertifier, nil},
	{workflow.NounPayment, workflow.ActCancel, workflow.GrantsOfficer, note},
	{workflow.NounPayment, workflow.ActSettle, workflow.System, []workflow.Input{enginetest.Date("answered", workflow.DateOf(enginetest.Start))}},
	{workflow.NounReport, workflow.ActSubmit, workflow.AOR, append(slices.Clone(reported), enginetest.Cents("spent", 0))},
	{workflow.NounFinding, workflow.ActDismiss, workflow.GrantsOfficer, note}, {workflow.NounFinding, workflow.ActClose, workflow.GrantsOfficer, note},
	{workflow.NounDebt, workflow.ActRepay, workflow.FinanceCertifier, []workflow.Input{enginetest.Text("receipt", "FEDWIRE 1")}},
	{workflow.NounReport, workflow.ActAccept, workflow.ProgramOfficer, nil}, {workflow.NounReport, workflow.ActAccept, workflow.GrantsOfficer, nil},
	{workflow.NounAward, workflow.ActClose, workflow.GrantsOfficer, nil},
}

var note = []workflow.Input{enginetest.Text("note", "to rest")}

// reported is what a report says, of whatever kind it is and whatever was saved before.
var reported = []workflow.Input{enginetest.Text("narrative", "Walked."), enginetest.Text("remarks", "Not what the ledger says."), enginetest.Int("certified", 1),
	enginetest.Cents("unliquidated", 0), enginetest.Cents("deducted", 0), enginetest.Cents("added", 0)}

// resting are the states that a record of a case may stay in for ever.
var resting = map[workflow.Noun][]workflow.State{
	workflow.NounApplication: {workflow.Withdrawn, workflow.Expired, workflow.Declined, workflow.Ineligible, workflow.NotAccepted, workflow.Awarded},
	workflow.NounAward:       {workflow.Refused, workflow.Lapsed, workflow.Rescinded, workflow.Closed},
	workflow.NounClaim:       {workflow.Rejected, workflow.Paid, workflow.Cancelled},
	workflow.NounPayment:     {workflow.Settled, workflow.Returned, workflow.Misdirected, workflow.Offset, workflow.Cancelled},
	workflow.NounBatch:       {workflow.Completed, workflow.Rejected, workflow.Cancelled},
	workflow.NounHold:        {workflow.Lifted},
	workflow.NounReport:      {workflow.Accepted, workflow.Cancelled, workflow.Lapsed},
	workflow.NounAmendment:   {workflow.Rejected, workflow.Signed, workflow.Withdrawn, workflow.Lapsed},
	workflow.NounFinding:     {workflow.Dismissed, workflow.Closed},
	workflow.NounDebt:        {workflow.Paid, workflow.Cancelled},
}

// comeToRest takes every record home, from wherever the walk has left it: no
// money may be stranded.
func (w *walk) comeToRest() {
	for again := true; again; {
		again = false
		for _, h := range home {
			for _, on := range w.rows(h.noun) {
				if slices.Contains(resting[h.noun], on.Record.State) || workflow.RowOf(h.noun, h.action, on.Record.State, workflow.RolesOf(h.role)) == nil {
					continue
				}
				again = w.takeHome(h, on) || again
				w.wantBooks()
			}
		}
	}
	for noun, states := range resting {
		for _, on := range w.rows(noun) {
			if !slices.Contains(states, on.Record.State) {
				w.t.Fatalf("%s %d is %s and has no way home\n%s", noun, on.Record.ID, on.Record.State, w.tail())
			}
		}
	}
	var stranded workflow.Cents
	if err := w.DB.Pool().QueryRow("SELECT SUM(committed + obligated + payable + in_flight) FROM application_balances").Scan((*int64)(&stranded)); err != nil || stranded != 0 {
		w.t.Fatalf("%s is stranded: %v\n%s", stranded, err, w.tail())
	}
}

// takeHome tries everybody with the duty: who held something must not release it.
func (w *walk) takeHome(h way, on models.Row) bool {
	if end, ok := cell[*workflow.Date](on, "period_end"); ok && w.Now().Before(end.Time()) {
		w.Advance(end.Time().Sub(w.Now())) // nobody reports of what is not over
	}
	people := w.staff[h.role]
	switch h.role {
	case workflow.System:
		people = []workflow.ID{0}
	case workflow.AOR:
		people = []workflow.ID{w.members[w.company(option{on: on})][workflow.AOR]}
	}
	in := h.in
	if h.action == workflow.ActRepay { // all that is owed, or was given up
		for _, column := range []string{"outstanding", "written_off"} {
			if cents, _ := cell[*workflow.Cents](on, column); *cents > 0 {
				in = append(slices.Clone(in), enginetest.Cents("amount", *cents))
			}
		}
	}
	for _, person := range people {
		_, err := w.Do(w.Viewer(person), h.noun, on.Record.ID, h.action, in...)
		w.trail = append(w.trail, fmt.Sprintf("%s %s %d from %s by %d: %v", h.action, h.noun, on.Record.ID, on.Record.State, person, err))
		if err == nil {
			return true
		}
		if refusedFor(err) == "" {
			w.t.Fatalf("%s %s: %v\n%s", h.action, h.noun, err, w.tail())
		}
	}
	return false
}
