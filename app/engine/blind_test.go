package engine_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// What a program keeps from reviewers is in none of what they read, find or narrow lists by;
// the staff and the applicant see all of it.
func TestReviewersDoNotSeeWhatIsBlind(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		w.Apply("blind", w.Plan(func(p *workflow.Plan) {
			terms := &p.Opportunities[0].Terms
			terms.Sections[2].Questions = []workflow.Question{{Name: "founder", Kind: workflow.QuestionLine, Label: workflow.Label{EN: "Founder", ZH: "創辦人"}, Max: 90},
				{Name: "method", Kind: workflow.QuestionLine, Label: workflow.Label{EN: "Method", ZH: "方法"}, Max: 90}}
			terms.Rubric = workflow.Rubric
			terms.Blind = []string{workflow.BlindOrganization, workflow.BlindPlace, "founder", "summary"}
		}))
		c := w.NewCase("Zanzibar Robotics", 900_00)
		c.W.Act(w.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSave, enginetest.Text("summary", "We at Zanzibar"),
			enginetest.Text("answers", workflow.AnswersText(map[string]string{"founder": "Zara", "method": "Kalman filter"})))
		c.Submit()
		review := c.Invite(w.Reviewers[0])
		w.Act(w.Viewer(w.Reviewers[0]), workflow.NounReview, review, workflow.ActAccept, enginetest.Int("no_conflict", 1))
		company := fmt.Sprint(int64(c.Company))
		read := func(who *models.Viewer) string {
			var all []any
			keep := func(what any, err error) {
				if err != nil {
					t.Error(err)
				}
				all = append(all, what)
			}
			row, err := db.Row(t.Context(), who, workflow.NounApplication, c.Application)
			for i := range row.Cells {
				keep(row.Cells[i].Name, nil)
				keep(row.Cells[i].Value, nil)
			}
			keep(nil, err)
			of, err := db.Case(t.Context(), who, c.Application)
			keep([]any{of.Application, of.Organization}, err)
			page, err := db.Queue(t.Context(), who, models.Queue{})
			keep(page.Rows, err)
			mine, err := db.MyReviews(t.Context(), who)
			keep(mine, err)
			for _, noun := range []workflow.Noun{workflow.NounApplication, workflow.NounReview} {
				id := map[workflow.Noun]workflow.ID{workflow.NounApplication: c.Application, workflow.NounReview: review}[noun]
				events, err := db.Events(t.Context(), who, noun, id)
				keep(events, err)
			}
			events, err := db.CaseEvents(t.Context(), who, c.Application)
			keep(events, err)
			inquiry, err := db.Inquiry(t.Context(), who, c.Application)
			keep(inquiry, err)
			err = db.ExportQueue(t.Context(), who, models.Queue{}, func([]string) error { return nil }, func(one *models.ExportedCase) error {
				keep(*one, nil)
				return nil
			})
			keep(nil, err)
			text, err := json.Marshal(all)
			keep(nil, err)
			return string(text)
		}
		secrets := []string{"Zanzibar", "Zara", "Bend", `"` + company + `"`, ":" + company + ",", "aor "}
		said := read(w.Viewer(w.Reviewers[0]))
		for _, secret := range secrets {
			if strings.Contains(said, secret) {
				at := strings.Index(said, secret)
				t.Errorf("a reviewer reads %q: …%s…", secret, said[max(0, at-200):min(len(said), at+60)])
			}
		}
		if !strings.Contains(said, "Kalman") {
			t.Error("a reviewer does not read what is not blind")
		}
		if said := read(w.As(workflow.ProgramOfficer)); !strings.Contains(said, "Zanzibar") || !strings.Contains(said, "Zara") || !strings.Contains(said, "Bend") {
			t.Error("the officer does not read all of it")
		}
		for who, want := range map[workflow.ID]int{w.Reviewers[0]: 0, w.People[workflow.ProgramOfficer]: 1} {
			v := w.Viewer(who)
			for _, words := range []string{"zanzibar", "bend"} {
				if p, err := db.Queue(t.Context(), v, models.Queue{Search: words}); err != nil || p.Count != want || len(p.Rows) != want {
					t.Errorf("%d finds %d by %q: %v", who, p.Count, words, err)
				}
			}
			rows, _, err := db.Rows(t.Context(), v, workflow.NounApplication, models.Filter{Where: map[string]workflow.ID{"organization_id": c.Company}})
			if err != nil || len(rows) != want {
				t.Errorf("%d finds %d of the organization: %v", who, len(rows), err)
			}
		}
		if p, err := db.Queue(t.Context(), w.Viewer(w.Reviewers[0]), models.Queue{}); err != nil || p.Count != 1 {
			t.Errorf("the reviewer has %d cases: %v", p.Count, err)
		}
		// What comes of the case names the applicant: it is no matter of its reviewers.
		w.Act(w.Viewer(w.Reviewers[0]), workflow.NounReview, review, workflow.ActSubmit, enginetest.Text("comment", "Sound."),
			enginetest.Scores(70))
		c.Recommend().Awarded()
		for who, want := range map[workflow.ID]int{w.Reviewers[0]: 0, w.People[workflow.ProgramOfficer]: 1} {
			if rows, _, err := db.Rows(t.Context(), w.Viewer(who), workflow.NounAward, models.Filter{}); err != nil || len(rows) != want {
				t.Errorf("%d reads %d awards: %v", who, len(rows), err)
			}
		}
	})
}
