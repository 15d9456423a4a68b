package models

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"tranche/workflow"
)

// A plan is one statement of a page.
type plan struct {
	name, query string
	args        []any
}

// queuePlans are the statements of the queue and of the desk for v, but for a search,
// which reads every case that v may see.
func queuePlans(v *Viewer) (out []plan) {
	for _, view := range []View{ViewMine, ViewScreening, ViewReview, ViewClearance, ViewDecision, ViewWaiting, ViewLate, ViewAll, ViewDrafts} {
		for _, sort := range []Sort{SortSubmitted, SortRequested, SortScore} {
			q := Queue{View: view, Sort: sort, After: Mark{Key: 5, ID: 7}}
			query, args := q.rows(v)
			out = append(out, plan{fmt.Sprint("rows of ", view, " by ", sort), query, args})
		}
		from, args := Queue{View: view, States: []workflow.State{workflow.InReview}, Officer: 3}.of(v, "")
		out = append(out, plan{fmt.Sprint("count of ", view), "SELECT COUNT(*)" + from, args})
	}
	for _, e := range workflow.Errands {
		if where, args := v.errand(e, time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)); where != "" && e.Noun == workflow.NounApplication {
			name := shelves[e.Noun].name
			out = append(out, plan{"desk, " + e.String(), "SELECT " + name + ".id FROM " + name + " WHERE " + where + " ORDER BY " + waitedSince(e.Noun) + ", " + name + ".id LIMIT 51", args})
		}
	}
	return out
}

// No list or count of the queue and of the desk goes through the whole table of
// applications, whoever asks.
func TestNoPageOfTheQueueGoesThroughAllApplications(t *testing.T) {
	db := empty(t)
	eachViewer(func(who string, v *Viewer) {
		for _, p := range queuePlans(v) {
			rows, err := db.sql.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+db.bind(p.query), p.args...)
			if err != nil {
				t.Fatalf("%s, %s: %v", who, p.name, err)
			}
			for _, step := range stepsOf(t, rows) {
				if strings.HasPrefix(step, "SCAN") && !strings.HasPrefix(step, "SCAN CONSTANT ROW") {
					t.Errorf("%s, %s: %s", who, p.name, step)
				}
			}
		}
	})
}

func stepsOf(t *testing.T, rows *sql.Rows) (out []string) {
	t.Helper()
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		cells := make([]any, len(columns))
		var text string
		for i := range cells {
			cells[i] = new(any)
		}
		cells[len(cells)-1] = &text
		if err := rows.Scan(cells...); err != nil {
			t.Fatal(err)
		}
		out = append(out, text)
	}
	return out
}

func eachViewer(look func(who string, v *Viewer)) {
	for _, role := range []workflow.Role{workflow.ProgramOfficer, workflow.SelectingOfficial, workflow.ProgramLead, workflow.SecurityReviewer, workflow.Auditor, workflow.Reviewer} {
		look(role.String(), &Viewer{Person: 3, Grants: []ViewerGrant{{Role: role, Program: 1}}})
	}
	look("officer and reviewer", &Viewer{Person: 3, Grants: []ViewerGrant{{Role: workflow.ProgramOfficer, Program: 1}, {Role: workflow.Reviewer, Program: 2}}})
	look("officer of two programs", &Viewer{Person: 3, Grants: []ViewerGrant{{Role: workflow.ProgramOfficer, Program: 1}, {Role: workflow.ProgramOfficer, Program: 2}, {Role: workflow.AOR, Organization: 9}}})
}
