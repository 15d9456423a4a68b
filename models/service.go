package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/us"

	"tranche/workflow"
)

// federal is the calendar that service levels are counted by: Monday to Friday without
// the federal holidays of the United States as they are observed. Source: 5 U.S.C. 6103.
var federal workflow.Calendar = businessDays{func() *cal.BusinessCalendar {
	c := cal.NewBusinessCalendar()
	c.AddHoliday(us.Holidays...)
	return c
}()}

type businessDays struct{ *cal.BusinessCalendar }

// After implements workflow.Calendar.
func (c businessDays) After(d workflow.Date, n int) workflow.Date {
	return workflow.DateOf(c.WorkdaysFrom(d.Time(), n))
}

// Between implements workflow.Calendar.
func (c businessDays) Between(d, e workflow.Date) int {
	if e <= d {
		return 0
	}
	return c.WorkdaysInRange(d.AddDays(1).Time(), e.Time())
}

// A deadline of a service level, as it is stored beside an application. Zero: none.
type serviceDay struct{ due, remind workflow.Date }

func dayOf(l workflow.ServiceLevel, due workflow.Date) serviceDay {
	return serviceDay{due, l.Reminded(due, federal)}
}

// paused is the condition of the applications whose clock stands still: they wait for
// their applicant, or a hold stands.
const paused = `(applications.state = 'needs_information' OR EXISTS (SELECT 1 FROM holds h WHERE h.state = 'placed' AND h.routing = ''
	AND h.subject_id IN (applications.id, applications.organization_id, applications.opportunity_id, applications.program_id)))`

// overdueCases selects the applications whose service day is before a day, and late is the
// condition of those of them whose clock runs.
const (
	overdueCases = "SELECT l.id FROM applications l WHERE l.service_due > 0 AND l.service_due < ?"
	late         = "applications.id IN (" + overdueCases + ") AND NOT " + paused
)

// serviceSet returns what an UPDATE of an application sets so that its service day stays
// that of its state: nothing where the step does not touch it.
func (t *Tx) serviceSet(l *Loaded, after []any) (set []string, args []any, err error) {
	f, is := l.Facts.(*workflow.ApplicationFacts)
	if !is {
		return nil, nil, nil
	}
	a := &f.Application
	terms, adopted := f.Terms, f.Newest != nil && a.Terms == f.Opportunity.Terms
	if adopted {
		terms = f.Newest
	}
	if !entersState(l.before, after) && !adopted || a.State == workflow.NeedsInformation {
		return nil, nil, nil // a clock that stands still keeps its day
	}
	day, level, serviced := serviceDay{}, workflow.ServiceLevel{}, false
	if level, serviced = terms.Serviced(a.State); serviced {
		day = dayOf(level, level.Due(a.Changed, nil, federal))
	}
	if serviced && (adopted || same(l.before[stateColumn], workflow.NeedsInformation.String())) {
		moves := []workflow.Move(nil)
		if !adopted {
			moves = []workflow.Move{{Start: workflow.NeedsInformation, End: a.State, At: a.Changed}}
		}
		days, err := t.serviceDays([]servicedCase{{a.ID, a.State, places4(a), terms, moves}})
		if err != nil {
			return nil, nil, err
		}
		day = days[0]
	}
	return []string{"service_due = ?", "service_remind = ?"}, []any{int64(day.due), int64(day.remind)}, nil
}

func places4(a *workflow.Application) [4]workflow.ID {
	return [4]workflow.ID{a.ID, a.Organization, a.Opportunity, a.Program}
}

// A servicedCase is an application whose service day is counted anew.
type servicedCase struct {
	id     workflow.ID
	state  workflow.State
	places [4]workflow.ID // where holds on it may stand
	terms  *workflow.Terms
	more   []workflow.Move // that has no event yet
}

