package api

import (
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"

	"tranche/app/engine/enginetest"
	"tranche/workflow"
)

func TestLettersAreListedAndDownloaded(t *testing.T) {
	for _, media := range []string{"application/pdf", "text/html"} {
		openapi3filter.RegisterBodyDecoder(media, openapi3filter.FileBodyDecoder)
	}
	s := newSite(t)
	c := s.Draft(1_000_00).Submit().Review().Recommend()
	event := s.Act(s.As(workflow.SelectingOfficial), workflow.NounApplication, c.Application, workflow.ActAward, enginetest.Cents("amount", 1_000_00)).Event
	in := []workflow.Input{enginetest.Int("event", event), enginetest.Text("language", "zh-TW")}
	for _, code := range workflow.LetterCodes {
		in = append(in, enginetest.File("documents."+code, "notice-"+code, "Dear "+code))
	}
	id := s.Must(workflow.NounLetter, workflow.ActCreate, c.Application, nil, in...).ID
	list, aor := pathOf(workflow.NounApplication, c.Application)+"/letters", s.People[workflow.AOR]
	got := s.must(200, aor, "GET", list, "")
	one, _ := got["items"].([]any)[0].(map[string]any)
	if one["about"] != "award" || one["language"] != "zh-TW" || one["superseded"] != false || one["event"] != float64(event) || len(one["documents"].([]any)) != len(workflow.LetterCodes) {
		t.Errorf("the letter is listed as %v", one)
	}
	for _, code := range workflow.LetterCodes {
		path := pathOf(workflow.NounLetter, id) + "/documents/" + code
		file := s.ask(aor, "GET", path, "")
		if file.status != 200 || string(file.body) != "Dear "+code || file.header.Get("Content-Type") != workflow.LetterMedia(code) {
			t.Errorf("%s: %d %q %v", code, file.status, file.body, file.header)
		}
		if again := s.ask(aor, "GET", path, "", "If-None-Match", file.header.Get("ETag")); again.status != 304 {
			t.Errorf("%s again: %d", code, again.status)
		}
		for _, who := range []workflow.ID{s.NewCase("Stranger "+code, 1_00).AOR, s.People[workflow.Reviewer]} {
			if got := s.ask(who, "GET", path, ""); got.status != 404 {
				t.Errorf("%s to somebody else: %d", code, got.status)
			}
			if got := s.ask(who, "GET", list, ""); got.status != 404 {
				t.Errorf("the list to somebody else: %d", got.status)
			}
		}
	}
}
