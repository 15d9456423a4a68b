package export_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tranche/app/export"
	"tranche/workflow"
)

// mostMemory is what one process may take at most that writes or verifies a file of
// many payments, in MiB: memory that does not grow with their number.
const mostMemory = 64

// many yields n payments, one after the other, in the order of their routing numbers.
func many(n int) export.Payments {
	return func(yield func(*export.Payment, error) bool) {
		p := payments()[0]
		for i := range n {
			p.Number, p.Amount, p.Organization = fmt.Sprintf("P-%09d", i), workflow.Cents(i+1), fmt.Sprintf("Startup Ø %d, Inc.", i)
			if !yield(&p, nil) {
				return
			}
		}
	}
}

// TestMain writes or verifies one file and tells what that took, when it is asked to.
func TestMain(m *testing.M) {
	order := strings.Fields(os.Getenv("TRANCHE_TEST_EXPORT"))
	if len(order) == 0 {
		os.Exit(m.Run())
	}
	var n int
	_, err := fmt.Sscan(order[1], &n)
	began := time.Now()
	if err == nil {
		err = writeMany(order[0], n, order[2])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(used.Maxrss/1024, time.Since(began).Milliseconds())
	os.Exit(0)
}

// writeMany writes a file of n payments to a path and reads it back.
func writeMany(name string, n int, path string) error {
	format, _ := export.Find(name)
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	totals, err := format.Write(f, batch(), many(n))
	if err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return format.Verify(bufio.NewReader(f), batch(), many(n), totals)
}

func TestMemoryDoesNotGrowWithThePayments(t *testing.T) {
	n := 100_000
	if testing.Short() || raced {
		n = 2_000
	}
	for _, f := range export.Formats() {
		cmd := exec.Command(os.Args[0])
		path := filepath.Join(t.TempDir(), "batch"+f.Extension)
		cmd.Env = append(os.Environ(), fmt.Sprintf("TRANCHE_TEST_EXPORT=%s %d %s", f.Name, n, path))
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		var peak, ms int64
		if _, err := fmt.Sscan(string(out), &peak, &ms); err != nil {
			t.Fatalf("%s tells %q", f.Name, out)
		}
		t.Logf("%-10s %d payments written and verified: peak %d MiB, %d ms", f.Name, n, peak, ms)
		if peak > mostMemory && !raced {
			t.Errorf("%s takes %d MiB for %d payments, at most %d", f.Name, peak, n, mostMemory)
		}
	}
}
