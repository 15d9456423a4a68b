package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"tranche/workflow"
)

// A journey is one company's application on its road, with what became of it.
type journey struct {
	*drive
	c       *Company
	aor     string // who submits and signs
	app     record
	offer   record // the award
	request record // the claim for its first tranche
	account record
	version int // of the account: 1, or 2 once it was replaced
}

// The people of the program, by their hats.
var (
	officer   = workflow.ProgramOfficer.String()
	official  = workflow.SelectingOfficial.String()
	grants    = workflow.GrantsOfficer.String()
	preparer  = workflow.FinancePreparer.String()
	certifier = workflow.FinanceCertifier.String()
	releaser  = workflow.FinanceReleaser.String()
	security  = workflow.SecurityReviewer.String()
)

// key names one step of one company.
func (j *journey) key(step string) string { return j.c.UEI + "/" + step }

// day returns the day so many days after the start, as the API writes it.
func (d *drive) day(days int) string { return workflow.DateOf(d.start).AddDays(days).String() }

// on performs an action on the application.
func (j *journey) on(ctx context.Context, who, action string, body fields) error {
	return j.act(ctx, who, j.key(action), "applications", &j.app, action, body)
}

func (j *journey) begin(ctx context.Context) (err error) {
	name, _, _ := j.c.project()
	j.app, err = j.create(ctx, j.aor, j.key("start"), "applications", fields{
		"opportunity": j.opportunity, "organization": j.organizations[j.c.UEI], "title": name,
	})
	return err
}

func (j *journey) save(ctx context.Context) error {
	title, summary, outcome := j.c.project()
	now, err := j.write(ctx, j.aor, j.key("save"), http.MethodPatch, fmt.Sprintf("/applications/%d", j.app.ID), j.app.Version, fields{
		"summary":   summary,
		"approach":  j.c.approach(),
		"outcome":   outcome,
		"requested": dollars(j.c.Requested),
		"months":    6 + 3*j.c.draw("months", 7),
		"certified": true,
		"documents": fields{"work_plan": fields{"name": "work-plan.pdf", "content": workPlan(title, j.c.LegalName)}},
		"answers":   fields{"use_of_ai": []string{"product", "operations", "research"}[j.c.draw("use_of_ai", 3)], "employees": 4 + j.c.draw("employees", 240)},
	})
	if err == nil {
		j.app.saw(now)
	}
	return err
}

func (j *journey) submit(ctx context.Context) error { return j.on(ctx, j.aor, "submit", nil) }

func (j *journey) submitTooMuch(ctx context.Context) error {
	return j.refuse(j.c, "submit a request of "+j.c.Requested.Dollars(), "over_award_cap", j.on(ctx, j.aor, "submit", nil))
}

const (
	// screeningTime is how long the server's job may take before the demonstration gives up.
	screeningTime = 2 * time.Minute
	// lookAgain is the pause between two looks at what a job of the server does.
	lookAgain = 25 * time.Millisecond
)

// screened waits until the server has screened the application.
func (j *journey) screened(ctx context.Context) error {
	return j.await(ctx, "it was not screened", func() (bool, error) {
		err := j.see(ctx, officer, "applications", &j.app)
		return j.app.State != workflow.Submitted.String(), err
	})
}

// await waits for what a job of the server does to the application.
func (j *journey) await(ctx context.Context, not string, done func() (bool, error)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, screeningTime, fmt.Errorf("application %d: %s within %s", j.app.ID, not, screeningTime))
	defer cancel()
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		if err := wait(ctx, lookAgain); err != nil {
			return err
		}
	}
}

// noteVerdict writes down why the application went no further.
func (j *journey) noteVerdict(ctx context.Context) error {
	app, err := read[struct {
		State   string `json:"state"`
		Verdict string `json:"verdict"`
	}](ctx, j.drive, officer, "applications", j.app.ID)
	if err != nil {
		return err
	}
	var verdict workflow.Verdict
	if err := json.Unmarshal([]byte(app.Verdict), &verdict); err != nil {
		return fmt.Errorf("verdict of application %d: %w", j.app.ID, err)
	}
	if len(verdict.Reasons) == 0 {
		return fmt.Errorf("application %d was screened to %s without a reason", j.app.ID, app.State)
	}
	j.note(j.c, fmt.Sprintf("screening: %s with a revenue of %s", verdict.Outcome, verdict.Sum.Dollars()), string(verdict.Reasons[0]))
	return nil
}

// clear is what an officer does who has seen other evidence.
func (j *journey) clear(ctx context.Context) error {
	return j.on(ctx, officer, "clear", fields{"codes": []string{"evidence_accepted"},
		"note": "Invented for the demonstration: the affiliate was dissolved before the fiscal year ended; its final return was shown."})
}

