package api

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"tranche/app/input"
	"tranche/models"
	"tranche/workflow"
)

// A cast is one record of a noun, put into any state behind the program's back,
// so that every role can try every action from everywhere.
type cast struct {
	*site
	kind *kind
	id   workflow.ID
	refs map[string]workflow.ID // what the fields that name records name
	with []string               // statements that put what it depends on into order
}

// casts makes one record of every noun that the matrix is about.
func casts(t *testing.T) []cast {
	t.Helper()
	s := newSite(t)
	fresh := s.Draft(1_000_000_00).Submit()
	review := fresh.Invite(s.Reviewers[0])
	paid := s.NewCase("Paid, Inc.", 1_000_000_00).To()
	amended := s.NewCase("Amended, Inc.", 1_000_00).To().Approved(workflow.AmendScope, workflow.Input{Name: "wording", Text: "More."})
	for _, query := range []string{"UPDATE application_balances SET obligated = obligated - 100, disbursed = disbursed + 100 WHERE obligated > 0",
		"UPDATE fund_balances SET obligated = obligated - 100, disbursed = disbursed + 100 WHERE obligated > 0"} {
		if _, err := s.DB.Pool().Exec(query); err != nil { // a dollar that nobody has paid can be disallowed
			t.Fatal(err)
		}
	}
	debt := paid.Disallow(1_00)
	claim, payment := paid.Claim(0)
	batch := s.Must(workflow.NounBatch, workflow.ActCreate, s.Program, s.As(workflow.FinancePreparer),
		workflow.Input{Name: "effective", Date: workflow.DateOf(s.Now())}).ID
	held := s.NewCase("Held, Inc.", 1_000_00).Application
	about := []workflow.Input{{Name: "subject", Text: "application"}, {Name: "subject_id", Int: int64(held)}, {Name: "reason", Text: "To be looked at."}}
	hold := s.Must(workflow.NounHold, workflow.ActPlace, s.Program, s.As(workflow.GrantsOfficer),
		append(slices.Clone(about), workflow.Input{Name: "next_look", Date: workflow.DateOf(s.Now()).AddDays(30)})...).ID
	exception := s.Must(workflow.NounException, workflow.ActRequest, s.Program, s.As(workflow.ProgramOfficer),
		append(about, workflow.Input{Name: "act", Text: workflow.Rectify})...).ID

	s.Require(workflow.ClearanceTerm{Kind: workflow.ClearMerit})
	required := s.NewCase("Required, Inc.", 1_000_00).Submit().Clearance(workflow.ClearMerit).ID
	policy := s.Apply("the file", s.Plan(nil))

	twin := s.Organization("Paid Inc", 1_00)
	pair := s.Must(workflow.NounDuplicate, workflow.ActCreate, 0, nil, workflow.Input{Name: "a", Int: int64(paid.Company)}, workflow.Input{Name: "b", Int: int64(twin)}).ID

	conflict := s.Must(workflow.NounConflict, workflow.ActCreate, fresh.Application, nil, workflow.Input{Name: "person", Int: int64(s.Person(workflow.LabManager))},
		workflow.Input{Name: "declared", Text: "I advise them."}).ID

	panel := s.Must(workflow.NounPanel, workflow.ActCreate, s.Opportunity, s.As(workflow.ProgramLead), workflow.Input{Name: "name", Text: "Spring"},
		workflow.Input{Name: "chair", Int: int64(s.Reviewers[0])}, workflow.Input{Name: "quorum", Int: 1}).ID
	s.Act(s.As(workflow.ProgramLead), workflow.NounPanel, panel, workflow.ActStart)
	before, err := models.Records[workflow.Deliberation](t.Context(), s.DB.Reader, s.As(workflow.ProgramLead), workflow.NounDeliberation,
		models.Filter{Where: map[string]workflow.ID{"application_id": fresh.Application}})
	if err != nil || len(before) != 1 {
		t.Fatalf("%d deliberations: %v", len(before), err)
	}

	refs := map[string]workflow.ID{"amendment": amended, "debt": debt, "batch": batch, "payment": payment, "reviewer": s.Reviewers[1], "officer": s.People[workflow.ProgramOfficer], "organization": s.Company,
		"tranche": paid.Tranches()[0].ID, "subject_id": held, "policy": policy, "clearance": required, "fund": s.Fund, "person": s.People[workflow.Reviewer],
		"a": paid.Company, "b": twin, "kept": twin, "into": twin, "chair": s.Reviewers[0]}
	one := func(noun workflow.Noun, id workflow.ID, with ...string) cast {
		return cast{s, kindNamed(noun), id, refs, with}
	}
	member := fmt.Sprintf("UPDATE payments SET batch_id = %d, trace = '021000020000001', state = 'batched' WHERE id = %d", batch, payment)
	founded := fmt.Sprintf("UPDATE claims SET state = 'approved' WHERE id = %d", claim)
	return []cast{
		one(workflow.NounApplication, fresh.Application, fmt.Sprintf("UPDATE applications SET back = 'in_review' WHERE id = %d", fresh.Application)),
		one(workflow.NounReview, review, "DELETE FROM conflicts WHERE id <> "+conflict.String()),
		one(workflow.NounConflict, conflict, fmt.Sprintf("UPDATE conflicts SET decided_by = %d, plan = 'apart' WHERE id = %d", s.People[workflow.Admin], conflict)),
		one(workflow.NounPanel, panel),
		one(workflow.NounDeliberation, before[0].ID, "DELETE FROM conflicts WHERE id <> "+conflict.String(), fmt.Sprintf("UPDATE panels SET state = 'open' WHERE id = %d", panel),
			fmt.Sprintf("UPDATE deliberations SET out = ',', confirmed_by = %d, present = 1, minutes = 'Sound.' WHERE id = %d", s.People[workflow.Admin], before[0].ID)),
		one(workflow.NounAward, paid.Award),
		one(workflow.NounAmendment, amended),
		one(workflow.NounClaim, claim),
		one(workflow.NounReport, paid.Reports()[0].ID),
		one(workflow.NounFinding, paid.Debts()[0].Origin),
		one(workflow.NounDebt, debt, "UPDATE debts SET amount = 100, outstanding = 100, recovered = 0, written_off = 0"),
		one(workflow.NounPayment, payment, member, founded),
		one(workflow.NounBatch, batch, member, founded),
		one(workflow.NounBankAccount, paid.Account),
		one(workflow.NounAnswerFile, s.AnswerFile(workflow.AnswerLine{Kind: workflow.AnswerSettled, Payment: "P-999999"}),
			fmt.Sprintf("UPDATE answer_files SET parked = lines, booked = 0 WHERE program_id = %d", s.Program)),
		one(workflow.NounHold, hold),
		one(workflow.NounException, exception),
		one(workflow.NounClearance, required),
		one(workflow.NounOpportunity, s.Opportunity, fmt.Sprintf("UPDATE opportunities SET paused_at = opens WHERE id = %d", s.Opportunity)),
		one(workflow.NounProgram, s.Program),
		one(workflow.NounFund, s.Fund),
		one(workflow.NounPolicy, policy),
		one(workflow.NounOrganization, s.Company),
		one(workflow.NounDuplicate, pair, fmt.Sprintf("UPDATE duplicates SET decided_by = %d, note = 'one', kept_id = %d WHERE id = %d", s.People[workflow.ProgramLead], twin, pair)),
	}
}

