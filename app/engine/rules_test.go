package engine_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// ask is a request of person for an action on a record, under a key; "" for none.
func ask(w *enginetest.World, person workflow.ID, noun workflow.Noun, id workflow.ID, action workflow.Action, key string, in ...workflow.Input) engine.Request {
	r := engine.Request{Viewer: w.Viewer(person),
		Command: workflow.Command{Noun: noun, ID: id, Action: action, Received: w.Now(), Inputs: in}}
	if key != "" {
		r.Key = &models.Key{Principal: person, Route: fmt.Sprintf("POST /%s/%d/actions/%s", noun.Plural(), id, action), Text: key, Body: workflow.Hash{1}}
	}
	return r
}

// atOnce has n goroutines do the same thing at the same moment.
func atOnce(n int, do func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() { <-start; do(i) })
	}
	close(start)
	all.Wait()
}

// recommendable brings the world's own case to where it can be recommended.
func recommendable(w *enginetest.World) *enginetest.Case {
	return w.Draft(100_000_00).Submit().Review()
}

func refusedFor(err error) workflow.Reason {
	if no := new(workflow.Refusal); errors.As(err, &no) {
		return no.Reason
	}
	return ""
}

func TestARefusalChangesNothingAndSaysWhy(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		c := w.Draft(100_000_00).Submit()
		_, payment := w.NewCase("Second, Inc.", 90_000_00).To().Claim(0)
		w.Act(w.As(workflow.FinanceCertifier), workflow.NounPayment, payment, workflow.ActHold, enginetest.Text("note", "a doubt"))
		officer, preparer, admin := w.People[workflow.ProgramOfficer], w.People[workflow.FinancePreparer], w.People[workflow.Admin]
		first, err := models.Record[workflow.Organization](t.Context(), db.Reader, w.Viewer(admin), workflow.NounOrganization, w.Company)
		if err != nil {
			t.Fatal(err)
		}

		stale := ask(w, officer, workflow.NounApplication, c.Application, workflow.ActWaitlist, "k", enginetest.Int("rank", 1))
		stale.Command.Version = 1
		double := ask(w, admin, workflow.NounOrganization, 0, workflow.ActCreate, "k", enginetest.Text("legal_name", "Twin, Inc."), enginetest.Text("uei", first.UEI))
		child := ask(w, preparer, workflow.NounBatch, 0, workflow.ActCreate, "k", enginetest.Date("effective", workflow.DateOf(w.Now())),
			enginetest.Text("payments", payment.String()))
		child.Command.Parent = w.Program
		others := ask(w, w.Member(w.Organization("Third, Inc.", 1), workflow.AOR), workflow.NounApplication, c.Application, workflow.ActWithdraw, "k")
		nobodys := ask(w, officer, workflow.NounApplication, 987_654, workflow.ActWaitlist, "k", enginetest.Int("rank", 1))

		for _, no := range []struct {
			name    string
			request engine.Request
			kind    workflow.RefusalKind
			reason  workflow.Reason // "" where it is no refusal but err
			err     error
		}{
			{"a condition", ask(w, officer, workflow.NounApplication, c.Application, workflow.ActRecommend, "k", enginetest.Cents("amount", 1)),
				workflow.NotMet, "reviews_missing", nil},
			{"a role", ask(w, c.AOR, workflow.NounApplication, c.Application, workflow.ActRecommend, "k", enginetest.Cents("amount", 1)),
				workflow.NotYours, workflow.ReasonRole, nil},
			{"no row", ask(w, w.People[workflow.SelectingOfficial], workflow.NounApplication, c.Application, workflow.ActAward, "k", enginetest.Cents("amount", 1)),
				workflow.NotNow, workflow.ReasonNoRow, nil},
			{"a second one", double, workflow.NotMet, workflow.ReasonTaken, nil},
			{"what a child does", child, workflow.NotNow, workflow.ReasonNoRow, nil},
			{"a stale version", stale, 0, "", models.ErrStale},
			{"somebody else's", others, 0, "", models.ErrNotFound},
			{"not there", nobodys, 0, "", models.ErrNotFound},
		} {
			was := modelstest.Dump(t, db)
			_, err := w.Engine.Do(t.Context(), no.request)
			refusal := new(workflow.Refusal)
			switch {
			case no.reason == "" && !errors.Is(err, no.err):
				t.Errorf("%s: got %v, want %v", no.name, err, no.err)
			case no.reason != "" && (!errors.As(err, &refusal) || refusal.Reason != no.reason || refusal.Kind != no.kind):
				t.Errorf("%s: got %v, want a refusal for %s of kind %d", no.name, err, no.reason, no.kind)
			}
			if now := modelstest.Dump(t, db); now != was {
				t.Errorf("%s: the database changed:\n%s", no.name, difference(was, now))
			}
		}
	})
}

