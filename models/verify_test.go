package models_test

import (
	"database/sql"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/app/jobs"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// A town is a World in which something of every kind has happened: two payments
// in an exported batch, one of them returned, and a batch that is still open.
type town struct {
	*enginetest.World
	paid, returned *enginetest.Case
	sent, open     workflow.ID // batches
	stated         workflow.ID // a statement that came with a file
	list           workflow.ID // the second version of a list
	second         workflow.ID // another batch
	answers        workflow.ID // a file of a bank
	traced         int         // the newest trace
	renamed        workflow.ID // a person whose password was changed twice
	papered        workflow.ID // an application that comes with a file
	letter         workflow.ID // about the award of paid
	report         workflow.ID // of the award that is paid
	supplement     workflow.ID // an amendment that was signed
	owing          *enginetest.Case
	debt           workflow.Debt
	withheld       workflow.ID // a payment that was offset against it
	journal        workflow.ID // the second one
}

func grow(t testing.TB, db *models.DB) *town {
	w := &town{World: enginetest.New(t, db)}
	w.returned = w.Draft(148_500_00).To()
	w.paid = w.NewCase("Tern Analytics LLC", 90_000_00).To()
	third := w.NewCase("Lumen Soils, Inc.", 60_000_00).To()
	_, first := w.returned.Claim(0)
	_, second := w.paid.Claim(0)
	w.sent = w.export(fmt.Sprintf("%d,%d", first, second))
	w.Act(nil, workflow.NounBatch, w.sent, workflow.ActAcknowledge, enginetest.Text("reference", "FEDACH-1"))
	w.Act(nil, workflow.NounPayment, second, workflow.ActSettle, enginetest.Date("answered", workflow.DateOf(w.Now())))
	w.Act(nil, workflow.NounPayment, first, workflow.ActReturn, enginetest.Text("code", "R03"))
	w.answered()
	w.owing = w.NewCase("Owing Works, Inc.", 50_000_00).To()
	_, payment := w.owing.Claim(0)
	w.export(payment.String())
	w.Act(nil, workflow.NounPayment, payment, workflow.ActSettle, enginetest.Date("answered", workflow.DateOf(w.Now())))
	third.Claim(0)
	w.amended(third)
	w.open = w.batch()
	w.relatives()
	w.joined()
	w.registry()
	w.cleared()
	w.List(workflow.ListOFAC, enginetest.Listed("36", workflow.EntryEntity, "Aerocaribbean Airlines", "Aero-Caribbean"), enginetest.Listed("38", workflow.EntryEntity, "Nobody"))
	w.list = w.List(workflow.ListOFAC, enginetest.Listed("36", workflow.EntryEntity, "Aerocaribbean Airlines"), enginetest.Listed("37", workflow.EntryIndividual, "Jane Doe"))
	w.screened()
	w.tied()
	w.told()
	w.reported()
	w.owed()
	w.journal = w.Journal()
	w.considered()
	return w
}

// amended has an award changed twice, and once more in words that wait for a signature.
func (w *town) amended(c *enginetest.Case) {
	end := workflow.DateOf(w.Now()).AddDays(100).String()
	w.supplement = c.Signed(workflow.AmendSupplement, enginetest.Cents("amount", 5_000_00),
		enginetest.Text("open_milestones", workflow.Milestones(c.Tranches()[1:])+"new | 5000.00 | "+end+" | More | Report"), enginetest.Text("wording", "It covers chips too."))
	c.Signed(workflow.AmendBudget, enginetest.Text("open_milestones", "new | 41000.00 | "+end+" | All of it | Report"))
	w.Act(w.As(workflow.GrantsOfficer), workflow.NounAmendment, c.Ask(workflow.AmendPeople, enginetest.Text("wording", "Nobody.")), workflow.ActReject,
		enginetest.Text("codes", "not_justified"), enginetest.Text("note", "Who then?"))
	c.Approved(workflow.AmendPeople, enginetest.Text("wording", "Dr. Lee leads the work."))
}

// answered has a bank answer: a payment that came back is told again, one settles, and
// an answer is parked.
func (w *town) answered() {
	w.Journal()
	settled := w.NewCase("Heron Works, Inc.", 70_000_00).To()
	_, payment := settled.Claim(0)
	w.second = w.export(payment.String())
	trace := w.text("SELECT trace FROM payments WHERE id = ?", int64(payment))
	back := w.text("SELECT trace FROM payments WHERE state = 'returned'")
	w.answers = w.AnswerFile(workflow.AnswerLine{Kind: workflow.AnswerSettled, Trace: trace, Day: workflow.DateOf(w.Now()), Information: "paid"},
		workflow.AnswerLine{Kind: workflow.AnswerReturned, Trace: back, Amount: w.amount(back), Code: "R03"},
		workflow.AnswerLine{Kind: workflow.AnswerChanged, Trace: "021000020000999", Code: "C01", Change: "account ...1234"})
	w.Act(w.As(workflow.FinanceReleaser), workflow.NounAnswerFile, w.answers, workflow.ActApply)
	if err := jobs.BookAnswers(w.T.Context(), w.DB, w.Engine, w.Now, w.answers, nil); err != nil {
		w.T.Fatal(err)
	}
}

func (w *town) text(query string, args ...any) (out string) {
	w.T.Helper()
	if err := w.DB.Pool().QueryRow(strings.ReplaceAll(query, "?", "$1"), args...).Scan(&out); err != nil {
		w.T.Fatalf("%s: %v", query, err)
	}
	return out
}

func (w *town) amount(trace string) (out workflow.Cents) {
	w.T.Helper()
	if err := w.DB.Pool().QueryRow("SELECT amount FROM payments WHERE trace = $1", trace).Scan(&out); err != nil {
		w.T.Fatal(err)
	}
	return out
}

// told has an applicant told of a decision by letter.
func (w *town) told() {
	in := []workflow.Input{enginetest.Text("language", "en")}
	for _, code := range workflow.LetterCodes {
		in = append(in, enginetest.File("documents."+code, code, "Dear "+code))
	}
	events, err := w.DB.CaseEvents(w.T.Context(), &models.Viewer{System: true}, w.paid.Application)
	if err != nil {
		w.T.Fatal(err)
	}
	for _, e := range events {
		if e.Noun == workflow.NounApplication && e.Action == workflow.ActAward {
			w.letter = w.Must(workflow.NounLetter, workflow.ActCreate, w.paid.Application, nil, append(in, enginetest.Int("event", e.ID))...).ID
		}
	}
}

// reported has the recipient who is paid report half a year of the award.
func (w *town) reported() {
	r := w.paid.Reports()[1]
	w.Advance(r.PeriodEnd.Time().Sub(w.Now()))
	w.paid.File(r)
	w.report = r.ID
}

// owed has a cost disallowed, and another payment withheld for it.
func (w *town) owed() {
	c := w.owing
	debt := c.Disallow(20_000_00)
	w.Demand(debt)
	w.Advance(90 * 24 * time.Hour)
	_, w.withheld = c.Claim(1)
	w.Act(w.As(workflow.GrantsOfficer), workflow.NounDebt, debt, workflow.ActOffset, enginetest.Int("payment", int64(w.withheld)))
	w.debt = c.Debts()[0]
}

// joined has companies taken for one: two that are linked, one of whom has an affiliate
// with an award, two that are merged, and two of whom that was taken back.
func (w *town) joined() {
	awarded := func(name string) workflow.ID {
		return w.NewCase(name, 1_000_00).Submit().Review().Recommend().Awarded().Company
	}
	note := enginetest.Text("note", "one founder, one plan")
	pair := func(name string, action workflow.Action, in ...workflow.Input) (first, second, id workflow.ID) {
		first, second = awarded(name+", Inc."), awarded(name+" LLC")
		id = w.Must(workflow.NounDuplicate, workflow.ActCreate, 0, nil, enginetest.Int("a", int64(first)), enginetest.Int("b", int64(second))).ID
		w.Act(w.As(workflow.ProgramOfficer), workflow.NounDuplicate, id, action, append(in, note, enginetest.Int("kept", int64(first)))...)
		return first, second, id
	}
	_, second, _ := pair("Linked", workflow.ActLink)
	w.affiliate(second, awarded("Owned by one of them"), 60_00)
	pair("Merged", workflow.ActMerge)
	first, _, undone := pair("Parted", workflow.ActLink)
	w.affiliate(first, awarded("Owned by the first of them"), 60_00)
	w.Act(w.Viewer(w.Person(workflow.ProgramOfficer)), workflow.NounDuplicate, undone, workflow.ActUndo, note)
}

// tied has somebody tell of an employer, and another person decide about a tie to the
// applicant of the case that is paid.
func (w *town) tied() {
	person := w.Person(workflow.LabManager)
	w.Must(workflow.NounInterest, workflow.ActCreate, 0, w.Viewer(person), enginetest.Text("kind", workflow.InterestEmployer), enginetest.Text("name", "Elsewhere Corp."))
	w.Must(workflow.NounSavedView, workflow.ActCreate, 0, w.Viewer(person), enginetest.Text("name", "Labs"), enginetest.Text("query", "q=lab&view=all"),
		enginetest.Int("program", int64(w.Program)), enginetest.Text("role", "lab_manager"))
	conflict := w.Must(workflow.NounConflict, workflow.ActCreate, w.paid.Application, nil, enginetest.Int("person", int64(person)), enginetest.Text("declared", "a cousin")).ID
	w.Act(w.As(workflow.ProgramLead), workflow.NounConflict, conflict, workflow.ActWaive, enginetest.Text("plan", "another lab"))
}

// considered has a panel agree on a case that is withdrawn afterwards.
func (w *town) considered() {
	w.Opportunity = w.NewOpportunity("AIV-2026-PANEL")
	c := w.NewCase("Osprey Systems, Inc.", 1_000_00).Submit()
	chair := w.Viewer(w.Reviewers[0])
	panel := w.Must(workflow.NounPanel, workflow.ActCreate, w.Opportunity, w.As(workflow.ProgramLead), enginetest.Text("name", "Spring"),
		enginetest.Int("chair", int64(w.Reviewers[0])), enginetest.Int("quorum", 1)).ID
	w.Act(w.As(workflow.ProgramLead), workflow.NounPanel, panel, workflow.ActStart)
	list, err := models.Records[workflow.Deliberation](w.T.Context(), w.DB.Reader, chair, workflow.NounDeliberation, models.Filter{})
	if err != nil || len(list) != 1 {
		w.T.Fatalf("%d deliberations: %v", len(list), err)
	}
	w.Act(chair, workflow.NounDeliberation, list[0].ID, workflow.ActConfirm, enginetest.Int("points", 70), enginetest.Int("present", 1), enginetest.Text("minutes", "Sound."))
	w.Act(w.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActWithdraw)
}

// screened has an organization screened, with a hit that is dismissed.
func (w *town) screened() {
	airline := w.Organization("Aerocaribbean Airline", 1_00)
	s := w.Must(workflow.NounScreening, workflow.ActCreate, airline, nil).ID
	w.Act(nil, workflow.NounScreening, s, workflow.ActScreen)
	found, err := models.Records[workflow.Hit](w.T.Context(), w.DB.Reader, w.As(workflow.SecurityReviewer), workflow.NounHit, models.Filter{})
	if err != nil || len(found) != 1 {
		w.T.Fatalf("%d hits: %v", len(found), err)
	}
	w.Act(w.As(workflow.SecurityReviewer), workflow.NounHit, found[0].ID, workflow.ActDismiss, enginetest.Text("note", "another company"))
}

// batch makes a batch of payments, all that are ready when none are named.
func (w *town) batch(payments ...string) workflow.ID {
	return w.Must(workflow.NounBatch, workflow.ActCreate, w.Program, w.As(workflow.FinancePreparer),
		enginetest.Date("effective", workflow.DateOf(w.Now()).AddDays(1)), enginetest.Text("payments", strings.Join(payments, ","))).ID
}

// export makes a batch and brings it to the bank.
func (w *town) export(payments string) workflow.ID {
	id := w.batch(payments)
	w.Act(w.As(workflow.FinancePreparer), workflow.NounBatch, id, workflow.ActSubmit)
	d, err := w.DB.Disbursing(w.T.Context(), id)
	if err != nil {
		w.T.Fatal(err)
	}
	w.Act(w.As(workflow.FinanceCertifier), workflow.NounBatch, id, workflow.ActApprove, enginetest.Cents("total", d.Batch.Total))
	var traces []string
	for range d.Members {
		w.traced++
		traces = append(traces, fmt.Sprintf("02100002%07d", w.traced))
	}
	w.Act(w.As(workflow.FinanceReleaser), workflow.NounBatch, id, workflow.ActExport, enginetest.Text("traces", strings.Join(traces, ",")),
		enginetest.Text("file", w.store("the bank file")), enginetest.Text("register", w.store("the register")),
		enginetest.Text("entry_hash", d.Batch.EntryHash), enginetest.Text("members", d.Batch.Members))
	return id
}

// file returns the only file of an application.
func (w *town) file(application workflow.ID) workflow.Attachment {
	w.T.Helper()
	a, err := models.Record[workflow.Application](w.T.Context(), w.DB.Reader, &models.Viewer{System: true}, workflow.NounApplication, application)
	if err != nil {
		w.T.Fatal(err)
	}
	files := a.Documents.List()
	if len(files) != 1 {
		w.T.Fatalf("application %d has %d files, not one", application, len(files))
	}
	return files[0]
}

func (w *town) store(body string) string {
	sum, err := w.DB.StoreDocument(w.T.Context(), []byte(body), w.Now())
	if err != nil {
		w.T.Fatal(err)
	}
	return sum
}

// relatives awards two companies that turn out to be affiliates, and one that refuses.
func (w *town) relatives() {
	older := w.NewCase("Older, Inc.", 40_000_00).Submit().Review().Recommend().Awarded()
	younger := w.NewCase("Younger, Inc.", 30_000_00).Submit().Review().Recommend().Awarded()
	w.affiliate(older.Company, younger.Company, 60_00)
	w.evidence(older.Company, younger.Company)
	w.affiliate(younger.Company, w.Organization("Parent of nobody, Inc.", 1_00), 20_00)
	unwilling := w.NewCase("Unwilling, Inc.", 20_000_00).Submit().Review().Recommend().Awarded()
	w.Act(w.Viewer(unwilling.AOR), workflow.NounAward, unwilling.Award, workflow.ActRefuse)
}

func (w *town) affiliate(owner, owned workflow.ID, share int64) workflow.ID {
	return w.Must(workflow.NounAffiliation, workflow.ActCreate, 0, nil, enginetest.Int("owner", int64(owner)), enginetest.Int("owned", int64(owned)),
		enginetest.Int("share", share), enginetest.Date("since", workflow.DateOf(w.Now()).AddDays(-10))).ID
}

// evidence makes a rate, a statement with a file, and what an affiliate paid of it.
func (w *town) evidence(owner, owned workflow.ID) {
	day := func(n int) workflow.Date { return workflow.DateOf(w.Now()).AddDays(n) }
	rate := w.Must(workflow.NounRate, workflow.ActCreate, 0, nil, enginetest.Text("currency", "EUR"), enginetest.Date("period_start", day(-900)),
		enginetest.Date("period_end", day(-536)), enginetest.Text("usd_per_unit", "1.0835"), enginetest.Text("publisher", "IRS")).ID
	w.Act(w.As(workflow.Admin), workflow.NounRate, rate, workflow.ActWithdraw, enginetest.Text("note", "a slip"))
	w.stated = w.Must(workflow.NounStatement, workflow.ActCreate, owner, nil, enginetest.Int("fiscal_year", 2024),
		enginetest.Date("period_start", day(-900)), enginetest.Date("period_end", day(-536)), enginetest.Cents("amount", 1_000_00), enginetest.Text("currency", "EUR"),
		enginetest.Text("source", "tax_return"), enginetest.File("document", "return.csv", "line,amount\n1,1000\n")).ID
	part := w.Must(workflow.NounElimination, workflow.ActCreate, w.stated, nil, enginetest.Int("counterparty", int64(owned)), enginetest.Cents("amount", 1_00),
		enginetest.File("document", "ledger.csv", "a,b\n")).ID
	w.Act(w.As(workflow.ProgramOfficer), workflow.NounElimination, part, workflow.ActConfirm)
}

// cleared has a clearance cleared and lost again.
func (w *town) cleared() {
	w.Require(workflow.ClearanceTerm{Kind: workflow.ClearScreening, Days: 90}, workflow.ClearanceTerm{Kind: workflow.ClearMerit})
	c := w.NewCase("Screened, Inc.", 10_000_00).Submit().Clear(workflow.ClearScreening)
	w.Act(nil, workflow.NounClearance, c.Clearance(workflow.ClearScreening).ID, workflow.ActVoid, enginetest.Text("note", "a hit"))
}

// registry makes what no case needs: a token that is used, a password that is
// changed, a hold, an exception, and a request with a key.
func (w *town) registry() {
	deputy := w.Person(workflow.LabManager)
	w.Must(workflow.NounDelegation, workflow.ActCreate, 0, w.As(workflow.ProgramOfficer), enginetest.Int("deputy", int64(deputy)), enginetest.Text("role", "program_officer"),
		enginetest.Int("program", int64(w.Program)), enginetest.Text("reason", "on leave"), enginetest.Time("until", w.Now().AddDate(0, 1, 0)))
	officer := w.Viewer(deputy)
	officer.Via = w.Must(workflow.NounToken, workflow.ActCreate, officer.Person, officer, enginetest.Text("name", "laptop"),
		enginetest.Text("sum", strings.Repeat("ab", 32)), enginetest.Text("scopes", "read,write"), enginetest.Time("until", w.Now().AddDate(0, 1, 0))).ID
	held := w.NewCase("Held, Inc.", 10_000_00)
	w.Must(workflow.NounHold, workflow.ActPlace, w.Program, officer, enginetest.Text("subject", "application"),
		enginetest.Int("subject_id", int64(held.Application)), enginetest.Text("reason", "A tip."),
		enginetest.Date("next_look", workflow.DateOf(w.Now()).AddDays(3)))
	w.Must(workflow.NounException, workflow.ActRequest, w.Program, officer, enginetest.Text("act", workflow.Rectify),
		enginetest.Text("subject", "application"), enginetest.Int("subject_id", int64(held.Application)), enginetest.Text("reason", "It was our error."))
	w.Apply("program: AIV", w.Plan(func(p *workflow.Plan) {
		p.Opportunities[0].Terms.Documents = []workflow.DocumentTerm{{Code: "work_plan", Label: workflow.Label{EN: "Work plan", ZH: "工作計畫書"}}}
	}))
	w.renamed, w.papered = held.AOR, held.Application
	w.Act(w.Viewer(held.AOR), workflow.NounApplication, held.Application, workflow.ActSave, enginetest.File("documents.work_plan", "plan.csv", "step,month\n1,1\n"))
	for _, password := range []string{"argon2id one", "argon2id two"} {
		w.Act(nil, workflow.NounPerson, held.AOR, workflow.ActUpdate, enginetest.Text("password", password))
	}
	aor := w.Viewer(held.AOR)
	for range 2 {
		_, err := w.Engine.Do(w.T.Context(), engine.Request{Viewer: aor,
			Command: workflow.Command{Noun: workflow.NounApplication, Action: workflow.ActSave, ID: held.Application, Received: w.Now(),
				Inputs: []workflow.Input{enginetest.Text("title", "Held up")}},
			Key: &models.Key{Principal: aor.Person, Route: "PATCH /applications", Text: "key-1"}})
		if err != nil {
			w.T.Fatal(err)
		}
	}
}

// verify returns the checks of one run.
func verify(t testing.TB, db *models.DB) (checks []models.Check, ok bool) {
	t.Helper()
	ok, err := db.Verify(t.Context(), func(c models.Check) { checks = append(checks, c) })
	if err != nil {
		t.Fatal(err)
	}
	return checks, ok
}

// sound fails the test when Verify finds anything.
func sound(t testing.TB, db *models.DB) []models.Check {
	t.Helper()
	checks, ok := verify(t, db)
	if !ok {
		t.Error("Verify is not ok")
	}
	for _, c := range checks {
		for _, p := range c.Problems {
			t.Errorf("%s: %s", c.Name, p)
		}
	}
	return checks
}

func TestVerifyFindsNothingWrongInASoundDatabase(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		sound(t, db)
		grow(t, db)
		looked := 0
		for _, c := range sound(t, db) {
			if c.Rows == 0 {
				t.Errorf("%s: nothing was looked at", c.Name)
			}
			looked += int(c.Rows)
		}
		if looked == 0 {
			t.Error("no check was reported")
		}
	})
}

