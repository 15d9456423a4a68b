package workflow

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite docs/lifecycles.md")

func TestTheLifecyclesPageIsCurrent(t *testing.T) {
	const page = "../docs/lifecycles.md"
	if *update {
		if err := os.WriteFile(page, Markdown(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, Markdown()) {
		t.Errorf("%s is not what the tables say; run go test ./workflow -update", page)
	}
}

func TestADiagramSharesArrowsAndLeadsBack(t *testing.T) {
	got := Diagram(Applications)
	for _, line := range []string{
		"stateDiagram-v2\n",
		"    [*] --> draft: start\n",
		"    screening --> in_review: clear\n",
		"    submitted --> in_review: screen_pass\n",
		"    needs_information --> screening: reply, lapse, cancel_request\n",
		"    needs_information --> recommended: reply, lapse, cancel_request\n",
		"    appealed --> ineligible: uphold\n",
		"    appealed --> declined: uphold\n",
		"    withdrawn --> [*]\n",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("the diagram lacks %q", line)
		}
	}
	for _, line := range []string{"back", "update", "save", "    awarded --> [*]"} {
		if strings.Contains(got, line) {
			t.Errorf("the diagram has %q:\n%s", line, got)
		}
	}
}

func TestEveryRowIsOnThePage(t *testing.T) {
	page := string(Markdown())
	rows := 0
	for _, l := range Lifecycles {
		rows += len(l.Rows())
		if !strings.Contains(page, "\n## "+title(l.Noun())+"\n") {
			t.Errorf("%s is not on the page", l.Noun())
		}
	}
	tableLines := strings.Count(page, "\n|") - 2*len(Lifecycles) // less the heads
	if tableLines != rows {
		t.Errorf("the page has %d rows, the tables %d", tableLines, rows)
	}
}
