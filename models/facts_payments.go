package models

import (
	"database/sql"
	"time"

	"tranche/workflow"
)

// paymentLists are the actions that a batch raises on its members. Their facts are
// read in one way only, for one payment and for a million.
var paymentLists = []workflow.Action{workflow.ActBatch, workflow.ActDrop, workflow.ActExport, workflow.ActReject}

// paymentFactsOfAll loads what the lifecycle looks at when the payments of a batch
// are batched, dropped, exported or refused as a whole. What one of them becomes
// says nothing about another.
func (t *Tx) paymentFactsOfAll(commands []workflow.Command, now time.Time) ([]*Loaded, error) {
	ids := idsOf(commands, func(c *workflow.Command) workflow.ID { return c.ID })
	found, err := among(t, payments, ids)
	if err != nil {
		return nil, err
	}
	all := make([]workflow.PaymentFacts, len(commands))
	for i := range commands {
		p, known := found[commands[i].ID]
		if !known {
			return nil, ErrNotFound
		}
		all[i].Payment = p
	}
	if err := t.paymentNeighbors(all, commands); err != nil {
		return nil, err
	}
	if action := commands[0].Action; action == workflow.ActBatch || action == workflow.ActExport {
		payees, err := t.payees(idsOf(all, func(f *workflow.PaymentFacts) workflow.ID { return f.Award.Organization }), now)
		if err != nil {
			return nil, err
		}
		names, err := t.legalNames(idsOf(all, func(f *workflow.PaymentFacts) workflow.ID { return f.Payment.Organization }))
		if err != nil {
			return nil, err
		}
		for i := range all {
			all[i].Payee, all[i].PayeeName = payees[all[i].Award.Organization], names[all[i].Payment.Organization]
		}
	}
	holds, routings, err := t.standingOfAll(all)
	if err != nil {
		return nil, err
	}
	out := make([]*Loaded, len(all))
	for i := range all {
		f := &all[i]
		for _, place := range append(awardPlaces(&f.Award), f.Payment.ID) {
			f.Standing = addStanding(f.Standing, holds[place])
		}
		f.Standing = addStanding(f.Standing, routings[f.BankAccount.Routing])
		out[i] = mount(payments, f, &f.Payment, awardScope(&f.Award))
	}
	return out, nil
}

// legalNames returns the names that organizations are paid by.
func (t *Tx) legalNames(organizations []workflow.ID) (map[workflow.ID]string, error) {
	out := make(map[workflow.ID]string, len(organizations))
	where, arg := t.idsIn("id", organizations)
	err := t.each("SELECT id, legal_name FROM organizations WHERE "+where, []any{arg}, func(rows *sql.Rows) error {
		var id workflow.ID
		var name string
		err := rows.Scan(column{"id", &id}, &name)
		out[id] = name
		return err
	})
	return out, err
}

// paymentNeighbors loads the records that stand round the payments.
func (t *Tx) paymentNeighbors(all []workflow.PaymentFacts, commands []workflow.Command) error {
	of := func(id func(*workflow.PaymentFacts) workflow.ID) []workflow.ID { return idsOf(all, id) }
	claimsBy, err := among(t, claims, of(func(f *workflow.PaymentFacts) workflow.ID { return f.Payment.Claim }))
	if err != nil {
		return err
	}
	awardsBy, err := among(t, awards, of(func(f *workflow.PaymentFacts) workflow.ID { return f.Payment.Award }))
	if err != nil {
		return err
	}
	for i := range all {
		all[i].Award = awardsBy[all[i].Payment.Award]
	}
	where, arg := t.idsIn("organization_id", of(func(f *workflow.PaymentFacts) workflow.ID { return f.Award.Organization }))
	accounts, err := bankAccounts.list(t, "WHERE state = 'verified' AND "+where, arg)
	if err != nil {
		return err
	}
	accountOf := make(map[workflow.ID]workflow.BankAccount, len(accounts))
	for _, a := range accounts {
		accountOf[a.Organization] = a
	}
	fundsBy, err := among(t, funds, of(func(f *workflow.PaymentFacts) workflow.ID { return f.Payment.Fund }))
	if err != nil {
		return err
	}
	batchesBy := map[workflow.ID]workflow.Batch{}
	for i := range all {
		f := &all[i]
		p := &f.Payment
		id := batchFor(&commands[i], p)
		if _, read := batchesBy[id]; !read {
			if batchesBy[id], err = batches.maybe(t, id); err != nil {
				return err
			}
		}
		f.Claim, f.Batch, f.BankAccount = claimsBy[p.Claim], batchesBy[id], accountOf[f.Award.Organization]
		f.FundExpired, f.Symbol = fundsBy[p.Fund].Expired, fundsBy[p.Fund].Symbol
	}
	return nil
}

// standingOfAll finds the holds on any of the places of the payments, and on the
// routing numbers that they go to.
func (t *Tx) standingOfAll(all []workflow.PaymentFacts) (places map[workflow.ID]workflow.Standing, routings map[string]workflow.Standing, err error) {
	var ids []workflow.ID
	for i := range all {
		ids = append(append(ids, awardPlaces(&all[i].Award)...), all[i].Payment.ID)
	}
	where, arg := t.idsIn("subject_id", idsOf(ids, func(id *workflow.ID) workflow.ID { return *id }))
	places, routings = map[workflow.ID]workflow.Standing{}, map[string]workflow.Standing{}
	err = t.each("SELECT subject_id, routing, restricted, reason, next_look FROM holds WHERE state = 'placed' AND ("+where+" OR routing <> '') ORDER BY id", []any{arg}, func(rows *sql.Rows) error {
		var subject workflow.ID
		var routing string
		one := workflow.Standing{Holds: 1}
		err := rows.Scan(column{"subject_id", &subject}, &routing, column{"restricted", &one.Restricted}, &one.Reason, column{"next_look", &one.NextLook})
		switch {
		case err != nil:
			return err
		case routing != "":
			routings[routing] = addStanding(routings[routing], one)
		default:
			places[subject] = addStanding(places[subject], one)
		}
		return nil
	})
	return places, routings, err
}

// addStanding returns what stands in the way by both; the first reason counts.
func addStanding(a, b workflow.Standing) workflow.Standing {
	if a.Holds == 0 {
		return b
	}
	a.Holds += b.Holds
	a.Restricted = a.Restricted || b.Restricted
	return a
}