// difference lists the lines that only one of two dumps has.
func difference(was, now string) string {
	a, b := strings.Split(was, "\n"), strings.Split(now, "\n")
	var out []string
	for _, line := range a {
		if !slices.Contains(b, line) {
			out = append(out, "- "+line)
		}
	}
	for _, line := range b {
		if !slices.Contains(a, line) {
			out = append(out, "+ "+line)
		}
	}
	return strings.Join(out, "\n")
}

// A refusal may be gone a moment later: the same request, sent again with the
// same key, then gets through, and only what got through is remembered.
func TestARefusalIsNotRememberedUnderItsKey(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		c := w.Draft(100_000_00).Submit()
		recommend := ask(w, w.People[workflow.ProgramOfficer], workflow.NounApplication, c.Application, workflow.ActRecommend, "once",
			enginetest.Cents("amount", 100_000_00))
		if _, err := w.Engine.Do(t.Context(), recommend); refusedFor(err) != "reviews_missing" {
			t.Fatalf("without a review: %v", err)
		}
		c.Review()
		first, err := w.Engine.Do(t.Context(), recommend)
		if err != nil || first.Replayed || first.State != workflow.Recommended {
			t.Fatalf("with a review: %+v, %v", first, err)
		}
		was := modelstest.Dump(t, db)
		again, err := w.Engine.Do(t.Context(), recommend)
		if first.Replayed = true; err != nil || again != first {
			t.Errorf("once more: %+v, %v; want %+v", again, err, first)
		}
		if now := modelstest.Dump(t, db); now != was {
			t.Errorf("the repeated request changed:\n%s", difference(was, now))
		}
	})
}

func TestTwinRequestsHaveOneEffectAndOneAnswer(t *testing.T) {
	const twins = 32
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		c := recommendable(w)
		makes := ask(w, w.People[workflow.FinancePreparer], workflow.NounBatch, 0, workflow.ActCreate, "twin",
			enginetest.Date("effective", workflow.DateOf(w.Now())))
		makes.Command.Parent = w.Program
		moves := ask(w, w.People[workflow.ProgramOfficer], workflow.NounApplication, c.Application, workflow.ActRecommend, "twin",
			enginetest.Cents("amount", 100_000_00))
		versioned := ask(w, w.People[workflow.SelectingOfficial], workflow.NounApplication, c.Application, workflow.ActReturn, "twin",
			enginetest.Text("note", "once more"))
		versioned.Command.Version = versionOf(t, w, c.Application) + 1

		for _, one := range []struct {
			request engine.Request
			events  int
		}{{makes, 2}, {moves, 1}, {versioned, 1}} { // a new batch counts its members: the second event
			request := one.request
			was := countRows(t, db, "events")
			answers, errs := make([]engine.Answer, twins), make([]error, twins)
			atOnce(twins, func(i int) { answers[i], errs[i] = w.Engine.Do(t.Context(), request) })
			if err := errors.Join(errs...); err != nil {
				t.Fatalf("%s: %v", request.Command.Action, err)
			}
			fresh := 0
			for i := range answers {
				if !answers[i].Replayed {
					fresh++
				}
				answers[i].Replayed = false
				if answers[i] != answers[0] {
					t.Errorf("%s: one was told %+v, another %+v", request.Command.Action, answers[0], answers[i])
				}
			}
			if now := countRows(t, db, "events"); fresh != 1 || now != was+one.events {
				t.Errorf("%s: %d answers of their own and %d events, want 1 and %d", request.Command.Action, fresh, now-was, one.events)
			}

			other := request
			key := *request.Key
			key.Body = workflow.Hash{2}
			other.Key = &key
			if _, err := w.Engine.Do(t.Context(), other); !errors.Is(err, models.ErrKeyReused) {
				t.Errorf("%s: the same key with another body: %v", request.Command.Action, err)
			}
		}
		if n := countRows(t, db, "postings"); n != 3 { // appropriated, committed, released
			t.Errorf("%d postings, want 3", n)
		}
	})
}

