package models_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tranche/models"
	"tranche/models/modelstest"
	"tranche/workflow"
)

var (
	ctx  = context.Background()
	noon = time.Date(2026, 10, 20, 12, 0, 0, 0, time.UTC)
)

// A house has one active person, 7, with two roles, and a token.
type house struct {
	*models.Sessions
	t  *testing.T
	db *models.DB
}

var (
	aSum     = strings.Repeat("a", 64)
	otherSum = strings.Repeat("b", 64)
	tokenSum = strings.Repeat("c", 64)
)

// inHouse runs f on both databases.
func inHouse(t *testing.T, f func(t *testing.T, h house)) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		s, err := models.NewSessions(ctx, db)
		if err != nil {
			t.Fatal(err)
		}
		h := house{s, t, db}
		h.exec(`INSERT INTO people (id, state, back, version, head, made, changed, name, email, language, password)
			VALUES (7, 'active', 'none', 1, ?, ?, ?, 'Mei Lin', 'mei@example.com', 'en', 'hash')`)
		h.exec(`INSERT INTO programs (id, state, back, version, head, made, changed, name, prefix, agency, second_over,
			bank_hold_days, presume_days, bank_routing, bank_name, company_name, company_id)
			VALUES (3, 'active', 'none', 1, ?, ?, ?, 'Vouchers', 'AIV', 'Agency', 0, 0, 0, '', '', '', '')`)
		h.exec(`INSERT INTO grants (id, state, back, version, head, made, changed, person_id, role, program_id, organization_id)
			VALUES (11, 'active', 'none', 1, ?, ?, ?, 7, 'reviewer', 3, NULL), (12, 'active', 'none', 1, ?, ?, ?, 7, 'admin', NULL, NULL),
			(13, 'revoked', 'none', 1, ?, ?, ?, 7, 'auditor', 3, NULL)`)
		h.exec(`INSERT INTO tokens (id, state, back, version, head, made, changed, person_id, name, sum, scopes, ends)
			VALUES (21, 'active', 'none', 1, ?, ?, ?, 7, 'script', '` + tokenSum + `', 'read,write', 1900000000000000)`)
		f(t, h)
	})
}

// exec runs a statement whose placeholders are the head, made and changed of rows.
func (h house) exec(query string) {
	h.t.Helper()
	var args []any
	for i := range strings.Count(query, "?") {
		if i%3 == 0 {
			args = append(args, make([]byte, 32))
		} else {
			args = append(args, noon.UnixMicro())
		}
		if h.db.Dialect() == models.Postgres {
			query = strings.Replace(query, "?", fmt.Sprint("$", i+1), 1)
		}
	}
	if _, err := h.db.Pool().Exec(query, args...); err != nil {
		h.t.Fatal(err)
	}
}

func (h house) start(sum string, at time.Time) models.Session {
	h.t.Helper()
	s := models.Session{Sum: sum, Person: 7, SignedIn: at, Seen: at, Ends: at.Add(time.Hour)}
	if err := h.Start(ctx, s, attempt(at)); err != nil {
		h.t.Fatal(err)
	}
	return s
}

func (h house) wantGone(sum string) {
	h.t.Helper()
	if _, _, err := h.Find(ctx, sum, noon); !errors.Is(err, models.ErrNotFound) {
		h.t.Errorf("found session %.4s…: %v", sum, err)
	}
}

func attempt(at time.Time, more ...models.Tally) *models.Attempt {
	first := models.Tally{Subject: "pair:1", Free: 3, Longest: 15 * time.Minute, Cleared: true}
	return &models.Attempt{At: at, Known: "known:1", Trust: time.Hour, Tallies: append([]models.Tally{first}, more...)}
}

func (h house) wantCooling(a *models.Attempt, until time.Time) {
	h.t.Helper()
	var c *models.Cooling
	if err := h.Try(ctx, a); !errors.As(err, &c) || !c.Until.Equal(until) {
		h.t.Errorf("got %v, want to wait until %s", err, until)
	}
}

func (h house) wantFree(a *models.Attempt) {
	h.t.Helper()
	if err := h.Try(ctx, a); err != nil {
		h.t.Error(err)
	}
}

