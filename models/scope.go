package models

import (
	"context"

	"tranche/workflow"
)

// ScopeOf finds out to whom a record belongs. ErrNotFound means that there is no
// such record, or that its kind belongs to nobody.
func (t *Tx) ScopeOf(noun workflow.Noun, id workflow.ID) (Scope, error) {
	find := scopes[noun]
	if find == "" {
		return Scope{}, ErrNotFound
	}
	var s Scope
	err := t.row(find, []any{int64(id)}, column{"program", &s.Program}, column{"organization", &s.Organization},
		column{"opportunity", &s.Opportunity}, column{"application", &s.Application})
	return s, err
}

// OrganizationOf returns whom a record is about; a successor may have taken it over.
func (r Reader) OrganizationOf(ctx context.Context, noun workflow.Noun, id workflow.ID) (organization workflow.ID, err error) {
	err = r.look(ctx, func(tx *Tx) error {
		s, err := tx.ScopeOf(noun, id)
		organization = s.Organization
		return err
	})
	return organization, err
}

// scopes select program, organization, opportunity and application of a record.
var scopes = map[workflow.Noun]string{
	workflow.NounProgram:      "SELECT id, NULL, NULL, NULL FROM programs WHERE id = ?",
	workflow.NounPolicy:       "SELECT program_id, NULL, NULL, NULL FROM policies WHERE id = ?",
	workflow.NounOpportunity:  "SELECT program_id, NULL, id, NULL FROM opportunities WHERE id = ?",
	workflow.NounOrganization: "SELECT NULL, id, NULL, NULL FROM organizations WHERE id = ?",
	workflow.NounApplication:  "SELECT program_id, organization_id, opportunity_id, id FROM applications WHERE id = ?",
	workflow.NounAward:        "SELECT program_id, organization_id, opportunity_id, application_id FROM awards WHERE id = ?",
	workflow.NounAmendment: `SELECT awards.program_id, awards.organization_id, awards.opportunity_id, awards.application_id
		FROM amendments JOIN awards ON awards.id = amendments.award_id WHERE amendments.id = ?`,
	workflow.NounClaim: `SELECT awards.program_id, awards.organization_id, awards.opportunity_id, awards.application_id
		FROM claims JOIN awards ON awards.id = claims.award_id WHERE claims.id = ?`,
	workflow.NounPayment: `SELECT awards.program_id, awards.organization_id, awards.opportunity_id, awards.application_id
		FROM payments JOIN awards ON awards.id = payments.award_id WHERE payments.id = ?`,
	workflow.NounReport:     "SELECT r.program_id, r.organization_id, awards.opportunity_id, r.application_id FROM reports r JOIN awards ON awards.id = r.award_id WHERE r.id = ?",
	workflow.NounFinding:    "SELECT r.program_id, r.organization_id, awards.opportunity_id, r.application_id FROM findings r JOIN awards ON awards.id = r.award_id WHERE r.id = ?",
	workflow.NounDebt:       "SELECT r.program_id, r.organization_id, awards.opportunity_id, r.application_id FROM debts r JOIN awards ON awards.id = r.award_id WHERE r.id = ?",
	workflow.NounJournal:    "SELECT program_id, NULL, NULL, NULL FROM journals WHERE id = ?",
	workflow.NounAnswerFile: "SELECT program_id, NULL, NULL, NULL FROM answer_files WHERE id = ?",
	workflow.NounPanel:      "SELECT program_id, NULL, opportunity_id, NULL FROM panels WHERE id = ?",
	workflow.NounDeliberation: `SELECT applications.program_id, applications.organization_id, applications.opportunity_id, applications.id
		FROM deliberations JOIN applications ON applications.id = deliberations.application_id WHERE deliberations.id = ?`,
	workflow.NounBatch: "SELECT program_id, NULL, NULL, NULL FROM batches WHERE id = ?",
	workflow.NounClearance: `SELECT applications.program_id, applications.organization_id, applications.opportunity_id, applications.id
		FROM clearances JOIN applications ON applications.id = clearances.application_id WHERE clearances.id = ?`,
	workflow.NounLetter: `SELECT applications.program_id, applications.organization_id, applications.opportunity_id, applications.id
		FROM letters JOIN applications ON applications.id = letters.application_id WHERE letters.id = ?`,
	// Its case is not told: a restricted hold leaves no trace there.
	workflow.NounHold: "SELECT program_id, " + companyOf("holds.subject_id") + ", NULL, NULL FROM holds WHERE id = ?",
}
