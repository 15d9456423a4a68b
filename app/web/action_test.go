package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/models"
	"tranche/workflow"
)

// oneOfEach makes a record of each lifecycle, all round one case.
func (h *house) oneOfEach() map[workflow.Noun]workflow.ID {
	h.t.Helper()
	h.Require(workflow.ClearanceTerm{Kind: workflow.ClearSecurity})
	listing := h.List(workflow.ListOFAC, listed())
	hit := h.screened(h.Company)[0].ID
	h.Act(h.As(workflow.SecurityReviewer), workflow.NounHit, hit, workflow.ActDismiss, enginetest.Text("note", "somebody else"))
	c := h.Draft(900_00).Submit()
	review := c.ReviewBy(h.Reviewers[0])
	c.Clear(workflow.ClearSecurity).Recommend().Awarded().Bank().Active()
	claim, payment := c.Claim(0)
	amendment := c.Approved(workflow.AmendScope, enginetest.Text("wording", "It covers chips too."))
	batch := h.newBatch(payment)
	owing := h.owing(c)
	parent := h.Organization("Parent Holdings Corp.", 1_00)
	pair := h.Must(workflow.NounDuplicate, workflow.ActCreate, 0, nil, enginetest.Int("a", int64(h.Organization("Blue Heron, Inc.", 1_00))),
		enginetest.Int("b", int64(h.Organization("BlueHeron LLC", 1_00)))).ID
	link := h.Must(workflow.NounAffiliation, workflow.ActCreate, 0, nil, enginetest.Int("owner", int64(parent)), enginetest.Int("owned", int64(h.Company)),
		enginetest.Int("share", 80_00), enginetest.Date("since", workflow.DateOf(h.Now()).AddDays(-900))).ID
	statement := h.State(h.Company, 2024, 1_000_00)
	elimination := h.Must(workflow.NounElimination, workflow.ActCreate, statement, nil, enginetest.Int("counterparty", int64(parent)), enginetest.Cents("amount", 1),
		enginetest.File("document", "report.pdf", aPDF)).ID
	rate := h.Must(workflow.NounRate, workflow.ActCreate, 0, nil, enginetest.Text("currency", "EUR"), enginetest.Date("period_start", workflow.DateOf(h.Now()).AddDays(-500)),
		enginetest.Date("period_end", workflow.DateOf(h.Now()).AddDays(-136)), enginetest.Text("usd_per_unit", "1.1"), enginetest.Text("publisher", "IRS")).ID
	tied := h.Person(workflow.LabManager)
	conflict := h.Must(workflow.NounConflict, workflow.ActCreate, c.Application, nil, enginetest.Int("person", int64(tied)), enginetest.Text("declared", "I advise them.")).ID
	h.Must(workflow.NounPanel, workflow.ActCreate, h.Opportunity, h.As(workflow.ProgramLead), enginetest.Text("name", "Spring"), enginetest.Int("chair", int64(h.Reviewers[0])),
		enginetest.Int("quorum", 1))
	h.NewCase("Osprey Systems, Inc.", 1_000_00).Submit()
	h.Act(h.As(workflow.ProgramLead), workflow.NounPanel, newest(h, workflow.NounPanel), workflow.ActStart)
	person := h.Member(h.Company, workflow.Applicant)
	answers := h.AnswerFile(workflow.AnswerLine{Kind: workflow.AnswerSettled, Payment: "P-999999"})
	h.Act(nil, workflow.NounPerson, person, workflow.ActUpdate, enginetest.Text("password", h.hash))
	return map[workflow.Noun]workflow.ID{
		workflow.NounPanel: newest(h, workflow.NounPanel), workflow.NounDeliberation: newest(h, workflow.NounDeliberation),
		workflow.NounConflict: conflict, workflow.NounInterest: h.interest(h.Viewer(tied)),
		workflow.NounSavedView: h.savedView(h.Viewer(tied)),
		workflow.NounProgram:   h.Program, workflow.NounPolicy: newest(h, workflow.NounPolicy), workflow.NounFund: h.Fund, workflow.NounOpportunity: h.Opportunity,
		workflow.NounOrganization: h.Company, workflow.NounDuplicate: pair, workflow.NounAffiliation: link, workflow.NounStatement: statement, workflow.NounRate: rate,
		workflow.NounElimination: elimination, workflow.NounAnswerFile: answers, workflow.NounJournal: h.Journal(), workflow.NounReport: c.Reports()[0].ID,
		workflow.NounFinding: owing.Origin, workflow.NounDebt: owing.ID,
		workflow.NounPerson: person, workflow.NounGrant: newest(h, workflow.NounGrant), workflow.NounToken: h.token(person),
		workflow.NounApplication: c.Application, workflow.NounReview: review, workflow.NounAward: c.Award, workflow.NounTranche: c.Tranches()[0].ID, workflow.NounClaim: claim,
		workflow.NounAmendment: amendment,
		workflow.NounPayment:   payment, workflow.NounBatch: batch, workflow.NounBankAccount: c.Account, workflow.NounClearance: c.Clearance(workflow.ClearSecurity).ID,
		workflow.NounHold: h.hold(workflow.NounAward, c.Award, "To be looked at.", false), workflow.NounList: listing, workflow.NounScreening: newest(h, workflow.NounScreening), workflow.NounHit: hit,
		workflow.NounDelegation: h.Must(workflow.NounDelegation, workflow.ActCreate, 0, h.As(workflow.AppealsOfficial), enginetest.Int("deputy", int64(h.Person(workflow.LabManager))),
			enginetest.Text("role", "appeals_official"), enginetest.Int("program", int64(h.Program)), enginetest.Text("reason", "On leave."), enginetest.Time("until", h.Now().AddDate(0, 0, 7))).ID,
		workflow.NounException: h.Must(workflow.NounException, workflow.ActRequest, 0, h.As(workflow.SelectingOfficial), enginetest.Text("act", workflow.Rectify),
			enginetest.Int("subject_id", int64(c.Application)), enginetest.Text("reason", "An error.")).ID,
	}
}

