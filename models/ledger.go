package models

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tranche/workflow"
)

func postingValues(p workflow.Posting) []any {
	return []any{int64(p.Fund), null(p.Application), p.Debit.String(), p.Credit.String(), int64(p.Cents)}
}

const insertPosting = "INSERT INTO postings (event_id, seq, fund_id, application_id, debit, credit, cents) VALUES "

func (t *Tx) storePosting(e *event, seq int, p workflow.Posting) error {
	_, err := t.exec(insertPosting+"(?, ?, ?, ?, ?, ?, ?)", append([]any{e.id, int64(seq)}, postingValues(p)...)...)
	return err
}

// Settle changes the balances by what the command's steps posted: the awards'
// first, then the funds', which every command of a program touches and which
// are therefore locked for as short a time as can be. Where an account would
// fall below zero, the answer is a refusal.
func (t *Tx) Settle() error {
	deltas := map[balanceOf]workflow.Balances{}
	for _, p := range t.owed {
		owners := []balanceOf{{fund: p.Fund}}
		if p.Application != 0 {
			owners = append(owners, balanceOf{fund: p.Fund, application: p.Application})
		}
		for _, o := range owners {
			b := deltas[o]
			b.Add(p)
			deltas[o] = b
		}
	}
	owners := make([]balanceOf, 0, len(deltas))
	for o := range deltas {
		owners = append(owners, o)
	}
	slices.SortFunc(owners, balanceOf.compare)
	t.owed = nil
	own := 0
	for own < len(owners) && owners[own].application != 0 {
		own++
	}
	if own > 1 {
		if err := t.addManyBalances(owners[:own], deltas); err != nil {
			return err
		}
		owners = owners[own:]
	}
	for _, o := range owners {
		if err := t.addBalances(o, deltas[o]); err != nil {
			return err
		}
	}
	return nil
}

// addManyBalances is addBalances for several applications, in a few statements.
// Where one would fall short, the refusal names the largest amount of all.
func (t *Tx) addManyBalances(owners []balanceOf, deltas map[balanceOf]workflow.Balances) error {
	rows := make([][]any, len(owners))
	var largest workflow.Cents
	for i, o := range owners {
		largest = max(largest, shortest(deltas[o]))
		rows[i] = []any{int64(o.application), int64(o.fund)}
		for _, cents := range deltas[o] {
			rows[i] = append(rows[i], int64(cents))
		}
	}
	types := slices.Repeat([]string{"BIGINT"}, 2+int(workflow.Accounts))
	return chunks(rows, func(rows [][]any) error {
		n, err := t.exec(addMany+valuesSQL(types, len(rows))+whereMany, slices.Concat(rows...)...)
		if err == nil && int(n) != len(rows) {
			err = &workflow.Refusal{Kind: workflow.NotMet, Reason: workflow.ReasonFunds, Words: workflow.Words{"amount": largest}}
		}
		return err
	})
}

// addMany and whereMany stand round the rows that are added to the balances of
// applications: its ID, its fund, and what each account gets.
var addMany, whereMany = func() (string, string) {
	var set, hold []string
	for a := range workflow.Accounts {
		sum := fmt.Sprintf("application_balances.%s + v.column%d", a, int(a)+3)
		set = append(set, a.String()+" = "+sum)
		if a >= workflow.Committed {
			hold = append(hold, " AND "+sum+" >= 0")
		}
	}
	return "UPDATE application_balances SET " + strings.Join(set, ", ") + " FROM (VALUES ",
		") AS v WHERE application_id = v.column1 AND fund_id = v.column2" + strings.Join(hold, "")
}()

// balanceOf names one row of balances: a fund's, or an application's part of it.
type balanceOf struct{ fund, application workflow.ID }

// compare sorts applications before funds.
func (a balanceOf) compare(b balanceOf) int {
	if (a.application == 0) != (b.application == 0) {
		return cmp.Compare(b.application, a.application)
	}
	return cmp.Or(cmp.Compare(a.application, b.application), cmp.Compare(a.fund, b.fund))
}

