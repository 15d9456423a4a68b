package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"tranche/app/engine"
	"tranche/app/identity"
	"tranche/app/jobs"
	"tranche/app/notice"
	"tranche/app/policy"
	"tranche/app/seal"
	"tranche/app/trial"
	"tranche/models"
	"tranche/templates"
	"tranche/workflow"
)

// database is where the records are, for every command that needs them.
type database struct {
	Database string `help:"An SQLite file or a postgres:// URL." env:"TRANCHE_DATABASE" default:"tranche.db" placeholder:"PATH|URL"`
	Keys     string `help:"File with the keys that seal account numbers; made when it is not there. With SQLite: beside the database." env:"TRANCHE_KEYS" placeholder:"FILE"`
}

// keysFile returns where the keys are.
func (d *database) keysFile() (string, error) {
	switch {
	case d.Keys != "":
		return d.Keys, nil
	case models.IsPostgres(d.Database):
		return "", fmt.Errorf("--keys (TRANCHE_KEYS) is needed with PostgreSQL: every replica reads the same file")
	}
	return d.Database + ".keys", nil
}

// check names the flag when its value cannot be meant.
func (d *database) check() error {
	if d.Database == "" || strings.Contains(d.Database, "://") && !models.IsPostgres(d.Database) {
		return fmt.Errorf("--database (TRANCHE_DATABASE): %q is neither a path nor a postgres:// URL", d.Database)
	}
	return nil
}

// A house is the opened program without its doors: database, engine and what
// completes commands.
type house struct {
	db        *models.DB
	engine    *engine.Engine
	passwords *identity.Passwords
	gate      *identity.Gate
	runner    *jobs.Runner
	teller    *teller
	post      *notice.Post
	trial     *trial.Trial
	now       func() time.Time
}

// hashesAtOnce is how many passwords are checked at a time: each takes 19 MiB.
const hashesAtOnce = 2

// open opens the database; with migrate, its schema is brought up to date first.
func (d *database) open(ctx context.Context, migrate bool) (h *house, err error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	if _, err := os.Stat(d.Database); !migrate && !models.IsPostgres(d.Database) && err != nil {
		return nil, fmt.Errorf("--database (TRANCHE_DATABASE): %w", err)
	}
	db, err := models.Open(ctx, d.Database)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			if closing := db.Close(); closing != nil {
				slog.Error("close database", "err", closing)
			}
		}
	}()
	if migrate {
		if _, err := db.Migrate(ctx, jobs.Tables(db)); err != nil {
			return nil, err
		}
	}
	if err := db.CheckSchema(ctx); err != nil {
		return nil, err
	}
	file, err := d.keysFile()
	if err != nil {
		return nil, err
	}
	sealed, err := db.HasSealed(ctx)
	if err != nil {
		return nil, err
	}
	// New keys are made only while nothing is sealed: they would open nothing.
	keys, err := seal.Load(file, !sealed)
	if err != nil {
		return nil, err
	}
	return newHouse(ctx, db, keys)
}

// newHouse joins the parts that work on a database that is ready.
func newHouse(ctx context.Context, db *models.DB, keys *seal.Sealer) (*house, error) {
	now := func() time.Time { return time.Now().UTC() }
	rules, err := policy.NewRules()
	if err != nil {
		return nil, err
	}
	db.SetRules(rules)
	h := &house{db: db, now: now, passwords: identity.NewPasswords(hashesAtOnce)}
	disburses := &disburser{db: db, keys: keys, now: now}
	db.SetSums(disburses.sumAccount)
	prepare := disburses.preparers()
	for _, action := range []workflow.Action{workflow.ActCreate, workflow.ActUpdate} {
		prepare[engine.Act{Noun: workflow.NounPerson, Action: action}] = h.passwords.Seal
	}
	h.trial = &trial.Trial{Compiler: policy.NewCompiler(rules), Reader: db.Reader, Now: now}
	prepare[engine.Act{Noun: workflow.NounPolicy, Action: workflow.ActApply}] = h.trial.Prepare
	prepare[engine.Act{Noun: workflow.NounList, Action: workflow.ActCreate}] = (&lister{db}).upload
	words, err := templates.NewWords(nil)
	if err != nil {
		return nil, err
	}
	h.post = &notice.Post{Writer: notice.Writer{Reader: db.Reader, Words: words}, DB: db, Now: now}
	prepare[engine.Act{Noun: workflow.NounLetter, Action: workflow.ActCreate}] = h.post.Prepare
	h.engine = &engine.Engine{DB: db, Now: now, Prepare: prepare}
	h.teller = &teller{db: db, engine: h.engine, now: now}
	prepare[engine.Act{Noun: workflow.NounAnswerFile, Action: workflow.ActCreate}] = h.teller.upload
	books := &bookkeeper{db: db, engine: h.engine, now: now}
	prepare[engine.Act{Noun: workflow.NounJournal, Action: workflow.ActCreate}] = books.complete
	if h.gate, err = identity.New(ctx, db, now, h.passwords, identity.Limits{}); err != nil {
		return nil, err
	}
	if h.runner, err = jobs.New(db, h.engine, now, h.gate.Sweep, h.post.Remind, books.daily); err != nil {
		return nil, err
	}
	h.runner.Mail(h.post)
	return h, nil
}

func (h *house) close() {
	if err := h.db.Close(); err != nil {
		slog.Error("close database", "err", err)
	}
}

// logger writes one JSON object a line.
func logger(quiet bool) *slog.Logger {
	at := slog.LevelInfo
	if quiet {
		at = slog.LevelWarn
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: at}))
}
