// Command seeder fills a database with applications in several states, through the engine,
// and measures how long the pages of the queue take with them.
// Use: scripts/seed, scripts/look
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/app/jobs"
	"tranche/models"
	"tranche/workflow"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(os.Args) == 3 && os.Args[1] == "look" {
		if err := look(ctx, os.Args[2], os.Stdout); err != nil {
			log.Fatalln(err)
		}
		return
	}
	n, err := strconv.Atoi(strings.Join(os.Args[1:min(2, len(os.Args))], ""))
	if err != nil || n < 1 || len(os.Args) != 3 {
		log.Fatalln("use: scripts/seed N DATABASE")
	}
	if err := seed(ctx, n, os.Args[2], os.Stderr); err != nil {
		log.Fatalln(err)
	}
}

// workers is how many applications are made at once: commands that come together share a COMMIT.
const workers = 32

// seed makes applications until the database has n, and shows on out how far it is.
func seed(ctx context.Context, n int, database string, out io.Writer) (err error) {
	db, err := models.Open(ctx, database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.Migrate(ctx, jobs.Tables(db)); err != nil {
		return err
	}
	db.SetJobs(dropped{}) // what a server would screen is screened here
	w, err := world(ctx, &engine.Engine{DB: db, Now: func() time.Time { return time.Now().UTC() }})
	if err != nil {
		return err
	}
	have, err := db.Queue(ctx, &models.Viewer{System: true}, models.Queue{View: models.ViewAll, Limit: 1})
	if err != nil {
		return err
	}
	var next, made atomic.Int64
	next.Store(int64(have.Count))
	made.Store(int64(have.Count))
	over := make(chan struct{})
	var showing sync.WaitGroup
	showing.Go(func() { bar(out, int64(n), int64(have.Count), &made, over) })
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for i := next.Add(1); i <= int64(n) && ctx.Err() == nil; i = next.Add(1) {
				application(w, i)
				made.Add(1)
			}
		})
	}
	all.Wait()
	close(over)
	showing.Wait()
	return nil
}

// world makes what applications need, or finds what an earlier run made.
func world(ctx context.Context, e *engine.Engine) (*enginetest.World, error) {
	found, err := enginetest.Resume(ctx, strict{}, e)
	if errors.Is(err, models.ErrNotFound) {
		return enginetest.Live(strict{}, e), nil
	}
	return found, err
}

// companies are the names that seeded organizations have, in more than one script.
var companies = []string{"Cascadia Robotics", "Prairie Lens", "智慧製造股份有限公司", "Northfield Health", "雲端資料科技", "Øresund Analytics"}

// application makes the i-th: two of three have a review, some of those are recommended
// one way or the other.
func application(w *enginetest.World, i int64) {
	c := w.NewCase(fmt.Sprintf("%s %d", companies[i%int64(len(companies))], i), workflow.Cents(i%4999+1)*1_000_00).Submit()
	if i%3 == 0 {
		return
	}
	c.ReviewBy(w.Reviewers[i%int64(len(w.Reviewers))])
	officer := w.Viewer(w.People[workflow.ProgramOfficer])
	switch i % 10 {
	case 1:
		w.Act(officer, workflow.NounApplication, c.Application, workflow.ActWaitlist, enginetest.Int("rank", i%100_000+1))
	case 2, 4:
		w.Act(officer, workflow.NounApplication, c.Application, workflow.ActRecommendDecline, enginetest.Text("codes", "low_merit"), enginetest.Text("note", "seeded"))
	}
}

// bar shows how many of n are made, how fast, and how long the rest will take.
func bar(out io.Writer, n, had int64, made *atomic.Int64, over <-chan struct{}) {
	const width = 40
	begun := time.Now()
	show := func() {
		done := made.Load()
		rate := float64(done-had) / time.Since(begun).Seconds()
		left := "-"
		if rate > 0 {
			left = time.Duration(float64(n-done) / rate * float64(time.Second)).Round(time.Second).String()
		}
		full := int(min(done, n) * width / n)
		fmt.Fprintf(out, "\r[%s%s] %d of %d, %.0f/s, %s left   ", strings.Repeat("#", full), strings.Repeat(".", width-full), done, n, rate, left)
	}
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			show()
		case <-over:
			show()
			fmt.Fprintln(out)
			return
		}
	}
}

// dropped takes the jobs of a database that nobody serves.
type dropped struct{}

// InsertJobs implements models.JobInserter.
func (dropped) InsertJobs(context.Context, *sql.Tx, []workflow.Job) error { return nil }

// strict ends the program where a test would fail.
type strict struct{ testing.TB }

// Helper does nothing: there are no lines of tests to be told of.
func (strict) Helper() {}

// Fatal ends the program.
func (strict) Fatal(args ...any) { log.Fatalln(args...) }

// Fatalf ends the program.
func (strict) Fatalf(format string, args ...any) { log.Fatalf(format, args...) }
