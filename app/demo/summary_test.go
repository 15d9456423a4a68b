package demo

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func summary() Summary {
	return Summary{
		Applications: 3, ByState: map[string]int{"awarded": 2, "in_review": 1}, Awards: AwardSum{2, 123_456_78},
		Payments: PaymentSum{2, 1, 1}, Batches: []BatchFile{{"B-000042.ach", "nacha", "ab", 1, 5_00}},
		Events: 77, AuditVerified: true, Seconds: 1.5,
	}
}

func TestSummaryHasExactlyTheseKeys(t *testing.T) {
	dir := t.TempDir()
	s := summary()
	if err := s.store(dir); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "summary.json"))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	keys := func(v any) []string { return slices.Sorted(maps.Keys(v.(map[string]any))) }
	for name, pair := range map[string][2][]string{
		"summary":  {keys(got), {"applications", "audit_verified", "awards", "batches", "by_state", "events", "payments", "seconds"}},
		"awards":   {keys(got["awards"]), {"cents", "count"}},
		"payments": {keys(got["payments"]), {"exported", "reissued", "returned"}},
		"batch":    {keys(got["batches"].([]any)[0]), {"cents", "file", "format", "payments", "sha256"}},
	} {
		if diff := cmp.Diff(pair[1], pair[0]); diff != "" {
			t.Errorf("keys of %s (-want +got):\n%s", name, diff)
		}
	}
	if got["awards"].(map[string]any)["cents"] != 12345678.0 {
		t.Errorf("awards %v", got["awards"])
	}
}

func TestTheTableSaysWhatWasTurnedDownAndWhy(t *testing.T) {
	s := summary()
	s.AuditVerified = false
	var out bytes.Buffer
	err := s.print(&out, []refusal{{&Company{LegalName: "SHOCK TECH INC"}, "submit a request of $5,000,000.01", "over_award_cap"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"in review", "$123,456.78", "B-000042.ach", "NOT VERIFIED", "SHOCK TECH INC  submit a request of $5,000,000.01  over award cap"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, out.String())
		}
	}
}

func TestProgressWithoutATerminalIsOneLineForEveryTenth(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out, 200)
	for range 200 {
		p.step()
	}
	p.end()
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 10 || lines[0] != "20 of 200 steps" || lines[9] != "200 of 200 steps" {
		t.Errorf("%q", lines)
	}
}
