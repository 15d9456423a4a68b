package web

import (
	"slices"
	"strings"

	"tranche/models"
	"tranche/workflow"
)

// exceptionOffers adds the forms that ask for an exception for what can be done to a
// record with one. Where it was asked for already, the card says so.
func (v *visit) exceptionOffers(a *Actions, row models.Row, again *attempt) error {
	if !mayMake(workflow.NounException, row.Roles) {
		return nil
	}
	id := row.Record.ID
	acts := workflow.ExceptionsFor(row.Noun, row.Record.State)
	if restricted, isHold := cellIn(row, "restricted").(*bool); len(acts) == 0 || isHold && !*restricted {
		return nil
	}
	asked, err := records[workflow.Exception](v, workflow.NounException, models.Filter{Where: map[string]workflow.ID{"subject_id": id},
		States: []workflow.State{workflow.Requested, workflow.Approved}})
	if err != nil {
		return err
	}
	for _, act := range acts {
		label := v.T("exceptions.ask", "act", v.ChoiceName("act", act))
		if at := slices.IndexFunc(asked, func(e workflow.Exception) bool { return e.Act == act }); at >= 0 {
			why, err := v.askedFor(&asked[at])
			if err != nil {
				return err
			}
			a.Barred = append(a.Barred, Barred{Label: label, Reason: why, URL: pathOf(workflow.NounException, asked[at].ID)})
			continue
		}
		mine := again
		if again != nil && (again.values.Get("act") != act || again.values.Get("subject_id") != id.String()) {
			mine = nil // the form of another one on the page
		}
		a.make(v, workflow.NounException, 0, mine, offer{note: v.T("exceptions.ask_note", "roles", v.roles(workflow.ApproversOf(act)))})
		last := &a.Offer[len(a.Offer)-1]
		last.Label, last.Submit, last.Name = label, label, last.Name+"-"+strings.ReplaceAll(act, "_", "-")+"-"+id.String()
		last.about(Hidden{"act", act}, Hidden{"subject_id", id.String()})
	}
	return nil
}

// askedFor says how far an exception has come.
func (v *visit) askedFor(e *workflow.Exception) (string, error) {
	names, err := v.server.Reader.Names(v.ctx(), v.viewer, e.RequestedBy, e.DecidedBy)
	if e.State == workflow.Approved {
		return v.T("exceptions.approved", "name", names[e.DecidedBy], "until", v.Moment(e.Ends).Text), err
	}
	return v.T("exceptions.asked", "name", names[e.RequestedBy], "roles", v.roles(workflow.ApproversOf(e.Act))), err
}

// roles writes roles in words.
func (v *visit) roles(all workflow.Roles) string {
	var names []string
	for _, r := range all.List() {
		names = append(names, v.Role(r.String()))
	}
	return strings.Join(names, v.T("format.comma"))
}

// whereExcepted shows the page of the record that an exception was asked for, with the
// form that came back.
func (s *Server) whereExcepted(v *visit, _ workflow.ID, again *attempt) error {
	noun := workflow.SubjectOf(again.values.Get("act"))
	id, ok := workflow.ParseID(again.values.Get("subject_id"))
	if !ok || noun == workflow.NoNoun || s.places[noun].record == nil {
		return models.ErrNotFound
	}
	return s.places[noun].record(v, id, again)
}
