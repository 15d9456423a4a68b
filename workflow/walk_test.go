package workflow

import (
	"errors"
	"flag"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// walks sets how many random walks rapid takes, unless -rapid.checks says it.
func walks(t *testing.T, n int) {
	t.Helper()
	const name = "rapid.checks"
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	if given {
		return
	}
	was := flag.Lookup(name).Value.String()
	if err := flag.Set(name, fmt.Sprint(n)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := flag.Set(name, was); err != nil {
			t.Error(err)
		}
	})
}

// A walker takes one record through its lifecycle: everything around the record
// is made up anew before each step, the record itself is what the last step left.
type walker struct {
	t     *rapid.T
	l     Lifecycle
	facts reflect.Value // pointer to the facts
	made  bool
	taken map[cell]bool
}

// Every lifecycle, at random: whatever the facts, whoever asks, and for whatever.
func TestWalksKeepWhatMustAlwaysHold(t *testing.T) {
	walks(t, 150)
	for _, l := range Lifecycles {
		t.Run(l.Noun().String(), func(t *testing.T) {
			all := 0
			for _, r := range l.Rows() {
				all += len(r.Start)
			}
			taken := map[cell]bool{}
			for range 10 { // chance may miss rows once, not ten times
				rapid.Check(t, func(rt *rapid.T) {
					w := &walker{t: rt, l: l, facts: newFacts(l), taken: taken}
					for range 40 {
						w.step()
					}
				})
				if len(taken)*2 >= all {
					return
				}
			}
			t.Errorf("the walks took %d of %d rows only", len(taken), all)
		})
	}
}

// newFacts makes empty facts of the type that a lifecycle decides on.
func newFacts(l Lifecycle) reflect.Value {
	method, _ := reflect.TypeOf(l).MethodByName("Decide")
	return reflect.New(method.Type.In(1).Elem())
}

func (w *walker) step() {
	t := w.t
	record := w.l.RecordIn(w.facts.Interface())
	was := *record
	own := ownStruct(w.facts)
	kept := reflect.New(own.Type()).Elem()
	kept.Set(own)
	fill(t, w.facts.Elem(), 0)
	if w.made || rapid.IntRange(0, 9).Draw(t, "begun") > 0 {
		own.Set(kept) // or the record too is made up: a row must not rest on what came before
		*record = was
	} else {
		*record = Record{ID: record.ID, Version: 1, State: w.someState(), Back: w.someWayBack()}
		mendOwn(w.facts)
	}
	mend(w.facts)
	if rapid.IntRange(0, 4).Draw(t, "held") > 0 {
		standingIn(w.facts).Set(reflect.ValueOf(Standing{}))
	}
	before := *record
	c := w.command(before.State)
	if rapid.IntRange(0, 3).Draw(t, "agreeing") > 0 {
		agree(w.facts, &c)
	}
	now := noon.Add(time.Duration(rapid.IntRange(-3, 3).Draw(t, "hours")) * time.Hour)
	untouched := reflect.New(w.facts.Elem().Type()).Elem()
	untouched.Set(w.facts.Elem())

	s, err := w.l.DecideAny(w.facts.Interface(), &c, now)
	if err != nil {
		var no *Refusal
		if !errors.As(err, &no) || no.Reason == "" || no.Noun != w.l.Noun() || no.Action != c.Action {
			t.Fatalf("%s from %s: %v", c.Action, before.State, err)
		}
		if !reflect.DeepEqual(w.facts.Elem().Interface(), untouched.Interface()) {
			t.Fatalf("%s from %s was refused, and the facts changed", c.Action, before.State)
		}
		return
	}
	w.wantRow(&before, &c, &s)
	w.wantRecord(&before, &c, &s, now)
	w.wantMoney(&s)
	w.wantReserve(untouched, &s)
	wantDuties(t, untouched, &c)
	w.made = true
}

// wantRow checks that a row of the table allows what happened.
func (w *walker) wantRow(was *Record, c *Command, s *Step) {
	for _, r := range w.l.Rows() {
		if r.Action != c.Action || !slices.Contains(r.Start, was.State) || r.By&c.Roles == 0 {
			continue
		}
		if s.End == r.End || r.End == Back && s.End == was.Back {
			w.taken[cell{was.State, c.Action, r.End}] = true
			return
		}
	}
	w.t.Fatalf("%s from %s to %s by %v is no row", c.Action, was.State, s.End, c.Roles.List())
}

