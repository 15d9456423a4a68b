package models

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"tranche/workflow"
)

// A Listing is one page of a list, with what the whole list comes to. Rows, count
// and sum are read at one moment and from one condition, so that they cannot
// disagree.
type Listing[R any] struct {
	Rows    []R
	Next    workflow.ID // the cursor of the next page, zero when there is none
	Count   int
	Sum     workflow.Cents         // of the amounts, for nouns that have one
	ByState map[workflow.State]int // how many rows each state has, whatever states were asked for
}

// List reads one page of the records of noun that v may see and that have every
// word of search in a number, title or name, newest first.
func List[R any](ctx context.Context, r Reader, v *Viewer, noun workflow.Noun, f Filter, search string) (Listing[R], error) {
	var l Listing[R]
	extra, words := matching(searched[noun], search)
	err := r.look(ctx, func(tx *Tx) (err error) {
		if l.Rows, l.Next, err = listRows[R](tx, v, noun, f, extra, words); err != nil {
			return err
		}
		l.Count, l.Sum, l.ByState, err = tx.tallies(v, noun, f, extra, words)
		return err
	})
	return l, err
}

func listRows[R any](tx *Tx, v *Viewer, noun workflow.Noun, f Filter, extra string, words []any) ([]R, workflow.ID, error) {
	where, args, err := f.where(noun, v, extra, words)
	if err != nil {
		return nil, 0, err
	}
	limit := f.limit()
	s := shelves[noun]
	var out []R
	var ids []workflow.ID
	err = tx.ask(s.sel+"WHERE "+where+" ORDER BY "+s.name+".id DESC LIMIT ?", append(args, limit+1), func(rows *sql.Rows) error {
		m := s.fresh()
		err := rows.Scan(scanners(m.columns)...)
		out, ids = append(out, *m.value.(*R)), append(ids, m.record.ID)
		return err
	})
	if err != nil || len(out) <= limit {
		return out, 0, err
	}
	return out[:limit], ids[limit-1], nil
}

// amounts names the column that the sum of a list is of.
var amounts = map[workflow.Noun]string{
	workflow.NounAward: "face", workflow.NounClaim: "amount", workflow.NounPayment: "amount", workflow.NounTranche: "amount", workflow.NounDebt: "outstanding",
}

// tallies counts the rows of f, wherever its page begins, and adds them up; and
// counts the rows of each state.
func (t *Tx) tallies(v *Viewer, noun workflow.Noun, f Filter, extra string, words []any) (count int, sum workflow.Cents, by map[workflow.State]int, err error) {
	asked := f.States
	f.Before, f.States = 0, nil
	where, args, err := f.where(noun, v, extra, words)
	if err != nil {
		return 0, 0, nil, err
	}
	amount := "0"
	if column := amounts[noun]; column != "" {
		amount = shelves[noun].name + "." + column
	}
	name := shelves[noun].name
	by = map[workflow.State]int{}
	query := "SELECT " + name + ".state, COUNT(*), CAST(SUM(" + amount + ") AS BIGINT) FROM " + name + " WHERE " + where + " GROUP BY " + name + ".state"
	err = t.ask(query, args, func(rows *sql.Rows) error {
		var state workflow.State
		var n, cents int64
		if err := rows.Scan(column{"state", &state}, &n, &cents); err != nil {
			return err
		}
		by[state] = int(n)
		if len(asked) == 0 || slices.Contains(asked, state) {
			count, sum = count+int(n), sum+workflow.Cents(cents)
		}
		return nil
	})
	return count, sum, by, err
}

// searched lists what the words of a search are looked for in, for each noun.
var searched = map[workflow.Noun][]string{
	workflow.NounPerson:  {"LOWER(people.name) LIKE LOWER(?) ESCAPE '\\'", "LOWER(people.email) LIKE LOWER(?) ESCAPE '\\'"},
	workflow.NounAward:   {"LOWER(awards.number) LIKE LOWER(?) ESCAPE '\\'", "awards.organization_id IN " + organizationsLike},
	workflow.NounClaim:   {"LOWER(claims.number) LIKE LOWER(?) ESCAPE '\\'", "claims.organization_id IN " + organizationsLike},
	workflow.NounPayment: {"LOWER(payments.number) LIKE LOWER(?) ESCAPE '\\'", "payments.organization_id IN " + organizationsLike},
	workflow.NounHit: {"LOWER(hits.subject) LIKE LOWER(?) ESCAPE '\\'", "LOWER(hits.entry) LIKE LOWER(?) ESCAPE '\\'",
		"LOWER(hits.key) LIKE LOWER(?) ESCAPE '\\'", "hits.organization_id IN " + organizationsLike},
	workflow.NounDuplicate:  {"duplicates.a_id IN " + organizationsLike, "duplicates.b_id IN " + organizationsLike},
	workflow.NounFinding:    {"LOWER(findings.number) LIKE LOWER(?) ESCAPE '\\'", "findings.organization_id IN " + organizationsLike},
	workflow.NounDebt:       {"LOWER(debts.number) LIKE LOWER(?) ESCAPE '\\'", "debts.organization_id IN " + organizationsLike},
	workflow.NounReport:     {"LOWER(reports.number) LIKE LOWER(?) ESCAPE '\\'", "reports.organization_id IN " + organizationsLike},
	workflow.NounAnswerFile: {"LOWER(answer_files.name) LIKE LOWER(?) ESCAPE '\\'"},
	workflow.NounJournal:    {"LOWER(journals.number) LIKE LOWER(?) ESCAPE '\\'"},
	workflow.NounBatch:      {"LOWER(batches.number) LIKE LOWER(?) ESCAPE '\\'"},
}

