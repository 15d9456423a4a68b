package notice_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// Each revision of an agreement has a notice of award of its own. Written again, even
// after the award has changed, it is the same to the byte.
func TestEachRevisionHasANoticeOfAward(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h := newHouse(t, db)
		c := h.NewCase("Lumen Soils, Inc.", 1_000_00).Submit().Review().Recommend().Awarded().Bank()
		h.Act(h.Viewer(c.AOR), workflow.NounAward, c.Award, workflow.ActAccept)
		first := h.Act(h.As(workflow.GrantsOfficer), workflow.NounAward, c.Award, workflow.ActCountersign).Event
		h.Act(nil, workflow.NounOrganization, c.Company, workflow.ActUpdate, enginetest.Text("city", "Bend"))
		c.Signed(workflow.AmendSupplement, enginetest.Cents("amount", 50_00),
			enginetest.Text("open_milestones", workflow.Milestones(c.Tranches())+"new | 50.00 | 2027-01-15 | More soils | Report"), enginetest.Text("wording", "It covers <b>clay</b> too."))
		second := h.made(c, "amend")

		for revision, n := range []struct {
			event  int64
			en, zh []string
			not    string
		}{
			{first, []string{"Notice of award AIV26-", "revision 1", "New award", "Lumen Soils, Inc.", "Jun 1, 2026 to May 31, 2027", "2. Midpoint", "$400.00", "$1,000.00",
				"1. The voucher pays for the work", "aor"}, []string{"補助核定通知", "第 1 版", "$1,000.00"}, "More soils"},
			{second, []string{"revision 2", "Supplement · AM-", "$1,050.00", "More soils", "It covers <b>clay</b> too."}, []string{"追加經費", "第 2 版", "$1,050.00"}, "New award"},
		} {
			id, files := h.letter(c, n.event)
			l, err := models.Record[workflow.Letter](t.Context(), db.Reader, h.Viewer(c.AOR), workflow.NounLetter, id)
			if err != nil || l.Award != c.Award || l.Revision != int64(revision+1) || len(files) != len(workflow.LetterCodes) {
				t.Errorf("the notice is %+v, %v", l, err)
			}
			said := textOf(t, files["en.html"])
			for _, want := range n.en {
				if !strings.Contains(said, want) {
					t.Errorf("revision %d does not say %q: %s", revision+1, want, said)
				}
			}
			for _, want := range n.zh {
				if text := textOf(t, files["zh-TW.html"]); !strings.Contains(text, want) {
					t.Errorf("revision %d does not say %q: %s", revision+1, want, text)
				}
			}
			if strings.Contains(said, n.not) {
				t.Errorf("revision %d says %q: %s", revision+1, n.not, said)
			}
			again := workflow.Command{Noun: workflow.NounLetter, Action: workflow.ActCreate, Parent: c.Application, Inputs: []workflow.Input{enginetest.Int("event", n.event)}}
			if err := h.writer.Prepare(t.Context(), &again); err != nil {
				t.Fatal(err)
			}
			for _, in := range again.Inputs {
				if code, is := strings.CutPrefix(in.Name, "documents."); is && !bytes.Equal(in.Body, []byte(files[code])) {
					t.Errorf("%s of revision %d is not the same when it is written again", code, revision+1)
				}
			}
			if _, err := h.Make(nil, workflow.NounLetter, workflow.ActCreate, c.Application, enginetest.Int("event", n.event)); why(err) != workflow.ReasonTaken {
				t.Errorf("a second notice of one revision: %v", err)
			}
		}
		list, err := db.Notices(t.Context(), h.Viewer(c.AOR), c.Award)
		if err != nil || len(list) != 2 || list[0].Superseded || !list[1].Superseded {
			t.Errorf("the notices are %+v, %v", list, err)
		}
		if _, err := h.Make(nil, workflow.NounLetter, workflow.ActCreate, c.Application, enginetest.Int("event", h.made(c, "accept"))); why(err) != "no_letter_due" {
			t.Errorf("a notice of what is not in force: %v", err)
		}
	})
}

func why(err error) workflow.Reason {
	no := new(workflow.Refusal)
	errors.As(err, &no)
	return no.Reason
}

// made is the number of the event by which an action was done to the award of c.
func (h *house) made(c *enginetest.Case, action string) (event int64) {
	h.T.Helper()
	err := h.DB.Pool().QueryRow("SELECT MAX(id) FROM events WHERE record_id = $1 AND action = $2", int64(c.Award), action).Scan(&event)
	if err != nil {
		h.T.Fatal(err)
	}
	return event
}
