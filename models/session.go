package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"tranche/workflow"
)

// A Session is one browser that somebody signed in with. Its secret is stored
// nowhere; Sum names it.
type Session struct {
	Sum      string // SHA-256 of the secret, hex
	Person   workflow.ID
	SignedIn time.Time // UTC, whole microseconds, as the others
	Seen     time.Time // the last request, give or take how seldom Touch is called
	Ends     time.Time // whatever happens
}

// A Bearing is an API token in use.
type Bearing struct {
	Token  workflow.ID
	Scopes string // as workflow.Token has them
	Ends   time.Time
}

// An Account is what a password is compared with.
type Account struct {
	Person   workflow.ID
	Password string // hash, or "" when this person has no password
	Changed  time.Time
}

// A Tally counts wrong passwords of one subject: an account, a source, or both
// together. Past Free of them each try is followed by a cool-down, of one second
// at first and twice as long every time.
type Tally struct {
	Subject string
	Free    int64
	Longest time.Duration // of a cool-down
	Forget  time.Duration // the count begins anew when the last try is older; zero: never
	Cleared bool          // the right password clears the count; otherwise it takes back its own try
}

// An Attempt is one try to sign in.
type Attempt struct {
	At      time.Time
	Tallies []Tally       // every caller lists its kinds in the same order, so that nobody waits in a circle
	Known   string        // subject under which a good sign-in is remembered; from there only the first tally counts
	Trust   time.Duration // for how long it is remembered
	known   bool
}

// Cooling is the answer to a try that comes too soon. Nothing was counted.
type Cooling struct{ Until time.Time }

// Error is for logs.
func (c *Cooling) Error() string {
	return "models: sign-in cools down until " + c.Until.Format(time.RFC3339)
}

// Sessions stores who is signed in, and who tried to. None of it is a record
// with a lifecycle: it makes no events, and Sweep throws away what is over.
type Sessions struct {
	db      *DB
	find    *sql.Stmt
	bearing *sql.Stmt
}

// grantList selects the roles in force of people.id as ViewerOf reads them, in
// one text: "aor:0:17 reviewer:3:0".
const grantList = `(SELECT COALESCE(string_agg(grants.role || ':' || COALESCE(grants.program_id, 0) || ':' || COALESCE(grants.organization_id, 0), ' '
	ORDER BY grants.id), '') FROM grants WHERE grants.person_id = people.id AND grants.state = 'active') || ` + entrustedList + `
`

// entrustedList goes on with the organizations that a person's own one registered
// as its affiliates, as long as they never had people of their own and nobody
// denied or ended what binds them.
const entrustedList = `(SELECT COALESCE(' ' || string_agg(g.role || ':0:' || o.id, ' ' ORDER BY o.id, g.id), '')
	FROM grants g JOIN organizations o ON o.registered_for_id = g.organization_id
	WHERE g.person_id = people.id AND g.state = 'active'
	AND NOT EXISTS (SELECT 1 FROM grants own WHERE own.organization_id = o.id AND own.state IN ('active', 'revoked'))
	AND EXISTS (SELECT 1 FROM affiliations a WHERE a.state IN ('requested', 'active')
		AND (a.owner_id = g.organization_id AND a.owned_id = o.id OR a.owner_id = o.id AND a.owned_id = g.organization_id)))`

const (
	findSession = `SELECT sessions.person_id, sessions.signed_in, sessions.seen, sessions.ends, ` + grantList + ", " + stoodList + `
		FROM sessions JOIN people ON people.id = sessions.person_id
		WHERE sessions.sum = ? AND people.state = 'active' AND people.changed <= sessions.signed_in`
	findBearing = `SELECT tokens.person_id, tokens.id, tokens.scopes, tokens.ends, ` + grantList + ", " + stoodList + `
		FROM tokens JOIN people ON people.id = tokens.person_id
		WHERE tokens.sum = ? AND tokens.state = 'active' AND people.state = 'active'`
)

// NewSessions prepares the two questions that every request asks. The schema has
// to be there.
func NewSessions(ctx context.Context, db *DB) (*Sessions, error) {
	find, err := db.sql.PrepareContext(ctx, db.bind(findSession))
	if err != nil {
		return nil, fmt.Errorf("prepare to find sessions: %w", err)
	}
	bearing, err := db.sql.PrepareContext(ctx, db.bind(findBearing))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("prepare to find tokens: %w", err), find.Close())
	}
	return &Sessions{db: db, find: find, bearing: bearing}, nil
}

