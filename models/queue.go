package models

import (
	"context"
	"database/sql"
	"fmt"
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

// conditions are the views that are the same for everybody.
var conditions = map[View]string{
	ViewScreening: submitted + " AND applications.state IN ('submitted', 'screening')",
	ViewReview:    submitted + " AND applications.state IN ('in_review', 'waitlisted')",
	ViewClearance: submitted + uncleared + ")",
	ViewDecision:  submitted + " AND applications.state IN ('recommended', 'decline_recommended')",
	ViewWaiting:   submitted + " AND applications.state = 'needs_information'",
	ViewAll:       submitted,
	ViewDrafts:    "applications.submissions = 0",
}

// running are the states of the cases whose clearances are waited for.
const running = "('submitted', 'screening', 'needs_information', 'in_review', 'recommended', 'waitlisted', 'awarded')"

// uncleared is the condition of running cases that a clearance is missing of; more
// about the clearance may follow, and a bracket.
const uncleared = ` AND applications.state IN ` + running + `
	AND EXISTS (SELECT 1 FROM clearances c WHERE c.application_id = applications.id AND c.state IN ('required', 'refused')`

// waitsFor is the condition of the cases that wait for a role. A question mark is
// the viewer.
var waitsFor = map[workflow.Role]string{
	workflow.ProgramOfficer: `applications.state IN ('screening', 'in_review', 'waitlisted')
		AND (applications.officer_id IS NULL OR applications.officer_id = ?)`,
	workflow.SelectingOfficial: `applications.state IN ('recommended', 'decline_recommended')
		AND (applications.recommended_by IS NULL OR applications.recommended_by <> ?)`,
	workflow.AppealsOfficial:  "applications.state = 'appealed'",
	workflow.SecurityReviewer: submitted + uncleared + " AND c.state = 'required' AND c.kind IN ('screening', 'national_security'))",
	workflow.GrantsOfficer:    submitted + uncleared + " AND c.state = 'required' AND c.kind = 'financial_viability')",
	workflow.Reviewer: `applications.id IN (SELECT mine.application_id FROM reviews mine
		WHERE mine.reviewer_id = ? AND mine.state IN ('invited', 'accepted'))`,
}

// HasDuties reports whether v holds a role that cases wait for.
func (v *Viewer) HasDuties() bool {
	for role := range waitsFor {
		if v.Holds(role) {
			return true
		}
	}
	return false
}

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

	key int64
}

// A QueuePage is one page of the queue, with what all of its pages come to.
type QueuePage struct {
	Rows      []QueuedCase
	Next      Mark // zero: this is the last page
	Count     int
	Requested workflow.Cents
	Views     map[View]int // how many rows each view has, without search and states
}

