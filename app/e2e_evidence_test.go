package main

import (
	"fmt"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/workflow"
)

const aPDF = "%PDF-1.7\n1 0 obj\n%%EOF\n"

// An applicant tells of an affiliate, states what both earned with files, submits one
// cent below the cap, and reads why they may be considered.
func TestAnApplicantBringsAffiliateAndEvidenceInABrowser(t *testing.T) {
	j, w := newJourney(t)
	company := w.Must(workflow.NounOrganization, workflow.ActCreate, 0, nil, enginetest.Text("legal_name", "Tern Optics LLC"), enginetest.Text("uei", enginetest.UEI(7001))).ID
	aor, officer := j.person(workflow.AOR, 0, company), j.person(workflow.ProgramOfficer, w.Program, 0)
	at := fmt.Sprintf("/organizations/%d", company)
	j.as(aor)
	j.open(at)
	j.sound()

	// The affiliate: first with a share in other digits, then right.
	declare := fmt.Sprintf(`form[action="%s/actions/declare"]`, at)
	tell := map[string]string{"relation": "is_ours", "legal_name": "Tern Coatings LLC", "share": "８０００", "since": "2020-01-01"}
	j.fill(j.opened(declare), tell)
	j.refused(declare+" button[type=submit]", "Share in hundredths of a percent: ")
	tell["share"] = "8000"
	j.fill(j.opened(declare), tell)
	j.press(declare + " button[type=submit]")
	j.sound()
	j.shows("Tern Coatings LLC")
	affiliate := newest[workflow.Organization](j, workflow.NounOrganization)

	// What the company earned: a file of the wrong kind and a day that there is not, then right.
	state := func(amount string) map[string]string {
		return map[string]string{"fiscal_year": "2025", "period_start": "2025-01-01", "period_end": "2025-12-31", "amount": amount, "source": "tax_return"}
	}
	form := `form[action="/statements"]`
	before := j.events()
	j.fill(j.opened(form), state("１00"))
	j.value(fmt.Sprintf("document.querySelector(%q).value = '2025-06-31'", form+` [name="period_end"]`))
	j.refused(form+" button[type=submit]", "Amount: Enter an amount in dollars", "Period ends: Enter an answer")
	j.fill(j.opened(form), state("60,000,000.00"))
	j.choose(form+` [name="document"]`, "return.exe", "MZ\x90\x00")
	j.refused(form+" button[type=submit]", "return.exe is not taken.")
	if now := j.events(); now != before {
		t.Errorf("refused statements left %d events", now-before)
	}
	j.fill(j.opened(form), state("60,000,000.00"))
	j.choose(form+` [name="document"]`, "return-2025.pdf", aPDF)
	j.press(form + " button[type=submit]")
	j.sound()
	j.shows("$60,000,000.00", "with a file")

	// The affiliate's.
	j.open(fmt.Sprintf("/organizations/%d", affiliate.ID))
	j.sound()
	j.fill(j.opened(form), state("39,999,999.99"))
	j.choose(form+` [name="document"]`, "coatings-2025.pdf", aPDF)
	j.press(form + " button[type=submit]")
	j.shows("$39,999,999.99", "with a file")

	j.as(officer)
	link := newest[workflow.Affiliation](j, workflow.NounAffiliation)
	j.act(fmt.Sprintf("/affiliations/%d", link.ID), "confirm", nil)
	j.sound()

	// Who speaks for two companies says for which.
	j.as(aor)
	j.open(fmt.Sprintf("/opportunities/%d", w.Opportunity))
	j.refused(`form[action^="/applications"] button[type=submit]`, "Organization: Enter an answer")
	j.applies(w, aor, map[string]string{"organization": company.String()})
	app := newest[workflow.Application](j, workflow.NounApplication)
	j.until("the application is screened", func() bool {
		app = newest[workflow.Application](j, workflow.NounApplication)
		return app.State != workflow.Submitted
	})
	if app.State != workflow.InReview {
		t.Errorf("one cent below the cap the application is %s", app.State)
	}
	j.open(fmt.Sprintf("/applications/%d", app.ID))
	j.sound()
	j.press(fmt.Sprintf(`a[href="/applications/%d/verdict"]`, app.ID))
	j.sound()
	j.shows("Tern Coatings LLC", "$60,000,000.00", "$39,999,999.99", "$99,999,999.99", "$100,000,000.00", "Tax return", "sha256 ")
}
