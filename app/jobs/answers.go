package jobs

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"tranche/app/engine"
	"tranche/models"
	"tranche/workflow"
)

// answersArgs asks for the answers of a bank's file to be booked.
type answersArgs struct {
	File workflow.ID `json:"file"`
}

// Kind implements river.JobArgs.
func (answersArgs) Kind() string { return workflow.JobAnswers }

// booking is the queue of answers: one file at a time.
const booking = "booking"

// answersFor is how long one try at a file takes at most; the next goes on where it ended.
const answersFor = jobTimeout / 2

// bookAnswers goes on with a file until the time of a job is over.
func bookAnswers(ctx context.Context, db *models.DB, do Doer, now func() time.Time, file workflow.ID) error {
	part, cancel := context.WithTimeout(ctx, answersFor)
	defer cancel()
	err := BookAnswers(part, db, do, now, file, nil)
	if err != nil && ctx.Err() == nil && errors.Is(part.Err(), context.DeadlineExceeded) {
		return river.JobSnooze(0)
	}
	return err
}

// BookAnswers books the answers of a file that is being applied, a few at a time, and
// tells after each part how many were looked at. What is not Applying is left alone, and
// what was booked stays so: it may end at any moment and be called again, even twice at once.
func BookAnswers(ctx context.Context, db *models.DB, do Doer, now func() time.Time, file workflow.ID, tell func(done, all int)) error {
	system := &models.Viewer{System: true}
	f, err := models.Record[workflow.AnswerFile](ctx, db.Reader, system, workflow.NounAnswerFile, file)
	if err != nil || f.State != workflow.Applying {
		return err
	}
	b := &booker{db: db, do: do, now: now, file: f}
	done, all, err := db.AnswersDone(ctx, file, f.Round)
	if err != nil {
		return err
	}
	for after := int64(0); ; {
		lines, err := db.AnswersDue(ctx, file, f.Round, after)
		if err != nil {
			return err
		}
		if len(lines) == 0 {
			break
		}
		if err := errors.Join(b.part(ctx, lines), ctx.Err()); err != nil {
			return err
		}
		if err := db.NoteAnswers(ctx, f, lines); err != nil {
			return err
		}
		after, done = lines[len(lines)-1].Number, done+len(lines)
		if tell != nil {
			tell(done, all)
		}
	}
	_, err = do.Do(ctx, engine.Request{Viewer: system, Command: workflow.Command{Noun: workflow.NounAnswerFile, Action: workflow.ActFinish, ID: file, Received: now()}})
	var no *workflow.Refusal
	if errors.As(err, &no) && no.Kind == workflow.NotNow { // somebody else was as fast
		return nil
	}
	return err
}

// A booker books the answers of one file.
type booker struct {
	db   *models.DB
	do   Doer
	now  func() time.Time
	file *workflow.AnswerFile
}

// booksAtOnce is how many answers are booked at the same time: they share a COMMIT.
const booksAtOnce = 16

// part books some answers and writes on each what became of it. Those about the same
// payment come one after the other, in their order; so do those about payments of a batch
// that one of them is about as a whole.
func (b *booker) part(ctx context.Context, lines []workflow.AnswerLine) error {
	facts, err := b.db.AnswerFacts(ctx, b.file.Program, lines)
	if err != nil {
		return err
	}
	whole := map[workflow.ID]bool{} // batches that an answer is about as a whole
	for i := range lines {
		if workflow.AboutBatch(lines[i].Kind) {
			whole[facts[i].Batch.ID] = facts[i].Batch.ID != 0
		}
	}
	var about []workflow.ID
	chains := map[workflow.ID][]int{}
	for i := range lines {
		id := facts[i].Match(&lines[i]).Record
		if batch := facts[i].Payment.Batch; whole[batch] {
			id = batch
		}
		if chains[id] == nil {
			about = append(about, id)
		}
		chains[id] = append(chains[id], i)
	}
	errs := make([]error, len(lines))
	free := make(chan struct{}, booksAtOnce)
	var all sync.WaitGroup
	for _, id := range about {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			moved, all := map[workflow.ID]bool{}, false
			for _, i := range chains[id] {
				f := &facts[i]
				about := f.Match(&lines[i]).Record
				if all || moved[about] {
					f = nil // what came before may have changed it
				}
				moved[about] = about != 0
				all = all || workflow.AboutBatch(lines[i].Kind)
				if errs[i] = b.one(ctx, &lines[i], f); errs[i] != nil {
					return
				}
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// tries is how often an answer is looked at anew when its record moved meanwhile.
const tries = 5

// one books an answer. Facts that are nil are read first.
func (b *booker) one(ctx context.Context, l *workflow.AnswerLine, f *workflow.AnswerFacts) error {
	var no *workflow.Refusal
	for n := 0; ; n++ {
		if f == nil {
			facts, err := b.db.AnswerFacts(ctx, b.file.Program, []workflow.AnswerLine{*l})
			if err != nil {
				return err
			}
			f = &facts[0]
		}
		step := f.Match(l)
		l.Result, l.Reason, l.Record, l.Round = step.Result, step.Reason, step.Record, b.file.Round
		if step.Result != workflow.AnswerDue {
			return nil
		}
		if n == tries {
			l.Result, l.Reason = workflow.AnswerParked, no.Reason
			return nil
		}
		err := b.carryOut(ctx, &step)
		switch {
		case err == nil:
			l.Result = workflow.AnswerBooked
			return nil
		case errors.As(err, &no) && no.Kind != workflow.NotNow:
			l.Result, l.Reason = workflow.AnswerParked, no.Reason
			return nil
		case !errors.As(err, &no) && !errors.Is(err, models.ErrStale):
			return err
		}
		if no == nil {
			no = &workflow.Refusal{Reason: workflow.WhyNotOut}
		}
		f = nil // it moved: look again
	}
}

// carryOut is the command of one answer: the system's, on the word of the bank, with the
// person who applied the file as its actor.
func (b *booker) carryOut(ctx context.Context, s *workflow.AnswerStep) error {
	_, err := b.do.Do(ctx, engine.Request{
		Viewer: &models.Viewer{System: true},
		Command: workflow.Command{Noun: s.Child.Noun, ID: s.Child.ID, Action: s.Child.Action, Inputs: s.Child.Inputs,
			Actor: workflow.Actor{Person: b.file.AppliedBy}, Received: b.now()},
	})
	return err
}
