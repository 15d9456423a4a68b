// Package notice tells people in their language what happened: in letters, which are
// kept for good, and by mail.
package notice

import (
	"context"
	"time"

	"tranche/app/problem"
	"tranche/models"
	"tranche/templates"
	"tranche/workflow"
)

// A Writer finds the words and reads what they are about, as the system.
type Writer struct {
	Reader models.Reader
	Words  *templates.Words
}

var system = &models.Viewer{System: true}

func record[R any](ctx context.Context, w *Writer, noun workflow.Noun, id workflow.ID) (*R, error) {
	return models.Record[R](ctx, w.Reader, system, noun, id)
}

// in returns who reads in l, with times in the zone of an opportunity.
func in(l *templates.Language, o *workflow.Opportunity) problem.Audience {
	zone, err := time.LoadLocation(o.Zone)
	if err != nil {
		zone = time.UTC
	}
	return problem.Audience{Language: l, Zone: zone}
}
