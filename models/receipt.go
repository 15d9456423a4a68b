package models

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tranche/workflow"
)

// A Receipt proves a submission: what was received when, and where the audit log
// says so. The snapshot is the document with the sum SHA256.
type Receipt struct {
	Application  workflow.ID          `json:"application"`
	Number       string               `json:"number"`
	Organization string               `json:"organization"`
	Submission   int64                `json:"submission"` // counted from 1 for each application
	Received     time.Time            `json:"received_at"`
	Deadline     *time.Time           `json:"deadline"`  // in force then, with grace and personal extension; nil: there was none, or the snapshot is older than this
	SHA256       string               `json:"sha256"`    // of the snapshot's bytes, hex
	Documents    workflow.Attachments `json:"documents"` // the files that were part of it
	Event        int64                `json:"event"`
	EventHash    string               `json:"event_hash"`    // the head of the application's chain of events, hex
	PreviousHash string               `json:"previous_hash"` // the head before it, hex
}

// Receipts lists the receipts of an application's submissions, the newest first,
// each as its snapshot tells it. ErrNotFound means that v may not know of the
// application, or scores it only. ErrAltered means that a snapshot is not what was
// sent.
func (r Reader) Receipts(ctx context.Context, v *Viewer, application workflow.ID) ([]Receipt, error) {
	row, err := r.Row(ctx, v, workflow.NounApplication, application)
	if err != nil {
		return nil, err
	}
	if MerelyReviews(row.Roles) {
		return nil, ErrNotFound
	}
	var out []Receipt
	err = r.look(ctx, func(tx *Tx) error {
		return tx.ask("SELECT id, changes, hash, prev_hash FROM events WHERE record_id = ? AND noun = 'application' AND action = 'submit' ORDER BY id DESC",
			[]any{int64(application)}, func(rows *sql.Rows) error {
				one := Receipt{Application: application}
				var changes string
				var hash, before workflow.Hash
				if err := rows.Scan(&one.Event, &changes, column{"hash", &hash}, column{"prev_hash", &before}); err != nil {
					return err
				}
				var set struct{ Snapshot string }
				if err := json.Unmarshal([]byte(changes), &set); err != nil {
					return err
				}
				one.SHA256, one.EventHash, one.PreviousHash = set.Snapshot, hex.EncodeToString(hash[:]), hex.EncodeToString(before[:])
				out = append(out, one)
				return nil
			})
	})
	if err != nil {
		return nil, err
	}
	for i := range out {
		if err := r.complete(ctx, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// complete reads from the snapshot what it says.
func (r Reader) complete(ctx context.Context, one *Receipt) error {
	body, err := r.Document(ctx, one.SHA256)
	if err != nil {
		return err
	}
	var said struct {
		Number, Organization string
		Submission           int64
		SubmittedAt          time.Time
		Deadline             *time.Time
		Documents            workflow.Attachments
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return err
	}
	one.Number, one.Organization, one.Submission, one.Received, one.Deadline = said.Number, said.Organization, said.Submission, said.SubmittedAt, said.Deadline
	one.Documents = said.Documents
	return nil
}

// ReceiptOf picks a receipt by the number of its event as an address writes it, and
// the newest one for "". ErrNotFound means that there is none.
func ReceiptOf(all []Receipt, event string) (Receipt, error) {
	for _, one := range all {
		if event == "" || event == workflow.ID(one.Event).String() {
			return one, nil
		}
	}
	return Receipt{}, ErrNotFound
}

// VerifyReceipts compares receipts that somebody holds with what is stored. Verify
// proves what is stored.
func (r Reader) VerifyReceipts(ctx context.Context, held []Receipt) (Check, error) {
	c := Check{Name: "receipts say what the audit log says", Rows: int64(len(held))}
	for _, one := range held {
		var stored Receipt
		all, err := r.Receipts(ctx, &Viewer{System: true}, one.Application)
		if err == nil {
			stored, err = ReceiptOf(all, workflow.ID(one.Event).String())
		}
		p := Problem{Noun: "receipt", ID: fmt.Sprint(one.Event), Number: one.Number}
		switch {
		case errors.Is(err, ErrNotFound):
			p.What = "there is no such submission"
		case errors.Is(err, ErrAltered):
			p.What = "what was submitted has been altered"
		case err != nil:
			return c, err
		default:
			p.What = one.differs(stored)
		}
		if p.What != "" {
			c.add(p)
		}
	}
	return c, nil
}

// differs says where r is not what is stored; "" when it is.
func (r Receipt) differs(stored Receipt) string {
	deadline := func(r Receipt) string {
		if r.Deadline == nil {
			return ""
		}
		return r.Deadline.UTC().Format(time.RFC3339Nano)
	}
	for _, f := range []struct {
		name     string
		said, is any
	}{
		{"number", r.Number, stored.Number}, {"organization", r.Organization, stored.Organization}, {"submission", r.Submission, stored.Submission},
		{"received_at", r.Received.UTC().Format(time.RFC3339Nano), stored.Received.UTC().Format(time.RFC3339Nano)},
		{"deadline", deadline(r), deadline(stored)}, {"sha256", r.SHA256, stored.SHA256}, {"documents", r.Documents, stored.Documents},
		{"event_hash", r.EventHash, stored.EventHash}, {"previous_hash", r.PreviousHash, stored.PreviousHash},
	} {
		if f.said != f.is {
			return fmt.Sprintf("its %s is %v, the audit log says %v", f.name, f.said, f.is)
		}
	}
	return ""
}
