package models

import (
	"maps"
	"slices"
	"strings"

	"tranche/workflow"
)

// enteredTables have a column that says when a record came into its state. It is
// derived from the events, and no part of the record.
var enteredTables = map[string]workflow.Noun{
	"affiliations": workflow.NounAffiliation, "amendments": workflow.NounAmendment, "answer_files": workflow.NounAnswerFile, "applications": workflow.NounApplication, "awards": workflow.NounAward,
	"bank_accounts": workflow.NounBankAccount, "batches": workflow.NounBatch, "claims": workflow.NounClaim,
	"clearances": workflow.NounClearance, "conflicts": workflow.NounConflict, "debts": workflow.NounDebt, "duplicates": workflow.NounDuplicate, "findings": workflow.NounFinding, "exceptions": workflow.NounException,
	"hits": workflow.NounHit, "payments": workflow.NounPayment, "reports": workflow.NounReport, "reviews": workflow.NounReview,
}

// The places of a record's state and of its newest event's moment among its columns.
const (
	stateColumn   = 1
	changedColumn = 6
)

// hasEntered reports whether the records of a table say when they came into their state.
func hasEntered(table string) bool { return enteredTables[table] != workflow.NoNoun }

// entersState reports whether what is stored brings a record into another state.
func entersState(before, after []any) bool {
	return before == nil || !same(before[stateColumn], after[stateColumn])
}

// waitedSince writes since when a record of noun waits.
func waitedSince(noun workflow.Noun) string {
	name := shelves[noun].name
	if !hasEntered(name) {
		return name + ".made"
	}
	return name + ".entered"
}

// enteredQuestion asks whether records came into their states when their events say.
func enteredQuestion() question {
	var wrong, all []string
	for _, name := range slices.Sorted(maps.Keys(enteredTables)) {
		wrong = append(wrong, `SELECT '`+enteredTables[name].String()+`', r.id, '', 'it came into its state at another moment than its events say' FROM `+name+` r
			WHERE r.entered <> COALESCE((SELECT MAX(e.at) FROM events e WHERE e.record_id = r.id AND e.start_state <> e.end_state), -1)`)
		all = append(all, "SELECT id FROM "+name)
	}
	return question{name: "records came into their states when their events say", rows: "(" + strings.Join(all, " UNION ALL ") + ") waiting",
		wrong: strings.Join(wrong, " UNION ALL ")}
}