// A vandal writes to an SQLite database behind the program's back: no trigger, no
// reference, no check and no index of its own stops them.
type vandal struct {
	t  *testing.T
	db *sql.DB
}

func newVandal(t *testing.T, db *models.DB) *vandal {
	t.Helper()
	v := &vandal{t: t}
	var file string
	if err := db.Pool().QueryRow("SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&file); err != nil {
		t.Fatal(err)
	}
	var err error
	if v.db, err = sql.Open("sqlite3", "file:"+file+"?_foreign_keys=off&_busy_timeout=10000&_synchronous=OFF"); err != nil {
		t.Fatal(err)
	}
	v.db.SetMaxOpenConns(1)
	t.Cleanup(func() { v.db.Close() })
	v.do("PRAGMA ignore_check_constraints = on")
	for _, drop := range v.texts("SELECT 'DROP ' || type || ' ' || name FROM sqlite_schema WHERE type IN ('trigger', 'index') AND sql IS NOT NULL AND (type = 'trigger' OR sql LIKE 'CREATE UNIQUE%')") {
		v.do(drop)
	}
	return v
}

func (v *vandal) do(query string, args ...any) {
	v.t.Helper()
	if _, err := v.db.Exec(query, args...); err != nil {
		v.t.Fatalf("%s: %v", query, err)
	}
}

