package intake

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tranche/workflow"
)

const rateHead = "currency,period_start,period_end,usd_per_unit,publisher\n"

func TestRatesAreReadByTheNamesOfTheirColumns(t *testing.T) {
	day := func(s string) workflow.Date {
		d, err := workflow.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	got, err := ReadRates(strings.NewReader("\ufeff\"publisher\",usd_per_unit,currency,period_start,period_end\r\n\"IRS, yearly\",1.0835,EUR,2025-01-01,2025-12-31\r\nIRS,0.0067,JPY,2025-01-01,2025-12-31\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []RateLine{{2, "EUR", day("2025-01-01"), day("2025-12-31"), 1_083_500_000, "IRS, yearly"}, {3, "JPY", day("2025-01-01"), day("2025-12-31"), 6_700_000, "IRS"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEveryWrongLineOfRatesIsNamed(t *testing.T) {
	good := "EUR,2025-01-01,2025-12-31,1.0835,IRS\n"
	for file, want := range map[string][]string{
		"":                             {"line 1: expected the columns"},
		"currency,rate\nEUR,1\n":       {"line 1: expected the columns"},
		rateHead + "USD" + good[3:]:    {"line 2, currency"},
		rateHead + "XXX" + good[3:]:    {"line 2, currency"},
		rateHead + good + good:         {"line 3: the rate of line 2 once more"},
		rateHead + good + "EUR,2025\n": {"line 3"},
		rateHead + "EUR,2025-02-30,2024-01-01,1,5,\n":  {"line 2"},
		rateHead + "EUR,2025-02-30,x,１.5,\n":           {"line 2, period_start", "line 2, period_end", "line 2, usd_per_unit", "line 2, publisher"},
		rateHead + "GBP,2025-12-31,2025-01-01,0,IRS\n": {"line 2, period_end", "line 2, usd_per_unit"},
	} {
		got, err := ReadRates(strings.NewReader(file))
		if err == nil || got != nil {
			t.Errorf("%q is taken: %v", file, got)
			continue
		}
		for _, one := range want {
			if !strings.Contains(err.Error(), one) {
				t.Errorf("%q: %v, want %q", file, err, one)
			}
		}
	}
}

func FuzzReadRates(f *testing.F) {
	f.Add(rateHead + "EUR,2025-01-01,2025-12-31,1.0835,IRS\n")
	f.Add("\"\n")
	f.Fuzz(func(t *testing.T, file string) {
		lines, err := ReadRates(strings.NewReader(file))
		for _, l := range lines {
			if err != nil || l.PerUnit <= 0 || l.End.Before(l.Start) || l.Currency == workflow.USD {
				t.Fatalf("%+v, %v", l, err)
			}
		}
	})
}
