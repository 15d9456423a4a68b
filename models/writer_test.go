package models_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/mattn/go-sqlite3"

	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// A run is a Unit made of a function.
type run func(*models.Tx) error

// Run implements models.Unit.
func (r run) Run(tx *models.Tx) error { return r(tx) }

// noted is the key under which a unit of these tests leaves its trace.
func noted(name string) models.Key {
	return models.Key{Principal: 7, Route: "POST /notes", Text: name, Body: workflow.Hash{1}}
}

// note is a unit that writes one row.
func note(name string) run {
	return func(tx *models.Tx) error { return tx.Keep(noted(name), "{}", noon) }
}

// wantNoted checks whether the unit called name was kept.
func wantNoted(t *testing.T, db *models.DB, name string, want bool) {
	t.Helper()
	err := db.Write(ctx, run(func(tx *models.Tx) error { _, err := tx.Answer(noted(name)); return err }))
	switch {
	case want && err != nil:
		t.Errorf("%s: was not kept: %v", name, err)
	case !want && !errors.Is(err, models.ErrNotFound):
		t.Errorf("%s: was kept, or %v", name, err)
	}
}

// inOneGroup writes units that share one transaction of the SQLite writer: they
// queue while another unit keeps it busy. It returns their errors in order.
func inOneGroup(t *testing.T, db *models.DB, units ...models.Unit) []error {
	t.Helper()
	errs := make([]error, len(units))
	group := meanwhile(t, db)
	for i, u := range units {
		group.queue(func() { errs[i] = db.Write(ctx, u) })
	}
	group.release()
	return errs
}

// A queue holds the writer up until it is released.
type queue struct {
	waiting sync.WaitGroup
	open    chan struct{}
	depth   func() int
	queued  int
}

// meanwhile keeps the SQLite writer busy until release.
func meanwhile(t *testing.T, db *models.DB) *queue {
	t.Helper()
	q := &queue{open: make(chan struct{}), depth: db.Waiting}
	busy := make(chan struct{})
	q.waiting.Go(func() {
		err := db.Write(ctx, run(func(*models.Tx) error { close(busy); <-q.open; return nil }))
		if err != nil {
			t.Errorf("the unit that keeps the writer busy: %v", err)
		}
	})
	<-busy
	return q
}

// queue starts write, which is to wait for the writer, and returns when it does:
// units are carried out in the order that they are queued.
func (q *queue) queue(write func()) {
	q.queued++
	q.waiting.Go(write)
	for q.depth() < q.queued {
		runtime.Gosched()
	}
}

// release lets the writer go on and waits for everybody's answer.
func (q *queue) release() {
	close(q.open)
	q.waiting.Wait()
}

func wantUnavailable(t *testing.T, who string, err error) {
	t.Helper()
	if fault := new(models.Unavailable); !errors.As(err, &fault) {
		t.Errorf("%s: got %v, want that the database is unavailable", who, err)
	}
}

func TestACancelledRequestIsCommittedWithItsGroup(t *testing.T) {
	db := modelstest.SQLite(t)
	mine, cancel := context.WithCancel(ctx)
	var err error
	others := make([]error, 2)
	group := meanwhile(t, db)
	group.queue(func() { others[0] = db.Write(ctx, note("before")) })
	group.queue(func() { err = db.Write(mine, note("cancelled")) })
	group.queue(func() { others[1] = db.Write(ctx, note("after")) })
	cancel()
	group.release()
	if err := errors.Join(append(others, err)...); err != nil {
		t.Errorf("somebody was told: %v", err)
	}
	for _, name := range []string{"before", "cancelled", "after"} {
		wantNoted(t, db, name, true)
	}
}

// A client that goes away while its command runs must not leave anybody in
// doubt: what was begun is committed.
func TestACommandOutlivesTheRequestThatAskedForIt(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		mine, cancel := context.WithCancel(ctx)
		err := db.Write(mine, run(func(tx *models.Tx) error {
			cancel()
			return tx.Keep(noted("midway"), "{}", noon)
		}))
		if err != nil {
			t.Error(err)
		}
		wantNoted(t, db, "midway", true)
		if err := db.Write(mine, note("late")); !errors.Is(err, context.Canceled) {
			t.Errorf("a request that was over before it began: %v", err)
		}
		wantNoted(t, db, "late", false)
	})
}

