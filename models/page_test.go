package models_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// queueWorld is a program with many cases whose requests and scores are often equal.
func queueWorld(t *testing.T, db *models.DB, cases int) (*enginetest.World, []*enginetest.Case) {
	t.Helper()
	w := enginetest.New(t, db)
	var all []*enginetest.Case
	for i := range cases {
		c := w.NewCase(fmt.Sprintf("Company %02d %s", i, []string{"Labs", "100% AI", "Robotics_Inc"}[i%3]), workflow.Cents(1+i%3)*1_000_00).Submit()
		if i%4 == 0 {
			c.Review()
		}
		all = append(all, c)
	}
	return w, all
}

func TestEveryOrderOfTheQueueShowsEachCaseOnce(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w, all := queueWorld(t, db, 23)
		v := w.As(workflow.ProgramOfficer)
		for _, sort := range []models.Sort{models.SortSubmitted, models.SortRequested, models.SortScore} {
			for _, down := range []bool{false, true} {
				whole := ids(walk(t, db, v, models.Queue{View: models.ViewAll, Sort: sort, Descending: down, Limit: models.MaxLimit}))
				if len(whole) != len(all) {
					t.Fatalf("%s: %d cases, want %d", sort, len(whole), len(all))
				}
				for range 4 {
					limit := 1 + rand.IntN(9)
					if got := ids(walk(t, db, v, models.Queue{View: models.ViewAll, Sort: sort, Descending: down, Limit: limit})); !slices.Equal(got, whole) {
						t.Errorf("%s, descending %t, pages of %d: got %v, want %v", sort, down, limit, got, whole)
					}
				}
			}
		}
	})
}

// walk reads the queue page by page, and checks on the way that count and sum are
// those of the rows and that the rows are in order.
func walk(t *testing.T, db *models.DB, v *models.Viewer, q models.Queue) []models.QueuedCase {
	t.Helper()
	var out []models.QueuedCase
	var first models.QueuePage
	for {
		p, err := db.Queue(context.Background(), v, q)
		if err != nil {
			t.Fatal(err)
		}
		if first.Views == nil {
			first = p
		}
		out = append(out, p.Rows...)
		if p.Next == (models.Mark{}) {
			break
		}
		if len(p.Rows) != q.Limit {
			t.Fatalf("a page of %d rows is followed by another; want %d", len(p.Rows), q.Limit)
		}
		q.After = p.Next
	}
	var sum workflow.Cents
	for i, c := range out {
		sum += c.Application.Requested
		if i > 0 && !inOrder(q, out[i-1], c) {
			t.Errorf("%s stands before %s", out[i-1].Application.Number, c.Application.Number)
		}
	}
	if first.Count != len(out) || first.Requested != sum {
		t.Errorf("the count says %d and %s, the rows %d and %s", first.Count, first.Requested, len(out), sum)
	}
	return out
}

func inOrder(q models.Queue, a, b models.QueuedCase) bool {
	key := func(c models.QueuedCase) int64 {
		switch {
		case q.Sort == models.SortRequested:
			return int64(c.Application.Requested)
		case q.Sort == models.SortScore && !c.Scored:
			return -1
		case q.Sort == models.SortScore:
			return c.Score
		}
		return c.Application.SubmittedAt.UnixMicro()
	}
	x, y, i, j := key(a), key(b), a.Application.ID, b.Application.ID
	if q.Descending {
		x, y, i, j = y, x, j, i
	}
	return x < y || x == y && i < j
}

func ids(cases []models.QueuedCase) (out []workflow.ID) {
	for _, c := range cases {
		out = append(out, c.Application.ID)
	}
	return out
}