// owing has a cost of an award disallowed that was not even paid, and returns the debt.
func (h *house) owing(c *enginetest.Case) workflow.Debt {
	h.t.Helper()
	for _, query := range []string{"UPDATE application_balances SET obligated = obligated - 100, disbursed = disbursed + 100 WHERE obligated > 0",
		"UPDATE fund_balances SET obligated = obligated - 100, disbursed = disbursed + 100 WHERE obligated > 0"} {
		if _, err := h.DB.Pool().Exec(query); err != nil {
			h.t.Fatal(err)
		}
	}
	c.Disallow(1_00)
	return c.Debts()[0]
}

// stands reports whether the page has the form of an action on a record, or says why it
// cannot be done now.
func (a *answer) stands(noun workflow.Noun, id workflow.ID, action workflow.Action, words Shell) bool {
	return a.form(pathOf(noun, id)+"/actions/"+action.String()) != nil ||
		slices.ContainsFunc(a.class("barred"), func(s string) bool { return strings.Contains(s, words.Action(noun.String(), action.String())) })
}

// interest has somebody tell of an interest.
func (h *house) interest(v *models.Viewer) workflow.ID {
	h.t.Helper()
	return h.Must(workflow.NounInterest, workflow.ActCreate, 0, v, enginetest.Text("kind", workflow.InterestEmployer), enginetest.Text("name", "Elsewhere Corp.")).ID
}

// savedView has somebody save a view.
func (h *house) savedView(v *models.Viewer) workflow.ID {
	h.t.Helper()
	return h.Must(workflow.NounSavedView, workflow.ActCreate, 0, v, enginetest.Text("name", "Water"), enginetest.Text("query", "q=water&view=all")).ID
}

// token makes an API token of somebody.
func (h *house) token(person workflow.ID) workflow.ID {
	h.t.Helper()
	return h.Must(workflow.NounToken, workflow.ActCreate, person, nil, enginetest.Text("name", "Laptop"), enginetest.Text("sum", fmt.Sprintf("%064x", person)),
		enginetest.Text("scopes", "read,sign"), enginetest.Time("until", h.Now().AddDate(0, 1, 0))).ID
}

