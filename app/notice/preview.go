package notice

import (
	"context"
	"time"

	"tranche/app/letter"
	"tranche/models"
	"tranche/workflow"
)

// Preview sets out the letter that would tell of c, a decision about an application, if it
// were made at the given moment: what only the decision brings about is not in it yet.
func (w *Writer) Preview(ctx context.Context, c *workflow.Command, at time.Time, language string) (*letter.Paper, error) {
	d, err := w.Reader.Undecided(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	d.Action, d.At, d.Inputs = c.Action, at, c.Inputs
	m := &matter{Decision: d}
	if err := w.about(ctx, m); err != nil {
		return nil, err
	}
	m.Appealed = m.application.AppealSpent
	if c.Action == workflow.ActAward {
		m.award, m.OfferEnds = &workflow.Award{Number: "—"}, at.AddDate(0, 0, int(m.opportunity.OfferDays))
	}
	for _, l := range w.Words.Languages() {
		if l.Tag == language {
			p := paper(in(l, m.opportunity), m)
			p.Sections = p.Sections[:len(p.Sections)-1] // the proof
			return p, nil
		}
	}
	return nil, models.ErrNotFound
}