// Queue reads one page of applications as v may see them. Rows, count and sum
// come from one condition at one moment.
func (r Reader) Queue(ctx context.Context, v *Viewer, q Queue) (QueuePage, error) {
	var p QueuePage
	err := r.look(ctx, func(tx *Tx) error {
		return steps(
			func() error { return tx.queueRows(v, q, &p) },
			func() error { return tx.queueReviews(v, p.Rows) },
			func() error { return tx.queueTotals(v, q, &p) },
			func() error { return tx.queueViews(v, q.Today, &p) },
		)
	})
	return p, err
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

// of writes what q is read from, with what is joined to it, and the condition of q as v may
// see it. What is searched for is found first.
func (q Queue) of(v *Viewer, joined string) (string, []any) {
	from, where, args := " FROM applications", "", []any(nil)
	if words := workflow.SearchWords(q.Search); len(words) > 0 {
		found, more := foundBy(v, words[:min(len(words), maxWords)])
		from, where, args = " FROM ("+found+") AS found CROSS JOIN applications", "applications.id = found.id AND ", more
	} else if len(searchWords(q.Search)) > 0 {
		where = "1 = 0 AND " // no letter and no digit: nothing is found by that
	}
	condition, more := q.where(v)
	return from + joined + " WHERE " + where + condition, append(args, more...)
}

// where writes the condition of q as v may see it, but for what is searched.
func (q Queue) where(v *Viewer) (string, []any) {
	sight, args := v.queueSight()
	view, more := viewSQL(v, q.View, q.Today)
	parts := []string{"(" + sight + ")", view}
	args = append(args, more...)
	if len(q.States) > 0 {
		parts = append(parts, "applications.state IN ("+marks(len(q.States))+")")
		for _, s := range q.States {
			args = append(args, s.String())
		}
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
	if view != ViewMine {
		if condition, known := conditions[view]; known {
			return condition, nil
		}
		return submitted, nil
	}
	ways := []string{"1 = 0"}
	var args []any
	for role := workflow.Reviewer; role <= workflow.Admin; role++ {
		duty, waits := waitsFor[role]
		if !waits || !v.Holds(role) {
			continue
		}
		programs := v.programsOf(role)
		ways = append(ways, "(applications.program_id IN ("+marks(len(programs))+") AND "+duty+")")
		args = append(args, programs...)
		if strings.Contains(duty, "?") {
			args = append(args, int64(v.Person))
		}
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
	return "COALESCE(applications.submitted_at, 0)", nil
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

// rows writes the question for one page of q as v may see it.
func (q Queue) rows(v *Viewer) (string, []any) {
	key, args := q.key(v)
	from, more := q.of(v, queueJoined)
	args = append(args[:len(args):len(args)], more...)
	order, beyond := "ASC", ">"
	if q.Descending {
		order, beyond = "DESC", "<"
	}
	if q.After != (Mark{}) {
		from += " AND (" + key + ", applications.id) " + beyond + " (?, ?)"
		_, again := q.key(v)
		args = append(append(args, again...), q.After.Key, int64(q.After.ID))
	}
	return "SELECT " + key + queueColumns + from + " ORDER BY 1 " + order + ", applications.id " + order + " LIMIT ?", append(args, q.limit()+1)
}

// queueColumns goes on after the key with the columns of a QueuedCase, which stand in
// applications with what is joined.
var queueColumns = ", organizations.legal_name, organizations.city, organizations.region, COALESCE(officer.name, ''), opportunities.reviews_needed, applications.service_due, CASE WHEN " + paused + " THEN 1 ELSE 0 END, " +
	strings.TrimPrefix(strings.TrimSuffix(applications.sel, " FROM applications "), "SELECT ")

const queueJoined = ` JOIN organizations ON organizations.id = applications.organization_id
	JOIN opportunities ON opportunities.id = applications.opportunity_id LEFT JOIN people officer ON officer.id = applications.officer_id`

func (t *Tx) queueRows(v *Viewer, q Queue, p *QueuePage) error {
	query, args := q.rows(v)
	var err error
	if p.Rows, err = t.queueCases(v, query, args); err != nil || len(p.Rows) <= q.limit() {
		return err
	}
	p.Rows = p.Rows[:q.limit()]
	last := p.Rows[len(p.Rows)-1]
	p.Next = Mark{last.key, last.Application.ID}
	return nil
}

// queueCases reads what query selects by queueColumns.
func (t *Tx) queueCases(v *Viewer, query string, args []any) (out []QueuedCase, err error) {
	err = t.ask(query, args, func(rows *sql.Rows) error {
		var c QueuedCase
		var need, due, stopped int64
		dest := append([]any{&c.key, &c.Organization, &c.City, &c.Region, &c.Officer, &need, &due, &stopped}, scanners(applications.columns(&c.Application))...)
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
		out = append(out, c)
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

func (t *Tx) queueTotals(v *Viewer, q Queue, p *QueuePage) error {
	from, args := q.of(v, "")
	return t.ask("SELECT COUNT(*), CAST(COALESCE(SUM(applications.requested), 0) AS BIGINT)"+from, args, func(rows *sql.Rows) error {
		var n, cents int64
		err := rows.Scan(&n, &cents)
		p.Count, p.Requested = int(n), workflow.Cents(cents)
		return err
	})
}

// queueViews counts the views that v has tabs for.
func (t *Tx) queueViews(v *Viewer, today workflow.Date, p *QueuePage) error {
	var counts []string
	var args []any
	views := []View{ViewMine, ViewScreening, ViewReview, ViewClearance, ViewDecision, ViewWaiting, ViewLate, ViewAll, ViewDrafts}
	for _, view := range views {
		condition, more := viewSQL(v, view, today)
		counts, args = append(counts, "COUNT(CASE WHEN "+condition+" THEN 1 END)"), append(args, more...)
	}
	sight, more := v.queueSight()
	query := "SELECT " + strings.Join(counts, ", ") + " FROM applications WHERE " + sight
	return t.ask(query, append(args, more...), func(rows *sql.Rows) error {
		got := make([]int64, len(views))
		dest := make([]any, len(views))
		for i := range got {
			dest[i] = &got[i]
		}
		err := rows.Scan(dest...)
		p.Views = map[View]int{}
		for i, view := range views {
			p.Views[view] = int(got[i])
		}
		return err
	})
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