func (w *walker) wantRecord(was *Record, c *Command, s *Step, now time.Time) {
	r := w.l.RecordIn(w.facts.Interface())
	switch {
	case r.Version != was.Version+1:
		w.t.Fatalf("%s: the version went from %d to %d", c.Action, was.Version, r.Version)
	case r.State != s.End || s.Start != was.State:
		w.t.Fatalf("%s: the record is %s, the step says %s to %s", c.Action, r.State, s.Start, s.End)
	case !r.Changed.Equal(now) || !s.At.Equal(now):
		w.t.Fatalf("%s: it happened at %v, the record says %v", c.Action, now, r.Changed)
	case was.State == None && (r.ID != c.ID || !r.Made.Equal(now)):
		w.t.Fatalf("%s: record %d was made as %d", c.Action, c.ID, r.ID)
	case was.State != None && (r.ID != was.ID || r.Made != was.Made || r.Head != was.Head):
		w.t.Fatalf("%s: the record became another one", c.Action)
	}
}

// wantMoney checks that a step moves whole cents between two accounts, and that
// a child is a command which its own table knows.
func (w *walker) wantMoney(s *Step) {
	var sum Balances
	for _, p := range s.Postings() {
		if p.Cents <= 0 || p.Debit == p.Credit || p.Debit >= Accounts || p.Credit >= Accounts {
			w.t.Fatalf("%s: posts %+v", s.Action, p)
		}
		sum.Add(p)
	}
	var all Cents
	for _, cents := range sum {
		all += cents
	}
	if all != 0 {
		w.t.Fatalf("%s: the postings come to %d", s.Action, all)
	}
	for child := range s.Children() {
		known := slices.ContainsFunc(Of(child.Noun).Rows(), func(r Row) bool { return r.Action == child.Action && r.By.Has(child.By) })
		if !known {
			w.t.Fatalf("%s: raises %s %s by %s, which no row allows", s.Action, child.Noun, child.Action, child.By)
		}
		if child.ID == 0 && !Makes(child.Noun, child.Action) {
			w.t.Fatalf("%s: raises %s %s on no record", s.Action, child.Noun, child.Action)
		}
	}
}

// wantReserve checks that an application says what is reserved for it: no less
// and no more than was posted. An award takes over what it is worth.
func (w *walker) wantReserve(was reflect.Value, s *Step) {
	f, ok := w.facts.Interface().(*ApplicationFacts)
	if !ok {
		return
	}
	var sum Balances
	for _, p := range s.Postings() {
		sum.Add(p)
	}
	want := f.Committed - was.Interface().(ApplicationFacts).Committed
	if s.Action == ActAward {
		want += f.Awarded
	}
	if f.Committed != 0 && f.State != Recommended && f.State != NeedsInformation {
		w.t.Fatalf("%s from %s: %d cents stay reserved for an application that is %s", s.Action, s.Start, f.Committed, f.State)
	}
	if sum[Committed] != want {
		w.t.Fatalf("%s from %s: posts %d as committed, and says %d", s.Action, s.Start, sum[Committed], want)
	}
}

// wantDuties checks by hand, and not by the guards, that nobody has done two
// duties that have to be two people's.
func wantDuties(t *rapid.T, facts reflect.Value, c *Command) {
	apart := func(persons ...ID) {
		for _, p := range persons {
			if p != 0 && (c.Actor.Person == p || c.Actor.OnBehalf == p) {
				t.Fatalf("%s %s: person %d, for %d, had a duty in it already", c.Action, c.Noun, c.Actor.Person, c.Actor.OnBehalf)
			}
		}
	}
	switch f := facts.Interface().(type) {
	case ApplicationFacts:
		switch c.Action {
		case ActAward, ActDecline:
			apart(f.RecommendedBy)
		case ActUphold, ActReinstate:
			apart(f.Acted...)
		}
	case AwardFacts:
		switch c.Action {
		case ActCountersign:
			apart(f.OfferedBy)
		case ActResume:
			apart(f.SuspendedBy)
		}
	case ClaimFacts:
		if c.Action == ActApprove {
			apart(f.VerifiedBy)
		}
	case PaymentFacts:
		switch c.Action {
		case ActRelease:
			apart(f.HeldBy)
		case ActBatch:
			apart(f.BankAccount.VerifiedBy, f.BankAccount.ConfirmedBy)
		}
	case BatchFacts:
		switch c.Action {
		case ActApprove:
			apart(f.PreparedBy, f.CertifiedBy, f.SecondBy)
		case ActExport:
			apart(f.PreparedBy, f.CertifiedBy, f.SecondBy)
			for _, a := range f.Accounts {
				apart(a.VerifiedBy, a.ConfirmedBy)
			}
		}
	case BankAccountFacts:
		switch c.Action {
		case ActVerify:
			apart(f.EnteredBy)
		case ActConfirm:
			apart(f.EnteredBy, f.VerifiedBy)
		}
	case HoldFacts:
		if c.Action == ActLift {
			apart(f.PlacedBy)
		}
	case DuplicateFacts:
		if c.Action == ActUndo {
			apart(f.DecidedBy)
		}
	case ExceptionFacts:
		if c.Action == ActApprove || c.Action == ActDeny {
			apart(f.RequestedBy)
		}
	}
}

