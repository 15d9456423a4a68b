package identity

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tranche/app/engine"
	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

var ctx = context.Background()

const source = "192.0.2.7"

// A place is a gate before an empty database, with a clock that stands still.
type place struct {
	*Gate
	t      testing.TB
	db     *models.DB
	engine *engine.Engine
	micros atomic.Int64
	mei    workflow.ID // an admin, whose password is good
}

var noon = time.Date(2026, 10, 20, 12, 0, 0, 0, time.UTC)

func open(t testing.TB, db *models.DB) *place {
	t.Helper()
	p := &place{t: t, db: db}
	p.micros.Store(noon.UnixMicro())
	passwords := NewPasswords(2)
	passwords.cost.Memory, passwords.cost.Iterations = 64, 1 // these tests hash a lot, and are not about the hash
	passwords.decoy = decoy(&passwords.cost)
	p.engine = &engine.Engine{DB: db, Now: p.clock, Prepare: map[engine.Act]engine.Preparer{
		{Noun: workflow.NounPerson, Action: workflow.ActCreate}: passwords.Seal,
		{Noun: workflow.NounPerson, Action: workflow.ActUpdate}: passwords.Seal,
	}}
	g, err := New(ctx, db, p.clock, passwords, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	p.Gate = g
	p.mei = p.add(NewPerson{Name: "Mei Lin", Email: email, Password: good, Grants: []NewGrant{{Role: workflow.Admin}}})
	return p
}

func each(t *testing.T, f func(t *testing.T, p *place)) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) { f(t, open(t, db)) })
}

func (p *place) clock() time.Time      { return time.UnixMicro(p.micros.Load()).UTC() }
func (p *place) set(at time.Time)      { p.micros.Store(at.UnixMicro()) }
func (p *place) wait(d time.Duration)  { p.set(p.clock().Add(d)) }
func (p *place) hashes() (count int64) { return p.passwords.hashed.Load() }

func (p *place) add(n NewPerson) workflow.ID {
	p.t.Helper()
	id, err := p.passwords.AddPerson(ctx, p.engine, n)
	if err != nil {
		p.t.Fatal(err)
	}
	return id
}

// do carries out a command of the house.
func (p *place) do(noun workflow.Noun, id workflow.ID, action workflow.Action, inputs ...workflow.Input) workflow.ID {
	p.t.Helper()
	a, err := p.engine.Do(ctx, engine.Request{Viewer: house, Command: workflow.Command{Noun: noun, ID: id, Action: action, Inputs: inputs}})
	if err != nil {
		p.t.Fatal(err)
	}
	return a.ID
}

func (p *place) signIn() string {
	p.t.Helper()
	token, err := p.SignIn(ctx, email, good, source)
	if err != nil {
		p.t.Fatal(err)
	}
	return token
}

func (p *place) wantIn(token string) (*models.Viewer, Session) {
	p.t.Helper()
	v, s, err := p.Resume(ctx, token)
	if err != nil {
		p.t.Fatalf("not signed in at %s: %v", p.clock().Format(time.TimeOnly), err)
	}
	return v, s
}

func (p *place) wantOut(token string) {
	p.t.Helper()
	if v, _, err := p.Resume(ctx, token); !errors.Is(err, ErrSignedOut) || v != nil {
		p.t.Errorf("%q: got %v, %v; want ErrSignedOut", token, v, err)
	}
}

func (p *place) wantWrong(email, password, source string) {
	p.t.Helper()
	before := p.hashes()
	if token, err := p.SignIn(ctx, email, password, source); err != ErrWrong || token != "" {
		p.t.Errorf("%s: got %q, %v; want ErrWrong and nothing else", email, token, err)
	}
	if n := p.hashes() - before; n != 1 {
		p.t.Errorf("%s: %d hashes, want 1 for whoever it is", email, n)
	}
}

