package workflow

import "time"

// A Guard is one condition of a rule and the reason given when it does not hold.
// It looks at nothing but its arguments.
type Guard[F any] struct {
	Reason Reason
	OK     func(f *F, c *Command, now time.Time) bool
	Words  func(f *F, c *Command) Words // asked only on refusal; nil: no numbers
	Duty   bool                         // the person, not the case, is what stands in the way
	Field  *Field                       // the input that the reason is about, or nil
	Made   bool                         // what it asks for is made while a request is on its way, a file for example
}

// A Rule is one row of a lifecycle's table: a record in one of the Start states,
// an actor in one of the roles By who asks for Action, all Guards holding, comes
// to End. Effect writes on the record in the facts and says on the step what
// else happens.
type Rule[F any] struct {
	Start  []State
	Action Action
	By     Roles
	End    State
	Fields []Field
	Guards []Guard[F]
	Effect func(f *F, c *Command, s *Step)
	Keep   bool // remember the start state as the way back
	Always bool // allowed while a hold stands: it leads back, or looks after the hold itself
	Hidden bool // made by the system or by a dedicated form only: no button of its own
	Letter bool // the applicant gets a letter about it
}

// A Row is a Rule as everybody outside the package sees it: what pages, the API,
// diagrams and documents are made from.
type Row struct {
	Noun    Noun
	Start   []State
	Action  Action
	By      Roles
	End     State
	Fields  []Field
	Reasons []Reason
	Always  bool
	Hidden  bool
	Duty    bool // a guard looks at who asks
}

// A Machine decides about one kind of record. It is built once and then only
// read, by any number of goroutines.
type Machine[F any] struct {
	noun     Noun
	rules    []Rule[F]
	rows     []Row
	states   [states]uint8 // 1 + the place of a state in the index; 0: unknown here
	acts     [actions]uint8
	width    int
	index    []uint16 // [state][action] → 1 + first rule; rules of one cell are chained by next
	next     []uint16
	record   func(*F) *Record
	standing func(*F) *Standing
}

// NewMachine builds the machine of one lifecycle from its table. record and
// standing find the two parts of the facts that every rule needs.
func NewMachine[F any](noun Noun, record func(*F) *Record, standing func(*F) *Standing, rules ...Rule[F]) *Machine[F] {
	m := &Machine[F]{noun: noun, rules: rules, record: record, standing: standing, next: make([]uint16, len(rules)), rows: make([]Row, len(rules))}
	height := 0
	for _, r := range rules {
		for _, s := range r.Start {
			if m.states[s] == 0 {
				height++
				m.states[s] = uint8(height)
			}
		}
		if m.acts[r.Action] == 0 {
			m.width++
			m.acts[r.Action] = uint8(m.width)
		}
	}
	m.index = make([]uint16, height*m.width)
	for i := len(rules) - 1; i >= 0; i-- {
		for _, s := range rules[i].Start {
			cell := &m.index[m.cell(s, rules[i].Action)]
			m.next[i] = *cell
			*cell = uint16(i + 1)
		}
	}
	for i, r := range rules {
		m.rows[i] = Row{Noun: noun, Start: r.Start, Action: r.Action, By: r.By, End: r.End, Fields: r.Fields,
			Reasons: reasons(r.Guards), Always: r.Always, Hidden: r.Hidden, Duty: onDuty(r.Guards)}
	}
	return m
}

func (m *Machine[F]) cell(s State, a Action) int {
	return (int(m.states[s])-1)*m.width + int(m.acts[a]) - 1
}

func onDuty[F any](guards []Guard[F]) bool {
	for _, g := range guards {
		if g.Duty {
			return true
		}
	}
	return false
}

func reasons[F any](guards []Guard[F]) []Reason {
	var out []Reason
	for _, g := range guards {
		out = append(out, g.Reason)
	}
	return out
}

// Noun returns the kind of record that m decides about.
func (m *Machine[F]) Noun() Noun { return m.noun }

// Rows returns the table, in the order that it is written. Callers must not change it.
func (m *Machine[F]) Rows() []Row { return m.rows }

