package workflow

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// noon is when everything in these tests happens.
var noon = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)

// The people of the tests.
const (
	ana      ID = 11 // AOR
	olga     ID = 12 // program officer
	sam      ID = 13 // selecting official
	lea      ID = 14 // program lead
	rita     ID = 15 // reviewer
	stranger ID = 19
)

// A scenario is one action on facts from which it is possible, unless change has
// made it impossible.
type scenario[F any] struct {
	name   string
	start  []State
	action Action
	by     Role
	actor  ID
	change func(f *F, c *Command)
	end    State  // where it ends, when it is possible
	reason Reason // why it is refused, when it is not
	posts  []Posting
	check  func(t *testing.T, f *F, s *Step)
}

// cell is what a table is covered by: an action from a state.
type cell struct {
	start  State
	action Action
	end    State
}

// runScenarios runs every scenario, and then sees to it that every row of m was
// taken from each of its states and refused for each of its reasons. ready makes
// facts and a command for an action that is possible from a state.
func runScenarios[F any](t *testing.T, m *Machine[F], ready func(State, Action) (F, Command), list []scenario[F]) {
	t.Helper()
	taken := map[cell]bool{}
	refused := map[Action][]Reason{}
	for _, sc := range list {
		for _, start := range sc.start {
			f, c := ready(start, sc.action)
			c.Noun, c.Action, c.Roles = m.Noun(), sc.action, RolesOf(sc.by)
			if sc.actor != 0 {
				c.Actor.Person = sc.actor
			}
			if sc.change != nil {
				sc.change(&f, &c)
			}
			t.Run(sc.action.String()+" from "+start.String()+": "+sc.name, func(t *testing.T) {
				if sc.reason != "" {
					sc.wantRefusal(t, m, &f, &c)
				} else {
					sc.wantStep(t, m, &f, &c)
				}
			})
			taken[cell{start, sc.action, sc.end}] = true
			refused[sc.action] = append(refused[sc.action], sc.reason)
		}
	}
	for _, row := range m.Rows() {
		for _, start := range row.Start {
			if row.End != Back && !taken[cell{start, row.Action, row.End}] {
				t.Errorf("no scenario takes %s from %s to %s", row.Action, start, row.End)
			}
		}
		for _, why := range row.Reasons {
			if !slices.Contains(refused[row.Action], why) {
				t.Errorf("no scenario has %s refused for %s", row.Action, why)
			}
		}
	}
}

func (sc scenario[F]) wantStep(t *testing.T, m *Machine[F], f *F, c *Command) {
	t.Helper()
	was := *m.RecordIn(f)
	s, err := m.Decide(f, c, noon)
	if err != nil {
		t.Fatalf("refused: %v", err)
	}
	rec := m.RecordIn(f)
	if s.End != sc.end || rec.State != sc.end || s.Start != was.State {
		t.Errorf("went from %s to %s, the record says %s; want %s", s.Start, s.End, rec.State, sc.end)
	}
	if rec.Version != was.Version+1 || !rec.Changed.Equal(noon) || rec.ID != c.ID {
		t.Errorf("record is %d, version %d, changed %v; want %d, %d, %v", rec.ID, rec.Version, rec.Changed, c.ID, was.Version+1, noon)
	}
	if !slices.Equal(s.Postings(), sc.posts) {
		t.Errorf("posted %+v, want %+v", s.Postings(), sc.posts)
	}
	if sc.check != nil {
		sc.check(t, f, &s)
	}
}

func (sc scenario[F]) wantRefusal(t *testing.T, m *Machine[F], f *F, c *Command) {
	t.Helper()
	was := *f
	_, err := m.Decide(f, c, noon)
	no := refusalOf(t, err)
	if no.Reason != sc.reason {
		t.Errorf("refused for %s, want %s", no.Reason, sc.reason)
	}
	if no.Noun != m.Noun() || no.ID != c.ID || no.Action != c.Action || no.State != m.RecordIn(f).State {
		t.Errorf("the refusal names %s %d, %s from %s", no.Noun, no.ID, no.Action, no.State)
	}
	if !reflect.DeepEqual(*f, was) {
		t.Errorf("the refusal changed the facts:\n%+v\nwas\n%+v", *f, was)
	}
}

