package web

import (
	"fmt"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// The boundary, over groups of every shape, stated and linked on the pages of somebody
// who speaks for all of them, confirmed by an officer, and read on the page of the verdict.
func TestTheRevenueBoundaryHoldsOnThePages(t *testing.T) {
	h := newHouse(t, nil)
	admin := h.as(workflow.Admin)
	admin.visit("/rates")
	admin.send("/rates", map[string]string{"currency": "EUR", "period_start": "2025-01-01", "period_end": "2025-12-31", "usd_per_unit": enginetest.RateOfEuros, "publisher": "IRS"})
	officer := h.as(workflow.ProgramOfficer)
	says := map[workflow.Outcome]string{workflow.Pass: "Below the cap", workflow.Fail: "At or over the cap", workflow.Refer: "Evidence missing"}
	calls := map[workflow.Basis]workflow.ID{workflow.LastCompleted: h.Opportunity}
	for _, g := range enginetest.Boundary() {
		t.Run(g.Name, func(t *testing.T) {
			all := make([]workflow.ID, g.Members)
			for i := range all {
				all[i] = h.Must(workflow.NounOrganization, workflow.ActCreate, 0, nil, enginetest.Text("legal_name", fmt.Sprintf("Member %d: %s", i, g.Name))).ID
			}
			aor := h.Member(all[0], workflow.AOR)
			for _, other := range all[1:] {
				h.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(aor)), enginetest.Text("role", workflow.AOR.String()), enginetest.Int("organization", int64(other)))
			}
			h.Act(nil, workflow.NounPerson, aor, workflow.ActUpdate, enginetest.Text("password", h.hash))
			h.Advance(1)
			b := h.signedIn(aor)
			enter := func(member int, form string, values map[string]string) {
				t.Helper()
				b.visit(pathOf(workflow.NounOrganization, all[member]))
				if b.send(form, values); b.page.status != 200 {
					t.Fatalf("%s %v: %d %q", form, values, b.page.status, b.page.class("err"))
				}
			}
			for _, s := range g.Stated {
				enter(s.Member, "/statements", map[string]string{"fiscal_year": fmt.Sprint(s.Year), "period_start": s.Start, "period_end": s.End,
					"amount": s.Amount.String(), "currency": s.Currency, "source": "self_certified"})
			}
			for _, l := range g.Links {
				enter(l.Owner, "/affiliations", map[string]string{"owner": all[l.Owner].String(), "owned": all[l.Owned].String(), "share": fmt.Sprint(l.Share), "since": "2020-01-01"})
				link := pathOf(workflow.NounAffiliation, newest(h, workflow.NounAffiliation))
				officer.visit(link)
				officer.send(link+"/actions/confirm", nil) // what an applicant tells of counts from then on
			}
			if calls[g.Basis] == 0 {
				calls[g.Basis] = h.OpportunityFor(g.Basis)
			}
			h.Opportunity = calls[g.Basis]
			officer.visit(pathOf(workflow.NounApplication, h.Decided(all[0], aor)) + "/verdict")
			officer.sound()
			if tag := officer.page.class("tag"); len(tag) == 0 || tag[0] != says[g.Want] {
				t.Errorf("the page says %q, want %q", tag, says[g.Want])
			}
		})
	}
}

func TestAnAbsurdRevenueIsRefusedOnThePage(t *testing.T) {
	h := newHouse(t, nil)
	b := h.as(workflow.AOR)
	before := modelstest.Dump(t, h.DB, "sessions")
	for _, amount := range enginetest.NoAmounts {
		b.visit(pathOf(workflow.NounOrganization, h.Company))
		b.send("/statements", stating("2024", map[string]string{"amount": amount}))
		b.sound()
		if b.page.status != 422 || b.page.id("new-statement-amount-error") == nil || b.filled("/statements", nil).Get("amount") != amount {
			t.Errorf("%q: %d at %s: %q", amount, b.page.status, b.page.path, b.page.class("err"))
		}
	}
	if modelstest.Dump(t, h.DB, "sessions") != before {
		t.Error("something was stored")
	}
}

// newest returns the record of noun that was made last.
func newest(h *house, noun workflow.Noun) workflow.ID {
	h.t.Helper()
	rows, _, err := h.DB.Rows(h.t.Context(), h.As(workflow.System), noun, models.Filter{Limit: 1})
	if err != nil || len(rows) != 1 {
		h.t.Fatalf("no %s: %v", noun, err)
	}
	return rows[0].Record.ID
}