func TestCommandsThatWaitTogetherShareOneCommit(t *testing.T) {
	db := modelstest.SQLite(t)
	if err := db.Write(ctx, note("warm")); err != nil {
		t.Fatal(err)
	}
	var commits atomic.Int64
	onCommit(t, db, func() int { commits.Add(1); return 0 })
	var units []models.Unit
	for i := range 40 {
		units = append(units, note(fmt.Sprint(i)))
	}
	if err := errors.Join(inOneGroup(t, db, units...)...); err != nil {
		t.Fatal(err)
	}
	// The first is that of the unit which held the writer up.
	if n := commits.Load(); n != 2 {
		t.Errorf("%d commits for 1 command and 40 that waited together, want 2", n)
	}
}

// onCommit has the SQLite library call hook before each COMMIT of the writer; a
// hook that returns 1 makes the COMMIT fail.
func onCommit(t *testing.T, db *models.DB, hook func() int) {
	t.Helper()
	c, err := db.Pool().Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	err = c.Raw(func(driver any) error {
		driver.(*sqlite3.SQLiteConn).RegisterCommitHook(hook)
		return nil
	})
	if err := errors.Join(err, c.Close()); err != nil {
		t.Fatal(err)
	}
}

// A COMMIT that fails takes everything back. Whoever had been answered before it,
// even with a no, would have been told what never was.
func TestNobodyIsAnsweredBeforeTheCommit(t *testing.T) {
	refused := errors.New("no")
	refuse := run(func(*models.Tx) error { return refused })

	t.Run("sqlite", func(t *testing.T) {
		db := modelstest.SQLite(t)
		if err := db.Write(ctx, note("warm")); err != nil {
			t.Fatal(err)
		}
		var commits atomic.Int64
		onCommit(t, db, func() int {
			if commits.Add(1) == 1 {
				return 0 // that of the unit which holds the writer up
			}
			return 1
		})
		var errs []error
		group := meanwhile(t, db)
		for i, u := range []models.Unit{note("one"), refuse, note("two")} {
			errs = append(errs, nil)
			group.queue(func() { errs[i] = db.Write(ctx, u) })
		}
		group.release()
		for i, who := range []string{"the first", "the refused one", "the last"} {
			wantUnavailable(t, who, errs[i])
		}
		onCommit(t, db, nil)
		wantNoted(t, db, "one", false)
		wantNoted(t, db, "two", false)
		if err := db.Write(ctx, note("next")); err != nil {
			t.Errorf("the writer does not go on: %v", err)
		}
	})
	t.Run("postgres", func(t *testing.T) {
		db := modelstest.Postgres(t)
		const atCommit = `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'at commit'; END $$;
			CREATE CONSTRAINT TRIGGER late AFTER INSERT ON idempotency_keys DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()`
		if _, err := db.Pool().Exec(atCommit); err != nil {
			t.Fatal(err)
		}
		wantUnavailable(t, "whose commit failed", db.Write(ctx, note("one")))
		if _, err := db.Pool().Exec("DROP TRIGGER late ON idempotency_keys"); err != nil {
			t.Fatal(err)
		}
		wantNoted(t, db, "one", false)
	})
}