func refusalOf(t *testing.T, err error) *Refusal {
	t.Helper()
	var no *Refusal
	if !errors.As(err, &no) {
		t.Fatalf("got %v, want a refusal", err)
	}
	return no
}

// children lists the child commands of s as "action noun id".
func children(s *Step) []string {
	var list []string
	for c := range s.Children() {
		list = append(list, c.Action.String()+" "+c.Noun.String()+" "+c.ID.String())
	}
	return list
}

func wantChildren(t *testing.T, s *Step, want ...string) {
	t.Helper()
	if got := children(s); !slices.Equal(got, want) {
		t.Errorf("raised %q, want %q", got, want)
	}
}

func wantJobs(t *testing.T, s *Step, want ...Job) {
	t.Helper()
	if got := s.Jobs(); !slices.Equal(got, want) {
		t.Errorf("enqueued %v, want %v", got, want)
	}
}

// gates tries every action from every state of m with every role, with a hold
// and without: before any guard is asked, the table alone must refuse.
func gates[F any](t *testing.T, m *Machine[F]) {
	t.Helper()
	for state := None; state < states; state++ {
		for action := NoAction + 1; action < actions; action++ {
			for role := Applicant; role < roles; role++ {
				want := tableSays(m.Rows(), state, action, role)
				if want == "" {
					continue
				}
				var f F
				*m.RecordIn(&f) = Record{ID: 7, State: state}
				m.standing(&f).Holds = 1
				_, err := m.DecideAny(&f, &Command{ID: 7, Action: action, Roles: RolesOf(role)}, noon)
				if no := refusalOf(t, err); no.Reason != want {
					t.Errorf("%s: %s from %s by %s refused for %s, want %s", m.Noun(), action, state, role, no.Reason, want)
				}
			}
		}
	}
}

// tableSays returns why the table refuses a record on hold, "" when it leaves
// that to the guards.
func tableSays(rows []Row, state State, action Action, role Role) Reason {
	why := ReasonNoRow
	for _, r := range rows {
		switch {
		case r.Action != action || !contains(r.Start, state):
		case r.By.Has(role) && r.Always:
			return ""
		case r.By.Has(role):
			why = ReasonHeld
		case why == ReasonNoRow:
			why = ReasonRole
		}
	}
	return why
}

func TestTheTableRefusesOtherStatesOtherRolesAndHolds(t *testing.T) {
	gates(t, Programs)
	gates(t, Funds)
	gates(t, Opportunities)
	gates(t, Organizations)
	gates(t, Affiliations)
	gates(t, Statements)
	gates(t, People)
	gates(t, Grants)
	gates(t, Tokens)
	gates(t, Applications)
	gates(t, Reviews)
	gates(t, Awards)
	gates(t, Tranches)
	gates(t, Claims)
	gates(t, Payments)
	gates(t, Batches)
	gates(t, BankAccounts)
	gates(t, Holds)
	gates(t, Exceptions)
}

func TestARestrictedHoldTellsNothing(t *testing.T) {
	f := FundFacts{Fund: Fund{Record: Record{ID: 7, State: Active}}}
	f.Standing = Standing{Holds: 1, Reason: "fraud check", NextLook: DateOf(noon)}
	c := Command{ID: 7, Action: ActAppropriate, Roles: by(Admin)}
	_, err := Funds.Decide(&f, &c, noon)
	if got := refusalOf(t, err).Words; got["reason"] != "fraud check" || got["next_look"] != "2026-03-02" {
		t.Errorf("an open hold says %v, want its reason and its next look", got)
	}
	f.Restricted = true
	_, err = Funds.Decide(&f, &c, noon)
	if got := refusalOf(t, err).Words; len(got) != 0 {
		t.Errorf("a restricted hold says %v, want nothing", got)
	}
}