// What a table lets people do to a record stands on its page, as a form or with the
// reason why not, for each of the roles and from each of the states.
func TestEveryActionOfATableStandsOnAPage(t *testing.T) {
	h := newHouse(t, nil)
	words, of := shellFor(newRenderer(t), "en"), h.oneOfEach()
	set := func(noun workflow.Noun, column string, value any) {
		t.Helper()
		table := strings.ReplaceAll(noun.Plural(), "-", "_")
		if _, err := h.DB.Pool().Exec("UPDATE "+table+" SET "+column+" = ? WHERE id = ?", value, int64(of[noun])); err != nil {
			t.Fatalf("%s of the %s: %v", column, noun, err)
		}
	}
	set(workflow.NounApplication, "evidence_changed", true) // what can be acknowledged is not told where there is nothing
	set(workflow.NounAward, "over_cap", 1)
	set(workflow.NounAnswerFile, "parked", 1)
	set(workflow.NounPayment, "trace", "021000020000001")
	set(workflow.NounDuplicate, "note", "seen")
	set(workflow.NounConflict, "decided_by", int64(h.People[workflow.ProgramLead]))
	set(workflow.NounConflict, "plan", "Apart.")
	set(workflow.NounDeliberation, "confirmed_by", int64(h.Reviewers[0]))
	set(workflow.NounDeliberation, "present", int64(1))
	set(workflow.NounDeliberation, "minutes", "Sound.")
	set(workflow.NounDuplicate, "kept_id", int64(stored[workflow.Duplicate](h, workflow.NounDuplicate, of[workflow.NounDuplicate]).A))
	set(workflow.NounDuplicate, "decided_by", int64(h.People[workflow.ProgramOfficer]))
	elsewhere := map[string]struct{ page, form string }{ // what has a page of its own
		"application.submit": {pathOf(workflow.NounApplication, of[workflow.NounApplication]) + "/edit/" + lastSection, pathOf(workflow.NounApplication, of[workflow.NounApplication]) + "/edit/" + lastSection},
		"claim.submit":       {pathOf(workflow.NounClaim, of[workflow.NounClaim]) + "/check", pathOf(workflow.NounClaim, of[workflow.NounClaim]) + "/check"},
		"payment.batch":      {"/batches/new", "/batches"},
	}
	readers, tokens, interests, saved := map[workflow.Role]*browser{}, map[workflow.Role]workflow.ID{}, map[workflow.Role]workflow.ID{}, map[workflow.Role]workflow.ID{}
	for _, l := range workflow.Lifecycles {
		noun := l.Noun()
		id := of[noun]
		if id == 0 && slices.ContainsFunc(l.Rows(), func(r workflow.Row) bool { return !r.Hidden && r.By != workflow.RolesOf(workflow.System) }) {
			t.Errorf("there is no %s", noun)
		}
		if id == 0 {
			continue
		}
		row, err := h.DB.Row(t.Context(), h.As(workflow.System), noun, id)
		if err != nil {
			t.Fatalf("%s: %v", noun, err)
		}
		for _, state := range workflow.StatesOf(noun) {
			set(noun, "state", state.String())
			for _, row := range l.Offered(state, ^workflow.Roles(0)) {
				for _, role := range row.By.List() {
					if role == workflow.System || role == workflow.Partner || row.Hidden {
						continue
					}
					if readers[role] == nil {
						readers[role], tokens[role] = h.as(role), h.token(h.People[role])
						if v := h.As(role); v.MayHaveInterests() {
							interests[role], saved[role] = h.interest(v), h.savedView(v)
						}
					}
					id := id
					if noun == workflow.NounToken { // everybody has their own
						id = tokens[role]
					}
					if noun == workflow.NounInterest {
						id = interests[role]
					}
					if noun == workflow.NounSavedView {
						id = saved[role]
					}
					if noun == workflow.NounGrant && row.Action == workflow.ActUpdate { // of reviewers alone
						id = h.grantOf(h.Reviewers[0])
					}
					other := elsewhere[noun.String()+"."+row.Action.String()]
					page := readers[role].visit(cmp.Or(other.page, pathOf(noun, id)))
					if there := page.stands(noun, id, row.Action, words); !there && (other.form == "" || page.form(other.form) == nil) {
						t.Errorf("%s: %s %s from %s is not on %s, %d", role, row.Action, noun, state, page.path, page.status)
					}
				}
			}
		}
		set(noun, "state", row.Record.State.String())
	}
}

