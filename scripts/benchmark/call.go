package main

import (
	"fmt"

	"tranche/workflow"
)

// A call is one transition as it is asked for over HTTP, and in process to see
// which statements it takes.
type call struct {
	action  workflow.Action
	id      workflow.ID
	version int64
	seat    seat
	inputs  []workflow.Input
	body    string // inputs as JSON
	path    string
	key     string
}

func newCall(d dossier, ahead int64, by seat, action workflow.Action, body string, inputs ...workflow.Input) *call {
	return &call{action: action, id: d.id, version: d.version + ahead, seat: by, inputs: inputs, body: body,
		path: fmt.Sprintf("/api/v1/applications/%d/actions/%s", d.id, action), key: fmt.Sprintf("bench-%d-%s", d.id, action)}
}

// A phase is a list of calls for each dossier: calls of one list come one after
// the other, lists run side by side.
type phase struct {
	name  string
	calls [][]*call
}

// phases returns what a round does, for dossiers from first on, n of each kind.
// Between submit and reopen, the job screens what was submitted; see screening.
func (st *stage) phases(first, n int) []phase {
	decided := phase{name: "recommend and return in turn"}
	submitted, reopened := phase{name: "submit"}, phase{name: "reopen"}
	for i := range n {
		d := st.inReview[first+i]
		decided.calls = append(decided.calls, []*call{
			newCall(d, 0, st.officers[i%connections], workflow.ActRecommend, `{"amount":{"amount":"100000.00","currency":"USD"},"note":"Sound."}`,
				workflow.Input{Name: "amount", Cents: amount}, workflow.Input{Name: "note", Text: "Sound."}),
			newCall(d, 1, st.officials[i%connections], workflow.ActReturn, `{"note":"Once more."}`, workflow.Input{Name: "note", Text: "Once more."}),
		})
		d = st.drafts[first+i]
		submitted.calls = append(submitted.calls, []*call{newCall(d, 0, d.aor, workflow.ActSubmit, `{}`)})
		reopened.calls = append(reopened.calls, []*call{newCall(d, 2, d.aor, workflow.ActReopen, `{}`)})
	}
	return []phase{decided, submitted, reopened}
}

// screening returns what the job does between submit and reopen.
func (st *stage) screening(first, n int) phase {
	p := phase{name: "screen"}
	for _, d := range st.drafts[first : first+n] {
		p.calls = append(p.calls, []*call{{action: workflow.ActScreenPass, id: d.id, seat: seat{viewer: system}}})
	}
	return p
}

// count returns how many calls p has.
func (p *phase) count() (n int) {
	for _, list := range p.calls {
		n += len(list)
	}
	return n
}