func TestASessionIsFoundAsItWasStarted(t *testing.T) {
	inHouse(t, func(t *testing.T, h house) {
		want := h.start(aSum, noon)
		got, v, err := h.Find(ctx, aSum, noon)
		if err != nil || got != want {
			t.Errorf("got %+v, %v; want %+v", got, err, want)
		}
		same, err := h.db.ViewerOf(7)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(same, v); diff != "" {
			t.Errorf("another viewer than ViewerOf (-want +got):\n%s", diff)
		}
		if len(v.Grants) != 2 {
			t.Errorf("got grants %v", v.Grants)
		}
		h.wantGone(otherSum)
	})
}

func TestATokenIsFoundWithItsPerson(t *testing.T) {
	inHouse(t, func(t *testing.T, h house) {
		got, v, err := h.Bearing(ctx, tokenSum, noon)
		want := models.Bearing{Token: 21, Scopes: "read,write", Ends: time.UnixMicro(1900000000000000).UTC()}
		if err != nil || got != want || v.Person != 7 || v.Via != 21 || len(v.Grants) != 2 {
			t.Errorf("got %+v for %+v, %v", got, v, err)
		}
		for _, change := range []string{
			"UPDATE tokens SET state = 'revoked'",
			"UPDATE tokens SET state = 'active', sum = '" + aSum + "'",
			"UPDATE people SET state = 'revoked'",
		} {
			h.exec(change)
			if _, _, err := h.Bearing(ctx, tokenSum, noon); !errors.Is(err, models.ErrNotFound) {
				t.Errorf("after %q: %v", change, err)
			}
		}
	})
}

func TestWhatWasTakenAwayIsGoneWithTheNextRead(t *testing.T) {
	inHouse(t, func(t *testing.T, h house) {
		h.start(aSum, noon)
		h.exec("UPDATE grants SET state = 'revoked' WHERE id = 12")
		_, v, err := h.Find(ctx, aSum, noon)
		if err != nil || v.Holds(workflow.Admin) || !v.Holds(workflow.Reviewer) {
			t.Errorf("got %+v, %v", v, err)
		}
		h.exec("UPDATE grants SET state = 'revoked'")
		if _, v, err = h.Find(ctx, aSum, noon); err != nil || len(v.Grants) != 0 {
			t.Errorf("got %+v, %v", v, err)
		}
		h.exec("UPDATE people SET state = 'revoked'")
		h.wantGone(aSum)
		if _, err := h.Account(ctx, "mei@example.com"); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("the account of somebody who was shut out: %v", err)
		}
	})
}

func TestAChangedAccountEndsEarlierSessionsOnly(t *testing.T) {
	inHouse(t, func(t *testing.T, h house) {
		h.start(aSum, noon)
		h.start(otherSum, noon.Add(2*time.Second))
		h.exec(fmt.Sprintf("UPDATE people SET changed = %d", noon.Add(time.Second).UnixMicro()))
		h.wantGone(aSum)
		if _, _, err := h.Find(ctx, otherSum, noon); err != nil {
			t.Error(err)
		}
		list, err := h.Of(ctx, &models.Viewer{Person: 7}, noon.Add(time.Minute), noon)
		if err != nil || len(list) != 1 || list[0].Sum != otherSum {
			t.Errorf("listed %v, %v", list, err)
		}
	})
}

func TestSessionsEndOneByOneAndTogether(t *testing.T) {
	inHouse(t, func(t *testing.T, h house) {
		h.start(aSum, noon)
		h.start(otherSum, noon)
		if err := h.End(ctx, 8, aSum); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.Find(ctx, aSum, noon); err != nil {
			t.Errorf("somebody else ended it: %v", err)
		}
		if err := h.EndOthers(ctx, 7, otherSum); err != nil {
			t.Fatal(err)
		}
		h.wantGone(aSum)
		if err := h.End(ctx, 7, otherSum); err != nil {
			t.Fatal(err)
		}
		h.wantGone(otherSum)
	})
}

func TestATouchNeverGoesBack(t *testing.T) {
	inHouse(t, func(t *testing.T, h house) {
		h.start(aSum, noon)
		for _, at := range []time.Time{noon.Add(2 * time.Minute), noon.Add(time.Minute)} {
			if err := h.Touch(ctx, aSum, at); err != nil {
				t.Fatal(err)
			}
		}
		if s, _, err := h.Find(ctx, aSum, noon); err != nil || !s.Seen.Equal(noon.Add(2*time.Minute)) {
			t.Errorf("seen %s, %v", s.Seen, err)
		}
	})
}

