package demo

import (
	"context"
	"slices"
)

// A Road is how far an application goes in the demonstration. Most go all the
// way; the others leave one in each state that a visitor may want to look at or
// work on.
type Road string

// The roads.
const (
	TurnedAway         Road = "turned_away" // refused at submit, stays a draft
	Ineligible         Road = "ineligible"
	Referred           Road = "referred" // waits for an officer to look at the evidence
	Cleared            Road = "cleared"  // an officer has looked at the evidence; a reviewer is at work
	Asked              Road = "asked"    // the officer asked, the applicant has not replied
	InReview           Road = "in_review"
	Withdrawn          Road = "withdrawn"
	Waitlisted         Road = "waitlisted"
	Recommended        Road = "recommended"
	DeclineRecommended Road = "decline_recommended"
	Declined           Road = "declined"
	Appealed           Road = "appealed"
	Offered            Road = "offered"      // the award waits for a signature
	NotAccepted        Road = "not_accepted" // the award was refused
	Claimed            Road = "claimed"      // the first claim waits for the program officer
	Paid               Road = "paid"         // the first claim is approved, to be paid with the first batch
)

// A step is one thing that happens to an application.
type step func(*journey, context.Context) error

// first returns the steps of a road that no other company's road has to wait for.
func (r Road) first() []step {
	var (
		drafted  = []step{(*journey).begin, (*journey).save, (*journey).registerTwice}
		screened = after(drafted, (*journey).screenEarly, (*journey).submit, (*journey).screened, (*journey).listed, (*journey).adjudicate)
		reviewed = after(screened, (*journey).inviteConflicted, (*journey).reviews)
		opposed  = after(reviewed, (*journey).recommendDecline)
		advised  = after(reviewed, (*journey).recommend)
		offered  = after(advised, (*journey).clearances, (*journey).award)
		signed   = after(offered, (*journey).enterAccount, (*journey).verifyAccount, (*journey).accept, (*journey).countersign)
		claimed  = after(signed, (*journey).claim)
	)
	switch r {
	case TurnedAway:
		return after(drafted, (*journey).submitTooMuch)
	case Ineligible, Referred:
		return after(screened, (*journey).noteVerdict)
	case Asked:
		return after(screened, (*journey).noteVerdict, (*journey).ask)
	case Cleared:
		return after(screened, (*journey).noteVerdict, (*journey).clear, (*journey).halfReviewed)
	case InReview:
		return after(screened, (*journey).halfReviewed)
	case Withdrawn:
		return after(reviewed, (*journey).withdraw)
	case Waitlisted:
		return after(reviewed, (*journey).waitlist)
	case Recommended:
		return advised
	case DeclineRecommended:
		return opposed
	case Declined:
		return after(opposed, (*journey).decline)
	case Appealed:
		return after(opposed, (*journey).decline, (*journey).appeal)
	case Offered, NotAccepted:
		return offered
	case Claimed:
		return claimed
	default:
		return after(claimed, (*journey).verifyClaim, (*journey).approveClaim)
	}
}

// after returns the steps with more at the end, in memory of their own: several
// roads begin with the same steps.
func after(steps []step, more ...step) []step { return append(slices.Clip(steps), more...) }

// then returns the steps that wait until every first part is done: when an award
// is refused, the next of the waitlist is proposed, whoever that is by then.
func (r Road) then() []step {
	if r == NotAccepted {
		return []step{(*journey).refuseAward}
	}
	return nil
}
