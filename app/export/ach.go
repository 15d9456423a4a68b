package export

import (
	"errors"
	"io"
	"iter"
	"time"

	"tranche/app/ach"
)

// writeACH writes a NACHA file of CCD+ credits.
func writeACH(out io.Writer, b Batch, payments Payments) (Totals, error) {
	w, err := ach.NewWriter(out, b.ACH)
	if err != nil {
		return Totals{}, err
	}
	for p, err := range payments {
		if err != nil {
			return Totals{}, err
		}
		if _, err := w.Add(credit(p)); err != nil {
			return Totals{}, err
		}
	}
	t, err := w.Close()
	if err != nil {
		return Totals{}, err
	}
	return Totals{
		Payments:  t.Entries,
		Amount:    t.Credits,
		EntryHash: t.Hash,
		Lines:     t.Lines,
		Bytes:     t.Bytes,
		SHA256:    t.SHA256,
	}, nil
}

// payeeACH is a receiver's name in an entry of class CCD.
func payeeACH(name string) string { return ach.Fold(name, 22) }

func credit(p *Payment) *ach.Credit {
	return &ach.Credit{
		Routing:    p.Routing,
		Account:    p.Account,
		Savings:    p.Savings,
		Amount:     p.Amount,
		ID:         p.Number,
		Name:       p.Organization,
		Remittance: p.Reference(),
	}
}

// verifyACH compares a NACHA file entry by entry with the payments of its batch.
func verifyACH(in io.Reader, b Batch, payments Payments, want Totals) error {
	meter := newMeter()
	r := ach.NewReader(io.TeeReader(in, meter))
	next, stop := iter.Pull2(payments)
	defer stop()
	for n := 0; ; n++ {
		e, err := r.Next()
		p, failed, more := next()
		switch {
		case failed != nil:
			return failed
		case errors.Is(err, io.EOF) && more:
			return differs("payment %s is missing", p.Number)
		case errors.Is(err, io.EOF):
			return verifyTotals(r, meter, b, want)
		case err != nil:
			return unreadable(err)
		case !more:
			return differs("line %d: one entry too many", e.Line)
		}
		if field := b.difference(n, p, e); field != "" {
			return differs("line %d, payment %s: %s", e.Line, p.Number, field)
		}
	}
}

// unreadable marks a file against the rules of its layout as different, and
// leaves an error of its source as it is.
func unreadable(err error) error {
	var rule *ach.Error
	if errors.As(err, &rule) {
		return errors.Join(ErrDiffers, err)
	}
	return err
}

// difference returns the first field in which e is not the n-th payment, or "".
func (b *Batch) difference(n int, p *Payment, e *ach.Entry) string {
	h := &b.ACH
	for _, check := range []struct {
		field string
		same  bool
	}{
		{"service class", e.Batch.Class == 220},
		{"standard entry class", e.Batch.SEC == ach.CCD},
		{"company name", e.Batch.CompanyName == h.CompanyName},
		{"company ID", e.Batch.CompanyID == h.CompanyID},
		{"entry description", e.Batch.Description == h.Description},
		{"effective date", e.Batch.Effective.Format(time.DateOnly) == h.Effective.Format(time.DateOnly)},
		{"transaction code", e.Code == code(p)},
		{"routing number", e.Routing == p.Routing},
		{"account number", e.Account == p.Account},
		{"amount", e.Amount == p.Amount},
		{"payment number", e.ID == p.Number},
		{"receiver name", e.Name == payeeACH(p.Organization)},
		{"trace number", e.Trace == b.Trace(n)},
		{"remittance", len(e.Remittance) == 1 && e.Remittance[0] == ach.Remittance(p.Reference(), p.Amount)},
	} {
		if !check.same {
			return check.field
		}
	}
	return ""
}

func code(p *Payment) ach.TransactionCode {
	if p.Savings {
		return ach.SavingsCredit
	}
	return ach.CheckingCredit
}

// verifyTotals compares what only the whole file can tell.
func verifyTotals(r *ach.Reader, m *meter, b Batch, want Totals) error {
	f, t := r.File(), r.Totals()
	got := Totals{Payments: t.Entries, Amount: t.Credits, EntryHash: t.Hash, Lines: t.Lines, Bytes: m.bytes, SHA256: m.sum()}
	switch {
	case f.Destination != b.ACH.Destination || f.Origin != b.ACH.Origin:
		return differs("sender or receiver of the file")
	case f.Modifier != b.ACH.Modifier || f.Reference != b.ACH.Reference:
		return differs("reference or modifier of the file")
	case t.Debits != 0:
		return differs("file debits")
	case got != want:
		return differs("totals or bytes")
	}
	return nil
}
