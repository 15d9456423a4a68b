package workflow

import (
	"slices"
	"time"
)

// A Lifecycle is a Machine whose type of facts is not known to the caller: the
// engine, the pages and the API handle all of them alike.
type Lifecycle interface {
	// Noun returns the kind of record.
	Noun() Noun
	// Rows returns the table.
	Rows() []Row
	// Offered lists the rows that an actor with these roles has from a state.
	Offered(State, Roles) []*Row
	// DecideAny decides; see Machine.Decide.
	DecideAny(facts any, c *Command, now time.Time) (Step, error)
	// RecordIn returns the record in facts.
	RecordIn(facts any) *Record
}

// Lifecycles lists every lifecycle, in the order of the documentation.
var Lifecycles = []Lifecycle{
	Programs, Policies, Funds, Opportunities, Organizations, Affiliations, Statements, Eliminations, Rates, People, Grants, Tokens,
	Applications, Reviews, Awards, Amendments, Tranches, Claims, Payments, Batches, BankAccounts, Holds, Exceptions,
	Lists, Screenings, Hits, Clearances, Letters, Duplicates, Delegations, Interests, Conflicts, AnswerFiles,
	Reports, Findings, Debts, Journals,
	Panels, Deliberations, SavedViews,
}

var byNoun = func() (list [nouns]Lifecycle) {
	for _, l := range Lifecycles {
		list[l.Noun()] = l
	}
	return list
}()

// Of returns the lifecycle of noun, or nil when there is none.
func Of(noun Noun) Lifecycle { return byNoun[noun] }

// RowOf returns the row of noun for action from state that an actor with these
// roles would use, or nil. With no roles given (zero) the first row of any role is returned.
func RowOf(noun Noun, action Action, state State, by Roles) *Row {
	l := Of(noun)
	if l == nil {
		return nil
	}
	rows := l.Rows()
	for i := range rows {
		r := &rows[i]
		if r.Action == action && contains(r.Start, state) && (by == 0 || r.By&by != 0) {
			return r
		}
	}
	return nil
}

// Makes reports whether action makes a new record of noun.
func Makes(noun Noun, action Action) bool { return RowOf(noun, action, None, 0) != nil }

// NeedsSpare reports whether the step of action may make one partner record that
// its own record has to name: Command.Spare is that record's ID.
func NeedsSpare(noun Noun, action Action) bool {
	switch noun {
	case NounApplication:
		return action == ActAward
	case NounOrganization:
		return action == ActCreate || action == ActDeclare
	case NounClaim:
		return action == ActApprove
	case NounPayment:
		return action == ActReturn || action == ActMisdirect
	}
	return false
}

// StatesOf lists the states that records of noun come through, in the order of the table.
func StatesOf(noun Noun) []State {
	var out []State
	add := func(s State) {
		if s != None && s != Back && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for _, row := range Of(noun).Rows() {
		for _, s := range row.Start {
			add(s)
		}
		add(row.End)
	}
	return out
}
