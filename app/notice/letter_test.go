package notice_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/app/notice"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/templates"
	"tranche/workflow"
)

// house is a World that writes letters.
type house struct {
	*enginetest.World
	writer *notice.Writer
}

func newHouse(t *testing.T, db *models.DB) *house {
	t.Helper()
	words, err := templates.NewWords(func(tag, id string) { t.Errorf("%s has no %q", tag, id) })
	if err != nil {
		t.Fatal(err)
	}
	h := &house{enginetest.New(t, db), &notice.Writer{Reader: db.Reader, Words: words}}
	h.Engine.Prepare = map[engine.Act]engine.Preparer{{Noun: workflow.NounLetter, Action: workflow.ActCreate}: h.writer.Prepare}
	h.Act(h.As(workflow.Admin), workflow.NounProgram, h.Program, workflow.ActUpdate, enginetest.Text("contact", "Voucher desk, +1 555 0100"))
	return h
}

// letter writes the letter about an event of a case and returns its texts by code.
func (h *house) letter(c *enginetest.Case, event int64) (workflow.ID, map[string]string) {
	h.T.Helper()
	id := h.Must(workflow.NounLetter, workflow.ActCreate, c.Application, nil, enginetest.Int("event", event)).ID
	l, err := models.Record[workflow.Letter](h.T.Context(), h.DB.Reader, h.Viewer(c.AOR), workflow.NounLetter, id)
	if err != nil {
		h.T.Fatal(err)
	}
	out := map[string]string{}
	for _, one := range l.Documents.List() {
		body, err := h.DB.Document(h.T.Context(), one.Sum)
		if err != nil {
			h.T.Fatal(err)
		}
		out[one.Code] = string(body)
	}
	return id, out
}

// textOf returns what a reader of a page sees.
func textOf(t *testing.T, page string) string {
	t.Helper()
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(page))
	for hidden := false; ; {
		switch z.Next() {
		case html.ErrorToken:
			return strings.Join(strings.Fields(out.String()), " ")
		case html.StartTagToken, html.EndTagToken:
			name, _ := z.TagName()
			if string(name) == "style" {
				hidden = !hidden
			}
			out.WriteByte(' ')
		case html.TextToken:
			if !hidden {
				out.Write(z.Text())
			}
		}
	}
}

const (
	toApplicant = "We saw <b>two</b> pilots & liked one."
	toStaff     = "The applicant's uncle called again."
)

