package api

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"

	"tranche/app/engine/enginetest"
	"tranche/models/modelstest"
	"tranche/workflow"
)

const aPDF = "%PDF-1.7\n%%EOF\n"

// stating is the body of a statement for 2025.
func stating(organization workflow.ID, more string) string {
	return fmt.Sprintf(`{"organization":%d,"fiscal_year":2025,"period_start":"2025-01-01","period_end":"2025-12-31","source":"self_certified",%s}`, organization, more)
}

func upload(name, body string) string {
	return fmt.Sprintf(`"document":{"name":%q,"content":%q}`, name, base64.StdEncoding.EncodeToString([]byte(body)))
}

func TestEvidenceComesThroughTheAPI(t *testing.T) {
	openapi3filter.RegisterBodyDecoder("application/pdf", openapi3filter.FileBodyDecoder)
	s := newSite(t)
	admin := s.People[workflow.Admin]
	sub := s.made(admin, "/organizations", `{"legal_name":"Sub GmbH","country":"DEU","cage":"1abc5","naics":"541715","founded":"2019-05-01","email":"a@sub.example","website":"https://sub.example"}`)
	statement := s.made(admin, "/statements", stating(sub, `"amount":"1000000.00","currency":"EUR","standard":"ifrs",`+upload("Abschluß.pdf", aPDF)))
	row := s.must(200, admin, "GET", pathOf(workflow.NounStatement, statement), "")
	if row["amount"] != "1000000.00" || row["currency"] != "EUR" || row["document_name"] != "Abschluß.pdf" || len(row["document"].(string)) != 64 {
		t.Errorf("stored %v", row)
	}
	file := s.ask(admin, "GET", pathOf(workflow.NounStatement, statement)+"/document", "")
	if file.status != 200 || string(file.body) != aPDF || file.header.Get("Content-Type") != "application/pdf" ||
		file.header.Get("Content-Disposition") != "attachment; filename*=utf-8''Abschlu%C3%9F.pdf" || file.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the file is %d %q, %v", file.status, file.body, file.header)
	}
	if other := s.ask(s.People[workflow.AOR], "GET", pathOf(workflow.NounStatement, statement)+"/document", ""); other.status != 404 {
		t.Errorf("somebody else gets %d", other.status)
	}
	rate := s.made(admin, "/rates", `{"currency":"EUR","period_start":"2025-01-01","period_end":"2025-12-31","usd_per_unit":"1.0835","publisher":"IRS"}`)
	if got := s.must(200, s.People[workflow.AOR], "GET", pathOf(workflow.NounRate, rate), ""); got["usd_per_unit"] != "1.0835" {
		t.Errorf("the rate is %v", got)
	}
	s.made(admin, "/affiliations", fmt.Sprintf(`{"owner":%d,"owned":%d,"share":10000,"since":"2020-01-01"}`, s.Company, sub))
	part := s.made(admin, "/eliminations", fmt.Sprintf(`{"statement":%d,"counterparty":%d,"amount":"100000.00",%s}`, statement, s.Company, upload("l.csv", "a,b\n")))
	s.act(s.People[workflow.ProgramOfficer], workflow.NounElimination, part, "confirm", "")
	c := s.Draft(1_000_000_00).Submit()
	items := s.must(200, s.People[workflow.ProgramOfficer], "GET", pathOf(workflow.NounApplication, c.Application)+"/verdicts", "")["items"].([]any)
	verdict := items[0].(map[string]any)["verdict"].(map[string]any)
	if len(items) != 1 || verdict["outcome"] != "pass" || verdict["sum_cents"] != float64(4_200_000_00+975_150_00) {
		t.Errorf("the verdicts are %v", items)
	}
	told := s.ask(s.People[workflow.AOR], "GET", pathOf(workflow.NounApplication, c.Application)+"/verdicts", "")
	if strings.Contains(string(told.body), "97515000") || strings.Contains(string(told.body), "100000000,") || !strings.Contains(string(told.body), "withheld") {
		t.Errorf("the applicant is told %s", told.body)
	}
	if other := s.ask(s.People[workflow.Reviewer], "GET", pathOf(workflow.NounApplication, c.Application)+"/verdicts", ""); other.status != 404 {
		t.Errorf("a reviewer who was not asked gets %d", other.status)
	}
}

