package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestAMedianIsTheMiddle(t *testing.T) {
	for _, one := range []struct {
		list []float64
		want float64
	}{
		{[]float64{7}, 7},
		{[]float64{9, 1, 5}, 5},
		{[]float64{4, 1, 3, 2}, 2.5},
	} {
		if got := median(one.list); got != one.want {
			t.Errorf("median of %v is %v, want %v", one.list, got, one.want)
		}
	}
}

func TestAReportTellsWhatMissedItsGoal(t *testing.T) {
	r := &report{Figures: []figure{{Name: "free", Value: 3}, figure{Name: "fast", Value: 12, Unit: "×"}.atLeast(10)}}
	if r.missed() {
		t.Error("nothing missed its goal")
	}
	r.Figures = append(r.Figures, figure{Name: "large", Value: 70, Unit: "MiB"}.atMost(64))
	if !r.missed() {
		t.Error("70 MiB must miss a goal of at most 64")
	}
	var out bytes.Buffer
	if err := r.table(&out); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if missed := strings.Contains(line, "MISSED"); missed != strings.HasPrefix(line, "large") {
			t.Errorf("%q", line)
		}
	}
}

func TestAShortRunMissesNothing(t *testing.T) {
	r := &report{Figures: []figure{figure{Name: "large", Value: 70}.atMost(64)}}
	if r.forget(); r.missed() {
		t.Error("a goal is still held against a short run")
	}
}

func TestTheBareWriterWritesOurBytes(t *testing.T) {
	const n = 23
	var ours, bare bytes.Buffer
	if err := writeOurs(&ours, n); err != nil {
		t.Fatal(err)
	}
	f, err := frameOf(n)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.writeBare(&bare, n); err != nil {
		t.Fatal(err)
	}
	if ours.String() != bare.String() {
		t.Errorf("ours:\n%s\nbare:\n%s", ours.String(), bare.String())
	}
}
