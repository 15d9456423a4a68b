package policy_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"tranche/app/policy"
	"tranche/templates"
)

// Whatever the text, reading it ends soon, with a plan or with problems that stand
// inside it; the same text gives the same plan.
func FuzzCompile(f *testing.F) {
	f.Add(string(templates.Program))
	f.Add("a: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]\n")
	f.Add("tranche: 1\nprogram: {prefix: AIV\n")
	f.Add("\ufefftranche: '1'\r\nphases:\r\n- {starts: 2026-02-30}\r\n")
	f.Add(strings.Repeat("- ", 1000))
	f.Add(strings.Repeat("{a: ", 1000))
	f.Add("opportunities:\n- rules:\n  - when: >+\n\n      a &&\n\n       b\n")
	for _, m := range []string{small(f), "when: \"\\x41\"", "? a\n: b\n", "!!binary aGk=", "%YAML 1.2\n---\na", "---\n---\n", "\u2028"} {
		f.Add(m)
	}
	c := compiler(f)
	f.Fuzz(func(t *testing.T, text string) {
		started := time.Now()
		plan, err := c.Compile("file.yaml", []byte(text))
		if took := time.Since(started); took > 5*time.Second {
			t.Errorf("%d bytes took %s", len(text), took)
		}
		if (plan == nil) == (err == nil) {
			t.Fatalf("the plan is %v and the error %v", plan, err)
		}
		lines := strings.Count(text, "\n") + strings.Count(text, "\r") + strings.Count(text, "\u2028") + strings.Count(text, "\u2029") +
			strings.Count(text, "\u0085") + 2
		var problems policy.Problems
		if errors.As(err, &problems) {
			for _, p := range problems {
				if p.Line < 1 || p.Line > lines || p.Column < 1 || p.Reason == "" {
					t.Errorf("a problem at line %d of %d, column %d", p.Line, lines, p.Column)
				}
			}
			return
		}
		again, err := c.Compile("file.yaml", []byte(text))
		if err != nil || len(policy.Compare(plan, again)) > 0 {
			t.Errorf("compiled again it differs: %v, %v", policy.Compare(plan, again), err)
		}
	})
}
