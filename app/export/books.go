package export

import (
	"context"
	"slices"

	"tranche/models"
	"tranche/workflow"
)

// booksColumns are the heads of the ledger's columns.
var booksColumns = []any{"record", "event", "posting", "at", "fund", "from", "from_ussgl", "to", "to_ussgl", "amount", "application", "organization", "noun", "id", "action"}

// Books writes the postings that f describes, as v may see them, into s: a head, a row
// for each, and a last row with their number and sum, so that a table that was cut off
// shows it.
func Books(ctx context.Context, r models.Reader, v *models.Viewer, f models.BooksFilter, s Sheet) error {
	if err := s.Row(booksColumns...); err != nil {
		return err
	}
	n, sum := 0, workflow.Cents(0)
	err := r.EachEntry(ctx, v, f, func(e *models.Entry) error {
		n, sum = n+1, sum+e.Cents
		return s.Row("posting", e.Event, e.Seq, e.At, e.Symbol, e.Debit.String(), e.Debit.USSGL(), e.Credit.String(), e.Credit.USSGL(), e.Cents,
			e.Number, e.Organization, e.Noun.String(), int64(e.Record), e.Action.String())
	})
	if err != nil {
		return err
	}
	total := make([]any, len(booksColumns))
	total[0], total[1], total[slices.Index(booksColumns, any("amount"))] = "total", n, sum
	if err := s.Row(total...); err != nil {
		return err
	}
	return s.Close()
}