func TestEveryRoleGetsFromEveryStateWhatTheTablesSay(t *testing.T) {
	for _, c := range casts(t) {
		t.Run(c.kind.noun.String(), func(t *testing.T) {
			c.site.T = t
			done := map[int]int{}
			for _, state := range c.kind.states {
				c.put(state)
				for role := workflow.Applicant; role < workflow.System; role++ {
					if role == workflow.Partner {
						continue // belongs to an organization of a later issue
					}
					c.tryAll(t, state, role, done)
				}
			}
			// Of a version of a program's file, people ask for nothing.
			carriedOut := done[200]+done[422] > 0 || c.kind.noun == workflow.NounPolicy
			if !carriedOut || done[403] == 0 {
				t.Errorf("the matrix tries too little: %v", done)
			}
		})
	}
}

// put brings the record into state, without an event.
func (c cast) put(state string) {
	c.T.Helper()
	table := strings.ReplaceAll(c.kind.noun.Plural(), "-", "_")
	for _, query := range append(slices.Clone(c.with), fmt.Sprintf("UPDATE %s SET state = '%s' WHERE id = %d", table, state, c.id)) {
		if _, err := c.DB.Pool().Exec(query); err != nil {
			c.T.Fatalf("%s to %s: %s: %v", c.kind.noun, state, query, err)
		}
	}
}

