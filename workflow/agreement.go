package workflow

import (
	"encoding/json"
	"fmt"
	"strings"
)

// An Agreement is what a signature covers. Its JSON is stored under its SHA-256, one for
// each revision that was signed: members never change their names or their order.
type Agreement struct {
	Number                 string
	Revision               int64
	Face                   Cents
	PeriodStart, PeriodEnd Date // the end is the first day after
	Tranches               []AgreedMilestone
	Terms                  string
	BankAccount            ID
	BankVersion            int64
	Recipient              string `json:",omitempty"` // missing in those from before it was kept
}

// An AgreedMilestone is a milestone of an agreement.
type AgreedMilestone struct {
	Number             int64
	Kind               string
	Title, Deliverable string
	Amount             Cents
	Due                Date
}

// ReadAgreement reads the bytes of an agreement.
func ReadAgreement(body []byte) (a Agreement, err error) {
	if err = json.Unmarshal(body, &a); err != nil {
		return a, fmt.Errorf("workflow: read agreement: %w", err)
	}
	return a, nil
}

// agreement is what the signature covers, as canonical bytes.
func (f *AwardFacts) agreement() []byte {
	plan := make([]AgreedMilestone, len(f.Tranches))
	for i := range f.Tranches {
		t := &f.Tranches[i]
		plan[i] = AgreedMilestone{t.Number, t.Kind, t.Title, t.Deliverable, t.Amount, t.Due}
	}
	return mustJSON(Agreement{f.Number, f.Revision, f.Face, f.PeriodStart, f.PeriodEnd, plan, f.Terms, f.Award.BankAccount, f.BankVersion, f.Recipient})
}

// The things of an agreement that can change.
const (
	AgreedFace       = "face"
	AgreedPeriod     = "last_day"
	AgreedRecipient  = "recipient"
	AgreedAccount    = "account"
	AgreedMilestones = "milestone"
	AgreedTerms      = "terms"
)

// A Change is one thing that two agreements say differently. Before is "" for what is
// added, After for what goes.
type Change struct {
	What          string // one of the names above
	Number        int64  // of a milestone
	Before, After string
}

// Changes lists what a says differently from b, in the order of an agreement.
func (b *Agreement) Changes(a *Agreement) (out []Change) {
	add := func(what string, number int64, before, after string) {
		if before != after {
			out = append(out, Change{what, number, before, after})
		}
	}
	add(AgreedRecipient, 0, b.Recipient, a.Recipient)
	add(AgreedFace, 0, b.Face.Dollars(), a.Face.Dollars())
	add(AgreedPeriod, 0, b.PeriodEnd.AddDays(-1).String(), a.PeriodEnd.AddDays(-1).String())
	after := a.byNumber()
	for _, m := range b.Tranches {
		add(AgreedMilestones, m.Number, m.String(), after[m.Number].String())
		delete(after, m.Number)
	}
	for _, m := range a.Tranches {
		if _, added := after[m.Number]; added {
			add(AgreedMilestones, m.Number, "", m.String())
		}
	}
	add(AgreedAccount, 0, fmt.Sprintf("%d/%d", b.BankAccount, b.BankVersion), fmt.Sprintf("%d/%d", a.BankAccount, a.BankVersion))
	if more, added := strings.CutPrefix(a.Terms, b.Terms); added {
		add(AgreedTerms, 0, "", strings.TrimSpace(more))
	} else {
		add(AgreedTerms, 0, b.Terms, a.Terms)
	}
	return out
}

func (a *Agreement) byNumber() map[int64]AgreedMilestone {
	out := make(map[int64]AgreedMilestone, len(a.Tranches))
	for _, m := range a.Tranches {
		out[m.Number] = m
	}
	return out
}

// String writes m in a line, "" for none.
func (m AgreedMilestone) String() string {
	if m == (AgreedMilestone{}) {
		return ""
	}
	return strings.Join([]string{m.Amount.Dollars(), m.Due.String(), m.Title, m.Deliverable}, " · ")
}
