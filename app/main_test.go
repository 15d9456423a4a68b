package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// tranche runs the program with args and returns what it printed.
func tranche(t *testing.T, args ...string) (out, errs string, err error) {
	t.Helper()
	var o, e bytes.Buffer
	err = run(t.Context(), args, &o, &e)
	return o.String(), e.String(), err
}

func must(t *testing.T, args ...string) string {
	t.Helper()
	out, errs, err := tranche(t, args...)
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, errs)
	}
	return out
}

func TestVersionIsPrinted(t *testing.T) {
	if got := must(t, "version"); got != "tranche "+version+"\n" {
		t.Errorf("got %q", got)
	}
}

func TestDiagramIsTheDocumentation(t *testing.T) {
	if got := must(t, "workflow", "diagram"); got != string(workflow.Markdown()) {
		t.Error("the verb prints something else than docs/lifecycles.md holds")
	}
}

func TestAWrongValueIsNamed(t *testing.T) {
	dir := t.TempDir()
	db := filepath.Join(dir, "a.db")
	for _, tt := range []struct {
		args []string
		name string
	}{
		{[]string{"fly"}, "fly"},
		{[]string{"serve", "--fast"}, "--fast"},
		{[]string{"serve", "--database", db, "--smtp", "http://mail.example", "--mail-from", "desk@example.gov"}, "--smtp (TRANCHE_SMTP): expected"},
		{[]string{"serve", "--database", db, "--smtp", "smtp://mail.example", "--mail-from", "nobody"}, "--mail-from (TRANCHE_MAIL_FROM): \"nobody\""},
		{[]string{"serve", "--database", db, "--smtp", "smtp://mail.example"}, "--mail-from (TRANCHE_MAIL_FROM) is needed"},
		{[]string{"serve", "--database", db, "--mail-from", "desk@example.gov"}, "--smtp (TRANCHE_SMTP) is needed"},
		{[]string{"serve", "--database", db, "--addr", "nowhere"}, "--addr"},
		{[]string{"serve", "--database", "postgres://127.0.0.1:1/none?connect_timeout=2"}, "127.0.0.1"},
		{[]string{"user", "add", "--database", db, "--email", "a@example.gov"}, "--name"},
		{[]string{"user", "add", "--database", db, "--email", "a@example.gov", "--name", "A", "--role", "king"}, "king"},
		{[]string{"user", "add", "--database", db, "--email", "a@example.gov", "--name", "A", "--language", "tlh"}, "--language"},
		{[]string{"token", "add", "--database", db, "--email", "a@example.gov", "--name", "x", "--scopes", "fly"}, "fly"},
		{[]string{"audit", "verify", "--database", filepath.Join(dir, "none", "\x00.db")}, "none"},
		{[]string{"health", "--addr", "nowhere"}, "--addr"},
	} {
		_, errs, err := tranche(t, tt.args...)
		if err == nil {
			t.Errorf("%q succeeded", tt.args)
		} else if !strings.Contains(err.Error()+errs, tt.name) {
			t.Errorf("%q: %v does not name %s", tt.args, err, tt.name)
		}
	}
}

// A fresh database lets nobody in; people and tokens come from the command line.
func TestPeopleAndTokensAreAdded(t *testing.T) {
	db := filepath.Join(t.TempDir(), "a.db")
	must(t, "migrate", "--database", db)
	out := must(t, "user", "add", "--database", db, "--email", "Ann@Example.gov", "--name", "Ann", "--role", "admin")
	if !regexp.MustCompile(`Password, shown this once: \S{20,}`).MatchString(out) {
		t.Errorf("printed %q", out)
	}
	if _, _, err := tranche(t, "user", "add", "--database", db, "--email", "ann@example.gov", "--name", "Ann"); err == nil {
		t.Error("a second person has the same address")
	}
	secret := strings.TrimSpace(must(t, "token", "add", "--database", db, "--email", "ann@example.gov", "--name", "script", "--scopes", "read,write"))
	if !strings.HasPrefix(secret, "tr_") {
		t.Errorf("token is %q", secret)
	}
	if _, _, err := tranche(t, "token", "add", "--database", db, "--email", "bob@example.gov", "--name", "x"); err == nil {
		t.Error("nobody has a token")
	}
	if out := must(t, "audit", "verify", "--database", db); strings.Contains(out, "WRONG") || !strings.Contains(out, "ok") {
		t.Errorf("verify printed\n%s", out)
	}
	raw, err := sql.Open("sqlite3", db)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	var stored int
	if err := raw.QueryRow("SELECT COUNT(*) FROM tokens WHERE sum LIKE '%' || ? || '%'", secret).Scan(&stored); err != nil || stored != 0 {
		t.Errorf("the secret is stored %d times, %v", stored, err)
	}
	if _, err := raw.Exec("UPDATE people SET name = 'Eve'"); err != nil {
		t.Fatal(err)
	}
	out, _, err = tranche(t, "audit", "verify", "--database", db)
	if err == nil || !strings.Contains(out, "person") {
		t.Errorf("an altered name: %v\n%s", err, out)
	}
}

