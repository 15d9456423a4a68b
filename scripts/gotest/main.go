// Command gotest runs go test and counts: it shows the output of what failed, takes a skipped test for a failed one,
// and ends with the line "N passed, N failed". Several sets of go test arguments may be given, with -- between them:
//
//	go run ./scripts/gotest ./workflow/... -- -race ./models ./app/...
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
)

// logLines is how much of the PostgreSQL log a failed run shows: enough for the last few statements.
const logLines = 40

func main() {
	t := newTally(os.Stdout)
	for _, args := range split(os.Args[1:], "--") {
		if err := run(t, args); err != nil {
			t.fail("go test: " + err.Error())
		}
	}
	if !t.ok() {
		showLog(os.Stdout, os.Getenv("TRANCHE_TEST_POSTGRES_LOG"))
	}
	t.close()
	if !t.ok() {
		os.Exit(1)
	}
}

// run feeds t what go test says about args. That a test failed is for t to find; the error is about go test itself.
func run(t *tally, args []string) error {
	cmd := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	before := len(t.failed)
	if err := t.read(out); err != nil {
		return fmt.Errorf("read its output: %w", err)
	}
	if err := cmd.Wait(); err != nil && len(t.failed) == before {
		return err // it failed and no test did: a bad argument, for example
	}
	return nil
}

// split cuts list at every sep.
func split(list []string, sep string) [][]string {
	at := slices.Index(list, sep)
	if at < 0 {
		return [][]string{list}
	}
	return append([][]string{list[:at]}, split(list[at+1:], sep)...)
}

// showLog writes the end of the PostgreSQL log at path to w. No path means that no server was started for this run.
func showLog(w io.Writer, path string) {
	if path == "" {
		return
	}
	log, err := os.ReadFile(path)
	if err != nil {
		fmt.Fprintln(w, "no PostgreSQL log:", err)
		return
	}
	lines := bytes.SplitAfter(log, []byte("\n"))
	fmt.Fprintf(w, "\nThe end of the PostgreSQL log; errors that tests provoke are in it too:\n%s\n",
		bytes.Join(lines[max(0, len(lines)-logLines):], nil))
}
