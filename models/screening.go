package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"tranche/workflow"
)

// screenings are the rows of workflow.OrganizationScreening.
var screenings = newTable(workflow.NounScreening, "screenings",
	func(r *workflow.OrganizationScreening) *workflow.Record { return &r.Record },
	func(r *workflow.OrganizationScreening) []column {
		return []column{{"organization_id", &r.Organization}, {"at", &r.At}, {"lists", &r.Lists}, {"subjects", &r.Subjects}, {"hits", &r.Hits}}
	})

// hits are the rows of workflow.Hit.
var hits = newTable(workflow.NounHit, "hits",
	func(r *workflow.Hit) *workflow.Record { return &r.Record },
	func(r *workflow.Hit) []column {
		return []column{
			{"organization_id", &r.Organization}, {"person_id", &r.Person}, {"list_id", &r.List}, {"kind", &r.Kind}, {"key", &r.Key},
			{"sum", &r.Sum}, {"subject", &r.Subject}, {"identity", &r.Identity}, {"entry", &r.Entry}, {"found_by", &r.By},
			{"score", &r.Score}, {"decided_by", &r.DecidedBy}, {"note", &r.Note},
		}
	})

func screeningFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.ScreeningFacts)
	var inForce []workflow.List
	err := steps(
		func() error { return existing(t, screenings, c, &f.OrganizationScreening) },
		func() (err error) {
			f.Organization, err = t.known(parentOr(c, f.OrganizationScreening.Organization))
			return
		},
		func() (err error) { inForce, err = t.screenedLists(); return },
		func() error { f.Inforce = workflow.ScreenedLists(inForce); return nil },
		func() error {
			if c.Action != workflow.ActScreen {
				return nil
			}
			return steps(
				func() error { return t.findHits(f, inForce) },
				func() (err error) { f.Cases, err = t.screenedCases(f.Organization.ID); return },
				func() (err error) { f.Payments, err = t.unsent(f.Organization.ID); return },
			)
		},
	)
	if err != nil {
		return nil, err
	}
	return mount(screenings, f, &f.OrganizationScreening, Scope{Organization: f.Organization.ID, Internal: true}), nil
}

// screenedLists reads the versions that organizations are held against.
func (t *Tx) screenedLists() ([]workflow.List, error) {
	kinds := []any{}
	for _, kind := range workflow.ScreenedKinds {
		kinds = append(kinds, kind)
	}
	return t.inForce("AND kind IN ("+marks(len(kinds))+") ", kinds...)
}

// findHits matches an organization and its people with the lists in force.
func (t *Tx) findHits(f *workflow.ScreeningFacts, inForce []workflow.List) (err error) {
	if f.Subjects, err = t.subjects(&f.Organization); err != nil {
		return err
	}
	keys := map[string]map[string]*workflow.ListEntry{}
	for _, l := range inForce {
		x, err := t.db.indexes.of(&l, func(add func(workflow.ListEntry)) error { return t.entries(l.Content, add) })
		if err != nil {
			return err
		}
		keys[l.Kind] = x.byKey
		for _, s := range f.Subjects {
			seen := map[string]bool{} // several entries may share a key: the likeliest counts
			for _, m := range x.names.Match(&s) {
				if !seen[m.Entry.Key] {
					seen[m.Entry.Key] = true
					f.Found = append(f.Found, workflow.Potential{Subject: s, List: l, Entry: *m.Entry, By: m.By, Name: m.Name, Score: m.Score})
				}
			}
		}
	}
	f.Known, err = hits.list(t, "WHERE organization_id = ? ORDER BY id", int64(f.Organization.ID))
	for i := range f.Known {
		f.Listed = append(f.Listed, keys[f.Known[i].Kind][f.Known[i].Key] != nil)
	}
	return err
}

// standingScreenings lists the screenings that something rests on, of the
// organizations that where selects.
func (t *Tx) standingScreenings(where string, id workflow.ID) ([]workflow.OrganizationScreening, error) {
	if id == 0 {
		return nil, nil
	}
	return screenings.list(t, "WHERE state = 'completed' AND "+where+" ORDER BY id", int64(id))
}

