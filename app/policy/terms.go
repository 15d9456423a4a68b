package policy

import "tranche/workflow"

// clearanceKinds are the side checks that a program may require. Eligibility is the
// verdict, which applies whether it stands here or not.
var clearanceKinds = append([]string{workflow.ClearEligibility}, workflow.ClearanceKinds...)

// sections reads the form. Every field that an application needs stands in one
// section, and every question has a name of its own.
func (r *reader) sections(to *[]workflow.FormSection) how {
	return func(p place) {
		fields, questions := unique{}, unique{}
		each(r, to, func(p place, s *workflow.FormSection) string {
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
			return s.Name
		})(p)
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
	return each(r, to, func(p place, d *workflow.DocumentTerm) string {
		r.object(p,
			must("code", r.name(&d.Code)),
			must("label", r.label(&d.Label)),
			may("required", r.yes(&d.Required)),
			may("types", each(r, &d.Types, func(p place, code *string) string {
				r.oneOf(code, fileTypes...)(p)
				return *code
			})),
			may("max_mb", r.count(&d.MaxMB, 1, workflow.MaxFile>>20)),
		)
		return d.Code
	})
}

// fileTypes are the codes of the types of files that a document may be of.
var fileTypes = func() (codes []string) {
	for _, t := range workflow.FileTypes {
		codes = append(codes, t.Code())
	}
	return codes
}()

// clearances reads the side checks before an award.
func (r *reader) clearances(to *[]workflow.ClearanceTerm) how {
	return each(r, to, func(p place, c *workflow.ClearanceTerm) string {
		r.object(p, must("kind", r.oneOf(&c.Kind, clearanceKinds...)), may("days", r.count(&c.Days, 0, 3650)))
		if c.Kind == workflow.ClearEligibility && c.Days > 0 {
			r.wrong(p, reasonVerdictDays, workflow.Words{"found": c.Days})
		}
		return c.Kind
	})
}

// rubric reads what reviewers score: weights that add up to 100, and anchors that
// rise from the fewest points to the most.
func (r *reader) rubric(to *[]workflow.Criterion) how {
	return func(p place) {
		before, sum := len(r.problems), 0
		each(r, to, func(p place, c *workflow.Criterion) string {
			var weight int64
			r.object(p,
				must("name", r.name(&c.Name)),
				must("weight", r.count(&weight, 1, 100)),
				must("label", r.label(&c.Label)),
				may("anchors", r.anchors(&c.Anchors)),
			)
			c.Weight = int(weight)
			sum += c.Weight
			return c.Name
		})(p)
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
	return each(r, to, func(p place, c *workflow.CodeTerm) string {
		r.object(p, must("code", r.name(&c.Code)), must("label", r.label(&c.Label)))
		return c.Code
	})
}

// eligibility reads the rules.
func (r *reader) eligibility(to *[]workflow.RuleTerm) how {
	return each(r, to, func(p place, rule *workflow.RuleTerm) string {
		var code, outcome string
		r.object(p,
			must("code", r.name(&code)),
			must("outcome", r.oneOf(&outcome, workflow.Fail.String(), workflow.Refer.String())),
			must("when", r.expression(&rule.When)),
			must("label", r.label(&rule.Label)),
		)
		rule.Code = workflow.Reason(code)
		if outcome != "" {
			rule.Outcome, _ = workflow.ParseOutcome(outcome)
		}
		return code
	})
}
