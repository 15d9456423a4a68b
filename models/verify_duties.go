package models

import (
	"database/sql"
	"fmt"

	"tranche/workflow"
)

// A duty says who an action is signed by, and who must not have done it: every
// name is that of a column with a person.
type duty struct {
	noun   workflow.Noun
	action workflow.Action
	signs  []string // one of them names the actor afterwards; none: the row does not keep who it was
	bars   []string // none of them names the actor before
}

// duties are the acts that no person may do after another act of their own.
var duties = []duty{
	{workflow.NounApplication, workflow.ActRecommend, []string{"recommended_by"}, nil},
	{workflow.NounApplication, workflow.ActRecommendDecline, []string{"recommended_by"}, nil},
	{workflow.NounApplication, workflow.ActAward, []string{"determined_by"}, []string{"recommended_by"}},
	{workflow.NounApplication, workflow.ActDecline, []string{"determined_by"}, []string{"recommended_by"}},
	{workflow.NounAward, workflow.ActAccept, []string{"accepted_by"}, nil},
	{workflow.NounAward, workflow.ActCountersign, []string{"countersigned_by"}, []string{"offered_by"}},
	{workflow.NounAward, workflow.ActSuspend, []string{"suspended_by"}, nil},
	{workflow.NounAward, workflow.ActResume, nil, []string{"suspended_by"}},
	{workflow.NounAmendment, workflow.ActRequest, []string{"requested_by"}, nil},
	{workflow.NounAmendment, workflow.ActApprove, []string{"approved_by"}, []string{"requested_by"}},
	{workflow.NounAmendment, workflow.ActSign, []string{"signed_by"}, []string{"approved_by"}},
	{workflow.NounClaim, workflow.ActVerify, []string{"verified_by"}, nil},
	{workflow.NounClaim, workflow.ActApprove, []string{"approved_by"}, []string{"verified_by"}},
	{workflow.NounPayment, workflow.ActRelease, nil, []string{"held_by"}},
	{workflow.NounBatch, workflow.ActCreate, []string{"prepared_by"}, nil},
	{workflow.NounBatch, workflow.ActApprove, []string{"certified_by", "second_by"}, []string{"prepared_by", "certified_by", "second_by"}},
	{workflow.NounBatch, workflow.ActExport, []string{"released_by"}, []string{"prepared_by", "certified_by", "second_by"}},
	{workflow.NounBankAccount, workflow.ActEnter, []string{"entered_by"}, nil},
	{workflow.NounBankAccount, workflow.ActVerify, []string{"verified_by"}, []string{"entered_by"}},
	{workflow.NounBankAccount, workflow.ActConfirm, []string{"confirmed_by"}, []string{"entered_by", "verified_by"}},
	{workflow.NounHold, workflow.ActPlace, []string{"placed_by"}, nil},
	{workflow.NounHold, workflow.ActLift, []string{"lifted_by"}, []string{"placed_by"}},
	{workflow.NounDuplicate, workflow.ActLink, []string{"decided_by"}, nil},
	{workflow.NounDuplicate, workflow.ActMerge, []string{"decided_by"}, nil},
	{workflow.NounDuplicate, workflow.ActUndo, []string{"decided_by"}, []string{"decided_by"}},
	{workflow.NounConflict, workflow.ActWaive, []string{"decided_by"}, []string{"person_id"}},
	{workflow.NounConflict, workflow.ActConfirm, []string{"decided_by"}, []string{"person_id"}},
	{workflow.NounDeliberation, workflow.ActConfirm, []string{"confirmed_by"}, nil},
	{workflow.NounException, workflow.ActRequest, []string{"requested_by"}, nil},
	{workflow.NounException, workflow.ActApprove, []string{"decided_by"}, []string{"requested_by"}},
	{workflow.NounException, workflow.ActDeny, []string{"decided_by"}, []string{"requested_by"}},
}

type dutyKey struct{ noun, action string }

var dutyOf = func() map[dutyKey]duty {
	out := map[dutyKey]duty{}
	for _, d := range duties {
		out[dutyKey{d.noun.String(), d.action.String()}] = d
	}
	return out
}()

// apart checks that e was signed by who did it, and by nobody who was barred.
func (r *recounting) apart(e *storedEvent, before []any, name string) {
	p := r.past
	d, known := dutyOf[dutyKey{p.noun.String(), e.text(atAction)}]
	if !known {
		return
	}
	r.parted.Rows++
	signed := len(d.signs) == 0
	for _, column := range d.signs {
		signed = signed || p.value(p.row, column) == e.values[atActor]
	}
	if !signed {
		r.parted.add(p.problem("%s: %s is not who did it", name, d.signs[0]))
	}
	for _, column := range d.bars {
		was := p.value(before, column)
		if was != nil && (was == e.values[atActor] || was == e.values[atOnBehalf] || p.stoodFor(was, e)) {
			r.parted.add(p.problem("%s: person %v did it and is %s", name, was, column))
		}
	}
}

// A deputing is who acted for whom.
type deputing struct{ deputy, absent any }

// stoodFor reports whether a person acted on the record before as the deputy of who did
// e, or of whom e was done for: it counts as theirs.
func (p *past) stoodFor(person any, e *storedEvent) bool {
	for _, d := range p.deputed {
		if d.deputy == person && (d.absent == e.values[atActor] || d.absent == e.values[atOnBehalf]) {
			return true
		}
	}
	return false
}

// deputies checks that whoever acted for somebody had been named their deputy for that
// moment, and was not revoked before.
func (v *verifier) deputies() error {
	c := Check{Name: "deputies were named"}
	err := v.each(`SELECT e.id, e.noun, e.record_id, EXISTS (SELECT 1 FROM delegations d WHERE d.deputy_id = e.actor_id AND d.person_id = e.on_behalf_id
			AND d.starts <= e.at AND d.ends > e.at
			AND NOT EXISTS (SELECT 1 FROM events r WHERE r.record_id = d.id AND r.noun = 'delegation' AND r.action = 'revoke' AND r.id < e.id))
		FROM events e WHERE e.on_behalf_id IS NOT NULL ORDER BY e.id`, nil, func(rows *sql.Rows) error {
		var event, record int64
		var noun string
		var named bool
		if err := rows.Scan(&event, &noun, &record, &named); err != nil {
			return err
		}
		if c.Rows++; !named {
			c.add(Problem{noun, fmt.Sprint(record), "", fmt.Sprintf("event %d: who did it was nobody's deputy then", event)})
		}
		return nil
	})
	v.done(&c)
	return err
}
