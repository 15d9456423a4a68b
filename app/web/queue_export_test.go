package web

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tranche/app/engine/enginetest"
	"tranche/workflow"
)

// A sheet is an exported table, by the names of its columns.
type sheet struct {
	columns []string
	rows    [][]string
}

// exported reads the queue of an address as CSV.
func (b *browser) exported(address string) sheet {
	b.h.t.Helper()
	a := b.ask("GET", address, nil)
	if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") {
		b.h.t.Fatalf("%s answers %d, %s", address, a.status, a.header.Get("Content-Type"))
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) < 2 || rows[len(rows)-1][0] != "total" {
		b.h.t.Fatalf("%s is no whole table: %v", address, err)
	}
	return sheet{rows[0], rows[1:]}
}

// of lists a column of the rows that are a record of some kind.
func (s sheet) of(record, column string) (out []string) {
	at := slices.Index(s.columns, column)
	for _, row := range s.rows {
		if row[0] == record && at >= 0 {
			out = append(out, row[at])
		}
	}
	return out
}

// The file has what the page shows, all of its pages, in its order.
func TestTheQueueIsExportedAsItIsFiltered(t *testing.T) {
	h := newHouse(t, nil)
	const n = 203 // more than are read at once
	for i := range n {
		h.NewCase(fmt.Sprintf("Alpha %03d", i), workflow.Cents(i%7+1)*1_000_00).Submit()
	}
	h.NewCase("Other", 5_00).Submit().Review()
	b := h.as(workflow.ProgramOfficer)
	page := b.visit("/applications?view=all&q=alpha&sort=requested&dir=desc")
	links := page.links("/applications.csv")
	if len(links) != 1 {
		t.Fatalf("the page offers %v", links)
	}
	for at := range links {
		got := b.exported(at)
		if numbers := got.of("application", "number"); len(numbers) != n || page.counted(t) != n || len(slices.Compact(slices.Sorted(slices.Values(numbers)))) != n {
			t.Errorf("%d cases in the file, %d on the page", len(numbers), page.counted(t))
		}
		requested := got.of("application", "requested")
		if !slices.IsSortedFunc(requested, func(a, b string) int { return strings.Compare(b, a) }) {
			t.Errorf("the order is %v", requested)
		}
		if total := got.of("total", "number"); total[0] != strconv.Itoa(n) || !strings.Contains(strings.ReplaceAll(page.class("count")[0], ",", ""), got.of("total", "requested")[0]) {
			t.Errorf("the total is %v %v, the page says %q", total, got.of("total", "requested"), page.class("count"))
		}
	}
	if got := b.exported("/applications.csv?view=all&state=declined"); len(got.of("application", "number")) > 0 {
		t.Error("a state that no case has brings some")
	}
}

// Every criterion and comment is in the file, for who may read them: reviewers find
// their own alone, and who recused or belongs to the company finds nothing.
func TestAnExportTellsNobodyMoreThanThePages(t *testing.T) {
	h := newHouse(t, nil)
	c := h.NewCase("=HYPERLINK(\"http://example.com\")", 5_000_00).Submit()
	c.ReviewBy(h.Reviewers[0])
	second := c.Invite(h.Reviewers[1])
	h.Act(h.Viewer(h.Reviewers[1]), workflow.NounReview, second, workflow.ActAccept, enginetest.Int("no_conflict", 1))
	h.Act(h.Viewer(h.Reviewers[1]), workflow.NounReview, second, workflow.ActSave, enginetest.Text("comment", "Only a draft."), enginetest.Scores(13))
	third := c.Invite(h.Reviewers[2])
	h.Act(h.Viewer(h.Reviewers[2]), workflow.NounReview, third, workflow.ActRecuse, enginetest.Text("note", "A cousin works there."))
	number := h.number(c)

	got := h.as(workflow.ProgramOfficer).exported("/applications.csv?view=all")
	for _, criterion := range workflow.Rubric {
		if points := got.of("review", criterion.Name); !slices.Equal(points, []string{"80", ""}) {
			t.Errorf("%s is %q", criterion.Name, points)
		}
	}
	if comments := got.of("review", "comment"); !slices.Equal(comments, []string{"Sound.", ""}) || !slices.Equal(got.of("application", "score"), []string{"80.00"}) {
		t.Errorf("comments are %q, the score is %q", comments, got.of("application", "score"))
	}
	if name := got.of("application", "organization"); len(name) != 1 || !strings.HasPrefix(name[0], "'=") {
		t.Errorf("the company stands as %q", name)
	}
	own := h.signedIn(h.Reviewers[0]).exported("/applications.csv?view=all")
	if comments := own.of("review", "comment"); !slices.Equal(comments, []string{"Sound."}) || !slices.Equal(own.of("application", "number"), []string{number}) {
		t.Errorf("a reviewer finds %q in %q", comments, own.of("application", "number"))
	}
	for _, column := range []string{"score", "officer", "reviews_submitted", "reviews_open", "recommended", "note"} {
		if cells := own.of("application", column); strings.Join(cells, "") != "" {
			t.Errorf("a reviewer finds %s %q", column, cells)
		}
	}
	recused := h.signedIn(h.Reviewers[2])
	if a := recused.ask("GET", "/applications.csv?view=all", nil); strings.Contains(a.body, number) || strings.Contains(a.body, "HYPERLINK") || strings.Contains(a.body, "technical_merit") {
		t.Errorf("who recused finds %s", a.body)
	}
	h.Must(workflow.NounGrant, workflow.ActCreate, 0, nil, enginetest.Int("person", int64(h.People[workflow.ProgramOfficer])),
		enginetest.Text("role", workflow.AOR.String()), enginetest.Int("organization", int64(c.Company)))
	officer := h.as(workflow.ProgramOfficer)
	if a := officer.ask("GET", "/applications.csv?view=all", nil); strings.Contains(a.body, number) || strings.Contains(a.body, "Sound.") {
		t.Errorf("who joined the company finds %s", a.body)
	}
	if page := officer.visit("/applications?view=all"); page.counted(t) != 0 {
		t.Errorf("who joined the company sees the case among the staff's: %q", page.class("count"))
	}
	if a := h.as(workflow.Applicant).ask("GET", "/applications.csv", nil); a.status != http.StatusNotFound {
		t.Errorf("an applicant gets %d", a.status)
	}
}