// someState draws a state that the table starts from, None included.
func (w *walker) someState() State {
	var all []State
	for _, r := range w.l.Rows() {
		all = append(all, r.Start...)
	}
	return rapid.SampledFrom(all).Draw(w.t, "state")
}

// someWayBack draws a state from which a record may have gone where its way leads back.
func (w *walker) someWayBack() State {
	return rapid.SampledFrom([]State{InReview, Screening, Recommended}).Draw(w.t, "back")
}

// command draws what somebody asks for: mostly something that the table offers
// from this state, by somebody whose duty it is.
func (w *walker) command(from State) Command {
	t := w.t
	rows := w.l.Rows()
	if fitting := w.l.Offered(from, ^Roles(0)); len(fitting) > 0 && rapid.IntRange(0, 9).Draw(t, "fitting") > 0 {
		rows = nil
		for _, r := range fitting {
			rows = append(rows, *r)
		}
	}
	row := rapid.SampledFrom(rows).Draw(t, "row")
	roles := row.By
	switch rapid.IntRange(0, 5).Draw(t, "roles") {
	case 0:
		roles = Roles(rapid.Uint32Range(0, 1<<20).Draw(t, "other roles")) &^ row.By
	case 1, 2:
		roles = RolesOf(rapid.SampledFrom(row.By.List()).Draw(t, "role"))
	}
	record := w.l.RecordIn(w.facts.Interface())
	c := Command{Noun: w.l.Noun(), Action: row.Action, ID: record.ID, Parent: someID(t), Spare: someID(t), Version: record.Version, Roles: roles,
		Actor: Actor{Person: someID(t), OnBehalf: someID(t), Via: someID(t)}, Received: someTime(t), Fresh: rapid.Bool().Draw(t, "fresh")}
	if c.ID == 0 {
		c.ID = 1
	}
	for _, f := range row.Fields {
		if !f.Optional && rapid.IntRange(0, 19).Draw(t, "left out") > 0 || rapid.Bool().Draw(t, "given") {
			c.Inputs = append(c.Inputs, someInput(t, f))
		}
	}
	return c
}