// one returns the one value that query selects.
func (v *vandal) one(query string, args ...any) (value any) {
	v.t.Helper()
	if err := v.db.QueryRow(query, args...).Scan(&value); err != nil {
		v.t.Fatalf("%s: %v", query, err)
	}
	return value
}

func (v *vandal) texts(query string, args ...any) (out []string) {
	v.t.Helper()
	rows, err := v.db.Query(query, args...)
	if err != nil {
		v.t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			v.t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		v.t.Fatal(err)
	}
	return out
}

// row reads a row by its number.
func (v *vandal) row(table string, rowid int64) map[string]any {
	v.t.Helper()
	rows, err := v.db.Query("SELECT * FROM "+table+" WHERE rowid = ?", rowid)
	if err != nil {
		v.t.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil || !rows.Next() {
		v.t.Fatalf("%s has no row %d: %v", table, rowid, err)
	}
	values, dest := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		dest[i] = &values[i]
	}
	if err := rows.Scan(dest...); err != nil {
		v.t.Fatal(err)
	}
	out := map[string]any{}
	for i, name := range names {
		out[name] = values[i]
	}
	return out
}

// exempt are the tables in which nothing of the books stands.
var exempt = map[string]string{
	"messages":          "mails on their way: what they tell of is in the events",
	"sessions":          "who is signed in: comes and goes without events, and altering it changes no record",
	"sign_in_failures":  "counts of wrong passwords: they forget themselves",
	"bank_numbers":      "what was handed out to bank files: a number that came twice would be refused by the payments' own constraint",
	"heartbeat":         "when the service was last alive: no record rests on it",
	"turns":             "who is looking at a case, or passed over it: a hint that comes and goes, and no record rests on it",
	"organization_keys": "what organizations are found by: made anew from what they say, and no decision rests on it",
	"outages":           "when it was not: each deadline that moved for one has an event that says so",
	"goose_db_version":  "belongs to the migrations, which check it",
	"sqlite_sequence":   "belongs to SQLite; its figure for events has a test of its own",
}

// tables lists what there is to be altered.
func (v *vandal) tables() (out []string) {
	for _, name := range v.texts("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") {
		if exempt[name] == "" {
			out = append(out, name)
		}
	}
	return out
}

// other returns a value of the same kind that is not was.
func other(kind, column string, was any) any {
	switch was := was.(type) {
	case int64:
		return was + 1
	case string:
		switch {
		case column == "sum" && len(was) == 64:
			return strings.Repeat("ef", 32)
		case len(was) == len("2026-09-30") && was[4] == '-' && was[7] == '-':
			return "2031-01-31"
		}
		return was + "x"
	case []byte:
		changed := append([]byte(nil), was...)
		if len(changed) > 0 {
			changed[0] ^= 1
		}
		return changed
	}
	if kind == "INTEGER" {
		return int64(1)
	}
	return "2031-01-31"
}

