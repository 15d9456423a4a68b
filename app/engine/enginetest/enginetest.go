// Package enginetest is a small programme for tests: one of everything and
// everybody, and the steps that bring a case to where a test needs it. Each step
// is done through the engine by the person whose duty it is.
package enginetest

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tranche/app/engine"
	"tranche/models"
	"tranche/workflow"
)

// Start is when the clock of a World stands still at first.
var Start = time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC)

// A World is a program with its people, one open rolling opportunity and one
// eligible organization.
type World struct {
	T           testing.TB
	DB          *models.DB
	Engine      *engine.Engine
	Program     workflow.ID
	Fund        workflow.ID
	Opportunity workflow.ID
	Company     workflow.ID
	People      map[workflow.Role]workflow.ID // one person for each role
	Reviewers   []workflow.ID                 // three, of which People has the first

	now      func() time.Time
	clock    atomic.Int64
	accounts atomic.Int64
}

// Appropriation is what the fund of a World starts with.
const Appropriation workflow.Cents = 1_000_000_000_00

// New makes a World on db, with an engine whose clock stands still.
func New(t testing.TB, db *models.DB) *World {
	t.Helper()
	w := &World{T: t, DB: db, People: map[workflow.Role]workflow.ID{}}
	w.clock.Store(Start.UnixMicro())
	w.now = func() time.Time { return time.UnixMicro(w.clock.Load()).UTC() }
	w.Engine = &engine.Engine{DB: db, Now: w.Now}
	w.fill()
	return w
}

// Live makes a World of the records that e writes, by e's own clock.
func Live(t testing.TB, e *engine.Engine) *World {
	t.Helper()
	w := &World{T: t, DB: e.DB, Engine: e, People: map[workflow.Role]workflow.ID{}, now: e.Now}
	w.fill()
	return w
}

// fill makes what every World has.
func (w *World) fill() {
	w.T.Helper()
	w.Program = w.Must(workflow.NounProgram, workflow.ActCreate, 0, nil, Text("name", "AI Innovation Voucher"), Text("prefix", "AIV"),
		Text("agency", "Office of Innovation Programs"), Text("bank_routing", "021000021"), Text("bank_name", "JPMORGAN CHASE"),
		Text("company_name", "AI VOUCHERS"), Text("company_id", "1123456789"), Text("origin_account", "4000123456789"),
		Text("pam_agency", "AIV"), Text("location_code", "89000001"), Text("payment_type", "Vendor")).ID
	w.Fund = w.Must(workflow.NounFund, workflow.ActCreate, w.Program, nil, Text("symbol", "089X0222"), Text("name", "Innovation"), Int("fiscal_year", 2026)).ID
	w.Act(nil, workflow.NounFund, w.Fund, workflow.ActAppropriate, Cents("amount", Appropriation))
	for role := workflow.Reviewer; role <= workflow.Admin; role++ {
		if role != workflow.Partner {
			w.People[role] = w.Person(role)
		}
	}
	w.Reviewers = []workflow.ID{w.People[workflow.Reviewer], w.Person(workflow.Reviewer), w.Person(workflow.Reviewer)}
	w.Opportunity = w.NewOpportunity("AIV-2026-R1")
	w.Company = w.Organization("Cascadia Robotics, Inc.", 4_200_000_00)
	w.People[workflow.AOR] = w.member(w.Company, workflow.AOR)
	w.People[workflow.Applicant] = w.member(w.Company, workflow.Applicant)
}

// NewOpportunity makes and opens a rolling opportunity.
func (w *World) NewOpportunity(number string, more ...workflow.Input) workflow.ID {
	w.T.Helper()
	lead := w.Viewer(w.People[workflow.ProgramLead])
	in := []workflow.Input{Int("fund", int64(w.Fund)), Text("number", number), Text("title", "AI innovation vouchers"),
		Time("opens", Start.AddDate(0, -1, 0)), Int("rolling", 1), Int("reviews_needed", 1)}
	id := w.Must(workflow.NounOpportunity, workflow.ActForecast, w.Program, lead, append(in, more...)...).ID
	w.Act(lead, workflow.NounOpportunity, id, workflow.ActPublish)
	return id
}

// Now returns what the world's clock shows.
func (w *World) Now() time.Time { return w.now() }

// Advance moves a clock that stands still.
func (w *World) Advance(d time.Duration) { w.clock.Add(d.Microseconds()) }

// Person makes a person with one role in the program.
func (w *World) Person(role workflow.Role) workflow.ID {
	w.T.Helper()
	id := w.somebody(role.String(), "example.gov")
	in := []workflow.Input{Int("person", int64(id)), Text("role", role.String())}
	if role != workflow.Admin {
		in = append(in, Int("program", int64(w.Program)))
	}
	w.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, in...)
	return id
}

// Member makes a person with one role in an organization.
func (w *World) Member(organization workflow.ID, role workflow.Role) workflow.ID {
	w.T.Helper()
	return w.member(organization, role)
}

func (w *World) member(organization workflow.ID, role workflow.Role) workflow.ID {
	w.T.Helper()
	id := w.somebody(role.String(), "company"+organization.String()+".example")
	w.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, Int("person", int64(id)), Text("role", role.String()), Int("organization", int64(organization)))
	return id
}

