package workflow

import (
	"testing"

	"pgregory.net/rapid"
)

func TestParseIDReadsOnlyPlainPositiveNumbers(t *testing.T) {
	for s, want := range map[string]ID{"1": 1, "42": 42, "1000000": 1_000_000, "999999999999999999": 999_999_999_999_999_999} {
		if got, ok := ParseID(s); !ok || got != want {
			t.Errorf("ParseID(%q) = %d, %v", s, got, ok)
		}
	}
	for _, s := range []string{
		"", "0", "01", "-1", "+1", " 1", "1 ", "1.0", "1e3", "1_000", "0x1", "a", "1a", "１", "١", "1\x00", "1/2", "1:",
		"1000000000000000000", "9223372036854775807", "18446744073709551617",
	} {
		if got, ok := ParseID(s); ok || got != 0 {
			t.Errorf("ParseID(%q) = %d, %v; want false", s, got, ok)
		}
	}
}

func TestParseIDReadsWhatStringWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := ID(rapid.Int64Range(1, 999_999_999_999_999_999).Draw(t, "id"))
		if got, ok := ParseID(id.String()); !ok || got != id {
			t.Fatalf("ParseID(%q) = %d, %v", id.String(), got, ok)
		}
	})
}

func FuzzParseID(f *testing.F) {
	for _, s := range []string{"1", "0", "01", "999999999999999999", "-1", "１"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, ok := ParseID(s)
		if ok != (id > 0) || ok && id.String() != s {
			t.Errorf("ParseID(%q) = %d, %v", s, id, ok)
		}
	})
}
