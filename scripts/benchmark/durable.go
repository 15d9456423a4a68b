package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"
)

// warmUp is how many dossiers of each kind are acted on before the clock starts.
const warmUp = connections

// measureDurable compares transitions over HTTP with the same statements by
// plain database/sql, each on a copy of the same database, in turn.
func measureDurable(ctx context.Context, o *options) ([]figure, error) {
	n := 2000
	if o.short {
		n = 2 * connections
	}
	st, err := seed(ctx, o.dir, warmUp+n)
	if err != nil {
		return nil, fmt.Errorf("seed: %w", err)
	}
	b := &bench{o: o, st: st, warm: st.phases(0, warmUp), hot: st.phases(warmUp, n), screen: st.screening(0, warmUp+n)}
	if b.trans, err = st.record(ctx, filepath.Join(o.dir, "record.db"), b.inOrder()); err != nil {
		return nil, fmt.Errorf("record statements: %w", err)
	}
	var http, plain []timings
	for range o.rounds {
		h, err := b.overHTTP(ctx)
		if err != nil {
			return nil, fmt.Errorf("over HTTP: %w", err)
		}
		r, err := b.plainly(ctx)
		if err != nil {
			return nil, fmt.Errorf("by database/sql: %w", err)
		}
		http, plain = append(http, h), append(plain, r)
	}
	return b.figures(http, plain), nil
}

// A bench is what all rounds share.
type bench struct {
	o         *options
	st        *stage
	warm, hot []phase
	screen    phase
	trans     map[*call]transaction
}

// timings are those of one round, phase by phase.
type timings []timing

// inOrder returns the phases as they are recorded: submissions are screened
// before they are reopened.
func (b *bench) inOrder() []phase {
	return []phase{b.warm[0], b.hot[0], b.warm[1], b.hot[1], b.screen, b.warm[2], b.hot[2]}
}

// A runner does the calls of a phase.
type runner interface {
	run(context.Context, phase) (timing, error)
}

// round does every phase once warm and once measured. screen is called between
// submitting and reopening.
func (b *bench) round(ctx context.Context, r runner, screen func() error) (timings, error) {
	out := make(timings, len(b.hot))
	for i := range b.hot {
		if i == len(b.hot)-1 {
			if err := screen(); err != nil {
				return nil, err
			}
		}
		if _, err := r.run(ctx, b.warm[i]); err != nil {
			return nil, err
		}
		var err error
		if out[i], err = r.run(ctx, b.hot[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// overHTTP runs a round against a server.
func (b *bench) overHTTP(ctx context.Context) (out timings, err error) {
	file := filepath.Join(b.o.dir, "http.db")
	if err := copyFile(file, b.st.file); err != nil {
		return nil, err
	}
	s, err := b.o.serve(ctx, file, "--proxies", "127.0.0.1/32")
	if err != nil {
		return nil, err
	}
	defer func() {
		if stopped := s.stop(); err == nil {
			err = stopped
		}
	}()
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	return b.round(ctx, s, func() error { return s.screened(ctx, b.st.officers[0]) })
}

// plainly runs a round by database/sql.
func (b *bench) plainly(ctx context.Context) (out timings, err error) {
	file := filepath.Join(b.o.dir, "raw.db")
	if err := copyFile(file, b.st.file); err != nil {
		return nil, err
	}
	r, err := openRaw(ctx, file, b.trans)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closed := r.db.Close(); err == nil {
			err = closed
		}
	}()
	return b.round(ctx, r, func() error { _, err := r.run(ctx, b.screen); return err })
}

// figures makes the lines of the report: each phase, and all of them together.
func (b *bench) figures(http, plain []timings) []figure {
	var out []figure
	for i, p := range b.hot {
		one := func(t timings) timing { return t[i] }
		out = append(out, b.compare(p.name, len(b.trans[p.calls[0][0]]), each(http, one), each(plain, one))...)
	}
	h, r := each(http, together), each(plain, together)
	return append(append(out, b.compare("all of them", 0, h, r)...),
		figure{Name: "durable transitions over HTTP, against database/sql", Value: median(ratios(each(h, perSecond), each(r, perSecond))), Unit: "×"}.atLeast(1),
		figure{Name: "durable transitions over HTTP, p99", Value: median(each(h, p99)), Unit: "ms"}.atMost(60))
}

// compare tells how fast a phase is on both sides.
func (b *bench) compare(name string, statements int, http, plain []timing) []figure {
	title := "transitions over HTTP, " + name
	if statements > 0 {
		title += fmt.Sprintf(" (%d statements)", statements)
	}
	rates, base := each(http, perSecond), each(plain, perSecond)
	return []figure{
		{Name: title, Value: median(rates), Unit: "/s"},
		{Name: "  the same statements by database/sql", Value: median(base), Unit: "/s"},
		{Name: "  ratio", Value: median(ratios(rates, base)), Unit: "×"},
		{Name: "  p50 over HTTP", Value: median(each(http, p50)), Unit: "ms"},
		{Name: "  p99 over HTTP", Value: median(each(http, p99)), Unit: "ms"},
		{Name: "  CPU of the server", Value: median(each(http, cpuEach)), Unit: "µs each"},
		{Name: "  CPU of database/sql", Value: median(each(plain, cpuEach)), Unit: "µs each"},
	}
}

// each applies f to every round.
func each[T, R any](list []T, f func(T) R) []R {
	out := make([]R, len(list))
	for i := range list {
		out[i] = f(list[i])
	}
	return out
}

// together adds up the phases of a round.
func together(round timings) timing {
	sum := newTiming(0)
	for _, t := range round {
		sum.each = append(sum.each, t.each...)
		sum.elapsed += t.elapsed
		sum.cpu += t.cpu
	}
	return sum
}

func perSecond(t timing) float64 { return float64(len(t.each)) / t.elapsed.Seconds() }

func cpuEach(t timing) float64 { return float64(t.cpu.Microseconds()) / float64(len(t.each)) }

func p50(t timing) float64 { return t.percentile(50) }

func p99(t timing) float64 { return t.percentile(99) }

// percentile returns, in milliseconds, what n in a hundred calls did not exceed.
func (t timing) percentile(n int) float64 {
	sorted := slices.Sorted(slices.Values(t.each))
	return float64(sorted[len(sorted)*n/100]) / float64(time.Millisecond)
}
