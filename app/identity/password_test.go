package identity

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tranche/models"
	"tranche/workflow"
)

const (
	email = "mei.lin@cascadia.example"
	good  = "violet kettle under 9 bridges"
)

func TestPasswordPolicy(t *testing.T) {
	long := strings.Repeat("four eyes see. ", 17) // 255 characters
	for _, c := range []struct {
		name, password string
		want           workflow.Reason
	}{
		{"fourteen characters", "kettle9bridges", ReasonPasswordShort},
		{"fifteen characters", "kettle99bridges", ""},
		{"fifteen characters of three bytes", "橋の下に紫の薬缶が九つ並んでい", ""},
		{"fourteen characters of three bytes", "橋の下に紫の薬缶が九つ並んで", ReasonPasswordShort},
		{"no password", "", ReasonPasswordShort},
		{"256 characters", long + "!", ""},
		{"257 characters", long + "!!", ReasonPasswordLong},
		{"accents written as two characters count once", "e\u0301kettle9bridge", ReasonPasswordShort},
		{"a NUL", "violet kettle\x00under bridges", ReasonPasswordText},
		{"no UTF-8", "violet kettle\xff under bridges", ReasonPasswordText},
		{"spaces are characters", "v k u 9 b r l m", ""},
		{"a list of its own", "correcthorsebatterystaple", ReasonPasswordCommon},
		{"the same in capitals", "CorrectHorseBatteryStaple", ReasonPasswordCommon},
		{"one common word twice", "passwordpassword", ReasonPasswordCommon},
		{"common words in a row", "Welcome-Admin-Summer", ReasonPasswordCommon},
		{"a common word and a year", "Password123456789!!", ReasonPasswordCommon},
		{"digits in order", "123456789012345", ReasonPasswordCommon},
		{"keys in order", "qwertyuiopasdfghjkl", ReasonPasswordCommon},
		{"one character", "aaaaaaaaaaaaaaaa", ReasonPasswordCommon},
		{"four characters over and over", "zxqvzxqvzxqvzxqv", ReasonPasswordCommon},
		{"five characters over and over", "zxqvwzxqvwzxqvw", ""},
		{"common words and five others", "password-password xqz", ""},
		{"the address", email, ReasonPasswordEmail},
		{"the address in capitals, and a digit", "Mei.Lin@Cascadia.Example7", ReasonPasswordEmail},
		{"its pieces, twice", "cascadia_cascadia", ReasonPasswordEmail},
		{"its pieces among others", "cascadia violet kettle", ""},
		{"what people like", good, ""},
	} {
		var bad *PasswordError
		var got workflow.Reason
		if errors.As(CheckPassword(email, c.password), &bad) {
			got = bad.Reason
		}
		if got != c.want {
			t.Errorf("%s (%q): got %q, want %q", c.name, c.password, got, c.want)
		}
	}
}

func TestLimitsAreNamedInTheRefusal(t *testing.T) {
	var bad *PasswordError
	if err := CheckPassword(email, "short"); !errors.As(err, &bad) || bad.Words["characters"] != int64(15) {
		t.Errorf("got %+v", bad)
	}
	if err := CheckPassword(email, strings.Repeat("xyz uvw rst opq ", 20)); !errors.As(err, &bad) || bad.Words["characters"] != int64(256) {
		t.Errorf("got %+v", bad)
	}
	if strings.Contains(CheckPassword(email, "hunter2").Error(), "hunter2") {
		t.Error("an error holds the password")
	}
}

