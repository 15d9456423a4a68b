package workflow

import (
	"encoding/json"
	"fmt"
	"slices"
)

// ReasonEvidenceChanged means that the evidence of a case is not what the stored
// verdict rests on, and that no officer has looked at it since.
const ReasonEvidenceChanged Reason = "evidence_changed"

// JSON writes v as it is stored with the case: everything that is needed to
// decide the question again, years later.
func (v Verdict) JSON() string { return string(mustJSON(v)) }

// words are the numbers behind a verdict that stops a step.
func (v Verdict) words() Words {
	w := Words{"outcome": v.Outcome.String(), "sum": v.Sum, "cap": v.Cap}
	if len(v.Reasons) > 0 {
		w["why"] = string(v.Reasons[0])
	}
	return w
}

// ReadVerdict reads what JSON wrote.
func ReadVerdict(text string) (Verdict, error) {
	var v Verdict
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return Verdict{}, fmt.Errorf("workflow: a verdict cannot be read: %w", err)
	}
	return v, nil
}

// readVerdict is ReadVerdict of what is stored. What cannot be read is the zero
// verdict, which differs from every other: somebody has to look.
func readVerdict(stored string) Verdict {
	v, err := ReadVerdict(stored)
	if err != nil {
		return Verdict{}
	}
	return v
}

// differs reports whether v is another answer than the stored one: another
// outcome, reason, sum, cap, member of the group or finding. On which day it was given
// does not matter.
func (v Verdict) differs(stored string) bool {
	was := readVerdict(stored)
	return v.Outcome != was.Outcome || v.Total != was.Total || v.Sum != was.Sum || v.Cap != was.Cap ||
		!slices.Equal(v.Reasons, was.Reasons) || !slices.Equal(v.Members(), was.Members()) ||
		!slices.EqualFunc(v.Findings, was.Findings, func(a, b Finding) bool { return a.Rule == b.Rule && a.Outcome == b.Outcome })
}

// AtOrOver reports whether what is known of the group's revenue reaches the cap.
func (v Verdict) AtOrOver() bool { return contains(v.Reasons, ReasonRevenueAtOrOverCap) }

// Again decides v anew from nothing but what v holds: equal bytes show that it is
// what the rule of its version comes to. What the rules of the program found is
// taken over as it stands; whoever has their terms can ask a Ruler.
func (v Verdict) Again() Verdict {
	again := Revenue(v.Question())
	if v.Terms != "" || v.Evidence != nil || len(v.Findings) > 0 {
		again = again.With(v.Terms, v.Evidence, v.Findings)
	}
	return again
}

// For returns v as somebody outside the staff may read it: of organizations that
// are not their own it tells who they are and how they are joined, and whether
// their evidence is there, but no figure. The sum is told with them only where it
// reaches the cap: that is why the case ended, and nothing else tells it.
func (v Verdict) For(own []ID) Verdict {
	v.Lines, v.Withheld = slices.Clone(v.Lines), nil
	for i := range v.Lines {
		l := &v.Lines[i]
		if contains(own, l.Entity) {
			continue
		}
		l.Amount, l.Counted, l.Eliminated, l.Rate, l.Document, l.Weighed, l.Founded = 0, 0, 0, 0, "", 0, 0
		if !contains(v.Withheld, l.Entity) {
			v.Withheld = append(v.Withheld, l.Entity)
		}
	}
	if len(v.Withheld) > 0 {
		v.Evidence = nil // which tells of them too
	}
	if len(v.Withheld) > 0 && !v.AtOrOver() {
		v.Total, v.Sum = 0, 0
	}
	mine := func(statement ID) bool {
		return slices.ContainsFunc(v.Lines, func(l VerdictLine) bool { return l.Statement == statement && contains(own, l.Entity) })
	}
	v.Eliminations = slices.DeleteFunc(slices.Clone(v.Eliminations), func(p EliminatedPart) bool { return !mine(p.Statement) })
	v.Rates = slices.DeleteFunc(slices.Clone(v.Rates), func(r RateFigure) bool {
		return !slices.ContainsFunc(v.Lines, func(l VerdictLine) bool { return l.Rate == r.ID })
	})
	return v
}
