package engine_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tranche/app/engine"
	"tranche/app/engine/enginetest"
	"tranche/app/jobs"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

// everyDuty are roles that together may look at everything of a case.
var everyDuty = []workflow.Role{workflow.Reviewer, workflow.ProgramOfficer, workflow.ProgramLead, workflow.SelectingOfficial, workflow.GrantsOfficer,
	workflow.SecurityReviewer, workflow.AppealsOfficial, workflow.FinancePreparer, workflow.FinanceCertifier, workflow.FinanceReleaser, workflow.Auditor}

// A busybody is somebody with every duty.
func busybody(w *enginetest.World) workflow.ID {
	person := w.Person(everyDuty[0])
	for _, role := range everyDuty[1:] {
		w.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(person)), enginetest.Text("role", role.String()),
			enginetest.Int("program", int64(w.Program)))
	}
	return person
}

func wantAudit(t *testing.T, db *models.DB) {
	t.Helper()
	ok, err := db.Verify(t.Context(), func(c models.Check) {
		for _, p := range c.Problems {
			t.Errorf("%s: %v", c.Name, p)
		}
	})
	if err != nil || !ok {
		t.Errorf("the audit does not add up: %v", err)
	}
}

// A channel is one way in which somebody may learn of a case: it returns how often
// they do.
type channel struct {
	name string
	of   func(v *models.Viewer) int
}