// agree brings the facts and the command together, as far as rules compare them,
// so that more than chance gets through: the duties are left to chance.
func agree(facts reflect.Value, c *Command) {
	switch f := facts.Interface().(type) {
	case *ApplicationFacts:
		f.Opportunity.AwardCap, f.Verdict.Outcome, f.Available, f.GroupAwarded, f.Uncleared, f.Payee = AwardCap, Pass, RevenueCap, 0, nil, Payee{}
		f.Requested, f.Reviews = max(f.Requested, c.Cents(fieldAmount)), 3
		if f.Recommended < c.Cents(fieldAmount) && c.Action == ActAward {
			c.Inputs = []Input{fieldAmount.cents(f.Recommended)}
		}
	case *AwardFacts:
		f.Verdict.Outcome, f.Clearances, f.Payee, f.Tranches = Pass, 0, Payee{}, []Tranche{{Record: Record{ID: 1}, Amount: f.Face}}
		f.Signature = new(Step).Store(f.agreement())
	case *ClaimFacts:
		f.Award.State, f.BankAccount.State = Active, Verified
		f.Amount = max(1, f.Amount)
		f.Tranche = Tranche{Record: Record{ID: f.Tranche.ID, State: Active}, Award: f.Award.ID, Kind: TrancheCash, Amount: f.Amount}
		f.Balances[Obligated], f.OtherLive, f.ReportsOverdue = f.Amount, 0, 0
	case *PaymentFacts:
		f.Award.State, f.BankAccount.State, f.Payee = Active, Verified, Payee{}
		f.Payment.BankAccount, f.BankVersion = f.BankAccount.ID, f.BankAccount.Version
		f.HeldUntil, f.Batch.ExportedAt = 0, time.Time{}
		if c.Action == ActExport {
			f.Batch.State = Exported
		}
	case *DuplicateFacts:
		f.ANow.State, f.BNow.State, f.Found = Active, Active, Resemblance{Suspicious, []Sign{{By: SignName}}}
		if c.Action == ActLapse {
			f.Found = Resemblance{}
		}
		if c.Action == ActMerge {
			c.Inputs = []Input{fieldNote.text("a"), duplicateKept.ref(f.A)}
		}
	case *PolicyFacts:
		f.Program.Prefix, f.Stored = "AIV", planFor(nil)
		f.Current.File = "another"
		f.Newest = f.Number + 1
		for i := range f.Funds {
			f.Funds[i].Appropriated = min(f.Funds[i].Appropriated, 900_00)
		}
		c.Inputs = append([]Input{policyPlan.text(planFor(nil))}, c.Inputs...)
	case *DeliberationFacts:
		f.Panel.State, f.Panel.Chair, f.Panel.Quorum, f.Out = Open, max(1, c.Actor.Person), 0, ","
		f.Panel.Members, f.Application.State = seatsText([]ID{f.Panel.Chair, 12, 14, 15}), InReview
	case *LetterFacts:
		f.Decision, f.Written = ActDecline, false
		for _, code := range LetterCodes {
			c.Inputs = append(c.Inputs, Input{Name: letterFiles.Name + "." + code, Text: code, Body: []byte(code)})
		}
	case *JournalFacts:
		f.Last, f.Count, f.Total = Journal{}, max(1, f.Count), max(1, f.Total)
		c.Inputs = []Input{{Name: journalCount.Name, Int: f.Count}, journalTotal.cents(f.Total)}
		for _, code := range JournalCodes {
			c.Inputs = append(c.Inputs, Input{Name: journalFiles.Name + "." + code, Text: code, Body: []byte(code)})
		}
	case *BatchFacts:
		f.recount()
		c.Inputs = append([]Input{batchTotal.cents(f.Total), batchFile.text("a"), batchRegister.text("b"), batchMembers.text(f.Members),
			batchEntryHash.text(f.EntryHash), batchTraces.text(strings.Repeat("1,", max(0, len(f.Payments)-1)) + "1")}, c.Inputs...)
	}
}

func someInput(t *rapid.T, f Field) Input {
	in := Input{Name: f.Name}
	switch f.Kind {
	case File, Files:
		in.Text, in.Body = "a.pdf", rapid.SampledFrom([][]byte{nil, []byte(aPDF), []byte("no PDF")}).Draw(t, f.Name)
		if f.Kind == Files {
			in.Name += "." + rapid.SampledFrom([]string{"a", "plan", "q1", "nobody asked"}).Draw(t, "code")
		}
	case Money:
		in.Cents = someCents(t)
	case Count:
		in.Int = rapid.Int64Range(f.Min, max(f.Min, f.Max)).Draw(t, f.Name)
	case Check:
		in.Int = int64(rapid.IntRange(0, 1).Draw(t, f.Name))
	case Ref:
		in.Int = int64(someID(t))
	case Day:
		in.Date = DateOf(someTime(t))
	case Instant:
		in.Time = someTime(t)
	case Answers:
		in.Text = rapid.SampledFrom([]string{"", `{"a":"1"}`, `{"q1":"yes"}`, `{"team":"100"}`, `{"plan":"5","team":"","impact":"7","technical_merit":"0"}`,
			`{"plan":"5","team":"1","impact":"7","technical_merit":"0"}`, "not JSON"}).Draw(t, f.Name)
	case Choice, Codes:
		in.Text = rapid.SampledFrom(append([]string{"no such thing"}, f.Choices...)).Draw(t, f.Name)
	default:
		in.Text = someText(t)
	}
	return in
}

func someID(t *rapid.T) ID { return ID(rapid.IntRange(0, 4).Draw(t, "id")) }

