// Package identity finds out who is asking: it checks passwords, keeps sessions
// and API tokens, and says what a token may be used for. It decides nothing about
// records: what a person may do follows from their roles, which are read anew for
// every request, so that what was taken away is gone with the next one.
package identity

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"tranche/models"
)

var (
	// ErrSignedOut means that there is no such session, or that it is over: the
	// person may sign in again.
	ErrSignedOut = errors.New("identity: not signed in")
	// ErrWrong means that nobody can sign in with this address and password. It
	// does not say which of them is wrong, or whether the person was shut out.
	ErrWrong = errors.New("identity: wrong address or password")
	// ErrToken means that there is no such API token, or that it is of no use any more.
	ErrToken = errors.New("identity: no such token")
)

// A CoolDown is the answer to a try to sign in that comes too soon after too many
// wrong ones. It is the same whether the account exists or not.
type CoolDown struct{ Wait time.Duration } // from now on; more than zero

// Error is for logs.
func (c *CoolDown) Error() string { return "identity: too many tries; wait " + c.Wait.String() }

// Session is one browser that somebody signed in with. Its Sum may be shown, and
// names it for End; nobody can sign in with it.
type Session = models.Session

// Limits say how long things last. A zero member means the default.
type Limits struct {
	Idle     time.Duration // a session that is not used this long is over; 15 minutes
	Absolute time.Duration // a session is over this long after its sign-in, used or not; 12 hours
	Fresh    time.Duration // for acts that ask for it, a sign-in counts this long; 5 minutes
	Trust    time.Duration // a source is remembered this long after a good sign-in; 90 days
}

// The default limits. Source: OWASP ASVS 5.0.0, 7.3 and 7.5.
const (
	defaultIdle     = 15 * time.Minute
	defaultAbsolute = 12 * time.Hour
	defaultFresh    = 5 * time.Minute
	defaultTrust    = 90 * 24 * time.Hour
)

// touchEvery is how often the use of a session is written down. A session may end
// by this much before its idle limit, and never after it.
const touchEvery = time.Minute

// A Gate finds out who is asking. It may be used by any number of goroutines and
// by any number of processes on one database: it remembers nothing that matters.
type Gate struct {
	sessions  *models.Sessions
	passwords *Passwords
	now       func() time.Time
	limits    Limits
	touching  sync.Map // sums of sessions that are being touched right now
}

// New returns a gate to the people in db, whose schema has to be there. now is
// the wall clock; passwords may be shared with whatever else hashes.
func New(ctx context.Context, db *models.DB, now func() time.Time, passwords *Passwords, l Limits) (*Gate, error) {
	sessions, err := models.NewSessions(ctx, db)
	if err != nil {
		return nil, err
	}
	l = Limits{cmp.Or(l.Idle, defaultIdle), cmp.Or(l.Absolute, defaultAbsolute), cmp.Or(l.Fresh, defaultFresh), cmp.Or(l.Trust, defaultTrust)}
	return &Gate{sessions: sessions, passwords: passwords, now: now, limits: l}, nil
}

// Resume returns who the session with this secret belongs to, with the roles that
// they hold now. It is ErrSignedOut for everything that is no live session.
func (g *Gate) Resume(ctx context.Context, token string) (*models.Viewer, Session, error) {
	if !wellFormed(token) {
		return nil, Session{}, ErrSignedOut
	}
	now := g.clock()
	s, v, err := g.sessions.Find(ctx, sum(token), now)
	if errors.Is(err, models.ErrNotFound) {
		return nil, Session{}, ErrSignedOut
	}
	if err != nil {
		return nil, Session{}, err
	}
	if !now.Before(s.Ends) || now.Sub(s.Seen) >= g.limits.Idle {
		return nil, Session{}, ErrSignedOut
	}
	if now.Sub(s.Seen) >= touchEvery {
		g.touch(ctx, &s, now)
	}
	v.Fresh = g.fresh(s, now)
	return v, s, nil
}

// fresh is false when the clock was set back to before the sign-in.
func (g *Gate) fresh(s Session, now time.Time) bool {
	age := now.Sub(s.SignedIn)
	return age >= 0 && age <= g.limits.Fresh
}

