// Package modelstest gives tests an empty, migrated database of each kind. It is
// imported by tests only.
package modelstest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tranche/models"
	"tranche/workflow"
)

// PostgresEnv names the environment variable with the URL of a PostgreSQL server
// that tests may make databases on. scripts/test sets it.
const PostgresEnv = "TRANCHE_TEST_POSTGRES"

// Each runs f once on SQLite and once on PostgreSQL, as subtests.
func Each(t *testing.T, f func(t *testing.T, db *models.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t)) })
}

// SQLite returns an empty database in a file of its own.
func SQLite(t testing.TB) *models.DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tranche.db")
	migrated, err := template()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, migrated, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, path)
}

// template returns the bytes of an empty, migrated SQLite database: most of what a
// database of its own costs a test is the schema.
var template = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "tranche-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path, ctx := filepath.Join(dir, "tranche.db"), context.Background()
	db, err := models.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	_, err = db.Migrate(ctx)
	if err := errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// Postgres returns an empty database on the test server. A test that needs it
// fails, and does not skip, where there is no server.
func Postgres(t testing.TB) *models.DB {
	t.Helper()
	from, err := postgresTemplate()
	if err != nil {
		t.Fatal(err)
	}
	return open(t, postgresFrom(t, from))
}

// PostgresURL makes an empty database without any table on the test server, which is
// dropped when the test ends.
func PostgresURL(t testing.TB) string {
	t.Helper()
	return postgresFrom(t, "template1")
}

// postgresTemplate makes a migrated database that those of this process are copies of.
// It goes with the server, which tests have to themselves.
var postgresTemplate = sync.OnceValues(func() (string, error) {
	name := "t_template_" + strings.ToLower(rand.Text())
	admin, err := postgresServer()
	if err != nil {
		return "", err
	}
	_, err = admin.Exec("CREATE DATABASE " + name)
	if err := errors.Join(err, admin.Close()); err != nil {
		return "", err
	}
	at, err := postgresAt(name)
	if err != nil {
		return "", err
	}
	ctx := context.Background()
	db, err := models.Open(ctx, at)
	if err != nil {
		return "", err
	}
	_, err = db.Migrate(ctx)
	return name, errors.Join(err, db.Close())
})

// postgresServer connects to the test server.
func postgresServer() (*sql.DB, error) {
	server := os.Getenv(PostgresEnv)
	if server == "" {
		return nil, fmt.Errorf("%s is not set: run the tests with scripts/test", PostgresEnv)
	}
	return sql.Open("pgx", server)
}

// postgresAt returns the URL of a database on the test server.
func postgresAt(name string) (string, error) {
	u, err := url.Parse(os.Getenv(PostgresEnv))
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}

// postgresFrom copies a database of the test server for one test.
func postgresFrom(t testing.TB, template string) string {
	t.Helper()
	admin, err := postgresServer()
	if err != nil {
		t.Fatal(err)
	}
	name := "t_" + strings.ToLower(rand.Text())
	if _, err := admin.Exec("CREATE DATABASE " + name + " TEMPLATE " + template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
		if err := admin.Close(); err != nil {
			t.Error(err)
		}
	})
	at, err := postgresAt(name)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// Stored counts the documents and events, one more of which whatever is carried out leaves.
func Stored(t testing.TB, db *models.DB) (n int) {
	t.Helper()
	if err := db.Pool().QueryRow("SELECT (SELECT COUNT(*) FROM documents) + (SELECT COUNT(*) FROM events)").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Unlist takes the entries of all lists away. Only what was made ready before still
// finds them.
func Unlist(t testing.TB, db *models.DB) {
	t.Helper()
	if _, err := db.Pool().Exec("DELETE FROM list_entries"); err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, database string) *models.DB {
	t.Helper()
	ctx := context.Background()
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
	db.SetJobs(&Jobs{})
	return db
}

// Jobs takes the jobs of steps and remembers them, in place of the job library.
// A transaction that is rolled back later leaves its jobs in the list.
type Jobs struct {
	mu  sync.Mutex
	all []workflow.Job
}

// InsertJobs implements models.JobInserter.
func (j *Jobs) InsertJobs(_ context.Context, _ *sql.Tx, jobs []workflow.Job) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.all = append(j.all, jobs...)
	return nil
}

// All returns the jobs taken so far.
func (j *Jobs) All() []workflow.Job {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]workflow.Job(nil), j.all...)
}
