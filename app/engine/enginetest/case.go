package enginetest

import (
	"context"
	"strconv"
	"time"

	"tranche/models"
	"tranche/workflow"
)

// A Case is one application on its way through a World.
type Case struct {
	W           *World
	Company     workflow.ID
	AOR         workflow.ID
	Requested   workflow.Cents
	Application workflow.ID
	Award       workflow.ID
	Account     workflow.ID
}

// Draft starts a complete draft of the world's own company.
func (w *World) Draft(requested workflow.Cents) *Case {
	w.T.Helper()
	return w.DraftOf(w.Company, w.People[workflow.AOR], requested)
}

// NewCase starts a complete draft of a new company.
func (w *World) NewCase(name string, requested workflow.Cents) *Case {
	w.T.Helper()
	company := w.Organization(name, 1_000_000_00)
	return w.DraftOf(company, w.member(company, workflow.AOR), requested)
}

// DraftOf starts a complete draft of a company.
func (w *World) DraftOf(company, aor workflow.ID, requested workflow.Cents) *Case {
	w.T.Helper()
	c := &Case{W: w, Company: company, AOR: aor, Requested: requested}
	c.Application = w.Must(workflow.NounApplication, workflow.ActStart, w.Opportunity, w.Viewer(aor), Int("organization", int64(company)),
		Text("title", "Predictive maintenance for rural water utilities"), Text("summary", "Pumps fail unseen."),
		Text("approach", "Sensors and a compact model."), Text("outcome", "Less downtime."), Cents("requested", requested),
		Int("months", 12), Int("certified", 1)).ID
	return c
}

// Submit submits the draft and runs the screening.
func (c *Case) Submit() *Case {
	c.W.T.Helper()
	c.do(c.AOR, workflow.ActSubmit)
	c.do(0, workflow.ActScreenPass)
	return c
}

// Review has one reviewer submit scores.
func (c *Case) Review() *Case {
	w := c.W
	w.T.Helper()
	c.ReviewBy(w.Reviewers[0])
	return c
}

// ReviewBy invites person and has them submit scores; it returns the review.
func (c *Case) ReviewBy(person workflow.ID) workflow.ID {
	w := c.W
	w.T.Helper()
	id := c.Invite(person)
	w.Act(w.Viewer(person), workflow.NounReview, id, workflow.ActAccept, Int("no_conflict", 1))
	w.Act(w.Viewer(person), workflow.NounReview, id, workflow.ActSubmit, Text("comment", "Sound."), Scores(80))
	return id
}

// Scores is the input that gives each criterion of the usual rubric its points;
// the last are given to those that remain.
func Scores(points ...int64) workflow.Input {
	given := map[string]string{}
	for i, criterion := range workflow.Rubric {
		given[criterion.Name] = strconv.FormatInt(points[min(i, len(points)-1)], 10)
	}
	return Text("scores", workflow.AnswersText(given))
}

// Replied is the input of a reply that answers the questions of a first request in order.
func Replied(answers ...string) workflow.Input {
	given := map[string]string{}
	for i, one := range answers {
		given["q"+strconv.Itoa(i+1)] = one
	}
	return Text("reply", workflow.AnswersText(given))
}

// Invite invites person to review and returns the review.
func (c *Case) Invite(person workflow.ID) workflow.ID {
	w := c.W
	w.T.Helper()
	return w.Must(workflow.NounReview, workflow.ActInvite, c.Application, w.As(workflow.ProgramOfficer), Int("reviewer", int64(person)),
		Date("due", workflow.DateOf(w.Now().AddDate(0, 0, 14)))).ID
}

// Recommend recommends all that was requested.
func (c *Case) Recommend() *Case {
	c.W.T.Helper()
	c.do(c.W.People[workflow.ProgramOfficer], workflow.ActRecommend, Cents("amount", c.Requested))
	return c
}

// Looked has an officer look at evidence that has changed.
func (c *Case) Looked() *Case {
	c.W.T.Helper()
	c.do(c.W.People[workflow.ProgramOfficer], workflow.ActAcknowledge, Text("flag", "evidence_changed"), Text("note", "seen"))
	return c
}

// Awarded decides for all that was requested.
func (c *Case) Awarded() *Case {
	w := c.W
	w.T.Helper()
	c.do(w.People[workflow.SelectingOfficial], workflow.ActAward, Cents("amount", c.Requested))
	app, err := models.Record[workflow.Application](context.Background(), w.DB.Reader, system, workflow.NounApplication, c.Application)
	if err != nil {
		w.T.Fatal(err)
	}
	c.Award = app.Award
	return c
}

