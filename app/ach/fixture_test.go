package ach_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"tranche/app/ach"
	"tranche/workflow"
)

var update = flag.Bool("update", false, "rewrite golden files")

// header returns what all tests agree on; change may bend it.
func header(change ...func(*ach.Header)) ach.Header {
	h := ach.Header{
		Destination:     "121042882",
		DestinationName: "WELLS FARGO BANK",
		Origin:          "1234567892",
		OriginName:      "DOE AI VOUCHER PROGRAM",
		Reference:       "B-000042",
		Created:         time.Date(2026, 10, 1, 9, 30, 0, 0, time.UTC),
		Modifier:        'A',
		CompanyName:     "DOE AI VOUCHER",
		CompanyID:       "1234567892",
		Description:     "VOUCHER",
		Effective:       time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC),
		ODFI:            "121042882",
		FirstSequence:   1,
	}
	for _, c := range change {
		c(&h)
	}
	return h
}

// credit returns a payment that can be written; change may bend it.
func credit(change ...func(*ach.Credit)) ach.Credit {
	c := ach.Credit{
		Routing:    "231380104",
		Account:    "998877660",
		Amount:     1_250_000_50,
		ID:         "P-000000001",
		Name:       "Startup Inc.",
		Remittance: "DE-AI000001-T1",
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

// credits returns a few ordinary payments that differ in everything that can.
func credits() []ach.Credit {
	return []ach.Credit{
		credit(),
		credit(func(c *ach.Credit) {
			c.Routing, c.Account, c.Savings, c.Amount = "031300012", "12-3456", true, 1
			c.ID, c.Name, c.Remittance = "P-000000002", "Müller & Søn, Ærospace LLC", "DE-AI000002-T3"
		}),
		credit(func(c *ach.Credit) {
			c.Routing, c.Account, c.Amount = "091000019", "ABC12345678901234", ach.MaxEntry
			c.ID, c.Name, c.Remittance = "P-000000003", "No Remittance Corporation of America", ""
		}),
	}
}

// write returns the file of the given payments, its traces and its totals.
func write(t testing.TB, h ach.Header, list []ach.Credit) ([]byte, []ach.Trace, ach.Totals) {
	t.Helper()
	var out bytes.Buffer
	w, err := ach.NewWriter(&out, h)
	if err != nil {
		t.Fatal(err)
	}
	var traces []ach.Trace
	for i := range list {
		trace, err := w.Add(&list[i])
		if err != nil {
			t.Fatal(err)
		}
		traces = append(traces, trace)
	}
	totals, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), traces, totals
}

// golden compares got with a file of testdata, or rewrites it under -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs:\n%s", name, got)
	}
}

// payments yields n payments without allocating, so that a benchmark measures
// the writer.
func payments(n int, each func(*ach.Credit)) {
	routings := []string{"231380104", "031300012", "091000019", "121042882", "011000015"}
	names := make([]string, 97)
	accounts := make([]string, 89)
	for i := range names {
		names[i] = fmt.Sprintf("Startup %d Incorporated", i)
	}
	for i := range accounts {
		accounts[i] = fmt.Sprintf("%012d", 998877660+i)
	}
	ids := make([]string, 1009)
	references := make([]string, len(ids))
	for i := range ids {
		ids[i] = fmt.Sprintf("P-%09d", i)
		references[i] = fmt.Sprintf("DE-AI%06d-T1", i)
	}
	var c ach.Credit
	for i := range n {
		c = ach.Credit{
			Routing:    routings[i%len(routings)],
			Account:    accounts[i%len(accounts)],
			Savings:    i%7 == 0,
			Amount:     workflow.Cents(i%1_000_000 + 1),
			ID:         ids[i%len(ids)],
			Name:       names[i%len(names)],
			Remittance: references[i%len(references)],
		}
		each(&c)
	}
}

// lines splits a file, without its last line break.
func lines(file []byte) []string {
	return strings.Split(strings.TrimSuffix(string(file), "\n"), "\n")
}