// screenedCases lists the cases of an organization that are being decided.
func (t *Tx) screenedCases(organization workflow.ID) (out []workflow.ScreenedCase, err error) {
	err = t.each(`SELECT a.id, COALESCE(c.id, 0) FROM applications a
		LEFT JOIN clearances c ON c.application_id = a.id AND c.kind = ? AND c.state = 'cleared'
		WHERE a.organization_id = ? AND a.state IN ('in_review', 'recommended', 'waitlisted') ORDER BY a.id`,
		[]any{workflow.ClearScreening, int64(organization)}, func(rows *sql.Rows) error {
			var one workflow.ScreenedCase
			err := rows.Scan(column{"id", &one.Application}, column{"id", &one.Cleared})
			out = append(out, one)
			return err
		})
	return out, err
}

// unsent lists the payments to an organization that have not left. They are found by
// its awards: payments have no index of their own for that.
func (t *Tx) unsent(organization workflow.ID) ([]workflow.ID, error) {
	return t.ids(`SELECT payments.id FROM awards CROSS JOIN payments
		WHERE awards.organization_id = ? AND payments.award_id = awards.id AND payments.state IN ('ready', 'batched') ORDER BY payments.id`, int64(organization))
}

// subjects lists who an organization is held against the lists by: itself, and
// whoever acts for it.
func (t *Tx) subjects(o *workflow.Organization) ([]workflow.Subject, error) {
	out := []workflow.Subject{{Name: o.LegalName, UEI: o.UEI, CAGE: o.CAGE, EIN: o.EIN}}
	err := t.each(`SELECT DISTINCT people.id, people.name FROM grants JOIN people ON people.id = grants.person_id
		WHERE grants.organization_id = ? AND grants.state = 'active' AND people.state = 'active' ORDER BY people.id`, []any{int64(o.ID)}, func(rows *sql.Rows) error {
		var s workflow.Subject
		err := rows.Scan(column{"id", &s.Person}, &s.Name)
		out = append(out, s)
		return err
	})
	return out, err
}

// entries reads the entries of a content in their order.
func (t *Tx) entries(content string, add func(workflow.ListEntry)) error {
	return t.each("SELECT "+entryNames+" FROM list_entries WHERE content = ? ORDER BY number", []any{content}, func(rows *sql.Rows) error {
		e, err := scanEntry(rows)
		add(e)
		return err
	})
}

// A listIndex is the entries of a version, made ready to find names on.
type listIndex struct {
	names *workflow.Index
	byKey map[string]*workflow.ListEntry
}

// indexCache keeps the versions in force ready. A version never changes, so that
// nothing in it is out of date; what is not in force any more is dropped.
type indexCache struct {
	mu   sync.Mutex
	byID map[workflow.ID]*listIndex
}

// of returns the index of a version; read passes its entries on when it is not ready yet.
func (c *indexCache) of(l *workflow.List, read func(add func(workflow.ListEntry)) error) (*listIndex, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if x := c.byID[l.ID]; x != nil {
		return x, nil
	}
	x := &listIndex{workflow.NewIndex(l.Threshold), map[string]*workflow.ListEntry{}}
	err := read(func(e workflow.ListEntry) {
		x.names.Add(&e)
		x.byKey[e.Key] = &e
	})
	if err != nil {
		return nil, fmt.Errorf("index of list %s: %w", l.ID, err)
	}
	if c.byID == nil || len(c.byID) > 2*len(workflow.ScreenedKinds) {
		c.byID = map[workflow.ID]*listIndex{}
	}
	c.byID[l.ID] = x
	return x, nil
}

