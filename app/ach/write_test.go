package ach_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	moov "github.com/moov-io/ach"
	"pgregory.net/rapid"

	"tranche/app/ach"
	"tranche/workflow"
)

func TestWriterWritesTheGoldenFile(t *testing.T) {
	file, traces, totals := write(t, header(), credits())
	golden(t, "credits.ach", file)

	if want := []ach.Trace{121042880000001, 121042880000002, 121042880000003}; !cmp.Equal(traces, want) {
		t.Errorf("traces %v, want %v", traces, want)
	}
	want := ach.Totals{
		Entries: 3, Records: 5, Lines: 10, Batches: 1,
		Hash:    23138010 + 3130001 + 9100001,
		Credits: 1_250_000_50 + 1 + ach.MaxEntry,
		Bytes:   950,
		SHA256:  sha256.Sum256(file),
	}
	if diff := cmp.Diff(want, totals); diff != "" {
		t.Errorf("totals (-want +got):\n%s", diff)
	}
}

func TestWriterNumbersTracesFromTheFirstSequence(t *testing.T) {
	_, traces, _ := write(t, header(func(h *ach.Header) { h.FirstSequence = 4711 }), credits())
	if got, want := traces[0].String(), "121042880004711"; got != want {
		t.Errorf("first trace %s, want %s", got, want)
	}
	if got := traces[2].Sequence(); got != 4713 {
		t.Errorf("third sequence %d, want 4713", got)
	}
}

func TestWriterPadsEveryFileToBlocksOfTen(t *testing.T) {
	for n := 1; n <= 25; n++ {
		list := make([]ach.Credit, n)
		for i := range list {
			list[i] = credit(func(c *ach.Credit) { c.Remittance = "" })
		}
		file, _, totals := write(t, header(), list)
		if got := len(lines(file)); got%10 != 0 || got != totals.Lines || got-(n+4) > 9 || got < n+4 {
			t.Errorf("%d entries: %d lines, totals say %d", n, got, totals.Lines)
		}
	}
}