// A retry after a crash finds the answer that was committed, or none.
func TestAKeyIsKnownAfterARestart(t *testing.T) {
	for name, database := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "tranche.db") },
		"postgres": func(t *testing.T) string { return modelstest.PostgresURL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			at := database(t)
			db := opened(t, at)
			w := enginetest.New(t, db)
			c := recommendable(w)
			request := ask(w, w.People[workflow.ProgramOfficer], workflow.NounApplication, c.Application, workflow.ActRecommend, "kept",
				enginetest.Cents("amount", 100_000_00))
			first, err := w.Engine.Do(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			w.Engine.DB = opened(t, at)
			again, err := w.Engine.Do(t.Context(), request)
			if first.Replayed = true; err != nil || again != first {
				t.Errorf("after the restart: %+v, %v; want %+v", again, err, first)
			}
			other := *request.Key
			other.Body = workflow.Hash{2}
			request.Key = &other
			if _, err := w.Engine.Do(t.Context(), request); !errors.Is(err, models.ErrKeyReused) {
				t.Errorf("after the restart, with another body: %v", err)
			}
		})
	}
}

func opened(t *testing.T, database string) *models.DB {
	t.Helper()
	db, err := models.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	db.SetJobs(&modelstest.Jobs{})
	return db
}

// Somebody else's key of the same text is another key.
func TestAKeyBelongsToOnePerson(t *testing.T) {
	w := enginetest.New(t, modelstest.SQLite(t))
	c := recommendable(w)
	hold := func(person workflow.ID) engine.Request {
		r := ask(w, person, workflow.NounHold, 0, workflow.ActPlace, "same", enginetest.Text("subject", "application"),
			enginetest.Int("subject_id", int64(c.Application)), enginetest.Text("reason", "a doubt"),
			enginetest.Date("next_look", workflow.DateOf(w.Now()).AddDays(3)))
		r.Command.Parent = w.Program
		return r
	}
	var made []workflow.ID
	for _, role := range []workflow.Role{workflow.ProgramOfficer, workflow.GrantsOfficer} {
		a, err := w.Engine.Do(t.Context(), hold(w.People[role]))
		if err != nil || a.Replayed {
			t.Fatalf("%s: %+v, %v", role, a, err)
		}
		made = append(made, a.ID)
	}
	if made[0] == made[1] {
		t.Error("two people's requests led to one hold")
	}
}

