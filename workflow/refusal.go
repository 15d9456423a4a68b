package workflow

import "fmt"

// A Reason is a stable code for why something is not possible. Pages and the
// API turn it into a sentence of the reader's language; the code itself is
// exported and counted, so a released code never changes.
type Reason string

// Words are the numbers and names that a reason's sentence needs, by the name
// that the word list uses for them.
type Words map[string]any

// A RefusalKind says whose matter a refusal is; the HTTP status follows from it.
type RefusalKind uint8

const (
	// NotNow means the table has no row for the action from this state.
	NotNow RefusalKind = iota
	// NotYours means the row belongs to another role, or that this person's
	// earlier part in the case bars them from this duty.
	NotYours
	// NotMet means that a condition does not hold.
	NotMet
)

// The reasons that the machine itself gives.
const (
	ReasonNoRow Reason = "not_from_this_state"
	ReasonRole  Reason = "role_may_not"
	ReasonHeld  Reason = "on_hold"
)

// The reasons that the store gives too, when its own guard finds what the
// facts could not show yet.
const (
	ReasonFunds     Reason = "funds_insufficient"
	ReasonGroupCap  Reason = "over_group_cap"
	ReasonTaken     Reason = "already_there"
	ReasonException Reason = "exception_missing"
)

// A Refusal is the answer no: nothing was changed. It is returned as an error
// and is never a fault of the system.
type Refusal struct {
	Noun   Noun
	ID     ID
	Action Action
	State  State
	Kind   RefusalKind
	Reason Reason
	Field  string // the input that the reason is about, or ""
	Words  Words
	Made   bool // a request of the same kind would have been completed before it was decided
}

// Error is for logs; people read the word list's sentence for Reason.
func (r *Refusal) Error() string {
	return fmt.Sprintf("%s %s %d from %s: %s", r.Action, r.Noun, r.ID, r.State, r.Reason)
}
