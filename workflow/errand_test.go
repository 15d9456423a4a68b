package workflow_test

import (
	"slices"
	"testing"

	"tranche/workflow"
)

// What the staff is told to do is a row of a table that a person may take.
func TestAnErrandIsARowOfItsLifecycle(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range workflow.Errands {
		if e.By() == 0 {
			t.Errorf("%s: no role may %s", e, e.Action)
		}
		if seen[e.String()] {
			t.Errorf("%s comes twice", e)
		}
		seen[e.String()] = true
		if again, ok := workflow.ParseErrand(e.String()); !ok || again != e {
			t.Errorf("ParseErrand(%q) = %v, %v", e, again, ok)
		}
	}
	if _, ok := workflow.ParseErrand("application.draft"); ok {
		t.Error("a draft waits for its applicant, not for the staff")
	}
}

// restful are the states in which a record waits for nobody of the staff, though
// there is something that they might do.
var restful = map[workflow.Noun][]workflow.State{
	// An application waits for the system, for its applicant or for money.
	workflow.NounApplication: {workflow.Draft, workflow.Expired, workflow.Submitted, workflow.NeedsInformation, workflow.Waitlisted,
		workflow.Declined, workflow.Ineligible, workflow.Awarded, workflow.NotAccepted},
	workflow.NounReview:      {workflow.Submitted},
	workflow.NounHit:         {workflow.Confirmed, workflow.Dismissed},
	workflow.NounConflict:    {workflow.Waived},
	workflow.NounDuplicate:   {workflow.Dismissed, workflow.Linked, workflow.Merged},
	workflow.NounClearance:   {workflow.Refused},
	workflow.NounClaim:       {workflow.Draft, workflow.Queried},
	workflow.NounPayment:     {workflow.Batched, workflow.Exported, workflow.Settled},
	workflow.NounBatch:       {workflow.Acknowledged},
	workflow.NounBankAccount: {workflow.Verified},
	workflow.NounAffiliation: {workflow.Active},
	workflow.NounAmendment:   {workflow.Approved}, // for its signature
	// A finding waits for the recipient, a debt for whoever owes it.
	workflow.NounFinding: {workflow.Open},
	workflow.NounDebt:    {workflow.Demanded, workflow.Repaying, workflow.Offset, workflow.Referred, workflow.WrittenOff},
}

// Of the lifecycles that errands are about, no state with something to do for the
// staff is forgotten.
func TestNoStateThatWaitsForTheStaffIsForgotten(t *testing.T) {
	staff := workflow.RolesOf(workflow.Reviewer, workflow.ProgramOfficer, workflow.SelectingOfficial, workflow.GrantsOfficer, workflow.AppealsOfficial,
		workflow.SecurityReviewer, workflow.FinancePreparer, workflow.FinanceCertifier, workflow.FinanceReleaser)
	for _, l := range workflow.Lifecycles {
		if !slices.ContainsFunc(workflow.Errands, func(e workflow.Errand) bool { return e.Noun == l.Noun() }) {
			continue
		}
		for _, row := range l.Rows() {
			for _, state := range row.Start {
				if row.By&staff == 0 || row.Hidden || state == workflow.None || slices.Contains(restful[l.Noun()], state) {
					continue
				}
				if !slices.ContainsFunc(workflow.Errands, func(e workflow.Errand) bool { return e.Noun == l.Noun() && e.State == state }) {
					t.Errorf("%s %s: the staff may %s, and nobody is told", l.Noun(), state, row.Action)
				}
			}
		}
	}
}
