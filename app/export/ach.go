package export

import (
	"errors"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"tranche/app/ach"
)

// nacha is a NACHA file of credits of one class.
type nacha struct {
	class string
	name  int // characters of a receiver's name
}

var (
	nachaCCD = nacha{ach.CCD, 22} // with one remittance record each (CCD+)
	nachaCTX = nacha{ach.CTX, 16} // with an X12 820 each
)

// write writes a file.
func (f *nacha) write(out io.Writer, b Batch, payments Payments) (Totals, error) {
	w, err := ach.NewWriter(out, b.ACH)
	if err != nil {
		return Totals{}, err
	}
	n := 0
	for p, err := range payments {
		switch {
		case err != nil:
		case f.class == ach.CTX:
			_, err = w.AddCTX(credit(p), remittanceAdvice(&b, n, p))
		default:
			_, err = w.Add(credit(p))
		}
		if err != nil {
			return Totals{}, err
		}
		n++
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

// payee is a receiver's name in an entry.
func (f *nacha) payee(name string) string { return ach.Fold(name, f.name) }

// remittance is what the addenda of the n-th payment say, one by one.
func (f *nacha) remittance(b *Batch, n int, p *Payment) (out []string) {
	if f.class != ach.CTX {
		return []string{ach.Remittance(p.Reference(), p.Amount)}
	}
	for part := range slices.Chunk([]byte(remittanceAdvice(b, n, p)), 80) {
		out = append(out, strings.TrimRight(string(part), " "))
	}
	return out
}

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

// verify compares a NACHA file entry by entry with the payments of its batch.
func (f *nacha) verify(in io.Reader, b Batch, payments Payments, want Totals) error {
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
		if field := f.difference(&b, n, p, e); field != "" {
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
func (f *nacha) difference(b *Batch, n int, p *Payment, e *ach.Entry) string {
	h := &b.ACH
	remittance := f.remittance(b, n, p)
	for _, check := range []struct {
		field string
		same  bool
	}{
		{"service class", e.Batch.Class == 220},
		{"standard entry class", e.Batch.SEC == f.class},
		{"company name", e.Batch.CompanyName == h.CompanyName},
		{"company ID", e.Batch.CompanyID == h.CompanyID},
		{"entry description", e.Batch.Description == h.Description},
		{"effective date", e.Batch.Effective.Format(time.DateOnly) == h.Effective.Format(time.DateOnly)},
		{"transaction code", e.Code == code(p)},
		{"routing number", e.Routing == p.Routing},
		{"account number", e.Account == p.Account},
		{"amount", e.Amount == p.Amount},
		{"payment number", e.ID == p.Number},
		{"receiver name", e.Name == f.payee(p.Organization)},
		{"trace number", e.Trace == b.Trace(n)},
		{"remittance", slices.Equal(e.Remittance, remittance)},
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