// ReadyLists makes the lists in force ready to be searched, so that no command waits
// for that.
func (d *DB) ReadyLists(ctx context.Context) error {
	return d.look(ctx, func(t *Tx) error {
		inForce, err := t.screenedLists()
		for _, l := range inForce {
			_, ready := d.indexes.of(&l, func(add func(workflow.ListEntry)) error { return t.entries(l.Content, add) })
			err = errors.Join(err, ready)
		}
		return err
	})
}

func hitFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.HitFacts)
	err := steps(
		func() error { return existing(t, hits, c, &f.Hit) },
		func() (err error) {
			if f.Hit.ID == 0 {
				f.Screening, err = screenings.one(t, c.Parent)
			} else {
				f.Screening, err = screenings.only(t, "WHERE organization_id = ?", int64(f.Hit.Organization))
			}
			return
		},
	)
	if err != nil {
		return nil, err
	}
	return mount(hits, f, &f.Hit, Scope{Organization: f.Screening.Organization, Internal: true}), nil
}

// ScreeningOf finds the screening of an organization; ID zero when there is none yet.
func (r Reader) ScreeningOf(ctx context.Context, organization workflow.ID) (s workflow.OrganizationScreening, err error) {
	err = r.look(ctx, func(t *Tx) error {
		s, err = screenings.first(t, "WHERE organization_id = ?", int64(organization))
		return err
	})
	return s, err
}

// PayeeOf tells how an organization stands on the lists in force at now.
func (r Reader) PayeeOf(ctx context.Context, organization workflow.ID, now time.Time) (p workflow.Payee, err error) {
	err = r.look(ctx, func(t *Tx) error {
		p, err = t.payee(organization, now)
		return err
	})
	return p, err
}

// ToScreen lists the organizations that are to be held against the lists in force:
// they were screened before or have an application that is not over, and their
// screening is not against these versions. At most dueLimit, beginning after one.
func (r Reader) ToScreen(ctx context.Context, after workflow.ID) (out []workflow.ID, err error) {
	var names string
	err = r.look(ctx, func(t *Tx) error {
		inForce, err := t.screenedLists()
		names = workflow.ScreenedLists(inForce)
		return err
	})
	if err != nil || names == "" {
		return nil, err
	}
	return r.idList(ctx, `organizations x LEFT JOIN screenings s ON s.organization_id = x.id
		WHERE x.id > ? AND (s.id IS NULL OR s.state <> 'completed' OR s.lists <> ?) AND (s.id IS NOT NULL
			OR EXISTS (SELECT 1 FROM applications a WHERE a.organization_id = x.id AND a.state <> 'draft' AND a.state NOT IN `+over+"))",
		[]any{int64(after), names})
}

// HitEntry returns the entry that a hit was found in, as it stands in the version
// that it was found in; ErrNotFound when there is no such hit for v.
func (r Reader) HitEntry(ctx context.Context, v *Viewer, id workflow.ID) (h *workflow.Hit, l *workflow.List, e workflow.ListEntry, err error) {
	if h, err = Record[workflow.Hit](ctx, r, v, workflow.NounHit, id); err != nil {
		return nil, nil, e, err
	}
	if l, err = Record[workflow.List](ctx, r, v, workflow.NounList, h.List); err != nil {
		return nil, nil, e, err
	}
	rows, err := r.query(ctx, "SELECT "+entryNames+" FROM list_entries WHERE content = ? AND key = ? AND sum = ?", l.Content, h.Key, h.Sum)
	if err != nil {
		return nil, nil, e, fmt.Errorf("entry of hit %s: %w", id, err)
	}
	defer rows.Close()
	err = ErrNotFound
	if rows.Next() {
		e, err = scanEntry(rows)
	}
	return h, l, e, errors.Join(err, rows.Err())
}

// SeesHits reports whether v may know of hits at all: the staff may, but for who is no
// more than a reviewer.
func (v *Viewer) SeesHits() bool { return v.System || v.staffOf(workflow.Reviewer) }

