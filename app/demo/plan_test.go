package demo

import (
	"bytes"
	"strings"
	"testing"

	"tranche/workflow"
)

func TestAWorkPlanIsAPDFThatSaysWhoseItIs(t *testing.T) {
	body := workPlan(`Leaks (and \ more)`, "聯發 Robotics, Inc.")
	if kind, known := workflow.FileTypeOf("work-plan.pdf", body, "pdf"); !known || kind.Name != "PDF" {
		t.Fatalf("it is no PDF: %q", body)
	}
	for _, want := range []string{`(Leaks \(and \\ more\)) Tj`, "(?? Robotics, Inc.) Tj"} {
		if !bytes.Contains(body, []byte(want)) {
			t.Errorf("it does not say %q", want)
		}
	}
	// Each entry of the index leads to its object.
	_, index, _ := strings.Cut(string(body), "xref\n0 6\n0000000000 65535 f \n")
	for i, line := range strings.SplitN(index, "\n", 6)[:5] {
		at := 0
		for _, digit := range line[:10] {
			at = at*10 + int(digit-'0')
		}
		if want := []byte{byte('1' + i), ' ', '0', ' ', 'o', 'b', 'j'}; !bytes.HasPrefix(body[at:], want) {
			t.Errorf("object %d is not at %d", i+1, at)
		}
	}
}
