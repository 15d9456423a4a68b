package web

import (
	"strings"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/workflow"
)

// An officer makes a panel on the page of the opportunity, its chair writes down what was
// agreed on, and the cases above the line are recommended and awarded by one signature each;
// what the money does not suffice for is refused by itself.
func TestAPanelLeadsToASlate(t *testing.T) {
	h := newHouse(t, nil)
	h.Fund = h.Must(workflow.NounFund, workflow.ActCreate, h.Program, nil, enginetest.Text("symbol", "089X0333"), enginetest.Text("name", "Small"), enginetest.Int("fiscal_year", 2026)).ID
	h.Act(nil, workflow.NounFund, h.Fund, workflow.ActAppropriate, enginetest.Cents("amount", 2_000_00))
	h.Opportunity = h.NewOpportunity("AIV-2026-PANEL")
	var cases []*enginetest.Case
	for _, name := range []string{"Alpha", "Beta", "Gamma"} {
		cases = append(cases, h.NewCase(name, 1_000_00).Submit().Review())
	}
	officer, chair, official := h.as(workflow.ProgramOfficer), h.as(workflow.Reviewer), h.as(workflow.SelectingOfficial)
	officer.visit(pathOf(workflow.NounOpportunity, h.Opportunity))
	officer.sound()
	officer.send("/panels", map[string]string{"name": "Spring", "chair": h.People[workflow.Reviewer].String(), "quorum": "1"})
	officer.sound()
	panel := newest(h, workflow.NounPanel)
	path := pathOf(workflow.NounPanel, panel)
	officer.send(path+"/actions/start", nil)
	officer.sound()
	for i, c := range cases {
		chair.visit(path)
		chair.sound()
		list, err := models.Records[workflow.Deliberation](t.Context(), h.DB.Reader, h.Viewer(h.People[workflow.Reviewer]), workflow.NounDeliberation,
			models.Filter{Where: map[string]workflow.ID{"panel_id": panel, "application_id": c.Application}})
		if err != nil || len(list) != 1 || len(chair.page.links(pathOf(workflow.NounDeliberation, list[0].ID))) != 1 {
			t.Fatalf("the panel does not lead to case %d: %v", i, err)
		}
		at := pathOf(workflow.NounDeliberation, list[0].ID)
		chair.visit(at)
		chair.send(at+"/actions/confirm", map[string]string{"points": []string{"70", "95", "80"}[i], "present": "1", "minutes": "All agreed."})
		chair.sound()
	}
	officer.visit(path)
	officer.sound()
	text := officer.page.text("main")
	if beta, gamma, line, alpha := strings.Index(text, "95"), strings.Index(text, "80"), strings.Index(text, "the money runs out"), strings.LastIndex(text, "70"); beta > gamma || gamma > line || line > alpha {
		t.Errorf("the ranking says %s", text)
	}
	// The officer recommends all three: the third is over the budget, and stays as it is.
	officer.visit(chosenCases(workflow.ActRecommend, cases[1], cases[2], cases[0]))
	officer.send("/applications/bulk", nil)
	officer.send("/applications/bulk", nil)
	officer.sound()
	if text := officer.page.text("main"); !strings.Contains(text, "Done for 2 of 3") {
		t.Errorf("recommended, it says %s", text)
	}
	official.visit(path)
	slate := ""
	for link := range official.page.links("/applications/bulk?action=award") {
		slate = link
	}
	if slate == "" || strings.Count(slate, "id=") != 2 {
		t.Fatalf("the official is led to %q", slate)
	}
	official.visit(slate)
	official.send("/applications/bulk", map[string]string{"note": "As the panel."})
	official.send("/applications/bulk", nil)
	official.sound()
	for i, want := range []workflow.State{workflow.InReview, workflow.Awarded, workflow.Awarded} {
		if got := stored[workflow.Application](h, workflow.NounApplication, cases[i].Application); got.State != want || want == workflow.Awarded && got.DeterminedBy == got.RecommendedBy {
			t.Errorf("case %d is %s, determined by %d, recommended by %d", i, got.State, got.DeterminedBy, got.RecommendedBy)
		}
	}
}
