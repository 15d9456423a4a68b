package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// event is one line of go test -json. Source: go doc test2json; build-output lines: go help buildjson.
type event struct {
	Action     string
	Package    string
	Test       string
	Output     string
	ImportPath string
}

// name identifies what the event is about: a test, or a package as a whole.
func (e event) name() string {
	if e.Test == "" {
		return e.Package
	}
	return e.Package + "." + e.Test
}

// tally turns events into a readable report and a count. Output of a test is held back until it is known to have failed.
type tally struct {
	w      io.Writer
	held   map[string]*strings.Builder // output by test that has not ended
	passed int
	failed []string
}

func newTally(w io.Writer) *tally {
	return &tally{w: w, held: map[string]*strings.Builder{}}
}

// read takes events from r until it ends.
func (t *tally) read(r io.Reader) error {
	for d := json.NewDecoder(r); ; {
		var e event
		if err := d.Decode(&e); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		t.add(e)
	}
}

func (t *tally) add(e event) {
	switch {
	case e.Action == "build-output":
		fmt.Fprint(t.w, e.Output)
	case e.Test == "":
		t.addPackage(e)
	case e.Action == "output":
		t.hold(e)
	case e.Action == "pass":
		delete(t.held, e.name())
		t.passed++
	case e.Action == "fail":
		t.release(e.name())
		t.fail(e.name())
	case e.Action == "skip":
		t.release(e.name())
		t.fail(e.name() + " (skipped)")
	}
}

// addPackage handles what concerns a package as a whole: its own output, and a failure that no test of it stands for.
func (t *tally) addPackage(e event) {
	switch e.Action {
	case "output":
		if e.Output != "PASS\n" {
			fmt.Fprint(t.w, e.Output)
		}
	case "fail":
		for name := range t.held { // a panic, os.Exit or the time limit ended the package in the middle of these
			if strings.HasPrefix(name, e.Package+".") {
				t.release(name)
				t.fail(name + " (not ended)")
			}
		}
		if !t.failedIn(e.Package) {
			t.fail(e.Package)
		}
	}
}

func (t *tally) failedIn(pkg string) bool {
	for _, name := range t.failed {
		if strings.HasPrefix(name, pkg+".") {
			return true
		}
	}
	return false
}

func (t *tally) hold(e event) {
	b := t.held[e.name()]
	if b == nil {
		b = &strings.Builder{}
		t.held[e.name()] = b
	}
	b.WriteString(e.Output)
}

func (t *tally) release(name string) {
	if b := t.held[name]; b != nil {
		fmt.Fprint(t.w, b)
		delete(t.held, name)
	}
}

func (t *tally) fail(what string) { t.failed = append(t.failed, what) }

// ok says whether something ran and all of it passed. A run of nothing is a typing error in -run, not a success.
func (t *tally) ok() bool { return len(t.failed) == 0 && t.passed > 0 }

// close lists what failed, then writes the count as the last line.
func (t *tally) close() {
	for _, name := range t.failed {
		fmt.Fprintln(t.w, "FAIL", name)
	}
	if t.passed == 0 && len(t.failed) == 0 {
		fmt.Fprintln(t.w, "FAIL no test ran")
	}
	fmt.Fprintf(t.w, "%d passed, %d failed\n", t.passed, len(t.failed))
}
