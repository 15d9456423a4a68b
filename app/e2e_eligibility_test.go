package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Everybody can check, without an account, on a telephone and without JavaScript, and
// nothing of what they type is kept.
func TestEverybodyChecksTheirEligibilityInABrowser(t *testing.T) {
	j, _ := newJourney(t)
	before := stored(t, j.house)
	form := `form[action^="/eligibility?"]`
	check := func() {
		t.Helper()
		j.open("/eligibility")
		j.fill("form.filters", map[string]string{"affiliates": "2"})
		j.press("form.filters button[type=submit]")
		j.fill(form, map[string]string{"legal_name": "Plover Systems LLC", "revenue_0_0": "50,000,000.00", "legal_name_1": "Plover East LLC", "share_1": "100",
			"revenue_1_0": "25,000,000.00", "share_2": "51", "revenue_2_0": "24,999,999.99"})
		j.press(form + " button[type=submit]")
		j.shows("Below the cap", "$99,999,999.99", "Plover East LLC")
		j.fill(form, map[string]string{"revenue_2_0": "25,000,000.00"})
		j.press(form + " button[type=submit]")
		j.shows("At or over the cap", "$100,000,000.00")
	}
	for _, pixels := range []int64{desk, telephone} {
		j.wide(pixels)
		check()
		j.sound()
		j.fill(form, map[string]string{"revenue_0_0": "1e9", "period_end": ""})
		j.refused(form+" button[type=submit]", "Enter an amount in dollars", "Last fiscal year ended on")
	}
	j.withoutScript()
	check()
	j.fill(form, map[string]string{"revenue_0_0": "1e9"})
	j.leave(form + " button[type=submit]")
	if said := j.text("#errors"); !strings.Contains(said, "Enter an amount in dollars") {
		t.Errorf("without JavaScript nobody is told what is wrong: %s", j.text("main"))
	}
	if j.value("document.cookie + document.querySelectorAll('form[action=\"/sign-out\"]').length") != "0" {
		t.Error("somebody is signed in, or has a cookie")
	}
	if diff := cmp.Diff(before, stored(t, j.house)); diff != "" {
		t.Errorf("something was stored (-before +after):\n%s", diff)
	}
}
