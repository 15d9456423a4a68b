package identity

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"tranche/models"
	"tranche/workflow"
)

// usualCost is what one hash takes: 19 MiB, two passes, one thread. It is pinned, as
// the library's own default depends on the machine.
// Source: OWASP Password Storage Cheat Sheet, argon2id.
var usualCost = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

const (
	// MinPassword is the fewest characters of a password.
	// Source: NIST SP 800-63B-4, 3.1.1.2, passwords that stand alone.
	MinPassword = 15
	// MaxPassword is the most characters of a password; all of them count.
	MaxPassword = 256
	// longestLine is how many hashes may wait for their turn.
	longestLine = 128
)

// The reasons for which a password is no good.
const (
	ReasonPasswordShort  workflow.Reason = "password_too_short"
	ReasonPasswordLong   workflow.Reason = "password_too_long"
	ReasonPasswordText   workflow.Reason = "password_unreadable"
	ReasonPasswordCommon workflow.Reason = "password_common"
	ReasonPasswordEmail  workflow.Reason = "password_is_email"
)

// PasswordReasons lists them all; the word lists have a sentence for each.
var PasswordReasons = []workflow.Reason{ReasonPasswordShort, ReasonPasswordLong, ReasonPasswordText, ReasonPasswordCommon, ReasonPasswordEmail}

// A PasswordError says why a password is no good.
type PasswordError struct {
	Reason workflow.Reason
	Words  workflow.Words // "characters": the limit, where there is one
}

// Error is for logs, and never holds the password.
func (e *PasswordError) Error() string { return "identity: password refused: " + string(e.Reason) }

// Passwords hashes and compares passwords, a few at a time: each hash takes 19 MiB,
// and fifty people who sign in at once must not take fifty times that.
type Passwords struct {
	cost    argon2id.Params
	turns   chan struct{}
	waiting atomic.Int64
	hashed  atomic.Int64 // how many hashes were computed
	decoy   string       // a hash that belongs to no password
}

// NewPasswords returns a Passwords that computes atOnce hashes at the same time;
// zero means as many as there are processors, and at most four.
func NewPasswords(atOnce int) *Passwords {
	if atOnce <= 0 {
		atOnce = min(4, runtime.GOMAXPROCS(0))
	}
	return &Passwords{cost: usualCost, turns: make(chan struct{}, atOnce), decoy: decoy(&usualCost)}
}

// decoy makes a hash out of chance, without the work of hashing anything.
func decoy(cost *argon2id.Params) string {
	chance := make([]byte, cost.SaltLength+cost.KeyLength)
	rand.Read(chance) // never returns an error
	plain := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", cost.Memory, cost.Iterations, cost.Parallelism,
		plain(chance[:cost.SaltLength]), plain(chance[cost.SaltLength:]))
}

// Hash returns what is stored of a password. The error is a *PasswordError when
// the password is no good for the person with this address, and models.ErrBusy
// when too many are waiting.
func (p *Passwords) Hash(ctx context.Context, email, password string) (string, error) {
	if err := CheckPassword(email, password); err != nil {
		return "", err
	}
	if err := p.enter(ctx); err != nil {
		return "", err
	}
	defer p.leave()
	return argon2id.CreateHash(norm.NFC.String(password), &p.cost)
}

// Matches reports whether hash was made from password. With "" for hash it does
// the same work and returns false. The error is models.ErrBusy when too many are
// waiting.
func (p *Passwords) Matches(ctx context.Context, password, hash string) (bool, error) {
	real := hash != ""
	if !real {
		hash = p.decoy
	}
	if err := p.enter(ctx); err != nil {
		return false, err
	}
	defer p.leave()
	same, err := argon2id.ComparePasswordAndHash(norm.NFC.String(password), hash)
	if err != nil {
		return false, fmt.Errorf("compare with stored hash: %w", err)
	}
	return same && real, nil
}

// enter waits for a turn to hash.
func (p *Passwords) enter(ctx context.Context) error {
	if p.waiting.Add(1) > longestLine {
		p.waiting.Add(-1)
		return models.ErrBusy
	}
	defer p.waiting.Add(-1)
	select {
	case p.turns <- struct{}{}:
		p.hashed.Add(1)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *Passwords) leave() { <-p.turns }

// Seal is the engine's Preparer of the actions that set a person's password: what
// somebody typed goes no further than this. A command of the house itself holds
// the hash already, and is an error when it does not.
func (p *Passwords) Seal(ctx context.Context, c *workflow.Command) error {
	c.Inputs = slices.Clone(c.Inputs) // they are the caller's, who may ask again
	password, email := inputNamed(c, "password"), inputNamed(c, "email")
	if password == nil || password.Text == "" {
		return nil
	}
	if c.Actor == (workflow.Actor{}) {
		return p.checkHash(password.Text)
	}
	address := ""
	if email != nil {
		address = email.Text
	}
	hash, err := p.Hash(ctx, address, password.Text)
	var bad *PasswordError
	if errors.As(err, &bad) {
		return &workflow.Refusal{Noun: c.Noun, ID: c.ID, Action: c.Action, Kind: workflow.NotMet, Reason: bad.Reason,
			Field: password.Name, Words: bad.Words}
	}
	if err != nil {
		return err
	}
	password.Text = hash
	return nil
}

func inputNamed(c *workflow.Command, name string) *workflow.Input {
	for i := range c.Inputs {
		if c.Inputs[i].Name == name {
			return &c.Inputs[i]
		}
	}
	return nil
}

func (p *Passwords) checkHash(hash string) error {
	params, _, _, err := argon2id.DecodeHash(hash)
	if err != nil || *params != p.cost {
		return errors.New("identity: the system sets a password that is not hashed as it should be")
	}
	return nil
}

// CheckPassword returns a *PasswordError when password is no good for the person
// with this address: fewer than MinPassword or more than MaxPassword characters,
// not UTF-8 or with a NUL, made of common passwords, or of the address. There are
// no rules about kinds of characters.
func CheckPassword(email, password string) error {
	n := utf8.RuneCountInString(norm.NFC.String(password))
	switch {
	case !utf8.ValidString(password) || strings.ContainsRune(password, 0):
		return &PasswordError{Reason: ReasonPasswordText}
	case n < MinPassword:
		return &PasswordError{ReasonPasswordShort, workflow.Words{"characters": int64(MinPassword)}}
	case n > MaxPassword:
		return &PasswordError{ReasonPasswordLong, workflow.Words{"characters": int64(MaxPassword)}}
	case isMadeOf(password, common):
		return &PasswordError{Reason: ReasonPasswordCommon}
	case isMadeOf(password, append(partsOf(email), common...)):
		return &PasswordError{Reason: ReasonPasswordEmail}
	}
	return nil
}
