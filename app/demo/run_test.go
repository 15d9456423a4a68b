package demo_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	moov "github.com/moov-io/ach"

	"tranche/app/demo"
	"tranche/workflow"
)

// short is how many companies take part in these tests: every case, and some roads.
const short = "24"

// program is the path of the real program, which TestMain builds.
var program string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "tranche-demo-test-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "tranche")
	if out, err := exec.Command("go", "build", "-o", program, "tranche/app").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// command is the demonstration in dir, which ends instead of serving on.
func command(ctx context.Context, dir string) *exec.Cmd {
	return exec.CommandContext(ctx, program, "demo", "--dir", dir, "--addr", "localhost:0", "--companies", short, "--exit")
}

// finish runs the demonstration in dir to its end and returns what it printed and
// came to.
func finish(t *testing.T, dir string) (string, demo.Summary) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	c := command(ctx, dir)
	var errs bytes.Buffer
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	text, err := os.ReadFile(filepath.Join(dir, demo.OutDir, "summary.json"))
	if err != nil {
		t.Fatal(err)
	}
	var s demo.Summary
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	return string(out), s
}

// ends are the states in which the roads leave an application.
var ends = map[demo.Road]workflow.State{
	demo.TurnedAway: workflow.Draft, demo.Ineligible: workflow.Ineligible, demo.Referred: workflow.Screening,
	demo.Asked: workflow.NeedsInformation, demo.InReview: workflow.InReview, demo.Cleared: workflow.InReview, demo.Withdrawn: workflow.Withdrawn,
	demo.Waitlisted: workflow.Waitlisted, demo.Recommended: workflow.Recommended, demo.DeclineRecommended: workflow.DeclineRecommended,
	demo.Declined: workflow.Declined, demo.Appealed: workflow.Appealed, demo.NotAccepted: workflow.NotAccepted,
	demo.Offered: workflow.Awarded, demo.Claimed: workflow.Awarded, demo.Paid: workflow.Awarded,
}

// expected works out what the demonstration must come to, from the companies alone.
func expected(t *testing.T) demo.Summary {
	t.Helper()
	companies, err := demo.Companies(24)
	if err != nil {
		t.Fatal(err)
	}
	s := demo.Summary{Applications: len(companies), ByState: map[string]int{}, AuditVerified: true}
	var first, again demo.BatchFile
	for i := range companies {
		c := &companies[i]
		s.ByState[ends[c.Road].String()]++
		if ends[c.Road] == workflow.Awarded {
			s.Awards.Count++
			s.Awards.Cents += c.Recommended()
		}
		if c.Road == demo.Paid {
			first.Payments++
			first.Cents += c.Recommended() * 40 / 100
		}
		if c.Case == demo.PaymentReturned {
			again.Payments++
			again.Cents += c.Recommended() * 40 / 100
		}
	}
	first.Format, again.Format = "nacha", "nacha"
	s.Payments = demo.PaymentSum{Exported: first.Payments + 1, Returned: 1, Reissued: 1}
	s.Batches = []demo.BatchFile{first, again}
	return s
}

// itself leaves out what may be different at every run.
var itself = cmp.Options{cmpopts.IgnoreFields(demo.Summary{}, "Seconds"), cmpopts.IgnoreFields(demo.BatchFile{}, "File", "SHA256")}

