package workflow

import (
	"encoding/json"
	"slices"
	"testing"
)

// paperTerms are terms that ask for documents.
var paperTerms = &Terms{
	Documents: []DocumentTerm{
		{Code: "plan", Label: Label{EN: "Work plan", ZH: "工作計畫書"}, Required: true, Types: []string{"pdf", "docx"}, MaxMB: 1},
		{Code: "budget", Label: Label{EN: "Budget", ZH: "預算表"}, Required: true, Types: []string{"csv", "xlsx"}},
		{Code: "notes", Label: Label{EN: "Notes", ZH: "附註"}},
	},
	AwardCap: AwardCap, RevenueCap: RevenueCap,
}

// paper is a file that comes with an application; without a body it is to be taken away.
func paper(code, name, body string) Input {
	in := Input{Name: "documents." + code, Text: name}
	if body != "" {
		in.Body = []byte(body)
	}
	return in
}

func wantPapers(want ...string) func(*testing.T, *ApplicationFacts, *Step) {
	return func(t *testing.T, f *ApplicationFacts, s *Step) {
		t.Helper()
		var got []string
		stored := s.Documents()
		for _, one := range f.Documents.List() {
			got = append(got, one.Code+" "+one.Name+" "+one.Type)
			i := slices.IndexFunc(stored, func(d Document) bool { return d.Sum == one.Sum })
			if (i >= 0) != (one.Size > 0) || i >= 0 && int64(len(stored[i].Body)) != one.Size {
				t.Errorf("%s has %d bytes and the sum %s, stored is %v", one.Code, one.Size, one.Sum, i)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if len(want) == 0 && f.Documents != "" {
			t.Errorf("no file is stored as %q", f.Documents)
		}
	}
}

func TestARefusalNamesTheDocument(t *testing.T) {
	f := applicationIn(Draft)
	f.Terms = paperTerms
	c := Command{ID: 100, Action: ActSave, Roles: by(AOR), Received: noon, Inputs: []Input{paper("notes", "n.txt", "fine"), paper("plan", "p.docx", aPDF)}}
	_, err := Applications.Decide(&f, &c, noon)
	no := refusalOf(t, err)
	if no.Field != "documents.plan" || no.Words["name"] != "p.docx" || no.Words["types"] != "PDF, DOCX" || f.Documents != "" {
		t.Errorf("refused about %q with %v, stored %q", no.Field, no.Words, f.Documents)
	}
	c = Command{ID: 100, Action: ActSubmit, Roles: by(AOR), Received: noon}
	_, err = Applications.Decide(&f, &c, noon)
	no = refusalOf(t, err)
	if missing, _ := no.Words["missing"].([]Label); len(missing) != 2 || missing[0].EN != "Work plan" || missing[1].EN != "Budget" {
		t.Errorf("missing are %v", no.Words)
	}
}

func TestAFileOfOtherTermsDoesNotFit(t *testing.T) {
	a := Application{Documents: attachmentsOf([]Attachment{
		{Code: "plan", Type: "TXT", Size: 5}, {Code: "budget", Type: "CSV", Size: 5}, {Code: "older", Type: "TXT", Size: 5}, {Code: "notes", Type: "PNG", Size: MaxFile + 1}})}
	var got []string
	for _, d := range a.MissingDocuments(paperTerms) {
		got = append(got, d.Code)
	}
	if want := []string{"plan", "notes"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := a.Figure().Documents; !slices.Equal(got, []string{"budget", "notes", "older", "plan"}) {
		t.Errorf("rules see %q", got)
	}
}

func TestASubmissionKeepsItsFilesWhateverTheDraftDoes(t *testing.T) {
	f := applicationIn(Draft)
	f.Terms, f.Reviews = paperTerms, 0
	var snapshot []byte
	do := func(action Action, role Role, inputs ...Input) {
		t.Helper()
		now := noon
		if action == ActRestore {
			now = f.deadline()
		}
		c := Command{ID: 100, Action: action, Roles: by(role), Actor: Actor{Person: ana}, Received: now, Inputs: inputs}
		s, err := Applications.Decide(&f, &c, now)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range s.Documents() {
			if d.Sum == f.Snapshot {
				snapshot = d.Body
			}
		}
	}
	do(ActSave, AOR, paper("plan", "p.pdf", aPDF), paper("budget", "b.csv", "a,b\n"))
	do(ActSubmit, AOR)
	sent := f.Documents
	var kept struct{ Documents []Attachment }
	if err := json.Unmarshal(snapshot, &kept); err != nil || !slices.Equal(kept.Documents, sent.List()) || len(kept.Documents) != 2 ||
		kept.Documents[1] != (Attachment{Code: "plan", Name: "p.pdf", Type: "PDF", Size: int64(len(aPDF)), Sum: shaOf(aPDF)}) {
		t.Errorf("the snapshot is %s (%v)", snapshot, err)
	}
	first := f.Snapshot
	do(ActReopen, AOR)
	do(ActSave, AOR, paper("plan", "other.pdf", aPDF+"\n"), paper("budget", "", ""))
	if f.Snapshot != first || f.Documents == sent {
		t.Errorf("the draft has %q and the snapshot %s", f.Documents, f.Snapshot)
	}
	do(ActRestore, System)
	if f.Documents != sent {
		t.Errorf("the deadline left %q, want %q", f.Documents, sent)
	}
}