// names returns the beginnings of the problems by which somebody finds row again.
func (v *vandal) names(table string, row map[string]any) []string {
	switch table {
	case "events":
		return []string{fmt.Sprintf("%v %v", row["noun"], row["record_id"])}
	case "postings":
		out := v.texts("SELECT noun || ' ' || record_id FROM events WHERE id = ?", row["event_id"])
		return append(out, fmt.Sprintf("posting %v/%v", row["event_id"], row["seq"]))
	case "fund_balances":
		return []string{fmt.Sprintf("fund %v", row["fund_id"])}
	case "application_balances":
		return []string{fmt.Sprintf("application %v", row["application_id"])}
	case "organization_groups":
		return []string{fmt.Sprintf("organization %v", row["organization_id"])}
	case "group_caps":
		return []string{fmt.Sprintf("group %v", row["group_id"])}
	case "documents":
		return []string{fmt.Sprintf("document %v", row["sum"]), "application", "award", "batch", "policy", "opportunity", "statement", "elimination", "letter", "amendment", "journal"}
	case "answer_lines":
		return []string{fmt.Sprintf("answer_file %v", row["file_id"]), fmt.Sprintf("answer %v/%v", row["file_id"], row["number"])}
	case "answer_parts":
		return append(v.texts("SELECT 'answer_file ' || id FROM answer_files WHERE file = ?", row["file"]), "answer part")
	case "list_entries":
		return append(v.texts("SELECT 'list ' || id FROM lists WHERE content = ?", row["content"]), "list entry")
	case "search_terms":
		return []string{fmt.Sprintf("application %v", row["record_id"]), fmt.Sprintf("organization %v", row["record_id"]), fmt.Sprintf("search term %v", row["record_id"])}
	case "idempotency_keys":
		return []string{fmt.Sprintf("idempotency key %q", row["key"]), fmt.Sprintf("idempotency key %q", other("TEXT", "key", row["key"]))}
	case "id_blocks":
		return []string{"id_blocks 1"}
	}
	for noun, name := range models.Tables() {
		if name == table {
			return []string{fmt.Sprintf("%s %v", noun, row["id"])}
		}
	}
	return nil
}

