// Package jobs does what happens without a click: it screens what was submitted
// and carries out what becomes due. Jobs are enqueued in the transaction that
// makes them necessary and are carried out at least once, so each is safe to
// repeat.
package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"tranche/app/engine"
	"tranche/models"
	"tranche/workflow"
)

// A Doer carries out commands; *engine.Engine is the only real one.
type Doer interface {
	Do(context.Context, engine.Request) (engine.Answer, error)
}

// A Runner enqueues jobs and carries them out.
type Runner struct {
	client *river.Client[*sql.Tx]
	due    *clock
	caught sync.WaitGroup     // what was due when the program started, and the signs of life
	still  context.CancelFunc // ends the signs of life
	mailer Mailer             // nil: nobody is told

	caughtUp chan struct{} // closed when what was due at the start has been looked through
}

// A Mailer tells people by mail. Both may be asked for the same thing again.
type Mailer interface {
	Tell(ctx context.Context, event int64) error    // writes the mails about an event
	Send(ctx context.Context, id workflow.ID) error // sends one of them; an error asks for another try later
}

// A Chore is done every minute, with what is due; nothing depends on when.
type Chore func(context.Context) error

const (
	librarySchema = 8 // the job library's schema that this program was tested with
	screeners     = 4 // jobs of one kind at a time: they end in the one writer anyway
	jobTimeout    = time.Minute
	rescueAfter   = 5 * time.Minute // a job whose process died is taken up again
)

// Tables makes the tables of the job library, or brings them up to date.
func Tables(db *models.DB) models.Extra {
	return func(ctx context.Context, pool *sql.DB) error {
		m, err := rivermigrate.New(driver(db, pool), &rivermigrate.Config{Logger: quiet()})
		if err != nil {
			return err
		}
		_, err = m.Migrate(ctx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{TargetVersion: librarySchema})
		return err
	}
}

func driver(db *models.DB, pool *sql.DB) riverdriver.Driver[*sql.Tx] {
	if db.Dialect() == models.Postgres {
		return riverdatabasesql.New(pool)
	}
	return riversqlite.New(pool)
}

// quiet keeps the library's chatter out of the log; its warnings stay.
func quiet() *slog.Logger {
	return slog.New(level{slog.Default().Handler()})
}

type level struct{ slog.Handler }

// Enabled implements slog.Handler.
func (l level) Enabled(ctx context.Context, at slog.Level) bool {
	return at >= slog.LevelWarn && l.Handler.Enabled(ctx, at)
}

// New returns a Runner on db and makes it the one that takes the jobs of steps.
// Nothing is carried out before Start.
func New(db *models.DB, do Doer, now func() time.Time, chores ...Chore) (*Runner, error) {
	workers := river.NewWorkers()
	due := &clock{db: db, do: do, now: now, watch: UsualWatch, chores: chores}
	r := &Runner{due: due, caughtUp: make(chan struct{})}
	err := errors.Join(
		carriedOut(workers, func(ctx context.Context, a screenArgs) error { return screen(ctx, do, now(), a.Application) }),
		carriedOut(workers, func(ctx context.Context, a evidenceArgs) error {
			return errors.Join(TiesOfOrganization(ctx, db, do, now(), a.Organization), // the group may be another one
				Rescreen(ctx, do, now(), func(after workflow.ID) ([]workflow.ID, error) { return db.CasesOfGroup(ctx, a.Organization, after) }))
		}),
		carriedOut(workers, func(ctx context.Context, a rateArgs) error {
			return Rescreen(ctx, do, now(), func(after workflow.ID) ([]workflow.ID, error) { return db.CasesOfRate(ctx, a.Rate, after) })
		}),
		carriedOut(workers, func(ctx context.Context, _ listArgs) error { return ScreenAll(ctx, db, do, now) }),
		carriedOut(workers, func(ctx context.Context, a organizationArgs) error {
			return ScreenOrganization(ctx, db, do, now(), a.Organization)
		}),
		carriedOut(workers, func(ctx context.Context, a letterArgs) error { return write(ctx, do, now(), a) }),
		carriedOut(workers, func(ctx context.Context, a duplicateArgs) error {
			return errors.Join(CompareOrganization(ctx, db, do, now(), a.Organization), TiesOfOrganization(ctx, db, do, now(), a.Organization))
		}),
		carriedOut(workers, func(ctx context.Context, a tiesArgs) error { return TiesOfPerson(ctx, db, do, now(), a.Person) }),
		carriedOut(workers, func(ctx context.Context, a capArgs) error { return WeighAwards(ctx, db, do, now(), a.Organization) }),
		carriedOut(workers, func(ctx context.Context, a answersArgs) error { return bookAnswers(ctx, db, do, now, a.File) }),
		carriedOut(workers, r.tell),
		carriedOut(workers, r.mail),
		carriedOut(workers, func(ctx context.Context, _ dueArgs) error { return due.round(ctx) }),
	)
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	client, err := river.NewClient(driver(db, db.Pool()), &river.Config{
		Logger:               quiet(),
		Workers:              workers,
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 1}, screening: {MaxWorkers: screeners}, letters: {MaxWorkers: 1}, comparing: {MaxWorkers: screeners}, mailing: {MaxWorkers: mailers}, booking: {MaxWorkers: 1}},
		FetchCooldown:        20 * time.Millisecond,
		FetchPollInterval:    200 * time.Millisecond,
		JobTimeout:           jobTimeout,
		RescueStuckJobsAfter: rescueAfter,
		PeriodicJobs:         []*river.PeriodicJob{everyMinute()},
	})
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	r.client = client
	db.SetJobs(r)
	return r, nil
}