func (p *place) wantCoolDown(email, password, source string, wait time.Duration) {
	p.t.Helper()
	before := p.hashes()
	var c *CoolDown
	if token, err := p.SignIn(ctx, email, password, source); !errors.As(err, &c) || c.Wait != wait || token != "" {
		p.t.Errorf("%s: got %v, want to wait %s", email, err, wait)
	}
	if p.hashes() != before {
		p.t.Errorf("%s: hashed while cooling down", email)
	}
}

func TestWhoSignsInIsWhoTheyAre(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		token, err := p.SignIn(ctx, "  MEI.Lin@cascadia.example ", good, source)
		if err != nil {
			t.Fatal(err)
		}
		v, s := p.wantIn(token)
		if v.Person != p.mei || v.Via != 0 || v.System || !v.Holds(workflow.Admin) || !v.Fresh {
			t.Errorf("got %+v", v)
		}
		if s.Person != p.mei || !s.SignedIn.Equal(noon) || !s.Ends.Equal(noon.Add(12*time.Hour)) {
			t.Errorf("got %+v", s)
		}
		if s.Sum == token || strings.Contains(s.Sum, token) {
			t.Error("the secret is stored")
		}
	})
}

func TestNothingTellsWhetherAnAccountExists(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		gone := p.add(NewPerson{Name: "Ada Gone", Email: "ada@example.com", Password: good})
		p.do(workflow.NounPerson, gone, workflow.ActRevoke)
		p.add(NewPerson{Name: "Bo Token", Email: "bo@example.com"})
		for _, who := range []string{email, "ada@example.com", "bo@example.com", "nobody@example.com", "", "' OR 1=1 --", strings.Repeat("x", 5000)} {
			from := source + who
			for range 5 {
				p.wantWrong(who, "wrong horse battery staple", from)
			}
			p.wantWrong(who, "wrong horse battery staple", from)
			p.wantCoolDown(who, good, from, time.Second)
		}
		p.wantWrong("ada@example.com", good, "198.51.100.1")
		p.wantWrong("bo@example.com", "", "198.51.100.1")
	})
}

func TestWrongPasswordsCoolDown(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		for range 6 {
			p.wantWrong(email, "wrong", source)
		}
		p.wantCoolDown(email, good, source, time.Second) // the right one, too: else it could be guessed
		p.wait(time.Second)
		p.wantWrong(email, "wrong", source)
		p.wantCoolDown(email, "wrong", source, 2*time.Second)

		token, err := p.SignIn(ctx, email, good, "198.51.100.9")
		if err != nil {
			t.Fatalf("from elsewhere: %v", err)
		}
		p.wantIn(token)

		p.wait(2 * time.Second)
		p.signIn()
		for range 6 { // counted anew after the right one
			p.wantWrong(email, "wrong", source)
		}
	})
}

func TestAnAccountIsGuardedAgainstManySources(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		p.signIn() // makes source known
		for i := range 51 {
			if err := p.sessions.Try(ctx, p.attempt(email, strings.Repeat("x", i+1))); err != nil {
				t.Fatal(err)
			}
		}
		p.wantCoolDown(email, good, "203.0.113.1", time.Second)
		p.wantIn(p.signIn())
	})
}

func TestASourceIsGuardedAgainstManyAccounts(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		for i := range 51 {
			if err := p.sessions.Try(ctx, p.attempt(strings.Repeat("x", i+1), source)); err != nil {
				t.Fatal(err)
			}
		}
		p.wantCoolDown("another@example.com", "wrong", source, time.Second)
		p.wantWrong("another@example.com", "wrong", "203.0.113.1")
	})
}

func TestNoAccountCoolsDownForLongerThanAQuarterOfAnHour(t *testing.T) {
	for _, tally := range (&Gate{now: time.Now}).attempt(email, source).Tallies {
		if tally.Longest <= 0 || tally.Longest > 15*time.Minute {
			t.Errorf("%s: %s", tally.Subject, tally.Longest)
		}
		if strings.Contains(tally.Subject, email) {
			t.Errorf("%s: holds what was typed as the address, which may be a password", tally.Subject)
		}
	}
}