// When the disk is full, SQLite ends the transaction by itself, and whatever is
// written after that would be committed on its own.
func TestAFullDiskEndsTheWholeGroup(t *testing.T) {
	db := modelstest.SQLite(t)
	if err := db.Write(ctx, note("before")); err != nil {
		t.Fatal(err)
	}
	was := modelstest.Dump(t, db)
	pages := numberOf(t, db, "PRAGMA page_count")
	numberOf(t, db, fmt.Sprintf("PRAGMA max_page_count = %d", pages+8))

	long := strings.Repeat("x", 10_000)
	var units []models.Unit
	var named []string
	for i := range 20 {
		name := fmt.Sprint("note ", i)
		named = append(named, name)
		units = append(units, run(func(tx *models.Tx) error { return tx.Keep(noted(name), long, noon) }))
	}
	units = append(units, note("a short one after it"))
	for i, err := range inOneGroup(t, db, units...) {
		wantUnavailable(t, fmt.Sprint("command ", i), err)
	}
	if now := modelstest.Dump(t, db); now != was {
		t.Errorf("the database changed:\n%.2000s\nwas\n%.2000s", now, was)
	}
	wantIntegrity(t, db)

	numberOf(t, db, "PRAGMA max_page_count = 1073741823")
	if err := errors.Join(inOneGroup(t, db, units...)...); err != nil {
		t.Errorf("with room again: %v", err)
	}
	for _, name := range named {
		wantNoted(t, db, name, true)
	}
	wantIntegrity(t, db)
}

// numberOf returns the one number that query selects.
func numberOf(t *testing.T, db *models.DB, query string) (n int64) {
	t.Helper()
	if err := db.Pool().QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func wantIntegrity(t *testing.T, db *models.DB) {
	t.Helper()
	var found string
	if err := db.Pool().QueryRow("PRAGMA integrity_check").Scan(&found); err != nil || found != "ok" {
		t.Errorf("integrity check: %s, %v", found, err)
	}
}

func TestAPanicHarmsNobodyElse(t *testing.T) {
	panics := run(func(tx *models.Tx) error {
		if err := tx.Keep(noted("half done"), "{}", noon); err != nil {
			return err
		}
		panic("on purpose")
	})
	t.Run("sqlite", func(t *testing.T) {
		db := modelstest.SQLite(t)
		errs := inOneGroup(t, db, note("before"), panics, note("after"))
		if errs[0] != nil || errs[2] != nil {
			t.Errorf("its neighbors were told %v and %v", errs[0], errs[2])
		}
		if errs[1] == nil {
			t.Error("the one that panicked was told that all is well")
		}
		wantNoted(t, db, "before", true)
		wantNoted(t, db, "half done", false)
		wantNoted(t, db, "after", true)
	})
	t.Run("postgres", func(t *testing.T) {
		db := modelstest.Postgres(t)
		if err := db.Write(ctx, panics); err == nil {
			t.Error("the one that panicked was told that all is well")
		}
		wantNoted(t, db, "half done", false)
		if err := db.Write(ctx, note("after")); err != nil {
			t.Error(err)
		}
	})
}

func TestAFullQueueTurnsAwayAtOnce(t *testing.T) {
	const fits, more = 1024, 100
	db := modelstest.SQLite(t)
	var held sync.WaitGroup
	group := meanwhile(t, db)
	errs := make(chan error, fits+more)
	var turned sync.WaitGroup
	turned.Add(more)
	for i := range fits + more {
		held.Go(func() {
			err := db.Write(ctx, note(fmt.Sprint(i)))
			errs <- err
			if errors.Is(err, models.ErrBusy) {
				turned.Done()
			}
		})
	}
	turned.Wait() // while the writer is busy: nobody but those who were turned away has an answer
	if n := len(errs); n != more {
		t.Errorf("%d were answered while the writer was busy, want the %d who did not fit", n, more)
	}
	group.release()
	held.Wait()
	close(errs)
	var kept, busy int64
	for err := range errs {
		switch {
		case err == nil:
			kept++
		case errors.Is(err, models.ErrBusy):
			busy++
		default:
			t.Error(err)
		}
	}
	if stored := numberOf(t, db, "SELECT COUNT(*) FROM idempotency_keys"); kept != fits || busy != more || stored != fits {
		t.Errorf("%d kept, %d turned away, %d stored; want %d, %d, %d", kept, busy, stored, fits, more, fits)
	}
}

// On PostgreSQL commands wait for a connection, and no more of them than on SQLite.
func TestTooManyForPostgreSQLAreTurnedAwayAtOnce(t *testing.T) {
	const fits, more = 32 + 1024, 50
	db := modelstest.Postgres(t)
	open, errs := make(chan struct{}), make(chan error, fits+more)
	var held, turned sync.WaitGroup
	turned.Add(more)
	for range fits + more {
		held.Go(func() {
			err := db.Write(ctx, run(func(*models.Tx) error { <-open; return nil }))
			errs <- err
			if errors.Is(err, models.ErrBusy) {
				turned.Done()
			}
		})
	}
	turned.Wait() // while every connection is busy
	if n, waiting := len(errs), db.Waiting(); n != more || waiting != 1024 {
		t.Errorf("%d were answered and %d wait, want %d and 1024", n, waiting, more)
	}
	close(open)
	held.Wait()
	close(errs)
	busy := 0
	for err := range errs {
		if errors.Is(err, models.ErrBusy) {
			busy++
		} else if err != nil {
			t.Error(err)
		}
	}
	if busy != more || db.Waiting() != 0 {
		t.Errorf("%d were turned away, want %d; %d wait at the end", busy, more, db.Waiting())
	}
}

func TestClosingWaitsForWhatWasTaken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tranche.db")
	db := opened(t, file)
	group := meanwhile(t, db)
	errs := make([]error, 10)
	for i := range errs {
		group.queue(func() { errs[i] = db.Write(ctx, note(fmt.Sprint(i))) })
	}
	closed := make(chan error)
	go func() { closed <- db.Close() }()
	for !refusesWrites(db) {
	}
	group.release()
	if err := errors.Join(append(errs, <-closed)...); err != nil {
		t.Fatal(err)
	}
	if err := db.Write(ctx, note("late")); !errors.Is(err, models.ErrClosed) {
		t.Errorf("after closing: %v", err)
	}
	again := opened(t, file)
	for i := range errs {
		wantNoted(t, again, fmt.Sprint(i), true)
	}
}

