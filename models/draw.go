package models

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"tranche/workflow"
)

// Draw gives each of cases to somebody of the staff: for noun application to an officer, for
// noun review to a reviewer. The same seed and facts give the same. A case that nobody may
// have is left out.
func (r Reader) Draw(ctx context.Context, v *Viewer, noun workflow.Noun, seed int64, cases []QueuedCase) (map[workflow.ID]workflow.ID, error) {
	if noun == workflow.NounReview {
		return r.drawReviewers(ctx, v, seed, cases)
	}
	return r.drawOfficers(ctx, v, seed, cases)
}

// drawOfficers gives each of cases to an officer of its program who has no part in it, so
// that what they own comes out even. A case that nobody may own stays with whom it is.
func (r Reader) drawOfficers(ctx context.Context, v *Viewer, seed int64, cases []QueuedCase) (map[workflow.ID]workflow.ID, error) {
	workers, err := r.Workload(ctx, v)
	if err != nil {
		return nil, err
	}
	parts, err := r.Parts(ctx, idsOf(cases, func(c *QueuedCase) workflow.ID { return c.Application.ID })...)
	if err != nil {
		return nil, err
	}
	out, owned := map[workflow.ID]workflow.ID{}, map[[2]workflow.ID]int{}
	for i := range cases {
		a := &cases[i].Application
		out[a.ID] = a.Officer
		owned[[2]workflow.ID{a.Officer, a.Program}]++ // and is shared out anew
	}
	loads := map[workflow.ID][]workflow.Load{}
	for i := range workers {
		w := &workers[i]
		loads[w.Program] = append(loads[w.Program], workflow.Load{Person: w.ID, Cases: w.Cases() - owned[[2]workflow.ID{w.ID, w.Program}]})
	}
	maps.Copy(out, share(seed, loads, cases, func(person workflow.ID, c *QueuedCase) int {
		if parts[[2]workflow.ID{person, c.Application.ID}] {
			return -1
		}
		return 0
	}))
	return out, nil
}

// drawReviewers gives each of cases to a reviewer of its program who has no part in it, does
// not review it and has room, experts in its topic first, so that what they have open comes
// out even.
func (r Reader) drawReviewers(ctx context.Context, v *Viewer, seed int64, cases []QueuedCase) (map[workflow.ID]workflow.ID, error) {
	pool, err := r.ReviewerPool(ctx, v)
	if err != nil {
		return nil, err
	}
	barred, err := r.Parts(ctx, idsOf(cases, func(c *QueuedCase) workflow.ID { return c.Application.ID })...)
	if err != nil {
		return nil, err
	}
	about := map[workflow.ID]string{}
	err = r.look(ctx, func(tx *Tx) error {
		for i := range cases {
			a := &cases[i].Application
			terms, err := tx.terms(a.Terms)
			if err != nil {
				return err
			}
			about[a.ID] = terms.TopicOf(a)
			mine, err := tx.ids("SELECT reviewer_id FROM reviews WHERE application_id = ? AND state IN "+liveReviews, int64(a.ID))
			if err != nil {
				return err
			}
			for _, person := range mine {
				barred[[2]workflow.ID{person, a.ID}] = true
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	loads, known := map[workflow.ID][]workflow.Load{}, map[[2]workflow.ID]*PoolReviewer{}
	for i := range pool {
		g := &pool[i].Grant
		loads[g.Program] = append(loads[g.Program], workflow.Load{Person: g.Person, Cases: pool[i].Open, Most: int(g.MaxReviews)})
		known[[2]workflow.ID{g.Person, g.Program}] = &pool[i]
	}
	return share(seed, loads, cases, func(person workflow.ID, c *QueuedCase) int {
		a := &c.Application
		switch {
		case barred[[2]workflow.ID{person, a.ID}]:
			return -1
		case known[[2]workflow.ID{person, a.Program}].Expert(about[a.ID]):
			return 1
		}
		return 0
	}), nil
}

// share gives the cases of each program to those who have loads in it.
func share(seed int64, loads map[workflow.ID][]workflow.Load, cases []QueuedCase, suits func(person workflow.ID, c *QueuedCase) int) map[workflow.ID]workflow.ID {
	of, by := map[workflow.ID]*QueuedCase{}, map[workflow.ID][]workflow.ID{}
	for i := range cases {
		a := &cases[i].Application
		of[a.ID], by[a.Program] = &cases[i], append(by[a.Program], a.ID)
	}
	out := map[workflow.ID]workflow.ID{}
	for program, ids := range by {
		maps.Copy(out, workflow.Share(seed, loads[program], ids, func(person, application workflow.ID) int { return suits(person, of[application]) }))
	}
	return out
}

// Loads lists who can get a case for noun, an officer of an application or a reviewer of a
// review, by name, and what each has open in all programs that v is of the staff of.
func (r Reader) Loads(ctx context.Context, v *Viewer, noun workflow.Noun) ([]Somebody, map[workflow.ID]int, error) {
	var people []Somebody
	load := map[workflow.ID]int{}
	add := func(person workflow.ID, name string, n int) {
		if _, known := load[person]; !known {
			people = append(people, Somebody{person, name})
		}
		load[person] += n
	}
	if noun == workflow.NounReview {
		pool, err := r.ReviewerPool(ctx, v)
		for i := range pool {
			add(pool[i].Grant.Person, pool[i].Name, pool[i].Open)
		}
		return byName(people), load, err
	}
	workers, err := r.Workload(ctx, v)
	for i := range workers {
		add(workers[i].ID, workers[i].Name, workers[i].Cases())
	}
	return byName(people), load, err
}

func byName(people []Somebody) []Somebody {
	slices.SortFunc(people, func(a, b Somebody) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return people
}
