package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"tranche/models"
	"tranche/workflow"
)

// closesOf reads the deadline of an opportunity as the API writes it.
func closesOf(body []byte) (time.Time, error) {
	var o struct{ Closes time.Time }
	err := json.Unmarshal(body, &o)
	if err == nil && o.Closes.IsZero() {
		err = errors.New("no deadline")
	}
	return o.Closes, err
}

// A count is what the storm came to.
type count struct {
	atOnce, away, door, late int // in at the first press; after 429 or 503; after no connection; out, and pressed too late
	moved                    int // in that pressed after the deadline as it was published
	receipts                 int
	took                     []time.Duration
}

// judge compares who pressed when with what is stored, and prints the figures. Wrong
// are those who pressed in time and are out or cannot prove that they are in, and those
// who did not and are in.
func (o *options) judge(ctx context.Context, database string, st *stage, w *weather) (wrong []string, err error) {
	db, err := open(ctx, database)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	last, err := deadline(ctx, db, st.opportunity)
	if err != nil {
		return nil, err
	}
	var n count
	var receipts []byte
	for _, a := range st.people {
		why, err := a.judge(ctx, db, last, &n)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.name, err)
		}
		if why != "" {
			wrong = append(wrong, fmt.Sprintf("%s (application %d), pressed %s before the last deadline, first met %q: %s",
				a.name, a.application, last.Sub(a.pressed).Round(time.Millisecond), a.met, why))
		}
		if a.given {
			n.receipts++
			n.took = append(n.took, a.took)
			if receipts, err = appendJSON(receipts, a.receipt); err != nil {
				return nil, err
			}
		}
		if a.given && a.pressed.After(st.closes) {
			n.moved++
		}
	}
	file := filepath.Join(o.dir, "receipts.json")
	if err := os.WriteFile(file, receipts, 0o600); err != nil {
		return nil, err
	}
	if out, err := exec.CommandContext(ctx, o.program, "audit", "verify", "--database", database, "--keys", filepath.Join(o.dir, "keys"),
		"--receipts", file).CombinedOutput(); err != nil {
		wrong = append(wrong, fmt.Sprintf("the audit log: %v: %s", err, out))
	}
	if n.away == 0 || n.door == 0 || n.late == 0 {
		wrong = append(wrong, "the storm was too mild to show anything: somebody has to be turned away, to meet a closed door, and to be late")
	}
	n.print(o, st, w, last, len(wrong))
	return wrong, nil
}

// judge returns why a was done wrong, "" when it was not.
func (a *applicant) judge(ctx context.Context, db *models.DB, last time.Time, n *count) (string, error) {
	row, err := db.Row(ctx, system, workflow.NounApplication, a.application)
	if err != nil {
		return "", err
	}
	in := row.Record.State != workflow.Draft && row.Record.State != workflow.Expired
	switch inTime := a.pressed.Before(last); {
	case inTime && !in:
		return "is " + row.Record.State.String() + ": " + a.refusal, nil
	case !inTime && in:
		return "is in", nil
	case !inTime:
		n.late++
		return "", nil
	case a.met == "":
		n.atOnce++
	case a.met == noConnection:
		n.door++
	default:
		n.away++
	}
	if !a.given {
		return "is in without a receipt", nil
	}
	check, err := db.VerifyReceipts(ctx, []models.Receipt{a.receipt})
	if check.Found > 0 {
		return "its receipt does not hold: " + check.Problems[0].What, err
	}
	return "", err
}

func appendJSON(to []byte, r models.Receipt) ([]byte, error) {
	text, err := json.Marshal(r)
	return append(append(to, text...), '\n'), err
}

func (n *count) print(o *options, st *stage, w *weather, last time.Time, wrong int) {
	kind := "SQLite"
	if o.postgres != "" {
		kind = "PostgreSQL"
	}
	fmt.Printf("%s: %d pressed submit within %s, seed %d; the program started %d times; the deadline moved by %s\n",
		kind, o.n, o.window, o.seed, w.starts, last.Sub(st.closes).Round(time.Millisecond))
	fmt.Printf("in at the first press                 %6d\n", n.atOnce)
	fmt.Printf("turned away with 429 or 503, then in  %6d\n", n.away)
	fmt.Printf("no connection at first, then in       %6d\n", n.door)
	fmt.Printf("pressed after the last deadline, out  %6d\n", n.late)
	fmt.Printf("in, after the deadline had moved      %6d\n", n.moved)
	fmt.Printf("receipts that hold                    %6d\n", n.receipts)
	fmt.Printf("done wrong                            %6d\n", wrong)
	if len(n.took) > 0 {
		slices.Sort(n.took)
		fmt.Printf("the press that counted took           p50 %s, p99 %s\n", n.took[len(n.took)/2].Round(100*time.Microsecond),
			n.took[len(n.took)*99/100].Round(100*time.Microsecond))
	}
}
