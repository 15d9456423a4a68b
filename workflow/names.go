package workflow

import "fmt"

// A Noun is a kind of record. Its text is stored, exported and part of URLs, so
// a released text never changes.
type Noun uint8

// A State is where a record stands. None is the state of a record that does not
// exist yet; Back, as the end of a rule, means the state that is stored on the
// record as its way back. The text is stored and exported.
type State uint8

// An Action is what somebody asks for; its text is the last part of a URL.
type Action uint8

// A Role is the hat somebody wears while asking.
type Role uint8

// The kinds of records.
const (
	NoNoun Noun = iota
	NounProgram
	NounFund
	NounOpportunity
	NounOrganization
	NounAffiliation
	NounStatement
	NounPerson
	NounGrant
	NounToken
	NounApplication
	NounReview
	NounAward
	NounTranche
	NounClaim
	NounPayment
	NounBatch
	NounBankAccount
	NounHold
	NounException
	NounPolicy
	NounRate
	NounElimination
	NounList
	NounScreening
	NounHit
	NounClearance
	NounLetter
	NounDuplicate
	NounDelegation
	NounInterest
	NounConflict
	NounAnswerFile
	NounReport
	NounAmendment
	NounFinding
	NounDebt
	NounJournal
	NounPanel
	NounDeliberation
	NounSavedView
	nouns
)

var nounNames = [nouns]string{
	"", "program", "fund", "opportunity", "organization", "affiliation", "statement", "person", "grant", "token",
	"application", "review", "award", "tranche", "claim", "payment", "batch", "bank_account", "hold", "exception",
	"policy",
	"rate", "elimination",
	"list", "screening", "hit", "clearance", "letter", "duplicate", "delegation", "interest", "conflict", "answer_file",
	"report", "amendment", "finding", "debt", "journal", "panel", "deliberation", "saved_view",
}

var nounPlurals = [nouns]string{
	"", "programs", "funds", "opportunities", "organizations", "affiliations", "statements", "people", "grants", "tokens",
	"applications", "reviews", "awards", "tranches", "claims", "payments", "batches", "bank-accounts", "holds", "exceptions",
	"policies",
	"rates", "eliminations",
	"lists", "screenings", "hits", "clearances", "letters", "duplicates", "delegations", "interests", "conflicts", "answer-files",
	"reports", "amendments", "findings", "debts", "journals", "panels", "deliberations", "saved-views",
}

// The states of all lifecycles; each lifecycle uses its own part of them.
const (
	None State = iota
	Back
	Forecasted
	Open
	Paused
	Closed
	Archived
	Cancelled
	Draft
	Submitted
	Screening
	Ineligible
	InReview
	NeedsInformation
	Recommended
	DeclineRecommended
	Waitlisted
	Awarded
	Declined
	Appealed
	NotAccepted
	Expired
	Withdrawn
	Offered
	ChangeRequested
	Accepted
	Refused
	Lapsed
	Rescinded
	Active
	Suspended
	Closing
	Queried
	Verified
	Approved
	Rejected
	Paid
	Ready
	Held
	Batched
	Exported
	Recalled
	Settled
	Returned
	Misdirected
	Acknowledged
	Completed
	Invited
	Recused
	Entered
	HalfVerified
	Superseded
	Placed
	Lifted
	Requested
	Denied
	Used
	Revoked
	Required
	Cleared
	Confirmed
	Dismissed
	Waived
	Issued
	Linked
	Merged
	Applying
	Parked
	Due
	Signed
	Answered
	Sustained
	Identified
	Demanded
	Disputed
	Repaying
	Offset
	Referred
	WrittenOff
	states
)

