// Package models stores the programme's records on SQLite or PostgreSQL: it
// loads the facts that a decision looks at, applies the steps that were decided,
// and reads what pages show. Nothing else in the product speaks SQL.
package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"
	_ "github.com/mattn/go-sqlite3"    // registers the driver "sqlite3"
	"gorm.io/driver/postgres"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Answers that callers can test for.
var (
	// ErrNotFound means that there is no such record, or that the viewer may not know of it.
	ErrNotFound = errors.New("models: not found")
	// ErrStale means that the record is no longer as the caller saw it; nothing was changed.
	ErrStale = errors.New("models: changed by somebody else")
	// ErrKeyReused means that an idempotency key came again with another request.
	ErrKeyReused = errors.New("models: idempotency key was used for another request")
	// ErrBusy means that the request was turned away unread because too many were waiting.
	ErrBusy = errors.New("models: too many requests are waiting")
	// ErrClosed means that the database is being closed.
	ErrClosed = errors.New("models: database is closed")
)

// Dialect says which of the two databases is spoken to.
type Dialect uint8

// The databases.
const (
	SQLite Dialect = iota
	Postgres
)

// String returns "sqlite" or "postgres".
func (d Dialect) String() string { return [...]string{"sqlite", "postgres"}[d] }

// oldestSQLite is the first version without the WAL-reset bug, which corrupts a
// database when two connections write and checkpoint at the same moment.
// Source: sqlite.org, release 3.51.3 of 2026-03-13.
const oldestSQLite = 3_051_003

// A DB is one open database. Reads go through Reader; the only way to write is
// Write.
type DB struct {
	Reader
	dialect Dialect
	write   *sql.DB       // SQLite: exactly one connection
	writer  *writer       // SQLite only
	places  chan struct{} // PostgreSQL only: who writes, or waits for a connection to
	ids     *idBlocks
	jobs    JobInserter
	stmts   sync.Map // SQL text → *sql.Stmt on the write pool
	unseen  sync.Map // SQL text seen first inside a transaction, to be prepared before the next
}

// A Reader answers questions; it cannot change anything.
type Reader struct {
	db       *gorm.DB
	sql      *sql.DB
	dialect  Dialect
	terms    *termsCache
	indexes  *indexCache
	compared *comparisonCache
	sums     *accountSums
}

// Open connects to "postgres://…" or to an SQLite file, which is made when it is
// not there. An SQLite library with the WAL-reset bug is refused. The schema is
// not touched; see Migrate.
func Open(ctx context.Context, database string) (*DB, error) {
	open := openSQLite
	if IsPostgres(database) {
		open = openPostgres
	}
	d, err := open(ctx, database)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", Redacted(database), err)
	}
	d.ids = &idBlocks{db: d}
	return d, nil
}

// IsPostgres reports whether database is a PostgreSQL URL.
func IsPostgres(database string) bool {
	return strings.HasPrefix(database, "postgres://") || strings.HasPrefix(database, "postgresql://")
}

// Redacted returns database without the password in it.
func Redacted(database string) string {
	u, err := url.Parse(database)
	if err != nil || u.User == nil {
		return database
	}
	return u.Redacted()
}

// writeCache is how much of the database the writer keeps at hand, in KiB. With
// SQLite's own 2 MiB it would read most pages anew for every command.
const writeCache = "_cache_size=-16384"

// readCache is writeCache for each connection that reads: what is counted of 100,000
// applications has room in it.
const readCache = "_cache_size=-32768"

func openSQLite(ctx context.Context, file string) (*DB, error) {
	// SQLite would make the file, and those beside it, readable by everybody.
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return nil, err
	}
	// An immediate transaction waits its turn; a deferred one that reads and then
	// writes fails at once, whatever the busy timeout. FULL is what survives a
	// power cut: NORMAL loses acknowledged commits.
	const pragmas = "_journal_mode=WAL&_busy_timeout=10000&_foreign_keys=on&_synchronous=FULL"
	path := "file:" + (&url.URL{Path: file}).EscapedPath()
	write, err := sql.Open("sqlite3", path+"?_txlock=immediate&"+writeCache+"&"+pragmas)
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	if err := prepareSQLite(ctx, write); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read, err := sql.Open("sqlite3", path+"?_query_only=on&"+readCache+"&"+pragmas)
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(max(4, runtime.NumCPU()))
	read.SetMaxIdleConns(max(4, runtime.NumCPU()))
	g, err := gorm.Open(sqlite.Dialector{Conn: read}, gormConfig())
	if err != nil {
		return nil, errors.Join(err, write.Close(), read.Close())
	}
	d := &DB{Reader: Reader{g, read, SQLite, new(termsCache), new(indexCache), new(comparisonCache), new(accountSums)}, dialect: SQLite, write: write}
	d.writer = startWriter(d)
	return d, nil
}