// Who acts for an organization takes a colleague's role away on its page, and nobody
// else's; everybody takes back a token of their own on theirs.
func TestRolesOfColleaguesAndOwnTokensAreTakenBackOnPages(t *testing.T) {
	h := newHouse(t, nil)
	colleague := h.Member(h.Company, workflow.Applicant)
	other := h.Organization("Another, Inc.", 1_00)
	stranger := h.Member(other, workflow.AOR)
	b := h.as(workflow.AOR)
	page := b.visit(pathOf(workflow.NounOrganization, h.Company))
	role := newest(h, workflow.NounGrant)
	grant := h.grantOf(colleague)
	form := pathOf(workflow.NounGrant, grant) + "/actions/revoke"
	if page.form(form) == nil || page.form(pathOf(workflow.NounGrant, role)+"/actions/revoke") != nil {
		t.Fatalf("forms: %v", page.text("#actions"))
	}
	if a := b.visit(pathOf(workflow.NounGrant, h.grantOf(stranger))); a.status != http.StatusNotFound {
		t.Errorf("a stranger's role: %d", a.status)
	}
	if a := h.as(workflow.Applicant).visit(pathOf(workflow.NounOrganization, h.Company)); a.form(form) != nil {
		t.Error("who may not sign takes roles away")
	}
	b.visit(pathOf(workflow.NounOrganization, h.Company))
	b.send(form, nil)
	if b.page.status != http.StatusOK || !strings.HasPrefix(b.page.path, pathOf(workflow.NounOrganization, h.Company)) || h.state(workflow.NounGrant, grant) != workflow.Revoked {
		t.Errorf("revoked: %d %s, %s", b.page.status, b.page.path, h.state(workflow.NounGrant, grant))
	}
	token := h.token(h.People[workflow.AOR])
	theirs := h.token(stranger)
	if a := b.visit(pathOf(workflow.NounPerson, h.People[workflow.AOR])); a.form(pathOf(workflow.NounToken, theirs)+"/actions/revoke") != nil {
		t.Error("another's token stands there")
	}
	b.send(pathOf(workflow.NounToken, token)+"/actions/revoke", nil)
	if h.state(workflow.NounToken, token) != workflow.Revoked {
		t.Errorf("the token is %s", h.state(workflow.NounToken, token))
	}
	h.as(workflow.Admin).revokes(pathOf(workflow.NounPerson, stranger), pathOf(workflow.NounToken, theirs)+"/actions/revoke")
	if h.state(workflow.NounToken, theirs) != workflow.Revoked {
		t.Error("an administrator cannot take a token back")
	}
}

func (b *browser) revokes(page, form string) {
	b.h.t.Helper()
	b.visit(page)
	b.send(form, nil)
}

func (h *house) grantOf(person workflow.ID) workflow.ID {
	h.t.Helper()
	list, err := models.Records[workflow.Grant](h.t.Context(), h.DB.Reader, h.As(workflow.System), workflow.NounGrant, heldBy(person))
	if err != nil || len(list) != 1 {
		h.t.Fatalf("roles of %d: %v, %v", person, list, err)
	}
	return list[0].ID
}

func (h *house) state(noun workflow.Noun, id workflow.ID) workflow.State {
	h.t.Helper()
	row, err := h.DB.Row(h.t.Context(), h.As(workflow.System), noun, id)
	if err != nil {
		h.t.Fatal(err)
	}
	return row.Record.State
}
