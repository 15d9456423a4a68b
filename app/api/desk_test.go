package api

import (
	"testing"

	"tranche/workflow"
)

func TestTheDeskComesThroughTheAPI(t *testing.T) {
	s := newSite(t)
	c := s.Draft(900_00).Submit()
	officer := s.People[workflow.ProgramOfficer]
	got := s.must(200, officer, "GET", "/desk", "")
	items, counts := got["items"].([]any), got["counts"].([]any)
	if len(items) != 1 || len(counts) != 1 {
		t.Fatalf("the desk is %v", got)
	}
	first := items[0].(map[string]any)
	if first["id"] != float64(c.Application) || first["action"] != "recommend" || first["reason"] != "reviews_missing" || first["barred"] != false {
		t.Errorf("waiting is %v", first)
	}
	c.ReviewBy(s.Reviewers[0])
	if first := s.must(200, officer, "GET", "/desk?errand=application.in_review&limit=1", "")["items"].([]any)[0].(map[string]any); first["reason"] == "reviews_missing" {
		t.Errorf("with its review, it is %v", first)
	}
	for query, field := range map[string]string{"errand=application.draft": "errand", "limit=0": "limit", "limit=201": "limit", "after=soon": "after", "sort=x": "sort"} {
		if a := s.ask(officer, "GET", "/desk?"+query, ""); a.status != 400 && a.status != 422 {
			t.Errorf("?%s (%s) answers %d %s", query, field, a.status, a.body)
		}
	}
	if none := s.must(200, s.People[workflow.AOR], "GET", "/desk", ""); len(none["items"].([]any)) != 0 || len(none["counts"].([]any)) != 0 {
		t.Errorf("an applicant is told %v", none)
	}
}
