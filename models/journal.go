package models

import (
	"context"
	"time"

	"tranche/workflow"
)

// journals are the rows of workflow.Journal.
var journals = newTable(workflow.NounJournal, "journals",
	func(r *workflow.Journal) *workflow.Record { return &r.Record },
	func(r *workflow.Journal) []column {
		return []column{
			{"program_id", &r.Program}, {"number", &r.Number}, {"serial", &r.Serial}, {"since", &r.Since}, {"until", &r.Until},
			{"count", &r.Count}, {"total", &r.Total}, {"documents", &r.Documents}, {"made_by", &r.MadeBy},
		}
	})

func journalFacts(t *Tx, c *workflow.Command, now time.Time) (*Loaded, error) {
	f := new(workflow.JournalFacts)
	j := &f.Journal
	err := steps(
		func() error { return existing(t, journals, c, j) },
		func() (err error) { f.Program, err = programs.one(t, parentOr(c, j.Program)); return },
		func() (err error) { f.Standing, err = t.standing(f.Program.ID); return },
		func() error { // one journal after the other
			return t.lockIf(c.Action == workflow.ActCreate, "programs", f.Program.ID)
		},
		func() (err error) { f.Last, err = t.lastJournal(f.Program.ID); return },
		func() error {
			return t.row("SELECT COUNT(*), CAST(COALESCE(SUM(p.cents), 0) AS BIGINT)"+journaled,
				[]any{int64(f.Program.ID), microOrZero(f.Last.Until), workflow.JournalEnd(c, now).UnixMicro()}, &f.Count, column{"total", &f.Total})
		},
	)
	if err != nil {
		return nil, err
	}
	return mount(journals, f, j, Scope{Program: f.Program.ID, Internal: true}), nil
}

// journaled selects the postings of a program from one moment up to another.
const journaled = ` FROM postings p JOIN events e ON e.id = p.event_id
	WHERE p.fund_id IN (SELECT id FROM funds WHERE program_id = ?) AND e.at >= ? AND e.at < ?`

// microOrZero is t as events have it; the zero time is before all of them.
func microOrZero(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func (t *Tx) lastJournal(program workflow.ID) (workflow.Journal, error) {
	return journals.first(t, "WHERE program_id = ? ORDER BY serial DESC LIMIT 1", int64(program))
}

// LastJournal returns the newest journal of a program; its ID is zero when there is none.
func (r Reader) LastJournal(ctx context.Context, program workflow.ID) (last workflow.Journal, err error) {
	err = r.look(ctx, func(tx *Tx) (err error) {
		last, err = tx.lastJournal(program)
		return err
	})
	return last, err
}

// journalQuestions ask whether journals are what the ledger recorded, without a gap.
var journalQuestions = []question{
	{name: "journals follow each other", rows: "journals",
		wrong: `SELECT 'journal', j.id, j.number, 'it does not begin where the one before ended'
			FROM journals j LEFT JOIN journals b ON b.program_id = j.program_id AND b.serial = j.serial - 1
			WHERE COALESCE(j.since, 0) <> COALESCE(b.until, 0) OR j.serial > 1 AND b.id IS NULL OR j.until <= COALESCE(j.since, 0) ORDER BY j.id`},
	{name: "journals are what the ledger recorded", rows: "journals",
		wrong: `SELECT 'journal', j.id, j.number, 'the ledger has other postings in its days' FROM journals j
			WHERE j.count <> (SELECT COUNT(*)` + journaledBy + `) OR j.total <> (SELECT COALESCE(SUM(p.cents), 0)` + journaledBy + `) ORDER BY j.id`},
}

// journaledBy is journaled for the journal j.
const journaledBy = ` FROM postings p JOIN events e ON e.id = p.event_id
	WHERE p.fund_id IN (SELECT id FROM funds WHERE program_id = j.program_id) AND e.at >= COALESCE(j.since, 0) AND e.at < j.until`
