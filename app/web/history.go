package web

import (
	"slices"

	"tranche/models"
	"tranche/workflow"
)

// recent is how many events stand beside a record; the others are on a tab.
const recent = 6

// history is what happened to a record as the reader may know it, the newest
// first. A case has more than that: see caseHistory.
func (v *visit) history(noun workflow.Noun, id workflow.ID) ([]Event, error) {
	list, err := v.server.Reader.Events(v.ctx(), v.viewer, noun, id)
	slices.Reverse(list)
	return v.tell(list), err
}

// caseHistory is what happened in a case: to the application and to all that came
// of it.
func (v *visit) caseHistory(application workflow.ID) ([]Event, error) {
	list, err := v.server.Reader.CaseEvents(v.ctx(), v.viewer, application)
	return v.tell(list), err
}

// timeline returns the newest events, with a link to all of them where there are
// more.
func (v *visit) timeline(events []Event, all string) Timeline {
	if len(events) <= recent {
		return Timeline{Events: events}
	}
	return Timeline{Events: events[:recent], All: Link{v.T("record.all_history"), all}}
}

// deliberation are the acts by which the staff come to a decision. Applicants are
// told the decision.
var deliberation = []workflow.Action{workflow.ActRecommend, workflow.ActRecommendDecline, workflow.ActDefer, workflow.ActReturn, workflow.ActRefer}

// tell puts events into words. Saving a draft says the same every time: of several
// in a row the newest is told. The tranches come with their award.
func (v *visit) tell(list []models.Event) []Event {
	var out []Event
	for i, e := range list {
		again := i > 0 && e.Action == workflow.ActSave && list[i-1].Action == workflow.ActSave && e.Record == list[i-1].Record
		if again || v.internal(e) || e.Noun == workflow.NounTranche {
			continue
		}
		out = append(out, v.Event(e.Noun.String(), e.Action.String(), e.End.String(), v.actor(e), v.Moment(e.At)))
	}
	return out
}

// internal reports whether an event is nothing for this reader.
func (v *visit) internal(e models.Event) bool {
	return e.Noun == workflow.NounApplication && slices.Contains(deliberation, e.Action) && !v.staff()
}

// actor names who did it. Of the staff an applicant is told nothing.
func (v *visit) actor(e models.Event) string {
	if e.ActorName == "" && v.staff() {
		return v.T("record.by_system")
	}
	return v.acted(e)
}

// acted names who did it, and for whom.
func (v *visit) acted(e models.Event) string {
	if e.BehalfName == "" {
		return e.ActorName
	}
	return v.T("record.on_behalf", "actor", e.ActorName, "person", e.BehalfName)
}

// since says in sentences what happened to a record after a version of it, for
// who looked at that version.
func (v *visit) since(noun workflow.Noun, id workflow.ID, version int64) ([]string, error) {
	list, err := v.server.Reader.Events(v.ctx(), v.viewer, noun, id)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range list {
		if e.Version <= version || v.internal(e) {
			continue
		}
		actor := v.acted(e)
		if actor == "" {
			actor = v.T("record.somebody")
		}
		out = append(out, v.T("record.news", "actor", actor, "did", v.Did(noun.String(), e.Action.String()), "moment", v.Moment(e.At).Text))
	}
	return out, nil
}
