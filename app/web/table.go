package web

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"tranche/models"
	"tranche/workflow"
)

// A table is the address of a list, read: what it narrows the list by.
type table struct {
	noun   workflow.Noun
	path   string
	query  url.Values // with known names and values only
	filter models.Filter
	search string
	left   []string // values that were left out because nobody knows them
}

// readTable reads the address of a list. What is no filter, or no value of one,
// is left out and named.
func (v *visit) readTable(noun workflow.Noun, path string, of ...string) table {
	t := table{noun: noun, path: path, query: url.Values{}, filter: models.Filter{Where: map[string]workflow.ID{}}}
	for name, values := range v.QueryParams() {
		value := values[0]
		id, isID := workflow.ParseID(value)
		switch {
		case name == "lang" || name == doneName || value == "":
		case name == "q":
			t.search = legible(value)
			t.query.Set(name, t.search)
		case name == "state":
			known, unknown := states(noun, values)
			t.filter.States, t.left = known, append(t.left, unknown...)
			for _, s := range known {
				t.query.Add(name, s.String())
			}
		case name == "after" && isID:
			t.filter.Before = id
		case slices.Contains(of, name) && isID:
			t.filter.Where[name+"_id"] = id
			t.query.Set(name, value)
		default:
			t.left = append(t.left, name+"="+value)
		}
	}
	slices.Sort(t.left)
	return t
}

// legible returns what of s can be shown and searched for.
func legible(s string) string {
	s = strings.TrimSpace(strings.ToValidUTF8(s, ""))
	for len(s) > 200 {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

// url returns the address of the list with one filter changed; no value takes it away.
func (t table) url(name string, values ...string) string {
	q := url.Values{}
	for other, was := range t.query {
		q[other] = was
	}
	delete(q, name)
	for _, value := range values {
		if value != "" {
			q.Add(name, value)
		}
	}
	if len(q) == 0 {
		return t.path
	}
	return t.path + "?" + q.Encode()
}

// list makes what stands round the table: tabs by state with counts, the filters
// in force, the count and the way on. words names the page in the word list.
func (v *visit) list(t table, words string, shown, count int, sum workflow.Cents, by map[workflow.State]int, next workflow.ID) List {
	l := List{Lead: v.T(words + ".lead"), Filters: v.filtersOf(t), Count: v.N(words+".count", count, "sum", sum.Dollars()), Notices: v.leftOut(t.left)}
	for _, s := range workflow.StatesOf(t.noun) {
		if n := by[s]; n > 0 || slices.Contains(t.filter.States, s) {
			l.Filters.Fields[0].Options = append(l.Filters.Fields[0].Options, Option{Value: s.String(),
				Text: v.T("list.state_count", "state", v.State(t.noun.String(), s.String()), "count", n), Chosen: slices.Contains(t.filter.States, s)})
		}
	}
	l.Pager = Pager{Shown: v.N("list.shown", shown)}
	if t.filter.Before != 0 {
		l.Pager.FirstURL = t.url("after")
	}
	if next != 0 {
		l.Pager.NextURL = t.url("after", next.String())
	}
	l.Empty = Empty{Icon: "list", Title: v.T(words + ".none"), Text: v.T(words + ".none_text")}
	if len(l.Filters.Chips) > 0 {
		l.Empty = Empty{"search", v.T("list.none_match"), v.T("list.none_match_text"), Link{v.T("list.clear_filters"), t.path}}
	}
	return l
}

func (v *visit) filtersOf(t table) *Filters {
	f := &Filters{URL: t.path, Search: t.search, Clear: t.path, Fields: []Field{{Name: "state", Label: v.T("list.state"), Hint: v.T("list.all_states")}}}
	if t.search != "" {
		f.Chips = append(f.Chips, Link{"“" + t.search + "”", t.url("q")})
	}
	for _, s := range t.filter.States {
		f.Chips = append(f.Chips, Link{v.State(t.noun.String(), s.String()), t.url("state", others(t.query["state"], s.String())...)})
	}
	for name, values := range t.query {
		if name != "q" && name != "state" {
			f.Chips = append(f.Chips, Link{v.Noun(name), t.url(name)})
			f.Keep = append(f.Keep, Hidden{name, values[0]})
		}
	}
	return f
}

func others(values []string, without string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(s string) bool { return s == without })
}

// leftOut names the filters that nobody knows.
func (v *visit) leftOut(values []string) []Notice {
	if len(values) == 0 {
		return nil
	}
	for i := range values {
		values[i] = "“" + legible(values[i]) + "”"
	}
	return []Notice{{Tone: "info", Text: v.T("list.left_out", "filters", strings.Join(values, v.T("format.comma")))}}
}
