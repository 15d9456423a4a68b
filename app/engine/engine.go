// Package engine is the only writer: commands go in, outcomes or refusals come
// out. It loads the facts, asks the lifecycle, stores the step and everything
// that the step raises, all or nothing.
package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tranche/models"
	"tranche/workflow"
)

// A Request is one command with who asks it.
type Request struct {
	Command workflow.Command
	Viewer  *models.Viewer
	Key     *models.Key // makes the request repeatable; nil: it is not
}

// An Answer is what a command led to on its own record. Replayed says that it
// was given before, to the same request.
type Answer struct {
	Noun     workflow.Noun  `json:"noun"`
	ID       workflow.ID    `json:"id"`
	State    workflow.State `json:"state"`
	Version  int64          `json:"version"`
	Event    int64          `json:"event"`
	Replayed bool           `json:"-"`
}

// A Preparer completes a command before it is queued, with what takes time or
// secrets: it renders a file, seals an account number. What it read is guarded
// again inside the transaction. It must change nothing but the command.
type Preparer func(ctx context.Context, c *workflow.Command) error

// Act names an action on a kind of record.
type Act struct {
	Noun   workflow.Noun
	Action workflow.Action
}

// An Engine carries out commands.
type Engine struct {
	DB      *models.DB
	Now     func() time.Time // UTC; cut to whole microseconds here
	Prepare map[Act]Preparer

	single bool // see unit
}

// Do carries out r. The error is a *workflow.Refusal when the rules say no,
// models.ErrNotFound when there is no such record for this viewer,
// models.ErrStale when it has moved since the version the command names,
// models.ErrKeyReused when the key was used for another request, and anything
// else is a fault: in each case nothing was changed.
func (e *Engine) Do(ctx context.Context, r Request) (Answer, error) {
	u := &unit{single: e.single}
	err := e.prepare(ctx, &r)
	if err == nil {
		// After the preparation: what it stored was there before the event that names it.
		u.request, u.now = r, e.Now().UTC().Truncate(time.Microsecond)
		err = e.DB.Write(ctx, u)
	}
	if err != nil && r.Key != nil && lostToTwin(err) {
		// The same request may have been carried out while this one waited.
		twin := &replay{key: *r.Key}
		if again := e.DB.Write(ctx, twin); again == nil {
			return twin.answer, nil
		}
	}
	return u.answer, asAnswer(err, &r.Command)
}

// prepare completes the command, unless the key shows that it was carried out.
func (e *Engine) prepare(ctx context.Context, r *Request) error {
	c := &r.Command
	if c.Actor == (workflow.Actor{}) {
		c.Actor = r.Viewer.Actor()
	}
	c.Fresh = c.Fresh || r.Viewer.Fresh
	do := e.Prepare[Act{c.Noun, c.Action}]
	if do == nil {
		return nil
	}
	if r.Key != nil {
		if err := e.DB.Write(ctx, &replay{key: *r.Key}); err == nil {
			return nil
		}
	}
	if err := e.mayBeAsked(ctx, r); err != nil {
		return err
	}
	if workflow.Makes(c.Noun, c.Action) && c.ID == 0 {
		id, err := e.DB.NextID(ctx)
		if err != nil {
			return err
		}
		c.ID = id
	}
	return do(ctx, c)
}

// mayBeAsked returns what would be answered to r if nothing but its completion
// were missing. Nobody has files rendered and kept by asking for what is not theirs.
func (e *Engine) mayBeAsked(ctx context.Context, r *Request) error {
	answers, err := e.DB.Try(ctx, r.Viewer, e.Now(), r.Command)
	if err != nil {
		return err
	}
	var no *workflow.Refusal
	if errors.As(answers[0], &no) && no.Made {
		return nil
	}
	return answers[0]
}

// lostToTwin reports whether err is what a request gets when the same request
// was carried out a moment before.
func lostToTwin(err error) bool {
	var no *workflow.Refusal
	return errors.Is(err, models.ErrStale) || errors.As(err, &no) || models.IsUnique(err)
}

// asAnswer turns the database's own refusal into one that people can read.
func asAnswer(err error, c *workflow.Command) error {
	var rule *models.Constraint
	if !errors.As(err, &rule) {
		return err
	}
	no := &workflow.Refusal{Noun: c.Noun, ID: c.ID, Action: c.Action, Kind: workflow.NotMet, Reason: ReasonBooks}
	switch rule.Kind {
	case "unique":
		no.Reason = workflow.ReasonTaken
	case "foreign_key":
		no.Reason = ReasonReference
	}
	return errors.Join(no, err)
}

// The reasons that only the database can find.
const (
	// ReasonBooks means that a rule of the books, which holds whoever writes, was in the way.
	ReasonBooks workflow.Reason = "against_the_books"
	// ReasonReference means that the request names a record that is not there.
	ReasonReference workflow.Reason = "reference_unknown"
)

// A replay looks for the answer that a key got before.
type replay struct {
	key    models.Key
	answer Answer
}

// Run implements models.Unit.
func (r *replay) Run(tx *models.Tx) error {
	text, err := tx.Answer(r.key)
	if err != nil {
		return err
	}
	r.answer.Replayed = true
	return json.Unmarshal([]byte(text), &r.answer)
}

// A unit is one request in its transaction.
type unit struct {
	request Request
	now     time.Time
	answer  Answer
	single  bool // a test takes every command of a wave by itself
}

