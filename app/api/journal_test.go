package api

import (
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"

	"tranche/app/export"
	"tranche/workflow"
)

func TestJournalsAreDownloadedAsTheyWereMade(t *testing.T) {
	for _, code := range workflow.JournalCodes {
		media, _, _ := strings.Cut(export.SheetMedia(code), ";")
		openapi3filter.RegisterBodyDecoder(media, openapi3filter.FileBodyDecoder)
	}
	s := newSite(t)
	s.Draft(1_000_00).Submit().Review().Recommend()
	id := s.Journal()
	certifier := s.People[workflow.FinanceCertifier]
	if got := s.must(200, certifier, "GET", pathOf(workflow.NounJournal, id), ""); got["number"] != "AIV-GL-0001" || got["made_by_id"] != nil {
		t.Errorf("the journal is %v", got)
	}
	for _, code := range workflow.JournalCodes {
		path := pathOf(workflow.NounJournal, id) + "/documents/" + code
		file := s.ask(certifier, "GET", path, "")
		if file.status != 200 || string(file.body) != "the lines as "+code+" after " || file.header.Get("Content-Type") != export.SheetMedia(code) {
			t.Errorf("%s: %d %q %v", code, file.status, file.body, file.header)
		}
		for _, who := range []workflow.ID{s.People[workflow.AOR], s.People[workflow.Reviewer]} {
			if got := s.ask(who, "GET", path, ""); got.status != 404 {
				t.Errorf("%s to somebody else: %d", code, got.status)
			}
		}
	}
}
