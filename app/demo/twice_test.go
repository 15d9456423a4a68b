package demo

import (
	"strings"
	"testing"

	"tranche/workflow"
)

// Nobody is taken for somebody else but who really has two registrations, and the one
// company that is registered twice on purpose.
func TestNoTwoCompaniesAreTakenForOne(t *testing.T) {
	list, err := Companies(0)
	if err != nil {
		t.Fatal(err)
	}
	held := map[workflow.LikenessKey][]*workflow.Likeness{}
	for i := range list {
		c := &list[i]
		title, summary, outcome := c.project()
		l := &workflow.Likeness{Name: c.LegalName, Emails: []string{c.email()}, People: []string{representative(c).name},
			Proposals: []workflow.Proposal{{Number: c.UEI, Text: title + "\n" + summary + "\n" + c.approach() + "\n" + outcome}}}
		for _, k := range l.Keys() {
			for _, other := range held[k] {
				if r := workflow.Compare(l, other); r.Score >= workflow.Suspicious && !strings.HasPrefix(c.LegalName, "DEEP WEB TECHNOLOGIES") {
					t.Errorf("%s (%s) and %s: %+v", c.LegalName, c.UEI, other.Name, r)
				}
			}
			held[k] = append(held[k], l)
		}
		if c.Case != RegisteredTwice {
			continue
		}
		again := &workflow.Likeness{Name: c.secondName()}
		if r := workflow.Compare(l, again); r.Score < workflow.Suspicious {
			t.Errorf("%s is not recognized: %+v", c.secondName(), r)
		}
	}
}
