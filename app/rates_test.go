package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRatesAreImportedOnce(t *testing.T) {
	dir := t.TempDir()
	database, file := filepath.Join(dir, "tranche.db"), filepath.Join(dir, "rates.csv")
	write := func(body string) {
		t.Helper()
		if err := os.WriteFile(file, []byte("currency,period_start,period_end,usd_per_unit,publisher\n"+body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := func(args ...string) (string, error) {
		out, _, err := tranche(t, append(args, "--database", database)...)
		return out, err
	}
	if _, err := command("migrate"); err != nil {
		t.Fatal(err)
	}
	write("EUR,2024-01-01,2024-12-31,1.082,IRS\nJPY,2024-01-01,2024-12-31,0.0066,IRS\n")
	for _, want := range []string{"2 rates entered, 0 were there already.\n", "0 rates entered, 2 were there already.\n"} {
		if got, err := command("rates", "import", file); err != nil || got != want {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	}
	write("EUR,2024-01-01,2024-12-31,2.5,somebody\nGBP,2024-01-01,2024-12-31,1.278,IRS\n")
	if got, err := command("rates", "import", file); err == nil || !strings.Contains(err.Error(), "line 2: EUR from 2024-01-01 to 2024-12-31: There is one already. (already_there)") || !strings.HasPrefix(got, "1 rates entered") {
		t.Errorf("another rate for the same year: %q, %v", got, err)
	}
	write("EUR,2024-13-01,2024-12-31,2.5,somebody\nCHF,2024-01-01,2024-12-31,1.1,IRS\n")
	if got, err := command("rates", "import", file); err == nil || !strings.Contains(err.Error(), "line 2, period_start") || got != "" {
		t.Errorf("a wrong line: %q, %v", got, err)
	}
}