func countRows(t *testing.T, db *models.DB, table string) (n int) {
	t.Helper()
	if err := db.Pool().QueryRow("SELECT COUNT(*) FROM " + table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Of many who act on one version, with requests of their own, one wins and the
// others are told that the record has moved.
func TestOfManyWhoSawOneVersionOneWins(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		c := recommendable(w)
		officer, official := w.People[workflow.ProgramOfficer], w.As(workflow.SelectingOfficial)
		for range 5 { // at first, connections come one by one and hardly anybody races
			requests := make([]engine.Request, 24)
			saw := versionOf(t, w, c.Application)
			for i := range requests {
				requests[i] = ask(w, officer, workflow.NounApplication, c.Application, workflow.ActRecommend, "", enginetest.Cents("amount", 50_000_00))
				if i%2 == 0 {
					requests[i] = ask(w, officer, workflow.NounApplication, c.Application, workflow.ActRecommendDecline, "",
						enginetest.Text("codes", "low_merit"), enginetest.Text("note", "no"))
				}
				requests[i].Command.Version = saw
			}
			errs := make([]error, len(requests))
			atOnce(len(requests), func(i int) { _, errs[i] = w.Engine.Do(t.Context(), requests[i]) })
			won := 0
			for _, err := range errs {
				if err == nil {
					won++
				} else if !errors.Is(err, models.ErrStale) {
					t.Errorf("a loser was told %v", err)
				}
			}
			if now := versionOf(t, w, c.Application); won != 1 || now != saw+1 {
				t.Errorf("%d won, and the version went from %d to %d", won, saw, now)
			}
			w.Act(official, workflow.NounApplication, c.Application, workflow.ActReturn, enginetest.Text("note", "once more"))
		}
	})
}

func versionOf(t *testing.T, w *enginetest.World, application workflow.ID) int64 {
	t.Helper()
	row, err := w.DB.Row(t.Context(), w.Viewer(0), workflow.NounApplication, application)
	if err != nil {
		t.Fatal(err)
	}
	return row.Record.Version
}

// A desk takes jobs into a table, in the transaction that it is handed, or fails.
type desk struct{ fail error }

// InsertJobs implements models.JobInserter.
func (d *desk) InsertJobs(ctx context.Context, tx *sql.Tx, jobs []workflow.Job) error {
	for _, j := range jobs {
		if _, err := tx.ExecContext(ctx, fmt.Sprintf("INSERT INTO desk (kind, record) VALUES ('%s', %d)", j.Kind, j.Record)); err != nil {
			return err
		}
	}
	return d.fail
}

// Row, event, postings, key and job of a command are stored together or not at
// all, whichever of them fails.
func TestACommandIsStoredWholeOrNotAtAll(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		if _, err := db.Pool().Exec("CREATE TABLE desk (kind TEXT, record INTEGER)"); err != nil {
			t.Fatal(err)
		}
		jobs := &desk{}
		db.SetJobs(jobs)
		w := enginetest.New(t, db)
		c := w.Draft(100_000_00)
		submit := ask(w, c.AOR, workflow.NounApplication, c.Application, workflow.ActSubmit, "k")

		broken := map[string]struct{ set, clear func() }{
			"the job cannot be stored": {func() { jobs.fail = errors.New("no desk") }, func() { jobs.fail = nil }},
		}
		for _, table := range []string{"events", "documents", "desk", "idempotency_keys"} {
			broken[table+" cannot be written"] = struct{ set, clear func() }{
				func() { refuseInserts(t, db, table) }, func() { allowInserts(t, db, table) }}
		}
		for name, b := range broken {
			was := modelstest.Dump(t, db)
			b.set()
			_, err := w.Engine.Do(t.Context(), submit)
			b.clear()
			if fault := new(models.Unavailable); !errors.As(err, &fault) && refusedFor(err) == "" {
				t.Errorf("%s: the caller was told %v", name, err)
			}
			if now := modelstest.Dump(t, db); now != was {
				t.Errorf("%s: half of it was stored:\n%s", name, difference(was, now))
			}
		}
		if a, err := w.Engine.Do(t.Context(), submit); err != nil || a.State != workflow.Submitted {
			t.Fatalf("with everything mended: %+v, %v", a, err)
		}
		if n := countRows(t, db, "desk WHERE kind = 'screen'"); n != 1 {
			t.Errorf("the rules are to be looked at %d times, want once", n)
		}
	})
}

