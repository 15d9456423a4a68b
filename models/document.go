package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"tranche/workflow"
)

// ErrAltered means that stored bytes are not those that were stored.
var ErrAltered = errors.New("models: stored bytes have been altered")

// Document returns the bytes stored under a SHA-256, after checking that they
// are. ErrNotFound means that there are none, ErrAltered that somebody changed
// them behind the program's back. Callers see to it that the viewer may read
// the record that names the document.
func (r Reader) Document(ctx context.Context, sum string) ([]byte, error) {
	var body []byte
	err := r.sql.QueryRowContext(ctx, r.bind("SELECT body FROM documents WHERE sum = ?"), sum).Scan(&body)
	if err != nil {
		return nil, notFound(err)
	}
	if got := sha256.Sum256(body); hex.EncodeToString(got[:]) != sum {
		return nil, fmt.Errorf("document %s: %w", sum, ErrAltered)
	}
	return body, nil
}

// StoreDocument keeps body for good and returns its SHA-256 in hex. Bytes that
// no record comes to name do no harm.
func (d *DB) StoreDocument(ctx context.Context, body []byte, at time.Time) (string, error) {
	sum := sha256.Sum256(body)
	doc := workflow.Document{Sum: hex.EncodeToString(sum[:]), Body: body}
	return doc.Sum, d.Write(ctx, storing{doc, at})
}

// HasSealed reports whether any account number is sealed.
func (r Reader) HasSealed(ctx context.Context) (found bool, err error) {
	var n int
	err = r.sql.QueryRowContext(ctx, "SELECT COUNT(*) FROM (SELECT 1 FROM bank_accounts WHERE sealed <> '' LIMIT 1) x").Scan(&n)
	return n > 0, err
}

type storing struct {
	document workflow.Document
	at       time.Time
}

// Run implements Unit.
func (s storing) Run(tx *Tx) error { return tx.storeDocument(s.document, s.at) }
