package export

import (
	"context"
	"slices"

	"tranche/models"
	"tranche/workflow"
)

// journalColumns are the heads of a journal's columns.
var journalColumns = []any{"record", "journal", "line", "date", "tas", "ussgl", "account", "debit", "credit", "betc", "event", "posting", "application", "noun", "id", "action"}

// Journal writes the postings that f describes as the lines of the journal of that number
// into s: two for each, what is debited before what is credited, and a last row with the
// number of lines and both sums. It returns how many postings it wrote, and their sum.
func Journal(ctx context.Context, r models.Reader, number string, f models.BooksFilter, s Sheet) (n int64, sum workflow.Cents, err error) {
	if err := s.Row(journalColumns...); err != nil {
		return 0, 0, err
	}
	err = r.EachEntry(ctx, &models.Viewer{System: true}, f, func(e *models.Entry) error {
		line := func(side int64, account workflow.Account, debit, credit any) error {
			return s.Row("line", number, 2*n+side, workflow.DateOf(e.At), e.Symbol, account.USSGL(), account.String(), debit, credit, workflow.BETC(e.Action, e.Debit, e.Credit),
				e.Event, e.Seq, e.Number, e.Noun.String(), int64(e.Record), e.Action.String())
		}
		if err := line(1, e.Debit, e.Cents, nil); err != nil {
			return err
		}
		if err := line(2, e.Credit, nil, e.Cents); err != nil {
			return err
		}
		n, sum = n+1, sum+e.Cents
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	total := make([]any, len(journalColumns))
	total[0], total[1], total[2] = "total", number, 2*n
	for _, column := range []any{"debit", "credit"} {
		total[slices.Index(journalColumns, column)] = sum
	}
	if err := s.Row(total...); err != nil {
		return 0, 0, err
	}
	return n, sum, s.Close()
}
