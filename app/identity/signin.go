package identity

import (
	"context"
	"errors"
	"strings"
	"time"

	"tranche/models"
)

// SignIn starts a session for whoever proves to be the person with this address,
// and returns its new secret. source is where the request comes from: its network
// address.
//
// The error is ErrWrong or a *CoolDown when they did not prove it; both, and the
// work done for them, are the same for a person who does not exist, one who has
// no password and one who was shut out. models.ErrBusy means that too many people
// are signing in.
func (g *Gate) SignIn(ctx context.Context, email, password, source string) (string, error) {
	email = normalEmail(email)
	try := g.attempt(email, source)
	if err := g.sessions.Try(ctx, try); err != nil {
		return "", g.asCoolDown(err)
	}
	a, err := g.account(ctx, email)
	if err != nil {
		return "", err
	}
	ok, err := g.passwords.Matches(ctx, password, a.Password)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", ErrWrong
	}
	return g.begin(ctx, a, try)
}

// normalEmail writes an address as it is stored.
func normalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// attempt counts one try four times. The cool-down of an account together with a
// source is what stops guessing. The others are for guessing that is spread over
// many sources or accounts; they are short, and do not concern a source that this
// account has been signed in to from, so that strangers cannot keep an approver
// out on the day of a deadline.
//
// A try is counted before the password is looked at, and the right password takes
// its own try back: else a thousand tries at once would count as one.
func (g *Gate) attempt(email, source string) *models.Attempt {
	// Summed, because what people type as their address may be their password.
	account, pair, at := sum(email)[:32], sum(email + "\n" + source)[:32], g.clock()
	return &models.Attempt{At: at, Known: "known:" + pair, Trust: g.limits.Trust, Tallies: []models.Tally{
		{Subject: "pair:" + pair, Free: 5, Longest: 15 * time.Minute, Cleared: true},
		{Subject: "account:" + account, Free: 50, Longest: time.Minute, Cleared: true},
		{Subject: "source:" + sum(source)[:32], Free: 50, Longest: time.Minute, Forget: 24 * time.Hour},
		{Subject: "all", Free: 1000, Longest: 5 * time.Second, Forget: time.Hour},
	}}
}

func (g *Gate) asCoolDown(err error) error {
	var c *models.Cooling
	if !errors.As(err, &c) {
		return err
	}
	return &CoolDown{max(c.Until.Sub(g.clock()), time.Second)}
}
