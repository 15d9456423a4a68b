package workflow

import "testing"

func TestALetterIsWrittenOnceAndInFull(t *testing.T) {
	var files []Input
	for _, code := range LetterCodes {
		files = append(files, Input{Name: "documents." + code, Text: "x-" + code, Body: []byte(code)})
	}
	whole := append([]Input{letterLanguage.text("zh-TW"), {Name: "event", Int: 41}}, files...)
	for _, c := range []struct {
		name     string
		decision Action
		written  bool
		inputs   []Input
		by       Role
		want     Reason
	}{
		{"about a decision", ActDecline, false, whole, System, ""},
		{"about an award in force", ActCountersign, false, whole, System, ""},
		{"about its suspension", ActSuspend, false, whole, System, "no_letter_due"},
		{"about what is no decision", ActWaitlist, false, whole, System, "no_letter_due"},
		{"about an event that is not there", NoAction, false, whole, System, "no_letter_due"},
		{"a second time", ActDecline, true, whole, System, ReasonTaken},
		{"without one of its files", ActDecline, false, whole[:len(whole)-1], System, "letter_incomplete"},
		{"by a person", ActDecline, false, whole, SelectingOfficial, ReasonRole},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &LetterFacts{Application: Application{Record: Record{ID: 100}, Program: 2, Organization: 5}, Decision: c.decision, Written: c.written,
				Standing: Standing{Holds: 1}} // a hold keeps no letter back
			if c.decision == ActCountersign || c.decision == ActSuspend {
				f.Then = Award{Record: Record{ID: 7}, Organization: 5, Revision: 1}
			}
			cmd := &Command{Noun: NounLetter, Action: ActCreate, ID: 9, Parent: 100, Roles: RolesOf(c.by), Inputs: c.inputs}
			s, err := Letters.Decide(f, cmd, noon)
			if c.want != "" {
				if no := refusalOf(t, err); no.Reason != c.want {
					t.Errorf("refused for %s, not %s", no.Reason, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if f.State != Issued || f.Event != 41 || f.About != c.decision.String() || f.Award != f.Then.ID || f.Revision != f.Then.Revision || f.Language != "zh-TW" || f.Letter.Application != 100 || f.Letter.Organization != 5 || f.Letter.Program != 2 {
				t.Errorf("the letter is %+v", f.Letter)
			}
			if got := f.Documents.List(); len(got) != len(LetterCodes) || len(s.Documents()) != len(LetterCodes) {
				t.Errorf("%d files are named and %d stored", len(got), len(s.Documents()))
			}
			if one, _ := f.Documents.Of("zh-TW.pdf"); one.Name != "x-zh-TW.pdf" || one.Type != "PDF" || one.Size != 9 {
				t.Errorf("the file is %+v", one)
			}
		})
	}
}

func TestWhoIsDecidedAboutGetsALetter(t *testing.T) {
	want := []Action{ActScreenFail, ActFindIneligible, ActAward, ActDecline, ActUphold, ActReinstate, ActRectify, ActCountersign, ActAmend}
	if len(lettered) != len(want) {
		t.Errorf("letters are about %v", lettered)
	}
	for _, a := range want {
		if !contains(lettered, a) {
			t.Errorf("nobody gets a letter about %s", a)
		}
	}
}
