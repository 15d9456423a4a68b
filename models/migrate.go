package models

import (
	"context"
	"database/sql"
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

// An Extra brings tables up to date that are not ours, such as those of the job
// library. It is safe to repeat.
type Extra func(ctx context.Context, pool *sql.DB) error

// Migrate brings the schema up to date and returns how many steps of ours it
// took. Several processes may call it at once: on PostgreSQL a lock lets one go
// first, on SQLite each step is one transaction.
func (d *DB) Migrate(ctx context.Context, more ...Extra) (int, error) {
	p, err := d.provider()
	if err != nil {
		return 0, err
	}
	done, err := p.Up(ctx)
	if err != nil {
		return len(done), fmt.Errorf("migrate: %w", err)
	}
	for _, extra := range more {
		if err := d.alone(ctx, extra); err != nil {
			return len(done), fmt.Errorf("migrate: %w", err)
		}
	}
	return len(done), nil
}

// extraLock is the number of the lock under which extras run on PostgreSQL.
const extraLock = 7_261_034

// alone runs extra while no other process does.
func (d *DB) alone(ctx context.Context, extra Extra) error {
	if d.dialect == SQLite {
		return extra(ctx, d.write)
	}
	conn, err := d.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", extraLock); err != nil {
		return err
	}
	err = extra(ctx, d.write)
	_, unlock := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", extraLock)
	return errors.Join(err, unlock)
}

// CheckSchema returns an error that says what to do when the schema is not the
// one this program was built for.
func (d *DB) CheckSchema(ctx context.Context) error {
	p, err := d.provider()
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

func (d *DB) provider() (*goose.Provider, error) {
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption{goose.WithGoMigrations(d.indexing())}
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
