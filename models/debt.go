package models

import (
	"time"

	"tranche/workflow"
)

// debts are the rows of workflow.Debt.
var debts = newTable(workflow.NounDebt, "debts",
	func(r *workflow.Debt) *workflow.Record { return &r.Record },
	func(r *workflow.Debt) []column {
		return []column{
			{"number", &r.Number}, {"award_id", &r.Award}, {"application_id", &r.Application}, {"organization_id", &r.Organization},
			{"program_id", &r.Program}, {"fund_id", &r.Fund}, {"kind", &r.Kind}, {"origin_id", &r.Origin}, {"amount", &r.Amount},
			{"outstanding", &r.Outstanding}, {"recovered", &r.Recovered}, {"written_off", &r.WrittenOff}, {"debtor", &r.Debtor},
			{"demanded_by", &r.DemandedBy}, {"demanded_on", &r.DemandedOn}, {"due", &r.Due}, {"objection", &r.Objection},
			{"receipt", &r.Receipt}, {"note", &r.Note},
		}
	})

// openDebt are the states of a debt that keeps its award from being closed.
const openDebt = "('identified', 'demanded', 'disputed', 'repaying', 'offset')"

func debtFacts(t *Tx, c *workflow.Command, now time.Time) (*Loaded, error) {
	f := new(workflow.DebtFacts)
	err := steps(
		func() error { return existing(t, debts, c, &f.Debt) },
		func() (err error) { f.Award, err = awards.one(t, parentOr(c, f.Debt.Award)); return },
		func() (err error) { f.Standing, err = t.standing(awardPlaces(&f.Award)...); return },
		func() (err error) { f.FundExpired, err = t.expired(f.Award.Fund); return },
		func() (err error) {
			if c.Action == workflow.ActOffset {
				f.Payment, err = payments.first(t, "WHERE id = ?", int64(c.Ref(workflow.Field{Name: "payment"})))
			}
			return
		},
		func() (err error) {
			if c.Action == workflow.ActWriteOff {
				f.Exception, err = t.exception(workflow.WriteOff, f.Debt.ID, now)
			}
			return
		},
	)
	if err != nil {
		return nil, err
	}
	return mount(debts, f, &f.Debt, awardScope(&f.Award)), nil
}

// debtQuestions ask whether debts are what they come from, and what the ledger says of them.
var debtQuestions = []question{
	{name: "debts come from what opened them", rows: "debts",
		wrong: `SELECT 'debt', d.id, d.number, 'its ' || d.amount || ' cents are not what ' || d.kind || ' ' || d.origin_id || ' makes'
			FROM debts d LEFT JOIN awards w ON w.id = d.award_id
			LEFT JOIN payments p ON p.id = d.origin_id AND d.kind = 'misdirected' AND p.state = 'misdirected'
			LEFT JOIN findings f ON f.id = d.origin_id AND d.kind = 'disallowed' AND f.state IN ('sustained', 'closed')
			LEFT JOIN reports r ON r.id = d.origin_id AND d.kind = 'refund' AND r.state = 'accepted'
			WHERE w.id IS NULL OR w.application_id <> d.application_id OR w.fund_id <> d.fund_id
			OR COALESCE(p.award_id, f.award_id, r.award_id, 0) <> d.award_id
			OR d.state <> 'cancelled' AND d.amount <> COALESCE(p.amount, f.disallowed, r.received - r.spent) ORDER BY d.id`},
	{name: "what opens a debt has one", rows: "(SELECT id FROM payments WHERE state = 'misdirected' UNION ALL SELECT id FROM findings WHERE disallowed > 0) x",
		wrong: `SELECT 'payment', p.id, p.number, 'it was misdirected, and nobody owes it' FROM payments p
			WHERE p.state = 'misdirected' AND NOT EXISTS (SELECT 1 FROM debts d WHERE d.origin_id = p.id)
			UNION ALL SELECT 'finding', f.id, f.number, 'a cost was disallowed, and nobody owes it' FROM findings f
			WHERE f.disallowed > 0 AND NOT EXISTS (SELECT 1 FROM debts d WHERE d.origin_id = f.id)`},
	{name: "what debts brought in was posted", rows: "debts",
		wrong: `SELECT 'debt', d.id, d.number, 'recovered are ' || d.recovered || ' cents, posted are ' || COALESCE(x.cents, 0)
			FROM debts d LEFT JOIN (SELECT e.record_id, SUM(p.cents) AS cents FROM postings p JOIN events e ON e.id = p.event_id
				WHERE e.noun = 'debt' AND e.action IN ('repay', 'offset') GROUP BY e.record_id) x ON x.record_id = d.id
			WHERE d.recovered <> COALESCE(x.cents, 0) ORDER BY d.id`},
	{name: "payments offset against debts are of who owes them", rows: "payments WHERE state = 'offset'",
		wrong: `SELECT 'payment', p.id, p.number, 'it was not offset against debt ' || COALESCE(p.debt_id, 0) FROM payments p LEFT JOIN debts d ON d.id = p.debt_id
			WHERE p.state = 'offset' AND (d.id IS NULL OR d.organization_id <> p.organization_id OR d.recovered < p.amount)
			OR p.state <> 'offset' AND p.debt_id IS NOT NULL`},
}