func TestTheQueueFindsACaseByEachFlagItHolds(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w, _ := queueWorld(t, db, 6)
		officer := w.As(workflow.ProgramOfficer)
		c := w.NewCase("Flagged, Inc.", 1_000_00).Submit()
		reviewer := w.Person(workflow.Reviewer)
		struck := c.ReviewBy(reviewer)
		c.Recommend()
		w.Act(officer, workflow.NounReview, struck, workflow.ActStrike, enginetest.Text("note", "a cousin"))
		w.Act(officer, workflow.NounApplication, c.Application, workflow.ActRequestInformation,
			enginetest.Text("question", "Why?"), enginetest.Date("due", workflow.DateOf(w.Now().AddDate(0, 0, 9))))
		w.Act(w.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActReply, enginetest.Replied("Because."))
		held := func(v *models.Viewer, flags ...string) []workflow.ID {
			return ids(walk(t, db, v, models.Queue{View: models.ViewAll, Flags: flags, Limit: 2}))
		}
		both := []workflow.ID{c.Application}
		for _, flags := range [][]string{{"review_struck"}, {"reply_received"}, {"terms_moved", "reply_received"}} {
			if got := held(officer, flags...); !slices.Equal(got, both) {
				t.Errorf("flagged for %v: %v, want %v", flags, got, both)
			}
		}
		if got := held(officer, "terms_moved"); len(got) != 0 {
			t.Errorf("flagged for what nothing is flagged for: %v", got)
		}
		w.Act(officer, workflow.NounApplication, c.Application, workflow.ActAcknowledge, enginetest.Text("flag", "review_struck"), enginetest.Text("note", "seen"))
		if got := held(officer, "review_struck"); len(got) != 0 {
			t.Errorf("looked at, and still flagged: %v", got)
		}
		if got := held(officer, "reply_received"); !slices.Equal(got, both) {
			t.Errorf("the other flag is gone with it: %v", got)
		}
		if checks, ok := verify(t, db); !ok {
			t.Errorf("the audit does not add up: %s", problems(checks))
		}
		if got := held(w.Viewer(w.Person(workflow.Reviewer)), "reply_received"); len(got) != 0 {
			t.Errorf("a reviewer learns of flags: %v", got)
		}
	})
}

func TestEveryViewOfTheQueueHasAsManyRowsAsItsTabSays(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w, all := queueWorld(t, db, 9)
		all[0].Recommend()
		all[4].Recommend()
		w.Act(w.As(workflow.ProgramOfficer), workflow.NounApplication, all[1].Application, workflow.ActRequestInformation,
			enginetest.Text("question", "Why?"), enginetest.Date("due", workflow.DateOf(w.Now().AddDate(0, 0, 9))))
		w.NewCase("Never Submitted LLC", 5_00)
		for _, role := range []workflow.Role{workflow.ProgramOfficer, workflow.SelectingOfficial, workflow.AppealsOfficial, workflow.Auditor, workflow.Reviewer} {
			v := w.As(role)
			first, err := db.Queue(context.Background(), v, models.Queue{View: models.ViewAll})
			if err != nil {
				t.Fatal(err)
			}
			for view, count := range first.Views {
				if got := len(walk(t, db, v, models.Queue{View: view, Limit: 2})); got != count {
					t.Errorf("%s: the tab %s says %d, the list has %d", role, view, count, got)
				}
			}
		}
		official, err := db.Queue(context.Background(), w.As(workflow.SelectingOfficial), models.Queue{View: models.ViewMine})
		if err != nil {
			t.Fatal(err)
		}
		if official.Count != 2 {
			t.Errorf("%d cases wait for the selecting official, want the 2 recommended ones", official.Count)
		}
	})
}