func TestARowThatARoleOrAHoldStopsLeavesTheNextOneToTry(t *testing.T) {
	passes := func(ok bool) []Guard[FundFacts] {
		return []Guard[FundFacts]{{Reason: "no", OK: func(*FundFacts, *Command, time.Time) bool { return ok }}}
	}
	m := NewMachine(NounFund, func(f *FundFacts) *Record { return &f.Record }, func(f *FundFacts) *Standing { return &f.Standing },
		Rule[FundFacts]{Start: in(Active), Action: ActUpdate, By: by(Admin), End: Closed, Guards: passes(true)},
		Rule[FundFacts]{Start: in(Active), Action: ActUpdate, By: by(Admin, System), End: Expired, Guards: passes(true), Always: true},
		Rule[FundFacts]{Start: in(Active), Action: ActUpdate, By: by(AOR), End: Expired, Guards: passes(false), Always: true})
	for _, tt := range []struct {
		role   Role
		holds  int
		end    State
		reason Reason
	}{
		{Admin, 0, Closed, ""},
		{Admin, 1, Expired, ""},
		{System, 0, Expired, ""},
		{AOR, 0, None, "no"},
		{Auditor, 0, None, ReasonRole},
	} {
		f := FundFacts{Fund: Fund{Record: Record{State: Active}}, Standing: Standing{Holds: tt.holds}}
		s, err := m.Decide(&f, &Command{Action: ActUpdate, Roles: by(tt.role)}, noon)
		if s.End != tt.end {
			t.Errorf("%s with %d holds ends in %s (%v), want %s", tt.role, tt.holds, s.End, err, tt.end)
		}
		if tt.reason != "" && refusalOf(t, err).Reason != tt.reason {
			t.Errorf("%s is refused by %v, want %s", tt.role, err, tt.reason)
		}
	}
}

func TestEveryNounHasALifecycle(t *testing.T) {
	for n := NoNoun + 1; n < nouns; n++ {
		if Of(n) == nil || Of(n).Noun() != n {
			t.Errorf("no lifecycle for %s", n)
		}
	}
	if got, want := len(Lifecycles), int(nouns)-1; got != want {
		t.Errorf("%d lifecycles, want %d", got, want)
	}
}

func TestEveryStateCanBeReached(t *testing.T) {
	for _, l := range Lifecycles {
		reached := in(None)
		for i := 0; i < len(reached); i++ { // reached grows while it is walked
			for _, r := range l.Rows() {
				if contains(r.Start, reached[i]) && r.End != Back && !contains(reached, r.End) {
					reached = append(reached, r.End)
				}
			}
		}
		for _, r := range l.Rows() {
			for _, s := range r.Start {
				if !contains(reached, s) {
					t.Errorf("%s: nothing leads to %s, where %s starts", l.Noun(), s, r.Action)
				}
			}
		}
	}
}

func TestARowHasNoHoles(t *testing.T) {
	for _, l := range Lifecycles {
		for _, r := range l.Rows() {
			switch {
			case r.Noun != l.Noun():
				t.Errorf("%s: %s says it belongs to %s", l.Noun(), r.Action, r.Noun)
			case len(r.Start) == 0 || r.Action == NoAction || r.By == 0 || r.End == None:
				t.Errorf("%s: %s lacks a start, an action, a role or an end", l.Noun(), r.Action)
			case contains(r.Start, Back):
				t.Errorf("%s: %s starts from back", l.Noun(), r.Action)
			}
			names := map[string]bool{}
			for _, f := range r.Fields {
				if f.Name == "" || names[f.Name] {
					t.Errorf("%s: %s has two inputs called %q, or one without a name", l.Noun(), r.Action, f.Name)
				}
				names[f.Name] = true
				if (f.Kind == Choice || f.Kind == Codes) != (len(f.Choices) > 0) && f.Kind != File && !f.Open {
					t.Errorf("%s: input %s of %s has kind %d and choices %q", l.Noun(), f.Name, r.Action, f.Kind, f.Choices)
				}
			}
		}
	}
}

// A record is made by rows from None only, and a row from None starts from
// nothing else: the store inserts for the one and updates for the other.
func TestARowEitherMakesARecordOrChangesOne(t *testing.T) {
	for _, l := range Lifecycles {
		for _, r := range l.Rows() {
			if contains(r.Start, None) && len(r.Start) > 1 {
				t.Errorf("%s: %s both makes and changes", l.Noun(), r.Action)
			}
		}
	}
}