// carriedOut has jobs of one kind carried out by do.
func carriedOut[A river.JobArgs](workers *river.Workers, do func(context.Context, A) error) error {
	return river.AddWorkerSafely(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[A]) error { return do(ctx, job.Args) }))
}

// Watch sets how outages are noticed; it is called before Start.
func (r *Runner) Watch(w Watch) { r.due.watch = w }

// Start begins to carry out jobs. What became due while nothing ran, or was cut
// short when the process before this one died, is taken up at once; deadlines that
// passed meanwhile have moved when Start returns.
func (r *Runner) Start(ctx context.Context) error {
	// Before the first request: the first command that searches the lists would make
	// them ready within the one transaction that all others wait for.
	if err := r.due.db.ReadyLists(ctx); err != nil {
		return err
	}
	if err := errors.Join(r.due.rise(ctx), r.due.db.TakeUpJobs(ctx)); err != nil {
		return err
	}
	alive, still := context.WithCancel(context.WithoutCancel(ctx))
	r.still = still
	r.caught.Go(func() { r.due.live(alive) })
	if err := r.client.Start(ctx); err != nil {
		still()
		return err
	}
	r.caught.Go(func() {
		defer close(r.caughtUp)
		err := errors.Join(r.due.round(ctx), ScreenAll(ctx, r.due.db, r.due.do, r.due.now), CompareAll(ctx, r.due.db, r.due.do, r.due.now),
			RescreenAll(ctx, r.due.db, r.due.do, r.due.now), r.due.db.CountService(ctx), WeighAll(ctx, r.due.db, r.due.do, r.due.now))
		if err != nil {
			slog.Error("what was due at the start", "err", err)
		}
	})
	return nil
}

// CaughtUp is closed when what was due at the start has been looked through.
func (r *Runner) CaughtUp() <-chan struct{} { return r.caughtUp }

// Owed sets how to find out since when somebody who pressed submit waits to be
// answered or noted; it is called before Start.
func (r *Runner) Owed(since func() time.Time) { r.due.owed = since }

// Idle waits until no job is to be run now, or ctx ends.
func (r *Runner) Idle(ctx context.Context) error {
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		n, err := r.due.db.JobsToDo(ctx)
		if err != nil || n == 0 {
			return err
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return fmt.Errorf("%d jobs are not done: %w", n, context.Cause(ctx))
		}
	}
}

// Quiet gives the last sign of life. It is called before requests are refused.
func (r *Runner) Quiet(ctx context.Context) {
	r.due.tell(r.due.beat(ctx))
	r.due.ended.Store(true)
}

// Stop waits for the jobs that are running, until ctx ends.
func (r *Runner) Stop(ctx context.Context) error {
	r.Quiet(ctx)
	err := r.client.Stop(ctx)
	if r.still != nil {
		r.still()
	}
	r.caught.Wait()
	return err
}

// InsertJobs implements models.JobInserter.
func (r *Runner) InsertJobs(ctx context.Context, tx *sql.Tx, jobs []workflow.Job) error {
	params := make([]river.InsertManyParams, 0, len(jobs))
	for _, j := range jobs {
		var args river.JobArgs
		opts := &river.InsertOpts{Queue: screening}
		switch j.Kind {
		case workflow.JobScreen:
			args = screenArgs{j.Record}
		case workflow.JobEvidence:
			args = evidenceArgs{j.Record}
		case workflow.JobRate:
			args = rateArgs{j.Record}
		case workflow.JobList:
			args = listArgs{j.Record}
		case workflow.JobScreening:
			args = organizationArgs{j.Record}
		case workflow.JobLetter:
			args, opts.Queue = letterArgs{j.Record, j.Event}, letters
		case workflow.JobTell:
			args, opts.Queue = tellArgs{j.Event}, mailing
		case workflow.JobMail:
			args, opts.Queue, opts.MaxAttempts = mailArgs{j.Record}, mailing, workflow.MailTries
		case workflow.JobCap:
			args = capArgs{j.Record}
		case workflow.JobTies:
			args, opts.Queue = tiesArgs{j.Record}, comparing
		case workflow.JobAnswers:
			args, opts.Queue = answersArgs{j.Record}, booking
		case workflow.JobDuplicates:
			args, opts.Queue = duplicateArgs{j.Record}, comparing
		default:
			return fmt.Errorf("jobs: nobody does %q", j.Kind)
		}
		params = append(params, river.InsertManyParams{Args: args, InsertOpts: opts})
	}
	_, err := r.client.InsertManyFastTx(ctx, tx, params)
	return err
}
