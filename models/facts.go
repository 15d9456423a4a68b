package models

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tranche/workflow"
)

// Facts loads everything that the lifecycle of c.Noun may look at when it decides
// about c. For an action that makes a record, c.Parent says where it belongs and
// the record in the facts is empty. ErrNotFound means that the record, or what it
// would belong to, is not there.
func (t *Tx) Facts(c *workflow.Command, now time.Time) (*Loaded, error) {
	load := loaders[c.Noun]
	if load == nil {
		return nil, fmt.Errorf("%w: no facts for %s", ErrNotFound, c.Noun)
	}
	l, err := load(t, c, now)
	if err != nil {
		return nil, fmt.Errorf("facts of %s %d: %w", c.Noun, cmp.Or(c.ID, c.Parent), err)
	}
	return l, nil
}

var loaders = map[workflow.Noun]func(*Tx, *workflow.Command, time.Time) (*Loaded, error){
	workflow.NounProgram:      programFacts,
	workflow.NounPolicy:       policyLoaded,
	workflow.NounFund:         fundFacts,
	workflow.NounPerson:       personFacts,
	workflow.NounGrant:        grantFacts,
	workflow.NounToken:        tokenFacts,
	workflow.NounOrganization: organizationFacts,
	workflow.NounAffiliation:  affiliationFacts,
	workflow.NounStatement:    statementFacts,
	workflow.NounElimination:  eliminationFacts,
	workflow.NounRate:         rateFacts,
	workflow.NounOpportunity:  opportunityFacts,
	workflow.NounApplication:  applicationFacts,
	workflow.NounReview:       reviewFacts,
	workflow.NounAward:        awardFacts,
	workflow.NounAmendment:    amendmentFacts,
	workflow.NounTranche:      trancheFacts,
	workflow.NounClaim:        claimFacts,
	workflow.NounPayment:      paymentFacts,
	workflow.NounBatch:        batchFacts,
	workflow.NounBankAccount:  bankAccountFacts,
	workflow.NounHold:         holdFacts,
	workflow.NounException:    exceptionFacts,
	workflow.NounList:         listFacts,
	workflow.NounClearance:    clearanceFacts,
	workflow.NounScreening:    screeningFacts,
	workflow.NounHit:          hitFacts,
	workflow.NounLetter:       letterFacts,
	workflow.NounDuplicate:    duplicateFacts,
	workflow.NounDelegation:   delegationFacts,
	workflow.NounInterest:     interestFacts,
	workflow.NounSavedView:    savedViewFacts,
	workflow.NounConflict:     conflictFacts,
	workflow.NounAnswerFile:   answerFileFacts,
	workflow.NounPanel:        panelFacts,
	workflow.NounDeliberation: deliberationFacts,
	workflow.NounReport:       reportFacts,
	workflow.NounFinding:      findingFacts,
	workflow.NounDebt:         debtFacts,
	workflow.NounJournal:      journalFacts,
}

// existing reads the record that c names into r; for an action that makes one, r
// stays empty.
func existing[R any](t *Tx, tab *table[R], c *workflow.Command, r *R) (err error) {
	if workflow.Makes(c.Noun, c.Action) {
		return nil
	}
	*r, err = tab.one(t, c.ID)
	return err
}

// standing finds the holds on any of the records with these ids.
func (t *Tx) standing(ids ...workflow.ID) (workflow.Standing, error) {
	return t.standingAt("", ids...)
}

// standingAt finds the holds on any of the records with these ids, and on a routing
// number; "" for none.
func (t *Tx) standingAt(routing string, ids ...workflow.ID) (s workflow.Standing, err error) {
	var at [7]any
	if len(ids) >= len(at) {
		return s, errors.New("models: too many places for a hold")
	}
	for i, id := range ids {
		at[i] = int64(id)
	}
	at[len(at)-1] = routing
	const query = `SELECT restricted, reason, next_look FROM holds
		WHERE state = 'placed' AND (subject_id IN (?, ?, ?, ?, ?, ?) AND routing = '' OR routing = ? AND routing <> '') ORDER BY id`
	err = t.each(query, at[:], func(rows *sql.Rows) error {
		var restricted bool
		var reason string
		var next workflow.Date
		if err := rows.Scan(column{"restricted", &restricted}, &reason, column{"next_look", &next}); err != nil {
			return err
		}
		s.Holds++
		s.Restricted = s.Restricted || restricted
		if s.Reason == "" {
			s.Reason, s.NextLook = reason, next
		}
		return nil
	})
	return s, err
}

// count returns the one number that query selects.
func (t *Tx) count(query string, args ...any) (int, error) {
	var n int64
	err := t.row(query, args, &n)
	return int(n), err
}

// ids returns the ids that query selects.
func (t *Tx) ids(query string, args ...any) (out []workflow.ID, err error) {
	err = t.each(query, args, func(rows *sql.Rows) error {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return err
		}
		out = append(out, workflow.ID(id))
		return nil
	})
	return out, err
}

// organization reads an organization with the group that it belongs to now.
func (t *Tx) organization(id workflow.ID) (o workflow.Organization, err error) {
	if id == 0 {
		return o, nil
	}
	if o, err = organizations.one(t, id); err != nil {
		return o, err
	}
	o.Group, err = t.groupOf(id)
	return o, err
}

// exception finds an approved exception for act on a record; ID zero when there is none.
func (t *Tx) exception(act string, subject workflow.ID, now time.Time) (workflow.Exception, error) {
	return exceptions.first(t, "WHERE subject_id = ? AND state = 'approved' AND act = ? AND (ends IS NULL OR ends > ?) ORDER BY id LIMIT 1",
		int64(subject), act, now.UnixMicro())
}

// steps runs f one after the other until one fails: a loader is a list of reads.
func steps(f ...func() error) error {
	for _, one := range f {
		if err := one(); err != nil {
			return err
		}
	}
	return nil
}