func TestEveryPasswordReasonIsListed(t *testing.T) {
	var got []workflow.Reason
	for _, p := range []string{"short", strings.Repeat("xyz uvw rst opq ", 20), "violet kettle\x00bridges", "passwordpassword", email} {
		var bad *PasswordError
		if !errors.As(CheckPassword(email, p), &bad) {
			t.Fatalf("%q is good", p)
		}
		got = append(got, bad.Reason)
	}
	if diff := cmp.Diff(PasswordReasons, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheListOfCommonPasswordsIsWritten(t *testing.T) {
	seen, long := map[string]bool{}, 0
	for _, word := range common {
		if seen[word] || word != strings.ToLower(word) || len(word) < 3 {
			t.Errorf("%q stands twice, has capitals or is too short to be of use", word)
		}
		seen[word] = true
		if len(word) >= MinPassword {
			long++
		}
	}
	if len(common) < 200 || long < 15 {
		t.Errorf("%d words, %d of them of %d letters or more", len(common), long, MinPassword)
	}
}

func TestAHashIsOfOnePasswordOnly(t *testing.T) {
	ctx, p := context.Background(), NewPasswords(1)
	base := strings.Repeat("violet kettle ", 7) // more than the 72 bytes that other hashes stop at
	hash, err := p.Hash(ctx, email, base+"Né")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("got %s", hash)
	}
	for password, want := range map[string]bool{
		base + "Né":       true,
		base + "Ne\u0301": true, // as another keyboard writes it
		base + "né":       false,
		base + "N":        false,
		base:              false,
		base + "Né ":      false,
		"":                false,
	} {
		if got, err := p.Matches(ctx, password, hash); err != nil || got != want {
			t.Errorf("%q: got %t, %v", password, got, err)
		}
	}
	if got, err := p.Matches(ctx, good, "not a hash"); err == nil || got {
		t.Errorf("a broken hash: %t, %v", got, err)
	}
}

func TestNobodyMatchesNoPassword(t *testing.T) {
	ctx, p := context.Background(), NewPasswords(1)
	for _, password := range []string{"", good, p.decoy} {
		before := p.hashed.Load()
		if got, err := p.Matches(ctx, password, ""); err != nil || got {
			t.Errorf("%q: %t, %v", password, got, err)
		}
		if p.hashed.Load() != before+1 {
			t.Error("no hash was computed: that can be told by the time it takes")
		}
	}
	hash, err := p.Hash(ctx, email, good)
	if err != nil {
		t.Fatal(err)
	}
	lucky := &Passwords{turns: p.turns, decoy: hash} // even for one that happens to fit
	if got, err := lucky.Matches(ctx, good, ""); err != nil || got {
		t.Errorf("a decoy let somebody in: %t, %v", got, err)
	}
	if err := p.checkHash(p.decoy); err != nil {
		t.Errorf("the decoy takes another effort than a real hash: %v", err)
	}
}

func TestHashesTakeTurns(t *testing.T) {
	p := NewPasswords(2)
	p.turns <- struct{}{}
	p.turns <- struct{}{} // two are at it
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	results := make(chan error, longestLine)
	for range longestLine {
		all.Go(func() {
			_, err := p.Matches(ctx, good, "")
			results <- err
		})
	}
	for p.waiting.Load() < longestLine && len(results) == 0 {
		runtime.Gosched() // until all of them wait
	}
	if _, err := p.Matches(ctx, good, ""); !errors.Is(err, models.ErrBusy) {
		t.Errorf("one too many: got %v, want ErrBusy", err)
	}
	if p.hashed.Load() != 0 {
		t.Error("somebody did not wait")
	}
	cancel()
	all.Wait()
	for range longestLine {
		if err := <-results; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
	p.leave()
	if _, err := p.Matches(context.Background(), good, ""); err != nil {
		t.Errorf("after the rush: %v", err)
	}
}

func TestWhatSomebodyTypedIsSealedBeforeTheEngineSeesIt(t *testing.T) {
	ctx, p := context.Background(), NewPasswords(1)
	typed := []workflow.Input{{Name: "email", Text: email}, {Name: "password", Text: good}}
	c := workflow.Command{Noun: workflow.NounPerson, Action: workflow.ActCreate, Actor: workflow.Actor{Person: 7}, Inputs: typed}
	if err := p.Seal(ctx, &c); err != nil {
		t.Fatal(err)
	}
	if ok, err := p.Matches(ctx, good, c.Inputs[1].Text); err != nil || !ok {
		t.Errorf("got %q", c.Inputs[1].Text)
	}
	if typed[1].Text != good {
		t.Error("the caller's inputs were changed: asking again would hash the hash")
	}

	c.Inputs[1].Text = email
	want := &workflow.Refusal{Noun: workflow.NounPerson, Action: workflow.ActCreate, Kind: workflow.NotMet, Reason: ReasonPasswordEmail, Field: "password"}
	var no *workflow.Refusal
	if err := p.Seal(ctx, &c); !errors.As(err, &no) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, no); diff != "" {
		t.Error(diff)
	}

	none := workflow.Command{Noun: workflow.NounPerson, Action: workflow.ActCreate, Actor: workflow.Actor{Person: 7}, Inputs: typed[:1]}
	if err := p.Seal(ctx, &none); err != nil || len(none.Inputs) != 1 {
		t.Errorf("without a password: %v, %v", none.Inputs, err)
	}
}

func TestTheHouseMustHaveHashedAlready(t *testing.T) {
	ctx, p := context.Background(), NewPasswords(1)
	cheap := strings.Replace(p.decoy, "m=19456", "m=8", 1)
	for text, ok := range map[string]bool{p.decoy: true, good: false, cheap: false} {
		c := workflow.Command{Noun: workflow.NounPerson, Action: workflow.ActCreate, Inputs: []workflow.Input{{Name: "password", Text: text}}}
		if err := p.Seal(ctx, &c); (err == nil) != ok || c.Inputs[0].Text != text {
			t.Errorf("%q: got %v", text, err)
		}
	}
}