var stateNames = [states]string{
	"none", "back", "forecasted", "open", "paused", "closed", "archived", "cancelled", "draft", "submitted", "screening",
	"ineligible", "in_review", "needs_information", "recommended", "decline_recommended", "waitlisted", "awarded",
	"declined", "appealed", "not_accepted", "expired", "withdrawn", "offered", "change_requested", "accepted", "refused",
	"lapsed", "rescinded", "active", "suspended", "closing", "queried", "verified", "approved", "rejected", "paid",
	"ready", "held", "batched", "exported", "recalled", "settled", "returned", "misdirected", "acknowledged", "completed",
	"invited", "recused", "entered", "half_verified", "superseded", "placed", "lifted", "requested", "denied", "used",
	"revoked", "required", "cleared", "confirmed", "dismissed", "waived", "issued", "linked", "merged",
	"applying", "parked", "due", "signed", "answered", "sustained", "identified", "demanded", "disputed", "repaying", "offset",
	"referred", "written_off",
}

// The actions of all lifecycles.
const (
	NoAction Action = iota
	ActCreate
	ActUpdate
	ActRevoke
	ActAppropriate
	ActForecast
	ActPublish
	ActClose
	ActArchive
	ActExtend
	ActPause
	ActResume
	ActCancel
	ActStart
	ActSave
	ActSubmit
	ActReopen
	ActRestore
	ActExpire
	ActScreenPass
	ActScreenRefer
	ActScreenFail
	ActClear
	ActFindIneligible
	ActRefer
	ActRequestInformation
	ActReply
	ActLapse
	ActCancelRequest
	ActExtendRequest
	ActRecommend
	ActRecommendDecline
	ActWaitlist
	ActDefer
	ActReturn
	ActAward
	ActDecline
	ActAppeal
	ActUphold
	ActReinstate
	ActRectify
	ActLapseAward
	ActWithdraw
	ActOffer
	ActAccept
	ActRequestChange
	ActRevise
	ActRefuse
	ActRescind
	ActCountersign
	ActSuspend
	ActFinish
	ActTerminate
	ActQuery
	ActVerify
	ActApprove
	ActSendBack
	ActReject
	ActPay
	ActVoid
	ActMake
	ActBatch
	ActDrop
	ActHold
	ActRelease
	ActExport
	ActRecall
	ActSettle
	ActMisdirect
	ActAcknowledge
	ActComplete
	ActInvite
	ActRecuse
	ActStrike
	ActEnter
	ActConfirm
	ActSupersede
	ActPlace
	ActLift
	ActRequest
	ActDeny
	ActUse
	ActSplit
	ActResize
	ActApply
	ActRollOut
	ActAdopt
	ActAmend
	ActDeclare
	ActRescreen
	ActExcuse
	ActMakeUp
	ActScreen
	ActDismiss
	ActRequire
	ActWaive
	ActLink
	ActMerge
	ActUndo
	ActAssign
	ActSign
	ActSustain
	ActDemand
	ActDispute
	ActRepay
	ActOffset
	ActWriteOff
	ActCloseUnilaterally
	actions
)

var actionNames = [actions]string{
	"", "create", "update", "revoke", "appropriate", "forecast", "publish", "close", "archive", "extend", "pause",
	"resume", "cancel", "start", "save", "submit", "reopen", "restore", "expire", "screen_pass", "screen_refer",
	"screen_fail", "clear", "find_ineligible", "refer", "request_information", "reply", "lapse", "cancel_request",
	"extend_request", "recommend", "recommend_decline", "waitlist", "defer", "return", "award", "decline", "appeal", "uphold", "reinstate",
	"rectify", "lapse_award", "withdraw", "offer", "accept", "request_change", "revise", "refuse", "rescind",
	"countersign", "suspend", "finish", "terminate", "query", "verify", "approve", "send_back", "reject", "pay", "void",
	"make", "batch", "drop", "hold", "release", "export", "recall", "settle", "misdirect", "acknowledge", "complete",
	"invite", "recuse", "strike", "enter", "confirm", "supersede", "place", "lift", "request", "deny", "use", "split",
	"resize", "apply", "roll_out", "adopt", "amend", "declare", "rescreen", "excuse", "make_up",
	"screen", "dismiss", "require", "waive", "link", "merge", "undo", "assign", "sign",
	"sustain", "demand", "dispute", "repay", "offset", "write_off", "close_unilaterally",
}