func (w *World) somebody(name, domain string) workflow.ID {
	w.T.Helper()
	n := w.accounts.Add(1)
	return w.Must(workflow.NounPerson, workflow.ActCreate, 0, nil, Text("name", fmt.Sprintf("%s %d", name, n)),
		Text("email", fmt.Sprintf("%s%d@%s", strings.ReplaceAll(name, "_", "."), n, domain))).ID
}

// Organization makes an organization with the revenue of its last fiscal year.
func (w *World) Organization(name string, revenue workflow.Cents) workflow.ID {
	w.T.Helper()
	id := w.Must(workflow.NounOrganization, workflow.ActCreate, 0, nil, Text("legal_name", name), Text("uei", UEI(int(w.accounts.Add(1)))),
		Text("city", "Bend"), Text("region", "OR")).ID
	end := workflow.DateOf(w.Now()).AddDays(-152) // with New, the end of 2025
	w.statement(id, end.AddDays(-364), end, revenue)
	return id
}

// State makes a revenue statement for a calendar year.
func (w *World) State(organization workflow.ID, year int, revenue workflow.Cents) workflow.ID {
	w.T.Helper()
	start, end := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC)
	return w.statement(organization, workflow.DateOf(start), workflow.DateOf(end), revenue)
}

func (w *World) statement(organization workflow.ID, start, end workflow.Date, revenue workflow.Cents) workflow.ID {
	w.T.Helper()
	return w.Must(workflow.NounStatement, workflow.ActCreate, organization, nil, Int("fiscal_year", int64(end.Time().Year())),
		Date("period_start", start), Date("period_end", end), Cents("amount", revenue), Text("source", "self_certified"),
		Text("note", "made up for a test")).ID
}

// UEI returns the n-th of a row of made-up identifiers with a right check character.
func UEI(n int) string {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	head := []byte("TESTAAAAAAA")
	for i := 10; i > 4 && n > 0; i-- {
		head[i] = letters[n%len(letters)]
		n /= len(letters)
	}
	for check := byte('0'); check <= '9'; check++ {
		if uei := string(head) + string(check); workflow.UEIValid(uei) {
			return uei
		}
	}
	panic("no check character for " + string(head))
}

// Viewer loads who a person is now. A zero person is the system.
func (w *World) Viewer(person workflow.ID) *models.Viewer {
	w.T.Helper()
	if person == 0 {
		return system
	}
	v, err := w.DB.ViewerAt(person, w.Now())
	if err != nil {
		w.T.Fatal(err)
	}
	v.Fresh = true
	return v
}

// As returns the viewer who has role.
func (w *World) As(role workflow.Role) *models.Viewer {
	w.T.Helper()
	if role == workflow.System {
		return system
	}
	return w.Viewer(w.People[role])
}

var system = &models.Viewer{System: true}

// Make asks for a new record under parent.
func (w *World) Make(v *models.Viewer, noun workflow.Noun, action workflow.Action, parent workflow.ID, in ...workflow.Input) (engine.Answer, error) {
	return w.do(v, workflow.Command{Noun: noun, Action: action, Parent: parent, Inputs: in})
}

// Do asks for an action on a record, at whatever version it is.
func (w *World) Do(v *models.Viewer, noun workflow.Noun, id workflow.ID, action workflow.Action, in ...workflow.Input) (engine.Answer, error) {
	return w.do(v, workflow.Command{Noun: noun, Action: action, ID: id, Inputs: in})
}

func (w *World) do(v *models.Viewer, c workflow.Command) (engine.Answer, error) {
	if v == nil {
		v = system
	}
	c.Received = w.Now()
	return w.Engine.Do(context.Background(), engine.Request{Command: c, Viewer: v})
}

// Must is Make for what has to succeed; a nil viewer is the system.
func (w *World) Must(noun workflow.Noun, action workflow.Action, parent workflow.ID, v *models.Viewer, in ...workflow.Input) engine.Answer {
	w.T.Helper()
	a, err := w.Make(v, noun, action, parent, in...)
	if err != nil {
		w.T.Fatalf("%s %s: %v", action, noun, err)
	}
	return a
}

// Act is Do for what has to succeed; a nil viewer is the system.
func (w *World) Act(v *models.Viewer, noun workflow.Noun, id workflow.ID, action workflow.Action, in ...workflow.Input) engine.Answer {
	w.T.Helper()
	a, err := w.Do(v, noun, id, action, in...)
	if err != nil {
		w.T.Fatalf("%s %s %d: %v", action, noun, id, err)
	}
	return a
}

// Text is an input of a text.
func Text(name, value string) workflow.Input { return workflow.Input{Name: name, Text: value} }

// Cents is an input of money.
func Cents(name string, value workflow.Cents) workflow.Input {
	return workflow.Input{Name: name, Cents: value}
}

// Int is an input of a number, a reference or a tick.
func Int(name string, value int64) workflow.Input { return workflow.Input{Name: name, Int: value} }

// File is an input of an uploaded file.
func File(name, called, body string) workflow.Input {
	return workflow.Input{Name: name, Text: called, Body: []byte(body)}
}

// Date is an input of a day.
func Date(name string, value workflow.Date) workflow.Input {
	return workflow.Input{Name: name, Date: value}
}

// Time is an input of a moment.
func Time(name string, value time.Time) workflow.Input {
	return workflow.Input{Name: name, Time: value}
}