// touch writes down that s is used. A database that cannot write does not keep
// people from reading: the session then ends when it would have ended anyway.
func (g *Gate) touch(ctx context.Context, s *Session, now time.Time) {
	if _, already := g.touching.LoadOrStore(s.Sum, true); already {
		return
	}
	defer g.touching.Delete(s.Sum)
	if err := g.sessions.Touch(ctx, s.Sum, now); err != nil {
		slog.WarnContext(ctx, "session not touched", "person", s.Person, "err", err)
		return
	}
	s.Seen = now
}

// SignOut ends the session with this secret; it is no error when there is none.
func (g *Gate) SignOut(ctx context.Context, token string) error {
	s, _, err := g.sessions.Find(ctx, sum(token), g.clock())
	if errors.Is(err, models.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return g.sessions.End(ctx, s.Person, s.Sum)
}

// Sessions lists the viewer's live sessions, the latest sign-in first.
func (g *Gate) Sessions(ctx context.Context, v *models.Viewer) ([]Session, error) {
	now := g.clock()
	return g.sessions.Of(ctx, v, now, now.Add(-g.limits.Idle))
}

// End ends one of the viewer's own sessions; it is no error when there is none.
func (g *Gate) End(ctx context.Context, v *models.Viewer, sum string) error {
	return g.sessions.End(ctx, v.Person, sum)
}

// EndOthers ends all of the viewer's sessions but keep.
func (g *Gate) EndOthers(ctx context.Context, v *models.Viewer, keep Session) error {
	return g.sessions.EndOthers(ctx, v.Person, keep.Sum)
}

// forgetTries is how long nobody must have tried before a count of tries is
// thrown away. It is longer than any cool-down.
const forgetTries = 30 * 24 * time.Hour

// Sweep throws away what is over: sessions, and old counts of wrong passwords. A
// job calls it now and then; nothing depends on when.
func (g *Gate) Sweep(ctx context.Context) error {
	now := g.clock()
	return g.sessions.Sweep(ctx, now, now.Add(-forgetTries))
}

// Bearer returns whose API token secret is, with the roles that they hold now,
// and what the token may be used for. A token that may sign needs no fresh
// sign-in to do so. It is ErrToken for everything that is no token in force.
func (g *Gate) Bearer(ctx context.Context, secret string) (*models.Viewer, Scopes, error) {
	rest, prefixed := strings.CutPrefix(secret, tokenPrefix)
	if !prefixed || !wellFormed(rest) {
		return nil, 0, ErrToken
	}
	now := g.clock()
	b, v, err := g.sessions.Bearing(ctx, sum(secret), now)
	if errors.Is(err, models.ErrNotFound) {
		return nil, 0, ErrToken
	}
	if err != nil {
		return nil, 0, err
	}
	if !now.Before(b.Ends) {
		return nil, 0, ErrToken
	}
	scopes, err := ParseScopes(b.Scopes)
	if err != nil {
		return nil, 0, fmt.Errorf("token %s: %w", b.Token, err)
	}
	v.Fresh = scopes.Has(Sign)
	return v, scopes, nil
}

// clock returns now as the database stores it.
func (g *Gate) clock() time.Time { return g.now().UTC().Truncate(time.Microsecond) }

// account returns whom the address belongs to, if the password could be theirs.
func (g *Gate) account(ctx context.Context, email string) (models.Account, error) {
	a, err := g.sessions.Account(ctx, email)
	if errors.Is(err, models.ErrNotFound) {
		return models.Account{}, nil
	}
	return a, err
}

// begin starts a session of a's person with a new secret: nobody can sign another
// one in to a session that they know.
func (g *Gate) begin(ctx context.Context, a models.Account, try *models.Attempt) (string, error) {
	token := secret()
	at := g.clock()
	if at.Before(a.Changed) {
		at = a.Changed // made by a process whose clock is ahead of ours
	}
	s := Session{Sum: sum(token), Person: a.Person, SignedIn: at, Seen: at, Ends: at.Add(g.limits.Absolute)}
	if err := g.sessions.Start(ctx, s, try); err != nil {
		return "", err
	}
	return token, nil
}