func TestEverySignInHasASecretOfItsOwn(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		planted := secret()
		p.wantOut(planted)
		first, second := p.signIn(), p.signIn()
		if first == second || first == planted || second == planted {
			t.Error("a secret came twice")
		}
		p.wantOut(planted)
		p.wantIn(first)
		p.wantIn(second)
		for _, bad := range []string{"", first + "x", first[:42], strings.ToUpper(first) + "é", "tr_" + first, sum(first), first + "\x00"} {
			p.wantOut(bad)
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		idle := p.signIn()
		p.wait(15*time.Minute - time.Microsecond)
		p.wantIn(idle)
		p.wait(15 * time.Minute)
		p.wantOut(idle)

		used := p.signIn()
		start := p.clock()
		for p.clock().Before(start.Add(12*time.Hour - 10*time.Minute)) {
			p.wait(10 * time.Minute)
			p.wantIn(used)
		}
		p.set(start.Add(12*time.Hour - time.Microsecond))
		p.wantIn(used)
		p.set(start.Add(12 * time.Hour))
		p.wantOut(used)
	})
}

func TestLimitsCanBeSet(t *testing.T) {
	p := open(t, modelstest.SQLite(t))
	g, err := New(ctx, p.db, p.clock, p.passwords, Limits{Idle: time.Hour, Absolute: 2 * time.Hour, Fresh: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	p.Gate = g
	token := p.signIn()
	p.wait(59 * time.Minute)
	if v, _ := p.wantIn(token); v.Fresh {
		t.Error("fresh for longer than a minute")
	}
	p.wait(59 * time.Minute)
	p.wantIn(token)
	p.wait(2 * time.Minute)
	p.wantOut(token)
}

func TestASignInIsFreshForFiveMinutes(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		token := p.signIn()
		for _, c := range []struct {
			after time.Duration
			want  bool
		}{{0, true}, {5 * time.Minute, true}, {5*time.Minute + time.Microsecond, false}, {-time.Hour, false}} {
			p.set(noon.Add(c.after))
			if v, _ := p.wantIn(token); v.Fresh != c.want {
				t.Errorf("after %s: %t", c.after, v.Fresh)
			}
		}
	})
}

func TestASessionIsTouchedOnceAMinute(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		token := p.signIn()
		for _, c := range []struct{ at, want time.Duration }{
			{59 * time.Second, 0}, {time.Minute, time.Minute}, {119 * time.Second, time.Minute}, {5 * time.Minute, 5 * time.Minute},
		} {
			p.set(noon.Add(c.at))
			_, returned := p.wantIn(token)
			stored, _, err := p.sessions.Find(ctx, sum(token), time.Now())
			if err != nil || returned != stored || !stored.Seen.Equal(noon.Add(c.want)) {
				t.Errorf("used after %s: seen %s, stored %s", c.at, returned.Seen, stored.Seen)
			}
		}
	})
}

func TestPeopleReadOnWhenNothingCanBeWritten(t *testing.T) {
	p := open(t, modelstest.SQLite(t))
	token := p.signIn()
	if _, err := p.db.Pool().Exec("CREATE TRIGGER full BEFORE UPDATE ON sessions BEGIN SELECT RAISE(ABORT, 'disk full'); END"); err != nil {
		t.Fatal(err)
	}
	p.wait(10 * time.Minute)
	if _, s := p.wantIn(token); !s.Seen.Equal(noon) {
		t.Errorf("seen %s", s.Seen)
	}
	p.wait(5 * time.Minute)
	p.wantOut(token)
}

func TestSigningOutEndsOneSession(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		one, other := p.signIn(), p.signIn()
		for range 2 { // a second time is no error
			if err := p.SignOut(ctx, one); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.SignOut(ctx, ""); err != nil {
			t.Error(err)
		}
		p.wantOut(one)
		p.wantIn(other)
	})
}

