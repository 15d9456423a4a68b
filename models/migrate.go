package models

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

// ErrNewer means that a newer version of the program has changed the schema.
var ErrNewer = errors.New("models: the database has a newer schema than this program knows")

// Migrate brings the schema up to date and returns how many steps it took.
// Several processes may call it at once: on PostgreSQL a lock lets one go first,
// on SQLite each step is one transaction. more are steps written in Go, such as
// the tables of the job library.
func (d *DB) Migrate(ctx context.Context, more ...*goose.Migration) (int, error) {
	p, err := d.provider(more)
	if err != nil {
		return 0, err
	}
	done, err := p.Up(ctx)
	if err != nil {
		return len(done), fmt.Errorf("migrate: %w", err)
	}
	return len(done), nil
}

// CheckSchema returns an error that says what to do when the schema is not the
// one this program was built for.
func (d *DB) CheckSchema(ctx context.Context, more ...*goose.Migration) error {
	p, err := d.provider(more)
	if err != nil {
		return err
	}
	now, want, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("read schema version: %w", err)
	case now > want:
		return fmt.Errorf("%w: %d, not %d", ErrNewer, now, want)
	case now < want:
		return fmt.Errorf("models: the schema is at step %d of %d: run \"migrate\"", now, want)
	}
	return nil
}

func (d *DB) provider(more []*goose.Migration) (*goose.Provider, error) {
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption{goose.WithGoMigrations(more...)}
	if d.dialect == Postgres {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		dialect, options = goose.DialectPostgres, append(options, goose.WithSessionLocker(locker))
	}
	files, err := fs.Sub(migrations, "migrations/"+d.dialect.String())
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(dialect, d.write, files, options...)
}