// Bank enters and verifies the company's bank account.
func (c *Case) Bank() *Case {
	w := c.W
	w.T.Helper()
	c.Account = w.Must(workflow.NounBankAccount, workflow.ActEnter, c.Company, w.Viewer(c.AOR), Text("routing", "021000021"),
		Text("sealed", "c2VhbGVkIGZvciBhIHRlc3Q="), Text("last4", "4471"), Text("holder", "Cascadia Robotics, Inc.")).ID
	w.Act(w.As(workflow.FinanceCertifier), workflow.NounBankAccount, c.Account, workflow.ActVerify, Text("method", "call_back"))
	return c
}

// Active has the award accepted and countersigned.
func (c *Case) Active() *Case {
	w := c.W
	w.T.Helper()
	w.Act(w.Viewer(c.AOR), workflow.NounAward, c.Award, workflow.ActAccept)
	w.Act(w.As(workflow.GrantsOfficer), workflow.NounAward, c.Award, workflow.ActCountersign)
	return c
}

// Tranches lists the award's tranches in their order.
func (c *Case) Tranches() []workflow.Tranche {
	w := c.W
	w.T.Helper()
	list, err := models.Records[workflow.Tranche](context.Background(), w.DB.Reader, system, workflow.NounTranche,
		models.Filter{Where: map[string]workflow.ID{"award_id": c.Award}})
	if err != nil {
		w.T.Fatal(err)
	}
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}

// Claim starts, submits, verifies and approves a claim for the n-th tranche and
// returns the claim and its payment.
func (c *Case) Claim(n int) (claim, payment workflow.ID) {
	w := c.W
	w.T.Helper()
	tranche := c.Tranches()[n]
	if due := tranche.Due.Time(); w.Now().Before(due) {
		w.Advance(due.Sub(w.Now()) + time.Hour)
	}
	c.Reported() // or claims would have to wait
	claim = w.Must(workflow.NounClaim, workflow.ActStart, c.Award, w.Viewer(c.AOR), Int("tranche", int64(tranche.ID)),
		Text("kind", "fixed_amount"), Cents("amount", tranche.Amount), Text("narrative", "Delivered.")).ID
	w.Act(w.Viewer(c.AOR), workflow.NounClaim, claim, workflow.ActSubmit)
	w.Act(w.As(workflow.ProgramOfficer), workflow.NounClaim, claim, workflow.ActVerify, Int("accepted", 1))
	w.Act(w.As(workflow.GrantsOfficer), workflow.NounClaim, claim, workflow.ActApprove)
	row, err := models.Record[workflow.Claim](context.Background(), w.DB.Reader, system, workflow.NounClaim, claim)
	if err != nil {
		w.T.Fatal(err)
	}
	return claim, row.Payment
}

// AsksFor is what is typed in to ask for an amendment.
func AsksFor(kind string, in ...workflow.Input) []workflow.Input {
	return append([]workflow.Input{Text("kind", kind), Text("reason", "The work asks for it.")}, in...)
}

// Ask has the recipient ask for an amendment and returns it.
func (c *Case) Ask(kind string, in ...workflow.Input) workflow.ID {
	c.W.T.Helper()
	return c.W.Must(workflow.NounAmendment, workflow.ActRequest, c.Award, c.W.Viewer(c.AOR), AsksFor(kind, in...)...).ID
}

// Approved has the grants officer approve an amendment that the recipient asked for.
func (c *Case) Approved(kind string, in ...workflow.Input) workflow.ID {
	c.W.T.Helper()
	id := c.Ask(kind, in...)
	c.W.Act(c.W.As(workflow.GrantsOfficer), workflow.NounAmendment, id, workflow.ActApprove)
	return id
}

// Signed has the recipient sign it too.
func (c *Case) Signed(kind string, in ...workflow.Input) workflow.ID {
	c.W.T.Helper()
	id := c.Approved(kind, in...)
	c.W.Act(c.W.Viewer(c.AOR), workflow.NounAmendment, id, workflow.ActSign)
	return id
}

// To runs every step up to the award in force.
func (c *Case) To() *Case {
	c.W.T.Helper()
	return c.Submit().Review().Recommend().Awarded().Bank().Active()
}

func (c *Case) do(person workflow.ID, action workflow.Action, in ...workflow.Input) {
	c.W.T.Helper()
	c.W.Act(c.W.Viewer(person), workflow.NounApplication, c.Application, action, in...)
}