// The roles of design: two of an organization, the others of a program, and
// System for what jobs and parent commands do.
const (
	NoRole Role = iota
	Applicant
	AOR
	Reviewer
	ProgramOfficer
	ProgramLead
	SelectingOfficial
	GrantsOfficer
	AppealsOfficial
	SecurityReviewer
	FinancePreparer
	FinanceCertifier
	FinanceReleaser
	LabManager
	Auditor
	Partner
	Admin
	System
	roles
)

var roleNames = [roles]string{
	"", "applicant", "aor", "reviewer", "program_officer", "program_lead", "selecting_official", "grants_officer",
	"appeals_official", "security_reviewer", "finance_preparer", "finance_certifier", "finance_releaser", "lab_manager",
	"auditor", "partner", "admin", "system",
}

// Roles is a set of roles.
type Roles uint32

// RolesOf returns the set of the roles in r.
func RolesOf(r ...Role) Roles {
	var set Roles
	for _, one := range r {
		set |= 1 << one
	}
	return set
}

// Has reports whether r is in the set.
func (set Roles) Has(r Role) bool { return set&(1<<r) != 0 }

// List returns the roles of the set in their fixed order.
func (set Roles) List() []Role {
	var out []Role
	for r := Applicant; r < roles; r++ {
		if set.Has(r) {
			out = append(out, r)
		}
	}
	return out
}

// String returns the singular text, such as "bank_account".
func (n Noun) String() string { return nounNames[n] }

// Plural returns the text used in URLs, such as "bank-accounts".
func (n Noun) Plural() string { return nounPlurals[n] }

// String returns the stored text, such as "in_review".
func (s State) String() string { return stateNames[s] }

// String returns the text used in URLs and events, such as "find_ineligible".
func (a Action) String() string { return actionNames[a] }

// String returns the stored text, such as "program_officer".
func (r Role) String() string { return roleNames[r] }

// MarshalText writes the stored text.
func (n Noun) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// MarshalText writes the stored text.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalText writes the stored text.
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// MarshalText writes the stored text.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (n *Noun) UnmarshalText(b []byte) (err error) { *n, err = ParseNoun(string(b)); return }

// UnmarshalText reads what MarshalText wrote.
func (s *State) UnmarshalText(b []byte) (err error) { *s, err = ParseState(string(b)); return }

// UnmarshalText reads what MarshalText wrote.
func (a *Action) UnmarshalText(b []byte) (err error) { *a, err = ParseAction(string(b)); return }

// UnmarshalText reads what MarshalText wrote.
func (r *Role) UnmarshalText(b []byte) (err error) { *r, err = ParseRole(string(b)); return }

var (
	nounByName   = index[Noun](nounNames[:])
	nounByPlural = index[Noun](nounPlurals[:])
	stateByName  = index[State](stateNames[:])
	actionByName = index[Action](actionNames[:])
	roleByName   = index[Role](roleNames[:])
)

// ParseNoun reads a singular text.
func ParseNoun(s string) (Noun, error) { return parse(nounByName, "noun", s) }

// ParsePlural reads the text of a noun as it stands in URLs.
func ParsePlural(s string) (Noun, error) { return parse(nounByPlural, "noun", s) }

// ParseState reads a stored text.
func ParseState(s string) (State, error) { return parse(stateByName, "state", s) }

// ParseAction reads the text of an action.
func ParseAction(s string) (Action, error) { return parse(actionByName, "action", s) }

// ParseRole reads a stored text.
func ParseRole(s string) (Role, error) { return parse(roleByName, "role", s) }

func index[T ~uint8](names []string) map[string]T {
	m := make(map[string]T, len(names))
	for i, name := range names {
		m[name] = T(i)
	}
	return m
}

func parse[T ~uint8](m map[string]T, kind, s string) (T, error) {
	v, ok := m[s]
	if !ok || s == "" {
		return 0, fmt.Errorf("workflow: no %s is called %q", kind, s)
	}
	return v, nil
}