// found reports whether some problem begins with one of names.
func found(checks []models.Check, names []string) bool {
	for _, c := range checks {
		for _, p := range c.Problems {
			for _, name := range names {
				text := p.String()
				if strings.HasPrefix(text, name) && (len(text) == len(name) || !isDigit(text[len(name)])) {
					return true
				}
			}
		}
	}
	return false
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func problems(checks []models.Check) string {
	var b strings.Builder
	for _, c := range checks {
		for _, p := range c.Problems {
			fmt.Fprintf(&b, "\n\t%s: %s", c.Name, p)
		}
	}
	return b.String()
}

// chosen returns the numbers of the rows of a table that are altered: of records
// the one with the most versions, of other tables the first and the last, since
// they differ in what depends on them.
func (v *vandal) chosen(table string) []int64 {
	v.t.Helper()
	query := "SELECT rowid FROM " + table + " WHERE rowid IN ((SELECT MIN(rowid) FROM " + table + "), (SELECT MAX(rowid) FROM " + table + "))"
	if slices.Contains(slices.Collect(maps.Values(models.Tables())), table) {
		query = "SELECT id FROM " + table + " ORDER BY version DESC, id LIMIT 1"
	}
	var out []int64
	for _, text := range v.texts(query) {
		var n int64
		if _, err := fmt.Sscan(text, &n); err != nil {
			v.t.Fatal(err)
		}
		out = append(out, n)
	}
	if len(out) == 0 {
		v.t.Errorf("%s is empty: nothing in it was altered", table)
	}
	return out
}

func TestEveryAlteredValueIsFound(t *testing.T) {
	db := modelstest.SQLite(t)
	grow(t, db)
	v := newVandal(t, db)
	sound(t, db)
	altered := 0
	for _, table := range v.tables() {
		for _, rowid := range v.chosen(table) {
			row := v.row(table, rowid)
			for _, line := range v.texts("SELECT name || ' ' || type FROM pragma_table_info(?)", table) {
				column, kind, _ := strings.Cut(line, " ")
				altered++
				v.alter(db, table, column, kind, rowid, row)
			}
		}
	}
	sound(t, db)
	t.Logf("%d values were altered", altered)
}

// alter gives one column of one row another value, sees it found, and puts the
// old one back.
func (v *vandal) alter(db *models.DB, table, column, kind string, rowid int64, row map[string]any) {
	v.t.Helper()
	to := other(kind, column, row[column])
	update := "UPDATE " + table + " SET " + column + " = ? WHERE rowid = ?"
	if _, err := v.db.Exec(update, to, rowid); err != nil { // the number is taken
		to = row[column].(int64) + 1_000_003
		v.do(update, to, rowid)
	}
	checks, ok := verify(v.t, db)
	if ok || !found(checks, v.names(table, row)) {
		v.t.Errorf("%s.%s of %v: altered from %v to %v, found (ok %v):%s", table, column, v.names(table, row), row[column], to, ok, problems(checks))
	}
	if n, isID := to.(int64); isID && v.rowid(table) == column {
		rowid = n
	}
	v.do(update, row[column], rowid)
}

// rowid names the column that is the row's number, "" when no column is.
func (v *vandal) rowid(table string) string {
	keys := v.texts("SELECT name || ' ' || type FROM pragma_table_info(?) WHERE pk > 0", table)
	name, kind, _ := strings.Cut(keys[0], " ")
	if len(keys) == 1 && kind == "INTEGER" {
		return name
	}
	return ""
}

// insert adds a row.
func (v *vandal) insert(table string, row map[string]any) {
	v.t.Helper()
	var columns []string
	var args []any
	for name, value := range row {
		columns, args = append(columns, name), append(args, value)
	}
	v.do("INSERT INTO "+table+" ("+strings.Join(columns, ", ")+") VALUES (?"+strings.Repeat(", ?", len(args)-1)+")", args...)
}

// lost are the tables where a row may go missing, and why that does no harm.
var lost = map[string]string{
	"idempotency_keys": "a key that is forgotten only ends the time in which a request may be repeated",
}

func TestEveryDeletedRowIsFound(t *testing.T) {
	db := modelstest.SQLite(t)
	grow(t, db)
	v := newVandal(t, db)
	for _, table := range v.tables() {
		for _, rowid := range v.chosen(table) {
			row := v.row(table, rowid)
			who := v.names(table, row)
			v.do("DELETE FROM "+table+" WHERE rowid = ?", rowid)
			checks, ok := verify(t, db)
			if lost[table] == "" && (ok || !found(checks, who)) {
				t.Errorf("%s: deleted, found (ok %v):%s", who[0], ok, problems(checks))
			}
			v.insert(table, row)
		}
	}
	sound(t, db)
}

func TestEveryForgedRowIsFound(t *testing.T) {
	db := modelstest.SQLite(t)
	grow(t, db)
	v := newVandal(t, db)
	for _, table := range v.tables() {
		row := v.row(table, v.chosen(table)[0])
		for _, line := range v.texts("SELECT name || ' ' || pk FROM pragma_table_info(?)", table) {
			column, key, _ := strings.Cut(line, " ")
			switch value := row[column].(type) {
			case int64:
				if key != "0" || column == "number" {
					row[column] = value + 1_000_003
				}
			case string:
				if key != "0" || column == "number" || column == "email" || column == "prefix" || column == "symbol" {
					row[column] = other("TEXT", column, value)
				}
			}
		}
		if table == "events" {
			row["version"] = row["version"].(int64) + 1_000_003
		}
		if table == "tokens" {
			row["sum"] = other("TEXT", "sum", row["sum"])
		}
		if table == "letters" { // an event has one
			row["event"] = v.one("SELECT MIN(id) FROM events")
		}
		if table == "journals" { // they are numbered
			row["serial"] = row["serial"].(int64) + 2
		}
		if table == "screenings" { // an organization has one
			row["organization_id"] = v.one("SELECT MIN(id) FROM organizations WHERE id NOT IN (SELECT organization_id FROM screenings)")
		}
		v.insert(table, row)
		checks, ok := verify(t, db)
		if ok || !found(checks, v.names(table, row)) {
			t.Errorf("forged %s, found (ok %v):%s", v.names(table, row)[0], ok, problems(checks))
		}
		v.do("DELETE FROM " + table + " WHERE rowid = (SELECT MAX(rowid) FROM " + table + ")")
		v.do("UPDATE sqlite_sequence SET seq = (SELECT MAX(id) FROM events) WHERE name = 'events'")
	}
	sound(t, db)
}

// at is the number of an event of the record that action was done to last.
func (v *vandal) at(noun workflow.Noun, id workflow.ID, action workflow.Action) int64 {
	v.t.Helper()
	return v.one("SELECT MAX(id) FROM events WHERE noun = ? AND record_id = ? AND action = ?", noun.String(), int64(id), action.String()).(int64)
}

// swap gives two events each other's values of columns.
func (v *vandal) swap(a, b int64, columns ...string) {
	for _, column := range columns {
		one, two := v.one("SELECT "+column+" FROM events WHERE id = ?", a), v.one("SELECT "+column+" FROM events WHERE id = ?", b)
		for _, set := range []struct {
			to any
			id int64
		}{{int64(-1), a}, {one, b}, {two, a}} {
			v.do("UPDATE events SET "+column+" = ? WHERE id = ?", set.to, set.id)
		}
	}
}

// A crime is something that somebody does who knows how the books are kept. It
// has to be found by the check that is named, at the record that do returns.
type crime struct {
	name  string
	check string
	do    func(*vandal, *town) string
}

func (v *vandal) reseal(noun workflow.Noun, id workflow.ID) string {
	v.t.Helper()
	if err := models.Reseal(v.t.Context(), v.db, noun, id); err != nil {
		v.t.Fatal(err)
	}
	return fmt.Sprintf("%s %d", noun, id)
}

// rewrite has the last event of a kind on a record say something else, with every hash right.
func (v *vandal) rewrite(noun workflow.Noun, id workflow.ID, action workflow.Action, set string, args ...any) string {
	v.t.Helper()
	v.do("UPDATE events SET "+set+" WHERE id = ?", append(args, v.at(noun, id, action))...)
	return v.reseal(noun, id)
}

// claims has an event leave a column at another value, with every hash right.
func (v *vandal) claims(noun workflow.Noun, id workflow.ID, action workflow.Action, column string, value any) string {
	v.t.Helper()
	return v.rewrite(noun, id, action, "changes = json_set(changes, '$.' || ?, ?)", column, value)
}

// of returns a column of a record that is a reference.
func (v *vandal) of(noun workflow.Noun, id workflow.ID, column string) workflow.ID {
	v.t.Helper()
	return workflow.ID(v.one("SELECT "+column+" FROM "+models.Tables()[noun]+" WHERE id = ?", int64(id)).(int64))
}

var crimes = []crime{
	{"a case is hidden from who searches", "the search finds what records say", func(v *vandal, w *town) string {
		v.do("DELETE FROM search_terms WHERE record_id = ?", int64(w.paid.Application))
		return fmt.Sprintf("application %d", w.paid.Application)
	}},
	{"events of one record trade places", "events of a record follow each other", func(v *vandal, w *town) string {
		v.swap(v.at(workflow.NounClaim, v.claim(w.paid), workflow.ActVerify), v.at(workflow.NounClaim, v.claim(w.paid), workflow.ActSubmit), "version")
		return fmt.Sprintf("claim %d", v.claim(w.paid))
	}},
	{"a letter passes for a notice of award", "notices of award are of what was signed", func(v *vandal, w *town) string {
		return v.claims(workflow.NounLetter, w.letter, workflow.ActCreate, "revision", 1)
	}},
	{"an amendment is made to say more", "awards are what was decided", func(v *vandal, w *town) string {
		v.claims(workflow.NounAmendment, w.supplement, workflow.ActRequest, "amount", 6_000_00)
		return fmt.Sprintf("award %d", v.of(workflow.NounAmendment, w.supplement, "award_id"))
	}},
	{"an amendment is made to change something else", "amendments follow each other", func(v *vandal, w *town) string {
		return v.claims(workflow.NounAmendment, w.supplement, workflow.ActRequest, "base", v.one("SELECT signature FROM awards WHERE id = ?", int64(w.paid.Award)))
	}},
	{"an award is put back to before its amendment", "awards say what was signed last", func(v *vandal, w *town) string {
		award := v.of(workflow.NounAmendment, w.supplement, "award_id")
		return v.claims(workflow.NounAward, award, workflow.ActAmend, "revision", 2)
	}},
	{"an amendment is signed by who approved it", "duties were done by different people", func(v *vandal, w *town) string {
		v.do("UPDATE events SET actor_id = ? WHERE id = ?", int64(w.People[workflow.GrantsOfficer]), v.at(workflow.NounAmendment, w.supplement, workflow.ActSign))
		return v.claims(workflow.NounAmendment, w.supplement, workflow.ActSign, "signed_by", int64(w.People[workflow.GrantsOfficer]))
	}},
	{"events of two records trade numbers", "events are as they were written", func(v *vandal, w *town) string {
		a, b := v.at(workflow.NounAward, w.paid.Award, workflow.ActCountersign), v.at(workflow.NounApplication, w.returned.Application, workflow.ActRecommend)
		v.swap(a, b, "id")
		return fmt.Sprintf("award %d", w.paid.Award)
	}},
	{"the end of a chain is cut off", "records are what their events say", func(v *vandal, w *town) string {
		v.do("DELETE FROM events WHERE id = ?", v.at(workflow.NounAward, w.paid.Award, workflow.ActCountersign))
		return fmt.Sprintf("award %d", w.paid.Award)
	}},
	{"the end of a chain is cut off, and the record set back", "no event is missing", func(v *vandal, w *town) string {
		last := v.at(workflow.NounPerson, w.renamed, workflow.ActUpdate)
		v.do("DELETE FROM events WHERE id = ?", last)
		v.reseal(workflow.NounPerson, w.renamed)
		return fmt.Sprintf("event %d", last)
	}},
	{"the newest event is cut off, and the record set back", "no event is missing", func(v *vandal, w *town) string {
		last := v.one("SELECT MAX(id) FROM events").(int64)
		v.do("DELETE FROM events WHERE id = ?", last)
		return fmt.Sprintf("event %d", last)
	}},
	{"an event is given the number after the last", "no event is missing", func(v *vandal, w *town) string {
		v.do("UPDATE events SET id = 1 + (SELECT seq FROM sqlite_sequence WHERE name = 'events') WHERE id = ?", v.at(workflow.NounPerson, w.renamed, workflow.ActUpdate))
		return fmt.Sprintf("person %d", w.renamed)
	}},
	{"a record leaps to another state", "steps are rows of the lifecycles", func(v *vandal, w *town) string {
		v.do("UPDATE events SET end_state = 'closed' WHERE id = ?", v.at(workflow.NounAward, w.paid.Award, workflow.ActCountersign))
		return v.claims(workflow.NounAward, w.paid.Award, workflow.ActCountersign, "state", "closed")
	}},
	{"a record is made to come from elsewhere", "steps are rows of the lifecycles", func(v *vandal, w *town) string {
		return v.rewrite(workflow.NounAward, w.paid.Award, workflow.ActCountersign, "start_state = 'offered'")
	}},
	{"a row keeps another state than its event led to", "steps are rows of the lifecycles", func(v *vandal, w *town) string {
		return v.claims(workflow.NounAward, w.paid.Award, workflow.ActCountersign, "state", "closed")
	}},
	{"a record vanishes from the changes", "records are what their events say", func(v *vandal, w *town) string {
		id := w.paid.Award
		v.do("UPDATE awards SET face = face - 1 WHERE id = ?", int64(id))
		return fmt.Sprintf("award %d", id)
	}},
	{"who recommended also awards", "duties were done by different people", func(v *vandal, w *town) string {
		officer := int64(w.People[workflow.ProgramOfficer])
		v.rewrite(workflow.NounApplication, w.paid.Application, workflow.ActAward, "actor_id = ?", officer)
		return v.claims(workflow.NounApplication, w.paid.Application, workflow.ActAward, "determined_by", officer)
	}},
	{"who verified a claim also approves it", "duties were done by different people", func(v *vandal, w *town) string {
		officer := int64(w.People[workflow.ProgramOfficer])
		v.rewrite(workflow.NounClaim, v.claim(w.paid), workflow.ActApprove, "actor_id = ?", officer)
		return v.claims(workflow.NounClaim, v.claim(w.paid), workflow.ActApprove, "approved_by", officer)
	}},
	{"who prepared a batch also exports it", "duties were done by different people", func(v *vandal, w *town) string {
		preparer := int64(w.People[workflow.FinancePreparer])
		v.rewrite(workflow.NounBatch, w.sent, workflow.ActExport, "actor_id = ?", preparer)
		return v.claims(workflow.NounBatch, w.sent, workflow.ActExport, "released_by", preparer)
	}},
	{"who exports a batch acts for who approved it", "duties were done by different people", func(v *vandal, w *town) string {
		return v.rewrite(workflow.NounBatch, w.sent, workflow.ActExport, "on_behalf_id = ?", int64(w.People[workflow.FinanceCertifier]))
	}},
	{"who entered a bank account also verifies it", "duties were done by different people", func(v *vandal, w *town) string {
		v.rewrite(workflow.NounBankAccount, w.paid.Account, workflow.ActVerify, "actor_id = ?", int64(w.paid.AOR))
		return v.claims(workflow.NounBankAccount, w.paid.Account, workflow.ActVerify, "verified_by", int64(w.paid.AOR))
	}},
	{"who awarded also countersigns", "duties were done by different people", func(v *vandal, w *town) string {
		official := int64(w.People[workflow.SelectingOfficial])
		v.rewrite(workflow.NounAward, w.paid.Award, workflow.ActCountersign, "actor_id = ?", official)
		return v.claims(workflow.NounAward, w.paid.Award, workflow.ActCountersign, "countersigned_by", official)
	}},
	{"an award names another official", "awards are what was decided", func(v *vandal, w *town) string {
		return v.claims(workflow.NounAward, w.paid.Award, workflow.ActOffer, "offered_by", int64(w.People[workflow.ProgramLead]))
	}},
	{"an event is blamed on a later one", "events name their causes", func(v *vandal, w *town) string {
		return v.rewrite(workflow.NounAward, w.paid.Award, workflow.ActOffer, "cause_id = ?", v.at(workflow.NounAward, w.paid.Award, workflow.ActAccept))
	}},
	{"a posting is left over", "postings belong to events", func(v *vandal, w *town) string {
		v.do("UPDATE postings SET event_id = 999999 WHERE rowid = 1")
		return "posting 999999/0"
	}},
	{"a case has more days", "service days are what events, holds and terms say", func(v *vandal, w *town) string {
		v.do("UPDATE applications SET service_due = service_due + 1 WHERE id = ?", int64(w.paid.Application))
		return fmt.Sprintf("application %d", w.paid.Application)
	}},
	{"a posting is of another case", "postings belong to events", func(v *vandal, w *town) string {
		event := v.at(workflow.NounApplication, w.paid.Application, workflow.ActRecommend)
		v.do("UPDATE postings SET application_id = (SELECT MAX(id) FROM applications WHERE id <> application_id) WHERE event_id = ?", event)
		return fmt.Sprintf("posting %v/0", event)
	}},
	{"a posting is of another amount", "case balances are what was posted", func(v *vandal, w *town) string {
		v.do("UPDATE postings SET cents = cents - 1 WHERE event_id = ?", v.at(workflow.NounApplication, w.paid.Application, workflow.ActRecommend))
		return v.reseal(workflow.NounApplication, w.paid.Application)
	}},
	{"a posting and a balance are of another amount", "fund balances are what was posted", func(v *vandal, w *town) string {
		v.do("UPDATE fund_balances SET available = available + 1, committed = committed - 1")
		return fmt.Sprintf("fund %d", w.Fund)
	}},
	{"a fund says that it got more", "fund balances are what was posted", func(v *vandal, w *town) string {
		return v.claims(workflow.NounFund, w.Fund, workflow.ActAppropriate, "appropriated", int64(enginetest.Appropriation)+1)
	}},
	{"an award is over the cap", "awards are within the cap", func(v *vandal, w *town) string {
		return v.claims(workflow.NounAward, w.paid.Award, workflow.ActOffer, "face", int64(workflow.AwardCap)+1)
	}},
	{"an award is over the cap of its opportunity", "awards are within the cap", func(v *vandal, w *town) string {
		return v.claims(workflow.NounAward, w.returned.Award, workflow.ActOffer, "award_cap", 100_000_00)
	}},
	{"an award was made under another cap than its terms have", "awards are made under the terms of their applications", func(v *vandal, w *town) string {
		return v.claims(workflow.NounAward, w.paid.Award, workflow.ActOffer, "award_cap", 480_000_000)
	}},
	{"an award is larger than its tranches", "tranches make up their awards", func(v *vandal, w *town) string {
		return v.claims(workflow.NounAward, w.paid.Award, workflow.ActOffer, "face", 90_000_01)
	}},
	{"a tranche is paid twice", "a tranche is claimed and paid once", func(v *vandal, w *town) string {
		v.rewrite(workflow.NounPayment, v.payment(w.returned), workflow.ActReturn, "end_state = 'settled'")
		v.claims(workflow.NounPayment, v.payment(w.returned), workflow.ActReturn, "state", "settled")
		return fmt.Sprintf("tranche %d", v.of(workflow.NounPayment, v.payment(w.returned), "tranche_id"))
	}},
	{"a tranche is claimed twice", "a tranche is claimed and paid once", func(v *vandal, w *town) string {
		v.do("UPDATE claims SET tranche_id = (SELECT tranche_id FROM claims WHERE id = ?)", int64(v.claim(w.paid)))
		return fmt.Sprintf("tranche %d", v.of(workflow.NounClaim, v.claim(w.paid), "tranche_id"))
	}},
	{"a payment is of more than its claim", "payments are what was claimed", func(v *vandal, w *town) string {
		return v.claims(workflow.NounPayment, v.payment(w.paid), workflow.ActMake, "amount", 36_000_01)
	}},
	{"more is reserved than was recommended", "reserved money is what was recommended or offered", func(v *vandal, w *town) string {
		return v.claims(workflow.NounApplication, w.paid.Application, workflow.ActAward, "committed", 1)
	}},
	{"less is bound than is in force", "bound money is the face value in force", func(v *vandal, w *town) string {
		v.do("UPDATE application_balances SET obligated = obligated - 1, available = available + 1 WHERE application_id = ?", int64(w.paid.Application))
		return fmt.Sprintf("application %d", w.paid.Application)
	}},
	{"a claim seems to have waited for a shorter time", "records came into their states when their events say", func(v *vandal, w *town) string {
		v.do("UPDATE claims SET entered = entered + 1 WHERE id = ?", int64(v.claim(w.paid)))
		return fmt.Sprintf("claim %d", v.claim(w.paid))
	}},
	{"less was disbursed than was paid", "money on its way is what payments carry and debts owe", func(v *vandal, w *town) string {
		v.do("UPDATE application_balances SET disbursed = disbursed - 1, obligated = obligated + 1 WHERE application_id = ?", int64(w.paid.Application))
		return fmt.Sprintf("application %d", w.paid.Application)
	}},
	{"affiliates are parted", "groups are what affiliations and links imply", func(v *vandal, w *town) string {
		v.do("UPDATE organization_groups SET group_id = organization_id")
		return fmt.Sprintf("organization %v", v.one("SELECT owned_id FROM affiliations WHERE share = 6000"))
	}},
	{"what is linked is parted", "groups are what affiliations and links imply", func(v *vandal, w *town) string {
		linked := v.one("SELECT b_id FROM duplicates WHERE state = 'linked'")
		v.do("UPDATE organization_groups SET group_id = organization_id WHERE organization_id = ?", linked)
		return fmt.Sprintf("organization %v", linked)
	}},
	{"what was parted stays one", "groups are what affiliations and links imply", func(v *vandal, w *town) string {
		parted := v.one("SELECT b_id FROM duplicates WHERE state = 'open'")
		v.do("UPDATE organization_groups SET group_id = (SELECT a_id FROM duplicates WHERE state = 'open') WHERE organization_id = ?", parted)
		return fmt.Sprintf("organization %v", parted)
	}},
	{"what was linked was never taken back", "groups are what affiliations and links imply", func(v *vandal, w *town) string {
		pair := workflow.ID(v.one("SELECT id FROM duplicates WHERE state = 'open'").(int64))
		v.do("DELETE FROM events WHERE record_id = ? AND action = 'undo'", int64(pair))
		return fmt.Sprintf("organization %d", v.of(workflow.NounDuplicate, pair, "b_id"))
	}},
	{"a part of a group forgets that it is of several", "groups are within the cap", func(v *vandal, w *town) string {
		group := v.one("SELECT a_id FROM duplicates WHERE state = 'open'")
		v.do("UPDATE group_caps SET merged = 0 WHERE group_id = ?", group)
		return fmt.Sprintf("group %v", group)
	}},
	{"a pair is linked without a word", "records are what their events say", func(v *vandal, w *town) string {
		pair := v.one("SELECT id FROM duplicates WHERE state = 'open'")
		v.do("UPDATE duplicates SET state = 'linked', decided_by = 1, note = 'x' WHERE id = ?", pair)
		return fmt.Sprintf("duplicate %v", pair)
	}},
	{"who linked two took it back", "duties were done by different people", func(v *vandal, w *town) string {
		pair := workflow.ID(v.one("SELECT id FROM duplicates WHERE state = 'open'").(int64))
		return v.claims(workflow.NounDuplicate, pair, workflow.ActUndo, "decided_by", v.one("SELECT actor_id FROM events WHERE record_id = ? AND action = 'link'", int64(pair)))
	}},
	{"who nobody named acts for another", "deputies were named", func(v *vandal, w *town) string {
		return v.rewrite(workflow.NounAward, w.paid.Award, workflow.ActCountersign, "on_behalf_id = ?", int64(w.People[workflow.SelectingOfficial]))
	}},
	{"a minority share becomes control", "groups are what affiliations and links imply", func(v *vandal, w *town) string {
		link := workflow.ID(v.one("SELECT id FROM affiliations WHERE share = 2000").(int64))
		v.claims(workflow.NounAffiliation, link, workflow.ActCreate, "share", 50_01)
		return fmt.Sprintf("organization %d", v.of(workflow.NounAffiliation, link, "owned_id"))
	}},
	{"a group's sum is made smaller", "groups are within the cap", func(v *vandal, w *town) string {
		v.do("UPDATE group_caps SET cents = cents - 1 WHERE group_id = ?", int64(w.paid.Company))
		return fmt.Sprintf("group %d", w.paid.Company)
	}},
	{"a group's sum forgets that it was merged", "groups are within the cap", func(v *vandal, w *town) string {
		group := v.one("SELECT group_id FROM group_caps WHERE merged = 1").(int64)
		v.do("UPDATE group_caps SET merged = 0 WHERE merged = 1")
		return fmt.Sprintf("group %d", group)
	}},
	{"a group is over the cap", "groups are within the cap", func(v *vandal, w *town) string {
		v.claims(workflow.NounAward, w.returned.Award, workflow.ActOffer, "award_cap", 100_000_00)
		return fmt.Sprintf("group %d", w.returned.Company)
	}},
	{"an exported batch has another total", "batches add up", func(v *vandal, w *town) string {
		return v.claims(workflow.NounBatch, w.sent, workflow.ActResize, "total", 1)
	}},
	{"an exported batch was approved with other accounts", "batches add up", func(v *vandal, w *town) string {
		v.claims(workflow.NounPayment, v.payment(w.paid), workflow.ActMake, "bank_version", 77)
		return fmt.Sprintf("batch %d", w.sent)
	}},
	{"an exported batch goes to other banks", "batches add up", func(v *vandal, w *town) string {
		v.claims(workflow.NounBankAccount, w.paid.Account, workflow.ActEnter, "routing", "011000015")
		return fmt.Sprintf("batch %d", w.sent)
	}},
	{"an open batch loses a member", "batches add up", func(v *vandal, w *town) string {
		member := workflow.ID(v.one("SELECT MIN(id) FROM payments WHERE batch_id = ?", int64(w.open)).(int64))
		v.claims(workflow.NounPayment, member, workflow.ActBatch, "batch_id", nil)
		return fmt.Sprintf("batch %d", w.open)
	}},
	{"a submission is burnt", "documents that events name are there", func(v *vandal, w *town) string {
		v.do("DELETE FROM documents WHERE sum = (SELECT snapshot FROM applications WHERE id = ?)", int64(w.paid.Application))
		return fmt.Sprintf("application %d", w.paid.Application)
	}},
	{"a signature is burnt", "documents that events name are there", func(v *vandal, w *town) string {
		v.do("DELETE FROM documents WHERE sum = (SELECT signature FROM awards WHERE id = ?)", int64(w.paid.Award))
		return fmt.Sprintf("award %d", w.paid.Award)
	}},
	{"the evidence of a statement is burnt", "documents that events name are there", func(v *vandal, w *town) string {
		v.do("DELETE FROM documents WHERE sum = (SELECT document FROM statements WHERE id = ?)", int64(w.stated))
		return fmt.Sprintf("statement %d", w.stated)
	}},
	{"a file of an application is burnt", "documents that events name are there", func(v *vandal, w *town) string {
		v.do("DELETE FROM documents WHERE sum = ?", w.file(w.papered).Sum)
		return fmt.Sprintf("application %d", w.papered)
	}},
	{"a file of an application gets another name", "records are what their events say", func(v *vandal, w *town) string {
		v.do("UPDATE applications SET documents = REPLACE(documents, 'plan.csv', 'scan.csv') WHERE id = ?", int64(w.papered))
		return fmt.Sprintf("application %d", w.papered)
	}},
	{"a case is flagged behind its back", "records are what their events say", func(v *vandal, w *town) string {
		v.do("UPDATE applications SET flag = 'review_struck@1772452800000000' WHERE id = ?", int64(w.papered))
		return fmt.Sprintf("application %d", w.papered)
	}},
	{"an application names another file, in its event too", "documents that events name are there", func(v *vandal, w *town) string {
		was := w.file(w.papered)
		files := fmt.Sprint(v.one("SELECT documents FROM applications WHERE id = ?", int64(w.papered)))
		evidence := fmt.Sprint(v.one("SELECT document FROM statements WHERE id = ?", int64(w.stated)))
		v.claims(workflow.NounApplication, w.papered, workflow.ActSave, "documents", strings.ReplaceAll(files, was.Sum, evidence))
		return fmt.Sprintf("application %d", w.papered)
	}},
	{"a byte of a file is altered", "documents have the bytes they were stored with", func(v *vandal, w *town) string {
		v.do("UPDATE documents SET body = CAST('step,month' || char(10) || '2,1' || char(10) AS BLOB) WHERE sum = ?", w.file(w.papered).Sum)
		return "document " + w.file(w.papered).Sum
	}},
	{"a settled payment leaves its batch", "what batches exported settled, came back or is in flight", func(v *vandal, w *town) string {
		v.do("UPDATE payments SET state = 'cancelled' WHERE batch_id = ? AND state = 'settled'", int64(w.second))
		return fmt.Sprintf("batch %d", w.second)
	}},
	{"a payment is in flight that the ledger settled", "what funds exported settled, came back, was refused or is in flight", func(v *vandal, w *town) string {
		v.do("UPDATE payments SET state = 'exported' WHERE batch_id = ?", int64(w.second))
		return fmt.Sprintf("fund %d", w.Fund)
	}},
	{"a report is of another award", "reports are of their awards", func(v *vandal, w *town) string {
		return v.claims(workflow.NounReport, w.report, workflow.ActAccept, "award_id", int64(w.returned.Award))
	}},
	{"a report stands beside another sum", "reports stand beside what the ledger said", func(v *vandal, w *town) string {
		return v.claims(workflow.NounReport, w.report, workflow.ActAccept, "received", 1)
	}},
	{"a debt comes from elsewhere", "debts come from what opened them", func(v *vandal, w *town) string {
		return v.claims(workflow.NounDebt, w.debt.ID, workflow.ActMake, "origin_id", int64(w.report))
	}},
	{"nobody owes what was disallowed", "what opens a debt has one", func(v *vandal, w *town) string {
		v.claims(workflow.NounDebt, w.debt.ID, workflow.ActMake, "origin_id", int64(w.report))
		return fmt.Sprintf("finding %d", w.debt.Origin)
	}},
	{"a debt brought in more", "what debts brought in was posted", func(v *vandal, w *town) string {
		return v.claims(workflow.NounDebt, w.debt.ID, workflow.ActOffset, "recovered", int64(w.debt.Amount)+1)
	}},
	{"a payment was withheld for another's debt", "payments offset against debts are of who owes them", func(v *vandal, w *town) string {
		return v.claims(workflow.NounPayment, w.withheld, workflow.ActOffset, "debt_id", int64(w.report))
	}},
	{"days are in no journal", "journals follow each other", func(v *vandal, w *town) string {
		return v.claims(workflow.NounJournal, w.journal, workflow.ActCreate, "since", w.Now().UnixMicro())
	}},
	{"a journal has another sum", "journals are what the ledger recorded", func(v *vandal, w *town) string {
		return v.claims(workflow.NounJournal, w.journal, workflow.ActCreate, "total", 1)
	}},
	{"an answer of a bank is taken out", "files of banks have the bytes and the answers that were imported", func(v *vandal, w *town) string {
		v.do("DELETE FROM answer_lines WHERE number = 3 AND file_id = ?", int64(w.answers))
		return fmt.Sprintf("answer_file %d", w.answers)
	}},
	{"an answer is for another payment", "answers and parts of banks' files are in their places", func(v *vandal, w *town) string {
		v.do("UPDATE answer_lines SET record_id = record_id + 1 WHERE number = 1 AND file_id = ?", int64(w.answers))
		return fmt.Sprintf("answer %d/1", w.answers)
	}},
	{"an answer is booked that did nothing", "booked answers did what they say", func(v *vandal, w *town) string {
		v.do("UPDATE answer_lines SET result = 'booked', reason = '' WHERE number = 3 AND file_id = ?", int64(w.answers))
		return fmt.Sprintf("answer_file %d", w.answers)
	}},
	{"a file of a bank counts one more", "files of banks count what became of their answers", func(v *vandal, w *town) string {
		return v.claims(workflow.NounAnswerFile, w.answers, workflow.ActFinish, "booked", 3)
	}},
	{"an entry of a list is taken out", "lists have the entries that were imported", func(v *vandal, w *town) string {
		v.do("DELETE FROM list_entries WHERE number = 2 AND content = (SELECT content FROM lists WHERE id = ?)", int64(w.list))
		return fmt.Sprintf("list %d", w.list)
	}},
	{"an entry of a list gets another name, and its own sum", "entries of lists are in their places", func(v *vandal, w *town) string {
		e := enginetest.Listed("37", workflow.EntryIndividual, "John Roe")
		v.do("UPDATE list_entries SET name = ?, sum = ? WHERE number = 2 AND content = (SELECT content FROM lists WHERE id = ?)", e.Name, e.Sum(), int64(w.list))
		return "list entry"
	}},
	{"a bank file is burnt", "documents that events name are there", func(v *vandal, w *town) string {
		v.do("DELETE FROM documents WHERE sum = (SELECT file FROM batches WHERE id = ?)", int64(w.sent))
		return fmt.Sprintf("batch %d", w.sent)
	}},
	{"a bank file has another byte", "documents have the bytes they were stored with", func(v *vandal, w *town) string {
		file := v.one("SELECT file FROM batches WHERE id = ?", int64(w.sent)).(string)
		v.do("UPDATE documents SET body = ? WHERE sum = ?", []byte("the bank filf"), file)
		return "document " + file
	}},
	{"a record appears from nowhere", "records have events", func(v *vandal, w *town) string {
		row := v.row("claims", int64(v.claim(w.paid)))
		row["id"], row["number"] = int64(900), "C-000900"
		v.insert("claims", row)
		return "claim 900"
	}},
	{"an answer is of another record", "stored answers are those of events", func(v *vandal, w *town) string {
		v.do("UPDATE idempotency_keys SET answer = json_set(answer, '$.id', 1)")
		return `idempotency key "key-1"`
	}},
	{"numbers are given out again", "ids were given out", func(v *vandal, w *town) string {
		v.do("UPDATE id_blocks SET taken = 0")
		return "id_blocks 1"
	}},
}

// claim returns the claim of a case.
func (v *vandal) claim(c *enginetest.Case) workflow.ID {
	return workflow.ID(v.one("SELECT MIN(id) FROM claims WHERE award_id = ?", int64(c.Award)).(int64))
}

// payment returns the first payment of a case.
func (v *vandal) payment(c *enginetest.Case) workflow.ID {
	return workflow.ID(v.one("SELECT MIN(id) FROM payments WHERE award_id = ?", int64(c.Award)).(int64))
}

// twin returns a copy of an SQLite database.
func twin(t *testing.T, db *models.DB) *models.DB {
	t.Helper()
	file := filepath.Join(t.TempDir(), "twin.db")
	if _, err := db.Pool().Exec("VACUUM INTO ?", file); err != nil {
		t.Fatal(err)
	}
	out, err := models.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := out.Close(); err != nil {
			t.Error(err)
		}
	})
	return out
}