// outcomes are the ways in which a case is decided, each with what only its letter says.
var outcomes = []struct {
	name   string
	decide func(h *house) (*enginetest.Case, int64)
	en, zh []string
}{
	{"screen_fail", func(h *house) (*enginetest.Case, int64) {
		company := h.Organization("Huge, Inc.", 100_000_000_00)
		c := h.DraftOf(company, h.Member(company, workflow.AOR), 1_000_00)
		h.Act(h.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSubmit)
		return c, h.Act(nil, workflow.NounApplication, c.Application, workflow.ActScreenFail).Event
	}, []string{"Notice of ineligibility", "Huge, Inc.", "$100,000,000.00", "within 30 days", "Jul 1, 2026"}, []string{"資格不符通知", "$100,000,000.00", "30 日內"}},
	{"find_ineligible", func(h *house) (*enginetest.Case, int64) {
		company := h.Organization("Unproven, Inc.", 1_000_00)
		h.Must(workflow.NounAffiliation, workflow.ActCreate, 0, nil, enginetest.Int("owner", int64(h.Must(workflow.NounOrganization, workflow.ActCreate, 0, nil,
			enginetest.Text("legal_name", "Silent Parent")).ID)), enginetest.Int("owned", int64(company)), enginetest.Int("share", 60_00),
			enginetest.Date("since", workflow.DateOf(h.Now()).AddDays(-400)))
		c := h.DraftOf(company, h.Member(company, workflow.AOR), 1_000_00)
		h.Act(h.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSubmit)
		h.Act(nil, workflow.NounApplication, c.Application, workflow.ActScreenRefer)
		return c, h.Act(h.As(workflow.ProgramOfficer), workflow.NounApplication, c.Application, workflow.ActFindIneligible,
			append(said(), enginetest.Text("codes", "not_a_startup,outside_program"))...).Event
	}, []string{"Notice of ineligibility", "is not a startup", "outside the program"}, []string{"非本徵案所稱之新創事業"}},
	{"decline", func(h *house) (*enginetest.Case, int64) {
		c := h.NewCase("Tern Analytics LLC", 1_000_00).Submit()
		return c, h.declined(c)
	}, []string{"not selected", "score below the line", "within 30 days", "Requested $1,000.00"}, []string{"未獲選", "審查評分低於補助標準", "30 日內"}},
	{"award", func(h *house) (*enginetest.Case, int64) {
		c := h.NewCase("Lumen Soils, Inc.", 2_000_00).Submit().Review().Recommend()
		return c, h.Act(h.As(workflow.SelectingOfficial), workflow.NounApplication, c.Application, workflow.ActAward,
			append(said(), enginetest.Cents("amount", 1_234_56))...).Event
	}, []string{"selected for an award", "Requested $2,000.00", "Awarded $1,234.56", "AIV26-", "accept or refuse it before Jul 1, 2026"}, []string{"獲選", "$1,234.56", "接受或拒絕"}},
	{"uphold", func(h *house) (*enginetest.Case, int64) {
		c := h.appealed("Stubborn, Inc.")
		return c, h.Act(h.As(workflow.AppealsOfficial), workflow.NounApplication, c.Application, workflow.ActUphold, said()...).Event
	}, []string{"the decision stands", "had no part in the case"}, []string{"維持原決定"}},
	{"reinstate", func(h *house) (*enginetest.Case, int64) {
		c := h.appealed("Wronged, Inc.")
		return c, h.Act(h.As(workflow.AppealsOfficial), workflow.NounApplication, c.Application, workflow.ActReinstate, said()...).Event
	}, []string{"back to review", "is taken back"}, []string{"重新審查"}},
	{"decline", func(h *house) (*enginetest.Case, int64) { // once more
		c := h.appealed("Persistent, Inc.")
		h.Act(h.As(workflow.AppealsOfficial), workflow.NounApplication, c.Application, workflow.ActReinstate, said()...)
		return c, h.declined(c)
	}, []string{"not selected", "can be appealed once"}, []string{"以申復一次為限"}},
	{"rectify", func(h *house) (*enginetest.Case, int64) {
		c := h.NewCase("Mistaken, Inc.", 1_000_00).Submit()
		h.declined(c)
		asked := h.Must(workflow.NounException, workflow.ActRequest, h.Program, h.As(workflow.SelectingOfficial), enginetest.Text("act", workflow.Rectify),
			enginetest.Text("subject", "application"), enginetest.Int("subject_id", int64(c.Application)), enginetest.Text("reason", "The scores were another's.")).ID
		h.Act(h.As(workflow.AppealsOfficial), workflow.NounException, asked, workflow.ActApprove)
		return c, h.Act(h.As(workflow.SelectingOfficial), workflow.NounApplication, c.Application, workflow.ActRectify, said()...).Event
	}, []string{"Notice of correction", "Earlier letters about it are superseded"}, []string{"更正通知", "由本函取代"}},
}

func said() []workflow.Input {
	return []workflow.Input{enginetest.Text("note", toStaff), enginetest.Text("message", toApplicant)}
}

func (h *house) declined(c *enginetest.Case) int64 {
	h.T.Helper()
	h.Act(h.As(workflow.ProgramOfficer), workflow.NounApplication, c.Application, workflow.ActRecommendDecline, enginetest.Text("codes", "low_merit"), enginetest.Text("note", toStaff))
	return h.Act(h.As(workflow.SelectingOfficial), workflow.NounApplication, c.Application, workflow.ActDecline, append(said(), enginetest.Text("codes", "low_merit,team_insufficient"))...).Event
}

func (h *house) appealed(name string) *enginetest.Case {
	h.T.Helper()
	c := h.NewCase(name, 1_000_00).Submit()
	h.declined(c)
	h.Act(h.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActAppeal, enginetest.Text("grounds", "The scores were another's."))
	return c
}

