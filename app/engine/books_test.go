package engine_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/workflow"
)

// books reads all pages of the ledger, two postings at a time.
func books(t *testing.T, w *enginetest.World, v *models.Viewer, f models.BooksFilter) models.Books {
	t.Helper()
	f.Limit = 2
	all, err := w.DB.Books(t.Context(), v, f)
	if err != nil {
		t.Fatal(err)
	}
	for next := all.Next; next != (models.Mark{}); {
		f.After = next
		page, err := w.DB.Books(t.Context(), v, f)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Entries) == 0 || page.Trial != all.Trial || page.Count != all.Count {
			t.Fatalf("a later page has %d postings and other balances: %v", len(page.Entries), page.Trial)
		}
		all.Entries, next = append(all.Entries, page.Entries...), page.Next
	}
	if len(all.Entries) != all.Count {
		t.Errorf("%d postings are counted, and %d listed", all.Count, len(all.Entries))
	}
	streamed := 0
	if err := w.DB.EachEntry(t.Context(), v, models.BooksFilter{Fund: f.Fund, Application: f.Application, Organization: f.Organization, From: f.From, Until: f.Until},
		func(e *models.Entry) error {
			if streamed < len(all.Entries) && !cmp.Equal(*e, all.Entries[streamed]) {
				t.Errorf("posting %d of the file is %v, that of the pages %v", streamed, *e, all.Entries[streamed])
			}
			streamed++
			return nil
		}); err != nil {
		t.Fatal(err)
	}
	if streamed != all.Count {
		t.Errorf("%d postings are counted, and %d in the file", all.Count, streamed)
	}
	return all
}

// closing is what each account holds at the end.
func closing(b models.Books) (out workflow.Balances) {
	for a := range b.Trial {
		out[a] = b.Trial[a].Closing()
	}
	return out
}

func TestTheBooksSayWhereTheMoneyWentAndWhen(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *enginetest.World) {
		first := w.NewCase("First, Inc.", 1_000_00).Submit().Review().Recommend().Awarded().Bank().Active()
		_, payment := first.Claim(0)
		sent(t, w, payment)
		paid := record[workflow.Payment](t, w, workflow.NounPayment, payment).Amount
		w.Advance(40 * 24 * time.Hour)
		midst := w.Now()
		w.Advance(time.Hour)
		second := w.NewCase("Second, Inc.", 3_000_00).Submit().Review().Recommend()
		auditor := w.As(workflow.Auditor)

		whole := books(t, w, auditor, models.BooksFilter{Fund: w.Fund})
		stored, err := w.DB.FundBalances(t.Context(), w.Fund)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(stored, closing(whole)); diff != "" {
			t.Errorf("the fund's row and its postings (-row +postings):\n%s", diff)
		}
		var opening, in, out workflow.Cents
		for _, line := range whole.Trial {
			opening, in, out = opening+line.Opening, in+line.In, out+line.Out
		}
		if opening != 0 || in != out || in == 0 {
			t.Errorf("opening balances come to %d, %d came in and %d went out", opening, in, out)
		}

		since := books(t, w, auditor, models.BooksFilter{Fund: w.Fund, From: midst})
		want := models.TrialLine{Opening: enginetest.Appropriation - 1_000_00, Out: 3_000_00}
		if got := since.Trial[workflow.Available]; got != want {
			t.Errorf("since then available is %+v, want %+v", got, want)
		}
		if len(since.Entries) != 1 || since.Entries[0].Record != second.Application || since.Entries[0].Action != workflow.ActRecommend || since.Entries[0].Organization != "Second, Inc." {
			t.Errorf("since then: %+v", since.Entries)
		}
		until := books(t, w, auditor, models.BooksFilter{Fund: w.Fund, Until: midst})
		if until.Trial[workflow.InFlight].Closing() != paid || until.Trial[workflow.Committed].Closing() != 0 {
			t.Errorf("until then %+v", until.Trial)
		}
		for name, f := range map[string]models.BooksFilter{"case": {Application: first.Application}, "organization": {Organization: first.Company}} {
			own := books(t, w, auditor, f)
			if own.Trial[workflow.Available].Closing() != -1_000_00 || own.Trial[workflow.InFlight].Closing() != paid || own.Trial[workflow.Authority] != (models.TrialLine{}) {
				t.Errorf("of the %s: %+v", name, own.Trial)
			}
		}
	})
}

// Nobody finds money of a case that they have no part in, and who only reviews or
// applies finds none at all.
func TestTheBooksHideWhatIsNotTheReaders(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *enginetest.World) {
		c := w.NewCase("Cousins, Inc.", 1_000_00).Submit()
		review := c.Invite(w.Reviewers[1])
		w.Act(w.Viewer(w.Reviewers[1]), workflow.NounReview, review, workflow.ActRecuse, enginetest.Text("note", "my cousin"))
		c.Review().Recommend()
		other := w.NewCase("Others, Inc.", 5_00).Submit().Review().Recommend()
		officerToo := w.Viewer(w.Reviewers[1])
		officerToo.Grants = append(officerToo.Grants, models.ViewerGrant{Role: workflow.ProgramOfficer, Program: w.Program})
		elsewhere := w.As(workflow.ProgramOfficer)
		elsewhere.Grants = []models.ViewerGrant{{Role: workflow.ProgramOfficer, Program: 1 << 40}}
		for name, one := range map[string]struct {
			who  *models.Viewer
			want workflow.Cents
		}{
			"an officer":                  {w.As(workflow.ProgramOfficer), 1_005_00},
			"an officer who recused":      {officerToo, 5_00},
			"an officer of another fund":  {elsewhere, 0},
			"a reviewer":                  {w.Viewer(w.Reviewers[0]), 0},
			"the company":                 {w.Viewer(c.AOR), 0},
			"the company, in its own way": {w.Viewer(other.AOR), 0},
		} {
			got := books(t, w, one.who, models.BooksFilter{})
			if committed := got.Trial[workflow.Committed].Closing(); committed != one.want || (one.want == 0) != (got.Count == 0) {
				t.Errorf("%s finds %s committed in %d postings", name, committed, got.Count)
			}
		}
	})
}