func TestCrimesAreFoundByTheCheckThatLooksForThem(t *testing.T) {
	var all []models.Check
	seen := map[string]bool{}
	before := modelstest.SQLite(t)
	w := grow(t, before)
	for _, c := range crimes {
		t.Run(c.name, func(t *testing.T) {
			db := twin(t, before)
			v := newVandal(t, db)
			who := c.do(v, w)
			checks, ok := verify(t, db)
			all = checks
			hit := false
			for _, check := range checks {
				if check.Name == c.check && found([]models.Check{check}, []string{who}) {
					hit, seen[check.Name] = true, true
				}
			}
			if ok || !hit {
				t.Errorf("%q does not name %s (ok %v):%s", c.check, who, ok, problems(checks))
			}
		})
	}
	for _, c := range all {
		if !seen[c.Name] {
			t.Errorf("no crime is found by %q", c.Name)
		}
	}
}

// On PostgreSQL the values of every table are read and compared as well: the last
// column of each is altered, where it is not part of the key.
func TestAlteredValuesAreFoundOnPostgreSQL(t *testing.T) {
	db := modelstest.Postgres(t)
	grow(t, db)
	pool := db.Pool()
	pool.SetMaxOpenConns(1) // the one whose triggers and references sleep
	if _, err := pool.Exec("SET session_replication_role = replica"); err != nil {
		t.Fatal(err)
	}
	alterations := map[string]string{
		"events": "inputs = inputs || ' '", "postings": "cents = cents + 1", "documents": "body = body || 'x'::bytea",
		"fund_balances": "authority = authority - 1, available = available + 1", "group_caps": "cents = cents + 1",
		"application_balances": "available = available - 1, recovered = recovered + 1",
		"organization_groups":  "group_id = group_id + 1", "idempotency_keys": "answer = answer || ' '", "id_blocks": "taken = 1",
		"list_entries": "remarks = remarks || 'x'", "answer_lines": "information = information || 'x'", "answer_parts": "body = body || 'x'::bytea",
		"search_terms": "term = term || 'x'::bytea",
	}
	for _, table := range models.Tables() {
		alterations[table] = "changed = changed + 1"
	}
	for table, set := range alterations {
		t.Run(table, func(t *testing.T) {
			var columns string
			if err := pool.QueryRow(`SELECT string_agg(column_name, ', ') FROM information_schema.columns
				WHERE table_schema = 'public' AND table_name = $1`, table).Scan(&columns); err != nil {
				t.Fatal(err)
			}
			for _, query := range []string{"CREATE TEMPORARY TABLE spare AS SELECT * FROM " + table,
				"UPDATE " + table + " SET " + set + " WHERE ctid = (SELECT MIN(ctid) FROM " + table + ")"} {
				if _, err := pool.Exec(query); err != nil {
					t.Fatalf("%s: %v", query, err)
				}
			}
			if checks, ok := verify(t, db); ok || problems(checks) == "" {
				t.Errorf("%s was altered (%s), and nothing was found", table, set)
			}
			for _, query := range []string{"DELETE FROM " + table, "INSERT INTO " + table + " (" + columns + ") OVERRIDING SYSTEM VALUE SELECT " + columns + " FROM spare",
				"DROP TABLE spare"} {
				if _, err := pool.Exec(query); err != nil {
					t.Fatalf("%s: %v", query, err)
				}
			}
		})
	}
	sound(t, db)
}

func BenchmarkVerify(b *testing.B) {
	db := modelstest.SQLite(b)
	w := enginetest.New(b, db)
	for i := range 200 {
		w.NewCase(fmt.Sprintf("Company %d, Inc.", i), 1_000_000_00).To().Claim(0)
	}
	b.ResetTimer()
	for b.Loop() {
		var events int64
		ok, err := db.Verify(b.Context(), func(c models.Check) {
			if c.Name == "no event is missing" {
				events = c.Rows
			}
		})
		if err != nil || !ok {
			b.Fatalf("ok %v: %v", ok, err)
		}
		b.ReportMetric(float64(events), "events")
	}
}