func TestALetterTellsOfEachOutcomeInBothLanguages(t *testing.T) {
	h := newHouse(t, modelstest.SQLite(t))
	for _, o := range outcomes {
		t.Run(o.name, func(t *testing.T) {
			h.T = t
			c, event := o.decide(h)
			_, files := h.letter(c, event)
			d, err := h.DB.Decision(t.Context(), event)
			if err != nil {
				t.Fatal(err)
			}
			for language, want := range map[string][]string{"en": o.en, "zh-TW": o.zh} {
				got := textOf(t, files[language+".html"])
				for _, part := range append(want, hex.EncodeToString(d.Hash[:]), "Voucher desk, +1 555 0100", "AIV-2026-R1") {
					if !strings.Contains(got, part) {
						t.Errorf("the letter in %s does not say %q: %s", language, part, got)
					}
				}
				if spoken := o.name != "screen_fail"; strings.Contains(got, toApplicant) != spoken {
					t.Errorf("the letter in %s tells what the official wrote: %v, want %v: %s", language, !spoken, spoken, got)
				}
				if strings.Contains(got, "uncle") {
					t.Errorf("the letter in %s tells a note of the staff: %s", language, got)
				}
				if pdf := files[language+".pdf"]; !strings.HasPrefix(pdf, "%PDF-") {
					t.Errorf("the PDF begins %.10q", pdf)
				}
			}
			if strings.Contains(files["en.html"], "<b>two") {
				t.Error("what the official typed became part of the page")
			}
		})
	}
}

// Whatever becomes of the case, a letter written later from the same event has the same bytes.
func TestALetterIsWrittenFromTheEventAlone(t *testing.T) {
	h := newHouse(t, modelstest.SQLite(t))
	c := h.NewCase("Tern Analytics LLC", 1_000_00).Submit()
	event := h.declined(c)
	_, files := h.letter(c, event)
	h.Act(h.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActAppeal, enginetest.Text("grounds", "x"))
	h.Act(h.As(workflow.AppealsOfficial), workflow.NounApplication, c.Application, workflow.ActReinstate, enginetest.Text("note", "y"))
	again := workflow.Command{Noun: workflow.NounLetter, Action: workflow.ActCreate, Parent: c.Application, Inputs: []workflow.Input{enginetest.Int("event", event)}}
	if err := h.writer.Prepare(t.Context(), &again); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, in := range again.Inputs {
		if code, is := strings.CutPrefix(in.Name, "documents."); is {
			if n++; !bytes.Equal(in.Body, []byte(files[code])) {
				t.Errorf("%s is another letter now", code)
			}
		}
	}
	if n != len(workflow.LetterCodes) {
		t.Errorf("%d files were compared", n)
	}
	another := h.NewCase("Another, Inc.", 1_000_00)
	again.Parent = another.Application
	if err := h.writer.Prepare(t.Context(), &again); !errors.Is(err, models.ErrNotFound) {
		t.Errorf("a letter to somebody else: %v", err)
	}
}

// What a letter tells of is as it was decided about, though the applicant took the case
// back and wrote another one, or the grants officer offered the award anew.
func TestALetterTellsWhatWasDecidedThen(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h := newHouse(t, db)
		company := h.Organization("Huge, Inc.", 100_000_000_00)
		failed := h.DraftOf(company, h.Member(company, workflow.AOR), 1_000_00)
		// Of a group without evidence, which alone would only refer.
		h.Must(workflow.NounAffiliation, workflow.ActCreate, 0, nil, enginetest.Int("owner", int64(h.Must(workflow.NounOrganization, workflow.ActCreate, 0, nil,
			enginetest.Text("legal_name", "Silent Parent")).ID)), enginetest.Int("owned", int64(company)), enginetest.Int("share", 60_00),
			enginetest.Date("since", workflow.DateOf(h.Now()).AddDays(-400)))
		aor := h.Viewer(failed.AOR)
		h.Act(aor, workflow.NounApplication, failed.Application, workflow.ActSubmit)
		event := h.Act(nil, workflow.NounApplication, failed.Application, workflow.ActScreenFail).Event
		h.Act(aor, workflow.NounApplication, failed.Application, workflow.ActReopen)
		h.Act(aor, workflow.NounApplication, failed.Application, workflow.ActSave, enginetest.Text("title", "Something else"), enginetest.Cents("requested", 7_77))
		offered := h.NewCase("Lumen Soils, Inc.", 2_000_00).Submit().Review().Recommend()
		award := h.Act(h.As(workflow.SelectingOfficial), workflow.NounApplication, offered.Application, workflow.ActAward, enginetest.Cents("amount", 1_234_56)).Event
		app, err := models.Record[workflow.Application](t.Context(), h.DB.Reader, h.As(workflow.Auditor), workflow.NounApplication, offered.Application)
		if err != nil {
			t.Fatal(err)
		}
		h.Act(h.Viewer(offered.AOR), workflow.NounAward, app.Award, workflow.ActRequestChange, enginetest.Text("change", "later"))
		h.Advance(10 * 24 * time.Hour)
		h.Act(h.As(workflow.GrantsOfficer), workflow.NounAward, app.Award, workflow.ActRevise, enginetest.Text("terms", "new"))
		for _, one := range []struct {
			c         *enginetest.Case
			event     int64
			says, not []string
		}{
			{failed, event, []string{"Predictive maintenance for rural water utilities", "Requested $1,000.00", "$100,000,000.00"}, []string{"Something else", "$7.77", "missing"}},
			{offered, award, []string{"Awarded $1,234.56", "accept or refuse it before Jul 1, 2026"}, []string{"Jul 11"}},
		} {
			_, files := h.letter(one.c, one.event)
			got := textOf(t, files["en.html"])
			for _, part := range one.says {
				if !strings.Contains(got, part) {
					t.Errorf("the letter does not say %q: %s", part, got)
				}
			}
			for _, part := range one.not {
				if strings.Contains(got, part) {
					t.Errorf("the letter says %q: %s", part, got)
				}
			}
		}
	})
}

