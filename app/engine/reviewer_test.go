package engine_test

import (
	"maps"
	"sync"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// pooled returns what the pool tells of a reviewer.
func pooled(t *testing.T, w *enginetest.World, person workflow.ID) models.PoolReviewer {
	t.Helper()
	pool, err := w.DB.ReviewerPool(t.Context(), w.As(workflow.ProgramLead))
	if err != nil {
		t.Fatal(err)
	}
	for i := range pool {
		if pool[i].Grant.Person == person {
			return pool[i]
		}
	}
	t.Fatalf("%d is not in the pool", person)
	return models.PoolReviewer{}
}

// topical has the world's opportunity ask what an application is about.
func topical(w *enginetest.World) {
	w.T.Helper()
	w.Apply("topics", w.Plan(func(p *workflow.Plan) {
		terms := &p.Opportunities[0].Terms
		terms.Sections[2].Questions = []workflow.Question{{Name: "field", Kind: workflow.QuestionChoice, Label: workflow.Label{EN: "Field", ZH: "領域"},
			Choices: []workflow.CodeTerm{{Code: "robots", Label: workflow.Label{EN: "Robots", ZH: "機器人"}}, {Code: "water", Label: workflow.Label{EN: "Water", ZH: "水"}}}}}
		terms.Topic = "field"
	}))
}

// about gives a case a topic and submits it.
func about(c *enginetest.Case, topic string) *enginetest.Case {
	c.W.T.Helper()
	c.W.Act(c.W.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSave, enginetest.Text("answers", workflow.AnswersText(map[string]string{"field": topic})))
	return c.Submit()
}

// The staff notes what a reviewer is an expert in and how many reviews they take; topics are
// those of the program, and nobody is asked for more than they take.
func TestAReviewerIsAskedForNoMoreThanTheyTake(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		topical(w)
		who, officer := w.Reviewers[0], w.As(workflow.ProgramOfficer)
		grant := pooled(t, w, who).Grant.ID
		update := func(as *models.Viewer, in ...workflow.Input) error {
			_, err := w.Do(as, workflow.NounGrant, grant, workflow.ActUpdate, in...)
			return err
		}
		if got := refusedFor(update(officer, enginetest.Text("expertise", "stars"))); got != "topic_unknown" {
			t.Errorf("a topic that there is not: %q", got)
		}
		if err := update(officer, enginetest.Text("expertise", "robots,water"), enginetest.Int("max_reviews", 1)); err != nil {
			t.Fatal(err)
		}
		for _, role := range []workflow.Role{workflow.Reviewer, workflow.AOR, workflow.Auditor, workflow.Admin} {
			if err := update(w.As(role), enginetest.Int("max_reviews", 9)); err == nil {
				t.Errorf("%s changes it", role)
			}
		}
		first, second := w.NewCase("One", 900_00).Submit(), w.NewCase("Two", 900_00).Submit()
		first.Invite(who)
		_, err := w.Make(officer, workflow.NounReview, workflow.ActInvite, second.Application, enginetest.Int("reviewer", int64(who)),
			enginetest.Date("due", workflow.DateOf(w.Now()).AddDays(14)))
		if got := refusedFor(err); got != "reviewer_full" {
			t.Errorf("with as many as they take: %q", got)
		}
		if p := pooled(t, w, who); p.Open != 1 || !p.Expert("water") || p.Expert("") || p.Submitted != 0 {
			t.Errorf("the pool tells %+v", p)
		}
		if pool, err := db.ReviewerPool(t.Context(), w.Viewer(who)); err != nil || len(pool) != 0 {
			t.Errorf("a reviewer reads the pool: %v, %v", pool, err)
		}
	})
}

// Reviewers are drawn among those who may review a case, experts first; the same seed and
// facts draw the same.
func TestReviewersAreDrawnForCases(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		topical(w)
		lead, officer := w.As(workflow.ProgramLead), w.As(workflow.ProgramOfficer)
		w.Act(officer, workflow.NounGrant, pooled(t, w, w.Reviewers[0]).Grant.ID, workflow.ActUpdate, enginetest.Text("expertise", "water"))
		w.Act(officer, workflow.NounGrant, pooled(t, w, w.Reviewers[2]).Grant.ID, workflow.ActUpdate, enginetest.Int("max_reviews", 1))
		wet, other, third := about(w.NewCase("One", 900_00), "water"), about(w.NewCase("Two", 900_00), "robots"), about(w.NewCase("Three", 900_00), "")
		w.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(w.Reviewers[1])), enginetest.Text("role", workflow.AOR.String()),
			enginetest.Int("organization", int64(third.Company)))
		third.Invite(w.Reviewers[0])
		cases, err := db.Queued(t.Context(), lead, wet.Application, other.Application, third.Application)
		if err != nil {
			t.Fatal(err)
		}
		draw := func(seed int64) map[workflow.ID]workflow.ID {
			got, err := db.Draw(t.Context(), lead, workflow.NounReview, seed, cases)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		got := draw(7)
		if !maps.Equal(got, draw(7)) {
			t.Error("the same seed draws others")
		}
		if got[wet.Application] != w.Reviewers[0] {
			t.Errorf("the expert does not get the case about water: %v", got)
		}
		if got[third.Application] != w.Reviewers[2] {
			t.Errorf("who reviews it already, or belongs to the applicant, gets a case: %v", got)
		}
		if got[other.Application] != w.Reviewers[1] {
			t.Errorf("who has as many as they take gets another: %v", got)
		}
	})
}

// Two officers ask one reviewer, who takes one review more, at once: one of them is refused.
func TestAReviewerHasNoMoreThanTheyTakeWhenTwoAskAtOnce(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		officer := w.As(workflow.ProgramOfficer)
		for range 8 {
			who := w.Person(workflow.Reviewer)
			w.Act(officer, workflow.NounGrant, pooled(t, w, who).Grant.ID, workflow.ActUpdate, enginetest.Int("max_reviews", 1))
			cases := []*enginetest.Case{w.NewCase("One", 900_00).Submit(), w.NewCase("Two", 900_00).Submit()}
			errs := make([]error, len(cases))
			var both sync.WaitGroup
			for i, c := range cases {
				both.Go(func() {
					_, errs[i] = w.Make(officer, workflow.NounReview, workflow.ActInvite, c.Application, enginetest.Int("reviewer", int64(who)),
						enginetest.Date("due", workflow.DateOf(w.Now()).AddDays(14)))
				})
			}
			both.Wait()
			if (errs[0] == nil) == (errs[1] == nil) || refusedFor(errs[0])+refusedFor(errs[1]) != "reviewer_full" {
				t.Fatalf("at once, they answer %v and %v", errs[0], errs[1])
			}
		}
	})
}