// OpenHits counts the hits that wait for v to decide about them; zero for who may not.
func (r Reader) OpenHits(ctx context.Context, v *Viewer) (n int, err error) {
	if !v.Holds(workflow.SecurityReviewer) {
		return 0, nil
	}
	sight, args := v.sight(workflow.NounHit)
	err = r.look(ctx, func(t *Tx) error {
		return t.ask("SELECT COUNT(*) FROM hits WHERE state = 'open' AND ("+sight+")", args, func(rows *sql.Rows) error { return rows.Scan(&n) })
	})
	return n, err
}

// payees returns how organizations stand on the lists in force at now.
func (t *Tx) payees(organizations []workflow.ID, now time.Time) (map[workflow.ID]workflow.Payee, error) {
	inForce, err := t.inForce("")
	if err != nil || len(inForce) == 0 {
		return nil, err
	}
	out := make(map[workflow.ID]workflow.Payee, len(organizations))
	names := workflow.ScreenedLists(inForce)
	for _, id := range organizations {
		out[id] = workflow.Payee{Lists: names}
	}
	where, arg := t.idsIn("organization_id", organizations)
	found, err := screenings.list(t, "WHERE "+where, arg)
	if err != nil {
		return nil, err
	}
	for _, s := range found {
		p := out[s.Organization]
		p.Screening = s
		out[s.Organization] = p
	}
	at := slices.IndexFunc(inForce, func(l workflow.List) bool { return l.Kind == workflow.ListEntities })
	if at < 0 {
		return out, nil
	}
	return out, t.registrations(out, &inForce[at], organizations, workflow.DateOf(now))
}

// registrations fills in whose registration is over on a day. Of several lines for
// one UEI the one that ends last counts. Where a line has no day, it was over on the
// day of the list.
func (t *Tx) registrations(out map[workflow.ID]workflow.Payee, list *workflow.List, organizations []workflow.ID, today workflow.Date) error {
	where, arg := t.idsIn("o.id", organizations)
	last := map[workflow.ID]workflow.Date{}
	return t.each("SELECT o.id, e.status, e.ends FROM organizations o JOIN list_entries e ON e.content = ? AND e.uei = o.uei AND e.uei <> '' WHERE "+where,
		[]any{list.Content, arg}, func(rows *sql.Rows) error {
			var id workflow.ID
			var status string
			var ends workflow.Date
			if err := rows.Scan(column{"id", &id}, &status, column{"ends", &ends}); err != nil {
				return err
			}
			if was, known := last[id]; known && ends.Before(was) {
				return nil
			}
			last[id] = ends
			p := out[id]
			p.Expired = status == workflow.RegistrationExpired || ends != 0 && ends.Before(today)
			if p.Ended = ends; ends == 0 {
				p.Ended = list.Dated
			}
			out[id] = p
			return nil
		})
}

// payable leaves out the payments to whoever may not be paid now, because a hit stands
// against them or their registration is over, so that the rest can be batched.
func (t *Tx) payable(ids []workflow.ID, now time.Time) ([]workflow.ID, error) {
	found, err := among(t, payments, ids)
	if err != nil {
		return nil, err
	}
	all := make([]workflow.ID, 0, len(found))
	for _, p := range found {
		all = append(all, p.Organization)
	}
	payees, err := t.payees(all, now)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(ids, func(id workflow.ID) bool {
		p := payees[found[id].Organization]
		return p.Expired || p.Screening.Hits > 0
	}), nil
}

// payee returns how one organization stands on the lists.
func (t *Tx) payee(organization workflow.ID, now time.Time) (workflow.Payee, error) {
	all, err := t.payees([]workflow.ID{organization}, now)
	return all[organization], err
}

// payeeAtOnce is payee for who waits for nobody: while a list is coming in, whatever the
// organization was held against is out of date.
func (t *Tx) payeeAtOnce(organization workflow.ID, now time.Time) (workflow.Payee, error) {
	if steady, err := t.listsSteady(); err != nil || !steady {
		return workflow.Payee{Lists: "about to change"}, err
	}
	return t.payee(organization, now)
}