func TestTheQueueIsSearchedByNumberTitleCompanyAndCity(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w, all := queueWorld(t, db, 6)
		w.NewCase("智慧製造股份有限公司", 1_00).Submit()
		number := func(c *enginetest.Case) string {
			a, err := models.Record[workflow.Application](context.Background(), db.Reader, &models.Viewer{System: true}, workflow.NounApplication, c.Application)
			if err != nil {
				t.Fatal(err)
			}
			return a.Number
		}
		for search, want := range map[string]int{
			"": 7, "company": 6, "COMPANY 03": 1, number(all[2]): 1, "predictive water": 7, "bend": 7, "labs bend": 2,
			"100%": 2, "%": 0, "_": 0, `\`: 0, "labs robotics": 0, "nowhere": 0, "\x00": 7, "\xff company": 6, "智慧": 1, "製造 bend": 1, "慧造": 0,
		} {
			if got := len(walk(t, db, w.As(workflow.ProgramOfficer), models.Queue{View: models.ViewAll, Search: search, Limit: 4})); got != want {
				t.Errorf("search %q finds %d cases, want %d", search, got, want)
			}
		}
	})
}

func TestTheSearchFollowsWhatIsChanged(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		first, second := w.Draft(1_00), w.NewCase("Second, Inc.", 1_00)
		found := func(search string) []workflow.ID {
			return ids(walk(t, db, w.As(workflow.ProgramOfficer), models.Queue{View: models.ViewDrafts, Search: search, Limit: 9}))
		}
		w.Act(w.Viewer(first.AOR), workflow.NounApplication, first.Application, workflow.ActSave, enginetest.Text("title", "水資源 Leak detection"))
		w.Act(w.Viewer(second.AOR), workflow.NounOrganization, second.Company, workflow.ActUpdate, enginetest.Text("city", "Zürich"))
		changed := map[string][]workflow.ID{"水資": {first.Application}, "leak": {first.Application}, "predictive": {second.Application},
			"zurich second": {second.Application}, "bend": {first.Application}, "leak zurich": nil}
		for search, want := range changed {
			if got := found(search); !slices.Equal(got, want) {
				t.Errorf("%q finds %v, want %v", search, got, want)
			}
		}
		if _, err := db.Pool().Exec("DELETE FROM search_terms"); err != nil {
			t.Fatal(err)
		}
		if got := found("leak"); got != nil {
			t.Errorf("without its words the search finds %v", got)
		}
		if err := models.IndexAll(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		sound(t, db)
	})
}

func TestWhoStoodAsideFindsNoTraceOfTheCase(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		ctx := context.Background()
		w, all := queueWorld(t, db, 3)
		reviewer := w.Reviewers[1]
		gone, kept := all[1], all[2]
		review := gone.Invite(reviewer)
		kept.Invite(reviewer)
		before := walk(t, db, w.Viewer(reviewer), models.Queue{View: models.ViewAll, Limit: 2})
		w.Act(w.Viewer(reviewer), workflow.NounReview, review, workflow.ActRecuse, enginetest.Text("note", "A cousin works there."))
		v := w.Viewer(reviewer)
		after := walk(t, db, v, models.Queue{View: models.ViewAll, Limit: 2})
		if got, want := ids(before), []workflow.ID{gone.Application, kept.Application}; !slices.Equal(got, want) {
			t.Errorf("assigned: %v, want %v", got, want)
		}
		if got, want := ids(after), []workflow.ID{kept.Application}; !slices.Equal(got, want) {
			t.Errorf("after standing aside: %v, want %v", got, want)
		}
		if p, err := db.Queue(ctx, v, models.Queue{View: models.ViewAll, Search: "Company 01"}); err != nil || p.Count != 0 || p.Requested != 0 {
			t.Errorf("the search still finds %d cases worth %s (%v)", p.Count, p.Requested, err)
		}
		if _, err := db.Case(ctx, v, gone.Application); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("the case answers %v", err)
		}
		mine, err := db.MyReviews(ctx, v)
		if err != nil || len(mine) != 1 || mine[0].Review.Application != kept.Application {
			t.Errorf("my reviews are %v (%v)", mine, err)
		}
	})
}

func TestAReviewerReadsNobodyElsesReview(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		ctx := context.Background()
		w := enginetest.New(t, db)
		c := w.Draft(1_000_00).Submit()
		other := c.ReviewBy(w.Reviewers[0])
		own := c.Invite(w.Reviewers[1])
		v := w.Viewer(w.Reviewers[1])
		if _, err := db.Row(ctx, v, workflow.NounReview, other); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("the other review answers %v", err)
		}
		d, err := db.Case(ctx, v, c.Application)
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Reviews) != 1 || d.Reviews[0].ID != own {
			t.Errorf("the case shows the reviews %v", d.Reviews)
		}
		p, err := db.Queue(ctx, v, models.Queue{View: models.ViewAll, Sort: models.SortScore})
		if err != nil {
			t.Fatal(err)
		}
		if row := p.Rows[0]; row.Scored || row.Score != 0 || row.ReviewsIn != 0 || row.Officer != "" {
			t.Errorf("the queue tells a reviewer %+v", row)
		}
	})
}

func TestTryingTellsWhatTheTableSaysAndChangesNothing(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		ctx := context.Background()
		w := enginetest.New(t, db)
		c := w.Draft(1_000_00).Submit().Review()
		officer := w.As(workflow.ProgramOfficer)
		row, err := db.Row(ctx, officer, workflow.NounApplication, c.Application)
		if err != nil {
			t.Fatal(err)
		}
		recommend := workflow.Command{Noun: workflow.NounApplication, Action: workflow.ActRecommend, ID: c.Application, Received: w.Now(),
			Inputs: []workflow.Input{enginetest.Cents("amount", 1_000_00)}}
		award := workflow.Command{Noun: workflow.NounApplication, Action: workflow.ActAward, ID: c.Application, Received: w.Now()}
		answers, err := db.Try(ctx, officer, w.Now(), recommend, award)
		if err != nil {
			t.Fatal(err)
		}
		var no *workflow.Refusal
		if answers[0] != nil || !errors.As(answers[1], &no) || no.Reason != workflow.ReasonNoRow {
			t.Errorf("answers %v", answers)
		}
		again, err := db.Row(ctx, officer, workflow.NounApplication, c.Application)
		if err != nil || again.Record != row.Record {
			t.Errorf("the record moved from %+v to %+v (%v)", row.Record, again.Record, err)
		}
		for name, v := range map[string]*models.Viewer{"a stranger": w.Viewer(w.Member(w.Organization("Elsewhere LLC", 1_00), workflow.AOR)), "an unasked reviewer": w.Viewer(w.Reviewers[2])} {
			if answers, err = db.Try(ctx, v, w.Now(), recommend); err != nil || !errors.Is(answers[0], models.ErrNotFound) {
				t.Errorf("%s is told %v (%v)", name, answers[0], err)
			}
		}
		c.Recommend()
		official := w.Viewer(w.People[workflow.ProgramOfficer])
		official.Grants = append(official.Grants, models.ViewerGrant{Role: workflow.SelectingOfficial, Program: w.Program})
		if answers, err = db.Try(ctx, official, w.Now(), award); err != nil || !errors.As(answers[0], &no) || no.Reason != "you_recommended_this" || no.Kind != workflow.NotYours {
			t.Errorf("the recommender may award: %v (%v)", answers[0], err)
		}
	})
}

func TestAListCountsAndAddsUpWhatItShows(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		ctx := context.Background()
		w := enginetest.New(t, db)
		var total workflow.Cents
		for i := range 5 {
			c := w.NewCase(fmt.Sprintf("Payee %c", 'a'+i), workflow.Cents(i+1)*300_00).To()
			c.Claim(0)
			total += c.Tranches()[0].Amount
		}
		v := w.As(workflow.FinancePreparer)
		var sum workflow.Cents
		var rows int
		f := models.Filter{Limit: 2}
		for {
			l, err := models.List[workflow.Payment](ctx, db.Reader, v, workflow.NounPayment, f, "payee")
			if err != nil {
				t.Fatal(err)
			}
			if l.Count != 5 || l.Sum != total || l.ByState[workflow.Ready] != 5 {
				t.Fatalf("the list says %d, %s, %v; want 5, %s", l.Count, l.Sum, l.ByState, total)
			}
			for _, p := range l.Rows {
				sum, rows = sum+p.Amount, rows+1
			}
			if f.Before = l.Next; f.Before == 0 {
				break
			}
		}
		if rows != 5 || sum != total {
			t.Errorf("the pages hold %d rows worth %s", rows, sum)
		}
		l, err := models.List[workflow.Payment](ctx, db.Reader, v, workflow.NounPayment, models.Filter{}, "Payee d")
		if err != nil || l.Count != 1 || len(l.Rows) != 1 {
			t.Errorf("the search finds %d of which %d are shown (%v)", l.Count, len(l.Rows), err)
		}
	})
}

func TestDuePaymentsSayWhyTheyCannotBeBatched(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		ctx := context.Background()
		w := enginetest.New(t, db)
		_, ready := w.NewCase("Ready LLC", 900_00).To().Claim(0)
		_, held := w.NewCase("Held LLC", 900_00).To().Claim(0)
		w.Act(w.As(workflow.FinanceCertifier), workflow.NounPayment, held, workflow.ActHold, enginetest.Text("note", "Call them."))
		due, more, err := db.DuePayments(ctx, w.As(workflow.FinancePreparer), w.Program, w.Now())
		if err != nil || more || len(due) != 2 {
			t.Fatalf("%d payments are due, more %t (%v)", len(due), more, err)
		}
		if due[0].Payment.ID != ready || due[0].Why != nil {
			t.Errorf("the ready one: %v", due[0].Why)
		}
		if due[1].Payment.ID != held || due[1].Why == nil || due[1].Why.Reason != workflow.ReasonNoRow {
			t.Errorf("the held one: %v", due[1].Why)
		}
		batch := w.Must(workflow.NounBatch, workflow.ActCreate, w.Program, w.As(workflow.FinancePreparer),
			enginetest.Date("effective", workflow.DateOf(w.Now()).AddDays(2)), enginetest.Text("payments", ready.String())).ID
		p, err := db.BatchPage(ctx, w.As(workflow.FinanceCertifier), batch, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		if !p.Whole || p.Count != 1 || p.Sum != p.Batch.Total || !p.Health.Agrees || p.Health.Accounts+p.Health.Awards+p.Health.Holds != 0 {
			t.Errorf("the batch page has %+v", p)
		}
	})
}

// A reviewer judges by the application, not by what the staff thinks of it or what
// the company earns.
func TestAReviewerReadsTheApplicationAndNoMore(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		c := w.Draft(148_500_00).Submit()
		c.Invite(w.Reviewers[0])
		row, err := db.Row(t.Context(), w.Viewer(w.Reviewers[0]), workflow.NounApplication, c.Application)
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]bool{}
		for _, cell := range row.Cells {
			names[cell.Name] = true
		}
		for name, want := range map[string]bool{"title": true, "approach": true, "requested": true, "verdict": false, "recommended": false, "rank": false, "flag": false} {
			if names[name] != want {
				t.Errorf("reads %s: %v, want %v", name, names[name], want)
			}
		}
		ask := func(action workflow.Action, in ...workflow.Input) {
			w.Act(w.As(workflow.ProgramOfficer), workflow.NounApplication, c.Application, action, in...)
		}
		ask(workflow.ActRequestInformation, enginetest.Text("question", "Why?"), enginetest.Date("due", workflow.DateOf(w.Now()).AddDays(9)))
		ask(workflow.ActCancelRequest)
		own := c.ReviewBy(w.Reviewers[1])
		c.ReviewBy(w.Person(workflow.Reviewer))
		c.Recommend()
		for name, v := range map[string]*models.Viewer{"who was asked": w.Viewer(w.Reviewers[0]), "who was done": w.Viewer(w.Reviewers[1])} {
			one, err := db.Events(t.Context(), v, workflow.NounApplication, c.Application)
			if err != nil {
				t.Fatal(err)
			}
			all, err := db.CaseEvents(t.Context(), v, c.Application)
			if err != nil {
				t.Fatal(err)
			}
			slices.Reverse(all)
			for how, list := range map[string][]models.Event{"the record": one, "the case": all} {
				var got []workflow.Action
				for _, e := range list {
					got = append(got, e.Action)
				}
				if want := []workflow.Action{workflow.ActSubmit, workflow.ActRequestInformation}; !slices.Equal(got, want) {
					t.Errorf("%s is told of %s: %v, want %v", name, how, got, want)
				}
			}
		}
		if mine, err := db.Events(t.Context(), w.Viewer(w.Reviewers[1]), workflow.NounReview, own); err != nil || len(mine) != 3 {
			t.Errorf("a reviewer is told of their own review: %+v, %v", mine, err)
		}
	})
}

// The staff is told how a reviewer's scores compare with those of others, without the
// cases that they have no part in; a reviewer is told nothing.
func TestReviewersAreHeldAgainstOthersByWhatTheReaderMaySee(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		var cases []*enginetest.Case
		for range 4 {
			c := w.NewCase(fmt.Sprintf("Company %d", len(cases)), 1_000_00).Submit()
			for n, reviewer := range w.Reviewers[:2] {
				points := int64(60)
				if n == 0 {
					points += 10 * int64(len(cases))
				}
				review := c.Invite(reviewer)
				w.Act(w.Viewer(reviewer), workflow.NounReview, review, workflow.ActAccept, enginetest.Int("no_conflict", 1))
				w.Act(w.Viewer(reviewer), workflow.NounReview, review, workflow.ActSubmit, enginetest.Scores(points, points, points, points), enginetest.Text("comment", "Sound."))
			}
			cases = append(cases, c)
		}
		told := func(v *models.Viewer, reviewer workflow.ID) (cases, higher int64) {
			t.Helper()
			got, err := db.Calibrations(t.Context(), v, w.Program, reviewer)
			if err != nil {
				t.Fatal(err)
			}
			c := got[reviewer]
			return c.Cases, c.Higher()
		}
		want := func(v *models.Viewer, reviewer workflow.ID, cases, higher int64) {
			t.Helper()
			if c, h := told(v, reviewer); c != cases || h != higher {
				t.Errorf("%d cases, %d higher; want %d, %d", c, h, cases, higher)
			}
		}
		officer := w.Person(workflow.ProgramOfficer)
		want(w.Viewer(officer), w.Reviewers[0], 4, 15_00)
		want(w.Viewer(officer), w.Reviewers[1], 4, -15_00)
		want(w.Viewer(officer), w.Reviewers[2], 0, 0)
		want(w.Viewer(w.Reviewers[0]), w.Reviewers[1], 0, 0)
		w.Must(workflow.NounConflict, workflow.ActCreate, cases[3].Application, nil, enginetest.Int("person", int64(officer)), enginetest.Text("declared", "a cousin"))
		want(w.Viewer(officer), w.Reviewers[0], 3, 10_00)
	})
}