// tryAll has a person with role try every action, and counts the statuses.
func (c cast) tryAll(t *testing.T, state string, role workflow.Role, done map[int]int) {
	t.Helper()
	person := c.People[role]
	path := pathOf(c.kind.noun, c.id)
	row, err := c.DB.Row(context.Background(), c.Viewer(person), c.kind.noun, c.id)
	for _, o := range c.kind.actions {
		got := c.quick(person, path+"/actions/"+o.name(), c.body(o), c.tag(c.kind.noun, c.id))
		done[got.status]++
		if want := c.expected(o, state, row, err); !want(got.status, reasonOf(t, got)) {
			t.Errorf("%s %s from %s as %s: got %d %s", o.name(), c.kind.noun, state, role, got.status, got.body)
		}
		if got.status == 200 {
			c.put(state)
		}
	}
}

// expected says what may be answered: what the record's table says to the roles
// that the viewer reads the record by.
func (c cast) expected(o operation, state string, row models.Row, unseen error) func(int, string) bool {
	if unseen != nil {
		return func(status int, _ string) bool { return status == 404 }
	}
	from, err := workflow.ParseState(state)
	if err != nil {
		c.T.Fatal(err)
	}
	if workflow.RowOf(o.noun, o.action, from, 0) == nil {
		return func(status int, reason string) bool { return status == 409 && reason == string(workflow.ReasonNoRow) }
	}
	own := workflow.RowOf(o.noun, o.action, from, row.Roles)
	if own == nil || row.Roles == 0 {
		return func(status int, reason string) bool { return status == 403 && reason == string(workflow.ReasonRole) }
	}
	return func(status int, reason string) bool {
		switch status {
		case 200:
			return true
		case 403: // a duty: the person, not the role
			return slices.Contains(own.Reasons, workflow.Reason(reason))
		}
		return status == 422 && !slices.Contains(input.Reasons, workflow.Reason(reason))
	}
}

// body fills every field with a value that its kind allows.
func (c cast) body(o operation) string {
	var members []string
	for _, f := range o.set().Fields {
		members = append(members, fmt.Sprintf("%q:%s", f.Name, c.sample(f)))
	}
	return "{" + strings.Join(members, ",") + "}"
}

func (c cast) sample(f workflow.Field) string {
	switch f.Kind {
	case workflow.Money:
		return `{"amount":"1.00","currency":"USD"}`
	case workflow.Count:
		return fmt.Sprint(f.Min)
	case workflow.Check:
		return "true"
	case workflow.Choice:
		return fmt.Sprintf("%q", f.Choices[0])
	case workflow.Codes:
		return fmt.Sprintf("[%q]", f.Choices[0])
	case workflow.Day:
		return `"2026-09-01"`
	case workflow.Instant:
		return `"2026-09-01T12:00:00Z"`
	case workflow.Ref:
		return c.refs[f.Name].String()
	case workflow.Files:
		return `{"work_plan":{"name":"a.txt","content":"YQ=="}}`
	case workflow.Answers:
		return `{"team":5}`
	}
	return `"R03"`
}

// quick is ask without a look at the document, of which the other tests take
// enough.
func (c cast) quick(person workflow.ID, path, body, tag string) answered {
	r := httptest.NewRequest("POST", Base+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Person", person.String())
	r.Header.Set("If-Match", tag)
	w := httptest.NewRecorder()
	c.echo.ServeHTTP(w, r)
	return answered{w.Code, w.Header(), w.Body.Bytes()}
}

func reasonOf(t *testing.T, a answered) string {
	t.Helper()
	if a.status < 400 {
		return ""
	}
	return a.reason(t)
}
