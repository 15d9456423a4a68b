package workflow

// An Errand is a state in which a record of the staff's waits for one of them, and
// the action that it waits for. The lifecycle says whose duty that is.
type Errand struct {
	Noun   Noun
	State  State
	Action Action
	Late   bool // it waits only once the day is over by which it should have left the state
}

// Errands lists what the staff may have to do, in the order that a case takes. What
// can be done in a state without the record waiting for it, such as placing a hold, is
// not among them.
var Errands = []Errand{
	{NounAffiliation, Requested, ActConfirm, false},
	{NounHit, Open, ActDismiss, false},
	{NounDuplicate, Open, ActDismiss, false},
	{NounApplication, Screening, ActClear, false},
	{NounClearance, Required, ActClear, false},
	{NounConflict, Open, ActWaive, false},
	{NounReview, Invited, ActAccept, false},
	{NounReview, Accepted, ActSubmit, false},
	{NounApplication, InReview, ActRecommend, false},
	{NounException, Requested, ActApprove, false},
	{NounApplication, Recommended, ActAward, false},
	{NounApplication, DeclineRecommended, ActDecline, false},
	{NounApplication, Appealed, ActUphold, false},
	{NounAward, Offered, ActAcknowledge, false}, // of those that are flagged
	{NounAward, ChangeRequested, ActRevise, false},
	{NounAward, Accepted, ActCountersign, false},
	{NounAward, Active, ActAcknowledge, false},
	{NounAward, Suspended, ActAcknowledge, false},
	{NounAmendment, Requested, ActApprove, false},
	{NounBankAccount, Entered, ActVerify, false},
	{NounBankAccount, HalfVerified, ActConfirm, false},
	{NounClaim, Submitted, ActVerify, false},
	{NounClaim, Verified, ActApprove, false},
	{NounPayment, Held, ActRelease, false},
	{NounPayment, Ready, ActBatch, false},
	{NounBatch, Open, ActSubmit, false},
	{NounBatch, Submitted, ActApprove, false},
	{NounBatch, Approved, ActExport, false},
	{NounBatch, Exported, ActAcknowledge, false},
	{NounAnswerFile, Entered, ActApply, false},
	{NounAnswerFile, Parked, ActClose, false},
	{NounReport, Submitted, ActAccept, false},
	{NounFinding, Answered, ActSustain, false},
	{NounFinding, Sustained, ActClose, false},
	{NounDebt, Identified, ActDemand, false},
	{NounDebt, Disputed, ActUphold, false},
	{NounAward, Closing, ActClose, false},
	// What is late is the lead's to give to somebody who has the time.
	{NounApplication, Screening, ActAssign, true},
	{NounApplication, InReview, ActAssign, true},
	{NounApplication, Recommended, ActAssign, true},
	{NounApplication, DeclineRecommended, ActAssign, true},
	{NounApplication, Appealed, ActAssign, true},
}

// By returns whose duty e is, as its lifecycle says.
func (e Errand) By() Roles {
	var out Roles
	for _, row := range Of(e.Noun).Rows() {
		if row.Action == e.Action && contains(row.Start, e.State) {
			out |= row.By
		}
	}
	return out &^ by(System, Admin)
}

// String returns the errand as addresses write it, such as "claim.submitted".
func (e Errand) String() string {
	name := e.Noun.String() + "." + e.State.String()
	if e.Late {
		name += ".late"
	}
	return name
}

// ParseErrand is the opposite of String; false for what is none.
func ParseErrand(s string) (Errand, bool) {
	for _, e := range Errands {
		if e.String() == s {
			return e, true
		}
	}
	return Errand{}, false
}