// addBalances adds d to o's row in one statement that names what must hold after
// it: no account but the authority below zero.
func (t *Tx) addBalances(o balanceOf, d workflow.Balances) error {
	query, args, guard := addFund, []any{int64(o.fund)}, workflow.Available
	if o.application != 0 {
		query, args, guard = addApplication, []any{int64(o.application), int64(o.fund)}, workflow.Committed
	}
	var deltas []any
	for _, cents := range d {
		deltas = append(deltas, int64(cents))
	}
	n, err := t.exec(query, slices.Concat(deltas, args, deltas[guard:])...)
	if err != nil {
		return err
	}
	if n != 1 {
		return &workflow.Refusal{Kind: workflow.NotMet, Reason: workflow.ReasonFunds,
			Words: workflow.Words{"amount": shortest(d)}}
	}
	return nil
}

// shortest returns the largest amount that a row of balances was asked to give.
func shortest(d workflow.Balances) workflow.Cents { return -slices.Min(d[1:]) }

var (
	addFund        = addSQL("fund_balances", "fund_id = ?", workflow.Available)
	addApplication = addSQL("application_balances", "application_id = ? AND fund_id = ?", workflow.Committed)
)

// addSQL writes the statement that adds to a row of balances where no account
// from first on falls below zero. What stands before first is where the row's
// money came from, counted negative: the authority of a fund, and for an
// application what the fund has available.
func addSQL(name, owner string, first workflow.Account) string {
	var set, hold []string
	for a := range workflow.Accounts {
		set = append(set, a.String()+" = "+a.String()+" + ?")
		if a >= first {
			hold = append(hold, " AND "+a.String()+" + ? >= 0")
		}
	}
	return "UPDATE " + name + " SET " + strings.Join(set, ", ") + " WHERE " + owner + strings.Join(hold, "")
}

// openBalances makes the row of balances of a fund or of an application.
func (t *Tx) openBalances(o balanceOf) error {
	if o.application == 0 {
		_, err := t.exec("INSERT INTO fund_balances (fund_id) VALUES (?)", int64(o.fund))
		return err
	}
	_, err := t.exec("INSERT INTO application_balances (application_id, fund_id) VALUES (?, ?)", int64(o.application), int64(o.fund))
	return err
}

// balances reads o's row.
func (t *Tx) balances(o balanceOf) (b workflow.Balances, err error) {
	query, args := selectFund, []any{int64(o.fund)}
	if o.application != 0 {
		query, args = selectApplication, []any{int64(o.application), int64(o.fund)}
	}
	dest := make([]any, len(b))
	for i := range b {
		dest[i] = column{"balance", &b[i]}
	}
	return b, t.row(query, args, dest...)
}

var (
	selectFund        = "SELECT " + accountList + " FROM fund_balances WHERE fund_id = ?"
	selectApplication = "SELECT " + accountList + " FROM application_balances WHERE application_id = ? AND fund_id = ?"
)

var accountList = func() string {
	var names []string
	for a := range workflow.Accounts {
		names = append(names, a.String())
	}
	return strings.Join(names, ", ")
}()

// countForGroup changes what a group has been awarded in an opportunity, under
// the cap that the change names.
func (t *Tx) countForGroup(g workflow.GroupDelta) error {
	group, err := t.heldGroup(g.Organization)
	if err != nil {
		return err
	}
	key := []any{int64(g.Opportunity), int64(group)}
	if _, err := t.exec("INSERT INTO group_caps (opportunity_id, group_id) VALUES (?, ?) ON CONFLICT DO NOTHING", key...); err != nil {
		return err
	}
	const query = `UPDATE group_caps SET cents = cents + ? WHERE opportunity_id = ? AND group_id = ?
		AND cents + ? >= 0 AND (? < 0 OR cents + ? <= ?)`
	d := int64(g.Cents)
	n, err := t.exec(query, d, key[0], key[1], d, d, d, int64(g.Cap))
	if err != nil {
		return err
	}
	if n != 1 {
		return &workflow.Refusal{Kind: workflow.NotMet, Reason: workflow.ReasonGroupCap,
			Words: workflow.Words{"amount": g.Cents, "limit": g.Cap}}
	}
	return nil
}
