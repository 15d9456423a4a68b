package models_test

import (
	"errors"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// Whoever belongs to an organization that a batch pays, or to an affiliate of
// it, neither certifies nor releases the batch, whatever their role.
func TestNobodyCertifiesABatchThatPaysTheirOwnOrganization(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		c := w.Draft(30_000_00).To()
		c.Claim(0)
		// The certifier who has verified the account is another one.
		certifier, parent := w.Person(workflow.FinanceCertifier), w.Organization("Cascadia Holdings LLC", 1_00)
		w.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(certifier)),
			enginetest.Text("role", workflow.Applicant.String()), enginetest.Int("organization", int64(parent)))
		preparer := w.As(workflow.FinancePreparer)
		batch := w.Must(workflow.NounBatch, workflow.ActCreate, w.Program, preparer, enginetest.Date("effective", workflow.DateOf(w.Now()).AddDays(7))).ID
		w.Act(preparer, workflow.NounBatch, batch, workflow.ActSubmit)
		w.Must(workflow.NounAffiliation, workflow.ActCreate, 0, nil, enginetest.Int("owner", int64(parent)), enginetest.Int("owned", int64(c.Company)),
			enginetest.Int("share", 6000), enginetest.Date("since", workflow.DateOf(w.Now()).AddDays(-30)))
		_, err := w.Do(w.Viewer(certifier), workflow.NounBatch, batch, workflow.ActApprove, enginetest.Cents("total", c.Tranches()[0].Amount))
		var no *workflow.Refusal
		if !errors.As(err, &no) || no.Reason != "you_are_paid_by_this" || no.Kind != workflow.NotYours {
			t.Errorf("approving: %v", err)
		}
		w.Act(w.Viewer(w.Person(workflow.FinanceCertifier)), workflow.NounBatch, batch, workflow.ActApprove, enginetest.Cents("total", c.Tranches()[0].Amount))
	})
}

// What a restricted hold is about is for whoever placed it.
func TestARestrictedHoldTellsNobodyElseItsReason(t *testing.T) {
	w := enginetest.New(t, modelstest.SQLite(t))
	c := w.Draft(1_000_00).Submit()
	officer := w.As(workflow.ProgramOfficer)
	hold := w.Must(workflow.NounHold, workflow.ActPlace, w.Program, officer, enginetest.Text("subject", "application"),
		enginetest.Int("subject_id", int64(c.Application)), enginetest.Text("reason", "a tip"), enginetest.Int("restricted", 1),
		enginetest.Date("next_look", workflow.DateOf(w.Now()).AddDays(7))).ID
	for role, told := range map[workflow.Role]bool{workflow.ProgramOfficer: true, workflow.GrantsOfficer: false, workflow.Auditor: true, workflow.SecurityReviewer: true} {
		row, err := w.DB.Row(t.Context(), w.As(role), workflow.NounHold, hold)
		if err != nil {
			t.Fatal(err)
		}
		got := false
		for _, cell := range row.Cells {
			if text, ok := cell.Value.(*string); ok && cell.Name == "reason" {
				got = *text != ""
			}
		}
		if got != told {
			t.Errorf("%s is told the reason: %v", role, got)
		}
	}
}
