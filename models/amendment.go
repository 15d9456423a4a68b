package models

import (
	"context"
	"time"

	"tranche/workflow"
)

// amendments are the rows of workflow.Amendment.
var amendments = newTable(workflow.NounAmendment, "amendments",
	func(r *workflow.Amendment) *workflow.Record { return &r.Record },
	func(r *workflow.Amendment) []column {
		return []column{
			{"number", &r.Number}, {"award_id", &r.Award}, {"application_id", &r.Application}, {"program_id", &r.Program},
			{"organization_id", &r.Organization}, {"successor_id", &r.Successor}, {"fund_id", &r.Fund}, {"kind", &r.Kind},
			{"reason", &r.Reason}, {"amount", &r.Amount}, {"plan", &r.Plan}, {"wording", &r.Wording}, {"revision", &r.Revision},
			{"base", &r.Base}, {"agreement", &r.Agreement}, {"face", &r.Face}, {"period_end", &r.PeriodEnd}, {"recipient", &r.Recipient},
			{"bank_account_id", &r.BankAccount}, {"bank_version", &r.BankVersion}, {"counted", &r.Counted}, {"ends", &r.Ends},
			{"requested_by", &r.RequestedBy}, {"approved_by", &r.ApprovedBy}, {"signed_by", &r.SignedBy}, {"signed_at", &r.SignedAt},
			{"codes", &r.Codes}, {"note", &r.Note},
		}
	})

// amendmentFacts locks, for an amendment that binds, first the groups and then the award:
// neither the sum that it counts on nor a milestone may change under it.
func amendmentFacts(t *Tx, c *workflow.Command, now time.Time) (*Loaded, error) {
	f := new(workflow.AmendmentFacts)
	m, a := &f.Amendment, &f.Award
	binds := c.Action == workflow.ActApprove || c.Action == workflow.ActSign
	err := steps(
		func() error { return existing(t, amendments, c, m) },
		func() (err error) { *a, err = awards.one(t, parentOr(c, m.Award)); return },
		func() (err error) { f.Organization, err = t.organization(a.Organization); return },
		func() (err error) { f.Successor, err = t.successor(c, m.Successor); return },
		func() (err error) { f.BankAccount, err = t.verifiedAccount(paidAfter(f).ID); return },
		func() error { return t.amendmentPayee(f, binds, now) },
		func() error { return t.lockIf(binds, "awards", a.ID) },
		func() (err error) { *a, err = awards.one(t, a.ID); return },
		func() (err error) { f.Standing, err = t.standing(append(awardPlaces(a), m.ID)...); return },
		func() (err error) { // a hold on either party counts
			if f.Standing.Holds == 0 && f.Successor.ID != 0 {
				f.Standing, err = t.standing(f.Successor.ID)
			}
			return err
		},
		func() (err error) {
			f.Tranches, err = tranches.list(t, "WHERE award_id = ? AND state = 'active' ORDER BY number", int64(a.ID))
			return
		},
		func() (err error) {
			f.Claimed, err = t.ids("SELECT tranche_id FROM claims WHERE award_id = ? AND state IN "+liveClaim, int64(a.ID))
			return
		},
		func() (err error) {
			return t.row("SELECT COALESCE(MAX(number), 0) FROM tranches WHERE award_id = ?", []any{int64(a.ID)}, &f.LastNumber)
		},
		func() (err error) {
			f.OtherApproved, err = t.count("SELECT COUNT(*) FROM amendments WHERE award_id = ? AND state = 'approved' AND id <> ?", int64(a.ID), int64(m.ID))
			return
		},
		func() (err error) { f.ClaimsOpen, f.PaymentsOpen, err = t.openUnder(a.ID); return },
		func() (err error) { f.FundExpired, err = t.expired(a.Fund); return },
	)
	if err != nil {
		return nil, err
	}
	scope := awardScope(a)
	switch {
	case m.Successor == 0:
	case c.Action == workflow.ActSign:
		scope.Organization = m.Successor // it signs for itself
	default:
		scope.Organization, scope.Other = m.Organization, m.Successor
	}
	return mount(amendments, f, m, scope), nil
}

// successor finds the organization that a novation names, or the one that a request
// names by its UEI; the zero one when there is none.
func (t *Tx) successor(c *workflow.Command, id workflow.ID) (workflow.Organization, error) {
	if uei := c.Text(workflow.Field{Name: "successor_uei"}); uei != "" {
		o, err := organizations.first(t, "WHERE uei = UPPER(?)", uei)
		if err != nil {
			return o, err
		}
		id = o.ID
	}
	return t.organization(id)
}

// paidAfter returns who is paid once an amendment is signed.
func paidAfter(f *workflow.AmendmentFacts) *workflow.Organization {
	if f.Successor.ID != 0 {
		return &f.Successor
	}
	return &f.Organization
}

// amendmentPayee runs the rules and the screening over who is to be paid.
func (t *Tx) amendmentPayee(f *workflow.AmendmentFacts, binds bool, now time.Time) error {
	if !binds {
		return nil
	}
	app, err := applications.one(t, f.Award.Application)
	if err != nil {
		return err
	}
	o, err := opportunities.one(t, app.Opportunity)
	if err != nil {
		return err
	}
	terms, err := t.termsOf(&app, &o)
	if err != nil {
		return err
	}
	o = o.Under(terms)
	f.SignDays = o.OfferDays
	if f.Verdict, err = t.verdict(&app, &o, *paidAfter(f), terms, now); err != nil {
		return err
	}
	f.Payee, err = t.payee(paidAfter(f).ID, now)
	return err
}

// Agreement reads an agreement by its SHA-256. Whoever asks has read the record that names it.
func (r Reader) Agreement(ctx context.Context, sum string) (workflow.Agreement, error) {
	body, err := r.Document(ctx, sum)
	if err != nil {
		return workflow.Agreement{}, err
	}
	return workflow.ReadAgreement(body)
}

// openUnder counts the claims and the payments of an award that have not come to rest.
func (t *Tx) openUnder(award workflow.ID) (claims, payments int, err error) {
	if claims, err = t.count(`SELECT COUNT(*) FROM claims WHERE award_id = ?
		AND state IN ('draft', 'submitted', 'queried', 'verified', 'approved')`, int64(award)); err != nil {
		return 0, 0, err
	}
	payments, err = t.count(`SELECT COUNT(*) FROM payments WHERE award_id = ?
		AND state IN ('ready', 'held', 'batched', 'exported', 'recalled')`, int64(award))
	return claims, payments, err
}
