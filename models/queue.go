package models

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tranche/workflow"
)

// A View is a part of the queue that has a name: what a tab shows.
type View string

// The views of the queue. Drafts that were never submitted belong to their
// applicants: only ViewDrafts shows them.
const (
	ViewMine      View = "mine"      // waits for this viewer's duties
	ViewScreening View = "screening" // waits for an officer to clear it
	ViewReview    View = "review"
	ViewClearance View = "clearance" // running, and not cleared of everything
	ViewDecision  View = "decision"  // recommended one way or the other
	ViewWaiting   View = "waiting"   // for the applicant
	ViewLate      View = "late"      // should have left its state by now
	ViewAll       View = "all"
	ViewDrafts    View = "drafts"
)

// submitted is what every view but that of the drafts begins with.
const submitted = "applications.submissions > 0"

// stages are the states of the views that are nothing but states.
var stages = map[View][]workflow.State{
	ViewScreening: {workflow.Submitted, workflow.Screening},
	ViewReview:    {workflow.InReview, workflow.Waitlisted},
	ViewDecision:  {workflow.Recommended, workflow.DeclineRecommended},
	ViewWaiting:   {workflow.NeedsInformation},
}

// running are the states of the cases whose clearances are waited for.
const running = "('submitted', 'screening', 'needs_information', 'in_review', 'recommended', 'waitlisted', 'awarded')"

// uncleared is the condition of running cases that a clearance is missing of; more
// about the clearance may follow, and a bracket.
const uncleared = ` AND applications.state IN ` + running + `
	AND applications.id IN (SELECT c.application_id FROM clearances c WHERE c.state IN ('required', 'refused')`

// A wait is the condition of the cases that wait for a role: in one of states, where it
// has states, and own. A question mark is the viewer.
type wait struct {
	states []workflow.State
	own    string
}

var waitsFor = map[workflow.Role]wait{
	workflow.ProgramOfficer: {[]workflow.State{workflow.Screening, workflow.InReview, workflow.Waitlisted},
		"(applications.officer_id IS NULL OR applications.officer_id = ?)"},
	workflow.SelectingOfficial: {[]workflow.State{workflow.Recommended, workflow.DeclineRecommended},
		"(applications.recommended_by IS NULL OR applications.recommended_by <> ?)"},
	workflow.AppealsOfficial:  {[]workflow.State{workflow.Appealed}, "1 = 1"},
	workflow.SecurityReviewer: {nil, submitted + uncleared + " AND c.state = 'required' AND c.kind IN ('screening', 'national_security'))"},
	workflow.GrantsOfficer:    {nil, submitted + uncleared + " AND c.state = 'required' AND c.kind = 'financial_viability')"},
	workflow.Reviewer: {nil, `applications.id IN (SELECT mine.application_id FROM reviews mine
		WHERE mine.reviewer_id = ? AND mine.state IN ('invited', 'accepted'))`},
}

// condition writes w, and the viewer for each question mark.
func (w wait) condition(v *Viewer) (string, []any) {
	out := w.own
	if len(w.states) > 0 {
		out = inStates(w.states) + " AND " + out
	}
	return out, w.args(v)
}

func (w wait) args(v *Viewer) []any {
	if strings.Contains(w.own, "?") {
		return []any{int64(v.Person)}
	}
	return nil
}

// duties are the roles of v that cases wait for, in order.
func (v *Viewer) duties() (out []workflow.Role) {
	for role := workflow.Reviewer; role <= workflow.Admin; role++ {
		if _, waits := waitsFor[role]; waits && v.Holds(role) {
			out = append(out, role)
		}
	}
	return out
}

// HasDuties reports whether v holds a role that cases wait for.
func (v *Viewer) HasDuties() bool { return len(v.duties()) > 0 }

// A Sort is an order of the queue. Equal values are ordered by ID, the same way round.
type Sort string

// The orders of the queue.
const (
	SortSubmitted Sort = "submitted"
	SortRequested Sort = "requested"
	SortScore     Sort = "score" // not scored is below every score
	SortDue       Sort = "due"   // what has no day is after every day
)

// MayRank reports whether v may sort by score: a mere reviewer must not learn
// how others scored, not even from the order of rows.
func (v *Viewer) MayRank() bool { return v.System || v.staffOf(workflow.Reviewer) }