// refuseInserts has the database refuse every new row of a table.
func refuseInserts(t *testing.T, db *models.DB, table string) {
	t.Helper()
	query := fmt.Sprintf("CREATE TRIGGER refuse BEFORE INSERT ON %s BEGIN SELECT RAISE(ABORT, 'on purpose'); END", table)
	if db.Dialect() == models.Postgres {
		query = fmt.Sprintf(`CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'on purpose'; END $$;
			CREATE TRIGGER refuse BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION refuse()`, table)
	}
	if _, err := db.Pool().Exec(query); err != nil {
		t.Fatal(err)
	}
}

func allowInserts(t *testing.T, db *models.DB, table string) {
	t.Helper()
	query := "DROP TRIGGER refuse"
	if db.Dialect() == models.Postgres {
		query += " ON " + table
	}
	if _, err := db.Pool().Exec(query); err != nil {
		t.Fatal(err)
	}
}

// A record that was altered behind the program's back makes its rule panic. The
// neighbors in the same COMMIT go through, and the writer lives.
func TestAPanicInADecisionHarmsNobodyElse(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		lead := w.As(workflow.ProgramLead)
		w.Opportunity = w.Must(workflow.NounOpportunity, workflow.ActForecast, w.Program, lead, enginetest.Int("fund", int64(w.Fund)),
			enginetest.Text("number", "AIV-2026-D"), enginetest.Text("title", "With a deadline"),
			enginetest.Time("opens", w.Now().Add(-time.Hour)), enginetest.Time("closes", w.Now().Add(time.Hour))).ID
		w.Act(lead, workflow.NounOpportunity, w.Opportunity, workflow.ActPublish)
		cases := make([]*enginetest.Case, 3)
		for i := range cases {
			cases[i] = w.NewCase(fmt.Sprintf("Panic %d, Inc.", i), 10_000_00)
			w.Act(w.Viewer(cases[i].AOR), workflow.NounApplication, cases[i].Application, workflow.ActSubmit)
			w.Act(w.Viewer(cases[i].AOR), workflow.NounApplication, cases[i].Application, workflow.ActReopen)
		}
		if _, err := db.Pool().Exec(fmt.Sprintf("UPDATE applications SET sent = 'not what was sent' WHERE id = %d", cases[1].Application)); err != nil {
			t.Fatal(err)
		}
		w.Advance(2 * time.Hour)
		was := versionOf(t, w, cases[1].Application)
		errs := make([]error, len(cases))
		sideBySide(t, w, len(cases), func(i int) {
			_, errs[i] = w.Do(nil, workflow.NounApplication, cases[i].Application, workflow.ActRestore)
		})
		if errs[0] != nil || errs[2] != nil {
			t.Errorf("the neighbors were told %v and %v", errs[0], errs[2])
		}
		if errs[1] == nil || refusedFor(errs[1]) != "" || versionOf(t, w, cases[1].Application) != was {
			t.Errorf("the one that panicked was told %v", errs[1])
		}
		w.Act(w.Viewer(cases[0].AOR), workflow.NounApplication, cases[0].Application, workflow.ActWithdraw)
	})
}

// sideBySide does n things that, on SQLite, wait together and so share one
// COMMIT. What is given as meanwhile happens while they wait.
func sideBySide(t *testing.T, w *enginetest.World, n int, do func(i int), meanwhile ...func()) {
	t.Helper()
	if w.DB.Dialect() == models.Postgres {
		atOnce(n, do)
		return
	}
	busy, open := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		if err := w.DB.Write(t.Context(), unit(func(*models.Tx) error { close(busy); <-open; return nil })); err != nil {
			t.Error(err)
		}
	})
	<-busy
	for i := range n {
		all.Go(func() { do(i) })
	}
	for w.DB.Waiting() < n {
		runtime.Gosched()
	}
	for _, f := range meanwhile {
		f()
	}
	close(open)
	all.Wait()
}

// A unit is a models.Unit made of a function.
type unit func(*models.Tx) error

