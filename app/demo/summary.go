package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"tranche/workflow"
)

// Summary is what the demonstration came to, as summary.json says it. Whenever
// it was killed and started again, everything but Seconds and the names and sums
// of the files is the same.
type Summary struct {
	Applications  int            `json:"applications"`
	ByState       map[string]int `json:"by_state"`
	Awards        AwardSum       `json:"awards"`
	Payments      PaymentSum     `json:"payments"`
	Batches       []BatchFile    `json:"batches"`
	Events        int            `json:"events"` // of all lifecycles
	AuditVerified bool           `json:"audit_verified"`
	Seconds       float64        `json:"seconds"`
}

// AwardSum counts the awards that were made and not refused, with their face value.
type AwardSum struct {
	Count int            `json:"count"`
	Cents workflow.Cents `json:"cents"`
}

// PaymentSum counts payments that went to the bank, that came back, and that
// were made to take the place of one that came back.
type PaymentSum struct {
	Exported int `json:"exported"`
	Returned int `json:"returned"`
	Reissued int `json:"reissued"`
}

// An Audit is what a check of the whole audit log found.
type Audit struct {
	Events   int  // events of all lifecycles
	Verified bool // state, balances, caps and files follow from them
}

// summarize reads everything back, as the auditor.
func (d *drive) summarize(ctx context.Context, audit Audit) (Summary, error) {
	s := Summary{ByState: map[string]int{}, Batches: d.batches, Events: audit.Events, AuditVerified: audit.Verified}
	apps, err := everything[record](ctx, d, "applications", nil)
	if err != nil {
		return s, err
	}
	for _, a := range apps {
		s.ByState[a.State]++
	}
	s.Applications = len(apps)
	if err := d.sumAwards(ctx, &s.Awards); err != nil {
		return s, err
	}
	return s, d.sumPayments(ctx, &s.Payments)
}

// over are the states in which an award is no longer one.
var over = []string{workflow.Refused.String(), workflow.Lapsed.String(), workflow.Rescinded.String()}

func (d *drive) sumAwards(ctx context.Context, sum *AwardSum) error {
	awards, err := everything[struct {
		State string `json:"state"`
		Face  money  `json:"face"`
	}](ctx, d, "awards", nil)
	if err != nil {
		return err
	}
	for _, a := range awards {
		if slices.Contains(over, a.State) {
			continue
		}
		face, err := a.Face.cents()
		if err != nil {
			return fmt.Errorf("face value of an award: %w", err)
		}
		sum.Count++
		sum.Cents += face
	}
	return nil
}

func (d *drive) sumPayments(ctx context.Context, sum *PaymentSum) error {
	payments, err := everything[payment](ctx, d, "payments", nil)
	if err != nil {
		return err
	}
	for _, p := range payments {
		if p.Trace != "" {
			sum.Exported++
		}
		if p.State == workflow.Returned.String() {
			sum.Returned++
		}
		if p.Reissues != 0 {
			sum.Reissued++
		}
	}
	return nil
}

// store writes summary.json into dir.
func (s *Summary) store(dir string) error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, "summary.json"), append(text, '\n'), 0o600)
}

// print writes the summary and what was turned down for people.
func (s *Summary) print(out io.Writer, refused []refusal) error {
	var text bytes.Buffer
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "applications\t%d\n", s.Applications)
	for _, state := range slices.Sorted(maps.Keys(s.ByState)) {
		fmt.Fprintf(w, "  %s\t%d\n", title(state), s.ByState[state])
	}
	fmt.Fprintf(w, "awards\t%d\t%s\n", s.Awards.Count, s.Awards.Cents.Dollars())
	fmt.Fprintf(w, "payments exported\t%d\nreturned\t%d\nreissued\t%d\n", s.Payments.Exported, s.Payments.Returned, s.Payments.Reissued)
	for _, b := range s.Batches {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\n", b.File, b.Payments, b.Cents.Dollars(), b.SHA256)
	}
	fmt.Fprintf(w, "events\t%d\naudit log\t%s\nseconds\t%.1f\n", s.Events, verified(s.AuditVerified), s.Seconds)
	fmt.Fprintf(w, "\nTurned down, and why\n")
	for _, r := range refused {
		fmt.Fprintf(w, "%s\t%s\t%s\n", r.company.LegalName, r.what, strings.ReplaceAll(r.reason, "_", " "))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := out.Write(text.Bytes())
	return err
}

func verified(ok bool) string {
	if ok {
		return "verified"
	}
	return "NOT VERIFIED"
}