// prepareSQLite refuses a library with the WAL-reset bug and sets how often the
// log is folded back: every 32 MiB, since the writer would else stop for two
// more flushes every few commits.
func prepareSQLite(ctx context.Context, db *sql.DB) error {
	var version string
	if err := db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return err
	}
	if err := checkSQLiteVersion(version); err != nil {
		return err
	}
	_, err := db.ExecContext(ctx, "PRAGMA wal_autocheckpoint=8192")
	return err
}

func checkSQLiteVersion(version string) error {
	n := 0
	for _, part := range strings.SplitN(version, ".", 3) {
		i, err := strconv.Atoi(part)
		if err != nil {
			return fmt.Errorf("SQLite has version %q, which cannot be read", version)
		}
		n = n*1000 + i
	}
	if n < oldestSQLite {
		return fmt.Errorf("SQLite %s can corrupt a database (WAL-reset bug): 3.51.3 or newer is needed", version)
	}
	return nil
}

// connections is how many connections one process has to PostgreSQL at most.
const connections = 32

func openPostgres(ctx context.Context, dsn string) (*DB, error) {
	pool, err := sql.Open("pgx", dsn)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	g, err := gorm.Open(postgres.New(postgres.Config{Conn: pool}), gormConfig())
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return &DB{Reader: Reader{g, pool, Postgres, new(termsCache), new(indexCache), new(comparisonCache), new(accountSums)}, dialect: Postgres, write: pool,
		places: make(chan struct{}, connections+queueLength)}, nil
}

func gormConfig() *gorm.Config {
	return &gorm.Config{TranslateError: true, SkipDefaultTransaction: true, Logger: logger.Discard}
}

// query reads rows through GORM, which knows how each database writes parameters.
// What answers every request, and what runs in the writer's transactions, does
// without: GORM costs several times the statement there.
func (r Reader) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return r.db.WithContext(ctx).Raw(text, args...).Rows()
}

// Dialect returns which database d is.
func (r Reader) Dialect() Dialect { return r.dialect }

// Pool returns the connections that write; the job library shares them.
func (d *DB) Pool() *sql.DB { return d.write }

// Ping reports whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.sql.PingContext(ctx) }

// Close waits for the writes that were taken and closes all connections.
func (d *DB) Close() error {
	if d.writer != nil {
		d.writer.stop()
	}
	err := d.write.Close()
	if d.sql != d.write {
		err = errors.Join(err, d.sql.Close())
	}
	return err
}

// stmt returns query as a statement prepared once on the write pool.
func (d *DB) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := d.stmts.Load(query); ok {
		return s.(*sql.Stmt), nil
	}
	s, err := d.write.PrepareContext(ctx, d.bind(query))
	if err != nil {
		return nil, fmt.Errorf("prepare %.60q: %w", query, err)
	}
	if old, loaded := d.stmts.LoadOrStore(query, s); loaded {
		return old.(*sql.Stmt), s.Close()
	}
	return s, nil
}

// bind writes the question marks of query as the database wants them. SQLite plans
// "x = ?" by the value, and so plans the statement anew each time that it is run, which
// takes longer than running it; for "x = +?" it keeps the plan. (sqlite3ExprIsInteger
// in whereLoopOutputAdjust; the driver clears what was bound after each run, and
// sqlite3_clear_bindings expires every plan that looked at a value.)
func (r Reader) bind(query string) string {
	if r.dialect == SQLite {
		return strings.ReplaceAll(query, "= ?", "= +?")
	}
	var b strings.Builder
	n := 0
	for _, c := range query {
		if c != '?' {
			b.WriteRune(c)
			continue
		}
		n++
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
	}
	return b.String()
}