func TestPeopleSeeAndEndTheirOwnSessions(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		p.add(NewPerson{Name: "Ada", Email: "ada@example.com", Password: good})
		hers, err := p.SignIn(ctx, "ada@example.com", good, source)
		if err != nil {
			t.Fatal(err)
		}
		old := p.signIn()
		p.wait(14 * time.Minute)
		a, b, c := p.signIn(), p.signIn(), p.signIn()
		p.wantIn(hers)
		p.wait(time.Minute)
		p.wantOut(old)

		v, s := p.wantIn(a)
		list, err := p.Sessions(ctx, v)
		if err != nil || len(list) != 3 {
			t.Fatalf("listed %d, %v", len(list), err)
		}
		ada, herSession := p.wantIn(hers)
		if err := p.End(ctx, ada, sum(b)); err != nil {
			t.Fatal(err)
		}
		p.wantIn(b)
		if err := p.End(ctx, v, sum(b)); err != nil {
			t.Fatal(err)
		}
		p.wantOut(b)
		if err := p.EndOthers(ctx, v, s); err != nil {
			t.Fatal(err)
		}
		p.wantOut(c)
		p.wantIn(a)
		p.wantIn(hers)
		if list, err := p.Sessions(ctx, ada); err != nil || len(list) != 1 || list[0] != herSession {
			t.Errorf("listed %v, %v", list, err)
		}
	})
}

func TestASweepLeavesTheLiving(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		p.signIn()
		p.wait(12 * time.Hour)
		token := p.signIn()
		if err := p.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		p.wantIn(token)
		var n int
		if err := p.db.Pool().QueryRow("SELECT COUNT(*) FROM sessions").Scan(&n); err != nil || n != 1 {
			t.Errorf("%d sessions left, %v", n, err)
		}
	})
}

func TestANewPasswordEndsEverySession(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		token := p.signIn()
		const other = "nine green ladders lean"
		hash, err := p.passwords.Hash(ctx, email, other)
		if err != nil {
			t.Fatal(err)
		}
		p.wait(time.Second)
		p.do(workflow.NounPerson, p.mei, workflow.ActUpdate, workflow.Input{Name: "password", Text: hash})
		p.wantOut(token)
		p.wantWrong(email, good, source)
		again, err := p.SignIn(ctx, email, other, source)
		if err != nil {
			t.Fatal(err)
		}
		p.wantIn(again)
	})
}

func TestASignInWorksWhereTheClockIsBehind(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		p.wait(-time.Second) // mei was added by a process whose clock is ahead
		p.wantIn(p.signIn())
	})
}

// twoProcesses opens the same database twice, as two programs do.
func twoProcesses(t *testing.T, f func(t *testing.T, ours *place, theirs *engine.Engine)) {
	for kind, name := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "tranche.db") },
		"postgres": func(t *testing.T) string { return modelstest.PostgresURL(t) },
	} {
		t.Run(kind, func(t *testing.T) {
			where := name(t)
			var both [2]*models.DB
			for i := range both {
				db, err := models.Open(ctx, where)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() {
					if err := db.Close(); err != nil {
						t.Error(err)
					}
				})
				if _, err := db.Migrate(ctx); err != nil {
					t.Fatal(err)
				}
				db.SetJobs(&modelstest.Jobs{})
				both[i] = db
			}
			ours := open(t, both[0])
			f(t, ours, &engine.Engine{DB: both[1], Now: ours.clock})
		})
	}
}

