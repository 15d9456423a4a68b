package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/app/identity"
	"tranche/app/jobs"
	"tranche/models"
	"tranche/workflow"
)

var system = &models.Viewer{System: true}

// atOnce is how many steps of the preparation are under way at a time.
const atOnce = 32

// A stage is what is there before the first press.
type stage struct {
	opportunity workflow.ID
	closes      time.Time // the deadline as it was published
	people      []*applicant
}

// makeDatabase makes an empty database on a PostgreSQL server; drop removes it.
func makeDatabase(ctx context.Context, server string) (drop func() error, at string, err error) {
	u, err := url.Parse(server)
	if err != nil {
		return nil, "", err
	}
	pool, err := sql.Open("pgx", server)
	if err != nil {
		return nil, "", err
	}
	name := "storm_" + strings.ToLower(rand.Text())
	if _, err := pool.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return nil, "", errors.Join(fmt.Errorf("make a database: %w", err), pool.Close())
	}
	u.Path = "/" + name
	return func() error {
		_, err := pool.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE "+name+" WITH (FORCE)")
		return errors.Join(err, pool.Close())
	}, u.String(), nil
}

// open opens the database as the program does, without its jobs.
func open(ctx context.Context, database string) (*models.DB, error) {
	db, err := models.Open(ctx, database)
	if err != nil {
		return nil, err
	}
	if _, err := db.Migrate(ctx, jobs.Tables(db)); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	db.SetJobs(dropped{})
	return db, nil
}

// prepare makes n organizations, each with a complete draft and somebody who may
// submit it, and then publishes the deadline.
func (o *options) prepare(ctx context.Context, database string) (st *stage, err error) {
	db, err := open(ctx, database)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	now := func() time.Time { return time.Now().UTC() }
	w := enginetest.Live(strict{}, &engine.Engine{DB: db, Now: now})
	st = &stage{people: make([]*applicant, o.n)}
	begun := now()
	organizations := make([]workflow.ID, o.n)
	inParallel(o.n, func(i int) {
		organizations[i] = w.Organization(fmt.Sprintf("Storm %d, Inc.", i), 1_000_000_00)
		person := w.Member(organizations[i], workflow.AOR)
		full, sum := identity.NewToken()
		w.Must(workflow.NounToken, workflow.ActCreate, person, nil, identity.TokenInputs("storm", sum, identity.AllScopes, now().AddDate(0, 1, 0))...)
		st.people[i] = &applicant{name: fmt.Sprintf("Storm %d, Inc.", i), person: person, secret: full, address: addressOf(i), hasty: hasty(i)}
	})
	// Drafts need an opportunity, and what is published cannot be moved: they are made
	// in the time before the window. They take less than what was made so far.
	before := 4*time.Second + now().Sub(begun)
	st.closes = now().Add(before + o.window*4/5).Truncate(time.Microsecond)
	lead := w.As(workflow.ProgramLead)
	st.opportunity = w.Must(workflow.NounOpportunity, workflow.ActForecast, w.Program, lead, enginetest.Int("fund", int64(w.Fund)),
		enginetest.Text("number", "AIV-STORM"), enginetest.Text("title", "Closes in a storm"),
		enginetest.Time("opens", now().Add(-time.Hour)), enginetest.Time("closes", st.closes)).ID
	w.Act(lead, workflow.NounOpportunity, st.opportunity, workflow.ActPublish)
	w.Opportunity = st.opportunity
	inParallel(o.n, func(i int) {
		st.people[i].application = w.DraftOf(organizations[i], st.people[i].person, 100_000_00).Application
	})
	for _, a := range st.people {
		draft, err := models.Record[workflow.Application](ctx, db.Reader, system, workflow.NounApplication, a.application)
		if err != nil {
			return nil, err
		}
		a.version = draft.Version
	}
	return st, nil
}

// inParallel calls do for 0 to n-1, atOnce at a time.
func inParallel(n int, do func(i int)) {
	var all sync.WaitGroup
	for first := range min(n, atOnce) {
		all.Go(func() {
			for i := first; i < n; i += atOnce {
				do(i)
			}
		})
	}
	all.Wait()
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
