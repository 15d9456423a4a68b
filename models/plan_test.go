package models

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"tranche/workflow"
)

// A Plan is one statement of a page.
type Plan struct {
	Name, Query string
	Args        []any
}

// Explain returns the steps by which the database would carry p out.
func (p *Plan) Explain(t *testing.T, db *DB) []string {
	t.Helper()
	explain := map[Dialect]string{SQLite: "EXPLAIN QUERY PLAN ", Postgres: "EXPLAIN "}[db.dialect]
	rows, err := db.sql.QueryContext(t.Context(), db.bind(explain+p.Query), p.Args...)
	if err != nil {
		t.Fatalf("%s: %v", p.Name, err)
	}
	return stepsOf(t, rows)
}

// QueuePlans are the statements of the queue and of the desk for v, in programs.
func QueuePlans(v *Viewer, programs ...workflow.ID) (out []Plan) {
	if !v.MayRank() {
		programs = nil
	}
	day := workflow.DateOf(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))
	add := func(name string, query string, args []any) { out = append(out, Plan{name, query, args}) }
	for _, view := range views {
		for _, sort := range []Sort{SortSubmitted, SortRequested, SortScore, SortDue} {
			for _, after := range []Mark{{}, {Key: 5, ID: 7}} {
				query, args := Queue{View: view, Sort: sort, After: after, Today: day}.page(v, programs)
				add(fmt.Sprint("rows of ", view, " by ", sort, " after ", after), query, args)
			}
		}
		for _, q := range []Queue{{Officer: 3}, {Unowned: true}, {States: []workflow.State{workflow.InReview}}, {Flags: []string{"over_cap"}}, {Search: "0007399"}, {Search: "智慧 0007399"}} {
			q.View, q.Today = view, day
			from, args := q.of(v)
			add(fmt.Sprintf("count of %+v", q), "SELECT COUNT(*), SUM(applications.requested)"+from, args)
			query, args := q.page(v, programs)
			add(fmt.Sprintf("rows of %+v", q), query, args)
		}
	}
	query, args := tallied(v, programs)
	add("tallies", query, args)
	query, args = Queue{View: ViewMine}.free(v, day.Time())
	add("next", query, args)
	for _, e := range workflow.Errands {
		if where, args := v.errand(e, time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)); where != "" && e.Noun == workflow.NounApplication {
			name := shelves[e.Noun].name
			add("desk, "+e.String(), "SELECT "+name+".id FROM "+name+" WHERE "+where+" ORDER BY "+waitedSince(e.Noun)+", "+name+".id LIMIT 51", args)
			add("desk, count of "+e.String(), "SELECT COUNT(*) FROM "+name+" WHERE "+where, args)
		}
	}
	return out
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

// EachViewer calls look with those who read the queue in different ways: of programs 1 and 2.
func EachViewer(look func(who string, v *Viewer)) {
	for _, role := range []workflow.Role{workflow.ProgramOfficer, workflow.SelectingOfficial, workflow.ProgramLead, workflow.SecurityReviewer, workflow.Auditor, workflow.Reviewer} {
		look(role.String(), &Viewer{Person: 3, Grants: []ViewerGrant{{Role: role, Program: 1}}})
	}
	look("officer and reviewer", &Viewer{Person: 3, Grants: []ViewerGrant{{Role: workflow.ProgramOfficer, Program: 1}, {Role: workflow.Reviewer, Program: 2}}})
	look("officer of two programs", &Viewer{Person: 3, Grants: []ViewerGrant{{Role: workflow.ProgramOfficer, Program: 1}, {Role: workflow.ProgramOfficer, Program: 2}, {Role: workflow.AOR, Organization: 9}}})
}
