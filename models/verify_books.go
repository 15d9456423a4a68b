package models

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"tranche/workflow"
)

// strangers finds records that no event speaks of.
func (v *verifier) strangers() error {
	c := &Check{Name: "records have events"}
	for _, l := range workflow.Lifecycles {
		f := newForm(l.Noun())
		n, err := v.count("SELECT COUNT(*) FROM " + f.shelf.name)
		if err != nil {
			return err
		}
		c.Rows += n
		query := f.sel + "WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.record_id = " + f.shelf.name + ".id AND e.noun = ?) ORDER BY id"
		err = v.each(query, []any{f.noun.String()}, func(rows *sql.Rows) error {
			row, err := raw(rows, len(f.columns))
			if err == nil {
				c.add(Problem{f.noun.String(), fmt.Sprint(row[0]), f.title(row), "no event speaks of it"})
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	v.done(c)
	return nil
}

// A question is a check that the database answers by itself.
type question struct {
	name  string
	rows  string // FROM what is looked at
	wrong string // SELECT noun, id, number, what of every problem
	args  []any  // of wrong
}

// The states of records that money or a limit depends on.
const (
	livePayment   = "('ready', 'held', 'batched', 'exported', 'recalled', 'settled', 'offset')"
	liveClaim     = "('draft', 'submitted', 'queried', 'verified', 'approved', 'paid')"
	endedOffer    = "('refused', 'lapsed', 'rescinded')"
	unsignedAward = "('offered', 'change_requested', 'accepted')"
	boundAward    = "('active', 'suspended', 'closing')"
)

// debtsByCase adds up the debts of each case: back is what it was paid and is no longer
// entitled to.
const debtsByCase = `SELECT application_id, SUM(outstanding) AS outstanding, SUM(written_off) AS written_off,
	SUM(CASE WHEN kind = 'misdirected' THEN 0 ELSE amount END) AS back FROM debts GROUP BY application_id`

var questions = []question{
	{name: "events name their causes", rows: "events",
		wrong: `SELECT e.noun, e.record_id, '', 'event ' || e.id || ' (' || e.action || ', version ' || e.version || '): event '
				|| e.cause_id || ' cannot have caused it'
			FROM events e LEFT JOIN events c ON c.id = e.cause_id
			WHERE e.cause_id IS NOT NULL AND (c.id IS NULL OR c.id >= e.id OR c.cause_id IS NOT NULL OR c.at <> e.at) ORDER BY e.id`},
	{name: "postings belong to events", rows: "postings",
		wrong: `SELECT 'posting', p.event_id || '/' || p.seq, '', CASE WHEN e.id IS NULL THEN 'there is no such event' ELSE 'its event is of another case' END
			FROM postings p LEFT JOIN events e ON e.id = p.event_id
			WHERE e.id IS NULL OR p.application_id <> COALESCE(e.application_id, 0) ORDER BY p.event_id, p.seq`},
	{name: "awards are within the cap", rows: "awards",
		wrong: `SELECT 'award', w.id, w.number, 'face value ' || w.face || ' cents, the cap is ' || w.award_cap
			FROM awards w LEFT JOIN opportunities o ON o.id = w.opportunity_id
			WHERE o.id IS NULL OR w.face > w.award_cap OR w.face > ? ORDER BY w.id`,
		args: []any{int64(workflow.AwardCap)}},
	{name: "awards are what was decided", rows: "awards",
		wrong: `SELECT 'award', w.id, w.number, 'application ' || w.application_id || ' was not awarded so'
			FROM awards w LEFT JOIN applications a ON a.id = w.application_id
			LEFT JOIN events o ON o.record_id = w.id AND o.version = 1 LEFT JOIN events d ON d.id = o.cause_id
			WHERE a.id IS NULL OR d.id IS NULL OR d.action <> 'award' OR d.record_id <> a.id
			OR a.organization_id <> COALESCE((SELECT m.organization_id FROM amendments m WHERE m.award_id = w.id AND m.state = 'signed'
				ORDER BY m.revision LIMIT 1), w.organization_id)
			OR COALESCE(d.actor_id, 0) <> COALESCE(w.offered_by, 0) OR a.opportunity_id <> w.opportunity_id OR a.fund_id <> w.fund_id
			OR w.state NOT IN ` + endedOffer + ` AND (COALESCE(a.award_id, 0) <> w.id
				OR w.face <> a.awarded + (SELECT COALESCE(SUM(CASE m.kind WHEN 'supplement' THEN m.amount WHEN 'reduction' THEN -m.amount ELSE 0 END), 0)
					FROM amendments m WHERE m.award_id = w.id AND m.state = 'signed')) ORDER BY w.id`},
	{name: "awards say what was signed last", rows: "amendments",
		wrong: `SELECT 'award', w.id, w.number, 'it is not as amendment ' || m.number || ' made it'
			FROM amendments m JOIN awards w ON w.id = m.award_id WHERE m.state = 'signed'
			AND NOT EXISTS (SELECT 1 FROM amendments later WHERE later.award_id = w.id AND later.state = 'signed' AND later.revision > m.revision)
			AND (w.revision <> m.revision OR w.face <> m.face OR w.period_end <> m.period_end OR w.recipient <> m.recipient OR w.signature <> m.agreement
				OR w.organization_id <> COALESCE(m.successor_id, m.organization_id) OR COALESCE(w.bank_account_id, 0) <> COALESCE(m.bank_account_id, 0)
				OR w.bank_version <> m.bank_version) ORDER BY w.id`},
	{name: "notices of award are of what was signed", rows: "letters",
		wrong: `SELECT 'letter', l.id, '', 'event ' || l.event || ' did not make award ' || COALESCE(l.award_id, 0) || ' what it tells of'
			FROM letters l WHERE (l.award_id IS NULL) <> (l.revision = 0) OR l.award_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM events e
				WHERE e.id = l.event AND e.noun = 'award' AND e.record_id = l.award_id AND e.action IN ('countersign', 'amend')) ORDER BY l.id`},
	{name: "amendments follow each other", rows: "amendments",
		wrong: `SELECT 'amendment', m.id, m.number, 'it is signed, and what it changed is not what was in force'
			FROM amendments m JOIN awards w ON w.id = m.award_id WHERE m.state = 'signed' AND NOT EXISTS (
				SELECT 1 FROM events e WHERE e.record_id = w.id AND e.action = 'accept' AND e.changes LIKE '%"signature":"' || m.base || '"%'
				UNION ALL SELECT 1 FROM amendments before WHERE before.award_id = w.id AND before.state = 'signed'
					AND before.revision = m.revision - 1 AND before.agreement = m.base) ORDER BY m.id`},
	{name: "tranches make up their awards", rows: "awards",
		wrong: `SELECT 'award', w.id, w.number, 'its tranches come to ' || COALESCE(t.planned, 0) || ' cents, its face value is ' || w.face
			FROM awards w LEFT JOIN (SELECT award_id, SUM(amount) AS planned FROM tranches WHERE state = 'active' GROUP BY award_id) t
			ON t.award_id = w.id
			WHERE COALESCE(t.planned, 0) <> CASE WHEN w.state IN ` + endedOffer + ` THEN 0 ELSE w.face END ORDER BY w.id`},
	{name: "a tranche is claimed and paid once", rows: "tranches",
		wrong: `SELECT 'tranche', tranche_id, '', COUNT(*) || ' live payments' FROM payments
				WHERE state IN ` + livePayment + ` GROUP BY tranche_id HAVING COUNT(*) > 1
			UNION ALL SELECT 'tranche', tranche_id, '', COUNT(*) || ' live claims' FROM claims
				WHERE state IN ` + liveClaim + ` GROUP BY tranche_id HAVING COUNT(*) > 1`},
	{name: "payments are what was claimed", rows: "payments",
		wrong: `SELECT 'payment', p.id, p.number, 'claim ' || p.claim_id || ' is ' || COALESCE(c.state, 'not there') || ' and asks for '
				|| COALESCE(c.amount, 0) || ' cents, the payment is ' || p.state || ' and of ' || p.amount
			FROM payments p LEFT JOIN claims c ON c.id = p.claim_id LEFT JOIN tranches t ON t.id = p.tranche_id
			WHERE c.id IS NULL OR t.id IS NULL OR p.amount <> c.amount OR p.tranche_id <> c.tranche_id
			OR p.state IN ` + livePayment + ` AND p.amount > t.amount -- one that is over may be of what was split since
			OR p.award_id <> c.award_id OR p.award_id <> t.award_id OR p.application_id <> c.application_id
			OR p.organization_id <> c.organization_id OR p.fund_id <> c.fund_id
			OR p.state IN ('settled', 'offset') AND c.state <> 'paid'
			OR p.state IN ` + livePayment + ` AND c.state NOT IN ('approved', 'paid') ORDER BY p.id`},
	{name: "reserved money is what was recommended or offered", rows: "applications",
		wrong: `SELECT 'application', a.id, a.number, 'committed are ' || COALESCE(b.committed, 0) || ' cents, recommended or offered are '
				|| (a.committed + COALESCE(w.face, 0))
			FROM applications a LEFT JOIN application_balances b ON b.application_id = a.id
			LEFT JOIN (SELECT application_id, SUM(face) AS face FROM (SELECT application_id, face FROM awards WHERE state IN ` + unsignedAward + `
				UNION ALL SELECT application_id, amount FROM amendments WHERE state = 'approved' AND kind = 'supplement') o GROUP BY application_id) w
			ON w.application_id = a.id
			WHERE COALESCE(b.committed, 0) <> a.committed + COALESCE(w.face, 0) ORDER BY a.id`},
	{name: "bound money is the face value in force", rows: "applications",
		wrong: `SELECT 'application', a.id, a.number, 'obligated, payable, in flight and disbursed come to ' || b.bound
				|| ' cents, in force are ' || COALESCE(w.face, 0) || ', disallowed or refunded ' || COALESCE(d.back, 0)
			FROM applications a JOIN (SELECT application_id, obligated + payable + in_flight + disbursed AS bound,
				obligated + payable + in_flight AS unpaid FROM application_balances) b ON b.application_id = a.id
			LEFT JOIN (SELECT application_id, SUM(CASE WHEN state IN ` + boundAward + ` THEN face ELSE 0 END) AS face,
				SUM(CASE WHEN state = 'closed' THEN 1 ELSE 0 END) AS closed FROM awards GROUP BY application_id) w ON w.application_id = a.id
			LEFT JOIN (` + debtsByCase + `) d ON d.application_id = a.id
			WHERE CASE WHEN COALESCE(w.closed, 0) > 0 THEN b.unpaid <> 0 ELSE b.bound <> COALESCE(w.face, 0) - COALESCE(d.back, 0) END ORDER BY a.id`},
	{name: "money on its way is what payments carry and debts owe", rows: "applications",
		wrong: `SELECT 'application', a.id, a.number, 'payable ' || b.payable || ', in flight ' || b.in_flight || ', disbursed ' || b.disbursed
				|| ', receivable ' || b.receivable || ', written off ' || b.written_off || ' cents are not what its payments carry and its debts owe'
			FROM applications a JOIN application_balances b ON b.application_id = a.id
			LEFT JOIN (SELECT application_id,
				SUM(CASE WHEN state IN ('ready', 'held', 'batched') THEN amount ELSE 0 END) AS payable,
				SUM(CASE WHEN state IN ('exported', 'recalled') THEN amount ELSE 0 END) AS in_flight,
				SUM(CASE WHEN state IN ('settled', 'offset') THEN amount ELSE 0 END) AS disbursed
				FROM payments GROUP BY application_id) p ON p.application_id = a.id
			LEFT JOIN (` + debtsByCase + `) d ON d.application_id = a.id
			WHERE b.payable <> COALESCE(p.payable, 0) OR b.in_flight <> COALESCE(p.in_flight, 0)
			OR b.disbursed <> COALESCE(p.disbursed, 0) - COALESCE(d.back, 0) OR b.receivable <> COALESCE(d.outstanding, 0)
			OR b.written_off <> COALESCE(d.written_off, 0) ORDER BY a.id`},
}

// ask puts all questions to the database.
func (v *verifier) ask() error {
	for _, q := range append(slices.Concat(questions, answerQuestions, reconcileQuestions, reportQuestions, debtQuestions, journalQuestions), enteredQuestion()) {
		c := &Check{Name: q.name}
		var err error
		if c.Rows, err = v.count("SELECT COUNT(*) FROM " + q.rows); err != nil {
			return err
		}
		err = v.each(q.wrong, q.args, func(rows *sql.Rows) error {
			var p Problem
			err := rows.Scan(&p.Noun, &p.ID, &p.Number, &p.What)
			c.add(p)
			return err
		})
		if err != nil {
			return err
		}
		v.done(c)
	}
	return nil
}

// sumsOfPostings lists what postings come to in each account.
var sumsOfPostings = func() string {
	var sums []string
	for a := range workflow.Accounts {
		sums = append(sums, fmt.Sprintf("CAST(SUM(CASE '%[1]s' WHEN credit THEN cents WHEN debit THEN -cents ELSE 0 END) AS BIGINT) AS %[1]s", a))
	}
	return strings.Join(sums, ", ")
}()

// accountsOf lists the accounts as columns of the table or query called name.
func accountsOf(name string) string {
	return name + "." + strings.ReplaceAll(accountList, ", ", ", "+name+".")
}

// A booked row is a row of balances beside what the postings come to.
type booked struct {
	owner, balance, fund any // IDs; nil where the one or the other is missing
	stated               any // what the owner's own row says: a fund's appropriation, an application's fund
	number               any
	stored, posted       [workflow.Accounts]any
}

func (b *booked) scan(rows *sql.Rows) error {
	dest := []any{&b.owner, &b.balance, &b.fund, &b.stated, &b.number}
	for i := range b.stored {
		dest = append(dest, &b.stored[i])
	}
	for i := range b.posted {
		dest = append(dest, &b.posted[i])
	}
	return rows.Scan(dest...)
}

// compare adds to c what is wrong with b and returns the balances as stored.
func (b *booked) compare(c *Check, noun string) (sums workflow.Balances) {
	c.Rows++
	number, _ := b.number.(string)
	p := Problem{Noun: noun, ID: fmt.Sprint(b.owner), Number: number}
	if b.owner == nil || b.balance == nil {
		if p.What = "it has no balances"; b.owner == nil {
			p.ID, p.What = fmt.Sprint(b.balance), "balances stand for it, but it is not there"
		}
		c.add(p)
		return sums
	}
	for a := range workflow.Accounts {
		stored, _ := b.stored[a].(int64)
		posted, _ := b.posted[a].(int64)
		sums[a] = workflow.Cents(stored)
		if stored != posted {
			p.What = fmt.Sprintf("%s is %d cents, its postings come to %d", a, stored, posted)
			c.add(p)
		}
	}
	return sums
}

// fundBalances compares each fund's balances with its postings.
func (v *verifier) fundBalances() error {
	c := &Check{Name: "fund balances are what was posted"}
	query := "SELECT f.id, b.fund_id, b.fund_id, f.appropriated, f.symbol, " + accountsOf("b") + ", " + accountsOf("p") + `
		FROM funds f FULL JOIN fund_balances b ON b.fund_id = f.id
		LEFT JOIN (SELECT fund_id, ` + sumsOfPostings + ` FROM postings GROUP BY fund_id) p ON p.fund_id = f.id`
	err := v.each(query, nil, func(rows *sql.Rows) error {
		var b booked
		if err := b.scan(rows); err != nil {
			return err
		}
		sums := b.compare(c, "fund")
		number, _ := b.number.(string)
		p := Problem{Noun: "fund", ID: fmt.Sprint(b.owner), Number: number}
		if !sums.Whole() {
			p.What = "its accounts do not come to what was appropriated, or one is below zero"
			c.add(p)
		}
		if stated, _ := b.stated.(int64); b.owner != nil && b.balance != nil && stated != -int64(sums[workflow.Authority]) {
			p.What = fmt.Sprintf("appropriated are %d cents, its authority is %d", stated, sums[workflow.Authority])
			c.add(p)
		}
		return nil
	})
	if err == nil {
		v.done(c)
	}
	return err
}

// applicationBalances compares the balances of each application's case with its postings.
func (v *verifier) applicationBalances() error {
	c := &Check{Name: "case balances are what was posted"}
	query := "SELECT a.id, b.application_id, b.fund_id, a.fund_id, a.number, " + accountsOf("b") + ", " + accountsOf("p") + `
		FROM applications a FULL JOIN application_balances b ON b.application_id = a.id
		LEFT JOIN (SELECT application_id, fund_id, ` + sumsOfPostings + ` FROM postings GROUP BY application_id, fund_id) p
		ON p.application_id = a.id AND p.fund_id = a.fund_id`
	err := v.each(query, nil, func(rows *sql.Rows) error {
		var b booked
		if err := b.scan(rows); err != nil {
			return err
		}
		sums := b.compare(c, "application")
		number, _ := b.number.(string)
		p := Problem{Noun: "application", ID: fmt.Sprint(b.owner), Number: number}
		if b.owner != nil && b.balance != nil && b.fund != b.stated {
			p.What = fmt.Sprintf("its balances are of fund %v, it is paid by fund %v", b.fund, b.stated)
			c.add(p)
		}
		sums[workflow.Authority], sums[workflow.Available] = sums[workflow.Authority]+sums[workflow.Available], 0
		if !sums.Whole() {
			p.What = "its accounts do not come to nothing, or one is below zero"
			c.add(p)
		}
		return nil
	})
	if err == nil {
		v.done(c)
	}
	return err
}