// Where rows share a cell, the first must be able to fail, or the others would
// never be taken.
func TestRowsThatShareAStateAndAnActionAreAlternatives(t *testing.T) {
	for _, l := range Lifecycles {
		rows := l.Rows()
		for i, r := range rows {
			for _, later := range rows[i+1:] {
				if r.Action != later.Action || !slices.ContainsFunc(r.Start, func(s State) bool { return contains(later.Start, s) }) {
					continue
				}
				if len(r.Reasons) == 0 && r.By&later.By != 0 {
					t.Errorf("%s: %s to %s has no guard, so the row to %s is never taken", l.Noun(), r.Action, r.End, later.End)
				}
			}
		}
	}
}

func TestARowThatLeadsBackIsEnteredByOneThatKeepsTheWay(t *testing.T) {
	keepsTheWay(t, Applications)
	keepsTheWay(t, Reviews)
	keepsTheWay(t, Opportunities)
	keepsTheWay(t, Awards)
	keepsTheWay(t, Claims)
	keepsTheWay(t, Payments)
	keepsTheWay(t, Batches)
	keepsTheWay(t, BankAccounts)
	keepsTheWay(t, Holds)
	keepsTheWay(t, Exceptions)
}

func keepsTheWay[F any](t *testing.T, m *Machine[F]) {
	t.Helper()
	for _, r := range m.rules {
		if r.End != Back {
			continue
		}
		for _, s := range r.Start {
			for _, way := range m.rules {
				if way.End == s && !contains(way.Start, s) && !way.Keep {
					t.Errorf("%s: %s leads to %s without keeping the way that %s takes back", m.Noun(), way.Action, s, r.Action)
				}
			}
		}
	}
}

func TestOfferedListsTheRowsOfARole(t *testing.T) {
	var got []Action
	for _, r := range Applications.Offered(Screening, by(ProgramOfficer)) {
		got = append(got, r.Action)
	}
	want := []Action{ActClear, ActFindIneligible, ActRequestInformation, ActAcknowledge}
	if !slices.Equal(got, want) {
		t.Errorf("an officer is offered %v in screening, want %v", got, want)
	}
	if got := Applications.Offered(Withdrawn, anyone); got != nil {
		t.Errorf("a withdrawn application offers %v, want nothing", got)
	}
}

func TestRowOfFindsTheRowOfARole(t *testing.T) {
	row := RowOf(NounApplication, ActSubmit, Draft, by(AOR))
	if row == nil || row.End != Submitted {
		t.Fatalf("submit from draft is %+v, want the row to submitted", row)
	}
	if got := RowOf(NounApplication, ActSubmit, Draft, by(Applicant)); got != nil {
		t.Errorf("an applicant may submit by %+v", got)
	}
	if got := RowOf(NounApplication, ActSubmit, Draft, 0); got != row {
		t.Errorf("without roles the row is %+v, want %+v", got, row)
	}
	if got := RowOf(NoNoun, ActSubmit, Draft, 0); got != nil {
		t.Errorf("no noun has the row %+v", got)
	}
}

func TestNamesAreReadAsTheyAreWritten(t *testing.T) {
	roundTrip(t, "noun", NoNoun+1, nouns, ParseNoun)
	roundTrip(t, "state", None, states, ParseState)
	roundTrip(t, "action", NoAction+1, actions, ParseAction)
	roundTrip(t, "role", NoRole+1, roles, ParseRole)
	readsBack(t, NounBatch)
	readsBack(t, InReview)
	readsBack(t, ActScreenPass)
	readsBack(t, ProgramLead)
	for n := NoNoun + 1; n < nouns; n++ {
		if got, err := ParsePlural(n.Plural()); got != n || err != nil {
			t.Errorf("ParsePlural(%q) = %v, %v; want %v", n.Plural(), got, err, n)
		}
	}
	for a := Authority; a < Accounts; a++ {
		if got, err := ParseAccount(a.String()); got != a || err != nil {
			t.Errorf("ParseAccount(%q) = %v, %v; want %v", a, got, err, a)
		}
	}
	if got, err := ParseAccount("petty_cash"); err == nil {
		t.Errorf("ParseAccount reads petty_cash as %v", got)
	}
}