// Find returns the session named sum and its person with the roles that they hold
// at now, as a deputy too. ErrNotFound means that there is none, that the person was shut out, or
// that their account was changed after they signed in: a new password, name or
// address ends what went before. Whether the session is over is for the caller.
func (s *Sessions) Find(ctx context.Context, sum string, now time.Time) (Session, *Viewer, error) {
	one, v, held, stood, at := Session{Sum: sum}, new(Viewer), "", "", now.UnixMicro()
	err := s.find.QueryRowContext(s.brief(ctx), at, at, sum).Scan(column{"person_id", &v.Person},
		column{"signed_in", &one.SignedIn}, column{"seen", &one.Seen}, column{"ends", &one.Ends}, &held, &stood)
	if err != nil {
		return Session{}, nil, found("session", err)
	}
	one.Person = v.Person
	v.Grants, err = parseAll(held, stood)
	return one, v, err
}

// Bearing returns the API token with this sum, in force, and its person with the
// roles that they hold now. ErrNotFound means that there is none, that it was
// revoked, or that the person was shut out. Whether it is over is for the caller.
func (s *Sessions) Bearing(ctx context.Context, sum string, now time.Time) (Bearing, *Viewer, error) {
	b, v, held, stood, at := Bearing{}, new(Viewer), "", "", now.UnixMicro()
	err := s.bearing.QueryRowContext(s.brief(ctx), at, at, sum).Scan(column{"person_id", &v.Person},
		column{"id", &b.Token}, &b.Scopes, column{"ends", &b.Ends}, &held, &stood)
	if err != nil {
		return Bearing{}, nil, found("token", err)
	}
	v.Via = b.Token
	v.Grants, err = parseAll(held, stood)
	return b, v, err
}

