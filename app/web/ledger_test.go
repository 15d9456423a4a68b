package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tranche/workflow"
)

// The balances, the postings and the file say the same, for the period and the record
// that the address names.
func TestTheLedgersPageAndFileAgree(t *testing.T) {
	h := newHouse(t, nil)
	c := h.NewCase("Alpha, Inc.", 1_000_00).Submit().Review().Recommend().Awarded().Bank().Active()
	c.Claim(0)
	h.Advance(48 * time.Hour)
	h.NewCase("=Beta, Inc.", 3_00).Submit().Review().Recommend()
	b := h.as(workflow.FinanceCertifier)

	page := b.visit(pathOf(workflow.NounAward, c.Award))
	own := slices.Collect(func(yield func(string) bool) {
		for at := range page.links("/ledger?") {
			if !yield(at) {
				return
			}
		}
	})
	if len(own) != 1 {
		t.Fatalf("the award leads to %v", own)
	}
	page = b.visit(own[0])
	file := b.exported(strings.Replace(own[0], "/ledger", "/ledger.csv", 1))
	if n := len(file.of("posting", "amount")); n == 0 || page.counted(t) != n {
		t.Errorf("the page counts %d postings and the file has %d", page.counted(t), n)
	}
	if text := page.text("main"); !strings.Contains(text, "Committed → Obligated") || !strings.Contains(text, "4801") || strings.Contains(text, "Beta") {
		t.Errorf("the ledger of the award says %s", text)
	}
	b.sound()

	day := workflow.DateOf(h.Now()).String()
	page = b.visit("/ledger?from=" + day + "&to=" + day)
	if page.counted(t) != 1 || !strings.Contains(page.text("main"), "$1,000,000,000.00") || !strings.Contains(page.text("main"), "=Beta, Inc.") {
		t.Errorf("of the day: %s", page.text("main"))
	}
	file = b.exported("/ledger.csv?from=" + day)
	if got := file.of("posting", "organization"); !slices.Equal(got, []string{"'=Beta, Inc."}) {
		t.Errorf("the file names %q", got)
	}
	if total := file.rows[len(file.rows)-1]; total[1] != strconv.Itoa(1) || !slices.Contains(total, "3.00") {
		t.Errorf("the last row is %q", total)
	}

	page = b.visit("/ledger?from=2026-13-01&fund=x&color=red&to=1999-01-01")
	for _, left := range []string{"from=2026-13-01", "fund=x", "color=red"} {
		if !strings.Contains(strings.Join(page.class("note"), " "), "“"+left+"”") {
			t.Errorf("%s is not named", left)
		}
	}
	if page.counted(t) != 0 || len(page.class("empty")) != 1 {
		t.Errorf("before there was anything: %s", page.text("main"))
	}
	b.sound()
	for _, role := range []workflow.Role{workflow.AOR, workflow.Reviewer} {
		for _, at := range []string{"/ledger", "/ledger.csv"} {
			if a := h.as(role).ask("GET", at, nil); a.status != http.StatusNotFound {
				t.Errorf("%s: %s answers %d", role, at, a.status)
			}
		}
	}
}
