package enginetest

import (
	"context"
	"fmt"

	"tranche/models"
	"tranche/workflow"
)

// Require has the world's opportunity require clearances from now on, and nothing
// else that it did not require before.
func (w *World) Require(required ...workflow.ClearanceTerm) {
	w.T.Helper()
	w.Apply(fmt.Sprint("requires ", required), w.Plan(func(p *workflow.Plan) {
		t := &p.Opportunities[0].Terms
		t.AwardCap, t.Rubric, t.Clearances = workflow.AwardCap, workflow.Rubric, required
		t.Sections = []workflow.FormSection{{Name: "project", Fields: []string{"title", "summary", "approach", "outcome"}},
			{Name: "budget", Fields: []string{"requested", "months"}}, {Name: "certify", Fields: []string{"certified"}}}
	}))
}

// Clearance returns the case's clearance of a kind.
func (c *Case) Clearance(kind string) *workflow.Clearance {
	w := c.W
	w.T.Helper()
	held, err := models.Records[workflow.Clearance](context.Background(), w.DB.Reader, system, workflow.NounClearance,
		models.Filter{Where: map[string]workflow.ID{"application_id": c.Application}, Text: map[string]string{"kind": kind}})
	if err != nil || len(held) != 1 {
		w.T.Fatalf("%d clearances of kind %s: %v", len(held), kind, err)
	}
	return &held[0]
}

// Clear has whose duty it is clear the case of these kinds.
func (c *Case) Clear(kinds ...string) *Case {
	w := c.W
	w.T.Helper()
	for _, kind := range kinds {
		w.Act(w.As(workflow.ClearanceRole(kind)), workflow.NounClearance, c.Clearance(kind).ID, workflow.ActClear, Text("note", "nothing against it"))
	}
	return c
}