// serve starts on an empty database, says that it is ready, answers, and stops
// in good order when it is told to.
func TestServeStartsAnswersAndStops(t *testing.T) {
	for name, flags := range map[string][]string{
		"sqlite":   {"--database", filepath.Join(t.TempDir(), "a.db")},
		"postgres": {"--database", modelstest.PostgresURL(t), "--keys", filepath.Join(t.TempDir(), "keys")},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			said := &lines{all: make(chan string, 10)}
			ended := make(chan error, 1)
			go func() {
				ended <- run(ctx, append([]string{"serve", "--addr", "127.0.0.1:0"}, flags...), said, said)
			}()
			var url string
			select {
			case line := <-said.all:
				url = strings.TrimSpace(strings.TrimPrefix(line, "Serving "))
			case err := <-ended:
				t.Fatal(err)
			case <-time.After(30 * time.Second):
				t.Fatal("it does not say that it serves")
			}
			for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 200, "/api/v1/me": 401, "/api/v1/openapi.json": 200,
				"/": 200, "/sign-in": 200, "/nothing": 404, "/api/v1/nothing": 404} {
				if got := status(t, url+path); got != want {
					t.Errorf("%s answers %d, not %d", path, got, want)
				}
			}
			if out := must(t, "health", "--addr", strings.TrimPrefix(url, "http://")); out != "ready\n" {
				t.Errorf("health says %q", out)
			}
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			if _, err := http.Get(url + "/healthz"); err == nil {
				t.Error("it still answers")
			}
		})
	}
}

func status(t *testing.T, url string) int {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	return r.StatusCode
}

// lines hands on what is written, one Write at a time.
type lines struct{ all chan string }

// Write implements io.Writer.
func (l *lines) Write(b []byte) (int, error) {
	select {
	case l.all <- string(b):
	default:
	}
	return len(b), nil
}

func TestAnOlderProgramLeavesANewerDatabaseAlone(t *testing.T) {
	db := filepath.Join(t.TempDir(), "a.db")
	must(t, "migrate", "--database", db)
	raw, err := sql.Open("sqlite3", db)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (999999, 1)"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := tranche(t, "audit", "verify", "--database", db); err == nil || errors.Is(err, errSaid) {
		t.Errorf("a newer schema: %v", err)
	}
	if err := os.WriteFile(db+".broken", []byte("this is no database, and long enough to be looked at"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := tranche(t, "audit", "verify", "--database", db+".broken"); err == nil {
		t.Error("a file that is no database was opened")
	}
}

// A receipt is compared from the command line too.
func TestAuditVerifyComparesReceipts(t *testing.T) {
	dir := t.TempDir()
	db := filepath.Join(dir, "a.db")
	h, err := (&database{Database: db}).open(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	w := enginetest.Live(t, h.engine)
	c := w.Draft(1_000_00).Submit()
	all, err := h.db.Receipts(t.Context(), w.Viewer(c.AOR), c.Application)
	if err != nil {
		t.Fatal(err)
	}
	h.close()
	file := filepath.Join(dir, "receipts.json")
	write := func(receipts ...models.Receipt) {
		t.Helper()
		var out bytes.Buffer
		for _, r := range receipts {
			if err := json.NewEncoder(&out).Encode(r); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(all[0], all[0])
	if out := must(t, "audit", "verify", "--database", db, "--receipts", file); !strings.Contains(out, "receipts say what the audit log says: 2 rows, 0 problems") {
		t.Errorf("two receipts that hold:\n%s", out)
	}
	forged := all[0]
	forged.Submission++
	write(all[0], forged)
	if out, _, err := tranche(t, "audit", "verify", "--database", db, "--receipts", file); !errors.Is(err, errSaid) || !strings.Contains(out, "its submission is 2, the audit log says 1") {
		t.Errorf("a forged one: %v\n%s", err, out)
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := tranche(t, "audit", "verify", "--database", db, "--receipts", file); err == nil || !strings.Contains(err.Error(), "receipt 1") {
		t.Errorf("half a receipt: %v", err)
	}
}