// keepVerdict writes the verdict of the company's screening as the officer gets it:
// as a page, as JSON and as PDF.
func (j *journey) keepVerdict(ctx context.Context) error {
	p := j.people[officer]
	pages, err := j.client.signIn(ctx, p.email, p.password)
	if err != nil {
		return err
	}
	for name, suffix := range map[string]string{"verdict.html": "", "verdict.json": ".json", "verdict.pdf": ".pdf"} {
		text, err := pages.page(ctx, fmt.Sprintf("/applications/%d/verdict%s", j.app.ID, suffix))
		if err != nil {
			return err
		}
		if err := writeFile(filepath.Join(j.out, name), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (j *journey) ask(ctx context.Context) error {
	return j.on(ctx, officer, "request_information", fields{
		"question": "Please send the revenue statement of your affiliate for the last completed fiscal year.\nWho in your company answers questions about it?", "due": j.day(21),
	})
}

// panel returns the two reviewers of the company. The third belongs to one of
// the companies and takes over in another.
func (j *journey) panel() []string {
	switch j.c.Case {
	case ReviewerBelongs, ReviewerRecuses:
		return []string{reviewer1, reviewer2}
	}
	all := []string{reviewer1, reviewer2, reviewer3}
	out := int(j.c.draw("panel", 3))
	return slices.Delete(all, out, out+1)
}

// inviteConflicted tries to invite a reviewer who belongs to the company. Once
// the case is decided the same request is refused for that instead, so that a
// later run does not repeat it: an earlier one came past here.
func (j *journey) inviteConflicted(ctx context.Context) error {
	if j.c.Case != ReviewerBelongs {
		return nil
	}
	const what = "invite a reviewer who belongs to the company"
	if j.app.State != workflow.InReview.String() {
		j.note(j.c, what, reviewerConflicted)
		return nil
	}
	_, err := j.invite(ctx, reviewer3)
	return j.refuse(j.c, what, reviewerConflicted, err)
}

const reviewerConflicted = "reviewer_conflicted"

func (j *journey) invite(ctx context.Context, who string) (record, error) {
	return j.create(ctx, officer, j.key("invite/"+who), "reviews", fields{
		"application": j.app.ID, "reviewer": j.people[who].id, "due": j.day(21),
	})
}

// reviews has the panel write its reviews; who recuses is replaced.
func (j *journey) reviews(ctx context.Context) error {
	for n, who := range j.panel() {
		if j.c.Case == ReviewerRecuses && n == 1 {
			if err := j.recuse(ctx, who); err != nil {
				return err
			}
			who = reviewer3
		}
		if err := j.review(ctx, n, who); err != nil {
			return err
		}
	}
	return nil
}

// halfReviewed has one of two reviews written, and the other one waiting.
func (j *journey) halfReviewed(ctx context.Context) error {
	panel := j.panel()
	if err := j.review(ctx, 0, panel[0]); err != nil {
		return err
	}
	_, err := j.invite(ctx, panel[1])
	return err
}

func (j *journey) review(ctx context.Context, n int, who string) error {
	r, err := j.acceptReview(ctx, who)
	if err != nil {
		return err
	}
	body := fields{
		"comment":  fmt.Sprintf("Invented for the demonstration: reviewer %d on %s.", n+1, j.c.LegalName),
		"feedback": "Thank you for a clear plan. Please say how results will be checked by others.",
	}
	scores := fields{}
	for i, points := range j.c.scores(n) {
		scores[workflow.Rubric[i].Name] = points
	}
	body["scores"] = scores
	return j.act(ctx, who, j.key("review/"+who), "reviews", &r, "submit", body)
}

func (j *journey) acceptReview(ctx context.Context, who string) (record, error) {
	r, err := j.invite(ctx, who)
	if err != nil {
		return record{}, err
	}
	return r, j.act(ctx, who, j.key("accept-review/"+who), "reviews", &r, "accept", fields{"no_conflict": true})
}

// recuse has a reviewer stand aside after having accepted.
func (j *journey) recuse(ctx context.Context, who string) error {
	r, err := j.acceptReview(ctx, who)
	if err != nil {
		return err
	}
	j.note(j.c, "reviewer stood aside after accepting", "recused")
	return j.act(ctx, who, j.key("recuse/"+who), "reviews", &r, "recuse", fields{
		"note": "I worked with one of the founders until last year.",
	})
}

func (j *journey) recommend(ctx context.Context) error {
	return j.on(ctx, officer, "recommend", fields{
		"amount": dollars(j.c.Recommended()), "note": "Both reviews are favorable and the budget follows the plan.",
	})
}

// clearances has everybody clear the case of what their duty is.
func (j *journey) clearances(ctx context.Context) error {
	type clearance struct {
		record
		Kind string `json:"kind"`
	}
	held, err := list[clearance](ctx, j.client, j.people[officer].token, "/clearances", url.Values{"application_id": {j.app.ID.String()}})
	if err != nil {
		return err
	}
	slices.SortFunc(held, func(a, b clearance) int { return int(a.ID - b.ID) })
	for _, c := range held {
		// As the submission made it, however far an earlier run has come.
		if err := j.act(ctx, workflow.ClearanceRole(c.Kind).String(), j.key("clear/"+c.Kind), "clearances", &record{ID: c.ID, Version: 1}, "clear",
			fields{"note": "Invented for the demonstration: nothing speaks against it."}); err != nil {
			return err
		}
	}
	return nil
}

func (j *journey) recommendDecline(ctx context.Context) error {
	return j.on(ctx, officer, "recommend_decline", fields{
		"codes": []string{"evidence_insufficient", "low_merit"}, "note": "Neither review finds the claimed gain supported.",
	})
}

func (j *journey) waitlist(ctx context.Context) error {
	return j.on(ctx, officer, "waitlist", fields{"rank": 1 + j.c.draw("rank", 90), "note": "Good, after those with higher scores."})
}

func (j *journey) withdraw(ctx context.Context) error {
	return j.on(ctx, j.aor, "withdraw", fields{"note": "We found another source of money."})
}

func (j *journey) decline(ctx context.Context) error {
	j.note(j.c, "award", "low_merit")
	return j.on(ctx, official, "decline", fields{
		"codes": []string{"evidence_insufficient", "low_merit"}, "note": "I follow the recommendation of the program officer.",
	})
}

func (j *journey) appeal(ctx context.Context) error {
	return j.on(ctx, j.aor, "appeal", fields{"grounds": "The second review overlooks the measurements in our approach."})
}
