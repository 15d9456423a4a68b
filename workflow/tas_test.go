package workflow

import "testing"

func TestASymbolIsReadInItsComponents(t *testing.T) {
	for s, want := range map[string]TAS{
		"089-2026/2027-0222-000":     {Agency: "089", Begins: "2026", Ends: "2027", Main: "0222", Sub: "000"},
		"089-X-0222-001":             {Agency: "089", Type: "X", Main: "0222", Sub: "001"},
		"089X0222":                   {Agency: "089", Type: "X", Main: "0222", Sub: "000"},
		"089X0222.010":               {Agency: "089", Type: "X", Main: "0222", Sub: "010"},
		"017-089-2026/2026-0222-000": {Transfer: "017", Agency: "089", Begins: "2026", Ends: "2026", Main: "0222", Sub: "000"},
	} {
		if got, ok := ParseTAS(s); !ok || got != want {
			t.Errorf("%s is %+v, %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "089", "89X0222", "089-2027/2026-0222-000", "089Y0222", "089X222", "089X0222-1", " 089X0222", "089X0222\n", "none"} {
		if got, ok := ParseTAS(s); ok {
			t.Errorf("%q is %+v", s, got)
		}
	}
}

func TestAFundClosesFiveYearsAfterItsLast(t *testing.T) {
	for s, want := range map[string]string{"089-2026/2027-0222-000": "2032-10-01", "089X0222": ""} {
		f, _ := ParseTAS(s)
		if got := f.Closes(); want == "" && got != 0 || want != "" && got.String() != want {
			t.Errorf("%s closes on %s, want %s", s, got, want)
		}
	}
}
