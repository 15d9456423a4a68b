package models

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"tranche/workflow"
)

// A ListChange is what a version of a list says of an entry that the one before it
// does not, or the other way round.
type ListChange struct {
	Before *workflow.ListEntry // nil: it was added
	After  *workflow.ListEntry // nil: it was removed
}

// A ListDifference counts the entries that a version of a list added, removed and
// changed. A first version added all that it has.
type ListDifference struct{ Added, Removed, Changed int }

// All returns how many entries differ.
func (d ListDifference) All() int { return d.Added + d.Removed + d.Changed }

// ListChanges are the differences between a version of a list and the one before it,
// a page of them by the publisher's numbers. Those of a first version are its entries
// in their order.
type ListChanges struct {
	ListDifference
	Rows []ListChange
	Next string // what the next page begins after; "" when this is the last
}

// ListDifference counts what a version changed against the one before it.
func (r Reader) ListDifference(ctx context.Context, v *Viewer, l *workflow.List) (ListDifference, error) {
	if l.Before == 0 {
		return ListDifference{Added: int(l.Entries)}, nil
	}
	_, c, err := r.sinceBefore(ctx, v, l)
	return c.ListDifference, err
}

// ListChanges tells what a version of a list changed against the one before it, at
// most limit of the publisher's numbers. ErrNotFound means that there is none for v.
func (r Reader) ListChanges(ctx context.Context, v *Viewer, id workflow.ID, after string, limit int) (out ListChanges, err error) {
	now, err := Record[workflow.List](ctx, r, v, workflow.NounList, id)
	if err != nil {
		return out, err
	}
	if now.Before == 0 {
		return r.firstEntries(ctx, now, after, limit)
	}
	old, c, err := r.sinceBefore(ctx, v, now)
	if err != nil {
		return out, err
	}
	out.ListDifference = c.ListDifference
	var keys []string
	if keys, out.Next = c.page(after, limit); len(keys) == 0 {
		return out, nil
	}
	removed, err := r.entriesNotIn(ctx, old.Content, now.Content, keys)
	if err != nil {
		return out, err
	}
	added, err := r.entriesNotIn(ctx, now.Content, old.Content, keys)
	out.Rows = paired(removed, added)
	return out, err
}

// sinceBefore compares a version with the one that it took over from.
func (r Reader) sinceBefore(ctx context.Context, v *Viewer, l *workflow.List) (old *workflow.List, c comparison, err error) {
	if old, err = Record[workflow.List](ctx, r, v, workflow.NounList, l.Before); err != nil {
		return nil, c, err
	}
	c, err = r.compared.of(old.Content, l.Content, func() (comparison, error) { return r.compare(ctx, old.Content, l.Content) })
	return old, c, err
}

// firstEntries is a page of the entries of a first version.
func (r Reader) firstEntries(ctx context.Context, l *workflow.List, after string, limit int) (ListChanges, error) {
	out := ListChanges{ListDifference: ListDifference{Added: int(l.Entries)}}
	shown, err := strconv.ParseInt(after, 10, 64)
	if err != nil || shown < 0 {
		shown = 0 // no page of ours begins there
	}
	entries, err := r.entries(ctx, "SELECT "+entryNames+" FROM list_entries WHERE content = ? AND number > ? ORDER BY number LIMIT ?", l.Content, shown, limit)
	for i := range entries {
		out.Rows = append(out.Rows, ListChange{After: &entries[i]})
	}
	if shown += int64(len(entries)); shown < l.Entries {
		out.Next = strconv.FormatInt(shown, 10)
	}
	return out, err
}

// A comparison says by which of the publisher's numbers two contents differ.
type comparison struct {
	ListDifference
	keys []string // in the order of workflow.CompareKeys
}

// page returns at most limit of the numbers that come after one, and what the next
// page begins after.
func (c *comparison) page(after string, limit int) (keys []string, next string) {
	at, found := slices.BinarySearchFunc(c.keys, after, workflow.CompareKeys)
	if found {
		at++
	}
	keys = c.keys[at:]
	if len(keys) > limit {
		keys, next = keys[:limit], keys[limit-1]
	}
	return keys, next
}