func TestALetterIsForItsApplicantAndTheStaff(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h := newHouse(t, db)
		c := h.NewCase("Tern Analytics LLC", 1_000_00).Submit().Review()
		event := h.declined(c)
		id, _ := h.letter(c, event)
		var no *workflow.Refusal
		if _, err := h.Make(nil, workflow.NounLetter, workflow.ActCreate, c.Application, enginetest.Int("event", event)); !errors.As(err, &no) || no.Reason != workflow.ReasonTaken {
			t.Errorf("a second letter about the same event: %v", err)
		}
		stranger := h.NewCase("Stranger, Inc.", 1_000_00)
		for name, v := range map[string]*models.Viewer{"stranger": h.Viewer(stranger.AOR), "reviewer": h.Viewer(h.Reviewers[0])} {
			if _, err := db.Row(t.Context(), v, workflow.NounLetter, id); !errors.Is(err, models.ErrNotFound) {
				t.Errorf("the %s reads the letter: %v", name, err)
			}
			if _, err := db.Letters(t.Context(), v, c.Application); !errors.Is(err, models.ErrNotFound) {
				t.Errorf("the %s lists the letters: %v", name, err)
			}
		}
		stands := func(want bool) {
			t.Helper()
			for name, v := range map[string]*models.Viewer{"applicant": h.Viewer(c.AOR), "auditor": h.As(workflow.Auditor)} {
				all, err := db.Letters(t.Context(), v, c.Application)
				if err != nil || len(all) == 0 || all[len(all)-1].Superseded == want {
					t.Errorf("the %s is told of %+v, %v", name, all, err)
				}
			}
		}
		stands(true)
		h.Act(h.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActAppeal, enginetest.Text("grounds", "x"))
		stands(true)
		h.letter(c, h.Act(h.As(workflow.AppealsOfficial), workflow.NounApplication, c.Application, workflow.ActReinstate, enginetest.Text("note", "y")).Event)
		stands(false)
		if all, err := db.Letters(t.Context(), h.Viewer(c.AOR), c.Application); err != nil || len(all) != 2 || all[0].Superseded {
			t.Errorf("the newest of %d letters is superseded, %v", len(all), err)
		}
	})
}

// Somebody who changes a stored letter behind the program's back is found out.
func TestAnAlteredLetterIsFound(t *testing.T) {
	h := newHouse(t, modelstest.SQLite(t))
	c := h.NewCase("Tern Analytics LLC", 1_000_00).Submit()
	_, files := h.letter(c, h.declined(c))
	sum := sha256.Sum256([]byte(files["en.pdf"]))
	if found := problems(t, h.DB); found != "" {
		t.Fatalf("before: %s", found)
	}
	if _, err := h.DB.Pool().Exec("DROP TRIGGER documents_fixed_update"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.DB.Pool().Exec("UPDATE documents SET body = CAST('You won.' AS BLOB) WHERE sum = ?", hex.EncodeToString(sum[:])); err != nil {
		t.Fatal(err)
	}
	if found := problems(t, h.DB); !strings.Contains(found, hex.EncodeToString(sum[:])) {
		t.Errorf("the audit says %q", found)
	}
	if _, err := h.DB.Document(t.Context(), hex.EncodeToString(sum[:])); !errors.Is(err, models.ErrAltered) {
		t.Errorf("the altered letter is given out: %v", err)
	}
}

func problems(t *testing.T, db *models.DB) (out string) {
	t.Helper()
	_, err := db.Verify(t.Context(), func(c models.Check) {
		for _, p := range c.Problems {
			out += p.String() + "\n"
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