// Run implements models.Unit.
func (u unit) Run(tx *models.Tx) error { return u(tx) }

// Whoever goes away while waiting gets the command done all the same, as a retry
// with the same key will find.
func TestACancelledRequestIsCarriedOutWithItsGroup(t *testing.T) {
	w := enginetest.New(t, modelstest.SQLite(t))
	requests := make([]engine.Request, 5)
	for i := range requests {
		c := w.NewCase(fmt.Sprintf("Cancel %d, Inc.", i), 10_000_00)
		requests[i] = ask(w, c.AOR, workflow.NounApplication, c.Application, workflow.ActSubmit, "k")
	}
	mine, cancel := context.WithCancel(t.Context())
	defer cancel()
	asker := []context.Context{t.Context(), mine, t.Context(), mine, t.Context()}
	answers, errs := make([]engine.Answer, len(requests)), make([]error, len(requests))
	sideBySide(t, w, len(requests), func(i int) { answers[i], errs[i] = w.Engine.Do(asker[i], requests[i]) }, cancel)
	for i, err := range errs {
		if err != nil || answers[i].State != workflow.Submitted {
			t.Errorf("request %d: %+v, %v", i, answers[i], err)
		}
		again, err := w.Engine.Do(t.Context(), requests[i])
		if answers[i].Replayed = true; err != nil || again != answers[i] {
			t.Errorf("request %d, sent again: %+v, %v; want %+v", i, again, err, answers[i])
		}
	}
}

// More readers at once than there are connections: none may wait for a second
// one while it holds the first.
func TestManyReadersDoNotWaitForEachOther(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		c := recommendable(w)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		for _, v := range []*models.Viewer{w.Viewer(c.AOR), w.As(workflow.ProgramOfficer)} {
			errs := make([]error, 64)
			atOnce(len(errs), func(i int) {
				_, one := db.Events(ctx, v, workflow.NounApplication, c.Application)
				_, all := db.CaseEvents(ctx, v, c.Application)
				errs[i] = errors.Join(one, all)
			})
			if err := errors.Join(errs...); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// What takes time or keeps files is not begun for somebody who would be refused.
func TestNothingIsPreparedForWhoMayNotAsk(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		_, payment := w.Draft(100_000_00).To().Claim(0)
		batch := newBatch(t, w, payment)
		total := approvable(t, w, batch)
		w.Act(w.As(workflow.FinanceCertifier), workflow.NounBatch, batch, workflow.ActApprove, enginetest.Cents("total", total))
		prepared := 0
		w.Engine.Prepare = map[engine.Act]engine.Preparer{{Noun: workflow.NounBatch, Action: workflow.ActExport}: func(_ context.Context, c *workflow.Command) error {
			prepared++
			c.Inputs = append(c.Inputs, files(t, w, batch)...)
			return nil
		}}
		outsider := w.Viewer(w.Member(w.Organization("Elsewhere, Inc.", 1_00), workflow.AOR))
		for who, want := range map[*models.Viewer]string{outsider: "not found", w.As(workflow.FinanceCertifier): "role_may_not", w.As(workflow.ProgramOfficer): "role_may_not"} {
			if _, err := w.Do(who, workflow.NounBatch, batch, workflow.ActExport); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %s", err, want)
			}
		}
		_, err := w.Engine.Do(t.Context(), engine.Request{Viewer: w.As(workflow.FinanceReleaser), Command: workflow.Command{
			Noun: workflow.NounBatch, Action: workflow.ActExport, ID: batch, Version: 1, Received: w.Now()}})
		if !errors.Is(err, models.ErrStale) {
			t.Errorf("a stale request gives %v", err)
		}
		if prepared != 0 {
			t.Errorf("prepared %d times for nothing", prepared)
		}
		w.Act(w.As(workflow.FinanceReleaser), workflow.NounBatch, batch, workflow.ActExport)
		if prepared != 1 {
			t.Errorf("prepared %d times", prepared)
		}
	})
}