// Decide says what c would do at now to the record in f. On success the record
// in f is as it will be, with its next version, and the Step says what else
// happens. Otherwise the error is a *Refusal, and f is untouched.
//
// Where two rows share a state and an action, the first that fits is taken; the
// refusal is that of the last one which the actor's roles fit.
func (m *Machine[F]) Decide(f *F, c *Command, now time.Time) (Step, error) {
	rec := m.record(f)
	if m.states[rec.State] == 0 || m.acts[c.Action] == 0 {
		return Step{}, m.refuse(rec, c, NotNow, ReasonNoRow, nil)
	}
	at := m.index[m.cell(rec.State, c.Action)]
	if at == 0 {
		return Step{}, m.refuse(rec, c, NotNow, ReasonNoRow, nil)
	}
	var no *Refusal
	for ; at != 0; at = m.next[at-1] {
		r := &m.rules[at-1]
		why := m.check(r, f, c, rec, now)
		if why == nil {
			return *m.take(r, f, c, rec, now), nil
		}
		if no == nil || why.Reason != ReasonRole {
			no = why
		}
	}
	return Step{}, no
}

// check returns why r cannot be taken, nil when it can.
func (m *Machine[F]) check(r *Rule[F], f *F, c *Command, rec *Record, now time.Time) *Refusal {
	if c.Roles&r.By == 0 {
		return m.refuse(rec, c, NotYours, ReasonRole, Words{"roles": r.By.List()})
	}
	if st := m.standing(f); st.Holds > 0 && !r.Always {
		return m.refuse(rec, c, NotMet, ReasonHeld, st.words())
	}
	guards := r.Guards
	for i := range guards {
		if g := &guards[i]; !g.OK(f, c, now) {
			return m.object(g, f, c, rec)
		}
	}
	return nil
}

// take changes the record as r says and returns what happens. The effect writes
// on the command's own step: it is called through its row, so that a step of
// take's would move to the heap every time.
func (m *Machine[F]) take(r *Rule[F], f *F, c *Command, rec *Record, now time.Time) *Step {
	s := &c.step
	*s = Step{}
	s.Noun, s.ID, s.Action, s.Start, s.End, s.At = m.noun, c.ID, c.Action, rec.State, r.End, now
	if r.End == Back {
		s.End = rec.Back
	}
	if r.Keep {
		rec.Back = rec.State
	}
	if rec.State == None {
		rec.ID, rec.Made = c.ID, now
	}
	rec.State, rec.Changed = s.End, now
	rec.Version++
	if r.Effect != nil {
		r.Effect(f, c, s)
	}
	if r.Letter {
		s.Enqueue(JobLetter, c.ID)
	}
	return s
}

func (m *Machine[F]) object(g *Guard[F], f *F, c *Command, rec *Record) *Refusal {
	kind := NotMet
	if g.Duty {
		kind = NotYours
	}
	var words Words
	if g.Words != nil {
		words = g.Words(f, c)
	}
	no := m.refuse(rec, c, kind, g.Reason, words)
	no.Made = g.Made
	if g.Field != nil {
		no.Field = g.Field.Name
		if answer, one := words[oneAnswer].(string); one {
			no.Field += "." + answer
		}
	}
	return no
}

// oneAnswer is what the words of a reason about Answers call the one that it is about.
const oneAnswer = "answer"

func (m *Machine[F]) refuse(rec *Record, c *Command, kind RefusalKind, why Reason, words Words) *Refusal {
	return &Refusal{Noun: m.noun, ID: c.ID, Action: c.Action, State: rec.State, Kind: kind, Reason: why, Words: words}
}

func (s *Standing) words() Words {
	if s.Restricted {
		return nil
	}
	return Words{"reason": s.Reason, "next_look": s.NextLook.String()}
}

// Offered lists the rows that an actor with these roles has from state s.
// Guards are not asked: a page may offer what the form then explains.
func (m *Machine[F]) Offered(s State, by Roles) []*Row {
	var out []*Row
	for i := range m.rows {
		r := &m.rows[i]
		if r.By&by != 0 && contains(r.Start, s) {
			out = append(out, r)
		}
	}
	return out
}

// DecideAny is Decide for callers that hold facts of any lifecycle; facts must
// be the pointer type that m was built for.
func (m *Machine[F]) DecideAny(facts any, c *Command, now time.Time) (Step, error) {
	return m.Decide(facts.(*F), c, now)
}

// RecordIn returns the record in facts, which must be of the type m was built for.
func (m *Machine[F]) RecordIn(facts any) *Record { return m.record(facts.(*F)) }

func contains[E comparable](list []E, s E) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}

// in is how tables write the start states of a row.
func in(s ...State) []State { return s }

// by is how tables write the roles of a row.
func by(r ...Role) Roles { return RolesOf(r...) }