func TestWrongEvidenceIsNamedByTheAPI(t *testing.T) {
	s := newSite(t)
	aor := s.People[workflow.AOR]
	year := func(more string) string {
		return strings.ReplaceAll(stating(s.Company, more), "2025", "2024")
	}
	before := modelstest.Stored(t, s.DB)
	for _, c := range []struct {
		name, body, field, reason string
		status                    int
	}{
		{"a program", year(`"amount":"1.00",` + upload("a.pdf", "MZ")), "document", "file_type_refused", 422},
		{"a PDF called a program", year(`"amount":"1.00",` + upload("a.exe", aPDF)), "document", "file_type_refused", 422},
		{"no base64", year(`"amount":"1.00","document":{"name":"a.pdf","content":"!"}`), "document", "not_a_file", 422},
		{"a sum in place of a file", year(`"amount":"1.00","document":"` + strings.Repeat("0f", 32) + `"`), "document", "not_a_file", 422},
		{"a file without a name", year(`"amount":"1.00","document":{"content":""}`), "document", "not_a_file", 422},
		{"a file with more", year(`"amount":"1.00","document":{"name":"a.pdf","content":"","path":"/etc"}`), "document.path", "unknown_field", 400},
		{"too large a file", year(`"amount":"1.00",` + upload("a.pdf", aPDF+strings.Repeat("x", workflow.MaxFile))), "document", "file_too_large", 422},
		{"dollars as an object", year(`"amount":{"amount":"1.00","currency":"USD"}`), "amount", "not_text", 422},
		{"a number", year(`"amount":1.15`), "amount", "not_text", 422},
		{"other digits", year(`"amount":"１２"`), "amount", "not_money", 422},
		{"an exponent", year(`"amount":"1e400"`), "amount", "not_money", 422},
		{"less than nothing", year(`"amount":"-1"`), "amount", "not_money", 422},
		{"no such currency", year(`"amount":"1.00","currency":"XXX"`), "currency", "not_a_choice", 422},
		{"no such day", strings.Replace(year(`"amount":"1.00"`), "2024-12-31", "2024-11-31", 1), "period_end", "not_a_date", 422},
		{"a day in other digits", strings.Replace(year(`"amount":"1.00"`), "2024-12-31", "２０２４-12-31", 1), "period_end", "not_a_date", 422},
		{"a day of another calendar", strings.Replace(year(`"amount":"1.00"`), "2024-01-01", "0113-01-01", 1), "period_end", "period_too_long", 422},
		{"a period of ten years", strings.Replace(year(`"amount":"1.00"`), "2024-01-01", "2015-01-01", 1), "period_end", "period_too_long", 422},
		{"a period that is not over", strings.NewReplacer("2024-12-31", "2026-12-31", "2024-01-01", "2026-01-01", ":2024,", ":2026,").Replace(year(`"amount":"1.00"`)), "period_end", "period_not_over", 422},
		{"a year that the period does not touch", strings.Replace(year(`"amount":"1.00"`), ":2024,", ":2020,", 1), "fiscal_year", "fiscal_year_unfit", 422},
		{"a year in other digits", strings.Replace(year(`"amount":"1.00"`), ":2024,", `:"２０２４",`, 1), "fiscal_year", "not_a_number", 422},
		{"a backward period", strings.Replace(year(`"amount":"1.00"`), "2024-12-31", "2023-12-31", 1), "period_end", "period_order", 422},
	} {
		got := s.ask(aor, "POST", "/statements", c.body)
		if got.status != c.status {
			t.Errorf("%s: %d %.300s, want %d", c.name, got.status, got.body, c.status)
			continue
		}
		if c.status == 422 {
			errs, _ := got.object(t)["errors"].([]any)
			if len(errs) != 1 || errs[0].(map[string]any)["field"] != c.field || errs[0].(map[string]any)["reason"] != c.reason {
				t.Errorf("%s: %s", c.name, got.body)
			}
		} else if !strings.Contains(string(got.body), c.reason) {
			t.Errorf("%s: %s", c.name, got.body)
		}
	}
	if now := modelstest.Stored(t, s.DB); now != before {
		t.Errorf("%d documents and events, before %d", now, before)
	}
}

// The boundary, over groups of every shape, all of it entered through the API.
func TestTheRevenueBoundaryHoldsThroughTheAPI(t *testing.T) {
	s := newSite(t)
	admin := s.People[workflow.Admin]
	s.made(admin, "/rates", fmt.Sprintf(`{"currency":"EUR","period_start":"2025-01-01","period_end":"2025-12-31","usd_per_unit":%q,"publisher":"IRS"}`, enginetest.RateOfEuros))
	calls := map[workflow.Basis]workflow.ID{workflow.LastCompleted: s.Opportunity}
	for _, g := range enginetest.Boundary() {
		var all []workflow.ID
		for i := range g.Members {
			all = append(all, s.made(admin, "/organizations", fmt.Sprintf(`{"legal_name":"Member %d: %s"}`, i, g.Name)))
		}
		for _, one := range g.Stated {
			s.made(admin, "/statements", fmt.Sprintf(`{"organization":%d,"fiscal_year":%d,"period_start":%q,"period_end":%q,"source":"self_certified","amount":%q,"currency":%q}`,
				all[one.Member], one.Year, one.Start, one.End, one.Amount.String(), one.Currency))
		}
		for _, l := range g.Links {
			s.made(admin, "/affiliations", fmt.Sprintf(`{"owner":%d,"owned":%d,"share":%d,"since":"2020-01-01"}`, all[l.Owner], all[l.Owned], l.Share))
		}
		if calls[g.Basis] == 0 {
			calls[g.Basis] = s.OpportunityFor(g.Basis)
		}
		s.Opportunity = calls[g.Basis]
		id := s.Decided(all[0], s.Member(all[0], workflow.AOR))
		items := s.must(200, s.People[workflow.ProgramOfficer], "GET", pathOf(workflow.NounApplication, id)+"/verdicts", "")["items"].([]any)
		verdict := items[0].(map[string]any)["verdict"].(map[string]any)
		if verdict["outcome"] != g.Want.String() {
			t.Errorf("%s: %v, want %s: %v", g.Name, verdict["outcome"], g.Want, verdict)
		}
	}
}

func TestAnAbsurdRevenueIsRefusedByTheAPI(t *testing.T) {
	s := newSite(t)
	before := modelstest.Dump(t, s.DB)
	for _, amount := range enginetest.NoAmounts {
		got := s.ask(s.People[workflow.AOR], "POST", "/statements", stating(s.Company, fmt.Sprintf(`"amount":%q`, amount)))
		errs, _ := got.object(t)["errors"].([]any)
		if got.status != 422 || len(errs) != 1 || errs[0].(map[string]any)["field"] != "amount" {
			t.Errorf("%q: %d %s", amount, got.status, got.body)
		}
	}
	if modelstest.Dump(t, s.DB) != before {
		t.Error("something was stored")
	}
}