// usual are the states of other records that rules ask for.
var usual = []State{Active, Active, Open, Verified, Approved, Closing, Exported, Settled, Returned, Cancelled, Offered, Refused, Closed, Suspended, Awarded}

// someCents draws an amount, mostly one at the edge of something.
func someCents(t *rapid.T) Cents {
	return rapid.SampledFrom([]Cents{0, 1, 2, 3, 100_00, 400_00, 1_000_00, AwardCap - 1, AwardCap, AwardCap + 1, RevenueCap - 1, RevenueCap, MaxCents - 1, MaxCents}).Draw(t, "cents")
}

func someTime(t *rapid.T) time.Time {
	return noon.Add(time.Duration(rapid.SampledFrom([]int{-9000, -48, -1, 0, 1, 48, 9000}).Draw(t, "hours")) * time.Hour)
}

func someText(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", "a", "AIV", "R01", "R03", "021000021", "1,2", "1,1", HeldForReissue, HeldForSuspension, "x@example.gov", strings.Repeat("0a", 32)}).Draw(t, "text")
}

// fill makes up a value of any type that facts are made of.
func fill(t *rapid.T, v reflect.Value, depth int) {
	switch at := v.Addr().Interface().(type) {
	case *ID:
		*at = someID(t)
		return
	case *Record:
		*at = Record{ID: max(1, someID(t)), State: rapid.SampledFrom(usual).Draw(t, "state"), Version: 1}
		return
	case *Cents:
		*at = someCents(t)
		return
	case *time.Time:
		*at = someTime(t)
		return
	case *Date:
		*at = DateOf(someTime(t))
		return
	case *Noun:
		*at = Noun(rapid.IntRange(1, int(nouns)-1).Draw(t, "noun"))
		return
	case *Role:
		*at = rapid.SampledFrom([]Role{Applicant, AOR, Reviewer, GrantsOfficer, FinanceReleaser, Admin}).Draw(t, "role")
		return
	case *Outcome:
		*at = rapid.SampledFrom([]Outcome{Pass, Fail, Refer}).Draw(t, "outcome")
		return
	case *Balances:
		for a := range at {
			at[a] = someCents(t)
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(t, v.Field(i), depth+1)
			}
		}
	case reflect.Slice:
		n := 0
		if depth < 4 {
			n = rapid.IntRange(0, 3).Draw(t, "length")
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(t, v.Index(i), depth+1)
			if id, ok := v.Index(i).Addr().Interface().(*ID); ok {
				*id = max(*id, 1) // a list names records that are there
			}
		}
	case reflect.String:
		v.SetString(someText(t))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "flag"))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(rapid.IntRange(0, 3).Draw(t, "number")))
	case reflect.Uint8:
		v.SetUint(uint64(rapid.IntRange(0, 3).Draw(t, "code")))
	}
}

// mendOwn makes of a made-up record what could have come to stand there.
func mendOwn(facts reflect.Value) {
	f, ok := facts.Interface().(*ApplicationFacts)
	switch {
	case !ok:
	case f.State == Recommended, f.State == NeedsInformation && f.Back == Recommended:
		f.Committed = f.Recommended
	default:
		f.Committed = 0
	}
	if ok && f.State == Appealed && f.Back == Recommended {
		f.Back = Declined // nobody appeals a recommendation, and an appeal reserves nothing
	}
}

// mend makes of made-up facts what the store would never load otherwise.
func mend(facts reflect.Value) {
	switch f := facts.Interface().(type) {
	case *ApplicationFacts:
		f.Sent = "{}"
	case *DuplicateFacts:
		if f.A, f.B = max(1, f.A), max(1, f.B); f.State == Merged {
			f.Kept = f.A
		}
	case *ScreeningFacts:
		for i := range f.Cases {
			f.Cases[i].Application = max(1, f.Cases[i].Application)
		}
		for i := range f.Payments {
			f.Payments[i] = max(1, f.Payments[i])
		}
	case *BatchFacts:
		f.Accounts = append(f.Accounts, make([]BankAccount, len(f.Payments))...)[:len(f.Payments)]
	}
}

// ownStruct is the member of the facts that is the record's own struct: the first.
func ownStruct(facts reflect.Value) reflect.Value { return facts.Elem().Field(0) }

func standingIn(facts reflect.Value) reflect.Value { return facts.Elem().FieldByName("Standing") }
