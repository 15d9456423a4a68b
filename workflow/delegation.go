package workflow

import "time"

// A Delegation lets a deputy act for an absent person in one role of one program for a
// period, which includes its start and not its end. What the deputy does counts as done
// by both; what either of them did before bars the deputy.
type Delegation struct {
	Record
	Person  ID // who is absent
	Deputy  ID
	Role    Role
	Program ID
	Starts  time.Time
	Ends    time.Time
	Reason  string
	Note    string // why it was revoked
}

// DelegationFacts is everything that a decision about a delegation may look at.
type DelegationFacts struct {
	Delegation
	Standing
	DeputyNow Person  // ID zero when there is none
	Program   Program // ID zero when there is none
	Held      []Role  // what the person who asks was given in the program; not what they act in as a deputy
	Theirs    []Role  // what the deputy was given in the program or, as an administrator, everywhere
	Taken     bool    // the deputy stands for somebody in the role during the period already
}

// longestDelegation is for how long a deputy may be named at most.
const longestDelegation = 90 * 24 * time.Hour

// delegable are the roles in which a deputy may act: not a reviewer's, whose judgment is
// their own, and none that only looks or hands out roles.
var delegable = officialRoles | by(ProgramLead)

var (
	fieldDeputy         = Field{Name: "deputy", Kind: Ref, Of: NounPerson}
	fieldDelegated      = Field{Name: "role", Kind: Choice, Choices: roleTexts(delegable)}
	delegationProgram   = Field{Name: "program", Kind: Ref, Of: NounProgram}
	fieldStarts         = Field{Name: "starts", Kind: Instant, Optional: true} // none: at once
	delegationReason    = Field{Name: "reason", Kind: Line, Max: 500}
	delegationAddressed = []Field{fieldDeputy, fieldDelegated, delegationProgram, fieldStarts, fieldUntil, delegationReason}
)

func roleTexts(set Roles) []string {
	var out []string
	for _, r := range set.List() {
		out = append(out, r.String())
	}
	return out
}

type delegationGuard = Guard[DelegationFacts]

var (
	roleDelegable = delegationGuard{
		Reason: "role_not_delegable",
		OK:     func(_ *DelegationFacts, c *Command, _ time.Time) bool { return delegable.Has(asked(c)) },
		Field:  &fieldDelegated,
	}
	roleHeld = delegationGuard{
		Reason: "role_not_yours_to_give",
		OK: func(f *DelegationFacts, c *Command, _ time.Time) bool {
			return f.Program.ID != 0 && contains(f.Held, asked(c))
		},
		Field: &fieldDelegated,
	}
	deputyIsAnother = delegationGuard{
		Reason: "that_is_you",
		OK:     func(f *DelegationFacts, c *Command, _ time.Time) bool { return f.DeputyNow.ID != c.Actor.Person },
		Field:  &fieldDeputy,
	}
	deputyOfStaff = delegationGuard{
		Reason: "deputy_not_staff",
		OK: func(f *DelegationFacts, _ *Command, _ time.Time) bool {
			theirs := RolesOf(f.Theirs...)
			return f.DeputyNow.State == Active && theirs&by(Admin, Auditor) == 0 && theirs&^by(Reviewer) != 0
		},
		Field: &fieldDeputy,
	}
	deputyFree = delegationGuard{
		Reason: "deputy_has_role",
		OK: func(f *DelegationFacts, c *Command, _ time.Time) bool {
			return !f.Taken && !contains(f.Theirs, asked(c))
		},
		Field: &fieldDeputy,
	}
	periodSound = delegationGuard{
		Reason: "delegation_period",
		OK: func(_ *DelegationFacts, c *Command, now time.Time) bool {
			starts, ends := DelegationPeriod(c, now)
			return !starts.Before(now) && ends.After(starts) && !ends.After(starts.Add(longestDelegation))
		},
		Words: func(_ *DelegationFacts, _ *Command) Words {
			return Words{"days": int64(longestDelegation / (24 * time.Hour))}
		},
		Field: &fieldUntil,
	}
	delegationYours = delegationGuard{
		Reason: "not_your_delegation",
		OK: func(f *DelegationFacts, c *Command, _ time.Time) bool {
			return c.Roles&by(Admin, ProgramLead) != 0 || c.Actor.Person == f.Person || c.Actor.Person == f.Deputy
		},
		Duty: true,
	}
	delegationOver = delegationGuard{
		Reason: "delegation_not_ended",
		OK:     func(f *DelegationFacts, _ *Command, now time.Time) bool { return !now.Before(f.Ends) },
		Words:  func(f *DelegationFacts, _ *Command) Words { return Words{"ends": f.Ends} },
	}
)

// DelegationPeriod returns the period that c asks for: from now on where it names no start.
func DelegationPeriod(c *Command, now time.Time) (starts, ends time.Time) {
	if starts = c.Time(fieldStarts); starts.IsZero() {
		starts = now
	}
	return starts, c.Time(fieldUntil)
}

func delegate(f *DelegationFacts, c *Command, s *Step) {
	d := &f.Delegation
	d.Person, d.Deputy, d.Role, d.Program = c.Actor.Person, f.DeputyNow.ID, asked(c), f.Program.ID
	d.Starts, d.Ends = DelegationPeriod(c, s.At)
	d.Reason = c.Text(delegationReason)
}

// Delegations is the lifecycle of a delegation. It is in force from its start to its end,
// to the microsecond, as long as it is active and the absent person holds the role; that
// it expires is noted afterwards. Nobody gives on what they act in as a deputy.
var Delegations = NewMachine(NounDelegation,
	func(f *DelegationFacts) *Record { return &f.Record },
	func(f *DelegationFacts) *Standing { return &f.Standing },
	[]Rule[DelegationFacts]{
		{Start: in(None), Action: ActCreate, By: delegable, End: Active, Fields: delegationAddressed,
			Guards: []delegationGuard{roleDelegable, roleHeld, deputyIsAnother, deputyOfStaff, deputyFree, periodSound}, Effect: delegate},
		{Start: in(Active), Action: ActRevoke, By: delegable | by(Admin), End: Revoked, Fields: []Field{fieldNote.Opt()},
			Guards: []delegationGuard{delegationYours}, Effect: func(f *DelegationFacts, c *Command, _ *Step) { f.Note = c.Text(fieldNote) }, Always: true},
		{Start: in(Active), Action: ActExpire, By: by(System), End: Expired, Guards: []delegationGuard{delegationOver}, Always: true},
	}...)