// A Queue narrows and orders the list of applications. The zero Queue is of
// everything that was submitted, the oldest submission first.
type Queue struct {
	View       View
	States     []workflow.State
	Flags      []string    // of workflow.FlagCodes: the case has one of them, and v may know it
	Officer    workflow.ID // who owns the case; zero: anybody
	Unowned    bool        // nobody owns it
	Search     string      // words that number, title, company or city have, all of them
	Sort       Sort
	Descending bool
	After      Mark          // where the page before ended
	Today      workflow.Date // the view of what is late is of this day
	Limit      int           // 1 to MaxLimit; zero: 50
}

// A Mark is the place of a row in the queue's order. The zero Mark is before all.
type Mark struct {
	Key int64
	ID  workflow.ID
}

// String returns m as addresses have it: "1500000.42".
func (m Mark) String() string { return strconv.FormatInt(m.Key, 10) + "." + m.ID.String() }

// ParseMark is the opposite of String.
func ParseMark(s string) (Mark, error) {
	key, id, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(key, 10, 64)
	at, ok := workflow.ParseID(id)
	if err != nil || !ok {
		return Mark{}, fmt.Errorf("models: %q is no place in an order", s)
	}
	return Mark{n, at}, nil
}

// A QueuedCase is one row of the queue.
type QueuedCase struct {
	Application  workflow.Application
	Organization string // "" where v does not see who applies, and so on
	City, Region string
	Officer      string
	ReviewsIn    int
	ReviewsOpen  int
	ReviewsNeed  int
	Score        int64 // mean of the submitted reviews, in hundredths of a point
	Scored       bool  // there is one, and the viewer may know it
	ReviewDue    workflow.Date
	Service      Service        // zero for who is no more than a reviewer
	Roles        workflow.Roles // the viewer's
}

// A QueuePage is one page of the queue, with what all of its pages come to.
type QueuePage struct {
	Rows      []QueuedCase
	Next      Mark // zero: this is the last page
	Count     int
	Requested workflow.Cents
	Views     map[View]int // how many rows each view has, without search and states

	sums map[View]sum // of Views
}

// Queue reads one page of applications as v may see them. Rows, counts and sums
// come from one condition at one moment.
func (r Reader) Queue(ctx context.Context, v *Viewer, q Queue) (QueuePage, error) {
	var p QueuePage
	err := r.look(ctx, func(tx *Tx) error {
		programs, err := tx.queuePrograms(v)
		if err != nil {
			return err
		}
		return steps(
			func() error { return tx.queueRows(v, q, programs, &p) },
			func() error { return tx.queueReviews(v, p.Rows) },
			func() error { return tx.queueTallies(v, q, programs, &p) },
			func() error { return tx.queueTotals(v, q, &p) },
		)
	})
	return p, err
}

