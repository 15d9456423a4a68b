package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// A figure is one line of the report.
type figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"` // "×" for a ratio
	Goal  string  `json:"goal,omitempty"`
	Met   *bool   `json:"met,omitempty"` // nil where there is no goal
}

// atLeast and atMost hold f to a goal.
func (f figure) atLeast(goal float64) figure { return f.held("≥", goal, f.Value >= goal) }

func (f figure) atMost(goal float64) figure { return f.held("≤", goal, f.Value <= goal) }

func (f figure) held(sign string, goal float64, met bool) figure {
	f.Goal, f.Met = sign+" "+number(goal), &met
	return f
}

// A report is what one run found.
type report struct {
	CPUs    int      `json:"cpus"`
	Go      string   `json:"go"`
	Load    string   `json:"load"` // of the machine before the run, over 1, 5 and 15 minutes: other work makes absolute figures worse
	Short   bool     `json:"short,omitempty"`
	Figures []figure `json:"figures"`
}

func newReport(short bool) *report {
	load := "unknown"
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		load = strings.Join(strings.Fields(string(text))[:3], " ")
	}
	return &report{CPUs: runtime.NumCPU(), Go: runtime.Version(), Load: load, Short: short}
}

// forget takes the goals away: a short run says nothing about them.
func (r *report) forget() {
	for i := range r.Figures {
		r.Figures[i].Goal, r.Figures[i].Met = "", nil
	}
}

// missed reports whether a goal was missed.
func (r *report) missed() bool {
	return slices.ContainsFunc(r.Figures, func(f figure) bool { return f.Met != nil && !*f.Met })
}

func (r *report) table(out io.Writer) error {
	if r.Short {
		fmt.Fprintln(out, "SHORT RUN: counts are tiny and the figures say nothing.")
	}
	fmt.Fprintf(out, "%d CPUs, %s, load before the run %s\n\n", r.CPUs, r.Go, r.Load)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, f := range r.Figures {
		met := ""
		if f.Met != nil {
			met = map[bool]string{true: "met", false: "MISSED"}[*f.Met]
		}
		fmt.Fprintf(w, "%s\t%s %s\t%s\t%s\n", f.Name, number(f.Value), f.Unit, f.Goal, met)
	}
	return w.Flush()
}

// number writes v with as many digits as mean something.
func number(v float64) string {
	switch {
	case v == float64(int64(v)) && v < 1e6, v >= 1000:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// median returns the middle of list, which must not be empty.
func median(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// ratios divides a by b, round by round.
func ratios(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] / b[i]
	}
	return out
}
