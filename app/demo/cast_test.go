package demo

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tranche/app/identity"
	"tranche/workflow"
)

func TestEveryRoleHasAPersonAndThereAreThreeReviewers(t *testing.T) {
	count := map[workflow.Role]int{}
	hats := map[string]bool{}
	for _, p := range staff() {
		count[p.role]++
		hats[p.hat] = true
		if _, err := identity.ParseScopes(p.scopes); err != nil {
			t.Errorf("%s: %v", p.hat, err)
		}
	}
	for r := workflow.Applicant; r < workflow.System; r++ {
		want := 1
		switch r {
		case workflow.Reviewer:
			want = 3
		case workflow.AOR: // each company has one
			want = 0
		}
		if count[r] != want {
			t.Errorf("%d people are %s, want %d", count[r], r, want)
		}
	}
	if len(hats) != len(staff()) {
		t.Error("two people share a hat")
	}
}

func TestSecretsAreKeptAndForTheOwnerOnly(t *testing.T) {
	dir := t.TempDir()
	all := func(*person) bool { return true }
	none := func(*person) bool { return false }
	secrets := func(people []*person, signsIn func(*person) bool) (out []string) {
		t.Helper()
		if err := giveSecrets(dir, people, signsIn); err != nil {
			t.Fatal(err)
		}
		for _, p := range people {
			out = append(out, p.email, p.password, p.token)
		}
		return out
	}
	list := load(t, 0)
	more := []*person{representative(&list[0])}
	first := secrets(staff(), all)
	if tokensOnly := secrets(more, none); tokensOnly[1] != "" || tokensOnly[2] == "" {
		t.Errorf("a representative got %q", tokensOnly)
	}
	if diff := cmp.Diff(first, secrets(staff(), none)); diff != "" {
		t.Errorf("at a second run (-first +second):\n%s", diff)
	}
	info, err := os.Stat(filepath.Join(dir, secretsFile))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %o", info.Mode().Perm())
	}
	known, err := readSecrets(filepath.Join(dir, secretsFile))
	if err != nil {
		t.Fatal(err)
	}
	if len(known) != len(staff())+1 {
		t.Errorf("%d people in the file", len(known))
	}
}

func TestADamagedFileOfSecretsIsNotOverwritten(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, secretsFile)
	if err := os.WriteFile(path, []byte("admin@demo.example onlypassword\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := giveSecrets(dir, staff(), func(*person) bool { return true }); err == nil {
		t.Error("taken")
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != "admin@demo.example onlypassword\n" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestTheStartIsStoredOnce(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 11, 23, 12, 0, 0, 999_000, time.UTC)
	first, err := startOf(dir, now)
	if err != nil {
		t.Fatal(err)
	}
	again, err := startOf(dir, now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if !first.Equal(again) || !first.Equal(now.Truncate(time.Second)) {
		t.Errorf("%s, then %s", first, again)
	}
	if err := os.WriteFile(filepath.Join(dir, "start.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := startOf(dir, now); err == nil {
		t.Error("a file without a start was taken")
	}
}