// Run implements models.Unit. It may run more than once, each time from the
// beginning, in a transaction that forgets what the time before did.
func (u *unit) Run(tx *models.Tx) error {
	u.answer = Answer{} // of the time before
	if u.request.Key != nil {
		again := replay{key: *u.request.Key}
		err := again.Run(tx)
		if err == nil {
			u.answer = again.answer
		}
		if !errors.Is(err, models.ErrNotFound) {
			return err
		}
	}
	if err := u.carryOut(tx); err != nil {
		return err
	}
	if err := tx.Settle(); err != nil {
		return u.named(err)
	}
	return u.keep(tx)
}

// named completes a refusal that the store gave, which does not know the command.
func (u *unit) named(err error) error {
	var no *workflow.Refusal
	if errors.As(err, &no) && no.Action == workflow.NoAction {
		c := &u.request.Command
		no.Noun, no.ID, no.Action = c.Noun, c.ID, c.Action
	}
	return err
}

func (u *unit) keep(tx *models.Tx) error {
	if u.request.Key == nil {
		return nil
	}
	text, err := json.Marshal(u.answer)
	if err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	return tx.Keep(*u.request.Key, string(text), u.now)
}

// carryOut decides and stores the command, then wave by wave what it raises.
func (u *unit) carryOut(tx *models.Tx) error {
	first := u.request.Command
	wave, err := u.one(tx, &first, u.request.Viewer, true)
	for err == nil && len(wave) > 0 {
		wave, err = u.wave(tx, wave)
	}
	return err
}

// wave decides and stores what the steps before it raised, in order, and returns
// what it raises itself. Runs of the same action are taken as lists where the
// facts allow it.
func (u *unit) wave(tx *models.Tx, wave []workflow.Command) (next []workflow.Command, err error) {
	for len(wave) > 0 {
		n := 1
		for n < len(wave) && wave[n].Noun == wave[0].Noun && wave[n].Action == wave[0].Action {
			n++
		}
		var raised []workflow.Command
		if n > 1 && models.TakesLists(wave[0].Noun, wave[0].Action) && !u.single {
			raised, err = u.many(tx, wave[:n])
		} else {
			n = 1
			raised, err = u.one(tx, &wave[0], system, false)
		}
		if err != nil {
			return nil, err
		}
		next, wave = append(next, raised...), wave[n:]
	}
	return next, nil
}

// many is one for several commands of the same action: their facts are read, and
// their steps stored, together.
func (u *unit) many(tx *models.Tx, list []workflow.Command) (raised []workflow.Command, err error) {
	for i := range list {
		if err := number(tx, &list[i]); err != nil {
			return nil, err
		}
	}
	loaded, err := tx.FactsOfAll(list, u.now)
	if err != nil {
		return nil, err
	}
	steps := make([]workflow.Step, len(list))
	for i := range list {
		if steps[i], err = workflow.Of(list[i].Noun).DecideAny(loaded[i].Facts, &list[i], u.now); err != nil {
			return nil, err
		}
	}
	if _, err := tx.ApplyAll(loaded, list, steps, u.answer.Event); err != nil {
		return nil, u.named(err)
	}
	for i := range list {
		raised = append(raised, u.raised(&list[i], &steps[i])...)
	}
	return raised, nil
}

var system = &models.Viewer{System: true}

// one decides and stores a single command and returns what it raises. root says
// that somebody asked for it, rather than another step.
func (u *unit) one(tx *models.Tx, c *workflow.Command, v *models.Viewer, root bool) ([]workflow.Command, error) {
	if err := number(tx, c); err != nil {
		return nil, err
	}
	l, step, err := u.decide(tx, c, v, root)
	if err != nil {
		return nil, err
	}
	out, err := tx.Apply(l, c, &step, u.answer.Event)
	if err != nil {
		return nil, u.named(err)
	}
	switch {
	case root:
		u.answer = Answer{Noun: out.Noun, ID: out.ID, State: out.State, Version: out.Version, Event: out.Event}
	case out.ID == u.answer.ID: // what the step raised came back to its own record
		u.answer.State, u.answer.Version = out.State, out.Version
	}
	return u.raised(c, &step), nil
}

// number gives a new record its ID, and a command that makes a partner record an ID for that.
func number(tx *models.Tx, c *workflow.Command) (err error) {
	if c.ID == 0 && workflow.Makes(c.Noun, c.Action) {
		if c.ID, err = tx.NextID(); err != nil {
			return err
		}
	}
	if c.Spare == 0 && workflow.NeedsSpare(c.Noun, c.Action) {
		c.Spare, err = tx.NextID()
	}
	return err
}

// decide decides a command that somebody asked for as who they are, and one that another
// step raised in the roles that it has.
func (u *unit) decide(tx *models.Tx, c *workflow.Command, v *models.Viewer, root bool) (*models.Loaded, workflow.Step, error) {
	if root {
		return tx.Decide(v, c, u.now)
	}
	l, err := tx.Facts(c, u.now)
	if err != nil {
		return nil, workflow.Step{}, err
	}
	step, err := workflow.Of(c.Noun).DecideAny(l.Facts, c, u.now)
	return l, step, err
}

// raised turns the children of a step into commands. They keep the actor when
// they are part of the actor's own work.
func (u *unit) raised(c *workflow.Command, s *workflow.Step) []workflow.Command {
	var out []workflow.Command
	for child := range s.Children() {
		one := workflow.Command{Noun: child.Noun, Action: child.Action, ID: child.ID, Parent: child.Parent,
			Roles: workflow.RolesOf(child.By), Received: c.Received, Inputs: child.Inputs}
		if child.By != workflow.System {
			one.Actor, one.Fresh, one.Stood = c.Actor, c.Fresh, c.Stood
		}
		out = append(out, one)
	}
	return out
}
