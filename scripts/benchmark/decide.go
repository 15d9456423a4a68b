package main

import (
	"context"
	"errors"
	"flag"
	"testing"
	"time"

	"github.com/qmuntal/stateless"

	"tranche/workflow"
)

// measureDecide compares a decision with qmuntal/stateless firing the same
// transition: a claim is submitted, for which seven guards are asked.
func measureDecide(_ context.Context, o *options) ([]figure, error) {
	testing.Init()
	if o.short {
		if err := flag.Set("test.benchtime", "100x"); err != nil {
			return nil, err
		}
	}
	var ours, reused, built []float64
	var allocs int64
	for range o.rounds {
		r := testing.Benchmark(benchDecide)
		ours, allocs = append(ours, nanoseconds(r)), max(allocs, r.AllocsPerOp())
		reused = append(reused, nanoseconds(testing.Benchmark(benchFire)))
		built = append(built, nanoseconds(testing.Benchmark(benchBuildAndFire)))
	}
	if median(ours) == 0 || median(reused) == 0 || median(built) == 0 {
		return nil, errors.New("a decision failed")
	}
	return []figure{
		{Name: "Decide, seven guards", Value: median(ours), Unit: "ns"},
		figure{Name: "Decide, allocations", Value: float64(allocs)}.atMost(0),
		{Name: "stateless 1.7.2, fired on a machine that is kept", Value: median(reused), Unit: "ns"},
		{Name: "stateless 1.7.2, built and fired", Value: median(built), Unit: "ns"},
		figure{Name: "Decide is faster than a kept machine", Value: median(ratios(reused, ours)), Unit: "×"}.atLeast(10),
		figure{Name: "Decide is faster than a built machine", Value: median(ratios(built, ours)), Unit: "×"}.atLeast(10),
	}, nil
}

func nanoseconds(r testing.BenchmarkResult) float64 {
	if r.N == 0 {
		return 0
	}
	return float64(r.T.Nanoseconds()) / float64(r.N)
}

var noon = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)

// submission is a claim that may be submitted, and the command to do so.
func submission() (workflow.ClaimFacts, workflow.Command) {
	var f workflow.ClaimFacts
	f.ID, f.State, f.Kind, f.Amount, f.Narrative = 7, workflow.Draft, "fixed_amount", 1_000_00, "Delivered."
	f.Award.ID, f.Award.State = 5, workflow.Active
	f.Tranche.State, f.Tranche.Award, f.Tranche.Kind, f.Tranche.Amount = workflow.Active, 5, workflow.TrancheCash, 1_000_00
	f.Tranche.Due = workflow.DateOf(noon)
	return f, workflow.Command{Noun: workflow.NounClaim, Action: workflow.ActSubmit, ID: 7, Received: noon,
		Actor: workflow.Actor{Person: 3}, Roles: workflow.RolesOf(workflow.AOR)}
}

func benchDecide(b *testing.B) {
	f, c := submission()
	b.ReportAllocs()
	for b.Loop() {
		f.State = workflow.Draft
		if _, err := workflow.Claims.Decide(&f, &c, noon); err != nil {
			b.Fatal(err)
		}
	}
}

// machine is the whole lifecycle of a claim in stateless, its state held by f.
func machine(f *workflow.ClaimFacts, c *workflow.Command) *stateless.StateMachine {
	m := stateless.NewStateMachineWithExternalStorage(
		func(context.Context) (stateless.State, error) { return f.State, nil },
		func(_ context.Context, s stateless.State) error { f.State = s.(workflow.State); return nil },
		stateless.FiringImmediate)
	for _, row := range workflow.Claims.Rows() {
		for _, start := range row.Start {
			switch {
			case start == row.End:
				m.Configure(start).PermitReentry(row.Action)
			case row.Action == workflow.ActSubmit:
				m.Configure(start).Permit(row.Action, row.End, guards(f, c)...)
				m.Configure(row.End).OnEntryFrom(row.Action, func(context.Context, ...any) error {
					f.SubmittedBy, f.Changed = c.Actor.Person, noon
					f.Version++
					return nil
				})
			default:
				m.Configure(start).Permit(row.Action, row.End)
			}
		}
	}
	return m
}

// guards are those of submitting a claim, roles and holds included.
func guards(f *workflow.ClaimFacts, c *workflow.Command) []stateless.GuardFunc {
	conditions := []func() bool{
		func() bool { return c.Roles&workflow.RolesOf(workflow.AOR) != 0 },
		func() bool { return f.Holds == 0 },
		func() bool { return f.Award.Running() },
		func() bool {
			t := &f.Tranche
			return t.State == workflow.Active && t.Award == f.Award.ID && t.Kind == workflow.TrancheCash
		},
		func() bool { return f.OtherLive == 0 },
		func() bool { return !workflow.DateOf(c.Received).Before(f.Tranche.Due) },
		func() bool { return f.ReportsOverdue == 0 },
		func() bool { return len(f.Missing()) == 0 },
		func() bool { return f.Amount <= f.Tranche.Amount },
	}
	out := make([]stateless.GuardFunc, len(conditions))
	for i, holds := range conditions {
		out[i] = func(context.Context, ...any) bool { return holds() }
	}
	return out
}

func benchFire(b *testing.B) {
	f, c := submission()
	m := machine(&f, &c)
	for b.Loop() {
		f.State = workflow.Draft
		if err := m.Fire(workflow.ActSubmit); err != nil {
			b.Fatal(err)
		}
	}
}

func benchBuildAndFire(b *testing.B) {
	f, c := submission()
	for b.Loop() {
		f.State = workflow.Draft
		if err := machine(&f, &c).Fire(workflow.ActSubmit); err != nil {
			b.Fatal(err)
		}
	}
}