// channels lists the ways in which somebody may learn of a case. What is told of other
// cases is not counted.
func channels(t *testing.T, w *enginetest.World, c *enginetest.Case, claim, payment, batch, hold, exception, review workflow.ID) (list []channel) {
	t.Helper()
	ctx := t.Context()
	a, err := models.Record[workflow.Application](ctx, w.DB.Reader, &models.Viewer{System: true}, workflow.NounApplication, c.Application)
	if err != nil {
		t.Fatal(err)
	}
	told := func(err error) int {
		if errors.Is(err, models.ErrNotFound) {
			return 0
		}
		return 1
	}
	add := func(name string, of func(v *models.Viewer) int) { list = append(list, channel{name, of}) }
	ids := map[workflow.Noun]workflow.ID{workflow.NounApplication: c.Application, workflow.NounReview: review, workflow.NounAward: c.Award, workflow.NounTranche: c.Tranches()[0].ID,
		workflow.NounClaim: claim, workflow.NounPayment: payment, workflow.NounHold: hold, workflow.NounException: exception,
		workflow.NounClearance: c.Clearance(workflow.ClearSecurity).ID}
	for noun, id := range ids {
		add("the "+noun.String(), func(v *models.Viewer) int { _, err := w.DB.Row(ctx, v, noun, id); return told(err) })
		add("the list of "+noun.Plural(), func(v *models.Viewer) (n int) {
			rows, _, err := w.DB.Rows(ctx, v, noun, models.Filter{Limit: models.MaxLimit})
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				if row.Record.ID == id {
					n++
				}
			}
			return n
		})
		add("the events of the "+noun.String(), func(v *models.Viewer) int { _, err := w.DB.Events(ctx, v, noun, id); return told(err) })
	}
	queue := func(v *models.Viewer, q models.Queue) models.QueuePage {
		q.View, q.Limit = models.ViewAll, models.MaxLimit
		p, err := w.DB.Queue(ctx, v, q)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	find := func(p models.QueuePage) (n int) {
		for _, row := range p.Rows {
			if row.Application.ID == c.Application {
				n++
			}
		}
		return n
	}
	add("the queue", func(v *models.Viewer) int { return find(queue(v, models.Queue{})) })
	add("the count of the queue", func(v *models.Viewer) int { return queue(v, models.Queue{}).Count - 1 })
	add("the sum of the queue", func(v *models.Viewer) int { return int((queue(v, models.Queue{}).Requested - 11_00) / a.Requested) })
	add("the counts of views", func(v *models.Viewer) int { return queue(v, models.Queue{}).Views[models.ViewAll] - 1 })
	for _, sort := range []models.Sort{models.SortRequested, models.SortScore} {
		add("sorting by "+string(sort), func(v *models.Viewer) int { return find(queue(v, models.Queue{Sort: sort, Descending: true})) })
	}
	for _, search := range []string{a.Number, a.Title, "Hidden"} {
		add("searching for "+search, func(v *models.Viewer) int {
			p := queue(v, models.Queue{Search: search})
			return find(p)
		})
	}
	add("filtering by state", func(v *models.Viewer) int { return find(queue(v, models.Queue{States: []workflow.State{a.State}})) })
	add("the export of the queue", func(v *models.Viewer) (n int) {
		err := w.DB.ExportQueue(ctx, v, models.Queue{View: models.ViewAll}, func([]string) error { return nil }, func(x *models.ExportedCase) error {
			if x.Application.ID == c.Application {
				n++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	})
	add("the page of the case", func(v *models.Viewer) int { _, err := w.DB.Case(ctx, v, c.Application); return told(err) })
	add("the events of the case", func(v *models.Viewer) int { _, err := w.DB.CaseEvents(ctx, v, c.Application); return told(err) })
	add("verdicts", func(v *models.Viewer) int { _, err := w.DB.Verdicts(ctx, v, c.Application); return told(err) })
	add("receipts", func(v *models.Viewer) int { _, err := w.DB.Receipts(ctx, v, c.Application); return told(err) })
	add("letters", func(v *models.Viewer) int { _, err := w.DB.Letters(ctx, v, c.Application); return told(err) })
	add("the mail log", func(v *models.Viewer) int { _, err := w.DB.Messages(ctx, v, c.Application); return told(err) })
	add("whom a mail is for", func(v *models.Viewer) int { // as app/notice asks
		_, err := w.DB.Row(ctx, v, workflow.NounApplication, c.Application)
		return told(err)
	})
	add("the money of the award", func(v *models.Viewer) int { _, err := w.DB.AwardMoney(ctx, v, c.Award); return told(err) })
	add("the lines of awards", func(v *models.Viewer) int { lines, _ := w.DB.AwardLines(ctx, v, c.Award); return len(lines) })
	add("the lines of claims", func(v *models.Viewer) int { lines, _ := w.DB.ClaimLines(ctx, v, claim); return len(lines) })
	add("the lines of payments", func(v *models.Viewer) int { lines, _ := w.DB.PaymentLines(ctx, v, payment); return len(lines) })
	add("the members of a batch", func(v *models.Viewer) int {
		p, err := w.DB.BatchPage(ctx, v, batch, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		return p.Count + len(p.Members) + int(p.Sum)
	})
	add("the sum and the count of payments", func(v *models.Viewer) int {
		l, err := models.List[workflow.Payment](ctx, w.DB.Reader, v, workflow.NounPayment, models.Filter{}, "")
		if err != nil {
			t.Fatal(err)
		}
		return l.Count + int(l.Sum)
	})
	add("the desk", func(v *models.Viewer) (n int) {
		d, err := w.DB.Desk(ctx, v, w.Now(), workflow.Errand{}, models.Mark{}, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, task := range d.Tasks {
			if slices.Contains([]workflow.ID{c.Application, claim, payment, hold, exception, c.Award}, task.Record.ID) {
				n++
			}
		}
		return n + d.Count[workflow.Errand{Noun: workflow.NounException, State: workflow.Requested, Action: workflow.ActApprove}]
	})
	add("trying", func(v *models.Viewer) int {
		answers, err := w.DB.Try(ctx, v, w.Now(), workflow.Command{Noun: workflow.NounApplication, Action: workflow.ActRecommend, ID: c.Application, Received: w.Now()})
		if err != nil {
			t.Fatal(err)
		}
		return told(answers[0])
	})
	add("a command", func(v *models.Viewer) int {
		_, err := w.Do(v, workflow.NounApplication, c.Application, workflow.ActRequestInformation)
		return told(err)
	})
	add("placing a hold", func(v *models.Viewer) int {
		_, err := w.Do(v, workflow.NounHold, 0, workflow.ActPlace, enginetest.Text("subject", "application"), enginetest.Int("subject_id", int64(c.Application)))
		return told(err)
	})
	return list
}

// Somebody with every duty, who belongs to nobody: from the moment that they are tied to
// the applicant, or stand aside, the case is not there for them by any channel.
func TestWhoHasAConflictFindsNoTraceByAnyChannel(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := enginetest.New(t, db)
		w.Require(workflow.ClearanceTerm{Kind: workflow.ClearSecurity})
		w.NewCase("Plain, Inc.", 11_00).Submit()
		c := w.NewCase("Hidden Heron, Inc.", 1_000_00).Submit()
		tied, aside, control := busybody(w), busybody(w), busybody(w)
		reviews := map[workflow.ID]workflow.ID{}
		for _, person := range []workflow.ID{tied, aside, control} {
			reviews[person] = c.ReviewBy(person)
		}
		c.Clear(workflow.ClearSecurity).Recommend().Awarded().Bank().Active()
		claim, payment := c.Claim(0)
		preparer := w.As(workflow.FinancePreparer)
		batch := w.Must(workflow.NounBatch, workflow.ActCreate, w.Program, preparer, enginetest.Date("effective", workflow.DateOf(w.Now()).AddDays(7))).ID
		exception := w.Must(workflow.NounException, workflow.ActRequest, w.Program, w.As(workflow.ProgramOfficer), enginetest.Text("act", workflow.Rectify),
			enginetest.Int("subject_id", int64(c.Application)), enginetest.Text("reason", "an error")).ID
		hold := w.Must(workflow.NounHold, workflow.ActPlace, w.Program, w.As(workflow.ProgramOfficer), enginetest.Text("subject", "application"),
			enginetest.Int("subject_id", int64(c.Application)), enginetest.Text("reason", "to be looked at"), enginetest.Date("next_look", workflow.DateOf(w.Now()).AddDays(7))).ID
		learn := func(person workflow.ID) (none, some []string) {
			v := w.Viewer(person)
			for _, ch := range channels(t, w, c, claim, payment, batch, hold, exception, reviews[person]) {
				if n := ch.of(v); n == 0 {
					none = append(none, ch.name)
				} else {
					some = append(some, fmt.Sprintf("%s (%d)", ch.name, n))
				}
			}
			return none, some
		}
		for _, person := range []workflow.ID{tied, aside} {
			if none, some := learn(person); len(some) < 30 || len(none) > 0 {
				t.Fatalf("before, %d channels tell of the case, and not %s", len(some), strings.Join(none, ", "))
			}
		}
		w.Must(workflow.NounConflict, workflow.ActCreate, c.Application, nil, enginetest.Int("person", int64(tied)), enginetest.Text("declared", "my brother runs it"))
		w.Act(w.Viewer(aside), workflow.NounReview, reviews[aside], workflow.ActRecuse, enginetest.Text("note", "a cousin"))
		// That they review no more gives nothing back.
		grant, err := models.Records[workflow.Grant](t.Context(), db.Reader, &models.Viewer{System: true}, workflow.NounGrant,
			models.Filter{Where: map[string]workflow.ID{"person_id": aside}, Limit: models.MaxLimit})
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range grant {
			if g.Role == workflow.Reviewer {
				w.Act(nil, workflow.NounGrant, g.ID, workflow.ActRevoke)
			}
		}
		for name, person := range map[string]workflow.ID{"who is tied": tied, "who stood aside": aside} {
			if none, some := learn(person); len(some) > 0 {
				t.Errorf("%s learns of the case by %s; %d channels are silent", name, strings.Join(some, ", "), len(none))
			}
		}
		if none, _ := learn(control); len(none) > 0 {
			t.Errorf("somebody else does not learn of the case by %s", strings.Join(none, ", "))
		}
		wantAudit(t, db)
	})
}

// A reviewer with a mail domain of the applicant is found, whoever comes first; another
// person waives it with a plan or takes them out, and what is found later is looked at anew.
func TestTiesAreFoundAndDecidedByAnother(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		ctx := t.Context()
		w := enginetest.New(t, db)
		c := w.NewCase("Hidden Heron, Inc.", 1_000_00).Submit()
		reviewer := w.Person(workflow.Reviewer)
		find := func() {
			t.Helper()
			if err := errors.Join(jobs.CompareOrganization(ctx, db, w.Engine, w.Now(), c.Company), jobs.TiesOfPerson(ctx, db, w.Engine, w.Now(), reviewer),
				jobs.TiesOfOrganization(ctx, db, w.Engine, w.Now(), c.Company)); err != nil {
				t.Fatal(err)
			}
		}
		conflict := func() workflow.Conflict {
			t.Helper()
			list, err := models.Records[workflow.Conflict](ctx, db.Reader, w.As(workflow.ProgramLead), workflow.NounConflict, models.Filter{Where: map[string]workflow.ID{"application_id": c.Application}})
			if err != nil || len(list) > 1 {
				t.Fatalf("%d conflicts: %v", len(list), err)
			}
			return append(list, workflow.Conflict{})[0]
		}
		refused := func(err error, reason workflow.Reason) {
			t.Helper()
			if no := new(workflow.Refusal); !errors.As(err, &no) || no.Reason != reason {
				t.Errorf("refused with %v, want %s", err, reason)
			}
		}
		if find(); conflict().ID != 0 {
			t.Fatalf("found %+v", conflict())
		}
		w.Must(workflow.NounInterest, workflow.ActCreate, 0, w.Viewer(reviewer), enginetest.Text("kind", workflow.InterestEmployer), enginetest.Text("name", "HIDDEN HERON"))
		invite := []workflow.Input{enginetest.Int("reviewer", int64(reviewer)), enginetest.Date("due", workflow.DateOf(w.Now()).AddDays(14))}
		_, err := w.Engine.Do(ctx, engine.Request{Viewer: w.As(workflow.ProgramOfficer), Command: workflow.Command{Noun: workflow.NounReview, Action: workflow.ActInvite,
			Parent: c.Application, Received: w.Now(), Inputs: invite}})
		refused(err, "reviewer_tied") // before any job has run
		find()
		find()
		k := conflict()
		if ties := k.Ties.List(); k.State != workflow.Open || k.Person != reviewer || len(ties) != 1 || ties[0].By != workflow.TieEmployer {
			t.Fatalf("found %+v", k)
		}
		w.Act(w.As(workflow.ProgramLead), workflow.NounConflict, k.ID, workflow.ActWaive, enginetest.Text("plan", "an observer reads along"))
		find()
		officer := w.As(workflow.ProgramOfficer)
		review := w.Must(workflow.NounReview, workflow.ActInvite, c.Application, officer, invite...).ID
		if plan, err := db.WaivedPlan(ctx, w.Viewer(reviewer), c.Application); err != nil || plan != "an observer reads along" {
			t.Errorf("the reviewer is told %q (%v)", plan, err)
		}
		// What they say before they open the case is decided by somebody else again.
		w.Act(w.Viewer(reviewer), workflow.NounReview, review, workflow.ActDeclare, enginetest.Text("note", "I own shares of it"))
		if got := conflict(); got.State != workflow.Open || len(got.Ties.List()) != 2 {
			t.Errorf("declared %+v", got)
		}
		if _, err := db.Row(ctx, w.Viewer(reviewer), workflow.NounReview, review); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("the review is still there: %v", err)
		}
		_, err = w.Do(w.Viewer(reviewer), workflow.NounReview, review, workflow.ActAccept, enginetest.Int("no_conflict", 1))
		if !errors.Is(err, models.ErrNotFound) {
			t.Errorf("and can be accepted: %v", err)
		}
		both := officer.Person // officer and lead
		w.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(both)), enginetest.Text("role", "program_lead"), enginetest.Int("program", int64(w.Program)))
		_, err = w.Do(w.Viewer(both), workflow.NounConflict, k.ID, workflow.ActWaive, enginetest.Text("plan", "never mind"))
		refused(err, "you_invited_them")
		w.Act(w.As(workflow.SelectingOfficial), workflow.NounConflict, k.ID, workflow.ActConfirm, enginetest.Text("note", "shares"))
		row, err := db.Row(ctx, w.As(workflow.ProgramOfficer), workflow.NounReview, review)
		if err != nil || row.Record.State != workflow.Recused {
			t.Errorf("the review is %s (%v)", row.Record.State, err)
		}
		find()
		if got := conflict(); got.State != workflow.Confirmed {
			t.Errorf("found again: %+v", got)
		}
		wantAudit(t, db)
	})
}
