package demo

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"tranche/workflow"
)

// award has the selecting official award what was recommended, and looks up the
// award that this made: once it is refused, the application no longer names it.
func (j *journey) award(ctx context.Context) error {
	err := j.on(ctx, official, "award", fields{"amount": dollars(j.c.Recommended()), "note": "As recommended."})
	if err != nil {
		return err
	}
	made, err := everything[record](ctx, j.drive, "awards", url.Values{"application_id": {j.app.ID.String()}})
	if err != nil {
		return err
	}
	if len(made) != 1 {
		return fmt.Errorf("application %d has %d awards, not one", j.app.ID, len(made))
	}
	j.offer = made[0]
	return nil
}

func (j *journey) refuseAward(ctx context.Context) error {
	return j.onAward(ctx, j.aor, "refuse", fields{"note": "Our plans have changed."})
}

// onAward performs an action on the award.
func (j *journey) onAward(ctx context.Context, who, action string, body fields) error {
	return j.act(ctx, who, j.key("award/"+action), "awards", &j.offer, action, body)
}

// enterAccount has the company enter the next version of its bank account.
func (j *journey) enterAccount(ctx context.Context) (err error) {
	j.version++
	routing, account := j.c.account(j.version)
	j.account, err = j.create(ctx, j.aor, j.key("account-"+strconv.Itoa(j.version)), "bank-accounts", fields{
		"organization": j.organizations[j.c.UEI], "routing": routing, "account": account,
		"savings": j.c.draw("savings", 8) == 0, "holder": j.c.LegalName,
	})
	return err
}

func (j *journey) verifyAccount(ctx context.Context) error {
	return j.onAccount(ctx, certifier, "verify", fields{"method": "call_back"})
}

// onAccount performs an action on the newest bank account.
func (j *journey) onAccount(ctx context.Context, who, action string, body fields) error {
	return j.act(ctx, who, j.key(fmt.Sprintf("account-%d/%s", j.version, action)), "bank-accounts", &j.account, action, body)
}

func (j *journey) accept(ctx context.Context) error { return j.onAward(ctx, j.aor, "accept", nil) }

func (j *journey) countersign(ctx context.Context) error {
	return j.onAward(ctx, grants, "countersign", nil)
}

// tranche is the part of an award that one milestone releases.
type tranche struct {
	ID     workflow.ID `json:"id"`
	Number int64       `json:"number"`
	Amount money       `json:"amount"`
}

// claim claims the first tranche.
func (j *journey) claim(ctx context.Context) error {
	all, err := list[tranche](ctx, j.client, j.people[j.aor].token, "/tranches", url.Values{"award_id": {j.offer.ID.String()}})
	if err != nil {
		return err
	}
	first := slices.IndexFunc(all, func(t tranche) bool { return t.Number == 1 })
	if first < 0 {
		return fmt.Errorf("award %d has no first tranche", j.offer.ID)
	}
	j.request, err = j.create(ctx, j.aor, j.key("claim"), "claims", fields{
		"award": j.offer.ID, "tranche": all[first].ID, "kind": "advance", "amount": all[first].Amount,
		"narrative": "The work plan is attached to our files and was discussed with the program officer.",
	})
	if err != nil {
		return err
	}
	return j.onClaim(ctx, j.aor, "submit", nil)
}

// onClaim performs an action on the claim.
func (j *journey) onClaim(ctx context.Context, who, action string, body fields) error {
	return j.act(ctx, who, j.key("claim/"+action), "claims", &j.request, action, body)
}

func (j *journey) verifyClaim(ctx context.Context) error {
	return j.onClaim(ctx, officer, "verify", fields{"accepted": true, "note": "The work plan is complete."})
}

func (j *journey) approveClaim(ctx context.Context) error {
	return j.onClaim(ctx, grants, "approve", nil)
}