func TestARevocationByAnyProcessHoldsForEveryLaterRequest(t *testing.T) {
	twoProcesses(t, func(t *testing.T, p *place, theirs *engine.Engine) {
		session := p.signIn()
		token, err := AddToken(ctx, p.engine, p.mei, "script", AllScopes, noon.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		grants, err := models.Records[workflow.Grant](ctx, p.db.Reader, house, workflow.NounGrant, models.Filter{})
		if err != nil || len(grants) != 1 {
			t.Fatal(grants, err)
		}
		var revoked, stop atomic.Bool
		var asked atomic.Int64
		var all sync.WaitGroup
		ask := func(who func() (*models.Viewer, error)) {
			all.Go(func() {
				for !stop.Load() {
					before := revoked.Load()
					v, err := who()
					if err != nil {
						t.Error(err)
						return
					}
					if before && v.Holds(workflow.Admin) {
						t.Error("a request that began after the revocation still had the role")
						return
					}
					asked.Add(1)
				}
			})
		}
		for range 4 {
			ask(func() (*models.Viewer, error) { v, _, err := p.Resume(ctx, session); return v, err })
			ask(func() (*models.Viewer, error) { v, _, err := p.Bearer(ctx, token); return v, err })
		}
		await := func(n int64) {
			for n += asked.Load(); asked.Load() < n && !t.Failed(); {
				time.Sleep(time.Millisecond)
			}
		}
		await(100)
		if v, _ := p.wantIn(session); !v.Holds(workflow.Admin) {
			t.Error("the role was not there before")
		}
		_, err = theirs.Do(ctx, engine.Request{Viewer: house, Command: workflow.Command{
			Noun: workflow.NounGrant, ID: grants[0].ID, Action: workflow.ActRevoke}})
		revoked.Store(err == nil)
		await(100)
		stop.Store(true)
		all.Wait()
		if err != nil {
			t.Fatal(err)
		}

		_, err = theirs.Do(ctx, engine.Request{Viewer: house, Command: workflow.Command{
			Noun: workflow.NounPerson, ID: p.mei, Action: workflow.ActRevoke}})
		if err != nil {
			t.Fatal(err)
		}
		p.wantOut(session)
		if _, _, err := p.Bearer(ctx, token); !errors.Is(err, ErrToken) {
			t.Errorf("the token of somebody who was shut out: %v", err)
		}
	})
}

func TestTokensOfPeople(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		token, err := AddToken(ctx, p.engine, p.mei, "script", ScopesOf(Read, Write), noon.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if len(token) != 46 || !strings.HasPrefix(token, "tr_") {
			t.Errorf("got %q", token)
		}
		v, scopes, err := p.Bearer(ctx, token)
		if err != nil || v.Person != p.mei || v.Via == 0 || v.Fresh || !v.Holds(workflow.Admin) || scopes != ScopesOf(Read, Write) {
			t.Errorf("got %+v with %s, %v", v, scopes, err)
		}
		wantNone := func(secret string) {
			t.Helper()
			if v, scopes, err := p.Bearer(ctx, secret); !errors.Is(err, ErrToken) || v != nil || scopes != 0 {
				t.Errorf("%q: got %v with %s, %v", secret, v, scopes, err)
			}
		}
		for _, bad := range []string{"", "tr_", token[3:], token + "x", token[:45], strings.ToUpper(token), " " + token, sum(token), "tr_" + sum(token)[:43], p.signIn()} {
			wantNone(bad)
		}
		p.wantOut(token)

		p.wait(time.Hour - time.Microsecond)
		if _, _, err := p.Bearer(ctx, token); err != nil {
			t.Error(err)
		}
		p.wait(time.Microsecond)
		wantNone(token)

		signing, err := AddToken(ctx, p.engine, p.mei, "signer", ScopesOf(Sign), p.clock().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		v, _, err = p.Bearer(ctx, signing)
		if err != nil || !v.Fresh {
			t.Errorf("a token made for signing does not count as fresh: %+v, %v", v, err)
		}
		p.do(workflow.NounToken, v.Via, workflow.ActRevoke)
		wantNone(signing)
	})
}

func TestATokenMakesNoToken(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		token, err := AddToken(ctx, p.engine, p.mei, "script", AllScopes, noon.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		byToken, _, err := p.Bearer(ctx, token)
		if err != nil {
			t.Fatal(err)
		}
		bySession, _ := p.wantIn(p.signIn())
		make := func(v *models.Viewer) error {
			_, stored := NewToken()
			_, err := p.engine.Do(ctx, engine.Request{Viewer: v, Command: workflow.Command{Noun: workflow.NounToken, Action: workflow.ActCreate,
				Parent: p.mei, Inputs: TokenInputs("another", stored, ScopesOf(Read), noon.Add(time.Hour))}})
			return err
		}
		if err := make(bySession); err != nil {
			t.Error(err)
		}
		var no *workflow.Refusal
		if err := make(byToken); !errors.As(err, &no) || no.Reason != "token_made_by_token" {
			t.Errorf("got %v", err)
		}
	})
}

