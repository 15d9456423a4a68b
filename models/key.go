package models

import (
	"bytes"
	"errors"
	"time"

	"tranche/workflow"
)

// A Key makes a request repeatable: the same principal, route, text and body give
// the first answer again.
type Key struct {
	Principal workflow.ID // the person
	Route     string      // method and path
	Text      string      // what the client chose; 1 to 200 characters
	Body      workflow.Hash
}

// Answer returns what was answered to k before. ErrNotFound means that k is new,
// ErrKeyReused that it came with another body.
func (t *Tx) Answer(k Key) (string, error) {
	var body []byte
	var answer string
	err := t.row("SELECT body_sum, answer FROM idempotency_keys WHERE principal_id = ? AND route = ? AND key = ?",
		[]any{int64(k.Principal), k.Route, k.Text}, &body, &answer)
	if err != nil {
		return "", err
	}
	if !bytes.Equal(body, k.Body[:]) {
		return "", ErrKeyReused
	}
	return answer, nil
}

// Keep stores the answer to k. When another request with the same key was
// committed meanwhile, the error is a unique Constraint.
func (t *Tx) Keep(k Key, answer string, at time.Time) error {
	sum := keySum(int64(k.Principal), k.Route, k.Text, k.Body[:], answer, at.UnixMicro())
	_, err := t.exec("INSERT INTO idempotency_keys (principal_id, route, key, body_sum, answer, made, sum) VALUES (?, ?, ?, ?, ?, ?, ?)",
		int64(k.Principal), k.Route, k.Text, k.Body[:], answer, at.UnixMicro(), sum[:])
	return err
}

// keySum sums what is stored of a key. No event has it, so that nothing else
// would show that it was altered.
func keySum(principal int64, route, key string, body []byte, answer string, made int64) workflow.Hash {
	d := newDigest("tranche/key/1")
	for _, v := range []any{principal, route, key, body, answer, made} {
		d.add(v)
	}
	return d.sum()
}

// IsUnique reports whether err is the database's refusal of a second one.
func IsUnique(err error) bool {
	var c *Constraint
	return errors.As(err, &c) && c.Kind == "unique"
}