const organizationsLike = "(SELECT o.id FROM organizations o WHERE LOWER(o.legal_name) LIKE LOWER(?) ESCAPE '\\')"

// matching writes the condition under which every word of search is found in one
// of the places, and its arguments. It begins with a column, as where wants it.
func matching(places []string, search string) (string, []any) {
	words := searchWords(search)
	if len(words) == 0 || len(places) == 0 {
		return "", nil
	}
	condition := "id IS NOT NULL"
	var args []any
	for _, word := range words {
		condition += " AND (" + strings.Join(places, " OR ") + ")"
		for range places {
			args = append(args, word)
		}
	}
	return condition, args
}

// The limits of a search: more would only make the database work.
const (
	maxSearch = 200 // bytes
	maxWords  = 8
)

// searchWords returns the words of search as patterns of LIKE. What no stored
// text can hold is left out.
func searchWords(search string) []any {
	if len(search) > maxSearch {
		search = search[:maxSearch]
	}
	search = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(search, " "))
	fields := strings.Fields(search)
	var out []any
	for _, word := range fields[:min(len(fields), maxWords)] {
		out = append(out, "%"+likeEscapes.Replace(word)+"%")
	}
	return out
}

var likeEscapes = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// Names returns the names of people, as far as v may know them: the staff of a
// program know everybody, an applicant and a reviewer the people of their own
// organizations.
func (r Reader) Names(ctx context.Context, v *Viewer, people ...workflow.ID) (map[workflow.ID]string, error) {
	ids := distinct(people)
	if len(ids) == 0 {
		return nil, nil
	}
	roles := workflow.RolesOf(workflow.Applicant)
	if v.staffOf(workflow.Reviewer) {
		roles = workflow.RolesOf(workflow.ProgramOfficer)
	}
	mine, err := r.colleagues(ctx, v, roles)
	if err != nil {
		return nil, err
	}
	names := map[workflow.ID]string{}
	err = r.look(ctx, func(tx *Tx) error {
		return tx.named(names, "SELECT id, name FROM people WHERE id IN ("+marks(len(ids))+")", ids)
	})
	for id := range names {
		if mine != nil && !mine[id] {
			delete(names, id)
		}
	}
	return names, err
}

// OrganizationNames returns the legal names of the organizations that v may see.
func (r Reader) OrganizationNames(ctx context.Context, v *Viewer, organizations ...workflow.ID) (map[workflow.ID]string, error) {
	ids := distinct(organizations)
	if len(ids) == 0 {
		return nil, nil
	}
	sight, args := v.sight(workflow.NounOrganization)
	names := map[workflow.ID]string{}
	err := r.look(ctx, func(tx *Tx) error {
		return tx.named(names, "SELECT id, legal_name FROM organizations WHERE ("+sight+") AND id IN ("+marks(len(ids))+")", append(args, ids...))
	})
	return names, err
}

func (t *Tx) named(into map[workflow.ID]string, query string, args []any) error {
	return t.ask(query, args, func(rows *sql.Rows) error {
		var id int64
		var name string
		err := rows.Scan(&id, &name)
		into[workflow.ID(id)] = name
		return err
	})
}

// distinct returns the IDs that name something, each once, as arguments.
func distinct(ids []workflow.ID) []any {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	var out []any
	for _, id := range slices.Compact(ids) {
		if id != 0 {
			out = append(out, int64(id))
		}
	}
	return out
}

// look runs f in a transaction that only reads, and sees one moment.
func (r Reader) look(ctx context.Context, f func(*Tx) error) error {
	return r.inside(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, f)
}

// inside runs f in a transaction of the connections that read, and takes back
// whatever it did.
func (r Reader) inside(ctx context.Context, options *sql.TxOptions, f func(*Tx) error) error {
	q, err := r.sql.BeginTx(ctx, options)
	if err != nil {
		return &Unavailable{err}
	}
	err = f(&Tx{q: q, db: r.readings(), ctx: ctx, reads: true})
	if end := ignoreDone(q.Rollback()); err == nil && end != nil {
		err = &Unavailable{end}
	}
	return err
}

// readings are the statements prepared on the connections that read, by pool.
var readings sync.Map // *sql.DB → *DB

// readings returns a database of which only the statements are used.
func (r Reader) readings() *DB {
	if d, ok := readings.Load(r.sql); ok {
		return d.(*DB)
	}
	d, _ := readings.LoadOrStore(r.sql, &DB{Reader: r, dialect: r.dialect, write: r.sql})
	return d.(*DB)
}

// ask reads every row of a query that is written anew each time, and is therefore
// not kept prepared.
func (t *Tx) ask(query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := t.q.QueryContext(t.ctx, t.db.bind(query), args...)
	if err != nil {
		return fmt.Errorf("read a page: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("read a page: %w", err)
		}
	}
	return rows.Err()
}