func TestCoolDownsDoubleUpToTheLongest(t *testing.T) {
	inHouse(t, func(t *testing.T, h house) {
		at := noon
		for range 3 {
			h.wantFree(attempt(at))
		}
		for _, seconds := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900} {
			h.wantFree(attempt(at))
			end := at.Add(seconds * time.Second)
			h.wantCooling(attempt(at), end)
			h.wantCooling(attempt(end.Add(-time.Microsecond)), end)
			at = end
		}
	})
}

func TestManyTriesAtOnceCountAsMany(t *testing.T) {
	inHouse(t, func(t *testing.T, h house) {
		var free atomic.Int64
		var all sync.WaitGroup
		for range 40 { // more than there are connections
			all.Go(func() {
				err := h.Try(ctx, attempt(noon))
				if err == nil {
					free.Add(1)
				} else if c := new(models.Cooling); !errors.As(err, &c) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if free.Load() != 4 { // three free ones, and the one that starts the first cool-down
			t.Errorf("%d tries went through", free.Load())
		}
	})
}

func TestTheRightPasswordClearsOrTakesBack(t *testing.T) {
	inHouse(t, func(t *testing.T, h house) {
		source := models.Tally{Subject: "source:1", Free: 4, Longest: time.Minute}
		for range 3 {
			h.wantFree(attempt(noon, source))
		}
		last := attempt(noon, source)
		h.wantFree(last)
		if err := h.Start(ctx, models.Session{Sum: aSum, Person: 7, SignedIn: noon, Seen: noon, Ends: noon}, last); err != nil {
			t.Fatal(err)
		}
		// Three wrong ones stay on the source's account; those of the pair are gone.
		other := attempt(noon, source)
		other.Known, other.Tallies[0].Subject = "known:2", "pair:2"
		h.wantFree(other)
		h.wantFree(other)
		h.wantCooling(other, noon.Add(time.Second))
		h.wantFree(attempt(noon))
		h.wantFree(attempt(noon))
		h.wantFree(attempt(noon))
	})
}

func TestStrangersDoNotKeepAKnownSourceOut(t *testing.T) {
	inHouse(t, func(t *testing.T, h house) {
		account := models.Tally{Subject: "account:1", Free: 2, Longest: time.Minute, Cleared: true}
		h.start(aSum, noon) // remembers known:1 for an hour
		stranger := attempt(noon, account)
		stranger.Known, stranger.Tallies[0].Subject = "known:2", "pair:2"
		for range 3 {
			h.wantFree(stranger)
		}
		h.wantCooling(stranger, noon.Add(time.Second))
		h.wantFree(attempt(noon, account))
		later := noon.Add(2 * time.Hour)
		stranger.At = later
		h.wantFree(stranger)
		h.wantCooling(attempt(later, account), later.Add(2*time.Second))
	})
}

func TestAClockSetBackLocksNobodyOut(t *testing.T) {
	inHouse(t, func(t *testing.T, h house) {
		h.wantFree(attempt(noon))
		h.wantFree(attempt(noon.Add(-24 * time.Hour)))
	})
}

func TestSomeCountsAreForgotten(t *testing.T) {
	inHouse(t, func(t *testing.T, h house) {
		source := models.Tally{Subject: "source:1", Free: 1, Longest: time.Minute, Forget: time.Hour}
		only := func(at time.Time) *models.Attempt {
			return &models.Attempt{At: at, Known: "known:1", Tallies: []models.Tally{source}}
		}
		h.wantFree(only(noon))
		h.wantFree(only(noon))
		h.wantCooling(only(noon), noon.Add(time.Second))
		later := noon.Add(time.Hour + 2*time.Second)
		h.wantFree(only(later))
		h.wantFree(only(later))
		h.wantCooling(only(later), later.Add(time.Second))
	})
}

func TestASweepTakesOnlyWhatIsOver(t *testing.T) {
	inHouse(t, func(t *testing.T, h house) {
		h.start(aSum, noon)
		h.start(otherSum, noon.Add(30*time.Minute))
		for range 4 {
			h.wantFree(attempt(noon))
		}
		if err := h.Sweep(ctx, noon.Add(time.Hour), noon); err != nil {
			t.Fatal(err)
		}
		h.wantGone(aSum)
		if _, _, err := h.Find(ctx, otherSum, noon); err != nil {
			t.Error(err)
		}
		h.wantCooling(attempt(noon), noon.Add(time.Second))
		if err := h.Sweep(ctx, noon.Add(time.Hour), noon.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		h.wantFree(attempt(noon))
	})
}
