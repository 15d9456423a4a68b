package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"database/sql"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/app/identity"
	"tranche/app/jobs"
	"tranche/models"
	"tranche/workflow"
)

// connections is how many requests are under way at once, on kept connections.
const connections = 64

// A seat is one person with an API token.
type seat struct {
	viewer *models.Viewer
	secret string
}

// A dossier is one application that is acted on.
type dossier struct {
	id      workflow.ID
	version int64 // at the start of a round
	aor     seat
}

// A stage is the database that every round starts from, and who acts in it.
type stage struct {
	file      string
	inReview  []dossier // to be recommended and returned
	drafts    []dossier // to be submitted and reopened
	officers  []seat    // program officer, one token for each connection
	officials []seat    // selecting official, likewise
}

// amount is what every application asks for.
const amount workflow.Cents = 100_000_00

// seed makes a database with n applications in review and n complete drafts,
// each of its own organization, through the engine.
func seed(ctx context.Context, dir string, n int) (st *stage, err error) {
	st = &stage{file: filepath.Join(dir, "seed.db"), inReview: make([]dossier, n), drafts: make([]dossier, n)}
	db, e, err := open(ctx, st.file)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closed := db.Close(); err == nil {
			err = closed
		}
	}()
	db.SetJobs(dropped{}) // what a server would screen is screened here
	w := enginetest.Live(strict{}, e)
	inParallel(n, func(i int) {
		c := w.NewCase(fmt.Sprintf("In Review %d, Inc.", i), amount).Submit().Review()
		st.inReview[i] = dossier{id: c.Application}
		c = w.NewCase(fmt.Sprintf("Draft %d, Inc.", i), amount)
		st.drafts[i] = dossier{id: c.Application, aor: takeSeat(w, c.AOR)}
	})
	for range connections {
		st.officers = append(st.officers, takeSeat(w, w.People[workflow.ProgramOfficer]))
		st.officials = append(st.officials, takeSeat(w, w.People[workflow.SelectingOfficial]))
	}
	for _, list := range [][]dossier{st.inReview, st.drafts} {
		for i := range list {
			a, err := models.Record[workflow.Application](ctx, db.Reader, system, workflow.NounApplication, list[i].id)
			if err != nil {
				return nil, err
			}
			list[i].version = a.Version
		}
	}
	return st, nil
}

// open opens an SQLite file as the server does.
func open(ctx context.Context, file string) (*models.DB, *engine.Engine, error) {
	db, err := models.Open(ctx, file)
	if err != nil {
		return nil, nil, err
	}
	if _, err := db.Migrate(ctx, jobs.Tables(db)); err != nil {
		return nil, nil, err
	}
	now := func() time.Time { return time.Now().UTC() }
	return db, &engine.Engine{DB: db, Now: now}, nil
}

// inParallel calls do for 0 to n-1, as many at a time as there are connections.
func inParallel(n int, do func(i int)) {
	var all sync.WaitGroup
	for first := range min(n, connections) {
		all.Go(func() {
			for i := first; i < n; i += connections {
				do(i)
			}
		})
	}
	all.Wait()
}

// takeSeat makes an API token for everything.
func takeSeat(w *enginetest.World, person workflow.ID) seat {
	full, sum := identity.NewToken()
	token := w.Must(workflow.NounToken, workflow.ActCreate, person, nil,
		identity.TokenInputs("benchmark", sum, identity.AllScopes, w.Now().AddDate(0, 1, 0))...)
	v := w.Viewer(person)
	v.Via, v.Scopes = token.ID, uint8(identity.AllScopes)
	return seat{v, full}
}

var system = &models.Viewer{System: true}

// keyOf is the idempotency key that the API makes of a request.
func keyOf(v *models.Viewer, r *call) *models.Key {
	return &models.Key{Principal: v.Person, Route: "POST " + r.path, Text: r.key, Body: sha256.Sum256([]byte(r.body))}
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