// queuePrograms lists the programs that v has cases of in the queue; none for a mere
// reviewer, who has a few of any.
func (t *Tx) queuePrograms(v *Viewer) (out []workflow.ID, err error) {
	if !v.MayRank() {
		return nil, nil
	}
	for _, g := range v.Grants {
		if g.Organization == 0 {
			out = append(out, g.Program)
		}
	}
	if v.System || slices.Contains(out, 0) {
		return t.ids("SELECT id FROM programs ORDER BY id")
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// queueSight is what v sees of the applications as one of the staff: those of their own
// organization wait for nobody whom they may ask after.
func (v *Viewer) queueSight() (string, []any) {
	if v.System {
		return "1 = 1", nil
	}
	place := places[workflow.NounApplication]
	company, about := place.barring()
	staff, args := v.staffSight(place.program, place.application, []string{company}, about)
	if staff == "" {
		return "1 = 0", nil
	}
	barred, more := v.barredSight(company, about)
	return "(" + staff + ")" + barred, append(args, more...)
}

// of writes what q is read from and its condition as v may see it. What is searched for, or
// late, is found first.
func (q Queue) of(v *Viewer) (string, []any) {
	condition, args := q.where(v)
	found, more := "", []any(nil)
	switch words := workflow.SearchWords(q.Search); {
	case len(words) > 0:
		found, more = foundBy(v, words[:min(len(words), maxWords)])
	case len(searchWords(q.Search)) > 0:
		condition = "1 = 0 AND " + condition // no letter and no digit: nothing is found by that
	case q.View == ViewLate:
		found, more = overdueCases, []any{int64(q.Today)}
	}
	if found == "" {
		return " FROM applications WHERE " + condition, args
	}
	return " FROM (" + found + ") AS found CROSS JOIN applications WHERE applications.id = found.id AND " + condition, append(more, args...)
}

// where writes the condition of q as v may see it, but for what is searched.
func (q Queue) where(v *Viewer) (string, []any) {
	sight, args := v.queueSight()
	view, more := viewSQL(v, q.View, q.Today)
	parts := []string{"(" + sight + ")", view}
	args = append(args, more...)
	if len(q.States) > 0 {
		parts = append(parts, inStates(q.States))
	}
	if len(q.Flags) > 0 {
		seen, more := v.ranked()
		parts, args = append(parts, seen, flaggedFor(len(q.Flags))), append(args, more...)
		for _, code := range q.Flags {
			args = append(args, code)
		}
	}
	if seen, more := v.ranked(); q.Officer != 0 || q.Unowned { // a reviewer is not told who owns a case
		parts, args = append(parts, seen), append(args, more...)
		if q.Unowned {
			parts = append(parts, "applications.officer_id IS NULL")
		} else {
			parts, args = append(parts, "applications.officer_id = ?"), append(args, int64(q.Officer))
		}
	}
	return strings.Join(parts, " AND "), args
}

// inStates writes the condition of the applications in one of states.
func inStates(states []workflow.State) string {
	var names []string
	for _, s := range states {
		names = append(names, "'"+s.String()+"'")
	}
	return "applications.state IN (" + strings.Join(names, ", ") + ")"
}

// flaggedFor writes the condition of the cases that are flagged for one of n codes.
// What it begins with is that of the index.
func flaggedFor(n int) string {
	ways := strings.TrimSuffix(strings.Repeat("f.flag LIKE '%' || ? || '%' OR ", n), " OR ")
	return "applications.id IN (SELECT f.id FROM applications f WHERE f.flag > '' AND (" + ways + "))"
}

// viewSQL writes the condition of a view for v. A view that nobody knows shows all.
func viewSQL(v *Viewer, view View, today workflow.Date) (string, []any) {
	if view == ViewLate {
		if !v.MayRank() {
			return "1 = 0", nil
		}
		seen, args := v.ranked()
		return submitted + " AND " + late + " AND " + seen, append([]any{int64(today)}, args...)
	}
	switch view {
	case ViewMine:
	case ViewClearance:
		return submitted + uncleared + ")", nil
	case ViewDrafts:
		return "applications.submissions = 0", nil
	default:
		if states := stages[view]; states != nil {
			return submitted + " AND " + inStates(states), nil
		}
		return submitted, nil
	}
	ways := []string{"1 = 0"}
	var args []any
	for _, role := range v.duties() {
		programs := v.programsOf(role)
		duty, person := waitsFor[role].condition(v)
		ways = append(ways, "(applications.program_id IN ("+marks(len(programs))+") AND "+duty+")")
		args = slices.Concat(args, programs, person)
	}
	return submitted + " AND (" + strings.Join(ways, " OR ") + ")", args
}

// programsOf lists where v holds role.
func (v *Viewer) programsOf(role workflow.Role) (out []any) {
	for _, g := range v.Grants {
		if g.Role == role && g.Organization == 0 {
			out = append(out, int64(g.Program))
		}
	}
	return out
}

// meanSQL is the mean of the submitted reviews, half a hundredth rounded up. The
// list of states is that of the index.
const meanSQL = `(SELECT (2 * CAST(SUM(r.mean) AS BIGINT) + COUNT(*)) / (2 * NULLIF(COUNT(*), 0)) FROM reviews r
	WHERE r.application_id = applications.id AND r.state IN ('invited', 'accepted', 'submitted') AND r.state = 'submitted')`

// key writes what q orders by: a number that is never missing.
func (q Queue) key(v *Viewer) (string, []any) {
	switch {
	case q.Sort == SortRequested:
		return "applications.requested", nil
	case q.Sort == SortDue && v.MayRank():
		seen, args := v.ranked()
		return "CASE WHEN " + seen + " AND applications.service_due > 0 THEN applications.service_due ELSE 9999999 END", args
	case q.Sort == SortScore && v.MayRank():
		seen, args := v.ranked()
		return "CASE WHEN " + seen + " THEN COALESCE(" + meanSQL + ", -1) ELSE -1 END", args
	}
	if q.View == ViewDrafts {
		return "0", nil
	}
	return "applications.submitted_at", nil
}

// ranked writes the condition of the cases whose scores and flags v may know.
func (v *Viewer) ranked() (string, []any) { return v.rankedIn("applications.program_id") }

// rankedIn is ranked for what names its program so.
func (v *Viewer) rankedIn(program string) (string, []any) {
	var programs []any
	for _, g := range v.Grants {
		switch {
		case g.Organization != 0 || g.Role == workflow.Reviewer:
		case g.Program == 0:
			return "1 = 1", nil
		default:
			programs = append(programs, int64(g.Program))
		}
	}
	if len(programs) == 0 {
		return "1 = 1", nil // the system
	}
	return program + " IN (" + marks(len(programs)) + ")", programs
}

func (q Queue) limit() int {
	if q.Limit <= 0 {
		return 50
	}
	return min(q.Limit, MaxLimit)
}

// places writes the question for the places of q's rows as v may see them, whatever
// their order.
func (q Queue) places(v *Viewer) (string, []any) {
	key, args := q.key(v)
	from, more := q.of(v)
	return "SELECT " + key + " AS at, applications.id" + from, slices.Concat(args, more)
}

// order writes the order of places.
func (q Queue) order() string {
	if q.Descending {
		return " ORDER BY 1 DESC, 2 DESC"
	}
	return " ORDER BY 1 ASC, 2 ASC"
}

// page writes the question for the places of one page of q and of the row after it, as v
// may see it, in programs. Where an index has the order of the rows of one program in one
// state, the first of each of these are taken, and the first of them all.
func (q Queue) page(v *Viewer, programs []workflow.ID) (string, []any) {
	query, args := q.places(v)
	if q.After != (Mark{}) {
		key, again := q.key(v)
		beyond := " > "
		if q.Descending {
			beyond = " < "
		}
		query, args = query+" AND ("+key+", applications.id)"+beyond+"(?, ?)", slices.Concat(args, again, []any{q.After.Key, int64(q.After.ID)})
	}
	end := q.order() + " LIMIT ?"
	lanes := q.lanes(programs)
	if len(lanes) == 0 {
		return query + end, append(args, q.limit()+1)
	}
	var all []string
	var allArgs []any
	for _, lane := range lanes {
		all = append(all, "SELECT * FROM ("+query+" AND applications.program_id = ? AND applications.state = '"+lane.state.String()+"'"+end+") AS lane")
		allArgs = append(append(allArgs, args...), int64(lane.program), q.limit()+1)
	}
	return "SELECT * FROM (" + strings.Join(all, " UNION ALL ") + ") AS lanes" + end, append(allArgs, q.limit()+1)
}

// A lane is the cases of one program in one state.
type lane struct {
	program workflow.ID
	state   workflow.State
}

// mostLanes is how many lanes one question has at most.
const mostLanes = 200

// lanes are those in which the rows of q are, none where taking them in turn is no help:
// few cases are looked for, or no index has their order.
func (q Queue) lanes(programs []workflow.ID) (out []lane) {
	few := q.Officer != 0 || len(q.Flags) > 0 || q.Search != "" || q.View == ViewLate || q.View == ViewClearance
	if few || q.Sort == SortScore || q.Sort == SortDue {
		return nil
	}
	for _, program := range programs {
		for _, state := range workflow.StatesOf(workflow.NounApplication) {
			of := stages[q.View]
			if (of == nil || slices.Contains(of, state)) && (len(q.States) == 0 || slices.Contains(q.States, state)) {
				out = append(out, lane{program, state})
			}
		}
	}
	if len(out) > mostLanes {
		return nil
	}
	return out
}

// queuedCases is the question for cases, in whatever order; a condition follows.
var queuedCases = "SELECT organizations.legal_name, organizations.city, organizations.region, COALESCE(officer.name, ''), opportunities.reviews_needed, applications.service_due, CASE WHEN " + paused + " THEN 1 ELSE 0 END, " +
	strings.TrimPrefix(applications.sel, "SELECT ") + `JOIN organizations ON organizations.id = applications.organization_id
	JOIN opportunities ON opportunities.id = applications.opportunity_id LEFT JOIN people officer ON officer.id = applications.officer_id WHERE `

func (t *Tx) queueRows(v *Viewer, q Queue, programs []workflow.ID, p *QueuePage) error {
	query, args := q.page(v, programs)
	list, err := t.marks(query, args)
	if err != nil {
		return err
	}
	if n := q.limit(); len(list) > n {
		list, p.Next = list[:n], list[n-1]
	}
	p.Rows, err = t.queueCases(v, list)
	return err
}

// marks reads the places that query selects.
func (t *Tx) marks(query string, args []any) (out []Mark, err error) {
	err = t.ask(query, args, func(rows *sql.Rows) error {
		var m Mark
		err := rows.Scan(&m.Key, column{"id", &m.ID})
		out = append(out, m)
		return err
	})
	return out, err
}

// queueCases reads the cases at list, in its order, which v may see.
func (t *Tx) queueCases(v *Viewer, list []Mark) ([]QueuedCase, error) {
	if len(list) == 0 {
		return nil, nil
	}
	place, ids := map[workflow.ID]int{}, make([]any, len(list))
	for i, m := range list {
		place[m.ID], ids[i] = i, int64(m.ID)
	}
	out := make([]QueuedCase, len(list))
	err := t.ask(queuedCases+"applications.id IN ("+marks(len(ids))+")", ids, func(rows *sql.Rows) error {
		var c QueuedCase
		var need, due, stopped int64
		dest := append([]any{&c.Organization, &c.City, &c.Region, &c.Officer, &need, &due, &stopped}, scanners(applications.columns(&c.Application))...)
		err := rows.Scan(dest...)
		c.ReviewsNeed = int(need)
		c.Roles = v.rolesFor(c.Application.Program, c.Application.Organization)
		if v.System || !MerelyReviews(c.Roles) {
			c.Service = Service{workflow.Date(max(due, 0)), stopped == 1}
		}
		if v.blinds(c.Roles) {
			seen := c.Application.Seen(workflow.Organization{LegalName: c.Organization, City: c.City, Region: c.Region})
			c.Organization, c.City, c.Region = seen.LegalName, seen.City, seen.Region
			c.Application.ForReviewers()
		}
		out[place[c.Application.ID]] = c
		return err
	})
	return out, err
}

// rolesFor returns the roles by which v reads a case that sight let through.
func (v *Viewer) rolesFor(program, organization workflow.ID) workflow.Roles {
	if own := v.own(organization); own != 0 {
		return own
	}
	return v.staff(Scope{Program: program})
}

// queueReviews adds what reviewers did to the rows, where v may know it: who is
// no more than a reviewer learns nothing of the others.
func (t *Tx) queueReviews(v *Viewer, cases []QueuedCase) error {
	byID := map[workflow.ID]*QueuedCase{}
	var ids []any
	for i := range cases {
		if c := &cases[i]; !v.System && MerelyReviews(c.Roles) {
			c.Officer = ""
		} else {
			byID[c.Application.ID] = c
			ids = append(ids, int64(c.Application.ID))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	query := `SELECT r.application_id, r.state, r.mean, r.due FROM reviews r WHERE r.state IN ('invited', 'accepted', 'submitted')
		AND r.application_id IN (` + marks(len(ids)) + ")"
	sums := map[workflow.ID]int64{}
	err := t.ask(query, ids, func(rows *sql.Rows) error {
		var id workflow.ID
		var state workflow.State
		var mean int64
		var due workflow.Date
		if err := rows.Scan(column{"application_id", &id}, column{"state", &state}, &mean, column{"due", &due}); err != nil {
			return err
		}
		c := byID[id]
		if state == workflow.Submitted {
			c.ReviewsIn++
			sums[id] += mean
			return nil
		}
		c.ReviewsOpen++
		if c.ReviewDue == 0 || due.Before(c.ReviewDue) {
			c.ReviewDue = due
		}
		return nil
	})
	for id, sum := range sums {
		c := byID[id]
		n := int64(c.ReviewsIn)
		c.Score, c.Scored = (2*sum+n)/(2*n), true
	}
	return err
}

// MerelyReviews reports whether a reader with these roles is no more than a
// reviewer of the case.
func MerelyReviews(r workflow.Roles) bool { return r == workflow.RolesOf(workflow.Reviewer) }

// views are the views of the queue.
var views = []View{ViewMine, ViewScreening, ViewReview, ViewClearance, ViewDecision, ViewWaiting, ViewLate, ViewAll, ViewDrafts}

// A sum is how many cases there are, and what they ask for.
type sum struct {
	count int64
	cents int64
}

// queueTallies counts and adds up the views: in one look at the cases by program and
// state, but for those that other tables say more about.
func (t *Tx) queueTallies(v *Viewer, q Queue, programs []workflow.ID, p *QueuePage) error {
	p.sums = map[View]sum{}
	add := func(view View, more sum) {
		p.sums[view] = sum{p.sums[view].count + more.count, p.sums[view].cents + more.cents}
	}
	inTable := v.dutiesInTable()
	query, args := tallied(v, programs)
	err := t.ask(query, args, func(rows *sql.Rows) error {
		var program workflow.ID
		var state workflow.State
		got := make([]sum, 2+len(inTable))
		dest := []any{column{"program_id", &program}, column{"state", &state}}
		for i := range got {
			dest = append(dest, &got[i].count, &got[i].cents)
		}
		err := rows.Scan(dest...)
		add(ViewAll, got[0])
		add(ViewDrafts, got[1])
		for view, states := range stages {
			if slices.Contains(states, state) {
				add(view, got[0])
			}
		}
		for i, role := range inTable {
			if slices.Contains(waitsFor[role].states, state) && slices.Contains(v.programsOf(role), any(int64(program))) {
				add(ViewMine, got[2+i])
			}
		}
		return err
	})
	elsewhere := []View{ViewClearance, ViewLate}
	if v.HasDuties() && inTable == nil {
		elsewhere = append(elsewhere, ViewMine)
	}
	p.Views = map[View]int{}
	for _, view := range elsewhere {
		if err == nil {
			p.sums[view], err = t.sum(v, Queue{View: view, Today: q.Today})
		}
	}
	for _, view := range views {
		p.Views[view] = int(p.sums[view].count)
	}
	return err
}

// dutiesInTable are the duties of v, none unless the table of applications tells of all of
// them what waits.
func (v *Viewer) dutiesInTable() []workflow.Role {
	out := v.duties()
	if slices.ContainsFunc(out, func(r workflow.Role) bool { return waitsFor[r].states == nil }) {
		return nil
	}
	return out
}

// tallied writes the question for how many cases v sees and what they come to, by program
// and state: the submitted, the drafts, and what is each duty's own of the submitted.
func tallied(v *Viewer, programs []workflow.ID) (string, []any) {
	conditions, args := []string{submitted, "applications.submissions = 0"}, []any(nil)
	for _, role := range v.dutiesInTable() {
		conditions = append(conditions, submitted+" AND "+waitsFor[role].own)
		args = slices.Concat(args, waitsFor[role].args(v), waitsFor[role].args(v))
	}
	var sums string
	for _, c := range conditions {
		sums += ", COUNT(CASE WHEN " + c + " THEN 1 END), CAST(COALESCE(SUM(CASE WHEN " + c + " THEN applications.requested END), 0) AS BIGINT)"
	}
	sight, more := v.queueSight()
	args = append(args, more...)
	if len(programs) > 0 {
		sight += " AND applications.program_id IN (" + marks(len(programs)) + ")"
		for _, id := range programs {
			args = append(args, int64(id))
		}
	}
	return "SELECT applications.program_id, applications.state" + sums + " FROM applications WHERE " + sight + " GROUP BY applications.program_id, applications.state", args
}

// queueTotals counts and adds up the rows of q.
func (t *Tx) queueTotals(v *Viewer, q Queue, p *QueuePage) (err error) {
	total, counted := p.sums[q.View]
	if !counted || len(q.States) > 0 || len(q.Flags) > 0 || q.Officer != 0 || q.Unowned || q.Search != "" {
		total, err = t.sum(v, q)
	}
	p.Count, p.Requested = int(total.count), workflow.Cents(total.cents)
	return err
}

// sum counts and adds up the cases of q as v may see them.
func (t *Tx) sum(v *Viewer, q Queue) (s sum, err error) {
	from, args := q.of(v)
	err = t.ask("SELECT COUNT(*), CAST(COALESCE(SUM(applications.requested), 0) AS BIGINT)"+from, args, func(rows *sql.Rows) error {
		return rows.Scan(&s.count, &s.cents)
	})
	return s, err
}

// Deadline returns until when somebody has to act on c, and false when there is
// no such moment: the applicant's reply, else the next review or the day by which it is
// to leave its state, whichever comes first.
func (c *QueuedCase) Deadline() (time.Time, bool) {
	day := c.ReviewDue
	switch s := c.Service; {
	case c.Application.State == workflow.NeedsInformation:
		day = c.Application.ReplyDue
	case s.Due > 0 && !s.Paused && (day == 0 || s.Due < day):
		day = s.Due
	}
	if day == 0 {
		return time.Time{}, false
	}
	return day.AddDays(1).Time(), true
}
