package seal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tranche/workflow"
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

func TestEqualValuesHaveEqualSumsUnderTheirKeys(t *testing.T) {
	s, other := keys(t), keys(t)
	sum := func(s *Sealer, plain string, id workflow.ID) string {
		t.Helper()
		sealed, err := s.Seal(plain, AccountNumber, id)
		if err != nil {
			t.Fatal(err)
		}
		out, err := s.Sum(sealed, AccountNumber, id, strings.ToUpper)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	one := sum(s, "a123456789", 7)
	if one != sum(s, "A123456789", 8) {
		t.Error("equal values have different sums")
	}
	if one == sum(s, "a123456780", 7) || one == sum(other, "a123456789", 7) || strings.Contains(one, "123456789") {
		t.Error("the sum does not depend on the value and on the keys alone, or tells the value")
	}
	sealed, _ := s.Seal("1", AccountNumber, 7)
	if got, err := s.Sum(sealed, AccountNumber, 8, strings.ToUpper); !errors.Is(err, ErrOpen) || got != "" {
		t.Errorf("of another record: %q, %v", got, err)
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