// notIn selects the entries of a content that another content does not have.
const notIn = ` FROM list_entries e WHERE e.content = ? AND NOT EXISTS
	(SELECT 1 FROM list_entries o WHERE o.content = ? AND o.key = e.key AND o.sum = e.sum)`

// compare counts by each number what one content has and the other has not. Entries
// of one number are taken in their order: what both sides have of it is a change.
func (r Reader) compare(ctx context.Context, before, after string) (c comparison, err error) {
	if before == after { // only the threshold is another one
		return c, nil
	}
	gone, err := r.keysNotIn(ctx, before, after)
	if err != nil {
		return c, err
	}
	come, err := r.keysNotIn(ctx, after, before)
	if err != nil {
		return c, err
	}
	for key, n := range gone {
		both := min(n, come[key])
		c.Changed, c.Removed, c.keys = c.Changed+both, c.Removed+n-both, append(c.keys, key)
	}
	for key, n := range come {
		c.Added += n - min(n, gone[key])
		if gone[key] == 0 {
			c.keys = append(c.keys, key)
		}
	}
	slices.SortFunc(c.keys, workflow.CompareKeys) // the two databases sort text differently
	return c, nil
}

func (r Reader) keysNotIn(ctx context.Context, content, other string) (map[string]int, error) {
	rows, err := r.query(ctx, "SELECT e.key, COUNT(*)"+notIn+" GROUP BY e.key", content, other)
	if err != nil {
		return nil, fmt.Errorf("compare lists: %w", err)
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var key string
		var n int
		if err := rows.Scan(&key, &n); err != nil {
			return nil, fmt.Errorf("compare lists: %w", err)
		}
		out[key] = n
	}
	return out, rows.Err()
}

// entriesNotIn lists the entries of these numbers that one content has and the other
// has not, by the numbers.
func (r Reader) entriesNotIn(ctx context.Context, content, other string, keys []string) ([]workflow.ListEntry, error) {
	args := []any{content, other}
	for _, key := range keys {
		args = append(args, key)
	}
	out, err := r.entries(ctx, "SELECT "+entryNames+notIn+" AND e.key IN ("+marks(len(keys))+") ORDER BY e.number", args...)
	slices.SortStableFunc(out, func(a, b workflow.ListEntry) int { return workflow.CompareKeys(a.Key, b.Key) })
	return out, err
}

func (r Reader) entries(ctx context.Context, query string, args ...any) (out []workflow.ListEntry, err error) {
	rows, err := r.query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("entries of a list: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return nil, fmt.Errorf("entries of a list: %w", err)
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// paired brings entries with the same number together. Where one number stands for
// several entries, they are taken in their order.
func paired(removed, added []workflow.ListEntry) (out []ListChange) {
	for len(removed)+len(added) > 0 {
		order := 0
		switch {
		case len(removed) == 0:
			order = 1
		case len(added) == 0:
			order = -1
		default:
			order = workflow.CompareKeys(removed[0].Key, added[0].Key)
		}
		var one ListChange
		if order <= 0 {
			one.Before, removed = &removed[0], removed[1:]
		}
		if order >= 0 {
			one.After, added = &added[0], added[1:]
		}
		out = append(out, one)
	}
	return out
}

// A comparisonCache keeps which versions differ by what: two contents never change, so
// that nothing in it is out of date.
type comparisonCache struct {
	mu   sync.Mutex
	by   map[[2]string]comparison
	keys int // of all comparisons together
}

// mostKeys is how many numbers are kept before the cache begins anew.
const mostKeys = 500_000

func (c *comparisonCache) of(before, after string, compare func() (comparison, error)) (comparison, error) {
	which := [2]string{before, after}
	c.mu.Lock()
	known, ok := c.by[which]
	c.mu.Unlock()
	if ok {
		return known, nil
	}
	found, err := compare() // two who ask at once compare twice, and nobody else waits
	if err != nil {
		return found, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by == nil || c.keys > mostKeys {
		c.by, c.keys = map[[2]string]comparison{}, 0
	}
	c.by[which] = found
	c.keys += len(found.keys)
	return found, nil
}
