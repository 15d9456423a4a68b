package workflow

// An Errand is a state in which a record of the staff's waits for one of them, and
// the action that it waits for. The lifecycle says whose duty that is.
type Errand struct {
	Noun   Noun
	State  State
	Action Action
}

// Errands lists what the staff may have to do, in the order that a case takes. What
// can be done in a state without the record waiting for it, such as placing a hold, is
// not among them.
var Errands = []Errand{
	{NounAffiliation, Requested, ActConfirm},
	{NounHit, Open, ActDismiss},
	{NounDuplicate, Open, ActDismiss},
	{NounApplication, Screening, ActClear},
	{NounClearance, Required, ActClear},
	{NounConflict, Open, ActWaive},
	{NounReview, Invited, ActAccept},
	{NounReview, Accepted, ActSubmit},
	{NounApplication, InReview, ActRecommend},
	{NounException, Requested, ActApprove},
	{NounApplication, Recommended, ActAward},
	{NounApplication, DeclineRecommended, ActDecline},
	{NounApplication, Appealed, ActUphold},
	{NounAward, Offered, ActAcknowledge}, // of those that are flagged
	{NounAward, ChangeRequested, ActRevise},
	{NounAward, Accepted, ActCountersign},
	{NounAward, Active, ActAcknowledge},
	{NounAward, Suspended, ActAcknowledge},
	{NounBankAccount, Entered, ActVerify},
	{NounBankAccount, HalfVerified, ActConfirm},
	{NounClaim, Submitted, ActVerify},
	{NounClaim, Verified, ActApprove},
	{NounPayment, Held, ActRelease},
	{NounPayment, Ready, ActBatch},
	{NounBatch, Open, ActSubmit},
	{NounBatch, Submitted, ActApprove},
	{NounBatch, Approved, ActExport},
	{NounBatch, Exported, ActAcknowledge},
	{NounAward, Closing, ActClose},
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
func (e Errand) String() string { return e.Noun.String() + "." + e.State.String() }

// ParseErrand is the opposite of String; false for what is none.
func ParseErrand(s string) (Errand, bool) {
	for _, e := range Errands {
		if e.String() == s {
			return e, true
		}
	}
	return Errand{}, false
}