func TestWriterRefusesABadPayment(t *testing.T) {
	for _, test := range []struct {
		name  string
		bend  func(*ach.Credit)
		field string
		rule  ach.Rule
	}{
		{"routing number too short", func(c *ach.Credit) { c.Routing = "23138010" }, "routing number", ach.RuleLength},
		{"routing number with a letter", func(c *ach.Credit) { c.Routing = "23138010X" }, "routing number", ach.RuleDigits},
		{"routing number with full-width digits", func(c *ach.Credit) { c.Routing = "１２３" }, "routing number", ach.RuleDigits},
		{"routing number of zeros", func(c *ach.Credit) { c.Routing = "000000000" }, "routing number", ach.RuleRequired},
		{"wrong check digit", func(c *ach.Credit) { c.Routing = "231380105" }, "routing number", ach.RuleCheckDigit},
		{"no account", func(c *ach.Credit) { c.Account = "" }, "account number", ach.RuleRequired},
		{"account of zeros", func(c *ach.Credit) { c.Account = "0000" }, "account number", ach.RuleRequired},
		{"account of 18 characters", func(c *ach.Credit) { c.Account = strings.Repeat("1", 18) }, "account number", ach.RuleLength},
		{"account with a line break", func(c *ach.Credit) { c.Account = "12\n34" }, "account number", ach.RuleCharset},
		{"account with a space", func(c *ach.Credit) { c.Account = "12 34" }, "account number", ach.RuleCharset},
		{"account with an umlaut", func(c *ach.Credit) { c.Account = "12ü34" }, "account number", ach.RuleCharset},
		{"no money", func(c *ach.Credit) { c.Amount = 0 }, "amount", ach.RuleRange},
		{"negative money", func(c *ach.Credit) { c.Amount = -1 }, "amount", ach.RuleRange},
		{"a cent over ten digits", func(c *ach.Credit) { c.Amount = ach.MaxEntry + 1 }, "amount", ach.RuleRange},
		{"no number", func(c *ach.Credit) { c.ID = "" }, "payment number", ach.RuleRequired},
		{"number of 16 characters", func(c *ach.Credit) { c.ID = strings.Repeat("P", 16) }, "payment number", ach.RuleLength},
		{"number with a control", func(c *ach.Credit) { c.ID = "P\x00" }, "payment number", ach.RuleCharset},
		{"number with a blank behind", func(c *ach.Credit) { c.ID = "P1 " }, "payment number", ach.RuleCharset},
		{"no name", func(c *ach.Credit) { c.Name = " \r\n\t\u200b " }, "receiver name", ach.RuleRequired},
		{"remittance with a segment end", func(c *ach.Credit) { c.Remittance = `A\` }, "remittance", ach.RuleCharset},
		{"remittance with an element end", func(c *ach.Credit) { c.Remittance = "A*B" }, "remittance", ach.RuleCharset},
		{"remittance with a blank in front", func(c *ach.Credit) { c.Remittance = " A" }, "remittance", ach.RuleCharset},
		{"remittance of 51 characters", func(c *ach.Credit) { c.Remittance = strings.Repeat("A", 51) }, "remittance", ach.RuleLength},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			w, err := ach.NewWriter(&out, header())
			if err != nil {
				t.Fatal(err)
			}
			good, bad := credit(), credit(test.bend)
			if _, err := w.Add(&good); err != nil {
				t.Fatal(err)
			}
			_, err = w.Add(&bad)
			wantError(t, err, ach.Error{Entry: 2, Field: test.field, Rule: test.rule})
			if strings.Contains(err.Error(), bad.Account) && test.field == "account number" && bad.Account != "" {
				t.Errorf("error %q shows the account number", err)
			}

			// The refused payment has left no trace: the file goes on as if it had not been.
			if _, err := w.Add(&good); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Close(); err != nil {
				t.Fatal(err)
			}
			want, _, _ := write(t, header(), []ach.Credit{good, good})
			if !bytes.Equal(out.Bytes(), want) {
				t.Errorf("file after a refusal:\n%s\nwant\n%s", out.Bytes(), want)
			}
		})
	}
}

func TestWriterRefusesABadHeader(t *testing.T) {
	for _, test := range []struct {
		name  string
		bend  func(*ach.Header)
		field string
		rule  ach.Rule
	}{
		{"destination", func(h *ach.Header) { h.Destination = "121042883" }, "destination", ach.RuleCheckDigit},
		{"no destination name", func(h *ach.Header) { h.DestinationName = " " }, "destination name", ach.RuleCharset},
		{"long destination name", func(h *ach.Header) { h.DestinationName = strings.Repeat("A", 24) }, "destination name", ach.RuleLength},
		{"short origin", func(h *ach.Header) { h.Origin = "12345678" }, "origin", ach.RuleLength},
		{"origin with a control", func(h *ach.Header) { h.Origin = "123456789\n" }, "origin", ach.RuleCharset},
		{"origin that is no routing number", func(h *ach.Header) { h.Origin = "123456789" }, "origin", ach.RuleCheckDigit},
		{"no origin name", func(h *ach.Header) { h.OriginName = "" }, "origin name", ach.RuleRequired},
		{"long reference", func(h *ach.Header) { h.Reference = "B-0000042" }, "reference", ach.RuleLength},
		{"no day of creation", func(h *ach.Header) { h.Created = time.Time{} }, "creation date", ach.RuleRequired},
		{"no modifier", func(h *ach.Header) { h.Modifier = 0 }, "file ID modifier", ach.RuleCharset},
		{"small modifier", func(h *ach.Header) { h.Modifier = 'a' }, "file ID modifier", ach.RuleCharset},
		{"company name with an umlaut", func(h *ach.Header) { h.CompanyName = "Müller" }, "company name", ach.RuleCharset},
		{"long company ID", func(h *ach.Header) { h.CompanyID = "12345678901" }, "company ID", ach.RuleLength},
		{"no description", func(h *ach.Header) { h.Description = "" }, "entry description", ach.RuleRequired},
		{"no effective date", func(h *ach.Header) { h.Effective = time.Time{} }, "effective date", ach.RuleRequired},
		{"effective date that has passed", func(h *ach.Header) { h.Effective = h.Created.AddDate(0, 0, -1) }, "effective date", ach.RuleDate},
		{"ODFI", func(h *ach.Header) { h.ODFI = "12104288" }, "ODFI", ach.RuleLength},
		{"negative sequence", func(h *ach.Header) { h.FirstSequence = -1 }, "first sequence", ach.RuleRange},
		{"sequence of eight digits", func(h *ach.Header) { h.FirstSequence = 10_000_000 }, "first sequence", ach.RuleRange},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			_, err := ach.NewWriter(&out, header(test.bend))
			wantError(t, err, ach.Error{Field: test.field, Rule: test.rule})
			if out.Len() != 0 {
				t.Errorf("%d bytes written", out.Len())
			}
		})
	}
}

func TestWriterRefusesMoreThanTwelveDigitsOfMoney(t *testing.T) {
	w, err := ach.NewWriter(io.Discard, header())
	if err != nil {
		t.Fatal(err)
	}
	c := credit(func(c *ach.Credit) { c.Amount = ach.MaxEntry })
	for range 100 { // 100 × $99,999,999.99 leaves $0.99 of what twelve digits hold
		if _, err := w.Add(&c); err != nil {
			t.Fatal(err)
		}
	}
	c.Amount = 100
	_, err = w.Add(&c)
	wantError(t, err, ach.Error{Entry: 101, Field: "file total", Rule: ach.RuleLimit})
	c.Amount = 99
	if _, err := w.Add(&c); err != nil {
		t.Fatal(err)
	}
	totals, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	if totals.Credits != ach.MaxTotal {
		t.Errorf("credits %s, want %s", totals.Credits, ach.MaxTotal)
	}
}

func TestWriterRefusesToRunOutOfTraces(t *testing.T) {
	w, err := ach.NewWriter(io.Discard, header(func(h *ach.Header) { h.FirstSequence = 9_999_999 }))
	if err != nil {
		t.Fatal(err)
	}
	c := credit()
	if trace, err := w.Add(&c); err != nil || trace != 121042889999999 {
		t.Fatalf("last trace: %s, %v", trace, err)
	}
	_, err = w.Add(&c)
	wantError(t, err, ach.Error{Entry: 2, Field: "trace number", Rule: ach.RuleLimit})
}

func TestSameDayEntriesAreLimited(t *testing.T) {
	w, err := ach.NewWriter(io.Discard, header(func(h *ach.Header) { h.Effective = h.Created }))
	if err != nil {
		t.Fatal(err)
	}
	c := credit(func(c *ach.Credit) { c.Amount = ach.MaxSameDay })
	if _, err := w.Add(&c); err != nil {
		t.Fatal(err)
	}
	c.Amount++
	_, err = w.Add(&c)
	wantError(t, err, ach.Error{Entry: 2, Field: "amount", Rule: ach.RuleRange})
}

func TestWriterRefusesAnEmptyFile(t *testing.T) {
	var out bytes.Buffer
	w, err := ach.NewWriter(&out, header())
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Close()
	wantError(t, err, ach.Error{Field: "file", Rule: ach.RuleEmpty})
	if out.Len() != 0 {
		t.Errorf("%d bytes written", out.Len())
	}
}

func TestClosedWriterTakesNothingMore(t *testing.T) {
	w, err := ach.NewWriter(io.Discard, header())
	if err != nil {
		t.Fatal(err)
	}
	c := credit()
	if _, err := w.Add(&c); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Add(&c); !errors.Is(err, ach.ErrClosed) {
		t.Errorf("Add: %v, want %v", err, ach.ErrClosed)
	}
	if _, err := w.Close(); !errors.Is(err, ach.ErrClosed) {
		t.Errorf("Close: %v, want %v", err, ach.ErrClosed)
	}
}

var errDisk = errors.New("no space left on device")

// full fails once its room is used up.
type full struct{ room int }

func (f *full) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, errDisk
	}
	return len(b), nil
}

func TestWriterReportsAFullDisk(t *testing.T) {
	for _, room := range []int{0, 400_000} {
		w, err := ach.NewWriter(&full{room}, header())
		if err != nil {
			t.Fatal(err)
		}
		c := credit(func(c *ach.Credit) { c.Amount = 1 })
		for range 10_000 {
			if _, err = w.Add(&c); err != nil {
				break
			}
		}
		if room > 0 && !errors.Is(err, errDisk) {
			t.Errorf("room %d: Add: %v, want %v", room, err, errDisk)
		}
		if _, err := w.Close(); !errors.Is(err, errDisk) {
			t.Errorf("room %d: Close: %v, want %v", room, err, errDisk)
		}
	}
}

func TestAddDoesNotAllocate(t *testing.T) {
	w, err := ach.NewWriter(io.Discard, header())
	if err != nil {
		t.Fatal(err)
	}
	c := credit(func(c *ach.Credit) { c.Name, c.Amount = "Søren Kierkegård & Co", 1 })
	// A buffer holds 2,048 entries; handing it on may allocate, once in a while.
	if n := testing.AllocsPerRun(10_000, func() {
		if _, err := w.Add(&c); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations an entry", n)
	}
}

func TestHostileNamesChangeNothingButTheName(t *testing.T) {
	plain, _, _ := write(t, header(), []ach.Credit{credit()})
	for _, name := range hostileNames {
		file, _, _ := write(t, header(), []ach.Credit{credit(func(c *ach.Credit) { c.Name = name })})
		got, want := lines(file), lines(plain)
		if len(got) != len(want) {
			t.Errorf("%q: %d lines, want %d", name, len(got), len(want))
			continue
		}
		for i := range want {
			g, w := got[i], want[i]
			if i == 2 {
				g, w = g[:54]+g[76:], w[:54]+w[76:]
			}
			if g != w {
				t.Errorf("%q: line %d is %q", name, i+1, got[i])
			}
		}
		if _, _, err := readAll(bytes.NewReader(file)); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestWriterAndIndependentReaderAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(genCredit(), 1, 40).Draw(t, "credits")
		var out bytes.Buffer
		w, err := ach.NewWriter(&out, header(func(h *ach.Header) {
			h.FirstSequence = rapid.IntRange(1, 9_000_000).Draw(t, "first sequence")
		}))
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			if _, err := w.Add(&list[i]); err != nil {
				t.Fatal(err)
			}
		}
		totals, err := w.Close()
		if err != nil {
			t.Fatal(err)
		}
		if got := sha256.Sum256(out.Bytes()); got != totals.SHA256 || int64(out.Len()) != totals.Bytes {
			t.Fatal("digest or length is not that of the bytes")
		}
		compareOurs(t, out.Bytes(), list, totals)
		compareMoov(t, out.Bytes(), list, totals)
	})
}

// genCredit draws payments that the writer must accept.
func genCredit() *rapid.Generator[ach.Credit] {
	return rapid.Custom(func(t *rapid.T) ach.Credit {
		return ach.Credit{
			Routing:    checked(rapid.IntRange(1, 99_999_999).Draw(t, "routing")),
			Account:    rapid.StringMatching(`[1-9A-Za-z][!-~]{0,16}`).Draw(t, "account"),
			Savings:    rapid.Bool().Draw(t, "savings"),
			Amount:     workflow.Cents(rapid.Int64Range(1, 99_999_999_99).Draw(t, "amount")),
			ID:         rapid.StringMatching(`[!-~]{1,15}`).Draw(t, "id"),
			Name:       "X" + rapid.String().Draw(t, "name"),
			Remittance: rapid.StringMatching(`([A-Z0-9][-A-Za-z0-9./]{0,49})?`).Draw(t, "remittance"),
		}
	})
}

// checked appends the check digit to eight digits.
func checked(n int) string {
	digits := []byte("000000000")
	for i := 7; i >= 0; i-- {
		digits[i] = '0' + byte(n%10)
		n /= 10
	}
	for d := byte('0'); d <= '9'; d++ {
		digits[8] = d
		if ach.ValidRouting(string(digits)) {
			break
		}
	}
	return string(digits)
}

func compareOurs(t *rapid.T, file []byte, list []ach.Credit, totals ach.Totals) {
	entries, r, err := readAll(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	want := totals
	want.Bytes, want.SHA256 = 0, [32]byte{}
	if got := r.Totals(); got != want {
		t.Fatalf("reader's totals %+v, writer's %+v", got, want)
	}
	for i, e := range entries {
		c := list[i]
		if e.Routing != c.Routing || e.Account != c.Account || e.Amount != c.Amount || e.ID != c.ID ||
			e.Name != ach.Fold(c.Name, 22) || e.Code.Savings() != c.Savings || !e.Code.Credit() {
			t.Fatalf("entry %+v, want %+v", e, c)
		}
		if c.Remittance != "" && e.Remittance[0] != "RMR*IV*"+c.Remittance+"**"+c.Amount.String()+`\` {
			t.Fatalf("remittance %q of %+v", e.Remittance, c)
		}
	}
}

func compareMoov(t *rapid.T, file []byte, list []ach.Credit, totals ach.Totals) {
	got, err := moov.NewReader(bytes.NewReader(file)).Read()
	if err != nil {
		t.Fatalf("moov: %v", err)
	}
	if err := got.Validate(); err != nil {
		t.Fatalf("moov: %v", err)
	}
	c := got.Control
	if c.EntryAddendaCount != totals.Records || c.EntryHash != int(totals.Hash) || c.BatchCount != totals.Batches ||
		c.TotalCreditEntryDollarAmountInFile != int(totals.Credits) || c.TotalDebitEntryDollarAmountInFile != 0 ||
		c.BlockCount*10 != totals.Lines {
		t.Fatalf("moov reads %+v, writer's totals are %+v", c, totals)
	}
	for i, e := range got.Batches[0].GetEntries() {
		if e.RDFIIdentification+e.CheckDigit != list[i].Routing || strings.TrimSpace(e.DFIAccountNumber) != list[i].Account ||
			e.Amount != int(list[i].Amount) || (len(e.Addenda05) == 1) != (list[i].Remittance != "") {
			t.Fatalf("moov reads %+v, want %+v", e, list[i])
		}
	}
}

// wantError compares the typed error with the fields that want sets.
func wantError(t testing.TB, err error, want ach.Error) {
	t.Helper()
	var got *ach.Error
	if !errors.As(err, &got) {
		t.Fatalf("error %v, want an *ach.Error about %s: %s", err, want.Field, want.Rule)
	}
	if got.Field != want.Field || got.Rule != want.Rule || got.Entry != want.Entry || got.Line != want.Line {
		t.Fatalf("error %q, want line %d, entry %d, %s: %s", got, want.Line, want.Entry, want.Field, want.Rule)
	}
}
