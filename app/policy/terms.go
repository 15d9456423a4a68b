package policy

import "tranche/workflow"

// clearanceKinds are the side checks that a program may require.
var clearanceKinds = []string{"eligibility", "screening", "merit", "financial_viability", "national_security", "ethics"}

// sections reads the form. Every field that an application needs stands in one
// section, and every question has a name of its own.
func (r *reader) sections(to *[]workflow.FormSection) how {
	return func(p place) {
		*to = nil
		sections, fields, questions := unique{}, unique{}, unique{}
		r.list(p, func(p place) {
			var s workflow.FormSection
			r.object(p,
				must("name", r.name(&s.Name)),
				must("label", r.label(&s.Label)),
				may("fields", func(p place) {
					r.list(p, func(p place) {
						var field string
						r.oneOf(&field, asked...)(p)
						fields.take(r, p, field)
						s.Fields = append(s.Fields, field)
					})
				}),
				may("questions", func(p place) {
					r.list(p, func(p place) {
						q := r.question(p)
						questions.take(r, p, q.Name)
						s.Questions = append(s.Questions, q)
					})
				}),
			)
			sections.take(r, p, s.Name)
			*to = append(*to, s)
		})
		for _, field := range asked {
			if _, there := fields[field]; !there {
				r.wrong(p, reasonFieldUnused, workflow.Words{"field": field})
			}
		}
	}
}

// asked are the fields that every application has, beside the answers to
// questions.
var asked = func() (names []string) {
	for _, section := range (*workflow.Terms)(nil).Or().Sections {
		names = append(names, section.Fields...)
	}
	return names
}()

func (r *reader) question(p place) (q workflow.Question) {
	r.object(p,
		must("name", r.name(&q.Name)),
		must("kind", r.oneOf(&q.Kind, workflow.QuestionLine, workflow.QuestionText, workflow.QuestionNumber, workflow.QuestionChoice, workflow.QuestionYes)),
		must("label", r.label(&q.Label)),
		may("hint", r.label(&q.Hint)),
		may("required", r.yes(&q.Required)),
		may("max", func(p place) {
			most := int64(longestAnswer)
			if q.Kind == workflow.QuestionNumber {
				most = 1_000_000_000_000
			}
			r.count(&q.Max, 1, most)(p)
		}),
		may("choices", r.codes(&q.Choices)),
	)
	if q.Kind == workflow.QuestionChoice && len(q.Choices) == 0 {
		r.wrong(p, reasonMissing, workflow.Words{"key": "choices"})
	}
	return q
}

// documents reads the files that an application comes with.
func (r *reader) documents(to *[]workflow.DocumentTerm) how {
	return func(p place) {
		*to = nil
		codes := unique{}
		r.list(p, func(p place) {
			var d workflow.DocumentTerm
			r.object(p, must("code", r.name(&d.Code)), must("label", r.label(&d.Label)), may("required", r.yes(&d.Required)))
			codes.take(r, p, d.Code)
			*to = append(*to, d)
		})
	}
}

// clearances reads the side checks before an award.
func (r *reader) clearances(to *[]workflow.ClearanceTerm) how {
	return func(p place) {
		*to = nil
		kinds := unique{}
		r.list(p, func(p place) {
			var c workflow.ClearanceTerm
			r.object(p, must("kind", r.oneOf(&c.Kind, clearanceKinds...)), may("days", r.count(&c.Days, 0, 3650)))
			kinds.take(r, p, c.Kind)
			*to = append(*to, c)
		})
	}
}

// rubric reads what reviewers score: weights that add up to 100, and anchors that
// rise from the fewest points to the most.
func (r *reader) rubric(to *[]workflow.Criterion) how {
	return func(p place) {
		*to = nil
		names := unique{}
		before, sum := len(r.problems), 0
		r.list(p, func(p place) {
			var c workflow.Criterion
			var weight int64
			r.object(p,
				must("name", r.name(&c.Name)),
				must("weight", r.count(&weight, 1, 100)),
				must("label", r.label(&c.Label)),
				may("anchors", r.anchors(&c.Anchors)),
			)
			names.take(r, p, c.Name)
			c.Weight = int(weight)
			sum += c.Weight
			*to = append(*to, c)
		})
		if sum != 100 && len(r.problems) == before {
			r.wrong(p, reasonWeights, workflow.Words{"sum": sum})
		}
	}
}

func (r *reader) anchors(to *[]workflow.Anchor) how {
	return func(p place) {
		last := int64(-1)
		r.list(p, func(p place) {
			a := workflow.Anchor{Points: -1}
			r.object(p, must("points", r.count(&a.Points, 0, workflow.MaxScore)), must("label", r.label(&a.Label)))
			if a.Points >= 0 && a.Points <= last {
				r.wrong(p, reasonAnchors, workflow.Words{"points": a.Points, "before": last})
			}
			last = max(last, a.Points)
			*to = append(*to, a)
		})
	}
}

// codes reads codes that people choose from.
func (r *reader) codes(to *[]workflow.CodeTerm) how {
	return func(p place) {
		*to = nil
		seen := unique{}
		r.list(p, func(p place) {
			var c workflow.CodeTerm
			r.object(p, must("code", r.name(&c.Code)), must("label", r.label(&c.Label)))
			seen.take(r, p, c.Code)
			*to = append(*to, c)
		})
	}
}

// eligibility reads the rules.
func (r *reader) eligibility(to *[]workflow.RuleTerm) how {
	return func(p place) {
		*to = nil
		codes := unique{}
		r.list(p, func(p place) {
			var rule workflow.RuleTerm
			var code, outcome string
			r.object(p,
				must("code", r.name(&code)),
				must("outcome", r.oneOf(&outcome, workflow.Fail.String(), workflow.Refer.String())),
				must("when", r.expression(&rule.When)),
				must("label", r.label(&rule.Label)),
			)
			codes.take(r, p, code)
			rule.Code = workflow.Reason(code)
			if outcome != "" {
				rule.Outcome, _ = workflow.ParseOutcome(outcome)
			}
			*to = append(*to, rule)
		})
	}
}