func TestPeopleAreAddedOnce(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		program := p.do(workflow.NounProgram, 0, workflow.ActCreate, workflow.Input{Name: "name", Text: "Vouchers"},
			workflow.Input{Name: "prefix", Text: "AIV"}, workflow.Input{Name: "agency", Text: "Agency"})
		n := NewPerson{Name: "Ada", Email: "Ada@Example.com", Language: "zh-TW", Password: good, Key: "demo/ada",
			Grants: []NewGrant{{Role: workflow.Reviewer, Program: program}, {Role: workflow.Auditor, Program: program}}}
		first := p.add(n)
		n.Password = "nine green ladders lean"
		if second := p.add(n); second != first {
			t.Errorf("two people: %s and %s", first, second)
		}
		n.Grants = append(n.Grants, NewGrant{Role: workflow.LabManager, Program: program})
		p.add(n)
		token, err := p.SignIn(ctx, "ada@example.com", good, source)
		if err != nil {
			t.Fatalf("the first password: %v", err)
		}
		if v, _ := p.wantIn(token); v.Person != first || len(v.Grants) != 3 || !v.Holds(workflow.LabManager) || v.Grants[0].Program != program {
			t.Errorf("got %+v", v)
		}

		n.Name = "Somebody else"
		if _, err := p.passwords.AddPerson(ctx, p.engine, n); !errors.Is(err, models.ErrKeyReused) {
			t.Errorf("another person under the same key: %v", err)
		}
		n.Key = ""
		var no *workflow.Refusal
		if _, err := p.passwords.AddPerson(ctx, p.engine, n); !errors.As(err, &no) || no.Reason != workflow.ReasonTaken {
			t.Errorf("a second person with the address: %v", err)
		}
		var bad *PasswordError
		n.Password = "short"
		if _, err := p.passwords.AddPerson(ctx, p.engine, n); !errors.As(err, &bad) {
			t.Errorf("got %v", err)
		}
	})
}

func TestAFreshInstallLetsNobodyIn(t *testing.T) {
	each(t, func(t *testing.T, p *place) {
		var n int
		if err := p.db.Pool().QueryRow("SELECT COUNT(*) FROM people WHERE id <> " + p.mei.String()).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d people are there from the start, %v", n, err)
		}
	})
}

func TestSecretsAreAllDifferentAndOfOneLength(t *testing.T) {
	seen := map[string]bool{}
	for range 10_000 {
		s := secret()
		if seen[s] || !wellFormed(s) {
			t.Fatalf("%q came twice, or is not well formed", s)
		}
		seen[s] = true
	}
	for _, bad := range []string{"", secret()[1:], secret() + "0", secret()[1:] + "-", secret()[2:] + "é"} {
		if wellFormed(bad) {
			t.Errorf("%q would be looked up", bad)
		}
	}
	if full, stored := NewToken(); stored != sum(full) || len(stored) != 64 {
		t.Errorf("%q is stored as %q", full, stored)
	}
}

func TestASecretTravelsInACookie(t *testing.T) {
	p := open(t, modelstest.SQLite(t))
	c, err := CookiesFor("https://vouchers.example.gov")
	if err != nil {
		t.Fatal(err)
	}
	r := &http.Request{Header: http.Header{}}
	r.AddCookie(c.Set(p.signIn()))
	p.wantIn(c.Token(r))
}

func benchmark(b *testing.B, db *models.DB) {
	p := open(b, db)
	session := p.signIn()
	token, err := AddToken(ctx, p.engine, p.mei, "bench", AllScopes, noon.Add(time.Hour))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("Resume", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, _, err := p.Resume(ctx, session); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
	b.Run("Bearer", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, _, err := p.Bearer(ctx, token); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}

func BenchmarkSQLite(b *testing.B)   { benchmark(b, modelstest.SQLite(b)) }
func BenchmarkPostgres(b *testing.B) { benchmark(b, modelstest.Postgres(b)) }
