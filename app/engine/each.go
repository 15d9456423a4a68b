package engine

import "context"

// A Doer carries out commands: *Engine does.
type Doer interface {
	Do(context.Context, Request) (Answer, error)
}

// A Result is what became of one of several requests: Do's answer, or its error.
type Result struct {
	Answer Answer
	Err    error
}

// Each carries out the requests one after the other, each by itself: what becomes of one
// stops none of the others. Who has gone has the rest left undone, with the context's error.
func Each(ctx context.Context, d Doer, requests []Request) []Result {
	out := make([]Result, len(requests))
	for i, r := range requests {
		if out[i].Err = ctx.Err(); out[i].Err == nil {
			out[i].Answer, out[i].Err = d.Do(ctx, r)
		}
	}
	return out
}
