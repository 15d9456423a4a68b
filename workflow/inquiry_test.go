package workflow

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAnApplicationIsHeldAgainstItsSubmission(t *testing.T) {
	f := applicationIn(InReview)
	f.Answers = `{"people":"4"}`
	f.Documents = attachmentsOf([]Attachment{{Code: "plan", Name: "plan.pdf", Sum: "aa"}, {Code: "letter", Name: "letter.pdf", Sum: "bb"}})
	sent := f.snapshot()
	if got, err := f.Differences(sent); err != nil || got != nil {
		t.Errorf("nothing changed: %+v, %v", got, err)
	}
	was := f.Application
	f.Summary, f.Months = "Better pumps.", was.Months+1
	f.Answers = `{"stage":"seed"}`
	f.Documents = attachmentsOf([]Attachment{{Code: "plan", Name: "plan.pdf", Sum: "cc"}, {Code: "letter", Name: "letter.pdf", Sum: "bb"}})
	got, err := f.Differences(sent)
	want := []Difference{
		{"summary", was.Summary, "Better pumps."},
		{"months", ID(was.Months).String(), ID(was.Months + 1).String()},
		{"answers.people", "4", ""},
		{"documents.plan", "plan.pdf · SHA-256 aa", "plan.pdf · SHA-256 cc"},
		{"answers.stage", "", "seed"},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if _, err := f.Differences([]byte("no JSON")); err == nil {
		t.Error("a submission that cannot be read has no differences")
	}
}
