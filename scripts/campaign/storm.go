package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"time"

	"tranche/models"
	"tranche/workflow"
)

// A planned is what happens at an instant that is counted from the deadline.
type planned struct {
	after time.Duration
	do    func(context.Context) error
}

// A weather is one storm as it passes.
type weather struct {
	o     *options
	st    *stage
	srv   *server
	http  *http.Client
	under sync.WaitGroup // presses and restarts

	mu     sync.Mutex
	again  chan struct{} // closed after the first restart
	closes time.Time     // the deadline as people know it
	last   time.Time     // the deadline after the second restart; zero before
	errs   []error
	starts int
}

// span is how long after the deadline people still press: longer than it moves.
func (o *options) span() time.Duration {
	return max(o.window/5, 2*(o.rest()+o.down+jobsEvery+time.Second))
}

// jobsEvery is the time between two signs of life, by which an outage is longer than
// the program was away.
const jobsEvery = 2 * time.Second

// plan says who presses when: more and more towards the deadline, a tenth after it.
func (w *weather) plan() (all []planned) {
	r := rand.New(rand.NewPCG(w.o.seed, 0))
	before := float64(w.o.window * 4 / 5)
	for i, a := range w.st.people {
		at := -before * (1 - math.Sqrt(r.Float64()))
		switch {
		case early(i):
			at = -before * (0.6 + 0.4*r.Float64())
		case i%10 == 9:
			at = float64(w.o.span()) * r.Float64()
		}
		all = append(all, planned{time.Duration(at), func(ctx context.Context) error {
			if err := w.clear(ctx); err != nil {
				return err
			}
			w.under.Go(func() { w.note(a.come(ctx, w.srv, w.http), a.name) })
			return nil
		}})
	}
	first, second := syscall.SIGTERM, syscall.SIGKILL
	if w.o.first == "kill" {
		first, second = second, first
	}
	restart := func(by syscall.Signal, second bool) func(context.Context) error {
		return func(ctx context.Context) error {
			w.under.Go(func() { w.note(w.restart(ctx, by, second), "restart") })
			return nil // people press meanwhile
		}
	}
	all = append(all,
		planned{-w.o.window * 2 / 5, restart(first, false)},
		planned{-w.o.down / 2, restart(second, true)})
	slices.SortStableFunc(all, func(a, b planned) int { return int(a.after - b.after) })
	return all
}

// storm lets it pass and returns once the last answer is there.
func (o *options) storm(ctx context.Context, st *stage, srv *server) (*weather, error) {
	w := &weather{o: o, st: st, srv: srv, closes: st.closes, starts: 1, again: make(chan struct{}),
		http: &http.Client{Transport: &http.Transport{MaxIdleConns: 64, MaxIdleConnsPerHost: 64}}}
	if late := time.Until(st.closes) - o.window*4/5; late < 0 {
		return nil, fmt.Errorf("the preparation took %s longer than it may: this machine is too busy", -late)
	}
	for _, p := range w.plan() {
		if err := w.comes(ctx, p.after); err != nil {
			return nil, err
		}
		if err := p.do(ctx); err != nil {
			return nil, err
		}
	}
	w.under.Wait()
	return w, errors.Join(w.errs...)
}

// comes waits for an instant that is counted from the deadline as people know it. It
// looks again and again, because the first restart moves it; what the second moves is
// a surprise.
func (w *weather) comes(ctx context.Context, after time.Duration) error {
	for {
		w.mu.Lock()
		left := time.Until(w.closes.Add(after))
		w.mu.Unlock()
		if left <= 0 {
			return nil
		}
		if err := until(ctx, time.Now().Add(min(left, 20*time.Millisecond))); err != nil {
			return err
		}
	}
}

// clear waits while the last deadline is so near that the way to the server decides.
func (w *weather) clear(ctx context.Context) error {
	w.mu.Lock()
	last := w.last
	w.mu.Unlock()
	if now := time.Now(); last.IsZero() || now.Before(last.Add(-time.Second)) {
		return nil
	}
	return until(ctx, last.Add(100*time.Millisecond))
}

func until(ctx context.Context, at time.Time) error {
	select {
	case <-time.After(time.Until(at)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *weather) note(err error, who string) {
	if err == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.errs = append(w.errs, fmt.Errorf("%s: %w", who, err))
}

// restart ends the program, leaves it away for a while, starts it, and reads which
// deadline is in force now.
func (w *weather) restart(ctx context.Context, by syscall.Signal, second bool) error {
	if second {
		select {
		case <-w.again:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := w.comes(ctx, -w.o.down/2); err != nil { // the first may have moved it only now
			return err
		}
	}
	if err := w.srv.stop(by); err != nil {
		return err
	}
	if err := until(ctx, time.Now().Add(w.o.down)); err != nil {
		return err
	}
	if err := w.srv.start(ctx); err != nil {
		return err
	}
	a := w.st.people[0] // anybody may read it
	got, err := w.srv.insist(ctx, w.http, a, http.MethodGet, fmt.Sprintf("/opportunities/%d", w.st.opportunity), nil, func(string) {})
	if err != nil {
		return err
	}
	closes, err := closesOf(got.body)
	if err != nil {
		return fmt.Errorf("%d %.200s: %w", got.status, got.body, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.starts++
	if second {
		w.last = closes
		return nil
	}
	w.closes = closes
	close(w.again)
	return nil
}

// deadline reads the deadline that is in force.
func deadline(ctx context.Context, db *models.DB, id workflow.ID) (time.Time, error) {
	call, err := models.Record[workflow.Opportunity](ctx, db.Reader, system, workflow.NounOpportunity, id)
	if err != nil {
		return time.Time{}, err
	}
	return call.Closes, nil
}
