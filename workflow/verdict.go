package workflow

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
