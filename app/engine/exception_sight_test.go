package engine_test

import (
	"errors"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// Who belongs to a company has no part in an exception for its case, whatever kind of
// record that is about; another official has.
func TestNobodyDecidesAboutAnExceptionOfTheirOwn(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := required(t, db)
		c := w.Draft(100_000_00).Submit()
		hold := w.Must(workflow.NounHold, workflow.ActPlace, 0, w.As(workflow.FinanceCertifier), enginetest.Text("subject", "organization"),
			enginetest.Int("subject_id", int64(c.Company)), enginetest.Text("reason", "a tip"), enginetest.Int("restricted", 1),
			enginetest.Date("next_look", workflow.DateOf(w.Now()).AddDays(9))).ID
		own, other := w.Person(workflow.SelectingOfficial), w.As(workflow.SelectingOfficial)
		w.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(own)), enginetest.Text("role", "applicant"),
			enginetest.Int("organization", int64(c.Company)))
		for act, subject := range map[string]struct {
			noun workflow.Noun
			id   workflow.ID
			by   workflow.Role
		}{
			workflow.Waive:              {workflow.NounClearance, c.Clearance(workflow.ClearSecurity).ID, workflow.ProgramOfficer},
			workflow.LiftRestrictedHold: {workflow.NounHold, hold, workflow.FinanceCertifier},
		} {
			asked := w.Must(workflow.NounException, workflow.ActRequest, w.Program, w.As(subject.by), enginetest.Text("act", act),
				enginetest.Int("subject_id", int64(subject.id)), enginetest.Text("reason", "the tip was about another")).ID
			v := w.Viewer(own)
			if _, err := db.Row(t.Context(), v, workflow.NounException, asked); !errors.Is(err, models.ErrNotFound) {
				t.Errorf("%s: who is of the company reads it: %v", act, err)
			}
			if d, err := db.Desk(t.Context(), v, w.Now(), workflow.Errand{}, models.Mark{}, 10); err != nil || len(d.Tasks) > 0 || d.Count[workflow.Errand{Noun: workflow.NounException, State: workflow.Requested, Action: workflow.ActApprove}] > 0 {
				t.Errorf("%s: it waits for who is of the company: %v, %v", act, d, err)
			}
			if _, err := w.Do(v, workflow.NounException, asked, workflow.ActApprove); !errors.Is(err, models.ErrNotFound) {
				t.Errorf("%s: who is of the company approves it: %v", act, err)
			}
			row, err := db.Row(t.Context(), w.As(workflow.ProgramLead), workflow.NounException, asked)
			if err != nil {
				t.Errorf("%s: the lead does not see it: %v", act, err)
			}
			for _, cell := range row.Cells {
				if cell.Name == "reason" && (*cell.Value.(*string) == "") != (act == workflow.LiftRestrictedHold) {
					t.Errorf("%s: the lead reads the reason %q", act, *cell.Value.(*string))
				}
			}
			events, err := db.Events(t.Context(), w.As(workflow.ProgramLead), workflow.NounException, asked)
			if err != nil || len(events) != 1 || (events[0].Inputs == "") != (act == workflow.LiftRestrictedHold) {
				t.Errorf("%s: the lead is told %+v, %v", act, events, err)
			}
			w.Act(other, workflow.NounException, asked, workflow.ActApprove)
		}
	})
}