func TestDemoShort(t *testing.T) {
	dir := t.TempDir()
	said, got := finish(t, dir)
	want := expected(t)
	if want.Events = got.Events; got.Events == 0 {
		t.Error("no events")
	}
	if diff := cmp.Diff(want, got, itself); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, said)
	}
	for _, reason := range []string{"over award cap", "revenue at or over cap", "revenue evidence missing", "reviewer conflicted", "recused", "R03", "screening unresolved", "dismissed", "linked"} {
		if !strings.Contains(said, "  "+reason+"\n") {
			t.Errorf("nothing was turned down for %q:\n%s", reason, said)
		}
	}
	for i, b := range got.Batches {
		checkBankFile(t, filepath.Join(dir, demo.OutDir, b.File), want.Batches[i])
	}
	for _, extension := range []string{".ctx.ach", ".xml", ".03.xml", ".spr", ".csv", ".xlsx"} {
		name := strings.TrimSuffix(got.Batches[0].File, ".ach") + extension
		if file, err := os.Stat(filepath.Join(dir, demo.OutDir, name)); err != nil || file.Size() == 0 {
			t.Errorf("the first batch is not there as %s: %v", name, err)
		}
	}
	for name, begins := range map[string]string{"verdict.html": "<!doctype html>", "verdict.json": "{", "verdict.pdf": "%PDF-"} {
		text, err := os.ReadFile(filepath.Join(dir, demo.OutDir, name))
		if err != nil || !bytes.HasPrefix(bytes.ToLower(text), []byte(strings.ToLower(begins))) {
			t.Errorf("%s: %v, %.20q", name, err, text)
		}
	}
	checkModes(t, dir)

	again, second := finish(t, dir)
	if diff := cmp.Diff(got, second, cmpopts.IgnoreFields(demo.Summary{}, "Seconds")); diff != "" {
		t.Errorf("at a second run (-first +second):\n%s", diff)
	}
	if results(again) != results(said) {
		t.Errorf("the second run says\n%s\nand the first\n%s", again, said)
	}
}

// checkBankFile has an independent reader read a file.
func checkBankFile(t *testing.T, path string, want demo.BatchFile) {
	t.Helper()
	f, err := moov.ReadFile(path)
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return
	}
	n, total := 0, 0
	for _, b := range f.Batches {
		for _, e := range b.GetEntries() {
			n++
			total += e.Amount
		}
	}
	if n != want.Payments || workflow.Cents(total) != want.Cents {
		t.Errorf("%s: %d payments of %d cents, want %d of %d", path, n, total, want.Payments, want.Cents)
	}
	register, err := os.ReadFile(strings.TrimSuffix(path, ".ach") + ".csv")
	if err != nil || bytes.Count(register, []byte("\r\n")) != n+2 {
		t.Errorf("the register beside %s: %v\n%s", path, err, register)
	}
}

// checkModes wants everything but the directory entries themselves to be for
// nobody but the owner: passwords, account numbers, keys.
func checkModes(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"passwords.txt", "start.json", demo.OutDir} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
			continue
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %o", name, info.Mode().Perm())
		}
	}
	err := filepath.WalkDir(filepath.Join(dir, demo.OutDir), func(path string, d fs.DirEntry, err error) error {
		if strings.HasSuffix(d.Name(), ".new") {
			t.Errorf("%s was left over", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// results is what was printed without the time that it took and the port.
func results(said string) string {
	var kept []string
	for line := range strings.Lines(said) {
		if !strings.HasPrefix(line, "seconds") && !strings.Contains(line, "http://") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// kills is how often the demonstration is killed before it may end.
const kills = 8

func TestDemoSurvivesKill(t *testing.T) {
	began := time.Now()
	_, want := finish(t, t.TempDir())
	whole := time.Since(began)

	seed := rand.Uint64()
	t.Logf("seed %d, one run takes %s", seed, whole)
	chance := rand.New(rand.NewPCG(seed, 0))
	dir := t.TempDir()
	for range kills {
		killAfter(t, dir, time.Duration(chance.Int64N(int64(whole))))
	}
	said, got := finish(t, dir)
	if diff := cmp.Diff(want, got, itself); diff != "" {
		t.Errorf("(-undisturbed +killed):\n%s\n%s", diff, said)
	}
}

// killAfter starts the demonstration in dir and kills it, unless it ends before.
func killAfter(t *testing.T, dir string, d time.Duration) {
	t.Helper()
	c := command(t.Context(), dir)
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("it ended by itself: %v\n%s", err, said.String())
		}
	case <-time.After(d):
		if err := c.Process.Kill(); err != nil {
			t.Logf("kill: %v", err) // it ended in the same moment
		}
		<-ended
	}
}