// refusesWrites reports whether db takes no more units. While it does, and the
// writer is busy, the unit it was asked with joins the queue.
func refusesWrites(db *models.DB) bool {
	before := db.Waiting()
	answer := make(chan error, 1)
	go func() { answer <- db.Write(ctx, run(func(*models.Tx) error { return nil })) }()
	for db.Waiting() == before {
		select {
		case err := <-answer:
			return errors.Is(err, models.ErrClosed)
		default:
			runtime.Gosched()
		}
	}
	return false
}

func opened(t *testing.T, database string) *models.DB {
	t.Helper()
	db, err := models.Open(ctx, database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	return db
}

// More commands than there are connections, the first that the process carries
// out: none may wait for a connection while it holds one.
func TestAColdStartUnderLoadDoesNotStall(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		var all sync.WaitGroup
		start := make(chan struct{})
		errs := make([]error, 100)
		for i := range errs {
			all.Go(func() {
				<-start
				errs[i] = db.Write(ctx, note(fmt.Sprint(i)))
			})
		}
		close(start)
		all.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Errorf("not everybody got through: %v", err)
		}
	})
}

// Two commands that wait for each other's locks: PostgreSQL ends one of them, and
// it is tried again, so that it gets an answer and not a fault.
func TestADeadlockIsTriedAgain(t *testing.T) {
	db := modelstest.Postgres(t)
	var both sync.WaitGroup // each has its first lock
	both.Add(2)
	crossing := func(first, then string) run {
		tries := 0
		return func(tx *models.Tx) error {
			if err := tx.Keep(noted(first), "{}", noon); err != nil {
				return err
			}
			if tries++; tries == 1 {
				both.Done()
				both.Wait()
			}
			return tx.Keep(noted(then), "{}", noon)
		}
	}
	errs := make([]error, 2)
	var all sync.WaitGroup
	all.Go(func() { errs[0] = db.Write(ctx, crossing("a", "b")) })
	all.Go(func() { errs[1] = db.Write(ctx, crossing("b", "a")) })
	all.Wait()
	if errs[0] != nil {
		errs[0], errs[1] = errs[1], errs[0]
	}
	if errs[0] != nil || !models.IsUnique(errs[1]) {
		t.Errorf("one has to get through, and the other to find it there: %v, %v", errs[0], errs[1])
	}
}
