package seal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func keys(t *testing.T) *Sealer {
	t.Helper()
	s, err := Load(filepath.Join(t.TempDir(), "keys"), true)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOnlyItsOwnPlaceOpensAValue(t *testing.T) {
	s, other := keys(t), keys(t)
	sealed, err := s.Seal("123456789", AccountNumber, 7)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(sealed, "123456789") {
		t.Error("the plain text shows")
	}
	if got, err := s.Open(sealed, AccountNumber, 7); got != "123456789" || err != nil {
		t.Errorf("opened %q, %v", got, err)
	}
	for name, open := range map[string]func() (string, error){
		"another record": func() (string, error) { return s.Open(sealed, AccountNumber, 8) },
		"another column": func() (string, error) { return s.Open(sealed, "people.password", 7) },
		"other keys":     func() (string, error) { return other.Open(sealed, AccountNumber, 7) },
		"no base64":      func() (string, error) { return s.Open("%", AccountNumber, 7) },
		"cut short":      func() (string, error) { return s.Open(sealed[:8], AccountNumber, 7) },
	} {
		if got, err := open(); !errors.Is(err, ErrOpen) || got != "" {
			t.Errorf("%s: opened %q, %v", name, got, err)
		}
	}
}

func TestTheSameValueIsSealedDifferentlyEachTime(t *testing.T) {
	s := keys(t)
	a, errA := s.Seal("1", AccountNumber, 1)
	b, errB := s.Seal("1", AccountNumber, 1)
	if errA != nil || errB != nil || a == b {
		t.Errorf("%q, %q, %v, %v", a, b, errA, errB)
	}
}

func TestKeysAreMadeOnceAndForTheOwnerOnly(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys")
	if _, err := Load(file, false); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing keys: %v", err)
	}
	sealers := make([]*Sealer, 8)
	var wg sync.WaitGroup
	for i := range sealers {
		wg.Go(func() {
			var err error
			if sealers[i], err = Load(file, true); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	sealed, err := sealers[0].Seal("x", AccountNumber, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range sealers {
		if got, err := s.Open(sealed, AccountNumber, 1); got != "x" {
			t.Errorf("sealer %d: %v", i, err)
		}
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(file, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(file, true); err == nil {
		t.Error("a broken file of keys was read")
	}
}