// name is a small enumeration with a stored text.
type name interface {
	~uint8
	String() string
	MarshalText() ([]byte, error)
}

func roundTrip[T name](t *testing.T, kind string, first, end T, parse func(string) (T, error)) {
	t.Helper()
	seen := map[string]bool{"": true}
	for v := first; v < end; v++ {
		text, err := v.MarshalText()
		if err != nil || seen[string(text)] {
			t.Errorf("%s %d is written %q, which is empty or another's (%v)", kind, v, text, err)
		}
		seen[string(text)] = true
		if got, err := parse(string(text)); got != v || err != nil {
			t.Errorf("%s %q is read as %d, %v; want %d", kind, text, got, err, v)
		}
	}
	for _, bad := range []string{"", "nonsense", strings.ToUpper(first.String()) + " "} {
		if got, err := parse(bad); err == nil {
			t.Errorf("%s %q is read as %d, want an error", kind, bad, got)
		}
	}
}

// readsBack sees to it that the zero value reads the text of v.
func readsBack[T name, P interface {
	*T
	UnmarshalText([]byte) error
}](t *testing.T, v T) {
	t.Helper()
	var got T
	if err := P(&got).UnmarshalText([]byte(v.String())); err != nil || got != v {
		t.Errorf("%s is read as %v (%v)", v, got, err)
	}
}

func TestRolesAreASet(t *testing.T) {
	set := RolesOf(System, AOR)
	if !set.Has(AOR) || !set.Has(System) || set.Has(Applicant) {
		t.Errorf("%b has not AOR and System only", set)
	}
	if got := set.List(); !slices.Equal(got, []Role{AOR, System}) {
		t.Errorf("List() = %v, want AOR and System in their order", got)
	}
}

func TestAnActorIsEverybodyTheyActFor(t *testing.T) {
	a := Actor{Person: olga, OnBehalf: sam}
	if !a.Is(olga) || !a.Is(sam) || a.Is(ana) {
		t.Error("an actor must count as the person and as the one acted for, and as nobody else")
	}
	if (Actor{}).Is(0) {
		t.Error("the system is not nobody: a duty that nobody has done bars nobody")
	}
}

func TestDecidingAllocatesNothing(t *testing.T) {
	f := applicationIn(InReview)
	c := Command{ID: f.ID, Action: ActWaitlist, Actor: Actor{Person: olga}, Roles: by(ProgramOfficer), Inputs: []Input{fieldRank.count(3)}}
	got := testing.AllocsPerRun(1000, func() {
		f.State = InReview
		if _, err := Applications.Decide(&f, &c, noon); err != nil {
			t.Fatal(err)
		}
	})
	if got > 0 {
		t.Errorf("waitlist allocates %v times, want none", got)
	}
}

// Every reason in the source must be in the list that the word lists are tested
// against.
func TestAllReasonsAreListed(t *testing.T) {
	all := AllReasons()
	if !slices.IsSorted(all) {
		t.Error("the list is not sorted")
	}
	for _, why := range reasonsInSource(t) {
		if !slices.Contains(all, why) {
			t.Errorf("%s is not listed", why)
		}
	}
	for _, why := range all {
		if why == "" || strings.Trim(string(why), "abcdefghijklmnopqrstuvwxyz_") != "" {
			t.Errorf("%q is no code of small letters and underscores", why)
		}
	}
}

// reasonsInSource finds the texts of constants of type Reason, and of members
// called Reason in guards.
func reasonsInSource(t *testing.T) []Reason {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no source: %v", err)
	}
	var found []Reason
	text := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			s, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, Reason(s))
		}
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				if id, ok := n.Type.(*ast.Ident); ok && id.Name == "Reason" {
					for _, v := range n.Values {
						text(v)
					}
				}
			case *ast.KeyValueExpr:
				if id, ok := n.Key.(*ast.Ident); ok && id.Name == "Reason" {
					text(n.Value)
				}
			}
			return true
		})
	}
	if len(found) < 50 {
		t.Fatalf("only %d reasons found in the source", len(found))
	}
	return found
}