// serviceDays counts the service days of cases from their events and from the holds that
// were lifted. A hold that stands has its say when it is lifted.
func (t *Tx) serviceDays(cases []servicedCase) ([]serviceDay, error) {
	moves, spans := map[workflow.ID][]workflow.Move{}, map[workflow.ID][]workflow.Span{}
	var ids, places []workflow.ID
	for i := range cases {
		ids, places = append(ids, cases[i].id), append(places, cases[i].places[:]...)
	}
	where, arg := t.idsIn("record_id", ids)
	err := t.each("SELECT record_id, start_state, end_state, at FROM events WHERE "+where+" AND noun = 'application' AND start_state <> end_state ORDER BY id", []any{arg}, func(rows *sql.Rows) error {
		var id workflow.ID
		var m workflow.Move
		err := rows.Scan(column{"record_id", &id}, column{"state", &m.Start}, column{"state", &m.End}, column{"at", &m.At})
		moves[id] = append(moves[id], m)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(places)
	where, arg = t.idsIn("subject_id", slices.Compact(places))
	err = t.each("SELECT subject_id, made, changed FROM holds WHERE "+where+" AND state = 'lifted' AND routing = '' ORDER BY id", []any{arg}, func(rows *sql.Rows) error {
		var id workflow.ID
		var s workflow.Span
		err := rows.Scan(column{"subject_id", &id}, column{"made", &s.From}, column{"changed", &s.Until})
		spans[id] = append(spans[id], s)
		return err
	})
	out := make([]serviceDay, len(cases))
	for i := range cases {
		c := &cases[i]
		level, serviced := c.terms.Serviced(c.state)
		if !serviced {
			continue
		}
		since, still := workflow.Visit(append(moves[c.id], c.more...))
		for _, p := range c.places {
			still = append(still, spans[p]...)
		}
		out[i] = dayOf(level, level.Due(since, still, federal))
	}
	return out, err
}

// countedAtOnce is how many cases are counted anew at a time.
const countedAtOnce = 500

// uncounted is the condition of the applications from before there were service levels.
const uncounted = "service_due < 0"

// eachService counts applications that where names anew, at most n after one of them, and
// returns the last, also of those that could not be counted; zero: there are no more. Of
// those that wait for their applicant the day stays as it was when they were asked.
func (t *Tx) eachService(where string, args []any, after workflow.ID, n int, each func(id workflow.ID, stored, counted serviceDay) error) (last workflow.ID, err error) {
	var cases []servicedCase
	var stored []serviceDay
	var sums []string
	query := "SELECT id, state, back, organization_id, opportunity_id, program_id, terms, service_due, service_remind FROM applications WHERE " +
		where + " AND id > ? ORDER BY id LIMIT ?"
	err = t.each(query, append(slices.Clone(args), int64(after), n), func(rows *sql.Rows) error {
		var c servicedCase
		var back workflow.State
		var sum string
		var due, remind int64
		err := rows.Scan(column{"id", &c.id}, column{"state", &c.state}, column{"state", &back}, column{"id", &c.places[1]}, column{"id", &c.places[2]}, column{"id", &c.places[3]}, &sum, &due, &remind)
		c.places[0], last = c.id, c.id
		if c.state == workflow.NeedsInformation {
			c.state = back
		}
		cases, sums, stored = append(cases, c), append(sums, sum), append(stored, serviceDay{workflow.Date(due), workflow.Date(remind)})
		return err
	})
	for i := range cases {
		if err == nil {
			cases[i].terms, err = t.terms(sums[i])
		}
	}
	if err != nil || len(cases) == 0 {
		return last, err
	}
	days, err := t.serviceDays(cases)
	for i := range days {
		if err == nil {
			err = each(cases[i].id, stored[i], days[i])
		}
	}
	return last, err
}

// recountService counts the service days of the applications that where names anew.
func (t *Tx) recountService(where string, args []any) error {
	store := func(id workflow.ID, stored, counted serviceDay) error {
		if stored == counted {
			return nil
		}
		_, err := t.exec("UPDATE applications SET service_due = ?, service_remind = ? WHERE id = ?", int64(counted.due), int64(counted.remind), int64(id))
		return err
	}
	for after := workflow.ID(0); ; {
		last, err := t.eachService(where, args, after, countedAtOnce, store)
		if err != nil || last == 0 {
			return err
		}
		after = last
	}
}

// liftedService moves the service days of the cases that a hold stood on until now.
func (t *Tx) liftedService(h *workflow.Hold) error {
	columns := map[workflow.Noun]string{workflow.NounApplication: "id", workflow.NounOrganization: "organization_id",
		workflow.NounOpportunity: "opportunity_id", workflow.NounProgram: "program_id"}
	name, stops := columns[h.Subject]
	if !stops || h.Routing != "" {
		return nil
	}
	return t.recountService("service_due > 0 AND state <> 'needs_information' AND "+name+" = ?", []any{int64(h.SubjectID)})
}

// CountService gives applications from before there were service levels their days. The
// error names those that cannot be counted; the others are.
func (d *DB) CountService(ctx context.Context) error {
	var wrong error
	for after, n := workflow.ID(0), countedAtOnce; ; {
		var last workflow.ID
		err := d.Write(ctx, doing(func(tx *Tx) (err error) {
			last, err = tx.eachService(uncounted, nil, after, n, func(id workflow.ID, _, counted serviceDay) error {
				_, err := tx.exec("UPDATE applications SET service_due = ?, service_remind = ? WHERE id = ?", int64(counted.due), int64(counted.remind), int64(id))
				return err
			})
			return err
		}))
		switch {
		case err != nil && n > 1: // one of them cannot be counted: look at each by itself
			n = 1
			continue
		case err != nil && last > after:
			wrong = errors.Join(wrong, fmt.Errorf("service day of application %d: %w", last, err))
			n = countedAtOnce
		case err != nil:
			return err
		case last == 0:
			return wrong
		}
		after = last
	}
}

// Service is until when a case is to leave its state; Due is zero where nothing is laid down.
type Service struct {
	Due    workflow.Date
	Paused bool // it waits for the applicant, or a hold stands
}

// Late reports whether the day is over on today.
func (s Service) Late(today workflow.Date) bool { return s.Due > 0 && !s.Paused && s.Due < today }

// serviceOf reads the service day of an application.
func (t *Tx) serviceOf(id workflow.ID) (s Service, err error) {
	var due, stopped int64
	err = t.row("SELECT service_due, CASE WHEN "+paused+" THEN 1 ELSE 0 END FROM applications WHERE id = ?", []any{int64(id)}, &due, &stopped)
	return Service{workflow.Date(max(due, 0)), stopped == 1}, err
}

// ServiceDue returns the service day of an application for the program's own use.
func (r Reader) ServiceDue(ctx context.Context, id workflow.ID) (s Service, err error) {
	err = r.look(ctx, func(tx *Tx) (err error) { s, err = tx.serviceOf(id); return })
	return s, err
}

// services checks that the service days are what events, holds and terms come to.
func (v *verifier) services() error {
	c := &Check{Name: "service days are what events, holds and terms say"}
	tx := &Tx{q: v.tx, db: v.readings(), ctx: v.ctx, reads: true}
	look := func(id workflow.ID, stored, counted serviceDay) error {
		if c.Rows++; stored != counted {
			c.add(Problem{Noun: workflow.NounApplication.String(), ID: id.String(), What: fmt.Sprintf("its state is to be left by %s, not %s", counted.due, stored.due)})
		}
		return nil
	}
	for after, n := workflow.ID(0), countedAtOnce; ; {
		last, err := tx.eachService("service_due >= 0 AND state <> 'needs_information'", nil, after, n, look)
		switch {
		case err != nil && n > 1: // one of them cannot be counted: look at each by itself
			n = 1
			continue
		case err != nil && last > after:
			c.add(Problem{Noun: workflow.NounApplication.String(), ID: last.String(), What: "its service day cannot be counted: " + err.Error()})
			n = countedAtOnce
		case err != nil:
			return err
		case last == 0:
			v.done(c)
			return nil
		}
		after = last
	}
}