// brief drops the cancellation of ctx on SQLite, where a read of one row is over
// sooner than the two goroutines that watch the context have started.
func (s *Sessions) brief(ctx context.Context) context.Context {
	if s.db.dialect == SQLite {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

func found(what string, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return fmt.Errorf("find %s: %w", what, err)
}

func parseGrants(list string) ([]ViewerGrant, error) {
	if list == "" {
		return nil, nil
	}
	out := make([]ViewerGrant, 0, strings.Count(list, " ")+1)
	for one := range strings.FieldsSeq(list) {
		role, rest, _ := strings.Cut(one, ":")
		program, organization, _ := strings.Cut(rest, ":")
		var g ViewerGrant
		var err error
		if g.Role, err = workflow.ParseRole(role); err != nil {
			return nil, err
		}
		g.Program, _ = workflow.ParseID(program) // "0" is no ID, and means none
		g.Organization, _ = workflow.ParseID(organization)
		out = append(out, g)
	}
	return out, nil
}

// Account returns the account of an active person by their address in small
// letters; ErrNotFound when there is none.
func (s *Sessions) Account(ctx context.Context, email string) (Account, error) {
	var a Account
	err := s.db.sql.QueryRowContext(ctx, s.db.bind("SELECT id, password, changed FROM people WHERE email = ? AND state = 'active'"), email).
		Scan(column{"id", &a.Person}, &a.Password, column{"changed", &a.Changed})
	if err != nil {
		return Account{}, found("account", err)
	}
	return a, nil
}

// Of lists the viewer's own sessions that are not over at now, the latest first.
// seen is when a session must have been used last to be still alive.
func (s *Sessions) Of(ctx context.Context, v *Viewer, now, seen time.Time) ([]Session, error) {
	const query = `SELECT sessions.sum, sessions.signed_in, sessions.seen, sessions.ends
		FROM sessions JOIN people ON people.id = sessions.person_id
		WHERE sessions.person_id = ? AND sessions.ends > ? AND sessions.seen > ? AND people.changed <= sessions.signed_in
		ORDER BY sessions.signed_in DESC, sessions.sum`
	rows, err := s.db.sql.QueryContext(ctx, s.db.bind(query), int64(v.Person), now.UnixMicro(), seen.UnixMicro())
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	defer rows.Close()
	var out []Session
	for rows.Next() {
		one := Session{Person: v.Person}
		err := rows.Scan(&one.Sum, column{"signed_in", &one.SignedIn}, column{"seen", &one.Seen}, column{"ends", &one.Ends})
		if err != nil {
			return nil, fmt.Errorf("list sessions: %w", err)
		}
		out = append(out, one)
	}
	return out, rows.Err()
}

// A doing is a Unit in one function.
type doing func(*Tx) error

// Run implements Unit.
func (d doing) Run(tx *Tx) error { return d(tx) }

// Try counts a before the password is looked at, so that many tries at once count
// as many. The error is a *Cooling when one of the tallies asks for patience.
func (s *Sessions) Try(ctx context.Context, a *Attempt) error {
	return s.db.Write(ctx, doing(func(tx *Tx) error {
		n, err := tx.count("SELECT COUNT(*) FROM sign_in_failures WHERE subject = ? AND until > ?", a.Known, a.At.UnixMicro())
		if err != nil {
			return err
		}
		a.known = n > 0
		for _, t := range a.counted() {
			if err := tx.tally(t, a.At); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (a *Attempt) counted() []Tally {
	if a.known {
		return a.Tallies[:1]
	}
	return a.Tallies
}

func (t *Tx) tally(one Tally, at time.Time) error {
	now, oldest := at.UnixMicro(), int64(math.MinInt64)
	if one.Forget > 0 {
		oldest = at.Add(-one.Forget).UnixMicro()
	}
	// An end further away than the longest cool-down was written under another
	// clock: whoever sets the clock back is not locked out by it.
	var n int64
	err := t.row(`INSERT INTO sign_in_failures (subject, failures, until) VALUES (?, 1, ?)
		ON CONFLICT (subject) DO UPDATE
		SET failures = CASE WHEN sign_in_failures.until < ? THEN 1 ELSE sign_in_failures.failures + 1 END, until = excluded.until
		WHERE sign_in_failures.until <= excluded.until OR sign_in_failures.until > ?
		RETURNING failures`, []any{one.Subject, now, oldest, at.Add(one.Longest).UnixMicro()}, &n)
	if errors.Is(err, ErrNotFound) {
		return t.cooling(one.Subject)
	}
	if err != nil || n <= one.Free {
		return err
	}
	_, err = t.exec("UPDATE sign_in_failures SET until = ? WHERE subject = ?", at.Add(one.coolDown(n)).UnixMicro(), one.Subject)
	return err
}

// coolDown returns the wait after try number n, which is past Free.
func (one Tally) coolDown(n int64) time.Duration {
	return min(one.Longest, time.Second<<min(n-one.Free-1, 30))
}

func (t *Tx) cooling(subject string) error {
	var c Cooling
	if err := t.row("SELECT until FROM sign_in_failures WHERE subject = ?", []any{subject}, column{"until", &c.Until}); err != nil {
		return err
	}
	return &c
}

// Start stores a new session, which a came to: its counts are cleared or taken
// back, where it came from is remembered, and the person's sessions that are over
// go.
func (s *Sessions) Start(ctx context.Context, one Session, a *Attempt) error {
	return s.db.Write(ctx, doing(func(tx *Tx) error {
		return steps(
			func() error { return tx.forgive(a) },
			func() error { return tx.remember(a) },
			func() error {
				_, err := tx.exec("DELETE FROM sessions WHERE person_id = ? AND ends <= ?", int64(one.Person), a.At.UnixMicro())
				return err
			},
			func() error {
				_, err := tx.exec("INSERT INTO sessions (sum, person_id, signed_in, seen, ends) VALUES (?, ?, ?, ?, ?)",
					one.Sum, int64(one.Person), one.SignedIn.UnixMicro(), one.Seen.UnixMicro(), one.Ends.UnixMicro())
				return err
			},
		)
	}))
}

func (t *Tx) forgive(a *Attempt) error {
	for _, one := range a.counted() {
		query := "UPDATE sign_in_failures SET failures = failures - 1 WHERE subject = ? AND failures > 0"
		if one.Cleared {
			query = "DELETE FROM sign_in_failures WHERE subject = ?"
		}
		if _, err := t.exec(query, one.Subject); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) remember(a *Attempt) error {
	_, err := t.exec(`INSERT INTO sign_in_failures (subject, failures, until) VALUES (?, 0, ?)
		ON CONFLICT (subject) DO UPDATE SET until = excluded.until`, a.Known, a.At.Add(a.Trust).UnixMicro())
	return err
}

// Touch notes that a session was used.
func (s *Sessions) Touch(ctx context.Context, sum string, at time.Time) error {
	return s.change(ctx, "UPDATE sessions SET seen = ? WHERE sum = ? AND seen < ?", at.UnixMicro(), sum, at.UnixMicro())
}

// End ends one session of person. One that is not there is ended already.
func (s *Sessions) End(ctx context.Context, person workflow.ID, sum string) error {
	return s.change(ctx, "DELETE FROM sessions WHERE person_id = ? AND sum = ?", int64(person), sum)
}

// EndOthers ends all sessions of person but the one named keep; with "", all.
func (s *Sessions) EndOthers(ctx context.Context, person workflow.ID, keep string) error {
	return s.change(ctx, "DELETE FROM sessions WHERE person_id = ? AND sum <> ?", int64(person), keep)
}

// Sweep throws away sessions that are over at now, and counts of tries that
// nobody has added to since old.
func (s *Sessions) Sweep(ctx context.Context, now, old time.Time) error {
	return s.db.Write(ctx, doing(func(tx *Tx) error {
		if _, err := tx.exec("DELETE FROM sessions WHERE ends <= ?", now.UnixMicro()); err != nil {
			return err
		}
		_, err := tx.exec("DELETE FROM sign_in_failures WHERE until < ?", old.UnixMicro())
		return err
	}))
}

func (s *Sessions) change(ctx context.Context, query string, args ...any) error {
	return s.db.Write(ctx, doing(func(tx *Tx) error {
		_, err := tx.exec(query, args...)
		return err
	}))
}
