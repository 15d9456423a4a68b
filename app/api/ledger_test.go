package api

import (
	"fmt"
	"testing"

	"tranche/workflow"
)

func TestTheLedgerComesThroughTheAPI(t *testing.T) {
	s := newSite(t)
	c := s.Draft(900_00).Submit().Review().Recommend()
	auditor := s.People[workflow.Auditor]
	got := s.must(200, auditor, "GET", fmt.Sprintf("/ledger?application=%d", c.Application), "")
	trial, items := got["trial"].([]any), got["items"].([]any)
	if len(trial) != int(workflow.Accounts) || len(items) != 1 || got["count"] != 1.0 {
		t.Fatalf("the ledger is %v", got)
	}
	committed := trial[workflow.Committed].(map[string]any)
	if committed["account"] != "committed" || committed["ussgl"] != "4700" || committed["closing"].(map[string]any)["amount"] != "900.00" {
		t.Errorf("committed is %v", committed)
	}
	only := items[0].(map[string]any)
	if only["from"] != "available" || only["to"] != "committed" || only["id"] != float64(c.Application) || only["action"] != "recommend" {
		t.Errorf("the posting is %v", only)
	}
	day := workflow.DateOf(s.Now())
	for query, count := range map[string]float64{
		"from=" + day.String(): 1, "to=" + day.String(): 1, "from=" + day.AddDays(1).String(): 0, "to=" + day.AddDays(-1).String(): 0,
	} {
		if got := s.must(200, auditor, "GET", fmt.Sprintf("/ledger?application=%d&%s", c.Application, query), ""); got["count"] != count {
			t.Errorf("?%s counts %v", query, got["count"])
		}
	}
	first := s.must(200, auditor, "GET", "/ledger?limit=1", "")
	if second := s.must(200, auditor, "GET", "/ledger?limit=1&after="+first["next"].(string), ""); second["items"].([]any)[0].(map[string]any)["id"] == first["items"].([]any)[0].(map[string]any)["id"] {
		t.Errorf("the next page begins with %v again", second["items"])
	}
	for _, query := range []string{"fund=x", "application=0", "organization=-1", "from=2026-02-30", "to=soon", "after=x", "limit=0", "limit=201", "sort=x"} {
		if a := s.ask(auditor, "GET", "/ledger?"+query, ""); a.status != 400 && a.status != 422 {
			t.Errorf("?%s answers %d %s", query, a.status, a.body)
		}
	}
	for _, role := range []workflow.Role{workflow.AOR, workflow.Reviewer} {
		s.must(404, s.People[role], "GET", "/ledger", "")
	}
}
